"""Writers: one module a format, each bound from the same records.

A writer has ``write(sections, lang, path, *, data=None, watermark="")`` and is loaded when it is first used.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..facts.data import Data
    from .html import Section

# Format: the module that writes it, and the file of a whole report.
WRITERS: dict[str, tuple[str, str]] = {
    "pptx": ("slides", "briefing.pptx"),
    "docx": ("document", "briefing.docx"),
    "xlsx": ("workbook", "workbook.xlsx"),
    "pdf": ("pdf", "report.pdf"),
}
PICTURES = ("png", "svg", "pdf")


def write(
    kind: str, sections: Sequence[Section], lang: str, path: Path, *, data: Data | None = None, watermark: str = ""
) -> None:
    """Write sections in one format and language.

    Parameters
    ----------
    kind : str
        A key of :data:`WRITERS`.
    data : Data, optional
        The tables, for what a workbook computes from them.
    watermark : str
        Words across every page, such as 草稿.
    """
    from .office import any_clock

    module = import_module(f".{WRITERS[kind][0]}", __name__)
    with any_clock():
        module.write(list(sections), lang, path, data=data, watermark=watermark)
