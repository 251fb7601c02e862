"""The period of a row: written as one, or chosen as type, year and number."""

from __future__ import annotations

import re

from ..facts import numerals, periods
from ..facts.problems import TwoLanguages
from .cells import Row

_TWO = re.compile(r"(\d\d)年?")
_ORDINALS = {"一": "1", "二": "2", "三": "3", "四": "4"}
_FORMS = {
    "year": "{y}",
    "first_half": "{y}-S1",
    "second_half": "{y}-S2",
    "quarter": "{y}-Q{n}",
    "year_to_date": "{y}年1-{n}月",
    "month": "{y}年{n}月",
    "day": "{y}年{n}日",
    "five_years": "{y}/P5Y",
}
_NUMBERS = {"quarter": "1-4", "year_to_date": "2-12", "month": "1-12", "day": "9-27"}


class Unclear(TwoLanguages):
    """The cells of a row name no period, or two; `column` says where."""

    def __init__(self, column: str, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.column = column


def period(row: Row, text: str, kind: str, year: str, number: str) -> str:
    """Code of the period that a row's cells name, empty where the document states none.

    Parameters
    ----------
    row : Row
    text : str
        The cell of the whole period.
    kind : str
        Code of the period type, empty where none is chosen.
    year, number : str
        The cells beside the type.

    Raises
    ------
    Unclear
        If they name no period, or two different ones.
    """
    written = _written(row, text) if text else ""
    chosen = _chosen(row, kind, year, number)
    if written and chosen and written != chosen:
        zh = f"与“时期类型＋年份”（{chosen}）不一致；请只留一种写法"
        en = f"disagrees with period type and year ({chosen}); keep one of the two"
        raise Unclear("time_period", zh, en)
    if written and kind == "unstated":
        zh = "时期类型选了“未载明”，此格应为空"
        raise Unclear("time_period", zh, "must be empty where the period type is 'unstated'")
    if not (written or chosen) and kind != "unstated":
        raise Unclear(
            "time_period",
            "不能为空：填时期（如 2026年1-9月），或选时期类型并填年份；原文没有写明时，时期类型选“未载明”",
            "must not be empty: write the period (2026-01/P9M), or choose its type and year; where the document states none, "
            "choose the type 未载明 · unstated",
        )
    return written or chosen


def _written(row: Row, text: str) -> str:
    cell = row.cells["time_period"]
    try:
        if cell.kind in ("percent", "boolean"):
            raise ValueError
        code = cell.text if cell.kind in ("date", "month") else periods.read(text)
        if periods.is_period(code):
            return code
    except ValueError:
        pass
    plain = numerals.plain(text)
    if re.fullmatch(r"\d{4}\.1", plain):
        zh = f"{plain} 分不清是1月还是10月（数字格不保留末尾的0）；请写成 {plain[:4]}年10月 或 {plain[:4]}年1月"
        en = f"{plain} may be January or October (a number keeps no zero at its end); write {plain[:4]}-10 or {plain[:4]}-01"
        raise Unclear("time_period", zh, en)
    if found := re.fullmatch(r"(\d{4})-(\d\d?)-(\d\d?)", plain):
        year, first, last = found.groups()
        zh = f"{plain} 分不清是某日还是几个月；请写成 {year}年{first}-{last}月 或 {year}年{first}月{last}日"
        en = f"{plain} may be a day or several months; write {year}年{first}-{last}月 or {year}-{first:0>2}-{last:0>2}"
        raise Unclear("time_period", zh, en)
    forms = f"2026 · 2026年上半年 · 2026年1-9月 · 2026年三季度 · {periods.FORMS}"
    two = _TWO.fullmatch(plain)
    zh, en = (f"；是否为 20{two[1]}？", f"; is it 20{two[1]}?") if two else ("", "")
    raise Unclear("time_period", f"不是有效时期{zh}；写法：{forms}", f"no such period{en}; forms: {forms}")


def _chosen(row: Row, kind: str, year: str, number: str) -> str:
    """Code from type, year and number; empty if there are none."""
    year = numerals.plain(year).removesuffix("年").strip()
    if not re.fullmatch(r"(19|20)\d\d", year) and (year or kind not in ("", "unstated")):
        zh, en = (f"；是否为 20{year}？", f"; is it 20{year}?") if re.fullmatch(r"\d\d", year) else ("", "")
        raise Unclear("year", f"应为四位年份，如 2026{zh}", f"must be a year of four digits such as 2026{en}")
    if kind in ("", "unstated"):
        if (year or number) and not row.cells.get("time_period"):
            zh = "填了年份，请再选时期类型（全年、上半年、1-N月累计 …）"
            raise Unclear("period_type", zh, "choose the kind of period as well")
        return ""
    allowed, number = _NUMBERS.get(kind, ""), numerals.plain(number)
    number = _ORDINALS.get(number, number)
    if kind == "day":
        number = re.sub(r"^(\d\d?)[-月/](\d\d?)日?$", r"\1月\2", number)
    try:
        if not re.fullmatch({"": "", "9-27": ".+"}.get(allowed, r"\d\d?"), number):
            raise ValueError
        return periods.read(_FORMS[kind].format(y=year, n=number))
    except ValueError:
        zh, en = (f"应为 {allowed}", f"must be {allowed}") if allowed else ("这种时期不填“第几”", "must be empty here")
        raise Unclear("period_number", zh, en) from None
