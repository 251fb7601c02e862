"""Charts that office programs hold as their own: one panel of a record as a chart part with the workbook behind it.

The same part stands in slides, documents and workbooks. python-pptx writes it, :mod:`.roles` says how a mark looks and
:func:`.record.number_axes` how far its axis goes. A fan, which no library makes, is the stacked areas of one such part
set behind the lines of another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree
from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_MARKER_STYLE
from pptx.enum.chart import XL_TICK_LABEL_POSITION as TICK_LABELS
from pptx.enum.chart import XL_TICK_MARK as TICKS
from pptx.enum.dml import MSO_LINE, MSO_PATTERN
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.util import Pt

from .columns import Column, categories, clean
from .record import BARS, exact, heading, scale
from .roles import GRID, INK, MUTED, PAPER, Role, bar_edge, luminance

TYPES = {
    "line": XL_CHART_TYPE.LINE_MARKERS,
    "fan": XL_CHART_TYPE.LINE_MARKERS,
    "column": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "bar": XL_CHART_TYPE.BAR_CLUSTERED,
    "stacked_column": XL_CHART_TYPE.COLUMN_STACKED,
    "stacked_bar": XL_CHART_TYPE.BAR_STACKED,
}
MARKERS = {"o": "CIRCLE", "s": "SQUARE", "D": "DIAMOND", "v": "TRIANGLE", "X": "X", "": "NONE"}
DASHES = {"solid": MSO_LINE.SOLID, "dash": MSO_LINE.DASH, "dot": MSO_LINE.ROUND_DOT, "dashdot": MSO_LINE.DASH_DOT}
_DRAWINGML = "http://schemas.openxmlformats.org/drawingml/2006/"
NAMESPACES = f'xmlns:c="{_DRAWINGML}chart" xmlns:a="{_DRAWINGML}main"'


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
    """The chart part of a panel that is no heat map, from its :func:`.columns.columns`.

    `axis` has the ends and the step of the axis of numbers, `years` is what :func:`.columns.year_labels` gives, `points`
    the size of the text, `key` whether the chart carries its key. `cells` are sheet, row and column of the top left cell
    of the data; without them the data are those of the embedded workbook.
    """
    source = CategoryChartData(number_format=number_code(_decimals(axis[2])))
    source.categories = categories(panel, lang, years[0])
    for one in made:
        source.add_series(one.name, one.values)
    space = parse_xml(source.xml_bytes(TYPES[panel["kind"]]))
    chart = Chart(space, None)
    chart.font.size, chart.font.color.rgb = Pt(points), rgb(INK)
    for one, series in zip(made, chart.plots[0].series, strict=True):
        _dress(panel, one, series, points)
        _error_bars(one, series, scale(panel, lang))
    for (n, i), place in label_places(panel, lang, made).items():
        label = chart.plots[0].series[n].points[i].data_label
        _label(made[n].points[i][lang], made[n].values[i], label, place, made[n].seen, points)
    if panel["kind"] in BARS:  # they lie on each other unless two stand at one place
        taken = [i for one in made for i, v in enumerate(one.values) if v is not None]
        beside = not panel["kind"].startswith("stacked") and len(taken) > len(set(taken))
        chart.plots[0].overlap = 0 if beside else 100
        chart.plots[0].gap_width = min(500, round(39 * (len(made) if beside else 1)))
    blanks = "gap" if panel["kind"] in BARS else "span"  # a line is joined over years without a mark
    space.find(".//" + qn("c:dispBlanksAs")).set("val", blanks)
    _axes(panel, axis, chart, years, points)
    _heading(panel, lang, chart, points)
    _legend(made, chart, points, key)
    if any(one.area for one in made):
        _fan(space, source, made)
    space.find(qn("c:chart")).addnext(_xml("<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"))
    body = etree.tostring(space, xml_declaration=True, encoding="UTF-8", standalone=True)
    return _moved(body, *cells) if cells else body


def _xml(markup: str):
    """An element of a chart part."""
    return parse_xml(re.sub(r"^<([\w:]+)", rf"<\1 {NAMESPACES}", markup))


def rgb(colour: str) -> RGBColor:
    """A colour as python-pptx takes it."""
    return RGBColor.from_string(colour.lstrip("#").upper())


def _line(line, colour: str, width: float, dash: str = "solid") -> None:
    line.color.rgb, line.width, line.dash_style = rgb(colour), Pt(width), DASHES[dash or "solid"]
    if not dash:  # transparent and not absent: some programs take the colour of markers from it
        line._get_or_add_ln().find(".//" + qn("a:srgbClr")).append(_xml('<a:alpha val="0"/>'))


def _filled(fill, colour: str) -> None:
    fill.solid()
    fill.fore_color.rgb = rgb(colour)


def _dress(panel: dict, one: Column, series, points: float) -> None:
    """A series as its role says; areas are dressed where they are drawn."""
    if one.area:
        return
    seen = one.seen
    if panel["kind"] in BARS:
        fill = series.format.fill
        if seen.hatch:
            fill.patterned()
            fill.pattern = MSO_PATTERN.WIDE_UPWARD_DIAGONAL
            fill.fore_color.rgb, fill.back_color.rgb = rgb(seen.colour), rgb(PAPER)
        else:
            _filled(fill, seen.fill or seen.colour)
        _line(series.format.line, *bar_edge(seen, panel["kind"].startswith("stacked")))
        return
    _line(series.format.line, seen.colour, seen.width, "" if one.over else seen.dash)
    series.marker.style = XL_MARKER_STYLE[MARKERS[seen.marker]]
    series.smooth = False
    if seen.marker:
        many = sum(len(s["points"]) for s in panel["series"])
        series.marker.size = max(3, round(points * (0.58 if many <= 40 else 0.42)))
        _filled(series.marker.format.fill, seen.fill or seen.colour)
        _line(series.marker.format.line, seen.colour, 1.4)


def number_code(decimals: int) -> str:
    """Format of numbers with thousands separators and a true minus sign."""
    plain = "#,##0" + ("." + "0" * decimals if decimals else "")
    return f"{plain};\u2212{plain}"


def _decimals(step: float) -> int:
    return len(f"{step:.9f}".rstrip("0").partition(".")[2])


def label_places(panel: dict, lang: str, made: Sequence[Column]) -> dict[tuple[int, int], XL_LABEL_POSITION]:
    """Where the number of each mark stands, by column and category: of several on lines in one year the lowest below."""
    labelled = [
        (n, i) for n, one in enumerate(made) if not one.over
        for i, p in enumerate(one.points) if p and p[lang] and one.values[i] is not None
    ]  # fmt: skip
    if panel["kind"] in BARS:
        stacked = panel["kind"].startswith("stacked")
        return dict.fromkeys(labelled, XL_LABEL_POSITION.CENTER if stacked else XL_LABEL_POSITION.OUTSIDE_END)
    out = {}
    for n, i in labelled:
        beside = sorted((made[m].values[i], m) for m, other in labelled if other == i)
        mine = (made[n].values[i], n)
        lower = XL_LABEL_POSITION.BELOW if mine == beside[0] else XL_LABEL_POSITION.RIGHT
        out[n, i] = XL_LABEL_POSITION.ABOVE if mine == beside[-1] else lower
    return out


def _label(words: str, value: float, label, place: XL_LABEL_POSITION, seen: Role, points: float) -> None:
    """The number beside a mark, as the mark says it: as a format of its value where that says the same, else as text."""
    decimals = len(words.partition(".")[2])
    same = f"{value:,.{decimals}f}".replace("-", "\u2212") == words
    if not same:
        label.has_text_frame = True
        label.text_frame.text = clean(words)
    label.position = place
    font = label.font if same else label.text_frame.paragraphs[0].font
    dark = place == XL_LABEL_POSITION.CENTER and luminance(seen.fill) < 0.45
    font.size, font.color.rgb = Pt(points - 1), rgb(PAPER if dark else INK)
    for body in label._dLbl.iter(qn("a:bodyPr")):
        body.set("wrap", "none")
    if same:
        code = _xml(f'<c:numFmt formatCode="{number_code(decimals)}" sourceLinked="0"/>')
        label._dLbl.find(qn("c:idx")).addnext(code)


def _error_bars(one: Column, series, by: float) -> None:
    """Whiskers of bars, where marks have ends."""
    held = {i: p for i, p in enumerate(one.points) if p and p["low"] is not None and p["high"] is not None}
    if not held:
        return
    sides = ""
    for side, end in (("plus", "high"), ("minus", "low")):
        lengths = {i: exact(abs(p[end] - p["value"]) * by) for i, p in held.items()}
        drawn = "".join(f'<c:pt idx="{i}"><c:v>{v!r}</c:v></c:pt>' for i, v in lengths.items())
        sides += f'<c:{side}><c:numLit><c:ptCount val="{len(one.points)}"/>{drawn}</c:numLit></c:{side}>'
    bars = (
        f'<c:errBars><c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>{sides}<c:spPr>'
        f'<a:ln w="13970"><a:solidFill><a:srgbClr val="{rgb(INK)}"/></a:solidFill></a:ln></c:spPr></c:errBars>'
    )
    series._element.find(qn("c:cat")).addprevious(_xml(bars))


def _axes(panel: dict, axis: tuple[float, float, float], chart: Chart, years: tuple[int, bool], points: float) -> None:
    low, high, step = axis
    lying = panel["kind"].endswith("bar")
    values, names = chart.value_axis, chart.category_axis
    values.minimum_scale, values.maximum_scale, values.major_unit = low, float(f"{high:.9g}"), step
    for one in (values, names):
        one.major_tick_mark = one.minor_tick_mark = TICKS.NONE
        one.tick_labels.font.size, one.tick_label_position = Pt(points - 1), TICK_LABELS.LOW
        one.tick_labels.font.color.rgb = rgb(MUTED)
    values.has_major_gridlines, values.visible = not lying, not lying
    values.format.line.fill.background()
    if lying:
        values.tick_label_position = TICK_LABELS.NONE
    else:
        _line(values.major_gridlines.format.line, GRID, 0.75)
        values.tick_labels.number_format = number_code(_decimals(step))
        values.tick_labels.number_format_is_linked = False
    names.has_major_gridlines, names.reverse_order = False, lying
    if lying and len(panel["categories"]) > 20:
        names.tick_labels.font.size = Pt(points - 3)
    _line(names.format.line, MUTED, 0.75)
    names._element.find(".//" + qn("a:bodyPr")).set("rot", "-5400000" if years[1] else "0")
    if panel["kind"] in BARS:
        names.tick_labels.font.color.rgb = rgb(INK)
        return
    names.tick_labels.number_format, names.tick_labels.number_format_is_linked = "0", False
    for tag in ("tickLblSkip", "tickMarkSkip"):
        names._element.find(qn("c:noMultiLvlLbl")).addprevious(_xml(f'<c:{tag} val="{years[0]}"/>'))


def _heading(panel: dict, lang: str, chart: Chart, points: float) -> None:
    """Heading with its unit, or the unit alone, above on the left."""
    headed = clean(heading(panel, lang))
    chart.has_title = True
    frame = chart.chart_title.text_frame
    frame.text = headed or clean(panel["unit"][lang])
    font = frame.paragraphs[0].runs[0].font
    font.size, font.bold = Pt(points if headed else points - 1), bool(headed)
    font.color.rgb = rgb(INK if headed else MUTED)
    title = chart.chart_title._element
    for old in title.findall(qn("c:layout")):
        title.remove(old)
    left = "".join(
        f'<c:{tag} val="{value}"/>' for tag, value in (("xMode", "edge"), ("yMode", "edge"), ("x", 0.005), ("y", 0.005))
    )
    title.find(qn("c:tx")).addnext(_xml(f"<c:layout><c:manualLayout>{left}</c:manualLayout></c:layout>"))


def _legend(made: Sequence[Column], chart: Chart, points: float, key: bool) -> None:
    """The key of the chart: each meaning once, nothing where there is but one."""
    met, hidden = set(), []
    for n, one in enumerate(made):
        if one.entry is None or one.entry in met:
            hidden.append(n)
        met.add(one.entry)
    chart.has_legend = key and len(met - {None}) > 1
    if not chart.has_legend:
        return
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    chart.legend.font.size = Pt(points - 1)
    place = chart.legend._element.find(qn("c:legendPos"))
    for n in reversed(hidden):
        place.addnext(_xml(f'<c:legendEntry><c:idx val="{n}"/><c:delete val="1"/></c:legendEntry>'))


def _fan(space, source: CategoryChartData, made: Sequence[Column]) -> None:
    """The columns that are areas leave the lines and stand behind them, stacked."""
    lines = space.find(".//" + qn("c:lineChart"))
    areas = parse_xml(source.xml_bytes(XL_CHART_TYPE.AREA_STACKED)).find(".//" + qn("c:areaChart"))
    for one, line, area in zip(made, lines.findall(qn("c:ser")), areas.findall(qn("c:ser")), strict=True):
        (lines if one.area else areas).remove(line if one.area else area)
        if one.area:
            colour = (
                f'<a:solidFill><a:srgbClr val="{rgb(one.seen.fill)}"/></a:solidFill>' if one.entry else "<a:noFill/>"
            )
            area.find(qn("c:tx")).addnext(_xml(f"<c:spPr>{colour}<a:ln><a:noFill/></a:ln></c:spPr>"))
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
    moved = lambda found: f"<c:f>{name}!{re.sub(r'[$][A-Z]+[$][0-9]+', cell, found[1])}</c:f>"  # noqa: E731
    return re.sub(r"<c:f>Sheet1!([^<]*)</c:f>", moved, body.decode()).encode()
