"""Score the projections on series whose future is known, beside simple models and, if installed, statsforecast.

    python benchmarks/forecast_accuracy.py --data DIR [--write FILE] [--coverage-table] [--picture FILE] [--cluster]

DIR holds yearly series as ``*.csv`` or ``*.csv.gz``. With the columns ``series, t, value, split`` a file is a
competition: the test part is forecast from the training part, whole or its last 5, 8 and 12 points. Without ``split``
it is a panel of cities: rolling origins 2004 to 2019, four years ahead, from the last 5, 8 and 12 points.

Scores: sMAPE, MASE and OWA as in the M4 competition (Makridakis, Spiliotis & Assimakopoulos 2020, *International Journal
of Forecasting* 36, 54-74; yearly, so that its benchmark Naive2 is the naive forecast), coverage, and the scaled interval
score MSIS (Gneiting & Raftery 2007, *JASA* 102, 359-378). The scale of MASE and MSIS is the mean absolute change within
the history that the model sees, cut or not; series that never change in it are left out.
"""

from __future__ import annotations

import argparse
import sys
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from huzhou_analysis.analysis import projection
from huzhou_analysis.analysis.projection import combination

LENGTHS = (5, 8, 12)
LEVELS = (80, 95)
ORIGINS = range(2004, 2020)
CITY_HORIZON = 4
HOME = "湖州"
# Kinds under which a panel of cities is scored, by the end of its file name.
PANEL_KINDS = {
    "fdi": ("inflow",),
    "gdp": ("output",),
    "retail": ("output",),
    "industrial_output": ("output",),
    "loans": ("output",),
    "fai": ("output", "inflow"),
    "freight_road": ("output", "inflow"),
}


@dataclass(frozen=True)
class Cases:
    """Histories (oldest first), what came after (case x horizon, NaN if unknown), and which series each case is of."""

    histories: list[np.ndarray]
    futures: np.ndarray
    series: np.ndarray


@dataclass(frozen=True)
class Forecast:
    """Path and the two ends of each interval, all (case x horizon), and the CPU seconds they took."""

    path: np.ndarray
    ends: dict[int, tuple[np.ndarray, np.ndarray]]
    seconds: float


def read(folder: Path) -> tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame]]:
    """Competitions and panels of cities in a folder, by file name.

    The city that the project is about is left out of the panels: what its intervals covered is said of other cities.
    """
    competitions, panels = {}, {}
    for path in sorted([*folder.glob("*.csv"), *folder.glob("*.csv.gz")]):
        frame = pd.read_csv(path)
        if not {"series", "t", "value"} <= set(frame.columns):
            continue
        name = path.name.split(".")[0]
        if "split" in frame.columns:
            competitions[name] = frame
        else:
            panels[name] = frame[~frame.series.astype(str).str.startswith(HOME)]
    return competitions, panels


def competition_cases(frame: pd.DataFrame, last: int | None = None) -> Cases:
    """Training and test part of every series, the training part cut to its last points."""
    histories, futures, names = [], [], []
    for name, one in frame.sort_values("t").groupby("series", sort=False):
        values, test = one.value.to_numpy(float), (one.split == "test").to_numpy()
        history = values[~test][-last:] if last else values[~test]
        if len(history) >= projection.MIN_POINTS and np.ptp(history) > 0:
            histories.append(history)
            futures.append(values[test])
            names.append(name)
    return Cases(histories, np.array(futures), np.array(names))


def city_cases(frame: pd.DataFrame, last: int, horizon: int = CITY_HORIZON) -> Cases:
    """Every city at every origin with a full and positive history of `last` years and some later value."""
    wide = frame.pivot(index="series", columns="t", values="value")
    histories, futures, names = [], [], []
    for origin in ORIGINS:
        window = wide.reindex(columns=range(origin - last + 1, origin + horizon + 1))
        history, future = window.iloc[:, :last], window.iloc[:, last:]
        use = (history > 0).all(axis=1) & future.notna().any(axis=1)
        histories += list(history[use].to_numpy())
        futures.append(future[use].to_numpy())
        names.append(wide.index[use].to_numpy())
    return Cases(histories, np.concatenate(futures), np.concatenate(names))


def long(cases: Cases) -> pd.DataFrame:
    """Cases as long data for a panel."""
    lengths = [len(one) for one in cases.histories]
    return pd.DataFrame(
        {
            "unique_id": np.repeat(np.arange(len(lengths)), lengths),
            "ds": np.concatenate([np.arange(one) for one in lengths]) if lengths else [],
            "y": np.concatenate(cases.histories) if lengths else [],
        }
    )


def shaped(table: pd.DataFrame, cases: Cases, seconds: float) -> Forecast:
    """Answer of the panel as arrays."""
    shape = cases.futures.shape
    ends = {
        one: tuple(table[f"{side}_{one}"].to_numpy().reshape(shape) for side in ("lower", "upper")) for one in LEVELS
    }
    return Forecast(table["mean"].to_numpy().reshape(shape), ends, seconds)


def combination_forecast(cases: Cases, kind: str = "general") -> Forecast:
    """The product itself."""
    frame = long(cases)
    start = time.process_time()
    table = projection.project_panel(frame, cases.futures.shape[1], LEVELS, kind)
    return shaped(table, cases, time.process_time() - start)


def walk_forecast(cases: Cases, drift: bool) -> Forecast:
    """Random walk without or with drift, in levels, with the textbook's normal intervals (Hyndman & Athanasopoulos)."""
    start = time.process_time()
    ahead = np.arange(1, cases.futures.shape[1] + 1)
    paths, spreads = [], []
    for history in cases.histories:
        steps = np.diff(history)
        step = steps.mean() if drift else 0.0
        paths.append(history[-1] + step * ahead)
        error = np.sqrt(((steps - step) ** 2).sum() / max(1, len(steps) - drift))
        spreads.append(error * np.sqrt(ahead * (1 + drift * ahead / len(steps))))
    path, spread = np.array(paths), np.array(spreads)
    factor = {one: stats.norm.ppf(0.5 + one / 200) for one in LEVELS}
    ends = {one: (path - factor[one] * spread, path + factor[one] * spread) for one in LEVELS}
    return Forecast(path, ends, time.process_time() - start)


def smoothing_forecast(cases: Cases) -> Forecast:
    """The combination's third path alone (smoothing in logs), without an interval."""
    start = time.process_time()
    path = np.empty(cases.futures.shape)
    lengths = np.array([min(len(one), combination.LONGEST) for one in cases.histories])
    for length in np.unique(lengths):
        where = np.flatnonzero(lengths == length)
        logs = np.log(np.array([cases.histories[one][-length:] for one in where]))
        found = combination.smooth(logs - logs[:, -1:], path.shape[1], combination.REVERSIONS_WORKING)[0]
        path[where] = np.exp(found + logs[:, -1:])
    nothing = np.full(path.shape, np.nan)
    return Forecast(path, dict.fromkeys(LEVELS, (nothing, nothing)), time.process_time() - start)


def statsforecast_forecasts(cases: Cases, wanted: list[str]) -> dict[str, Forecast]:
    """Models of statsforecast on one core, warmed up so that compilation is not counted."""
    try:
        from statsforecast import StatsForecast, models
    except ImportError:
        return {}
    frame, horizon = long(cases), cases.futures.shape[1]
    result = {}
    for name in wanted:
        # Without season, as these are yearly; the naive forecast steps in where a model fails on a short history.
        make = lambda name=name: StatsForecast(  # noqa: E731
            models=[getattr(models, name)(season_length=1)], freq=1, n_jobs=1, fallback_model=models.Naive()
        )
        warm = frame[frame.unique_id < 20]
        make().forecast(df=warm, h=horizon, level=list(LEVELS))
        start = time.process_time()
        table = make().forecast(df=frame, h=horizon, level=list(LEVELS))
        seconds = time.process_time() - start
        columns = {name: "mean"} | {
            f"{name}-{short}-{one}": f"{side}_{one}"
            for short, side in (("lo", "lower"), ("hi", "upper"))
            for one in LEVELS
        }
        result[f"statsforecast {name}"] = shaped(table.rename(columns=columns), cases, seconds)
    return result


def changes(cases: Cases) -> np.ndarray:
    """Mean absolute change within each history."""
    return np.array([np.abs(np.diff(one)).mean() for one in cases.histories])


def interval_score(low: np.ndarray, high: np.ndarray, actual: np.ndarray, level: int) -> np.ndarray:
    """Width plus 2 / alpha times what lies outside (Gneiting & Raftery 2007, equation 43)."""
    alpha = 1 - level / 100
    return high - low + 2 / alpha * (np.maximum(low - actual, 0) + np.maximum(actual - high, 0))


def scores(cases: Cases, forecast: Forecast) -> dict[str, float]:
    """All scores of one model."""
    actual, path, scale = cases.futures, forecast.path, changes(cases)[:, None]
    naive = np.repeat([[one[-1]] for one in cases.histories], actual.shape[1], axis=1)
    smape = lambda one: np.nanmean(200 * np.abs(one - actual) / (np.abs(one) + np.abs(actual)))  # noqa: E731
    mase = lambda one: np.nanmean(np.abs(one - actual) / scale)  # noqa: E731
    found = {"sMAPE": smape(path), "MASE": mase(path)}
    found["OWA"] = (found["sMAPE"] / smape(naive) + found["MASE"] / mase(naive)) / 2
    known = ~np.isnan(actual)
    for level in LEVELS:
        low, high = forecast.ends[level]
        found[f"cover {level}"] = 100 * ((actual >= low) & (actual <= high))[known].mean()
        found[f"MSIS {level}"] = (interval_score(low, high, actual, level) / scale)[known].mean()
    if np.isnan(forecast.ends[LEVELS[0]][0]).all():
        found |= {name: np.nan for name in found if name.startswith(("cover", "MSIS"))}
    found["s per 1,000"] = 1000 * forecast.seconds / len(cases.histories)
    return found


def competition_table(frame: pd.DataFrame, last: int | None, slow: bool) -> pd.DataFrame:
    """Scores of every model on one competition."""
    cases = competition_cases(frame, last)
    combination_forecast(cases)  # matrices of each length are built once
    models = {
        "combination": combination_forecast(cases),
        "smoothing in logs": smoothing_forecast(cases),
        "naive": walk_forecast(cases, drift=False),
        "drift": walk_forecast(cases, drift=True),
    }
    models |= statsforecast_forecasts(cases, ["AutoETS", "DynamicOptimizedTheta", *(["AutoARIMA"] if slow else [])])
    return pd.DataFrame({name: scores(cases, one) for name, one in models.items()}).T


def city_half(names: np.ndarray) -> np.ndarray:
    """Half of the cities to which each belongs."""
    return np.array([zlib.crc32(str(one).encode()) % 2 for one in names])


def scaled_naive(cases: Cases) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """Last value times the quantiles of what came of it in the other half of the cities, by horizon."""
    last = np.array([one[-1] for one in cases.histories])[:, None]
    ratios, half = cases.futures / last, city_half(cases.series)
    ends = {}
    for level in LEVELS:
        low, high = np.empty(ratios.shape), np.empty(ratios.shape)
        for one in (0, 1):
            bounds = np.nanquantile(ratios[half != one], [0.5 - level / 200, 0.5 + level / 200], axis=0)
            low[half == one], high[half == one] = last[half == one] * bounds[0], last[half == one] * bounds[1]
        ends[level] = (low, high)
    return ends


def city_row(cases: Cases, kind: str) -> dict[str, float]:
    """Coverage, typical miss, and interval scores over those of the scaled naive forecast (in levels and in logs).

    Scores in levels are over the mean of the history; the largest half per cent are cut back, for some panels hold
    figures in the wrong unit.
    """
    forecast, naive = combination_forecast(cases, kind), scaled_naive(cases)
    actual, known = cases.futures, ~np.isnan(cases.futures)
    size = np.array([one.mean() for one in cases.histories])[:, None]
    row: dict[str, float] = {"cases": len(cases.histories), "cities": len(set(cases.series))}
    for level in LEVELS:
        low, high = forecast.ends[level]
        hit = (actual >= low) & (actual <= high)
        row[f"cover {level}"] = 100 * hit[known].mean()
        row[f"cover {level}, 4 years"] = 100 * hit[:, -1][known[:, -1]].mean()
        cut = lambda one: np.minimum(one, np.quantile(one, 0.995)).mean()  # noqa: E731
        both = [(interval_score(*ends, actual, level) / size)[known] for ends in (forecast.ends[level], naive[level])]
        row[f"score {level} / naive"] = cut(both[0]) / cut(both[1])
        logs = [
            interval_score(*map(np.log, ends), np.log(actual), level)[known].mean()
            for ends in (forecast.ends[level], naive[level])
        ]
        row[f"in logs {level} / naive"] = logs[0] / logs[1]
    row["miss, 4 years (%)"] = 100 * np.nanmedian(np.abs(forecast.path / actual - 1)[:, -1])
    return row


def city_table(panels: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """One row a panel, kind and history length, and the mean over GDP, retail sales and industrial output."""
    rows = {}
    for name, frame in panels.items():
        for kind in PANEL_KINDS.get(name.removeprefix("cities_"), ("general",)):
            for last in LENGTHS:
                cases = city_cases(frame, last)
                if len(cases.histories) >= 50:
                    rows[f"{name.removeprefix('cities_')} as {kind}, last {last}"] = city_row(cases, kind)
    table = pd.DataFrame(rows).T
    for last in LENGTHS:
        members = [f"{one} as output, last {last}" for one in ("gdp", "retail", "industrial_output")]
        if set(members) <= set(table.index):
            table.loc[f"mean of gdp, retail, industrial_output, last {last}"] = table.loc[members].mean()
    return table


def coverage_constants(competitions: dict[str, pd.DataFrame], panels: dict[str, pd.DataFrame]) -> str:
    """What the intervals covered, as the constants of calibration.py.

    ``general`` on the test part of the M4 sample, the other kinds on the panels of cities.
    """
    lines = ["MEASURED: dict[str, dict[int, Measured]] = {"]
    sources: dict[str, Callable[[int, int], Cases | None]] = {}
    m4 = next((frame for name, frame in competitions.items() if name.startswith("m4")), None)
    if m4 is not None:
        sources["general"] = lambda last, horizon: competition_cases(_long_enough(m4, last), last)
    for kind, names in (("output", ("gdp", "retail", "industrial_output")), ("inflow", ("fdi",))):
        frames = [panels[f"cities_{one}"] for one in names if f"cities_{one}" in panels]
        if frames:
            sources[kind] = lambda last, horizon, frames=frames: _joined([city_cases(one, last, 6) for one in frames])
    for kind, source in sources.items():
        lines.append(f'    "{kind}": {{')
        for last in (5, 8, 12, 20, 30) if kind == "general" else LENGTHS:
            cases = source(last, 6)
            forecast, actual = combination_forecast(cases, kind), cases.futures
            known = ~np.isnan(actual)
            cover = []
            for level in LEVELS:
                low, high = forecast.ends[level]
                hit = np.where(known, (actual >= low) & (actual <= high), np.nan)
                cover.append(tuple(int(one) for one in np.round(100 * np.nanmean(hit, axis=0))))
            miss = np.round(100 * np.nanmedian(np.abs(forecast.path / actual - 1), axis=0), 1)
            number = len(set(cases.series))
            lines.append(
                f"        {last}: Measured({number}, {len(cases.histories)}, {cover[0]}, {cover[1]}, "
                f"{tuple(float(one) for one in miss)}),"
            )
        lines.append("    },")
    return "\n".join([*lines, "}"])


def _long_enough(frame: pd.DataFrame, last: int) -> pd.DataFrame:
    """Series with at least `last` training points."""
    count = frame[frame.split == "train"].groupby("series").size()
    return frame[frame.series.isin(count.index[count >= last])]


def _joined(parts: list[Cases]) -> Cases:
    """Cases of several panels together; a city counts once a panel."""
    return Cases(
        [history for one in parts for history in one.histories],
        np.concatenate([one.futures for one in parts]),
        np.concatenate([[f"{number} {name}" for name in one.series] for number, one in enumerate(parts)]),
    )


def draw_calibration(competitions: dict[str, pd.DataFrame], panels: dict[str, pd.DataFrame], path: Path) -> None:
    """Nominal against observed coverage at 50, 80, 90 and 95, by history length."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    nominal = (50, 80, 90, 95)
    groups = [
        (name.split("_")[0].upper() if name[0] == "m" else name.split("_")[0].capitalize(), "general", [frame])
        for name, frame in competitions.items()
    ]
    for label, kind, names in (
        ("Cities: GDP, retail sales, industrial output", "output", ("gdp", "retail", "industrial_output")),
        ("Cities: foreign investment", "inflow", ("fdi",)),
    ):
        frames = [panels[f"cities_{one}"] for one in names if f"cities_{one}" in panels]
        if frames:
            groups.append((label, kind, frames))
    figure, axes = plt.subplots(1, len(groups), figsize=(3.1 * len(groups), 3.6), sharey=True, squeeze=False)
    marks = {5: "o", 8: "s", 12: "^", None: "D"}
    for ax, (label, kind, frames) in zip(axes[0], groups, strict=True):
        ax.plot([45, 100], [45, 100], color="0.7", linewidth=1)
        for last, mark in marks.items():
            if last is None and "split" not in frames[0].columns:
                continue
            cases = _joined(
                [competition_cases(one, last) if "split" in one.columns else city_cases(one, last) for one in frames]
            )
            table = projection.project_panel(long(cases), cases.futures.shape[1], nominal, kind)
            actual, seen = cases.futures, []
            for one in nominal:
                low, high = (table[f"{side}_{one}"].to_numpy().reshape(actual.shape) for side in ("lower", "upper"))
                seen.append(100 * ((actual >= low) & (actual <= high))[~np.isnan(actual)].mean())
            ax.plot(
                nominal,
                seen,
                marker=mark,
                markersize=5,
                linewidth=1,
                label="all points" if last is None else f"last {last}",
            )
        ax.set_title(label.replace(": ", ":\n"), fontsize=9)
        ax.set_xticks(nominal)
        ax.set_xlabel("nominal coverage (%)")
        ax.legend(fontsize=7, frameon=False)
    axes[0][0].set_ylabel("observed coverage (%)")
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=130)
    plt.close(figure)


def cluster_equals_plain(frame: pd.DataFrame, horizon: int = 4, workers: int = 2) -> bool:
    """Whether a local Dask cluster gives bit for bit the numbers of the plain run."""
    import joblib
    from dask.distributed import Client, LocalCluster

    plain = projection.project_panel(frame, horizon)
    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster),
        joblib.parallel_config("dask"),
    ):
        spread = projection.project_panel(frame, horizon, n_jobs=None)
    return plain.equals(spread)


def markdown(table: pd.DataFrame) -> str:
    """A table in Markdown."""
    digits = lambda name: 0 if name in ("cases", "cities") else 1 if name.startswith(("cover", "MSIS", "miss")) else 3  # noqa: E731
    lines = ["| | " + " | ".join(table.columns) + " |", "|---|" + "---:|" * len(table.columns)]
    for name, row in table.iterrows():
        cells = ("" if pd.isna(one) else f"{one:,.{digits(column)}f}" for column, one in row.items())
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of series")
    parser.add_argument("--write", type=Path, help="write the tables here as well")
    parser.add_argument("--coverage-table", action="store_true", help="print the constants of measured coverage only")
    parser.add_argument("--picture", type=Path, help="write the calibration plot here")
    parser.add_argument("--slow", action="store_true", help="AutoARIMA as well")
    parser.add_argument("--cluster", action="store_true", help="compare a local Dask cluster with the plain run")
    options = parser.parse_args()
    competitions, panels = read(options.data)
    if options.picture:
        draw_calibration(competitions, panels, options.picture)
    if options.coverage_table:
        print(coverage_constants(competitions, panels))
        return
    if options.cluster:
        cases = competition_cases(next(iter(competitions.values())))
        print("cluster and plain run identical:", cluster_equals_plain(long(cases)))
        return
    parts = []
    for name, frame in competitions.items():
        for last in (None, *LENGTHS):
            parts.append(f"### {name}, {'all points' if last is None else f'last {last} points'}\n")
            parts.append(markdown(competition_table(frame, last, options.slow)) + "\n")
            print("\n".join(parts[-2:]), flush=True)
    if panels:
        parts += ["### Cities, rolling origins 2004-2019, four years ahead\n", markdown(city_table(panels)) + "\n"]
        print("\n".join(parts[-2:]), flush=True)
    if options.write:
        options.write.write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
