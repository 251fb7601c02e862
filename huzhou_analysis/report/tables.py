"""The tables of the workbook as heads and rows of cells: numbers in the unit of a language, formulas, texts, codes.

What is missing is None; a sheet shows a code in square brackets for it where numbers stand (``MISSING``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..analysis.evidence import GRADES
from ..analysis.gaps import target_gaps
from ..analysis.monitor import TIME_PROGRESS
from ..analysis.targets import STATUSES
from ..facts import periods, words
from ..facts.data import Data
from ..facts.schema import OBS_STATUSES, RECORD_TYPES, TIERS
from ..facts.words import text
from ..show.columns import clean
from .content import Content
from .text import words as shared

MISSING = {
    "[x]": text("暂无数据或不适用", "no figure on file, or none applies"),
    "[m]": text(
        "已达到，或目标年份已过，无须再增", "already met, or the target's year is over: nothing more is required"
    ),
}
# fmt: off
HEADS = {
    "figure_id": ("编号", "Figure id"), "indicator": ("指标", "Indicator"), "area": ("地区", "Area"), "period": ("时期", "Period"),
    "value": ("数值", "Value"), "unit": ("单位", "Unit"), "bound": ("界限", "Bound"), "kind": ("性质", "Kind"), "status": ("状态", "Status"),
    "source": ("文件", "Document"), "place": ("位置", "Place"), "as_printed": ("原文", "As printed"), "comment": ("备注", "Remark"),
    "tier": ("层级", "Tier"), "cited": ("引用数据（个）", "Figures cited"), "number": ("序号", "No."), "used": ("用于", "Used in"),
    "basis": ("时期依据", "Basis of the period"), "growth": ("同比", "On a year earlier"), "published": ("发布", "Published"),
    "item": ("项目", "Item"), "meaning": ("含义", "Meaning"), "sheet": ("工作表", "Sheet"), "holds": ("内容", "What it holds"),
    "notation": ("图例", "Notation"), "verdict": ("结论：", "Verdict: "), "grade": ("依据等级：", "Evidence: "),
}
# Twelve to read, the rest grouped away.
GAPS = {
    "indicator": ("指标", "Indicator"), "target": ("目标", "Target"), "unit": ("单位", "Unit"), "target_year": ("目标年份", "Target year"),
    "actual": ("实际数", "Actual"), "actual_period": ("实际数时期", "Period of the actual"), "gap": ("差距", "Gap"),
    "required": ("此后每年须", "Required a year"), "recent_pace": ("近年速度", "Recent pace"), "pace_unit": ("速度单位", "Unit of pace"),
    "status": ("结论", "Verdict"), "evidence": ("依据等级", "Evidence"),
    "place": ("目标位置", "Place of the target"), "bound": ("界限", "Bound"), "years_left": ("剩余年数", "Years left"),
    "time_progress": ("序时进度", "Progress in time"), "relative_gap": ("差距占目标（%）", "Gap, % of the target"),
    "path_value": ("规划路径当年值", "Plan's path in that year"), "acceleration": ("所须速度为近年的倍数", "Required pace over recent pace"),
    "sources": ("来源数", "Sources that agree"), "age": ("数据年龄（年）", "Age (years)"), "sentence": ("结论说明", "Verdict in words"),
    "rule": ("判断依据", "Rule"), "needed": ("所缺数据", "What is needed"), "target_ids": ("目标编号", "Ids of the target"),
    "actual_id": ("实际数编号", "Id of the actual"),
}
VERDICTS = {
    "met": ("最近可比实际数已达到最终目标", "the latest comparable actual is at the final target"),
    "met_in_part_year": ("年内累计已达到目标值，全年尚未结束", "part of a year is at the target; the year is not over"),
    "ahead": ("已达到规划路径次年的数值", "already at the plan's path of a year later"),
    "on_track": ("不低于规划路径当年的数值", "at the plan's path of its year"),
    "behind": ("低于规划路径当年的数值", "below the plan's path of its year"),
    "far_behind": ("此后所须速度明显高于规划路径或近年速度", "what is required is far above the pace of the path or of recent years"),
    "missed": ("目标年份已过而未达到", "its year is over and it was not reached"),
    "open": ("尚未达到，没有路径可比", "not reached yet; there is no path to compare with"),
    "undecided": ("到期末方可认定", "can be decided at the end of its period only"),
    "not_comparable": ("有数据但口径不可比", "a figure is on file but it does not measure the same"),
    "no_figure_on_file": ("数据表未收录可比的实际数", "no comparable actual is on file"),
}
# fmt: on


@dataclass(frozen=True)
class Number:
    """A number of a cell: `decimals` places, `unit` shown behind it without being part of it."""

    value: float
    decimals: int | None = None
    unit: str = ""
    year: bool = False

    @property
    def format(self) -> str:
        if self.year or self.decimals is None:
            return "0" if self.year else "General"
        unit = '"' + clean(self.unit).replace('"', "")[:40] + '"' if self.unit else ""
        digits = "#,##0" + ("." + "0" * self.decimals if self.decimals else "") + unit
        return f"{digits};\u2212{digits}"


@dataclass(frozen=True)
class Formula:
    """A formula of a cell and what it comes to; ``{name}`` in it stands for another cell of the row."""

    template: str
    value: float
    decimals: int

    @property
    def format(self) -> str:
        return Number(0, self.decimals).format


@dataclass(frozen=True)
class Head:
    """A column: the name that formulas use, its heading, whether it is grouped away."""

    name: str
    words: str
    away: bool = False


Cell = Number | Formula | str | None
Table = tuple[list[Head], list[list[Cell]]]


def heads(names: Sequence[str], lang: str) -> list[Head]:
    """Columns of a table under their headings."""
    return [Head(n, HEADS[n][lang == "en"]) for n in names]


def missing(lang: str, codes: Sequence[str] = ("[x]",)) -> str:
    """The sentence that explains codes in place of numbers."""
    return ("；" if lang == "zh" else "; ").join(f"{code} {MISSING[code][lang]}" for code in codes)


def _exact(value: float) -> float:
    return float(f"{value:.12g}")


def _in_unit(data: Data, value: float, unit: str, decimals: int, lang: str) -> Number:
    """A number of a printed unit as a language shows it."""
    u, shift = data.units[unit], 0
    if lang == "en":
        shift, value = u.unit_mult_en - u.unit_mult, words.in_english_units(value, unit, data.units)
    return Number(_exact(value), max(0, decimals + shift))


def figure(data: Data, f, lang: str) -> tuple[Cell, str]:
    """A printed figure as a number in the unit that a language shows, and the name of that unit."""
    name = words.unit_name(f.unit, lang, data.units)
    if not f.obs_text:
        return None, name
    return _in_unit(data, f.obs_value, f.unit, len(f.obs_text.partition(".")[2]), lang), name


# --- tables of the project -----------------------------------------------------------------------------------------


def notes(lang: str) -> Table:
    """Words of the codes: verdicts, grades of evidence, codes in place of numbers, notation."""
    side = lang == "en"
    rows = [[code, MISSING[code][lang]] for code in MISSING]
    rows += [[HEADS["verdict"][side] + STATUSES[c][lang], VERDICTS[c][side]] for c in STATUSES]
    rows += [[HEADS["grade"][side] + g, GRADES[g][lang]] for g in GRADES if g]
    rows += [[HEADS["notation"][side], shared(lang, {"zh": "", "en": ""})["key"]]]
    return heads(("item", "meaning"), lang), rows


def latest(content: Content, data: Data, lang: str) -> Table:
    """The latest figure of every indicator."""
    rows = []
    for one in content.state.get("latest", []):
        ids = one["figures"]
        value = figure(data, data.figure(ids[0]), lang) if len(ids) == 1 else (one["value"][lang], None)
        growth = one["growth"][lang] or None
        rows.append([one[lang], one["period"][lang], *value, growth, one["source"][lang], one["published"]])
    return heads(("indicator", "period", "value", "unit", "growth", "source", "published"), lang), rows


def figures(data: Data, lang: str) -> Table:
    """Every figure on file."""
    side = lang == "en"
    places = data.outline.set_index(["source_id", "locator"]).locator_en.to_dict()
    names, areas = (t[f"name_{lang}"].to_dict() for t in (data.indicators, data.ref_areas))
    titles = data.sources["title_en" if side else "title"].to_dict()
    labels = {p: periods.parse(p).label(lang) for p in data.figures.time_period.unique() if p}
    rows = []
    for f in data.figures.itertuples():
        kind = words.label(f.record_type, "en") if side else RECORD_TYPES[f.record_type][0]
        bound, place = (
            words.RELATION_SIGNS.get(f.relation) or "=",
            places[(f.source_id, f.locator)] if side else f.locator,
        )
        rows.append([f.Index, names[f.indicator], areas[f.ref_area], labels.get(f.time_period), *figure(data, f, lang), bound, kind,
                     OBS_STATUSES[f.obs_status][side], titles[f.source_id], place, f.as_printed, f.comment or None])  # fmt: skip
    columns = (
        "figure_id",
        "indicator",
        "area",
        "period",
        "value",
        "unit",
        "bound",
        "kind",
        "status",
        "source",
        "place",
    )
    return heads((*columns, "as_printed", "comment"), lang), rows


def sources(content: Content, lang: str) -> Table:
    """The documents that are cited."""
    rows = [[d["source"][lang], TIERS[d["tier"]][lang == "en"], Number(d["figures"], 0)] for d in content.documents()]
    return heads(("source", "tier", "cited"), lang), rows


def citations(cited: Sequence[dict], data: Data | None, lang: str) -> Table:
    """Every figure that is cited, and where it stands; without the tables its value is text."""
    rows = []
    for c in cited:
        value = figure(data, data.figure(c["figure_id"]), lang) if data is not None else (c["value"][lang], None)
        rows.append([Number(c["number"], 0), *value, c["period"][lang], c["basis"][lang], c["as_printed"], c["source"][lang],
                     c["place"][lang], c["status"][lang], " ".join(c["used"]), c["figure_id"]])  # fmt: skip
    columns = (
        "number",
        "value",
        "unit",
        "period",
        "basis",
        "as_printed",
        "source",
        "place",
        "status",
        "used",
        "figure_id",
    )
    return heads(columns, lang), rows


def gaps(data: Data, lang: str) -> Table:
    """Targets and actuals, twelve columns to read, the rest grouped away; gap and required pace are formulas."""
    places = data.outline.set_index(["source_id", "locator"]).locator_en.to_dict()
    columns = [Head(k, w[lang == "en"], n >= 12) for n, (k, w) in enumerate(GAPS.items())]
    return columns, [_gap(data, row, lang, places) for row in target_gaps(data, full=True).to_dict("records")]


def _gap(data: Data, row: dict, lang: str, places: dict) -> list[Cell]:
    """Cells of one target, in the order of ``GAPS``."""

    def number(key: str, unit: str = "", decimals: int = 2, times: float = 1) -> Cell:
        value = row[key]
        if not isinstance(value, int | float) or not math.isfinite(value):
            return None
        shown = len(f"{_exact(value * times):.10f}".rstrip("0").partition(".")[2])
        shown = min(shown, decimals)
        return _in_unit(data, value, unit, shown, lang) if unit else Number(_exact(value * times), shown)

    unit, pace = row["unit"], row["pace_unit"]
    target, actual, required, gap = (
        number("target", unit, 4),
        number("actual", unit, 4),
        number("required_pace", pace),
        None,
    )
    if target and actual:
        most = max(target.decimals, actual.decimals)
        if math.isfinite(row["gap"]):  # what is still missing, whether more is better or less
            upwards, missing_yet = row["ascending"], abs(_exact(target.value - actual.value))
            plain = "{target}-{actual}" if upwards else "{actual}-{target}"
            gap = Formula(f'IF(ISNUMBER({{actual}}),{plain},"[x]")', math.copysign(missing_yet, row["gap"]), most)
        required = _required(target.value, actual.value, row["years_left"], pace, required)
    name = data.indicators.loc[row["indicator"], f"name_{lang}"]
    area = data.ref_areas.loc[row["ref_area"], f"name_{lang}"]
    if row["ref_area"] != data.home:
        name += f"（{area}）" if lang == "zh" else f" ({area})"
    cells = {
        "indicator": name, "target": target or row["in_words"], "unit": words.unit_name(unit, lang, data.units) if unit else None,
        "target_year": Number(row["target_year"], year=True) if math.isfinite(row["target_year"]) else None, "actual": actual,
        "actual_period": periods.parse(row["actual_period"]).label(lang) if row["actual_period"] else None, "gap": gap,
        "required": required, "recent_pace": number("recent_pace", pace),
        "pace_unit": words.unit_name(pace, lang, data.units) if pace else None, "status": STATUSES[row["status"]][lang],
        "place": row["locator"] if lang == "zh" else places[(row["plan"], row["locator"])],
        "bound": words.RELATION_SIGNS.get(row["relation"]) or "=", "years_left": number("years_left"),
        "time_progress": TIME_PROGRESS[row["time_progress"]][lang] if row["time_progress"] else None,
        "relative_gap": number("relative_gap", decimals=1, times=100), "path_value": number("path_value", unit),
        "acceleration": number("acceleration", decimals=1), "sources": number("sources", decimals=0), "age": number("age", decimals=1),
    } | {k: row[f"{k}_{lang}"] for k in ("sentence", "rule", "needed")} | {k: row[k] for k in ("evidence", "target_ids", "actual_id")}  # fmt: skip
    return [cells[k] or None for k in GAPS]


def _required(target: float, actual: float, left: float, pace: str, known: Cell) -> Cell:
    """What is required a year as a formula, where the plain arithmetic is what the library has; else as it says."""
    if not isinstance(known, Number):
        return "[m]"
    if not left > 0:
        return known
    if pace == "%" and target > 0 and actual > 0:
        value, plain = ((target / actual) ** (1 / left) - 1) * 100, "(({target}/{actual})^(1/{years_left})-1)*100"
    else:
        value, plain = (target - actual) / left, "({target}-{actual})/{years_left}"
    if abs(value - known.value) > 1e-6 * max(1, abs(value)):
        return known
    return Formula(f'IF(ISNUMBER({{actual}}),{plain},"[x]")', _exact(value), max(known.decimals, 1))


# --- tables of exhibits --------------------------------------------------------------------------------------------


def _shown(value: float) -> int:
    """Decimals that a number is shown with where nothing says how many: those that it has, four at most."""
    return min(4, len(f"{value:.10f}".rstrip("0").partition(".")[2]))


def is_of_chart(record: dict) -> bool:
    """Whether the table of a record is but the marks of its chart, which stand on the sheet of chart data."""
    names = {c["name"] for c in record["table"]["columns"]} if record["table"] else set()
    return bool(record["chart"]) and {"series", "x", "value"} <= names <= {
        "heading",
        "series",
        "x",
        "value",
        "low",
        "high",
        "unit",
    }


def of_exhibit(record: dict, lang: str) -> Table:
    """The table of a record: quantities are numbers, their unit in the head, or behind each where a column mixes units."""
    found, made = [], []
    for i, column in enumerate(record["table"]["columns"]):
        cells = [row[i] for row in record["table"]["rows"]]
        units = {c["unit"][lang] for c in cells if isinstance(c, dict) and "unit" in c}
        name, alone = clean(column[lang]), clean(next(iter(units))) if len(units) == 1 else ""
        if alone and alone not in name:
            name += f"（{alone}）" if lang == "zh" else f" ({alone})"
        found.append(Head(column["name"], name))
        made.append([_table_cell(c, lang, len(units) > 1, column["name"]) for c in cells])
    return found, [list(row) for row in zip(*made, strict=True)]


def _table_cell(cell, lang: str, mixed: bool, name: str) -> Cell:
    if cell is None or (isinstance(cell, dict) and "value" not in cell):
        return clean(cell[lang]) if cell else None
    if isinstance(cell, int | float):
        return Number(cell, _shown(cell), year=name in ("year", "x") and isinstance(cell, int))
    unit = ("" if lang == "zh" else " ") + cell["unit"][lang] if mixed else ""
    value = cell["value"][lang]
    return Number(value, cell.get("decimals", {}).get(lang, _shown(value)), unit)


def of_heat(panel: dict, cells: Sequence, lang: str) -> Table:
    """A heat map (:func:`~huzhou_analysis.show.office.heat_cells`) as numbers."""
    scale, unit = 1.0 if lang == "zh" else panel["scale_en"], clean(panel["unit"][lang])
    first = clean(panel["heading"][lang]) or unit
    names = [
        first if unit in first else f"{first}（{unit}）" if lang == "zh" else f"{first} ({unit})",
        *(w for w, *_ in cells[0][1:]),
    ]
    rows: list[list[Cell]] = []
    for line, one in zip(cells[1:], panel["series"], strict=True):
        held = {p["x"]: p["value"] for p in one["points"] if p["value"] is not None}
        shown = [len(w.partition(".")[2]) for w, *_ in line[1:]]
        rows.append(
            [line[0][0], *(Number(_exact(held[x] * scale), d) if x in held else None for x, d in enumerate(shown))]
        )
    return [Head(str(i), n) for i, n in enumerate(names)], rows
