"""What a document says once for many figures: its kind, title, date and area, and the period that a stretch is about."""

import re
import statistics
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from ...facts import periods
from .structure import Block
from .vocabulary import P, rules, words

_ENDING = r"(?:市|省|特别行政区|(?:壮族|回族|维吾尔)?自治区)$"
AREAS = {
    **dict.fromkeys(("全国", "我国", "中国"), "全国"),
    **{name: full for full in words("area", "province") for name in (full, re.sub(_ENDING, "", full))},
    **{name: f"{city}市" for city in words("area", "city") for name in (city, f"{city}市")},
}


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
        if m := re.match(r"[全我本][市省州县区旗盟]", text):
            return self.area, text[m.end() :]
        m = self.named.match(text)
        rest = text[m.end() :] if m else ""
        if m and not self.named.match(rest) and not P.no_area.match(rest):
            return self.areas.get(m[0], self.areas.get(m[0][:-1], m[0])), rest.lstrip("的，")
        return "", text


def describe(name: str, blocks: list[Block], areas: dict[str, str]) -> Document:
    """Title, kind, area, dates and period of a document, from its first lines; `areas` are further names of areas."""
    top = [b.piece.text for b in blocks if b.kind != "table"][:14]
    first = "\n".join(t[:200] for t in top)
    titles = [t for t in top[:12] if P.title.search(t[:60]) and len(t) < 60 and "。" not in t]
    others = [t for t in top if len(t) >= 6 and not re.match(r"索引号|来源|20\d\d", t)]
    title = [*titles, *others, name][0][:80]
    kinds = [kind for kind, pattern in rules("kind") if pattern.search(title + name)]
    kinds += ["work_report"] * ("各位代表" in first) + ["news"]
    kind = "bulletin" if re.search(r"(?m)^[^。]{0,40}统计局[^。，]{0,20}$", first) else kinds[0]
    publisher, dated = P.publisher.search(first), P.published.search(first)
    published = "-".join(f"{int(part):02d}" for part in dated.groups() if part) if dated else ""
    document = Document(name, title, kind, "", 0, published, publisher[0] if publisher else "", areas=AREAS | areas)
    document.area = _area(document, first, blocks)
    document.year, document.period = _year(document, top)
    return document


def _area(document: Document, first: str, blocks: list[Block]) -> str:
    """Area that title or heading name; else the one that the text names most."""
    known, named = document.areas, document.named
    if m := P.local_area.search(f"{document.title}\n{document.name}") or P.local_area.search(first):
        found = re.search(rf"{named.pattern}$", m[1])
        return known.get(m[1]) or (known.get(found[0], m[1]) if found and len(found[0]) > 2 else m[1])
    body = "".join(b.piece.text for b in blocks)[:30000]
    counts = Counter(known.get(m[0], m[0]) for m in named.finditer(body)).most_common()
    mostly = counts and (re.search("[全我][市区省县]", body) or counts[0][1] >= 0.6 * sum(n for _, n in counts))
    return counts[0][0] if mostly or 0 < len(counts) <= 3 else "全国"


def _year(document: Document, top: list[str]) -> tuple[int, str]:
    """Year of a document, and the period that its figures are about unless they say another."""
    title, kind, published = document.title, document.kind, int(document.published[:4] or 0)
    in_name = re.sub(r"20\d{6}", "", document.name)
    said = re.search(r"(20\d\d)年?", title) or re.search(r"(?<!\d)(20\d\d)年?(?!\d)", in_name)
    year, part = int(said[1]) if said else 0, ""
    if kind == "bulletin":
        opening = [int(m[1]) for t in top if (m := re.match(r"(20\d\d)年?(?:[，是,]|(?:\[\d+\])?$)", t))]
        year = year or [*opening, published and published - 1][0]
        part = written(title, year)
    elif kind == "work_report":
        year = year or published
    else:
        mentioned = re.findall(r"(?<![到至\d])(20\d\d)(?!\d)", "".join(top))
        part = written(title + "".join(t[:400] for t in top) * bool(year or published), year or published)
        year = published or year or int(statistics.mode(mentioned or ["0"]))
    whole = year - (kind == "work_report" or (kind != "bulletin" and bool(published) and not said))
    return year, part or (str(whole) if year else "")


def written(text: str, year: int) -> str:
    """Code of the part of a year that a title or header names; "" where it names none."""
    m = P.written.search(text)
    return _code(f"{m['y'] or m['y2'] or year}年{m['part'] or m['month'] + '月'}") if m and year else ""


def _code(text: str) -> str:
    try:
        return periods.read(text)
    except ValueError:
        return ""


class Clock:
    """Period at each place of a document: set by headings and sentences, until another is said."""

    def __init__(self, document: Document) -> None:
        self.document, self.period, self.how = document, document.period, "title"
        self.five, self.target, self.dated = "", document.kind == "plan", False

    def heading(self, text: str) -> None:
        """A heading may set year, kind and goals: 2025年主要工作, “十四五”发展成就, 2026年目标任务, another report's title."""
        document, years = self.document, re.findall(r"(20\d\d)年", text)
        self.dated = bool(re.search(r"20\d\d年\d{1,2}月\d{1,2}日|^20\d\d年\d{1,2}月$", text))
        if self.dated:
            return
        report = re.search(r"(20\d\d)年[^。，]{0,14}?(政府工作报告|统计公报)", text)
        goals = bool(P.ahead.search(text)) and not re.search("完成|成就|回顾", text)
        if report and document.title not in text and int(report[1]) != document.year:
            self._another("work_report" if report[2] == "政府工作报告" else "bulletin", int(report[1]))
        elif document.kind == "work_report" and P.section.match(text):
            self.target, self.five, self.how = goals or years[-1:] == [str(document.year)], "", "heading"
            self.period = str(document.year) if self.target else document.period
        elif len(years) == 1 and document.kind != "plan" and text[:20] not in document.title:
            self.period, self.how = self.at(text)[0], "heading"
        self.target |= goals and document.kind in ("plan", "news")

    def _another(self, kind: str, year: int) -> None:
        """Another document begins in the same file."""
        self.document.kind, self.document.year = kind, year
        self.document.period = self.period = str(year - (kind == "work_report"))
        self.how, self.five, self.target = "heading", "", False

    def paragraph(self, text: str) -> None:
        """A paragraph may open with the years of a plan, or with goals; below a date it may open another communiqué."""
        document, opening = self.document, re.match(r"(20\d\d)年[是，]", text) if self.dated else None
        if opening and document.kind == "bulletin" and int(opening[1]) != document.year:
            self._another("bulletin", int(opening[1]))
        if re.match(r"[^，。]{0,6}(?:五年来|过去五年|五年间|“?十[三四五]五”?时期)", text):
            self.five = self._five(text)
        if document.kind == "work_report" and P.goals.search(text[:80]):
            self.target, self.period, self.how = True, str(document.year), "sentence"

    def _five(self, text: str) -> str:
        """Code of the five years that a text names: those of a plan, or the five before the document's own year."""
        year, kind = self.document.year, self.document.kind
        plan = re.search("十([二三四五])五", text)
        first = 2011 + 5 * "二三四五".index(plan[1]) if plan else year - (4 if kind == "bulletin" else 5)
        return f"{year if kind == 'plan' else first}/P5Y" if year else ""

    def at(self, text: str) -> tuple[str, str]:
        """Period that the words of a sentence up to a place name last: (code, how it is known)."""
        named = [m for m in P.period.finditer(text) if not P.compared_year.search(text[: m.start()])]
        if code := next(filter(None, map(self._said, reversed(named))), ""):
            return code, "sentence"
        if self.five:
            return str(int(self.five[:4]) + 4), "heading"
        return self.period, "title" if self.period == self.document.period and self.how == "earlier" else self.how

    def _said(self, m: re.Match) -> str:
        """Code of a period in a sentence; a part of a year without its year is one of the year that holds here."""
        base = int(self.period[:4] or self.document.year)
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
        told = self.document.kind == "news" and code and "/P" not in code[:7]
        if told and not re.search("去年|上年|前年|同期", text):
            self.period, self.how = code, "earlier"
