"""Charts that office programs hold as their own: the chart part as XML, and the workbook behind "edit data".

Each mark has the one meaning that it has in the pictures (:mod:`huzhou_analysis.charts`): an actual is solid, a
provisional one lighter, a target outlined, a derived value hollow and dotted, a forecast dashed or hatched, a claim
hatched. The XML is written here and not by a library, because none of them combines the areas of a fan with lines or
sets the East Asian font beside the Latin one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

from .. import charts
from .office import COLOURS, EAST_ASIAN, LATIN, settle

LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en-US"}
LYING = ("bar", "stacked_bar")
STACKED = ("stacked_bar", "stacked_column")
BEFORE = ("actual", "provisional")
BANDS = ("base", "band_95", "band_80", "band_50")
INK, MUTED, GRID, PAPER = (c.lstrip("#").upper() for c in (charts.INK, charts.MUTED, charts.GRID, charts.PAPER))
COMPARISON = "C9CED4"
# What tells several series of one role apart in one chart: colour and dash.
VARIANTS = (("0072B2", "dash"), ("009E73", "sysDash"), ("E69F00", "lgDash"), ("8A5A83", "lgDashDot"), (MUTED, "sysDot"))
_NAMESPACES = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


@dataclass(frozen=True)
class Style:
    """How a role is drawn: as a filled shape (bar, area) and as a line with its markers.

    Attributes
    ----------
    fill : str
        ``solid``, ``outline`` (nothing inside), ``hatch`` or ``none``.
    outline : str
        Dash of the outline of a shape; empty for none.
    dash : str
        Dash of a line; empty for no line.
    marker : str
        Symbol of a marker; ``none`` for none.
    hollow : bool
        Whether markers are white inside.
    """

    colour: str
    fill: str = "solid"
    outline: str = ""
    dash: str = "solid"
    marker: str = "circle"
    hollow: bool = False


STYLES: dict[str, Style] = {
    "actual": Style(COLOURS["actual"]),
    "provisional": Style(COLOURS["provisional"]),
    "target": Style(COLOURS["target"], "outline", "solid", "dash", "square", True),
    "derived": Style(COLOURS["derived"], "outline", "sysDash", "sysDot", "diamond", True),
    "forecast": Style(COLOURS["forecast"], "hatch", "dash", "dash", "none"),
    "claim": Style(COLOURS["claim"], "hatch", "solid", "sysDash", "triangle", True),
    "comparison": Style(COMPARISON),
    "model": Style(COLOURS["model"], marker="none"),
    "base": Style(COLOURS["base"], "none", dash="", marker="none"),
    **{role: Style(COLOURS[role], marker="none") for role in BANDS[1:]},
}


def clean(text: object) -> str:
    """A text without the characters that XML forbids; breaks and tabs become spaces."""
    spaced = (" " if c in "\t\n\r\x0b\x0c\u2028\u2029" else c for c in str(text))
    return "".join(c for c in spaced if c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\x7f\ufffe\uffff")


def styles(natives: Sequence[Mapping]) -> dict[tuple[str, str], Style]:
    """Style of each (role, name) of the panels of an exhibit: the same name looks the same in every panel."""
    found: dict[tuple[str, str], Style] = {}
    for role in dict.fromkeys(t["role"] for n in natives for t in n["traces"]):
        names = list(dict.fromkeys(t["name"] for n in natives for t in n["traces"] if t["role"] == role))
        together = max(len({t["name"] for t in n["traces"] if t["role"] == role}) for n in natives)
        for place, name in enumerate(names):
            style = STYLES[role]
            if together > 1 and role not in BANDS:
                colour, dash = VARIANTS[place % len(VARIANTS)]
                style = replace(style, colour=colour, dash=dash if role == "forecast" else style.dash)
            found[(role, name)] = style
    return found


def decimals(values: Sequence[float | None]) -> int:
    """Decimals that show what the values hold, and no more than a reader can use."""
    numbers = [abs(v) for v in values if v is not None]
    if not numbers:
        return 0
    top = max(numbers)
    most = 0 if top >= 1000 else 1 if top >= 20 else 2 if top >= 1 else 3
    return next((d for d in range(most) if all(abs(round(v, d) - v) < 1e-9 for v in numbers)), most)


def number_format(places: int) -> str:
    """Format code with thousands separators and a true minus sign."""
    plain = "#,##0" + ("." + "0" * places if places else "")
    return f"{plain};\u2212{plain}"


def shown(value: float, places: int) -> str:
    """A number as the format code shows it, for measuring."""
    return f"{value:,.{places}f}".replace("-", "\u2212")


# --- the workbook behind a chart -----------------------------------------------------------------------------------


def workbook(native: Mapping) -> bytes:
    """The data of a chart as the workbook that opens at "edit data": a row a category, a column a series.

    Text is written as text, whatever it begins with; a missing value is an empty cell.
    """
    import datetime
    from pathlib import Path

    import xlsxwriter

    with TemporaryDirectory() as folder:
        path = Path(folder) / "data.xlsx"
        with xlsxwriter.Workbook(path) as book:
            book.set_properties({"created": datetime.datetime(1980, 1, 1)})
            base = {"font_name": EAST_ASIAN, "font_size": 11}
            book.formats[0].set_font_name(EAST_ASIAN)
            head = book.add_format(base | {"bold": True, "text_wrap": True})
            plain = book.add_format(base)
            sheet = book.add_worksheet("Sheet1")
            sheet.set_column(0, 0, 30)
            sheet.set_column(1, len(native["traces"]), 16)
            sheet.write_string(0, 0, clean(native["unit"]), head)
            for row, name in enumerate(native["categories"], 1):
                sheet.write_string(row, 0, clean(name), plain)
            for column, trace in enumerate(native["traces"], 1):
                code = book.add_format(base | {"num_format": number_format(decimals(trace["values"]))})
                sheet.write_string(0, column, clean(trace["name"]), head)
                for row, value in enumerate(trace["values"], 1):
                    if value is not None:
                        sheet.write_number(row, column, value, code)
        settle(path)
        return path.read_bytes()


def _column(place: int) -> str:
    """Letters of a column counted from nought."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


# --- parts of the XML ----------------------------------------------------------------------------------------------


def run_properties(tag: str, lang: str, points: float, colour: str, *, bold: bool = False) -> str:
    """Properties of text (``a:defRPr``, ``a:rPr``): size, colour, and the fonts of both scripts."""
    other = LANGUAGE_TAGS["en" if lang == "zh" else "zh"]
    language = f' lang="{LANGUAGE_TAGS[lang]}" altLang="{other}"'
    return (
        f'<a:{tag}{language} sz="{round(points * 100)}" b="{int(bold)}"><a:solidFill><a:srgbClr val="{colour}"/>'
        f'</a:solidFill><a:latin typeface="{LATIN}"/><a:ea typeface="{EAST_ASIAN}"/><a:cs typeface="{LATIN}"/></a:{tag}>'
    )


def _text_properties(lang: str, points: float, colour: str, *, turned: str = "") -> str:
    rotation = f' rot="{turned}" vert="horz"' if turned else ""
    return (
        f"<c:txPr><a:bodyPr{rotation}/><a:lstStyle/><a:p><a:pPr>{run_properties('defRPr', lang, points, colour)}</a:pPr>"
        f'<a:endParaRPr lang="{LANGUAGE_TAGS[lang]}"/></a:p></c:txPr>'
    )


def _place(x: float, y: float, width: float | None = None, height: float | None = None, *, inner: bool = False) -> str:
    """A manual layout in shares of the chart's frame."""
    size = "" if width is None else f'<c:w val="{width:.5f}"/><c:h val="{height:.5f}"/>'
    target = '<c:layoutTarget val="inner"/>' if inner else ""
    return (
        f'<c:layout><c:manualLayout>{target}<c:xMode val="edge"/><c:yMode val="edge"/>'
        f'<c:x val="{x:.5f}"/><c:y val="{y:.5f}"/>{size}</c:manualLayout></c:layout>'
    )


def _title(lines: Sequence[str], lang: str, points: float, colour: str, where: str, *, bold: bool = False) -> str:
    properties = {tag: run_properties(tag, lang, points, colour, bold=bold) for tag in ("defRPr", "rPr")}
    paragraphs = "".join(
        f'<a:p><a:pPr algn="l">{properties["defRPr"]}</a:pPr><a:r>{properties["rPr"]}<a:t>{escape(line)}</a:t></a:r></a:p>'
        for line in lines
    )
    return (
        f'<c:title><c:tx><c:rich><a:bodyPr rot="0" vert="horz"/><a:lstStyle/>{paragraphs}</c:rich></c:tx>{where}'
        '<c:overlay val="0"/></c:title>'
    )


def _fill(style: Style, thickness: int = 19050) -> str:
    """Fill and outline of a bar or an area."""
    colour = f'<a:srgbClr val="{style.colour}"/>'
    inside = {
        "solid": f"<a:solidFill>{colour}</a:solidFill>",
        "outline": "<a:noFill/>",
        "none": "<a:noFill/>",
        "hatch": f'<a:pattFill prst="wdUpDiag"><a:fgClr>{colour}</a:fgClr><a:bgClr><a:srgbClr val="{PAPER}"/></a:bgClr>'
        "</a:pattFill>",
    }[style.fill]
    line = (
        f'<a:ln w="{thickness}"><a:solidFill>{colour}</a:solidFill><a:prstDash val="{style.outline}"/></a:ln>'
        if style.outline
        else "<a:ln><a:noFill/></a:ln>"
    )
    return f"<c:spPr>{inside}{line}</c:spPr>"


def _line(style: Style, marker_size: int) -> str:
    """Line and markers of a series."""
    colour = f'<a:solidFill><a:srgbClr val="{style.colour}"/></a:solidFill>'
    line = (
        f'<c:spPr><a:ln w="{22225 if style.dash == "solid" else 19050}" cap="{"rnd" if style.dash == "solid" else "flat"}">'
        f'{colour}<a:prstDash val="{style.dash}"/><a:round/></a:ln></c:spPr>'
        if style.dash
        else "<c:spPr><a:ln><a:noFill/></a:ln></c:spPr>"
    )
    if style.marker == "none":
        return line + '<c:marker><c:symbol val="none"/></c:marker>'
    inside = f'<a:solidFill><a:srgbClr val="{PAPER}"/></a:solidFill>' if style.hollow else colour
    size = marker_size + (2 if style.marker in ("square", "diamond") else 0)
    return (
        f'{line}<c:marker><c:symbol val="{style.marker}"/><c:size val="{size}"/><c:spPr>{inside}'
        f'<a:ln w="{19050 if style.hollow else 6350}">{colour}</a:ln></c:spPr></c:marker>'
    )


_FLAGS = (
    '<c:showLegendKey val="0"/><c:showVal val="{}"/><c:showCatName val="0"/><c:showSerName val="0"/>'
    '<c:showPercent val="0"/><c:showBubbleSize val="0"/>'
)


def _labels(where: Mapping[int, str], code: str, lang: str, points: float, colour: str) -> str:
    """Data labels at some points of a series: place in the series to position (``t``, ``r``, ``outEnd``, ...)."""
    one = "".join(
        f'<c:dLbl><c:idx val="{place}"/><c:numFmt formatCode="{escape(code)}" sourceLinked="0"/><c:spPr><a:noFill/><a:ln>'
        f"<a:noFill/></a:ln></c:spPr>{_text_properties(lang, points, INK if position == 'outEnd' else colour)}"
        f'<c:dLblPos val="{position}"/>{_FLAGS.format(1)}</c:dLbl>'
        for place, position in sorted(where.items())
    )
    return f"<c:dLbls>{one}{_text_properties(lang, points, colour)}{_FLAGS.format(0)}</c:dLbls>"


def _references(native: Mapping, place: int) -> tuple[str, str, str]:
    """Name, categories and values of a series, each with its cells and what they hold."""
    trace, names = native["traces"][place], native["categories"]
    column, last = _column(place + 1), len(names) + 1
    name = (
        f'<c:tx><c:strRef><c:f>Sheet1!${column}$1</c:f><c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>'
        f"{escape(clean(trace['name']))}</c:v></c:pt></c:strCache></c:strRef></c:tx>"
    )
    texts = "".join(f'<c:pt idx="{n}"><c:v>{escape(clean(c))}</c:v></c:pt>' for n, c in enumerate(names))
    categories = (
        f'<c:cat><c:strRef><c:f>Sheet1!$A$2:$A${last}</c:f><c:strCache><c:ptCount val="{len(names)}"/>{texts}'
        "</c:strCache></c:strRef></c:cat>"
    )
    numbers = "".join(
        f'<c:pt idx="{n}"><c:v>{value!r}</c:v></c:pt>' for n, value in enumerate(trace["values"]) if value is not None
    )
    values = (
        f"<c:val><c:numRef><c:f>Sheet1!${column}$2:${column}${last}</c:f><c:numCache><c:formatCode>"
        f'{escape(number_format(decimals(trace["values"])))}</c:formatCode><c:ptCount val="{len(names)}"/>{numbers}'
        "</c:numCache></c:numRef></c:val>"
    )
    return name, categories, values


# --- which points carry their number -------------------------------------------------------------------------------


def _extent(native: Mapping) -> float:
    """Length of the value axis, about."""
    if native["kind"] in (*STACKED, "band"):
        totals = [
            sum(t["values"][n] or 0 for t in native["traces"] if native["kind"] != "band" or t["role"] in BANDS)
            for n in range(len(native["categories"]))
        ]
        lines = [v for t in native["traces"] for v in t["values"] if v is not None]
        return max([*totals, *lines, 0]) or 1
    values = [v for t in native["traces"] for v in t["values"] if v is not None] or [0]
    low, high = min(values), max(values)
    from_nought = native["kind"] != "line" or low < high * 0.9
    return (high - min(low, 0) if from_nought else (high - low) * 1.5) or 1


def overlapping(native: Mapping) -> bool:
    """Whether bars may lie on each other: at most one with a number of its own in each category.

    A target that is the same everywhere is the frame that the others are measured in and carries no number.
    """
    marked = [t for t in native["traces"] if not _is_frame(native, t)]
    return all(sum(t["values"][n] is not None for t in marked) <= 1 for n in range(len(native["categories"])))


def _is_frame(native: Mapping, trace: Mapping) -> bool:
    held = {v for v in trace["values"] if v is not None}
    return trace["role"] == "target" and len(native["categories"]) > 2 and len(held) == 1 and len(native["traces"]) > 1


def label_places(native: Mapping, size: tuple[float, float], label: tuple[float, float]) -> dict[int, dict[int, str]]:
    """Which points of which series carry their number, and where: bars all, lines their last, never one on another.

    Parameters
    ----------
    size : pair of float
        Of the plot, in inches.
    label : pair of float
        Width and height of the widest label, in inches.
    """
    kind, traces = native["kind"], native["traces"]
    if kind in STACKED:
        if any(t["role"] == "base" for t in traces):
            return {}  # a length above a base is a difference, which is not what a reader wants to read off
        least = _extent(native) * 0.05
        return {
            s: {n: "ctr" for n, v in enumerate(t["values"]) if v is not None and abs(v) >= least}
            for s, t in enumerate(traces)
        }
    if kind in ("bar", "column"):
        # In a frame that is the target the number stands inside its bar, where the outline cannot cross it.
        framed = any(_is_frame(native, t) for t in traces)
        least = _extent(native) * 0.12
        return {
            s: {n: "inEnd" if framed and v >= least else "outEnd" for n, v in enumerate(t["values"]) if v is not None}
            for s, t in enumerate(traces)
            if not _is_frame(native, t)
        }
    order = ("target", "actual", "provisional", "claim", "forecast", "derived", "comparison", "model")
    near = _extent(native) * 1.6 * label[1] / max(size[1], 0.5)
    apart = label[0] / (size[0] / max(len(native["categories"]), 1))  # in categories
    taken: list[tuple[int, float]] = []
    found: dict[int, dict[int, str]] = {}
    held = [(order.index(t["role"]), s) for s, t in enumerate(traces) if t["role"] in order]
    latest = max((n for t in traces if t["role"] in ("actual", "provisional") for n in _present(t)), default=-1)
    for _, series in sorted(held):
        trace = traces[series]
        present = _present(trace)
        few = trace["role"] == "target" and len(present) <= 3 and apart <= 1.2
        if trace["role"] in ("actual", "provisional"):
            present = [n for n in present if n == latest]  # one latest value, whatever its status
        for n in present if few else present[-1:]:
            value = trace["values"][n]
            if all(abs(n - m) >= apart or abs(value - other) >= near for m, other in taken):
                before = [v for t in traces if t["role"] in BEFORE and n and (v := t["values"][n - 1]) is not None]
                below = trace["role"] in BEFORE and any(v > value for v in before)
                last = n == len(native["categories"]) - 1
                found.setdefault(series, {})[n] = "r" if last else "b" if below else "t"
                taken.append((n, value))
    return found


def _present(trace: Mapping) -> list[int]:
    return [n for n, v in enumerate(trace["values"]) if v is not None]


def _spans(native: Mapping) -> bool:
    """Whether lines bridge gaps: only where nothing but a plan's path has any (it states 2023, 2025 and 2027).

    Missing actuals always stay gaps.
    """
    holed = {t["role"] for t in native["traces"] if (at := _present(t)) and len(at) <= at[-1] - at[0]}
    return native["kind"] == "line" and holed == {"target"}


# --- the chart -----------------------------------------------------------------------------------------------------


def needs_own_key(native: Mapping) -> bool:
    """Whether the key has to stand outside: office programs do not agree which entry is the base's in lying stacks."""
    return native["kind"] in LYING and any(t["role"] == "base" for t in native["traces"])


def key_entries(natives: Sequence[Mapping]) -> list[tuple[str, str]]:
    """(role, name) of each series a key must explain, each once; what is without colour needs no word."""
    return list(dict.fromkeys((t["role"], t["name"]) for n in natives for t in n["traces"] if t["role"] != "base"))


def heading_lines(
    native: Mapping,
    lang: str,
    width: float,
    lines_of: Callable[[str, float, float], list[str]],
    *,
    points: float,
    panel: bool,
) -> list[str]:
    """Heading of a chart in lines of its width; that of a panel names the unit as well."""
    heading, unit = clean(native["heading"]), clean(native["unit"])
    if panel and heading and unit and unit != heading:
        heading += f"（{unit}）" if lang == "zh" else f" ({unit})"
    # Bold letters are wider than those that are measured.
    return lines_of(heading, (points + 0.5) * 1.1, width * (0.8 if width > 3.2 else 0.72))[:4] if heading else []


def chart_xml(
    native: Mapping,
    lang: str,
    size: tuple[float, float],
    look: Mapping[tuple[str, str], Style],
    lines_of: Callable[[str, float, float], list[str]],
    width_of: Callable[[str, float], float],
    *,
    points: float = 11.0,
    panel: bool = False,
    heading_rows: int = 0,
) -> bytes:
    """The chart part of a native chart.

    Parameters
    ----------
    native : mapping
        One of ``record["natives"][lang]``.
    size : pair of float
        Of the frame, in inches: what the layout inside is computed for.
    look : mapping
        From :func:`styles`.
    lines_of, width_of : callable
        Break and measure text: ``lines_of(text, points, width)``, ``width_of(text, points)``.
    panel : bool
        Whether it is one of several: then its heading names the unit, and one key serves all.
    heading_rows : int
        Rows kept for the heading, so that panels beside each other stand level.
    """
    kind, traces, names = native["kind"], native["traces"], native["categories"]
    width, height = size
    lying, row = kind in LYING, points * 1.35 / 72
    codes = decimals([v for t in traces for v in t["values"]])
    heads = heading_lines(native, lang, width, lines_of, points=points, panel=panel)
    named = panel and bool(clean(native["heading"]))
    unit = [] if named else lines_of(clean(native["unit"]), points - 1, width - 0.1)[:1]
    entries = key_entries([native])
    legend = len(entries) > 1 and not panel and not needs_own_key(native)
    # From the top down: heading, key, unit, and room for a label above the highest point.
    top = max(len(heads), heading_rows) * row * 1.08 + (0.06 if heads else 0)
    key_at, key_wide = top, 0.0
    if legend:
        # Programs set the entries of a key in columns of one width.
        cell = min(max(width_of(clean(name), points) for _, name in entries) + 0.75, width * 0.98)
        beside = min(max(int(width * 0.98 / cell), 1), len(entries))
        key_wide = beside * cell
        key_high = -(-len(entries) // beside) * row * 1.2
        top += key_high + 0.08
    unit_at = top
    top += row + 0.1 if unit else row * 0.8
    flat = max((v for t in traces for v in t["values"] if v is not None), default=0)
    low = min((v for t in traces for v in t["values"] if v is not None), default=0)
    number_width = max(width_of(shown(v, codes), points - 1) for v in (flat, low, _extent(native)))
    room_for_labels = (width - 2 * number_width - 0.4, height - top - 2 * row)
    labels = label_places(native, room_for_labels, (number_width, 1.4 * points / 72))
    bare_axis = kind in ("bar", "column") or (kind in STACKED and bool(labels))  # every mark carries its number
    if lying:
        left = min(max(width_of(clean(n), points) for n in names) + 0.2, width * 0.42)
        right = number_width + 0.15
        bottom = 0.08 if bare_axis else row + 0.12
    else:
        left = 0.08 if bare_axis else number_width + 0.2
        ends = [n for places in labels.values() for n, position in places.items() if position == "r"]
        right = number_width + 0.2 if ends else 0.12
        bottom = row + 0.12
        if kind in ("column", "stacked_column") and any(width_of(clean(n), points) > width / len(names) for n in names):
            bottom += row
    inner_width, inner_height = max(width - left - right, 0.3), max(height - top - bottom, 0.3)
    skip, year_text, turned = 1, points, "0"
    if kind in ("line", "band"):
        step = inner_width / len(names)
        widest = max(width_of(clean(n), 1) for n in names)
        year_text = min(points, max(9.0, (step - 0.08) / max(widest, 0.001)))
        if widest * year_text + 0.08 > step:  # upright names are cut or broken by some programs; turned ones never are
            turned, year_text = "-5400000", min(points, 10.0)
            skip = max(1, -(-int(100 * year_text * 1.25 / 72) // max(int(100 * step), 1)))
            bottom = min(widest * year_text, height * 0.3) + 0.14
            inner_height = max(height - top - bottom, 0.3)
    marker = 6 if len(names) <= 16 and width > 4 else 5 if len(names) <= 24 else 4

    def series(place: int, shape: str) -> str:
        trace = traces[place]
        style = look[(trace["role"], trace["name"])]
        name, categories, values = _references(native, place)
        held = [trace["values"][n] for n in labels.get(place, {})]
        code = number_format(decimals(held) if shape == "line" else codes)
        inside = kind in STACKED
        inside = inside or "inEnd" in labels.get(place, {}).values()
        colour = PAPER if inside and style.fill == "solid" and trace["role"] == "actual" else INK
        small = points - 1 if not (lying and len(names) > 20) else 8
        marks = _labels(labels[place], code, lang, small, colour) if labels.get(place) else ""
        thin = 9525 if len(names) > 20 else 19050
        head = f'<c:ser><c:idx val="{place}"/><c:order val="{place}"/>{name}'
        if shape == "line":
            return f'{head}{_line(style, marker)}{marks}{categories}{values}<c:smooth val="0"/></c:ser>'
        negative = '<c:invertIfNegative val="0"/>' if shape == "bar" else ""
        return f"{head}{_fill(style, thin)}{negative}{marks}{categories}{values}</c:ser>"

    axes = '<c:axId val="111111111"/><c:axId val="222222222"/>'
    every = range(len(traces))
    if kind in ("line", "band"):
        areas = [s for s in every if kind == "band" and traces[s]["role"] in BANDS]
        over = [s for s in every if s not in areas]
        plots = ""
        if areas:
            plots += (
                '<c:areaChart><c:grouping val="stacked"/><c:varyColors val="0"/>'
                f"{''.join(series(s, 'area') for s in areas)}{axes}</c:areaChart>"
            )
        if over:
            plots += (
                '<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>'
                f'{"".join(series(s, "line") for s in over)}<c:marker val="1"/>{axes}</c:lineChart>'
            )
    else:
        stacked = kind in STACKED
        overlap = 100 if stacked or overlapping(native) else -5
        # Closer bars where many share the room, so that their labels can be read.
        gap = 30 if len(names) > 20 else 55 if len(names) > 3 else 90
        plots = (
            f'<c:barChart><c:barDir val="{"bar" if lying else "col"}"/><c:grouping val="'
            f'{"stacked" if stacked else "clustered"}"/><c:varyColors val="0"/>{"".join(series(s, "bar") for s in every)}'
            f'<c:gapWidth val="{gap}"/><c:overlap val="{overlap}"/>{axes}</c:barChart>'
        )
    axis_text = 8.5 if lying and len(names) > 20 else year_text
    no_line = "<c:spPr><a:ln><a:noFill/></a:ln></c:spPr>"
    rule = f'<c:spPr><a:ln w="9525"><a:solidFill><a:srgbClr val="{MUTED}"/></a:solidFill></a:ln></c:spPr>'
    grid = (
        f'<c:majorGridlines><c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="{GRID}"/></a:solidFill></a:ln></c:spPr>'
        "</c:majorGridlines>"
        if not bare_axis
        else ""
    )
    unit_x = left / width if lying else 0.0
    unit_title = _title(unit, lang, points - 1, MUTED, _place(unit_x, unit_at / height)) if unit else ""
    totals = [sum(t["values"][n] or 0 for t in traces) for n in range(len(names))]
    fixed = '<c:max val="100"/>' if kind in STACKED and all(abs(v - 100) < 0.01 for v in totals) else ""
    fixed += '<c:min val="0"/>' if kind == "column" and low >= 0 else ""
    category_axis = (
        '<c:catAx><c:axId val="111111111"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/>'
        f'<c:axPos val="{"l" if lying else "b"}"/><c:numFmt formatCode="General" sourceLinked="0"/>'
        f'<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>{rule}'
        f"{_text_properties(lang, axis_text, INK if lying else MUTED, turned=turned)}"
        '<c:crossAx val="222222222"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/>'
        f'<c:lblOffset val="60"/><c:tickLblSkip val="{skip}"/><c:noMultiLvlLbl val="1"/></c:catAx>'
    )
    value_axis = (
        f'<c:valAx><c:axId val="222222222"/><c:scaling><c:orientation val="minMax"/>{fixed}</c:scaling>'
        f'<c:delete val="0"/><c:axPos val="{"b" if lying else "l"}"/>{grid}{unit_title}'
        f'<c:numFmt formatCode="{escape(number_format(_axis_decimals(native, codes)))}" sourceLinked="0"/>'
        '<c:majorTickMark val="none"/><c:minorTickMark val="none"/>'
        f'<c:tickLblPos val="{"none" if bare_axis else "low"}"/>{no_line}'
        f"{_text_properties(lang, points - 1, MUTED, turned='0')}"
        '<c:crossAx val="111111111"/><c:crosses val="autoZero"/><c:crossBetween val="between"/></c:valAx>'
    )
    title = _title(heads, lang, points + 0.5, INK, _place(0, 0), bold=True) if heads else ""
    body = (
        f'<c:chartSpace {_NAMESPACES}><c:date1904 val="0"/><c:roundedCorners val="0"/><c:chart>{title}'
        f'<c:autoTitleDeleted val="{int(not title)}"/><c:plotArea>'
        f"{_place(left / width, top / height, inner_width / width, inner_height / height, inner=True)}"
        f"{plots}{category_axis}{value_axis}<c:spPr><a:noFill/></c:spPr></c:plotArea>"
        f"{_legend(native, lang, points, (key_at / height, key_wide / width, key_high / height)) if legend else ''}"
        f'<c:plotVisOnly val="1"/><c:dispBlanksAs val="{"span" if _spans(native) else "gap"}"/></c:chart>'
        f"<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{_text_properties(lang, points, INK)}</c:chartSpace>"
    )
    return b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n" + body.encode()


def _axis_decimals(native: Mapping, codes: int) -> int:
    """Decimals of the numbers on an axis: as fine as its steps (about a fifth of its length) ask for."""
    values = [v for t in native["traces"] for v in t["values"] if v is not None] or [0]
    length = max(values) - min(values) if min(values) > 0.8 * max(values) else _extent(native)
    step = length / 5
    if codes == 0 and length >= 3:
        return 0
    return min(max(codes, 1 if step < 1 else 0), 0 if step >= 2 else 1 if step >= 0.1 else 2 if step >= 0.02 else 3)


def _legend(native: Mapping, lang: str, points: float, where: tuple[float, float, float]) -> str:
    """The key at the top, left, without what has no colour and without the second of two equal entries."""
    hidden, met = [], set()
    for place, trace in enumerate(native["traces"]):
        entry = (trace["role"], trace["name"])
        if trace["role"] == "base" or entry in met:
            hidden.append(place)
        met.add(entry)
    gone = "".join(f'<c:legendEntry><c:idx val="{place}"/><c:delete val="1"/></c:legendEntry>' for place in hidden)
    return (
        f'<c:legend><c:legendPos val="t"/>{gone}{_place(0, *where)}<c:overlay val="0"/>'
        f"{_text_properties(lang, points, INK)}</c:legend>"
    )
