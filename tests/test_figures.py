"""The curated figures: both target tables cell by cell, sanity of all rows, and what is asked about those that stand out.

Checks against the documents themselves need their folder in the environment variable HUZHOU_SOURCES: the documents
are not shipped.
"""

import dataclasses
import datetime as dt
import json
import os
import re
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from table_copies import ROOT

from huzhou_analysis.analysis.plans import table_targets
from huzhou_analysis.facts import codebook, periods
from huzhou_analysis.facts.plausible import questions
from huzhou_analysis.facts.schema import TABLES

# Row: indicator as printed, its key here, unit, and the cells of 2023, 2025 and 2027, or the one cell of all three.

DIGITAL = """
数字经济增加值占GDP比重 | digital_va_share | % | 30 | 40 | 50
规上数字经济核心产业研发与试验发展(R&D)经费支出占增加值比重 | digital_core_rd_intensity | % | 9.5 | 9.6 | 9.7
数字经济核心产业有效发明专利 | digital_core_patents | 件 | 4500 | 5500 | 6500
数字经济核心产业增加值 | digital_core_va | 亿元 | 230 | 350 | 440
营收超百亿元数字经济企业数量 | digital_firms_10bn | 家 | 3 | 4 | 5
全社会全员劳动生产率[1] | labour_productivity | 万元/人 | / | 24 | 28
规模以上工业企业数字化改造覆盖率 | industrial_digital_coverage | % | 75 | 100 | 100
网络零售额 | online_retail | 亿元 | 1150 | 1245 | 1345
数字贸易进出口总额 | digital_trade | 亿元 | 420 | 520 | 620
公共数据开放率 | public_data_openness | % | 20 | 30 | 80
数据中心总机架数 | data_centre_racks | 个 | 14000 | 15000 | 16000
"""
OPEN = """
※★实际利用外资总额 | fdi_utilized | 亿美元 | 16 | 17 | 18
※制造业使用外资占全市比重 | fdi_manufacturing_share | % | 30 | 33 | 36
☆高技术产业使用外资占全市比重 | fdi_hightech_share | % | 50 | 51 | 52
※开发区制造业使用外资占全市制造业使用外资比重 | fdi_zone_manufacturing_share | % | 55 | 57 | 60
☆“2+8”平台使用外资占全市使用外资比重 | fdi_platform_share | % | 80 | 82 | 85
※★高新技术产业增加值占规上工业比重 | hightech_va_share | % | 66 | 67 | 68
★R&D经费支出占GDP比重 | rd_share | % | 3.4 | 3.6 | 3.8
★新认定高新技术企业数量 | hightech_firms_new | 家 | 280 | 320 | 400
※引育省领军型创新创业团队数量 | innovation_teams | 家 | 3 | 9 | 15
☆引进高层次人才创业项目数量 | talent_projects | 个 | 300 | 1000 | 1500
★累计人才住房总量 | talent_housing | 套 | 26000 | 46000 | 50000
※专精特新“小巨人”企业数量 | little_giants | 家 | 每年新增10家
※对外投资备案额 | outbound_investment | 亿美元 | 3 | 3.3 | 3.6
※牵头和参与制修订国际标准数 | international_standards | 项 | 2 | 4 | 6
☆牵头制修订国家标准数 | national_standards | 项 | 6 | 10 | 12
※累计新增链主(雄鹰)企业数 | chain_leaders | 家 | 力争达到4家
※浙江本土民营跨国公司“领航企业”数量 | multinational_leaders | 家 | 3 | 4 | 5
☆新引进固投3亿元以上项目产业链集聚度 | project_chain_concentration_300m | % | 60 | 70 | 80
※★货物贸易出口占全国份额 | export_national_share | ‰ | 6.50 | 6.51 | 6.53
☆“2+8”平台外贸出口增速 | platform_export_growth | % | 高于全市平均增速
☆“2+8”平台高新技术产品出口增速 | platform_hightech_export_growth | % | 高于全市平均增速
※服务贸易总额 | service_trade | 亿元 | 80 | 100 | 120
※数字贸易总额 | digital_trade | 亿元 | 420 | 520 | 620
★社会消费品零售总额 | retail_sales | 亿元 | 1666 | 1800 | 2000
★综合交通投资 | transport_investment | 亿元 | 250 | 280 | 300
★公路运输周转量 | road_freight_turnover | 亿吨公里 | 102 | 106 | 110
★水路运输周转量 | water_freight_turnover | 亿吨公里 | 137 | 145 | 154
★内河港集装箱吞吐量 | container_throughput | 万TEU | 75 | 90 | 110
"""
ROWS = [
    (table, number, *row.split(" | "))
    for table, rows in (("digital", DIGITAL), ("open", OPEN))
    for number, row in enumerate(rows.strip().splitlines(), 1)
]
# What a cell of one merged column says: period, number, relation, commitment, span.
MERGED = {
    "每年新增10家": ("2023/P5Y", "10", "=", "", "per_year"),
    "力争达到4家": ("2027", "4", "=", "strive", "cumulative"),
    "高于全市平均增速": ("2023/P5Y", "", "relative", "", "per_year"),
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}-{row[1]}")
def test_every_cell_of_a_target_row(data, row):
    table, number, printed, indicator, unit, *cells = row
    found = table_targets(data, table)
    found = found[found.row == number]
    area = "330500-28" if "2+8" in printed and len(cells) == 1 else "330500"
    same = found[["indicator", "unit", "record_type", "vintage", "ref_area"]].drop_duplicates()
    assert same.values.tolist() == [[indicator, unit, "target", "2023-05-09", area]]
    if len(cells) == 1:
        [one] = found.itertuples()
        assert (one.time_period, one.obs_text, one.relation, one.commitment, one.span) == MERGED[cells[0]]
        assert one.time_basis == "inferred"  # the cell spans the three columns
        assert cells[0] in one.as_printed
    else:
        # "/" means that nothing is set: there is a row, without a number.
        assert found[["time_period", "obs_text", "obs_status"]].values.tolist() == [
            [year, cell.replace("/", ""), "M" if cell == "/" else "A"]
            for year, cell in zip(("2023", "2025", "2027"), cells, strict=True)
        ]
        same = found[["relation", "commitment", "time_basis"]].drop_duplicates()
        assert same.values.tolist() == [["=", "", "stated"]]


def test_the_tables_have_11_rows_and_28_and_hold_nothing_else(data):
    assert Counter(row[0] for row in ROWS) == {"digital": 11, "open": 28}
    found = table_targets(data)
    assert len(found) == sum(len(row) - 5 for row in ROWS) == 109
    assert set(zip(found.table, found.row, strict=True)) == {row[:2] for row in ROWS}


PRINTED = """
D000.fdi_utilized.2018P5Y | 61.2 | 亿美元 | = | 2018/P5Y | actual
D000.trade_total.2027 | 2000 | 亿元 | > | 2027 | target
D001-02.industrial_investment.2021-S1 | 300.8 | 亿元 | = | 2021-S1 | claim
D001-GWR.gdp.2013 | 1803.2 | 亿元 | = | 2013 | actual
D001-GWR.exports.2013 | 80.9 | 亿美元 | = | 2013 | actual
D001-GWR.exports.2013.gy | 9.5 | % | = | 2013 | actual
D001-GWR.fiscal_revenue.2014.gy | 8 | % | = | 2014 | target
D002.exports.330502.2023-01P9M.gy | 7.4 | % | = | 2023-01/P9M | actual
D004.industrial_output.330500-CH.2023.gy | 25.1 | % | = | 2023 | actual
"""


def test_figures_as_the_documents_have_them(data):
    cells = {line.split(" | ")[0]: line.split(" | ")[1:] for line in PRINTED.strip().splitlines()}
    columns = ["obs_text", "unit", "relation", "time_period", "record_type"]
    assert dict(zip(cells, data.figures.loc[list(cells), columns].values.tolist(), strict=True)) == cells


def test_a_stretch_and_a_floor_are_two_figures(data):
    # 力争数字经济核心产业增加值达到500亿元(确保440亿元)
    found = data.select("digital_core_va", record_type="target", period="2027", source="D003")
    said = sorted(zip(found.commitment, found.obs_text, strict=True))
    assert said == [("", "440"), ("ensure", "440"), ("strive", "500")]


def no_period_of_a_stamp(data, figures):
    """The pages of document 001 are stamped 2025-09-03, the day they were copied: no period and no vintage is from it."""
    stamped = figures[figures.source_id.str.startswith("D001")]
    undated = stamped.source_id.map(data.sources.date_published) == ""
    wrong = stamped.time_period.str.startswith("2025") | stamped.vintage.str.startswith("2025")
    return stamped.index[wrong | (undated & (stamped.vintage != ""))]


def entered_twice(figures):
    columns = ["record_type", "indicator", "ref_area", "time_period", "obs_text", "high_text", "relation", "commitment"]
    columns += ["unit", "transformation", "source_id", "locator", "as_printed", "comment"]
    return figures.index[figures.duplicated(columns, keep=False) & (figures.time_period != "")]


def test_what_holds_for_every_figure(data):
    """Rules with the figures that break them: all offenders at once."""
    figures = data.figures
    levels, growth = figures[figures.transformation == "N"], figures[figures.transformation == "GY"]
    kind = {name: "money" if unit.is_money else unit.unit_measure for name, unit in data.units.items()}
    tier, measured = figures.source_id.map(data.sources.tier), levels.unit.map(kind)
    odd = levels.indicator[measured != levels.indicator.map(data.indicators.unit).map(kind)]
    shares = levels[levels.unit.isin(["%", "‰"]) & (levels.obs_text != "")]
    # A gain in percent may be above 100; a share may not.
    shares = shares[~shares.indicator.str.contains("_gain|growth|reduction|increase|speedup|premium")]
    real = growth[(growth.obs_text != "") & (growth.unit == "%") & growth.indicator.str.fullmatch(r"gdp|\w+_va")]
    negative = figures[figures.obs_value < 0]
    assert len(shares) > 50 and len(real) >= 8
    broken = {
        "an id says what the figure is": [q.figure_id for q in questions(data) if q.rule == "id"],
        "promotional pages claim": figures.index[(tier == "promotional") != (figures.record_type == "claim")],
        # In document 003 every number is a target or a parameter, the 2023 columns too.
        "a plan sets targets": figures.index[
            (figures.source_id == "D003") & ~figures.record_type.isin(["target", "parameter"])
        ],
        "no period of a stamp": no_period_of_a_stamp(data, figures),
        "shares lie between 0 and 100": shares.index[~shares.obs_value.between(0, 100)],
        "only changes are negative": negative.index[negative.transformation != "GY"],
        "下降, 削减, 压缩: a fall is printed without a sign": negative.index[negative.as_printed.str.contains("-")],
        "a unit of its indicator": odd[~odd.isin(["size_threshold", "signing_to_site_time"])].index,
        "only money has a price basis": levels.index[(measured != "money") & (levels.prices != "")],
        "levels at current prices": levels.index[levels.prices == "constant"],
        "growth of GDP and value added is real": real.index[real.prices != "constant"],
        "entered once": entered_twice(figures),
    }
    assert {rule: list(ids) for rule, ids in broken.items() if len(ids)} == {}


def test_the_work_report_of_2014_tells_results_of_2013_and_goals_from_2014(data):
    report = data.figures[(data.figures.source_id == "D001-GWR") & (data.figures.time_period != "")]
    end = report.time_period.map(lambda code: periods.parse(code).end.year)
    assert (end[report.record_type == "actual"] <= 2014).all()
    assert (end[report.record_type == "target"] >= 2014).all()
    whole = report[report.record_type == "actual"].time_period == "2013"
    assert whole.mean() > 0.8


def test_every_indicator_area_and_source_is_used(whole):
    assert set(whole.indicators.index) == set(whole.figures.indicator)
    assert set(whole.sources.index) == set(whole.figures.source_id)
    used = {*whole.figures.ref_area, *whole.milestones.ref_area, *whole.ref_areas.parent}
    assert set(whole.ref_areas.index) - used <= {"000000"}  # the country, above the province


def test_what_is_bad_is_not_better_in_greater_numbers(data):
    bad = ("cpi", "energy_intensity", "emission_cod", "unemployment_registered", "container_freight_cost")
    good = ("gdp", "fdi_utilized", "exports", "rd_share", "urban_income")
    assert [i for i in (*bad, *good) if data.indicators.ascending[i]] == list(good)


def test_areas_form_a_tree(data):
    parent = data.ref_areas.parent
    chain = set(parent.index)
    for _ in range(8):
        chain = {parent[area] for area in chain if area}
    assert not chain
    # GB/T 2260: a district's first four digits are its city's, a city's first two its province's.
    assert parent["330500"] == "330000"
    counties = [a for a in parent.index if re.fullmatch(r"\d{6}", a) and data.ref_areas.level[a] == "county"]
    assert [a for a in counties if parent[a] != a[:4] + "00"] == []


@pytest.mark.parametrize("name", ["README.md", "datapackage.json"])
def test_the_codebook_is_fresh(whole, name):
    committed = (ROOT / "data" / name).read_text(encoding="utf-8")
    assert committed == codebook.generated(whole)[name], "run `make codebook`"


def test_the_data_package_describes_the_files_as_they_are(data):
    package = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
    described = {r["path"]: [field["name"] for field in r["schema"]["fields"]] for r in package["resources"]}
    found = {
        path.name: path.read_text(encoding="utf-8-sig").splitlines()[0].split(",")
        for path in (ROOT / "data").glob("*.csv")
        if path.name != "record.csv"  # statements of editions, no table of figures: see docs/methods.md
    }
    assert described == found


def test_the_codebook_counts_what_is_on_file(whole):
    text = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    kinds = Counter(whole.figures.record_type)
    total = re.search(r"\| \*\*total\*\* \|(.+)\|", text).group(1)
    assert [int(n) for n in total.split("|")] == [
        *(kinds[k] for k in ("actual", "target", "claim", "parameter")),
        len(whole.figures),
    ]


def test_files_are_ready_for_excel_and_for_git():
    for name in TABLES:
        raw = (ROOT / "data" / f"{name}.csv").read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf"), name  # else Excel garbles Chinese
        assert b"\r" not in raw, name
        assert raw.endswith(b"\n"), name


def test_the_tables_above_are_those_of_the_document(data):
    path = Path(os.environ.get("HUZHOU_SOURCES", "none"), data.sources.file["D003"])
    if not path.is_file():
        pytest.skip("HUZHOU_SOURCES holds no document 003: the documents are not shipped")
    text = path.read_text(encoding="utf-8")
    lines = [[cell.strip() for cell in line.split("|")] for line in text.splitlines() if " | " in line]
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


TODAY = dt.date(2026, 11, 1)
GDP, RATE, COUNTY = "D001-GWR.gdp.2013", "D001-GWR.gdp.2013.gy", "330502"


def asked(data, figure_id, **cells):
    """What is asked about a figure, some of whose cells are changed."""
    figures = data.figures.copy()
    for column, value in cells.items():
        figures.loc[figure_id, column] = value
    return questions(dataclasses.replace(data, figures=figures), [figure_id], TODAY)


def test_few_questions_about_the_tables_as_they_are(whole):
    assert len(questions(whole, today=TODAY)) <= 5


SLIPS = {
    # name: (figure, what is changed, both numbers or words that the question names)
    "ten times too much": (GDP, {"obs_value": 18032.0, "obs_text": "18032"}, ["18032亿元", "18031501万元"]),
    "万元 for 亿元": (GDP, {"unit": "万元"}, ["1803.2万元", "18031501万元"]),
    "another year": (GDP, {"time_period": "2014"}, ["time_period", "2014"]),
    "another area": (GDP, {"ref_area": COUNTY}, ["ref_area", COUNTY]),
    "published in the future": (GDP, {"vintage": "2062"}, ["2062"]),
    "growth of 59 %": (RATE, {"obs_value": 59.0, "obs_text": "59"}, ["59%"]),
    "a rise for a fall": (RATE, {"obs_value": -9.0, "obs_text": "-9.0"}, ["-9.0%"]),
    "a goal as a result": (GDP, {"as_printed": "预计达到1803.2亿元"}, ["预计"]),
    "another area in the text": (GDP, {"as_printed": "嘉兴市生产总值1803.2亿元"}, ["嘉兴市"]),
    "another indicator in the text": (GDP, {"as_printed": "社会消费品零售总额1803.2"}, ["社会消费品零售总额"]),
    "counted in 家": (GDP, {"unit": "家"}, ["家", "亿元"]),
    "a year that is not over": (GDP, {"vintage": "2013-10", "obs_status": "A", "comment": ""}, ["2013-10"]),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_asked_about_with_both_numbers(whole, slip):
    figure_id, cells, words = SLIPS[slip]
    assert questions(whole, [figure_id], TODAY) == []
    (question,) = asked(whole, figure_id, **cells)
    assert question.figure_id == figure_id
    assert [word for word in words if word not in f"{question.zh} {question.en}"] == []
    # Looked at and kept: it is not asked about again.
    assert asked(whole, figure_id, **cells, corrected="flag") == []


def test_a_new_figure_without_its_own_id_is_held_against_its_series_and_its_city(whole):
    row = whole.figures.loc[[GDP]].rename(index={GDP: "N1"})

    def found(**cells):
        figures = pd.concat([whole.figures, row.assign(**cells)])
        return [question.rule for question in questions(dataclasses.replace(whole, figures=figures), ["N1"], TODAY)]

    assert found() == []
    assert found(ref_area=COUNTY) == ["parent"]
    assert found(time_period="2004") == ["twice"]
    assert found(obs_value=9000.0, obs_text="9000") == ["twice"]
    assert found(obs_value=0.0, obs_text="0") == []  # a zero is no multiple of anything
