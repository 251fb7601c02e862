"""LibreOffice opens what is written: slides and pages in number, the brief on two, the workbook recalculated."""

import math
import shutil
import subprocess

import openpyxl
import pdfplumber
import pytest
from test_office import LANGUAGES, content, records, written  # noqa: F401

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice (soffice) is not installed"),
]


def converted(path, ending, folder):
    command = ["soffice", f"-env:UserInstallation=file://{folder / 'profile'}", "--headless", "--convert-to", ending]
    subprocess.run([*command, "--outdir", folder, path], check=True, capture_output=True, timeout=300)
    return folder / f"{path.stem}.{ending}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_slides_and_documents_open_whole(written, content, lang, tmp_path):  # noqa: F811
    with pdfplumber.open(converted(written / lang / "briefing.pptx", "pdf", tmp_path)) as deck:
        assert len(deck.pages) == 12
    with pdfplumber.open(converted(written / lang / "report.docx", "pdf", tmp_path)) as pages:
        report = "".join("".join(p.extract_text() for p in pages.pages).split())
    for record in content.exhibits():
        assert "".join(record["title"][lang].split())[:12] in report


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
