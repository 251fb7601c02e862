"""One exhibit as a file, in any format: from the record of a report that is up to date, else from its notebook alone."""

from __future__ import annotations

import ast
import difflib
import re
from pathlib import Path

from ..facts.data import Data
from ..facts.words import LANGUAGES
from .build import Paths, inputs, manifest, paths, versions
from .collect import code_cells, notebook_files, run_here
from .content import Content, Section, of_section
from .text import WORDS

FORMATS = ("png", "svg", "pdf", "csv", "pptx", "docx", "xlsx")
OFFICE = {"pptx": "briefing.pptx", "docx": "report.docx", "xlsx": "workbook.xlsx"}


class UnknownExhibit(KeyError):
    """No notebook shows an exhibit of that id; the message names the nearest."""

    def __str__(self) -> str:
        return self.args[0]


def export(
    exhibit,
    path: Path | str,
    *,
    lang: str = "zh",
    size: str = "slide",
    transparent: bool = False,
    watermark: str = "",
    template: Path | str | None = None,
    data: Data | None = None,
) -> Path:
    """Write one exhibit as a file; what kind of file its ending says.

    Parameters
    ----------
    exhibit : Exhibit or str
        As :func:`~huzhou_analysis.exhibit` gives it, or its id, as ``reports/index.html`` lists them.
    path : path
        ``.png``, ``.svg``, ``.pdf``, ``.csv``, ``.pptx``, ``.docx`` or ``.xlsx``.
    lang : {"zh", "en"}
    size : str
        Of a picture: a key of :data:`~huzhou_analysis.show.canvas.SIZES`; ``slide`` is 16:9.
    transparent : bool
        Whether a picture has no ground.
    watermark : str
        Pale words across a picture or a PDF.
    template : path, optional
        Presentation or document of your own, whose master, layouts and styles are used.
    data : Data, optional
        Tables; loaded where they are needed and not given.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    UnknownExhibit
        If no notebook shows that id; the nearest are named.
    ValueError
        If the format is not known, or the exhibit has no chart and a picture is asked for.

    Examples
    --------
    >>> hz.export("scoreboard", "targets.pptx", template="ours.pptx")  # doctest: +SKIP
    >>> hz.export("scoreboard", "targets.gif")
    Traceback (most recent call last):
    ValueError: a file ends in .png, .svg, .pdf, .csv, .pptx, .docx, .xlsx, not in '.gif'
    """
    path = Path(path)
    kind = path.suffix.removeprefix(".").lower()
    if kind not in FORMATS:
        raise ValueError(f"a file ends in {', '.join('.' + f for f in FORMATS)}, not in {path.suffix!r}")
    from ..show import canvas

    if lang not in LANGUAGES or size not in canvas.SIZES:
        raise ValueError(f"lang is zh or en, size one of {', '.join(canvas.SIZES)}; not {lang!r}, {size!r}")
    content = content_of(exhibit) if isinstance(exhibit, str) else _alone(exhibit.record)
    record = content.exhibits()[0]
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind in ("png", "svg"):
        _picture(record, path, lang, size, transparent, watermark)
    elif kind == "csv":
        from ..show.exhibit import Exhibit
        from .drawings import write_csv

        write_csv(Exhibit(record).numbers(lang), path)
    elif kind == "pdf":
        from . import pdf

        pdf.write(content, lang, path, watermark=watermark)
    else:
        _office(content, path, kind, lang, template, data)
    return path


def _picture(record: dict, path: Path, lang: str, size: str, transparent: bool, watermark: str) -> None:
    from . import drawings

    if not drawings.drawn(record):
        raise ValueError(f"{record['id']} is a table and has no chart: write it as .xlsx, .docx, .pdf or .csv")
    from ..show import canvas

    made = drawings.figure(record, lang, size)
    if watermark:
        canvas.watermark(made, watermark)
    canvas.save(made, path, transparent=transparent)


def _office(content: Content, path: Path, kind: str, lang: str, template: Path | str | None, data: Data | None) -> None:
    from .output import writer

    more = {"template": Path(template)} if template and kind != "xlsx" else {}
    if kind == "xlsx" and data is None:
        from ..facts.data import load

        data = load()
    writer(OFFICE[kind])(content, lang, path, data, **more)


# --- finding it ----------------------------------------------------------------------------------------------------


def _alone(record: dict, section: Section | None = None, content: Content | None = None) -> Content:
    """A report of one exhibit."""
    if section is None:
        section = Section(record["id"], {lang: record["subtitle"][lang] for lang in LANGUAGES}, [], {})
    city = content.city if content else {lang: WORDS["index"][lang] for lang in LANGUAGES}
    return of_section(content or Content(city, []), section, record)


def content_of(exhibit_id: str, where: Paths | None = None) -> Content:
    """A report of the one exhibit that an id means: from the last report if nothing has changed, else made now.

    Raises
    ------
    UnknownExhibit
        If no notebook shows it.
    """
    where = where or paths()
    found = manifest(where.output)
    there = {i: name for name, ids in found.get("exhibits", {}).items() for i in ids}
    files = notebook_files(where.notebooks)
    if found and found["inputs"] == inputs(where) and found["versions"] == versions():
        if exhibit_id not in there:
            raise _unknown(exhibit_id, there)
        content = Content.read(where.output)
        section = next(s for s in content.sections if s.name == there[exhibit_id])
        return _alone(section.exhibits[exhibit_id], section, content)
    written = {path: ids_in(path) for path in files}
    likely = [path for path, patterns in written.items() if any(re.fullmatch(p, exhibit_id) for p in patterns)]
    likely += [path for path in files if path.stem == there.get(exhibit_id) and path not in likely]
    if not likely:
        plain = [p for patterns in written.values() for p in patterns if re.fullmatch(r"\w+", p)]
        raise _unknown(exhibit_id, [*plain, *there])
    for path in likely:
        for record in run_here(path):
            if record["id"] == exhibit_id:
                return _alone(record)
    raise _unknown(exhibit_id, there)


def ids_in(path: Path) -> list[str]:
    """Ids of the exhibits that a notebook's source makes, as patterns: an f-string stands for many."""
    found = []
    for source in code_cells(path):
        try:
            tree = ast.parse(source)
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            named = isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "exhibit"
            if named and (given := [*node.args[1:2], *(k.value for k in node.keywords if k.arg == "id")]):
                found.append(_pattern(given[0]))
    return found


def _pattern(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return re.escape(str(node.value))
    if isinstance(node, ast.JoinedStr):
        return "".join(_pattern(v) if isinstance(v, ast.Constant) else r"[a-z0-9_]+" for v in node.values)
    return r"[a-z0-9_]+"


def _unknown(exhibit_id: str, known) -> UnknownExhibit:
    near = difflib.get_close_matches(exhibit_id, list(known), 5, 0.4)
    zh, en = (f"；相近：{'、'.join(near)}", f"; near: {', '.join(near)}") if near else ("", "")
    return UnknownExhibit(
        f"没有笔记本展示图表 {exhibit_id!r}{zh}；编号见 reports/index.html / no notebook shows {exhibit_id!r}{en}; reports/index.html lists every id"
    )
