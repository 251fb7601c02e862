"""Names in a document matched to the tables: indicator, area and unit on file, or a proposal for a new one. A match is an equal
name once both are written one way (生产总值, GDP and 地区生产总值 are one), never one that is merely similar.
"""

import hashlib
import re
import unicodedata
from decimal import Decimal
from pathlib import Path

from ...facts import numerals
from ...facts.checks import check
from ...facts.problems import DataError
from ...facts.words import Unit, Units
from .numbers import COUNTED, kind_of_unit
from .vocabulary import WORDS, P, either, rules

_SAME = rules("same")  # one way of writing what documents write in several
_VERBS = re.compile(f"^{either('same_verb')}+(?=...)")
_LEAD = re.compile("^(?:全[市省国]|全社会|我市|全年|年[末底]|累计|共|新建成|拥有|当年)+(?=..)")
_END = re.compile("(?:总数|[个家人户]数|数量|总量|数|总额|额|规模|完成额)$")
_ENGLISH = {word: row["meaning"] for row in WORDS if row["kind"] == "english" for word in row["words"].split()}
_QUANTITY = ("indicator", "ref_area", "time_period", "transformation", "goal")


def canonical(name: str) -> str:
    """A name written one way."""
    text = _LEAD.sub("", re.sub(r"\((?!R&D)[^()]*\)", "", unicodedata.normalize("NFKC", name)))
    for plain, pattern in _SAME:
        text = pattern.sub(plain, text)
    return _END.sub("", text) if len(text) > 3 else text


def _ways(name: str) -> list[tuple[bool, str]]:
    """A name as it is, and without the verbs it opens with."""
    plain = canonical(name)
    return [(False, plain), (True, _VERBS.sub("", plain))]


class Matcher:
    """Indicators, areas and units of the tables of a folder, by the names that documents give them."""

    def __init__(self, root: Path) -> None:
        frames, problems = check(root)
        if problems:
            raise DataError(problems)
        self.frames = {n: f.astype(str) for n, f in frames.items()}
        self.units = Units(self.frames["units"].to_dict("records"))
        self.names: dict[tuple[bool, str], list[tuple[str, str]]] = {}  # whether without its verb, name: key and unit
        for row in self.frames["indicators"].itertuples():
            for wanted in _ways(row.name_zh):
                self.names.setdefault(wanted, []).append((row.indicator, row.unit))
        figures = self.frames["figures"]
        stated = figures[figures.obs_value != ""].assign(goal=figures.record_type == "target")
        self.on_file = {key: rows.to_dict("records") for key, rows in stated.groupby(list(_QUANTITY))}
        self.area_names = dict(self.frames["ref_areas"][["ref_area", "name_zh"]].values)
        self.areas: dict[str, str] = {}  # name in a text: code
        for code, name in self.area_names.items():
            whole = unicodedata.normalize("NFKC", name)
            bare = re.sub(r"\([^)]*\)$", "", whole)
            for text in (whole, bare, re.sub("[市区县省]+$", "", bare)):
                if len(text) > 1:
                    self.areas.setdefault(text, code)

    def indicator(self, name: str, unit: str, measure: str) -> tuple[str, bool]:
        """Key of the one indicator on file that a name and unit mean ("" if there is none), and whether a verb was left out."""
        for verbless, text in _ways(name):
            found = self.names.get((verbless, text), [])
            if measure not in ("growth", "points"):
                found = [(key, own) for key, own in found if self._alike(unit, own)]
            if len(found) == 1 and (not verbless or len(text) > 2):
                return found[0][0], verbless
        return "", False

    def _alike(self, unit: str, own: str) -> bool:
        """Whether two units measure the same kind of thing; yuan and dollars do."""
        measures = {self.units[u].unit_measure for u in (unit, own) if u in self.units}
        known = unit in self.units and (len(measures) == 1 or measures == {"CNY", "USD"})
        counted = kind_of_unit(unit) in COUNTED and self.units[own].is_count
        return known or counted or kind_of_unit(unit) == kind_of_unit(own)

    def same_on_file(self, row: dict) -> str:
        """What the tables hold for the same quantity: "= value" if equal, "≠ value (vintage, id)" if another."""
        key = tuple((row | {"goal": row["record_type"] == "target"})[c] for c in _QUANTITY)
        value, units, shown = Decimal(row["value"]), self.units, []
        for other in self.on_file.get(key, []) if all(key[:3]) else []:
            stated = f"{other['obs_value']} {other['unit']}"
            if row["unit"] in units and units.comparable(other["unit"], row["unit"]):
                old = Decimal(other["obs_value"]) * units.factor(other["unit"], row["unit"])
                half = Decimal(1).scaleb(value.as_tuple().exponent) / 2  # of the last digit that is printed
                if old == value or (other["unit"] != row["unit"] and abs(old - value) <= half):
                    return f"= {stated} ({other['figure_id']})"
                shown.append(f"≠ {stated} ({other['vintage'] or '?'}, {other['figure_id']})")
        return "；".join(shown[:3])

    def new_indicator(self, name: str, unit: str, measure: str) -> dict[str, str]:
        """A row of ``indicators.csv`` for a name that is not on file, to be looked over by a person."""
        plain = re.sub("[（）()的、]", "", name)
        plain = plain.removesuffix("比重") if "占" in plain else plain
        terms = P.english.findall(plain)  # of the glossary; a name that holds another has no English one
        english = " ".join(_ENGLISH[t] for t in terms) if "".join(terms) == plain else ""
        code = re.sub("[^a-z0-9]+", "_", english.lower()).strip("_")
        if not re.fullmatch("[a-z][a-z0-9_]{3,48}", code) or code in set(self.frames["indicators"].indicator):
            code = "new_" + hashlib.sha1(name.encode()).hexdigest()[:8]
        stock = re.search("余额|存栏|保有量|拥有量|人口|里程|用户|床位|面积$|存量|总动力", name)
        kind = "price" if re.search("价格|均价", name) else "stock" if stock else "flow"
        kind = {"share": "ratio", "index": "index", "rank": "index", "count": "count"}.get(measure, kind)
        if measure in ("growth", "points") and re.search(f"{P.money.pattern}$", name):
            unit = "亿元"  # of its level
        return dict.fromkeys(self.frames["indicators"].columns, "") | {
            "indicator": code, "name_zh": name, "name_en": english[:1].upper() + english[1:] or name, "unit": unit,
            "theme": next((theme for theme, words in rules("theme") if words.search(name)), "output"),
            "measure_type": kind, "ascending": "false" if P.worse.search(name) else "true",
        }  # fmt: skip

    def new_unit(self, unit: str) -> dict[str, str]:
        """A row of ``units.csv`` for a unit that is not on file."""
        scale = P.scale.match(unit)[0]
        power, base = len(str(numerals.chinese_value(scale))) - 1 if scale else 0, unit.removeprefix(scale)
        measure = "COUNT" if base in COUNTED else "U_" + hashlib.sha1(base.encode()).hexdigest()[:6].upper()
        own = self.units[base] if base in self.units else Unit(base, measure, 0, unit, power)
        return {"unit": unit, "unit_measure": own.unit_measure, "unit_mult": str(own.unit_mult + power),
                "name_en": own.name_en, "unit_mult_en": str(own.unit_mult_en)}  # fmt: skip
