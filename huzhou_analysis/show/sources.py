"""Where shown numbers come from: citations, the source line, notes on the status of figures; and targets as they are read."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from ..analysis.evidence import GRADES, TIME_PROGRESS
from ..analysis.targets import STATUSES
from ..facts import words
from ..facts.data import Data, name
from ..facts.schema import KINDS, OBS_STATUSES, RECORD_TYPES, TIERS, TIME_BASES
from ..facts.words import LANGUAGES, Quantity, Text, as_text, period_text, text

WORDS = words.table_of_words(Path(__file__).with_name("words.csv"))  # headings of targets and of marks, notes on status
NAMED = 3  # sources, where only the main ones have room
_KEPT = ("as_printed", "record_type", "obs_status", "source_id", "comment")


def citations(data: Data, figure_ids: Iterable[str]) -> list[dict]:
    """Where figures stand, each once, in the order given; NotOnFile that names near ones if one is not on file."""
    places = data.outline.set_index(["source_id", "locator"]).locator_en
    rows = []
    for figure_id in dict.fromkeys(i for joined in figure_ids for i in str(joined).split()):
        f = data.figure(figure_id)
        source = data.sources.loc[f.source_id]
        status = {"zh": RECORD_TYPES[f.record_type][0], "en": words.labels(f.record_type)["en"]}
        if f.obs_status != "A":
            status = {la: f"{status[la]} · {OBS_STATUSES[f.obs_status][i]}" for i, la in enumerate(LANGUAGES)}
        published = f"{source.publisher or KINDS[source.kind][0]}，{source.date_published or '未注明日期'}"
        in_english = f"{source.title_en} ({source.date_published or 'undated'})"
        row = {
            "figure_id": figure_id,
            "value": {lang: words.printed_quantity(data, f, lang) for lang in LANGUAGES},
            "period": both(period_text(f.time_period)),
            "basis": {"zh": TIME_BASES[f.time_basis][0], "en": f.time_basis},
            "source": {"zh": f"《{source.title}》（{published}）", "en": in_english},
            "title": {"zh": source.title, "en": source.title_en},
            "place": {"zh": f.locator, "en": places[(f.source_id, f.locator)]},
            "status": status,
            "tier": source.tier,
        }
        rows.append(row | {column: f[column] for column in _KEPT})
    return rows


def both(one: Text) -> dict[str, str]:
    """A text as plain values."""
    return {"zh": one.zh, "en": one.en}


def exact(value: float) -> float:
    """A number without the noise that scaling leaves behind its twelfth digit."""
    return float(f"{value:.12g}")


def cell(value) -> dict | float | int | None:
    """A value as a cell: None, a number, or a text ``{"zh", "en"}``; a quantity has ``value``, ``unit`` and ``decimals``
    in each language beside it."""
    if isinstance(value, Quantity):
        shift = value.unit.unit_mult_en - value.unit.unit_mult
        decimals = max(0, value._places)
        return {lang: value.in_language(lang) for lang in LANGUAGES} | {
            "value": {"zh": float(value.value), "en": exact(value.value * 10.0**-shift)},
            "unit": {"zh": value.unit.unit, "en": value.unit.name_en},
            "decimals": {"zh": decimals, "en": max(0, decimals + shift)},
        }
    if isinstance(value, Text | Mapping | tuple):
        return both(as_text(value))
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, bool):
        return {"zh": "是" if value else "否", "en": "yes" if value else "no"}
    if hasattr(value, "item"):
        return cell(value.item())
    return value if isinstance(value, int | float) else {"zh": str(value), "en": str(value)}


def source_line(cited: list[dict]) -> Text:
    """The main sources by weight: tier first, then how many figures come from each; the rest is counted."""
    count = Counter(row["source_id"] for row in cited)
    first = {row["source_id"]: row for row in reversed(cited)}
    order = sorted(count, key=lambda s: (list(TIERS).index(first[s]["tier"]), -count[s], s))
    if not order:
        return text("资料来源：无。", "Sources: none.")
    named = words.clauses(text(f"《{t['zh']}》", t["en"]) for t in (first[s]["title"] for s in order[:NAMED]))
    more = len(order) > NAMED
    zh, en = (f"；等{len(order)}处", f"; and {len(order) - NAMED} more") if more else ("", "")
    return text(f"资料来源：{named.zh}{zh}。", f"Source{'s' if len(order) > 1 else ''}: {named.en}{en}.")


def status_notes(cited: list[dict]) -> list[Text]:
    """Notes that the status of the figures used calls for."""
    met = {"claim" if c["record_type"] == "claim" else c["obs_status"] for c in cited}
    met |= {c["basis"]["en"] for c in cited}
    return [note for code, note in WORDS["status"].items() if code in met]


def cite(data: Data, *figures: str | pd.DataFrame | object, lang: str = "zh") -> str:
    """Footnotes for figures, one line each: document, place, characters as printed, how the period is known.

    Parameters
    ----------
    *figures : str, DataFrame, Quantity or Text
        Ids of figures; rows of ``data.figures`` or a frame with a column ``figure_id``; or what carries ids.

    Examples
    --------
    >>> print(hz.cite(data, "D001-GWR.gdp.2013"))
    《2014年湖州市政府工作报告》（湖州市人民政府，2014-02-11），一 导语：“地区生产总值达到1803.2亿元”（2013年，原文载明）
    """
    ids: list[str] = []
    for one in figures:
        if isinstance(one, pd.DataFrame):
            ids += list(one.figure_id if "figure_id" in one.columns else one.index)
        else:
            ids += list(getattr(one, "figures", [one]))
    chinese = lang == "zh"
    form, unstated = ("{}，{}：“{}”（{}）", "时期未载明") if chinese else ("{}, {}: “{}” ({})", "period not stated")
    lines = []
    for row in citations(data, ids):
        when = f"{row['period'][lang]}{'，' if chinese else '; '}{row['basis'][lang]}"
        when = unstated if row["basis"]["en"] == "unstated" else when
        lines.append(form.format(row["source"][lang], row["place"][lang], row["as_printed"], when))
    return "\n".join(lines)


TARGET_HEADINGS, _UNITS = WORDS["target"], WORDS["target_unit"]


def target_rows(data: Data, gaps: pd.DataFrame, lang: str | None = None) -> pd.DataFrame:
    """Rows of :func:`huzhou_analysis.target_gaps` as they are read.

    Columns are those of :data:`TARGET_HEADINGS` and ``missing``, the figure that would settle what has no actual. Quantities
    are as printed, paces in their own unit (%, percentage points, units); empty where there is none.

    Parameters
    ----------
    gaps : DataFrame
        Made with ``full=True``; any of its rows. ValueError without those columns.
    lang : {"zh", "en"}, optional
        With a language, a plain table for a spreadsheet: numbers as numbers, their units in columns of their own.

    Examples
    --------
    >>> gaps = hz.target_gaps(data, full=True).sort_values("relative_gap", ascending=False)
    >>> hz.target_rows(data, gaps, lang="en").to_excel("gaps.xlsx", index=False)  # doctest: +SKIP
    """
    if "target_ids" not in gaps.columns:
        raise ValueError("these are the main columns only: write hz.target_gaps(data, full=True)")
    table = pd.DataFrame([_row(data, row) for row in gaps.itertuples()])
    return table if lang is None else _in_numbers(table, lang)


def _row(data: Data, row) -> dict:
    def quantity(value: float, unit: str, ids: tuple[str, ...] = ()) -> Quantity | None:
        known = value == value and unit
        return Quantity(value, data.units[unit], decimals=1 if unit == "%" else 2, figures=ids) if known else None

    target = [i for i in row.target_ids.split() if data.figures.time_period[i] == row.final_period]
    printed = target and row.target == row.target
    # As printed where one figure of the measure and the unit gives the actual, else as worked out from its figures.
    ids, none = str(row.actual_id).split(), text("—", "—")
    figure = data.figures.loc[ids[0]] if len(ids) == 1 else None
    as_printed = figure is not None and (figure.indicator, figure.unit) == (row.actual_indicator, row.unit)
    return {
        "indicator": row.indicator,
        "name": name(data, row.indicator),
        "target": words.figure_quantity(data, target[0]) if printed else text(row.in_words or "—", "in words"),
        "target_period": period_text(row.final_period),
        "actual": words.figure_quantity(data, ids[0]) if as_printed else quantity(row.actual, row.unit, tuple(ids)),
        "period": period_text(row.actual_period),
        "gap": quantity(row.gap, row.unit) if printed else None,
        "verdict": as_text(STATUSES[row.status]),
        "progress": as_text(TIME_PROGRESS[row.time_progress]) if row.time_progress else none,
        "required": quantity(row.required_pace, row.pace_unit),
        "recent": quantity(row.recent_pace, row.pace_unit),
        "evidence": as_text(GRADES[row.evidence]) if row.evidence else none,
        "missing": text(row.needed_zh, row.needed_en) if row.needed_zh else none,
    }


def _in_numbers(table: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Texts in a language, quantities as numbers with a column for their unit beside the first of a kind."""
    out = {}
    for column, heading in (TARGET_HEADINGS | WORDS["target_more"]).items():
        if column not in ("target", "actual", "gap", "required", "recent"):
            out[heading[lang]] = [v[lang] for v in table[column]]
            continue
        held = [cell(v) if isinstance(v, Quantity) else None for v in table[column]]
        out[heading[lang]] = [math.nan if c is None else c["value"][lang] for c in held]
        if column in _UNITS:
            out[_UNITS[column][lang]] = ["" if c is None else c["unit"][lang] for c in held]
    return pd.DataFrame(out)
