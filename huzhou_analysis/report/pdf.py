"""PDF: report, citations and brief as designed documents, with vector charts and selectable text in both languages.

The ``typst`` package sets them. Every text reaches it as a string of JSON, so that nothing in the data is ever markup; the fonts
are those of installed packages. All are PDF/UA-1: the compiler refuses anything less.
"""

import json
import re
import unicodedata
from io import BytesIO
from pathlib import Path

from ..show import canvas
from ..show.roles import GRID, INK, MUTED, ROLES
from . import brief, export, prose, state
from .content import Content, shown, words

TEMPLATES = Path(__file__).parent / "templates"
FONTS = {"latin": "DejaVu Sans", "chinese": "Noto Sans CJK SC", "mono": "DejaVu Sans Mono"}
ROOM = 174 / 25.4  # inches between the margins of a page
SCALES = (1.0, 0.96, 0.92, 0.88, 0.84, 0.8, 0.76, 0.72)  # type of the brief, until it fits two pages
LONG_WORD = re.compile(r"[^\s\u2e80-\uffff]{40,}")
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")  # controls, private and unassigned characters, separators of lines


def write(content: Content, lang: str, path: Path, data=None, *, watermark: str = "") -> None:
    """Write the report; of a single exhibit that exhibit alone, with every row of its table.

    `watermark` stands in pale words across every page. RuntimeError if the compiler complains, of a missing font among others.
    """
    records, position = content.exhibits(), brief.headlines(content)
    whole = len(records) != 1
    numbers = content.numbers() if whole else {}

    def exhibit(record: dict) -> dict:
        read = shown(record, lang, numbers)
        return read | {"picture": export.svg(record, lang, "page"), "table": _laid_out(read["table"])}

    sections = content.told(lang, exhibit, lambda markdown: {"tree": prose.tree(markdown)})
    values = {"whole": whole, "watermark": watermark, "sections": sections}
    values["messages"] = [message["text"] for message in brief.key_messages(content, lang)]
    values["headlines"] = _laid_out(state.latest_table(position, lang) if position else None)
    title = words(lang, content)["title"] if whole else records[0]["title"][lang]
    path.write_bytes(_set("report.typ", content, lang, title, values))


def _laid_out(table: dict | None) -> dict | None:
    """A table with the widths of its columns, as Word and slides have them too."""
    return table and table | {"widths": canvas.column_widths([table["columns"], *table["rows"]], ROOM, 7.5)}


def write_citations(content: Content, lang: str, path: Path, data=None) -> None:
    """Write the annex: every figure cited, once, under its document."""
    title, groups = words(lang, content)["citations_title"], content.by_document(lang)
    path.write_bytes(_set("citations.typ", content, lang, title, {"groups": groups}))


def write_brief(content: Content, lang: str, path: Path, data=None) -> None:
    """Write the two pages; type is set smaller until they are two."""
    import pdfplumber

    told = brief.compose(content, lang)
    for theme in told["themes"]:
        record = theme.pop("exhibit")
        theme["picture"] = export.svg(record, lang, "small") if record else ""
        theme["alt"] = record["alt"][lang] if record else ""
    for scale in SCALES:
        body = _set("brief.typ", content, lang, told["title"], {"brief": told, "scale": scale})
        with pdfplumber.open(BytesIO(body)) as made:
            if len(made.pages) <= 2:
                break
    path.write_bytes(body)


def _set(template: str, content: Content, lang: str, title: str, values: dict) -> bytes:
    """Set a template with what it shows; nothing but the packaged fonts, nothing from the network."""
    import typst

    colours = {name: ROLES[name].colour for name in ("actual", "target", "derived")}
    colours |= {"ink": INK, "muted": MUTED, "grid": GRID}
    common = {"lang": lang, "title": title, "words": words(lang, content), "colours": colours, "fonts": FONTS}
    fonts = [str(Path(f).parent) for f in (canvas.font_manager.findfont(FONTS["latin"]), canvas.cjk_font_file())]
    options = {"font_paths": fonts, "ignore_system_fonts": True, "pdf_standards": ["ua-1"]}
    inputs = {"data": json.dumps(shown_text(common | values), ensure_ascii=False)}
    path, root = str(TEMPLATES / template), str(TEMPLATES)
    body, complaints = typst.compile_with_warnings(path, root=root, sys_inputs=inputs, **options)
    if complaints:
        raise RuntimeError("PDF: " + "; ".join(dict.fromkeys(str(getattr(c, "message", c)) for c in complaints)))
    return body


def shown_text(value):
    """The same structure with every text but drawings made fit to show: see :func:`printable`."""
    if isinstance(value, dict):
        return {key: item if key == "picture" else shown_text(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [shown_text(item) for item in value]
    return printable(value) if isinstance(value, str) else value


def printable(value: str) -> str:
    """A text that the fonts can show: a character that they cannot becomes its code, ``[U+000B]``, never nothing.

    Words too long for any line may be broken every twenty characters.
    """
    missing = canvas.missing_glyphs(value) | {c for c in value if unicodedata.category(c) in UNSEEN} - {"\n", "\t"}
    safe = "".join(f"[U+{ord(c):04X}]" if c in missing else c for c in value)
    return LONG_WORD.sub(lambda found: "\u200b".join(re.findall(".{1,20}", found[0])), safe)
