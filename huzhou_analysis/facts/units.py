"""Units of ``units.csv``: to convert is to shift the decimal point, never a rate (亿美元 and 亿元 are different measures)."""

from dataclasses import dataclass, fields
from decimal import Decimal


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
    """The unit table as a mapping from printed unit to :class:`Unit`."""

    def __init__(self, rows) -> None:
        for row in rows:
            powers = {"unit_mult": int(row["unit_mult"]), "unit_mult_en": int(row["unit_mult_en"])}
            self[row["unit"]] = Unit(**{field.name: row[field.name] for field in fields(Unit)} | powers)

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
