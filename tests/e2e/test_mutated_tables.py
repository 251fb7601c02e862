"""Thousands of slips of the pen, in every column of every table: each is refused with its place, or means what it says.

A row of a plan edited within the rules is answered, or refused by name, and stops nothing. What is allowed is judged here a second time, from the published description of the tables (``data/datapackage.json``)
and a plain reading of numbers, not by the code that checks them.
"""

import datetime as dt
import json
import random
import re
import shutil
from collections import Counter
from decimal import Decimal

import pytest
from table_copies import ROOT, Tables

import huzhou_analysis as hz
from huzhou_analysis.analysis.record import statements
from huzhou_analysis.facts.checks import check
from huzhou_analysis.facts.relations import relation_problems
from huzhou_analysis.report import state
from huzhou_analysis.report import tables as sheets

pytestmark = pytest.mark.e2e
PACKAGE = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
SCHEMAS = {resource["path"].removesuffix(".csv"): resource["schema"] for resource in PACKAGE["resources"]}
FULL_WIDTH = str.maketrans("0123456789.-%", "０１２３４５６７８９．－％")
ROUNDS, SLIPS = 10, 60

# What a hand, a spreadsheet or a copy from a web page does to a cell: other text around it or in its place, ...
AROUND = (
    '|{} |\u3000{}|\ufeff{}|{}%|{}7|-{}|+{}|{}e2|0x1F|NaN|inf|NULL|#DIV/0!|=1+1|三十四|٣٤|{}{}|"{}"|<b>{}</b>|2023/5/9'
)
CHANGES = [lambda cell, text=text: text.replace("{}", cell) for text in AROUND.split("|")] + [
    # ... or a change within it.
    lambda cell: cell.translate(FULL_WIDTH),
    lambda cell: cell[:1] + "\u00a0" + cell[1:],
    lambda cell: cell[:1] + "\u200b" + cell[1:],
    lambda cell: cell[:2] + "\n" + cell[2:],
    lambda cell: cell[:1] + "," + cell[1:],
    lambda cell: cell.replace(".", ","),
    lambda cell: cell.replace(".", ".."),
    lambda cell: cell[1:2] + cell[:1] + cell[2:],
    lambda cell: cell[:-1],
    lambda cell: cell.replace(".", "") + ".0",
    lambda cell: cell.swapcase(),
    lambda cell: cell + "长" * 40,
]


def why_not(table, head, row, column, keys):
    """What the description of the tables has against a cell, or nothing."""
    field = next(f for f in SCHEMAS[table]["fields"] if f["name"] == column)
    limits, value, number = field.get("constraints", {}), row[head.index(column)], re.compile("-?[0-9]+([.][0-9]+)?")
    targets = {f["fields"]: f["reference"]["resource"].replace("-", "_") for f in SCHEMAS[table].get("foreignKeys", ())}
    if value == "":
        return "required" if limits.get("required") else ""
    if "enum" in limits and (value.lower() if field["type"] == "boolean" else value) not in limits["enum"]:
        return "enum"  # a spreadsheet saves true as TRUE
    if "pattern" in limits and not re.fullmatch(limits["pattern"], value):
        return "pattern"
    if field["type"] in ("number", "integer") and not number.fullmatch(value):
        return "number"
    if column in targets and value not in keys[targets[column] or table]:
        return "foreign key"
    if table == "figures" and column in ("obs_value", "as_printed"):
        held, printed = row[head.index("obs_value")], row[head.index("as_printed")]
        arabic = [Decimal(n.replace(",", "")) for n in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", printed)]
        if held and not re.search("[〇一二三四五六七八九十百千万亿两首]", printed) and abs(Decimal(held)) not in arabic:
            return "not in the characters as printed"
    return ""


def slips(rng, sound):
    """Cells to change: by table and row the column and the new value. Keys stay, so rows stay apart."""
    weights, found = [min(len(rows) - 1, 40) for rows in sound.values()], {}
    while len(found) < SLIPS:
        name = rng.choices(list(sound), weights)[0]
        rows, row = sound[name], rng.randrange(1, len(sound[name]))
        free = [c for c, column in enumerate(rows[0]) if column not in SCHEMAS[name].get("primaryKey", ())]
        column = rng.choice([c for c in free if rows[row][c]] if rng.random() < 0.9 else free)
        if name == "figures" and rng.random() < 0.35:
            column = rows[0].index(rng.choice(["obs_value", "value_high", "time_period", "unit", "as_printed"]))
        other = rng.choice(rows[1:])[column]
        value = rng.choice([*CHANGES, lambda cell, other=other: other])(rows[row][column])
        if value != rows[row][column]:
            found.setdefault((name, row), (column, value))
    return found


def check_round(tables, sound, rng):
    """Slips in many rows at once; how many were refused and accepted, after proving each."""
    changed, broken = slips(rng, sound), {name: [list(row) for row in rows] for name, rows in sound.items()}
    for (name, row), (column, value) in changed.items():
        broken[name][row][column] = value
    for name, rows in broken.items():
        tables.write(name, rows)
    refused = set()
    while problems := check(tables.folder)[1]:  # each names the row of a slip, or a row that refers to one
        told = {(p.file.removesuffix(".csv"), p.row - 1) for p in problems}
        cells = {cell for name, row in told for cell in broken[name][row]}
        seen = {at for at in set(changed) - refused if at in told or sound[at[0]][at[1]][0] in cells}
        assert seen, f"a problem that names no slip: {problems[0]}"
        refused |= seen
        for name, row in seen:
            broken[name][row] = list(sound[name][row])
            tables.write(name, broken[name])
    data, keys = hz.load(tables.folder), {name: {row[0] for row in rows[1:]} for name, rows in broken.items()}
    accepted = set(changed) - refused
    for name, row in accepted:
        (column, value), head = changed[name, row], broken[name][0]
        reason = why_not(name, head, broken[name][row], head[column], keys)
        assert not reason, f"accepted although {reason}: {name} row {row + 1} {head[column]} {value!r}"
    # Every cell of the figures means what its characters say, those that were changed and all others.
    for cells in (dict(zip(broken["figures"][0], row, strict=True)) for row in broken["figures"][1:]):
        figure = data.figures.loc[cells["figure_id"]]
        if figure.corrected != "override":
            assert figure.obs_text == cells["obs_value"]
            assert figure.obs_value == float(cells["obs_value"] or "nan") or cells["obs_value"] == ""
        columns = ["unit", "time_period", "relation", "comment", "as_printed"]
        assert figure[columns].tolist() == [cells[column] for column in columns]
    return Counter(refused=len(changed) - len(accepted), accepted=len(accepted))


@pytest.mark.parametrize("part", range(4))
def test_a_slip_is_refused_with_its_place_or_means_what_it_says(part, tables):
    sound = {name: tables.rows(name) for name in SCHEMAS}
    done = sum((check_round(tables, sound, random.Random(part * ROUNDS + n)) for n in range(ROUNDS)), Counter())
    assert done["refused"] > done.total() / 3  # the slips are such that many must be seen
    assert done["accepted"] > done.total() / 10
    print(f"{done.total()} slips: {done['refused']} refused with their place, {done['accepted']} as they stand")


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
