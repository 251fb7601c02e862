# ruff: noqa: SIM905
"""Proposals as a workbook in the template's own layout: to be looked over, corrected, and added by ``make add``."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from ...facts import numerals
from ...facts.locking import default_root
from ...facts.problems import DataError, fail, say
from ...facts.schema import REASONS, TABLES, Field
from ..layout import COLUMNS, FRONT, HELP, KEEP, OTHERS, choices, fields, header, sheet_name
from ..template import LOOKS
from .mapping import Matcher
from .reader import Proposals, propose
from .vocabulary import DocumentError, message

_FIRST = "keep sure sentence indicator obs_value unit time_period transformation ref_area guesses on_file".split()
_LEFT_OUT = ("mark", "year", "period_number")
_LABELLED = ("indicator", "ref_area")  # written with their names
_WIDE = ("sentence", "guesses", "on_file", "indicator")
_SURE = {"sure": "确定 sure", "look": "存疑 look"}
_SOURCE = {"bulletin": ("TJGB", "Statistical communiqué"), "work_report": ("GWR", "Government work report"),
           "plan": ("PLAN", "Government plan"), "news": ("NEWS", "Press article")}  # fmt: skip
_LEVELS = {"市": "city", "省": "province", "区": "county", "县": "county", "州": "city", "国": "country"}
_OTHERS = [Field(*pair, "") for pair in (("numeral", "string", "数码"), ("around", "string", "前后文"), ("reason", "string", "原因"), ("locator", "string", "位置"))]  # fmt: skip
_LOOKS = LOOKS | {
    "wrap": LOOKS["text"] | {"text_wrap": True}, "mark": LOOKS["text"] | {"font_color": "#B03A2E", "bold": True},
    "yes": {"bg_color": "#DDF0E2"}, "look": LOOKS["warn"], "no": {"bg_color": "#ECEFF1"},
}  # fmt: skip


def make(file: Path | str, root: Path | str | None = None) -> int:
    """Write ``inbox/NAME.xlsx`` with the proposals of a document, never over one that is there, and say what to do with it;
    returns the exit status. `root` is the folder of the tables."""
    root, file = Path(root) if root is not None else default_root(), Path(file)
    target = root / "inbox" / f"{file.stem}.xlsx"
    try:
        if target.exists():
            raise DocumentError(file.name, *message("there", target=target.name))
        matcher = Matcher(root)
        proposals = propose(file, matcher)
        if proposals.empty:
            raise DocumentError(file.name, *message("figureless"))
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_suffix(".new")
        write(aside, proposals, matcher)
        os.replace(aside, target)
    except (DocumentError, DataError) as error:
        return fail(f"{error}\n没有写出任何文件。/ Nothing was written.")
    counted = message("written", **_counts(proposals))
    say("\n".join([f"已写出 / written: {target}", *counted, message.said("next")]))
    return 0


def _counts(proposals: Proposals) -> dict[str, int]:
    reasons = [other["reason"] for other in proposals.attrs["others"]]
    counted = {"figures": len(proposals), "others": len(reasons), "unclear": reasons.count("")}
    return counted | {"yes": 0, "look": 0, "no": 0} | proposals.keep.value_counts().to_dict()


def write(file: Path, proposals: Proposals, matcher: Matcher) -> None:
    """Write the workbook of a document's proposals."""
    import xlsxwriter

    source, new = source_row(proposals, matcher), new_entries(proposals, matcher)
    frames = {t: pd.concat([matcher.frames[t], pd.DataFrame(rows)]).fillna("") for t, rows in new.items()}
    columns = [f for f in (*FRONT, *fields("figures")) if f.name not in _LEFT_OUT]
    columns.sort(key=lambda f: _FIRST.index(f.name) if f.name in _FIRST else len(_FIRST))
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        looks = {name: book.add_format(look) for name, look in _LOOKS.items()}
        _figures(book, columns, _rows(proposals, frames, source["source_id"]), frames, looks)
        for table, entries in (new | {"sources": [source]}).items():
            _sheet(book, table, [KEEP, *TABLES[table].fields], [{"keep": "used"} | row for row in entries], {}, looks)
        others = sorted(proposals.attrs["others"], key=lambda o: (o["reason"] != "", o["offset"]))
        told = {code: f"{zh} · {code}" for code, (zh, _) in REASONS.items()} | {"": "? 无法判断"}
        _sheet(book, OTHERS, _OTHERS, [o | {"reason": told[o["reason"]]} for o in others], {}, looks)
        help_ = book.add_worksheet(HELP)
        help_.set_column(0, 0, 110, looks["wrap"])
        help_.write_string(0, 0, f"{proposals.attrs['file']}：{len(proposals)} 个数字 figures", looks["title"])
        lines = [line for number in range(1, 6) for line in message(f"help_{number}", **_counts(proposals))]
        help_.write_column(2, 0, filter(None, lines), looks["wrap"])


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
    indicators: dict[str, dict[str, str]] = {}
    for row in proposals[proposals.new & proposals.indicator_zh.ne("")].drop_duplicates("indicator_zh").itertuples():
        made = matcher.new_indicator(row.indicator_zh, row.unit, row.measure)
        while made["indicator"] in indicators:
            made["indicator"] += "_2"
        indicators[made["indicator"]] = made
    areas = filter(None, proposals.area[proposals.ref_area.eq("")].unique())
    return {
        "indicators": [*indicators.values()],
        "ref_areas": [{"ref_area": f"G-NEW{n}", "level": _LEVELS.get(area[-1], "zone"), "name_zh": area, "name_en": area} for n, area in enumerate(areas, 1)],
        "units": [matcher.new_unit(unit) for unit in proposals.unit.unique() if unit and unit not in matcher.units],
    }  # fmt: skip


def _rows(proposals: Proposals, frames: dict[str, pd.DataFrame], source: str) -> list[dict[str, str]]:
    """Rows of the sheet of figures: the proposals with the codes of what is new."""
    keys = dict(frames["indicators"][["name_zh", "indicator"]].values)
    areas = dict(frames["ref_areas"][["name_zh", "ref_area"]].values)
    return [
        row | {
            "sure": _SURE[row["sure"]], "indicator": row["indicator"] or keys.get(row["indicator_zh"], ""), "obs_value": row["value"],
            "ref_area": row["ref_area"] or areas.get(row["area"], ""), "period_type": "" if row["time_period"] else "unstated",
            "source_id": source, "locator_en": _in_english(row["locator"]), "record_type": row["record_type"].replace("actual", ""),
        }
        for row in proposals.astype(str).to_dict("records")
    ]  # fmt: skip


def _in_english(locator: str) -> str:
    """A place in English: 二、工业 第3段 is "Section 2, para 3", 表2 行4 "Table 2, row 4"."""
    sections = re.findall(r"(?:^|\s)第?([一二三四五六七八九十]{1,3})[、章节篇部]", locator)
    parts = [f"Section {numerals.chinese_value(n)}" for n in sections]
    for pattern, word in ((r"^表(\d+)|第(\d+)张表", "Table"), (r"行(\d+)", "row"), (r"第(\d+)段", "para")):
        parts += [f"{word} {m[m.lastindex]}" for m in re.finditer(pattern, locator)]
    return ", ".join(parts) or locator


def _sheet(book, table: str, columns: list[Field], rows: Iterable[dict[str, str]], frames: dict, looks: dict):
    """A sheet with its header and rows; a code is written with its name, the number of a sentence stands out."""
    known = table in TABLES
    sheet = book.add_worksheet(sheet_name(table) if known else table)
    sheet.set_row(0, 34)
    sheet.freeze_panes(1, 1)
    for position, field in enumerate(columns):
        look = looks["wrap" if field.name in _WIDE else "text"]
        sheet.set_column(position, position, int(COLUMNS.get(field.name, {}).get("width") or 15), look)
        asked = looks["required" if known and field.required else "optional"]
        sheet.write_string(0, position, header(field) if known else f"{field.zh} {field.name}", asked)
        coded = field.codes or (frames and field.name in _LABELLED)
        labels = choices(frames, field).labels if coded else {}
        for number, row in enumerate(rows, 1):
            value = row.get(field.name, "")
            before, inside, after = [*re.split("[【】]", value), "", ""][:3]
            if field.name == "sentence" and before and after:
                marked = [looks["text"], before, looks["mark"], inside, looks["text"], after]
                sheet.write_rich_string(number, position, *marked, look)
            elif value:
                sheet.write_string(number, position, labels.get(value, value), look)
    sheet.ignore_errors({"number_stored_as_text": "A1:AZ9999"})
    return sheet


def _figures(book, columns: list[Field], rows: list[dict], frames: dict, looks: dict) -> None:
    """The sheet of figures, which has besides: choices, filter, colours, height of rows."""
    sheet, count = _sheet(book, "figures", columns, rows, frames, looks), len(rows)
    sheet.freeze_panes(1, 3)
    for position, field in enumerate(columns):
        labels = list(choices(frames, field).labels.values()) if field.codes else []
        if labels and len(",".join(labels)) < 250:
            sheet.data_validation(1, position, count, position, {"validate": "list", "source": labels})
    for number, row in enumerate(rows, 1):
        sheet.set_row(number, 15 * max(3, len(row["sentence"]) // 29 + 1, len(row["guesses"]) // 9 + 1))
    sheet.autofilter(0, 0, count, len(columns) - 1)
    for code in ("yes", "look", "no"):
        rule = {"type": "formula", "criteria": f'=ISNUMBER(SEARCH("· {code}",$A2))', "format": looks[code]}
        sheet.conditional_format(1, 0, count, 2, rule)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.activate()
