"""The folder of the tables, and one at a time in it: a lock that the system releases when a process is killed."""

import hashlib
import os
from contextlib import AbstractContextManager
from pathlib import Path

from .problems import Refused, message

OWN_ROOT = Path(__file__).resolve().parent.parent.parent / "data"
TABLES_LOCK = ".lock"  # in the folder of the tables: whoever changes them holds it, from whichever checkout


def default_root() -> Path:
    """Folder of the tables: ``HUZHOU_DATA`` if set, else ``data/`` beside the library; it may be missing."""
    return Path(os.environ.get("HUZHOU_DATA") or OWN_ROOT)


def checksum(path: Path) -> str:
    """SHA-256 of a file, empty if there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


class Busy(Refused):
    """Another process holds the lock; the message says what to do."""


def locked(file: Path | str, *, wait: float = 0) -> AbstractContextManager:
    """Take the lock of a file, made if need be and left there, for as long as what is returned is entered; after `wait`
    seconds :class:`Busy` if another still holds it."""
    from filelock import FileLock, Timeout

    Path(file).parent.mkdir(parents=True, exist_ok=True)
    try:
        return FileLock(file).acquire(timeout=wait)
    except Timeout:
        raise Busy(*message("busy", file=file)) from None
