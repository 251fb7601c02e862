"""Numbers as Chinese documents print them: Arabic numerals, and quantities in Chinese numerals (近千家, 超六成, 百亿级)."""

import re
import sys
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

_DIGITS = dict(zip("零〇一二三四五六七八九", [0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9], strict=True)) | {"两": 2}
_POWERS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}
_CN = "一二三四五六七八九十百千万亿两零〇"
_COUNTED = "个家项条名倍座台套位种类场次户亩人年级元平公里吨余多"

_ARABIC = re.compile(r"\d++(?:,\d{3})*+(?:\.\d++)?+(?![¼-¾⅐-⅞])")  # 2½ is no 2
# Chinese numerals are counted as quantities where the characters around them say so: tenths (六成), a magnitude
# before a measure word (近千家, 百亿级), or a small number before one (两个). Elsewhere they are words (一体化, 万里).
_QUANTITY = re.compile(
    rf"[一二三四五六七八九十两]成(?![果效立功本员长为就都])"
    rf"|(?<![\d.{_CN}])[一二三四五六七八九十两]*[十百千万亿][一二三四五六七八九十百千万亿]*(?=[{_COUNTED}])"
    rf"|(?<![\d.第{_CN}])[二三四五六七八九两][十百千万亿]*(?=[个家项条名倍座台套位户场大张级层方种类])"
)
_CHINESE_RUN = re.compile(rf"(?<!\d)[{_CN}]+(?!分点)成?")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A numeral in a text, and what it may be read as (百亿: 10,000,000,000, and 100 where 亿元 is the unit)."""

    start: int
    end: int
    text: str
    values: tuple[Decimal, ...]
    chinese: bool = False


def normalise(text: str) -> str:
    """Text without whitespace and in one width (NFKC), as it is compared with the text of a document."""
    return "".join(unicodedata.normalize("NFKC", text or "").split())


def plain(text: str) -> str:
    """Text in one width, in which a character that only looks like digits is none: a footnote mark (², ①, ⑴) becomes a
    space, a unit in one character (㎡) loses its digits, and a fraction (½) stays."""
    return "".join(map(_plain_character, text or "")).strip()


def _plain_character(character: str) -> str:
    wide, kind = unicodedata.normalize("NFKC", character), unicodedata.category(character)
    match unicodedata.decomposition(character).partition(" ")[0]:
        case "<fraction>":
            return character
        case "<square>":
            return "".join(c for c in wide if not c.isnumeric())
    return str(unicodedata.decimal(character)) if kind == "Nd" else " " if kind == "No" else wide  # Nd: also １ and 𝟏


def separated(text: str) -> str:
    """Text in one width without whitespace, save where it keeps two numbers apart: a single space joins groups of three
    digits (1 803.2); any other whitespace, and a mark, stands between two numbers."""
    text = re.sub(r"[^\S\n\r\t\v\f]", " ", plain(text))
    text = re.sub(r"(?<![\d.,])[1-9]\d{0,2}(?: \d{3})+(?![\d,]| \d)", lambda m: m[0].replace(" ", ""), text)
    return re.sub(r"(?<![\d.,\s])\s++|\s++(?![\d.,])", "", text)


def digits(number: Decimal) -> str:
    """Digits of a number without an exponent and without zeros at the end."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def chinese_value(text: str) -> int:
    """Integer value of a Chinese numeral: 二十八 → 28, 百亿 → 10,000,000,000; a ValueError if a character is none."""
    if len(text) > 1 and all(c in _DIGITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total = section = digit = 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in _POWERS:
            section += (digit or 1) * _POWERS[character]
            digit = 0
        elif character in _MYRIADS:
            value = section + digit
            if total and character == "亿":
                total, value = 0, total + value
            total += (value or 1) * _MYRIADS[character]
            section = digit = 0
        else:
            raise ValueError(f"not a Chinese numeral: {text!r}")
    return total + section + digit


def _readings(text: str) -> tuple[Decimal, ...]:
    if text.endswith("成"):
        return (Decimal(chinese_value(text[:-1]) * 10),)
    bare = text.rstrip("".join(_MYRIADS))  # 百亿元: 100 in the unit 亿元
    readings = [chinese_value(text[:end]) if end else 1 for end in range(len(text), len(bare) - 1, -1)]
    return tuple(dict.fromkeys(map(Decimal, readings)))


def arabic(text: str, start: int = 0, end: int = sys.maxsize) -> list[Numeral]:
    """Arabic numerals in a normalised text, thousands separators and decimals included."""
    found = _ARABIC.finditer(text, start, end)
    return [Numeral(m.start(), m.end(), m[0], (Decimal(m[0].replace(",", "")),)) for m in found]


def quantities(text: str, start: int = 0, end: int = sys.maxsize) -> list[Numeral]:
    """Every numeral that may state a quantity: all Arabic ones, and Chinese ones before a measure word."""
    chinese = [Numeral(m.start(), m.end(), m[0], _readings(m[0]), True) for m in _QUANTITY.finditer(text, start, end)]
    return sorted(arabic(text, start, end) + chinese, key=lambda n: n.start)


def printed_values(text: str) -> set[Decimal]:
    """All values that the numerals in a short printed form may be read as, Chinese ones wherever they stand."""
    text = separated(text)
    values = {numeral.values[0] for numeral in arabic(text)} | ({Decimal(1)} if "首" in text else set())  # 全省首个
    return values.union(*(_readings(run) for run in _CHINESE_RUN.findall(text) if run != "成"))
