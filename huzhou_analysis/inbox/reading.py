"""A file that a person sends, turned into sheets of cells; whatever is unsafe or unclear is refused with its place.

Nothing is trusted: the kind of a file is read from its first bytes, a workbook's directory before its content, and what
cannot be seen on the screen (hidden rows, columns and sheets) is not added.
"""

from __future__ import annotations

import csv
import datetime as dt
import difflib
import io
import re
import unicodedata
import warnings
import zipfile
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from ..facts.data import Problem, encoding, nearest
from ..facts.schema import TABLES
from .layout import ENTRY_TABLES, KEEP, canonical, code_choices, fields, is_required, sheet_name

MAX_BYTES = 200 * 2**20
MAX_CELLS = 100_000
_ERRORS = {"#N/A", "#DIV/0!", "#REF!", "#NAME?", "#VALUE!", "#NUM!", "#NULL!"}
_SAVE = ("请在 Excel 或 WPS 中另存为 .xlsx", "open it in Excel or WPS and save it as .xlsx")


@dataclass(frozen=True)
class Cell:
    """One filled cell. ``kind`` is ``text``, ``number``, ``percent``, ``date``, ``month``, ``day`` (a date without its
    year), ``time``, ``boolean``, ``error``, ``formula`` (not computed), ``link`` (computed from another workbook) or
    ``merged``."""

    address: str
    kind: str
    text: str
    number: Decimal | None = None


@dataclass(frozen=True)
class Row:
    """A row of an entry sheet: its cells by column; empty ones are left out."""

    file: str
    sheet: str
    table: str
    number: int
    cells: dict[str, Cell]
    letters: dict[str, str]

    def place(self, column: str) -> str:
        """Address of a cell, the row itself where the sheet has no such column."""
        return f"{self.letters[column]}{self.number}" if column in self.letters else str(self.number)

    def problem(self, column: str, zh: str, en: str, value: str | None = None) -> Problem:
        cell = self.cells.get(column)
        value = (cell.text if cell else "") if value is None else value
        return Problem(self.file, self.number, column, value, zh, en, f"{self.sheet}!{self.place(column)}")


@dataclass
class Grid:
    """Cells of a sheet by row and column number, and what is hidden."""

    name: str
    cells: dict[tuple[int, int], Cell]
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


def tidy(text: str) -> str:
    """Text without surrounding space, invisible characters and line breaks."""
    kept = "".join(
        " " if c.isspace() else c for c in text if unicodedata.category(c) not in ("Cf", "Cc") or c.isspace()
    )
    return re.sub(" {2,}", " ", kept).strip()


def read(path: Path, problems: list[Problem], notes: list[tuple[str, str]]) -> list[Row]:
    """Rows of every entry sheet of a file.

    Parameters
    ----------
    path : Path
        Workbook (.xlsx, .xlsm) or text table (.csv, .txt).
    problems : list of Problem
        Gets one entry for each reason not to read something.
    notes : list of (str, str)
        Gets what is worth saying in Chinese and English though nothing is wrong.
    """

    def refuse(zh: str, en: str) -> list[Row]:
        problems.append(Problem(path.name, 0, "", "", zh, en))
        return []

    lock = next(
        (p for p in (path.with_name(f"~${path.name}"), path.with_name(f".~lock.{path.name}#")) if p.exists()), None
    )
    if path.name.startswith("~$"):
        return refuse(
            "这是 Excel 的临时锁文件，不是数据；请给出原文件", "a lock file of Excel, no data; name the file itself"
        )
    if lock:
        return refuse(
            f"文件正在 Excel 或 WPS 中打开（有 {lock.name}）；请保存并关闭后重试；若并未打开，请删除该锁文件",
            f"the file is open in Excel or WPS ({lock.name} is there); save and close it, then try again; if it is not open, "
            "delete that lock file",
        )
    if path.is_dir():
        return refuse("这是文件夹，请给出其中的文件", "a folder; name the file in it")
    try:
        if path.stat().st_size > MAX_BYTES:
            return refuse("文件大于 200 MB，不是填好的模板", "larger than 200 MB: no filled-in template")
        raw = path.read_bytes()
    except FileNotFoundError:
        beside = [p.name for p in path.parent.glob("*.[xc][ls]*")] if path.parent.is_dir() else []
        near = "、".join(difflib.get_close_matches(path.name, beside, 1, 0.5))
        return refuse(
            "没有这个文件" + (f"；是否为 {near}？" if near else "；请核对文件名和文件夹"),
            "there is no such file" + (f"; is it {near}?" if near else "; check its name and folder"),
        )
    except OSError as error:
        return refuse(
            f"读不到文件（{error.strerror}）；请关闭它或检查权限",
            f"cannot be read ({error.strerror}); close it or check permissions",
        )
    if not raw:
        return refuse(
            "文件是空的（0 字节）；请重新保存或重新复制", "the file is empty (0 bytes); save or copy it again"
        )
    if raw.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        grids = _workbook(path, raw, refuse, notes)
    elif raw.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in raw:
            return refuse(
                "文件有密码；请在 Excel 中取消密码后另存", "the file has a password; remove it in Excel and save again"
            )
        return refuse(f"是旧格式（.xls、.et 或 .doc）；{_SAVE[0]}", f"an old format (.xls, .et or .doc); {_SAVE[1]}")
    else:
        grids = _text_table(path, raw, refuse, notes)
    known = [grid for grid in grids if _table_named(grid.name)]
    if not known:  # one sheet under another name: its header says what it is
        known = grids
    else:
        for grid in grids:
            if grid not in known and not grid.hidden and any(c.kind == "number" for c in grid.cells.values()):
                notes.append((f"{path.name}：忽略工作表 {grid.name}", f"{path.name}: sheet {grid.name} is ignored"))
    rows: list[Row] = []
    found = 0
    for grid in known:
        before = len(problems)
        these = _rows(path.name, grid, problems)
        found += these is not None or len(problems) > before
        rows += these or []
    rows = _kept(rows)
    if grids and not found:
        return refuse(
            "没有找到表头；请使用 make template 生成的模板，保留第一行",
            "no header was found; use the template of `make template` and keep its first row",
        )
    return rows


def _kept(rows: list[Row]) -> list[Row]:
    """Rows to add: of proposals those that are marked yes, and of new entries those that such a figure uses."""

    def said(row: Row) -> str:
        cell = row.cells.pop("keep", None)
        return (code_choices(KEEP.codes).find(cell.text) or [cell.text])[0] if cell else "yes"

    marks = {id(row): said(row) for row in rows}
    figures = [row for row in rows if row.table == "figures" and marks[id(row)] not in ("no", "look")]
    used = {
        canonical(text) for row in figures for c in row.cells.values() for text in (c.text, c.text.rsplit("·", 1)[-1])
    }
    kept = {id(row) for row in figures}
    return [
        row
        for row in rows
        if (
            id(row) in kept
            if row.table == "figures"
            else marks[id(row)] != "used" or any(canonical(c.text) in used for c in row.cells.values())
        )
    ]


# --- workbooks -----------------------------------------------------------------------------------------------------


def _workbook(path: Path, raw: bytes, refuse, notes) -> list[Grid]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
        parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return refuse("文件已损坏；请重新保存或重新复制", "the file is damaged; save or copy it again")
    size = sum(p.file_size for p in parts)
    if size > MAX_BYTES or len(parts) > 5000 or (size > 20 * 2**20 and size > 200 * len(raw)):
        return refuse(
            f"展开后过大（{size >> 20} MB，{len(parts)} 个部分），不予打开；请把数据复制到新模板",
            f"too large when unpacked ({size >> 20} MB, {len(parts)} parts): not opened; copy your rows into a new template",
        )
    names = {p.filename for p in parts}
    if "xl/workbook.xml" not in names:
        kind = "Word" if "word/document.xml" in names else "PowerPoint" if "ppt/presentation.xml" in names else "zip"
        if "xl/workbook.bin" in names or "content.xml" in names:
            kind = ".xlsb" if "xl/workbook.bin" in names else ".ods/.odt"
        return refuse(
            f"不是 xlsx 工作簿（内容是 {kind}）；{_SAVE[0]}", f"no xlsx workbook (it holds {kind}); {_SAVE[1]}"
        )
    try:
        cells = 0
        for part in parts:
            if not part.filename.endswith((".xml", ".rels")):
                continue
            with archive.open(part) as file:  # no more than it says it holds, whatever is in it
                content = file.read(part.file_size + 1)
            if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
                return refuse(
                    "工作簿内有不允许的声明，不予打开", "holds a declaration that no spreadsheet writes: not opened"
                )
            if part.filename.startswith("xl/worksheets/"):
                cells += content.count(b"<c ") + content.count(b"<c>") + _merged_area(content)
        if cells > MAX_CELLS:
            return refuse(
                f"单元格过多（{cells}，最多 {MAX_CELLS}）；请只保留要添加的行",
                f"too many cells ({cells}, at most {MAX_CELLS}); keep only the rows to add",
            )
        import openpyxl

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of extensions that openpyxl does not know
            book = openpyxl.load_workbook(io.BytesIO(raw), data_only=False, keep_links=False)
            formulas = any(c.data_type == "f" for s in book.worksheets for r in s.iter_rows() for c in r)
            computed = openpyxl.load_workbook(io.BytesIO(raw), data_only=True, keep_links=False) if formulas else book
    except Exception:  # whatever a damaged workbook raises in zip, XML or openpyxl
        return refuse(
            f"工作簿无法读取，可能已损坏；{_SAVE[0]}后重试",
            f"the workbook cannot be read, it may be damaged; {_SAVE[1]}",
        )
    if "xl/vbaProject.bin" in names:
        notes.append(
            (
                f"{path.name}：含宏，只读数据，不运行",
                f"{path.name}: holds macros; only its data is read, nothing is run",
            )
        )
    return [_sheet(sheet, computed[sheet.title]) for sheet in book.worksheets]


def _merged_area(content: bytes) -> int:
    """Cells inside merged ranges: openpyxl makes an object for each."""
    from openpyxl.utils.cell import range_boundaries

    area = 0
    for reference in re.findall(rb'<mergeCell ref="([A-Z0-9:$]+)"', content):
        left, top, right, bottom = range_boundaries(reference.decode())
        area += (right - left + 1) * (bottom - top + 1)
    return area


def _sheet(sheet, computed) -> Grid:
    from openpyxl.utils import column_index_from_string

    cells: dict[tuple[int, int], Cell] = {}
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is not None and (found := _cell(cell, computed)):
                cells[cell.row, cell.column] = found
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
        if dimension.hidden:
            first = column_index_from_string(letter)
            hidden_columns |= set(range(dimension.min or first, (dimension.max or first) + 1))
    return Grid(
        sheet.title,
        cells,
        sheet.sheet_state != "visible",
        frozenset(n for n, d in sheet.row_dimensions.items() if d.hidden),
        frozenset(hidden_columns),
    )


def _cell(cell, computed) -> Cell | None:
    value, kind, place = cell.value, cell.data_type, cell.coordinate
    if kind == "f":
        formula = str(getattr(value, "text", value))
        value = computed[place].value
        if "[" in formula:
            return Cell(place, "link", formula)
        if value is None:
            return Cell(place, "formula", formula)
    if isinstance(value, bool):
        return Cell(place, "boolean", "TRUE" if value else "FALSE")
    if isinstance(value, int | float):
        number = Decimal(value) if isinstance(value, int) else Decimal(f"{value:.15g}")
        if not number.is_finite():
            return Cell(place, "error", str(value))
        pattern = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", cell.number_format or "")
        if "%" in pattern:
            return Cell(place, "percent", f"{_plain(number * 100)}%", number * 100)
        return Cell(place, "number", _plain(number), number)
    if isinstance(value, dt.datetime | dt.date):
        pattern = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", cell.number_format or "").lower()
        if "y" not in pattern and "e" not in pattern:
            return Cell(place, "day", f"{value.month}-{value.day}")
        return Cell(place, "date", f"{value:%Y-%m-%d}") if "d" in pattern else Cell(place, "month", f"{value:%Y-%m}")
    if isinstance(value, dt.time | dt.timedelta):
        return Cell(place, "time", str(value))
    text = tidy(str(value))
    if kind == "e" or text in _ERRORS:
        return Cell(place, "error", text)
    return Cell(place, "text", text) if text else None


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# --- text tables ---------------------------------------------------------------------------------------------------


def _text_table(path: Path, raw: bytes, refuse, notes) -> list[Grid]:
    from openpyxl.utils import get_column_letter

    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        name = "utf-16"
    else:
        name = {"UTF-8": "utf-8-sig", "GBK": "gb18030"}.get(encoding(raw), "")
    binary = name != "utf-16" and (
        b"\0" in raw[:4096] or raw.startswith((b"%PDF", b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"{\\rtf"))
    )
    try:
        text = "" if binary or not name else raw.decode(name)
    except UnicodeDecodeError:
        text = ""
    if binary or not name or "\0" in text or (not text and raw):
        return refuse(
            f"既不是 xlsx 也不是 csv（后缀与内容不符或编码无法识别）；{_SAVE[0]}",
            f"neither xlsx nor csv (its ending belies its content, or its encoding is unknown); {_SAVE[1]}",
        )
    if text.lstrip()[:200].casefold().startswith(("<html", "<!doctype", "<?xml", "<table")):
        return refuse(f"是网页或 XML，不是表格；{_SAVE[0]}", f"a web page or XML, no table; {_SAVE[1]}")
    if name != "utf-8-sig":
        shown = {"gb18030": "GBK"}.get(name, "UTF-16")
        notes.append(
            (
                f"{path.name}：按 {shown} 编码读取，请核对中文",
                f"{path.name}: read as {shown}; check that its Chinese is right",
            )
        )
    head = text.lstrip("\n\r").split("\n", 1)[0]
    best = max(
        (",", ";", "\t"),
        key=lambda d: (
            sum(canonical(w) in _WORDS for w in re.split(rf"[{d}\s]+", text[:2000])) * (d in text[:2000])
            + head.count(d) / 1000
        ),
    )
    csv.field_size_limit(10**6)
    records, count = [], 0
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=best, strict=True):
            records.append(record)
            count += len(record)
            if count > MAX_CELLS:
                return refuse(
                    f"单元格过多（最多 {MAX_CELLS}）；请只保留要添加的行",
                    f"too many cells (at most {MAX_CELLS}); keep only the rows to add",
                )
    except csv.Error as error:
        return refuse(
            f"无法按 CSV 读取（{error}）；多半是引号不成对",
            f"cannot be read as CSV ({error}); most likely a quote is not closed",
        )
    cells = {}
    for r, record in enumerate(records, 1):
        for c, value in enumerate(record, 1):
            if value := tidy(value):
                place = f"{get_column_letter(c)}{r}"
                cells[r, c] = Cell(place, "error" if value in _ERRORS else "text", value)
    return [Grid("csv", cells)]


# --- rows ----------------------------------------------------------------------------------------------------------

_WORDS = {canonical(w) for t in ENTRY_TABLES for f in fields(t, all_columns=True) for w in (f.name, f.zh)}


def _table_named(name: str) -> str:
    words = {canonical(w) for w in name.split()}
    return next((t for t in ENTRY_TABLES if {t, TABLES[t].zh, canonical(sheet_name(t))} & words), "")


def _column(text: str, names: dict[str, str]) -> str:
    """Column that a header cell names: by its machine name if it holds one, else by its Chinese name."""
    words = [canonical(w) for w in re.split(r"[\s*·/()（）]+", text) if w]
    machine = [w for w in words if w in names.values()]
    return next((n for w in (*machine, canonical(text.replace("*", "")), *words) if (n := names.get(w))), "")


def _rows(file: str, grid: Grid, problems: list[Problem]) -> list[Row] | None:
    from openpyxl.utils import get_column_letter

    def problem(zh: str, en: str, cell: Cell | None = None, row: int = 0, column: str = "") -> None:
        place = f"{grid.name}!{cell.address}" if cell else grid.name
        problems.append(Problem(file, row, column, cell.text if cell else "", zh, en, place))

    by_row: dict[int, dict[int, Cell]] = {}
    for (r, c), cell in sorted(grid.cells.items()):
        by_row.setdefault(r, {})[c] = cell
    named = _table_named(grid.name)
    best = (0, 0, "")
    for r in [r for r in by_row if r <= 15]:
        for table in [named] if named else ENTRY_TABLES:
            names = _names(table)
            hits = sum(bool(_column(c.text, names)) for c in by_row[r].values() if c.kind == "text")
            best = max(best, (hits, -r, table))
    hits, at, table = best[0], -best[1], best[2]
    if hits < 3:
        if named and by_row:
            problem("没有找到表头；请保留模板的第一行", "no header was found; keep the first row of the template")
            return []
        return None if not named else []
    names, body = _names(table), {r: cells for r, cells in by_row.items() if r > at}
    columns: dict[int, str] = {}
    for c, cell in by_row[at].items():
        name = _column(cell.text, names)
        filled = [cells[c] for cells in body.values() if c in cells]
        if name and name in columns.values():
            problem(f"有两列都是 {name}；请删去一列", f"two columns are {name}; delete one of them", cell, at, name)
        elif name:
            columns[c] = name
        elif filled:
            near = nearest(cell.text, list(names.values()))
            problem(
                "没有这一列"
                + (f"；是否为 {near}？" if near else "")
                + "；允许的列："
                + "、".join(f.name for f in fields(table)),
                "there is no such column"
                + (f"; is it {near}?" if near else "")
                + "; allowed: "
                + ", ".join(f.name for f in fields(table)),
                cell,
                at,
            )
    if not body:
        return []
    for field in fields(table):
        if is_required(table, field) and field.name not in columns.values():
            problem(
                f"缺少这一列：{field.zh}；请用新模板",
                f"this column is missing; take a new template ({field.en})",
                None,
                at,
                field.name,
            )
    if grid.hidden:
        problem("工作表被隐藏，其内容看不见；请取消隐藏或删除", "the sheet is hidden; show it or delete it")
        return []
    letters = {name: get_column_letter(c) for c, name in columns.items()}
    rows = []
    for r, cells in body.items():
        for c in sorted(set(cells) - set(columns)):
            if c not in by_row[at]:
                problem(
                    "这一格在表头之外；请移到有表头的列",
                    "stands outside the table; move it under a header",
                    cells[c],
                    r,
                )
        kept = {columns[c]: cell for c, cell in cells.items() if c in columns}
        row = Row(file, grid.name, table, r, kept, letters)
        if r in grid.hidden_rows and kept:
            problems.append(
                row.problem(
                    "mark",
                    "这一行被隐藏或筛掉；请取消隐藏或删除",
                    "the row is hidden or filtered out; show it or delete it",
                    "",
                )
            )
        elif kept:
            rows.append(row)
    for c in sorted(grid.hidden_columns & set(columns)):
        if any(c in cells for cells in body.values()):
            problem(
                "这一列被隐藏；请取消隐藏或清空",
                "the column is hidden; show it or empty it",
                by_row[at][c],
                at,
                columns[c],
            )
    return rows


def _names(table: str) -> dict[str, str]:
    """Column names under every word that a header may hold."""
    known: dict[str, str] = {}
    for field in fields(table, all_columns=True):
        known.setdefault(canonical(field.zh), field.name)
    return known | {f.name: f.name for f in fields(table, all_columns=True)}
