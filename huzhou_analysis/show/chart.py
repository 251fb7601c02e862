"""The one description of a chart: panels of marks, the plain values in both languages that renderers read, and what follows
from these alone: key, scales, numbers, words for who cannot see it."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import matplotlib.ticker as ticker
import numpy as np
import pandas as pd

from ..facts import periods
from ..facts.data import Data
from ..facts.words import LANGUAGES, Text, Units, as_text, number, unit_name
from .roles import JOINED, ROLES
from .roles import role as role_of
from .sources import both, exact

BARS = ("column", "bar", "stacked_column", "stacked_bar")
KINDS = ("line", "fan", *BARS, "heat")
_OPTIONAL = {"low": math.nan, "high": math.nan, "segment": 0, "printed": "", "figure_id": "", "indicator": ""}
COLUMNS = ["role", "x", "value", "name", "label", *_OPTIONAL]
NOTHING = Text("", "")


@dataclass
class Panel:
    """Marks on one pair of axes.

    Attributes
    ----------
    marks : DataFrame or sequence of DataFrame
        As :func:`marks` gives them; several are drawn together, in this order.
    unit : str
        Printed unit of the values, as in the table of units.
    kind : str
        ``line`` and ``fan`` run over years; ``column`` and ``bar`` stand side by side, upright or lying, ``stacked_``
        on each other; ``heat`` is a table whose cells are coloured, one row a series.
    events : sequence of (float, Text)
        Dated events, as years with a fraction, marked by thin lines.
    """

    marks: pd.DataFrame | Sequence[pd.DataFrame]
    unit: str
    heading: Text | tuple[str, str] = NOTHING
    kind: str = "line"
    events: Sequence[tuple[float, Text]] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind {self.kind!r} is not known: write one of {', '.join(KINDS)}")
        if not isinstance(self.unit, str) or not self.unit:
            raise ValueError(f"unit {self.unit!r} is no printed unit: write one of units.csv, such as '亿元' or '%'")
        if isinstance(self.marks, list | tuple) and self.marks:
            self.marks = pd.concat([m for m in self.marks if len(m)], ignore_index=True)
        if missing := ", ".join(c for c in COLUMNS if c not in getattr(self.marks, "columns", ())):
            raise ValueError(f"a panel takes marks with columns {missing}: make them with hz.marks(frame, ...)")
        if self.marks.empty:
            raise ValueError("a panel needs at least one mark; the frame it was made from is empty")
        for one in self.marks.role.unique():
            role_of(one)


@dataclass
class Chart:
    """Panels in reading order, `columns` beside each other; those that are compared have one scale: bars of one unit, and
    lines that show one measure in one unit."""

    panels: Sequence[Panel]
    columns: int = 1

    def __post_init__(self) -> None:
        self.panels = (self.panels,) if isinstance(self.panels, Panel) else self.panels
        if not self.panels:
            raise ValueError("a chart needs at least one panel")


def marks(
    frame: pd.DataFrame | pd.Series | Mapping,
    role: str = "actual",
    *,
    x: str = "year",
    value: str = "value",
    name: Text | tuple[str, str] | str = NOTHING,
    label: bool | str = False,
) -> pd.DataFrame:
    """Marks of a chart from any frame: a tidy table, one row a mark.

    Parameters
    ----------
    frame : DataFrame, Series or mapping
        A frame with the columns named; or a series or mapping from x to value. Taken from it where it has them: ``low``
        and ``high``, ends of a band or of the whisker on a bar; ``segment``, inside which alone marks are joined;
        ``printed`` digits for the label; ``figure_id``, ids of the figures behind a mark; ``indicator``, what is measured.
    role : str
        A key of :data:`~huzhou_analysis.show.roles.ROLES`: what the marks are, and so how they look; or the name of a
        column that says so for each.
    x, value : str
        Columns of the place (a year on a line or fan; any label, a text in two languages, where bars stand) and of the
        number, in the printed unit; empty for a band of a fan.
    name : pair of str, or str
        Of the series, where the role's own name says too little; or a column of the frame, each value a series.
    label : bool or str
        Whether numbers stand beside the marks: ``"last"`` and ``"ends"`` choose, or a column holds texts or True.

    Raises
    ------
    ValueError
        If a column is missing or a value is no number.
    """
    if not isinstance(frame, pd.DataFrame):
        pairs = dict(frame)
        frame = pd.DataFrame({x: pd.Series(list(pairs), dtype=object), value: list(pairs.values())})
    if missing := [c for c in (x, value) if c not in frame.columns]:
        raise ValueError(f"there is no column {missing[0]!r}: name one of {', '.join(map(str, frame.columns))}")
    n = len(frame)
    labelled = {True: range(n), False: (), "last": (n - 1,), "ends": (0, n - 1)}
    if label not in labelled and label not in frame.columns:
        raise ValueError(f"label is True, False, 'last', 'ends' or a column of the frame, not {label!r}")
    columned = isinstance(name, str) and name in frame.columns
    out = {
        "role": [role] * n if role in ROLES or role not in frame.columns else frame[role].tolist(),
        "x": frame[x].tolist(),
        "value": pd.to_numeric(frame[value], errors="raise").astype(float).tolist(),
        "name": [as_text(one) for one in (frame[name] if columned else [name] * n)],
        "label": [i in labelled[label] for i in range(n)] if label in labelled else frame[label].tolist(),
    } | {c: frame[c].tolist() if c in frame.columns else [nothing] * n for c, nothing in _OPTIONAL.items()}
    for one in dict.fromkeys(out["role"]):
        role_of(one)
    return pd.DataFrame(out, columns=COLUMNS)


def over_years(data: Data, *frames: pd.DataFrame, events: str = "", heading=NOTHING, since: int = 0) -> Chart:
    """Series and plans over the years, one panel for each unit that does not convert into another.

    Parameters
    ----------
    *frames : DataFrame
        As :func:`huzhou_analysis.series` and :func:`huzhou_analysis.plan` give them.
    events : str
        Theme of the milestones to mark.
    since : int
        First year shown.
    """
    if not any((frame.year >= since).any() for frame in frames):
        ends = max(int(f.year.max()) for f in frames)
        raise ValueError(f"nothing is on file from {since} on: the frames end in {ends}")
    parts = [_points(frame[frame.year >= since]) for frame in frames]
    table = pd.concat([one for one in parts if len(one)], ignore_index=True)
    rows = data.milestones
    rows = rows[(rows.theme == events) & (rows.date.str.len() >= 7) & (rows.ref_area == data.home)].sort_values("date")
    dated = [int(d[:4]) + (int(d[5:7]) - 0.5) / 12 - 0.5 for d in rows.date]  # year with its fraction
    titles = map(Text, rows.date + " " + rows.title_zh, rows.date + " " + rows.title_en)
    first, last = min(table.x) - 0.5, max(table.x) + 0.5
    shown = [(at, title) for at, title in zip(dated, titles, strict=True) if first <= at <= last]
    return Chart(
        [Panel(part[COLUMNS], unit, heading, "line", shown) for unit, part in table.groupby("unit", sort=False)]
    )


_BY_ORIGIN = {"target": "target", "part_year": "part_year", "period_total": "total"}
_BY_ORIGIN |= dict.fromkeys(("implied", "sum", "ratio"), "derived")


def _points(frame: pd.DataFrame) -> pd.DataFrame:
    """Marks of a series with their unit: roles by origin, status and tier of the source; the last whole year is labelled. A
    total of several years becomes its yearly mean over each of them: the one form in which it fits the scale."""
    frame, blank = frame.reset_index(drop=True), pd.Series("", range(len(frame)))
    origin, status, tier, period = (frame.get(c, blank) for c in ("origin", "obs_status", "tier", "time_period"))
    doubtful = status.isin([*"PEVU"]) | ((status == "B") & tier.isin(["compilation", "secondary"]))
    role = origin.map(_BY_ORIGIN).fillna(doubtful.map({True: "provisional", False: "actual"}))
    last = frame.index[role.isin(JOINED)][-1:]
    made = frame.assign(role=role, labelled=role.isin(["target", "part_year", "claim"]) | frame.index.isin(last))
    spans = [periods.parse(code) if one == "total" else None for one, code in zip(role, period, strict=True)]
    made["year"] = [range(s.start.year, s.end.year + 1) if s else [y] for s, y in zip(spans, frame.year, strict=True)]
    made["value"] = [v / s.years if s else v for s, v in zip(spans, frame.value, strict=True)]
    for column, nothing in (("low", math.nan), ("high", math.nan), ("printed", "")):
        made[column] = frame.get(column, pd.Series(nothing, frame.index)).mask(role == "total", nothing)
    made = made.explode("year")
    return marks(made, "role", label="labelled").assign(unit=made.unit.tolist())


def ranked(
    frame: pd.DataFrame, unit: str, *, name: str = "name", value: str = "value", own: str = "", heading=NOTHING
) -> Panel:
    """Bars in order of size, the row whose name is `own` in the colour of the actual, others in that of a comparison."""
    one = frame.sort_values(value, ascending=False)
    names = [as_text(n) for n in one[name]]
    series = [n if own in (n.zh, n.en) else NOTHING for n in names]
    one = one.assign(x=names, series=series, role=["actual" if n else "comparison" for n in series])
    return Panel(marks(one, "role", x="x", value=value, name="series", label=True), unit, heading, "bar")


def fan(projection, unit: str, plan: pd.DataFrame | None = None, *, members: bool = False, heading=NOTHING) -> Panel:
    """A projection as a fan: history, median, intervals, and the plan's targets beside them.

    Parameters
    ----------
    projection : Projection or Outlook
        As :func:`huzhou_analysis.project` and :func:`huzhou_analysis.outlook` give it.
    unit : str
        Printed unit of its values.
    plan : DataFrame, optional
        As :func:`huzhou_analysis.plan` gives it.
    members : bool
        Whether the paths of the single models are drawn.
    """
    projection = getattr(projection, "projection", projection)  # an outlook has one
    history = projection.history.rename_axis("year").reset_index(name="value")
    history["role"] = ["derived" if year in projection.filled else "actual" for year in history.year]
    table = projection.table.reset_index()
    for frame in (history, table):
        frame["figure_id"] = [projection.figures.get(year, "") for year in frame.year]  # parts of a year bind it
    drawn = [
        marks(table.assign(low=table[f"low_{level}"], high=table[f"high_{level}"]), f"band_{level}", value="median")
        for level in (95, 80, 50)
        if table[f"low_{level}"].notna().any()
    ]
    for n, (_, path) in enumerate(projection.members.items() if members else ()):
        drawn.append(marks(path.to_dict(), "member").assign(segment=n))
    drawn += [marks(history, "role"), marks(table, "forecast", value="median", label="last")]
    drawn = [one.assign(indicator=projection.indicator) for one in drawn]
    return Panel([*drawn, *([marks(plan, "target", label="last")] if plan is not None else [])], unit, heading, "fan")


def chart_record(chart: Chart, units: Units) -> dict:
    """A chart as plain values; numbers stay in the printed unit, ``scale_en`` leads to the English. Where a panel has
    ``categories`` (bars, heat maps), the x of a point counts in them, else it is a year. ``zh`` and ``en`` are the name of
    a series and the label of a point; for ``nth`` see :func:`~.roles.look`."""
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
    series = []
    for (_, name, segment), points in lines.items():
        points.sort(key=lambda p: p["x"])
        role = points[0]["role"] if len({p["role"] for p in points}) == 1 else "actual"
        words = both(name or role_of(role).name)
        series.append({"role": role, "nth": 0, **words, "segment": int(segment), "points": points})
    return {
        "kind": panel.kind,
        "heading": both(as_text(panel.heading)),
        "unit": {lang: unit_name(panel.unit, lang, units) for lang in LANGUAGES},
        "indicators": [i for i in dict.fromkeys(panel.marks.indicator) if i],
        "scale_en": 10.0 ** (unit.unit_mult - unit.unit_mult_en),
        "categories": None if by_year else [both(c) for c in labels],
        "events": [{"x": float(x), **both(as_text(what))} for x, what in panel.events],
        "series": series,
    }


def _category(x: object) -> Text:
    return as_text(x if isinstance(x, Text | tuple | Mapping) else str(int(x) if isinstance(x, float) else x))


def _point(mark, x: float, unit: str, units: Units, ended: bool) -> dict:
    given = {"value": mark.value, "low": mark.low if ended else None, "high": mark.high if ended else None}
    ends = {k: None if v is None or not math.isfinite(v) else float(v) for k, v in given.items()}
    label, value = NOTHING, ends["value"]
    if mark.label not in (True, False):
        label = as_text(mark.label) if mark.label == mark.label and mark.label is not None else NOTHING
    elif mark.label and value is not None:
        # What is derived is shown to about four digits, a percentage with one decimal.
        places = sum(abs(value) < most for most in (1000, 100, 1)) if value else 0
        shown = f"{value:.1f}" if unit == "%" else f"{value:.{places}f}"
        digits = mark.printed or (shown.rstrip("0").rstrip(".") if "." in shown and unit != "%" else shown)
        label = Text(number(digits), number(units.english(digits, unit)))
    return {"role": mark.role, "x": x, **ends, **both(label), "figures": str(mark.figure_id or "").split()}


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


def alt(title: str, panels: Sequence[dict], lang: str) -> str:
    """What a chart shows, for who cannot see it: each series with its ends, or with its first dozen of bars."""
    end, colon, stop, comma = ("。", "：", "；", "，") if lang == "zh" else (". ", ": ", "; ", ", ")
    parts = []
    for panel in panels:
        for one in panel["series"]:
            points = [p for p in one["points"] if p["value"] is not None]
            chosen = points if len(points) <= 4 or panel["categories"] else [points[0], points[-1]]
            at = [f"{place(panel, p, lang)} {p['value'] * scale(panel, lang):,.6g}" for p in chosen[:12]]
            parts += [f"{panel['heading'][lang]} {one[lang]}".strip() + colon + comma.join(at)] if at else []
    return f"{title}{end if panels else ''}{stop.join(parts)}"[:1500]


def heading(panel: dict, lang: str) -> str:
    """Heading of a panel with its unit; nothing where it has none."""
    words, unit = panel["heading"][lang], panel["unit"][lang]
    if not words or unit in words:
        return words
    return f"{words}（{unit}）" if lang == "zh" else f"{words} ({unit})"


def number_axes(chart: dict, lang: str) -> list[tuple[float, float, float]]:
    """Ends and step of each panel's axis of numbers, in the unit of a language: pictures and Office charts use the same. The
    lower end is a multiple of the step, from which office programs count, unless numbers are not shown along it."""
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
        stacks = pd.DataFrame(points_of(panel)).astype({"value": float})
        values = [*(stacks.groupby(["x", stacks.value >= 0]).value.sum() * scale(panel, lang))]
    low, high = min(values, default=0), max(values, default=1)
    if above_zero := starts_above_zero(panel):
        more = max(0, 0.2 * abs(high) - (high - low))  # a line that hardly moves must not fill the panel
        low, high = low - more / 2, high + more / 2
    else:
        low, high = min(low, 0), max(high, 0)
    room = (high - low) or 1
    return (low - 0.08 * room if above_zero or low < 0 else low), high + above * room


def drawn_values(panel: dict) -> list[float]:
    """Every number that takes a place on the axis: values, ends of bands and of whiskers on bars."""
    keys = ("value",) if panel["kind"] == "heat" else ("value", "low", "high")
    return [p[k] for p in points_of(panel) for k in keys if p[k] is not None]


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
