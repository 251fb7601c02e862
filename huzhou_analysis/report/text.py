"""Words of the report in both languages, from ``words.csv``: what they are used for, key, Chinese, English."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from ..facts.words import Text

_ROWS = pd.read_csv(Path(__file__).with_name("words.csv"), keep_default_na=False)


def words_for(use: str) -> dict[str, Text]:
    """Words of one use, in the order of the table."""
    return {row.key: Text(row.zh, row.en) for row in _ROWS[_ROWS.use == use].itertuples()}


WORDS, FILES = words_for("shared"), words_for("files")


def words(lang: str, content) -> dict[str, str]:
    """Shared words with the counts of a report filled in, and its city as a title calls it: 湖州, Huzhou."""
    city = content.city[lang]
    known = {key: f"{count:,}" for key, count in content.counts.items()}
    known["city"] = city.removesuffix("市") if len(city) > 2 else city
    return {key: re.sub(r"{(\w+)}", lambda m: known.get(m[1], m[0]), word[lang]) for key, word in WORDS.items()}
