"""The record: every verdict, interval and chance that an edition stated, scored once the outturn is printed.

``record.csv`` lies beside the tables and is appended by a command, never by a run; what was stated stays stated."""

import datetime as dt
import math
from pathlib import Path

import numpy as np
import pandas as pd

from ..facts import periods
from ..facts.data import Data
from ..facts.problems import DataError, Problem
from . import outlook, targets
from .forecast import LEVELS
from .gaps import target_gaps
from .series import in_unit, key, points

COLUMNS = ["edition", "made", "kind", "indicator", "ref_area", "locator", "time_period", "unit", "relation", "target"]
COLUMNS += ["status", "evidence", "probability", "median", "low", "high", "level", "known_to"]
NUMBERS = ["target", "probability", "median", "low", "high", "level"]
# What a verdict says of the last year: that the target will be met, or that it will not.
EXPECTS = dict.fromkeys(("met", "met_in_part_year", "ahead", "on_track"), True)
EXPECTS |= dict.fromkeys(("behind", "far_behind", "missed"), False)


def path(data: Data) -> Path:
    """Where the record of a set of tables lies."""
    return data.root / "record.csv"


def record(data: Data) -> pd.DataFrame:
    """Everything that was stated, one row a statement (columns ``COLUMNS``); empty if nothing has been recorded.

    A DataError says where ``record.csv`` is not what this module writes.
    """
    file = path(data)
    if not file.is_file():
        return pd.DataFrame(columns=COLUMNS).astype(dict.fromkeys(NUMBERS, float))
    rows = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    if list(rows.columns) != COLUMNS:
        said = f"应有的列：{'、'.join(COLUMNS)}", f"the columns must be {', '.join(COLUMNS)}"
        raise DataError([Problem(file.name, 1, "", "", *said)])
    numbers = rows[NUMBERS].apply(pd.to_numeric, errors="coerce")
    if wrong := [(row, c) for c in NUMBERS for row in rows.index[numbers[c].isna() & (rows[c] != "")]]:
        said = "应为数字", "must be a number"
        raise DataError([Problem(file.name, row + 2, column, rows[column][row], *said) for row, column in wrong])
    return rows.assign(**numbers)


def statements(data: Data, edition: str, made: dt.date) -> pd.DataFrame:
    """What the tables say today: the verdict of every judged target, and intervals and chances where they are given."""
    gaps = target_gaps(data, full=True)
    judged = gaps[gaps.status.isin(targets.JUDGED) & gaps.counted]
    verdicts = judged.assign(kind="verdict", time_period=judged.target_year.map("{:.0f}".format))
    verdicts["known_to"] = judged.actual_period
    rows = []
    for found in outlook.outlooks(data):
        if math.isnan(found.probability):
            continue
        about = {"indicator": found.indicator, "ref_area": found.area, "unit": found.unit}
        about |= {"known_to": str(found.points.year.max())}
        chance = {"kind": "chance", "time_period": str(found.year), "relation": found.relation, "target": found.target}
        rows.append(about | chance | {"probability": found.probability})
        for year, ahead in found.projection.table.iterrows():
            for level in LEVELS:
                bounds = {"median": ahead["median"], "low": ahead[f"low_{level}"], "high": ahead[f"high_{level}"]}
                rows.append(about | bounds | {"kind": "interval", "time_period": str(year), "level": level})
    out = pd.concat([verdicts.reindex(columns=COLUMNS), pd.DataFrame(rows, columns=COLUMNS)], ignore_index=True)
    return out.assign(edition=edition, made=made.isoformat())


def append(data: Data, edition: str, made: dt.date | None = None) -> int:
    """Append today's statements to the record; returns how many. ValueError if the edition is on record already."""
    if edition in set(record(data).edition):
        said = f"版次“{edition}”已有记录，请另起版次名 / edition {edition!r} is on record already; give another name"
        raise ValueError(said)
    rows, file = statements(data, edition, made or dt.date.today()), path(data)
    fresh = not file.is_file()
    coding = {"encoding": "utf-8-sig" if fresh else "utf-8", "lineterminator": "\n", "float_format": "%.6g"}
    rows.astype(dict.fromkeys(NUMBERS, float)).to_csv(file, mode="a", header=fresh, index=False, **coding)
    return len(rows)


def score_record(data: Data, rows: pd.DataFrame | None = None) -> pd.DataFrame:
    """Each statement (by default of :func:`record`) with what came, as far as that has been printed since.

    Added are ``outturn`` (in their unit; NaN until the year is printed), ``outturn_id``, ``at_least`` (what part of the year
    has been printed to be, for flows), ``hit`` (1 if the interval holds it, the target was met as the verdict said, or, for
    a chance, the target was met; else 0) and ``brier`` ((probability - hit)^2, Brier 1950).
    """
    rows = record(data) if rows is None else rows
    found = [_outturn(data, row) for row in rows.itertuples()]
    out = pd.DataFrame(found, columns=["outturn", "outturn_id", "at_least"])
    out = pd.concat([rows.reset_index(drop=True), out], axis=1).astype({"outturn": float, "at_least": float})
    out["hit"] = np.array([_hit(data, row) for row in out.itertuples()], dtype=float)
    return out.assign(brier=((out.probability - out.hit) ** 2).where(out.kind == "chance"))


def _outturn(data: Data, row) -> tuple[float, str, float]:
    """Value printed for the period of a statement, its figures, and what part of the year already amounts to."""
    there = in_unit(data, points(data, row.indicator, row.ref_area), row.unit)
    year = there[(there.time_period == row.time_period) & there.origin.isin(["printed", "sum", "ratio"])]
    if len(year) and row.time_period > row.known_to[:4]:
        return year.value.iloc[-1], year.figure_id.iloc[-1], np.nan
    flow = data.indicators.measure_type[row.indicator] == "flow" and not data.units[row.unit].is_share
    part = there[(there.origin == "part_year") & (there.year == int(row.time_period[:4]))]
    if not flow or part.empty:
        return np.nan, "", np.nan
    longest = part.loc[part.time_period.map(lambda p: periods.parse(p).months).idxmax()]
    return np.nan, "", longest.value


def _hit(data: Data, row) -> float:
    if np.isnan(row.outturn):  # part of a year can already be too much for an interval
        return 0.0 if row.kind == "interval" and row.at_least > row.high else np.nan
    if row.kind == "interval":
        return float(row.low <= row.outturn <= row.high)
    met = targets.meets(row.outturn, row.target, row.relation, bool(data.indicators.ascending[row.indicator]))
    if row.kind == "chance":
        return float(met)
    return float(EXPECTS[row.status] == met) if row.status in EXPECTS else np.nan


def record_scores(scored: pd.DataFrame) -> pd.DataFrame:
    """The record in numbers, a row an edition, ``kind`` and ``level`` (of intervals): how much was ``stated`` and ``scored``.

    ``share`` of ``hits``: coverage of intervals, verdicts that came true; ``brier``: mean over scored chances (0.25 a coin).
    """
    of = {"stated": ("kind", "size"), "scored": ("hit", "count"), "hits": ("hit", "sum"), "share": ("hit", "mean")}
    by = scored.groupby(["edition", "kind", "level"], sort=False, dropna=False)
    return by.agg(**of, brier=("brier", "mean")).reset_index().astype({"hits": int})


def hedgehog(data: Data, indicator: str, area: str | int | None = None) -> pd.DataFrame:
    """Every path that was stated for an indicator beside what came: the rows of a hedgehog chart.

    ``edition``, ``made``, ``year``, ``median``, ``low``, ``high`` (80%), ``outturn``, ``unit``.
    """
    code, place = key(data, indicator, area)
    stated = record(data)
    stated = stated[(stated.indicator == code) & (stated.ref_area == place) & (stated.level == 80)]
    mine = score_record(data, stated).assign(year=lambda f: f.time_period.astype(int))
    mine = mine.sort_values(["made", "year"], ignore_index=True)
    return mine[["edition", "made", "year", "median", "low", "high", "outturn", "unit"]]
