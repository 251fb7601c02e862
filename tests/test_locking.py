"""One run at a time: who comes second is told at once, and a killed run leaves nothing locked."""

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from huzhou_analysis.facts.lock import Busy, Lock

ROOT = Path(__file__).resolve().parent.parent
HOLD = """
import sys
from huzhou_analysis.facts.lock import Lock
with Lock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def holding(path):
    """Another process that holds a lock."""
    with subprocess.Popen([sys.executable, "-c", HOLD, str(path)], cwd=ROOT, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, encoding="utf-8") as other:  # fmt: skip
        assert other.stdout.readline() == "held\n"
        try:
            yield other
        finally:
            other.kill()


def test_the_second_is_told_who_holds_it_since_when_and_what_to_do(tmp_path):
    path = tmp_path / "一处 place" / "run.lock"
    with holding(path) as other:
        with pytest.raises(Busy) as caught, Lock(path):
            pass
        words = str(caught.value)
        assert f"进程 {other.pid}" in words
        assert f"process {other.pid}, since 20" in words
        assert "run the command again" in words


def test_it_is_free_again_when_the_holder_ends_or_is_killed(tmp_path):
    path = tmp_path / "run.lock"
    with holding(path) as other:
        other.kill()
        other.wait()
        with Lock(path):
            assert path.read_bytes().startswith(str(os.getpid()).encode())  # not what the killed one wrote
    with holding(path) as other:
        other.communicate("")  # it ends by itself
    with Lock(path):
        pass
    assert path.read_bytes() == b""


def test_one_process_cannot_enter_twice(tmp_path):
    with Lock(tmp_path / "l"), pytest.raises(Busy), Lock(tmp_path / "l"):
        pass


def test_an_error_inside_frees_it(tmp_path):
    with pytest.raises(ValueError, match="x"), Lock(tmp_path / "l"):
        raise ValueError("x")
    with Lock(tmp_path / "l"):
        pass


def test_waiting_is_said_and_ends_with_the_other(tmp_path):
    path = tmp_path / "setup.lock"
    with holding(path) as other:
        with Lock(path, wait=True, waiting=other.kill):  # the other ends only once we have said that we wait
            other.wait()
        assert other.returncode != 0


def test_a_lock_file_with_any_content_is_no_hindrance(tmp_path):
    path = tmp_path / "run.lock"
    path.write_bytes(b"\xff\x00 not a process" * 100)
    with Lock(path):
        assert path.stat().st_size < 40
