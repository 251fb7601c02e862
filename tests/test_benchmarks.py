"""The arithmetic of the benchmarks: ratios, spreads, verdicts; no figure of a machine is asserted."""

import importlib
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import huzhou_analysis as hz

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "benchmarks"))
bench = importlib.import_module("bench")


def samples(*walls):
    return [bench.Sample(wall, wall, 40) for wall in walls]


def test_a_ratio_is_taken_round_by_round_and_not_of_the_medians():
    row = bench.compared("x", samples(2, 30, 4), samples(1, 10, 4), 1.6, lambda one: one.wall)
    assert row[1:4] == ["4.00 s (2.00–30.00)", "4.00 s (1.00–10.00)", "2.00x (1.00–3.00)"]  # 2/1, 30/10, 4/4
    assert row[4:] == ["1.6x", "missed by 25 %", "40 MB", "40 MB"]
    with pytest.raises(ValueError, match="shorter"):
        bench.compared("x", samples(1, 2), samples(1), 1, lambda one: one.wall)


@given(st.lists(st.floats(0.001, 1000), min_size=1, max_size=9), st.integers(1, 100))
def test_a_machine_that_is_slower_in_some_rounds_changes_no_ratio(floor, factor):
    ours = samples(*(one * factor for one in floor))
    row = bench.compared("x", ours, samples(*floor), factor * 1.001, lambda one: one.wall)
    assert row[3] == f"{factor:.2f}x" and row[5] == "met"


def test_enlarged_tables_hold_so_many_figures_of_their_own_and_are_in_order(tmp_path):
    load = importlib.import_module("load")
    load.enlarge(tmp_path / "data", 5000)
    data = hz.load(tmp_path / "data")
    assert len(data.figures) == data.figures.index.nunique() == 5000
    read = load.read_with_pandas(tmp_path / "data")["figures"].set_index("figure_id")
    assert read.obs_value.equals(data.figures.obs_value.loc[read.index])
    assert (read.as_printed == data.figures.as_printed).all()
