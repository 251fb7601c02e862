"""Figures of a text, in order, with their places; and its other numerals with the reason why they state none."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from . import english
from .clauses import Reader
from .context import Clock, Document, begins_report, describe
from .figures import Figure
from .structure import Block, blocks
from .tables import TableReader


@dataclass
class Other:
    """A numeral that states no quantity."""

    start: int
    end: int
    numeral: str
    block: Block
    around: str
    reason: str


@dataclass
class Reading:
    """What was found in a document."""

    text: str
    document: Document
    figures: list[Figure] = field(default_factory=list)
    others: list[Other] = field(default_factory=list)


def read_text(text: str, name: str, areas: dict[str, str] | None = None) -> Reading:
    """Find the figures of a text.

    Parameters
    ----------
    text : str
        Lines; cells of a table are parted by ``|``.
    name : str
        Name of the document's file.
    areas : dict of str to str, optional
        Areas on file: name in a text to full name.
    """
    chinese = sum("一" <= c <= "鿿" for c in text) >= 0.05 * len(text)
    parts = blocks(text) if chinese else english.blocks(text)
    document = describe(name, parts, areas or {}) if chinese else english.describe(name, parts)
    clock = Clock(document)
    sentences = Reader(document, clock) if chinese else english.EnglishReader(document)
    tables, reading = TableReader(document, clock), Reading(text, document)
    for block in parts:
        if block.kind == "table":
            figures, cells = tables.table(block)
            reading.figures += figures
            reading.others += [Other(c.at[0], c.at[-1] + 1, c.text, block, c.text, reason) for c, reason in cells]
            continue
        at, plain = block.piece.at, block.piece.text
        if not chinese and block.kind == "heading":
            sentences.heading(plain)
        elif chinese:
            _turn(document, clock, block)
        figures, others = sentences.paragraph(block)
        if block.kind == "paragraph":
            reading.figures += figures
        else:
            reason = "law" if block.kind == "note" else "numbering"
            numbers = [f.numeral for f in figures]
            others += [(n.start, n.digits_end, plain[n.start : n.digits_end], reason) for n in numbers]
        reading.others += [
            Other(at[s], at[e - 1] + 1, numeral, block, plain[max(0, s - 8) : e + 8], reason)
            for s, e, numeral, reason in others
        ]
    return reading


def _turn(document: Document, clock: Clock, block: Block) -> None:
    """Set the clock by a heading, or anew where another document begins inside this one."""
    text = block.piece.text
    report = begins_report(text)
    if report and document.title not in text and report[1] != document.year:
        clock.restart(*report)
    elif block.kind == "heading" or (
        document.kind == "work_report" and re.match("[一二三四五六七八九十]{1,2}、", text)
    ):
        clock.heading(text[:24])


def place(figure: Figure) -> tuple[int, int]:
    """Where a figure's digits start and its unit ends in the document's text."""
    if figure.block.kind == "table":
        return figure.clause
    at = figure.block.piece.at
    return at[figure.numeral.start], at[figure.numeral.end - 1] + 1
