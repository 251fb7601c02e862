"""Charts that office programs hold as their own: the table behind a panel of a record, and the chart part drawn from it.
The same part, which python-pptx writes, stands in slides, documents and workbooks. A fan, which no library makes, is the
stacked areas of one such part set behind the lines of another."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from itertools import product

import numpy as np
import xlsxwriter
from lxml import etree
from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE as TYPE
from pptx.enum.chart import XL_LABEL_POSITION as PLACE
from pptx.enum.chart import XL_LEGEND_POSITION, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.dml import MSO_LINE, MSO_PATTERN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Pt
from xlsxwriter.utility import quote_sheetname, xl_range_abs

from .chart import BARS, Entry, band_edges, entries_of, heading, number_axes, points_of, scale
from .roles import BANDS, GRID, INK, JOINED, MUTED, PAPER, Role, bar_edge, look, luminance
from .sources import exact

KINDS = {"line": "LINE_MARKERS", "fan": "LINE_MARKERS", "column": "COLUMN_CLUSTERED", "bar": "BAR_CLUSTERED"}
KINDS |= {"stacked_column": "COLUMN_STACKED", "stacked_bar": "BAR_STACKED"}
MARKERS = {"o": "CIRCLE", "s": "SQUARE", "D": "DIAMOND", "v": "TRIANGLE", "X": "X", "": "NONE"}
DASHES = {"solid": "SOLID", "dash": "DASH", "dot": "ROUND_DOT", "dashdot": "DASH_DOT"}


@dataclass
class Column:
    """A column of the data behind a chart: one segment of a series, marks of another role on it, or a layer of a fan."""

    name: str  # heading; several segments of one line are told apart by a number
    entry: Entry | None  # the line of the key that explains it; None for the base under a fan
    values: list  # in the unit of the language, one a category, None where there is no mark
    points: list = field(default_factory=list)  # the marks behind them; empty for layers of a fan, which are areas
    over: bool = False  # whether the marks stand on a line that another column draws

    @property
    def seen(self) -> Role | None:
        return look(self.entry.role, self.entry.nth) if self.entry else None


_BREAKS = re.compile("[\t\n\r\x0b\x0c\u2028\u2029]+")
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def clean(words: object) -> str:
    """A text that XML and cells can hold: no control characters, breaks as spaces, at most 32,000 characters."""
    return _FORBIDDEN.sub("", _BREAKS.sub(" ", str(words)))[:32_000]


def categories(panel: dict, lang: str, skip: int = 1) -> list:
    """What stands along the axis: names, or every year from the first mark to the last. Where only each `skip`-th year is
    labelled, years without marks come first, so that the last one is."""
    if panel["categories"] is not None:
        return [clean(c[lang]) or "—" for c in panel["categories"]]
    marked = {p["x"] for p in points_of(panel)}
    first, last = int(min(marked)), int(max(marked))
    every = sorted(marked | set(range(first - (first - last) % skip, last + 1)))
    return [int(x) if x == int(x) else x for x in every]


def year_labels(panel: dict, width: float, points: float) -> tuple[int, bool]:
    """Every which year finds room for its label along an axis of so many inches, and whether labels have to be turned: not
    every program leaves labels out; what does not fit level is broken into digits there, what is turned never is."""
    many, room = len(categories(panel, "zh")), width - 0.6
    if panel["categories"] is not None or many * points * 0.039 <= room:
        return 1, False
    return next((s for s in (1, 2, 3, 4, 5, 10, 20) if many / s * points * 0.0165 <= room), 50), True


def columns(panel: dict, lang: str, skip: int = 1) -> list[Column]:
    """Every mark of a panel in columns: layers of the fan first, then each segment, then marks of other roles on it. A line
    of actuals runs through its provisional and derived points; these stand once more in a column of their own, which is
    drawn above it. Two marks of one series in one year (parts of a year, say) go into two columns."""
    along = list(range(len(panel["categories"]))) if panel["categories"] else categories(panel, lang, skip)
    made = _layers(panel, lang, along)
    for one in panel["series"]:
        if look(one["role"]).band:
            continue
        rows: dict[int, list] = {}
        met = Counter()
        for p in one["points"]:
            rows.setdefault(met[p["x"]], [None] * len(along))[along.index(p["x"])] = p
            met[p["x"]] += 1
        own, *others = entries_of(one, panel["kind"] in BARS)
        for entry, row in product([own, *others], rows.values()):
            kept = [p if p and (entry is own or p["role"] == entry.role) else None for p in row]
            values = [None if p is None or p["value"] is None else exact(p["value"] * scale(panel, lang)) for p in kept]
            if any(kept):
                made.append(Column(clean(entry.name[lang]), entry, values, kept, entry is not own))
    met = Counter()
    for one in made:
        met[one.name] += 1
        one.name += f" ({met[one.name]})" if met[one.name] > 1 else ""
    return made


def has_native(chart: dict | None) -> bool:
    """Whether every panel can be an office program's own chart: not where two intervals of one level share a year."""
    panels = enumerate(chart["panels"] if chart else ())
    series = [(n, one) for n, panel in panels for one in panel["series"] if look(one["role"]).band]
    met = [(n, one["role"], p["x"]) for n, one in series for p in one["points"]]
    return chart is not None and len(met) == len(set(met))


def _layers(panel: dict, lang: str, along: list) -> list[Column]:
    """The intervals of a fan as areas that are stacked on an invisible base, widest outside. Between its marks an interval
    follows straight lines; elsewhere it has no width and lies unseen inside the wider one, or on the line of actuals."""
    found = {k: several for k in BANDS if (several := [one for one in panel["series"] if one["role"] == k])}
    if not found:
        return []
    known = [p for one in panel["series"] for p in one["points"] if p["value"] is not None]
    nearest = (min(known, key=lambda p: (p["role"] not in JOINED, abs(p["x"] - x)), default=None) for x in along)
    middle = np.array([p["value"] if p else 0.0 for p in nearest])
    lows, highs = [], []
    for several in found.values():
        edges = (band_edges(panel, band) for band in several)
        ends = [[np.interp(along, x, end, left=np.nan, right=np.nan) for end in two] for x, *two in edges]
        ends = np.fmax.reduce(ends)  # what any of them covers
        low, high = np.where(np.isnan(ends), middle, ends)
        middle = (low + high) / 2
        lows.append(low)
        highs.append(high)
    edges = np.array([*lows, *reversed(highs)]) * scale(panel, lang)  # from the lowest to the highest
    made = [Column("基底" if lang == "zh" else "base", None, list(map(exact, edges[0])))]
    for level, width in zip([*found, *list(reversed(found))[1:]], np.diff(edges, axis=0), strict=True):
        [entry] = entries_of(found[level][0], False)
        made.append(Column(clean(entry.name[lang]), entry, list(map(exact, width))))
    return made


def grid(panel: dict, lang: str, made: Sequence[Column], skip: int = 1) -> list[list]:
    """The whole table in rows of texts, numbers and None: headings with the unit first, then a row a category."""
    heads = [clean(panel["unit"][lang]), *(one.name for one in made)]
    return [heads, *map(list, zip(categories(panel, lang, skip), *(one.values for one in made), strict=True))]


def _workbook(rows: list[list]) -> bytes:
    """The table as the workbook that opens at "edit data": text is text, whatever it begins with."""
    buffer = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet("Sheet1")
        sheet.set_column(0, len(rows[0]) - 1, 16)
        for r, row in enumerate(rows):
            sheet.write_row(r, 0, row)
    return buffer.getvalue()


def key_inside(chart: dict, width: float) -> bool:
    """Whether a chart carries its key: not where several panels have one, or where it would leave a chart no room."""
    return len(chart["panels"]) == 1 and width >= 4


def chart_part(chart: dict, n: int, lang: str, width: float, points: float, cells=None) -> tuple[bytes, bytes]:
    """The chart part of one panel, no heat map, in so many inches with text of a size, and the workbook behind it; none where
    `cells` (sheet, row and column) say where the data of its :func:`grid` begin."""
    panel, axis = chart["panels"][n], number_axes(chart, lang)[n]
    years, (sheet, row, column) = year_labels(panel, width, points), cells or ("Sheet1", 0, 0)
    years = (1, years[1]) if cells else years
    made, number = columns(panel, lang, years[0]), number_code(len(f"{axis[2]:.9f}".rstrip("0").partition(".")[2]))
    source = CategoryChartData(number_format=number)
    source.categories = names = categories(panel, lang, years[0])
    for one in made:
        source.add_series(one.name, one.values)
    space = parse_xml(source.xml_bytes(TYPE[KINDS[panel["kind"]]]))
    part, bars, stacked = Chart(space, None), panel["kind"] in BARS, panel["kind"].startswith("stacked")
    plot, blanks = part.plots[0], "gap" if bars else "span"  # a line is joined over years without a mark
    space.find(".//" + qn("c:dispBlanksAs")).set("val", blanks)
    _font(part.font, points, INK)
    for one, series in zip(made, plot.series, strict=True):
        if bars:
            _bar(one, series, stacked, scale(panel, lang))
        elif one.points:
            _line(one, series, max(3, round(points * (0.58 if len(points_of(panel)) <= 40 else 0.42))))
    if bars:  # they lie on each other unless two stand at one place
        taken = [i for one in made for i, v in enumerate(one.values) if v is not None]
        beside = not stacked and len(taken) > len(set(taken))
        plot.overlap, plot.gap_width = 0 if beside else 100, min(500, 39 * (len(made) if beside else 1))
    _labels(panel, lang, made, plot, points)
    _axes(panel, axis, part, years, number, points)
    _title(panel, lang, part, points)
    _legend(made, part, points, key_inside(chart, width))
    if not made[0].points:
        _fan(space, source, made)
    space.find(qn("c:chart")).addnext(_xml("<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"))
    for c, series in enumerate(space.iter(qn("c:ser")), column + 1):
        places = (c, 0, 0), (column, 1, len(names)), (c, 1, len(names))  # of its name, of the categories, of the values
        for held, (at, first, last) in zip(series.iter(qn("c:f")), places, strict=True):
            held.text = f"{quote_sheetname(sheet)}!{xl_range_abs(row + first, at, row + last, at)}"
    body = etree.tostring(space, xml_declaration=True, encoding="UTF-8", standalone=True)
    return body, b"" if cells else _workbook(grid(panel, lang, made, years[0]))


def number_code(decimals: int) -> str:
    """Format of numbers with thousands separators and a true minus sign."""
    plain = "#,##0" + ("." + "0" * decimals if decimals else "")
    return f"{plain};\u2212{plain}"


def _xml(markup: str):
    """An element of a chart part."""
    return parse_xml(re.sub(r"^<([\w:]+)", rf"<\1 {nsdecls('c', 'a')}", markup))


def rgb(colour: str) -> RGBColor:
    """A colour as python-pptx takes it."""
    return RGBColor.from_string(colour.lstrip("#").upper())


def solid(colour: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{rgb(colour)}"/></a:solidFill>'


def _font(font, points: float, colour: str) -> None:
    font.size, font.color.rgb = Pt(points), rgb(colour)


def fill_with(fill, colour: str) -> None:
    fill.solid()
    fill.fore_color.rgb = rgb(colour)


def _stroke(line, colour: str, width: float, dash: str = "solid") -> None:
    line.color.rgb, line.width, line.dash_style = rgb(colour), Pt(width), MSO_LINE[DASHES[dash or "solid"]]
    if not dash:  # transparent and not absent: some programs take the colour of markers from it
        line._get_or_add_ln().find(".//" + qn("a:srgbClr")).append(_xml('<a:alpha val="0"/>'))


def _bar(one: Column, series, stacked: bool, by: float) -> None:
    """A series of bars, with whiskers where marks have ends."""
    fill = series.format.fill
    series.invert_if_negative = False  # else programs leave bars below zero white
    if one.seen.hatch:
        fill.patterned()
        fill.pattern = MSO_PATTERN.WIDE_UPWARD_DIAGONAL
        fill.fore_color.rgb, fill.back_color.rgb = rgb(one.seen.colour), rgb(PAPER)
    else:
        fill_with(fill, one.seen.fill or one.seen.colour)
    _stroke(series.format.line, *bar_edge(one.seen, stacked))
    held = {i: p for i, p in enumerate(one.points) if p and p["low"] is not None and p["high"] is not None}
    sides = ""
    for side, end in (("plus", "high"), ("minus", "low")):
        lengths = {i: exact(abs(p[end] - p["value"]) * by) for i, p in held.items()}
        drawn = "".join(f'<c:pt idx="{i}"><c:v>{v!r}</c:v></c:pt>' for i, v in lengths.items())
        sides += f'<c:{side}><c:numLit><c:ptCount val="{len(one.points)}"/>{drawn}</c:numLit></c:{side}>'
    bars = (
        '<c:errBars><c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>'
        f'{sides}<c:spPr><a:ln w="13970">{solid(INK)}</a:ln></c:spPr></c:errBars>'
    )
    if held:
        series._element.find(qn("c:cat")).addprevious(_xml(bars))


def _line(one: Column, series, size: int) -> None:
    _stroke(series.format.line, one.seen.colour, one.seen.width, "" if one.over else one.seen.dash)
    series.smooth, series.marker.style = False, XL_MARKER_STYLE[MARKERS[one.seen.marker]]
    if one.seen.marker:
        series.marker.size = size
        fill_with(series.marker.format.fill, one.seen.fill or one.seen.colour)
        _stroke(series.marker.format.line, one.seen.colour, 1.4)


def _labels(panel: dict, lang: str, made: Sequence[Column], plot, points: float) -> None:
    """The numbers beside marks: of several on lines in one year the highest above, the lowest below. Each is the format of
    its value where that says the same as the mark, else text."""
    stacked = panel["kind"].startswith("stacked")
    shown = [
        (i, one.values[i], n) for n, one in enumerate(made) if not one.over
        for i, p in enumerate(one.points) if p and p[lang] and one.values[i] is not None
    ]  # fmt: skip
    for mark in shown:
        (i, value, n), alike = mark, [other for other in shown if other[0] == mark[0]]
        place = PLACE.ABOVE if mark == max(alike) else PLACE.BELOW if mark == min(alike) else PLACE.RIGHT
        if panel["kind"] in BARS:
            place = PLACE.CENTER if stacked else PLACE.OUTSIDE_END
        words, label = made[n].points[i][lang], plot.series[n].points[i].data_label
        decimals = len(words.partition(".")[2])
        same = f"{value:,.{decimals}f}".replace("-", "\u2212") == words
        if not same:
            label.text_frame.text = clean(words)
        label.position = place
        dark = stacked and luminance(made[n].seen.fill) < 0.45
        _font(label.font if same else label.text_frame.paragraphs[0].font, points - 1, PAPER if dark else INK)
        for body in label._dLbl.iter(qn("a:bodyPr")):
            body.set("wrap", "none")
        if same:
            code = _xml(f'<c:numFmt formatCode="{number_code(decimals)}" sourceLinked="0"/>')
            label._dLbl.find(qn("c:idx")).addnext(code)


def _axes(panel: dict, ends, part: Chart, years: tuple[int, bool], number: str, points: float) -> None:
    """Axes without tick marks, their labels away from the marks; lying bars say their numbers themselves."""
    bars, lying = panel["kind"] in BARS, panel["kind"].endswith("bar")
    values, names = part.value_axis, part.category_axis
    for axis in (values, names):
        axis.major_tick_mark = axis.minor_tick_mark = XL_TICK_MARK.NONE
        axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    _font(values.tick_labels.font, points - 1, MUTED)
    values.minimum_scale, values.maximum_scale, values.major_unit = ends[0], float(f"{ends[1]:.9g}"), ends[2]
    values.has_major_gridlines = values.visible = not lying
    values.format.line.fill.background()
    if lying:
        values.tick_label_position = XL_TICK_LABEL_POSITION.NONE
    else:
        _stroke(values.major_gridlines.format.line, GRID, 0.75)
        values.tick_labels.number_format, values.tick_labels.number_format_is_linked = number, False
    many = lying and len(panel["categories"]) > 20
    _font(names.tick_labels.font, points - (3 if many else 1), INK if bars else MUTED)
    names.has_major_gridlines, names.reverse_order = False, lying
    _stroke(names.format.line, MUTED, 0.75)
    names._element.find(".//" + qn("a:bodyPr")).set("rot", "-5400000" if years[1] else "0")
    if not bars:
        names.tick_labels.number_format, names.tick_labels.number_format_is_linked = "0", False
        for tag in ("tickLblSkip", "tickMarkSkip"):
            names._element.find(qn("c:noMultiLvlLbl")).addprevious(_xml(f'<c:{tag} val="{years[0]}"/>'))


def _title(panel: dict, lang: str, chart: Chart, points: float) -> None:
    """Heading with its unit, or the unit alone, above on the left."""
    headed, title = clean(heading(panel, lang)), chart.chart_title
    title.text_frame.text = headed or clean(panel["unit"][lang])
    font = title.text_frame.paragraphs[0].runs[0].font
    font.bold = bool(headed)
    _font(font, points if headed else points - 1, INK if headed else MUTED)
    corner = '<c:xMode val="edge"/><c:yMode val="edge"/><c:x val="0.005"/><c:y val="0.005"/>'
    title._element.find(qn("c:layout")).append(_xml(f"<c:manualLayout>{corner}</c:manualLayout>"))


def _legend(made: Sequence[Column], chart: Chart, points: float, key: bool) -> None:
    """The key of the chart: each meaning once, nothing where there is but one."""
    entries = [one.entry for one in made]
    chart.has_legend = key and len({*entries} - {None}) > 1
    if not chart.has_legend:
        return
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    chart.legend.font.size = Pt(points - 1)
    for n in reversed([n for n, entry in enumerate(entries) if entry is None or entry in entries[:n]]):
        hidden = _xml(f'<c:legendEntry><c:idx val="{n}"/><c:delete val="1"/></c:legendEntry>')
        chart.legend._element.find(qn("c:legendPos")).addnext(hidden)


def _fan(space, source: CategoryChartData, made: Sequence[Column]) -> None:
    """The columns that are areas leave the lines and stand behind them, stacked."""
    lines = space.find(".//" + qn("c:lineChart"))
    areas = parse_xml(source.xml_bytes(TYPE.AREA_STACKED)).find(".//" + qn("c:areaChart"))
    for one, line, area in zip(made, lines.findall(qn("c:ser")), areas.findall(qn("c:ser")), strict=True):
        areas.remove(area) if one.points else lines.remove(line)
        inside = solid(one.seen.fill) if one.seen else "<a:noFill/>"
        area.find(qn("c:tx")).addnext(_xml(f"<c:spPr>{inside}<a:ln><a:noFill/></a:ln></c:spPr>"))
    for mine, theirs in zip(areas.findall(qn("c:axId")), lines.findall(qn("c:axId")), strict=True):
        mine.set("val", theirs.get("val"))
    lines.addprevious(areas)
