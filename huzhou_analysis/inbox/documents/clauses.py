"""What each number of a paragraph measures: indicator, measure, area, period, from the words around it. What one clause says
holds for the next until another is said: the subject (比上年增长6.1% after a level), the whole whose parts are listed, the
area. Each such step that could be wrong is a guess.
"""

import bisect
import re
from dataclasses import dataclass, field, replace

from ...facts import numerals
from . import names
from .context import Clock, Document
from .numbers import COUNTED, Numeral, find, kind_of_unit
from .structure import Block, Piece
from .vocabulary import P, words

REACH = 400  # characters before a number that can say what it measures
STANDARD = set(words("standard"))
CLASSIFIER = {*COUNTED, "人", "台", "辆", "艘", "列", "班次", "天"} - {"路", "面", "块", "门", "口"}
HEAD_TAKEN, MODIFIER_TAKEN, CLAUSE_BEFORE = "指标后半取自前文", "指标前半取自前文", "指标取自前一分句"
HEADLESS, BEHIND = "指标名称或不完整", "指标在数字之后"


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
    row: list[Piece] = field(default_factory=list)  # of a table, that it stands in
    cell: Piece | None = None
    place: str = ""  # its own, where it is not that of the block


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
    prices: str = ""
    parts: bool = False
    listed: list[tuple[str, str]] = field(default_factory=list)  # names and areas of the last list
    recent: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def measured(before: str, number: Numeral) -> tuple[str, str, int]:
    """Measure that the words right before a number say, the words left for the name, and the sign."""
    unit = kind_of_unit(number.unit)
    plain = "share" if unit in ("%", "成") else "count" if unit in CLASSIFIER - {*"人天台辆"} else "level"
    if to := P.to.search(before):
        return plain, before[: to.start()], 1
    growth, gap, points = P.growth.search(before), P.gap_to.search(before), P.points.match(unit)
    sign = -1 if growth and P.fall.fullmatch(growth["verb"]) else 1
    if points or (gap and unit in ("元", "美元")):
        stem = before[: min([m.start() for m in (growth, gap) if m], default=None)]
        return ("points" if points else "change"), stem, (-1 if gap[0][0] in "低慢" else 1) if gap else sign
    rate = unit in ("%", "倍", "‰")
    alone = growth and len(growth["verb"]) < 2 + growth["verb"].endswith("于") and not growth["against"]
    if not growth or (alone and not rate):
        return plain, before, 1
    return ("growth" if rate else "change"), before[: growth.start()], sign


class Reader:
    """Reads the paragraphs of one document in order."""

    def __init__(self, document: Document, clock: Clock) -> None:
        self.document, self.clock, self.state = document, clock, State(area=document.area)

    def paragraph(self, block: Block) -> tuple[list[Figure], list[tuple[int, int, str, str]]]:
        """Figures of a paragraph and its other numerals."""
        kept = self.state
        self.state = State(kept.area, kept.subject, kept.last, kept.measure)
        self.block, self.text = block, block.piece.text
        self.clock.paragraph(self.text)
        numbers, others = find(self.text)
        starts, figures = [n.start for n in numbers], []
        for m in P.sentence.finditer(self.text):
            inside = numbers[bisect.bisect_left(starts, m.start()) : bisect.bisect_left(starts, m.end())]
            figures += self._sentence(*m.span(), inside)
        return figures, others

    def _sentence(self, begun: int, end: int, numbers: list[Numeral]) -> list[Figure]:
        """Figures of a sentence; `start` is what of it a number can see, `at` where the clause of a number begins."""
        out, state, self.start, self.at, self.sentence = [], self.state, begun, begun, (begun, end)
        while numbers:
            number, self.first, self.guesses = numbers[0], not out, []
            self.at, self.start = max(self.at, number.start - REACH), max(self.start, number.start - 2 * REACH)
            before = self.text[self.at : max(self.at, number.before)]
            state.parts = state.parts or bool(P.parts.search(before))
            if basis := re.search(r"(不变价|可比价)|现价|当年价", before):
                state.prices = "constant" if basis[1] else "current"
            elif "；" in before:
                state.prices = ""
            group = self._group(numbers)
            made = self._list(group, before) if len(group) > 1 or "分别" in before else []
            made = made or [self._one(number, before, self.text[number.end : end])]
            last = made[-1].numeral
            out, self.at, numbers = out + made, last.consumed or last.end, numbers[len(made) :]
        return out

    def _group(self, numbers: list[Numeral]) -> list[Numeral]:
        """Numbers that stand side by side: 4.3%、5.5%和6%."""
        group = [numbers[0]]
        several = "分别" in self.text[max(0, group[0].start - 12) : group[0].start]
        for following in numbers[1:40]:
            between = self.text[group[-1].end : following.before]
            alike = kind_of_unit(group[-1].unit) in ("", kind_of_unit(following.unit))
            if not P.listing.fullmatch(between) or following.rank or following.ratio or not (alike or several):
                break
            group.append(following)
        return group

    def _figure(self, number: Numeral, name: str, measure: str, comment: str = "") -> Figure:
        """A figure with its area, period and price basis, and what of them was guessed."""
        document, context = self.document, self.text[self.start : number.start]
        period, how = self.clock.at(context)
        clause = self.text[max(self.start, self.text.rfind("，", self.start, number.start)) : number.end]
        area = "全国" if measure == "count" and re.search("(?:省份|省区市|省市)$", name) else self.state.area
        figure = Figure(number, self.block, name, measure, area, period, self.sentence, (self.at, number.end))
        figure.prices, figure.comment = self.state.prices, comment
        ahead = period[:4].isdigit() and 0 < document.year < int(period[:4])
        figure.target = bool(self.clock.target or P.aim.search(context) or ahead)
        if figure.target:
            strives = re.search(r"力争|争取(?!资金|到|中央)", context[-30:])
            figure.commitment = "strive" if strives else "ensure" if "确保" in context[-30:] else ""
        if "环比" in clause:
            figure.comment = comment or "环比"
            self.guesses.append("环比")
        if m := re.search(r"([两二三四五])年(?:平均|年均)|年均", clause):
            figure.comment, figure.period, figure.span = comment or m[0], self._average(period, m[1]), "per_year"
        elif "累计" in clause and self.clock.five and how != "sentence":
            figure.period, figure.span = self.clock.five, "cumulative"
        formal = document.kind in ("bulletin", "work_report")
        dated = formal or re.search(r"20\d\d年|季度|上半年|\d月", document.title)
        where = {"earlier": "前文", "heading": "标题" * (not formal), "title": "题名或日期" * (not dated)}.get(how)
        figure.guesses = (
            self.guesses + [f"时期取自{where}"] * bool(where) + ["中文数词"] * (number.word and not number.rank)
        )
        self.clock.remember(context, period if how == "sentence" else "")
        return figure

    def _average(self, period: str, years: str | None) -> str:
        """Code of the years that an average is over, up to a period: 两年平均."""
        if not years or not period:
            return self.clock.five or period
        count = numerals.chinese_value(years)
        first = int(period[:4]) - count + 1
        return f"{first}/P{count}Y" if len(period) == 4 else f"{first}{period[4:]}/{period}"

    def _list(self, group: list[Numeral], before: str) -> list[Figure]:
        """Figures of a list: 城镇和农村居民人均可支配收入分别增长4.3%、5.5%; none if it is no list."""
        state = self.state
        for number in group:
            number.unit = number.unit or group[-1].unit
        measure, stem, sign = measured(before, group[0])
        share = P.share.search(before) if measure == "share" else None
        found = self._list_names(len(group), before, before[: share.start()] if share else stem)
        if not found:
            return []
        if not names.head(found[-1][0]) and measure in ("growth", "level") and state.parts:
            found = [(names.completed(n, state.parent, state.subject, counted=False)[0], area) for n, area in found]
            self.guesses.append(HEAD_TAKEN)
        state.listed = [] if share else found
        out, here = [], state.area
        for number, (name, area) in zip(group, found, strict=True):
            state.area = area or here
            if number.relation == "=" and "分别" in before:
                number.relation = group[0].relation
            own = P.own_sign.search(self.text[max(self.at, number.before - 4) : number.before])
            falls = bool(own["down"]) if own else sign < 0
            number.value = -abs(number.value) if falls and measure in ("growth", "points") else number.value
            if share and share["whole"]:
                name = f"{name}占{names.clean(share['whole'])}{share['word'] or '比重'}"
            out.append(self._figure(number, name, measure, "分别" * ("分别" in before)))
        state.area, state.subject, state.last, state.measure = here, found[-1][0], found[-1][0], measure
        return out

    def _list_names(self, count: int, before: str, stem: str) -> list[tuple[str, str]]:
        """Names of a list with their areas: before it, of the list before, or of the clauses before."""
        state = self.state
        parts = [names.clean(part) for part in re.split(r"[，；：。]", re.sub("分别|各自", "", stem))]
        there = [self.document.area_in(p) for p in re.split("[、和与]", parts[-1]) if p]
        if len(there) == count > 1 and all(a for a, _ in there) and not any(rest for _, rest in there[:-1]):
            return [(there[-1][1] or state.subject, area) for area, _ in there]  # 宁波、温州GDP
        for part in reversed(parts):
            area, part = self.document.area_in(part)
            if part and (found := names.listed(part, count)):
                state.area = area or state.area
                return [(name, "") for name in found]
        if not parts[-1] and len(state.listed) == count:
            self.guesses.append("名称取自前一列举")
            return state.listed
        if not parts[-1] and "分别" in before and len(state.recent) >= count > 1:
            self.guesses.append("名称取自前几分句")
            return [(name, "") for name in state.recent[-count:]]
        return []

    def _one(self, number: Numeral, before: str, after: str) -> Figure:
        """The figure of a number on its own."""
        if number.ratio:
            return self._ratio(number, before)
        if number.rank:
            return self._rank(number, after)
        if earlier := P.earlier.search(before) if P.leads_to.match(after) else None:
            since = self.clock.at(self.text[self.start : self.at + earlier.start()])[0]
            before = before[: earlier.start()] + (earlier["what"] or "")
        measure, stem, sign = measured(before, number)
        reached = not earlier and bool(P.to.search(before)) and not names.clean(stem)
        figure = self._share(number, before) if measure == "share" and not reached else None
        figure = figure or self._elsewhere(number, before)
        figure = figure or self._plain(number, before, after, measure, None if reached else stem, sign)
        if earlier:
            figure.period = self._begun(earlier["when"] or "", since)
        return figure

    def _plain(self, number: Numeral, before: str, after: str, measure: str, stem: str | None, sign: int) -> Figure:
        """A figure whose name stands before it, behind it, or, without a stem, is that of the figure before."""
        name, own = (self.state.last, False) if stem is None else self._named(stem)
        if measure == "share" and (m := P.rate_behind.match(after)):
            measure, name = "growth", m["noun"] or ("" if re.search(r"[以达]$", before) else name)
        thing = self._thing(number, before, after, name, own)
        name, own = (thing, True) if thing else (name, own)
        name, measure = self._rate_name(name, measure, number)
        name = self._whole_name(number, name, measure, before)
        number.value = -abs(number.value) if measure in ("growth", "points", "change") and sign < 0 else number.value
        self.guesses += self._doubts(name, measure, bool(thing), own, before) or [HEADLESS] * after.startswith("的")
        figure = self._figure(number, name, measure)
        figure.area = (self.document.area_in(after[1:])[0] if after.startswith("的") else "") or figure.area
        if measure in ("change", "points") and P.compares.search(before):
            figure.comment = "两地之差"  # no growth of its own
            figure.guesses += ["两地之差"] * (measure == "change")
        if name:
            self._remember(number, name, measure, own)
        return figure

    def _begun(self, when: str, period: str) -> str:
        """Period of the first value of 由X提高到Y."""
        if re.match(r"(?:19|20)\d\d", when):
            return when[:4]
        if self.clock.five:
            return str(int(self.clock.five[:4]) - 1)
        return f"{int(period[:4]) - 1}{period[4:]}" if period else ""

    def _elsewhere(self, number: Numeral, before: str) -> Figure | None:
        """The same quantity of another area: 仅次于湖北省的58.3%和海南省的19.8%."""
        state = self.state
        area, rest = self.document.area_in(P.opens_other.sub("", before)) if before.endswith("的") else ("", "")
        if not area or rest or not state.subject or state.measure not in ("growth", "level", "share"):
            return None
        return replace(self._figure(number, state.subject, state.measure), area=area)

    def _share(self, number: Numeral, before: str) -> Figure | None:
        """A share that names its whole: 占规模以上工业产值比重55.8%; None if it does not."""
        state = self.state
        if m := P.contribution.search(before):
            base = self._named(before[: m.start()])[0] or state.subject
            name = f"{re.sub('(?:增加值|产值)$', '', base)}对{names.clean(m['whole'])}的贡献率"
            return self._figure(number, name, "share")
        if not (m := P.share.search(before)):
            return None
        base, own = self._named(before[: m.start()])
        if base in names.BARE and base not in ("总量", "数量"):
            base = names.completed(base, state.parent, state.subject, counted=False)[0]
        if base in ("", "总量", "数量", "合计") or P.stands_for.match(base):
            base = re.sub("(?<=..)规模$", "", state.subject)
        whole = re.sub("^全[市省州县区](?=..)", "", m["whole"])
        word = m["word"] if m["word"] in ("份额", "比例") else "比重"
        name = m["name"] or (f"{base}占{whole}{word}" if whole else f"{base}占比")
        state.whole, state.last, state.measure = whole, name, "share"
        state.subject = base if own and names.head(base) else state.subject
        return self._figure(number, name, "share")

    def _rank(self, number: Numeral, after: str) -> Figure:
        state, said = self.state, self.text[self.at : number.start]
        own = self._named(P.scope_end.sub("", P.rank_verb.sub("", said)))[0]
        name = own or state.subject
        if name == state.subject and len(state.listed) > 1:  # of what the names of a list have in common
            name = names.family(name) or name
            self.guesses.append(HEADLESS)
        scope = P.scope.search(self.text[max(self.at, number.start - 14) : number.end])
        moved = re.search("[升进跃移滑降前][至到居位]第?$", said)
        state.scope = scope[0] if scope else state.scope if moved else ""
        growth = re.search("增速|增幅|涨幅", said[-12:])
        full = f"{name}{growth[0] if growth and growth[0] not in name else ''}{state.scope}位次"
        if not state.scope or not names.head(name):
            self.guesses.append(HEADLESS)
        figure = self._figure(number, full, "rank")
        if re.search("[从由][^，。]{0,8}$", said) and P.leads_to.match(after):
            figure.period = self._begun("", figure.period)
        if names.head(own):
            state.subject = state.last = name
        return figure

    def _ratio(self, number: Numeral, before: str) -> Figure:
        """One part of a:b:c; what the parts are is said before the first."""
        state = self.state
        place, count = number.ratio
        if place == 0 and not (re.search("(?:调整|优化|变|演变|提升)为$", before) and len(state.listed) == count):
            stem = names.clean(re.sub(r"由(?:上年|去年|20\d\d年)?的?$", "", before))
            of, found = re.search("投资|就业|从业人员", stem), [stem] * count
            if re.search("三次产业|一二三产|三产|产业结构", stem) and count == 3:
                found = [f"第{n}产业{f'{of[0]}占比' if of else '增加值占地区生产总值比重'}" for n in "一二三"]
            state.listed = [(name, "") for name in found]
        number.unit = number.unit or "%"
        name = state.listed[min(place, len(state.listed) - 1)][0]
        return self._figure(number, name, "share" if count > 2 else "index")

    def _named(self, stem: str) -> tuple[str, bool]:
        """Name in the words before a number, its area taken off, and whether it stands in the number's own clause."""
        state, document, news = self.state, self.document, self.document.kind == "news"
        name, own = names.noun(stem, first=self.first or not state.subject)
        state.area = state.area if news else document.area
        for part in re.split(r"[，；：。]", stem) if news or own else []:
            part = re.sub("^[而在与]+", "", names.clean(part))
            area, rest = document.area_in(part)
            several = re.match(r"[、和与跟及至到—·-]", rest)
            if area and not several and (news or (area != document.area and names.head(rest))):
                state.area, name = area, names.clean(rest) if part.endswith(name) else name
        self.guesses += [CLAUSE_BEFORE] * bool(name and not own)
        return name, own

    def _rate_name(self, name: str, measure: str, number: Numeral) -> tuple[str, str]:
        """A name that says its measure itself: 增速 is growth of what stands before it, 净增 a change."""
        if m := P.rate_end.search(name):
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
        if number.unit in ("万", "亿") and (people := P.people_behind.match(after)):
            number.unit += "人"
            return names.clean(people[0])
        clause = re.split(r"[，；：、]", before)[-1]
        if number.unit and kind_of_unit(number.unit) not in CLASSIFIER and number.unit not in ("万", "亿"):
            m = P.amount_of.match(after)  # 以5万亿元的GDP位列第三
            return names.clean(m[1]) if m and len(clause) <= 12 and names.head(m[1]) and not names.head(name) else ""
        noun = P.thing_end.split(after, 1)[0]
        lead = P.opens_new.match(names.clean(clause) + " ")
        named = own and not lead and names.head(name) and not before.endswith("、")
        if named or len(noun) < 1 + (noun not in ("省", "县")) or P.no_thing.match(noun):
            return ""
        name = (lead[0] if lead else "") + re.sub("(?<=..)[中和及与]$", "", names.clean(noun))
        number.consumed = number.end + len(noun)
        if (whole := P.some.match(after)) and P.has.search(whole[2]):
            said = re.sub("^(?:均|全部|都|达到)+|[的（].*$", "", whole[2])
            name, number.consumed = f"{said}的{whole[1]}", number.end + len(whole[1])
        return name

    def _whole_name(self, number: Numeral, name: str, measure: str, before: str) -> str:
        """The full name: the subject where the clause gives none, head or modifier added where they were left out."""
        state, kind = self.state, kind_of_unit(number.unit)
        if not name or P.stands_for.match(name):
            all_of = re.search("累计|总数|总量|共有", before)
            subject = P.opens_new.sub("", state.subject) if all_of else state.subject
            self.guesses += [] if subject else ["未见指标"]
            return state.last or subject if measure == "points" else subject
        if name.endswith("比重") and state.whole and "占" not in name:
            return f"{name[:-2]}占{state.whole}比重"
        lead = P.opens_new.match(state.last) if before.startswith("、") and measure in ("count", "level") else None
        if lead and not P.opens_new.match(name) and not names.head(name) and not P.doing.match(name):
            return lead[0] + name
        if measure == "share" and state.parts and state.ratio and not names.head(name):
            self.guesses.append(HEAD_TAKEN)
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
        self.guesses += [HEAD_TAKEN if added == "head" else MODIFIER_TAKEN] if added else []
        return full

    def _doubts(self, name: str, measure: str, behind: bool, own: bool, before: str) -> list[str]:
        """What makes a name doubtful: it stands behind the number, has no head noun, or holds a verb."""
        plain, formal = P.opens_new.sub("", re.sub(r"“[^”]*”|（[^）]*）", "", name)), self.document.kind == "bulletin"
        if behind or not own:
            return [BEHIND] if behind else list(self.state.doubts)
        verb = not formal and (P.doing.search(plain) or names.dropped_verb(re.split(r"[，。；：]", before)[-1]))
        if measure == "count":
            doubtful = verb or P.doing.search(plain[:-2]) or not 2 <= len(plain) <= 18
        else:
            short = len(plain) <= 4 and plain not in STANDARD
            headless = not names.head(name) and not (formal and measure in ("growth", "change"))
            doubtful = verb or headless or (not formal and short) or not 2 <= len(plain) <= 24
        return [HEADLESS] * bool(doubtful)

    def _remember(self, number: Numeral, name: str, measure: str, own: bool) -> None:
        """Keep what a figure said for the clauses after it."""
        state = self.state
        state.recent += [name] * (name not in state.recent[-1:])
        state.last, state.measure = name, measure
        if not own:
            return
        state.doubts = [g for g in self.guesses if g in (HEADLESS, BEHIND)]
        if measure != "points" and not P.some_of.search(name):
            state.subject, state.listed = name, []
        if HEAD_TAKEN in self.guesses:
            return
        if names.head(name) and measure not in ("points", "share"):
            state.parent, state.parent_unit = name, kind_of_unit(number.unit)
        state.things = name if measure == "count" else state.things
        state.ratio = name if measure == "share" and names.head(name) else state.ratio
