"""Cells of an entry sheet turned into rows of the tables; what is left empty is worked out where that is safe.

A number counts as entered only if the characters as printed hold it: they decide its digits (34.60), its sign, and
whether 0.346 was meant as 34.6. What is worked out is listed with the row, so that it can be shown before anything is
written.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from decimal import Decimal

import pandas as pd

from ..facts import citations, numerals, periods
from ..facts.problems import Problem, nearest
from ..facts.schema import RELATIONS, TABLES, Field
from . import defaults, row_periods
from .cells import Row
from .layout import Choices, canonical, choices, code_choices, fields, is_required, sheet_name
from .quantities import MAGNITUDES, Entered, bound_around, negative_meant, quantity, unit_after

# Cells that hold nothing to be read, and what to do about each.
_UNREADABLE = {
    "error": ("是出错的公式（如 #N/A）；请填原文的内容", "a formula that failed; enter the figure of the source"),
    "formula": ("公式没有计算结果；请复制后“选择性粘贴—数值”", "a formula without a result; copy it and paste as values"),
    "link": ("公式引用了别的工作簿；请粘贴为数值", "a formula that refers to another workbook; paste it as a value"),
    "merged": ("是合并单元格，无法判断属于哪一格；请取消合并并逐格填写",
        "a merged cell: unclear which cell it is for; unmerge it and fill in each"),
    "struck": ("被划掉（删除线）；要添加请去掉删除线，不要请清空", "struck through; remove the line to add it, or clear the cell"),
    "unseen": ("的格式不显示任何内容（;;;）；请改为常规格式", "has a format that shows nothing (;;;); format it as general"),
    "time": ("被 Excel 变成了时刻；请把单元格设为文本后重填",
        "Excel has turned this into a time of day; format the cell as text and enter it again"),
    "day": ("被 Excel 变成了日期（如 5-7 变成 5月7日）；请把单元格设为文本后重填",
        "Excel has turned this into a date (5-7 became 7 May); format the cell as text and enter it again"),
}  # fmt: skip
_IN_PARTS = {"mark", "unit", "obs_value", "value_high", "time_period", "period_type", "year", "period_number",
             "vintage"}  # fmt: skip


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
        self.frames, self.today = dict(frames), today
        self.problems: list[Problem] = []
        self.notes: list[tuple[str, str]] = []
        self.failed: dict[str, set[str]] = {}  # keys of new entries that are refused, by table
        self._choices: dict[tuple[str, str], Choices | None] = {}

    def drafts(self, rows: list[Row]) -> list[Draft]:
        """Drafts of all rows: indicators, areas, units and sources first, so that figures may refer to them."""
        made: list[Draft] = []
        for table in ("units", "ref_areas", "indicators", "sources", "figures"):
            these = [draft for row in rows if row.table == table and (draft := self._draft(row, table))]
            made += these
            if table != "figures" and these:
                fresh = pd.DataFrame([d.values for d in these])
                key = TABLES[table].key[0]
                fresh = fresh[~fresh[key].isin(self.frames[table][key])].drop_duplicates(key)
                self.frames[table] = pd.concat([self.frames[table], fresh], ignore_index=True)
                self._choices.clear()
        return made

    def _draft(self, row: Row, table: str) -> Draft | None:
        before = len(self.problems)
        draft = self.figure(row) if table == "figures" else self.entry(row, table)
        sound = draft if len(self.problems) == before else None
        if "mark" in row.cells:
            self._example(row, sound, before)
            return None
        if sound is None and table != "figures" and (cell := row.cells.get(TABLES[table].key[0])):
            self.failed.setdefault(table, set()).add(canonical(cell.text))
        return sound

    def _example(self, row: Row, draft: Draft | None, before: int) -> None:
        """A marked row is passed over if it is the example still, that is, a row on file; else it may be meant."""
        on_file = False
        if draft:
            frame = self.frames[row.table]
            names = TABLES[row.table].columns
            compared = [c for c in names if c not in ("figure_id", "comment") and draft.values.get(c)]
            on_file = bool((frame[compared] == [draft.values[c] for c in compared]).all(axis=1).any())
        del self.problems[before:]
        if on_file:
            note = (f"{row.file}：示例行未添加", f"{row.file}: the example rows are not added")
            self.notes += [note] if note not in self.notes else []
        else:
            zh = "这一行标为示例，但内容已改动：要添加，请清空这一格；不要，请删除整行"
            en = "the row is marked as an example but was changed: clear this cell to add it, or delete the row"
            self.say(row, "mark", zh, en)

    # --- cells -----------------------------------------------------------------------------------------------------

    def say(self, row: Row, column: str, zh: str, en: str, value: str | None = None) -> None:
        self.problems.append(row.problem(column, zh, en, value))

    def text(self, row: Row, column: str) -> str | None:
        """Text of a cell; None if the cell holds what no text is (and a problem has been told)."""
        cell = row.cells.get(column)
        if cell is None:
            return ""
        if cell.kind in _UNREADABLE:
            self.say(row, column, *_UNREADABLE[cell.kind])
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
            zh, en = f"可指多项：{'、'.join(options)}；请选其一", f"may mean several: {', '.join(options)}; choose one"
        elif definition.codes:
            listed = allowed.labels.values()
            zh, en = f"允许的值：{'、'.join(listed)}", f"allowed: {', '.join(listed)}"
        else:
            table = definition.refers.split(".")[0]
            if canonical(text.rsplit("·", 1)[-1]) in self.failed.get(table, ()):
                return None  # its own row is refused, and told
            zh = f"{table}.csv 中没有；要新增，请先填工作表“{sheet_name(table)}”"
            en = f"not in {table}.csv; to add it, fill in the sheet '{sheet_name(table)}' as well"
        if not found and (near := allowed.near(text)):
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
            if period.kind not in ("year", "month", "day") or not periods.is_period(code):
                raise ValueError
        except ValueError:
            zh = "应为日期，如 2026、2026-07 或 2026-07-20（年份四位；2026.1 分不清1月和10月）"
            en = "must be a date such as 2026, 2026-07 or 2026-07-20 (year in four digits; 2026.1 may be October)"
            return self.say(row, column, zh, en)
        if period.start > self.today:
            zh = f"日期在今天（{self.today}）之后；请核对"
            return self.say(row, column, zh, f"lies after today ({self.today}); check it")
        return code

    # --- tables other than figures -----------------------------------------------------------------------------------

    def entry(self, row: Row, table: str) -> Draft | None:
        """A new indicator, area, unit or source."""
        values = {}
        for definition in TABLES[table].fields:
            values[definition.name] = self._entry_value(row, table, definition)
            if values[definition.name] == "" and definition.required:
                self.say(row, definition.name, f"不能为空：{definition.zh}", f"must not be empty: {definition.en}")
        return None if None in values.values() else Draft(row, table, values)

    def _entry_value(self, row: Row, table: str, definition: Field) -> str | None:
        """Value of a cell; None after a problem."""
        column, cell = definition.name, row.cells.get(definition.name)
        if definition.codes and cell and cell.kind == "boolean" and cell.text.lower() in definition.codes:
            return cell.text.lower()
        if definition.codes or definition.refers:
            return self.chosen(row, column, definition)
        if definition.kind == "date":
            return self.date(row, column)
        value = self.text(row, column)
        if not value or not (definition.pattern or definition.kind == "integer"):
            return value
        value = numerals.plain(value).replace("−", "-")
        if definition.kind == "integer" and not re.fullmatch(r"-?\d+", value, re.ASCII):
            return self.say(row, column, "应为整数", "must be a whole number")
        if definition.pattern and not re.fullmatch(definition.pattern, value):
            zh = f"写法应符合 {definition.pattern}（{definition.zh}）"
            return self.say(row, column, zh, f"must have the form {definition.pattern} ({definition.en})")
        return value

    # --- figures -----------------------------------------------------------------------------------------------------

    def figure(self, row: Row) -> Draft | None:
        """One printed number."""
        before = len(self.problems)
        definitions = {f.name: f for f in fields("figures", all_columns=True)}
        values = dict.fromkeys(TABLES["figures"].columns, "")
        derived: list[tuple[str, str]] = []
        failed = False
        for name, definition in definitions.items():
            if name in _IN_PARTS:
                continue
            listed = definition.codes or definition.refers
            value = self.chosen(row, name, definition) if listed else self.text(row, name)
            failed |= value is None
            if name in values:
                values[name] = value or ""
        values["vintage"] = self.date(row, "vintage") or ""
        values["time_period"] = self._period(row, definitions["period_type"])
        self._quantity(row, values, definitions["unit"], derived)
        for name, definition in definitions.items():
            if is_required("figures", definition) and name not in row.cells and name not in ("obs_value", "unit"):
                self.say(row, name, f"不能为空：{definition.zh}", f"must not be empty: {definition.en}")
        if failed or len(self.problems) > before:
            return None
        derived += defaults.fill(values, self.frames)
        if not values["span"]:
            zh = "无法推定：请选时间跨度（全年、累计、每年、时点）"
            self.say(row, "span", zh, "cannot be worked out: choose annual, cumulative, per_year or point")
        self._consistent(row, values)
        if len(self.problems) > before:
            return None
        return Draft(row, "figures", values, derived, self.text(row, "locator_en") or "")

    def _period(self, row: Row, kinds: Field) -> str:
        kind = self.chosen(row, "period_type", kinds)
        number_cell = row.cells.get("period_number")
        dated = number_cell and number_cell.kind in ("date", "month")  # 9-27 that Excel has taken for a date
        parts = [self.text(row, "time_period"), kind, self.text(row, "year")]
        parts += [number_cell.text[5:] if dated else self.text(row, "period_number")]
        if None in parts:
            return ""
        try:
            return row_periods.period(row, *parts)
        except row_periods.Unclear as error:
            cell = row.cells.get(error.column) or row.cells.get("year") or row.cells.get("period_number")
            self.say(row, error.column, error.zh, error.en, cell.text if cell else "")
            return ""

    def _quantity(self, row: Row, values: dict, unit_field: Field, derived: list) -> None:
        """Value, upper end, relation and unit, proved by the characters as printed."""
        printed = values["as_printed"]
        if len(numerals.normalise(printed)) > 25:
            zh = "原文最多 25 个字符；只摘含有这个数字的一段"
            self.say(row, "as_printed", zh, "at most 25 characters; copy only the piece that holds the number")
        wordless = values["relation"] == "relative" or values["obs_status"] == "M"
        unit_given = row.cells.get("unit") is not None
        unit = (self.chosen(row, "unit", unit_field) or "") if unit_given else ""
        typed = None
        if "obs_value" not in row.cells:
            if not wordless:
                zh = "不能为空：填原文的数字；文字目标请把“关系”选为 relative，表中为空的选状态 M"
                en = "must not be empty: enter the number printed; for a goal in words choose the relation 'relative', for an empty cell the status M"
                self.say(row, "obs_value", zh, en)
        elif (typed := self._typed(row, "obs_value")) is not None:
            if wordless:
                zh = "关系为 relative 或状态为 M 时应为空"
                self.say(row, "obs_value", zh, "must be empty where the relation is relative or the status M")
            if self._unit_behind(row, typed.unit, unit, values["indicator"]):
                self._number(row, values, typed, unit or typed.unit, derived)
            unit = unit or (self._unit_named(typed.unit) if not unit_given else "")
        if not unit and not unit_given:
            near = "、".join(unit_after(typed.low, printed, self.frames["units"].unit)) if typed else ""
            zh, en = (f"；是否为 {near}？", f"; is it {near}?") if near else ("", "")
            self.say(row, "unit", f"不能为空：选原文的单位{zh}", f"must not be empty: choose the unit printed{en}")
        values["unit"] = unit
        if typed is not None and unit:
            self._unit_agrees(row, typed.low, unit, printed)

    def _unit_named(self, text: str) -> str:
        return next((u for u in self.frames["units"].unit if canonical(u) == canonical(text)), "") if text else ""

    def _typed(self, row: Row, column: str) -> Entered | None:
        cell, text = row.cells[column], self.text(row, column)
        if text is None:
            return None
        if cell.kind in ("boolean", "date", "month"):
            zh, en = ("被 Excel 变成了日期（如 5-7）", "Excel has turned this into a date")
            if cell.kind == "boolean":
                zh, en = "是真/假值", "a true/false value"
            again = "must be a number; format the cell as text and enter it again"
            return self.say(row, column, f"{zh}，应为数字；请设为文本后重填", f"{en}, {again}")
        if cell.number is not None:
            return Entered(cell.number, unit="%" if cell.kind == "percent" else "")
        typed = quantity(text)
        if typed is None:
            inside = negative_meant(text)
            zh, en = (f"；负数请写成 -{inside}", f"; write a negative number as -{inside}") if inside else ("", "")
            zh, en = f"应为一个数字，如 300.8，不带文字{zh}", f"must be a number such as 300.8, without words{en}"
            self.say(row, column, zh, en)
        return typed

    def _unit_behind(self, row: Row, behind: str, unit: str, indicator: str) -> bool:
        """Whether a unit typed behind the value is that of the row, or one of the table where the row gives none."""
        meant = self._unit_named(behind)
        if not behind or (meant and meant == (unit or meant)):
            return True
        if row.cells["obs_value"].kind == "percent" and unit:
            zh = f"单元格是百分比格式，单位却是 {unit}；请核对"
            self.say(row, "obs_value", zh, f"the cell is formatted as a percentage, the unit is {unit}; check it")
            return False
        zh, en = ("不是表中的单位", "is no unit on file")
        if unit:
            zh, en = f"与单位 {unit} 不一致", f"disagrees with the unit {unit}"
        near = "" if meant else self._unit_like(behind, indicator)
        more = (f"是否为 {near}？", f"is it {near}?") if near else ("请核对", "check it")
        self.say(
            row, "obs_value", f"数字后面的 {behind} {zh}；{more[0]}", f"{behind} behind the number {en}; {more[1]}"
        )
        return False

    def _unit_like(self, text: str, indicator: str) -> str:
        """Units that a text may stand for; of a bare magnitude (万) those that measure what the indicator does."""
        units = self.frames["units"]
        if not MAGNITUDES.fullmatch(text):
            return nearest(text, list(units.unit))
        usual = dict(self.frames["indicators"][["indicator", "unit"]].values).get(indicator, "")
        measure = dict(units[["unit", "unit_measure"]].values).get(usual, "")
        return "、".join(units.unit[(units.unit_measure == measure) & units.unit.str.startswith(text)])

    def _number(self, row: Row, values: dict, typed: Entered, unit: str, derived: list) -> None:
        high = self._upper_end(row, typed)
        if high is False:
            return
        printed, growth = values["as_printed"], values["transformation"] == "GY"
        if not self._relation(row, values, typed, high, unit, derived):
            return
        for column, number in (("obs_value", typed.low), ("value_high", high)):
            if number is None:
                continue
            text = citations.written(number, printed, growth=growth)
            span = values["span"]
            said = citations.objection(text, printed, growth=growth, span=span) if printed else None
            if said:
                zh, en = self._with_what_is_printed(number, printed, *said)
                self.say(row, column, zh, en, f"{number:f}")
                return
            values[column] = text
            if growth and not citations.holds(text, printed):
                told = (f"增长 {text}（原文以上年为100）", f"growth {text} (the year before is 100 in the text)")
                derived.append(told)

    def _with_what_is_printed(self, number: Decimal, printed: str, zh: str, en: str) -> tuple[str, str]:
        """An objection with the numbers that the text holds, and whether a share was meant as a percentage."""
        if citations.holds(f"{number:f}", printed):
            return f"原文“{printed}”：{zh}", f"“{printed}”: {en}"
        seen = "、".join(n.text for n in numerals.arabic(numerals.separated(printed)))
        hundred = f"{(abs(number) * 100).normalize():f}"
        hints = (f"；是否为 {hundred}？", f"; is it {hundred}?") if citations.holds(hundred, printed) else ("", "")
        return (
            f"原文“{printed}”：{zh}{hints[0]}（原文中的数字：{seen or '无'}）；请核对数值，或让原文包含它",
            f"“{printed}” {en}{hints[1]} (it holds: {seen or 'none'}); check the value, or let as_printed hold it",
        )

    def _upper_end(self, row: Row, typed: Entered) -> Decimal | bool | None:
        """Upper end of a range, None without one, False after a problem."""
        if "value_high" not in row.cells:
            return typed.high
        upper = self._typed(row, "value_high")
        if upper is None:
            return False
        if typed.high is not None and typed.high != upper.low:
            zh = f"与数值中的区间上限 {typed.high} 不一致"
            self.say(row, "value_high", zh, f"disagrees with the upper end {typed.high} of the range in the value")
            return False
        return upper.low

    def _relation(self, row: Row, values: dict, typed: Entered, high: Decimal | None, unit: str, derived: list) -> bool:
        """Settle the relation from what is chosen, typed and printed; False after a problem."""
        given, said = values["relation"], "range" if high is not None else typed.relation
        if given and said and given != said:
            name = code_choices(RELATIONS).labels[said]
            self.say(row, "relation", f"与数值中的写法（{name}）不一致", f"disagrees with what the value says ({name})")
            return False
        if not given:
            found = said or bound_around(typed.low, values["as_printed"], unit)
            values["relation"] = found or "="
            derived += [(f"关系 {found}", f"relation {found}")] if found else []
        if values["relation"] == "range" and (high is None or high <= typed.low):
            self.say(row, "value_high", "区间要填上限，且大于数值", "a range needs its upper end, above the value")
            return False
        return True

    def _unit_agrees(self, row: Row, value: Decimal, unit: str, printed: str) -> None:
        units = self.frames["units"]
        seen = sorted(unit_after(value, printed, units.unit))
        measures = {u: rest for u, *rest in units[["unit", "unit_measure", "unit_mult"]].values.tolist()}
        if seen and not any(
            measures.get(s) == measures[unit] or unit.startswith(f"{s}/" if s in measures else s) for s in seen
        ):
            zh = f"原文“{printed}”在数字后面的是 {'、'.join(seen)}；请改单位或原文"
            en = f"“{printed}” has {', '.join(seen)} behind the number; correct the unit or the text"
            self.say(row, "unit", zh, en)

    def _consistent(self, row: Row, values: dict) -> None:
        """Period against the text, the date of publication and today; an inference against its reason."""
        if values["time_basis"] == "inferred" and not values["comment"]:
            self.say(row, "comment", "时期为推断（inferred）时，须写明理由", "an inferred period must say why")
        column = "time_period" if "time_period" in row.cells else "year"
        growth = values["transformation"] == "GY"
        if said := citations.period_objection(values["time_period"], values["as_printed"], growth=growth):
            self.say(row, column, *said)
        if not values["time_period"] or values["record_type"] not in ("actual", "claim"):
            return
        period = periods.parse(values["time_period"])
        published = periods.parse(values["vintage"]).end if values["vintage"] else None
        if period.start > self.today:
            zh = f"实际数的时期尚未开始（今天 {self.today}）；目标请把记录类型选为 target"
            en = f"a result of a period that has not begun (today {self.today}); for a goal choose the record type 'target'"
            self.say(row, column, zh, en)
        elif published and published < period.start:
            zh = f"发布于 {values['vintage']}，早于时期开始；请核对时期、来源或记录类型"
            en = f"published {values['vintage']}, before the period begins; check the period, the source or the record type"
            self.say(row, column, zh, en)
        elif published and published < period.end and period.kind != "year":
            place = f"{row.sheet}!{row.place(column)}"
            zh = f"{place}：发布（{values['vintage']}）早于时期结束，请留意"
            self.notes.append((zh, f"{place}: published ({values['vintage']}) before the period ends"))
