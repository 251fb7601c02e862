"""What moved since the last report: figures that came, went or changed, and results that are no longer what they were.

A report keeps a *snapshot*: every figure as it is shown, and the results that rest on them (verdicts on targets,
projections, verdicts of the growth ledger, findings of the audit), each as one text in two languages. The next report
is held against it; nothing is put down to a cause.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from ..analysis.audit import findings
from ..analysis.ledger import VERDICTS, growth_ledger
from ..analysis.outlook import target_probabilities
from ..analysis.plans import plan_years
from ..facts import words
from ..facts.data import Data
from ..facts.words import LANGUAGES, Text, printed_quantity, text
from ..show.sources import period_text
from .state import figure_name
from .text import WORDS as shared

SNAPSHOT = "snapshot.json"
FORMAT = 2
MOST = 40  # changes of a kind that a page shows; changes.md has all
_DASH = dict.fromkeys(LANGUAGES, "—")

KINDS: dict[str, Text] = {
    "figure": text("数据", "Figures"),
    "target": text("目标进度", "Verdicts on targets"),
    "projection": text("预测", "Projections"),
    "ledger": text("增速核对", "Growth ledger"),
    "finding": text("文件自查", "Findings of the audit"),
}
WORDS: dict[str, Text] = {
    "came": text("新增", "new"),
    "went": text("删除", "gone"),
    "changed": text("变动", "changed"),
    "first": text("这是第一份报告，没有可比较的上一份。", "This is the first report: there is none to compare with."),
    "other": text(
        "上一份报告论述的是另一城市，不作比较。", "The last report was on another city: the two are not compared."
    ),
    "older": text(
        "上一份报告没有可读的结果记录，不作比较。",
        "The last report left no record of results that can be read: the two are not compared.",
    ),
    "same": text("数据和结果均无变动。", "No figure and no result has moved."),
    "what": text("对象", "What"),
    "before": text("上一份", "Before"),
    "after": text("本份", "Now"),
    "kind": text("变动", "Change"),
    "latest": text("各指标最近一年和最近一期数据", "Latest year and latest part of a year of every indicator"),
    "chance": text("，达标可能性", ", chance of the target "),
    "new_mark": text("（新）", " (new)"),
}


# --- what a report holds -------------------------------------------------------------------------------------------


def snapshot(data: Data, targets: list[dict]) -> dict:
    """Figures and results of a set of tables, as plain values.

    Returns
    -------
    dict
        ``format``, ``home`` and ``items``: by kind and key, ``{"zh", "en"}`` (what it is) and ``shown`` (what it says), both in
        two languages; figures have ``source`` too. `targets` are those of :func:`~huzhou_analysis.report.state.targets`.
    """
    items = {"figure": _figures(data), "target": _targets(targets), "projection": _projections(data)}
    items |= {"ledger": _ledger(data), "finding": _findings(data)}
    return {"format": FORMAT, "home": data.home, "items": items}


def _item(name, shown, **more: object) -> dict:
    return _both(name) | {"shown": _both(shown)} | more


def _both(one) -> dict[str, str]:
    return {lang: one[lang] for lang in LANGUAGES}


def _at(data: Data, row) -> Text:
    """An indicator with its period."""
    name, period = figure_name(data, row.indicator, row.ref_area), period_text(row.time_period)
    return text(f"{name.zh}，{period.zh}", f"{name.en}, {period.en}")


def _figures(data: Data) -> dict[str, dict]:
    out = {}
    for f in data.figures.itertuples():
        kind, at = words.labels(f.record_type) if f.record_type != "actual" else text("", ""), _at(data, f)
        row, source = data.figures.loc[f.Index], data.sources.loc[f.source_id]
        shown = {lang: printed_quantity(data, row, lang) for lang in LANGUAGES}
        titles = {"zh": source.title, "en": source.title_en}
        out[f.Index] = _item(text(at.zh + kind.zh, f"{at.en} {kind.en}".strip()), shown, source=titles)
    return out


def _targets(targets: list[dict]) -> dict[str, dict]:
    out = {}
    for t in targets:
        what = {lang: t[lang] + _bracket(t["target"][lang], lang) for lang in LANGUAGES}
        out[t["key"]] = _item(what, {k: t["status_words"][k] + _bracket(t["required"][k], k) for k in LANGUAGES})
    return out


def _bracket(words: str, lang: str) -> str:
    return "" if not words else f"（{words}）" if lang == "zh" else f" ({words})"


def _projections(data: Data) -> dict[str, dict]:
    """The projection of each target of the plan's last year, and the chance that it is met."""
    out: dict[str, dict] = {}
    for p in target_probabilities(data).itertuples() if plan_years(data) else ():
        if p.median != p.median or p.target != p.target:
            continue
        name, shown, what = figure_name(data, p.indicator, data.home), {}, {}
        for lang in LANGUAGES:
            median, low, high = (
                words.quantity(v, p.unit, lang, data.units, decimals=1) if v == v else ""
                for v in (p.median, p.low_80, p.high_80)
            )
            chance = f"{WORDS['chance'][lang]}{100 * p.probability:.0f}%" if p.probability == p.probability else ""
            shown[lang] = median + _bracket(f"80%: {low}–{high}" if low else "", lang) + chance
            aim = words.quantity(f"{p.target:.10g}", p.unit, lang, data.units, relation=p.relation)
            what[lang] = name[lang] + _bracket(aim, lang)
        out[f"{p.indicator} | {p.relation}{p.target:.10g} {p.unit}"] = _item(what, shown)
    return out


def _ledger(data: Data) -> dict[str, dict]:
    out = {}
    for figure_id, rows in growth_ledger(data).groupby("figure_id", sort=False):
        shown = {lang: " / ".join(VERDICTS[v][lang] for v in dict.fromkeys(rows.verdict)) for lang in LANGUAGES}
        out[figure_id] = _item(_at(data, rows.iloc[0]), shown)
    return out


def _findings(data: Data) -> dict[str, dict]:
    found = findings(data)
    again = found.groupby("finding_id").cumcount()
    return {
        f"{f.finding_id} ({n + 1})" if n else f.finding_id:
            _item(text(f.reading_zh, f.reading_en), dict.fromkeys(LANGUAGES, f"{f.left} | {f.right}"))
        for f, n in zip(found.itertuples(), again, strict=True)
    }  # fmt: skip


def last(report: Path) -> dict | None:
    """The snapshot of a report that stands in a folder: None where there is no report, empty where it cannot be read."""
    if not report.is_dir() or not any(report.iterdir()):
        return None
    try:
        found = json.loads((report / SNAPSHOT).read_text(encoding="utf-8"))
        return found if found["format"] == FORMAT and set(found["items"]) == set(KINDS) else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


# --- what moved ----------------------------------------------------------------------------------------------------


def compare(before: dict | None, now: dict) -> dict:
    """What differs between two snapshots.

    Returns
    -------
    dict
        ``state`` (``first``, ``older``, ``other`` or ``compared``), ``moved``: by kind, a list of ``{"key", "change" (came, went,
        changed), "zh", "en", "before", "after", "source"}``; ``headline`` in both languages.
    """
    moved: dict[str, list[dict]] = {kind: [] for kind in KINDS}
    state = "first" if before is None else "older" if not before else "compared"
    state = "other" if before and before["home"] != now["home"] else state
    for kind in KINDS if state == "compared" else ():
        old, new = before["items"][kind], now["items"][kind]
        for key in dict.fromkeys([*new, *old]):
            was, there = old.get(key), new.get(key)
            if was and there and was["shown"] == there["shown"]:
                continue
            change, one = "came" if not was else "went" if not there else "changed", there or was
            shown = {"before": was["shown"] if was else _DASH, "after": there["shown"] if there else _DASH}
            moved[kind].append({"key": key, "change": change, "source": one.get("source", _DASH)} | _both(one) | shown)
    return {"state": state, "moved": moved, "headline": _headline(state, moved)}


def _headline(state: str, moved: dict[str, list[dict]]) -> dict[str, str]:
    if state != "compared" or not any(moved.values()):
        return _both(WORDS["same" if state == "compared" else state])
    zh, en = [], []
    for kind, rows in moved.items():
        count = Counter(r["change"] for r in rows)
        if rows:
            zh.append(f"{KINDS[kind].zh}：" + "、".join(f"{WORDS[c].zh}{n}项" for c, n in count.items()))
            en.append(f"{KINDS[kind].en}: " + ", ".join(f"{n} {WORDS[c].en}" for c, n in count.items()))
    return {"zh": "；".join(zh) + "。", "en": "; ".join(en) + "."}


def tables(changes: dict, lang: str, most: int | None = None) -> list[dict]:
    """The changes as tables: ``title``, ``columns``, ``rows``, and how many are ``left_out`` beyond `most` rows."""
    out = []
    for kind, rows in changes.get("moved", {}).items():
        named = ["kind", "what", "before", "after", *(["source"] if kind == "figure" else [])]
        body = [[WORDS[r["change"]][lang], r[lang], *(r[k][lang] for k in named[2:])] for r in rows[:most]]
        if body:
            heads = [(WORDS | shared)[n][lang] for n in named]
            out.append(
                {
                    "title": KINDS[kind][lang],
                    "columns": heads,
                    "rows": body,
                    "numeric": [],
                    "left_out": len(rows) - len(body),
                }
            )
    return out


def latest_table(latest: list[dict], lang: str) -> dict:
    """Rows of :func:`~huzhou_analysis.report.state.latest` as a table; what is new says so."""
    columns = [shared[n][lang] for n in ("indicator", "period", "value", "growth", "published", "source")]
    rows = [
        [r[lang] + (WORDS["new_mark"][lang] if r["new"] else ""), r["period"][lang], r["value"][lang], r["growth"][lang] or "—",
         r["published"], r["source"][lang]]
        for r in latest
    ]  # fmt: skip
    return {
        "title": WORDS["latest"][lang],
        "columns": columns,
        "rows": rows,
        "numeric": [False, False, True, True, False, False],
    }


def markdown(changes: dict, latest: list[dict]) -> str:
    """``changes.md``: what moved, and the latest figure of every indicator, in Chinese and then in English."""
    lines = []
    for lang in LANGUAGES:
        lines += [f"# {shared['changes'][lang]}", "", changes["headline"][lang], ""]
        for table in [*tables(changes, lang), *([latest_table(latest, lang)] if latest else [])]:
            lines += [f"## {table['title']}", "", _row(table["columns"]), _row(["---"] * len(table["columns"]))]
            lines += [*(_row(row) for row in table["rows"]), ""]
    return "\n".join(lines).rstrip() + "\n"


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(_escaped(c) for c in cells) + " |"


def _escaped(cell: str) -> str:
    """Text of a table is data: no sign of it means anything to Markdown or HTML."""
    for sign in "\\`*_{}[]<>#|~":
        cell = cell.replace(sign, "\\" + sign)
    return " ".join(cell.split())
