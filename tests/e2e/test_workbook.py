"""The workbook recalculated by LibreOffice: as built it says what the library says, and a changed figure moves it."""

import math
import os
import shutil
import subprocess
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from huzhou_analysis.export import workbook, workbook_live

import huzhou_analysis as hz
from huzhou_analysis.facts import words as i18n

pytestmark = pytest.mark.e2e
SOFFICE = shutil.which("soffice")


def recalculate(path, folder):
    """What the formulas of a workbook come to in LibreOffice.

    openpyxl has written the file without any results, so that whatever is found was computed.
    """
    profile = (folder / "profile").as_uri()
    command = [SOFFICE, "--headless", f"-env:UserInstallation={profile}", "--convert-to", "xlsx"]
    subprocess.run(
        [*command, "--outdir", str(folder / "out"), str(path)],
        check=True,
        capture_output=True,
        timeout=300,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    return openpyxl.load_workbook(folder / "out" / path.name, data_only=True)


def rows(book, name):
    """Rows of the table of a live sheet by key of the column, read by the headings above them."""
    lang = "zh" if "目录" in book.sheetnames else "en"
    fields = {
        "figures": workbook_live.FIGURES,
        "gaps": workbook_live.gap_fields(["2023", "2025"]),
        "growth": workbook_live.GROWTH,
    }[name]
    heads = {f.heading[lang]: f.key for f in fields}
    every = list(book[name].iter_rows())
    first = next(n for n, row in enumerate(every) if row[0].value in heads and row[1].value in heads)
    keys = [heads[cell.value] for cell in every[first] if cell.value in heads]
    found = []
    for row in every[first + 1 :]:
        if row[0].value in (None, ""):
            break
        found.append(dict(zip(keys, row, strict=False)))
    return found


@pytest.fixture(scope="module", params=("zh", "en"))
def built(request, whole, tmp_path_factory):
    path = tmp_path_factory.mktemp(request.param) / "workbook.xlsx"
    workbook.write([], request.param, path, data=whole)
    return request.param, path


@pytest.mark.skipif(not SOFFICE, reason="needs LibreOffice")
def test_recalculated_every_formula_comes_to_what_was_written_and_every_gap_to_what_the_library_says(
    built, whole, tmp_path
):
    lang, path = built
    live, written = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    live.save(tmp_path / "bare.xlsx")
    found = recalculate(tmp_path / "bare.xlsx", tmp_path)
    formulas = 0
    for sheet in live:
        for row in sheet.iter_rows():
            for cell in (c for c in row if c.data_type == "f"):
                formulas += 1
                was, now = (book[sheet.title][cell.coordinate].value for book in (written, found))
                same = (
                    math.isclose(was, now, rel_tol=1e-9, abs_tol=1e-9) if isinstance(was, float | int) else was == now
                )
                assert same, (sheet.title, cell.coordinate, was, now, cell.value)
    assert formulas > 3000
    library = hz.target_gaps(whole)
    for row, cells in zip(library.itertuples(), rows(found, "gaps"), strict=True):
        assert cells["verdict"].value == i18n.label(row.status, lang)
        if not math.isnan(row.required_pace):
            by = i18n.in_english_units(1.0, row.unit, whole.units) if lang == "en" and row.pace_unit != "%" else 1.0
            assert math.isclose(cells["required"].value, row.required_pace * by, rel_tol=1e-9)


@pytest.mark.skipif(not SOFFICE, reason="needs LibreOffice")
def test_a_changed_figure_moves_the_verdicts_that_hang_on_it_and_no_other(built, tmp_path):
    lang, path = built
    book = openpyxl.load_workbook(path)
    cell = next(r["value"] for r in rows(book, "figures") if r["figure_id"].value == "C-FDI.fdi_utilized.2023")
    cell.value = cell.value * 17.5 / 5.8  # 5.8亿美元 becomes 17.5亿美元, between the path's 2023 and 2027
    book.save(tmp_path / "changed.xlsx")
    found = recalculate(tmp_path / "changed.xlsx", tmp_path)
    before, after = rows(openpyxl.load_workbook(path, data_only=True), "gaps"), rows(found, "gaps")
    same, changed = workbook_live.check_words(lang)
    moved = [(a, b) for a, b in zip(before, after, strict=True) if a["verdict"].value != b["verdict"].value]
    assert len(moved) == 2  # the row of the table and the goal of the text
    for a, b in moved:
        assert a["actual_id"].value == "C-FDI.fdi_utilized.2023"
        assert (a["verdict"].value, b["verdict"].value) == (i18n.label("far_behind", lang), i18n.label("ahead", lang))
        assert (b["library"].value, b["check"].value) == (a["verdict"].value, changed)
        assert math.isclose(b["required"].value, ((18 / 17.5) ** 0.25 - 1) * 100, rel_tol=1e-6)
    others = [b for a, b in zip(before, after, strict=True) if a["verdict"].value == b["verdict"].value]
    assert {b["check"].value for b in others} <= {same, "—"}
    cover = {row[0].value: row[1].value for row in found[found.sheetnames[0]].iter_rows(max_col=2)}
    assert cover[workbook.WORDS["cover_changed"][lang]] == 1
    assert cover[workbook.WORDS["cover_moved"][lang]] == 2
    growth_before = rows(openpyxl.load_workbook(path, data_only=True), "growth")
    for a, b in zip(growth_before, rows(found, "growth"), strict=True):
        if "C-FDI.fdi_utilized.2023" not in (a["level_id"].value, a["base_id"].value):
            assert a["within"].value == b["within"].value


@pytest.mark.skipif(not SOFFICE, reason="needs LibreOffice")
def test_a_figure_added_below_the_others_gives_a_target_its_verdict(built, tmp_path):
    lang, path = built
    book = openpyxl.load_workbook(path)
    last = rows(book, "figures")[-1]
    for key, value in (("figure_id", "mine.open_data.2024"), ("value", 26), ("year", 2024)):
        book["figures"].cell(last[key].row + 1, last[key].column, value)
    wanted = next(
        r for r in rows(book, "gaps") if str(r["final_id"].value).startswith("D003.public_data_openness.2027")
    )
    wanted["actual_id"].value = "mine.open_data.2024"
    book.save(tmp_path / "added.xlsx")
    found = recalculate(tmp_path / "added.xlsx", tmp_path)
    row = rows(found, "gaps")[wanted["number"].value - 1]
    # 20 % in 2023 and 30 % in 2025: the path stands at 25 % in 2024.
    assert (row["actual"].value, row["due"].value, row["gap"].value) == (26, 25, 54)
    assert row["verdict"].value == i18n.label("on_track", lang)


@pytest.mark.skipif(not SOFFICE, reason="needs LibreOffice")
@pytest.mark.parametrize("times", ["0.5", "0.9", "1.1", "2"])
def test_whatever_the_actuals_become_the_sheet_judges_as_the_library_does(times, whole, tmp_path):
    """Every actual of a gap is multiplied in the workbook and in the tables alike."""
    path = tmp_path / "built.xlsx"
    workbook.write([], "zh", path, data=whole)
    book = openpyxl.load_workbook(path)
    ids = {i for row in hz.target_gaps(whole).actual_id for i in row.split()}
    changed = {i: str(Decimal(whole.figures.obs_text[i]) * Decimal(times)) for i in ids}
    for row in rows(book, "figures"):
        if row["figure_id"].value in changed:
            row["value"].value = float(changed[row["figure_id"].value])
    book.save(tmp_path / "changed.xlsx")
    found = rows(recalculate(tmp_path / "changed.xlsx", tmp_path), "gaps")
    figures = whole.figures.copy()
    for i, value in changed.items():
        figures.loc[i, ["obs_text", "obs_value"]] = [value, float(value)]
    library = hz.target_gaps(replace(whole, figures=figures))
    verdicts = [row["verdict"].value for row in found]
    assert verdicts == [i18n.label(status, "zh") for status in library.status]
    assert verdicts != [row["library"].value for row in found]
