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
from .words import kind_of_unit

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
    "one number for several": "一数兼指多项",
    "an average over several years": "多年平均",
}
COLUMNS = (
    *(
        "keep",
        "sure",
        "guesses",
        "sentence",
        "on_file",
        "as_printed",
        "value",
        "value_high",
        "unit",
        "relation",
        "measure",
        "indicator",
        "indicator_zh",
        "area",
        "ref_area",
        "period",
    ),
    *(
        "time_period",
        "time_basis",
        "transformation",
        "prices",
        "span",
        "record_type",
        "commitment",
        "obs_status",
        "locator",
        "page",
        "offset",
        "end",
        "comment",
        "new",
    ),
)


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
        text = self.proposals.attrs["text"]
        marks = [
            (
                int(r.offset),
                int(r.end),
                "#cfe8d5" if r.sure == "sure" else "#ffe7a8",
                f"{r.indicator_zh} · {r.area} · {r.period}：{r.value}{r.unit}",
            )
            for r in self.proposals.itertuples()
        ]
        marks += [(o["offset"], o["end"], "#e3e6e9", o["reason"] or "?") for o in self.proposals.attrs["others"]]
        out, at = [], 0
        for start, end, colour, title in sorted(marks):
            if start < at:
                continue
            out.append(html.escape(text[at:start]))
            out.append(
                f'<mark style="background:{colour}" title="{html.escape(title)}">{html.escape(text[start:end])}</mark>'
            )
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
    """Rows for the figures of a reading."""
    printed = Printed(reading)
    seen: Counter = Counter()
    rows = []
    for figure in reading.figures:
        row = _row(figure, opened, reading, matcher, printed)
        key = (
            row["indicator"] or row["indicator_zh"],
            row["area"],
            row["period"],
            row["transformation"],
            row["value"],
            row["unit"],
        )
        seen[key] += 1
        row["on_file"] = _on_file(row, matcher)
        if seen[key] > 1:
            row["keep"], row["comment"] = "no", "；".join(filter(None, (row["comment"], "文内重复")))
        elif row["on_file"].startswith("="):
            row["keep"] = "no"
        rows.append(row)
    frame = Proposals(rows, columns=list(COLUMNS))
    order = {"yes": 0, "look": 1, "no": 2}
    rank = [(0 if r["indicator"] and not r["new"] else 1, order[r["keep"]]) for r in rows]
    frame = frame.iloc[sorted(range(len(rows)), key=lambda i: (rank[i][0], i))].reset_index(drop=True)
    frame.attrs.update(
        text=reading.text,
        file=opened.name,
        document={
            k: getattr(reading.document, k)
            for k in ("title", "kind", "area", "year", "published", "publisher", "period")
        },
        others=[
            {
                "offset": o.start,
                "end": o.end,
                "numeral": o.numeral,
                "around": o.around,
                "reason": o.reason,
                "locator": o.block.place,
            }
            for o in reading.others
        ],
    )
    return frame


class Printed:
    """Citations: a figure with the words before it, verbatim, at most 25 characters, found once in the document."""

    LIMIT = 25

    def __init__(self, reading: Reading) -> None:
        self.whole = numerals.normalise(reading.text)

    def cite(self, figure: Figure) -> str:
        if figure.block.kind == "table":
            return self._cell(figure)
        text, number = figure.block.piece.text, figure.numeral
        end = number.digits_end if number.rank and not number.word else number.end
        clause = max(text.rfind(mark, 0, number.start) for mark in "，。；：") + 1
        start = min(max(clause, number.start - self.LIMIT), number.start)
        while True:
            piece = text[start:end]
            if (
                self.whole.count(numerals.normalise(piece)) == 1
                or len(numerals.normalise(piece)) >= self.LIMIT
                or start == 0
            ):
                break
            start -= 1
        while len(numerals.normalise(text[start:end])) > self.LIMIT and start < number.start:
            start += 1
        while (
            self.whole.count(numerals.normalise(text[start:end])) > 1
            and len(numerals.normalise(text[start : end + 1])) <= self.LIMIT
            and end < len(text)
        ):
            end += 1
        return text[start:end].lstrip("，。；：、")

    def _cell(self, figure: Figure) -> str:
        row = next((r for r in figure.block.rows if any(c.at and c.at[0] == figure.clause[0] for c in r)), [])
        cells = [c.text for c in row if c.at and c.at[0] <= figure.clause[0]]
        room = self.LIMIT - len(cells[-1]) if cells else 0
        return (cells[0][:room] if len(cells) > 1 else "") + (cells[-1] if cells else "")


def _row(figure: Figure, opened: Opened, reading: Reading, matcher: Matcher, printed: Printed) -> dict:
    number = figure.numeral
    start, end = place(figure)
    guesses = list(dict.fromkeys(figure.guesses))
    if re.search(r"年平均|年年均", figure.comment):
        guesses.append("an average over several years")
    measure = figure.measure
    unit = "位次" if measure == "rank" else "比值" if measure == "index" and not number.unit else number.unit
    name = full_name(figure.indicator, measure)
    growth = measure in ("growth", "points")
    indicator = matcher.indicator(name, unit, measure)
    if not indicator and (indicator := matcher.indicator(name, unit, measure, loose=True)):
        guesses.append("indicator matched without its verb")
    area = matcher.area(figure.area)
    period = _code(figure.period)
    sure = "look" if guesses else "sure"
    record = "target" if figure.target else "actual"
    reliable = sure == "sure" and indicator and area and unit in matcher.units
    comment = "；".join(
        filter(
            None,
            (
                figure.comment if figure.block.kind != "table" else "",
                "" if period == figure.period or not figure.period else f"时期 {figure.period}",
            ),
        )
    )
    inferred = any(g.startswith("period") for g in guesses)
    return {
        "keep": "yes" if reliable else "look",
        "sure": sure,
        "guesses": "；".join(GUESSES.get(g, g) for g in guesses),
        "sentence": _sentence(figure, reading),
        "as_printed": printed.cite(figure),
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
        "record_type": record,
        "commitment": figure.commitment,
        "obs_status": "",
        "locator": figure.block.place + (f" {figure.comment}" if figure.block.kind == "table" else ""),
        "page": opened.page(start),
        "offset": start,
        "end": end,
        "comment": comment or ("时期取自前文" if inferred else ""),
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
    kind = periods.parse(period).kind if period else ""
    text = (
        figure.block.piece.text[max(0, figure.clause[0] - 12) : figure.clause[1]]
        if figure.block.kind != "table"
        else ""
    )
    stock = re.search(r"余额|存栏|人口|保有量|里程|用户|床位", figure.indicator) or re.search(
        r"年末|年底|截至|共有|拥有|总数", text
    )
    if (
        not period
        or kind == "day"
        or (stock and figure.measure in ("level", "count", "share"))
        or figure.measure in ("rank", "index")
    ):
        return "point"
    return "annual" if kind == "year" else "cumulative"


def _sentence(figure: Figure, reading: Reading) -> str:
    """The sentence with the number between 【 】, at most some 160 characters of it."""
    if figure.block.kind == "table":
        row = next((r for r in figure.block.rows if any(c.at and c.at[0] == figure.clause[0] for c in r)), [])
        return f"{figure.block.caption}： " + " | ".join(
            f"【{c.text}】" if c.at and c.at[0] == figure.clause[0] else c.text for c in row
        )
    text, number = figure.block.piece.text, figure.numeral
    left, right = max(figure.sentence[0], number.start - 90), min(figure.sentence[1], number.end + 60)
    return f"{'…' if left > figure.sentence[0] else ''}{text[left : number.start]}【{text[number.start : number.end]}】{text[number.end : right]}"


def _on_file(row: dict, matcher: Matcher) -> str:
    """What the tables hold for the same quantity: "= value" if equal, "≠ value (vintage, id)" if another."""
    if not row["indicator"] or not row["time_period"]:
        return ""
    row["goal"] = row["record_type"] == "target"
    same = matcher.on_file.get(tuple(row[c] for c in SAME), [])
    shown = []
    for other in same:
        if (
            other["unit"] not in matcher.units
            or row["unit"] not in matcher.units
            or not matcher.units.comparable(other["unit"], row["unit"])
        ):
            continue
        value = Decimal(row["value"])
        old = Decimal(other["obs_value"]) * matcher.units.factor(other["unit"], row["unit"])
        step = Decimal(1).scaleb(value.as_tuple().exponent)
        if old == value or (other["unit"] != row["unit"] and abs(old - value) <= step / 2):
            return f"= {other['obs_value']} {other['unit']} ({other['figure_id']})"
        shown.append(f"≠ {other['obs_value']} {other['unit']} ({other['vintage'] or '?'}, {other['figure_id']})")
    return "；".join(shown[:3])


__all__ = ["Proposals", "View", "kind_of_unit", "propose", "read"]
