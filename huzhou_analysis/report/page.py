"""Pages: the report in each language as one self-contained file, the entry page, the executed notebooks."""

import html
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote, unquote

from ..facts.words import LANGUAGES
from ..show.canvas import font_face
from . import brief, export, prose, state
from .content import FILES, Content, shown, words

FONT = "Huzhou CJK"
ANSI = re.compile(r"\x1b\[[0-9;]*m")
TO_NOTEBOOK = re.compile(r'<a\b[^>]*\bhref="(?![a-z]+:)([^"#]*)\.ipynb(?:#[^"]*)?"[^>]*>(.*?)</a>', re.DOTALL)


def _page(template: str, path: Path, *, glyphs: bool = True, **values: object) -> None:
    """Write a page; with the Chinese glyphs it uses in it, it reads the same where no Chinese font is installed."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    look = {"autoescape": True, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    templates = Environment(loader=PackageLoader(__package__), **look)
    made = re.sub(r"\n\s*\n+", "\n", templates.get_template(template).render(files=FILES, **values))
    if glyphs:
        made = made.replace("<style>", f"<style>{font_face(made, FONT)}\n", 1)
    path.write_text(made, encoding="utf-8", newline="\n")


def write(content: Content, lang: str, path: Path, data=None) -> None:
    """Write the whole report in one language: one file that loads nothing from anywhere."""
    numbers, named = content.numbers(), content.state.get("indicator_of", {})
    places = {section.name: f"#{section.anchor}" for section in content.sections}

    def exhibit(record: dict) -> dict:
        """What it shows, its drawing, and the names by which it is found."""
        ids = [c["figure_id"] for c in record["citations"]]
        indicators = {name for i in ids if i in named for name in content.indicators[named[i]].values()}
        found = {"words": " ".join(sorted(indicators)), "first": min((numbers[i] for i in ids), default=0)}
        return shown(record, lang, numbers) | found | {"drawing": _drawing(record, lang)}

    _page(
        "report.html.j2",
        path,
        lang=lang,
        w=words(lang, content),
        sections=content.told(lang, exhibit, lambda markdown: {"html": _links(prose.html(markdown, 1), places)}),
        messages=brief.key_messages(content, lang),
        headline=content.changes["headline"][lang],
        position=state.latest_table(brief.headlines(content), lang),
        latest=state.latest_table(sorted(content.state["latest"], key=lambda row: not row["new"]), lang),
        moved=state.tables(content.changes, lang, state.MOST),
        documents=content.by_document(lang),
    )


def _drawing(record: dict, lang: str) -> str:
    """The chart at two sizes, for pages and for phones; a plot of one's own as it is."""
    if record["picture"]:
        return f'<img alt="" src="data:image/png;base64,{record["picture"][lang]["png"]}">'
    made = {size: export.svg(record, lang, size) for size in ("page", "phone") if record["chart"]}
    keys = {"page": f"{record['id']}-", "phone": f"{record['id']}p-"}
    return "".join(export.inline(drawing, keys[size], size) for size, drawing in made.items())


def write_index(content: Content, path: Path) -> None:
    """Entry page: what there is in both languages, every chart with its picture, tables, notebooks."""
    both = {lang: words(lang, content) for lang in LANGUAGES}
    headline = content.changes["headline"]
    _page("index.html.j2", path, both=both, sections=content.sections, drawn=export.drawn, headline=headline)


def write_notebook(path: Path, names: Sequence[str]) -> None:
    """Write an executed notebook (.ipynb) as a page beside it that runs nothing and asks nothing of any other address; links
    lead to the pages of notebooks of these names alone."""
    import nbformat
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    shape, places = HtmlFormatter(style="default"), {name: f"{quote(name)}.html" for name in names}
    _page(
        "notebook.html.j2",
        path.with_suffix(".html"),
        glyphs=False,
        title=path.stem,
        cells=nbformat.read(path, as_version=4).cells,
        markdown=prose.html,
        clean=prose.clean,
        code=lambda source: highlight(source, PythonLexer(), shape),
        plain=lambda words: ANSI.sub("", words),
        links=lambda page: _links(page, places),
        code_style=shape.get_style_defs(".highlight"),
    )


def _links(page: str, places: Mapping[str, str]) -> str:
    """Links to notebooks lead to their places, by name; without a place they are plain text."""

    def link(found: re.Match) -> str:
        place = places.get(unquote(html.unescape(found[1])).rpartition("/")[2])
        return f'<a href="{place}">{found[2]}</a>' if place else found[2]

    return TO_NOTEBOOK.sub(link, page)
