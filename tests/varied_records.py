"""Records of every kind of chart, table and picture that an exhibit can hold, made of few figures of the tables."""

import pandas as pd

import huzhou_analysis as hz
from huzhou_analysis.facts.words import figure_quantity


def lines(data):
    """A series with breaks, years that are provisional and derived, parts of a year, targets, a claim and events."""
    chart = hz.over_years(data, hz.series(data, "fdi_utilized"), events="foreign_investment", since=2005)
    [panel] = chart.panels
    roles = ["derived", "provisional", "actual"]
    mixed = pd.DataFrame({"year": [2006, 2007, 2008], "value": [11, 12.5, 12.1], "role": roles})
    panel.marks = pd.concat(
        [
            panel.marks,
            hz.marks({2025: 9.0, 2027: 18.0}, "target", label=True),
            hz.marks({2024: 4.1}, "part_year"),
            hz.marks({2024: 6.39}, "part_year", label=True),
            hz.marks({2022: 17.2, 2023: 13.0}, "claim"),
            hz.marks(mixed, "role", name=("另一口径", "other definition")).assign(segment=7),
        ],
        ignore_index=True,
    )
    return chart


def bars(data):
    """Bars lying in order, with names long and short."""
    names = ["杭州市", "宁波市", "湖州市", "浙江省其他各市平均（不含舟山市）", "丽水市"]
    frame = pd.DataFrame({"name": names, "value": [78.12, 37.27, 15.77, 4.5, -1.19]})
    return hz.Chart(hz.ranked(frame, "亿美元", own="湖州市"))


def stacks(data):
    """Columns on each other, with a part below zero, and lying ones."""
    values = [30.5, 12.0, 33.0, -4.0, 35.2, 9.0]
    frame = pd.DataFrame({"x": [2021, 2021, 2022, 2022, 2023, 2023], "value": values, "name": ["制造业", "服务业"] * 3})
    parts, goal = hz.marks(frame, x="x", name="name", label=True), hz.marks({2027: 50.0}, "target", label=True)
    one = hz.Panel([parts, goal], "亿元", ("构成", "Parts"), "stacked_column")
    two = hz.Panel(hz.marks(frame[frame.value > 0], x="x", name="name"), "亿元", ("同上", "The same"), "stacked_bar")
    return hz.Chart([one, two], columns=2)


def whiskers(data):
    """Columns side by side, with the room that rounding leaves, and one that is claimed."""
    rows = [("2012年", 73.9, "derived", 70.8, 74.97), ("2013年", 80.9, "actual", None, None)]
    rows += [("2014年", 88.0, "claim", None, None), ("2013年", 85.0, "target", None, None)]
    frame = pd.DataFrame(rows, columns=["x", "value", "role", "low", "high"])
    return hz.Chart(hz.Panel(hz.marks(frame, "role", x="x", label=True), "亿美元", kind="column"))


def paces(data):
    """A heat map of rates, some of them missing or falling, beside columns."""
    names = [name for name in ("外资", "社会消费品零售总额", "集装箱") for _ in range(2)]
    rates = {"span": ["2023—2025", "2025—2027"] * 3, "value": [3.1, 2.9, 5, -1.5, 9.5, 10.6], "name": names}
    heat = hz.marks(pd.DataFrame(rates).drop(index=4), "target", x="span", name="name", label=True)
    column = hz.Panel(hz.marks({"甲": 1.0, "乙": 2.5}, x="x", label=True), "亿元", ("数额", "Amount"), "column")
    return hz.Chart([hz.Panel(heat, "%", ("速度", "Pace"), "heat"), column], columns=2)


def interval(years, low, high, role, **more):
    return hz.marks(pd.DataFrame({"year": years, "value": None, "low": low, "high": high}), role, **more)


def fan(data):
    """Actuals, their projection with nested intervals, single models and a target."""
    known = [9.4, 9.7, 10.2, 10.6, 12.1, 13.4, 12.1, 14.9, 15.8, 5.8, 6.4]
    years = [2025, 2026, 2027]
    marks = [
        hz.marks(dict(zip(range(2014, 2025), known, strict=True))),
        interval(years, [3.0, 1.5, -0.5], [11.0, 14.0, 17.5], "band_95"),
        interval(years, [4.5, 3.5, 2.6], [9.5, 11.2, 13.0], "band_80"),
        interval(years, [5.9, 5.6, 5.2], [7.9, 9.0, 10.4], "band_50"),
        hz.marks(dict(zip(years, [6.9, 7.3, 7.8], strict=True)), "forecast", label="last"),
        hz.marks(dict.fromkeys(years, 6.4), "member", name=("不变", "no change")),
        hz.marks({2027: 18.0}, "target", label=True),
    ]
    return hz.Chart(hz.Panel(marks, "亿美元", kind="fan"))


def hedgehog(data):
    """Projections of two editions over the same years: intervals that no stacked areas can hold."""
    first = interval([2024, 2025], [5, 5], [9, 11], "band_80", name=("第一版", "first"))
    second = interval([2024, 2025], [6, 6], [8, 9], "band_80", name=("第二版", "second"))
    return hz.Chart(hz.Panel([hz.marks({2022: 15.8, 2023: 5.8}), first, second], "亿美元", kind="fan"))


def multiples(data):
    """Six panels on one scale, with years that do not start at zero in none of them."""
    hollow, panels = hz.marks({2018: 100.0, 2024: 112.5}, "derived", name=("全省", "Province")), []
    names = {
        "湖州": "Huzhou",
        "嘉兴": "Jiaxing",
        "绍兴": "Shaoxing",
        "金华": "Jinhua",
        "衢州": "Quzhou",
        "舟山": "Zhoushan",
    }
    for n, heading in enumerate(names.items()):
        path = {y: 100 + (n + 1) * (y - 2018) * 1.5 for y in range(2018, 2025)}
        own = hz.marks(path, "comparison" if n else "actual", label="ends")
        panels.append(hz.Panel([own, hollow], "%", heading))
    return hz.Chart(panels, columns=3)


def plot(data):
    """A figure drawn by hand."""
    import matplotlib.pyplot as plt

    figure, ax = plt.subplots(figsize=(6, 3.4))
    ax.plot([2020, 2021, 2022], [1, 4, 2])
    ax.set_title("出口 exports")
    return figure


def table(data):
    """Quantities of several units, rates, plain numbers, texts that look like formulas, and empty cells."""
    money, share = figure_quantity(data, "D001-GWR.gdp.2013"), hz.Quantity(9.06, data.units["%"], "9.06")
    what = [("地区生产总值", "GDP"), ("=1+1", '=HYPERLINK("http://x")'), ("比重", "Share")]
    numbers = {"growth": [9.0, None, -63.2], "money": [money, None, money * 2], "count": [3, 4, 12000]}
    return pd.DataFrame({"what": what, "level": [money, money * 0.5, share]} | numbers)


HEADS = {"what": ("指标", "Indicator"), "level": ("水平", "Level"), "growth": ("增速（%）", "Growth (%)")}
HEADS |= {"money": ("金额", "Amount"), "count": ("项数", "Number")}
TITLE = (
    "{n}号图：外资2023年下降63.2%至5.80亿美元，达到18亿美元须年均增长33%",
    "Chart {n}: utilised FDI fell to $580m in 2023; $1.8bn by 2027 takes 33% a year",
)
READING = ("最近一年为5.80亿美元，比上年下降63.2%。", "The latest year is $580m, 63.2% below the year before.")


def exhibits(data) -> list[dict]:
    """A record of each kind."""
    makers = (lines, bars, stacks, whiskers, paces, fan, hedgehog, multiples, plot, table)
    said = {"title": TITLE, "reading": READING, "notes": [("口径为验资数", "On the basis of verified capital")]}
    said |= {"also": ["D001-GWR.gdp.2013"]}
    return [
        hz.exhibit(data, f"{m.__name__}_x", m(data), columns=HEADS if m is table else None, n=n, **said).record
        for n, m in enumerate(makers)
    ]
