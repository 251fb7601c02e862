"""Paper and type: sizes, the house style, fonts for both languages from packages alone, text that is wrapped to fit.

Titles state the finding and stand left; grids are horizontal only. :func:`style` gives the same look to any matplotlib or
seaborn chart of a notebook.
"""

from __future__ import annotations

import re
from base64 import b64encode
from bisect import bisect_right
from collections.abc import Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ..facts.words import LANGUAGES
from .roles import GRID, INK, MUTED, PALETTE, PAPER

SIZES: dict[str, tuple[float, float]] = {
    "slide": (10.0, 5.625),
    "column": (4.8, 6.4),
    "square": (7.0, 7.0),
    "page": (10.0, 4.3),
    "phone": (4.3, 5.4),
    "small": (4.3, 2.7),
}
WIDE = 8.0  # inches: in narrower pictures panels stand below each other
BARE = ("page", "phone", "small")  # a page sets title, notes and source as text around the picture

_LATIN, _CJK = "DejaVu Sans", "Noto Sans CJK SC"
_NO_LINE_START = set("，。、；：？！）》」』】〕”’%‰)]},.;:?!…")
_NO_LINE_END = set("（《「『【〔“‘([{")


def cjk_font_file() -> Path:
    """The Noto Sans CJK SC file inside the ``mplfonts`` package (SIL Open Font License).

    Raises
    ------
    RuntimeError
        If the package or the file is missing; charts would show boxes instead of Chinese.
    """
    spec = find_spec("mplfonts")
    path = Path(spec.submodule_search_locations[0]) / "fonts" / "NotoSansCJKsc-Regular.otf" if spec else None
    if path is None or not path.is_file():
        raise RuntimeError(
            "缺少字体 NotoSansCJKsc-Regular.otf（mplfonts 包），无法绘制中文；请运行 make setup / the font "
            "NotoSansCJKsc-Regular.otf of the package mplfonts is missing: Chinese cannot be drawn; run make setup"
        )
    return path


@cache
def _register() -> None:
    font_manager.fontManager.addfont(cjk_font_file())


def font_face(text: str, family: str) -> str:
    """A CSS ``@font-face`` with the Chinese glyphs of a text, or nothing if it has none.

    The subset is cut from the packaged font and carries no time stamp. It serves Chinese only, so that Latin text keeps
    the reader's own font even where this family stands first.
    """
    wanted = "".join(sorted({c for c in text if c >= "\u2e80"}))
    if not wanted:
        return ""
    return (
        f'@font-face{{font-family:"{family}";src:url(data:font/woff;base64,{_subset(wanted)}) format("woff");'
        "unicode-range:U+2E80-9FFF,U+F900-FAFF,U+FE30-FE4F,U+FF00-FFEF,U+20000-2FA1F}"
    )


@cache
def _subset(characters: str) -> str:
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options(
        flavor="woff",
        layout_features=[],
        hinting=False,
        notdef_outline=True,
        recalc_timestamp=False,
        name_IDs=[],
        desubroutinize=True,
    )
    cutter = subset.Subsetter(options)
    cutter.populate(text=characters)
    buffer = BytesIO()
    with TTFont(cjk_font_file(), recalcTimestamp=False, lazy=True) as font:
        cutter.subset(font)
        font.flavor = "woff"
        font.save(buffer, reorderTables=False)
    return b64encode(buffer.getvalue()).decode()


SETTINGS = {
    "font.family": [_LATIN, _CJK],
    "font.size": 10,
    "axes.unicode_minus": True,
    "text.color": INK,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": MUTED,
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "text.parse_math": False,
    "svg.hashsalt": "huzhou",
    "svg.fonttype": "none",
    "figure.dpi": 100,
    "legend.frameon": False,
    "hatch.linewidth": 0.6,
    "axes.prop_cycle": mpl.cycler(color=PALETTE),
}


@contextmanager
def house_style():
    """Matplotlib settings of the house, for the length of a ``with`` block."""
    _register()
    with mpl.rc_context(SETTINGS):
        yield


@contextmanager
def legible(figure: Figure):
    """For a figure of one's own, for the length of a ``with`` block: its look stays, Chinese is never drawn as boxes."""
    from matplotlib.text import Text

    _register()
    for one in figure.findobj(Text):
        one.set_text(one.get_text().encode("utf-8", "replace").decode())  # half a character cannot be drawn
        families = list(one.get_fontfamily())
        if _CJK not in families:
            one.set_fontfamily([*families, _CJK])
    with mpl.rc_context({"svg.hashsalt": "huzhou", "svg.fonttype": "path"}):
        yield


_chosen = {"lang": "zh"}


def style(lang: str = "zh") -> None:
    """The house style for every matplotlib and seaborn chart that follows, Chinese included, and the language shown.

    Parameters
    ----------
    lang : {"zh", "en"}
        Language in which exhibits and findings are displayed.

    Raises
    ------
    ValueError
        If the language is another one.
    """
    _chosen["lang"] = language(lang)
    _register()
    mpl.rcParams.update(SETTINGS)


def language(lang: str | None = None) -> str:
    """The language named, or else the one that :func:`style` was given last, Chinese at first."""
    if lang not in (None, *LANGUAGES):
        raise ValueError(f"language {lang!r} is not known: write 'zh' or 'en'")
    return lang or _chosen["lang"]


# Characters of one text in a picture; the whole stands in the page, the document and the tables.
MOST_DRAWN = 1200


def text_width(figure: Figure, text: str, size: float) -> float:
    """Width of a text in inches, fallback glyphs included."""
    return _width(text, size, tuple(mpl.rcParams["font.family"]))


@cache
def _probe() -> Figure:
    """A figure to measure on: widths in inches are the same on every one."""
    figure = Figure(dpi=100)
    FigureCanvasAgg(figure)
    return figure


@lru_cache(maxsize=20_000)
def _width(text: str, size: float, family: tuple[str, ...]) -> float:
    from matplotlib.text import Text

    figure = _probe()
    probe = Text(0, 0, text, fontsize=size, family=list(family), figure=figure)
    return probe.get_window_extent(figure.canvas.get_renderer()).width / figure.dpi


def wrap(figure: Figure, text: str, size: float, width: float) -> list[str]:
    """Break a text into lines no wider than `width` inches: between words in English, between characters in Chinese.

    Closing marks stay with what they close, opening ones with what they open, and words and numbers stay whole; only a
    piece that is wider than a whole line is broken inside.
    """
    lines: list[str] = []
    line, about = "", 0.0
    for piece in pieces(text if len(text) <= MOST_DRAWN else text[: MOST_DRAWN - 1] + "…"):
        # Widths of pieces add up but for kerning: only near the edge is the line itself measured.
        own = text_width(figure, piece, size)
        near = about + own > 0.95 * width
        if line and near and text_width(figure, line + piece.rstrip(), size) > width:
            lines.append(line.rstrip())
            line, piece, about = "", piece.lstrip(), 0.0
        line += piece
        about += own
        while len(line) > 1 and near and text_width(figure, line.rstrip(), size) > width:
            fitting = bisect_right(range(1, len(line)), width, key=lambda n: text_width(figure, line[:n], size))
            cut = max(1, fitting)
            lines.append(line[:cut])
            line = line[cut:]
            about = text_width(figure, line, size)
    return [*lines, line.rstrip()] if line.strip() else lines


def pieces(text: str) -> list[str]:
    """Parts of a text between which a line may end: words, single Chinese characters, each with its marks."""
    pieces: list[str] = []
    for token in re.findall(r"[A-Za-z0-9À-ɏ.,%+\-–—−’'/()\[\]:;&≥≤<>=≈$_]+|\s+|.", text):
        glued = (
            pieces and not pieces[-1][-1].isspace() and (token[0] in _NO_LINE_START or pieces[-1][-1] in _NO_LINE_END)
        )
        if pieces and (glued or token.isspace()):
            pieces[-1] += token
        else:
            pieces.append(token)
    return pieces


class Canvas:
    """A figure with title, subtitle and foot already set, and the room between them to draw in.

    Attributes
    ----------
    figure : Figure
    lang : str
    size : str
        A key of :data:`SIZES`.
    """

    MARGIN = 0.32

    def __init__(
        self, lang: str, size: str, title: str, subtitle: str, foot: Sequence[str], *, height: float | None = None
    ) -> None:
        self.lang, self.size = lang, size
        width, height = SIZES[size][0], height or SIZES[size][1]
        self.figure = Figure(figsize=(width, height))
        FigureCanvasAgg(self.figure)
        if size in BARE:
            title, subtitle, foot = "", "", []
        room = width - 2 * self.MARGIN
        top = height - (0.02 if size in BARE else 0.26)
        scale = 1.0 if size == "slide" else 0.86
        for text, points, colour in ((title, 15 * scale, INK), (subtitle, 10 * scale, MUTED)):
            for line in wrap(self.figure, text, points, room):
                self._write(line, points, colour, top, "top")
                top -= points * 1.32 / 72
            top -= 0.03 if text else 0
        bottom, step = 0.0 if size in BARE else 0.16, 7.2 * 1.35 / 72
        lines = [line for text in foot for line in wrap(self.figure, text, 7.2, room)]
        most = int(height / 2 / step)  # notes without end would leave no room for the chart
        for line in reversed(lines if len(lines) <= most else [*lines[: most - 1], "…"]):
            self._write(line, 7.2, MUTED, bottom, "bottom")
            bottom += step
        self.box = (self.MARGIN / width, (bottom + 0.1) / height, 1 - self.MARGIN / width, (top - 0.08) / height)

    @property
    def narrow(self) -> bool:
        """True where panels have to stand below each other."""
        return self.figure.get_figwidth() < WIDE

    @property
    def room(self) -> float:
        """Width between the margins in inches."""
        return self.figure.get_figwidth() - 2 * self.MARGIN

    def width_of(self, text: str, points: float) -> float:
        """Width of a text in inches."""
        return text_width(self.figure, text, points)

    def _write(self, text: str, points: float, colour: str, y: float, align: str, x: float | None = None) -> None:
        width, height = self.figure.get_size_inches()
        at = (self.MARGIN if x is None else x) / width
        self.figure.text(at, y / height, text, fontsize=points, color=colour, va=align, ha="left")

    def grid(self, rows: int, columns: int, *, left: float, key: float, headed: float) -> list:
        """Axes inside the free room: inches for names on the left, for the key and for the headings above."""
        width, height = self.figure.get_size_inches()
        x0, y0, x1, y1 = self.box
        self._key_top = y1 * height
        above = max(headed, 0.14) + key
        tall = (y1 - y0) * height - above - 0.3
        between = 0.34 + max(headed, 0.1)
        each = (tall - between * (rows - 1)) / rows
        across = (x1 - x0) * width - left - 0.2
        wide = (across - (left + 0.05) * (columns - 1)) / columns
        grid = self.figure.add_gridspec(
            rows, columns,
            left=x0 + left / width, right=x1 - 0.2 / width,
            bottom=y0 + 0.3 / height, top=y1 - above / height,
            wspace=(left + 0.05) / wide, hspace=between / each,
        )  # fmt: skip
        return list(grid.subplots(squeeze=False).ravel())

    def handle(self, artist, x: float, line: int) -> None:
        """The mark of an entry of the key, in a line of the key, `x` inches from the left."""
        from matplotlib.lines import Line2D

        width, height = self.figure.get_size_inches()
        y = self._key_top - 0.1 - 0.22 * line
        if isinstance(artist, Line2D):
            x0, x1 = x / width, (x + 0.26) / width
            joined = Line2D([x0, x1], [y / height] * 2, linestyle=artist.get_linestyle(), linewidth=artist.get_linewidth(),
                            color=artist.get_color(), transform=self.figure.transFigure)  # fmt: skip
            self.figure.add_artist(joined)
            if artist.get_marker() not in (None, "None", ""):
                artist.set_data([(x0 + x1) / 2], [y / height])
                artist.set_linestyle("none")
                artist.set_transform(self.figure.transFigure)
                self.figure.add_artist(artist)
        else:
            artist.set_bounds(x / width, (y - 0.06) / height, 0.24 / width, 0.12 / height)
            artist.set_transform(self.figure.transFigure)
            self.figure.add_artist(artist)

    def beside(self, words: str, x: float, line: int) -> None:
        """The words of an entry of the key."""
        self._write(words, 8.5, MUTED, self._key_top - 0.1 - 0.22 * line, "center", x)


def save(figure: Figure, path: Path, *, transparent: bool = False) -> None:
    """Write a figure so that equal pictures are equal bytes: no dates, no random ids; PNG at twice screen size."""
    path = Path(path)
    metadata = {"Software": None} if path.suffix == ".png" else {"Date": None, "Creator": None}
    with house_style():
        figure.savefig(path, dpi=200 if path.suffix == ".png" else 72, metadata=metadata, transparent=transparent)


def watermark(figure: Figure, words: str) -> None:
    """Words across a picture, pale and behind nothing: a draft stays recognisable wherever it is pasted."""
    width, height = figure.get_size_inches()
    with house_style():
        size = min(60.0, 0.8 * width * 72 / max(len(words), 2))
        figure.text(
            0.5,
            0.5,
            words,
            fontsize=size,
            color=MUTED,
            alpha=0.18,
            ha="center",
            va="center",
            rotation=min(35.0, 45 * height / width),
            zorder=10,
        )


def missing_glyphs(text: str) -> set[str]:
    """Characters that neither font of the house can draw."""
    _register()
    latin = font_manager.get_font(font_manager.findfont(_LATIN))
    cjk = font_manager.get_font(str(cjk_font_file()))
    return {c for c in text if not c.isspace() and not latin.get_char_index(ord(c)) and not cjk.get_char_index(ord(c))}


def direct_label(
    ax,
    x,
    y,
    text: str,
    *,
    dx: float = 0,
    dy: float = 9,
    colour: str = INK,
    ha: str = "center",
    va: str = "bottom",
    size: float = 9,
) -> None:
    """A label beside its mark, offset in points."""
    ax.annotate(
        text,
        (x, y),
        (dx, dy),
        textcoords="offset points",
        ha=ha,
        va=va,
        fontsize=size,
        color=colour,
        zorder=6,
        annotation_clip=False,
    )


def place_label(
    ax, x: float, y: float, text: str, *, size: float = 8, prefer: tuple[str, str] = ("left", "center")
) -> None:
    """A label beside a point, on the side where it covers least of the lines and labels already drawn in the axes.

    Limits and position of the axes must be final; `prefer` is the side taken where two are alike.
    """
    import numpy as np

    figure, dots = ax.figure, ax.figure.dpi / 72
    wide = text_width(figure, text, size) * figure.dpi
    tall = size * 1.25 * dots
    drawn = []
    for line in ax.lines:
        path = line.get_transform().transform(np.column_stack(line.get_data()).astype(float))
        if len(path) > 1:
            steps = np.linspace(0, 1, 30)[:, None, None]
            path = (path[None, :-1] * (1 - steps) + path[None, 1:] * steps).reshape(-1, 2)
        drawn.append(path)
    points = np.vstack(drawn) if drawn else np.empty((0, 2))
    canvas_wide = figure.get_figwidth() * figure.dpi
    others = [t.get_window_extent(figure.canvas.get_renderer()) for t in ax.texts if t.get_text()]
    px, py = ax.transData.transform((x, y))
    gap = 7 * dots
    sides = {
        ("left", "center"): (px + gap, py - tall / 2),
        ("right", "bottom"): (px - gap / 2 - wide, py + gap / 2),
        ("center", "top"): (px - wide / 2, py - gap - tall),
        ("center", "bottom"): (px - wide / 2, py + gap),
        ("right", "center"): (px - gap - wide, py - tall / 2),
        ("left", "top"): (px + gap / 2, py - gap / 2 - tall),
        ("right", "top"): (px - gap / 2 - wide, py - gap / 2 - tall),
    }

    def cost(corner) -> float:
        left, bottom = corner
        inside = (
            (points[:, 0] > left - 3)
            & (points[:, 0] < left + wide + 3)
            & (points[:, 1] > bottom - 2)
            & (points[:, 1] < bottom + tall + 2)
        ).sum()
        covered = any(left < o.x1 and o.x0 < left + wide and bottom < o.y1 and o.y0 < bottom + tall for o in others)
        return float(inside) + 1e3 * covered + 1e6 * (left < 2 or left + wide > canvas_wide - 2)

    (ha, va), (left, bottom) = min(sides.items(), key=lambda item: cost(item[1]) - 0.5 * (item[0] == prefer))
    anchor = {"left": left, "center": left + wide / 2, "right": left + wide}[ha]
    height = {"bottom": bottom, "center": bottom + tall / 2, "top": bottom + tall}[va]
    direct_label(ax, x, y, text, dx=(anchor - px) / dots, dy=(height - py) / dots, ha=ha, va=va, size=size)
