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
from .cells import FORMULA_ERRORS, MAX_BYTES, MAX_CELLS, SAVE_AS, Cell, Grid, Refused, tidy, too_many

_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_CHUNK = 1 << 20
_DAMAGED = (
    f"工作簿无法读取，可能已损坏；{SAVE_AS[0]}后重试",
    f"the workbook cannot be read, it may be damaged; {SAVE_AS[1]}",
)


def grids(file: str, raw: bytes, notes: list[tuple[str, str]]) -> list[Grid]:
    """Every sheet of a workbook; refused if it is no sound workbook, holds too much, or what no spreadsheet writes."""
    names = _scanned(raw)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of extensions that openpyxl does not know
            book = openpyxl.load_workbook(io.BytesIO(raw), rich_text=True, keep_links=False)
            computed = openpyxl.load_workbook(io.BytesIO(raw), data_only=True, keep_links=False)
    except Exception:  # whatever a damaged workbook raises in zip, XML or openpyxl
        raise Refused(*_DAMAGED) from None
    if not book.worksheets:
        zh = f"工作簿中没有可读的工作表；{SAVE_AS[0]}"
        raise Refused(zh, f"the workbook has no sheet that can be read; {SAVE_AS[1]}")
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
        telling = {"word/document.xml": "Word", "ppt/presentation.xml": "PowerPoint", "xl/workbook.bin": ".xlsb"}
        kind = next((kind for name, kind in (telling | {"content.xml": ".ods/.odt"}).items() if name in names), "zip")
        zh = f"不是 xlsx 工作簿（内容是 {kind}）；{SAVE_AS[0]}"
        raise Refused(zh, f"no xlsx workbook (it holds {kind}); {SAVE_AS[1]}")
    cells = 0
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            try:
                with archive.open(part) as stream:
                    cells = _cells_in(stream, part.file_size, cells)
            except (expat.ExpatError, zipfile.BadZipFile, ValueError, OSError, EOFError):
                raise Refused(*_DAMAGED) from None
    return names


def _cells_in(stream, size: int, found: int) -> int:
    """Cells of a part, those inside merged ranges included, added to those `found`; read no further than is allowed.

    Refused if it holds more, declares entities, or is of the strict form that openpyxl does not read.
    """

    def element(name: str, attributes: dict[str, str]) -> None:
        nonlocal found
        namespace, _, local = name.rpartition(" ")
        if namespace == _STRICT:
            zh = "是“Strict Open XML”格式；请另存为普通的“Excel 工作簿 (.xlsx)”"
            raise Refused(zh, "a Strict Open XML workbook; save it as a plain 'Excel Workbook (.xlsx)'")
        if local == "c":
            found += 1
        elif local == "mergeCell":
            left, top, right, bottom = range_boundaries(attributes.get("ref", ""))
            found += ((right or 16384) - (left or 1) + 1) * ((bottom or 1048576) - (top or 1) + 1)
        if found > MAX_CELLS:
            raise too_many(found)

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


# --- sheets --------------------------------------------------------------------------------------------------------


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
    value, place, shape = cell.value, cell.coordinate, cell.number_format or ""
    if cell.data_type == "f":
        formula, result = str(getattr(value, "text", value)), computed._cells.get((cell.row, cell.column))
        value = result.value if result else None
        if value is None or "[" in formula:
            return Cell(place, "link" if "[" in formula else "formula", formula)
    if value is None:
        return None
    text, struck = _seen_text(value, cell.font)
    if struck or (";" in shape and not shape.strip("; ")):
        return Cell(place, "struck" if struck else "unseen", text)
    if isinstance(value, bool):
        return Cell(place, "boolean", str(value).upper())
    shape = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", shape).lower()
    if isinstance(value, int | float):
        number = Decimal(value) if isinstance(value, int) else Decimal(f"{value:.15g}")
        if not number.is_finite():
            return Cell(place, "error", str(value))
        if "%" in shape:
            return Cell(place, "percent", f"{digits(number * 100)}%", number * 100)
        return Cell(place, "number", _as_shown(number, shape), number)
    if isinstance(value, dt.date):
        kind = "day" if "y" not in shape and "e" not in shape else "date" if "d" in shape else "month"
        return Cell(place, kind, f"{value:%Y-%m}" if kind == "month" else f"{value:%Y-%m-%d}")
    if isinstance(value, dt.time | dt.timedelta):
        return Cell(place, "day", str(value))
    text = tidy(text)
    kind = "error" if cell.data_type == "e" or text in FORMULA_ERRORS else "text"
    return Cell(place, kind, text) if text else None


def _as_shown(number: Decimal, shape: str) -> str:
    """Digits of a number, with the zeros at its end that a format such as 0.00 shows."""
    text = digits(number)
    shown = re.fullmatch(r"(?:#,##)?0\.(0+)(?:_.|;.*)*", shape)
    missing = len(shown[1]) - len(text.partition(".")[2]) if shown else 0
    return text if missing <= 0 else f"{text}{'' if '.' in text else '.'}{'0' * missing}"


def _seen_text(value, font) -> tuple[str, bool]:
    """Text of a cell, raised and lowered digits as such, and whether any of it is crossed out."""
    runs = value if isinstance(value, CellRichText) else [value]
    text, struck = "", bool(font and font.strike)
    for run in runs:
        style = run.font if isinstance(run, TextBlock) else font if len(runs) == 1 else None
        part = str(run.text if isinstance(run, TextBlock) else run)
        raised = style is not None and style.vertAlign in ("superscript", "subscript")
        text += part.translate(_RAISED) if raised else part
        struck |= bool(style is not None and style.strike)
    return text, struck
