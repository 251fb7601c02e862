"""Faults while a report is made or figures are added: killed, disk full, read-only, endless output.

After each: the last good report whole and the tables old or new, a message to act on, and a next run that completes. The counts of
what was tried are printed (``pytest -s``).
"""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
import uuid
from contextlib import suppress
from html import unescape
from urllib.parse import unquote

import psutil
import pytest
from made_up_city import city
from small_project import notebook, small_project
from table_copies import ROOT, Tables, tree
from whole import as_nobody, command, finish, small_disk, start

from huzhou_analysis.facts.codebook import write
from huzhou_analysis.facts.data import load
from huzhou_analysis.facts.locking import checksum
from huzhou_analysis.inbox import adding

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX")]
PROGRAM = """
import resource, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)  # until the command's own begin; imports here are the test's
from pathlib import Path
import pytest
from huzhou_analysis.cli import main
from huzhou_analysis.report.output import WRITERS
from small_project import in_place
if __name__ == "__main__":
    in_place(pytest.MonkeyPatch(), Path(sys.argv[1]), *WRITERS)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    status = main(sys.argv[2:])
    print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "MB", file=sys.stderr)
    sys.exit(status)
"""


class Place:
    """A project of two small notebooks about the made-up city, and commands run in it."""

    def __init__(self, folder, seconds=0.0):
        self.folder, self.data, self.output = folder, folder / "data", folder / "reports"
        self.seconds, self.mark = seconds, uuid.uuid4().hex  # how long a report takes; what our processes are known by
        (folder / "program.py").write_text(PROGRAM, encoding="utf-8")

    def start(self, *arguments, before=(), **more):
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("HUZHOU_", "MPLCONFIGDIR", "IPYTHONDIR"))}
        kept |= {
            "HUZHOU_DATA": str(self.data),
            "HUZHOU_MARK": self.mark,
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}",
        }
        kept |= {"PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"} | more
        return start([*before, sys.executable, self.folder / "program.py", self.folder, *arguments], kept)

    def run(self, *arguments, **options):
        return finish(self.start(*arguments, **options))

    def gone(self, seconds=20):
        """Whether no process of this project's runs is left, given a moment."""
        deadline = time.monotonic() + seconds
        while (left := any(map(self.ours, psutil.process_iter()))) and time.monotonic() < deadline:
            time.sleep(0.2)
        return not left

    def ours(self, process):
        with suppress(psutil.Error):
            return process.environ().get("HUZHOU_MARK") == self.mark and process.status() != psutil.STATUS_ZOMBIE

    def whole(self):
        """Whether the report is exactly what its manifest says."""
        manifest = json.loads((self.output / "manifest.json").read_text(encoding="utf-8"))
        return tree(self.output, checksum) == manifest["outputs"] | {
            "manifest.json": checksum(self.output / "manifest.json")
        }

    def litter(self):
        beside = {"data", "notebooks", "reports", "program.py", ".reports.lock"}
        return [p.name for p in self.folder.iterdir() if p.name not in beside]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    place = Place(small_project(tmp_path_factory.mktemp("faults") / "示例 project"))
    started = time.monotonic()
    assert place.run("report")[0] == 0
    place.seconds = time.monotonic() - started
    return place


@pytest.fixture
def place(made, tmp_path):
    shutil.copytree(made.folder, tmp_path / "示例 project", copy_function=shutil.copy2)
    return Place(tmp_path / "示例 project", made.seconds)


def comment(place, words):
    """Change the tables: another comment of a figure."""
    tables = Tables(place.data)
    tables.set("figures", tables.rows("figures")[1][0], comment=words)


def test_killed_at_twelve_moments_of_a_report(place):
    rng, tried, mid, left = random.Random(9), 12, 0, 0
    good = tree(place.output)
    for n in range(tried):
        comment(place, f"round {n}")
        tables = tree(place.data)
        process = place.start("report")
        with suppress(subprocess.TimeoutExpired):
            process.wait(rng.uniform(0.1, place.seconds))
        mid += process.poll() is None
        with suppress(ProcessLookupError):  # with all it started; alone, as a system short of memory does; by Ctrl+C
            kill, sign = [(os.killpg, signal.SIGKILL), (os.kill, signal.SIGKILL), (os.killpg, signal.SIGINT)][n % 3]
            kill(process.pid, sign)
        if sign == signal.SIGINT:
            status, _, err = finish(process)
            assert status == 0 or (status == 130 and "interrupted" in err)
        else:  # a worker that is cut off while it begins may complain of that
            process.communicate()
        left += not place.gone()
        assert tree(place.data) == tables
        standing = place.output if place.output.exists() else place.folder / "reports.previous"
        was, good = good, tree(standing)
        assert good == was or (standing == place.output and place.whole()), n
    print(f"\nreport killed: tried {tried}, under way {mid}, processes left {left}")
    assert mid >= tried // 2
    assert left == 0
    assert place.run("report")[0] == 0
    assert place.whole()
    assert place.litter() == []


def test_a_full_disk_under_the_report(place):
    good = tree(place.output)
    comment(place, "changed")
    size = sum(path.stat().st_size for path in place.output.rglob("*") if path.is_file())
    with small_disk(place.folder.parent / "disk", size * 5 // 4 // 2**20 + 1) as disk:
        shutil.copytree(place.output, disk / "reports")
        status, _, err = place.run("report", "--output", disk / "reports")
        assert status == 1
        assert "检查磁盘空间" in err or "No space left" in err
        assert tree(disk / "reports") == good
        assert sorted(p.name for p in disk.iterdir()) == [".reports.lock", "reports"]
    assert place.run("report")[0] == 0
    assert place.whole()


def test_read_only_for_another_user(place):
    """As a user without rights: said before notebooks run; nothing changed."""
    user = as_nobody(place.folder)
    comment(place, "changed")
    good = tree(place.data), tree(place.output)
    status, out, err = place.run("report", before=user, HOME="/nonexistent", MPLCONFIGDIR="/tmp/mpl-of-nobody")
    assert status == 1, out
    assert "权限" in err
    assert "✓" not in out
    assert (tree(place.data), tree(place.output)) == good


ENDLESS = {
    "03_loop": "while True:\n    print('x' * 1000)",
    "04_once": "print('x' * 200_000_000)",
    "05_table": "import pandas as pd\npd.set_option('display.max_rows', None)\npd.DataFrame({'x': range(1_000_000)})",
}


def test_output_without_end_is_stopped(place):
    good = tree(place.output)
    for stem, source in ENDLESS.items():
        notebook(place.folder / "notebooks" / f"{stem}.ipynb", source)
    status, _, err = place.run("report", "--jobs", "1")
    assert status == 1
    for stem, source in ENDLESS.items():
        assert f"{stem}.ipynb：输出超过 20 MB" in err
        assert f"in the cell: {source.splitlines()[0]}" in err
    assert int(err.split("peak ")[1].split()[0]) < 1500
    assert tree(place.output) == good
    assert place.gone()


ODD = ["a..b", "with space", "quo'te\"d", "<b>bold", "%2e%2e%2fup", "中文" * 37, "n" * 200, "-dash", "#hash?x=1", "&amp;"]  # fmt: skip


def test_odd_names_of_notebooks(place):
    for name in ODD:
        notebook(place.folder / "notebooks" / f"{name}.ipynb", "1 + 1")
    status, _, err = place.run("report")
    assert status == 0, err
    assert {p.stem for p in (place.output / "notebooks").iterdir()} >= set(ODD)
    index = (place.output / "index.html").read_text(encoding="utf-8")
    linked = {unquote(unescape(address)) for address in re.findall('href="([^"]*)"', index)}
    assert {f"notebooks/{name}.html" for name in ODD} <= linked
    assert "<b>bold" not in index


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
        adding.add(left, tables, confirm=True)
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
