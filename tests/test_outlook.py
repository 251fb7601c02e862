"""The outlook: a projection to the plan's last year with the chance of the target, or the reason why there is none."""

import math

import pytest

import huzhou_analysis as hz
from huzhou_analysis.analysis.outlook import kind_of

YEARS = {2021: "9.0", 2022: "9.9", 2023: "10.9", 2024: "12.0", 2025: "13.2"}


def foreign_investment(tables, years=YEARS, unit="亿美元"):
    """Tables in which foreign investment has an actual for each of the years; the plan wants 18亿美元 in 2027."""
    for year, value in years.items():
        cells = {"indicator": "fdi_utilized", "unit": unit, "time_period": str(year), "vintage": "2028-03"}
        tables.add_figure(f"outlook.{year}", value, **cells)
    # The declared break of 2022 would cut the history in two.
    head, *rows = tables.rows("indicators")
    code, breaks = head.index("indicator"), head.index("breaks")
    for row in rows:
        if row[code] == "fdi_utilized":
            row[breaks] = ""
    tables.write("indicators", [head, *rows])
    return tables.load()


def test_the_chance_is_that_of_the_projection_for_the_target_of_the_plan(tables):
    found = hz.outlook(foreign_investment(tables), "实际利用外资")
    alone = hz.project(list(map(float, YEARS.values())), 2, start=2021, kind="foreign_investment", unit="亿美元")
    assert found and (found.target, found.relation, found.year) == (18.0, ">=", 2027)
    assert found.projection.table.equals(alone.table)
    assert found.probability == alone.probability(18)
    assert found.figure_ids == [f"outlook.{year}" for year in YEARS]


def test_a_target_is_converted_to_the_unit_of_the_series(tables):
    units = {year: str(round(float(value) * 10000)) for year, value in YEARS.items()}
    found = hz.outlook(foreign_investment(tables, units, "万美元"), "fdi_utilized")
    assert (found.unit, found.target) == ("亿美元", 18.0)
    assert found.points.value.tolist() == pytest.approx([float(value) for value in YEARS.values()])


@pytest.mark.parametrize(
    ("years", "word"),
    [
        ({2024: "12", 2025: "13"}, "only 2 usable annual actuals"),
        (YEARS | {2026: "14", 2027: "16"}, "an actual of 2027 is on file"),
        ({2014: "5", 2015: "6", 2016: "7", 2017: "8", 2018: "9"}, "more than 6 years ahead"),
    ],
)
def test_without_a_projection_there_is_a_reason_and_no_chance(tables, years, word):
    data = foreign_investment(tables, years)
    found = hz.outlook(data, "fdi_utilized")
    assert not found and word in found.reason["en"] and math.isnan(found.probability)
    row = hz.target_probabilities(data).set_index("indicator").loc["fdi_utilized"]
    assert row.reason_en == found.reason["en"] and math.isnan(row.probability) and row.figure_ids == ""


def test_a_year_that_is_none_is_refused(whole):
    for year in (float("nan"), 2027.5, "2027", 201801, True):
        with pytest.raises(ValueError, match="whole year such as 2027"):
            hz.outlook(whole, "gdp", year=year)


def test_every_target_of_the_last_year_has_a_chance_or_a_reason(whole):
    table = hz.target_probabilities(whole)
    assert not table.indicator.duplicated().any()
    assert (table.probability.notna() <= (table.reason_en == "")).all()
    assert (table.reason_zh.ne("") == table.reason_en.ne("")).all()
    for row in table[table.probability.notna()].itertuples():
        assert row.probability == hz.outlook(whole, row.indicator).probability


def test_what_an_indicator_is_to_a_projection(whole):
    kinds = {"gdp": "gdp", "retail_sales": "retail", "fdi_utilized": "foreign_investment", "trade_total": "flow",
             "fdi_manufacturing_share": "share", "container_throughput": None}  # fmt: skip
    assert {name: kind_of(whole, name, whole.indicators.unit[name]) for name in kinds} == kinds


def test_a_percentage_beyond_its_bounds_is_no_share_and_still_has_a_path(tables):
    """Of a plan more than all of it may be fulfilled: 98.5, 101.3, 102.2, 104.2, 103.0."""
    for year, value in zip(range(2020, 2025), ("98.5", "101.3", "102.2", "104.2", "103.0"), strict=True):
        cells = {"indicator": "fdi_platform_share", "unit": "%", "time_period": str(year), "vintage": "2025"}
        tables.add_figure(f"beyond.{year}", value, span="annual", **cells)
    found = hz.outlook(tables.load(), "fdi_platform_share").projection
    assert found.kind == "rate" and found.table["median"].iloc[-1] > 103
