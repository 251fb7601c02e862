"""Files of a folder replaced together, whole or not at all, whatever interrupts it: the new files are prepared in a folder
beside the old ones, and renaming that folder decides. What interrupts the moving of its files after that, the next
command completes (:func:`recover`)."""

import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path

from . import both

STAGED = ".adding"
JOURNAL = "journal.json"


class Unfinished(OSError):
    """New files are prepared but not all in place; :func:`recover` completes them."""


def commit(root: Path, contents: dict[str, bytes], before: dict[str, str]) -> None:
    """Replace files of a folder together, if each has still the checksum (SHA-256) in `before`, "" for none. An OSError
    leaves every file as it was; only :class:`Unfinished` says that some are in place and others not yet."""
    for left in root.glob(f"{STAGED}-*"):  # of an adding that was cut short before it counted
        shutil.rmtree(left, ignore_errors=True)
    staged = Path(tempfile.mkdtemp(prefix=f"{STAGED}-", dir=root))
    try:
        for name, content in contents.items():
            for folder in (staged, root):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
            _write(staged / name, content)
            if (root / name).exists():
                shutil.copymode(root / name, staged / name)
        _write(staged / JOURNAL, json.dumps({name: before[name] for name in contents}).encode())
        if any(checksum(root / name) != before[name] for name in contents):
            raise OSError(both("changed_meanwhile"))
        staged.rename(root / STAGED)  # from here on the new files count
    except BaseException:
        shutil.rmtree(staged, ignore_errors=True)
        raise
    try:
        _complete(root)
    except OSError as error:
        raise Unfinished(both("half-way", reason=error.strerror or error)) from error


def recover(root: Path) -> str:
    """Complete an adding that was cut short; returns what to say about it, or nothing."""
    if not (root / STAGED / JOURNAL).is_file():
        shutil.rmtree(root / STAGED, ignore_errors=True)  # without its journal it was done with
        return ""
    try:
        foreign = _complete(root)
    except (OSError, ValueError) as error:
        return both("cut_short", reason=error)
    return both("changed_after", files="、".join(foreign)) if foreign else both("completed")


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
