"""Project thousands of short series: one side of the comparison, measured.

    python benchmarks/short_series.py write COUNT PANEL --data DIR     a panel of short series, with what came after
    python benchmarks/short_series.py ours PANEL ANSWER                this project, in one process
    python benchmarks/short_series.py cluster PANEL ANSWER             this project, through joblib on a local Dask cluster
    python benchmarks/short_series.py peer PANEL ANSWER                AutoETS of statsforecast, one process for each core
    python benchmarks/short_series.py score PANEL ANSWER...            accuracy and coverage of answers

Series are the yearly ones of forecasting competitions, each cut to its last 5 to 12 training points. Panels and answers are
``.npz`` files. The side that forecasts prints its seconds: warmed up, imports and start of processes aside, from the panel
in memory to the table of forecasts.
"""

from __future__ import annotations

import json
import os
import sys
import time
from importlib import import_module
from pathlib import Path

import numpy as np

LENGTHS = range(5, 13)
LEVELS = (80, 95)
CORES = os.cpu_count() or 1
WARM = 64


def write(count: int, path: Path, folder: Path) -> None:
    """As many cases as wanted, spread evenly over series and lengths."""
    accuracy = _accuracy()
    competitions = accuracy.read(folder)[0]
    cases = [
        accuracy.competition_cases(frame, last)
        for name, frame in competitions.items()
        for last in LENGTHS
        if name.startswith(("m3", "m4"))
    ]
    histories = [history for one in cases for history in one.histories]
    futures = np.concatenate([one.futures for one in cases])
    if count > len(histories):
        sys.exit(f"{len(histories)} series are at hand, {count} were asked for")
    chosen = np.linspace(0, len(histories) - 1, count).round().astype(int)
    np.savez(
        path,
        lengths=np.array([len(histories[one]) for one in chosen]),
        values=np.concatenate([histories[one] for one in chosen]),
        futures=futures[chosen],
    )


def _accuracy():
    """The benchmark of accuracy beside this file."""
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    import forecast_accuracy

    return forecast_accuracy


def long(panel) -> object:
    """A panel as long data."""
    import pandas as pd

    lengths = panel["lengths"]
    years = np.concatenate([np.arange(one) for one in lengths])
    return pd.DataFrame({"unique_id": np.repeat(np.arange(len(lengths)), lengths), "ds": years, "y": panel["values"]})


def _columns(table, names: dict[str, str], shape: tuple[int, int]) -> dict[str, np.ndarray]:
    return {name: table[column].to_numpy(dtype=float).reshape(shape) for name, column in names.items()}


def _own_columns() -> dict[str, str]:
    return {one: one for one in ("mean", *(f"{side}_{level}" for level in LEVELS for side in ("lower", "upper")))}


def ours(panel) -> tuple[float, dict[str, np.ndarray]]:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from huzhou_analysis.analysis import projection

    frame, shape = long(panel), panel["futures"].shape
    projection.project_panel(frame[frame.unique_id < WARM], shape[1], LEVELS)
    start = time.perf_counter()
    table = projection.project_panel(frame, shape[1], LEVELS)
    return time.perf_counter() - start, _columns(table, _own_columns(), shape)


def cluster(panel) -> tuple[float, dict[str, np.ndarray]]:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    import joblib
    from dask.distributed import Client, LocalCluster

    from huzhou_analysis.analysis import projection

    frame, shape = long(panel), panel["futures"].shape
    options = {"n_workers": CORES, "threads_per_worker": 1, "dashboard_address": None}
    with LocalCluster(**options) as local, Client(local) as client, joblib.parallel_config("dask"):
        client.run(
            import_module, "huzhou_analysis.analysis.projection.panel"
        )  # every worker, not only the one that works first
        projection.project_panel(frame[frame.unique_id < WARM], shape[1], LEVELS, n_jobs=None)
        start = time.perf_counter()
        table = projection.project_panel(frame, shape[1], LEVELS, n_jobs=None)
        return time.perf_counter() - start, _columns(table, _own_columns(), shape)


def peer(panel) -> tuple[float, dict[str, np.ndarray]]:
    from statsforecast import StatsForecast, models

    frame, shape = long(panel), panel["futures"].shape

    def forecast(rows):
        # Yearly series have no season; the naive forecast steps in where a history is too short for the model.
        model = StatsForecast(
            models=[models.AutoETS(season_length=1)], freq=1, n_jobs=CORES, fallback_model=models.Naive()
        )
        return model.forecast(df=rows, h=shape[1], level=list(LEVELS))

    forecast(frame[frame.unique_id < WARM])
    start = time.perf_counter()
    table = forecast(frame)
    took = time.perf_counter() - start
    names = {"mean": "AutoETS"}
    for level in LEVELS:
        names |= {f"lower_{level}": f"AutoETS-lo-{level}", f"upper_{level}": f"AutoETS-hi-{level}"}
    return took, _columns(table.sort_values(["unique_id", "ds"]), names, shape)


def score(panel, answers: list[Path]) -> dict[str, dict[str, float]]:
    """sMAPE, MASE, OWA, coverage and MSIS of each answer, by its file name."""
    accuracy = _accuracy()
    edges = np.cumsum(panel["lengths"])[:-1]
    cases = accuracy.Cases(np.split(panel["values"], edges), panel["futures"], np.arange(len(panel["lengths"])))
    found = {}
    for path in answers:
        with np.load(path) as answer:
            ends = {level: (answer[f"lower_{level}"], answer[f"upper_{level}"]) for level in LEVELS}
            found[path.stem] = accuracy.scores(cases, accuracy.Forecast(answer["mean"], ends, 0.0))
    return found


def main(arguments: list[str]) -> None:
    what = arguments[0]
    if what == "write":
        write(int(arguments[1]), Path(arguments[2]), Path(arguments[4]))
        return
    with np.load(arguments[1]) as file:
        panel = {name: file[name] for name in file.files}
    if what == "score":
        print(json.dumps(score(panel, [Path(one) for one in arguments[2:]])))
        return
    took, answer = {"ours": ours, "cluster": cluster, "peer": peer}[what](panel)
    np.savez(arguments[2], **answer)
    print(json.dumps(took))


if __name__ == "__main__":
    main(sys.argv[1:])
