"""Names in a document matched to the tables: indicator, area and unit on file, or a proposal for a new one.

A match is an equal name once both are written one way (生产总值, GDP and 地区生产总值 are one); nothing is matched because it is
merely similar, and never a quantity of another dimension.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from decimal import Decimal
from pathlib import Path

from ...facts import numerals
from ...facts.checks import check
from ...facts.problems import DataError
from ...facts.units import Unit, Units
from .numbers import COUNTED, SCALE, kind_of_unit
from .vocabulary import either, meanings, rules

_SAME = rules("same")  # one way of writing what documents write in several
_VERBS = re.compile(f"^{either('same_verb')}+(?=...)")
_LEAD = re.compile("^(?:全[市省国]|全社会|我市|全年|年[末底]|累计|共|新建成|拥有|当年)+(?=..)")
_END = re.compile("(?:总数|[个家人户]数|数量|总量|数|总额|额|规模|完成额)$")
_ENGLISH = meanings("english")
_QUANTITY = ("indicator", "ref_area", "time_period", "transformation", "goal")


def canonical(name: str) -> str:
    """A name written one way."""
    text = re.sub(r"\((?!R&D)[^()]*\)", "", unicodedata.normalize("NFKC", name))
    text = _LEAD.sub("", text)
    for plain, pattern in _SAME:
        text = pattern.sub(plain, text)
    return _END.sub("", text) if len(text) > 3 else text


def full_name(name: str, measure: str, value: Decimal) -> str:
    """Name of the indicator for what no transformation of the tables can say: an increase is one of its own."""
    if measure != "change" or re.search("(?:新增|净增)$|增加|减少|高出", name):
        return name
    return f"{name}{'减少量' if value < 0 else '增加量'}"


class Matcher:
    """Indicators, areas and units of the tables of a folder, by the names that documents give them."""

    def __init__(self, root: Path) -> None:
        frames, problems = check(root)
        if problems:
            raise DataError(problems)
        self.frames = {n: f.astype(str) for n, f in frames.items()}
        self.units = Units(self.frames["units"].to_dict("records"))
        self.names: list[dict[str, list[tuple[str, str]]]] = [
            {},
            {},
        ]  # as they are, and without the verbs they open with
        for row in self.frames["indicators"].itertuples():
            name = canonical(row.name_zh)
            for names, plain in zip(self.names, (name, _VERBS.sub("", name)), strict=True):
                names.setdefault(plain, []).append((row.indicator, row.unit))
        figures = self.frames["figures"]
        stated = figures[figures.obs_value != ""].assign(goal=figures.record_type == "target")
        self.on_file = {key: rows.to_dict("records") for key, rows in stated.groupby(list(_QUANTITY))}
        self.areas: dict[str, str] = {}  # name in a text: code
        self.area_names = dict(zip(self.frames["ref_areas"].ref_area, self.frames["ref_areas"].name_zh, strict=True))
        for code, name in self.area_names.items():
            whole = unicodedata.normalize("NFKC", name)
            bare = re.sub(r"\([^)]*\)$", "", whole)
            for text in (whole, bare, re.sub("[市区县省]+$", "", bare)):
                if len(text) > 1:
                    self.areas.setdefault(text, code)

    def known_areas(self) -> dict[str, str]:
        """Names of areas in a text with the full name on file."""
        return {text: self.area_names[code] for text, code in self.areas.items()}

    def area(self, name: str) -> str:
        """Code of an area on file; "" if it is not."""
        return self.areas.get(unicodedata.normalize("NFKC", name), "")

    def indicator(self, name: str, unit: str, measure: str) -> tuple[str, bool]:
        """Key of the one indicator on file that a name and unit mean ("" if there is none), and whether a verb was left out."""
        plain = canonical(name)
        for names, text in zip(self.names, (plain, _VERBS.sub("", plain)), strict=True):
            found = names.get(text, [])
            if measure == "points":
                found = [(key, own) for key, own in found if own in ("%", "‰") or own in self.units]
            elif measure != "growth":
                found = [(key, own) for key, own in found if self._alike(unit, own)]
            if len(found) == 1 and (names is self.names[0] or len(text) > 2):
                return found[0][0], names is self.names[1]
        return "", False

    def _alike(self, unit: str, own: str) -> bool:
        """Whether two units measure the same kind of thing; yuan and dollars do."""
        both = [self.units[u] for u in (unit, own) if u in self.units]
        if len(both) == 2 and (all(u.unit_measure in ("CNY", "USD") for u in both) or self.units.comparable(unit, own)):
            return True
        counted = kind_of_unit(unit) in COUNTED and own in self.units and self.units[own].is_count
        return counted or kind_of_unit(unit) == kind_of_unit(own)

    def same_on_file(self, row: dict) -> str:
        """What the tables hold for the same quantity: "= value" if equal, "≠ value (vintage, id)" if another."""
        if not row["indicator"] or not row["time_period"]:
            return ""
        key = tuple((row | {"goal": row["record_type"] == "target"})[c] for c in _QUANTITY)
        value, units, shown = Decimal(row["value"]), self.units, []
        for other in self.on_file.get(key, []):
            if other["unit"] in units and row["unit"] in units and units.comparable(other["unit"], row["unit"]):
                old = Decimal(other["obs_value"]) * units.factor(other["unit"], row["unit"])
                half = Decimal(1).scaleb(value.as_tuple().exponent) / 2  # of the last digit that is printed
                if old == value or (other["unit"] != row["unit"] and abs(old - value) <= half):
                    return f"= {other['obs_value']} {other['unit']} ({other['figure_id']})"
                shown.append(
                    f"≠ {other['obs_value']} {other['unit']} ({other['vintage'] or '?'}, {other['figure_id']})"
                )
        return "；".join(shown[:3])

    # --- proposals for what is not on file ----------------------------------------------------------------------------

    def new_indicator(self, name: str, unit: str, measure: str) -> dict[str, str]:
        """A row of ``indicators.csv`` for a name that is not on file, to be looked over by a person."""
        english = self._english(name)
        code = re.sub("[^a-z0-9]+", "_", english.lower()).strip("_")
        if not re.fullmatch("[a-z][a-z0-9_]{3,48}", code) or code in set(self.frames["indicators"].indicator):
            code = "new_" + hashlib.sha1(name.encode()).hexdigest()[:8]
        stock = re.search("余额|存栏|保有量|拥有量|人口|里程|用户|床位|面积$|存量|总动力", name)
        kind = "price" if re.search("价格|均价", name) else "stock" if stock else "flow"
        kind = {"share": "ratio", "index": "index", "rank": "index", "count": "count"}.get(measure, kind)
        row = dict.fromkeys(self.frames["indicators"].columns, "")
        if measure in ("growth", "points"):  # its level has another unit
            unit = "亿元" if re.search(f"{either('money')}$", name) else unit
        return row | {
            "indicator": code, "name_zh": name, "name_en": english[:1].upper() + english[1:] or name, "unit": unit,
            "theme": next((theme for theme, words in rules("theme") if words.search(name)), "output"),
            "measure_type": kind, "ascending": "false" if re.search(either("worse"), name) else "true",
        }  # fmt: skip

    def _english(self, name: str) -> str:
        """English words for a name that is made of terms of the glossary only; "" otherwise."""
        rest, words = re.sub("[（）()的、]", "", name), []
        rest = rest.removesuffix("比重") if "占" in rest else rest
        while rest:
            term = next((t for t in _ENGLISH if rest.startswith(t)), "")
            if not term:
                return ""
            words.append(_ENGLISH[term])
            rest = rest.removeprefix(term)
        return " ".join(words)

    def new_unit(self, unit: str) -> dict[str, str]:
        """A row of ``units.csv`` for a unit that is not on file."""
        scale = re.match(SCALE, unit)[0]
        power, base = len(str(numerals.chinese_value(scale))) - 1 if scale else 0, unit.removeprefix(scale)
        measure = "COUNT" if base in COUNTED else "U_" + hashlib.sha1(base.encode()).hexdigest()[:6].upper()
        own = self.units[base] if base in self.units else Unit(base, measure, 0, unit, power)
        return {"unit": unit, "unit_measure": own.unit_measure, "unit_mult": str(own.unit_mult + power),
                "name_en": own.name_en, "unit_mult_en": str(own.unit_mult_en)}  # fmt: skip
