"""Load and validate against what pandas needs to read the same files with the same types: one side of it, measured.

    python benchmarks/load.py enlarge ROWS DIR    copy the tables, the figures repeated up to so many rows
    python benchmarks/load.py pandas DIR          read every table with pandas, check nothing
    python benchmarks/load.py load DIR            read, check every cell and every rule, return typed tables

The last two print the seconds of one call (imports done, the median of as many calls as fit into a second, at least two).
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from huzhou_analysis.facts import data as hz_data

NUMBERS = ("obs_value", "value_high")


def enlarge(folder: Path, rows: int) -> Path:
    """Copy the tables and repeat the figures, each with an id of its own."""
    shutil.copytree(hz_data.default_root(), folder)
    path = folder / "figures.csv"
    figures = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    times = -(-rows // len(figures))
    big = pd.concat([figures.assign(figure_id=figures.figure_id + f".{i}") for i in range(times)], ignore_index=True)
    big[:rows].to_csv(path, index=False, encoding="utf-8-sig")
    for name in ("relations", "corrections"):  # they name figures by their ids
        table = folder / f"{name}.csv"
        table.write_text(table.read_text(encoding="utf-8-sig").splitlines()[0] + "\n", encoding="utf-8-sig")
    return path


def read_with_pandas(folder: Path) -> dict[str, pd.DataFrame]:
    """Every table with the types that :func:`huzhou_analysis.load` gives its columns."""
    found = {}
    for name, table in hz_data.TABLES.items():
        numbers = NUMBERS if name == "figures" else ()
        found[name] = pd.read_csv(
            folder / f"{name}.csv",
            dtype=dict.fromkeys(table.columns, str) | dict.fromkeys(numbers, float),
            keep_default_na=False,
            na_values={column: [""] for column in numbers},
            encoding="utf-8-sig",
        )
    return found


def seconds(call: Callable[[], object]) -> float:
    """Median processor time of a call."""
    times: list[float] = []
    while len(times) < 2 or (sum(times) < 1 and len(times) < 50):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return statistics.median(times)


def main(arguments: list[str]) -> None:
    what, folder = arguments[0], Path(arguments[-1])
    if what == "enlarge":
        enlarge(folder, int(arguments[1]))
    else:
        call = {"pandas": read_with_pandas, "load": hz_data.load}[what]
        print(json.dumps(seconds(lambda: call(folder))))


if __name__ == "__main__":
    main(sys.argv[1:])
