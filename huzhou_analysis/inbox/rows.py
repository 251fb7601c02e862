"""Cells of an entry sheet turned into rows of the tables; what is left empty is worked out where that is safe.

A number counts as entered only if the characters as printed hold it: they decide its digits (34.60), and whether 0.346
was meant as 34.6. What is worked out is listed with the row, so that it can be shown before anything is written.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

import pandas as pd

from ..facts import numerals, periods
from ..facts.data import home_area
from ..facts.problems import Problem, nearest
from ..facts.schema import RELATIONS, TABLES, Field
from .cells import Row, tidy
from .layout import Choices, canonical, choices, code_choices, fields, is_required, sheet_name

_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d{1,2})?"
_BEFORE = {
    ">=": "≥|>=|不少于|不低于|至少|atleast",
    ">": ">|突破|超过|超|逾|高于|大于|over|topped|exceeded|exceeding|morethan",
    "<=": "≤|<=|不高于|不超过|不多于|至多",
    "<": "<|低于|少于|小于",
    "~": "≈|~|大约|大概|接近|约|近|about|nearly|around|approximately",
}
_AFTER = {">=": "以上", "<=": "以内|以下", "~": "左右|上下", ">": "余|多"}
_SIGN = re.compile(
    rf"(?P<sign>{'|'.join(w for words in _BEFORE.values() for w in words.split('|'))})?(?P<rest>.*)", re.S
)
_ENTERED = re.compile(
    rf"(?P<low>{_NUMBER})(?:(?P<inner>[^\d,.+-]*?)(?:-|至|到|~)(?P<high>{_NUMBER}))?(?P<rest>[^\d,.+-]\D*)?", re.S
)
_FALL = re.compile(
    r"下降|减少|降低|回落|负增长|削减|压缩|缩减|下滑|萎缩|跌|降|down|fell|fall|decreas|declin|drop|contract|lower|-|−|–",
    re.I,
)
_RISE = re.compile(r"(?:增长|增加|上升|提高|增幅|increase|growth of|grew|rose|up)[^\d-]{0,6}$", re.I)
_FALL_JUST_BEFORE = re.compile(
    r"(?:下降|减少|降低|负增长|下滑|萎缩|-|−|down|fell|fell by|decreased|declined|dropped)[了为至到达约近超过by ]{0,4}$",
    re.I,
)


@dataclass(frozen=True)
class Entered:
    """A quantity as a person typed it: digits, upper end, relation and the unit behind it, each where it was typed."""

    low: Decimal
    high: Decimal | None = None
    relation: str = ""
    unit: str = ""


def quantity(text: str) -> Entered | None:
    """Read 1,234.5, ３４.６, 5.8亿美元, 超过5, 5—7, 50以上, 二十八; None if it is no number that can be told for sure."""
    text = (
        unicodedata.normalize("NFKC", tidy(text))
        .replace("−", "-")
        .replace("–", "-")
        .replace("—", "-")
        .replace("～", "~")
    )
    if re.search(r"\d\s+[\d.,]|[.,]\s+\d", text) and not re.fullmatch(r"[+-]?\d{1,3}(?: \d{3})+(?:\.\d+)?\D*", text):
        return None
    text = re.sub(r"\s+", "", text)
    signed = _SIGN.fullmatch(text)
    relation = (
        next((r for r, words in _BEFORE.items() if signed["sign"] in words.split("|")), "") if signed["sign"] else ""
    )
    found = _ENTERED.fullmatch(signed["rest"])
    if not found:
        if set(text) <= set("零〇一二三四五六七八九十百千两万亿"):
            return Entered(Decimal(numerals.chinese_value(text)))
        return None
    unit = found["rest"] or ""
    for sign, words in _AFTER.items():
        for word in words.split("|"):
            if (unit.endswith(word) or unit.startswith(word)) and unit:
                relation, unit = relation or sign, unit.removeprefix(word).removesuffix(word)
    if found["inner"] and found["inner"] != unit:
        return None
    low, high = (Decimal(t.replace(",", "")) if t else None for t in (found["low"], found["high"]))
    return Entered(low, high, "range" if high is not None else relation, unit)


def bound_around(number: Decimal, printed: str, unit: str) -> str:
    """Relation that the words right before a number or right behind its unit say: 超2亿美元 is ``>``, 200个以上 ``>=``.

    Of a negative number the words bound its size: a fall of 4%以上 is ``<=`` -4.
    """
    text = numerals.normalise(printed)
    turned = {">=": "<=", ">": "<", "<=": ">=", "<": ">"}
    for found in numerals.quantities(text):
        if abs(number) not in found.values:
            continue
        before = re.sub(r"[节签合集契条]约$|最近$", "", text[: found.start].casefold())
        after = text[found.end :].removeprefix(numerals.normalise(unit))
        said = [(len(w), r) for r, words in _BEFORE.items() for w in words.split("|") if before.endswith(w)]
        said += [(len(w), r) for r, words in _AFTER.items() for w in words.split("|") if after.startswith(w)]
        said += [(1, ">") for w in ("余", "多") if text[found.end :].startswith(w)]
        if said:
            relation = max(said)[1]  # the longest word: 不超过 is no 超过
            return turned.get(relation, relation) if number < 0 else relation
    return ""


def digits(value: Decimal, printed: str) -> str:
    """A number in the digits it is printed with: 34.6 is 34.60 where that is what the document has."""
    for found in numerals.arabic(numerals.normalise(printed)):
        if found.values[0] == abs(value):
            return ("-" if value < 0 else "") + found.text.replace(",", "")
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def unit_after(value: Decimal, printed: str, units: Iterable[str]) -> set[str]:
    """Units of the table that stand right behind a number as printed; the longest at each place, else a magnitude."""
    text = numerals.normalise(printed)
    keys = {numerals.normalise(u): u for u in units}
    found = set()
    for numeral in numerals.arabic(text):
        if numeral.values[0] == abs(value):
            rest = re.sub(r"^(?:多|余)", "", text[numeral.end :])
            fits = [k for k in keys if rest.startswith(k)]
            if fits:
                found.add(keys[max(fits, key=len)])
            elif scale := re.match(r"万亿|[百千万亿]|(?:thousand|[mbtr]+illion)", rest, re.I):
                found.add(scale[0])  # a magnitude of no unit on file: 万亿元
    return found


@dataclass
class Draft:
    """A row of a table that is to be added, the cells it came from, and what was worked out for it."""

    row: Row
    table: str
    values: dict[str, str]
    derived: list[tuple[str, str]] = field(default_factory=list)
    locator_en: str = ""


class Drafting:
    """Turns rows into drafts against the tables on file; problems and notes are collected."""

    def __init__(self, frames: dict[str, pd.DataFrame], today: dt.date) -> None:
        self.frames, self.today = {n: f.astype(str) for n, f in frames.items()}, today
        self.problems: list[Problem] = []
        self.notes: list[tuple[str, str]] = []
        self._choices: dict[tuple[str, str], Choices | None] = {}

    def drafts(self, rows: list[Row]) -> list[Draft]:
        """Drafts of all rows: indicators, areas, units and sources first, so that figures may refer to them."""
        made: list[Draft] = []
        for table in ("units", "ref_areas", "indicators", "sources", "figures"):
            these = []
            for row in rows:
                if row.table != table:
                    continue
                before = len(self.problems)
                example = "mark" in row.cells
                draft = self.figure(row) if table == "figures" else self.entry(row, table)
                if example:
                    self._example(row, draft if len(self.problems) == before else None, before)
                elif len(self.problems) == before and draft is not None:
                    these.append(draft)
            made += these
            if table != "figures" and these:
                fresh = pd.DataFrame([d.values for d in these])
                key = TABLES[table].key[0]
                fresh = fresh[~fresh[key].isin(self.frames[table][key])].drop_duplicates(key)
                self.frames[table] = pd.concat([self.frames[table], fresh], ignore_index=True)
                self._choices.clear()
        return made

    def _example(self, row: Row, draft: Draft | None, before: int) -> None:
        """A marked row is passed over if it is the example still, that is, a row on file; else it may be meant."""
        table = TABLES[row.table]
        on_file = False
        if draft:
            frame = self.frames[row.table]
            compared = [c for c in table.columns if c not in ("figure_id", "comment") and draft.values.get(c)]
            on_file = bool((frame[compared] == [draft.values[c] for c in compared]).all(axis=1).any())
        del self.problems[before:]
        if on_file:
            note = (f"{row.file}：示例行未添加", f"{row.file}: the example rows are not added")
            if note not in self.notes:
                self.notes.append(note)
        else:
            self.problems.append(
                row.problem(
                    "mark",
                    "这一行标为示例，但内容已改动：要添加，请清空这一格；不要，请删除整行",
                    "the row is marked as an example but was changed: clear this cell to add it, or delete the row",
                )
            )

    # --- cells -----------------------------------------------------------------------------------------------------

    def say(self, row: Row, column: str, zh: str, en: str, value: str | None = None) -> str:
        self.problems.append(row.problem(column, zh, en, value))
        return ""

    def text(self, row: Row, column: str) -> str | None:
        """Text of a cell; None if the cell holds what no text is (and a problem has been told)."""
        cell = row.cells.get(column)
        if cell is None:
            return ""
        messages = {
            "error": ("是出错的公式（如 #N/A）；请填原文的内容", "a formula that failed; enter what is printed"),
            "formula": (
                "公式没有计算结果；请复制后“选择性粘贴—数值”",
                "a formula without a result; copy it and paste as values",
            ),
            "link": (
                "公式引用了别的工作簿；请粘贴为数值",
                "a formula that refers to another workbook; paste it as a value",
            ),
            "merged": (
                "是合并单元格，无法判断属于哪一格；请取消合并并逐格填写",
                "a merged cell: unclear which cell it is for; unmerge it and fill in each",
            ),
            "time": (
                "被 Excel 变成了时刻；请把单元格设为文本后重填",
                "Excel has turned this into a time of day; format the cell as text and enter it again",
            ),
            "day": (
                "被 Excel 变成了日期（如 5-7 变成 5月7日）；请把单元格设为文本后重填",
                "Excel has turned this into a date (5-7 became 7 May); format the cell as text and enter it again",
            ),
        }
        if cell.kind in messages:
            self.say(row, column, *messages[cell.kind])
            return None
        return cell.text

    def chosen(self, row: Row, column: str, definition: Field) -> str | None:
        """Code that a cell with a list stands for; "" if empty, None after a problem."""
        text = self.text(row, column)
        if not text:
            return text
        key = (row.table, column)
        if key not in self._choices:
            self._choices[key] = choices(self.frames, definition)
        allowed = self._choices[key]
        found = allowed.find(text)
        if len(found) == 1:
            return found[0]
        if found:
            options = [allowed.labels[c] for c in found]
            self.say(
                row,
                column,
                "可指多项：" + "、".join(options) + "；请选其一",
                "may mean several: " + ", ".join(options) + "; choose one",
            )
            return None
        near = allowed.near(text)
        if definition.codes:
            zh, en = "允许的值：" + "、".join(allowed.labels.values()), "allowed: " + ", ".join(allowed.labels.values())
        else:
            table = definition.refers.split(".")[0]
            zh = f"{table}.csv 中没有；要新增，请先填工作表“{sheet_name(table)}”"
            en = f"not in {table}.csv; to add it, fill in the sheet '{sheet_name(table)}' as well"
        if near:
            zh, en = f"{zh}；是否为：{'、'.join(near)}？", f"{en}; did you mean: {', '.join(near)}?"
        self.say(row, column, zh, en)
        return None

    def date(self, row: Row, column: str) -> str | None:
        """ISO date of a cell (a year, month or day), not in the future."""
        cell, text = row.cells.get(column), self.text(row, column)
        if not text:
            return text
        try:
            code = cell.text if cell.kind in ("date", "month") else periods.read(text)
            period = periods.parse(code)
            if period.kind not in ("year", "month", "day") or not period.start.year >= 1900:
                raise ValueError
        except ValueError:
            self.say(
                row,
                column,
                "应为日期，如 2026、2026-07 或 2026-07-20（年份四位）",
                "must be a date such as 2026, 2026-07 or 2026-07-20 (year in four digits)",
            )
            return None
        if period.start > self.today:
            self.say(
                row, column, f"日期在今天（{self.today}）之后；请核对", f"lies after today ({self.today}); check it"
            )
            return None
        return code

    # --- tables other than figures -----------------------------------------------------------------------------------

    def entry(self, row: Row, table: str) -> Draft | None:
        """A new indicator, area, unit or source."""
        values: dict[str, str] = {}
        ok = True
        for definition in TABLES[table].fields:
            column = definition.name
            cell = row.cells.get(column)
            if definition.codes and cell and cell.kind == "boolean" and cell.text.lower() in definition.codes:
                value: str | None = cell.text.lower()
            elif definition.refers and table == "ref_areas" and cell:
                value = self.text(row, column)
                value = value and (self.chosen(row, column, definition) if not self._in_file(value) else value)
            elif definition.codes or definition.refers:
                value = self.chosen(row, column, definition)
            elif definition.kind == "date":
                value = self.date(row, column)
            else:
                value = self.text(row, column)
                if value and (definition.pattern or definition.kind == "integer"):
                    value = unicodedata.normalize("NFKC", value).replace("−", "-")
                if value and definition.kind == "integer" and not re.fullmatch(r"-?\d+", value, re.ASCII):
                    self.say(row, column, "应为整数", "must be a whole number")
                    value = None
                if value and definition.pattern and not re.fullmatch(definition.pattern, value):
                    self.say(
                        row,
                        column,
                        f"写法应符合 {definition.pattern}（{definition.zh}）",
                        f"must have the form {definition.pattern} ({definition.en})",
                    )
                    value = None
            if value == "" and definition.required:
                self.say(row, column, f"不能为空：{definition.zh}", f"must not be empty: {definition.en}")
            ok = ok and value is not None and (value != "" or not definition.required)
            values[column] = value or ""
        return Draft(row, table, values) if ok else None

    def _in_file(self, code: str) -> bool:
        return code in set(self.frames["ref_areas"].ref_area)

    # --- figures -----------------------------------------------------------------------------------------------------

    def figure(self, row: Row) -> Draft | None:
        """One printed number."""
        before = len(self.problems)
        definitions = {f.name: f for f in fields("figures", all_columns=True)}
        values = dict.fromkeys(TABLES["figures"].columns, "")
        derived: list[tuple[str, str]] = []
        for name, definition in definitions.items():
            if name in (
                "mark",
                "unit",
                "obs_value",
                "value_high",
                "time_period",
                "period_type",
                "year",
                "period_number",
                "vintage",
            ):
                continue
            value = (
                self.chosen(row, name, definition) if definition.codes or definition.refers else self.text(row, name)
            )
            if name in values:
                values[name] = value or ""
        values["vintage"] = self.date(row, "vintage") or ""
        values["time_period"] = self._period(row, definitions["period_type"])
        unit_text = self.text(row, "unit")
        self._quantity(row, values, unit_text, definitions, derived)
        for name, definition in definitions.items():
            cell = row.cells.get(name)
            if is_required("figures", definition) and cell is None and name not in ("obs_value", "unit"):
                self.say(row, name, f"不能为空：{definition.zh}", f"must not be empty: {definition.en}")
        if len(self.problems) > before:
            return None
        self._defaults(row, values, derived)
        self._consistent(row, values)
        if len(self.problems) > before:
            return None
        return Draft(row, "figures", values, derived, self.text(row, "locator_en") or "")

    def _period(self, row: Row, kinds: Field) -> str:
        """Code of the period, written as one or chosen as type, year and number; both must agree."""
        cell, text = row.cells.get("time_period"), self.text(row, "time_period")
        if text is None:
            return ""
        direct = ""
        if text:
            try:
                if cell.kind in ("percent", "boolean"):
                    raise ValueError
                direct = cell.text if cell.kind in ("date", "month") else periods.read(text)
                if not 1900 <= periods.parse(direct).start.year <= 2100:
                    raise ValueError
            except ValueError:
                forms = f"2026 · 2026年上半年 · 2026年1-9月 · 2026年三季度 · {periods.FORMS}"
                two = re.fullmatch(r"(\d\d)年?", unicodedata.normalize("NFKC", text))
                near = f"；是否为 20{two[1]}？" if two else ""
                near_en = f"; is it 20{two[1]}?" if two else ""
                return self.say(
                    row, "time_period", f"不是有效时期{near}；写法：{forms}", f"no such period{near_en}; forms: {forms}"
                )
        kind = self.chosen(row, "period_type", kinds)
        parts = None if kind is None else self._period_parts(row, kind)
        if parts is None:
            return ""
        if direct and parts and direct != parts:
            return self.say(
                row,
                "time_period",
                f"与“时期类型＋年份”（{parts}）不一致；请只留一种写法",
                f"disagrees with period type and year ({parts}); keep one of the two",
            )
        if not (direct or parts) and kind != "unstated":
            return self.say(
                row,
                "time_period",
                "不能为空：填时期（如 2026年1-9月），或选时期类型并填年份；原文没有写明时，时期类型选“未载明”",
                "must not be empty: write the period (2026-01/P9M), or choose its type and year; where the document states none, "
                "choose the type 未载明 · unstated",
            )
        if direct and kind == "unstated":
            return self.say(
                row,
                "time_period",
                "时期类型选了“未载明”，此格应为空",
                "must be empty where the period type is 'unstated'",
            )
        return direct or parts or ""

    def _period_parts(self, row: Row, kind: str) -> str | None:
        """Code from type, year and number; "" if there are none, None after a problem."""
        year, number = self.text(row, "year"), self.text(row, "period_number")
        if year is None or number is None:
            return None
        cell = row.cells.get("period_number")
        if cell and cell.kind in ("date", "month"):  # 9-27 that Excel has taken for a date
            number = cell.text[5:]
        year = unicodedata.normalize("NFKC", year).removesuffix("年").strip()
        if row.cells.get("year") and row.cells["year"].kind in ("date", "month"):
            self.say(
                row,
                "year",
                "应只填四位年份，如 2026（此格是日期）",
                "must be a year of four digits such as 2026 (the cell holds a date)",
            )
            return None
        if kind in ("", "unstated"):
            if (year or number) and not row.cells.get("time_period"):
                column = "year" if year else "period_number"
                self.say(
                    row,
                    "period_type",
                    "填了年份，请再选时期类型（全年、上半年、1-N月累计 …）",
                    "choose the kind of period as well",
                    row.cells[column].text,
                )
                return None
            if year and not re.fullmatch(r"(19|20)\d\d", year):
                self.say(row, "year", "应为四位年份，如 2026", "must be a year of four digits such as 2026")
                return None
            return ""
        if not re.fullmatch(r"(19|20)\d\d", year):
            guess = f"；是否为 20{year}？" if re.fullmatch(r"\d\d", year) else ""
            self.say(
                row,
                "year",
                f"应为四位年份，如 2026{guess}",
                f"must be a year of four digits such as 2026{guess and f'; is it 20{year}?'}",
            )
            return None
        number = unicodedata.normalize("NFKC", number).strip()
        number = {"一": "1", "二": "2", "三": "3", "四": "4"}.get(number, number)
        forms = {
            "year": "{y}",
            "first_half": "{y}-S1",
            "second_half": "{y}-S2",
            "quarter": "{y}-Q{n}",
            "year_to_date": "{y}年1-{n}月",
            "month": "{y}年{n}月",
            "day": "{y}-{n}",
            "five_years": "{y}/P5Y",
        }
        form = forms[kind]
        allowed = {"quarter": "1-4", "year_to_date": "2-12", "month": "1-12", "day": "9-27"}.get(kind, "")
        if ("{n}" in form) != bool(number):
            if number:
                self.say(row, "period_number", "这种时期不填“第几”", "must be empty for this kind of period")
            else:
                self.say(row, "period_number", f"请填“第几”（{allowed}）", f"give its number ({allowed})")
            return None
        try:
            return periods.read(form.format(y=year, n=number))
        except ValueError:
            self.say(row, "period_number", f"应为 {allowed}", f"must be {allowed}")
            return None

    def _quantity(self, row: Row, values: dict, unit_text: str | None, definitions: dict, derived: list) -> None:
        """Value, upper end, relation and unit, proved by the characters as printed."""
        printed = values["as_printed"]
        if len(numerals.normalise(printed)) > 25:
            self.say(
                row,
                "as_printed",
                "原文最多 25 个字符；只摘含有这个数字的一段",
                "at most 25 characters; copy only the piece that holds the number",
            )
        wordless = values["relation"] == "relative" or values["obs_status"] == "M"
        cell, unit, typed = row.cells.get("obs_value"), "", None
        if unit_text:
            unit = self.chosen(row, "unit", definitions["unit"]) or ""
        if cell is None:
            if not wordless:
                self.say(
                    row,
                    "obs_value",
                    "不能为空：填原文的数字；文字目标请把“关系”选为 relative，表中为空的选状态 M",
                    "must not be empty: enter the number printed; for a goal in words choose the relation 'relative', for an empty cell the status M",
                )
        elif (typed := self._typed(row, "obs_value")) is not None:
            if wordless:
                self.say(
                    row,
                    "obs_value",
                    "关系为 relative 或状态为 M 时应为空",
                    "must be empty where the relation is relative or the status M",
                )
            self._number(row, values, typed, unit, printed, derived)
            unit = unit or (self._unit_named(typed.unit) if not unit_text else "")
        if not unit and unit_text == "":
            near = unit_after(typed.low, printed, self.frames["units"].unit) if typed else set()
            self.say(
                row,
                "unit",
                "不能为空：选原文的单位" + (f"；是否为 {'、'.join(near)}？" if near else ""),
                "must not be empty: choose the unit printed" + (f"; is it {', '.join(near)}?" if near else ""),
            )
        values["unit"] = unit
        if typed is not None and unit:
            self._unit_agrees(row, typed.low, unit, printed)

    def _unit_named(self, text: str) -> str:
        return next((u for u in self.frames["units"].unit if canonical(u) == canonical(text)), "") if text else ""

    def _typed(self, row: Row, column: str) -> Entered | None:
        cell, text = row.cells[column], self.text(row, column)
        if text is None:
            return None
        if cell.kind == "boolean" or cell.kind in ("date", "month"):
            what = (
                ("是真/假值", "a true/false value")
                if cell.kind == "boolean"
                else ("被 Excel 变成了日期（如 5-7）", "Excel has turned this into a date")
            )
            self.say(
                row,
                column,
                f"{what[0]}，应为数字；请设为文本后重填",
                f"{what[1]}, must be a number; format the cell as text and enter it again",
            )
            return None
        if cell.number is not None:
            return Entered(cell.number, unit="%" if cell.kind == "percent" else "")
        typed = quantity(text)
        if typed is None:
            inside = re.fullmatch(rf"[(（]({_NUMBER})[)）]", unicodedata.normalize("NFKC", text))
            hint = (f"；负数请写成 -{inside[1]}", f"; write a negative number as -{inside[1]}") if inside else ("", "")
            self.say(
                row,
                column,
                f"应为数字，如 300.8，不带文字{hint[0]}",
                f"must be a number such as 300.8, without words{hint[1]}",
            )
        return typed

    def _number(self, row: Row, values: dict, typed: Entered, unit: str, printed: str, derived: list) -> None:
        percent = row.cells["obs_value"].kind == "percent"
        if typed.unit:
            meant = self._unit_named(typed.unit)
            if (unit and meant != unit) or not meant:
                allowed = list(self.frames["units"].unit)
                near = nearest(typed.unit, allowed)
                self.say(
                    row,
                    "obs_value",
                    (
                        f"单元格是百分比格式，单位却是 {unit}"
                        if percent and unit
                        else f"数字后面的 {typed.unit} " + (f"与单位 {unit} 不一致" if unit else "不是在案的单位")
                    )
                    + (f"；是否为 {near}？" if near and not meant else "；请核对"),
                    (
                        f"the cell is formatted as a percentage, the unit is {unit}"
                        if percent and unit
                        else f"{typed.unit} behind the number "
                        + (f"disagrees with the unit {unit}" if unit else "is no unit on file")
                    )
                    + (f"; is it {near}?" if near and not meant else "; check it"),
                )
                return
        high = typed.high
        if "value_high" in row.cells:
            upper = self._typed(row, "value_high")
            if upper is None:
                return
            if high is not None and high != upper.low:
                self.say(
                    row,
                    "value_high",
                    f"与数值中的区间上限 {high} 不一致",
                    f"disagrees with the upper end {high} of the range in the value",
                )
                return
            high = upper.low
        given = values["relation"]
        said = "range" if high is not None else typed.relation
        if given and said and given != said and not (said == "range" and given == "range"):
            names = code_choices(RELATIONS).labels
            self.say(
                row,
                "relation",
                f"与数值中的写法（{names[said]}）不一致",
                f"disagrees with what the value says ({names[said]})",
            )
            return
        if not given:
            found = said or bound_around(typed.low, printed, unit or typed.unit)
            values["relation"] = found or "="
            if found:
                derived.append((f"关系 {found}", f"relation {found}"))
        if values["relation"] == "range" and (high is None or high <= typed.low):
            self.say(row, "value_high", "区间要填上限，且大于数值", "a range needs its upper end, above the value")
            return
        for column, number in (("obs_value", typed.low), ("value_high", high)):
            if number is None:
                continue
            if printed and abs(number) not in numerals.printed_values(printed):
                hundred = abs(number) * 100
                seen = [n.text for n in numerals.arabic(numerals.normalise(printed))]
                hint = (
                    (f"；是否为 {hundred.normalize():f}？", f"; is it {hundred.normalize():f}?")
                    if hundred in numerals.printed_values(printed)
                    else ("", "")
                )
                self.say(
                    row,
                    column,
                    f"原文“{printed}”里没有这个数字{hint[0]}（原文中的数字：{'、'.join(seen) or '无'}）；请核对数值，或让原文包含它",
                    f"“{printed}” does not hold this number{hint[1]} (it holds: {', '.join(seen) or 'none'}); check the value, or let "
                    "as_printed hold it",
                    f"{number:f}",
                )
                return
            values[column] = digits(number, printed)
        explicit = row.cells["obs_value"].text.lstrip().startswith("+")
        text = numerals.normalise(printed)
        before = [text[: n.start] for n in numerals.arabic(text) if n.values[0] == abs(typed.low)]
        if (
            values["transformation"] == "GY"
            and typed.low > 0
            and not explicit
            and before
            and all(map(_FALL_JUST_BEFORE.search, before))
        ):
            self.say(
                row,
                "obs_value",
                f"原文说下降：应为 -{typed.low:f}？若确为上升，请写成 +{typed.low:f}",
                f"the text speaks of a fall: is it -{typed.low:f}? If it is a rise, write +{typed.low:f}",
            )
        if (
            typed.low < 0
            and (not _FALL.search(printed))
            and values["transformation"] == "GY"
            and any(map(_RISE.search, before))
        ):
            self.say(
                row,
                "obs_value",
                "原文说增长，数值却是负数；请核对",
                "the text speaks of growth but the value is negative; check it",
            )

    def _unit_agrees(self, row: Row, value: Decimal, unit: str, printed: str) -> None:
        seen = unit_after(value, printed, self.frames["units"].unit)
        measures = self.frames["units"].set_index("unit")[["unit_measure", "unit_mult"]].apply(tuple, axis=1)
        if seen and not any(
            measures.get(s) == measures[unit] or unit.startswith(f"{s}/" if s in measures else s) for s in seen
        ):
            self.say(
                row,
                "unit",
                f"原文“{printed}”在数字后面印的是 {'、'.join(sorted(seen))}；请改单位或原文",
                f"“{printed}” prints {', '.join(sorted(seen))} behind the number; mend the unit or the text",
            )

    def _defaults(self, row: Row, values: dict, derived: list) -> None:
        """What a person need not say, worked out and told."""
        figures, sources = self.frames["figures"], self.frames["sources"].set_index("source_id")
        source = sources.loc[values["source_id"]]

        def default(column: str, value: str, zh: str, en: str, tell: bool = True) -> None:
            if not values[column] and value:
                values[column] = value
                if tell:
                    derived.append(
                        (f"{TABLES['figures'].field(column).zh} {value}（{zh}）", f"{column} {value} ({en})")
                    )

        default("ref_area", home(self.frames), "未填，取本市", "left empty: the city", True)
        promotional = source.tier == "promotional"
        default(
            "record_type",
            "claim" if promotional else "actual",
            "来源为招商宣传" if promotional else "未填",
            "promotional source" if promotional else "left empty",
        )
        default("relation", "=", "", "", False)
        default("locator", "正文", "未填", "left empty")
        default("time_basis", "stated" if values["time_period"] else "unstated", "", "", False)
        default("vintage", source.date_published, "来源的发布日期", "the source's date")
        weak = {"promotional": "V", "mirror": "V", "compilation": "V", "secondary": "U"}.get(source.tier, "A")
        default("obs_status", weak, f"来源层级 {source.tier}", f"tier {source.tier}", weak != "A")
        alike = figures[
            (figures.indicator == values["indicator"]) & (figures.transformation == values["transformation"])
        ]
        prices = set(alike.prices)
        if len(prices) == 1:
            default("prices", prices.pop(), "同指标已有数字", "as its other figures")
        default("span", self._span(values, alike), "按指标和时期", "from indicator and period")
        if not values["span"]:
            self.say(
                row,
                "span",
                "无法推定：请选时间跨度（全年、累计、每年、时点）",
                "cannot be worked out: choose annual, cumulative, per_year or point",
            )

    def _span(self, values: dict, alike: pd.DataFrame) -> str:
        def kind(code: str) -> str:
            return periods.parse(code).kind if code else ""

        same = alike[
            (alike.record_type == values["record_type"]) & (alike.time_period.map(kind) == kind(values["time_period"]))
        ]
        if same.span.nunique() == 1:
            return same.span.iloc[0]
        indicators = self.frames["indicators"].set_index("indicator")
        measure, period = indicators.measure_type[values["indicator"]], kind(values["time_period"])
        if values["record_type"] == "parameter" or period == "day":
            return "point"
        if measure == "flow" or values["transformation"] == "GY":
            return {"year": "annual", "": ""}.get(period, "cumulative")
        if measure == "count" or not period:
            return "point" if measure != "count" and same.empty else ""
        return "point"

    def _consistent(self, row: Row, values: dict) -> None:
        """Period against the date of publication, and an inference against its reason."""
        if values["time_basis"] == "inferred" and not values["comment"]:
            self.say(row, "comment", "时期为推断（inferred）时，须写明理由", "an inferred period must say why")
        if not values["time_period"] or values["record_type"] not in ("actual", "claim"):
            return
        period = periods.parse(values["time_period"])
        column = "time_period" if "time_period" in row.cells else "year"
        published = periods.parse(values["vintage"]).end if values["vintage"] else None
        if period.start > self.today:
            self.say(
                row,
                column,
                f"实绩的时期尚未开始（今天 {self.today}）；目标请把记录类型选为 target",
                f"a result of a period that has not begun (today {self.today}); for a goal choose the record type 'target'",
            )
        elif published and published < period.start:
            self.say(
                row,
                column,
                f"发布于 {values['vintage']}，早于时期开始；请核对时期、来源或记录类型",
                f"published {values['vintage']}, before the period begins; check the period, the source or the record type",
            )
        elif published and published < period.end and period.kind != "year":
            self.notes.append(
                (
                    f"{row.sheet}!{row.place(column)}：发布（{values['vintage']}）早于时期结束，请留意",
                    f"{row.sheet}!{row.place(column)}: published ({values['vintage']}) before the period ends",
                )
            )


def home(frames: dict[str, pd.DataFrame]) -> str:
    """The city that the tables are about."""
    return home_area(frames["figures"], frames["ref_areas"].set_index("ref_area").level)
