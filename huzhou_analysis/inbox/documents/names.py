# ruff: noqa: SIM905
"""Names of indicators as a document's sentences give them: cleaned, and completed where the head noun was left out.

其中，夏粮16万吨 after 粮食总产量 is 夏粮产量; 总产量77万吨 after 秋粮播种面积 is 秋粮总产量.
"""

from __future__ import annotations

import re

# What ends the name of a quantity. A name without such an end takes that of the name before it.
HEADS = sorted(
    (
        "增加值 总产值 产值 产量 总产量 产出 播种面积 种植面积 收获面积 养殖面积 销售面积 施工面积 竣工面积 新开工面积 面积 投资 投资额 完成投资 零售额 销售额 零售总额 消费品零售总额 使用外资 利用外资 实际使用外资 实际利用外资 交易额 "
        "成交额 成交金额 总额 金额 数额 总值 营业收入 营收 主营业务收入 收入 总收入 纯收入 净收入 可支配收入 利润 利润总额 净利润 税收 支出 消费支出 存款 贷款 余额 存款余额 贷款余额 人口 "
        "人数 参保人数 率 比率 比重 占比 比例 份额 价格 出厂价格 购进价格 指数 出口 进口 进出口 出口额 进口额 进出口额 出口总额 进口总额 进出口总额 周转量 货物运输周转量 旅客运输周转量 货物周转量 旅客周转量 货物运输量 旅客运输量 货物吞吐量 旅客吞吐量 吞吐量 运输量 货运量 客运量 运量 "
        "业务量 业务总量 业务收入 保费 保费收入 用电量 消费量 发电量 供应量 加工量 处理量 排放量 用量 里程 总里程 长度 存栏 出栏 销量 库存 规模 能力 装机容量 总动力 "
        "水平 标准 强度 浓度 天数 件数 户数 数量 总数 总量 次数 游客 人次 授权量 申请量 拥有量 保有量 专利 额 赔付 赔款 给付 能耗 融资 资金 资产 负债 成本 费用 外资 密度 "
        "寿命 年限 存量 增量 用户 床位 床位数 在校学生 在校生 在校生数 在校学生数 毕业生数 招生人数 毕业生 招生 招生数 专任教师 系数 恩格尔系数 贡献率 增长率 死亡率 出生率 覆盖率 普及率 指标值 降水量 气温 GDP 生产总值 总产出 单价 "
        "均价 工资 平均工资 年薪 养老金 岗位 供水量 径流 库容 水资源 蓄水量 事故 死亡 死亡人数 受伤 满意度 倍差 差距 比值 得分 缺口 负担 交易量 成交量 消费品零售额 增长面 面积占比 赔付支出 支付 财力 "
        "顺差 逆差 债务 税费 换汇 订单 客流量 流量 人流量 销售收入 产业链产值 人才 就业 再就业"
    ).split(),
    key=len,
    reverse=True,
)  # fmt: skip
# Heads that need the name of what they are of: 总产量 after 秋粮播种面积 is 秋粮总产量.
STANDARD = set(
    "GDP 出口 进口 进出口 常住人口 户籍人口 生产总值 税收收入 工业投资 出口额 进口额 出口总额 进口总额 外贸出口 外贸进口 固投".split()
)
STAFF = set(
    "在校学生 在校生 在校生数 在校学生数 毕业生 招生 招生数 专任教师 教职工 在园幼儿 在园儿童 床位 床位数 拥有床位 毕业生数".split()
)
BARE = STAFF | set(
    "竣工面积 施工面积 新开工面积 待售面积 存款余额 存栏 出栏 产量 总产量 产值 增加值 面积 总数 总量 总额 金额 投资 规模 总规模 产销率 营业收入 营收 利润 利润总额 用户 收入 支出 数量 占比 比重 死亡 成交额 成交金额 交易额 "
    "总里程 里程 总长 总长度 总面积 人数 总人数 参保人数 余额 贷款余额 营业额 合同额 完成营业额 合同金额 受伤 均价 总值 总产值 综合收入 注册资本 入住人数 投资额 总投资 完成投资 旅客周转量 货物周转量 总收入 零售额 销售额 销售面积 建筑面积 占地面积 从业人员 产量占比".split()
)
_SIDES = {"城市", "城镇", "农村", "乡村", "男性", "女性", "境内", "境外", "国内", "民办", "公办", "市区"}
_LEAD = re.compile(
    r"^(?:其中|此外|另外|同时|而|且|并(?!购)|但|又|再(?!就业|生)|也|还|仅|即|则|从而|尤其是|特别是|其(?!他|余|它)|该|这一|目前|现有|现(?![代行价金场货役])|初步核算|经初步核算|经核算|初步测算|初步统计|预计|据统计|据测算|据[^，]{0,12}(?:统计|核算|调查|显示)|数据显示|统计显示"
    r"|(?:到|至)20\d\d年(?:底|末)?，?|(?:截至|截止|到)?(?:20\d\d)?年?(?:\d{1,2}月)?(?:底|末)(?=全|[^，]{2})|年末|年底|年初|期末|月末|季末|全年度?|全年全[市省州县区国]|当年|本年|本年度|年内|上半年|下半年|前[一二三四]季度|(?:20\d\d年?)?第?[一二三四]季度|前\d+个月|\d+[—\-至到]\d+月份?|\d+月份?|20\d\d年(?:末|底|度)?|今年以来|今年|去年|上年|当月|本月"
    r"|全[市省州县区国旗盟镇]|我[市省州县区国]|本[市省州县区]|全行业|全社会(?=固定资产)|境内(?!外|上市)|五年来?|累计(?!建成|报告)|共计|共(?![建同享济产])|总计|合计|预期|力争|确保|已经?|均|分别|平均|每天(?=\d)|约|连续|连年|经[^，]{2,6}登记|先后|再次|成功|持续|稳步|全面|首次|基本|新一轮|各类(?=$)"
    r"|按[^，]{1,14}(?:看|分|计算|统计|划分)|分[^，]{1,8}看|从[^，]{1,14}看|在[^，]{1,16}中(?=[^国])|[^，。]{2,10}方面)[：，的]?"
)
_VERB_LEAD = re.compile(
    r"^(?:(?:实现|完成|达到|拥有|共有|实有(?!经营)|共(?![建同享济产])|有(?![色限效机线轨])|安排|保障(?!性|房)|争取到?|争取|组建|创建|打造|布局建设|选派|认定(?!的)|发放(?!贷款)|投入(?!使用|强度)|开展|组织(?!机构)|举办|出台|制定|设立|开行|获得|取得|建有|设有|形成|发展|累计发展|累计完成|累计实现|带动|支持|派出|引导|下达|拨付|落实|超额完成|发生|共发生|突破|超过|达(?!标)|高达|跃升至|跃居|录取(?=[^，]*人)|公布|发布|检查|查处|推出|"
    r"接待(?=.{3})|集聚|入库|签订|办理(?!时)|办结|受理|解决|实施|推进|确定|吸纳|吸引|帮助|救助|资助|惠及|覆盖(?!率|面)|聚焦)(?!率))"
)
_TAIL = re.compile(
    r"(?:(?:(?:计划|总共|共计|累计|合计|预计|已经?|仍|均|都|也|只|仅|则|就|共|各|约|近|年均|分别|总体|基本|持续|稳定|保持|维持|控制|提前|首次|再次|连续|进一步|初步|力争|确保|将|要|可|能)*"
    r"(?:实现了?|完成|达到|达|为|是|有|由|从|在|至|到|超过|超出|超|突破|高达|增至|升至|降至|减至|提升到|提升至|提高到|提高至|增加到|增加至|增长到|增长至|扩大到|扩大至|下降到|下降至|降低到|降低至|缩小至|缩小到|跃升到|跃升至|发展到|回落至|上升到|上升至|"
    r"接近|居|列|位居|位列|排名|稳居|排|名列|占|等于|不低于|不少于|不超过|高于|低于|拥有|共有|新增长|跨越|迈上|站上|稳定在|保持在|控制在|落在|保持|合|折合|折|约合|以|仅次于|距离|迈过|冲上|攀升至|升|降|(?<!新)增|(?:1|100)(?:美元|欧元|港元|日元)兑(?:换)?|居于|位于|连续|先后|更是|更|大幅|显著|小幅|快速|稳步|数据(?:正式)?(?:发布|公布|出炉)|定为|确定为|调整为|优化为|演变为))+|[：，、。；的“「『]|(?:每人每[月年]|每[月年]|首次|再次|连续\d*年?|稳定|大幅|明显|进一步|总共|共计|累计|合计|预计|均|都|仅|已|共|约|近|年均|分别|总体|其中))$"
)
PRONOUN = re.compile(
    r"^(?:(?:这|该|此)(?:一|个|项)?)?(?:份额|占比|比重|数据|数字|增速|增幅|涨幅|降幅|水平|规模|总量|指标|成绩|比例|数值|可比|同口径|可比口径|自然口径|可比价)(?:还|也|仍)?$|^紧随其后$"
)
_INSERTED = re.compile(
    r"^(?:按|以|依|扣除|剔除|同口径|可比口径|不含|含|包括|比上年|比去年|较上年|较去年|同比|环比|分别|与上年|初步|其中|位|居|两年|年均|增速|增幅|此外|快于|高于|低于|可比|还原|现价|名义|实际|折合|约合|全年|增长)"
)


def head(name: str) -> str:
    """Head noun at the end of a name; "" if it has none."""
    bare = re.sub(r"（[^）]*）$", "", name)
    return next((h for h in HEADS if bare.endswith(h)), "")


def clean(text: str) -> str:
    """A stretch of a sentence as the name of what it names: without words of time, place, counting and doing."""
    text = re.sub(r"\[\d+\]|[①-⑳]", "", text)
    text = re.sub(r"^（[^）]{1,6}）", "", _close(text))
    before = None
    while before != text:
        before = text
        text = text.strip("，。；：、-—·●■◆| ")
        text = _LEAD.sub("", text)
        text = _TAIL.sub("", text)
        if len(text) > 2:
            text = _VERB_LEAD.sub("", text)
        text = re.sub(r"^[的]", "", text)
    text = re.sub(r"(?<=.{2})(?:全年|年末|年底)?(?:累计)?实现(?=.{2})|(?<=.{3})(?:全年|年末)(?=.{2})", "", text)
    return re.sub(r"^.{1,12}[中里内上]，(?=.{2})|合计(?=对)", "", text)


def dropped_verb(text: str) -> bool:
    """Whether a stretch opens with a verb that a name leaves out: 安排省级财政资金."""
    text = _LEAD.sub("", text.strip("，。；：、"))
    return bool(_VERB_LEAD.match(text)) and not re.match(r"实现|完成|达到|拥有|共有|有", text)


def _close(text: str) -> str:
    """Text without brackets and quotation marks that are opened or closed only."""
    for left, right in ("（）", "“”", "《》"):
        while text.count(right) > text.count(left):
            before, _, text = text.partition(right)
            text = before + text if left == "“" else text
        while text.count(left) > text.count(right):
            text = "".join(text.rpartition(left)[::2])
    return text


def noun(before: str, *, first: bool) -> tuple[str, bool]:
    """Name in the words before a number: (name, whether it stands in the number's own clause).

    Parameters
    ----------
    before : str
        From the last number, or the beginning of the sentence, to the verb of this one.
    first : bool
        Whether the number is the first of its sentence: the name may then stand in an earlier clause.
    """
    before = re.sub(r"(?:扣除|剔除)[^，。；]{2,12}?(?:因素|影响)(?:后|外)?，?", "", before)
    parts = re.split(r"[，。；：]", before)
    if len(parts) > 1 and not parts[0] and not first:
        parts = parts[1:]
    name = clean(parts[-1])
    if name:
        return name, True
    for part in reversed(parts[:-1]):
        if _INSERTED.match(part) and not head(clean(part)):
            continue
        if name := clean(part):
            return (name, False) if head(name) or first else ("", False)
    return "", False


def prefix(name: str) -> str:
    """What stands before the head noun: 秋粮 of 秋粮播种面积."""
    end = head(name)
    bare = re.sub(r"（[^）]*）$", "", name)
    return re.sub(r"(?:接待|完成|实现|实际)$", "", bare[: -len(end)]) if end and len(bare) > len(end) else ""


MODIFIER = re.compile(r"(?:级|[大中小微轻重]型|类别|性|籍|办|制|内|外|资质|以上|以下|一类|二类|三类)$")
_TOTAL = re.compile(r"^(?:总|全部)(?=产量|播种|面积)")


def family(name: str) -> str:
    """Head noun that the parts of a whole take over: 播种面积 of 农作物总播种面积, 居民人均可支配收入."""
    if re.search(r"(?:总量|总数|总额|规模|数量)$", name) and 4 < len(name) <= 8 and len(head(name)) == 2:
        return re.sub(r"总(?=[量数额])", "", name)
    if m := re.search(
        r"((?:户籍|常住)人口|生产者(?:出厂|购进)价格|居民人均(?:可支配收入|消费支出|消费性支出|纯收入)|对[^，]*?的?贡献率)$",
        name,
    ):
        return m[1]
    return _TOTAL.sub("", head(name)).replace("零售总额", "零售额")


def completed(name: str, parent: str, previous: str, *, counted: bool, things: str = "") -> tuple[str, str]:
    """A name with the head or the modifier that was left out, and which of them: "head", "modifier" or "".

    Parameters
    ----------
    name : str
        As the clause gives it.
    parent : str
        Whole that the parts are listed under: 粮食总产量.
    previous : str
        Name before this one.
    counted : bool
        Whether things are counted (医院231个): their noun is the name.
    """
    if name.endswith("周转量") and not previous.endswith("周转量"):
        return name, ""
    if name.startswith("总"):
        previous = re.sub(r"^(?:新增|新建|新改建|新开通)", "", previous)
    if name in STAFF and things:
        return things + name, "modifier"
    if name in ("死亡", "受伤", "死亡人数", "受伤人数"):
        return (previous + name, "modifier") if previous.endswith("事故") else (name, "")
    if name in BARE or re.fullmatch(
        r"(?:年末|期末|新增|新开工|总|人均|户均|平均)?(?:" + "|".join(sorted(BARE, key=len, reverse=True)) + ")", name
    ):
        if previous.endswith(name):
            return previous, ""
        stem = prefix(previous) or (re.sub(r"（[^）]*）", "", previous) if not head(previous) else "")
        return (stem + name, "modifier") if stem and stem != name else (name, "")
    if head(name):
        return name, ""
    if counted:
        if MODIFIER.search(name) and parent and not parent.endswith(name):
            things = re.sub(
                r"^(?:新增|新认定|新建|.{0,6}?(?:国家|省|市|县)级(?:及)?(?:以上)?|各类|各级|新设立?|年末)+", "", parent
            )
            return (name + things, "head") if things else (name, "")
        return name, ""
    end = family(parent)
    if end in STAFF or name.endswith(("学生", "研究生", "人员", "人次")):
        return name, ""
    if not end:
        return (name + parent, "head") if name in _SIDES and parent else (name, "")
    if end.startswith("居民人均") and not re.match(r"城镇|农村|城乡|全体|常住", name):
        return end.replace("居民人均", f"居民人均{name}"), "head"
    if end.endswith("量") and name.endswith(end[:-1]):
        return name, ""
    overlap = next((k for k in range(len(end), 0, -1) if name.endswith(end[:k])), 0)
    return name + end[overlap:], "head"


def listed(text: str, count: int) -> list[str]:
    """Names of a list before 分别: 新能源汽车、集成电路产量 is 新能源汽车产量 and 集成电路产量; [] if their number is another."""
    text = clean(text)
    if m := re.match(r"第?(一、二(?:、三)?)(?:次)?产业(.*)", text):
        parts = [f"第{n}产业" for n in m[1].split("、")]
        return [p + (m[2] or "") for p in parts] if len(parts) == count else []
    if m := re.match(r"(.+?)(?<![中高初优平])等(?![级次职])(.*)$", text):
        end = head(
            re.sub(
                r"(?:持续|保持|快速|平稳|较快|稳定|均|都|呈)*(?:增长|发展|提升|下降)(?:较快|迅速|明显|加快)?$", "", m[2]
            )
        )
        text = m[1] + end
    if text.startswith("三次产业") and count == 3:
        return [f"第{n}产业{text[4:]}" for n in "一二三"]
    text = re.sub(r"^[^、，]{1,8}中(?=[^国、，])", "", text)
    for pattern in (r"、|和|及|与|以及", r"、|和", r"、|与|及(?!以)", r"、"):
        parts = [p for p in re.split(pattern, _outside(text)) if p]
        if len(parts) == count:
            break
    else:
        return []
    parts = [p.replace("\x00", "、").replace("\x01", "和") for p in parts]
    end, front = head(parts[-1]), ""
    if m := re.search(
        r"(居民人均(?:可支配收入|消费支出)|的?[^、]{0,8}?的贡献率|的营业收入|生产者(?:出厂|购进)价格)$", parts[-1]
    ):
        end = m[1]
    if m := re.match(r"((?:规模以上|规上|限额以上|限上)(?:单位|企业)?|新增|新认定|对)", parts[0]):
        front = m[1]
    out = []
    for part in parts:
        part = part if part.startswith(front) else front + part
        part = part if head(part) or not end else part + end.lstrip("的")
        out.append(clean(part.replace("的营业收入", "营业收入")) or part)
    return out


def _outside(text: str) -> str:
    """Text whose separators inside brackets and quotation marks are masked."""
    return re.sub(r"（[^）]*）|“[^”]*”|《[^》]*》", lambda m: m[0].replace("、", "\x00").replace("和", "\x01"), text)
