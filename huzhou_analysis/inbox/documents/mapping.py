# ruff: noqa: SIM905
"""Names in a document matched to the tables: indicator, area and unit on file, or a proposal for a new one.

A match is an equal name once both are written one way (生产总值, GDP and 地区生产总值 are one); nothing is matched because it is
merely similar, and never a quantity of another dimension.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

import pandas as pd

from ...facts.units import Units
from .numbers import COUNTED
from .words import kind_of_unit

# One way of writing what documents write in several; the first that is meant wins.
_SAME = [
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r"[“”\"'《》的和与、及]|有效期内", ""),
        (r"(?<!人均)(?:国内生产总值|地区生产总值|生产总值|GDP)(?:总量)?", "GDP"),
        (r"人均(?:国内生产总值|地区生产总值|生产总值)", "人均GDP"),
        (r"规模以上", "规上"),
        (r"战新产业", "战略性新兴产业"),
        (r"研[究发]试验发展", "研发"),
        (r"限额以上", "限上"),
        (r"(?:研究试验发展|研发|R&D)(?:\(R&D\))?(?:内部)?(?:经费)?(?:投入|支出)", "R&D支出"),
        (r"研发投入强度", "R&D支出占GDP比重"),
        (r"占(.+?)(?:的)?(?:比例|份额|比重)$", r"占\1比重"),
        (r"^(?:货物|外贸|对外贸易|货物贸易|全部|自营)*(?:进出口)(?:贸易)?(?:总额|总值|额)?$", "进出口"),
        (r"^(?:其中)?(?:货物|外贸|货物贸易)*出口(?:总额|总值|额)?$", "出口"),
        (r"^(?:其中)?(?:货物|外贸|货物贸易)*进口(?:总额|总值|额)?$", "进口"),
        (r"^(?:实际|新增)?(?:利用|使用|到位|到账)(?:的)?外(?:商直接投)?资(?:金)?(?:额|总额|金额)?$|^(?:合同)?实到外资$|^实际到位外资$", "实际利用外资"),
        (r"^固定资产投资(?:\(不含农户\))?(?:完成额|额|总额)?$", "固定资产投资"),
        (r"^社会消费品零售(?:总额|额)$|^社零总额$", "社会消费品零售"),
        (r"^居民消费价格(?:总水平|指数|总指数)?(?:\(CPI\))?$|^CPI$", "居民消费价格"),
        (r"^城镇(?:常住)?居民人均可支配收入$", "城镇居民人均可支配收入"),
        (r"^农村(?:常住)?居民人均可支配收入$", "农村居民人均可支配收入"),
        (r"^城镇登记失业率$|^登记失业率$", "登记失业率"),
        (r"^(?:金融机构)?(?:本外币)?各项贷款余额$", "贷款余额"),
        (r"^单位(?:GDP|地区生产总值)能耗$", "单位GDP能耗"),
        (r"^城镇新增就业(?:人数|人口)?$", "城镇新增就业"),
    )
]  # fmt: skip
SAME = ("indicator", "ref_area", "time_period", "transformation", "goal")
_VERBS = re.compile(
    r"^(?:新?建成|建设|培育|打造|引进|创建|组织|开展|促成|投放|发放|获取|设立|实施|完成|累计|拥有|提供|招引|认定|推动|促进|集聚|惠及|开通|到位|市|全|各类)+(?=.{3})"
)
_LEAD = re.compile(r"^(?:全市|全省|全国|全社会|我市|全年|年末|年底|累计|共|新建成|拥有|当年)+(?=.{2})")
_END = re.compile(r"(?:总数|个数|家数|人数|户数|数量|总量|数|总额|额|规模|完成额)$")
_ENGLISH = dict(
    pair.split("=")
    for pair in (
        "地区生产总值=GDP|生产总值=GDP|增加值=value added|总产值=gross output|产值=output value|产量=output|播种面积=sown area|面积=area|投资=investment|零售额=retail sales|"
        "销售面积=floor area sold|销售额=sales|营业收入=revenue|可支配收入=disposable income|收入=revenue|支出=expenditure|利润=profit|存款=deposits|贷款=loans|余额=balance|人口=population|"
        "人数=number of persons|比重=share|占比=share|价格=prices|出口=exports|进口=imports|进出口=trade|总额=total|周转量=turnover|吞吐量=throughput|运输量=volume carried|业务量=volume|业务总量=volume|"
        "保费=premiums|用电量=electricity use|发电量=power generation|里程=length|第一产业=primary industry|第二产业=secondary industry|第三产业=tertiary industry|工业=industry|建筑业=construction|"
        "服务业=services|农林牧渔业=agriculture|规模以上=above-scale|规上=above-scale|限额以上=above-limit|城镇=urban|农村=rural|居民=residents|人均=per capita|粮食=grain|蔬菜=vegetables|企业=enterprises|"
        "高新技术=high-tech|高技术=high-tech|制造业=manufacturing|战略性新兴产业=strategic emerging industries|旅客=passenger|货物=freight|快递=express|邮政=postal|电信=telecom|住宅=housing|"
        "商品房=commercial housing|固定资产=fixed assets|房地产开发=real estate development|一般公共预算=general public budget|财政=fiscal|税收=tax|常住=resident|户籍=registered|就业=employment|新增=new|"
        "失业率=unemployment rate|城镇化率=urbanisation rate|率=rate|消费=consumption|专利=patents|授权=granted|医院=hospitals|学校=schools|小学=primary schools|在校学生=students|位次=rank|增减量=change|占=as share of|对=to"
    ).split("|")
)
_THEMES = (
    ("foreign_investment", "外资|外商投资"), ("trade", "出口|进口|进出口|外贸"), ("transport", "运输|周转量|吞吐量|公路|铁路|航道|港口|机场|旅客|货物|快递|邮政|车"), ("investment", "投资"),
    ("digital_economy", "数字|软件|互联网|电信|网络|5G"), ("innovation", "研发|R&D|专利|高新技术|科技|创新|技术合同|人才"), ("agriculture", "农|粮|林业|渔|牧|播种|出栏|存栏|蔬菜|茶"), ("consumption", "零售|消费品|餐饮|旅游|游客"),
    ("public_finance", "预算|财政|税"), ("finance", "存款|贷款|保费|保险|证券|融资|上市|银行"), ("environment", "污水|空气|能耗|排放|水质|PM|绿化|森林|垃圾|用电|能源"), ("culture", "文化|图书|博物|体育|运动"),
    ("enterprise", "企业|经营主体|市场主体|个体"), ("projects", "项目"), ("livelihood", "收入|人口|就业|失业|价格|医|学校|学生|养老|社会保障|低保|住房|教师"), ("output", "."),
)  # fmt: skip
_WORSE = re.compile(r"死亡|失业|能耗|排放|事故|PM|负债|亏损|不良|污染|浓度|倍差|恩格尔")


def canonical(name: str) -> str:
    """A name written one way."""
    text = unicodedata.normalize("NFKC", name)
    text = re.sub(r"\((?!R&D)[^()]*\)", "", text)
    text = _LEAD.sub("", text)
    for pattern, plain in _SAME:
        text = pattern.sub(plain, text)
    return _END.sub("", text) if len(text) > 3 else text


class Matcher:
    """Indicators, areas and units of the tables, by the names that documents give them."""

    def __init__(self, frames: dict[str, pd.DataFrame]) -> None:
        self.frames = {n: f.astype(str) for n, f in frames.items()}
        self.units = Units(self.frames["units"].to_dict("records"))
        self.indicators: dict[str, list[tuple[str, str]]] = {}
        for row in self.frames["indicators"].itertuples():
            self.indicators.setdefault(canonical(row.name_zh), []).append((row.indicator, row.unit))
        self.without_verbs: dict[str, list[tuple[str, str]]] = {}
        for name, entries in self.indicators.items():
            self.without_verbs.setdefault(_VERBS.sub("", name), []).extend(entries)
        figures = self.frames["figures"]
        stated = figures[figures.obs_value != ""].assign(goal=figures.record_type == "target")
        self.on_file: dict[tuple, list[dict]] = {}
        for row in stated.to_dict("records"):
            self.on_file.setdefault(tuple(row[c] for c in SAME), []).append(row)
        self.areas: dict[str, str] = {}
        for row in self.frames["ref_areas"].itertuples():
            whole = unicodedata.normalize("NFKC", row.name_zh)
            bare = re.sub(r"\([^)]*\)$", "", whole)
            names = (whole, bare, re.sub("[市区县省]+$", "", bare))
            self.areas |= {name: row.ref_area for name in names if len(name) > 1 and name not in self.areas}
        self.area_names = dict(zip(self.frames["ref_areas"].ref_area, self.frames["ref_areas"].name_zh, strict=True))

    def known_areas(self) -> dict[str, str]:
        """Names of areas in a text with the full name on file."""
        return {text: self.area_names[code] for text, code in self.areas.items()}

    def indicator(self, name: str, unit: str, measure: str, *, loose: bool = False) -> str:
        """Key of the indicator on file that a name and unit mean; "" if there is none, or more than one.

        With `loose` the verbs that names open with are left out: 建成高品质步行街 is 高品质步行街.
        """
        plain, entries = canonical(name), self.indicators
        if loose:
            plain, entries = _VERBS.sub("", plain), self.without_verbs
        found = entries.get(plain, []) if len(plain) >= (3 if loose else 1) else []
        if measure == "points":
            found = [(key, own) for key, own in found if own in ("%", "‰") or own in self.units]
        elif measure != "growth":
            found = [(key, own) for key, own in found if self._alike(unit, own)]
        return found[0][0] if len(found) == 1 else ""

    def _alike(self, unit: str, own: str) -> bool:
        """Whether two units measure the same kind of thing; yuan and dollars do."""
        both = [self.units[u] for u in (unit, own) if u in self.units]
        if len(both) == 2 and ({u.unit_measure for u in both} <= {"CNY", "USD"} or self.units.comparable(unit, own)):
            return True
        counted = re.sub(r"^(?:亿|万)", "", unit) in COUNTED and own in self.units and self.units[own].is_count
        return counted or kind_of_unit(unit) == kind_of_unit(own)

    def area(self, name: str) -> str:
        """Code of an area on file; "" if it is not."""
        return self.areas.get(unicodedata.normalize("NFKC", name), "")

    # --- proposals for what is not on file ----------------------------------------------------------------------------

    def new_indicator(self, name: str, unit: str, measure: str) -> dict[str, str]:
        """A row of ``indicators.csv`` for a name that is not on file, to be looked over by a person."""
        english = self._english(name)
        code = re.sub(r"[^a-z0-9]+", "_", english.lower()).strip("_") if english else ""
        if not re.fullmatch(r"[a-z][a-z0-9_]{3,48}", code) or code in set(self.frames["indicators"].indicator):
            code = "new_" + hashlib.sha1(name.encode()).hexdigest()[:8]
        stock = re.search(r"余额|存栏|保有量|拥有量|人口|里程|用户|床位|面积$|存量|总动力", name)
        kind = {"share": "ratio", "index": "index", "rank": "index", "count": "count"}.get(
            measure, "price" if re.search(r"价格|均价", name) else "stock" if stock else "flow"
        )
        return {
            "indicator": code,
            "name_zh": name,
            "name_en": english[:1].upper() + english[1:] if english else name,
            "theme": next(theme for theme, words in _THEMES if re.search(words, name)),
            "unit": unit,
            "measure_type": kind,
            "ascending": "false" if _WORSE.search(name) else "true",
            "definition": "",
            "breaks": "",
        }

    def _english(self, name: str) -> str:
        """English words for a name that is made of terms of the glossary only; "" otherwise."""
        rest = re.sub(r"[（）()的、]", "", name)
        words, rest = [], re.sub(r"比重$", "", rest) if "占" in rest else rest
        while rest:
            term = next((t for t in sorted(_ENGLISH, key=len, reverse=True) if rest.startswith(t)), "")
            if not term:
                return ""
            words.append(_ENGLISH[term])
            rest = rest[len(term) :]
        return " ".join(words)

    def new_unit(self, unit: str) -> dict[str, str]:
        """A row of ``units.csv`` for a unit that is not on file."""
        scale = re.match("(?:万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|百)?", unit)[0]
        power = sum({"十": 1, "百": 2, "千": 3, "万": 4, "亿": 8}[c] for c in scale)
        base = unit[len(scale) :]
        own = next((r for r in self.frames["units"].to_dict("records") if r["unit"] == base), None)
        if own:
            names = {c: own[c] for c in ("unit_measure", "name_en", "unit_mult_en")}
            return {"unit": unit, "unit_mult": str(int(own["unit_mult"]) + power)} | names
        measure = "COUNT" if base in COUNTED else "U_" + hashlib.sha1(base.encode()).hexdigest()[:6].upper()
        power = str(power)
        return {"unit": unit, "unit_measure": measure, "unit_mult": power, "name_en": unit, "unit_mult_en": power}


def full_name(figure_name: str, measure: str) -> str:
    """Name of the indicator for what no transformation of the tables can say: an increase is one of its own."""
    if measure == "change" and not re.search(r"新增$|净增$|增加|减少|高出", figure_name):
        return f"{figure_name}增减量"
    return figure_name
