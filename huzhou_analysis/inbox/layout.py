"""Sheets and columns of the template: the tables' own, in the order in which a person thinks of them.

Everything comes from :mod:`~huzhou_analysis.facts.schema`: a new code or column there appears in the template and is read back.
"""

from __future__ import annotations

import re
import unicodedata

from ..facts.names import nearest_codes
from ..facts.schema import TABLES, Field

MARK = Field("mark", "string", "标记", "“示例 example” marks an example, which is not added; leave empty")
EXAMPLE = "示例 example"
FILE = "new_figures.xlsx"
LISTS, HELP, OTHERS = OTHER_SHEETS = ("列表 lists", "说明 How to", "未用数码 others")  # sheets that hold no rows to add
ENTRY_TABLES = ("figures", "indicators", "ref_areas", "units", "sources")

PERIOD_TYPES = {  # Chinese, English, how it is written, what stands beside the year
    "year": ("全年", "calendar year", "{y}", ""),
    "first_half": ("上半年", "January to June", "{y}-S1", ""),
    "second_half": ("下半年", "July to December", "{y}-S2", ""),
    "quarter": ("季度", "quarter; its number (1-4) beside the year", "{y}-Q{n}", "1-4"),
    "year_to_date": ("1-N月累计", "January to month N; N beside the year", "{y}年1-{n}月", "2-12"),
    "month": ("单月", "one month; its number beside the year", "{y}年{n}月", "1-12"),
    "day": ("某日", "a day; month-day, such as 9-27, beside the year", "{y}年{n}日", "9-27"),
    "five_years": ("五年合计", "five years together; the first of them in the year", "{y}/P5Y", ""),
    "unstated": ("未载明", "the document states no period", "", ""),
}
_KINDS = {code: names[:2] for code, names in PERIOD_TYPES.items()}
# Columns in front of what is proposed from a document; read back, and rows that are not kept are left out.
KEEP_CODES = {"yes": ("添加", "add it"), "no": ("不要", "leave it out"), "look": ("待看", "not added until it is looked at"),
              "used": ("随用", "added if a kept figure uses it")}  # fmt: skip
KEEP = Field("keep", "string", "采用", "whether the row is added", codes=KEEP_CODES)
FRONT = (
    KEEP,
    Field("sure", "string", "把握", "sure: nothing was guessed"),
    Field("guesses", "string", "推测", "what was guessed"),
    Field("sentence", "string", "原句", "the sentence with the number marked"),
    Field("on_file", "string", "已收录", "what the tables hold for the same quantity"),
)
_EXTRA = {
    "period_type": Field(
        "period_type", "string", "时期类型", "kind of period; or fill in time_period instead", codes=_KINDS
    ),
    "year": Field("year", "integer", "年份", "four digits; the first year of several"),
    "period_number": Field("period_number", "string", "第几", "quarter 1-4, month 1-12, or month-day 9-27"),
    "locator_en": Field("locator_en", "string", "英文位置", "name of a new place in English, if you can give it"),
}
_FIGURE_ORDER = (
    "indicator", "ref_area", "period_type", "year", "period_number", "time_period", "transformation", "obs_value", "unit",
    "as_printed", "source_id", "locator", "record_type", "relation", "value_high", "commitment", "obs_status", "prices",
    "span", "vintage", "time_basis", "comment", "locator_en",
)  # fmt: skip
# Required by the table, but worked out where the person leaves them empty.
_DERIVED = {"figure_id", "ref_area", "record_type", "relation", "span", "obs_status", "time_basis", "locator"}


def fields(table: str, *, all_columns: bool = False) -> list[Field]:
    """Columns of an entry sheet in order; with `all_columns` also those read back but not offered (``figure_id``)."""
    own = TABLES[table].fields
    if table != "figures":
        return [MARK, *own, *([KEEP] if all_columns else [])]
    by_name = {f.name: f for f in own} | _EXTRA
    first = [by_name[name] for name in _FIGURE_ORDER]
    rest = [f for f in own if f not in first and (all_columns or f.name != "figure_id")]
    return [MARK, *first, *rest, *(FRONT if all_columns else ())]


def is_required(table: str, field: Field) -> bool:
    """Whether a person must fill a column in."""
    if table != "figures":
        return field.required
    return (field.required and field.name not in _DERIVED) or field.name == "obs_value"


def sheet_name(table: str) -> str:
    return f"{TABLES[table].zh} {table}"


def header(table: str, field: Field) -> str:
    """Header of a column: Chinese, a star where it is required, and the machine's name."""
    return f"{field.zh}{' *' if is_required(table, field) else ''}\n{field.name}"


def canonical(text: str) -> str:
    """Text as it is compared: one width, no spaces or invisible characters, small letters."""
    text = unicodedata.normalize("NFKC", text)
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) != "Cf").casefold()


class Choices:
    """What may stand in a column, under every name that a person may write: label, code, Chinese and English name."""

    def __init__(self, entries: list[tuple[str, list[str]]]) -> None:
        """`entries` holds each code with its names, the one it is shown with first."""
        self.labels = {code: f"{names[0]} · {code}" if names else code for code, names in entries}
        self._names = {code: [code, *names] for code, names in entries}
        self._meanings: dict[str, list[str]] = {}
        for code, names in entries:
            for name in dict.fromkeys(canonical(n) for n in (code, self.labels[code], *names)):
                if name:
                    self._meanings.setdefault(name, []).append(code)

    def find(self, text: str) -> list[str]:
        """Codes that a text may mean: one if it is clear, none if it is unknown."""
        wanted = canonical(text)
        if text in self.labels:
            return [text]
        if wanted in self._meanings:
            return self._meanings[wanted]
        if "·" in text:  # a label of an earlier template: its code counts, unless the name says another
            name, code = text.rsplit("·", 1)
            by_code, by_name = (self._meanings.get(canonical(t), []) for t in (code, name))
            return by_code if not by_name else [c for c in by_name if c in by_code] or by_name + by_code
        return []

    def near(self, text: str) -> list[str]:
        """Labels of the choices written most like a text."""
        return [self.labels[code] for code in nearest_codes(text.rsplit("·", 1)[0], self._names)]


def code_choices(codes: dict[str, tuple[str, str]]) -> Choices:
    """Choices of a code list; each of the words in 高于（突破、超） may be written as well."""
    return Choices([(c, [zh, en, *[w for w in re.split(r"[（）、]", zh) if w]]) for c, (zh, en) in codes.items()])


def choices(frames, field: Field) -> Choices | None:
    """What may stand in a column; None where anything may."""
    if field.codes:
        return code_choices(field.codes)
    if not field.refers:
        return None
    table, column = field.refers.split(".")
    frame = frames[table]
    names = [c for c in ("name_zh", "title", "name_en", "title_en") if c in frame.columns and table != "units"]
    return Choices(list(zip(frame[column], frame[names].values.tolist(), strict=True)))
