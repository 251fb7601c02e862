"""Faults while a report is made: killed, disk full, read-only, endless output, damaged, at once.

After each: the last good report and the tables whole, a message to act on, and a next run that completes. The counts of
what was tried are printed (``pytest -s``).
"""

import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from made_up_city import read
from small_project import OWN_CHART, small_project
from test_report import write_notebook
from whole import ROOT, tree

from huzhou_analysis.report import kept

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX")]
PROGRAM = """
import resource, sys
from pathlib import Path
import huzhou_analysis.report.build as report
from huzhou_analysis.cli import main
folder = Path(sys.argv[1])
def paths(output=None):
    return report.Paths(folder, folder / "data", Path(output).resolve() if output else folder / "reports")
report.paths = paths
status = main(sys.argv[2:])
print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "MB", file=sys.stderr)
sys.exit(status)
"""


class Place:
    """A project of two small notebooks about the made-up city, and commands run in it."""

    def __init__(self, folder):
        self.folder, self.data, self.output = folder, folder / "data", folder / "reports"
        self.mark = uuid.uuid4().hex

    def start(self, *arguments, before=(), **environment):
        drop = ("HUZHOU_", "MPLCONFIGDIR", "IPYTHONDIR")
        kept_variables = {k: v for k, v in os.environ.items() if not k.startswith(drop)}
        environment = {"HUZHOU_DATA": str(self.data), "HUZHOU_TEST_RUNS": os.devnull, "HUZHOU_MARK": self.mark,
                       "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"} | environment  # fmt: skip
        return subprocess.Popen([*before, sys.executable, "-c", PROGRAM, str(self.folder), *map(str, arguments)], cwd=ROOT,
                                env=kept_variables | environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                encoding="utf-8", start_new_session=True)  # fmt: skip

    def run(self, *arguments, **options):
        process = self.start(*arguments, **options)
        out, err = process.communicate(timeout=600)
        assert "Traceback" not in out + err, err
        return process.returncode, out, err

    def alive(self):
        """Processes of this project's runs that are still there."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.environ().get("HUZHOU_MARK") == self.mark and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def gone(self, seconds=20):
        deadline = time.monotonic() + seconds
        while (left := self.alive()) and time.monotonic() < deadline:
            time.sleep(0.2)
        for process in left:
            process.kill()
        return not left

    def whole(self):
        """Whether the report is exactly what its manifest says."""
        manifest = json.loads((self.output / "manifest.json").read_text(encoding="utf-8"))
        return tree(self.output) == manifest["outputs"] | {"manifest.json": kept.digest(self.output / "manifest.json")}

    def litter(self):
        beside = {"data", "notebooks", "reports", ".cache"}
        names = [p.name for p in self.folder.iterdir() if p.name not in beside]
        names += [p.name for p in self.data.iterdir() if p.suffix not in (".csv", ".json", ".md") and p.name != "inbox"]
        return names + [p.name for p in (self.folder / ".cache" / "report").iterdir() if not kept_name(p)]


def kept_name(path):
    return path.name.startswith(("01_shown-", "02_silent-", "changes-")) and bool(list(path.glob("*.sums")))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    place = Place(small_project(tmp_path_factory.mktemp("faults") / "示例 project"))
    started = time.monotonic()
    status, _, err = place.run("report", "--jobs", "1")
    assert status == 0, err
    place.seconds = time.monotonic() - started
    return place


@pytest.fixture
def place(made, tmp_path):
    shutil.copytree(made.folder, tmp_path / "示例 project", copy_function=shutil.copy2)
    copied = Place(tmp_path / "示例 project")
    copied.seconds = made.seconds
    return copied


def comment(place, words):
    """Change the tables: another comment of a figure."""
    path = place.data / "figures.csv"
    raw = path.read_bytes()
    head, *rows = read(path)
    rows[0][head.index("comment")] = words
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *rows])
    return raw


def test_killed_at_twenty_moments_of_a_report(place):
    rng, tried, mid, left = random.Random(9), 20, 0, 0
    good, sound = tree(place.output), True
    for n in range(tried):
        if n % 2:
            comment(place, f"round {n}")
        tables = tree(place.data)
        process = place.start("report", "--jobs", "2", *([] if n % 2 else ["--fresh"]))
        with suppress(subprocess.TimeoutExpired):
            process.wait(rng.uniform(0.1, place.seconds))
        mid += process.poll() is None
        if n % 4 < 2:  # with all it started, or alone, as a system short of memory does
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.communicate()
        left += not place.gone()
        assert tree(place.data) == tables
        standing = place.output if place.output.exists() else place.folder / "reports.previous"
        was, good = good, tree(standing)
        sound &= good == was or (standing == place.output and place.whole())
        assert sound, n
        if n % 5 == 4:
            assert place.run("report")[0] == 0
            assert place.whole()
            assert place.litter() == []
            good = tree(place.output)
    print(
        f"\nreport killed: tried {tried}, under way {mid}, last report and tables whole {tried}, processes left {left}"
    )
    assert mid >= tried // 2
    assert left == 0
    assert place.run("report")[0] == 0
    assert place.whole()


@contextmanager
def small_disk(folder, megabytes):
    """A file system of a few megabytes at a folder; the test is skipped where none can be mounted."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = shutil.which("mount")
    done = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], capture_output=True
    )
    if not done or done.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run([shutil.which("umount"), "-l", folder], check=True)


def test_a_full_disk_under_the_report(place):
    good = tree(place.output)
    comment(place, "changed")
    size = sum(path.stat().st_size for path in place.output.rglob("*") if path.is_file())
    with small_disk(place.folder.parent / "disk", size * 5 // 4 // 2**20 + 1) as disk:
        shutil.copytree(place.output, disk / "reports")
        status, _, err = place.run("report", "--output", disk / "reports")
        assert status == 1
        assert "No space left" in err
        assert "检查磁盘空间" in err
        assert tree(disk / "reports") == good
        assert [p.name for p in disk.iterdir()] == ["reports"]
    assert place.run("report")[0] == 0
    assert place.whole()


def test_a_full_disk_under_the_cache(place):
    good = tree(place.output)
    comment(place, "changed")
    shutil.rmtree(place.folder / ".cache")
    with small_disk(place.folder / ".cache", 1):
        status, _, err = place.run("report")
        assert status == 1
        assert "No space left" in err or "no space" in err.lower(), err
        assert tree(place.output) == good
    assert place.run("report")[0] == 0
    assert place.whole()


@pytest.mark.parametrize("what", ["output", "project"])
def test_read_only_for_another_user(place, what):
    """As a user without rights: said at once, before notebooks run; nothing changed."""
    if os.geteuid() != 0 or not (change := shutil.which("setpriv")):
        pytest.skip("needs root, to become a user without rights")
    user = [change, "--reuid=65534", "--regid=65534", "--clear-groups"]
    readable = [ROOT, *ROOT.parents, Path(sys.executable).parent, *Path(sys.executable).parents, *place.folder.parents]
    closed = [p for p in readable if p.stat().st_mode & 0o005 != 0o005]
    if any(p in (ROOT, *Path(sys.executable).parents) for p in closed):
        pytest.skip("the project is not readable for other users here")
    for path in [*closed, place.folder]:
        path.chmod(0o755)
    cache = place.folder / ".cache"
    comment(place, "changed")
    if what != "project":
        for path in [cache, *cache.rglob("*")]:
            os.chown(path, 65534, 65534)
    good = tree(place.folder / "data"), tree(place.output)
    command = ["report"]
    started = time.monotonic()
    status, out, err = place.run(*command, before=user, HOME="/nonexistent")
    assert status == 1, out
    assert "Permission denied" in err
    assert "权限" in err
    assert "running" not in out, "said before notebooks run"
    assert (tree(place.folder / "data"), tree(place.output)) == good
    assert time.monotonic() - started < 60
    assert place.run(*command)[0] == 0


ENDLESS = {
    "03_loop": "while True:\n    print('x' * 1000)",
    "04_once": "print('x' * 200_000_000)",
    "05_picture": "from IPython.display import Image\nImage(b'\\x89PNG\\r\\n\\x1a\\n' + bytes(100_000_000), format='png')",
    "06_table": "import pandas as pd\npd.set_option('display.max_rows', None)\npd.DataFrame({'x': range(1_000_000)})",
}


def test_output_without_end_is_stopped(place):
    good = tree(place.output)
    for stem, cell in ENDLESS.items():
        write_notebook(place.folder, stem, cell)
    started = time.monotonic()
    status, _, err = place.run("report", "--jobs", "1")
    print(f"\nendless output: tried {len(ENDLESS)} in {time.monotonic() - started:.0f} s, {err.splitlines()[-1]}")
    assert status == 1
    for stem, cell in ENDLESS.items():
        assert f"{stem}.ipynb：输出超过 20 MB" in err
        assert f"in the cell: {cell.splitlines()[0]}" in err
        (place.folder / "notebooks" / f"{stem}.ipynb").unlink()
    assert int(err.split("peak ")[1].split()[0]) < 1500
    assert tree(place.output) == good
    assert place.gone()
    assert place.run("report")[0] == 0
    assert tree(place.output) == good


def test_two_runs_at_once(place):
    comment(place, "changed")
    first = place.start("report")
    lock = place.folder / ".cache" / "run.lock"
    while not lock.exists() or not lock.read_bytes():
        time.sleep(0.02)
    status, out, err = place.run("report")
    assert (status, "Another run is going on here" in err, "另一个任务正在此处运行" in err) == (1, True, True), out
    first.communicate(timeout=600)
    assert first.returncode == 0
    assert place.whole()
    assert place.run("report")[0] == 0


@pytest.mark.parametrize("when", [0, 315_532_799, 4_102_444_800], ids=["1970", "1979", "2100"])
def test_a_clock_that_is_wrong(place, when, tmp_path):
    """Every file is from another time, and so is now; what is made has the same bytes."""
    good = tree(place.output)
    for path in [place.folder, *place.folder.rglob("*")]:
        os.utime(path, (when, when))
    hook = tmp_path / "hook"
    hook.mkdir()
    (hook / "sitecustomize.py").write_text(
        f"import time\nreal = time.time\nstart = real()\ntime.time = lambda: {when} + real() - start\n"
    )
    shutil.rmtree(place.folder / ".cache" / "exports")
    status, _, err = place.run("report", "--fresh", PYTHONPATH=os.pathsep.join([str(hook), str(ROOT)]))
    assert status == 0, err
    assert tree(place.output) == good


ODD = [
    "a..b",
    "with space",
    "quo'te\"d",
    "<b>bold",
    "%2e%2e%2fup",
    "中文" * 37,
    "n" * 200,
    "-dash",
    "#hash?x=1",
    "&amp;",
]


def test_odd_names_of_notebooks(place):
    from html.parser import HTMLParser
    from urllib.parse import unquote

    class Links(HTMLParser):
        def handle_starttag(self, tag, attributes):
            linked.update(unquote(value) for name, value in attributes if name == "href")

    for name in ODD:
        write_notebook(place.folder, name, *([] if name != ODD[3] else [OWN_CHART.replace("own_chart", "odd_chart")]))
    status, _, err = place.run("report")
    assert status == 0, err
    assert {p.stem for p in (place.output / "notebooks").iterdir()} >= set(ODD)
    linked = set()
    Links().feed((place.output / "index.html").read_text(encoding="utf-8"))
    assert {f"notebooks/{name}.html" for name in ODD} <= linked
    assert "<b>bold" not in (place.output / "index.html").read_text(encoding="utf-8")
