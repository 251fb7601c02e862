"""Pictures: glyphs, line breaks, room for every text, one meaning for each mark, equal bytes for equal pictures."""

import itertools
import re
import xml.etree.ElementTree as ElementTree
from contextlib import contextmanager

import numpy as np
import pytest
from exhibit_calls import CALLS, LANGUAGES, exhibit, with_charts
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import colors
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from huzhou_analysis import charts
from huzhou_analysis.exhibit import citation_frame

CLOSING = "，。、；：？！）》」』】〕”’%‰)]},.;:?!…"  # never first in a line (GB/T 15834, and English use)
NOWHERE = "\U000f0000ཀ"  # a private character, and a Tibetan letter that neither font holds


def blank(width=10.0, height=4.0):
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure


def texts_of(shown, lang):
    """Every text that an output of an exhibit may show in a language."""
    yield from (shown.title[lang], shown.subtitle[lang], shown.reading[lang], *shown.foot(lang))
    yield shown.alt.get(lang, "")
    for frame in (shown.frame(lang), citation_frame(shown.citations, lang)):
        yield from map(str, frame.columns)
        yield from frame.astype(str).to_numpy().ravel()


# ------------------------------------------------------------------------------------------------------------ glyphs


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("call", CALLS, ids=str)
def test_every_character_of_every_text_can_be_drawn(call, lang):
    assert {text: missing for text in texts_of(exhibit(call), lang) if (missing := charts.missing_glyphs(text))} == {}


def test_a_character_without_a_glyph_is_reported():
    assert charts.missing_glyphs(f"湖州 {NOWHERE} −3.5% · ≥") == set(NOWHERE)


def ink(text):
    """Pixels of a text drawn in house style."""
    with charts.house_style():
        figure = blank(1, 0.5)
        figure.text(0.1, 0.3, text, fontsize=20)
        figure.canvas.draw()
        return np.asarray(figure.canvas.buffer_rgba())[..., 0].copy()


def test_chinese_is_drawn_as_itself_and_not_as_boxes():
    pictures = [ink(character) for character in "湖州口"]
    with pytest.warns(UserWarning, match="missing from font"):
        pictures.append(ink(NOWHERE[1]))
    for one, other in itertools.combinations(pictures, 2):
        assert (one != other).any()
    assert all((picture < 128).any() for picture in pictures)


def test_a_negative_number_has_a_true_minus_sign():
    with charts.house_style():
        axes = blank().add_subplot()
        axes.set_ylim(-4, 4)
        axes.figure.canvas.draw()
        labels = [label.get_text() for label in axes.get_yticklabels()]
    assert any(label.startswith("−") for label in labels)
    assert not any("-" in label for label in labels)


# ------------------------------------------------------------------------------------------------------- line breaks

words = st.sampled_from([
    "湖州市", "外资", "工业投资", "“地瓜经济”", "（见表）", "《方案》", "2027年", "18亿美元", "34.6%", "GDP",
    "a year", "(derived)", "utilised", "growth,", "R&D", "2023–2025", "≥1,500",
])  # fmt: skip
breaks = st.sampled_from([" ", "，", "。", "、", "；", "："])
sentences = st.lists(st.tuples(words, breaks), min_size=1, max_size=12).map(
    lambda pairs: "".join(word + mark for word, mark in pairs)
)
widths = st.integers(24, 90).map(lambda n: n / 20)


def solid(text):
    return re.sub(r"\s", "", text)


@settings(max_examples=60, deadline=None)
@given(sentences, widths)
def test_wrapping_loses_no_character_and_keeps_to_the_width(text, width):
    with charts.house_style():
        figure = blank()
        lines = charts.wrap(figure, text, 10, width)
        assert solid("".join(lines)) == solid(text)
        assert [line for line in lines if charts.text_width(figure, line, 10) > width] == []


def broken_at(text, width, points=10):
    """Lines that a text is broken into."""
    with charts.house_style():
        return charts.wrap(blank(), text, points, width)


SCALE = [n / 20 for n in range(9, 40)]


@pytest.mark.parametrize("text", ["规划要求达到十八亿美元，比均值高。", "水平值（亿元）年均增长，比重（点）上升。"])
def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one(text):
    for width in SCALE:
        lines = broken_at(text, width)
        assert all(line[0] not in CLOSING and line[-1] not in "（《“" for line in lines), (width, lines)


@pytest.mark.parametrize("text", ["人均（见表）。甲乙丙", "甲乙丙……丁"])
def test_no_line_begins_with_the_second_of_two_closing_marks(text):
    for width in SCALE:
        lines = broken_at(text, width)
        assert all(line[0] not in CLOSING for line in lines), (width, lines)


@pytest.mark.parametrize(("text", "word"), [("规划要求达到2027。", "2027"), ("人均GDP，见表", "GDP"),
                                              ("the “sweet potato” plan", "potato"),
                                              ("目标只有52%，存疑", "52%")])  # fmt: skip
def test_a_word_or_a_number_stays_whole(text, word):
    for width in SCALE[4:]:
        lines = broken_at(text, width)
        assert any(word in line for line in lines), (width, lines)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_titles_and_notes_of_all_exhibits_break_well(lang):
    """No line of any exhibit, at any size, begins with a closing mark or is wider than its picture."""
    wrong = []
    with charts.house_style():
        figure = blank()
        for shown in with_charts():
            lines = {15: [shown.title[lang]], 10: [shown.subtitle[lang]], 7.2: shown.foot(lang)}
            for points, size in itertools.product(lines, set(charts.SIZES) - charts.BARE):
                room = charts.SIZES[size][0] - 2 * charts.Canvas.MARGIN
                height = points if size == "slide" or points < 10 else points * 0.86  # as Canvas sets them
                for text in lines[points]:
                    broken = charts.wrap(figure, text, height, room)
                    assert solid("".join(broken)) == solid(text)
                    wrong += [
                        (shown.id, size, line)
                        for line in broken
                        if line[0] in CLOSING or charts.text_width(figure, line, height) > room
                    ]
    assert wrong == []


# ---------------------------------------------------------------------------------------------------- room for texts


@contextmanager
def noting_texts(seen):
    """Note every text that is really drawn: tick labels out of view, for one, exist without being drawn."""
    original = Text.draw

    def draw(self, renderer, *arguments, **options):
        if self.get_visible() and self.get_text().strip():
            seen[self] = None
        return original(self, renderer, *arguments, **options)

    Text.draw = draw
    try:
        yield
    finally:
        Text.draw = original


def drawn_texts(figure):
    """Texts of a figure with their extents in pixels."""
    seen = {}
    with charts.house_style(), noting_texts(seen):
        figure.canvas.draw()
        renderer = figure.canvas.get_renderer()
        # An annotation's own extent would count its arrow as well.
        return [(text, Text.get_window_extent(text, renderer)) for text in seen]


def shared(one, other):
    """Width and height that two extents have in common, the smaller of the two."""
    return min(min(one.x1, other.x1) - max(one.x0, other.x0), min(one.y1, other.y1) - max(one.y0, other.y0))


def crossed_edges(figure, texts):
    """Texts through which the edge of a bar runs: a text stands inside a bar or outside it."""
    for axes in figure.axes:
        for bar in axes.patches:
            if isinstance(bar, Rectangle):
                box = bar.get_window_extent()
                for text, extent in texts:
                    inside = box.x0 <= extent.x0 and extent.x1 <= box.x1 and box.y0 <= extent.y0 and extent.y1 <= box.y1
                    if shared(box, extent) > 1 and not inside:
                        yield f"{text.get_text()!r} crosses the edge of a bar"


def covered_marks(figure, texts):
    """Texts that lie on the middle of a mark."""
    for axes in figure.axes:
        for line in axes.lines:
            if line.get_marker() not in ("None", "none", "", None):
                points = line.get_transform().transform(line.get_xydata())
                for text, extent in texts:
                    if any(extent.contains(*point) for point in points):
                        yield f"{text.get_text()!r} covers a mark"


def faults(shown, lang, size):
    """What is wrong with the room that texts have in a picture."""
    figure = shown.figure(lang, size)
    texts = drawn_texts(figure)
    assert texts
    width, height = figure.canvas.get_width_height()
    found = [
        f"{text.get_text()!r} leaves the picture"
        for text, box in texts
        if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1
    ]
    found += [
        f"{one.get_text()!r} overlaps {other.get_text()!r}"
        for (one, a), (other, b) in itertools.combinations(texts, 2)
        if shared(a, b) > 1
    ]
    found += [*crossed_edges(figure, texts), *covered_marks(figure, texts)]
    return [f"{shown.id} {lang} {size}: {fault}" for fault in dict.fromkeys(found)]


@pytest.mark.parametrize("size", charts.SIZES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_leaves_the_picture_or_runs_into_another(lang, size):
    assert [fault for shown in with_charts() for fault in faults(shown, lang, size)] == []


def test_the_faults_looked_for_would_be_found():
    from dataclasses import replace

    def crowd(canvas):
        axes = canvas.axes()
        axes.bar(0, 1)
        axes.set_ylim(0, 2)
        axes.plot([0.2], [1.5], "o")
        axes.text(0.2, 1.5, "on a mark", ha="center", va="center")
        axes.text(0, 1, "across an edge", ha="center", va="center")
        axes.figure.text(0.98, 0.5, "out of the picture")
        axes.figure.text(0.5, 0.5, "one")
        axes.figure.text(0.5, 0.5, "two")

    found = " ".join(faults(replace(with_charts()[0], draw=crowd), "en", "slide"))
    for fault in ("'on a mark' covers a mark", "'across an edge' crosses the edge of a bar",
                  "'out of the picture' leaves the picture", "'one' overlaps 'two'"):  # fmt: skip
        assert fault in found


# -------------------------------------------------------------------------------------------------- equal and fontless


@pytest.mark.parametrize("ending", [".png", ".svg", ".pdf"])
@pytest.mark.parametrize("exhibit_id", ["industrial_investment_growth", "foreign_investment_path"])
def test_the_same_picture_is_the_same_bytes(tmp_path, exhibit_id, ending):
    (shown,) = [e for e in with_charts() if e.id == exhibit_id]
    first = shown.save(tmp_path / f"first{ending}", lang="zh")
    again = shown.save(tmp_path / f"again{ending}", lang="zh")
    other = shown.save(tmp_path / f"other{ending}", lang="en")
    assert first.read_bytes() == again.read_bytes()
    assert first.read_bytes() != other.read_bytes()


def test_an_unknown_format_is_refused_with_the_choices(tmp_path):
    with pytest.raises(ValueError, match=r"\.png, \.svg, \.pdf, \.csv, \.pptx, \.docx, \.xlsx"):
        with_charts()[0].save(tmp_path / "chart.bmp")


def test_a_table_has_no_picture():
    (shown, *_) = [e for e in map(exhibit, CALLS) if e.draw is None]
    with pytest.raises(ValueError, match=shown.id):
        shown.figure("zh")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_svg_needs_no_font_and_no_other_file(tmp_path, lang):
    for shown in with_charts():
        path = shown.save(tmp_path / f"{shown.id}.svg", lang=lang)
        root = ElementTree.parse(path).getroot()
        names = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert "path" in names
        assert names & {"text", "tspan", "image", "script", "font"} == set(), shown.id
        links = [value for element in root.iter() for key, value in element.attrib.items() if key.endswith("href")]
        assert all(link.startswith("#") for link in links)
        assert "font-family" not in path.read_text(encoding="utf-8")


def test_pdf_embeds_its_fonts_and_carries_no_date(tmp_path):
    raw = with_charts()[0].save(tmp_path / "chart.pdf").read_bytes()
    assert b"/FontFile" in raw
    assert b"CreationDate" not in raw


@pytest.mark.parametrize(("size", "ratio"), [("slide", 16 / 9), ("square", 1.0)])
def test_sizes_have_their_shape(tmp_path, size, ratio):
    from PIL import Image

    path = with_charts()[0].save(tmp_path / "chart.png", size=size)
    with Image.open(path) as picture:
        assert picture.width / picture.height == pytest.approx(ratio, rel=0.01)


# ------------------------------------------------------------------------------------------ one meaning for each mark


def same(colour, other):
    return colors.to_hex(colour) == colors.to_hex(other)


@pytest.fixture
def axes():
    with charts.house_style():
        yield blank().add_subplot()


def marker(axes):
    return [line for line in axes.lines if line.get_marker() in ("o", "s", "D")][-1]


def test_an_actual_is_solid_and_a_provisional_one_lighter(axes):
    charts.mark_actual(axes, [1], [1])
    assert same(marker(axes).get_markerfacecolor(), charts.ACTUAL)
    charts.mark_actual(axes, [1], [1], provisional=True)
    assert luminance(marker(axes).get_markerfacecolor()) > luminance(charts.ACTUAL)


def test_a_target_is_outlined_on_a_dashed_path(axes):
    charts.mark_target(axes, [1, 2], [1, 2])
    assert same(marker(axes).get_markerfacecolor(), charts.PAPER)
    assert same(marker(axes).get_markeredgecolor(), charts.TARGET)
    assert [line.get_linestyle() for line in axes.lines if line.get_marker() == "None"] == ["--"]


def test_a_derived_value_is_hollow_with_its_interval(axes):
    charts.mark_derived(axes, [1], [2], [1.5], [2.5])
    assert same(marker(axes).get_markerfacecolor(), charts.PAPER)
    ((low, high),) = [segment[:, 1] for segment in axes.collections[0].get_segments()]
    assert (low, high) == (1.5, 2.5)


def bars(figure):
    """Bars of a picture."""
    return [patch for axes in figure.axes for patch in axes.patches if isinstance(patch, Rectangle)]


def test_in_all_pictures_claims_are_hatched_targets_outlined_and_derived_values_dotted():
    seen = set()
    for shown in with_charts():
        figure = shown.figure("zh", "page")
        for bar in bars(figure):
            edge = bar.get_edgecolor()
            if same(edge, charts.CLAIM):
                seen.add("claim")
                assert bar.get_hatch(), shown.id
            else:
                assert not bar.get_hatch(), f"{shown.id}: only claims are hatched"
            if same(edge, charts.ACTUAL):
                seen.add("actual")
                assert same(bar.get_facecolor(), charts.ACTUAL), shown.id
            if same(edge, charts.DERIVED):
                seen.add("derived")
                assert bar.get_linestyle() in (":", "dotted"), shown.id
            if any(same(edge, colour) for colour in (charts.CLAIM, charts.TARGET, charts.DERIVED)):
                assert same(bar.get_facecolor(), charts.PAPER), shown.id
        for axes in figure.axes:
            for line in axes.lines:
                if line.get_marker() == "s":
                    seen.add("target")
                    assert same(line.get_markerfacecolor(), charts.PAPER), shown.id
    assert seen == {"claim", "actual", "derived", "target"}


def test_the_claim_on_industrial_investment_is_the_hatched_bar():
    (shown,) = [e for e in with_charts() if e.id == "industrial_investment_growth"]
    heights = {round(bar.get_height(), 1): bool(bar.get_hatch()) for bar in bars(shown.figure("zh"))}
    assert heights[300.8] is True  # printed by a promotional page
    assert heights[1070.0] is False  # printed by the work report


def test_grids_are_horizontal_only(axes):
    assert not any(line.get_visible() for line in axes.get_xgridlines())
    assert all(line.get_visible() for line in axes.get_ygridlines())


def luminance(colour):
    """Relative luminance after WCAG 2."""
    parts = np.array(colors.to_rgb(colour))
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_marks_stand_out_from_the_paper_and_from_each_other():
    marks = [charts.ACTUAL, charts.TARGET, charts.DERIVED, charts.CLAIM]
    assert all(contrast(colour, charts.PAPER) >= 3 for colour in marks)  # WCAG 2, graphical objects
    assert contrast(charts.ACTUAL, charts.TARGET) >= 2


@pytest.mark.parametrize("colour", [charts.INK, charts.MUTED, charts.TARGET])
def test_every_colour_that_text_is_written_in_can_be_read(colour):
    assert contrast(colour, charts.PAPER) >= 4.5


def test_text_is_written_in_these_colours_only():
    allowed = {colors.to_hex(colour) for colour in (charts.INK, charts.MUTED, charts.TARGET)}
    for shown in with_charts():
        assert {colors.to_hex(text.get_color()) for text, _ in drawn_texts(shown.figure("en"))} <= allowed, shown.id
