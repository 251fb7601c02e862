"""Read the tables in ``data/`` and check all of them before anything is computed: every problem is reported at once."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Collection, Container, Iterator
from decimal import Decimal
from pathlib import Path

import pandas as pd

from . import citations, numerals, periods
from .locking import default_root
from .problems import DataError, Problem, message, nearest
from .schema import TABLES, Field, Table

_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)
NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_INTEGER = re.compile(r"-?\d{1,9}", re.ASCII)
_CONFLICT = re.compile(r"^(<{7}|={7}|>{7})( |$)", re.M)  # what a merge leaves: <<<<<<<, ======= and >>>>>>>
# Control characters, of which files can hold few, and marks that turn the direction of writing: 12 would read as 21.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
SEPARATORS = {",": ("逗号", "commas"), ";": ("分号", "semicolons"), "\t": ("制表符", "tabs"), "|": ("竖线", "bars")}
csv.field_size_limit(10**6)

Frames = dict[str, pd.DataFrame]


def check(root: Path | str | None = None) -> tuple[Frames, list[Problem]]:
    """Every table of a folder as text, by name, if it can be read, and all problems; the folder is named as for :func:`load`.

    Examples
    --------
    >>> frames, problems = hz.check()
    >>> problems
    []
    """
    root = Path(root) if root is not None else default_root()
    if not root.is_dir():
        return {}, [_problem(root.name, "no_folder", value=str(root))]
    frames: Frames = {}
    problems: list[Problem] = []
    for table in TABLES.values():
        try:
            frames[table.name] = _read(root / f"{table.name}.csv", table)
        except DataError as error:
            problems += error.problems
    for table in TABLES.values():
        if table.name in frames:
            problems += [*_cells(table, frames), *_duplicates(table, frames[table.name])]
    for name, of_several_cells in _OF_SEVERAL_CELLS.items():
        if name in frames:
            problems += of_several_cells(frames)
    return frames, sorted(set(problems))


def _problem(file: str, name: str, row: int = 0, column: str = "", value: str = "", **values: object) -> Problem:
    """A problem with the message `name` of ``messages.csv``; `row` as a spreadsheet counts."""
    return Problem(file, row, column, value, *message(name, **values))


def _listed(words: Collection[str]) -> tuple[str, str]:
    return "、".join(words), ", ".join(words)


def _read(path: Path, table: Table) -> pd.DataFrame:
    """One table as text, its columns in order; its index is the spreadsheet's row less two, blank rows left out."""
    head, *rows = _cut(path, table.columns)
    width = len(table.columns)
    if not any(cell for row in rows for cell in row[width:]):  # columns that a spreadsheet left behind
        head = [*head[:width], *filter(None, head[width:])]
        rows = [row[: len(head)] for row in rows]
    wide = [(number, len(row)) for number, row in enumerate(rows, 2) if len(row) > len(head)]
    problems = [_problem(path.name, "wide_row", number, cells=cells, allowed=len(head)) for number, cells in wide]
    if problems := [*_header(path.name, head, table.columns), *problems]:
        raise DataError(problems)
    filled = {n: [*row, *[""] * (len(head) - len(row))] for n, row in enumerate(rows) if any(row)}
    frame = pd.DataFrame(list(filled.values()), index=list(filled), columns=head, dtype=object)[table.columns]
    flags = [field.name for field in table.fields if field.kind == "boolean"]
    frame[flags] = frame[flags].apply(lambda column: column.str.lower())  # a spreadsheet saves true as TRUE
    return frame


def _cut(path: Path, columns: list[str]) -> list[list[str]]:
    """Header and rows of a table that must be in UTF-8, cut by commas and free of what a merge leaves."""

    def refused(name: str, **values: object) -> DataError:
        return DataError([_problem(path.name, name, **values)])

    try:
        text, encoding = decoded(path.read_bytes())
    except OSError as error:
        raise refused("no_file", reason=error.strerror) from None
    if encoding != "UTF-8":
        raise refused("encoding", encoding=encoding)
    if not text.strip():
        raise refused("empty_file")
    if len(set(_CONFLICT.findall(text))) > 1:
        raise refused("conflict")
    if (mark := separator(text, columns)) != ",":
        raise refused("separator", mark=SEPARATORS[mark])
    try:
        return list(records(text))
    except csv.Error as error:
        raise refused("unclosed", error=error) from None


def decoded(raw: bytes) -> tuple[str, str]:
    """Text of a file and the name of its encoding: ``UTF-8``, ``UTF-16``, ``GBK``, or ``?`` with no text."""
    utf_16 = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for name, codec in {"UTF-16": "utf-16"}.items() if utf_16 else {"UTF-8": "utf-8-sig", "GBK": "gb18030"}.items():
        try:
            return raw.decode(codec).lstrip("\ufeff"), name
        except UnicodeDecodeError:
            continue
    return "", "?"


def separator(text: str, words: Container[str]) -> str:
    """Separator that cuts the first record into most of the words that a header may hold; a comma where none does."""

    def fits(mark: str) -> tuple[int, int]:
        head = next(csv.reader(io.StringIO(text[:10_000].lstrip("\n\r"), newline=""), delimiter=mark), [])
        named = sum(any(word.casefold() in words for word in re.split(r"[\s*]+", cell)) for cell in head)
        return named, len(head)

    return max(SEPARATORS, key=fits)


def records(text: str, mark: str = ",") -> Iterator[list[str]]:
    """Records of a text table, one after the other, a blank line an empty one; a csv.Error where a quote is not closed."""
    lines = (line[0] for line in re.finditer(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text))  # no second copy of the text
    return csv.reader(lines, delimiter=mark, strict=True)


def _header(file: str, head: list[str], columns: list[str]) -> Iterator[Problem]:
    extra = [c for c in head if c not in columns]
    if len(extra) == len(head):
        yield _problem(file, "no_header", 1, allowed=", ".join(columns))
        return
    for column in columns:
        if column not in head:
            near = nearest(column, extra)
            yield _problem(file, "no_column_near" if near else "no_column", column=column, near=near)
        elif head.count(column) > 1:
            yield _problem(file, "column_twice", column=column)
    for column in map(str.strip, extra):
        name, row = ("extra_column", 0) if column else ("nameless_column", 1)
        yield _problem(file, name, row, column, allowed=_listed(columns))


# Tests of one filled cell: kind of column, message where it fails, test.
_OF_KINDS: tuple[tuple[str, str, Callable[[str], object]], ...] = (
    ("string", "unseen", lambda v: not _UNSEEN.search(v)),
    ("number", "number", NUMBER.fullmatch),
    ("integer", "integer", _INTEGER.fullmatch),
    ("date", "date", lambda v: _DATE.fullmatch(v) and periods.is_period(v)),
    ("period", "period", periods.is_period),
    ("period", "one_code", lambda v: not periods.is_period(v) or periods.shortest(v) == v),
)


def _cells(table: Table, frames: Frames) -> Iterator[Problem]:
    """Problems of single cells: empty, of another form, not among what is allowed."""
    file = f"{table.name}.csv"
    for field in table.fields:
        cells = frames[table.name][field.name]
        if field.required:
            yield from (_problem(file, "empty", row + 2, field.name) for row in cells.index[cells == ""])
        for name, holds, values, choices in _rules(field, frames):
            wrong = [value for value in cells.unique() if value != "" and not holds(value)]
            for row, value in cells[cells.isin(wrong)].items():
                near = nearest(value, sorted(choices))
                values["near"] = message("nearest", near=near) if near else ""
                yield _problem(file, name, row + 2, field.name, value, **values)


def _rules(field: Field, frames: Frames) -> Iterator[tuple[str, Callable[[str], object], dict, Collection[str]]]:
    """Tests of the filled cells of a column: message where one fails, the test, what the message names, what is allowed."""
    listed = field.kind == "string" and (field.codes or field.refers or field.pattern)
    for kind, name, holds in _OF_KINDS:
        if kind == field.kind and not listed:
            yield name, holds, {"first": periods.FIRST, "last": periods.LAST, "forms": periods.FORMS}, ()
    if field.codes:
        yield "codes", field.codes.__contains__, {"allowed": _listed(field.codes)}, field.codes
    if field.pattern:
        yield "pattern", re.compile(field.pattern).fullmatch, {"pattern": field.pattern}, ()
    if most := field.max_length:
        yield "max_length", lambda v: len(numerals.normalise(v)) <= most, {"most": most}, ()
    if field.refers:
        table, column = field.refers.split(".")
        if table in frames:
            known = set(frames[table][column]) - {""}
            yield "refers", known.__contains__, {"table": table}, known


def _duplicates(table: Table, frame: pd.DataFrame) -> Iterator[Problem]:
    if key := list(table.key):
        filled = frame[(frame[key] != "").all(axis=1)]
        for values, rows in filled[filled.duplicated(key, keep=False)].groupby(key, sort=False):
            numbers = _listed([str(row + 2) for row in rows.index])
            at = rows.index[1] + 2, "+".join(key), " / ".join(values)
            yield _problem(f"{table.name}.csv", "duplicate", *at, rows=numbers)


def _broken(name: str, frames: Frames, rules) -> Iterator[Problem]:
    """Problems of the rows of a table that break rules: each a column, a message and what it is to break it."""
    for row in frames[name].itertuples():
        for column, said, broken in rules:
            if broken(row):
                yield _problem(f"{name}.csv", said, row.Index + 2, column, getattr(row, column))


def _figures(frames: Frames) -> Iterator[Problem]:
    """Problems of single rows of ``figures.csv``: what several of their cells say together, and what is cited."""
    measures = dict(frames["units"][["unit", "unit_measure"]].values) if "units" in frames else {}
    tiers = dict(frames["sources"][["source_id", "tier"]].values) if "sources" in frames else {}
    rules = (
        ("time_basis", "basis", lambda f: (f.time_period == "") != (f.time_basis == "unstated")),
        ("comment", "inferred", lambda f: f.time_basis == "inferred" and f.comment == ""),
        ("time_period", "begins_after", lambda f: f.record_type == "actual" and _begins_after_it_was_published(f)),
        ("obs_value", "wordy", lambda f: f.obs_value == "" and not _wordless(f)),
        ("obs_value", "not_wordy", lambda f: f.obs_value != "" and _wordless(f)),
        ("value_high", "range", lambda f: (f.value_high != "") != (f.relation == "range")),
        ("value_high", "range_turned", lambda f: (n := _numbers(f))[1:] and Decimal(n[1]) <= Decimal(n[0])),
        ("unit", "growth_unit", lambda f: f.transformation == "GY" and measures.get(f.unit, "PT") not in ("PT", "PP")),
        ("record_type", "promotional", lambda f: f.record_type != "claim" and tiers.get(f.source_id) == "promotional"),
    )
    yield from _broken("figures", frames, rules)
    yield from _places("figures", frames)
    for row in frames["figures"].itertuples():
        printed, growth = row.as_printed, row.transformation == "GY"
        said = [("as_printed", citations.objection(n, printed, growth=growth, span=row.span)) for n in _numbers(row)]
        if periods.is_period(row.time_period):
            said.append(("time_period", citations.period_objection(row.time_period, printed, growth=growth)))
        for column, objection in said:
            if objection:
                yield Problem("figures.csv", row.Index + 2, column, getattr(row, column), *objection)


def _wordless(figure) -> bool:
    return figure.relation == "relative" or figure.obs_status == "M"


def _numbers(figure) -> list[str]:
    return [number for number in (figure.obs_value, figure.value_high) if NUMBER.fullmatch(number)]


def _begins_after_it_was_published(figure) -> bool:
    both = periods.is_period(figure.time_period) and periods.is_period(figure.vintage)
    return both and periods.parse(figure.time_period).start > periods.parse(figure.vintage).end


_CHINESE_MAGNITUDE = re.compile("^[十百千]*[万亿]+")
_ENGLISH_MAGNITUDE = {"thousand": 3, "million": 6, "bn": 9, "billion": 9, "trillion": 12}


def _magnitudes(frames: Frames) -> Iterator[Problem]:
    """A unit whose name says its power of ten: 亿元 is 10^8, CNY bn 10^9."""
    for row in frames["units"].itertuples():
        said = [("unit_mult", len(str(numerals.chinese_value(n))) - 1) for n in _CHINESE_MAGNITUDE.findall(row.unit)]
        said += [("unit_mult_en", _ENGLISH_MAGNITUDE[w]) for w in row.name_en.split() if w in _ENGLISH_MAGNITUDE][:1]
        for column, power in said:
            value = getattr(row, column)
            if _INTEGER.fullmatch(value) and int(value) < power:
                yield _problem("units.csv", "magnitude", row.Index + 2, column, value, power=power)


def _places(name: str, frames: Frames) -> Iterator[Problem]:
    """Locators that the outline does not have."""
    if "outline" in frames:
        parts = set(frames["outline"][["source_id", "locator"]].itertuples(index=False, name=None))
        rule = ("locator", "locator", lambda row: row.locator and (row.source_id, row.locator) not in parts)
        yield from _broken(name, frames, [rule])


def _corrections(frames: Frames) -> Iterator[Problem]:
    rule = ("value", "override", lambda row: (row.action == "override") != (row.value != ""))
    yield from _broken("corrections", frames, [rule])
    printed = dict(frames["figures"][["figure_id", "obs_value"]].values) if "figures" in frames else {}
    for row in frames["corrections"].itertuples():
        now = printed.get(row.figure_id)
        told = now is not None and NUMBER.fullmatch(row.expect)
        if told and (now == "" or (NUMBER.fullmatch(now) and Decimal(now) != Decimal(row.expect))):
            yield _problem("corrections.csv", "overtaken", row.Index + 2, "expect", row.expect, now=now)


# What several cells of a table say together, and what one table says of another.
_OF_SEVERAL_CELLS = {
    "units": _magnitudes,
    "figures": _figures,
    "milestones": lambda frames: _places("milestones", frames),
    "not_figures": lambda frames: _places("not_figures", frames),
    "corrections": _corrections,
    "ref_areas": lambda frames: [_problem("ref_areas.csv", "no_area")] if frames["ref_areas"].empty else [],
}
