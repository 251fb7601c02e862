"""What stands on the sheets of the workbook: tables of numbers in the unit of a language, formulas, links and texts.

What is missing is None; a sheet shows a code in square brackets for it where numbers stand (``MISSING``).
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..analysis.evidence import GRADES, TIME_PROGRESS
from ..analysis.gaps import target_gaps
from ..analysis.targets import STATUSES
from ..facts import periods, words
from ..facts.data import Data
from ..facts.schema import OBS_STATUSES, RECORD_TYPES
from ..facts.words import text
from ..show.native import clean
from ..show.sources import exact
from .content import WORDS, Content, words_for

MISSING, VERDICTS = words_for("missing"), words_for("verdict")
TO_READ = 12  # columns; the rest of a wider table is grouped away
IF_KNOWN = 'IF(ISNUMBER({{actual}}),{},"[x]")'  # a formula of what an actual tells
DECIMALS = {"years_left": 2, "acceleration": 1, "age": 1, "sources": 0}


@dataclass(frozen=True)
class Number:
    """A number of a cell: `decimals` places where they are known, `unit` shown behind it without being part of it.

    It is what `formula` comes to, where there is one; ``{name}`` in that stands for another cell of the row.
    """

    value: float
    decimals: int | None = None
    unit: str = ""
    formula: str = ""

    @property
    def format(self) -> str:
        if self.decimals is None:
            return "General"
        unit = '"' + clean(self.unit).replace('"', "")[:40] + '"' if self.unit else ""
        digits = "#,##0" + "." * bool(self.decimals) + "0" * self.decimals + unit
        return f"{digits};\u2212{digits}"

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


def _in_unit(data: Data, value: float, unit: str, decimals: int, lang: str) -> Number:
    """A number of a printed unit as a language shows it."""
    u = data.units[unit]
    shift = u.unit_mult_en - u.unit_mult if lang == "en" else 0
    return Number(exact(float(value) * 10.0**-shift), max(0, decimals + shift))


def figure(data: Data, f, lang: str) -> tuple[Cell, str]:
    """A printed figure as a number in the unit that a language shows, and the name of that unit."""
    value = _in_unit(data, f.obs_value, f.unit, len(f.obs_text.partition(".")[2]), lang) if f.obs_text else None
    return value, words.unit_name(f.unit, lang, data.units)


def _locators(data: Data, lang: str) -> dict[tuple[str, str], str]:
    """Places in documents as a language calls them."""
    rows = data.outline.itertuples()
    return {(row.source_id, row.locator): row.locator if lang == "zh" else row.locator_en for row in rows}


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
        value = unit = rate = None
        if "value" in one["value"]:
            value, unit = _table_cell(one["value"], lang), one["value"]["unit"][lang]
        if growth := re.match(r"([−-]?[\d,]+(?:\.(\d+))?)(.*)", one["growth"][lang]):
            number = float(growth[1].replace("−", "-").replace(",", ""))
            rate = Number(number, len(growth[2] or ""), growth[3])
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
        what = [f.Index, names[f.indicator], areas[f.ref_area], labels.get(f.time_period), *figure(data, f, lang)]
        where = [titles[f.source_id], places[f.source_id, f.locator], f.as_printed, f.comment or None]
        rows.append([*what, bound, kinds[f.record_type], status, *where])
    return table("figures", rows, lang)


def citations(cited: Iterable[dict], data: Data, lang: str) -> Table:
    """Every figure that is cited, and where it stands."""
    rows = []
    for c in cited:
        said = {key: c[key][lang] for key in ("period", "basis", "source", "place", "status")}
        value, unit = figure(data, data.figure(c["figure_id"]), lang)
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

    def number(key: str, unit: str = "", decimals: int = 2, times: float = 1) -> Number | None:
        value = row[key]
        if not isinstance(value, int | float) or not math.isfinite(value):
            return None
        shown = _places(value * times, decimals)
        return _in_unit(data, value, unit, shown, lang) if unit else Number(exact(value * times), shown)

    unit, pace, at, progress = row["unit"], row["pace_unit"], row["actual_period"], row["time_progress"]
    target, actual, required = number("target", unit, 4), number("actual", unit, 4), number("required_pace", pace)
    gap = None
    if target and actual:
        if math.isfinite(row["gap"]):  # what is still missing, whether more is better or less
            away = math.copysign(exact(target.value - actual.value), row["gap"])
            plain = "{target}-{actual}" if row["ascending"] else "{actual}-{target}"
            gap = Number(away, max(target.decimals, actual.decimals), formula=IF_KNOWN.format(plain))
        required = _required(target.value, actual.value, row["years_left"], pace, required)
    name = data.indicators.loc[row["indicator"], f"name_{lang}"]
    if row["ref_area"] != data.home:
        name = _named(name, data.ref_areas.loc[row["ref_area"], f"name_{lang}"], lang)
    cells = {
        "indicator": name, "target": target or row["in_words"], "actual": actual, "gap": gap, "required": required,
        "target_year": Number(row["target_year"]) if math.isfinite(row["target_year"]) else None,
        "actual_period": periods.parse(at).label(lang) if at else None,
        "verdict": STATUSES[row["status"]][lang],
        "locator": places[row["plan"], row["locator"]],
        "bound": words.RELATION_SIGNS.get(row["relation"]) or "=",
        "time_progress": TIME_PROGRESS[progress][lang] if progress else None,
        "relative_gap": number("relative_gap", decimals=1, times=100),
        "recent_pace": number("recent_pace", pace), "path_value": number("path_value", unit),
    }  # fmt: skip
    cells |= {key: words.unit_name(row[key], lang, data.units) if row[key] else None for key in ("unit", "pace_unit")}
    cells |= {key: number(key, decimals=places) for key, places in DECIMALS.items()}
    return row | cells | {key: row[f"{key}_{lang}"] for key in ("sentence", "rule", "needed")}


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
        made.append([_table_cell(c, lang, len(units) > 1, column["name"] in ("year", "x")) for c in cells])
    return Table(heads, list(zip(*made, strict=True)))


def _table_cell(cell, lang: str, mixed: bool = False, year: bool = False) -> Cell:
    """A cell of a record; one of a column that is `mixed` shows its unit, a year no comma."""
    if isinstance(cell, int | float):
        return Number(cell, None if year and isinstance(cell, int) else _places(cell))
    if cell is None or "value" not in cell:
        return clean(cell[lang]) if cell else None
    value, unit = cell["value"][lang], ("" if lang == "zh" else " ") + cell["unit"][lang] if mixed else ""
    return Number(value, cell.get("decimals", {}).get(lang, _places(value)), unit)


def of_heat(panel: dict, cells: Sequence, lang: str) -> Table:
    """A heat map (:func:`~huzhou_analysis.show.office.heat_cells`) as numbers."""
    scale, unit = 1.0 if lang == "zh" else panel["scale_en"], clean(panel["unit"][lang])
    rows: list[list[Cell]] = []
    for line, one in zip(cells[1:], panel["series"], strict=True):
        held = {p["x"]: exact(p["value"] * scale) for p in one["points"] if p["value"] is not None}
        shown = [len(words.partition(".")[2]) for words, *_ in line[1:]]
        rows.append([line[0][0], *(Number(held[x], d) if x in held else None for x, d in enumerate(shown))])
    return Table([_named(clean(panel["heading"][lang]) or unit, unit, lang), *(w for w, *_ in cells[0][1:])], rows)
