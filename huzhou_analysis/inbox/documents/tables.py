"""Figures of a table: names from stubs and columns, units from cells, headers or the caption, periods from headers."""

from __future__ import annotations

import re
from decimal import Decimal

from . import names
from .clauses import HEADLESS, Figure
from .context import Clock, Document, written
from .numbers import COUNTED, UNIT, Numeral, kind_of_unit
from .structure import Block, Piece
from .vocabulary import either, words

_VALUE = re.compile(
    r"[↑↓+]?(?:每年|年均|累计|新增|力争|确保|达到|达|超过?|突破|[≥>约])*(?P<sign>[-—]?)(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    f"(?P<unit>{UNIT.pattern})?[*＊]?(?P<bound>以上|左右|以内)?"
)
_BLANK = re.compile(r"[-—/*]*|…+|\.{3}|持平")
_GROWTH = re.compile(r"增长|增速|增幅|涨跌|同比|环比|±|增减|比去年|比上年(?!末?数)")
_SHARE = re.compile(r"比重|占比|构成|结构|份额")
_UNITS = re.compile(r"单位[：:]?(?P<unit>[^）)，；。]{1,12})|（(?P<short>%|亿元|万元|万吨)）")
_BRACKET = re.compile(r"（(?:单位：)?(?P<unit>[^（）]{1,10})）")
_MARK = re.compile(
    r"^(?:[#＃]|其中：?|[一二三四五六七八九十]{1,2}、|（[一二三四五六七八九十]{1,2}）|\d{1,2}[.、．](?!\d)|[★☆※●·*]+)+"
)
_NO_NOUN = re.compile(either("no_noun"))
_GENERAL = set(words("general"))


def _number(cell: Piece) -> re.Match | None:
    return _VALUE.fullmatch(cell.text)


def _unit(text: str) -> str:
    """The unit that a cell holds and nothing else; "" if it holds another text."""
    m = UNIT.match(text)
    return m[0] if m and len(m[0]) >= len(text) - 1 else ""


def _digits(cells: list[Piece], reason: str) -> list[tuple[Piece, str]]:
    return [(c, reason) for c in cells if re.search(r"\d", c.text)]


class TableReader:
    """Reads the tables of one document."""

    def __init__(self, document: Document, clock: Clock) -> None:
        self.document, self.clock = document, clock

    def table(self, block: Block) -> tuple[list[Figure], list[tuple[Piece, str]]]:
        """Figures of a table and the numerals of its other cells."""
        rows, self.block = block.rows, block
        body = [i for i, row in enumerate(rows) if any(map(_number, row[1:]))]
        if not body:
            return [], _digits([c for row in rows for c in row], "name")
        begin = body[0]
        if begin == 0 and all(re.fullmatch(r"(?:20|19)\d\d年?", c.text) for c in rows[0][1:]):
            begin = 1
        self._columns(rows[:begin], max(len(rows[i]) for i in body))
        out, others, parent = [], _digits([c for row in rows[:begin] for c in row], "name"), ""
        for number, row in enumerate(rows[begin:], begin + 1):
            counted = int("序号" in self.labels[0] and re.fullmatch(r"\d{1,3}", row[0].text) is not None)
            others += [(c, "numbering") for c in row[:counted]]
            made, parent, rest = self._row(row[counted:], parent, self._shift(row[counted:], counted))
            for figure in made:
                figure.comment = f"行{number}"
            out += made
            others += rest
        return out, others

    def _columns(self, head: list[list[Piece]], width: int) -> None:
        """What each column holds, from the header rows and the caption."""
        caption = self.block.caption
        self.labels = [""] * width
        for row in head:
            offset = max(0, width - len(row))  # a header row over several stubs lacks their cells
            for i, cell in enumerate(row[: width - offset], offset):
                self.labels[i] += cell.text if cell.text not in self.labels[i] else ""
        whole = _UNITS.search(caption)
        self.caption_unit = (whole["unit"] or whole["short"]) if whole else ""
        self.unit_column = next((i for i, t in enumerate(self.labels) if t.endswith("单位")), -1)
        bare = [_BRACKET.sub("", label) for label in self.labels]
        self.units = [m["unit"] if (m := _BRACKET.search(label)) else "" for label in self.labels]
        self.kinds = ["growth" if _GROWTH.search(b) else "share" if _SHARE.search(b) else "level" for b in bare]
        years = [re.search(r"((?:19|20)\d\d)年?", b) for b in bare]
        self.years = [(written(b, int(y[1])) or y[1]) if y else "" for b, y in zip(bare, years, strict=True)]
        nouns = [_NO_NOUN.sub("", b) if k == "level" else "" for b, k in zip(bare, self.kinds, strict=True)]
        self.nouns = [names.clean(n) if names.head(n) and names.clean(n) not in _GENERAL else "" for n in nouns]
        told = zip(self.years, self.kinds, self.units, strict=True)
        self.first_value = next((i for i, (y, k, u) in enumerate(told) if i and (y or u or k != "level")), 1)
        self.target = bool(re.search("目标|规划|指标表|计划", caption + "".join(self.labels))) or self.clock.target
        plain = re.sub(r"^附?[表图]\d+：?|（[^）]*）", "", caption)
        heads = (names.head(p) for p in re.split("及其|及|和|情况|增长速度|增速|主要", plain) if p)
        self.topic = next((h for h in heads if h), "")  # 主要工业产品产量: 产量 of rows without a head

    def _shift(self, row: list[Piece], base: int) -> int:
        """By how many columns the cells of a row stand left of their headers (a merged stub is lost)."""
        if self.unit_column > 0:
            units = [i for i, c in enumerate(row) if i and _unit(c.text)]
            if units and (units[0] + 1 == len(row) or not _unit(row[units[0] + 1].text)):
                return self.unit_column - units[0]
        first = next((i for i, c in enumerate(row) if _number(c)), 0)
        lost = self.first_value - first
        return max(base, lost) if 0 < lost <= 2 and first else base

    def _row(self, row: list[Piece], parent: str, shift: int):
        first = next((i for i, c in enumerate(row) if _number(c) or _BLANK.fullmatch(c.text)), len(row))
        place, unit = self.unit_column - shift, ""
        if self.unit_column >= 0 and 0 <= place < len(row) and not _number(row[place]):
            unit = row[place].text
        until = min(first, place) if place > 0 else first
        labels = [c for i, c in enumerate(row[:until]) if i + shift != self.unit_column]
        labels = labels or [c for c in row if not _number(c) and not _BLANK.fullmatch(c.text)][:1]
        if not labels:
            return [], parent, _digits(row, "")
        raw = re.sub(r"\[\d+\]", "", labels[-1].text)
        if not unit and (inner := re.search(r"（([^（）]{1,8})）$", raw)) and UNIT.fullmatch(inner[1]):
            unit, raw = inner[1], raw[: inner.start()]
        marked = bool(re.match("[#＃]|其中", raw))
        name = _MARK.sub("", raw)
        year = re.fullmatch(r"(20\d\d|19\d\d)年?", name)
        name = re.sub("^(?:全[市省州县区]总?|全年|年末)(?=..)|（(?:含|不含|不满|包括)[^）]*）$", "", name)
        area, rest = self.document.area_in(name)
        area, name = (area, "") if area and not rest else (self.document.area, "" if year else name)
        name, parent, guesses = self._completed(name, parent, unit, marked)
        made, others, level = [], _digits(labels, "name"), ""
        for i, cell in enumerate(row):
            at = i + shift
            if cell in labels:
                continue
            if not _number(cell) or at >= len(self.kinds):
                others += _digits([cell], "")
                continue
            figure = self._cell(cell, at, name, unit, level, list(guesses))
            level = figure.indicator if self.kinds[at] == "level" else level
            figure.area, figure.period = area, year[1] if year else figure.period
            figure.target = figure.target or bool(self.document.year and figure.period[:4] > str(self.document.year))
            made.append(figure)
        return made, parent, others

    def _completed(self, name: str, parent: str, unit: str, marked: bool):
        """A row's name with the head noun of its whole or of the caption, the whole for the rows below, and what was guessed."""
        counted = kind_of_unit(unit) in COUNTED
        if not name or names.head(name):
            return name, name if name and not (marked and parent) else parent, []
        if not any(self.nouns):
            if names.family(parent) and not counted:
                if re.search("生产总值|GDP", parent):
                    return f"{name}增加值", parent, ["指标后半取自上一行"]
                return names.completed(name, parent, parent, counted=False)[0], parent, ["指标后半取自上一行"]
            if self.topic and (not counted or self.topic == "产量"):
                return name + self.topic, parent, ["指标后半取自表题"]
        return name, parent, []

    def _cell(self, cell: Piece, at: int, name: str, unit: str, level: str, guesses: list[str]) -> Figure:
        """Figure of a cell; a rate belongs to the level beside it."""
        m, kind, noun = _number(cell), self.kinds[at], self.nouns[at]
        said = m["unit"] or self.units[at]
        if kind != "level":
            said, here = said or "%", level or name if kind == "growth" else f"{name}比重"
        else:
            if not said and not unit:
                guesses.append("单位取自表题" if self.caption_unit else "未见单位")
            said = said or unit or self.caption_unit
            whole = not name or name in ("合计", "总计", "总量")
            here = name if not noun else noun if whole else name if names.head(name) else name + noun
        if (not name and here in names.BARE) or here in ("比例", "比率", "数量"):
            guesses.append(HEADLESS)
        value = Decimal(m["number"].replace(",", "")) * (-1 if m["sign"] else 1)
        number = Numeral(
            0, len(cell.text), len(cell.text), value, _unit(said) or said, ">=" if m["bound"] == "以上" else "="
        )
        measure = self._measure(kind, said, here, noun)
        beside = next((y for y in reversed(self.years[:at]) if y), "") if kind == "growth" else ""
        found = re.findall(r"(20\d\d)年?", self.block.caption)
        period = self.years[at] or beside or (found[0] if len(found) == 1 else "") or self.clock.period
        figure = Figure(number, self.block, here or self.block.caption, measure, "", period, guesses=guesses)
        figure.clause, figure.target = (cell.at[0], cell.at[-1] + 1), self.target
        return figure

    def _measure(self, kind: str, unit: str, name: str, noun: str) -> str:
        caption = self.block.caption
        if kind == "level" and unit == "%" and not noun and _GROWTH.search(caption):
            kind = "share" if _SHARE.search(caption) or name.endswith("率") else "growth"
        if kind != "level":
            return "points" if kind == "growth" and unit in ("个百分点", "百分点") else kind
        if unit in ("%", "‰"):
            return "share"
        if "指数" in "".join(self.labels) + caption and not unit:
            return "index"
        return "count" if kind_of_unit(unit) in COUNTED and not name.endswith("量") else "level"
