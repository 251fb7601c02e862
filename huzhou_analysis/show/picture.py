"""The picture of a chart: its record drawn with matplotlib and seaborn, in one language and one size. Titles state the
finding and stand left; grids are horizontal only. Each artist that stands for marks tells panel and series in its ``gid``."""

import math
from base64 import b64decode
from collections import defaultdict
from collections.abc import Sequence
from io import BytesIO

import matplotlib.ticker as ticker
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import Colormap
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.transforms import Bbox

from .canvas import BARE, SIZES, house_style, lines_of, width_of
from .chart import BARS, Entry, band_edges, drawn_values, heading, key_entries, number_axes, points_of, scale
from .roles import GRID, INK, MUTED, PAPER, bar_edge, look, luminance

LINES = {"solid": "-", "dash": "--", "dot": ":", "dashdot": "-.", "": "none"}
MARGIN = 0.32  # inches
WIDE = 8.0  # inches: in narrower pictures panels stand below each other
LYING = ("bar", "stacked_bar")


def picture(record: dict, lang: str, size: str = "slide", foot: Sequence[str] = ()) -> Figure:
    """Draw the chart of an exhibit's record, or frame the figure of one's own, in a size of :data:`.canvas.SIZES`; notes and
    source of the `foot` are set below the chart."""
    if size not in SIZES:
        raise ValueError(f"size {size!r} is not known: write one of {', '.join(SIZES)}")
    chart = record["chart"]
    if chart and size == "small":  # too small for the months of events, whose notes stand elsewhere
        chart = chart | {"panels": [panel | {"events": []} for panel in chart["panels"]]}
    with house_style():
        figure, bottom, top = _paper(record, lang, size, foot)
        if chart is None:
            width, height = figure.get_size_inches()
            box = (MARGIN / width, bottom / height, (width - 2 * MARGIN) / width, (top - bottom) / height)
            ax = figure.add_axes(box)
            ax.imshow(imread(BytesIO(b64decode(record["picture"][lang]["png"]))), interpolation="antialiased")
            ax.set_axis_off()
            return figure
        axes = _axes(figure, chart, lang, bottom, _key(figure, key_entries(chart), lang, top))
        for n, (ax, panel, axis) in enumerate(zip(axes, chart["panels"], number_axes(chart, lang), strict=True)):
            draw = _heat if panel["kind"] == "heat" else _bars if panel["kind"] in BARS else _lines
            draw(ax, panel, lang, f"p{n}", axis)
    return figure


def _paper(record: dict, lang: str, size: str, foot: Sequence[str]) -> tuple[Figure, float, float]:
    """A figure with title, subtitle and foot, and from where to where, in inches, there is room between them."""
    width, height = SIZES[size]
    if record["chart"] and width < WIDE:  # panels stand below each other, and the picture grows with them
        panels = record["chart"]["panels"]
        bars = sum(len(p["categories"]) for p in panels if p["kind"] in LYING)
        height = max(height, 1.2 + 1.9 * len(panels) + 0.22 * bars)
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    if size in BARE:
        return figure, 0.1, height - 0.1

    def write(line: str, points: float, colour: str, y: float, align: str) -> None:
        figure.text(MARGIN / width, y / height, line, fontsize=points, color=colour, va=align, ha="left")

    top, shrink = height - 0.26, 1.0 if size == "slide" else 0.86
    for words, points, colour in ((record["title"][lang], 15, INK), (record["subtitle"][lang], 10, MUTED)):
        lines = _lines_in(words, points * shrink, width - 2 * MARGIN)
        for line in lines if len(lines) <= 6 else [*lines[:5], lines[5][:-2] + "…"]:
            write(line, points * shrink, colour, top, "top")
            top -= points * shrink * 1.32 / 72
        top -= 0.03 if words else 0
    bottom, step = 0.16, 7.2 * 1.35 / 72
    lines = [line for words in foot for line in _lines_in(words, 7.2, width - 2 * MARGIN)]
    most = int(height / 2 / step)  # notes without end would leave no room for the chart
    for line in reversed(lines if len(lines) <= most else [*lines[: most - 1], "…"]):
        write(line, 7.2, MUTED, bottom, "bottom")
        bottom += step
    return figure, bottom + 0.1, top - 0.08


def _lines_in(words: str, points: float, width: float) -> list[str]:
    """A text in lines of so many inches."""
    return lines_of(words, width * 72 / points, seam=0)


def _key(figure: Figure, entries: list[Entry], lang: str, top: float) -> float:
    """What the marks mean, in one line above the panels where it fits; where the room below it begins."""
    if not entries:
        return top
    width, height = figure.get_size_inches()
    widths = [width_of(e.name[lang]) * 8.5 / 72 + 0.55 for e in entries]
    fits = (n for n in range(len(widths), 1, -1) if sum(map(max, np.array_split(widths, n))) <= width - 2 * MARGIN)
    columns = next(fits, 1)
    figure.legend(
        [_handle(e) for e in entries], [e.name[lang] for e in entries], ncols=columns, loc="upper left",
        bbox_to_anchor=(MARGIN / width, top / height), fontsize=8.5, labelcolor=MUTED, borderpad=0,
        borderaxespad=0, handlelength=2.2, handletextpad=0.6, columnspacing=1.6, labelspacing=0.55,
    )  # fmt: skip
    return top - 0.22 * math.ceil(len(entries) / columns)


def _handle(entry: Entry):
    seen = look(entry.role, entry.nth)
    if entry.bar or seen.band:
        return Rectangle((0, 0), 1, 1, facecolor=seen.fill, edgecolor=seen.colour, hatch="////" if seen.hatch else None,
                         linewidth=1.2 if seen.fill == PAPER else 0.8)  # fmt: skip
    return Line2D([], [], color=seen.colour, linestyle=LINES[seen.dash], linewidth=seen.width, marker=seen.marker or None,
                  markersize=5.5, markerfacecolor=seen.fill, markeredgecolor=seen.colour, markeredgewidth=1.3)  # fmt: skip


def _axes(figure: Figure, chart: dict, lang: str, bottom: float, top: float) -> list:
    """One pair of axes a panel under its heading, with room for the names of bars on the left."""
    panels, (width, height) = chart["panels"], figure.get_size_inches()
    columns = 1 if width < WIDE else min(chart["columns"], len(panels))
    rows = math.ceil(len(panels) / columns)
    named = [p["categories"] if p["kind"] in LYING else p["series"] if p["kind"] == "heat" else [] for p in panels]
    longest = max((width_of(n[lang]) * 9 / 72 for names in named for n in names), default=0)
    left = max(0.55, min(longest, width * 0.33) + 0.12)
    wide = (width - 2 * MARGIN - 0.2 - left - (left + 0.05) * (columns - 1)) / columns
    headings = ["\n".join(_lines_in(heading(p, lang), 9.5, wide)) for p in panels]
    lines = max(len(words.splitlines()) for words in headings)
    headed = 0.14 * (lines > 0) + 0.17 * lines + 0.2 * any(p["kind"] == "heat" for p in panels)
    top, bottom, between = top - max(headed, 0.14), bottom + 0.3, 0.34 + max(headed, 0.1)
    tall = (top - bottom - between * (rows - 1)) / rows
    grid = figure.add_gridspec(
        rows, columns, left=(MARGIN + left) / width, right=(width - MARGIN - 0.2) / width, bottom=bottom / height,
        top=top / height, wspace=(left + 0.05) / wide, hspace=between / tall,
    )  # fmt: skip
    axes = [figure.add_subplot(grid[n]) for n in range(len(panels))]
    for ax, panel, words in zip(axes, panels, headings, strict=True):
        if words:
            ax.set_title(words, loc="left", fontsize=9.5, color=INK, pad=24 if panel["kind"] == "heat" else 8)
        elif panel["kind"] not in ("heat", *LYING):
            ax.set_ylabel(panel["unit"][lang], fontsize=9)
    return axes


def _names(ax, names: Sequence[str], points: float, *, below: bool = False) -> list[str]:
    """Names on the left of axes, or below places along them, in lines that fit."""
    across = ax.figure.get_figwidth()
    room = ax.get_position().width * across / len(names) * 0.95 if below else ax.get_position().x0 * across - MARGIN
    return ["\n".join(_lines_in(n, points, room if below else max(room, 0.8))) for n in names]


def _number_ticks(axis, step: float) -> None:
    axis.set_major_locator(ticker.MultipleLocator(step))
    axis.set_major_formatter(ticker.FuncFormatter(lambda v, _: f"{v:,.10g}".replace("-", "−")))


def _lines(ax, panel: dict, lang: str, gid: str, axis: tuple[float, float, float]) -> None:
    by, years = scale(panel, lang), [p["x"] for p in points_of(panel)]
    first, last = min(years), max(years)
    ax.set_ylim(*axis[:2])
    ax.set_xlim(first - max(0.3, (last - first) * 0.03), last + max(0.3, (last - first) * 0.08))
    for n, one in enumerate(panel["series"]):
        seen, points = look(one["role"], one["nth"]), [p for p in one["points"] if p["value"] is not None]
        if seen.band:
            x, low, high = band_edges(panel, one)
            ax.fill_between(x, low * by, high * by, color=seen.fill, linewidth=0, zorder=1, gid=f"{gid}.s{n}")
            continue
        x, y = [p["x"] for p in points], [p["value"] * by for p in points]
        joined = LINES[seen.dash] if len(x) > 1 else "none"
        ax.plot(x, y, linestyle=joined, color=seen.colour, linewidth=seen.width, zorder=3, gid=f"{gid}.s{n}")
        for role in dict.fromkeys(p["role"] for p in points):
            mark = seen if role == one["role"] else look(role)
            at = [i for i, p in enumerate(points) if p["role"] == role]
            if mark.marker:
                ax.plot([x[i] for i in at], [y[i] for i in at], mark.marker, markersize=6 if len(years) <= 40 else 4.2,
                        markerfacecolor=mark.fill, markeredgecolor=mark.colour, markeredgewidth=1.4, linestyle="none",
                        zorder=4, gid=f"{gid}.s{n}.{role}")  # fmt: skip
    _events(ax, [e for e in panel["events"] if e["x"] >= first - 0.5])
    most = max(2, int(ax.get_position().width * ax.figure.get_figwidth() / 0.52))
    every = next(s for s in (1, 2, 3, 4, 5, 10, 20, 50) if (last - first) / s <= most - 1)
    ax.set_xticks(np.arange(int(last), first - 0.01, -every)[::-1])  # the last year always among them
    ax.xaxis.set_major_formatter(ticker.FormatStrFormatter("%d"))
    _number_ticks(ax.yaxis, axis[2])
    labelled = [p for p in points_of(panel) if p[lang] and p["value"] is not None]
    for p in sorted(labelled, key=lambda p: -p["value"]):  # the highest first, so that its label stays above
        _label_beside(ax, p["x"], p["value"] * by, p[lang])


def _events(ax, events: list[dict]) -> None:
    """Thin lines at dated events, with the month above; the notes say what happened."""
    before, reach = -math.inf, (ax.get_xlim()[1] - ax.get_xlim()[0]) * 0.055
    for event in events:
        ax.axvline(event["x"], color=MUTED, linewidth=0.7, linestyle=":", zorder=1)
        raised = event["x"] - before <= reach
        ax.text(event["x"], 1.045 if raised else 1.0, event["zh"].split(" ")[0], transform=ax.get_xaxis_transform(),
                fontsize=6.5, color=MUTED, ha="center", va="bottom")  # fmt: skip
        before = before if raised else event["x"]


def _label_beside(ax, x: float, y: float, words: str, points: float = 8) -> None:
    """A label beside a point, on the side where it covers least of the lines and labels already drawn in the axes."""
    figure, dots = ax.figure, ax.figure.dpi / 72
    wide, tall, gap = width_of(words) * points * dots, points * 1.25 * dots, 7 * dots
    paths = [line.get_transform().transform_path(line.get_path()).interpolated(29) for line in ax.lines]
    others = [t.get_window_extent(figure.canvas.get_renderer()) for t in ax.texts if t.get_text()]
    px, py = ax.transData.transform((x, y))
    sides = [  # corner of the label; where two are alike the first is taken
        (px - wide / 2, py + gap),
        (px + gap, py - tall / 2),
        (px - gap / 2 - wide, py + gap / 2),
        (px - wide / 2, py - gap - tall),
        (px - gap - wide, py - tall / 2),
        (px + gap / 2, py - gap / 2 - tall),
        (px - gap / 2 - wide, py - gap / 2 - tall),
    ]

    def cost(corner: tuple[float, float]) -> float:
        label = Bbox.from_bounds(*corner, wide, tall)
        covered = sum(label.padded(3, 2).count_contains(path.vertices) for path in paths)
        outside = label.x0 < 2 or label.x1 > figure.bbox.x1 - 2
        return covered + 1e3 * label.count_overlaps(others) + 1e6 * outside

    left, bottom = min(sides, key=cost)
    offset = (left + wide / 2 - px) / dots, (bottom - py) / dots
    ax.annotate(words, (x, y), offset, textcoords="offset points", ha="center", va="bottom", fontsize=points, color=INK,
                zorder=6, annotation_clip=False)  # fmt: skip


def _bars(ax, panel: dict, lang: str, gid: str, axis: tuple[float, float, float]) -> None:
    lying, stacked = panel["kind"] in LYING, panel["kind"].startswith("stacked")
    by, n, many = scale(panel, lang), len(panel["categories"]), len(panel["series"])
    taken = [p["x"] for p in points_of(panel)]
    beside = not stacked and len(taken) > len(set(taken))
    breadth = 0.72 / (many if beside else 1)
    bases: defaultdict[tuple[float, bool], float] = defaultdict(float)
    (ax.set_xlim if lying else ax.set_ylim)(*axis[:2])
    (ax.set_ylim if lying else ax.set_xlim)(*((n - 0.4, -0.6) if lying else (-0.6, n - 0.4)))
    for i, one in enumerate(panel["series"]):
        seen, shift = look(one["role"], one["nth"]), (i - (many - 1) / 2) * breadth if beside else 0.0
        colour, width, dash = bar_edge(seen, stacked)
        style = {"facecolor": seen.fill, "edgecolor": colour, "linewidth": width, "linestyle": LINES[dash],
                 "hatch": "////" if seen.hatch else None, "ecolor": INK, "capsize": 3}  # fmt: skip
        dark = stacked and luminance(seen.fill) < 0.45
        for p in (p for p in one["points"] if p["value"] is not None):
            value, key, ends = p["value"] * by, (p["x"], p["value"] >= 0), {}
            if p["low"] is not None and p["high"] is not None:
                ends["xerr" if lying else "yerr"] = [[value - p["low"] * by], [p["high"] * by - value]]
            drawn = (ax.barh if lying else ax.bar)(
                p["x"] + shift, value, breadth, bases[key] if stacked else 0.0, gid=f"{gid}.s{i}.{p['x']}", zorder=2,
                error_kw={"elinewidth": 1.1, "gid": f"{gid}.s{i}.{p['x']}.ends"}, **style, **ends,
            )  # fmt: skip
            bases[key] += value
            ax.bar_label(drawn, [p[lang]], label_type="center" if stacked else "edge", padding=0 if stacked else 4,
                         fontsize=8.5, color=PAPER if dark else INK, zorder=6)  # fmt: skip
    names = [c[lang] for c in panel["categories"]]
    if lying:
        ax.set_yticks(range(n), _names(ax, names, 9))
        ax.set_xticks([])
        ax.spines["bottom"].set_visible(False)
        ax.axvline(0, color=MUTED, linewidth=0.8, zorder=3)
    else:
        ax.set_xticks(range(n), _names(ax, names, 8.5, below=True), fontsize=8.5)
        _number_ticks(ax.yaxis, axis[2])
        if min(ax.get_ylim()) < 0:
            ax.axhline(0, color=MUTED, linewidth=0.8, zorder=3)
    ax.grid(not lying, axis="y")
    ax.tick_params(labelcolor=INK)


def _heat(ax, panel: dict, lang: str, gid: str, _axis: tuple[float, float, float]) -> None:
    """Rows are series, columns categories; the number stands in its cell."""
    import seaborn as sns

    columns, rows = [c[lang] for c in panel["categories"]], [one[lang] for one in panel["series"]]
    values, words = np.full((len(rows), len(columns)), math.nan), np.full((len(rows), len(columns)), "", object)
    for i, one in enumerate(panel["series"]):
        for p in one["points"]:
            values[i, p["x"]] = math.nan if p["value"] is None else p["value"] * scale(panel, lang)
            words[i, p["x"]] = p[lang]
    colours, low, high = heat_colours(panel, lang)
    sns.heatmap(values, ax=ax, annot=words, fmt="", cbar=False, linewidths=1.5, linecolor=PAPER, cmap=colours,
                vmin=low, vmax=high, annot_kws={"fontsize": 8})  # fmt: skip
    ax.collections[0].set_gid(gid)
    size = 9 if len(rows) <= 16 else max(5.5, 9 * 16 / len(rows))
    ax.set_yticks(np.arange(len(rows)) + 0.5, _names(ax, rows, size), rotation=0, fontsize=size)
    ax.set_xticks(np.arange(len(columns)) + 0.5, columns, rotation=0, fontsize=8.5)
    ax.xaxis.tick_top()
    ax.grid(False)
    ax.tick_params(labelcolor=INK, length=0)
    ax.set_facecolor(GRID)


def heat_colours(panel: dict, lang: str) -> tuple[Colormap, float, float]:
    """The colours of a heat map and the values at their ends: two hues where a value is below zero, else one."""
    import seaborn as sns

    values = [v * scale(panel, lang) for v in drawn_values(panel)]
    most = max((abs(v) for v in values), default=0) or 1.0
    if min(values, default=0) < 0:
        return sns.diverging_palette(30, 245, s=70, l=60, as_cmap=True), -most, most
    return sns.light_palette("#0072b2", as_cmap=True), 0.0, most * 1.4
