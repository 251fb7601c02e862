"""The one description of a chart: what is said of marks is in the record, and the picture holds it."""

import math

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

import huzhou_analysis as hz
from huzhou_analysis.show import roles
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
    frame = pd.DataFrame({"year": [2020, 2021, 2022] * 2, "value": [3.0, -4, 9, 5, -1, 2], "nm": [*"甲甲甲乙乙乙"]})
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
