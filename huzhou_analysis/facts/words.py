"""Two languages from one set of values: texts, quantities with their units, and the words for codes.

Chinese keeps the printed unit (亿元, 个百分点); English gets its counterpart (CNY bn, pp), with the decimal point moved
and the printed precision kept. :func:`say` fills two templates from the same values and remembers which figures stand
behind them, so that what is cited follows from what was said.
"""

from __future__ import annotations

import operator
import re
import string
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_EVEN, Decimal
from functools import reduce

from . import periods
from .units import Unit, Units

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


def _language(lang: str) -> str:
    if lang not in LANGUAGES:
        raise ValueError(f"language {lang!r} is not known: write 'zh' or 'en'")
    return lang


def text(zh: str, en: str) -> Text:
    """One text in both languages."""
    return Text(zh, en)


def as_text(words: Text | Mapping[str, str] | tuple[str, str] | str) -> Text:
    """A text in both languages from a pair (Chinese, English), a mapping, or one string that serves both.

    Raises
    ------
    ValueError
        If it is neither; the message says what to write.
    """
    if isinstance(words, Text):
        return words
    if isinstance(words, str):
        return Text(words, words)
    if isinstance(words, Mapping) and {"zh", "en"} <= set(words):
        return Text(words["zh"], words["en"])
    if isinstance(words, tuple | list) and len(words) == 2 and all(isinstance(w, str) for w in words):
        return Text(*words)
    raise ValueError(f"{words!r} is no text in two languages: write a pair (Chinese, English)")


# --- quantities ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Quantity:
    """A number with its unit, its period and the figures behind it; it prints itself as a language does.

    Attributes
    ----------
    value : float
        In the printed `unit`.
    unit : Unit
        Row of the table of units.
    printed : str
        The digits as printed, which keep their precision; empty for what is derived.
    decimals : int, optional
        Decimals shown of a derived value, in the printed unit.
    relation : str
        ``=``, ``>=``, ``>``, ``<=``, ``<`` or ``~``.
    time_period : str
        Code of the period (:mod:`~huzhou_analysis.facts.periods`).
    figures : tuple of str
        Ids of the figures it comes from.
    begins, because : int, Text
        Year in which its stretch of a series begins, and why one does: growth from before is warned of.

    Notes
    -----
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

    @property
    def period(self) -> Text:
        if not self.time_period:
            return Text("时期未载明", "period not stated")
        return period_text(self.time_period)

    @property
    def year(self) -> int:
        return periods.parse(self.time_period).year

    @property
    def in_words(self) -> Text:
        """With its bound in words: 超过2,000亿元, more than CNY 200bn."""
        if self.unit.unit_measure == "RANK":
            return Text(*(self.in_language(lang) for lang in LANGUAGES), self.figures)
        plain = replace(self, relation="=")
        lead = RELATION_WORDS[self.relation]
        return Text(lead.zh + plain.in_language("zh"), lead.en + plain.in_language("en"), self.figures)

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

    def _derived(self, value: float, other: Quantity | None = None, more: int = 0) -> Quantity:
        places = [self._places(), *([other._places()] if other else [])]
        ids = tuple(dict.fromkeys([*self.figures, *(other.figures if other else ())]))
        return Quantity(value, self.unit, decimals=max(places) + more, time_period=self.time_period, figures=ids)

    def _places(self) -> int:
        if self.printed:
            return len(self.printed.partition(".")[2])
        return 1 if self.decimals is None else self.decimals

    def _same(self, other: Quantity) -> Quantity:
        if not isinstance(other, Quantity) or other.unit.unit_measure != self.unit.unit_measure:
            raise TypeError(f"{self} and {other} do not measure the same: only like quantities are added or compared")
        return replace(other, value=other.value * 10.0 ** (other.unit.unit_mult - self.unit.unit_mult), unit=self.unit)

    def __sub__(self, other: Quantity) -> Quantity:
        other = self._same(other)
        return self._derived(self.value - other.value, other)

    def __add__(self, other: Quantity) -> Quantity:
        other = self._same(other)
        return self._derived(self.value + other.value, other)

    def __mul__(self, factor: float) -> Quantity:
        return self._derived(self.value * float(factor), more=1)

    def __truediv__(self, other: Quantity | float) -> Quantity | float:
        """Of a like quantity: their ratio, a plain number; of a number: a quantity."""
        if isinstance(other, Quantity):
            return self.value / self._same(other).value
        return self._derived(self.value / float(other), more=1)

    def __lt__(self, other: Quantity) -> bool:
        return self.value < self._same(other).value

    def __gt__(self, other: Quantity) -> bool:
        return self.value > self._same(other).value

    __rmul__ = __mul__


def total(quantities: Iterable[Quantity]) -> Quantity:
    """Sum of like quantities, in the unit of the first."""
    return reduce(operator.add, quantities)


RELATION_SIGNS = {"=": "", ">=": "≥", ">": ">", "<=": "≤", "<": "<", "~": "≈", "range": ""}
RELATION_WORDS = {
    "=": Text("", ""),
    ">=": Text("不低于", "at least "),
    ">": Text("超过", "more than "),
    "<=": Text("不高于", "at most "),
    "<": Text("低于", "less than "),
    "~": Text("约", "about "),
    "range": Text("", ""),
}


_CHINESE_MONEY = {"CNY": "亿元", "USD": "亿美元"}


def _written(
    value: str | float, unit: Unit, lang: str, decimals: int | None, relation: str = "=", *, sign: bool = False
) -> str:
    """A number with its bound and unit: ≥300.8亿元, CNY 30.08bn, $580m; a text keeps its printed decimals."""
    if unit.unit_measure == "RANK":
        return _rank(value, lang, relation, sign)
    return RELATION_SIGNS[relation] + _with_unit(value, unit, lang, decimals, sign)


def _rank(value: str | float, lang: str, relation: str, sign: bool) -> str:
    """A printed rank as an ordinal (第40位, 40th; a bound 前50位, the top 50); what is derived of ranks counts places."""
    if not isinstance(value, str):
        return ("+" if sign and value > 0 else "") + trimmed(value, 1) + ("位" if lang == "zh" else " places")
    if relation in ("<", "<="):
        return f"前{value}位" if lang == "zh" else f"the top {value}"
    en = f"{value}{_ending(int(value))}" if value.isdigit() else f"rank {value}"
    return RELATION_SIGNS[relation] + (f"第{value}位" if lang == "zh" else en)


def _with_unit(value: str | float, unit: Unit, lang: str, decimals: int | None, sign: bool) -> str:
    if not isinstance(value, str):
        places = 1 if decimals is None else decimals
        value = str(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN))
    if lang == "zh" and unit.unit.isascii() and unit.unit_measure in _CHINESE_MONEY:  # printed in English: billion yuan
        return f"{number(Decimal(value).scaleb(unit.unit_mult - 8), sign=sign)}{_CHINESE_MONEY[unit.unit_measure]}"
    if lang == "zh":
        return f"{number(value, sign=sign)}{unit.unit}"
    exact = Decimal(value).scaleb(unit.unit_mult - unit.unit_mult_en)
    if unit.is_money:
        return _english_money(exact, unit.name_en, sign)
    shown = number(exact, sign=sign)
    if unit.unit_measure in ("PT", "PP"):
        return f"{shown}{' ' if unit.name_en[0].isalpha() else ''}{unit.name_en}"
    return shown if unit.is_count else f"{shown} {unit.name_en}"


def _english_money(exact: Decimal, name: str, sign: bool) -> str:
    """$1.8bn, $580m, CNY 445.28bn, CNY 72,000; other names of money stay as they are (CNY per kWh)."""
    currency, _, scale = name.partition(" ")
    if scale == "bn" and exact and abs(exact) < 1:
        exact, scale = exact.scaleb(3), "m"
    if scale == "thousand":
        exact, scale = exact.scaleb(3), ""
    shown = number(exact, sign=sign)
    short = {"bn": "bn", "m": "m", "": ""}.get(scale, f" {scale}")
    lead = "$" if currency == "USD" else f"{currency} "
    minus = shown[0] if shown[0] in "−+" else ""
    return f"{minus}{lead}{shown.removeprefix(minus)}{short}"


# --- templates -----------------------------------------------------------------------------------------------------


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
    """One statement in two languages from one set of values.

    Parameters
    ----------
    zh, en : str
        Templates: ``{last}``, ``{last.year}``, ``{share:.1%}`` stand for values.
    **values
        Quantities, texts in both languages, numbers (with a format, such as ``:.1%``), strings that serve both.

    Returns
    -------
    Text
        With the ids of the figures behind all quantities and texts that were given.

    Raises
    ------
    ValueError
        If a template names a value that was not given, or a number without its format.

    Examples
    --------
    >>> say("共{n}项", "{n} in all", n=39)
    Text(zh='共39项', en='39 in all', figures=())
    """
    return Text(*(_Formatter(lang).vformat(one, (), values) for lang, one in (("zh", zh), ("en", en))), cited(values))


def cited(values: Mapping[str, object]) -> tuple[str, ...]:
    """Ids of the figures behind a set of values, each once, in order."""
    found: dict[str, None] = {}
    for value in values.values():
        many = value if isinstance(value, list | tuple) else [value]
        for one in many:
            found.update(dict.fromkeys(getattr(one, "figures", ())))
    return tuple(found)


def change(before: float | Quantity, after: float | Quantity | None = None, decimals: int = 1) -> Text:
    """A change in words: 增长9.0%, rose 9.0%; 下降63.2%, fell 63.2%.

    Parameters
    ----------
    before, after : number or Quantity
        Two levels; or one number alone, a rate in per cent.

    Warns
    -----
    BreakWarning
        If a break of the series lies between two points.
    """
    if after is not None and float(before) == 0:
        raise ValueError("growth from zero is undefined: state the change in its own unit instead")
    rate = float(before) if after is None else (float(after) / float(before) - 1) * 100
    warn_across(before, after, depth=3)
    shown = number(abs(rate), decimals)
    ids = cited({"a": before, "b": after})
    if float(number(rate, decimals).replace("−", "-").replace(",", "")) == 0:
        return Text("与上年持平", "was unchanged", ids)
    return Text(f"{'增长' if rate > 0 else '下降'}{shown}%", f"{'rose' if rate > 0 else 'fell'} {shown}%", ids)


class BreakWarning(UserWarning):
    """Growth was taken across a break, or from one vintage into another: it is no growth of the thing itself."""


def warn_across(one: object, other: object, depth: int) -> None:
    """Warn if a break lies between two points of a series (quantities, or rows that say when their stretch begins)."""
    points = [p for p in (one, other) if getattr(p, "begins", 0)]
    if len(points) < 2:
        return
    (first, _), (last, point) = sorted(((int(p.year), p) for p in points), key=lambda pair: pair[0])
    if first < point.begins:
        zh = f"序列在{point.begins}年有断点（{point.because['zh']}），{first}—{last}年的变化不是同口径增长"
        en = f"the series breaks in {point.begins} ({point.because['en']}): {first} to {last} is no growth of one thing"
        warnings.warn(BreakWarning(f"{zh} / {en}"), stacklevel=depth)


def above(value: float | Quantity, other: float | Quantity) -> Text:
    """How one number stands to another, in words: 高于, above; 低于, below; 等于, equal to."""
    both = isinstance(value, Quantity) and isinstance(other, Quantity)
    difference = float(value - other) if both else float(value) - float(other)
    zh, en = ("高于", "above") if difference > 0 else ("低于", "below") if difference < 0 else ("等于", "equal to")
    return Text(zh, en, cited({"a": value, "b": other}))


_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def ordinal(place: int) -> Text:
    """A rank in words: 第3, third; beyond ten 第11, 11th."""
    if place <= len(_ORDINALS):
        return Text(f"第{place}", _ORDINALS[place - 1])
    return Text(f"第{place}", f"{place}{_ending(place)}")


def _ending(place: int) -> str:
    return "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")


def joined(texts: Iterable[Text], last: tuple[str, str] = ("和", " and ")) -> Text:
    """Texts as an enumeration: 甲、乙和丙; a, b and c."""
    parts = [as_text(t) for t in texts]
    both = []
    for lang, comma, end in (("zh", "、", last[0]), ("en", ", ", last[1])):
        *first, final = [p[lang] for p in parts] or [""]
        both.append(comma.join(first) + end + final if first else final)
    return Text(*both, cited({"parts": parts}))


def period_text(code: str) -> Text:
    """A period in both languages; a dash for none."""
    return Text(*(periods.parse(code).label(lang) if code else "—" for lang in LANGUAGES))


def clauses(texts: Iterable[Text]) -> Text:
    """Clauses as one text, with semicolons between."""
    texts = list(texts)
    return Text("；".join(one.zh for one in texts), "; ".join(one.en for one in texts))


# --- words for codes -----------------------------------------------------------------------------------------------

LABELS: dict[str, Text] = {
    "actual": text("实际数", "Actual"),
    "target": text("目标", "Target"),
    "claim": text("宣传数字", "Claim"),
    "parameter": text("参数", "Parameter"),
    "note": text("注", "Note"),
    "data": text("数据", "Data"),
    "citations": text("出处", "Citations"),
    "period": text("时期", "Period"),
    "value": text("数值", "Value"),
    "printed": text("原文", "As printed"),
    "document": text("文件", "Document"),
    "place": text("位置", "Place"),
    "status": text("状态", "Status"),
    "basis": text("时期依据", "Period basis"),
    "figure_id": text("数字编号", "Figure id"),
}


def labels(key: str) -> Text:
    """Word for a code in both languages; KeyError for an unknown one."""
    return LABELS[key]


# --- numbers -------------------------------------------------------------------------------------------------------


def number(value: float | str | Decimal, decimals: int | None = None, *, sign: bool = False) -> str:
    """A number with thousands separators and a true minus sign; a text keeps its own decimals."""
    exact = Decimal(value) if isinstance(value, str | Decimal) else Decimal(repr(float(value)))
    if decimals is not None:
        exact = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)
        if exact == 0:
            exact = abs(exact)
    return f"{exact:{'+' if sign else ''},f}".replace("-", "−")


def trimmed(value: float, decimals: int) -> str:
    """A number with at most so many decimals, without trailing zeros: 0.05, 1.5, 500."""
    shown = number(value, decimals)
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def unit_name(unit: str, lang: str, units: Units) -> str:
    """Name of a unit for an axis or a table head; English names what Chinese counts with a measure word."""
    if lang == "zh":
        return unit
    return "number" if units[unit].is_count else units[unit].name_en


def quantity(
    value: str | float, unit: str, lang: str, units: Units, *, decimals: int | None = None, relation: str = "="
) -> str:
    """A number with its unit as it stands in a sentence: 300.8亿元, CNY 30.08bn.

    Parameters
    ----------
    value : str or float
        In the printed `unit`; a text keeps its printed decimals.
    decimals : int, optional
        Decimals in the printed unit, for derived values; English moves the point along.
    """
    exact = float(value) if decimals is not None else value
    return _written(exact, units[unit], _language(lang), decimals, relation)


def in_english_units(value: float, unit: str, units: Units) -> float:
    """A number of the printed unit in the unit that English shows."""
    u = units[unit]
    return float(value) * 10.0 ** (u.unit_mult - u.unit_mult_en)


# --- quantities from tables ----------------------------------------------------------------------------------------


def figure_quantity(data, figure_id: str) -> Quantity:
    """A printed figure as a quantity; KeyError that names near ids if it is not on file."""
    f = data.figure(figure_id)
    unit = data.units[f.unit]
    return Quantity(f.obs_value, unit, f.obs_text, None, f.relation, f.time_period, (figure_id,))


def printed_quantity(data, figure, lang: str) -> str:
    """A figure's value with unit and bound, as a reader of the language expects it."""
    if figure.obs_text == "":
        return figure.as_printed if lang == "zh" else "stated in words" if figure.obs_status != "M" else "not set"
    if figure.relation == "range":
        return "–".join(quantity(t, figure.unit, lang, data.units) for t in (figure.obs_text, figure.high_text))
    return quantity(figure.obs_text, figure.unit, lang, data.units, relation=figure.relation)


def point(data, frame, year: int | str = -1) -> Quantity:
    """One point of a series or a plan as a quantity.

    Parameters
    ----------
    data : Data
    frame : DataFrame
        As :func:`huzhou_analysis.series` or :func:`huzhou_analysis.plan` give it.
    year : int or str
        A year (2023); a place among the whole years on file (-1 the last, -2 the one before); or the code of a period,
        such as ``"2024-01/P11M"``.

    Raises
    ------
    ValueError
        If the frame holds no such year; the message names those it has.
    """
    whole = frame[~frame.origin.isin(("part_year", "period_total"))] if "origin" in frame.columns else frame
    if isinstance(year, str):
        rows = frame[frame.time_period == year]
    elif -len(whole) <= year < 0:
        rows = whole.iloc[[year]]
    else:
        rows = whole[whole.year == year]
    if rows.empty:
        known = ", ".join(map(str, whole.year)) or "none"
        raise ValueError(f"{year!r} is not in this frame: write one of its years ({known}) or the code of a period")
    row = rows.iloc[-1]
    unit, decimals = data.units[row.unit], None
    digits = row.get("printed", "")
    if not digits and row.figure_id in data.figures.index and data.figures.unit[row.figure_id] == row.unit:
        digits = data.figures.obs_text[row.figure_id] if row.get("origin", "printed") in ("printed", "target") else ""
    if not digits:
        decimals = 0 if abs(row.value) >= 1000 else 1 if abs(row.value) >= 100 else 2
    ids, stretch = tuple(str(row.figure_id).split()), (row.get("begins", 0), row.get("because", Text("", "")))
    return Quantity(float(row.value), unit, digits, decimals, row.get("relation", "="), row.time_period, ids, *stretch)
