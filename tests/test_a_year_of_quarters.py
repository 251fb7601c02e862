"""A year of quarterly figures of the made-up city with a slip of every kind hidden in it, added through Excel."""

import datetime as dt

import pytest
from made_up_city import city
from test_inbox import raised, workbook

import huzhou_analysis as hz
from huzhou_analysis.inbox import adding

TODAY = dt.date(2025, 6, 1)
QUARTERS = {"2024年一季度": "71.3", "2024年上半年": "148.9", "2024年前三季度": "230.2", "2024年10月": "27.1"}


def level(period, value, printed="出口{}亿元", **cells):
    row = {"indicator": "exports", "transformation": "N", "unit": "亿元", "source_id": "M-REPORT", "locator": period}
    return row | {"time_period": period, "obs_value": value, "as_printed": printed.format(value)} | cells


def rate(period, value, printed="出口增长{}%", **cells):
    growth = {"transformation": "GY", "unit": "%", "locator": f"{period} 增速"}
    return level(period, value, printed, **growth | cells)


SOUND = [level(*quarter) for quarter in QUARTERS.items()]
SOUND += [
    rate("2024年一季度", "5.1"),
    rate("2024年上半年", "-2.0", as_printed="出口下降2.0%"),
    rate("2024年前三季度", "4.2", as_printed="出口为上年同期的104.2%"),
    rate("2024年10月", "-0.8", as_printed="降幅收窄至0.8%"),
    level("2024年11月", "26.4", as_printed=raised("出口26.4", "1", "亿元")),
    level("2024.7-8", "52.5"),
    level("2024年12月", "1 024.5", indicator="gdp", as_printed="生产总值1 024.5亿元"),
]
# What was typed wrongly: the cell at which it is refused.
REFUSED = {
    "a raised digit is no digit": (level("2024年2月", "26.41", as_printed=raised("出口26.4", "1", "亿元")), "as_printed"),
    "two numbers are not one": (level("2024年3月", "26.49", as_printed="出口26.4 9"), "as_printed"),
    "January is not October": (level("2024年4月", "26.4", time_period=2024.1), "time_period"),
    "a quarter is not three": (level("2024年三季度", "230.2", as_printed="前三季度出口230.2亿元"), "time_period"),
    "2014 is not 2024": (level("2024年5月", "26.4", as_printed="2014年5月出口26.4亿元"), "time_period"),
    "an index is no growth": (rate("2024年4月", "104.2", as_printed="出口为上年同期的104.2%"), "as_printed"),
    "a multiple is no percentage": (rate("2024年5月", "1.5", as_printed="出口增长1.5倍"), "as_printed"),
    "month on month is not year on year": (rate("2024年6月", "1.5", as_printed="环比增长1.5%"), "as_printed"),
    "a fall is no rise": (rate("2024年7月", "1.5", as_printed="出口减1.5%"), "as_printed"),
    "a rise is no fall": (rate("2024年8月", "-1.5", as_printed="出口增长1.5%"), "as_printed"),
    "亿美元 is not 亿元": (level("2024年6月", "26.4", unit="亿美元"), "unit"),
    "a lead over the province is no growth": (rate("2024年9月", "2.1", unit="个百分点", as_printed="高于全省2.1个百分点"), "as_printed"),
    "growth since the plan began is no growth over a year": (rate("2024年11月", "12", as_printed="比2020年同期增长12%"), "time_period"),
    "an average a year is no growth over one": (rate("2024年1月", "8.6", as_printed="年均增长8.6%"), "as_printed"),
    "a contribution is no growth": (rate("2024年12月", "2.1", as_printed="拉动增长2.1%"), "as_printed"),
    "next year has not begun": (level("2026年", "330.5"), "time_period"),
}  # fmt: skip
# What may be right and is asked about.
ASKED = {
    "ten times too much": level("2023年", "3173", source_id="M-REPORT"),
    "a growth of 59 %": rate("2023年", "59"),
    "the district has what the city has": level("2025年一季度", "71.9", ref_area="样本区", indicator="gdp", as_printed="为71.9亿元"),
    "a goal as a result": level("2024年9月", "26.4", as_printed="预计出口26.4亿元"),
    "imports under exports": level("2024年8月", "26.4", as_printed="社会消费品零售总额26.4亿元"),
    "a share as a growth": rate("2024年5月", "34.6", as_printed="占比34.6%"),
    "a change as a level": level("2024年6月", "26.4", as_printed="比上年同期增加26.4亿元"),
    "exports below zero": level("2024年6月", "-26.4", as_printed="净额-26.4亿元"),
    "the district under the city": level("2024年7月", "26.4", as_printed="样本区完成26.4亿元"),
}  # fmt: skip


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    folder = city(tmp_path_factory.mktemp("quarters") / "data")
    path = folder / "new.xlsx"
    city_quarter = level("2025年一季度", "75.2", indicator="gdp", as_printed="生产总值75.2亿元")
    path.write_bytes(workbook(city_quarter))
    assert adding.add([path], folder) == 0
    return folder


def planned(tables, *rows):
    (tables / "new.xlsx").write_bytes(workbook(*rows))
    return adding.plan([tables / "new.xlsx"], tables, TODAY)


def test_sound_rows_are_right_and_nothing_is_asked(tables):
    made = planned(tables, *SOUND)
    assert [str(one) for one in (*made.problems, *made.questions)] == []
    values = [(row["time_period"], row["obs_value"]) for row in made.rows("figures")]
    assert values == [
        *(("2024-Q1", "71.3"), ("2024-S1", "148.9"), ("2024-01/P9M", "230.2"), ("2024-10", "27.1"), ("2024-Q1", "5.1")),
        *(("2024-S1", "-2.0"), ("2024-01/P9M", "4.2"), ("2024-10", "-0.8"), ("2024-11", "26.4")),
        *(("2024-07/P2M", "52.5"), ("2024-12", "1024.5")),
    ]


def test_every_slip_is_refused_at_its_cell(tables):
    rows, columns = zip(*REFUSED.values(), strict=True)
    made = planned(tables, *rows)
    found = {list(REFUSED)[p.row - 2]: p.column for p in made.problems}
    assert found == dict(zip(REFUSED, columns, strict=True))
    assert len(made.problems) == len(REFUSED)


@pytest.mark.parametrize("slip", ASKED)
def test_what_stands_out_is_asked_about(tables, slip):
    made = planned(tables, ASKED[slip])
    assert made.problems == []
    assert len(made.questions) == 1
    assert hz.load(tables).figures.index.isin([made.questions[0].figure_id]).sum() == 0
