"""One exhibit as a file, in any format: from the record of a report that is up to date, else from its notebook alone."""

import difflib
import re
from pathlib import Path

from ..facts.data import Data, load
from ..facts.words import LANGUAGES
from ..show import canvas
from ..show.exhibit import Exhibit
from . import drawings, said
from .build import made_from, manifest, paths
from .collect import code_cells, notebook_files, run_here
from .content import Content, alone
from .output import writer

FORMATS = ("png", "svg", "pdf", "csv", "pptx", "docx", "xlsx")
OFFICE = {"pdf": "report.pdf", "pptx": "briefing.pptx", "docx": "report.docx", "xlsx": "workbook.xlsx"}
_MAKES = re.compile(r"""\bexhibit\(\s*\w+,\s*(?:id=)?(f?)["']([^"']+)["']""")


class UnknownExhibit(LookupError):
    """No notebook shows an exhibit of that id; the message names the nearest."""


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
    size, transparent
        Of a picture: a key of :data:`~huzhou_analysis.show.canvas.SIZES` (``slide`` is 16:9), and whether it has no ground.
    watermark : str
        Pale words across a picture or a PDF.
    template : path, optional
        Presentation or document of your own, whose master, layouts and styles are used.

    Raises
    ------
    UnknownExhibit
        If no notebook shows that id; the nearest are named.

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
    if lang not in LANGUAGES or size not in canvas.SIZES:
        raise ValueError(f"lang is zh or en, size one of {', '.join(canvas.SIZES)}; not {lang!r}, {size!r}")
    record = record_of(exhibit) if isinstance(exhibit, str) else exhibit.record
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind in ("png", "svg"):
        if not drawings.drawn(record):
            raise ValueError(f"{record['id']} is a table and has no chart: write it as .xlsx, .docx, .pdf or .csv")
        made = drawings.figure(record, lang, size)
        if watermark:
            canvas.watermark(made, watermark)
        canvas.save(made, path, transparent=transparent)
    elif kind == "csv":
        drawings.write_csv(Exhibit(record).numbers(lang), path)
    else:
        options = {"data": data or load()} if kind == "xlsx" else {"template": template and Path(template)}
        writer(OFFICE[kind])(alone(record), lang, path, **({"watermark": watermark} if kind == "pdf" else options))
    return path


def record_of(exhibit_id: str) -> dict:
    """The record of an id: from the last report if nothing has changed, else made now; UnknownExhibit if none shows it."""
    where = paths()
    found = manifest(where.output)
    there = {i: name for name, ids in found.get("exhibits", {}).items() for i in ids}
    if found and found.items() >= made_from(where).items():
        known, records = there, Content.read(where.output).exhibits()
    else:
        files = {path: ids_in(path) for path in notebook_files(where.notebooks)}
        likely = [path for path, ids in files.items() if any(re.fullmatch(i, exhibit_id) for i in ids)]
        likely = likely or [path for path in files if path.stem == there.get(exhibit_id)]
        known = [*there, *(i for ids in files.values() for i in ids if re.fullmatch(r"\w+", i))]
        records = (record for path in likely for record in run_here(path))
    for record in records:
        if record["id"] == exhibit_id:
            return record
    near = difflib.get_close_matches(exhibit_id, list(known), 5, 0.4)
    shown = (f"；相近：{'、'.join(near)}", f"; near: {', '.join(near)}") if near else ""
    raise UnknownExhibit(said("unknown_exhibit", id=exhibit_id, near=shown))


def ids_in(path: Path) -> list[str]:
    """Ids of the exhibits that a notebook's source makes, as patterns: an f-string stands for many."""
    found = _MAKES.findall("\n".join(code_cells(path)))
    return [re.sub(r"\{[^}]*\}", "[a-z0-9_]+", name) if many else re.escape(name) for many, name in found]
