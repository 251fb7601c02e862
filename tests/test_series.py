"""One annual series of an indicator from everything on file, with where each point comes from."""

from dataclasses import replace

import pandas as pd
import pytest

import huzhou_analysis as hz
from huzhou_analysis.analysis.series import COLUMNS, known, series

FDI = {"indicator": "fdi_utilized", "unit": "亿美元", "prices": "current"}


def by_period(points):
    return points.set_index("time_period")


def test_the_front_door_is_a_function_whatever_was_imported_before(data):
    hz.target_gaps(data)
    assert callable(hz.series)


def test_foreign_investment_on_file(data):
    points = series(data, "fdi_utilized")
    assert list(points.columns) == COLUMNS
    assert list(points.time_period) == ["2013", "2018/P5Y"]
    assert list(points.origin) == ["printed", "period_total"]
    # 10.6亿美元 in 2013; 61.2亿美元 in five years, which is never a year's value.
    assert list(points.value) == [10.6, 61.2]
    assert list(points.low) == [10.55, 61.15]
    assert list(points.high) == [10.65, 61.25]
    assert list(points.year) == [2013, 2022]
    assert list(points.unit) == ["亿美元", "亿美元"]


def test_targets_and_claims_enter_no_series(data):
    # On file: goals of 16, 17, 18 for foreign investment, and a claim of 300.8 for industrial investment.
    assert not data.select("fdi_utilized", "330500", record_type="target").empty
    assert not data.select("industrial_investment", "330500", record_type="claim").empty
    assert not set(series(data, "fdi_utilized").value) & {16, 17, 18}
    assert series(data, "industrial_investment").empty
    assert list(series(data, "industrial_investment").columns) == COLUMNS


def test_a_year_implied_by_the_level_and_nominal_rate_of_the_next(data):
    points = by_period(series(data, "exports"))
    assert list(points.index) == ["2012", "2013"]
    implied = points.loc["2012"]
    assert (implied.origin, implied.obs_status, implied.year) == ("implied", "E", 2012)
    assert (implied.low, implied.high) == pytest.approx((80.85 / 1.0955, 80.95 / 1.0945), rel=1e-12)
    assert implied.low < implied.value < implied.high
    assert implied.figure_id.split() == ["D001-GWR.exports.2013", "D001-GWR.exports.2013.gy"]
    assert points.loc["2013"].origin == "printed"


def test_real_growth_implies_no_year(data):
    assert list(series(data, "gdp").time_period) == ["2013"]


def test_a_printed_year_takes_the_place_of_an_implied_one(tables):
    tables.add_figure("D000.exports.2012", "73.9", indicator="exports", time_period="2012", unit="亿美元")
    points = by_period(series(tables.load(), "exports"))
    assert points.origin["2012"] == "printed"
    assert points.value["2012"] == 73.9


def test_part_of_a_year_is_marked_and_never_annualised(data):
    points = series(data, "intended_orders")
    assert list(points.origin) == ["part_year"]
    assert list(points.value) == [16.3]


def test_a_state_at_a_date_is_printed_as_it_is(data):
    points = series(data, "bonded_logistics_centres")
    assert list(points.time_period) == ["2021-12", "2023-06"]
    assert set(points.origin) == {"printed"}


def test_points_are_in_the_order_in_which_they_end(tables):
    tables.add_figure("D000.fdi_utilized.2021", "15", **FDI, time_period="2021")
    tables.add_figure("D000.fdi_utilized.2023", "16", **FDI, time_period="2023")
    tables.add_figure("D000.fdi_utilized.2023-S1", "9", **(FDI | {"span": "cumulative"}), time_period="2023-S1")
    assert list(series(tables.load(), "fdi_utilized").time_period) == ["2013", "2021", "2018/P5Y", "2023-S1", "2023"]


def test_a_later_original_supersedes_and_on_the_same_day_the_better_tier_counts(tables):
    official = {"source_id": "D003", "locator": "数字方案 一(二)"}
    tables.add_figure("D000.fdi_utilized.2023", "15.0", **FDI, vintage="2025-01")
    tables.add_figure("D003.fdi_utilized.2023.a", "15.5", **FDI, **official, vintage="2024-01")
    assert by_period(series(tables.load(), "fdi_utilized")).value["2023"] == 15.0
    tables.add_figure("D003.fdi_utilized.2023.b", "15.2", **FDI, **official, vintage="2025-01")
    point = by_period(series(tables.load(), "fdi_utilized")).loc["2023"]
    assert (point.value, point.tier) == (15.2, "official")


def test_an_original_comes_before_a_later_compilation(whole):
    # 2013: 10.586 in the yearbook of 2014, and 1058.6 million in a compilation that reaches 2023.
    point = by_period(series(whole, "fdi_utilized")).loc["2013"]
    assert (point.value, point.tier) == (10.586, "yearbook")


def test_gdp_of_2020_before_and_after_its_revision(whole):
    # Preliminary 320.14 billion yuan in January 2021, final 3203.9 in the bulletin of the year after.
    assert by_period(series(whole, "gdp", as_of="2021-06-30")).value["2020"] == 3201.4
    assert by_period(series(whole, "gdp")).value["2020"] == 3203.9
    both = hz.vintages(whole, "gdp").query("year == 2013").value
    assert {1803.15, 1930.78} <= set(both.round(2))


def test_retail_sales_of_2024_follow_from_the_rate_of_2025(whole):
    # 1978 at +3.9%: [1977.5/1.0395, 1978.5/1.0385]
    point = by_period(series(whole, "retail_sales")).loc["2024"]
    assert point.origin == "implied"
    assert (point.low, point.high) == pytest.approx((1977.5 / 1.0395, 1978.5 / 1.0385))


def test_exports_change_currency_and_are_cut_there(whole):
    points = series(whole, "exports").query("origin == 'printed'")
    dollars, yuan = points[points.year <= 2017], points[points.year >= 2018]
    assert (set(dollars.unit), set(yuan.unit)) == ({"亿美元"}, {"亿元"})
    assert dollars.segment.max() < yuan.segment.min()


def test_a_break_begins_a_new_stretch(whole):
    # Water freight was re-based in 2013 and again in 2014.
    points = series(whole, "water_freight_tonnage").set_index("year").segment
    assert points[2012] < points[2013] < points[2014] == points[2019]


def test_foreign_investment_is_cut_where_its_counting_was_widened(whole):
    # From May 2022 banking, securities and insurance count too; the 36% fall of 2020 has no stated cause, so no break.
    points = series(whole, "fdi_utilized").query("origin == 'printed'").set_index("year").segment
    assert points[1990] == points[2020] == points[2021] < points[2022] == points[2023]
    for size in ("slide", "phone"):
        figure = hz.foreign_investment.trajectory(whole).figure("zh", size)
        years = [set(line.get_xdata()) for axes in figure.axes for line in axes.lines if line.get_linestyle() == "-"]
        assert any({2020, 2021} <= drawn for drawn in years)
        assert any({2022, 2023} <= drawn for drawn in years)
        assert not any({2021, 2022} <= drawn for drawn in years)


def test_within_a_tier_the_latest_value_counts(tables):
    tables.add_figure("D000.fdi_utilized.2023", "15.0", **FDI, vintage="2024-02")
    tables.add_figure("D000.fdi_utilized.2023.revised", "15.2", **FDI, vintage="2024-11")
    tables.add_figure("D000.fdi_utilized.2023.first", "14.9", **FDI, vintage="2024-01")
    assert by_period(series(tables.load(), "fdi_utilized")).value["2023"] == 15.2


def test_another_area_is_another_series(tables):
    tables.add_figure("D000.fdi_utilized.330502.2023", "3", **FDI, ref_area="330502")
    data = tables.load()
    assert "2023" not in list(series(data, "fdi_utilized").time_period)
    assert list(series(data, "fdi_utilized", "330502").value) == [3]


def test_bounds_keep_their_open_side(data):
    point = series(data, "customer_conversion_rate").iloc[0]
    assert (point.relation, point.low, point.high) == (">", 40, float("inf"))


def correct(tables, figure_id, **cells):
    tables.add("corrections", figure_id=figure_id, reason="test", status="open", **cells)


def test_a_corrected_value_is_used_and_its_own_rounding_with_it(tables):
    correct(tables, "D001-GWR.fdi_utilized.2013", action="override", value="10.62", expect="10.6")
    data = tables.load()
    point = by_period(series(data, "fdi_utilized")).loc["2013"]
    assert (point.value, point.low, point.high) == (10.62, 10.615, 10.625)
    assert data.figure("D001-GWR.fdi_utilized.2013").corrected == "override"


def test_an_excluded_figure_enters_no_series_and_a_flagged_one_does(tables):
    correct(tables, "D001-GWR.fdi_utilized.2013", action="exclude", expect="10.6")
    correct(tables, "D000.fdi_utilized.2018P5Y", action="flag", expect="61.2")
    assert list(series(tables.load(), "fdi_utilized").time_period) == ["2018/P5Y"]


def test_an_excluded_rate_implies_no_year(tables):
    correct(tables, "D001-GWR.exports.2013.gy", action="exclude", expect="9.5")
    assert list(series(tables.load(), "exports").time_period) == ["2013"]


# --- what was known when -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "seen"),
    [
        ("2014-02-10", []),
        ("2014-02-11", ["2013"]),
        ("2014", ["2013"]),
        ("2023-05", ["2013"]),
        ("2023-06-29", ["2013"]),  # published in June 2023: known for certain only when June is over
        ("2023-06-30", ["2013", "2018/P5Y"]),
        ("2023-06", ["2013", "2018/P5Y"]),
    ],
)
def test_only_what_had_been_published(data, as_of, seen):
    assert list(series(data, "fdi_utilized", as_of=as_of).time_period) == seen


def test_without_a_publication_date_a_figure_was_never_known(data):
    undated = data.figures[data.figures.vintage == ""]
    assert len(undated) > 0
    assert known(undated, "2030").empty
    assert len(known(undated, None)) == len(undated)


def test_nothing_on_file_is_an_empty_series_at_any_date(data):
    assert data.select("fdi_utilized", "330521").empty
    for as_of in (None, "2024"):
        points = series(data, "fdi_utilized", "330521", as_of=as_of)
        assert points.empty
        assert list(points.columns) == COLUMNS


def test_a_series_that_was_changed_is_whole_the_next_time(data):
    before = hz.series(data, "gdp")
    mine = hz.series(data, "gdp")
    mine.loc[mine.index[0], "value"] = -1.0
    mine["extra"] = 1
    pd.testing.assert_frame_equal(hz.series(data, "gdp"), before)
    assert mine.value.iloc[0] == -1


def test_series_of_other_tables_and_other_days_are_their_own(whole):
    fewer = replace(whole, figures=whole.figures[whole.figures.indicator != "gdp"])
    assert len(hz.series(whole, "gdp")) and hz.series(fewer, "gdp").empty
    last = hz.series(whole, "gdp")
    assert len(hz.series(whole, "gdp", as_of="2014-03")) < len(last) == len(hz.series(whole, "gdp"))


def test_figures_are_selected_by_any_of_their_columns(whole):
    """Against the plain way: every column compared on its own."""
    wanted = {
        "indicator": ["exports", "gdp", "gdp", "no_such"],
        "area": "330500",
        "record_type": {"actual", "target"},
        "transformation": "N",
        "source": None,
        "period": None,
    }
    figures = whole.figures
    plain = figures[
        figures.indicator.isin(["exports", "gdp"])
        & (figures.ref_area == "330500")
        & figures.record_type.isin(["actual", "target"])
        & (figures.transformation == "N")
    ]
    assert len(plain) > 5
    pd.testing.assert_frame_equal(whole.select(**wanted), plain)
    pd.testing.assert_frame_equal(whole.select("exports"), figures[figures.indicator == "exports"])
    assert whole.select("no_such").empty and list(whole.select("no_such").columns) == list(figures.columns)
    assert len(whole.select()) == len(figures)
