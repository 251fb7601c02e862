"""From notebooks to content: execute them, each in a kernel of its own, and gather what they show and say. Results that are
kept in them (``make notebooks``) are the same each time; a checksum of what they were made from tells when they are stale."""

import asyncio
import atexit
import base64
import contextlib
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO, StringIO
from itertools import count
from pathlib import Path
from unittest.mock import Mock, patch

from ..facts.data import fold, nearest_codes
from ..facts.locking import checksum
from ..facts.problems import Refused, say
from ..facts.words import LANGUAGES, Text, text
from ..show.exhibit import EXHIBIT_TYPE, EXPORT_VARIABLE, TEXT_TYPE, Exhibit
from . import NOTEBOOKS, PROJECT, message, notebook_files, prose, said
from .content import Section

CELL_TIMEOUT = 600
# Characters that a notebook may print and show: many times what a page for reading needs, little for a computer.
OUTPUT_LIMIT = 20_000_000
LARGEST = 60_000  # bytes of a picture in a notebook that is kept
PICTURES = {"image/png": r"()(.+)", "text/html": r"(data:image/png;base64,)([A-Za-z0-9+/=]+)"}  # in outputs
MADE_FROM = "made_from"
LACKING = ("NotOnFile", "UnknownName")  # what another city may not have, and what its tables may not name
# Chinese is legible in every plot that a researcher draws, even after a library has chosen fonts of its own; half a
# character neither stops a drawing nor loses all else that is printed.
STARTUP = """
def _begin():
    import gc, sys
    from matplotlib import font_manager, text
    from huzhou_analysis.show import canvas

    canvas.style()
    gc.set_threshold(100_000)
    chinese, whole = canvas.SETTINGS["font.family"][-1], lambda words: str(words).encode("utf-8", "replace").decode()
    families, set_text = font_manager.FontProperties.get_family, text.Text.set_text
    font_manager.FontProperties.get_family = lambda self: [*families(self), chinese]
    text.Text.set_text = lambda self, words: set_text(self, words and whole(words))
    for stream in (sys.stdout, sys.stderr):
        stream.write = lambda words, write=stream.write: write(whole(words))

_begin()
del _begin
"""


@dataclass
class Executed:
    """A notebook that was run: its cells with what they display, and the section it makes."""

    path: Path
    notebook: object = None
    section: Section | None = None
    error: str = ""
    made: dict[int, set[str]] = field(default_factory=dict)  # ids of the records that each cell handed on
    missing: Text | None = None
    begun: int = -1  # number of the last code cell that was begun


def about(path: Path) -> dict:
    """What a notebook's metadata say of it: ``{"ref_area": "330500"}`` that it argues about that area alone."""
    try:
        return own_metadata(read(path))
    except Refused:
        return {}  # executing it says what is wrong with it


def own_metadata(notebook) -> dict:
    """What a notebook's metadata say to this library."""
    ours = notebook.metadata.get("huzhou_analysis", {})
    return ours if isinstance(ours, dict) else {}


def read(path: Path):
    """A notebook as cells; Refused where the file is none."""
    import nbformat

    try:
        raw = json.loads(path.read_text(encoding="utf-8-sig"))
        cells = [{"metadata": {}} | c | {"id": c.get("id") or f"cell-{n}"} for n, c in enumerate(raw["cells"])]
        notebook = nbformat.from_dict({"metadata": {}} | raw | {"cells": cells, "nbformat": 4, "nbformat_minor": 5})
        for cell in notebook.cells:
            cell.source = "".join(cell.source)
            cell.cell_type  # noqa: B018
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        why = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        message.refuse("unreadable", name=path.name, why=why)
    return notebook


def execute(
    paths: Sequence[Path], data: Path, *, own: bool = True, jobs: int = 2, collected: bool = True
) -> list[Executed]:
    """Run notebooks, `jobs` at a time, their errors noted. With tables of another city (not `own`), one that asks for what is
    not on file ends there. Where they are `collected`, each says that it is done, and what it hands on makes a section."""
    done = [Executed(path) for path in paths]

    async def one(executed: Executed, gate: asyncio.Semaphore) -> None:
        async with gate:
            records, began = Path(tempfile.mkdtemp(prefix="records-", dir=scratch)), time.monotonic()
            try:
                await _run(executed, environment | ({EXPORT_VARIABLE: str(records)} if collected else {}), records, own)
                executed.section = section(executed, records) if collected else None
            except Exception as error:  # whatever a researcher's own code raises
                executed.error = _explained(executed, error)
            if collected:
                seconds = time.monotonic() - began
                say(f"  {'✗' if executed.error else '✓'} {executed.path.stem}  {seconds:.1f} s")

    async def everything() -> None:
        loop, gate = asyncio.get_running_loop(), asyncio.Semaphore(jobs)
        # Ctrl+C is left to the runner, which ends what runs and has the kernels shut down; nbclient would take it over.
        loop.add_signal_handler = loop.remove_signal_handler = Mock(side_effect=RuntimeError)
        await asyncio.gather(*(one(executed, gate) for executed in done))

    with (
        tempfile.TemporaryDirectory(prefix="huzhou-report-", ignore_cleanup_errors=True) as scratch,
        asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner,
    ):
        environment = kernel_environment(Path(scratch), data)
        runner.run(everything())
    return done


def kernel_environment(scratch: Path, data: Path) -> dict[str, str]:
    """Environment of kernels: our tables, our library, legible Chinese, nothing of the user's own IPython."""
    startup = scratch / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00-style.py").write_text(STARTUP, encoding="utf-8")
    fixed = {"PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1", "JUPYTER_PREFER_ENV_PATH": "1"}
    fixed |= {"MPLBACKEND": "module://matplotlib_inline.backend_inline", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    private = {"IPYTHONDIR": str(scratch / "ipython"), "JUPYTER_RUNTIME_DIR": str(scratch / "runtime")}
    path = os.pathsep.join(filter(None, [str(PROJECT), os.environ.get("PYTHONPATH")]))
    return dict(os.environ) | fixed | private | {"HUZHOU_DATA": str(data), "PYTHONPATH": path}


async def _run(executed: Executed, environment: dict[str, str], records: Path, own: bool) -> None:
    """Run one notebook in place; what another city lacks ends it, any other error is raised."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError
    from nbformat.v4 import new_output

    class Client(NotebookClient):
        """Notes which cell was begun and what each handed on; a kernel that prints without end is stopped."""

        left = OUTPUT_LIMIT

        async def async_execute_cell(self, cell, cell_index: int, **options):
            before = set(records.iterdir())
            executed.begun = cell_index if cell.cell_type == "code" else executed.begun
            await super().async_execute_cell(cell, cell_index, **options)
            executed.made[cell_index] = {path.stem for path in set(records.iterdir()) - before}

        async def _async_check_alive(self) -> None:
            if self.kc:  # after an interrupt there is none, but nbclient looks again
                await super()._async_check_alive()

        def process_message(self, msg: dict, cell, cell_index: int):
            self.left -= len(json.dumps(msg["content"], default=str))
            if self.left >= 0:
                return super().process_message(msg, cell, cell_index)
            cell.outputs = []
            self.stopped = asyncio.ensure_future(self.km.provisioner.kill())
            return None

    executed.notebook = notebook = read(executed.path)
    options = ["--IPKernelApp.log_level=ERROR", "--HistoryManager.enabled=False"]
    client = Client(notebook, timeout=CELL_TIMEOUT, kernel_name="python3", record_timing=False, coalesce_streams=True)
    client.resources, client.extra_arguments = {"metadata": {"path": str(executed.path.parent)}}, options
    try:
        await client.async_execute(env=environment, stderr=subprocess.DEVNULL)
    except DeadKernelError:
        if client.left >= 0:
            raise
    except CellExecutionError as error:
        if own or error.ename not in LACKING:
            raise
        zh, _, en = _plain(error.evalue).partition(" / ")
        executed.missing = text(zh, en or zh)
        del notebook.cells[executed.begun + 1 :]
        notebook.cells[-1].outputs = [new_output("stream", name="stdout", text=f"{zh}\n{en}\n")]
    finally:
        atexit.unregister(client._cleanup_kernel)  # which complains where a kernel was stopped while it began
    message.refuse("output_limit", client.left < 0, most=OUTPUT_LIMIT // 10**6)


def _explained(executed: Executed, error: Exception) -> str:
    """What went wrong in a notebook: the error, the first line of its cell, no traceback."""
    from nbclient.exceptions import CellExecutionError, CellTimeoutError

    why = str(error) if isinstance(error, Refused) else f"{type(error).__name__}: {error}"
    if isinstance(error, CellTimeoutError):
        why = said("too_long", seconds=CELL_TIMEOUT)
    elif isinstance(error, CellExecutionError):
        why = f"{error.ename}: {_plain(error.evalue)}"
    source = executed.notebook.cells[executed.begun].source.strip() if executed.begun >= 0 else ""
    return f"{why}\n    {said('in_cell', first=source.splitlines()[0].strip())}" if source else why


def _plain(words: object) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", str(words))


def section(executed: Executed, records: Path) -> Section:
    """The section that an executed notebook makes, given the folder of the records it handed on."""
    exhibits = {p.stem: json.loads(p.read_text(encoding="utf-8")) for p in sorted(records.glob("*.json"))}
    blocks: list[dict] = []
    for n, cell in enumerate(executed.notebook.cells):
        if cell.cell_type == "markdown":
            _narrative(blocks, cell)
        made = sorted(executed.made.get(n, ()), key=lambda i: exhibits[i]["order"])
        for shown in [output.get("data", {}) for output in cell.get("outputs", ())]:
            if EXHIBIT_TYPE in shown:
                blocks.append({"kind": "exhibit", "id": shown[EXHIBIT_TYPE]["id"]})
            elif TEXT_TYPE in shown:
                tags = sorted(cell.metadata.get("tags", []))
                blocks.append({"kind": "finding"} | dict(shown[TEXT_TYPE]) | {"tags": tags})
        blocks += [{"kind": "exhibit", "id": i} for i in made]  # what was made without being displayed
    first = {b["id"]: n for n, b in reversed([*enumerate(blocks)]) if b["kind"] == "exhibit"}
    blocks = [b for n, b in enumerate(blocks) if b["kind"] != "exhibit" or first[b["id"]] == n]
    if executed.missing:
        blocks.append({"kind": "missing"} | {lang: executed.missing[lang] for lang in LANGUAGES})
    title = _title(blocks) or dict.fromkeys(LANGUAGES, executed.path.stem)
    blocks = [b for b in blocks if b["kind"] != "text" or b["zh"] or b["en"]]
    ours = own_metadata(executed.notebook)
    brief = {k: [*map(str, ours[k])] for k in ("brief", "deck", "headlines") if isinstance(ours.get(k), list)}
    return Section(executed.path.stem, title, blocks, exhibits, brief)


def _narrative(blocks: list[dict], cell) -> None:
    """A cell of one language joins the block of the cell before, where that lacks it; one without a tag serves both."""
    mine = [lang for lang in LANGUAGES if lang in cell.metadata.get("tags", [])] or list(LANGUAGES)
    if not blocks or blocks[-1]["kind"] != "text" or any(blocks[-1][lang] for lang in mine):
        blocks.append({"kind": "text", "zh": "", "en": ""})
    blocks[-1].update(dict.fromkeys(mine, cell.source))


def _title(blocks: list[dict]) -> dict | None:
    """Title from the first headings, which are taken out of the text."""
    found: dict[str, str] = {}
    for lang in LANGUAGES:
        headed = (b for b in blocks if b["kind"] == "text" and prose.first_heading(b[lang]))
        if block := next(headed, None):
            found[lang] = prose.first_heading(block[lang])
            block[lang] = re.sub(r"(?m)^# .*$\n?", "", block[lang], count=1).strip()
    return {lang: found.get(lang) or next(iter(found.values())) for lang in LANGUAGES} if found else None


def exhibits(name: str | None = None, *, folder: Path | str | None = None) -> list:
    """Exhibits of a notebook, made here and now: its code cells are run in this process.

    Parameters
    ----------
    name : str, optional
        Beginning of the file's name (``"01"``), what follows the number (``"foreign_investment"``), or words of its title
        in either language; by default every notebook of the `folder`, which is the project's own.

    Returns
    -------
    list of Exhibit
        In the order in which they are made; a ValueError if no notebook has that name, or several do.

    Examples
    --------
    >>> [e.id for e in hz.exhibits("外资")][:1]                      # doctest: +SKIP
    ['foreign_investment_conflict']
    >>> hz.exhibits("exprts")
    Traceback (most recent call last):
    ValueError: no notebook is called 'exprts'; near: 02_exports
    """
    if isinstance(name, Path) or "/" in str(name):
        raise ValueError(f"{str(name)!r} is a path: write folder='...' for the folder of notebooks, and the name alone")
    files = notebook_files([Path(folder) if folder else NOTEBOOKS])
    chosen = files if name is None else [find_notebook(files, name)]
    return [Exhibit(record) for path in chosen for record in run_here(path)]


def find_notebook(files: Sequence[Path], name: str) -> Path:
    """The notebook that a name means, see :func:`exhibits`."""
    wanted, stems = fold(str(name).removesuffix(".ipynb")), {path.stem: path for path in files}
    names = {s: [s, re.sub(r"^\d+_", "", s), *headings(path)] for s, path in stems.items()}
    known = {stem: [*map(fold, every)] for stem, every in names.items()}
    found = [s for s, every in known.items() if wanted in every]
    found = found or [s for s, (own, *_) in known.items() if wanted and own.startswith(wanted)]
    found = found or [s for s, every in known.items() if wanted and any(wanted in n for n in every)]
    if len(found) == 1:
        return stems[found[0]]
    near = ", ".join(found or nearest_codes(str(name), names) or names)
    raise ValueError(f"{'several notebooks are' if found else 'no notebook is'} called {name!r}; near: {near}")


def headings(path: Path) -> list[str]:
    """The first headings of a notebook, its titles."""
    cells = [c for c in read(path).cells if c.cell_type == "markdown"]
    return [heading for cell in cells[:6] if (heading := prose.first_heading(cell.source))]


def code_cells(path: Path) -> list[str]:
    """Sources of a notebook's code cells as plain Python: lines for IPython alone are passed over."""
    sources = [cell.source for cell in read(path).cells if cell.cell_type == "code"]
    return [re.sub(r"(?m)^(\s*)[%!].*$", r"\1pass", source) for source in sources]


def run_here(path: Path) -> list[dict]:
    """Records of a notebook whose code cells are run in this process."""
    space: dict[str, object] = {"__name__": "__main__", "display": lambda *_, **__: None}
    backend = os.environ.get("MPLBACKEND", "agg")
    with (
        tempfile.TemporaryDirectory(prefix="huzhou-") as records,
        patch.dict(os.environ, {EXPORT_VARIABLE: records, "MPLBACKEND": backend}),
        contextlib.redirect_stdout(StringIO()),  # what its cells print is not asked for
        contextlib.chdir(path.parent),
        warnings.catch_warnings(),
    ):
        warnings.filterwarnings("ignore", message="FigureCanvasAgg is non-interactive")
        for n, code in enumerate(code_cells(path)):
            exec(compile(code, f"<{path.stem} {n}>", "exec"), space)
        if "matplotlib.pyplot" in sys.modules and "inline" not in backend:
            sys.modules["matplotlib.pyplot"].close("all")
        made = [json.loads(p.read_text(encoding="utf-8")) for p in Path(records).glob("*.json")]
    return sorted(made, key=lambda record: record["order"])


def tidy(cell) -> None:
    """Take out of a cell's outputs what differs from run to run (names of temporary files, sliders, which move only where a
    kernel runs) and data for the report."""
    if "outputs" in cell:
        cell.outputs = [o for o in cell.outputs if not any("widget-view" in mime for mime in o.get("data", {}))]
    for output in cell.get("outputs", []):
        if "text" in output:
            output.text = re.sub(r"\S*ipykernel_\d+[/\\]\d+\.py", "<cell>", output.text)
        for mime in [m for m in output.get("data", {}) if m.startswith("application/vnd.huzhou")]:
            del output.data[mime]
    cell.metadata.pop("execution", None)


def sources(path: Path, tables: Path) -> str:
    """Checksum of what a notebook's results are made from: the sources of its cells, and the tables."""
    cells = [[c.cell_type, c.source, sorted(c.metadata.get("tags", []))] for c in read(path).cells]
    found = {p.name: checksum(p) for p in sorted(tables.glob("*.csv"))}
    return hashlib.sha256(json.dumps([cells, found], sort_keys=True).encode()).hexdigest()[:16]


def stale(files: Sequence[Path], tables: Path) -> list[str]:
    """Names of notebooks whose committed results are not those of their cells and tables."""
    return [path.name for path in files if own_metadata(read(path)).get(MADE_FROM) != sources(path, tables)]


def save(executed: Executed, tables: Path) -> None:
    """Put the results into the notebook's file, whole or not at all."""
    import nbformat

    notebook, runs = executed.notebook, count(1)
    for n, cell in enumerate(notebook.cells):
        cell.id = f"cell-{n:02d}"
        tidy(cell)
        if cell.cell_type == "code":
            cell.execution_count = next(runs)
        for output in cell.get("outputs", []):
            if "execution_count" in output:
                output.execution_count = cell.execution_count
            for mime in PICTURES.keys() & output.get("data", {}).keys():
                shown = output.data[mime]
                output.data[mime] = re.sub(PICTURES[mime], lambda m: m[1] + small_picture(m[2]), shown, flags=re.DOTALL)
    ours = dict(own_metadata(notebook)) | {MADE_FROM: sources(executed.path, tables)}
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    head = {"kernelspec": kernel, "language_info": {"name": "python"}, "huzhou_analysis": ours}
    notebook.metadata = nbformat.from_dict(head)
    making = executed.path.with_name(f".{executed.path.name}.making")
    nbformat.write(notebook, making)
    making.replace(executed.path)


def small_picture(encoded: str) -> str:
    """A PNG (base64) of at most ``LARGEST`` bytes: few colours first (rare ones are kept), then fewer dots; the same bytes each time."""
    from PIL import Image

    raw = base64.b64decode(encoded)
    image = Image.open(BytesIO(raw)).convert("RGB")
    while True:
        buffer = BytesIO()
        image.quantize(64, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
        if buffer.tell() <= LARGEST or image.width < 200:
            best = min(raw, buffer.getvalue(), key=len)
            return base64.b64encode(best).decode()
        image = image.resize((image.width * 4 // 5, image.height * 4 // 5), Image.Resampling.LANCZOS)
