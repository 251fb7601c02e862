"""The one description of a chart: panels of marks, from which pictures, Office charts, words and numbers are made.

A :class:`Panel` holds its marks as a tidy table, one row a mark:

===============  ======================================================================================================
``role``         a key of :data:`~huzhou_analysis.show.roles.ROLES`: what the mark is, and so how it looks
``x``            a year on a line or fan; any label (a text in two languages) where bars stand
``value``        in the printed unit; empty for a band of a fan
``low, high``    ends of a band, or of the whisker on a bar
``segment``      marks of one line are joined inside a segment only
``name``         of the series, a text in two languages; empty where the role's own name says enough
``label``        a text beside the mark, True for its number, False for none
``printed``      digits as printed, for the label; empty where the number is derived
``figure_id``    ids of the figures it comes from
``indicator``    code of what is measured, for the subtitle; empty where the figures say enough
===============  ======================================================================================================

:func:`chart_record` turns a chart into plain values in both languages. Every renderer reads that record and nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from ..facts.data import Data
from ..facts.units import Units
from ..facts.words import Text, as_text, number
from .roles import ROLES
from .roles import role as role_of

KINDS = ("line", "fan", "column", "bar", "stacked_column", "stacked_bar", "heat")
COLUMNS = ["role", "x", "value", "low", "high", "segment", "name", "label", "printed", "figure_id", "indicator"]
NOTHING = Text("", "")
JOINED = ("actual", "provisional", "derived")  # kinds of points that lie on one line


@dataclass(frozen=True)
class Panel:
    """Marks on one pair of axes.

    Attributes
    ----------
    marks : DataFrame or sequence of DataFrame
        As :func:`marks` gives them; several are drawn together, in this order.
    unit : str
        Printed unit of the values, a key of the table of units.
    heading : Text or pair of str
        Of the panel, where a chart has several.
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
            object.__setattr__(self, "marks", pd.concat([m for m in self.marks if len(m)], ignore_index=True))
        missing = [c for c in COLUMNS if c not in getattr(self.marks, "columns", ())]
        if missing:
            raise ValueError(
                f"a panel takes marks with columns {', '.join(missing)}: make them with hz.marks(frame, ...)"
            )
        if self.marks.empty:
            raise ValueError("a panel needs at least one mark; the frame it was made from is empty")
        for one in self.marks.role.unique():
            role_of(one)


@dataclass(frozen=True)
class Chart:
    """Panels in reading order, `columns` beside each other; `shared` gives them one scale."""

    panels: Sequence[Panel]
    columns: int = 1
    shared: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.panels, Panel):
            object.__setattr__(self, "panels", (self.panels,))
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
    """Marks of a chart from any frame.

    Parameters
    ----------
    frame : DataFrame, Series or mapping
        A frame with the columns named; or a series or mapping from x to value.
    role : str
        What the marks are, or the name of a column that says so for each.
    x, value : str
        Columns of the place and of the number, in the printed unit.
    name : pair of str, or str
        Of the series; a string that is a column of the frame names one series for each of its values.
    label : bool or str
        Whether numbers stand beside the marks: ``"last"`` and ``"ends"`` choose, or a column holds texts or True.

    Returns
    -------
    DataFrame
        Columns ``COLUMNS``; ``low``, ``high``, ``segment``, ``printed``, ``figure_id`` and ``indicator`` are taken from the
        frame where it has them. Concatenate several with ``pd.concat``.

    Raises
    ------
    ValueError
        If a column is missing or a value is no number; the message says what to write.
    """
    if not isinstance(frame, pd.DataFrame):
        pairs = dict(frame)
        frame = pd.DataFrame({x: pd.Series(list(pairs), dtype=object), value: list(pairs.values())})
    for column in (x, value):
        if column not in frame.columns:
            raise ValueError(f"there is no column {column!r}: name one of {', '.join(map(str, frame.columns))}")
    n = len(frame)

    def taken(column: str, otherwise) -> list:
        return frame[column].tolist() if column in frame.columns else [otherwise] * n

    columned = isinstance(name, str) and name in frame.columns
    out = pd.DataFrame(
        {
            "role": [role] * n if role in ROLES or role not in frame.columns else frame[role].tolist(),
            "x": frame[x].tolist(),
            "value": pd.to_numeric(frame[value], errors="raise").astype(float).tolist(),
            "low": taken("low", math.nan),
            "high": taken("high", math.nan),
            "segment": taken("segment", 0),
            "name": [as_text(one) for one in frame[name]] if columned else [as_text(name)] * n,
            "label": _labels(frame, label, n),
            "printed": taken("printed", ""),
            "figure_id": taken("figure_id", ""),
            "indicator": taken("indicator", ""),
        },
        columns=COLUMNS,
    )
    for one in out.role.unique():
        role_of(one)
    return out


def _labels(frame: pd.DataFrame, label: bool | str, n: int) -> list:
    if isinstance(label, bool):
        return [label] * n
    if label == "last":
        return [i == n - 1 for i in range(n)]
    if label == "ends":
        return [i in (0, n - 1) for i in range(n)]
    if label in frame.columns:
        return frame[label].tolist()
    raise ValueError(f"label is True, False, 'last', 'ends' or a column of the frame, not {label!r}")


# --- frequent charts -----------------------------------------------------------------------------------------------


_BY_ORIGIN = {"target": "target", "part_year": "part_year", "period_total": "total"}


def roles_of(series: pd.DataFrame) -> list[str]:
    """Role of each point of a series or plan: by its origin, its status and the tier of its source."""
    out = []
    for row in series.itertuples():
        origin, status = getattr(row, "origin", "printed"), getattr(row, "obs_status", "A")
        doubtful = status in ("P", "E", "V", "U") or (status == "B" and row.tier in ("compilation", "secondary"))
        if origin in _BY_ORIGIN:
            out.append(_BY_ORIGIN[origin])
        elif origin in ("implied", "sum", "ratio"):
            out.append("derived")
        else:
            out.append("provisional" if doubtful else "actual")
    return out


def over_years(
    data: Data,
    *frames: pd.DataFrame,
    events: str = "",
    heading: Text | tuple[str, str] = NOTHING,
    since: int = 0,
) -> Chart:
    """Series and plans over the years, one panel for each unit that does not convert into another.

    Parameters
    ----------
    data : Data
    *frames : DataFrame
        As :func:`huzhou_analysis.series` and :func:`huzhou_analysis.plan` give them.
    events : str
        Theme of the milestones to mark.
    heading : pair of str
        Of the panel.
    since : int
        First year shown.
    """
    everything = []
    if not any((frame.year >= since).any() for frame in frames):
        raise ValueError(
            f"nothing is on file from {since} on: the frames end in {max(int(f.year.max()) for f in frames)}"
        )
    for frame in frames:
        one = frame[frame.year >= since].copy()
        one["role"] = roles_of(one)
        everything.append(marks(one, "role", label=_ends(one)).assign(unit=list(one.unit)))
    table = pd.concat(everything, ignore_index=True)
    table = _over_their_years(data, table, pd.concat(frames))
    first, last = min(table.x) - 0.5, max(table.x) + 0.5
    happened = [(when, what) for when, what in milestones(data, events) if first <= when <= last] if events else []
    panels = []
    for unit, part in table.groupby("unit", sort=False):
        panels.append(Panel(part[COLUMNS].reset_index(drop=True), unit, heading, "line", happened))
    return Chart(panels)


def _ends(frame: pd.DataFrame) -> str | bool:
    """Targets are all labelled, of a series its last whole year and parts of a year."""
    frame["labelled"] = [r in ("target", "part_year", "claim") for r in frame.role]
    whole = [i for i, r in zip(frame.index, frame.role, strict=True) if r in JOINED]
    if whole:
        frame.loc[whole[-1], "labelled"] = True
    return "labelled"


def _over_their_years(data: Data, table: pd.DataFrame, frames: pd.DataFrame) -> pd.DataFrame:
    """A total of several years as its yearly mean over each of them: the one form in which it fits the scale."""
    from ..facts import periods

    totals = table[table.role == "total"]
    spans = dict(zip(frames.figure_id, frames.time_period, strict=True))
    rows = []
    for mark in totals.itertuples(index=False):
        span = periods.parse(spans[mark.figure_id])
        for year in range(span.start.year, span.end.year + 1):
            mean = mark.value / span.years
            rows.append(
                mark._asdict()
                | {"x": year, "value": mean, "low": math.nan, "high": math.nan, "printed": "", "label": False}
            )
    return pd.concat([table[table.role != "total"], pd.DataFrame(rows)], ignore_index=True) if rows else table


def milestones(data: Data, theme: str) -> list[tuple[float, Text]]:
    """Dated events of a theme in the city: year with its fraction, and what happened."""
    rows = data.milestones[(data.milestones.theme == theme) & (data.milestones.date.str.len() >= 7)]
    rows = rows[rows.ref_area == data.home].sort_values("date")
    return [
        (
            int(r.date[:4]) + (int(r.date[5:7]) - 0.5) / 12 - 0.5,
            Text(f"{r.date} {r.title_zh}", f"{r.date} {r.title_en}"),
        )
        for r in rows.itertuples()
    ]


def ranked(
    frame: pd.DataFrame, unit: str, *, name: str = "name", value: str = "value", own: str = "", heading=NOTHING
) -> Panel:
    """Bars in order of size, the row whose name is `own` in the colour of the actual, others in that of a comparison."""
    one = frame.sort_values(value, ascending=False).copy()
    names = [as_text(n) for n in one[name]]
    one["role"] = ["actual" if own in (n.zh, n.en) else "comparison" for n in names]
    one["x"] = names
    one["series"] = [n if own in (n.zh, n.en) else NOTHING for n in names]
    return Panel(marks(one, "role", x="x", value=value, name="series", label=True), unit, heading, "bar")


def fan(projection, unit: str, plan: pd.DataFrame | None = None, *, members: bool = False, heading=NOTHING) -> Panel:
    """A projection as a fan: history, median, intervals, and the plan's targets beside them.

    Parameters
    ----------
    projection : Projection
        As :func:`huzhou_analysis.project` gives it; where it has no intervals, none are drawn.
    unit : str
        Printed unit of its values.
    plan : DataFrame, optional
        As :func:`huzhou_analysis.plan` gives it.
    members : bool
        Whether the paths of the single models are drawn.
    """
    projection = getattr(projection, "projection", projection)  # an outlook has one
    table = projection.table.reset_index()
    table["figure_id"] = table.year.map(projection.figures).fillna("")  # parts of a year bind it
    bands = [
        marks(table.assign(low=table[f"low_{level}"], high=table[f"high_{level}"]), f"band_{level}", value="median")
        for level in (95, 80, 50)
        if table[f"low_{level}"].notna().any()
    ]
    single = projection.members.items() if members else ()
    paths = [marks(path.to_dict(), "member").assign(segment=n) for n, (_, path) in enumerate(single)]
    known = projection.history.rename_axis("year").reset_index(name="value")
    known["role"] = ["derived" if year in projection.filled else "actual" for year in known.year]
    history = marks(known.assign(figure_id=known.year.map(projection.figures).fillna("")), "role")
    middle = marks(table, "forecast", value="median", label="last")
    goals = [marks(plan, "target", label="last")] if plan is not None else []
    drawn = pd.concat([*bands, *paths, history, middle], ignore_index=True).assign(indicator=projection.indicator)
    return Panel([drawn, *goals], unit, heading, "fan")


# --- the record ----------------------------------------------------------------------------------------------------


def chart_record(chart: Chart, units: Units) -> dict:
    """A chart as plain values in both languages; numbers stay in the printed unit, ``scale_en`` leads to the English.

    Returns
    -------
    dict
        ``{"columns", "shared", "panels": [{"kind", "heading", "unit", "scale_en", "categories", "events", "series"}]}``.
        A series has ``role``, ``nth`` (see :func:`~.roles.look`), ``zh``, ``en`` (its name), ``segment`` and ``points``; a
        point ``role, x, value, low, high, zh, en`` (its label) and ``figures``. ``categories`` is a list of ``{"zh", "en"}`` for bars and heat maps, in order,
        and x counts in it; else None, and x is a year.
    """
    panels = [_panel_record(panel, units) for panel in chart.panels]
    _number_looks([one for panel in panels if panel["kind"] != "heat" for one in panel["series"]])
    return {"columns": int(chart.columns), "shared": bool(chart.shared), "panels": panels}


def _panel_record(panel: Panel, units: Units) -> dict:
    unit = units[panel.unit]
    by_year = panel.kind in ("line", "fan")
    labels = [] if by_year else list(dict.fromkeys(_category(x) for x in panel.marks.x))
    places = {c: i for i, c in enumerate(labels)}
    series: dict[tuple, dict] = {}
    for mark in panel.marks.itertuples(index=False):
        joined = by_year and mark.role in JOINED
        key = ("actual" if joined else mark.role, mark.name.zh, mark.name.en, mark.segment)
        if key not in series:
            series[key] = {"role": mark.role, "name": mark.name, "segment": int(mark.segment), "points": []}
        at = float(mark.x) if by_year else places[_category(mark.x)]
        ended = not by_year or role_of(mark.role).band > 0
        series[key]["points"].append(_point(mark, at, panel.unit, units, ended))
    return {
        "kind": panel.kind,
        "heading": _pair(as_text(panel.heading)),
        "unit": {"zh": panel.unit, "en": "number" if unit.is_count else unit.name_en},
        "indicators": [i for i in dict.fromkeys(panel.marks.indicator) if i],
        "scale_en": 10.0 ** (unit.unit_mult - unit.unit_mult_en),
        "categories": None if by_year else [_pair(c) for c in labels],
        "events": [{"x": float(x), **_pair(as_text(what))} for x, what in panel.events],
        "series": [_series(one) for one in series.values()],
    }


def _pair(words: Text) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def _category(x: object) -> Text:
    return as_text(x if isinstance(x, Text | tuple | Mapping) else str(int(x) if isinstance(x, float) else x))


def _series(one: dict) -> dict:
    """A series with the role of its line: that of its points where they agree, else that of an actual."""
    found = {p["role"] for p in one["points"]}
    role = one["role"] if len(found) == 1 else "actual"
    name = one["name"] or role_of(role).name
    points = sorted(one["points"], key=lambda p: p["x"])
    return {
        "role": role,
        "nth": 0,
        **_pair(name),
        "named": bool(one["name"]),
        "segment": one["segment"],
        "points": points,
    }


def _number_looks(series: list[dict]) -> None:
    """Number the names of each role in a chart: one name looks the same in every segment and panel, others differ."""
    names: dict[str, list[str]] = {}
    for one in series:
        of_role = names.setdefault(one["role"], [])
        if one["zh"] not in of_role:
            of_role.append(one["zh"])
        one["nth"] = of_role.index(one["zh"])


def _point(mark, x: float, unit: str, units: Units, ended: bool) -> dict:
    def finite(value) -> float | None:
        return None if value is None or not math.isfinite(float(value)) else float(value)

    label = NOTHING
    if isinstance(mark.label, bool) or mark.label in (0, 1):
        if mark.label and finite(mark.value) is not None:
            exact = mark.printed or digits(mark.value, unit)
            label = Text(number(exact), number(units.english(exact, unit)))
    elif mark.label is not None and mark.label == mark.label:
        label = as_text(mark.label)
    low, high = (finite(mark.low), finite(mark.high)) if ended else (None, None)
    ends = {"value": finite(mark.value), "low": low, "high": high}
    return {"role": mark.role, "x": x, **ends, **_pair(label), "figures": str(mark.figure_id or "").split()}


def digits(value: float, unit: str) -> str:
    """A derived number to about four digits; a percentage has one decimal."""
    if unit == "%":
        return f"{value:.1f}"
    size = abs(float(value))
    shown = f"{value:.{0 if size >= 1000 or size == 0 else 1 if size >= 100 else 2 if size >= 1 else 3}f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


@dataclass(frozen=True)
class Entry:
    """A line of the key: what a mark means. `bar` tells whether it stands for a surface or for a line and its points."""

    role: str
    nth: int
    name: Text
    bar: bool


def key_entries(record: dict) -> list[Entry]:
    """What the key of a chart explains, each once."""
    found: dict[Entry, None] = {}
    for panel in record["panels"]:
        if panel["kind"] == "heat":
            continue
        bar = panel["categories"] is not None
        for one in panel["series"]:
            found[Entry(one["role"], one["nth"], Text(one["zh"], one["en"]), bar)] = None
            for other in dict.fromkeys(p["role"] for p in one["points"]):
                if other != one["role"]:
                    found[Entry(other, 0, role_of(other).name, bar)] = None
    return list(found)


def figures_of(record: dict) -> list[str]:
    """Ids of all figures that the marks come from, each once."""
    ids = (i for panel in record["panels"] for one in panel["series"] for p in one["points"] for i in p["figures"])
    return list(dict.fromkeys(ids))


def chart_table(record: dict, lang: str) -> pd.DataFrame:
    """The numbers of a chart, one row a mark, in the unit of a language."""
    rows = []
    for n, panel in enumerate(record["panels"], 1):
        scale = 1.0 if lang == "zh" else panel["scale_en"]
        for one in panel["series"]:
            for p in one["points"]:
                at = int(p["x"]) if panel["categories"] is None else panel["categories"][p["x"]][lang]
                ends = {k: None if p[k] is None else float(f"{p[k] * scale:.12g}") for k in ("value", "low", "high")}
                rows.append(
                    {"panel": n, "heading": panel["heading"][lang], "series": one[lang], "role": p["role"]}
                    | {"segment": one["segment"], "x": at, **ends, "unit": panel["unit"][lang]}
                    | {"figure_id": " ".join(p["figures"])}
                )
    return pd.DataFrame(rows)
