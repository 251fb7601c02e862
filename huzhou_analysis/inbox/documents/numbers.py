# ruff: noqa: SIM905
"""Numerals of a paragraph: which state a quantity, with their unit and bounds, and why the others state none."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from decimal import Decimal

from ...facts import numerals

NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
# Measure words of things that are counted, and of what is measured.
COUNTED = (
    "户次 户 大类 门类 家次 家 个 项次 项 件套 件 条 套 座 处 款 幢 栋 场次 场 种 类 所 部 枚 支 艘 架 间 起 例 宗 批次 批 单 笔 份 篇 "
    "集 期 组 位 名 村 镇 门 对 只 盏 座次 站 块 面 本 册 卷 张 道 口 眼 团组 路 节 首 幅 员 轮 档 台次 台套 场馆 栏 顶 园"
).split()
MEASURED = (
    "元 美元 欧元 港元 日元 人民币 吨标准煤 吨标煤 吨公里 人公里 吨级 吨 公斤 千克 克 人次 人 户家庭 头 羽 尾 株 亩 公顷 平方公里 平方千米 平方米 "
    "立方米 公里 千米 海里 米 千瓦时 千瓦小时 度 千瓦 兆瓦 千伏安时 千伏安 千伏 国际标准箱 标准箱 标箱 TEU 重量箱 箱 桶 千升 升 袋 片 颗 双 架次 列 "
    "班次 班 趟 乘次 车次 辆次 辆 台 床 天 个月 小时 分钟 秒 岁 摄氏度 ℃ 毫米 厘米 纳米 Gbps Mbps 分 成 微克 毫克 G T EFlops 瓦 平米 芯公里 载重吨 芯千米 "
    "机位 床位 学位 泊位 车位 标准台 场地 次 步 平方 吨位 斤 里 公分 阶 折 元人民币 CGT 端 线 点位 点 字 标段"
).split()
_SCALE = r"(?:万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|百)?"
_WORDS = sorted({*COUNTED, *MEASURED}, key=len, reverse=True)
_PER = r"(?:/(?:百|千|万|亿|十万)?(?:平方公里|平方米|立方米|人·?年|千瓦时|公顷|公里|小时|学年|千克|公斤|标箱|人次|人|月|年|户|亩|天|日|次|吨|件|辆|张|度|升|股|家|米|条|台|床|秒|周|L|m3|m2|kWh))?"
_UNIT = re.compile(
    rf"/10万(?:人)?|/万|个百分点|个千分点|个基点|个百分比|百分点|%|‰|倍|位次|{_SCALE}(?:{'|'.join(map(re.escape, _WORDS))})(?<!人(?=[口均]))(?<!家(?=[庭长])){_PER}|(?:万亿|亿|万|千)(?![一-鿿]*[场科]研)"
)
_BEFORE = {
    ">=": "不低于|不少于|至少|不小于|最低",
    ">": "超过|超出|突破|跨越|高于|大于|迈上|跨上|逾|超|首破|破",
    "<=": "不超过|不高于|不多于|至多|控制在|最高",
    "<": "低于|少于|小于|不足|不到",
    "~": "大约|接近|大概|(?<![节签合集契条])约|(?<![最附临亲])近",
}
_AFTER = {">=": "及以上|以上", "<=": "以内|以下|之内", "~": "左右|上下|大关前", ">": "余|多"}
_BOUND = re.compile(
    r"(?:" + "|".join(f"(?P<b{i}>{w})" for i, w in enumerate(_BEFORE.values())) + r")(?:了|到|达到|达|至)?$"
)
_BEHIND = re.compile(r"|".join(f"(?P<a{i}>{w})" for i, w in enumerate(_AFTER.values())))
# Runs of characters whose numerals state no quantity.
_NO_FIGURE = [
    (reason, re.compile(pattern))
    for reason, pattern in (
        ("numbering", r"\[\d{1,3}\]|[①-⑳]|(?:附?[表图]|专栏|附件|图表)\d+(?:[-—.]\d+)?"),
        ("identifier", r"〔\d{4}〕\d*号?|第?\d+号(?:文|令|公告|线)?|\d{5,}/\d{4}-\d+|\d{4,}热线"),
        ("numbering", r"第\d+(?:届|次|批|章|条|款|期|轮|代|页|段|版|站|季|周年|号|场|家|座|卷|只)|（\d{1,2}）|^\d{1,2}[.、](?!\d)|(?<=[。；：])\d{1,2}[.、](?!\d)|(?<![\d.])\d{1,2}[.．](?=[一-鿿“])"),
        ("date", r"(?:19|20)\d\d(?:年)?[—\-至到、/和与](?:19|20)\d\d年?(?:度|间|末)?|(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}(?:\d\d：\d\d(?:：\d\d)?)?"),
        ("date", r"(?:19|20)\d\d年(?:\d{1,2}月(?:份|底|末|初)?)?(?:\d{1,2}[日号])?(?:\d{1,2}[时：]\d{0,2}分?)?"),
        ("date", r"\d{1,2}(?:月份?)?(?:[—\-至到]|、)\d{1,2}月份?|前\d{1,2}个?月|\d{1,2}月(?:\d{1,2}(?:[—\-至到]\d{1,2})?[日号]|份|底|末|初|中旬)?|(?<![\d.])\d{1,2}[日号](?![均产常])|^(?:19|20)\d\d(?:\[\d+\])?$"),
        ("date", r"(?:连续|近|过去|未来|前|最近|历时|时隔|仅用|用时)\d{1,2}(?:多)?(?:年|个月|个?季度|天|周)(?!均)|\d{1,2}年(?:来|间|内|期|以上|前|后|以来|多来|行动|规划)|\d0年代|(?<![\d.达为至])\d{1,3}年(?![均产度])|\d{1,2}周年"),
        ("date", r"(?<![\d.])(?:19|20)\d\d(?=[一-鿿A-Z])(?!(?:万|亿|千|百)?(?:" + "|".join(map(re.escape, _WORDS)) + r"|万|亿))"),
        ("name", r"\d+(?:\+(?:\d+|[A-Za-zX]))+|(?<![A-Za-z])(?!GDP|CPI|PPI|PMI|IPO|AUM|GEP|VOC)[A-Za-z]{1,8}[-.]?\d{1,3}(?:\.\d+)?[A-Za-z]*(?![\d.])|(?<![\d.])\d{1,3}[A-Z](?![a-zA-Z])(?:级)?|\d+[×x*]\d+"),
        ("name", r"\d+强|(?:前|top|TOP)\d+(?:强|位|名)?(?=[城企高])|\d{2}后|\d(?:\.\d)(?:版|时代)|\d+万?吨级(?=[一-鿿])(?![以及])|上年(?:同期)?=100|(?<!\d)1(?:00)?(?:美元|欧元|港元|日元)(?=兑)|(?<=[一-鿿])(?<![长降加少高为达升至到超])[1-9]\.0(?=[，。；、”的和]|项目|版|时代|建设|改革)|\d+/\d+[A-Za-z]+|\d+(?:分钟|小时|公里)(?=[一-鿿“]{0,8}圈)|每\d+万?人|每\d+[个名]|R&D|\d{3}国道"),
        ("name", r"“[^”]{0,6}\d+[^”\d]{0,8}(?:\d+[^”\d]{0,3})?”"),
        ("name", r"\d{1,2}(?:[—\-至]\d{1,2})?周?岁(?:及以上|以上|以下|及以下|儿童|人口|老[年人])|\d{1,2}[—\-]\d{1,2}周?岁(?:（[^）]*）)?|未?满\d{1,2}周?岁|\d{2}周岁"),
    )
]  # fmt: skip
_MONEYLIKE = "元|美元|吨|亩|人|户|平方米|公里|千瓦|万|亿|岁|天|米|吨级|公顷|辆|张|床"
_THRESHOLD = re.compile(
    rf"(?:(?:超过?|突破|逾|大于|高于|总投资|投资|产值|营收|固投)*)(?:{NUMBER}){_SCALE}(?:{_MONEYLIKE})(?:（含）)?(?:及?以上|以下)的?(?=[一-鿿“A-Z])(?!(?:的?(?:增长|增速|水平|目标|规模))|[和与及])"
    rf"|(?:超过?|突破|达到?|在)(?:{NUMBER}){_SCALE}(?:元|美元)(?:及?以上)?的?(?=(?:行政)?村|(?:工业|制造业|重大|龙头|大|外资|上市|规上)*(?:企业|项目|园区|产业|集群|楼宇|城市|省份|县|镇|街|平台|基金|单位|地区|税))"
)
_RANK = re.compile(
    r"(?:位居|位列|居|列|排名?|排|跃居|稳居|升至|跃升至|名列|上升到|进位至|保持|跃至|位次)[^，。；、]{0,8}?第(?P<n>\d+|[一二三四五六七八九十]{1,3})(?P<u>位|名)?"
    r"|第(?P<n2>\d+)(?P<u2>位|名)|(?:位居|居|列|跃居|稳居|排名?|位列)[^，。；、\d]{0,6}?(?P<first>首位|榜首|第一)"
    r"|(?<=[省市国区])第(?P<n3>[一二三四五六七八九十])(?=[，。；、）])"
)
_TENTHS = re.compile(r"(?<![一二三四五六七八九十])[一二三四五六七八九]成(?:半)?(?![果效立功本员长为就都品交熟])")
_WORD_LEVEL = re.compile(
    r"(?:(?<=[超破达上近逾于约])|(?<=突破)|(?<=超过)|(?<=达到))(?:[一二三四五六七八九两]?[十百千]|[一二三四五六七八九两])?(?:万亿|亿|万|[十百千])(?:亿|万)?(?:元|美元|人次|人|户|家|个|吨|亩|辆|件)(?!以上|的|级|企业|项目|产业|园区|集群|工程|大)"
    r"|(?<![第一二三四五六七八九十百千万亿\d])(?:[二三四五六七八九两][十百]|[十百千])[一二三四五六七八九]?(?:家|个|项|名|座|所|亿元|万元|万亩|万人)(?!以上|级|月|大|的|企业|项目|产业|园区|集群|工程)"
)
_WORD_COUNT = re.compile(
    r"(?:(?<=新增)|(?<=新建)|(?<=建成)|(?<=培育)|(?<=引进)|(?<=共有)|(?<=拥有)|(?<=落地)|(?<=开通)|(?<=举办)|(?<=新设)|(?<=完成))[一二三四五六七八九两](?:家|个|项|条|座|所|名|件|场|架|艘)(?![百分月人])"
)


@dataclass
class Numeral:
    """A quantity in a paragraph: where its digits start and its unit ends, what it says, and words around it."""

    start: int
    end: int
    digits_end: int
    value: Decimal
    unit: str = ""
    relation: str = "="
    high: Decimal | None = None
    rank: bool = False
    word: bool = False
    ratio: tuple[int, int] | None = None
    consumed: int = 0  # where the noun behind it ends
    before: int = 0  # where the words that bound it start
    guesses: list[str] = field(default_factory=list)


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def _chinese(text: str) -> Decimal:
    return Decimal(numerals.chinese_value(text))


def no_figures(text: str) -> list[tuple[int, int, str]]:
    """Runs of a paragraph whose numerals are dates, names, numbering: (start, end, reason)."""
    patterns = [*_NO_FIGURE, ("name", _THRESHOLD)]
    return sorted((*m.span(), reason) for reason, p in patterns for m in p.finditer(text))


def find(text: str) -> tuple[list[Numeral], list[tuple[int, int, str, str]]]:
    """Quantities of a paragraph in order, and its other numerals as (start, end, text, reason)."""
    owner = {i: reason for s, e, reason in reversed(no_figures(text)) for i in range(s, e)}
    found: list[Numeral] = []
    others = []
    for m in re.finditer(NUMBER, text):
        reason = owner.get(m.start(), "") if m.end() - 1 in owner else ""
        if reason and not _quantity_in_quotes(text, m, reason):
            others.append((m.start(), m.end(), m[0], reason))
        else:
            found.append(_measured(text, m))
    taken = [(n.start, n.end) for n in found] + [m.span() for m in re.finditer(r"“[^”]{1,12}”", text)]
    found += [n for n in _words(text) if not any(s < n.end and n.start < e for s, e in taken)]
    found = _ranges(text, sorted(found, key=lambda n: n.start))
    _ratios(text, found)
    return found, others


def _quantity_in_quotes(text: str, m: re.Match, reason: str) -> bool:
    """A number with its unit at the end of a short quotation is a quantity all the same: “…增长5%”."""
    quoted = text.rfind("“", 0, m.start()) > text.rfind("”", 0, m.start())
    return (
        reason == "name" and quoted and bool(re.search(rf"[长超达为]{m[0]}(?:%|[亿万]元)", text[m.start() - 1 :][:20]))
    )


def _measured(text: str, m: re.Match) -> Numeral:
    unit = _UNIT.match(text, m.end())
    words, end = (unit[0], unit.end()) if unit else ("", m.end())
    # 余 and 多 stand between number and unit: 470余家, 10多名, 9亿余元
    if between := re.match(rf"({_SCALE})([余多])(?=[一-鿿])", text[m.end() :]):
        rest = _UNIT.match(text, m.end() + between.end())
        if rest:
            words, end = between[1] + rest[0], rest.end()
    number = Numeral(m.start(), end, m.end(), _decimal(m[0]), words)
    if between and words:
        number.relation = ">"
    if words.endswith("成"):
        number.value, number.unit = number.value * 10, "%"
    _bounds(text, number)
    if re.search(r"(?:^|[^\d年月%元])-$", text[max(0, m.start() - 2) : m.start()]):
        number.value = -number.value
    if text[m.start() - 1 : m.start()] == "第" and number.unit in ("", "位", "名", "位次"):
        number.rank, number.unit = True, "位"
    return number


def _bounds(text: str, number: Numeral) -> None:
    number.before = number.start
    if before := _BOUND.search(text[max(0, number.start - 8) : number.start]):
        number.relation = next(r for i, r in enumerate(_BEFORE) if before[f"b{i}"])
        number.before = number.start - len(before[0])
    if behind := _BEHIND.match(text, number.end):
        after = next(r for i, r in enumerate(_AFTER) if behind[f"a{i}"])
        number.relation = after if number.relation == "=" else number.relation
        number.end = behind.end()


def _words(text: str) -> list[Numeral]:
    out = []
    for m in _RANK.finditer(text):
        n = next((m[g] for g in ("n", "n2", "n3") if m[g]), "")
        digits = m.start("n" if m["n"] else "n2" if m["n2"] else "n3" if m["n3"] else "first")
        value = Decimal(1) if not n else Decimal(n) if n.isdigit() else _chinese(n)
        if not n.isdigit() and not re.search(r"\d[^。；]*$", text[max(0, m.start() - 200) : m.start()]):
            continue  # praise, no statistic: it stands beside no number
        start = digits if n.isdigit() else digits - (text[digits - 1] == "第")
        out.append(Numeral(start, m.end(), m.end(), value, "位", rank=True, word=not n.isdigit(), before=m.start()))
    for m in _TENTHS.finditer(text):
        value = _chinese(m[0][0]) * 10 + (5 if m[0].endswith("半") else 0)
        out.append(Numeral(*m.span(), m.end(), value, "%", word=True))
    for m in itertools.chain(_WORD_LEVEL.finditer(text), _WORD_COUNT.finditer(text)):
        digits = re.match("[一二三四五六七八九十百千两]*", m[0])[0]
        out.append(Numeral(*m.span(), m.end(), _chinese(digits or "一"), m[0][len(digits) :], word=True))
    for number in out:
        if not number.rank:
            _bounds(text, number)
    return out


def _ranges(text: str, found: list[Numeral]) -> list[Numeral]:
    """5%—6%, 10亿元至20亿元, 5-6个: one quantity with two ends."""
    out: list[Numeral] = []
    for number in found:
        last = out[-1] if out else None
        if last and text[last.end : number.start] in ("—", "——", "-", "至", "到") and last.unit in ("", number.unit):
            begin = last.before or last.start
            moves = re.search(r"[由从自](?:[^，。]{0,6}年的?)?$", text[max(0, begin - 12) : begin])
            if number.value > last.value and last.high is None and not last.rank and not moves:
                last.high, last.unit, last.end, last.relation = number.value, number.unit, number.end, "range"
                continue
        out.append(number)
    return out


def _ratios(text: str, found: list[Numeral]) -> None:
    """Mark a:b:c; each part knows its place and how many there are."""
    runs: list[list[Numeral]] = []
    for number in found:
        last = runs[-1][-1] if runs else None
        if last and last.unit in ("", "%") and text[last.end : number.start] == "：":
            runs[-1].append(number)
        else:
            runs.append([number])
    for run in runs:
        for place, number in enumerate(run if len(run) > 1 else []):
            number.ratio = (place, len(run))
