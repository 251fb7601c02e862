"""PDF: report, citations and brief as designed documents, vector charts and selectable text in both languages.

The ``typst`` package sets them and carries its compiler. Every text reaches it as a string in a JSON file, so that
nothing in the data is ever markup; the fonts are those of installed packages, so that it looks alike on every machine.
All are PDF/UA-1: tagged, every picture described, title and language set; the compiler refuses anything less.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from ..facts.data import Data
from ..show import canvas
from ..show.exhibit import foot, shown_cell
from ..show.roles import GRID, INK, MUTED, ROLES
from . import brief, drawings, prose
from .content import Content, references
from .text import words

TEMPLATES = Path(__file__).parent / "templates"
LATIN, CHINESE, MONO = "DejaVu Sans", "Noto Sans CJK SC", "DejaVu Sans Mono"
MOST_ROWS, SPARE_ROWS = (
    25,
    5,
)  # a longer table is cut, unless so few rows would be missing that they may as well be shown
LONG = 900  # beyond this many characters a block may go on over the page
SCALES = (1.0, 0.96, 0.92, 0.88, 0.84, 0.8, 0.76, 0.72)  # type of the brief, until it fits two pages
_LONG_WORD = re.compile(r"[^\s\u2e80-\uffff]{40,}")


def write(
    content: Content, lang: str, path: Path, data: Data | None = None, *, kept: Path | None = None, watermark: str = ""
) -> None:
    """Write the report; a content of one exhibit gives that exhibit alone, with every row of its table.

    Parameters
    ----------
    content : Content
    lang : {"zh", "en"}
    path : Path
    data : Data, optional
        Taken for the sake of the other writers' signature.
    kept : Path, optional
        Folder of charts that have been drawn already.
    watermark : str
        Pale words across every page.

    Raises
    ------
    RuntimeError
        If the compiler has something to complain of, a font that is missing among it.
    """
    whole = len(content.exhibits()) > 1
    with _folder() as root:
        numbers = {row["figure_id"]: row["number"] for row in content.citations()}
        sections = [
            {
                "title": section.title[lang],
                "blocks": [
                    _block(b, section, lang, root, kept, numbers, whole) for b in section.blocks if b.get(lang, "-")
                ],
            }
            for section in content.sections
        ]
        w = words(lang, content.city, **content.counts)
        values = {
            "whole": whole,
            "title": w["title"] if whole else content.exhibits()[0]["title"][lang],
            "watermark": watermark,
            "sections": sections,
            "messages": [m["text"] for m in brief.key_messages(content, lang)] if whole else [],
            "headlines": _headlines(content, lang, w) if whole else None,
        }
        _set(root, "report.typ", values, w, lang, path)


def write_citations(
    content: Content, lang: str, path: Path, data: Data | None = None, *, kept: Path | None = None
) -> None:
    """Write the annex: every figure cited, once, under its document."""
    cited = content.citations()
    groups = [
        {
            "title": document["source"][lang],
            "rows": [
                [
                    str(c["number"]),
                    c["value"][lang],
                    c["period"][lang],
                    c["status"][lang],
                    c["as_printed"],
                    c["place"][lang],
                ]
                for c in cited
                if c["source_id"] == document["source_id"]
            ],
        }
        for document in content.documents()
    ]
    w = words(lang, content.city, **content.counts)
    with _folder() as root:
        _set(root, "citations.typ", {"title": w["citations_title"], "groups": groups}, w, lang, path)


def write_brief(content: Content, lang: str, path: Path, data: Data | None = None, *, kept: Path | None = None) -> None:
    """Write the two pages; type is set smaller until they are two."""
    import typst

    blocks, w = brief.compose(content, lang), words(lang, content.city, **content.counts)
    with _folder() as root:
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


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="huzhou-pdf-") as name:
        yield Path(name)


def _set(root: Path, template: str, values: dict, w: dict, lang: str, path: Path) -> None:
    _prepare(root, template, values, w, lang)
    path.write_bytes(_compile(root, template))


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


def _block(
    block: dict, section, lang: str, root: Path, kept: Path | None, numbers: dict[str, int], whole: bool
) -> dict:
    """A block of a section as the template wants it."""
    if block["kind"] != "exhibit":
        return {"kind": block["kind"], "tree": prose.tree(block[lang])}
    record = section.exhibits[block["id"]]
    picture = _picture(record, lang, "page", root, kept)
    notes = foot(record, lang)
    return {
        "kind": "exhibit",
        "title": record["title"][lang],
        "subtitle": record["subtitle"][lang],
        "reading": record["reading"][lang],
        "foot": notes,
        "refs": references(numbers, record) if whole else "",
        "picture": picture,
        "alt": record["alt"][lang],
        "long": sum(map(len, [record["title"][lang], record["reading"][lang], *notes])) > 2 * LONG,
        "table": _table(record, lang, MOST_ROWS if whole else None) if not picture or not whole else None,
    }


def _picture(record: dict, lang: str, size: str, root: Path, kept: Path | None) -> str | None:
    if not drawings.drawn(record):
        return None
    name = f"picture-{len(list(root.glob('picture-*')))}.svg"
    (root / name).write_text(drawings.svg(record, lang, size, kept), encoding="utf-8")
    return name


def _table(record: dict, lang: str, most: int | None) -> dict | None:
    """The table of an exhibit: at most so many rows; wide columns share what the narrow ones leave."""
    if not record["table"]:
        return None
    columns, every = record["table"]["columns"], record["table"]["rows"]
    rows = [
        [shown_cell(c, lang) for c in row]
        for row in (every if most is None or len(every) <= most + SPARE_ROWS else every[:most])
    ]
    w = words(lang, {"zh": "", "en": ""}, shown=len(rows), rows=len(every))
    return {
        "columns": [c[lang] for c in columns],
        "rows": rows,
        "numeric": [c["number"] for c in columns],
        "widths": _widths([c[lang] for c in columns], rows, [c["number"] for c in columns]),
        "long": len(rows) > 12 or any(len(cell) > LONG / 3 for row in rows for cell in row),
        "cut": w["cut"] if len(rows) < len(every) else "",
    }


def _widths(columns: list[str], rows: list[list[str]], numeric: list[bool]) -> list[float]:
    """0 for a column as wide as what it holds; else its share of the rest, by the length of its texts."""

    def length(text: str) -> int:
        return sum(2 if c >= "\u2e80" else 1 for c in text)

    longest = [max(map(length, [name, *(row[n] for row in rows)])) for n, name in enumerate(columns)]
    if sum(longest) < 95 and not all(numeric):
        widest = max((n for n in range(len(columns)) if not numeric[n]), key=lambda n: longest[n])
        return [1.0 if n == widest else 0.0 for n in range(len(columns))]
    return [
        0.0 if length <= 14 or (flag and length <= 24) else float(min(length, 120) ** 0.7)
        for length, flag in zip(longest, numeric, strict=True)
    ]


def _headlines(content: Content, lang: str, w: dict) -> dict | None:
    """The table of page one."""
    rows = [
        [r[lang], r["period"][lang], r["value"][lang], r["growth"][lang] or "—", r["published"], r["source"][lang]]
        for r in brief.headlines(content)
    ]
    columns = [w[k] for k in ("indicator", "period", "value", "growth", "published", "source")]
    numeric = [False, False, True, True, False, False]
    return (
        {"columns": columns, "rows": rows, "numeric": numeric, "widths": [0, 0, 0, 0, 0, 1.0], "long": False, "cut": ""}
        if rows
        else None
    )
