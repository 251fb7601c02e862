# ruff: noqa: SIM905
"""Proposals as a workbook in the template's own layout: to be looked over, corrected, and added by ``make add``."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from ...facts import numerals
from ...facts.checks import default_root
from ...facts.problems import DataError, fail, say
from ...facts.schema import REASONS, TABLES, Field
from ..layout import FRONT, HELP, KEEP, OTHERS, choices, fields, header, is_required, sheet_name
from .mapping import Matcher
from .opening import DocumentError
from .proposals import Proposals, propose

INK, ACCENT, SOFT, LINE = "#1F2933", "#1B4F72", "#DCE6EE", "#C9D3DC"
COLOURS = {"yes": "#DDF0E2", "look": "#FFF2CC", "no": "#ECEFF1"}
_FIRST = "keep sure sentence indicator obs_value unit time_period transformation ref_area guesses on_file".split()
_WIDTHS = {"keep": 12, "sure": 8, "sentence": 62, "indicator": 30, "obs_value": 11, "unit": 10, "time_period": 13, "transformation": 17, "ref_area": 18, "guesses": 20, "on_file": 26,
           "as_printed": 28, "comment": 24, "locator": 26, "source_id": 18, "name_zh": 34, "name_en": 40, "title": 44, "title_en": 44, "around": 44,
           "reason": 24}  # fmt: skip
_WIDE = ("sentence", "guesses", "on_file", "indicator")
_SURE = {"sure": "确定 sure", "look": "存疑 look"}
_SOURCE = {"bulletin": ("TJGB", "Statistical communiqué"), "work_report": ("GWR", "Government work report"),
           "plan": ("PLAN", "Government plan"), "news": ("NEWS", "Press article")}  # fmt: skip
_LEVELS = {"市": "city", "省": "province", "区": "county", "县": "county", "州": "city", "国": "country"}
_REASONS = {"": ("? 无法判断", "fits nothing")} | REASONS
_OTHERS = [Field(name, "string", zh, "", codes=_REASONS if name == "reason" else None)
           for name, zh in (("numeral", "数码"), ("around", "前后文"), ("reason", "原因"), ("locator", "位置"))]  # fmt: skip
_HELP = """“采用”列：添加 yes {yes}，待看 look {look}，不要 no {no}。只有 yes 的行会添加。
Column 采用 keep: only rows marked yes are added. Change look to yes once you have checked the row, or to no.
yes：没有推测之处，指标、地区、单位都已收录。look：有推测（见“推测”列），或指标尚未收录。no：已收录相同数字，或文内重复。
yes: nothing guessed, all on file. look: something was guessed (column 推测), or the indicator is not on file. no: the same figure is on file, or it repeats.
新指标、地区、单位在各自的工作表里预填，只有被采用的数字用到时才添加；请改好英文名和代码。
New indicators, areas and units stand in their sheets; they are added only if a kept figure uses them. Look over their English names and codes.
“已收录”列：≠ 表示已收录另一个值（可能是修订），并列供比较；未用数码在最后一张表。
Column 已收录 on_file: ≠ shows another value on file (perhaps a revision). Numerals that state nothing are in the last sheet.
改好后保存、关闭，运行 make add ARGS=--dry-run 查看，再运行 make add。/ Save, close, then make add ARGS=--dry-run to look, make add to add."""


def make(file: Path | str, root: Path | str | None = None) -> int:
    """Write ``inbox/NAME.xlsx`` with the proposals of a document and say what to do with it; returns the exit status.

    A workbook of its name that is in the inbox already is never replaced. `root` is the folder of the tables.
    """
    root, file = Path(root) if root is not None else default_root(), Path(file)
    target = root / "inbox" / f"{file.stem}.xlsx"
    try:
        if target.exists():
            raise DocumentError(
                file.name,
                f"{target.name} 已在收件夹中，不予覆盖；请先 make add 添加，或改名、移走",
                f"{target.name} is in the inbox already: it is not replaced; add it with make add, rename it or move it",
            )
        matcher = Matcher(root)
        proposals = propose(file, matcher)
        if proposals.empty:
            raise DocumentError(file.name, "文中没有统计数字", "holds no figure")
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_suffix(".new")
        write(aside, proposals, matcher)
        os.replace(aside, target)
    except (DocumentError, DataError) as error:
        return fail(f"{error}\n没有写出任何文件。/ Nothing was written.")
    counts, others = _counts(proposals), proposals.attrs["others"]
    unclear = sum(not o["reason"] for o in others)
    say(
        f"已写出 / written: {target}\n"
        f"{len(proposals)} 个数字：添加 {counts['yes']}，待看 {counts['look']}，不要（已收录或重复）{counts['no']}；另列 {len(others)} 个非统计数码，其中 {unclear} 个无法判断\n"
        f"{len(proposals)} figures: {counts['yes']} to add, {counts['look']} to look at, {counts['no']} on file or repeated; {len(others)} other numerals are listed, {unclear} fit nothing\n"
        "下一步：打开改好“采用”列，保存、关闭，make add ARGS=--dry-run，再 make add / next: open it, correct it, save, close; make add ARGS=--dry-run, then make add"
    )
    return 0


def _counts(proposals: Proposals) -> dict[str, int]:
    return {"yes": 0, "look": 0, "no": 0} | proposals.keep.value_counts().to_dict()


def write(file: Path, proposals: Proposals, matcher: Matcher) -> None:
    """Write the workbook of a document's proposals."""
    import xlsxwriter

    source, new = source_row(proposals, matcher), new_entries(proposals, matcher)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        looks = _looks(book)
        columns = {f.name: f for f in (*FRONT, *fields("figures")) if f.name not in ("mark", "year", "period_number")}
        columns = [columns.pop(name) for name in _FIRST] + list(columns.values())
        rows = _rows(proposals, matcher, source["source_id"], new)
        _figures(_sheet(book, "figures", columns, rows, looks), columns, rows, matcher, looks)
        for table, entries in (new | {"sources": [source]}).items():
            used = [{"keep": "used"} | row for row in entries]
            _sheet(book, table, [KEEP, *TABLES[table].fields], used, looks)
        others = sorted(proposals.attrs["others"], key=lambda o: (o["reason"] != "", o["offset"]))
        _sheet(book, OTHERS, _OTHERS, others, looks)
        help_ = book.add_worksheet(HELP)
        help_.set_column(0, 0, 110, looks["wrap"])
        help_.write_string(0, 0, f"{proposals.attrs['file']}：{len(proposals)} 个数字 figures", looks["title"])
        for number, line in enumerate(_HELP.format(**_counts(proposals)).splitlines(), 2):
            help_.write_string(number, 0, line, looks["wrap"])


def label(code: str, name: str) -> str:
    """A choice as the template shows it: readable name and code."""
    return f"{name} · {code}"


def source_row(proposals: Proposals, matcher: Matcher) -> dict[str, str]:
    """The document as a row of ``sources.csv``."""
    document, known = proposals.attrs["document"], set(matcher.frames["sources"].source_id)
    kind, name = _SOURCE[document.kind]
    plain = f"R-{(document.published or str(document.year or 'UNDATED')).replace('-', '')}-{kind}"
    return {
        "source_id": next(c for c in (plain, *(f"{plain}-{n}" for n in range(2, 1000))) if c not in known),
        "title": document.title or document.name, "title_en": re.sub(" +", " ", f"{name} {document.year or ''} ({document.area})"),
        "publisher": document.publisher, "date_published": document.published, "kind": document.kind, "file": document.name,
        "tier": "press" if document.kind == "news" else "official",
    }  # fmt: skip


def new_entries(proposals: Proposals, matcher: Matcher) -> dict[str, list[dict[str, str]]]:
    """Rows for the indicators, areas and units that are not on file."""
    indicators, areas, units = {}, {}, {}
    for row in proposals.itertuples():
        name, area, unit = row.indicator_zh, row.area, row.unit
        if row.new and name and name not in indicators:
            made = indicators[name] = matcher.new_indicator(name, unit, row.measure)
            while sum(other["indicator"] == made["indicator"] for other in indicators.values()) > 1:
                made["indicator"] += "_2"
        if not row.ref_area and area and area not in areas:
            names, level = {"name_zh": area, "name_en": area}, _LEVELS.get(area[-1], "zone")
            areas[area] = {"ref_area": f"G-NEW{len(areas) + 1}", "level": level} | names
        if unit and unit not in matcher.units and unit not in units:
            units[unit] = matcher.new_unit(unit)
    return {"indicators": [*indicators.values()], "ref_areas": [*areas.values()], "units": [*units.values()]}


def _rows(proposals: Proposals, matcher: Matcher, source: str, new: dict) -> list[dict[str, str]]:
    """Rows of the sheet of figures, codes with their names."""
    fresh = {r["name_zh"]: r["indicator"] for r in new["indicators"]}
    areas = {r["name_zh"]: r["ref_area"] for r in new["ref_areas"]}
    on_file, out = dict(matcher.frames["indicators"][["indicator", "name_zh"]].values), []
    for row in proposals.astype(str).to_dict("records"):
        name = row["indicator_zh"]
        key, area = row["indicator"] or fresh.get(name, ""), row["ref_area"] or areas.get(row["area"], "")
        more = {
            "sure": _SURE[row["sure"]], "indicator": label(key, on_file.get(key, name)) if key else "",
            "ref_area": label(area, matcher.area_names.get(area, row["area"])) if area else "",
            "period_type": "" if row["time_period"] else "unstated", "obs_value": row["value"], "source_id": source,
            "locator_en": _in_english(row["locator"]), "record_type": row["record_type"].replace("actual", ""),
        }  # fmt: skip
        out.append(row | more)
    return out


def _in_english(locator: str) -> str:
    """A place in English: 二、工业 第3段 is "Section 2, para 3", 表2 行4 "Table 2, row 4"."""
    sections = re.findall(r"(?:^|\s)第?([一二三四五六七八九十]{1,3})[、章节篇部]", locator)
    parts = [f"Section {numerals.chinese_value(n)}" for n in sections]
    for pattern, word in ((r"^表(\d+)|第(\d+)张表", "Table"), (r"行(\d+)", "row"), (r"第(\d+)段", "para")):
        parts += [f"{word} {m[m.lastindex]}" for m in re.finditer(pattern, locator)]
    return ", ".join(parts) or locator


# --- looks ------------------------------------------------------------------------------------------------------------


def _looks(book) -> dict:
    font = {"font_name": "Microsoft YaHei", "font_size": 10, "font_color": INK}
    text = font | {"valign": "vcenter", "num_format": "@"}
    head = text | {"bold": True, "text_wrap": True, "border": 1, "border_color": LINE}
    looks = {
        "text": text, "wrap": text | {"text_wrap": True}, "plain": font, "mark": font | {"font_color": "#B03A2E", "bold": True},
        "required": head | {"bg_color": ACCENT, "font_color": "#FFFFFF"}, "optional": head | {"bg_color": SOFT},
        "title": text | {"bold": True, "font_size": 14, "font_color": ACCENT},
    } | {name: {"bg_color": colour} for name, colour in COLOURS.items()}  # fmt: skip
    return {name: book.add_format(look) for name, look in looks.items()}


def _sheet(book, table: str, columns: list[Field], rows: Iterable[dict[str, str]], looks: dict):
    """A sheet with its header and rows; a code is written with its name, the number of a sentence stands out."""
    known = table in TABLES
    sheet = book.add_worksheet(sheet_name(table) if known else table)
    sheet.set_row(0, 34)
    sheet.freeze_panes(1, 1)
    for position, field in enumerate(columns):
        look = looks["wrap" if field.name in _WIDE else "text"]
        sheet.set_column(position, position, _WIDTHS.get(field.name, 14), look)
        asked = looks["required" if known and is_required(table, field) else "optional"]
        sheet.write_string(0, position, header(table, field) if known else f"{field.zh} {field.name}", asked)
    for number, row in enumerate(rows, 1):
        for position, field in enumerate(columns):
            value, look = row.get(field.name, ""), looks["wrap" if field.name in _WIDE else "text"]
            if value in (field.codes or {}) and (value or table == OTHERS):
                value = f"{field.codes[value][0]}{' · ' * bool(value)}{value}"
            before, inside, after = [*re.split("[【】]", value), "", ""][:3]
            if field.name == "sentence" and before and after:
                marked = [looks["plain"], before, looks["mark"], inside, looks["plain"], after]
                sheet.write_rich_string(number, position, *marked, look)
            elif value:
                sheet.write_string(number, position, value, look)
    sheet.ignore_errors({"number_stored_as_text": "A1:AZ9999"})
    return sheet


def _figures(sheet, columns: list[Field], rows: list[dict], matcher: Matcher, looks: dict) -> None:
    """What the sheet of figures has besides: choices, filter, colours, height of rows."""
    sheet.freeze_panes(1, 3)
    count = len(rows)
    for position, field in enumerate(columns):
        labels = list(choices(matcher.frames, field).labels.values()) if field.codes else []
        if labels and len(",".join(labels)) < 250:
            sheet.data_validation(1, position, count, position, {"validate": "list", "source": labels})
    for number, row in enumerate(rows, 1):
        sheet.set_row(number, 15 * max(3, len(row["sentence"]) // 29 + 1, len(row["guesses"]) // 9 + 1))
    sheet.autofilter(0, 0, count, len(columns) - 1)
    for code in COLOURS:
        rule = {"type": "formula", "criteria": f'=ISNUMBER(SEARCH("· {code}",$A2))', "format": looks[code]}
        sheet.conditional_format(1, 0, count, 2, rule)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.activate()
