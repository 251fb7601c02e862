"""Cells of an entry sheet turned into rows of the tables; what is left empty is worked out where that is safe.

Only what the cells mean is settled here, with the digits as printed (34.60); whether the rows hold is found out by
checking the tables with them. What is worked out is listed with the row, so that it can be shown before anything is written.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from ..facts import citations, numerals, periods
from ..facts.data import home_area
from ..facts.problems import Problem, nearest
from ..facts.schema import TABLES, Field
from . import typed
from .cells import Row
from .layout import Choices, canonical, choices, fields, is_required, sheet_name

# Cells that hold nothing to be read, and what to do about each.
_UNREADABLE = {
    "error": ("是出错的公式（如 #N/A）；请填原文的内容", "a formula that failed; enter the figure of the source"),
    "formula": ("公式没有计算结果；请复制后“选择性粘贴—数值”", "a formula without a result; copy it and paste as values"),
    "link": ("公式引用了别的工作簿；请粘贴为数值", "a formula that refers to another workbook; paste it as a value"),
    "merged": ("是合并单元格，无法判断属于哪一格；请取消合并并逐格填写",
        "a merged cell: unclear which cell it is for; unmerge it and fill in each"),
    "struck": ("被划掉（删除线）；要添加请去掉删除线，不要请清空", "struck through; remove the line to add it, or clear the cell"),
    "unseen": ("的格式不显示任何内容（;;;）；请改为常规格式", "has a format that shows nothing (;;;); format it as general"),
    "day": ("被 Excel 变成了日期或时刻（如 5-7 变成 5月7日）；请把单元格设为文本后重填",
        "Excel has turned this into a date or time (5-7 became 7 May); format the cell as text and enter it again"),
}  # fmt: skip
_IN_PARTS = {"mark", "obs_value", "value_high", "time_period", "year", "period_number", "vintage"}
_WEAK = {"promotional": "V", "mirror": "V", "compilation": "V", "secondary": "U"}


@dataclass
class Draft:
    """A row of a table that is to be added, the cells it came from, and what was worked out for it."""

    row: Row
    values: dict[str, str]
    derived: list[tuple[str, str]] = field(default_factory=list)


class Drafting:
    """Turns rows into drafts against the tables on file; problems and notes are collected."""

    def __init__(self, frames: dict[str, pd.DataFrame]) -> None:
        self.frames = dict(frames)
        self.problems: list[Problem] = []
        self.notes: list[tuple[str, str]] = []
        self._choices: dict[tuple[str, str], Choices | None] = {}

    def drafts(self, rows: list[Row]) -> list[Draft]:
        """Drafts of all rows: indicators, areas, units and sources first, so that figures may refer to them."""
        made: list[Draft] = []
        for table in ("units", "ref_areas", "indicators", "sources", "figures"):
            these = [draft for row in rows if row.table == table and (draft := self._draft(row))]
            made += these
            if table != "figures" and these:
                key = TABLES[table].key[0]
                fresh = pd.DataFrame([d.values for d in these])
                fresh = fresh[~fresh[key].isin(self.frames[table][key])].drop_duplicates(key)
                self.frames[table] = pd.concat([self.frames[table], fresh], ignore_index=True)
                self._choices.clear()
        return made

    def _draft(self, row: Row) -> Draft | None:
        """Draft of a row; of a figure only if every cell is clear. A marked row is passed over if it is on file still."""
        before = len(self.problems)
        draft = self._figure(row) if row.table == "figures" else self._entry(row)
        sound = len(self.problems) == before
        if "mark" not in row.cells:
            return draft if sound or row.table != "figures" else None
        del self.problems[before:]
        frame = self.frames[row.table]
        compared = [c for c, v in draft.values.items() if v and c not in ("figure_id", "comment")]
        if sound and (frame[compared] == [draft.values[c] for c in compared]).all(axis=1).any():
            self.notes.append((f"{row.file}：示例行未添加", f"{row.file}: the example rows are not added"))
        else:
            zh = "这一行标为示例，但内容已改动：要添加，请清空这一格；不要，请删除整行"
            self.say(row, "mark", zh, "marked as an example but changed: clear this cell to add it, or delete the row")
        return None

    # --- cells -----------------------------------------------------------------------------------------------------

    def say(self, row: Row, column: str, zh: str, en: str) -> None:
        self.problems.append(row.problem(column, zh, en))

    def text(self, row: Row, column: str) -> str:
        """Text of a cell; empty if there is none, or if the cell holds what no text is (and a problem has been told)."""
        cell = row.cells.get(column)
        if cell is not None and cell.kind in _UNREADABLE:
            self.say(row, column, *_UNREADABLE[cell.kind])
        return "" if cell is None or cell.kind in _UNREADABLE else cell.text

    def chosen(self, row: Row, definition: Field) -> str:
        """Code that a cell with a list stands for; empty if the cell is, or after a problem."""
        column = definition.name
        if not (text := self.text(row, column)):
            return ""
        key = (row.table, column)
        if key not in self._choices:
            self._choices[key] = choices(self.frames, definition)
        allowed = self._choices[key]
        found = allowed.find(text)
        if len(found) == 1:
            return found[0]
        near = "、".join(allowed.near(text))
        if found:
            options = "、".join(allowed.labels[c] for c in found)
            zh, en = f"可指多项：{options}；请选其一", f"may mean several: {options}; choose one"
        elif definition.codes:
            listed = "、".join(allowed.labels.values())
            zh, en = f"允许的值：{listed}", f"allowed: {listed}"
        else:
            table = definition.refers.split(".")[0]
            zh = f"{table}.csv 中没有；要新增，请先填工作表“{sheet_name(table)}”"
            en = f"not in {table}.csv; to add it, fill in the sheet '{sheet_name(table)}' as well"
        if near and not found:
            zh, en = f"{zh}；是否为：{near}？", f"{en}; did you mean: {near}?"
        self.say(row, column, zh, en)
        return ""

    def date(self, row: Row, column: str) -> str:
        """ISO date of a cell: a year, month or day."""
        if not (text := self.text(row, column)):
            return ""
        try:
            code = text if row.cells[column].kind in ("date", "month") else periods.read(text)
            if periods.parse(code).kind in ("year", "month", "day") and periods.is_period(code):
                return code
        except ValueError:
            pass
        zh = "应为日期，如 2026、2026-07 或 2026-07-20（年份四位；2026.1 分不清1月和10月）"
        self.say(row, column, zh, "must be a date such as 2026, 2026-07 or 2026-07-20 (2026.1 may be October)")
        return ""

    # --- rows --------------------------------------------------------------------------------------------------------

    def _entry(self, row: Row) -> Draft:
        """An indicator, area, unit or source."""
        return Draft(row, {f.name: self._entry_value(row, f) for f in TABLES[row.table].fields})

    def _entry_value(self, row: Row, definition: Field) -> str:
        if definition.kind == "date":
            return self.date(row, definition.name)
        if definition.codes or definition.refers:
            return self.chosen(row, definition)
        text = self.text(row, definition.name)
        coded = definition.pattern or definition.kind == "integer"
        return numerals.plain(text).replace("−", "-") if coded else text

    def _figure(self, row: Row) -> Draft:
        """One printed number."""
        before, values = len(self.problems), dict.fromkeys(TABLES["figures"].columns, "")
        definitions = {f.name: f for f in fields("figures", all_columns=True)}
        for name, definition in definitions.items():
            if name in values and name not in _IN_PARTS:
                listed = definition.codes or definition.refers
                values[name] = self.chosen(row, definition) if listed else self.text(row, name)
        values["vintage"] = self.date(row, "vintage")
        values["time_period"] = self._period(row, definitions["period_type"])
        draft = Draft(row, values)
        self._quantity(draft)
        for name, definition in definitions.items():
            if is_required("figures", definition) and name not in row.cells and name not in ("obs_value", "unit"):
                self.say(row, name, f"不能为空：{definition.zh}", f"must not be empty: {definition.en}")
        if len(self.problems) == before:
            self._fill(draft)
        return draft

    def _period(self, row: Row, kinds: Field) -> str:
        before = len(self.problems)
        beside = row.cells.get("period_number")
        dated = beside is not None and beside.kind in ("date", "month")  # 9-27 that Excel has taken for a date
        parts = [self.text(row, "time_period"), self.chosen(row, kinds), self.text(row, "year")]
        parts += [beside.text[5:] if dated else self.text(row, "period_number")]
        try:
            return typed.period(row, *parts) if len(self.problems) == before else ""
        except typed.Unclear as error:
            self.say(row, error.column, error.zh, error.en)
            return ""

    # --- quantities --------------------------------------------------------------------------------------------------

    def _quantity(self, draft: Draft) -> None:
        """Value, upper end, relation and unit as they are typed and printed."""
        row, values = draft.row, draft.values
        number, upper = self._typed(row, "obs_value"), self._typed(row, "value_high")
        if number is None:
            return
        self._unit(row, values, number)
        high = upper.low if upper else number.high
        if upper and number.high not in (None, upper.low):
            zh = f"与数值中的 {number.high} 不一致"
            self.say(row, "value_high", zh, f"disagrees with the {number.high} in the value")
        printed, said = values["as_printed"], "range" if high is not None else number.relation
        if said and values["relation"] not in ("", said):
            self.say(row, "relation", f"与数值中的写法（{said}）不一致", f"disagrees with what the value says ({said})")
        if not values["relation"]:
            values["relation"] = said or typed.bound_around(number.low, printed, values["unit"]) or "="
            if values["relation"] != "=":
                draft.derived.append((f"关系 {values['relation']}", f"relation {values['relation']}"))
        growth = values["transformation"] == "GY"
        for column, value in (("obs_value", number.low), ("value_high", high)):
            if value is not None:
                text = values[column] = citations.written(value, printed, growth=growth)
                if (
                    growth
                    and not citations.holds(text, printed)
                    and not citations.objection(text, printed, growth=True)
                ):
                    draft.derived.append((f"增长 {text}（原文以上年为100）", f"growth {text} (the year before is 100)"))

    def _typed(self, row: Row, column: str) -> typed.Quantity | None:
        cell, text = row.cells.get(column), self.text(row, column)
        if text and cell.number is not None:
            return typed.Quantity(cell.number, unit="%" if cell.kind == "percent" else "")
        number = typed.quantity(text) if text and cell.kind == "text" else None
        if text and number is None:
            zh = "应为一个数字，如 300.8 或 -5，不带文字；被 Excel 变成日期或真/假值的，请设为文本后重填"
            en = "must be a number such as 300.8 or -5, without words; if Excel has turned it into a date or true/false, format the cell as text"
            self.say(row, column, zh, en)
        return number

    def _unit(self, row: Row, values: dict[str, str], number: typed.Quantity) -> None:
        """The unit chosen, else the one typed behind the number; both agree, and with what is printed behind it."""
        units, given, printed = self.frames["units"], values["unit"], values["as_printed"]
        if "unit" in row.cells and not given:
            return  # told
        measures = {u: rest for u, *rest in units[["unit", "unit_measure", "unit_mult"]].values.tolist()}
        named = next((u for u in measures if canonical(u) == canonical(number.unit)), "")
        unit = values["unit"] = given or named
        seen = sorted(typed.unit_after(number.low, printed, measures))
        if number.unit and named != (unit or None):
            usual = dict(self.frames["indicators"][["indicator", "unit"]].values).get(values["indicator"])
            alike = [u for u in measures if measures[u][0] == measures.get(usual, [""])[0]]
            near = "、".join(u for u in alike if u.startswith(number.unit)) or nearest(number.unit, list(measures))
            zh, en = ("不是表中的单位", "is no unit on file")
            if given:
                zh, en = f"与单位 {given} 不一致", f"disagrees with the unit {given}"
            zh = f"数字后面的 {number.unit} {zh}；是否为 {near}？"
            self.say(row, "obs_value", zh, f"{number.unit} behind the number {en}; is it {near}?")
        elif not unit:
            near = "、".join(seen) or "…"
            zh = f"不能为空：选原文的单位；是否为 {near}？"
            self.say(row, "unit", zh, f"must not be empty: choose the unit of the text; is it {near}?")
        elif seen and not any(
            measures.get(s, s) == measures[unit] or unit.startswith(f"{s}/" if s in measures else s) for s in seen
        ):
            shown = "、".join(seen)
            zh = f"原文“{printed}”在数字后面的是 {shown}；请改单位或原文"
            self.say(row, "unit", zh, f"“{printed}” has {shown} behind the number; correct the unit or the text")

    # --- what a person need not say ----------------------------------------------------------------------------------

    def _fill(self, draft: Draft) -> None:
        """Fill in empty cells from the source, the indicator and the figures on file; an unclear span is asked for."""
        values, figures = draft.values, self.frames["figures"]
        source = self.frames["sources"].set_index("source_id").loc[values["source_id"]]

        def default(column: str, value: str, zh: str = "", en: str = "") -> None:
            if not values[column] and value:
                values[column] = value
                if zh:
                    told = f"{TABLES['figures'].field(column).zh} {value}（{zh}）", f"{column} {value} ({en})"
                    draft.derived.append(told)

        default("ref_area", home(self.frames), "未填，取本市", "left empty: the city")
        if source.tier == "promotional":
            default("record_type", "claim", "来源为招商宣传", "promotional source")
        default("record_type", "actual", "未填", "left empty")
        default("relation", "=")
        default("locator", "正文", "未填", "left empty")
        default("time_basis", "stated" if values["time_period"] else "unstated")
        default("vintage", source.date_published, "来源的发布日期", "the source's date")
        default("obs_status", _WEAK.get(source.tier, ""), f"来源层级 {source.tier}", f"tier {source.tier}")
        default("obs_status", "A")
        own = ["indicator", "transformation"]
        alike = figures[(figures[own] == [values[c] for c in own]).all(axis=1)]
        if len(prices := set(alike.prices)) == 1:
            default("prices", prices.pop(), "同指标已有数字", "as its other figures")
        default("span", self._span(values, alike), "按指标和时期", "from indicator and period")
        if not values["span"]:
            zh = "无法推定：请选时间跨度（全年、累计、每年、时点）"
            self.say(draft.row, "span", zh, "cannot be worked out: choose annual, cumulative, per_year or point")

    def _span(self, values: dict[str, str], alike: pd.DataFrame) -> str:
        def kind(code: str) -> str:
            return periods.parse(code).kind if code else ""

        period = kind(values["time_period"])
        same = alike[(alike.record_type == values["record_type"]) & (alike.time_period.map(kind) == period)]
        measure = self.frames["indicators"].set_index("indicator").measure_type[values["indicator"]]
        if same.span.nunique() == 1:
            return same.span.iloc[0]
        if values["record_type"] != "parameter" and period != "day":
            if measure == "flow" or values["transformation"] == "GY":
                return {"year": "annual", "": ""}.get(period, "cumulative")
            if measure == "count" or (not period and len(same)):
                return ""
        return "point"


def home(frames: dict[str, pd.DataFrame]) -> str:
    """The city that the tables are about."""
    return home_area(frames["figures"], frames["ref_areas"].set_index("ref_area").level)
