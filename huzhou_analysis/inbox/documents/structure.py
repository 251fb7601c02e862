"""A text as headings, paragraphs, captions, notes and tables, each character with its place in the text. Lines broken in the
middle of a sentence, a word or a number are joined; cells of tables are parted by ``|``, as :mod:`.opening` writes them.
"""

from __future__ import annotations

import itertools
import re
import statistics
import unicodedata
from dataclasses import dataclass, field

from .vocabulary import P

_WIDE = str.maketrans({"(": "（", ")": "）", ":": "：", ";": "；", "∶": "：", "︰": "：", "﹕": "：", "－": "-", "−": "-",
                       "‐": "-", "–": "—", "―": "—", "～": "—", "~": "—", "］": "]", "［": "[", "•": "·"})  # fmt: skip
_END = "。！？；"


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
    lines, start = text.splitlines(keepends=True), 0
    width, found, run, notes = _width(lines), [], [], False
    for line in lines:
        piece, cells = squeeze(line, start), []
        if "|" in line:
            inner, lead = line.strip().strip(" \t|"), len(line) - len(line.lstrip().lstrip(" \t|"))
            cells = [squeeze(m[0], start + lead + m.start()) for m in re.finditer(r"(?:^|(?<=\|))[^|]*", inner)]
            piece = join(cells)
        tabular = bool(found) and found[-1].kind == "table" and not run
        alone = tabular and P.value_cell.fullmatch(piece.text)  # the last cell of the row above
        titled = cells and (P.caption.match(cells[0].text) or P.heading.match(piece.text))
        row = alone or (1 < len(cells) <= 60 and (not titled or any(P.plain_cell.fullmatch(c.text) for c in cells[1:])))
        note = piece.text.startswith("注：")
        caption = not row and (note or (P.caption.match(piece.text) and len(piece.text) < 60))
        opens = bool(P.notes.match(piece.text))
        if run and (row or caption or opens or not _goes_on(run, piece.text, width)):
            found += _paragraphs(join(run), notes)
            run = []
        if row:
            found += [] if tabular else [Block("table", piece)]
            found[-1].rows.append(cells or [piece])
        elif caption:
            found.append(Block("note" if note else "caption", piece))
        elif piece.text:
            notes = opens or (notes and bool(run or not P.heading.match(piece.text)))
            run.append(piece)
        start += len(line)
    return _placed(found + (_paragraphs(join(run), notes) if run else []))


def _paragraphs(piece: Piece, notes: bool) -> list[Block]:
    """A run of lines as a heading, a paragraph or a note; a long one is cut at the headings inside it."""
    mark, text, kind = P.heading.match(piece.text), piece.text, "note" if notes else "paragraph"
    if len(text) <= 40:
        counts = P.counts.search(text[mark.end() :]) if mark else True
        plain = not re.search(r"\d(?!\d*[年月日号])", text) and not P.prose.search(text)
        kind = "heading" if plain or (not counts and text[-1] not in _END + "，") else kind
    inner = P.inner_heading.finditer(text if len(text) > 600 else "")
    cuts = [0, *[m.start() for m in inner], len(text)]
    return [Block(kind, piece.part(*pair)) for pair in itertools.pairwise(cuts)]


def _width(lines: list[str]) -> int:
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


def _goes_on(run: list[Piece], line: str, width: int) -> bool:
    """Whether a line goes on with the sentence of the lines before it; an empty one may part it."""
    before, last = run[-1].text, run[-1].text[-1]
    if not width or P.fresh_line.match(line):
        return False
    if not line:
        return last not in _END
    if last in _END:
        return (_size(before) >= width - 2 or line.startswith("其中")) and not re.match(r"\[\d+\]", line)
    if (last.isdigit() and line[0].isdigit()) or last in "，、；：（" or line[0] in "，、；。）”%":
        return True
    if P.heading.match(run[0].text) and _size(before) < width - 4:
        return False
    return any(P.prose.search(piece.text) for piece in run) or _size(before) >= 0.75 * width


def _placed(found: list[Block]) -> list[Block]:
    """Blocks that hold more than signs, each with its place: section and number of the paragraph or table."""
    for i, block in enumerate(found):
        if block.kind == "table":
            usual = statistics.mode(map(len, block.rows))
            for row in block.rows:
                if len(row) > usual and all(re.fullmatch("[一-鿿]", c.text) for c in row[:2]):
                    row[:2] = [join(row[:2])]  # one word in two cells: 林 | 业
                if len(row) == usual - 1 and (two := re.fullmatch("(.+?（[^）]*）)(.+（[^）]*）)", row[-1].text)):
                    row[-1:] = [row[-1].part(*two.span(n)) for n in (1, 2)]  # two headers in one cell
            block.piece = join([c for row in block.rows for c in row])
            above = [b for b in found[max(0, i - 2) : i] if b.kind in ("caption", "heading")]
            block.caption = "".join(b.piece.text for b in above if b is above[-1] or b.kind == "caption")
    found = [b for b in found if any(c.isalnum() for c in b.piece.text)]
    if found and found[0].kind == "paragraph" and len(found[0].piece.text) <= 45 and "。" not in found[0].piece.text:
        found[0].kind = "heading"
    section: list[str] = []
    paragraph = table = 0
    for block in found:
        text = block.piece.text
        if block.kind == "heading":
            top = P.top_heading.match(text)
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
    return found
