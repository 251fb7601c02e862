"""What each number of a paragraph measures: indicator, measure, area, period, from the words around it.

A paragraph is read from left to right. What one clause says holds for the next until another is said: the subject
(比上年增长6.1% after a level), the whole whose parts are listed, the area. Each such step that could be wrong is a guess.
"""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, field

from ...facts import numerals
from . import names
from .context import Clock, Document
from .numbers import COUNTED, Numeral, find, kind_of_unit
from .structure import Block
from .vocabulary import either, words

REACH = 400  # characters before a number that can say what it measures
UP, DOWN, RATE = either("up"), either("down"), either("rate")
MORE = either("more") + "*"
GROWTH = re.compile(f"(?P<against>{either('against')}*)(?P<verb>{UP}|{DOWN}|{RATE})(?:幅度)?{MORE}$")
TO = re.compile(f"(?:{UP}|{DOWN}|{either('move')})[到至为](?:(?:19|20)\\d\\d年[末底]?的?)?{MORE}$")
FROM = re.compile(
    f"[由从自](?P<when>{either('since')})?的?(?P<what>[^，。；、由从]{{0,8}}?)(?:的|约|全国|全球|全省|全市)*(?P<rank>第)?$"
)
SHARE = re.compile(
    r"占[到了]?(?:同期|其)?(?P<whole>[^，。；占]{0,30}?)的?(?P<word>比重|比例|份额|比率|比)?(?:（(?P<name>[^）]*率)）)?的?"
    f"(?:{either('more')}|{TO.pattern[:-1]}|[也已由从到一]|接近|进一步)*$"
)
CONTRIBUTION = re.compile(f"[为对](?P<whole>[^，。；为对]{{2,16}}?)的?贡献[率度]?(?:作用|份额)?{MORE}$")
RATE_BEHIND = re.compile(f"的?(?P<noun>[^，。；、\\d]{{0,12}}?)(?:同比|年均|平均|环比|的)*(?:{RATE}|增长(?!极))")
LEADS_TO = re.compile(f"[^，。；\\d]{{0,6}}(?:{UP}|{DOWN}|{either('move')})[到至为]")  # a second number: 由X提高到Y
PARTS, AIM, DOING, HAS = (re.compile(either(kind)) for kind in ("parts", "aim", "doing", "has"))
GAP = re.compile(f"{either('gap')}[^，。；]{{0,12}}$")
SOME = re.compile(f"(.{{0,6}}?{either('one_of')})(?![中有的])([^，。；、]{{2,24}})")  # 8个省份GDP增速超过5%
PEOPLE = re.compile(f"[一-鿿]{{0,8}}?{either('people')}")
STANDARD = set(words("standard"))
NEW = re.compile(f"^{either('new')}")
THING_END = re.compile(either("thing_end"))
SENTENCE = re.compile(
    r"[^。！？]{1,1600}(?:[。！？]|$|(?<=[；，、]))|[^。！？]{1,1600}|[。！？]"
)  # an endless one is cut
AMOUNT_OF = re.compile(
    r"(?!左右|以上)的?([A-Za-z一-鿿]{2,14}?)(?=[，。；、）]|位[列居]|稳居|排|居|领跑|成为|跻身|进入)"
)
POINTS = re.compile("个?(?:百分点|千分点|基点|百分比)$")
CLASSIFIER = {*COUNTED, "人", "台", "辆", "艘", "列", "班次", "天"} - {"路", "面", "块", "门", "口"}
HEADLESS = "指标名称或不完整"
HEAD_TAKEN, MODIFIER_TAKEN, BEHIND = "指标后半取自前文", "指标前半取自前文", "指标在数字之后"


@dataclass
class Figure:
    """One quantity of a document with what it measures."""

    numeral: Numeral
    block: Block
    indicator: str
    measure: str
    area: str = ""
    period: str = ""
    sentence: tuple[int, int] = (0, 0)
    clause: tuple[int, int] = (0, 0)
    prices: str = ""
    target: bool = False
    commitment: str = ""
    comment: str = ""
    span: str = ""
    guesses: list[str] = field(default_factory=list)


@dataclass
class State:
    """What the clauses so far have said."""

    area: str = ""
    subject: str = ""  # what a number without a name of its own is about
    last: str = ""  # name of the last figure
    measure: str = ""  # and its measure
    whole: str = ""  # what the last share was of
    parent: str = ""  # whole whose parts may follow
    parent_unit: str = ""
    things: str = ""  # what was counted last
    ratio: str = ""  # last share with a name of its own
    scope: str = ""  # in what the last rank was
    since: str = ""  # period of the second value of 由X提高到Y
    prices: str = ""
    parts: bool = False
    names: list[str] = field(default_factory=list)  # of the last list
    areas: list[str] = field(default_factory=list)
    recent: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def measured(before: str, number: Numeral) -> tuple[str, str, int]:
    """Measure that the words right before a number say, the words left for the name, and the sign."""
    unit = kind_of_unit(number.unit)
    plain = "share" if unit in ("%", "成") else "count" if unit in CLASSIFIER - {*"人天台辆"} else "level"
    if to := TO.search(before):
        return plain, before[: to.start()], 1
    growth, gap = GROWTH.search(before), re.search(r"(?:高于|低于|高出|快于|慢于|领先)[^，。；]{1,12}$", before)
    sign = -1 if growth and re.fullmatch(f"{DOWN}|[降跌]幅", growth["verb"]) else 1
    if POINTS.match(unit) or (gap and unit in ("元", "美元")):
        cut = min([m.start() for m in (growth, gap) if m], default=len(before))
        sign = (-1 if gap[0][0] in "低慢" else 1) if gap else sign
        return ("points" if POINTS.match(unit) else "change"), before[:cut], sign
    rate = unit in ("%", "倍", "‰")
    alone = growth and len(growth["verb"]) < 2 + growth["verb"].endswith("于") and not growth["against"]
    if not growth or (alone and not rate):
        return plain, before, 1
    return ("growth" if rate else "change"), before[: growth.start()], sign


class Reader:
    """Reads the paragraphs of one document in order."""

    def __init__(self, document: Document, clock: Clock) -> None:
        self.document, self.clock = document, clock
        self.state = State(area=document.area)
        self.text, self.block = "", None

    def paragraph(self, block: Block) -> tuple[list[Figure], list[tuple[int, int, str, str]]]:
        """Figures of a paragraph and its other numerals."""
        kept = self.state
        self.state = State(kept.area, kept.subject, kept.last, kept.measure)
        self.block, self.text = block, block.piece.text
        self.clock.paragraph(self.text)
        numbers, others = find(self.text)
        starts, figures = [n.start for n in numbers], []
        for m in SENTENCE.finditer(self.text):
            inside = numbers[bisect.bisect_left(starts, m.start()) : bisect.bisect_left(starts, m.end())]
            figures += self._sentence(*m.span(), inside)
        return figures, others

    def _sentence(self, start: int, end: int, numbers: list[Numeral]) -> list[Figure]:
        out: list[Figure] = []
        state, begun, at, i = self.state, start, start, 0
        while i < len(numbers):
            number = numbers[i]
            at, start = max(at, number.start - REACH), max(start, number.start - 2 * REACH)
            before = self.text[at : max(at, number.before or number.start)]
            state.parts = state.parts or bool(PARTS.search(before))
            if basis := re.search(r"(不变价|可比价)|现价|当年价", before):
                state.prices = "constant" if basis[1] else "current"
            elif "；" in before:
                state.prices = ""
            group = self._group(numbers, i)
            made = self._list(group, before, start, at) if len(group) > 1 or "分别" in before else None
            if made is None:
                made, group = [self._one(number, before, start, at, end, first=i == 0)], [number]
            for figure in made:
                figure.sentence = (begun, end)
            out += made
            at, i = group[-1].consumed or group[-1].end, i + len(group)
        return out

    def _group(self, numbers: list[Numeral], i: int) -> list[Numeral]:
        """Numbers that stand side by side: 4.3%、5.5%和6%."""
        group = [numbers[i]]
        several = "分别" in self.text[max(0, group[0].start - 12) : group[0].start]
        for following in numbers[i + 1 : i + 40]:
            between = self.text[group[-1].end : following.before or following.start]
            kinds = [kind_of_unit(n.unit) for n in (group[-1], following)]
            listing = re.fullmatch(f"[、和及与，]|，?[和及与]|、分别|[、和及与](?:{UP}|{DOWN})", between)
            alike = kinds[0] == kinds[1] or (not kinds[0] and kinds[1])
            if not listing or following.rank or following.ratio or not (alike or several):
                break
            group.append(following)
        return group

    def _figure(self, number: Numeral, name: str, measure: str, start: int, at: int, **more) -> Figure:
        """A figure with its area, period and price basis, and what of them was guessed."""
        context = self.text[start : number.start]
        period, how = self.clock.at(context, len(context))
        clause = self.text[max(start, self.text.rfind("，", start, number.start)) : number.end]
        several = measure == "count" and re.search("(?:省份|省区市|省市)$", name)
        figure = Figure(number, self.block, name, measure, "全国" if several else self.state.area, period)
        figure.clause, figure.prices = (at, number.end), self.state.prices
        ahead = period[:4].isdigit() and 0 < self.document.year < int(period[:4])
        figure.target = bool(self.clock.target or AIM.search(context) or ahead)
        if figure.target:
            strives = re.search(r"力争|争取(?!资金|到|中央)", context[-30:])
            figure.commitment = "strive" if strives else "ensure" if "确保" in context[-30:] else ""
        if "环比" in clause:
            figure.comment, figure.guesses = "环比", ["环比"]
        if m := re.search(r"([两二三四五])年(?:平均|年均)|年均", clause):
            figure.comment, figure.period, figure.span = m[0], self._average(period, m[1]), "per_year"
        elif "累计" in clause and self.clock.five and how != "sentence":
            figure.period, figure.span = self.clock.five, "cumulative"
        for key, value in more.items():
            setattr(figure, key, value)
        formal = self.document.kind in ("bulletin", "work_report")
        dated = formal or re.search(r"20\d\d年|季度|上半年|\d月", self.document.title)
        where = {"earlier": "前文", "heading": "标题" * (not formal), "title": "题名或日期" * (not dated)}.get(how)
        figure.guesses += [f"时期取自{where}"] if where else []
        if number.word and not number.rank:
            figure.guesses.append("中文数词")
        self.clock.remember(context, period if how == "sentence" else "")
        return figure

    def _average(self, period: str, years: str | None) -> str:
        """Code of the years that an average is over, up to a period: 两年平均."""
        if not years or not period:
            return self.clock.five or period
        count = numerals.chinese_value(years)
        first = int(period[:4]) - count + 1
        return f"{first}/P{count}Y" if len(period) == 4 else f"{first}{period[4:]}/{period}"

    # --- lists ------------------------------------------------------------------------------------------------------

    def _list(self, group: list[Numeral], before: str, start: int, at: int) -> list[Figure] | None:
        """Figures of a list: 城镇和农村居民人均可支配收入分别增长4.3%、5.5%; None if it is none."""
        state = self.state
        for number in group:
            number.unit = number.unit or group[-1].unit
        measure, stem, sign = measured(before, group[0])
        share = SHARE.search(before) if measure == "share" else None
        found, areas, guesses = self._list_names(group, before, before[: share.start()] if share else stem)
        if not found:
            return None
        if not names.head(found[-1]) and measure in ("growth", "level") and state.parts:
            found = [names.completed(n, state.parent, state.subject, counted=False)[0] for n in found]
            guesses.append(HEAD_TAKEN)
        state.names, state.areas = ([] if share else found), areas
        out, here = [], state.area
        for number, name, there in zip(group, found, areas, strict=True):
            state.area = there or here
            if number.relation == "=" and "分别" in before:
                number.relation = group[0].relation
            own = re.search(f"(?:({DOWN})|{UP})$", self.text[max(at, number.before - 4) : number.before])
            falls = bool(own[1]) if own else sign < 0
            number.value = -abs(number.value) if falls and measure in ("growth", "points") else number.value
            if share and share["whole"]:
                name = f"{name}占{names.clean(share['whole'])}{share['word'] or '比重'}"
            said = "分别" if "分别" in before else ""
            out.append(self._figure(number, name, measure, start, at, comment=said, guesses=list(guesses)))
        state.area, state.last, state.measure = here, found[-1], measure
        state.subject = found[-1] if measure != "points" else state.subject
        return out

    def _list_names(self, group: list[Numeral], before: str, stem: str):
        """Names of a list, their areas, and what was guessed: named before it, of the list or of the clauses before."""
        state, count = self.state, len(group)
        parts = re.split(r"[，；：。]", re.sub("分别|各自", "", stem))
        there = [self.document.area_in(p) for p in re.split("[、和与]", names.clean(parts[-1])) if p]
        areas, rests = [a for a, _ in there], [rest for _, rest in there]
        if len(there) == count > 1 and all(areas) and not any(rests[:-1]):  # 宁波、温州GDP
            return [rests[-1] or state.subject] * count, areas, []
        areas = [""] * count
        for part in reversed(parts):
            area, part = self.document.area_in(names.clean(part))
            if part and (found := names.listed(part, count)):
                state.area = area or state.area
                return found, areas, []
        bare = not names.clean(parts[-1])
        if bare and len(state.names) == count:
            return state.names, state.areas, ["名称取自前一列举"]
        if bare and "分别" in before and len(state.recent) >= count > 1:
            return state.recent[-count:], areas, ["名称取自前几分句"]
        return [], areas, []

    # --- one number ---------------------------------------------------------------------------------------------------

    def _one(self, number: Numeral, before: str, start: int, at: int, end: int, *, first: bool) -> Figure:
        """The figure of a number on its own."""
        state, after = self.state, self.text[number.end : end]
        guesses: list[str] = []
        if number.ratio:
            return self._ratio(number, before, start, at)
        if number.rank:
            return self._rank(number, start, at, first)
        earlier = FROM.search(before) if LEADS_TO.match(after) else None
        if earlier:
            state.since = self.clock.at(self.text[start : number.start], at + earlier.start() - start)[0]
            begun = self._earlier(earlier["when"] or "", state.since)
            before = before[: earlier.start()] + (earlier["what"] or "")
        measure, stem, sign = measured(before, number)
        reached = not earlier and bool(TO.search(before)) and not names.clean(stem)
        figure = self._share(number, before, start, at, first) if measure == "share" and not reached else None
        if figure := figure or self._elsewhere(number, before, start, at):
            figure.period = begun if earlier else figure.period
            return figure
        name, own = (state.last, False) if reached else self._named(stem, first, guesses)
        if measure == "share" and (m := RATE_BEHIND.match(after)) and after[0] in "的同年增":
            measure, name = "growth", m["noun"].strip("的") or ("" if re.search(r"[以达]$", before) else name)
        thing = self._thing(number, before, after, name, own)
        name, own = (thing, True) if thing else (name, own)
        name, measure = self._rate_name(name, measure, number)
        name = self._whole_name(number, name, own, measure, guesses, before)
        if measure in ("growth", "points", "change") and sign < 0:
            number.value = -abs(number.value)
        guesses += self._doubts(name, measure, bool(thing), own, before) or [HEADLESS] * after.startswith("的")
        figure = self._figure(number, name, measure, start, at)
        figure.guesses += guesses
        if earlier or (reached and state.since):
            figure.period = begun if earlier else state.since
        if measure in ("change", "points") and GAP.search(before):
            figure.comment = "两地之差"  # no growth of its own
            figure.guesses += ["两地之差"] * (measure == "change")
        self._remember(number, name, measure, own, guesses)
        return figure

    def _earlier(self, when: str, period: str) -> str:
        """Period of the first value of 由X提高到Y."""
        if re.match(r"(?:19|20)\d\d", when):
            return when[:4]
        if self.clock.five:
            return str(int(self.clock.five[:4]) - 1)
        return f"{int(period[:4]) - 1}{period[4:]}" if period else ""

    def _elsewhere(self, number: Numeral, before: str, start: int, at: int) -> Figure | None:
        """The same quantity of another area: 仅次于湖北省的58.3%和海南省的19.8%."""
        state = self.state
        said = re.sub(f"^{either('compared')}+|的$", "", before)
        area, rest = self.document.area_in(said) if said and before.endswith("的") else ("", "")
        if not area or rest or not state.subject or state.measure not in ("growth", "level", "share"):
            return None
        return self._figure(number, state.subject, state.measure, start, at, area=area)

    def _share(self, number: Numeral, before: str, start: int, at: int, first: bool) -> Figure | None:
        """A share that names its whole: 占规模以上工业产值比重55.8%; None if it does not."""
        state, guesses = self.state, []
        if m := CONTRIBUTION.search(before):
            base = self._named(before[: m.start()], first, guesses)[0] or state.subject
            name = f"{re.sub('(?:增加值|产值)$', '', base)}对{names.clean(m['whole'])}的贡献率"
            return self._figure(number, name, "share", start, at, guesses=guesses)
        if not (m := SHARE.search(before)):
            return None
        base, own = self._named(before[: m.start()], first, guesses)
        if base in names.BARE and base not in ("总量", "数量"):
            base = names.completed(base, state.parent, state.subject, counted=False)[0]
        if base in ("", "总量", "数量", "合计") or names.PRONOUN.match(base):
            base = re.sub("(?<=..)规模$", "", state.subject)
        whole = re.sub("^全[市省州县区](?=..)", "", m["whole"])
        word = m["word"] if m["word"] in ("份额", "比例") else "比重"
        name = m["name"] or (f"{base}占{whole}{word}" if whole else f"{base}占比")
        state.whole, state.last, state.measure = whole, name, "share"
        if own and names.head(base):
            state.subject = base
        return self._figure(number, name, "share", start, at, guesses=guesses)

    def _rank(self, number: Numeral, start: int, at: int, first: bool) -> Figure:
        state, guesses = self.state, []
        said, near = self.text[at : number.start], self.text[max(at, number.start - 14) : number.end]
        stem = re.sub("(?:继续|稳|保持|跃|位|名|从|由)*(?:居(?!民|住)|列(?!车)|排名?|升|进|跃|第)[^，。；]*$", "", said)
        stem = re.sub("(?:规模|总量|增速|增幅)?(?:稳|保持|位|名|从|由|第|全[国球省市]|在|至|到|各省?区?)*$", "", stem)
        own = self._named(stem, first, guesses)[0]
        name = own or state.subject
        scope = re.search("全[国省球市州县区]|各省区|世界|同类城市|副省级城市", near)
        moved = re.search("[升进跃移滑降前][至到居位]第?$", said)
        state.scope = scope[0] if scope else state.scope if moved else ""
        growth = re.search("增速|增幅|涨幅", said[-12:])
        full = f"{name}{growth[0] if growth and growth[0] not in name else ''}{state.scope}位次"
        if not state.scope or not names.head(name) or (name == state.subject and len(state.names) > 1):
            guesses.append(HEADLESS)
        figure = self._figure(number, full, "rank", start, at, guesses=guesses)
        if re.search("[从由][^，。]{0,8}$", said) and LEADS_TO.match(self.text, number.end):
            figure.period = self._earlier("", figure.period)
        if names.head(own):
            state.subject = state.last = name
        return figure

    def _ratio(self, number: Numeral, before: str, start: int, at: int) -> Figure:
        """One part of a:b:c; what the parts are is said before the first."""
        state = self.state
        place, count = number.ratio
        if place == 0 and not (re.search("(?:调整|优化|变|演变|提升)为$", before) and len(state.names) == count):
            stem = names.clean(re.sub(r"由(?:上年|去年|20\d\d年)?的?$", "", before))
            state.names = [stem] * count
            if re.search("三次产业|一二三产|三产|产业结构", stem) and count == 3:
                of = re.search("投资|就业|从业人员", stem)
                state.names = [f"第{n}产业{f'{of[0]}占比' if of else '增加值占地区生产总值比重'}" for n in "一二三"]
        number.unit = number.unit or "%"
        name = state.names[min(place, len(state.names) - 1)]
        return self._figure(number, name, "share" if count > 2 else "index", start, at)

    # --- names --------------------------------------------------------------------------------------------------------

    def _named(self, stem: str, first: bool, guesses: list[str]) -> tuple[str, bool]:
        """Name in the words before a number, its area taken off."""
        state, news = self.state, self.document.kind == "news"
        name, own = names.noun(stem, first=first or not state.subject)
        state.area = state.area if news else self.document.area
        said = [names.clean(part) for part in re.split(r"[，；：。]", stem)] if news else [name] * own
        for part in (re.sub("^[而在与]+", "", part) for part in said):
            area, rest = self.document.area_in(part)
            several = re.match(r"[、和与跟及至到—·-]", rest)
            if not area or several or (not news and (area == self.document.area or not names.head(rest))):
                continue
            state.area = area
            if names.clean(part) == names.clean(name) or part.endswith(name):
                name = names.clean(rest)
        if not own and name:
            guesses.append("指标取自前一分句")
        return name, own

    def _rate_name(self, name: str, measure: str, number: Numeral) -> tuple[str, str]:
        """A name that says its measure itself: 增速 is growth of what stands before it, 净增 a change."""
        if m := re.search(f"(?:同比|年均)?{RATE}$", name):
            name, measure = name[: m.start()], "growth" if measure == "share" else measure
        if measure == "share" and not name and self.state.measure == "growth":
            measure = "growth"
        if number.unit in ("万", "亿") and name.endswith(("人口", "人", "人数")):
            number.unit += "人"
        if measure == "level" and number.unit in ("", "倍") and not name.endswith("倍"):
            measure, number.unit = "index", "倍" if name.endswith("倍差") else number.unit
        if measure == "level" and re.search("[^新]新增$|净增$|新增额$", name):
            measure = "change"
        if measure == "count" and name.startswith("净增"):
            name, measure = name[2:], "change"
        return name, "level" if measure == "count" and re.match("每|人均|平均|.*量$", name) else measure

    def _thing(self, number: Numeral, before: str, after: str, name: str, own: bool) -> str:
        """Noun behind a number of things: 29项促消费政策; "" if the name stands before it."""
        if number.unit in ("万", "亿") and (people := PEOPLE.match(after)):
            number.unit += "人"
            return names.clean(people[0])
        clause = re.split(r"[，；：、]", before)[-1]
        if number.unit and kind_of_unit(number.unit) not in CLASSIFIER and number.unit not in ("万", "亿"):
            m = AMOUNT_OF.match(after) if len(clause) <= 12 and not names.head(name) else None  # 以5万亿元的GDP位列第三
            return names.clean(m[1]) if m and names.head(m[1]) else ""
        m = THING_END.search(after)
        noun = after[: m.start()] if m else after
        if len(noun) < 1 + (noun not in ("省", "县")) or re.match("[以左上的之和及与、月多]|百分点", noun):
            return ""
        lead = NEW.match(names.clean(clause) + " ")
        if own and not lead and names.head(name) and not re.search(r"[，。；：、]$", before):
            return ""
        name = (lead[0] if lead else "") + re.sub("(?<=..)[中和及与]$", "", names.clean(noun))
        number.consumed = number.end + len(noun)
        if (whole := SOME.match(after)) and HAS.search(whole[2]):
            said = re.sub("^(?:均|全部|都|达到)+|[的（].*$", "", whole[2])
            name, number.consumed = f"{said}的{whole[1]}", number.end + len(whole[1])
        return name

    def _whole_name(self, number: Numeral, name: str, own: bool, measure: str, guesses: list[str], before: str) -> str:
        """The full name: the subject where the clause gives none, head or modifier added where they were left out."""
        state, kind = self.state, kind_of_unit(number.unit)
        if not name or names.PRONOUN.match(name):
            lead = NEW.match(state.subject) if re.search("累计|总数|总量|共有", before) else None
            subject = state.subject[lead.end() :] if lead else state.subject
            guesses += [] if subject else ["未见指标"]
            return state.last or subject if measure == "points" else subject
        if name.endswith("比重") and state.whole and "占" not in name:
            return f"{name[:-2]}占{state.whole}比重"
        lead = NEW.match(state.last) if before.startswith("、") and measure in ("count", "level") else None
        if lead and not NEW.match(name) and not names.head(name) and not DOING.match(name):
            return lead[0] + name
        if measure == "share" and state.parts and state.ratio and not names.head(name):
            guesses.append(HEAD_TAKEN)
            return names.completed(name, state.ratio, state.subject, counted=False)[0]
        if measure == "change" and re.search("(?:新增|净增)$", name):
            return name if len(name) > 2 else state.subject + name
        if not state.parts and len(name) > 6 and name not in names.BARE:
            return name
        counted = measure == "count" or kind in CLASSIFIER
        related = measure in ("growth", "points") or kind == state.parent_unit
        opens = re.search("(?:^|。)(?:全年|年末|全[市州省县区])[^，。；]*$", before)
        bare = name in names.BARE and not opens
        if not (bare or counted or (related and (state.parts or self.document.kind == "bulletin"))):
            return name
        full, added = names.completed(name, state.things if counted else state.parent, state.subject, counted=counted)
        alike = kind == state.parent_unit and (state.parts or kind in ("人", "辆")) and names.family(state.parent)
        if counted and not added and alike:
            full, added = names.completed(name, state.parent, state.subject, counted=False)
        guesses += [HEAD_TAKEN if added == "head" else MODIFIER_TAKEN] if added else []
        return full

    def _doubts(self, name: str, measure: str, behind: bool, own: bool, before: str) -> list[str]:
        """What makes a name doubtful: it stands behind the number, has no head noun, or holds a verb."""
        plain, formal = NEW.sub("", re.sub(r"“[^”]*”|（[^）]*）", "", name)), self.document.kind == "bulletin"
        if behind:
            return [BEHIND]
        if not own:
            return list(self.state.doubts)
        verb = not formal and (DOING.search(plain) or names.dropped_verb(re.split(r"[，。；：]", before)[-1]))
        if measure == "count":
            doubtful = verb or DOING.search(plain[:-2]) or not 2 <= len(plain) <= 18
        else:
            short = len(plain) <= 4 and plain not in STANDARD
            headless = not names.head(name) and not (formal and measure in ("growth", "change"))
            doubtful = verb or headless or (not formal and short) or not 2 <= len(plain) <= 24
        return [HEADLESS] if doubtful else []

    def _remember(self, number: Numeral, name: str, measure: str, own: bool, guesses: list[str]) -> None:
        """Keep what a figure said for the clauses after it."""
        state, kind = self.state, kind_of_unit(number.unit)
        if not name:
            return
        state.recent += [name] * (name not in state.recent[-1:])
        state.last, state.measure = name, measure
        if not own:
            return
        state.doubts = [g for g in guesses if g in (HEADLESS, BEHIND)]
        if measure != "points" and not re.search(f"的{either('one_of')}$", name):
            state.subject, state.names = name, []
        if HEAD_TAKEN in guesses:
            return
        if names.head(name) and measure not in ("points", "share"):
            state.parent, state.parent_unit = name, kind
        if measure == "count":
            state.things = name
        if measure == "share" and names.head(name):
            state.ratio = name
