"""The workbook that a person fills in with new figures: drop-downs, hints and colours, all from the schema and tables."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pandas as pd

from ..facts import numerals, periods
from ..facts.checks import check, default_root
from ..facts.problems import DataError, Problem
from ..facts.schema import TABLES, Field
from .layout import ENTRY_TABLES, EXAMPLE, FILE, HELP, LISTS, Choices, choices, fields, header, is_required, sheet_name
from .rows import home

ROWS = 500
INK, ACCENT, SOFT, LINE, MUTED = "#1F2933", "#1B4F72", "#DCE6EE", "#C9D3DC", "#7B8794"
WARN, WRONG = "#FFF2CC", "#F8D7DA"

_HINTS = {
    "mark": ("留空。写着“示例”的行不会添加", "Leave empty. The row marked as an example is not added"),
    "indicator": ("从列表选，或直接写指标名称、代码", "Choose, or write the indicator's name or code"),
    "ref_area": ("不填即本市", "Empty means the city"),
    "period_type": ("选时期类型再填年份；或留空，在“时期”列直接写",
        "Choose the kind and give the year; or leave empty and write the period"),
    "year": ("四位年份；五年合计填第一年", "Four digits; of five years the first"),
    "period_number": ("季度 1-4；1-N月累计填 N；单月填月份；某日填 9-27", "Quarter 1-4; N of January-N; month 1-12; day as 9-27"),
    "time_period": ("可直接写：2026年上半年、2026年1-9月、2026-Q3。填了左边三列就不必填",
        "Write 2026-S1, 2026-01/P9M or 2026年1-9月. Not needed if the three columns before are filled in"),
    "transformation": ("原文的数字是水平值，还是同比增长（%、个百分点）？必选", "Is the number a level, or growth over a year? Always choose"),
    "obs_value": ("照原文填数字：300.8。区间可写 5-7，界限可写 >5，百分数写 34.6",
        "The number as printed: 300.8. A range 5-7, a bound >5, a percentage 34.6"),
    "unit": ("原文的单位，不换算", "The unit as printed, not converted"),
    "as_printed": ("照抄原文中含这个数字的一段，最多 25 字", "Copy the piece that holds the number, at most 25 characters"),
    "source_id": ("新文件先登记在“来源”表，再在这里写它的编号",
        "Enter a new document in the sheet of sources first, then write its id here"),
    "locator": ("文件里的位置，如“第3段”“表2 第5行”；不填为“正文”",
        "Where in the document: a paragraph or table row; empty means the text"),
    "record_type": ("不填为实际数；招商宣传的数字一律为宣称", "Empty means a result; a promotional page only makes claims"),
    "relation": ("不填为等于；原文有“超、以上、约”时会自动识别", "Empty means equal; 超, 以上, 约 in the text are recognised"),
    "value_high": ("只在区间时填上限", "Only for a range: its upper end"),
    "obs_status": ("不填按来源层级；初步数选 P", "Empty goes by the source's tier; choose P for provisional"),
    "prices": ("不填按同指标已有数字", "Empty goes by the indicator's other figures"),
    "span": ("不填按指标和时期推定", "Empty is worked out from indicator and period"),
    "vintage": ("不填取来源的发布日期", "Empty takes the source's date of publication"),
    "time_basis": ("不填为原文载明；推断的须在备注写理由", "Empty means stated; an inference says why in the comment"),
    "ascending": ("数值越大越好吗？", "Is more better?"),
}  # fmt: skip
_WIDTHS = {
    "mark": 9, "indicator": 34, "ref_area": 20, "period_type": 17, "year": 8, "period_number": 15, "time_period": 16,
    "transformation": 20, "obs_value": 11, "unit": 11, "as_printed": 30, "source_id": 32, "locator": 20, "comment": 36,
    "title": 34, "title_en": 34, "name_zh": 22, "name_en": 30, "definition": 40, "url": 34,
}  # fmt: skip


def make(file: Path | str | None = None, root: Path | str | None = None) -> int:
    """Write the template and say what to do with it; returns the exit status.

    Parameters
    ----------
    file : path, optional
        By default ``inbox/new_figures.xlsx`` in the folder of the tables. A workbook that holds figures is never replaced.
    root : path, optional
        Folder of the tables.
    """
    from ..facts.problems import fail, say
    from .adding import inbox
    from .reading import read
    from .writing import replace

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
            return fail(
                f"{path.name} 已存在并有内容（{len(rows)} 行），不予覆盖。请先 make add 添加，或改名、移走。/ is there and holds {len(rows)} rows: "
                "it is not replaced. Add it with make add, or rename it."
            )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        workbook = io.BytesIO()
        write(workbook, frames)
        replace(path, workbook.getvalue())
    except OSError as error:
        return fail(
            f"没有写成（{error.strerror or error}）：{path}；请关闭它，检查权限和磁盘空间 / not written ({error.strerror or error}); close the "
            "file, check permissions and disk space"
        )
    say(
        f"模板已写好 / template written: {path}\n"
        "下一步：用 Excel 或 WPS 打开，在“数字 figures”表逐行填写，保存并关闭，然后 make add ARGS=--dry-run 看一看，再 make add。\n"
        "Next: open it in Excel or WPS, fill in the sheet 数字 figures, save and close it; make add ARGS=--dry-run to look, make add to add."
    )
    return 0


def write(file: Path | io.BytesIO, frames: dict[str, pd.DataFrame]) -> None:
    """Write the template for the tables in `frames` (as read by :func:`~huzhou_analysis.facts.checks.check`)."""
    import xlsxwriter

    frames = {name: frame.astype(str) for name, frame in frames.items()}
    with xlsxwriter.Workbook(
        file, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    ) as book:
        book.set_properties({"title": "新数字 New figures", "created": dt.datetime(2000, 1, 1)})
        formats = _formats(book)
        help_sheet = book.add_worksheet(HELP)
        sheets = {table: book.add_worksheet(sheet_name(table)) for table in ENTRY_TABLES}
        names = _lists(book, frames, formats)
        for table, sheet in sheets.items():
            _entry(sheet, table, frames, names, formats)
        _help(help_sheet, formats)
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
        "section": font | {"font_size": 12, "bold": True, "font_color": ACCENT, "bottom": 1, "bottom_color": LINE},
        "body": font | {"text_wrap": True, "valign": "top"},
        "muted": font | {"text_wrap": True, "valign": "top", "font_color": MUTED},
        "warn": {"bg_color": WARN},
        "wrong": {"bg_color": WRONG},
        "warn_cell": font | {"bg_color": WARN, "text_wrap": True},
        "wrong_cell": font | {"bg_color": WRONG, "text_wrap": True},
    }
    return {name: book.add_format(look) for name, look in looks.items()}


def _lists(book, frames: dict[str, pd.DataFrame], formats: dict) -> dict[tuple[str, str], tuple[str, Choices]]:
    """A sheet with every list; returns the defined name and the choices for each column that has one."""
    from xlsxwriter.utility import xl_col_to_name

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
                sheet.set_column(column, column, min(60, 4 + max(map(_width, labels))))
                letter, name = xl_col_to_name(column), f"list_{key.replace('.', '_')}"
                book.define_name(name, f"='{LISTS}'!${letter}$2:${letter}${len(labels) + 1}")
                written[key] = (name, allowed)
            out[table, field.name] = written[key]
    return out


def _width(text: str) -> int:
    return sum(2 if ord(c) > 0x2E80 else 1 for c in text)


def _hint(field: Field) -> str:
    """Chinese and English hint of a column; at most 255 characters, as Excel demands."""
    zh, en = _HINTS.get(field.name, (field.zh, field.en[:1].upper() + field.en[1:]))
    return f"{zh}。\n{en}."[:255]


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
        rule: dict = {"input_title": f"{field.zh} {field.name}"[:32], "input_message": _hint(field)}
        if (table, field.name) in names:
            # What is not on the list may be added in this very file, or be a plain name: a warning, no bar.
            rule |= {"validate": "list", "source": f"={names[table, field.name][0]}"}
            rule |= {"error_type": "stop" if field.codes else "warning", "error_title": "不在列表中 not listed"}
            rule |= {"error_message": "请从列表中选。Choose from the list."}
        else:
            rule |= {"validate": "any"}
        sheet.data_validation(1, position, ROWS, position, rule)
    sheet.ignore_errors({"number_stored_as_text": f"A1:AZ{ROWS + 1}"})
    _slips(sheet, table, columns, formats)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _slips(sheet, table: str, columns: list[Field], formats: dict) -> None:
    """Colours on obvious slips: red is missing or wrong, amber is to be looked at again."""
    from xlsxwriter.utility import xl_col_to_name

    at = {field.name: f"${xl_col_to_name(i)}2" for i, field in enumerate(columns)}
    begun = f"COUNTA($B2:${xl_col_to_name(len(columns) - 1)}2)>0"

    def colour(name: str, formula: str, look: str) -> None:
        place = at[name].replace("$", "")
        sheet.conditional_format(
            f"{place}:{place[:-1]}{ROWS + 1}",
            {"type": "formula", "criteria": f"={formula}", "format": formats[look], "stop_if_true": True},
        )

    for field in columns:
        if is_required(table, field) and field.name != "obs_value":
            colour(field.name, f'AND({begun},TRIM({at[field.name]})="")', "wrong")
    if table != "figures":
        return
    value, printed, unit = at["obs_value"], at["as_printed"], at["unit"]
    number = f'VALUE(SUBSTITUTE({value},",",""))'
    held = f'ISNUMBER(SEARCH(SUBSTITUTE(SUBSTITUTE({value},"-",""),",",""),SUBSTITUTE({printed},",","")))'
    wordless = f'OR(ISNUMBER(SEARCH("relative",{at["relation"]})),ISNUMBER(SEARCH("· M",{at["obs_status"]})))'
    colour("obs_value", f'AND({begun},TRIM({value})="",NOT({wordless}))', "wrong")
    colour("obs_value", f'AND({value}<>"",ISERROR({number}))', "warn")
    colour("obs_value", f'AND({unit}="%",ISNUMBER({number}),ABS({number})<1)', "warn")
    colour("obs_value", f'AND({value}<>"",{printed}<>"",NOT({held}))', "warn")
    colour("as_printed", f'LEN(SUBSTITUTE({printed}," ",""))>25', "wrong")
    period, kind, year = at["time_period"], at["period_type"], at["year"]
    colour("time_period", f'AND({period}<>"",ISERROR(VALUE(LEFT({period},4))))', "wrong")
    colour("time_period", f'AND({period}="",{kind}="",{begun})', "wrong")
    colour("year", f'AND({year}<>"",OR(LEN({year})<>4,ISERROR(VALUE({year}))))', "wrong")
    colour("year", f'AND({kind}<>"",ISERROR(SEARCH("unstated",{kind})),{year}="")', "wrong")


def _example(table: str, frames: dict[str, pd.DataFrame], names) -> dict[str, str]:
    """A real row of the table as a person would enter it; nothing if there is none."""
    fits = frames[table]
    if table == "figures":
        dates = dict(zip(frames["sources"].source_id, frames["sources"].date_published, strict=True))
        plain = {"record_type": "actual", "ref_area": home(frames), "transformation": "N", "relation": "="}
        fits = fits[
            (fits[list(plain)] == list(plain.values())).all(axis=1) & fits.vintage.eq(fits.source_id.map(dates))
        ]
        fits = fits[fits.obs_value.ne("") & fits.time_period.ne("")]
        fits = fits[_where(_held, fits.obs_value, fits.as_printed)].iloc[::-1]
        for wish in (  # as plain and as telling an example as there is
            lambda rows: _where(_held, rows.unit, rows.as_printed) & ~_where(str.isascii, rows.as_printed),
            lambda rows: rows.comment.eq(""),
            lambda rows: rows.time_period.str.fullmatch(r"\d{4}-01/P\d+M"),
        ):
            fits = fits[wish(fits)] if wish(fits).any() else fits
    if not len(fits):
        return {}
    values = fits.iloc[0].to_dict()
    if table == "figures" and periods.parse(values["time_period"]).kind == "months":
        period = periods.parse(values["time_period"])
        values |= {"period_type": "year_to_date", "year": str(period.year), "period_number": str(period.end.month)}
        values["time_period"] = ""
    shown = {
        name: names[table, name][1].labels.get(value, value) if value and (table, name) in names else value
        for name, value in values.items()
    }
    return {"mark": EXAMPLE} | shown


def _where(test, *columns: pd.Series) -> pd.Series:
    """Rows for which a test of some columns holds; also of a table without rows."""
    return pd.Series([bool(test(*values)) for values in zip(*columns, strict=True)], index=columns[0].index, dtype=bool)


def _held(part: str, text: str) -> bool:
    return numerals.normalise(part) in numerals.normalise(text)


_STEPS = (
    ("打开“数字 figures”表，一个公布数填一行。深色表头为必填；点一下单元格就有提示和下拉列表。",
     "Open the sheet 数字 figures; one row for each printed number. Dark headers are required; a cell shows a hint and a list when you click on it."),
    ("灰色斜体的第 2 行是示例（取自现有数字），不会添加；可以留着，也可以删去。",
     "The grey row 2 is an example taken from the figures on file. It is not added; keep or delete it."),
    ("数字照原文填，不换算单位；“原文”列照抄含有这个数字的一段（最多 25 字）。",
     "Enter the number as printed, in its printed unit; copy into 原文 the piece that holds it (at most 25 characters)."),
    ("新文件先在“来源 sources”表登记；新指标、地区、单位也各有一张表。",
     "Enter a new document in 来源 sources first; new indicators, areas and units have a sheet each."),
    ("保存并关闭文件，运行 make add ARGS=--dry-run 看将添加什么，再运行 make add。",
     "Save and close the file; make add ARGS=--dry-run shows what would be added, make add adds it."),
    ("全部无误才写入；有一处问题就什么也不写，并逐格说明。", "All of it is written or nothing: every problem is listed with its cell."),
    ("然后运行 make report 生成新报告。", "Then make report makes the new report."),
)  # fmt: skip


_COLOURS = (
    ("wrong_cell", "缺少或写法不对", "missing, or in a wrong form"),
    ("warn_cell", "请再看一眼：不是纯数字、原文里找不到、或百分数小于 1（34.6% 写 34.6，不写 0.346）",
     "look again: no plain number, not in the text, or a percentage below 1 (34.6%, not 0.346)"),
)  # fmt: skip


def _help(sheet, formats: dict) -> None:
    sheet.hide_gridlines(2)
    for column, width in enumerate((4, 22, 20, 52, 62)):
        sheet.set_column(column, column, width)
    sheet.set_row(0, 34)
    sheet.write_string(0, 1, "新数字填报模板 · New figures", formats["title"])
    row, star = 2, {True: " *", False: ""}
    columns = [
        ({1: (f.zh + star[is_required("figures", f)], "body"), 2: (f.name, "muted")}, *_HINTS.get(f.name, (f.zh, f.en)))
        for f in fields("figures")
    ]
    for title, lines in (
        ("七步 · Seven steps", [({0: (str(n), "muted")}, zh, en) for n, (zh, en) in enumerate(_STEPS, 1)]),
        ("颜色 · Colours", [({1: ("", look)}, zh, en) for look, zh, en in _COLOURS]),
        ("“数字”表的列 · Columns of 数字 figures", columns),
    ):
        for column in range(1, 5):
            sheet.write_string(row, column, title if column == 1 else "", formats["section"])
        for first, zh, en in lines:
            row += 1
            sheet.set_row(row, 32)
            for column, (text, look) in first.items():
                sheet.write_string(row, column, text, formats[look])
            if (left := max(first) + 1) < 3:
                sheet.merge_range(row, left, row, 3, zh, formats["body"])
            else:
                sheet.write_string(row, 3, zh, formats["body"])
            sheet.write_string(row, 4, en, formats["muted"])
        row += 2
    names = [f"{TABLES[t].zh} {t}" for t in ENTRY_TABLES]
    sheet.write_string(row, 1, f"另有 / further sheets: {', '.join(names[1:])}, {LISTS}", formats["muted"])
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
