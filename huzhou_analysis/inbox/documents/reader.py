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
    blocks: list[Block]
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
    if sum("一" <= c <= "鿿" for c in text) < 0.05 * len(text):
        return _english(text, name)
    parts = blocks(text)
    document = describe(name, parts, areas or {})
    clock = Clock(document)
    sentences, tables = Reader(document, clock), TableReader(document, clock)
    reading = Reading(text, document, parts)
    before = ""
    for block in parts:
        if block.kind == "table":
            figures, cells = tables.table(block)
            reading.figures += figures
            reading.others += [Other(c.at[0], c.at[-1] + 1, c.text, block, c.text, reason) for c, reason in cells]
            continue
        text_here = block.piece.text
        again = re.fullmatch(r"(20\d\d)年\d{1,2}月(?:\d{1,2}日)?", text_here) if "统计局" in before else None
        if again and document.kind == "bulletin" and int(again[1]) - 1 != document.year:
            clock.restart("bulletin", int(again[1]) - 1)
        before = text_here
        report = begins_report(text_here)
        if report and document.title not in text_here and report[1] != document.year:
            clock.restart(*report)
        elif block.kind == "heading" or (
            document.kind == "work_report" and re.match(r"[一二三四五六七八九十]{1,2}、", text_here)
        ):
            clock.heading(text_here[:24])
        figures, others = sentences.paragraph(block)
        at, plain = block.piece.at, block.piece.text
        for s, e, numeral, reason in others:
            reading.others.append(Other(at[s], at[e - 1] + 1, numeral, block, plain[max(0, s - 8) : e + 8], reason))
        if block.kind == "paragraph":
            reading.figures += figures
        else:
            kind = {"caption": "numbering", "heading": "numbering", "note": "law"}[block.kind]
            for f in figures:
                n = f.numeral
                reading.others.append(
                    Other(
                        at[n.start],
                        at[n.end - 1] + 1,
                        plain[n.start : n.digits_end],
                        block,
                        plain[max(0, n.start - 8) : n.end + 8],
                        kind,
                    )
                )
    return reading


def _english(text: str, name: str) -> Reading:
    parts = english.blocks(text)
    document = english.describe(name, parts)
    reader, reading = english.EnglishReader(document), Reading(text, document, parts)
    for block in parts:
        if block.kind == "heading":
            reader.heading(block.piece.text)
        figures, others = reader.paragraph(block)
        at, plain = block.piece.at, block.piece.text
        reading.figures += figures if block.kind == "paragraph" else []
        reading.others += [
            Other(at[s], at[e - 1] + 1, numeral, block, plain[max(0, s - 12) : e + 12], reason)
            for s, e, numeral, reason in others
        ]
        if block.kind == "heading":
            reading.others += [
                Other(*place(f), plain[f.numeral.start : f.numeral.digits_end], block, plain[:40], "numbering")
                for f in figures
            ]
    return reading


def place(figure: Figure) -> tuple[int, int]:
    """Where a figure's digits start and its unit ends in the document's text."""
    if figure.block.kind == "table":
        return figure.clause
    at = figure.block.piece.at
    return at[figure.numeral.start], at[figure.numeral.end - 1] + 1
