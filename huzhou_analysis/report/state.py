"""Where the city stands: the latest figure of every indicator on file, the verdict on every target."""

from __future__ import annotations

import pandas as pd

from ..analysis.gaps import target_gaps
from ..analysis.targets import STATUSES
from ..facts import periods, words
from ..facts.data import Data
from ..facts.words import LANGUAGES, Text, text
from ..show.sources import period_text, printed_quantity
from .text import WORDS

_TIERS = ("official", "yearbook", "press", "mirror", "compilation", "secondary", "promotional")
# Verdicts as a chief asks: what is reached, what is on its way, what is not, what cannot be said.
GROUPS = {
    "met": ("met",),
    "on_the_way": ("ahead", "on_track", "met_in_part_year", "undecided"),
    "out_of_reach": ("far_behind", "behind", "missed", "open"),
    "unknown": ("not_comparable", "no_figure_on_file"),
}


def pair(one: Text | dict) -> dict[str, str]:
    return {lang: one[lang] for lang in LANGUAGES}


def figure_name(data: Data, indicator: str, area: str) -> Text:
    """Name of an indicator, with its area where that is not the city itself."""
    info = data.indicators.loc[indicator]
    if area == data.home:
        return text(info.name_zh, info.name_en)
    where = data.ref_areas.loc[area]
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
        in both languages; ``published``, ``figure_id``, ``figures`` and ``new``. A part of a year stands only where it is
        later than the latest whole year. Newest first within the order of the table of indicators.
    """
    about = data.figures[(data.figures.ref_area == data.home) & (data.figures.record_type == "actual")]
    about = about[(about.obs_text != "") & (about.time_period != "")]
    known = {code: periods.parse(code) for code in about.time_period.unique()}
    about = about.assign(
        end=[known[p].end for p in about.time_period],
        part=[known[p].kind not in ("year", "years") for p in about.time_period],
        rank=[-_tier(data, s) for s in about.source_id],
        fresh=about.index.isin(list(new)),
    )
    about = about[[known[p].kind != "years" for p in about.time_period]]
    levels = about[about.transformation == "N"]
    rates = about[about.transformation == "GY"]
    rows = []
    order = {code: n for n, code in enumerate(data.indicators.index)}
    for indicator, mine in about.groupby("indicator", sort=False):
        shown = levels[levels.indicator == indicator]
        shown = shown if len(shown) else mine
        for part in (False, True):
            chosen = shown[shown.part == part].sort_values(["end", "vintage", "rank"])
            if chosen.empty or (
                part and len(rows) and rows[-1]["indicator"] == indicator and rows[-1]["end"] >= chosen.end.iloc[-1]
            ):
                continue
            rows.append(_latest_row(data, indicator, chosen.iloc[-1], rates[rates.indicator == indicator]))
    rows.sort(key=lambda r: (order[r["indicator"]], r["end"]))
    return [{k: v for k, v in row.items() if k != "end"} for row in rows]


def _tier(data: Data, source_id: str) -> int:
    tier = data.sources.tier[source_id]
    return _TIERS.index(tier) if tier in _TIERS else len(_TIERS)


def _latest_row(data: Data, indicator: str, figure: pd.Series, rates: pd.DataFrame) -> dict:
    rate = rates[rates.time_period == figure.time_period].sort_values(["vintage", "rank"])
    ids, growth = [figure.name], {"zh": "", "en": ""}
    if len(rate) and rate.index[-1] != figure.name:
        ids.append(rate.index[-1])
        real = rate.prices.iloc[-1] == "constant"
        growth = {la: _rate(data, rate.iloc[-1], la) + (WORDS["constant"][la] if real else "") for la in LANGUAGES}
    source = data.sources.loc[figure.source_id]
    return {
        "indicator": indicator,
        **pair(figure_name(data, indicator, data.home)),
        "theme": data.indicators.theme[indicator],
        "time_period": figure.time_period,
        "part_year": bool(figure.part),
        "period": pair(period_text(figure.time_period)),
        "value": {lang: printed_quantity(data, figure, lang) for lang in LANGUAGES},
        "growth": growth,
        "source": {"zh": source.title, "en": source.title_en},
        "published": figure.vintage or source.date_published,
        "figure_id": figure.name,
        "source_id": figure.source_id,
        "figures": ids,
        "new": bool(figure.fresh),
        "end": figure.end,
    }


def _rate(data: Data, figure: pd.Series, lang: str) -> str:
    shown = printed_quantity(data, figure, lang)
    return shown if shown.startswith(("−", "≥", "≤", "≈", ">", "<")) or figure.obs_value == 0 else f"+{shown}"


def targets(data: Data) -> list[dict]:
    """The verdict on every target, plan by plan in the order of its rows.

    Returns
    -------
    list of dict
        ``zh``, ``en`` (name), ``locator``, ``key``, ``table`` (whether it is a row of the plan's table), ``status``,
        ``group`` (a key of ``GROUPS``), ``evidence``; ``status_words``, ``target``, ``actual``, ``actual_period``, ``required``,
        ``sentence`` and ``needed`` in both languages; ``figures``.
    """
    rows = []
    gaps = target_gaps(data, full=True)
    for t in gaps[gaps.counted.astype(bool)].itertuples():
        name = figure_name(data, t.indicator, t.ref_area)
        commitment = {"strive": text("（力争）", " (stretch)"), "ensure": text("（确保）", " (floor)")}.get(
            t.commitment, text("", "")
        )
        rows.append(
            {
                **{lang: name[lang] + commitment[lang] for lang in LANGUAGES},
                "key": " | ".join(map(str, (t.plan, t.locator, t.indicator, t.ref_area, t.commitment, t.unit, t.span))),
                "indicator": t.indicator,
                "locator": t.locator,
                "table": bool(t.table),
                "status": t.status,
                "group": next(group for group, statuses in GROUPS.items() if t.status in statuses),
                "status_words": pair(STATUSES[t.status]),
                "evidence": t.evidence,
                "target": _amount(data, t.target, t.unit, t.relation)
                if not t.in_words
                else dict.fromkeys(LANGUAGES, t.in_words),
                "actual": _amount(data, t.actual, t.unit),
                "actual_period": pair(period_text(t.actual_period)),
                "required": _pace(t.required_pace, t.pace_unit),
                "sentence": {"zh": t.sentence_zh, "en": t.sentence_en},
                "needed": {"zh": t.needed_zh, "en": t.needed_en},
                "acceleration": None if pd.isna(t.acceleration) else float(t.acceleration),
                "figures": [i for ids in (t.target_ids, t.actual_id) for i in str(ids).split()],
            }
        )
    return rows


def _amount(data: Data, value: float, unit: str, relation: str = "=") -> dict[str, str]:
    if pd.isna(value):
        return {"zh": "—", "en": "—"}
    return {lang: words.quantity(f"{value:.10g}", unit, lang, data.units, relation=relation) for lang in LANGUAGES}


def _pace(value: float, unit: str) -> dict[str, str]:
    if pd.isna(value):
        return {"zh": "", "en": ""}
    shown = words.number(float(value), 1)
    if unit == "%":
        return {"zh": f"年均{'增长' if value >= 0 else '下降'}{shown.lstrip('−')}%", "en": f"{shown}% a year"}
    english = {"个百分点": " pp"}.get(unit, f" {unit}")
    return {"zh": f"年均变动{shown}{unit}", "en": f"{shown}{english} a year"}


def counts(data: Data, content) -> dict[str, int]:
    """How much there is, counted once for all formats: of the report, and of the tables behind it."""
    return {
        "sections": len(content.sections),
        "exhibits": len(content.exhibits()),
        "figures_cited": len(content.citations()),
        "documents_cited": len(content.documents()),
        "figures": len(data.figures),
        "documents": int(data.figures.source_id.nunique()),
        "indicators": int(data.figures.indicator.nunique()),
        "targets": len(content.state["targets"]),
        "table_targets": sum(t["table"] for t in content.state["targets"]),
    }


def summed_up(targets: list[dict]) -> dict[str, list[dict]]:
    """Targets under the four answers of ``GROUPS``, the rows of the plan's table first."""
    return {g: sorted((t for t in targets if t["group"] == g), key=lambda t: not t["table"]) for g in GROUPS}
