"""A file that a person sends, turned into rows of cells; whatever is unsafe or unclear is refused with its place.

Nothing is trusted: the kind of a file is read from its first bytes, and what cannot be seen on the screen (hidden rows,
columns and sheets, rows crossed out) is not added.
"""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Callable
from pathlib import Path

from ..facts import text_tables
from ..facts.problems import Problem, nearest
from ..facts.schema import TABLES
from .cells import FORMULA_ERRORS, MAX_BYTES, MAX_CELLS, SAVE_AS, Cell, Grid, Refused, Row, tidy
from .layout import ENTRY_TABLES, KEEP, OTHER_SHEETS, canonical, code_choices, fields, is_required, sheet_name
from .workbooks import grids as workbook_grids


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
    try:
        raw = content(path)
        if raw.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            grids = workbook_grids(path.name, raw, notes)
        elif raw.startswith(b"\xd0\xcf\x11\xe0"):
            raise _old_format(raw)
        else:
            grids = [_text_table(path.name, raw, notes)]
        return _entries(path.name, grids, problems, notes)
    except Refused as reason:
        problems.append(Problem(path.name, 0, "", "", reason.zh, reason.en))
        return []


def _entries(file: str, grids: list[Grid], problems: list[Problem], notes: list[tuple[str, str]]) -> list[Row]:
    """Rows of every sheet that has the header of a table, whatever the sheet is called."""
    rows: list[Row] = []
    found = 0
    for grid in grids:
        if grid.name in OTHER_SHEETS:
            continue
        before = len(problems)
        these = _rows(file, grid, problems)
        found += these is not None or len(problems) > before
        if these is None and len(problems) == before and grid.cells and not grid.hidden:
            zh = f"{file}：没有表头，忽略工作表 {grid.name}"
            notes.append((zh, f"{file}: no header, sheet {grid.name} is ignored"))
        rows += these or []
    if not found:
        zh = "没有找到表头；请使用 make template 生成的模板，保留第一行"
        en = "no header was found; use the template of `make template` and keep its first row"
        raise Refused(zh, en)
    return _kept(rows)


def _kept(rows: list[Row]) -> list[Row]:
    """Rows to add: of proposals those that are marked yes, and of new entries those that such a figure uses."""

    def said(row: Row) -> str:
        cell = row.cells.pop("keep", None)
        return (code_choices(KEEP.codes).find(cell.text) or [cell.text])[0] if cell else "yes"

    marked = [(row, said(row)) for row in rows]
    figures = [row for row, mark in marked if row.table == "figures" and mark not in ("no", "look")]
    used = {canonical(t) for row in figures for c in row.cells.values() for t in (c.text, c.text.rsplit("·", 1)[-1])}
    entries = [
        row
        for row, mark in marked
        if row.table != "figures" and (mark != "used" or any(canonical(c.text) in used for c in row.cells.values()))
    ]
    return figures + entries


def content(path: Path) -> bytes:
    """Bytes of a file that is there, closed and of a sensible size."""
    if path.name.startswith("~$"):
        raise Refused(
            "这是 Excel 或 Word 的临时锁文件，不是数据；请给出原文件",
            "a lock file of Excel or Word, no data; name the file itself",
        )
    locks = (path.with_name(f"~${path.name}"), path.with_name(f".~lock.{path.name}#"))
    for lock in (lock for lock in locks if lock.exists()):
        raise Refused(
            f"文件正在 Excel、Word 或 WPS 中打开（有 {lock.name}）；请保存并关闭后重试；若并未打开，请删除该锁文件",
            f"the file is open in Excel, Word or WPS ({lock.name} is there); save and close it, then try again; if it is not open, "
            "delete that lock file",
        )
    if path.is_dir():
        raise Refused("这是文件夹，请给出其中的文件", "a folder; name the file in it")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Refused("文件大于 200 MB，不予打开", "larger than 200 MB: not opened")
        raw = path.read_bytes()
    except FileNotFoundError:
        beside = [p.name for p in path.parent.glob("*.*")] if path.parent.is_dir() else []
        near = "、".join(difflib.get_close_matches(path.name, beside, 1, 0.5))
        raise Refused(
            "没有这个文件" + (f"；是否为 {near}？" if near else "；请核对文件名和文件夹"),
            "there is no such file" + (f"; is it {near}?" if near else "; check its name and folder"),
        ) from None
    except OSError as error:
        raise Refused(
            f"读不到文件（{error.strerror}）；请关闭它或检查权限",
            f"cannot be read ({error.strerror}); close it or check permissions",
        ) from None
    if not raw:
        raise Refused(
            "文件是空的（0 字节）；请重新保存或重新复制", "the file is empty (0 bytes); save or copy it again"
        )
    return raw


def _old_format(raw: bytes) -> Refused:
    if "EncryptedPackage".encode("utf-16-le") in raw:
        return Refused(
            "文件有密码；请在 Excel 中取消密码后另存", "the file has a password; remove it in Excel and save again"
        )
    return Refused(f"是旧格式（.xls、.et 或 .doc）；{SAVE_AS[0]}", f"an old format (.xls, .et or .doc); {SAVE_AS[1]}")


def _text_table(file: str, raw: bytes, notes: list[tuple[str, str]]) -> Grid:
    from openpyxl.utils import get_column_letter

    text, encoding = text_tables.decoded(raw)
    binary = b"\0" in raw[:4096] or raw.startswith((b"%PDF", b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"{\\rtf"))
    if (binary and encoding != "UTF-16") or not text or "\0" in text:
        zh = f"既不是 xlsx 也不是 csv（后缀与内容不符或编码无法识别）；{SAVE_AS[0]}"
        en = f"neither xlsx nor csv (its ending does not match its content, or its encoding is unknown); {SAVE_AS[1]}"
        raise Refused(zh, en)
    if text[:1000].lstrip().casefold().startswith(("<html", "<!doctype", "<?xml", "<table")):
        raise Refused(f"是网页或 XML，不是表格；{SAVE_AS[0]}", f"a web page or XML, no table; {SAVE_AS[1]}")
    if encoding != "UTF-8":
        zh = f"{file}：按 {encoding} 编码读取，请核对中文"
        notes.append((zh, f"{file}: read as {encoding}; check that its Chinese is right"))
    cells, count = {}, 0
    try:
        for r, record in enumerate(text_tables.records(text, text_tables.separator(text, _WORDS)), 1):
            count += len(record)
            if count > MAX_CELLS:
                zh = f"单元格过多（最多 {MAX_CELLS}）；请只保留要添加的行"
                en = f"too many cells (at most {MAX_CELLS}); keep only the rows to add"
                raise Refused(zh, en)
            for c, value in enumerate(record, 1):
                if value := tidy(value):
                    kind = "error" if value in FORMULA_ERRORS else "text"
                    cells[r, c] = Cell(f"{get_column_letter(c)}{r}", kind, value)
    except csv.Error as error:
        raise Refused(*text_tables.unreadable(error)) from None
    return Grid("csv", cells)


# --- rows ----------------------------------------------------------------------------------------------------------

_WORDS = {canonical(w) for t in ENTRY_TABLES for f in fields(t, all_columns=True) for w in (f.name, f.zh)}


def _rows(file: str, grid: Grid, problems: list[Problem]) -> list[Row] | None:
    """Rows of a sheet; None if nothing says that it is an entry sheet."""
    from openpyxl.utils import get_column_letter

    by_row: dict[int, dict[int, Cell]] = {}
    for (r, c), cell in sorted(grid.cells.items()):
        by_row.setdefault(r, {})[c] = cell
    named = _table_named(grid.name)
    at, table = _header(by_row, named)

    def teller(zh: str, en: str, cell: Cell | None = None, row: int = 0, column: str = "") -> None:
        """Note down what is wrong with the sheet, at its place."""
        place = f"{grid.name}!{cell.address}" if cell else grid.name
        problems.append(Problem(file, row, column, cell.text if cell else "", zh, en, place))

    if not at:
        if named and by_row:
            teller("没有找到表头；请保留模板的第一行", "no header was found; keep the first row of the template")
        return [] if named else None
    body = {r: cells for r, cells in by_row.items() if r > at}
    columns = _columns(by_row[at], body, table, teller)
    if not body:
        return []
    for field in fields(table):
        if is_required(table, field) and field.name not in columns.values():
            zh, en = f"缺少这一列：{field.zh}；请用新模板", f"this column is missing; take a new template ({field.en})"
            teller(zh, en, row=at, column=field.name)
    if grid.hidden:
        teller("工作表被隐藏，其内容看不见；请取消隐藏或删除", "the sheet is hidden; show it or delete it")
        return []
    letters = {name: get_column_letter(c) for c, name in columns.items()}
    rows = []
    for r, cells in body.items():
        for c in sorted(set(cells) - set(columns) - set(by_row[at])):
            zh = "这一格在表头之外；请移到有表头的列"
            teller(zh, "stands outside the table; move it under a header", cells[c], r)
        row = Row(file, grid.name, table, r, {columns[c]: cell for c, cell in cells.items() if c in columns}, letters)
        if r in grid.hidden_rows and row.cells:
            zh, en = "这一行被隐藏或筛掉；请取消隐藏或删除", "the row is hidden or filtered out; show it or delete it"
            problems.append(row.problem("mark", zh, en, ""))
        elif row.cells:
            rows.append(row)
    for c in sorted(grid.hidden_columns & set(columns)):
        if any(c in cells for cells in body.values()):
            zh, en = "这一列被隐藏；请取消隐藏或清空", "the column is hidden; show it or empty it"
            teller(zh, en, by_row[at][c], at, columns[c])
    return rows


def _header(by_row: dict[int, dict[int, Cell]], named: str) -> tuple[int, str]:
    """Row of the header, among the first fifteen, and the table whose it is; 0 if there is none."""
    best = (2, 0, "")
    for r in (r for r in by_row if r <= 15):
        for table in [named] if named else ENTRY_TABLES:
            names = _names(table)
            hits = sum(bool(_column(c.text, names)) for c in by_row[r].values() if c.kind == "text")
            best = max(best, (hits, -r, table))
    return -best[1], best[2]


def _columns(head: dict[int, Cell], body: dict[int, dict[int, Cell]], table: str, teller: Callable) -> dict[int, str]:
    """Column of the table that each column of the sheet is."""
    names, columns = _names(table), {}
    allowed = [field.name for field in fields(table)]
    for c, cell in head.items():
        name = _column(cell.text, names)
        if name and name in columns.values():
            zh, en = f"有两列都是 {name}；请删去一列", f"two columns are {name}; delete one of them"
            teller(zh, en, cell, row=1, column=name)
        elif name:
            columns[c] = name
        elif any(c in cells for cells in body.values()):
            near = nearest(cell.text, list(names.values()))
            zh, en = (f"；是否为 {near}？", f"; is it {near}?") if near else ("", "")
            zh = f"没有这一列{zh}；允许的列：{'、'.join(allowed)}"
            teller(zh, f"there is no such column{en}; allowed: {', '.join(allowed)}", cell, row=1)
    return columns


def _table_named(name: str) -> str:
    words = {canonical(w) for w in name.split()}
    return next((t for t in ENTRY_TABLES if {t, TABLES[t].zh, canonical(sheet_name(t))} & words), "")


def _column(text: str, names: dict[str, str]) -> str:
    """Column that a header cell names: by its machine name if it holds one, else by its Chinese name."""
    words = [canonical(w) for w in re.split(r"[\s*·/()（）]+", text) if w]
    machine = [w for w in words if w in names.values()]
    return next((n for w in (*machine, canonical(text.replace("*", "")), *words) if (n := names.get(w))), "")


def _names(table: str) -> dict[str, str]:
    """Column names under every word that a header may hold."""
    known: dict[str, str] = {}
    for field in fields(table, all_columns=True):
        known.setdefault(canonical(field.zh), field.name)
    return known | {f.name: f.name for f in fields(table, all_columns=True)}
