"""Names of indicators as a document's sentences give them: cleaned, and completed where the head noun was left out
(其中，夏粮16万吨 after 粮食总产量 is 夏粮产量; 总产量77万吨 after 秋粮播种面积 is 秋粮总产量).
"""

import re

from .vocabulary import P, words

STAFF = set(words("staff"))
BARE = STAFF | set(words("bare"))  # heads that need the name of what they are of


def head(name: str) -> str:
    """Head noun at the end of a name; "" if it has none."""
    m = P.head_end.search(re.sub(r"（[^）]*）$", "", name))
    return m[0] if m else ""


def clean(text: str) -> str:
    """A stretch of a sentence as the name of what it names: without words of time, place, counting and doing."""
    text = re.sub(r"\[\d+\]|[①-⑳]|^（[^）]{1,6}）", "", text)
    for left, right in ("（）", "“”", "《》"):  # without those that are opened or closed only
        while text.count(right) > text.count(left):
            text = text.replace(right, "", 1)
        while text.count(left) > text.count(right):
            text = "".join(text.rpartition(left)[::2])
    before = None
    while before != text:
        before = text
        text = P.name_tail.sub("", P.name_lead.sub("", text.strip("，。；：、-—·●■◆| ").lstrip("的")))
        text = P.name_verb.sub("", text) if len(text) > 2 else text
    return P.name_inner.sub("", text)


def dropped_verb(text: str) -> bool:
    """Whether a stretch opens with a verb that a name leaves out: 安排省级财政资金."""
    text = P.name_lead.sub("", text.strip("，。；：、"))
    return bool(P.name_verb.match(text)) and not re.match(r"实现|完成|达到|拥有|共有|有", text)


def noun(before: str, *, first: bool) -> tuple[str, bool]:
    """Name in the words before a number, and whether it stands in the number's own clause; else a clause before gives it,
    any name if the number is the `first` of its sentence, else one with a head noun."""
    parts = re.split(r"[，。；：]", before)
    if name := clean(parts[-1]):
        return name, True
    told = ((clean(part), part) for part in reversed(parts[:-1]))
    name = next((name for name, part in told if name and (head(name) or not P.opens_inserted.match(part))), "")
    return (name if head(name) or first else ""), False


def family(name: str) -> str:
    """Head noun that the parts of a whole take over: 播种面积 of 农作物总播种面积, 居民人均可支配收入."""
    if m := P.long_head.search(name):
        return m[0]
    end = name if len(name) <= 8 and name.endswith("运输总量") else head(name)
    return re.sub("(?<=运输)总|(?<=零售)总|^总(?=产量|播种|面积)", "", end)


def completed(name: str, parent: str, previous: str, *, counted: bool) -> tuple[str, str]:
    """A name with the head or the modifier that was left out, and which of them: "head", "modifier" or "". `parent` is the
    whole that the parts are listed under (粮食总产量), or what is `counted` (医院231个); `previous` the name before this one."""
    if name in STAFF and counted and parent:
        return parent + name, "modifier"
    if name.startswith(("死亡", "受伤", "死伤", "直接")):
        return (previous + name, "modifier") if previous.endswith("事故") else (name, "")
    if P.bare_name.fullmatch(name):
        if previous.endswith(name):
            return previous, ""
        whole = re.sub(r"（[^）]*）", "", P.opens_new.sub("", previous) if name.startswith("总") else previous)
        stem = re.sub("(?:接待|完成|实现|实际)$", "", whole.removesuffix(head(whole)))
        return (name, "") if not stem or stem[:2] == name[:2] else (stem + name, "modifier")  # 货物运输总量, 货物周转量
    if counted and P.modifier.search(name) and parent and not parent.endswith(name):
        return name + P.level_of.sub("", parent), "head"
    end = family(parent)
    if not end or head(name) or counted or end in STAFF or name.endswith(("学生", "研究生", "人员", "人次")):
        return name, ""
    if end.startswith("居民人均") and not re.match("城镇|农村|城乡|全体|常住", name):
        return end.replace("居民人均", f"居民人均{name}"), "head"
    overlap = next((k for k in range(len(end), 0, -1) if name.endswith(end[:k])), 0)
    return name + end[overlap:], "head"


def listed(text: str, count: int) -> list[str]:
    """Names of a list before 分别: 新能源汽车、集成电路产量 is 新能源汽车产量 and 集成电路产量; [] if their number is another."""
    text = clean(text)
    if m := re.match(r"第?(一、二(?:、三)?|三)(?:次)?产业(.*)", text.replace("三次产业", "一、二、三产业")):
        parts = [f"第{n}产业{m[2]}" for n in m[1].split("、")]
        return parts if len(parts) == count else []
    if m := re.match(r"(.+?)(?<![中高初优平])等(?![级次职])(.*)$", text):
        text = m[1] + head(P.up_end.sub("", m[2]))
    text = re.sub("^[^、，]{1,8}中(?=[^国、，])", "", text)
    masked = re.sub(r"（[^）]*）|“[^”]*”|《[^》]*》", lambda m: m[0].translate({0x3001: "\0", 0x548C: "\1"}), text)
    ways = ([p for p in re.split(way, masked) if p] for way in ("、|和|及|与|以及", "、|和", "、|与|及(?!以)", "、"))
    parts = next((p for p in ways if len(p) == count), [])
    parts = [p.translate({0: "、", 1: "和"}) for p in parts]
    if not parts:
        return []
    long, front = P.list_head.search(parts[-1]), P.list_front.match(parts[0])
    end, front = long[0] if long else head(parts[-1]), front[0] if front else ""
    whole = [part if part.startswith(front) else front + part for part in parts]
    whole = [part if head(part) or not end else part + end.lstrip("的") for part in whole]
    return [clean(part.replace("的营业收入", "营业收入")) or part for part in whole]
