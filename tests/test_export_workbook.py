"""The workbook: live formulas with what they come to, exhibits as they are, text that stays text."""

import math
import re
import zipfile
from xml.etree import ElementTree

import openpyxl
import pytest
from exhibit_calls import CALLS, exhibit
from huzhou_analysis.export import office, workbook, workbook_live
from huzhou_analysis.export.html import Section

import huzhou_analysis as hz
from huzhou_analysis.analysis.gaps import gaps_of
from huzhou_analysis.facts import words as i18n
from huzhou_analysis.facts.words import text

LANGUAGES = ("zh", "en")
HOSTILE = ("=cmd()", "+1+1", "-2+3", "@SUM(A1)", "<script>alert(1)</script>", "a\x0bb\x00c", "长" * 40_000, "{actual}")
CHOSEN = {
    "foreign_investment.trajectory": "foreign_investment_path",
    "neighbours.rank.fdi_utilized": "neighbours_fdi_utilized",
    "target_paths.speed": "targets_pace",
    "target_cards.cards": "target_gaps",
    "context.gdp": "context_gdp",
}
SHEETS = ("figures", "gaps", "growth", "sources", "citations")


def section(*records, folder="."):
    return Section("01_test", text("外资", "Foreign investment"), list(records), folder)


def handmade(hostile="", **changes):
    """A record with every part; `hostile` stands in each of its texts."""
    both = {lang: f"{hostile}标题" if lang == "zh" else f"{hostile}title" for lang in LANGUAGES}
    table = {
        "columns": ["=1+1" if hostile else "名称", "数值", "代码", "增速"],
        "rows": [[f"{hostile}甲", "1,234.5", "330500", "+3.0%"], ["乙", "—", "330502", "−2.5%"], ["丙", "−7", "", "—"]],
    }
    native = {
        "kind": "line",
        "heading": hostile,
        "unit": f"{hostile}亿元",
        "categories": ["2023", "2024", f"{hostile}2025"],
        "traces": [
            {"name": f"{hostile}实绩", "role": "actual", "values": [1.5, None, 2.0]},
            {"name": f"{hostile}实绩", "role": "target", "values": [None, 3.0, 4.0]},
        ],
    }
    cited = {
        "columns": ["值", "位置", "数字编号"],
        "rows": [[f"{hostile}5亿元", f"{hostile}第1段", "D000.x.2023"], ["6", hostile, "D000.y.2023"]],
    }
    every = dict.fromkeys(LANGUAGES, table)
    return {
        "id": "handmade",
        "chart": True,
        "title": both,
        "subtitle": both,
        "reading": both,
        "alt": both,
        "foot": {lang: [f"{hostile}注：甲。"] for lang in LANGUAGES},
        "figures": ["D000.x.2023", "D000.y.2023"],
        "numeric": [False, True, False, False],
        "table": every,
        "cards": {lang: [] for lang in LANGUAGES},
        "natives": {lang: [native] for lang in LANGUAGES},
        "citations": dict.fromkeys(LANGUAGES, cited),
        "order": 0,
    } | changes


def band():
    """A fan: stacked areas on an invisible base, with lines on top."""
    roles = ("base", "band_80", "band_50", "band_80", "actual", "forecast", "target")
    return {
        "kind": "band",
        "heading": "",
        "unit": "亿元",
        "categories": ["2023", "2024"],
        "traces": [{"name": f"{r}", "role": r, "values": [1.0, 2.0]} for r in roles],
    }


@pytest.fixture(scope="module")
def records():
    found = [exhibit(call).record() for call in CALLS if str(call) in CHOSEN]
    assert {record["id"] for record in found} == set(CHOSEN.values())
    return found


@pytest.fixture(scope="module", params=LANGUAGES)
def full(request, whole, records, tmp_path_factory):
    """The workbook with live sheets: language, path, with formulas, with what they come to."""
    path = tmp_path_factory.mktemp(request.param) / "workbook.xlsx"
    workbook.write([section(*records)], request.param, path, data=whole)
    return request.param, path, openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)


def table_rows(sheet):
    """Rows of the first table of a sheet as mappings from its headings, read from the file's own table."""
    table = next(iter(sheet.tables.values()))
    (head, *rows) = sheet[table.ref]
    names = [cell.value for cell in head]
    return [dict(zip(names, row, strict=True)) for row in rows]


def heading(fields, key, lang):
    return next(f.heading[lang] for f in fields if f.key == key)


def close(a, b):
    return isinstance(a, int | float) and math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)


# --- live sheets ---------------------------------------------------------------------------------------------------


def test_every_gap_is_a_formula_that_comes_to_what_the_library_says(full, whole):
    lang, _, live, shown = full
    library = hz.target_gaps(whole)
    fields = workbook_live.gap_fields(["2023", "2025"])
    name = {f.key: f.heading[lang] for f in fields}
    formulas, values = table_rows(live["gaps"]), table_rows(shown["gaps"])
    assert len(formulas) == len(values) == len(library) > 100
    judged = 0
    for formula, value, row, target in zip(formulas, values, library.itertuples(), gaps_of(whole).targets, strict=True):
        assert value[name["verdict"]].value == value[name["library"]].value == i18n.label(row.status, lang)
        assert value[name["number"]].value == formula[name["number"]].row - formulas[0][name["number"]].row + 1
        if target.numeric.empty:
            continue
        assert all(formula[name[key]].data_type == "f" for key in ("verdict", "final", "actual", "gap", "check", "met"))
        scale = i18n.in_english_units(1.0, row.unit, whole.units) if lang == "en" else 1.0
        moves = 1.0 if target.kind == "growth" else scale
        for key, number, by in (
            ("final", row.final_target, scale),
            ("actual", row.actual_value, scale),
            ("gap", row.absolute_gap, scale),
            ("relative", row.relative_gap, 100),
            ("left", row.years_left, 1),
            ("required", row.required_pace, moves),
            ("due", row.path_value, scale),
            ("present", row.present_pace, moves),
        ):
            found = value[name[key]].value
            if math.isnan(number):
                assert re.fullmatch(r"\[[a-z]\]", found), (row.indicator, key, found)
            else:
                assert close(found, number * by), (row.indicator, key, found, number * by)
        judged += not math.isnan(row.actual_value)
    assert judged >= 15


def test_every_growth_row_is_a_formula_that_comes_to_what_the_ledger_says(full, whole):
    lang, _, live, shown = full
    ledger = hz.growth_ledger(whole)
    ledger = ledger[(ledger.level_id != "") & (ledger.base_id != "")]
    name = {f.key: f.heading[lang] for f in workbook_live.GROWTH}
    formulas, values = table_rows(live["growth"]), table_rows(shown["growth"])
    assert len(values) == len(ledger) > 100
    inside, outside = workbook_live.within_words(lang)
    for formula, value, row in zip(formulas, values, ledger.itertuples(), strict=True):
        assert value[name["library"]].value == i18n.label(row.verdict, lang)
        assert close(value[name["rate"]].value, float(row.printed))
        if math.isnan(row.recomputed_low):
            assert value[name["low"]].value in ("[b]", "[u]")
            continue
        assert formula[name["recomputed"]].data_type == formula[name["within"]].data_type == "f"
        assert close(value[name["low"]].value, row.recomputed_low)
        assert close(value[name["high"]].value, row.recomputed_high)
        assert row.recomputed_low <= value[name["recomputed"]].value <= row.recomputed_high
        assert value[name["within"]].value == (inside if row.difference == 0 else outside)


def test_the_figures_are_input_with_region_codes_as_text(full, whole):
    lang, _, live, _ = full
    name = {f.key: f.heading[lang] for f in workbook_live.FIGURES}
    rows = table_rows(live["figures"])
    assert [row[name["figure_id"]].value for row in rows] == list(whole.figures.index)
    for row, f in zip(rows, whole.figures.itertuples(), strict=True):
        code, value = row[name["area_code"]], row[name["value"]]
        assert (code.data_type, code.number_format, code.value) == ("s", "@", f.ref_area)
        assert not value.protection.locked
        assert value.font.color.rgb.endswith("0000FF")
        if f.obs_text:
            by = 1.0 if lang == "zh" else i18n.in_english_units(1.0, f.unit, whole.units)
            assert close(value.value, f.obs_value * by)
        else:
            assert value.value in ("[w]", "[n]")
        assert row[name["as_printed"]].value == f.as_printed


def test_formulas_use_only_what_every_program_knows(full):
    _, path, live, _ = full
    known = {"INDEX", "MATCH", "IF", "IFERROR", "ISNUMBER", "NOT", "AND", "OR", "ROUND", "MIN", "MAX", "COUNTIF"}
    used = set()
    for sheet in live:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    used |= set(re.findall(r"([A-Z][A-Z.]+)\(", re.sub(r'"[^"]*"', "", cell.value)))
                    assert "{" not in cell.value and len(cell.value) < 8192
                    assert sheet.title in ("gaps", "growth", live.sheetnames[0])
    assert used <= known | {"SUMPRODUCT"}
    assert {"figure_ids", "figure_values", "figure_years"} <= set(live.defined_names)
    with zipfile.ZipFile(path) as parts:
        assert b'fullCalcOnLoad="1"' in parts.read("xl/workbook.xml")


# --- every sheet ---------------------------------------------------------------------------------------------------


def test_accessible_sheets_with_titles_frozen_headers_and_no_merged_cells(full):
    lang, _, live, _ = full
    assert live.sheetnames[:5] == [*({"zh": ["封面", "目录"], "en": ["Cover", "Contents"]}[lang]), *SHEETS[:3]]
    assert live.sheetnames[-2:] == ["sources", "citations"]
    for sheet in live:
        assert sheet["A1"].value and sheet["A1"].data_type == "s"
        assert not sheet.merged_cells.ranges
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage or sheet.row_breaks.brk
        assert sheet.sheet_properties.tabColor is not None
        if sheet.title != live.sheetnames[0]:
            first = min(int(re.search(r"\d+", t.ref)[0]) for t in sheet.tables.values())
            assert int(re.search(r"\d+", sheet.freeze_panes)[0]) == first + 1
            title = 1 if sheet._charts or len(sheet.tables) > 1 else first
            assert sheet.print_title_rows == f"${title}:${title}"
    assert not live[live.sheetnames[0]].sheet_view.showGridLines


def test_no_number_column_of_a_table_holds_a_blank_without_a_reason(full):
    lang, _, _, shown = full
    for title in (*SHEETS[:4], *CHOSEN.values()):
        sheet = shown[title]
        # A note is broken over lines; without spaces it is one again.
        notes = "".join(str(sheet.cell(r, 1).value or "") for r in range(1, 25)).replace(" ", "")
        for row in table_rows(sheet):
            for cell in row.values():
                assert cell.value not in (None, ""), (title, cell.coordinate)
                if re.fullmatch(r"\[[a-z]\]", str(cell.value)):
                    told = f"{cell.value} {workbook_live.REASONS[cell.value][lang]}".replace(" ", "")
                    assert told in notes, (title, cell.coordinate, cell.value)


def test_the_contents_lead_to_every_sheet(full):
    _, _, live, _ = full
    contents = live[live.sheetnames[1]]
    targets = [cell.hyperlink.location for row in contents.iter_rows() for cell in row if cell.hyperlink]
    assert [re.fullmatch(r"'(.+)'!A1", t)[1] for t in targets] == live.sheetnames[2:]
    for sheet in live.worksheets[2:]:
        back = [c.hyperlink.location for row in sheet.iter_rows(max_col=1) for c in row if c.hyperlink]
        assert back == [f"'{contents.title}'!A1"]


def test_exhibits_hold_their_tables_readings_and_charts(full, records):
    lang, path, live, _ = full
    with zipfile.ZipFile(path) as parts:
        charts = [n for n in parts.namelist() if re.fullmatch(r"xl/charts/chart\d+\.xml", n)]
        drawings = b"".join(parts.read(n) for n in parts.namelist() if n.startswith("xl/drawings/drawing"))
        for chart in charts:
            body = parts.read(chart).decode()
            assert body.count("<a:latin ") == body.count(f'<a:ea typeface="{office.EAST_ASIAN}"/>') > 0
    assert len(charts) == sum(len(r["natives"][lang]) for r in records) >= 3
    assert len(re.findall(rb'<xdr:cNvPr [^>]*descr="[^"]{20,}', drawings)) == len(charts)
    for record in records:
        sheet = live[record["id"]]
        assert sheet["A1"].value == record["title"][lang]
        head = "".join(str(sheet.cell(r, 1).value or "") for r in range(1, 25)).replace(" ", "")
        assert record["reading"][lang].replace(" ", "") in head
        rows = table_rows(sheet)
        assert len(rows) == len(record["table"][lang]["rows"])
        for row, cells in zip(rows, record["table"][lang]["rows"], strict=True):
            for cell, words in zip(row.values(), cells, strict=True):
                if isinstance(cell.value, str):
                    assert cell.value == words or (words in ("", "—") and cell.value in ("—", "[x]"))
                else:
                    digits = re.sub(r"[^\d.\-]", "", re.search(r"[+−\-]?\d[\d,.]*", words)[0].replace("−", "-"))
                    assert cell.value == float(digits)


def test_citations_hold_every_figure_of_every_exhibit(full, records):
    lang, _, live, _ = full
    rows = table_rows(live["citations"])
    found = {row[i18n.label("figure_id", lang)].value for row in rows}
    assert found == {i for r in records for i in r["figures"]}
    used = {row[workbook.WORDS["used_in"][lang]].value for row in rows}
    assert {i for ids in used for i in ids.split()} == {r["id"] for r in records}


def test_fonts_can_show_both_scripts(full):
    lang, _, live, _ = full
    faces = {
        (office.is_cjk(str(cell.value)), cell.font.name)
        for sheet in live
        for row in sheet.iter_rows(max_row=60)
        for cell in row
        if isinstance(cell.value, str) and cell.data_type == "s"
    }
    assert {face for asian, face in faces if asian} == {office.EAST_ASIAN}
    assert {face for asian, face in faces if not asian} == {office.EAST_ASIAN if lang == "zh" else office.LATIN}


# --- text from the data --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_text_from_the_data_is_never_a_formula(hostile, lang, tmp_path):
    path = tmp_path / "one.xlsx"
    bad = handmade(hostile, id=f"{hostile[:50]}[x]/:*?", natives={one: [band(), *handmade(hostile)["natives"][one]] for one in LANGUAGES})  # fmt: skip
    workbook.write([section(bad)], lang, path, watermark=hostile[:50])
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert all(len(str(cell.value)) <= 32_767 for cell in cells)
    assert all(len(name) <= 31 for name in book.sheetnames)
    kept = re.sub("[\x00\x0b]", "", hostile)
    sheet = book.worksheets[2]
    assert sheet["A1"].value == f"{kept}{'标题' if lang == 'zh' else 'title'}"[:32_767]
    assert table_rows(sheet)[0]["=1+1"].value == f"{kept}甲"[:32_767]
    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(parts.read(name))


def test_hostile_text_of_the_tables_stays_text(tables, tmp_path):
    for table, column, key in (
        ("indicators", "name_zh", "fdi_utilized"),
        ("indicators", "name_en", "fdi_utilized"),
        ("ref_areas", "name_zh", "330500"),
        ("sources", "title", "D003"),
        ("sources", "url", "D003"),
        ("figures", "comment", "D003.fdi_utilized.2023"),
    ):
        tables.set(table, key, **{column: '=HYPERLINK("x","y")'})
    path = tmp_path / "hostile.xlsx"
    data = tables.load()
    workbook.write([section(handmade())], "zh", path, data=data)
    book = openpyxl.load_workbook(path)
    found = 0
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if "HYPERLINK" in str(cell.value):
                    found += 1
                    assert cell.data_type == "s"
                    assert cell.quotePrefix == cell.value.startswith("=")
    assert found > 20
    assert not [c for row in book["sources"].iter_rows(min_row=8) for c in row if c.hyperlink]


# --- parts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_one_exhibit_alone(lang, tmp_path):
    path = tmp_path / "one.xlsx"
    workbook.write([section(handmade())], lang, path, watermark="草稿 & 内部")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[2:] == ["handmade", "citations"]
    sheet = book["handmade"]
    rows = table_rows(sheet)
    assert [row["数值"].value for row in rows] == [1234.5, "[x]", -7]
    assert [row["数值"].number_format for row in rows][::2] == ["#,##0.0", "#,##0"]
    assert [row["增速"].value for row in rows] == [3.0, -2.5, "[x]"]
    assert rows[0]["增速"].number_format == '+#,##0.0"%";-#,##0.0"%";#,##0.0"%"'
    assert [row["代码"].value for row in rows] == ["330500", "330502", "—"]
    assert any("草稿 & 内部" in str(c.value) for row in book.worksheets[0].iter_rows() for c in row)
    assert "草稿 && 内部" in sheet.oddHeader.right.text
    assert len(sheet._charts) == 1


def test_a_fan_is_stacked_areas_under_lines(tmp_path):
    path = tmp_path / "fan.xlsx"
    workbook.write([section(handmade(natives={lang: [band()] for lang in LANGUAGES}))], "zh", path)
    with zipfile.ZipFile(path) as parts:
        body = parts.read("xl/charts/chart1.xml").decode()
    area, _, line = body.partition("<c:lineChart>")
    assert area.count("<c:ser>") == 4 and '<c:grouping val="stacked"/>' in area
    assert line.count("<c:ser>") == 3 and 'prstDash val="dash"' in line
    first = area[area.index("<c:ser>") : area.index("</c:ser>")]
    assert "<a:noFill/>" in first
    assert body.count("<c:legendEntry>") == 2


def test_bars_say_what_they_mean(tmp_path):
    roles = ("actual", "provisional", "target", "derived", "claim")
    native = {
        "kind": "column",
        "heading": "",
        "unit": "亿元",
        "categories": ["a"],
        "traces": [{"name": role, "role": role, "values": [1.0]} for role in roles],
    }
    path = tmp_path / "bars.xlsx"
    workbook.write([section(handmade(natives={lang: [native] for lang in LANGUAGES}))], "en", path)
    with zipfile.ZipFile(path) as parts:
        body = parts.read("xl/charts/chart1.xml").decode()
    looks = dict(zip(roles, re.findall(r"<c:ser>.*?</c:ser>", body), strict=True))
    solid = rf'<c:spPr><a:solidFill><a:srgbClr val="{office.COLOURS["actual"]}"/>'
    assert solid in looks["actual"]
    assert "<c:spPr><a:noFill/><a:ln" in looks["target"] and office.COLOURS["target"] in looks["target"]
    assert "<a:pattFill" in looks["derived"] and office.COLOURS["derived"] in looks["derived"]
    assert "<a:pattFill" in looks["claim"] and office.COLOURS["claim"] in looks["claim"]
    assert office.COLOURS["provisional"] in looks["provisional"] and "pattFill" not in looks["provisional"]


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("scoreboard", "scoreboard"),
        ("GAPS", "GAPS_2"),
        ("projection_variants_fdi_utilized", "projectio_variants_fdi_utilized"),
        ("a[b]:c*d?e/f\\g", "a_b__c_d_e_f_g"),
        ("''", "exhibit"),
    ],
)
def test_sheet_names(wanted, name):
    assert workbook.sheet_name(wanted, {"gaps"}) == name


def test_sheet_names_are_never_the_same():
    taken = set()
    names = [workbook.sheet_name("x" * 40, taken) for _ in range(12)]
    assert len({n.lower() for n in names}) == 12 and all(len(n) <= 31 for n in names)


@pytest.mark.parametrize(
    ("words", "value", "shown"),
    [
        ("5.80亿美元", 5.8, '#,##0.00"亿美元"'),
        ("CNY 30.08 bn", 30.08, '"CNY "#,##0.00" bn"'),
        ("+9%", 9.0, '+#,##0"%";-#,##0"%";#,##0"%"'),
        ("1,803.2", 1803.2, "#,##0.0"),
        ("1803", 1803.0, "0"),
        ("5.8—9.1亿元", None, None),
        ("=1", 1.0, '"="#,##0'),
        ("A1", 1.0, '"A"#,##0'),
        ("", None, None),
    ],
)
def test_numbers_are_read_from_what_is_shown(words, value, shown):
    found = workbook.Quantity.read(words)
    assert (found and found.value) == value
    assert found is None or found.format == shown


def test_a_column_is_numbers_only_if_its_unit_is_one():
    assert workbook.quantities(["5亿元", "6亿美元"], False) is None
    assert workbook.quantities(["2023年", "2024年"], False) is None
    assert workbook.quantities(["330500", "330502"], False) is None
    assert workbook.quantities(["A1", "A2"], False) is None
    assert [q and q.value for q in workbook.quantities(["5亿元", "—", "7亿元"], False)] == [5, None, 7]


def test_the_same_bytes_twice(data, records, tmp_path):
    for name in ("a", "b"):
        workbook.write([section(*records[:2])], "en", tmp_path / f"{name}.xlsx", data=data)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
