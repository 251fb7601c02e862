"""What a person need not say of a figure: worked out from its source, its indicator and the figures on file."""

from __future__ import annotations

import pandas as pd

from ..facts import periods
from ..facts.data import home_area
from ..facts.schema import TABLES

_WEAK = {"promotional": "V", "mirror": "V", "compilation": "V", "secondary": "U"}


def fill(values: dict[str, str], frames: dict[str, pd.DataFrame]) -> list[tuple[str, str]]:
    """Fill in empty cells of a figure; returns what was worked out, in Chinese and English. An unclear span stays empty.

    Parameters
    ----------
    values : dict
        Cells of a row of ``figures.csv``; changed in place.
    frames : dict of DataFrame
        The tables as text, with the new sources, indicators and areas.
    """
    figures, sources = frames["figures"], frames["sources"].set_index("source_id")
    source = sources.loc[values["source_id"]]
    told = []

    def default(column: str, value: str, zh: str = "", en: str = "") -> None:
        if not values[column] and value:
            values[column] = value
            if zh:
                told.append((f"{TABLES['figures'].field(column).zh} {value}（{zh}）", f"{column} {value} ({en})"))

    default("ref_area", home(frames), "未填，取本市", "left empty: the city")
    if source.tier == "promotional":
        default("record_type", "claim", "来源为招商宣传", "promotional source")
    default("record_type", "actual", "未填", "left empty")
    default("relation", "=")
    default("locator", "正文", "未填", "left empty")
    default("time_basis", "stated" if values["time_period"] else "unstated")
    default("vintage", source.date_published, "来源的发布日期", "the source's date")
    if source.tier in _WEAK:
        default("obs_status", _WEAK[source.tier], f"来源层级 {source.tier}", f"tier {source.tier}")
    default("obs_status", "A")
    alike = figures[(figures.indicator == values["indicator"]) & (figures.transformation == values["transformation"])]
    if len(prices := set(alike.prices)) == 1:
        default("prices", prices.pop(), "同指标已有数字", "as its other figures")
    default("span", _span(values, alike, frames["indicators"]), "按指标和时期", "from indicator and period")
    return told


def _span(values: dict[str, str], alike: pd.DataFrame, indicators: pd.DataFrame) -> str:
    def kind(code: str) -> str:
        return periods.parse(code).kind if code else ""

    period = kind(values["time_period"])
    same = alike[(alike.record_type == values["record_type"]) & (alike.time_period.map(kind) == period)]
    if same.span.nunique() == 1:
        return same.span.iloc[0]
    measure = indicators.set_index("indicator").measure_type[values["indicator"]]
    if values["record_type"] == "parameter" or period == "day":
        return "point"
    if measure == "flow" or values["transformation"] == "GY":
        return {"year": "annual", "": ""}.get(period, "cumulative")
    if measure == "count" or not period:
        return "point" if measure != "count" and same.empty else ""
    return "point"


def home(frames: dict[str, pd.DataFrame]) -> str:
    """The city that the tables are about."""
    return home_area(frames["figures"], frames["ref_areas"].set_index("ref_area").level)
