"""Count how often cities grew as fast as a target asks: writes ``huzhou_analysis/analysis/reference_classes.csv``.

Usage: python benchmarks/reference_classes.py --data DIR

DIR holds the panels of yearly series of Chinese cities, ``cities_<kind>.csv.gz`` (columns series, t, value). Of each
panel every city and every origin from FIRST_ORIGIN on counts once for each horizon, if the level at the origin is
positive and the level after the horizon is on file. The city whose targets are judged is left out.
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

FIRST_ORIGIN = 2012  # growth of before the slowdown of 2012 is no guide to what follows it
HORIZONS = range(1, 6)
GROWTH = range(-30, 61)  # % a year, compounded
LEFT_OUT = ("湖州市", "湖州")
# Unit of a panel, and bounds of its size classes: each runs over a factor of four, so that like stands beside like.
PANELS = {
    "fdi": ("百万美元", (75, 300, 1200)),
    "gdp": ("亿元", (500, 2000, 8000)),
    "retail": ("万元", (2_500_000, 10_000_000, 40_000_000)),
    "freight_road": ("万吨", ()),  # stands in for other things, so one class of all sizes
}
# Re-basings of the whole panel: a change across them is none of the cities' own.
REBASED = {"freight_road": (2014, 2019, 2020)}
COLUMNS = [
    "kind",
    "unit",
    "size_low",
    "size_high",
    "horizon",
    "first_origin",
    "last_origin",
    "cities",
    "cases",
    "counts",
]


def changes(panel: pd.DataFrame, horizon: int, rebased: tuple[int, ...] = ()) -> pd.DataFrame:
    """Level at each origin and yearly growth (%) over the horizon, one row a city and origin."""
    panel = panel[~panel.series.isin(LEFT_OUT) & (panel.value > 0)]
    later = panel.assign(t=panel.t - horizon)
    both = panel.merge(later, on=["series", "t"], suffixes=("", "_later"))
    both = both[both.t >= FIRST_ORIGIN]
    crosses = [any(t < year <= t + horizon for year in rebased) for t in both.t]
    both = both[~np.array(crosses, dtype=bool)]
    return both.assign(growth=((both.value_later / both.value) ** (1 / horizon) - 1) * 100)


def classes(kind: str, panel: pd.DataFrame) -> list[tuple]:
    """One row for each size class and horizon; a count for each rate of ``GROWTH``: cases that grew at least so fast."""
    unit, limits = PANELS[kind]
    bounds = [0.0, *limits, np.inf]
    rows = []
    for low, high in pairwise(bounds):
        for horizon in HORIZONS:
            found = changes(panel, horizon, REBASED.get(kind, ()))
            found = found[(found.value >= low) & (found.value < high)]
            if found.empty:
                continue
            counts = " ".join(str(int((found.growth >= rate).sum())) for rate in GROWTH)
            span = (int(found.t.min()), int(found.t.max()), found.series.nunique(), len(found))
            rows.append((kind, unit, low, high, horizon, *span, counts))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, type=Path, help="folder with cities_<kind>.csv.gz")
    folder = parser.parse_args().data
    rows = []
    for kind in PANELS:
        panel = pd.read_csv(folder / f"cities_{kind}.csv.gz")
        rows += classes(kind, panel[np.isfinite(panel.value)])
    out = Path(__file__).resolve().parent.parent / "huzhou_analysis" / "analysis" / "reference_classes.csv"
    pd.DataFrame(rows, columns=COLUMNS).to_csv(out, index=False, lineterminator="\n", float_format="%g")
    print(f"{out.name}: {len(rows)} classes")


if __name__ == "__main__":
    main()
