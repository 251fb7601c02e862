"""The project's notebooks as files: each language whole, results up to date, nothing of a machine in them."""

import re

import pytest
from table_copies import ROOT

from huzhou_analysis.report import collect, export

FILES = collect.notebook_files([ROOT / "notebooks"])
every = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def test_results_are_those_of_the_cells_and_tables():
    """Run ``make notebooks`` where this names any."""
    assert collect.stale(FILES, ROOT / "data") == []


@every
def test_each_language_has_its_heading_and_every_cell_its_twin(path):
    tags = [
        [t for t in ("zh", "en") if t in c.metadata.get("tags", [])]
        for c in collect.read(path).cells
        if c.cell_type == "markdown"
    ]
    told = [t[0] for t in tags if len(t) == 1]
    assert told[::2] == ["zh"] * (len(told) // 2) and told[1::2] == ["en"] * (len(told) // 2)
    assert len(collect.headings(path)) == 2


@every
def test_links_lead_to_notebooks_that_are_there(path):
    for cell in collect.read(path).cells:
        for target in re.findall(r"\]\(([^)#\s]+\.ipynb)", cell.source):
            assert (path.parent / target).exists(), target


@every
def test_what_its_metadata_name_for_the_brief_is_shown(path):
    """By pattern: ids that are worked out match what the source makes of them."""
    patterns = export.ids_in(path)
    for name in collect.own_metadata(collect.read(path)).get("brief", []):
        assert any(re.fullmatch(p, name) for p in patterns), name


def test_pictures_of_the_readme_are_exhibits_in_both_languages():
    known = [pattern for path in FILES for pattern in export.ids_in(path)]
    drawn = {"zh": set(), "en": set()}
    for readme, lang in (("README.md", "en"), ("README.zh-CN.md", "zh")):
        text = (ROOT / readme).read_text(encoding="utf-8")
        for name in re.findall(r"docs/pictures/(\w+)\." + lang + r"\.png", text):
            assert name in known and (ROOT / f"docs/pictures/{name}.{lang}.png").stat().st_size <= collect.LARGEST
            drawn[lang].add(name)
    assert drawn["zh"] == drawn["en"] and len(drawn["en"]) == 3
