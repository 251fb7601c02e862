"""How much room words take: in ems, from the fonts of the house, which are wide ones.

Pictures are drawn with these fonts. Office programs lay text out themselves, with fonts that are not here; what fits by
these measures fits there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from .canvas import fonts

SEAM = 0.2  # some programs set a little space where Chinese meets Latin letters
_NO_LINE_START = set("，。、；：？！）》」』】〕”’%‰)]},.;:?!…")
_NO_LINE_END = set("（《「『【〔“‘([{")


@cache
def _advance(character: str) -> float:
    latin, chinese = fonts()
    font = latin if latin.get_char_index(ord(character)) and character < "\u2e80" else chinese
    if not font.get_char_index(ord(character)):
        return 1.0
    font.set_size(100, 72)
    return font.load_char(ord(character)).linearHoriAdvance / 65536 / 100


@cache
def width_of(words: str, seam: float = SEAM) -> float:
    """Width of a text in ems: times its size it is the width in points."""
    seams = len(re.findall(r"[\u2e80-\u9fff](?=[A-Za-z0-9])|[A-Za-z0-9%](?=[\u2e80-\u9fff])", words))
    return sum(map(_advance, words)) + seam * seams


def _pieces(words: str) -> list[str]:
    """Parts of a text between which a line may end: words, single Chinese characters, each with its marks."""
    pieces: list[str] = []
    for token in re.findall(r"[A-Za-z0-9À-ɏ.,%+\-–—−’'/()\[\]:;&≥≤<>=≈$_]+|\s+|.", words, re.DOTALL):
        last = pieces[-1][-1] if pieces else ""
        glued = last and not last.isspace() and (token[0] in _NO_LINE_START or last in _NO_LINE_END)
        if glued or (last and token.isspace()):
            pieces[-1] += token
        else:
            pieces.append(token)
    return pieces


def lines_of(words: str, width: float, seam: float = SEAM) -> list[str]:
    """A text in lines of so many ems: words and numbers stay whole, no line begins with a closing mark."""
    if width_of(words, seam) <= width:
        return [words] if words else []
    lines, line, used = [], "", 0.0
    for piece in _pieces(words):
        own = width_of(piece.rstrip(), seam)
        joint = seam if line and (line[-1] >= "\u2e80") != (piece[0] >= "\u2e80") else 0.0
        if line and used + joint + own > width:
            lines.append(line.rstrip())
            line, used, joint = "", 0.0, 0.0
        while own > width and len(piece) > 1:  # longer than a line: broken inside
            cut = max(1, int(len(piece) * width / own))
            lines.append(piece[:cut])
            piece = piece[cut:]
            own = width_of(piece.rstrip(), seam)
        line += piece
        used += joint + width_of(piece, seam)
    return [*lines, line.rstrip()] if line.strip() else lines


def height_of(lines: int, points: float, words: str) -> float:
    """Height of so many lines in inches: Chinese fonts have taller lines."""
    return lines * points * (1.45 if any(c >= "\u2e80" for c in words) else 1.22) / 72


def shortened(words: str, most: int) -> str:
    """At most so many characters of a text and an ellipsis; no number is cut into another."""
    return words if len(words) <= most else re.sub(r"[\w.,%‰−-]*$", "", words[:most], flags=re.ASCII).rstrip() + "…"


def fitted(words: str, width: float, height: float, largest: float, smallest: float) -> tuple[float, str, float]:
    """Size in points at which a text fits a box of inches, the text (cut short where nothing helps), its height."""
    points, lines = largest, lines_of(words, width * 72 / largest)
    while height_of(len(lines), points, words) > height and points > smallest:
        points -= 1
        lines = lines_of(words, width * 72 / points)
    most = max(1, int(height / height_of(1, points, words) + 1e-6))
    if len(lines) > most:
        words = shortened(words, len((" " if " " in words else "").join(lines[:most])) - 2)
    return points, words, height_of(min(len(lines), most), points, words)


def column_widths(rows: Sequence[Sequence[str]], width: float, points: float) -> list[float]:
    """Widths in inches of a table's columns, given its rows (the head first), the room and the size of the text.

    No column is narrower than its longest word, the rest is shared by what they hold; less is taken where less is needed.
    """
    natural, least = [], []
    for cells in zip(*rows[:60], strict=True):
        sizes = [points * 1.12, *[points] * (len(cells) - 1)]  # the head is bold
        wide = [width_of(c[:200]) * size / 72 for c, size in zip(cells, sizes, strict=True)]
        words = {(w, size) for c, size in zip(cells, sizes, strict=True) for w in re.findall(r"[!-~]{1,24}|.", c[:120])}
        natural.append(max(*wide, 0.3) + 0.26)
        least.append(min(max((width_of(w) * size / 72 for w, size in words), default=0.3) + 0.28, 2.0))
    if sum(natural) <= width:
        return natural
    if sum(least) >= width:
        return [k * width / sum(least) for k in least]
    wish = [max(n - k, 0.01) ** 0.6 for n, k in zip(natural, least, strict=True)]
    return [k + (width - sum(least)) * w / sum(wish) for k, w in zip(least, wish, strict=True)]
