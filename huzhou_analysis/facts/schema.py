"""What each table in ``data/`` must look like: the one place where columns, codes and constraints are written.

The checks of :mod:`~huzhou_analysis.facts.checks`, ``data/datapackage.json`` and the codebook ``data/README.md`` all come from here.
Column names and codes follow SDMX (CL_OBS_STATUS, UNIT_MEASURE, UNIT_MULT, TIME_PERIOD) and IATI where they have a word.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """One column.

    ``kind`` is ``string``, ``number``, ``integer``, ``boolean``, ``date`` (ISO 8601, may be a year or month) or
    ``period``; ``codes`` maps each allowed code to its (Chinese, English) meaning; ``refers`` names ``table.column``.
    """

    name: str
    kind: str
    zh: str
    en: str
    required: bool = False
    codes: dict[str, tuple[str, str]] | None = None
    refers: str | None = None
    unique: bool = False
    pattern: str | None = None
    max_length: int | None = None


@dataclass(frozen=True)
class Table:
    """One CSV file: its name without the ending, its columns in order, and, if they are several, those that identify a row."""

    name: str
    zh: str
    en: str
    fields: tuple[Field, ...]
    together: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        """The column that is unique, or those that are so together; none where rows may repeat."""
        return self.together or tuple(f.name for f in self.fields if f.unique)

    @property
    def columns(self) -> list[str]:
        return [f.name for f in self.fields]

    def field(self, name: str) -> Field:
        return next(f for f in self.fields if f.name == name)


RECORD_TYPES = {
    "actual": ("实际数", "result stated by a source that can carry one"),
    "target": ("目标", "goal or plan at the document's date"),
    "claim": ("宣称", "printed by a source that cannot carry a statistic"),
    "parameter": ("参数", "threshold, rate, price or rule that defines something"),
}
TIME_BASES = {
    "stated": ("原文载明", "the document states the period"),
    "inferred": ("推断", "worked out; the comment says how"),
    "unstated": ("未载明", "no period can be given"),
}
RELATIONS = {
    "=": ("等于", "exactly, as rounded in print"),
    ">=": ("不低于（以上、不少于）", "at or above"),
    ">": ("高于（突破、超、逾、余）", "above"),
    "<=": ("不高于（以内）", "at or below"),
    "<": ("低于", "below"),
    "~": ("约（近、左右）", "about; the document does not say by how much"),
    "range": ("区间", "from obs_value to value_high"),
    "relative": ("相对（如高于全市平均）", "in words, relative to something else; no number"),
}
COMMITMENTS = {"strive": ("力争", "stretch value aimed at"), "ensure": ("确保", "floor that is promised")}
TRANSFORMATIONS = {
    "N": ("水平值", "level as measured"),
    "GY": ("同比（上年同期=基期）", "growth over one year (%), or change over one year (percentage points)"),
}
PRICES = {"current": ("现价", "at current prices"), "constant": ("可比价", "at constant prices")}
SPANS = {
    "annual": ("全年", "a whole year's flow, or a yearly rate"),
    "cumulative": ("累计", "total over the stated period"),
    "per_year": ("每年", "each year of the period"),
    "point": ("时点", "state at the end of the period"),
}
OBS_STATUSES = {
    "A": ("正常", "normal value"),
    "P": ("初步", "provisional"),
    "E": ("估计", "estimated"),
    "B": ("口径变动", "break in the series"),
    "V": ("未经核实", "unvalidated"),
    "U": ("可靠性低", "low reliability"),
    "M": ("未设定", "no value: the cell is empty or a slash in the source"),
}
TIERS = {
    "official": ("政府发布", "issued by a government or statistics bureau"),
    "yearbook": ("年鉴", "statistical yearbook"),
    "press": ("官方媒体", "state or party press carrying government figures"),
    "mirror": ("转载", "copy of an official or press text"),
    "compilation": ("汇编", "spreadsheet compiled by a third party"),
    "secondary": ("二手", "anything else"),
    "promotional": ("招商宣传", "promotional page: claims only"),
}
THEMES = {
    "foreign_investment": ("外资", "Foreign investment"),
    "trade": ("外贸", "Trade"),
    "investment": ("投资", "Investment"),
    "transport": ("交通物流", "Transport"),
    "digital_economy": ("数字经济", "Digital economy"),
    "innovation": ("科技创新", "Innovation"),
    "output": ("经济总量与工业", "Output and industry"),
    "consumption": ("消费", "Consumption"),
    "public_finance": ("财政", "Public finance"),
    "finance": ("金融", "Finance"),
    "livelihood": ("民生", "Livelihood"),
    "environment": ("环境", "Environment"),
    "agriculture": ("农业农村", "Agriculture"),
    "enterprise": ("企业", "Enterprises"),
    "projects": ("项目", "Projects"),
    "business_environment": ("营商环境", "Business environment"),
    "zones": ("平台园区", "Zones"),
    "culture": ("文化", "Culture"),
}
MEASURE_TYPES = {
    "flow": ("流量", "sum over a period"),
    "stock": ("存量", "state at a date"),
    "ratio": ("比率", "share, rate or ratio"),
    "count": ("数量", "number of things"),
    "price": ("价格", "price or cost of one unit"),
    "index": ("指数", "index or rank"),
}
LEVELS = {
    "country": ("国家", "country"),
    "province": ("省", "province"),
    "city": ("设区市", "prefecture-level city"),
    "county": ("区县", "district or county"),
    "zone": ("平台园区", "development zone or functional area"),
    "town": ("镇街", "town"),
    "group": ("组合", "several areas together; may overlap others"),
    "firm": ("企业项目", "single firm, project or facility"),
}
REASONS = {
    "name": ("名称", "part of a name or set phrase"),
    "date": ("日期", "date or period"),
    "numbering": ("序号", "numbering or ordinal"),
    "law": ("法规", "law or rule"),
    "address": ("地址", "address"),
    "identifier": ("编号", "document or index number"),
}
KINDS = {
    "plan": ("实施方案", "government plan"),
    "work_report": ("政府工作报告", "government work report"),
    "press_feature": ("新闻专版", "press feature"),
    "promotion": ("招商宣传", "investment promotion page"),
    "yearbook": ("统计年鉴", "statistical yearbook"),
    "bulletin": ("统计公报", "statistical bulletin"),
    "news": ("新闻报道", "news report"),
    "dataset": ("数据集", "data set"),
}
ACTIONS = {
    "flag": ("标记", "keep the value and mark it"),
    "override": ("更正", "use the corrected value"),
    "exclude": ("剔除", "leave the figure out of every series"),
}
COMPARABLE = {
    "yes": ("可比", "same definition"),
    "with_care": ("谨慎可比", "comparable with a caveat"),
    "no": ("不可比", "not comparable"),
}
RELATION_KINDS = {
    "part_whole": ("部分与整体", "a part is no more than its whole"),
    "path_total": ("路径与累计", "a plan's yearly path against a total of several years"),
    "restated": ("重复表述", "the same quantity stated again"),
    "count": ("计数", "a stated count against the things listed"),
    "share": ("比重", "a share against the quantities it is made of"),
    "order": ("大小关系", "one quantity bounds another"),
    "scale": ("量级", "a quantity against what is possible"),
}
EXPECTATIONS = {
    "=": ("相等", "the two agree"),
    "<=": ("不大于", "left is at most right"),
    ">=": ("不小于", "left is at least right"),
}
SEVERITIES = {
    "high": ("高", "do not quote without asking"),
    "medium": ("中", "quote with the caveat"),
    "low": ("低", "wording differs, value holds"),
    "info": ("提示", "for information"),
}
BOOLEANS = {"true": ("是", "more is better"), "false": ("否", "less is better")}


# One line a column: name, kind, Chinese name, what it holds.
# fmt: off
FIGURES = Table(
    "figures", "数字", "Every printed number, one row each",
    (
        Field("figure_id", "string", "数字编号", "unique, stable, readable",
              required=True, unique=True, pattern="[A-Za-z0-9][A-Za-z0-9_.-]*"),
        Field("record_type", "string", "记录类型", "what kind of statement it is", required=True, codes=RECORD_TYPES),
        Field("indicator", "string", "指标", "what is measured", required=True, refers="indicators.indicator"),
        Field("ref_area", "string", "地区", "GB/T 2260 code as text, or a local code",
              required=True, refers="ref_areas.ref_area"),
        Field("time_period", "period", "时期", "ISO 8601 / SDMX period; empty where none can be given"),
        Field("time_basis", "string", "时期依据", "where the period comes from", required=True, codes=TIME_BASES),
        Field("obs_value", "number", "数值", "the number as printed, in `unit`; empty for a wordy target"),
        Field("value_high", "number", "区间上限", "upper end of a printed range"),
        Field("relation", "string", "关系", "bound or approximation stated with the number", required=True, codes=RELATIONS),
        Field("commitment", "string", "承诺", "力争 or 确保, if printed", codes=COMMITMENTS),
        Field("unit", "string", "单位", "unit as printed", required=True, refers="units.unit"),
        Field("transformation", "string", "变换", "level or growth", required=True, codes=TRANSFORMATIONS),
        Field("prices", "string", "价格", "price basis", codes=PRICES),
        Field("span", "string", "时间跨度", "how the number covers its period", required=True, codes=SPANS),
        Field("obs_status", "string", "状态", "SDMX CL_OBS_STATUS", required=True, codes=OBS_STATUSES),
        Field("vintage", "date", "发布时间", "when this value was published; empty where unknown"),
        Field("source_id", "string", "来源", "document that printed it", required=True, refers="sources.source_id"),
        Field("locator", "string", "位置", "part of the document, as listed in outline.csv", required=True),
        Field("as_printed", "string", "原文", "the characters as printed, holding the number",
              required=True, max_length=25),
        Field("comment", "string", "备注", "anything a user of the number must know"),
    ),
)

INDICATORS = Table(
    "indicators", "指标", "What is measured",
    (
        Field("indicator", "string", "指标", "key", required=True, unique=True, pattern="[a-z][a-z0-9_]*"),
        Field("name_zh", "string", "中文名", "Chinese name", required=True),
        Field("name_en", "string", "英文名", "English name", required=True),
        Field("theme", "string", "主题", "theme", required=True, codes=THEMES),
        Field("unit", "string", "常用单位", "usual unit", required=True, refers="units.unit"),
        Field("measure_type", "string", "量的类型", "kind of quantity", required=True, codes=MEASURE_TYPES),
        Field("ascending", "boolean", "越大越好", "is more better?", required=True, codes=BOOLEANS),
        Field("definition", "string", "定义", "what is counted, and its scope"),
        Field("breaks", "string", "断点", "known breaks in the series"),
    ),
)

REF_AREAS = Table(
    "ref_areas", "地区", "Areas, zones and firms that figures are about",
    (
        Field("ref_area", "string", "代码", "GB/T 2260 code as text, or a local code",
              required=True, unique=True, pattern=r"(\d{6}(-[A-Z0-9]+)?|[EG]-[A-Z0-9-]+)"),
        Field("name_zh", "string", "中文名", "Chinese name", required=True),
        Field("name_en", "string", "英文名", "English name", required=True),
        Field("level", "string", "层级", "kind of area", required=True, codes=LEVELS),
        Field("parent", "string", "上级", "area that contains it", refers="ref_areas.ref_area"),
        Field("comment", "string", "备注", "overlaps and scope"),
    ),
)

UNITS = Table(
    "units", "单位", "Units as printed, and their English counterparts",
    (
        Field("unit", "string", "单位", "unit as printed", required=True, unique=True),
        Field("unit_measure", "string", "计量", "SDMX UNIT_MEASURE; only units of one measure convert", required=True),
        Field("unit_mult", "integer", "倍率", "SDMX UNIT_MULT: power of ten", required=True),
        Field("name_en", "string", "英文单位", "English unit that stands in its place", required=True),
        Field("unit_mult_en", "integer", "英文倍率", "power of ten of the English unit", required=True),
    ),
)

SOURCES = Table(
    "sources", "来源", "Documents that print the figures",
    (
        Field("source_id", "string", "来源编号", "key", required=True, unique=True, pattern="[A-Za-z0-9][A-Za-z0-9_.-]*"),
        Field("title", "string", "标题", "title as printed", required=True),
        Field("title_en", "string", "英文标题", "English rendering of the title", required=True),
        Field("publisher", "string", "发布者", "who published it"),
        Field("date_published", "date", "发布日期", "as far as known"),
        Field("date_accessed", "date", "访问日期", "when the page was read or stamped"),
        Field("kind", "string", "种类", "kind of document", required=True, codes=KINDS),
        Field("tier", "string", "层级", "how far to trust it", required=True, codes=TIERS),
        Field("file", "string", "文件", "file name of the document's text, for the audit"),
        Field("url", "string", "网址", "address"),
        Field("comment", "string", "备注", "how dates were inferred, and limits"),
    ),
)

OUTLINE = Table(
    "outline", "提纲", "Parts of each document, in order: what a locator points to",
    (
        Field("source_id", "string", "来源", "document", required=True, refers="sources.source_id"),
        Field("locator", "string", "位置", "name of the part", required=True),
        Field("locator_en", "string", "英文位置", "name of the part in English", required=True),
        Field("anchor", "string", "起始文字", "first characters of the part, where the document's text is checked; empty for pages and books",
              max_length=25),
    ),
    together=("source_id", "locator"),
)

NOT_FIGURES = Table(
    "not_figures", "非数字", "Numerals that are names, dates or numbering",
    (
        Field("source_id", "string", "来源", "document", required=True, refers="sources.source_id"),
        Field("locator", "string", "位置", "part of the document; empty: anywhere in it"),
        Field("numeral", "string", "数码", "the numeral, or several separated by spaces", required=True),
        Field("as_printed", "string", "原文", "characters around it", required=True, max_length=25),
        Field("reason", "string", "原因", "why it is no figure", required=True, codes=REASONS),
        Field("comment", "string", "备注", "remark"),
    ),
)

MILESTONES = Table(
    "milestones", "大事记", "Dated policy events for annotating charts",
    (
        Field("date", "date", "日期", "year, month or day", required=True),
        Field("ref_area", "string", "地区", "area", required=True, refers="ref_areas.ref_area"),
        Field("theme", "string", "主题", "theme", required=True, codes=THEMES),
        Field("title_zh", "string", "中文", "short title in Chinese", required=True),
        Field("title_en", "string", "英文", "short title in English", required=True),
        Field("source_id", "string", "来源", "document", required=True, refers="sources.source_id"),
        Field("locator", "string", "位置", "part of the document", required=True),
        Field("comment", "string", "备注", "remark"),
    ),
)

CORRECTIONS = Table(
    "corrections", "更正", "Corrections as data: none is silent",
    (
        Field("figure_id", "string", "数字编号", "figure that is corrected", required=True, refers="figures.figure_id"),
        Field("action", "string", "处理", "what is done", required=True, codes=ACTIONS),
        Field("value", "number", "更正值", "value used instead, in the figure's unit (override)"),
        Field("expect", "number", "预期原值", "printed value the correction expects; fails once the source has changed",
              required=True),
        Field("reason", "string", "理由", "why, and how it is known", required=True),
        Field("status", "string", "状态", "open or settled",
              required=True, codes={"open": ("待定", "open"), "settled": ("已定", "settled")}),
    ),
    together=("figure_id",),
)

IDENTITIES = Table(
    "relations", "勾稽关系", "Identities that the documents must satisfy, evaluated on rounding intervals",
    (
        Field("relation_id", "string", "编号", "key", required=True, unique=True, pattern="[a-z0-9_]+"),
        Field("kind", "string", "种类", "kind of identity", required=True, codes=RELATION_KINDS),
        Field("left", "string", "左式", "expression over [figure_id], numbers, + - * / and the functions of the audit",
              required=True),
        Field("expect", "string", "应为", "what should hold between left and right", required=True, codes=EXPECTATIONS),
        Field("right", "string", "右式", "expression", required=True),
        Field("severity", "string", "程度", "how much it matters if it does not hold", required=True, codes=SEVERITIES),
        Field("reading_zh", "string", "解读", "how to read it", required=True),
        Field("reading_en", "string", "英文解读", "how to read it, in English", required=True),
    ),
)

PAIRS = Table(
    "pairs", "配对", "Which actual a target may be compared with, and why or why not",
    (
        Field("target_indicator", "string", "目标指标", "indicator of the target",
              required=True, refers="indicators.indicator"),
        Field("actual_indicator", "string", "实际数指标", "indicator of the actual",
              required=True, refers="indicators.indicator"),
        Field("comparable", "string", "可比性", "may they be compared?", required=True, codes=COMPARABLE),
        Field("reason_zh", "string", "理由", "why", required=True),
        Field("reason_en", "string", "英文理由", "why, in English", required=True),
    ),
    together=("target_indicator", "actual_indicator"),
)
TABLES: dict[str, Table] = {table.name: table for table in (
    FIGURES, INDICATORS, REF_AREAS, UNITS, SOURCES, OUTLINE, NOT_FIGURES, MILESTONES, CORRECTIONS, IDENTITIES, PAIRS,
)}
# fmt: on
