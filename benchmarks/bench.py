"""Measure the project against floors and peers in one run, print the ratios and write ``benchmarks/results.md``.

    make bench                 the whole, some minutes
    make bench QUICK=1         fewer rounds and smaller sizes; prints, and leaves results.md as it is
    make bench ARGS="load"     only some parts: import, report, unchanged, load, series

What is compared runs in turn on the same machine, each command in a process of its own; a ratio is taken within each round, where
both sides met the same machine, and then the median over the rounds. Work lies in ``.cache/bench``.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
HERE, WORK, RESULTS = ROOT / "benchmarks", ROOT / ".cache" / "bench", ROOT / "benchmarks" / "results.md"
PYTHON = sys.executable
TICK = 0.1  # seconds between two looks at the memory of a command
HEAD = ("", "ours", "floor", "ratio", "at most", "", "peak, ours", "peak, floor")
ABOUT = """\
Written by `make bench`: each figure beside a floor measured in turn with it, as the median over the rounds and, in brackets,
the least and the most. Ratios are taken within a round. Peaks are resident memory of a command and all its processes together,
pages that they share counted for each."""


# --- measuring ---------------------------------------------------------------------------------------------------------


class Sample(NamedTuple):
    """What one run of a command took, its processes included: seconds, seconds of processor time (NaN where the system
    does not say), most resident memory in MB, and what it printed."""

    wall: float
    cpu: float
    peak: float
    printed: str = ""


class Failed(Exception):
    """A command ended with an error; the message holds the end of what it said."""


def run(command: Sequence[str], env: Mapping[str, str] | None = None) -> Sample:
    """Run a command to its end."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **(env or {})}, stdout=out, stderr=err)
        peaks, cpu = [0.0], math.nan
        watcher = threading.Thread(target=_watch, args=(process, peaks), daemon=True)
        watcher.start()
        if hasattr(os, "wait4"):
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode, cpu = os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime
            peaks.append(usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10))
        else:
            process.wait()
        wall = time.perf_counter() - started
        watcher.join()
        said = [(stream.seek(0), stream.read().decode("utf-8", "replace"))[1] for stream in (out, err)]
    if process.returncode:
        raise Failed(f"{' '.join(map(str, command))}\n{(said[1] or said[0])[-2000:]}")
    return Sample(wall, cpu, max(peaks), said[0])


def _watch(process: subprocess.Popen, peaks: list[float]) -> None:
    """Note the memory of a process and all below it until it has ended."""
    import psutil

    try:
        top = psutil.Process(process.pid)
        while process.returncode is None and top.is_running() and top.status() != psutil.STATUS_ZOMBIE:
            peaks.append(sum(one.memory_info().rss for one in [top, *top.children(recursive=True)]) / 2**20)
            time.sleep(TICK)
    except psutil.Error:  # one of them has just ended; the last look stands
        return


def in_turn(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, list[Sample]]:
    """Run every command once a round; each second round in the opposite order, so that none always comes first."""
    found: dict[str, list[Sample]] = {name: [] for name in commands}
    for number in range(rounds):
        for name in list(commands)[:: -1 if number % 2 else 1]:
            found[name].append(run(commands[name]))
    return found


def spread(values: Sequence[float], digits: int, unit: str = "") -> str:
    """As ``1.25 (1.20–1.31)``, or the median alone where all are the same as shown."""
    middle, low, high = (f"{one:,.{digits}f}" for one in (statistics.median(values), min(values), max(values)))
    return f"{middle}{unit}" if low == high else f"{middle}{unit} ({low}–{high})"


def verdict(measured: float, most: float) -> str:
    """Whether a target is met, as a word for the table."""
    return "met" if measured <= most else f"missed by {100 * (measured / most - 1):.0f} %"


def peak(samples: Sequence[Sample]) -> str:
    return f"{max(one.peak for one in samples):,.0f} MB"


def compared(
    name: str, ours: Sequence[Sample], floor: Sequence[Sample], most: float, pick: Callable[[Sample], float]
) -> list[str]:
    """One row of a table: both sides, their ratio round by round, and the target."""
    sides = [[pick(sample) for sample in samples] for samples in (ours, floor)]
    ratios = [a / b for a, b in zip(*sides, strict=True)]
    judged = [spread(ratios, 2, "x"), f"{most:g}x", verdict(statistics.median(ratios), most)]
    return [name, *(spread(side, 2, " s") for side in sides), *judged, peak(ours), peak(floor)]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown; columns from the second on stand right."""
    rule = "|" + "|".join("---" if n == 0 else "---:" for n in range(len(head))) + "|"
    lines = ["| " + " | ".join(cells) + " |" for cells in (head, *rows)]
    return "\n".join([lines[0], rule, *lines[1:]])


# --- what is measured ----------------------------------------------------------------------------------------------------


def script(name: str, *arguments: object) -> list[str]:
    return [PYTHON, str(HERE / f"{name}.py"), *map(str, arguments)]


def imports(quick: bool, report: Path) -> str:
    """Import"""
    code = {"ours": "import huzhou_analysis", "pandas": "import pandas"}
    found = in_turn({name: [PYTHON, "-c", one] for name, one in code.items()}, 5 if quick else 15)
    name = "`import huzhou_analysis` against `import pandas`"
    rows = [
        compared(f"{name}, {word}", found["ours"], found["pandas"], 1.15, pick)
        for word, pick in (("wall", lambda one: one.wall), ("processor", lambda one: one.cpu))
    ]
    return "Fresh interpreters, their start included.\n\n" + table(HEAD, rows)


def whole_report(quick: bool, report: Path) -> str:
    """Making a report"""
    made = run([PYTHON, "-m", "huzhou_analysis", "report", "--fresh", "--output", str(report)])
    return (
        f"The whole report, nothing kept from before (`--fresh`): {made.wall:.0f} s, {made.cpu:.0f} s of processor time, "
        f"at most {made.peak:,.0f} MB."
    )


def unchanged(quick: bool, report: Path) -> str:
    """A report with nothing changed"""
    setting = [] if Path(sys.prefix) == ROOT / ".venv" else ["ENV=current", f"PYTHON={PYTHON}"]
    make = ["make"] if shutil.which("make") and os.name != "nt" else [PYTHON, str(ROOT / "bootstrap.py")]
    commands = {
        "`make report`": [*make, "report", f"OUT={report}", *setting],
        "`python -m huzhou_analysis report`": [PYTHON, "-m", "huzhou_analysis", "report", "--output", str(report)],
        "`import pandas`": [PYTHON, "-c", "import pandas"],
    }
    run(commands["`make report`"])  # it may have to be made first
    rows = []
    for name, samples in in_turn(commands, 3 if quick else 9).items():
        wall, cpu = [one.wall for one in samples], [one.cpu for one in samples]
        target = ["", ""] if "pandas" in name else ["1 s", verdict(statistics.median(cpu), 1.0)]
        rows.append([name, spread(wall, 2, " s"), spread(cpu, 2, " s"), *target, peak(samples)])
    about = "A report that is there is checked against its inputs and its own checksums, file by file; processor time is judged."
    return f"{about}\n\n{table(('', 'wall', 'processor', 'at most', '', 'peak'), rows)}"


def load(quick: bool, report: Path) -> str:
    """Load and validate"""
    rows, sizes, times = [], (1_000, 10_000) if quick else (1_000, 10_000, 100_000), []
    folder = WORK / "tables"
    for size in sizes:
        shutil.rmtree(folder, ignore_errors=True)
        run(script("load", "enlarge", size, folder))
        found = in_turn({name: script("load", name, folder) for name in ("load", "pandas")}, 3 if quick else 5)
        rows.append(compared(f"{size:,} rows", found["load"], found["pandas"], 3, lambda one: float(one.printed)))
        times.append(statistics.median(float(one.printed) for one in found["load"]))
    shutil.rmtree(folder)
    order = math.log(times[-1] / times[-2]) / math.log(sizes[-1] / sizes[-2])
    return (
        "Seconds of processor time of one call, imports done. The figures table has so many rows, the other tables are "
        "those\nof the project; pandas reads all of them into the same types and checks nothing.\n\n"
        f"{table(HEAD, rows)}\n\nBetween the two largest sizes the time grows as rows to the power {order:.2f} (1 is linear)."
    )


def series(quick: bool, report: Path) -> str:
    """Projections of short series"""
    count = 1_000 if quick else 12_000
    found = run(script("short_series", count))
    return (
        "Random walks of 20 years, four years ahead with intervals, in one process (12,000 are all annual series of three "
        f"hundred cities):\n{count:,} series in {found.wall:.0f} s, {found.cpu:.0f} s of processor time, at most "
        f"{found.peak:,.0f} MB, imports included."
    )


PARTS = {"import": imports, "report": whole_report, "unchanged": unchanged, "load": load, "series": series}


def machine() -> str:
    """What the figures depend on; no name and no place of the machine."""
    named = ", ".join(f"{one} {version(one)}" for one in ("pandas", "numpy", "matplotlib", "nbclient"))
    busy = f", {os.getloadavg()[0]:.1f} processes running or waiting at the start" if hasattr(os, "getloadavg") else ""
    return f"{os.cpu_count()} cores ({platform.machine()}), {platform.system()}, Python {platform.python_version()}, {named}{busy}."


def page(facts: str, made: Mapping[str, str]) -> str:
    """The results as Markdown."""
    parts = [f"## {PARTS[name].__doc__}\n\n{text}" for name, text in made.items()]
    return "\n\n".join(["# Benchmarks · 性能基准", ABOUT, facts, *parts]) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"only these: {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, smaller sizes, results.md left as it is")
    options = parser.parse_args(arguments)
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"没有这一部分 / no such part: {', '.join(sorted(unknown))}; {', '.join(PARTS)}")
    WORK.mkdir(parents=True, exist_ok=True)
    # One thread for each process, on both sides: what runs side by side is said, not left to a library.
    os.environ |= {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    facts, made = machine(), {}
    print(facts, flush=True)
    try:
        with tempfile.TemporaryDirectory(prefix="huzhou-bench-") as scratch:
            for name in options.parts or PARTS:
                made[name] = PARTS[name](options.quick, Path(scratch).resolve() / "reports")
                print(f"\n## {PARTS[name].__doc__}\n\n{made[name]}", flush=True)
    except (Failed, subprocess.SubprocessError, OSError) as error:
        print(f"\n没有量完 / not measured to the end, results.md left as it was: {error}", file=sys.stderr)
        return 1
    if not options.quick and not options.parts:
        RESULTS.write_text(page(facts, made), encoding="utf-8", newline="\n")
        print(f"\n已写出 / written: {RESULTS.relative_to(ROOT).as_posix()}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
