"""Pages: the report in each language as one self-contained file, the entry page, the executed notebooks."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from urllib.parse import quote, unquote

from ..facts.data import Data
from ..facts.words import LANGUAGES
from ..show.canvas import font_face
from ..show.exhibit import foot, shown_cell
from . import brief, changes, drawings, prose
from .content import Content, Section, references
from .text import FILES, words

FONT = "Huzhou CJK"
MOST_ROWS = 15  # a longer table stands behind a click
LANG_CODE = {"zh": "zh-CN", "en": "en"}


@cache
def _environment():
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    return made


def _with_lines(page: str) -> str:
    return re.sub(r"\n\s*\n+", "\n", page)


def write(content: Content, lang: str, path: Path, data: Data | None = None, *, kept: Path | None = None) -> None:
    """Write the whole report in one language: one file that loads nothing from anywhere.

    Parameters
    ----------
    content : Content
    lang : {"zh", "en"}
    path : Path
    data : Data, optional
        Taken for the sake of the other writers' signature.
    kept : Path, optional
        Folder of charts that have been drawn already.
    """
    w = words(lang, content.city, **content.counts)
    cited = content.citations()
    numbers = {row["figure_id"]: row["number"] for row in cited}
    by_document = [
        (document, [row for row in cited if row["source_id"] == document["source_id"]])
        for document in content.documents()
    ]
    page = _environment().get_template("report.html.j2").render(
        content=content, lang=lang, html_lang=LANG_CODE[lang], other="en" if lang == "zh" else "zh", w=w,
        sections=[_shown(section, lang, numbers, content, kept) for section in content.sections],
        messages=brief.key_messages(content, lang), headlines=brief.headlines(content),
        moved=changes.tables(content.changes, lang, changes.MOST), latest=changes.latest_table(content.state["latest"], lang),
        documents=by_document, files=FILES,
    )  # fmt: skip
    path.write_text(with_font(_with_lines(page)), encoding="utf-8", newline="\n")


def _shown(section: Section, lang: str, numbers: dict[str, int], content: Content, kept: Path | None) -> dict:
    """A section as the template wants it."""
    blocks = []
    for block in section.blocks:
        if block["kind"] == "exhibit":
            record = section.exhibits[block["id"]]
            indicators = {content.indicators[c][la] for c in _cited_indicators(record, content) for la in LANGUAGES}
            blocks.append(
                {"kind": "exhibit", "record": record, "drawing": _drawing(record, lang, kept), "table": _table(record, lang),
                 "foot": foot(record, lang), "refs": references(numbers, record), "first": _first(numbers, record),
                 "words": " ".join(sorted(indicators))}
            )  # fmt: skip
        elif block[lang]:
            places = {one.name: f"#{anchor(one)}" for one in content.sections}
            blocks.append({"kind": block["kind"], "html": _links(prose.html(block[lang], 1), places)})
    return {"name": section.name, "anchor": anchor(section), "title": section.title[lang], "blocks": blocks}


def _cited_indicators(record: dict, content: Content) -> list[str]:
    named = content.state.get("indicator_of", {})
    return list(dict.fromkeys(named[c["figure_id"]] for c in record["citations"] if c["figure_id"] in named))


def _first(numbers: dict[str, int], record: dict) -> int:
    return min((numbers[c["figure_id"]] for c in record["citations"]), default=0)


def anchor(section: Section) -> str:
    """Its id in a page: the notebook's name without what an id or a link may not hold."""
    return re.sub(r"[^\w.-]+", "-", section.name)


def _drawing(record: dict, lang: str, kept: Path | None) -> str:
    if not drawings.drawn(record):
        return ""
    if record["picture"]:
        return f'<img alt="" src="data:image/png;base64,{record["picture"][lang]["png"]}">'
    sizes = (("page", ""), ("phone", "p"))
    return "".join(
        drawings.inline(drawings.svg(record, lang, size, kept), f"{record['id']}{mark}-", size) for size, mark in sizes
    )


def _table(record: dict, lang: str) -> dict | None:
    if not record["table"]:
        return None
    columns = record["table"]["columns"]
    rows = [[shown_cell(cell, lang) for cell in row] for row in record["table"]["rows"]]
    return {
        "columns": [c[lang] for c in columns],
        "numeric": [c["number"] for c in columns],
        "rows": rows,
        "long": len(rows) > MOST_ROWS,
    }


def with_font(page: str) -> str:
    """A page with the Chinese glyphs it uses embedded, so that it reads the same where no Chinese font is installed."""
    face = font_face(page, FONT)
    return page.replace("<style>", f"<style>{face}\n", 1) if face else page


def index(content: Content) -> str:
    """Entry page: what there is in both languages, every chart with its picture, tables, notebooks."""
    both = {lang: words(lang, content.city, **content.counts) for lang in LANGUAGES}
    sections = [(section, anchor(section), quote(section.name)) for section in content.sections]
    page = _environment().get_template("index.html.j2").render(
        content=content, both=both, sections=sections, files=FILES, drawn=drawings.drawn, headline=content.changes["headline"])  # fmt: skip
    return with_font(_with_lines(page))


# --- executed notebooks --------------------------------------------------------------------------------------------


def notebook(executed, title: str, names: Sequence[str]) -> str:
    """An executed notebook as a page that runs nothing and asks nothing of any other address.

    Parameters
    ----------
    executed : NotebookNode
    title : str
    names : sequence of str
        Notebooks of the report: links to them lead to their pages, links to others become plain text.
    """
    import copy

    from nbconvert import HTMLExporter

    shown = copy.deepcopy(executed)
    for cell in shown.cells:
        if cell.cell_type == "markdown":
            cell.source = prose.html(cell.source).replace("$", "&#36;")
        for output in cell.get("outputs", []):
            output.get("data", {}).pop("image/svg+xml", None)
            output.get("data", {}).pop("application/javascript", None)
            if "text/markdown" in output.get("data", {}):
                output.data["text/html"] = prose.html(output.data.pop("text/markdown"))
            if "text/html" in output.get("data", {}):
                output.data["text/html"] = prose.clean(_without_style(output.data["text/html"]))
    exporter = HTMLExporter(template_name="basic", exclude_anchor_links=True)
    exporter.exclude_input_prompt = exporter.exclude_output_prompt = True
    body, _ = exporter.from_notebook_node(shown)
    places = {name: f"{quote(name)}.html" for name in names}
    body = _links(re.sub(r"<script[^>]*>.*?</script>", "", body, flags=re.DOTALL), places)
    return _environment().get_template("notebook.html.j2").render(title=title, body=body, code_style=_code_style())


def _without_style(markup: str) -> str:
    return re.sub(r"<style[^>]*>.*?</style>", "", markup, flags=re.DOTALL | re.IGNORECASE)


@cache
def _code_style() -> str:
    from pygments.formatters import HtmlFormatter

    return HtmlFormatter(style="default").get_style_defs(".highlight")


_TO_NOTEBOOK = re.compile(r'<a\b[^>]*\bhref="(?![a-z]+:)([^"#]*)\.ipynb(?:#[^"]*)?"[^>]*>(.*?)</a>', re.DOTALL)


def _links(page: str, places: Mapping[str, str]) -> str:
    """Links to notebooks lead to their places, by name; without a place they are plain text."""

    def link(found: re.Match) -> str:
        place = places.get(unquote(html.unescape(found[1])).rpartition("/")[2])
        return f'<a href="{place}">{found[2]}</a>' if place else found[2]

    return _TO_NOTEBOOK.sub(link, page)
