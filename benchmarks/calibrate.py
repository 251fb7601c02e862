"""Make the two tables that projections ship with, from panels of cities.

    python benchmarks/calibrate.py --data DIR     writes huzhou_analysis/analysis/forecast_errors.csv and base_rates.csv

DIR holds ``cities_*.csv.gz`` with the columns ``series, t, value``. The city that the project is about is left out: what is
said of other cities is said without it. How the tables are made, and what was measured: docs/projections.md.
"""

from __future__ import annotations

import argparse
import sys
import zlib
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from huzhou_analysis.analysis import calibration
from huzhou_analysis.analysis.calibration import (
    FOLDER,
    GROWTH,
    HELD,
    KINDS,
    LENGTHS,
    LONGEST_HORIZON,
    PROBABILITIES,
    QUANTILES,
)

FILES = {
    "gdp": "gdp",
    "retail": "retail",
    "industrial_output": "industrial_output",
    "investment": "fai",
    "foreign_investment": "fdi",
    "loans": "loans",
    "freight": "freight_road",
}
HOME = "湖州"
FIRST_ORIGIN, STRETCH_YEARS, HALF_LIFE, NEIGHBOUR, CARRIED_ON = 2004, 4, 2, 0.25, 0.5
# Errors that must be known before an origin is tested; cases that an origin needs, and origins that a stretch needs.
KNOWN_BEFORE, FEWEST_CASES, FEWEST_ORIGINS = 150, 30, 2
FOLDS, SCORED_HORIZON = 5, 4
GROUP = ["kind", "length", "horizon"]
MIDDLE = PROBABILITIES.index(0.5)
# Bounds of the size classes of base rates, in the panel's unit: each runs over a factor of four.
BOUNDS = {
    "gdp": (500, 2000, 8000),
    "retail": (2_500_000, 10_000_000, 40_000_000),
    "industrial_output": (5_000_000, 20_000_000, 80_000_000),
    "investment": (2_500_000, 10_000_000, 40_000_000),
    "foreign_investment": (75, 300, 1200),
    "loans": (5_000_000, 20_000_000, 80_000_000),
    "freight": (2500, 10_000),
}
# Re-basings of a whole panel: growth across them is none of the cities' own.
REBASED = {"freight": (2009, 2014, 2019, 2020)}


def panels(folder: Path) -> dict[str, pd.DataFrame]:
    """Panels by kind: cities x years."""
    found = {}
    for kind, name in FILES.items():
        frame = pd.read_csv(folder / f"cities_{name}.csv.gz", dtype={"series": str})
        frame = frame[~frame.series.str.startswith(HOME)]
        found[kind] = frame.pivot(index="series", columns="t", values="value")
    return found


def city_cases(wide: pd.DataFrame, kind: str, length: int) -> pd.DataFrame:
    """Every city, at every origin with a full history above zero, against every later value above zero.

    Returns
    -------
    DataFrame
        ``series, origin, horizon, last, size`` (third within the origin), ``path, actual, error`` = log(actual / path).
    """
    lead, ahead = calibration.LEADS[KINDS[kind].lead], np.arange(1, LONGEST_HORIZON + 1)
    parts = []
    for origin in range(FIRST_ORIGIN, int(wide.columns.max())):
        years = wide.reindex(columns=range(origin - length + 1, origin + LONGEST_HORIZON + 1))
        years = years[(years.iloc[:, :length] > 0).all(axis=1) & (years.iloc[:, length:] > 0).any(axis=1)]
        if len(years) < 3:
            continue
        history, last = years.iloc[:, :length].to_numpy(), years[origin].to_numpy()
        part = {
            "series": np.repeat(years.index, len(ahead)),
            "origin": origin,
            "horizon": np.tile(ahead, len(years)),
            "last": np.repeat(last, len(ahead)),
            "size": np.repeat(np.ceil(years[origin].rank(pct=True) * 3).astype(int), len(ahead)).to_numpy(),
            "path": calibration.path(history, LONGEST_HORIZON, lead, positive=True).ravel(),
            "actual": years.iloc[:, length:].to_numpy().ravel(),
        }
        parts.append(pd.DataFrame(part))
    cases = pd.concat(parts, ignore_index=True)
    cases = cases[cases.actual > 0]
    return cases.assign(error=np.log(cases.actual / cases.path), kind=kind, length=length)


def all_cases(wides: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Cases of every kind and length."""
    return pd.concat([city_cases(wide, kind, length) for kind, wide in wides.items() for length in LENGTHS])


def weighted_quantiles(values: np.ndarray, weights: np.ndarray, probabilities=PROBABILITIES) -> np.ndarray:
    """Quantiles of a weighted sample, straight between its members, each at the middle of its weight."""
    order = np.argsort(values)
    values, weights = np.asarray(values, float)[order], np.asarray(weights, float)[order]
    return np.interp(probabilities, (np.cumsum(weights) - weights / 2) / weights.sum(), values)


def age(years: pd.Series) -> np.ndarray:
    """Weights that halve with every two years before the last."""
    return 0.5 ** ((years.max() - years.to_numpy(float)) / HALF_LIFE)


def error_quantiles(cases: pd.DataFrame, size: int, recent: bool) -> np.ndarray:
    """Quantiles of errors for one third by size (0: all alike); the next third counts a quarter.

    For a series whose future is unknown (`recent`) young errors weigh more, and half of their median is taken off.
    """
    weights = np.ones(len(cases)) if size == 0 else NEIGHBOUR ** np.abs(cases["size"].to_numpy() - size)
    if not recent:
        return weighted_quantiles(cases.error, weights)
    row = weighted_quantiles(cases.error, weights * age(cases.origin))
    return row - (1 - CARRIED_ON) * row[MIDDLE]


def as_known(cases: pd.DataFrame) -> pd.DataFrame:
    """The cases of every origin with the quantiles of errors that were known by then."""
    parts = []
    for (_, _, horizon), group in cases.groupby(GROUP, sort=False):
        for (origin, size), now in group.groupby(["origin", "size"]):
            before = group[group.origin + horizon <= origin]
            if len(before) >= KNOWN_BEFORE:
                row = error_quantiles(before, size, recent=True)
                parts.append(now.assign(**dict(zip(QUANTILES, row, strict=True))))
    return pd.concat(parts, ignore_index=True)


def factors(known: pd.DataFrame, year: int) -> tuple[float, float]:
    """Factors by which 80% and 95% intervals as known at the time would have had to be wider, by what came up to a year.

    Of all kinds together, one to four years ahead: what shakes a whole panel has no kind. Recent outcomes weigh more.
    """
    known = known[known.horizon <= SCORED_HORIZON]
    outcome = known.origin + known.horizon
    before = known[outcome <= year]
    if len(before) < KNOWN_BEFORE:
        return 1.0, 1.0
    off, found = before.error - before["q0.5"], []
    for level, low, high in ((0.8, "q0.1", "q0.9"), (0.95, "q0.025", "q0.975")):
        below, above = before[low] - before["q0.5"], before[high] - before["q0.5"]
        reach = off / np.where(off < 0, np.minimum(below, -1e-9), np.maximum(above, 1e-9))
        found.append(float(weighted_quantiles(reach, age(outcome[before.index]), [level])[0]))
    return tuple(found)


def widened(rows: np.ndarray, by: tuple[float, float]) -> np.ndarray:
    """Quantiles farther from their median: by the first factor up to 80%, by the second from 95% on, between in between."""
    reach = np.abs(np.array(PROBABILITIES) - 0.5)
    middle = rows[..., [MIDDLE]]
    wide = middle + (rows - middle) * np.exp(np.interp(reach, [0.4, 0.475], np.log(by)))
    lower = np.minimum.accumulate(wide[..., MIDDLE::-1], axis=-1)[..., ::-1]
    return np.concatenate([lower, np.maximum.accumulate(wide[..., MIDDLE:], axis=-1)[..., 1:]], axis=-1)


def in_turn(known: pd.DataFrame) -> pd.DataFrame:
    """:func:`as_known` widened, at every origin, by the factors that what had come by then asked for."""
    parts = []
    for origin, now in known.groupby("origin"):
        rows = widened(now[QUANTILES].to_numpy(), factors(known, origin))
        parts.append(now.assign(**dict(zip(QUANTILES, rows.T, strict=True))))
    return pd.concat(parts)


def held(cases: pd.DataFrame) -> pd.Series:
    """Shares inside 80% and 95%."""
    ends = {"coverage_80": ("q0.1", "q0.9"), "coverage_95": ("q0.025", "q0.975")}
    return pd.Series({name: cases.error.between(cases[low], cases[high]).mean() for name, (low, high) in ends.items()})


def fold_of(names: pd.Series) -> np.ndarray:
    """One of five parts to which a city belongs, by its name."""
    return np.array([zlib.crc32(str(name).encode()) % FOLDS for name in names])


def left_out(cases: pd.DataFrame) -> pd.DataFrame:
    """Cases of one stretch with the quantiles of the cities in the other four parts."""
    fold, parts = fold_of(cases.series), []
    for one in range(FOLDS):
        for size, now in cases[fold == one].groupby("size"):
            row = error_quantiles(cases[fold != one], size, recent=False)
            parts.append(now.assign(**dict(zip(QUANTILES, row, strict=True))))
    return pd.concat(parts)


def stretches(wide: pd.DataFrame) -> tuple[list[int], int]:
    """First years of the past stretches of a panel, and the first year that counts as the present."""
    past = list(range(FIRST_ORIGIN, int(wide.columns.max()) - STRETCH_YEARS + 1, STRETCH_YEARS))
    return past, past[-1] + STRETCH_YEARS


def window(cases: pd.DataFrame, since: int) -> pd.DataFrame:
    """Cases of a stretch; where too few of its origins have an outcome, of the four nearest to it."""
    counts = cases.groupby("origin").size()
    origins = counts.index[counts >= FEWEST_CASES]
    inside = [origin for origin in origins if since <= origin < since + STRETCH_YEARS]
    if len(inside) < FEWEST_ORIGINS:
        inside = sorted(origins, key=lambda origin: abs(origin - since - (STRETCH_YEARS - 1) / 2))[:STRETCH_YEARS]
    return cases[cases.origin.isin(inside)]


def error_table(wides: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Rows of ``forecast_errors.csv``."""
    cases = all_cases(wides)
    known = as_known(cases)
    now, tested = factors(known, known.origin.max() + LONGEST_HORIZON), in_turn(known).groupby(GROUP).apply(held)
    rows = []
    for key, group in cases.groupby(GROUP, sort=False):
        past, present = stretches(wides[key[0]])
        for since in past:
            found = window(group, since)
            rows += _rows(key, since, found, found, held(left_out(found)), None)
        recent = group[group.origin > group.origin.max() - STRETCH_YEARS]
        share = tested.loc[key] if key in tested.index else pd.Series(np.nan, index=tested.columns)
        rows += _rows(key, present, group, recent, share, now)
    table = pd.DataFrame(rows, columns=[*GROUP, "since", "size", "size_from", *HELD, *QUANTILES])
    present = table.groupby("kind").since.transform("max") == table.since
    table.loc[present, QUANTILES] = _never_narrower(table[present])
    return table


def _rows(key, since: int, cases: pd.DataFrame, about: pd.DataFrame, share: pd.Series, by: tuple | None) -> list[tuple]:
    """A row for all cities and each third: quantiles of `cases`, sizes and the typical miss of those it is `about`."""
    edges = (0.0, 0.0, *about["last"].quantile([1 / 3, 2 / 3]))
    miss, rows = float((about.path / about.actual - 1).abs().median()), []
    for size, edge in enumerate(edges):
        quantiles = error_quantiles(cases, size, recent=by is not None)
        quantiles = quantiles if by is None else widened(quantiles, by)
        count = cases[(cases["size"] == size) | (size == 0)]
        rows.append((*key, since, size, edge, *share, miss, len(count), count.series.nunique(), *quantiles))
    return rows


def _never_narrower(rows: pd.DataFrame) -> pd.DataFrame:
    """Quantiles that come no nearer with each year ahead (chance alone makes some); the median stays."""
    groups = rows.groupby(["kind", "length", "size"])
    outwards = [groups[QUANTILES[:MIDDLE]].cummin(), rows[["q0.5"]], groups[QUANTILES[MIDDLE + 1 :]].cummax()]
    return pd.concat(outwards, axis=1)


def base_rate_table(wides: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Rows of ``base_rates.csv``: by kind, years and size at the start, how many cities grew at least at each rate.

    The newest four origins with an outcome count: of longer memories none scored better on rolling origins.
    """
    rows = []
    for kind, wide in wides.items():
        wide = wide.where(wide > 0)
        for horizon in range(1, LONGEST_HORIZON + 1):
            later = wide.reindex(columns=wide.columns + horizon).set_axis(wide.columns, axis=1)
            growth = (((later / wide) ** (1 / horizon) - 1) * 100).stack().dropna().rename("growth")
            cases = growth.to_frame().assign(last=wide.stack()).reset_index(names=["series", "origin"])
            crossing = [any(t < year <= t + horizon for year in REBASED.get(kind, ())) for t in cases.origin]
            cases = cases[(cases.origin >= FIRST_ORIGIN) & ~np.array(crossing)]
            counts = cases.groupby("origin").size()
            origins = sorted(counts.index[counts >= FEWEST_CASES])[-STRETCH_YEARS:]
            cases = cases[cases.origin.isin(origins)]
            for low, high in [(0.0, np.inf), *pairwise((0.0, *BOUNDS[kind], np.inf))]:
                found = cases[(cases["last"] >= low) & (cases["last"] < high)]
                if len(origins):
                    as_fast = " ".join(str(int((found.growth >= rate).sum())) for rate in GROWTH)
                    years = " ".join(map(str, origins))
                    like = size_class(kind, low, high)
                    rows.append((kind, horizon, low, *like, years, found.series.nunique(), len(found), as_fast))
    return pd.DataFrame(
        rows, columns=["kind", "horizon", "size_low", "like_zh", "like_en", "origins", "cities", "cases", "counts"]
    )


def size_class(kind: str, low: float, high: float) -> tuple[str, str]:
    """A size class in both languages."""
    if (low, high) == (0, np.inf):
        return "各种规模", "of all sizes"
    (low_zh, low_en), (high_zh, high_en) = (_bound(kind, value) for value in (low, high))
    if low == 0:
        return f"基年不足{high_zh}", f"with less than {high_en} at the start"
    if high == np.inf:
        return f"基年{low_zh}以上", f"with {low_en} or more at the start"
    return f"基年{low_zh}以上、不足{high_zh}", f"with {low_en} or more and less than {high_en} at the start"


def _bound(kind: str, value: float) -> tuple[str, str]:
    zh, power, en = {"CNY": ("亿元", 8, "CNY {}"), "USD": ("亿美元", 8, "${}"), "T": ("万吨", 4, "{} tonnes")}[
        KINDS[kind].measure
    ]
    plain = value * 10.0 ** KINDS[kind].power
    short = f"{plain / 1e9:g}bn" if plain >= 1e9 else f"{plain / 1e6:g}m"
    return f"{plain / 10**power:g}{zh}", en.format(short)


HEADERS = {
    "forecast_errors.csv": "Quantiles of log(actual / path) of projections of Chinese cities, made by benchmarks/calibrate.py from panels of "
    "some 145 cities each\n# (city statistics bureaus; China City Statistical Yearbook), the city of the project left out. size_from: "
    "last value from which a city\n# belongs to the third, in the unit of the panel. Columns: docs/projections.md.",
    "base_rates.csv": "Counts of Chinese cities that grew by at least -30, -29, ... 60 % a year over the years ahead, from the same panels "
    "(benchmarks/calibrate.py).",
}


def write(name: str, frame: pd.DataFrame, folder: Path = FOLDER) -> None:
    """One table with its provenance in the first lines."""
    wide = {c: frame[c].map("{:.4g}".format) for c in ("size_from", "size_low") if c in frame}
    text = frame.assign(**wide).to_csv(index=False, float_format="%.3f", lineterminator="\n")
    (folder / name).write_text(f"# {HEADERS[name]}\n{text}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with cities_*.csv.gz")
    wides = panels(parser.parse_args().data)
    write("forecast_errors.csv", error_table(wides))
    write("base_rates.csv", base_rate_table(wides))


if __name__ == "__main__":
    main()
