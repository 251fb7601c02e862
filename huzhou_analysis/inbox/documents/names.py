"""Names of indicators as a document's sentences give them: cleaned, and completed where the head noun was left out.

其中，夏粮16万吨 after 粮食总产量 is 夏粮产量; 总产量77万吨 after 秋粮播种面积 is 秋粮总产量.
"""

from __future__ import annotations

import re

from .vocabulary import either, words

HEADS = words("head")  # a name without such an end takes that of the name before it
STAFF, SIDES = set(words("staff")), set(words("side"))
BARE = STAFF | set(words("bare"))  # heads that need the name of what they are of
_BARE = re.compile(f"(?:年末|期末|新增|新开工|总|人均|户均|平均)?{either('bare')}")
_LEAD = re.compile(f"^{either('lead')}[：，的]?")
_VERB_LEAD = re.compile(f"^{either('verb_lead')}(?!率)")
_TAIL = re.compile(
    f"(?:(?:{either('tail_adverb')}*{either('tail_verb')})+|[：，、。；的“「『]|(?:{either('tail_word')}))$"
)
PRONOUN = re.compile(f"^(?:(?:[这该此][一个项]?)?{either('pronoun')}[还也仍]?|紧随其后)$")
_INSERTED = re.compile(f"^{either('inserted')}")
_MODIFIER = re.compile(r"(?:级|[大中小微轻重]型|类别|性|籍|办|制|内|外|资质|以上|以下|一类|二类|三类)$")
_LONG_HEAD = re.compile(
    r"((?:户籍|常住)人口|生产者(?:出厂|购进)价格|居民人均(?:可支配收入|消费支出|消费性支出|纯收入)|对[^，]*?的?贡献率)$"
)


def head(name: str) -> str:
    """Head noun at the end of a name; "" if it has none."""
    bare = re.sub(r"（[^）]*）$", "", name)
    return next((h for h in HEADS if bare.endswith(h)), "")


def clean(text: str) -> str:
    """A stretch of a sentence as the name of what it names: without words of time, place, counting and doing."""
    text = re.sub(r"\[\d+\]|[①-⑳]|^（[^）]{1,6}）", "", text)
    for left, right in ("（）", "“”", "《》"):  # without those that are opened or closed only
        while text.count(right) > text.count(left):
            before, _, text = text.partition(right)
            text = before + text if left == "“" else text
        while text.count(left) > text.count(right):
            text = "".join(text.rpartition(left)[::2])
    before = None
    while before != text:
        before = text
        text = _TAIL.sub("", _LEAD.sub("", text.strip("，。；：、-—·●■◆| ").lstrip("的")))
        text = _VERB_LEAD.sub("", text) if len(text) > 2 else text
    return re.sub("(?<=..)(?:全年|年末|年底)?(?:累计)?实现(?=..)|(?<=...)(?:全年|年末|合计)(?=..)", "", text)


def dropped_verb(text: str) -> bool:
    """Whether a stretch opens with a verb that a name leaves out: 安排省级财政资金."""
    text = _LEAD.sub("", text.strip("，。；：、"))
    return bool(_VERB_LEAD.match(text)) and not re.match(r"实现|完成|达到|拥有|共有|有", text)


def noun(before: str, *, first: bool) -> tuple[str, bool]:
    """Name in the words before a number, and whether it stands in the number's own clause.

    Where it does not, the clauses before are asked: any name if the number is the `first` of its sentence, else one
    with a head noun.
    """
    parts = re.split(r"[，。；：]", before)
    if len(parts) > 1 and not parts[0] and not first:
        parts = parts[1:]
    if name := clean(parts[-1]):
        return name, True
    for part in reversed(parts[:-1]):
        name = clean(part)
        if name and (head(name) or not _INSERTED.match(part)):
            return (name, False) if head(name) or first else ("", False)
    return "", False


def prefix(name: str) -> str:
    """What stands before the head noun: 秋粮 of 秋粮播种面积; the whole name if it has none."""
    bare = re.sub(r"（[^）]*）", "", name)
    return re.sub("(?:接待|完成|实现|实际)$", "", bare.removesuffix(head(bare)))


def family(name: str) -> str:
    """Head noun that the parts of a whole take over: 播种面积 of 农作物总播种面积, 居民人均可支配收入."""
    if m := _LONG_HEAD.search(name):
        return m[1]
    end = name if len(name) <= 8 and name.endswith("运输总量") else head(name)
    return re.sub("(?<=运输)总|(?<=零售)总|^总(?=产量|播种|面积)", "", end)


def completed(name: str, parent: str, previous: str, *, counted: bool) -> tuple[str, str]:
    """A name with the head or the modifier that was left out, and which of them: "head", "modifier" or "".

    Parameters
    ----------
    name : str
        As the clause gives it.
    parent : str
        Whole that the parts are listed under (粮食总产量), or what is counted (医院).
    previous : str
        Name before this one.
    counted : bool
        Whether things are counted (医院231个): their noun is the name.
    """
    if name in STAFF and counted and parent:
        return parent + name, "modifier"
    if name.startswith(("死亡", "受伤", "死伤", "直接")):
        return (previous + name, "modifier") if previous.endswith("事故") else (name, "")
    if _BARE.fullmatch(name):
        stem = prefix(re.sub(f"^{either('new')}", "", previous) if name.startswith("总") else previous)
        if previous.endswith(name) or stem[:2] == name[:2]:  # 货物运输总量, 货物周转量
            return (previous if previous.endswith(name) else name), ""
        return stem + name, "modifier" if stem else ""
    if counted and _MODIFIER.search(name) and parent and not parent.endswith(name):
        return name + re.sub(f"^(?:{either('new')}|.{{0,6}}?[国家省市县]+级及?(?:以上)?|各[类级])+", "", parent), "head"
    end = family(parent)
    if head(name) or counted or end in STAFF or name.endswith(("学生", "研究生", "人员", "人次")):
        return name, ""
    if not end:
        return (name + parent, "head") if name in SIDES and parent else (name, "")
    if end.startswith("居民人均") and not re.match("城镇|农村|城乡|全体|常住", name):
        return end.replace("居民人均", f"居民人均{name}"), "head"
    overlap = next((k for k in range(len(end), 0, -1) if name.endswith(end[:k])), 0)
    return name + end[overlap:], "head"


def listed(text: str, count: int) -> list[str]:
    """Names of a list before 分别: 新能源汽车、集成电路产量 is 新能源汽车产量 and 集成电路产量; [] if their number is another."""
    text = clean(text)
    if m := re.match(r"第?(一、二(?:、三)?|三)(?:次)?产业(.*)", text.replace("三次产业", "一、二、三产业")):
        parts = [f"第{n}产业" for n in m[1].split("、")]
        return [p + m[2] for p in parts] if len(parts) == count else []
    if m := re.match(r"(.+?)(?<![中高初优平])等(?![级次职])(.*)$", text):
        text = m[1] + head(re.sub(f"{either('up')}.{{0,2}}$", "", m[2]))
    text = re.sub("^[^、，]{1,8}中(?=[^国、，])", "", text)
    masked = re.sub(r"（[^）]*）|“[^”]*”|《[^》]*》", lambda m: m[0].translate({0x3001: "\0", 0x548C: "\1"}), text)
    for pattern in (r"、|和|及|与|以及", r"、|和", r"、|与|及(?!以)", r"、"):
        parts = [p.translate({0: "、", 1: "和"}) for p in re.split(pattern, masked) if p]
        if len(parts) == count:
            break
    else:
        return []
    end, front = head(parts[-1]), ""
    if m := re.search(f"(?:{_LONG_HEAD.pattern[:-1]}|的营业收入)$", parts[-1]):
        end = m[0]
    if m := re.match(r"(?:规模以上|规上|限额以上|限上)(?:单位|企业)?|新增|新认定|对", parts[0]):
        front = m[0]
    out = []
    for part in parts:
        part = part if part.startswith(front) else front + part
        part = part if head(part) or not end else part + end.lstrip("的")
        out.append(clean(part.replace("的营业收入", "营业收入")) or part)
    return out
