"""Charts and exhibits: what is said of marks is in the record and the picture; what is derived of them, cited and handed on."""

import base64
import json
import math
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import seaborn as sns
from matplotlib.font_manager import FontProperties, findfont, fontManager
from matplotlib.text import Text

import huzhou_analysis as hz
from huzhou_analysis.show import canvas, roles
from huzhou_analysis.show import exhibit as module
from huzhou_analysis.show.canvas import SIZES, missing_glyphs


def exhibit_of(data, *panels, **options):
    return hz.exhibit(data, "sample_chart", hz.Chart(panels, **options), title=("题", "Title"))


def test_a_line_is_cut_where_the_series_breaks_and_points_keep_their_roles(data):
    frame = pd.DataFrame({"year": range(2010, 2014), "value": [1.0, 2, 30, 40], "segment": [0, 0, 1, 1]})
    e = exhibit_of(data, hz.Panel(hz.marks(frame.assign(role=["actual", "derived"] * 2), "role"), "亿元"))
    [panel] = e.record["chart"]["panels"]
    assert [[(p["x"], p["role"]) for p in s["points"]] for s in panel["series"]] == [
        [(2010, "actual"), (2011, "derived")],
        [(2012, "actual"), (2013, "derived")],
    ]
    joined = [line for line in e.figure("zh").axes[0].lines if line.get_gid() in ("p0.s0", "p0.s1")]
    assert [list(line.get_xdata()) for line in joined] == [[2010, 2011], [2012, 2013]]


def test_english_numbers_are_in_english_units(data):
    e = exhibit_of(data, hz.Panel(hz.marks({2023: 4015.1}, label=True), "亿元"))
    assert e.numbers("en")[["value", "unit"]].values.tolist() == [[401.51, "CNY bn"]]
    [point] = e.record["chart"]["panels"][0]["series"][0]["points"]
    assert (point["zh"], point["en"]) == ("4,015", "401.5")


def test_bars_begin_at_zero_and_a_line_that_hardly_moves_does_not_fill_its_panel(data):
    flat = hz.Panel(hz.marks({2023: 6.50, 2025: 6.51, 2027: 6.53}, "target"), "‰")
    e = exhibit_of(data, flat, hz.Panel(hz.marks({"甲": 95.0, "乙": 100.0}), "亿元", kind="column"), columns=2)
    (low, high), (bottom, _) = (ax.get_ylim() for ax in e.figure("zh").axes)
    assert high - low >= 0.2 * 6.5 and bottom == 0
    assert any("不从零" in n["zh"] for n in e.record["notes"])


@pytest.mark.parametrize(
    ("unit", "kind", "indicators", "alike"),
    [
        ("亿元", "column", ("", ""), True),  # bars of one unit
        ("亿元", "line", ("gdp", "gdp"), True),  # one measure of two areas
        ("%", "line", ("rd_share", "hightech_va_share"), False),
    ],
)
def test_panels_that_are_compared_have_one_scale(data, unit, kind, indicators, alike):
    both = zip((hz.marks({2023: 5.0, 2024: 6.0}), hz.marks({2023: 90.0, 2024: 60.0})), indicators, strict=True)
    panels = [hz.Panel(marks.assign(indicator=code), unit, kind=kind) for marks, code in both]
    one, two = (ax.get_ylim() for ax in exhibit_of(data, *panels, columns=2).figure("zh").axes)
    assert (one == two) == alike


@pytest.mark.parametrize("kind", ["line", "column", "bar", "stacked_column", "stacked_bar"])
def test_every_value_lies_inside_the_axes(data, kind):
    values = [3.0, -4, 9, 5, -1, 2, None]  # of the last year there is none
    frame = pd.DataFrame({"year": [2020, 2021, 2022] * 2 + [2023], "value": values, "nm": [*"甲甲甲乙乙乙乙"]})
    [ax] = exhibit_of(data, hz.Panel(hz.marks(frame, name="nm"), "亿元", kind=kind)).figure("zh").axes
    low, high = ax.get_xlim() if kind.endswith("bar") else ax.get_ylim()
    lowest, highest = (-5, 11) if kind.startswith("stacked") else (-4, 9)
    assert low <= lowest and high >= highest


def test_roles_are_told_apart_by_colour_marker_or_dash():
    looks = [(r.colour, r.fill, r.marker, r.dash, r.hatch) for r in roles.ROLES.values()]
    assert len(set(looks)) == len(looks) == len({r.name.zh for r in roles.ROLES.values()})
    assert sorted(roles.BANDS, key=lambda k: -roles.ROLES[k].band) == [k for k in roles.BANDS if roles.ROLES[k].band]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_picture_of_every_size_keeps_its_words_inside(data, size, lang):
    chart = hz.over_years(data, hz.series(data, "fdi_utilized"), events="foreign_investment")
    figure = hz.exhibit(data, "fdi_sample", chart, title=("外资" * 30, "Foreign investment " * 8)).figure(lang, size)
    figure.canvas.draw()
    for words in figure.findobj(Text):
        if words.get_text().strip() and words.get_visible():
            extent = words.get_window_extent(figure.canvas.get_renderer())
            assert extent.x0 >= -2 and extent.x1 <= figure.bbox.x1 + 2, words.get_text()
            assert not missing_glyphs(words.get_text())


def panel(**options):
    return hz.Panel(hz.marks({2023: 1.0}), **{"unit": "亿元"} | options)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda d: hz.marks({2023: 1.0}, "actuals"), "actual"),
        (lambda d: hz.marks(pd.DataFrame({"year": [1], "v": [2]})), "value"),
        (lambda d: panel(kind="pie"), "column"),
        (lambda d: hz.Panel(pd.DataFrame({"x": [1]}), "亿元"), "hz.marks"),
        (lambda d: panel(unit=None), "units.csv"),
        (lambda d: hz.Panel(hz.marks({2023: 1.0}).assign(role="goal"), "亿元"), "target"),
        (lambda d: hz.exhibits("notebooks/01"), "folder="),
        (lambda d: exhibit_of(d, panel()).figure("cn"), "'zh' or 'en'"),
        (lambda d: exhibit_of(d, panel()).figure(size="big"), "slide"),
        (lambda d: hz.exhibit(d, "Bad Id", panel(), title=("a", "b")), "small letters"),
        (lambda d: hz.exhibit(d, "good_id", "nothing", title=("a", "b")), "DataFrame"),
        (lambda d: hz.exhibit(d, "good_id", pd.DataFrame({"a": []}), title=("a", "b")), "empty"),
        (lambda d: hz.exhibit(d, "good_id", plt.subplots(1, 2)[1], title=("a", "b")), "figure alone"),
        (lambda d: hz.exhibit(d, "good_id", plt.subplots(2, 2), title=("a", "b")), "figure alone"),
        (lambda d: hz.style("de"), "'zh' or 'en'"),
        (lambda d: hz.over_years(d, hz.series(d, "gdp"), since=2040), "2040"),
        (lambda d: hz.exhibit(d, "good_id", pd.DataFrame({"a": [1]}), title="题"), "Chinese, English"),
    ],
)
def test_a_wrong_argument_gets_a_sentence_that_says_what_to_write(data, call, named):
    with pytest.raises(ValueError, match=named):
        call(data)
    plt.close("all")


def test_numbers_that_are_none_do_not_travel(data):
    ends = {"low": [np.nan, 2.0], "high": [np.nan, 3.0], "role": ["forecast", "band_80"]}
    frame = pd.DataFrame({"year": [2020, 2021], "value": [1.0, math.nan]} | ends)
    [shown] = exhibit_of(data, hz.Panel(hz.marks(frame, "role"), "亿元", kind="fan")).record["chart"]["panels"]
    found = [(s["role"], s["points"][0]["value"], s["points"][0]["high"]) for s in shown["series"]]
    assert found == [("forecast", 1.0, None), ("band_80", None, 3.0)]


@pytest.fixture
def handed_on(tmp_path, monkeypatch):
    monkeypatch.setenv(module.EXPORT_VARIABLE, str(tmp_path))
    return tmp_path


def path(data, **more):
    fdi, title = hz.series(data, "fdi_utilized"), ("外资{last}", "FDI {last}")
    return hz.exhibit(data, "fdi_path", hz.over_years(data, fdi), title=title, last=hz.point(data, fdi), **more)


def test_subtitle_sources_and_citations_follow_from_the_marks(whole):
    record = path(whole).record
    assert record["subtitle"]["zh"].startswith("实际利用外资，湖州市，亿美元，1990")
    assert {c["figure_id"] for c in record["citations"]} == set(hz.series(whole, "fdi_utilized").figure_id)
    titles = {whole.sources.title[c["source_id"]] for c in record["citations"]}
    assert sum(f"《{t}》" in record["sources"]["zh"] for t in titles) == 3
    assert f"等{len(titles)}处" in record["sources"]["zh"]


def test_a_record_is_plain_values_and_is_handed_on_once(whole, handed_on):
    e = path(whole, reading=("最近为{last}。", "The latest is {last}."))
    found = json.loads((handed_on / "fdi_path.json").read_text(encoding="utf-8"))
    assert found == json.loads(json.dumps(e.record)) | {"order": 0}
    bundle = e._repr_mimebundle_()
    assert bundle[module.EXHIBIT_TYPE] == {"id": "fdi_path"}
    with pytest.raises(ValueError, match="rename"):
        path(whole)


def test_a_plot_of_ones_own_travels_with_its_title_and_sources(whole, handed_on):
    exports = hz.series(whole, "exports")
    plot = sns.lineplot(exports, x="year", y="value")
    plot.set_title("湖州出口\ud83d")
    e = hz.exhibit(whole, "my_exports", plot, title=("湖州出口", "Exports of Huzhou"), also=exports)
    assert base64.b64decode(e.record["picture"]["en"]["png"]).startswith(b"\x89PNG")
    assert plt.get_fignums() == []
    assert plot.title.get_text() == "湖州出口?" and any("CJK" in name for name in plot.title.get_fontfamily())
    assert e.record["subtitle"]["zh"] == "出口总额，湖州市"
    for lang in ("zh", "en"):
        shown = e.figure(lang)
        words = "".join(t.get_text() for t in shown.findobj(Text))
        assert len(shown.axes[0].images) == 1
        assert e.record["title"][lang] in words and e.record["sources"][lang][:40] in words
    assert e.record["sources"]["zh"].count("《") == 3


def test_chinese_is_drawn_in_the_packaged_font_whatever_a_machine_has(monkeypatch):
    canvas.fonts()
    ours = next(f for f in fontManager.ttflist if f.fname == str(canvas.cjk_font_file()))
    other = [replace(ours, fname=str(findfont("DejaVu Serif")), weight=weight) for weight in (400, 700)]
    monkeypatch.setattr(fontManager, "ttflist", [*other, *fontManager.ttflist])
    canvas.fonts.cache_clear()
    canvas.fonts()
    found = {str(findfont(FontProperties(family="Noto Sans CJK SC", weight=weight))) for weight in (400, 700)}
    assert found == {str(canvas.cjk_font_file())}


def test_half_a_character_is_replaced_and_text_is_never_markup(whole, handed_on):
    table = pd.DataFrame({"a": ["<img src=x onerror=alert(1)>\ud83d"]})
    e = hz.exhibit(whole, "half", table, title=("<b>题</b>\ud83d", "<b>Title</b>"))
    assert (e.record["title"]["zh"], e.table("zh").a[0][-2:]) == ("<b>题</b>?", ">?")
    assert repr(hz.finding("半\ud83d", "half")) == "半?"
    shown = e._repr_mimebundle_()["text/html"]
    assert "<img src=x" not in shown and "<b>题" not in shown


def test_a_fan_cites_the_figures_that_it_projects(whole):
    fdi = hz.series(whole, "fdi_utilized", everything=True)
    found = hz.project(fdi, 2, across_breaks=True)
    record = hz.exhibit(whole, "fdi_fan", hz.fan(found, "亿美元"), title=("题", "Title")).record
    used = set(fdi[fdi.year.isin([*found.history.index, *found.years])].figure_id)
    assert {c["figure_id"] for c in record["citations"]} == {i for joined in used for i in joined.split()}
    trade = hz.outlook(whole, "trade_total")  # whose levels are sums of two other measures
    record = hz.exhibit(whole, "trade_fan", hz.fan(trade, trade.unit), title=("题", "T")).record
    assert "外贸进出口总额，" in record["subtitle"]["zh"]


def test_targets_for_a_spreadsheet_are_numbers_with_units_and_gaps(whole, tmp_path):
    gaps = hz.target_gaps(whole, full=True)
    with pytest.raises(ValueError, match="full=True"):
        hz.target_rows(whole, hz.target_gaps(whole))
    retail = gaps[(gaps.indicator == "retail_sales") & (gaps.table == "open")]
    for lang, scale, unit in (("zh", 1, ("单位", "亿元")), ("en", 0.1, ("Unit", "CNY bn"))):
        hz.target_rows(whole, retail, lang=lang).to_excel(tmp_path / "a.xlsx", index=False)
        [row] = pd.read_excel(tmp_path / "a.xlsx").to_dict("records")
        target, actual, gap = (row[hz.TARGET_HEADINGS[c][lang]] for c in ("target", "actual", "gap"))
        assert (target, row[unit[0]]) == (2000 * scale, unit[1])
        assert gap == pytest.approx(target - actual) == pytest.approx(retail.gap.iloc[0] * scale)


def test_cells_of_a_table_are_numbers_texts_or_quantities(whole):
    ids = ["D003.fdi_utilized.2027.2", "D001-GWR.exports.2013"]
    names = [hz.text("外资", "FDI"), hz.text("出口", "Exports")]
    table = pd.DataFrame({"name": names, "value": [hz.figure_quantity(whole, i) for i in ids], "n": [3, None]})
    heads = {"name": ("指标", "Indicator"), "value": ("数值", "Value"), "n": "n"}
    e = hz.exhibit(whole, "small_table", table, title=("表", "Table"), columns=heads)
    assert e.table("en").values.tolist() == [["FDI", "$1.8bn", "3"], ["Exports", "$8.09bn", "—"]]
    assert e.numbers("en").value.tolist() == [1.8, 8.09]
    assert [c["figure_id"] for c in e.record["citations"]] == ids


def test_a_finding_is_said_in_the_chosen_language_and_travels_in_both(whole, handed_on):
    hz.style("en")
    said = hz.finding("外资{last}", "FDI {last}", last=hz.point(whole, hz.series(whole, "fdi_utilized")))
    hz.style("zh")
    bundle, figures = said._repr_mimebundle_(), ["C-FDI.fdi_utilized.2023"]
    assert bundle["text/markdown"] == "外资5.80亿美元"
    assert bundle[module.TEXT_TYPE] == {"zh": "外资5.80亿美元", "en": "FDI $580m", "figures": figures}


def test_a_citation_of_what_is_not_on_file_names_what_is_near(whole):
    with pytest.raises(LookupError, match=r"D001-GWR\.gdp\.2013"):
        hz.cite(whole, "D001-GWR.gdp.2031")


def test_the_sliders_draw_every_indicator_that_they_offer(whole):
    which, _, shown = hz.explore(whole).children
    assert [code for _, code in which.options] == hz.open_indicators(whole) and len(which.options) > 3
    for _, code in which.options:
        before, which.value = shown.value if code != which.value else "", code
        assert '<img class="huzhou-scenario"' in shown.value != before
