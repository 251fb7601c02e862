"""A city that does not exist, for tests only: every name and number in it is made up.

示例市 (Exampleton) of 示例省 has a plan with two tables of targets, a work report, a yearbook and one press page. It is
laid out as ``new-city`` lays out any city, so that what a newcomer is given is what is tested.
"""

from table_copies import Tables

from huzhou_analysis.inbox.new_city import lay_out

CODE, DISTRICT, ZONE = "990100", "990102", "990100-KF"
YEARS = (2023, 2025, 2027)
PLAN, REPORT, BOOK, PRESS = "M-PLAN", "M-REPORT", "M-BOOK", "M-PRESS"
# Invented, and odd enough to be recognised: twelve years of foreign investment, ending two years into the plan.
HISTORY = dict(
    zip(range(2013, 2025), (3.11, 3.37, 3.29, 3.83, 4.13, 4.01, 4.43, 4.79, 4.61, 5.03, 5.47, 5.69), strict=True)
)

SOURCES = [
    dict(zip(("source_id", "title", "title_en", "date_published", "kind", "tier"), row, strict=True))
    for row in (
        (PLAN, "示例市一号工程实施方案", "Plan of Exampleton", "2023-03-01", "plan", "official"),
        (REPORT, "示例市政府工作报告", "Work report of Exampleton", "2025-02-01", "work_report", "official"),
        (BOOK, "示例统计年鉴", "Yearbook of Sample Province", "2025-11-01", "yearbook", "yearbook"),
        (PRESS, "示例日报专版", "Feature of the Exampleton Daily", "2024-06-01", "press_feature", "press"),
    )
]
DIGITAL, OPEN = "数字方案 指标表", "地瓜方案 指标表"
# Table, row, indicator, unit, span, values of the plan's years as printed (None: none printed), other cells.
ROWS = [
    (DIGITAL, 1, "digital_va_share", "%", "annual", ("41.7", "44.3", "46.9"), {}),
    (DIGITAL, 2, "digital_core_va", "亿元", "annual", ("77.1", "93.3", "111.9"), {}),
    (DIGITAL, 3, "energy_intensity", "吨", "annual", ("4.7", "4.3", "3.9"), {}),  # descending
    (DIGITAL, 4, "data_centre_racks", "个", "point", ("1300", "1700", "2300"), {"relation": ">="}),
    (DIGITAL, 5, "online_retail", "亿元", "annual", (None, None, "333"), {"relation": ">"}),
    (OPEN, 1, "fdi_utilized", "亿美元", "annual", ("5.9", "6.7", "7.7"), {}),
    (OPEN, 2, "rd_share", "%", "annual", ("2.13", "2.37", "2.71"), {}),
    (OPEN, 3, "retail_sales", "亿元", "annual", ("713", "779", "853"), {}),
    (OPEN, 4, "hightech_va_share", "%", "annual", (None, None, "51"), {"relation": "range", "value_high": "53"}),
    (OPEN, 5, "transport_investment", "亿元", "annual", ("61", "67", "73"), {}),
    (OPEN, 6, "little_giants", "家", "per_year", (None, None, "7"), {"relation": ">="}),
    (OPEN, 7, "service_trade", "亿元", "annual", ("17.3", "19.1", "21.7"), {}),
]  # fmt: skip


def figure(figure_id, value, indicator, unit, period, source=REPORT, locator="一", **cells):
    """A row of ``figures.csv``; `cells` says what differs from an annual actual of the city."""
    row = {
        "figure_id": figure_id, "record_type": "actual", "indicator": indicator, "ref_area": CODE, "time_period": period,
        "time_basis": "stated", "obs_value": value, "relation": "=", "unit": unit, "transformation": "N",
        "span": "annual", "obs_status": "A", "vintage": "2025-02-01", "source_id": source, "locator": locator,
        "as_printed": f"为{value}{unit}",
    }  # fmt: skip
    return row | cells


def plan_figures(years):
    """Targets of both tables, one in words, one in total, and a goal of the text."""
    out = []
    target = {"record_type": "target", "source": PLAN, "vintage": "2023-03-01"}
    for table, row, indicator, unit, span, values, cells in ROWS:
        for year, value in zip(years, values, strict=True):
            if value is not None:
                here = {"locator": f"{table} 行{row}", "span": span} | cells
                if "value_high" in cells:
                    here["as_printed"] = f"{value}—{cells['value_high']}"
                out.append(figure(f"{PLAN}.{indicator}.{year}", value, indicator, unit, str(year), **target | here))
    wordy = {"relation": "relative", "as_printed": "高于全市平均", "locator": f"{OPEN} 行8"}
    out.append(figure(f"{PLAN}.words", "", "service_trade", "亿元", str(years[-1]), **target | wordy))
    span = f"{years[0]}/P{years[-1] - years[0] + 1}Y"
    total = {"span": "cumulative", "locator": "正文 一", "relation": ">="}
    out.append(figure(f"{PLAN}.total", "400", "transport_investment", "亿元", span, **target | total))
    goal = {"locator": "正文 一", "commitment": "strive"}
    out.append(figure(f"{PLAN}.strive", "123", "digital_core_va", "亿元", str(years[-1]), **target | goal))
    return out


def actuals():
    """Twelve years of one indicator, three of another, growth rates, a district, a zone; most indicators have none."""
    out = [
        figure(f"{BOOK}.fdi.{y}", f"{v:.2f}", "fdi_utilized", "亿美元", str(y), BOOK, "表1") for y, v in HISTORY.items()
    ]
    out += [
        figure(f"{BOOK}.retail.{y}", v, "retail_sales", "亿元", y, BOOK, "表1")
        for y, v in {"2022": "661", "2023": "719", "2024": "733"}.items()
    ]
    rate = {"transformation": "GY"}
    out += [
        figure("M.gdp", "1777.3", "gdp", "亿元", "2024", prices="current"),
        figure("M.gdp.gy", "5.3", "gdp", "%", "2024", prices="constant", **rate),
        figure("M.exports", "317.3", "exports", "亿元", "2024"),
        figure("M.exports.gy", "7.9", "exports", "%", "2024", **rate),
        figure("M.fiscal", "171.3", "local_fiscal_revenue", "亿元", "2024"),
        figure("M.energy", "4.5", "energy_intensity", "吨", "2024"),
        figure("M.rd", "2.39", "rd_share", "%", "2023"),
        figure("M.transport", "63", "transport_investment", "亿元", "2023"),
        figure("M.district", "311.7", "gdp", "亿元", "2023", PRESS, "全文", ref_area=DISTRICT),
        figure("M.zone", "37.1", "exports", "亿元", "2024", PRESS, "全文", ref_area=ZONE),
    ]
    return out


def city(folder, years=YEARS, figures=None, name=("示例市", "Exampleton")):
    """Write the city's tables; `years` are those that its plan sets targets for, `figures` by default all of them."""
    lay_out(folder, CODE, *name)
    every = [*plan_figures(years), *actuals()] if figures is None else figures
    add(folder, "ref_areas", [
        {"ref_area": "990000", "name_zh": "示例省", "name_en": "Sample Province", "level": "province"},
        {"ref_area": DISTRICT, "name_zh": "样本区", "name_en": "Specimen District", "level": "county", "parent": CODE},
        {"ref_area": ZONE, "name_zh": "样本开发区", "name_en": "Specimen Zone", "level": "zone", "parent": CODE},
    ])  # fmt: skip
    Tables(folder).set("ref_areas", CODE, parent="990000")
    add(folder, "indicators", [{
        "indicator": "energy_intensity", "name_zh": "单位产值能耗", "name_en": "Energy per unit of output",
        "theme": "environment", "unit": "吨", "measure_type": "ratio", "ascending": "false",
    }])  # fmt: skip
    used = {row["source_id"] for row in every} | {PRESS}
    add(folder, "sources", [source for source in SOURCES if source["source_id"] in used])
    places = dict.fromkeys([*((row["source_id"], row["locator"]) for row in every), (PRESS, "全文")])
    order = {f"{table} 行{n}": i for i, (table, n, *_) in enumerate(ROWS)}
    places = sorted(places, key=lambda place: order.get(place[1], 99))
    english = {"正文 一": "Text, I", "一": "Part I", "表1": "Table 1", "全文": "Whole text"}
    add(folder, "outline", [
        {"source_id": s, "locator": p, "locator_en": english.get(p) or p.replace("数字方案 指标表 行", "Digital table, row ")
         .replace("地瓜方案 指标表 行", "Open table, row ")}
        for s, p in places
    ])  # fmt: skip
    add(folder, "milestones", [
        {"date": "2023-04", "ref_area": CODE, "theme": "foreign_investment", "title_zh": "样本开发区获批",
         "title_en": "Specimen Zone approved", "source_id": PRESS, "locator": "全文"},
    ])  # fmt: skip
    add(folder, "figures", every)
    return folder


def read(path):
    return Tables(path.parent).rows(path.stem)


def add(folder, table, rows):
    """Append rows, given as mappings; cells not named stay empty."""
    head, *there = Tables(folder).rows(table)
    assert all(set(row) <= set(head) for row in rows), table
    Tables(folder).write(table, [head, *there, *([row.get(column, "") for column in head] for row in rows)])
