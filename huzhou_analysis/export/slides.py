"""Slides: the briefing as one PowerPoint file whose titles, charts, tables and notes can all be edited.

Each exhibit is one slide: the finding as its title, measure and unit below, the chart as the office program's own
(:mod:`huzhou_analysis.export.chartml`), the reading, the sources. The speaker notes hold the reading in full and the
citation of every figure. Only where an exhibit has no editable chart does a picture of it stand there.
"""

from __future__ import annotations

import html as markup
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path

from .. import charts
from ..facts import words as i18n
from ..facts.words import Text, text
from . import chartml
from .chartml import INK, LANGUAGE_TAGS, MUTED, PAPER, clean, run_properties
from .html import WORDS as REPORT_WORDS
from .html import City, Section, city_of
from .office import COLOURS, EAST_ASIAN, is_cjk, settle

EARLY = "scoreboard"
WIDE, HIGH = 13.333, 7.5
MARGIN, BOTTOM = 0.55, 7.2
ROOM = WIDE - 2 * MARGIN
BOLDER = 1.14
SEAM = 0.2 / 72  # of the size of the text, in inches a point
MOST_ROWS, LEAST_POINTS = 12, 9.0
# Nothing longer is measured: it does not fit a slide whatever its size.
LONGEST = 1500

WORDS: dict[str, Text] = {
    "what": text(
        "简报幻灯片：图表均可编辑（右键“编辑数据”），出处见备注页。",
        "Briefing slides: every chart can be edited (right-click, Edit Data); the citations stand in the speaker notes.",
    ),
    "rule": text("每个数字都注明出自哪份文件。", "Every number names its document."),
    "key": text("图例", "Notation"),
    "actual": text("实绩", "Actual"),
    "provisional": text("初步数或未经核实", "Provisional or unvalidated"),
    "target": text("目标", "Target"),
    "derived": text("推算", "Derived"),
    "forecast": text("预测、设定", "Forecast, scenario"),
    "claim": text("宣称（未经核实）", "Claim (unvalidated)"),
    "in_section": text("本节结论", "Findings of this section"),
    "rows": text("显示{total}行中的{shown}行；全表见工作簿。", "{shown} of {total} rows shown; the workbook has all."),
    "cut": text("较长的单元格有删节，全文见工作簿。", "Long cells are cut short; the workbook has them in full."),
    "slide": text("第{n}页", "slide\u00a0{n}"),
    "chart_of": text("图表", "Chart"),
    "table_of": text("表格", "Table"),
    "watermark": text("水印", "Watermark"),
    "finding": text("结论", "Finding"),
    "none": text("无", "none"),
}


# --- measuring -----------------------------------------------------------------------------------------------------


@cache
def _probe():
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure()
    FigureCanvasAgg(figure)
    return figure


@cache
def _width_at_ten(piece: str) -> float:
    with charts.house_style():
        return charts.text_width(_probe(), piece, 10)


def _pieces(words: str) -> list[str]:
    """Parts between which a line may end; endless ones in lengths that can be measured quickly."""
    return [piece[n : n + 48] for piece in charts._pieces(words) for n in range(0, len(piece), 48)]


def _seams(words: str) -> int:
    """Places where Chinese meets Latin: some programs set a little space there."""
    return sum(is_cjk(a) != is_cjk(b) and not (a + b).isspace() for a, b in pairwise(words))


def width_of(words: str, points: float) -> float:
    """Width of a text in inches, piece by piece: the font measured is wider than the one that slides name."""
    return (sum(_width_at_ten(piece) / 10 for piece in _pieces(words)) + _seams(words) * SEAM) * points


@cache
def lines_of(words: str, points: float, width: float) -> list[str]:
    """A text broken into lines, as :func:`charts.wrap` breaks it, with the widths of its pieces remembered."""
    lines: list[str] = []
    line, used = "", 0.0
    for piece in _pieces(words):
        seam = SEAM * points if line and is_cjk(line[-1]) != is_cjk(piece[0]) else 0.0
        while (wide := _width_at_ten(piece.rstrip()) * points / 10) > width and len(piece) > 1:
            if line:
                lines.append(line.rstrip())
                line, used = "", 0.0
            cut = max(1, min(len(piece) - 1, int(len(piece) * width / wide)))
            lines.append(piece[:cut])
            piece = piece[cut:]
        if line and used + seam + wide > width:
            lines.append(line.rstrip())
            line, used, seam = "", 0.0, 0.0
        line += piece
        used += seam + _width_at_ten(piece) * points / 10
    return [*lines, line.rstrip()] if line.strip() else lines


def bolder(words: str) -> float:
    """How much wider a text is in bold than it is measured: Latin letters grow, Chinese ones do not."""
    words = clean(words)[:LONGEST]
    latin = sum(_width_at_ten(piece) for piece in _pieces(words) if not is_cjk(piece))
    whole = sum(_width_at_ten(piece) for piece in _pieces(words)) or 1
    return 1.02 + (BOLDER - 1.02) * latin / whole


def height_of(lines: int, points: float, words: str) -> float:
    """Height of so many lines of a text in inches: Chinese fonts have taller lines."""
    return lines * points * (1.47 if is_cjk(words) else 1.22) / 72


@dataclass(frozen=True)
class Fit:
    """A text as it fits a box: size, the text (cut short if nothing helps), number of lines, height in inches."""

    points: float
    words: str
    lines: int
    cut: bool = False

    @property
    def height(self) -> float:
        return height_of(self.lines, self.points, self.words)


def fit(words: str, width: float, height: float, largest: float, smallest: float) -> Fit:
    """The largest size at which a text fits; at the smallest it ends with an ellipsis where it must."""
    words, points = clean(words), largest
    long = len(words) > LONGEST
    words = words[:LONGEST]
    while True:
        lines = lines_of(words, points, width)
        if height_of(len(lines), points, words) <= height and not long:
            return Fit(points, words, max(len(lines), 1))
        if points <= smallest:
            break
        points = max(smallest, points - 1)
    most = max(1, int(height / height_of(1, points, words)))
    kept = lines[:most]
    if len(lines) > most or long:
        joined = " ".join(kept) if " " in words[:200] else "".join(kept)
        return Fit(points, joined[: max(1, len(joined) - 3)].rstrip() + "…", most, True)
    return Fit(points, words, len(kept))


# --- text on slides ------------------------------------------------------------------------------------------------


def _emu(inches: float) -> int:
    return round(inches * 914400)


def _add_run(paragraph, words: str, lang: str, points: float, colour: str = INK, *, bold: bool = False) -> None:
    """A run with size, colour, language, and the fonts of both scripts."""
    from lxml import etree

    if not clean(words):  # an empty line has a height as well
        paragraph.font.size = round(points * 12700)
        paragraph._p.get_or_add_endParaRPr().set("sz", str(round(points * 100)))
        return
    run = paragraph.add_run()
    run.text = clean(words)
    old = run._r.find(_a("rPr"))
    if old is not None:
        run._r.remove(old)
    namespace = "http://schemas.openxmlformats.org/drawingml/2006/main"
    wrapped = f'<x xmlns:a="{namespace}">{run_properties("rPr", lang, points, colour, bold=bold)}</x>'
    run._r.insert(0, etree.fromstring(wrapped)[0])


def _a(tag: str) -> str:
    return "{http://schemas.openxmlformats.org/drawingml/2006/main}" + tag


def _frame(shape, *, anchor: str = "top") -> None:
    """A text frame that keeps its size, without padding."""
    from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE

    frame = shape.text_frame
    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor = {"top": MSO_ANCHOR.TOP, "bottom": MSO_ANCHOR.BOTTOM, "middle": MSO_ANCHOR.MIDDLE}[anchor]


def _move(shape, x: float, y: float, width: float, height: float) -> None:
    shape.left, shape.top, shape.width, shape.height = (_emu(v) for v in (x, y, width, height))


def _describe(shape, name: str, description: str = "") -> None:
    """Name of a shape, and what it shows for who cannot see it."""
    properties = shape._element.xpath(".//p:cNvPr")[0]
    properties.set("name", clean(name)[:120])
    if description:
        properties.set("descr", clean(description)[:2000])


def _box(slide, name: str, x: float, y: float, width: float, height: float, *, anchor: str = "top"):
    shape = slide.shapes.add_textbox(_emu(x), _emu(y), _emu(width), _emu(height))
    _frame(shape, anchor=anchor)
    _describe(shape, name)
    return shape


def _write(shape, fitted: Fit, lang: str, colour: str = INK, *, bold: bool = False) -> None:
    paragraph = shape.text_frame.paragraphs[0]
    _left(paragraph)
    _add_run(paragraph, fitted.words, lang, fitted.points, colour, bold=bold)


def _left(paragraph) -> None:
    from pptx.enum.text import PP_ALIGN

    paragraph.alignment = PP_ALIGN.LEFT
    paragraph.line_spacing = 1.0


def _title(slide, words: str, lang: str, *, y: float, width: float = ROOM, height: float = 0.92, largest: float = 26):
    """The title in its placeholder, so that it stands in the outline; returns how it was fitted."""
    # One line a little smaller rather than a second line of one word.
    room = width / bolder(words)
    single = fit(words, room, height_of(1, largest, words), largest, largest - 3)
    fitted = fit(words, room, height, largest, 16) if single.cut else single
    shape = slide.shapes.title
    _move(shape, MARGIN, y, width, fitted.height + 0.04)
    _frame(shape)
    _write(shape, fitted, lang, bold=True)
    return fitted


def _number(slide, lang: str, n: int) -> None:
    """The slide number as a field in its placeholder, copied from the layout: a new slide does not get one by itself."""
    from copy import deepcopy

    from lxml import etree

    source = next(s for s in slide.slide_layout.placeholders if s.placeholder_format.type == 13)
    element = deepcopy(source._element)
    slide.shapes._spTree.append(element)
    shape = slide.shapes[-1]
    element.xpath(".//p:cNvPr")[0].set("id", str(max(s.shape_id for s in slide.shapes) + 1))
    _describe(shape, "Slide number")
    _move(shape, WIDE - MARGIN - 0.8, HIGH - 0.3, 0.8, 0.2)
    _frame(shape)
    body = shape.text_frame._txBody
    for paragraph in body.findall(_a("p")):
        body.remove(paragraph)
    namespace = "http://schemas.openxmlformats.org/drawingml/2006/main"
    body.append(
        etree.fromstring(
            f'<a:p xmlns:a="{namespace}"><a:pPr algn="r"/><a:fld id="{{C1FF6DA9-008F-8B48-92A6-B652298478BF}}" '
            f'type="slidenum">{run_properties("rPr", lang, 9, MUTED)}<a:t>{n}</a:t></a:fld></a:p>'
        )
    )


def _watermark(slide, words: str, lang: str, *, behind: bool) -> None:
    """Large pale text across the slide: behind what stands on it, or as a shade before a picture."""
    from lxml import etree

    words = clean(words)[:60]
    points = min(110.0, 110.0 * 10.0 / max(width_of(words, 110), 0.1))
    height = height_of(1, points, words) + 0.2
    shape = _box(slide, WORDS["watermark"][lang], 0.9, (HIGH - height) / 2, WIDE - 1.8, height, anchor="middle")
    shape.rotation = -28
    paragraph = shape.text_frame.paragraphs[0]
    from pptx.enum.text import PP_ALIGN

    _add_run(paragraph, words, lang, points, "E9EBEE" if behind else INK, bold=True)
    paragraph.alignment = PP_ALIGN.CENTER
    _describe(shape, WORDS["watermark"][lang], f"{WORDS['watermark'][lang]}: {words}")
    if behind:
        tree = slide.shapes._spTree
        tree.remove(shape._element)
        tree.insert(2, shape._element)
    else:
        colour = shape._element.xpath(".//a:srgbClr")[0]
        etree.SubElement(colour, _a("alpha")).set("val", "11000")


# --- the template --------------------------------------------------------------------------------------------------


def _presentation(lang: str, title: str):
    """An empty wide presentation with three layouts, the house's fonts and colours in its theme, and no dates."""
    from pptx import Presentation
    from pptx.util import Emu

    made = Presentation()
    stretch = WIDE * 914400 / made.slide_width
    made.slide_width, made.slide_height = Emu(_emu(WIDE)), Emu(_emu(HIGH))
    kept = {"Title Slide", "Section Header", "Title Only"}
    for layout in list(made.slide_layouts):
        if layout.name not in kept:
            made.slide_layouts.remove(layout)
    for holder in (made.slide_master, *made.slide_layouts):
        for shape in list(holder.placeholders):
            if shape.placeholder_format.type in (15, 16):  # footer and date
                shape._element.getparent().remove(shape._element)
            elif shape._element.xpath("./p:spPr/a:xfrm"):
                shape.left, shape.width = round(shape.left * stretch), round(shape.width * stretch)
        for level in holder._element.xpath(".//a:lvl1pPr[@algn='ctr']"):
            level.set("algn", "l")
        for properties in holder._element.xpath(".//a:defRPr[@cap]"):
            properties.attrib.pop("cap")
    for shape in made.slide_master.placeholders:
        if shape.placeholder_format.type == 1:
            _move(shape, MARGIN, 0.35, ROOM, 0.95)
    for style in made.slide_master._element.xpath(".//p:titleStyle/a:lvl1pPr"):
        style.set("algn", "l")
    _theme(made.slide_master.part)
    package = made.part.package
    for key, relation in list(package._rels.items()):
        if relation.reltype.endswith("/thumbnail"):
            package._rels.pop(key)
    for key, relation in list(made.part.rels.items()):
        if relation.reltype.endswith("/printerSettings"):
            made.part.rels.pop(key)
    properties = made.core_properties
    properties.title, properties.author, properties.last_modified_by = clean(title)[:250], "huzhou_analysis", ""
    properties.language, properties.subject, properties.keywords, properties.comments = LANGUAGE_TAGS[lang], "", "", ""
    properties.revision = 1
    return made


def _theme(part) -> None:
    """Fonts of both scripts and the house's colours, so that what a reader adds looks like the rest."""
    accents = (COLOURS["actual"], COLOURS["target"], "009E73", COLOURS["claim"], "56B4E9", "E69F00")
    for relation in part.rels.values():
        if relation.reltype.endswith("/theme"):
            theme = relation.target_part
            body = theme.blob.decode("utf-8")
            body = re.sub(r'<a:ea typeface=""\s*/>', f'<a:ea typeface="{EAST_ASIAN}"/>', body)
            for n, colour in enumerate(accents, 1):
                body = re.sub(
                    rf"(<a:accent{n}>).*?(</a:accent{n}>)", rf'\g<1><a:srgbClr val="{colour}"/>\g<2>', body, flags=re.S
                )
            theme._blob = body.encode("utf-8")


def _layout(made, name: str):
    return next(layout for layout in made.slide_layouts if layout.name == name)


# --- the slide of an exhibit ---------------------------------------------------------------------------------------


def _chart_data(xml: bytes, book: bytes):
    """What ``add_chart`` asks for: a chart part and its workbook, both made here."""
    from pptx.chart.data import CategoryChartData

    class Made(CategoryChartData):
        def xml_bytes(self, chart_type) -> bytes:
            return xml

        @property
        def xlsx_blob(self) -> bytes:
            return book

    return Made()


def _columns(count: int) -> int:
    """Panels beside each other."""
    return {1: 1, 2: 2, 3: 3, 4: 4, 5: 3, 6: 3, 7: 4, 8: 4, 9: 5, 10: 5}.get(count, 5)


def _drawable(record: Mapping, lang: str) -> list[Mapping]:
    """Editable charts of an exhibit that have anything to draw."""
    return [n for n in record["natives"][lang] if any(v is not None for t in n["traces"] for v in t["values"])]


def _add_charts(slide, record: Mapping, lang: str, box: tuple[float, float, float, float]) -> None:
    """The editable charts of an exhibit: one, or several as small multiples under one key."""
    from pptx.enum.chart import XL_CHART_TYPE

    natives = _drawable(record, lang)
    look = chartml.styles(natives)
    x, y, width, height = box
    several = len(natives) > 1
    if (several and any(len(n["traces"]) > 1 for n in natives)) or chartml.needs_own_key(natives[0]):
        used = _add_key(slide, chartml.key_entries(natives), look, lang, x, y, width, area=natives[0]["kind"])
        y, height = y + used, height - used
    columns = _columns(len(natives))
    rows = -(-len(natives) // columns)
    gap = 0.22
    wide, high = (width - gap * (columns - 1)) / columns, (height - 0.12 * (rows - 1)) / rows
    points = 12.0 if not several else 10.5 if columns <= 3 and rows == 1 else 9.5 if columns < 5 else 9.0
    heads = [len(chartml.heading_lines(n, lang, wide, lines_of, points=points, panel=several)) for n in natives]
    for n, native in enumerate(natives):
        beside = heads[n // columns * columns : (n // columns + 1) * columns]
        xml = chartml.chart_xml(
            native,
            lang,
            (wide, high),
            look,
            lines_of,
            width_of,
            points=points,
            panel=several,
            heading_rows=max(beside),
        )
        frame = slide.shapes.add_chart(
            XL_CHART_TYPE.LINE,  # any: the part is made above
            _emu(x + (n % columns) * (wide + gap)),
            _emu(y + (n // columns) * (high + 0.12)),
            _emu(wide),
            _emu(high),
            _chart_data(xml, chartml.workbook(native)),
        )
        words = native["heading"] or record["title"][lang]
        _describe(frame, f"{WORDS['chart_of'][lang]} {n + 1}: {words}", _chart_alt(record, native, lang, several))


def _chart_alt(record: Mapping, native: Mapping, lang: str, several: bool) -> str:
    """What a chart shows in words: the exhibit's own for one chart, the values of a panel for a panel."""
    if not several:
        return record["alt"][lang] or record["title"][lang]
    colon, comma, stop = ("：", "，", "；") if lang == "zh" else (": ", ", ", "; ")
    parts = []
    for trace in native["traces"]:
        places = chartml.decimals(trace["values"])
        held = [
            f"{name} {chartml.shown(value, places)}"
            for name, value in zip(native["categories"], trace["values"], strict=True)
            if value is not None
        ]
        if trace["role"] != "base":
            parts.append(f"{trace['name']}{colon}{comma.join(held) or WORDS['none'][lang]}")
    unit = f" ({native['unit']})" if lang == "en" else f"（{native['unit']}）"
    return f"{native['heading']}{unit}{colon}{stop.join(parts)}"


def _add_key(slide, entries, look, lang: str, x: float, y: float, width: float, *, area: str) -> float:
    """One key for several panels, as shapes with their words; returns the height it takes."""
    if len(entries) < 2:
        return 0.0
    points, row, at = 11.0, 0.27, 0.0
    shapes, top = [], y
    for role, name in entries:
        wide = 0.5 + width_of(clean(name), points) + 0.3
        if at and at + wide > width:
            at, top = 0.0, top + row
        shapes += _swatch(slide, look[(role, name)], x + at, top + row / 2, line=area in ("line", "band"))
        box = _box(slide, clean(name), x + at + 0.48, top, min(wide, width - 0.5), row, anchor="middle")
        _write(box, Fit(points, clean(name)[:200], 1), lang)
        shapes.append(box)
        at += wide
    group = slide.shapes.add_group_shape(shapes)
    names = ("、" if lang == "zh" else ", ").join(clean(name) for _, name in entries)
    _describe(group, WORDS["key"][lang], f"{WORDS['key'][lang]}: {names}")
    return top - y + row + 0.06


def _swatch(slide, style: chartml.Style, x: float, middle: float, *, line: bool) -> list:
    """A mark as charts draw it: a piece of line with its marker, or a small bar."""
    from lxml import etree
    from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE

    namespace = "http://schemas.openxmlformats.org/drawingml/2006/main"

    def paint(shape, inside: str, dash: str, width: int) -> None:
        properties = shape._element.xpath("./p:spPr")[0]
        for tag in ("solidFill", "noFill", "pattFill", "ln"):
            for old in properties.findall(_a(tag)):
                properties.remove(old)
        colour = f'<a:srgbClr val="{style.colour}"/>'
        fill = {
            "solid": f"<a:solidFill>{colour}</a:solidFill>",
            "white": f'<a:solidFill><a:srgbClr val="{PAPER}"/></a:solidFill>',
            "hatch": f'<a:pattFill prst="wdUpDiag"><a:fgClr>{colour}</a:fgClr><a:bgClr><a:srgbClr val="{PAPER}"/>'
            "</a:bgClr></a:pattFill>",
            "": "",
        }[inside]
        edge = f'<a:solidFill>{colour}</a:solidFill><a:prstDash val="{dash}"/>' if dash else "<a:noFill/>"
        for part in etree.fromstring(f'<x xmlns:a="{namespace}">{fill}<a:ln w="{width}">{edge}</a:ln></x>'):
            properties.append(part)
        for old in shape._element.xpath("./p:style"):
            shape._element.remove(old)

    made = []
    if line:
        if style.dash:
            stroke = slide.shapes.add_connector(
                MSO_CONNECTOR.STRAIGHT, _emu(x), _emu(middle), _emu(x + 0.38), _emu(middle)
            )
            paint(stroke, "", style.dash, 22225)
            made.append(stroke)
        symbols = {
            "circle": MSO_SHAPE.OVAL,
            "square": MSO_SHAPE.RECTANGLE,
            "diamond": MSO_SHAPE.DIAMOND,
            "triangle": MSO_SHAPE.ISOSCELES_TRIANGLE,
        }
        if style.marker in symbols:
            side = 0.12
            mark = slide.shapes.add_shape(
                symbols[style.marker], _emu(x + 0.19 - side / 2), _emu(middle - side / 2), _emu(side), _emu(side)
            )
            paint(mark, "white" if style.hollow else "solid", "solid", 19050)
            made.append(mark)
    else:
        bar = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, _emu(x), _emu(middle - 0.07), _emu(0.36), _emu(0.14))
        inside = {"solid": "solid", "outline": "white", "hatch": "hatch", "none": "white"}[style.fill]
        paint(bar, inside, style.outline, 19050)
        made.append(bar)
    for shape in made:
        _describe(shape, WORDS["key"]["en"])
    return made


def _picture(section: Section, record: Mapping, lang: str) -> tuple[bytes, float, float] | None:
    """A picture of the chart with its size in inches: without the words around it where it can be had so."""
    bare = section.folder / f"{record['id']}.{lang}.page.svg"
    if bare.is_file():
        import typst

        head = bare.read_text(encoding="utf-8")[:2000]
        sized = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', head)
        if sized:
            wide, high = (float(v) / 72 for v in sized.groups())
            page = f'#set page(width: {wide}in, height: {high}in, margin: 0pt)\n#image("{bare.name}", width: 100%)'
            return typst.compile(page.encode(), root=str(bare.parent), format="png", ppi=200.0), wide, high
    full = section.folder / f"{record['id']}.{lang}.png"
    if full.is_file():
        wide, high = charts.SIZES["slide"]
        return full.read_bytes(), wide, high
    return None


def _add_picture(slide, record: Mapping, lang: str, picture, box: tuple[float, float, float, float]) -> None:
    body, wide, high = picture
    x, y, width, height = box
    scale = min(width / wide, height / high)
    shape = slide.shapes.add_picture(BytesIO(body), _emu(x), _emu(y), _emu(wide * scale), _emu(high * scale))
    _describe(
        shape, f"{WORDS['chart_of'][lang]}: {record['title'][lang]}", record["alt"][lang] or record["title"][lang]
    )


# --- tables --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Laid:
    """A table as it fits a slide: size of its text, widths of columns, heights of rows, cells (headings first)."""

    points: float
    widths: list[float]
    heights: list[float]
    cells: list[list[str]]
    cut: bool


PAD = 0.1


def lay_table(columns: Sequence[str], rows: Sequence[Sequence[str]], width: float, height: float) -> Laid:
    """As many rows as fit (at most ``MOST_ROWS``), at the largest size that shows as many as the smallest does."""
    texts = [[clean(c)[:LONGEST] for c in row] for row in (columns, *rows[:MOST_ROWS])]
    tries = [_laid(texts, width, height, points) for points in (16.0, 14.0, 13.0, 12.0, 11.0, 10.0, LEAST_POINTS)]
    # Large only where nothing has to be broken for it.
    tries = [t for t in tries if t.points <= 13 or (sum(t.widths) < width and not t.cut)]
    most = max(len(t.cells) for t in tries)
    whole = [t for t in tries if len(t.cells) == most]
    return next((t for t in whole if not t.cut), whole[-1])


def _laid(texts: list[list[str]], width: float, height: float, points: float) -> Laid:
    widths = _column_widths(texts, width, points)
    cells, heights, cut = [], [], False
    for row in texts:
        shown = []
        tallest = 1
        for cell, wide in zip(row, widths, strict=True):
            lines = lines_of(cell, points if cells else points * bolder(cell), wide - 2 * PAD - 0.02)
            if len(lines) > 4:
                glue = " " if " " in cell else ""
                cell, cut = glue.join(lines[:4])[:-2].rstrip() + "…", True
                lines = lines[:4]
            tallest = max(tallest, len(lines))
            shown.append(cell)
        needed = height_of(tallest, points, "".join(row)) + 0.1
        if len(cells) > 1 and sum(heights) + needed > height:
            break
        cells.append(shown)
        heights.append(needed)
    return Laid(points, widths, heights, cells, cut)


def _column_widths(texts: list[list[str]], width: float, points: float) -> list[float]:
    """Widths by what stands in the columns: none narrower than its longest word (within reason), the rest by need."""
    natural, least = [], []
    for column in zip(*texts, strict=True):
        sizes = [points * bolder(column[0]), *[points] * (len(column) - 1)]  # the heading is bold
        pairs = list(zip(column, sizes, strict=True))
        words = [(w, size) for c, size in pairs for w in re.findall(r"[!-~]+", c[:200])] or [("", points)]
        natural.append(min(max(width_of(c[:200], size) for c, size in pairs) + 2 * PAD + 0.06, 6.0))
        longest = max(width_of(w, size) for w, size in words) + 2 * PAD + 0.06
        least.append(min(max(longest, 0.6), max(width / len(texts[0]), 1.2), 2.2))
    if sum(natural) <= width:
        # Not stretched: numbers far from what they belong to are hard to read across.
        return natural
    if sum(least) >= width:
        return [k * width / sum(least) for k in least]
    spare = width - sum(least)
    wish = [max(n - k, 0) ** 0.75 for n, k in zip(natural, least, strict=True)]
    total = sum(wish) or 1
    return [k + spare * w / total for k, w in zip(least, wish, strict=True)]


def _add_table(slide, record: Mapping, lang: str, box: tuple[float, float, float, float]) -> float:
    """The table of an exhibit as a table that can be edited; what does not fit is said below it; returns its end."""
    from pptx.enum.text import PP_ALIGN

    table = record["table"][lang]
    x, y, width, height = box
    laid = lay_table(table["columns"], table["rows"], width, height - 0.32)
    frame = slide.shapes.add_table(
        len(laid.cells), len(laid.widths), _emu(x), _emu(y), _emu(sum(laid.widths)), _emu(sum(laid.heights))
    )
    made = frame.table
    _plain(made)
    for n, wide in enumerate(laid.widths):
        made.columns[n].width = _emu(wide)
    for n, high in enumerate(laid.heights):
        made.rows[n].height = _emu(high)
        for m, words in enumerate(laid.cells[n]):
            cell = made.cell(n, m)
            cell.margin_left = cell.margin_right = _emu(PAD)
            cell.margin_top = cell.margin_bottom = _emu(0.04)
            paragraph = cell.text_frame.paragraphs[0]
            _left(paragraph)
            if record["numeric"][m]:
                paragraph.alignment = PP_ALIGN.RIGHT
            _add_run(paragraph, words, lang, laid.points, bold=n == 0)
            _rule(cell, MUTED if n == 0 else chartml.GRID)
    _describe(
        frame, f"{WORDS['table_of'][lang]}: {record['title'][lang]}", record["alt"][lang] or record["title"][lang]
    )
    total, count = len(table["rows"]), len(laid.cells) - 1
    said = []
    if count < total:
        said.append(WORDS["rows"][lang].format(shown=count, total=total))
    if laid.cut:
        said.append(WORDS["cut"][lang])
    end = y + sum(laid.heights)
    if said:
        note = _box(slide, "Rows", x, end + 0.08, width, 0.22)
        _write(note, Fit(10, (" " if lang == "en" else "").join(said), 1), lang, MUTED)
        end += 0.3
    return end


def _plain(table) -> None:
    """No style of the program's own: no fill, so that what lies behind is seen, and rules between rows only."""
    properties = table._tbl.tblPr
    properties.set("bandRow", "0")
    properties.set("firstRow", "1")
    for child in list(properties):
        properties.remove(child)
    from lxml import etree

    style = etree.SubElement(properties, _a("tableStyleId"))
    style.text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # "no style, no grid"


def _rule(cell, colour: str) -> None:
    from lxml import etree

    properties = cell._tc.get_or_add_tcPr()
    namespace = "http://schemas.openxmlformats.org/drawingml/2006/main"
    line = etree.fromstring(
        f'<a:lnB xmlns:a="{namespace}" w="9525"><a:solidFill><a:srgbClr val="{colour}"/></a:solidFill></a:lnB>'
    )
    properties.insert(0, line)


# --- slides --------------------------------------------------------------------------------------------------------


def _exhibit_slide(made, section: Section, record: Mapping, lang: str, n: int, watermark: str) -> None:
    slide = made.slides.add_slide(_layout(made, "Title Only"))
    natives = _drawable(record, lang)
    y = 0.35
    y += _title(slide, record["title"][lang], lang, y=y).height + 0.08
    subtitle = fit(record["subtitle"][lang], ROOM, 0.5, 14, 10)
    if subtitle.words:
        _write(_box(slide, "Subtitle", MARGIN, y, ROOM, subtitle.height), subtitle, lang, MUTED)
        y += subtitle.height
    y += 0.16
    foot = [clean(line) for line in record["foot"][lang] if clean(line)]
    bottom = _add_foot(slide, foot, lang)
    tall = len(natives) == 1 and natives[0]["kind"] in chartml.LYING and len(natives[0]["categories"]) > 18
    if tall:  # many bars need the height: the reading stands beside them
        beside = 3.3
        reading = fit(record["reading"][lang], beside, bottom - y, 15, 10)
        box = (MARGIN, y, ROOM - beside - 0.35, bottom - y)
        _write(_box(slide, "Reading", WIDE - MARGIN - beside, y + 0.3, beside, reading.height), reading, lang)
    else:
        reading = fit(record["reading"][lang], ROOM, 0.85, 15 if len(natives) < 5 else 12, 11)
        at = _box(slide, "Reading", MARGIN, bottom - reading.height, ROOM, reading.height)
        _write(at, reading, lang)
        box = (MARGIN, y, ROOM, bottom - reading.height - 0.15 - y)
    picture = None if natives or not record["chart"] else _picture(section, record, lang)
    if natives:
        _add_charts(slide, record, lang, box)
    elif picture is not None:
        _add_picture(slide, record, lang, picture, box)
    else:
        used = _add_table(slide, record, lang, box)
        if not tall:  # under a short table, not far below it
            at.top = _emu(min(bottom - reading.height, used + 0.3))
    _number(slide, lang, n)
    if watermark:
        _watermark(slide, watermark, lang, behind=picture is None)
    _notes(slide, note_lines(record, lang), lang)


def _add_foot(slide, foot: Sequence[str], lang: str) -> float:
    """Notes and sources at the foot; returns where the room above them ends."""
    if not foot:
        return BOTTOM - 0.1
    width, points = ROOM - 0.9, 9.0
    fits = [fit(line, width, 0.8 if n < len(foot) - 1 else 0.56, points, 8) for n, line in enumerate(foot)]
    points = min(f.points for f in fits)
    height = sum(height_of(len(lines_of(f.words, points, width)), points, f.words) for f in fits)
    box = _box(slide, "Notes and sources", MARGIN, BOTTOM - height, width, height)
    for n, fitted in enumerate(fits):
        paragraph = box.text_frame.paragraphs[0] if n == 0 else box.text_frame.add_paragraph()
        _left(paragraph)
        _add_run(paragraph, fitted.words, lang, points, MUTED)
    return BOTTOM - height - 0.14


def note_lines(record: Mapping, lang: str) -> list[tuple[str, bool]]:
    """Speaker notes: finding, reading, notes, and the citations grouped by document; (line, whether a heading)."""
    lines = [
        (record["title"][lang], True),
        (record["subtitle"][lang], False),
        (i18n.label("reading", lang), True),
        (record["reading"][lang], False),
        (i18n.label("note", lang), True),
        *((line, False) for line in record["foot"][lang]),
    ]
    table = record["citations"][lang]
    if table["rows"]:
        lines.append((f"{i18n.label('citations', lang)} ({len(table['rows'])})", True))
    keys = ("value", "period", "basis", "printed", "place", "status", "document")
    column = {key: table["columns"].index(i18n.label(key, lang)) for key in keys} if table["rows"] else {}
    documents: dict[str, list[str]] = {}
    for row in table["rows"]:
        cell = {key: row[place] for key, place in column.items()}
        if lang == "zh":
            line = f"{cell['place']}：“{cell['printed']}”（{cell['value']}，{cell['period']}，{cell['basis']}，{cell['status']}）"
        else:
            line = (
                f"{cell['place']}: “{cell['printed']}” "
                f"({cell['value']}; {cell['period']}; {cell['basis']}; {cell['status']})"
            )
        documents.setdefault(cell["document"], []).append(line)
    for document, cited in documents.items():
        lines.append((document, True))
        lines += [(f"– {line}", False) for line in cited]
    return [(clean(line), heading) for line, heading in lines if clean(line)]


def _notes(slide, lines: Sequence[tuple[str, bool]], lang: str) -> None:
    frame = slide.notes_slide.notes_text_frame
    for n, (line, heading) in enumerate(lines):
        paragraph = frame.paragraphs[0] if n == 0 else frame.add_paragraph()
        _add_run(paragraph, line, lang, 10, bold=heading)


def _title_slide(made, lang: str, title: str, city: City, watermark: str) -> None:
    slide = made.slides.add_slide(_layout(made, "Title Slide"))
    _bar(slide, MARGIN, 1.55, 0.12, 2.0)
    shape = slide.shapes.title
    fitted = fit(title, (ROOM - 0.4) / bolder(title), 1.4, 40, 24)
    _move(shape, MARGIN + 0.35, 1.5, ROOM - 0.4, fitted.height + 0.1)
    _frame(shape)
    _write(shape, fitted, lang, bold=True)
    y = 1.5 + fitted.height + 0.15
    subtitle = slide.placeholders[1]
    _move(subtitle, MARGIN + 0.35, y, ROOM - 0.4, 0.5)
    _frame(subtitle)
    _write(subtitle, Fit(22, city.within[lang], 1), lang, COLOURS["actual"])
    rule = fit(WORDS["rule"][lang], ROOM - 0.4, 0.5, 20, 14)
    _write(_box(slide, "Rule", MARGIN + 0.35, 3.95, ROOM - 0.4, 0.45), rule, lang, bold=True)
    what = fit(WORDS["what"][lang], ROOM - 0.4, 0.8, 16, 12)
    _write(_box(slide, "What", MARGIN + 0.35, 4.45, ROOM - 0.4, what.height), what, lang, MUTED)
    entries = [
        (role, WORDS[role][lang]) for role in ("actual", "provisional", "target", "derived", "forecast", "claim")
    ]
    look = {entry: chartml.STYLES[entry[0]] for entry in entries}
    heading = _box(slide, "Notation", MARGIN + 0.35, 5.65, 4, 0.3)
    _write(heading, Fit(12, WORDS["key"][lang], 1), lang, MUTED, bold=True)
    used = _add_key(slide, entries, look, lang, MARGIN + 0.35, 5.95, ROOM - 0.4, area="line")
    _add_key(slide, entries, look, lang, MARGIN + 0.35, 5.95 + used, ROOM - 0.4, area="bar")
    _number(slide, lang, 1)
    if watermark:
        _watermark(slide, watermark, lang, behind=True)
    lines = [title, city.within[lang], WORDS["rule"][lang], WORDS["what"][lang], REPORT_WORDS["key"][lang]]
    _notes(slide, [(clean(line), n == 0) for n, line in enumerate(lines)], lang)


def _bar(slide, x: float, y: float, width: float, height: float) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.shapes import MSO_SHAPE

    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, _emu(x), _emu(y), _emu(width), _emu(height))
    shape.fill.solid()
    shape.fill.fore_color.rgb = RGBColor.from_string(COLOURS["actual"])
    shape.line.fill.background()
    for style in shape._element.xpath("./p:style"):
        shape._element.remove(style)
    _describe(shape, "Bar")


def _divider(made, section: Section, findings: Sequence[tuple[str, int]], lang: str, n: int, watermark: str) -> None:
    """The slide before a section: its title, and what its slides find with their numbers."""
    slide = made.slides.add_slide(_layout(made, "Section Header"))
    _bar(slide, MARGIN, 0.85, 0.12, 0.75)
    shape = slide.shapes.title
    fitted = fit(section.title[lang], (ROOM - 0.4) / bolder(section.title[lang]), 0.75, 36, 20)
    _move(shape, MARGIN + 0.35, 0.85, ROOM - 0.4, 0.75)
    _frame(shape, anchor="middle")
    _write(shape, fitted, lang, bold=True)
    body = slide.placeholders[1]
    _frame(body)
    room, height = ROOM - 0.4, 4.9
    _move(body, MARGIN + 0.35, 1.95, room, height)
    lines = [
        f"{clean(title)[:400]}（{WORDS['slide'][lang].format(n=at)}）"
        if lang == "zh"
        else f"{clean(title)[:400]} ({WORDS['slide'][lang].format(n=at)})"
        for title, at in findings
    ]
    points = next(
        (
            p
            for p in (18.0, 17.0, 16.0, 15.0, 14.0, 13.0, 12.0, 11.0)
            if sum(height_of(len(lines_of(line, p, room)), p, line) + 0.12 for line in lines) <= height
        ),
        10.0,
    )
    left = height
    for number, line in enumerate(lines):
        left -= height_of(len(lines_of(line, points, room)), points, line) + 0.12
        if left < 0:
            break
        paragraph = body.text_frame.paragraphs[0] if number == 0 else body.text_frame.add_paragraph()
        _left(paragraph)
        paragraph.space_before, paragraph.space_after = 0, round(0.12 * 914400)
        _add_run(paragraph, line, lang, points)
    _number(slide, lang, n)
    if watermark:
        _watermark(slide, watermark, lang, behind=True)
    heads = [(clean(section.title[lang]), True), (WORDS["in_section"][lang], False)]
    _notes(slide, heads + [(line, False) for line in lines], lang)


def _name_sections(made, groups: Sequence[tuple[str, int]]) -> None:
    """Sections of the slide list, as PowerPoint shows them: (name, number of slides), in order."""
    from lxml import etree

    ids = [slide.slide_id for slide in made.slides]
    parts, at = "", 0
    for n, (name, count) in enumerate(groups):
        inside = "".join(f'<p14:sldId id="{i}"/>' for i in ids[at : at + count])
        at += count
        label = markup.escape(clean(name), quote=True)
        # Made from its place, not by chance: the same deck is the same bytes.
        key = str(uuid.uuid5(uuid.NAMESPACE_URL, f"huzhou_analysis/slides/{n}")).upper()
        parts += f'<p14:section name="{label}" id="{{{key}}}"><p14:sldIdLst>{inside}</p14:sldIdLst></p14:section>'
    element = made.part._element
    namespace = "http://schemas.openxmlformats.org/presentationml/2006/main"
    for old in element.findall(f"{{{namespace}}}extLst"):
        element.remove(old)
    element.append(
        etree.fromstring(
            f'<p:extLst xmlns:p="{namespace}"><p:ext uri="{{521415D9-36F7-43E2-AB2F-B90AF26B5E84}}"><p14:sectionLst '
            f'xmlns:p14="http://schemas.microsoft.com/office/powerpoint/2010/main">{parts}</p14:sectionLst></p:ext></p:extLst>'
        )
    )


def write(sections: Sequence[Section], lang: str, path: str | Path, *, data=None, watermark: str = "") -> Path:
    """Write the briefing in one language.

    Parameters
    ----------
    sections : sequence of Section
        A single section with a single record gives a file of that one slide.
    lang : {"zh", "en"}
    path : str or Path
        Of the ``.pptx`` file.
    data : Data, optional
        Not needed: everything that a slide shows stands in the records.
    watermark : str
        Written large and pale across every slide, for example 草稿.

    Returns
    -------
    Path
    """
    path = Path(path)
    filled = [s for s in sections if s.records]
    if not filled:
        raise ValueError("there is no exhibit to make slides of")
    alone = len(filled) == 1 and len(filled[0].records) == 1
    title = filled[0].records[0]["title"][lang] if alone else city_of(filled).said(REPORT_WORDS["title"])[lang]
    made = _presentation(lang, title)
    if alone:
        _exhibit_slide(made, filled[0], filled[0].records[0], lang, 1, watermark)
    else:
        _write_all(made, filled, lang, watermark)
    made.save(path)
    settle(path)
    return path


def _write_all(made, sections: Sequence[Section], lang: str, watermark: str) -> None:
    """Title, scoreboard, then each section behind its divider; slide numbers are known before slides are made."""
    early = [(s, r) for s in sections for r in s.records if r["id"] == EARLY]
    place = {EARLY: 2} if early else {}
    n = 1 + len(early)
    for section in sections:
        n += 1
        for record in section.records:
            if record["id"] != EARLY:
                n += 1
                place[record["id"]] = n
    city = city_of(sections)
    title = city.said(REPORT_WORDS["title"])[lang]
    _title_slide(made, lang, title, city, watermark)
    for section, record in early:
        _exhibit_slide(made, section, record, lang, 2, watermark)
    groups = [(title, 1 + len(early))]
    for section in sections:
        before = len(made.slides)
        findings = [(r["title"][lang], place[r["id"]]) for r in section.records]
        _divider(made, section, findings, lang, before + 1, watermark)
        for record in section.records:
            if record["id"] != EARLY:
                _exhibit_slide(made, section, record, lang, place[record["id"]], watermark)
        groups.append((section.title[lang], len(made.slides) - before))
    _name_sections(made, groups)
