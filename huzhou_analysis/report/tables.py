"""What stands on the sheets of the workbook: tables of numbers in the unit of a language, formulas, links and texts.

What is missing is None; a sheet shows a code in square brackets for it where numbers stand (``MISSING``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..analysis.evidence import GRADES, TIME_PROGRESS
from ..analysis.gaps import target_gaps
from ..analysis.targets import STATUSES
from ..facts import periods, words
from ..facts.data import Data
from ..facts.schema import OBS_STATUSES, RECORD_TYPES, TIERS
from ..facts.words import Text, text
from ..show.native import clean
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
    "target": ("目标", "Target"), "target_year": ("目标年份", "Target year"), "actual": ("实际数", "Actual"),
    "actual_period": ("实际数时期", "Period of the actual"), "gap": ("差距", "Gap"), "required": ("此后每年须", "Required a year"),
    "recent_pace": ("近年速度", "Recent pace"), "pace_unit": ("速度单位", "Unit of pace"), "verdict": ("结论", "Verdict"),
    "evidence": ("依据等级", "Evidence"), "locator": ("目标位置", "Place of the target"), "years_left": ("剩余年数", "Years left"),
    "time_progress": ("序时进度", "Progress in time"), "relative_gap": ("差距占目标（%）", "Gap, % of the target"),
    "path_value": ("规划路径当年值", "Plan's path in that year"), "acceleration": ("所须速度为近年的倍数", "Required pace over recent pace"),
    "sources": ("来源数", "Sources that agree"), "age": ("数据年龄（年）", "Age (years)"), "sentence": ("结论说明", "Verdict in words"),
    "rule": ("判断依据", "Rule"), "needed": ("所缺数据", "What is needed"), "target_ids": ("目标编号", "Ids of the target"),
    "actual_id": ("实际数编号", "Id of the actual"),
}
COLUMNS = {
    "notes": "item meaning", "contents": "number sheet holds", "sources": "source tier cited",
    "latest": "indicator period value unit growth source published",
    "figures": "figure_id indicator area period value unit bound kind status source place as_printed comment",
    "citations": "number value unit period basis as_printed source place status used figure_id",
    # Twelve to read, the rest grouped away.
    "gaps": "indicator target unit target_year actual actual_period gap required recent_pace pace_unit verdict evidence "
            "locator bound years_left time_progress relative_gap path_value acceleration sources age sentence rule needed "
            "target_ids actual_id",
}
TO_READ = 12
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

    def __str__(self) -> str:
        return f"{self.value:,.{2 if self.decimals is None else self.decimals}f}{self.unit}"


@dataclass(frozen=True)
class Formula(Number):
    """A formula of a cell beside what it comes to; ``{name}`` in it stands for another cell of the row."""

    template: str = ""


@dataclass(frozen=True)
class Link:
    """A link to a sheet of that name."""

    sheet: str

    def __str__(self) -> str:
        return self.sheet


Cell = Number | Link | str | None


@dataclass(frozen=True)
class Table:
    """Headings and rows of cells; `names` are those of formulas, columns beyond `to_read` are grouped away."""

    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    names: Sequence[str] = ()
    to_read: int = 99


def table(sheet: str, rows: Iterable[Mapping[str, Cell] | Sequence[Cell]], lang: str) -> Table:
    """The table of a sheet under the headings of its language."""
    names = COLUMNS[sheet].split()
    cells = [[row[n] or None for n in names] if isinstance(row, Mapping) else list(row) for row in rows]
    return Table([HEADS[n][lang == "en"] for n in names], cells, names, TO_READ)


def missing(lang: str, codes: Iterable[str] = MISSING) -> str:
    """The sentence that explains codes in place of numbers."""
    return ("；" if lang == "zh" else "; ").join(f"{code} {MISSING[code][lang]}" for code in codes)


def _exact(value: float) -> float:
    return float(f"{value:.12g}")


def _places(value: float, most: int = 4) -> int:
    """Decimals of a number where nothing says how many are shown: those that it has, so many at most."""
    return min(most, len(f"{_exact(value):.10f}".rstrip("0").partition(".")[2]))


def _named(name: Text | str, unit: str, lang: str) -> str:
    """A heading with its unit behind it, where it does not say it already."""
    return name if not unit or unit in name else f"{name}（{unit}）" if lang == "zh" else f"{name} ({unit})"


def _in_unit(data: Data, value: float, unit: str, decimals: int, lang: str) -> Number:
    """A number of a printed unit as a language shows it."""
    u, shift = data.units[unit], 0
    if lang == "en":
        shift, value = u.unit_mult_en - u.unit_mult, words.in_english_units(value, unit, data.units)
    return Number(_exact(value), max(0, decimals + shift))


def figure(data: Data, f, lang: str) -> tuple[Cell, str]:
    """A printed figure as a number in the unit that a language shows, and the name of that unit."""
    value = _in_unit(data, f.obs_value, f.unit, len(f.obs_text.partition(".")[2]), lang) if f.obs_text else None
    return value, words.unit_name(f.unit, lang, data.units)


# --- tables of the project -----------------------------------------------------------------------------------------


def notes(lang: str) -> Table:
    """Words of the codes: verdicts, grades of evidence, codes in place of numbers, notation."""
    said = text("结论：", "Verdict: "), text("依据等级：", "Evidence: "), text("图例", "Notation")
    verdict, grade, notation = (one[lang] for one in said)
    rows = [[code, MISSING[code][lang]] for code in MISSING]
    rows += [[verdict + STATUSES[c][lang], VERDICTS[c][lang == "en"]] for c in STATUSES]
    rows += [[grade + g, GRADES[g][lang]] for g in GRADES if g]
    return table("notes", [*rows, [notation, shared(lang, {"zh": "", "en": ""})["key"]]], lang)


def latest(content: Content, lang: str) -> Table:
    """The latest figure of every indicator: levels and growth as numbers, what is said of the growth behind them."""
    rows = []
    for one in content.state.get("latest", []):
        level, growth = one["value"], re.match(r"([−-]?[\d,]+(?:\.(\d+))?)(.*)", one["growth"][lang])
        value = _table_cell(level, lang, False, "") if "value" in level else None
        unit = level["unit"][lang] if "value" in level else None
        rate = None
        if growth:
            number = float(growth[1].replace("−", "-").replace(",", ""))
            rate = Number(number, len(growth[2] or ""), growth[3])
        rows.append([one[lang], one["period"][lang], value, unit, rate, one["source"][lang], one["published"]])
    return table("latest", rows, lang)


def figures(data: Data, lang: str) -> Table:
    """Every figure on file."""
    side = lang == "en"
    places = data.outline.set_index(["source_id", "locator"]).locator_en.to_dict()
    names, areas = (t[f"name_{lang}"].to_dict() for t in (data.indicators, data.ref_areas))
    titles = data.sources["title_en" if side else "title"].to_dict()
    labels = {p: periods.parse(p).label(lang) for p in data.figures.time_period.unique() if p}
    rows = []
    for f in data.figures.itertuples():
        kind = words.labels(f.record_type)["en"] if side else RECORD_TYPES[f.record_type][0]
        place = places[(f.source_id, f.locator)] if side else f.locator
        bound = words.RELATION_SIGNS.get(f.relation) or "="
        rows.append([f.Index, names[f.indicator], areas[f.ref_area], labels.get(f.time_period), *figure(data, f, lang), bound, kind,
                     OBS_STATUSES[f.obs_status][side], titles[f.source_id], place, f.as_printed, f.comment or None])  # fmt: skip
    return table("figures", rows, lang)


def sources(content: Content, lang: str) -> Table:
    """The documents that are cited."""
    rows = [[d["source"][lang], TIERS[d["tier"]][lang == "en"], Number(d["figures"], 0)] for d in content.documents()]
    return table("sources", rows, lang)


def citations(cited: Iterable[dict], data: Data | None, lang: str) -> Table:
    """Every figure that is cited, and where it stands; without the tables its value is text."""
    rows = []
    for c in cited:
        value = figure(data, data.figure(c["figure_id"]), lang) if data is not None else (c["value"][lang], None)
        rows.append([Number(c["number"], 0), *value, c["period"][lang], c["basis"][lang], c["as_printed"], c["source"][lang],
                     c["place"][lang], c["status"][lang], " ".join(c["used"]), c["figure_id"]])  # fmt: skip
    return table("citations", rows, lang)


def gaps(data: Data, lang: str) -> Table:
    """Targets and actuals; gap and required pace are formulas."""
    places = data.outline.set_index(["source_id", "locator"]).locator_en.to_dict()
    return table(
        "gaps", [_gap(data, row, lang, places) for row in target_gaps(data, full=True).to_dict("records")], lang
    )


def _gap(data: Data, row: dict, lang: str, places: dict) -> dict[str, Cell]:
    """Cells of one target."""

    def number(key: str, unit: str = "", decimals: int = 2, times: float = 1) -> Number | None:
        value = row[key]
        if not isinstance(value, int | float) or not math.isfinite(value):
            return None
        shown = _places(value * times, decimals)
        return _in_unit(data, value, unit, shown, lang) if unit else Number(_exact(value * times), shown)

    def unit_name(unit: str) -> str | None:
        return words.unit_name(unit, lang, data.units) if unit else None

    unit, pace, at = row["unit"], row["pace_unit"], row["actual_period"]
    target, actual, required = number("target", unit, 4), number("actual", unit, 4), number("required_pace", pace)
    gap = None
    if target and actual:
        if math.isfinite(row["gap"]):  # what is still missing, whether more is better or less
            plain = "{target}-{actual}" if row["ascending"] else "{actual}-{target}"
            away = math.copysign(_exact(target.value - actual.value), row["gap"])
            template = f'IF(ISNUMBER({{actual}}),{plain},"[x]")'
            gap = Formula(away, max(target.decimals, actual.decimals), template=template)
        required = _required(target.value, actual.value, row["years_left"], pace, required)
    name = data.indicators.loc[row["indicator"], f"name_{lang}"]
    if row["ref_area"] != data.home:
        name = _named(name, data.ref_areas.loc[row["ref_area"], f"name_{lang}"], lang)
    progress = row["time_progress"]
    return {
        "indicator": name, "target": target or row["in_words"], "unit": unit_name(unit), "actual": actual, "gap": gap, "required": required,
        "target_year": Number(row["target_year"], year=True) if math.isfinite(row["target_year"]) else None,
        "actual_period": periods.parse(at).label(lang) if at else None, "recent_pace": number("recent_pace", pace),
        "pace_unit": unit_name(pace), "verdict": STATUSES[row["status"]][lang], "evidence": row["evidence"],
        "locator": row["locator"] if lang == "zh" else places[(row["plan"], row["locator"])],
        "bound": words.RELATION_SIGNS.get(row["relation"]) or "=", "years_left": number("years_left"),
        "time_progress": TIME_PROGRESS[progress][lang] if progress else None, "path_value": number("path_value", unit),
        "relative_gap": number("relative_gap", decimals=1, times=100), "acceleration": number("acceleration", decimals=1),
        "sources": number("sources", decimals=0), "age": number("age", decimals=1),
        **{key: row[f"{key}_{lang}"] for key in ("sentence", "rule", "needed")},
        "target_ids": row["target_ids"], "actual_id": row["actual_id"],
    }  # fmt: skip


def _required(target: float, actual: float, left: float, pace: str, known: Number | None) -> Cell:
    """What is required a year as a formula, where the plain arithmetic is what the library has; else as it says."""
    if known is None or not left > 0:
        return known or "[m]"
    if pace == "%" and target > 0 and actual > 0:
        value, plain = ((target / actual) ** (1 / left) - 1) * 100, "(({target}/{actual})^(1/{years_left})-1)*100"
    else:
        value, plain = (target - actual) / left, "({target}-{actual})/{years_left}"
    if abs(value - known.value) > 1e-6 * max(1, abs(value)):
        return known
    return Formula(_exact(value), max(known.decimals, 1), template=f'IF(ISNUMBER({{actual}}),{plain},"[x]")')


# --- tables of exhibits --------------------------------------------------------------------------------------------


def of_chart(record: dict) -> bool:
    """Whether the table of a record is but the marks of its chart, which stand on the sheet of chart data."""
    names = {c["name"] for c in record["table"]["columns"]} if record["table"] else set()
    every = {"heading", "series", "x", "value", "low", "high", "unit"}
    return bool(record["chart"]) and {"series", "x", "value"} <= names <= every


def of_exhibit(record: dict, lang: str) -> Table:
    """The table of a record: quantities are numbers, their unit in the head, or behind each where a column mixes units."""
    columns, heads, made = record["table"]["columns"], [], []
    for column, cells in zip(columns, zip(*record["table"]["rows"], strict=True), strict=True):
        units = {c["unit"][lang] for c in cells if isinstance(c, dict) and "unit" in c}
        heads.append(_named(clean(column[lang]), clean(*units) if len(units) == 1 else "", lang))
        made.append([_table_cell(c, lang, len(units) > 1, column["name"]) for c in cells])
    return Table(heads, list(zip(*made, strict=True)))


def _table_cell(cell, lang: str, mixed: bool, name: str) -> Cell:
    if cell is None or (isinstance(cell, dict) and "value" not in cell):
        return clean(cell[lang]) if cell else None
    if isinstance(cell, int | float):
        return Number(cell, _places(cell), year=name in ("year", "x") and isinstance(cell, int))
    unit = ("" if lang == "zh" else " ") + cell["unit"][lang] if mixed else ""
    value = cell["value"][lang]
    return Number(value, cell.get("decimals", {}).get(lang, _places(value)), unit)


def of_heat(panel: dict, cells: Sequence, lang: str) -> Table:
    """A heat map (:func:`~huzhou_analysis.show.office.heat_cells`) as numbers."""
    scale, unit = 1.0 if lang == "zh" else panel["scale_en"], clean(panel["unit"][lang])
    rows: list[list[Cell]] = []
    for line, one in zip(cells[1:], panel["series"], strict=True):
        held = {p["x"]: _exact(p["value"] * scale) for p in one["points"] if p["value"] is not None}
        shown = [len(w.partition(".")[2]) for w, *_ in line[1:]]
        rows.append([line[0][0], *(Number(held[x], d) if x in held else None for x, d in enumerate(shown))])
    return Table([_named(clean(panel["heading"][lang]) or unit, unit, lang), *(w for w, *_ in cells[0][1:])], rows)
