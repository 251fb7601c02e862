"""Whether the characters a figure is cited with say what its row says: value, digits, sign and kind of growth."""

import re
from dataclasses import dataclass
from decimal import Decimal

from . import numerals, periods
from .problems import message

Message = tuple[str, str]

_FALL = "负增长|下降|减少|降低|回落|削减|压缩|收窄|下滑|下跌|下挫|下行|滑落|走低|萎缩|倒退|少增|(?:低于|不及)[上去]年|跌|降|减|缩|(?<![不至])少(?!于)"
_FELL = "fell|fall|decreas|declin|drop|contract|lower|shrank|shrunk|slump"
_RISE = "增长|增加|增速|增幅|提高|提升|上升|上涨|回升|扩大|增|涨|升"
_ROSE = "increas|growth|grew|rose|rise|higher|surge|up(?:by)?$"
_DIRECTION = re.compile(rf"(?P<fall>{_FALL}|{_FELL}|down)|(?P<rise>{_RISE}|{_ROSE})", re.I)
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
_A_YEAR = re.compile(r"年均|年平均|每年|复合|平均增[长速]|CAGR|annualaverage|ayear|peryear|annualis", re.I)
# What the clause of a rate says that is no growth over one year (# is the rate), by the message that says what it is.
_NO_GROWTH = {
    "period_before": "环比|月均|[比较与同][上前][一个]*(?:月|期|季度?)|[比较与同](?:[0-9]{1,2}月|第?[一二三四]季度)|"
    "(?:month|quarter)-?on|[mq][/o][mq]|(?:previous|last)(?:month|quarter)",
    "several_years": "[两二三四五六](?:年平均|年年均|年复合)",
    "fixed_base": r"\d年?(?:=|为100)|基期",
    "another_place": "(?:高于|低于|快于|慢于|超过|高出|领先|比|较).{0,3}(?:省|国|全市|平均)",
    "contribution": "拉动|贡献",
    "change_of_rate": "(?:增速|增幅|涨幅|增长率).*(?:提高|提升|加快|回升|扩大|回落|放缓|收窄|下降|减慢)了?#个百分点",
}
_NO_GROWTH = {name: re.compile(pattern, re.I) for name, pattern in _NO_GROWTH.items()}


@dataclass(frozen=True)
class Reading:
    """One numeral of a citation: its digits and the sign that the text gives it, 0 where that does not decide; `index`
    marks a level of the year before = 100."""

    value: Decimal
    digits: str
    sign: int
    before: str
    after: str
    index: bool = False

    @property
    def clause(self) -> str:
        """What stands before the numeral in its own clause."""
        return _CLAUSE.split(self.before)[-1]


def readings(printed: str, *, growth: bool = False) -> list[Reading]:
    """Every numeral of a citation with its sign; with `growth` the words of rising and falling count as well."""
    text = numerals.separated(printed)
    found = []
    for numeral in numerals.arabic(text):
        before, after = text[: numeral.start], text[numeral.end :]
        index = growth and bool(_INDEX.search(before) or re.match(rf"\(?{_YEAR_BEFORE}=100", after))
        written = numeral.values[0], numeral.text.replace(",", ""), _sign(before, after, growth)
        found.append(Reading(*written, before, after, index))
    return found


def _sign(before: str, after: str, growth: bool) -> int:
    opened = before.endswith("(") and re.match(r"[%‰]?\)", after) is not None
    if _MINUS.search(before) or (opened and after.startswith(")")):
        return -1
    if not growth or before.endswith("+"):
        return 1
    *_, earlier, clause = ["", *_CLAUSE.split(before)]
    if re.search("降幅|跌幅|减幅", clause):
        moved = re.search("收窄|缩小|扩大|回升|减小", clause)
        return 0 if moved and not re.search("[至到为]约?$", clause) else -1
    if re.search("(?:增幅|增速|涨幅|增长率|growth).{0,8}(?:[至到为]|to )$", clause):
        return 1
    if _FALL_BEHIND.match(after):
        return -1
    if said := [m.lastgroup for m in _DIRECTION.finditer(clause)]:
        return -1 if said[-1] == "fall" else 1
    if not re.search(r"\d", earlier):  # 出口下降，为2.1%
        said = [m.lastgroup for m in _DIRECTION.finditer(earlier)]
    return 0 if said[-1:] == ["fall"] or (opened and not before[:-1]) else 1


def holds(value: str, printed: str) -> bool:
    """Whether a citation holds a number, in Arabic or Chinese numerals, whatever its sign."""
    return abs(Decimal(value)) in numerals.printed_values(printed)


def objection(value: str, printed: str, *, growth: bool = False, span: str = "") -> Message | None:
    """What a citation says against a value, a plain number, in Chinese and English; None if it says the value. With
    `growth` the figure is a growth over one year, not a level; `span` as in ``figures.csv``."""
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
        return None if holds(value, printed) else message("not_printed", value=value, seen=seen)
    if number and not (not growth and any(_EITHER_SIGN.search(r.before) for r in same)):
        signs = {r.sign for r in same}
        if signs == {0}:
            return message("no_sign", value=abs(number))
        if 0 not in signs and (1 if number > 0 else -1) not in signs:
            return message("other_sign", value=f"{-number:f}")
    if len(value.partition(".")[2]) not in {len(r.digits.partition(".")[2]) for r in same}:
        return message("other_decimals", digits=same[0].digits, value=value)
    return None


def doubt(value: str, printed: str, *, growth: bool, flow: bool) -> str:
    """Why a citation that holds a value may mean a level for a growth, or a change for a level: name of a message, or none."""
    moved = re.compile(rf"(?:{_FALL}|增加|增长|提高|提升|上升|上涨|增|涨|升)了?[约近超]?过?$")
    for r in readings(printed, growth=growth):
        if r.value != abs(Decimal(value)):
            continue
        worded = re.search("[\u4e00-\u9fff]", r.clause) and "|" not in printed
        if growth and worded and not _DIRECTION.search(r.before + r.after):
            return "no_direction"
        if growth and flow and re.search("年[末底初]", r.clause):
            return "end_of_year"
        if not growth and moved.search(r.clause) and re.search("[比较]|同比", r.clause):
            return "a_change"
    return ""


def _no_growth(printed: str, found: list[Reading], number: Decimal, span: str) -> Message | None:
    """Why a citation states no growth over one year."""
    same = [r for r in found if r.value == abs(number)]
    text = numerals.separated(printed)
    multiples = [r for r in same if r.after.startswith(("倍", "番", "成", "times", "fold"))]
    if multiples or (not same and _MULTIPLE.search(text)):
        return message("multiple")
    for r in same or [Reading(number, "", 0, text, "")]:
        before = _QUANTITY.sub("", r.before)
        after = re.split(r"[，。；,;]|\d(?!\d*年?=100)", r.after)[0]
        clause = f"{_CLAUSE.split(before)[-1]}#{after}"
        if _NO_GROWTH["period_before"].search(before) and not re.search("同比|[上去]年", clause):
            clause = before + clause
        for name, pattern in _NO_GROWTH.items():
            if pattern.search(clause):
                return message(name)
        if _A_YEAR.search(clause) and span != "per_year":
            return message("per_year")
    for r in same:
        if r.index:
            return message("index", digits=r.digits, growth=f"{r.value - 100:f}")
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
_PART = re.compile(
    r"[上下]半年|前[一二两三]个?季度|(?<![前至])第?[一二三四]季度|全年|(?<![\d.])\d{1,2}月?[-—–至到]\d{1,2}月|前\d{1,2}个?月"
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
        return message("other_year", said="、".join(map(str, sorted(years))), code=code)
    for base in _BASE.finditer(text) if growth else ():
        over_the_turn = period.end.month == 12 or not (base["end"] or base["turn"])
        one_before = int(base["y"]) == period.start.year - 1 if base["y"] else bool(base["turn"]) or period.years > 1
        if not (over_the_turn and one_before):
            return message("other_base", said=base[0], code=code)
    parts = {_part(period.start.year, words): words for words in _PART.findall(text)}
    if parts and period.start.year == period.end.year and periods.shortest(code) not in parts:
        return message("other_part", said="、".join(parts.values()), code=code)
    return None


def _part(year: int, words: str) -> str:
    """Code of a part of a year as a text names it; empty where there is no such part."""
    try:
        return periods.read(f"{year}年{words}")
    except ValueError:
        return ""
