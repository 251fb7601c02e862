"""The live part of the workbook: figures, gaps and growth as cells that refer to each other.

A cell is a value or a :class:`Formula`, which carries what it comes to, so that a program that does not recalculate
shows the same as one that does. A formula names the other cells of its row by their column, ``{actual}``; nothing in it
is newer than Excel 2007, so that Excel 2013, WPS and LibreOffice agree. The rules are those of
:func:`huzhou_analysis.targets.judge`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import pandas as pd

from ..analysis import targets
from ..analysis.gaps import Gaps, Target, gaps_of
from ..analysis.ledger import growth_ledger
from ..facts import periods
from ..facts import words as i18n
from ..facts.data import Data
from ..facts.schema import OBS_STATUSES, RECORD_TYPES, SPANS, TIERS
from ..facts.words import Text, text

FIGURE_IDS, FIGURE_VALUES, FIGURE_YEARS = "figure_ids", "figure_values", "figure_years"
# Why a cell holds no number. The same codes stand on every sheet; a sheet explains those that it uses.
REASONS: dict[str, Text] = {
    "[n]": text("无在案数字", "no figure on file"),
    "[c]": text("在案数字口径不同，不予比较", "the figure on file has another definition: not compared"),
    "[m]": text(
        "已达到，或目标年份已过：此后无所需", "already met, or the target's year is over: nothing more to reach"
    ),
    "[p]": text("规划的路径不含该年", "the plan's path does not cover that year"),
    "[v]": text("没有往年数字可算现有速度", "no earlier figure from which a present pace could be computed"),
    "[w]": text("原文为文字，没有数字", "stated in words, no number is printed"),
    "[b]": text("印刷的是界限或约数，没有舍入区间", "printed as a bound or approximation: it has no rounding interval"),
    "[u]": text("单位不能换算", "the units cannot be converted into each other"),
    "[x]": text("无在案数字或不适用", "no figure on file, or none applies"),
    "[z]": text("不适用", "not applicable"),
}
_SIGNS = {"=": "=", ">=": "≥", ">": ">", "<=": "≤", "<": "<", "~": "≈", "range": "–", "relative": "[w]"}
_NAN = math.nan


@dataclass(frozen=True)
class Formula:
    """A formula, with ``{column}`` for the other cells of its row, and what it comes to at the time of writing."""

    template: str
    value: float | str


@dataclass(frozen=True)
class Field:
    """A column of a sheet: key, heading, and what stands in it.

    ``kind`` is ``text``, ``code`` (text that looks like a number), ``number``, ``input`` (a number that the reader may
    change), ``live`` (computed in the sheet) or ``verdict`` (a word computed in the sheet).
    """

    key: str
    heading: Text
    kind: str = "text"


@dataclass(frozen=True)
class Grid:
    """A table of cells: columns, rows by key of the column, and decimals of its numbers by row and key."""

    fields: Sequence[Field]
    rows: Sequence[Mapping[str, object]]
    decimals: Sequence[Mapping[str, int]]
    reasons: Sequence[str] = ()


# --- figures -------------------------------------------------------------------------------------------------------


def shift(data: Data, unit: str, lang: str) -> int:
    """Power of ten by which a printed number is multiplied in a language: 亿元 becomes CNY bn by -1."""
    u = data.units[unit]
    return 0 if lang == "zh" else u.unit_mult - u.unit_mult_en


def in_language(data: Data, value: float, unit: str, lang: str) -> float:
    """A number of a printed unit as a language writes it; exact in decimals."""
    return value if math.isnan(value) else float(Decimal(repr(float(value))).scaleb(shift(data, unit, lang)))


def factor(data: Data, source: str, target: str, lang: str) -> float:
    """What turns a number of one unit into another, both as the language writes them."""
    return float(data.units.factor(source, target).scaleb(shift(data, target, lang) - shift(data, source, lang)))


def places(printed: str, by: int = 0) -> int:
    """Decimals of a printed number once its point has moved."""
    return max(0, (len(printed.partition(".")[2]) if "." in printed else 0) - by)


FIGURES = (
    Field("figure_id", text("数字编号", "Figure id")),
    Field("kind", text("类型", "Type")),
    Field("indicator", text("指标", "Indicator")),
    Field("area", text("地区", "Area")),
    Field("area_code", text("地区代码", "Region code"), "code"),
    Field("period", text("时期", "Period")),
    Field("year", text("期末年份", "Year of its end"), "input"),
    Field("value", text("数值（可改）", "Value (input)"), "input"),
    Field("unit", text("单位", "Unit")),
    Field("as_filed", text("在案数值", "Value on file"), "number"),
    Field("high", text("区间上限", "Upper end"), "number"),
    Field("relation", text("界限", "Bound")),
    Field("status", text("状态", "Status")),
    Field("span", text("时间跨度", "Span")),
    Field("source", text("文件", "Document")),
    Field("place", text("位置", "Place")),
    Field("as_printed", text("原文", "As printed")),
    Field("comment", text("备注", "Remark")),
)


def figures(data: Data, lang: str) -> Grid:
    """Every figure on file, one row each; numbers in the unit that the language shows."""
    places_en = data.outline.set_index(["source_id", "locator"]).locator_en
    side = lang == "en"
    rows, decimals = [], []
    for f in data.figures.itertuples():
        by = shift(data, f.unit, lang)
        empty = "[w]" if f.obs_status != "M" else "[n]"
        value = in_language(data, f.obs_value, f.unit, lang) if f.obs_text else empty
        source = data.sources.loc[f.source_id]
        rows.append(
            {
                "figure_id": f.Index,
                "kind": RECORD_TYPES[f.record_type][0] if lang == "zh" else i18n.label(f.record_type, "en"),
                "indicator": data.indicators.loc[f.indicator, f"name_{lang}"],
                "area": data.ref_areas.loc[f.ref_area, f"name_{lang}"],
                "area_code": f.ref_area,
                "period": periods.parse(f.time_period).label(lang) if f.time_period else "—",
                "year": periods.parse(f.time_period).year if f.time_period else "[n]",
                "value": value,
                "unit": i18n.unit_name(f.unit, lang, data.units),
                "as_filed": value,
                "high": in_language(data, f.value_high, f.unit, lang) if f.high_text else "[z]",
                "relation": _SIGNS[f.relation],
                "status": OBS_STATUSES[f.obs_status][side],
                "span": SPANS[f.span][side],
                "source": source.title if lang == "zh" else source.title_en,
                "place": f.locator if lang == "zh" else places_en[(f.source_id, f.locator)],
                "as_printed": f.as_printed,
                "comment": f.comment or "—",
            }
        )
        shown = places(f.obs_text, by)
        decimals.append({"value": shown, "as_filed": shown, "high": places(f.high_text, by)})
    return Grid(FIGURES, rows, decimals, ("[n]", "[w]", "[z]"))


def lookup(cell: str, column: str = FIGURE_VALUES) -> str:
    """Formula text that fetches a column of the figures sheet for the figure id in a cell (or a quoted text)."""
    return f"INDEX({column},MATCH({cell},{FIGURE_IDS},0))"


def quoted(words: str) -> str:
    """A text inside a formula, safe against the formula's own syntax and the placeholders."""
    return '"' + words.replace('"', '""').replace("{", "{{").replace("}", "}}") + '"'


# --- gaps ----------------------------------------------------------------------------------------------------------


def kind_word(kind: str, lang: str) -> str:
    """How a target moves, as the sheet says it."""
    return {
        "growth": text("复合增长", "compound growth"),
        "points": text("百分点", "points"),
        "units": text("数量", "numbers"),
    }[kind][lang]


def gap_fields(years: Sequence[str]) -> tuple[Field, ...]:
    """Columns of the gaps sheet; `years` are those that plans name before their last one."""
    milestones = [
        field
        for year in years
        for field in (
            Field(f"id_{year}", text(f"{year}年目标编号", f"Id of target {year}")),
            Field(f"target_{year}", text(f"{year}年目标", f"Target {year}"), "live"),
        )
    ]
    return (
        Field("number", text("序号", "No."), "number"),
        Field("indicator", text("指标", "Indicator")),
        Field("area", text("地区", "Area")),
        Field("area_code", text("地区代码", "Region code"), "code"),
        Field("place", text("目标位置", "Place of the target")),
        Field("unit", text("单位", "Unit")),
        Field("final", text("最终目标", "Final target"), "live"),
        Field("bound", text("界限", "Bound")),
        Field("actual", text("最近可比实绩", "Latest comparable actual"), "live"),
        Field("year", text("实绩年份", "Year of the actual"), "live"),
        Field("gap", text("差距", "Gap"), "live"),
        Field("relative", text("差距占目标的份额（%）", "Gap as a share of the target (%)"), "live"),
        Field("left", text("剩余年数", "Years left"), "live"),
        Field("required", text("此后每年需", "Needed a year from now"), "live"),
        Field("pace_unit", text("速度单位", "Unit of the pace")),
        Field("due", text("规划路径当年值", "Plan's path in that year"), "live"),
        Field("verdict", text("结论（随数字变动）", "Verdict (live)"), "verdict"),
        Field("library", text("结论（建库时）", "Verdict (as built)")),
        Field("check", text("核对", "Check"), "verdict"),
        Field("met", text("是否达到界限", "Bound met?"), "verdict"),
        Field("next", text("规划路径次年值", "Plan's path a year later"), "live"),
        Field("asked", text("路径要求的每年变化", "Change a year that the path asks"), "live"),
        Field("present", text("现有速度（每年）", "Present pace (a year)"), "live"),
        Field(
            "better", text("方向（1＝越大越好，-1＝越小越好）", "Direction (1 = more is better, -1 = less)"), "number"
        ),
        Field("kind", text("变动方式", "How it moves")),
        Field("span", text("时间跨度", "Span")),
        Field("comparable", text("可比性", "Comparable?")),
        Field("start", text("规划起始年", "Plan starts in"), "number"),
        Field("final_year", text("目标年份", "Target year"), "number"),
        Field("final_id", text("最终目标编号", "Id of the final target")),
        Field("actual_id", text("实绩编号（可改）", "Id of the actual (may be changed)")),
        Field("factor", text("实绩换算系数", "Conversion factor of the actual"), "number"),
        *milestones,
        Field("path_factor", text("路径换算系数", "Conversion factor of the path"), "number"),
        Field("rule", text("依据（建库时）", "Rule (as built)")),
        Field("robust", text("是否稳健（建库时）", "How firm (as built)")),
        Field("needed", text("判断所需", "What is needed")),
    )


def path_figures(gaps: Gaps, target: Target) -> dict[str, tuple[str, str]]:
    """Figure id and unit of each year on a target's path; a goal of the text may run along a row of a table."""
    own = {f.time_period: (i, f.unit) for i, f in target.numeric.iterrows()}
    if set(own) >= set(target.path):
        return {year: own[year] for year in target.path}
    rows = targets.table_targets(gaps.data)
    same = rows[
        (rows.indicator == target.first.indicator) & (rows.ref_area == target.first.ref_area) & (rows.obs_text != "")
    ]
    for _, row in same.groupby("locator"):
        found = {f.time_period: (i, f.unit) for i, f in row.iterrows()}
        if set(found) == set(target.path) and all(
            gaps.data.units.comparable(unit, target.unit)
            and gaps.data.units.convert(gaps.data.figures.obs_value[i], unit, target.unit) == target.path[year]
            for year, (i, unit) in found.items()
        ):
            return found | own
    raise LookupError(f"no table row gives the path of {target.final.name}")


def gaps(data: Data, lang: str) -> Grid:
    """One row for each target of the plan, its arithmetic and its verdict as formulas over the figures sheet."""
    every = gaps_of(data)
    table = every.table()
    paths = [{} if t.numeric.empty else path_figures(every, t) for t in every.targets]
    years = sorted({y for path in paths for y in path if path and y != max(path) and periods.is_year(y)})
    rows, decimals = [], []
    for number, (target, row, path) in enumerate(zip(every.targets, table.itertuples(), paths, strict=True), 1):
        cells, shown = _gap_row(every, target, row, path, years, lang)
        rows.append(cells | {"number": number})
        decimals.append(shown)
    return Grid(gap_fields(years), rows, decimals, ("[n]", "[c]", "[m]", "[p]", "[v]", "[w]", "[z]"))


def _gap_row(every: Gaps, target: Target, row, path: Mapping, years: Sequence[str], lang: str) -> tuple[dict, dict]:
    """Cells of one target and the decimals of its numbers."""
    data, unit = every.data, target.unit
    w = {key: i18n.label(key, lang) for key in ("met", "ahead", "on_track", "behind", "far_behind", "missed", "open")}
    nothing = i18n.label("no_figure_on_file", lang)
    place = data.outline.set_index(["source_id", "locator"]).locator_en
    pace_name = i18n.unit_name(row.pace_unit or targets.pace_unit(target.kind, unit), lang, data.units)
    library = i18n.label(row.status, lang)
    blank = "[w]" if target.numeric.empty else "[z]"
    cells = dict.fromkeys((f.key for f in gap_fields(years)), blank) | {
        "indicator": data.indicators.loc[row.indicator, f"name_{lang}"],
        "area": data.ref_areas.loc[row.ref_area, f"name_{lang}"],
        "area_code": row.ref_area,
        "place": row.locator if lang == "zh" else place[(target.first.source_id, row.locator)],
        "unit": i18n.unit_name(unit, lang, data.units),
        "bound": _SIGNS[row.relation],
        "pace_unit": f"{pace_name}/年" if lang == "zh" else f"{pace_name} a year",
        "library": library,
        "better": 1 if row.ascending else -1,
        "kind": kind_word(target.kind, lang),
        "span": SPANS[row.span][lang == "en"],
        "comparable": i18n.label(row.comparable, lang) if row.comparable else "[n]",
        "start": target.start if path else "[w]",
        "actual_id": row.actual_id or ("[c]" if row.comparable == "no" else "[n]"),
        "rule": getattr(row, f"rule_{lang}") or "—",
        "robust": _firm(row, lang),
        "needed": getattr(row, f"needed_{lang}") or "—",
    }
    if not path:
        return cells | {"verdict": library, "check": i18n.text("—", "—")[lang], "met": "[w]"}, {}

    scale = 10.0 ** shift(data, unit, lang)
    final = target.final
    final_year = periods.parse(final.time_period).year
    number = None if math.isnan(row.actual_value) else row.actual_value
    when = _year_of(data, row.actual_id) if number is not None else None
    absent = "[c]" if row.comparable == "no" else "[n]"
    judged = None
    if number is not None and row.span != "per_year":
        along = target.path if row.span != "cumulative" else {str(final_year): final.obs_value}
        recent = row.present_pace
        judged = targets.judge(number, when, along, final.relation, bool(row.ascending), target.kind, recent=recent)
    reached = number is not None and targets.meets(number, final.obs_value, final.relation, bool(row.ascending))
    yes, no = text("是", "yes")[lang], text("否", "no")[lang]

    def number_or(value: float, code: str, by: float = 1.0) -> float | str:
        return code if value is None or math.isnan(value) else float(f"{value * by:.12g}")

    moves = 1.0 if target.kind == "growth" else scale
    cells |= {
        "final_id": final.name,
        "final": Formula(f"ROUND({lookup('{final_id}')},10)", number_or(final.obs_value, "[n]", scale)),
        "final_year": final_year,
        "year": Formula(_year_formula(row.actual_id, absent), when if when is not None else absent),
        "met": Formula(
            "IF(ISNUMBER({actual}),IF("
            'IF({bound}=">",{actual}>{final},IF({bound}="<",{actual}<{final},IF({bound}="≥",{actual}>={final},'
            'IF({bound}="≤",{actual}<={final},IF({better}=1,{actual}>={final},{actual}<={final})))))'
            f',{quoted(yes)},{quoted(no)}),"{absent}")',
            absent if number is None else yes if reached else no,
        ),
        "gap": Formula(
            f'IF(ISNUMBER({{actual}}),ROUND({{final}}-{{actual}},10),"{absent}")',
            number_or(row.absolute_gap if number is not None else _NAN, absent, scale),
        ),
        "relative": Formula(
            f'IF(ISNUMBER({{actual}}),IF({{final}}=0,"[z]",({{final}}-{{actual}})/{{final}}*100),"{absent}")',
            number_or(row.relative_gap if number is not None else _NAN, absent if number is None else "[z]", 100.0),
        ),
    }
    cells |= _actual_cells(data, target, row, number, absent, lang, scale)
    shown = _gap_decimals(data, target, row, years, lang)

    if row.span == "per_year":
        verdict = (
            f"IF(NOT(ISNUMBER({{actual}})),{quoted(nothing)},IF({{year}}<{{start}},{quoted(nothing)},"
            f"IF({{met}}={quoted(yes)},{quoted(w['met'])},{quoted(w['missed'])})))"
        )
        cells |= {"verdict": Formula(verdict, library)}
        return _with_check(cells, library, lang), shown

    milestones = {} if row.span == "cumulative" else {y: f for y, f in path.items() if y != final.time_period}
    if milestones:
        first_unit = next(iter(milestones.values()))[1]
        cells["path_factor"] = factor(data, first_unit, unit, lang)
    for year, (figure_id, _) in milestones.items():
        cells[f"id_{year}"] = figure_id
        cells[f"target_{year}"] = Formula(
            f"ROUND({lookup(f'{{id_{year}}}')}*{{path_factor}},10)", number_or(target.path[year], "[n]", scale)
        )
    points = [(int(y), f"{{target_{y}}}") for y in sorted(milestones)] + [(final_year, "{final}")]
    compound = f"{{kind}}={quoted(kind_word('growth', lang))}"
    beyond = absent if number is None else "[m]"
    needed = judged.required if judged else _NAN
    due, later = (judged.due, judged.due_next) if judged else (_NAN, _NAN)
    asked = _NAN if math.isnan(due) else targets.change_a_year(due, final.obs_value, final_year - when, target.kind)
    outside = beyond if math.isnan(needed) else "[p]"
    still = f'IF(NOT(ISNUMBER({{actual}})),"{absent}",IF(NOT(ISNUMBER({{required}})),"[m]",'
    change = "IF(AND({compound},{a}>0,{b}>0),(({b}/{a})^(1/{n})-1)*100,({b}-{a})/{n})"
    cells |= {
        "left": Formula(
            f'IF(ISNUMBER({{actual}}),{{final_year}}-{{year}},"{absent}")',
            absent if number is None else final_year - when,
        ),
        "required": Formula(
            f'IF(NOT(ISNUMBER({{actual}})),"{absent}",IF(OR({{met}}={quoted(yes)},{{left}}<=0),"[m]",'
            + change.format(compound=compound, a="{actual}", b="{final}", n="{left}")
            + "))",
            number_or(needed, beyond, moves),
        ),
        "due": Formula(still + _path_formula(points, "{year}", compound) + "))", number_or(due, outside, scale)),
        "next": Formula(
            still + _path_formula(points, "({year}+1)", compound) + "))",
            # The year after may be the first that the path names.
            _next_value(target, judged, when, later, outside, scale, number_or),
        ),
        "asked": Formula(
            "IF(ISNUMBER({due}),IF(ISNUMBER({required}),"
            + change.format(compound=compound, a="{due}", b="{final}", n="{left}")
            + ',"[m]"),{due})',
            number_or(asked, outside, moves),
        ),
        "verdict": Formula(_verdict_formula(w, nothing, lang), library),
    }
    present, value = _present_formula(every, target, row, lang)
    cells["present"] = Formula(present, number_or(value, "[v]", moves)) if present else ("[v]" if number else absent)
    return _with_check(cells, library, lang), shown


def _with_check(cells: dict, library: str, lang: str) -> dict:
    same, changed = check_words(lang)
    cells["check"] = Formula(f"IF({{verdict}}={{library}},{quoted(same)},{quoted(changed)})", same)
    return cells


def check_words(lang: str) -> tuple[str, str]:
    """What the check column says: the verdict as built still holds, or a changed figure has moved it."""
    return text("一致", "same")[lang], text("已变", "changed")[lang]


def _firm(row, lang: str) -> str:
    if not row.robustness:
        return "—"
    words = getattr(row, f"robustness_{lang}")
    return i18n.label(row.robustness, lang) + (("：" if lang == "zh" else ": ") + words if words else "")


def _year_of(data: Data, ids: str) -> int:
    """Year in which the last of some figures ends."""
    return max(periods.parse(data.figures.time_period[i]).year for i in ids.split())


def _year_formula(ids: str, absent: str) -> str:
    if len(ids.split()) > 1:
        return f"MAX({','.join(lookup(quoted(i), FIGURE_YEARS) for i in ids.split())})"
    return f'IFERROR({lookup("{actual_id}", FIGURE_YEARS)},"{absent}")'


def _actual_cells(data: Data, target: Target, row, number: float | None, absent: str, lang: str, scale: float) -> dict:
    """The actual as a lookup of its figure, or as the sum of several."""
    ids = row.actual_id.split()
    if len(ids) > 1:
        parts = [f"{lookup(quoted(i))}*{factor(data, data.figures.unit[i], target.unit, lang)!r}" for i in ids]
        return {"actual": Formula(f"ROUND({'+'.join(parts)},10)", number * scale), "factor": "[z]"}
    by = factor(data, data.figures.unit[ids[0]], target.unit, lang) if ids else 1.0
    value = absent if number is None else float(f"{number * scale:.12g}")
    return {
        "factor": by,
        "actual": Formula(f'IFERROR(ROUND({lookup("{actual_id}")}*{{factor}},10),"{absent}")', value),
    }


def _path_formula(points: Sequence[tuple[int, str]], year: str, compound: str) -> str:
    """The plan's path in a year (:func:`huzhou_analysis.targets.value_on_path`) as nested IFs over its stretches."""
    if len(points) == 1:
        return f'IF({year}={points[0][0]},{points[0][1]},"[p]")'
    out = '"[p]"'
    for (y0, a), (y1, b) in reversed(list(pairwise(points))):
        share = f"({year}-{y0})/{y1 - y0}"
        between = f"ROUND(IF(AND({compound},{a}>0,{b}>0),{a}*({b}/{a})^({share}),{a}+({b}-{a})*{share}),10)"
        out = f"IF({year}<={y1},{between},{out})"
    return f'IF({year}<{points[0][0]},"[p]",{out})'


def _next_value(target: Target, judged, when, later: float, outside: str, scale: float, number_or) -> float | str:
    if judged and math.isnan(later) and not math.isnan(judged.required):
        value = targets.value_on_path(
            {y: v for y, v in target.path.items() if periods.is_year(y)}, when + 1, target.kind == "growth"
        )
        return number_or(value, outside, scale)
    return number_or(later, outside, scale)


def _verdict_formula(w: Mapping[str, str], nothing: str, lang: str) -> str:
    """:func:`huzhou_analysis.targets.judge` as one nested IF."""
    q = {key: quoted(word) for key, word in w.items()}
    refused, none, yes = quoted(i18n.label("no", lang)), quoted(nothing), quoted(text("是", "yes")[lang])
    on_path = (
        f"IF(AND({{better}}*({{next}}-{{due}})>0,{{better}}*({{actual}}-{{next}})>=0),{q['ahead']},"
        f"IF({{better}}*({{actual}}-{{due}})>=0,{q['on_track']},"
        f"IF(AND({{better}}*{{asked}}>0,2*{{better}}*{{asked}}<{{better}}*{{required}}),"
        f"{q['far_behind']},{q['behind']})))"
    )
    by_pace = (
        f"IF({{better}}*{{present}}>=2*{{better}}*{{required}},{q['ahead']},"
        f"IF({{better}}*{{present}}>={{better}}*{{required}},{q['on_track']},"
        f"IF({{better}}*{{present}}>={{better}}*{{required}}/2,{q['behind']},{q['far_behind']})))"
    )
    return (
        f"IF({{comparable}}={refused},{refused},IF(NOT(ISNUMBER({{actual}})),{none},IF({{year}}<{{start}},{none},"
        f"IF({{met}}={yes},{q['met']},IF({{left}}<=0,{q['missed']},"
        f"IF(ISNUMBER({{due}}),{on_path},IF(ISNUMBER({{present}}),{by_pace},{q['open']})))))))"
    )


def _present_formula(every: Gaps, target: Target, row, lang: str) -> tuple[str, float]:
    """The present pace: a rate that was printed later, or the change since earlier figures; empty where there is none."""
    if math.isnan(row.present_pace) or row.span in ("cumulative", "per_year"):
        return "", _NAN
    data, evidence = every.data, every.candidates(target)[-1]
    rate = every.later_rate(target, evidence)
    if rate:
        return lookup(quoted(rate.figure_ids)), rate.change
    changes = every.changes(target, evidence)
    chosen = [changes[3]] if 3 in changes else list(changes.values())
    parts = []
    for pace in chosen:
        base = _base(data, target, evidence, pace, lang)
        if target.kind == "growth":
            level = f"(({{actual}}/{base})^(1/{pace.window})-1)*100"
            parts.append(f"IF(AND({{actual}}>0,{base}>0),{level},({{actual}}-{base})/{pace.window})")
        else:
            parts.append(f"({{actual}}-{base})/{pace.window}")
    weakest = "MIN" if row.ascending else "MAX"
    pace = parts[0] if len(parts) == 1 else f"{weakest}({','.join(parts)})"
    return f'IF(ISNUMBER({{actual}}),{pace},"[v]")', row.present_pace


def _base(data: Data, target: Target, evidence, pace, lang: str) -> str:
    """The earlier level of a pace: looked up where it is printed, a number where it is itself derived.

    A level that was derived from the actual by a printed rate moves with the actual: the pace is that rate.
    """
    years = pace.window
    if target.kind == "growth" and evidence.value > 0:
        then = evidence.value / (1 + pace.change / 100) ** years
    else:
        then = evidence.value - pace.change * years
    if len(pace.figure_ids.split()) == 1:
        figure = data.figures.loc[pace.figure_ids]
        if data.units.comparable(figure.unit, target.unit):
            printed = data.units.convert(figure.obs_value, figure.unit, target.unit)
            if math.isclose(printed, then, rel_tol=1e-9):
                return f"({lookup(quoted(figure.name))}*{factor(data, figure.unit, target.unit, lang)!r})"
    if evidence.figure_id in pace.figure_ids.split():
        return f"({{actual}}*{then / evidence.value:.15g})"
    return repr(float(f"{then * 10.0 ** shift(data, target.unit, lang):.12g}"))


def _gap_decimals(data: Data, target: Target, row, years: Sequence[str], lang: str) -> dict[str, int]:
    """As many decimals as the printed numbers have; one more for what lies between them."""
    by = shift(data, target.unit, lang)
    printed = [places(t, by) for t in target.numeric.obs_text]
    for figure_id in row.actual_id.split():
        f = data.figures.loc[figure_id]
        moved = math.log10(factor(data, f.unit, target.unit, lang)) + shift(data, f.unit, lang)
        printed.append(min(3, places(f.obs_text, round(moved))))
    most = max(printed)
    pace = 1 if target.kind == "growth" else min(most + 1, 3)
    return dict.fromkeys(["final", "actual", "gap", *(f"target_{y}" for y in years)], most) | {
        "due": most + 1,
        "next": most + 1,
        "relative": 1,
        "required": pace,
        "asked": pace,
        "present": pace,
    }


# --- growth --------------------------------------------------------------------------------------------------------

GROWTH = (
    Field("number", text("序号", "No."), "number"),
    Field("indicator", text("指标", "Indicator")),
    Field("area", text("地区", "Area")),
    Field("area_code", text("地区代码", "Region code"), "code"),
    Field("period", text("时期", "Period")),
    Field("rate", text("印刷增速", "Printed rate"), "live"),
    Field("rate_unit", text("增速单位", "Unit of the rate")),
    Field("level", text("本期水平值", "Level"), "live"),
    Field("base", text("上年同期水平值", "Level a year before"), "live"),
    Field("unit", text("水平值单位", "Unit of the level")),
    Field("recomputed", text("重算增速", "Recomputed rate"), "live"),
    Field("difference", text("重算减印刷（个百分点）", "Recomputed less printed (pp)"), "live"),
    Field("low", text("重算下限", "Recomputed, low end"), "live"),
    Field("high", text("重算上限", "Recomputed, high end"), "live"),
    Field("within", text("舍入区间是否重叠", "Within rounding?"), "verdict"),
    Field("library", text("结论（建库时）", "Verdict (as built)")),
    Field("rule", text("依据（建库时）", "Rule (as built)")),
    Field("rate_id", text("增速编号", "Id of the rate")),
    Field("level_id", text("本期水平值编号", "Id of the level")),
    Field("base_id", text("上年同期编号", "Id of the level before")),
    Field("factor", text("上年换算系数", "Conversion factor of the level before"), "number"),
    Field("half_rate", text("增速舍入半宽", "Half-width of the rate"), "number"),
    Field("half_level", text("本期舍入半宽", "Half-width of the level"), "number"),
    Field("half_base", text("上年舍入半宽", "Half-width of the level before"), "number"),
)


def within_words(lang: str) -> tuple[str, str]:
    """What the rounding check says."""
    return text("重叠", "within")[lang], text("不重叠", "outside")[lang]


def growth(data: Data, lang: str) -> Grid:
    """Every printed rate that two printed levels can test, recomputed by formulas over the figures sheet."""
    ledger = growth_ledger(data)
    ledger = ledger[(ledger.level_id != "") & (ledger.base_id != "")]
    rows, decimals = [], []
    for number, row in enumerate(ledger.itertuples(), 1):
        cells, shown = _growth_row(data, row, lang)
        rows.append(cells | {"number": number})
        decimals.append(shown)
    return Grid(GROWTH, rows, decimals, ("[b]", "[u]"))


def _half(data: Data, figure: pd.Series, lang: str) -> float | str:
    """Half the width of what a printed number may stand for; a code where it is no interval around the number."""
    interval = data.interval(figure)
    if not interval.bounded or figure.relation != "=":
        return "[b]"
    return in_language(data, float((interval.high - interval.low) / 2), figure.unit, lang)


def _growth_row(data: Data, row, lang: str) -> tuple[dict, dict]:
    rate, level, base = (data.figures.loc[i] for i in (row.figure_id, row.level_id, row.base_id))
    points = rate.unit == "个百分点"
    inside, outside = within_words(lang)
    alike = data.units.comparable(level.unit, base.unit)
    cells = {
        "indicator": data.indicators.loc[row.indicator, f"name_{lang}"],
        "area": data.ref_areas.loc[row.ref_area, f"name_{lang}"],
        "area_code": row.ref_area,
        "period": periods.parse(row.time_period).label(lang),
        "rate_unit": i18n.unit_name(rate.unit, lang, data.units),
        "unit": i18n.unit_name(level.unit, lang, data.units),
        "library": i18n.label(row.verdict, lang),
        "rule": getattr(row, f"rule_{lang}"),
        "rate_id": row.figure_id,
        "level_id": row.level_id,
        "base_id": row.base_id,
        "factor": factor(data, base.unit, level.unit, lang) if alike else "[u]",
        "half_rate": _half(data, rate, lang),
        "half_level": _half(data, level, lang),
        "half_base": _half(data, base, lang),
        "rate": Formula(lookup("{rate_id}"), in_language(data, rate.obs_value, rate.unit, lang)),
        "level": Formula(lookup("{level_id}"), in_language(data, level.obs_value, level.unit, lang)),
    }
    shown = {
        "rate": places(rate.obs_text, shift(data, rate.unit, lang)),
        "level": places(level.obs_text, shift(data, level.unit, lang)),
        "base": places(level.obs_text, shift(data, level.unit, lang)),
        **dict.fromkeys(("recomputed", "difference", "low", "high"), 2),
    }
    if not alike:
        value = in_language(data, base.obs_value, base.unit, lang)
        gone = dict.fromkeys(("recomputed", "difference", "low", "high", "within"), "[u]")
        return cells | gone | {"base": Formula(lookup("{base_id}"), value)}, shown
    now, then = float(level.obs_value), data.units.convert(base.obs_value, base.unit, level.unit)
    value = now - then if points else (now / then - 1) * 100
    printed = float(rate.obs_value)
    bounded = "[b]" not in (cells["half_rate"], cells["half_level"], cells["half_base"])
    low, high = (float(row.recomputed_low), float(row.recomputed_high)) if bounded else (_NAN, _NAN)
    half_base = "({base}{sign}{half_base}*{factor})"
    ends = {
        end: (
            f"({{level}}{a}{{half_level}})-" + half_base.replace("{sign}", b)
            if points
            else f"(({{level}}{a}{{half_level}})/" + half_base.replace("{sign}", b) + "-1)*100"
        )
        for end, a, b in (("low", "-", "+"), ("high", "+", "-"))
    }
    # An interval holds its low end and not its high one; a single value holds itself.
    overlap = (
        "IF(AND(OR({low}<{rate}+{half_rate},AND({half_rate}=0,{low}={rate})),"
        "OR({rate}-{half_rate}<{high},AND({low}={high},{rate}-{half_rate}={high}))),"
        f"{quoted(inside)},{quoted(outside)})"
    )
    cells |= {
        "base": Formula(f"ROUND({lookup('{base_id}')}*{{factor}},10)", in_language(data, then, level.unit, lang)),
        "recomputed": Formula("{level}-{base}" if points else "({level}/{base}-1)*100", value),
        "difference": Formula("{recomputed}-{rate}", value - printed),
        "low": Formula(ends["low"], low) if bounded else "[b]",
        "high": Formula(ends["high"], high) if bounded else "[b]",
        "within": Formula(overlap, inside if _overlaps(data, rate, low, high) else outside) if bounded else "[b]",
    }
    return cells, shown


def _overlaps(data: Data, rate: pd.Series, low: float, high: float) -> bool:
    printed = data.interval(rate)
    first, last = printed.floats
    return (low < last or first == last == low) and (first < high or low == high == first)


# --- sources -------------------------------------------------------------------------------------------------------

SOURCES = (
    Field("title", text("标题", "Title")),
    Field("publisher", text("发布者", "Publisher")),
    Field("date", text("发布日期", "Published"), "code"),
    Field("kind", text("种类", "Kind")),
    Field("tier", text("层级", "Tier")),
    Field("count", text("在案数字数", "Figures on file"), "number"),
    Field("used", text("图表所用数字数", "Figures used in exhibits"), "number"),
    Field("address", text("网址", "Address")),
    Field("source_id", text("来源编号", "Source id"), "code"),
    Field("figures", text("数字编号", "Figure ids")),
)
LONGEST_CELL = 32_767  # characters that a cell of the format may hold


def sources(data: Data, used: set[str], lang: str) -> Grid:
    """Every document on file and the figures that it prints."""
    from ..facts.schema import KINDS

    side = lang == "en"
    by_source = data.figures.groupby("source_id", sort=False).groups
    rows = []
    for s in data.sources.itertuples():
        ids = list(by_source.get(s.Index, []))
        rows.append(
            {
                "title": s.title_en if side else s.title,
                "publisher": s.publisher or "—",
                "date": s.date_published or text("未注明", "undated")[lang],
                "kind": KINDS[s.kind][side],
                "tier": TIERS[s.tier][side],
                "count": len(ids),
                "used": len(used.intersection(ids)),
                "address": s.url or "—",
                "source_id": s.Index,
                "figures": _joined(ids),
            }
        )
    return Grid(SOURCES, rows, [{} for _ in rows])


def _joined(ids: Sequence[str]) -> str:
    """Ids beside each other, no more than a cell holds."""
    out = " ".join(ids)
    if len(out) <= LONGEST_CELL:
        return out or "—"
    kept = out[: LONGEST_CELL - 20].rpartition(" ")[0]
    return f"{kept} … +{len(ids) - len(kept.split())}"


__all__ = ["Field", "Formula", "Grid", "figures", "gaps", "growth", "sources"]
