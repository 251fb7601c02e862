# ruff: noqa: SIM905
"""A file in, its text out: paragraphs on lines, cells of a table parted by ``|``. Nothing is trusted: the kind of a file is read
from its first bytes, a packed file's directory before its content, and no address in a document is followed.
"""

import io
import logging
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from ...facts.checks import decoded
from ...facts.problems import Refused
from ..reading import content
from .vocabulary import LIMITS, DocumentError, message

UNPACKED = LIMITS["megabytes"] << 20
_TABLES, _CELLS = ("{*}table", "{*}tbl"), ("{*}td", "{*}th", "{*}tc")
_BLOCKS = set("p div br li tr h1 h2 h3 h4 h5 h6 section article ul ol dd dt table blockquote pre title td tbl".split())
_SKIPPED = set(
    "script style noscript template head svg iframe object embed form button select del moveFrom Fallback pPr rPr tblPr tcPr".split()
)


def open_document(path: Path) -> str:
    """Text of a PDF, Word, HTML or text file; whatever bars that is said by a :class:`DocumentError`."""
    try:
        raw = content(path)
        reads = next((reads for start, reads in _KINDS if re.match(start, raw)), _plain)
        if reads is _plain and b"<" in raw[:2000] and path.suffix.lower() in (".html", ".htm"):
            reads = _html
        message.refuse(reads, isinstance(reads, str))
        return _readable(f"{reads(raw)}\n")
    except Refused as reason:
        raise DocumentError(path.name, reason.zh, reason.en) from None
    except Exception as error:  # whatever a damaged file raises in pdfplumber, python-docx or lxml
        why = "nested" if isinstance(error, RecursionError | MemoryError) else "damaged"
        why = "password" if "Password" in type(error).__name__ + repr(error.args) else why
        raise DocumentError(path.name, *message(why)) from None


def _readable(text: str) -> str:
    """A text; what has none, too much of it, another language or not one numeral is refused."""
    letters = [c for c in text if c.isalpha()]
    message.refuse("scan", len(letters) < 20)
    message.refuse("long", len(text) > LIMITS["characters"], **LIMITS)
    chinese, japanese, latin = (sum(a <= c <= b for c in letters) / len(letters) for a, b in ("一鿿", "\u3040\u30ff", "\0\x7f"))  # fmt: skip
    english = len(re.findall(r"\b(?:the|of|and|in|to|by|for|was|percent)\b", text, re.I)) / len(text.split())
    message.refuse("language", japanese > 0.05 or (chinese < 0.1 and not (latin > 0.8 and english > 0.1)))
    message.refuse("numberless", not re.search(r"\d|[一二三四五六七八九]成|[百千万]", text))
    return text


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("|", "／")).strip()


def _table(rows: list[list[str]]) -> Iterator[str]:
    """Rows of a table as lines; a row of one cell is a caption, a table of long cells is layout."""
    filled = [[c for c in row if c] for row in rows]
    layout = any(len(c) > 150 for row in filled for c in row) or max(map(len, filled), default=0) < 2
    for row, cells in zip(rows, filled, strict=True):
        if layout:
            yield from cells
        elif len(set(cells)) == 1 and len(cells) in (1, len(row)) and not re.fullmatch(r"[-\d.,%]+", cells[0]):
            yield cells[0]
        elif cells:
            yield " | ".join(c or "-" for c in row) if row[0] else " | ".join(row).strip(" |")


def _plain(raw: bytes) -> str:
    text = decoded(raw)[0]
    strange = sum(c < " " and c not in "\t\r\n\f\v" for c in text)
    message.refuse("binary", not text or "\0" in text or strange > 0.01 * len(text))
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")


def _docx(raw: bytes) -> str:
    import docx

    archive = zipfile.ZipFile(io.BytesIO(raw))
    parts = archive.infolist()
    size = sum(p.file_size for p in parts)
    packed = size > UNPACKED or (size > 20 << 20 and size > 200 * len(raw))
    message.refuse("unpacked", packed or len(parts) > LIMITS["parts"], **LIMITS)
    message.refuse("password", any(p.flag_bits & 1 for p in parts))
    message.refuse("zip", "word/document.xml" not in archive.namelist())
    for part in (p for p in parts if p.filename.endswith((".xml", ".rels"))):
        inside = archive.open(part).read(part.file_size + 1)  # no more than it says it holds, whatever is in it
        message.refuse("declaration", b"<!DOCTYPE" in inside or b"<!ENTITY" in inside)
    return _page_text(docx.Document(io.BytesIO(raw)).element.body)


def _html(raw: bytes) -> str:
    import lxml.html

    message.refuse("declaration", b"<!entity" in raw[:20000].lower())
    source = re.sub(r"^\s*<\?xml[^>]*\?>", "", decoded(raw)[0] or raw.decode("latin-1"))
    return _page_text(lxml.html.document_fromstring(source, parser=lxml.html.HTMLParser(no_network=True)))


def _page_text(root) -> str:
    return re.sub(r"\s*\n\s*", "\n", _text(root)).strip()


def _tag(element) -> str:
    """Name of an element, without its namespace; "" for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _text(element) -> str:
    """Text of an element, each block on a line of its own: what is hidden or deleted is not read, and a table that holds
    no other is written as one."""
    tag, style = _tag(element), (element.get("style") or "").replace(" ", "")
    if tag in _SKIPPED or not tag or "display:none" in style:
        return ""
    word = "}" in element.tag
    if tag in ("table", "tbl") and next(element.iterdescendants(*_TABLES), None) is None:
        captions = [_cell("".join(c.itertext())) for c in element.iterchildren("caption")]
        rows = [[t for cell in row.iterchildren(*_CELLS) for t in _spread(cell)] for row in element.iter("{*}tr")]
        text = "\n".join([*captions, *_table(rows)])
    else:  # of a Word document only what stands in runs
        text = " " if tag == "tab" else (element.text or "") * (tag == "t" or not word)
        parts = (_text(child) + re.sub(r"\s+", " ", child.tail or "") * (not word) for child in element)
        text = re.sub(r"\s+", " ", text) + "".join(parts)
    return f"\n{text}\n" if tag in _BLOCKS else text


def _spread(cell) -> list[str]:
    """A cell's text, and empty ones for the further columns it spans; one merged with the cell above is empty."""
    values = {_tag(e): e.attrib.values() for e in cell.iter("{*}gridSpan", "{*}vMerge")}
    span = cell.get("colspan") or "".join(values.get("gridSpan", []))
    lower = "vMerge" in values and "restart" not in values["vMerge"]
    text = "" if lower else _cell(_text(cell).replace("\n", ""))
    return [text, *[""] * (min(int(span) if span.isdigit() else 1, 30) - 1)]


def _pdf(raw: bytes) -> str:
    import pdfplumber

    total = 0
    for m in re.finditer(rb"FlateDecode[^>]*>>\s*stream\r?\n", raw):
        try:
            packed = memoryview(raw)[m.end() : m.end() + (10 << 20)]
            total += len(zlib.decompressobj().decompress(packed, UNPACKED + 1))  # no more, whatever it holds
        except zlib.error:
            continue
        message.refuse("unpacked", total > UNPACKED, **LIMITS)
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    lines: list[str] = []
    with pdfplumber.open(io.BytesIO(raw)) as pdf:
        message.refuse("pages", len(pdf.pages) > LIMITS["pages"], **LIMITS)
        for page in pdf.pages:
            lines += _page(page)
            page.close()
    message.refuse("scan", sum(c.isalpha() for line in lines for c in line) < 15 * len(pdf.pages))
    return "\n".join(lines)


def _page(page) -> list[str]:
    """Lines of a page from top to bottom, its tables among them, without its page number."""
    lines, top = [], page.bbox[1]
    tables = sorted(page.find_tables(), key=lambda t: t.bbox[1]) if len(page.edges) >= 4 else []
    for table in tables:
        rows = [[_cell(c or "") for c in row] for row in table.extract()]
        if table.bbox[1] >= top and sum(bool(re.search(r"\d", c)) for row in rows for c in row) >= 2:
            lines += [*_lines(page, top, table.bbox[1]), *_table(rows)]
            top = table.bbox[3]
    lines += _lines(page, top, page.bbox[3])
    foot = re.compile(r"[-—–·第|\s]*\d{0,4}[-—–·页|\s]*")
    while lines and foot.fullmatch(lines[-1]):
        lines.pop()
    return lines[1:] if lines and foot.fullmatch(lines[0]) else lines


def _lines(page, top: float, bottom: float) -> list[str]:
    """Text lines of a part of a page; where wide gaps part its words into columns, with ``|`` between them."""
    from pdfplumber.utils import cluster_objects

    if bottom - top < 3:
        return []
    part = page.crop((page.bbox[0], max(top, page.bbox[1]), page.bbox[2], min(bottom, page.bbox[3])), strict=False)
    words = part.extract_words(keep_blank_chars=True, x_tolerance_ratio=1.6, y_tolerance=3)
    lines = cluster_objects(words, "top", 3)
    rows = [[c for word in sorted(line, key=lambda w: w["x0"]) if (c := _cell(word["text"]))] for line in lines]
    tabular = False
    for i, row in reversed([*enumerate(rows)]):  # a header is what stands right above
        figures = any(re.fullmatch(r"[-—/]|-?[\d.,]+%?", c) for c in row[1:])
        tabular = len(row) > 1 and (tabular or figures)
        rows[i] = (" | " if tabular else " ").join(row)
    return rows


_KINDS = (  # how a file begins, and what reads it to its text or why it is refused
    (rb"(?s).{0,1019}%PDF-", _pdf),
    (rb"PK", _docx),
    (rb"(?s)\xd0\xcf\x11\xe0.*" + "EncryptedPackage".encode("utf-16-le"), "password"),
    (rb"\xd0\xcf\x11\xe0", "old"),
    (rb"\{\\rtf", "rtf"),
    (rb"\x89PNG|\xff\xd8\xff|GIF8|II\*\0|MM\0\*|BM|RIFF", "picture"),
    (rb"(?i)\W*<(?:!doctype html|html|head|body|div|p|table|meta|title)\b", _html),
    (rb"(?is)\W*<(?:\?xml|!doctype).{0,2000}<html", _html),
    (rb"(?i)\W*<(?:\?xml|!doctype)", "xml"),
)
