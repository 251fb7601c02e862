"""Cells of an entry sheet turned into rows of the tables, with the digits as printed (34.60); what is left empty is worked
out where that is safe, and shown before it is written. Whether the rows hold is found out by checking the tables."""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from ..facts import citations, numerals, periods
from ..facts.data import home_area
from ..facts.problems import nearest
from ..facts.schema import TABLES, Field
from . import message
from .layout import CODES, Choices, canonical, choices, fields, sheet_name, table_of
from .reading import Row, tidy

_WEAK = {"promotional": "V", "mirror": "V", "compilation": "V", "secondary": "U"}
_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d{1,2})?"
# Words of a bound, each with its relation, in front of a number and behind it.
_BOUNDS, _BEHIND = (
    [(word, sign) for sign, row in table_of("bounds.csv").items() for word in row[side].split()]
    for side in ("before", "behind")
)
_TYPED = re.compile(
    rf"(?P<low>{_NUMBER})(?:(?P<inner>[^\d,.+-]*?)(?:-|至|到|~)(?P<high>{_NUMBER}))?(?P<unit>[^\d,.+-]\D*)?"
)
_EITHER = (  # what may be either of two periods; a number cell keeps no zero at its end
    (r"(\d{4})\.1", r"\1年10月", r"\1年1月"),
    (r"(\d{4})-(\d\d?)-(\d\d?)", r"\1年\2-\3月", r"\1年\2月\3日"),
    (r"(\d\d)年?", r"19\g<1>年", r"20\g<1>年"),
)
_ORDINALS = dict(zip("一二三四", "1234", strict=True))
_TURNED = {">=": "<=", ">": "<", "<=": ">=", "<": ">"}


@dataclass(frozen=True)
class Quantity:
    """A quantity as a person typed it: digits, upper end, relation and the unit behind it, each where it was typed."""

    low: Decimal
    high: Decimal | None = None
    relation: str = ""
    unit: str = ""


def quantity(text: str) -> Quantity | None:
    """Read 1,234.5, ３４.６, 负5, 5.8亿美元, 超过5, 5—7, 50以上, 二十八; None if it is no number that can be told for sure. A
    footnote mark is passed over; (5), ▲5 and 2½ are not guessed at, nor are numbers with a space between them."""
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
    """Relation that the words right before a number or right behind its unit say: 超2亿美元 is ``>``, 200个以上 ``>=``. Of
    a negative number the words bound its size: a fall of 4%以上 is ``<=`` -4."""
    text = numerals.separated(printed)
    for found in numerals.quantities(text):
        if abs(number) in found.values:
            before = re.sub(r"[节签合集契条]约$|最近$", "", text[: found.start].casefold())
            behind = text[found.end :]
            after = behind.removeprefix(numerals.separated(unit))
            words = [(len(w), sign) for w, sign in _BOUNDS if before.endswith(w)]
            words += [(len(w), sign) for w, sign in _BEHIND if after.startswith(w)]
            words += [(1, ">")] * behind.startswith(("余", "多"))
            if words:
                relation = max(words)[1]  # the longest word: 不超过 is no 超过
                return _TURNED.get(relation, relation) if number < 0 else relation
    return ""


def unit_after(value: Decimal, printed: str, units: Iterable[str]) -> set[str]:
    """Units of the table that stand right behind a number as printed; the longest at each place, else a magnitude."""
    text = numerals.separated(printed)
    keys = {numerals.separated(u): u for u in units}
    found = set()
    for numeral in numerals.arabic(text):
        if numeral.values[0] == abs(value):
            rest = re.sub(r"^[\s)*※†‡]*(?:多|余)?", "", text[numeral.end :])  # behind a mark
            if fits := [k for k in keys if rest.startswith(k)]:
                found.add(keys[max(fits, key=len)])
            elif scale := re.match(r"万亿|[百千万亿]|(?:thousand|[mbtr]+illion)", rest, re.I):
                found.add(scale[0])  # a magnitude of no unit on file: 万亿元
    return found


def period(row: Row, kind: str) -> str:
    """Code of the period that a row names, written whole or as type (`kind`), year and number; "" where none is stated, or
    where the cells name no period or two different ones, and that is said."""
    text, year, number = (row.text(column) for column in ("time_period", "year", "period_number"))
    if row.kind("period_number") in ("date", "month"):  # 9-27 that Excel has taken for a date
        number = number[5:]
    written = "" if row.problems or not text else _written(row, text)
    chosen = "" if row.problems or kind in ("", "unstated") else _chosen(row, kind, year, number)
    if row.problems:
        return ""
    if (year or number) and not (kind or written):
        row.say("period_type", "no_kind_of_period")
    elif written and (kind == "unstated" or written != (chosen or written)):
        row.say("time_period", "two_periods", chosen=(chosen or "未载明", chosen or kind))
    elif not (written or chosen or kind):
        row.say("time_period", "no_period")
    return written or chosen


def read_period(cell: str, text: str) -> str:
    """Code of a period or date as written in a cell of kind `cell`; a ValueError if it names none."""
    code = text if cell in ("date", "month") else periods.read(text)
    if cell in ("percent", "boolean") or not periods.is_period(code):
        raise ValueError(text)
    return code


def _written(row: Row, text: str) -> str:
    try:
        return read_period(row.kind("time_period"), text)
    except ValueError:
        plain = numerals.plain(text)
    for pattern, one, other in _EITHER:
        if found := re.fullmatch(pattern, plain):
            row.say("time_period", "either_period", plain=plain, one=found.expand(one), other=found.expand(other))
            return ""
    row.say("time_period", "unknown_period", forms=periods.FORMS)
    return ""


def _chosen(row: Row, kind: str, year: str, number: str) -> str:
    year, number = numerals.plain(year).removesuffix("年").strip(), numerals.plain(number)
    if not re.fullmatch(r"(19|20)\d\d", year):
        row.say("year", "no_year")
        return ""
    form, allowed = CODES[kind]["written"], CODES[kind]["number"]
    if kind == "day":
        number = re.sub(r"^(\d\d?)[-月/](\d\d?)日?$", r"\1月\2", number)
    try:
        if not re.fullmatch({"": "", "9-27": ".+"}.get(allowed, r"[一二三四]|\d\d?"), number):
            raise ValueError
        return periods.read(form.format(y=year, n=_ORDINALS.get(number, number)))
    except ValueError:
        row.say("period_number", "other_number" if allowed else "number_not_needed", allowed=allowed)
        return ""


class Filling:
    """Gives rows their values against the tables on file, which grow by what is new in them."""

    def __init__(self, frames: dict[str, pd.DataFrame]) -> None:
        self.frames = dict(frames)
        self._choices: dict[tuple[str, str], Choices] = {}

    def fill(self, rows: list[Row]) -> list[Row]:
        """Rows with their values: indicators, areas, units and sources first, so that figures may refer to them."""
        order = ("units", "ref_areas", "indicators", "sources", "figures")
        rows = sorted(rows, key=lambda row: order.index(row.table))
        for table in order:
            new = [row.values for row in rows if row.table == table and self._fill(row)]
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
                written = read_period(row.kind(column.name), written)
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
        found = allowed.find(written)
        if len(found) == 1:
            return found[0]
        alike = "、".join(allowed.near(written))
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
        time_period = period(row, self.chosen(row, next(f for f in offered if f.name == "period_type")))
        values = {f.name: "" if f.name in in_parts else self.value(row, f) for f in TABLES["figures"].fields}
        row.values = values | {"time_period": time_period}
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
            values["relation"] = said or bound_around(number.low, printed, values["unit"]) or "="
            if values["relation"] != "=":
                row.derived.append(message("relation_seen", value=values["relation"]))
        for column, value in (("obs_value", number.low), ("value_high", high)):
            if value is not None:
                shown = values[column] = citations.written(value, printed, growth=growth)
                held = citations.holds(shown, printed) or citations.objection(shown, printed, growth=True)
                if growth and not held:
                    row.derived.append(message("growth_seen", value=shown))

    def _unit(self, row: Row, number: Quantity) -> None:
        """The unit chosen, else the one typed behind the number; both agree, and with what is printed behind it."""
        given, printed = row.values["unit"], row.values["as_printed"]
        if "unit" in row.cells and not given:
            return  # told
        measures = {u: rest for u, *rest in self.frames["units"][["unit", "unit_measure", "unit_mult"]].values.tolist()}
        named = next((u for u in measures if canonical(u) == canonical(number.unit)), "")
        unit = row.values["unit"] = given or named
        seen = sorted(unit_after(number.low, printed, measures))
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
        kind, kinds = _kind(values["time_period"]), alike.time_period.map(_kind)
        same = alike[(alike.record_type == values["record_type"]) & (kinds == kind)]
        measure = self.frames["indicators"].set_index("indicator").measure_type[values["indicator"]]
        if same.span.nunique() == 1:
            return same.span.iloc[0]
        if values["record_type"] == "parameter" or kind == "day":
            return "point"
        if measure == "flow" or values["transformation"] == "GY":
            return {"year": "annual", "": ""}.get(kind, "cumulative")
        return "" if measure == "count" or (not kind and len(same)) else "point"


def _kind(period: str) -> str:
    return periods.parse(period).kind if period else ""


def _typed(row: Row, column: str) -> Quantity | None:
    """Number in a cell, with what is typed around it."""
    cell, written = row.cells.get(column), row.text(column)
    if written and cell.number is not None:
        return Quantity(cell.number, unit="%" if cell.kind == "percent" else "")
    number = quantity(written) if written and cell.kind == "text" else None
    if written and number is None:
        row.say(column, "no_number")
    return number


def home(frames: dict[str, pd.DataFrame]) -> str:
    """The city that the tables are about."""
    return home_area(frames["figures"], frames["ref_areas"].set_index("ref_area").level)
