"""Make the report: execute the notebooks, write every format, put the whole in place.

Outputs are a pure function of declared inputs (tables, library, notebooks, pins, versions): with nothing changed, nothing
is done. The report is built aside and moved into place whole; two runs on the same inputs are byte for byte the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..facts.locking import Busy, locked
from ..facts.problems import DataError, say

MANIFEST = "manifest.json"
LONGEST_WAIT = 3600  # seconds for another run
LIBRARY = Path(__file__).resolve().parent.parent
PROJECT = LIBRARY.parent
LITTER = {".DS_Store", "Thumbs.db", "desktop.ini"}
PACKAGES = ("pandas", "numpy", "matplotlib", "seaborn", "statsmodels", "pygments", "mistune", "nh3", "mplfonts", "python-pptx",
            "python-docx", "xlsxwriter", "typst")  # fmt: skip


class ReportError(Exception):
    """The report could not be made; the message says why and what to do next, in both languages."""


@dataclass(frozen=True)
class Paths:
    """Where things are: tables, output, folders of notebooks (a later one takes precedence)."""

    data: Path
    output: Path
    notebooks: tuple[Path, ...] = field(default=(PROJECT / "notebooks",))

    @property
    def own(self) -> bool:
        """Whether the tables are the project's own."""
        return self.data == PROJECT / "data"

    @property
    def lock(self) -> Path:
        """Held by whoever makes a report there, beside the folder that is replaced."""
        return self.output.with_name(f".{self.output.name}.lock")

    @property
    def previous(self) -> Path:
        """Where the last report stands for a moment while the new one takes its place."""
        return self.output.with_name(f"{self.output.name}.previous")


def paths(output: Path | str | None = None, notebooks: Path | str | None = None) -> Paths:
    """Where things are for the tables in use (``HUZHOU_DATA``, else the project's own).

    The report of the project's own tables is made in ``reports/``, that of other tables in a folder ``reports`` inside
    theirs. Notebooks are the project's own and, only where they are named, those of another folder.
    """
    data = Path(os.environ.get("HUZHOU_DATA") or PROJECT / "data").resolve()
    where = Paths(data, PROJECT / "reports")
    if notebooks:
        where = replace(where, notebooks=(*where.notebooks, Path(notebooks).resolve()))
    # A folder that is kept elsewhere through a link is replaced there, and the link stays.
    return replace(where, output=Path(output or (where.output if where.own else data / "reports")).resolve())


def short(path: Path) -> str:
    """A path as one types it."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


# --- what it is made from ------------------------------------------------------------------------------------------


def notebook_files(folders: Iterable[Path]) -> list[Path]:
    """Notebooks in order of their names; one of a later folder takes the place of one of the same name.

    Names that begin with ``_`` or ``.`` are left out.
    """
    found = {p.name: p for folder in folders for p in folder.glob("*.ipynb") if not p.name.startswith(("_", "."))}
    return [p for _, p in sorted(found.items())]


def digest(path: Path) -> str:
    """Checksum (SHA-256) of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def inputs(where: Paths) -> dict[str, str]:
    """Checksum of every declared input, by its name."""
    code = [p for p in LIBRARY.rglob("*") if p.suffix in (".py", ".j2", ".css", ".js", ".typ", ".csv")]
    found = {f"data/{p.name}": p for p in where.data.glob("*.csv")}
    found |= {f"huzhou_analysis/{p.relative_to(LIBRARY).as_posix()}": p for p in code}
    found |= {f"notebooks/{p.name}": p for p in notebook_files(where.notebooks)}
    found |= {p.name: p for p in PROJECT.glob("requirements.txt")}
    return {name: digest(path) for name, path in sorted(found.items())}


def versions() -> dict[str, str]:
    """Versions that the outputs depend on, read without importing anything heavy."""
    from importlib.metadata import PackageNotFoundError, version

    out = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            out[package] = version(package)
        except PackageNotFoundError:
            out[package] = "missing"
    return out


def manifest(output: Path) -> dict:
    """The manifest of the report in a folder; empty where there is none that can be read."""
    try:
        found = json.loads((output / MANIFEST).read_text(encoding="utf-8"))
        return found if {"inputs", "versions", "outputs", "home", "exhibits"} <= set(found) else {}
    except (OSError, ValueError, TypeError):
        return {}


def up_to_date(where: Paths, wanted: dict) -> bool:
    """Whether the output was made from exactly these inputs and is still whole."""
    found = manifest(where.output)
    if {k: found.get(k) for k in wanted} != wanted:
        return False
    try:
        return all(digest(where.output / name) == checksum for name, checksum in found["outputs"].items())
    except OSError:
        return False


# --- making it -----------------------------------------------------------------------------------------------------


def build(output=None, *, fresh: bool = False, jobs: int | None = None, notebooks=None) -> int:
    """Make the report in `output` (by default as :func:`paths` says); returns the exit status.

    `fresh` makes it anew even where nothing has changed; `jobs` notebooks, and formats, are made at a time, by default one
    for each processor, at most two; those of the folder `notebooks` are run beside the project's own.
    """
    where = paths(output, notebooks)
    try:
        wanted = {"inputs": inputs(where), "versions": versions()}
        if not fresh and up_to_date(where, wanted):
            say(f"没有变化，报告已是最新 / nothing changed, the report is up to date: {short(where.output)}")
            return 0
        _check_output(where)
        with _alone(where):
            _recover(where)
            if not fresh and up_to_date(where, wanted):
                say(f"报告已由另一进程生成 / another run has just made it: {short(where.output)}")
                return 0
            return _build(where, wanted, jobs or min(2, os.cpu_count() or 1))
    except (ReportError, DataError) as error:
        say(str(error), error=True)
    except OSError as error:
        at = f" {short(Path(os.fsdecode(error.filename)))}" if error.filename else ""
        say(
            f"无法写入{at}（{error.strerror or error}）；旧报告未改动。请检查磁盘空间和权限，关闭已打开的报告文件后重试。/ cannot write{at} "
            f"({error.strerror or error}); the old report was left as it was. Check disk space and permissions, close open "
            "report files and try again.",
            error=True,
        )
    return 1


@contextmanager
def _alone(where: Paths) -> Iterator[None]:
    """The lock of the output: a second run waits, and says so."""
    where.output.parent.mkdir(parents=True, exist_ok=True)
    there = short(where.output)
    try:
        with locked(where.lock):
            yield
            return
    except Busy:
        say(f"另一个任务正在生成 {there}，等待其结束 / another run is making {there}: waiting for it to end")
    with locked(where.lock, wait=LONGEST_WAIT):
        yield


def _build(where: Paths, wanted: dict, jobs: int) -> int:
    """Make the report while nobody else does."""
    from ..facts.data import load
    from ..facts.relations import relation_problems
    from . import collect, output

    started, data = time.monotonic(), load(where.data)
    if problems := relation_problems(data):
        raise DataError(problems)
    if data.figures.empty:
        raise ReportError(
            f"还没有数据，无从生成报告。请先在 {short(where.data)} 的 sources.csv、outline.csv、figures.csv 中各补入几行，用 check 检查。/ There are "
            f"no figures yet. Add rows to sources.csv, outline.csv and figures.csv in {short(where.data)}, and run check."
        )
    _check_city(where, data)
    files = _notebooks(where, data)
    executed = collect.execute(files, where.data, own=where.own, jobs=jobs, progress=_told)
    if failed := [f"\n✗ {one.path.name}：{one.error}\n" for one in executed if one.error]:
        left = "报告未改动，请修正上述笔记本后重新运行。/ The report was left as it was. Correct the notebooks above and run it again."
        raise ReportError("\n".join([*failed, left]))
    building = Path(tempfile.mkdtemp(prefix=f".{where.output.name}.building-", dir=where.output.parent))
    try:
        content = output.write_all(executed, data, where.output, building, jobs)
        if inputs(where) != wanted["inputs"]:
            raise ReportError(
                "数据表、笔记本或程序在生成报告期间被改动，旧报告未改动；请重新运行。/ Tables, notebooks or code were changed while the report was "
                "being made; the old report was left as it was: run it again."
            )
        _write_manifest(building, wanted, data, content)
        _swap(building, where)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    say(f"报告已生成 / report made: {short(where.output / 'index.html')}  ({time.monotonic() - started:.0f} s)")
    say(f"  {content.changes['headline']['zh']}\n  {content.changes['headline']['en']}")
    return 0


def _told(executed) -> None:
    say(f"  {'✗' if executed.error else '✓'} {executed.path.stem}  {executed.seconds:.1f} s")


def _notebooks(where: Paths, data) -> list[Path]:
    """Notebooks to run; what is left out is said."""
    from .collect import about

    every = notebook_files(where.notebooks)
    files = [p for p in every if about(p).get("ref_area", data.home) == data.home]
    if other := [p.name for p in every if p not in files]:
        say(
            f"以下笔记本论述另一城市，未列入{data.city['zh']}的报告 / these notebooks argue about another city and are left out of the report "
            f"on {data.city['en']}: {', '.join(other)}"
        )
    beside, there = where.data / "notebooks", short(where.data / "notebooks")
    if not where.own and beside not in where.notebooks and notebook_files([beside]):
        say(
            f"{there} 中的笔记本未运行；如信任其内容，请加 --notebooks {there} / the notebooks in {there} were not run: if you trust them, add "
            f"--notebooks {there}"
        )
    if not files:
        there = short(where.notebooks[-1])
        raise ReportError(
            f"没有笔记本：{there}；请从模板 _template.ipynb 复制一篇 / no notebooks in {there}; copy one from the template _template.ipynb"
        )
    return files


def _write_manifest(building: Path, wanted: dict, data, content) -> None:
    outputs = {p.relative_to(building).as_posix(): digest(p) for p in sorted(building.rglob("*")) if p.is_file()}
    exhibits = {section.name: [r["id"] for r in section.shown()] for section in content.sections}
    whole = wanted | {"home": data.home, "city": dict(content.city), "exhibits": exhibits, "outputs": outputs}
    text = json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (building / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
    building.chmod(0o755)


# --- putting it in place -------------------------------------------------------------------------------------------


def _swap(new: Path, where: Paths) -> None:
    """Put `new` in the place of the report: two renames; :func:`_recover` completes a swap cut between them."""
    old = where.previous
    if old.exists() and not manifest(old):
        raise ReportError(
            f"{short(old)} 不是报告，却占着旧报告的位置，请移走或改名 / is no report but stands where the last one is kept for a moment: move "
            "or rename it"
        )
    shutil.rmtree(old, ignore_errors=True)
    if where.output.exists():
        where.output.rename(old)
    try:
        new.rename(where.output)
    except OSError:
        if not where.output.exists() and old.exists():
            old.rename(where.output)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _recover(where: Paths) -> None:
    """After an interrupted run, the lock being held: bring back the last good report, drop half-made ones."""
    if manifest(where.previous):
        if where.output.exists():
            shutil.rmtree(where.previous, ignore_errors=True)
        else:
            where.previous.rename(where.output)
    for left in where.output.parent.glob(f".{where.output.name}.building-*"):
        shutil.rmtree(left, ignore_errors=True)


def _check_output(where: Paths) -> None:
    """Refuse to replace a folder that is not a report, or to make one among what it is made of."""
    output, there = where.output, short(where.output)
    if output == output.parent:
        raise ReportError(
            f"{there} 是磁盘的根，请另选一个文件夹 / is the root of the disk: name a folder for the report"
        )
    inside = [f for f in (where.data, *where.notebooks, LIBRARY) if f in (output, *output.parents)]
    if inside and (where.own or output != where.data / "reports"):
        raise ReportError(
            f"{there} 在 {short(inside[-1])} 之内，那里放的是报告所用的文件；请把报告放到别处 / is inside {short(inside[-1])}, which holds what the "
            "report is made of: name a folder elsewhere"
        )
    made = manifest(output)
    if output.exists() and not made and not (output.is_dir() and not any(output.iterdir())):
        raise ReportError(
            f"{there} 已存在且不是报告文件夹，不予覆盖；请换一个 / exists and is no report folder: it is not replaced; name another"
        )
    held = {p.relative_to(output).as_posix() for p in output.rglob("*") if p.is_file() and p.name not in LITTER}
    if foreign := sorted(held - {MANIFEST, *made.get("outputs", ())})[:5]:
        raise ReportError(
            f"{there} 中有不是本程序生成的文件，重做会丢失，请先移走：{'、'.join(foreign)} / holds files that the report did not make and that would be "
            f"lost; move them first: {', '.join(foreign)}"
        )


def _check_city(where: Paths, data) -> None:
    """Refuse to put one city's report in the place of another's."""
    found = manifest(where.output)
    if found and found["home"] != data.home:
        zh, en = (found.get("city", {}).get(lang, found["home"]) for lang in ("zh", "en"))
        raise ReportError(
            f"{short(where.output)} 是{zh}的报告，不以{data.city['zh']}的报告覆盖；请另选文件夹，或先移走它 / holds the report on {en}, which that on "
            f"{data.city['en']} does not replace: name another folder, or move it first"
        )
