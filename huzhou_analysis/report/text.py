"""Words that several formats of the report share."""

from __future__ import annotations

from ..facts.words import Text, text

WORDS: dict[str, Text] = {
    "title": text("{city}经济分析：现状、核对与目标", "The economy of {city}: position, checks and targets"),
    "brief": text("{city}经济简报", "The economy of {city}: a brief"),
    "citations_title": text("{city}经济分析：出处", "The economy of {city}: citations"),
    "counts": text(
        "本报告有{exhibits}个图表，引用{documents_cited}份文件的{figures_cited}个数据；数据表共收录{documents}份文件的{figures}个数据、{indicators}项指标。",
        "{exhibits} exhibits cite {figures_cited} figures of {documents_cited} documents; the tables hold {figures} figures of {documents} "
        "documents on {indicators} indicators.",
    ),
    "lead": text(
        "每个数据注明文件、位置和原文；推算数一律标明。",
        "Every figure names its document, place and wording; every derived value is marked.",
    ),
    "summary": text("要点", "Key messages"),
    "contents": text("目录", "Contents"),
    "search": text("搜索标题、解读、指标", "Search titles, readings, indicators"),
    "no_hits": text("没有找到", "nothing found"),
    "reading": text("解读", "Reading"),
    "table": text("表", "Table"),
    "data": text("数据", "Data"),
    "citations": text("出处", "Citations"),
    "cited_here": text("出处", "Citations"),
    "citations_lead": text(
        "本报告引用的每个数据，按文件归组；编号与图表下的出处编号一致。",
        "Every figure cited in this report, by document; the numbers are those given below each exhibit.",
    ),
    "sources": text("资料来源", "Sources"),
    "changes": text("与上一份报告相比", "Since the last report"),
    "latest": text("各指标最近数据", "Latest figure of every indicator"),
    "position": text("当前位置", "Where the city stands"),
    "themes": text("分领域情况", "By theme"),
    "targets": text("目标进度", "Progress towards targets"),
    "risks": text("主要风险", "Main risks"),
    "wanted": text("需要补充的数据", "Data to ask for"),
    "endnotes": text("资料来源", "Sources"),
    "index": text("首页", "Index"),
    "notebook": text("笔记本", "Notebook"),
    "copy": text("复制图", "Copy"),
    "skip": text("跳到正文", "Skip to content"),
    "missing": text("暂无数据，本章到此为止", "No figures on file: this chapter ends here"),
    "indicator": text("指标", "Indicator"),
    "period": text("时期", "Period"),
    "value": text("数值", "Level"),
    "growth": text("同比", "On a year earlier"),
    "source": text("资料来源", "Source"),
    "published": text("发布", "Published"),
    "number": text("编号", "No."),
    "printed": text("原文", "As printed"),
    "place": text("位置", "Place"),
    "status": text("性质", "Kind"),
    "figures": text("数据个数", "Figures"),
    "key": text(
        "图例：实心为实际数，空心方框、虚线为目标，空心菱形、点线为推算，浅色为初步数，斜线为宣传数字（未核实）。",
        "Notation: solid is an actual, an outlined square with a dashed line a target, a hollow diamond with a dotted line a derived "
        "value; paler is provisional, hatched a claim (unvalidated).",
    ),
    "met": text("已达到", "Met"),
    "on_the_way": text("进度正常", "On the way"),
    "out_of_reach": text("进度滞后", "Behind"),
    "unknown": text("暂不可评估", "Cannot be assessed"),
    "none": text("无", "none"),
    "see_wanted": text("暂无可比的实际数，见“需要补充的数据”", "no comparable actual on file: see the data to ask for"),
    "cut": text(
        "此处列前{shown}行，共{rows}行，其余见工作簿。", "The first {shown} of {rows} rows; the workbook holds all."
    ),
    "derived": text("（推算）", " (derived)"),
    "constant": text("（可比价）", " (real)"),
}

FILES = (
    ("brief.pdf", text("两页简报（PDF）", "two-page brief (PDF)")),
    ("brief.docx", text("两页简报（Word）", "two-page brief (Word)")),
    ("briefing.pptx", text("幻灯片", "slides")),
    ("appendix.pptx", text("附录幻灯片", "appendix slides")),
    ("report.pdf", text("报告（PDF）", "report (PDF)")),
    ("citations.pdf", text("出处（PDF）", "citations (PDF)")),
    ("report.docx", text("报告（Word）", "report (Word)")),
    ("workbook.xlsx", text("工作簿（Excel）", "workbook (Excel)")),
)


def words(lang: str, city: dict, **values: object) -> dict[str, str]:
    """All words in a language with the city filled in, as a title calls it: 湖州, Huzhou."""
    name = city[lang].removesuffix("市") if len(city[lang]) > 2 else city[lang]
    known = {"city": name} | values
    out = {}
    for key, word in WORDS.items():
        out[key] = word[lang]
        for one, value in known.items():
            out[key] = out[key].replace("{" + one + "}", f"{value:,}" if isinstance(value, int) else str(value))
    return out
