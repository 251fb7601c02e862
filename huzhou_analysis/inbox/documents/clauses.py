"""What each number of a paragraph measures: indicator, measure, area, period, from the words around it.

A paragraph is read from left to right. What one clause says holds for the next until another is said: the subject
(比上年增长6.1% after a level), the whole whose parts are listed, the area, the period. Each such step that could be wrong is
noted as a guess.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from . import names
from .context import Clock, Document, area_in, year_before
from .figures import Figure, State
from .naming import Naming
from .numbers import Numeral, find
from .structure import Block
from .words import (
    AFTER_RATE,
    AIM,
    CONTRIBUTION,
    DOWN,
    FROM,
    GAP,
    PARTS,
    SHARE,
    TO,
    UP,
    kind_of_unit,
    leads_to,
    measured,
)

REACH = 400  # characters before a number that can say what it measures


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """Where each sentence starts and ends; one that has no end is cut at a comma."""
    for m in re.finditer(r"[^。！？]*(?:[。！？]|$)", text):
        start, end = m.span()
        while end - start > 4 * REACH:
            cut = max(text.rfind(mark, start, start + 4 * REACH) for mark in "；，、") + 1 or start + 4 * REACH
            yield start, cut
            start = cut
        yield start, end


class Reader(Naming):
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
            self.state = State(
                area=kept.area, subject=kept.subject, last=kept.last, by_unit=kept.by_unit, measure=kept.measure
            )
        self.block, self.text = block, block.piece.text
        self.clock.paragraph(self.text)
        numbers, others = find(self.text)
        figures: list[Figure] = []
        i = 0
        for start, end in _sentences(self.text):
            inside = list(itertools.takewhile(lambda n, end=end: n.start < end, numbers[i : i + 500]))
            if inside:
                figures += self._sentence(start, end, inside)
            i += len(inside)
        return figures, others

    def _sentence(self, start: int, end: int, numbers: list[Numeral]) -> list[Figure]:
        out: list[Figure] = []
        at, i = start, 0
        opening = self.text[start : numbers[0].start]
        if not PARTS.search(opening) and names.head(names.clean(re.split("[，；]", opening)[-1])):
            self.state.parts = False
        while i < len(numbers):
            number = numbers[i]
            at, start = max(at, number.start - REACH), max(start, number.start - 2 * REACH)
            before = self.text[at : max(at, number.before or number.start)]
            self.state.parts = self.state.parts or bool(PARTS.search(before))
            if basis := re.search(r"(不变价|可比价)|现价|当年价", before):
                self.state.prices = "constant" if basis[1] else "current"
            elif "；" in before:
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
        several = "分别" in self.text[max(0, group[0].start - 12) : group[0].start]
        for following in numbers[i + 1 : i + 40]:
            between = self.text[group[-1].end : following.before or following.start]
            kinds = [kind_of_unit(n.unit) for n in (group[-1], following)]
            listing = re.fullmatch(rf"[、和及与，]|，?(?:和|及|与)|、分别|[、和及与](?:{UP}|{DOWN})", between)
            alike = kinds[0] == kinds[1] or (not kinds[0] and kinds[1])
            if not listing or following.rank or following.ratio or not (alike or several):
                break
            group.append(following)
        return group

    def _period(self, start: int, number: Numeral, until: int | None = None) -> tuple[str, str]:
        until = number.start - start if until is None else until
        return self.clock.at(self.text[start : number.start], until)

    def _elsewhere(self, number: Numeral, before: str, start: int, at: int) -> Figure | None:
        """The same quantity of another area: 仅次于湖北省的58.3%和海南省的19.8%."""
        state = self.state
        said = re.sub("^(?:[，、；也]|增速|增幅|总量|规模|仅次于|高于|低于|和|与|以及|分别|超过|领先)+|的$", "", before)
        area, rest = area_in(said, self.document) if said and before.endswith("的") else ("", "")
        if not area or rest or not state.subject or state.measure not in ("growth", "level", "share"):
            return None
        kept, state.area = state.area, area
        figure = self._figure(number, state.subject, state.measure, start, at)
        state.area = kept
        return figure

    def _figure(self, number: Numeral, name: str, measure: str, start: int, at: int, **more) -> Figure:
        """A figure with its area, period and price basis, and what of them was guessed."""
        period, how = self._period(start, number)
        clause = self.text[max(start, self.text.rfind("，", start, number.start)) : number.end]
        context = self.text[start : number.start]
        provinces = measure == "count" and re.search("(?:省份|省区市|省市)$", name)
        area = "全国" if provinces else self.state.area or self.document.area
        figure = Figure(number, self.block, name, measure, area, period, clause=(at, number.end))
        figure.prices = self.state.prices
        figure.target = bool(self.clock.target or AIM.search(context) or self._ahead(period))
        if figure.target:
            strives = re.search(r"力争|争取(?!资金|到|中央)", context[-30:])
            figure.commitment = "strive" if strives else "ensure" if "确保" in context[-30:] else ""
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
        figure.guesses += self._guessed_period(how)
        if number.word and not number.rank:
            figure.guesses.append("number in words")
        self.clock.remember(context, period if how == "sentence" else "")
        return figure

    def _ahead(self, period: str) -> bool:
        """Whether a period lies after the document."""
        return period[:4].isdigit() and bool(self.document.year) and int(period[:4]) > self.document.year

    def _guessed_period(self, how: str) -> list[str]:
        if how == "earlier":
            return ["period from an earlier sentence"]
        if self.document.kind in ("bulletin", "work_report") or how not in ("heading", "title"):
            return []
        if how == "heading":
            return ["period from the heading"]
        dated = re.search(r"20\d\d年|季度|上半年|\d月", self.document.title)
        return [] if dated else ["period from the title or date"]

    def _average(self, period: str, years: str | None) -> str:
        count = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5}.get(years or "", 0)
        if not count:
            return self.clock.five or period
        if re.fullmatch(r"\d{4}", period):
            return f"{int(period) - count + 1}/P{count}Y"
        return f"{int(period[:4]) - count + 1}{period[4:]}/{period}" if period else ""

    def _list(self, group: list[Numeral], before: str, start: int, at: int) -> list[Figure] | None:
        """Figures of a list: 城镇和农村居民人均可支配收入分别增长4.3%、5.5%; None if it is none."""
        state = self.state
        for number in group:
            number.unit = number.unit or group[-1].unit
        measure, stem, sign = measured(before, group[0])
        share = SHARE.search(before) if measure == "share" else None
        found, areas, guesses = self._list_names(group, before, before[: share.start()] if share else stem, measure)
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
            if number.relation == "=" and "分别" in before:
                number.relation = group[0].relation
            own = re.search(rf"(?:({DOWN})|{UP})$", self.text[max(at, number.before - 4) : number.before])
            falls = bool(own[1]) if own else sign < 0
            number.value = -abs(number.value) if falls and measure in ("growth", "points") else number.value
            if share and share["whole"]:
                name = f"{name}占{names.clean(share['whole'])}{share['word'] or '比重'}"
            said = "分别" if "分别" in before else ""
            out.append(self._figure(number, name, measure, start, at, comment=said, guesses=list(guesses)))
        state.area = here
        state.last, state.measure = found[-1], measure
        state.subject = found[-1] if measure != "points" else state.subject
        if names.head(found[-1]) and not guesses:
            state.parent, state.parent_unit = found[-1], kind_of_unit(group[-1].unit)
        return out

    def _list_names(self, group: list[Numeral], before: str, stem: str, measure: str):
        """Names of a list, their areas, and what was guessed: named before it, of the list or of the clauses before."""
        state, count = self.state, len(group)
        stem = stem.replace("分别", "").replace("各自", "")
        areas = [""] * count
        if spread := self._areas(stem, count):
            return spread[1], spread[0], []
        parts = re.split(r"[，；：。]", stem)
        for part in reversed(parts):
            area, part = area_in(names.clean(part) if part else "", self.document)
            if part and (found := names.listed(part, count)):
                state.area = area or state.area
                return found, areas, []
        bare = not names.clean(parts[-1])
        if bare and len(state.names) == count:
            before_list = state.areas if len(state.areas) == count else areas
            return state.names, before_list, ["names from the list before"]
        if bare and "分别" in before and len(state.recent) >= count > 1:
            return state.recent[-count:], areas, ["names from the clauses before"]
        return [], areas, []

    def _areas(self, stem: str, count: int) -> tuple[list[str], list[str]] | None:
        """Areas of a list, and what is said of each: 宁波、温州GDP分别为."""
        text = names.clean(re.split(r"[，；：。]", stem.replace("分别", ""))[-1])
        parts = [p for p in re.split(r"、|和|与", text) if p]
        found = [area_in(p, self.document) for p in parts]
        if len(parts) != count or count < 2 or not all(a for a, _ in found) or any(rest for _, rest in found[:-1]):
            return None
        name = found[-1][1] or self.state.subject
        return [a for a, _ in found], [name] * count if name else []

    def _one(self, number: Numeral, before: str, start: int, at: int, end: int, *, first: bool) -> Figure:
        """The figure of a number on its own."""
        state, after = self.state, self.text[number.end : end]
        guesses: list[str] = []
        if number.ratio:
            return self._ratio(number, before, start, at)
        if number.rank:
            return self._rank(number, before, start, at, first)
        earlier = FROM.search(before) if leads_to(after) else None
        if earlier:
            state.since = self._period(start, number, at + earlier.start() - start)[0]
            before = before[: earlier.start()] + (earlier["what"] or "")
        measure, stem, sign = measured(before, number)
        reached = not earlier and bool(TO.search(before)) and not names.clean(stem)
        if measure == "share" and not reached and (share := self._share(number, before, start, at, first)):
            share.period = self._earlier(earlier["when"] or "", state.since) if earlier else share.period
            return share
        if other := self._elsewhere(number, before, start, at):
            return other
        name, own = (state.last, False) if reached else self._named(stem, first, guesses)
        if measure == "share" and (m := re.match(AFTER_RATE, after)) and self.text[number.end] in "的同年增":
            measure, name = "growth", m["noun"].strip("的") or ("" if re.search(r"[以达]$", before) else name)
        name, own, thing = self._found_behind(number, before, after, name, own, measure)
        name, measure = self._rate_name(name, measure, number, state)
        name = self._whole_name(number, name, own, measure, guesses, before)
        if measure in ("growth", "points", "change") and sign < 0:
            number.value = -abs(number.value)
        guesses += self._doubts(number, name, measure, thing, own, before)
        figure = self._figure(number, name, measure, start, at)
        figure.guesses += guesses
        if earlier or (reached and state.since):
            figure.period = self._earlier(earlier["when"] or "", state.since) if earlier else state.since
        if measure == "points" and (m := GAP.search(before)):
            figure.comment = f"gap to {m[1]}"
        if measure == "change" and re.search("高出|低于|领先", before):
            figure.guesses.append("difference between areas")
        self._remember(number, name, measure, own, guesses)
        return figure

    def _found_behind(self, number: Numeral, before: str, after: str, name: str, own: bool, measure: str):
        """Name behind the number if it stands there: (name, whether it is the clause's own, whether things are counted)."""
        if behind := self._behind(number, before, after, name):
            return behind, True, False
        if thing := self._thing(number, before, after, name, own):
            return thing, True, True
        m = re.match(r"的([^，。；、\d]{2,24}?)(?=签约|落地|建成|投产|[，。；、]|获|正式)", after)
        return (m[1], own, True) if m and measure in ("count", "level") else (name, own, False)

    def _earlier(self, when: str, period: str) -> str:
        """Period of the first value of 由X提高到Y."""
        if m := re.match(r"(?:19|20)\d\d", when):
            return m[0]
        if self.clock.five:
            return str(int(self.clock.five[:4]) - 1)
        return year_before(period)

    def _share(self, number: Numeral, before: str, start: int, at: int, first: bool) -> Figure | None:
        """A share that names its whole: 占规模以上工业产值比重55.8%; None if it does not."""
        state = self.state
        guesses: list[str] = []
        if m := CONTRIBUTION.search(before):
            base = self._named(before[: m.start()], first, guesses)[0] or state.subject
            stem = re.sub(r"(?:增加值|产值)$", "", base)
            name = f"{stem}对{names.clean(m['whole'])}的贡献率"
            return self._figure(number, name, "share", start, at, guesses=guesses)
        m = SHARE.search(before)
        if not m:
            return None
        base, own = self._named(before[: m.start()], first, guesses)
        base = re.sub(r"(?<=.{2})(?:规模|总量)$", "", base)
        if base in names.BARE and base not in ("总量", "数量"):
            base = names.completed(base, state.parent, state.subject, counted=False)[0]
        if base in ("总量", "数量", "合计") or names.PRONOUN.match(base) or not base:
            base = re.sub(r"(?<=.{2})规模$", "", state.subject)
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
        return self._figure(number, name, "share", start, at, guesses=guesses)

    def _rank(self, number: Numeral, before: str, start: int, at: int, first: bool) -> Figure:
        state = self.state
        guesses: list[str] = []
        said, near = self.text[at : number.start], self.text[max(at, number.start - 14) : number.end]
        stem = re.sub("(?:继续|稳|保持|跃|位|名|从|由)*(?:居(?!民|住)|列(?!车)|排名?|升|进|跃|第)[^，。；]*$", "", said)
        stem = re.sub("(?:规模|总量|增速|增幅)?(?:稳|保持|位|名|从|由|第|全[国球省市]|在|至|到|各省?区?)*$", "", stem)
        own = self._named(stem, first, guesses)[0]
        name = own or state.subject
        scope = re.search("全[国省球市州县区]|各省区|世界|同类城市|副省级城市", near)
        growth = re.search("增速|增幅|涨幅", said[-12:])
        moved = re.search("(?:升|进|跃|移|滑|降|前)(?:至|到|居|位)第?$", said)
        state.scope = scope[0] if scope else state.scope if moved else ""
        full = f"{name}{growth[0] if growth and growth[0] not in name else ''}{state.scope}位次"
        if not state.scope or not names.head(name) or (name == state.subject and len(state.names) > 1):
            guesses.append("name without a head noun")
        figure = self._figure(number, full, "rank", start, at, guesses=guesses)
        if re.search("[从由][^，。]{0,8}$", said) and leads_to(self.text[number.end : number.end + 10]):
            figure.period = self._earlier("", figure.period)
        if names.head(own):
            state.subject = state.last = name
        return figure

    def _ratio(self, number: Numeral, before: str, start: int, at: int) -> Figure:
        state = self.state
        place, count = number.ratio
        if place == 0 and not (re.search(r"(?:调整|优化|变|演变|提升)为$", before) and len(state.names) == count):
            stem = names.clean(re.sub(r"由(?:上年|去年|20\d\d年)?的?$", "", before))
            state.whole = stem
            state.names = [stem] * count
            if re.search("三次产业|一二三产|三产|产业结构", stem) and count == 3:
                rest = re.search("投资|就业|从业人员", stem)
                end = f"{rest[0]}占比" if rest else "增加值占地区生产总值比重"
                state.names = [f"第{n}产业{end}" for n in "一二三"]
        number.unit = number.unit or "%"
        name = state.names[min(place, len(state.names) - 1)]
        return self._figure(number, name, "share" if count > 2 else "index", start, at)
