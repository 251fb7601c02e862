"""Exports and trade 出口: do the printed growth rates hold, and what do the trade goals of the plan demand?"""

from __future__ import annotations

from ..assembly import series
from ..data import Data
from ..exhibit import Exhibit
from ..i18n import label, text
from ..ledger import growth_ledger
from ..periods import is_year
from ..targets import required_growth
from .common import (
    growth_check,
    interval_text,
    long_series,
    path_panels,
    period_text,
    plan_rows,
    projection_or_why,
    shown,
)

__all__ = ["goals", "growth_rates", "projected", "retail", "trajectory"]

GOALS = ["service_trade", "digital_trade", "export_national_share", "retail_sales"]


def growth_rates(data: Data) -> Exhibit:
    """Printed growth of exports and trade, with the base that each implies."""
    ledger = growth_ledger(data, ["exports", "trade_total"])
    pairs = ledger[
        (ledger.derived == "base") & (ledger.record_type == "actual") & ledger.figure_id.str.startswith("D0")
    ]
    pairs = pairs if len(pairs) else ledger[ledger.derived == "base"]
    city = pairs[(pairs.indicator == "exports") & (pairs.ref_area == "330500")].iloc[0]
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


def goals(data: Data) -> Exhibit:
    """The plan's path for trade and consumption."""
    rows = plan_rows(data, GOALS)

    def path(indicator: str):
        return rows[rows.indicator == indicator].sort_values("time_period")

    service, digital, share = path("service_trade"), path("digital_trade"), path("export_national_share")

    def ratio(p) -> float:
        return p.obs_value.iloc[-1] / p.obs_value.iloc[0] - 1

    bound = data.one("trade_total", "2027", record_type="target", source="D003")
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
        subtitle=text("贸易与消费目标，2023、2025、2027年", "Trade and consumption targets, 2023, 2025 and 2027"),
        reading=text(
            f"货物出口占全国份额目标由{share.obs_text.iloc[0]}‰到{share.obs_text.iloc[-1]}‰，等于要求出口与全国大体同速；"
            f"2027年外贸进出口目标为{floor['zh']}，文件未印分年路径。",
            f"The share of national exports is to go from {share.obs_text.iloc[0]}‰ to {share.obs_text.iloc[-1]}‰: exports need "
            f"to grow about as fast as the country's. The 2027 goal for goods trade is {floor['en']}, for which no yearly path "
            "is printed.",
        ),
    )


def trajectory(data: Data) -> Exhibit:
    """Exports over the years in their two currencies, beside the goal for trade in 2027."""
    points = series(data, "exports")
    yuan = points[(points.unit == "亿元") & points.origin.isin(["printed", "implied"])]
    last, first = yuan.iloc[-1], yuan.iloc[0]
    goal = data.select("trade_total", "330500", record_type="target", source="D003", period="2027")
    bound = shown(data, goal.obs_text.iloc[0], goal.unit.iloc[0], relation=goal.relation.iloc[0])
    total = series(data, "trade_total").query("unit == '亿元' and origin == 'printed'").iloc[-1]
    whole = shown(data, total.value, total.unit, 1)
    dollars = points[(points.unit == "亿美元") & (points.origin == "printed")].iloc[-1]
    fx = data.select("exchange_rate", period=str(dollars.year)).iloc[0]
    rate = (last.value / first.value) ** (1 / (last.year - first.year)) - 1
    needed = required_growth(total.value, goal.obs_value.iloc[0], 2027 - total.year)
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
            "出口总额，湖州市；2017年及以前为美元，此后为人民币",
            "Goods exports, Huzhou; US dollars to 2017, yuan from 2018",
        ),
        reading=text(
            f"币种在2018年改变，两段不连、不折算。2027年目标是进出口{bound['zh']}，{total.time_period}年进出口{whole['zh']}，"
            f"此后须每年增长{needed:.1%}；目标按进出口计，不按出口计。",
            f"The currency changes in 2018: the two stretches are neither joined nor converted. The goal for 2027 is total trade of "
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


def retail(data: Data) -> Exhibit:
    """Retail sales over the years, the unexplained step after 2023, and the plan's path."""
    points = series(data, "retail_sales")
    annual = points[points.origin.isin(["printed", "implied"]) & points.time_period.map(is_year).astype(bool)]
    last = annual.iloc[-1]
    steps = annual.assign(growth=annual.value.pct_change())
    recent = steps[(steps.year > last.year - 5) & (steps.origin == "implied")]
    path = plan_rows(data, ["retail_sales"])
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
            f"{last.year}年社会消费品零售总额{now['zh']}，距2027年目标{goal['zh']}差{path.obs_value.iloc[-1] / last.value - 1:.1%}",
            f"Retail sales were {now['en']} in {last.year}, {path.obs_value.iloc[-1] / last.value - 1:.1%} short of the {goal['en']} of 2027",
        ),
        subtitle=text("社会消费品零售总额，湖州市，亿元", "Total retail sales of consumer goods, Huzhou, CNY bn"),
        reading=text(
            f"{last.year}年{now['zh']}，已高于当年目标。{step_zh}引用跨越这一台阶的增长须注明。",
            f"{last.year} brought {now['en']}, above the target of that year.{step_en} Growth across that step must be quoted with care.",
        ),
        goals=path,
    )


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
