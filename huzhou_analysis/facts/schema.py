"""What each table in ``data/`` must look like, as ``tables.json`` has it; names follow SDMX and, else, IATI."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Field:
    """One column: ``kind`` is ``string``, ``number``, ``integer``, ``boolean``, ``date`` (ISO 8601, may be a year or
    month) or ``period``; ``codes`` maps each allowed code to its (Chinese, English) meaning; ``refers`` names
    ``table.column``."""

    name: str
    kind: str
    zh: str
    en: str
    required: bool = False
    codes: dict[str, tuple[str, str]] | None = None
    refers: str | None = None
    unique: bool = False
    pattern: str | None = None
    max_length: int | None = None


@dataclass(frozen=True)
class Table:
    """One CSV file: its name without the ending, its columns in order, and those that identify a row together."""

    name: str
    zh: str
    en: str
    fields: tuple[Field, ...]
    together: tuple[str, ...] = ()

    columns = property(lambda self: [field.name for field in self.fields])

    @property
    def key(self) -> tuple[str, ...]:
        """The column that is unique, or those that are so together; none where rows may repeat."""
        return self.together or tuple(f.name for f in self.fields if f.unique)

    def field(self, name: str) -> Field:
        return next(f for f in self.fields if f.name == name)


_WRITTEN = json.loads(Path(__file__).with_name("tables.json").read_text(encoding="utf-8"))
CODES = {name: {code: tuple(words) for code, words in codes.items()} for name, codes in _WRITTEN["codes"].items()}
TABLES: dict[str, Table] = {}
for _table in _WRITTEN["tables"]:
    _fields = tuple(Field(**field | {"codes": CODES.get(field.get("codes"))}) for field in _table["fields"])
    TABLES[_table["name"]] = Table(**_table | {"fields": _fields, "together": tuple(_table["together"])})
RECORD_TYPES, TIME_BASES, OBS_STATUSES = CODES["record_types"], CODES["time_bases"], CODES["obs_statuses"]
TIERS, KINDS, THEMES, REASONS = CODES["tiers"], CODES["kinds"], CODES["themes"], CODES["reasons"]
EXPECTATIONS, SEVERITIES = CODES["expectations"], CODES["severities"]
