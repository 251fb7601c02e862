"""Figures of a table: names from stubs and columns, units from cells, headers or the caption, periods from headers."""

from __future__ import annotations

import re
from decimal import Decimal

from . import names
from .context import _PART, Clock, Document, _part, area_in
from .figures import Figure
from .numbers import _UNIT, COUNTED, Numeral
from .structure import Block, Piece

_VALUE = re.compile(
    r"[↑↓+]?(?P<sign>[-—]?)(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<unit>%|‰|个百分点|倍)?[*＊]?(?:以上|左右|以内)?"
)
_GROWTH = re.compile(r"增长|增速|增幅|涨跌|同比|环比|±|增减|比去年|比上年(?!末?数)")
_SHARE = re.compile(r"比重|占比|构成|结构|份额")
_UNITS = re.compile(r"(?:单位|计量单位)[：:]?(?P<unit>[^）)，；。]{1,12})")
_BRACKET = re.compile(r"（(?P<unit>[^（）]{1,10})）")
_UNIT_HEAD = re.compile(r"(?:计量)?单位$")
_MARK = re.compile(
    r"^(?:[#＃]|其中[：:]?|[一二三四五六七八九十]{1,2}、|（[一二三四五六七八九十]{1,2}）|\d{1,2}[.、．](?!\d)|[★☆※●·*]+)+"
)
_STUB_UNIT = re.compile(
    r"（((?:万|亿|千|百)*(?:元|美元|吨|人|户|家|个|%|‰|亩|公顷|平方米|公里|千瓦时|辆|件|人次|吨公里|人公里|元/人|立方米|万元/人)(?:/[一-鿿]{1,3})?)）$"
)
_NO_NOUN = re.compile(
    r"(?:20|19)\d\d年?(?:末|底|目标)?|\d{1,2}[—\-]\d{1,2}月|比上年末?|同比|增长|增速|增幅|涨跌幅度?|[±+-]|绝对[数值量额]|指标值?|名称|数值|全年|年末数?|累计|本年|本月|实绩|目标|完成情况|项目|合计"
)
_GENERAL = {"指数", "金额", "数额", "总量", "数量", "总额", "人数", "规模", "总数", "数值", "水平"}


def is_number(cell: Piece) -> bool:
    return bool(_VALUE.fullmatch(cell.text))


def _is_unit(text: str) -> bool:
    m = _UNIT.match(text)
    return bool(m) and len(m[0]) >= len(text) - 1


def _blank(cell: Piece) -> bool:
    return cell.text in ("", "-", "—", "——", "/", "…", "...", "--", "*", "持平")


class Columns:
    """What each column of a table holds, from its header rows and caption."""

    def __init__(self, head: list[list[Piece]], width: int, caption: str, clock: Clock) -> None:
        self.caption = caption
        self.labels = [""] * width
        for row in head:
            offset = max(0, width - len(row))  # a header row over several stubs lacks their cells
            for i, cell in enumerate(row[: width - offset], offset):
                self.labels[i] += cell.text if cell.text not in self.labels[i] else ""
        whole = _UNITS.search(caption) or re.search("（(?P<unit>%|亿元|万元|万吨)）", caption)
        self.caption_unit = whole["unit"] if whole else ""
        self.unit_column = next((i for i, t in enumerate(self.labels) if _UNIT_HEAD.search(t)), -1)
        self.kinds, self.units, self.nouns, self.years = [], [], [], []
        for label in self.labels:
            bracket, bare = _BRACKET.search(label), _BRACKET.sub("", label)
            self.units.append(bracket["unit"].replace("单位：", "") if bracket else "")
            self.kinds.append("growth" if _GROWTH.search(bare) else "share" if _SHARE.search(bare) else "level")
            year = re.search("((?:19|20)\\d\\d)年?", bare)
            part = re.match(_PART, bare[year.end() :]) if year else None
            self.years.append(_part(int(year[1]), part) if year else "")
            noun = _NO_NOUN.sub("", bare) if self.kinds[-1] == "level" else ""
            self.nouns.append(names.clean(noun) if names.head(noun) else "")
        told = zip(self.years, self.kinds, self.units, strict=True)
        self.first_value = next((i for i, (y, k, u) in enumerate(told) if i and (y or u or k != "level")), 1)
        self.target = bool(re.search(r"目标|规划|指标表|计划", caption + "".join(self.labels))) or clock.target

    def topic(self) -> str:
        """Head noun that a caption gives to rows without one: 主要工业产品产量 is 产量."""
        plain = re.sub(r"^(?:附)?[表图]\d+[：:]?|（[^）]*）", "", self.caption)
        parts = re.split(r"及其|及|和|情况|增长速度|增速|主要", plain)
        return next((h for h in (names.head(p) for p in parts if p) if h), "")


class TableReader:
    """Reads the tables of one document."""

    def __init__(self, document: Document, clock: Clock) -> None:
        self.document, self.clock = document, clock

    def table(self, block: Block) -> tuple[list[Figure], list[tuple[Piece, str]]]:
        """Figures of a table and the numerals of its other cells."""
        rows = block.rows
        body = [i for i, row in enumerate(rows) if any(is_number(c) for c in row[1:])]
        if not body:
            return [], [(c, "name") for row in rows for c in row if re.search(r"\d", c.text)]
        begin = body[0]
        if begin == 0 and all(re.fullmatch(r"(?:20|19)\d\d年?", c.text) for c in rows[0][1:]):
            begin = 1
        width = max(len(rows[i]) for i in body)
        columns = Columns(rows[:begin], width, block.caption, self.clock)
        out: list[Figure] = []
        others = [(c, "name") for row in rows[:begin] for c in row if re.search(r"\d", c.text)]
        parent = ""
        for number, row in enumerate(rows[begin:], begin + 1):
            counted = re.search(r"序号|编号", columns.labels[0]) and re.fullmatch(r"\d{1,3}", row[0].text)
            others += [(row[0], "numbering")] if counted else []
            row = row[1:] if counted else row
            shift = self._shift(row, columns, 1 if counted else 0)
            made, parent, rest = self._row(block, row, columns, parent, number, shift)
            out += made
            others += rest
        return out, others

    def _shift(self, row: list[Piece], columns: Columns, base: int) -> int:
        """By how many columns the cells of a row stand left of their headers (a merged stub is lost)."""
        if columns.unit_column > 0:
            units = [i for i, c in enumerate(row) if i and _is_unit(c.text)]
            if units and (units[0] + 1 == len(row) or not _is_unit(row[units[0] + 1].text)):
                return columns.unit_column - units[0]
        first = next((i for i, c in enumerate(row) if is_number(c)), 0)
        lost = columns.first_value - first
        return max(base, lost) if 0 < lost <= 2 and first else base

    def _row(self, block: Block, row: list[Piece], columns: Columns, parent: str, number: int, shift: int):
        stubs = [c for c in row if not is_number(c) and not _blank(c)]
        first = next((i for i, c in enumerate(row) if is_number(c) or _blank(c)), len(row))
        unit = ""
        if columns.unit_column >= 0:
            place = columns.unit_column - shift
            unit = row[place].text if 0 <= place < len(row) and not is_number(row[place]) else ""
        until = min(first, columns.unit_column - shift) if columns.unit_column - shift > 0 else first
        labels = [c for i, c in enumerate(row[:until]) if i + shift != columns.unit_column] or stubs[:1]
        if not labels:
            return [], parent, [(c, "") for c in row if re.search(r"\d", c.text)]
        raw = re.sub(r"\[\d+\]", "", labels[-1].text)
        inner = _STUB_UNIT.search(raw)
        if inner and not unit:
            unit, raw = inner[1], raw[: inner.start()]
        marked = bool(re.match(r"[#＃]|其中", raw))
        name = _MARK.sub("", raw)
        year = re.fullmatch(r"(20\d\d|19\d\d)年?", name)
        name = re.sub(r"^(?:全[市省州县区]总?|全年|年末)(?=.{2})|（(?:含|不含|不满|包括)[^）]*）$", "", name)
        area, rest = area_in(name, self.document)
        area, name = (area, "") if area and not rest else ("", "" if year else name)
        name, parent, guesses = self._completed(name, parent, unit, columns, marked)
        made, others = [], []
        level = ("", "")
        for i, cell in enumerate(row):
            at = i + shift
            if not is_number(cell) or at >= len(columns.kinds) or cell in labels:
                if re.search(r"\d", cell.text) and cell not in labels[-1:]:
                    others.append((cell, ""))
                continue
            figure, level = self._cell(block, cell, columns, at, name, unit, year, area, level, list(guesses))
            figure.block, figure.comment = block, figure.comment or f"行{number}"
            made.append(figure)
        others += [(c, "name") for c in labels if re.search(r"\d", c.text)]
        return made, parent, others

    def _completed(self, name: str, parent: str, unit: str, columns: Columns, marked: bool):
        """A row's name with the head noun of its whole or of the caption, the whole for the rows below, and what was guessed."""
        counted = re.sub(r"^(?:万|亿)", "", unit) in COUNTED
        topic, end = columns.topic(), names.family(parent) if parent else ""
        if not name or names.head(name):
            return name, name if name and not (marked and parent) else parent, []
        if not any(n not in ("", *_GENERAL) for n in columns.nouns):
            if end and not counted:
                if re.search("生产总值|GDP", parent):
                    return f"{name}增加值", parent, ["head noun from the row above"]
                full = name + end if name in names.BARE else names.completed(name, parent, parent, counted=False)[0]
                return full, parent, ["head noun from the row above"]
            if topic and (not counted or topic == "产量"):
                return name + topic, parent, ["head noun from the caption"]
        return name, parent, []

    def _cell(self, block, cell, columns: Columns, at: int, name: str, unit: str, year, area: str, level, guesses):
        """Figure of a cell, and the name and unit that the growth beside it belongs to."""
        m = _VALUE.fullmatch(cell.text)
        value = Decimal(m["number"].replace(",", "")) * (-1 if m["sign"] else 1)
        kind, own = columns.kinds[at], columns.units[at]
        noun = columns.nouns[at] if columns.nouns[at] not in _GENERAL else ""
        said = m["unit"] or own
        if kind == "growth":
            said, here = said or "%", level[0] or name
        elif kind == "share":
            said, here = said or "%", f"{name}比重"
        else:
            said = said or unit or columns.caption_unit
            if not said:
                guesses.append("no unit found")
            elif not own and not unit and not m["unit"]:
                guesses.append("unit from the caption")
            whole = not name or name in ("合计", "总计", "总量")
            here = name if not noun else noun if whole else name if names.head(name) else name + noun
            level = (here, said)
        if (not name and here in names.BARE) or here in ("比例", "比率", "数量"):
            guesses.append("name from the column only")
        unit_match = _UNIT.match(said)
        unit = unit_match[0] if unit_match and len(unit_match[0]) >= len(said) - 1 else said
        number = Numeral(0, len(cell.text), len(cell.text), value, unit)
        number.relation = ">=" if cell.text.endswith("以上") else "="
        measure = self._measure(kind, said, here, noun, columns)
        period = year[1] if year else self._period(columns, at, kind)
        where = area or self.document.area
        figure = Figure(number, block, here or columns.caption, measure, where, period, guesses=guesses)
        figure.clause = (cell.at[0], cell.at[-1] + 1)
        ahead = period[:4].isdigit() and self.document.year and int(period[:4]) > self.document.year
        figure.target = columns.target or bool(ahead)
        return figure, level

    def _period(self, columns: Columns, at: int, kind: str) -> str:
        """Period of a column: its own, of the levels beside it, of the caption, or what holds at this place."""
        beside = next((y for y in reversed(columns.years[:at]) if y), "") if kind == "growth" else ""
        found = re.search(r"(20\d\d)年?", columns.caption)
        caption = found[1] if found and not re.search(r"20\d\d年?[—-]20\d\d", columns.caption) else ""
        return columns.years[at] or beside or caption or self.clock.period

    def _measure(self, kind: str, unit: str, name: str, noun: str, columns: Columns) -> str:
        if kind == "level" and unit == "%" and not noun and _GROWTH.search(columns.caption):
            kind = "share" if _SHARE.search(columns.caption) or name.endswith("率") else "growth"
        if kind != "level":
            return "points" if kind == "growth" and unit in ("个百分点", "百分点") else kind
        if unit in ("%", "‰"):
            return "share"
        if re.search(r"指数", "".join(columns.labels) + columns.caption) and not unit:
            return "index"
        counted = re.sub(r"^(?:万|亿)", "", unit) in COUNTED and not name.endswith("量")
        return "count" if counted else "level"
