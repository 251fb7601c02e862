"""One stage of a report, to be measured from outside: each call is one process, work lies in a folder of its own.

python benchmarks/stages.py empty WORK        as many notebooks as the project has, that only import; no report
python benchmarks/stages.py notebooks WORK    the project's notebooks, executed as a report executes them
python benchmarks/stages.py charts WORK       the charts they handed on, and their pages
python benchmarks/stages.py page LANG WORK    report.html, or index.html for the language `index`
python benchmarks/stages.py KIND LANG WORK    one export: pptx, docx, xlsx, pdf
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from huzhou_analysis import report  # noqa: E402

IMPORTS = "import matplotlib.pyplot as plt\nimport pandas as pd\nimport statsmodels.api as sm"
CORES = os.cpu_count() or 1


class Place(report.Paths):
    """The project's tables, with caches and notebooks elsewhere."""

    @property
    def cache(self) -> Path:
        return self.output / "cache"


def tasks(work: Path, notebooks: list[Path]) -> list[report.Task]:
    return [report.Task(path, work / "cache" / path.stem) for path in notebooks]


def execute(work: Path, notebooks: list[Path]) -> None:
    """Execute notebooks with nbclient, each in its own kernel, one for each core at a time."""
    project = report.paths()
    shutil.rmtree(work / "cache", ignore_errors=True)
    todo = tasks(work, notebooks)
    report.Runner(Place(project.project, project.data, work), todo, CORES).run()
    failed = [f"{one.path.name}: {one.error}" for one in todo if one.error]
    if failed:
        sys.exit("\n".join(failed))


def empty(work: Path) -> None:
    """The floor: notebooks that import what any analysis imports, and do nothing."""
    import nbformat

    folder = work / "empty"
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for path in report.notebook_files(report.paths()):
        cell = nbformat.v4.new_code_cell(IMPORTS, id="c1")
        made.append(folder / path.name)
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), made[-1])
    execute(work / "floor", made)


def sections(work: Path) -> list:
    from huzhou_analysis.export.html import City, Section

    from huzhou_analysis.facts.data import load

    found, city = [], City.of(load())
    for one in tasks(work, report.notebook_files(report.paths())):
        records = [json.loads(p.read_text(encoding="utf-8")) for p in (one.folder / "exhibits").glob("*.json")]
        records.sort(key=lambda record: record["order"])
        title = (one.folder / "heading.txt").read_text(encoding="utf-8")
        found.append(Section.make(one.path.stem, title, records, one.folder / "exhibits", city))
    return found


def page(lang: str, work: Path) -> None:
    from huzhou_analysis.export import html
    from huzhou_analysis.export.change_notes import Notes

    from huzhou_analysis.facts.words import text

    shown, nothing = sections(work), Notes(text("", ""), [], [])
    body = html.index_page(shown, nothing, []) if lang == "index" else html.report_page(shown, lang, nothing)
    (work / f"{lang}.html").write_text(body, encoding="utf-8")


def main(arguments: list[str]) -> None:
    what, work = arguments[0], Path(arguments[-1])
    work.mkdir(parents=True, exist_ok=True)
    project = report.paths()
    if what == "empty":
        empty(work)
    elif what == "notebooks":
        execute(work, report.notebook_files(project))
    elif what == "charts":
        todo = tasks(work, report.notebook_files(project))
        report.finish(Place(project.project, project.data, work), todo, CORES)
        if any(one.error for one in todo):
            sys.exit("\n".join(one.error for one in todo))
    elif what == "page":
        page(arguments[1], work)
    else:
        shown = [section for section in sections(work) if section.records]
        report._write_export(what, arguments[1], shown, str(work / f"{arguments[1]}.{what}"), str(project.data))


if __name__ == "__main__":
    main(sys.argv[1:])
