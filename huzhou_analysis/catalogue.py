"""Which exhibits there are: what the notebooks show, read from their syntax without running them.

A notebook shows an exhibit by ``hz.show(hz.THEME.FUNCTION(data, ...), lang=LANG)``, or one of its own by
``hz.show(hz.compose(data, ...), lang=LANG)``; nothing else is registered anywhere.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from .exhibit import Exhibit
from .facts.data import Data


@dataclass(frozen=True)
class Call:
    """One call of a notebook that gives an exhibit: ``theme.function(data, *arguments, **keywords)``.

    The theme is empty for :func:`~huzhou_analysis.exhibit.compose`.
    """

    notebook: str
    theme: str
    function: str
    arguments: tuple = ()
    keywords: tuple[tuple[str, object], ...] = ()

    def __str__(self) -> str:
        return ".".join(filter(None, [self.theme, self.function, *(str(a) for a in self.arguments if _is_plain(a))]))

    def make(self, data: Data) -> Exhibit:
        """The exhibit that the call gives."""
        import huzhou_analysis as hz

        home = getattr(hz, self.theme) if self.theme else hz
        return getattr(home, self.function)(data, *self.arguments, **dict(self.keywords))


def _is_plain(argument: object) -> bool:
    return not isinstance(argument, tuple)


def code_cells(path: Path) -> list[str]:
    """Sources of a notebook's code cells."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def calls(notebooks: list[Path]) -> list[Call]:
    """Every ``hz.show(hz.THEME.FUNCTION(data, ...))`` of some notebooks, in their order.

    Cells that are no plain Python (magics), and calls of any other form, are passed over.
    """
    found = []
    for path in notebooks:
        for source in code_cells(path):
            try:
                tree = ast.parse(source)
            except SyntaxError:
                continue
            found += [call for node in ast.walk(tree) if (call := _call(path.name, node))]
    return found


def _call(notebook: str, node: ast.AST) -> Call | None:
    if not (isinstance(node, ast.Call) and ast.unparse(node.func) == "hz.show" and node.args):
        return None
    inner = node.args[0]
    if not isinstance(inner, ast.Call):
        return None
    first, *names = ast.unparse(inner.func).split(".")
    if first != "hz" or (len(names) != 2 and names != ["compose"]):
        return None
    try:
        extra = tuple(_literal(argument) for argument in inner.args[1:])
        keywords = tuple((str(k.arg), _literal(k.value)) for k in inner.keywords)
    except ValueError:
        return None
    return Call(notebook, "".join(names[:-1]), names[-1], extra, keywords)


def _literal(node: ast.AST) -> object:
    """Value of a literal; lists become tuples, so that a call can be looked up."""
    value = ast.literal_eval(node)
    return tuple(value) if isinstance(value, list) else value


def find(data: Data, name: str, notebooks: list[Path]) -> Exhibit:
    """An exhibit by its id, or by its call as :class:`Call` writes it (``projections.fan.fdi_utilized``).

    Raises
    ------
    KeyError
        If no notebook shows it; the message names the nearest ones.
    """
    every = calls(notebooks)
    for call in every:
        if str(call) == name:
            return call.make(data)
    seen = []
    for call, exhibit in made(data, _likely_first(every, name)):
        if exhibit.id == name:
            return exhibit
        seen.append(exhibit.id)
        seen.append(str(call))
    near = get_close_matches(name, seen, 5, 0.4)
    raise KeyError(
        f"没有笔记本展示图表 {name!r}；编号见 reports/index.html"
        + (f"；相近：{'、'.join(near)}" if near else "")
        + f" / no notebook shows {name!r}"
        + (f"; near: {', '.join(near)}" if near else "")
        + "; reports/index.html lists every id"
    )


def made(data: Data, every: list[Call]) -> Iterator[tuple[Call, Exhibit]]:
    """Calls with the exhibits they give, one after the other."""
    for call in every:
        yield call, call.make(data)


def _likely_first(every: list[Call], name: str) -> list[Call]:
    """Calls whose words are in the name first: making an exhibit takes time."""

    def unlike(call: Call) -> int:
        words = [*call.theme.split("_"), *call.function.split("_"), *map(str, call.arguments)]
        return -sum(word in name for word in words)

    return sorted(every, key=unlike)
