"""The folder of the tables, and one at a time in it: a lock that the system releases when a process is killed."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from .problems import both_languages, message

OWN_ROOT = Path(__file__).resolve().parent.parent.parent / "data"
TABLES_LOCK = ".lock"  # in the folder of the tables: whoever changes them holds it, from whichever checkout


def default_root() -> Path:
    """Folder of the tables: ``HUZHOU_DATA`` if set, else ``data/`` beside the library; it may be missing."""
    return Path(os.environ.get("HUZHOU_DATA") or OWN_ROOT)


class Busy(Exception):
    """Another process holds the lock; the message says what to do."""


@contextmanager
def locked(file: Path | str, *, wait: float = 0) -> Iterator[None]:
    """Hold the lock of a file, made if need be and left there; after `wait` seconds :class:`Busy` if another still does."""
    from filelock import FileLock, Timeout

    Path(file).parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        try:
            held.enter_context(FileLock(file, timeout=wait))
        except Timeout:
            raise Busy(both_languages(message("busy", file=file))) from None
        yield
