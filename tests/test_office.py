"""Slides, documents and workbooks: whole packages, the same bytes, text that stays text, templates, numbers as numbers."""

import io
import json
import math
import posixpath
import re
import shutil
import zipfile
from collections import Counter

import openpyxl
import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pptx import Presentation
from varied_records import exhibits

import huzhou_analysis as hz
from huzhou_analysis.analysis.targets import STATUSES
from huzhou_analysis.report import document, slides, workbook
from huzhou_analysis.report.content import WORDS, Content, Section, alone
from huzhou_analysis.report.document import TemplateWarning
from huzhou_analysis.show import canvas
from huzhou_analysis.show.native import clean

LANGUAGES = ("zh", "en")
RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
MARKDOWN = {
    "zh": "## 先看水平\n\n**水平**和`(18 / 5.8)`：\n\n- 第一\n- 第二",
    "en": "## Level first\n\nThe **level**:\n\n- one\n- two",
}


@pytest.fixture(scope="module")
def records(whole):
    return exhibits(whole)


@pytest.fixture(scope="module")
def content(records):
    parts, names = [], [("利用外资", "Foreign investment"), ("其他", "Other: more")]
    for n, (name, some) in enumerate(zip(names, (records[:5], records[5:]), strict=True)):
        blocks = [{"kind": "text", **MARKDOWN}]
        for r in some:
            said = {"kind": "finding", "zh": f"结论{r['id']}。", "en": f"Finding {r['id']}.", "figures": [], "tags": []}
            blocks += [{"kind": "exhibit", "id": r["id"]}, said]
        blocks.append({"kind": "missing", "zh": "暂无数据", "en": "no figures on file"})
        parts.append(Section(f"0{n}_x", dict(zip(LANGUAGES, name, strict=True)), blocks, {r["id"]: r for r in some}))
    counts = dict.fromkeys(re.findall(r"{(\w+)}", WORDS["counts"].en), 9)
    return Content({"zh": "湖州市", "en": "Huzhou"}, parts, counts, {}, {"latest": [], "targets": []})


NUMBER = r"\d[\d,.]*(?<=\d)[%‰]?"
WRITERS = {
    "briefing.pptx": slides.write,
    "appendix.pptx": slides.write_appendix,
    "report.docx": document.write,
    "brief.docx": document.write_brief,
    "workbook.xlsx": workbook.write,
}


@pytest.fixture(scope="module")
def written(content, whole, tmp_path_factory):
    folder = tmp_path_factory.mktemp("office")
    for lang in LANGUAGES:
        (folder / lang).mkdir()
        for name, write in WRITERS.items():
            write(content, lang, folder / lang / name, whole)
    return folder


def faults(body):
    """What would make an office program offer to repair a file: parts without a type, links without an end, ids twice."""
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        names = book.namelist()
        parts = {name: book.read(name) for name in names}
    types = etree.fromstring(parts["[Content_Types].xml"])
    known = {o.get("PartName").lstrip("/") for o in types.iter(TYPES + "Override")}
    endings = {d.get("Extension").lower() for d in types.iter(TYPES + "Default")} | {"[content_types].xml"}
    found = [f"{n} twice" for n in parts if names.count(n) > 1] + [f"{n} without a part" for n in known - set(parts)]
    found += [f"{n} without a type" for n in parts if n not in known and not n.lower().endswith(tuple(endings))]
    for name in (n for n in names if n.endswith((".xml", ".rels"))):
        root = etree.fromstring(parts[name])
        if "slide" in name or name == "word/document.xml":
            ids = Counter(e.get("id") for e in root.iter("{*}docPr", "{*}cNvPr") if e.get("id") != "0")
            found += [f"{name}: shape {i} twice" for i, n in ids.items() if n > 1]
        if not name.endswith(".rels"):
            continue
        base = posixpath.dirname(posixpath.dirname(name))
        owner = posixpath.join(base, posixpath.basename(name)[:-5])
        used = set(re.findall(r'r:(?:id|embed)="(rId\d+)"', parts.get(owner, b"").decode(errors="ignore")))
        listed = list(root.iter(RELATIONS))
        inner = [r.get("Target") for r in listed if r.get("TargetMode") != "External"]
        ends = {t: t.lstrip("/") if t[0] == "/" else posixpath.normpath(posixpath.join(base, t)) for t in inner}
        found += [f"{name}: {t} is missing" for t, end in ends.items() if end not in parts]
        found += [f"{owner}: {i}" for i in used - {r.get("Id") for r in listed}]
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", WRITERS)
def test_packages_are_whole_and_charts_carry_the_workbook_that_they_show(written, name, lang):
    body = (written / lang / name).read_bytes()
    assert faults(body) == []
    if name.endswith("xlsx"):
        return
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        charts = [n for n in book.namelist() if re.search(r"charts/chart\d+\.xml$", n)]
        assert charts or name == "brief.docx"
        for chart in charts:
            rels = book.read(re.sub(r"charts/(chart\d+\.xml)$", r"charts/_rels/\1.rels", chart)).decode()
            inner = re.search(r'Target="[^"]*?([^/"]+\.xlsx)"', rels)[1]
            place = next(n for n in book.namelist() if n.endswith("embeddings/" + inner))
            sheet = openpyxl.load_workbook(io.BytesIO(book.read(place)))["Sheet1"]
            for reference in etree.fromstring(book.read(chart)).iter("{*}f"):
                cells = sheet[reference.text.split("!")[1].replace("$", "")]
                cells = [c[0] for c in cells] if isinstance(cells, tuple) else [cells]
                shown = {int(p.get("idx")): p.findtext("{*}v") for p in reference.getparent().iter("{*}pt")}
                for i, cell in enumerate(cells):
                    same = str(cell.value) == shown.get(i, "None") or math.isclose(float(cell.value), float(shown[i]))
                    assert same and cell.data_type != "f"


@pytest.mark.parametrize("name", WRITERS)
def test_two_runs_are_the_same_bytes_and_hold_no_date(written, content, whole, name, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1999999999")
    WRITERS[name](content, "zh", tmp_path / name, whole)
    body = (tmp_path / name).read_bytes()
    assert body == (written / "zh" / name).read_bytes()
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        assert {i.date_time for i in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert set(re.findall(rb">(\d{4})-", book.read("docProps/core.xml"))) <= {b"1980"}


def hostile(record):
    """A record whose every text is what a file could stumble over."""
    bad = "=cmd|'/c calc'!A1 <b>&amp;\x0b\ufffe]]> " + "长" * 400

    def worse(value, key=""):
        if isinstance(value, dict):
            return {k: worse(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [worse(v) for v in value]
        return bad + value if isinstance(value, str) and key in LANGUAGES else value

    return worse(record) | {"picture": record["picture"]}


@pytest.mark.parametrize("n", range(8))
def test_text_from_data_is_never_markup_or_a_formula(records, whole, n, tmp_path):
    record = hostile(records[n] if records[n]["id"] != "hedgehog_x" else records[-1])
    for write, name in ((slides.write, "a.pptx"), (document.write, "a.docx"), (workbook.write, "a.xlsx")):
        assert faults(write(alone(record), "zh", tmp_path / name, whole).read_bytes()) == []
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert [c.coordinate for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"] == []
    [slide] = Presentation(tmp_path / "a.pptx").slides
    assert slide.shapes.title.text.startswith("=cmd|'/c calc'!A1 <b>&amp; ]]> ")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_briefing_has_at_most_twelve_slides_that_name_their_sources_and_stay_on_the_slide(written, records, lang):
    deck = Presentation(written / lang / "briefing.pptx")
    assert len(deck.slides) == 12
    by_title = {clean(r["title"][lang]): r for r in records}
    shown = [s for s in deck.slides if s.shapes.title.text in by_title]
    assert len(shown) == 10
    for slide in deck.slides:
        assert slide.shapes.title.text
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.left + shape.width <= deck.slide_width
            assert shape.top >= 0 and shape.top + shape.height <= deck.slide_height * 1.001
            if shape.has_chart or shape.has_table or shape.shape_type == 13:
                assert shape._element.xpath(".//p:cNvPr/@descr")[0]
    for slide in shown:
        record = by_title[slide.shapes.title.text]
        words = "\n".join(s.text_frame.text for s in slide.shapes if s.has_text_frame)
        assert clean(record["sources"][lang]) in words and "见出处" not in words and "citations" not in words
        said = json.dumps(record, ensure_ascii=False)
        assert set(re.findall(NUMBER, words)) <= set(re.findall(NUMBER, said))
        notes = slide.notes_slide.notes_text_frame.text
        assert 0 < len(notes) < 600 and clean(record["reading"][lang]) in notes
    [messages] = [s.text_frame.text.splitlines() for s in deck.slides[1].shapes if s.name == "messages"]
    place = {"zh": "（第{}页）", "en": " (slide {})"}[lang]
    assert messages == [s.shapes.title.text + place.format(n) for n, s in enumerate(shown, 3)]


def test_a_template_without_the_layouts_says_what_is_missing_and_its_nearest_is_used(records, tmp_path):
    """One of someone's own: another size, other names, a slide in it, few layouts."""
    made, own = Presentation(), tmp_path / "own.pptx"
    made.slides.add_slide(made.slide_layouts[0]).shapes.title.text = "old"
    for layout in list(made.slide_layouts)[1:]:
        if layout.name not in ("Title Only", "Blank"):
            made.slide_layouts.remove(layout)
    for n, layout in enumerate(made.slide_layouts):
        layout.name = f"版式{n}"
        layout._element.attrib.pop("type", None)
    made.save(own)
    with pytest.warns(TemplateWarning) as said:
        slides.write(alone(records[0]), "zh", tmp_path / "a.pptx", template=own)
    assert any("Title Only" in str(w.message) and "版式" in str(w.message) for w in said)
    made = Presentation(tmp_path / "a.pptx")
    assert (made.slide_width, made.slide_height) == (9144000, 6858000)
    [slide] = made.slides
    assert slide.slide_layout.name == "版式1" and slide.shapes.title.text == records[0]["title"]["zh"]
    assert faults((tmp_path / "a.pptx").read_bytes()) == []


def test_a_broken_template_is_refused_by_name(records, tmp_path):
    (tmp_path / "broken.pptx").write_bytes(b"no zip at all")
    shutil.copy(__file__, tmp_path / "broken.docx")
    for write in (slides.write, document.write):
        for name in ("broken.pptx", "broken.docx", "none.pptx"):
            with pytest.raises(ValueError, match=name):
                write(alone(records[0]), "zh", tmp_path / "out", template=tmp_path / name)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_report_has_every_exhibit_and_contents_that_lead_somewhere(written, records, lang):
    made = Document(written / lang / "report.docx")
    titles = [clean(r["title"][lang]) for r in records]
    assert [p.text for p in made.paragraphs if p.style.name.startswith("Heading") and p.text in titles] == titles
    body = made.element.body
    anchors = set(body.xpath(".//w:hyperlink/@w:anchor"))
    assert anchors and anchors <= set(body.xpath(".//w:bookmarkStart/@w:name"))
    begun, ended = (len(body.xpath(f".//w:fldChar[@w:fldCharType='{k}']")) for k in ("begin", "end"))
    assert begun == ended
    assert all(body.xpath(".//wp:docPr/@descr"))
    panels = [p for r in records if r["chart"] and r["id"] != "hedgehog_x" for p in r["chart"]["panels"]]
    assert len(body.xpath(".//*[local-name()='chart']")) == sum(p["kind"] != "heat" for p in panels)
    text = "\n".join(p.text for p in made.paragraphs)
    assert all(r["sources"][lang] in text for r in records)


def test_a_style_template_is_used_and_what_it_lacks_is_said(records, tmp_path):
    own = Document()
    own.add_paragraph("old text")
    own.sections[0].header.paragraphs[0].text = "机关名"
    own.styles.element.remove(own.styles["Caption"].element)
    own.save(tmp_path / "own.docx")
    with pytest.warns(TemplateWarning, match="Caption"):
        document.write(alone(records[0]), "zh", tmp_path / "a.docx", template=tmp_path / "own.docx")
    made = Document(tmp_path / "a.docx")
    assert made.sections[0].header.paragraphs[0].text == "机关名"
    assert "old text" not in "\n".join(p.text for p in made.paragraphs)
    assert faults((tmp_path / "a.docx").read_bytes()) == []


def points_missed(path, lang):
    """Where a workbook misses the checklist of accessible spreadsheets (gptables, UK government), and the few of our own."""
    book = openpyxl.load_workbook(path)
    named = [name for sheet in book for name in sheet.tables]
    linked = [c.hyperlink.location for sheet in book for row in sheet.iter_rows() for c in row if c.hyperlink]
    codes = {c.value for row in book[book.sheetnames[2]].iter_rows() for c in row}
    first = {"zh": ["封面", "目录", "说明"], "en": ["Cover", "Contents", "Notes"]}[lang]
    yield "cover, contents, notes first", book.sheetnames[:3] == first
    yield "a title", book.properties.title
    yield "tables of one name", len(named) == len(set(named))
    links = {place.split("!")[0].strip("'") for place in linked}
    yield "links lead to every sheet but the cover", links == set(book.sheetnames[1:])
    for sheet in book:
        at, fits = sheet.title, sheet.sheet_properties.pageSetUpPr.fitToPage
        frozen = openpyxl.utils.cell.coordinate_to_tuple(sheet.freeze_panes or "A1")
        yield f"{at}: its name in the language", bool(re.search("[\u4e00-\u9fff]", at)) == (lang == "zh")
        yield f"{at}: a title in A1, visible", sheet["A1"].value and sheet.sheet_state == "visible"
        yield f"{at}: nothing merged", not sheet.merged_cells.ranges
        yield f"{at}: frozen rows leave a screen", frozen[0] <= 9 and frozen[1] <= 2
        yield f"{at}: printed one page wide", fits and sheet.page_setup.fitToWidth in (None, 1)
        for table in sheet.tables.values():
            head, *rows = sheet[table.ref]
            heads = [c.value for c in head]
            yield f"{at}: heads {heads}", all(heads) and len(set(heads)) == len(heads) and table.headerRowCount != 0
            yield f"{at}: no empty cell", all(c.value not in (None, "") for row in rows for c in row)
            for column in zip(*rows, strict=True):
                texts = [c.value for c in column if c.data_type == "s"]
                if any(c.data_type == "n" for c in column):
                    yield f"{at}: numbers are numbers", not [t for t in texts if re.fullmatch(r"[−-]?[\d,.]+ ?%?", t)]
                yield f"{at}: codes are explained", {t for t in texts if re.fullmatch(r"\[.\]", t)} <= codes
    with zipfile.ZipFile(path) as parts:
        for part in (n for n in parts.namelist() if re.search(r"drawings/drawing\d+\.xml$", n)):
            shown = re.findall(rb"<xdr:cNvPr [^>]*>", parts.read(part))
            yield f"{part}: in words what is drawn", shown and all(re.search(rb'descr="[^"]+"', one) for one in shown)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_workbook_keeps_to_the_checklist_of_accessible_spreadsheets(written, lang):
    assert [point for point, held in points_missed(written / lang / "workbook.xlsx", lang) if not held] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_gaps_are_arithmetic_that_comes_to_what_the_library_says(written, whole, lang):
    name = workbook.WORDS["gaps"][lang]
    formulas, values = (
        openpyxl.load_workbook(written / lang / "workbook.xlsx", data_only=only)[name] for only in (False, True)
    )
    [table] = formulas.tables.values()
    (head, *rows), shown = formulas[table.ref], values[table.ref][1:]
    away = [formulas.column_dimensions[openpyxl.utils.get_column_letter(c.column)].hidden for c in head]
    assert away[:12] == [False] * 12 and len(head) > 20
    gaps = hz.target_gaps(whole, full=True)
    assert len(rows) == len(gaps)
    counted = 0
    for row, made, cells in zip(gaps.to_dict("records"), rows, shown, strict=True):
        target, actual, gap, required, left = (cells[c].value for c in (1, 4, 6, 7, 14))
        assert cells[10].value == STATUSES[row["status"]][lang]
        if not str(made[6].value).startswith("="):
            continue
        unit = whole.units[row["unit"]]
        scale = 1 if lang == "zh" else 10.0 ** (unit.unit_mult - unit.unit_mult_en)
        held = [gap, abs(gap), target, actual]
        known = [row["gap"] * scale, abs(target - actual), row["target"] * scale, row["actual"] * scale]
        assert held == pytest.approx(known, rel=1e-9, abs=1e-9)
        if (formula := str(made[7].value)).startswith("="):
            counted += 1
            plain = ((target / actual) ** (1 / left) - 1) * 100 if "^" in formula else (target - actual) / left
            assert math.isclose(required, plain, rel_tol=1e-9)
            assert "^" not in formula or math.isclose(required, row["required_pace"], rel_tol=1e-6)
    assert counted >= 5


def test_english_money_is_numbers_in_its_own_unit(written, whole):
    book = openpyxl.load_workbook(written / "en" / "workbook.xlsx")
    [table] = book["Figures"].tables.values()
    rows = {row[0].value: row for row in book["Figures"][table.ref]}
    assert len(rows) == len(whole.figures) + 1
    figure = rows["D001-GWR.gdp.2013"]  # 1803.2 亿元
    assert (figure[4].value, figure[5].value, figure[4].number_format) == (180.32, "CNY bn", "#,##0.00;−#,##0.00")
    table = list(book["Other"].tables.values())[-1]
    head, first, _, last = book["Other"][table.ref]
    assert [c.value for c in head] == ["Indicator", "Level", "Growth (%)", "Amount (CNY bn)", "Number"]
    shown = [(c.value, c.number_format.split(";")[0]) for c in (first[1], first[3], last[1])]
    assert shown == [(180.32, '#,##0.00" CNY bn"'), (180.32, "#,##0.00"), (9.06, '#,##0.00" %"')]
    assert isinstance(last[3].value, float) and first[0].value == "GDP"


def test_names_of_sheets_are_what_the_format_allows_and_never_the_same():
    taken = set()
    names = [workbook.sheet_name(w, taken) for w in ("a/b:c", "a b c", "历史" * 20, "历史" * 20, "'history'", "", "[]")]
    assert len({n.lower() for n in names}) == len(names)
    assert all(0 < len(n) <= 31 and not set(n) & set("[]:*?/\\") and n.lower() != "history" for n in names)


@settings(max_examples=60)
@given(st.text(st.sampled_from("湖州市外资，。（）“”GDP 2027年18.5%$bn-"), max_size=120), st.integers(3, 40))
def test_lines_hold_every_character_and_keep_to_the_width(words, width):
    lines = canvas.lines_of(words, width)
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", words)
    for line in lines:
        assert canvas.width_of(line) <= width + 2 or not re.search(r"[\u2e80-\u9fff ]", line)
    points, shown, height = canvas.fitted(words, 3, 0.5, 20, 8)
    assert height <= 0.5 or points == 8
    assert shown == words or shown.endswith("…")
    assert set(re.findall(NUMBER, shown)) <= set(re.findall(NUMBER, words))
