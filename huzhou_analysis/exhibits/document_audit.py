"""The documents against themselves and each other: findings, and the identities that hold."""

from __future__ import annotations

import pandas as pd

from ..analysis import audit
from ..exhibit import Column, Exhibit, citations, printed_quantity
from ..facts import words as i18n
from ..facts.data import Data, NotOnFile
from ..facts.schema import EXPECTATIONS, OBS_STATUSES, RECORD_TYPES, RELATION_KINDS, SEVERITIES, TIME_BASES
from ..facts.words import text
from .common import answering, in_sentence, name, period_text

__all__ = ["basis", "findings", "identities"]

_SHORT = {
    "part_whole": "part and whole",
    "path_total": "path and total",
    "restated": "restated",
    "count": "count",
    "share": "share",
    "order": "order of size",
    "scale": "magnitude",
}
RULE_NAMES = {
    **{k: text(RELATION_KINDS[k][0], en) for k, en in _SHORT.items()},
    "unit_differs": text("单位不可换算", "units do not convert"),
    "unit_wording": text("单位写法不同", "unit worded differently"),
    "bound_differs": text("界限不同", "bound differs"),
    "weaker_bound": text("较宽的界限", "weaker bound"),
    "stretch_and_table": text("力争值与指标表", "stretch value and table"),
    "vintages_differ": text("来源或版本不同", "sources or vintages differ"),
    "value_differs": text("数值不同", "value differs"),
    "target_below_actual": text("目标低于已有实绩", "target below actual"),
    "plan_jump": text("规划路径陡折", "kink in the plan's path"),
    "impossible_base": text("基期不可能", "impossible base"),
    "magnitude": text("数量级可疑", "implausible magnitude"),
    "unit_break": text("单位或币种变动", "unit or currency changes"),
    "share_above_100": text("比重超100%", "share above 100%"),
    "page_stamp": text("年份仅凭页面时间戳", "year from a page stamp"),
}


@answering("audit_findings", "文件自查", "The documents checked")
def findings(data: Data) -> Exhibit:
    """What the documents print in two ways, or that cannot be."""
    found = audit.findings(data)
    rows = []
    for f in found.itertuples():
        ids = f.figures.split()
        places = {lang: _places(data, ids, lang) for lang in i18n.LANGUAGES}
        rows.append(
            {
                "finding_id": f.finding_id,
                "severity": text(SEVERITIES[f.severity][0], f.severity),
                "rule": RULE_NAMES[f.rule],
                "indicator": name(data, f.indicator),
                "period": period_text(f.time_period),
                "places": places,
                "difference": text(f.difference or "—", (f.difference or "—").replace("个百分点", " pp")),
                "reading": text(f.reading_zh, f.reading_en),
                "figures": f.figures,
            }
        )
    counts = found.severity.value_counts().reindex(list(SEVERITIES), fill_value=0)
    worst = text("", "")
    if rows:
        first = {part: {lang: rows[0][part][lang] for lang in i18n.LANGUAGES} for part in ("indicator", "reading")}
        worst = text(
            f"首要一处：{first['indicator']['zh']}——{first['reading']['zh']}",
            f" First of all, {in_sentence(first['indicator']['en'])}: {in_sentence(first['reading']['en'])}",
        )
    title = text(
        f"文件自查发现{len(found)}处，其中{counts['high']}处引用前必须先问",
        f"The checks found {len(found)} place{'s' * (len(found) != 1)} to know of, {counts['high']} of which must be settled before quoting",
    )
    reading = text(
        f"程度高{counts['high']}、中{counts['medium']}、低{counts['low']}、提示{counts['info']}。{worst['zh']}",
        f"{counts['high']} high, {counts['medium']} medium, {counts['low']} low, {counts['info']} for information."
        f"{worst['en']}",
    )
    columns = [
        Column("severity", text("程度", "Severity")),
        Column("rule", text("类别", "Kind")),
        Column("indicator", text("指标", "Indicator")),
        Column("period", text("时期", "Period")),
        Column("places", text("各处印刷", "As printed, and where")),
        Column("difference", text("相差", "Difference")),
        Column("reading", text("如何解读", "How to read it")),
    ]
    return Exhibit(
        "audit_findings",
        title,
        text("文件对自身与相互之间的核对", "The documents checked against themselves and each other"),
        reading,
        pd.DataFrame(rows),
        columns,
        citations(data, found.figures),
    )


def _places(data: Data, ids: list[str], lang: str) -> str:
    english = data.outline.set_index(["source_id", "locator"]).locator_en
    shown = []
    for i in ids[:4]:
        f = data.figure(i)
        place = english[(f.source_id, f.locator)] if lang == "en" else f.locator
        shown.append(
            f"{printed_quantity(data, f, lang)}（{f.source_id} {place}）"
            if lang == "zh"
            else f"{printed_quantity(data, f, lang)} ({f.source_id}, {place})"
        )
    more = len(ids) - len(shown)
    return (
        "；".join(shown) + (f"；另{more}处" if more else "")
        if lang == "zh"
        else "; ".join(shown) + (f"; {more} more" if more else "")
    )


@answering("audit_identities", "勾稽关系", "Declared identities")
def identities(data: Data) -> Exhibit:
    """Declared identities with both sides, whether they hold or not."""
    table = audit.identities(data)
    if table.empty:
        raise NotOnFile("relations.csv 中的勾稽关系", "an identity in relations.csv")
    rows = [
        {
            "relation_id": r.finding_id,
            "kind": RULE_NAMES[r.rule],
            "left": r.left,
            "expect": text(*EXPECTATIONS[data.relations.expect[r.finding_id]]),
            "right": r.right,
            "status": text("成立", "holds") if r.status == "holds" else text("不成立", "fails"),
            "reading": text(r.reading_zh, r.reading_en),
        }
        for r in table.itertuples()
    ]
    held = int((table.status == "holds").sum())
    title = text(
        f"{len(table)}条勾稽关系中{held}条成立，{len(table) - held}条不成立",
        f"Of {len(table)} declared identities {held} hold and {len(table) - held} fail",
    )
    columns = [
        Column("kind", text("种类", "Kind")),
        Column("left", text("左", "Left")),
        Column("expect", text("应", "Expected")),
        Column("right", text("右", "Right")),
        Column("status", text("结果", "Result")),
        Column("reading", text("解读", "Reading")),
    ]
    return Exhibit(
        "audit_identities",
        title,
        text("部分与整体、累计与路径、计数与所列条目", "Parts and wholes, totals and paths, counts and lists"),
        text(
            "两边按舍入区间计算；只有区间内没有任何取值能使关系成立时才判为不成立。",
            "Both sides are computed on rounding intervals; a relation fails only if no value within them satisfies it.",
        ),
        pd.DataFrame(rows),
        columns,
        citations(data, table.figures),
    )


@answering("audit_basis", "时期依据", "How the periods are known")
def basis(data: Data) -> Exhibit:
    """How the periods of the figures are known, by kind and status."""
    figures = data.figures
    if figures.empty:
        raise NotOnFile("任何数字", "any figure")
    rows = []
    for kind, group in figures.groupby("record_type", sort=False):
        by_basis = group.time_basis.value_counts()
        status = group.obs_status.value_counts()
        rows.append(
            {
                "record_type": text(RECORD_TYPES[kind][0], i18n.label(kind, "en")),
                **{b: float(by_basis.get(b, 0)) for b in TIME_BASES},
                "total": float(len(group)),
                "status": {
                    lang: ("，" if lang == "zh" else ", ").join(
                        f"{OBS_STATUSES[s][lang == 'en']} {n}" for s, n in status.items()
                    )
                    for lang in i18n.LANGUAGES
                },
            }
        )
    stated = float((figures.time_basis == "stated").mean())
    rest = text("，其余为推断或无时期", "; the rest is inferred or has none") if stated < 1 else text("", "")
    title = text(
        f"{stated:.0%}的数字时期有原文载明{rest['zh']}",
        f"For {stated:.0%} of the figures the period is printed{rest['en']}",
    )
    columns = [
        Column("record_type", text("类型", "Type")),
        *[Column(b, text(TIME_BASES[b][0], b), 0) for b in TIME_BASES],
        Column("total", text("合计", "Total"), 0),
        Column("status", text("状态", "Status")),
    ]
    first = figures.groupby("source_id", sort=False).head(1).index
    return Exhibit(
        "audit_basis",
        title,
        text("时期依据与状态，数字个数", "Period basis and status, number of figures"),
        text(
            "推断的时期在备注中写明理由；无时期的数字不入任何序列。",
            "An inferred period says why in its comment; a figure without a period enters no series.",
        ),
        pd.DataFrame(rows),
        columns,
        citations(data, first),
        None,
        [text("出处只列各来源第一个数字。", "The citations list the first figure of each source only.")],
    )
