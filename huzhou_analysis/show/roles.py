"""Roles of marks: one meaning, one look, one pair of names each (``roles.csv``). What draws or explains a mark reads it.
Notation after IBCS: an actual is solid, a provisional or unvalidated one lighter, a target outlined, a derived value
hollow and dotted, a forecast dashed, a claim hatched. The colours are those of Okabe and Ito (2008) and their shades,
which colour-blind readers can tell apart; no role shares its colour and its marker with another."""

from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from ..facts.words import Text

INK, MUTED, GRID, PAPER = "#1b1f24", "#5c6670", "#dfe3e8", "#ffffff"
PALETTE = ("#0b3c5d", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#5c6670")


@dataclass(frozen=True)
class Role:
    """How a kind of mark looks, in a picture and in Office alike, and what the key calls it."""

    name: Text
    colour: str  # of line, outline and marker
    fill: str  # of bars and markers; white is an outlined mark
    marker: str  # as matplotlib names it; empty for none
    dash: str  # solid, dash, dot, dashdot, or empty where points are not joined
    hatch: bool  # of bars
    width: float  # of the line, in points
    band: float  # level of an interval in per cent; 0 for everything else


_TABLE = pd.read_csv(Path(__file__).with_name("roles.csv"), keep_default_na=False, index_col="role")
ROLES = {r.Index: Role(Text(r.zh, r.en), *r[3:]) for r in _TABLE.itertuples()}
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
