"""What is written for readers holds: commands exist, links and pictures lead somewhere, examples run, texts keep to docs/style.md."""

import ast
import csv
import doctest
import inspect
import json
import re
import tomllib
import unicodedata
from functools import cache
from importlib import import_module
from urllib.parse import unquote

import pytest
import yaml
from mistune import create_markdown
from table_copies import ROOT

import huzhou_analysis as hz
from huzhou_analysis.cli import parser

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "data" / "README.md"])
READMES = ("README.md", "README.zh-CN.md")
SETTINGS = {"OUT", "DATA", "SOURCES", "ARGS", "ENV", "PYTHON", "UPGRADE", "FILE"}
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


@cache
def tokens(path):
    """A page as a Markdown reader takes it: a flat list of tokens."""
    found = []

    def walk(items):
        for token in items:
            found.append(token)
            walk(token.get("children", []))

    walk(create_markdown(renderer="ast", plugins=["table"])(path.read_text(encoding="utf-8")))
    return found


def links(path):
    return [unquote(token["attrs"]["url"]) for token in tokens(path) if token["type"] in ("link", "image")]


def words(token):
    return token.get("raw", "") + "".join(words(child) for child in token.get("children", []))


def anchors(path):
    """Anchors of the headings, as the usual hosts of Markdown make them."""
    made = []
    for token in tokens(path):
        if token["type"] == "heading":
            text = "".join(c for c in words(token).lower() if c in "-_ " or unicodedata.category(c)[0] in "LN")
            made.append(text.replace(" ", "-"))
    return made


def code(path):
    """Everything set as code: blocks and spans."""
    return [token["raw"] for token in tokens(path) if token["type"] in ("block_code", "codespan")]


def make_targets():
    return re.findall(r"(?m)^([a-z0-9-]+):.*?## ", (ROOT / "Makefile").read_text(encoding="utf-8"))


def subcommands():
    (action,) = [a for a in parser()._actions if a.dest == "command"]
    return action.choices


def commands(path):
    """Every ``make ...`` and ``python -m huzhou_analysis ...`` of a page."""
    lines = [line.strip() for raw in code(path) for line in raw.splitlines()]
    made = [line.removeprefix(".\\") for line in lines if re.match(r"(\.\\)?make ", line)]
    run = [line.split("-m huzhou_analysis ", 1)[1] for line in lines if "-m huzhou_analysis " in line]
    return made, run


@every_page
def test_every_link_and_picture_leads_somewhere(page):
    for link in links(page):
        assert "://" not in link, "nothing outside is needed to read this"
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        assert ROOT in target.parents, link
        if anchor:
            assert anchor in anchors(target), link


@every_page
def test_files_and_folders_named_as_code_are_there(page):
    ours = re.compile(r"(?!data/inbox/)(?:data|docs|notebooks|huzhou_analysis|tests|benchmarks)/[\w./-]*")
    assert [raw for raw in code(page) if ours.fullmatch(raw) and not (ROOT / raw).exists()] == []


@every_page
def test_every_command_that_is_named_exists(page):
    made, run = commands(page)
    for line in made:
        _, target, *rest = line.split()
        if target.islower():  # `make TARGET` says how, not what
            assert target in make_targets(), line
            assert all(word.partition("=")[0] in SETTINGS for word in rest if "=" in word), line
    for line in run:
        first, *rest = line.split()
        if first.islower():
            assert first in subcommands(), line
            flags = {flag for action in subcommands()[first]._actions for flag in action.option_strings}
            assert [word for word in rest if word.startswith("--") and word not in flags] == [], line


def test_both_readmes_link_each_other_and_name_the_same_commands_and_folders():
    english, chinese = (ROOT / name for name in READMES)
    assert READMES[1] in links(english)
    assert READMES[0] in links(chinese)
    # Words that stand for something are written in the reader's language.
    placeholders = {"文件夹": "folder", "图表": "exhibit", "图.pptx": "chart.pptx", " --lang en": "", " --watermark 草稿": "",
                    ', lang="en"': ""}  # fmt: skip

    def named(path):
        found = set()
        for raw in code(path):
            for local, common in placeholders.items():
                raw = raw.replace(local, common)
            if re.match(r"make |python |hz\.|conda |reports/|data/|HUZHOU|\w+/$", raw):
                found |= set(raw.splitlines())
        return found

    assert named(english) == named(chinese)
    same = [
        {link.replace(".zh-CN", "").replace(".zh.", ".").replace(".en.", ".") for link in links(path)}
        for path in (english, chinese)
    ]
    assert same[0] == same[1]
    for page in (english, chinese):
        assert next(t["raw"] for t in tokens(page) if t["type"] == "block_code") == "make report\nmake test\n"
        assert {line.split()[1] for line in commands(page)[0]} >= set(make_targets())


@pytest.mark.parametrize("module", ["growth", "targets", "forecast", "ledger", "scenario", "rounding"])
def test_every_public_formula_is_in_the_methods(module):
    home = import_module(f"huzhou_analysis.{'facts' if module == 'rounding' else 'analysis'}.{module}")
    ours = [f.__name__ for f in vars(home).values() if inspect.isfunction(f) and f.__module__ == home.__name__]
    functions = [name for name in ours if not name.startswith("_")]
    text = "".join((ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("methods.md", "projections.md"))
    assert functions
    assert [name for name in functions if not re.search(rf"`(?:hz\.)?{name}\b", text)] == []


def test_every_source_that_is_cited_is_in_the_literature():
    text, literature = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8").split("## Literature")
    no_authors = {("Nations", "2008"), ("Accounts", "2008")}
    cited = set(re.findall(r"\(?([A-Z][a-z]+)(?: et al\.| & [A-Z][a-z]+)?,? (\d{4})\b", text)) - no_authors
    assert len(cited) > 4
    assert [f"{who} {year}" for who, year in cited if not re.search(rf"{who}.*\({year}\)", literature)] == []


def test_the_rows_that_the_data_page_shows_are_on_file_as_it_says(whole):
    text = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:D00\d|P-)[\w.-]*\.[\w.-]+)`", text))
    assert len(named) > 6
    assert [i for i in named if i not in whole.figures.index] == []
    for figure_id, value in re.findall(r"`(D00\d[\w.-]+)`: ([\d.]+)亿", text):
        assert whole.figures.obs_text[figure_id] == value
    level = whole.figures.loc["D001-GWR.gdp.2013"]
    for cell in (level.obs_text, level.unit, level.locator, level.as_printed, level.vintage, level.prices):
        assert cell in text
    correction = whole.corrections.loc["P-20240423-EZJ.gdp.2024-Q1"]
    assert f"value {correction.value}, `expect` {correction.expect}" in text


def test_the_citation_file_is_valid_and_of_this_version():
    cff = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cff["cff-version"] == "1.2.0" and {"message", "title", "authors"} <= set(cff)  # required by the schema
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    package = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
    assert str(cff["version"]) == project["version"] == hz.__version__ == package["version"]
    assert cff["license"] == project["license"] == "MIT"
    assert [author["name"] for author in cff["authors"]] == [author["name"] for author in project["authors"]]


CALLABLE = [name for name in hz.__all__ if callable(getattr(hz, name))]


def test_completion_offers_public_names_only():
    from IPython.core.completer import IPCompleter, provisionalcompleter

    completer = IPCompleter(namespace={"hz": hz, "data": hz.load()}, use_jedi=False)
    with provisionalcompleter():
        offered, of_data = (
            {c.text.lstrip(".") for c in completer.completions(text, len(text))} for text in ("hz.", "data.")
        )
    assert offered >= set(hz.__all__)
    assert {"figures", "indicators", "select", "figure"} <= of_data
    assert not any(name.startswith("_") for name in of_data)


@pytest.mark.parametrize("name", CALLABLE)
def test_every_public_name_is_documented_and_its_examples_run(name, whole, monkeypatch):
    monkeypatch.delenv("HUZHOU_DATA", raising=False)
    text = inspect.getdoc(getattr(hz, name)) or ""
    assert len(text.splitlines()[0]) > 10
    said = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    runner.run(
        doctest.DocTestParser().get_doctest(text, {"hz": hz, "data": whole, name: getattr(hz, name)}, name, None, 0),
        out=said.append,
    )
    assert runner.failures == 0, "".join(said)


STYLE = ROOT / "docs" / "style.md"
# Columns in the words of a source.
OWN = {"as_printed", "title", "locator", "text", "name_zh", "anchor", "unit", "left", "right", "url"}


def rules():
    """The patterns of the first columns."""
    cells = [
        re.split(r"(?<!\\)\|", line)[1] for line in STYLE.read_text("utf-8").splitlines() if line.startswith("| `")
    ]
    return [re.compile(p.replace("\\|", "|")) for cell in cells for p in re.findall("`([^`]+)`", cell)]


def of_code(path, source=None):
    """Texts of Python source, without docstrings, patterns and pieces of code."""
    tree = ast.parse(source or path.read_text("utf-8"))
    spoken = [n.value for n in ast.walk(tree) if isinstance(n, ast.Expr)]
    for node in ast.walk(tree):
        words = node.value if isinstance(node, ast.Constant) and node not in spoken else None
        if isinstance(words, str) and not re.search(r"[|]|\bimport \w", words):
            yield node.lineno, words


def of_table(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        for n, row in enumerate(csv.DictReader(file), 2):
            quoted = {name: re.sub("[\u4e00-\u9fff]+", "", row[name]) for name in row if name == "comment"}
            yield from ((n, value) for name, value in (row | quoted).items() if name not in OWN)


def of_page(path):
    for n, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        yield n, re.sub("`[^`]*`", "", line)


def of_notebook(path):
    for n, cell in enumerate(json.loads(path.read_text("utf-8"))["cells"]):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            yield n, re.sub("`[^`]*`", "", source)
        else:
            yield from ((n, text) for _, text in of_code(path, re.sub(r"(?m)^[%!].*", "", source)))


PLACES = {
    "huzhou_analysis/**/*.py": of_code,
    "huzhou_analysis/**/templates/*.[jt]*": of_page,
    "data/*.csv": of_table,
    "huzhou_analysis/facts/*.csv": of_table,
    "huzhou_analysis/report/*.csv": of_table,
    "huzhou_analysis/facts/*.json": of_page,
    "huzhou_analysis/inbox/*.csv": of_table,
    "**/*.md": of_page,
    "notebooks/*.ipynb": of_notebook,
}


@pytest.mark.parametrize("place", PLACES)
def test_no_text_holds_a_word_that_the_style_guide_replaces(place):
    found, paths = rules(), [p for p in ROOT.glob(place) if p != STYLE and not {".venv", "reports"} & set(p.parts)]
    assert len(found) > 20 and paths
    offenders = [
        f"{path.relative_to(ROOT)}:{n}: {hit[0]!r} in …{text[max(0, hit.start() - 40) : hit.end() + 40]}…"
        for path in paths
        for n, text in PLACES[place](path)
        for rule in found
        if (hit := rule.search(text or ""))
    ]
    assert not offenders, "\n".join(offenders)
