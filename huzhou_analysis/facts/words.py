"""Two languages: labels, and numbers with their units as a Chinese or an English reader expects them.

Chinese keeps the printed unit (亿元, 个百分点); English gets its counterpart (CNY bn, pp), with the decimal point moved
and the printed precision kept.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from .units import Units

LANGUAGES = ("zh", "en")
Text = dict[str, str]


def text(zh: str, en: str) -> Text:
    """One text in both languages."""
    return {"zh": zh, "en": en}


LABELS: dict[str, Text] = {
    "actual": text("实绩", "Actual"),
    "target": text("目标", "Target"),
    "claim": text("宣称", "Claim"),
    "parameter": text("参数", "Parameter"),
    "implied": text("推算", "Implied"),
    "derived": text("推算", "derived"),
    "source": text("资料来源", "Source"),
    "note": text("注", "Note"),
    "reading": text("解读", "Reading"),
    "data": text("数据", "Data"),
    "citations": text("出处", "Citations"),
    "no_figure": text("无在案数字", "no figure on file"),
    "indicator": text("指标", "Indicator"),
    "area": text("地区", "Area"),
    "period": text("时期", "Period"),
    "value": text("数值", "Value"),
    "unit": text("单位", "Unit"),
    "printed": text("原文", "As printed"),
    "document": text("文件", "Document"),
    "place": text("位置", "Place"),
    "status": text("状态", "Status"),
    "basis": text("时期依据", "Period basis"),
    "figure_id": text("数字编号", "Figure id"),
    "verdict": text("核对结论", "Verdict"),
    "rule": text("依据", "Rule"),
    "reproduced": text("可复现", "reproduced"),
    "price_basis": text("价格口径不同", "price basis"),
    "revision": text("数据修订", "revision"),
    "scope": text("口径不同", "scope"),
    "contradicted": text("矛盾", "contradicted"),
    "not_checkable": text("无从核对", "not checkable"),
    "met": text("已达到", "met"),
    "ahead": text("超前", "ahead"),
    "on_track": text("按计划", "on track"),
    "behind": text("落后", "behind"),
    "far_behind": text("明显落后", "far behind"),
    "no_figure_on_file": text("无在案数字", "no figure on file"),
    "not_comparable": text("不可比", "not comparable"),
    "missed": text("未达到", "missed"),
    "open": text("尚未达到", "not met yet"),
    "robust": text("稳健", "robust"),
    "fragile": text("易变", "fragile"),
    "single_source": text("仅一处来源", "one source only"),
    "yes": text("可比", "comparable"),
    "with_care": text("谨慎可比", "with care"),
    "no": text("不可比", "not comparable"),
    "in_words": text("文字目标", "stated in words"),
    "points_a_year": text("个百分点/年", "pp a year"),
    "percent_a_year": text("%/年", "% a year"),
    "too_few": text("观测值太少，不作预测", "too few observations to project"),
}


def label(key: str, lang: str) -> str:
    """Label of a code in a language; KeyError for an unknown one."""
    return LABELS[key][lang]


def labels(key: str) -> Text:
    """Return the word for a code in both languages."""
    return text(label(key, "zh"), label(key, "en"))


def number(value: float | str | Decimal, decimals: int | None = None, *, sign: bool = False) -> str:
    """A number with thousands separators and a true minus sign; a text keeps its own decimals."""
    exact = Decimal(value) if isinstance(value, str | Decimal) else Decimal(repr(float(value)))
    if decimals is not None:
        exact = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)
        if exact == 0:
            exact = abs(exact)
    return f"{exact:{'+' if sign else ''},f}".replace("-", "−")


def trimmed(value: float, decimals: int, *, sign: bool = False) -> str:
    """A number with at most so many decimals, without trailing zeros: 0.05, 1.5, 500."""
    shown = number(value, decimals, sign=sign)
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def unit_name(unit: str, lang: str, units: Units) -> str:
    """Name of a unit for an axis or a table head; English names what Chinese counts with a measure word."""
    if lang == "zh":
        return unit
    return "number" if units[unit].is_count else units[unit].name_en


def quantity(
    value: str | float, unit: str, lang: str, units: Units, *, decimals: int | None = None, relation: str = "="
) -> str:
    """A number with its unit as it stands in a sentence: 300.8亿元, CNY 30.08 bn.

    Parameters
    ----------
    value : str or float
        In the printed `unit`; a text keeps its printed decimals.
    decimals : int, optional
        Decimals in the printed unit, for derived values; English moves the point along.
    """
    if decimals is not None or not isinstance(value, str):
        places = 1 if decimals is None else decimals
        value = str(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN))
    prefix = {"=": "", ">=": "≥", ">": ">", "<=": "≤", "<": "<", "~": "≈", "range": ""}[relation]
    if lang == "zh":
        return f"{prefix}{number(value)}{unit}"
    u = units[unit]
    shown = number(units.english(value, unit))
    if u.unit_measure in ("PT", "PP"):
        gap = " " if u.name_en[0].isalpha() else ""
        return f"{prefix}{shown}{gap}{u.name_en}"
    if u.is_money:
        currency, _, scale = u.name_en.partition(" ")
        return f"{prefix}{currency} {shown}{' ' + scale if scale else ''}"
    if u.is_count:
        return f"{prefix}{shown}"
    return f"{prefix}{shown} {u.name_en}"


def in_english_units(value: float, unit: str, units: Units) -> float:
    """A number of the printed unit in the unit that English shows."""
    u = units[unit]
    return float(value) * 10.0 ** (u.unit_mult - u.unit_mult_en)


def axis_value(value: float, unit: str, lang: str, units: Units) -> float:
    """A number as it is plotted in a language: printed unit in Chinese, English unit in English."""
    return float(value) if lang == "zh" else in_english_units(value, unit, units)
