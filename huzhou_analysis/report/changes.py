"""What moved since the last report, and why.

A report keeps the tables it was made from and a *snapshot* of its results: the verdict of every target, every
projection and chance, the findings of the audit and the verdicts of the growth ledger. The next report is led from the
old tables to the new ones in steps of one cause each, in a fixed order, and the results are computed again after each
step (a sequential decomposition): what moves at a step is put down to its cause.

====================  ==============================================================================================
``code``              the old tables under the new library and packages
``correction``        ``corrections.csv``, for figures that are otherwise the same
``revision``          rows edited in place, and new vintages of a quantity that was on file
``figures``           figures of quantities that were not on file, with the indicators, areas, sources they need
``removal``           figures that are gone
``tables``            everything else: pairs, definitions, units, relations, order of rows
====================  ==============================================================================================

A step that changes nothing is left out; one whose tables do not pass the checks by themselves is joined with the next,
and both causes are named. Movements are seen at the precision at which a number is shown, and only the net ones.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

from ..facts import periods
from ..facts import words as i18n
from ..facts.data import Data, load
from ..facts.schema import SEVERITIES, TABLES
from ..facts.units import Units
from ..facts.words import Text, text
from .kept import digest, fingerprint

FORMAT = 1
SNAPSHOT = "snapshot.json"

CAUSES = ("code", "correction", "revision", "figures", "removal", "tables")
KINDS = ("verdict", "chance", "projection", "finding", "ledger")

Row = dict[str, str]
# A result: what it is about, its facts by name (a code, a text in both languages, or [number, unit]), the figures behind.
Thing = dict
Rows = dict[str, list[Row]]
# The causes of a step, and the results after it.
State = tuple[tuple[str, ...], Sequence[Thing]]


# --- results -------------------------------------------------------------------------------------------------------


def results(data: Data) -> list[Thing]:
    """Every verdict, chance, projection, finding and ledger entry of a set of tables, as plain JSON.

    Returns
    -------
    list of dict
        ``kind`` (one of ``KINDS``), ``key`` (stable within the kind), ``name`` (both languages), ``about`` (indicator
        and area), ``facts`` (a code, a text, or ``[number, unit]``; nothing where there is none) and ``figures``.
    """
    return [*_verdicts(data), *_outlooks(data), *_findings(data), *_ledger(data)]


def _thing(kind: str, key: str, name: Text, about: Sequence[str], facts: Mapping, figures: Iterable[str]) -> Thing:
    kept = {}
    for fact, value in facts.items():
        if isinstance(value, tuple):
            number, unit = value
            if number is None or not math.isfinite(number):
                continue
            value = [float(f"{number:.10g}"), unit]
        if value:
            kept[fact] = value
    ids = sorted({i for several in figures for i in str(several).split()})
    return {"kind": kind, "key": key, "name": name, "about": list(about), "facts": kept, "figures": ids}


def _name(data: Data, indicator: str, area: str) -> Text:
    """Name of an indicator, with its area where that is not the city itself."""
    info = data.indicators.loc[indicator]
    if area == data.home:
        return text(info.name_zh, info.name_en)
    where = data.ref_areas.loc[area]
    return text(f"{where.name_zh}：{info.name_zh}", f"{where.name_en}: {info.name_en}")


def _verdicts(data: Data) -> list[Thing]:
    from ..analysis.gaps import target_gaps

    out = []
    for t in target_gaps(data).itertuples():
        facts = {
            "status": t.status,
            "target": (t.final_target, t.unit),
            "actual": (t.actual_value, t.unit),
            "actual_period": _period(t.actual_period) if t.actual_period else None,
            "required": (t.required_pace, f"{t.pace_unit}/年"),
            "robustness": t.robustness,
        }
        key = " | ".join((t.locator, t.indicator, t.ref_area, t.commitment, t.unit, t.span))
        place = {"": "", "strive": "（力争）", "ensure": "（确保）"}[t.commitment]
        english = {"": "", "strive": " (stretch)", "ensure": " (floor)"}[t.commitment]
        name = _name(data, t.indicator, t.ref_area)
        out.append(
            _thing(
                "verdict",
                key,
                text(f"{name['zh']}{place}，{t.locator}", f"{name['en']}{english}, {_place(data, t)}"),
                (t.indicator, t.ref_area),
                facts,
                (t.target_ids, t.restated_ids, t.actual_id, t.growth_ids, t.other_ids),
            )
        )
    return out


def _place(data: Data, target) -> str:
    source = data.figures.source_id[target.target_ids.split()[0]]
    rows = data.outline[(data.outline.source_id == source) & (data.outline.locator == target.locator)]
    return rows.locator_en.iloc[0] if len(rows) else target.locator


def _outlooks(data: Data) -> list[Thing]:
    """Chances of the targets, one for each value aimed at, and projections, one for each indicator."""
    from ..analysis.outlook import outlook, target_probabilities
    from ..analysis.projection import MIN_POINTS
    from ..analysis.targets import plan_years, target_year

    if not plan_years(data):
        return []
    year = target_year(data)
    table = target_probabilities(data)
    chances, projections = {}, {}
    for p in table.itertuples():
        about, why = (p.indicator, p.ref_area), text(p.reason_zh, p.reason_en)
        name = _name(data, *about)
        aim = {
            lang: i18n.quantity(f"{p.target:g}", p.unit, lang, data.units, relation=p.relation)
            for lang in i18n.LANGUAGES
        }
        key = f"{p.indicator} | {p.ref_area} | {p.relation}{p.target:.10g} {p.unit}"
        label = text(f"{name['zh']}{year}年{aim['zh']}", f"{name['en']}, {aim['en']} in {year}")
        if p.probability == p.probability:
            facts = {"chance": (p.probability, "chance")}
            chances[key] = _thing("chance", key, label, about, facts, [p.figure_ids])
        facts = _projected(p.mean, p.lower_80, p.upper_80, p.unit, why)
        projections[about] = _thing("projection", " | ".join(about), name, about, facts, [p.figure_ids])
    whole = data.select(area=data.home, record_type="actual", transformation="N")
    whole = whole[(whole.obs_text != "") & whole.time_period.map(periods.is_year).astype(bool)]
    years = whole.groupby("indicator").time_period.nunique()
    for indicator in years.index[years >= MIN_POINTS]:
        about = (indicator, data.home)
        if about in projections:
            continue
        found = outlook(data, indicator)
        end = (
            found.projection.table.iloc[-1] if found else {"mean": math.nan, "lower_80": math.nan, "upper_80": math.nan}
        )
        facts = _projected(end["mean"], end["lower_80"], end["upper_80"], found.unit, found.reason)
        projections[about] = _thing(
            "projection", " | ".join(about), _name(data, *about), about, facts, found.figure_ids if found else ()
        )
    return [*chances.values(), *projections.values()]


def _projected(middle: float, low: float, high: float, unit: str, reason: Text) -> dict:
    none = reason if reason.get("zh") else {}
    return {"median": (middle, unit), "lower_80": (low, unit), "upper_80": (high, unit), "reason": none}


def _findings(data: Data) -> list[Thing]:
    from ..analysis.audit import findings

    out, seen = [], {}
    for f in findings(data).itertuples():
        key, first = f.finding_id, data.figures.loc[f.figures.split()[0]] if f.figures else None
        if f.rule == "vintages_differ":  # one for each quantity, whichever year differs most
            key = ".".join((f.rule, f.indicator, f.ref_area, first.record_type, first.transformation))
        seen[key] = seen.get(key, 0) + 1
        key = key if seen[key] == 1 else f"{key} ({seen[key]})"
        sides = {side: text(*[getattr(f, side)] * 2) for side in ("left", "right", "difference") if getattr(f, side)}
        facts = {"severity": f.severity} | sides
        name = text(f.reading_zh, f.reading_en)
        if f.indicator:
            what = _name(data, f.indicator, f.ref_area)
            name = text(f"{what['zh']}：{name['zh']}", f"{what['en']}: {name['en']}")
        out.append(_thing("finding", key, name, (f.indicator, f.ref_area), facts, [f.figures]))
    return out


def _ledger(data: Data) -> list[Thing]:
    from ..analysis.ledger import growth_ledger

    out = []
    for figure_id, rows in growth_ledger(data).groupby("figure_id", sort=False):
        first = rows.iloc[0]
        about = (first.indicator, first.ref_area)
        name, when = _name(data, *about), _period(first.time_period)
        ids = {*rows.figure_id, *rows.level_id, *rows.base_id} - {""}
        out.append(
            _thing(
                "ledger",
                figure_id,
                text(f"{name['zh']}，{when['zh']}", f"{name['en']}, {when['en']}"),
                about,
                {"ledger": " ".join(dict.fromkeys(rows.verdict))},
                ids,
            )
        )
    return out


def _period(code: str) -> Text:
    return {lang: periods.parse(code).label(lang) if code else "—" for lang in i18n.LANGUAGES}


# --- tables as rows ------------------------------------------------------------------------------------------------


def read_rows(folder: Path) -> Rows:
    """Rows of every table as text, by name; a table that is not there has none."""
    out = {}
    for name in TABLES:
        path = folder / f"{name}.csv"
        out[name] = []
        if path.is_file():
            with path.open(encoding="utf-8-sig", newline="") as file:
                rows = ({k: v or "" for k, v in row.items() if k} for row in csv.DictReader(file))
                out[name] = [row for row in rows if any(row.values())]
    return out


def checksum(folder: Path) -> str:
    """Checksum of every table in a folder."""
    paths = {name: folder / f"{name}.csv" for name in TABLES}
    return fingerprint({name: digest(path) if path.is_file() else "" for name, path in paths.items()})


def write_rows(tables: Rows, folder: Path) -> None:
    """Write tables for :func:`~huzhou_analysis.data.load`."""
    for name, rows in tables.items():
        columns = list(dict.fromkeys(c for row in rows for c in row)) or TABLES[name].columns
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)


# Columns that say where a number stands, not what it is.
_ABOUT_THE_PRINT = {"comment", "locator", "as_printed"}
_QUANTITY = ("record_type", "indicator", "ref_area", "time_period", "transformation", "span")


@dataclass(frozen=True)
class Difference:
    """Two sets of tables, and for each figure that differs the step at which it does.

    Attributes
    ----------
    old, new : dict of list of dict
        Tables as rows.
    step : dict
        Figure id to the cause it is put down to; figures that are the same are not in it.
    """

    old: Rows
    new: Rows
    step: dict[str, str] = field(default_factory=dict)

    @classmethod
    def between(cls, old: Rows, new: Rows) -> Difference:
        was, now = _by(old["figures"], "figure_id"), _by(new["figures"], "figure_id")
        fixed, fix = _by(old["corrections"], "figure_id"), _by(new["corrections"], "figure_id")
        on_file = {tuple(row.get(c, "") for c in _QUANTITY) for row in old["figures"]}
        step = {}
        for i, row in now.items():
            if i not in was:
                quantity = tuple(row.get(c, "") for c in _QUANTITY)
                step[i] = "revision" if row.get("time_period") and quantity in on_file else "figures"
            elif _numbers(row) != _numbers(was[i]):
                step[i] = "revision"
            elif fixed.get(i) != fix.get(i):
                step[i] = "correction"
            elif row != was[i]:
                step[i] = "revision"
        return cls(old, new, step | {i: "removal" for i in was if i not in now})

    def staged(self, through: Iterable[str]) -> Rows:
        """The tables with the changes of some steps made; new rows of code tables come with what needs them."""
        through = set(through)
        if "tables" in through:
            return self.new
        was, now = _by(self.old["figures"], "figure_id"), _by(self.new["figures"], "figure_id")
        fixed, fix = _by(self.old["corrections"], "figure_id"), _by(self.new["corrections"], "figure_id")
        figures, corrections = [], {}
        for i in _merged(list(was), list(now)):
            changed = self.step.get(i) in through
            row = (now if changed or i not in self.step else was).get(i)
            if row is None:
                continue
            figures.append(row)
            # The printed number that a correction expects is the row's: both change at one step.
            correction = (fix if changed else fixed).get(i)
            if correction:
                corrections[i] = correction
        order = _merged(list(fixed), list(fix))
        out = dict(self.old) | {
            "figures": figures,
            "corrections": [corrections[i] for i in order if i in corrections],
        }
        ids = {row["figure_id"] for row in figures}
        out["relations"] = [r for r in out["relations"] if _named(r) <= ids]
        return self._with_what_they_need(out)

    def _with_what_they_need(self, tables: Rows) -> Rows:
        """Add the rows of code tables that figures refer to and that only the new tables have."""
        out = dict(tables)
        needed: dict[str, set[tuple]] = {name: set() for name in TABLES}
        todo = [("figures", row) for row in tables["figures"]]
        new = {
            name: {_key(name, row): row for row in self.new[name]}
            for name in TABLES
            if TABLES[name].key != ("figure_id",)
        }
        while todo:
            name, row = todo.pop()
            wanted = [(f.refers.split(".")[0], (row.get(f.name, ""),)) for f in TABLES[name].fields if f.refers]
            if name == "figures":
                wanted.append(("outline", (row.get("source_id", ""), row.get("locator", ""))))
            for table, key in wanted:
                if table in new and key not in needed[table] and key in new[table]:
                    needed[table].add(key)
                    todo.append((table, new[table][key]))
        for name, keys in needed.items():
            have = {_key(name, row): row for row in tables[name]} if keys else {}
            if keys - set(have):
                order = _merged(list(have), list(new[name]))
                out[name] = [have.get(k) or new[name][k] for k in order if k in have or k in keys]
        return out

    def stages(self) -> list[tuple[str, Rows]]:
        """The steps after the code that change anything, with the tables after each; the last are the new ones."""
        out, before, through = [], self.old, []
        for cause in CAUSES[1:]:
            through.append(cause)
            if cause != "tables" and cause not in self.step.values():
                continue
            after = self.staged(through)
            if after != before:
                out.append((cause, after))
                before = after
        return out

    def other_tables(self) -> list[dict]:
        """How many rows came, went and changed in each of the other tables."""
        out = []
        for name in TABLES:
            if name in ("figures", "corrections") or self.old[name] == self.new[name]:
                continue
            was = _by_key(name, self.old[name])
            now = _by_key(name, self.new[name])
            out.append(
                {
                    "table": name,
                    "came": len(now.keys() - was.keys()),
                    "gone": len(was.keys() - now.keys()),
                    "changed": sum(was[k] != now[k] for k in was.keys() & now.keys()),
                }
            )
        return out


def _by(rows: list[Row], column: str) -> dict[str, Row]:
    return {row.get(column, ""): row for row in rows}


def _key(name: str, row: Row) -> tuple:
    return tuple(row.get(c, "") for c in TABLES[name].key or TABLES[name].columns)


def _by_key(name: str, rows: list[Row]) -> dict[tuple, Row]:
    return {_key(name, row): row for row in rows}


def _numbers(row: Row) -> Row:
    return {k: v for k, v in row.items() if k not in _ABOUT_THE_PRINT}


def _named(relation: Row) -> set[str]:
    from ..facts.relations import REFERENCE

    return {i for side in ("left", "right") for i in REFERENCE.findall(relation.get(side, ""))}


def _merged(old: list, new: list) -> list:
    """Everything of both in the order of the new; what is only in the old follows its old neighbour."""
    known, after, last = set(new), {}, None
    for item in old:
        if item in known:
            last = item
        else:
            after.setdefault(last, []).append(item)
    out = list(after.get(None, []))
    for item in new:
        out += [item, *after.get(item, [])]
    return out


# --- comparing -----------------------------------------------------------------------------------------------------


_SEVERITIES = {code: (zh, code) for code, (zh, _) in SEVERITIES.items()}


def _shown(value, units: Units, places: int = 0) -> Text:
    """A fact in both languages."""
    if value is None:
        return text("—", "—")
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, str):
        words = [i18n.LABELS.get(code) or text(*_SEVERITIES.get(code, (code, code))) for code in value.split()]
        return text("、".join(w["zh"] for w in words), ", ".join(w["en"] for w in words))
    number, unit = value
    if unit == "chance":
        return text(*[i18n.number(number * 100, 0) + "%"] * 2)
    pace = unit.endswith("/年")
    return _amount(number, unit.removesuffix("/年"), units, places, pace)


def _amount(number: float, unit: str, units: Units, places: int, pace: bool = False, signed: bool = False) -> Text:
    out = {}
    sign = "−" if number < 0 else "+" if pace or signed else ""
    for lang in i18n.LANGUAGES:
        if unit in units:
            size = i18n.quantity(abs(number), unit, lang, units, decimals=places)
        else:
            size = i18n.number(abs(number), places) + (" pp" if (lang, unit) == ("en", "个百分点") else unit)
        out[lang] = sign + size + ({"zh": "/年", "en": " a year"}[lang] if pace else "")
    return out


def _places(values: Sequence) -> int:
    """Decimals that two numbers of a kind are shown with: about four digits, no more than either needs."""
    numbers = [v[0] for v in values if isinstance(v, list)]
    unit = next((v[1] for v in values if isinstance(v, list)), "")
    size = max(map(abs, numbers), default=0)
    most = 1 if unit == "%/年" else 0 if size >= 1000 else 1 if size >= 100 else 2
    return next((n for n in range(most) if all(round(v, n) == round(v, most) for v in numbers)), most)


def _by_how_much(was, now, units: Units) -> Text:
    """Difference of two numbers as they are shown: points for shares, chances and rates, else the unit."""
    if not (isinstance(was, list) and isinstance(now, list)) or was[1] != now[1]:
        return text("", "")
    unit = now[1]
    if unit == "chance":
        return _amount(round(now[0] * 100) - round(was[0] * 100), "个百分点", units, 0, signed=True)
    places = _places([was, now])
    difference = round(now[0], places) - round(was[0], places)
    plain = unit.removesuffix("/年")
    return _amount(difference, "个百分点" if plain == "%" else plain, units, places, signed=True)


def _facts(thing: Thing | None) -> dict:
    return thing["facts"] if thing else {}


def _moved(was: Thing | None, now: Thing | None, units: Units) -> dict[str, dict]:
    """The facts that read differently: was, now, by how much."""
    out = {}
    for fact in dict.fromkeys([*_facts(was), *_facts(now)]):
        a, b = _facts(was).get(fact), _facts(now).get(fact)
        places = _places([a, b])
        left, right = _shown(a, units, places), _shown(b, units, places)
        if left != right:
            out[fact] = {"was": left, "now": right, "by": _by_how_much(a, b, units)}
    return out


def _index(things: Sequence[Thing]) -> dict[tuple[str, str], Thing]:
    return {(t["kind"], t["key"]): t for t in things}


def moves(states: Sequence[State], difference: Difference, units: Units) -> list[dict]:
    """What is net different between the first and the last state, and at which steps it moved.

    Parameters
    ----------
    states : sequence of (causes, things)
        The results of the last report (no cause), then those after each step.
    difference : Difference
        Which figures changed, and at which step.
    units : Units

    Returns
    -------
    list of dict
        ``kind``, ``key``, ``name``, ``change`` (``moved``, ``came`` or ``gone``), ``facts`` (what reads differently) and
        ``causes``: for each step at which it moved the causes, what moved there, and the figures behind it.
    """
    tables = [(causes, _index(things)) for causes, things in states]
    first, last = tables[0][1], tables[-1][1]
    out = []
    for at in dict.fromkeys([*last, *first]):
        was, now = first.get(at), last.get(at)
        facts = _moved(was, now, units)
        if not facts:
            continue
        steps = []
        for (_, before), (causes, after) in pairwise(tables):
            parts = _moved(before.get(at), after.get(at), units)
            parts = {fact: part for fact, part in parts.items() if fact in facts}
            if parts:
                figures = _behind(causes, difference, [t for t in (before.get(at), after.get(at)) if t])
                steps.append({"causes": list(causes), "facts": parts, "figures": figures})
        change = "came" if was is None else "gone" if now is None else "moved"
        thing = now or was
        out.append(
            {
                "kind": at[0],
                "key": at[1],
                "name": thing["name"],
                "change": change,
                "facts": facts,
                "causes": steps,
            }
        )
    return sorted(out, key=lambda m: KINDS.index(m["kind"]))


def _behind(causes: Sequence[str], difference: Difference, things: Sequence[Thing]) -> list[str]:
    """Figures that changed at a step and that a result rests on; if it names none of them, those of its quantity."""
    changed = {i for i, cause in difference.step.items() if cause in causes}
    named = changed & {i for thing in things for i in thing["figures"]}
    if not named:
        about = {tuple(thing["about"]) for thing in things}
        rows = _by(difference.old["figures"], "figure_id") | _by(difference.new["figures"], "figure_id")
        named = {i for i in changed if (rows[i].get("indicator"), rows[i].get("ref_area")) in about}
    return sorted(named)


def _figure_changes(difference: Difference, units: Units) -> list[dict]:
    """Each figure that differs: what it is, what was and is printed, and how it came."""
    old, new = difference.old, difference.new
    was, now = _by(old["figures"], "figure_id"), _by(new["figures"], "figure_id")
    fixed, fix = _by(old["corrections"], "figure_id"), _by(new["corrections"], "figure_id")
    names = _by(old["indicators"], "indicator") | _by(new["indicators"], "indicator")
    areas = _by(old["ref_areas"], "ref_area") | _by(new["ref_areas"], "ref_area")
    sources = _by(old["sources"], "source_id") | _by(new["sources"], "source_id")
    known: dict[tuple, list[str]] = {}
    for i, row in was.items():
        known.setdefault(tuple(row.get(c, "") for c in _QUANTITY), []).append(i)
    out = []
    for i in _merged(list(was), list(now)):
        if i not in difference.step:
            continue
        row = now.get(i) or was[i]
        change = {"correction": "corrected", "removal": "removed", "figures": "came"}.get(difference.step[i], "revised")
        beside = []
        if change == "revised" and i not in was:
            beside = known[tuple(row.get(c, "") for c in _QUANTITY)]
        elif change == "revised" and _numbers(was[i]) == _numbers(now[i]):
            change = "reworded"
        before = was.get(i) or (was[beside[-1]] if beside else None)
        about = names.get(row.get("indicator", ""), {})
        area = areas.get(row.get("ref_area", ""), {})
        source = sources.get(row.get("source_id", ""), {})
        correction = fix.get(i) or fixed.get(i) or {}
        out.append(
            {
                "figure_id": i,
                "change": change,
                "beside": beside,
                "name": text(about.get("name_zh", ""), about.get("name_en", "")),
                "area": text(area.get("name_zh", ""), area.get("name_en", "")),
                "period": _safe_period(row.get("time_period", "")),
                "was": _printed(before, fixed if before is not None else {}, units),
                "now": _printed(now.get(i), fix, units),
                "source": text(source.get("title", ""), source.get("title_en", "")),
                "as_printed": row.get("as_printed", ""),
                "vintage": row.get("vintage", ""),
                "reason": correction.get("reason", "") if change == "corrected" else "",
            }
        )
    return out


def _safe_period(code: str) -> Text:
    try:
        return _period(code)
    except ValueError:  # of tables that an older library allowed
        return text(code, code)


def _printed(row: Row | None, corrections: Mapping[str, Row], units: Units) -> Text:
    """The value of a row, with its correction, in both languages."""
    from ..exhibit import printed_quantity

    if row is None:
        return text("—", "—")
    correction = corrections.get(row.get("figure_id", ""), {})
    if correction.get("action") == "exclude":
        return text("不采用", "left out")
    value = correction.get("value") or row.get("obs_value", "")
    try:
        figure = SimpleNamespace(
            **{"as_printed": "", "obs_status": "", "relation": "=", "transformation": "N", "unit": ""} | row,
            obs_text=value,
            high_text=row.get("value_high", ""),
        )
        figure.obs_value = float(value or "nan")
        shown = {lang: printed_quantity(SimpleNamespace(units=units), figure, lang) for lang in i18n.LANGUAGES}
    except (ValueError, KeyError, ArithmeticError):  # of tables that an older library allowed
        shown = text(value + row.get("unit", ""), value + row.get("unit", ""))
    if correction.get("action") == "flag":
        return text(f"{shown['zh']}（存疑）", f"{shown['en']} (flagged)")
    return shown


# --- the last report and this one ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Last:
    """The report that stands where the new one will: whether it can be compared with, its snapshot, its tables.

    ``state`` is ``none`` (there is no report), ``older`` (made by a version that kept no snapshot), ``damaged`` (what it
    kept cannot be read) or ``whole``.
    """

    state: str
    snapshot: dict = field(default_factory=dict)
    tables: Path | None = None

    @classmethod
    def read(cls, report: Path) -> Last:
        if not report.is_dir() or not any(report.iterdir()):
            return cls("none")
        try:
            snapshot = json.loads((report / SNAPSHOT).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return cls("older")
        except (OSError, ValueError):
            return cls("damaged")
        return cls("whole", snapshot, report / "data") if _sound(snapshot) else cls("damaged")

    def made_from(self, tables: str, code: str) -> bool:
        return self.state == "whole" and (self.snapshot["tables"], self.snapshot["code"]) == (tables, code)


def _sound(snapshot: object) -> bool:
    """Whether a snapshot is one of ours and whole."""
    if not isinstance(snapshot, dict) or snapshot.get("format") != FORMAT:
        return False
    own = {k: v for k, v in snapshot.items() if k != "seal"}
    return snapshot.get("seal") == fingerprint(own) and {"tables", "code", "home", "results", "changes"} <= set(own)


def snapshot(folder: Path, last: Last, code: str) -> dict:
    """Results of the tables in a folder, and what moved against the last report.

    Parameters
    ----------
    folder : path
        The tables.
    last : Last
        The report that will be replaced. If it was made from the same tables by the same code, it is handed back with
        the comparison it holds.
    code : str
        Checksum of everything that computes.

    Returns
    -------
    dict
        ``results`` (see :func:`results`), ``changes`` (see :func:`compare`), ``home``, and what it was made from.

    Raises
    ------
    DataError
        If anything is wrong with the tables.
    """
    tables = checksum(folder)
    if last.made_from(tables, code):
        return last.snapshot
    data = load(folder)
    now = results(data)
    content = {
        "format": FORMAT,
        "tables": tables,
        "code": code,
        "home": data.home,
        "results": now,
        "changes": compare(last, data, now, code),
    }
    # Exactly what a file gives back, so that a kept snapshot and a new one are the same bytes.
    content = json.loads(json.dumps(content, ensure_ascii=False))
    return content | {"seal": fingerprint(content)}


def compare(last: Last, data: Data, now: Sequence[Thing], code: str) -> dict:
    """What differs from the last report and why.

    Returns
    -------
    dict
        ``state`` (that of `last`, or ``other_city``), ``figures`` (each that differs), ``tables`` (rows that differ in the
        others), ``code`` (whether it differs), ``moves`` (see :func:`moves`) and ``holds``: how much this report has of
        each kind.
    """
    holds = {"figure": len(data.figures)} | {kind: sum(t["kind"] == kind for t in now) for kind in KINDS}
    out = {"state": last.state, "figures": [], "tables": [], "code": False, "moves": [], "holds": holds}
    if last.state != "whole":
        return out
    if checksum(last.tables) != last.snapshot["tables"]:
        return out | {"state": "damaged"}
    if last.snapshot["home"] != data.home:
        return out | {"state": "other_city"}
    difference = Difference.between(read_rows(last.tables), read_rows(data.root))
    units = Units((_by(difference.old["units"], "unit") | _by(difference.new["units"], "unit")).values())
    other_code = last.snapshot["code"] != code
    steps = [("code", difference.old)] * other_code + difference.stages()
    states: list[State] = [((), last.snapshot["results"])]
    joined: tuple[str, ...] = ()
    for n, (cause, tables) in enumerate(steps):
        joined = (*joined, cause)
        found = now if n == len(steps) - 1 else _results_of(tables)
        if found is not None:
            states.append((joined, found))
            joined = ()
    return out | {
        "figures": _figure_changes(difference, units),
        "tables": difference.other_tables(),
        "code": other_code,
        "moves": moves(states, difference, units),
    }


def _results_of(tables: Rows) -> list[Thing] | None:
    """Results of tables between two reports; None where they cannot stand by themselves."""
    with TemporaryDirectory(prefix="huzhou-") as folder:
        write_rows(tables, Path(folder))
        try:
            return results(load(folder))
        except Exception:  # nobody wrote these tables: whatever they lack, the next step has it
            return None


__all__ = ["CAUSES", "KINDS", "SNAPSHOT", "Difference", "Last", "compare", "moves", "results", "snapshot"]
