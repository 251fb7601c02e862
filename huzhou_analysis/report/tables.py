"""What stands on the sheets of the workbook: tables of numbers in the unit of a language, formulas, links and texts.

What is missing is None; a sheet shows a code in square brackets for it where numbers stand (``MISSING``).
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..analysis.evidence import GRADES, TIME_PROGRESS
from ..analysis.gaps import target_gaps
from ..analysis.targets import STATUSES
from ..facts import periods, words
from ..facts.data import Data
from ..facts.schema import OBS_STATUSES, RECORD_TYPES
from ..facts.words import Quantity, figure_quantity, text
from ..show import office
from ..show.chart import scale
from ..show.native import clean, number_code
from ..show.sources import cell, exact
from .content import WORDS, Content, words_for

MISSING, VERDICTS = words_for("missing"), words_for("verdict")
TO_READ = 12  # columns; the rest of a wider table is grouped away
IF_KNOWN = 'IF(ISNUMBER({{actual}}),{},"[x]")'  # a formula of what an actual tells
# Numbers of a target: most decimals of each, and what names the unit of those that have one.
DECIMALS = {"target": 4, "actual": 4, "path_value": 2, "required": 2, "recent_pace": 2}
DECIMALS |= {"relative_gap": 1, "years_left": 2, "acceleration": 1, "age": 1, "sources": 0}
UNITS = {"target": "unit", "actual": "unit", "path_value": "unit", "required": "pace_unit", "recent_pace": "pace_unit"}


@dataclass(frozen=True)
class Number:
    """A number of a cell: `decimals` places where they are known, `unit` shown behind it without being part of it.

    It is what `formula` comes to, where there is one; ``{name}`` in that stands for another cell of the row. `look` is how its
    cell looks unlike others.
    """

    value: float
    decimals: int | None = None
    unit: str = ""
    formula: str = ""
    look: Mapping[str, str] = field(default_factory=dict)

    @property
    def format(self) -> str:
        if self.decimals is None:
            return "General"
        unit = '"' + clean(self.unit).replace('"', "")[:40] + '"' if self.unit else ""
        return number_code(self.decimals).replace(";", f"{unit};") + unit

    def __str__(self) -> str:
        return f"{self.value:,.{self.decimals or 0}f}{self.unit}"


class Link(str):
    """The name of a sheet, as a link to it."""


Cell = Number | Link | str | None


@dataclass(frozen=True)
class Table:
    """Headings and rows of cells; `names` are those that formulas use."""

    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    names: Sequence[str] = ()

    @property
    def to_read(self) -> int:
        return min(len(self.heads), TO_READ if self.names else len(self.heads))


def table(sheet: str, rows: Iterable[Mapping[str, Cell] | Sequence[Cell]], lang: str) -> Table:
    """The table of a sheet under the headings of its language."""
    heads = words_for(f"sheet {sheet}")
    cells = [[row[name] or None for name in heads] if isinstance(row, Mapping) else row for row in rows]
    return Table([head[lang] for head in heads.values()], cells, list(heads))


def missing(lang: str, *codes: str) -> str:
    """The sentence that explains codes in place of numbers."""
    return ("；" if lang == "zh" else "; ").join(f"{code} {MISSING[code][lang]}" for code in codes or MISSING)


def _places(value: float, most: int = 4) -> int:
    """Decimals of a number where nothing says how many are shown: those that it has, so many at most."""
    return min(most, len(f"{exact(value):.10f}".rstrip("0").partition(".")[2]))


def _named(name: str, unit: str, lang: str) -> str:
    """A heading with its unit behind it, where it does not say it already."""
    return name if unit in name else f"{name}（{unit}）" if lang == "zh" else f"{name} ({unit})"


def figure(data: Data, figure_id: str, lang: str) -> tuple[Cell, str]:
    """A printed figure as a number in the unit that a language shows, and the name of that unit."""
    f = figure_quantity(data, figure_id)
    return _cell(cell(f), lang) if f.printed else None, words.unit_name(f.unit.unit, lang, data.units)


def _locators(data: Data, lang: str) -> dict[tuple[str, str], str]:
    """Places in documents as a language calls them."""
    places = data.outline.set_index(["source_id", "locator"], drop=False)
    return places["locator" if lang == "zh" else "locator_en"].to_dict()


def notes(lang: str) -> Table:
    """Words of the codes: codes in place of numbers, verdicts, grades of evidence, notation."""
    verdict, grade, notation = text("结论：", "Verdict: "), text("依据等级：", "Evidence: "), text("图例", "Notation")
    rows = [[code, said[lang]] for code, said in MISSING.items()]
    rows += [[verdict[lang] + STATUSES[code][lang], VERDICTS[code][lang]] for code in STATUSES]
    rows += [[grade[lang] + code, GRADES[code][lang]] for code in GRADES if code]
    return table("notes", [*rows, [notation[lang], WORDS["key"][lang]]], lang)


def latest(content: Content, lang: str) -> Table:
    """The latest figure of every indicator: levels and growth as numbers, what is said of the growth behind them."""
    rows = []
    for one in content.state.get("latest", []):
        level, growth = one["value"], re.match(r"([−-]?[\d,]+(?:\.(\d+))?)(.*)", one["growth"][lang])
        value, unit = (_cell(level, lang), level["unit"][lang]) if "value" in level else (None, None)
        rate = growth and Number(float(growth[1].replace("−", "-").replace(",", "")), len(growth[2] or ""), growth[3])
        rows.append([one[lang], one["period"][lang], value, unit, rate, one["source"][lang], one["published"]])
    return table("latest", rows, lang)


def figures(data: Data, lang: str) -> Table:
    """Every figure on file."""
    places, titles = _locators(data, lang), data.sources["title_en" if lang == "en" else "title"]
    names, areas = data.indicators[f"name_{lang}"], data.ref_areas[f"name_{lang}"]
    labels = {p: periods.parse(p).label(lang) for p in data.figures.time_period.unique() if p}
    kinds = {code: words.labels(code).en if lang == "en" else known[0] for code, known in RECORD_TYPES.items()}
    rows = []
    for f in data.figures.itertuples():
        bound, status = words.RELATION_SIGNS.get(f.relation) or "=", OBS_STATUSES[f.obs_status][lang == "en"]
        what = [f.Index, names[f.indicator], areas[f.ref_area], labels.get(f.time_period), *figure(data, f.Index, lang)]
        where = [titles[f.source_id], places[f.source_id, f.locator], f.as_printed, f.comment or None]
        rows.append([*what, bound, kinds[f.record_type], status, *where])
    return table("figures", rows, lang)


def citations(cited: Iterable[dict], data: Data, lang: str) -> Table:
    """Every figure that is cited, and where it stands."""
    rows = []
    for c in cited:
        said = {key: c[key][lang] for key in ("period", "basis", "source", "place", "status")}
        value, unit = figure(data, c["figure_id"], lang)
        more = {"number": Number(c["number"], 0), "value": value, "unit": unit, "used": " ".join(c["used"])}
        rows.append(c | said | more)
    return table("citations", rows, lang)


def gaps(data: Data, lang: str) -> Table:
    """Targets and actuals; gap and required pace are formulas."""
    places = _locators(data, lang)
    rows = [_gap(data, row, lang, places) for row in target_gaps(data, full=True).to_dict("records")]
    return table("gaps", rows, lang)


def _gap(data: Data, row: dict, lang: str, places: dict) -> dict[str, Cell]:
    """Cells of one target."""

    def number(key: str) -> Number | None:
        value, unit = exact(row[key]), row.get(UNITS.get(key))
        if not math.isfinite(value):
            return None
        shown = _places(value, DECIMALS[key])
        return _cell(cell(Quantity(value, data.units[unit], decimals=shown)), lang) if unit else Number(value, shown)

    row |= {"required": row["required_pace"], "relative_gap": 100 * row["relative_gap"]}
    cells = row | {key: number(key) for key in DECIMALS} | {"gap": None}
    target, actual, required = (cells[key] for key in ("target", "actual", "required"))
    year, at, progress = row["target_year"], row["actual_period"], row["time_progress"]
    if target and actual:
        if math.isfinite(row["gap"]):  # what is still missing, whether more is better or less
            away = math.copysign(exact(target.value - actual.value), row["gap"])
            plain = "{target}-{actual}" if row["ascending"] else "{actual}-{target}"
            cells["gap"] = Number(away, max(target.decimals, actual.decimals), formula=IF_KNOWN.format(plain))
        cells["required"] = _required(target.value, actual.value, row["years_left"], row["pace_unit"], required)
    name = data.indicators.loc[row["indicator"], f"name_{lang}"]
    if row["ref_area"] != data.home:
        name = _named(name, data.ref_areas.loc[row["ref_area"], f"name_{lang}"], lang)
    cells |= {"indicator": name, "target": target or row["in_words"], "verdict": STATUSES[row["status"]][lang]}
    cells |= {"bound": words.RELATION_SIGNS.get(row["relation"]) or "=", "locator": places[row["plan"], row["locator"]]}
    cells |= {"target_year": Number(year) if math.isfinite(year) else None}
    cells |= {"actual_period": periods.parse(at).label(lang) if at else None}
    cells |= {"time_progress": TIME_PROGRESS[progress][lang] if progress else None}
    cells |= {key: words.unit_name(row[key], lang, data.units) if row[key] else None for key in ("unit", "pace_unit")}
    return cells | {key: row[f"{key}_{lang}"] for key in ("sentence", "rule", "needed")}


def _required(target: float, actual: float, left: float, pace: str, known: Number | None) -> Cell:
    """What is required a year as a formula, where the plain arithmetic is what the library has; else as it says."""
    if known is None or not left > 0:
        return known or "[m]"
    if pace == "%" and target > 0 and actual > 0:
        value, plain = ((target / actual) ** (1 / left) - 1) * 100, "(({target}/{actual})^(1/{years_left})-1)*100"
    else:
        value, plain = (target - actual) / left, "({target}-{actual})/{years_left}"
    if abs(value - known.value) > 1e-6 * max(1, abs(value)):
        return known
    return Number(exact(value), max(known.decimals, 1), formula=IF_KNOWN.format(plain))


def of_exhibit(record: dict, lang: str) -> Table:
    """The table of a record: quantities are numbers, their unit in the head, or behind each where a column mixes units."""
    heads, made = [], []
    for column, cells in zip(record["table"]["columns"], zip(*record["table"]["rows"], strict=True), strict=True):
        units = {c["unit"][lang] for c in cells if isinstance(c, dict) and "unit" in c}
        heads.append(_named(clean(column[lang]), clean(*units) if len(units) == 1 else "", lang))
        made.append([_cell(c, lang, len(units) > 1, column["name"] in ("year", "x")) for c in cells])
    return Table(heads, list(zip(*made, strict=True)))


def _cell(held, lang: str, mixed: bool = False, year: bool = False) -> Cell:
    """A cell of a record; one of a column that is `mixed` shows its unit, a year no comma."""
    if isinstance(held, int | float):
        return Number(held, None if year and isinstance(held, int) else _places(held))
    if held is None or "value" not in held:
        return clean(held[lang]) if held else None
    value, unit = held["value"][lang], ("" if lang == "zh" else " ") + held["unit"][lang] if mixed else ""
    return Number(value, held.get("decimals", {}).get(lang, _places(value)), unit)


def of_heat(panel: dict, lang: str) -> Table:
    """A heat map as numbers that lie on its colours."""
    unit, (head, *lines) = clean(panel["unit"][lang]), office.heat_cells(panel, lang)
    rows: list[list[Cell]] = []
    for ((name, *_), *cells), one in zip(lines, panel["series"], strict=True):
        held = {p["x"]: exact(p["value"] * scale(panel, lang)) for p in one["points"] if p["value"] is not None}
        rows.append([name, *[None] * len(cells)])
        for x, value in held.items():
            said, fill, ink = cells[x]
            look = {"align": "center", "bg_color": fill, "font_color": ink}
            rows[-1][x + 1] = Number(value, len(said.partition(".")[2]), look=look)
    return Table([_named(clean(panel["heading"][lang]) or unit, unit, lang), *(said for said, *_ in head[1:])], rows)
