"""A chart as plain values in both languages, and what follows from them: key, scales, numbers. Renderers read this alone."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

import matplotlib.ticker as ticker
import numpy as np
import pandas as pd

from ..facts.units import Units
from ..facts.words import Text, as_text, number
from .chart import NOTHING, Chart, Panel
from .roles import JOINED, look
from .roles import role as role_of
from .sources import both

BARS = ("column", "bar", "stacked_column", "stacked_bar")


def chart_record(chart: Chart, units: Units) -> dict:
    """A chart as plain values; numbers stay in the printed unit, ``scale_en`` leads to the English.

    Returns
    -------
    dict
        ``{"columns", "panels": [{"kind", "heading", "unit", "scale_en", "indicators", "categories", "events", "series"}]}``.
        A series has ``role``, ``nth`` (see :func:`~.roles.look`), ``zh``, ``en`` (its name), ``segment`` and ``points``; a
        point ``role, x, value, low, high, zh, en`` (its label) and ``figures``. ``categories`` is a list of ``{"zh",
        "en"}`` for bars and heat maps, in order, and x counts in it; else None, and x is a year.
    """
    panels = [_panel(panel, units) for panel in chart.panels]
    names: defaultdict[str, dict] = defaultdict(dict)  # one name of a role looks the same everywhere, others differ
    for one in (one for panel in panels if panel["kind"] != "heat" for one in panel["series"]):
        met = names[one["role"]]
        one["nth"] = met.setdefault(one["zh"], len(met))
    return {"columns": int(chart.columns), "panels": panels}


def _panel(panel: Panel, units: Units) -> dict:
    unit, by_year = units[panel.unit], panel.kind in ("line", "fan")
    labels = [] if by_year else list(dict.fromkeys(map(_category, panel.marks.x)))
    lines: defaultdict[tuple[str, Text, int], list] = defaultdict(list)
    for mark in panel.marks.itertuples(index=False):
        joined = "actual" if by_year and mark.role in JOINED else mark.role
        at = float(mark.x) if by_year else labels.index(_category(mark.x))
        ended = not by_year or role_of(mark.role).band > 0
        lines[joined, mark.name, mark.segment].append(_point(mark, at, panel.unit, units, ended))
    return {
        "kind": panel.kind,
        "heading": both(as_text(panel.heading)),
        "unit": {"zh": panel.unit, "en": "number" if unit.is_count else unit.name_en},
        "indicators": [i for i in dict.fromkeys(panel.marks.indicator) if i],
        "scale_en": 10.0 ** (unit.unit_mult - unit.unit_mult_en),
        "categories": None if by_year else [both(c) for c in labels],
        "events": [{"x": float(x), **both(as_text(what))} for x, what in panel.events],
        "series": [_series(name, segment, points) for (_, name, segment), points in lines.items()],
    }


def _category(x: object) -> Text:
    return as_text(x if isinstance(x, Text | tuple | Mapping) else str(int(x) if isinstance(x, float) else x))


def _series(name: Text, segment: int, points: list[dict]) -> dict:
    """A series with the role of its line: that of its points where they agree, else that of an actual."""
    roles = {p["role"] for p in points}
    role = roles.pop() if len(roles) == 1 else "actual"
    ordered = sorted(points, key=lambda p: p["x"])
    return {"role": role, "nth": 0, **both(name or role_of(role).name), "segment": int(segment), "points": ordered}


def _point(mark, x: float, unit: str, units: Units, ended: bool) -> dict:
    given = {"value": mark.value, "low": mark.low if ended else None, "high": mark.high if ended else None}
    ends = {k: None if v is None or not math.isfinite(v) else float(v) for k, v in given.items()}
    label = NOTHING
    if mark.label not in (True, False):
        label = as_text(mark.label) if mark.label == mark.label and mark.label is not None else NOTHING
    elif mark.label and ends["value"] is not None:
        digits = mark.printed or _digits(ends["value"], unit)
        label = Text(number(digits), number(units.english(digits, unit)))
    return {"role": mark.role, "x": x, **ends, **both(label), "figures": str(mark.figure_id or "").split()}


def _digits(value: float, unit: str) -> str:
    """A derived number to about four digits; a percentage has one decimal."""
    if unit == "%":
        return f"{value:.1f}"
    size = abs(value)
    shown = f"{value:.{0 if size >= 1000 or size == 0 else 1 if size >= 100 else 2 if size >= 1 else 3}f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


# --- what follows from it ------------------------------------------------------------------------------------------


class Entry(NamedTuple):
    """A line of the key: what a mark means. `bar` tells whether it stands for a surface or for a line and its points."""

    role: str
    nth: int
    name: Text
    bar: bool


def entries_of(one: dict, bar: bool) -> list[Entry]:
    """What a series needs explained: itself, and each other role of its points."""
    others = [r for r in dict.fromkeys(p["role"] for p in one["points"]) if r != one["role"]]
    own = Entry(one["role"], one["nth"], Text(one["zh"], one["en"]), bar)
    return [own, *(Entry(r, 0, role_of(r).name, bar) for r in others)]


def key_entries(chart: dict) -> list[Entry]:
    """What the key of a chart explains, each once; nothing where there is but one kind of mark."""
    drawn = [(one, p["kind"] in BARS) for p in chart["panels"] if p["kind"] != "heat" for one in p["series"]]
    found = list(dict.fromkeys(entry for one, bar in drawn for entry in entries_of(one, bar)))
    return found if len(found) > 1 else []


def points_of(panel: dict) -> list[dict]:
    """The marks of all series of a panel."""
    return [p for one in panel["series"] for p in one["points"]]


def scale(panel: dict, lang: str) -> float:
    """What leads from the printed unit to that of a language."""
    return 1.0 if lang == "zh" else panel["scale_en"]


def exact(value: float) -> float:
    """A number without the noise that scaling leaves behind its twelfth digit."""
    return float(f"{value:.12g}")


def place(panel: dict, point: dict, lang: str) -> int | str:
    """Where a mark stands along its axis: a year, or a category."""
    return int(point["x"]) if panel["categories"] is None else panel["categories"][point["x"]][lang]


def chart_table(chart: dict, lang: str) -> pd.DataFrame:
    """The numbers of a chart, one row a mark, in the unit of a language."""
    return pd.DataFrame(
        {"panel": n, "heading": panel["heading"][lang], "series": one[lang], "role": p["role"]}
        | {"segment": one["segment"], "x": place(panel, p, lang)}
        | {k: None if p[k] is None else exact(p[k] * scale(panel, lang)) for k in ("value", "low", "high")}
        | {"unit": panel["unit"][lang], "figure_id": " ".join(p["figures"])}
        for n, panel in enumerate(chart["panels"], 1)
        for one in panel["series"]
        for p in one["points"]
    )


def heading(panel: dict, lang: str) -> str:
    """Heading of a panel with its unit; nothing where it has none."""
    words, unit = panel["heading"][lang], panel["unit"][lang]
    if not words or unit in words:
        return words
    return f"{words}（{unit}）" if lang == "zh" else f"{words} ({unit})"


def number_axes(chart: dict, lang: str) -> list[tuple[float, float, float]]:
    """Ends and step of each panel's axis of numbers, in the unit of a language: pictures and Office charts use the same.

    Panels that are compared have one scale: bars of one unit, and lines of one measure in one unit. The lower end is a
    multiple of the step, from which office programs count, unless numbers are not shown along it.
    """
    rows = math.ceil(len(chart["panels"]) / chart["columns"])
    above = min(0.14 * rows, 0.3)  # room for labels: the lower a panel, the larger a share of it a label takes
    limits = [_limits(p, lang, above) for p in chart["panels"]]
    shown = {**dict.fromkeys(BARS, "bars"), "heat": "heat"}
    alike = [(p["unit"][lang], shown.get(p["kind"], p["indicators"])) for p in chart["panels"]]
    axes = []
    for mine, panel in zip(alike, chart["panels"], strict=True):
        lows, highs = zip(*(ends for ends, other in zip(limits, alike, strict=True) if other == mine), strict=True)
        low, high = min(lows), max(highs)
        ticks = ticker.MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
        step = float(f"{ticks[1] - ticks[0]:.6g}")
        floor = low if panel["kind"].endswith("bar") else float(f"{math.floor(low / step + 1e-9) * step:.9g}")
        axes.append((floor, high, step))
    return axes


def _limits(panel: dict, lang: str, above: float) -> tuple[float, float]:
    """Ends of the axis of numbers: bars begin at zero, a line too unless that would flatten it."""
    values = [v * scale(panel, lang) for v in drawn_values(panel)]
    if panel["kind"].startswith("stacked"):
        sums: defaultdict[tuple[float, bool], float] = defaultdict(float)
        for p in points_of(panel):
            sums[p["x"], (p["value"] or 0) >= 0] += (p["value"] or 0) * scale(panel, lang)
        values = list(sums.values())
    low, high = min(values, default=0), max(values, default=1)
    if not starts_above_zero(panel):
        low, high = min(low, 0), max(high, 0)
        room = (high - low) or 1
        return (low - 0.08 * room if low < 0 else low), high + above * room
    more = max(0, 0.2 * abs(high) - (high - low))  # a line that hardly moves must not fill the panel
    low, high = low - more / 2, high + more / 2
    return low - 0.08 * (high - low), high + above * (high - low)


def drawn_values(panel: dict) -> list[float]:
    """Every number that takes a place on the axis: values, ends of bands and of whiskers on bars."""
    ended = [(one, panel["kind"] in BARS or look(one["role"]).band) for one in panel["series"]]
    out = [p[k] for one, both in ended for p in one["points"] for k in ("value", *(("low", "high") if both else ()))]
    return [v for v in out if v is not None]


def starts_above_zero(panel: dict) -> bool:
    """Whether the axis of a line leaves out zero: its values differ, yet all are high and near each other."""
    values = drawn_values(panel)
    return panel["kind"] in ("line", "fan") and len(set(values)) > 1 and min(values) > 0.4 * max(values) > 0


def band_edges(panel: dict, band: dict) -> np.ndarray:
    """Years, lower and upper ends of an interval, which opens from the last actual before it begins."""
    begins = min(p["x"] for p in band["points"])
    known = [p for one in panel["series"] if one["role"] in JOINED for p in one["points"] if p["value"] is not None]
    start = max((p for p in known if p["x"] < begins), key=lambda p: p["x"], default=None)
    first = [(start["x"], start["value"], start["value"])] if start else []
    return np.array([*first, *((p["x"], p["low"], p["high"]) for p in band["points"])]).T
