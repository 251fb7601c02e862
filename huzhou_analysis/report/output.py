"""Every file of a report, written into a folder aside, several at a time."""

from __future__ import annotations

import base64
import copy
import json
import os
import re
import signal
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread

from ..facts.data import Data
from ..facts.words import LANGUAGES
from ..show.sources import citations
from . import changes, state
from .build import ReportError
from .collect import Executed
from .content import Content

# File of each language, and what writes it: write(content, lang, path, data).
WRITERS = {
    "report.html": "page.write",
    "report.pdf": "pdf.write",
    "citations.pdf": "pdf.write_citations",
    "brief.pdf": "pdf.write_brief",
    "brief.docx": "document.write_brief",
    "report.docx": "document.write",
    "briefing.pptx": "slides.write",
    "appendix.pptx": "slides.write_appendix",
    "workbook.xlsx": "workbook.write",
}
SHOWS_CHARTS = ("page", "pdf")  # modules whose writers take the folder of charts that are drawn already


def writer(name: str):
    """The function that writes a file of the report."""
    module, function = WRITERS[name].split(".")
    return getattr(import_module(f"{__package__}.{module}"), function)


def content_of(executed: list[Executed], data: Data, before: dict | None) -> tuple[Content, dict]:
    """What the report says, and the snapshot that the next one is held against."""
    owner: dict[str, str] = {}
    for one in executed:
        for exhibit_id in one.section.exhibits:
            if exhibit_id in owner:
                both = f"{exhibit_id}: {owner[exhibit_id]}, {one.path.name}"
                raise ReportError(
                    f"两个笔记本有同名图表，请改名 / two notebooks show an exhibit of the same id, rename one: {both}"
                )
            owner[exhibit_id] = one.path.name
    targets = state.targets(data)
    now = changes.snapshot(data, targets)
    moved = changes.compare(before, now)
    latest = state.latest(data, {row["key"] for row in moved["moved"]["figure"] if row["change"] == "came"})
    said = Content(state.pair(data.city), [one.section for one in executed])
    stated = citations(data, [i for row in [*latest, *targets] for i in row["figures"]])
    named = {row["figure_id"]: data.figures.indicator[row["figure_id"]] for row in said.citations()}
    content = replace(
        said, changes=moved, counts=state.counts(data, said, targets),
        state={
            "latest": latest, "targets": targets, "indicator_of": named,
            "cited": {c["figure_id"]: {k: c[k] for k in ("source_id", "source", "title", "place")} for c in stated},
        },
        indicators={c: state.pair(state.figure_name(data, c, data.home)) for c in sorted(set(named.values()))},
    )  # fmt: skip
    return content, now


def write_all(executed: list[Executed], data: Data, old: Path, folder: Path, jobs: int) -> Content:
    """Write every file of the report into an empty folder; `old` is where the last one stands, if there is one."""
    content, now = content_of(executed, data, changes.last(old))
    for name in ("charts", "tables", "notebooks", *LANGUAGES):
        (folder / name).mkdir()
    content.write(folder)
    snapshot = json.dumps(now, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
    (folder / changes.SNAPSHOT).write_text(snapshot, encoding="utf-8", newline="\n")
    said = changes.markdown(content.changes, content.state["latest"])
    (folder / "changes.md").write_text(said, encoding="utf-8", newline="\n")
    with (
        tempfile.TemporaryDirectory(prefix="huzhou-charts-", ignore_cleanup_errors=True) as kept,
        _workers(jobs, content, data, folder, Path(kept)) as pool,
    ):
        every = [(record["id"], lang) for record in content.exhibits() for lang in LANGUAGES]
        _finish({pool.submit(_exhibit, *one): ".".join(one) for one in every})
        # Pages and documents need the charts; what takes longest begins first.
        running = {pool.submit(_format, name, lang): f"{lang}/{name}" for name in WRITERS for lang in LANGUAGES}
        for one in executed:
            write_notebook(one.notebook, folder / "notebooks" / one.path.name, folder / "charts")
            running[pool.submit(_notebook_page, one.path.stem)] = f"notebooks/{one.path.stem}.html"
        _finish(running | {pool.submit(_index): "index.html"})
    return content


def write_notebook(notebook, path: Path, charts: Path) -> None:
    """An executed notebook as a file that is the same each time: no mime type of ours, no place of this machine.

    Where a chart of the report stands for one that was not drawn in the notebook, its picture is put in.
    """
    import nbformat

    def picture(found: re.Match) -> str:
        return f'src="data:image/png;base64,{base64.b64encode((charts / f"{found[1]}.png").read_bytes()).decode()}"'

    shown = copy.deepcopy(notebook)
    for cell in shown.cells:
        tidy(cell)
        for output in cell.get("outputs", []):
            if "text/html" in output.get("data", {}):
                output.data["text/html"] = re.sub(r'src="chart:([a-z0-9_.]+)"', picture, output.data["text/html"])
    nbformat.write(shown, path)


def tidy(cell) -> None:
    """Take out of a cell's outputs what differs from run to run: names of temporary files, data for the report."""
    for output in cell.get("outputs", []):
        if "text" in output:
            output.text = re.sub(r"\S*ipykernel_\d+[/\\]\d+\.py", "<cell>", output.text)
        for mime in [m for m in output.get("data", {}) if m.startswith("application/vnd.huzhou")]:
            del output.data[mime]
    cell.metadata.pop("execution", None)


# --- in processes of their own -------------------------------------------------------------------------------------


@contextmanager
def _workers(jobs: int, *given: object) -> Iterator[ProcessPoolExecutor]:
    """Processes that each know the content, the tables and the folders."""
    before = os.environ.get("PYTHONHASHSEED")
    os.environ["PYTHONHASHSEED"] = "0"
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_begin, initargs=given)
    _hold_interrupts(True)  # until a worker has begun, it could only complain of Ctrl+C
    pool.submit(int)
    _hold_interrupts(False)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
        os.environ.pop("PYTHONHASHSEED") if before is None else os.environ.update(PYTHONHASHSEED=before)


def _hold_interrupts(held: bool) -> None:
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK if held else signal.SIG_UNBLOCK, {signal.SIGINT})


def _finish(running: dict[Future, str]) -> None:
    """Wait for what is being written; ReportError that names the first file that could not be."""
    for done in as_completed(running):
        try:
            done.result()
        except OSError:
            raise
        except Exception as error:
            why = f"{type(error).__name__}: {error}"
            raise ReportError(
                f"{running[done]} 未能写成（{why}），旧报告未改动 / could not be written ({why}); the old report was left as it was"
            ) from error


_given: tuple[Content, Data, Path, Path]  # of a worker: what is written, where to, where charts are kept


def _begin(*given: object) -> None:
    """In each worker: end with the main process, and without a word when interrupted."""
    import matplotlib

    def end_with(main) -> None:
        main.join()
        os._exit(1)

    global _given
    _given = given
    matplotlib.use("agg")
    sys.unraisablehook = lambda *_: None  # a half-written file that is closed on a full disk: the cause is told once
    Thread(target=end_with, args=[parent_process()], daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _hold_interrupts(False)


def _exhibit(exhibit_id: str, lang: str) -> None:
    """Charts and tables of one exhibit."""
    from . import drawings

    content, _, folder, kept = _given
    record = next(s.exhibits[exhibit_id] for s in content.sections if exhibit_id in s.exhibits)
    if drawings.drawn(record):
        drawings.write_charts(record, lang, folder / "charts", kept)
    if lang == LANGUAGES[0]:
        drawings.write_tables(record, folder / "tables")


def _format(name: str, lang: str) -> None:
    """One format in one language."""
    content, data, folder, kept = _given
    extra = {"kept": kept} if WRITERS[name].split(".")[0] in SHOWS_CHARTS else {}
    writer(name)(content, lang, folder / lang / name, data, **extra)


def _notebook_page(name: str) -> None:
    from . import page

    content, _, folder, _ = _given
    page.write_notebook(folder / "notebooks" / f"{name}.ipynb", [section.name for section in content.sections])


def _index() -> None:
    from . import page

    content, _, folder, _ = _given
    page.write_index(content, folder / "index.html")
