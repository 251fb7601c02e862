"""The workbook that a person fills in with new figures: drop-downs, hints and colours, all from the schema and tables."""

import datetime as dt
import io
import os
import tomllib
from pathlib import Path

import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from ..facts import periods
from ..facts.checks import check
from ..facts.locking import default_root
from ..facts.problems import DataError, Problem, say
from . import message, refuse, said
from .layout import COLUMNS, ENTRY_TABLES, EXAMPLE, FILE, HELP, LISTS, choices, fields, header, sheet_name
from .reading import read
from .rows import home

ROWS = 500
_STYLE = tomllib.loads(Path(__file__).with_name("template.toml").read_text("utf-8"))
LOOKS = {name: _STYLE["font"] | look for name, look in _STYLE["looks"].items()}
LOOKS |= {name: {"bg_color": colour} for name, colour in _STYLE["colours"].items()}


def make(file: Path | str | None = None) -> None:
    """Write the template, by default into the inbox, never over a workbook that holds figures."""
    path = Path(file or default_root() / "inbox" / FILE)
    refuse("no_xlsx", path.suffix.lower() != ".xlsx", path=path)
    frames, problems = check()
    if problems:
        raise DataError(problems)
    if path.exists():
        found: list[Problem] = []
        rows = [row for row in read(path, found, []) if "mark" not in row.cells]
        refuse("filled", rows or found, file=path.name, rows=len(rows))
    aside = path.with_name(f"{path.name}.new")
    content = io.BytesIO()
    write(content, frames)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(content.getvalue())
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)
    say("\n".join([said("template_written", path=path), *message("template_next")]))


def write(file: Path | io.BytesIO, frames: dict[str, pd.DataFrame]) -> None:
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
        sheets["figures"].set_tab_color(_STYLE["tabs"]["figures"])
        sheets["figures"].activate()


def _help(sheet, looks: dict) -> None:
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 4)
    sheet.set_column(1, 2, 75)
    sheet.set_row(0, 34)
    sheet.write_string(0, 1, "新数字填报模板 · New figures", looks["title"])
    for row in range(1, 8):
        sheet.set_row(row, 36)
        sheet.write_row(row, 0, (str(row), *message(f"step_{row}")), looks["body"])
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _lists(book, frames: dict[str, pd.DataFrame], looks: dict) -> dict[tuple[str, str], tuple[str, dict[str, str]]]:
    """A sheet with every list; returns the defined name and the labels by code for each column that has one."""
    sheet = book.add_worksheet(LISTS)
    sheet.set_tab_color(_STYLE["tabs"]["lists"])
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, 32)
    written, out = {}, {}
    for table, field in ((name, field) for name in ENTRY_TABLES for field in fields(name)):
        key, allowed = field.refers or f"{table}.{field.name}", choices(frames, field)
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
    at = {field.name: f"${xl_col_to_name(i)}2" for i, field in enumerate(columns)}
    at["begun"] = f"COUNTA($B2:${xl_col_to_name(len(columns) - 1)}2)>0"
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
        if field.required and field.name != "obs_value":
            _colour(sheet, position, "wrong", f'AND({at["begun"]},TRIM({at[field.name]})="")', looks)
    if table == "figures":
        at |= {name: formula.format_map(at) for name, formula in _STYLE["parts"].items()}
        for name, slips in _STYLE["slips"].items():
            for look, formula in slips:
                _colour(sheet, [f.name for f in columns].index(name), look, formula.format_map(at), looks)
    sheet.ignore_errors({"number_stored_as_text": f"A1:AZ{ROWS + 1}"})
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _colour(sheet, column: int, look: str, formula: str, looks: dict) -> None:
    """Colour the cells of a column for which a formula is true."""
    rule = {"type": "formula", "criteria": f"={formula}", "format": looks[look], "stop_if_true": True}
    sheet.conditional_format(1, column, ROWS, column, rule)


def _example(table: str, frames: dict[str, pd.DataFrame]) -> dict[str, str]:
    """A real row of the table as a person would enter it, as plain and telling as there is; nothing if there is none."""
    rows = frames[table]
    if table == "figures":
        rows = rows.assign(published=rows.source_id.map(frames["sources"].set_index("source_id").date_published))
        plain = "record_type == 'actual' and ref_area == @city and transformation == 'N' and relation == '='"
        known = "vintage == published and obs_value != '' and time_period != ''"
        rows = rows.query(f"{plain} and {known}", local_dict={"city": home(frames)})[::-1]
        telling = [v in p and u in p for v, u, p in zip(rows.obs_value, rows.unit, rows.as_printed, strict=True)]
        parts = rows.time_period.str.fullmatch(r"\d{4}-01/P\d+M")
        rows = rows.assign(telling=telling, parts=parts, bare=rows.comment.eq(""))
        rows = rows.sort_values(["telling", "parts", "bare"], ascending=False, kind="stable")
    if not len(rows):
        return {}
    values = {"mark": EXAMPLE} | rows.iloc[0].to_dict()
    if table == "figures" and (period := periods.parse(values["time_period"])).kind == "months":
        values |= {"period_type": "year_to_date", "year": str(period.year), "time_period": ""}
        values |= {"period_number": str(period.end.month)}
    return values
