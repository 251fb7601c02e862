"""Figures of a table: names from stubs and columns, units from cells, headers or the caption, periods from headers."""

import re
import statistics
from dataclasses import dataclass
from decimal import Decimal

from . import names
from .clauses import HEADLESS, Figure
from .context import Clock, Document, written
from .numbers import COUNTED, Numeral, kind_of_unit
from .structure import Block, Piece
from .vocabulary import P, words

_GENERAL = set(words("general"))
_EMPTY = Piece("", ())


@dataclass
class Column:
    """What a column holds, from its header."""

    label: str

    def __post_init__(self) -> None:
        unit, bare = P.header_unit.search(self.label), P.header_unit.sub("", self.label)
        self.unit = unit["unit"] if unit else ""
        self.kind = "growth" if P.growth_header.search(bare) else "share" if P.share_header.search(bare) else "level"
        year = P.year.search(bare)
        self.year = (written(bare, int(year[0][:4])) or year[0][:4]) if year else ""
        noun = P.no_noun.sub("", bare) if self.kind == "level" else ""
        self.noun = names.clean(noun) if names.head(noun) and names.clean(noun) not in _GENERAL else ""


def _first(row: list[Piece]) -> int:
    """Place of the first value of a row."""
    return next((i for i, c in enumerate(row) if i and P.cell.fullmatch(c.text)), len(row))


def _digits(cells: list[Piece], reason: str) -> list[tuple[Piece, str]]:
    return [(c, reason) for c in cells if re.search(r"\d", c.text)]


class TableReader:
    def __init__(self, document: Document, clock: Clock) -> None:
        self.document, self.clock = document, clock

    def table(self, block: Block) -> tuple[list[Figure], list[tuple[Piece, str]]]:
        """Figures of a table and the numerals of its other cells."""
        rows, self.block, self.parent = block.rows, block, ""
        body = [i for i, row in enumerate(rows) if any(P.cell.fullmatch(c.text) for c in row[1:])]
        if not body:
            return [], _digits([c for row in rows for c in row], "name")
        begin = body[0] or int(all(P.year.fullmatch(c.text) for c in rows[0][1:]))
        self._head(rows[:begin], max(len(rows[i]) for i in body))
        whole = [row for row in rows[begin:] if len(row) == len(self.columns)]
        numbered = int("序号" in self.columns[0].label)
        self.first_value = statistics.mode([numbered + _first(row[numbered:]) for row in whole] or [1])
        out, others = [], _digits([c for row in rows[:begin] for c in row], "name")
        for number, row in enumerate(rows[begin:], begin + 1):
            counted = int(bool(numbered and re.fullmatch(r"\d{1,3}", row[0].text)))
            others += [(c, "numbering") for c in row[:counted]]
            lacking = max(counted, self.first_value - _first(row[counted:]))  # also a stub that several rows share
            made, rest = self._row([_EMPTY] * lacking + row[counted:])
            for figure in made:
                figure.place, figure.row = f"{block.place} 行{number}", row
            out, others = out + made, others + rest
        return out, others

    def _head(self, head: list[list[Piece]], width: int) -> None:
        """What the columns hold, from the header rows, and what the caption says for all of them."""
        caption, labels = self.block.caption, [""] * width
        for row in head:  # one over several stubs lacks their cells
            for i, cell in enumerate(row[:width], max(0, width - len(row))):
                labels[i] += cell.text if cell.text not in labels[i] else ""
        self.columns = [Column(label) for label in labels]
        whole = P.caption_unit.search(caption)
        self.caption_unit = (whole["unit"] or whole["short"]) if whole else ""
        self.unit_column = next((i for i, label in enumerate(labels) if i and label.endswith("单位")), -1)
        self.said = caption + "".join(labels)
        self.target = bool(re.search("目标|规划|指标表|计划", self.said)) or self.clock.target
        years = re.findall(r"(20\d\d)年?", caption)
        self.period = years[0] if len(years) == 1 else self.clock.period
        plain = re.sub(r"^附?[表图]\d+：?|（[^）]*）", "", caption)
        self.topic = next(filter(None, map(names.head, P.topics.split(plain))), "")  # 主要工业产品产量: 产量

    def _row(self, row: list[Piece]) -> tuple[list[Figure], list[tuple[Piece, str]]]:
        """Figures of a row, its cells below their headers, and the numerals of its other cells."""
        values, at = [P.cell.fullmatch(c.text) for c in row], self.unit_column
        unit = row[at].text if 0 <= at < len(row) and not values[at] else ""
        labels = [c for i, c in enumerate(row[: self.first_value]) if i != at]
        if unit and not any(c.text for c in labels):  # the name of a total stands where other rows have their unit
            labels, unit = [row[at]], ""
        name = re.sub(r"\[\d+\]", "", labels[-1].text)
        if not unit and (inner := re.search(r"（([^（）]{1,8})）$", name)) and P.said_unit.fullmatch(inner[1]):
            unit, name = inner[1], name[: inner.start()]
        marked, name = bool(re.match("[#＃]|其中", name)), P.row_mark.sub("", name)
        year = name[:4] if P.year.fullmatch(name) else ""
        name = P.row_inner.sub("", name)
        area, rest = self.document.area_in(name)
        area, name = (area, "") if area and not rest else (self.document.area, "" if year else name)
        name, guesses = self._completed(name, kind_of_unit(unit) in COUNTED, marked)
        made, others, level = [], _digits(labels, "name" if row.count(_EMPTY) < len(row) - 1 else ""), ""
        for i, (cell, value) in enumerate(zip(row, values, strict=True)):
            if value and cell not in labels and i < len(self.columns):
                figure = self._cell(cell, value, i, level or name, name, unit)
                level = figure.indicator if self.columns[i].kind == "level" else level
                figure.area, figure.period, figure.guesses = area, year or figure.period, guesses + figure.guesses
                figure.target = self.target or 0 < self.document.year < int(figure.period[:4] or 0)
                made.append(figure)
            elif cell not in labels:
                others += _digits([cell], "")
        return made, others

    def _completed(self, name: str, counted: bool, marked: bool) -> tuple[str, list[str]]:
        """A row's name with the head noun of its whole or of the caption, and what was guessed."""
        parent = self.parent
        if not name or names.head(name) or any(c.noun for c in self.columns):
            self.parent = name if names.head(name) and not (marked and parent) else parent
        elif names.family(parent) and not counted:
            whole = re.search("生产总值|GDP", parent)
            full = f"{name}增加值" if whole else names.completed(name, parent, parent, counted=False)[0]
            return full, ["指标后半取自上一行"]
        elif self.topic and (not counted or self.topic == "产量"):
            return name + self.topic, ["指标后半取自表题"]
        return name, []

    def _cell(self, cell: Piece, m: re.Match, at: int, level: str, name: str, unit: str) -> Figure:
        """Figure of a cell; a rate belongs to the `level` beside it."""
        column, caption, guesses = self.columns[at], self.block.caption, []
        said, measure, noun = m["unit"] or column.unit, column.kind, column.noun
        if measure == "level":
            guesses = ["单位取自表题" if self.caption_unit else "未见单位"] * (not said and not unit)
            said = said or unit or self.caption_unit
            whole = not name or name in ("合计", "总计", "总量")
            here = noun if noun and whole else name if not noun or names.head(name) else name + noun
            if said == "%" and not noun and P.growth_header.search(caption):
                measure = "share" if P.share_header.search(caption) or here.endswith("率") else "growth"
        else:
            said, here = said or "%", level if measure == "growth" else f"{name}比重"
        guesses += [HEADLESS] * ((not name and here in names.BARE) or here in ("比例", "比率", "数量"))
        if measure == "level":
            counted = kind_of_unit(said) in COUNTED and not here.endswith("量")
            index = "指数" in self.said and not said
            measure = "share" if said in ("%", "‰") else "index" if index else "count" if counted else "level"
        measure = "points" if measure == "growth" and said in ("个百分点", "百分点") else measure
        value = Decimal(m["number"].replace(",", "")) * (-1 if m["sign"] else 1)
        end, relation = len(cell.text), ">=" if m["bound"] == "以上" else "="
        number = Numeral(0, end, end, value, said, relation)
        beside = [c.year for c in self.columns[:at] if c.year and column.kind == "growth"]
        period = column.year or [self.period, *beside][-1]
        return Figure(number, self.block, here or caption, measure, period=period, guesses=guesses, cell=cell)
