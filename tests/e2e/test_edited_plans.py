"""Plans are data: a row of a plan edited at random within the rules is answered, or refused by name, and stops nothing."""

import datetime as dt
import random
import shutil
from collections import Counter

import pytest
from table_copies import ROOT, Tables

import huzhou_analysis as hz
from huzhou_analysis.analysis.record import statements
from huzhou_analysis.facts.checks import check
from huzhou_analysis.facts.relations import relation_problems
from huzhou_analysis.report import state
from huzhou_analysis.report import tables as sheets

pytestmark = pytest.mark.e2e
EDITS, SEED = 30, 20
PERIODS = ["2024", "2026", "2028", "2030", "2035", "2023/P5Y", "2026/P5Y", "2027-S1", "2027-06"]


def edits(rng, row, head, units, places):
    """One or several cells of a target changed as an editor might: a period, a unit, a bound, a second source, ..."""
    at = dict(zip(head, row, strict=True))
    value = rng.choice(["0", "-5", "12", "99.9", "250000"])
    choices = [
        {"time_period": rng.choice(PERIODS)},
        {"unit": rng.choice(units)},
        {"commitment": rng.choice(["", "strive", "ensure"])},
        {"record_type": rng.choice(["parameter", "actual", "target"])},
        {"relation": rng.choice(["=", ">", ">=", "<", "<=", "~"])},
        {"span": rng.choice(["annual", "point", "cumulative", "per_year", "current"])},
        {"obs_value": value, "as_printed": ("下降" if value[0] == "-" else "达到") + value},
        {"locator": rng.choice(places[at["source_id"]])},
        {"ref_area": rng.choice(["330502", "330523", "330000"])},
        {"obs_value": "", "relation": "relative"},
        {"transformation": "GY", "unit": "%"},
    ]
    return choices[rng.randrange(len(choices))] | (choices[rng.randrange(len(choices))] if rng.random() < 0.3 else {})


def everything(data):
    """What stands on targets: the tables of a notebook, the report's data, the record."""
    gaps = hz.target_gaps(data, plan="all", full=True)
    hz.target_rows(data, gaps), hz.roll_up(gaps), hz.official_verdicts(gaps), hz.path_totals(data)
    hz.plan_pace(data, hz.table_targets(data)), hz.plans(data), hz.findings(data), hz.open_indicators(data)
    state.targets(data), [sheets.gaps(data, lang) for lang in ("zh", "en")]
    statements(data, "x", dt.date(2026, 1, 1))


def test_thirty_rows_of_plans_edited_at_random_stop_nothing(tmp_path):
    rng, done = random.Random(SEED), Counter()
    original = Tables(ROOT / "data")
    head, *rows = original.rows("figures")
    kind, indicator = head.index("record_type"), head.index("indicator")
    known = {row[indicator] for row in rows if row[kind] == "actual"}
    targets = [n for n, row in enumerate(rows) if row[kind] == "target"]
    targets += 3 * [n for n in targets if rows[n][indicator] in known]  # where there is something to set beside it
    units = [row[0] for row in original.rows("units")[1:]]
    places = {}
    for source, locator, *_ in original.rows("outline")[1:]:
        places.setdefault(source, []).append(locator)
    while done["answered"] + done["refused"] < EDITS:
        folder = tmp_path / str(done.total())
        shutil.copytree(ROOT / "data", folder)
        edited, n = [list(row) for row in rows], rng.choice(targets)
        changed = edits(rng, edited[n], head, units, places)
        if rng.random() < 0.3:  # the same target from a second source, or printed again
            edited.append([f"{cell}.again" if c == 0 else cell for c, cell in enumerate(edited[n])])
            n = len(edited) - 1
        for column, value in changed.items():
            edited[n][head.index(column)] = value
        Tables(folder).write("figures", [head, *edited])
        if check(folder)[1] or relation_problems(data := hz.load(folder)):
            done["against the rules"] += 1
            continue
        try:
            everything(data)
            done["answered"] += 1
        except hz.DataError as refused:
            assert edited[n][0] in str(refused), changed
            done["refused"] += 1
        except Exception as error:
            raise AssertionError(f"{edited[n][0]} {changed}: {error!r}") from error
    print(dict(done))
    assert done["answered"] > EDITS * 0.8
