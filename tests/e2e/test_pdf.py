"""The PDF as other programs read it: its text can be searched and copied, its fonts are in it."""

import shutil
import subprocess

import pytest
from exhibit_calls import CALLS, exhibit

from huzhou_analysis.exhibit import hand_on
from huzhou_analysis.export import pdf
from huzhou_analysis.export.html import Section
from huzhou_analysis.facts import words as i18n

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not (shutil.which("pdftotext") and shutil.which("pdffonts")), reason="needs poppler-utils"),
]
WANTED = (
    "foreign_investment.trajectory",
    "foreign_investment.projected",
    "scoreboard.scoreboard",
    "target_cards.cards",
)
HOSTILE = '#panic("x") $x$ <label> @ref =cmd() *a* _b_ `c` // <script>'


@pytest.fixture(scope="module")
def sections(tmp_path_factory):
    folder = tmp_path_factory.mktemp("records")
    found = [exhibit(call) for call in CALLS if str(call) in WANTED]
    assert len(found) == len(WANTED)
    for e in found:
        hand_on(e, folder)
    return [Section("01", i18n.text("外资与目标", "Investment and targets"), [e.record() for e in found], folder)]


@pytest.fixture(scope="module")
def written(sections, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pdf")
    return {lang: pdf.write(sections, lang, folder / f"{lang}.pdf") for lang in i18n.LANGUAGES}


def read(path, *options):
    """Text of a PDF, lines joined, with no spaces: where a line breaks is not asked here."""
    done = subprocess.run(["pdftotext", *options, path, "-"], capture_output=True, check=True)
    return "".join(done.stdout.decode().split())


def squeezed(text):
    return "".join(text.split())


def test_chinese_text_is_found(written):
    done = subprocess.run(["pdftotext", written["zh"], "-"], capture_output=True, check=True)
    text = done.stdout.decode()
    assert "实际利用外资" in text
    # No space where the page shows none.
    assert "2027年" in text
    assert "2027 年" not in text


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_everything_that_is_written_is_read_back(sections, written, lang):
    text = read(written[lang])
    for record in sections[0].records:
        for part in (record["title"], record["subtitle"], record["reading"]):
            assert squeezed(part[lang]) in text
        for line in record["foot"][lang]:
            assert squeezed(line)[:60] in text
    for card in sections[0].records[-1]["cards"][lang]:
        assert squeezed(card["heading"])[:20] in text


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_every_font_is_embedded(written, lang):
    done = subprocess.run(["pdffonts", written[lang]], capture_output=True, check=True)
    rows = done.stdout.decode().splitlines()[2:]
    assert rows
    for row in rows:
        embedded, subset, unicode = row.split()[-5:-2]
        assert (embedded, subset, unicode) == ("yes", "yes", "yes")
        assert row.split("+")[1].startswith(("NotoSansCJKsc", "DejaVuSans"))


def test_hostile_text_is_shown_as_it_is(sections, tmp_path):
    record = dict(sections[0].records[1])
    words = i18n.text(HOSTILE, HOSTILE)
    row = [[HOSTILE] * len(record["numeric"])]
    table = {lang: {"columns": record["table"][lang]["columns"], "rows": row} for lang in i18n.LANGUAGES}
    record |= {"title": words, "subtitle": words, "reading": words, "alt": words, "table": table}
    assert not record["chart"]
    for lang in i18n.LANGUAGES:
        hostile = Section("01", words, [record], sections[0].folder)
        path = pdf.write([hostile], lang, tmp_path / f"{lang}.pdf", watermark=HOSTILE)
        # Title, subtitle, reading, section and running head.
        assert read(path).count(squeezed(HOSTILE)) >= 5


def test_a_watermark_is_on_every_page(sections, tmp_path):
    # A sign that occurs nowhere else: the letters of slanting text are read one by one.
    path = pdf.write(sections, "en", tmp_path / "x.pdf", watermark="ΩΩΩ")
    done = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True)
    pages = done.stdout.decode().split("\f")[:-1]
    assert len(pages) > 5
    assert [page.count("Ω") for page in pages] == [3] * len(pages)
