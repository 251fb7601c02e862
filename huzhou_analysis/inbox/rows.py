"""Cells of an entry sheet turned into rows of the tables, with the digits as printed (34.60); what is left empty is worked
out where that is safe, and shown before it is written. Whether the rows hold is found out by checking the tables."""

from contextlib import suppress
from itertools import groupby

import pandas as pd

from ..facts import citations, numerals, periods
from ..facts.data import home_area
from ..facts.problems import nearest
from ..facts.schema import TABLES, Field
from . import message, typed
from .layout import Choices, canonical, choices, fields, sheet_name
from .reading import Row

_WEAK = {"promotional": "V", "mirror": "V", "compilation": "V", "secondary": "U"}


class Filling:
    """Gives rows their values against the tables on file, which grow by what is new in them."""

    def __init__(self, frames: dict[str, pd.DataFrame]) -> None:
        self.frames = dict(frames)
        self._choices: dict[tuple[str, str], Choices] = {}

    def fill(self, rows: list[Row]) -> list[Row]:
        """Rows with their values: indicators, areas, units and sources first, so that figures may refer to them."""
        order = ("units", "ref_areas", "indicators", "sources", "figures")
        rows = sorted(rows, key=lambda row: order.index(row.table))
        for table, these in groupby(rows, key=lambda row: row.table):
            new = [row.values for row in these if self._fill(row)]
            if table != "figures" and new:
                grown = pd.concat([self.frames[table], pd.DataFrame(new)], ignore_index=True)
                self.frames[table] = grown.drop_duplicates(TABLES[table].key[0])
                self._choices.clear()
        return rows

    def _fill(self, row: Row) -> bool:
        """Give a row its values; none if it is not to be added: a figure with an unclear cell, a row marked as an example."""
        frame = self.frames[row.table]
        if row.table == "figures":
            self._figure(row)
        else:
            row.values = {f.name: self.value(row, f) for f in TABLES[row.table].fields}
        if "mark" in row.cells:
            compared = {c: v for c, v in row.values.items() if v and c not in ("figure_id", "comment")}
            same = not row.problems and (frame[list(compared)] == list(compared.values())).all(axis=1).any()
            row.values, row.problems = {}, []
            if same:
                row.notes.append(message("example", file=row.file))
            else:
                row.say("mark", "changed_example")
        elif row.table == "figures" and row.problems:
            row.values = {}
        return bool(row.values)

    def value(self, row: Row, column: Field) -> str:
        """What a cell holds as the table has it: the code that is meant, an ISO date (a year, month or day), or text."""
        if column.codes or column.refers:
            return self.chosen(row, column)
        written = row.text(column.name)
        if column.kind == "date" and written:
            with suppress(ValueError):
                written = typed.read_period(row.kind(column.name), written)
                if periods.parse(written).kind in ("year", "month", "day"):
                    return written
            row.say(column.name, "no_date")
            return ""
        return numerals.plain(written).replace("−", "-") if column.pattern or column.kind == "integer" else written

    def chosen(self, row: Row, column: Field) -> str:
        """Code that a cell with a list stands for."""
        if not (written := row.text(column.name)):
            return ""
        key = row.table, column.name
        if key not in self._choices:
            self._choices[key] = choices(self.frames, column)
        allowed = self._choices[key]
        found, alike = allowed.find(written), "、".join(allowed.near(written))
        if len(found) == 1:
            return found[0]
        near = message("near", near=alike) if alike else ""
        if found or column.codes:
            options = "、".join(allowed.labels[code] for code in found or allowed.labels)
            row.say(column.name, "several" if found else "not_allowed", options=options, near=near)
        else:
            table = column.refers.split(".")[0]
            row.say(column.name, "not_on_file", table=table, sheet=sheet_name(table), near=near)
        return ""

    def _figure(self, row: Row) -> None:
        """One printed number."""
        offered, in_parts = fields("figures", all_columns=True), ("time_period", "obs_value", "value_high")
        period = typed.period(row, self.chosen(row, next(f for f in offered if f.name == "period_type")))
        values = {f.name: "" if f.name in in_parts else self.value(row, f) for f in TABLES["figures"].fields}
        row.values = values | {"time_period": period}
        self._quantity(row)
        for f in offered:
            if f.required and f.name not in row.cells and f.name not in ("obs_value", "unit"):
                row.say(f.name, "empty", what=(f.zh, f.en))
        if not row.problems:
            self._derive(row)

    def _quantity(self, row: Row) -> None:
        """Value, upper end, relation and unit as they are typed and printed."""
        values, printed, growth = row.values, row.values["as_printed"], row.values["transformation"] == "GY"
        number, upper = _typed(row, "obs_value"), _typed(row, "value_high")
        if number is None:
            return
        self._unit(row, number)
        high = upper.low if upper else number.high
        if upper and number.high not in (None, upper.low):
            row.say("value_high", "other_end", high=number.high)
        said = "range" if high is not None else number.relation
        if said and values["relation"] not in ("", said):
            row.say("relation", "other_relation", said=said)
        if not values["relation"]:
            values["relation"] = said or typed.bound_around(number.low, printed, values["unit"]) or "="
            if values["relation"] != "=":
                row.derived.append(message("relation_seen", value=values["relation"]))
        for column, value in (("obs_value", number.low), ("value_high", high)):
            if value is not None:
                shown = values[column] = citations.written(value, printed, growth=growth)
                held = citations.holds(shown, printed) or citations.objection(shown, printed, growth=True)
                if growth and not held:
                    row.derived.append(message("growth_seen", value=shown))

    def _unit(self, row: Row, number: typed.Quantity) -> None:
        """The unit chosen, else the one typed behind the number; both agree, and with what is printed behind it."""
        given, printed = row.values["unit"], row.values["as_printed"]
        if "unit" in row.cells and not given:
            return  # told
        measures = {u: rest for u, *rest in self.frames["units"][["unit", "unit_measure", "unit_mult"]].values.tolist()}
        named = next((u for u in measures if canonical(u) == canonical(number.unit)), "")
        unit = row.values["unit"] = given or named
        seen = sorted(typed.unit_after(number.low, printed, measures))
        if number.unit and named != (unit or None):
            usual = dict(self.frames["indicators"][["indicator", "unit"]].values).get(row.values["indicator"])
            alike = [u for u in measures if measures[u][0] == measures.get(usual, [""])[0]]
            near = "、".join(u for u in alike if u.startswith(number.unit)) or nearest(number.unit, list(measures))
            row.say("obs_value", "other_unit" if given else "unknown_unit", unit=number.unit, given=given, near=near)
        elif not unit:
            row.say("unit", "no_unit", near="、".join(seen) or "…")
        elif seen and not any(
            measures.get(s, s) == measures[unit] or unit.startswith(f"{s}/" if s in measures else s) for s in seen
        ):
            row.say("unit", "printed_unit", printed=printed, seen="、".join(seen))

    def _derive(self, row: Row) -> None:
        """Fill in empty cells from the source, the indicator and the figures on file; an unclear span is asked for."""
        values, figures = row.values, self.frames["figures"]
        source = self.frames["sources"].set_index("source_id").loc[values["source_id"]]
        own = ["indicator", "transformation"]
        alike = figures[(figures[own] == [values[c] for c in own]).all(axis=1)]

        def default(column: str, value: str, name: str = "", **more: str) -> None:
            if not values[column] and value:
                values[column] = value
                row.derived += [message(name, value=value, **more)] if name else []

        default("ref_area", home(self.frames), "home")
        default("record_type", "claim" if source.tier == "promotional" else "", "claim")
        default("record_type", "actual", "result")
        default("relation", "=")
        default("locator", "正文", "left_locator")
        default("time_basis", "stated" if values["time_period"] else "unstated")
        default("vintage", source.date_published, "published")
        default("obs_status", _WEAK.get(source.tier, ""), "status_of_tier", tier=source.tier)
        default("obs_status", "A")
        default("prices", alike.prices.iloc[0] if alike.prices.nunique() == 1 else "", "usual_prices")
        default("span", self._span(values, alike), "usual_span")
        if not values["span"]:
            row.say("span", "no_span")

    def _span(self, values: dict[str, str], alike: pd.DataFrame) -> str:
        period, periods_alike = _kind(values["time_period"]), alike.time_period.map(_kind)
        same = alike[(alike.record_type == values["record_type"]) & (periods_alike == period)]
        measure = self.frames["indicators"].set_index("indicator").measure_type[values["indicator"]]
        if same.span.nunique() == 1:
            return same.span.iloc[0]
        if values["record_type"] == "parameter" or period == "day":
            return "point"
        if measure == "flow" or values["transformation"] == "GY":
            return {"year": "annual", "": ""}.get(period, "cumulative")
        return "" if measure == "count" or (not period and len(same)) else "point"


def _kind(period: str) -> str:
    return periods.parse(period).kind if period else ""


def _typed(row: Row, column: str) -> typed.Quantity | None:
    """Number in a cell, with what is typed around it."""
    cell, written = row.cells.get(column), row.text(column)
    if written and cell.number is not None:
        return typed.Quantity(cell.number, unit="%" if cell.kind == "percent" else "")
    number = typed.quantity(written) if written and cell.kind == "text" else None
    if written and number is None:
        row.say(column, "no_number")
    return number


def home(frames: dict[str, pd.DataFrame]) -> str:
    """The city that the tables are about."""
    return home_area(frames["figures"], frames["ref_areas"].set_index("ref_area").level)
