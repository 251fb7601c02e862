"""Load the tables in ``data/`` and check all of them, whole, before anything is computed.

Every problem is reported at once, each with file, row, column, the value found and what is allowed, in Chinese and
English; nothing is half-loaded. Row numbers are those a spreadsheet shows (the header is row 1).
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import difflib
import io
import os
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from . import names, numerals, periods, rounding
from .schema import RELATIONS, TABLES, Field, Table
from .units import Units
from .words import Text, text

_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_INTEGER = re.compile(r"-?\d+", re.ASCII)
# Control characters, of which files can hold few, and marks that turn the direction of writing: 12 would read as 21.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with a table: where, what was found, what is allowed."""

    file: str
    row: int
    column: str
    value: str
    zh: str
    en: str
    cell: str = ""  # sheet!cell in place of the row, where a file has sheets

    def __str__(self) -> str:
        at_zh = f" {self.cell}" if self.cell else f" 第 {self.row} 行" if self.row else ""
        at_en = f" {self.cell}" if self.cell else f" row {self.row}" if self.row else ""
        column = f" [{self.column}]" if self.column else ""
        value = f" {self.value!r}" if self.value != "" else ""
        return f"{self.file}{at_zh}{column}{value}：{self.zh}\n    {self.file}{at_en}{column}{value}: {self.en}"


class DataError(Exception):
    """The tables cannot be used as they are; :attr:`problems` lists every reason.

    Attributes
    ----------
    problems : list of Problem
        File, row, column, value found and what is allowed, each in Chinese and English.

    Examples
    --------
    >>> try:
    ...     hz.load("no such folder")
    ... except hz.DataError as error:
    ...     print(error.problems[0].en)
    there is no such data folder; name one that holds the tables (--data DIR, DATA=DIR or HUZHOU_DATA)
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__(str(self))

    def __str__(self) -> str:
        n = len(self.problems)
        lines = [f"数据有 {n} 处问题，尚未生成任何内容 / {n} problem{'s' * (n != 1)} in the data; nothing was written:"]
        lines += [f"  {i}. {p}" for i, p in enumerate(self.problems, 1)]
        lines.append("请在上述单元格改正后重新运行。/ Mend these cells and run the command again.")
        return "\n".join(lines)


class NotOnFile(KeyError):
    """What a question needs is not in the tables; ``zh`` and ``en`` name what is missing."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"无在案数字：{zh} / no figure on file: {en}")
        self.zh, self.en = zh, en

    def __str__(self) -> str:  # a KeyError would show its message in quotes
        return self.args[0]

    def __reduce__(self) -> tuple:
        return type(self), (self.zh, self.en)


OWN_ROOT = Path(__file__).resolve().parent.parent.parent / "data"


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


# --- reading -------------------------------------------------------------------------------------------------------


def _read(path: Path, table: Table, problems: list[Problem]) -> pd.DataFrame | None:
    name = path.name

    def problem(zh: str, en: str, column: str = "", value: str = "", row: int = 0) -> None:
        problems.append(Problem(name, row, column, value, zh, en))

    try:
        raw = path.read_bytes()
    except OSError as error:
        problem(
            f"读不到文件（{error.strerror}）；请确认文件存在且未被其他程序占用",
            f"the file cannot be read ({error.strerror}); see that it is there and that no other program holds it",
        )
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame = pd.read_csv(
                io.BytesIO(raw.removeprefix(codecs.BOM_UTF8)),
                dtype=str,
                keep_default_na=False,
                na_filter=False,
                encoding="utf-8",
                skip_blank_lines=False,
                index_col=False,
                on_bad_lines="error",
            )
    except UnicodeDecodeError:
        found = encoding(raw)
        problem(
            f"文件编码不是 UTF-8（像是 {found}）；请在 Excel 或 WPS 中另存为“CSV UTF-8（逗号分隔）”",
            f"the file is not UTF-8 (it looks like {found}); save it as 'CSV UTF-8 (comma delimited)'",
        )
        return None
    except pd.errors.EmptyDataError:
        problem(
            "文件是空的，连表头都没有；请从备份或版本库恢复",
            "the file is empty: not even a header; bring it back from a copy or from git",
        )
        return None
    except (pd.errors.ParserError, pd.errors.ParserWarning) as error:
        head, *rows = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
        ragged = [(n, len(cells)) for n, cells in enumerate(rows, 2) if len(cells) > len(head)]
        for row, width in ragged:
            problem(
                f"这一行有 {width} 格，应为 {len(head)} 格（文字里的逗号要用引号括起）",
                f"this row has {width} cells where {len(head)} are allowed (text with a comma needs quotes)",
                row=row,
            )
        if not ragged:
            problem(f"无法按 CSV 读取：{error}", f"cannot be read as CSV: {error}")
        return None
    missing = [c for c in table.columns if c not in frame.columns]
    extra = [c for c in frame.columns if c not in table.columns]
    for column in missing:
        near = difflib.get_close_matches(column, extra, 1, 0.6)
        problem(
            "缺少这一列" + (f"（是否写成了 {near[0]}？）" if near else ""),
            "this column is missing" + (f" (is it written as {near[0]}?)" if near else ""),
            column,
        )
    for column in extra:
        problem(
            "没有这一列；允许的列：" + "、".join(table.columns),
            "there is no such column; allowed: " + ", ".join(table.columns),
            str(column),
        )
    if missing or extra:
        return None
    frame = pd.DataFrame({c: _coded(frame[c]) for c in table.columns})
    blank = _blank(frame)
    return frame[~blank] if blank.any() else frame


def encoding(raw: bytes) -> str:
    """What the bytes of a text are written in: ``UTF-8``, ``GBK`` or ``?``."""
    for name, codec in (("UTF-8", "utf-8"), ("GBK", "gb18030")):
        with contextlib.suppress(UnicodeDecodeError):
            raw.decode(codec)
            return name
    return "?"


def _empty(column: pd.Series) -> np.ndarray:
    """Which cells are empty."""
    cells = column.array
    if "" not in cells.categories:
        return np.zeros(len(cells), dtype=bool)
    return cells.codes == cells.categories.get_loc("")


def _blank(frame: pd.DataFrame) -> np.ndarray:
    """Which rows hold nothing at all: over as soon as no row is left that may."""
    blank = np.ones(len(frame), dtype=bool)
    for column in frame.columns:
        blank &= _empty(frame[column])
        if not blank.any():
            break
    return blank


def _coded(column: pd.Series) -> pd.Categorical:
    """A text column with each different value kept once, so that a check looks at it once."""
    codes, values = pd.factorize(column.to_numpy(dtype=object), use_na_sentinel=True)
    if (codes < 0).any():  # a row with too few cells: the rest is empty
        empty = np.flatnonzero(values == "")
        codes = np.where(codes < 0, empty[0] if len(empty) else len(values), codes)
        values = values if len(empty) else np.append(values, "")
    return pd.Categorical.from_codes(codes, categories=pd.Index(values, dtype=object), validate=False)


def _all_match(values: list[str], pattern: str) -> bool:
    """Whether every value matches, in one pass over all of them; a False is to be looked at value by value."""
    joined = "\n".join(values) + "\n"
    return joined.count("\n") == len(values) and re.fullmatch(f"(?:(?:{pattern})?\n)*+", joined) is not None


def _texts(frame: pd.DataFrame) -> pd.DataFrame:
    """A table of coded columns as text."""
    columns = {
        name: column.array.categories.astype(str).array.take(column.array.codes) for name, column in frame.items()
    }
    return pd.DataFrame(columns, index=frame.index, copy=False)


def _mask(column: pd.Series, test) -> np.ndarray:
    """Verdict of a test for each cell, computed once for each different value."""
    cells = column.array
    verdicts = np.array([bool(test(v)) for v in _values(column)], dtype=bool)
    return verdicts[cells.codes] if len(verdicts) else np.zeros(len(cells), dtype=bool)


def _values(column: pd.Series) -> list[str]:
    """The different values of a column; an index of them is slow to go through."""
    return column.array.categories.to_numpy().tolist()


# --- checking columns ----------------------------------------------------------------------------------------------


def _valid_period(code: str) -> bool:
    try:
        periods.parse(code)
    except ValueError:
        return False
    return True


def _column_checks(field: Field, frames: dict[str, pd.DataFrame]):
    """(name, test over unique values, message zh, message en) for one column; empty cells are tested by `required`."""
    if field.kind == "string" and not (field.codes or field.refers or field.pattern):
        yield (
            "unseen",
            lambda v: not _UNSEEN.search(v),
            "含看不见的控制字符或改变书写方向的字符；请删去后重新输入",
            "holds control characters that cannot be seen, or turn the direction of writing: delete and type it again",
        )
    if field.kind == "number":
        yield (
            "number",
            _NUMBER.fullmatch,
            "应为数字，如 300.8，不带单位、逗号和百分号",
            "must be a plain number such as 300.8, without unit, comma or percent sign",
        )
    elif field.kind == "integer":
        yield "integer", _INTEGER.fullmatch, "应为整数", "must be a whole number"
    elif field.kind == "date":
        yield (
            "date",
            lambda v: _DATE.fullmatch(v) and _valid_period(v),
            "应为日期，如 2023、2023-05 或 2023-05-09",
            "must be a date such as 2023, 2023-05 or 2023-05-09",
        )
    elif field.kind == "period":
        yield "period", _valid_period, f"不是有效时期；写法：{periods.FORMS}", f"no such period; forms: {periods.FORMS}"
    if field.codes is not None:
        allowed = list(field.codes)
        yield "codes", set(allowed).__contains__, "允许的值：" + "、".join(allowed), "allowed: " + ", ".join(allowed)
    if field.pattern is not None:
        yield (
            "pattern",
            re.compile(field.pattern).fullmatch,
            f"写法应符合 {field.pattern}",
            f"must have the form {field.pattern}",
        )
    if field.max_length is not None:
        yield (
            "length",
            lambda v, n=field.max_length: len(numerals.normalise(v)) <= n,
            f"最多 {field.max_length} 个字符",
            f"at most {field.max_length} characters",
        )
    if field.refers is not None:
        table, column = field.refers.split(".")
        if table in frames:
            known = set(frames[table][column].cat.categories) - {""}
            yield (
                "refers",
                known.__contains__,
                f"{table}.csv 中没有；请核对写法，或先在该表新增一行",
                f"not in {table}.csv; check the spelling, or add a row there first",
            )


@dataclass(frozen=True)
class _Check:
    """One test of a column: which cells hold, and what to say of those that do not."""

    column: str
    name: str
    holds: Callable[[pd.Series], np.ndarray]
    zh: str
    en: str
    choices: Iterable[str] = ()

    def by_row(self, cells: pd.Series) -> pd.Series:
        return pd.Series(self.holds(cells), index=cells.index)


def _checks(table: Table, frames: dict[str, pd.DataFrame]) -> Iterator[_Check]:
    """Every test of every column of a table."""
    for field in table.fields:
        if field.required:
            yield _Check(field.name, f"{field.name}:required", lambda s: ~_empty(s), "不能为空", "must not be empty")
        for name, test, zh, en in _column_checks(field, frames):

            def holds(series, test=test, pattern=field.pattern if name == "pattern" else None):
                values = _values(series)
                if _all_match(values, pattern) if pattern else all(v == "" or test(v) for v in values):
                    return np.ones(len(series), dtype=bool)
                return _mask(series, lambda v: v == "" or test(v))

            choices = ()
            if name == "codes":
                choices = tuple(field.codes)
            elif name == "refers":
                target, column = field.refers.split(".")
                choices = frames[target][column].cat.categories
            yield _Check(field.name, f"{field.name}:{name}", holds, zh, en, choices)


def _failures(table: Table, frame: pd.DataFrame, checks: Sequence[_Check]) -> Iterator[tuple[_Check, str, int]]:
    """Checks with each cell that does not hold, and its row: pandera lists them.

    It is asked only where something is wrong: to import it takes longer than all checks of all tables.
    """
    cells = dict(frame.items())
    if all(check.holds(cells[check.column]).all() for check in checks):
        return
    import pandera.errors
    import pandera.pandas as pa

    columns = {
        name: pa.Column(None, [pa.Check(c.by_row, name=c.name) for c in checks if c.column == name], coerce=False)
        for name in table.columns
    }
    known = {check.name: check for check in checks}
    try:
        pa.DataFrameSchema(columns, strict=True, ordered=True).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        for case in errors.failure_cases.itertuples():
            yield known[case.check], str(case.failure_case), int(case.index) + 2


def _check_columns(table: Table, frames: dict[str, pd.DataFrame], problems: list[Problem]) -> None:
    frame = frames[table.name]
    if frame.empty:
        return
    for check, value, row in _failures(table, frame, list(_checks(table, frames))):
        near = nearest(value, sorted(one for one in check.choices if one))
        zh = f"{check.zh}；最接近的是 {near}" if near else check.zh
        en = f"{check.en}; nearest: {near}" if near else check.en
        problems.append(Problem(f"{table.name}.csv", row, check.column, value, zh, en))
    for column in [f.name for f in table.fields if f.unique] or ([] if not table.key else [None]):
        subset = [column] if column else list(table.key)
        if len(subset) == 1 and len(frame[subset[0]].cat.categories) >= len(frame):
            continue  # as many different values as rows
        again = frame[frame.duplicated(subset, keep=False) & (frame[subset] != "").all(axis=1)]
        for values, rows in again.groupby(subset if len(subset) > 1 else subset[0], sort=True).groups.items():
            shown = " / ".join(values) if isinstance(values, tuple) else str(values)
            where = [int(r) + 2 for r in rows]
            problems.append(
                Problem(
                    f"{table.name}.csv",
                    where[1],
                    "+".join(subset),
                    shown,
                    f"重复：第 {'、'.join(map(str, where))} 行相同，须唯一",
                    f"duplicate: rows {', '.join(map(str, where))} are the same, must be unique",
                )
            )


def nearest(value: str, choices: Iterable[str]) -> str:
    """The choice written most like a value, or nothing."""
    choices = list(choices)
    begun = [c for c in choices if len(value) > 2 and c.startswith(value)]
    found = begun[:1] or difflib.get_close_matches(value, choices, 1, 0.5)
    if not found and value:
        shared = [(len(set(c) & set(value)), c) for c in choices if c and c[0] == value[0]]
        found = [max(shared)[1]] if shared else []
    return found[0] if found else ""


# --- checking rows -------------------------------------------------------------------------------------------------


def _check_figures(frames: dict[str, pd.DataFrame], problems: list[Problem]) -> None:
    figures = frames["figures"]

    def report(mask, column: str, zh: str, en: str) -> None:
        for row, value in figures[column][mask].items() if mask.any() else ():
            problems.append(Problem("figures.csv", int(row) + 2, column, value, zh, en))

    def where(column: str, *values: str) -> np.ndarray:
        return _mask(figures[column], values.__contains__)

    report(
        where("time_period", "") != where("time_basis", "unstated"),
        "time_basis",
        "time_period 为空时应为 unstated，否则应为 stated 或 inferred",
        "must be unstated where time_period is empty, else stated or inferred",
    )
    report(
        where("time_basis", "inferred") & where("comment", ""),
        "comment",
        "时期为推断（inferred）时，须写明理由",
        "an inferred period must say why",
    )
    wordless = where("relation", "relative") | where("obs_status", "M")
    report(
        where("obs_value", "") & ~wordless,
        "obs_value",
        "不能为空（除非 relation 为 relative 或 obs_status 为 M）",
        "must not be empty (unless relation is relative or obs_status is M)",
    )
    report(
        ~where("obs_value", "") & wordless,
        "obs_value",
        "relation 为 relative 或 obs_status 为 M 时应为空",
        "must be empty where relation is relative or obs_status is M",
    )
    report(
        ~where("value_high", "") != where("relation", "range"),
        "value_high",
        "有且仅有 relation 为 range 时填写",
        "is filled in exactly where relation is range",
    )
    both = _mask(figures.obs_value, _NUMBER.fullmatch) & _mask(figures.value_high, _NUMBER.fullmatch)
    turned = both.copy()
    turned[both] = [
        Decimal(h) <= Decimal(v) for v, h in figures.loc[both, ["obs_value", "value_high"]].itertuples(index=False)
    ]
    report(turned, "value_high", "应大于 obs_value", "must be above obs_value")
    if "units" in frames:
        measures = dict(zip(frames["units"].unit, frames["units"].unit_measure, strict=True))
        report(
            where("transformation", "GY") & _mask(figures.unit, lambda u: measures.get(u, "PT") not in ("PT", "PP")),
            "unit",
            "增长率（GY）的单位应为 %、‰ 或 个百分点",
            "a growth rate (GY) is in %, ‰ or 个百分点",
        )
    _check_citations(figures, problems)
    if "outline" in frames:
        parts = set(zip(frames["outline"].source_id, frames["outline"].locator, strict=True))
        report(
            ~_rowwise(figures, ["source_id", "locator"], lambda *place: place[1] == "" or place in parts),
            "locator",
            "outline.csv 中该来源没有这个位置；请核对写法，或先在该表新增一行",
            "outline.csv has no such part of this source; check the spelling, or add a row there first",
        )
    report(
        where("record_type", "actual") & ~_rowwise(figures, ["time_period", "vintage"], _begun_by),
        "time_period",
        "实绩的时期在其发布时间（vintage）之后才开始",
        "an actual cannot be of a period that begins after it was published (vintage)",
    )
    if "sources" in frames:
        promotional = set(frames["sources"].source_id[frames["sources"].tier == "promotional"])
        report(
            where("source_id", *promotional) & ~where("record_type", "claim"),
            "record_type",
            "招商宣传来源的数字只能是 claim",
            "figures of a promotional source can only be claims",
        )


def _check_citations(figures: pd.DataFrame, problems: list[Problem]) -> None:
    """Every number must stand in the characters it is cited with."""
    for column in ("obs_value", "value_high"):
        held = _rowwise(figures, [column, "as_printed"], _holds_number)
        if held.all():
            continue
        for row, (number, printed) in figures.loc[~held, [column, "as_printed"]].T.items():
            problems.append(
                Problem(
                    "figures.csv",
                    int(row) + 2,
                    "as_printed",
                    printed,
                    f"原文里没有数字 {number}",
                    f"does not hold the number {number}",
                )
            )


def _holds_number(number: str, printed: str) -> bool:
    if number == "" or not _NUMBER.fullmatch(number):
        return True
    return abs(Decimal(number)) in numerals.printed_values(printed)


def _begun_by(period: str, published: str) -> bool:
    """Whether a period had begun when something of it was published; what is no period is refused elsewhere."""
    try:
        return not period or not published or periods.parse(period).start <= periods.parse(published).end
    except ValueError:
        return True


def _rowwise(frame: pd.DataFrame, columns: list[str], test) -> np.ndarray:
    """Verdict of a test on several cells of a row, computed once for each different combination."""
    key = np.zeros(len(frame), dtype=np.int64)
    for column in columns:
        key = key * (len(frame[column].cat.categories) + 1) + frame[column].cat.codes.to_numpy()
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    cells = [frame[c].array.categories.to_numpy()[frame[c].array.codes[first]].tolist() for c in columns]
    verdicts = np.array([bool(test(*values)) for values in zip(*cells, strict=True)], dtype=bool)
    return verdicts[inverse]


def _check_references(frames: dict[str, pd.DataFrame], problems: list[Problem]) -> None:
    if "outline" in frames:
        parts = set(zip(frames["outline"].source_id, frames["outline"].locator, strict=True))
        for name in ("milestones", "not_figures"):
            for row in frames.get(name, pd.DataFrame()).itertuples():
                if row.locator and (row.source_id, row.locator) not in parts:
                    problems.append(
                        Problem(
                            f"{name}.csv",
                            row.Index + 2,
                            "locator",
                            row.locator,
                            "outline.csv 中该来源没有这个位置；请核对写法，或先在该表新增一行",
                            "outline.csv has no such part of this source; check the spelling, or add a row there first",
                        )
                    )
    if "corrections" in frames and "figures" in frames:
        printed = frames["figures"].drop_duplicates("figure_id").set_index("figure_id").obs_value
        for row in frames["corrections"].itertuples():
            now = printed.get(row.figure_id)
            if (
                now is not None
                and _NUMBER.fullmatch(row.expect)
                and (now == "" or (_NUMBER.fullmatch(now) and Decimal(now) != Decimal(row.expect)))
            ):
                problems.append(
                    Problem(
                        "corrections.csv",
                        row.Index + 2,
                        "expect",
                        row.expect,
                        f"原值现为 {now}：来源或已自行更正，请复核此项更正",
                        f"the printed value is now {now}: the source may have mended its error; review this correction",
                    )
                )
            if (row.action == "override") != (row.value != ""):
                problems.append(
                    Problem(
                        "corrections.csv",
                        row.Index + 2,
                        "value",
                        row.value,
                        "有且仅有 override 时填写",
                        "is filled in exactly for override",
                    )
                )


def check(root: Path | str | None = None) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
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
    problems: list[Problem] = []
    frames: dict[str, pd.DataFrame] = {}
    if not root.is_dir():
        return frames, [
            Problem(
                root.name,
                0,
                "",
                str(root),
                "没有这个数据文件夹，请指明数据表所在文件夹（--data、DATA= 或 HUZHOU_DATA）",
                "there is no such data folder; name one that holds the tables (--data DIR, DATA=DIR or HUZHOU_DATA)",
            )
        ]
    for table in TABLES.values():
        frame = _read(root / f"{table.name}.csv", table, problems)
        if frame is not None:
            frames[table.name] = frame
    for table in TABLES.values():
        if table.name in frames:
            _check_columns(table, frames, problems)
    if "figures" in frames:
        _check_figures(frames, problems)
    _check_references(frames, problems)
    if "ref_areas" in frames and frames["ref_areas"].empty:
        problems.append(
            Problem("ref_areas.csv", 0, "", "", "至少要有本市一行", "there must be at least the city's own row")
        )
    return frames, sorted(set(problems))


def home_area(figures: pd.DataFrame, levels: pd.Series) -> str:
    """The city that figures are about (see :attr:`Data.home`), given the level of each area by its code."""
    figures = figures[figures.ref_area.map(levels).eq("city")]
    for found in (figures.ref_area[figures.record_type == "target"], figures.ref_area):
        if len(found):
            counts = found.value_counts(sort=False)
            return counts.index[counts.argmax()]
    for areas in (levels.index[levels == "city"], levels.index):
        if len(areas):
            return areas[0]
    raise NotOnFile("ref_areas.csv 中没有地区", "no area in ref_areas.csv")


# --- the front door ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, repr=False)
class Data:
    """All tables, checked and typed. Nothing in it is changed after loading.

    Attributes
    ----------
    figures : DataFrame
        Indexed by ``figure_id``; ``obs_value`` and ``value_high`` are floats, ``obs_text`` and ``high_text`` keep the
        digits as printed (so that rounding is known), everything else is text. Corrections are applied here;
        ``corrected`` names the action.
    indicators, ref_areas, units_table, sources, outline, not_figures, milestones, corrections, relations, pairs : DataFrame
        The other tables, indexed by their key where they have one.

    Examples
    --------
    >>> data = hz.load()
    >>> data.select("fdi_utilized", record_type="target", period="2027").obs_value.unique().tolist()
    [18.0]
    >>> data.one("gdp", "2013", source="D001-GWR").obs_text
    '1803.2'
    """

    root: Path
    figures: pd.DataFrame
    indicators: pd.DataFrame
    ref_areas: pd.DataFrame
    units_table: pd.DataFrame
    sources: pd.DataFrame
    outline: pd.DataFrame
    not_figures: pd.DataFrame
    milestones: pd.DataFrame
    corrections: pd.DataFrame
    relations: pd.DataFrame
    pairs: pd.DataFrame

    def __repr__(self) -> str:
        return f"<Data: {len(self.figures)} figures, {len(self.indicators)} indicators, {len(self.sources)} sources>"

    def __getstate__(self) -> dict:
        """The tables alone: what was worked out of them is worked out again where it is needed."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    @cached_property
    def units(self) -> Units:
        return Units(self.units_table.reset_index().to_dict("records"))

    @cached_property
    def home(self) -> str:
        """The city that the tables are about: most targets are set for it, or else it has most figures.

        Without any figure it is the first city of ``ref_areas.csv``.

        Raises
        ------
        NotOnFile
            If ``ref_areas.csv`` names no area at all.
        """
        return home_area(self.figures, self.ref_areas.level)

    @cached_property
    def city(self) -> Text:
        """Name of the city in both languages, as a title calls it: 湖州市, Huzhou."""
        row = self.ref_areas.loc[self.home]
        return text(row.name_zh, row.name_en)

    @cached_property
    def province(self) -> Text:
        """Name of the area that the city belongs to, in both languages; empty where none is named."""
        parent = self.ref_areas.parent[self.home]
        return text(self.ref_areas.name_zh[parent], self.ref_areas.name_en[parent]) if parent else text("", "")

    @cached_property
    def own(self) -> pd.Series:
        """Which figures are about the city, its parts, firms and surroundings, not about a city it is compared with."""
        other = (self.ref_areas.level == "city") & (self.ref_areas.index != self.home)
        return ~self.figures.ref_area.isin(other.index[other])

    @cached_property
    def assembled(self) -> dict[tuple[str, str, str | None], pd.DataFrame]:
        """Series that were assembled from these tables before (:func:`~huzhou_analysis.series` keeps them here)."""
        return {}

    def select(
        self,
        indicator=None,
        area: str | None = None,
        *,
        record_type=None,
        transformation: str | None = None,
        source=None,
        period=None,
    ) -> pd.DataFrame:
        """Figures that match; each argument may be one value or a list of them, None matches all."""
        chosen, held = self.figures, None
        if indicator is not None:
            places = [self._places[one] for one in _listed(indicator) if one in self._places]
            chosen = chosen.iloc[np.sort(np.concatenate(places)) if places else slice(0)]
        for column, wanted in (
            ("ref_area", area),
            ("record_type", record_type),
            ("transformation", transformation),
            ("source_id", source),
            ("time_period", period),
        ):
            if wanted is not None:
                found = chosen[column].isin(_listed(wanted))
                held = found if held is None else held & found
        return chosen if held is None else chosen[held]

    @cached_property
    def _places(self) -> dict[str, np.ndarray]:
        """Rows of each indicator: most that is asked for is asked for by its indicator."""
        return self.figures.groupby("indicator", sort=False).indices

    def indicator(self, name: str) -> str:
        """Code of an indicator given by code, Chinese or English name (:func:`huzhou_analysis.facts.names.indicator`)."""
        return names.indicator(self, name)

    def area(self, name: str | None = None) -> str:
        """Code of an area given by code or name; the city itself without one (:func:`huzhou_analysis.facts.names.area`)."""
        return names.area(self, name)

    def figure(self, figure_id: str) -> pd.Series:
        """One figure by its id; a :class:`NotOnFile` (a KeyError) names near ids."""
        try:
            return self.figures.loc[figure_id]
        except KeyError:
            near = ", ".join(difflib.get_close_matches(figure_id, list(self.figures.index), 3))
            raise NotOnFile(
                f"编号为 {figure_id} 的数字"
                + (f"（相近：{near}）" if near else "")
                + "；请用 hz.find(data, 词) 查编号",
                f"no figure {figure_id!r}"
                + (f"; near: {near}" if near else "")
                + "; hz.find(data, words) looks an id up",
            ) from None

    def one(
        self,
        indicator: str,
        period: str,
        area: str | None = None,
        *,
        transformation: str = "N",
        source=None,
        record_type=None,
    ) -> pd.Series:
        """The one figure that matches; `area` is by default the city that the tables are about.

        Raises
        ------
        NotOnFile
            If none matches.
        LookupError
            If several match; the message lists them.
        """
        area = area or self.home
        found = self.select(
            indicator, area, transformation=transformation, source=source, period=period, record_type=record_type
        )
        if len(found) > 1:
            raise LookupError(
                f"符合条件的数字有 {len(found)} 个，应为 1 个；请增减条件，或用 hz.find / {len(found)} figures for {indicator}, "
                f"{period}, {area}, {transformation}: {', '.join(found.index)}; narrow it by source or record_type, or look "
                "with hz.find"
            )
        return self.on_file(found, indicator, f"（{period}）", f" of {period}").iloc[0]

    def on_file(self, found: pd.DataFrame, indicator: str, zh: str = "", en: str = "") -> pd.DataFrame:
        """Figures or points as they were given, if there are any.

        Parameters
        ----------
        found : DataFrame
        indicator : str
            What was looked for; `zh` and `en` follow its name.

        Raises
        ------
        NotOnFile
            If there are none.
        """
        if len(found):
            return found
        known = indicator in self.indicators.index
        names = tuple(self.indicators.loc[indicator, ["name_zh", "name_en"]]) if known else (indicator, indicator)
        raise NotOnFile(f"{names[0]}{zh}", f"{names[1]}{en}")

    def interval(self, figure: pd.Series | str) -> rounding.Interval:
        """What a figure may stand for, in its printed unit.

        A measured value is known to half a unit in its last place. A target or parameter is set, not measured, and a
        count of things is not rounded: both stand for themselves.
        """
        row = self.figure(figure) if isinstance(figure, str) else figure
        unit = self.units[row.unit]
        counted = unit.unit_measure in ("COUNT", "PS", "RANK") and unit.unit_mult == 0
        if counted or row.record_type in ("target", "parameter"):
            if row.relation == "=":
                return rounding.Interval.point(row.obs_text)
            if row.relation == "range":
                return rounding.Interval(row.obs_text, row.high_text, high_closed=True)
        return rounding.printed_interval(row.obs_text, row.relation, row.high_text)


def _listed(wanted: str | Iterable[str]) -> list[str]:
    """One value or several as a list, each once."""
    return [wanted] if isinstance(wanted, str) else list(dict.fromkeys(wanted))


def load(root: Path | str | None = None) -> Data:
    """Read, check and type every table.

    Parameters
    ----------
    root : path, optional
        Folder of the tables; by default ``HUZHOU_DATA`` or the project's own ``data/``.

    Returns
    -------
    Data
        Every table; ``data.figures`` is the heart.

    Raises
    ------
    DataError
        If anything at all is wrong with any table.

    Examples
    --------
    >>> import huzhou_analysis as hz
    >>> data = hz.load()
    >>> data.figure("D001-GWR.gdp.2013").as_printed
    '地区生产总值达到1803.2亿元'
    """
    root = Path(root) if root is not None else default_root()
    frames, problems = check(root)
    if problems:
        raise DataError(problems)
    frames = {name: _texts(frame) for name, frame in frames.items()}
    indexed = {
        name: frame.set_index(next(iter(TABLES[name].key)))
        if len(TABLES[name].key) == 1
        else frame.reset_index(drop=True)
        for name, frame in frames.items()
    }
    indicators = indexed["indicators"].assign(ascending=indexed["indicators"].ascending == "true")
    return Data(
        root,
        _typed_figures(indexed["figures"], indexed["corrections"]),
        indicators,
        indexed["ref_areas"],
        indexed["units"],
        indexed["sources"],
        indexed["outline"],
        indexed["not_figures"],
        indexed["milestones"],
        indexed["corrections"],
        indexed["relations"],
        indexed["pairs"],
    )


def _typed_figures(figures: pd.DataFrame, corrections: pd.DataFrame) -> pd.DataFrame:
    figures = figures.assign(obs_text=figures.obs_value, high_text=figures.value_high, corrected="")
    for figure_id, row in corrections.iterrows():
        figures.loc[figure_id, "corrected"] = row.action
        if row.action == "override":
            figures.loc[figure_id, "obs_text"] = row.value
    return figures.assign(obs_value=pd.to_numeric(figures.obs_text), value_high=pd.to_numeric(figures.high_text))


def relation_sign(relation: str, lang: str = "zh") -> str:
    """Printed sign of a relation before a number: ≥, >, ≤, <, ≈ or nothing."""
    if relation not in RELATIONS:
        raise KeyError(relation)
    return {"=": "", ">=": "≥", ">": ">", "<=": "≤", "<": "<", "~": "≈"}.get(relation, "")
