"""New figures through the template: right values or messages that name the cell; written whole or not at all.

``python tests/test_inbox.py`` prints every broken input with what is expected of it.
"""

import csv
import datetime as dt
import io
import shutil
import string
import zipfile
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from huzhou_analysis import __main__, codebook, numerals, periods
from huzhou_analysis.data import check, load
from huzhou_analysis.inbox import adding, layout, rows, template
from huzhou_analysis.schema import TABLES

TODAY = dt.date(2026, 11, 1)
SHEET = layout.sheet_name("figures")
COLUMNS = [f.name for f in layout.fields("figures")]
LETTER = {name: get_column_letter(i) for i, name in enumerate(COLUMNS, 1)}
# A sound row: the press feature of June 2023 could have printed it; no such figure is on file.
BASE = {
    "indicator": "出口总额 · exports",
    "time_period": "2023年1-4月",
    "transformation": "水平值 · N",
    "obs_value": "34.6",
    "unit": "亿元",
    "as_printed": "出口34.6亿元",
    "source_id": "D000",
    "locator": "开头",
}
GROWTH = {"transformation": "同比", "unit": "%", "as_printed": "出口增长34.6%"}


def workbook(*records, tweak=None, columns=COLUMNS, name=SHEET, header=None):
    """A filled-in sheet as bytes; `tweak` gets workbook and sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = name
    by_name = {f.name: f for f in layout.fields("figures", all_columns=True)}
    sheet.append(header or [layout.header("figures", by_name[c]) for c in columns])
    for number, record in enumerate(records, 2):
        for column, value in record.items():
            cell = sheet.cell(number, columns.index(column) + 1)
            if isinstance(value, tuple):
                cell.value, cell.number_format = value
            else:
                cell.value = value
    if tweak:
        tweak(book, sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def text(*records, delimiter=",", encoding="utf-8-sig", columns=COLUMNS):
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(records)
    return out.getvalue().encode(encoding)


def zipped(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


def repacked(content, change):
    """A workbook with some of its parts rewritten: `change` gets name and bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


def cached(formula, result, **change):
    """A row whose value is a formula with a saved result (openpyxl itself saves none)."""
    content = workbook(BASE | change | {"obs_value": formula})

    def put(name, part):
        return (
            part.replace(b"<v></v>", f"<v>{result}</v>".encode()).replace(b"<v />", f"<v>{result}</v>".encode())
            if "sheet1" in name
            else part
        )

    return repacked(content, put)


@dataclass(frozen=True)
class Case:
    """One input, and what is expected: values that the row gets, or a message at a place."""

    name: str
    content: object
    values: dict = field(default_factory=dict)
    at: str = ""
    says: tuple = ()
    file: str = "new.xlsx"
    note: str = ""

    @property
    def expected(self):
        if self.values:
            return "accepted: " + ", ".join(f"{k}={v}" for k, v in self.values.items())
        return (
            f"refused at {self.at or 'the file'}: {' … '.join(self.says)}"
            if self.says
            else f"accepted, told: {self.note}"
        )


def row(**change):
    return lambda: workbook(BASE | change)


def growth(**change):
    return lambda: workbook(BASE | GROWTH | change)


def tweaked(tweak, *more):
    return lambda: workbook(BASE, *more, tweak=tweak)


def at(column, number=2):
    return f"{SHEET}!{LETTER[column]}{number}"


V = {"obs_value": "34.6"}
A_DATE = dt.datetime(2026, 7, 5)


def merge(reference):
    return lambda book, sheet: sheet.merge_cells(reference)


def hide_row(book, sheet):
    sheet.row_dimensions[2].hidden = True


def filter_row(book, sheet):
    sheet.auto_filter.ref = "A1:W3"
    sheet.auto_filter.add_filter_column(1, ["x"])
    sheet.row_dimensions[2].hidden = True


def hide_column(book, sheet):
    sheet.column_dimensions[LETTER["comment"]].hidden = True
    sheet[f"{LETTER['comment']}2"] = "secret"


def hide_sheet(book, sheet):
    book.create_sheet("其他")
    sheet.sheet_state = "hidden"


def title_row(book, sheet):
    sheet.insert_rows(1, 2)
    sheet["A1"] = "湖州市 2023 年数据"


def macros(name, part):
    return part


CASES = [
    # --- units and choices
    Case("wrong unit", row(unit="亿美金"), at=at("unit"), says=("units.csv", "亿美元")),
    Case("unit other than printed", row(unit="亿美元"), at=at("unit"), says=("亿元", "prints")),
    Case("no unit", row(unit=None), at=at("unit"), says=("must not be empty", "亿元")),
    Case("unit in the value", row(obs_value="34.6亿元"), V),
    Case("unit in the value only", row(obs_value="34.6亿元", unit=None), V | {"unit": "亿元"}),
    Case("other unit in the value", row(obs_value="34.6亿美元"), at=at("obs_value"), says=("disagrees",)),
    Case("unknown unit in the value", row(obs_value="34.6亿美金", unit=None), at=at("obs_value"), says=("no unit on file", "亿美元")),
    Case("full-width unit", growth(unit="％"), V | {"unit": "%"}),
    Case("unknown indicator, near", row(indicator="出口总颔"), at=at("indicator"), says=("exports",)),
    Case("indicator by its Chinese name", row(indicator="出口总额"), {"indicator": "exports"}),
    Case("indicator by code in full width", row(indicator="ｅｘｐｏｒｔｓ"), {"indicator": "exports"}),
    Case("indicator that may be several", row(indicator="出口"), at=at("indicator"), says=("did you mean", "·")),
    Case("label whose name and code disagree", row(indicator="出口总额 · imports"), at=at("indicator"), says=("several", "imports")),
    Case("unknown status", row(obs_status="好"), at=at("obs_status"), says=("allowed", "P")),
    Case("unknown source", row(source_id="D999"), at=at("source_id"), says=("sources.csv", "D00")),
    Case("level or growth not chosen", row(transformation=None), at=at("transformation"), says=("must not be empty",)),
    Case("growth in a unit that is no rate", row(transformation="GY"), at=at("unit"), says=("a growth rate (GY) is in",)),
    # --- numbers
    Case("number as number", row(obs_value=34.6), V),
    Case("number as text", row(obs_value="34.6"), V),
    Case("digits as printed", row(obs_value=34.6, as_printed="出口34.60亿元"), {"obs_value": "34.60"}),
    Case("float noise", row(obs_value=0.1 + 0.2, as_printed="出口0.3亿元"), {"obs_value": "0.3"}),
    Case("full-width digits", row(obs_value="３４．６"), V),
    Case("spaces, no-break and zero-width characters", row(obs_value="\u00a0 34.6\u200b \ufeff"), V),
    Case("thousands separator", row(obs_value="1,234.5", as_printed="出口1234.5亿元"), {"obs_value": "1234.5"}),
    Case("Chinese comma", row(obs_value="1，234.5", as_printed="出口1,234.5亿元"), {"obs_value": "1234.5"}),
    Case("comma in a wrong place", row(obs_value="34,6"), at=at("obs_value"), says=("must be a number",)),
    Case("space inside a number", row(obs_value="34 .6"), at=at("obs_value"), says=("must be a number",)),
    Case("Chinese numeral", row(obs_value="二十八", as_printed="出口二十八亿元"), {"obs_value": "28"}),
    Case("Chinese numeral with a decimal", row(obs_value="三十四点六"), at=at("obs_value"), says=("must be a number",)),
    Case("scientific notation", row(obs_value="3.46E+01"), V),
    Case("scientific notation that lost digits", row(obs_value="1.2E+03", as_printed="出口1234亿元"), at=at("obs_value"), says=("does not hold", "1234")),
    Case("percent cell", growth(obs_value=(0.346, "0.0%")), V | {"unit": "%"}),
    Case("percent cell without unit", growth(obs_value=(0.346, "0.0%"), unit=None), V | {"unit": "%"}),
    Case("percent cell in another unit", row(obs_value=(0.346, "0%")), at=at("obs_value"), says=("percentage", "亿元")),
    Case("fraction for a percentage", growth(obs_value=0.346), at=at("obs_value"), says=("does not hold", "34.6")),
    Case("negative number", growth(obs_value=-34.6, as_printed="出口下降34.6%"), {"obs_value": "-34.6"}),
    Case("typographic minus", growth(obs_value="−34.6", as_printed="出口下降34.6%"), {"obs_value": "-34.6"}),
    Case("a fall entered as growth", growth(as_printed="出口下降34.6%"), at=at("obs_value"), says=("-34.6",)),
    Case("growth entered as a fall", growth(obs_value="-34.6"), at=at("obs_value"), says=("growth",)),
    Case("parentheses for a negative", growth(obs_value="(34.6)"), at=at("obs_value"), says=("-34.6",)),
    Case("boolean", row(obs_value=True), at=at("obs_value"), says=("true/false",)),
    Case("error cell", row(obs_value="#N/A"), at=at("obs_value"), says=("formula that failed",)),
    Case("error cell of a division", row(obs_value="#DIV/0!"), at=at("obs_value"), says=("formula that failed",)),
    Case("dash for nothing", row(obs_value="—"), at=at("obs_value"), says=("must be a number",)),
    Case("no value", row(obs_value=None), at=at("obs_value"), says=("must not be empty",)),
    Case("date in the value", row(obs_value=(A_DATE, "yyyy-mm-dd")), at=at("obs_value"), says=("into a date",)),
    Case("5-7 that became a date", row(obs_value=(A_DATE, 'm"月"d"日"')), at=at("obs_value"), says=("into a date",)),
    Case("formula without result", row(obs_value="=17.3*2"), at=at("obs_value"), says=("paste as values",)),
    Case("formula with result", lambda: cached("=17.3*2", "34.6"), V),
    Case("formula that refers to another workbook", lambda: cached("=[1]Sheet1!A1", "34.6"), at=at("obs_value"), says=("another workbook",)),
    Case("number not in the text", row(obs_value="43.6"), at=at("obs_value"), says=("does not hold", "34.6")),
    # --- ranges, bounds, approximations
    Case("range", row(obs_value="5-7", as_printed="出口5-7亿元"), {"obs_value": "5", "value_high": "7", "relation": "range"}),
    Case("range with a dash", row(obs_value="5—7亿元", as_printed="出口5—7亿元"), {"obs_value": "5", "value_high": "7"}),
    Case("range the wrong way round", row(obs_value="7-5", as_printed="出口5-7亿元"), at=at("value_high"), says=("above the value",)),
    Case("bound in words", row(obs_value="超过34.6", as_printed="出口超过34.6亿元"), V | {"relation": ">"}),
    Case("bound as a sign", row(obs_value="≥34.6"), V | {"relation": ">="}),
    Case("bound behind the unit", row(obs_value="34.6亿元以上"), V | {"relation": ">="}),
    Case("bound in the text only", row(as_printed="出口突破34.6亿元"), V | {"relation": ">"}),
    Case("bound against the relation chosen", row(obs_value=">34.6", relation="="), at=at("relation"), says=("disagrees",)),
    Case("about", row(obs_value="约34.6"), V | {"relation": "~"}),
    # --- periods and dates
    Case("first half in words", row(time_period="2022年上半年"), {"time_period": "2022-S1"}),
    Case("half by its code", row(time_period="2022-S1"), {"time_period": "2022-S1"}),
    Case("January to June is the first half", row(time_period="2022年1-6月"), {"time_period": "2022-S1"}),
    Case("type, year and number", row(time_period=None, period_type="1-N月累计", year=2023, period_number=4), {"time_period": "2023-01/P4M"}),
    Case("five years", row(time_period=None, period_type="五年合计", year="2018"), {"time_period": "2018/P5Y"}),
    Case("type without number", row(time_period=None, period_type="季度", year=2023), at=at("period_number"), says=("1-4",)),
    Case("fifth quarter", row(time_period=None, period_type="季度", year=2023, period_number=5), at=at("period_number"), says=("1-4",)),
    Case("type and period disagree", row(period_type="全年", year=2022), at=at("time_period"), says=("disagrees",)),
    Case("date as a date", row(time_period=(dt.datetime(2023, 4, 9), "yyyy-mm-dd")), {"time_period": "2023-04-09"}),
    Case("month that became a date", row(time_period=(dt.datetime(2023, 4, 1), 'yyyy"年"m"月"')), {"time_period": "2023-04"}),
    Case("1-9 that became a date", row(time_period=(A_DATE, "d-mmm")), at=at("time_period"), says=("into a date",)),
    Case("year as a date", row(time_period=None, period_type="全年", year=(A_DATE, "yyyy-mm-dd")), at=at("year"), says=("four digits",)),
    Case("two-digit year", row(time_period="23年"), at=at("time_period"), says=("2023",)),
    Case("two-digit year beside a type", row(time_period=None, period_type="全年", year=23), at=at("year"), says=("2023",)),
    Case("no period", row(time_period=None), at=at("time_period"), says=("未载明",)),
    Case("period not stated", row(time_period=None, period_type="未载明", record_type="claim"), {"time_period": "", "time_basis": "unstated"}),
    Case("13th month", row(time_period="2023-13"), at=at("time_period"), says=("no such period",)),
    Case("a result of the future", row(time_period="2027"), at=at("time_period"), says=("not begun", "target")),
    Case("published before the period begins", row(time_period="2023-Q3"), at=at("time_period"), says=("2023-06",)),
    Case("published in the future", row(vintage="2027-01-01"), at=at("vintage"), says=("after today",)),
    Case("inferred without a reason", row(time_basis="推断"), at=at("comment"), says=("say why",)),
    # --- text
    Case("text too long", row(as_printed="出口34.6亿元" + "同" * 20), at=at("as_printed"), says=("at most 25",)),
    Case("formula in a comment", lambda: text(BASE | {"comment": "=HYPERLINK(1)"}), {"comment": "=HYPERLINK(1)"}, file="a.csv"),
    Case("markup in a comment", row(comment="<script>alert(1)</script>"), {"comment": "<script>alert(1)</script>"}),
    Case("line break in a comment", row(comment="一\n二"), {"comment": "一 二"}),
    Case("a new place", row(locator="第9段"), {"locator": "第9段"}),
    # --- sheets
    Case("cells merged downwards", lambda: workbook(BASE, BASE | {"time_period": "2022"}, tweak=merge(f"{LETTER['obs_value']}2:{LETTER['obs_value']}3")), at=f"{SHEET}!{LETTER['obs_value']}2", says=("merged",)),
    Case("value merged across", tweaked(lambda b, s: (s.__setitem__(f"{LETTER['obs_value']}2", 34.6), s.merge_cells(f"{LETTER['obs_value']}2:{LETTER['unit']}2"))), at=at("obs_value"), says=("merged",)),
    Case("hidden row", tweaked(hide_row), at=at("mark"), says=("hidden",)),
    Case("filtered row", tweaked(filter_row), at=at("mark"), says=("filtered",)),
    Case("hidden column", tweaked(hide_column), at=f"{SHEET}!{LETTER['comment']}1", says=("hidden",)),
    Case("hidden sheet", tweaked(hide_sheet), at=SHEET, says=("hidden",)),
    Case("missing column", lambda: workbook({k: v for k, v in BASE.items() if k != "unit"}, columns=[c for c in COLUMNS if c != "unit"]), at=SHEET, says=("missing", "unit")),
    Case("renamed column", lambda: workbook(BASE, header=[{"unit": "units"}.get(c, c) for c in COLUMNS]), at=f"{SHEET}!{LETTER['unit']}1", says=("no such column", "unit?")),
    Case("columns in another order", lambda: workbook(BASE, columns=COLUMNS[::-1]), V),
    Case("duplicated column", lambda: workbook(BASE, header=[{"comment": "unit"}.get(c, c) for c in COLUMNS]), at=f"{SHEET}!{LETTER['comment']}1", says=("two columns",)),
    Case("header under a title", tweaked(title_row), V),
    Case("another sheet name", lambda: workbook(BASE, name="Sheet1"), V),
    Case("value outside the table", tweaked(lambda b, s: s.__setitem__("AH2", "x")), at=f"{SHEET}!AH2", says=("outside",)),
    Case("a changed example", row(mark=layout.EXAMPLE), at=at("mark"), says=("clear this cell",)),
    Case("the same row twice", lambda: workbook(BASE, BASE), V, note="same figure"),
    Case("two values for one figure", lambda: workbook(BASE, BASE | {"obs_value": "35.6", "as_printed": "出口35.6亿元"}), at=at("obs_value", 3), says=("34.6 亿元 already",)),
    # --- files
    Case("csv with a byte order mark", lambda: text(BASE), V, file="a.csv"),
    Case("csv without", lambda: text(BASE, encoding="utf-8"), V, file="a.csv"),
    Case("GBK csv", lambda: text(BASE, encoding="gbk"), V, file="a.csv", note="read as GBK"),
    Case("UTF-16 csv", lambda: text(BASE, encoding="utf-16", delimiter="\t"), V, file="a.csv", note="read as UTF-16"),
    Case("semicolons", lambda: text(BASE, delimiter=";"), V, file="a.csv"),
    Case("tabs", lambda: text(BASE, delimiter="\t"), V, file="a.txt"),
    Case("csv named xlsx", lambda: text(BASE), V),
    Case("open quote", lambda: text(BASE) + b'"open', says=("quote",), file="a.csv"),
    Case("zero bytes", lambda: b"", says=("0 bytes",)),
    Case("an empty sheet", lambda: workbook(header=["x"]), says=("no header",)),
    Case("only the header", lambda: workbook(), note="Nothing"),
    Case("renamed docx", lambda: zipped(word__document_xml="<a/>"), says=("Word",)),
    Case("renamed zip", lambda: zipped(a="b"), says=("zip",)),
    Case("truncated workbook", lambda: workbook(BASE)[:2000], says=("damaged",)),
    Case("damaged sheet", lambda: repacked(workbook(BASE), lambda n, p: p[: len(p) // 2] if "sheet1" in n else p), says=("damaged",)),
    Case("renamed pdf", lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", says=("neither xlsx nor csv",)),
    Case("renamed picture", lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF", says=("neither xlsx nor csv",)),
    Case("web page named xls", lambda: b"<html><table><tr><td>1</td></tr></table></html>", says=("web page",), file="a.xls"),
    Case("old xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), says=("old format",), file="a.xls"),
    Case("password", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), says=("password",)),
    Case("zip bomb", lambda: zipped(xl__workbook_xml=b"0" * (60 * 2**20)), says=("too large",)),
    Case("entity bomb", lambda: repacked(workbook(BASE), lambda n, p: b'<!DOCTYPE x [<!ENTITY a "b">]>' + p if "sheet1" in n else p), says=("declaration",)),
    Case("huge merged range", lambda: repacked(workbook(BASE), lambda n, p: p.replace(b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="A9:XFD1048576"/></mergeCells>') if "sheet1" in n else p), says=("too many cells",)),
    Case("too many cells", lambda: text(*[BASE] * 5000), says=("too many cells",), file="a.csv"),
    Case("macros", lambda: repacked(workbook(BASE), lambda n, p: p), V, file="a.xlsm"),
    Case("a name full of tricks", lambda: workbook(BASE), V, file="新 数字 '$(x)%s{0}.xlsx"),
]  # fmt: skip


@pytest.fixture(scope="module")
def small(five_documents, tmp_path_factory):
    """The tables of the five documents without the identities between them; only read."""
    folder = tmp_path_factory.mktemp("small") / "data"
    shutil.copytree(five_documents, folder)
    return folder


def planned(content, root, folder, file="new.xlsx"):
    path = folder / file
    path.write_bytes(content)
    return adding.plan([path], root, TODAY)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_broken_input(case, small, tmp_path):
    """Each gives the right value or a message that names its place; see `Case.expected`."""
    made = planned(case.content(), small, tmp_path, case.file)
    if case.says:
        told = [p for p in made.problems if all(s in f"{p.column} {p}" for s in case.says)]
        assert told, [str(p) for p in made.problems]
        assert any(p.cell.startswith(case.at) and p.file == case.file for p in told), [p.cell for p in told]
        assert not made.shown
        return
    assert not made.problems, [str(p) for p in made.problems]
    if case.values:
        assert len(made.rows["figures"]) == 1
        added = made.rows["figures"][0]
        assert {k: added[k] for k in case.values} == case.values
    if case.note and case.note != "Nothing":
        assert any(case.note in en for _, en in made.notes), made.notes
    assert case.values or not made.count


def test_case_names_differ():
    assert len({c.name for c in CASES}) == len(CASES) >= 40
