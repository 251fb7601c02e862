# ruff: noqa: SIM905
"""Proposals: every figure of a document as a row of the template, with what was guessed and what is on file already."""

from __future__ import annotations

import html
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pandas as pd

from ...facts import numerals, periods
from ...facts.checks import check, default_root
from ...facts.problems import DataError
from .figures import Figure
from .mapping import SAME, Matcher, full_name
from .opening import Opened, open_document
from .reader import Reading, place, read_text

GUESSES = {
    "period from the heading": "时期取自标题",
    "period from an earlier sentence": "时期取自前文",
    "period from the title or date": "时期取自题名或日期",
    "head noun from the clause before": "指标后半取自前文",
    "head noun from the row above": "指标后半取自上一行",
    "head noun from the caption": "指标后半取自表题",
    "modifier from the clause before": "指标前半取自前文",
    "name from an earlier clause": "指标取自前一分句",
    "name from the column only": "指标只取自表头",
    "name behind the number": "指标在数字之后",
    "name without a head noun": "指标名称或不完整",
    "names from the list before": "名称取自前一列举",
    "names from the clauses before": "名称取自前几分句",
    "unit from the caption": "单位取自表题",
    "no unit found": "未见单位",
    "no name found": "未见指标",
    "number in words": "中文数词",
    "difference between areas": "两地之差",
    "growth over the month before": "环比",
    "read from English": "英文文本",
    "indicator matched without its verb": "按去掉动词的名称对应指标",
    "an average over several years": "多年平均",
}
COLUMNS = (
    "keep sure guesses sentence on_file as_printed value value_high unit relation measure indicator indicator_zh area ref_area "
    "period time_period time_basis transformation prices span record_type commitment obs_status locator page offset end comment new"
).split()


class Proposals(pd.DataFrame):
    """Figures proposed from a document, one row each; :meth:`view` shows the text with its numbers marked.

    Columns: ``keep`` (yes, no, look), ``sure`` (sure, look), ``guesses``, ``sentence`` (the number between 【 】), ``on_file``, then what a
    row of the template holds; ``offset`` and ``end`` are places in ``attrs["text"]``, ``page`` is a PDF's. ``attrs["others"]`` lists
    the numerals that state no quantity, with the reason.
    """

    @property
    def _constructor(self):
        return Proposals

    def view(self) -> View:
        """The document's text with its numbers marked: green is sure, amber to be looked at, grey no quantity."""
        return View(self)


class View:
    """HTML of a text with its numbers marked; shows itself in JupyterLab."""

    def __init__(self, proposals: pd.DataFrame) -> None:
        self.proposals = proposals

    def _repr_html_(self) -> str:
        text, others = self.proposals.attrs["text"], self.proposals.attrs["others"]
        colours = {"sure": "#cfe8d5", "look": "#ffe7a8"}
        marks = [(o["offset"], o["end"], "#e3e6e9", o["reason"] or "?") for o in others]
        for r in self.proposals.itertuples():
            marks.append(
                (r.offset, r.end, colours[r.sure], f"{r.indicator_zh} · {r.area} · {r.period}：{r.value}{r.unit}")
            )
        out, at = [], 0
        for start, end, colour, title in sorted(marks):
            if start >= at:
                mark = f'<mark style="background:{colour}" title="{html.escape(title)}">'
                out += [html.escape(text[at:start]), mark, html.escape(text[start:end]), "</mark>"]
                at = end
        body = "".join(out) + html.escape(text[at:])
        return f'<div lang="zh" style="white-space:pre-wrap;line-height:1.7">{body}</div>'


def matcher_of(root: Path) -> Matcher:
    """What the tables hold, checked."""
    frames, problems = check(root)
    if problems:
        raise DataError(problems)
    return Matcher(frames)


def read(file: Path | str, root: Path | str | None = None) -> Proposals:
    """Propose every figure of a document.

    Parameters
    ----------
    file : path
        PDF with text, Word (.docx), HTML or plain text.
    root : path, optional
        Folder of the tables that indicators and areas are matched with.

    Returns
    -------
    Proposals
        One row for each figure, what the tables track first.

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
    matcher = matcher_of(Path(root) if root is not None else default_root())
    opened = open_document(Path(file))
    return propose(opened, read_text(opened.text, opened.name, matcher.known_areas()), matcher)


def propose(opened: Opened, reading: Reading, matcher: Matcher) -> Proposals:
    """Rows for the figures of a reading: what the tables track first, then in the order of the document."""
    whole = numerals.normalise(reading.text)
    seen: Counter = Counter()
    rows = []
    for figure in reading.figures:
        row = _row(figure, opened, reading, matcher) | {"as_printed": cite(figure, whole)}
        name = row["indicator"] or row["indicator_zh"]
        key = (name, *(row[c] for c in ("area", "period", "transformation", "value", "unit")))
        seen[key] += 1
        row["on_file"] = _on_file(row, matcher)
        if seen[key] > 1:
            row["comment"] = "；".join(filter(None, (row["comment"], "文内重复")))
        if seen[key] > 1 or row["on_file"].startswith("="):
            row["keep"] = "no"
        rows.append(row)
    rows.sort(key=lambda row: (row["new"], ("yes", "look", "no").index(row["keep"])))
    frame = Proposals(rows, columns=COLUMNS)
    others = [
        {"offset": o.start, "end": o.end, "numeral": o.numeral, "around": o.around, "reason": o.reason, "locator": o.block.place}
        for o in reading.others
    ]  # fmt: skip
    frame.attrs.update(text=reading.text, file=opened.name, document=reading.document, others=others)
    return frame


LIMIT = 25  # characters of a citation


def cite(figure: Figure, whole: str) -> str:
    """A figure with the words before it, verbatim, at most 25 characters, found once in the document where that can be."""
    if figure.block.kind == "table":
        cells = [c.text for c in _cells(figure) if c.at and c.at[0] <= figure.clause[0]]
        return (cells[0][: LIMIT - len(cells[-1])] if len(cells) > 1 else "") + "".join(cells[-1:])
    text, number = figure.block.piece.text, figure.numeral
    end = number.digits_end if number.rank and not number.word else number.end
    start = max(text.rfind(mark, 0, number.start) for mark in "，。；：") + 1
    start = max(start, min(number.start, end - LIMIT))

    def plain() -> str:
        return numerals.normalise(text[start:end])

    while start > 0 and len(plain()) < LIMIT and whole.count(plain()) > 1:
        start -= 1
    while len(plain()) > LIMIT and start < number.start:
        start += 1
    while end < len(text) and len(plain()) < LIMIT and whole.count(plain()) > 1:
        end += 1
    return text[start:end].lstrip("，。；：、")


def _cells(figure: Figure) -> list:
    """Cells of the row of a table that holds a figure."""
    rows = figure.block.rows
    return next((row for row in rows if any(c.at and c.at[0] == figure.clause[0] for c in row)), [])


def _row(figure: Figure, opened: Opened, reading: Reading, matcher: Matcher) -> dict:
    number, measure = figure.numeral, figure.measure
    start, end = place(figure)
    guesses = list(dict.fromkeys(figure.guesses))
    if re.search(r"年平均|年年均", figure.comment):
        guesses.append("an average over several years")
    unit = "位次" if measure == "rank" else "比值" if measure == "index" and not number.unit else number.unit
    name = full_name(figure.indicator, measure)
    growth = measure in ("growth", "points")
    indicator = matcher.indicator(name, unit, measure)
    if not indicator and (indicator := matcher.indicator(name, unit, measure, loose=True)):
        guesses.append("indicator matched without its verb")
    area, period = matcher.area(figure.area), _code(figure.period)
    reliable = not guesses and indicator and area and unit in matcher.units
    inferred = any(g.startswith("period") for g in guesses)
    tabular = figure.block.kind == "table"
    said = "" if tabular else figure.comment
    unread = f"时期 {figure.period}" if figure.period and period != figure.period else ""
    return {
        "keep": "yes" if reliable else "look",
        "sure": "look" if guesses else "sure",
        "guesses": "；".join(GUESSES[g] for g in guesses),
        "sentence": _sentence(figure),
        "value": f"{number.value:f}",
        "value_high": f"{number.high:f}" if number.high is not None else "",
        "unit": unit,
        "relation": number.relation,
        "measure": measure,
        "indicator": indicator,
        "indicator_zh": figure.indicator,
        "area": figure.area,
        "ref_area": area,
        "period": figure.period,
        "time_period": period,
        "time_basis": "unstated" if not period else "inferred" if inferred else "stated",
        "transformation": "GY" if growth else "N",
        "prices": figure.prices if growth or figure.prices == "constant" else "",
        "span": _span(figure, period),
        "record_type": "target" if figure.target else "actual",
        "commitment": figure.commitment,
        "obs_status": "",
        "locator": f"{figure.block.place} {figure.comment}" if tabular else figure.block.place,
        "page": opened.page(start),
        "offset": start,
        "end": end,
        "comment": "；".join(filter(None, (said, unread))) or ("时期取自前文" if inferred else ""),
        "new": not indicator,
    }


def _code(period: str) -> str:
    try:
        return periods.parse(period).code
    except ValueError:
        return ""


def _span(figure: Figure, period: str) -> str:
    """How a figure covers its period, where the tables cannot tell from others like it."""
    if figure.span:
        return figure.span
    text = figure.block.piece.text[max(0, figure.clause[0] - 12) : figure.clause[1]] * (figure.block.kind != "table")
    held = re.search(r"余额|存栏|人口|保有量|里程|用户|床位", figure.indicator)
    stock = held or re.search(r"年末|年底|截至|共有|拥有|总数", text)
    kind = periods.parse(period).kind if period else "day"
    if (
        kind == "day"
        or figure.measure in ("rank", "index")
        or (stock and figure.measure in ("level", "count", "share"))
    ):
        return "point"
    return "annual" if kind == "year" else "cumulative"


def _sentence(figure: Figure) -> str:
    """The sentence with the number between 【 】, at most some 160 characters of it."""
    if figure.block.kind == "table":
        cells = [f"【{c.text}】" if c.at[:1] == figure.clause[:1] else c.text for c in _cells(figure)]
        return f"{figure.block.caption}： {' | '.join(cells)}"
    text, number = figure.block.piece.text, figure.numeral
    left, right = max(figure.sentence[0], number.start - 90), min(figure.sentence[1], number.end + 60)
    cut = "…" if left > figure.sentence[0] else ""
    return f"{cut}{text[left : number.start]}【{text[number.start : number.end]}】{text[number.end : right]}"


def _on_file(row: dict, matcher: Matcher) -> str:
    """What the tables hold for the same quantity: "= value" if equal, "≠ value (vintage, id)" if another."""
    if not row["indicator"] or not row["time_period"]:
        return ""
    row["goal"] = row["record_type"] == "target"
    value, units, shown = Decimal(row["value"]), matcher.units, []
    for other in matcher.on_file.get(tuple(row[c] for c in SAME), []):
        if other["unit"] in units and row["unit"] in units and units.comparable(other["unit"], row["unit"]):
            old = Decimal(other["obs_value"]) * units.factor(other["unit"], row["unit"])
            half = Decimal(1).scaleb(value.as_tuple().exponent) / 2  # of the last digit that is printed
            if old == value or (other["unit"] != row["unit"] and abs(old - value) <= half):
                return f"= {other['obs_value']} {other['unit']} ({other['figure_id']})"
            shown.append(f"≠ {other['obs_value']} {other['unit']} ({other['vintage'] or '?'}, {other['figure_id']})")
    return "；".join(shown[:3])
