"""New figures through the template: right values or messages that name the cell; written whole or not at all."""

import csv
import datetime as dt
import io
import re
import shutil
import tracemalloc
import zipfile
from dataclasses import dataclass, field

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from table_copies import Tables

from huzhou_analysis import cli as __main__
from huzhou_analysis.facts import codebook
from huzhou_analysis.facts.checks import check
from huzhou_analysis.facts.data import load
from huzhou_analysis.facts.schema import TABLES
from huzhou_analysis.inbox import layout, planning, reading, template, writing

TODAY = dt.date(2026, 11, 1)
SHEET = layout.sheet_name("figures")
COLUMNS = [f.name for f in layout.fields("figures")]
LETTER = {name: get_column_letter(i) for i, name in enumerate(COLUMNS, 1)}
# A sound row: the press feature of June 2023 could have printed it; no such figure is on file.
BASE = {
    "indicator": "出口总额 · exports", "time_period": "2023年1-4月", "transformation": "水平值 · N", "obs_value": "34.6",
    "unit": "亿元", "as_printed": "出口34.6亿元", "source_id": "D000", "locator": "开头",
}  # fmt: skip
GROWTH = {"transformation": "同比", "unit": "%", "as_printed": "出口增长34.6%"}


def workbook(*records, tweak=None, columns=COLUMNS, name=SHEET, header=None, entries=None):
    """A filled-in sheet as bytes; `tweak` gets workbook and sheet, `entries` holds a row of other tables by their names."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = name
    by_name = {f.name: f for f in layout.fields("figures", all_columns=True)}
    sheet.append(header or [layout.header(by_name[c]) for c in columns])
    for number, record in enumerate(records, 2):
        for column, value in record.items():
            cell = sheet.cell(number, columns.index(column) + 1)
            if isinstance(value, tuple):
                cell.value, cell.number_format = value
            else:
                cell.value = value
    if tweak:
        tweak(book, sheet)
    for table, entry in (entries or {}).items():
        other = book.create_sheet(layout.sheet_name(table))
        other.append(list(entry))
        other.append(list(entry.values()))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def text(*records, delimiter=",", encoding="utf-8-sig", header=COLUMNS):
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows([header, *([record.get(c, "") for c in COLUMNS] for record in records)])
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


def cached(formula):
    """A row whose value is a formula with 34.6 as its saved result (openpyxl itself saves none)."""
    content = workbook(BASE | {"obs_value": formula})
    return repacked(
        content, lambda name, part: re.sub(rb"<v\s*/>|<v></v>", b"<v>34.6</v>", part) if "sheet1" in name else part
    )


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


def hide_column(book, sheet):
    sheet.column_dimensions[LETTER["comment"]].hidden = True
    sheet[f"{LETTER['comment']}2"] = "secret"


def hide_sheet(book, sheet):
    book.create_sheet("其他")
    sheet.sheet_state = "hidden"


def title_row(book, sheet):
    sheet.insert_rows(1, 2)
    sheet["A1"] = "湖州市 2023 年数据"


def with_macros(content):
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    return out.getvalue()


def raised(before, mark, after):
    return CellRichText(before, TextBlock(InlineFont(vertAlign="superscript"), mark), after)


def prefixed(name, part):
    """A sheet whose cells are written with a prefix, in a part of another name's space, and are far too many."""
    if "sheet1" not in name:
        return part
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    cells = "<x:row>" + "<x:c/>" * 200 + "</x:row>"
    return f'<x:worksheet xmlns:x="{space}"><x:sheetData>{cells * 600}</x:sheetData></x:worksheet>'.encode()


CASES = [
    # --- units and choices
    Case("no unit", row(unit=None), at=at("unit"), says=("must not be empty", "亿元")),
    Case("unit in the value only", row(obs_value="34.6亿元", unit=None), V | {"unit": "亿元"}),
    Case("other unit in the value", row(obs_value="34.6亿美元"), at=at("obs_value"), says=("disagrees",)),
    Case("unknown unit in the value", row(obs_value="34.6亿美金", unit=None), at=at("obs_value"), says=("no unit on file", "亿美元")),
    Case("unknown indicator, near", row(indicator="出口总颔"), at=at("indicator"), says=("exports",)),
    Case("indicator that may be several", row(indicator="出口"), at=at("indicator"), says=("did you mean", "·")),
    Case("label whose name and code disagree", row(indicator="出口总额 · imports"), at=at("indicator"), says=("several", "imports")),
    Case("level or growth not chosen", row(transformation=None), at=at("transformation"), says=("must not be empty",)),
    # --- numbers
    Case("float noise", row(obs_value=0.1 + 0.2, as_printed="出口0.3亿元"), {"obs_value": "0.3"}),
    Case("comma in a wrong place", row(obs_value="34,6"), at=at("obs_value"), says=("must be a number",)),
    Case("Chinese numeral", row(obs_value="二十八", as_printed="出口二十八亿元"), {"obs_value": "28"}),
    Case("scientific notation that lost digits", row(obs_value="1.2E+03", as_printed="出口1234亿元"), at=at("as_printed"), says=("does not hold", "1234")),
    Case("percent cell in another unit", row(obs_value=(0.346, "0%")), at=at("obs_value"), says=("%", "亿元")),
    Case("boolean", row(obs_value=True), at=at("obs_value"), says=("true/false",)),
    Case("5-7 that became a date", row(obs_value=(A_DATE, 'm"月"d"日"')), at=at("obs_value"), says=("into a date",)),
    Case("formula without result", row(obs_value="=17.3*2"), at=at("obs_value"), says=("paste as values",)),
    Case("formula with result", lambda: cached("=17.3*2"), V),
    Case("formula that refers to another workbook", lambda: cached("=[1]Sheet1!A1"), at=at("obs_value"), says=("another workbook",)),
    # --- ranges, bounds, approximations
    Case("bound in the text only", row(as_printed="出口突破34.6亿元"), V | {"relation": ">"}),
    Case("bound against the relation chosen", row(obs_value=">34.6", relation="="), at=at("relation"), says=("disagrees",)),
    Case("a bound before a Chinese numeral", row(obs_value="1000", as_printed="近千家企业", unit="家", span="时点"), {"relation": "~"}),
    Case("a fall by at least", growth(obs_value="-34.6", as_printed="下降34.6%以上"), {"obs_value": "-34.6", "relation": "<="}),
    Case("a magnitude of no unit", row(as_printed="出口34.6万亿元"), at=at("unit"), says=("万亿",)),
    # --- periods and dates
    Case("type, year and number", row(time_period=None, period_type="1-N月累计", year=2023, period_number=4), {"time_period": "2023-01/P4M"}),
    Case("five years", row(time_period=None, period_type="五年合计", year="2018"), {"time_period": "2018/P5Y"}),
    Case("type and period disagree", row(period_type="全年", year=2022), at=at("time_period"), says=("disagrees",)),
    Case("month that became a date", row(time_period=(dt.datetime(2023, 4, 1), 'yyyy"年"m"月"')), {"time_period": "2023-04"}),
    Case("no period", row(time_period=None), at=at("time_period"), says=("未载明",)),
    Case("period not stated", row(time_period=None, period_type="未载明", record_type="claim", span="累计"), {"time_period": "", "time_basis": "unstated"}),
    Case("published before the period begins", row(time_period="2023-Q3"), at=at("time_period"), says=("after it was published",)),
    Case("inferred without a reason", row(time_basis="推断"), at=at("comment"), says=("say why",)),
    # --- text
    Case("formula in a comment", lambda: text(BASE | {"comment": "=HYPERLINK(1)"}), {"comment": "=HYPERLINK(1)"}, file="a.csv"),
    Case("a new place", row(locator="第9段"), {"locator": "第9段"}),
    # --- marks, spaces, signs, forms of growth, kinds of period
    Case("October as a number", row(time_period=2022.10), at=at("time_period"), says=("2022年10月",)),
    Case("a magnitude behind the value", row(obs_value="34.6万"), at=at("obs_value"), says=("万元",)),
    # --- sheets
    Case("a row struck through", tweaked(lambda b, s: [setattr(cell, "font", Font(strike=True)) for cell in s[2]]), at=at("obs_value"), says=("struck through",)),
    Case("a row of no height", lambda: repacked(workbook(BASE), lambda n, p: p.replace(b'<row r="2"', b'<row r="2" ht="0" customHeight="1"')), at=at("mark"), says=("hidden",)),
    Case("a format that shows nothing", row(obs_value=(34.6, ";;;")), at=at("obs_value"), says=("shows nothing",)),
    Case("a stray formatted cell", tweaked(lambda b, s: setattr(s["C1048576"], "number_format", "0.0")), V),
    Case("the filled-in sheet is not the one of that name", tweaked(lambda b, s: (setattr(s, "title", "Sheet1"), b.create_sheet(SHEET))), V),
    Case("Strict Open XML", lambda: repacked(workbook(BASE), lambda n, p: p.replace(b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main")), says=("Strict Open XML",)),
    Case("many cells under another tag", lambda: repacked(workbook(BASE), prefixed), says=("too many cells",)),
    Case("cells merged downwards", lambda: workbook(BASE, BASE | {"time_period": "2022"}, tweak=lambda b, s: s.merge_cells(f"{LETTER['obs_value']}2:{LETTER['obs_value']}3")), at=f"{SHEET}!{LETTER['obs_value']}2", says=("merged",)),
    Case("value merged across", tweaked(lambda b, s: (s.__setitem__(f"{LETTER['obs_value']}2", 34.6), s.merge_cells(f"{LETTER['obs_value']}2:{LETTER['unit']}2"))), at=at("obs_value"), says=("merged",)),
    Case("hidden row", tweaked(lambda b, s: setattr(s.row_dimensions[2], "hidden", True)), at=at("mark"), says=("hidden",)),
    Case("hidden column", tweaked(hide_column), at=f"{SHEET}!{LETTER['comment']}1", says=("hidden",)),
    Case("hidden sheet", tweaked(hide_sheet), at=SHEET, says=("hidden",)),
    Case("missing column", lambda: workbook({k: v for k, v in BASE.items() if k != "unit"}, columns=[c for c in COLUMNS if c != "unit"]), at=SHEET, says=("missing", "unit")),
    Case("renamed column", lambda: workbook(BASE, header=[{"unit": "units"}.get(c, c) for c in COLUMNS]), at=f"{SHEET}!{LETTER['unit']}1", says=("no such column", "unit?")),
    Case("duplicated column", lambda: workbook(BASE, header=[{"comment": "unit"}.get(c, c) for c in COLUMNS]), at=f"{SHEET}!{LETTER['comment']}1", says=("two columns",)),
    Case("header under a title", tweaked(title_row), V),
    Case("another sheet name", lambda: workbook(BASE, name="Sheet1"), V),
    Case("value outside the table", tweaked(lambda b, s: s.__setitem__("AH2", "x")), at=f"{SHEET}!AH2", says=("outside",)),
    Case("a changed example", row(mark=layout.EXAMPLE), at=at("mark"), says=("clear this cell",)),
    Case("the same row twice", lambda: workbook(BASE, BASE), V, note="same figure"),
    Case("two values for one figure", lambda: workbook(BASE, BASE | {"obs_value": "35.6", "as_printed": "出口35.6亿元"}), at=at("obs_value", 3), says=("34.6 亿元 already",)),
    # --- files
    Case("GBK csv", lambda: text(BASE, encoding="gbk"), V, file="a.csv", note="read as GBK"),
    Case("UTF-16 csv", lambda: text(BASE, encoding="utf-16", delimiter="\t"), V, file="a.csv", note="read as UTF-16"),
    Case("semicolons", lambda: text(BASE, delimiter=";"), V, file="a.csv"),
    Case("csv saved from the template, with its headers of two lines", lambda: text(BASE, encoding="gbk", header=[layout.header(f) for f in layout.fields("figures")]), V, file="a.csv"),
    Case("csv named xlsx", lambda: text(BASE), V),
    Case("open quote", lambda: text(BASE) + b'"open', says=("quote",), file="a.csv"),
    Case("zero bytes", lambda: b"", says=("0 bytes",)),
    Case("an empty sheet", lambda: workbook(header=["x"]), says=("no header",)),
    Case("renamed docx", lambda: zipped(word__document_xml="<a/>"), says=("Word",)),
    Case("damaged sheet", lambda: repacked(workbook(BASE), lambda n, p: p[: len(p) // 2] if "sheet1" in n else p), says=("damaged",)),
    Case("renamed pdf", lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", says=("neither xlsx nor csv",)),
    Case("old xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), says=("old format",), file="a.xls"),
    Case("password", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), says=("password",)),
    Case("zip bomb", lambda: zipped(xl__workbook_xml=b"0" * (60 * 2**20)), says=("too large",)),
    Case("entity bomb", lambda: repacked(workbook(BASE), lambda n, p: b'<!DOCTYPE x [<!ENTITY a "b">]>' + p if "sheet1" in n else p), says=("declaration",)),
    Case("huge merged range", lambda: repacked(workbook(BASE), lambda n, p: p.replace(b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="A9:XFD1048576"/></mergeCells>') if "sheet1" in n else p), says=("too many cells",)),
    Case("too many cells", lambda: text(*[BASE] * 5000), says=("too many cells",), file="a.csv"),
    Case("macros", lambda: with_macros(workbook(BASE)), V, file="a.xlsm", note="nothing is run"),
    Case("a name full of tricks", lambda: workbook(BASE), V, file="新 数字 '$(x)%s{0}.xlsx"),
]  # fmt: skip


@pytest.fixture(scope="module")
def small(five_documents, tmp_path_factory):
    """The figures of the press feature and their indicators, without identities between them; tests only read it."""
    folder = tmp_path_factory.mktemp("small") / "data"
    shutil.copytree(five_documents, folder)
    small = Tables(folder)
    for name in ("relations", "pairs", "not_figures", "milestones"):
        small.write(name, small.rows(name)[:1])
    head, *printed = small.rows("figures")
    printed = [r for r in printed if r[head.index("source_id")] == "D000"]
    small.write("figures", [head, *printed])
    used = {r[head.index("indicator")] for r in printed} | {"exports", "imports", "trade_total"}
    head, *known = small.rows("indicators")
    small.write("indicators", [head, *(r for r in known if r[0] in used or "出口" in r[1])])
    return folder


def planned(content, root, folder, file="new.xlsx"):
    path = folder / file
    path.write_bytes(content)
    return planning.plan([path], root, TODAY)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_broken_input(case, small, tmp_path):
    """Each gives the right value or a message that names its place."""
    made = planned(case.content(), small, tmp_path, case.file)
    if case.says:
        told = [p for p in made.problems if all(s in f"{p.column} {p}" for s in case.says)]
        assert told, [str(p) for p in made.problems]
        assert any(p.cell.startswith(case.at) and p.file == case.file for p in told), [p.cell for p in told]
        assert not made.shown
        return
    assert not made.problems, [str(p) for p in made.problems]
    if case.values:
        (added,) = made.rows("figures")
        assert {k: added[k] for k in case.values} == case.values
    if case.note and case.note != "Nothing":
        assert any(case.note in en for _, en in made.notes), made.notes
    assert case.values or not made.count


def understated(size):
    """A workbook one part of which unpacks to far more than it says."""
    padded = repacked(workbook(BASE), lambda name, part: b" " * size if name.endswith("sheet1.xml") else part)
    at = padded.rindex(size.to_bytes(4, "little"))
    return padded[:at] + (1000).to_bytes(4, "little") + padded[at + 4 :]


def test_what_unpacks_to_more_than_it_says_is_refused_without_being_held(tmp_path):
    path, problems = tmp_path / "understated.xlsx", []
    path.write_bytes(understated(150_000_000))
    tracemalloc.start()
    try:
        assert reading.read(path, problems, []) == []
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "damaged" in problems[0].en
    assert peak < 60_000_000


# --- adding ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def city(small, tmp_path):
    """Tables that a test may change, in a folder with a space and Chinese characters."""
    folder = tmp_path / "我的 数据" / "data"
    shutil.copytree(small, folder)
    codebook.write(load(folder))
    return folder


def state(folder):
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != ".lock"
    }


def drop(folder, content=None, name="new.xlsx"):
    (folder / "inbox").mkdir(exist_ok=True)
    (folder / "inbox" / name).write_bytes(content or workbook(BASE))
    return folder / "inbox" / name


def command(*arguments, data):
    return __main__.main([*map(str, arguments), "--data", str(data)])


@pytest.fixture(autouse=True)
def no_other_tables(monkeypatch):
    monkeypatch.setenv("HUZHOU_DATA", "")


def test_rows_are_appended_and_nothing_else_moves(city, capsys):
    drop(city)
    before = state(city)
    assert command("add", data=city) == 0
    after = state(city)
    old, new = before["figures.csv"], after["figures.csv"]
    assert new.startswith(old) and new.count(b"\n") == old.count(b"\n") + 1
    assert [n for n in before if n.endswith(".csv") and before[n] != after.get(n)] == ["figures.csv"]
    figure = load(city).figures.iloc[-1]
    assert (figure.obs_text, figure.unit, figure.vintage) == ("34.6", "亿元", "2023-06")
    assert figure.name == "D000.exports.2023-01P4M"
    assert codebook.generated(load(city))["README.md"].encode() == after["README.md"]
    assert "inbox/added/000001 new.xlsx" in after and "inbox/new.xlsx" not in after
    assert "make report" in capsys.readouterr().out


def test_the_same_file_adds_once(city, capsys):
    for _ in range(2):
        drop(city)
        assert command("add", data=city) == 0
    assert "not added again" in capsys.readouterr().out
    assert sum(i.startswith("D000.exports.2023-01P4M") for i in load(city).figures.index) == 1


def test_a_dry_run_writes_nothing_and_files_outside_the_inbox_stay(city, tmp_path, capsys):
    path = tmp_path / "mine.csv"
    path.write_bytes(text(BASE))
    before = state(city)
    assert command("add", path, "--dry-run", data=city) == 0
    assert state(city) == before
    out = capsys.readouterr().out
    assert "34.6 亿元" in out and "D000.exports.2023-01P4M" in out
    assert command("add", path, data=city) == 0
    assert path.exists() and load(city).figures.index[-1] == "D000.exports.2023-01P4M"


def test_one_bad_row_keeps_the_good_ones_out(city, capsys):
    drop(city, workbook(BASE, BASE | {"time_period": "2022", "unit": "亿美金"}))
    before = state(city)
    assert command("add", data=city) == 1
    assert state(city) == before
    err = capsys.readouterr().err
    assert f"{SHEET}!{LETTER['unit']}3 [unit] '亿美金'" in err and "亿美元" in err and "nothing was added" in err


def test_what_stands_out_is_asked_about_before_it_is_added_and_can_be_taken_back(city, capsys):
    drop(city, workbook(BASE | GROWTH | {"obs_value": "3460", "as_printed": "出口增长3460%"}))
    before = state(city)
    assert command("add", data=city) == 1
    said = capsys.readouterr()
    assert "增长3460%" in said.out and "--confirm" in said.err
    assert state(city) == before
    assert command("add", "--confirm", data=city) == 0
    assert load(city).figures.index[-1] == "D000.exports.2023-01P4M.gy"
    drop(city, workbook(BASE), "next.xlsx")
    assert command("add", data=city) == 0
    assert command("undo", data=city) == 0  # one after the other, the last first
    assert load(city).figures.index[-1] == "D000.exports.2023-01P4M.gy"
    assert command("add", "--undo", data=city) == 0
    after = state(city)
    assert {name: after[name] for name in before} == before
    assert command("undo", data=city) == 0
    assert "nothing to take back" in capsys.readouterr().out


def test_rows_changed_since_are_not_taken_back(city, capsys):
    drop(city)
    assert command("add", data=city) == 0
    path = city / "figures.csv"
    path.write_bytes(path.read_bytes().replace("出口34.6亿元".encode(), "出口为34.6亿元".encode()))
    changed = state(city)
    assert command("undo", data=city) == 1
    assert "by hand" in capsys.readouterr().err
    assert state(city) == changed


def test_one_fault_is_one_problem_and_hides_no_other(city, capsys):
    """A source without its English title is told once, not again by each of its figures; other rows' faults are told too."""
    figures = [BASE | {"source_id": "B2024", "locator": f"第{n}段"} for n in range(5)]
    figures += [BASE | {"obs_value": "abc"}, BASE, BASE | {"obs_value": "35.6", "as_printed": "出口35.6亿元"}]
    drop(city, workbook(*figures, entries={"sources": SOURCE | {"title_en": ""}}))
    assert command("add", data=city) == 1
    said = capsys.readouterr().err
    assert "数据有 3 处问题" in said
    assert "[title_en]" in said and "'abc'" in said and "34.6 亿元 already" in said


def test_windows_line_ends_and_a_missing_one_are_kept(city):
    path = city / "figures.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n").removesuffix(b"\r\n"))
    old = path.read_bytes()
    drop(city)
    assert command("add", data=city) == 0
    added = path.read_bytes().removeprefix(old)
    assert added.startswith(b"\r\nD000.exports") and added.endswith(b"\r\n") and added.count(b"\n") == 2
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")


SOURCE = {"source_id": "B2024", "title": "公报", "title_en": "Bulletin", "date_published": "2024-03", "kind": "bulletin", "tier": "official"}  # fmt: skip


def test_a_revision_stands_beside_the_old_value(city, capsys):
    drop(city)
    assert command("add", data=city) == 0
    row = BASE | {"source_id": "B2024", "obs_value": "36.33", "as_printed": "36.33亿元", "locator": "第1段"}
    drop(city, workbook(row, entries={"sources": SOURCE}), "revision.xlsx")
    assert command("add", data=city) == 0
    said = capsys.readouterr().out
    assert "34.6 亿元 (2023-06" in said and "36.33 亿元 (2024-03" in said
    assert "+1.73 亿元, +5.00%" in said  # 36.33 - 34.6 = 1.73; 1.73 / 34.6 = 5 %
    data = load(city)
    assert list(data.select("exports", period="2023-01/P4M").obs_text) == ["34.6", "36.33"]
    assert ("B2024", "第1段") in set(zip(data.outline.source_id, data.outline.locator, strict=True))


def test_a_new_indicator_area_and_unit_come_with_their_figure(city):
    entries = {
        "indicators": {"indicator": "lake_ferries", "name_zh": "太湖轮渡", "name_en": "Lake ferries", "theme": "交通物流", "unit": "艘", "measure_type": "数量", "ascending": True},
        "ref_areas": {"ref_area": "330500-TH", "name_zh": "太湖度假区", "name_en": "Taihu resort", "level": "平台园区", "parent": "湖州市"},
        "units": {"unit": "艘", "unit_measure": "COUNT", "unit_mult": 0, "name_en": "number", "unit_mult_en": 0},
    }  # fmt: skip
    row = BASE | {
        "indicator": "太湖轮渡",
        "ref_area": "太湖度假区",
        "unit": "艘",
        "obs_value": 12,
        "as_printed": "轮渡12艘",
    }
    drop(city, workbook(row | {"span": "时点"}, entries=entries))
    assert command("add", data=city) == 0
    data = load(city)
    added = data.figure("D000.lake_ferries.330500-TH.2023-01P4M")
    assert (added.obs_text, added.unit, data.ref_areas.parent["330500-TH"]) == ("12", "艘", "330500")
    assert bool(data.indicators.ascending["lake_ferries"])


def test_an_entry_on_file_is_never_overwritten(city, capsys):
    entry = {"unit": "亿元", "unit_measure": "CNY", "unit_mult": 9, "name_en": "CNY bn", "unit_mult_en": 9}
    drop(city, workbook(entries={"units": entry}))
    before = state(city)
    assert command("add", data=city) == 1
    assert "单位 units!C2 [unit_mult] '9'" in capsys.readouterr().err
    assert state(city) == before


@pytest.mark.parametrize("after", [1, 5, 8])
def test_a_full_disk_leaves_nothing_half_written(city, monkeypatch, after, capsys):
    """The n-th write fails: all tables are old, or (the writes were enough) all are new."""
    drop(city, workbook(BASE | {"locator": "第9段"}))
    before, calls, write = state(city), [], writing._write

    def full(path, content):
        calls.append(path)
        if len(calls) == after:
            path.write_bytes(content[:10])
            raise OSError(28, "No space left on device")
        write(path, content)

    monkeypatch.setattr(writing, "_write", full)
    status = command("add", data=city)
    if status:
        assert state(city) == before
        assert "No space left on device" in capsys.readouterr().err
    else:
        assert len(calls) < after
        assert load(city).figures.index[-1] == "D000.exports.2023-01P4M"


@pytest.mark.parametrize("after", [1, 3])
def test_an_adding_that_was_killed_is_completed_by_the_next_command(city, monkeypatch, after, capsys):
    drop(city, workbook(BASE | {"locator": "第9段"}))
    replaced, replace = [], writing.os.replace

    class Killed(BaseException):
        pass

    def kill(source, target):
        replaced.append(target)
        if len(replaced) == after:
            raise Killed
        replace(source, target)

    monkeypatch.setattr(writing.os, "replace", kill)
    with pytest.raises(Killed):
        command("add", data=city)
    monkeypatch.undo()
    assert command("check", data=city) == 0
    assert "has been completed" in capsys.readouterr().err
    data = load(city)
    assert data.figures.index[-1] == "D000.exports.2023-01P4M" and "第9段" in set(data.outline.locator)
    assert not list(city.glob(".adding*")) and not list(city.glob("*.new"))


def test_a_table_changed_after_the_cut_is_left_alone(city, monkeypatch, capsys):
    drop(city, workbook(BASE | {"locator": "第9段"}))
    monkeypatch.setattr(writing, "_complete", lambda root: (_ for _ in ()).throw(KeyboardInterrupt))
    assert command("add", data=city) == 130
    monkeypatch.undo()
    with (city / "outline.csv").open("ab") as file:
        file.write("D000,手改,by hand,\n".encode())
    mine = (city / "outline.csv").read_bytes()
    command("check", data=city)
    assert "outline.csv" in capsys.readouterr().err
    assert (city / "outline.csv").read_bytes() == mine


def test_a_file_that_is_open_or_not_there_is_refused(city, capsys):
    path = drop(city, name="二季度.xlsx")
    for lock in ("~$二季度.xlsx", ".~lock.二季度.xlsx#"):
        (city / "inbox" / lock).write_bytes(b"x")
        assert command("add", data=city) == 1
        assert "save and close" in capsys.readouterr().err
        (city / "inbox" / lock).unlink()
    assert command("add", path.with_name("二季度.xls"), data=city) == 1
    assert "二季度.xlsx" in capsys.readouterr().err


def test_nothing_to_add_or_to_complete_stops_nothing(city, capsys):
    assert command("add", data=city) == 0
    assert "make template" in capsys.readouterr().out
    (city / ".adding").mkdir()  # of an adding that was killed while tidying up
    assert command("check", data=city) == 0
    assert not (city / ".adding").exists()


def test_the_first_figure_of_an_empty_city(city):
    """Tables with the city's own row and headers only: everything else that a figure needs comes in one file."""
    for table in TABLES:
        path = city / f"{table}.csv"
        path.write_bytes(path.read_bytes().split(b"\n")[0] + b"\n")
    with (city / "ref_areas.csv").open("a", encoding="utf-8") as file:
        file.write("330400,嘉兴市,Jiaxing,city,,\n")
    assert command("template", data=city) == 0
    path = city / "inbox" / "new_figures.xlsx"
    book = openpyxl.load_workbook(path)
    entries = {
        "units": {"unit": "亿元", "unit_measure": "CNY", "unit_mult": 8, "name_en": "CNY bn", "unit_mult_en": 9},
        "indicators": {"indicator": "exports", "name_zh": "出口总额", "name_en": "Exports", "theme": "外贸", "unit": "亿元", "measure_type": "流量", "ascending": "是"},
        "sources": {"source_id": "D000", "title": "公报", "title_en": "Bulletin", "date_published": "2023-06", "kind": "统计公报", "tier": "政府发布"},
    }  # fmt: skip
    for table, entry in entries.items():
        for column, value in entry.items():
            names = [f.name for f in layout.fields(table)]
            book[layout.sheet_name(table)].cell(2, names.index(column) + 1).value = value
    for column, value in BASE.items():
        book[SHEET][f"{LETTER[column]}2"] = value
    book.save(path)
    assert command("add", data=city) == 0
    data = load(city)
    added = data.figure("D000.exports.2023-01P4M")
    assert (added.ref_area, added.obs_text, added.unit) == ("330400", "34.6", "亿元")


# --- the template ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def book(small, tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "t.xlsx"
    template.write(path, check(small)[0])
    return openpyxl.load_workbook(path)


def test_every_drop_down_holds_what_the_tables_allow(book, small):
    frames = check(small)[0]
    for table in layout.ENTRY_TABLES:
        sheet = book[layout.sheet_name(table)]
        rules = {str(r.sqref).split(":")[0]: r for r in sheet.data_validations.dataValidation}
        for position, definition in enumerate(layout.fields(table), 1):
            rule = rules[f"{get_column_letter(position)}2"]
            assert len(rule.prompt) <= 255 and len(rule.promptTitle) <= 32
            allowed = set(definition.codes or [])
            if definition.refers:
                target, column = definition.refers.split(".")
                allowed = set(frames[target][column])
            if not allowed:
                assert rule.type in (None, "none")
                continue
            sheet_title, cells = book.defined_names[rule.formula1].attr_text.replace("'", "").split("!")
            shown = [c.value for (c,) in book[sheet_title][cells.replace("$", "")]]
            finder = layout.choices(frames, definition)
            assert {finder.find(label)[0] for label in shown} == allowed
            assert all(len(finder.find(label)) == 1 for label in shown)


def test_the_example_is_a_row_on_file(book, small):
    head, example = ([c.value for c in book[SHEET][n]] for n in (1, 2))
    entered = dict(zip([h.split("\n")[1] for h in head], example, strict=True))
    on_file = load(small).figures
    assert ((on_file.as_printed == entered["as_printed"]) & (on_file.obs_text == entered["obs_value"])).any()
    assert entered["mark"] == layout.EXAMPLE


def test_an_untouched_template_adds_nothing_and_a_filled_in_one_survives_the_round(city, capsys):
    """What a person fills in by the labels of the lists comes out as the codes of the table; a second template waits."""
    before = {n: b for n, b in state(city).items() if n.endswith(".csv")}
    path = city / "inbox" / "new_figures.xlsx"
    for _ in range(2):
        assert command("template", data=city) == 0
        assert command("add", data=city) == 0
    assert "Nothing new to add" in capsys.readouterr().out
    assert {n: b for n, b in state(city).items() if n.endswith(".csv")} == before
    book = openpyxl.load_workbook(path)
    for column, value in BASE.items():
        book[SHEET][f"{LETTER[column]}3"] = value
    book.save(path)
    filled = path.read_bytes()
    assert command("template", data=city) == 1
    assert path.read_bytes() == filled
    assert "make add" in capsys.readouterr().err
    assert command("add", data=city) == 0
    columns = ["indicator", "ref_area", "time_period", "obs_text", "record_type", "relation"]
    assert load(city).figures.iloc[-1][columns].tolist() == ["exports", "330500", "2023-01/P4M", "34.6", "actual", "="]
