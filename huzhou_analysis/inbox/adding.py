"""Add what files hold to the tables: everything is checked, shown and asked about first, and written whole or not at all.

Rows are only ever appended: what stands in a table keeps its bytes. What was added last can be taken back.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from ..facts.checks import check
from ..facts.locking import default_root
from ..facts.problems import DataError, Problem, fail, say
from ..facts.schema import TABLES
from . import writing
from .layout import FILE
from .messages import both, message
from .planning import Plan, plan, tried


def inbox(root: Path) -> Path:
    return root / "inbox"


def waiting(root: Path) -> list[Path]:
    """Files in the inbox, without lock files and what was added."""
    found = [p for p in inbox(root).iterdir() if p.is_file()] if inbox(root).is_dir() else []
    return sorted(p for p in found if not p.name.startswith(("~$", ".")))


def add(
    files: Sequence[Path | str] = (), root: Path | str | None = None, *, dry_run: bool = False, confirmed: bool = False
) -> int:
    """Add what workbooks or text tables hold to the tables, by default everything in the inbox; returns the exit status.

    With `dry_run` nothing is written; `confirmed` says that the figures that stand out have been looked at.
    """
    root = Path(root) if root is not None else default_root()
    paths = [Path(f) for f in files] or waiting(root)
    if not paths and root.is_dir():
        say(both("inbox_empty", inbox=inbox(root), file=FILE))
        return 0
    try:
        made = plan(paths, root)
    except DataError as error:
        return fail(both("tables_wrong", error=error))
    except OSError as error:  # of the temporary copy
        return _not_written(error)
    for zh, en in dict.fromkeys(made.notes):
        say(f"· {zh}\n  {en}")
    if made.problems:
        return fail(f"{DataError(made.problems)}\n{both('nothing_added')}")
    if not made.count:
        say(both("nothing_new"))
        return 0
    _show(made)
    if dry_run:
        say("\n" + both("dry_run"))
        return 0
    if made.questions and not confirmed:
        return fail(both("unconfirmed"))
    return _write(made, paths, root)


def _show(made: Plan) -> None:
    figures = len(made.added["figures"])
    say(both("to_add", figures=figures, more=made.count - figures))
    if again := sum(line.lstrip().startswith("Δ") for line in made.shown):
        say(both("compared", number=again))
    say("\n".join(made.shown))
    if made.questions:
        say(
            "\n".join(
                ["", both("look", number=len(made.questions)), *(f"  ? {question}" for question in made.questions)]
            )
        )


def _write(made: Plan, paths: Sequence[Path], root: Path) -> int:
    """Write the tables, with a note of the rows appended; files of the inbox then lie beside it, under its number."""
    number, added = max([0, *(int(note.stem) for note in _notes(root))]) + 1, inbox(root) / "added"
    here = [path for path in paths if path.resolve().parent == inbox(root).resolve()]
    moves = [(path, added / f"{number:06d} {path.name}") for path in here]
    tables = [name for name in made.contents if name.removesuffix(".csv") in TABLES]
    rows = {name: made.contents[name].removeprefix((root / name).read_bytes()).decode() for name in tables}
    note = {"added": rows, "files": [[path.name, target.name] for path, target in moves]}
    name, content = f"inbox/added/{number:06d}.json", json.dumps(note, ensure_ascii=False, indent=1).encode()
    try:
        writing.commit(root, made.contents | {name: content}, made.before | {name: ""})
    except OSError as error:
        return fail(str(error)) if isinstance(error, writing.Unfinished) else _not_written(error)
    say("\n" + both("added", files=", ".join(sorted(made.contents))))
    for path, target in moves:
        try:
            path.rename(target)
            say(both("moved", target=target))
        except OSError as error:
            say(both("not_moved", file=path.name, reason=error.strerror), error=True)
    say(both("next"))
    return 0


def _notes(root: Path) -> list[Path]:
    return sorted(p for p in (inbox(root) / "added").glob("*.json") if p.stem.isdigit())


def undo(root: Path | str | None = None) -> int:
    """Take back what was added last, and lay its files back into the inbox; returns the exit status."""
    root = Path(root) if root is not None else default_root()
    if not root.is_dir():
        return fail(both("tables_wrong", error=DataError(check(root)[1])))
    if not (notes := _notes(root)):
        say(both("nothing_to_undo"))
        return 0
    try:
        note = json.loads(notes[-1].read_bytes())
        old = {name: (root / name).read_bytes() for name in note["added"]}
        changed = [name for name, rows in note["added"].items() if old[name].count(rows.encode()) != 1]
        problems = [Problem(name, 0, "", "", *message("rows_changed")) for name in changed]
        if not problems:
            contents = {name: old[name].replace(rows.encode(), b"") for name, rows in note["added"].items()}
            contents, _, problems = tried(root, contents)
        if problems:
            return fail(f"{DataError(problems)}\n{both('nothing_undone')}")
        writing.commit(root, contents, {name: writing.checksum(root / name) for name in contents})
        for then, now in note["files"]:
            if (notes[-1].parent / now).exists() and not (inbox(root) / then).exists():
                (notes[-1].parent / now).rename(inbox(root) / then)
        notes[-1].unlink()
    except (OSError, ValueError, KeyError) as error:
        return _not_written(error)
    say(both("undone", files=", ".join(sorted(note["added"]))))
    return 0


def _not_written(error: Exception) -> int:
    return fail(both("not_written", reason=getattr(error, "strerror", None) or error))
