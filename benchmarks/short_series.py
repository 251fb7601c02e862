"""Time the projection of all annual series of three hundred cities: 12,000 random walks of 20 years, four years ahead.

    python benchmarks/short_series.py [COUNT] [--cluster]

In one process; with ``--cluster`` also over a local Dask cluster by joblib, with the same numbers. Prints seconds.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from huzhou_analysis.analysis.calibration import KINDS
from huzhou_analysis.analysis.forecast import project_panel

YEARS, HORIZON, PARTS = 20, 4, 16


def walks(count: int) -> pd.DataFrame:
    """Series in every kind that has a panel, the same in every run."""
    rng = np.random.default_rng(0)
    values = np.exp(5 + rng.normal(0.07, 0.1, (count, YEARS)).cumsum(axis=1))
    kinds = np.array([name for name, kind in KINDS.items() if kind.stands_for])
    frame = {"series": np.repeat(np.arange(count), YEARS), "year": np.tile(np.arange(2005, 2005 + YEARS), count)}
    return pd.DataFrame(frame).assign(value=values.ravel(), kind=np.repeat(kinds[np.arange(count) % len(kinds)], YEARS))


def over_a_cluster(panel: pd.DataFrame) -> pd.DataFrame:
    """Parts of the panel in workers of a local cluster."""
    import joblib
    from dask.distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=os.cpu_count(), threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster),
        joblib.parallel_config("dask"),
    ):
        parts = joblib.Parallel()(
            joblib.delayed(project_panel)(part, HORIZON) for _, part in panel.groupby(panel.series % PARTS)
        )
    return pd.concat(parts).sort_values(["series", "year"]).reset_index(drop=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int, nargs="?", default=12_000)
    parser.add_argument("--cluster", action="store_true")
    given = parser.parse_args()
    panel = walks(given.count)
    start, used = time.perf_counter(), time.process_time()
    found = project_panel(panel, HORIZON)
    print(f"{given.count:,} series: {time.perf_counter() - start:.1f} s, processor {time.process_time() - used:.1f} s")
    if given.cluster:
        start = time.perf_counter()
        same = over_a_cluster(panel).equals(found)
        print(f"over a cluster: {time.perf_counter() - start:.1f} s, {'the same numbers' if same else 'OTHER NUMBERS'}")


if __name__ == "__main__":
    main()
