"""Exhibits in slides, documents and workbooks, and files that repeat: charts are the program's own (:mod:`.native`), a heat
map is a table with coloured cells, a figure of one's own its picture. Sizes and boxes are in inches."""

import base64
import re
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from types import SimpleNamespace

from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.part import Part
from docx.oxml import parse_xml as docx_xml
from docx.oxml.ns import nsdecls as docx_spaces
from docx.oxml.shape import CT_Inline
from docx.shared import Inches, Pt, RGBColor
from matplotlib.colors import to_hex
from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn

from . import canvas, picture
from .chart import alt, key_entries, scale
from .native import chart_part, clean, fill_with, has_native, key_inside, rgb, solid
from .roles import GRID, INK, MUTED, PAPER, look, luminance

LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en-GB"}
LATIN, EAST_ASIAN = "Calibri", "Microsoft YaHei"
GAP = 0.15  # between panels
EMU = 914400
# Earliest moment that a zip archive can hold: every part of every file carries it, so that equal files are equal bytes.
MOMENT = (1980, 1, 1, 0, 0, 0)
_DATES = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")


def settled(body: bytes, charts: Mapping[str, bytes] | None = None, types: tuple[bytes, bytes] = (b"", b"")) -> bytes:
    """An office file so that equal contents are equal bytes: one order of parts, one time stamp, no dates. Files inside it are
    settled as well; chart parts that hold a word of `charts` become what it stands for. Of `types` the first becomes the
    second: a template is an ordinary file but for the type of its main part."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(body)) as old, zipfile.ZipFile(out, "w") as new:
        for name in sorted(set(old.namelist()), key=lambda n: (n != "[Content_Types].xml", n)):
            part = old.read(name)
            if name == "[Content_Types].xml":
                part = part.replace(*types)
            elif name == "docProps/core.xml":
                part = _DATES.sub(rb"\g<1>1980-01-01T00:00:00Z\g<3>", part)
            elif name.endswith(".xlsx"):
                part = settled(part)
            elif charts and "/charts/" in name and (mark := re.search(rb"chart-of-\d+-here", part)):
                part = charts[mark[0].decode()]
            info = zipfile.ZipInfo(name, MOMENT)
            info.external_attr = 0o600 << 16
            new.writestr(info, part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def drawn(record: dict) -> bool:
    """Whether an exhibit has anything but a table."""
    return bool(record["chart"] or record["picture"])


def picture_png(record: dict, lang: str) -> bytes:
    """The picture of an exhibit without the words around it: drawn by hand, or of a chart no office program can hold."""
    if record["picture"]:
        return base64.b64decode(record["picture"][lang]["png"])
    return canvas.png(picture.picture(record, lang, "page"), 200)


def rows_of(chart: dict, narrow: bool = False) -> list[list[int]]:
    """Numbers of the panels in rows, as they stand beside each other."""
    many = len(chart["panels"])
    beside = min(chart["columns"], 2 if narrow else 6, many)
    return [list(range(i, min(i + beside, many))) for i in range(0, many, beside)]


def panel_alt(record: dict, n: int, lang: str) -> str:
    """What one panel shows, for who cannot see it."""
    return clean(alt(record["title"][lang], record["chart"]["panels"][n : n + 1], lang))


_SIGNS = {"o": "●○", "s": "■□", "D": "◆◇", "v": "▼▽", "X": "✕✕"}
_STROKES = {"dash": "╍╍", "dot": "┅┅", "dashdot": "╍╍", "solid": "━━", "": "━━"}


def key_words(chart: dict, lang: str, width: float = 0.0) -> list[tuple[str, str, str]]:
    """The key of several panels, or of a chart that it would leave no room, as text: sign, colour, words of each entry."""
    out, entries = [], [] if key_inside(chart, width) else key_entries(chart)
    for entry in entries:
        seen = look(entry.role, entry.nth)
        signs = "■□" if entry.bar or seen.band else _SIGNS.get(seen.marker, _STROKES[seen.dash])
        sign = "▨" if entry.bar and seen.hatch else signs[seen.fill == PAPER]
        out.append((sign, seen.fill if seen.band else seen.colour, clean(entry.name[lang])))
    return out


def heat_cells(panel: dict, lang: str) -> list[list[tuple[str, str, str]]]:
    """Rows of a heat map with their heads: words, colour behind, colour of the words."""
    colours, low, high = picture.heat_colours(panel, lang)
    heads = [panel["unit"][lang], *(c[lang] for c in panel["categories"])]
    rows = [[(clean(words), PAPER, INK) for words in heads]]
    for one in panel["series"]:
        row = [(clean(one[lang]), PAPER, INK), *[("—", GRID, INK)] * len(panel["categories"])]
        for p in (p for p in one["points"] if p["value"] is not None):
            value = p["value"] * scale(panel, lang)
            fill = to_hex(colours((value - low) / (high - low)))
            words = p[lang] or f"{value:,.4g}".replace("-", "\u2212")
            row[p["x"] + 1] = (clean(words), fill, PAPER if luminance(fill) < 0.45 else INK)
        rows.append(row)
    return rows


def into_slide(slide, record: dict, lang: str, box: tuple[float, float, float, float], points: float = 12) -> None:
    """Set the chart or picture of an exhibit into a box (left, top, width, height) of a slide; `points` is the size of the
    text in a chart that stands alone, in several it is smaller."""
    x, y, width, height = box
    if not has_native(record["chart"]):
        shape = slide.shapes.add_picture(BytesIO(picture_png(record, lang)), *_emu((x, y)))
        by = min(width * EMU / shape.width, height * EMU / shape.height)
        shape.width, shape.height = round(shape.width * by), round(shape.height * by)
        shape.left += (round(width * EMU) - shape.width) // 2
        describe(shape, record["id"], record["alt"][lang])
        return
    panels, rows = record["chart"]["panels"], rows_of(record["chart"])
    if words := key_words(record["chart"], lang, width):
        y, height = _line_on_slide(slide, words, (x, y, width, height), points)
    points = points if len(panels) == 1 else points - 2 if len(rows[0]) <= 3 else points - 3
    wide, high = ((room - GAP * (n - 1)) / n for room, n in ((width, len(rows[0])), (height, len(rows))))
    for n, panel in enumerate(panels):
        r, c = divmod(n, len(rows[0]))
        place = (x + c * (wide + GAP), y + r * (high + GAP), wide, high)
        if panel["kind"] == "heat":
            frame = _heat_on_slide(slide, panel, lang, place, points)
        else:
            xml, book = chart_part(record["chart"], n, lang, wide, points)
            made = SimpleNamespace(xml_bytes=lambda _, xml=xml: xml, xlsx_blob=book)  # all that is asked of chart data
            frame = slide.shapes.add_chart(XL_CHART_TYPE.LINE, *_emu(place), made)
        describe(frame, f"{record['id']} {n + 1}", panel_alt(record, n, lang))


def describe(shape, name: str, words: str) -> None:
    """Name of a shape, and what it shows for who cannot see it."""
    properties = shape._element.xpath(".//p:cNvPr")[0]
    properties.set("name", clean(name)[:120])
    properties.set("descr", clean(words)[:2000])


def _emu(box: Sequence[float]) -> list[int]:
    return [round(v * EMU) for v in box]


def _line_on_slide(slide, words, box, points: float) -> tuple[float, float]:
    """A line of signs and words at the top of a box; where the room below it begins, and its height."""
    x, y, width, height = box
    shape = slide.shapes.add_textbox(*_emu((x, y, width, 0.3)))
    frame = shape.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    for sign, colour, name in words:
        for text, hue in ((sign + " ", colour), (name + "    ", INK)):
            run = frame.paragraphs[0].add_run()
            run.text, run.font.size, run.font.color.rgb = text, Pt(points - 1), rgb(hue)
    describe(shape, "key", "")
    return y + 0.34, height - 0.34


def _heat_on_slide(slide, panel: dict, lang: str, box, points: float):
    x, y, width, height = box
    if heading := clean(panel["heading"][lang]):
        y, height = _line_on_slide(slide, [("", INK, heading)], box, points + 1)
    rows = [[(*cell, "left" if c == 0 else "center") for c, cell in enumerate(row)] for row in heat_cells(panel, lang)]
    high, many = min(0.5, height / len(rows)), len(rows[0]) - 1
    first = width * min(0.5, 0.22 + 0.02 * max(len(r[0][0]) for r in rows))
    widths, points = [first, *[(width - first) / many] * many], max(7.0, min(points, high * 72 / 1.9))
    return table_on_slide(slide, rows, lang, (x, y), widths, [high] * len(rows), points)


def table_on_slide(slide, rows, lang: str, place, widths: Sequence[float], heights: Sequence[float], points: float):
    """A table in the fonts of the host, rules between its rows, the head in bold. Cells of its rows are words, the colour
    behind them and their own (both may be empty), ``left``, ``center`` or ``right``."""
    frame = slide.shapes.add_table(len(heights), len(widths), *_emu((*place, sum(widths), sum(heights))))
    table = frame.table
    table.horz_banding = False
    table._tbl.tblPr.find(qn("a:tableStyleId")).text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # no fill, no grid
    for column, width in zip(table.columns, _emu(widths), strict=True):
        column.width = width
    for r, (line, height, cells) in enumerate(zip(table.rows, _emu(heights), rows, strict=False)):
        line.height = height
        rule = f'<a:lnB {nsdecls("a")} w="9525">{solid(GRID if r else MUTED)}</a:lnB>'
        for cell, (words, fill, ink, align) in zip(line.cells, cells, strict=True):
            cell.vertical_anchor, cell.margin_top, cell.margin_bottom = MSO_ANCHOR.MIDDLE, 0, 0
            if fill:
                fill_with(cell.fill, fill)
            cell._tc.get_or_add_tcPr().insert(0, parse_xml(rule))
            paragraph = cell.text_frame.paragraphs[0]
            paragraph.alignment = PP_ALIGN[align.upper()]
            run = paragraph.add_run()
            run.text, run.font.size, run.font.bold = words, Pt(points), r == 0
            run.font._element.set("lang", LANGUAGE_TAGS[lang])
            if ink:
                run.font.color.rgb = rgb(ink)
    return frame


def into_document(document, record: dict, lang: str, width: float, style: str, height: float = 0.0) -> None:
    """Append the chart or picture of an exhibit to a document: charts beside each other in a paragraph, heat as tables.
    `style` is the id of the style of paragraphs; without a height one that suits the chart is taken."""
    if not has_native(record["chart"]):
        run = styled(document.add_paragraph(), style).add_run()
        shape = run.add_picture(BytesIO(picture_png(record, lang)), width=Inches(width))
        shape._inline.docPr.set("descr", clean(record["alt"][lang]))
        return
    chart = record["chart"]
    panels, rows = chart["panels"], rows_of(chart, narrow=len(chart["panels"]) % 3 != 0)
    if words := key_words(chart, lang, width):
        paragraph = styled(document.add_paragraph(), style)
        paragraph.paragraph_format.keep_with_next = True
        for sign, colour, name in words:
            _colour_run(paragraph.add_run(sign + " "), colour, 8.5)
            _colour_run(paragraph.add_run(name + "   "), INK, 8.5)
    beside, wide = len(rows[0]), width / len(rows[0]) - 0.02
    fitting = 3.0 if len(panels) == 1 else max(2.0, wide * 0.8) if beside > 1 else 2.1
    high = height / len(rows) if height else fitting
    points = 9 if beside == 1 and width > 4 else 8 if wide > 2 else 7
    for n, panel in enumerate(panels):
        if panel["kind"] == "heat":
            _heat_in_document(document, panel, lang, width, style)
            continue
        if n % beside == 0 or panels[n - 1]["kind"] == "heat":
            paragraph = styled(document.add_paragraph(), style)
        tall = max(high, 0.24 * len(panel["categories"]) + 0.6) if panel["kind"].endswith("bar") else high
        _chart_in_document(document, paragraph.add_run(), record, n, lang, (wide, min(tall, 8.5)), points)


def styled(paragraph, style: str):
    """A paragraph in the style of an id; to look up the style by its name for each takes most of the time."""
    paragraph._p.style = style
    return paragraph


def _colour_run(run, colour: str, points: float) -> None:
    run.font.size, run.font.color.rgb = Pt(points), RGBColor(*rgb(colour))


def _chart_in_document(document, run, record: dict, n: int, lang: str, size, points: float) -> None:
    """The chart part with its workbook as parts of the document's package, and the drawing that shows it."""
    xml, book = chart_part(record["chart"], n, lang, size[0], points)
    package, kinds = document.part.package, RELATIONSHIP_TYPE
    place = package.next_partname("/word/embeddings/Microsoft_Excel_Sheet%d.xlsx")
    sheet = Part(place, CONTENT_TYPE.SML_SHEET, book, package)
    outside = f'<c:externalData {docx_spaces("r")} r:id="rId1"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    place = package.next_partname("/word/charts/chart%d.xml")
    part = Part(place, CONTENT_TYPE.DML_CHART, xml.replace(b"</c:chartSpace>", outside.encode()), package)
    part.relate_to(sheet, kinds.PACKAGE)
    shown = docx_xml(f'<c:chart {docx_spaces("c", "r")} r:id="{document.part.relate_to(part, kinds.CHART)}"/>')
    drawing = CT_Inline.new(*_emu(size), 1000 * place.idx, shown)
    drawing.graphic.graphicData.uri = shown.nsmap["c"]
    drawing.docPr.name = f"chart {place.idx}"
    drawing.docPr.set("descr", panel_alt(record, n, lang))
    run._r.add_drawing(drawing)


def _heat_in_document(document, panel: dict, lang: str, width: float, style: str) -> None:
    if heading := clean(panel["heading"][lang]):
        styled(document.add_paragraph(), style).add_run(heading).bold = True
    rows = heat_cells(panel, lang)
    table = document.add_table(len(rows), len(rows[0]))
    first = width * 0.36
    for row, cells in zip(table.rows, rows, strict=True):
        for c, (cell, (words, fill, ink)) in enumerate(zip(row.cells, cells, strict=True)):
            cell.width = Inches(first if c == 0 else (width - first) / (len(cells) - 1))
            shade = f'<w:shd {docx_spaces("w")} w:val="clear" w:color="auto" w:fill="{rgb(fill)}"/>'
            cell._tc.get_or_add_tcPr().append(docx_xml(shade))
            paragraph = styled(cell.paragraphs[0], style)
            paragraph.alignment = 0 if c == 0 else 1
            _colour_run(paragraph.add_run(words), ink, 8)


def into_sheet(book, sheet, row: int, record: dict, n: int, lang: str, size, cells, offset: int = 0) -> dict:
    """Place the chart of one panel on a sheet of xlsxwriter, at a row, so many pixels from the left, in a size of pixels;
    `cells` are sheet, row and column of the data that :func:`.native.grid` gives. What is returned :func:`settled` puts in
    when the file is closed."""
    mark = f"chart-of-{len(book.charts)}-here"
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": [cells[0], cells[1] + 1, cells[2] + 1, cells[1] + 1, cells[2] + 1]})
    chart.set_title({"name": mark})
    chart.set_size({"width": size[0], "height": size[1]})
    options = {"description": panel_alt(record, n, lang), "x_offset": offset, "y_offset": 4, "object_position": 1}
    sheet.insert_chart(row, 0, chart, options)
    return {mark: chart_part(record["chart"], n, lang, size[0] / 96, 9, cells)[0]}
