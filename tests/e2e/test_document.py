"""The brief in an office program: it opens, and its Chinese comes out as text."""

import shutil
import subprocess
from pathlib import Path

import pytest
from exhibit_calls import CALLS, exhibit
from huzhou_analysis.export import document
from huzhou_analysis.export.html import WORDS, City, Section

from huzhou_analysis import charts
from huzhou_analysis.facts.words import text

pytestmark = pytest.mark.e2e
NUMBERS = ("01", "05", "06", "11")


def program(name):
    found = shutil.which(name)
    if not found:
        pytest.skip(f"{name} is not installed")
    return found


@pytest.fixture(scope="module")
def sections(tmp_path_factory):
    """The first two exhibits of some notebooks, with their pictures."""
    folder = tmp_path_factory.mktemp("records")
    made = []
    for number in NUMBERS:
        exhibits = [exhibit(call) for call in CALLS if call.notebook.startswith(number)][:2]
        for e in exhibits:
            for lang in ("zh", "en"):
                if e.draw is not None:
                    charts.save(e.figure(lang), folder / f"{e.id}.{lang}.png")
        made.append(Section(number, text(f"第{number}节", f"Section {number}"), [e.record() for e in exhibits], folder))
    return made


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_libreoffice_turns_the_brief_into_pages_with_its_texts(sections, tmp_path, lang):
    office, reader = program("soffice"), program("pdftotext")
    path = document.write(sections, lang, tmp_path / "briefing.docx", watermark="草稿")
    profile = (tmp_path / "profile").as_uri()
    subprocess.run([office, "--headless", f"-env:UserInstallation={profile}", "--convert-to", "pdf", "--outdir",
                    str(tmp_path), str(path)], check=True, capture_output=True, timeout=180)  # fmt: skip
    pages = tmp_path / "briefing.pdf"
    shown = subprocess.run([reader, "-enc", "UTF-8", str(pages), "-"], check=True, capture_output=True).stdout
    # Lines end where the page does, and no program breaks Chinese at a space.
    words = "".join(shown.decode("utf-8").split())
    records = [record for section in sections for record in section.records]
    for expected in (City().said(WORDS["title"])[lang], *(record["title"][lang] for record in records)):
        assert "".join(expected.split()) in words
    for key in ("summary", "stand", "gaps", "outlook", "notes", "sources"):
        assert "".join(City().said(document.WORDS[key])[lang].split()) in words
    # Footnotes are laid out as footnotes: each source line stands on the pages.
    for record in records:
        assert "".join(record["foot"][lang][-1].rstrip("。.").split())[:20] in words
    assert Path(pages).stat().st_size > 20_000
