"""Numbers as a person types them: digits, range, bound and unit, told apart only where that is sure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ..facts import numerals
from .cells import tidy

NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d{1,2})?"
_BEFORE = {
    ">=": "≥|>=|不少于|不低于|至少|atleast",
    ">": ">|突破|超过|超|逾|高于|大于|over|topped|exceeded|exceeding|morethan",
    "<=": "≤|<=|不高于|不超过|不多于|至多",
    "<": "<|低于|少于|小于",
    "~": "≈|~|大约|大概|接近|约|近|about|nearly|around|approximately",
}
_AFTER = {">=": "以上", "<=": "以内|以下", "~": "左右|上下", ">": "余|多"}
_SIGN = re.compile(
    rf"(?P<sign>{'|'.join(w for words in _BEFORE.values() for w in words.split('|'))})?(?P<rest>.*)", re.S
)
_ENTERED = re.compile(
    rf"(?P<low>{NUMBER})(?:(?P<inner>[^\d,.+-]*?)(?:-|至|到|~)(?P<high>{NUMBER}))?(?P<rest>[^\d,.+-]\D*)?", re.S
)
_TURNED = {">=": "<=", ">": "<", "<=": ">=", "<": ">"}
MAGNITUDES = re.compile(r"[十百千万亿]+")


@dataclass(frozen=True)
class Entered:
    """A quantity as a person typed it: digits, upper end, relation and the unit behind it, each where it was typed."""

    low: Decimal
    high: Decimal | None = None
    relation: str = ""
    unit: str = ""


def quantity(text: str) -> Entered | None:
    """Read 1,234.5, ３４.６, 负5, 5.8亿美元, 超过5, 5—7, 50以上, 二十八; None if it is no number that can be told for sure.

    A footnote mark is passed over; (5), ▲5 and 2½ are not guessed at, nor are numbers with a space between them.
    """
    text = re.sub("[−–—]", "-", numerals.plain(tidy(text)).replace("～", "~"))
    if re.search(r"\d\s+[\d.,]|[.,]\s+\d", text) and not re.fullmatch(r"[+-]?\d{1,3}(?: \d{3})+(?:\.\d+)?\D*", text):
        return None
    text = re.sub(r"^负(?=\d)", "-", re.sub(r"\s+", "", text))
    signed = _SIGN.fullmatch(text)
    relation = (
        next((r for r, words in _BEFORE.items() if signed["sign"] in words.split("|")), "") if signed["sign"] else ""
    )
    found = _ENTERED.fullmatch(signed["rest"])
    if not found:
        if text and set(text) <= set("零〇一二三四五六七八九十百千两万亿"):
            return Entered(Decimal(numerals.chinese_value(text)))
        return None
    unit = found["rest"] or ""
    for sign, words in _AFTER.items():
        for word in words.split("|"):
            if (unit.endswith(word) or unit.startswith(word)) and unit:
                relation, unit = relation or sign, unit.removeprefix(word).removesuffix(word)
    if found["inner"] and found["inner"] != unit:
        return None
    low, high = (Decimal(t.replace(",", "")) if t else None for t in (found["low"], found["high"]))
    return Entered(low, high, "range" if high is not None else relation, unit)


def negative_meant(text: str) -> str:
    """Digits of a number written in another way of writing a negative one, (5) or ▲5; empty if it is none."""
    found = re.fullmatch(rf"[(（](?P<a>{NUMBER})[)）]%?|[▲△▼▽](?P<b>{NUMBER})%?", numerals.plain(text))
    return (found["a"] or found["b"]) if found else ""


def bound_around(number: Decimal, printed: str, unit: str) -> str:
    """Relation that the words right before a number or right behind its unit say: 超2亿美元 is ``>``, 200个以上 ``>=``.

    Of a negative number the words bound its size: a fall of 4%以上 is ``<=`` -4.
    """
    text = numerals.separated(printed)
    for found in numerals.quantities(text):
        if abs(number) not in found.values:
            continue
        before = re.sub(r"[节签合集契条]约$|最近$", "", text[: found.start].casefold())
        after = text[found.end :].removeprefix(numerals.separated(unit))
        said = [(len(w), r) for r, words in _BEFORE.items() for w in words.split("|") if before.endswith(w)]
        said += [(len(w), r) for r, words in _AFTER.items() for w in words.split("|") if after.startswith(w)]
        said += [(1, ">") for w in ("余", "多") if text[found.end :].startswith(w)]
        if said:
            relation = max(said)[1]  # the longest word: 不超过 is no 超过
            return _TURNED.get(relation, relation) if number < 0 else relation
    return ""


def unit_after(value: Decimal, printed: str, units: Iterable[str]) -> set[str]:
    """Units of the table that stand right behind a number as printed; the longest at each place, else a magnitude."""
    text = numerals.separated(printed)
    keys = {numerals.separated(u): u for u in units}
    found = set()
    for numeral in numerals.arabic(text):
        if numeral.values[0] == abs(value):
            rest = re.sub(r"^[\s)）]*(?:多|余)?", "", text[numeral.end :])
            fits = [k for k in keys if rest.startswith(k)]
            if fits:
                found.add(keys[max(fits, key=len)])
            elif scale := re.match(r"万亿|[百千万亿]|(?:thousand|[mbtr]+illion)", rest, re.I):
                found.add(scale[0])  # a magnitude of no unit on file: 万亿元
    return found
