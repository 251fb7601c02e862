"""Sheets and columns of the template: the tables' own, in the order and with the hints of ``columns.csv``; a new code or
column of :mod:`~huzhou_analysis.facts.schema` appears in the template and is read back."""

import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import pandas as pd

from ..facts.data import nearest_codes
from ..facts.schema import TABLES, Field


def table_of(name: str) -> dict[str, dict[str, str]]:
    """Rows of a table beside this module by their first column."""
    frame = pd.read_csv(Path(__file__).with_name(name), dtype=str, keep_default_na=False)
    return frame.set_index(frame.columns[0]).to_dict("index")


EXAMPLE = "示例 example"
FILE = "new_figures.xlsx"
LISTS, HELP, OTHERS = OTHER_SHEETS = ("列表 lists", "说明 How to", "未用数码 others")  # sheets that hold no rows to add
ENTRY_TABLES = ("figures", "indicators", "ref_areas", "units", "sources")
COLUMNS, CODES = table_of("columns.csv"), table_of("codes.csv")
# Columns that no table has, and of those the ones in front of what is proposed from a document.
_OWN = {
    name: Field(name, "string", row["zh"], row["en"],
                codes={code: (r["zh"], r["en"]) for code, r in CODES.items() if r["column"] == name} or None)
    for name, row in COLUMNS.items()
    if row["zh"]
}  # fmt: skip
FRONT = tuple(field for name, field in _OWN.items() if COLUMNS[name]["sheet"] == "proposals")
MARK, KEEP = _OWN["mark"], _OWN["keep"]


def fields(table: str, *, all_columns: bool = False) -> list[Field]:
    """Columns of an entry sheet in order, ``required`` where a person must fill them in; with `all_columns` also those read
    back but not offered (``figure_id``, those of proposals)."""
    known = TABLES[table].fields
    if table != "figures":
        return [MARK, *known, *([KEEP] if all_columns else [])]
    columns = {field.name: field for field in known} | _OWN
    places = {name: row for name, row in COLUMNS.items() if name in columns}
    places |= {name: {"sheet": "figures", "fill": ""} for name in columns if name not in places}
    fill = {"must": True, "worked out": False}  # what is worked out where it is empty is not required of a person
    return [
        replace(columns[name], required=fill.get(place["fill"], columns[name].required))
        for name, place in places.items()
        if all_columns or place["sheet"] == "figures"
    ]


def sheet_name(table: str) -> str:
    return f"{TABLES[table].zh} {table}"


def header(field: Field) -> str:
    """Header of a column: Chinese, a star where it is required, and the machine's name."""
    return f"{field.zh}{' *' if field.required else ''}\n{field.name}"


def canonical(text: str) -> str:
    """Text as it is compared: one width, no spaces or invisible characters, small letters."""
    text = unicodedata.normalize("NFKC", text)
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) != "Cf").casefold()


class Choices:
    """What may stand in a column, under every name that a person may write: label, code, Chinese and English name."""

    def __init__(self, names: dict[str, list[str]]) -> None:
        """`names` holds those of each code, the one it is shown with first."""
        self.labels = {code: f"{own[0]} · {code}" if own else code for code, own in names.items()}
        self._names = {code: [code, *own] for code, own in names.items()}
        self._meanings: dict[str, list[str]] = {}
        for code, own in self._names.items():
            for name in dict.fromkeys(filter(None, map(canonical, (*own, self.labels[code])))):
                self._meanings.setdefault(name, []).append(code)

    def find(self, text: str) -> list[str]:
        """Codes that a text may mean: one if it is clear, none if it is unknown."""
        wanted = canonical(text)
        if text in self.labels:
            return [text]
        if wanted in self._meanings or "·" not in text:
            return self._meanings.get(wanted, [])
        # A label of an earlier template: its code counts, unless the name says another.
        by_name, by_code = (self._meanings.get(canonical(part), []) for part in text.rsplit("·", 1))
        return [c for c in by_name if c in by_code] or by_name + by_code

    def near(self, text: str) -> list[str]:
        """Labels of the choices written most like a text."""
        return [self.labels[code] for code in nearest_codes(text.rsplit("·", 1)[0], self._names)]


def choices(frames, field: Field) -> Choices | None:
    """What may stand in a column, None where anything may; each of the words in 高于（突破、超） may be written as well."""
    if field.codes:
        return Choices({code: [zh, en, *re.split(r"[（）、]", zh)] for code, (zh, en) in field.codes.items()})
    if not field.refers:
        return None
    table, column = field.refers.split(".")
    frame = frames[table]
    names = [c for c in ("name_zh", "title", "name_en", "title_en") if c in frame.columns and table != "units"]
    return Choices(dict(zip(frame[column], frame[names].values.tolist(), strict=True)))
