"""What the stages share: words and patterns of a kind (``words.csv``, ``rules.csv``; a new wording goes there), the shapes of a
sentence that are made of them (``patterns.csv``: ``{kind}`` stands for the words and patterns of that kind, or for the shape of
that name), and what is said to people (``messages.csv``).
"""

import re
from pathlib import Path

import pandas as pd

from ...facts.problems import Messages


def _rows_of(file: str) -> list[dict[str, str]]:
    return pd.read_csv(Path(__file__).with_name(file), dtype=str, keep_default_na=False).to_dict("records")


WORDS, RULES = _rows_of("words.csv"), _rows_of("rules.csv")
PATTERNS = {row["name"]: row["pattern"] for row in _rows_of("patterns.csv")}
LIMITS = {"megabytes": 200, "parts": 5000, "pages": 400, "characters": 2_000_000}  # of a document that is read
message = Messages(Path(__file__).with_name("messages.csv"))


class DocumentError(ValueError):
    """A document that is not read: why, in Chinese and English."""

    def __init__(self, name: str, zh: str, en: str) -> None:
        super().__init__(f"{name}：{zh}\n    {name}: {en}")
        self.zh, self.en = zh, en


def words(kind: str, meaning: str | None = None) -> list[str]:
    """Words of a kind, the longest first."""
    rows = [r for r in WORDS if r["kind"] == kind and meaning in (None, r["meaning"])]
    return sorted({w for r in rows for w in r["words"].split()}, key=lambda w: (-len(w), w))


def either(kind: str, meaning: str | None = None) -> str:
    """Words and patterns of a kind as the alternatives of one regular expression; what never matches if there are none."""
    patterns = [_filled(r["pattern"]) for r in RULES if r["kind"] == kind and meaning in (None, r["meaning"])]
    return f"(?:{'|'.join([*map(re.escape, words(kind, meaning)), *patterns]) or '(?!)'})"


def _filled(pattern: str) -> str:
    return re.sub(r"\{([a-z_]+)\}", lambda m: _filled(PATTERNS[m[1]]) if m[1] in PATTERNS else either(m[1]), pattern)


def rules(kind: str) -> list[tuple[str, re.Pattern]]:
    """Each meaning of a kind with the expression that finds it, in the order of the tables."""
    found = dict.fromkeys(r["meaning"] for r in [*RULES, *WORDS] if r["kind"] == kind)
    return [(meaning, re.compile(either(kind, meaning))) for meaning in found]


class Patterns:
    """The shapes of ``patterns.csv`` by name, each compiled when it is first asked for; else the words of a kind."""

    def __getattr__(self, name: str) -> re.Pattern:
        self.__dict__[name] = re.compile(_filled(PATTERNS.get(name, f"{{{name}}}")))
        return self.__dict__[name]


P = Patterns()
