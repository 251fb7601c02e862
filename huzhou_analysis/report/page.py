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
from . import brief, changes, drawings, prose
from .content import Content, Section, shown
from .text import FILES, words

FONT = "Huzhou CJK"
ANSI = re.compile(r"\x1b\[[0-9;]*m")
LANG_CODE = {"zh": "zh-CN", "en": "en"}


@cache
def _environment():
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader, trimmed = (
        FileSystemLoader(Path(__file__).parent / "templates"),
        {"trim_blocks": True, "lstrip_blocks": True},
    )
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, **trimmed)


def _page(template: str, path: Path, *, glyphs: bool = True, **values: object) -> None:
    """Write a page; with the Chinese glyphs it uses in it, it reads the same where no Chinese font is installed."""
    made = re.sub(r"\n\s*\n+", "\n", _environment().get_template(template).render(**values))
    if glyphs:
        made = made.replace("<style>", f"<style>{font_face(made, FONT)}\n", 1)
    path.write_text(made, encoding="utf-8", newline="\n")


def write(content: Content, lang: str, path: Path, data: Data | None = None, *, kept: Path | None = None) -> None:
    """Write the whole report in one language: one file that loads nothing from anywhere.

    `data` is there for the sake of the other writers' signature; `kept` is a folder of charts that have been drawn already.
    """
    numbers = {row["figure_id"]: row["number"] for row in content.citations()}
    places = {one.name: f"#{anchor(one)}" for one in content.sections}
    sections = []
    for section in content.sections:
        blocks = []
        for block in section.blocks:
            if block["kind"] == "exhibit":
                blocks.append(_exhibit(section.exhibits[block["id"]], lang, numbers, content, kept))
            elif block[lang]:
                blocks.append({"kind": block["kind"], "html": _links(prose.html(block[lang], 1), places)})
        sections.append({"anchor": anchor(section), "title": section.title[lang], "blocks": blocks})
    latest = sorted(content.state["latest"], key=lambda row: not row["new"])
    _page(
        "report.html.j2", path, lang=lang, html_lang=LANG_CODE[lang], other="en" if lang == "zh" else "zh", files=FILES,
        w=words(lang, content.city, **content.counts), sections=sections, messages=brief.key_messages(content, lang),
        position=changes.latest_table(brief.headlines(content), lang), latest=changes.latest_table(latest, lang),
        headline=content.changes["headline"][lang], moved=changes.tables(content.changes, lang, changes.MOST),
        documents=content.by_document(lang),
    )  # fmt: skip


def _exhibit(record: dict, lang: str, numbers: dict[str, int], content: Content, kept: Path | None) -> dict:
    """An exhibit as the template wants it: what it shows, its drawing, and the names by which it is found."""
    ids, named = [c["figure_id"] for c in record["citations"]], content.state.get("indicator_of", {})
    indicators = sorted({name for i in ids if i in named for name in content.indicators[named[i]].values()})
    return shown(record, lang, numbers) | {"drawing": _drawing(record, lang, kept), "words": " ".join(indicators),
                                           "first": min((numbers[i] for i in ids), default=0)}  # fmt: skip


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


def write_index(content: Content, path: Path) -> None:
    """Entry page: what there is in both languages, every chart with its picture, tables, notebooks."""
    both = {lang: words(lang, content.city, **content.counts) for lang in LANGUAGES}
    sections = [(section, anchor(section), quote(section.name)) for section in content.sections]
    headline = content.changes["headline"]
    _page("index.html.j2", path, both=both, sections=sections, files=FILES, drawn=drawings.drawn, headline=headline)


# --- executed notebooks --------------------------------------------------------------------------------------------


def write_notebook(path: Path, names: Sequence[str]) -> None:
    """Write an executed notebook (.ipynb) as a page beside it that runs nothing and asks nothing of any other address.

    Links to notebooks of these names lead to their pages, links to others become plain text.
    """
    import nbformat
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    shape, parts = HtmlFormatter(style="default"), []
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            parts.append(prose.html(cell.source))
        elif cell.source:
            parts += [highlight(cell.source, PythonLexer(), shape), *map(_output, cell.get("outputs", []))]
    body = _links("\n".join(parts), {name: f"{quote(name)}.html" for name in names})
    named = {"title": path.stem, "body": body, "code_style": shape.get_style_defs(".highlight")}
    _page("notebook.html.j2", path.with_suffix(".html"), glyphs=False, **named)


def _output(output: Mapping) -> str:
    """What a cell has shown: the richest form that a page may hold."""
    bundle = output.get("data", {})
    if "text/html" in bundle:
        return prose.clean(bundle["text/html"])
    if "text/markdown" in bundle:
        return prose.html(bundle["text/markdown"])
    if "image/png" in bundle:
        return f'<p><img alt="" src="data:image/png;base64,{html.escape("".join(bundle["image/png"].split()))}"></p>'
    words = output.get("text") or bundle.get("text/plain") or "\n".join(output.get("traceback", ()))
    return f"<pre>{html.escape(ANSI.sub('', words))}</pre>" if words else ""


_TO_NOTEBOOK = re.compile(r'<a\b[^>]*\bhref="(?![a-z]+:)([^"#]*)\.ipynb(?:#[^"]*)?"[^>]*>(.*?)</a>', re.DOTALL)


def _links(page: str, places: Mapping[str, str]) -> str:
    """Links to notebooks lead to their places, by name; without a place they are plain text."""

    def link(found: re.Match) -> str:
        place = places.get(unquote(html.unescape(found[1])).rpartition("/")[2])
        return f'<a href="{place}">{found[2]}</a>' if place else found[2]

    return _TO_NOTEBOOK.sub(link, page)
