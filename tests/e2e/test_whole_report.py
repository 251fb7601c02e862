"""The report of the whole project: twice the same, never half, opened by LibreOffice."""

import json
import math
import re
import shutil
import subprocess

import openpyxl
import pdfplumber
import pytest
from lxml import html
from table_copies import tree
from test_office import LANGUAGES, content, points_missed, records, written  # noqa: F401
from whole import copy_project, run

from huzhou_analysis.facts.data import load

pytestmark = pytest.mark.e2e
LIBRE_OFFICE = pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice (soffice) is not installed")


def test_the_report_has_every_notebook_and_every_exhibit(project, made):
    manifest = json.loads((made / "manifest.json").read_text(encoding="utf-8"))
    notebooks = sorted(path.stem for path in (project / "notebooks").glob("[!_.]*.ipynb"))
    assert list(manifest["exhibits"]) == notebooks
    assert all(manifest["exhibits"].values())
    assert sorted(path.stem for path in (made / "notebooks").glob("*.html")) == notebooks
    for lang in ("zh", "en"):
        page = (made / lang / "report.html").read_text(encoding="utf-8")
        for exhibits in manifest["exhibits"].values():
            assert all(f'<article id="{exhibit}" ' in page for exhibit in exhibits)
    files = [path for path in made.rglob("*") if path.is_file()]
    assert len(files) <= 350
    assert sum(path.stat().st_size for path in files) <= 40 * 2**20
    assert all((made / lang / "report.html").stat().st_size < 2_500_000 for lang in ("zh", "en"))
    output = "".join((made / "notebooks" / f"{name}.html").read_text(encoding="utf-8") for name in notebooks)
    assert "Traceback (most recent" not in output


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_workbook_keeps_to_the_checklist_of_accessible_spreadsheets(made, lang):
    assert [point for point, held in points_missed(made / lang / "workbook.xlsx", lang) if not held] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_report_speaks_its_own_language(project, made, lang):
    """Of the other one there are titles of documents, words in quotation marks, code, and what is marked as such."""
    page = html.parse(made / lang / "report.html").getroot()
    for part in page.xpath("//script|//style|//code|//pre|//*[@lang and not(self::html)]"):
        part.drop_tree()
    titles = sorted(load(project / "data").sources.title, key=len, reverse=True)
    other = r"[\u4e00-\u9fff]" if lang == "en" else r"(?:[A-Za-z]+[ ,]+){4,}[A-Za-z]+"
    found = []
    for words in page.itertext():
        for title in titles if lang == "zh" else ():
            words = words.replace(title, "")
        while "“" in words and (fewer := re.sub("“[^“”]*”", "", words)) != words:  # a quotation may hold another
            words = fewer
        if re.search(other, words):
            found.append(words.strip()[:200])
    assert found == []


def test_two_fresh_reports_from_different_places_are_the_same_bytes(made, tmp_path):
    """Another checkout, in another folder, with another output: not one byte of it enters the report."""
    again = copy_project(tmp_path / "另一处 checkout")
    done = run(again, "report", "--fresh", "--output", tmp_path / "报告 out", "--jobs", "1")
    assert done.returncode == 0, done.stderr
    one, other = tree(made), tree(tmp_path / "报告 out")
    assert sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name)) == []


def test_the_working_tree_knows_only_what_is_built_and_ignored(project, made):
    """What a run writes stands under the names that version control leaves out."""
    names = {path.name for path in project.iterdir()}
    clean = {path.name for path in copy_project(project.with_name("clean")).iterdir()}
    assert names - clean <= {"reports", ".cache", ".reports.lock"}


def converted(path, ending, folder):
    command = ["soffice", f"-env:UserInstallation=file://{folder / 'profile'}", "--headless", "--convert-to", ending]
    subprocess.run([*command, "--outdir", folder, path], check=True, capture_output=True, timeout=300)
    return folder / f"{path.stem}.{ending}"


@LIBRE_OFFICE
@pytest.mark.parametrize("lang", LANGUAGES)
def test_slides_and_documents_open_whole(written, content, lang, tmp_path):  # noqa: F811
    with pdfplumber.open(converted(written / lang / "briefing.pptx", "pdf", tmp_path)) as deck:
        assert len(deck.pages) == 12
    with pdfplumber.open(converted(written / lang / "report.docx", "pdf", tmp_path)) as pages:
        report = "".join("".join(p.extract_text() for p in pages.pages).split())
    for record in content.exhibits():
        assert "".join(record["title"][lang].split())[:12] in report


@LIBRE_OFFICE
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_changed_actual_moves_its_gap_and_what_is_required(written, lang, tmp_path):  # noqa: F811
    path = tmp_path / "changed.xlsx"
    book = openpyxl.load_workbook(written / lang / "workbook.xlsx")
    sheet = book[["目标差距", "Gaps"][lang == "en"]]
    first = sheet[next(iter(sheet.tables.values())).ref][0][0].row
    rows = [n for n in range(first + 1, sheet.max_row + 1) if "^" in str(sheet.cell(n, 8).value)]
    for n in rows:
        sheet.cell(n, 5).value = sheet.cell(n, 5).value * 0.9
    unit = ["亿元", "CNY bn"][lang == "en"]
    money = [sheet.cell(n, 2).value for n in range(first + 1, sheet.max_row + 1) if sheet.cell(n, 3).value == unit]
    sheet["AC1"] = f'=SUMIF(C{first + 1}:C{sheet.max_row},"{unit}",B{first + 1}:B{sheet.max_row})'
    book.save(path)
    (tmp_path / "out").mkdir()
    done = openpyxl.load_workbook(converted(path, "xlsx", tmp_path / "out"), data_only=True)[sheet.title]
    assert rows and len(money) > 3 and math.isclose(done["AC1"].value, sum(money))
    for n in rows:
        target, actual, gap, required, left = (done.cell(n, c).value for c in (2, 5, 7, 8, 15))
        assert math.isclose(gap, target - actual, abs_tol=1e-9)
        assert math.isclose(required, ((target / actual) ** (1 / left) - 1) * 100, rel_tol=1e-9)
