"""Thousands of slips of the pen, in every column of every table: each is refused with its place, or means what it says.

What is allowed is judged here a second time, from the published description of the tables (``data/datapackage.json``)
and a plain reading of numbers, not by the code that checks them.
"""

import csv
import json
import random
import re
from collections import Counter
from decimal import Decimal, InvalidOperation

import pytest
from table_copies import ROOT

import huzhou_analysis as hz
from huzhou_analysis.facts.checks import check

pytestmark = pytest.mark.e2e
PACKAGE = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
SCHEMAS = {resource["path"].removesuffix(".csv"): resource["schema"] for resource in PACKAGE["resources"]}
FULL_WIDTH = str.maketrans("0123456789.-%", "０１２３４５６７８９．－％")
ROUNDS, SLIPS = 40, 60

# What a hand, a spreadsheet or a copy from a web page does to a cell.
CHANGES = {
    "emptied": lambda cell, other: "",
    "full width": lambda cell, other: cell.translate(FULL_WIDTH),
    "space after": lambda cell, other: cell + " ",
    "space before": lambda cell, other: "\u3000" + cell,
    "no-break space": lambda cell, other: cell[:1] + "\u00a0" + cell[1:],
    "zero width": lambda cell, other: cell[:1] + "\u200b" + cell[1:],
    "byte order mark": lambda cell, other: "\ufeff" + cell,
    "line break": lambda cell, other: cell[:2] + "\n" + cell[2:],
    "percent sign": lambda cell, other: cell + "%",
    "thousands": lambda cell, other: cell[:1] + "," + cell[1:],
    "decimal comma": lambda cell, other: cell.replace(".", ","),
    "two points": lambda cell, other: cell.replace(".", ".."),
    "digits turned": lambda cell, other: cell[1:2] + cell[:1] + cell[2:],
    "digit more": lambda cell, other: cell + "7",
    "digit less": lambda cell, other: cell[:-1],
    "point moved": lambda cell, other: cell.replace(".", "") + ".0",
    "sign": lambda cell, other: "-" + cell,
    "plus": lambda cell, other: "+" + cell,
    "exponent": lambda cell, other: cell + "e2",
    "hexadecimal": lambda cell, other: "0x1F",
    "not a number": lambda cell, other: "NaN",
    "infinite": lambda cell, other: "inf",
    "missing": lambda cell, other: "NULL",
    "error": lambda cell, other: "#DIV/0!",
    "formula": lambda cell, other: "=1+1",
    "Chinese numeral": lambda cell, other: "三十四",
    "Arabic-Indic": lambda cell, other: "٣٤",
    "case": lambda cell, other: cell.swapcase(),
    "another row's": lambda cell, other: other,
    "doubled": lambda cell, other: cell + cell,
    "quoted": lambda cell, other: f'"{cell}"',
    "markup": lambda cell, other: f"<b>{cell}</b>",
    "date": lambda cell, other: "2023/5/9",
    "long": lambda cell, other: cell + "长" * 40,
}


def plain_number(text):
    """A number as the tables write it, or None."""
    try:
        value = Decimal(text) if re.fullmatch("-?[0-9]+([.][0-9]+)?", text) else None
    except InvalidOperation:
        return None
    return value


def why_not(table, head, row, column, keys):
    """What the description of the tables has against a cell, or nothing."""
    field = next(f for f in SCHEMAS[table]["fields"] if f["name"] == column)
    limits, value = field.get("constraints", {}), row[head.index(column)]
    if value == "":
        return "required" if limits.get("required") else ""
    if "enum" in limits and value not in limits["enum"]:
        return "enum"
    if "pattern" in limits and not re.fullmatch(limits["pattern"], value):
        return "pattern"
    if field["type"] in ("number", "integer") and plain_number(value) is None:
        return "number"
    for foreign in SCHEMAS[table].get("foreignKeys", ()):
        target = foreign["reference"]["resource"].replace("-", "_") or table
        if foreign["fields"] == column and value not in keys[target]:
            return "foreign key"
    if table == "figures" and column in ("obs_value", "as_printed"):
        number, printed = row[head.index("obs_value")], row[head.index("as_printed")]
        arabic = [Decimal(n.replace(",", "")) for n in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", printed)]
        chinese = re.search("[〇一二三四五六七八九十百千万亿两首]", printed)
        if number and not chinese and abs(plain_number(number)) not in arabic:
            return "not in the characters as printed"
    return ""


def slip(rng, tables, name):
    """One cell of a table changed: its row, the column, the name of the change."""
    rows = tables[name]
    row = rng.randrange(1, len(rows))
    # Cells that hold something, and numbers above all, are where a slip matters.
    filled = [c for c, cell in enumerate(rows[row]) if cell]
    column = rng.choice(filled if rng.random() < 0.9 else range(len(rows[row])))
    if name == "figures" and rng.random() < 0.35:
        column = rows[0].index(rng.choice(["obs_value", "value_high", "time_period", "unit", "as_printed"]))
    change = rng.choice(list(CHANGES))
    return row, column, change, CHANGES[change](rows[row][column], rng.choice(rows[1:])[column])


def rewrite(folder, tables):
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)


def keys_of(tables):
    return {name: {row[0] for row in rows[1:]} for name, rows in tables.items()}


def key_of(tables, name, row):
    head, cells = tables[name][0], tables[name][row]
    return {cells[head.index(column)] for column in SCHEMAS[name].get("primaryKey", ())}


def run_round(seed, folder, sound):
    """Slips in many rows at once; returns how many were refused and accepted, after proving each."""
    rng = random.Random(seed)
    broken = {name: [list(row) for row in rows] for name, rows in sound.items()}
    slips = {}
    weights = [min(len(rows) - 1, 40) for rows in sound.values()]
    while len(slips) < SLIPS:
        name = rng.choices(list(sound), weights)[0]
        if weights[list(sound).index(name)] <= 0:
            continue
        row, column, change, value = slip(rng, sound, name)
        if (name, row) not in slips and value != sound[name][row][column]:
            slips[name, row] = (column, change, value)
            broken[name][row][column] = value
    refused = set()
    while True:
        rewrite(folder, broken)
        _, problems = check(folder)
        # A problem names the row of a slip, or the key of a row that others no longer find.
        told = {(p.file.removesuffix(".csv"), p.row - 1) for p in problems}
        named = {p.value for p in problems}
        seen = {place for place in set(slips) - refused if place in told or key_of(sound, *place) & named}
        if not seen:
            assert not problems, f"a problem that names no slip: {problems[0]}"
            break
        refused |= seen
        for name, row in seen:
            broken[name][row] = list(sound[name][row])
    data = hz.load(folder)
    keys = keys_of(broken)
    accepted = set(slips) - refused
    for name, row in accepted:
        head, cells = broken[name][0], broken[name][row]
        column, change, value = slips[name, row]
        reason = why_not(name, head, cells, head[column], keys)
        assert not reason, f"accepted although {reason}: {name} row {row + 1} {head[column]} {value!r} ({change})"
    # Every cell of the figures means what its characters say, those that were changed and all others.
    head = broken["figures"][0]
    for cells in broken["figures"][1:]:
        figure = data.figures.loc[cells[0]]
        for column, kept in (("obs_value", "obs_text"), ("value_high", "high_text")):
            text = cells[head.index(column)]
            if figure.corrected != "override":
                assert figure[kept] == text
                assert (text == "" and figure[column] != figure[column]) or figure[column] == float(text)
        for column in ("unit", "time_period", "relation", "comment", "as_printed"):
            assert figure[column] == cells[head.index(column)]
    return Counter(refused=len(refused), accepted=len(accepted))


@pytest.mark.parametrize("part", range(4))
def test_a_slip_is_refused_with_its_place_or_means_what_it_says(part, tables):
    sound = {name: tables.rows(name) for name in SCHEMAS}
    done = Counter()
    for seed in range(part * ROUNDS // 4, (part + 1) * ROUNDS // 4):
        done += run_round(seed, tables.folder, sound)
    assert done.total() == ROUNDS // 4 * SLIPS
    assert done["refused"] > done.total() / 3  # the slips are such that many must be seen
    assert done["accepted"] > done.total() / 10
    print(f"{done.total()} slips: {done['refused']} refused with their place, {done['accepted']} as they stand")
