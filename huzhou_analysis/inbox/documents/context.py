# ruff: noqa: SIM905
"""What a document says once for many figures: its kind, title, date, area, and the period that a stretch is about."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from .structure import Block

PROVINCES = (
    "北京市 天津市 上海市 重庆市 河北省 山西省 辽宁省 吉林省 黑龙江省 江苏省 浙江省 安徽省 福建省 江西省 山东省 河南省 湖北省 湖南省 广东省 海南省 四川省 贵州省 云南省 陕西省 甘肃省 青海省 台湾省 "
    "内蒙古自治区 广西壮族自治区 西藏自治区 宁夏回族自治区 新疆维吾尔自治区 香港特别行政区 澳门特别行政区"
).split()
# Prefecture-level cities, without 市.
CITIES = (
    "石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁 呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布 "
    "沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 葫芦岛 长春 四平 辽源 通化 白山 松原 白城 哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化 "
    "南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁 杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城 "
    "福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德 南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶 济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽 "
    "郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店 武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 "
    "广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮 南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左 海口 三亚 三沙 儋州 "
    "成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳 贵阳 六盘水 遵义 安顺 毕节 铜仁 昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 拉萨 日喀则 昌都 林芝 山南 那曲 "
    "西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛 兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南 西宁 海东 银川 石嘴山 吴忠 固原 中卫 乌鲁木齐 克拉玛依 吐鲁番 哈密"
).split()
_SHORT = {re.sub(r"(?:市|省|特别行政区|(?:壮族|回族|维吾尔)?自治区)$", "", p): p for p in PROVINCES}
AREAS = (
    {"全国": "全国", "我国": "全国", "中国": "全国"}
    | {p: p for p in PROVINCES}
    | _SHORT
    | {f"{c}市": f"{c}市" for c in CITIES}
    | {c: f"{c}市" for c in CITIES if c not in ("白银", "中山", "海东", "黄山")}
)
_NAMES = "|".join(sorted(map(re.escape, AREAS), key=len, reverse=True))
_LOCAL = r"[一-鿿]{2,6}?(?:自治州|自治县|新区|开发区|区|县|州|盟|旗|市)"
# What follows an area's name where it is part of another: 广东移动, 浙江大学, 上海港.
_NO_AREA = re.compile(
    r"银行|移动|电信|联通|式|共产|制造|[一-鿿]{0,6}(?:新区|开发区|高新区|自贸|直管区|机场)|[一-鿿]{0,2}(?:大学|学院|科学院|工程院|公司|集团|港|海关|证券|交易所|战区|黄酒|火腿|路|湖|江|高铁)"
)
_HERE = re.compile(r"^(?:全|我|本)[市省州县区旗盟]")


@dataclass
class Document:
    """What holds for the whole document."""

    name: str
    title: str = ""
    kind: str = "news"
    area: str = ""
    year: int = 0
    published: str = ""
    publisher: str = ""
    period: str = ""
    areas: dict[str, str] = field(default_factory=dict, repr=False)

    @cached_property
    def named(self) -> re.Pattern:
        """An area's name, the longest first."""
        return re.compile(
            rf"(?:{'|'.join(sorted(map(re.escape, self.areas), key=len, reverse=True))})(?:市|省|州)?(?=.|$)"
        )


def describe(name: str, blocks: list[Block], areas: dict[str, str]) -> Document:
    """Title, kind, area, dates and period of a document, from its first lines.

    Parameters
    ----------
    name : str
        Name of its file.
    areas : dict of str to str
        Further areas that may be named: name in the text to full name.
    """
    prose = [b for b in blocks if b.kind != "table"]
    top = [b.piece.text for b in prose[:14]]
    first = "\n".join(t[:200] for t in top)
    document = Document(name, areas=AREAS | areas)
    kinds = "统计公报|政府工作报告|实施方案|规划|运行情况|经济运行|行动计划|工作要点|实施意见"
    titles = [t for t in top[:12] if re.search(kinds, t[:60]) and len(t) < 60 and "。" not in t]
    others = [t for t in top if len(t) >= 6 and not re.match(r"(?:索引号|来源|20\d\d)", t)]
    document.title = [*titles, *others, name][0][:80]
    document.kind = _kind(document.title, first, name)
    document.area = _area(document.title + "\n" + name, first, document.areas, blocks)
    document.published = _published(first)
    publisher = re.search(r"[一-鿿]{2,8}统计局|[一-鿿]{2,8}人民政府(?:办公室)?", first)
    document.publisher = publisher[0] if publisher else ""
    document.year, document.period = _base(document, top, name)
    return document


def _kind(title: str, first: str, name: str) -> str:
    if re.search(r"统计公报|经济运行|主要经济指标|统计月报", title + name) or re.search(
        r"^[^。]{0,40}统计局[^。，]{0,20}$", first, re.M
    ):
        return "bulletin"
    if "工作报告" in title or "各位代表" in first:
        return "work_report"
    if re.search(r"方案|规划|行动计划|意见|纲要", title):
        return "plan"
    return "news"


def _area(title: str, first: str, known: dict[str, str], blocks: list[Block]) -> str:
    names = "|".join(sorted(map(re.escape, known), key=len, reverse=True))
    for text in (title, first):
        if m := re.search(
            r"((?![一-鿿]{0,4}[各从据由向经])[一-鿿]{2,8}?(?:自治州|地区|[市省州县区盟]))(?:统计局|人民政府|20\d\d年|人民代表大会|国民经济|政府工作报告)",
            text,
        ):
            found = re.search(rf"(?:{names})(?:市|省|州)?$", m[1])
            return known.get(m[1], known.get(found[0], m[1]) if found and len(found[0]) > 2 else m[1])
        if m := re.search(rf"(?:{names})(?=[^，。]*(?:公报|工作报告|方案|规划|经济运行))", text):
            return known[m[0]]
    body = "".join(b.piece.text for b in blocks)[:30000]
    counts = Counter(known[m[0]] for m in re.finditer(names, body)).most_common()
    if counts and (re.search("[全我][市区省县]", body) or counts[0][1] >= 0.6 * sum(n for _, n in counts)):
        return counts[0][0]
    return "全国" if not counts or len(counts) > 3 else counts[0][0]


def _published(first: str) -> str:
    if m := re.search(
        r"(?m)(?:^|时间：|日期：|发布|成文|于)[^\d\n]{0,6}(20\d\d)[年/.-](\d{1,2})[月/.-](?:(\d{1,2})日?)?", first
    ):
        return f"{m[1]}-{int(m[2]):02d}" + (f"-{int(m[3]):02d}" if m[3] else "")
    dated = re.search(r"(?m)^.{0,24}(20\d\d)年(\d{1,2})月(\d{1,2})日.{0,14}$", first)
    return f"{dated[1]}-{int(dated[2]):02d}-{int(dated[3]):02d}" if dated else ""


def _base(document: Document, top: list[str], name: str) -> tuple[int, str]:
    """Year of the document and the period that its figures are about unless they say another."""
    title = document.title
    said = re.search(r"(20\d\d)年?", title) or re.search(r"(?<!\d)(20\d\d)年?(?!\d)", re.sub(r"20\d{6}", "", name))
    published = int(document.published[:4]) if document.published else 0
    body = title if document.kind == "bulletin" else title + "".join(t[:400] for t in top)
    part = re.search(_PART, body)
    if document.kind == "bulletin":
        opening = [m for t in top for m in [re.match(r"(20\d\d)年?(?:[，是,]|(?:\[\d+\])?$)", t)] if m]
        found = [said, *opening] if said and "公报" in title + name else [*opening, said]
        year = next((int(m[1]) for m in found if m), published - 1 if published else 0)
        return year, _part(year, part) if year else ""
    if document.kind == "work_report":
        year = int(said[1]) if said else published
        return year, str(year - 1) if year else ""
    if said or published:
        year = published or int(said[1])
        whole = str(year - (not said))
        return year, _part(int(said[1]) if said else year, part) if part else whole
    years = re.findall(r"(?<![到至\d])(20\d\d)(?!\d)", "".join(top))
    year = int(max(set(years), key=years.count)) if years else 0
    return year, _part(year, re.search(_PART, title)) if year else ""


_PART = r"(?P<first>\d{1,2})[—\-至](?P<last>\d{1,2})月|(?P<half>上半年)|(?P<three>前三季度)|(?P<quarter>一季度)|20\d\d年(?P<month>\d{1,2})月(?!\d)"


def _part(year: int, m: re.Match | None) -> str:
    """Code of the part of a year that a title names; the year where it names none."""
    if not m:
        return str(year)
    if m["first"]:
        return f"{year}-{int(m['first']):02d}/P{int(m['last']) - int(m['first']) + 1}M"
    if m["month"]:
        return f"{year}-{int(m['month']):02d}"
    return f"{year}{'-S1' if m['half'] else '-01/P9M' if m['three'] else '-Q1'}"


_PERIODS = [
    (re.compile(p), kind)
    for p, kind in (
        (r"(20\d\d|19\d\d)年?[—\-至到](20\d\d|19\d\d)年", "range"),
        (r"(?:(20\d\d)年)?(?:(?<!前)([一二三四])季度|第([一二三四])季度)", "quarter"),
        (r"(?:(20\d\d)年)?(上半年|下半年|前三季度)", "part"),
        (r"(?:(20\d\d)年)?(\d{1,2})(?:月份?)?[—\-至到](\d{1,2})月份?", "months"),
        (r"(?:(20\d\d)年)?前(\d{1,2})个?月", "first"),
        (r"(?:到|至|截至|截止)?(?:(20\d\d)年)?(?<![\d—\-至到])(\d{1,2})月(?:份|底|末|当月)?(?![\d日—\-至到前])", "month"),
        (r"(去年|上年|前年|20\d\d年)(同期|同月|末|底|年末)(?!.{0,2}(?:基数|相比|持平))", "same"),
        (r"(?:到|至|力争到?)?(20\d\d|19\d\d)年(?:末|底|度|全年|以前|前)?", "year"),
        (r"(?:这|过去)五年|五年(?:来|间|累计|以来)|“?十[三四五]五”?(?:期间|以来|时期)", "five"),
        (r"近三年|三年来|过去三年", "three"),
        (r"(今年|去年|上年)(?:以来)?(?![^，]{0,3}(?:同期|增长|提高|下降|增加|减少|末增|末减|全年))", "relative"),
        (r"全年(?!均)", "whole"),
    )
]  # fmt: skip
_COMPARED = re.compile(r"(?:比|较|与|同|按|以|相当于|高于|低于|于)[^，。；]{0,4}$")


class Clock:
    """Period at each place of a document: set by headings and sentences, until another is said."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.period, self.how = document.period, "title"
        self.year = document.year
        self.five = ""
        self.target = document.kind == "plan"

    def restart(self, kind: str, year: int) -> None:
        """Go on as the clock of another document."""
        self.document.kind, self.document.year = kind, year
        self.document.period = str(year - 1) if kind == "work_report" else str(year)
        self.period, self.how, self.year, self.five, self.target = self.document.period, "heading", year, "", False

    def heading(self, text: str) -> None:
        """A heading may set year and kind: 2025年主要工作, “十四五”发展成就, 2026年目标任务."""
        if re.search(r"20\d\d年\d{1,2}月\d{1,2}日|^20\d\d年\d{1,2}月$", text):
            return
        report = self.document.kind == "work_report"
        years = re.findall(r"(20\d\d)年", text)
        ahead = re.search("目标|今年|任务|要求|安排|计划|展望|打算|未来|今后", text)
        target = bool(ahead) and not re.search("完成|成就|回顾", text)
        if report and re.match(r"[一二三四五六七八九十]{1,3}、", text):
            work = re.search("工作(?:的)?(?:总体|主要|重点)", text) and years and int(years[-1]) == self.document.year
            self.target, self.five = target or bool(work), ""
            self.period, self.how = (str(self.document.year) if self.target else self.document.period), "heading"
        elif len(years) == 1 and self.document.kind != "plan" and text[:20] not in self.document.title:
            self.period, self.how = self.at(text, len(text))[0], "heading"
        if target and self.document.kind not in ("bulletin", "work_report"):
            self.target = True

    def paragraph(self, text: str) -> None:
        if re.match(r"[^，。]{0,6}(?:五年来|过去五年|五年间|“?十[三四五]五”?时期)", text):
            self.five = self._five(text)
        goals = re.search(r"(?:主要)?(?:预期|奋斗)?目标(?:是|为|：|建议)", text[:80])
        if goals and self.document.kind == "work_report":
            self.target, self.period, self.how = True, str(self.document.year), "sentence"

    def _five(self, text: str) -> str:
        """Code of the five years that a text names: those of a plan, or the five before the document's own year."""
        year, kind = self.document.year, self.document.kind
        plan = re.search("十([二三四五])五", text)
        first = 2011 + 5 * "二三四五".index(plan[1]) if plan else year - (4 if kind == "bulletin" else 5)
        return f"{year if kind == 'plan' else first}/P5Y" if year else ""

    def at(self, text: str, start: int) -> tuple[str, str]:
        """Period that the words before a place name last, within its sentence: (code, how it is known)."""
        last = (-1, "")
        for pattern, kind in _PERIODS:
            for m in pattern.finditer(text, 0, start):
                later = m.start() > last[0] and not _COMPARED.search(text[: m.start()])
                if later and (code := self._code(kind, m)):
                    last = (m.start(), code)
        if last[1]:
            return last[1], "sentence"
        if self.five:
            return str(int(self.five[:4]) + 4), "heading"
        return self.period, "title" if self.period == self.document.period and self.how == "earlier" else self.how

    def _code(self, kind: str, m: re.Match) -> str:
        base = int(self.period[:4]) if self.period[:4].isdigit() else self.year
        year = int(m[1]) if m.re.groups and m[1] and m[1].isdigit() else base
        if not year:
            return ""
        number = dict(zip("一二三四", "1234", strict=True))
        if kind == "range":
            count = int(m[2]) - int(m[1]) + 1
            return f"{m[1]}/P{count}Y" if 1 < count < 30 else ""
        if kind == "quarter":
            return f"{year}-Q{number[m[2] or m[3]]}"
        if kind == "part":
            return {"上半年": f"{year}-S1", "下半年": f"{year}-S2", "前三季度": f"{year}-01/P9M"}[m[2]]
        if kind == "months":
            first, last = int(m[2]), int(m[3])
            return f"{year}-{first:02d}/P{last - first + 1}M" if 1 <= first < last <= 12 else ""
        if kind == "first":
            return f"{year}-01/P{int(m[2])}M" if 2 <= int(m[2]) <= 12 else ""
        if kind == "month":
            return f"{year}-{int(m[2]):02d}" if 1 <= int(m[2]) <= 12 else ""
        if kind == "same":
            before = base - (2 if m[1] == "前年" else 1) if not m[1][0].isdigit() else int(m[1][:4])
            return f"{before}{self.period[4:]}" if m[2] in ("同期", "同月") else str(before)
        if kind == "relative":
            bulletin = self.document.kind == "bulletin"
            here = base if bulletin else self.document.year or base
            return str(here if m[1] == "今年" else here - 1)
        if kind == "five":
            return self._five(m[0])
        if kind == "three":
            return f"{base - 2}/P3Y"
        return str(year) if kind == "year" else str(base)

    def remember(self, text: str, code: str) -> None:
        """Keep what a sentence said for those after it (press names its period once)."""
        if re.search(r"去年|上年|前年|同期", text):
            return
        if code and "/P" not in code[:7] and self.document.kind == "news":
            self.period, self.how = code, "earlier"


def begins_report(text: str) -> tuple[str, int] | None:
    """Kind and year of another document that begins inside this one (a page of several)."""
    m = re.search(r"(20\d\d)年[^。，]{0,14}?(政府工作报告|统计公报)", text) if len(text) < 60 else None
    return (("work_report" if m[2] == "政府工作报告" else "bulletin"), int(m[1])) if m else None


def year_before(code: str) -> str:
    return f"{int(code[:4]) - 1}{code[4:]}" if code[:4].isdigit() else ""


def area_in(text: str, document: Document) -> tuple[str, str]:
    """Area that opens a name, and the name without it: 广东省GDP is 广东省 and GDP."""
    if m := _HERE.match(text):
        return document.area, text[m.end() :]
    m = document.named.match(text)
    rest = text[m.end() :] if m else ""
    if m and not document.named.match(rest) and not _NO_AREA.match(rest):
        return document.areas.get(m[0], document.areas.get(m[0][:-1], m[0])), re.sub(r"^[的，]", "", rest)
    return "", text
