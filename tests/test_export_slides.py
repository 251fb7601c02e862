"""Slides: real charts whose workbooks hold the values, notation by role, fonts of both scripts, and nothing invented."""

import re
import zipfile
from dataclasses import replace
from io import BytesIO

import pytest
from exhibit_calls import CALLS, LANGUAGES, exhibit
from huzhou_analysis.exhibit import KINDS_OF_CHART, ROLES, Native, Trace
from huzhou_analysis.export import chartml, slides
from huzhou_analysis.export.html import City, Section
from huzhou_analysis.export.office import EAST_ASIAN, LATIN
from lxml import etree
from openpyxl import load_workbook
from pptx import Presentation

from huzhou_analysis.facts.words import text

CITY = City(text("示例", "Exampleton"), text("示例省示例市", "Exampleton City, Sample Province"), "2030")
NS = {
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "p": "http://schemas.openxmlformats.org/presentationml/2006/main",
}
HOSTILE = ["=cmd()|' /C calc'!A0", "<script>alert(1)</script>", "a\x0bb\x00c\ud800", '& "quoted" ]]>', "@SUM(A1)", "+1"]
UNIT = text("亿元", "CNY bn")


REAL = ("scoreboard.scoreboard", "target_paths.paths", "projections.fan.trade_total", "overview.headlines")


def call(name):
    return next(exhibit(c) for c in CALLS if str(c) == name)


@pytest.fixture(scope="module")
def real():
    """Four real exhibits: one chart of bars, small multiples, a fan, and a table."""
    return [call(name) for name in REAL]


def section(records, folder, stem="part", title=None):
    return Section(stem, title or text("外资", "Foreign investment"), records, folder, CITY)


def with_natives(natives, **changes):
    """A real exhibit with other charts, as a record."""
    base = call("scoreboard.scoreboard")
    return replace(base, id="made", natives=natives, **changes).record()


def line(**roles):
    """A chart of five years with one series a role."""
    return Native(
        "line",
        range(2023, 2028),
        [Trace(text(f"甲{role}", role), values, role) for role, values in roles.items()],
        UNIT,
        scale_en=0.1,
    )


def every_role(kind):
    values = [[n + 1.5, None, n + 3.25] for n, _ in enumerate(ROLES)]
    traces = [Trace(text(f"列{r}", r), v, r) for r, v in zip(ROLES, values, strict=True)]
    return Native(kind, [text("甲", "A"), text("乙", "B"), text("丙", "C")], traces, UNIT, scale_en=0.1)


def make(sections, lang, tmp_path, **options):
    path = tmp_path / f"{lang}.pptx"
    slides.write(sections, lang, path, **options)
    return path


def parts(path, pattern):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if re.fullmatch(pattern, name)}


def charts_of(path):
    return [s.chart for slide in Presentation(path).slides for s in slide.shapes if s.has_chart]


def words_of(slide):
    return " ".join(t.text or "" for t in slide._element.iter(f"{{{NS['a']}}}t"))


# --- the deck ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_exhibit_is_one_slide_in_order_after_title_and_scoreboard(lang, real, tmp_path):
    records = [e.record() for e in real]
    path = make([section(records[:2], tmp_path), section(records[2:], tmp_path, "two")], lang, tmp_path)
    titles = [slide.shapes.title.text_frame.text for slide in Presentation(path).slides]
    early = [r["title"][lang] for r in records if r["id"] == slides.EARLY]
    rest = [[r["title"][lang] for r in part if r["id"] != slides.EARLY] for part in (records[:2], records[2:])]
    name = text("外资", "Foreign investment")[lang]
    assert titles == [CITY.said(slides.REPORT_WORDS["title"])[lang], *early, name, *rest[0], name, *rest[1]]
    cover = words_of(Presentation(path).slides[0])
    assert slides.WORDS["rule"][lang] in cover
    assert CITY.within[lang] in cover


@pytest.mark.parametrize("lang", LANGUAGES)
def test_real_charts_are_parts_with_workbooks_that_hold_the_values(lang, real, tmp_path):
    records = [e.record() for e in real]
    path = make([section(records, tmp_path)], lang, tmp_path)
    order = sorted(records, key=lambda r: r["id"] != slides.EARLY)
    natives = [n for r in order for n in r["natives"][lang]]
    assert natives, "the examples must have editable charts"
    check_workbooks(path, natives)


def check_workbooks(path, natives):
    assert len(parts(path, r"ppt/charts/chart\d+\.xml")) == len(natives)
    drawn = charts_of(path)
    assert len(drawn) == len(natives)
    for chart, native in zip(drawn, natives, strict=True):
        blob = chart.part.chart_workbook.xlsx_part.blob
        sheet = load_workbook(BytesIO(blob))["Sheet1"]
        rows = list(sheet.iter_rows(values_only=True))
        assert [str(v) for v in rows[0][1:]] == [chartml.clean(t["name"]) for t in native["traces"]]
        assert [row[0] for row in rows[1:]] == [chartml.clean(c) for c in native["categories"]]
        for column, trace in enumerate(native["traces"], 1):
            assert [row[column] for row in rows[1:]] == trace["values"]
        # What the part itself remembers is what the workbook holds, at the cells that it names.
        for series in chart._chartSpace.iterfind(".//c:ser", NS):
            place = int(series.find("c:idx", NS).get("val"))
            cached = {int(p.get("idx")): float(p[0].text) for p in series.iterfind("c:val//c:pt", NS)}
            values = native["traces"][place]["values"]
            assert cached == {n: v for n, v in enumerate(values) if v is not None}
            reference = series.find("c:val//c:f", NS).text.replace("Sheet1!", "").replace("$", "")
            assert [cell.value for (cell,) in sheet[reference]] == values


@pytest.mark.parametrize("kind", KINDS_OF_CHART)
def test_every_kind_and_role_can_be_drawn_and_edited(kind, tmp_path):
    record = with_natives([every_role(kind)])
    path = make([section([record], tmp_path)], "en", tmp_path)
    check_workbooks(path, record["natives"]["en"])
    (chart,) = charts_of(path)
    space = chart._chartSpace
    assert {e.tag.split("}")[1] for e in space.find(".//c:plotArea", NS) if e.tag.endswith("Chart")} == (
        {"areaChart", "lineChart"} if kind == "band" else {"lineChart"} if kind == "line" else {"barChart"}
    )
    # Combined plots share their axes, and every axis is there once.
    used = {e.get("val") for plot in space.iterfind(".//c:plotArea/*", NS) for e in plot.findall("c:axId", NS)}
    assert used == {"111111111", "222222222"}
    assert [len(space.findall(f".//c:{axis}", NS)) for axis in ("catAx", "valAx")] == [1, 1]
    assert space.find(".//c:dispBlanksAs", NS).get("val") == "gap"


def styled(path):
    (chart,) = charts_of(path)
    return {s.find("c:tx//c:v", NS).text: s for s in chart._chartSpace.iterfind(".//c:ser", NS)}


def test_bars_are_filled_by_what_they_mean(tmp_path):
    path = make([section([with_natives([every_role("column")])], tmp_path)], "en", tmp_path)
    series = styled(path)
    fill = {role: [e.tag.split("}")[1] for e in s.find("c:spPr", NS)] for role, s in series.items()}
    assert fill["actual"][0] == "solidFill"
    assert fill["provisional"][0] == "solidFill"
    assert fill["target"][0] == "noFill"
    assert series["target"].find("c:spPr/a:ln/a:solidFill", NS) is not None
    assert fill["derived"][0] == "noFill"
    assert series["derived"].find("c:spPr/a:ln/a:prstDash", NS).get("val") != "solid"
    assert fill["forecast"][0] == fill["claim"][0] == "pattFill"
    assert fill["base"][0] == "noFill"
    assert series["base"].find("c:spPr/a:ln/a:noFill", NS) is not None
    colour = {r: series[r].find("c:spPr/a:solidFill/a:srgbClr", NS).get("val") for r in ("actual", "provisional")}
    assert colour["actual"] != colour["provisional"]


def test_lines_are_drawn_by_what_they_mean(tmp_path):
    native = line(actual=[1, 2, 3, None, None], forecast=[None, None, 3, 4, 5], target=[None] * 4 + [6])
    path = make([section([with_natives([native])], tmp_path)], "en", tmp_path)
    series = styled(path)
    dash = {role: s.find("c:spPr/a:ln/a:prstDash", NS).get("val") for role, s in series.items()}
    assert dash["actual"] == "solid"
    assert "dash" in dash["forecast"].lower()
    assert "dash" in dash["target"].lower()
    marker = series["target"].find("c:marker", NS)
    assert marker.find("c:symbol", NS).get("val") == "square"
    assert marker.find("c:spPr/a:solidFill/a:srgbClr", NS).get("val") == "FFFFFF"


def test_several_forecasts_are_told_apart_and_look_the_same_in_every_panel(tmp_path):
    def panel(names):
        traces = [Trace(text(n, n), [1.0, 2.0 + k], "forecast") for k, n in enumerate(names)]
        return Native("line", [2026, 2027], traces, UNIT, heading=text("甲", "A"))

    record = with_natives([panel(["low", "middle", "high"]), panel(["low", "high"])])
    path = make([section([record], tmp_path)], "en", tmp_path)
    look = [
        {
            s.find("c:tx//c:v", NS).text: (
                s.find("c:spPr/a:ln/a:solidFill/a:srgbClr", NS).get("val"),
                s.find("c:spPr/a:ln/a:prstDash", NS).get("val"),
            )
            for s in chart._chartSpace.iterfind(".//c:ser", NS)
        }
        for chart in charts_of(path)
    ]
    assert len(set(look[0].values())) == 3
    assert look[1] == {name: look[0][name] for name in ("low", "high")}


def test_a_gap_in_actuals_stays_a_gap_and_only_a_plans_path_is_bridged():
    holed = line(actual=[1, None, 2, 3, 4], target=[1, None, 2, None, 3])
    path_only = line(actual=[1, 2, 3, None, None], target=[1, None, 2, None, 3])
    for native, expected in ((holed, "gap"), (path_only, "span")):
        xml = drawn(native.record("zh"))
        assert xml.find(".//c:dispBlanksAs", NS).get("val") == expected
        assert [p.get("idx") for p in xml.findall(".//c:ser", NS)[1].iterfind("c:val//c:pt", NS)] == ["0", "2", "4"]


def drawn(record, size=(8.0, 4.0), lang="zh"):
    look = chartml.styles([record])
    return etree.fromstring(chartml.chart_xml(record, lang, size, look, slides.lines_of, slides.width_of))


def test_the_base_and_repeated_bands_are_not_in_the_key():
    bands = ("base", "band_95", "band_80", "band_50", "band_80", "band_95")
    traces = [Trace(text(b, b), [None, 0.0, 1.0], b) for b in bands]
    traces.append(Trace(text("实绩", "actual"), [3.0, 4.0, None], "actual"))
    xml = drawn(Native("band", [2025, 2026, 2027], traces, UNIT).record("zh"))
    gone = [int(e.find("c:idx", NS).get("val")) for e in xml.iterfind(".//c:legendEntry", NS)]
    assert gone == [0, 4, 5]


def test_labels_stand_on_bars_and_last_points_and_never_on_each_other():
    near = line(actual=[1, 2, 3, 4, 5.0], forecast=[1, 2, 3, 4, 5.01])
    labels = chartml.label_places(near.record("zh"), (5, 3), (0.4, 0.2))
    assert labels == {0: {4: "r"}}
    bars = Native("bar", ["a", "b"], [Trace(text("x", "x"), [1, None])], UNIT).record("zh")
    assert chartml.label_places(bars, (5, 3), (0.4, 0.2)) == {0: {0: "outEnd"}}
    lengths = Native(
        "stacked_bar", ["a"], [Trace(text("b", "b"), [1], "base"), Trace(text("x", "x"), [1], "band_80")], UNIT
    ).record("zh")
    assert chartml.label_places(lengths, (5, 3), (0.4, 0.2)) == {}


@pytest.mark.parametrize(
    "values, places", [([1.0, 2.0], 0), ([0.58, 1.8], 2), ([71.9, 52], 1), ([1234.56], 0), ([], 0), ([None, 0.1234], 3)]
)
def test_decimals(values, places):
    assert chartml.decimals(values) == places


# --- fonts, alt texts, notes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_run_of_every_part_names_both_fonts(lang, real, tmp_path):
    path = make([section([e.record() for e in real], tmp_path)], lang, tmp_path, watermark="草稿 draft")
    found = parts(path, r"ppt/(slides|notesSlides|charts)/[^/]+\.xml")
    seen = 0
    for name, body in found.items():
        root = etree.fromstring(body)
        runs = root.iter(f"{{{NS['a']}}}r", f"{{{NS['a']}}}fld")
        properties = [r.find("a:rPr", NS) for r in runs] + list(root.iter(f"{{{NS['a']}}}defRPr"))
        for one in properties:
            assert one is not None, name
            assert one.find("a:latin", NS).get("typeface") == LATIN, name
            assert one.find("a:ea", NS).get("typeface") == EAST_ASIAN, name
            assert one.get("lang") == {"zh": "zh-CN", "en": "en-US"}[lang]
            seen += 1
        if "charts" in name:
            assert root.findall("c:txPr", NS), name
            assert all(e.find(".//a:ea", NS) is not None for e in root.iter(f"{{{NS['c']}}}txPr"))
    assert seen > 100
    theme = b"".join(parts(path, r"ppt/theme/theme1\.xml").values()).decode()
    assert theme.count(f'<a:ea typeface="{EAST_ASIAN}"/>') == 2


@pytest.mark.parametrize("lang", LANGUAGES)
def test_charts_tables_and_pictures_say_what_they_show(lang, real, tmp_path):
    path = make([section([e.record() for e in real], tmp_path)], lang, tmp_path)
    frames = 0
    for slide in Presentation(path).slides:
        ids = [s.shape_id for s in slide.shapes]
        assert len(ids) == len(set(ids))
        for element in slide._element.iter(f"{{{NS['p']}}}graphicFrame", f"{{{NS['p']}}}pic"):
            properties = element.find(".//p:cNvPr", NS)
            assert len(properties.get("descr", "")) > 20
            frames += 1
    assert frames >= len(real)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_notes_hold_the_reading_and_every_citation(lang, real, tmp_path):
    record = real[0].record()
    path = make([section([record], tmp_path)], lang, tmp_path)
    (slide,) = Presentation(path).slides
    notes = slide.notes_slide.notes_text_frame.text
    assert record["reading"][lang] in notes
    table = record["citations"][lang]
    printed, place, document = (
        table["columns"].index(slides.i18n.label(k, lang)) for k in ("printed", "place", "document")
    )
    for row in table["rows"]:
        assert f"“{chartml.clean(row[printed])}”" in notes
        assert row[place] in notes
        assert row[document] in notes


# --- one exhibit, tables, pictures ---------------------------------------------------------------------------------


def test_a_single_record_is_a_single_slide(real, tmp_path):
    path = make([section([real[0].record()], tmp_path)], "zh", tmp_path)
    assert len(Presentation(path).slides) == 1


def test_nothing_to_show_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no exhibit"):
        make([section([], tmp_path)], "zh", tmp_path)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_long_table_is_cut_and_says_so(lang, tmp_path):
    record = with_natives([]) | {"chart": False}
    total = len(record["table"][lang]["rows"])
    assert total > slides.MOST_ROWS
    path = make([section([record], tmp_path)], lang, tmp_path)
    (slide,) = Presentation(path).slides
    (table,) = [s.table for s in slide.shapes if s.has_table]
    shown = len(table.rows) - 1
    assert 3 <= shown <= slides.MOST_ROWS
    assert slides.WORDS["rows"][lang].format(shown=shown, total=total) in words_of(slide)
    first = record["table"][lang]["rows"][0]
    assert [c.text for c in table.rows[1].cells] == first
    sizes = {r.font.size.pt for row in table.rows for c in row.cells for p in c.text_frame.paragraphs for r in p.runs}
    assert min(sizes) >= slides.LEAST_POINTS


@pytest.mark.parametrize("beside", ["png", "svg", "nothing"])
def test_a_chart_without_native_stands_as_its_picture(beside, tmp_path):
    made = replace(call("scoreboard.scoreboard"), id="made", natives=())
    if beside == "png":
        made.save(tmp_path / "made.zh.png")
    if beside == "svg":
        made.save(tmp_path / "made.zh.page.svg", size="page")
    path = make([section([made.record()], tmp_path)], "zh", tmp_path)
    (slide,) = Presentation(path).slides
    pictures = [s for s in slide.shapes if s.shape_type == 13]
    assert len(pictures) == (beside != "nothing")
    assert any(s.has_table for s in slide.shapes) == (beside == "nothing")
    for picture in pictures:
        assert picture.left + picture.width <= slides._emu(slides.WIDE)


# --- what data may do ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("hostile", [*HOSTILE, "长" * 3000, "word " * 900, "x" * 3000], ids=range(len(HOSTILE) + 3))
def test_text_from_data_stays_text_and_stays_on_the_slide(hostile, lang, tmp_path):
    both = text(hostile, hostile)
    native = Native("bar", [both, text("乙", "B")], [Trace(both, [1.0, None])], both, heading=both)
    record = with_natives([native, native], title=both, subtitle=both, reading=both, notes=[both], alt=both)
    table = {k: {"columns": [hostile, "b"], "rows": [[hostile, "1"]] * 3} for k in LANGUAGES}
    plain = record | {"id": "table", "natives": {k: [] for k in LANGUAGES}, "chart": False, "table": table}
    plain |= {"numeric": [False, True]}
    path = make([section([record, plain], tmp_path, title=both)], lang, tmp_path, watermark=hostile)
    deck = Presentation(path)
    assert len(deck.slides) == 4
    check_workbooks(path, record["natives"][lang])
    for chart in charts_of(path):
        sheet = load_workbook(BytesIO(chart.part.chart_workbook.xlsx_part.blob))["Sheet1"]
        assert all(cell.data_type in ("s", "n") for row in sheet.iter_rows() for cell in row)
    for body in parts(path, r".*\.(xml|rels)").values():
        etree.fromstring(body)
    for slide in deck.slides:
        assert not [s.name for s in slide.shapes if s.top is not None and s.top + s.height > deck.slide_height]
        assert not slide._element.findall(".//{*}script")
    kept = chartml.clean(hostile)[:12].strip()
    assert kept in words_of(deck.slides[2])
    assert kept in deck.slides[2].notes_slide.notes_text_frame.text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_text_fits_its_box(lang, real, tmp_path):
    path = make([section([e.record() for e in real], tmp_path)], lang, tmp_path)
    deck = Presentation(path)
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.left + shape.width <= deck.slide_width + 1
            assert shape.top + shape.height <= deck.slide_height + 1
            if shape.has_text_frame and shape.text_frame.text and shape.name in ("Reading", "Subtitle"):
                size = shape.text_frame.paragraphs[0].runs[0].font.size.pt
                lines = slides.lines_of(shape.text_frame.text, size, shape.width / 914400)
                assert slides.height_of(len(lines), size, shape.text_frame.text) <= shape.height / 914400 + 0.02


def test_two_runs_are_the_same_bytes_and_hold_no_date(real, tmp_path):
    sections = [section([e.record() for e in real], tmp_path)]
    first = make(sections, "zh", tmp_path).read_bytes()
    second = slides.write(sections, "zh", tmp_path / "again.pptx", watermark="").read_bytes()
    assert first == second
    core = parts(tmp_path / "zh.pptx", r"docProps/core\.xml")["docProps/core.xml"].decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT", core)) <= {"1980-01-01T"}
    assert not parts(tmp_path / "zh.pptx", r"docProps/thumbnail.*")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_watermark_is_on_every_slide_behind_what_stands_there(lang, real, tmp_path):
    word = {"zh": "草稿", "en": "DRAFT"}[lang]
    path = make([section([e.record() for e in real], tmp_path)], lang, tmp_path, watermark=word)
    for slide in Presentation(path).slides:
        first = slide.shapes[0]
        assert first.text_frame.text == word
        assert first.rotation != 0
        assert slide.shapes.title is not None
    plain = make([section([e.record() for e in real], tmp_path)], lang, tmp_path)
    assert all(word not in words_of(slide) for slide in Presentation(plain).slides)


def test_every_slide_has_its_number_and_a_title(real, tmp_path):
    path = make([section([e.record() for e in real], tmp_path)], "en", tmp_path)
    for n, slide in enumerate(Presentation(path).slides, 1):
        (field,) = slide._element.iter(f"{{{NS['a']}}}fld")
        assert field.get("type") == "slidenum"
        assert field.find("a:t", NS).text == str(n)
        assert slide.shapes.title.text_frame.text.strip()
