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

from ..facts.numerals import digits
from .cells import FORMULA_ERRORS, MAX_BYTES, MAX_CELLS, SAVE_AS, Cell, Grid, Refused, tidy

_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_CHUNK = 1 << 20
_DAMAGED = (
    f"工作簿无法读取，可能已损坏；{SAVE_AS[0]}后重试",
    f"the workbook cannot be read, it may be damaged; {SAVE_AS[1]}",
)


def grids(file: str, raw: bytes, notes: list[tuple[str, str]]) -> list[Grid]:
    """Every sheet of a workbook.

    Raises
    ------
    Refused
        If it is no sound workbook, holds too much, or what no spreadsheet writes.
    """
    names = _scanned(raw)
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of extensions that openpyxl does not know
            book = openpyxl.load_workbook(io.BytesIO(raw), rich_text=True, keep_links=False)
            formulas = any(cell.data_type == "f" for sheet in book.worksheets for cell in sheet._cells.values())
            computed = openpyxl.load_workbook(io.BytesIO(raw), data_only=True, keep_links=False) if formulas else book
    except Exception:  # whatever a damaged workbook raises in zip, XML or openpyxl
        raise Refused(*_DAMAGED) from None
    if not book.worksheets:
        raise Refused(
            f"工作簿中没有可读的工作表；{SAVE_AS[0]}", f"the workbook has no sheet that can be read; {SAVE_AS[1]}"
        )
    if "xl/vbaProject.bin" in names:
        zh = f"{file}：含宏，只读数据，不运行"
        notes.append((zh, f"{file}: holds macros; only its data is read, nothing is run"))
    return [_grid(sheet, computed[sheet.title]) for sheet in book.worksheets]


# --- before it is opened -------------------------------------------------------------------------------------------


def _scanned(raw: bytes) -> set[str]:
    """Names of the parts, once all of them have been found harmless."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
        parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise Refused("文件已损坏；请重新保存或重新复制", "the file is damaged; save or copy it again") from None
    size = sum(p.file_size for p in parts)
    if size > MAX_BYTES or len(parts) > 5000 or (size > 20 * 2**20 and size > 200 * len(raw)):
        zh = f"展开后过大（{size >> 20} MB，{len(parts)} 个部分），不予打开；请把数据复制到新模板"
        en = f"too large when unpacked ({size >> 20} MB, {len(parts)} parts): not opened; copy your rows into a new template"
        raise Refused(zh, en)
    names = {p.filename for p in parts}
    if "xl/workbook.xml" not in names:
        kind = "Word" if "word/document.xml" in names else "PowerPoint" if "ppt/presentation.xml" in names else "zip"
        if "xl/workbook.bin" in names or "content.xml" in names:
            kind = ".xlsb" if "xl/workbook.bin" in names else ".ods/.odt"
        raise Refused(
            f"不是 xlsx 工作簿（内容是 {kind}）；{SAVE_AS[0]}", f"no xlsx workbook (it holds {kind}); {SAVE_AS[1]}"
        )
    cells = 0
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            try:
                with archive.open(part) as stream:
                    cells += _cells_in(stream, part.file_size, MAX_CELLS - cells)
            except (expat.ExpatError, zipfile.BadZipFile, ValueError, OSError, EOFError):
                raise Refused(*_DAMAGED) from None
    return names


def _cells_in(stream, size: int, most: int) -> int:
    """Cells of a part, those inside merged ranges included; read no further than is allowed.

    Raises
    ------
    Refused
        If it holds more, declares entities, or is of the strict form that openpyxl does not read.
    """
    found = 0

    def element(name: str, attributes: dict[str, str]) -> None:
        nonlocal found
        namespace, _, local = name.rpartition(" ")
        if namespace == _STRICT:
            zh = "是“Strict Open XML”格式；请另存为普通的“Excel 工作簿 (.xlsx)”"
            en = "a Strict Open XML workbook; save it as a plain 'Excel Workbook (.xlsx)'"
            raise Refused(zh, en)
        if local == "c":
            found += 1
        elif local == "mergeCell":
            found += _area(attributes.get("ref", ""))
        if found > most:
            zh = f"单元格过多（{MAX_CELLS - most + found}，最多 {MAX_CELLS}）；请只保留要添加的行"
            en = f"too many cells ({MAX_CELLS - most + found}, at most {MAX_CELLS}); keep only the rows to add"
            raise Refused(zh, en)

    def declaration(*_) -> None:
        raise Refused("工作簿内有不允许的声明，不予打开", "holds a declaration that no spreadsheet writes: not opened")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.StartDoctypeDeclHandler = element, declaration
    read = 0
    while chunk := stream.read(_CHUNK):
        read += len(chunk)
        if read > size:  # it says that it holds less
            raise ValueError(size)
        parser.Parse(chunk)
    parser.Parse(b"", True)
    return found


def _area(reference: str) -> int:
    from openpyxl.utils.cell import range_boundaries

    left, top, right, bottom = range_boundaries(reference)
    return ((right or 16384) - (left or 1) + 1) * ((bottom or 1048576) - (top or 1) + 1)


# --- sheets --------------------------------------------------------------------------------------------------------


def _grid(sheet, computed) -> Grid:
    from openpyxl.utils import column_index_from_string

    # Only the cells that are there (openpyxl offers no public way): a stray one may lie in the last row of the sheet.
    cells = {place: found for place, cell in sheet._cells.items() if (found := _cell(cell, computed))}
    for merged in sheet.merged_cells.ranges:
        first = cells.get((merged.min_row, merged.min_col))
        if first and merged.max_row > merged.min_row:  # several rows share a value: which of them is it about?
            for number in range(merged.min_row, merged.max_row + 1):
                place = f"{first.address}:{merged.coord.split(':')[-1]}"
                cells[number, merged.min_col] = Cell(place, "merged", first.text)
        elif first and merged.size["columns"] > 1 and first.kind != "text":
            cells[merged.min_row, merged.min_col] = Cell(first.address, "merged", first.text)
    hidden_columns: set[int] = set()
    for letter, dimension in sheet.column_dimensions.items():
        if dimension.hidden or dimension.width == 0:
            first = column_index_from_string(letter)
            hidden_columns |= set(range(dimension.min or first, (dimension.max or first) + 1))
    hidden_rows = frozenset(n for n, d in sheet.row_dimensions.items() if d.hidden or d.height == 0)
    return Grid(sheet.title, cells, sheet.sheet_state != "visible", hidden_rows, frozenset(hidden_columns))


def _cell(cell, computed) -> Cell | None:
    value, kind, place = cell.value, cell.data_type, cell.coordinate
    if value is None:
        return None
    if kind == "f":
        formula = str(getattr(value, "text", value))
        result = computed._cells.get((cell.row, cell.column))
        value = None if result is None else result.value
        if "[" in formula:
            return Cell(place, "link", formula)
        if value is None:
            return Cell(place, "formula", formula)
    text, struck = _seen_text(value, cell.font)
    pattern = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", cell.number_format or "")
    if struck:
        return Cell(place, "struck", text)
    if ";" in (cell.number_format or "") and not (cell.number_format or "").strip("; "):
        return Cell(place, "unseen", text)
    if isinstance(value, bool):
        return Cell(place, "boolean", "TRUE" if value else "FALSE")
    if isinstance(value, int | float):
        number = Decimal(value) if isinstance(value, int) else Decimal(f"{value:.15g}")
        if not number.is_finite():
            return Cell(place, "error", str(value))
        if "%" in pattern:
            return Cell(place, "percent", f"{digits(number * 100)}%", number * 100)
        return Cell(place, "number", digits(number), number)
    if isinstance(value, dt.datetime | dt.date):
        return _date_cell(place, value, pattern.lower())
    if isinstance(value, dt.time | dt.timedelta):
        return Cell(place, "time", str(value))
    text = tidy(text)
    if kind == "e" or text in FORMULA_ERRORS:
        return Cell(place, "error", text)
    return Cell(place, "text", text) if text else None


def _date_cell(place: str, value: dt.date, pattern: str) -> Cell:
    if "y" not in pattern and "e" not in pattern:
        return Cell(place, "day", f"{value.month}-{value.day}")
    return Cell(place, "date", f"{value:%Y-%m-%d}") if "d" in pattern else Cell(place, "month", f"{value:%Y-%m}")


def _seen_text(value, font) -> tuple[str, bool]:
    """Text of a cell, raised and lowered digits as such, and whether any of it is crossed out."""
    from openpyxl.cell.rich_text import CellRichText, TextBlock

    runs = value if isinstance(value, CellRichText) else [value]
    text, struck = "", bool(font and font.strike)
    for run in runs:
        style = run.font if isinstance(run, TextBlock) else font if len(runs) == 1 else None
        part = str(run.text if isinstance(run, TextBlock) else run)
        raised = style is not None and style.vertAlign in ("superscript", "subscript")
        text += part.translate(_RAISED) if raised else part
        struck |= bool(style is not None and style.strike)
    return text, struck
