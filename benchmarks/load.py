"""Load and validate against what pandas needs to read the same file with the same types, as ratios in one run.

    python benchmarks/load.py [--rows 1000 100000 1000000]

The figures table is repeated with new ids up to the wanted number of rows; all other tables stay as they are. ``pandas``
reads the same file into the same column types and checks nothing; ``load`` reads, checks every cell and every rule, and
returns typed tables. Medians of three runs.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from huzhou_analysis import data as hz_data
from huzhou_analysis.audit import findings


def seconds(call, runs: int = 3) -> float:
    """Median wall time of a call."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def enlarge(folder: Path, rows: int) -> Path:
    """Copy the tables and repeat the figures, each with an id of its own."""
    shutil.copytree(hz_data.default_root(), folder)
    path = folder / "figures.csv"
    figures = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    times = -(-rows // len(figures))
    big = pd.concat([figures.assign(figure_id=figures.figure_id + f".{i}") for i in range(times)], ignore_index=True)[
        :rows
    ]
    big.to_csv(path, index=False, encoding="utf-8-sig")
    for name in ("relations", "corrections"):  # they name figures by their ids
        table = folder / f"{name}.csv"
        table.write_text(table.read_text(encoding="utf-8-sig").splitlines()[0] + "\n", encoding="utf-8-sig")
    return path


def read_with_pandas(path: Path) -> pd.DataFrame:
    types = dict.fromkeys(hz_data.TABLES["figures"].columns, str) | {"obs_value": float, "value_high": float}
    return pd.read_csv(
        path,
        dtype=types,
        keep_default_na=False,
        na_values={"obs_value": [""], "value_high": [""]},
        encoding="utf-8-sig",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[1000, 100_000, 1_000_000])
    rows = parser.parse_args().rows
    data = hz_data.load()
    whole = seconds(hz_data.load)
    audit = seconds(lambda: findings(data))
    print(
        f"today's tables ({len(data.figures)} figures): load and validate {whole:.3f} s, findings {audit:.3f} s, "
        f"together {whole + audit:.3f} s"
    )
    print(f"{'rows':>10} {'pandas read':>12} {'load':>9} {'ratio':>7}")
    for n in rows:
        with tempfile.TemporaryDirectory() as scratch:
            path = enlarge(Path(scratch) / "data", n)
            pandas = seconds(lambda p=path: read_with_pandas(p))
            loaded = seconds(lambda p=path: hz_data.load(p.parent))
            print(f"{n:>10,} {pandas:>10.3f} s {loaded:>7.3f} s {loaded / pandas:>6.2f}x")


if __name__ == "__main__":
    main()
