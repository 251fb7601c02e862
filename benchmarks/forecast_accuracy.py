"""Score the projections on series whose future is known: the tables of docs/projections.md.

    python benchmarks/forecast_accuracy.py --data DIR [--write FILE] [--only choice competitions cities present chances]

DIR holds yearly series as ``*.csv.gz`` with the columns ``series, t, value``: competitions (``m3_yearly``,
``m4_yearly_sample``, ``tourism_yearly``, with ``split``) and panels of cities (see calibrate.py).

Scores: sMAPE, MASE and OWA as in the M4 competition (Makridakis, Spiliotis & Assimakopoulos 2020, *International Journal
of Forecasting* 36, 54-74; Naive2 of yearly series is the last value), coverage, interval score (Gneiting & Raftery 2007,
*JASA* 102, 359-378, equation 43), Brier score.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import calibrate

from huzhou_analysis.analysis import members
from huzhou_analysis.analysis.calibration import KINDS, LENGTHS, Tables
from huzhou_analysis.analysis.forecast import FEWEST, project, project_panel
from huzhou_analysis.analysis.members import LEADS, MEMBERS

COMPETITIONS = {"m3_yearly": 6, "m4_yearly_sample": 6, "tourism_yearly": 4}
LAST_ORIGIN, CITY_HORIZON = 2019, 4
PANEL_UNITS = {"CNY8": "亿元", "CNY4": "万元", "USD6": "百万美元", "T4": "万吨"}
# What the choice was made from: the members, and Theta in logs as well.
CANDIDATES = MEMBERS | {"theta_in_logs": lambda values, horizon: members._in_logs(members.theta, values, horizon)}
SAME_MODEL = {"growth": "drift", "damped_growth": "damped_trend", "theta_in_logs": "theta"}
GROWING = ("gdp", "retail", "industrial_output", "investment", "loans")
Groups = list[tuple[np.ndarray, np.ndarray]]


def competition(folder: Path, name: str, part: str, last: int | None = None, back: int = 0) -> Groups:
    """Histories and futures, grouped by length: the test part, or the end of the training part `back` years earlier."""
    frame = pd.read_csv(folder / f"{name}.csv.gz")
    horizon, groups = COMPETITIONS[name], {}
    for _, one in frame.sort_values("t").groupby("series", sort=False):
        values, test = one.value.to_numpy(float), (one.split == "test").to_numpy()
        history, future = values[~test], values[test]
        if part == "train":
            end = len(history) - back
            history, future = history[: max(0, end - horizon)], history[max(0, end - horizon) : end]
        history = history if last is None else history[-last:] if len(history) >= last else history[:0]
        if len(history) >= FEWEST and len(future) == horizon and np.ptp(history) > 0:
            groups.setdefault(len(history), []).append((history, future))
    return [tuple(map(np.array, zip(*pairs, strict=True))) for pairs in groups.values()]


def accuracy(groups: Groups, paths: list[np.ndarray]) -> dict[str, float]:
    """sMAPE, MASE and OWA over all series."""
    scores = {"smape": [], "mase": [], "smape_naive": [], "mase_naive": []}
    for (history, future), path in zip(groups, paths, strict=True):
        scale = np.abs(np.diff(history, axis=1)).mean(axis=1, keepdims=True)
        for label, forecast in (("", path), ("_naive", MEMBERS["last_value"](history, future.shape[1]))):
            scores[f"smape{label}"] += [
                *(200 * np.abs(forecast - future) / (np.abs(forecast) + np.abs(future))).mean(axis=1)
            ]
            scores[f"mase{label}"] += [*(np.abs(forecast - future) / scale).mean(axis=1)]
    mean = {name: float(np.mean(values)) for name, values in scores.items()}
    owa = (mean["smape"] / mean["smape_naive"] + mean["mase"] / mean["mase_naive"]) / 2
    return {"series": len(scores["mase"]), "sMAPE": mean["smape"], "MASE": mean["mase"], "OWA": owa}


def paths_of(groups: Groups, names: Iterable[str]) -> list[np.ndarray]:
    """Median of candidates; those in logs stand aside where a value is not positive."""
    found = []
    for history, future in groups:
        logs = (history > 0).all()
        used = [name if logs else SAME_MODEL.get(name, name) for name in names]
        found.append(np.median([CANDIDATES[name](history, future.shape[1]) for name in used], axis=0))
    return found


def competition_table(folder: Path) -> pd.DataFrame:
    """Test parts: the median that leads, and each member, on whole histories; the median on cut ones."""
    rows = {}
    for name in COMPETITIONS:
        groups = competition(folder, name, "test")
        for label, names in {"median that leads": LEADS["median"], **{n: (n,) for n in CANDIDATES}}.items():
            rows[name, label] = accuracy(groups, paths_of(groups, names))
        for last in LENGTHS:
            groups = competition(folder, name, "test", last)
            rows[name, f"median that leads, last {last}"] = accuracy(groups, paths_of(groups, LEADS["median"]))
    return pd.DataFrame(rows).T.round(3)


def choice_table(folder: Path) -> pd.DataFrame:
    """Every median of three or four candidates, and every candidate alone, over the last value; no test part is read.

    Cities: mean |log(path / actual)| one to four years ahead. Competitions: OWA at two ends of the training parts. Means
    over lengths of history. ``competitions`` and ``growing`` (the mean over kinds of the distance to the best) are what
    the rule reads.
    """
    sets: dict[tuple, Groups] = {}
    for kind, wide in calibrate.panels(folder).items():
        for length in LENGTHS:
            sets[kind, length] = list(_city_groups(wide, length))
    for name in COMPETITIONS:
        for last in (*LENGTHS, None):
            sets[name, last] = competition(folder, name, "train", last) + competition(folder, name, "train", last, 3)
    single = {(key, name): paths_of(groups, (name,)) for key, groups in sets.items() for name in CANDIDATES}
    rows = {}
    for names in (chosen for count in (1, 3, 4) for chosen in combinations(CANDIDATES, count)):
        values: dict[str, list[float]] = {}
        for key, groups in sets.items():
            paths = [np.median([single[key, n][at] for n in names], axis=0) for at in range(len(groups))]
            score = accuracy(groups, paths)["OWA"] if key[0] in COMPETITIONS else _relative(groups, paths)
            values.setdefault(key[0], []).append(score)
        rows[" + ".join(names)] = {name: float(np.mean(found)) for name, found in values.items()}
    table = pd.DataFrame(rows).T
    few = table[table.index.str.count(r"\+") == 2]
    growing = (table[list(GROWING)] / few[list(GROWING)].min()).mean(axis=1)
    table = table.assign(competitions=table[list(COMPETITIONS)].mean(axis=1), growing=growing)
    return table.sort_values("competitions").round(3)


def _city_groups(wide: pd.DataFrame, length: int) -> Iterable[tuple[np.ndarray, np.ndarray]]:
    for origin in range(calibrate.STRETCHES[0], LAST_ORIGIN + 1):
        years = wide.reindex(columns=range(origin - length + 1, origin + CITY_HORIZON + 1)).to_numpy()
        use = (years[:, :length] > 0).all(axis=1) & ~np.isnan(years[:, length:]).all(axis=1)
        if use.any():
            yield years[use, :length], years[use, length:]


def _relative(groups: Groups, paths: list[np.ndarray]) -> float:
    ours, naive = [], []
    for (history, future), path in zip(groups, paths, strict=True):
        ours += [*np.abs(np.log(np.maximum(path, members.FLOOR * history[:, -1:]) / future)).ravel()]
        naive += [*np.abs(np.log(history[:, -1:] / future)).ravel()]
    return float(np.nanmean(ours) / np.nanmean(naive))


def city_cases(wide: pd.DataFrame, kind: str, length: int) -> pd.DataFrame:
    """Cases at origins up to 2019, with the history as a column of lists."""
    cases = calibrate.city_cases(wide, kind, length)
    cases = cases[cases.origin <= LAST_ORIGIN].reset_index(drop=True)
    rows = zip(cases.series, cases.origin, strict=True)
    return cases.assign(history=[wide.loc[s, o - length + 1 : o].to_numpy() for s, o in rows])


def unit_of(kind: str) -> str:
    """Unit of a panel."""
    return PANEL_UNITS[f"{KINDS[kind].measure}{KINDS[kind].power}"]


def intervals(cases: pd.DataFrame, kind: str, length: int, tables: Tables) -> dict[str, np.ndarray]:
    """What the product says of each case: (case x year ahead) by column."""
    frame = pd.DataFrame(
        {
            "series": np.repeat(np.arange(len(cases)), length),
            "year": np.concatenate([np.arange(o - length + 1, o + 1) for o in cases.origin]),
            "value": np.concatenate(list(cases.history)),
        }
    )
    found = project_panel(frame.assign(kind=kind, unit=unit_of(kind)), CITY_HORIZON, tables=tables)
    return {column: found[column].to_numpy().reshape(-1, CITY_HORIZON) for column in found.columns[2:9]}


def interval_score(low: np.ndarray, high: np.ndarray, actual: np.ndarray, level: int) -> np.ndarray:
    """Width plus 2 / alpha times what lies outside."""
    return high - low + 2 / (1 - level / 100) * (np.maximum(low - actual, 0) + np.maximum(actual - high, 0))


def city_table(folder: Path) -> pd.DataFrame:
    """Five-fold by city: coverage, by third by size, and interval scores over those of naive quantiles.

    Naive quantiles are those of actual over last value in the other four parts. Scores are over the mean of the history,
    the largest half per cent cut back, for some panels hold figures in the wrong unit.
    """
    wides = calibrate.panels(folder)
    rows = {}
    for kind, wide in wides.items():
        fold = calibrate.fold_of(wide.index)
        left_out = [calibrate.tables({kind: wide[fold != one]}) for one in range(calibrate.FOLDS)]
        for length in LENGTHS:
            cases = city_cases(wide, kind, length)
            actual = cases[[f"actual_{ahead}" for ahead in range(1, CITY_HORIZON + 1)]].to_numpy()
            ratio, last = actual / cases[["last"]].to_numpy(), cases[["last"]].to_numpy()
            part = calibrate.fold_of(cases.series)
            ends = {name: np.full(actual.shape, np.nan) for name in _ENDS}
            naive = {name: np.full(actual.shape, np.nan) for name in _ENDS}
            for one in range(calibrate.FOLDS):
                here = part == one
                found = intervals(cases[here], kind, length, left_out[one])
                for name, probability in _ENDS.items():
                    ends[name][here] = found[name]
                    naive[name][here] = last[here] * np.nanquantile(ratio[~here], probability, axis=0)
            rows[kind, length] = _city_row(cases, actual, ends, naive)
    return pd.DataFrame(rows).T.round(2)


_ENDS = {"low_80": 0.1, "high_80": 0.9, "low_95": 0.025, "high_95": 0.975}


def _city_row(cases: pd.DataFrame, actual: np.ndarray, ends: dict, naive: dict) -> dict[str, float]:
    known = ~np.isnan(actual)
    size = np.array([one.mean() for one in cases.history])[:, None]
    row: dict[str, float] = {"cases": len(cases)}
    for level in (80, 95):
        low, high = ends[f"low_{level}"], ends[f"high_{level}"]
        inside = (actual >= low) & (actual <= high)
        row[f"held {level}"] = 100 * inside[known].mean()
        row[f"held {level}, 4 years"] = 100 * inside[:, -1][known[:, -1]].mean()
        late = (cases.origin > cases.origin.max() - 4).to_numpy()
        row[f"held {level}, last four origins"] = 100 * inside[late][known[late]].mean()
        for third in (1, 2, 3):
            which = (cases["size"] == third).to_numpy()
            row[f"held {level}, third {third}"] = 100 * inside[which][known[which]].mean()
        score = [
            (interval_score(e[f"low_{level}"], e[f"high_{level}"], actual, level) / size)[known] for e in (ends, naive)
        ]
        ours, theirs = (np.minimum(one, np.quantile(one, 0.995)).mean() for one in score)
        logs = [np.log(e[f"{side}_{level}"])[known] for e in (ends, naive) for side in ("low", "high")]
        in_logs = [interval_score(*pair, np.log(actual[known]), level).mean() for pair in (logs[:2], logs[2:])]
        row |= {
            f"score {level}": ours,
            f"score {level} / naive": ours / theirs,
            f"in logs {level} / naive": in_logs[0] / in_logs[1],
        }
    return row


def present_table(folder: Path) -> pd.DataFrame:
    """The last origins: rows for the present, made at every earlier origin from errors known by then.

    ``held``: with the factors shipped, which these origins were used for; ``in turn``: with factors of earlier origins
    alone; ``last four``: the same, of the last four origins with an outcome.
    """
    rows = {}
    for kind, wide in calibrate.panels(folder).items():
        for length in LENGTHS:
            cases = calibrate.city_cases(wide, kind, length)
            parts = []
            for ahead in range(1, CITY_HORIZON + 1):
                known = calibrate.as_known(cases, ahead)
                if len(known):
                    factors = tuple(calibrate.factor_needed(known, level) for level in (80, 95))
                    late = known[known.origin > known.origin.max() - 4]
                    shares = [
                        *calibrate.held(known, factors),
                        *calibrate.held_in_turn(known, ahead),
                        *calibrate.held(late, factors),
                    ]
                    plain = calibrate.held(known, (1.0, 1.0))
                    parts.append((len(known), *shares, *plain))
            found = np.array(parts)
            weights = found[:, :1] * np.where(np.isnan(found[:, 1:]), np.nan, 1)
            with np.errstate(invalid="ignore"):  # nothing tested in turn
                shares = np.nansum(found[:, 1:] * weights, 0) / np.nansum(weights, 0)
            rows[kind, length] = dict(zip(_PRESENT, 100 * shares, strict=True))
    return pd.DataFrame(rows).T.round(1)


_PRESENT = [f"{what} {level}" for what in ("held", "in turn", "last four", "not widened") for level in (80, 95)]


def chance_table(folder: Path, length: int = 12) -> pd.DataFrame:
    """Brier scores of targets four years ahead, of cities left out.

    Targets are the last value grown as much as a quarter, a half and three quarters of the other city-years grew. Beside
    the chance: the base rate shown with it, the share of all city-years, and the share of the city's own past.
    """
    rows = {}
    for kind, wide in calibrate.panels(folder).items():
        fold = calibrate.fold_of(wide.index)
        cases = city_cases(wide, kind, length).dropna(subset=[f"actual_{CITY_HORIZON}"])
        change = (cases[f"actual_{CITY_HORIZON}"] / cases["last"]).to_numpy()
        part, scores = calibrate.fold_of(cases.series), []
        for one in range(calibrate.FOLDS):
            left_out = calibrate.tables({kind: wide[fold != one]})
            for quantile in (0.25, 0.5, 0.75):
                needed = np.quantile(change[part != one], quantile)
                for row, grown in zip(cases[part == one].itertuples(), change[part == one], strict=True):
                    history = pd.Series(row.history, range(row.origin - length + 1, row.origin + 1))
                    found = project(history, CITY_HORIZON, kind=kind, unit=unit_of(kind), tables=left_out)
                    own = np.mean(row.history[CITY_HORIZON:] / row.history[:-CITY_HORIZON] >= needed)
                    chances = (
                        found.probability(needed * row.last),
                        found.base_rate(needed * row.last).share,
                        1 - quantile,
                        own,
                    )
                    scores.append((np.array(chances) - (grown >= needed)) ** 2)
        rows[kind] = dict(
            zip(("chance", "base rate", "all city-years", "the city's past"), np.mean(scores, 0), strict=True)
        )
    return pd.DataFrame(rows).T.round(3)


TABLES = {
    "choice": ("Choice", choice_table),
    "competitions": ("Competitions, test parts", competition_table),
    "cities": ("Cities, five-fold", city_table),
    "present": ("Cities, last origins", present_table),
    "chances": ("Chances, Brier scores", chance_table),
}


def _shown(choice: pd.DataFrame) -> pd.DataFrame:
    """The best by either reading, and every candidate alone."""
    alone = choice[~choice.index.str.contains("+", regex=False)]
    return pd.concat([choice.head(8), choice.sort_values("growing").head(8), alone]).drop_duplicates()


def markdown(table: pd.DataFrame) -> str:
    """A table as Markdown."""
    names = [", ".join(map(str, name)) if isinstance(name, tuple) else str(name) for name in table.index]
    rows = [[name, *(f"{value:,.6g}" for value in row)] for name, row in zip(names, table.to_numpy(), strict=True)]
    head = ["", *map(str, table.columns)]
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---", *["---:"] * len(table.columns)], *rows])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of series")
    parser.add_argument("--only", nargs="+", choices=TABLES, default=list(TABLES))
    parser.add_argument("--write", type=Path, help="file for the tables")
    given = parser.parse_args()
    parts = []
    for name in given.only:
        title, table = TABLES[name]
        found = table(given.data)
        parts.append(f"**{title}**\n\n{markdown(_shown(found) if name == 'choice' else found)}\n")
        print(parts[-1], flush=True)
    if given.write:
        given.write.write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
