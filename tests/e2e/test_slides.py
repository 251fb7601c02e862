"""Slides as LibreOffice shows them: every slide comes out, with its title and its charts drawn."""

import shutil
import subprocess

import pytest
from exhibit_calls import CALLS, LANGUAGES, exhibit
from huzhou_analysis.export import slides
from huzhou_analysis.export.html import Section
from pptx import Presentation

from huzhou_analysis.facts.words import text

pytestmark = pytest.mark.e2e
REAL = ("scoreboard.scoreboard", "target_paths.paths", "projections.fan.trade_total", "overview.headlines")
TOOLS = ("soffice", "pdftotext")


@pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason="needs LibreOffice and poppler")
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_slide_is_shown_with_its_title_and_the_numbers_of_its_charts(lang, tmp_path):
    records = [exhibit(c).record() for c in CALLS if str(c) in REAL]
    path = tmp_path / "briefing.pptx"
    slides.write([Section("part", text("外资", "Foreign investment"), records, tmp_path)], lang, path)
    subprocess.run(
        [
            "soffice",
            "--headless",
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--convert-to",
            "pdf",
            "--outdir",
            str(tmp_path),
            str(path),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    shown = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "briefing.pdf"), "-"], check=True, capture_output=True, timeout=60
    ).stdout.decode()
    pages = shown.split("\f")[:-1]
    deck = list(Presentation(path).slides)
    assert len(pages) == len(deck)
    squeezed = ["".join(page.split()) for page in pages]
    for slide, page in zip(deck, squeezed, strict=True):
        assert "".join(slide.shapes.title.text_frame.text.split()) in page
        for shape in slide.shapes:
            if shape.has_chart:  # the names of its axis are drawn
                first = next(iter(shape.chart.plots[0].categories))
                assert "".join(str(first).split())[-4:] in page
