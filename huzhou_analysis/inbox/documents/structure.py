"""A text as headings, paragraphs, captions, notes and tables, each character with its place in the text.

Lines broken in the middle of a sentence, a word or a number are joined; white space inside Chinese text is dropped.
Tables are lines whose cells are parted by ``|``, as :mod:`.opening` writes them for every kind of file.
"""

from __future__ import annotations

import itertools
import re
import statistics
import unicodedata
from dataclasses import dataclass, field

_WIDE = str.maketrans({"(": "（", ")": "）", ":": "：", ";": "；", "∶": "：", "︰": "：", "﹕": "：", "－": "-", "−": "-",
                       "‐": "-", "–": "—", "―": "—", "～": "—", "~": "—", "］": "]", "［": "[", "•": "·"})  # fmt: skip
_CAPTION = re.compile(r"(?:附)?[表图]\s*\d+(?!\d*[个项张])")
_NUMERAL = "[一二三四五六七八九十]{1,3}"
_HEADING = re.compile(rf"{_NUMERAL}、|（{_NUMERAL}）|第{_NUMERAL}[章节篇部]|\d{{1,2}}[.、．](?!\d)")
_END = "。！？；"
_PROSE = re.compile(r"[，。；、！？]")
_NOTES = re.compile(
    r"(?:注释?|备注|附注|说明|资料来源|数据来源|名词解释)：?$|(?:注释|备注|附注|资料来源|数据来源)[：1]|注[12]"
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
    """One heading, paragraph, caption, note or table."""

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
    grouping = _Grouping(_wrapped([line for _, line in lines]))
    for start, line in lines:
        grouping.line(start, line)
    grouping.close()
    found = grouping.found
    for i, block in enumerate(found):
        if block.kind == "table":
            block.piece = join([c for row in block.rows for c in row])
            _tidy(block.rows)
            above = [b for b in found[max(0, i - 2) : i] if b.kind in ("caption", "heading")]
            block.caption = "".join(b.piece.text for b in above if b is above[-1] or b.kind == "caption")
    found = [b for b in found if any(c.isalnum() for c in b.piece.text)]
    if found and found[0].kind == "paragraph" and len(found[0].piece.text) <= 45 and "。" not in found[0].piece.text:
        found[0].kind = "heading"
    _place(found)
    return found


def _tidy(rows: list[list[Piece]]) -> None:
    """Join one word spread over two cells (林 | 业), and part a cell that holds two headers."""
    usual = statistics.mode(map(len, rows))
    for row in rows:
        while len(row) > usual and re.fullmatch("[一-鿿]", row[0].text) and re.fullmatch("[一-鿿]", row[1].text):
            row[:2] = [join(row[:2])]
        if len(row) == usual - 1 and (two := re.fullmatch("(.+?（[^）]*）)(.+（[^）]*）)", row[-1].text)):
            row[-1:] = [row[-1].part(*two.span(1)), row[-1].part(*two.span(2))]


def _wrapped(lines: list[str]) -> int:
    """Width at which the lines of a text are broken; 0 where every line is a paragraph of its own."""
    long = [re.sub(r"\s", "", line) for line in lines if "|" not in line]
    long = sorted((line for line in long if len(line) >= 12), key=_size)
    if len(long) < 8:
        return 0
    broken = sum(line[-1] not in _END + "!?:：”）)」》" for line in long)
    width = _size(long[int(len(long) * 0.9)])
    return width if width <= 70 and broken >= 0.4 * len(long) else 0


def _size(text: str) -> int:
    """Width of a line in full-width characters."""
    return (sum(2 if ord(c) > 0x2E80 else 1 for c in text) + 1) // 2


class _Grouping:
    """Lines gathered into blocks."""

    def __init__(self, width: int) -> None:
        self.width, self.found, self.open, self.notes = width, [], [], False

    def close(self) -> None:
        if self.open:
            piece = join(self.open)
            kind = _kind_of(piece)
            kind = "note" if self.notes and kind == "paragraph" else kind
            inner = re.finditer(
                rf"(?<=[。！；：]){_NUMERAL}、(?=[^，。、]{{4,24}})", piece.text if len(piece.text) > 600 else ""
            )
            cuts = [0, *[m.start() for m in inner], len(piece.text)]  # a long run of text at the headings inside it
            self.found += [Block(kind, piece.part(*pair)) for pair in itertools.pairwise(cuts)]
            self.open = []

    def line(self, start: int, line: str) -> None:
        piece, cells = squeeze(line, start), []
        if "|" in line:
            cells = [squeeze(m[0], start + m.start()) for m in re.finditer(r"(?:^|(?<=\|))[^|]*", line.strip(" \t|"))]
            piece = join(cells)
        numeric = any(re.fullmatch(r"-?[\d.,]+%?|[-—/]", c.text) for c in cells[1:])
        titled = cells and (_CAPTION.match(cells[0].text) or _HEADING.match(piece.text))
        tabular = bool(self.found) and self.found[-1].kind == "table" and not self.open
        alone = tabular and re.fullmatch(r"-?[\d.,]+%?", piece.text)  # the last cell of the row above
        if alone or (1 < len(cells) <= 60 and (numeric or not titled)):
            self.close()
            if not tabular:
                self.found.append(Block("table", piece))
            self.found[-1].rows.append(cells or [piece])
        elif not piece.text:
            if not self.width or (self.open and self.open[-1].text[-1] in _END):
                self.close()
        elif (note := piece.text.startswith("注：")) or (_CAPTION.match(piece.text) and len(piece.text) < 60):
            self.close()
            self.found.append(Block("note" if note else "caption", piece))
        else:
            self.prose(piece)

    def prose(self, piece: Piece) -> None:
        notes = bool(_NOTES.match(piece.text))
        if notes or (self.open and not _continues(join(self.open).text, self.open[-1].text, piece.text, self.width)):
            self.close()
        self.notes = notes or (self.notes and bool(self.open or not _HEADING.match(piece.text)))
        self.open.append(piece)


def _kind_of(piece: Piece) -> str:
    """Whether a run of lines is a heading or a paragraph."""
    mark = _HEADING.match(piece.text)
    if len(piece.text) > 40:
        return "paragraph"
    rest = piece.text[mark.end() :] if mark else ""
    if mark and piece.text[-1] not in _END + "，" and not re.search(r"\d+(?:\.\d+)?(?:%|万|亿|[个家项])|\d{5}", rest):
        return "heading"
    figures = re.search(r"\d(?!\d*[年月日号])", piece.text)
    return "paragraph" if figures or _PROSE.search(piece.text) else "heading"


def _continues(paragraph: str, before: str, line: str, width: int) -> bool:
    """Whether a line goes on with the sentence of the lines before it."""
    marked = rf"[●■◆★▲·—]{{1,2}}[^\d]|[（(]{_NUMERAL}[）)]|{_NUMERAL}、"
    if not width or re.match(marked, line) or (before[-1] in _END and re.match(r"\[\d+\]", line)):
        return False
    if before[-1] in _END:
        return _size(before) >= width - 2 or line.startswith("其中")
    if (before[-1].isdigit() and line[0].isdigit()) or before[-1] in "，、；：（" or line[0] in "，、；。）”%":
        return True
    if _HEADING.match(paragraph) and _size(before) < width - 4:
        return False
    return bool(_PROSE.search(paragraph)) or _size(before) >= 0.75 * width


def _place(found: list[Block]) -> None:
    """Name each block's place: section and number of the paragraph or table."""
    section: list[str] = []
    paragraph = table = 0
    for block in found:
        text = block.piece.text
        if block.kind == "heading":
            top = re.match(rf"{_NUMERAL}、|第{_NUMERAL}[章节篇部]", text)
            if not re.search("[局日]$", text):  # who publishes, and when, is no section
                section, paragraph = [text] if top or not section else [section[0], text], 0
            block.place = f"标题 {text[:20]}"
        elif block.kind == "table":
            table += 1
            number = re.match(r"(?:附)?表(\d+)", block.caption)
            block.place = f"表{number[1]}" if number else f"第{table}张表"
        else:
            paragraph += 1
            block.place = " ".join([*(s[:16] for s in section), f"第{paragraph}段"])
