"""Charts that office programs hold as their own: one panel of a record as a chart part with the workbook behind it.

The same part stands in slides, documents and workbooks. python-pptx writes it, :mod:`~huzhou_analysis.show.roles` says
how a mark looks, and :func:`~huzhou_analysis.show.picture.number_axes` how far its axis goes. A fan, which no library
makes, is the stacked areas of one such part set behind the lines of another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO

from lxml import etree
from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.enum.dml import MSO_LINE, MSO_PATTERN
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.util import Pt

from ..facts.words import Text
from .chart import JOINED, Entry
from .picture import BARS, fan_start
from .roles import GRID, INK, MUTED, PAPER, Role, bands, look, role

TYPES = {
    "line": XL_CHART_TYPE.LINE_MARKERS,
    "fan": XL_CHART_TYPE.LINE_MARKERS,
    "column": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "bar": XL_CHART_TYPE.BAR_CLUSTERED,
    "stacked_column": XL_CHART_TYPE.COLUMN_STACKED,
    "stacked_bar": XL_CHART_TYPE.BAR_STACKED,
}
MARKERS = {
    "o": XL_MARKER_STYLE.CIRCLE,
    "s": XL_MARKER_STYLE.SQUARE,
    "D": XL_MARKER_STYLE.DIAMOND,
    "v": XL_MARKER_STYLE.TRIANGLE,
    "X": XL_MARKER_STYLE.X,
    "": XL_MARKER_STYLE.NONE,
}
DASHES = {"solid": MSO_LINE.SOLID, "dash": MSO_LINE.DASH, "dot": MSO_LINE.ROUND_DOT, "dashdot": MSO_LINE.DASH_DOT}
_NAMESPACES = 'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'


@dataclass(frozen=True)
class Column:
    """A column of the data behind a chart: one segment of a series, marks of another role on it, or a layer of a fan.

    Attributes
    ----------
    name : str
        Heading; several segments of one line are told apart by a number.
    entry : Entry or None
        The line of the key that explains it; None for the base under a fan.
    values : list of float or None
        In the unit of the language, one a category.
    points : list of dict or None
        The marks behind them; empty for layers of a fan.
    over : bool
        Whether the marks stand on a line that another column draws.
    """

    name: str
    entry: Entry | None
    values: list
    points: list
    over: bool = False

    @property
    def seen(self) -> Role | None:
        return look(self.entry.role, self.entry.nth) if self.entry else None

    @property
    def area(self) -> bool:
        return self.entry is None or bool(self.seen.band)


def clean(words: object) -> str:
    """A text that XML and cells can hold: no control characters, breaks as spaces, at most 32,000 characters."""
    spaced = re.sub(r"[\t\n\r\x0b\x0c\u2028\u2029]+", " ", str(words))
    return "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cs") and c not in "\ufffe\uffff")[
        :32_000
    ]


# --- the table behind a chart ---------------------------------------------------------------------------------------


def categories(panel: dict, lang: str, skip: int = 1) -> list:
    """What stands along the axis: names, or every year from the first mark to the last.

    Where only each `skip`-th year is labelled, years without marks come first, so that the last one is.
    """
    if panel["categories"] is not None:
        return [clean(c[lang]) or "—" for c in panel["categories"]]
    marked = {p["x"] for one in panel["series"] for p in one["points"]}
    first, last = int(min(marked)), int(max(marked))
    every = sorted(marked | set(range(first - (first - last) % skip, last + 1)))
    return [int(x) if x == int(x) else x for x in every]


def year_labels(panel: dict, width: float, points: float) -> tuple[int, bool]:
    """Every which year finds room for its label along an axis of so many inches, and whether labels have to be turned.

    Not every program leaves labels out; what does not fit level is broken into digits there, what is turned never is.
    """
    if panel["categories"] is not None:
        return 1, False
    many, room = len(categories(panel, "zh")), width - 0.6
    if many * points * 0.039 <= room:
        return 1, False
    return next((s for s in (1, 2, 3, 4, 5, 10, 20) if many / s * points * 0.0165 <= room), 50), True


def columns(panel: dict, lang: str, skip: int = 1) -> list[Column]:
    """Every mark of a panel in columns: layers of the fan first, then each segment, then marks of other roles on it.

    A line of actuals runs through its provisional and derived points; these stand once more in a column of their own,
    which is drawn above it. Two marks of one series in one year (parts of a year, say) go into two columns.
    """
    scale = 1.0 if lang == "zh" else panel["scale_en"]
    along = list(range(len(panel["categories"]))) if panel["categories"] else categories(panel, lang, skip)
    made = _layers(panel, lang, along, scale)
    for one in panel["series"]:
        entry = Entry(one["role"], one["nth"], Text(one["zh"], one["en"]), panel["kind"] in BARS)
        if look(one["role"]).band:
            continue
        rows: list[dict[int, dict]] = []
        for p in one["points"]:
            at = along.index(p["x"])
            row = next((r for r in rows if at not in r), None)
            if row is None:
                rows.append(row := {})
            row[at] = p
        every = [p["role"] for p in one["points"]]
        others = [Entry(r, 0, role(r).name, entry.bar) for r in dict.fromkeys(every) if r != one["role"]]
        for row, shown in [(row, entry) for row in rows] + [(row, other) for row in rows for other in others]:
            kept = {i: p for i, p in row.items() if shown is entry or p["role"] == shown.role}
            if kept:
                points = [kept.get(i) for i in range(len(along))]
                values = [None if p is None or p["value"] is None else _number(p["value"] * scale) for p in points]
                made.append(Column(clean(shown.name[lang]), shown, values, points, shown is not entry))
    return _told_apart(made)


def _number(value: float) -> float:
    return float(f"{value:.12g}")


def _told_apart(made: list[Column]) -> list[Column]:
    met: dict[str, int] = {}
    out = []
    for one in made:
        met[one.name] = met.get(one.name, 0) + 1
        name = one.name if met[one.name] == 1 else f"{one.name} ({met[one.name]})"
        out.append(replace(one, name=name))
    return out


def has_native(chart: dict | None) -> bool:
    """Whether every panel can be an office program's own chart: not where two intervals of one level share a year."""
    if chart is None:
        return False
    for panel in chart["panels"]:
        met = [(one["role"], p["x"]) for one in panel["series"] if look(one["role"]).band for p in one["points"]]
        if len(met) != len(set(met)):
            return False
    return True


def _layers(panel: dict, lang: str, along: list, scale: float) -> list[Column]:
    """The intervals of a fan as areas that are stacked on an invisible base, widest outside."""
    found = {k: [one for one in panel["series"] if one["role"] == k] for k in bands()}
    found = {k: several for k, several in found.items() if several}
    if not found:
        return []
    edges: list[list[float]] = []  # of each year: the lower ends, widest first, then the upper ones, narrowest first
    for year in along:
        low, high = [], []
        for several in found.values():
            ends = next((e for e in (_ends(panel, one, year) for one in several) if e), None)
            middle = (low[-1] + high[-1]) / 2 if low else _along(panel, year) * scale
            low.append(ends[0] * scale if ends else middle)
            high.append(ends[1] * scale if ends else middle)
        edges.append([*low, *reversed(high)])
    roles = [*found, *list(reversed(found))[1:]]
    base = "基底" if lang == "zh" else "base"
    made = [Column(base, None, [_number(e[0]) for e in edges], [])]
    for n, level in enumerate(roles):
        one = found[level][0]
        widths = [_number(e[n + 1] - e[n]) for e in edges]
        made.append(Column(clean(one[lang]), Entry(level, one["nth"], Text(one["zh"], one["en"]), False), widths, []))
    return made


def _along(panel: dict, year: float) -> float:
    """Where an area without width lies unseen: on the line of the actuals, in the nearest year that has one."""
    known = [p for one in panel["series"] for p in one["points"] if p["value"] is not None]
    nearest = min(known, key=lambda p: (p["role"] not in JOINED, abs(p["x"] - year)), default={"value": 0.0})
    return nearest["value"]


def _ends(panel: dict, band: dict, year: float) -> tuple[float, float] | None:
    """Lower and upper end in a year, between the marks along straight lines; None outside of them."""
    points = [(p["x"], p["low"], p["high"]) for p in band["points"]]
    if start := fan_start(panel, band):
        points.insert(0, (start["x"], start["value"], start["value"]))
    for (x0, low0, high0), (x1, low1, high1) in zip(points, points[1:] or points, strict=False):
        if x0 <= year <= x1:
            share = (year - x0) / (x1 - x0) if x1 > x0 else 0.0
            return low0 + share * (low1 - low0), high0 + share * (high1 - high0)
    return None


def workbook(panel: dict, lang: str, made: Sequence[Column], skip: int = 1) -> bytes:
    """The data of a chart as the workbook that opens at "edit data": text is text, whatever it begins with."""
    import xlsxwriter

    buffer = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet("Sheet1")
        sheet.set_column(0, len(made), 16)
        sheet.write_string(0, 0, clean(panel["unit"][lang]))
        for column, one in enumerate(made, 1):
            sheet.write_string(0, column, one.name)
            for row, value in enumerate(one.values, 1):
                if value is not None:
                    sheet.write_number(row, column, value)
        for row, name in enumerate(categories(panel, lang, skip), 1):
            (sheet.write_string if isinstance(name, str) else sheet.write_number)(row, 0, name)
    return buffer.getvalue()


# --- the chart ------------------------------------------------------------------------------------------------------


def chart_xml(
    panel: dict,
    lang: str,
    axis: tuple[float, float, float],
    made: Sequence[Column],
    *,
    years: tuple[int, bool] = (1, False),
    points: float = 12,
    key: bool = True,
    cells: tuple[str, int, int] | None = None,
) -> bytes:
    """The chart part of a panel.

    Parameters
    ----------
    panel : dict
        Of ``record["chart"]``; no heat map, which is a table.
    axis : tuple of float
        Ends and step of the axis of numbers.
    made : sequence of Column
        From :func:`columns`.
    years : tuple of int, bool
        As :func:`year_labels` gives it; `made` is for the same.
    points : float
        Size of the text.
    key : bool
        Whether the chart carries its key; False where one key serves several panels.
    cells : tuple of str, int, int, optional
        Sheet, row and column of the top left cell of the data; by default those of the embedded workbook.
    """
    source = CategoryChartData(number_format=number_code(_decimals(axis[2])))
    source.categories = categories(panel, lang, years[0])
    for one in made:
        source.add_series(one.name, one.values)
    space = parse_xml(source.xml_bytes(TYPES[panel["kind"]]))
    chart = Chart(space, None)
    for one, series in zip(made, chart.plots[0].series, strict=True):
        _dress(panel, lang, one, series, points)
    _dress_plot(panel, made, chart, points)
    _axes(panel, axis, chart, years, points)
    _heading(panel, lang, chart, points)
    _legend(made, chart, points, key)
    chart.font.size = Pt(points)
    chart.font.color.rgb = rgb(INK)
    if any(one.area for one in made):
        _fan(space, source, made)
    space.find(qn("c:chart")).addnext(parse_xml(f"<c:spPr {_NAMESPACES}><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"))
    body = etree.tostring(space, xml_declaration=True, encoding="UTF-8", standalone=True)
    return _moved(body, *cells) if cells else body


def rgb(colour: str) -> RGBColor:
    """A colour as python-pptx takes it."""
    return RGBColor.from_string(colour.lstrip("#").upper())


def _line(line, colour: str, width: float, dash: str = "solid") -> None:
    line.color.rgb = rgb(colour)
    line.width = Pt(width)
    line.dash_style = DASHES[dash or "solid"]
    if not dash:  # transparent and not absent: some programs take the colour of markers from it
        line._get_or_add_ln().find(".//" + qn("a:srgbClr")).append(parse_xml(f'<a:alpha {_NAMESPACES} val="0"/>'))


def _fill(fill, seen: Role) -> None:
    """Inside of a bar, an area or a marker."""
    if seen.hatch:
        fill.patterned()
        fill.pattern = MSO_PATTERN.WIDE_UPWARD_DIAGONAL
        fill.fore_color.rgb, fill.back_color.rgb = rgb(seen.colour), rgb(PAPER)
    else:
        fill.solid()
        fill.fore_color.rgb = rgb(seen.fill or seen.colour)


def _marker(marker, seen: Role, size: int) -> None:
    marker.style = MARKERS[seen.marker]
    if seen.marker:
        marker.size = max(3, size)
        marker.format.fill.solid()
        marker.format.fill.fore_color.rgb = rgb(seen.fill or seen.colour)
        _line(marker.format.line, seen.colour, 1.4)


def _dress(panel: dict, lang: str, one: Column, series, points: float) -> None:
    """A series as its role says, its points as theirs, the labels of its marks."""
    if one.area:
        return  # dressed where it is drawn
    seen, bar = one.seen, panel["kind"] in BARS
    if bar:
        _bar(panel, seen, series.format)
        _whiskers(one, series._element, panel, lang)
    else:
        _line(series.format.line, seen.colour, seen.width, "" if one.over else seen.dash)
        many = sum(len(s["points"]) for s in panel["series"])
        _marker(series.marker, seen, round(points * (0.58 if many <= 40 else 0.42)))
        series.smooth = False
    for i, p in enumerate(one.points):
        if p and p[lang] and one.values[i] is not None and not one.over:
            _label(panel, p[lang], one.values[i], series.points[i].data_label, seen, points)


def _bar(panel: dict, seen: Role, form) -> None:
    hollow = seen.fill == PAPER
    _fill(form.fill, seen)
    parted = panel["kind"].startswith("stacked") and not hollow
    _line(
        form.line,
        PAPER if parted else seen.colour,
        1.4 if hollow else 0.8,
        "dot" if hollow and seen.dash == "dot" else "solid",
    )


def number_code(decimals: int) -> str:
    """Format of numbers with thousands separators and a true minus sign."""
    plain = "#,##0" + ("." + "0" * decimals if decimals else "")
    return f"{plain};\u2212{plain}"


def _decimals(step: float) -> int:
    return len(f"{step:.9f}".rstrip("0").partition(".")[2])


def _label(panel: dict, words: str, value: float, label, seen: Role, points: float) -> None:
    """The number beside a mark, as the mark says it: as a format of its value where that says the same, else as text."""
    bar, stacked = panel["kind"] in BARS, panel["kind"].startswith("stacked")
    decimals = len(words.partition(".")[2])
    same = f"{value:,.{decimals}f}".replace("-", "\u2212") == words
    if not same:
        label.has_text_frame = True
        label.text_frame.text = clean(words)
    label.position = (
        XL_LABEL_POSITION.CENTER if stacked else XL_LABEL_POSITION.OUTSIDE_END if bar else XL_LABEL_POSITION.ABOVE
    )
    font = label.text_frame.paragraphs[0].font if not same else label.font
    font.size = Pt(points - 1)
    dark = stacked and seen.fill != PAPER and luminance(seen.fill) < 0.45
    font.color.rgb = rgb(PAPER if dark else INK)
    if same:
        element = label._dLbl
        element.find(qn("c:idx")).addnext(
            parse_xml(f'<c:numFmt {_NAMESPACES} formatCode="{number_code(decimals)}" sourceLinked="0"/>')
        )


def luminance(colour: str) -> float:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _whiskers(one: Column, series, panel: dict, lang: str) -> None:
    """Error bars from the value to the ends of its marks."""
    scale = 1.0 if lang == "zh" else panel["scale_en"]
    ended = [(i, p) for i, p in enumerate(one.points) if p and p["low"] is not None and p["high"] is not None]
    if not ended:
        return
    sides = ""
    for side, end in (("plus", "high"), ("minus", "low")):
        held = "".join(
            f'<c:pt idx="{i}"><c:v>{_number(abs(p[end] - p["value"]) * scale)!r}</c:v></c:pt>' for i, p in ended
        )
        sides += f'<c:{side}><c:numLit><c:ptCount val="{len(one.values)}"/>{held}</c:numLit></c:{side}>'
    drawn = (
        f'<c:errBars {_NAMESPACES}><c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>{sides}'
        f'<c:spPr><a:ln w="13970"><a:solidFill><a:srgbClr val="{INK[1:].upper()}"/></a:solidFill></a:ln></c:spPr></c:errBars>'
    )
    series.find(qn("c:cat")).addprevious(parse_xml(drawn))


def _dress_plot(panel: dict, made: Sequence[Column], chart: Chart, points: float) -> None:
    """Bars lie on each other unless two stand at one place; points of a line are joined over years without any."""
    plot = chart.plots[0]
    if panel["kind"] in BARS:
        taken = [i for one in made for i, v in enumerate(one.values) if v is not None]
        beside = not panel["kind"].startswith("stacked") and len(taken) > len(set(taken))
        plot.overlap = 0 if beside else 100
        plot.gap_width = min(500, round(39 * (len(made) if beside else 1)))
    chart._chartSpace.find(".//" + qn("c:dispBlanksAs")).set("val", "gap" if panel["kind"] in BARS else "span")


def _axes(panel: dict, axis: tuple[float, float, float], chart: Chart, years: tuple[int, bool], points: float) -> None:
    low, high, step = axis
    lying = panel["kind"].endswith("bar")
    values, names = chart.value_axis, chart.category_axis
    values.minimum_scale, values.maximum_scale, values.major_unit = low, _number(high), step
    values.major_tick_mark = values.minor_tick_mark = names.major_tick_mark = names.minor_tick_mark = XL_TICK_MARK.NONE
    values.has_major_gridlines, values.visible = not lying, not lying
    values.format.line.fill.background()
    if not lying:
        _line(values.major_gridlines.format.line, GRID, 0.75)
        values.tick_labels.font.size = Pt(points - 1)
        values.tick_labels.font.color.rgb = rgb(MUTED)
        values.tick_labels.number_format, values.tick_labels.number_format_is_linked = (
            number_code(_decimals(step)),
            False,
        )
        values.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    names.has_major_gridlines = False
    names.reverse_order = lying
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    names.tick_labels.font.size = Pt(points - 1 if len(panel["categories"] or ()) <= 20 or not lying else points - 3)
    names.tick_labels.font.color.rgb = rgb(INK if panel["kind"] in BARS else MUTED)
    _line(names.format.line, MUTED, 0.75)
    names._element.find(".//" + qn("a:bodyPr")).set("rot", "-5400000" if years[1] else "0")
    if panel["kind"] not in BARS:
        names.tick_labels.number_format, names.tick_labels.number_format_is_linked = "0", False
        for tag in ("tickLblSkip", "tickMarkSkip"):
            names._element.find(qn("c:noMultiLvlLbl")).addprevious(
                parse_xml(f'<c:{tag} {_NAMESPACES} val="{years[0]}"/>')
            )


def _heading(panel: dict, lang: str, chart: Chart, points: float) -> None:
    """Heading with its unit, or the unit alone, above on the left."""
    heading, unit = clean(panel["heading"][lang]), clean(panel["unit"][lang])
    words = heading if unit in heading else f"{heading}（{unit}）" if lang == "zh" else f"{heading} ({unit})"
    chart.has_title = True
    frame = chart.chart_title.text_frame
    frame.text = words if heading else unit
    font = frame.paragraphs[0].runs[0].font
    font.size, font.bold = Pt(points if heading else points - 1), bool(heading)
    font.color.rgb = rgb(INK if heading else MUTED)
    title = chart.chart_title._element
    place = '<c:manualLayout><c:xMode val="edge"/><c:yMode val="edge"/><c:x val="0.005"/><c:y val="0.005"/></c:manualLayout>'
    for old in title.findall(qn("c:layout")):
        title.remove(old)
    title.find(qn("c:tx")).addnext(parse_xml(f"<c:layout {_NAMESPACES}>{place}</c:layout>"))


def _legend(made: Sequence[Column], chart: Chart, points: float, key: bool) -> None:
    """The key of the chart: each meaning once, nothing where there is but one."""
    met, hidden = set(), []
    for n, one in enumerate(made):
        if one.entry is None or one.entry in met:
            hidden.append(n)
        met.add(one.entry)
    if not key or len(met - {None}) < 2:
        chart.has_legend = False
        return
    chart.has_legend = True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    chart.legend.font.size = Pt(points - 1)
    place = chart.legend._element.find(qn("c:legendPos"))
    for n in reversed(hidden):
        place.addnext(parse_xml(f'<c:legendEntry {_NAMESPACES}><c:idx val="{n}"/><c:delete val="1"/></c:legendEntry>'))


def _fan(space, source: CategoryChartData, made: Sequence[Column]) -> None:
    """The columns that are areas leave the lines and stand behind them, stacked."""
    lines = space.find(".//" + qn("c:lineChart"))
    areas = parse_xml(source.xml_bytes(XL_CHART_TYPE.AREA_STACKED)).find(".//" + qn("c:areaChart"))
    for one, line, area in zip(made, lines.findall(qn("c:ser")), areas.findall(qn("c:ser")), strict=True):
        if not one.area:
            areas.remove(area)
            continue
        lines.remove(line)
        inside = (
            "<a:noFill/>"
            if one.entry is None
            else f'<a:solidFill><a:srgbClr val="{one.seen.fill[1:].upper()}"/></a:solidFill>'
        )
        area.find(qn("c:tx")).addnext(parse_xml(f"<c:spPr {_NAMESPACES}>{inside}<a:ln><a:noFill/></a:ln></c:spPr>"))
    for mine, theirs in zip(areas.findall(qn("c:axId")), lines.findall(qn("c:axId")), strict=True):
        mine.set("val", theirs.get("val"))
    lines.addprevious(areas)


def _moved(body: bytes, sheet: str, row: int, column: int) -> bytes:
    """References to cells of the embedded workbook as references to cells of a sheet."""
    from xlsxwriter.utility import quote_sheetname, xl_cell_to_rowcol, xl_rowcol_to_cell

    def cell(found: re.Match) -> str:
        r, c = xl_cell_to_rowcol(found[0].replace("$", ""))
        return xl_rowcol_to_cell(r + row, c + column, row_abs=True, col_abs=True)

    name = quote_sheetname(sheet).replace("&", "&amp;").replace("<", "&lt;")

    def reference(found: re.Match) -> str:
        return f"<c:f>{name}!" + re.sub(r"\$[A-Z]+\$\d+", cell, found[1]) + "</c:f>"

    return re.sub(r"<c:f>Sheet1!([^<]*)</c:f>", reference, body.decode()).encode()
