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
from .layout import ENTRY_TABLES, EXAMPLE, FILE, HELP, LISTS, Choices, choices, fields, header, is_required, sheet_name
from .reading import read
from .rows import home

ROWS = 500
INK, ACCENT, SOFT, LINE, MUTED = "#1F2933", "#1B4F72", "#DCE6EE", "#C9D3DC", "#7B8794"
WARN, WRONG = "#FFF2CC", "#F8D7DA"

_HINTS = {
    "mark": ("留空。写着“示例”的行不会添加", "Leave empty. The row marked as an example is not added"),
    "indicator": ("从列表选，或直接写指标名称、代码", "Choose, or write the indicator's name or code"),
    "ref_area": ("不填即本市", "Empty means the city"),
    "period_type": ("选时期类型再填年份；或留空，在“时期”列直接写", "Choose the kind and give the year, or write the period"),
    "year": ("四位年份；五年合计填第一年", "Four digits; of five years the first"),
    "period_number": ("季度 1-4；1-N月累计填 N；单月填月份；某日填 9-27", "Quarter 1-4; N of January-N; month 1-12; day as 9-27"),
    "time_period": ("可直接写：2026年上半年、2026年1-9月、2026-Q3；填了左边三列就不必填",
        "Write 2026-S1, 2026-01/P9M or 2026年1-9月, unless the three columns before are filled in"),
    "transformation": ("原文的数字是水平值，还是同比增长（%、个百分点）？必选", "A level, or growth over a year? Always choose"),
    "obs_value": ("照原文填数字：300.8。区间可写 5-7，界限可写 >5，百分数写 34.6",
        "The number as printed: 300.8. A range 5-7, a bound >5, a percentage 34.6"),
    "unit": ("原文的单位，不换算", "The unit as printed, not converted"),
    "as_printed": ("照抄原文中含这个数字的一段，最多 25 字", "Copy the piece that holds the number, at most 25 characters"),
    "source_id": ("新文件先登记在“来源”表，再在这里写它的编号", "Enter a new document in the sheet of sources first"),
    "locator": ("文件里的位置，如“第3段”“表2 第5行”；不填为“正文”", "A paragraph or table row; empty means the text"),
    "record_type": ("不填为实际数；招商宣传的数字一律为宣称", "Empty means a result; a promotional page only makes claims"),
    "relation": ("不填为等于；原文有“超、以上、约”时会自动识别", "Empty means equal; 超, 以上, 约 in the text are recognised"),
    "obs_status": ("不填按来源层级；初步数选 P", "Empty goes by the source's tier; choose P for provisional"),
    "prices": ("不填按同指标已有数字", "Empty goes by the indicator's other figures"),
    "span": ("不填按指标和时期推定", "Empty is worked out from indicator and period"),
    "vintage": ("不填取来源的发布日期", "Empty takes the source's date of publication"),
    "time_basis": ("不填为原文载明；推断的须在备注写理由", "Empty means stated; an inference says why in the comment"),
}  # fmt: skip
_WIDTHS = {"indicator": 34, "ref_area": 20, "transformation": 20, "as_printed": 30, "source_id": 32, "locator": 20, "comment": 36,
           "title": 34, "title_en": 34, "name_zh": 22, "name_en": 30, "definition": 40, "url": 34}  # fmt: skip
_STEPS = (
    ("打开“数字 figures”表，一个公布数填一行。深色表头为必填；点一下单元格就有提示和下拉列表。",
     "Open the sheet 数字 figures; one row for each number. Dark headers are required; a cell shows a hint and a list when you click on it."),
    ("灰色斜体的第 2 行是示例（取自现有数字），不会添加；可以留着，也可以删去。",
     "The grey row 2 is an example taken from the figures on file. It is not added; keep or delete it."),
    ("数字照原文填，不换算单位；“原文”列照抄含有这个数字的一段（最多 25 字）。",
     "Enter the number as printed, in its printed unit; copy into 原文 the piece that holds it (at most 25 characters)."),
    ("新文件先在“来源 sources”表登记；新指标、地区、单位也各有一张表。",
     "Enter a new document in 来源 sources first; new indicators, areas and units have a sheet each."),
    ("颜色：红色为缺少或写法不对；黄色请再看一眼（不是纯数字、原文里找不到，或百分数小于 1：34.6% 写 34.6）。",
     "Colours: red is missing or in a wrong form; amber is to be looked at again (no plain number, not in the text, or a percentage below 1)."),
    ("保存并关闭文件，运行 make add ARGS=--dry-run 看将添加什么，再运行 make add；撤销用 make add ARGS=--undo。",
     "Save and close the file; make add ARGS=--dry-run shows what would be added, make add adds it, make add ARGS=--undo takes it back."),
    ("全部无误才写入；有一处问题就什么也不写，并逐格说明。然后运行 make report 生成新报告。",
     "All of it is written or nothing: every problem is listed with its cell. Then make report makes the new report."),
)  # fmt: skip


def make(file: Path | str | None = None, root: Path | str | None = None) -> int:
    """Write the template, by default into the inbox, and say what to do with it; returns the exit status.

    A workbook that holds figures is never replaced.
    """
    root = Path(root) if root is not None else default_root()
    path = Path(file) if file else inbox(root) / FILE
    if path.suffix.lower() != ".xlsx":
        return fail(f"模板文件名须以 .xlsx 结尾 / the file must end in .xlsx: {path}")
    frames, problems = check(root)
    if problems:
        return fail(str(DataError(problems)))
    if path.exists():
        found: list[Problem] = []
        rows = [row for row in read(path, found, []) if "mark" not in row.cells]
        if rows or found:
            zh = f"{path.name} 已存在并有内容（{len(rows)} 行），不予覆盖。请先 make add 添加，或改名、移走。"
            return fail(
                f"{zh}/ is there and holds {len(rows)} rows: it is not replaced. Add it with make add, or rename it."
            )
    aside = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(aside, frames)
        os.replace(aside, path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        zh, en = (
            f"没有写成（{error.strerror}）：{path}；请关闭它，检查权限和磁盘空间",
            "close the file, check permissions and disk space",
        )
        return fail(f"{zh} / not written ({error.strerror}); {en}")
    zh = "下一步：用 Excel 或 WPS 打开，在“数字 figures”表逐行填写，保存并关闭，然后 make add ARGS=--dry-run 看一看，再 make add。"
    en = "Next: open it in Excel or WPS, fill in the sheet 数字 figures, save and close it; make add ARGS=--dry-run to look, make add to add."
    say(f"模板已写好 / template written: {path}\n{zh}\n{en}")
    return 0


def write(file: Path, frames: dict[str, pd.DataFrame]) -> None:
    """Write the template for the tables in `frames` (as read by :func:`~huzhou_analysis.facts.checks.check`)."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": "新数字 New figures", "created": dt.datetime(2000, 1, 1)})
        formats = _formats(book)
        _help(book.add_worksheet(HELP), formats)
        sheets = {table: book.add_worksheet(sheet_name(table)) for table in ENTRY_TABLES}
        names = _lists(book, frames, formats)
        for table, sheet in sheets.items():
            _entry(sheet, table, frames, names, formats)
        sheets["figures"].set_tab_color(ACCENT)
        sheets["figures"].activate()


def _formats(book) -> dict:
    font = {"font_name": "Microsoft YaHei", "font_size": 10, "font_color": INK, "valign": "vcenter"}
    head = font | {"bold": True, "text_wrap": True, "align": "left", "border": 1, "border_color": LINE}
    looks = {
        "text": font | {"num_format": "@"},
        "required": head | {"bg_color": ACCENT, "font_color": "#FFFFFF"},
        "optional": head | {"bg_color": SOFT},
        "example": font | {"num_format": "@", "italic": True, "font_color": MUTED, "bg_color": "#F4F6F8"},
        "title": font | {"font_size": 18, "bold": True, "font_color": ACCENT},
        "body": font | {"text_wrap": True},
        "warn": {"bg_color": WARN},
        "wrong": {"bg_color": WRONG},
    }
    return {name: book.add_format(look) for name, look in looks.items()}


def _help(sheet, formats: dict) -> None:
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 4)
    sheet.set_column(1, 2, 75)
    sheet.set_row(0, 34)
    sheet.write_string(0, 1, "新数字填报模板 · New figures", formats["title"])
    for row, (zh, en) in enumerate(_STEPS, 1):
        sheet.set_row(row, 36)
        for column, text in enumerate((str(row), zh, en)):
            sheet.write_string(row, column, text, formats["body"])
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _lists(book, frames: dict[str, pd.DataFrame], formats: dict) -> dict[tuple[str, str], tuple[str, Choices]]:
    """A sheet with every list; returns the defined name and the choices for each column that has one."""
    sheet = book.add_worksheet(LISTS)
    sheet.set_tab_color(LINE)
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, 32)
    written: dict[str, tuple[str, Choices]] = {}
    out = {}
    for table in ENTRY_TABLES:
        for field in fields(table):
            allowed = choices(frames, field)
            if allowed is None or not allowed.labels:
                continue
            key = field.refers or f"{table}.{field.name}"
            if key not in written:
                column, labels = len(written), list(allowed.labels.values())
                sheet.write_string(0, column, f"{field.zh}\n{key}", formats["optional"])
                sheet.write_column(1, column, labels, formats["text"])
                sheet.set_column(
                    column, column, min(60, 4 + max(len(label.encode("gbk", "replace")) for label in labels))
                )
                letter, name = xl_col_to_name(column), f"list_{key.replace('.', '_')}"
                book.define_name(name, f"='{LISTS}'!${letter}$2:${letter}${len(labels) + 1}")
                written[key] = (name, allowed)
            out[table, field.name] = written[key]
    return out


def _entry(sheet, table: str, frames, names, formats: dict) -> None:
    columns = fields(table)
    sheet.freeze_panes(1, 2 if table == "figures" else 1)
    sheet.set_row(0, 34)
    example = _example(table, frames, names)
    for position, field in enumerate(columns):
        required = is_required(table, field)
        sheet.set_column(position, position, _WIDTHS.get(field.name, 15), formats["text"])
        sheet.write_string(0, position, header(table, field), formats["required" if required else "optional"])
        if example:
            sheet.write_string(1, position, example.get(field.name, ""), formats["example"])
        zh, en = _HINTS.get(field.name, (field.zh, field.en[:1].upper() + field.en[1:]))
        hint = f"{zh}。\n{en}."[:255]  # Excel takes no longer ones
        rule: dict = {"validate": "any", "input_title": f"{field.zh} {field.name}"[:32], "input_message": hint}
        if (table, field.name) in names:
            # What is not on the list may be added in this very file, or be a plain name: a warning, no bar.
            rule |= {"validate": "list", "source": f"={names[table, field.name][0]}"}
            rule |= {"error_type": "stop" if field.codes else "warning", "error_title": "不在列表中 not listed"}
            rule |= {"error_message": "请从列表中选。Choose from the list."}
        sheet.data_validation(1, position, ROWS, position, rule)
    sheet.ignore_errors({"number_stored_as_text": f"A1:AZ{ROWS + 1}"})
    _slips(sheet, table, columns, formats)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _slips(sheet, table: str, columns: list[Field], formats: dict) -> None:
    """Colours on obvious slips: red is missing or wrong, amber is to be looked at again."""
    at = {field.name: f"${xl_col_to_name(i)}2" for i, field in enumerate(columns)}
    begun = f"COUNTA($B2:${xl_col_to_name(len(columns) - 1)}2)>0"
    required = [field.name for field in columns if is_required(table, field) and field.name != "obs_value"]
    rules = [(name, "wrong", f'AND({begun},TRIM({at[name]})="")') for name in required]
    if table == "figures":
        value, printed, period, kind, year = (
            at[n] for n in ("obs_value", "as_printed", "time_period", "period_type", "year")
        )
        number = f'VALUE(SUBSTITUTE({value},",",""))'
        held = f'ISNUMBER(SEARCH(SUBSTITUTE(SUBSTITUTE({value},"-",""),",",""),SUBSTITUTE({printed},",","")))'
        wordless = f'OR(ISNUMBER(SEARCH("relative",{at["relation"]})),ISNUMBER(SEARCH("· M",{at["obs_status"]})))'
        rules += [
            ("obs_value", "wrong", f'AND({begun},TRIM({value})="",NOT({wordless}))'),
            ("obs_value", "warn", f'AND({value}<>"",ISERROR({number}))'),
            ("obs_value", "warn", f'AND({at["unit"]}="%",ISNUMBER({number}),ABS({number})<1)'),
            ("obs_value", "warn", f'AND({value}<>"",{printed}<>"",NOT({held}))'),
            ("as_printed", "wrong", f'LEN(SUBSTITUTE({printed}," ",""))>25'),
            (
                "time_period",
                "wrong",
                f'OR(AND({period}<>"",ISERROR(VALUE(LEFT({period},4)))),AND({period}="",{kind}="",{begun}))',
            ),
            (
                "year",
                "wrong",
                f'OR(AND({year}<>"",OR(LEN({year})<>4,ISERROR(VALUE({year})))),AND({kind}<>"",{year}=""))',
            ),
        ]
    for name, look, formula in rules:
        column = at[name][1:-1]
        rule = {"type": "formula", "criteria": f"={formula}", "format": formats[look], "stop_if_true": True}
        sheet.conditional_format(f"{column}2:{column}{ROWS + 1}", rule)


def _example(table: str, frames: dict[str, pd.DataFrame], names) -> dict[str, str]:
    """A real row of the table as a person would enter it, as plain and telling as there is; nothing if there is none."""
    rows = frames[table]
    if table == "figures":
        dates = dict(zip(frames["sources"].source_id, frames["sources"].date_published, strict=True))
        plain = {"record_type": "actual", "ref_area": home(frames), "transformation": "N", "relation": "="}
        rows = rows[
            (rows[list(plain)] == list(plain.values())).all(axis=1) & rows.vintage.eq(rows.source_id.map(dates))
        ]
        rows = rows[rows.obs_value.ne("") & rows.time_period.ne("")].iloc[::-1]
        telling = [v in p and u in p for v, u, p in zip(rows.obs_value, rows.unit, rows.as_printed, strict=True)]
        parts = rows.time_period.str.fullmatch(r"\d{4}-01/P\d+M").tolist()
        rank = pd.DataFrame({"telling": telling, "parts": parts, "bare": rows.comment.eq("").tolist()}, rows.index)
        rows = rows.loc[rank.sort_values(list(rank), ascending=False, kind="stable").index]
    if not len(rows):
        return {}
    values = rows.iloc[0].to_dict()
    if table == "figures" and (period := periods.parse(values["time_period"])).kind == "months":
        values |= {
            "period_type": "year_to_date",
            "year": str(period.year),
            "period_number": str(period.end.month),
            "time_period": "",
        }
    labels = {name: allowed.labels for (of, name), (_, allowed) in names.items() if of == table}
    return {"mark": EXAMPLE} | {name: labels.get(name, {}).get(value, value) for name, value in values.items()}
