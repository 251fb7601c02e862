"""A workbook (.xlsx, .xlsm) turned into grids of cells; what is unsafe, too large or cannot be seen is refused or marked.

Nothing is trusted: each part is gone through as a stream before openpyxl sees it, so that neither the number of cells
nor a merged range, whatever its tags are called, can fill the memory.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
from decimal import Decimal
from xml.parsers import expat

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.utils.cell import column_index_from_string, range_boundaries

from ..facts.numerals import digits
from .cells import FORMULA_ERRORS, MAX_BYTES, Cell, Grid, check_count, tidy
from .messages import Refused, message

_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_TELLING = {"word/document.xml": "Word", "ppt/presentation.xml": "PowerPoint", "xl/workbook.bin": ".xlsb", "content.xml": ".ods/.odt"}  # fmt: skip


def grids(file: str, raw: bytes, notes: list[tuple[str, str]]) -> list[Grid]:
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
    if not book.worksheets:
        raise Refused(*message("no_sheet"))
    if "xl/vbaProject.bin" in names:
        notes.append(message("macros", file=file))
    return [_grid(sheet, computed[sheet.title]) for sheet in book.worksheets]


def _scanned(archive: zipfile.ZipFile, packed: int) -> set[str]:
    """Names of the parts, once all of them have been found harmless."""
    parts = archive.infolist()
    size, names = sum(p.file_size for p in parts), {p.filename for p in parts}
    if size > MAX_BYTES or len(parts) > 5000 or (size > 20 * 2**20 and size > 200 * packed):
        raise Refused(*message("unpacked", size=size >> 20, parts=len(parts)))
    if "xl/workbook.xml" not in names:
        raise Refused(*message("no_workbook", kind=next((k for n, k in _TELLING.items() if n in names), "zip")))
    cells = 0
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            with archive.open(part) as stream:
                cells = _cells_in(stream, part.file_size, cells)
    return names


def _cells_in(stream, size: int, found: int) -> int:
    """Cells of a part, those inside merged ranges included, added to those `found`; read no further than is allowed.

    Refused if it holds more, declares entities, or is of the strict form that openpyxl does not read.
    """

    def element(name: str, attributes: dict[str, str]) -> None:
        nonlocal found
        namespace, _, local = name.rpartition(" ")
        if namespace == _STRICT:
            raise Refused(*message("strict"))
        if local == "c":
            found += 1
        elif local == "mergeCell":
            left, top, right, bottom = range_boundaries(attributes.get("ref", ""))
            found += ((right or 16384) - (left or 1) + 1) * ((bottom or 1048576) - (top or 1) + 1)
        check_count(found)

    def declaration(*_) -> None:
        raise Refused(*message("declaration"))

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.StartDoctypeDeclHandler = element, declaration
    while chunk := stream.read(1 << 20):
        size -= len(chunk)
        if size < 0:
            raise ValueError("it holds more than it says")
        parser.Parse(chunk)
    parser.Parse(b"", True)
    return found


def _grid(sheet, computed) -> Grid:
    # Only the cells that are there (openpyxl offers no public way): a stray one may lie in the last row of the sheet.
    cells = {place: found for place, cell in sheet._cells.items() if (found := _cell(cell, computed))}
    for merged in sheet.merged_cells.ranges:
        first = cells.get((merged.min_row, merged.min_col))
        downwards = merged.max_row > merged.min_row  # several rows share a value: which of them is it about?
        if first and (downwards or (merged.max_col > merged.min_col and first.kind != "text")):
            for number in range(merged.min_row, merged.max_row + 1):
                cells[number, merged.min_col] = Cell(merged.coord if downwards else first.address, "merged", first.text)
    hidden_columns: set[int] = set()
    for letter, dimension in sheet.column_dimensions.items():
        if dimension.hidden or dimension.width == 0:
            first = column_index_from_string(letter)
            hidden_columns |= set(range(dimension.min or first, (dimension.max or first) + 1))
    hidden_rows = frozenset(n for n, d in sheet.row_dimensions.items() if d.hidden or d.height == 0)
    return Grid(sheet.title, cells, sheet.sheet_state != "visible", hidden_rows, frozenset(hidden_columns))


def _cell(cell, computed) -> Cell | None:
    value, shape = cell.value, cell.number_format or ""
    if cell.data_type == "f":
        formula, result = str(getattr(value, "text", value)), computed._cells.get((cell.row, cell.column))
        value = result.value if result else None
        if value is None or "[" in formula:
            return Cell(cell.coordinate, "link" if "[" in formula else "formula", formula)
    if value is None:
        return None
    shown, struck = _seen_text(value, cell.font)
    if struck or (";" in shape and not shape.strip("; ")):
        return Cell(cell.coordinate, "struck" if struck else "unseen", shown)
    kind, shown, *number = _read(value, shown, re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", shape).lower())
    kind = "error" if cell.data_type == "e" or shown in FORMULA_ERRORS else kind
    return Cell(cell.coordinate, kind, shown, *number) if shown else None


def _read(value, shown: str, shape: str) -> tuple:
    """Kind and text of a value, and its number if it is one, as its format shows it."""
    match value:
        case bool():
            return "boolean", str(value).upper()
        case int() | float():
            number = Decimal(value) if isinstance(value, int) else Decimal(f"{value:.15g}")
            if not number.is_finite():
                return "error", str(value)
            if "%" in shape:
                return "percent", f"{digits(number * 100)}%", number * 100
            return "number", _as_shown(number, shape), number
        case dt.date() if "y" in shape or "e" in shape:
            return ("date", f"{value:%Y-%m-%d}") if "d" in shape else ("month", f"{value:%Y-%m}")
        case dt.date():
            return "day", f"{value:%Y-%m-%d}"
        case dt.time() | dt.timedelta():
            return "day", str(value)
    return "text", tidy(shown)


def _as_shown(number: Decimal, shape: str) -> str:
    """Digits of a number, with the zeros at its end that a format such as 0.00 shows."""
    plain, shown = digits(number), re.fullmatch(r"(?:#,##)?0\.(0+)(?:_.|;.*)*", shape)
    places = max(len(plain.partition(".")[2]), len(shown[1]) if shown else 0)
    return f"{number:.{places}f}"


def _seen_text(value, font) -> tuple[str, bool]:
    """Text of a cell, raised and lowered digits as such, and whether any of it is crossed out."""
    runs = value if isinstance(value, CellRichText) else [value]
    shown, struck = "", bool(font and font.strike)
    for run in runs:
        style = run.font if isinstance(run, TextBlock) else font if len(runs) == 1 else None
        part = str(run.text if isinstance(run, TextBlock) else run)
        raised = style is not None and style.vertAlign in ("superscript", "subscript")
        shown += part.translate(_RAISED) if raised else part
        struck |= bool(style is not None and style.strike)
    return shown, struck
