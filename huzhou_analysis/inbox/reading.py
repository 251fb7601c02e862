"""A file that a person sends (.xlsx, .xlsm or a text table), turned into rows of cells; whatever is unsafe or unclear is
refused with its place. A workbook is gone through as a stream before openpyxl sees it, so that nothing in it can fill the
memory; what cannot be seen on the screen (hidden rows, columns and sheets, rows crossed out) is not added."""

import csv
import datetime as dt
import difflib
import io
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from xml.parsers import expat

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.utils.cell import column_index_from_string, get_column_letter, range_boundaries

from ..facts import checks
from ..facts.numerals import digits
from ..facts.problems import Problem, Refused, nearest
from ..facts.problems import message as of_tables
from ..facts.schema import TABLES
from . import message, refuse
from .layout import ENTRY_TABLES, KEEP, OTHER_SHEETS, canonical, choices, fields, sheet_name

MAX_BYTES = 200 * 2**20
MAX_CELLS = 100_000
READABLE = ("text", "number", "percent", "date", "month", "boolean")
_FAILED = ("#N/A", "#DIV/0!", "#REF!", "#NAME?", "#VALUE!", "#NUM!", "#NULL!")  # formulas
_BINARY = (b"%PDF", b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"{\\rtf")
_MARKED = ("<html", "<!doctype", "<?xml", "<table")
_TELLING = {"word/document.xml": "Word", "ppt/presentation.xml": "PowerPoint", "xl/workbook.bin": ".xlsb", "content.xml": ".ods/.odt"}  # fmt: skip
_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
Notes = list[tuple[str, str]]


@dataclass(frozen=True)
class Cell:
    """One filled cell. ``kind`` is one of those that are readable, or says why there is nothing to be read: ``error``,
    ``formula`` (not computed), ``link`` (computed from another workbook), ``merged``, ``struck`` (crossed out), ``unseen``
    (a format that shows nothing) or ``day`` (a time, or a date without its year)."""

    address: str
    kind: str
    text: str
    number: Decimal | None = None


@dataclass
class Row:
    """A row of an entry sheet: its filled cells by column and the columns' letters; what the row of the table is to hold,
    what of it was worked out, and what is wrong or worth saying."""

    file: str
    sheet: str
    table: str
    number: int
    cells: dict[str, Cell]
    letters: dict[str, str]
    values: dict[str, str] = field(default_factory=dict)
    derived: Notes = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: Notes = field(default_factory=list)

    @property
    def place(self) -> str:
        return f"{self.file} {self.sheet}!{self.number}"

    def problem(self, column: str, said: tuple[str, str], value: str | None = None) -> Problem:
        """A problem at a cell, or at the row where the sheet has no such column."""
        if value is None:
            value = self.cells[column].text if column in self.cells else ""
        place = f"{self.sheet}!{self.letters.get(column, '')}{self.number}"
        return Problem(self.file, self.number, column, value, *said, place)

    def say(self, column: str, name: str, **values: object) -> None:
        self.problems.append(self.problem(column, message(name, **values)))

    def kind(self, column: str) -> str:
        return self.cells[column].kind if column in self.cells else ""

    def text(self, column: str) -> str:
        """Text of a cell; "" if it is empty, or if it cannot be read (and that is said)."""
        if (kind := self.kind(column)) not in ("", *READABLE):
            self.say(column, kind)
        return self.cells[column].text if kind in READABLE else ""


@dataclass
class Grid:
    """A sheet: its filled cells by row and column number, and what is hidden."""

    name: str
    rows: dict[int, dict[int, Cell]]
    hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


def tidy(written: str) -> str:
    """Text without surrounding space, invisible characters and line breaks."""
    seen = (c for c in written if c.isspace() or unicodedata.category(c) not in ("Cf", "Cc"))
    return " ".join("".join(seen).split())


def read(path: Path, problems: list[Problem], notes: Notes) -> list[Row]:
    """Rows of every entry sheet of a workbook or text table; `problems` gets one entry for each reason not to read something,
    `notes` what is worth saying though nothing is wrong."""
    try:
        raw = content(path)
        locked = "EncryptedPackage".encode("utf-16-le") in raw
        refuse("password" if locked else "old_format", raw.startswith(b"\xd0\xcf\x11\xe0"))
        packed = raw.startswith((b"PK\x03\x04", b"PK\x05\x06"))
        sheets = _workbook(path.name, raw, notes) if packed else [_text_table(path.name, raw, notes)]
        return _entries(path.name, sheets, problems, notes)
    except Refused as reason:
        problems.append(Problem(path.name, 0, "", "", reason.zh, reason.en))
        return []


def content(path: Path) -> bytes:
    """Bytes of a file that is there, closed and of a sensible size."""
    refuse("lock_file", path.name.startswith("~$"))
    for lock in (path.with_name(f"~${path.name}"), path.with_name(f".~lock.{path.name}#")):
        refuse("open", lock.exists(), lock=lock.name)
    refuse("folder", path.is_dir())
    try:
        refuse("large", path.stat().st_size > MAX_BYTES)
        raw = path.read_bytes()
    except FileNotFoundError:
        beside = [p.name for p in path.parent.glob("*.*")]
        refuse("no_file", near="、".join(difflib.get_close_matches(path.name, beside, 1, 0.5)) or "…")
    except OSError as error:
        refuse("not_read", reason=error.strerror)
    refuse("zero_bytes", not raw)
    return raw


def _text_table(file: str, raw: bytes, notes: Notes) -> Grid:
    table, encoding = checks.decoded(raw)
    binary = encoding != "UTF-16" and (b"\0" in raw[:4096] or raw.startswith(_BINARY))
    marked = table[:1000].lstrip().casefold().startswith(_MARKED)
    refuse("no_table", binary or marked or not table or "\0" in table)
    if encoding != "UTF-8":
        notes.append(message("encoding", file=file, encoding=encoding))
    mark = checks.separator(table, {word for name in ENTRY_TABLES for word in _names(name)})
    rows, count = {}, 0
    try:
        for r, record in enumerate(checks.records(table, mark), 1):
            count += len(record)
            refuse("cells", count > MAX_CELLS, cells=count, most=MAX_CELLS)
            filled = [(c, f"{get_column_letter(c)}{r}", text) for c, text in enumerate(map(tidy, record), 1) if text]
            rows[r] = {c: Cell(at, "error" if text in _FAILED else "text", text) for c, at, text in filled}
    except csv.Error as error:
        raise Refused(*of_tables("unclosed", error=error)) from None
    return Grid("csv", rows)


def _workbook(file: str, raw: bytes, notes: Notes) -> list[Grid]:
    """Every sheet of a workbook; refused if it is no sound workbook, holds too much, or what no spreadsheet writes."""
    try:
        names = _scanned(zipfile.ZipFile(io.BytesIO(raw)), len(raw))
        with warnings.catch_warnings(action="ignore"):  # of extensions that openpyxl does not know
            book = openpyxl.load_workbook(io.BytesIO(raw), rich_text=True, keep_links=False)
            computed = openpyxl.load_workbook(io.BytesIO(raw), data_only=True, keep_links=False)
    except Refused:
        raise
    except Exception:  # whatever a damaged workbook raises in zip, XML or openpyxl
        raise Refused(*message("damaged")) from None
    refuse("no_sheet", not book.worksheets)
    if "xl/vbaProject.bin" in names:
        notes.append(message("macros", file=file))
    return [_grid(sheet, computed[sheet.title]) for sheet in book.worksheets]


def _scanned(archive: zipfile.ZipFile, packed: int) -> list[str]:
    """Names of the parts, each read no further than it says it goes; refused if they hold too many cells, those inside
    merged ranges included, declare entities, or are of the strict form that openpyxl does not read."""
    names, found, size = archive.namelist(), 0, sum(part.file_size for part in archive.infolist())
    bomb = size > MAX_BYTES or len(names) > 5000 or (size > 20 * 2**20 and size > 200 * packed)
    refuse("unpacked", bomb, size=size >> 20, parts=len(names))
    other = next((kind for name, kind in _TELLING.items() if name in names), "zip")
    refuse("no_workbook", "xl/workbook.xml" not in names, kind=other)

    def element(name: str, attributes: dict[str, str]) -> None:
        nonlocal found
        namespace, _, local = name.rpartition(" ")
        refuse("strict", namespace == _STRICT)
        found += local == "c"
        if local == "mergeCell":
            left, top, right, bottom = range_boundaries(attributes.get("ref", ""))
            found += ((right or 16384) - (left or 1) + 1) * ((bottom or 1048576) - (top or 1) + 1)
        refuse("cells", found > MAX_CELLS, cells=found, most=MAX_CELLS)

    for part in (part for part in archive.infolist() if part.filename.endswith((".xml", ".rels"))):
        parser, left = expat.ParserCreate(namespace_separator=" "), part.file_size
        parser.StartElementHandler = element
        parser.StartDoctypeDeclHandler = lambda *_: refuse("declaration")
        with archive.open(part) as stream:
            while chunk := stream.read(1 << 20):
                left -= len(chunk)
                refuse("damaged", left < 0)
                parser.Parse(chunk)
        parser.Parse(b"", True)
    return names


def _grid(sheet, computed) -> Grid:
    rows: dict[int, dict[int, Cell]] = {}
    # Only the cells that are there (openpyxl offers no public way): a stray one may lie in the last row of the sheet.
    for (r, c), cell in sorted(sheet._cells.items(), key=lambda item: item[0]):
        if found := _cell(cell, computed):
            rows.setdefault(r, {})[c] = found
    for merged in sheet.merged_cells.ranges:
        left, top, right, bottom = merged.bounds
        first, downwards = rows.get(top, {}).get(left), bottom > top  # several rows share a value: which is it about?
        if first and (downwards or (right > left and first.kind != "text")):
            for r in range(top, bottom + 1):
                rows.setdefault(r, {})[left] = Cell(merged.coord if downwards else first.address, "merged", first.text)
    hidden_columns: set[int] = set()
    for letter, dimension in sheet.column_dimensions.items():
        if dimension.hidden or dimension.width == 0:
            first = column_index_from_string(letter)
            hidden_columns |= set(range(dimension.min or first, (dimension.max or first) + 1))
    hidden_rows = {n for n, d in sheet.row_dimensions.items() if d.hidden or d.height == 0}
    return Grid(sheet.title, dict(sorted(rows.items())), sheet.sheet_state != "visible", hidden_rows, hidden_columns)


def _cell(cell, computed) -> Cell | None:
    """A cell as it is shown; None where it is empty."""
    value, shape, address = cell.value, cell.number_format or "", cell.coordinate
    if cell.data_type == "f":
        formula, result = str(getattr(value, "text", value)), computed._cells.get((cell.row, cell.column))
        value = result.value if result else None
        if value is None or "[" in formula:
            return Cell(address, "link" if "[" in formula else "formula", formula)
    if value is None:
        return None
    runs = [(cell.font, str(value))]
    if isinstance(value, CellRichText):
        runs = [(run.font, run.text) if isinstance(run, TextBlock) else (None, run) for run in value]
    raised = [bool(font and font.vertAlign in ("superscript", "subscript")) for font, _ in runs]
    shown = "".join(text.translate(_RAISED) if up else text for up, (_, text) in zip(raised, runs, strict=True))
    if any(font and font.strike for font, _ in [(cell.font, ""), *runs]):
        return Cell(address, "struck", shown)
    if ";" in shape and not shape.strip("; "):
        return Cell(address, "unseen", shown)
    shape = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", shape).lower()
    match value:
        case bool():
            return Cell(address, "boolean", str(value).upper())
        case int() | float():
            return _number(address, Decimal(value) if isinstance(value, int) else Decimal(f"{value:.15g}"), shape)
        case dt.date() if "y" in shape or "e" in shape:
            return Cell(address, *(("date", f"{value:%Y-%m-%d}") if "d" in shape else ("month", f"{value:%Y-%m}")))
        case dt.date() | dt.time() | dt.timedelta():
            return Cell(address, "day", str(value).removesuffix(" 00:00:00"))
    text = tidy(shown)
    return Cell(address, "error" if cell.data_type == "e" or text in _FAILED else "text", text) if text else None


def _number(address: str, number: Decimal, shape: str) -> Cell:
    """A number as its format shows it, with the zeros at its end that one such as 0.00 shows."""
    if not number.is_finite():
        return Cell(address, "error", str(number))
    if "%" in shape:
        return Cell(address, "percent", f"{digits(number * 100)}%", number * 100)
    zeros = re.fullmatch(r"(?:#,##)?0\.(0+)(?:_.|;.*)*", shape)
    places = max(len(digits(number).partition(".")[2]), len(zeros[1]) if zeros else 0)
    return Cell(address, "number", f"{number:.{places}f}", number)


def _entries(file: str, sheets: list[Grid], problems: list[Problem], notes: Notes) -> list[Row]:
    """Rows to add of every sheet that has the header of a table, whatever the sheet is called."""
    rows, ignored, found, before = [], [], False, len(problems)
    for grid in (grid for grid in sheets if grid.name not in OTHER_SHEETS):
        words = {grid.name, *grid.name.split()}
        named = [t for t in ENTRY_TABLES if {t, TABLES[t].zh, sheet_name(t)} & words][:1]
        # The header is the row, among the first fifteen, that names most columns of a table.
        heads = [
            (sum(bool(_column(c.text, table)) for c in cells.values() if c.kind == "text"), -r, table)
            for table in named or ENTRY_TABLES
            for r, cells in grid.rows.items()
            if r <= 15
        ]
        hits, at, table = max(heads, default=(0, 0, ""))
        if hits > 2:
            found = True
            rows += _rows(file, grid, table, -at, problems)
        elif any(grid.rows.values()) and not grid.hidden:
            ignored.append(grid.name)
    where, nothing = "、".join(ignored), not rows and len(problems) == before
    refuse("no_header_in" if where else "no_header", not found or (ignored and nothing), where=where)
    if ignored:
        notes.append(message("ignored", file=file, where=where))
    return list(_kept(rows))


@cache
def _names(table: str) -> dict[str, str]:
    """Column names under every word that a header may hold."""
    columns = fields(table, all_columns=True)
    return {canonical(f.zh): f.name for f in reversed(columns)} | {f.name: f.name for f in columns}


def _column(head: str, table: str) -> str:
    """Column that a header cell names: by its machine's name, which stands last, else by its Chinese name."""
    names, words = _names(table), [canonical(word) for word in re.split(r"[\s*·/()（）]+", head)]
    return next((names[word] for word in (*reversed(words), canonical(head.replace("*", ""))) if word in names), "")


def _rows(file: str, grid: Grid, table: str, at: int, problems: list[Problem]) -> list[Row]:
    """Rows below the header at row `at`, and what is wrong with the sheet."""

    def tell(name: str, cell: Cell | None = None, row: int = at, column: str = "", **values: object) -> None:
        place, shown = (f"{grid.name}!{cell.address}", cell.text) if cell else (grid.name, "")
        problems.append(Problem(file, row, column, shown, *message(name, **values), place))

    head, body = grid.rows[at], {r: cells for r, cells in grid.rows.items() if r > at and cells}
    offered, used = fields(table), {c for cells in body.values() for c in cells}
    columns: dict[int, str] = {}
    for c, cell in head.items():
        name = _column(cell.text, table)
        if name and name in columns.values():
            tell("two_columns", cell, column=name, twice=name)
        elif name:
            columns[c] = name
        elif c in used:
            near = nearest(cell.text, list(_names(table).values())) or "…"
            tell("unknown_column", cell, near=near, allowed=", ".join(field.name for field in offered))
    for missing in (f for f in offered if body and f.required and f.name not in columns.values()):
        tell("missing_column", column=missing.name, what=(missing.zh, missing.en))
    if grid.hidden and body:
        tell("hidden_sheet")
        return []
    for c in grid.hidden_columns & set(columns) & used:
        tell("hidden_column", head[c], column=columns[c])
    letters, rows = {name: get_column_letter(c) for c, name in columns.items()}, []
    for r, cells in body.items():
        for c in sorted(set(cells) - set(head)):
            tell("outside", cells[c], r)
        row = Row(file, grid.name, table, r, {columns[c]: cell for c, cell in cells.items() if c in columns}, letters)
        if r in grid.hidden_rows and row.cells:
            problems.append(row.problem("mark", message("hidden_row"), ""))
        elif row.cells:
            rows.append(row)
    return rows


def _kept(rows: list[Row]) -> Iterator[Row]:
    """Rows to add: of proposals those that are marked yes, and of new entries those that such a figure uses."""
    marks, used = choices({}, KEEP), set()
    for row in sorted(rows, key=lambda row: row.table != "figures"):
        cell = row.cells.pop("keep", None)
        mark = (marks.find(cell.text) or [cell.text])[0] if cell else "yes"
        if row.table == "figures" and mark not in ("no", "look"):
            used |= {canonical(t) for c in row.cells.values() for t in (c.text, c.text.rsplit("·", 1)[-1])}
            yield row
        elif row.table != "figures" and (mark != "used" or any(canonical(c.text) in used for c in row.cells.values())):
            yield row
