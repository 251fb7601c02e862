"""The whole report of a city that does not exist, made by the command that a user gives."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile

import pytest
from exhibit_calls import NOTEBOOKS, ROOT
from made_up_city import CODE, city

from huzhou_analysis.catalogue import calls

pytestmark = pytest.mark.e2e
FOREIGN = re.compile("湖州|吴兴|安吉|德清|330500|[Hh]uzhou|浙江|Zhejiang|330000")
# The package's own name, in code, in what names the maker of a file, and in the name of the font in a page.
OWN_NAME = re.compile('huzhou_analysis|"Huzhou CJK"|hz-explore|huzhou-explore')
GENERIC = [p for p in NOTEBOOKS if "huzhou_analysis" not in json.loads(p.read_text(encoding="utf-8"))["metadata"]]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The report in the city's own folder, and what the command said; a name with a space and Chinese in it."""
    folder = city(tmp_path_factory.mktemp("another") / "示例 city")
    drop = {"HUZHOU_DATA", "HUZHOU_EXHIBITS", "HUZHOU_SOURCES"}
    environment = {k: v for k, v in os.environ.items() if k not in drop} | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "huzhou_analysis", "report", "--data", str(folder), "--jobs", "2"],
        cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", timeout=1500,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    return folder / "reports", done.stdout


def words(path):
    """Text of a file, without embedded fonts and pictures."""
    if path.suffix in (".pptx", ".docx", ".xlsx"):
        with zipfile.ZipFile(path) as file:
            return "\n".join(
                file.read(name).decode("utf-8") for name in file.namelist() if name.endswith((".xml", ".rels"))
            )
    if path.suffix == ".pdf":
        reader = shutil.which("pdftotext")
        shown = subprocess.run([reader, str(path), "-"], capture_output=True, check=True).stdout if reader else b""
        return shown.decode("utf-8")
    return re.sub(r"base64,[A-Za-z0-9+/=]+", "", path.read_text(encoding="utf-8-sig"))


def test_nothing_of_the_projects_own_city_is_left(made):
    reports, said = made
    looked = 0
    tables = reports / "data"  # the city's own, as they were: a name of an indicator may hold that of the province
    for path in sorted(p for p in reports.rglob("*") if p.parent != tables):
        if path.suffix in (".html", ".csv", ".svg", ".pptx", ".docx", ".xlsx") or path.name == "report.pdf":
            found = FOREIGN.search(OWN_NAME.sub("", words(path)))
            assert not found, (path.name, found)
            looked += 1
    assert looked > 50
    assert "left out of the report on Exampleton" in said
    assert "01_foreign_investment.ipynb" in said


@pytest.mark.parametrize("name", ["report.html", "report.pdf", "briefing.pptx", "briefing.docx", "workbook.xlsx"])
def test_the_citys_own_name_and_values_stand_in_every_format(made, name):
    reports, _ = made
    if name == "report.pdf" and not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not installed")
    for lang, expected in (("zh", ("示例", "5.69", "1,777.3")), ("en", ("Exampleton", "0.569", "177.73"))):
        text = words(reports / lang / name)
        for value in expected:
            assert value in text, (lang, name, value)


def test_every_exhibit_of_the_notebooks_that_hold_for_any_city_is_there(made):
    reports, _ = made
    exhibits = json.loads((reports / "manifest.json").read_text(encoding="utf-8"))["exhibits"]
    assert list(exhibits) == [p.stem for p in GENERIC]
    for path in GENERIC:
        assert len(exhibits[path.stem]) == len(calls([path]))
    assert "projection_fdi_utilized" in exhibits["11_projections"]


def test_a_second_run_has_nothing_to_do_and_the_tables_stay_sound(made):
    reports, _ = made
    for arguments, expected in (
        (["report"], "up to date"),
        (["check"], "in order"),
        (["gaps", "--lang", "en"], "Target 2027"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "huzhou_analysis", *arguments, "--data", str(reports.parent)],
            cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}, capture_output=True,
            encoding="utf-8", timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert expected in done.stdout
    assert CODE in (reports.parent / "ref_areas.csv").read_text(encoding="utf-8-sig")
