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
        zh = f"收件夹是空的：{inbox(root)}。先运行 make template，填好 {FILE} 再运行 make add。"
        say(f"{zh}/ the inbox is empty; run make template, fill in {FILE}, then make add")
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
        return 0
    _show(made)
    if dry_run:
        say(
            "\n试运行：未写入任何内容；去掉 --dry-run 即正式添加。/ Dry run: nothing was written; without --dry-run it is added."
        )
        return 0
    if made.questions and not confirmed:
        zh = "尚未添加：请逐条核对原文。有误请改正文件；无误请加 --confirm（make add ARGS=--confirm）。"
        en = "Not added yet: check each against the document. Correct the file, or, if all is right, add --confirm"
        return fail(f"{zh}/ {en} (make add ARGS=--confirm).")
    return _write(made, paths, root)


def _show(made: Plan) -> None:
    figures = len(made.added["figures"])
    more = made.count - figures
    say(f"将添加 {figures} 个数字、{more} 个其他条目 / to add: {figures} figures, {more} other entries")
    if again := sum(line.lstrip().startswith("Δ") for line in made.shown):
        zh = f"与现有数字比较 {again} 处，见 Δ；旧值不改"
        say(f"（{zh} / compared with {again} on file, see Δ; old values stay as they are）")
    say("\n".join(made.shown))
    if made.questions:
        say(f"\n请核对，{len(made.questions)} 处异常 / please check, {len(made.questions)} stand out:")
        say("\n".join(f"  ? {question}" for question in made.questions))


def _write(made: Plan, paths: Sequence[Path], root: Path) -> int:
    """Write the tables, with a note of the rows appended; files of the inbox then lie beside it, under its number."""
    number, added = max([0, *(int(note.stem) for note in _notes(root))]) + 1, inbox(root) / "added"
    moves = [
        (path, added / f"{number:06d} {path.name}") for path in paths if path.resolve().parent == inbox(root).resolve()
    ]
    tables = [name for name in made.contents if name.removesuffix(".csv") in TABLES]
    rows = {name: made.contents[name].removeprefix((root / name).read_bytes()).decode() for name in tables}
    note = {"added": rows, "files": [[path.name, target.name] for path, target in moves]}
    name, content = f"inbox/added/{number:06d}.json", json.dumps(note, ensure_ascii=False, indent=1).encode()
    try:
        writing.commit(root, made.contents | {name: content}, made.before | {name: ""})
    except writing.Unfinished as error:
        return fail(str(error))
    except OSError as error:
        return _not_written(error)
    say(f"\n已添加 / added: {', '.join(sorted(made.contents))}")
    for path, target in moves:
        try:
            path.rename(target)
            say(f"文件已移到 / the file was moved to: {target}")
        except OSError as error:
            zh = f"{path.name} 移不走（{error.strerror}）；再次 add 也不会重复添加"
            say(f"{zh} / could not be moved ({error.strerror}); adding it again adds nothing", error=True)
    zh = "下一步：make report 生成新报告；撤销：make add ARGS=--undo。"
    say(f"{zh}/ Next: make report makes the new report; to take it back: make add ARGS=--undo.")
    return 0


def _notes(root: Path) -> list[Path]:
    return sorted(p for p in (inbox(root) / "added").glob("*.json") if p.stem.isdigit())


def undo(root: Path | str | None = None) -> int:
    """Take back what was added last, and lay its files back into the inbox; returns the exit status."""
    root = Path(root) if root is not None else default_root()
    if not root.is_dir():
        return _tables_wrong(DataError(check(root)[1]))
    if not (notes := _notes(root)):
        say("没有可撤销的添加 / there is nothing to take back")
        return 0
    try:
        note = json.loads(notes[-1].read_bytes())
        contents, problems = {}, []
        for name, rows in note["added"].items():
            content = (root / name).read_bytes()
            contents[name] = content.replace(rows.encode(), b"")
            if content.count(rows.encode()) != 1:
                zh = "所添加的行后来被改动，不能自动撤销；请直接在表中删改"
                problems.append(
                    Problem(name, 0, "", "", zh, "the rows added were changed since: take them out by hand")
                )
        if not problems:
            contents, _, problems = tried(root, contents)
        if problems:
            say(str(DataError(problems)), error=True)
            return fail("数据表未改动；什么也没有撤销。/ The tables were left as they were; nothing was taken back.")
        writing.commit(root, contents, {name: writing.checksum(root / name) for name in contents})
        for then, now in note["files"]:
            if (notes[-1].parent / now).exists() and not (inbox(root) / then).exists():
                (notes[-1].parent / now).rename(inbox(root) / then)
        notes[-1].unlink()
    except (OSError, ValueError, KeyError) as error:
        return _not_written(error)
    say(f"已撤销上次添加 / taken back: {', '.join(sorted(note['added']))}")
    return 0


def _tables_wrong(error: DataError) -> int:
    zh = "数据表本身有问题，请先改正"
    return fail(f"{zh} / the tables on file have problems of their own, correct these first:\n{error}")


def _not_written(error: Exception) -> int:
    reason = getattr(error, "strerror", None) or error
    zh = f"没有写成（{reason}）；数据表未改动。请检查磁盘空间和权限，关闭打开的数据表后重试。"
    en = f"Not written ({reason}); the tables were left as they were. Check disk space and permissions, close open tables"
    return fail(f"{zh}/ {en} and try again.")
