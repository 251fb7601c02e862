"""The report as PDF: what it holds, that data is never markup, that it is accessible and repeats byte for byte."""

import json
import re
import zlib
from dataclasses import replace

import pandas as pd
import pytest
from exhibit_calls import CALLS, exhibit

from huzhou_analysis.exhibit import Card, Column, Exhibit, hand_on
from huzhou_analysis.export import pdf
from huzhou_analysis.export.html import City, Section
from huzhou_analysis.facts import words as i18n

HOSTILE = '#panic("x") $x$ <label> @ref =cmd() *a* _b_ `c` // \\ [d] <script>'
LANGUAGES = i18n.LANGUAGES


def cites(*rows):
    """A table of citations: (figure id, document)."""
    frame = pd.DataFrame(rows, columns=["figure_id", "source_zh"])
    return frame.assign(
        source_en=frame.source_zh.str.replace("文件", "Document "),
        as_printed="共5.80亿美元",
        record_type="actual",
        obs_status="A",
        time_basis="stated",
        comment="",
        locator_zh="第1行",
        locator_en="row 1",
        value_zh="5.80亿美元",
        value_en="USD 0.580 bn",
        period_zh="2023年",
        period_en="2023",
    )


def made(name, title=("实际利用外资下降", "Utilised FDI fell"), rows=3, **changes):
    """A small exhibit of a table."""
    table = pd.DataFrame({"name": [f"第{n}项" for n in range(rows)], "value": [n + 0.5 for n in range(rows)]})
    return Exhibit(
        **{
            "id": name,
            "title": i18n.text(*title),
            "subtitle": i18n.text("亿美元", "USD bn"),
            "reading": i18n.text("解读一句。", "One sentence."),
            "table": table,
            "columns": (
                Column("name", i18n.text("项目", "Item")),
                Column("value", i18n.text("数值", "Value"), 1),
            ),
            "citations": cites((f"X.{name}", "文件甲"), ("X.shared", "文件乙")),
        }
        | changes
    )


def with_chart(name, **changes):
    def draw(canvas):
        canvas.axes().plot([2021, 2022], [1, 2])

    return made(name, draw=draw, alt=i18n.text("一条上升的线", "A rising line"), **changes)


def section(folder, *exhibits, title=("外资", "Foreign investment")):
    folder.mkdir(exist_ok=True)
    for e in exhibits:
        hand_on(e, folder)
    records = [json.loads((folder / f"{e.id}.json").read_text(encoding="utf-8")) for e in exhibits]
    return Section("01", i18n.text(*title), records, folder)


def inside(path):
    """Everything in a file with its streams unpacked."""
    body = path.read_bytes()
    found = [body]
    for match in re.finditer(rb"stream\r?\n", body):
        try:
            found.append(zlib.decompressobj().decompress(body[match.end() :]))
        except zlib.error:
            continue
    return b"\n".join(found)


def holds(unpacked, text):
    """Whether a text string (a bookmark, a description) stands in the file, in either encoding of PDF."""
    ways = [text.encode(), text.encode("utf-16-be")]
    ways += [way.replace(b"\\", b"\\\\") for way in ways]
    ways += [way.replace(b"(", b"\\(").replace(b")", b"\\)") for way in ways]
    return any(way in unpacked for way in ways) or text.encode("utf-16-be").hex().encode() in unpacked.lower()


def pages(unpacked):
    return len(re.findall(rb"/Type\s*/Page\b", unpacked))


@pytest.fixture(scope="module")
def two_sections(tmp_path_factory):
    folder = tmp_path_factory.mktemp("records")
    cards = [Card(i18n.text("卡片", "A card"), [(i18n.text("目标", "Target"), i18n.text("18亿美元", "USD 1.8 bn"))])]
    return [
        section(folder / "a", with_chart("rise"), made("plain"), title=("外资", "Foreign investment")),
        section(folder / "b", made("long", rows=60), made("cards", cards=cards), title=("出口", "Exports")),
    ]


@pytest.fixture(scope="module")
def written(two_sections, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pdf")
    return {lang: pdf.write(two_sections, lang, folder / f"{lang}.pdf") for lang in LANGUAGES}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_report_has_title_language_bookmarks_and_described_pictures(written, lang):
    assert written[lang].read_bytes().startswith(b"%PDF-")
    unpacked = inside(written[lang])
    assert holds(unpacked, City().said(pdf.WORDS["title"])[lang])
    assert re.search(rb"/Lang\s*\(" + {"zh": b"zh-CN", "en": b"en-US"}[lang], unpacked)
    for text in ({"zh": "外资", "en": "Foreign investment"}, {"zh": "实际利用外资下降", "en": "Utilised FDI fell"}):
        assert holds(unpacked, text[lang])
    assert holds(unpacked, {"zh": "一条上升的线", "en": "A rising line"}[lang])
    assert b"pdfuaid:part" in unpacked
    # Cover, contents, two sections, method, sources, citations.
    assert pages(unpacked) >= 7


@pytest.mark.parametrize("lang", LANGUAGES)
def test_two_runs_are_the_same_bytes_and_no_date_is_written(written, two_sections, tmp_path, lang):
    again = pdf.write(two_sections, lang, tmp_path / "again.pdf")
    assert again.read_bytes() == written[lang].read_bytes()
    unpacked = inside(again)
    for word in (b"/CreationDate", b"/ModDate", b"xmp:CreateDate", b"xmp:ModifyDate", str(tmp_path).encode()):
        assert word not in unpacked


def test_fonts_are_those_of_the_packages_and_embedded(written):
    unpacked = inside(written["zh"])
    fonts = set(re.findall(rb"/BaseFont\s*/[A-Z]{6}\+([A-Za-z]+)", unpacked))
    assert fonts
    assert fonts <= {b"NotoSansCJKsc", b"DejaVuSans"}
    assert unpacked.count(b"/FontFile") == unpacked.count(b"/FontDescriptor\n") or b"/FontFile3" in unpacked


def test_charts_are_vectors(written):
    assert not re.search(rb"/Subtype\s*/Image", inside(written["en"]))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_one_record_is_that_exhibit_alone_with_every_row(tmp_path, lang):
    one = section(tmp_path / "one", made("long", rows=60))
    contents = pdf.document([one], lang, "", tmp_path)
    assert contents["whole"] is False
    assert len(contents["sections"][0]["exhibits"][0]["table"]["rows"]) == 60
    assert contents["title"] == one.records[0]["title"][lang]
    unpacked = inside(pdf.write([one], lang, tmp_path / "one.pdf"))
    assert 1 < pages(unpacked) < 6
    assert not holds(unpacked, pdf.WORDS["method"][lang])
    assert holds(unpacked, pdf.WORDS["citations"][lang])


def test_a_chart_alone(tmp_path):
    unpacked = inside(pdf.write([section(tmp_path / "one", with_chart("rise"))], "zh", tmp_path / "one.pdf"))
    assert holds(unpacked, "一条上升的线")


def test_nothing_at_all_is_still_a_file(tmp_path):
    nothing = Section("00", i18n.text("空", "Empty"), [], tmp_path)
    assert pdf.write([nothing], "en", tmp_path / "nothing.pdf").read_bytes().startswith(b"%PDF-")


def test_text_of_the_data_is_never_markup(tmp_path):
    table = pd.DataFrame({"name": [HOSTILE, "=1+1", "long" * 200, "\x0b\ud800"], "value": [1.0, 2.0, 3.0, None]})
    title = i18n.text(HOSTILE, HOSTILE)
    hostile = made("hostile", title=(HOSTILE, HOSTILE), subtitle=title, reading=title, table=table, notes=[title])
    hostile = replace(hostile, cards=(), citations=cites(("X.1", HOSTILE)))
    record = hostile.record()
    unpacked = inside(
        pdf.write([Section("01", title, [record], tmp_path)], "en", tmp_path / "x.pdf", watermark=HOSTILE)
    )
    assert holds(unpacked, HOSTILE)


def test_texts_longer_than_a_page_go_on_over_the_page(tmp_path):
    """Nothing is cut off at the foot of a page: the longer the texts, the more pages."""
    counted = []
    for times in (1, 400):
        words = i18n.text("很长的一句话。" * times, "a long sentence " * times)
        table = pd.DataFrame({"name": [words["en"]], "value": [1.0]})
        cards = [Card(words, [(i18n.text("目标", "Target"), words)])]
        exhibits = [
            made("a", title=(words["zh"], words["en"]), reading=words, notes=[words], table=table),
            made("b", cards=cards),
        ]
        one = Section("01", words, [e.record() for e in exhibits], tmp_path)
        counted.append(pages(inside(pdf.write([one], "en", tmp_path / "x.pdf", watermark=words["en"]))))
    assert counted[1] > counted[0] + 4


def test_characters_without_a_glyph_show_their_code():
    assert pdf.printable("增长\x0b5%") == "增长[U+000B]5%"
    assert pdf.printable("\ud800") == "[U+D800]"
    assert pdf.printable("\U00012000") == "[U+12000]"
    assert pdf.printable("\u202eabc") == "[U+202E]abc"
    assert pdf.printable("两行\n一格\t") == "两行\n一格\t"


def test_long_words_may_be_broken_and_short_ones_are_left():
    assert pdf.printable("x" * 39) == "x" * 39
    broken = pdf.printable("x" * 1000)
    assert broken.replace("\u200b", "") == "x" * 1000
    assert max(map(len, broken.split("\u200b"))) == 20


def test_the_compiler_refuses_a_glyph_that_no_font_has(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "printable", lambda text: text)
    with pytest.raises(RuntimeError):
        pdf.write(
            [Section("01", i18n.text("一", "One"), [made("a", title=("\U00012000", "x")).record()], tmp_path)],
            "zh",
            tmp_path / "x.pdf",
        )


def test_long_tables_are_cut_in_a_report_and_say_so(two_sections, tmp_path):
    shown = {
        e["title"] + str(len(e["table"]["rows"])): e["table"]
        for lang in LANGUAGES
        for s in pdf.document(two_sections, lang, "", tmp_path)["sections"]
        for e in s["exhibits"]
    }
    cut = [t for t in shown.values() if t["cut"]]
    assert {len(t["rows"]) for t in cut} == {pdf.MOST_ROWS}
    assert all("60" in t["cut"] for t in cut)
    assert len(cut) == len(LANGUAGES)


def test_a_table_a_few_rows_too_long_is_shown_whole():
    record = made("few", rows=pdf.MOST_ROWS + pdf.SPARE_ROWS).record()
    assert pdf.table(record, "en", pdf.MOST_ROWS)["cut"] == ""


def test_columns_share_the_page_and_break_no_quantity():
    columns = ["Indicator", "2027", "Rule"]
    rows = [["Utilised foreign direct investment", "USD 1.8 bn", "a long rule " * 12]] * 9
    right = [pdf.holds_quantities([row[n] for row in rows]) for n in range(3)]
    assert right == [False, True, False]
    least = pdf.least_widths(columns, rows, right)
    widths = pdf.column_widths(columns, rows, least, 60.0)
    assert 59 < sum(widths) <= 60
    assert widths[1] >= pdf.text_width("USD 1.8 bn")
    assert widths[2] > widths[0] > widths[1]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["300.8亿元", "≥1,500亿元", "—"], True),
        (["+1.5个百分点/年", "+11.8%/年"], True),
        (["CNY 240 thousand per person", "+3.1% a year", "≥100"], True),
        (["2013年", "2014年"], False),
        (["2018—2022年"], False),
        (["2013", "2014"], False),
        (["2013-02", "2014-03"], False),
        (["two words"], False),
        (["—", ""], False),
    ],
)
def test_columns_of_quantities_stand_right(cells, expected):
    assert pdf.holds_quantities(cells) is expected


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sources_count_each_figure_once_and_citations_name_their_document(two_sections, tmp_path, lang):
    contents = pdf.document(two_sections, lang, "", tmp_path)
    counted = {s["title"]: s["figures"] for s in contents["sources"]}
    names = ("文件甲", "文件乙") if lang == "zh" else ("Document 甲", "Document 乙")
    assert counted == {names[0]: 4, names[1]: 1}
    assert [s["number"] for s in contents["sources"]] == [1, 2]
    assert len(contents["citations"]) == 4
    for part in contents["citations"]:
        assert [g["title"] for g in part["groups"]] == [f"[1] {names[0]}", f"[2] {names[1]}"]
        assert all(row[3] == "共5.80亿美元" for g in part["groups"] for row in g["rows"])


def test_the_watermark_changes_the_file_and_fits_the_page(two_sections, written, tmp_path):
    marked = pdf.write(two_sections, "zh", tmp_path / "x.pdf", watermark="草稿")
    assert marked.read_bytes() != written["zh"].read_bytes()
    assert pages(inside(marked)) == pages(inside(written["zh"]))
    # A table that goes on over the page keeps its structure under the mark.
    pdf.write([section(tmp_path / "one", made("long", rows=120))], "zh", tmp_path / "long.pdf", watermark="草稿")
    sizes = [pdf.watermark_size("草稿" * n) for n in (1, 3, 10)]
    assert sizes == sorted(sizes, reverse=True)
    assert all(pdf.text_width("草稿" * n) * size <= 660 for n, size in zip((1, 3, 10), sizes, strict=True))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_real_tables_and_cards_are_set(tmp_path, lang):
    wanted = ("overview.headlines", "target_cards.cards", "growth_rates.ledger")
    found = [exhibit(call) for call in CALLS if str(call) in wanted]
    assert len(found) == len(wanted)
    section_of = Section("01", i18n.text("目标", "Targets"), [e.record() for e in found], tmp_path)
    contents = pdf.document([section_of], lang, "", tmp_path)
    for e, shown in zip(found, contents["sections"][0]["exhibits"], strict=True):
        assert shown["title"] == e.title[lang]
        assert shown["cited"] == len(e.citations)
    unpacked = inside(pdf.write([section_of], lang, tmp_path / "real.pdf"))
    assert all(holds(unpacked, e.title[lang]) for e in found)
