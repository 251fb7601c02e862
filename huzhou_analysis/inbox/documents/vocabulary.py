"""Words and patterns that the stages share, from ``words.csv`` and ``rules.csv``: a new wording goes there.

``{kind}`` in a pattern stands for the words and patterns of that kind.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path


def rows_of(file: str) -> list[dict[str, str]]:
    """Rows of a table that stands beside this module."""
    with (Path(__file__).parent / file).open(encoding="utf-8-sig", newline="") as table:
        return list(csv.DictReader(table))


WORDS, RULES = rows_of("words.csv"), rows_of("rules.csv")


def words(kind: str, meaning: str | None = None) -> list[str]:
    """Words of a kind, the longest first."""
    rows = [r for r in WORDS if r["kind"] == kind and meaning in (None, r["meaning"])]
    return sorted({w for r in rows for w in r["words"].split()}, key=lambda w: (-len(w), w))


def meanings(kind: str) -> dict[str, str]:
    """What each word of a kind means, the longest first."""
    said = {w: r["meaning"] for r in WORDS if r["kind"] == kind for w in r["words"].split()}
    return dict(sorted(said.items(), key=lambda item: -len(item[0])))


def either(kind: str, meaning: str | None = None) -> str:
    """Words and patterns of a kind as the alternatives of one regular expression; what never matches if there are none."""
    patterns = [r["pattern"] for r in RULES if r["kind"] == kind and meaning in (None, r["meaning"])]
    filled = [re.sub(r"\{([a-z_]+)\}", lambda m: either(m[1]), p) for p in patterns]
    return f"(?:{'|'.join([*map(re.escape, words(kind, meaning)), *filled]) or '(?!)'})"


def rules(kind: str) -> list[tuple[str, re.Pattern]]:
    """Each meaning of a kind with the expression that finds it, in the order of the tables."""
    found = dict.fromkeys(r["meaning"] for r in [*RULES, *WORDS] if r["kind"] == kind)
    return [(meaning, re.compile(either(kind, meaning))) for meaning in found]
