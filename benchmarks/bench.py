"""Measure the project against floors and peers in one run, print the ratios and write ``benchmarks/results.md``.

    make bench                 the whole, some minutes
    make bench QUICK=1         fewer rounds and smaller sizes; prints, and leaves results.md as it is
    make bench ARGS="load"     only some parts: import, notebooks, unchanged, load, series

What is compared runs in turn on the same machine, in processes of its own (``measuring.py``); work lies in
``.cache/bench``.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measuring import ROOT, Failed, Sample, Spread, growth_order, in_turn, ratios, run, table, verdict

HERE, WORK, RESULTS = ROOT / "benchmarks", ROOT / ".cache" / "bench", ROOT / "benchmarks" / "results.md"
PYTHON = sys.executable
CORES = os.cpu_count() or 1
HEAD = ("", "ours", "floor or peer", "ratio", "at most", "", "peak, ours", "peak, other")
TITLES = {
    "import": "Import",
    "notebooks": "Making a report",
    "unchanged": "A report with nothing changed",
    "load": "Load and validate",
    "series": "Projections of short series",
}


@dataclass
class Part:
    """One section of the results; `report` is the folder for reports, outside everything they are made of."""

    name: str
    report: Path
    lines: list[str] = field(default_factory=list)

    def say(self, *lines: str) -> None:
        """Print lines and keep them."""
        self.lines += lines
        print("\n".join(lines), flush=True)


def script(name: str, *arguments: object) -> list[str]:
    return [PYTHON, str(HERE / f"{name}.py"), *map(str, arguments)]


def peak(samples: Sequence[Sample]) -> str:
    return f"{max(one.peak for one in samples):,.0f} MB"


def compared(
    name: str,
    ours: Sequence[Sample],
    floor: Sequence[Sample],
    most: float | None,
    pick: Callable[[Sample], float],
    unit: str = " s",
) -> list[str]:
    """One row of a table: both sides, their ratio, and the target."""
    one, other = [pick(sample) for sample in ours], [pick(sample) for sample in floor]
    ratio = ratios(one, other)
    return [
        name,
        Spread.of(one).show(2, unit),
        Spread.of(other).show(2, unit),
        ratio.show(2, "x"),
        f"{most:g}x" if most else "",
        verdict(ratio.median, most) if most else "",
        peak(ours),
        peak(floor),
    ]  # fmt: skip


def imports(part: Part, quick: bool) -> None:
    code = {"ours": "import huzhou_analysis", "pandas": "import pandas"}
    found = in_turn({name: [PYTHON, "-c", one] for name, one in code.items()}, 5 if quick else 15)
    rows = [
        compared(
            f"`import huzhou_analysis` against `import pandas`, {word}", found["ours"], found["pandas"], 1.15, pick
        )
        for word, pick in (("wall", lambda one: one.wall), ("processor", lambda one: one.cpu))
    ]
    part.say("Fresh interpreters, their start included.", "", table(HEAD, rows))


def unchanged(part: Part, quick: bool) -> None:
    """The first run may have to make the report, which takes minutes; the others find it as it should be."""
    output = part.report
    setting = [] if Path(sys.prefix) == ROOT / ".venv" else ["ENV=current", f"PYTHON={PYTHON}"]
    make = ["make"] if shutil.which("make") and os.name != "nt" else [PYTHON, str(ROOT / "bootstrap.py")]
    commands = {
        "`make report`": [*make, "report", f"OUT={output}", *setting],
        "`python -m huzhou_analysis report`": [PYTHON, "-m", "huzhou_analysis", "report", "--output", str(output)],
        "`import pandas`": [PYTHON, "-c", "import pandas"],
    }
    run(commands["`make report`"])
    found = in_turn(commands, 3 if quick else 9)
    rows = []
    for name, samples in found.items():
        wall = Spread.of([one.wall for one in samples])
        target = ["", ""] if "pandas" in name else ["1 s", verdict(wall.median, 1.0)]
        rows.append(
            [name, wall.show(2, " s"), Spread.of([one.cpu for one in samples]).show(2, " s"), *target, peak(samples)]
        )
    part.say(
        "A report that is there is checked against its inputs and its own checksums, file by file. `import pandas` beside it.",
        "",
        table(("", "wall", "processor", "at most", "", "peak"), rows),
    )


def notebooks(part: Part, quick: bool) -> None:
    """The whole report from nothing; `quick` changes nothing, as it is made once anyway."""
    whole = run([PYTHON, "-m", "huzhou_analysis", "report", "--fresh", "--output", str(part.report)])
    part.say(
        f"The whole report from nothing (`--fresh`): {whole.wall:.0f} s, {whole.cpu:.0f} s of processor time, at most "
        f"{whole.peak:,.0f} MB.",
    )


def load(part: Part, quick: bool) -> None:
    rows, sizes, times = [], (1_000, 100_000) if quick else (1_000, 100_000, 1_000_000), []
    for size in sizes:
        folder = WORK / "tables"
        shutil.rmtree(folder, ignore_errors=True)
        run(script("load", "enlarge", size, folder))
        found = in_turn({name: script("load", name, folder) for name in ("load", "pandas")}, 3 if quick else 5)
        rows.append(compared(f"{size:,} rows", found["load"], found["pandas"], 3, lambda one: float(one.printed)))
        times.append(Spread.of([float(one.printed) for one in found["load"]]).median)
        shutil.rmtree(folder)
    part.say(
        "Seconds of processor time of one call, imports done. The figures table has so many rows, the other tables are those",
        "of the project; pandas reads all of them into the same types and checks nothing.",
        "",
        table(HEAD, rows),
        "",
        f"Between the two largest sizes the time grows as rows to the power {growth_order(sizes, times):.2f} (1 is linear).",
    )


def series(part: Part, quick: bool) -> None:
    found = run(script("short_series", 1_000 if quick else 12_000))
    part.say("Random walks of 20 years, four years ahead with intervals, in one process:", "", found.printed.strip())


def machine() -> list[str]:
    """What the figures depend on; no name and no place of the machine."""
    named = ", ".join(f"{one} {version(one)}" for one in ("pandas", "numpy", "matplotlib", "statsmodels", "nbclient"))
    busy = f", {os.getloadavg()[0]:.1f} processes running or waiting at the start" if hasattr(os, "getloadavg") else ""
    return [
        f"{CORES} cores ({platform.machine()}), {platform.system()}, Python {platform.python_version()}, {named}{busy}."
    ]


PARTS = {"import": imports, "notebooks": notebooks, "unchanged": unchanged, "load": load, "series": series}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"only these: {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, smaller sizes, results.md left as it is")
    options = parser.parse_args(arguments)
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"没有这一部分 / no such part: {', '.join(sorted(unknown))}; {', '.join(PARTS)}")
    WORK.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    # One thread for each process, on both sides: what runs side by side is said, not left to a library.
    os.environ |= {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    facts = machine()
    print("\n".join(facts), flush=True)
    made = []
    scratch = tempfile.TemporaryDirectory(prefix="huzhou-bench-")
    try:
        for name in options.parts or PARTS:
            part = Part(name, Path(scratch.name).resolve() / "reports")
            print(f"\n## {TITLES[name]}\n", flush=True)
            PARTS[name](part, options.quick)
            made.append(part)
    except (Failed, subprocess.SubprocessError, OSError) as error:
        print(f"\n没有量完 / not measured to the end, results.md left as it was: {error}", file=sys.stderr)
        return 1
    finally:
        scratch.cleanup()
    if not options.quick and not options.parts:
        RESULTS.write_text(page(facts, made), encoding="utf-8", newline="\n")
        print(f"\n已写出 / written: {RESULTS.relative_to(ROOT).as_posix()}", flush=True)
    print(f"({time.monotonic() - started:.0f} s)")
    return 0


def page(facts: Sequence[str], parts: Sequence[Part]) -> str:
    """The results as Markdown."""
    lines = [
        "# Benchmarks · 性能基准",
        "",
        "Written by `make bench`: each figure beside a floor or a peer measured in turn with it, as the median over the rounds and,",
        "in brackets, the least and the most. Ratios are taken within a round. Peaks are resident memory of a command and all its",
        "processes together, pages that they share counted for each.",
        "",
        *facts,
    ]
    for part in parts:
        lines += ["", f"## {TITLES[part.name]}", "", *part.lines]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
