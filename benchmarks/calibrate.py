"""Make the two tables of errors and base rates that projections ship with, from panels of cities.

    python benchmarks/calibrate.py --data DIR     writes huzhou_analysis/analysis/forecast_errors.csv and base_rates.csv

DIR holds ``cities_*.csv.gz`` with the columns ``series, t, value``. Every city with a full history of 5, 8 or 12 years
at an origin from 2004 on is projected with the members that lead for its kind, and log(actual / path) is kept. Huzhou is
left out: what is said of other cities is said without it.

Rows of a past stretch of four years hold the errors of origins in it, cities of the neighbouring third by size with a
quarter of the weight. The last row of a kind, for histories that end later, weighs errors by half for every two years of
age, takes out what they have in common (past bias did not persist) and widens them by the factor that made 80% and 95%
hold when the same was done at every earlier origin with nothing but errors known by then.
"""

from __future__ import annotations

import argparse
import sys
import zlib
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from huzhou_analysis.analysis import members
from huzhou_analysis.analysis.calibration import (
    FOLDER,
    KINDS,
    LENGTHS,
    LONGEST_HORIZON,
    PACE_YEARS,
    PROBABILITIES,
    QUANTILES,
    Tables,
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
STRETCHES = (2004, 2008, 2012, 2016)
STRETCH_YEARS = 4
HALF_LIFE = 2
NEIGHBOUR = 0.25
# Errors that must be known before an origin of the past can be tested, and origins that a stretch needs at a horizon.
KNOWN_BEFORE, FEWEST_ORIGINS, FEWEST_CASES = 250, 2, 30
FOLDS = 5
HORIZONS = range(1, LONGEST_HORIZON + 1)
ERROR_COLUMNS = ["kind", "length", "horizon", "since", "size", "size_from", "cases", "cities"]
HELD_COLUMNS = ["widened_80", "widened_95", "coverage_80", "coverage_95", "miss"]


def panels(folder: Path) -> dict[str, pd.DataFrame]:
    """Panels by kind: cities x years, without the city that the project is about."""
    found = {}
    for kind, name in FILES.items():
        frame = pd.read_csv(folder / f"cities_{name}.csv.gz", dtype={"series": str})
        frame = frame[~frame.series.str.startswith(HOME)]
        found[kind] = frame.pivot(index="series", columns="t", values="value")
    return found


def city_cases(wide: pd.DataFrame, kind: str, length: int) -> pd.DataFrame:
    """Every city at every origin from 2004 on with a full history and some later value.

    Returns
    -------
    DataFrame
        ``series, origin, last, pace, size`` (third within the origin) and for each year ahead ``path_H``, ``actual_H``,
        ``error_H`` = log(actual / path).
    """
    lead = members.LEADS[KINDS[kind].lead]
    parts = []
    for origin in range(STRETCHES[0], int(wide.columns.max())):
        years = wide.reindex(columns=range(origin - length + 1, origin + LONGEST_HORIZON + 1))
        history, future = years.iloc[:, :length], years.iloc[:, length:]
        use = (history > 0).all(axis=1) & future.notna().any(axis=1)
        if use.sum() < 3:
            continue
        values, actual = history[use].to_numpy(), future[use].to_numpy()
        path = members.path(values, LONGEST_HORIZON, lead, positive=True)
        part = pd.DataFrame({"series": history.index[use], "origin": origin, "last": values[:, -1]})
        part["pace"] = np.diff(np.log(values[:, -PACE_YEARS - 1 :]), axis=1).mean(axis=1)
        part["size"] = np.ceil(part["last"].rank(pct=True) * 3).astype(int)
        for ahead in HORIZONS:
            part[f"path_{ahead}"], part[f"actual_{ahead}"] = path[:, ahead - 1], actual[:, ahead - 1]
            part[f"error_{ahead}"] = np.log(actual[:, ahead - 1] / path[:, ahead - 1])
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def weighted_quantiles(values: np.ndarray, weights: np.ndarray, probabilities=PROBABILITIES) -> np.ndarray:
    """Quantiles of a weighted sample, straight between its members, each at the middle of its weight."""
    order = np.argsort(values)
    values, weights = values[order], weights[order]
    return np.interp(probabilities, (np.cumsum(weights) - weights / 2) / weights.sum(), values)


def size_weights(sizes: np.ndarray, size: int) -> np.ndarray:
    """Weight of cities of each third for one third; 0 stands for all alike."""
    return np.ones(len(sizes)) if size == 0 else NEIGHBOUR ** np.abs(sizes - size)


def stretches(wide: pd.DataFrame) -> tuple[list[int], int]:
    """First years of the past stretches of a panel, and the first year that counts as the present."""
    past = [since for since in STRETCHES if since + STRETCH_YEARS <= int(wide.columns.max())]
    return past, past[-1] + STRETCH_YEARS


def window(cases: pd.DataFrame, ahead: int, since: int) -> pd.DataFrame:
    """Cases of a stretch whose outcome is known; where a stretch has too few origins, those nearest to it."""
    known = cases[cases[f"error_{ahead}"].notna()]
    counts = known.groupby("origin").size()
    origins = counts.index[counts >= FEWEST_CASES]
    inside = [origin for origin in origins if since <= origin < since + STRETCH_YEARS]
    if len(inside) < FEWEST_ORIGINS:
        middle = since + (STRETCH_YEARS - 1) / 2
        inside = sorted(origins, key=lambda origin: abs(origin - middle))[:STRETCH_YEARS]
    return known[known.origin.isin(inside)]


def expanded(row: np.ndarray, factors: tuple[float, float]) -> np.ndarray:
    """Quantiles centred and widened: by the first factor up to 80%, by the second from 95% on, between in between."""
    middle = PROBABILITIES.index(0.5)
    reach = np.abs(np.array(PROBABILITIES) - 0.5)
    wide = (row - row[middle]) * np.exp(np.interp(reach, [0.4, 0.475], np.log(factors)))
    lower, upper = np.minimum.accumulate(wide[middle::-1])[::-1], np.maximum.accumulate(wide[middle:])
    return np.concatenate([lower, upper[1:]])


def as_known(cases: pd.DataFrame, ahead: int) -> pd.DataFrame:
    """At every origin, the centred quantiles of errors known by then, by third, beside what came (``error``)."""
    error = cases[f"error_{ahead}"]
    parts = []
    for origin in sorted(cases.origin.unique()):
        before = (cases.origin + ahead <= origin) & error.notna()
        if before.sum() < KNOWN_BEFORE:
            continue
        for size in (1, 2, 3):
            now = (cases.origin == origin) & (cases["size"] == size) & error.notna()
            weights = age(cases.origin[before]) * size_weights(cases["size"][before].to_numpy(), size)
            row = expanded(weighted_quantiles(error[before].to_numpy(), weights), (1, 1))
            part = pd.DataFrame([row] * now.sum(), columns=QUANTILES)
            parts.append(part.assign(error=error[now].to_numpy(), origin=origin))
    return (
        pd.concat(parts, ignore_index=True)
        if parts
        else pd.DataFrame(columns=[*QUANTILES, "error", "origin"], dtype=float)
    )


def factor_needed(known: pd.DataFrame, level: int) -> float:
    """Factor on the distance from the path with which intervals as known at the time would have held what they say.

    Origins weigh by half for every two years of age, like the errors themselves.
    """
    error = known.error.to_numpy(float)
    low, high = (known[f"q{p:g}"].to_numpy(float) for p in (0.5 - level / 200, 0.5 + level / 200))
    return float(
        weighted_quantiles(np.where(error < 0, error / low, error / high), age(known.origin), [level / 100])[0]
    )


def age(origins: pd.Series) -> np.ndarray:
    """Weights that halve with every two years before the last origin."""
    years = origins.to_numpy(float)
    return 0.5 ** ((years.max() - years) / HALF_LIFE)


def held(known: pd.DataFrame, factors: tuple[float, float]) -> tuple[float, float]:
    """Shares inside 80% and 95%."""
    pairs = [
        (known[f"q{0.5 - a / 200:g}"] * f, known[f"q{0.5 + a / 200:g}"] * f)
        for a, f in zip((80, 95), factors, strict=True)
    ]
    return tuple(float(((known.error >= low) & (known.error <= high)).mean()) for low, high in pairs)


def held_in_turn(known: pd.DataFrame, ahead: int) -> tuple[float, float]:
    """:func:`held`, but at every origin with the factors that errors known by then asked for."""
    parts = []
    for origin, now in known.groupby("origin"):
        before = known[known.origin + ahead <= origin]
        if len(before) >= KNOWN_BEFORE:
            factors = tuple(factor_needed(before, level) for level in (80, 95))
            parts.append((len(now), *held(now, factors)))
    if not parts:
        return np.nan, np.nan
    counts, *shares = np.array(parts).T
    return tuple(float(share @ counts / counts.sum()) for share in shares)


def fold_of(names: pd.Series) -> np.ndarray:
    """One of five parts to which a city belongs, by its name."""
    return np.array([zlib.crc32(str(name).encode()) % FOLDS for name in names])


def held_out(found: pd.DataFrame, sizes: np.ndarray, ahead: int) -> tuple[float, float]:
    """Shares inside 80% and 95% of cities left out in five parts."""
    error, fold = found[f"error_{ahead}"].to_numpy(), fold_of(found.series)
    inside = np.zeros((len(found), 2), dtype=bool)
    for one in range(FOLDS):
        for size in (1, 2, 3):
            here, rest = (fold == one) & (sizes == size), fold != one
            if here.any():
                ends = weighted_quantiles(error[rest], size_weights(sizes[rest], size), (0.1, 0.9, 0.025, 0.975))
                inside[here, 0] = (error[here] >= ends[0]) & (error[here] <= ends[1])
                inside[here, 1] = (error[here] >= ends[2]) & (error[here] <= ends[3])
    return tuple(inside.mean(axis=0))


def _miss(found: pd.DataFrame, ahead: int) -> float:
    return float((found[f"path_{ahead}"] / found[f"actual_{ahead}"] - 1).abs().median())


def error_table(wides: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Rows of ``forecast_errors.csv``."""
    rows = []
    for kind, wide in wides.items():
        cases = {length: city_cases(wide, kind, length) for length in LENGTHS}
        past, present = stretches(wide)
        for length in LENGTHS:
            factors = (1.0, 1.0)
            for ahead in HORIZONS:
                for since in past:
                    rows += _past_rows(cases, kind, length, ahead, since)
                known = as_known(cases[length], ahead)
                if len(known):
                    factors = tuple(factor_needed(known, level) for level in (80, 95))
                else:  # no origin can be tested so far ahead: the factors of the horizon before stay, unless they narrow
                    factors = tuple(max(1.0, factor) for factor in factors)
                rows += _present_rows(cases, known, factors, kind, length, ahead, present)
    table = pd.DataFrame(rows, columns=[*ERROR_COLUMNS, *HELD_COLUMNS, *QUANTILES])
    present = table.groupby("kind").since.transform("max") == table.since
    table.loc[present, QUANTILES] = _never_narrower(table[present])
    return table


def _never_narrower(rows: pd.DataFrame) -> pd.DataFrame:
    """Quantiles that move no nearer to the path with each year ahead (chance alone makes some)."""
    groups = rows.groupby(["kind", "length", "size"])
    middle = PROBABILITIES.index(0.5)
    return pd.concat(
        [groups[QUANTILES[:middle]].cummin(), rows[["q0.5"]], groups[QUANTILES[middle + 1 :]].cummax()], axis=1
    )


def _edges(cases: pd.DataFrame, first: int, last: int) -> tuple[float, ...]:
    """Last values from which on a city belongs to the first, second, third."""
    inside = cases["last"][cases.origin.between(first, last)]
    return 0.0, *np.quantile(inside, [1 / 3, 2 / 3])


def _past_rows(cases: dict[int, pd.DataFrame], kind: str, length: int, ahead: int, since: int) -> list[tuple]:
    edges = _edges(cases[LENGTHS[0]], since, since + STRETCH_YEARS - 1)
    found = window(cases[length], ahead, since)
    sizes = np.searchsorted(edges, found["last"], side="right")
    error = found[f"error_{ahead}"].to_numpy()
    about = (1.0, 1.0, *held_out(found, sizes, ahead), _miss(found, ahead))
    rows = []
    for size in (0, 1, 2, 3):
        quantiles = weighted_quantiles(error, size_weights(sizes, size))
        count = found if size == 0 else found[sizes == size]
        edge = edges[size - 1] if size else 0.0
        rows.append((kind, length, ahead, since, size, edge, len(count), count.series.nunique(), *about, *quantiles))
    return rows


def _present_rows(
    cases: dict[int, pd.DataFrame],
    known: pd.DataFrame,
    factors: tuple[float, float],
    kind: str,
    length: int,
    ahead: int,
    present: int,
) -> list[tuple]:
    last = int(cases[LENGTHS[0]].origin.max())
    edges = _edges(cases[LENGTHS[0]], last - STRETCH_YEARS + 1, last)
    found = cases[length][cases[length][f"error_{ahead}"].notna()]
    recent = found[found.origin > found.origin.max() - STRETCH_YEARS]
    about = (*factors, *held_in_turn(known, ahead), _miss(recent, ahead))
    rows = []
    for size in (0, 1, 2, 3):
        weights = age(found.origin) * size_weights(found["size"].to_numpy(), size)
        quantiles = expanded(weighted_quantiles(found[f"error_{ahead}"].to_numpy(), weights), factors)
        count = found if size == 0 else found[found["size"] == size]
        edge = edges[size - 1] if size else 0.0
        rows.append((kind, length, ahead, present, size, edge, len(count), count.series.nunique(), *about, *quantiles))
    return rows


def growth_table(wides: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Rows of ``base_rates.csv``: quantiles of log growth over the years ahead, by third by size and by recent growth."""
    rows = []
    for kind, wide in wides.items():
        cases = city_cases(wide, kind, LENGTHS[0])
        edges = (-np.inf, *np.quantile(cases.pace, [1 / 3, 2 / 3]))
        paces = np.searchsorted(edges, cases.pace, side="right")
        for ahead in HORIZONS:
            change = np.log(cases[f"actual_{ahead}"] / cases["last"])
            for size in (0, 1, 2, 3):
                for pace in (1, 2, 3):
                    use = change.notna() & (paces == pace) & ((cases["size"] == size) | (size == 0))
                    about = (kind, ahead, size, pace, edges[pace - 1], use.sum(), cases.series[use].nunique())
                    rows.append((*about, *np.quantile(change[use], PROBABILITIES)))
    names = ["kind", "horizon", "size", "pace", "pace_from", "cases", "cities"]
    return pd.DataFrame(rows, columns=[*names, *QUANTILES])


def tables(wides: dict[str, pd.DataFrame]) -> Tables:
    """Both tables, ready to project with."""
    return Tables(error_table(wides), growth_table(wides))


HEADERS = {
    "forecast_errors.csv": "Quantiles of log(actual / path) of projections of Chinese cities, made by benchmarks/calibrate.py from panels "
    "of some 145 cities each\n# (city statistics bureaus; China City Statistical Yearbook), the city of the project left out. "
    "size_from: last value from which a city belongs to the third,\n# in the unit of the panel. Columns: docs/projections.md.",
    "base_rates.csv": "Quantiles of log growth of Chinese cities over the years ahead, from the same panels (benchmarks/calibrate.py), "
    "by third by size\n# and by mean log growth of the last four years (pace_from).",
}


def write(name: str, frame: pd.DataFrame, folder: Path) -> None:
    """One table with its provenance in the first lines."""
    frame = frame.assign(**{c: frame[c].map(lambda v: f"{v:.4g}") for c in frame.columns if c.endswith("_from")})
    text = frame.to_csv(index=False, float_format="%.3f", lineterminator="\n")
    (folder / name).write_text(f"# {HEADERS.get(name, name)}\n{text}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with cities_*.csv.gz")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder to write to")
    given = parser.parse_args()
    wides = panels(given.data)
    write("forecast_errors.csv", error_table(wides), given.out)
    write("base_rates.csv", growth_table(wides), given.out)


if __name__ == "__main__":
    main()
