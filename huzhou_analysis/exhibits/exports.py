"""Exports and trade 出口: do the printed growth rates hold, and what do the trade goals of the plan demand?"""

from __future__ import annotations

from ..data import Data
from ..exhibit import Exhibit
from ..i18n import text
from ..ledger import growth_ledger
from .common import growth_check, interval_text, path_panels, period_text, plan_rows, projection_or_why, shown

GOALS = ["service_trade", "digital_trade", "export_national_share", "retail_sales"]


def growth_rates(data: Data) -> Exhibit:
    """Printed growth of exports and trade, with the base that each implies."""
    ledger = growth_ledger(data, ["exports", "trade_total"])
    pairs = ledger[(ledger.derived == "base") & (ledger.record_type == "actual")]
    city = pairs[(pairs.indicator == "exports") & (pairs.ref_area == "330500")].iloc[0]
    level = data.figure(city.level_id)
    base = interval_text(data, city.derived_low, city.derived_high, city.derived_unit, 2)
    rate = data.figure(city.figure_id)
    value = shown(data, level.obs_text, level.unit)
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
            "上年水平值未见印刷，故只能推算，不能核对。区县数字按各自时期列出，不与全市相加。",
            f"The city exported {value['en']} in {when['en']}, up {rate.obs_text}%. On rounding intervals that puts "
            f"{before['en']} at {base['en']}; the level itself is not printed, so the base is derived and the rate cannot be "
            "checked. District figures keep their own period and are never added to the city's.",
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


def projected(data: Data) -> Exhibit:
    return projection_or_why(
        data,
        "exports_projection",
        ["exports", "trade_total", *GOALS],
        subtitle=text(
            "外贸与消费各指标：在案年度实绩与规划要求的速度",
            "Trade and consumption: annual actuals on file and the pace required",
        ),
    )
