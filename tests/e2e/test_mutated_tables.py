"""Thousands of slips of the pen, in every column of every table: each is refused with its place, or means what it says.

What is allowed is judged here a second time, from the published description of the tables (``data/datapackage.json``)
and a plain reading of numbers, not by the code that checks them.
"""

import json
import random
import re
from collections import Counter
from decimal import Decimal

import pytest
from table_copies import ROOT

import huzhou_analysis as hz
from huzhou_analysis.facts.checks import check

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
