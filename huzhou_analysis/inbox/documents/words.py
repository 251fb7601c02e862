"""Words around a number that say what it measures: growth and its direction, shares, ranks, from and to."""

from __future__ import annotations

import re

from . import names
from .numbers import COUNTED, Numeral

UP = "增长|多增|升值|增加|上升|上涨|提高|提升|扩大|增产|增收|净增|攀升|上浮|增|升|涨|加快|提速|高出|增多|拉长|延长|高于|高|快于|快"
DOWN = "下降|精简|少增|贬值|减少|回落|降低|下跌|下滑|缩小|收窄|减产|减收|缩短|压缩|压减|负增长|萎缩|削减|净减|放缓|改善|下调|降|减|跌|低于|低|慢于|慢|少"
RATE = "(?<!自然)增长率|增长速度|增速|增幅|涨幅|升幅|降幅|跌幅|涨跌幅"
MORE = r"(?:了|达到|达|为|约|近|超过|超|至少|均|分别|高达|仅|大幅|幅度|又|同步|就)*"
AGAINST = r"(?P<against>(?:(?:分别)?(?:比(?!例|重)|较|与(?=上|去|同|年))(?:[^，。；、\d]|(?:19|20)\d\d){1,14}?|同比|环比|年均|同口径|平均每年|每年|两年平均|三年平均|平均|实际|名义|累计|自然口径|按可比口径|可比价|相比|逐年|总体|同口径比|合计|均|也|将|又|再|分别)*)"
GROWTH = re.compile(rf"{AGAINST}(?P<verb>{UP}|{DOWN}|{RATE})(?:幅度)?{MORE}$")
TO = re.compile(
    rf"(?:{UP}|{DOWN}|跃升|跃迁|跃|发展|回升|恢复|进位|缩减|调整|变|优化|转)(?:到|至|为)(?:(?:19|20)\d\d年(?:末|底)?的?)?{MORE}$"
)
FROM = re.compile(
    r"(?:由|从|自)(?P<when>(?:19|20)\d\d年(?:末|底|同期)?|(?:上年|去年|前年)(?:末|底|同期)?|五年前|期初|“?十[三四]五”?末|改革前|疫情前)?的?(?P<what>[^，。；、由从]{0,8}?)(?:的|约|全国|全球|全省|全市)*(?P<rank>第)?$"
)
SHARE = re.compile(
    r"占(?:到|了)?(?:同期|其)?(?P<whole>[^，。；占]{0,30}?)(?:的)?(?P<word>比重|比例|份额|比率|比)?(?:（(?P<name>[^）]*率)）)?(?:的)?(?:约|超过|超|达到|达|为|仅|也|均|分别|接近|近|进一步|已|由|从|到|高达|一|就|(?:上升|提高|提升|增加|下降|降低|增长|扩大)(?:到|至|为))*$"
)
CONTRIBUTION = re.compile(
    r"(?:为|对)(?P<whole>[^，。；为对]{2,16}?)的?贡献(?:率|度|作用|份额)?(?:达到|达|为|超过|了|约|分别)*$"
)
PARTS = re.compile(
    r"其中|分[^，。；]{1,10}看|按[^，。；]{1,14}(?:看|分|统计|划分)|从[^，。；]{1,10}看|[^，。；]{2,14}中，|主要[^，]{2,8}中|构成看"
)
GAP = re.compile(
    r"(?:比|较|高于|低于|高出|快于)(全[国省市]|[^，。年上]{2,12}?)(?:平均(?:水平|值)?|平均)?(?:高|低|快|慢)?(?:出)?$"
)
AIM = re.compile(r"目标(?!任务完成)|(?<!人均)预期(?!寿命)|力争(?!上游)|规划到")
NEW = re.compile(r"^(?:新增|新培育|新认定|新入选|新建成|新建|新设立|新设|新引进|新签|新开工|累计建成|净增|新改建)")
AFTER_RATE = re.compile(rf"的?(?P<noun>[^，。；、\d]{{0,12}}?)(?:同比|年均|平均|环比|的)*(?:{RATE}|增长(?!极))")
THING_END = re.compile(
    r"(?:，|。|；|、|：|（|\d(?!\d*强)|全面|入选|入围|完成|实现|达到|全部|保持|获批|获|开工|建成|通过|签约|投产|竣工|正式|落地|成功|位居|位列|居(?!民|住|家)|占|增长|下降|超过|已|被|纳入|顺利|加快|进入|列入|分别|共有|发布|享受|参加|参展|荣获|启动|评为|均|“跨|实行|上榜|取得|落户|投用|报名|达(?!标)|拥有|超(?!市|高|级)|集中|陆续|有序|同比|比上年)"
)
DOING = re.compile(
    r"选派|认定|授权|开工|建设(?!用地|项目|标准)|入选|推出|推动|带动|落实|给予|组织|开展|实施|完成|支持|引领|争取|保障(?!性|房|金|人|标准)|安排|帮助|解决|惠及|受益|签约|获|举办|打造|培育|引进|招引|创建|改造|新建|盘活|力争|通过|集聚"
)
CLASSIFIER = {*COUNTED, "人", "万人", "台", "辆", "艘", "列", "班次", "天"} - {"路", "面", "块", "门", "口"}


def kind_of_unit(unit: str) -> str:
    """What a unit measures, without its power of ten: 万亿元 and 亿元 are both 元."""
    return re.sub(r"^(?:万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|百)(?=.)", "", unit)


def leads_to(after: str) -> bool:
    """Whether what follows a number goes on to a second: 由X提高到Y."""
    return bool(re.match(rf"[^，。；\d]{{0,6}}(?:{UP}|{DOWN}|跃升|跃|发展|进位|缩减|变|回升)(?:到|至|为)", after))


def measured(before: str, number: Numeral) -> tuple[str, str, int]:
    """Measure that the words right before a number say, the words left for the name, and the sign."""
    unit = kind_of_unit(number.unit)
    if to := TO.search(before):
        before = before[: to.start()]
        return ("share" if unit == "%" else "count" if unit in COUNTED else "level"), before, 1
    growth, gap = GROWTH.search(before), re.search(r"(?:高于|低于|高出|快于|慢于|领先)[^，。；]{1,12}$", before)
    if gap and unit in ("元", "美元"):
        return "change", before[: gap.start()], -1 if gap[0][0] == "低" else 1
    sign = -1 if growth and re.fullmatch(DOWN + "|降幅|跌幅", growth["verb"]) else 1
    if unit in ("个百分点", "个千分点", "百分点", "个基点", "个百分比"):
        cut = min([m.start() for m in (growth, gap) if m], default=len(before))
        return "points", before[:cut], -1 if gap and gap[0][0] in "低慢" else sign
    alone = growth and re.fullmatch("高|低|快|慢|少|增|升|减|降|高于|低于", growth["verb"]) and not growth["against"]
    rate = unit in ("%", "倍", "‰")
    if growth and (rate or not alone):
        stem = before[: growth.start()]
        if rate and growth["verb"][0] in "高低快慢" and names.clean(stem).endswith(("率", "比重", "占比")):
            return "share", stem, 1
        if before[: growth.start("verb")].endswith("新"):
            return ("change" if unit in ("元", "美元") else "count" if unit in COUNTED else "level"), before, 1
        return ("growth" if rate else "change"), stem, sign
    if unit in ("%", "成"):
        return "share", before, 1
    return ("count" if unit in CLASSIFIER - {"人", "天", "台", "辆"} else "level"), before, 1
