"""Where the city stands: the latest figure of every indicator on file, the verdict on every target."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from ..analysis.evidence import movement
from ..analysis.gaps import target_gaps
from ..analysis.latest import latest as latest_of_each
from ..facts import periods
from ..facts.data import Data, NotOnFile
from ..facts.words import LANGUAGES, Text, text
from ..show.exhibit import cell
from ..show.target_table import target_rows
from .text import WORDS

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
    if one is None:
        return {"zh": "—", "en": "—"}
    return {lang: one.in_language(lang) if hasattr(one, "in_language") else one[lang] for lang in LANGUAGES}


def figure_name(data: Data, indicator: str, area: str) -> Text:
    """Name of an indicator, with its area where that is not the city itself and the name does not begin with it."""
    info = data.indicators.loc[indicator]
    where = data.ref_areas.loc[area]
    if area == data.home or info.name_zh.startswith(where.name_zh):
        return text(info.name_zh, info.name_en)
    return text(f"{where.name_zh}：{info.name_zh}", f"{where.name_en}: {info.name_en}")


def latest(data: Data, new: frozenset[str] | set[str] = frozenset()) -> list[dict]:
    """The latest whole year and the latest part of a year of every indicator on file, whether or not anything uses it.

    Parameters
    ----------
    data : Data
    new : set of str
        Ids of figures that the last report did not have.

    Returns
    -------
    list of dict
        ``indicator``, ``zh``, ``en``, ``theme``, ``time_period``, ``part_year``; ``period``, ``value``, ``growth``, ``source``
        in both languages; ``published``, ``figure_id`` (of the level, or of the growth where
        there is none), ``figures`` and ``new``. A part of a year stands only where it is later than the
        latest whole year. The order is that of the table of indicators.
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
        rows.append(
            pair(one.name) | shown | {
                "indicator": one.indicator, "theme": data.indicators.theme[one.indicator], "time_period": one.time_period,
                "part_year": bool(one.part_year), "growth": {lang: _growth(one, lang) for lang in LANGUAGES},
                "source_id": one.source_id, "published": one.published or data.sources.date_published[one.source_id],
                "figure_id": figures[0], "figures": figures, "new": any(figure in new for figure in figures),
            }
        )  # fmt: skip
    return rows


def _growth(row, lang: str) -> str:
    if row.growth is None:
        return ""
    note = "derived" if row.growth_origin == "derived" else "constant" if row.prices == "constant" else ""
    return row.growth.in_language(lang) + (WORDS[note][lang] if note else "")


def targets(data: Data) -> list[dict]:
    """The verdict on every target, plan by plan in the order of its rows.

    Returns
    -------
    list of dict
        ``zh``, ``en`` (name), ``theme`` of its indicator, ``locator``, ``key``, ``table`` (whether it is a row of the plan's table), ``status``,
        ``group`` (a key of ``GROUPS``); ``status_words``, ``target``, ``actual``, ``actual_period``, ``required``, ``sentence``
        and ``needed`` in both languages; ``acceleration``; ``figures``.
    """
    gaps = target_gaps(data, full=True)
    gaps = gaps[gaps.counted.astype(bool)]
    rows = []
    for t, shown in zip(gaps.itertuples(), target_rows(data, gaps).itertuples() if len(gaps) else (), strict=True):
        name, aim = figure_name(data, t.indicator, t.ref_area), COMMITMENTS.get(t.commitment, Text("", ""))
        required = Text("", "")
        if shown.required:
            moved = movement(data, t.required_pace, t.pace_unit)
            required = text(f"年均{moved.zh}", f"{moved.en} a year")
        rows.append(
            {lang: name[lang] + aim[lang] for lang in LANGUAGES}
            | {"key": " | ".join(map(str, (t.plan, t.locator, t.indicator, t.ref_area, t.commitment, t.unit, t.span)))}
            | {"locator": t.locator, "table": bool(t.table), "status": t.status}
            | {"group": next(group for group, statuses in GROUPS.items() if t.status in statuses)}
            | {"status_words": pair(shown.verdict), "target": pair(shown.target), "actual": pair(shown.actual)}
            | {
                "actual_period": pair(shown.period),
                "required": pair(required),
                "theme": data.indicators.theme[t.indicator],
            }
            | {"sentence": {"zh": t.sentence_zh, "en": t.sentence_en}, "needed": {"zh": t.needed_zh, "en": t.needed_en}}
            | {"acceleration": None if pd.isna(t.acceleration) else float(t.acceleration)}
            | {"figures": f"{t.target_ids} {t.actual_id}".split()}
        )
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
