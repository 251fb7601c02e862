"""Every file of a report, written into a folder aside, several at a time."""

import base64
import gc
import json
import os
import re
import signal
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import active_children, get_context, parent_process
from pathlib import Path
from threading import Thread, current_thread, main_thread
from unittest.mock import patch

from ..facts.data import Data
from ..facts.words import LANGUAGES
from ..show.sources import citations
from . import export, message, page, state
from .collect import Executed, tidy
from .content import Content
from .export import WRITERS, writer


def content_of(executed: list[Executed], data: Data, before: dict | None) -> tuple[Content, dict]:
    """What the report says, and the snapshot that the next one is held against."""
    owner: dict[str, str] = {}
    for exhibit_id, name in ((i, one.path.name) for one in executed for i in one.section.exhibits):
        one = owner.setdefault(exhibit_id, name)
        message.refuse("one_id_twice", one != name, id=exhibit_id, one=one, other=name)
    targets = state.targets(data)
    now = state.snapshot(data, targets)
    moved = state.compare(before, now)
    latest = state.latest(data, {row["key"] for row in moved["moved"]["figure"] if row["change"] == "came"})
    content = Content(state.pair(data.city), [one.section for one in executed], changes=moved)
    stated = citations(data, [i for row in [*latest, *targets] for i in row["figures"]])
    cited = {c["figure_id"]: {k: c[k] for k in ("source_id", "source", "title", "place")} for c in stated}
    of = {row["figure_id"]: data.figures.indicator[row["figure_id"]] for row in content.citations()}
    names = {code: state.pair(state.figure_name(data, code, data.home)) for code in sorted(set(of.values()))}
    where = {"latest": latest, "targets": targets, "indicator_of": of, "cited": cited}
    return replace(content, counts=state.counts(data, content, targets), state=where, indicators=names), now


def write_all(executed: list[Executed], data: Data, old: Path, folder: Path, jobs: int) -> Content:
    """Write every file of the report into an empty folder; `old` is where the last one stands, if there is one."""
    content, now = content_of(executed, data, state.last(old))
    for name in ("charts", "tables", "notebooks", *LANGUAGES):
        (folder / name).mkdir()
    content.write(folder)
    snapshot = json.dumps(now, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
    (folder / state.SNAPSHOT).write_text(snapshot, encoding="utf-8", newline="\n")
    moved = state.markdown(content.changes, content.state["latest"])
    (folder / "changes.md").write_text(moved, encoding="utf-8", newline="\n")
    with (
        tempfile.TemporaryDirectory(prefix="huzhou-charts-", ignore_cleanup_errors=True) as kept,
        _workers(jobs, Path(kept), content, data, folder) as pool,
    ):
        _write_each(pool, (f"charts/{record['id']}" for record in content.exhibits()))
        for one in executed:
            write_notebook(one.notebook, folder / "notebooks" / one.path.name, folder / "charts")
        # Pages and documents need the charts.
        _write_each(pool, [*WRITERS, *(f"notebooks/{one.path.stem}" for one in executed), "index.html"])
    return content


def write_notebook(notebook, path: Path, charts: Path) -> None:
    """An executed notebook as a file that is the same each time; charts that were not drawn in it are put in."""
    import nbformat

    def picture(found: re.Match) -> str:
        return f'src="data:image/png;base64,{base64.b64encode((charts / f"{found[1]}.png").read_bytes()).decode()}"'

    for cell in notebook.cells:
        tidy(cell)
        for output in cell.get("outputs", []):
            if "text/html" in output.get("data", {}):
                output.data["text/html"] = re.sub(r'src="chart:([a-z0-9_.]+)"', picture, output.data["text/html"])
    nbformat.write(notebook, path)


@contextmanager
def _workers(jobs: int, *given: object) -> Iterator[ProcessPoolExecutor]:
    """Processes that each know the content, the tables and the folders; where the report ends early, so do they."""
    with patch.dict(os.environ, {"PYTHONHASHSEED": "0"}):
        pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_begin, initargs=given)
        try:
            yield pool
        except BaseException:
            for worker in active_children():
                worker.kill()
            raise
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl+C counts once this has ended, and what is started meanwhile does not hear of it (in Windows, once it has begun): a
    worker cut off while it begins complains, and one that the pool does not know yet is waited for without end."""
    if current_thread() is not main_thread():  # which alone is interrupted
        yield
        return
    pressed: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    masks = hasattr(signal, "pthread_sigmask")
    if masks:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        if masks:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        signal.signal(signal.SIGINT, handler)
    if pressed and callable(handler):  # a command in the background may have been told to pass over it
        handler(signal.SIGINT, None)


def _write_each(pool: ProcessPoolExecutor, files: Iterable[str]) -> None:
    """Write files in the workers, in any order; Refused that names the first that could not be."""
    with _interrupts_held():  # submitting starts workers
        running = {pool.submit(_write, file): file for file in files}
    for done in as_completed(running):
        try:
            done.result()
        except OSError:
            raise
        except Exception as error:
            why = f"{type(error).__name__}: {error}"
            message.refuse("not_written", name=running[done], why=why)


_given: tuple[Content, Data, Path]  # of a worker: what is written, and where to


def _begin(kept: Path, *given: object) -> None:
    """In each worker: end with the main process, which alone hears Ctrl+C."""
    import matplotlib

    def end_with(main) -> None:
        main.join()
        os._exit(1)

    global _given
    _given, export.kept = given, kept
    matplotlib.use("agg")
    gc.freeze()
    gc.set_threshold(100_000)  # a chart is some thousand objects: looking through all of them seldom is a tenth faster
    sys.unraisablehook = lambda *_: None  # a half-written file that is closed on a full disk: the cause is told once
    Thread(target=end_with, args=[parent_process()], daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _write(file: str) -> None:
    """In a worker: a format in both languages, a notebook's page, the index; of an exhibit, its charts and tables."""
    content, data, folder = _given
    where, _, name = file.rpartition("/")
    if where == "charts":
        record = next(s.exhibits[name] for s in content.sections if name in s.exhibits)
        for lang in LANGUAGES if export.drawn(record) else ():
            export.write_charts(record, lang, folder / "charts")
        export.write_tables(record, folder / "tables")
    elif where == "notebooks":
        page.write_notebook(folder / "notebooks" / f"{name}.ipynb", [section.name for section in content.sections])
    elif name in WRITERS:
        for lang in LANGUAGES:
            writer(name)(content, lang, folder / lang / name, data)
    else:
        page.write_index(content, folder / file)
