"""The picture of a chart: its record drawn with matplotlib and seaborn, in one language and one size."""

from __future__ import annotations

import math
from base64 import b64decode
from collections.abc import Sequence
from io import BytesIO

import matplotlib.ticker as ticker
from matplotlib.colors import Colormap
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from .canvas import SIZES, WIDE, Canvas, direct_label, house_style, place_label, wrap
from .chart import JOINED, Entry, key_entries
from .roles import GRID, INK, MUTED, PAPER, Role, look

LINES = {"solid": "-", "dash": "--", "dot": ":", "dashdot": "-.", "": "none"}
BARS = ("column", "bar", "stacked_column", "stacked_bar")


def picture(record: dict, lang: str, size: str = "slide", foot: Sequence[str] = ()) -> Figure:
    """Draw the chart of an exhibit's record.

    Parameters
    ----------
    record : dict
        Of an exhibit: ``title``, ``subtitle``, ``chart`` or ``picture``.
    lang : {"zh", "en"}
    size : str
        A key of :data:`~huzhou_analysis.show.canvas.SIZES`.
    foot : sequence of str
        Notes and source, set below the chart.

    Returns
    -------
    Figure
        Each artist that stands for marks carries the panel, series and segment in its ``gid``.
    """
    if size not in SIZES:
        raise ValueError(f"size {size!r} is not known: write one of {', '.join(SIZES)}")
    chart = record["chart"]
    with house_style():
        if chart is None:
            return _framed(record, lang, size, foot)
        height = _height(chart, size)
        canvas = Canvas(lang, size, record["title"][lang], record["subtitle"][lang], foot, height=height)
        axes = _axes(canvas, chart, lang)
        _key(canvas, key_entries(chart), lang)
        scales = number_axes(chart, lang)
        for n, (ax, panel) in enumerate(zip(axes, chart["panels"], strict=True)):
            _panel(ax, panel, lang, f"p{n}", scales[n], canvas)
    return canvas.figure


def _framed(record: dict, lang: str, size: str, foot: Sequence[str]) -> Figure:
    """A figure of one's own between its title and its sources."""
    canvas = Canvas(lang, size, record["title"][lang], record["subtitle"][lang], foot)
    x0, y0, x1, y1 = canvas.box
    ax = canvas.figure.add_axes((x0, y0, x1 - x0, y1 - y0))
    ax.imshow(imread(BytesIO(b64decode(record["picture"][lang]["png"]))), interpolation="antialiased")
    ax.set_axis_off()
    return canvas.figure


def _axes(canvas: Canvas, chart: dict, lang: str) -> list:
    """One pair of axes a panel, with room for headings, names of bars and the key."""
    panels = chart["panels"]
    columns = 1 if canvas.narrow else min(chart["columns"], len(panels))
    rows = math.ceil(len(panels) / columns)
    longest = max((_name_width(canvas, p, lang) for p in panels), default=0)
    left = max(0.55, longest + 0.12)
    wide = canvas.room / columns - left - 0.1
    lines = max(len(_heading(canvas, p, lang, wide)) for p in panels)
    headed = 0.14 * (lines > 0) + 0.17 * lines + 0.2 * any(p["kind"] == "heat" for p in panels)
    grid = canvas.grid(rows, columns, left=left, key=_key_height(canvas, chart, lang), headed=headed)
    for spare in grid[len(panels) :]:
        spare.set_axis_off()
    return grid[: len(panels)]


def _height(chart: dict, size: str) -> float:
    """Height of a picture in inches: a narrow one, whose panels stand below each other, grows with them."""
    width, height = SIZES[size]
    if width >= WIDE:
        return height
    bars = sum(len(p["categories"]) for p in chart["panels"] if p["kind"] in ("bar", "stacked_bar"))
    return max(height, 1.2 + 1.9 * len(chart["panels"]) + 0.22 * bars)


def _heading(canvas: Canvas, panel: dict, lang: str, width: float) -> list[str]:
    """Heading of a panel with its unit, in lines that fit the width; no line where it has none."""
    words = panel["heading"][lang]
    if words and panel["unit"][lang] not in words:
        words += f"（{panel['unit'][lang]}）" if lang == "zh" else f" ({panel['unit'][lang]})"
    return wrap(canvas.figure, words, 9.5, width) if words else []


def _name_width(canvas: Canvas, panel: dict, lang: str) -> float:
    """Inches that the names left of lying bars, or of the rows of a heat map, take; at most a third of the picture."""
    if panel["kind"] in ("bar", "stacked_bar"):
        names = [c[lang] for c in panel["categories"]]
    elif panel["kind"] == "heat":
        names = [one[lang] for one in panel["series"]]
    else:
        return 0.0
    return min(max(canvas.width_of(n, 9) for n in names), canvas.figure.get_figwidth() * 0.33)


def _panel(ax, panel: dict, lang: str, gid: str, axis: tuple[float, float, float], canvas: Canvas) -> None:
    heading = _heading(canvas, panel, lang, ax.get_position().width * canvas.figure.get_figwidth())
    if heading:
        pad = 24 if panel["kind"] == "heat" else 8
        ax.set_title("\n".join(heading), loc="left", fontsize=9.5, color=INK, pad=pad)
    elif panel["kind"] in ("line", "fan", "column", "stacked_column"):
        ax.set_ylabel(panel["unit"][lang], fontsize=9)
    if panel["kind"] == "heat":
        _heat(ax, panel, lang, gid, canvas)
    elif panel["kind"] in BARS:
        _bars(ax, panel, lang, gid, axis, canvas)
    else:
        _lines(ax, panel, lang, gid, axis, canvas)


def _scale(panel: dict, lang: str) -> float:
    return 1.0 if lang == "zh" else panel["scale_en"]


def number_axes(chart: dict, lang: str) -> list[tuple[float, float, float]]:
    """Ends and step of each panel's axis of numbers, in the unit of a language: pictures and Office charts use the same.

    The lower end is a multiple of the step, from which office programs count, unless numbers are not shown along it;
    panels that share a scale have equal ends.
    """
    rows = math.ceil(len(chart["panels"]) / chart["columns"])
    above = min(0.14 * rows, 0.3)  # room for labels: the lower a panel, the larger a share of it a label takes
    limits = [_limits(p, lang, above) for p in chart["panels"]]
    if chart["shared"]:
        limits = [(min(low for low, _ in limits), max(high for _, high in limits))] * len(limits)
    axes = []
    for (low, high), panel in zip(limits, chart["panels"], strict=True):
        ticks = ticker.MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
        step = float(f"{ticks[1] - ticks[0]:.6g}")
        floor = low if panel["kind"].endswith("bar") else float(f"{math.floor(low / step + 1e-9) * step:.9g}")
        axes.append((floor, high, step))
    return axes


def _limits(panel: dict, lang: str, above: float) -> tuple[float, float]:
    """Ends of the axis of numbers: bars begin at zero, a line too unless that would flatten it."""
    values = [v * _scale(panel, lang) for v in _drawn(panel)]
    if panel["kind"].startswith("stacked"):
        sums: dict[tuple[float, bool], float] = {}
        for one in panel["series"]:
            for p in one["points"]:
                at = (p["x"], (p["value"] or 0) >= 0)
                sums[at] = sums.get(at, 0) + (p["value"] or 0) * _scale(panel, lang)
        values = list(sums.values())
    low, high = min(values, default=0), max(values, default=1)
    if panel["kind"] in BARS or not starts_above_zero(panel):
        low, high = min(low, 0), max(high, 0)
    room = (high - low) or abs(high) or 1
    if starts_above_zero(panel):
        least = 0.2 * abs(high)  # a line that hardly moves must not fill the panel
        low, high = (low - (least - room) / 2, high + (least - room) / 2) if room < least else (low, high)
        room = high - low
    return (low - 0.08 * room if low < 0 or starts_above_zero(panel) else low), high + above * room


def _drawn(panel: dict) -> list[float]:
    """Every number that takes a place on the axis: values, ends of bands and of whiskers on bars."""
    out = []
    for one in panel["series"]:
        ended = panel["kind"] in BARS or look(one["role"]).band
        out += [p[k] for p in one["points"] for k in (("value", "low", "high") if ended else ("value",))]
    return [v for v in out if v is not None]


def starts_above_zero(panel: dict) -> bool:
    """Whether the axis of a line leaves out zero: its values differ, yet all are high and near each other."""
    values = _drawn(panel)
    return panel["kind"] in ("line", "fan") and len(set(values)) > 1 and min(values) > 0.4 * max(values) > 0


# --- lines and fans ------------------------------------------------------------------------------------------------


def _lines(ax, panel: dict, lang: str, gid: str, axis: tuple[float, float, float], canvas: Canvas) -> None:
    scale = _scale(panel, lang)
    years = [p["x"] for s in panel["series"] for p in s["points"]]
    first, last = min(years), max(years)
    ax.set_ylim(*axis[:2])
    ax.set_xlim(first - max(0.3, (last - first) * 0.03), last + max(0.3, (last - first) * 0.08))
    for n, one in enumerate(panel["series"]):
        seen = look(one["role"], one["nth"])
        name = f"{gid}.s{n}"
        x = [p["x"] for p in one["points"]]
        if seen.band:
            low, high = ([p[end] * scale for p in one["points"]] for end in ("low", "high"))
            if start := fan_start(panel, one):
                x, low, high = ([start["x"], *x], [start["value"] * scale, *low], [start["value"] * scale, *high])
            ax.fill_between(x, low, high, color=seen.fill, linewidth=0, zorder=1, gid=name)
            continue
        y = [p["value"] * scale for p in one["points"]]
        joined = LINES[seen.dash] if len(x) > 1 else "none"
        ax.plot(x, y, linestyle=joined, color=seen.colour, linewidth=seen.width, zorder=3, gid=name)
        for role in dict.fromkeys(p["role"] for p in one["points"]):
            mark = seen if role == one["role"] else look(role)
            at = [i for i, p in enumerate(one["points"]) if p["role"] == role]
            _markers(ax, [x[i] for i in at], [y[i] for i in at], mark, len(years), f"{name}.{role}")
    _events(ax, panel["events"], first)
    _year_ticks(ax, first, last)
    _number_ticks(ax.yaxis, axis[2])
    labelled = [p for one in panel["series"] for p in one["points"] if p[lang] and p["value"] is not None]
    for p in sorted(labelled, key=lambda p: -p["value"]):  # the highest first, so that its label stays above
        place_label(ax, p["x"], p["value"] * scale, p[lang], prefer=("center", "bottom"))


def fan_start(panel: dict, band: dict) -> dict | None:
    """The last point of an actual before a band begins, from which it opens; None where there is none."""
    begins = min(p["x"] for p in band["points"])
    known = [p for s in panel["series"] if s["role"] in JOINED for p in s["points"]]
    before = [p for p in known if p["x"] < begins and p["value"] is not None]
    return max(before, key=lambda p: p["x"], default=None)


def _markers(ax, x: list[float], y: list[float], mark: Role, many: int, gid: str) -> None:
    if mark.marker:
        size = 6 if many <= 40 else 4.2
        ax.plot(x, y, mark.marker, markersize=size, markerfacecolor=mark.fill, markeredgecolor=mark.colour, gid=gid,
                markeredgewidth=1.4, linestyle="none", zorder=4)  # fmt: skip


def _events(ax, events: list[dict], first: float) -> None:
    """Thin lines at dated events, with the month above; the notes say what happened."""
    from matplotlib.transforms import blended_transform_factory

    place = blended_transform_factory(ax.transData, ax.transAxes)
    before = -math.inf
    reach = (ax.get_xlim()[1] - ax.get_xlim()[0]) * 0.055
    for event in events:
        if event["x"] < first - 0.5:
            continue
        ax.axvline(event["x"], color=MUTED, linewidth=0.7, linestyle=":", zorder=1)
        level = 1.0 if event["x"] - before > reach else 1.045
        ax.text(event["x"], level, event["zh"].split(" ")[0], transform=place, fontsize=6.5, color=MUTED, ha="center",
                va="bottom")  # fmt: skip
        before = event["x"] if level == 1.0 else before


def _year_ticks(ax, first: float, last: float) -> None:
    """Whole years, as many as fit, the last one always among them."""
    width = ax.get_position().width * ax.figure.get_figwidth()
    most = max(2, int(width / 0.52))
    step = next(s for s in (1, 2, 3, 4, 5, 10, 20, 50) if (last - first) / s <= most - 1)
    ax.set_xticks([int(last - i * step) for i in range(int((last - first) / step) + 1)][::-1])
    ax.xaxis.set_major_formatter(ticker.FormatStrFormatter("%d"))


def _number_ticks(axis, step: float) -> None:
    axis.set_major_locator(ticker.MultipleLocator(step))
    axis.set_major_formatter(ticker.FuncFormatter(lambda v, _: f"{v:,.10g}".replace("-", "−")))


# --- bars ----------------------------------------------------------------------------------------------------------


def _bars(ax, panel: dict, lang: str, gid: str, axis: tuple[float, float, float], canvas: Canvas) -> None:
    lying, stacked = panel["kind"].endswith("bar"), panel["kind"].startswith("stacked")
    scale, n = _scale(panel, lang), len(panel["categories"])
    taken = [p["x"] for s in panel["series"] for p in s["points"]]
    beside = not stacked and len(taken) > len(set(taken))
    breadth = 0.72 / (len(panel["series"]) if beside else 1)
    bases: dict[tuple[float, bool], float] = {}
    (ax.set_xlim if lying else ax.set_ylim)(*axis[:2])
    (ax.set_ylim if lying else ax.set_xlim)(*((n - 0.4, -0.6) if lying else (-0.6, n - 0.4)))
    draw = ax.barh if lying else ax.bar
    for i, one in enumerate(panel["series"]):
        seen = look(one["role"], one["nth"])
        shift = (i - (len(panel["series"]) - 1) / 2) * breadth if beside else 0.0
        for p in one["points"]:
            value, at = p["value"] * scale, p["x"] + shift
            base = bases.get((p["x"], value >= 0), 0.0) if stacked else 0.0
            bases[(p["x"], value >= 0)] = base + value
            style = {"facecolor": seen.fill, "edgecolor": PAPER if stacked and seen.fill != PAPER else seen.colour,
                     "linewidth": 1.4 if seen.fill == PAPER else 0.8, "hatch": "////" if seen.hatch else None,
                     "linestyle": LINES[seen.dash] if seen.fill == PAPER and seen.dash == "dot" else "-"}  # fmt: skip
            draw(at, value, breadth, base, gid=f"{gid}.s{i}.{p['x']}", zorder=2, **style)
            if p["low"] is not None and p["high"] is not None:
                ends = [[value - p["low"] * scale], [p["high"] * scale - value]]
                ax.errorbar(*((value, at) if lying else (at, value)), **{"xerr" if lying else "yerr": ends}, fmt="none",
                            ecolor=INK, elinewidth=1.1, capsize=3, gid=f"{gid}.s{i}.{p['x']}.ends")  # fmt: skip
            _bar_label(ax, p, lang, at, base, value, scale, lying, stacked, seen)
    _bar_axes(ax, panel, lang, lying, canvas, axis[2])


def _bar_label(
    ax, p: dict, lang: str, at: float, base: float, value: float, scale: float, lying: bool, stacked: bool, seen: Role
) -> None:
    if not p[lang]:
        return
    if stacked:
        place = (base + value / 2, at) if lying else (at, base + value / 2)
        dark = seen.fill not in (PAPER,) and _luminance(seen.fill) < 0.45
        direct_label(ax, *place, p[lang], dy=0, va="center", size=8.5, colour=PAPER if dark else INK)
        return
    end = max(value, p["high"] * scale) if p["high"] is not None else value
    if lying:
        side = "left" if value >= 0 else "right"
        direct_label(ax, end, at, p[lang], dx=4 if value >= 0 else -4, dy=0, ha=side, va="center", size=8.5)
    else:
        direct_label(ax, at, end, p[lang], dy=4 if value >= 0 else -12, size=8.5)


def _luminance(colour: str) -> float:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _bar_axes(ax, panel: dict, lang: str, lying: bool, canvas: Canvas, step: float) -> None:
    names = [c[lang] for c in panel["categories"]]
    if lying:
        room = ax.get_position().x0 * canvas.figure.get_figwidth() - canvas.MARGIN
        ax.set_yticks(range(len(names)), ["\n".join(wrap(canvas.figure, n, 9, max(room, 0.8))) for n in names])
        ax.set_xticks([])
        ax.spines["bottom"].set_visible(False)
        ax.axvline(0, color=MUTED, linewidth=0.8, zorder=3)
    else:
        room = ax.get_position().width * canvas.figure.get_figwidth() / len(names) * 0.95
        ax.set_xticks(range(len(names)), ["\n".join(wrap(canvas.figure, n, 8.5, room)) for n in names], fontsize=8.5)
        _number_ticks(ax.yaxis, step)
        if min(ax.get_ylim()) < 0:
            ax.axhline(0, color=MUTED, linewidth=0.8, zorder=3)
    ax.grid(not lying, axis="y")
    ax.tick_params(labelcolor=INK)


# --- heat map ------------------------------------------------------------------------------------------------------


def _heat(ax, panel: dict, lang: str, gid: str, canvas: Canvas) -> None:
    """Rows are series, columns categories; the number stands in its cell."""
    import pandas as pd
    import seaborn as sns

    scale, columns = _scale(panel, lang), [c[lang] for c in panel["categories"]]
    rows = [one[lang] for one in panel["series"]]
    values = pd.DataFrame(float("nan"), index=range(len(rows)), columns=range(len(columns)))
    words = pd.DataFrame("", index=values.index, columns=values.columns)
    for i, one in enumerate(panel["series"]):
        for p in one["points"]:
            values.iloc[i, p["x"]] = math.nan if p["value"] is None else p["value"] * scale
            words.iloc[i, p["x"]] = p[lang]
    colours, low, high = heat_colours(panel, lang)
    sns.heatmap(values, ax=ax, annot=words, fmt="", cbar=False, linewidths=1.5, linecolor=PAPER, cmap=colours,
                vmin=low, vmax=high, annot_kws={"fontsize": 8})  # fmt: skip
    ax.collections[0].set_gid(gid)
    room = ax.get_position().x0 * canvas.figure.get_figwidth() - canvas.MARGIN
    size = 9 if len(rows) <= 16 else max(5.5, 9 * 16 / len(rows))
    ax.set_yticks([i + 0.5 for i in range(len(rows))],
                  ["\n".join(wrap(canvas.figure, r, size, max(room, 0.8))) for r in rows], rotation=0, fontsize=size)  # fmt: skip
    ax.set_xticks([i + 0.5 for i in range(len(columns))], columns, rotation=0, fontsize=8.5)
    ax.xaxis.tick_top()
    ax.grid(False)
    ax.set_xlabel("")
    ax.set_ylabel("")
    ax.tick_params(labelcolor=INK, length=0)
    ax.set_facecolor(GRID)


def heat_colours(panel: dict, lang: str) -> tuple[Colormap, float, float]:
    """The colours of a heat map and the values at their ends: two hues where a value is below zero, else one."""
    import seaborn as sns

    values = [v * _scale(panel, lang) for v in _drawn(panel)]
    most = max((abs(v) for v in values), default=0) or 1.0
    if min(values, default=0) < 0:
        return sns.diverging_palette(30, 245, s=70, l=60, as_cmap=True), -most, most
    return sns.light_palette("#0072b2", as_cmap=True), 0.0, most * 1.4


# --- key -----------------------------------------------------------------------------------------------------------


def _key_height(canvas: Canvas, chart: dict, lang: str) -> float:
    """Inches that the key takes above the panels."""
    entries = key_entries(chart)
    return 0.22 * len(_key_rows(canvas, entries, lang)) if len(entries) > 1 else 0.0


def _key_rows(canvas: Canvas, entries: list[Entry], lang: str) -> list[list[Entry]]:
    """Entries of the key in lines that fit the width."""
    rows, used = [[]], 0.0
    for entry in entries:
        wide = canvas.width_of(entry.name[lang], 8.5) + 0.5
        if used + wide > canvas.room and rows[-1]:
            rows.append([])
            used = 0.0
        rows[-1].append(entry)
        used += wide
    return rows


def _key(canvas: Canvas, entries: list[Entry], lang: str) -> None:
    """What the marks mean, in one line above the panels where it fits; a chart of one kind of mark needs none."""
    if len(entries) < 2:
        return
    for n, row in enumerate(_key_rows(canvas, entries, lang)):
        x = canvas.MARGIN
        for entry in row:
            canvas.handle(_handle(entry), x, n)
            canvas.beside(entry.name[lang], x + 0.32, n)
            x += canvas.width_of(entry.name[lang], 8.5) + 0.5


def _handle(entry: Entry):
    seen = look(entry.role, entry.nth)
    if entry.bar or seen.band:
        return Rectangle((0, 0), 1, 1, facecolor=seen.fill, edgecolor=seen.colour, hatch="////" if seen.hatch else None,
                         linewidth=1.2 if seen.fill == PAPER else 0.8)  # fmt: skip
    return Line2D([], [], color=seen.colour, linestyle=LINES[seen.dash], linewidth=seen.width, marker=seen.marker or None,
                  markersize=5.5, markerfacecolor=seen.fill, markeredgecolor=seen.colour, markeredgewidth=1.3)  # fmt: skip
