"""The arithmetic of the benchmarks: ratios, spreads, order of growth; no figure of a machine is asserted."""

import importlib
import sys
from math import isclose
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import huzhou_analysis as hz

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "benchmarks"))
measuring, bench = importlib.import_module("measuring"), importlib.import_module("bench")

times = st.lists(st.floats(0.001, 1000), min_size=1, max_size=9)


def test_a_ratio_is_taken_round_by_round_and_not_of_the_medians():
    found = measuring.ratios([2.0, 30.0, 4.0], [1.0, 10.0, 4.0])
    assert (found.low, found.median, found.high) == (1.0, 2.0, 3.0)  # 2/1, 30/10, 4/4; the medians give 4/4 = 1


@given(times, st.floats(0.01, 100))
def test_a_machine_that_is_slower_in_some_rounds_changes_no_ratio(floor, factor):
    found = measuring.ratios([one * factor for one in floor], floor)
    assert isclose(found.low, factor) and isclose(found.high, factor)


def test_rounds_that_do_not_pair_up_and_floors_of_nothing_are_refused():
    with pytest.raises(ValueError, match="2 rounds against 1"):
        measuring.ratios([1.0, 2.0], [1.0])
    with pytest.raises(ValueError, match="took no time"):
        measuring.ratios([1.0], [0.0])


def test_a_spread_is_shown_as_median_and_ends_or_alone():
    assert measuring.Spread.of([3.0, 1.0, 2.0, 10.0]).show(1, " s") == "2.5 s (1.0–10.0)"
    assert measuring.Spread.of([1.001, 1.002]).show(2, "x") == "1.00x"
    assert measuring.Spread.of([1234.5]).show(0) == "1,234"


@pytest.mark.parametrize(("power", "expected"), [(1, 1.0), (2, 2.0), (0, 0.0)])
def test_the_order_of_growth_comes_from_the_two_largest_sizes(power, expected):
    sizes = [1_000_000, 10, 100_000]
    seconds = [sizes[0] ** power, 777.0, sizes[2] ** power]  # the smallest is mostly start-up, and does not count
    assert isclose(measuring.growth_order(sizes, seconds), expected, abs_tol=1e-12)


def test_a_verdict_says_by_how_much_a_target_is_missed():
    assert measuring.verdict(1.5, 1.5) == "met"
    assert measuring.verdict(3.3, 3.0) == "missed by 10 %"


def test_each_command_comes_first_in_turn(monkeypatch):
    order = []
    monkeypatch.setattr(measuring, "run", lambda command, **_: order.append(command[0]))
    found = measuring.in_turn({"a": ["a"], "b": ["b"]}, 3)
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert {name: len(samples) for name, samples in found.items()} == {"a": 3, "b": 3}


def test_a_run_gives_what_was_printed_and_a_failure_says_what_the_command_said():
    sample = measuring.run([sys.executable, "-c", "print('够了')"], env={"PYTHONUTF8": "1"})
    assert sample.printed.strip() == "够了"
    assert sample.peak > 1  # an interpreter takes more than a megabyte
    with pytest.raises(measuring.Failed, match="no such module of ours"):
        measuring.run([sys.executable, "-c", "raise SystemExit('no such module of ours')"])


def test_processor_time_and_memory_count_the_processes_below():
    busy = "import time\nroom = bytearray(60_000_000)\nwhile time.process_time() < 0.3: pass"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}], check=True)"
    sample = measuring.run([sys.executable, "-c", code])
    assert np.isnan(sample.cpu) or sample.cpu > 0.3
    assert sample.peak > 57  # 60,000,000 bytes are 57.2 MB


def test_a_table_stands_right_from_its_second_column():
    assert measuring.table(["a", "b"], [["1", "2"]]) == "| a | b |\n|---|---:|\n| 1 | 2 |"


def test_a_row_holds_both_sides_their_ratio_and_the_verdict():
    ours, floor = [measuring.Sample(3, 2, 40)] * 2, [measuring.Sample(2, 1, 50)] * 2
    row = bench.compared("x", ours, floor, 1.6, lambda one: one.wall)
    assert row == ["x", "3.00 s", "2.00 s", "1.50x", "1.6x", "met", "40 MB", "50 MB"]
    assert bench.compared("x", ours, floor, 1.6, lambda one: one.cpu)[5] == "missed by 25 %"


def test_results_name_no_place_and_no_day(tmp_path):
    text = bench.page(bench.machine(), [bench.Part("load", Path("reports"), ["| a |"])])
    assert "## Load and validate\n\n| a |" in text
    assert str(ROOT) not in text and str(Path.home()) not in text
    assert not any(f"20{year}-" in text for year in range(20, 40))


def test_enlarged_tables_hold_so_many_figures_of_their_own_and_are_in_order(tmp_path):
    load = importlib.import_module("load")
    load.enlarge(tmp_path / "data", 5000)
    data = hz.load(tmp_path / "data")
    assert len(data.figures) == data.figures.index.nunique() == 5000
    read = load.read_with_pandas(tmp_path / "data")["figures"].set_index("figure_id")
    assert read.obs_value.equals(data.figures.obs_value.loc[read.index])
    assert (read.as_printed == data.figures.as_printed).all()


def test_a_part_that_is_not_there_is_refused_with_the_choices(capsys):
    with pytest.raises(SystemExit):
        bench.main(["speed"])
    assert "load" in capsys.readouterr().err
