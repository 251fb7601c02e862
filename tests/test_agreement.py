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
from huzhou_analysis.report import document, slides, workbook
from huzhou_analysis.report.build import NOTEBOOKS, notebook_files
from huzhou_analysis.report.content import alone
from huzhou_analysis.show import office, picture
from huzhou_analysis.show.native import has_native

SYMBOLS = {"o": "circle", "s": "square", "D": "diamond", "v": "triangle", "X": "x"}
DASHES = {"-": "solid", "--": "dash", ":": "sysDot", "-.": "dashDot"}
SPACES = {
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
}
BARS = ("column", "bar", "stacked_column", "stacked_bar")


@pytest.fixture(scope="module")
def records(whole):
    return {r["id"].removesuffix("_x"): r for r in exhibits(whole)}


def near(value):
    """Seven digits; a hair more, so that no decimal of a table lies where rounding turns."""
    return float(f"{float(value) * (1 + 3e-10):.7g}")


# --- what the picture holds ----------------------------------------------------------------------------------------


def in_picture(record, lang):
    """Everything drawn in each panel, as a bag of plain tuples."""
    axes = [ax for ax in picture.picture(record, lang).axes if ax.axison]
    return [of_axes(ax, panel) for ax, panel in zip(axes, record["chart"]["panels"], strict=True)]


def of_axes(ax, panel):
    found = Counter()
    if panel["kind"] == "heat":
        [mesh] = [c for c in ax.collections if isinstance(c, QuadMesh)]
        shape = (len(panel["series"]), len(panel["categories"]))
        for n, (value, colour) in enumerate(zip(mesh.get_array().ravel(), mesh.get_facecolors(), strict=True)):
            if value is not None and value == value and not getattr(value, "mask", False):
                found["cell", divmod(n, shape[1]), to_hex(colour)] += 1
        return found
    ends = ax.get_xlim() if panel["kind"].endswith("bar") else ax.get_ylim()
    found["axis", near(ends[0]), near(ends[1])] += 1
    for line in ax.lines:
        gid = line.get_gid() or ""
        if gid.count(".") == 1 and gid.startswith("p") and line.get_linestyle() != "None":
            points = frozenset((near(x), near(y)) for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True))
            found["line", points, to_hex(line.get_color()), DASHES[line.get_linestyle()]] += len(points) > 1
        elif gid.count(".") == 2 and panel["kind"] not in BARS:
            look = (SYMBOLS[line.get_marker()], to_hex(line.get_markerfacecolor()), to_hex(line.get_markeredgecolor()))
            for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True):
                found["mark", near(x), near(y), *look] += 1
    for area in (c for c in ax.collections if isinstance(c, PolyCollection)):
        [path] = area.get_paths()
        for x in {near(v[0]) for v in path.vertices}:
            ys = [near(v[1]) for v in path.vertices if near(v[0]) == x]
            if max(ys) > min(ys):
                found["band", x, min(ys), max(ys), to_hex(area.get_facecolor()[0])] += 1
    if panel["kind"] in BARS:
        found.update(of_bars(ax, panel))
    return +found


def of_bars(ax, panel):
    found, lying = Counter(), panel["kind"].endswith("bar")
    for bar in ax.patches:
        if not (bar.get_gid() or "").startswith("p"):
            continue
        place = int(float(bar.get_gid().split(".")[2]))
        value = bar.get_width() if lying else bar.get_height()
        inside = "hatched" if bar.get_hatch() else to_hex(bar.get_facecolor())
        found["bar", place, near(value), inside, to_hex(bar.get_edgecolor())] += 1
    for whisker in ax.collections:
        for segment in whisker.get_segments() if hasattr(whisker, "get_segments") else ():
            low, high = sorted(p[0 if lying else 1] for p in segment)
            found["whisker", near(low), near(high)] += high > low
    return found


# --- what Office holds ---------------------------------------------------------------------------------------------


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
    return Counter(
        ("cell", (r - 1, c - 1), f"#{cell.fill.fore_color.rgb}".lower()) for r, c, cell in cells if cell.text != "—"
    )


def one(element, path):
    found = element.xpath(path, namespaces=SPACES)
    return found[0] if found else None


def colour(element, path):
    """A colour, or nothing where it is absent or transparent."""
    found = one(element, path + "/a:solidFill/a:srgbClr")
    return None if found is None or found.find("a:alpha", SPACES) is not None else f"#{found.get('val')}".lower()


def values_of(series, path="c:val"):
    points = series.xpath(f"{path}//c:pt", namespaces=SPACES)
    return {int(p.get("idx")): float(p.findtext("c:v", namespaces=SPACES)) for p in points}


def of_chart(space, panel):
    found = Counter()
    low, high = (near(one(space, f"//c:valAx/c:scaling/c:{end}/@val")) for end in ("min", "max"))
    found["axis", low, high] += 1
    names = space.xpath("(//c:ser)[1]/c:cat//c:pt/c:v/text()", namespaces=SPACES)
    years = [near(n) for n in names] if panel["kind"] not in BARS else range(len(names))
    met = set()
    # What is drawn last hides what lies under it.
    for series in reversed(space.xpath("//c:lineChart/c:ser", namespaces=SPACES)):
        points = frozenset((years[i], near(v)) for i, v in values_of(series).items())
        drawn = colour(series, "c:spPr/a:ln")
        if drawn and len(points) > 1:
            found["line", points, drawn, one(series, "c:spPr/a:ln/a:prstDash/@val")] += 1
        symbol = one(series, "c:marker/c:symbol/@val")
        look = (symbol, colour(series, "c:marker/c:spPr"), colour(series, "c:marker/c:spPr/a:ln"))
        for x, y in points if symbol != "none" else ():
            found["mark", x, y, *look] += (x, y) not in met
        if not drawn:
            met |= set(points)
    found.update(of_areas(space, years))
    for series in space.xpath("//c:barChart/c:ser", namespaces=SPACES):
        hatched = one(series, "c:spPr/a:pattFill") is not None
        inside = "hatched" if hatched else colour(series, "c:spPr")
        values = values_of(series)
        for i, value in values.items():
            found["bar", i, near(value), inside, colour(series, "c:spPr/a:ln")] += 1
        plus, minus = values_of(series, "c:errBars/c:plus"), values_of(series, "c:errBars/c:minus")
        for i in plus:
            found["whisker", near(values[i] - minus[i]), near(values[i] + plus[i])] += 1
    return +found


def of_areas(space, years):
    """Stacked areas as intervals: each colour from where it begins to where it ends, widest outside."""
    found, base = Counter(), dict.fromkeys(range(len(years)), 0.0)
    edges: dict[str, dict[int, list[float]]] = {}
    for series in space.xpath("//c:areaChart/c:ser", namespaces=SPACES):
        drawn = colour(series, "c:spPr")
        for i, width in values_of(series).items():
            before, base[i] = base[i], base[i] + width
            if drawn:
                edges.setdefault(drawn, {}).setdefault(i, []).extend([before, base[i]])
    for drawn, by_year in edges.items():
        for i, ends in by_year.items():
            if near(max(ends) - min(ends)) > 1e-9:
                found["band", years[i], near(min(ends)), near(max(ends)), drawn] += 1
    return found


def differences(record, other, lang, folder):
    """What only one of them holds, of the picture of a record and the Office charts of another."""
    out = []
    for drawn, native in zip(in_picture(record, lang), in_office(other, lang, folder), strict=True):
        out += [*(drawn - native), *(native - drawn)]
    return out


# --- tests ---------------------------------------------------------------------------------------------------------

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
    assert [r["id"] for r in charts if not has_native(r["chart"])] == []


def without(record, change):
    """A copy of a record, changed."""
    other = copy.deepcopy(record)
    change(other["chart"]["panels"][0]["series"])
    return other


def mark(series):
    series[0]["points"].pop(0)


def segment(series):
    series.pop(1)


def join(series):
    """Two segments become one: a line is joined across a break."""
    series[0]["points"] += series.pop(1)["points"]


def role(series):
    point = next(p for one in series for p in one["points"] if p["role"] == one["role"])
    point["role"] = "claim"
    series[0]["role"] = "claim" if len(series[0]["points"]) == 1 else series[0]["role"]


CHANGES = [(name, change) for name in ("lines", "fan", "multiples") for change in (mark, segment, role)]
CHANGES += [(name, mark) for name in ("stacks", "bars", "whiskers", "paces")]


@pytest.mark.parametrize(("name", "change"), CHANGES)
def test_what_is_dropped_from_one_of_them_is_found(records, name, change, tmp_path):
    other = without(records[name], change)
    assert differences(records[name], other, "zh", tmp_path)
    assert differences(other, records[name], "zh", tmp_path)


def test_a_line_that_is_joined_across_a_break_is_found(whole, tmp_path):
    frame = pd.DataFrame({"year": range(2015, 2021), "value": [1.0, 2, 3, 14, 15, 16], "segment": [0, 0, 0, 1, 1, 1]})
    record = hz.exhibit(whole, "broken_line", hz.Panel(hz.marks(frame), "亿元"), title=("题", "Title")).record
    assert differences(record, record, "zh", tmp_path) == []
    assert differences(record, without(record, join), "zh", tmp_path)


roles = st.sampled_from(["actual", "provisional", "derived", "target", "claim", "part_year", "comparison", "earlier"])
points = st.lists(st.tuples(st.integers(2000, 2030), st.integers(-9000, 90000), roles, st.integers(0, 2)), min_size=2,
                  max_size=14, unique_by=lambda p: (p[0], p[3], p[2] if p[2] not in ("actual", "provisional", "derived") else 0))  # fmt: skip


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(points, st.sampled_from(["line", "column", "bar"]))
def test_whatever_the_marks_are_both_hold_them(whole, tmp_path, rows, kind):
    frame = pd.DataFrame(rows, columns=["year", "value", "role", "segment"])
    frame["value"] /= 100
    if kind != "line":  # one bar of a role at a place
        frame = frame.drop_duplicates(["year", "role"]).assign(segment=0)
    record = hz.exhibit(
        whole, "any_marks", hz.Panel(hz.marks(frame, "role"), "亿元", kind=kind), title=("题", "T")
    ).record
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
    assert not has_native(records["hedgehog"]["chart"])
    [slide] = Presentation(slides.write(alone(records["hedgehog"]), "zh", tmp_path / "a.pptx")).slides
    [shown] = [s for s in slide.shapes if s.shape_type == 13]
    assert office.clean(records["hedgehog"]["alt"]["zh"]) in shown._element.xpath(".//p:cNvPr/@descr")
