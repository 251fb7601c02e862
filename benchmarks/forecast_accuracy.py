"""Score the projections on series whose future is known: the tables of docs/projections.md.

    python benchmarks/forecast_accuracy.py --data DIR [--only choice competitions cities last_origins rule outside chances]

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
from functools import cache
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import calibrate
from calibrate import GROUP, QUANTILES

from huzhou_analysis.analysis import calibration
from huzhou_analysis.analysis.calibration import LEADS, LENGTHS, MEMBERS, PROBABILITIES
from huzhou_analysis.analysis.forecast import FEWEST

COMPETITIONS = {"m3_yearly": 6, "m4_yearly_sample": 6, "tourism_yearly": 4}
LAST_ORIGIN, CITY_HORIZON, LATE = 2019, calibrate.SCORED_HORIZON, 4
# What the choice was made from: the members, and Theta in logs as well.
CANDIDATES = MEMBERS | {
    "theta_in_logs": lambda values, horizon: calibration._in_logs(calibration.theta, values, horizon)
}
SAME_MODEL = {"growth": "drift", "damped_growth": "damped_trend", "theta_in_logs": "theta"}
GROWING = ("gdp", "retail", "industrial_output", "investment", "loans")
ENDS = {80: ("q0.1", "q0.9"), 95: ("q0.025", "q0.975")}
Groups = list[tuple[np.ndarray, np.ndarray]]


# --- paths: competitions, and the choice -------------------------------------------------------------------------------


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
    scores: dict[str, list[float]] = {}
    for (history, future), path in zip(groups, paths, strict=True):
        scale = np.abs(np.diff(history, axis=1)).mean(axis=1, keepdims=True)
        for label, forecast in (("", path), (" naive", MEMBERS["last_value"](history, future.shape[1]))):
            error = np.abs(forecast - future)
            scores.setdefault(f"sMAPE{label}", []).extend((200 * error / (abs(forecast) + abs(future))).mean(axis=1))
            scores.setdefault(f"MASE{label}", []).extend((error / scale).mean(axis=1))
    mean = {name: float(np.mean(values)) for name, values in scores.items()}
    owa = (mean["sMAPE"] / mean["sMAPE naive"] + mean["MASE"] / mean["MASE naive"]) / 2
    return {"series": len(scores["MASE"]), "sMAPE": mean["sMAPE"], "MASE": mean["MASE"], "OWA": owa}


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
    """The best medians of three or four candidates, and every candidate alone, over the last value; no test part is read.

    Cities: mean |log(path / actual)| one to four years ahead. Competitions: OWA at two ends of the training parts. Means
    over lengths of history. ``competitions`` and ``growing`` (the mean over kinds of the distance to the best) are what
    the rule reads.
    """
    sets: dict[tuple, Groups] = {}
    for kind, wide in calibrate.panels(folder).items():
        sets |= {(kind, length): list(_city_groups(wide, length)) for length in LENGTHS}
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
    alone = table[~table.index.str.contains("+", regex=False)]
    best = [table.sort_values(reading).head(8) for reading in ("competitions", "growing")]
    return pd.concat([*best, alone]).drop_duplicates().round(3)


def _city_groups(wide: pd.DataFrame, length: int) -> Iterable[tuple[np.ndarray, np.ndarray]]:
    for origin in range(calibrate.FIRST_ORIGIN, LAST_ORIGIN + 1):
        years = wide.reindex(columns=range(origin - length + 1, origin + CITY_HORIZON + 1)).to_numpy()
        use = (years[:, :length] > 0).all(axis=1) & ~np.isnan(years[:, length:]).all(axis=1)
        if use.any():
            yield years[use, :length], years[use, length:]


def _relative(groups: Groups, paths: list[np.ndarray]) -> float:
    ours, naive = [], []
    for (history, future), path in zip(groups, paths, strict=True):
        ours += [*np.abs(np.log(np.maximum(path, calibration.FLOOR * history[:, -1:]) / future)).ravel()]
        naive += [*np.abs(np.log(history[:, -1:] / future)).ravel()]
    return float(np.nanmean(ours) / np.nanmean(naive))


# --- intervals and chances on cities ---------------------------------------------------------------------------------------


@cache
def cases_of(folder: Path) -> pd.DataFrame:
    """Cases of all kinds one to four years ahead, with log growth since the last value and its size class, and with the
    plain quantiles of the growth known at the time (``n0.1`` and so on): naive intervals."""
    cases = calibrate.all_cases(calibrate.panels(folder)).query("horizon <= @CITY_HORIZON")
    cases = cases.assign(grown=np.log(cases.actual / cases["last"]))
    sizes = [
        np.searchsorted(calibrate.BOUNDS[kind], one["last"], side="right")
        for kind, one in cases.groupby("kind", sort=False)
    ]
    cases = cases.assign(size_class=np.concatenate(sizes))
    return _with_naive(cases, cases, "origin", lambda group, one: group.origin + group.horizon <= one)


@cache
def by_city(folder: Path) -> pd.DataFrame:
    """Cases with the quantiles of the other four fifths of the cities in the same stretch, and naive ones of all their years."""
    parts, wides, every = [], calibrate.panels(folder), cases_of(folder)
    for key, group in every.groupby(GROUP, sort=False):
        for since in calibrate.stretches(wides[key[0]])[0]:
            found = calibrate.left_out(calibrate.window(group, since))
            parts.append(found[found.origin.between(since, since + calibrate.STRETCH_YEARS - 1)])
    found = pd.concat(parts).query("origin <= @LAST_ORIGIN")
    found, every = (one.assign(fold=calibrate.fold_of(one.series)) for one in (found, every))
    return _with_naive(found, every, "fold", lambda group, one: group.fold != one)


@cache
def by_time(folder: Path) -> pd.DataFrame:
    """Cases with the quantiles that the product would have had at the time, factors included."""
    return calibrate.in_turn(calibrate.as_known(cases_of(folder)))


def _with_naive(cases: pd.DataFrame, every: pd.DataFrame, by: str, seen) -> pd.DataFrame:
    groups, parts = dict(list(every.groupby(GROUP))), []
    for (*key, one), now in cases.groupby([*GROUP, by], sort=False):
        known = groups[tuple(key)].grown[seen(groups[tuple(key)], one)]
        ends = {f"n{name[1:]}": known.quantile(float(name[1:])) for pair in ENDS.values() for name in pair}
        parts.append(now.assign(**ends))
    return pd.concat(parts)


def late(cases: pd.DataFrame) -> pd.Series:
    """Which cases are of the last four origins with an outcome, by horizon."""
    return cases.origin > cases.groupby("horizon").origin.transform(lambda found: sorted(found.unique())[-LATE:][0] - 1)


def interval_score(low: pd.Series, high: pd.Series, actual: pd.Series, level: int) -> pd.Series:
    """Width plus 2 / alpha times what lies outside."""
    return high - low + 2 / (1 - level / 100) * ((low - actual).clip(lower=0) + (actual - high).clip(lower=0))


def _row(cases: pd.DataFrame) -> pd.Series:
    """Coverage, also of the last four origins and by third by size, and scores over those of naive quantiles.

    Scores are in units of the last value, the largest half per cent cut back, for some panels hold figures in the wrong
    unit; and in logs.
    """
    row: dict[str, float] = {"cases": len(cases)}
    for level, (low, high) in ENDS.items():
        inside = cases.error.between(cases[low], cases[high])
        row[f"held {level}"] = 100 * inside.mean()
        row[f"held {level}, last four"] = 100 * inside[late(cases)].mean()
        row |= {f"held {level}, third {one}": 100 * inside[cases["size"] == one].mean() for one in (1, 2, 3)}
        shift = np.log(cases.path / cases["last"])
        ours, naive = (cases[low] + shift, cases[high] + shift), (cases[f"n{low[1:]}"], cases[f"n{high[1:]}"])
        plain = [interval_score(np.exp(a), np.exp(b), np.exp(cases.grown), level) for a, b in (ours, naive)]
        capped = [one.clip(upper=one.quantile(0.995)).mean() for one in plain]
        logs = [interval_score(a, b, cases.grown, level).mean() for a, b in (ours, naive)]
        row |= {f"score {level}": capped[0] / capped[1], f"in logs {level}": logs[0] / logs[1]}
    return pd.Series(row)


def city_table(folder: Path) -> pd.DataFrame:
    """Five-fold by city: what other cities in the same stretch say of those left out."""
    return by_city(folder).groupby(GROUP[:2], sort=False).apply(_row).round(2)


def last_origins_table(folder: Path) -> pd.DataFrame:
    """Strictly by time: at every origin nothing but what had come by then."""
    return by_time(folder).groupby(GROUP[:2], sort=False).apply(_row).round(2)


RULES = {"none": None, "of each kind, length and distance": GROUP, "of each kind": ["kind"], "of all": []}


def rule_table(folder: Path) -> pd.DataFrame:
    """Candidates for intervals of the present, at all origins before the last four: how far from 80 and 95 they held, mean over
    kinds and lengths, and interval scores (in logs) over those of naive quantiles."""
    kept, rows = (calibrate.HALF_LIFE, calibrate.CARRIED_ON), {}
    for half_life, carried in product((2, 4, 8, np.inf), (0, 0.5, 1)):
        calibrate.HALF_LIFE, calibrate.CARRIED_ON = half_life, carried
        known = calibrate.as_known(cases_of(folder))
        for name, by in RULES.items():
            groups = [one for _, one in known.groupby(by)] if by else [known]
            found = known if by is None else pd.concat([calibrate.in_turn(one) for one in groups])
            found = found.groupby(GROUP[:2], group_keys=False)[found.columns].apply(lambda one: one[~late(one)])
            held = found.groupby(GROUP[:2])[found.columns].apply(_row)
            off = {f"{level} off by": (held[f"held {level}"] - level).abs().mean() for level in ENDS}
            rows[half_life, carried, name] = off | held[["in logs 80", "in logs 95"]].mean().to_dict()
    calibrate.HALF_LIFE, calibrate.CARRIED_ON = kept
    return pd.DataFrame(rows).T.round(2)


def outside_table(folder: Path) -> pd.DataFrame:
    """Candidates for the reference class, strictly by time: Brier scores of the share of the class, mean over kinds.

    Targets are what a quarter, a half, three quarters and nine tenths of the cities had not reached by growth at the newest six origins.
    """
    every, scores = cases_of(folder).query("length == 5").assign(everyone=0), {}
    for (kind, ahead, origin), now in every.groupby(["kind", "horizon", "origin"]):
        known = every[(every.kind == kind) & (every.horizon == ahead) & (every.origin + ahead <= origin)]
        if len(known) < calibrate.KNOWN_BEFORE:
            continue
        targets = known.grown[known.origin + ahead > origin - 6].quantile([0.25, 0.5, 0.75, 0.9])
        for by, newest in product(("everyone", "size", "size_class"), (4, 6, 10, 99)):
            used = known[known.origin + ahead > origin - newest]
            for needed in targets:
                share = (
                    now[by].map((used.grown >= needed).groupby(used[by]).mean()).fillna((used.grown >= needed).mean())
                )
                scores.setdefault((ahead, by, newest, kind), []).extend((share - (now.grown >= needed)) ** 2)
    means = pd.Series({key: np.mean(found) for key, found in scores.items()})
    return means.groupby(level=[0, 1, 2]).mean().unstack().round(3)


def chance_table(folder: Path, length: int = 12) -> pd.DataFrame:
    """Brier scores of targets four years ahead, strictly by time and of cities left out.

    Targets are what a quarter, a half, three quarters and nine tenths of the cities had not reached by growth at the newest four
    origins known by then. Beside the chance: the base rate as shipped (cities of the size class at those origins), the
    share of all city-years known, and of the city's own past.
    """
    wides, rows = calibrate.panels(folder), {}
    for label, made in (("by time", by_time), ("by city", by_city)):
        cases = made(folder).query("horizon == @CITY_HORIZON and length == @length")
        for kind, group in cases.groupby("kind", sort=False):
            scores = [_briers(now, wides[kind], kind) for _, now in group.groupby("origin")]
            rows[label, kind] = pd.concat(scores).mean()
    return pd.DataFrame(rows).T.round(3)


def _briers(now: pd.DataFrame, wide: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Squared errors of four chances for the cases of one origin and four targets each."""
    origin, wide = now.origin.iloc[0], np.log(wide.where(wide > 0))
    past = {year: wide[year + CITY_HORIZON] - wide[year] for year in wide if year + CITY_HORIZON <= origin}
    own = pd.DataFrame(past).reindex(now.series)
    newest = pd.concat([pd.DataFrame({"grown": past[y], "last": wide[y]}) for y in sorted(past)[-4:]]).dropna()
    bounds = np.log(calibrate.BOUNDS[kind])
    classes = [newest.grown[np.searchsorted(bounds, newest["last"], side="right") == c] for c in range(len(bounds) + 1)]
    everyone, found = np.concatenate([one.dropna() for one in past.values()]), []
    for needed in np.quantile(newest.grown, [0.25, 0.5, 0.75, 0.9]):
        gap = needed - np.log(now.path / now["last"])
        below = [np.interp(g, row, PROBABILITIES) for g, row in zip(gap, now[QUANTILES].to_numpy(), strict=True)]
        base = np.array([(one >= needed).mean() if len(one) else np.nan for one in classes])[now.size_class]
        came = (now.grown >= needed).to_numpy(float)
        chances = {
            "chance": 1 - np.array(below),
            "base rate": np.where(np.isnan(base), (newest.grown >= needed).mean(), base),
            "all city-years": (everyone >= needed).mean(),
            "the city's past": (own >= needed).where(own.notna()).mean(axis=1).fillna(0.5).to_numpy(),
        }
        found.append(pd.DataFrame({name: (chance - came) ** 2 for name, chance in chances.items()}))
    return pd.concat(found)


TABLES = {
    "choice": ("Choice", choice_table),
    "competitions": ("Competitions, test parts", competition_table),
    "cities": ("Cities, five-fold", city_table),
    "last_origins": ("Cities, strictly by time", last_origins_table),
    "rule": ("Rule of intervals, origins before the last four", rule_table),
    "outside": ("Reference class, Brier scores", outside_table),
    "chances": ("Chances, Brier scores", chance_table),
}


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
    given = parser.parse_args()
    for title, table in map(TABLES.get, given.only):
        print(f"**{title}**\n\n{markdown(table(given.data))}\n", flush=True)


if __name__ == "__main__":
    main()
