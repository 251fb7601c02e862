"""Numerals of a paragraph: which state a quantity, with their unit and bounds, and why the others state none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from ...facts import numerals
from .vocabulary import either, rules, words

NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
COUNTED = set(words("unit", "counted"))  # measure words of things
SCALE = r"(?:万亿|[千百十]?亿|[千百十]?万|千|百)?"
UNIT = re.compile(
    rf"{either('plain_unit')}|{SCALE}{either('unit')}(?<!人(?=[口均]))(?<!家(?=[庭长]))(?:/{SCALE}{either('per')})?"
    r"|(?:万亿|亿|万|千)(?![一-鿿]*[场科]研)"
)
_NO_FIGURE = rules("no_figure")
_BOUNDS = [(relation, re.compile(rf"{p.pattern}(?:了|到|达到|达|至)?$")) for relation, p in rules("bound_before")]
_BOUNDS_BEHIND = rules("bound_behind")
_RANK = re.compile(either("rank"))
_WORD = re.compile(either("number_word"))


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
    return re.sub(rf"^{SCALE}(?=.)", "", unit)


def find(text: str) -> tuple[list[Numeral], list[tuple[int, int, str, str]]]:
    """Quantities of a paragraph in order, and its other numerals as (start, end, text, reason)."""
    runs = sorted((*m.span(), reason) for reason, p in _NO_FIGURE for m in p.finditer(text))
    owner = {i: reason for start, end, reason in reversed(runs) for i in range(start, end)}
    found, others = [], []
    for m in NUMBER.finditer(text):
        reason = owner.get(m.start(), "") if m.end() - 1 in owner else ""
        if found and m.start() < found[-1].end:  # of its unit: 5.07/10万
            continue
        if reason:
            others.append((m.start(), m.end(), m[0], reason))
        else:
            found.append(_measured(text, m))
    taken = [(n.start, n.end) for n in found] + [m.span() for m in re.finditer(r"“[^”]{1,12}”", text)]
    found += [n for n in _in_words(text) if not any(s < n.end and n.start < e for s, e in taken)]
    found = _ranges(text, sorted(found, key=lambda n: n.start))
    _ratios(text, found)
    return found, others


def _measured(text: str, m: re.Match) -> Numeral:
    unit, between = UNIT.match(text, m.end()), re.compile(rf"({SCALE})[余多](?=[一-鿿])").match(text, m.end())
    words_, end = (unit[0], unit.end()) if unit else ("", m.end())
    rest = UNIT.match(text, between.end()) if between else None  # 470余家, 9亿余元
    if rest:
        words_, end = between[1] + rest[0], rest.end()
    number = Numeral(m.start(), end, m.end(), Decimal(m[0].replace(",", "")), words_, ">" if rest else "=")
    if words_.endswith("成"):
        number.value, number.unit = number.value * 10, "%"
    _bounds(text, number)
    if re.search(r"(?:^|[^\d年月%元])-$", text[max(0, m.start() - 2) : m.start()]):
        number.value = -number.value
    if text[m.start() - 1 : m.start()] == "第" and number.unit in ("", "位", "名", "位次"):
        number.rank, number.unit = True, "位"
    return number


def _bounds(text: str, number: Numeral) -> None:
    number.before = number.start
    for relation, pattern in _BOUNDS:
        if m := pattern.search(text[max(0, number.start - 8) : number.start]):
            number.relation, number.before = relation, number.start - len(m[0])
            break
    for relation, pattern in _BOUNDS_BEHIND:
        if m := pattern.match(text, number.end):
            number.relation = relation if number.relation == "=" else number.relation
            number.end = m.end()
            break


def _in_words(text: str) -> list[Numeral]:
    """Ranks, tenths and amounts in words: 第二位, 超三成, 近千家."""
    out = []
    for m in _RANK.finditer(text):
        digits = next((g for g in ("n", "n2", "n3") if m[g]), "first")
        n, start = "一" if digits == "first" else m[digits], m.start(digits)
        if not n.isdigit() and not re.search(r"\d[^。；]*$", text[max(0, m.start() - 200) : m.start()]):
            continue  # praise, no statistic: it stands beside no number
        start -= not n.isdigit() and text[start - 1] == "第"
        value = Decimal(n if n.isdigit() else numerals.chinese_value(n))
        out.append(Numeral(start, m.end(), m.end(), value, "位", rank=True, word=not n.isdigit(), before=m.start()))
    for m in _WORD.finditer(text):
        digits = re.match("[一二三四五六七八九十百千两]*", m[0])[0] or "一"
        value, unit = Decimal(numerals.chinese_value(digits)), m[0].removeprefix(digits)
        if unit[0] == "成":
            value, unit = value * 10 + 5 * unit.endswith("半"), "%"
        out.append(Numeral(*m.span(), m.end(), value, unit, word=True))
        _bounds(text, out[-1])
    return out


def _ranges(text: str, found: list[Numeral]) -> list[Numeral]:
    """5%—6%, 10亿元至20亿元, 5-6个: one quantity with two ends."""
    out: list[Numeral] = []
    for number in found:
        last = out[-1] if out else None
        if last and text[last.end : number.start] in ("—", "——", "-", "至", "到") and last.unit in ("", number.unit):
            begin = last.before or last.start
            moves = re.search(r"[由从自](?:[^，。]{0,6}年的?)?$", text[max(0, begin - 12) : begin])
            if number.value > last.value and last.high is None and not last.rank and not moves:
                last.high, last.unit, last.end, last.relation = number.value, number.unit, number.end, "range"
                continue
        out.append(number)
    return out


def _ratios(text: str, found: list[Numeral]) -> None:
    """Mark a:b:c; each part knows its place and how many there are."""
    runs: list[list[Numeral]] = []
    for number in found:
        last = runs[-1][-1] if runs else None
        if last and last.unit in ("", "%") and text[last.end : number.start] == "：":
            runs[-1].append(number)
        else:
            runs.append([number])
    for run in runs:
        for place, number in enumerate(run if len(run) > 1 else []):
            number.ratio = (place, len(run))
