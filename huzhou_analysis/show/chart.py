"""The one description of a chart: panels of marks, from which pictures, Office charts, words and numbers are made."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from ..facts import periods
from ..facts.data import Data
from ..facts.words import Text, as_text
from .roles import JOINED, ROLES
from .roles import role as role_of

KINDS = ("line", "fan", "column", "bar", "stacked_column", "stacked_bar", "heat")
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
        Printed unit of the values, a key of the table of units.
    heading : Text or pair of str
        Where a chart has several panels.
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
    """Panels in reading order, `columns` beside each other.

    Panels that are compared have one scale: bars of one unit, and lines that show one measure in one unit.
    """

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
        A frame with the columns named; or a series or mapping from x to value.
    role : str
        A key of :data:`~huzhou_analysis.show.roles.ROLES`: what the marks are, and so how they look; or the name of a
        column that says so for each.
    x : str
        Column of the place: a year on a line or fan; any label (a text in two languages) where bars stand.
    value : str
        Column of the number, in the printed unit; empty for a band of a fan.
    name : pair of str, or str
        Of the series, where the role's own name says too little; a string that is a column of the frame names one series
        for each of its values.
    label : bool or str
        Whether numbers stand beside the marks: ``"last"`` and ``"ends"`` choose, or a column holds texts or True.

    Returns
    -------
    DataFrame
        Give a :class:`Panel` several in a list. From the frame, where it has them: ``low`` and ``high``, ends of a band or
        of the whisker on a bar; ``segment``, inside which alone marks are joined; ``printed`` digits for the label;
        ``figure_id``, ids of the figures behind a mark; ``indicator``, where these do not say what is measured.

    Raises
    ------
    ValueError
        If a column is missing or a value is no number; the message says what to write.
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


# --- frequent charts -----------------------------------------------------------------------------------------------

_BY_ORIGIN = {"target": "target", "part_year": "part_year", "period_total": "total"}
_BY_ORIGIN |= dict.fromkeys(("implied", "sum", "ratio"), "derived")


def _role(row) -> str:
    """Role of a point of a series or plan: by its origin, its status and the tier of its source."""
    status = getattr(row, "obs_status", "A")
    doubtful = status in ("P", "E", "V", "U") or (status == "B" and row.tier in ("compilation", "secondary"))
    return _BY_ORIGIN.get(getattr(row, "origin", "printed"), "provisional" if doubtful else "actual")


def over_years(data: Data, *frames: pd.DataFrame, events: str = "", heading=NOTHING, since: int = 0) -> Chart:
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
    if not any((frame.year >= since).any() for frame in frames):
        ends = max(int(f.year.max()) for f in frames)
        raise ValueError(f"nothing is on file from {since} on: the frames end in {ends}")
    parts = [_points(frame[frame.year >= since]) for frame in frames]
    table = pd.concat([one for one in parts if len(one)], ignore_index=True)
    first, last = min(table.x) - 0.5, max(table.x) + 0.5
    happened = [(when, what) for when, what in _milestones(data, events) if first <= when <= last]
    units = table.groupby("unit", sort=False)
    return Chart([Panel(part[COLUMNS], unit, heading, "line", happened) for unit, part in units])


def _points(frame: pd.DataFrame) -> pd.DataFrame:
    """Marks of a series with their unit: of it the last whole year is labelled, of targets and parts of a year all.

    A total of several years becomes its yearly mean over each of them: the one form in which it fits the scale.
    """
    rows = []
    roles = [_role(row) for row in frame.itertuples()]
    last = max((i for i, role in enumerate(roles) if role in JOINED), default=None)
    for i, (row, role) in enumerate(zip(frame.to_dict("records"), roles, strict=True)):
        row |= {"role": role, "labelled": role in ("target", "part_year", "claim") or i == last}
        years = [row["year"]]
        if role == "total":
            span = periods.parse(row["time_period"])
            row |= {"value": row["value"] / span.years, "low": math.nan, "high": math.nan, "printed": ""}
            years = range(span.start.year, span.end.year + 1)
        rows += [row | {"year": year} for year in years]
    made = pd.DataFrame(rows, columns=[*frame.columns, "role", "labelled"])
    return marks(made, "role", label="labelled").assign(unit=made.unit.tolist())


def _milestones(data: Data, theme: str) -> list[tuple[float, Text]]:
    """Dated events of a theme in the city: year with its fraction, and what happened."""
    rows = data.milestones
    rows = rows[(rows.theme == theme) & (rows.date.str.len() >= 7) & (rows.ref_area == data.home)].sort_values("date")
    dates = [int(d[:4]) + (int(d[5:7]) - 0.5) / 12 - 0.5 for d in rows.date]
    return list(zip(dates, map(Text, rows.date + " " + rows.title_zh, rows.date + " " + rows.title_en), strict=True))


def ranked(
    frame: pd.DataFrame, unit: str, *, name: str = "name", value: str = "value", own: str = "", heading=NOTHING
) -> Panel:
    """Bars in order of size, the row whose name is `own` in the colour of the actual, others in that of a comparison."""
    one = frame.sort_values(value, ascending=False)
    one = one.assign(x=[as_text(n) for n in one[name]])
    mine = [own in (n.zh, n.en) for n in one.x]
    one["role"] = ["actual" if is_own else "comparison" for is_own in mine]
    one["series"] = [n if is_own else NOTHING for n, is_own in zip(one.x, mine, strict=True)]
    return Panel(marks(one, "role", x="x", value=value, name="series", label=True), unit, heading, "bar")


def fan(projection, unit: str, plan: pd.DataFrame | None = None, *, members: bool = False, heading=NOTHING) -> Panel:
    """A projection as a fan: history, median, intervals, and the plan's targets beside them.

    Parameters
    ----------
    projection : Projection or Outlook
        As :func:`huzhou_analysis.project` and :func:`huzhou_analysis.outlook` give it; where it has no intervals, none
        are drawn.
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
