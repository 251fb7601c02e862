"""The curated figures: both target tables cell by cell, every citation, and sanity of all rows.

Checks against the documents themselves need their folder in the environment variable HUZHOU_SOURCES: the documents
are not shipped.
"""

import json
import os
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from huzhou_analysis.analysis.plans import table_targets
from huzhou_analysis.facts import codebook, periods
from huzhou_analysis.facts.schema import TABLES

ROOT = Path(__file__).resolve().parent.parent

# --- the two tables of document 003, typed from the page -----------------------------------------------------------
# Row: indicator as printed, its key here, unit, and the cells of 2023, 2025 and 2027.

DIGITAL = [
    ("数字经济增加值占GDP比重", "digital_va_share", "%", "30", "40", "50"),
    (
        "规上数字经济核心产业研发与试验发展(R&D)经费支出占增加值比重",
        "digital_core_rd_intensity",
        "%",
        "9.5",
        "9.6",
        "9.7",
    ),
    ("数字经济核心产业有效发明专利", "digital_core_patents", "件", "4500", "5500", "6500"),
    ("数字经济核心产业增加值", "digital_core_va", "亿元", "230", "350", "440"),
    ("营收超百亿元数字经济企业数量", "digital_firms_10bn", "家", "3", "4", "5"),
    ("全社会全员劳动生产率[1]", "labour_productivity", "万元/人", "/", "24", "28"),
    ("规模以上工业企业数字化改造覆盖率", "industrial_digital_coverage", "%", "75", "100", "100"),
    ("网络零售额", "online_retail", "亿元", "1150", "1245", "1345"),
    ("数字贸易进出口总额", "digital_trade", "亿元", "420", "520", "620"),
    ("公共数据开放率", "public_data_openness", "%", "20", "30", "80"),
    ("数据中心总机架数", "data_centre_racks", "个", "14000", "15000", "16000"),
]
OPEN = [
    ("※★实际利用外资总额", "fdi_utilized", "亿美元", "16", "17", "18"),
    ("※制造业使用外资占全市比重", "fdi_manufacturing_share", "%", "30", "33", "36"),
    ("☆高技术产业使用外资占全市比重", "fdi_hightech_share", "%", "50", "51", "52"),
    ("※开发区制造业使用外资占全市制造业使用外资比重", "fdi_zone_manufacturing_share", "%", "55", "57", "60"),
    ("☆“2+8”平台使用外资占全市使用外资比重", "fdi_platform_share", "%", "80", "82", "85"),
    ("※★高新技术产业增加值占规上工业比重", "hightech_va_share", "%", "66", "67", "68"),
    ("★R&D经费支出占GDP比重", "rd_share", "%", "3.4", "3.6", "3.8"),
    ("★新认定高新技术企业数量", "hightech_firms_new", "家", "280", "320", "400"),
    ("※引育省领军型创新创业团队数量", "innovation_teams", "家", "3", "9", "15"),
    ("☆引进高层次人才创业项目数量", "talent_projects", "个", "300", "1000", "1500"),
    ("★累计人才住房总量", "talent_housing", "套", "26000", "46000", "50000"),
    ("※专精特新“小巨人”企业数量", "little_giants", "家", "每年新增10家"),
    ("※对外投资备案额", "outbound_investment", "亿美元", "3", "3.3", "3.6"),
    ("※牵头和参与制修订国际标准数", "international_standards", "项", "2", "4", "6"),
    ("☆牵头制修订国家标准数", "national_standards", "项", "6", "10", "12"),
    ("※累计新增链主(雄鹰)企业数", "chain_leaders", "家", "力争达到4家"),
    ("※浙江本土民营跨国公司“领航企业”数量", "multinational_leaders", "家", "3", "4", "5"),
    ("☆新引进固投3亿元以上项目产业链集聚度", "project_chain_concentration_300m", "%", "60", "70", "80"),
    ("※★货物贸易出口占全国份额", "export_national_share", "‰", "6.50", "6.51", "6.53"),
    ("☆“2+8”平台外贸出口增速", "platform_export_growth", "%", "高于全市平均增速"),
    ("☆“2+8”平台高新技术产品出口增速", "platform_hightech_export_growth", "%", "高于全市平均增速"),
    ("※服务贸易总额", "service_trade", "亿元", "80", "100", "120"),
    ("※数字贸易总额", "digital_trade", "亿元", "420", "520", "620"),
    ("★社会消费品零售总额", "retail_sales", "亿元", "1666", "1800", "2000"),
    ("★综合交通投资", "transport_investment", "亿元", "250", "280", "300"),
    ("★公路运输周转量", "road_freight_turnover", "亿吨公里", "102", "106", "110"),
    ("★水路运输周转量", "water_freight_turnover", "亿吨公里", "137", "145", "154"),
    ("★内河港集装箱吞吐量", "container_throughput", "万TEU", "75", "90", "110"),
]
ROWS = [
    (table, number, *row)
    for table, rows in (("digital", DIGITAL), ("open", OPEN))
    for number, row in enumerate(rows, 1)
]
# What a cell of one merged column says: period, number, relation, commitment, span.
MERGED = {
    "每年新增10家": ("2023/P5Y", "10", "=", "", "per_year"),
    "力争达到4家": ("2027", "4", "=", "strive", "cumulative"),
    "高于全市平均增速": ("2023/P5Y", "", "relative", "", "per_year"),
}


def test_the_tables_have_11_rows_and_28():
    assert (len(DIGITAL), len(OPEN)) == (11, 28)


@pytest.mark.parametrize(
    ("table", "number", "printed", "indicator", "unit", "cells"),
    [(*row[:5], row[5:]) for row in ROWS],
    ids=[f"{row[0]}-{row[1]}" for row in ROWS],
)
def test_every_cell_of_a_target_row(data, table, number, printed, indicator, unit, cells):
    found = table_targets(data, table)
    found = found[found.row == number]
    assert set(found.indicator) == {indicator}
    assert set(found.unit) == {unit}
    assert set(found.record_type) == {"target"}
    assert set(found.vintage) == {"2023-05-09"}
    area = "330500-28" if "2+8" in printed and len(cells) == 1 else "330500"
    assert set(found.ref_area) == {area}
    if len(cells) == 1:
        period, value, relation, commitment, span = MERGED[cells[0]]
        row = found.iloc[0]
        assert len(found) == 1
        assert (row.time_period, row.obs_text, row.relation, row.commitment, row.span) == (
            period,
            value,
            relation,
            commitment,
            span,
        )
        assert row.time_basis == "inferred"  # the cell spans the three columns
        assert cells[0] in row.as_printed
    else:
        assert list(found.time_period) == ["2023", "2025", "2027"]
        # "/" means that nothing is set: there is a row, without a number.
        assert list(found.obs_text) == [cell.replace("/", "") for cell in cells]
        assert list(found.obs_status) == ["M" if cell == "/" else "A" for cell in cells]
        assert set(found.relation) == {"="}
        assert set(found.commitment) == {""}
        assert set(found.time_basis) == {"stated"}


def test_the_tables_hold_nothing_else(data):
    found = table_targets(data)
    assert len(found) == sum(len(row) - 5 for row in ROWS) == 109
    assert set(zip(found.table, found.row, strict=True)) == {row[:2] for row in ROWS}


# --- what the documents print, by hand -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figure_id", "value", "unit", "relation", "period", "record_type"),
    [
        ("D000.fdi_utilized.2018P5Y", "61.2", "亿美元", "=", "2018/P5Y", "actual"),  # 五年累计实到外资61.2亿美元
        ("D000.trade_total.2027", "2000", "亿元", ">", "2027", "target"),  # 均突破2000亿元
        ("D001-02.industrial_investment.2021-S1", "300.8", "亿元", "=", "2021-S1", "claim"),
        ("D001-02.industrial_investment.2021-S1.gy", "34.6", "%", "=", "2021-S1", "claim"),
        ("D001-GWR.gdp.2013", "1803.2", "亿元", "=", "2013", "actual"),
        ("D001-GWR.retail_sales.2013", "766.2", "亿元", "=", "2013", "actual"),
        ("D001-GWR.trade_total.2013", "95.3", "亿美元", "=", "2013", "actual"),
        ("D001-GWR.trade_total.2013.gy", "9.3", "%", "=", "2013", "actual"),  # 分别增长9.3%和9.5%
        ("D001-GWR.exports.2013", "80.9", "亿美元", "=", "2013", "actual"),
        ("D001-GWR.exports.2013.gy", "9.5", "%", "=", "2013", "actual"),
        ("D001-GWR.fiscal_revenue.2013.gy", "10", "%", "=", "2013", "actual"),  # 分别增长10%和11.6%
        ("D001-GWR.local_fiscal_revenue.2013.gy", "11.6", "%", "=", "2013", "actual"),
        ("D001-GWR.fiscal_revenue.2014.gy", "8", "%", "=", "2014", "target"),  # 均增长8%
        ("D001-GWR.local_fiscal_revenue.2014.gy", "8", "%", "=", "2014", "target"),
        ("D002.exports.330502.2023-01P9M.gy", "7.4", "%", "=", "2023-01/P9M", "actual"),
        ("D004.industrial_output.330500-CH.2023.gy", "25.1", "%", "=", "2023", "actual"),
    ],
)
def test_a_figure_as_the_document_has_it(data, figure_id, value, unit, relation, period, record_type):
    row = data.figure(figure_id)
    assert (row.obs_text, row.unit, row.relation, row.time_period, row.record_type) == (
        value,
        unit,
        relation,
        period,
        record_type,
    )


def test_a_stretch_and_a_floor_are_two_figures(data):
    # 力争数字经济核心产业增加值达到500亿元(确保440亿元)
    found = data.select("digital_core_va", record_type="target", period="2027", source="D003")
    assert sorted(zip(found.commitment, found.obs_text, strict=True)) == [
        ("", "440"),
        ("ensure", "440"),
        ("strive", "500"),
    ]


# --- every row -----------------------------------------------------------------------------------------------------


def plain(text):
    """Text without whitespace, in one width."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def test_ids_say_what_the_figure_is(data):
    for row in data.figures.itertuples():
        source, indicator, *rest = row.Index.split(".")
        assert (source, indicator) == (row.source_id, row.indicator)
        if row.ref_area != "330500":
            assert rest[0] == row.ref_area, row.Index
            rest = rest[1:]
        assert rest[0] == (row.time_period.replace("/", "") or "undated"), row.Index
        assert ("gy" in rest) == (row.transformation == "GY"), row.Index


def test_what_kind_of_figure_each_document_may_print(data):
    figures, tier = data.figures, data.figures.source_id.map(data.sources.tier)
    assert set(figures[tier == "promotional"].record_type) == {"claim"}
    assert "claim" not in set(figures[tier != "promotional"].record_type)
    # In document 003 every number is a target or a parameter, the 2023 columns too.
    assert set(figures[figures.source_id == "D003"].record_type) == {"target", "parameter"}


def test_the_work_report_of_2014_tells_results_of_2013_and_goals_from_2014(data):
    report = data.figures[(data.figures.source_id == "D001-GWR") & (data.figures.time_period != "")]
    end = report.time_period.map(lambda code: periods.parse(code).end.year)
    assert (end[report.record_type == "actual"] <= 2014).all()
    assert (end[report.record_type == "target"] >= 2014).all()
    whole = report[report.record_type == "actual"].time_period == "2013"
    assert whole.mean() > 0.8


def test_no_period_comes_from_the_stamp_of_a_page(data):
    # The pages of document 001 are stamped 2025-09-03, the day they were copied.
    stamped = data.figures[data.figures.source_id.str.startswith("D001")]
    assert not stamped.time_period.str.startswith("2025").any()
    assert not stamped.vintage.str.startswith("2025").any()
    undated = stamped[data.sources.date_published.reindex(stamped.source_id).eq("").to_numpy()]
    assert (undated.vintage == "").all()


def test_shares_lie_between_0_and_100(data):
    ratios = data.figures[
        (data.figures.transformation == "N") & data.figures.unit.isin(["%", "‰"]) & (data.figures.obs_text != "")
    ]
    # A gain in percent may be above 100; a share may not.
    shares = ratios[~ratios.indicator.str.contains("_gain|growth|reduction|increase|speedup|premium")]
    assert len(shares) > 50
    assert shares.obs_value.between(0, 100).all()


def test_only_changes_are_negative(data):
    negative = data.figures[data.figures.obs_value < 0]
    assert set(negative.transformation) == {"GY"}
    # 下降, 削减, 压缩: a fall is printed without a sign.
    assert not negative.as_printed.str.contains("-").any()


def test_levels_are_in_a_unit_of_their_indicator(data):
    wrong = set()
    for row in data.figures[data.figures.transformation == "N"].itertuples():
        usual = data.indicators.unit[row.indicator]
        money = data.units[usual].is_money and data.units[row.unit].is_money
        # A class of size is whatever was classed; a time may be told in days or months.
        if row.indicator in ("size_threshold", "signing_to_site_time") or money:
            continue
        if not data.units.comparable(row.unit, usual):
            wrong.add((row.indicator, row.unit, usual))
    assert wrong == set()


def test_an_amount_of_money_says_its_price_basis_and_nothing_else_does(data):
    level = data.figures[data.figures.transformation == "N"]
    money = level.unit.map(lambda unit: data.units[unit].is_money)
    assert set(level.prices[~money]) == {""}
    assert "constant" not in set(level.prices)


def test_growth_of_gdp_and_value_added_is_real(data):
    growth = data.figures[
        (data.figures.transformation == "GY")
        & (data.figures.obs_text != "")
        & (data.figures.unit == "%")
        & data.figures.indicator.str.fullmatch(r"gdp|\w+_va")
    ]
    assert len(growth) >= 8
    assert set(growth.prices) == {"constant"}


def test_no_figure_is_entered_twice(data):
    columns = [
        "record_type",
        "indicator",
        "ref_area",
        "time_period",
        "obs_text",
        "high_text",
        "relation",
        "commitment",
        "unit",
        "transformation",
        "source_id",
        "locator",
        "as_printed",
        "comment",
    ]
    again = data.figures[data.figures.duplicated(columns, keep=False) & (data.figures.time_period != "")]
    assert list(again.index) == []


def test_every_indicator_area_and_source_is_used(whole):
    data = whole
    assert set(data.indicators.index) == set(data.figures.indicator)
    assert set(data.sources.index) == set(data.figures.source_id)
    used = {*data.figures.ref_area, *data.milestones.ref_area, *data.ref_areas.parent}
    assert set(data.ref_areas.index) - used <= {"000000"}  # the country, above the province


def test_what_is_bad_is_not_better_in_greater_numbers(data):
    for indicator in ("cpi", "energy_intensity", "emission_cod", "unemployment_registered", "container_freight_cost"):
        assert not data.indicators.ascending[indicator], indicator
    for indicator in ("gdp", "fdi_utilized", "exports", "rd_share", "urban_income"):
        assert data.indicators.ascending[indicator], indicator


def test_areas_form_a_tree(data):
    parent = data.ref_areas.parent
    for area in data.ref_areas.index:
        seen = []
        while area:
            assert area not in seen
            seen.append(area)
            area = parent[area]
    # GB/T 2260: a district's first four digits are its city's, a city's first two its province's.
    assert parent["330500"] == "330000"
    for area, above in parent.items():
        if re.fullmatch(r"\d{6}", area) and data.ref_areas.level[area] == "county":
            assert above == area[:4] + "00"


# --- what is generated ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["README.md", "datapackage.json"])
def test_the_codebook_is_fresh(whole, name):
    data = whole
    committed = (ROOT / "data" / name).read_text(encoding="utf-8")
    assert committed == codebook.generated(data)[name], "run `make codebook`"


def test_the_data_package_describes_the_files_as_they_are(data):
    package = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
    described = {
        resource["path"]: [field["name"] for field in resource["schema"]["fields"]] for resource in package["resources"]
    }
    found = {
        path.name: path.read_text(encoding="utf-8-sig").splitlines()[0].split(",")
        for path in (ROOT / "data").glob("*.csv")
        if path.name != "record.csv"  # statements of editions, no table of figures: see docs/methods.md
    }
    assert described == found
    names = {resource["name"]: resource for resource in package["resources"]}
    for resource in package["resources"]:
        for key in resource["schema"].get("foreignKeys", []):
            name = key["reference"]["resource"] or resource["name"]
            assert name in names
            target = names[name]
            assert key["reference"]["fields"] in [field["name"] for field in target["schema"]["fields"]]


def test_the_codebook_counts_what_is_on_file(whole):
    data = whole
    text = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    kinds = Counter(data.figures.record_type)
    total = re.search(r"\| \*\*total\*\* \|(.+)\|", text).group(1)
    assert [int(n) for n in total.split("|")] == [
        *(kinds[k] for k in ("actual", "target", "claim", "parameter")),
        len(data.figures),
    ]


def test_files_are_ready_for_excel_and_for_git():
    for name in TABLES:
        raw = (ROOT / "data" / f"{name}.csv").read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf"), name  # else Excel garbles Chinese
        assert b"\r" not in raw, name
        assert raw.endswith(b"\n"), name


# --- against the documents -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def documents(data):
    """Text of each document that is in the folder HUZHOU_SOURCES, by source."""
    folder = os.environ.get("HUZHOU_SOURCES")
    if not folder:
        pytest.skip("HUZHOU_SOURCES is not set: the documents are not shipped")
    texts = {
        source: path.read_text(encoding="utf-8")
        for source, name in data.sources.file.items()
        if name and (path := Path(folder, name)).is_file()
    }
    if not texts:
        pytest.skip("HUZHOU_SOURCES holds none of the documents")
    return texts


def test_the_tables_above_are_those_of_the_document(documents):
    if "D003" not in documents:
        pytest.skip("document 003 is not in HUZHOU_SOURCES")
    lines = [[cell.strip() for cell in line.split("|")] for line in documents["D003"].splitlines() if " | " in line]
    found = []
    for cells in lines:
        cells = [cell for cell in cells if cell]
        # The last year cells, left of the office in charge; the row's own number and its class, if any, on the left.
        for row in ROWS:
            printed = [row[2], row[4], *row[5:]]
            tail = cells[cells.index(row[2]) :][: len(printed)] if row[2] in cells else []
            if tail == printed:
                found.append(row[:2])
    assert sorted(set(found)) == sorted(row[:2] for row in ROWS)
