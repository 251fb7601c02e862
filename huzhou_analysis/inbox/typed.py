"""Numbers and periods as a person types them, read only where that is sure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ..facts import numerals, periods
from ..facts.problems import TwoLanguages
from .cells import Row, tidy
from .layout import PERIOD_TYPES

_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d{1,2})?"
_BEFORE = {
    ">=": "≥|>=|不少于|不低于|至少|atleast",
    ">": ">|突破|超过|超|逾|高于|大于|over|topped|exceeded|exceeding|morethan",
    "<=": "≤|<=|不高于|不超过|不多于|至多",
    "<": "<|低于|少于|小于",
    "~": "≈|~|大约|大概|接近|约|近|about|nearly|around|approximately",
}
_AFTER = {">=": "以上", "<=": "以内|以下", "~": "左右|上下", ">": "余|多"}
_BOUNDS, _BEHIND = ([(w, sign) for sign, words in said.items() for w in words.split("|")] for said in (_BEFORE, _AFTER))
_TYPED = re.compile(
    rf"(?P<low>{_NUMBER})(?:(?P<inner>[^\d,.+-]*?)(?:-|至|到|~)(?P<high>{_NUMBER}))?(?P<unit>[^\d,.+-]\D*)?"
)
_TURNED = {">=": "<=", ">": "<", "<=": ">=", "<": ">"}


@dataclass(frozen=True)
class Quantity:
    """A quantity as a person typed it: digits, upper end, relation and the unit behind it, each where it was typed."""

    low: Decimal
    high: Decimal | None = None
    relation: str = ""
    unit: str = ""


def quantity(text: str) -> Quantity | None:
    """Read 1,234.5, ３４.６, 负5, 5.8亿美元, 超过5, 5—7, 50以上, 二十八; None if it is no number that can be told for sure.

    A footnote mark is passed over; (5), ▲5 and 2½ are not guessed at, nor are numbers with a space between them.
    """
    text = re.sub("[−–—]", "-", numerals.plain(tidy(text)).replace("～", "~"))
    if re.search(r"\d\s+[\d.,]|[.,]\s+\d", text) and not re.fullmatch(r"[+-]?\d{1,3}(?: \d{3})+(?:\.\d+)?\D*", text):
        return None
    text = re.sub(r"^负(?=\d)", "-", re.sub(r"\s+", "", text))
    if text and set(text) <= set("零〇一二三四五六七八九十百千两万亿"):
        return Quantity(Decimal(numerals.chinese_value(text)))
    word, relation = next(((w, sign) for w, sign in _BOUNDS if text.startswith(w)), ("", ""))
    found = _TYPED.fullmatch(text.removeprefix(word))
    if not found:
        return None
    unit = found["unit"] or ""
    for word, sign in _BEHIND:
        if unit.startswith(word) or unit.endswith(word):
            relation, unit = relation or sign, unit.removeprefix(word).removesuffix(word)
    if found["inner"] and found["inner"] != unit:
        return None
    low, high = (Decimal(t.replace(",", "")) if t else None for t in (found["low"], found["high"]))
    return Quantity(low, high, "range" if high is not None else relation, unit)


def bound_around(number: Decimal, printed: str, unit: str) -> str:
    """Relation that the words right before a number or right behind its unit say: 超2亿美元 is ``>``, 200个以上 ``>=``.

    Of a negative number the words bound its size: a fall of 4%以上 is ``<=`` -4.
    """
    text = numerals.separated(printed)
    for found in numerals.quantities(text):
        if abs(number) in found.values:
            before = re.sub(r"[节签合集契条]约$|最近$", "", text[: found.start].casefold())
            after = text[found.end :].removeprefix(numerals.separated(unit))
            said = [(len(w), sign) for w, sign in _BOUNDS if before.endswith(w)]
            said += [(len(w), sign) for w, sign in _BEHIND if after.startswith(w)]
            said += [(1, ">") for w in ("余", "多") if text[found.end :].startswith(w)]
            if said:
                relation = max(said)[1]  # the longest word: 不超过 is no 超过
                return _TURNED.get(relation, relation) if number < 0 else relation
    return ""


def unit_after(value: Decimal, printed: str, units: Iterable[str]) -> set[str]:
    """Units of the table that stand right behind a number as printed; the longest at each place, else a magnitude."""
    text = numerals.separated(printed)
    keys = {numerals.separated(u): u for u in units}
    found = set()
    for numeral in numerals.arabic(text):
        if numeral.values[0] == abs(value):
            rest = re.sub(r"^[\s)）]*(?:多|余)?", "", text[numeral.end :])
            if fits := [k for k in keys if rest.startswith(k)]:
                found.add(keys[max(fits, key=len)])
            elif scale := re.match(r"万亿|[百千万亿]|(?:thousand|[mbtr]+illion)", rest, re.I):
                found.add(scale[0])  # a magnitude of no unit on file: 万亿元
    return found


# --- periods ---------------------------------------------------------------------------------------------------------

_ORDINALS = {"一": "1", "二": "2", "三": "3", "四": "4"}


class Unclear(TwoLanguages):
    """The cells of a row name no period, or two; `column` says where."""

    def __init__(self, column: str, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.column = column


def period(row: Row, text: str, kind: str, year: str, number: str) -> str:
    """Code of the period that a row names, written whole or as type, year and number; empty where none is stated.

    :class:`Unclear` if the cells name no period, or two different ones.
    """
    written = _written(row.cells["time_period"].kind, text) if text else ""
    chosen = _chosen(kind, year, number)
    if (year or number) and not (kind or written):
        zh = "填了年份，请再选时期类型（全年、上半年、1-N月累计 …）"
        raise Unclear("period_type", zh, "choose the kind of period as well")
    if written and (kind == "unstated" or written != (chosen or written)):
        zh = f"与时期类型、年份（{chosen or '未载明'}）不一致；请只留一种写法"
        raise Unclear("time_period", zh, f"disagrees with type and year ({chosen or kind}); keep one")
    if not (written or chosen or kind):
        zh = "不能为空：填时期（如 2026年1-9月），或选时期类型并填年份；原文没有写明时，时期类型选“未载明”"
        en = "must not be empty: write the period, or choose its type and year; where none is stated, the type 未载明 · unstated"
        raise Unclear("time_period", zh, en)
    return written or chosen


def _written(kind: str, text: str) -> str:
    try:
        code = text if kind in ("date", "month") else periods.read(text)
        if kind not in ("percent", "boolean") and periods.is_period(code):
            return code
    except ValueError:
        pass
    plain, either = numerals.plain(text), ()
    if re.fullmatch(r"\d{4}\.1", plain):  # a number cell keeps no zero at its end
        either = f"{plain[:4]}年10月", f"{plain[:4]}年1月"
    elif found := re.fullmatch(r"(\d{4})-(\d\d?)-(\d\d?)", plain):
        year, first, last = found.groups()
        either = f"{year}年{first}-{last}月", f"{year}年{first}月{last}日"
    elif found := re.fullmatch(r"(\d\d)年?", plain):
        either = f"19{found[1]}年", f"20{found[1]}年"
    if either:
        zh = f"{plain} 分不清是 {either[0]} 还是 {either[1]}；请写明"
        raise Unclear("time_period", zh, f"{plain} may be {either[0]} or {either[1]}; write which")
    forms = f"2026 · 2026年上半年 · 2026年1-9月 · 2026年三季度 · {periods.FORMS}"
    raise Unclear("time_period", f"不是有效时期；写法：{forms}", f"no such period; forms: {forms}")


def _chosen(kind: str, year: str, number: str) -> str:
    """Code from type, year and number; empty if there are none."""
    if kind in ("", "unstated"):
        return ""
    year, number = numerals.plain(year).removesuffix("年").strip(), numerals.plain(number)
    if not re.fullmatch(r"(19|20)\d\d", year):
        raise Unclear("year", "应为四位年份，如 2026", "must be a year of four digits such as 2026")
    form, allowed = PERIOD_TYPES[kind][2:]
    if kind == "day":
        number = re.sub(r"^(\d\d?)[-月/](\d\d?)日?$", r"\1月\2", number)
    try:
        if not re.fullmatch({"": "", "9-27": ".+"}.get(allowed, r"[一二三四]|\d\d?"), number):
            raise ValueError
        return periods.read(form.format(y=year, n=_ORDINALS.get(number, number)))
    except ValueError:
        zh, en = (f"应为 {allowed}", f"must be {allowed}") if allowed else ("这种时期不填“第几”", "must be empty here")
        raise Unclear("period_number", zh, en) from None
