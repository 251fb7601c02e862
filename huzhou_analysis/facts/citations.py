"""Whether the characters a figure is cited with say what its row says: value, digits, sign and kind of growth.

Nothing is changed here: what the text does not say is named, with what it does say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from . import numerals, periods

Message = tuple[str, str]

_FALL = "负增长|下降|减少|降低|回落|削减|压缩|收窄|下滑|下跌|下挫|下行|滑落|走低|萎缩|倒退|少增|(?:低于|不及)[上去]年|跌|降|减|缩|(?<![不至])少(?!于)"
_FELL = "fell|fall|decreas|declin|drop|contract|lower|shrank|shrunk|slump"
_RISE = (
    "增长|增加|增速|增幅|提高|提升|上升|上涨|回升|扩大|增|涨|升|increas|growth|grew|rose|rise|higher|surge|up(?:by)?$"
)
_DIRECTION = re.compile(rf"(?P<fall>{_FALL}|{_FELL}|down)|(?P<rise>{_RISE})", re.I)
_FALL_BEHIND = re.compile(rf"(?:[%‰]|-?percent)(?:{_FELL})", re.I)  # a 2.1% drop
_CLAUSE = re.compile(r"[，。；,;：:]")
_MINUS = re.compile(r"(?:^|[^\d%‰年月日季度个点元万亿])[-−–‐]$|\([-−–]\)$|[▲△▼▽↓]$|负的?$|minus$", re.I)
_YEAR_BEFORE = "(?:上一?年|去年|上年同期|去年同期|同期)"
_INDEX = re.compile(
    rf"(?:为|是|相当于|达到?|比){_YEAR_BEFORE}的?为?$|{_YEAR_BEFORE}的$|{_YEAR_BEFORE}[=为]100|(?:指数|发展速度)(?:为|是|达)?$"
)
_MULTIPLE = re.compile("[一二三四五六七八九十两]+(?:倍|番)")
_EITHER_SIGN = re.compile("(?:逆差|亏损|净流出|净减少|负债)[为达至约了]*$")  # a size, or a negative balance
_QUANTITY = re.compile(r".*\d(?:%|‰|个百分点|percent|万|亿)")
_PERIOD_BEFORE = re.compile(
    "环比|月均|[比较与同][上前][一个]*(?:月|期|季度?)|[比较与同](?:[0-9]{1,2}月|第?[一二三四]季度)|(?:month|quarter)-?on|[mq][/o][mq]|"
    "(?:previous|last)(?:month|quarter)",
    re.I,
)
_A_YEAR = re.compile(r"年均|年平均|每年|复合|平均增[长速]|CAGR|annualaverage|ayear|peryear|annualis", re.I)
# What the clause of a rate says that is no growth over one year (# is the rate), and what to say of it.
_NO_GROWTH = (
    (_PERIOD_BEFORE, "原文是环比（比上一期），不是同比；此表不收环比增长",
     "is against the period before, not the same period a year before"),
    (re.compile("[两二三四五六](?:年平均|年年均|年复合)"), "原文是几年平均的增长，不是同比",
     "is an average over several years, not growth over one year"),
    (re.compile(r"\d年?(?:=|为100)|基期"), "原文的指数以某一年为100，不是同比；请改填水平值",
     "is an index with some year as 100, no growth over a year; enter it as a level"),
    (re.compile("(?:高于|低于|快于|慢于|超过|高出|领先|比|较).{0,3}(?:省|国|全市|平均)"), "原文是与别处的差距，不是同比变化",
     "is a difference from another area, not a change over a year"),
    (re.compile("拉动|贡献"), "原文是拉动或贡献，不是同比增长", "is a contribution, not growth over a year"),
    (re.compile("(?:增速|增幅|涨幅|增长率).*(?:提高|提升|加快|回升|扩大|回落|放缓|收窄|下降|减慢)了?#个百分点"), "原文是增速的变化，不是增速",
     "is a change in a growth rate, not the rate"),
)  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """One numeral of a citation as a figure may hold it: its digits and the sign that the text gives it.

    ``sign`` is 1, -1, or 0 where the text does not decide; `index` marks a level of the year before = 100.
    """

    value: Decimal
    digits: str
    sign: int
    before: str
    after: str
    index: bool = False


def readings(printed: str, *, growth: bool = False) -> list[Reading]:
    """Every numeral of a citation with its sign; with `growth` the words of rising and falling count as well."""
    text = numerals.separated(printed)
    found = []
    for numeral in numerals.arabic(text):
        before, after = text[: numeral.start], text[numeral.end :]
        sign = _sign(before, after, growth)
        index = growth and bool(_INDEX.search(before) or re.match(rf"\(?{_YEAR_BEFORE}=100", after))
        found.append(Reading(numeral.values[0], numeral.text.replace(",", ""), sign, before, after, index))
    return found


def _sign(before: str, after: str, growth: bool) -> int:
    opened = before.endswith("(") and re.match(r"[%‰]?\)", after) is not None
    if _MINUS.search(before) or (opened and after.startswith(")")):
        return -1
    if before.endswith("+"):
        return 1
    if not growth:
        return 1
    clause = _CLAUSE.split(before)[-1]
    if re.search("降幅|跌幅|减幅", clause):
        moved = re.search("收窄|缩小|扩大|回升|减小", clause)
        return 0 if moved and not re.search("[至到为]$|[至到为]约?$", clause) else -1
    if re.search("(?:增幅|增速|涨幅|增长率|growth).{0,8}(?:[至到为]|to )$", clause):
        return 1
    if _FALL_BEHIND.match(after):
        return -1
    earlier = _CLAUSE.split(before)[-2:-1]
    if last := [m.lastgroup for m in _DIRECTION.finditer(clause)][-1:]:
        return -1 if last == ["fall"] else 1
    if earlier and not re.search(r"\d", earlier[0]):  # 出口下降，为2.1%
        last = [m.lastgroup for m in _DIRECTION.finditer(earlier[0])][-1:]
    return 0 if last == ["fall"] or (opened and not before[:-1]) else 1


def holds(value: str, printed: str) -> bool:
    """Whether a citation holds a number, in Arabic or Chinese numerals, whatever its sign."""
    return abs(Decimal(value)) in numerals.printed_values(printed)


def objection(value: str, printed: str, *, growth: bool = False, span: str = "") -> Message | None:
    """What a citation says against a value, in Chinese and English; None if it says the value.

    Parameters
    ----------
    value : str
        Plain number.
    printed : str
        The characters as printed.
    growth : bool
        The figure is a growth over one year, not a level.
    span : str
        As in ``figures.csv``.
    """
    number = Decimal(value)
    found = readings(printed, growth=growth)
    if growth:
        if (said := _no_growth(printed, found, number, span)) is not None:
            return said
        if any(r.index and r.value - 100 == number for r in found):
            return None
    same = [r for r in found if r.value == abs(number)]
    if not same:
        seen = "、".join(r.digits for r in found) or "—"
        said = f"原文里没有数字 {value}，只有 {seen}", f"does not hold the number {value}, but {seen}"
        return None if holds(value, printed) else said
    if number and not (not growth and any(_EITHER_SIGN.search(r.before) for r in same)):
        signs = {r.sign for r in same}
        if signs == {0}:
            zh = f"原文没有写明 {abs(number)} 是升是降（如降幅收窄多少不是增长率）；请核对"
            en = f"does not say whether {abs(number)} is a rise or a fall (a fall that narrows by so much is no rate); check it"
            return zh, en
        if 0 not in signs and (1 if number > 0 else -1) not in signs:
            return f"按原文应为 {-number:f}；请核对正负号", f"says {-number:f}; check the sign"
    places = {len(r.digits.partition(".")[2]) for r in same}
    if len(value.partition(".")[2]) not in places:
        zh = f"原文写作 {same[0].digits}，数值写作 {value}：小数位数是原文的一部分，请照写"
        en = f"gives {same[0].digits}, the value is written {value}: its decimals are part of the figure, write them"
        return zh, en
    return None


def doubt(value: str, printed: str, *, growth: bool, flow: bool) -> Message | None:
    """Why a citation that holds a value may mean another kind of number: a level for a growth, a change for a level."""
    for r in readings(printed, growth=growth):
        clause = _CLAUSE.split(r.before)[-1]
        if r.value != abs(Decimal(value)):
            continue
        if (
            growth
            and re.search("[\u4e00-\u9fff]", clause)
            and "|" not in printed
            and not _DIRECTION.search(r.before + r.after)
        ):
            return (
                f"原文“{printed}”没有写增长或下降：{value} 是增长率吗？",
                f"“{printed}” speaks of no rise or fall: is {value} a growth?",
            )
        if growth and flow and re.search("年[末底初]", clause):
            return (
                f"原文“{printed}”比的是年末，该指标却按时期计",
                f"“{printed}” compares with the end of a year, but the indicator is a flow",
            )
        if (
            not growth
            and re.search(rf"(?:{_FALL}|增加|增长|提高|提升|上升|上涨|增|涨|升)了?[约近超]?过?$", clause)
            and re.search("[比较]|同比", clause)
        ):
            return (
                f"原文“{printed}”里 {value} 是增减量，不是水平值？",
                f"“{printed}”: is {value} a change, not a level?",
            )
    return None


def _no_growth(printed: str, found: list[Reading], number: Decimal, span: str) -> Message | None:
    """Why a citation states no growth over one year."""
    same = [r for r in found if r.value == abs(number)]
    text = numerals.separated(printed)
    if any(r.after.startswith(("倍", "番", "成", "times", "fold")) for r in same) or (
        not same and _MULTIPLE.search(text)
    ):
        zh = "原文是倍数、成数或翻番，不是百分数；请改填两期的水平值"
        return zh, "is a multiple, no percentage; enter the levels of both periods instead"
    for r in same or [Reading(number, "", 0, text, "")]:
        before = _QUANTITY.sub("", r.before)
        after = re.split(r"[，。；,;]|\d(?!\d*年?=100)", r.after)[0]
        clause = f"{_CLAUSE.split(before)[-1]}#{after}"
        if _PERIOD_BEFORE.search(before) and not re.search("同比|[上去]年", clause):
            clause = before + clause
        for pattern, *said in _NO_GROWTH:
            if pattern.search(clause):
                return tuple(said)
        if _A_YEAR.search(clause) and span != "per_year":
            return "原文是年均增长；时间跨度应为 per_year（每年）", "is an average a year; its span is per_year"
    for r in same:
        if r.index:
            growth = r.value - 100
            zh = f"原文的 {r.digits} 以上年为100：同比增长为 {growth:f}，请填 {growth:f}"
            en = f"{r.digits} has the year before as 100: the growth is {growth:f}; enter {growth:f}"
            return zh, en
    return None


def written(value: Decimal, printed: str, *, growth: bool = False) -> str:
    """A number in the digits it is printed with: 34.6 is 34.60 where that is what the document has."""
    for reading in readings(printed, growth=growth):
        if reading.value == abs(value) and not reading.index:
            return ("-" if value < 0 else "") + reading.digits
        if reading.index and reading.value - 100 == value:
            return f"{reading.value - 100:f}"
    return numerals.digits(value)


_YEAR = re.compile(r"(?<![\d.比较与])(?P<y>(?:19|20)\d\d)年")
_ORDINALS = {"一": 1, "二": 2, "三": 3, "四": 4, "两": 2}
_PART = re.compile(
    r"(?P<half>[上下])半年|前(?P<first>[一二两三])个?季度|(?<![前至])第?(?P<quarter>[一二三四])季度|(?P<year>全年)"
    r"|(?<![\d.])(?P<from>\d{1,2})月?[-—–至到](?P<to>\d{1,2})月|前(?P<months>\d{1,2})个?月"
)
# What a growth is measured from, other than the same part of the year before.
_BASE = re.compile(
    r"(?:[比较与同自从]|since|over|than|from|of|compared(?:with|to))(?P<y>(?:19|20)\d\d)年?(?P<end>[末底初])?"
    r"|(?P<turn>年初|[上去]年[末底])|前年|年前|(?<!今年)以来|十[一二三四五]五"
    r"|[两二三四五六七八九十]年(?:来|间|内|累计|共|合计)?(?:增|提|上升|翻|减|下降)"
)


def period_objection(code: str, printed: str, *, growth: bool = False) -> Message | None:
    """What a citation says against a period: another year, another part of the year, or, of a growth over one year, that
    it is one over several; None if it says none of these."""
    if not code:
        return None
    period, text = periods.parse(code), numerals.separated(printed)
    years = {int(m["y"]) for m in _YEAR.finditer(text)}
    if years and not any(period.start.year <= year <= period.end.year for year in years):
        said = "、".join(map(str, sorted(years)))
        return f"原文为{said}年，时期却是 {code}", f"speaks of {said}, the period is {code}"
    for base in _BASE.finditer(text) if growth else ():
        over_the_turn = period.end.month == 12 or not (base["end"] or base["turn"])
        one_before = int(base["y"]) == period.start.year - 1 if base["y"] else bool(base["turn"]) or period.years > 1
        if not (over_the_turn and one_before):
            return (
                f"原文是比“{base[0]}”的增长，不是同比",
                f"is growth since “{base[0]}”, not over the year before {code}",
            )
    parts = {_months(m): m[0] for m in _PART.finditer(text)}
    if parts and period.start.year == period.end.year and (period.start.month, period.end.month) not in parts:
        said = "、".join(parts.values())
        return f"原文为“{said}”，时期却是 {code}", f"speaks of {said}, the period is {code}"
    return None


def _months(found: re.Match) -> tuple[int, int]:
    """First and last month of a part of the year."""
    if found["half"]:
        return (1, 6) if found["half"] == "上" else (7, 12)
    if found["first"]:
        return 1, 3 * _ORDINALS[found["first"]]
    if found["quarter"]:
        last = 3 * _ORDINALS[found["quarter"]]
        return last - 2, last
    if found["year"]:
        return 1, 12
    return (1, int(found["months"])) if found["months"] else (int(found["from"]), int(found["to"]))
