"""The policy brief in Word: real footnotes, captions in order, both fonts on every run, nothing of a text is markup."""

import re
import zipfile
from dataclasses import replace
from functools import cache
from io import BytesIO

import pandas as pd
import pytest
from docx import Document
from exhibit_calls import CALLS, exhibit
from huzhou_analysis.exhibit import Card, Column, Exhibit
from huzhou_analysis.export import document, office
from huzhou_analysis.export.html import City, Section
from lxml import etree
from matplotlib.patches import Rectangle
from PIL import Image

from huzhou_analysis import charts
from huzhou_analysis.facts import words as i18n
from huzhou_analysis.facts.words import text

CITY = City(text("示例", "Exampleton"), text("示例省示例市", "Exampleton City, Sample Province"), "2030")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
LANGUAGES = pytest.mark.parametrize("lang", i18n.LANGUAGES)
HOSTILE = "=cmd()|'x' <script>alert(1)</script> &amp; {0} \x0b\x00\ufffe\ud800 ]]> " + "很长" * 300 + "x" * 300
SURVIVES = "=cmd()|'x' <script>alert(1)</script> &amp; {0}"


# --- what is written ------------------------------------------------------------------------------------------------


def cited(*figures):
    """Citations of figures of two documents."""
    rows = [
        {
            "figure_id": figure,
            "as_printed": f"共{n}亿元",
            "record_type": "actual",
            "obs_status": "A",
            "time_basis": "stated",
            "comment": "",
            "locator_zh": f"第{n}段",
            "locator_en": f"para {n}",
            "source_zh": f"《文件{n % 2}》（发布者，2024）",
            "source_en": f"Document {n % 2} (2024)",
            "value_zh": f"{n}亿元",
            "value_en": f"CNY {n} bn",
            "period_zh": "2023年",
            "period_en": "2023",
        }
        for n, figure in enumerate(figures, 1)
    ]
    return pd.DataFrame(rows)


def draw(canvas):
    canvas.axes().plot([2022, 2023], [1, 2])


def made(id, *, rows=3, chart=False, cards=(), word="发现", en="Finding"):
    """A small exhibit."""
    return Exhibit(
        id=id,
        title=text(f"{word}：{id}", f"{en}: {id}"),
        subtitle=text(f"{word}，亿元", f"{en}, CNY bn"),
        reading=text(f"{word}升到1.5。第二句。", f"{en} rose to 1.5 points. A second sentence."),
        table=pd.DataFrame({"name": [f"{word}{n}" for n in range(rows)], "value": [float(n) for n in range(rows)]}),
        columns=[Column("name", text("名称", "Name")), Column("value", text("数值", "Value"), 1)],
        citations=cited(f"{id}.a", f"{id}.b", f"{id}.c"),
        draw=draw if chart else None,
        notes=[text(f"{word}注。", f"{en} note.")],
        cards=cards,
    )


def section(folder, stem, *exhibits):
    """A section with the pictures of its exhibits beside it."""
    folder = folder / stem
    folder.mkdir(parents=True, exist_ok=True)
    for e in exhibits:
        if e.draw is not None:
            for lang in i18n.LANGUAGES:
                charts.save(e.figure(lang), folder / f"{e.id}.{lang}.png")
    records = [e.record() | {"order": n} for n, e in enumerate(exhibits)]
    return Section(stem, text(f"主题{stem}", f"Topic {stem}"), records, folder, CITY)


def card(name, verdict):
    return Card(text(name, name), [(text("目标", "Target"), text("50%", "50%")), (text("结论", "Verdict"), verdict)])


@pytest.fixture(scope="module")
def sections(tmp_path_factory):
    """A brief with every part, every kind of exhibit, and a notebook that nobody has planned for."""
    folder = tmp_path_factory.mktemp("records")
    verdict = text("超前", "ahead")
    return [
        section(folder, "01_trade", made("exports", chart=True), made("imports", rows=40)),
        section(folder, "05_targets", made("first"), made("scoreboard", chart=True)),
        section(folder, "06_ledger", made("ledger")),
        section(folder, "11_outlook", made("chances", cards=[card("指标甲", verdict), card("指标乙", verdict)])),
        section(folder, "37_new", made("new", chart=True)),
        section(folder, "no_number", made("unnumbered")),
        Section("08_empty", text("空", "Empty"), [], folder),
    ]


@pytest.fixture(scope="module")
def briefs(sections, tmp_path_factory):
    folder = tmp_path_factory.mktemp("briefs")
    return {lang: Brief(document.write(sections, lang, folder / f"{lang}.docx")) for lang in i18n.LANGUAGES}


class Brief:
    """A written file, taken apart."""

    def __init__(self, path):
        self.path = path
        with zipfile.ZipFile(path) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
        self.body = etree.fromstring(self.parts["word/document.xml"])
        self.notes = etree.fromstring(self.parts["word/footnotes.xml"])

    def paragraphs(self, *styles):
        for p in self.body.iter(f"{W}p"):
            style = p.find(f"{W}pPr/{W}pStyle")
            if style is not None and style.get(f"{W}val") in styles:
                yield p

    def texts(self, *styles):
        return [shown(p) for p in self.paragraphs(*styles)]

    def footnotes(self):
        return {int(n.get(f"{W}id")): shown(n).strip() for n in self.notes if n.get(f"{W}type") is None}


def shown(element):
    return "".join(t.text or "" for t in element.iter(f"{W}t"))


# --- parts and their order ------------------------------------------------------------------------------------------


@LANGUAGES
def test_notebooks_join_the_part_that_their_number_names(briefs, lang):
    parts = [CITY.said(document.WORDS[key])[lang] for key in ("summary", "stand", "gaps", "outlook", "notes")]
    found = [re.sub(r"^([一二三]、|\d\. )", "", heading) for heading in briefs[lang].texts("Heading1")]
    assert found == parts
    topics = [heading for heading in briefs[lang].texts("Heading2") if re.search("主题|Topic", heading)]
    order = ["01_trade", "37_new", "no_number", "05_targets", "11_outlook", "06_ledger"]
    assert [topic.rsplit("主题", 1)[-1].rsplit("Topic ", 1)[-1] for topic in topics] == order


def test_chinese_headings_count_in_chinese_and_english_ones_in_figures(briefs):
    assert briefs["zh"].texts("Heading1")[1:3] == ["一、现状", "二、差距"]
    assert briefs["zh"].texts("Heading2")[:2] == ["（一）主题01_trade", "（二）主题37_new"]
    assert briefs["en"].texts("Heading2")[:2] == ["1.1 Topic 01_trade", "1.2 Topic 37_new"]


@pytest.mark.parametrize(
    ("number", "word"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (21, "二十一"), (99, "九十九")]
)
def test_chinese_numbers_of_headings(number, word):
    assert document.chinese_number(number) == word


@LANGUAGES
def test_summary_takes_the_first_of_each_section_and_the_scoreboard_with_one_sentence(briefs, lang):
    bullets = briefs[lang].texts("ListBullet")[: -len(document.METHOD)]
    names = ["exports", "new", "unnumbered", "first", "scoreboard", "chances", "ledger"]
    assert [re.search(r"[a-z]+(?=。|\. )", bullet)[0] for bullet in bullets] == names
    assert all("升到1.5。" in b or "rose to 1.5 points." in b for b in bullets)
    assert not any("第二句" in b or "second" in b for b in bullets)


@LANGUAGES
def test_the_contents_list_the_headings_of_two_levels_and_lead_to_them(briefs, lang):
    brief = briefs[lang]
    entries = [p for p in brief.paragraphs("TOC1", "TOC2") if shown(p)]
    assert [shown(p) for p in entries] == brief.texts("Heading1", "Heading2")
    anchors = [p.find(f"{W}hyperlink").get(f"{W}anchor") for p in entries]
    marks = [p.find(f"{W}bookmarkStart").get(f"{W}name") for p in brief.paragraphs("Heading1", "Heading2")]
    assert anchors == marks
    assert any(code.text.strip().startswith('TOC \\o "1-2"') for code in brief.body.iter(f"{W}instrText"))


@LANGUAGES
def test_no_field_asks_to_be_updated_and_every_field_is_whole(briefs, lang):
    brief = briefs[lang]
    assert b"updateFields" not in brief.parts["word/settings.xml"]
    assert not list(brief.body.iter(f"{W}dirty"))
    for name in brief.parts:
        if re.fullmatch(r"word/(document|header\d|footer\d)\.xml", name):
            root = etree.fromstring(brief.parts[name])
            kinds = [c.get(f"{W}fldCharType") for c in root.iter(f"{W}fldChar")]
            assert all(c.get(f"{W}dirty") is None for c in root.iter(f"{W}fldChar"))
            assert kinds == ["begin", "separate", "end"] * (len(kinds) // 3)


@LANGUAGES
def test_every_link_leads_somewhere_and_names_are_given_once(briefs, lang):
    names = [b.get(f"{W}name") for b in briefs[lang].body.iter(f"{W}bookmarkStart")]
    ids = [b.get(f"{W}id") for b in briefs[lang].body.iter(f"{W}bookmarkStart")]
    assert len(set(names)) == len(names) and len(set(ids)) == len(ids)
    assert {h.get(f"{W}anchor") for h in briefs[lang].body.iter(f"{W}hyperlink")} <= set(names)
    assert [b.get(f"{W}id") for b in briefs[lang].body.iter(f"{W}bookmarkEnd")] == ids


# --- exhibits -------------------------------------------------------------------------------------------------------


@LANGUAGES
def test_every_exhibit_stands_once_with_its_finding_measure_reading_and_notes(briefs, sections, lang):
    brief, records = briefs[lang], [r for s in sections for r in s.records]
    assert sorted(brief.texts("Heading3")) == sorted(r["title"][lang] for r in records)
    captions = brief.texts("Caption")
    for record in records:
        assert any(record["subtitle"][lang] in caption for caption in captions)
        assert record["reading"][lang] in brief.texts("Reading")
        assert all(line in brief.texts("ExhibitNote") for line in record["foot"][lang][:-1])


@LANGUAGES
def test_captions_are_numbered_in_order_by_fields_that_hold_their_numbers(briefs, lang):
    captions = briefs[lang].texts("Caption")
    for kind, word in (("Figure", document.WORDS["figure"][lang]), ("Table", document.WORDS["table"][lang])):
        numbers = [int(m[1]) for m in (re.match(rf"{word}(\d+)", caption) for caption in captions) if m]
        fields = [c.text for c in briefs[lang].body.iter(f"{W}instrText") if c.text.strip().startswith(f"SEQ {kind} ")]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(fields) == len(numbers) > 1


@LANGUAGES
def test_every_picture_says_in_words_what_it_shows(briefs, sections, lang):
    pictures = list(briefs[lang].body.iter(f"{WP}docPr"))
    records = {r["id"]: r for s in sections for r in s.records}
    assert [p.get("name").split(".")[0] for p in pictures] == ["exports", "new", "scoreboard"]
    for picture in pictures:
        assert picture.get("descr") == records[picture.get("name").split(".")[0]]["alt"][lang]
    assert len({p.get("id") for p in pictures}) == len(pictures)


@LANGUAGES
def test_pictures_keep_within_the_margins_and_lose_no_part_of_the_chart(briefs, lang):
    for inline in briefs[lang].body.iter(f"{WP}inline"):
        extent = inline.find(f"{WP}extent")
        assert 0.9 < int(extent.get("cx")) / (document.TEXT_WIDTH * document.EMU) <= 1
        assert [inline.get(f"dist{side}") for side in "TBLR"] == ["0"] * 4


@LANGUAGES
@pytest.mark.parametrize("length", [1, 12])
def test_a_cropped_chart_has_all_of_its_ink_and_nothing_of_the_slides_texts(tmp_path, lang, length):
    def fill(canvas):
        axes = canvas.axes(left=0, right=0, top=0, bottom=0)
        axes.set_axis_off()
        axes.add_patch(Rectangle((0, 0), 1, 1, color="#ff0000", transform=axes.transAxes))

    e = replace(made("filled", word="发现" * length, en="A finding " * length, chart=True), draw=fill)
    charts.save(e.figure(lang), tmp_path / "filled.png")
    png, _, _ = document.cropped(tmp_path / "filled.png", e.record(), lang)
    with Image.open(tmp_path / "filled.png") as whole, Image.open(BytesIO(png)) as inside:
        red = [sum(n for n, (r, g, b) in image.convert("RGB").getcolors(1 << 24) if r > 200 > 60 > max(g, b))
               for image in (whole, inside)]  # fmt: skip
        dark = [n for n, (r, g, b) in inside.convert("RGB").getcolors(1 << 24) if r < 150]
    assert red[0] == red[1] > 0
    assert not dark


@LANGUAGES
def test_a_chart_without_its_picture_is_shown_as_its_table(tmp_path, lang):
    e = made("lost", chart=True)
    bare = Section("01_x", text("题", "X"), [e.record()], tmp_path)
    brief = Brief(document.write([bare], lang, tmp_path / "x.docx"))
    assert not list(brief.body.iter(f"{WP}inline"))
    assert shown(next(brief.body.iter(f"{W}tbl"))).startswith({"zh": "名称数值", "en": "NameValue"}[lang])


@LANGUAGES
def test_long_tables_are_cut_and_say_so(briefs, sections, lang):
    rows = [t for t in briefs[lang].body.iter(f"{W}tbl") if len(t.findall(f"{W}tr")) == document.ROWS_SHOWN + 1]
    assert len(rows) == 1
    said = [t for t in briefs[lang].texts("TableNote") if t]
    assert len(said) == 1 and "15" in said[0] and "40" in said[0]
    first = sections[0].records[1]["table"][lang]["rows"][0]
    assert [shown(cell) for cell in rows[0].findall(f"{W}tr")[1].iter(f"{W}tc")] == first


@LANGUAGES
def test_tables_repeat_their_head_do_not_break_rows_and_set_numbers_right(briefs, lang):
    tables = list(briefs[lang].body.iter(f"{W}tbl"))
    assert len(tables) > 4
    for table in tables:
        head, *rows = table.findall(f"{W}tr")
        assert head.find(f"{W}trPr/{W}tblHeader") is not None
        assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in (head, *rows))
        assert all(row.find(f"{W}trPr/{W}tblHeader") is None for row in rows)
        widths = [int(c.get(f"{W}w")) for c in table.find(f"{W}tblGrid")]
        assert sum(widths) == document.TEXT_WIDTH and min(widths) > 300
    numbers = [cell for table in tables for row in table.findall(f"{W}tr") for cell in row.findall(f"{W}tc")[1:2]
               if re.fullmatch(r"[\d.,]+", shown(cell))]  # fmt: skip
    assert numbers
    assert all(cell.find(f".//{W}jc").get(f"{W}val") == "right" for cell in numbers)


@LANGUAGES
def test_cards_are_a_table_of_headings_and_verdicts(briefs, lang):
    table = next(t for t in briefs[lang].body.iter(f"{W}tbl") if "指标甲" in shown(t))
    rows = [[shown(cell) for cell in row.iter(f"{W}tc")] for row in table.findall(f"{W}tr")]
    words = {"zh": ["项目", "目标", "结论"], "en": ["Item", "Target", "Verdict"]}[lang]
    assert rows == [words, *([name, "50%", {"zh": "超前", "en": "ahead"}[lang]] for name in ("指标甲", "指标乙"))]


@LANGUAGES
def test_headings_and_pictures_stay_with_what_follows(briefs, lang):
    styles = {s.get(f"{W}styleId"): s for s in etree.fromstring(briefs[lang].parts["word/styles.xml"])}
    for name in ("Heading1", "Heading2", "Heading3", "Picture"):
        assert styles[name].find(f"{W}pPr/{W}keepNext") is not None
    assert all(style.find(f"{W}pPr/{W}widowControl") is not None for style in styles.values()
               if style is not None and style.get(f"{W}type") == "paragraph")  # fmt: skip
    for caption in briefs[lang].paragraphs("Caption"):
        if caption.getnext().tag == f"{W}tbl":
            assert caption.find(f"{W}pPr/{W}keepNext") is not None


# --- footnotes ------------------------------------------------------------------------------------------------------


@LANGUAGES
def test_footnotes_are_wired(briefs, lang):
    brief = briefs[lang]
    relations = etree.fromstring(brief.parts["word/_rels/document.xml.rels"])
    assert [r.get("Target") for r in relations if r.get("Type").endswith("/footnotes")] == ["footnotes.xml"]
    assert b'PartName="/word/footnotes.xml"' in brief.parts["[Content_Types].xml"]
    references = [int(r.get(f"{W}id")) for r in brief.body.iter(f"{W}footnoteReference")]
    assert references == list(range(1, len(references) + 1)) == sorted(brief.footnotes())
    kinds = {int(n.get(f"{W}id")): n.get(f"{W}type") for n in brief.notes}
    assert (kinds[-1], kinds[0]) == ("separator", "continuationSeparator")
    settings = etree.fromstring(brief.parts["word/settings.xml"])
    assert [n.get(f"{W}id") for n in settings.find(f"{W}footnotePr")] == ["-1", "0"]


@LANGUAGES
def test_each_exhibit_has_one_footnote_with_its_sources(briefs, sections, lang):
    notes = briefs[lang].footnotes()
    assert len(notes) == sum(len(s.records) for s in sections)
    for note in notes.values():
        assert note.startswith({"zh": "资料来源：《文件1》", "en": "Source: Document 1"}[lang])
        assert {"zh": "共引用3个数字", "en": "3 figures cited"}[lang] in note
        # One citation of each document: where, and the characters as printed.
        assert {"zh": "《文件0》，第2段：“共2亿元”", "en": "Document 0, para 2: “共2亿元”"}[lang] in note


@LANGUAGES
def test_documents_are_listed_with_the_figures_that_they_give(briefs, sections, lang):
    table = list(briefs[lang].body.iter(f"{W}tbl"))[-1]
    rows = [[shown(cell) for cell in row.iter(f"{W}tc")] for row in table.findall(f"{W}tr")][1:]
    exhibits = sum(len(s.records) for s in sections)
    names = {
        "zh": ["《文件1》（发布者，2024）", "《文件0》（发布者，2024）"],
        "en": ["Document 1 (2024)", "Document 0 (2024)"],
    }
    assert rows == [[names[lang][0], str(2 * exhibits)], [names[lang][1], str(exhibits)]]


# --- fonts, language, page ------------------------------------------------------------------------------------------


@LANGUAGES
def test_both_fonts_and_the_languages_are_set_on_every_run_and_style(briefs, lang):
    brief = briefs[lang]
    names = [n for n in brief.parts if re.fullmatch(r"word/(document|footnotes|header\d|footer\d)\.xml", n)]
    assert len(names) == 6
    for name in names:
        for run in etree.fromstring(brief.parts[name]).iter(f"{W}r"):
            fonts = run.find(f"{W}rPr/{W}rFonts")
            assert (fonts.get(f"{W}ascii"), fonts.get(f"{W}eastAsia")) == (office.LATIN, office.EAST_ASIAN)
            tags = run.find(f"{W}rPr/{W}lang")
            assert (tags.get(f"{W}val"), tags.get(f"{W}eastAsia")) == ("en-US", "zh-CN")
    styles = etree.fromstring(brief.parts["word/styles.xml"])
    for fonts in styles.iter(f"{W}rFonts"):
        assert not [name for name in fonts.attrib if "Theme" in name]
        assert fonts.get(f"{W}eastAsia") == office.EAST_ASIAN
    used = {s.get(f"{W}val") for s in brief.body.iter(f"{W}pStyle")}
    assert used <= {s.get(f"{W}styleId") for s in styles.iter(f"{W}style")}


@LANGUAGES
def test_the_page_is_a4_with_numbers_and_a_running_title(briefs, lang):
    opened = Document(briefs[lang].path)
    page = opened.sections[0]
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    assert page.header.paragraphs[0].text == CITY.said(document.WORDS["short"])[lang]
    for footer in (page.footer, page.first_page_footer):
        codes = [c.text.strip() for c in footer._element.iter(f"{W}instrText")]
        assert codes == ["PAGE", "NUMPAGES"]
    assert opened.core_properties.language == {"zh": "zh-CN", "en": "en-US"}[lang]


@LANGUAGES
def test_nothing_tells_who_wrote_it_when_or_with_what(briefs, lang):
    core = Document(briefs[lang].path).core_properties
    assert (core.author, core.last_modified_by, core.comments) == ("", "", "")
    assert core.created.year == core.modified.year == 1980
    assert not [n for n in briefs[lang].parts if "thumbnail" in n or "customXml" in n or "app.xml" in n]


# --- one exhibit, hostile text, the same bytes ----------------------------------------------------------------------


@LANGUAGES
def test_a_single_exhibit_is_a_page_of_its_own(tmp_path, lang):
    only = section(tmp_path, "one", made("alone", chart=True))
    brief = Brief(document.write([only], lang, tmp_path / "one.docx"))
    assert brief.texts("Heading1") == [only.records[0]["title"][lang]]
    assert not brief.texts("Title", "TOCHeading", "Heading2")
    assert len(brief.footnotes()) == len(list(brief.body.iter(f"{WP}inline"))) == 1
    assert Document(brief.path).core_properties.title == only.records[0]["title"][lang]


@LANGUAGES
def test_text_is_never_markup_a_formula_or_what_xml_forbids(tmp_path, lang):
    evil = made("evil", word=HOSTILE, en=HOSTILE, cards=[card(HOSTILE, text(HOSTILE, HOSTILE))])
    plain = made("plain", word=HOSTILE, en=HOSTILE)
    found = section(tmp_path, "99_evil", evil, plain)
    brief = Brief(document.write([found], lang, tmp_path / "evil.docx", watermark=HOSTILE))
    assert not [t for t in brief.body.iter() if isinstance(t.tag, str) and "script" in t.tag]
    for style in ("Heading3", "Caption", "Reading", "TableText", "ListBullet"):
        assert any(SURVIVES in line for line in brief.texts(style)), style
    assert Document(brief.path).paragraphs


@LANGUAGES
def test_a_watermark_is_behind_every_page_and_only_when_asked_for(briefs, sections, tmp_path, lang):
    marked = Brief(document.write(sections, lang, tmp_path / "m.docx", watermark='草稿 "A" <b>'))
    headers = [marked.parts[n] for n in marked.parts if re.fullmatch(r"word/header\d\.xml", n)]
    for header in headers:
        shapes = [e for e in etree.fromstring(header).iter() if e.tag.endswith("}textpath") and e.get("string")]
        assert [shape.get("string") for shape in shapes] == ['草稿 "A" <b>']
    assert len(headers) == 2
    assert not [n for n, part in briefs[lang].parts.items() if b"textpath" in part]


@LANGUAGES
def test_two_runs_are_the_same_bytes(briefs, sections, tmp_path, lang):
    again = document.write(sections, lang, tmp_path / "again.docx")
    assert again.read_bytes() == briefs[lang].path.read_bytes()


@pytest.mark.parametrize(
    ("reading", "first"),
    [
        ("升到1.5亿元。第二句。", "升到1.5亿元。"),
        ("It rose to 1.5 bn. Then it fell.", "It rose to 1.5 bn."),
        ("No end", "No end"),
        ("See no. 17 of it. Next.", "See no. 17 of it."),
    ],
)
def test_first_sentence(reading, first):
    assert document.first_sentence(reading) == first


# --- the project's own exhibits -------------------------------------------------------------------------------------


@cache
def real_exhibits():
    """One long table, one of cards, and two charts among the project's own exhibits."""
    found = [exhibit(call) for call in CALLS if call.notebook[:2] in ("05", "06", "08")]
    charted = [e for e in found if e.draw is not None and e.citations.shape[0] > 10][:2]
    tabled = [e for e in found if e.draw is None and not e.cards and len(e.table) > document.ROWS_SHOWN][:1]
    carded = [e for e in found if e.cards][:1]
    return [*charted, *tabled, *carded]


@LANGUAGES
def test_the_projects_own_exhibits(tmp_path, lang):
    found = section(tmp_path, "05_targets_2027", *real_exhibits())
    brief = Brief(document.write([found], lang, tmp_path / "real.docx"))
    assert brief.texts("Heading3") == [r["title"][lang] for r in found.records]
    assert len(brief.footnotes()) == len(found.records) == 4
    for record, note in zip(found.records, brief.footnotes().values(), strict=True):
        assert note.startswith(record["foot"][lang][-1].rstrip("。."))
        assert i18n.number(len(record["figures"]), 0) in note
        assert document.column(record, lang, "printed")[0] in note
