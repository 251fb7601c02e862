"""The picture of an exhibit and its charts in Office hold the same marks: read back from the artists and from the files.

Nothing here asks the code that draws: what is compared are positions, colours, symbols and dashes that were drawn.
"""

import copy
from collections import Counter
from zipfile import ZipFile

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from matplotlib.collections import PolyCollection, QuadMesh
from matplotlib.colors import to_hex
from pptx import Presentation
from varied_records import exhibits

import huzhou_analysis as hz
from huzhou_analysis.report import NOTEBOOKS, document, notebook_files, slides, workbook
from huzhou_analysis.report.content import alone
from huzhou_analysis.show import native, picture

SYMBOLS = {"o": "circle", "s": "square", "D": "diamond", "v": "triangle", "X": "x"}
DASHES = {"-": "solid", "--": "dash", ":": "sysDot", "-.": "dashDot"}
SPACES = {k: f"http://schemas.openxmlformats.org/drawingml/2006/{end}" for k, end in (("c", "chart"), ("a", "main"))}
BARS = ("column", "bar", "stacked_column", "stacked_bar")


@pytest.fixture(scope="module")
def records(whole):
    return {r["id"].removesuffix("_x"): r for r in exhibits(whole)}


def near(value):
    """Seven digits; a hair more, so that no decimal of a table lies where rounding turns."""
    return float(f"{float(value) * (1 + 3e-10):.7g}")


def in_picture(record, lang):
    """Everything drawn in each panel, as a bag of plain tuples."""
    axes = [ax for ax in picture.picture(record, lang).axes if ax.axison]
    return [of_axes(ax, panel) for ax, panel in zip(axes, record["chart"]["panels"], strict=True)]


def of_axes(ax, panel):
    found, lying, bars = Counter(), panel["kind"].endswith("bar"), panel["kind"] in BARS
    if panel["kind"] == "heat":
        [mesh] = [c for c in ax.collections if isinstance(c, QuadMesh)]
        for n, (value, fill) in enumerate(zip(mesh.get_array().ravel(), mesh.get_facecolors(), strict=True)):
            if value == value and not getattr(value, "mask", False):
                found["cell", divmod(n, len(panel["categories"])), to_hex(fill)] += 1
        return found
    found["axis", *map(near, ax.get_xlim() if lying else ax.get_ylim())] += 1
    for line in ax.lines:
        gid = line.get_gid() if (line.get_gid() or "").startswith("p") else ""
        points = [(near(x), near(y)) for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)] if gid else ()
        if gid.count(".") == 1 and len(points) > 1 and line.get_linestyle() != "None":
            found["line", frozenset(points), to_hex(line.get_color()), DASHES[line.get_linestyle()]] += 1
        elif gid.count(".") == 2 and not bars:
            look = (SYMBOLS[line.get_marker()], to_hex(line.get_markerfacecolor()), to_hex(line.get_markeredgecolor()))
            found.update(("mark", *point, *look) for point in points)
    for area in (c for c in ax.collections if isinstance(c, PolyCollection)):
        [path] = area.get_paths()
        for x in {near(v[0]) for v in path.vertices}:
            ys = [near(v[1]) for v in path.vertices if near(v[0]) == x]
            found["band", x, min(ys), max(ys), to_hex(area.get_facecolor()[0])] += max(ys) > min(ys)
    for bar in (b for b in ax.patches if bars and (b.get_gid() or "").startswith("p")):
        inside = "hatched" if bar.get_hatch() else to_hex(bar.get_facecolor())
        value = near(bar.get_width() if lying else bar.get_height())
        found["bar", int(float(bar.get_gid().split(".")[2])), value, inside, to_hex(bar.get_edgecolor())] += 1
    for segment in (s for c in ax.collections if bars and hasattr(c, "get_segments") for s in c.get_segments()):
        low, high = sorted(p[0 if lying else 1] for p in segment)
        found["whisker", near(low), near(high)] += high > low
    return +found


def in_office(record, lang, folder):
    """The same of the charts and tables of a slide, read from the file."""
    [slide] = Presentation(slides.write(alone(record), lang, folder / "one.pptx")).slides
    parts = [s for s in slide.shapes if s.has_chart or s.has_table]
    return [
        of_table(shape.table) if shape.has_table else of_chart(etree.fromstring(shape.chart.part.blob), panel)
        for shape, panel in zip(parts, record["chart"]["panels"], strict=True)
    ]


def of_table(table):
    cells = [(r, c, table.cell(r, c)) for r in range(1, len(table.rows)) for c in range(1, len(table.columns))]
    filled = [(r, c, cell.fill.fore_color.rgb) for r, c, cell in cells if cell.text != "—"]
    return Counter(("cell", (r - 1, c - 1), f"#{fill}".lower()) for r, c, fill in filled)


def every(element, path):
    return element.xpath(path, namespaces=SPACES)


def one(element, path):
    return next(iter(every(element, path)), None)


def colour(element, path):
    """A colour, or nothing where it is absent or transparent."""
    found = one(element, path + "/a:solidFill/a:srgbClr[not(a:alpha)]/@val")
    return f"#{found}".lower() if found else None


def values_of(series, path="c:val"):
    return {int(p.get("idx")): float(p.findtext("c:v", namespaces=SPACES)) for p in every(series, f"{path}//c:pt")}


def of_chart(space, panel):
    found, met = Counter(), set()
    found["axis", *(near(one(space, f"//c:valAx/c:scaling/c:{end}/@val")) for end in ("min", "max"))] += 1
    names = every(space, "(//c:ser)[1]/c:cat//c:pt/c:v/text()")
    years = [near(n) for n in names] if panel["kind"] not in BARS else range(len(names))
    for series in reversed(every(space, "//c:lineChart/c:ser")):  # what is drawn last hides what lies under it
        points = frozenset((years[i], near(v)) for i, v in values_of(series).items())
        if drawn := colour(series, "c:spPr/a:ln"):
            found["line", points, drawn, one(series, "c:spPr/a:ln/a:prstDash/@val")] += len(points) > 1
        symbol = one(series, "c:marker/c:symbol/@val")
        look = (symbol, colour(series, "c:marker/c:spPr"), colour(series, "c:marker/c:spPr/a:ln"))
        found.update(("mark", *point, *look) for point in points if symbol != "none" and point not in met)
        met |= set() if drawn else points
    for series in every(space, "//c:barChart/c:ser"):
        inside = "hatched" if every(series, "c:spPr/a:pattFill") else colour(series, "c:spPr")
        values = values_of(series)
        found.update(("bar", i, near(v), inside, colour(series, "c:spPr/a:ln")) for i, v in values.items())
        plus, minus = values_of(series, "c:errBars/c:plus"), values_of(series, "c:errBars/c:minus")
        found.update(("whisker", near(values[i] - minus[i]), near(values[i] + plus[i])) for i in plus)
    # Stacked areas are intervals: each colour from where it begins to where it ends, widest outside.
    base, edges = Counter(), {}
    for series in every(space, "//c:areaChart/c:ser"):
        for i, width in values_of(series).items():
            before, base[i] = base[i], base[i] + width
            edges.setdefault((colour(series, "c:spPr"), i), []).extend([before, base[i]])
    for (drawn, i), ends in edges.items():
        if drawn and near(max(ends) - min(ends)) > 1e-9:
            found["band", years[i], near(min(ends)), near(max(ends)), drawn] += 1
    return +found


def differences(record, other, lang, folder):
    """What only one of them holds, of the picture of a record and the Office charts of another."""
    pairs = zip(in_picture(record, lang), in_office(other, lang, folder), strict=True)
    return [what for drawn, native in pairs for what in [*(drawn - native), *(native - drawn)]]


NATIVE = ("lines", "bars", "stacks", "whiskers", "paces", "fan", "multiples")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", NATIVE)
def test_picture_and_office_hold_the_same_marks(records, name, lang, tmp_path):
    assert differences(records[name], records[name], lang, tmp_path) == []


@pytest.mark.e2e
@pytest.mark.filterwarnings("default")  # what a notebook warns of is not what is tested here
@pytest.mark.parametrize("notebook", notebook_files([NOTEBOOKS]), ids=lambda path: path.stem)
def test_picture_and_office_agree_on_every_exhibit_of_the_notebooks(notebook, tmp_path):
    charts = [e.record for e in hz.exhibits(notebook.stem) if e.record["chart"]]
    found = {r["id"]: differences(r, r, lang, tmp_path) for r in charts for lang in ("zh", "en")}
    assert {name: what for name, what in found.items() if what} == {}
    assert [r["id"] for r in charts if not native.has_native(r["chart"])] == []


CHANGES = {
    "mark": lambda series: series[0]["points"].pop(0),
    "segment": lambda series: series.pop(1),
    "join": lambda series: series[0]["points"].extend(series.pop(1)["points"]),  # a line is joined across a break
    "role": lambda series: next(p for s in series for p in s["points"] if p["role"] == s["role"]).update(role="claim"),
}
CHANGED = [(name, change) for name in ("lines", "fan", "multiples") for change in ("mark", "segment", "role")]
CHANGED += [("lines", "join"), *((name, "mark") for name in ("stacks", "bars", "whiskers", "paces"))]


@pytest.mark.parametrize(("name", "change"), CHANGED)
def test_what_is_changed_in_one_of_them_is_found(records, name, change, tmp_path):
    other = copy.deepcopy(records[name])
    CHANGES[change](other["chart"]["panels"][0]["series"])
    assert differences(records[name], other, "zh", tmp_path)
    assert differences(other, records[name], "zh", tmp_path)


JOINED = ("actual", "provisional", "derived")
roles = st.sampled_from([*JOINED, "target", "claim", "part_year", "comparison", "earlier"])
points = st.lists(
    st.tuples(st.integers(2000, 2030), st.integers(-9000, 90000), roles, st.integers(0, 2)), min_size=2, max_size=14,
    unique_by=lambda p: (p[0], p[3], p[2] if p[2] not in JOINED else 0),
)  # fmt: skip


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(points, st.sampled_from(["line", "column", "bar"]))
def test_whatever_the_marks_are_both_hold_them(whole, tmp_path, rows, kind):
    frame = pd.DataFrame(rows, columns=["year", "value", "role", "segment"])
    frame["value"] /= 100
    if kind != "line":  # one bar of a role at a place
        frame = frame.drop_duplicates(["year", "role"]).assign(segment=0)
    panel = hz.Panel(hz.marks(frame, "role"), "亿元", kind=kind)
    record = hz.exhibit(whole, "any_marks", panel, title=("题", "T")).record
    assert differences(record, record, "en", tmp_path) == []


@pytest.mark.parametrize("name", [n for n in NATIVE if n != "paces"])
def test_all_three_programs_are_given_the_same_chart(records, whole, name, tmp_path):
    """The chart part is one: only the cells that it refers to differ, and sizes."""
    held = []
    for writer, file in ((slides, "a.pptx"), (document, "a.docx"), (workbook, "a.xlsx")):
        with ZipFile(writer.write(alone(records[name]), "zh", tmp_path / file, whole)) as book:
            parts = sorted(n for n in book.namelist() if "/charts/chart" in n and n.endswith(".xml"))
            spaces = [etree.fromstring(book.read(n)) for n in parts]
        held.append([of_chart(s, p) for s, p in zip(spaces, records[name]["chart"]["panels"], strict=True)])
    assert held[0] == held[1] == held[2]


def test_intervals_that_share_a_year_travel_as_a_picture(records, tmp_path):
    assert not native.has_native(records["hedgehog"]["chart"])
    [slide] = Presentation(slides.write(alone(records["hedgehog"]), "zh", tmp_path / "a.pptx")).slides
    [shown] = [s for s in slide.shapes if s.shape_type == 13]
    assert native.clean(records["hedgehog"]["alt"]["zh"]) in shown._element.xpath(".//p:cNvPr/@descr")
