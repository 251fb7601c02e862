"""Pages and PDFs hold everything that is said, as text, in their own language, and nothing that runs."""

import copy
import html
import re
from dataclasses import replace

import nbformat
import pdfplumber
import pypdfium2
import pytest
from made_up_city import city
from small_project import CHART, LOAD, TABLE, cell, notebook

import huzhou_analysis as hz
from huzhou_analysis.report import collect, export, page, pdf
from huzhou_analysis.report.content import Content, Section

HOSTILE = '#panic("x") $x$ <label> @ref =cmd() *a* _b_ `c` // <script>alert(1)</script> {{ 7*7 }}'


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebooks")
    city(folder / "data")
    notebook(folder / "01_x.ipynb", LOAD, CHART, TABLE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HUZHOU_DATA", str(folder / "data"))
        return {e.id: e.record for e in collect.exhibits(folder=folder)}


def report(
    *records,
    text=("中文叙述。", "An English narrative: [this](01_x.ipynb), [that](09_y.ipynb#一)."),
    title=("章节", "Chapter"),
):
    said, ids = {"kind": "text", "zh": text[0], "en": text[1]}, {r["id"]: r for r in records}
    shows = [{"kind": "exhibit", "id": name} for name in ids]
    section = Section("01_x", dict(zip(("zh", "en"), title, strict=True)), [said, *shows], ids)
    named = {c["figure_id"]: "fdi_utilized" for r in records for c in r["citations"]}
    state = {"latest": [], "targets": [], "cited": {}, "indicator_of": named}
    changes = {"moved": {}, "headline": {"zh": "无变动。", "en": "Nothing moved."}, "state": "compared"}
    names = {"fdi_utilized": {"zh": "实际利用外资", "en": "Utilised FDI"}}
    return Content({"zh": "示例市", "en": "Exampleton"}, [section], {}, changes, state, names)


def squeezed(text):
    return "".join(text.split())


def words_of(path):
    document = pypdfium2.PdfDocument(path)
    return squeezed("".join(p.get_textpage().get_text_range() for p in document)).replace("\u200b", ""), len(document)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_holds_every_text_of_its_language_alone_and_links_to_chapters(records, tmp_path, lang):
    page.write(report(*records.values()), lang, tmp_path / "a.html")
    made = (tmp_path / "a.html").read_text(encoding="utf-8")
    for record in records.values():
        for part in ("title", "subtitle", "reading", "sources"):
            assert html.escape(record[part][lang], quote=False) in made
    told = ("中文叙述。" in made, 'An English narrative: <a href="#01_x">this</a>, that.' in made)
    assert told == (lang == "zh", lang == "en")
    assert made.count("<svg") == 2  # the chart for a page and for a phone
    assert re.search(r"<text[^>]*>2027</text>", made)  # text of a chart is text
    assert 'data-words="Utilised FDI 实际利用外资"' in made
    cited = {c["figure_id"] for r in records.values() for c in r["citations"]}
    assert len(re.findall(r'<tr id="c\d+">', made)) == len(cited)


def test_pages_load_nothing_and_run_nothing_of_the_tables(records, tmp_path):
    made = copy.deepcopy(records["two_rows"])
    for part in ("title", "subtitle", "reading"):
        made[part] = {"zh": HOSTILE, "en": HOSTILE}
    made["table"]["rows"] = [[{"zh": HOSTILE, "en": HOSTILE}] * 2]
    page.write(report(records["fdi_path"], made, text=(HOSTILE, HOSTILE)), "zh", tmp_path / "a.html")
    page.write_index(report(made), tmp_path / "b.html")
    for text in ((tmp_path / name).read_text(encoding="utf-8") for name in ("a.html", "b.html")):
        bare = re.sub(r"base64,[A-Za-z0-9+/=]+", "", text)
        assert "<script>alert" not in bare
        assert not re.search(r"(src|href)=[\"']?(https?:)?//", bare)
        assert "{{ 7*7 }}" in bare or "49" not in bare


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pdf_holds_every_text_and_can_be_read_out(records, tmp_path, lang):
    pdf.write(report(*records.values()), lang, tmp_path / "a.pdf")
    words, _ = words_of(tmp_path / "a.pdf")
    for record in records.values():
        for part in ("title", "subtitle", "reading", "sources"):
            assert squeezed(record[part][lang]) in words
    assert squeezed("中文叙述。" if lang == "zh" else "An English narrative: this, that.") in words
    body = (tmp_path / "a.pdf").read_bytes()
    assert b"/MarkInfo" in body and b"pdfuaid" in body and (b"/Lang" in body)


def test_no_text_is_markup_and_what_the_fonts_lack_is_a_code(records, tmp_path):
    made = copy.deepcopy(records["two_rows"])
    made["title"] = {"zh": HOSTILE + "\x0b\ue000", "en": ""}
    made["table"]["rows"] = [[{"zh": HOSTILE, "en": ""}] * 2]
    pdf.write(report(records["fdi_path"], made, text=(f"`{HOSTILE}`", "")), "zh", tmp_path / "a.pdf", watermark="草稿")
    words, _ = words_of(tmp_path / "a.pdf")
    assert words.count(squeezed(HOSTILE)) >= 4
    assert "[U+000B]" in words and "[U+E000]" in words


def test_cells_of_a_table_in_a_notebook_stay_in_their_columns(records, tmp_path):
    table = "| left | right |\n|---|---|\n| copy **this** now | here |\n| | there |\n| under | beside |"
    pdf.write(report(records["fdi_path"], text=("", table)), "en", tmp_path / "a.pdf")
    with pdfplumber.open(tmp_path / "a.pdf") as document:
        words = [word for page in document.pages for word in page.extract_words()]
    at, line = ({w["text"]: round(w[side]) for w in words} for side in ("x0", "top"))
    assert at["left"] == at["copy"] == at["under"]
    assert at["right"] == at["here"] == at["there"] == at["beside"]
    assert line["copy"] == line["this"] == line["now"] == line["here"]


def test_one_exhibit_alone_has_every_row_and_no_contents(records, tmp_path):
    made = copy.deepcopy(records["two_rows"])
    made["table"]["rows"] = [[{"zh": f"行{n}", "en": f"row {n}"}, n] for n in range(90)]
    pdf.write(report(made), "en", tmp_path / "a.pdf")
    words, _ = words_of(tmp_path / "a.pdf")
    assert "row89" in words and "Contents" not in words
    pdf.write(report(made, records["fdi_path"]), "en", tmp_path / "b.pdf")
    assert "Thefirst25of90rows" in words_of(tmp_path / "b.pdf")[0]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_brief_is_two_pages_whatever_it_has_to_say(records, tmp_path, lang):
    said = {"zh": "外资下降。" * 30, "en": "Investment fell again. " * 20, "figures": [], "tags": ["message", "brief"]}
    one = report(*records.values())
    blocks = [*[{"kind": "finding", **said}] * 4, *one.sections[0].blocks[1:]]
    titles = [{"zh": f"第{n}章", "en": f"Chapter {n}"} for n in range(4)]
    whole = replace(one, sections=[Section(f"0{n}_exports", title, blocks, records) for n, title in enumerate(titles)])
    pdf.write_brief(whole, lang, tmp_path / "b.pdf")
    words, pages = words_of(tmp_path / "b.pdf")
    assert pages == 2
    assert squeezed(titles[3][lang]) in words
    pdf.write_citations(whole, lang, tmp_path / "c.pdf")
    words, _ = words_of(tmp_path / "c.pdf")
    assert all(squeezed(row["as_printed"]) in words for row in whole.citations())


def test_a_drawing_inside_a_page_keeps_its_marks_and_words(records):
    whole = export.svg(records["fdi_path"], "en", "page")
    small = export.inline(whole, "k-", "page")
    assert len(small) < 0.7 * len(whole)
    assert re.findall(r"<text[^>]*>([^<]*)<", small) == re.findall(r"<text[^>]*>([^<]*)<", whole)
    assert small.count("<use ") == whole.count("<use ")
    ids = set(re.findall(r'\bid="([^"]+)"', small))
    assert {r for pair in re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', small) for r in pair if r} <= ids
    assert all(i.startswith("k-") for i in ids)


def test_an_executed_notebook_runs_nothing_and_links_to_pages_of_the_report_only(tmp_path):
    bad = "<script>alert(1)</script><img src=x onerror=alert(1)><iframe src=//evil.invalid></iframe><style>@import url(//evil.invalid)</style>"
    data = {"text/html": f"<p>kept</p>{bad}", "application/javascript": "alert(1)"}
    heads = cell(f"![x](http://evil.invalid/x.png) [a](02_a.ipynb) [b](09_b.ipynb) $5m\n\n{bad}", kind="markdown")
    cells = [heads, cell("x < 1") | {"outputs": [{"output_type": "display_data", "metadata": {}, "data": data}]}]
    cells = [c | {"id": str(n)} for n, c in enumerate(cells)]
    shown = nbformat.from_dict({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    nbformat.write(shown, tmp_path / "t.ipynb")
    page.write_notebook(tmp_path / "t.ipynb", ["02_a"])
    made = re.sub(r"base64,[A-Za-z0-9+/=]+", "", (tmp_path / "t.html").read_text(encoding="utf-8"))
    tags = [t for t in re.findall(r"<[^>]+>", made) if not t.startswith("<meta")]
    assert not [t for t in tags if re.search("<script|onerror|<iframe|evil", t)]
    assert '<a href="02_a.html">a</a>' in made and "09_b" not in made
    assert "<p>kept</p>" in made and "$5m" in html.unescape(made) and hz.__name__ not in made
