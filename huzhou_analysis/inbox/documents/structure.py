"""A document's text as headings, paragraphs, captions and tables, each character with its place in the text.

Lines broken in the middle of a sentence, a word or a number are joined; white space inside Chinese text is dropped.
Tables are lines whose cells are parted by ``|``, as :mod:`.opening` writes them for every format.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from dataclasses import dataclass, field

_WIDE = str.maketrans({"(": "（", ")": "）", ":": "：", ";": "；", "∶": "：", "︰": "：", "﹕": "：", "－": "-", "−": "-",
                       "‐": "-", "–": "—", "―": "—", "～": "—", "~": "—", "[": "[", "］": "]", "［": "[", "•": "·"})  # fmt: skip
_CAPTION = re.compile(r"(?:附)?[表图]\s*\d+(?!\d*[个项张])")
_HEADING = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|第[一二三四五六七八九十]{1,3}[章节篇部]|\d{1,2}[.、．](?!\d))"
)
_END = "。！？!?；"
_PROSE = re.compile(r"[，。；、！？]")
_NOTES = re.compile(
    r"(?:注释?|备注|附注|说明|资料来源|数据来源|名词解释)[：:]?$|(?:注释|备注|附注|资料来源|数据来源)[：:1]|注[12]"
)


@dataclass(frozen=True)
class Piece:
    """A run of text without white space: ``text[i]`` stands at ``at[i]`` of the document."""

    text: str
    at: tuple[int, ...]

    def part(self, start: int, end: int) -> Piece:
        return Piece(self.text[start:end], self.at[start:end])


@dataclass
class Block:
    """One heading, paragraph, caption, note or table, and the headings above it."""

    kind: str
    piece: Piece
    place: str = ""
    rows: list[list[Piece]] = field(default_factory=list)
    caption: str = ""


def squeeze(text: str, start: int = 0) -> Piece:
    """Text in one width and without white space; full-width punctuation, half-width letters and digits."""
    characters: list[str] = []
    at: list[int] = []
    for i, c in enumerate(text):
        if c.isspace() or unicodedata.category(c) == "Cf":
            continue
        if c == '"':
            new = "”" if text.count('"', 0, i) % 2 else "“"
        elif c in ",，":
            new = "," if re.match(r"\d,\d{3}(?!\d)", text[max(0, i - 1) : i + 5]) else "，"
        else:
            new = unicodedata.normalize("NFKC", c.translate(_WIDE)).translate(_WIDE)
        characters += new
        at += [start + i] * len(new)
    return Piece("".join(characters), tuple(at))


def join(pieces: list[Piece]) -> Piece:
    return Piece("".join(p.text for p in pieces), tuple(i for p in pieces for i in p.at))


def blocks(text: str) -> list[Block]:
    """Headings, paragraphs, captions, notes and tables of a text in order."""
    lines, start = [], 0
    for line in text.splitlines(keepends=True):
        lines.append((start, line.rstrip("\r\n\f\v")))
        start += len(line)
    found = _grouped(lines, _wrapped([line for _, line in lines]))
    if (
        len(found) > 3
        and found[0].kind == "paragraph"
        and len(found[0].piece.text) <= 45
        and "。" not in found[0].piece.text
    ):
        found[0].kind = "heading"
    _place(found)
    return found


def _wrapped(lines: list[str]) -> int:
    """Width at which the lines of a text are broken; 0 where every line is a paragraph of its own."""
    long = [re.sub(r"\s", "", line) for line in lines if "|" not in line]
    long = sorted((line for line in long if len(line) >= 12), key=_size)
    if len(long) < 8:
        return 0
    broken = sum(line[-1] not in _END + "：:”）)」》" for line in long)
    width = _size(long[int(len(long) * 0.9)])
    return width if width <= 70 and broken >= 0.4 * len(long) else 0


def _size(text: str) -> int:
    """Width of a line in full-width characters."""
    return (sum(2 if ord(c) > 0x2E80 else 1 for c in text) + 1) // 2


def _cells(line: str, start: int) -> list[Piece]:
    cells, at = [], 0
    for cell in line.strip(" \t|").split("|") if line.strip(" \t|") else []:
        where = line.index(cell, at)
        cells.append(squeeze(cell, start + where))
        at = where + len(cell) + 1
    return cells


def _kind_of(piece: Piece) -> str:
    """Whether a run of lines is a heading or a paragraph."""
    mark = _HEADING.match(piece.text)
    rest = piece.text[mark.end() :] if mark else ""
    if len(piece.text) > 40:
        return "paragraph"
    if mark and piece.text[-1] not in _END + "，" and not re.search(r"\d+(?:\.\d+)?(?:%|万|亿|[个家项])|\d{5}", rest):
        return "heading"
    figures = re.search(r"\d(?!\d*[年月日号])", piece.text)
    return "paragraph" if figures or _PROSE.search(piece.text) else "heading"


def _parted(piece: Piece) -> list[Piece]:
    """A long run of text at the headings inside it."""
    if len(piece.text) <= 600:
        return [piece]
    inner = re.finditer(r"(?<=[。！；：:])[一二三四五六七八九十]{1,2}、(?=[^，。、]{4,24})", piece.text)
    cuts = [0, *[m.start() for m in inner], len(piece.text)]
    return [piece.part(left, right) for left, right in itertools.pairwise(cuts)]


class _Grouping:
    """Lines gathered into blocks."""

    def __init__(self, width: int) -> None:
        self.width, self.found, self.open, self.notes = width, [], [], False

    def close(self) -> None:
        if self.open:
            piece = join(self.open)
            kind = _kind_of(piece)
            kind = "note" if self.notes and kind == "paragraph" else kind
            self.found += [Block(kind, part) for part in _parted(piece)]
            self.open = []

    def put(self, kind: str, piece: Piece) -> None:
        self.close()
        self.found.append(Block(kind, piece))

    def row(self, cells: list[Piece]) -> None:
        self.close()
        if not self.found or self.found[-1].kind != "table":
            self.found.append(Block("table", Piece("", ())))
        self.found[-1].rows.append(cells)

    def line(self, start: int, line: str) -> None:
        piece = squeeze(line, start)
        if "|" in line:
            cells = _cells(line, start)
            piece = join(cells)
            numeric = any(re.fullmatch(r"-?[\d.,]+%?|[-—/]", c.text) for c in cells[1:])
            titled = cells and (_CAPTION.match(cells[0].text) or _HEADING.match(piece.text))
            if 1 < len(cells) <= 60 and (numeric or not titled):
                self.row(cells)
                return
        text, tabular = piece.text, bool(self.found) and self.found[-1].kind == "table" and not self.open
        if not text:
            if not self.width or (self.open and self.open[-1].text[-1] in _END):
                self.close()
        elif _CAPTION.match(text) and len(text) < 60:
            self.put("caption", piece)
        elif re.match(r"注[：:]", text):
            self.put("note", piece)
        elif tabular and re.fullmatch(r"-?[\d.,]+%?", text):
            self.row([piece])
        else:
            self.prose(piece)

    def prose(self, piece: Piece) -> None:
        notes = bool(_NOTES.match(piece.text))
        if notes or (self.open and not _continues(join(self.open).text, self.open[-1].text, piece.text, self.width)):
            self.close()
        ended = self.found and not self.open and re.match("[一二三四五六七八九十（第]", piece.text)
        self.notes = notes or (self.notes and not (ended and _HEADING.match(piece.text)))
        self.open.append(piece)


def _grouped(lines: list[tuple[int, str]], width: int) -> list[Block]:
    grouping = _Grouping(width)
    for start, line in lines:
        grouping.line(start, line)
    grouping.close()
    found = grouping.found
    for i, block in enumerate(found):
        if block.kind == "table":
            block.piece = join([c for row in block.rows for c in row])
            above = found[max(0, i - 2) : i]
            last = above[-1].piece.text if above and above[-1].kind in ("caption", "heading") else ""
            titled = next((b.piece.text for b in reversed(above) if b.kind == "caption"), "")
            block.caption = titled if titled == last or not last else titled + last if "单位" in last else last
            block.rows = _tabular(block.rows)
    return [b for b in found if any(c.isalnum() for c in b.piece.text)]


def _continues(paragraph: str, before: str, line: str, width: int) -> bool:
    """Whether a line goes on with the sentence of the lines before it."""
    marked = r"[●■◆★▲·—]{1,2}[^\d]|[（(][一二三四五六七八九十]{1,3}[）)]|[一二三四五六七八九十]{1,3}、"
    if not width or re.match(marked, line) or (before[-1] in _END and re.match(r"\[\d+\]", line)):
        return False
    if before[-1] in _END:
        return _size(before) >= width - 2 or line.startswith("其中")
    if (before[-1].isdigit() and line[0].isdigit()) or before[-1] in "，、；：（" or line[0] in "，、；。）”%":
        return True
    if _HEADING.match(paragraph) and _size(before) < width - 4:
        return False
    return bool(_PROSE.search(paragraph)) or _size(before) >= 0.75 * width


def _tabular(rows: list[list[Piece]]) -> list[list[Piece]]:
    """Rows of one table with one word spread over two cells joined (林 | 业), and a cell with two headers parted."""
    lengths = [len(row) for row in rows]
    usual = max(set(lengths), key=lengths.count) if lengths else 0
    for row in rows:
        while (
            len(row) > usual and re.fullmatch("[一-鿿]{2}", row[0].text + row[1].text) and row[0].text and row[1].text
        ):
            row[:2] = [join(row[:2])]
        two = re.match(r"(.+?（[^）]*）)(.+（[^）]*）)$", row[-1].text) if len(row) == usual - 1 else None
        row[-1:] = [row[-1].part(0, two.end(1)), row[-1].part(two.end(1), two.end())] if two else row[-1:]
    return rows


def _place(found: list[Block]) -> None:
    """Name each block's place: section and number of the paragraph or table."""
    section: list[str] = []
    paragraph = table = 0
    for block in found:
        text = block.piece.text
        if block.kind == "heading":
            top = re.match(r"[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十]{1,3}[章节篇部]", text)
            section, paragraph = [text] if top or not section else [section[0], text], 0
            block.place = f"标题 {text[:20]}"
        elif block.kind == "table":
            table += 1
            number = re.match(r"(?:附)?表(\d+)", block.caption)
            block.place = f"表{number[1]}" if number else f"第{table}张表"
        else:
            paragraph += 1
            where = " ".join(s[:16] for s in section)
            block.place = f"{where} 第{paragraph}段".strip()
