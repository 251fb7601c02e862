"""What notebooks show and say, collected and written in every format; here what all its parts share: places, what a report is
made from, and the words of its messages (``messages.csv``). Nothing heavy is imported."""

import json
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..facts.locking import OWN_ROOT, checksum, default_root
from ..facts.problems import Messages

message = Messages(Path(__file__).with_name("messages.csv"))
said = message.said
MANIFEST = "manifest.json"
PROJECT = OWN_ROOT.parent
LIBRARY = PROJECT / "huzhou_analysis"
NOTEBOOKS = PROJECT / "notebooks"
PACKAGES = ("pandas", "numpy", "matplotlib", "seaborn", "statsmodels", "pygments", "mistune", "nh3", "mplfonts")
PACKAGES += ("python-pptx", "python-docx", "xlsxwriter", "typst")


@dataclass(frozen=True)
class Paths:
    """Where things are: tables, output, folders of notebooks (a later one takes precedence)."""

    data: Path
    output: Path
    notebooks: tuple[Path, ...] = (NOTEBOOKS,)

    @property
    def own(self) -> bool:
        return self.data == OWN_ROOT

    @property
    def lock(self) -> Path:
        """Held by whoever makes a report there, beside the folder that is replaced."""
        return self.output.with_name(f".{self.output.name}.lock")

    @property
    def previous(self) -> Path:
        """Where the last report stands for a moment while the new one takes its place."""
        return self.output.with_name(f"{self.output.name}.previous")


def paths(output: Path | str | None = None, notebooks: Path | str | None = None) -> Paths:
    """Where things are for the tables in use: reports of others than the project's own lie inside theirs; notebooks of another
    folder count only where it is named."""
    data, named = default_root().resolve(), (Path(notebooks).resolve(),) if notebooks else ()
    beside = PROJECT if data == OWN_ROOT else data
    # A folder that is kept elsewhere through a link is replaced there, and the link stays.
    return Paths(data, Path(output or beside / "reports").resolve(), (NOTEBOOKS, *named))


def short(path: Path) -> str:
    """A path as one types it."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def notebook_files(folders: Iterable[Path]) -> list[Path]:
    """Notebooks in order of their names, but those that begin with ``_`` or ``.``; of the same names those of a later folder."""
    found = {p.name: p for folder in folders for p in folder.glob("*.ipynb") if not p.name.startswith(("_", "."))}
    return [p for _, p in sorted(found.items())]


def made_from(where: Paths) -> dict[str, dict[str, str]]:
    """What a report is made from: checksums of all ``inputs`` by name, and ``versions``; nothing heavy is imported."""
    from importlib.metadata import version

    library = [p for p in LIBRARY.rglob("*") if p.is_file() and p.suffix != ".pyc"]
    found = {f"data/{p.name}": p for p in where.data.glob("*.csv")}
    found |= {f"huzhou_analysis/{p.relative_to(LIBRARY).as_posix()}": p for p in library}
    found |= {f"notebooks/{p.name}": p for p in notebook_files(where.notebooks)}
    found |= {p.name: p for p in PROJECT.glob("requirements.txt")}
    versions = {"python": platform.python_version()} | {package: version(package) for package in PACKAGES}
    return {"inputs": {name: checksum(path) for name, path in sorted(found.items())}, "versions": versions}


def manifest(output: Path) -> dict:
    """The manifest of the report in a folder; empty where there is none that can be read."""
    try:
        found = json.loads((output / MANIFEST).read_text(encoding="utf-8"))
        return found if {"inputs", "versions", "outputs", "home", "city", "exhibits"} <= set(found) else {}
    except (OSError, ValueError, TypeError):
        return {}


def up_to_date(where: Paths, wanted: dict) -> bool:
    """Whether the report was made from exactly this (:func:`made_from`) and is still whole."""
    found = manifest(where.output)
    same = found.items() >= wanted.items()
    return same and all(checksum(where.output / name) == made for name, made in found["outputs"].items())
