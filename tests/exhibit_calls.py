"""Every exhibit of the project, gathered by calling what the notebooks call; for the tests of charts and exhibits."""

import ast
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import huzhou_analysis as hz

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[!_.]*.ipynb"))
LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Call:
    """One ``hz.show(hz.THEME.FUNCTION(data, ...), lang=LANG)`` of a notebook."""

    notebook: str
    theme: str
    function: str
    arguments: tuple = ()

    def __str__(self):
        return ".".join([self.theme, self.function, *map(str, self.arguments)])


def code_cells(path):
    """Sources of a notebook's code cells."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def calls():
    """All such calls, in the order of the notebooks; read from their syntax, so that collecting tests costs nothing."""
    found = []
    for path in NOTEBOOKS:
        for source in code_cells(path):
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "hz.show":
                    inner = node.args[0]
                    _, theme, function = ast.unparse(inner.func).split(".")
                    extra = tuple(ast.literal_eval(argument) for argument in inner.args[1:])
                    found.append(Call(path.name, theme, function, extra))
    return found


CALLS = calls()


@cache
def tables():
    """The data, loaded once in a process."""
    return hz.load()


@cache
def exhibit(call):
    """The exhibit that a call gives."""
    return getattr(getattr(hz, call.theme), call.function)(tables(), *call.arguments)


def with_charts():
    """Exhibits that have a picture."""
    return [e for e in map(exhibit, CALLS) if e.draw is not None]
