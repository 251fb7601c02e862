"""The name of what a number measures: before it, behind it, or of the clauses before."""

from __future__ import annotations

import re

from . import names
from .context import Document, area_in
from .figures import State
from .numbers import COUNTED, Numeral
from .words import CLASSIFIER, DOING, NEW, RATE, THING_END, kind_of_unit


class Naming:
    """Names for the numbers of a paragraph; holds what its clauses have said so far."""

    document: Document
    state: State
    text: str

    def _named(self, stem: str, first: bool, guesses: list[str]) -> tuple[str, bool]:
        """Name in the words before a number, its area taken off."""
        state = self.state
        name, own = names.noun(stem, first=first or not state.subject)
        news = self.document.kind == "news"
        if not news:
            state.area = self.document.area
        said = [names.clean(part) for part in re.split(r"[，；：。]", stem)]
        parts = [re.sub(r"^(?:而|在|与)+", "", part) for part in said] if news else [name] * own
        for part in parts:
            area, rest = area_in(part, self.document)
            several = re.match(r"[、和与跟及至到—·-]", rest)
            if not area or several or (not news and (area == self.document.area or not names.head(rest))):
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
        if m := re.search(rf"(?:同比|年均)?(?:{RATE})$", name):
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
        if number.unit in ("万", "亿"):
            m = re.match("[一-鿿]{0,8}?(?:人口|用户|游客|学生|职工|群众|居民|农民|人次|老年人|劳动力)", after)
            number.unit += "人" if m or name.endswith(("人口", "人", "人数")) else ""
            return names.clean(m[0]) if m else ""
        if kind_of_unit(number.unit) in COUNTED or number.rank or (name and names.head(name)):
            return ""
        m = re.match(
            r"(?!左右|以上)的?([A-Za-z一-鿿]{2,14}?)(?=[，。；、）]|位列|位居|稳居|排名?|居|领跑|成为|跻身|进入)", after
        )
        noun = names.clean(m[1]) if m and len(re.split("[，；：]", before)[-1]) <= 12 else ""
        return noun if names.head(noun) else ""

    def _thing(self, number: Numeral, before: str, after: str, name: str, own: bool) -> str:
        """Noun behind a number of things: 29项促消费政策; "" if the name stands before it."""
        if number.unit and kind_of_unit(number.unit) not in CLASSIFIER and number.unit not in ("万", "亿"):
            return ""
        m = THING_END.search(after)
        noun = after[: m.start()] if m else after
        if not noun or re.match("[以左上的之和及与、月多]|百分点", noun):
            return ""
        behind = names.clean(before[-12:]) if not re.search(r"[，。；：、]$", before) else ""
        if len(noun) < 2 and noun not in ("省", "县"):
            return ""
        lead = NEW.search(names.clean(re.split(r"[，；：、]", before)[-1]) + " ") if before else None
        if own and behind and not lead and names.head(names.clean(name)):
            return ""
        name = re.sub(r"(?<=.{2})(?:中|和|及|与|以及)$", "", names.clean(re.sub("中有?$", "", noun)))
        number.consumed = number.end + len(noun)
        whole = re.match(
            "(.{0,6}?(?:省份|省区市|城市|地区|区县|国家|行业|大类|省市))(?![中有的])([^，。；、]{2,24})", after
        )
        if whole and re.search("超|达|实现|增|高于|低于|保持|下降|位|入围|破|跑赢|领跑|转正|回升", whole[2]):
            said = re.sub(r"^(?:均|全部|都|达到)+|[的（].*$", "", whole[2])
            name, number.consumed = f"{said}的{whole[1]}", number.end + len(whole[1])
        return (lead[0] + name if lead and not name.startswith(lead[0]) else name) or ""

    def _whole_name(self, number: Numeral, name: str, own: bool, measure: str, guesses: list[str], before: str) -> str:
        """The full name: the subject where the clause gives none, head or modifier added where they were left out."""
        state, kind = self.state, kind_of_unit(number.unit)
        known = self.document.kind == "news" and measure == "level" and not own and kind in state.by_unit
        if names.PRONOUN.match(name) or (known and not names.head(name)):
            name = ""
        if not name:
            return self._subject(measure, guesses, before)
        if m := re.fullmatch(r"(.*?)(?:增加值)?(占比|比重)", name):
            if not m[1]:
                return state.subject + m[2]
            return f"{name[:-2]}占{state.whole}比重" if state.whole and m[2] == "比重" and "占" not in name else name
        lead = NEW.match(state.last) if before.startswith("、") and measure in ("count", "level") else None
        if lead and not NEW.match(name) and not names.head(name) and not DOING.match(name):
            return lead[0] + name
        if measure == "share" and state.parts and state.ratio and not names.head(name):
            guesses.append("head noun from the clause before")
            return names.completed(name, state.ratio, state.subject, counted=False)[0]
        if measure == "change" and re.search(r"新增$|净增$", name):
            return name if len(name) > 2 else state.subject + name
        if not state.parts and len(name) > 6 and name not in names.BARE:
            return name
        return self._completed(number, name, measure, guesses, before)

    def _subject(self, measure: str, guesses: list[str], before: str) -> str:
        """Name of a number whose clause gives none."""
        state = self.state
        if measure == "points":
            return state.last or state.subject
        if re.search(r"累计|总数|总量|共有", before) and (lead := NEW.match(state.subject)):
            return state.subject[lead.end() :]
        if not state.subject:
            guesses.append("no name found")
        return state.subject

    def _completed(self, number: Numeral, name: str, measure: str, guesses: list[str], before: str) -> str:
        """A name with the head or modifier that was left out."""
        state, kind = self.state, kind_of_unit(number.unit)
        counted = measure == "count" or kind in CLASSIFIER
        related = measure in ("growth", "points") or kind == state.parent_unit
        bare = name in names.BARE and not re.search(r"(?:^|。)(?:全年|年末|全[市州省县区])[^，。；]*$", before)
        if not (bare or counted or (related and (state.parts or self.document.kind == "bulletin"))):
            return name
        whole = state.things if counted else state.parent
        full, added = names.completed(name, whole, state.subject, counted=counted, things=state.things)
        alike = kind == state.parent_unit and (state.parts or kind in ("人", "辆")) and names.family(state.parent)
        if counted and not added and alike:
            full, added = names.completed(name, state.parent, state.subject, counted=False)
        if added:
            guesses.append(f"{'head noun' if added == 'head' else 'modifier'} from the clause before")
        return full

    def _doubts(self, number: Numeral, name: str, measure: str, behind: bool, own: bool, before: str) -> list[str]:
        """What makes a name doubtful: it stands behind the number, has no head noun, or holds a verb."""
        plain, formal = NEW.sub("", re.sub(r"“[^”]*”|（[^）]*）", "", name)), self.document.kind == "bulletin"
        if behind:
            return ["name behind the number"]
        if not own:
            return list(self.state.doubts)
        verb = not formal and (DOING.search(plain) or names.dropped_verb(re.split(r"[，。；：]", before)[-1]))
        if measure == "count":
            doubtful = verb or DOING.search(plain[:-2]) or not 2 <= len(plain) <= 18
        else:
            begin = (number.before or number.start) - len(before)
            close = self.text[begin - 1 : begin] if begin else ""
            loose = before[:1] not in "，。；：、和及与（）" and close not in ("", "。", "！", "？")
            short = len(plain) <= 4 and plain not in names.STANDARD
            headless = not names.head(name) and not (formal and measure in ("growth", "change"))
            doubtful = verb or headless or (not formal and (loose or short)) or not 2 <= len(plain) <= 24
        return ["name without a head noun"] if doubtful else []

    def _remember(self, number: Numeral, name: str, measure: str, own: bool, guesses: list[str]) -> None:
        state = self.state
        if not name:
            return
        if own:
            doubtful = ("name without a head noun", "name behind the number")
            state.doubts = [g for g in guesses if g in doubtful]
        completed = any(g.startswith("head") for g in guesses)
        if measure not in ("points",) and own and not re.search(r"的(?:省份|省区市|城市|地区|行业|大类)$", name):
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
