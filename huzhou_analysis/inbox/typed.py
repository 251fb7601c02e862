"""Numbers and periods as a person types them, read only where that is sure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ..facts import numerals, periods
from .layout import CODES, table_of
from .reading import Row, tidy

_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d{1,2})?"
# Words of a bound, each with its relation, in front of a number and behind it.
_BOUNDS, _BEHIND = (
    [(word, sign) for sign, row in table_of("bounds.csv").items() for word in row[side].split()]
    for side in ("before", "behind")
)
_TYPED = re.compile(
    rf"(?P<low>{_NUMBER})(?:(?P<inner>[^\d,.+-]*?)(?:-|至|到|~)(?P<high>{_NUMBER}))?(?P<unit>[^\d,.+-]\D*)?"
)
_ORDINALS = dict(zip("一二三四", "1234", strict=True))
_TURNED = {">=": "<=", ">": "<", "<=": ">=", "<": ">"}


@dataclass(frozen=True)
class Quantity:
    """A quantity as a person typed it: digits, upper end, relation and the unit behind it, each where it was typed."""

    low: Decimal
    high: Decimal | None = None
    relation: str = ""
    unit: str = ""


def quantity(text: str) -> Quantity | None:
    """Read 1,234.5, ３４.６, 负5, 5.8亿美元, 超过5, 5—7, 50以上, 二十八; None if it is no number that can be told for sure. A
    footnote mark is passed over; (5), ▲5 and 2½ are not guessed at, nor are numbers with a space between them."""
    text = re.sub("[−–—]", "-", numerals.plain(tidy(text)).replace("～", "~"))
    if re.search(r"\d\s+[\d.,]|[.,]\s+\d", text) and not re.fullmatch(r"[+-]?\d{1,3}(?: \d{3})+(?:\.\d+)?\D*", text):
        return None
    text = re.sub(r"^负(?=\d)", "-", re.sub(r"\s+", "", text))
    if text and set(text) <= set("零〇一二三四五六七八九十百千两万亿"):
        return Quantity(Decimal(numerals.chinese_value(text)))
    word, relation = next(((w, sign) for w, sign in _BOUNDS if text.startswith(w)), ("", ""))
    found = _TYPED.fullmatch(text.removeprefix(word))
    if not found:
        return None
    unit = found["unit"] or ""
    for word, sign in _BEHIND:
        if unit.startswith(word) or unit.endswith(word):
            relation, unit = relation or sign, unit.removeprefix(word).removesuffix(word)
    if found["inner"] and found["inner"] != unit:
        return None
    low, high = (Decimal(t.replace(",", "")) if t else None for t in (found["low"], found["high"]))
    return Quantity(low, high, "range" if high is not None else relation, unit)


def bound_around(number: Decimal, printed: str, unit: str) -> str:
    """Relation that the words right before a number or right behind its unit say: 超2亿美元 is ``>``, 200个以上 ``>=``. Of
    a negative number the words bound its size: a fall of 4%以上 is ``<=`` -4."""
    text = numerals.separated(printed)
    for found in numerals.quantities(text):
        if abs(number) in found.values:
            before = re.sub(r"[节签合集契条]约$|最近$", "", text[: found.start].casefold())
            behind = text[found.end :]
            after = behind.removeprefix(numerals.separated(unit))
            words = [(len(w), sign) for w, sign in _BOUNDS if before.endswith(w)]
            words += [(len(w), sign) for w, sign in _BEHIND if after.startswith(w)]
            words += [(1, ">")] * behind.startswith(("余", "多"))
            if words:
                relation = max(words)[1]  # the longest word: 不超过 is no 超过
                return _TURNED.get(relation, relation) if number < 0 else relation
    return ""


def unit_after(value: Decimal, printed: str, units: Iterable[str]) -> set[str]:
    """Units of the table that stand right behind a number as printed; the longest at each place, else a magnitude."""
    text = numerals.separated(printed)
    keys = {numerals.separated(u): u for u in units}
    found = set()
    for numeral in numerals.arabic(text):
        if numeral.values[0] == abs(value):
            rest = re.sub(r"^[\s)*※†‡]*(?:多|余)?", "", text[numeral.end :])  # behind a mark
            if fits := [k for k in keys if rest.startswith(k)]:
                found.add(keys[max(fits, key=len)])
            elif scale := re.match(r"万亿|[百千万亿]|(?:thousand|[mbtr]+illion)", rest, re.I):
                found.add(scale[0])  # a magnitude of no unit on file: 万亿元
    return found


def period(row: Row, kind: str) -> str:
    """Code of the period that a row names, written whole or as type (`kind`), year and number; "" where none is stated, or
    where the cells name no period or two different ones, and that is said."""
    text, year, number = (row.text(column) for column in ("time_period", "year", "period_number"))
    if row.kind("period_number") in ("date", "month"):  # 9-27 that Excel has taken for a date
        number = number[5:]
    written = "" if row.problems or not text else _written(row, text)
    chosen = "" if row.problems or kind in ("", "unstated") else _chosen(row, kind, year, number)
    if row.problems:
        return ""
    if (year or number) and not (kind or written):
        row.say("period_type", "no_kind_of_period")
    elif written and (kind == "unstated" or written != (chosen or written)):
        row.say("time_period", "two_periods", chosen=(chosen or "未载明", chosen or kind))
    elif not (written or chosen or kind):
        row.say("time_period", "no_period")
    return written or chosen


def read_period(cell: str, text: str) -> str:
    """Code of a period or date as written in a cell of kind `cell`; a ValueError if it names none."""
    code = text if cell in ("date", "month") else periods.read(text)
    if cell in ("percent", "boolean") or not periods.is_period(code):
        raise ValueError(text)
    return code


def _written(row: Row, text: str) -> str:
    try:
        return read_period(row.kind("time_period"), text)
    except ValueError:
        plain, either = numerals.plain(text), ()
    if re.fullmatch(r"\d{4}\.1", plain):  # a number cell keeps no zero at its end
        either = f"{plain[:4]}年10月", f"{plain[:4]}年1月"
    elif found := re.fullmatch(r"(\d{4})-(\d\d?)-(\d\d?)", plain):
        year, first, last = found.groups()
        either = f"{year}年{first}-{last}月", f"{year}年{first}月{last}日"
    elif found := re.fullmatch(r"(\d\d)年?", plain):
        either = f"19{found[1]}年", f"20{found[1]}年"
    if either:
        row.say("time_period", "either_period", plain=plain, one=either[0], other=either[1])
    else:
        row.say("time_period", "unknown_period", forms=periods.FORMS)
    return ""


def _chosen(row: Row, kind: str, year: str, number: str) -> str:
    year, number = numerals.plain(year).removesuffix("年").strip(), numerals.plain(number)
    if not re.fullmatch(r"(19|20)\d\d", year):
        row.say("year", "no_year")
        return ""
    form, allowed = CODES[kind]["written"], CODES[kind]["number"]
    if kind == "day":
        number = re.sub(r"^(\d\d?)[-月/](\d\d?)日?$", r"\1月\2", number)
    try:
        if not re.fullmatch({"": "", "9-27": ".+"}.get(allowed, r"[一二三四]|\d\d?"), number):
            raise ValueError
        return periods.read(form.format(y=year, n=_ORDINALS.get(number, number)))
    except ValueError:
        row.say("period_number", "other_number" if allowed else "number_not_needed", allowed=allowed)
        return ""
