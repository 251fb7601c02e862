"""What each number of a paragraph measures: indicator, measure, area, period, from the words around it.

A paragraph is read from left to right. What one clause says holds for the next until another is said: the subject
(比上年增长6.1% after a level), the whole whose parts are listed, the area, the period. Each such step that could be wrong is
noted as a guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from . import names
from .context import Clock, Document, area_in, year_before
from .numbers import COUNTED, Numeral, find
from .structure import Block

UP = "增长|多增|升值|增加|上升|上涨|提高|提升|扩大|增产|增收|净增|攀升|上浮|增|升|涨|加快|提速|高出|增多|拉长|延长|高于|高|快于|快"
DOWN = "下降|少增|贬值|减少|回落|降低|下跌|下滑|缩小|收窄|减产|减收|缩短|压缩|压减|负增长|萎缩|削减|净减|放缓|改善|下调|降|减|跌|低于|低|慢于|慢|少"
_RATE = "(?<!自然)增长率|增长速度|增速|增幅|涨幅|升幅|降幅|跌幅|涨跌幅"
_MORE = r"(?:了|达到|达|为|约|近|超过|超|至少|均|分别|高达|仅|大幅|幅度|又|同步|就)*"
_AGAINST = (
    r"(?P<against>(?:(?:分别)?(?:比(?!例|重)|较|与(?=上|去|同|年))(?:[^，。；、\d]|(?:19|20)\d\d){1,14}?|同比|环比|年均|同口径|平均每年|每年|两年平均|三年平均|平均|实际|名义|累计|自然口径|按可比口径|可比价|相比|逐年|总体|同口径比|合计|均|也|将|又|再|分别)*)"
)
_GROWTH = re.compile(rf"{_AGAINST}(?P<verb>{UP}|{DOWN}|{_RATE})(?:幅度)?{_MORE}$")
_TO = re.compile(rf"(?:{UP}|{DOWN}|跃升|跃迁|跃|发展|回升|恢复|进位|缩减|调整|变|优化|转)(?:到|至|为)(?:(?:19|20)\d\d年(?:末|底)?的?)?{_MORE}$")
_FROM = re.compile(
    r"(?:由|从|自)(?P<when>(?:19|20)\d\d年(?:末|底|同期)?|(?:上年|去年|前年)(?:末|底|同期)?|五年前|期初|“?十[三四]五”?末|改革前|疫情前)?的?(?P<what>[^，。；、由从]{0,8}?)(?:的|约|全国|全球|全省|全市)*(?P<rank>第)?$"
)
_SHARE = re.compile(
    r"占(?:到|了)?(?:同期|其)?(?P<whole>[^，。；占]{0,30}?)(?:的)?(?P<word>比重|比例|份额|比率|比)?(?:（(?P<name>[^）]*率)）)?(?:的)?(?:约|超过|超|达到|达|为|仅|也|均|分别|接近|近|进一步|已|由|从|到|高达|一|就|(?:上升|提高|提升|增加|下降|降低|增长|扩大)(?:到|至|为))*$"
)
_CONTRIBUTION = re.compile(r"(?:为|对)(?P<whole>[^，。；为对]{2,16}?)的?贡献(?:率|度|作用|份额)?(?:达到|达|为|超过|了|约|分别)*$")
_PULL = re.compile(r"拉动(?P<whole>[^，。；]{2,16}?)(?:增长|上升|上涨|提高|下降|回落)?(?:约|了)?$")
_PARTS = re.compile(r"其中|分[^，。；]{1,10}看|按[^，。；]{1,14}(?:看|分|统计|划分)|从[^，。；]{1,10}看|[^，。；]{2,14}中，|主要[^，]{2,8}中|构成看")
_NEW = re.compile(r"^(?:新增|新培育|新认定|新入选|新建成|新建|新设立|新设|新引进|新签|新开工|累计建成|净增|新改建)")
_AFTER_RATE = re.compile(rf"的?(?P<noun>[^，。；、\d]{{0,12}}?)(?:同比|年均|平均|环比|的)*(?:{_RATE}|增长(?!极))")
_THING_END = re.compile(r"(?:，|。|；|、|：|（|\d(?!\d*强)|全面|入选|入围|完成|实现|达到|全部|保持|获批|获|开工|建成|通过|签约|投产|竣工|正式|落地|成功|位居|位列|居(?!民|住|家)|占|增长|下降|超过|已|被|纳入|顺利|加快|进入|列入|分别|共有|发布|享受|参加|参展|荣获|启动|评为|均|“跨|实行|上榜|取得|落户|投用|报名|达(?!标)|拥有|超(?!市|高|级)|集中|陆续|有序|同比|比上年)")
_DOING = re.compile(r"选派|认定|授权|开工|建设(?!用地|项目|标准)|入选|推出|推动|带动|落实|给予|组织|开展|实施|完成|支持|引领|争取|保障(?!性|房|金|人|标准)|安排|帮助|解决|惠及|受益|签约|获|举办|打造|培育|引进|招引|创建|改造|新建|盘活|力争|通过|集聚")
_CLASSIFIER = {*COUNTED, "人", "万人", "台", "辆", "艘", "列", "班次", "天"} - {"路", "面", "块", "门", "口"}


@dataclass
class Figure:
    """One quantity of a document with what it measures."""

    numeral: Numeral
    block: Block
    indicator: str
    measure: str
    area: str
    period: str
    how: str = "sentence"
    sentence: tuple[int, int] = (0, 0)
    clause: tuple[int, int] = (0, 0)
    of_what: str = ""
    prices: str = ""
    target: bool = False
    commitment: str = ""
    comment: str = ""
    span: str = ""
    guesses: list[str] = field(default_factory=list)


@dataclass
class State:
    """What the clauses so far have said."""

    subject: str = ""
    parent: str = ""
    parent_unit: str = ""
    things: str = ""
    ratio: str = ""
    last: str = ""
    measure: str = ""
    names: list[str] = field(default_factory=list)
    areas: list[str] = field(default_factory=list)
    recent: list[str] = field(default_factory=list)
    area: str = ""
    whole: str = ""
    lasting: str = ""
    scope: str = ""
    since: str = ""
    by_unit: dict[str, str] = field(default_factory=dict)
    parts: bool = False
    prices: str = ""


def kind_of_unit(unit: str) -> str:
    """What a unit measures, without its power of ten: 万亿元 and 亿元 are both 元."""
    return re.sub(r"^(?:万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|百)(?=.)", "", unit)


class Reader:
    """Reads the paragraphs of one document in order."""

    def __init__(self, document: Document, clock: Clock) -> None:
        self.document, self.clock = document, clock
        self.state = State(area=document.area)
        self.text, self.block = "", None

    def paragraph(self, block: Block) -> tuple[list[Figure], list[tuple[int, int, str, str]]]:
        """Figures of a paragraph and its other numerals."""
        news = self.document.kind == "news"
        kept = self.state
        self.state = State(area=self.document.area)
        if news:
            self.state = State(area=kept.area, subject=kept.subject, last=kept.last, by_unit=kept.by_unit, measure=kept.measure)
        self.block, self.text = block, block.piece.text
        self.clock.paragraph(self.text)
        numbers, others = find(self.text)
        figures: list[Figure] = []
        start = 0
        for m in re.finditer(r"[^。！？]*(?:[。！？]|$)", self.text):
            inside = [n for n in numbers if m.start() <= n.start < m.end()]
            if inside:
                start = m.start()
                figures += self._sentence(start, m.end(), inside)
        return figures, others

    # --- sentences ------------------------------------------------------------------------------------------------

    def _sentence(self, start: int, end: int, numbers: list[Numeral]) -> list[Figure]:
        out: list[Figure] = []
        at, i = start, 0
        if re.search(r"[市省区县州国旗盟]$", self.state.area):
            self.state.lasting = self.state.area
        elif self.state.lasting:  # a firm or a zone is what one sentence is about
            self.state.area = self.state.lasting
        opening = self.text[start : numbers[0].start]
        if not _PARTS.search(opening) and names.head(names.clean(re.split("[，；]", opening)[-1])):
            self.state.parts = False
        while i < len(numbers):
            number = numbers[i]
            before = self.text[at : max(at, number.before or number.start)]
            if _PARTS.search(before):
                self.state.parts = True
            if p := re.search(r"不变价|可比价|现价|当年价", before):
                self.state.prices = "current" if p[0] in ("现价", "当年价") else "constant"
            elif re.search(r"[一-鿿]{4}", before) and "；" in before:
                self.state.prices = ""
            group = self._group(numbers, i)
            made = self._list(group, before, start, at) if len(group) > 1 or "分别" in before else None
            if made is None:
                made = [self._one(number, before, start, at, end, first=i == 0)]
                group = [number]
            for figure in made:
                figure.sentence = (start, end)
            out += made
            at, i = group[-1].consumed or group[-1].end, i + len(group)
        return out

    def _group(self, numbers: list[Numeral], i: int) -> list[Numeral]:
        """Numbers that stand side by side: 4.3%、5.5%和6%."""
        group = [numbers[i]]
        for following in numbers[i + 1 :]:
            between = self.text[group[-1].end : following.before or following.start]
            alike = kind_of_unit(following.unit) == kind_of_unit(group[-1].unit) or (not group[-1].unit and following.unit)
            listing = re.fullmatch(r"[、和及与，]|，?(?:和|及|与)|、分别", between)
            if not listing or following.rank or following.ratio or not (alike or "分别" in self.text[max(0, group[0].start - 12) : group[0].start]):
                break
            group.append(following)
        return group

    def _period(self, start: int, number: Numeral, until: int | None = None) -> tuple[str, str]:
        until = number.start - start if until is None else until
        return self.clock.at(self.text[start : number.start], until)

    def _elsewhere(self, number: Numeral, before: str, after: str, start: int, at: int) -> Figure | None:
        """The same quantity of another area: 仅次于湖北省的58.3%和海南省的19.8%."""
        state = self.state
        said = re.sub(r"^(?:[，、；也]|增速|增幅|总量|规模|仅次于|高于|低于|和|与|以及|分别|超过|领先)+|的$", "", before)
        area, rest = area_in(said, self.document) if said else ("", "")
        behind = re.match(r"的([一-鿿]{2,5}?)(?=[，。；、仅]|市|省)", after)
        if behind and (there := self.document.areas.get(behind[1])) and number.unit not in ("%", "") and state.by_unit.get(kind_of_unit(number.unit)):
            kept, state.area = state.area, there
            figure = self._figure(number, state.by_unit[kind_of_unit(number.unit)], "level", start, at)
            state.area = kept
            return figure
        if not area or rest or not state.subject or state.measure not in ("growth", "level", "share") or not before.endswith("的"):
            return None
        kept, state.area = state.area, area
        figure = self._figure(number, state.subject, state.measure, start, at)
        state.area = kept
        return figure

    def _figure(self, number: Numeral, name: str, measure: str, start: int, at: int, **more) -> Figure:
        period, how = self._period(start, number)
        clause = self.text[max(start, self.text.rfind("，", start, number.start)) : number.end]
        context = self.text[start : number.start]
        commitment = "strive" if re.search(r"力争|争取(?!资金|到|中央)", context[-30:]) else "ensure" if "确保" in context[-30:] else ""
        target = self.clock.target or bool(re.search(r"目标(?!任务完成)|(?<!人均)预期(?!寿命)|力争(?!上游)|规划到", context)) or (period[:4].isdigit() and self.document.year and int(period[:4]) > self.document.year)
        figure = Figure(number, self.block, name, measure, self.state.area or self.document.area, period, how, clause=(at, number.end))
        figure.prices = self.state.prices
        figure.target, figure.commitment = bool(target), commitment if target else ""
        if measure in ("growth", "change", "points"):
            figure.of_what = name
        if "环比" in clause:
            figure.comment = "环比"
            figure.guesses.append("growth over the month before")
        if m := re.search(r"(两|二|三|四|五)年(?:平均|年均)|年均", clause):
            figure.comment = m[0]
            figure.period, figure.span = self._average(figure.period, m[1]), "per_year"
        elif "累计" in clause and self.clock.five and how != "sentence":
            figure.period, figure.span = self.clock.five, "cumulative"
        for key, value in more.items():
            setattr(figure, key, value)
        if how == "heading":
            figure.guesses.append("period from the heading") if self.document.kind not in ("work_report", "bulletin") else None
        elif how == "earlier":
            figure.guesses.append("period from an earlier sentence")
        elif how == "title" and self.document.kind not in ("bulletin", "work_report") and not re.search(r"20\d\d年|季度|上半年|\d月", self.document.title):
            figure.guesses.append("period from the title or date")
        if number.word and not number.rank:
            figure.guesses.append("number in words")
        self.clock.remember(context, period if how == "sentence" else "")
        return figure

    def _average(self, period: str, years: str | None) -> str:
        count = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5}.get(years or "", 0)
        if not count:
            return self.clock.five or period
        if re.fullmatch(r"\d{4}", period):
            return f"{int(period) - count + 1}/P{count}Y"
        return f"{int(period[:4]) - count + 1}{period[4:]}/{period}" if period else ""

    # --- lists ------------------------------------------------------------------------------------------------------

    def _list(self, group: list[Numeral], before: str, start: int, at: int) -> list[Figure] | None:
        """Figures of a list: 城镇和农村居民人均可支配收入分别增长4.3%、5.5%; None if it is none."""
        state = self.state
        measure, stem, sign = self._measured(before, group[0])
        found: list[str] = []
        share = _SHARE.search(before) if measure == "share" else None
        for part in reversed(re.split(r"[，；：。]", stem.replace("分别", "").replace("各自", ""))):
            part_area, part = area_in(names.clean(part) if part else "", self.document)
            if part and (found := names.listed(part, len(group))):
                if part_area:
                    state.area = part_area
                break
        areas = [""] * len(group)
        if spread := self._areas(stem, len(group)):
            areas, found = spread
        clean = names.clean(re.split(r"[，；：]", stem.replace("分别", ""))[-1])
        guesses = []
        if not found and (len(state.names) == len(group) and not clean):
            found, guesses = state.names, ["names from the list before"]
            areas = state.areas if len(state.areas) == len(group) else areas
        if measure == "points" and (state.last or state.subject) and (not found or re.search(r"(?:^|，)比[^，]*$", stem)):
            found = [state.last or state.subject] * len(group)
        if not found and "分别" in before and not clean and len(state.recent) >= len(group) > 1:
            found, guesses = state.recent[-len(group) :], ["names from the clauses before"]
        if not found:
            return None
        if not names.head(found[-1]) and measure in ("growth", "level") and state.parts:
            found = [names.completed(n, state.parent, state.subject, counted=False)[0] for n in found]
            guesses.append("head noun from the clause before")
        state.names = found if not share else state.names
        state.areas = areas
        out, here = [], state.area
        for number, name, there in zip(group, found, areas, strict=True):
            state.area = there or here
            number.unit = number.unit or group[-1].unit
            number.relation = group[0].relation if number.relation == "=" and re.search("分别", before) else number.relation
            number.value = -abs(number.value) if sign < 0 and measure in ("growth", "points") else number.value
            if share and share["whole"]:
                name = f"{name}占{names.clean(share['whole'])}{share['word'] or '比重'}"
            out.append(self._figure(number, name, measure, start, at, comment="分别" if "分别" in before else "", guesses=list(guesses)))
        state.area = here
        state.last, state.measure = found[-1], measure
        state.subject = found[-1] if measure != "points" else state.subject
        if names.head(found[-1]) and not guesses:
            state.parent, state.parent_unit = found[-1], kind_of_unit(group[-1].unit)
        return out

    def _areas(self, stem: str, count: int) -> tuple[list[str], list[str]] | None:
        """Areas of a list, and what is said of each: 宁波、温州GDP分别为."""
        text = names.clean(re.split(r"[，；：。]", stem.replace("分别", ""))[-1])
        parts = [p for p in re.split(r"、|和|与", text) if p]
        found = [area_in(p, self.document) for p in parts]
        if len(parts) != count or count < 2 or not all(a for a, _ in found) or any(rest for _, rest in found[:-1]):
            return None
        name = found[-1][1] or self.state.subject
        return [a for a, _ in found], [name] * count if name else []

    # --- single numbers -----------------------------------------------------------------------------------------------

    def _measured(self, before: str, number: Numeral) -> tuple[str, str, int]:
        """Measure that the words right before a number say, the words left for the name, and the sign."""
        unit = kind_of_unit(number.unit)
        if number.rank:
            return "rank", before, 1
        if to := _TO.search(before):
            before = before[: to.start()]
            return ("share" if unit == "%" else "count" if unit in COUNTED else "level"), before, 1
        growth = _GROWTH.search(before)
        sign = -1 if growth and re.fullmatch(DOWN + "|降幅|跌幅", growth["verb"]) else 1
        if unit in ("个百分点", "个千分点", "百分点", "个基点", "个百分比"):
            gap = re.search(r"(?:高于|低于|高出|快于|慢于|领先)[^，。；]{1,12}$", before)
            cut = min([m.start() for m in (growth, gap) if m], default=len(before))
            return "points", before[:cut], -1 if gap and gap[0][0] in "低慢" else sign
        if unit == "%" and re.search(r"(?:高于|低于|超过|快于)(?:全国|全省|全市)[^，。；\d]{0,6}$", before) and not growth:
            growth = None
        if growth and not (growth["verb"] in ("高", "低", "快", "慢", "少", "增", "升", "减", "降", "高于", "低于") and unit not in ("%", "倍") and not growth["against"]):
            rate = unit in ("%", "倍", "‰")
            if rate and growth["verb"] in ("高", "低", "高于", "低于", "快", "慢", "快于", "慢于") and names.clean(before[: growth.start()]).endswith(("率", "比重", "占比")):
                return "share", before[: growth.start()], 1
            if re.search(r"新$", before[: growth.start("verb")]):
                return ("change" if unit in ("元", "美元") else "count" if unit in COUNTED else "level"), before, 1
            return ("growth" if rate else "change"), before[: growth.start()], sign
        if unit in ("%", "成"):
            return "share", before, 1
        return ("count" if unit in _CLASSIFIER - {"人", "天", "台", "辆"} else "level"), before, 1

    def _one(self, number: Numeral, before: str, start: int, at: int, end: int, *, first: bool) -> Figure:
        state = self.state
        if number.ratio:
            return self._ratio(number, before, start, at)
        after = self.text[number.end : end]
        guesses: list[str] = []
        if number.rank:
            return self._rank(number, before, start, at, first)
        earlier = _FROM.search(before) if self._leads_to(after) else None
        if earlier:
            state.since = self._period(start, number, at + earlier.start() - start)[0]
            before = before[: earlier.start()] + (earlier["what"] or "")
        measure, stem, sign = self._measured(before, number)
        reached = not earlier and bool(_TO.search(before)) and not names.clean(stem)
        if measure == "share" and not reached and (share := self._share(number, before, start, at, first)):
            if earlier:
                share.period = self._earlier(earlier["when"] or "", state.since)
            return share
        if other := self._elsewhere(number, before, after, start, at):
            return other
        over = re.search(rf"(?:高出|多出|领先|低于|少于)([一-鿿]{{2,6}})$", before)
        if over and measure == "level" and (there := self.document.areas.get(over[1])):
            here = re.split("[，；]", before[: over.start()])[-1]
            state.area = area_in(names.clean(here), self.document)[0] or state.area
            base = state.by_unit.get(kind_of_unit(number.unit), state.subject)
            return self._figure(number, f"{state.area}{base}高出{there}", "change", start, at, guesses=["difference between areas"])
        name, own = (state.last, False) if reached else self._named(stem, first, guesses)
        if measure == "share" and (m := re.match(_AFTER_RATE, after)) and self.text[number.end] in "的同年增":
            measure = "growth"
            name = m["noun"].strip("的") or ("" if re.search(r"[以达]$", before) else name)
        if behind := self._behind(number, before, after, name):
            name, own = behind, True
        thing = "" if behind else self._thing(number, before, after, name, own)
        if thing:
            name, own = thing, True
        elif not behind and measure in ("count", "level") and self.text[number.end : number.end + 1] == "的" and (m := re.match(r"的([^，。；、\d]{2,24}?)(?=签约|落地|建成|投产|[，。；、]|获|正式)", after)):
            name = m[1]
        name, measure = self._rate_name(name, measure, number, state)
        name = self._whole_name(number, name, own, measure, guesses, before)
        if measure in ("growth", "points") and sign < 0:
            number.value = -abs(number.value)
        elif measure == "change" and sign < 0:
            number.value = -abs(number.value)
        kept = state.area
        if measure == "count" and re.search(r"(?:省份|省区市|省市)$", name) or re.match(r"的全国", after):
            state.area = "全国"
        guesses += self._doubts(number, name, measure, bool(thing), own, before)
        figure = self._figure(number, name, measure, start, at)
        state.area = kept
        figure.guesses += guesses
        if earlier:
            figure.period = self._earlier(earlier["when"] or "", state.since)
        elif reached and state.since:
            figure.period = state.since
        elif measure in ("level", "share", "count") and self.clock.five and figure.span == "" and re.search(r"累计", before):
            figure.period, figure.span = self.clock.five, "cumulative"
        if measure == "points" and (m := re.search(r"(?:比|较|高于|低于|高出|快于)(全[国省市]|[^，。年上]{2,12}?)(?:平均(?:水平|值)?|平均)?(?:高|低|快|慢)?(?:出)?$", before)):
            figure.comment = f"gap to {m[1]}"
        self._remember(number, name, measure, own, guesses)
        return figure

    def _doubts(self, number: Numeral, name: str, measure: str, behind: bool, own: bool, before: str) -> list[str]:
        """What makes a name doubtful: it stands behind the number, has no head noun, or holds a verb."""
        plain = re.sub(r"“[^”]*”|（[^）]*）", "", name)
        if behind:
            return ["name behind the number"]
        if not own:
            return []
        formal = self.document.kind == "bulletin"
        if measure == "count":
            verb = _DOING.search(plain) if not formal else _DOING.search(plain[:-2])
            return ["name without a head noun"] if verb or len(plain) > 18 or len(plain) < 2 else []
        loose = before and before[0] not in "，。；：、和及与（）" and self.text[max(0, number.start - len(before) - 2) : number.start - len(before)].strip()
        if not formal and ((loose and re.search(r"\d", self.text[max(0, number.start - len(before) - 6) : number.start])) or len(plain) <= 4):
            return ["name without a head noun"]
        if not names.head(name) and not (formal and measure in ("growth", "change")):
            return ["name without a head noun"]
        verb = not formal and (_DOING.search(plain) or names.dropped_verb(re.split(r"[，。；：]", before)[-1]))
        return ["name without a head noun"] if verb or len(plain) > 24 or len(name) < 2 else []

    def _leads_to(self, after: str) -> bool:
        return bool(re.match(rf"[^，。；\d]{{0,6}}(?:{UP}|{DOWN}|跃升|跃|发展|进位|缩减|变|回升)(?:到|至|为)", after))

    def _named(self, stem: str, first: bool, guesses: list[str]) -> tuple[str, bool]:
        """Name in the words before a number, its area taken off."""
        state = self.state
        name, own = names.noun(stem, first=first or not state.subject)
        news = self.document.kind == "news"
        if not news:
            state.area = self.document.area
        parts = [names.clean(part) for part in re.split(r"[，；：。]", stem)]
        parts = [re.sub(r"^(?:而|其中|在|同时|此外|距离|与)+", "", part) for part in parts if part] if news else [name] if own else []
        for part in parts:
            area, rest = area_in(part, self.document)
            said = not re.match(r"[、与和跟及至到—·-]", rest)
            if not area or not said or (not news and not (names.head(rest) and area != self.document.area)):
                continue
            state.area = area
            if names.clean(part) == names.clean(name) or part.endswith(name):
                name = names.clean(rest)
        if name in self.document.areas:
            name = ""
        if not own and name:
            guesses.append("name from an earlier clause")
        return name, own

    def _rate_name(self, name: str, measure: str, number: Numeral, state: State) -> tuple[str, str]:
        """A name that ends in 增速 or 涨幅 is growth of what stands before it."""
        if m := re.search(rf"(?:同比|年均)?(?:{_RATE})$", name):
            name = name[: m.start()]
            measure = "growth" if measure == "share" else measure
        if measure == "share" and not name and state.measure == "growth" and number.unit == "%":
            measure = "growth"
        if measure == "level" and number.unit in ("", "倍") and not name.endswith("倍"):
            measure = "index"
            number.unit = "倍" if name.endswith("倍差") else number.unit
        if measure == "level" and re.search(r"[^新]新增$|净增$|新增额$", name):
            measure = "change"
        if measure == "count" and name.startswith("净增"):
            name, measure = name[2:], "change"
        if measure == "count" and re.match(r"每|人均|平均|.*量$", name):
            measure = "level"
        return name, measure

    def _behind(self, number: Numeral, before: str, after: str, name: str) -> str:
        """Name behind an amount: 以5万亿元的GDP总量位列第三, 900万常住人口; "" if it stands before it."""
        here = re.split("[，；：]", before)[-1]
        if number.unit in ("万", "亿"):
            m = re.match(r"[一-鿿]{0,8}?(?:人口|用户|游客|学生|职工|群众|居民|农民|人次|考生|老年人|劳动力|从业者)", after)
            number.unit += "人" if m or name.endswith(("人口", "人", "人数")) else ""
            return names.clean(m[0]) if m else ""
        if kind_of_unit(number.unit) in COUNTED or number.rank or (name and names.head(name)):
            return ""
        m = re.match(r"的?([A-Za-z一-鿿]{2,14}?)(?=[，。；、）]|位列|位居|稳居|排名?|居|领跑|成为|高居|跻身|进入)", after)
        if not m or not re.search(r"(?:以|凭借|拿下|坐拥|实现|斩获|对应|创造出|支撑起|贡献了?|达|^)$|^[^，]{0,12}$", here):
            return ""
        noun = names.clean(m[1])
        return noun if names.head(noun) and not re.match(r"左右|以上|的", m[1]) else ""

    def _thing(self, number: Numeral, before: str, after: str, name: str, own: bool) -> str:
        """Noun behind a number of things: 29项促消费政策; "" if the name stands before it."""
        if number.unit and kind_of_unit(number.unit) not in _CLASSIFIER and number.unit not in ("万", "亿"):
            return ""
        m = _THING_END.search(after)
        noun = after[: m.start()] if m else after
        if not noun or re.match(r"[以左上的之]|[和及与、]", noun) or re.match(r"(?:百分点|月|多)", noun):
            return ""
        behind = names.clean(before[-12:]) if not re.search(r"[，。；：、]$", before) else ""
        if len(noun) < 2 and noun not in ("省", "县"):
            return ""
        if behind and own and not re.fullmatch(r"(?:新增|新建|新|累计|拥有|建成|新改建|共|新培育|新认定|新引进|.{0,4}完成|成功.{2,4}|.{2,8}(?:组织|涉及|围绕|建设|新增|新建|出台|举办|培育|落实|创建|签约|引进|实施|全部|至少已有|共有|已有))", names_before := re.split(r"[，；：、]", before)[-1].strip()) and names.head(name):
            return ""
        lead = _NEW.search(names.clean(re.split(r"[，；：、]", before)[-1]) + " ") if before else None
        if own and behind and not lead and names.head(names.clean(name)):
            return ""
        noun = re.sub(r"中有?$", "", noun)
        name = re.sub(r"(?<=.{2})(?:中|和|及|与|以及)$", "", names.clean(noun))
        number.consumed = number.end + len(noun)
        whole = re.match(r"(.{0,6}?(?:省份|省区市|城市|地区|区县|国家|行业|大类|省市))([^，。；、]{2,24})", after)
        if whole and re.match(r"[^中有的].*(?:超|达|实现|增|高于|低于|保持|下降|位|入围|破)", whole[2]):
            said = re.sub(r"^(?:均|全部|都|达到)+|的.*$", "", whole[2])
            name, number.consumed = f"{said}的{whole[1]}", number.end + len(whole[1])
        return (lead[0] + name if lead and not name.startswith(lead[0]) else name) or ""

    def _whole_name(self, number: Numeral, name: str, own: bool, measure: str, guesses: list[str], before: str) -> str:
        """The full name: the subject where the clause gives none, head or modifier added where they were left out."""
        state = self.state
        known = self.document.kind == "news" and measure == "level" and not own and not names.head(name) and kind_of_unit(number.unit) in state.by_unit
        if names.PRONOUN.match(name) or known:
            name = ""
        if name in names._BARE and not state.subject or (name in names._BARE and "，" in before and re.search(r"(?:增速|增长|发展|表现|再获|喜获|获得)[^，]{0,4}，[^，]*$", before)):
            m = re.search(r"(?:^|[，。；])([^，。；]{2,16}?)(?:增速|增长|发展|表现|再获|喜获|获得)[^，]{0,4}，[^，]*$", before)
            stem = area_in(names.clean(m[1]), self.document)[1] if m else ""
            if stem:
                guesses.append("modifier from the clause before")
                return stem + name
        if not name:
            if measure == "points":
                return state.last or state.subject
            if re.search(r"累计|总数|总量|共有", before) and (lead := _NEW.match(state.subject)):
                return state.subject[lead.end() :]
            alike = state.by_unit.get(kind_of_unit(number.unit))
            if measure == "level" and alike and self.document.kind == "news":
                return alike
            if not state.subject:
                guesses.append("no name found")
            return state.subject
        if measure in ("points",) and name in ("增速", "增幅", "占比", "比重"):
            return state.last
        if m := re.fullmatch(r"(.*?)(?:增加值)?(占比|比重)", name):
            base = names.clean(m[1]) or state.subject
            if not m[1]:
                return f"{base}{m[2]}" if not base.endswith(("占比", "比重")) else base
            if state.whole and m[2] == "比重" and "占" not in name:
                return f"{name[:-2]}占{state.whole}比重"
            return name
        counted = measure == "count" or kind_of_unit(number.unit) in _CLASSIFIER
        separated = re.match(r"^、", before)
        if separated and (lead := _NEW.match(state.last)) and not _NEW.match(name) and not names.head(name) and counted | (measure == "level"):
            return lead[0] + name
        if measure == "share" and state.parts and state.ratio and not names.head(name):
            guesses.append("head noun from the clause before")
            return names.completed(name, state.ratio, state.subject, counted=False)[0]
        if measure == "change" and re.search(r"新增$|净增$", name):
            return name if len(name) > 2 else state.subject + name
        if base := re.fullmatch(r"(.+?)(?:规模|总量)", name):
            name = name if measure != "growth" else base[1]
        if not state.parts and len(name) > 6 and name not in names._BARE:
            return name
        related = measure in ("growth", "points") or kind_of_unit(number.unit) == state.parent_unit
        fresh = bool(re.search(r"(?:^|。)(?:全年|年末|全[市州省县区])[^，。；]*$", before)) and number.start - len(before) >= 0
        bare = name in names._BARE and not fresh
        if bare or counted or (related and (state.parts or self.document.kind == "bulletin")):
            full, added = names.completed(name, state.things if counted else state.parent, state.subject, counted=counted, things=state.things)
            if counted and not added and kind_of_unit(number.unit) == state.parent_unit and names.family(state.parent) and (state.parts or state.parent_unit in ("人", "辆")):
                full, added = names.completed(name, state.parent, state.subject, counted=False)
            if added:
                guesses.append("head noun from the clause before" if added == "head" else "modifier from the clause before")
            if bare and name in ("总数", "总量", "数量") and full.endswith(name):
                return full[: -len(name)] or full
            return full
        return name

    def _remember(self, number: Numeral, name: str, measure: str, own: bool, guesses: list[str]) -> None:
        state = self.state
        if not name:
            return
        completed = any(g.startswith("head") for g in guesses)
        if measure not in ("points",) and own:
            state.subject = name
            state.names = []
        if name not in state.recent[-1:]:
            state.recent.append(name)
        state.last, state.measure = name, measure
        if names.head(name) and own and not completed and measure not in ("points", "share"):
            state.parent, state.parent_unit = name, kind_of_unit(number.unit)
        if measure == "count" and own and not completed:
            state.things = name
        if measure == "share" and own and not completed and names.head(name):
            state.ratio = name
        if measure in ("level", "count"):
            state.by_unit[kind_of_unit(number.unit)] = name

    def _earlier(self, when: str, period: str) -> str:
        """Period of the first value of 由X提高到Y."""
        if m := re.match(r"(?:19|20)\d\d", when):
            return m[0]
        if self.clock.five:
            return str(int(self.clock.five[:4]) - 1)
        if m := re.search(r"/P(\d+)Y$", period):
            return str(int(period[:4]) - 1)
        return year_before(period)

    def _share(self, number: Numeral, before: str, start: int, at: int, first: bool) -> Figure | None:
        """A share that names its whole: 占规模以上工业产值比重55.8%; None if it does not."""
        state = self.state
        guesses: list[str] = []
        if m := _CONTRIBUTION.search(before):
            base = self._named(before[: m.start()], first, guesses)[0] or state.subject
            stem = re.sub(r"(?:增加值|产值)$", "", base)
            name = f"{stem}对{names.clean(m['whole'])}的贡献率"
            return self._figure(number, name, "share", start, at, guesses=guesses)
        m = _SHARE.search(before)
        if not m:
            return None
        base, own = self._named(before[: m.start()], first, guesses)
        base = re.sub(r"(?<=.{2})(?:规模|总量)$", "", base)
        if base in names._BARE and base not in ("总量", "数量"):
            base = names.completed(base, state.parent, state.subject, counted=False)[0]
        if base in ("总量", "数量", "合计") or names.PRONOUN.match(base) or not base:
            base = re.sub(r"(?<=.{2})规模$", "", state.subject)
        elif not names.head(base) and own and state.parent_unit and state.parts:
            base = names.completed(base, state.parent, state.subject, counted=False)[0]
        whole = re.sub(r"^全[市省州县区](?=.{2})", "", m["whole"])
        whole = re.sub(r"^(.{2,6})之(?:和|一)$", r"\1", whole)
        if m["name"]:
            name = m["name"]
        elif not whole:
            name = f"{base}占比"
        else:
            name = f"{base}占{whole}{m['word'] if m['word'] in ('份额', '比例') else '比重'}"
        state.whole = whole
        state.last, state.measure = name, "share"
        if own and names.head(base):
            state.subject = base
        figure = self._figure(number, name, "share", start, at, guesses=guesses)
        if self._leads_to(self.text[number.end : number.end + 16]) and (f := _FROM.search(before)):
            figure.period = self._earlier(f["when"] or "", figure.period)
        return figure

    def _rank(self, number: Numeral, before: str, start: int, at: int, first: bool) -> Figure:
        state = self.state
        guesses: list[str] = []
        here = self.text[number.before or number.start : number.end]
        stem = re.sub(r"(?:规模|总量|增速|增幅)?(?:继续|稳|保持|跃|位|名|排|升|从|由|居|列|第|进|全|国|省|球|市|在|至|到|各|区)*$", "", self.text[at : number.start])
        name = self._named(stem, first, guesses)[0] or state.subject
        scope = re.search(r"全[国省球市州县区]|各省区|世界|同类城市|副省级城市", self.text[max(at, number.start - 14) : number.start] + here)
        growth = re.search(r"增速|增幅|涨幅", self.text[max(at, number.start - 12) : number.start])
        moved = re.search(r"(?:升|进|跃|移|滑|降|前)(?:至|到|居|位)$", re.sub(r"第$", "", self.text[at : number.start]))
        state.scope = scope[0] if scope else state.scope if moved else ""
        full = f"{name}{growth[0] if growth and growth[0] not in name else ''}{state.scope}位次"
        if not state.scope or not names.head(name):
            guesses.append("name without a head noun")
        figure = self._figure(number, full, "rank", start, at, guesses=guesses)
        if re.search(r"(?:从|由)[^，。]{0,8}$", self.text[at : number.start]) and self._leads_to(self.text[number.end : number.end + 10]):
            figure.period = self._earlier("", figure.period)
        if names.head(name) and self._named(stem, first, [])[0]:
            state.subject = state.last = name
        return figure

    def _ratio(self, number: Numeral, before: str, start: int, at: int) -> Figure:
        state = self.state
        place, count = number.ratio
        if place == 0:
            stem = names.clean(before)
            state.whole = stem
            if re.search(r"三次产业|一二三产|三产|产业结构", stem) and count == 3:
                rest = re.search(r"(投资|就业|从业人员)", stem)
                end = f"{rest[1]}占比" if rest else "增加值占地区生产总值比重"
                state.names = [f"第{n}产业{end}" for n in "一二三"]
            else:
                listing = names.listed(re.sub(r"(?:之比|比例|比|结构)$", "", stem), count)
                state.names = listing or [stem] * count
        number.unit = number.unit or "%"
        return self._figure(number, state.names[min(place, len(state.names) - 1)], "share" if count > 2 else "index", start, at)
