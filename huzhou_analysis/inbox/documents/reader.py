"""Proposals: every figure of a document as a row of the template, with its place, what was guessed and what is on file already."""

import html
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from ...facts import numerals, periods
from ...facts.locking import default_root
from . import english
from .clauses import Figure, Reader
from .context import Clock, Document, describe
from .mapping import Matcher
from .opening import open_document
from .structure import blocks
from .tables import TableReader
from .vocabulary import P

COLOURS = {"sure": "#cfe8d5", "look": "#ffe7a8"}
LIMIT = 25  # characters of a citation


class Proposals(pd.DataFrame):
    """Figures proposed from a document, one row each; :meth:`view` shows the text with its numbers marked.

    Columns: ``keep`` (yes, no, look), ``sure`` (sure, look), ``guesses``, ``sentence`` (the number between 【 】), ``on_file``, then what a
    row of the template holds; ``offset`` and ``end`` are places in ``attrs["text"]``. ``attrs["others"]`` lists the numerals that
    state no quantity, with the reason.
    """

    @property
    def _constructor(self):
        return Proposals

    def view(self):
        """The document's text with its numbers marked: green is sure, amber to be looked at, grey no quantity."""
        from IPython.display import HTML

        marks = [(o["offset"], o["end"], "#e3e6e9", o["reason"] or "?") for o in self.attrs["others"]]
        for r in self.itertuples():
            said = f"{r.indicator_zh} · {r.area} · {r.period}：{r.value}{r.unit}"
            marks.append((r.offset, r.end, COLOURS[r.sure], said))
        text, out, at = self.attrs["text"], "", 0
        for start, end, colour, title in sorted(marks):
            if start >= at:
                mark = f'<mark style="background:{colour}" title="{html.escape(title)}">'
                out += f"{html.escape(text[at:start])}{mark}{html.escape(text[start:end])}</mark>"
                at = end
        style = "white-space:pre-wrap;line-height:1.7"
        return HTML(f'<div lang="zh" style="{style}">{out}{html.escape(text[at:])}</div>')


def read(file: Path | str, root: Path | str | None = None) -> Proposals:
    """Propose every figure of a document, one row each, what the tables track first.

    Parameters
    ----------
    file : path
        PDF with text, Word (.docx), HTML or plain text.
    root : path, optional
        Folder of the tables that indicators and areas are matched with.

    Raises
    ------
    DocumentError
        If the document cannot be read; the message says why, in Chinese and English.
    DataError
        If the tables on file have problems of their own.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "note.txt"
    >>> _ = file.write_text("湖州市2030年统计公报\\n全年全市实现地区生产总值5000亿元，比上年增长5.5%。", encoding="utf-8")
    >>> hz.read(file)[["indicator", "value", "unit", "time_period"]].values.tolist()
    [['gdp', '5000', '亿元', '2030'], ['gdp', '5.5', '%', '2030']]
    """
    return propose(Path(file), Matcher(Path(root) if root is not None else default_root()))


def propose(file: Path, matcher: Matcher) -> Proposals:
    areas = {text: matcher.area_names[code] for text, code in matcher.areas.items()}
    text = open_document(file)
    reading, whole, seen, rows = read_text(text, file.name, areas), numerals.normalise(text), Counter(), []
    for figure in reading.figures:
        row = _row(figure, matcher) | {"as_printed": cite(figure, whole)}
        row["on_file"] = matcher.same_on_file(row)
        name = row["indicator"] or row["indicator_zh"]
        key = (name, *(row[c] for c in ("area", "period", "transformation", "value", "unit")))
        seen[key] += 1
        row["comment"] = "；".join(filter(None, (row["comment"], "文内重复" * (seen[key] > 1))))
        row["keep"] = "no" if seen[key] > 1 or row["on_file"].startswith("=") else row["keep"]
        rows.append(row)
    rows.sort(key=lambda row: (row["new"], ("yes", "look", "no").index(row["keep"])))
    frame = Proposals(rows)
    frame.attrs.update(text=text, file=file.name, document=reading.document, others=reading.others)
    return frame


class Reading(NamedTuple):
    """What was found in a document; `others` are numerals that state no quantity, with the reason."""

    document: Document
    figures: list[Figure]
    others: list[dict]


def read_text(text: str, name: str, areas: dict[str, str] | None = None) -> Reading:
    """Figures of a text, whose tables have their cells parted by ``|``; `areas` are those on file: name in a text to full name."""
    if sum("一" <= c <= "鿿" for c in text) >= 0.05 * len(text):
        parts = blocks(text)
        document = describe(name, parts, areas or {})
        clock = Clock(document)
        sentences = Reader(document, clock)
    else:
        parts = english.blocks(text)
        document = english.describe(name, parts)
        clock = sentences = english.EnglishReader(document)
    tables, reading = TableReader(document, clock), Reading(document, [], [])
    for block in parts:
        at, plain = block.piece.at, block.piece.text
        if block.kind == "table":
            figures, cells = tables.table(block)
            others = [(c.at[0], c.at[-1] + 1, c.text, c.text, reason) for c, reason in cells]
        else:
            section = document.kind == "work_report" and P.section.match(plain)
            if block.kind == "heading" or section:
                clock.heading(plain[:24] if section else plain[:60])
            figures, left = sentences.paragraph(block)
            if block.kind != "paragraph":
                reason = "law" if block.kind == "note" else "numbering"
                numbers, figures = [f.numeral for f in figures], []
                left += [(n.start, n.digits_end, plain[n.start : n.digits_end], reason) for n in numbers]
            others = [(at[s], at[e - 1] + 1, said, plain[max(0, s - 8) : e + 8], why) for s, e, said, why in left]
        reading.figures.extend(figures)
        columns = ("offset", "end", "numeral", "around", "reason", "locator")
        reading.others.extend(dict(zip(columns, (*other, block.place), strict=True)) for other in others)
    return reading


def place(figure: Figure) -> tuple[int, int]:
    """Where a figure's digits start and its unit ends in the document's text."""
    at = (figure.cell or figure.block.piece).at
    return at[figure.numeral.start], at[figure.numeral.end - 1] + 1


def _row(figure: Figure, matcher: Matcher) -> dict:
    number, measure, (start, end) = figure.numeral, figure.measure, place(figure)
    unit = "位次" if measure == "rank" else "比值" if measure == "index" and not number.unit else number.unit
    name = figure.indicator
    if measure == "change" and not re.search("(?:新增|净增)$|增加|减少|高出", name):  # an indicator of its own
        name += "减少量" if number.value < 0 else "增加量"
    indicator, without_verb = matcher.indicator(name, unit, measure)
    averaged = bool(re.search("年平均|年年均", figure.comment))
    guesses = (
        figure.guesses
        + ["多年平均"] * averaged
        + ["未见单位"] * (not unit)
        + ["按去掉动词的名称对应指标"] * without_verb
    )
    area, period = matcher.areas.get(figure.area, ""), figure.period if periods.is_period(figure.period) else ""
    inferred = any(g.startswith("时期") for g in guesses)
    growth, reliable = measure in ("growth", "points"), not guesses and figure.comment != "两地之差"
    said = [figure.comment, f"时期 {figure.period}" * (period != figure.period)]
    return {
        "keep": "yes" if reliable and indicator and area and unit in matcher.units else "look",
        "sure": "look" if guesses else "sure", "guesses": "；".join(dict.fromkeys(guesses)), "sentence": _sentence(figure), "on_file": "",
        "as_printed": "", "value": f"{abs(number.value) if measure == 'change' else number.value:f}",
        "value_high": "" if number.high is None else f"{number.high:f}", "unit": unit,
        "relation": number.relation, "measure": measure, "indicator": indicator, "indicator_zh": name, "area": figure.area,
        "ref_area": area, "period": figure.period, "time_period": period,
        "time_basis": "unstated" if not period else "inferred" if inferred else "stated",
        "transformation": "GY" if growth else "N", "span": _span(figure, period),
        "prices": figure.prices if growth or figure.prices == "constant" else "",
        "record_type": "target" if figure.target else "actual", "commitment": figure.commitment,
        "locator": figure.place or figure.block.place, "offset": start, "end": end,
        "comment": "；".join(filter(None, said)) or ("时期取自前文" if inferred else ""), "new": not indicator,
    }  # fmt: skip


def _span(figure: Figure, period: str) -> str:
    """How a figure covers its period, where the tables cannot tell from others like it."""
    text = "" if figure.cell else figure.block.piece.text[max(0, figure.clause[0] - 12) : figure.clause[1]]
    stock = re.search("余额|存栏|人口|保有量|里程|用户|床位", figure.indicator) or re.search(
        "年末|年底|截至|共有|拥有|总数", text
    )
    kind = periods.parse(period).kind if period else "day"
    measures = ("rank", "index", "level", "count", "share") if stock else ("rank", "index")
    point = kind == "day" or figure.measure in measures
    return figure.span or ("point" if point else "annual" if kind == "year" else "cumulative")


def cite(figure: Figure, whole: str) -> str:
    """A figure with the words before it, verbatim, at most 25 characters, found once in the document where that can be."""
    if figure.cell:
        stub, said = next(c for c in figure.row if c.text), figure.cell.text
        return said if stub is figure.cell else stub.text[: LIMIT - len(said)] + said
    text, number = figure.block.piece.text, figure.numeral
    end = number.digits_end if number.rank and not number.word else number.end
    start = max(text.rfind(mark, 0, number.start) for mark in "，。；：") + 1
    start = max(start, min(number.start, end - LIMIT))
    while end - start < min(LIMIT, len(text)) and whole.count(numerals.normalise(text[start:end])) > 1:
        start, end = (start - 1, end) if start else (start, end + 1)
    return text[start:end].lstrip("，。；：、")


def _sentence(figure: Figure) -> str:
    """The sentence with the number between 【 】, at most some 160 characters of it."""
    if figure.cell:
        cells = [f"【{c.text}】" if c is figure.cell else c.text for c in figure.row]
        return f"{figure.block.caption}： {' | '.join(cells)}"
    text, number = figure.block.piece.text, figure.numeral
    left, right = max(figure.sentence[0], number.start - 90), min(figure.sentence[1], number.end + 60)
    inside = f"{text[left : number.start]}【{text[number.start : number.end]}】{text[number.end : right]}"
    return "…" * (left > figure.sentence[0]) + inside
