"""A file that a person sends, turned into rows of cells; whatever is unsafe or unclear is refused with its place.

Nothing is trusted: the kind of a file is read from its first bytes, and what cannot be seen on the screen (hidden rows,
columns and sheets, rows crossed out) is not added.
"""

from __future__ import annotations

import csv
import difflib
import re
from pathlib import Path

from openpyxl.utils import get_column_letter

from ..facts import text_tables
from ..facts.problems import Problem, message, nearest
from ..facts.schema import TABLES
from .cells import FORMULA_ERRORS, MAX_BYTES, MAX_CELLS, SAVE_AS, Cell, Grid, Refused, Row, tidy, too_many
from .layout import ENTRY_TABLES, KEEP, OTHER_SHEETS, canonical, code_choices, fields, is_required, sheet_name
from .workbooks import grids as workbook_grids


def read(path: Path, problems: list[Problem], notes: list[tuple[str, str]]) -> list[Row]:
    """Rows of every entry sheet of a workbook or text table.

    `problems` gets one entry for each reason not to read something, `notes` what is worth saying though nothing is wrong.
    """
    try:
        raw = content(path)
        if raw.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            grids = workbook_grids(path.name, raw, notes)
        elif raw.startswith(b"\xd0\xcf\x11\xe0"):
            if "EncryptedPackage".encode("utf-16-le") in raw:
                zh = "文件有密码；请在 Excel 中取消密码后另存"
                raise Refused(zh, "has a password; remove it in Excel and save again")
            zh = f"是旧格式（.xls、.et 或 .doc）；{SAVE_AS[0]}"
            raise Refused(zh, f"an old format (.xls, .et or .doc); {SAVE_AS[1]}")
        else:
            grids = [_text_table(path.name, raw, notes)]
        return _entries(path.name, grids, problems, notes)
    except Refused as reason:
        problems.append(Problem(path.name, 0, "", "", reason.zh, reason.en))
        return []


def content(path: Path) -> bytes:
    """Bytes of a file that is there, closed and of a sensible size."""
    if path.name.startswith("~$"):
        zh = "这是 Excel 或 Word 的临时锁文件，不是数据；请给出原文件"
        raise Refused(zh, "a lock file of Excel or Word, no data; name the file itself")
    for lock in (path.with_name(f"~${path.name}"), path.with_name(f".~lock.{path.name}#")):
        if lock.exists():
            zh = f"文件正在 Excel、Word 或 WPS 中打开（有 {lock.name}）；请保存并关闭后重试；若并未打开，请删除该锁文件"
            en = f"the file is open in Excel, Word or WPS ({lock.name} is there); save and close it; if it is not open, delete that lock file"
            raise Refused(zh, en)
    if path.is_dir():
        raise Refused("这是文件夹，请给出其中的文件", "a folder; name the file in it")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Refused("文件大于 200 MB，不予打开", "larger than 200 MB: not opened")
        raw = path.read_bytes()
    except FileNotFoundError:
        beside = [p.name for p in path.parent.glob("*.*")] if path.parent.is_dir() else []
        near = "、".join(difflib.get_close_matches(path.name, beside, 1, 0.5)) or "…"
        raise Refused(f"没有这个文件；是否为 {near}？", f"there is no such file; is it {near}?") from None
    except OSError as error:
        zh = f"读不到文件（{error.strerror}）；请关闭它或检查权限"
        raise Refused(zh, f"cannot be read ({error.strerror}); close it or check permissions") from None
    if not raw:
        zh = "文件是空的（0 字节）；请重新保存或重新复制"
        raise Refused(zh, "the file is empty (0 bytes); save or copy it again")
    return raw


def _text_table(file: str, raw: bytes, notes: list[tuple[str, str]]) -> Grid:
    text, encoding = text_tables.decoded(raw)
    binary = b"\0" in raw[:4096] or raw.startswith((b"%PDF", b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"{\\rtf"))
    marked = text[:1000].lstrip().casefold().startswith(("<html", "<!doctype", "<?xml", "<table"))
    if (binary and encoding != "UTF-16") or not text or "\0" in text or marked:
        zh = f"既不是 xlsx 也不是 csv（后缀与内容不符、编码无法识别，或是网页）；{SAVE_AS[0]}"
        en = f"neither xlsx nor csv (its ending does not match its content, its encoding is unknown, or it is a web page); {SAVE_AS[1]}"
        raise Refused(zh, en)
    if encoding != "UTF-8":
        zh = f"{file}：按 {encoding} 编码读取，请核对中文"
        notes.append((zh, f"{file}: read as {encoding}; check that its Chinese is right"))
    words = {word for table in ENTRY_TABLES for word in _names(table)}
    cells, count = {}, 0
    try:
        for r, record in enumerate(text_tables.records(text, text_tables.separator(text, words)), 1):
            count += len(record)
            if count > MAX_CELLS:
                raise too_many(count)
            for c, value in enumerate(record, 1):
                if value := tidy(value):
                    kind = "error" if value in FORMULA_ERRORS else "text"
                    cells[r, c] = Cell(f"{get_column_letter(c)}{r}", kind, value)
    except csv.Error as error:
        raise Refused(*message("unclosed", error=error)) from None
    return Grid("csv", cells)


# --- sheets --------------------------------------------------------------------------------------------------------


def _entries(file: str, grids: list[Grid], problems: list[Problem], notes: list[tuple[str, str]]) -> list[Row]:
    """Rows to add of every sheet that has the header of a table, whatever the sheet is called."""
    rows, ignored, found, before = [], [], False, len(problems)
    for grid in (grid for grid in grids if grid.name not in OTHER_SHEETS):
        by_row: dict[int, dict[int, Cell]] = {}
        for (r, c), cell in sorted(grid.cells.items()):
            by_row.setdefault(r, {})[c] = cell
        words = {grid.name, *grid.name.split()}
        named = next((t for t in ENTRY_TABLES if {t, TABLES[t].zh, sheet_name(t)} & words), "")
        at, table = _header(by_row, [named] if named else list(ENTRY_TABLES))
        if at:
            found = True
            rows += _rows(file, grid, table, at, by_row, problems)
        elif by_row and not grid.hidden:
            ignored.append(grid.name)
    where = "、".join(ignored)
    if not found or (ignored and not rows and len(problems) == before):
        zh = f"没有找到表头{f'（{where}）' if where else ''}；请使用 make template 生成的模板，保留第一行"
        en = f"no header was found{f' ({where})' if where else ''}; use the template of `make template` and keep its first row"
        raise Refused(zh, en)
    if ignored:
        notes.append((f"{file}：没有表头，忽略工作表 {where}", f"{file}: no header, ignored: sheet {where}"))
    return _kept(rows)


def _header(by_row: dict[int, dict[int, Cell]], tables: list[str]) -> tuple[int, str]:
    """Row of the header, among the first fifteen, and the table whose it is; 0 if there is none."""
    best = (2, 0, "")
    for table in tables:
        names = _names(table)
        for r in (r for r in by_row if r <= 15):
            hits = sum(bool(_column(c.text, names)) for c in by_row[r].values() if c.kind == "text")
            best = max(best, (hits, -r, table))
    return -best[1], best[2]


def _names(table: str) -> dict[str, str]:
    """Column names under every word that a header may hold."""
    columns = fields(table, all_columns=True)
    return {canonical(f.zh): f.name for f in reversed(columns)} | {f.name: f.name for f in columns}


def _column(text: str, names: dict[str, str]) -> str:
    """Column that a header cell names: by its machine's name, which stands last, else by its Chinese name."""
    words = [canonical(word) for word in re.split(r"[\s*·/()（）]+", text)]
    return next((names[word] for word in (*reversed(words), canonical(text.replace("*", ""))) if word in names), "")


def _rows(file: str, grid: Grid, table: str, at: int, by_row: dict, problems: list[Problem]) -> list[Row]:
    """Rows below the header at row `at`, and what is wrong with the sheet."""

    def tell(zh: str, en: str, cell: Cell | None = None, row: int = at, column: str = "") -> None:
        place = f"{grid.name}!{cell.address}" if cell else grid.name
        problems.append(Problem(file, row, column, cell.text if cell else "", zh, en, place))

    body = {r: cells for r, cells in by_row.items() if r > at}
    used = {c for cells in body.values() for c in cells}
    names, columns = _names(table), {}
    for c, cell in by_row[at].items():
        name = _column(cell.text, names)
        if name and name in columns.values():
            tell(f"有两列都是 {name}；请删去一列", f"two columns are {name}; delete one of them", cell, column=name)
        elif name:
            columns[c] = name
        elif c in used:
            near = nearest(cell.text, list(names.values())) or "…"
            allowed = ", ".join(field.name for field in fields(table))
            zh = f"没有这一列；是否为 {near}？允许的列：{allowed}"
            tell(zh, f"there is no such column; is it {near}? allowed: {allowed}", cell)
    if not body:
        return []
    for field in fields(table):
        if is_required(table, field) and field.name not in columns.values():
            zh = f"缺少这一列：{field.zh}；请用新模板"
            tell(zh, f"this column is missing; take a new template ({field.en})", column=field.name)
    if grid.hidden:
        tell("工作表被隐藏，其内容看不见；请取消隐藏或删除", "the sheet is hidden; show it or delete it")
        return []
    for c in grid.hidden_columns & set(columns) & used:
        zh, en = "这一列被隐藏；请取消隐藏或清空", "the column is hidden; show it or empty it"
        tell(zh, en, by_row[at][c], column=columns[c])
    letters, rows = {name: get_column_letter(c) for c, name in columns.items()}, []
    for r, cells in body.items():
        for c in sorted(set(cells) - set(by_row[at])):
            zh, en = "这一格在表头之外；请移到有表头的列", "stands outside the table; move it under a header"
            tell(zh, en, cells[c], r)
        row = Row(file, grid.name, table, r, {columns[c]: cell for c, cell in cells.items() if c in columns}, letters)
        if r in grid.hidden_rows and row.cells:
            zh, en = "这一行被隐藏或筛掉；请取消隐藏或删除", "the row is hidden or filtered out; show it or delete it"
            problems.append(row.problem("mark", zh, en, ""))
        elif row.cells:
            rows.append(row)
    return rows


def _kept(rows: list[Row]) -> list[Row]:
    """Rows to add: of proposals those that are marked yes, and of new entries those that such a figure uses."""
    marks = code_choices(KEEP.codes)

    def said(row: Row) -> str:
        cell = row.cells.pop("keep", None)
        return (marks.find(cell.text) or [cell.text])[0] if cell else "yes"

    marked = [(row, said(row)) for row in rows]
    figures = [row for row, mark in marked if row.table == "figures" and mark not in ("no", "look")]
    used = {canonical(t) for row in figures for c in row.cells.values() for t in (c.text, c.text.rsplit("·", 1)[-1])}
    entries = [row for row, mark in marked if row.table != "figures"
               and (mark != "used" or any(canonical(c.text) in used for c in row.cells.values()))]  # fmt: skip
    return figures + entries
