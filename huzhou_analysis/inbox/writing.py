"""Files of a folder replaced together, whole or not at all, whatever interrupts it.

The new files are prepared in a folder beside the old ones; renaming that folder decides. What interrupts the moving of
its files after that, the next command completes (:func:`recover`).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path

STAGED = ".adding"
JOURNAL = "journal.json"


class Unfinished(OSError):
    """New files are prepared but not all in place; :func:`recover` completes them."""


def commit(root: Path, contents: dict[str, bytes], before: dict[str, str]) -> None:
    """Replace files of a folder together, if each has still the checksum (SHA-256) in `before`, "" for none.

    An OSError leaves every file as it was; only :class:`Unfinished` says that some are in place and others not yet.
    """
    for left in root.glob(f"{STAGED}-*"):  # of an adding that was cut short before it counted
        shutil.rmtree(left, ignore_errors=True)
    staged = Path(tempfile.mkdtemp(prefix=f"{STAGED}-", dir=root))
    try:
        for name, content in contents.items():
            (staged / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            _write(staged / name, content)
            if (root / name).exists():
                shutil.copymode(root / name, staged / name)
        _write(staged / JOURNAL, json.dumps({name: before[name] for name in contents}).encode())
        if any(checksum(root / name) != before[name] for name in contents):
            raise OSError("表在检查期间被改动，请重试 / a table was changed in the meantime, try again")
        staged.rename(root / STAGED)  # from here on the new files count
    except BaseException:
        shutil.rmtree(staged, ignore_errors=True)
        raise
    try:
        _complete(root)
    except OSError as error:
        reason = error.strerror or error
        raise Unfinished(
            f"添加到一半被打断（{reason}）。请关闭打开的数据表后再运行任一命令，会自动完成。/ Cut short half-way ({reason}). Close the "
            "open tables and run any command: the adding is completed then."
        ) from error


def recover(root: Path) -> str:
    """Complete an adding that was cut short; returns what to say about it, or nothing."""
    if not (root / STAGED / JOURNAL).is_file():
        shutil.rmtree(root / STAGED, ignore_errors=True)  # without its journal it was done with
        return ""
    try:
        kept = "、".join(_complete(root))
    except (OSError, ValueError) as error:
        zh = f"上次添加中断，尚未完成（{error}）；请关闭打开的数据表后重试"
        return (
            f"{zh} / the last adding was cut short and is not complete ({error}); close the open tables and try again"
        )
    if kept:
        zh = f"上次添加中断后 {kept} 又被改动，未覆盖；请用 check 核对"
        return (
            f"{zh} / changed since the last adding was cut short and left as they are: {kept}; look at them with check"
        )
    return "上次中断的添加已完成 / the adding that was cut short has been completed"


def _complete(root: Path) -> list[str]:
    """Move what is prepared over the files; if someone else has changed one since, none, and that one is named."""
    staged = root / STAGED
    journal = json.loads((staged / JOURNAL).read_bytes())
    waiting = [name for name in journal if (staged / name).exists()]
    foreign = [name for name in waiting if checksum(root / name) != journal[name]]
    for name in waiting if not foreign else ():
        os.replace(staged / name, root / name)
    (staged / JOURNAL).unlink(missing_ok=True)
    shutil.rmtree(staged, ignore_errors=True)
    return foreign


def checksum(path: Path) -> str:
    """SHA-256 of a file, empty if there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def _write(path: Path, content: bytes) -> None:
    """Write a file and have it reach the disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
