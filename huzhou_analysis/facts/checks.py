"""Read the tables in ``data/`` and check all of them, whole, before anything is computed.

Every problem is reported at once, each with file, row, column, the value found and what is allowed, in Chinese and
English; nothing is half-loaded. Row numbers are those a spreadsheet shows (the header is row 1).
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pandas as pd

from . import citations, numerals, periods, text_tables
from .problems import Problem, nearest
from .schema import TABLES, Field, Table

OWN_ROOT = Path(__file__).resolve().parent.parent.parent / "data"
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)
NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_INTEGER = re.compile(r"-?\d{1,9}", re.ASCII)
# Control characters, of which files can hold few, and marks that turn the direction of writing: 12 would read as 21.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")

Frames = dict[str, pd.DataFrame]


def default_root() -> Path:
    """Folder of the tables: ``HUZHOU_DATA`` if set, else ``data/`` beside the library.

    Returns
    -------
    Path
        Nothing is checked: the folder may be missing.

    Examples
    --------
    >>> hz.default_root().name
    'data'
    """
    return Path(os.environ.get("HUZHOU_DATA") or OWN_ROOT)


def check(root: Path | str | None = None) -> tuple[Frames, list[Problem]]:
    """Read and check every table.

    Parameters
    ----------
    root : path, optional
        Folder of the tables, as in :func:`load`.

    Returns
    -------
    frames : dict of DataFrame
        Tables as text, by name; a table that cannot be read is left out.
    problems : list of Problem
        Empty if all is well.

    Examples
    --------
    >>> frames, problems = hz.check()
    >>> problems
    []
    """
    root = Path(root) if root is not None else default_root()
    if not root.is_dir():
        zh = "没有这个数据文件夹，请指明数据表所在文件夹（--data、DATA= 或 HUZHOU_DATA）"
        en = "there is no such data folder; name one that holds the tables (--data DIR, DATA=DIR or HUZHOU_DATA)"
        return {}, [_problem(root.name, zh, en, value=str(root))]
    frames: Frames = {}
    problems: list[Problem] = []
    for table in TABLES.values():
        try:
            frames[table.name] = read_table(root / f"{table.name}.csv", table)
        except Unreadable as error:
            problems += error.problems
    for table in TABLES.values():
        if table.name in frames:
            problems += _columns(table, frames)
    if "units" in frames:
        problems += _magnitudes(frames["units"])
    if "figures" in frames:
        problems += _figures(frames)
    problems += _references(frames)
    return frames, sorted(set(problems))


# --- reading -------------------------------------------------------------------------------------------------------


class Unreadable(Exception):
    """A table cannot be read at all; :attr:`problems` says why."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(problem.en for problem in problems))


def read_table(path: Path, table: Table) -> pd.DataFrame:
    """One table as text, its columns in order; its index is the spreadsheet's row less two, blank rows left out.

    Raises
    ------
    Unreadable
        If the file is not there, is no such table, or has rows of another width.
    """
    text = _text(path)
    if (mark := text_tables.separator(text, table.columns)) != ",":
        zh, en = text_tables.SEPARATORS[mark]
        zh = f"各列以{zh}分隔，应为逗号；请另存为“CSV UTF-8（逗号分隔）”"
        en = f"its columns are separated by {en}, not commas; save it as 'CSV UTF-8 (comma delimited)'"
        raise _refused(path, zh, en)
    try:
        head, *rows = text_tables.records(text)
    except csv.Error as error:
        raise _refused(path, *text_tables.unreadable(error)) from None
    width = len(table.columns)
    if not any(cell for row in rows for cell in row[width:]):  # columns that a spreadsheet left behind
        head = [*head[:width], *filter(None, head[width:])]
        rows = [row[: len(head)] for row in rows]
    problems = [*_header(path.name, head, table), *_widths(path.name, head, rows)]
    if problems:
        raise Unreadable(problems)
    filled = {n: [*row, *[""] * (len(head) - len(row))] for n, row in enumerate(rows) if any(row)}
    frame = pd.DataFrame(list(filled.values()), index=list(filled), columns=head, dtype=object)[table.columns]
    flags = [field.name for field in table.fields if field.kind == "boolean"]
    frame[flags] = frame[flags].apply(lambda column: column.str.lower())  # a spreadsheet saves true as TRUE
    return frame


def _text(path: Path) -> str:
    """Text of a table, in UTF-8 and free of what a merge leaves."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        zh = f"读不到文件（{error.strerror}）；请确认文件存在且未被其他程序占用"
        en = f"the file cannot be read ({error.strerror}); see that it is there and that no other program holds it"
        raise _refused(path, zh, en) from None
    text, encoding = text_tables.decoded(raw)
    if encoding != "UTF-8":
        zh = f"文件编码不是 UTF-8（像是 {encoding}）；请在 Excel 或 WPS 中另存为“CSV UTF-8（逗号分隔）”"
        en = f"the file is not UTF-8 (it looks like {encoding}); save it as 'CSV UTF-8 (comma delimited)'"
        raise _refused(path, zh, en)
    if not text.strip():
        zh = "文件是空的，连表头都没有；请从备份或版本库恢复"
        en = "the file is empty: not even a header; bring it back from a copy or from git"
        raise _refused(path, zh, en)
    if text_tables.has_conflict_marks(text):
        zh = "含版本合并的冲突标记（<<<<<<<、>>>>>>>）；请先在版本库中解决冲突"
        en = "holds the marks of a merge conflict (<<<<<<<, >>>>>>>); resolve the conflict in git first"
        raise _refused(path, zh, en)
    return text


def _refused(path: Path, zh: str, en: str) -> Unreadable:
    return Unreadable([_problem(path.name, zh, en)])


def _problem(file: str, zh: str, en: str, row: int = 0, column: str = "", value: str = "") -> Problem:
    return Problem(file, row, column, value, zh, en)


def _header(file: str, head: list[str], table: Table) -> Iterator[Problem]:
    extra = [c for c in head if c not in table.columns]
    if len(extra) == len(head):
        allowed = ", ".join(table.columns)
        yield _problem(
            file, f"缺少表头；第一行应为：{allowed}", f"has no header; its first row must be: {allowed}", row=1
        )
        return
    for column in table.columns:
        if column not in head:
            near = nearest(column, extra)
            zh, en = (f"（是否写成了 {near}？）", f" (is it written as {near}?)") if near else ("", "")
            yield _problem(file, f"缺少这一列{zh}", f"this column is missing{en}", column=column)
    for column in extra:
        zh = "没有这一列；允许的列：" + "、".join(table.columns)
        en = "there is no such column; allowed: " + ", ".join(table.columns)
        if not column.strip():
            zh = "有一列没有列名，下面却有内容；请删去，或补上列名"
            en = "a column without a name holds something; delete it, or name it"
        yield _problem(file, zh, en, int(not column.strip()), column.strip())
    for column in {c for c in head if head.count(c) > 1 and c in table.columns}:
        yield _problem(file, "这一列出现两次；请删去一列", "this column stands twice; delete one", column=column)


def _widths(file: str, head: list[str], rows: list[list[str]]) -> Iterator[Problem]:
    for number, row in enumerate(rows, 2):
        if len(row) > len(head):
            zh = f"这一行有 {len(row)} 格，应为 {len(head)} 格（文字里的逗号要用引号括起）"
            en = f"this row has {len(row)} cells where {len(head)} are allowed (text with a comma needs quotes)"
            yield _problem(file, zh, en, row=number)


# --- columns -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Rule:
    """A test of one filled cell, and what to say where it fails; `choices` are offered by likeness."""

    holds: Callable[[str], object]
    zh: str
    en: str
    choices: Iterable[str] = ()


def _columns(table: Table, frames: Frames) -> Iterator[Problem]:
    frame, file = frames[table.name], f"{table.name}.csv"
    for field in table.fields:
        cells = frame[field.name]
        if field.required:
            for row in cells.index[cells == ""]:
                yield _problem(file, "不能为空", "must not be empty", row + 2, field.name)
        for rule in _rules(field, frames):
            wrong = [value for value in cells.unique() if value != "" and not rule.holds(value)]
            for row, value in cells[cells.isin(wrong)].items():
                near = nearest(value, sorted(rule.choices))
                zh, en = (f"；最接近的是 {near}", f"; nearest: {near}") if near else ("", "")
                yield _problem(file, rule.zh + zh, rule.en + en, row + 2, field.name, value)
    yield from _duplicates(table, frame)


def _duplicates(table: Table, frame: pd.DataFrame) -> Iterator[Problem]:
    if not (key := list(table.key)):
        return
    filled = frame[(frame[key] != "").all(axis=1)]
    for values, rows in filled[filled.duplicated(key, keep=False)].groupby(key, sort=False):
        numbers = [str(row + 2) for row in rows.index]
        zh = f"重复：第 {'、'.join(numbers)} 行相同，须唯一"
        en = f"duplicate: rows {', '.join(numbers)} are the same, must be unique"
        yield _problem(f"{table.name}.csv", zh, en, rows.index[1] + 2, "+".join(key), " / ".join(values))


def _rules(field: Field, frames: Frames) -> Iterator[_Rule]:
    yield from _kind_rules(field)
    if field.codes is not None:
        allowed = list(field.codes)
        yield _Rule(allowed.__contains__, "允许的值：" + "、".join(allowed), "allowed: " + ", ".join(allowed), allowed)
    if field.pattern is not None:
        yield _Rule(
            re.compile(field.pattern).fullmatch, f"写法应符合 {field.pattern}", f"must have the form {field.pattern}"
        )
    if (most := field.max_length) is not None:
        yield _Rule(lambda v: len(numerals.normalise(v)) <= most, f"最多 {most} 个字符", f"at most {most} characters")
    if field.refers is not None:
        table, column = field.refers.split(".")
        if table in frames:
            known = set(frames[table][column]) - {""}
            zh = f"{table}.csv 中没有；请核对写法，或先在该表新增一行"
            en = f"not in {table}.csv; check the spelling, or add a row there first"
            yield _Rule(known.__contains__, zh, en, known)


def _kind_rules(field: Field) -> Iterator[_Rule]:
    if field.kind == "string" and not (field.codes or field.refers or field.pattern):
        zh = "含看不见的控制字符或改变书写方向的字符；请删去后重新输入"
        en = "holds control characters that cannot be seen, or turn the direction of writing: delete and type it again"
        yield _Rule(lambda v: not _UNSEEN.search(v), zh, en)
    elif field.kind == "number":
        zh = "应为数字，如 300.8，不带单位、逗号和百分号"
        en = "must be a plain number such as 300.8, without unit, comma or percent sign"
        yield _Rule(NUMBER.fullmatch, zh, en)
    elif field.kind == "integer":
        yield _Rule(_INTEGER.fullmatch, "应为整数", "must be a whole number")
    elif field.kind == "date":
        zh = f"应为日期，如 2023、2023-05 或 2023-05-09（{periods.FIRST}—{periods.LAST} 年）"
        en = f"must be a date such as 2023, 2023-05 or 2023-05-09 ({periods.FIRST} to {periods.LAST})"
        yield _Rule(lambda v: _DATE.fullmatch(v) and periods.is_period(v), zh, en)
    elif field.kind == "period":
        zh = f"不是有效时期；写法：{periods.FORMS}（{periods.FIRST}—{periods.LAST} 年）"
        en = f"no such period; forms: {periods.FORMS} ({periods.FIRST} to {periods.LAST})"
        yield _Rule(periods.is_period, zh, en)
        zh = "同一时期只有一种写法：整年、半年、季度和单月不写作若干个月"
        en = "a period has one code: a whole year, half-year, quarter or month is not written as months"
        yield _Rule(lambda v: not periods.is_period(v) or periods.shortest(v) == v, zh, en)


# --- rows ----------------------------------------------------------------------------------------------------------


def _figures(frames: Frames) -> Iterator[Problem]:
    """Problems of single rows of ``figures.csv``: what several of their cells say together."""
    measures = dict(frames["units"][["unit", "unit_measure"]].values) if "units" in frames else {}
    promotional = set()
    if "sources" in frames:
        promotional = set(frames["sources"].source_id[frames["sources"].tier == "promotional"])
    for row in frames["figures"].itertuples():
        for column, zh, en in (*_period_of(row), *_number_of(row, measures), *_cited(row)):
            yield _problem("figures.csv", zh, en, row.Index + 2, column, getattr(row, column))
        if row.source_id in promotional and row.record_type != "claim":
            zh, en = "招商宣传来源的数字只能是 claim", "figures of a promotional source can only be claims"
            yield _problem("figures.csv", zh, en, row.Index + 2, "record_type", row.record_type)


def _period_of(row) -> Iterator[tuple[str, str, str]]:
    if (row.time_period == "") != (row.time_basis == "unstated"):
        zh = "time_period 为空时应为 unstated，否则应为 stated 或 inferred"
        en = "must be unstated where time_period is empty, else stated or inferred"
        yield "time_basis", zh, en
    if row.time_basis == "inferred" and row.comment == "":
        yield "comment", "时期为推断（inferred）时，须写明理由", "an inferred period must say why"
    if row.record_type == "actual" and _begins_after(row.time_period, row.vintage):
        zh = "实际数的时期在其发布时间（vintage）之后才开始"
        en = "an actual cannot be of a period that begins after it was published (vintage)"
        yield "time_period", zh, en

    if periods.is_period(row.time_period):
        growth = row.transformation == "GY"
        if said := citations.period_objection(row.time_period, row.as_printed, growth=growth):
            yield ("time_period", *said)


def _begins_after(period: str, published: str) -> bool:
    both = periods.is_period(period) and periods.is_period(published)
    return both and periods.parse(period).start > periods.parse(published).end


def _number_of(row, measures: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    wordless = row.relation == "relative" or row.obs_status == "M"
    if row.obs_value == "" and not wordless:
        zh = "不能为空（除非 relation 为 relative 或 obs_status 为 M）"
        en = "must not be empty (unless relation is relative or obs_status is M)"
        yield "obs_value", zh, en
    if row.obs_value != "" and wordless:
        zh = "relation 为 relative 或 obs_status 为 M 时应为空"
        en = "must be empty where relation is relative or obs_status is M"
        yield "obs_value", zh, en
    if (row.value_high != "") != (row.relation == "range"):
        yield "value_high", "有且仅有 relation 为 range 时填写", "is filled in exactly where relation is range"
    both = NUMBER.fullmatch(row.obs_value) and NUMBER.fullmatch(row.value_high)
    if both and Decimal(row.value_high) <= Decimal(row.obs_value):
        yield "value_high", "应大于 obs_value", "must be above obs_value"
    if row.transformation == "GY" and measures.get(row.unit, "PT") not in ("PT", "PP"):
        yield "unit", "增长率（GY）的单位应为 %、‰ 或 个百分点", "a growth rate (GY) is in %, ‰ or 个百分点"


def _cited(row) -> Iterator[tuple[str, str, str]]:
    """Every number must stand in the characters it is cited with, with its digits and sign."""
    for number in (row.obs_value, row.value_high):
        if NUMBER.fullmatch(number):
            growth = row.transformation == "GY"
            said = citations.objection(number, row.as_printed, growth=growth, span=row.span)
            if said:
                yield ("as_printed", *said)


_CHINESE_MAGNITUDE = re.compile("[十百千]*[万亿]+")
_ENGLISH_MAGNITUDE = {"thousand": 3, "million": 6, "bn": 9, "billion": 9, "trillion": 12}


def _magnitudes(units: pd.DataFrame) -> Iterator[Problem]:
    """A unit whose name says its power of ten: 亿元 is 10^8, CNY bn 10^9."""
    for row in units.itertuples():
        named = _CHINESE_MAGNITUDE.match(row.unit)
        words = [_ENGLISH_MAGNITUDE[word] for word in row.name_en.split() if word in _ENGLISH_MAGNITUDE]
        said = [("unit_mult", len(str(numerals.chinese_value(named[0]))) - 1)] if named else []
        said += [("unit_mult_en", words[0])] if words else []
        for column, power in said:
            if _INTEGER.fullmatch(getattr(row, column)) and int(getattr(row, column)) < power:
                zh = f"单位名称表示10的{power}次方，请核对倍率"
                en = f"the unit's name says a power of ten of {power}; check it"
                yield _problem("units.csv", zh, en, row.Index + 2, column, getattr(row, column))


def _references(frames: Frames) -> Iterator[Problem]:
    """What one table says of another, beyond single columns."""
    if "outline" in frames:
        zh = "outline.csv 中该来源没有这个位置；请核对写法，或先在该表新增一行"
        en = "outline.csv has no such part of this source; check the spelling, or add a row there first"
        parts = set(frames["outline"][["source_id", "locator"]].itertuples(index=False, name=None))
        for name in {"figures", "milestones", "not_figures"} & set(frames):
            for row in frames[name].itertuples():
                if row.locator and (row.source_id, row.locator) not in parts:
                    yield _problem(f"{name}.csv", zh, en, row.Index + 2, "locator", row.locator)
    if "corrections" in frames and "figures" in frames:
        yield from _corrections(frames)
    if "ref_areas" in frames and frames["ref_areas"].empty:
        yield _problem("ref_areas.csv", "至少要有本市一行", "there must be at least the city's own row")


def _corrections(frames: Frames) -> Iterator[Problem]:
    printed = dict(frames["figures"][["figure_id", "obs_value"]].values)
    for row in frames["corrections"].itertuples():
        now = printed.get(row.figure_id)
        told = now is not None and NUMBER.fullmatch(row.expect)
        if told and (now == "" or (NUMBER.fullmatch(now) and Decimal(now) != Decimal(row.expect))):
            zh = f"原值现为 {now}：来源或已自行更正，请复核此项更正"
            en = f"the printed value is now {now}: the source may have corrected its error; review this correction"
            yield _problem("corrections.csv", zh, en, row.Index + 2, "expect", row.expect)
        if (row.action == "override") != (row.value != ""):
            zh, en = "有且仅有 override 时填写", "is filled in exactly for override"
            yield _problem("corrections.csv", zh, en, row.Index + 2, "value", row.value)
