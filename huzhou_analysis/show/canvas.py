"""Paper and type: sizes, the house style, fonts for both languages from packages alone, templates; and how much room words
take, by the fonts of the house, which are wide ones: what fits by these measures fits in an office program too."""

import re
from base64 import b64encode
from collections.abc import Sequence
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.figure import Figure

from ..facts.words import LANGUAGES
from .roles import MUTED, PALETTE

SIZES: dict[str, tuple[float, float]] = {
    "slide": (10.0, 5.625),
    "column": (4.8, 6.4),
    "square": (7.0, 7.0),
    "page": (10.0, 4.3),
    "phone": (4.3, 5.4),
    "small": (4.3, 2.7),
}
BARE = ("page", "phone", "small")  # a page sets title, notes and source as text around the picture
_LATIN, _CJK = "DejaVu Sans", "Noto Sans CJK SC"
SETTINGS = dict(mpl.rc_params_from_file(Path(__file__).with_name("house.mplstyle"), use_default_template=False))
SETTINGS |= {"font.family": [_LATIN, _CJK], "axes.prop_cycle": mpl.cycler(color=PALETTE)}
SEAM = 0.2  # some programs set a little space where Chinese meets Latin letters
# Parts of a text between which a line may end: words, single Chinese characters; no line begins with a closing mark or
# ends with an opening one.
_TOKEN = r"(?:[A-Za-z0-9À-ɏ.,%+\-–—−’'/()\[\]:;&≥≤<>=≈$_]+|\S)"
_PIECE = re.compile(
    rf"{_TOKEN}(?:(?:(?<=[（《「『【〔“‘([{{])|(?=[，。、；：？！）》」』】〕”’%‰)\]}},.;:?!…])){_TOKEN})*\s*|\s+"
)
_chosen = {"lang": "zh"}


def cjk_font_file() -> Path:
    """The Noto Sans CJK SC file inside the ``mplfonts`` package (SIL Open Font License); RuntimeError without it, for charts
    would show boxes instead of Chinese."""
    spec = find_spec("mplfonts")
    path = Path(spec.submodule_search_locations[0]) / "fonts" / "NotoSansCJKsc-Regular.otf" if spec else None
    if path is None or not path.is_file():
        raise RuntimeError(
            "缺少字体 NotoSansCJKsc-Regular.otf（mplfonts 包），无法绘制中文；请运行 make setup / the font "
            "NotoSansCJKsc-Regular.otf of the package mplfonts is missing: Chinese cannot be drawn; run make setup"
        )
    return path


@cache
def fonts() -> tuple:
    """The fonts of the house, the Latin one and the Chinese one; matplotlib knows both from then on, and of the Chinese
    no other copy that a machine may have, so that charts look the same on all."""
    manager = font_manager.fontManager
    manager.ttflist = [known for known in manager.ttflist if known.name != _CJK]
    manager.addfont(cjk_font_file())
    return tuple(font_manager.get_font(str(f)) for f in (font_manager.findfont(_LATIN), cjk_font_file()))


@contextmanager
def house_style():
    """Matplotlib settings of the house, for the length of a ``with`` block."""
    fonts()
    with mpl.rc_context(SETTINGS):
        yield


@contextmanager
def legible(figure: Figure):
    """For a figure of one's own, for the length of a ``with`` block: its look stays, Chinese is never drawn as boxes."""
    from matplotlib.text import Text

    fonts()
    for one in figure.findobj(Text):
        one.set_text(one.get_text().encode("utf-8", "replace").decode())  # half a character cannot be drawn
        one.set_fontfamily([*dict.fromkeys([*one.get_fontfamily(), _CJK])])
    with mpl.rc_context({"svg.hashsalt": "huzhou", "svg.fonttype": "path"}):
        yield


def style(lang: str = "zh") -> None:
    """The house style for every matplotlib and seaborn chart that follows, Chinese included, and the language shown.

    Parameters
    ----------
    lang : {"zh", "en"}
        Language in which exhibits and findings are displayed.
    """
    _chosen["lang"] = language(lang)
    fonts()
    mpl.rcParams.update(SETTINGS)


def language(lang: str | None = None) -> str:
    """The language named, or else the one that :func:`style` was given last, Chinese at first."""
    if lang not in (None, *LANGUAGES):
        raise ValueError(f"language {lang!r} is not known: write 'zh' or 'en'")
    return lang or _chosen["lang"]


def rendered(figure: Figure, kind: str, dpi: int, **options) -> bytes:
    """A figure as PNG or SVG: equal pictures are equal bytes, without dates and random ids."""
    buffer = BytesIO()
    metadata = {"Software": None} if kind == "png" else {"Date": None, "Creator": None}
    figure.savefig(buffer, format=kind, dpi=dpi, metadata=metadata, **options)
    return buffer.getvalue()


def png(figure: Figure, dpi: int) -> bytes:
    """A figure of the house as PNG."""
    with house_style():
        return rendered(figure, "png", dpi)


def save(figure: Figure, path: Path, *, transparent: bool = False) -> None:
    """Write a figure of the house; a PNG at twice the size of a screen."""
    kind = Path(path).suffix.removeprefix(".")
    with house_style():
        Path(path).write_bytes(rendered(figure, kind, 200 if kind == "png" else 72, transparent=transparent))


def watermark(figure: Figure, words: str) -> None:
    """Words across a picture, pale: a draft stays recognisable wherever it is pasted."""
    width, height = figure.get_size_inches()
    look = {"fontsize": min(60.0, 58 * width / max(len(words), 2)), "color": MUTED, "alpha": 0.18, "zorder": 10}
    with house_style():
        figure.text(0.5, 0.5, words, ha="center", va="center", rotation=min(35.0, 45 * height / width), **look)


def missing_glyphs(text: str) -> set[str]:
    """Characters that neither font of the house can draw."""
    return {c for c in text if not c.isspace() and not any(font.get_char_index(ord(c)) for font in fonts())}


def font_face(text: str, family: str) -> str:
    """A CSS ``@font-face`` with the Chinese glyphs of a text, cut from the packaged font, or nothing if it has none. It
    serves Chinese only, so that Latin text keeps the reader's own font even where this family stands first."""
    from fontTools import subset

    wanted = "".join(sorted({c for c in text if c >= "\u2e80"}))
    if not wanted:
        return ""
    options = subset.Options(
        flavor="woff", layout_features=[], name_IDs=[], hinting=False, notdef_outline=True, desubroutinize=True,
        recalc_timestamp=False, canonical_order=False,
    )  # fmt: skip
    cutter, buffer = subset.Subsetter(options), BytesIO()
    cutter.populate(text=wanted)
    with subset.load_font(cjk_font_file(), options) as font:
        cutter.subset(font)
        subset.save_font(font, buffer, options)
    return (
        f'@font-face{{font-family:"{family}";src:url(data:font/woff;base64,{b64encode(buffer.getvalue()).decode()}) '
        'format("woff");unicode-range:U+2E80-9FFF,U+F900-FAFF,U+FE30-FE4F,U+FF00-FFEF,U+20000-2FA1F}'
    )


@cache
def template(name: str):
    """A template that stands beside this module; what it is filled with is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(Path(__file__).parent)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined).get_template(name)


@cache
def _advance(character: str) -> float:
    latin, chinese = fonts()
    font = latin if latin.get_char_index(ord(character)) and character < "\u2e80" else chinese
    if not font.get_char_index(ord(character)):
        return 1.0
    font.set_size(100, 72)
    return font.load_char(ord(character)).linearHoriAdvance / 65536 / 100


@cache
def width_of(words: str, seam: float = SEAM) -> float:
    """Width of a text in ems: times its size it is the width in points."""
    seams = len(re.findall(r"[\u2e80-\u9fff](?=[A-Za-z0-9])|[A-Za-z0-9%](?=[\u2e80-\u9fff])", words))
    return sum(map(_advance, words)) + seam * seams


def lines_of(words: str, width: float, seam: float = SEAM) -> list[str]:
    """A text in lines of so many ems: words and numbers stay whole, no line begins with a closing mark."""
    if width_of(words, seam) <= width:
        return [words] if words else []
    lines, used = [""], 0.0
    for piece in _PIECE.findall(words):
        joint = seam if lines[-1] and (lines[-1][-1] >= "\u2e80") != (piece[0] >= "\u2e80") else 0.0
        if lines[-1] and used + joint + width_of(piece.rstrip(), seam) > width:
            lines.append("")
            used = joint = 0.0
        while len(piece) > 1 and (own := width_of(piece.rstrip(), seam)) > width:  # longer than a line: broken inside
            cut = max(1, int(len(piece) * width / own))
            lines[-1:] = [piece[:cut], ""]
            piece = piece[cut:]
        lines[-1] += piece
        used += joint + width_of(piece, seam)
    return [line.rstrip() for line in lines if line.strip()]


def height_of(lines: int, points: float, words: str) -> float:
    """Height of so many lines in inches: Chinese fonts have taller lines."""
    return lines * points * (1.45 if any(c >= "\u2e80" for c in words) else 1.22) / 72


def shortened(words: str, most: int) -> str:
    """At most so many characters of a text and an ellipsis; no number is cut into another."""
    return words if len(words) <= most else re.sub(r"[\w.,%‰−-]*$", "", words[:most], flags=re.ASCII).rstrip() + "…"


def fitted(words: str, width: float, height: float, largest: float, smallest: float) -> tuple[float, str, float]:
    """Size in points at which a text fits a box of inches, the text (cut short where nothing helps), its height."""
    points, lines = largest, lines_of(words, width * 72 / largest)
    while height_of(len(lines), points, words) > height and points > smallest:
        points -= 1
        lines = lines_of(words, width * 72 / points)
    most = max(1, int(height / height_of(1, points, words) + 1e-6))
    if len(lines) > most:
        words = shortened(words, len((" " if " " in words else "").join(lines[:most])) - 2)
    return points, words, height_of(min(len(lines), most), points, words)


def column_widths(rows: Sequence[Sequence[str]], width: float, points: float) -> list[float]:
    """Widths in inches of a table's columns, given its rows (the head first), the room and the size of the text: none is
    narrower than its longest word, the rest is shared by what they hold; less is taken where less is needed."""
    natural, least = [], []
    for cells in zip(*rows[:60], strict=True):
        sizes = [points * 1.12, *[points] * (len(cells) - 1)]  # the head is bold
        wide = [width_of(c[:200]) * size / 72 for c, size in zip(cells, sizes, strict=True)]
        words = {(w, size) for c, size in zip(cells, sizes, strict=True) for w in re.findall(r"[!-~]{1,24}|.", c[:120])}
        natural.append(max(*wide, 0.3) + 0.26)
        least.append(min(max((width_of(w) * size / 72 for w, size in words), default=0.3) + 0.28, 2.0))
    if sum(natural) <= width:
        return natural
    if sum(least) >= width:
        return [k * width / sum(least) for k in least]
    wish = [max(n - k, 0.01) ** 0.6 for n, k in zip(natural, least, strict=True)]
    return [k + (width - sum(least)) * w / sum(wish) for k, w in zip(least, wish, strict=True)]
