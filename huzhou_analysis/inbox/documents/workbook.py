# ruff: noqa: SIM905
"""Proposals as a workbook in the template's own layout: to be looked over, corrected, and added by ``make add``."""

from __future__ import annotations

import io
import re

from ...facts import numerals
from ...facts.schema import TABLES
from ..layout import FRONT, HELP, KEEP, OTHERS, choices, fields, header, is_required, sheet_name
from .mapping import Matcher, full_name
from .proposals import Proposals

INK, ACCENT, SOFT, LINE = "#1F2933", "#1B4F72", "#DCE6EE", "#C9D3DC"
COLOURS = {"yes": "#DDF0E2", "look": "#FFF2CC", "no": "#ECEFF1"}
_WIDTHS = {"keep": 12, "sure": 8, "guesses": 20, "sentence": 62, "on_file": 26, "indicator": 36, "ref_area": 18, "as_printed": 28, "comment": 24, "locator": 22, "source_id": 18, "transformation": 16,
           "name_zh": 34, "name_en": 40, "title": 44, "title_en": 44, "around": 40}  # fmt: skip
_SURE = {"sure": "确定 sure", "look": "存疑 look"}


def write(file: io.BytesIO, proposals: Proposals, matcher: Matcher) -> None:
    """Write the workbook of a document's proposals."""
    import xlsxwriter

    source = source_row(proposals, matcher)
    new = new_entries(proposals, matcher)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        looks = _looks(book)
        figures = book.add_worksheet(sheet_name("figures"))
        _figures(figures, _rows(proposals, matcher, source["source_id"], new), matcher, looks)
        for table in ("indicators", "ref_areas", "units"):
            _entries(book.add_worksheet(sheet_name(table)), table, new[table], looks)
        _entries(book.add_worksheet(sheet_name("sources")), "sources", [source], looks)
        _others(book.add_worksheet(OTHERS), proposals, looks)
        _help(book.add_worksheet(HELP), proposals, looks)
        figures.activate()


def label(code: str, name: str) -> str:
    """A choice as the template shows it: readable name and code."""
    return f"{name} · {code}"


def source_row(proposals: Proposals, matcher: Matcher) -> dict[str, str]:
    """The document as a row of ``sources.csv``."""
    document = proposals.attrs["document"]
    known = set(matcher.frames["sources"].source_id)
    kind, name = {
        "bulletin": ("TJGB", "Statistical communiqué"),
        "work_report": ("GWR", "Government work report"),
        "plan": ("PLAN", "Government plan"),
    }.get(document.kind, ("NEWS", "Press article"))
    date = document.published or str(document.year or "")
    plain = f"R-{date.replace('-', '') or 'UNDATED'}-{kind}"
    return dict.fromkeys((field.name for field in TABLES["sources"].fields), "") | {
        "source_id": next(c for c in (plain, *(f"{plain}-{n}" for n in range(2, 1000))) if c not in known),
        "title": document.title or proposals.attrs["file"],
        "title_en": re.sub(" +", " ", f"{name} {document.year or ''} ({document.area})"),
        "publisher": document.publisher,
        "date_published": document.published,
        "kind": document.kind,
        "tier": "press" if document.kind == "news" else "official",
        "file": proposals.attrs["file"],
    }


def new_entries(proposals: Proposals, matcher: Matcher) -> dict[str, list[dict[str, str]]]:
    """Rows for the indicators, areas and units that are not on file."""
    levels = {"市": "city", "省": "province", "区": "county", "县": "county", "州": "city", "国": "country"}
    indicators, areas, units = {}, {}, {}
    for row in proposals.itertuples():
        name, area, unit = full_name(row.indicator_zh, row.measure), row.area, row.unit
        if row.new and name and name not in indicators:
            indicators[name] = matcher.new_indicator(name, unit, row.measure)
            while sum(made["indicator"] == indicators[name]["indicator"] for made in indicators.values()) > 1:
                indicators[name]["indicator"] += "_2"
        if not row.ref_area and area and area not in areas:
            codes = {"ref_area": f"G-NEW{len(areas) + 1}", "level": levels.get(area[-1], "zone")}
            areas[area] = codes | {"name_zh": area, "name_en": area, "parent": "", "comment": ""}
        if unit and unit not in matcher.units and unit not in units:
            units[unit] = matcher.new_unit(unit)
    return {"indicators": list(indicators.values()), "ref_areas": list(areas.values()), "units": list(units.values())}


_TAKEN = (
    "guesses sentence on_file as_printed value_high unit time_period span locator comment transformation relation commitment "
    "prices time_basis"
).split()


def _rows(proposals: Proposals, matcher: Matcher, source: str, new: dict) -> list[dict[str, str]]:
    fresh = {r["name_zh"]: r["indicator"] for r in new["indicators"]}
    areas = {r["name_zh"]: r["ref_area"] for r in new["ref_areas"]}
    on_file = dict(zip(matcher.frames["indicators"].indicator, matcher.frames["indicators"].name_zh, strict=True))
    out = []
    for row in proposals.itertuples():
        name = full_name(row.indicator_zh, row.measure)
        key, area = row.indicator or fresh.get(name, ""), row.ref_area or areas.get(row.area, "")
        out.append(
            {column: str(getattr(row, column)) for column in _TAKEN}
            | {
                "keep": label(row.keep, KEEP.codes[row.keep][0]),
                "sure": _SURE[row.sure],
                "indicator": label(key, on_file.get(key, name)) if key else "",
                "ref_area": label(area, matcher.area_names.get(area, row.area)) if area else "",
                "period_type": "" if row.time_period else "unstated",
                "obs_value": row.value,
                "source_id": source,
                "locator_en": _in_english(row.locator),
                "record_type": row.record_type if row.record_type != "actual" else "",
            }
        )
    return out


def _in_english(locator: str) -> str:
    """A place in English: 二、工业 第3段 is "Section 2, para 3", 表2 行4 "Table 2, row 4"."""
    parts = [
        f"Section {numerals.chinese_value(n)}"
        for n in re.findall(r"(?:^|\s)第?([一二三四五六七八九十]{1,3})[、章节篇部]", locator)
    ]
    for pattern, word in ((r"^表(\d+)|第(\d+)张表", "Table"), (r"行(\d+)", "row"), (r"第(\d+)段", "para")):
        parts += [f"{word} {m[m.lastindex]}" for m in re.finditer(pattern, locator)]
    return ", ".join(parts) or locator


def _looks(book) -> dict:
    font = {"font_name": "Microsoft YaHei", "font_size": 10, "font_color": INK, "valign": "vcenter"}
    head = font | {"bold": True, "text_wrap": True, "border": 1, "border_color": LINE}
    looks = {
        "text": font | {"num_format": "@"},
        "wrap": font | {"num_format": "@", "text_wrap": True},
        "plain": {"font_name": "Microsoft YaHei", "font_size": 10, "font_color": INK},
        "mark": {"font_name": "Microsoft YaHei", "font_size": 10, "font_color": "#B03A2E", "bold": True},
        "required": head | {"bg_color": ACCENT, "font_color": "#FFFFFF"},
        "optional": head | {"bg_color": SOFT},
        "title": font | {"bold": True, "font_size": 14, "font_color": ACCENT},
    }
    return {name: book.add_format(look) for name, look in looks.items()} | {
        name: book.add_format({"bg_color": colour}) for name, colour in COLOURS.items()
    }


def _head(sheet, table: str, columns: list, looks: dict, wide: tuple[str, ...] = ()) -> None:
    """First row of a sheet, and the widths and looks of its columns."""
    sheet.set_row(0, 34)
    for position, field in enumerate(columns):
        look = looks["wrap" if field.name in wide else "text"]
        sheet.set_column(position, position, _WIDTHS.get(field.name, 14), look)
        asked = looks["required" if is_required(table, field) else "optional"]
        sheet.write_string(0, position, header(table, field), asked)


def _value(field, value: str) -> str:
    """A cell's text: a code with its name."""
    return label(value, field.codes[value][0]) if value and field.codes and field.name != "keep" else value


def _figures(sheet, rows: list[dict[str, str]], matcher: Matcher, looks: dict) -> None:
    columns = [*FRONT, *[f for f in fields("figures") if f.name not in ("mark", "year", "period_number")]]
    wide = ("sentence", "guesses", "on_file")
    last = max(1, len(rows))
    sheet.freeze_panes(1, 4)
    _head(sheet, "figures", columns, looks, wide)
    for position, field in enumerate(columns):
        labels = list(choices(matcher.frames, field).labels.values()) if field.codes else []
        if labels and len(",".join(labels)) < 250:
            sheet.data_validation(1, position, last, position, {"validate": "list", "source": labels})
    for number, row in enumerate(rows, 1):
        sheet.set_row(number, 46)
        for position, field in enumerate(columns):
            value = _value(field, row.get(field.name, ""))
            if field.name == "sentence" and "【" in value:
                _marked(sheet, number, position, value, looks)
            elif value:
                sheet.write_string(number, position, value, looks["wrap" if field.name in wide else "text"])
    sheet.autofilter(0, 0, last, len(columns) - 1)
    for code in COLOURS:
        rule = {"type": "formula", "criteria": f'=ISNUMBER(SEARCH("· {code}",$A2))', "format": looks[code]}
        sheet.conditional_format(1, 0, last, 3, rule)
    sheet.ignore_errors({"number_stored_as_text": f"A1:AZ{last + 1}"})
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _marked(sheet, number: int, position: int, value: str, looks: dict) -> None:
    """A sentence whose number stands out."""
    before, _, rest = value.partition("【")
    inside, _, after = rest.partition("】")
    parts = [looks["plain"], before, looks["mark"], inside, looks["plain"], after]
    if before and after:
        sheet.write_rich_string(number, position, *parts, looks["wrap"])
    else:
        sheet.write_string(number, position, value, looks["wrap"])


def _entries(sheet, table: str, rows: list[dict[str, str]], looks: dict) -> None:
    """Rows that are added if a figure that is kept uses them."""
    columns = [KEEP, *TABLES[table].fields]
    sheet.freeze_panes(1, 1)
    _head(sheet, table, columns, looks)
    for number, row in enumerate(rows, 1):
        cells = row | {"keep": label("used", KEEP.codes["used"][0])}
        for position, field in enumerate(columns):
            if value := _value(field, cells[field.name]):
                sheet.write_string(number, position, value, looks["text"])
    sheet.ignore_errors({"number_stored_as_text": f"A1:AZ{len(rows) + 1}"})


def _others(sheet, proposals: Proposals, looks: dict) -> None:
    """Every numeral that states no quantity, with the reason; "?" where it fits nothing."""
    from ...facts.schema import REASONS

    for position, (text, width) in enumerate(
        (("数码 numeral", 14), ("前后文 around", 44), ("原因 reason", 24), ("位置 place", 34))
    ):
        sheet.set_column(position, position, width, looks["text"])
        sheet.write_string(0, position, text, looks["optional"])
    for number, other in enumerate(
        sorted(proposals.attrs["others"], key=lambda o: (o["reason"] != "", o["offset"])), 1
    ):
        reason = label(other["reason"], REASONS[other["reason"]][0]) if other["reason"] else "? 无法判断 fits nothing"
        for position, text in enumerate((other["numeral"], other["around"], reason, other["locator"])):
            sheet.write_string(number, position, text, looks["text"])
    sheet.freeze_panes(1, 0)


def _help(sheet, proposals: Proposals, looks: dict) -> None:
    counts = proposals.keep.value_counts()
    sheet.set_column(0, 0, 110, looks["wrap"])
    sheet.write_string(0, 0, f"{proposals.attrs['file']}：{len(proposals)} 个数字 figures", looks["title"])
    lines = (
        f"“采用”列：添加 yes {counts.get('yes', 0)}，待看 look {counts.get('look', 0)}，不要 no {counts.get('no', 0)}。只有 yes 的行会添加。",
        "Column 采用 keep: only rows marked yes are added. Change look to yes once you have checked the row, or to no.",
        "yes：没有推测之处，指标、地区、单位都已收录。look：有推测（见“推测”列），或指标尚未收录。no：已收录相同数字，或文内重复。",
        "yes: nothing guessed, all on file. look: something was guessed (column 推测), or the indicator is not on file. no: the same figure is on file, or it repeats.",
        "新指标、地区、单位在各自的工作表里预填，只有被采用的数字用到时才添加；请改好英文名和代码。",
        "New indicators, areas and units stand in their sheets; they are added only if a kept figure uses them. Look over their English names and codes.",
        "“已收录”列：≠ 表示已收录另一个值（可能是修订），并列供比较；未用数码在最后一张表。",
        "Column 已收录 on_file: ≠ shows another value on file (perhaps a revision). Numerals that state nothing are in the last sheet.",
        "改好后保存、关闭，运行 make add ARGS=--dry-run 查看，再运行 make add。/ Save, close, then make add ARGS=--dry-run to look, make add to add.",
    )
    for number, line in enumerate(lines, 2):
        sheet.write_string(number, 0, line, looks["wrap"])
