"""What moved since the last report, in words: ``changes.md``, the panel of the pages, a few lines for the terminal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..facts.schema import TABLES as DATA_TABLES
from ..facts.words import LANGUAGES, Text, text

CAUSE_WORDS: dict[str, Text] = {
    "code": text("程序", "code"),
    "correction": text("更正", "correction"),
    "revision": text("修订", "revision"),
    "figures": text("新数字", "new figures"),
    "removal": text("删除数字", "removed figures"),
    "tables": text("其他数据表", "other tables"),
}
_CHANGE_WORDS: dict[str, Text] = {
    "came": text("新增", "came"),
    "revised": text("修订", "revised"),
    "corrected": text("更正", "corrected"),
    "removed": text("删除", "removed"),
    "reworded": text("仅改出处或备注", "citation or comment only"),
}
_FACT_WORDS: dict[str, Text] = {
    "status": text("结论", "verdict"),
    "target": text("目标", "target"),
    "actual": text("实绩", "actual"),
    "actual_period": text("实绩时期", "period of the actual"),
    "required": text("此后所需", "needed from now"),
    "robustness": text("稳健性", "robustness"),
    "chance": text("可能性", "chance"),
    "median": text("中间值", "median"),
    "lower_80": text("80%区间下限", "80% interval, lower end"),
    "upper_80": text("80%区间上限", "80% interval, upper end"),
    "reason": text("不作预测的原因", "why nothing is projected"),
    "severity": text("程度", "severity"),
    "left": text("一处", "one side"),
    "right": text("另一处", "other side"),
    "difference": text("相差", "difference"),
    "ledger": text("核对结论", "verdict"),
}
_KIND_TITLES: dict[str, Text] = {
    "verdict": text("目标进度", "Verdicts of targets"),
    "chance": text("达标可能性", "Chances of targets"),
    "projection": text("预测（规划末年）", "Projections (the plan's last year)"),
    "finding": text("文件自查", "Findings of the audit"),
    "ledger": text("增速核对", "Growth ledger"),
}
# Headline: the kinds, as nouns for one and for several.
_KIND_NOUNS: dict[str, tuple[str, str, str]] = {
    "verdict": ("项目标进度", "target", "targets"),
    "chance": ("项达标可能性", "chance", "chances"),
    "projection": ("项预测", "projection", "projections"),
    "finding": ("项自查发现", "finding", "findings"),
    "ledger": ("项增速核对", "growth check", "growth checks"),
}
_STATES: dict[str, Text] = {
    "none": text("没有更早的报告可比：这是第一份", "No earlier report to compare with: this is the first"),
    "older": text(
        "无从比较：上一份报告由旧版程序生成，未留下结果；从下一份起可比",
        "Not compared: the last report was made by an older version and kept no results; the next one will be compared",
    ),
    "damaged": text(
        "无从比较：上一份报告留下的结果（snapshot.json 或 data/）已损坏；从下一份起可比",
        "Not compared: what the last report kept (snapshot.json or data/) is damaged; the next one will be compared",
    ),
    "other_city": text(
        "无从比较：上一份报告是另一城市的；从下一份起可比",
        "Not compared: the last report was of another city; the next one will be compared",
    ),
}
_METHOD = text(
    "原因按固定顺序逐步归属：程序、更正、修订（同一时期的新版本或改动的行）、新数字、删除、其他数据表；每步重算，所动即归该步。"
    "变动按显示精度计，百分比与可能性之差以百分点计。",
    "Causes are told apart step by step in a fixed order: code, corrections, revisions (another vintage of a period on file, or "
    "an edited row), new figures, removed ones, other tables; results are computed again at each step and what moves there is put "
    "down to it. Movements count at the precision shown; differences of percentages and chances are in points.",
)
_ONES = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
LONGEST = 200


@dataclass(frozen=True)
class NoteTable:
    """A table of the notes: heading, column names, rows of cells, in both languages."""

    title: Text
    columns: list[Text]
    rows: list[list[Text]]
    left_out: int = 0

    def view(self, lang: str) -> dict:
        """The table in one language, as the pages show tables."""
        return {"columns": [c[lang] for c in self.columns], "rows": [[c[lang] for c in row] for row in self.rows]}


@dataclass(frozen=True)
class Notes:
    """Headline, further lines and tables of what moved."""

    headline: Text
    lines: list[Text]
    tables: list[NoteTable]


def notes(changes: Mapping) -> Notes:
    """The notes of a comparison (see :func:`~huzhou_analysis.changes.compare`)."""
    if changes["state"] != "whole":
        return Notes(_sentence(_STATES[changes["state"]]), [_holds(changes["holds"])], [])
    tables = [_figure_table(changes["figures"])] if changes["figures"] else []
    for kind in _KIND_TITLES:
        moved = [m for m in changes["moves"] if m["kind"] == kind]
        if moved:
            tables.append(_move_table(kind, moved))
    lines = _further(changes)
    if changes["tables"]:
        parts = {lang: [_table_words(t, lang) for t in changes["tables"]] for lang in LANGUAGES}
        lines.append(text(f"其他数据表：{'；'.join(parts['zh'])}。", f"Other tables: {'; '.join(parts['en'])}."))
    if changes["code"]:
        lines.append(text("程序或所用软件包有改动。", "The code or its packages changed."))
    if changes["moves"]:
        lines.append(_METHOD)
    return Notes(_headline(changes), lines, tables)


def _sentence(words: Text) -> Text:
    return text(f"{words['zh']}。", f"{words['en']}.")


def _holds(holds: Mapping[str, int]) -> Text:
    named = [(n, holds[kind]) for kind, n in _KIND_NOUNS.items()]
    zh = "、".join([f"{holds['figure']}个数字", *(f"{count}{n[0]}" for n, count in named)])
    en = ", ".join([_counted(holds["figure"], "figure", "figures"), *(_counted(c, n[1], n[2]) for n, c in named)])
    return text(f"本报告含{zh}。", f"This report holds {en}.")


def _counted(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


def _spelled(count: int) -> str:
    return _ONES[count] if count < len(_ONES) else str(count)


def _headline(changes: Mapping) -> Text:
    """One sentence: which figures came, and which verdicts and chances moved."""
    zh, en = [], []
    for change, words in _CHANGE_WORDS.items():
        count = sum(f["change"] == change for f in changes["figures"])
        if count and change != "reworded":
            zh.append(f"{words['zh']}{count}个数字")
            verb = words["en"] if change == "came" else f"{'was' if count == 1 else 'were'} {words['en']}"
            en.append(f"{_spelled(count)} {'figure' if count == 1 else 'figures'} {verb}")
    if not zh:
        zh, en = ["数字没有变动"], ["no figure changed"]
    verdicts = sum(m["kind"] == "verdict" and "status" in m["facts"] for m in changes["moves"])
    chances = sum(m["kind"] == "chance" for m in changes["moves"])
    if verdicts:
        zh.append(f"{verdicts}项目标结论变动")
        en.append(f"{_spelled(verdicts)} {'verdict' if verdicts == 1 else 'verdicts'} moved")
    if chances:
        zh.append(f"{chances}项达标可能性变动")
        en.append(f"{_spelled(chances)} {'chance' if chances == 1 else 'chances'} moved")
    if not verdicts and not chances:
        zh.append("目标结论与可能性均未变动")
        en.append("no verdict and no chance moved")
    sentence = "; ".join(en)
    return text("；".join(zh) + "。", sentence[0].upper() + sentence[1:] + ".")


def _further(changes: Mapping) -> list[Text]:
    """What else moved, counted."""
    zh, en = [], []
    for kind, (noun, one, several) in _KIND_NOUNS.items():
        count = sum(m["kind"] == kind and "status" not in m["facts"] for m in changes["moves"])
        if not count or kind == "chance":
            continue
        if kind == "verdict":
            zh.append(f"{count}项目标结论未变而数值有变")
            en.append(f"{_counted(count, 'target', 'targets')} with the same verdict on other numbers")
        else:
            zh.append(f"{count}{noun}")
            en.append(_counted(count, one, several))
    return [text(f"另有变动：{'、'.join(zh)}。", f"Also moved: {', '.join(en)}.")] if zh else []


def _table_words(table: Mapping, lang: str) -> str:
    words = {"came": text("新增", "new"), "gone": text("删除", "gone"), "changed": text("改动", "changed")}
    counts = [
        f"{words[w][lang]}{table[w]}行" if lang == "zh" else f"{table[w]} {words[w]['en']}" for w in words if table[w]
    ]
    if not counts:
        counts = ["次序改动" if lang == "zh" else "other order"]
    name = DATA_TABLES[table["table"]].zh if lang == "zh" else table["table"]
    return f"{name}（{table['table']}.csv）{'、'.join(counts)}" if lang == "zh" else f"{name}.csv {', '.join(counts)}"


def _cut(rows: list) -> tuple[list, int]:
    return rows[:LONGEST], max(0, len(rows) - LONGEST)


def _figure_table(figures: Sequence[Mapping]) -> NoteTable:
    order = list(_CHANGE_WORDS)
    rows = []
    for f in sorted(figures, key=lambda f: order.index(f["change"])):
        cell = {}
        for lang in LANGUAGES:
            zh = lang == "zh"
            cite = f"{f['source'][lang]}，“{f['as_printed']}”" if zh else f"{f['source'][lang]}, “{f['as_printed']}”"
            if f["vintage"]:
                cite += f"（{f['vintage']}）" if zh else f" ({f['vintage']})"
            if f["beside"]:
                cite += ("；并存：" if zh else "; beside ") + ", ".join(f["beside"])
            if f["reason"]:
                cite += ("；理由：" if zh else "; reason: ") + f["reason"]
            cell[lang] = cite
        area = f["area"]
        what = text(f"{f['name']['zh']}（{area['zh']}）", f"{f['name']['en']} ({area['en']})")
        same = text(f["figure_id"], f["figure_id"])
        rows.append([_CHANGE_WORDS[f["change"]], what, f["period"], f["was"], f["now"], cell, same])
    rows, left_out = _cut(rows)
    columns = [
        text("变动", "Change"),
        text("指标", "Indicator"),
        text("时期", "Period"),
        text("原为", "Was"),
        text("现为", "Now"),
        text("出处", "Source"),
        text("数字编号", "Figure id"),
    ]
    return NoteTable(text("数字", "Figures"), columns, rows, left_out)


def _move_table(kind: str, moved: Sequence[Mapping]) -> NoteTable:
    changed = [m for m in moved if m["change"] == "moved"]
    rows = [
        [m["name"], _movement(m["facts"], m["change"]), _causes(m)]
        for m in [*changed, *(m for m in moved if m["change"] != "moved")]
    ]
    rows, left_out = _cut(rows)
    columns = [text("事项", "What"), text("变动", "Movement"), text("原因与所涉数字", "Cause, and figures behind")]
    return NoteTable(_KIND_TITLES[kind], columns, rows, left_out)


def _movement(facts: Mapping, change: str) -> Text:
    """What a result read before and now, and by how much."""
    out = {}
    for lang in LANGUAGES:
        comma, colon = ("；", "：") if lang == "zh" else ("; ", ": ")
        parts = []
        for fact, part in facts.items():
            shown = f"{part['was'][lang]} → {part['now'][lang]}"
            if change == "came":
                shown = part["now"][lang]
            elif change == "gone":
                shown = part["was"][lang]
            elif part["by"][lang]:
                shown += f"（{part['by'][lang]}）" if lang == "zh" else f" ({part['by'][lang]})"
            parts.append(f"{_FACT_WORDS[fact][lang]}{colon}{shown}")
        begin = {"came": text("新增", "new"), "gone": text("不再有", "gone")}.get(change)
        out[lang] = (begin[lang] + colon if begin else "") + comma.join(parts)
    return out


def _causes(move: Mapping) -> Text:
    """The steps at which a result moved, each with its figures; what moved at each where there are several."""
    out = {}
    for lang in LANGUAGES:
        parts = []
        for step in move["causes"]:
            words = {"zh": "与", "en": " with "}[lang].join(CAUSE_WORDS[c][lang] for c in step["causes"])
            if len(move["causes"]) > 1:
                fact, part = next(iter(step["facts"].items()))
                shown = f"{_FACT_WORDS[fact][lang]} {part['was'][lang]} → {part['now'][lang]}"
                words += f"：{shown}" if lang == "zh" else f": {shown}"
            if step["figures"]:
                shown = ", ".join(step["figures"][:6])
                if len(step["figures"]) > 6:
                    shown += (
                        f" …（共{len(step['figures'])}个）" if lang == "zh" else f" … ({len(step['figures'])} in all)"
                    )
                words += f"（{shown}）" if lang == "zh" else f" ({shown})"
            parts.append(words)
        out[lang] = ("；" if lang == "zh" else "; ").join(parts)
    return out


# --- outputs -------------------------------------------------------------------------------------------------------

_TITLE = text("与上一份报告相比", "Since the last report")
_SIGNS = re.compile(r"([\\`*\[\]<>|~&$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9]))")


def escaped(words: str) -> str:
    """Text of a table inside a Markdown table cell: no mark of it counts, nothing becomes a tag, a link or a row."""
    flat = " ".join(words.split())
    flat = _SIGNS.sub(lambda m: {"<": "&lt;", ">": "&gt;", "&": "&amp;"}.get(m[1], "\\" + m[1]), flat)
    return re.sub(r"(?i)(https?|ftp|www)([:.])", r"\1&#8203;\2", flat)  # an address does not turn into a link


def markdown(found: Notes) -> str:
    """``changes.md``: the whole in Chinese, then the whole in English."""
    return "\n---\n\n".join(_markdown(found, lang) for lang in LANGUAGES)


def _markdown(found: Notes, lang: str) -> str:
    out = [f"# {_TITLE[lang]}", "", f"**{escaped(found.headline[lang])}**", ""]
    for table in found.tables:
        view = table.view(lang)
        out += [f"## {table.title[lang]}", ""]
        out += ["| " + " | ".join(view["columns"]) + " |", "|" + " --- |" * len(view["columns"])]
        out += ["| " + " | ".join(escaped(cell) or " " for cell in row) + " |" for row in view["rows"]]
        if table.left_out:
            out += ["", left_out(table, lang)]
        out.append("")
    for line in found.lines:
        out += [escaped(line[lang]), ""]
    return "\n".join(out)


def left_out(table: NoteTable, lang: str) -> str:
    """What is said below a table that is not shown whole."""
    more = table.left_out
    return f"另有{more}行，见 snapshot.json。" if lang == "zh" else f"{more} more rows: see snapshot.json."


def terminal(found: Notes, changes: Mapping) -> list[str]:
    """A few lines for the end of a run: the headline in both languages and the verdicts and chances that moved."""
    out = [found.headline["zh"], found.headline["en"]]
    shown = [m for m in changes["moves"] if m["kind"] in ("verdict", "chance")]
    first = [m for m in shown if "status" in m["facts"]] + [m for m in shown if m["kind"] == "chance"]
    for m in first[:4]:
        fact = "status" if m["kind"] == "verdict" else "chance"
        part = {fact: m["facts"][fact]}
        zh, en = (_plain(f"{m['name'][lang]} {_movement(part, m['change'])[lang]}") for lang in LANGUAGES)
        out.append(f"  {zh} / {en}")
    if len(first) > 4:
        out.append(f"  …另有{len(first) - 4}项 / {len(first) - 4} more")
    return out


def _plain(words: str) -> str:
    """Nothing that a terminal would act on."""
    return "".join(c for c in words if c.isprintable())


__all__ = ["NoteTable", "Notes", "escaped", "left_out", "markdown", "notes", "terminal"]
