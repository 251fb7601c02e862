"""A project of two small notebooks about a made-up city: a report of it is made in seconds."""

from made_up_city import city
from test_report import LOAD, write_notebook

from huzhou_analysis.facts.codebook import generated
from huzhou_analysis.facts.data import load

# A picture of two figures, drawn by a function of its own.
OWN_CHART = """
from dataclasses import replace
import huzhou_analysis as hz
def draw(canvas):
    canvas.axes().plot([1, 2], [3, 4])
base = hz.compose(hz.load(), "own_chart", ["M.gdp", "M.exports"], title=("产出{0}", "Output {0}"), reading=("出口{1}。", "Exports {1}."))
_ = hz.show(replace(base, draw=draw), lang="en")
"""


def small_project(folder):
    """Tables, and notebooks: one that shows a table and a picture, one that shows nothing."""
    city(folder / "data")
    for name, text in generated(load(folder / "data")).items():
        (folder / "data" / name).write_text(text, encoding="utf-8", newline="\n")
    (folder / "notebooks").mkdir()
    write_notebook(
        folder, "01_shown", LOAD, OWN_CHART, "hz.show(hz.overview.headlines(data), lang='zh')", heading="Shown · 所示"
    )
    write_notebook(folder, "02_silent", heading="Silent · 无图")
    return folder
