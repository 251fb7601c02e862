"""From notebooks to content: execute them, gather what they show and say.

A notebook runs in a kernel of its own, two at a time. Its exhibits hand their records on
(:mod:`huzhou_analysis.show.exhibit`); its Markdown cells and findings become the narrative, each language by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import difflib
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from ..facts.words import LANGUAGES, Text, text
from . import prose
from .content import Section

CELL_TIMEOUT = 600
# Characters that a notebook may print and show: many times what a page for reading needs, little for a computer.
OUTPUT_LIMIT = 20_000_000
LACKING = ("NotOnFile", "UnknownName")  # what another city may not have, and what its tables may not name
OWN_FOLDER = Path(__file__).resolve().parent.parent.parent / "notebooks"
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


# --- which notebooks -----------------------------------------------------------------------------------------------


def notebook_files(folders: Iterable[Path], home: str | None = None) -> list[Path]:
    """Notebooks in order of their names; one of a later folder takes the place of one of the same name.

    Names that begin with ``_`` or ``.`` are left out. `home`, the area that the tables are about, leaves out those whose
    metadata say that they argue about another (``"huzhou_analysis": {"ref_area": "330500"}``).
    """
    found = {p.name: p for folder in folders for p in folder.glob("*.ipynb") if not p.name.startswith(("_", "."))}
    return [p for _, p in sorted(found.items()) if home is None or _own_metadata(p).get("ref_area", home) == home]


def read(path: Path):
    """A notebook as cells; NotebookError where the file is none."""
    import nbformat

    try:
        raw = json.loads(path.read_text(encoding="utf-8-sig"))
        raw["cells"] = [c | {"id": c.get("id") or f"cell-{n}"} for n, c in enumerate(raw["cells"])]
        notebook = nbformat.from_dict(raw | {"nbformat": 4, "nbformat_minor": 5})
        for cell in notebook.cells:
            cell.source = "".join(cell.source)
        nbformat.validate(notebook)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, nbformat.ValidationError) as error:
        said = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise NotebookError(
            f"{path.name} 不是可读的笔记本（{said}）：是否有合并冲突标记，或不是UTF-8编码；请在JupyterLab中另存 / is no notebook that can "
            f"be read ({said}): are there conflict marks in it, or is it not UTF-8? Save it again in JupyterLab"
        ) from None
    return notebook


def code_cells(path: Path) -> list[str]:
    """Sources of a notebook's code cells as plain Python: lines for IPython alone are passed over."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8-sig"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (OSError, ValueError, KeyError, TypeError):
        sources = [cell.source for cell in read(path).cells if cell.cell_type == "code"]  # which says what is wrong
    return [re.sub(r"(?m)^(\s*)[%!].*$", r"\1pass", source) for source in sources]


def _own_metadata(path: Path) -> dict:
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))["metadata"].get("huzhou_analysis", {})
        return found if isinstance(found, dict) else {}
    except (OSError, ValueError, KeyError, AttributeError):
        return {}  # executing it says what is wrong with it


# --- executing -----------------------------------------------------------------------------------------------------


def execute(
    paths: Sequence[Path], data: Path, *, own: bool = True, jobs: int = 2, progress: Callable[[Executed], None] = bool
) -> list[Executed]:
    """Run notebooks, several at a time, and gather what they show.

    Parameters
    ----------
    paths : sequence of Path
    data : Path
        Folder of the tables that they load.
    own : bool
        Whether these are the project's own tables: there every notebook has all it needs. With those of another city, a
        notebook that asks for what is not on file ends there, and its section says so.
    jobs : int
        Notebooks at a time.
    progress : callable
        Called with each notebook when it is done.

    Returns
    -------
    list of Executed
        In the order of `paths`; ``error`` is empty where all went well.
    """
    from ..show.exhibit import EXPORT_VARIABLE

    done = [Executed(path) for path in paths]
    loop = asyncio.SelectorEventLoop() if sys.platform == "win32" else asyncio.new_event_loop()
    with tempfile.TemporaryDirectory(prefix="huzhou-report-", ignore_cleanup_errors=True) as scratch:
        environment = kernel_environment(Path(scratch), data)

        async def one(executed: Executed, gate: asyncio.Semaphore) -> None:
            async with gate:
                records = Path(tempfile.mkdtemp(prefix="records-", dir=scratch))
                began = time.monotonic()
                try:
                    await _run(executed, environment | {EXPORT_VARIABLE: str(records)}, records, own)
                    executed.section = section(executed, records)
                except Exception as error:  # whatever a researcher's own code raises
                    executed.error = explain(error)
                executed.seconds = time.monotonic() - began
                progress(executed)

        async def everything() -> None:
            gate = asyncio.Semaphore(jobs)
            await asyncio.gather(*(one(executed, gate) for executed in done))

        try:
            loop.run_until_complete(everything())
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            loop.close()
    return done


def kernel_environment(scratch: Path, data: Path) -> dict[str, str]:
    """Environment of kernels: our tables, our library, legible Chinese, nothing of the user's own IPython."""
    startup = scratch / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00-style.py").write_text(STARTUP, encoding="utf-8")
    project = str(Path(__file__).resolve().parent.parent.parent)
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
        "PYTHONPATH": os.pathsep.join(filter(None, [project, os.environ.get("PYTHONPATH")])),
    }


async def _run(executed: Executed, environment: dict[str, str], records: Path | None, own: bool) -> None:
    """Run one notebook in place; what another city lacks ends it, any other error is raised."""
    from nbclient.exceptions import CellExecutionError

    executed.notebook = notebook = read(executed.path)
    seen: set[str] = set()

    def handed_on(cell_index: int, **_: object) -> None:
        new = {p.stem for p in records.glob("*.json")} - seen if records else set()
        executed.made[cell_index] = sorted(new)
        seen.update(new)

    client = _client()(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(executed.path.parent)}},
        on_cell_executed=handed_on,
        extra_arguments=["--IPKernelApp.log_level=ERROR", "--HistoryManager.enabled=False"],
    )
    try:
        await client.async_execute(env=environment)
    except CellExecutionError as error:
        if own or error.ename not in LACKING:
            raise
        last = next(n for n, cell in enumerate(notebook.cells) if _failed(cell))
        zh, _, en = _plain(error.evalue).partition(" / ")
        executed.missing = text(zh, en or zh)
        notebook.cells = notebook.cells[: last + 1]
        notebook.cells[last].outputs = [_stream(f"{zh}\n{en}\n")]


def _failed(cell) -> bool:
    return cell.cell_type == "code" and any(o.output_type == "error" for o in cell.outputs)


def _stream(words: str):
    from nbformat.v4 import new_output

    return new_output("stream", name="stdout", text=words)


def _client() -> type:
    """nbclient's own, with an end to what it gathers: a cell that prints without end is stopped, and its kernel with it."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionComplete, DeadKernelError

    class Client(NotebookClient):
        left, stopping = OUTPUT_LIMIT, None

        def process_message(self, msg: dict, cell, cell_index: int):
            self.left -= len(json.dumps(msg["content"], default=str))
            if self.left >= 0:
                return super().process_message(msg, cell, cell_index)
            cell.outputs = []
            self.stopping = asyncio.ensure_future(self.km.provisioner.kill())
            raise CellExecutionComplete

        async def async_execute_cell(self, cell, *arguments, **options):
            done = None
            try:
                done = await super().async_execute_cell(cell, *arguments, **options)
            except DeadKernelError:
                if self.stopping is None:
                    raise
            if self.stopping is None:
                return done
            await self.stopping
            raise NotebookError(
                f"输出超过 {OUTPUT_LIMIT // 10**6} MB，已停止；请少印、少显示一些 / its output went beyond {OUTPUT_LIMIT // 10**6} "
                f"MB and it was stopped: print and display less{_in_cell(cell.source)}"
            )

    return Client


def explain(error: Exception) -> str:
    """What went wrong in a notebook: the error, the first line of its cell, no traceback."""
    from nbclient.exceptions import CellExecutionError, CellTimeoutError

    if isinstance(error, CellTimeoutError | CellExecutionError):
        source = re.search(r"-{5,}\n(.*?)(?:\n-{5,}|\n\.\.\.|$)", _plain(error), re.DOTALL)
        where = _in_cell(source[1] if source else "")
        if isinstance(error, CellExecutionError):
            return f"{error.ename}: {_plain(error.evalue)}{where}"
        return f"单元格运行超过 {CELL_TIMEOUT} 秒，请拆小或简化 / a cell ran longer than {CELL_TIMEOUT} s, make it smaller{where}"
    return str(error) if isinstance(error, NotebookError) else f"{type(error).__name__}: {error}"


def _in_cell(source: str) -> str:
    first = next((line.strip() for line in source.splitlines() if line.strip()), "")
    return f"\n    在单元格 / in the cell: {first}" if first else ""


def _plain(words: object) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", str(words))


# --- what it shows and says ----------------------------------------------------------------------------------------


def section(executed: Executed, records: Path) -> Section:
    """The section that an executed notebook makes, given the folder of the records it handed on."""
    from ..show.exhibit import EXHIBIT_TYPE, TEXT_TYPE

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
                blocks.append(
                    {"kind": "finding"} | dict(shown[TEXT_TYPE]) | {"tags": sorted(cell.metadata.get("tags", []))}
                )
        for made in sorted(set(executed.made.get(n, [])) - placed, key=lambda i: exhibits[i]["order"]):
            placed.add(made)  # made by the cell without being displayed
            blocks.append({"kind": "exhibit", "id": made})
    if executed.missing:
        blocks.append({"kind": "missing", "zh": executed.missing.zh, "en": executed.missing.en})
    title = _title(blocks) or dict.fromkeys(LANGUAGES, executed.path.stem)
    blocks = [b for b in blocks if b["kind"] != "text" or b["zh"] or b["en"]]
    said = executed.notebook.metadata.get("huzhou_analysis", {})
    said = said if isinstance(said, dict) else {}
    brief = {k: [str(v) for v in said[k]] for k in ("brief", "headlines") if isinstance(said.get(k), list)}
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
    from ..show.exhibit import Exhibit

    if isinstance(name, Path) or "/" in str(name):
        raise ValueError(f"{str(name)!r} is a path: write folder='...' for the folder of notebooks, and the name alone")
    files = notebook_files([Path(folder) if folder else OWN_FOLDER])
    chosen = files if name is None else [find_notebook(files, name)]
    return [Exhibit(record) for path in chosen for record in run_here(path)]


def find_notebook(files: Sequence[Path], name: str) -> Path:
    """The notebook that a name means, see :func:`exhibits`."""
    wanted = str(name).casefold().strip().removesuffix(".ipynb")
    titles = {path: [path.stem, re.sub(r"^\d+_", "", path.stem), *_headings(path)] for path in files}
    exact = [p for p, names in titles.items() if wanted in [n.casefold() for n in names]]
    begun = [p for p in files if wanted and p.stem.casefold().startswith(wanted)]
    inside = [p for p, names in titles.items() if wanted and any(wanted in n.casefold() for n in names)]
    found = exact or begun or inside
    if len(found) == 1:
        return found[0]
    every = [n for names in titles.values() for n in names]
    near = ", ".join(
        [p.stem for p in found] or difflib.get_close_matches(str(name), every, 3, 0.3) or [p.stem for p in files]
    )
    raise ValueError(f"{'several notebooks are' if found else 'no notebook is'} called {name!r}; near: {near}")


def _headings(path: Path) -> list[str]:
    cells = [c for c in read(path).cells if c.cell_type == "markdown"]
    return [heading for cell in cells[:6] if (heading := prose.first_heading(cell.source))]


def run_here(path: Path) -> list[dict]:
    """Records of a notebook whose code cells are run in this process, as plain Python: magics are passed over."""
    import linecache
    import warnings

    from ..show.exhibit import EXPORT_VARIABLE

    space: dict[str, object] = {"__name__": "__main__", "display": lambda *_, **__: None}
    with tempfile.TemporaryDirectory(prefix="huzhou-") as records, contextlib.ExitStack() as stack:
        backend = os.environ.get("MPLBACKEND", "agg")
        stack.enter_context(patch.dict(os.environ, {EXPORT_VARIABLE: records, "MPLBACKEND": backend}))
        stack.enter_context(warnings.catch_warnings())
        stack.enter_context(contextlib.chdir(path.parent))
        warnings.filterwarnings("ignore", message="FigureCanvasAgg is non-interactive")
        for n, code in enumerate(code_cells(path)):
            where = f"<{path.stem} {n}>"
            linecache.cache[where] = (len(code), None, code.splitlines(keepends=True), where)
            exec(compile(code, where, "exec"), space)
        if "matplotlib.pyplot" in sys.modules and "inline" not in os.environ.get("MPLBACKEND", ""):
            sys.modules["matplotlib.pyplot"].close("all")
        made = [json.loads(p.read_text(encoding="utf-8")) for p in Path(records).glob("*.json")]
    return sorted(made, key=lambda record: record["order"])
