"""Every exhibit of the project, gathered by calling what the notebooks call; for the tests of charts and exhibits."""

from functools import cache
from pathlib import Path

import huzhou_analysis as hz
from huzhou_analysis.catalogue import Call, calls, code_cells

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[!_.]*.ipynb"))
LANGUAGES = ("zh", "en")
CALLS = calls(NOTEBOOKS)

__all__ = ["CALLS", "LANGUAGES", "NOTEBOOKS", "ROOT", "Call", "calls", "code_cells", "exhibit", "tables", "with_charts"]


@cache
def tables():
    """The data, loaded once in a process."""
    return hz.load()


@cache
def exhibit(call):
    """The exhibit that a call gives."""
    return call.make(tables())


def with_charts():
    """Exhibits that have a picture."""
    return [e for e in map(exhibit, CALLS) if e.draw is not None]
