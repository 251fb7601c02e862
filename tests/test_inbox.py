"""New figures through the template: right values or messages that name the cell; written whole or not at all."""

import datetime as dt
import io
import re
import shutil
import tracemalloc
import zipfile
from collections import namedtuple

import openpyxl
import pandas as pd
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from table_copies import Tables, tree

from huzhou_analysis import cli as __main__
from huzhou_analysis.facts import codebook
from huzhou_analysis.facts.checks import check
from huzhou_analysis.facts.data import load
from huzhou_analysis.facts.schema import TABLES
from huzhou_analysis.inbox import adding, layout, reading, template

TODAY = dt.date(2026, 11, 1)
SHEET = layout.sheet_name("figures")
COLUMNS = [f.name for f in layout.fields("figures")]
LETTER = {name: get_column_letter(i) for i, name in enumerate(COLUMNS, 1)}
# A sound row: the press feature of June 2023 could have printed it; no such figure is on file.
BASE = {
    "indicator": "出口总额 · exports", "time_period": "2023年1-4月", "transformation": "水平值 · N", "obs_value": "34.6",
    "unit": "亿元", "as_printed": "出口34.6亿元", "source_id": "D000", "locator": "开头",
}  # fmt: skip
FIGURE = "D000.exports.2023-01P4M"
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
            cell.value, cell.number_format = value if isinstance(value, tuple) else (value, "General")
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
    return pd.DataFrame(records, columns=COLUMNS).to_csv(sep=delimiter, index=False, header=header).encode(encoding)


def packed(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def parts(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def altered(change, only="sheet1", **cells):
    """A sound workbook with the bytes of some of its parts changed."""
    return lambda: packed({n: change(p) if only in n else p for n, p in parts(workbook(BASE | cells)).items()})


def cached(formula):
    """A row whose value is a formula with 34.6 as its saved result (openpyxl itself saves none)."""
    return altered(lambda part: re.sub(rb"<v\s*/>|<v></v>", b"<v>34.6</v>", part), obs_value=formula)


# One input, and what is expected: values that the row gets, or a message at a place.
Case = namedtuple("Case", "name content values at says file note", defaults=({}, "", (), "new.xlsx", ""))


def row(**change):
    return lambda: workbook(BASE | change)


def tweaked(tweak):
    return lambda: workbook(BASE, tweak=tweak)


def at(column, number=2):
    return f"{SHEET}!{LETTER[column]}{number}"


V = {"obs_value": "34.6"}


def raised(before, mark, after):
    return CellRichText(before, TextBlock(InlineFont(vertAlign="superscript"), mark), after)


SPACE = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
# A sheet whose cells are written with a prefix and are far too many.
PREFIXED = b'<x:worksheet xmlns:x="%s"><x:sheetData>' % SPACE + (b"<x:row>" + b"<x:c/>" * 200 + b"</x:row>") * 600 + b"</x:sheetData></x:worksheet>"  # fmt: skip
MERGED = b'</sheetData><mergeCells count="1"><mergeCell ref="A9:XFD1048576"/></mergeCells>'


CASES = [
    Case("no unit", row(unit=None), at=at("unit"), says=("must not be empty", "亿元")),
    Case("unit in the value only", row(obs_value="34.6亿元", unit=None), V | {"unit": "亿元"}),
    Case("other unit in the value", row(obs_value="34.6亿美元"), at=at("obs_value"), says=("disagrees",)),
    Case("unknown unit in the value", row(obs_value="34.6亿美金", unit=None), at=at("obs_value"), says=("no unit on file", "亿美元")),
    Case("unknown indicator, near", row(indicator="出口总颔"), at=at("indicator"), says=("exports",)),
    Case("indicator that may be several", row(indicator="出口"), at=at("indicator"), says=("did you mean", "·")),
    Case("label whose name and code disagree", row(indicator="出口总额 · imports"), at=at("indicator"), says=("several", "imports")),
    Case("level or growth not chosen", row(transformation=None), at=at("transformation"), says=("must not be empty",)),
    Case("float noise", row(obs_value=0.1 + 0.2, as_printed="出口0.3亿元"), {"obs_value": "0.3"}),
    Case("comma in a wrong place", row(obs_value="34,6"), at=at("obs_value"), says=("must be a number",)),
    Case("Chinese numeral", row(obs_value="二十八", as_printed="出口二十八亿元"), {"obs_value": "28"}),
    Case("scientific notation that lost digits", row(obs_value="1.2E+03", as_printed="出口1234亿元"), at=at("as_printed"), says=("does not hold", "1234")),
    Case("percent cell in another unit", row(obs_value=(0.346, "0%")), at=at("obs_value"), says=("%", "亿元")),
    Case("boolean", row(obs_value=True), at=at("obs_value"), says=("true/false",)),
    Case("5-7 that became a date", row(obs_value=(dt.datetime(2026, 7, 5), 'm"月"d"日"')), at=at("obs_value"), says=("into a date",)),
    Case("formula without result", row(obs_value="=17.3*2"), at=at("obs_value"), says=("paste as values",)),
    Case("formula with result", cached("=17.3*2"), V),
    Case("formula that refers to another workbook", cached("=[1]Sheet1!A1"), at=at("obs_value"), says=("another workbook",)),
    Case("bound in the text only", row(as_printed="出口突破34.6亿元"), V | {"relation": ">"}),
    Case("bound against the relation chosen", row(obs_value=">34.6", relation="="), at=at("relation"), says=("disagrees",)),
    Case("a bound before a Chinese numeral", row(obs_value="1000", as_printed="近千家企业", unit="家", span="时点"), {"relation": "~"}),
    Case("a fall by at least", row(**GROWTH | {"obs_value": "-34.6", "as_printed": "下降34.6%以上"}), {"obs_value": "-34.6", "relation": "<="}),
    Case("a magnitude of no unit", row(as_printed="出口34.6万亿元"), at=at("unit"), says=("万亿",)),
    Case("type, year and number", row(time_period=None, period_type="1-N月累计", year=2023, period_number=4), {"time_period": "2023-01/P4M"}),
    Case("five years", row(time_period=None, period_type="五年合计", year="2018"), {"time_period": "2018/P5Y"}),
    Case("type and period disagree", row(period_type="全年", year=2022), at=at("time_period"), says=("disagrees",)),
    Case("month that became a date", row(time_period=(dt.datetime(2023, 4, 1), 'yyyy"年"m"月"')), {"time_period": "2023-04"}),
    Case("no period", row(time_period=None), at=at("time_period"), says=("未载明",)),
    Case("period not stated", row(time_period=None, period_type="未载明", record_type="claim", span="累计"), {"time_period": "", "time_basis": "unstated"}),
    Case("published before the period begins", row(time_period="2023-Q3"), at=at("time_period"), says=("after it was published",)),
    Case("inferred without a reason", row(time_basis="推断"), at=at("comment"), says=("say why",)),
    Case("formula in a comment", lambda: text(BASE | {"comment": "=HYPERLINK(1)"}), {"comment": "=HYPERLINK(1)"}, file="a.csv"),
    Case("a magnitude behind the value", row(obs_value="34.6万"), at=at("obs_value"), says=("万元",)),
    Case("a row struck through", tweaked(lambda b, s: [setattr(cell, "font", Font(strike=True)) for cell in s[2]]), at=at("obs_value"), says=("struck through",)),
    Case("a row of no height", altered(lambda p: p.replace(b'<row r="2"', b'<row r="2" ht="0" customHeight="1"')), at=at("mark"), says=("hidden",)),
    Case("a format that shows nothing", row(obs_value=(34.6, ";;;")), at=at("obs_value"), says=("shows nothing",)),
    Case("a stray formatted cell", tweaked(lambda b, s: setattr(s["C1048576"], "number_format", "0.0")), V),
    Case("the filled-in sheet is not the one of that name", tweaked(lambda b, s: (setattr(s, "title", "Sheet1"), b.create_sheet(SHEET))), V),
    Case("Strict Open XML", altered(lambda p: p.replace(SPACE, b"http://purl.oclc.org/ooxml/spreadsheetml/main"), only=""), says=("Strict Open XML",)),
    Case("many cells under another tag", altered(lambda p: PREFIXED), says=("too many cells",)),
    Case("cells merged downwards", lambda: workbook(BASE, BASE | {"time_period": "2022"}, tweak=lambda b, s: s.merge_cells(f"{LETTER['obs_value']}2:{LETTER['obs_value']}3")), at=f"{SHEET}!{LETTER['obs_value']}2", says=("merged",)),
    Case("value merged across", tweaked(lambda b, s: (s.__setitem__(f"{LETTER['obs_value']}2", 34.6), s.merge_cells(f"{LETTER['obs_value']}2:{LETTER['unit']}2"))), at=at("obs_value"), says=("merged",)),
    Case("hidden row", tweaked(lambda b, s: setattr(s.row_dimensions[2], "hidden", True)), at=at("mark"), says=("hidden",)),
    Case("hidden column", tweaked(lambda b, s: (s.__setitem__(f"{LETTER['comment']}2", "x"), setattr(s.column_dimensions[LETTER["comment"]], "hidden", True))), at=f"{SHEET}!{LETTER['comment']}1", says=("hidden",)),
    Case("hidden sheet", tweaked(lambda b, s: (b.create_sheet("其他"), setattr(s, "sheet_state", "hidden"))), at=SHEET, says=("hidden",)),
    Case("missing column", lambda: workbook({k: v for k, v in BASE.items() if k != "unit"}, columns=[c for c in COLUMNS if c != "unit"]), at=SHEET, says=("missing", "unit")),
    Case("renamed column", lambda: workbook(BASE, header=[{"unit": "units"}.get(c, c) for c in COLUMNS]), at=f"{SHEET}!{LETTER['unit']}1", says=("no such column", "unit?")),
    Case("duplicated column", lambda: workbook(BASE, header=[{"comment": "unit"}.get(c, c) for c in COLUMNS]), at=f"{SHEET}!{LETTER['comment']}1", says=("two columns",)),
    Case("header under a title", tweaked(lambda b, s: (s.insert_rows(1, 2), s.__setitem__("A1", "湖州市 2023 年数据"))), V),
    Case("value outside the table", tweaked(lambda b, s: s.__setitem__("AH2", "x")), at=f"{SHEET}!AH2", says=("outside",)),
    Case("a changed example", row(mark=layout.EXAMPLE), at=at("mark"), says=("clear this cell",)),
    Case("another entry under a code on file", lambda: workbook(entries={"units": {"unit": "亿元", "unit_measure": "CNY", "unit_mult": 9, "name_en": "CNY bn", "unit_mult_en": 9}}), at="单位 units!C2", says=("unit_mult", "'9'", "is on file with “8”")),
    Case("the same row twice", lambda: workbook(BASE, BASE), V, note="same figure"),
    Case("two values for one figure", lambda: workbook(BASE, BASE | {"obs_value": "35.6", "as_printed": "出口35.6亿元"}), at=at("obs_value", 3), says=("34.6 亿元 already",)),
    Case("UTF-16 csv", lambda: text(BASE, encoding="utf-16", delimiter="\t"), V, file="a.csv", note="read as UTF-16"),
    Case("semicolons", lambda: text(BASE, delimiter=";"), V, file="a.csv"),
    Case("csv saved from the template, with its headers of two lines", lambda: text(BASE, encoding="gbk", header=[layout.header(f) for f in layout.fields("figures")]), V, file="a.csv", note="read as GBK"),
    Case("csv named xlsx", lambda: text(BASE), V),
    Case("open quote", lambda: text(BASE) + b'"open', says=("quote",), file="a.csv"),
    Case("zero bytes", lambda: b"", says=("0 bytes",)),
    Case("an empty sheet", lambda: workbook(header=["x"]), says=("no header",)),
    Case("renamed docx", lambda: packed({"word/document.xml": "<a/>"}), says=("Word",)),
    Case("damaged sheet", altered(lambda p: p[: len(p) // 2]), says=("damaged",)),
    Case("renamed pdf", lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", says=("neither xlsx nor csv",)),
    Case("old xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), says=("old format",), file="a.xls"),
    Case("password", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), says=("password",)),
    Case("zip bomb", lambda: packed({"xl/workbook.xml": b"0" * (60 * 2**20)}), says=("too large",)),
    Case("entity bomb", altered(lambda p: b'<!DOCTYPE x [<!ENTITY a "b">]>' + p), says=("declaration",)),
    Case("huge merged range", altered(lambda p: p.replace(b"</sheetData>", MERGED)), says=("too many cells",)),
    Case("too many cells", lambda: text(*[BASE] * 5000), says=("too many cells",), file="a.csv"),
    Case("macros", lambda: packed(parts(workbook(BASE)) | {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"}), V, file="a.xlsm", note="nothing is run"),
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


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_broken_input(case, small, tmp_path):
    """Each gives the right value or a message that names its place."""
    path = tmp_path / case.file
    path.write_bytes(case.content())
    made = adding.plan([path], small, TODAY)
    if case.says:
        told = [p for p in made.problems if all(s in f"{p.column} {p}" for s in case.says)]
        assert told, [str(p) for p in made.problems]
        assert any(p.cell.startswith(case.at) and p.file == case.file for p in told), [p.cell for p in told]
        assert not made.shown
        return
    assert not made.problems, [str(p) for p in made.problems]
    if case.values:
        (row,) = made.rows("figures")
        assert row | case.values == row
    assert case.note in "".join(en for _, en in made.notes)
    assert case.values or not made.count


def test_what_unpacks_to_more_than_it_says_is_refused_without_being_held(tmp_path):
    path, problems, size = tmp_path / "understated.xlsx", [], 150_000_000
    padded = altered(lambda part: b" " * size)()
    at = padded.rindex(size.to_bytes(4, "little"))
    path.write_bytes(padded[:at] + (1000).to_bytes(4, "little") + padded[at + 4 :])
    tracemalloc.start()
    try:
        assert reading.read(path, problems, []) == []
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()
    assert "damaged" in problems[0].en


@pytest.fixture
def city(small, tmp_path):
    """Tables that a test may change, in a folder with a space and Chinese characters."""
    folder = tmp_path / "我的 数据" / "data"
    shutil.copytree(small, folder)
    codebook.write(load(folder))
    return folder


def drop(folder, content=None, name="new.xlsx"):
    (folder / "inbox").mkdir(exist_ok=True)
    (folder / "inbox" / name).write_bytes(content or workbook(BASE))
    return folder / "inbox" / name


def command(*arguments, data):
    return __main__.main([*map(str, arguments), "--data", str(data)])


def added(folder, content=None, name="new.xlsx"):
    """The tables once a file has been added."""
    drop(folder, content, name)
    assert command("add", data=folder) == 0
    return load(folder)


@pytest.fixture(autouse=True)
def no_other_tables(monkeypatch):
    monkeypatch.setenv("HUZHOU_DATA", "")


def test_rows_are_appended_once_and_nothing_else_moves(city, capsys):
    before, data, after = tree(city), added(city), tree(city)
    old, new = before["figures.csv"], after["figures.csv"]
    assert new.startswith(old) and new.count(b"\n") == old.count(b"\n") + 1
    assert [n for n in before if n.endswith(".csv") and before[n] != after.get(n)] == ["figures.csv"]
    figure = data.figures.iloc[-1]
    assert (figure.name, figure.obs_text, figure.unit, figure.vintage) == (FIGURE, "34.6", "亿元", "2023-06")
    assert codebook.generated(data)["README.md"].encode() == after["README.md"]
    assert "inbox/added/000001 new.xlsx" in after and "inbox/new.xlsx" not in after
    assert "make report" in capsys.readouterr().out
    assert added(city).figures.index.str.startswith(FIGURE).sum() == 1
    assert "not added again" in capsys.readouterr().out


def test_a_dry_run_writes_nothing_and_files_outside_the_inbox_stay(city, tmp_path, capsys):
    path = tmp_path / "mine.csv"
    path.write_bytes(text(BASE))
    before = tree(city)
    assert command("add", path, "--dry-run", data=city) == 0
    assert tree(city) == before
    out = capsys.readouterr().out
    assert "34.6 亿元" in out and FIGURE in out
    assert command("add", path, data=city) == 0
    assert path.exists() and load(city).figures.index[-1] == FIGURE


def test_what_stands_out_is_asked_about_before_it_is_added_and_can_be_taken_back(city, capsys):
    drop(city, workbook(BASE | GROWTH | {"obs_value": "3460", "as_printed": "出口增长3460%"}))
    before = tree(city)
    assert command("add", data=city) == 1
    said = capsys.readouterr()
    assert "增长3460%" in said.out and "--confirm" in said.err
    assert tree(city) == before
    assert command("add", "--confirm", data=city) == 0
    assert load(city).figures.index[-1] == f"{FIGURE}.gy"
    added(city, workbook(BASE), "next.xlsx")
    assert command("undo", data=city) == 0  # one after the other, the last first
    assert load(city).figures.index[-1] == f"{FIGURE}.gy"
    assert command("add", "--undo", data=city) == 0
    after = tree(city)
    assert {name: after[name] for name in before} == before
    assert command("undo", data=city) == 0
    assert "nothing to take back" in capsys.readouterr().out


def test_rows_changed_since_are_not_taken_back(city, capsys):
    added(city)
    path = city / "figures.csv"
    path.write_bytes(path.read_bytes().replace("出口34.6亿元".encode(), "出口为34.6亿元".encode()))
    changed = tree(city)
    assert command("undo", data=city) == 1
    assert "by hand" in capsys.readouterr().err
    assert tree(city) == changed


def test_one_fault_is_one_problem_hides_no_other_and_keeps_the_good_rows_out(city, capsys):
    """A source without its English title is told once, not again by each of its figures; other rows' faults are told too."""
    figures = [BASE | {"source_id": "B2024", "locator": f"第{n}段"} for n in range(5)]
    figures += [BASE | {"obs_value": "abc"}, BASE, BASE | {"obs_value": "35.6", "as_printed": "出口35.6亿元"}]
    figures += [BASE | {"time_period": "2022", "unit": "亿美金"}]
    drop(city, workbook(*figures, entries={"sources": SOURCE | {"title_en": ""}}))
    before = tree(city)
    assert command("add", data=city) == 1
    said = capsys.readouterr().err
    assert tree(city) == before
    assert "数据有 4 处问题" in said and "nothing was added" in said
    assert "[title_en]" in said and "'abc'" in said and "34.6 亿元 already" in said
    assert f"{at('unit', 10)} [unit] '亿美金'" in said and "亿美元" in said


def test_windows_line_ends_and_a_missing_one_are_kept(city):
    path = city / "figures.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n").removesuffix(b"\r\n"))
    old = path.read_bytes()
    added(city)
    new = path.read_bytes().removeprefix(old)
    assert new.startswith(b"\r\nD000.exports") and new.endswith(b"\r\n") and new.count(b"\n") == 2
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")


SOURCE = {"source_id": "B2024", "title": "公报", "title_en": "Bulletin", "date_published": "2024-03", "kind": "bulletin", "tier": "official"}  # fmt: skip


def test_a_revision_stands_beside_the_old_value(city, capsys):
    added(city)
    row = BASE | {"source_id": "B2024", "obs_value": "36.33", "as_printed": "36.33亿元", "locator": "第1段"}
    data = added(city, workbook(row, entries={"sources": SOURCE}), "revision.xlsx")
    said = capsys.readouterr().out
    assert "34.6 亿元 (2023-06" in said and "36.33 亿元 (2024-03" in said
    assert "+1.73 亿元, +5.00%" in said  # 36.33 - 34.6 = 1.73; 1.73 / 34.6 = 5 %
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
    data = added(city, workbook(row | {"span": "时点"}, entries=entries))
    figure = data.figure("D000.lake_ferries.330500-TH.2023-01P4M")
    assert (figure.obs_text, figure.unit, data.ref_areas.parent["330500-TH"]) == ("12", "艘", "330500")
    assert bool(data.indicators.ascending["lake_ferries"])


@pytest.mark.parametrize("after", [1, 5, 8])
def test_a_full_disk_leaves_nothing_half_written(city, monkeypatch, after, capsys):
    """The n-th write fails: all tables are old, or (the writes were enough) all are new."""
    drop(city, workbook(BASE | {"locator": "第9段"}))
    before, calls, write = tree(city), [], adding._put

    def full(path, content):
        calls.append(path)
        if len(calls) == after:
            path.write_bytes(content[:10])
            raise OSError(28, "No space left on device")
        write(path, content)

    monkeypatch.setattr(adding, "_put", full)
    status = command("add", data=city)
    if status:
        assert tree(city) == before
        assert "No space left on device" in capsys.readouterr().err
    else:
        assert len(calls) < after
        assert load(city).figures.index[-1] == FIGURE


@pytest.mark.parametrize("after", [1, 3])
def test_an_adding_that_was_killed_is_completed_by_the_next_command(city, monkeypatch, after, capsys):
    drop(city, workbook(BASE | {"locator": "第9段"}))
    replaced, replace = [], adding.os.replace

    def kill(source, target):
        replaced.append(target)
        if len(replaced) == after:
            raise SystemExit
        replace(source, target)

    monkeypatch.setattr(adding.os, "replace", kill)
    with pytest.raises(SystemExit):
        command("add", data=city)
    monkeypatch.undo()
    assert command("check", data=city) == 0
    assert "has been completed" in capsys.readouterr().err
    data = load(city)
    assert data.figures.index[-1] == FIGURE and "第9段" in set(data.outline.locator)
    assert not list(city.glob(".adding*")) and not list(city.glob("*.new"))


def test_a_table_changed_after_the_cut_is_left_alone(city, monkeypatch, capsys):
    drop(city, workbook(BASE | {"locator": "第9段"}))
    monkeypatch.setattr(adding, "_move_in", lambda root: (_ for _ in ()).throw(KeyboardInterrupt))
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
    (city / "inbox" / "new_figures.xlsx.new").mkdir(parents=True)  # a place that cannot be written
    assert command("template", data=city) == 1
    assert "cannot be read or written" in capsys.readouterr().err


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
    figure = added(city, path.read_bytes(), path.name).figure(FIGURE)
    assert (figure.ref_area, figure.obs_text, figure.unit) == ("330400", "34.6", "亿元")


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
    before = {n: b for n, b in tree(city).items() if n.endswith(".csv")}
    path = city / "inbox" / "new_figures.xlsx"
    for _ in range(2):
        assert command("template", data=city) == 0
        assert command("add", data=city) == 0
    assert "Nothing new to add" in capsys.readouterr().out
    assert {n: b for n, b in tree(city).items() if n.endswith(".csv")} == before
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
