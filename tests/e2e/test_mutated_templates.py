"""Thousands of slips in rows of a filled-in template: each row is refused at its cell, or read as a plain reader would.

What a cell means is judged here a second time: by digits, decimal point, thousands commas and words around them.
"""

import csv
import io
import random
import re
import unicodedata
from collections import Counter
from decimal import Decimal

import pytest
from test_inbox import BASE, COLUMNS, GROWTH, TODAY
from test_mutated_tables import CHANGES

from huzhou_analysis.facts import numerals, periods
from huzhou_analysis.facts.checks import check
from huzhou_analysis.inbox import reading, rows

pytestmark = pytest.mark.e2e
ROUNDS, ROWS = 10, 80
# Sound rows that differ in kind; each prints what it holds.
SOUND = [
    BASE,
    BASE | GROWTH,
    BASE | {"obs_value": "1234.5", "as_printed": "出口1234.5亿元"},
    BASE | {"obs_value": "7", "unit": "家", "indicator": "little_giants", "as_printed": "共7家", "time_period": "2022年",
            "span": "全年"},
    BASE | {"time_period": "2023-01/P5M", "source_id": "D000"},
]  # fmt: skip
MORE = {
    "full stop": lambda cell, other: cell + "。",
    "unit behind": lambda cell, other: cell + "亿元",
    "other unit": lambda cell, other: cell + "万元",
    "bracketed": lambda cell, other: f"({cell})",
    "turned over": lambda cell, other: cell[::-1],
    "letter O": lambda cell, other: cell.replace("0", "O"),
    "letter l": lambda cell, other: cell.replace("1", "l"),
    "about": lambda cell, other: "约" + cell,
    "above": lambda cell, other: cell + "以上",
    "range": lambda cell, other: f"{cell}-{cell}9",
    "direction": lambda cell, other: "\u202e" + cell,
    "control": lambda cell, other: cell[:1] + "\x0b" + cell[1:],
    "percent of": lambda cell, other: str(Decimal(cell) / 100) if re.fullmatch(r"\d+(\.\d+)?", cell) else cell + "0",
}
CHANGES = CHANGES | MORE


def plain(cell):
    """Numbers that a reader sees in a cell, signs and thousands understood."""
    seen = unicodedata.normalize("NFKC", "".join(c for c in cell if unicodedata.category(c) not in ("Cf", "Cc")))
    seen = seen.replace("−", "-").replace("\n", " ")
    seen = re.sub(r"(?<![\d.])(\d{1,3}(?:[, ]\d{3})+)(?![\d,])", lambda found: re.sub("[, ]", "", found[1]), seen)
    return [
        Decimal(number) for number in re.findall(r"-?\d+(?:\.\d+)?", re.sub(r"(?<=\d)\s*[-~—–]+\s*(?=\d)", " ", seen))
    ]


@pytest.fixture(scope="module")
def frames(five_documents):
    return check(five_documents)[0]


def read_rows(records, frames, folder):
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(records)
    path = folder / "x.csv"
    path.write_bytes(text.getvalue().encode("utf-8-sig"))
    problems = []
    drafting = rows.Drafting(frames, TODAY)
    drafts = drafting.drafts(reading.read(path, problems, []))
    return drafts, problems + drafting.problems


def test_the_sound_rows_are_accepted(frames, tmp_path):
    drafts, problems = read_rows(SOUND, frames, tmp_path)
    assert problems == []
    assert [d.values["obs_value"] for d in drafts] == [r["obs_value"] for r in SOUND]


@pytest.mark.parametrize("part", range(4))
def test_a_slip_in_a_template_is_refused_at_its_cell_or_means_what_it_says(part, frames, tmp_path):
    rng, counts = random.Random(100 + part), Counter()
    for _ in range(ROUNDS):
        records, slips = [], []
        for _ in range(ROWS):
            sound = rng.choice(SOUND)
            column = rng.choice(["obs_value", "obs_value", "obs_value", "as_printed", *BASE])
            change = rng.choice(list(CHANGES))
            value = CHANGES[change](sound[column], rng.choice(SOUND)[column])
            records.append(sound | {column: value})
            slips.append((sound, column, change, value))
        drafts, problems = read_rows(records, frames, tmp_path)
        refused = {problem.row - 2 for problem in problems}
        for problem in problems:
            sound, column, change, value = slips[problem.row - 2]
            assert re.fullmatch(r"csv!([A-Z]+)?\d+", problem.cell), problem
            assert problem.zh
            assert problem.en
        accepted = {draft.row.number - 2: draft.values for draft in drafts}
        assert not set(accepted) & refused
        assert set(accepted) | refused == set(range(ROWS))
        for n, got in accepted.items():
            sound, column, change, value = slips[n]
            where = (column, change, value, got)
            number = Decimal(got["obs_value"])
            same = value == sound[column]
            assert number in numerals.printed_values(got["as_printed"]) or -number in numerals.printed_values(
                got["as_printed"]
            ), where
            if column == "obs_value":
                seen = plain(value)
                typed = [number, Decimal(got["value_high"])] if got["value_high"] else [number]
                # A share written for a percentage is unmasked by the characters as printed.
                unmasked = [n * 100 for n in seen] if got["unit"] == "%" else seen
                assert typed in (seen, unmasked), where
            else:
                assert number == Decimal(sound["obs_value"]), where
            assert got["unit"] == sound["unit"] or column in ("unit", "indicator"), where
            assert (
                periods.parse(got["time_period"]) == periods.parse(accepted_period(sound)) or column == "time_period"
            ), where
            assert got["source_id"] == sound["source_id"] or column == "source_id", where
            counts["accepted, nothing changed" if same else "accepted"] += 1
        counts["refused"] += len(refused)
    print(f"\npart {part}: template rows tried {ROUNDS * ROWS}, {dict(counts)}")
    assert counts["refused"] > 100
    assert counts["accepted"] > 50


def accepted_period(sound):
    return {"2023年1-4月": "2023-01/P4M", "2022年": "2022"}.get(sound["time_period"], sound["time_period"])
