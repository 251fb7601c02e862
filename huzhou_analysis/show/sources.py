"""Where shown numbers come from: citations, the source line, the notes that the status of figures calls for."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from ..facts import periods, words
from ..facts.data import Data
from ..facts.schema import KINDS, OBS_STATUSES, RECORD_TYPES, TIME_BASES
from ..facts.words import LANGUAGES, Text, printed_quantity, text

# The order in which sources are named where only the main ones have room.
_TIERS = ("official", "yearbook", "press", "mirror", "compilation", "secondary", "promotional")
NAMED = 3


def citations(data: Data, figure_ids: Iterable[str]) -> list[dict]:
    """Document, place, characters as printed and period basis of figures, each once, in the order given.

    Returns
    -------
    list of dict
        ``figure_id``, ``value``, ``period``, ``source``, ``place``, ``status`` and ``basis`` (in both languages),
        ``as_printed``, ``record_type``, ``obs_status``, ``tier``, ``source_id``, ``comment``.

    Raises
    ------
    KeyError
        If a figure is not on file; the message names near ones.
    """
    places = data.outline.set_index(["source_id", "locator"]).locator_en
    rows = []
    for figure_id in dict.fromkeys(i for joined in figure_ids for i in str(joined).split() if i):
        f = data.figure(figure_id)
        source = data.sources.loc[f.source_id]
        who = source.publisher or KINDS[source.kind][0]
        status = text(RECORD_TYPES[f.record_type][0], words.label(f.record_type, "en"))
        if f.obs_status != "A":
            status = text(*(f"{status[la]} · {OBS_STATUSES[f.obs_status][i]}" for i, la in enumerate(LANGUAGES)))
        rows.append(
            {
                "figure_id": figure_id,
                "value": _both(text(*(printed_quantity(data, f, lang) for lang in LANGUAGES))),
                "period": _both(period_text(f.time_period)),
                "basis": _both(text(TIME_BASES[f.time_basis][0], f.time_basis)),
                "source": {
                    "zh": f"《{source.title}》（{who}，{source.date_published or '未注明日期'}）",
                    "en": f"{source.title_en} ({source.date_published or 'undated'})",
                },
                "place": {"zh": f.locator, "en": places[(f.source_id, f.locator)]},
                "status": _both(status),
                "as_printed": f.as_printed,
                "record_type": f.record_type,
                "obs_status": f.obs_status,
                "tier": source.tier,
                "source_id": f.source_id,
                "title": {"zh": source.title, "en": source.title_en},
                "comment": f.comment,
            }
        )
    return rows


def _both(one: Text) -> dict[str, str]:
    return {"zh": one.zh, "en": one.en}


def name(data: Data, indicator: str) -> Text:
    """Name of an indicator in both languages, from its code or either name."""
    row = data.indicators.loc[data.indicator(indicator)]
    return text(row.name_zh, row.name_en)


def area_name(data: Data, area: str | None = None) -> Text:
    """Name of an area in both languages; the city itself without one."""
    row = data.ref_areas.loc[data.area(area)]
    return text(row.name_zh, row.name_en)


def period_text(code: str) -> Text:
    """A period in both languages; a dash for none."""
    return text(*(periods.parse(code).label(lang) if code else "—" for lang in LANGUAGES))


def source_line(cited: list[dict]) -> Text:
    """The main sources by weight: tier first, then how many figures come from each; the rest is counted."""
    count: dict[str, int] = {}
    for row in cited:
        count[row["source_id"]] = count.get(row["source_id"], 0) + 1
    first = {row["source_id"]: row for row in reversed(cited)}
    order = sorted(
        count, key=lambda s: (_TIERS.index(first[s]["tier"]) if first[s]["tier"] in _TIERS else 9, -count[s], s)
    )
    if not order:
        return text("资料来源：无。", "Sources: none.")
    titles = [first[s]["title"] for s in order[:NAMED]]
    more = len(order) > NAMED
    zh = "；".join(f"《{t['zh']}》" for t in titles) + (f"；等{len(order)}处" if more else "")
    en = "; ".join(t["en"] for t in titles) + (f"; and {len(order) - NAMED} more" if more else "")
    return text(f"资料来源：{zh}。", f"Source{'s' if len(order) > 1 else ''}: {en}.")


def status_notes(cited: list[dict]) -> list[Text]:
    """Notes that the status of the figures used calls for."""
    notes = []
    if any(c["record_type"] == "claim" for c in cited):
        notes.append(
            text(
                "含招商宣传页面所称数字，未经核实，不入统计序列",
                "Includes unvalidated claims of promotional pages, which enter no series",
            )
        )
    for code, zh, en in (
        ("P", "含初步数", "Includes provisional figures"),
        ("V", "含未经核实的数字", "Includes unvalidated figures"),
        ("U", "含可靠性低的数字", "Includes figures of low reliability"),
    ):
        if any(c["obs_status"] == code and c["record_type"] != "claim" for c in cited):
            notes.append(text(zh, en))
    if any(c["basis"]["en"] == "inferred" for c in cited):
        notes.append(text("部分时期为推断，依据见出处", "Some periods are inferred; the citations say how"))
    return notes


def cite(data: Data, *figures: str | pd.DataFrame | object, lang: str = "zh") -> str:
    """Footnotes for figures: document, place, characters as printed, how the period is known.

    Parameters
    ----------
    data : Data
    *figures : str, DataFrame, Quantity or Text
        Ids of figures; rows of ``data.figures`` or a frame with a column ``figure_id``; or what carries ids.
    lang : {"zh", "en"}

    Returns
    -------
    str
        One line a figure.

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
    lines = []
    for row in citations(data, ids):
        place, printed = f"{row['source'][lang]}{'，' if lang == 'zh' else ', '}{row['place'][lang]}", row["as_printed"]
        stated = data.figure(row["figure_id"]).time_basis
        when = "时期未载明" if lang == "zh" else "period not stated"
        if stated != "unstated":
            basis = TIME_BASES[stated][lang == "en"] if lang == "zh" else row["basis"]["en"]
            when = f"{row['period'][lang]}{'，' if lang == 'zh' else '; '}{basis}"
        lines.append(f"{place}：“{printed}”（{when}）" if lang == "zh" else f"{place}: “{printed}” ({when})")
    return "\n".join(lines)
