"""Figures of a text, in order, with their places; and its other numerals with the reason why they state none."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from . import english
from .clauses import Figure, Reader
from .context import Clock, Document, describe
from .structure import Block, blocks
from .tables import TableReader


@dataclass
class Reading:
    """What was found in a document; `others` are numerals that state no quantity, with the reason."""

    text: str
    document: Document
    figures: list[Figure] = field(default_factory=list)
    others: list[dict] = field(default_factory=list)

    def leave(self, block: Block, start: int, end: int, numeral: str, around: str, reason: str) -> None:
        """List a numeral as one that states no quantity."""
        other = {"offset": start, "end": end, "numeral": numeral, "around": around, "reason": reason}
        self.others.append(other | {"locator": block.place})


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
            for cell, reason in cells:
                reading.leave(block, cell.at[0], cell.at[-1] + 1, cell.text, cell.text, reason)
            continue
        at, plain = block.piece.at, block.piece.text
        section = document.kind == "work_report" and re.match("[一二三四五六七八九十]{1,2}、", plain)
        if block.kind == "heading" or (chinese and section):
            (clock if chinese else sentences).heading(plain[:24] if section else plain[:60])
        figures, others = sentences.paragraph(block)
        if block.kind == "paragraph":
            reading.figures += figures
        else:
            reason = "law" if block.kind == "note" else "numbering"
            numbers = [f.numeral for f in figures]
            others += [(n.start, n.digits_end, plain[n.start : n.digits_end], reason) for n in numbers]
        for start, end, numeral, reason in others:
            reading.leave(block, at[start], at[end - 1] + 1, numeral, plain[max(0, start - 8) : end + 8], reason)
    return reading


def place(figure: Figure) -> tuple[int, int]:
    """Where a figure's digits start and its unit ends in the document's text."""
    if figure.block.kind == "table":
        return figure.clause
    at = figure.block.piece.at
    return at[figure.numeral.start], at[figure.numeral.end - 1] + 1
