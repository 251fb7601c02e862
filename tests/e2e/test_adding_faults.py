"""Faults while figures are added: killed at any moment, disk full, read-only. The tables are old or new, never between."""

import os
import random
import shutil
import subprocess
import sys
import time
from contextlib import suppress

import pytest
from made_up_city import city
from whole import as_nobody, command, finish, small_disk, start, tree

from huzhou_analysis.facts.codebook import write
from huzhou_analysis.facts.data import load
from huzhou_analysis.inbox import adding

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX")]


@pytest.fixture
def tables(tmp_path):
    """Tables of the made-up city with seven figures waiting in the inbox."""
    folder = city(tmp_path / "示例 project" / "data")
    write(load(folder))
    (folder / "inbox").mkdir()
    rows = ["indicator,time_period,transformation,obs_value,unit,as_printed,source_id,locator"]
    for year in range(2005, 2012):
        value = f"{year - 1700}.{year % 7}"
        rows.append(f"exports,{year},N,{value},亿元,为{value}亿元,M-BOOK,表1")
    (folder / "inbox" / "new.csv").write_text("\n".join(rows) + "\n", encoding="utf-8-sig")
    return folder


def adding_to(folder, before=()):
    return start([*before, *command("add", "--confirm", "--data", folder)], os.environ | {"PYTHONUTF8": "1"})


def run(folder, before=()):
    status, _, err = finish(adding_to(folder, before))
    return status, err


def state(folder):
    kinds = (".csv", ".json", ".md")
    return {name: sums for name, sums in tree(folder).items() if name.endswith(kinds) and "/" not in name}


def test_killed_at_forty_moments_of_adding(tables, tmp_path, capsys):
    """Twenty at any moment, twenty while the new tables are put in place."""
    pristine = tmp_path / "pristine"
    shutil.copytree(tables, pristine)
    old, started = state(pristine), time.monotonic()
    assert run(tables)[0] == 0
    seconds, new = time.monotonic() - started, state(tables)
    assert new != old
    rng, counts = random.Random(10), {"old": 0, "new": 0, "completed": 0}
    for n in range(40):
        shutil.rmtree(tables)
        shutil.copytree(pristine, tables)
        process = adding_to(tables)
        if n < 20:
            with suppress(subprocess.TimeoutExpired):
                process.wait(rng.uniform(0.1, seconds))
        else:
            while process.poll() is None and not any(tables.glob(".adding*")):
                time.sleep(0.001)
            time.sleep(rng.uniform(0, 0.03))
        process.kill()
        process.communicate()
        cut = (tables / ".adding" / "journal.json").is_file()
        adding.recover(tables)
        now = state(tables)
        assert now in (old, new), n
        counts["completed" if cut else "new" if now == new else "old"] += 1
        left = [*(tables / "inbox").rglob("*new.csv")]
        assert adding.add(left, tables, confirmed=True) == 0
        assert state(tables) == new
        assert not (tables / ".adding").exists()
    with capsys.disabled():
        print(f"\nadd killed 40 times: tables {counts}")


def test_a_full_disk_under_the_tables(tables, tmp_path):
    with small_disk(tmp_path / "disk", 1) as disk:
        folder = disk / "data"
        shutil.copytree(tables, folder)
        old = state(folder)
        (disk / "filling").write_bytes(b"x" * (shutil.disk_usage(disk).free - 30_000))
        status, err = run(folder)
        assert (status, "数据表未改动" in err, state(folder)) == (1, True, old)
        assert not list(folder.glob(".adding*"))
        (disk / "filling").unlink()
        assert run(folder)[0] == 0
        assert state(folder) != old


def test_tables_that_another_user_may_only_read(tables):
    user = as_nobody(tables)
    old = tree(tables)
    status, err = run(tables, before=user)
    assert (status, "权限" in err, "Permission denied" in err) == (1, True, True), err
    assert tree(tables) == old
    assert run(tables)[0] == 0
