"""Run commands in processes of their own, in turn, and put what they took into ratios.

A ratio is taken within each round, where both sides met the same machine, and then the median over the rounds: what else
the machine does in the meantime slows both.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TICK = 0.1  # seconds between two looks at the memory of a command


@dataclass(frozen=True)
class Sample:
    """What one run of a command took.

    Attributes
    ----------
    wall, cpu : float
        Seconds; `cpu` is user and system time of the command and of every process it started and waited for, NaN where
        the system does not say.
    peak : float
        Most resident memory of the command and its processes together, in MB; pages that they share count more than once.
    printed : str
        Standard output.
    """

    wall: float
    cpu: float
    peak: float
    printed: str = ""


class Failed(Exception):
    """A command ended with an error; the message holds the end of what it said."""


def run(command: Sequence[str], *, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> Sample:
    """Run a command to its end."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, env={**os.environ, **(env or {})}, stdout=out, stderr=err)
        peaks: list[float] = [0.0]
        watcher = threading.Thread(target=_watch, args=(process, peaks), daemon=True)
        watcher.start()
        if hasattr(os, "wait4"):
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            cpu = usage.ru_utime + usage.ru_stime
            own = usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
        else:
            process.wait()
            cpu, own = float("nan"), 0.0
        wall = time.perf_counter() - started
        watcher.join()
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode("utf-8", "replace"))
    if process.returncode:
        raise Failed(f"{' '.join(map(str, command))}\n{(texts[1] or texts[0])[-2000:]}")
    return Sample(wall, cpu, max(own, *peaks), texts[0])


def _watch(process: subprocess.Popen, peaks: list[float]) -> None:
    """Note the memory of a process and all below it until it has ended."""
    import psutil

    try:
        top = psutil.Process(process.pid)
        while process.returncode is None and top.is_running() and top.status() != psutil.STATUS_ZOMBIE:
            total = 0
            for one in [top, *top.children(recursive=True)]:
                try:
                    total += one.memory_info().rss
                except psutil.Error:
                    continue
            peaks.append(total / 2**20)
            time.sleep(TICK)
    except psutil.Error:
        return


def in_turn(commands: Mapping[str, Sequence[str]], rounds: int, **options) -> dict[str, list[Sample]]:
    """Run every command once a round; each second round in the opposite order, so that none always comes first."""
    found: dict[str, list[Sample]] = {name: [] for name in commands}
    for number in range(rounds):
        for name in list(commands)[:: -1 if number % 2 else 1]:
            found[name].append(run(commands[name], **options))
    return found


@dataclass(frozen=True)
class Spread:
    """Median, least and most of some values."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(statistics.median(values), min(values), max(values))

    def show(self, digits: int, unit: str = "") -> str:
        """As ``1.25 (1.20–1.31)``, or the median alone where all are the same as shown."""
        middle, low, high = (f"{one:,.{digits}f}" for one in (self.median, self.low, self.high))
        return f"{middle}{unit}" if low == high else f"{middle}{unit} ({low}–{high})"


def ratios(ours: Sequence[float], floor: Sequence[float]) -> Spread:
    """Ours over the floor, round by round.

    Raises
    ------
    ValueError
        If the rounds do not pair up, or a floor took no time.
    """
    if len(ours) != len(floor):
        raise ValueError(f"{len(ours)} rounds against {len(floor)}")
    if any(one <= 0 for one in floor):
        raise ValueError("a floor took no time: there is nothing to compare with")
    return Spread.of([a / b for a, b in zip(ours, floor, strict=True)])


def growth_order(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """Exponent k of ``seconds ~ size ** k`` between the two largest sizes: 1 is linear."""
    from math import log

    (small, quick), (large, slow) = sorted(zip(sizes, seconds, strict=True))[-2:]
    return log(slow / quick) / log(large / small)


def verdict(measured: float, most: float) -> str:
    """Whether a target is met, as a word for the table."""
    return "met" if measured <= most else f"missed by {100 * (measured / most - 1):.0f} %"


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: int = 1) -> str:
    """A table in Markdown; columns from `right` on stand right."""
    line = lambda cells: "| " + " | ".join(cells) + " |"  # noqa: E731
    rule = "|" + "|".join("---" if n < right else "---:" for n in range(len(head))) + "|"
    return "\n".join([line(head), rule, *map(line, rows)])
