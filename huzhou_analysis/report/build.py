"""Make the report: execute the notebooks, write every format, put the whole in place.

Outputs are a pure function of declared inputs (tables, library, notebooks, pins, versions): with nothing changed, nothing
is done. The report is built aside and moved into place whole; two runs on the same inputs are byte for byte the same.
"""

import hashlib
import json
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from ..facts.locking import OWN_ROOT, Busy, default_root, locked
from ..facts.problems import DataError, fail, say
from . import said

MANIFEST = "manifest.json"
LONGEST_WAIT = 3600  # seconds for another run
PROJECT = OWN_ROOT.parent
LIBRARY = PROJECT / "huzhou_analysis"
NOTEBOOKS = PROJECT / "notebooks"
LITTER = {".DS_Store", "Thumbs.db", "desktop.ini"}
PACKAGES = ("pandas", "numpy", "matplotlib", "seaborn", "statsmodels", "pygments", "mistune", "nh3", "mplfonts")
PACKAGES += ("python-pptx", "python-docx", "xlsxwriter", "typst")


class ReportError(Exception):
    """The report could not be made; the message says why and what to do next, in both languages."""


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


def digest(path: Path) -> str:
    """Checksum (SHA-256) of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def made_from(where: Paths) -> dict[str, dict[str, str]]:
    """What a report is made from: checksums of all ``inputs`` by name, and ``versions``; nothing heavy is imported."""
    from importlib.metadata import version

    library = [p for p in LIBRARY.rglob("*") if p.is_file() and p.suffix != ".pyc"]
    found = {f"data/{p.name}": p for p in where.data.glob("*.csv")}
    found |= {f"huzhou_analysis/{p.relative_to(LIBRARY).as_posix()}": p for p in library}
    found |= {f"notebooks/{p.name}": p for p in notebook_files(where.notebooks)}
    found |= {p.name: p for p in PROJECT.glob("requirements.txt")}
    versions = {"python": platform.python_version()} | {package: version(package) for package in PACKAGES}
    return {"inputs": {name: digest(path) for name, path in sorted(found.items())}, "versions": versions}


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
    try:
        return found.items() >= wanted.items() and all(
            digest(where.output / name) == checksum for name, checksum in found["outputs"].items()
        )
    except OSError:
        return False


def build(output=None, *, fresh: bool = False, jobs: int | None = None, notebooks=None) -> int:
    """Make the report in `output` (by default as :func:`paths` says), anew (`fresh`) even where nothing has changed; returns the
    exit status. By default one notebook or format is made at a time for each processor, at most two."""
    where = paths(output, notebooks)
    there = short(where.output)
    try:
        wanted = made_from(where)
        if not fresh and up_to_date(where, wanted):
            say(said("unchanged", there=there))
            return 0
        _check_output(where)
        with ExitStack() as held:
            try:
                held.enter_context(locked(where.lock))
            except Busy:
                say(said("waiting", there=there))
                held.enter_context(locked(where.lock, wait=LONGEST_WAIT))
            _recover(where)
            if not fresh and up_to_date(where, wanted):
                say(said("made_meanwhile", there=there))
            else:
                _build(where, wanted, jobs or min(2, os.cpu_count() or 1))
            return 0
    except (ReportError, DataError) as error:
        return fail(str(error))
    except OSError as error:
        at = f" {short(Path(os.fsdecode(error.filename)))}" if error.filename else ""
        return fail(said("cannot_write", at=at, why=error.strerror or error))


def _build(where: Paths, wanted: dict, jobs: int) -> None:
    """Make the report while nobody else does, and put it in place."""
    from ..facts.data import load
    from ..facts.relations import relation_problems
    from . import collect, output

    started, data = time.monotonic(), load(where.data)
    if problems := relation_problems(data):
        raise DataError(problems)
    if data.figures.empty:
        raise ReportError(said("no_figures", folder=short(where.data)))
    found = manifest(where.output)
    if found and found["home"] != data.home:  # one city's report is not put in the place of another's
        held, ours = ((city["zh"], city["en"]) for city in (found["city"], data.city))
        raise ReportError(said("other_citys_report", there=short(where.output), held=held, ours=ours))
    files = _notebooks(where, data)
    executed = collect.execute(files, where.data, own=where.own, jobs=jobs)
    if failed := [f"\n✗ {one.path.name}：{one.error}\n" for one in executed if one.error]:
        raise ReportError("\n".join([*failed, said("notebooks_failed")]))
    building = Path(tempfile.mkdtemp(prefix=f".{where.output.name}.building-", dir=where.output.parent))
    try:
        content = output.write_all(executed, data, where.output, building, jobs)
        if made_from(where) != wanted:
            raise ReportError(said("changed_meanwhile"))
        held = {p.relative_to(building).as_posix(): digest(p) for p in sorted(building.rglob("*")) if p.is_file()}
        exhibits = {section.name: [r["id"] for r in section.shown()] for section in content.sections}
        whole = wanted | {"home": data.home, "city": dict(content.city), "exhibits": exhibits, "outputs": held}
        text = json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        (building / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
        building.chmod(0o755)
        if where.previous.exists():
            raise ReportError(said("in_the_way", there=short(where.previous)))
        if where.output.exists():
            where.output.rename(where.previous)
        building.rename(where.output)
    finally:
        _recover(where)
    say(said("made", there=short(where.output / "index.html"), seconds=time.monotonic() - started))
    say("  {zh}\n  {en}".format_map(content.changes["headline"]))


def _notebooks(where: Paths, data) -> list[Path]:
    """Notebooks to run; what is left out is said."""
    from .collect import about

    every, beside = notebook_files(where.notebooks), where.data / "notebooks"
    files = [p for p in every if about(p).get("ref_area", data.home) == data.home]
    if other := [p.name for p in every if p not in files]:
        say(said("other_city", city=(data.city["zh"], data.city["en"]), names=", ".join(other)))
    if not where.own and beside not in where.notebooks and notebook_files([beside]):
        say(said("not_trusted", folder=short(beside)))
    if not files:
        raise ReportError(said("no_notebooks", folder=short(where.notebooks[-1])))
    return files


def _recover(where: Paths) -> None:
    """Wherever a run was cut, the lock being held: the last good report in its place, and nothing half-made beside it."""
    last = where.previous
    if manifest(last) and not where.output.exists():
        last.rename(where.output)
    elif manifest(last) or (last.is_dir() and not any(last.iterdir())):
        shutil.rmtree(last, ignore_errors=True)
    for left in where.output.parent.glob(f".{where.output.name}.building-*"):
        shutil.rmtree(left, ignore_errors=True)


def _check_output(where: Paths) -> None:
    """Refuse to replace a folder that is not a report, or to make one among what it is made of."""
    output, made, there = where.output, manifest(where.output), short(where.output)
    if output == output.parent:
        raise ReportError(said("root_of_disk", there=there))
    inside = [f for f in (where.data, *where.notebooks, LIBRARY) if f in (output, *output.parents)]
    if inside and (where.own or output != where.data / "reports"):
        raise ReportError(said("among_inputs", there=there, folder=short(inside[-1])))
    if output.exists() and not made and not (output.is_dir() and not any(output.iterdir())):
        raise ReportError(said("no_report", there=there))
    held = {p.relative_to(output).as_posix() for p in output.rglob("*") if p.is_file() and p.name not in LITTER}
    if foreign := sorted(held - {MANIFEST, *made.get("outputs", ())})[:5]:
        raise ReportError(said("foreign_files", there=there, names=", ".join(foreign)))
