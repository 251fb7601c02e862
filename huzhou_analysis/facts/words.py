"""Two languages from one set of values: texts, quantities with their units, and the words for codes.

Chinese keeps the printed unit (亿元, 个百分点); English gets its counterpart (CNY bn, pp) with the printed precision.
"""

from __future__ import annotations

import csv
import operator
import re
import string
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import ROUND_HALF_EVEN, Decimal
from functools import reduce
from pathlib import Path

from . import periods
from .schema import CODES

LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Text:
    """The same thing said in Chinese and in English, with the ids of the figures it was said of."""

    zh: str
    en: str
    figures: tuple[str, ...] = field(default=(), compare=False)

    def __getitem__(self, lang: str) -> str:
        return getattr(self, _language(lang))

    @property
    def in_sentence(self) -> Text:
        """An indicator's name inside a sentence: retail sales, but GDP and R&D expenditure keep their capitals."""
        plain = self.en[1:2].islower()
        return Text(self.zh, self.en[:1].lower() + self.en[1:] if plain else self.en, self.figures)

    def __str__(self) -> str:
        return self.zh

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)

    def in_language(self, lang: str, spec: str = "") -> str:
        return format(self[lang], spec)


text = Text


def _language(lang: str) -> str:
    if lang not in LANGUAGES:
        raise ValueError(f"language {lang!r} is not known: write 'zh' or 'en'")
    return lang


def as_text(words: Text | Mapping[str, str] | tuple[str, str] | str) -> Text:
    """A text from a pair (Chinese, English), a mapping, or one string that serves both; a ValueError if it is none."""
    match words:
        case Text():
            return words
        case str():
            return Text(words, words)
        case {"zh": zh, "en": en} | [str(zh), str(en)]:
            return Text(zh, en)
    raise ValueError(f"{words!r} is no text in two languages: write a pair (Chinese, English)")


def table_of_words(path: Path) -> dict[str, dict[str, Text]]:
    """Words in both languages of a table (use, key, zh, en), by use and key, in its order."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["use"]: {r["key"]: Text(r["zh"], r["en"]) for r in rows if r["use"] == row["use"]} for row in rows}


@dataclass(frozen=True)
class Unit:
    """One row of ``units.csv``: 亿元 is of CNY, 8; the English unit in its place is CNY bn, 9."""

    unit: str
    unit_measure: str
    unit_mult: int
    name_en: str
    unit_mult_en: int

    # A share is a percentage or per-mille of something: it moves in points, not by compound growth.
    is_share = property(lambda self: self.unit_measure == "PT")
    is_count = property(lambda self: self.unit_measure == "COUNT")
    is_money = property(lambda self: self.unit_measure.startswith(("CNY", "USD")))


class Units(dict[str, Unit]):
    """The unit table by printed unit; to convert is to shift the decimal point, never a rate (亿美元 and 亿元 differ)."""

    def __init__(self, rows) -> None:
        for row in rows:
            powers = {"unit_mult": int(row["unit_mult"]), "unit_mult_en": int(row["unit_mult_en"])}
            self[row["unit"]] = Unit(**{one.name: row[one.name] for one in fields(Unit)} | powers)

    def __missing__(self, unit: str) -> Unit:
        raise KeyError(f"unit {unit!r} is not in units.csv; it has {', '.join(self)}")

    def comparable(self, a: str, b: str) -> bool:
        """Whether two units measure the same thing, so that one can be written in the other."""
        return self[a].unit_measure == self[b].unit_measure

    def factor(self, source: str, target: str) -> Decimal:
        """Power of ten that turns a number in `source` into one in `target`; a ValueError if these measure different things."""
        a, b = self[source], self[target]
        if a.unit_measure != b.unit_measure:
            said = "name a unit of the same measure, currencies are not converted"
            raise ValueError(f"{source} ({a.unit_measure}) cannot be written in {target} ({b.unit_measure}); {said}")
        return Decimal(10) ** (a.unit_mult - b.unit_mult)

    def convert(self, value: float, source: str, target: str) -> float:
        """`value` of unit `source` in unit `target`: 3,000 万美元 are 0.3 亿美元."""
        return float(Decimal(repr(float(value))) * self.factor(source, target))

    def english(self, text: str, unit: str) -> str:
        """A printed number in the unit's English counterpart, with the printed precision: 300.8 (亿元) → 30.08."""
        return f"{Decimal(text).scaleb(self[unit].unit_mult - self[unit].unit_mult_en):f}"


@dataclass(frozen=True)
class Quantity:
    """A number with its unit, its period and the figures behind it; it prints itself as a language does.

    ``value`` is in the printed ``unit``, ``printed`` the digits, which keep their precision; of what is derived they are
    empty, and ``decimals`` says how many are shown. ``begins`` is the year in which its stretch of a series begins, and
    ``because`` why one does: growth from before is warned of.

    In a template of :func:`say`, ``{goal}`` is 18亿美元 and $1.8bn, ``{goal:.2}`` shows two decimals of the printed
    unit, ``{goal:+}`` its sign, ``{goal.year}`` and ``{goal.period}`` its time, ``{goal.in_words}`` its bound in words.
    """

    value: float
    unit: Unit
    printed: str = ""
    decimals: int | None = None
    relation: str = "="
    time_period: str = ""
    figures: tuple[str, ...] = ()
    begins: int = field(default=0, compare=False)
    because: Text = field(default=Text("", ""), compare=False)

    period = property(lambda self: period_text(self.time_period) if self.time_period else _NO_PERIOD)
    year = property(lambda self: periods.parse(self.time_period).year)

    @property
    def in_words(self) -> Text:
        """With its bound in words: 超过2,000亿元, more than CNY 200bn."""
        lead, plain = RELATION_WORDS.get(self.relation, Text("", "")), replace(self, relation="=")
        if self.unit.unit_measure == "RANK":
            lead, plain = Text("", ""), self
        return Text(*(lead[lang] + plain.in_language(lang) for lang in LANGUAGES), self.figures)

    def __float__(self) -> float:
        return float(self.value)

    def in_language(self, lang: str, spec: str = "") -> str:
        if not re.fullmatch(r"\+?(\.\d+f?)?", spec):
            raise ValueError(f"a quantity is shown by '', '+' or '.2' (decimals of the printed unit), not {spec!r}")
        places = re.search(r"\.(\d+)", spec)
        decimals = int(places[1]) if places else self.decimals
        exact = self.printed if self.printed and places is None else self.value
        return _written(exact, self.unit, _language(lang), decimals, self.relation, sign=spec.startswith("+"))

    def __str__(self) -> str:
        return self.in_language("zh")

    def _derived(self, value: float, *others: Quantity, more: int = 0) -> Quantity:
        places, ids = max(one._places for one in (self, *others)) + more, cited({"of": (self, *others)})
        return Quantity(value, self.unit, decimals=places, time_period=self.time_period, figures=ids)

    @property
    def _places(self) -> int:
        shown = 1 if self.decimals is None else self.decimals
        return len(self.printed.partition(".")[2]) if self.printed else shown

    def _same(self, other: Quantity) -> float:
        """Value of a like quantity in the unit of this one."""
        if not isinstance(other, Quantity) or other.unit.unit_measure != self.unit.unit_measure:
            raise TypeError(f"{self} and {other} do not measure the same: only like quantities are added or compared")
        return other.value * 10.0 ** (other.unit.unit_mult - self.unit.unit_mult)

    def __sub__(self, other: Quantity) -> Quantity:
        return self._derived(self.value - self._same(other), other)

    def __add__(self, other: Quantity) -> Quantity:
        return self._derived(self.value + self._same(other), other)

    def __mul__(self, factor: float) -> Quantity:
        return self._derived(self.value * float(factor), more=1)

    def __truediv__(self, other: Quantity | float) -> Quantity | float:
        """Of a like quantity: their ratio, a plain number; of a number: a quantity."""
        if isinstance(other, Quantity):
            return self.value / self._same(other)
        return self._derived(self.value / float(other), more=1)

    def __lt__(self, other: Quantity) -> bool:
        return self.value < self._same(other)

    def __gt__(self, other: Quantity) -> bool:
        return self.value > self._same(other)

    __rmul__ = __mul__


def total(quantities: Iterable[Quantity]) -> Quantity:
    """Sum of like quantities, in the unit of the first."""
    return reduce(operator.add, quantities)


RELATION_SIGNS = {"=": "", ">=": "≥", ">": ">", "<=": "≤", "<": "<", "~": "≈", "range": ""}
RELATION_WORDS = {
    ">=": Text("不低于", "at least "),
    ">": Text("超过", "more than "),
    "<=": Text("不高于", "at most "),
    "<": Text("低于", "less than "),
    "~": Text("约", "about "),
}
_NO_PERIOD = Text("时期未载明", "period not stated")
_CHINESE_MONEY = {"CNY": "亿元", "USD": "亿美元"}


def _written(
    value: str | float, unit: Unit, lang: str, decimals: int | None, relation: str = "=", *, sign: bool = False
) -> str:
    """A number with its bound and unit: ≥300.8亿元, CNY 30.08bn, $580m; a text keeps its printed decimals."""
    if unit.unit_measure == "RANK":
        return _rank(value, lang, relation, sign)
    places = None if isinstance(value, str) else 1 if decimals is None else decimals
    name, power = (unit.unit, unit.unit_mult) if lang == "zh" else (unit.name_en, unit.unit_mult_en)
    if lang == "zh" and name.isascii() and unit.unit_measure in _CHINESE_MONEY:  # printed in English: billion yuan
        name, power = _CHINESE_MONEY[unit.unit_measure], 8
    exact = _exact(value, places).scaleb(unit.unit_mult - power)
    if lang == "en" and unit.is_money:
        return RELATION_SIGNS[relation] + _english_money(exact, name, sign)
    if lang == "en":
        sticks = unit.unit_measure in ("PT", "PP") and not name[0].isalpha()
        name = "" if unit.is_count else name if sticks else f" {name}"
    return f"{RELATION_SIGNS[relation]}{number(exact, sign=sign)}{name}"


def _rank(value: str | float, lang: str, relation: str, sign: bool) -> str:
    """A printed rank as an ordinal (第40位, 40th; a bound 前50位, the top 50); what is derived of ranks counts places."""
    if not isinstance(value, str):
        return ("+" if sign and value > 0 else "") + trimmed(value, 1) + ("位" if lang == "zh" else " places")
    if relation in ("<", "<="):
        return f"前{value}位" if lang == "zh" else f"the top {value}"
    en = f"{value}{_ending(int(value))}" if value.isdigit() else f"rank {value}"
    return RELATION_SIGNS[relation] + (f"第{value}位" if lang == "zh" else en)


def _english_money(exact: Decimal, name: str, sign: bool) -> str:
    """$1.8bn, $580m, CNY 445.28bn, CNY 72,000; other names of money stay as they are (CNY per kWh)."""
    currency, _, scale = name.partition(" ")
    if (scale == "bn" and exact and abs(exact) < 1) or scale == "thousand":
        exact, scale = exact.scaleb(3), "m" if scale == "bn" else ""
    shown = number(exact, sign=sign)
    minus = shown[0] if shown[0] in "−+" else ""
    lead, behind = "$" if currency == "USD" else f"{currency} ", scale if scale in ("bn", "m", "") else f" {scale}"
    return f"{minus}{lead}{shown.removeprefix(minus)}{behind}"


class _Formatter(string.Formatter):
    """Fills a template in one language; what a value is in that language it knows itself."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def get_value(self, key, args, kwargs):
        if key not in kwargs:
            given = ", ".join(sorted(kwargs)) or "none"
            raise ValueError(f"the text names {{{key}}}, which was not given: add {key}=... (given: {given})")
        return kwargs[key]

    def format_field(self, value, spec: str) -> str:
        if hasattr(value, "in_language"):
            return value.in_language(self.lang, spec)
        if isinstance(value, Mapping) and "zh" in value:
            return value[self.lang]
        if isinstance(value, float) and spec == "":
            raise ValueError(f"{value} has no format: say how many decimals, as in {{name:.1f}} or {{name:.1%}}")
        return format(value, spec).replace("-", "−") if isinstance(value, int | float) else format(value, spec)


def say(zh: str, en: str, **values: object) -> Text:
    """One statement in two languages from one set of values, which remembers the figures behind them.

    In the templates ``{last}``, ``{last.year}``, ``{share:.1%}`` stand for values: quantities, texts in both languages,
    numbers (with a format), strings that serve both. A ValueError for one that is not given.

    Examples
    --------
    >>> say("共{n}项", "{n} in all", n=39)
    Text(zh='共39项', en='39 in all', figures=())
    """
    return Text(*(_Formatter(lang).vformat(one, (), values) for lang, one in (("zh", zh), ("en", en))), cited(values))


def cited(values: Mapping[str, object]) -> tuple[str, ...]:
    """Ids of the figures behind a set of values, each once, in order."""
    every = [one for value in values.values() for one in (value if isinstance(value, list | tuple) else [value])]
    return tuple(dict.fromkeys(figure for one in every for figure in getattr(one, "figures", ())))


def change(before: float | Quantity, after: float | Quantity | None = None, decimals: int = 1) -> Text:
    """A change in words: 增长9.0%, rose 9.0%; 下降63.2%, fell 63.2%.

    Of two levels (numbers or quantities), or of one number alone, a rate in per cent. A :class:`BreakWarning` if a break
    of the series lies between two points.
    """
    if after is not None and float(before) == 0:
        raise ValueError("growth from zero is undefined: state the change in its own unit instead")
    rate = float(before) if after is None else (float(after) / float(before) - 1) * 100
    warn_across(before, after, depth=3)
    shown, ids = number(abs(rate), decimals), cited({"both": (before, after)})
    if not _exact(rate, decimals):
        return Text("与上年持平", "was unchanged", ids)
    return Text(f"{'增长' if rate > 0 else '下降'}{shown}%", f"{'rose' if rate > 0 else 'fell'} {shown}%", ids)


class BreakWarning(UserWarning):
    """Growth was taken across a break, or from one vintage into another: it is no growth of the thing itself."""


def warn_across(one: object, other: object, depth: int) -> None:
    """Warn if a break lies between two points of a series (quantities, or rows that say when their stretch begins)."""
    points = sorted((p for p in (one, other) if getattr(p, "begins", 0)), key=lambda p: int(p.year))
    if points and int(points[0].year) < points[-1].begins:
        first, last, begins, why = int(points[0].year), int(points[-1].year), points[-1].begins, points[-1].because
        zh = f"序列在{begins}年有断点（{why['zh']}），{first}—{last}年的变化不是同口径增长"
        en = f"the series breaks in {begins} ({why['en']}): {first} to {last} is no growth of one thing"
        warnings.warn(BreakWarning(f"{zh} / {en}"), stacklevel=depth)


def above(value: float | Quantity, other: float | Quantity) -> Text:
    """How one number stands to another, in words: 高于, above; 低于, below; 等于, equal to."""
    both = isinstance(value, Quantity) and isinstance(other, Quantity)
    difference = float(value - other) if both else float(value) - float(other)
    words = ("高于", "above") if difference > 0 else ("低于", "below") if difference < 0 else ("等于", "equal to")
    return Text(*words, cited({"both": (value, other)}))


_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def ordinal(place: int) -> Text:
    """A rank in words: 第3, third; beyond ten 第11, 11th."""
    return Text(f"第{place}", _ORDINALS[place - 1] if place <= len(_ORDINALS) else f"{place}{_ending(place)}")


def _ending(place: int) -> str:
    return "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")


def joined(texts: Iterable[Text], last: tuple[str, str] = ("和", " and ")) -> Text:
    """Texts as an enumeration: 甲、乙和丙; a, b and c."""
    parts = [as_text(t) for t in texts]
    *first, final = parts or [Text("", "")]
    zh, en = (comma.join(p[lang] for p in first) for lang, comma in (("zh", "、"), ("en", ", ")))
    ends = last if first else ("", "")
    return Text(zh + ends[0] + final.zh, en + ends[1] + final.en, cited({"parts": parts}))


def period_text(code: str) -> Text:
    """A period in both languages; a dash for none."""
    return Text(*(periods.parse(code).label(lang) if code else "—" for lang in LANGUAGES))


def clauses(texts: Iterable[Text]) -> Text:
    """Clauses as one text, with semicolons between."""
    texts = list(texts)
    return Text("；".join(one.zh for one in texts), "; ".join(one.en for one in texts))


def labels(key: str) -> Text:
    """Word for a code in both languages; KeyError for an unknown one."""
    return Text(*CODES["labels"][key])


def _exact(value: float | str | Decimal, decimals: int | None = None) -> Decimal:
    """A number as the decimal that it prints as; rounded, it is never a negative zero."""
    exact = Decimal(value) if isinstance(value, str | Decimal) else Decimal(repr(float(value)))
    if decimals is not None:
        exact = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)
    return exact if exact or decimals is None else abs(exact)


def number(value: float | str | Decimal, decimals: int | None = None, *, sign: bool = False) -> str:
    """A number with thousands separators and a true minus sign; a text keeps its own decimals."""
    return f"{_exact(value, decimals):{'+' if sign else ''},f}".replace("-", "−")


def trimmed(value: float, decimals: int) -> str:
    """A number with at most so many decimals, without trailing zeros: 0.05, 1.5, 500."""
    shown = number(value, decimals)
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def unit_name(unit: str, lang: str, units: Units) -> str:
    """Name of a unit for an axis or a table head; English names what Chinese counts with a measure word."""
    return unit if lang == "zh" else "number" if units[unit].is_count else units[unit].name_en


def figure_quantity(data, figure_id: str) -> Quantity:
    """A printed figure as a quantity; NotOnFile that names near ids if it is not on file."""
    f = data.figure(figure_id)
    return Quantity(f.obs_value, data.units[f.unit], f.obs_text, None, f.relation, f.time_period, (figure_id,))


def printed_quantity(data, figure, lang: str) -> str:
    """A figure's value with unit and bound, as a reader of the language expects it."""
    if figure.obs_text == "":
        return figure.as_printed if lang == "zh" else "stated in words" if figure.obs_status != "M" else "not set"
    texts = (figure.obs_text, figure.high_text) if figure.relation == "range" else (figure.obs_text,)
    return "–".join(_written(t, data.units[figure.unit], lang, None, figure.relation) for t in texts)


def point(data, frame, year: int | str = -1) -> Quantity:
    """One point of a series or a plan as a quantity.

    The frame is one of :func:`huzhou_analysis.series` or :func:`huzhou_analysis.plan`; `year` is a year (2023), a place
    among the whole years on file (-1 the last), or the code of a period (``"2024-01/P11M"``). A ValueError names those on file.
    """
    whole = frame[~frame.origin.isin(("part_year", "period_total"))] if "origin" in frame.columns else frame
    rows = frame[frame.time_period == year] if isinstance(year, str) else whole[whole.year == year]
    if year in range(-len(whole), 0):
        rows = whole.iloc[[year]]
    if rows.empty:
        known = ", ".join(map(str, whole.year)) or "none"
        raise ValueError(f"{year!r} is not in this frame: write one of its years ({known}) or the code of a period")
    row = rows.iloc[-1]
    digits, decimals = row.get("printed", ""), None
    if not digits and row.get("origin", "printed") in ("printed", "target"):
        own = row.figure_id in data.figures.index and data.figures.unit[row.figure_id] == row.unit
        digits = data.figures.obs_text[row.figure_id] if own else ""
    if not digits:
        decimals = 0 if abs(row.value) >= 1000 else 1 if abs(row.value) >= 100 else 2
    about = row.get("relation", "="), row.time_period, tuple(str(row.figure_id).split())
    stretch = row.get("begins", 0), row.get("because", Text("", ""))
    return Quantity(float(row.value), data.units[row.unit], digits, decimals, *about, *stretch)
