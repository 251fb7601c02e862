"""PDF: report, citations and brief as designed documents, vector charts and selectable text in both languages.

The ``typst`` package sets them and carries its compiler. Every text reaches it as a string in a JSON file, so that
nothing in the data is ever markup; the fonts are those of installed packages. All are PDF/UA-1: tagged, every picture
described, title and language set; the compiler refuses anything less.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import unicodedata
from importlib.util import find_spec
from pathlib import Path

from ..facts.data import Data
from ..show import canvas, measure
from ..show.roles import GRID, INK, MUTED, ROLES
from . import brief, changes, drawings, prose
from .content import Content, shown
from .text import words

TEMPLATES = Path(__file__).parent / "templates"
LATIN, CHINESE, MONO = "DejaVu Sans", "Noto Sans CJK SC", "DejaVu Sans Mono"
MOST_ROWS, SPARE_ROWS = 25, 5  # a longer table is cut, unless so few rows would be missing that they may be shown
LONG = 900  # beyond this many characters a block may go on over the page
SCALES = (1.0, 0.96, 0.92, 0.88, 0.84, 0.8, 0.76, 0.72)  # type of the brief, until it fits two pages
_LONG_WORD = re.compile(r"[^\s\u2e80-\uffff]{40,}")


def write(
    content: Content, lang: str, path: Path, data: Data | None = None, *, kept: Path | None = None, watermark: str = ""
) -> None:
    """Write the report; a content of one exhibit gives that exhibit alone, with every row of its table.

    `kept` is a folder of charts that have been drawn already, `watermark` stands in pale words across every page. As of
    the other writers, RuntimeError if the compiler has something to complain of, a font that is missing among it.
    """
    whole = len(content.exhibits()) > 1
    numbers = {row["figure_id"]: row["number"] for row in content.citations()} if whole else {}
    with tempfile.TemporaryDirectory(prefix="huzhou-pdf-") as name:
        root, sections = Path(name), []
        for section in content.sections:
            blocks = []
            for block in section.blocks:
                if block["kind"] == "exhibit":
                    blocks.append(_exhibit(section.exhibits[block["id"]], lang, numbers, root, kept))
                elif block[lang]:
                    blocks.append({"kind": block["kind"], "tree": prose.tree(block[lang])})
            sections.append({"title": section.title[lang], "blocks": blocks})
        w, position = words(lang, content.city, **content.counts), None
        if whole and (rows := brief.headlines(content)):
            position = changes.latest_table(rows, lang) | {"widths": [0, 0, 0, 0, 0, 1.0], "cut": ""}
        values = {
            "whole": whole, "title": w["title"] if whole else content.exhibits()[0]["title"][lang], "watermark": watermark,
            "sections": sections, "headlines": position,
            "messages": [m["text"] for m in brief.key_messages(content, lang)] if whole else [],
        }  # fmt: skip
        _prepare(root, "report.typ", values, w, lang)
        path.write_bytes(_compile(root, "report.typ"))


def write_citations(
    content: Content, lang: str, path: Path, data: Data | None = None, *, kept: Path | None = None
) -> None:
    """Write the annex: every figure cited, once, under its document."""
    w = words(lang, content.city, **content.counts)
    with tempfile.TemporaryDirectory(prefix="huzhou-pdf-") as root:
        values = {"title": w["citations_title"], "groups": content.by_document(lang)}
        _prepare(Path(root), "citations.typ", values, w, lang)
        path.write_bytes(_compile(Path(root), "citations.typ"))


def write_brief(content: Content, lang: str, path: Path, data: Data | None = None, *, kept: Path | None = None) -> None:
    """Write the two pages; type is set smaller until they are two."""
    import typst

    blocks, w = brief.compose(content, lang), words(lang, content.city, **content.counts)
    with tempfile.TemporaryDirectory(prefix="huzhou-pdf-") as name:
        root = Path(name)
        for block in blocks:
            record = block.pop("exhibit", None)
            block["picture"] = _picture(record, lang, "small", root, kept) if record else None
            block["alt"] = record["alt"][lang] if record else ""
        for scale in SCALES:
            _prepare(root, "brief.typ", {"title": w["brief"], "blocks": blocks, "scale": scale}, w, lang)
            found = typst.query(str(root / "brief.typ"), "<pages>", field="value", one=True, **_options(root))
            if json.loads(found) <= 2:
                break
        path.write_bytes(_compile(root, "brief.typ"))


# --- setting -------------------------------------------------------------------------------------------------------


def _prepare(root: Path, template: str, values: dict, w: dict, lang: str) -> None:
    """Put a template and what it shows into a folder."""
    colours = {name: ROLES[name].colour for name in ("actual", "target", "derived")}
    common = {"lang": lang, "words": w, "colours": colours | {"ink": INK, "muted": MUTED, "grid": GRID}}
    common["fonts"] = {"latin": LATIN, "chinese": CHINESE, "mono": MONO}
    text = json.dumps(shown_text(common | values), ensure_ascii=False)
    (root / "data.json").write_text(text, encoding="utf-8")
    for name in ("look.typ", template):
        shutil.copyfile(TEMPLATES / name, root / name)


def _options(root: Path) -> dict:
    return {"root": str(root), "font_paths": [str(folder) for folder in font_folders()], "ignore_system_fonts": True}


def _compile(root: Path, template: str) -> bytes:
    """Set a template of a folder; nothing but the packaged fonts, nothing from the network."""
    import typst

    body, complaints = typst.compile_with_warnings(str(root / template), pdf_standards=["ua-1"], **_options(root))
    if complaints:
        raise RuntimeError("PDF: " + "; ".join(dict.fromkeys(str(getattr(c, "message", c)) for c in complaints)))
    return body


def font_folders() -> list[Path]:
    """Folders of the packages that bring the fonts: matplotlib's for Latin, mplfonts' for Chinese."""
    matplotlib = Path(find_spec("matplotlib").submodule_search_locations[0])
    return [matplotlib / "mpl-data" / "fonts" / "ttf", canvas.cjk_font_file().parent]


def shown_text(value):
    """The same structure with every text made fit to show: see :func:`printable`."""
    if isinstance(value, dict):
        return {key: shown_text(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [shown_text(item) for item in value]
    return printable(value) if isinstance(value, str) else value


def printable(value: str) -> str:
    """A text that the fonts can show: a character that they cannot becomes its code, ``[U+000B]``, never nothing.

    Words too long for any line may be broken every twenty characters.
    """
    missing = canvas.missing_glyphs(value)
    safe = "".join(f"[U+{ord(c):04X}]" if c in missing or _is_control(c) else c for c in value)
    return _LONG_WORD.sub(lambda found: "\u200b".join(re.findall(".{1,20}", found[0])), safe)


def _is_control(character: str) -> bool:
    """Controls, surrogates, unassigned and private characters, and line separators; a line feed and a tab are spaces."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") and character not in "\n\t"


# --- contents ------------------------------------------------------------------------------------------------------


def _exhibit(record: dict, lang: str, numbers: dict[str, int], root: Path, kept: Path | None) -> dict:
    """An exhibit as the template wants it; one alone (`numbers` is empty) has its table beside its picture, and whole."""
    made = shown(record, lang, numbers)
    made["picture"] = _picture(record, lang, "page", root, kept)
    made["long"] = sum(map(len, [made["title"], made["reading"], *made["foot"]])) > 2 * LONG
    table = made["table"] if not (numbers and made["picture"]) else None
    made["table"] = table and _table(table, lang, MOST_ROWS if numbers else len(table["rows"]))
    return made


def _picture(record: dict, lang: str, size: str, root: Path, kept: Path | None) -> str | None:
    if not drawings.drawn(record):
        return None
    name = f"picture-{len(list(root.glob('picture-*')))}.svg"
    (root / name).write_text(drawings.svg(record, lang, size, kept), encoding="utf-8")
    return name


def _table(table: dict, lang: str, most: int) -> dict:
    """A table of at most so many rows; wide columns share what the narrow ones leave."""
    every = table["rows"]
    rows = every if len(every) <= most + SPARE_ROWS else every[:most]
    cut = words(lang, {"zh": "", "en": ""}, shown=len(rows), rows=len(every))["cut"] if len(rows) < len(every) else ""
    return table | {
        "rows": rows,
        "widths": _widths(table["columns"], rows, table["numeric"]),
        "long": len(rows) > 12 or any(len(cell) > LONG / 3 for row in rows for cell in row),
        "cut": cut,
    }


def _widths(columns: list[str], rows: list[list[str]], numeric: list[bool]) -> list[float]:
    """0 for a column as wide as what it holds; else its share of the rest, by the length of its texts."""
    longest = [max(map(measure.width_of, [name, *(row[n] for row in rows)])) for n, name in enumerate(columns)]
    shares = [0.0 if w <= (12 if n else 8) else min(w, 60) ** 0.7 for w, n in zip(longest, numeric, strict=True)]
    if not any(shares):  # the widest text takes what is left
        shares[max(range(len(columns)), key=lambda n: longest[n] * (not numeric[n]))] = 1.0
    return shares
