"""One run at a time in a folder: a lock that the system itself releases, even when the process is killed.

Only the standard library, so that the set-up can use it before anything is installed.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import os
from pathlib import Path
from typing import IO

# Windows locks bytes, and what is locked cannot be read: the lock lies far behind what the file says of its holder.
_FAR = 1 << 30


class Busy(Exception):
    """Another process holds the lock; the message says who, since when, and what to do."""


class Lock:
    """A context manager that only one process at a time can be in.

    Parameters
    ----------
    path : path
        File to lock; made if need be, together with its folder, and left there.
    wait : bool
        Wait for the other process (True), or raise :class:`Busy` at once.
    waiting : callable, optional
        Called once before waiting, to say so.

    Raises
    ------
    Busy
        If another process is in it and `wait` is False.
    OSError
        If the file cannot be made.

    Examples
    --------
    >>> with Lock(folder / "run.lock"):            # doctest: +SKIP
    ...     change_what_no_one_else_must_change()
    """

    def __init__(self, path: Path | str, *, wait: bool = False, waiting=None) -> None:
        self.path, self.wait, self.waiting = Path(path), wait, waiting
        self.file: IO[bytes] | None = None

    def __enter__(self) -> Lock:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.file = open(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666), "r+b", buffering=0)
        try:
            self._hold()
        except BaseException:
            self.file.close()
            raise
        return self

    def __exit__(self, *_) -> None:
        with contextlib.suppress(OSError):  # what it says of its holder is no more than a help
            self.file.truncate(0)
        self.file.close()

    def _hold(self) -> None:
        if not self._try(wait=False):
            if not self.wait:
                raise Busy(self._who())
            if self.waiting:
                self.waiting()
            self._try(wait=True)
        self.file.truncate(0)
        self.file.seek(0)
        self.file.write(f"{os.getpid()} {dt.datetime.now():%Y-%m-%d %H:%M}\n".encode())

    def _try(self, wait: bool) -> bool:
        if os.name == "nt":
            import msvcrt
            import time

            while True:
                self.file.seek(_FAR)
                try:
                    msvcrt.locking(self.file.fileno(), msvcrt.LK_NBLCK, 1)
                    return True
                except OSError:
                    if not wait:
                        return False
                    time.sleep(1)
        import fcntl

        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        except OSError as error:  # some network folders know no locks: better unguarded than not at all
            if error.errno not in (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS):
                raise
        return True

    def _who(self) -> str:
        self.file.seek(0)
        pid, _, since = self.file.read(100).decode("ascii", "replace").strip().partition(" ")
        who_zh = f"（进程 {pid}，{since} 开始）" if pid.isdigit() else ""
        who_en = f" (process {pid}, since {since})" if pid.isdigit() else ""
        return (
            f"另一个任务正在此处运行{who_zh}，本次未做任何改动。请等它结束后再运行；若它已停住，请先结束该进程。/ "
            f"Another run is going on here{who_en}; nothing was touched. Wait until it has finished and run the command "
            "again; if it hangs, end that process first."
        )


__all__ = ["Busy", "Lock"]
