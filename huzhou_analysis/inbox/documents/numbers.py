"""Numerals of a paragraph: which state a quantity, with their unit and bounds, and why the others state none."""

import re
from dataclasses import dataclass
from decimal import Decimal

from ...facts import numerals
from .vocabulary import P, rules, words

COUNTED = set(words("unit", "counted"))  # measure words of things
_BOUNDS = [(relation, re.compile(rf"{p.pattern}(?:了|到|达到|达|至)?$")) for relation, p in rules("bound_before")]
_BOUNDS_BEHIND, _NO_FIGURE = rules("bound_behind"), rules("no_figure")


@dataclass
class Numeral:
    """A quantity in a paragraph: where its digits start and its unit ends, what it says, and words around it."""

    start: int
    end: int
    digits_end: int
    value: Decimal
    unit: str = ""
    relation: str = "="
    high: Decimal | None = None
    rank: bool = False
    word: bool = False
    ratio: tuple[int, int] | None = None  # its place among how many: a:b:c
    consumed: int = 0  # where the noun behind it ends
    before: int = 0  # where the words that bound it start


def kind_of_unit(unit: str) -> str:
    """What a unit measures, without its power of ten: 万亿元 and 亿元 are both 元."""
    return re.sub(rf"^{P.scale.pattern}(?=.)", "", unit)


def find(text: str) -> tuple[list[Numeral], list[tuple[int, int, str, str]]]:
    """Quantities of a paragraph in order, and its other numerals as (start, end, text, reason)."""
    runs = sorted((*m.span(), reason) for reason, p in _NO_FIGURE for m in p.finditer(text))
    owner = {i: reason for start, end, reason in reversed(runs) for i in range(start, end)}
    found, others = [], []
    for m in P.number.finditer(text):
        if found and m.start() < found[-1].end:  # of its unit: 5.07/10万
            continue
        if m.start() in owner and m.end() - 1 in owner:
            others.append((*m.span(), m[0], owner[m.start()]))
        else:
            found.append(_measured(text, m))
    taken = [(n.start, n.end) for n in found] + [m.span() for m in re.finditer(r"“[^”]{1,12}”", text)]
    found += [n for n in _in_words(text) if not any(s < n.end and n.start < e for s, e in taken)]
    return _joined(text, sorted(found, key=lambda n: n.start)), others


def _measured(text: str, m: re.Match) -> Numeral:
    unit, between = P.said_unit.match(text, m.end()), P.odd_hundreds.match(text, m.end())
    said, end = (unit[0], unit.end()) if unit else ("", m.end())
    rest = P.said_unit.match(text, between.end()) if between else None  # 470余家, 9亿余元
    if rest:
        said, end = between[1] + rest[0], rest.end()
    number = Numeral(m.start(), end, m.end(), Decimal(m[0].replace(",", "")), said, ">" if rest else "=")
    _bounds(text, number)
    if re.search(r"(?:^|[^\d年月%元])-$", text[max(0, m.start() - 2) : m.start()]):
        number.value = -number.value
    if text[m.start() - 1 : m.start()] == "第" and number.unit in ("", "位", "名", "位次"):
        number.rank, number.unit = True, "位"
    return number


def _bounds(text: str, number: Numeral) -> None:
    """What the words around a number say of its bounds; tenths become percent."""
    before, number.before = text[max(0, number.start - 8) : number.start], number.start
    if found := next(((r, m) for r, p in _BOUNDS if (m := p.search(before))), None):
        number.relation, number.before = found[0], number.start - len(found[1][0])
    if found := next(((r, m) for r, p in _BOUNDS_BEHIND if (m := p.match(text, number.end))), None):
        number.relation = found[0] if number.relation == "=" else number.relation
        number.end = found[1].end()
    if number.unit.startswith("成"):
        number.value, number.unit = number.value * 10 + 5 * number.unit.endswith("半"), "%"


def _in_words(text: str) -> list[Numeral]:
    """Ranks, tenths and amounts in words: 第二位, 超三成, 近千家."""
    out = []
    for m in P.rank.finditer(text):
        n, start = "一" if m.lastgroup == "first" else m[m.lastgroup], m.start(m.lastgroup)
        if not n.isdigit() and not re.search(r"\d[^。；]*$", text[max(0, m.start() - 200) : m.start()]):
            continue  # praise, no statistic: it stands beside no number
        start -= not n.isdigit() and text[start - 1] == "第"
        value = Decimal(n if n.isdigit() else numerals.chinese_value(n))
        out.append(Numeral(start, m.end(), m.end(), value, "位", rank=True, word=not n.isdigit(), before=m.start()))
    for m in P.number_word.finditer(text):
        digits = re.match("[一二三四五六七八九十百千两]*", m[0])[0] or "一"
        value = Decimal(numerals.chinese_value(digits))
        out.append(Numeral(*m.span(), m.end(), value, m[0].removeprefix(digits), word=True))
        _bounds(text, out[-1])
    return out


def _joined(text: str, found: list[Numeral]) -> list[Numeral]:
    """Numbers that belong together: a range (5%—6%, 10亿元至20亿元) becomes one, the parts of a:b:c know their places."""
    runs: list[list[Numeral]] = []
    for number in found:
        last = runs[-1][-1] if runs else None
        between = text[last.end : number.start] if last else ""
        if between in ("—", "——", "-", "至", "到") and last.unit in ("", number.unit):
            moves = re.search(r"[由从自](?:[^，。]{0,6}年的?)?$", text[max(0, last.before - 12) : last.before])
            if number.value > last.value and last.high is None and not last.rank and not moves:
                last.high, last.unit, last.relation = number.value, number.unit, "range"
                last.end, last.digits_end = number.end, number.digits_end
                continue
        if between == "：" and last.unit in ("", "%"):
            runs[-1].append(number)
        else:
            runs.append([number])
    for run in (r for r in runs if len(r) > 1):
        for place, number in enumerate(run):
            number.ratio = (place, len(run))
    return [number for run in runs for number in run]
