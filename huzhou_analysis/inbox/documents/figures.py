"""A figure of a document, and what the clauses before it have said."""

from __future__ import annotations

from dataclasses import dataclass, field

from .numbers import Numeral
from .structure import Block


@dataclass
class Figure:
    """One quantity of a document with what it measures."""

    numeral: Numeral
    block: Block
    indicator: str
    measure: str
    area: str
    period: str
    sentence: tuple[int, int] = (0, 0)
    clause: tuple[int, int] = (0, 0)
    prices: str = ""
    target: bool = False
    commitment: str = ""
    comment: str = ""
    span: str = ""
    guesses: list[str] = field(default_factory=list)


@dataclass
class State:
    """What the clauses so far have said."""

    subject: str = ""
    parent: str = ""
    parent_unit: str = ""
    things: str = ""
    last: str = ""
    ratio: str = ""
    measure: str = ""
    names: list[str] = field(default_factory=list)
    areas: list[str] = field(default_factory=list)
    recent: list[str] = field(default_factory=list)
    area: str = ""
    doubts: list[str] = field(default_factory=list)
    whole: str = ""
    scope: str = ""
    since: str = ""
    by_unit: dict[str, str] = field(default_factory=dict)
    parts: bool = False
    prices: str = ""
