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
from .cells import READABLE, Row
from .layout import Choices, canonical, choices, fields, sheet_name
from .messages import message

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
                every = pd.concat([self.frames[table], pd.DataFrame([d.values for d in these])], ignore_index=True)
                self.frames[table] = every.drop_duplicates(key)
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
            self.notes.append(message("example", file=row.file))
        else:
            self.say(row, "mark", "changed_example")
        return None

    def say(self, row: Row, column: str, kind: str, **values: object) -> None:
        self.problems.append(row.problem(column, message(kind, **values)))

    # What a cell holds: "" if it is empty, or if it cannot be read (and a problem has been told).

    def text(self, row: Row, column: str) -> str:
        cell = row.cells.get(column)
        if cell is not None and cell.kind not in READABLE:
            self.say(row, column, cell.kind)
        return cell.text if cell is not None and cell.kind in READABLE else ""

    def chosen(self, row: Row, definition: Field) -> str:
        """Code that a cell with a list stands for."""
        column = definition.name
        if not (written := self.text(row, column)):
            return ""
        key = (row.table, column)
        if key not in self._choices:
            self._choices[key] = choices(self.frames, definition)
        allowed = self._choices[key]
        found, alike = allowed.find(written), "、".join(allowed.near(written))
        if len(found) == 1:
            return found[0]
        near = message("near", near=alike) if alike else ""
        if found:
            said = message("several", options="、".join(allowed.labels[c] for c in found))
        elif definition.codes:
            said = message("not_allowed", options="、".join(allowed.labels.values()), near=near)
        else:
            table = definition.refers.split(".")[0]
            said = message("not_on_file", table=table, sheet=sheet_name(table), near=near)
        self.problems.append(row.problem(column, said))
        return ""

    def date(self, row: Row, column: str) -> str:
        """ISO date of a cell: a year, month or day."""
        if not (written := self.text(row, column)):
            return ""
        try:
            code = typed.read_period(row.cells[column].kind, written)
            if periods.parse(code).kind in ("year", "month", "day"):
                return code
        except ValueError:
            pass
        self.say(row, column, "no_date")
        return ""

    def value(self, row: Row, definition: Field) -> str:
        if definition.kind == "date":
            return self.date(row, definition.name)
        if definition.codes or definition.refers:
            return self.chosen(row, definition)
        written = self.text(row, definition.name)
        coded = definition.pattern or definition.kind == "integer"
        return numerals.plain(written).replace("−", "-") if coded else written

    # Rows.

    def _entry(self, row: Row) -> Draft:
        """An indicator, area, unit or source."""
        return Draft(row, {f.name: self.value(row, f) for f in TABLES[row.table].fields})

    def _figure(self, row: Row) -> Draft:
        """One printed number."""
        before, offered = len(self.problems), fields("figures", all_columns=True)
        in_parts = ("obs_value", "value_high", "time_period")
        values = {f.name: "" if f.name in in_parts else self.value(row, f) for f in TABLES["figures"].fields}
        values["time_period"] = self._period(row, next(f for f in offered if f.name == "period_type"))
        draft = Draft(row, values)
        self._quantity(draft)
        for f in offered:
            if f.required and f.name not in row.cells and f.name not in ("obs_value", "unit"):
                self.say(row, f.name, "empty", zh=f.zh, en=f.en)
        if len(self.problems) == before:
            self._fill(draft)
        return draft

    def _period(self, row: Row, kinds: Field) -> str:
        before = len(self.problems)
        beside = row.cells.get("period_number")
        dated = beside is not None and beside.kind in ("date", "month")  # 9-27 that Excel has taken for a date
        parts = [self.text(row, "time_period"), self.chosen(row, kinds), self.text(row, "year")]
        parts += [beside.text[5:] if dated else self.text(row, "period_number")]
        cell = row.cells["time_period"].kind if "time_period" in row.cells else ""
        try:
            return typed.period(cell, *parts) if len(self.problems) == before else ""
        except typed.Unclear as error:
            self.problems.append(row.problem(*error.args))
            return ""

    def _quantity(self, draft: Draft) -> None:
        """Value, upper end, relation and unit as they are typed and printed."""
        row, values = draft.row, draft.values
        number, upper = self._typed(row, "obs_value"), self._typed(row, "value_high")
        if number is None:
            return
        self._unit(row, values, number)
        high = upper.low if upper else number.high
        if upper and number.high not in (None, upper.low):
            self.say(row, "value_high", "other_end", high=number.high)
        printed, said = values["as_printed"], "range" if high is not None else number.relation
        if said and values["relation"] not in ("", said):
            self.say(row, "relation", "other_relation", said=said)
        if not values["relation"]:
            values["relation"] = said or typed.bound_around(number.low, printed, values["unit"]) or "="
            if values["relation"] != "=":
                draft.derived.append(message("relation_seen", value=values["relation"]))
        growth = values["transformation"] == "GY"
        for column, value in (("obs_value", number.low), ("value_high", high)):
            if value is not None:
                shown = values[column] = citations.written(value, printed, growth=growth)
                held = citations.holds(shown, printed) or citations.objection(shown, printed, growth=True)
                if growth and not held:
                    draft.derived.append(message("growth_seen", value=shown))

    def _typed(self, row: Row, column: str) -> typed.Quantity | None:
        cell, written = row.cells.get(column), self.text(row, column)
        if written and cell.number is not None:
            return typed.Quantity(cell.number, unit="%" if cell.kind == "percent" else "")
        number = typed.quantity(written) if written and cell.kind == "text" else None
        if written and number is None:
            self.say(row, column, "no_number")
        return number

    def _unit(self, row: Row, values: dict[str, str], number: typed.Quantity) -> None:
        """The unit chosen, else the one typed behind the number; both agree, and with what is printed behind it."""
        given, printed = values["unit"], values["as_printed"]
        if "unit" in row.cells and not given:
            return  # told
        measures = {u: rest for u, *rest in self.frames["units"][["unit", "unit_measure", "unit_mult"]].values.tolist()}
        named = next((u for u in measures if canonical(u) == canonical(number.unit)), "")
        unit = values["unit"] = given or named
        seen = sorted(typed.unit_after(number.low, printed, measures))
        if number.unit and named != (unit or None):
            usual = dict(self.frames["indicators"][["indicator", "unit"]].values).get(values["indicator"])
            alike = [u for u in measures if measures[u][0] == measures.get(usual, [""])[0]]
            near = "、".join(u for u in alike if u.startswith(number.unit)) or nearest(number.unit, list(measures))
            kind = "other_unit" if given else "unknown_unit"
            self.say(row, "obs_value", kind, unit=number.unit, given=given, near=near)
        elif not unit:
            self.say(row, "unit", "no_unit", near="、".join(seen) or "…")
        elif seen and not any(
            measures.get(s, s) == measures[unit] or unit.startswith(f"{s}/" if s in measures else s) for s in seen
        ):
            self.say(row, "unit", "printed_unit", printed=printed, seen="、".join(seen))

    # What a person need not say.

    def _fill(self, draft: Draft) -> None:
        """Fill in empty cells from the source, the indicator and the figures on file; an unclear span is asked for."""
        values, figures = draft.values, self.frames["figures"]
        source = self.frames["sources"].set_index("source_id").loc[values["source_id"]]

        def default(column: str, value: str, kind: str = "", **more: str) -> None:
            if not values[column] and value:
                values[column] = value
                if kind:
                    draft.derived.append(message(kind, value=value, **more))

        default("ref_area", home(self.frames), "home")
        default("record_type", "claim" if source.tier == "promotional" else "", "claim")
        default("record_type", "actual", "result")
        default("relation", "=")
        default("locator", "正文", "left_locator")
        default("time_basis", "stated" if values["time_period"] else "unstated")
        default("vintage", source.date_published, "published")
        default("obs_status", _WEAK.get(source.tier, ""), "status_of_tier", tier=source.tier)
        default("obs_status", "A")
        own = ["indicator", "transformation"]
        alike = figures[(figures[own] == [values[c] for c in own]).all(axis=1)]
        default("prices", alike.prices.iloc[0] if alike.prices.nunique() == 1 else "", "usual_prices")
        default("span", self._span(values, alike), "usual_span")
        if not values["span"]:
            self.say(draft.row, "span", "no_span")

    def _span(self, values: dict[str, str], alike: pd.DataFrame) -> str:
        def kind(code: str) -> str:
            return periods.parse(code).kind if code else ""

        period = kind(values["time_period"])
        same = alike[(alike.record_type == values["record_type"]) & (alike.time_period.map(kind) == period)]
        if same.span.nunique() == 1:
            return same.span.iloc[0]
        measure = self.frames["indicators"].set_index("indicator").measure_type[values["indicator"]]
        if values["record_type"] == "parameter" or period == "day":
            return "point"
        if measure == "flow" or values["transformation"] == "GY":
            return {"year": "annual", "": ""}.get(period, "cumulative")
        return "" if measure == "count" or (not period and len(same)) else "point"


def home(frames: dict[str, pd.DataFrame]) -> str:
    """The city that the tables are about."""
    return home_area(frames["figures"], frames["ref_areas"].set_index("ref_area").level)
