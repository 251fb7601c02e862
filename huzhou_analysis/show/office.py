"""Charts, tables and pictures of an exhibit set into slides, documents and workbooks, and files that repeat.

An exhibit stands as the office program's own charts (:mod:`~huzhou_analysis.show.native`), a heat map as a table with
coloured cells, a figure of one's own as its picture. Fonts are those of the host; roles keep their colours.
"""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

from matplotlib.colors import to_hex

from . import canvas, exhibit, native, picture
from .columns import clean, columns, has_native, workbook, year_labels
from .native import chart_xml
from .record import key_entries, number_axes
from .roles import GRID, INK, MUTED, PALETTE, PAPER, look, luminance

LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en-GB"}
LATIN, EAST_ASIAN = "Calibri", "Microsoft YaHei"
GAP = 0.15  # inches between panels
EMU = 914400
# Earliest moment that a zip archive can hold: every part of every file carries it, so that equal files are equal bytes.
MOMENT = (1980, 1, 1, 0, 0, 0)
_DATES = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"


# --- files that repeat ----------------------------------------------------------------------------------------------


def settled(body: bytes, replaced: dict[str, bytes] | None = None) -> bytes:
    """An office file so that equal contents are equal bytes: one order of parts, one time stamp, no dates.

    Parameters
    ----------
    body : bytes
        Of the file; files inside it are settled as well.
    replaced : dict of str to bytes, optional
        Chart parts that hold one of these words are replaced by what it stands for.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            part = old.read(name)
            if name == "docProps/core.xml":
                part = _DATES.sub(rb"\g<1>1980-01-01T00:00:00Z\g<3>", part)
            elif name.endswith(".xlsx"):
                part = settled(part)
            elif replaced and (mark := re.search(rb"chart-of-[\d-]+-here", part)) and "/charts/" in name:
                part = replaced[mark[0].decode()]
            info = zipfile.ZipInfo(name, MOMENT)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(info, part)
    return out.getvalue()


def settle(path: Path, replaced: dict[str, bytes] | None = None) -> None:
    """:func:`settled` for a file in place."""
    path = Path(path)
    path.write_bytes(settled(path.read_bytes(), replaced))


def retyped(body: bytes, template: bytes, plain: bytes) -> bytes:
    """A template file (.potx, .dotx) as an ordinary one: only the type of its main part differs."""
    with zipfile.ZipFile(io.BytesIO(body)) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    if template not in parts["[Content_Types].xml"]:
        return body
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(template, plain)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name, part in parts.items():
            new.writestr(name, part)
    return out.getvalue()


def themed(body: bytes) -> bytes:
    """A theme with fonts of both scripts and the house's colours as accents, so that what a reader adds looks alike."""
    words = re.sub(r'<a:latin typeface="[^"]*"', f'<a:latin typeface="{LATIN}"', body.decode())
    words = re.sub(r'<a:ea typeface="[^"]*"', f'<a:ea typeface="{EAST_ASIAN}"', words)
    for n, colour in enumerate(PALETTE, 1):
        accent = rf'\g<1><a:srgbClr val="{colour[1:].upper()}"/>\g<2>'
        words = re.sub(rf"(<a:accent{n}>).*?(</a:accent{n}>)", accent, words, flags=re.S)
    return words.encode()


# --- what all hosts share -------------------------------------------------------------------------------------------


def drawn(record: dict) -> bool:
    """Whether an exhibit has anything but a table."""
    return bool(record["chart"] or record["picture"])


def picture_png(record: dict, lang: str) -> bytes:
    """The picture of an exhibit without the words around it: drawn by hand, or of a chart no office program can hold."""
    if record["picture"]:
        return base64.b64decode(record["picture"][lang]["png"])
    buffer = io.BytesIO()
    with canvas.house_style():
        picture.picture(record, lang, "page").savefig(buffer, format="png", dpi=200, metadata={"Software": None})
    return buffer.getvalue()


def rows_of(chart: dict, narrow: bool = False) -> list[list[int]]:
    """Numbers of the panels in rows, as they stand beside each other."""
    beside = min(chart["columns"], 2 if narrow else 6, len(chart["panels"]))
    every = range(len(chart["panels"]))
    return [list(every[i : i + beside]) for i in range(0, len(every), beside)]


def panel_alt(record: dict, n: int, lang: str) -> str:
    """What one panel shows, for who cannot see it."""
    panels = record["chart"]["panels"]
    if len(panels) == 1:
        return clean(record["alt"][lang])
    return clean(exhibit.alt(record | {"chart": record["chart"] | {"panels": [panels[n]]}}, lang))


_SIGNS = {"o": "●", "s": "■", "D": "◆", "v": "▼", "X": "✕", "": "━"}
_HOLLOW = {"●": "○", "■": "□", "◆": "◇", "▼": "▽"}


def key_words(chart: dict, lang: str) -> list[tuple[str, str, str]]:
    """The key of several panels as text: sign, colour, words of each entry; nothing where there is but one."""
    out = []
    for entry in key_entries(chart):
        seen = look(entry.role, entry.nth)
        sign = "▨" if entry.bar and seen.hatch else "■" if entry.bar or seen.band else _SIGNS[seen.marker]
        sign = _HOLLOW.get(sign, sign) if seen.fill == PAPER else sign
        sign = {"dash": "╍", "dot": "┅", "dashdot": "╍"}.get(seen.dash, sign) if sign == "━" else sign
        out.append((sign, seen.fill if seen.band else seen.colour, clean(entry.name[lang])))
    return out if len(out) > 1 else []


def heat_cells(panel: dict, lang: str) -> list[list[tuple[str, str, str]]]:
    """Rows of a heat map with their heads: words, colour behind, colour of the words."""
    colours, low, high = picture.heat_colours(panel, lang)
    scale = 1.0 if lang == "zh" else panel["scale_en"]
    unit = clean(panel["unit"][lang])
    rows = [[(unit, PAPER, INK), *((clean(c[lang]), PAPER, INK) for c in panel["categories"])]]
    for one in panel["series"]:
        row = {p["x"]: p for p in one["points"] if p["value"] is not None}
        cells = [(clean(one[lang]), PAPER, INK)]
        for x in range(len(panel["categories"])):
            if x not in row:
                cells.append(("—", GRID, INK))
                continue
            value = row[x]["value"] * scale
            fill = to_hex(colours((value - low) / (high - low)))
            words = row[x][lang] or f"{value:,.4g}".replace("-", "\u2212")
            cells.append((clean(words), fill, PAPER if luminance(fill) < 0.45 else INK))
        rows.append(cells)
    return rows


def _part(record: dict, n: int, lang: str, width: float, points: float, cells=None) -> tuple[bytes, bytes]:
    """The chart part of one panel, and the workbook behind it; where cells of a sheet hold the data, no workbook."""
    chart = record["chart"]
    panel = chart["panels"][n]
    skip, turned = year_labels(panel, width, points)
    skip = 1 if cells else skip
    made = columns(panel, lang, skip)
    axis, key = number_axes(chart, lang)[n], not _key_outside(chart, width)
    xml = chart_xml(panel, lang, axis, made, years=(skip, turned), points=points, key=key, cells=cells)
    return xml, b"" if cells else workbook(panel, lang, made, skip)


def _key_outside(chart: dict, width: float) -> bool:
    """Whether the key is text above: one for several panels, and where it would leave a chart no room."""
    return len(chart["panels"]) > 1 or width < 4


# --- slides ---------------------------------------------------------------------------------------------------------


def into_slide(slide, record: dict, lang: str, box: tuple[float, float, float, float], points: float = 12) -> None:
    """Set the chart or picture of an exhibit into a slide.

    Parameters
    ----------
    slide : pptx.slide.Slide
    record : dict
        Of an exhibit with a chart or a picture.
    box : tuple of float
        Left, top, width and height in inches.
    points : float
        Size of the text in a chart that stands alone; in several it is smaller.
    """
    x, y, width, height = box
    if not has_native(record["chart"]):
        _picture_on_slide(slide, picture_png(record, lang), record, lang, box)
        return
    panels = record["chart"]["panels"]
    if _key_outside(record["chart"], width) and (words := key_words(record["chart"], lang)):
        _key_on_slide(slide, words, (x, y, width, 0.3), points)
        y, height = y + 0.34, height - 0.34
    rows = rows_of(record["chart"])
    points = points if len(panels) == 1 else points - 2 if len(rows[0]) <= 3 else points - 3
    high = (height - GAP * (len(rows) - 1)) / len(rows)
    for r, row in enumerate(rows):
        wide = (width - GAP * (len(rows[0]) - 1)) / len(rows[0])
        for c, n in enumerate(row):
            place = (x + c * (wide + GAP), y + r * (high + GAP), wide, high)
            if panels[n]["kind"] == "heat":
                frame = _heat_on_slide(slide, panels[n], lang, place, points)
            else:
                frame = _chart_on_slide(slide, record, n, lang, place, points)
            describe(frame, f"{record['id']} {n + 1}", panel_alt(record, n, lang))


def describe(shape, name: str, words: str) -> None:
    """Name of a shape, and what it shows for who cannot see it."""
    properties = shape._element.xpath(".//p:cNvPr")[0]
    properties.set("name", clean(name)[:120])
    properties.set("descr", clean(words)[:2000])


def _emu(box: Sequence[float]) -> list[int]:
    return [round(v * EMU) for v in box]


def _chart_on_slide(slide, record: dict, n: int, lang: str, box, points: float):
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    xml, book = _part(record, n, lang, box[2], points)

    class Made(CategoryChartData):
        """What ``add_chart`` asks for: a part and its workbook, both made already."""

        def xml_bytes(self, chart_type) -> bytes:
            return xml

        xlsx_blob = book

    return slide.shapes.add_chart(XL_CHART_TYPE.LINE, *_emu(box), Made())


def _picture_on_slide(slide, body: bytes, record: dict, lang: str, box) -> None:
    x, y, width, height = _emu(box)
    shape = slide.shapes.add_picture(io.BytesIO(body), x, y)
    scale = min(width / shape.width, height / shape.height)
    shape.width, shape.height = round(shape.width * scale), round(shape.height * scale)
    shape.left = x + (width - shape.width) // 2
    describe(shape, record["id"], record["alt"][lang])


def _key_on_slide(slide, words, box, points: float) -> None:
    from pptx.util import Pt

    shape = slide.shapes.add_textbox(*_emu(box))
    frame = shape.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    for sign, colour, name in words:
        for text, hue in ((sign + " ", colour), (name + "    ", INK)):
            run = frame.paragraphs[0].add_run()
            run.text, run.font.size = text, Pt(points - 1)
            run.font.color.rgb = native.rgb(hue)
    describe(shape, "key", "")


def _heat_on_slide(slide, panel: dict, lang: str, box, points: float):
    x, y, width, height = box
    if heading := clean(panel["heading"][lang]):
        _key_on_slide(slide, [("", INK, heading)], (x, y, width, 0.3), points + 1)
        y, height = y + 0.34, height - 0.34
    rows = [[(*cell, "left" if c == 0 else "center") for c, cell in enumerate(row)] for row in heat_cells(panel, lang)]
    high, many = min(0.5, height / len(rows)), len(rows[0]) - 1
    first = width * min(0.5, 0.22 + 0.02 * max(len(r[0][0]) for r in rows))
    widths, points = [first, *[(width - first) / many] * many], max(7.0, min(points, high * 72 / 1.9))
    return table_on_slide(slide, rows, lang, (x, y), widths, [high] * len(rows), points)


def table_on_slide(slide, rows, lang: str, place, widths: Sequence[float], heights: Sequence[float], points: float):
    """A table in the fonts of the host, rules between its rows, the head in bold.

    Parameters
    ----------
    rows : sequence of sequences of tuple
        Cells: words, colour behind them and their own (both may be empty), ``left``, ``center`` or ``right``.
    place, widths, heights : sequences of float
        In inches.
    """
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.oxml import parse_xml
    from pptx.util import Pt

    frame = slide.shapes.add_table(len(heights), len(widths), *_emu((*place, sum(widths), sum(heights))))
    table = frame.table
    table.horz_banding = False
    table._tbl.tblPr.find(
        native.qn("a:tableStyleId")
    ).text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # no fill, no grid
    for line, sizes, side in ((table.columns, widths, "width"), (table.rows, heights, "height")):
        for one, size in zip(line, sizes, strict=True):
            setattr(one, side, round(size * EMU))
    for r, row in enumerate(rows[: len(heights)]):
        for c, (words, fill, ink, align) in enumerate(row):
            cell = table.cell(r, c)
            cell.vertical_anchor, cell.margin_top, cell.margin_bottom = MSO_ANCHOR.MIDDLE, 0, 0
            if fill:
                cell.fill.solid()
                cell.fill.fore_color.rgb = native.rgb(fill)
            rule = f'<a:lnB {native.NAMESPACES} w="9525"><a:solidFill><a:srgbClr val="{(GRID if r else MUTED)[1:].upper()}"/></a:solidFill></a:lnB>'
            cell._tc.get_or_add_tcPr().insert(0, parse_xml(rule))
            cell.text_frame.paragraphs[0].alignment = getattr(PP_ALIGN, align.upper())
            run = cell.text_frame.paragraphs[0].add_run()
            run.text, run.font.size, run.font.bold = words, Pt(points), r == 0
            run.font._element.set("lang", LANGUAGE_TAGS[lang])
            if ink:
                run.font.color.rgb = native.rgb(ink)
    return frame


# --- documents ------------------------------------------------------------------------------------------------------


def into_document(document, record: dict, lang: str, width: float, style: str, height: float = 0.0) -> None:
    """Append the chart or picture of an exhibit to a document: charts beside each other in a paragraph, heat as tables.

    Parameters
    ----------
    document : docx.document.Document
    width, height : float
        Room in inches; without a height one that suits the chart.
    style : str
        Id of the style of paragraphs.
    """
    from docx.shared import Inches

    if not has_native(record["chart"]):
        run = styled(document.add_paragraph(), style).add_run()
        shape = run.add_picture(io.BytesIO(picture_png(record, lang)), width=Inches(width))
        shape._inline.docPr.set("descr", clean(record["alt"][lang]))
        return
    chart = record["chart"]
    if _key_outside(chart, width):
        _key_in_document(document, key_words(chart, lang), style)
    rows = rows_of(chart, narrow=len(chart["panels"]) % 3 != 0)
    wide = width / len(rows[0]) - 0.02
    high = (
        height / len(rows)
        if height
        else (3.0 if len(chart["panels"]) == 1 else max(2.0, wide * 0.8) if len(rows[0]) > 1 else 2.1)
    )
    points = 9 if len(rows[0]) == 1 and width > 4 else 8 if wide > 2 else 7
    for row in rows:
        paragraph = None
        for n in row:
            panel = chart["panels"][n]
            tall = max(high, 0.24 * len(panel["categories"] or ()) + 0.6) if panel["kind"].endswith("bar") else high
            if panel["kind"] == "heat":
                _heat_in_document(document, panel, lang, width, style)
                paragraph = None
            else:
                paragraph = paragraph or styled(document.add_paragraph(), style)
                _chart_in_document(document, paragraph.add_run(), record, n, lang, (wide, min(tall, 8.5)), points)


def styled(paragraph, style: str):
    """A paragraph in the style of an id; to look up the style by its name for each takes most of the time."""
    paragraph._p.style = style
    return paragraph


def _chart_in_document(document, run, record: dict, n: int, lang: str, size, points: float) -> None:
    """The chart part with its workbook as parts of the document's package, and the drawing that shows it."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml import parse_xml

    xml, book = _part(record, n, lang, size[0], points)
    part, package = document.part, document.part.package
    count = 1 + sum(r.reltype == _RELATION + "chart" for r in part.rels.values())
    sheet = Part(
        PackURI(f"/word/embeddings/Microsoft_Excel_Sheet{count}.xlsx"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        book,
        package,
    )
    external = f'<c:externalData xmlns:r="{_RELATION[:-1]}" r:id="rId1"><c:autoUpdate val="0"/></c:externalData>'
    body = xml.replace(b"</c:chartSpace>", external.encode() + b"</c:chartSpace>")
    made_part = Part(
        PackURI(f"/word/charts/chart{count}.xml"),
        "application/vnd.openxmlformats-officedocument.drawingml.chart+xml",
        body,
        package,
    )
    made_part.relate_to(sheet, _RELATION + "package")
    relation = part.relate_to(made_part, _RELATION + "chart")
    wide, high = (round(v * EMU) for v in size)
    drawing = parse_xml(
        '<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        f'<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{wide}" cy="{high}"/>'
        f'<wp:docPr id="{1000 * count}" name="chart {count}"/><wp:cNvGraphicFramePr/><a:graphic>'
        f'<a:graphicData uri="{_CHART}"><c:chart xmlns:c="{_CHART}" xmlns:r="{_RELATION[:-1]}" r:id="{relation}"/>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing>"
    )
    drawing[0][1].set("descr", panel_alt(record, n, lang))
    run._r.append(drawing)


def _key_in_document(document, words, style: str) -> None:
    from docx.shared import Pt, RGBColor

    if not words:
        return
    paragraph = styled(document.add_paragraph(), style)
    paragraph.paragraph_format.keep_with_next = True
    for sign, colour, name in words:
        for text, hue in ((sign + " ", colour), (name + "   ", INK)):
            run = paragraph.add_run(text)
            run.font.size, run.font.color.rgb = Pt(8.5), RGBColor.from_string(hue[1:].upper())


def _heat_in_document(document, panel: dict, lang: str, width: float, style: str) -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls
    from docx.shared import Inches, Pt, RGBColor

    if heading := clean(panel["heading"][lang]):
        styled(document.add_paragraph(), style).add_run(heading).bold = True
    rows = heat_cells(panel, lang)
    table = document.add_table(len(rows), len(rows[0]))
    first = width * 0.36
    for row, cells in zip(table.rows, rows, strict=True):
        for c, (cell, (words, fill, ink)) in enumerate(zip(row.cells, cells, strict=True)):
            cell.width = Inches(first if c == 0 else (width - first) / (len(cells) - 1))
            shade = parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{fill[1:].upper()}"/>')
            cell._tc.get_or_add_tcPr().append(shade)
            paragraph = styled(cell.paragraphs[0], style)
            paragraph.alignment = 0 if c == 0 else 1
            run = paragraph.add_run(words)
            run.font.size, run.font.color.rgb = Pt(8), RGBColor.from_string(ink[1:].upper())


# --- workbooks ------------------------------------------------------------------------------------------------------


def into_sheet(
    book, sheet, row: int, record: dict, n: int, lang: str, size: tuple[int, int], cells, offset: int = 0
) -> dict:
    """Place the chart of one panel on a sheet, drawn from cells of another.

    Parameters
    ----------
    book : xlsxwriter.Workbook
    sheet : xlsxwriter worksheet
    row, offset : int
        Cell of the first column at which it stands, and pixels to its right.
    size : tuple of int
        Pixels.
    cells : tuple of str, int, int
        Sheet, row and column of the data that :func:`~huzhou_analysis.show.native.columns` gives.

    Returns
    -------
    dict
        For :func:`settle`: the chart is put in when the file is settled.
    """
    xml, _ = _part(record, n, lang, size[0] / 96, 9, cells)
    mark = f"chart-of-{len(book.charts)}-here"
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": [cells[0], cells[1] + 1, cells[2] + 1, cells[1] + 1, cells[2] + 1]})
    chart.set_title({"name": mark})
    chart.set_size({"width": size[0], "height": size[1]})
    options = {"description": panel_alt(record, n, lang), "x_offset": offset, "y_offset": 4, "object_position": 1}
    sheet.insert_chart(row, 0, chart, options)
    return {mark: xml}
