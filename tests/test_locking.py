"""The lock of the tables' folder: no adding is lost, whoever comes second waits or is told, and a killed run leaves nothing."""

import os
import subprocess
import sys
from contextlib import contextmanager

import pytest
from made_up_city import city, figure
from table_copies import ROOT

import huzhou_analysis as hz
from huzhou_analysis.facts.locking import TABLES_LOCK, Busy, locked

HOLD = """
import sys
from huzhou_analysis.facts.locking import locked
with locked(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def holding(path):
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "encoding": "utf-8"}
    with subprocess.Popen([sys.executable, "-c", HOLD, str(path)], cwd=ROOT, **pipes) as other:
        assert other.stdout.readline() == "held\n"
        try:
            yield other
        finally:
            other.kill()


def test_the_second_is_told_where_and_what_to_do_and_may_enter_once_the_first_is_gone(tmp_path):
    path = tmp_path / "一处 place" / TABLES_LOCK
    with holding(path) as other:
        with pytest.raises(Busy, match="run the command again") as caught, locked(path):
            pass
        assert str(path) in str(caught.value)
        other.kill()
        other.wait()
        with locked(path), pytest.raises(Busy), locked(path):  # nor twice from one process
            pass
    with pytest.raises(ValueError, match="x"), locked(path):
        raise ValueError("x")
    with locked(path):
        pass


def test_of_additions_at_once_from_two_checkouts_none_is_lost(tmp_path):
    """Two processes, each started in another folder, add a figure to one folder of tables at the same moment."""
    tables = city(tmp_path / "shared 数据")
    before, rounds = set(hz.load(tables).figures.index), 2
    head = ["indicator", "time_period", "transformation", "obs_value", "unit", "as_printed", "source_id", "locator"]
    for n in range(rounds):
        running = []
        for k in (1, 2):
            here = tmp_path / f"checkout {k}"
            here.mkdir(exist_ok=True)
            row = figure("", f"{310 + n}.{k}", "exports", "亿元", f"{2010 + 2 * n + k}", "M-BOOK", "表1")
            lines = [head, [(row | {"transformation": "N"})[name] for name in head]]
            (here / "new.csv").write_text("\n".join(map(",".join, lines)), encoding="utf-8-sig")
            command = [sys.executable, "-m", "huzhou_analysis", "add", "new.csv", "--confirm", "--data", str(tables)]
            environment = os.environ | {"PYTHONPATH": str(ROOT)}
            running.append(subprocess.Popen(command, cwd=here, env=environment, stdout=subprocess.DEVNULL))
        assert [process.wait(120) for process in running] == [0, 0]
    added = set(hz.load(tables).figures.index) - before
    assert len(added) == 2 * rounds
