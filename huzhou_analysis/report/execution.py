"""Execute a notebook that may print without end: it is stopped at a limit, and its kernel with it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete, DeadKernelError


class TooMuchOutput(Exception):
    """A notebook's output went beyond the limit; the message is the first line of the cell."""


class Client(NotebookClient):
    """nbclient's own, with an end to what it gathers.

    Parameters
    ----------
    notebook : NotebookNode
    limit : int
        Characters of output, in all cells together (a picture counts as its base64 text).
    """

    def __init__(self, notebook, *, limit: int, **options) -> None:
        super().__init__(notebook, **options)
        self.left, self.stopping = limit, None

    def process_message(self, msg: dict, cell, cell_index: int):
        """Gather one message; beyond the limit drop it and kill the kernel, as its cell may be endless."""
        self.left -= _size(msg["content"])
        if self.left >= 0:
            return super().process_message(msg, cell, cell_index)
        cell.outputs = []
        self.stopping = asyncio.ensure_future(self.km.provisioner.kill())
        raise CellExecutionComplete

    async def async_execute_cell(self, cell, *arguments, **options):
        done = None
        try:
            done = await super().async_execute_cell(cell, *arguments, **options)
        except DeadKernelError:
            if self.stopping is None:
                raise
        if self.stopping is None:
            return done
        await self.stopping
        first = next((line for line in cell.source.splitlines() if line.strip()), "")
        raise TooMuchOutput(first.strip())


def _size(content: object) -> int:
    """Characters of a message: text, or data by type, or a traceback."""
    if isinstance(content, str):
        return len(content)
    if isinstance(content, Mapping):
        return sum(map(_size, content.values()))
    return sum(map(_size, content)) if isinstance(content, list) else 0


__all__ = ["Client", "TooMuchOutput"]
