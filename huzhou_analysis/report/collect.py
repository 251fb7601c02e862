"""From notebooks to content: execute them, gather what they show and say.

A notebook runs in a kernel of its own, two at a time. Its exhibits hand their records on
(:mod:`huzhou_analysis.show.exhibit`); its Markdown cells and findings become the narrative, each language by itself.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import difflib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from threading import Event, Thread
from unittest.mock import patch

from ..facts.words import LANGUAGES, Text, text
from ..show.exhibit import EXHIBIT_TYPE, EXPORT_VARIABLE, TEXT_TYPE, Exhibit
from . import prose
from .build import PROJECT, notebook_files
from .content import Section

CELL_TIMEOUT = 600
# Characters that a notebook may print and show: many times what a page for reading needs, little for a computer.
OUTPUT_LIMIT = 20_000_000
LACKING = ("NotOnFile", "UnknownName")  # what another city may not have, and what its tables may not name
OWN_FOLDER = PROJECT / "notebooks"
# Chinese is legible in every plot that a researcher draws, even after a library has chosen fonts of its own.
STARTUP = """
import sys as _sys
import IPython.core.pylabtools as _tools
import matplotlib as _mpl
import huzhou_analysis as _hz
from huzhou_analysis.show import canvas as _canvas

_hz.style()
_print_figure, _chinese = _tools.print_figure, _canvas.SETTINGS["font.family"][-1]

def _legibly(figure, *arguments, **options):
    added = {key: [*_mpl.rcParams[key], _chinese] for key in ("font.family", "font.sans-serif")}
    with _canvas.legible(figure), _mpl.rc_context(added):
        return _print_figure(figure, *arguments, **options)

def _every_figure():
    if "matplotlib.pyplot" in _sys.modules:
        for manager in _sys.modules["matplotlib.pyplot"]._pylab_helpers.Gcf.get_all_fig_managers():
            with _canvas.legible(manager.canvas.figure):
                pass

_tools.print_figure = _legibly
def _whole_characters(write):
    return lambda words: write(words.encode("utf-8", "replace").decode())  # half a one would lose all that is printed

for _stream in (_sys.stdout, _sys.stderr):
    _stream.write = _whole_characters(_stream.write)
get_ipython().events.register("post_execute", _every_figure)  # before pyplot draws what is shown
"""


class NotebookError(Exception):
    """A notebook cannot be read or run; the message says which cell and why, in both languages."""


@dataclass
class Executed:
    """A notebook that was run: its cells with what they display, and the section it makes."""

    path: Path
    notebook: object = None
    section: Section | None = None
    error: str = ""
    seconds: float = 0.0
    made: dict[int, list[str]] = field(default_factory=dict)  # ids of the records that each cell handed on
    missing: Text | None = None
    begun: str = ""  # source of the last cell that was begun


# --- notebooks as files --------------------------------------------------------------------------------------------


def about(path: Path) -> dict:
    """What a notebook's metadata say of it: ``{"ref_area": "330500"}`` that it argues about that area alone."""
    try:
        return own_metadata(read(path))
    except NotebookError:
        return {}  # executing it says what is wrong with it


def own_metadata(notebook) -> dict:
    """What a notebook's metadata say to this library."""
    said = notebook.metadata.get("huzhou_analysis", {})
    return said if isinstance(said, dict) else {}


def read(path: Path):
    """A notebook as cells; NotebookError where the file is none."""
    import nbformat

    try:
        raw = json.loads(path.read_text(encoding="utf-8-sig"))
        cells = [{"metadata": {}} | c | {"id": c.get("id") or f"cell-{n}"} for n, c in enumerate(raw["cells"])]
        notebook = nbformat.from_dict({"metadata": {}} | raw | {"cells": cells, "nbformat": 4, "nbformat_minor": 5})
        for cell in notebook.cells:
            cell.source = "".join(cell.source)
            cell.cell_type  # noqa: B018
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        said = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise NotebookError(
            f"{path.name} 不是可读的笔记本（{said}）：是否有合并冲突标记，或不是UTF-8编码；请在JupyterLab中另存 / is no notebook that can "
            f"be read ({said}): are there conflict marks in it, or is it not UTF-8? Save it again in JupyterLab"
        ) from None
    return notebook


# --- executing -----------------------------------------------------------------------------------------------------


def execute(
    paths: Sequence[Path], data: Path, *, own: bool = True, jobs: int = 2, progress: Callable[[Executed], None] = bool,
    collected: bool = True,
) -> list[Executed]:  # fmt: skip
    """Run notebooks, `jobs` at a time, and gather what they show; an error is noted in :attr:`Executed.error`.

    With tables of another city (not `own`), a notebook that asks for what is not on file ends there, and its section says
    so. `progress` is called with each notebook when it is done. Only where they are `collected`, exhibits hand their records
    on, and a section is made of them.
    """
    done = [Executed(path) for path in paths]

    async def one(executed: Executed, gate: asyncio.Semaphore) -> None:
        async with gate:
            records = Path(tempfile.mkdtemp(prefix="records-", dir=scratch))
            began = time.monotonic()
            try:
                await _run(executed, environment | ({EXPORT_VARIABLE: str(records)} if collected else {}), records, own)
                executed.section = section(executed, records) if collected else None
            except Exception as error:  # whatever a researcher's own code raises
                executed.error = _explained(error, executed.begun)
            executed.seconds = time.monotonic() - began
            progress(executed)

    async def everything() -> None:
        gate = asyncio.Semaphore(jobs)
        await asyncio.gather(*(one(executed, gate) for executed in done))

    with tempfile.TemporaryDirectory(prefix="huzhou-report-", ignore_cleanup_errors=True) as scratch:
        environment = kernel_environment(Path(scratch), data)
        _run_aside(everything())
    return done


def _run_aside(work: Coroutine) -> None:
    """Run in a thread, where nbclient takes no signal over: Ctrl+C ends what runs, shuts the kernels down and goes on up."""
    loop = asyncio.SelectorEventLoop() if sys.platform == "win32" else asyncio.new_event_loop()
    task, ended = loop.create_task(work), Event()

    def run() -> None:
        with contextlib.suppress(BaseException):  # the task knows how it ended
            loop.run_until_complete(task)
        loop.close()
        ended.set()

    Thread(target=run).start()
    try:
        while not ended.wait(0.2):
            pass
    except KeyboardInterrupt:
        loop.call_soon_threadsafe(task.cancel)
        ended.wait()
        raise
    task.result()


def kernel_environment(scratch: Path, data: Path) -> dict[str, str]:
    """Environment of kernels: our tables, our library, legible Chinese, nothing of the user's own IPython."""
    startup = scratch / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00-style.py").write_text(STARTUP, encoding="utf-8")
    return dict(os.environ) | {
        "HUZHOU_DATA": str(data),
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "JUPYTER_PREFER_ENV_PATH": "1",
        "IPYTHONDIR": str(scratch / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(scratch / "runtime"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "OMP_NUM_THREADS": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(PROJECT), os.environ.get("PYTHONPATH")])),
    }


async def _run(executed: Executed, environment: dict[str, str], records: Path, own: bool) -> None:
    """Run one notebook in place; what another city lacks ends it, any other error is raised."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError
    from nbformat.v4 import new_output

    class Client(NotebookClient):
        """With an end to what it gathers: a kernel that prints without end is stopped."""

        left = OUTPUT_LIMIT

        def process_message(self, msg: dict, cell, cell_index: int):
            self.left -= len(json.dumps(msg["content"], default=str))
            if self.left >= 0:
                return super().process_message(msg, cell, cell_index)
            cell.outputs = []
            self.stopped = asyncio.ensure_future(self.km.provisioner.kill())
            return None

    executed.notebook = notebook = read(executed.path)
    seen: set[str] = set()

    def begun(cell, **_: object) -> None:
        executed.begun = cell.source

    def handed_on(cell_index: int, **_: object) -> None:
        new = {p.stem for p in records.glob("*.json")} - seen
        executed.made[cell_index] = sorted(new)
        seen.update(new)

    client = Client(
        notebook, timeout=CELL_TIMEOUT, kernel_name="python3", record_timing=False, coalesce_streams=True,
        resources={"metadata": {"path": str(executed.path.parent)}}, on_cell_start=begun, on_cell_executed=handed_on,
        extra_arguments=["--IPKernelApp.log_level=ERROR", "--HistoryManager.enabled=False"],
    )  # fmt: skip
    try:
        await client.async_execute(env=environment, stderr=subprocess.DEVNULL)
    except DeadKernelError:
        if client.left >= 0:
            raise
        most = OUTPUT_LIMIT // 10**6
        raise NotebookError(
            f"输出超过 {most} MB，已停止；请少印、少显示一些 / its output went beyond {most} MB and it was stopped: print and display less"
        ) from None
    except CellExecutionError as error:
        if own or error.ename not in LACKING:
            raise
        zh, _, en = _plain(error.evalue).partition(" / ")
        executed.missing = text(zh, en or zh)
        last = next(
            n for n, c in enumerate(notebook.cells) if any(o.output_type == "error" for o in c.get("outputs", []))
        )
        notebook.cells = notebook.cells[: last + 1]
        notebook.cells[last].outputs = [new_output("stream", name="stdout", text=f"{zh}\n{en}\n")]
    finally:
        atexit.unregister(client._cleanup_kernel)  # which complains where a kernel was stopped while it began


def _explained(error: Exception, source: str) -> str:
    """What went wrong in a notebook: the error, the first line of its cell, no traceback."""
    from nbclient.exceptions import CellExecutionError, CellTimeoutError

    first = next((line.strip() for line in source.splitlines() if line.strip()), "")
    where = f"\n    在单元格 / in the cell: {first}" if first else ""
    if isinstance(error, CellTimeoutError):
        return f"单元格运行超过 {CELL_TIMEOUT} 秒，请拆小或简化 / a cell ran longer than {CELL_TIMEOUT} s, make it smaller{where}"
    if isinstance(error, CellExecutionError):
        return f"{error.ename}: {_plain(error.evalue)}{where}"
    return f"{error if isinstance(error, NotebookError) else f'{type(error).__name__}: {error}'}{where}"


def _plain(words: object) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", str(words))


# --- what it shows and says ----------------------------------------------------------------------------------------


def section(executed: Executed, records: Path) -> Section:
    """The section that an executed notebook makes, given the folder of the records it handed on."""
    exhibits = {p.stem: json.loads(p.read_text(encoding="utf-8")) for p in sorted(records.glob("*.json"))}
    blocks: list[dict] = []
    placed: set[str] = set()
    for n, cell in enumerate(executed.notebook.cells):
        if cell.cell_type == "markdown":
            _narrative(blocks, cell)
        if cell.cell_type != "code":
            continue
        for output in cell.outputs:
            shown = output.get("data", {})
            if EXHIBIT_TYPE in shown and shown[EXHIBIT_TYPE]["id"] not in placed:
                placed.add(shown[EXHIBIT_TYPE]["id"])
                blocks.append({"kind": "exhibit", "id": shown[EXHIBIT_TYPE]["id"]})
            elif TEXT_TYPE in shown:
                tags = sorted(cell.metadata.get("tags", []))
                blocks.append({"kind": "finding"} | dict(shown[TEXT_TYPE]) | {"tags": tags})
        for made in sorted(set(executed.made.get(n, [])) - placed, key=lambda i: exhibits[i]["order"]):
            placed.add(made)  # made by the cell without being displayed
            blocks.append({"kind": "exhibit", "id": made})
    if executed.missing:
        blocks.append({"kind": "missing"} | {lang: executed.missing[lang] for lang in LANGUAGES})
    title = _title(blocks) or dict.fromkeys(LANGUAGES, executed.path.stem)
    blocks = [b for b in blocks if b["kind"] != "text" or b["zh"] or b["en"]]
    said = own_metadata(executed.notebook)
    brief = {k: [str(v) for v in said[k]] for k in ("brief", "deck", "headlines") if isinstance(said.get(k), list)}
    return Section(executed.path.stem, title, blocks, exhibits, brief)


def _narrative(blocks: list[dict], cell) -> None:
    """A cell of one language joins the block of the cell before, where that lacks it; one without a tag serves both."""
    tags = cell.metadata.get("tags", [])
    mine = [lang for lang in LANGUAGES if lang in tags] or list(LANGUAGES)
    before = blocks[-1] if blocks and blocks[-1]["kind"] == "text" else None
    if before is None or any(before[lang] for lang in mine):
        before = {"kind": "text", "zh": "", "en": ""}
        blocks.append(before)
    before.update(dict.fromkeys(mine, cell.source))


def _title(blocks: list[dict]) -> dict | None:
    """Title from the first headings, which are taken out of the text."""
    found: dict[str, str] = {}
    for lang in LANGUAGES:
        for block in blocks:
            if block["kind"] == "text" and (heading := prose.first_heading(block[lang])):
                found[lang] = heading
                block[lang] = prose.without_first_heading(block[lang])
                break
    return {lang: found.get(lang) or next(iter(found.values())) for lang in LANGUAGES} if found else None


# --- for code and tests --------------------------------------------------------------------------------------------


def exhibits(name: str | None = None, *, folder: Path | str | None = None) -> list:
    """Exhibits of a notebook, made here and now: its code cells are run in this process.

    Parameters
    ----------
    name : str, optional
        Beginning of the file's name (``"01"``), what follows the number (``"foreign_investment"``), or words of its title
        in Chinese or English; by default every notebook.
    folder : path, optional
        Where the notebooks are, by default the project's own.

    Returns
    -------
    list of Exhibit
        In the order in which they are made.

    Raises
    ------
    ValueError
        If no notebook has that name, or several do; the message names the nearest.

    Examples
    --------
    >>> [e.id for e in hz.exhibits("外资")][:1]                      # doctest: +SKIP
    ['foreign_investment_conflict']
    >>> hz.exhibits("exprts")
    Traceback (most recent call last):
    ValueError: no notebook is called 'exprts'; near: exports, 02_exports, projections
    """
    if isinstance(name, Path) or "/" in str(name):
        raise ValueError(f"{str(name)!r} is a path: write folder='...' for the folder of notebooks, and the name alone")
    files = notebook_files([Path(folder) if folder else OWN_FOLDER])
    chosen = files if name is None else [find_notebook(files, name)]
    return [Exhibit(record) for path in chosen for record in run_here(path)]


def find_notebook(files: Sequence[Path], name: str) -> Path:
    """The notebook that a name means, see :func:`exhibits`."""
    wanted = str(name).casefold().strip().removesuffix(".ipynb")
    titles = {path: [path.stem, re.sub(r"^\d+_", "", path.stem), *_headings(path)] for path in files}
    known = {path: [n.casefold() for n in names] for path, names in titles.items()}
    found: list[Path] = []
    if wanted:
        found = [p for p, names in known.items() if wanted in names]
        found = found or [p for p, names in known.items() if names[0].startswith(wanted)]
        found = found or [p for p, names in known.items() if any(wanted in n for n in names)]
    if len(found) == 1:
        return found[0]
    every = [n for names in titles.values() for n in names]
    near = [p.stem for p in found] or difflib.get_close_matches(str(name), every, 3, 0.3) or [p.stem for p in files]
    raise ValueError(
        f"{'several notebooks are' if found else 'no notebook is'} called {name!r}; near: {', '.join(near)}"
    )


def _headings(path: Path) -> list[str]:
    cells = [c for c in read(path).cells if c.cell_type == "markdown"]
    return [heading for cell in cells[:6] if (heading := prose.first_heading(cell.source))]


def code_cells(path: Path) -> list[str]:
    """Sources of a notebook's code cells as plain Python: lines for IPython alone are passed over."""
    sources = [cell.source for cell in read(path).cells if cell.cell_type == "code"]
    return [re.sub(r"(?m)^(\s*)[%!].*$", r"\1pass", source) for source in sources]


def run_here(path: Path) -> list[dict]:
    """Records of a notebook whose code cells are run in this process."""
    import linecache
    import warnings

    space: dict[str, object] = {"__name__": "__main__", "display": lambda *_, **__: None}
    with tempfile.TemporaryDirectory(prefix="huzhou-") as records, contextlib.ExitStack() as stack:
        backend = os.environ.get("MPLBACKEND", "agg")
        stack.enter_context(patch.dict(os.environ, {EXPORT_VARIABLE: records, "MPLBACKEND": backend}))
        stack.enter_context(warnings.catch_warnings())
        stack.enter_context(contextlib.redirect_stdout(StringIO()))  # what its cells print is not asked for
        stack.enter_context(contextlib.chdir(path.parent))
        warnings.filterwarnings("ignore", message="FigureCanvasAgg is non-interactive")
        for n, code in enumerate(code_cells(path)):
            where = f"<{path.stem} {n}>"
            linecache.cache[where] = (len(code), None, code.splitlines(keepends=True), where)
            exec(compile(code, where, "exec"), space)
        if "matplotlib.pyplot" in sys.modules and "inline" not in backend:
            sys.modules["matplotlib.pyplot"].close("all")
        made = [json.loads(p.read_text(encoding="utf-8")) for p in Path(records).glob("*.json")]
    return sorted(made, key=lambda record: record["order"])
