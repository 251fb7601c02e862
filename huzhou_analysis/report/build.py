"""Execute every notebook and bind what they show into ``reports/``.

Outputs are a pure function of declared inputs (tables, library, notebooks, pins, Python version): nothing changed,
nothing redone. A notebook's results are cached under the hash of what they depend on; the report is built aside and
moved into place whole, so an interrupted run leaves the last good report as it was. No time or path enters any file:
two runs on the same inputs are byte for byte the same. Beside the notebooks, in a process of its own, the report is
compared with the one it will replace (:mod:`~huzhou_analysis.changes`). One run at a time works in a project.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import platform
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..facts.kept import damaged, digest, fingerprint, seal, sealed
from ..facts.lock import Busy, Lock

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

    from ..export.change_notes import Notes
    from ..export.html import City

CELL_TIMEOUT = 600
# Characters that a notebook may print and show: many times what a page for reading needs, little for a computer.
OUTPUT_LIMIT = 20_000_000
MANIFEST = "manifest.json"
EXECUTED, PAGE = "notebook.ipynb", "notebook.html"


class ReportError(Exception):
    """The report could not be made; the message says why and what to do next."""


@dataclass(frozen=True)
class Paths:
    """Where things are: the project, its tables and notebooks, the output and the cache."""

    project: Path
    data: Path
    output: Path

    @property
    def own(self) -> bool:
        """Whether the tables are the project's own."""
        return self.data == self.project / "data"

    @property
    def notebooks(self) -> Path:
        return self.project / "notebooks"

    @property
    def kept(self) -> Path:
        """What is kept between runs, for each folder of tables by itself, so that one report never clears another's."""
        folder = self.project / ".cache"
        return folder if self.own else folder / "other" / fingerprint({"data": str(self.data)})[:12]

    @property
    def cache(self) -> Path:
        return self.kept / "report"

    @property
    def exports(self) -> Path:
        return self.kept / "exports"

    @property
    def fonts(self) -> Path:
        """Where matplotlib keeps its list of fonts, which hangs on no tables; the home folder may be closed to us."""
        return self.project / ".cache" / "matplotlib"

    @property
    def lock(self) -> Path:
        """Held by whatever changes these tables, or the caches and reports made of them."""
        return self.kept / "run.lock"


def paths(output: Path | str | None = None) -> Paths:
    """Where things are for the tables in use.

    The report of the project's own tables is made in ``reports/``, that of other tables in a folder ``reports`` inside
    theirs, so that no city's report takes the place of another's.
    """
    project = Path(__file__).resolve().parent.parent.parent
    data = Path(os.environ.get("HUZHOU_DATA") or project / "data").resolve()
    where = Paths(project, data, project / "reports")
    # A folder that is kept elsewhere through a link is replaced there, and the link stays.
    return replace(where, output=Path(output or (where.output if where.own else data / "reports")).resolve())


# --- inputs --------------------------------------------------------------------------------------------------------


def inputs(where: Paths) -> dict[str, str]:
    """Checksum of every declared input, by its name inside the project."""
    found = {f"data/{p.name}": p for p in where.data.glob("*.csv")}
    library = Path(__file__).resolve().parent.parent
    found |= {
        f"huzhou_analysis/{p.relative_to(library).as_posix()}": p
        for p in library.rglob("*")
        if p.is_file() and p.suffix in (".py", ".j2", ".css", ".js", ".typ")
    }
    found |= {f"notebooks/{p.name}": p for p in notebook_files(where)}
    pins = where.project / "requirements.txt"
    if pins.is_file():
        found["requirements.txt"] = pins
    return {name: digest(path) for name, path in sorted(found.items())}


def notebook_files(where: Paths, home: str | None = None) -> list[Path]:
    """Notebooks of the report in order; names that begin with ``_`` or ``.`` are left out.

    Those in a folder ``notebooks`` beside other tables join the project's own, or take the place of one of the same
    name.

    Parameters
    ----------
    where : Paths
    home : str, optional
        Area that the tables are about: leaves out notebooks that say in their metadata that they argue about another
        (``"huzhou_analysis": {"ref_area": "330500"}``).
    """
    folders = [where.notebooks] if where.own else [where.notebooks, where.data / "notebooks"]
    found = {p.name: p for folder in folders for p in folder.glob("*.ipynb") if not p.name.startswith(("_", "."))}
    return [p for _, p in sorted(found.items()) if home is None or _about(p) in ("", home)]


def _about(notebook: Path) -> str:
    """Area that a notebook says it argues about; empty for any."""
    try:
        metadata = json.loads(notebook.read_text(encoding="utf-8"))["metadata"]
        return metadata.get("huzhou_analysis", {}).get("ref_area", "")
    except (ValueError, KeyError, AttributeError):
        return ""  # executing it says what is wrong with it


def versions() -> dict[str, str]:
    """Versions that the outputs depend on, read without importing anything heavy."""
    from importlib.metadata import PackageNotFoundError, version

    out = {"python": platform.python_version()}
    for package in (
        "pandas",
        "numpy",
        "matplotlib",
        "statsmodels",
        "nbconvert",
        "mplfonts",
        "python-pptx",
        "python-docx",
        "xlsxwriter",
        "typst",
    ):
        try:
            out[package] = version(package)
        except PackageNotFoundError:
            out[package] = "missing"
    return out


def up_to_date(where: Paths, wanted: dict) -> bool:
    """Whether the output was made from exactly these inputs and is still whole."""
    try:
        manifest = json.loads((where.output / MANIFEST).read_text(encoding="utf-8"))
        if manifest["inputs"] != wanted["inputs"] or manifest["versions"] != wanted["versions"]:
            return False
        return all(digest(where.output / name) == checksum for name, checksum in manifest["outputs"].items())
    except (OSError, ValueError, KeyError):
        return False


# --- building ------------------------------------------------------------------------------------------------------


def build(output: Path | str | None = None, *, fresh: bool = False, jobs: int | None = None) -> int:
    """Make the report; returns the exit status.

    Parameters
    ----------
    output : path, optional
        Folder to make it in, by default ``reports/``; inside their own folder for other tables.
    fresh : bool
        Execute every notebook again, whatever the cache holds.
    jobs : int, optional
        Notebooks at a time; by default one for each processor.
    """
    where = paths(output)
    try:
        with Lock(where.lock):
            return _build(where, fresh, jobs or os.cpu_count() or 1)
    except Busy as busy:
        say(str(busy), error=True)
    except OSError as error:
        if not fresh and up_to_date(where, {"inputs": inputs(where), "versions": versions()}):
            say(f"没有变化，报告已是最新 / nothing changed, the report is up to date: {_short(where.output)}")
            return 0
        say(_unwritable(error), error=True)
    return 1


def _unwritable(error: OSError) -> str:
    at = f" {_short(Path(os.fsdecode(error.filename)))}" if error.filename else ""
    return (
        f"无法写入{at}（{error.strerror or error}）；旧报告未改动。请检查磁盘空间和权限，关闭已打开的报告文件后重试。/ "
        f"cannot write{at} ({error.strerror or error}); the old report was left as it was. Check disk space and "
        "permissions, close open report files and try again."
    )


def _build(where: Paths, fresh: bool, jobs: int) -> int:
    """Make the report while nobody else does; returns the exit status."""
    started = time.monotonic()
    _recover(where.output)
    wanted = {"inputs": inputs(where), "versions": versions()}
    if not fresh and up_to_date(where, wanted):
        say(f"没有变化，报告已是最新 / nothing changed, the report is up to date: {_short(where.output)}")
        return 0
    _check_output(where)

    from ..analysis.relations import relation_problems
    from ..export.html import City
    from ..facts.data import DataError, load

    try:
        data = load(where.data)
        problems = relation_problems(data)
    except DataError as error:
        problems = error.problems
    if problems:
        say(str(DataError(problems)), error=True)
        return 1
    if data.figures.empty:
        say(
            f"还没有数字，无从生成报告。请先在 {_short(where.data)} 的 sources.csv、outline.csv、figures.csv 中各补入几行，"
            "用 check 检查后再运行。/ There are no figures yet, so there is nothing to report. Add rows to sources.csv, "
            f"outline.csv and figures.csv in {_short(where.data)}, run check, then run this again.",
            error=True,
        )
        return 1
    notebooks = notebook_files(where, data.home)
    left = [p.name for p in notebook_files(where) if p not in notebooks]
    if left:
        say(
            f"以下笔记本论述的是另一城市，未列入{data.city['zh']}的报告 / these notebooks argue about another city and are "
            f"left out of the report on {data.city['en']}: {', '.join(left)}"
        )
    if not notebooks:
        say(
            f"没有笔记本：{_short(where.notebooks)}；请从模板 _template.ipynb 复制一篇 / no notebooks in {_short(where.notebooks)}; "
            "copy one from the template _template.ipynb",
            error=True,
        )
        return 1
    shared = {
        "versions": wanted["versions"],
        **{k: v for k, v in wanted["inputs"].items() if not k.startswith("notebooks/")},
    }
    _check_writable(where.output)
    tasks = [Task(p, _cache_folder(where, p, shared)) for p in notebooks]
    todo = [t for t in tasks if fresh or not _usable(t.folder, "executed")]
    with _compared(where, {k: v for k, v in shared.items() if not k.startswith("data/")}) as compared:
        if todo:
            Runner(where, todo, jobs).run()
        finish(where, tasks, jobs)
    failed = [t for t in tasks if t.error]
    if failed:
        for task in failed:
            say(f"\n✗ {task.path.name}：{task.error}", error=True)
        say(
            "\n报告未改动。请修正上述笔记本后重新运行。/ The report was left as it was. "
            "Mend the notebooks above and run the command again.",
            error=True,
        )
        return 1
    from ..export.change_notes import notes, terminal

    snapshot = json.loads(compared.read_text(encoding="utf-8"))
    found = notes(snapshot["changes"])
    problem = _assemble(where, City.of(data), tasks, wanted, compared, found, jobs)
    if problem:
        say(problem, error=True)
        return 1
    _prune(where, {compared.parent.name, *(t.folder.name for t in tasks)})
    say(
        f"报告已生成 / report made: {_short(where.output / 'index.html')}  "
        f"({len(todo)}/{len(tasks)} notebooks executed, {time.monotonic() - started:.0f} s)"
    )
    for line in terminal(found, snapshot["changes"]):
        say(line)
    return 0


@contextlib.contextmanager
def _compared(where: Paths, code: dict) -> Iterator[Path]:
    """Compare with the report that will be replaced, in a process of its own while the body runs.

    Yields the file that holds the snapshot when the body is over; it is kept under what it depends on.
    """
    from .changes import SNAPSHOT, Last, checksum

    last, made_from = Last.read(where.output), fingerprint(code)
    tables = checksum(where.data)
    parts = {"last": last.state, "seal": last.snapshot.get("seal"), "code": made_from, "tables": tables}
    path = where.cache / f"changes-{fingerprint(parts)[:20]}" / SNAPSHOT
    arguments = (str(where.data), str(where.output), made_from, str(path))
    there = _usable(path.parent, "snapshot")
    if not there and last.made_from(tables, made_from):
        _write_snapshot(*arguments)
        there = True
    if there:
        yield path
        return
    with workers(where, 1) as pool:
        running = pool.submit(_write_snapshot, *arguments)
        yield path
        try:
            running.result()
        except OSError:
            raise
        except Exception as error:
            raise ReportError(
                f"目标、预测与核对的结果无法计算（{type(error).__name__}: {error}），报告未改动。请运行 check 检查数据表。/ the verdicts, "
                f"projections and checks cannot be computed ({type(error).__name__}: {error}); the report was left as it "
                "was. Look at the tables with the command check."
            ) from None


def _write_snapshot(data: str, output: str, code: str, path: str) -> None:
    """Write the snapshot of this report, whole or not at all."""
    from .changes import Last, snapshot

    content = snapshot(Path(data), Last.read(Path(output)), code)
    folder = Path(path).parent
    folder.mkdir(parents=True, exist_ok=True)
    making = folder / "making"
    making.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    making.replace(path)
    seal(folder, "snapshot", [Path(path)])


def _usable(folder: Path, step: str) -> bool:
    """Whether what a step has kept is there unharmed; what is damaged is dropped, so that it is made anew."""
    harmed = damaged(folder) if sealed(folder, step) else []
    if harmed:
        some = ", ".join(harmed[:3]) + (" …" if len(harmed) > 3 else "")
        say(
            f"缓存已损坏，弃用并重新生成 / what was kept from before is damaged: dropped and made anew: {folder.name} ({some})"
        )
        shutil.rmtree(folder)
    return sealed(folder, step)


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def say(text: str, *, error: bool = False) -> None:
    """Print, whatever the console can encode."""
    stream = sys.stderr if error else sys.stdout
    try:
        print(text, file=stream, flush=True)
    except UnicodeEncodeError:
        encoding = stream.encoding or "ascii"
        print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream, flush=True)


@dataclass
class Task:
    """One notebook to execute, and the folder its results are kept in once they are complete."""

    path: Path
    folder: Path
    state: str = "waiting"
    started: float = 0.0
    seconds: float = 0.0
    error: str = ""
    cells: int = 0
    done: int = field(default=0)


def _cache_folder(where: Paths, notebook: Path, shared: dict) -> Path:
    return (
        where.cache
        / f"{_begin(notebook)}-{fingerprint(shared | {'notebook': digest(notebook), 'name': notebook.name})[:20]}"
    )


def _begin(notebook: Path) -> str:
    """Beginning of a notebook's name, short enough to be lengthened (a name has at most 255 bytes)."""
    return notebook.stem.encode()[:120].decode(errors="ignore")


class Runner:
    """Execute notebooks, several at a time, each in its own kernel, and show what runs and for how long."""

    def __init__(self, where: Paths, tasks: Sequence[Task], jobs: int) -> None:
        self.where, self.jobs = where, jobs
        # The longest first, so that none is left to run alone while other processors stand idle.
        self.tasks = sorted(tasks, key=lambda task: task.path.stat().st_size, reverse=True)
        where.cache.mkdir(parents=True, exist_ok=True)
        self.scratch = Path(
            tempfile.mkdtemp(prefix="scratch-", dir=where.cache)
        )  # left by a killed run: the next prunes

    def run(self) -> None:
        loop = asyncio.SelectorEventLoop() if sys.platform == "win32" else asyncio.new_event_loop()
        try:
            loop.run_until_complete(self._all())
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            loop.close()
            shutil.rmtree(self.scratch, ignore_errors=True)

    async def _all(self) -> None:
        gate = asyncio.Semaphore(self.jobs)
        display = asyncio.ensure_future(self._display())
        await asyncio.gather(*(self._one(task, gate) for task in self.tasks))
        display.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await display

    async def _one(self, task: Task, gate: asyncio.Semaphore) -> None:
        async with gate:
            task.state, task.started = "running", time.monotonic()
            try:
                await self._execute(task)
                task.state = "done"
            except Exception as error:  # any failure of a notebook is reported, the others go on
                task.error, task.state = explain(error), "failed"
            task.seconds = time.monotonic() - task.started

    async def _execute(self, task: Task) -> None:
        import nbformat

        from .execution import Client

        notebook = nbformat.read(task.path, as_version=4)
        building = Path(tempfile.mkdtemp(prefix=_begin(task.path) + "-", dir=self.where.cache))
        exhibits = building / "exhibits"
        exhibits.mkdir()
        task.cells = sum(c.cell_type == "code" for c in notebook.cells)

        def count(**_: object) -> None:
            task.done += 1

        client = Client(
            notebook,
            limit=OUTPUT_LIMIT,
            timeout=CELL_TIMEOUT,
            kernel_name="python3",
            record_timing=False,
            resources={"metadata": {"path": str(task.path.parent)}},
            on_cell_executed=count,
            extra_arguments=["--IPKernelApp.log_level=ERROR"],
        )
        try:
            await client.async_execute(env=self._environment(exhibits))
            (building / "heading.txt").write_text(heading(notebook, task.path.stem), encoding="utf-8")
            nbformat.write(notebook, building / EXECUTED)
            seal(building, "executed", [p for p in building.rglob("*") if p.is_file()])
            shutil.rmtree(task.folder, ignore_errors=True)
            building.rename(task.folder)
        finally:
            shutil.rmtree(building, ignore_errors=True)

    def _environment(self, exhibits: Path) -> dict[str, str]:
        from ..exhibit import EXPORT_VARIABLE

        environment = dict(os.environ)
        environment |= {
            EXPORT_VARIABLE: str(exhibits),
            "HUZHOU_DATA": str(self.where.data),
            "PYTHONHASHSEED": "0",
            "PYTHONUTF8": "1",
            "JUPYTER_PREFER_ENV_PATH": "1",
            "IPYTHONDIR": str(self.scratch / "ipython"),
            "JUPYTER_RUNTIME_DIR": str(self.scratch / "runtime"),
            "MPLCONFIGDIR": str(self.where.fonts),
            "MPLBACKEND": "agg",
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
            "PYTHONPATH": os.pathsep.join(filter(None, [str(self.where.project), os.environ.get("PYTHONPATH")])),
        }
        return environment

    async def _display(self) -> None:
        """Show progress: a live table on a terminal, a line for each event elsewhere."""
        from rich.console import Console

        console = Console()
        if console.is_terminal:
            from rich.live import Live

            with Live(self._table(), console=console, refresh_per_second=4, transient=False) as live:
                try:
                    while True:
                        live.update(self._table())
                        await asyncio.sleep(0.25)
                finally:
                    live.update(self._table())
        seen: dict[Path, str] = {}

        def report() -> None:
            for task in self.tasks:
                if seen.get(task.path) != task.state and task.state != "waiting":
                    seen[task.path] = task.state
                    seconds = "" if task.state == "running" else f"  {task.seconds:.1f} s"
                    say(f"  {_STATE[task.state]} {task.path.name}{seconds}")

        try:
            while True:
                report()
                await asyncio.sleep(0.1)
        finally:
            report()

    def _table(self):
        from rich.table import Table

        table = Table(box=None, pad_edge=False, show_header=False)
        for task in self.tasks:
            seconds = task.seconds or (time.monotonic() - task.started if task.started else 0)
            table.add_row(
                _STATE[task.state],
                task.path.name,
                f"{task.done}/{task.cells}" if task.cells else "",
                f"{seconds:.1f} s" if task.started else "",
            )
        return table


_STATE = {
    "waiting": "· 等待 waiting",
    "running": "▸ 运行 running",
    "done": "✓ 完成 done   ",
    "failed": "✗ 失败 failed ",
}


def explain(error: Exception) -> str:
    """What went wrong in a notebook: which cell, its first line, the error, without a traceback."""
    from nbclient.exceptions import CellExecutionError, CellTimeoutError

    from .execution import TooMuchOutput

    if isinstance(error, TooMuchOutput):
        return (
            f"输出超过 {OUTPUT_LIMIT // 10**6} MB，已停止；请少印、少显示一些 / its output went beyond {OUTPUT_LIMIT // 10**6} MB "
            f"and it was stopped: print and display less\n    在单元格 / in the cell: {error}"
        )
    if isinstance(error, CellTimeoutError):
        source = re.search(r"-{5,}\n(.*?)(?:\n-{5,}|\n\.\.\.|$)", str(error), re.DOTALL)
        first = next((line for line in (source[1].splitlines() if source else []) if line.strip()), "")
        where = f"\n    在单元格 / in the cell: {first.strip()}" if first else ""
        return f"单元格运行超过 {CELL_TIMEOUT} 秒，请拆小或简化 / a cell ran longer than {CELL_TIMEOUT} s, make it smaller{where}"
    if isinstance(error, CellExecutionError):
        source = re.search(r"-{10,}\n(.*?)\n-{10,}", _plain(error.traceback), re.DOTALL)
        first = next((line for line in (source[1].splitlines() if source else []) if line.strip()), "")
        return f"{error.ename}: {_plain(error.evalue)}\n    在单元格 / in the cell: {first.strip()}"
    return f"{type(error).__name__}: {error}"


def _plain(text: object) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", str(text))


def heading(notebook, stem: str) -> str:
    """First ``#`` heading of a notebook, else its file name."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            found = re.search(r"^# +(.+?)\s*$", cell.source, re.MULTILINE)
            if found:
                return found[1]
    return stem


# --- pages and charts ----------------------------------------------------------------------------------------------


def finish(where: Paths, tasks: Sequence[Task], jobs: int) -> None:
    """Set the page of every executed notebook and draw the charts it handed on, several at a time.

    A notebook's kernel only computes: charts in all sizes cost several times what the notebook does, and go through
    every processor here. What is done stays done when a run is interrupted. A chart that cannot be drawn is an error of
    its notebook.
    """
    from ..exhibit import PACKED

    with workers(where, jobs) as pool:
        running = {}
        for task in tasks:
            if task.error:
                continue
            packed = sorted((task.folder / "exhibits").glob(f"*{PACKED}"))
            running |= {pool.submit(_draw, str(path), str(task.path.parent)): task for path in packed}
            if not sealed(task.folder, "page"):
                running[pool.submit(_set_page, str(task.folder), task.path.stem)] = task
        _wait(running)


def _wait(running: dict[Future, Task]) -> None:
    """Wait for pages and charts; say when those of a notebook are done, note what went wrong."""
    from concurrent.futures import as_completed

    started = time.monotonic()
    left, seconds = Counter(task.path for task in running.values()), Counter()
    for done in as_completed(running):
        task = running[done]
        took, problem = done.result()
        task.error = task.error or problem
        left[task.path] -= 1
        seconds[task.path] += took
        if not left[task.path]:
            state = _STATE["failed" if task.error else "done"]
            say(f"  {state} {task.path.stem}: 图、页 / charts, page  {seconds[task.path]:.1f} s")
    if running:
        say(f"  {len(running)} charts and pages, {time.monotonic() - started:.1f} s")


def _draw(packed: str, notebooks: str) -> tuple[float, str]:
    """Draw the charts of one exhibit, which are then kept in its place; returns the seconds it took and what went wrong."""
    import gc

    from ..exhibit import draw_handed_on

    started, path = time.monotonic(), Path(packed)
    if notebooks not in sys.path:  # a drawing function may use a module that lies beside its notebook
        sys.path.append(notebooks)
    try:
        made = draw_handed_on(path)
        seal(path.parent.parent, f"charts-{path.stem}", made, used_up=[path])
        path.unlink()
    except Exception as error:  # whatever a researcher's own drawing function raises
        return time.monotonic() - started, f"{path.stem}: {type(error).__name__}: {error}"
    finally:
        gc.collect()  # figures and fonts lie in circles; a large heap is not worth the time saved
    return time.monotonic() - started, ""


def _set_page(folder: str, stem: str) -> tuple[float, str]:
    """Write the page of one executed notebook; returns the seconds it took and what went wrong (nothing)."""
    import nbformat

    from ..export.html import notebook_page

    started = time.monotonic()
    page = notebook_page(nbformat.read(Path(folder) / EXECUTED, as_version=4), stem)
    part = Path(folder) / f"{PAGE}.part"
    part.write_text(page, encoding="utf-8")
    part.replace(part.with_suffix(""))
    seal(Path(folder), "page", [part.with_suffix("")])
    return time.monotonic() - started, ""


@contextlib.contextmanager
def workers(where: Paths, jobs: int) -> Iterator[Executor]:
    """Processes for pages, charts and exports; they start with the first thing to do, and end with the run."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    wanted = {"PYTHONHASHSEED": "0", "MPLCONFIGDIR": str(where.fonts), "MPLBACKEND": "agg"}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ |= wanted
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_begin_work)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _begin_work() -> None:
    """In each worker: end without a word when interrupted or left alone; look for garbage less often."""
    import gc
    import signal
    from multiprocessing import parent_process
    from threading import Thread

    def end_with(main) -> None:  # a main process that is killed cannot end its workers
        main.join()
        os._exit(1)

    Thread(target=end_with, args=[parent_process()], daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.set_threshold(20_000, 20, 10)


# --- assembling ----------------------------------------------------------------------------------------------------


def _assemble(
    where: Paths, city: City, tasks: Sequence[Task], wanted: dict, snapshot: Path, changes: Notes, jobs: int
) -> str:
    """Bind all results into a new folder and move it into place; returns a problem or nothing."""
    from ..export import html
    from ..export.change_notes import markdown
    from .changes import SNAPSHOT

    sections, owner = [], {}
    for task in tasks:
        records = [json.loads(p.read_text(encoding="utf-8")) for p in (task.folder / "exhibits").glob("*.json")]
        records.sort(key=lambda r: r["order"])
        for record in records:
            if record["id"] in owner:
                return (
                    f"两个笔记本有同名图表 / two notebooks show an exhibit of the same id {record['id']!r}: "
                    f"{owner[record['id']]}, {task.path.name}. 请改名 / Rename one."
                )
            owner[record["id"]] = task.path.name
        title = (task.folder / "heading.txt").read_text(encoding="utf-8")
        sections.append(html.Section.make(task.path.stem, title, records, task.folder / "exhibits", city))
    building = Path(tempfile.mkdtemp(prefix=f"{where.output.name}.building-", dir=where.output.parent))
    try:
        for folder in ("charts", "tables", "notebooks", "data", "zh", "en"):
            (building / folder).mkdir()
        for name in (n for n in wanted["inputs"] if n.startswith("data/")):
            shutil.copyfile(where.data / Path(name).name, building / name)
            if digest(building / name) != wanted["inputs"][name]:
                return (
                    f"{Path(name).name} 在生成报告期间被改动，报告未改动；请重新运行。/ {Path(name).name} was changed while the "
                    "report was being made; the old report was left as it was: run the command again."
                )
        shutil.copyfile(snapshot, building / SNAPSHOT)
        (building / "changes.md").write_text(markdown(changes), encoding="utf-8", newline="\n")
        stems = {task.path.stem for task in tasks}
        for task in tasks:
            page = html.among((task.folder / PAGE).read_text(encoding="utf-8"), stems)
            (building / "notebooks" / f"{task.path.stem}.html").write_text(page, encoding="utf-8")
            for path in sorted((task.folder / "exhibits").iterdir()):
                if path.suffix == ".csv":
                    shutil.copyfile(path, building / "tables" / path.name)
                    if path.with_name(f"{path.stem}.zh.png").is_file():
                        shutil.copyfile(path, building / "charts" / path.name)
                elif path.suffix in (".png", ".pdf", ".svg") and not path.stem.endswith((".page", ".phone")):
                    shutil.copyfile(path, building / "charts" / path.name)
        for lang in ("zh", "en"):
            (building / lang / "report.html").write_text(html.report_page(sections, lang, changes), encoding="utf-8")
        kept = sorted(n for n in wanted["inputs"] if n.startswith("data/"))
        index = html.index_page(sections, changes, [*kept, SNAPSHOT])
        (building / "index.html").write_text(index, encoding="utf-8")
        _write_exports(where, sections, building, jobs)
        outputs = {p.relative_to(building).as_posix(): digest(p) for p in sorted(building.rglob("*")) if p.is_file()}
        manifest = {**wanted, "exhibits": {s.stem: [r["id"] for r in s.records] for s in sections}, "outputs": outputs}
        (building / MANIFEST).write_text(
            json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
        )
        building.chmod(0o755)
        _swap(building, where.output)
    except OSError as error:
        return _unwritable(error)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return ""


def _write_exports(where: Paths, sections: Sequence, building: Path, jobs: int) -> None:
    """Slides, document, workbook and PDF in both languages, kept for the next time under what they were made of."""
    from ..export import WRITERS

    shown = [section for section in sections if section.records]
    # A section's folder is named by everything its records depend on.
    folder = where.exports / fingerprint({section.stem: section.folder.parent.name for section in shown})[:20]
    names = {(kind, lang): f"{lang}.{file}" for kind, (_, file) in WRITERS.items() for lang in ("zh", "en")}
    if not _usable(folder, "exports"):
        where.exports.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix="making-", dir=where.exports))
        try:
            _write_all(shown, {key: making / name for key, name in names.items()}, where, jobs)
            seal(making, "exports", making.iterdir())
            shutil.rmtree(folder, ignore_errors=True)
            making.rename(folder)
        finally:
            shutil.rmtree(making, ignore_errors=True)
    for (kind, lang), name in names.items():
        shutil.copyfile(folder / name, building / lang / WRITERS[kind][1])
    for other in where.exports.iterdir():
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)


def _write_all(sections: Sequence, files: dict[tuple[str, str], Path], where: Paths, jobs: int) -> None:
    """Write every export, several at a time, each in a process of its own."""
    from concurrent.futures import as_completed

    started = time.monotonic()
    with workers(where, min(jobs, len(files))) as pool:
        running = [
            pool.submit(_write_export, kind, lang, sections, str(path), str(where.data))
            for (kind, lang), path in files.items()
        ]
        for done in as_completed(running):
            name, seconds = done.result()
            say(f"  {_STATE['done']} {name}  {seconds:.1f} s")
    say(f"  {len(files)} exports, {time.monotonic() - started:.1f} s")


def _write_export(kind: str, lang: str, sections: Sequence, path: str, data: str) -> tuple[str, float]:
    """Write one export; returns its name inside the report and the seconds it took."""
    from ..export import write
    from ..facts.data import load

    started = time.monotonic()
    write(kind, sections, lang, Path(path), data=load(data) if kind == "xlsx" else None)
    return Path(path).name.replace(".", "/", 1), time.monotonic() - started


def _swap(new: Path, output: Path) -> None:
    """Put `new` in the place of `output`: two renames; :func:`_recover` completes a swap cut between them."""
    old = _previous(output)
    if output.exists():
        if old.exists() and not _is_report(old):
            raise ReportError(
                f"{_short(old)} 不是报告，却占着旧报告的位置，请移走或改名 / is no report but stands where the last one is kept "
                "for a moment: move or rename it"
            )
        shutil.rmtree(old, ignore_errors=True)
        output.rename(old)
    try:
        new.rename(output)
    except OSError:
        if _is_report(old) and not output.exists():
            old.rename(output)
        raise
    if _is_report(old):
        shutil.rmtree(old, ignore_errors=True)


def _previous(output: Path) -> Path:
    return output.with_name(output.name + ".previous")


def _is_report(folder: Path) -> bool:
    return (folder / MANIFEST).is_file()


def _recover(output: Path) -> None:
    """After an interrupted run: bring back the last good report, drop half-made ones."""
    old = _previous(output)
    if _is_report(old):
        if output.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.rename(output)
    if output.parent.is_dir():
        for left in output.parent.glob(f"{output.name}.building-*"):
            shutil.rmtree(left, ignore_errors=True)


_MADE = re.compile(
    r"index\.html|manifest\.json|snapshot\.json|changes\.md|data/[^/]+\.csv|(zh|en)/(report\.(html|pdf)|briefing\.(pptx|docx)|workbook\.xlsx)|"
    r"charts/[^/]+\.(png|svg|pdf|csv)|tables/[^/]+\.csv|notebooks/[^/]+\.html"
)
_LITTER = {".DS_Store", "Thumbs.db", "desktop.ini"}


def _check_output(where: Paths) -> None:
    """Refuse to replace a folder that is not a report, or to make one among what it is made of."""
    output = where.output
    taken = (
        where.data,
        where.data / "notebooks",
        where.notebooks,
        where.project / ".cache",
        Path(__file__).resolve().parent.parent,
    )
    usual = not where.own and output == where.data / "reports"
    inside = [folder for folder in taken if folder in (output, *output.parents)]
    if inside and not usual:
        raise ReportError(
            f"{_short(output)} 在 {_short(inside[-1])} 之内，那里放的是报告所用的文件；请把报告放到别处 / is inside {_short(inside[-1])}, which "
            "holds what the report is made of: name a folder elsewhere"
        )
    if _is_report(output):
        there = {p.relative_to(output).as_posix() for p in output.rglob("*") if p.is_file()}
        own = sorted(p for p in there if not _MADE.fullmatch(p) and Path(p).name not in _LITTER)
        if own:
            raise ReportError(
                f"{_short(output)} 中有不是本程序生成的文件，重做会丢失，请先移走：{'、'.join(own[:5])} / holds files that the "
                "report did not make and that would be lost; move them first: " + ", ".join(own[:5])
            )
    if output.exists() and not (output.is_dir() and (_is_report(output) or not any(output.iterdir()))):
        raise ReportError(
            f"{_short(output)} 已存在且不是报告文件夹，不予覆盖；请换一个 / exists and is no report folder: it is "
            "not replaced; name another one"
        )


def _check_writable(output: Path) -> None:
    """Raise what would keep the report from being put in place, before notebooks run for minutes."""
    output.parent.mkdir(parents=True, exist_ok=True)
    Path(tempfile.mkdtemp(prefix=f"{output.name}.building-", dir=output.parent)).rmdir()


def _prune(where: Paths, keep: set[str]) -> None:
    """Keep in the cache only what this report was made of."""
    for folder in where.cache.iterdir():
        if folder.is_dir() and folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)
