# ruff: noqa: SIM905
"""A file turned into text: paragraphs on lines, cells of a table parted by ``|``; what is unsafe or unreadable is refused.

Nothing is trusted: the kind of a file is read from its first bytes, a packed file's directory before its content, and
no address in a document is followed.
"""

from __future__ import annotations

import bisect
import io
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ...facts.text_tables import decoded
from ..cells import Refused
from ..reading import content

MAX_UNPACKED = 200 * 2**20
MAX_PAGES = 400
MAX_CHARACTERS = 2_000_000
# What a file that is not read begins with: (first bytes, what to say).
_OTHERS = (
    (rb"\xd0\xcf\x11\xe0", "是旧格式（.doc、.wps 或 .xls）；请另存为 .docx 或 PDF", "an old format (.doc, .wps or .xls); save it as .docx or PDF"),
    (rb"\{\\rtf", "是 RTF；请另存为 .docx 或 PDF", "an RTF file; save it as .docx or PDF"),
    (rb"\x89PNG|\xff\xd8\xff|GIF8|II\*\0|MM\0\*|BM|RIFF", "是图片，没有文字；请先作文字识别", "a picture without text; run text recognition on it first"),
)  # fmt: skip
_BLOCKS = set("p div br li tr h1 h2 h3 h4 h5 h6 section article ul ol dd dt table blockquote pre title td".split())
_SKIPPED = set("script style noscript template head svg iframe object embed form button select".split())
_PASSWORD = ("有密码；请取消密码后另存", "has a password; remove it and save again")
_DECLARATION = ("文档内有不允许的声明，不予打开", "holds a declaration that no document needs: not opened")


class DocumentError(ValueError):
    """A document that is not read: why, in Chinese and English."""

    def __init__(self, name: str, zh: str, en: str) -> None:
        super().__init__(f"{name}：{zh}\n    {name}: {en}")
        self.zh, self.en = zh, en


@dataclass
class Opened:
    """Text of a document and, of a PDF, the place where each page starts."""

    name: str
    text: str
    pages: list[int] = field(default_factory=list)

    def page(self, offset: int) -> int:
        """Number of the page that holds a place; 0 where there are no pages."""
        return bisect.bisect_right(self.pages, offset)


def open_document(path: Path) -> Opened:
    """Text of a PDF, Word, HTML or text file.

    Raises
    ------
    DocumentError
        If the file is missing, locked, damaged, too large, without text, in another language, or of another kind.
    """
    try:
        raw = content(path)
        text, pages = _reader(path, raw)(raw)
        _readable(text, len(pages))
    except Refused as reason:
        raise DocumentError(path.name, reason.zh, reason.en) from None
    except Exception as error:  # whatever a damaged file raises in pdfplumber, python-docx or lxml
        why = ("文件已损坏，无法读取；请重新下载或另存", "is damaged and cannot be read; download or save it again")
        if isinstance(error, RecursionError | MemoryError):
            why = ("嵌套过深或过大，不予打开", "nested too deeply, or too large: not opened")
        elif "Password" in type(error).__name__ + repr(error.args):
            why = _PASSWORD
        raise DocumentError(path.name, *why) from None
    return Opened(path.name, text, pages)


def _reader(path: Path, raw: bytes) -> Callable[[bytes], tuple[str, list[int]]]:
    """Function that reads a file of this kind, by its first bytes."""
    if b"%PDF-" in raw[:1024]:
        return _pdf
    if raw.startswith(b"PK"):
        return _docx
    if "EncryptedPackage".encode("utf-16-le") in raw and raw.startswith(b"\xd0\xcf"):
        raise Refused(*_PASSWORD)
    for start, zh, en in _OTHERS:
        if re.match(start, raw):
            raise Refused(zh, en)
    head = raw[:2000].decode("latin-1").lstrip("\ufeff\xef\xbb\xbf \r\n\t").casefold()
    page = re.match(r"<(?:!doctype html|html|head|body|div|p|table|meta|title)\b", head)
    if page or ("<" in head and path.suffix.lower() in (".html", ".htm")):
        return _html
    if head.startswith(("<?xml", "<!doctype")):
        if "<html" in head and b"<!entity" not in raw[:20000].lower():
            return _html
        raise Refused(
            "是 XML，不是文档；请另存为 .docx、PDF 或网页",
            "an XML file, no document; save it as .docx, PDF or a web page",
        )
    return _plain


def _readable(text: str, pages: int) -> None:
    """Refuse what has no text, too much of it, another language or not one numeral."""
    letters = [c for c in text if c.isalpha()]
    if len(letters) < max(20, 15 * pages):
        raise Refused(
            "没有可读的文字，可能是扫描件；请先作文字识别（OCR）",
            "holds no text that can be read, it may be a scan; run text recognition (OCR) first",
        )
    if len(text) > MAX_CHARACTERS:
        raise Refused(
            f"文字超过 {MAX_CHARACTERS:,} 个字符；请拆分", f"more than {MAX_CHARACTERS:,} characters; split it"
        )
    share = [sum(a <= c <= b for c in letters) / len(letters) for a, b in ("一鿿", "\u3040\u30ff", "\0\x7f")]
    english = len(re.findall(r"\b(?:the|of|and|in|to|by|for|was|percent)\b", text, re.I)) / max(1, len(text.split()))
    if share[1] > 0.05 or (share[0] < 0.1 and not (share[2] > 0.8 and english > 0.1)):
        raise Refused("不是中文（或英文）文档；只读这两种文字", "neither Chinese nor English; only these two are read")
    if not re.search(r"\d|[一二三四五六七八九]成|[百千万]", text):
        raise Refused("文中没有数字", "holds no numeral")


# --- kinds of file ----------------------------------------------------------------------------------------------------


def _plain(raw: bytes) -> tuple[str, list[int]]:
    text = decoded(raw)[0]
    if not text or "\0" in text or sum(c < " " and c not in "\t\r\n\f\v" for c in text) > 0.01 * len(text):
        raise Refused(
            "不是文本（编码无法识别，或为二进制文件）；请另存为 UTF-8 文本、.docx 或 PDF",
            "no text (its encoding is unknown, or it is binary); save it as UTF-8 text, .docx or PDF",
        )
    return text.replace("\r\n", "\n").replace("\r", "\n"), []


def _docx(raw: bytes) -> tuple[str, list[int]]:
    archive = zipfile.ZipFile(io.BytesIO(raw))
    parts = archive.infolist()
    size, names = sum(p.file_size for p in parts), {p.filename for p in parts}
    if size > MAX_UNPACKED or len(parts) > 5000 or (size > 20 * 2**20 and size > 200 * len(raw)):
        raise Refused(
            f"展开后过大（{size >> 20} MB，{len(parts)} 个部分），不予打开",
            f"too large when unpacked ({size >> 20} MB, {len(parts)} parts): not opened",
        )
    if "word/document.xml" not in names:
        kinds = {"xl/workbook.xml": "Excel", "ppt/presentation.xml": "PowerPoint", "content.xml": "OpenDocument"}
        what = next((kind for part, kind in kinds.items() if part in names), "zip")
        raise Refused(
            f"不是 Word 文档（内容是 {what}）；请另存为 .docx 或 PDF",
            f"no Word document (it holds {what}); save it as .docx or PDF",
        )
    for part in parts:
        if part.flag_bits & 1:
            raise Refused(*_PASSWORD)
        if part.filename.endswith((".xml", ".rels")):
            with archive.open(part) as file:  # no more than it says it holds, whatever is in it
                content = file.read(part.file_size + 1)
            if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
                raise Refused(*_DECLARATION)
    import docx

    lines: list[str] = []
    _word_blocks(docx.Document(io.BytesIO(raw)).element.body, lines)
    return "\n".join(lines) + "\n", []


_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def _word_text(element) -> str:
    """Visible text of a paragraph: insertions are read, deletions and fall-back copies are not."""
    out = []
    for node in element.iter(f"{_W}t", f"{_W}br", f"{_W}tab"):
        if any(a.tag in (f"{_W}del", f"{_W}moveFrom") or a.tag.endswith("}Fallback") for a in node.iterancestors()):
            continue
        out.append((node.text or "") if node.tag == f"{_W}t" else "\n" if node.tag == f"{_W}br" else " ")
    return "".join(out)


def _word_blocks(parent, lines: list[str]) -> None:
    for child in parent.iterchildren():
        if child.tag == f"{_W}p":
            lines.extend(_word_text(child).split("\n"))
        elif child.tag == f"{_W}tbl":
            rows = [[t for c in r.iterchildren(f"{_W}tc") for t in _word_cell(c)] for r in child.iter(f"{_W}tr")]
            _write_table(rows, lines)
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins"):
            _word_blocks(child, lines)


def _word_cell(cell) -> list[str]:
    """Text of a cell and empty ones for the columns it spans; a cell merged with the one above is empty."""
    merged = cell.find(f"{_W}tcPr/{_W}vMerge")
    lower = merged is not None and merged.get(f"{_W}val") != "restart"
    span = cell.find(f"{_W}tcPr/{_W}gridSpan")
    text = "" if lower else "".join(_word_text(p) for p in cell.iter(f"{_W}p"))
    return _spread(text, span.get(f"{_W}val") if span is not None else None)


def _spread(text: str, columns: str | None) -> list[str]:
    """A cell over several columns: its text, then empty cells."""
    count = int(columns) if columns and columns.isdigit() else 1
    return [_cell(text), *[""] * (min(count, 30) - 1)]


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("|", "／")).strip()


def _write_table(rows: list[list[str]], lines: list[str]) -> None:
    """Rows of a table as lines; a row of one repeated or single cell is a caption, a table of long cells is layout."""
    filled = [[c for c in row if c] for row in rows]
    if any(len(c) > 150 for row in filled for c in row) or max(map(len, filled), default=0) < 2:
        lines.extend(c for row in filled for c in row)
        return
    for row, cells in zip(rows, filled, strict=True):
        alone = len(set(cells)) == 1 and len(cells) in (1, len(row)) and not re.fullmatch(r"[-\d.,%]+", cells[0])
        if alone:
            lines.append(cells[0])
        elif cells:
            lines.append(" | ".join(c or "-" for c in row) if row[0] else " | ".join(row).strip(" |"))


def _html(raw: bytes) -> tuple[str, list[int]]:
    import lxml.html

    if b"<!ENTITY" in raw[:20000]:
        raise Refused(*_DECLARATION)
    source = decoded(raw)[0] or raw.decode("latin-1")
    source = re.sub(r"^\s*<\?xml[^>]*\?>", "", source)
    root = lxml.html.document_fromstring(source, parser=lxml.html.HTMLParser(no_network=True, huge_tree=False))
    for element in list(root.iter()):
        hidden = "display:none" in (element.get("style") or "").replace(" ", "")
        if (hidden or not isinstance(element.tag, str) or element.tag in _SKIPPED) and element.getparent() is not None:
            element.drop_tree()
    lines: list[str] = [""]
    _page_blocks(root, lines)
    return "\n".join(line.strip() for line in lines if line.strip()) + "\n", []


def _page_blocks(element, lines: list[str]) -> None:
    """Lines of an element of a web page; a table that holds no other is written as one."""
    block = element.tag in _BLOCKS
    lines.extend([""] * block)
    if element.tag == "table" and element.find(".//table") is None:
        caption = element.find("caption")
        lines.extend([] if caption is None else [_cell(caption.text_content())])
        cells = [list(row.iterchildren("td", "th")) for row in element.iter("tr")]
        _write_table([[t for c in row for t in _spread(c.text_content(), c.get("colspan"))] for row in cells], lines)
    else:
        lines[-1] += re.sub(r"\s+", " ", element.text or "")
        for child in element:
            _page_blocks(child, lines)
    lines.extend([""] * block)
    lines[-1] += re.sub(r"\s+", " ", element.tail or "")


def _pdf(raw: bytes) -> tuple[str, list[int]]:
    import logging

    import pdfplumber

    total = 0
    for m in re.finditer(rb"FlateDecode[^>]*>>\s*stream\r?\n", raw):
        try:
            packed = memoryview(raw)[m.end() : m.end() + 10 * 2**20]
            total += len(zlib.decompressobj().decompress(packed, MAX_UNPACKED + 1))  # no more, whatever it holds
        except zlib.error:
            continue
        if total > MAX_UNPACKED:
            size = MAX_UNPACKED >> 20
            raise Refused(f"展开后超过 {size} MB，不予打开", f"unpacks to more than {size} MB: not opened")
    _few(max((int(n) for n in re.findall(rb"/Count\s+(\d{1,9})\b", raw)), default=0))
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    text, pages = "", []
    with pdfplumber.open(io.BytesIO(raw)) as pdf:
        _few(len(pdf.pages))
        for page in pdf.pages:
            pages.append(len(text))
            text += "".join(line + "\n" for line in _page(page))
            page.close()
            if len(text) > MAX_CHARACTERS:
                break
    return text, pages


def _few(pages: int) -> None:
    if pages > MAX_PAGES:
        raise Refused(
            f"有 {pages} 页，最多 {MAX_PAGES} 页；请只留要读的部分",
            f"{pages} pages, at most {MAX_PAGES}; keep the part to read",
        )


def _page(page) -> list[str]:
    """Lines of a page from top to bottom, its tables among them, without its page number."""
    lines: list[str] = []
    top = page.bbox[1]
    tables = sorted(page.find_tables(), key=lambda t: t.bbox[1]) if len(page.edges) >= 4 else []
    for table in tables:
        _left, upper, _right, lower = table.bbox
        if upper < top:
            continue
        rows = [[_cell(c or "") for c in row] for row in table.extract()]
        if sum(bool(re.search(r"\d", c)) for row in rows for c in row) < 2:
            continue
        lines += _lines(page, top, upper)
        _write_table(rows, lines)
        top = lower
    lines += _lines(page, top, page.bbox[3])
    foot = re.compile(r"[-—–·第|\s]*\d{0,4}[-—–·页|\s]*")
    while lines and foot.fullmatch(lines[-1]):
        lines.pop()
    return lines[1:] if lines and foot.fullmatch(lines[0]) else lines


def _lines(page, top: float, bottom: float) -> list[str]:
    """Text lines of a part of a page; where wide gaps part its words into columns, with ``|`` between them."""
    if bottom - top < 3:
        return []
    part = page.crop((page.bbox[0], max(top, page.bbox[1]), page.bbox[2], min(bottom, page.bbox[3])), strict=False)
    rows: list[list[str]] = []
    for line in part.extract_text_lines(x_tolerance=2, y_tolerance=3, strip=True, return_chars=True):
        cells, last = [""], None
        for c in line["chars"]:
            if last is not None and c["x0"] - last["x1"] > 1.6 * max(c["size"], last["size"]) and c["text"].strip():
                cells.append("")
            cells[-1] += c["text"]
            last = c if c["text"].strip() else last
        rows.append([_cell(c) for c in cells if c.strip()])
    tabular = [len(r) > 1 and any(re.fullmatch(r"[-—/]|-?[\d.,]+%?", c) for c in r[1:]) for r in rows]
    for i in range(len(rows) - 2, -1, -1):  # a header is what stands right above
        tabular[i] = tabular[i] or (len(rows[i]) > 1 and tabular[i + 1])
    return [" | ".join(r) if t else " ".join(r) for r, t in zip(rows, tabular, strict=True)]
