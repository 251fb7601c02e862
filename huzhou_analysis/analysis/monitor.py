"""What official monitors of plans report: progress in time, acceleration, published classes, the plan as a whole.

Progress in time (序时进度) sets the share of the way done against the share of the time gone, in the words of mid-term
reviews. The same data is classed by two published methods beside our own verdict: the anticipated progress of the UN
regional commissions and the on-track classes of the World Resources Institute (docs/methods.md has the sources).
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from ..facts.words import text
from . import targets
from .actuals import Target

TIME_PROGRESS = {
    "completed_early": text("提前完成", "completed early"),
    "faster": text("快于预期", "faster than expected"),
    "in_step": text("基本符合预期", "broadly as expected"),
    "lagging": text("滞后于预期", "behind what was expected"),
}
# Points of the way by which progress may differ from the time gone and still be broadly as expected.
STEP = 0.05
# Share of the progress required that may be missing at the end of the plan, and still none be called missing.
UN_GAP = 0.10
WRI_YEARS = 5
_GOOD = {"met", "met_in_part_year", "ahead", "on_track"}


def progress(target: Target, evidence: pd.Series, status: str, base: tuple[int, float] | None) -> dict:
    """Share of the way done and of the time gone since the last actual before the plan, and the word for it.

    way = (actual - base) / (target - base); time = (year - base year) / (target year - base year).
    """
    out: dict = {"time_progress": "completed_early"} if status == "met" and evidence.year < target.last_year else {}
    final = target.final.obs_value
    if base is None or base[0] >= target.last_year or math.isclose(final, base[1]):
        return out
    way = (evidence.value - base[1]) / (final - base[1])
    time = (int(evidence.year) - base[0]) / (target.last_year - base[0])
    word = "faster" if way > time + STEP else "lagging" if way < time - STEP else "in_step"
    numbers = {"way_done": way, "time_gone": time, "base_year": base[0], "base_value": base[1]}
    return {"time_progress": word} | numbers | out


def at_recent_pace(target: Target, evidence: pd.Series, required: float, recent: float) -> dict:
    """Acceleration factor (required over recent pace) and the first year that the recent pace reaches the target.

    A pace that leads away from the target, or nowhere, has no factor and never arrives.
    """
    towards = 1 if target.ascending else -1
    kind = targets.effective_kind(target.kind, evidence.value, target.final.obs_value)
    wait = targets.years_needed(evidence.value, target.final.obs_value, recent, kind)
    reached = int(evidence.year) + math.ceil(wait - 1e-9) if math.isfinite(wait) else math.inf
    return {
        "acceleration": required / recent if recent * towards > 0 else math.nan,
        "reached_in": reached,
        "years_late": reached - target.last_year,
    }


def official(
    target: Target, evidence: pd.Series, stretch: pd.DataFrame, base: tuple[int, float] | None, met: bool
) -> dict:
    """Classes of the same data under two published methods (docs/methods.md)."""
    if met:
        return {"un_class": "maintain", "wri_class": "on_track"}
    known = stretch[stretch.year <= evidence.year]
    out = {"un_class": "insufficient_data", "wri_class": "insufficient_data"}
    years, values, final = known.year.to_numpy(float), known.value.to_numpy(float), target.final.obs_value
    towards = 1 if target.ascending else -1
    left = target.last_year - int(evidence.year)
    if len(known) < 2 or left <= 0:
        return out
    if base is not None and not math.isclose(final, base[1]):
        weights = np.sqrt(np.arange(1, len(years) + 1))  # squared residuals weigh 1, 2, ... n: recent years most
        expected = float(np.polyval(np.polyfit(years, values, 1, w=weights), target.last_year))
        missing = towards * (final - expected) / abs(final - base[1])
        out["un_class"] = "maintain" if missing <= UN_GAP else "accelerate" if missing <= 1 else "reverse"
    last = years > int(evidence.year) - WRI_YEARS
    if last.sum() >= 2:
        slope = float(np.polyfit(years[last], values[last], 1)[0])
        factor = (final - evidence.value) / left / slope if slope else -math.inf
        ordered = [(factor <= 0, "wrong_direction"), (factor <= 1, "on_track"), (factor < 2, "off_track")]
        out["wri_class"] = next((name for holds, name in ordered if holds), "well_off_track")
    return out


def roll_up(gaps: pd.DataFrame) -> pd.DataFrame:
    """The plan as a whole: how many targets have which status, and on what evidence.

    One row a status that occurs, in the order of ``targets.STATUSES``: ``status``, ``targets``, ``share`` (of all
    targets), ``A`` to ``D`` (how many rest on such evidence), ``indicators``. A target that is printed several times
    counts once. `gaps` is :func:`~huzhou_analysis.analysis.gaps.target_gaps` with ``full=True``.
    """
    once = _full(gaps)[lambda g: g.counted & g.target.notna()]
    by = once.groupby("status")
    out = pd.DataFrame({"targets": by.size(), "indicators": by.indicator.agg(lambda v: " ".join(dict.fromkeys(v)))})
    grades = pd.crosstab(once.status, once.evidence).reindex(columns=list("ABCD"), fill_value=0)
    out = out.join(grades).assign(share=out.targets / len(once)).rename_axis("status")
    out = out.loc[[status for status in targets.STATUSES if status in out.index]]
    return out.reset_index()[["status", "targets", "share", *"ABCD", "indicators"]]


def official_verdicts(gaps: pd.DataFrame) -> pd.DataFrame:
    """Our verdict beside two published methods, for every target that can be judged.

    ``locator``, ``indicator``, ``status``, ``un_class``, ``wri_class`` and ``turns``: whether one of the two calls good
    what we do not, or the other way round (what lacks data turns nothing).
    """
    rows = _full(gaps)[lambda g: g.counted & (g.un_class != "")]
    good = rows.status.isin(_GOOD)
    un = (rows.un_class == "maintain") != good
    wri = (rows.wri_class == "on_track") != good
    turns = (un & (rows.un_class != "insufficient_data")) | (wri & (rows.wri_class != "insufficient_data"))
    return rows[["locator", "indicator", "status", "un_class", "wri_class"]].assign(turns=turns).reset_index(drop=True)


def _full(gaps: pd.DataFrame) -> pd.DataFrame:
    if "counted" not in gaps:
        raise ValueError("this needs all columns: hz.target_gaps(data, full=True)")
    return gaps
