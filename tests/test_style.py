"""Texts speak as docs/style.md asks: the word lists are read from its tables and held against every text."""

import ast
import csv
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
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
