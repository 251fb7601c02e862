"""The tables, checked and typed: what everything else reads from; and what is in them, by any of its names or words."""

import difflib
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from . import rounding
from .checks import check
from .locking import default_root
from .numerals import normalise
from .problems import DataError
from .schema import TABLES
from .words import Text, Units, labels, period_text, printed_quantity

FOUND_COLUMNS = ["indicator", "area", "period", "value", "number", "unit", "record_type", "obs_status"]
FOUND_COLUMNS += ["source", "place", "as_printed", "comment"]
# What indicators are called in everyday speech, as :func:`fold` has it.
ALIASES = pd.read_csv(Path(__file__).with_name("aliases.csv"), index_col="alias").indicator.to_dict()
_KIND_OF_AREA = re.compile(r"(?<=..)(?:市|省|区|县|镇)$|(?:province|city|district|county|town)$")


class NotOnFile(LookupError):
    """What a question needs is not in the tables; ``zh`` and ``en`` name what is missing."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"暂无数据：{zh} / no figure on file: {en}")
        self.zh, self.en = zh, en

    def __reduce__(self) -> tuple:
        return type(self), (self.zh, self.en)


class UnknownName(LookupError):
    """A name that no row of a table has, or that several have; the message lists the nearest."""


def home_area(figures: pd.DataFrame, levels: pd.Series) -> str:
    """The city that figures are about (see :attr:`Data.home`), given the level of each area by its code."""
    figures = figures[figures.ref_area.map(levels).eq("city")]
    for found in (figures.ref_area[figures.record_type == "target"], figures.ref_area):
        if len(found):
            return found.value_counts(sort=False).idxmax()
    if levels.empty:
        raise NotOnFile("ref_areas.csv 中没有地区", "no area in ref_areas.csv")
    return [*levels.index[levels == "city"], *levels.index][0]


@dataclass(frozen=True, eq=False, repr=False)
class Data:
    """All tables, checked and typed. Nothing in it is changed after loading.

    Every table is indexed by its key where it has one. In ``figures``, ``obs_value`` and ``value_high`` are floats,
    ``obs_text`` and ``high_text`` keep the digits as printed (so that rounding is known), everything else is text.
    Corrections are applied; ``corrected`` names the action.

    Examples
    --------
    >>> data = hz.load()
    >>> data.select("fdi_utilized", record_type="target", period="2027").obs_value.unique().tolist()
    [18.0]
    """

    root: Path
    figures: pd.DataFrame
    indicators: pd.DataFrame
    ref_areas: pd.DataFrame
    units_table: pd.DataFrame
    sources: pd.DataFrame
    outline: pd.DataFrame
    not_figures: pd.DataFrame
    milestones: pd.DataFrame
    corrections: pd.DataFrame
    relations: pd.DataFrame
    pairs: pd.DataFrame

    def __repr__(self) -> str:
        return f"<Data: {len(self.figures)} figures, {len(self.indicators)} indicators, {len(self.sources)} sources>"

    @cached_property
    def units(self) -> Units:
        return Units(self.units_table.reset_index().to_dict("records"))

    @cached_property
    def home(self) -> str:
        """The city that most targets are set for, or else that has most figures, or else the first of ``ref_areas.csv``."""
        return home_area(self.figures, self.ref_areas.level)

    @cached_property
    def city(self) -> Text:
        """Name of the city in both languages, as a title calls it: 湖州市, Huzhou."""
        return area_name(self)

    @cached_property
    def province(self) -> Text:
        """Name of the area that the city belongs to, in both languages; empty where none is named."""
        parent = self.ref_areas.parent[self.home]
        return area_name(self, parent) if parent else Text("", "")

    @cached_property
    def own(self) -> pd.Series:
        """Which figures are about the city, its parts, firms and surroundings, not about other cities and theirs."""
        other = set(self.ref_areas.index[self.ref_areas.level == "city"]) - {self.home}
        while parts := set(self.ref_areas.index[self.ref_areas.parent.isin(other)]) - other - {self.home}:
            other |= parts
        return ~self.figures.ref_area.isin(other)

    @cached_property
    def assembled(self) -> dict[tuple[str, str, str | None], pd.DataFrame]:
        """Series that were assembled from these tables before (:func:`~huzhou_analysis.series` keeps them here)."""
        return {}

    _rows = cached_property(lambda self: self.figures.groupby("indicator").indices)

    def select(
        self, indicator=None, area=None, *, record_type=None, transformation=None, source=None, period=None
    ) -> pd.DataFrame:
        """Figures that match; each argument may be one value or a list of them, None matches all."""
        rows = np.arange(len(self.figures))
        if isinstance(indicator, str):
            rows, indicator = self._rows.get(indicator, rows[:0]), None
        asked = {"indicator": indicator, "ref_area": area, "record_type": record_type, "transformation": transformation}
        for column, wanted in (asked | {"source_id": source, "time_period": period}).items():
            if wanted is not None:
                allowed = {wanted} if isinstance(wanted, str) else set(wanted)
                rows = rows[[cell in allowed for cell in self.figures[column].array[rows]]]
        return self.figures.iloc[rows]

    def indicator(self, name: str) -> str:
        """Code of an indicator given by its code, Chinese or English name; an UnknownName lists the nearest.

        >>> hz.load().indicator("实际利用外资")
        'fdi_utilized'
        """
        return named(self.indicators, name, "indicator")

    def area(self, name: str | None = None) -> str:
        """Code of an area given by code or name, as :meth:`indicator`; the city itself without one.

        >>> hz.load().area("湖州"), hz.load().area("Zhejiang")
        ('330500', '330000')
        """
        return self.home if name is None else named(self.ref_areas, name, "area")

    def figure(self, figure_id: str) -> pd.Series:
        """One figure by its id; a :class:`NotOnFile` names near ids."""
        try:
            return self.figures.loc[figure_id]
        except KeyError:
            near = ", ".join(difflib.get_close_matches(str(figure_id), list(self.figures.index), 3))
            zh, en = (f"（相近：{near}）", f"; near: {near}") if near else ("", "")
            zh = f"编号为 {figure_id} 的数字{zh}；请用 hz.find(data, 词) 查编号"
            raise NotOnFile(zh, f"no figure {figure_id!r}{en}; hz.find(data, words) looks an id up") from None

    def on_file(self, found: pd.DataFrame, indicator: str, zh: str = "", en: str = "") -> pd.DataFrame:
        """Figures or points, if there are any; else a :class:`NotOnFile` names the indicator, with `zh` and `en` behind it."""
        if len(found):
            return found
        what = name(self, indicator) if indicator in self.indicators.index else Text(indicator, indicator)
        raise NotOnFile(what.zh + zh, what.en + en)

    def interval(self, figure: pd.Series | str) -> rounding.Interval:
        """What a figure may stand for, in its printed unit: half a unit in its last place each way, if it was measured.
        A target or parameter is set, not measured, and a count of things is not rounded: both stand for themselves."""
        row = self.figure(figure) if isinstance(figure, str) else figure
        unit = self.units[row.unit]
        counted = unit.unit_measure in ("COUNT", "PS", "RANK") and unit.unit_mult == 0
        if row.relation in ("=", "range") and (counted or row.record_type in ("target", "parameter")):
            return rounding.Interval(row.obs_text, row.high_text or row.obs_text, high_closed=True)
        return rounding.printed_interval(row.obs_text, row.relation, row.high_text)


def load(root: Path | str | None = None) -> Data:
    """Read, check and type every table of a folder, by default ``HUZHOU_DATA`` or the project's own ``data/``.

    If anything at all is wrong with any table, a :class:`DataError` lists it.

    Examples
    --------
    >>> import huzhou_analysis as hz
    >>> data = hz.load()
    >>> data.figure("D001-GWR.gdp.2013").as_printed
    '地区生产总值达到1803.2亿元'
    """
    root = Path(root) if root is not None else default_root()
    frames, problems = check(root)
    if problems:
        raise DataError(problems)
    for name, frame in frames.items():
        key = TABLES[name].key
        frames[name] = frame.set_index(key[0]) if len(key) == 1 else frame.reset_index(drop=True)
    frames["indicators"] = frames["indicators"].assign(ascending=frames["indicators"].ascending == "true")
    figures, corrections = frames["figures"], frames["corrections"]
    figures = figures.assign(obs_text=figures.obs_value, high_text=figures.value_high, corrected="")
    figures.loc[corrections.index, "corrected"] = corrections.action
    overridden = corrections.value[corrections.action == "override"]
    figures.loc[overridden.index, "obs_text"] = overridden
    numbers = {"obs_value": pd.to_numeric(figures.obs_text), "value_high": pd.to_numeric(figures.high_text)}
    return Data(root, units_table=frames.pop("units"), **frames | {"figures": figures.assign(**numbers)})


def fold(text: str) -> str:
    """Text as it is compared: one width, small letters, no spaces or punctuation."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def name(data: Data, indicator: str) -> Text:
    """Name of an indicator in both languages, from its code or either name."""
    row = data.indicators.loc[data.indicator(indicator)]
    return Text(row.name_zh, row.name_en)


def area_name(data: Data, area: str | None = None) -> Text:
    """Name of an area in both languages; the city itself without one."""
    row = data.ref_areas.loc[data.area(area)]
    return Text(row.name_zh, row.name_en)


def find(data: Data, words: str | int, *, lang: str = "zh") -> pd.DataFrame:
    """Figures that hold every word, anywhere in their names, area, place, document, characters as printed or comment.

    Words in Chinese or English are separated by spaces; case and character width do not matter; a year is a word. One
    row a figure, indexed by its id (columns ``FOUND_COLUMNS``), in the language `lang`: ``value`` is the figure as it is
    read, ``number`` the number in the printed ``unit``.

    Examples
    --------
    >>> "D003.fdi_utilized.2027.2" in hz.find(data, "外资 2027").index
    True
    """
    figures, indicators, areas, sources = data.figures, data.indicators, data.ref_areas, data.sources
    texts = [figures.index.to_series(), figures.obs_text + figures.unit]
    texts += [figures[c] for c in ("indicator", "ref_area", "time_period", "locator", "as_printed", "comment")]
    texts += [figures.indicator.map(indicators[c]) for c in ("name_zh", "name_en", "theme")]
    texts += [figures.ref_area.map(areas[c]) for c in ("name_zh", "name_en")]
    texts += [figures.source_id.map(sources[c]) for c in ("title", "title_en")]
    everything = texts[0].str.cat(texts[1:], sep=" ").map(lambda t: normalise(t).casefold())
    wanted = [normalise(word).casefold() for word in str(words).split()]
    found = figures[everything.map(lambda said: all(word in said for word in wanted)).astype(bool)]
    name, title = ("name_en", "title_en") if lang == "en" else ("name_zh", "title")
    places = data.outline.set_index(["source_id", "locator"]).locator_en
    made = {
        "indicator": found.indicator.map(indicators[name]),
        "area": found.ref_area.map(areas[name]),
        "period": [period_text(p)[lang] for p in found.time_period],
        "value": [printed_quantity(data, f, lang) for f in found.itertuples()],
        "number": found.obs_value,
        "record_type": [labels(t)[lang] for t in found.record_type],
        "source": found.source_id.map(sources[title]),
        "place": [places[at] if lang == "en" else at[1] for at in zip(found.source_id, found.locator, strict=True)],
    }
    return found.assign(**made)[FOUND_COLUMNS]


def named(table: pd.DataFrame, name: str, what: str) -> str:
    """Code of the row of a table that a name means, its code, Chinese or English name; `what` is indicator or area."""
    if not isinstance(name, str):
        raise UnknownName(f"{what}: give its code or name as text, not {name!r}")
    if name in table.index:
        return name
    names = {code: [code, row.name_zh, row.name_en] for code, row in table.iterrows()}
    wanted = fold(name)
    if what == "area":
        names = {c: known + [_KIND_OF_AREA.sub("", fold(n)) for n in known] for c, known in names.items()}
        if not any(wanted in map(fold, known) for known in names.values()):
            wanted = _KIND_OF_AREA.sub("", wanted)
    elif ALIASES.get(wanted) in names:
        return ALIASES[wanted]
    found = [code for code, known in names.items() if wanted and wanted in map(fold, known)]
    if len(found) == 1:
        return found[0]
    near = found or nearest_codes(wanted, names)
    listed = ", ".join(f"{code} ({names[code][1]}, {names[code][2]})" for code in near)
    if found:
        raise UnknownName(f"{what} {name!r} may mean several; write the code of one: {listed}")
    hint = f"nearest: {listed}" if near else "look it up with hz.find"
    raise UnknownName(f"no {what} {name!r} in the tables; {hint}")


def nearest_codes(name: str, names: dict[str, list[str]], limit: int = 3) -> list[str]:
    """Codes whose names hold a text, or are written most like it, the nearest first; none where none is near."""
    wanted = fold(name)
    folded = {fold(known): code for code, all_names in names.items() for known in all_names}
    near = [n for n in folded if wanted and len(n) <= 6 * len(wanted)]
    holding = sorted((n for n in near if wanted in n), key=lambda n: (not n.startswith(wanted), len(n)))
    alike = difflib.get_close_matches(wanted, list(folded), limit, 0.65 if len(wanted) > 2 else 0.5)
    short = [] if wanted.isascii() or len(wanted) < 2 else sorted((n for n in near if _in_order(wanted, n)), key=len)
    return list(dict.fromkeys(folded[n] for n in (*holding, *alike, *short)))[:limit]


def _in_order(part: str, whole: str) -> bool:
    """Whether a text begins like another and its characters stand in that in the same order (社零, 固投)."""
    rest = iter(whole)
    return whole.startswith(part[:1]) and all(character in rest for character in part)
