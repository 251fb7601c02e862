"""Exports and trade 出口: do the printed growth rates hold, and what do the trade goals of the plan demand?"""

from __future__ import annotations

import pandas as pd

from ..analysis.ledger import growth_ledger
from ..analysis.series import series
from ..analysis.targets import plan_years, required_growth, target_year
from ..exhibit import Exhibit
from ..facts.data import Data
from ..facts.periods import is_year
from ..facts.words import label, text
from .common import (
    answering,
    goal_path,
    growth_check,
    interval_text,
    long_series,
    path_panels,
    period_text,
    projection_or_why,
    shown,
)

__all__ = ["goals", "growth_rates", "projected", "retail", "trajectory"]

GOALS = ["service_trade", "digital_trade", "export_national_share", "retail_sales"]


def _trade_goal(data: Data) -> pd.DataFrame:
    """The goal for total trade in the plan's last year, as the text of the plan prints it."""
    plans = data.sources.index[data.sources.kind == "plan"]
    year = str(target_year(data))
    found = data.select("trade_total", data.home, record_type="target", source=plans, period=year)
    return data.on_file(found[found.obs_text != ""], "trade_total", f"的{year}年目标", f": a target for {year}")


@answering("exports_growth", "出口增速与推得的基期", "Growth of exports and the base that it implies")
def growth_rates(data: Data) -> Exhibit:
    """Printed growth of exports and trade, with the base that each implies."""
    ledger = growth_ledger(data, ["exports", "trade_total"])
    pairs = ledger[
        (ledger.derived == "base") & (ledger.record_type == "actual") & ledger.figure_id.str.startswith("D0")
    ]
    pairs = pairs if len(pairs) else ledger[ledger.derived == "base"]
    city = pairs[(pairs.indicator == "exports") & (pairs.ref_area == data.home)]
    city = data.on_file(city, "exports", "同一时期的水平值与增速", ": level and growth of one period").iloc[0]
    level = data.figure(city.level_id)
    base = interval_text(data, city.derived_low, city.derived_high, city.derived_unit, 2)
    rate = data.figure(city.figure_id)
    value = shown(data, level.obs_text, level.unit)
    printed_before = data.figure(city.base_id) if city.base_id else None
    verdict = {lang: label(city.verdict, lang) for lang in ("zh", "en")}
    if printed_before is None:
        check = text(
            "上年水平值未见印刷，故只能推算，不能核对。",
            "the level itself is not printed, so the base is derived and the rate cannot be checked.",
        )
    else:
        other = shown(data, printed_before.obs_text, printed_before.unit)
        check = text(
            f"另有文件印上年为{other['zh']}，核对结论：{verdict['zh']}。",
            f"another document prints {other['en']} for the year before: {verdict['en']}.",
        )
    when, before = period_text(city.time_period), period_text(city.derived_period)
    return growth_check(
        data,
        "exports_growth",
        ["exports", "trade_total"],
        chart=list(pairs.figure_id)[:3],
        title=text(
            f"{when['zh']}出口{value['zh']}、增长{rate.obs_text}%，推得{before['zh']}约{base['zh']}",
            f"Exports of {value['en']} in {when['en']}, up {rate.obs_text}%, imply {base['en']} in {before['en']}",
        ),
        subtitle=text(
            "外贸与出口：印刷水平值与由增速推算的基期",
            "Trade and exports: printed levels and the bases that rates imply",
        ),
        reading=text(
            f"{when['zh']}全市出口{value['zh']}，同比增长{rate.obs_text}%，按舍入区间推得{before['zh']}在{base['zh']}之间；"
            f"{check['zh']}区县数字按各自时期列出，不与全市相加。",
            f"The city exported {value['en']} in {when['en']}, up {rate.obs_text}%. On rounding intervals that puts "
            f"{before['en']} at {base['en']}; {check['en']} District figures keep their own period and are never added to the "
            "city's.",
        ),
        notes=[text("美元与人民币数字不作折算。", "Dollar and yuan figures are not converted.")],
    )


@answering("exports_goals", "贸易与消费目标", "Trade and consumption targets")
def goals(data: Data) -> Exhibit:
    """The plan's path for trade and consumption."""
    service, digital, share = (goal_path(data, i) for i in ("service_trade", "digital_trade", "export_national_share"))

    def ratio(p) -> float:
        return p.obs_value.iloc[-1] / p.obs_value.iloc[0] - 1

    bound = _trade_goal(data).iloc[0]
    years = [str(y) for y in plan_years(data)]
    floor = shown(data, bound.obs_text, bound.unit, relation=bound.relation)
    return path_panels(
        data,
        "exports_goals",
        GOALS,
        title=text(
            f"四年间服务贸易目标增{ratio(service):.0%}、数字贸易增{ratio(digital):.0%}，出口份额几乎不变",
            f"The plan lifts services trade by {ratio(service):.0%} and digital trade by {ratio(digital):.0%}, the export "
            "share hardly at all",
        ),
        subtitle=text(
            f"贸易与消费目标，{'、'.join(years)}年",
            f"Trade and consumption targets, {', '.join(years[:-1])} and {years[-1]}",
        ),
        reading=text(
            f"货物出口占全国份额目标由{share.obs_text.iloc[0]}‰到{share.obs_text.iloc[-1]}‰，等于要求出口与全国大体同速；"
            f"{years[-1]}年外贸进出口目标为{floor['zh']}，文件未印分年路径。",
            f"The share of national exports is to go from {share.obs_text.iloc[0]}‰ to {share.obs_text.iloc[-1]}‰: exports need "
            f"to grow about as fast as the country's. The {years[-1]} goal for goods trade is {floor['en']}, for which no yearly path "
            "is printed.",
        ),
    )


@answering("exports_path", "出口的走势", "Exports over the years")
def trajectory(data: Data) -> Exhibit:
    """Exports over the years in their two currencies, beside the goal for trade in 2027."""
    points = series(data, "exports")
    yuan = points[(points.unit == "亿元") & points.origin.isin(["printed", "implied"])]
    data.on_file(yuan.iloc[1:], "exports", "两年以上的年度数", ": figures of two years or more")
    last, first = yuan.iloc[-1], yuan.iloc[0]
    goal = _trade_goal(data)
    aim = int(goal.time_period.iloc[0])
    bound = shown(data, goal.obs_text.iloc[0], goal.unit.iloc[0], relation=goal.relation.iloc[0])
    total = series(data, "trade_total").query("unit == '亿元' and origin == 'printed'")
    total = data.on_file(total, "trade_total").iloc[-1]
    whole = shown(data, total.value, total.unit, 1)
    dollars = points[(points.unit == "亿美元") & (points.origin == "printed")]
    dollars = data.on_file(dollars, "exports", "的美元数", " in dollars").iloc[-1]
    fx = data.on_file(data.select("exchange_rate", period=str(dollars.year)), "exchange_rate").iloc[0]
    rate = (last.value / first.value) ** (1 / (last.year - first.year)) - 1
    needed = required_growth(total.value, goal.obs_value.iloc[0], aim - total.year)
    now = shown(data, last.value, last.unit, 1)
    return long_series(
        data,
        "exports_path",
        "exports",
        title=text(
            f"{last.year}年出口{now['zh']}，{first.year}年以来年均增长{rate:.1%}",
            f"Exports reached {now['en']} in {last.year}, up {rate:.1%} a year since {first.year}",
        ),
        subtitle=text(
            f"出口总额，{data.city['zh']}；2017年及以前为美元，此后为人民币",
            f"Goods exports, {data.city['en']}; US dollars to 2017, yuan from 2018",
        ),
        reading=text(
            f"币种在2018年改变，两段不连、不折算。{aim}年目标是进出口{bound['zh']}，{total.time_period}年进出口{whole['zh']}，"
            f"此后须每年增长{needed:.1%}；目标按进出口计，不按出口计。",
            f"The currency changes in 2018: the two stretches are neither joined nor converted. The goal for {aim} is total trade of "
            f"{bound['en']}; {total.time_period} brought {whole['en']}, so {needed:.1%} a year is needed. The goal is set for trade, "
            "not for exports.",
        ),
        theme="trade",
        goals=goal,
        goal_label=text("进出口总额目标", "target for total trade"),
        notes=[
            text(
                f"按年平均汇率{fx.obs_text}折算，{dollars.year}年的{shown(data, dollars.value, dollars.unit, 1)['zh']}约合{shown(data, dollars.value * fx.obs_value, '亿元', 0)['zh']}（折算值，不入序列）",
                f"At the average rate of {fx.obs_text} the {shown(data, dollars.value, dollars.unit, 1)['en']} of {dollars.year} are about "
                f"{shown(data, dollars.value * fx.obs_value, '亿元', 0)['en']}: a conversion, in no series.",
            )
        ],
        extra=[*goal.index, total.figure_id, fx.name],
    )


@answering("exports_retail", "社会消费品零售总额的走势", "Retail sales over the years")
def retail(data: Data) -> Exhibit:
    """Retail sales over the years, the unexplained step after 2023, and the plan's path."""
    points = series(data, "retail_sales")
    annual = points[points.origin.isin(["printed", "implied"]) & points.time_period.map(is_year).astype(bool)]
    last = data.on_file(annual, "retail_sales").iloc[-1]
    steps = annual.assign(growth=annual.value.pct_change())
    recent = steps[(steps.year > last.year - 5) & (steps.origin == "implied")]
    path = goal_path(data, "retail_sales")
    aim = path.time_period.iloc[-1]
    goal = shown(data, path.obs_text.iloc[-1], path.unit.iloc[-1])
    now = shown(data, last.value, last.unit, 0)
    step_zh = step_en = ""
    if len(recent):
        step = recent.iloc[-1]
        step_zh = f"{step.year}年由次年增速推得{shown(data, step.value, step.unit, 0)['zh']}，比{step.year - 1}年印刷值高{step.growth:.0%}：修订或口径变动，未见说明。"
        step_en = (
            f" The level of {step.year}, implied by the next year's rate, stands {step.growth:.0%} above the printed one of "
            f"{step.year - 1}: a revision or another scope, not explained."
        )
    return long_series(
        data,
        "exports_retail",
        "retail_sales",
        title=text(
            f"{last.year}年社会消费品零售总额{now['zh']}，距{aim}年目标{goal['zh']}差{path.obs_value.iloc[-1] / last.value - 1:.1%}",
            f"Retail sales were {now['en']} in {last.year}, {path.obs_value.iloc[-1] / last.value - 1:.1%} short of the {goal['en']} of {aim}",
        ),
        subtitle=text(
            f"社会消费品零售总额，{data.city['zh']}，亿元",
            f"Total retail sales of consumer goods, {data.city['en']}, CNY bn",
        ),
        reading=text(
            f"{last.year}年{now['zh']}，已高于当年目标。{step_zh}引用跨越这一台阶的增长须注明。",
            f"{last.year} brought {now['en']}, above the target of that year.{step_en} Growth across that step must be quoted with care.",
        ),
        goals=path,
    )


@answering("exports_projection", "外贸与消费预测", "Projection of trade and consumption")
def projected(data: Data) -> Exhibit:
    """A projection of exports, or why there is none and what is needed instead."""
    return projection_or_why(
        data,
        "exports_projection",
        ["exports", "trade_total", *GOALS],
        subtitle=text(
            "外贸与消费各指标：在案年度实绩与规划要求的速度",
            "Trade and consumption: annual actuals on file and the pace required",
        ),
    )
