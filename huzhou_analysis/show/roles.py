"""Roles of marks: one meaning, one look, one pair of names each. Whatever draws or explains a mark reads this table.

Notation after IBCS: an actual is solid, a provisional or unvalidated one lighter, a target outlined, a derived value
hollow and dotted, a forecast dashed, a claim hatched. The colours are those of Okabe and Ito (2008) and their shades,
which colour-blind readers can tell apart; no role shares its colour and its marker with another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..facts.words import Text

INK, MUTED, GRID, PAPER = "#1b1f24", "#5c6670", "#dfe3e8", "#ffffff"
PALETTE = ("#0b3c5d", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#5c6670")
_BLUE, _ORANGE, _SKY, _PURPLE, _GREY = "#0b3c5d", "#bd4d00", "#0072b2", "#8a5a83", "#8a939c"


@dataclass(frozen=True)
class Role:
    """How a kind of mark looks, in a picture and in Office alike, and what the key calls it."""

    name: Text
    colour: str  # of line, outline and marker
    fill: str = ""  # of bars and markers; white is an outlined mark
    marker: str = "o"  # as matplotlib names it; empty for none
    dash: str = "solid"  # solid, dash, dot, dashdot, or empty where points are not joined
    hatch: bool = False  # of bars
    width: float = 1.6  # of the line, in points
    band: float = 0  # level of an interval in per cent; 0 for everything else


ROLES: dict[str, Role] = {
    "actual": Role(Text("实际数", "actual"), _BLUE, _BLUE),
    "provisional": Role(Text("初步数或未核实数", "provisional or unvalidated"), "#6f97b3", "#9db8cc"),
    "target": Role(Text("目标", "target"), _ORANGE, PAPER, "s", "dash", width=1.3),
    "derived": Role(Text("推算", "derived"), _SKY, PAPER, "D", "dot", width=1.2),
    "part_year": Role(Text("不足一年", "part of a year"), _BLUE, PAPER, "v", ""),
    "total": Role(Text("多年合计的年均数", "yearly mean of a total"), _SKY, _SKY, "", "solid", width=3),
    "forecast": Role(Text("预测中位数", "projected, median"), _SKY, "#56b4e9", "", "dash", width=1.8),
    "band_50": Role(Text("50%区间", "50% interval"), "#7fb2d5", "#7fb2d5", "", "", band=50),
    "band_80": Role(Text("80%区间", "80% interval"), "#b5d4e9", "#b5d4e9", "", "", band=80),
    "band_95": Role(Text("95%区间", "95% interval"), "#dcebf5", "#dcebf5", "", "", band=95),
    "member": Role(Text("单个模型", "single model"), _GREY, _GREY, "", "dash", width=1.0),
    "claim": Role(Text("宣传数字（未核实）", "claim, unvalidated"), _PURPLE, PAPER, "X", "dot", hatch=True),
    "comparison": Role(Text("其他城市", "other cities"), "#7d8b97", "#b9c4cd", "", "solid", width=1.2),
    "earlier": Role(Text("首次公布数", "as first published"), "#7d8b97", PAPER, "o", "dot", width=1.2),
    "scenario": Role(Text("设定情形", "assumed pace"), "#009e73", "#009e73", "", "dashdot", width=1.4),
    "error": Role(Text("历史误差", "past error"), "#6f97b3", "#9db8cc", "o", ""),
}
JOINED = ("actual", "provisional", "derived")  # kinds of points that lie on one line
BANDS = ("band_95", "band_80", "band_50")  # intervals, widest first: the order in which they are drawn
_DASHES = ("solid", "dash", "dashdot", "dot")


def role(key: str) -> Role:
    """The role of a key; ValueError that names all of them for an unknown one."""
    if key not in ROLES:
        raise ValueError(f"role {key!r} is not known: write one of {', '.join(ROLES)}")
    return ROLES[key]


def look(key: str, nth: int = 0) -> Role:
    """How the `nth` of several named series of one role looks: its own colour first, then others of the palette."""
    first = role(key)
    if nth == 0 or first.band:
        return first
    colour = [c for c in PALETTE if c != first.colour][(nth - 1) % (len(PALETTE) - 1)]
    fill, dash = first.fill if first.fill == PAPER else colour, first.dash and _DASHES[nth % len(_DASHES)]
    return replace(first, colour=colour, fill=fill, dash=dash)


def luminance(colour: str) -> float:
    """How light a colour is, from 0 to 1; on one below 0.45 words are white."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def bar_edge(seen: Role, stacked: bool) -> tuple[str, float, str]:
    """Colour, width in points and dash of the edge of a bar: hollow ones are outlined, others on each other parted."""
    if seen.fill == PAPER:
        return seen.colour, 1.4, "dot" if seen.dash == "dot" else "solid"
    return PAPER if stacked else seen.colour, 0.8, "solid"
