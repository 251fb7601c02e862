"""Exhibits as files: charts and tables for all that shows them, one exhibit in any format (from the record of a report that is
up to date, else from its notebook alone), and the results that notebooks keep in them."""

import base64
import difflib
import re
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

import pandas as pd

from ..facts.data import Data, load
from ..facts.problems import Refused, say
from ..facts.words import LANGUAGES
from ..show import canvas
from ..show.exhibit import Exhibit, table_numbers
from ..show.office import drawn
from ..show.picture import picture
from . import PROJECT, made_from, manifest, message, notebook_files, paths, short
from .collect import code_cells, execute, run_here, save, small_picture
from .content import Content, alone, marks_only

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
FORMATS = ("png", "svg", "pdf", "csv", "pptx", "docx", "xlsx")
OFFICE = {"pdf": "report.pdf", "pptx": "briefing.pptx", "docx": "report.docx", "xlsx": "workbook.xlsx"}
_MAKES = re.compile(r"""\bexhibit\(\s*\w+,\s*(?:id=)?(f?)["']([^"']+)["']""")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def writer(name: str):
    """The function that writes a file of the report."""
    module, function = WRITERS[name].split(".")
    return getattr(import_module(f"{__package__}.{module}"), function)


class UnknownExhibit(Refused, LookupError):
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
        if not drawn(record):
            raise ValueError(f"{record['id']} is a table and has no chart: write it as .xlsx, .docx, .pdf or .csv")
        made = figure(record, lang, size)
        if watermark:
            canvas.watermark(made, watermark)
        canvas.save(made, path, transparent=transparent)
    elif kind == "csv":
        write_csv(Exhibit(record).numbers(lang), path)
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
    raise UnknownExhibit(*message("unknown_exhibit", id=exhibit_id, near=shown))


def ids_in(path: Path) -> list[str]:
    """Ids of the exhibits that a notebook's source makes, as patterns: an f-string stands for many."""
    found = _MAKES.findall("\n".join(code_cells(path)))
    return [re.sub(r"\{[^}]*\}", "[a-z0-9_]+", name) if many else re.escape(name) for many, name in found]


def refresh(files: Sequence[Path | str] = (), jobs: int = 2) -> int:
    """Execute notebooks in place, by default all of the project and the pictures of the README; one that fails is left as it
    was and named. Returns the exit status."""
    where = paths()
    notebooks = [Path(file).resolve() for file in files] or notebook_files(where.notebooks)
    done = execute(notebooks, where.data, jobs=jobs, collected=False)
    for one in done:
        if one.error:
            say(f"✗ {one.path.name}：{one.error}", error=True)
        else:
            save(one, where.data)
            say(f"✓ {short(one.path)}")
    for path in () if files else sorted((PROJECT / "docs" / "pictures").glob("*.*.png")):
        exhibit_id, lang, _ = path.name.split(".")
        export(exhibit_id, path, lang=lang)
        path.write_bytes(base64.b64decode(small_picture(base64.b64encode(path.read_bytes()).decode())))
    return int(any(one.error for one in done))


def figure(record: Mapping, lang: str, size: str = "slide"):
    """The chart of an exhibit, or the plot of one's own, as a matplotlib figure; on a slide with title and sources."""
    return Exhibit(dict(record)).figure(lang, size) if size == "slide" else picture(record, lang, size)


kept: Path | None = None  # while a report is made: the folder of drawings, each for the next format that shows it


def svg(record: Mapping, lang: str, size: str) -> str:
    """The chart as SVG, empty where there is none."""
    if not drawn(record) or record["picture"]:
        return record["picture"][lang]["svg"] if record["picture"] else ""
    path = kept and kept / f"{record['id']}.{lang}.{size}.svg"
    if path and path.is_file():
        return path.read_text(encoding="utf-8")
    with canvas.house_style():
        made = canvas.rendered(figure(record, lang, size), "svg", 72)
    if path:
        path.write_bytes(made)
    return made.decode()


def _short(numbers: str) -> str:
    """Coordinates with one decimal at most."""
    return re.sub(r"-?\d+\.\d+", lambda m: f"{float(m[0]):.1f}".removesuffix(".0"), " ".join(numbers.split()))


_SMALLER = [  # what a page can do without, in the order in which it goes
    (r"(?s)<metadata>.*?</metadata>|<!--.*?-->|<style[^>]*>.*?</style>", ""),
    (r'(<g)\s+id="[^"]*"', r"\1"),
    (r'(d|points)="([^"]*)"', lambda m: f'{m[1]}="{_short(m[2])}"'),
    (r'font-family:[^;"]*;? ?', ""),
    (r'(?<= )(?:x|y|width|height)="-?\d+\.\d+"', lambda m: _short(m[0])),
    (r'transform="rotate\(-?0 [^"]*\)"', ""),
    (r"\s*\n\s*", "\n"),
    *[(r"<g/>|<g>\s*</g>|<defs>\s*</defs>", "")] * 4,
    (r"<g>\s*(<(?:path|text|use)\b[^>]*?(?:/>|>[^<]*</text>))\s*</g>", r"\1"),
    (r">\s+<", "><"),
]


def inline(markup: str, key: str, label: str = "") -> str:
    """SVG for use inside a page: small, ids of its own, fonts and size of the page, hidden from who gets the words."""
    head, _, body = markup[markup.index("<svg") :].partition(">")
    for pattern, shorter in _SMALLER:
        body = re.sub(pattern, shorter, body)
    body = re.sub(r'(?:xlink:)?(\bid="|href="#|url\(#)', rf"\g<1>{key}", body)
    look = f' class="{label}"' * bool(label) + " " + re.search(r'viewBox="[^"]*"', head)[0]
    return f'<svg{look} xmlns="http://www.w3.org/2000/svg" aria-hidden="true" focusable="false">{body}'


def write_charts(record: Mapping, lang: str, charts: Path) -> None:
    """PNG (1600 by 900 dots) and SVG at slide size into `charts`; those of pages and phones are :data:`kept`."""
    from PIL import Image

    made, name = figure(record, lang), f"{record['id']}.{lang}"
    with canvas.house_style():
        made.set_dpi(160)
        made.canvas.draw()
    shown = Image.frombuffer("RGBA", made.canvas.get_width_height(), made.canvas.buffer_rgba(), "raw", "RGBA", 0, 1)
    # Few colours are a third of the bytes, and the same ones each time.
    shown.convert("RGB").quantize(128, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(charts / f"{name}.png")
    canvas.save(made, charts / f"{name}.svg")
    for size in ("page", "phone"):
        svg(record, lang, size)


def write_tables(record: Mapping, folder: Path) -> None:
    """Numbers as CSV in both languages: those of the chart, and those of a table of its own beside it."""
    if not record["table"]:
        return
    made = Exhibit(dict(record))
    write_csv(_both(*map(made.numbers, LANGUAGES)), folder / f"{record['id']}.csv")
    if record["chart"] and not marks_only(record):
        beside = _both(*(table_numbers(made.record, lang) for lang in LANGUAGES))
        write_csv(beside, folder / f"{record['id']}.table.csv")


def _both(zh: pd.DataFrame, en: pd.DataFrame) -> pd.DataFrame:
    """One table of two that differ by language: what differs stands twice, with its language behind its name."""
    columns = {}
    for name in zh.columns:
        same = zh[name].equals(en[name])
        columns |= {name: zh[name]} if same else {f"{name}_zh": zh[name], f"{name}_en": en[name]}
    return pd.DataFrame(columns)


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """A table as CSV that a spreadsheet reads as it is: UTF-8 with BOM; no text can become a formula."""

    def safe(value):
        return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value

    frame.map(safe).rename(columns=safe).to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")
