"""Where the city stands: the latest figure of every indicator on file, the verdict on every target."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from ..analysis.evidence import movement
from ..analysis.gaps import target_gaps
from ..analysis.lookup import latest as latest_of_each
from ..facts import periods
from ..facts.data import Data, NotOnFile
from ..facts.words import LANGUAGES, Text, text
from ..show.exhibit import cell
from ..show.target_table import target_rows
from .content import WORDS

# Verdicts as a chief asks: what is reached, what is on its way, what is not, what cannot be said.
GROUPS = {
    "met": ("met",),
    "on_the_way": ("ahead", "on_track", "met_in_part_year", "undecided"),
    "out_of_reach": ("far_behind", "behind", "missed", "open"),
    "unknown": ("not_comparable", "no_figure_on_file"),
}
COMMITMENTS = {"strive": text("（力争）", " (stretch)"), "ensure": text("（确保）", " (floor)")}


def pair(one) -> dict[str, str]:
    """A text, a quantity or nothing, as plain values in both languages."""
    return {lang: "—" if one is None else one.in_language(lang) for lang in LANGUAGES}


def figure_name(data: Data, indicator: str, area: str) -> Text:
    """Name of an indicator, with its area where that is not the city itself and the name does not begin with it."""
    info, where = data.indicators.loc[indicator], data.ref_areas.loc[area]
    if area == data.home or info.name_zh.startswith(where.name_zh):
        return text(info.name_zh, info.name_en)
    return text(f"{where.name_zh}：{info.name_zh}", f"{where.name_en}: {info.name_en}")


def latest(data: Data, new: frozenset[str] | set[str] = frozenset()) -> list[dict]:
    """The latest whole year and, where it is later, the latest part of a year of every indicator on file.

    In the order of the table of indicators, whether or not anything uses it: ``indicator``, ``zh``, ``en``, ``theme``,
    ``time_period``, ``part_year``; ``period``, ``value``, ``growth``, ``source`` in both languages; ``published``;
    ``figure_id`` (of the level, or of the growth where there is none), ``figures``; ``new`` where one of them is in `new`,
    the ids that the last report did not have.
    """
    mine = data.select(area=data.home, record_type="actual")
    on_file = set(mine.indicator[(mine.obs_text != "") & (mine.time_period != "")])
    rows, ends = [], {}
    try:
        found = latest_of_each(data, [code for code in data.indicators.index if code in on_file])
    except NotOnFile:
        return []
    for one in found.itertuples():
        end = periods.parse(one.time_period).end
        if one.part_year and end <= ends.get(one.indicator, dt.date.min):
            continue
        ends[one.indicator] = end
        figures = one.figure_id.split()
        shown = {"period": pair(one.period), "value": cell(one.level) or pair(None), "source": pair(one.source)}
        shown |= {"growth": {lang: _growth(one, lang) for lang in LANGUAGES}, "part_year": bool(one.part_year)}
        known = {"indicator": one.indicator, "time_period": one.time_period, "source_id": one.source_id}
        known |= {"theme": data.indicators.theme[one.indicator], "figure_id": figures[0], "figures": figures}
        published = one.published or data.sources.date_published[one.source_id]
        rows.append(pair(one.name) | shown | known | {"published": published, "new": not new.isdisjoint(figures)})
    return rows


def _growth(row, lang: str) -> str:
    if row.growth is None:
        return ""
    note = "derived" if row.growth_origin == "derived" else "constant" if row.prices == "constant" else ""
    return row.growth.in_language(lang) + (WORDS[note][lang] if note else "")


def targets(data: Data) -> list[dict]:
    """The verdict on every target, plan by plan in the order of its rows.

    ``key``, ``zh``, ``en`` (name), ``theme`` of its indicator, ``locator``, ``table`` (whether it is a row of the plan's
    table), ``status``, ``group`` (a key of ``GROUPS``); ``status_words``, ``target``, ``actual``, ``actual_period``,
    ``required``, ``sentence`` and ``needed`` in both languages; ``acceleration``; ``figures``.
    """
    gaps = target_gaps(data, full=True)
    gaps, rows = gaps[gaps.counted.astype(bool)], []
    for t, shown in zip(gaps.itertuples(), target_rows(data, gaps).itertuples(), strict=True):
        name, aim = figure_name(data, t.indicator, t.ref_area), COMMITMENTS.get(t.commitment, Text("", ""))
        moved = movement(data, t.required_pace, t.pace_unit) if shown.required else None
        words = {
            "status_words": shown.verdict,
            "target": shown.target,
            "actual": shown.actual,
            "actual_period": shown.period,
            "required": text(f"年均{moved.zh}", f"{moved.en} a year") if moved else Text("", ""),
            "sentence": Text(t.sentence_zh, t.sentence_en),
            "needed": Text(t.needed_zh, t.needed_en),
        }
        known = {
            "key": " | ".join(map(str, (t.plan, t.locator, t.indicator, t.ref_area, t.commitment, t.unit, t.span))),
            "theme": data.indicators.theme[t.indicator],
            "locator": t.locator,
            "table": bool(t.table),
            "status": t.status,
            "group": next(group for group, statuses in GROUPS.items() if t.status in statuses),
            "acceleration": None if pd.isna(t.acceleration) else float(t.acceleration),
            "figures": f"{t.target_ids} {t.actual_id}".split(),
        }
        said = {key: pair(one) for key, one in words.items()}
        rows.append({lang: name[lang] + aim[lang] for lang in LANGUAGES} | said | known)
    return rows


def counts(data: Data, content, targets: list[dict]) -> dict[str, int]:
    """How much there is, counted once for all formats: of the report, and of the tables behind it."""
    return {
        "sections": len(content.sections),
        "exhibits": len(content.exhibits()),
        "figures_cited": len(content.citations()),
        "documents_cited": len(content.documents()),
        "figures": len(data.figures),
        "documents": int(data.figures.source_id.nunique()),
        "indicators": int(data.figures.indicator.nunique()),
        "targets": len(targets),
        "table_targets": sum(t["table"] for t in targets),
    }


def summed_up(targets: list[dict]) -> dict[str, list[dict]]:
    """Targets under the four answers of ``GROUPS``, the rows of the plan's table first."""
    return {g: sorted((t for t in targets if t["group"] == g), key=lambda t: not t["table"]) for g in GROUPS}
