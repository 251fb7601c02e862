"""The 2027 targets: all 39 rows of the plan's two tables, the goals in its text, and how far each one is."""

from __future__ import annotations

import pandas as pd

from .. import i18n, targets
from ..data import Data
from ..exhibit import Column, Exhibit, citations
from ..i18n import text
from .common import INDICATOR, UNIT, name, pace_text, shown, unit_text

__all__ = ["goals_in_text", "plan_table"]

TABLES = {"digital": text("数字经济方案", "digital-economy plan"), "open": text("“地瓜经济”方案", "open-economy plan")}


def plan_table(data: Data, which: str) -> Exhibit:
    """One of the plan's tables, every row and year as printed, with the pace it demands."""
    found = targets.table_targets(data, which)
    paces = targets.plan_pace(data, found)
    rows = []
    for row_number, group in found.groupby("row", sort=True):
        first = group.iloc[0]
        cells = {
            f.time_period: shown(data, f.obs_text, f.unit) if f.obs_text else text("/", "not set")
            for _, f in group.iterrows()
        }
        words = text("", "")
        if "2023" not in cells:
            words = text(
                first.as_printed.split("|")[1].strip() if "|" in first.as_printed else first.as_printed,
                _words_en(data, first),
            )
        steps = {
            s.to_period: pace_text(data, s.pace, s.pace_unit)
            for s in paces[paces.from_id.isin(group.index)].itertuples()
        }
        none = text("—", "—")
        rows.append(
            {
                "row": float(row_number),
                "indicator": name(data, first.indicator),
                "unit": unit_text(data, first.unit),
                **{y: cells.get(y, none) for y in ("2023", "2025", "2027")},
                "words": words,
                "pace_2025": steps.get("2025", none),
                "pace_2027": steps.get("2027", none),
            }
        )
    table = pd.DataFrame(rows)
    columns = [
        Column("row", text("行", "Row"), 0),
        INDICATOR,
        UNIT,
        *[Column(y, text(f"{y}年", y)) for y in ("2023", "2025", "2027")],
        Column("words", text("文字目标", "In words")),
        Column("pace_2025", text("2023—2025年所需", "Required 2023–2025")),
        Column("pace_2027", text("2025—2027年所需", "Required 2025–2027")),
    ]
    wordy = sum(r["words"]["zh"] != "" for r in rows)
    if not wordy:
        columns = [c for c in columns if c.name != "words"]
    plan = TABLES[which]
    return Exhibit(
        f"targets_table_{which}",
        text(
            f"{plan['zh']}指标表：{len(rows)}项指标" + (f"，其中{wordy}项以文字表述" if wordy else "，逐年均有数字"),
            f"Table of the {plan['en']}: {len(rows)} indicators, "
            + (f"{wordy} of them in words" if wordy else "all in figures"),
        ),
        text("各年目标与规划自身要求的速度", "Targets by year and the pace that the plan itself requires"),
        text(
            f"表中{len(rows)}项逐格照录；所需速度由相邻两个目标算得：水平值按年均增长率，比重按百分点，数量按个数。",
            f"All {len(rows)} rows as printed. The required pace lies between neighbouring targets: compound growth for "
            "levels, percentage points for shares, units for counts.",
        ),
        table,
        columns,
        citations(data, found.index),
    )


def _words_en(data: Data, figure: pd.Series) -> str:
    if figure.relation == "relative":
        return "above the city average"
    number = i18n.number(figure.obs_text)
    return f"{number} new each year" if figure.span == "per_year" else f"strive for {number}"


def goals_in_text(data: Data) -> Exhibit:
    """2027 goals that stand in the text of the plan and in the press feature, not in the tables."""
    found = data.figures[
        (data.figures.record_type == "target")
        & (data.figures.time_period == "2027")
        & (data.figures.time_basis == "stated")
        & data.figures.source_id.isin(["D000", "D003"])
        & ~data.figures.locator.str.contains("指标表")
    ]
    places = data.outline.set_index(["source_id", "locator"]).locator_en
    rows = []
    for _, f in found.iterrows():
        commitment = {"strive": text("力争", "strive"), "ensure": text("确保", "ensure")}.get(
            f.commitment, text("", "")
        )
        rows.append(
            {
                "indicator": name(data, f.indicator),
                "value": shown(data, f.obs_text, f.unit, relation=f.relation)
                if f.relation != "range"
                else text(f"{f.obs_text}—{f.high_text}{f.unit}", f"{f.obs_text}–{f.high_text}"),
                "commitment": commitment,
                "source": text(f"{f.source_id} {f.locator}", f"{f.source_id}, {places[(f.source_id, f.locator)]}"),
                "figure_id": f.name,
            }
        )
    both = found[found.commitment == "ensure"]
    columns = [
        INDICATOR,
        Column("value", text("2027年目标", "Goal for 2027")),
        Column("commitment", text("承诺", "Commitment")),
        Column("source", text("出处", "Where")),
    ]
    return Exhibit(
        "targets_in_text",
        text(f"正文另有{len(rows)}个载明2027年的目标数字", f"The text sets {len(rows)} further figures for 2027"),
        text("正文与报道中的2027年目标", "Goals for 2027 in the plan's text and in the press feature"),
        text(
            f"正文目标与指标表并非总是一致；“力争”与“确保”是两个目标（{len(both)}处）。",
            f"Goals in the text do not always agree with the tables; a stretch and a floor are two targets "
            f"({len(both)} case{'s' if len(both) != 1 else ''}).",
        ),
        pd.DataFrame(rows),
        columns,
        citations(data, found.index),
    )
