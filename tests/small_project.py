"""A project of small notebooks about a made-up city: a report of it is made in seconds."""

import json
from pathlib import Path

import pytest
from made_up_city import city

from huzhou_analysis.facts.codebook import generated
from huzhou_analysis.facts.data import load

LOAD = "import huzhou_analysis as hz\ndata = hz.load()"
CHART = """fdi, plan = hz.series(data, "fdi_utilized"), hz.plan(data, "fdi_utilized")
last, goal = hz.point(data, fdi), hz.point(data, plan)
hz.exhibit(data, "fdi_path", hz.over_years(data, fdi, plan), last=last, goal=goal,
    title=("外资{last.year}年{last}", "FDI {last} in {last.year}"), reading=("目标{goal}。", "The target is {goal}."))"""
FINDING = 'hz.finding("**结论。**外资{last}。", "**Finding.** FDI {last}.", last=last)'
TABLE = """import pandas as pd
frame = pd.DataFrame({"name": [("甲", "A"), ("乙", "B")], "value": [1.5, -2.0]})
hz.exhibit(data, "two_rows", frame, columns={"name": ("名称", "Name"), "value": ("值", "Value")}, title=("两行", "Two rows"))"""


def cell(source, *tags, kind="code"):
    made = {"cell_type": kind, "id": "", "metadata": {"tags": list(tags)} if tags else {}, "source": source}
    return made | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def notebook(path: Path, *cells, title=("标题", "Title"), **metadata):
    """Write a notebook of code sources and ready cells, headed in two languages."""
    heads = [cell(f"# {words}", lang, kind="markdown") for lang, words in zip(("zh", "en"), title, strict=True)]
    cells = [*heads, *(one if isinstance(one, dict) else cell(one) for one in cells)]
    for n, one in enumerate(cells):
        one["id"] = f"c{n}"
    content = {
        "cells": cells,
        "metadata": {"huzhou_analysis": metadata} if metadata else {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def small_project(folder: Path) -> Path:
    """Tables and two notebooks: one with a chart and a finding, one with a table."""
    city(folder / "data")
    for name, text in generated(load(folder / "data")).items():
        (folder / "data" / name).write_text(text, encoding="utf-8", newline="\n")
    (folder / "notebooks").mkdir()
    notebook(
        folder / "notebooks" / "01_foreign_investment.ipynb",
        LOAD,
        CHART,
        cell(FINDING, "message"),
        title=("外资", "FDI"),
    )
    notebook(folder / "notebooks" / "02_rows.ipynb", LOAD, TABLE, title=("表", "Rows"))
    return folder


def in_place(monkeypatch: pytest.MonkeyPatch, folder: Path, *writers: str) -> None:
    """Let the report be made of a small project, by some of its writers only."""
    from huzhou_analysis.report import build, output

    def paths(to=None, notebooks=None):
        more = (Path(notebooks).resolve(),) if notebooks else ()
        return build.Paths(
            folder / "data", Path(to).resolve() if to else folder / "reports", (folder / "notebooks", *more)
        )

    monkeypatch.setenv("HUZHOU_DATA", str(folder / "data"))
    monkeypatch.setattr(build, "paths", paths)
    monkeypatch.setattr(output, "WRITERS", {name: output.WRITERS[name] for name in writers})
