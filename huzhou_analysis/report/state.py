"""Where the city stands (the latest figure of every indicator, the verdict on every target), and what moved. A report keeps a
*snapshot*: every figure as it is shown, and the results that rest on them (verdicts, projections, findings), each as one
text in two languages. The next report is held against it; nothing is put down to a cause."""

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from ..analysis.audit import findings
from ..analysis.evidence import movement
from ..analysis.gaps import target_gaps
from ..analysis.ledger import VERDICTS, growth_ledger
from ..analysis.outlook import target_probabilities
from ..analysis.plans import plan_years
from ..analysis.series import latest as latest_of_each
from ..facts import periods, words
from ..facts.data import Data, NotOnFile
from ..facts.words import LANGUAGES, Text, printed_quantity, text
from ..show.sources import cell, period_text, target_rows
from .content import words_for

SNAPSHOT = "snapshot.json"
WORDS = words_for("shared", "changes")
FORMAT = 2
KINDS = ("figure", "target", "projection", "ledger", "finding")
MOST = 40  # changes of a kind that a page shows; changes.md has all
# Verdicts as a chief asks: what is reached, what is on its way, what is not, what cannot be said.
GROUPS = {
    "met": ("met",),
    "on_the_way": ("ahead", "on_track", "met_in_part_year", "undecided"),
    "out_of_reach": ("far_behind", "behind", "missed", "open"),
    "unknown": ("not_comparable", "no_figure_on_file"),
}
COMMITMENTS = {"strive": text("（力争）", " (stretch)"), "ensure": text("（确保）", " (floor)")}


def pair(one) -> dict[str, str]:
    """A text, a quantity or nothing, as plain values in both languages."""
    return {lang: "—" if one is None else one.in_language(lang) for lang in LANGUAGES}


def figure_name(data: Data, indicator: str, area: str) -> Text:
    """Name of an indicator, with its area where that is not the city itself and the name does not begin with it."""
    info, where = data.indicators.loc[indicator], data.ref_areas.loc[area]
    if area == data.home or info.name_zh.startswith(where.name_zh):
        return text(info.name_zh, info.name_en)
    return text(f"{where.name_zh}：{info.name_zh}", f"{where.name_en}: {info.name_en}")


def latest(data: Data, new: frozenset[str] | set[str] = frozenset()) -> list[dict]:
    """The latest whole year and, where it is later, the latest part of a year of every indicator on file, in the order of
    their table, whether or not anything uses them; `new` are the ids that the last report lacked."""
    mine = data.select(area=data.home, record_type="actual")
    on_file = set(mine.indicator[(mine.obs_text != "") & (mine.time_period != "")])
    rows, ends = [], {}
    try:
        found = latest_of_each(data, [code for code in data.indicators.index if code in on_file])
    except NotOnFile:
        return []
    for one in found.itertuples():
        end = periods.parse(one.time_period).end
        if one.part_year and end <= ends.get(one.indicator, dt.date.min):
            continue
        ends[one.indicator] = end
        figures = one.figure_id.split()
        shown = {"period": pair(one.period), "value": cell(one.level) or pair(None), "source": pair(one.source)}
        shown |= {"growth": {lang: _growth(one, lang) for lang in LANGUAGES}, "part_year": bool(one.part_year)}
        known = {"indicator": one.indicator, "time_period": one.time_period, "source_id": one.source_id}
        known |= {"theme": data.indicators.theme[one.indicator], "figure_id": figures[0], "figures": figures}
        published = one.published or data.sources.date_published[one.source_id]
        rows.append(pair(one.name) | shown | known | {"published": published, "new": not new.isdisjoint(figures)})
    return rows


def _growth(row, lang: str) -> str:
    if row.growth is None:
        return ""
    note = "derived" if row.growth_origin == "derived" else "constant" if row.prices == "constant" else ""
    return row.growth.in_language(lang) + (WORDS[note][lang] if note else "")


def targets(data: Data) -> list[dict]:
    """The verdict on every target, plan by plan in the order of its rows; ``table`` says of one that it is a row of the plan's."""
    gaps = target_gaps(data, full=True)
    gaps, rows = gaps[gaps.counted.astype(bool)], []
    for t, shown in zip(gaps.itertuples(), target_rows(data, gaps).itertuples(), strict=True):
        name, aim = figure_name(data, t.indicator, t.ref_area), COMMITMENTS.get(t.commitment, Text("", ""))
        moved = movement(data, t.required_pace, t.pace_unit) if shown.required else None
        required = text(f"年均{moved.zh}", f"{moved.en} a year") if moved else Text("", "")
        said = {"status_words": shown.verdict, "target": shown.target, "actual": shown.actual, "required": required}
        said |= {"actual_period": shown.period, "sentence": Text(t.sentence_zh, t.sentence_en)}
        said |= {"needed": Text(t.needed_zh, t.needed_en)}
        key = " | ".join(map(str, (t.plan, t.locator, t.indicator, t.ref_area, t.commitment, t.unit, t.span)))
        known = {"key": key, "locator": t.locator, "table": bool(t.table), "status": t.status}
        known |= {"group": next(group for group, statuses in GROUPS.items() if t.status in statuses)}
        known |= {"theme": data.indicators.theme[t.indicator], "figures": f"{t.target_ids} {t.actual_id}".split()}
        known |= {"acceleration": None if pd.isna(t.acceleration) else float(t.acceleration)}
        names = {lang: name[lang] + aim[lang] for lang in LANGUAGES}
        rows.append(names | {key: pair(one) for key, one in said.items()} | known)
    return rows


def counts(data: Data, content, targets: list[dict]) -> dict[str, int]:
    """How much there is, counted once for all formats: of the report, and of the tables behind it."""
    rows, mine = data.figures, {"sections": len(content.sections), "exhibits": len(content.exhibits())}
    cited = {"figures_cited": len(content.citations()), "documents_cited": len(content.documents())}
    on_file = {"figures": len(rows), "documents": rows.source_id.nunique(), "indicators": rows.indicator.nunique()}
    return mine | cited | on_file | {"targets": len(targets), "table_targets": sum(t["table"] for t in targets)}


def summed_up(targets: list[dict]) -> dict[str, list[dict]]:
    """Targets under the four answers of ``GROUPS``, the rows of the plan's table first."""
    return {g: sorted((t for t in targets if t["group"] == g), key=lambda t: not t["table"]) for g in GROUPS}


def snapshot(data: Data, targets: list[dict]) -> dict:
    """Figures and results of a set of tables, by kind and key: what each is, and what it says (``shown``), in both languages."""
    aims = ((t["key"], _item(_with(t, t["target"]), _with(t["status_words"], t["required"]))) for t in targets)
    items = {"figure": _figures(data), "target": aims, "projection": _projections(data)}
    items |= {"ledger": _ledger(data), "finding": _findings(data)}
    return {"format": FORMAT, "home": data.home, "items": {kind: dict(found) for kind, found in items.items()}}


def _item(name: Mapping | Text, shown: Mapping | Text, **more: object) -> dict:
    return {lang: name[lang] for lang in LANGUAGES} | {"shown": {lang: shown[lang] for lang in LANGUAGES}} | more


def _with(one: Mapping | Text, more: Mapping | Text) -> Text:
    """A text with another in brackets behind it, where there is any."""
    zh, en = f"（{more['zh']}）" if more["zh"] else "", f" ({more['en']})" if more["en"] else ""
    return text(one["zh"] + zh, one["en"] + en)


def _at(data: Data, row, kind: str = "actual") -> Text:
    """An indicator with its period and, where it is no actual, what it is."""
    name, period = figure_name(data, row.indicator, row.ref_area), period_text(row.time_period)
    label = words.labels(kind) if kind != "actual" else text("", "")
    return text(f"{name.zh}，{period.zh}{label.zh}", f"{name.en}, {period.en} {label.en}".strip())


def _figures(data: Data) -> Iterator[tuple[str, dict]]:
    for f in data.figures.itertuples():
        shown = {lang: printed_quantity(data, f, lang) for lang in LANGUAGES}
        source = data.sources.loc[f.source_id]
        titles = {"zh": source.title, "en": source.title_en}
        yield f.Index, _item(_at(data, f, f.record_type), shown, source=titles)


def _projections(data: Data) -> Iterator[tuple[str, dict]]:
    """The projection of each target of the plan's last year, and the chance that it is met."""
    for p in target_probabilities(data).itertuples() if plan_years(data) else ():
        if p.median != p.median or p.target != p.target:
            continue
        median, low, high = (_amount(data, p, v) for v in (p.median, p.low_80, p.high_80))
        shown = _with(median, {lang: f"80%: {low[lang]}–{high[lang]}" if low[lang] else "" for lang in LANGUAGES})
        if p.probability == p.probability:
            shown = text(*(f"{shown[lang]}{WORDS['chance'][lang]}{100 * p.probability:.0f}%" for lang in LANGUAGES))
        target = f"{p.target:.10g}"
        name = _with(figure_name(data, p.indicator, data.home), _amount(data, p, p.target, target, p.relation))
        yield f"{p.indicator} | {p.relation}{target} {p.unit}", _item(name, shown)


def _amount(data: Data, p, value: float, printed: str = "", relation: str = "=") -> dict[str, str]:
    shown = words.Quantity(value, data.units[p.unit], printed, 1, relation)
    return {lang: shown.in_language(lang) if value == value else "" for lang in LANGUAGES}


def _ledger(data: Data) -> Iterator[tuple[str, dict]]:
    for figure_id, rows in growth_ledger(data).groupby("figure_id", sort=False):
        shown = {lang: " / ".join(VERDICTS[v][lang] for v in dict.fromkeys(rows.verdict)) for lang in LANGUAGES}
        yield figure_id, _item(_at(data, rows.iloc[0]), shown)


def _findings(data: Data) -> Iterator[tuple[str, dict]]:
    found = findings(data)
    for f, n in zip(found.itertuples(), found.groupby("finding_id").cumcount(), strict=True):
        key = f"{f.finding_id} ({n + 1})" if n else f.finding_id
        yield key, _item(text(f.reading_zh, f.reading_en), dict.fromkeys(LANGUAGES, f"{f.left} | {f.right}"))


def last(report: Path) -> dict | None:
    """The snapshot of a report that stands in a folder: None where there is no report, empty where it cannot be read."""
    if not report.is_dir() or not any(report.iterdir()):
        return None
    try:
        found = json.loads((report / SNAPSHOT).read_text(encoding="utf-8"))
        return found if found["format"] == FORMAT and set(found["items"]) == set(KINDS) else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def compare(before: dict | None, now: dict) -> dict:
    """What differs between two snapshots, by kind, with a ``headline``; ``state`` says which report the last one is, if any."""
    state = "first" if before is None else "older" if not before else "compared"
    state = "other" if before and before["home"] != now["home"] else state
    moved: dict[str, list[dict]] = {kind: [] for kind in KINDS}
    for kind in KINDS if state == "compared" else ():
        old, new = before["items"][kind], now["items"][kind]
        for key in dict.fromkeys([*new, *old]):
            was, there = old.get(key), new.get(key)
            if was and there and was["shown"] == there["shown"]:
                continue
            one, change = there or was, "came" if not was else "went" if not there else "changed"
            said = {"before": was["shown"] if was else pair(None), "after": there["shown"] if there else pair(None)}
            said |= {"zh": one["zh"], "en": one["en"], "source": one.get("source", pair(None))}
            moved[kind].append({"key": key, "change": change} | said)
    headline = {lang: _headline(state, moved, lang) for lang in LANGUAGES}
    return {"state": state, "moved": moved, "headline": headline}


def _headline(state: str, moved: dict[str, list[dict]], lang: str) -> str:
    if state != "compared" or not any(moved.values()):
        return WORDS["same" if state == "compared" else state][lang]
    counted = {WORDS[kind][lang]: Counter(r["change"] for r in rows).items() for kind, rows in moved.items() if rows}
    if lang == "zh":
        told = (f"{kind}：{'、'.join(f'{WORDS[c][lang]}{n}项' for c, n in many)}" for kind, many in counted.items())
        return "；".join(told) + "。"
    told = (f"{kind}: {', '.join(f'{n} {WORDS[c][lang]}' for c, n in many)}" for kind, many in counted.items())
    return "; ".join(told) + "."


def tables(changes: dict, lang: str, most: int | None = None) -> list[dict]:
    """The changes as tables: ``title``, ``columns``, ``rows``, and how many are ``left_out`` beyond `most` rows."""
    out = []
    for kind, rows in changes.get("moved", {}).items():
        sides = ["before", "after", *(["source"] if kind == "figure" else [])]
        heads = [WORDS[n][lang] for n in ("kind", "what", *sides)]
        body = [[WORDS[r["change"]][lang], r[lang], *(r[side][lang] for side in sides)] for r in rows[:most]]
        whole = {"title": WORDS[kind][lang], "columns": heads, "rows": body, "numeric": []}
        out += [whole | {"left_out": len(rows) - len(body)}] if body else []
    return out


def latest_table(latest: list[dict], lang: str) -> dict:
    """Rows of :func:`latest` as a table; what is new says so."""
    columns = [WORDS[n][lang] for n in ("indicator", "period", "value", "growth", "published", "source")]
    rows = []
    for r in latest:
        period, value, growth, source = (r[key][lang] for key in ("period", "value", "growth", "source"))
        name = r[lang] + (WORDS["new_mark"][lang] if r["new"] else "")
        rows.append([name, period, value, growth or "—", r["published"], source])
    numeric = [False, False, True, True, False, False]
    return {"title": WORDS["latest"][lang], "columns": columns, "rows": rows, "numeric": numeric}


def markdown(changes: dict, latest: list[dict]) -> str:
    """``changes.md``: what moved, and the latest figure of every indicator, in Chinese and then in English."""
    lines = []
    for lang in LANGUAGES:
        lines += [f"# {WORDS['changes'][lang]}", "", changes["headline"][lang], ""]
        for table in tables(changes, lang) + [latest_table(latest, lang)] * bool(latest):
            rows = [table["columns"], ["---"] * len(table["columns"]), *table["rows"]]
            lines += [f"## {table['title']}", "", *(f"| {' | '.join(map(_escaped, row))} |" for row in rows), ""]
    return "\n".join(lines).rstrip() + "\n"


def _escaped(cell: str) -> str:
    """Text of a table is data: no sign of it means anything to Markdown or HTML."""
    return " ".join(re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", cell).split())
