"""Tables replaced together, whole or not at all, whatever interrupts it; and what was added taken back.

The new tables are prepared in a folder beside the old ones; renaming that folder decides. Whatever interrupts the
copying after it, the next command completes it (:func:`recover`).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path

from ..facts.problems import Problem

STAGED = ".adding"
JOURNAL = "journal.json"


class Unfinished(OSError):
    """New tables are prepared but not all in place; :func:`recover` completes them."""


def commit(root: Path, contents: dict[str, bytes], before: dict[str, str]) -> None:
    """Replace files of a folder together.

    Parameters
    ----------
    root : Path
    contents : dict of str to bytes
        New content by file name.
    before : dict of str to str
        Checksums (SHA-256) that the files must have still; "" for a file that must not be there.

    Raises
    ------
    OSError
        If it could not be done; every file is as it was.
    Unfinished
        If some files are in place and could not be put back; the next :func:`recover` completes them.
    """
    _sweep(root)
    staged = Path(tempfile.mkdtemp(prefix=f"{STAGED}-", dir=root))
    try:
        for name, content in contents.items():
            (staged / name).parent.mkdir(parents=True, exist_ok=True)
            _write(staged / name, content)
        journal = {name: [before[name], _sha(content)] for name, content in contents.items()}
        _write(staged / JOURNAL, json.dumps(journal).encode())
        if any(checksum(root / name) != before[name] for name in contents):
            raise OSError("表在检查期间被改动，请重试 / a table was changed in the meantime, try again")
        old = {name: (root / name).read_bytes() if (root / name).exists() else None for name in contents}
        staged.rename(root / STAGED)  # from here on the new tables count
    except BaseException:
        shutil.rmtree(staged, ignore_errors=True)
        raise
    try:
        _complete(root)
    except OSError as error:
        try:
            for name, content in old.items():
                if content is not None:
                    replace(root / name, content)
                else:
                    (root / name).unlink(missing_ok=True)
            _drop(root / STAGED)
        except OSError:
            raise Unfinished(
                f"添加到一半被打断（{error.strerror or error}）。请关闭打开的数据表后再运行任一命令，会自动完成。/ Cut short half-way "
                f"({error.strerror or error}). Close the open tables and run any command: the adding is completed then."
            ) from error
        raise


def recover(root: Path) -> str:
    """Complete an adding that was cut short; returns what to say about it, or nothing."""
    staged = root / STAGED
    if (staged / JOURNAL).is_file():
        try:
            kept = _complete(root)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            return (
                f"上次添加中断，尚未完成（{reason}）；请关闭打开的数据表后重试 / the last adding was cut short and is not complete "
                f"({reason}); close the open tables and try again"
            )
        if kept:
            return (
                f"上次添加中断后 {'、'.join(kept)} 又被改动，未覆盖；请用 check 核对 / changed since the last adding was cut short and left "
                f"as they are: {', '.join(kept)}; look at them with check"
            )
        return "上次中断的添加已完成 / the adding that was cut short has been completed"
    shutil.rmtree(staged, ignore_errors=True)  # without its journal it was done with
    return ""


def _sweep(root: Path) -> None:
    """Drop what an adding left that was cut short before it counted."""
    for left in root.glob(f"{STAGED}-*"):
        with contextlib.suppress(OSError):
            if dt.datetime.now().timestamp() - left.stat().st_mtime > 3600:
                shutil.rmtree(left, ignore_errors=True)


def _complete(root: Path) -> list[str]:
    """Copy what is prepared over the tables; files changed by someone else since are left, and named."""
    staged = root / STAGED
    journal = json.loads((staged / JOURNAL).read_bytes())
    foreign = [name for name, states in journal.items() if checksum(root / name) not in states]
    if not foreign:
        for name, (_, after) in journal.items():
            content = (staged / name).read_bytes()
            if checksum(root / name) != after:
                replace(root / name, content)
    _drop(staged)
    return foreign


def _drop(staged: Path) -> None:
    (staged / JOURNAL).unlink(missing_ok=True)
    shutil.rmtree(staged, ignore_errors=True)


def checksum(path: Path) -> str:
    """SHA-256 of a file, empty if there is none."""
    return _sha(path.read_bytes()) if path.exists() else ""


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write(path: Path, content: bytes) -> None:
    """Write a file and have it reach the disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def replace(path: Path, content: bytes) -> None:
    """Put new content in the place of a file: all of it or none."""
    aside = path.with_name(f"{path.name}.new")
    try:
        _write(aside, content)
        if path.exists():
            shutil.copymode(path, aside)
        os.replace(aside, path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


# --- taking back ---------------------------------------------------------------------------------------------------


def note(folder: Path, added: dict[str, bytes], files: list[tuple[str, str]]) -> tuple[str, bytes]:
    """Name and content of a note of what is appended to each table, and of where its files will lie and lie now."""
    blocks = {name: block.decode("utf-8") for name, block in added.items()}
    content = json.dumps({"added": blocks, "files": files}, ensure_ascii=False, indent=1).encode("utf-8")
    number = max((int(path.stem) for path in folder.glob("*.json") if path.stem.isdigit()), default=0) + 1
    return f"{number:06d}.json", content


def last_note(folder: Path) -> tuple[Path, dict] | None:
    """The latest note and the file that it stands in."""
    paths = sorted(path for path in folder.glob("*.json") if path.stem.isdigit())
    return (paths[-1], json.loads(paths[-1].read_bytes())) if paths else None


def without(root: Path, added: dict[str, str]) -> tuple[dict[str, bytes], list[Problem]]:
    """Tables without the rows that were appended; a table in which they no longer stand as they were is a problem."""
    contents, problems = {}, []
    for name, block in added.items():
        content = (root / name).read_bytes()
        if content.count(block.encode("utf-8")) == 1:
            contents[name] = content.replace(block.encode("utf-8"), b"")
        else:
            zh = "所添加的行后来被改动，不能自动撤销；请直接在表中删改"
            problems.append(Problem(name, 0, "", "", zh, "the rows added were changed since: take them out by hand"))
    return contents, problems
