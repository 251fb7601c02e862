"""The workbook that a person fills in with new figures: drop-downs, hints and colours, all from the schema and tables."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from ..facts import periods
from ..facts.checks import check
from ..facts.locking import default_root
from ..facts.problems import DataError, Problem, fail, say
from ..facts.schema import Field
from .adding import inbox
from .layout import COLUMNS, ENTRY_TABLES, EXAMPLE, FILE, HELP, LISTS, choices, fields, header, sheet_name
from .messages import both, message
from .reading import read
from .rows import home

ROWS = 500
INK, ACCENT, SOFT, LINE, MUTED = "#1F2933", "#1B4F72", "#DCE6EE", "#C9D3DC", "#7B8794"
_FONT = {"font_name": "Microsoft YaHei", "font_size": 10, "font_color": INK, "valign": "vcenter"}
_HEAD = _FONT | {"bold": True, "text_wrap": True, "align": "left", "border": 1, "border_color": LINE}
LOOKS = {
    "text": _FONT | {"num_format": "@"},
    "required": _HEAD | {"bg_color": ACCENT, "font_color": "#FFFFFF"},
    "optional": _HEAD | {"bg_color": SOFT},
    "example": _FONT | {"num_format": "@", "italic": True, "font_color": MUTED, "bg_color": "#F4F6F8"},
    "title": _FONT | {"font_size": 18, "bold": True, "font_color": ACCENT},
    "body": _FONT | {"text_wrap": True},
    "warn": {"bg_color": "#FFF2CC"},
    "wrong": {"bg_color": "#F8D7DA"},
}
# Obvious slips in a figure: column, colour (red is missing or wrong, amber is to be looked at again), formula in which
# a column's name stands for its cell.
_NUMBER = 'VALUE(SUBSTITUTE({obs_value},",",""))'
_HELD = 'ISNUMBER(SEARCH(SUBSTITUTE(SUBSTITUTE({obs_value},"-",""),",",""),SUBSTITUTE({as_printed},",","")))'
_WORDLESS = 'OR(ISNUMBER(SEARCH("relative",{relation})),ISNUMBER(SEARCH("· M",{obs_status})))'
_SLIPS = (
    ("obs_value", "wrong", f'AND({{begun}},TRIM({{obs_value}})="",NOT({_WORDLESS}))'),
    ("obs_value", "warn", f'AND({{obs_value}}<>"",ISERROR({_NUMBER}))'),
    ("obs_value", "warn", f'AND({{unit}}="%",ISNUMBER({_NUMBER}),ABS({_NUMBER})<1)'),
    ("obs_value", "warn", f'AND({{obs_value}}<>"",{{as_printed}}<>"",NOT({_HELD}))'),
    ("as_printed", "wrong", 'LEN(SUBSTITUTE({as_printed}," ",""))>25'),
    ("time_period", "wrong", 'OR(AND({time_period}<>"",ISERROR(VALUE(LEFT({time_period},4)))),AND({time_period}="",{period_type}="",{begun}))'),
    ("year", "wrong", 'OR(AND({year}<>"",OR(LEN({year})<>4,ISERROR(VALUE({year})))),AND({period_type}<>"",{year}=""))'),
)  # fmt: skip


def make(file: Path | str | None = None, root: Path | str | None = None) -> int:
    """Write the template, by default into the inbox, and say what to do with it; returns the exit status.

    A workbook that holds figures is never replaced.
    """
    root = Path(root) if root is not None else default_root()
    path = Path(file) if file else inbox(root) / FILE
    if path.suffix.lower() != ".xlsx":
        return fail(both("no_xlsx", path=path))
    frames, problems = check(root)
    if problems:
        return fail(str(DataError(problems)))
    if path.exists():
        found: list[Problem] = []
        rows = [row for row in read(path, found, []) if "mark" not in row.cells]
        if rows or found:
            return fail(both("filled", file=path.name, rows=len(rows)))
    aside = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(aside, frames)
        os.replace(aside, path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        return fail(both("template_not_written", reason=error.strerror, path=path))
    say(f"{both('template_written', path=path)}\n" + "\n".join(message("template_next")))
    return 0


def write(file: Path, frames: dict[str, pd.DataFrame]) -> None:
    """Write the template for the tables in `frames` (as read by :func:`~huzhou_analysis.facts.checks.check`)."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": "新数字 New figures", "created": dt.datetime(2000, 1, 1)})
        looks = {name: book.add_format(look) for name, look in LOOKS.items()}
        _help(book.add_worksheet(HELP), looks)
        sheets = {table: book.add_worksheet(sheet_name(table)) for table in ENTRY_TABLES}
        lists = _lists(book, frames, looks)
        for table, sheet in sheets.items():
            _entry(sheet, table, _example(table, frames), lists, looks)
        sheets["figures"].set_tab_color(ACCENT)
        sheets["figures"].activate()


def _help(sheet, looks: dict) -> None:
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 4)
    sheet.set_column(1, 2, 75)
    sheet.set_row(0, 34)
    sheet.write_string(0, 1, "新数字填报模板 · New figures", looks["title"])
    for row, said in ((number, message(f"step_{number}")) for number in range(1, 8)):
        sheet.set_row(row, 36)
        for column, written in enumerate((str(row), *said)):
            sheet.write_string(row, column, written, looks["body"])
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _lists(book, frames: dict[str, pd.DataFrame], looks: dict) -> dict[tuple[str, str], tuple[str, dict[str, str]]]:
    """A sheet with every list; returns the defined name and the labels by code for each column that has one."""
    sheet = book.add_worksheet(LISTS)
    sheet.set_tab_color(LINE)
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, 32)
    written, out = {}, {}
    for table, field in ((name, field) for name in ENTRY_TABLES for field in fields(name)):
        allowed, key = choices(frames, field), field.refers or f"{table}.{field.name}"
        if allowed is None or not allowed.labels:
            continue
        if key not in written:
            column, labels = len(written), list(allowed.labels.values())
            sheet.write_string(0, column, f"{field.zh}\n{key}", looks["optional"])
            sheet.write_column(1, column, labels, looks["text"])
            sheet.set_column(column, column, min(60, 4 + max(len(label.encode("gbk", "replace")) for label in labels)))
            letter, name = xl_col_to_name(column), f"list_{key.replace('.', '_')}"
            book.define_name(name, f"='{LISTS}'!${letter}$2:${letter}${len(labels) + 1}")
            written[key] = name, allowed.labels
        out[table, field.name] = written[key]
    return out


def _entry(sheet, table: str, example: dict[str, str], lists: dict, looks: dict) -> None:
    columns = fields(table)
    sheet.freeze_panes(1, 2 if table == "figures" else 1)
    sheet.set_row(0, 34)
    for position, field in enumerate(columns):
        look = COLUMNS.get(field.name, dict.fromkeys(("width", "hint_zh", "hint_en"), ""))
        name, labels = lists.get((table, field.name), ("", {}))
        sheet.set_column(position, position, int(look["width"] or 15), looks["text"])
        sheet.write_string(0, position, header(field), looks["required" if field.required else "optional"])
        if example:
            value = example.get(field.name, "")
            sheet.write_string(1, position, labels.get(value, value), looks["example"])
        zh, en = look["hint_zh"] or field.zh, look["hint_en"] or field.en[:1].upper() + field.en[1:]
        rule: dict = {"validate": "any", "input_title": f"{field.zh} {field.name}"[:32]}
        rule |= {"input_message": f"{zh}。\n{en}."[:255]}  # Excel takes no longer ones
        if name:
            # What is not on the list may be added in this very file, or be a plain name: a warning, no bar.
            rule |= {"validate": "list", "source": f"={name}", "error_type": "stop" if field.codes else "warning"}
            rule |= {"error_title": "不在列表中 not listed", "error_message": "请从列表中选。Choose from the list."}
        sheet.data_validation(1, position, ROWS, position, rule)
    sheet.ignore_errors({"number_stored_as_text": f"A1:AZ{ROWS + 1}"})
    _colour_slips(sheet, table, columns, looks)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _colour_slips(sheet, table: str, columns: list[Field], looks: dict) -> None:
    at = {field.name: f"${xl_col_to_name(i)}2" for i, field in enumerate(columns)}
    at["begun"] = f"COUNTA($B2:${xl_col_to_name(len(columns) - 1)}2)>0"
    rules = [
        (f.name, "wrong", f'AND({{begun}},TRIM({{{f.name}}})="")')
        for f in columns
        if f.required and f.name != "obs_value"
    ]
    for name, look, formula in (*rules, *(_SLIPS if table == "figures" else ())):
        column, criteria = at[name][1:-1], "=" + formula.format_map(at)
        rule = {"type": "formula", "criteria": criteria, "format": looks[look], "stop_if_true": True}
        sheet.conditional_format(f"{column}2:{column}{ROWS + 1}", rule)


def _example(table: str, frames: dict[str, pd.DataFrame]) -> dict[str, str]:
    """A real row of the table as a person would enter it, as plain and telling as there is; nothing if there is none."""
    rows = frames[table]
    if table == "figures":
        published = rows.source_id.map(frames["sources"].set_index("source_id").date_published)
        plain = {"record_type": "actual", "ref_area": home(frames), "transformation": "N", "relation": "="}
        usual = (rows[list(plain)] == list(plain.values())).all(axis=1) & rows.vintage.eq(published)
        rows = rows[usual & rows.obs_value.ne("") & rows.time_period.ne("")].iloc[::-1]
        telling = [v in p and u in p for v, u, p in zip(rows.obs_value, rows.unit, rows.as_printed, strict=True)]
        parts = rows.time_period.str.fullmatch(r"\d{4}-01/P\d+M")
        rank = rows.assign(telling=telling, parts=parts, bare=rows.comment.eq(""))
        rows = rows.loc[rank.sort_values(["telling", "parts", "bare"], ascending=False, kind="stable").index]
    if not len(rows):
        return {}
    values = {"mark": EXAMPLE} | rows.iloc[0].to_dict()
    if table == "figures" and (period := periods.parse(values["time_period"])).kind == "months":
        values |= {"period_type": "year_to_date", "year": str(period.year), "period_number": str(period.end.month), "time_period": ""}  # fmt: skip
    return values
