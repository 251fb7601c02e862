"""Project all annual series of three hundred cities: 12,000 random walks of 20 years, four years ahead, in one process.

python benchmarks/short_series.py [COUNT]
"""

import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from huzhou_analysis.analysis.calibration import NAMES
from huzhou_analysis.analysis.forecast import project_panel

YEARS, HORIZON = 20, 4


def walks(count: int) -> pd.DataFrame:
    """Series in every kind that has a panel, the same in every run."""
    values = np.exp(5 + np.random.default_rng(0).normal(0.07, 0.1, (count, YEARS)).cumsum(axis=1))
    kinds = np.resize(list(NAMES), count)
    frame = {"series": np.repeat(np.arange(count), YEARS), "year": np.tile(np.arange(2005, 2005 + YEARS), count)}
    return pd.DataFrame(frame).assign(value=values.ravel(), kind=np.repeat(kinds, YEARS))


if __name__ == "__main__":
    count, start = int(sys.argv[1]) if len(sys.argv) > 1 else 12_000, time.process_time()
    project_panel(walks(count), HORIZON)
    print(f"{count:,} series: {time.process_time() - start:.1f} s of processor time")
