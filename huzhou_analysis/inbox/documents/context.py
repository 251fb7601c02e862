"""What a document says once for many figures: its kind, title, date and area, and the period that a stretch is about."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from ...facts import periods
from .structure import Block
from .vocabulary import either, rules, words

_ENDING = r"(?:市|省|特别行政区|(?:壮族|回族|维吾尔)?自治区)$"
AREAS = {
    **dict.fromkeys(("全国", "我国", "中国"), "全国"),
    **{name: full for full in words("area", "province") for name in (full, re.sub(_ENDING, "", full))},
    **{name: f"{city}市" for city in words("area", "city") for name in (city, f"{city}市")},
}
_NO_AREA = re.compile(either("no_area"))
_HERE = re.compile(r"^[全我本][市省州县区旗盟]")
_TITLE = re.compile(either("title"))


@dataclass
class Document:
    """What holds for the whole document."""

    name: str
    title: str = ""
    kind: str = "news"  # or bulletin, work_report, plan
    area: str = ""
    year: int = 0
    published: str = ""
    publisher: str = ""
    period: str = ""
    areas: dict[str, str] = field(default_factory=dict, repr=False)

    @cached_property
    def named(self) -> re.Pattern:
        """An area's name, the longest first."""
        names = "|".join(sorted(map(re.escape, self.areas), key=len, reverse=True))
        return re.compile(rf"(?:{names})(?:市|省|州)?(?=.|$)")

    def area_in(self, text: str) -> tuple[str, str]:
        """Area that opens a name, and the name without it: 广东省GDP is 广东省 and GDP."""
        if m := _HERE.match(text):
            return self.area, text[m.end() :]
        m = self.named.match(text)
        rest = text[m.end() :] if m else ""
        if m and not self.named.match(rest) and not _NO_AREA.match(rest):
            return self.areas.get(m[0], self.areas.get(m[0][:-1], m[0])), rest.lstrip("的，")
        return "", text


def describe(name: str, blocks: list[Block], areas: dict[str, str]) -> Document:
    """Title, kind, area, dates and period of a document, from its first lines; `areas` are further names of areas."""
    document = Document(name, areas=AREAS | areas)
    top = [b.piece.text for b in blocks if b.kind != "table"][:14]
    first = "\n".join(t[:200] for t in top)
    titles = [t for t in top[:12] if _TITLE.search(t[:60]) and len(t) < 60 and "。" not in t]
    others = [t for t in top if len(t) >= 6 and not re.match(r"索引号|来源|20\d\d", t)]
    document.title = [*titles, *others, name][0][:80]
    signed = re.search(r"(?m)^[^。]{0,40}统计局[^。，]{0,20}$", first)
    report = "work_report" if "各位代表" in first else ""
    kinds = (kind for kind, pattern in rules("kind") if pattern.search(document.title + name))
    document.kind = "bulletin" if signed else next(kinds, report or "news")
    document.area = _area(f"{document.title}\n{name}", first, document, blocks)
    publisher = re.search(r"[一-鿿]{2,8}统计局|[一-鿿]{2,8}人民政府(?:办公室)?", first)
    document.publisher = publisher[0] if publisher else ""
    dated = r"(?m)(?:^|时间：|日期：|发布|成文|于)[^\d\n]{0,6}(20\d\d)[年/.-](\d{1,2})[月/.-](?:(\d{1,2})日?)?|^.{0,24}(20\d\d)年(\d{1,2})月(\d{1,2})日.{0,14}$"
    if m := re.search(dated, first):
        document.published = "-".join(f"{int(part):02d}" for part in m.groups() if part)
    _date(document, top)
    return document


def _area(title: str, first: str, document: Document, blocks: list[Block]) -> str:
    """Area that title or heading name; else the one that the text names most."""
    known, named = document.areas, document.named
    local = rf"((?![一-鿿]{{0,4}}[各从据由向经])[一-鿿]{{2,8}}?(?:自治州|地区|[市省州县区盟]))(?=20\d\d年|(?!委)[^，。]{{0,24}}{either('authority')})"
    if m := re.search(local, title) or re.search(local, first):
        found = re.search(rf"{named.pattern}$", m[1])
        return known.get(m[1]) or (known.get(found[0], m[1]) if found and len(found[0]) > 2 else m[1])
    body = "".join(b.piece.text for b in blocks)[:30000]
    counts = Counter(known.get(m[0], m[0]) for m in named.finditer(body)).most_common()
    mostly = counts and (re.search("[全我][市区省县]", body) or counts[0][1] >= 0.6 * sum(n for _, n in counts))
    return counts[0][0] if mostly or 0 < len(counts) <= 3 else "全国"


def _date(document: Document, top: list[str]) -> None:
    """Set the year of a document and the period that its figures are about unless they say another."""
    title, kind = document.title, document.kind
    published = int(document.published[:4] or 0)
    in_name = re.sub(r"20\d{6}", "", document.name)
    said = re.search(r"(20\d\d)年?", title) or re.search(r"(?<!\d)(20\d\d)年?(?!\d)", in_name)
    year = int(said[1]) if said else 0
    if kind == "bulletin":
        opening = next((m for t in top if (m := re.match(r"(20\d\d)年?(?:[，是,]|(?:\[\d+\])?$)", t))), None)
        year = year or (int(opening[1]) if opening else published - 1 if published else 0)
        part = written(title, year)
    elif kind == "work_report":
        year, part = year or published, ""
    else:
        mentioned = re.findall(r"(?<![到至\d])(20\d\d)(?!\d)", "".join(top))
        part = written(title + "".join(t[:400] for t in top) * bool(year or published), year or published)
        year = published or year or int(statistics.mode(mentioned or ["0"]))
    whole = year - (kind == "work_report" or (kind != "bulletin" and bool(published) and not said))
    document.year, document.period = year, part or (str(whole) if year else "")


# --- periods --------------------------------------------------------------------------------------------------------

_PART = r"(?<!前)第?[一二三四]季度|前[一二三]季度|[上下]半年|前\d{1,2}个?月|\d{1,2}(?:月份?)?[—\-至到]\d{1,2}月份?"
_PERIOD = re.compile(
    rf"(?P<span>(?:20|19)\d\d年?[—\-至到](?:20|19)\d\d年)|(?:(?P<y>(?:20|19)\d\d)年)?(?:(?P<part>{_PART})"
    r"|(?<![\d—\-至到])(?P<month>\d{1,2})月(?:份|底|末|当月)?(?![\d日—\-至到前]))"
    r"|(?P<base>去年|上年|前年|20\d\d年)(?P<same>同期|同月|末|底|年末)(?!.{0,2}(?:基数|相比|持平))"
    r"|(?P<year>(?:20|19)\d\d)年|(?P<five>(?:这|过去)五年|五年(?:来|间|累计|以来)|“?十[三四五]五”?(?:期间|以来|时期))"
    r"|(?P<three>近三年|三年来|过去三年)|(?P<whole>全年(?!均))"
    r"|(?P<relative>今年|去年|上年)(?:以来)?(?![^，]{0,3}(?:同期|增长|提高|下降|增加|减少|末增|末减|全年))"
)
_COMPARED = re.compile(r"(?:比|较|与|同|按|以|相当于|高于|低于|于)[^，。；]{0,4}$")


def written(text: str, year: int) -> str:
    """Code of the part of a year that a title or header names; "" where it names none."""
    m = re.search(rf"(?:(?P<y>20\d\d)年)?(?P<part>{_PART})|(?P<y2>20\d\d)年(?P<month>\d{{1,2}})月(?!\d)", text)
    return _code(f"{m['y'] or m['y2'] or year}年{m['part'] or m['month'] + '月'}") if m and year else ""


def _code(text: str) -> str:
    try:
        return periods.read(text)
    except ValueError:
        return ""


class Clock:
    """Period at each place of a document: set by headings and sentences, until another is said."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.period, self.how = document.period, "title"
        self.five = ""
        self.target, self.dated = document.kind == "plan", False

    def heading(self, text: str) -> None:
        """A heading may set year, kind and goals: 2025年主要工作, “十四五”发展成就, 2026年目标任务, another report's title."""
        document = self.document
        self.dated = bool(re.search(r"20\d\d年\d{1,2}月\d{1,2}日|^20\d\d年\d{1,2}月$", text))
        if self.dated:
            return
        report = re.search(r"(20\d\d)年[^。，]{0,14}?(政府工作报告|统计公报)", text)
        if report and document.title not in text and int(report[1]) != document.year:
            return self._another("work_report" if report[2] == "政府工作报告" else "bulletin", int(report[1]))
        years = re.findall(r"(20\d\d)年", text)
        ahead = re.search("目标|今年|任务|要求|安排|计划|展望|打算|未来|今后", text)
        target = bool(ahead) and not re.search("完成|成就|回顾", text)
        if document.kind == "work_report" and re.match("[一二三四五六七八九十]{1,3}、", text):
            work = re.search("工作的?(?:总体|主要|重点)", text) and years and int(years[-1]) == document.year
            self.target, self.five = target or bool(work), ""
            self.period, self.how = (str(document.year) if self.target else document.period), "heading"
        elif len(years) == 1 and document.kind != "plan" and text[:20] not in document.title:
            self.period, self.how = self.at(text, len(text))[0], "heading"
        if target and document.kind in ("plan", "news"):
            self.target = True

    def _another(self, kind: str, year: int) -> None:
        """Another document begins in the same file."""
        self.document.kind, self.document.year = kind, year
        self.document.period = self.period = str(year - (kind == "work_report"))
        self.how, self.five, self.target = "heading", "", False

    def paragraph(self, text: str) -> None:
        """A paragraph may open with the years of a plan, or with goals; below a date it may open another communiqué."""
        opening = re.match(r"(20\d\d)年[是，]", text) if self.dated and self.document.kind == "bulletin" else None
        if opening and int(opening[1]) != self.document.year:
            self._another("bulletin", int(opening[1]))
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
        code = ""
        for m in _PERIOD.finditer(text, 0, start):
            if not _COMPARED.search(text[: m.start()]):
                code = self._said(m) or code
        if code:
            return code, "sentence"
        if self.five:
            return str(int(self.five[:4]) + 4), "heading"
        return self.period, "title" if self.period == self.document.period and self.how == "earlier" else self.how

    def _said(self, m: re.Match) -> str:
        """Code of a period in a sentence; a part of a year without its year is one of the year that holds here."""
        base = int(self.period[:4]) if self.period[:4].isdigit() else self.document.year
        if not base and not (m["y"] or m["year"] or m["span"]):
            return ""
        if m["span"] or m["year"]:
            return _code(m["span"] or m["year"])
        if m["part"] or m["month"]:
            return _code(f"{m['y'] or base}年{m['part'] or m['month'] + '月'}")
        if m["same"]:
            before = int(m["base"][:4]) if m["base"][0].isdigit() else base - (2 if m["base"] == "前年" else 1)
            return f"{before}{self.period[4:]}" if m["same"] in ("同期", "同月") else str(before)
        if m["relative"]:
            here = base if self.document.kind == "bulletin" else self.document.year or base
            return str(here - (m["relative"] != "今年"))
        return self._five(m[0]) if m["five"] else f"{base - 2}/P3Y" if m["three"] else str(base)

    def remember(self, text: str, code: str) -> None:
        """Keep what a sentence of the press said for those after it: it names its period once."""
        if (
            code
            and "/P" not in code[:7]
            and self.document.kind == "news"
            and not re.search("去年|上年|前年|同期", text)
        ):
            self.period, self.how = code, "earlier"
