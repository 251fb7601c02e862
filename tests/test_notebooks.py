"""Notebooks as they are committed: one question each, no results, nothing but calls of the library."""

import ast
import csv
import json
import re
from decimal import Decimal
from functools import cache

import nbformat
import pytest
from exhibit_calls import CALLS, NOTEBOOKS, ROOT, calls, code_cells, exhibit, tables

import huzhou_analysis as hz
from huzhou_analysis.exhibit import Shown

TEMPLATE = ROOT / "notebooks" / "_template.ipynb"
every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@cache
def notebook(path):
    return json.loads(path.read_text(encoding="utf-8"))


def markdown(path):
    return ["".join(cell["source"]) for cell in notebook(path)["cells"] if cell["cell_type"] == "markdown"]


def test_the_six_themes_are_there_in_order():
    wanted = ["00_overview", "01_foreign_investment", "02_exports", "03_industrial_investment", "04_transport_turnover",
              "05_targets_2027"]  # fmt: skip
    assert [path.stem for path in NOTEBOOKS][: len(wanted)] == wanted


def test_names_are_numbered_each_number_once():
    numbers = [re.fullmatch(r"(\d\d)_[a-z0-9_]+", path.stem)[1] for path in NOTEBOOKS]
    assert numbers == [f"{n:02}" for n in range(len(numbers))]


# ---------------------------------------------------------------------------------------------------------- hygiene


@every_notebook
def test_it_is_committed_without_results(path):
    for cell in notebook(path)["cells"]:
        assert cell["metadata"] == {}
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None
        else:
            assert "attachments" not in cell


@every_notebook
def test_it_is_valid_and_names_no_machine(path):
    nbformat.validate(nbformat.from_dict(notebook(path)))
    about = notebook(path)["metadata"].get("huzhou_analysis")
    assert set(notebook(path)["metadata"]) == {"kernelspec", "language_info", *(["huzhou_analysis"] if about else [])}
    assert about in (None, {"ref_area": tables().home})
    assert notebook(path)["metadata"]["kernelspec"]["name"] == "python3"
    assert notebook(path)["metadata"]["language_info"] == {"name": "python"}
    assert path.read_bytes().endswith(b"}\n")
    assert b"\r" not in path.read_bytes()


@every_notebook
def test_cell_ids_are_unique_and_cells_are_not_empty(path):
    ids = [cell["id"] for cell in notebook(path)["cells"]]
    assert len(set(ids)) == len(ids)
    assert all("".join(cell["source"]).strip() for cell in notebook(path)["cells"])


# ------------------------------------------------------------------------------------------------------------ narrative


@every_notebook
def test_one_heading_names_the_topic_in_both_languages(path):
    headings = [line for source in markdown(path) for line in source.splitlines() if re.match(r"# ", line)]
    assert len(headings) == 1
    assert re.fullmatch(r"# [A-Z][A-Za-z0-9 ]+ · [\u4e00-\u9fff0-9]+", headings[0])


@every_notebook
def test_the_first_cell_states_the_question_and_what_goes_in_and_out(path):
    first = notebook(path)["cells"][0]
    assert first["cell_type"] == "markdown"
    source = "".join(first["source"])
    assert source.startswith("# ")
    question = re.search(r"\*\*Question\.\*\* (.+)", source)[1]
    assert "?" in question
    given, out = re.search(r"\*\*In:\*\* (.+?) \*\*Out:\*\* (.+)", source).groups()
    assert len(given) > 20
    assert len(out) > 20


@every_notebook
def test_the_narrative_names_indicators_in_chinese(path):
    text = "\n".join(markdown(path)[1:])
    assert re.search(r"[\u4e00-\u9fff]{2}", text)
    assert len(re.findall(r"[A-Za-z]{3,}", text)) > 5


@every_notebook
def test_every_part_has_a_heading(path):
    """Each cell of text after the first begins a part; a text without a heading is one that has lost it."""
    assert [source for source in markdown(path)[1:] if not source.startswith("## ")] == []


@every_notebook
def test_what_a_notebook_shows_stands_under_a_heading(path):
    kinds = [cell["cell_type"] for cell in notebook(path)["cells"]]
    for i, cell in enumerate(notebook(path)["cells"]):
        if "hz.show(" in "".join(cell["source"]) and cell["cell_type"] == "code":
            assert kinds[i - 1] == "markdown", cell["id"]
            assert "".join(cell["source"]).count("hz.show(") == 1, cell["id"]


@every_notebook
def test_links_between_notebooks_lead_somewhere(path):
    for link in re.findall(r"\]\(([^)]+)\)", "\n".join(markdown(path))):
        assert "://" not in link
        assert (path.parent / link).is_file(), link


def test_the_overview_leads_on_to_every_notebook_with_its_question_in_both_languages():
    overview, *others = NOTEBOOKS
    rows = re.findall(r"(?m)^\| \[(\d\d) [^\]]+\]\(([^)]+)\) \| (.+?) \| (.+?) \|$", "\n".join(markdown(overview)))
    assert [target for _, target, *_ in rows] == [path.name for path in others]
    assert all(target.startswith(f"{number}_") for number, target, *_ in rows)
    assert all(question.endswith("?") and frage.endswith("？") for *_, question, frage in rows)
    assert f"]({TEMPLATE.name})" in "\n".join(markdown(overview))


def test_the_template_keeps_the_rules_of_a_notebook():
    """What a researcher copies passes, under its new name, everything that is asked of a notebook."""
    for check in (test_it_is_committed_without_results, test_it_is_valid_and_names_no_machine,
                  test_cell_ids_are_unique_and_cells_are_not_empty, test_one_heading_names_the_topic_in_both_languages,
                  test_the_first_cell_states_the_question_and_what_goes_in_and_out,
                  test_the_narrative_names_indicators_in_chinese, test_every_part_has_a_heading,
                  test_what_a_notebook_shows_stands_under_a_heading, test_links_between_notebooks_lead_somewhere,
                  test_quantities_quoted_in_the_narrative_are_on_file,
                  test_the_first_code_cell_sets_the_language_and_loads_the_data,
                  test_nothing_is_computed_but_by_the_library,
                  test_what_can_be_shown_in_either_language_follows_the_switch,
                  test_cited_figures_are_on_file):  # fmt: skip
        check(TEMPLATE)


def test_the_template_shows_what_no_other_notebook_shows():
    own = {call.make(tables()).id for call in calls([TEMPLATE])}
    assert len(own) == 2
    assert own & {exhibit(call).id for call in CALLS} == set()


@cache
def printed_numbers():
    with open(ROOT / "data" / "figures.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return {(Decimal(row["obs_value"]), row["unit"]) for row in rows if row["obs_value"]}


@every_notebook
def test_quantities_quoted_in_the_narrative_are_on_file(path):
    """Text is written by hand and can go stale: a number with a Chinese unit, or a rate, must be a printed one."""
    quantity = r"(?<![\d.])\+?(\d+(?:\.\d+)?)(亿美元|亿元|万TEU|亿吨公里|%|‰)(?!以上)"  # 3亿元以上 is a class, no value
    for value, unit in re.findall(quantity, "\n".join(markdown(path))):
        assert (Decimal(value), unit) in printed_numbers(), f"{value}{unit}"


# ----------------------------------------------------------------------------------------------------------------- code


@every_notebook
def test_the_first_code_cell_sets_the_language_and_loads_the_data(path):
    statements = ast.parse(code_cells(path)[0]).body
    assert [ast.unparse(s) for s in statements] == ["import huzhou_analysis as hz", "LANG = 'zh'", "data = hz.load()"]
    assert re.search(r'^LANG = "zh" +# "zh" or "en"$', code_cells(path)[0], re.MULTILINE)


NOTHING_BUT_CALLS = (ast.Expression, ast.Call, ast.Attribute, ast.Name, ast.Load, ast.Constant, ast.keyword,
                     ast.Subscript, ast.List, ast.Tuple)  # fmt: skip


@every_notebook
def test_nothing_is_computed_but_by_the_library(path):
    """No arithmetic, loop, import, assignment or function; no clock, no network, no file: only calls and selections."""
    for source in code_cells(path)[1:]:
        statements = ast.parse(source).body
        assert len(statements) == 1, source
        assert isinstance(statements[0], ast.Expr), source
        for node in ast.walk(ast.Expression(statements[0].value)):
            assert isinstance(node, NOTHING_BUT_CALLS), (type(node).__name__, source)
            if isinstance(node, ast.Name):
                assert node.id in {"hz", "data", "LANG", "print"}, source
            if isinstance(node, ast.Attribute) and ast.unparse(node).startswith("hz."):
                assert not node.attr.startswith("_"), source
        called = [ast.unparse(node.func) for node in ast.walk(statements[0]) if isinstance(node, ast.Call)]
        assert any(name.startswith("hz.") for name in called), source


@every_notebook
def test_what_can_be_shown_in_either_language_follows_the_switch(path):
    for source in code_cells(path)[1:]:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("hz.show", "hz.cite", "hz.find"):
                languages = [ast.unparse(keyword.value) for keyword in node.keywords if keyword.arg == "lang"]
                assert languages == ["LANG"], source


@every_notebook
def test_cited_figures_are_on_file(path):
    for source in code_cells(path):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "hz.cite":
                ids = [argument.value for argument in node.args[1:] if isinstance(argument, ast.Constant)]
                assert ids or isinstance(node.args[1], ast.Call)  # or the first rows of a table
                assert [i for i in ids if i not in tables().figures.index] == []


@every_notebook
def test_what_is_said_of_any_city_names_none(path):
    """A notebook that does not say which city it argues about joins the report of every city."""
    named = set(tables().ref_areas.index[tables().ref_areas.parent == tables().home]) | {tables().home}
    names = [name for area in named for name in tables().ref_areas.loc[area, ["name_zh", "name_en"]]]
    names += ["湖州", "吴兴", "安吉", "德清", "长兴", "Wuxing", "Anji", "Deqing", "Changxing", "Zhejiang", "浙江"]
    text = "\n".join(["".join(cell["source"]) for cell in notebook(path)["cells"]])
    if "huzhou_analysis" not in notebook(path)["metadata"]:
        assert [name for name in names if name in text] == []
        assert re.findall(r"\b20[12]\d\b|[A-Z]\d{3}\.", text) == []


@every_notebook
def test_it_shows_an_exhibit(path):
    assert [call for call in CALLS if call.notebook == path.name]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", [*NOTEBOOKS, TEMPLATE], ids=lambda path: path.stem)
def test_it_runs_from_top_to_bottom_in_either_language(path, lang, monkeypatch, capsys):
    """In this process, for speed; in a kernel of its own while the report is made."""
    monkeypatch.delenv("HUZHOU_EXHIBITS", raising=False)
    data = tables()
    monkeypatch.setattr(hz, "load", lambda: data)
    names = {}
    shown = []
    for source in code_cells(path):
        *body, last = ast.parse(source.replace('LANG = "zh"', f'LANG = "{lang}"')).body
        exec(compile(ast.Module([*body], []), path.name, "exec"), names)
        if isinstance(last, ast.Expr):
            shown.append(eval(compile(ast.Expression(last.value), path.name, "eval"), names))
        else:
            exec(compile(ast.Module([last], []), path.name, "exec"), names)
    exhibits = [value for value in shown if isinstance(value, Shown)]
    assert len(exhibits) == len(calls([path]))
    assert {value.lang for value in exhibits} == {lang}
    assert all(value.exhibit.reading[lang] in repr(value) for value in exhibits)
    if any("hz.cite(" in source for source in code_cells(path)):
        assert ("《" in capsys.readouterr().out) == (lang == "zh")
