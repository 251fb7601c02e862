"""Add what files hold to the tables: everything is checked, shown and asked about first, and written whole or not at all.

Rows are only ever appended: what stands in a table keeps its bytes. What was added last can be taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..facts.checks import check, default_root
from ..facts.problems import DataError, fail, say
from ..facts.schema import TABLES
from . import writing
from .layout import FILE
from .planning import Plan, plan, tried


def inbox(root: Path) -> Path:
    return root / "inbox"


def waiting(root: Path) -> list[Path]:
    """Files in the inbox, without lock files and what was added."""
    folder = inbox(root)
    found = [p for p in folder.iterdir() if p.is_file()] if folder.is_dir() else []
    return sorted(p for p in found if not p.name.startswith(("~$", ".")))


def add(
    files: Sequence[Path | str] = (), root: Path | str | None = None, *, dry_run: bool = False, confirmed: bool = False
) -> int:
    """Add what files hold to the tables; returns the exit status.

    Parameters
    ----------
    files : list of path, optional
        Workbooks or text tables; by default everything in the inbox.
    root : path, optional
        Folder of the tables.
    dry_run : bool
        Show what would be done, write nothing.
    confirmed : bool
        Figures that stand out have been looked at: add them as they are.
    """
    root = Path(root) if root is not None else default_root()
    paths = [Path(f) for f in files] or waiting(root)
    if not paths and root.is_dir():
        say(
            f"收件夹是空的：{inbox(root)}。先运行 make template，填好 new_figures.xlsx 再运行 make add。/ the inbox is empty; run "
            "make template, fill in new_figures.xlsx, then make add"
        )
        return 0
    try:
        made = plan(paths, root)
    except DataError as error:
        return _tables_wrong(error)
    except OSError as error:  # of the temporary copy
        return _not_written(error)
    for zh, en in dict.fromkeys(made.notes):
        say(f"· {zh}\n  {en}")
    if made.problems:
        say(str(DataError(made.problems)), error=True)
        return fail("数据表未改动；什么也没有添加。/ The tables were left as they were; nothing was added.")
    if not made.count:
        say("没有可添加的新内容；数据表未改动。/ Nothing new to add; the tables were left as they were.")
        if not dry_run and made.notes:
            _move(_moves([path for path in paths if path.name != FILE], root), root)  # an empty template stays
        return 0
    _show(made)
    if dry_run:
        say(
            "\n试运行：未写入任何内容。去掉 --dry-run 即正式添加。/ Dry run: nothing was written. Run it without --dry-run to add."
        )
        return 0
    if made.questions and not confirmed:
        return fail(
            "尚未添加：请逐条核对原文。有误请改正文件；无误请加 --confirm（make add ARGS=--confirm）。/ Not added yet: check each "
            "against the document. Correct the file, or, if all is right, add it with --confirm (make add ARGS=--confirm)."
        )
    return _write(made, paths, root)


def _show(made: Plan) -> None:
    figures = len(made.added["figures"])
    say(
        f"将添加 {figures} 个数字、{made.count - figures} 个其他条目 / to add: {figures} figures, {made.count - figures} other entries"
    )
    if again := sum(line.lstrip().startswith("Δ") for line in made.shown):
        zh = f"与现有数字比较 {again} 处，见 Δ；旧值不改"
        say(f"（{zh} / compared with {again} on file, see Δ; old values stay as they are）")
    say("\n".join(made.shown))
    if made.questions:
        say(f"\n请核对，{len(made.questions)} 处异常 / please check, {len(made.questions)} stand out:")
        say("\n".join(f"  ? {question}" for question in made.questions))


def _write(made: Plan, paths: Sequence[Path], root: Path) -> int:
    folder = inbox(root) / "added"
    contents, before = dict(made.contents), dict(made.before)
    moves = _moves(paths, root)
    try:
        tables = [name for name in contents if name.removesuffix(".csv") in TABLES]
        added = {name: contents[name].removeprefix((root / name).read_bytes()) for name in tables}
        folder.mkdir(parents=True, exist_ok=True)
        name, content = writing.note(folder, added, [(_in(root, new), _in(root, old)) for old, new in moves])
        contents[f"inbox/added/{name}"], before[f"inbox/added/{name}"] = content, ""
        writing.commit(root, contents, before)
    except writing.Unfinished as error:
        return fail(str(error))
    except OSError as error:
        return _not_written(error)
    say(f"\n已添加 / added: {', '.join(sorted(made.contents))}")
    _move(moves, root)
    say(
        "下一步：make report 生成新报告；撤销：make add ARGS=--undo。/ Next: make report makes the new report; to take it back: "
        "make add ARGS=--undo."
    )
    return 0


def undo(root: Path | str | None = None) -> int:
    """Take back what was added last, and lay its files back into the inbox; returns the exit status."""
    root = Path(root) if root is not None else default_root()
    folder = inbox(root) / "added"
    if not root.is_dir():
        return _tables_wrong(DataError(check(root)[1]))
    try:
        found = writing.last_note(folder)
        if found is None:
            say("没有可撤销的添加 / there is nothing to take back")
            return 0
        path, note = found
        contents, problems = writing.without(root, note["added"])
        if not problems:
            contents, _, problems = tried(root, contents)
        if problems:
            say(str(DataError(problems)), error=True)
            return fail("数据表未改动；什么也没有撤销。/ The tables were left as they were; nothing was taken back.")
        writing.commit(root, contents, {name: writing.checksum(root / name) for name in contents})
        for now, then in note["files"]:
            if (root / now).exists() and not (root / then).exists():
                (root / now).rename(root / then)
        path.unlink()
    except (OSError, ValueError, KeyError) as error:
        return _not_written(error)
    say(f"已撤销上次添加 / taken back: {', '.join(sorted(note['added']))}")
    return 0


def _tables_wrong(error: DataError) -> int:
    return fail(
        f"数据表本身有问题，请先改正 / the tables on file have problems of their own, correct these first:\n{error}"
    )


def _not_written(error: Exception) -> int:
    reason = getattr(error, "strerror", None) or error
    return fail(
        f"没有写成（{reason}）；数据表未改动。请检查磁盘空间和权限，关闭打开的数据表后重试。/ Not written ({reason}); the tables were "
        "left as they were. Check disk space and permissions, close open tables and try again."
    )


def _moves(paths: Sequence[Path], root: Path) -> list[tuple[Path, Path]]:
    """Files of the inbox, each with the place among those that have been added where it will lie."""
    folder = inbox(root) / "added"
    moves = []
    for path in paths:
        if path.resolve().parent == inbox(root).resolve():
            names = (path.name if n == 1 else f"{path.stem}-{n}{path.suffix}" for n in range(1, 10**6))
            moves.append((path, next(folder / name for name in names if not (folder / name).exists())))
    return moves


def _in(root: Path, path: Path) -> str:
    return path.resolve().relative_to(root.resolve()).as_posix()


def _move(moves: Sequence[tuple[Path, Path]], root: Path) -> None:
    for path, target in moves:
        try:
            target.parent.mkdir(exist_ok=True)
            path.rename(target)
            shown = target.relative_to(root.parent) if root.parent in target.parents else target
            say(f"文件已移到 / the file was moved to: {shown}")
        except OSError as error:
            say(
                f"{path.name} 移不走（{error.strerror}）；再次 add 也不会重复添加 / could not be moved ({error.strerror}); adding it again adds nothing",
                error=True,
            )


__all__ = ["add", "inbox", "undo", "waiting"]
