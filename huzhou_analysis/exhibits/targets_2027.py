"""The plan's targets: every row of its tables as printed, and the goals that stand in its text only."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from ..analysis import targets
from ..exhibit import Column, Exhibit, citations, printed_quantity
from ..facts import words as i18n
from ..facts.data import Data, NotOnFile
from ..facts.words import Text, text
from .common import INDICATOR, UNIT, answering, name, pace_text, shown, unit_text

__all__ = ["goals_in_text", "plan_table"]

NAMES = {"digital": text("数字经济方案", "digital-economy plan"), "open": text("“地瓜经济”方案", "open-economy plan")}


@answering("targets_table_{which}", "规划指标表", "Table of targets")
def plan_table(data: Data, which: str | int) -> Exhibit:
    """One of the plan's tables, every row and year as printed, with the pace it demands.

    Parameters
    ----------
    which : str or int
        Key of :func:`~huzhou_analysis.targets.plan_tables`, or the number of the table, from 1.
    """
    tables = targets.plan_tables(data)
    which = list(tables)[which - 1] if isinstance(which, int) and which <= len(tables) else which
    if which not in tables:
        raise NotOnFile(
            "outline.csv 中这张指标表的各行（位置写作“… 指标表 行1”）",
            "the rows of that table in outline.csv (locators of the form “… 指标表 行1”)",
        )
    found = targets.table_targets(data, which)
    if found.empty:
        raise NotOnFile(f"{tables[which]}中的目标", f"a target of the table {tables[which]}")
    years = [str(year) for year in targets.plan_years(data)]
    paces = targets.plan_pace(data, found)
    rows = []
    for row_number, group in found.groupby("row", sort=True):
        first = group.iloc[0]
        cells = {
            f.time_period: _as_printed(data, f) if f.obs_text else text("/", "not set") for _, f in group.iterrows()
        }
        words = text("", "")
        in_words = (
            first.relation == "relative" or first.commitment == "strive" or first.span in ("per_year", "cumulative")
        )
        if in_words and set(years[:1]) - set(cells):
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
                **{y: cells.get(y, none) for y in years},
                "words": words,
                **{f"pace_{y}": steps.get(y, none) for y in years[1:]},
            }
        )
    table = pd.DataFrame(rows)
    columns = [
        Column("row", text("行", "Row"), 0),
        INDICATOR,
        UNIT,
        *[Column(y, text(f"{y}年", y)) for y in years],
        Column("words", text("文字目标", "In words")),
        *[Column(f"pace_{b}", text(f"{a}—{b}年所需", f"Required {a}–{b}")) for a, b in pairwise(years)],
    ]
    wordy = sum(r["words"]["zh"] != "" for r in rows)
    if not wordy:
        columns = [c for c in columns if c.name != "words"]
    plan = NAMES.get(which) or _source_title(data, found)
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


def _as_printed(data: Data, figure: pd.Series) -> Text:
    """A target's value with its bound or range."""
    if figure.relation == "range":
        return {lang: printed_quantity(data, figure, lang) for lang in i18n.LANGUAGES}
    return shown(data, figure.obs_text, figure.unit, relation=figure.relation)


def _words_en(data: Data, figure: pd.Series) -> str:
    if figure.relation == "relative":
        return "above the city average"
    number = i18n.number(figure.obs_text)
    if figure.span == "per_year":
        return f"{number} new each year"
    return f"strive for {number}" if figure.commitment == "strive" else f"{number} in total"


def _source_title(data: Data, found: pd.DataFrame) -> Text:
    """The document that a table stands in."""
    source = data.sources.loc[found.source_id.iloc[0]]
    return text(f"《{source.title}》", f"plan “{source.title_en}”")


@answering("targets_in_text", "正文中的目标", "Goals in the text")
def goals_in_text(data: Data) -> Exhibit:
    """Goals for the plan's last year that stand in the text of a plan or in a press feature, not in the tables."""
    year = targets.target_year(data)
    documents = data.sources.index[data.sources.kind.isin(["plan", "press_feature"])]
    found = data.figures[
        (data.figures.record_type == "target")
        & (data.figures.time_period == str(year))
        & (data.figures.time_basis == "stated")
        & data.figures.source_id.isin(documents)
        & ~data.figures.locator.str.contains("指标表")
    ]
    if found.empty:
        raise NotOnFile(f"正文中的{year}年目标", f"a goal for {year} in a plan's text")
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
        Column("value", text(f"{year}年目标", f"Goal for {year}")),
        Column("commitment", text("承诺", "Commitment")),
        Column("source", text("出处", "Where")),
    ]
    return Exhibit(
        "targets_in_text",
        text(
            f"正文另有{len(rows)}个载明{year}年的目标数字",
            f"The text sets {len(rows)} further figure{'s' * (len(rows) != 1)} for {year}",
        ),
        text(f"正文与报道中的{year}年目标", f"Goals for {year} in the plan's text and in the press feature"),
        text(
            f"正文目标与指标表并非总是一致；“力争”与“确保”是两个目标（{len(both)}处）。",
            f"Goals in the text do not always agree with the tables; a stretch and a floor are two targets "
            f"({len(both)} case{'s' if len(both) != 1 else ''}).",
        ),
        pd.DataFrame(rows),
        columns,
        citations(data, found.index),
    )
