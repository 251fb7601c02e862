"""The report of the whole project: twice the same, and never half."""

import json
import re

import pytest
from lxml import html
from test_office import points_missed
from whole import copy_project, run, tree

from huzhou_analysis.facts.data import load

pytestmark = pytest.mark.e2e


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
