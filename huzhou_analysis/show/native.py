"""Charts that office programs hold as their own: one panel of a record as a chart part with the workbook behind it.

The same part stands in slides, documents and workbooks. python-pptx writes it, :mod:`~huzhou_analysis.show.roles` says
how a mark looks, and :func:`~huzhou_analysis.show.number_axes` how far its axis goes. A fan, which no library
makes, is the stacked areas of one such part set behind the lines of another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

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

from .columns import Column, categories, clean, whiskers
from .record import BARS
from .roles import GRID, INK, MUTED, PAPER, Role, luminance

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
NAMESPACES = 'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'


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
    places = label_places(panel, lang, made)
    for n, (one, series) in enumerate(zip(made, chart.plots[0].series, strict=True)):
        _dress(panel, one, series, points)
        for i, place in places.get(n, {}).items():
            _label(one.points[i][lang], one.values[i], series.points[i].data_label, place, one.seen, points)
    _error_bars(made, chart, 1.0 if lang == "zh" else panel["scale_en"])
    _dress_plot(panel, made, chart, points)
    _axes(panel, axis, chart, years, points)
    _heading(panel, lang, chart, points)
    _legend(made, chart, points, key)
    chart.font.size = Pt(points)
    chart.font.color.rgb = rgb(INK)
    if any(one.area for one in made):
        _fan(space, source, made)
    space.find(qn("c:chart")).addnext(parse_xml(f"<c:spPr {NAMESPACES}><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"))
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
        line._get_or_add_ln().find(".//" + qn("a:srgbClr")).append(parse_xml(f'<a:alpha {NAMESPACES} val="0"/>'))


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


def _dress(panel: dict, one: Column, series, points: float) -> None:
    """A series as its role says."""
    if one.area:
        return  # dressed where it is drawn
    seen, bar = one.seen, panel["kind"] in BARS
    if bar:
        _bar(panel, seen, series.format)
    else:
        _line(series.format.line, seen.colour, seen.width, "" if one.over else seen.dash)
        many = sum(len(s["points"]) for s in panel["series"])
        _marker(series.marker, seen, round(points * (0.58 if many <= 40 else 0.42)))
        series.smooth = False


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


def label_places(panel: dict, lang: str, made: Sequence[Column]) -> dict[int, dict[int, XL_LABEL_POSITION]]:
    """Where the number of each mark stands, by column and category: of several on lines in one year the lowest below."""
    labelled = [
        (n, i) for n, one in enumerate(made) if not one.over
        for i, p in enumerate(one.points) if p and p[lang] and one.values[i] is not None
    ]  # fmt: skip
    out: dict[int, dict[int, XL_LABEL_POSITION]] = {}
    for n, i in labelled:
        place = XL_LABEL_POSITION.CENTER if panel["kind"].startswith("stacked") else XL_LABEL_POSITION.OUTSIDE_END
        if panel["kind"] not in BARS:
            beside = sorted((made[m].values[i], m) for m, other in labelled if other == i)
            lowest, highest = beside[0] == (made[n].values[i], n), beside[-1] == (made[n].values[i], n)
            place = (
                XL_LABEL_POSITION.ABOVE if highest else XL_LABEL_POSITION.BELOW if lowest else XL_LABEL_POSITION.RIGHT
            )
        out.setdefault(n, {})[i] = place
    return out


def _label(words: str, value: float, label, place: XL_LABEL_POSITION, seen: Role, points: float) -> None:
    """The number beside a mark, as the mark says it: as a format of its value where that says the same, else as text."""
    decimals = len(words.partition(".")[2])
    same = f"{value:,.{decimals}f}".replace("-", "\u2212") == words
    if not same:
        label.has_text_frame = True
        label.text_frame.text = clean(words)
    label.position = place
    font = label.text_frame.paragraphs[0].font if not same else label.font
    font.size = Pt(points - 1)
    dark = place == XL_LABEL_POSITION.CENTER and seen.fill != PAPER and luminance(seen.fill) < 0.45
    font.color.rgb = rgb(PAPER if dark else INK)
    element = label._dLbl
    for body in element.iter(qn("a:bodyPr")):
        body.set("wrap", "none")
    if same:
        element.find(qn("c:idx")).addnext(
            parse_xml(f'<c:numFmt {NAMESPACES} formatCode="{number_code(decimals)}" sourceLinked="0"/>')
        )


def _error_bars(made: Sequence[Column], chart: Chart, scale: float) -> None:
    """Whiskers of bars, whose lengths stand in columns of their own."""
    from xlsxwriter.utility import xl_col_to_name

    sides: dict[int, str] = {}
    for place, (n, side, _, values) in enumerate(whiskers(made, scale), len(made) + 1):
        held = "".join(f'<c:pt idx="{i}"><c:v>{v!r}</c:v></c:pt>' for i, v in enumerate(values) if v is not None)
        column = xl_col_to_name(place)
        sides[n] = sides.get(n, "") + (
            f"<c:{side}><c:numRef><c:f>Sheet1!${column}$2:${column}${len(values) + 1}</c:f><c:numCache>"
            f'<c:ptCount val="{len(values)}"/>{held}</c:numCache></c:numRef></c:{side}>'
        )
    for n, both in sides.items():
        drawn = (
            f'<c:errBars {NAMESPACES}><c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>{both}'
            f'<c:spPr><a:ln w="13970"><a:solidFill><a:srgbClr val="{INK[1:].upper()}"/></a:solidFill></a:ln></c:spPr>'
            "</c:errBars>"
        )
        chart.plots[0].series[n]._element.find(qn("c:cat")).addprevious(parse_xml(drawn))


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
    values.minimum_scale, values.maximum_scale, values.major_unit = low, float(f"{high:.9g}"), step
    values.major_tick_mark = values.minor_tick_mark = names.major_tick_mark = names.minor_tick_mark = XL_TICK_MARK.NONE
    values.has_major_gridlines, values.visible = not lying, not lying
    values.format.line.fill.background()
    if lying:
        values.tick_label_position = XL_TICK_LABEL_POSITION.NONE
    else:
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
                parse_xml(f'<c:{tag} {NAMESPACES} val="{years[0]}"/>')
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
    title.find(qn("c:tx")).addnext(parse_xml(f"<c:layout {NAMESPACES}>{place}</c:layout>"))


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
        place.addnext(parse_xml(f'<c:legendEntry {NAMESPACES}><c:idx val="{n}"/><c:delete val="1"/></c:legendEntry>'))


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
        area.find(qn("c:tx")).addnext(parse_xml(f"<c:spPr {NAMESPACES}>{inside}<a:ln><a:noFill/></a:ln></c:spPr>"))
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
