"""The command: a document read, its proposals written to the inbox as a workbook; all of it or nothing."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

from ...facts.checks import default_root
from ...facts.problems import DataError
from .opening import DocumentError, open_document
from .proposals import matcher_of, propose
from .reader import read_text
from .workbook import write


def make(file: Path | str, root: Path | str | None = None) -> int:
    """Write ``inbox/NAME.xlsx`` with the proposals of a document and say what to do with it; returns the exit status.

    Parameters
    ----------
    file : path
        The document. A workbook of its name that is in the inbox already is never replaced.
    root : path, optional
        Folder of the tables.
    """
    root, file = Path(root) if root is not None else default_root(), Path(file)
    target = root / "inbox" / f"{file.stem}.xlsx"
    try:
        if target.exists():
            raise DocumentError(
                file.name,
                f"{target.name} 已在收件夹中，不予覆盖；请先 make add 添加，或改名、移走",
                f"{target.name} is in the inbox already: it is not replaced; add it with make add, rename it or move it",
            )
        matcher = matcher_of(root)
        opened = open_document(file)
        proposals = propose(opened, read_text(opened.text, opened.name, matcher.known_areas()), matcher)
        if proposals.empty:
            raise DocumentError(file.name, "文中没有统计数字", "holds no figure")
        content = io.BytesIO()
        write(content, proposals, matcher)
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f".{target.name}.new")
        aside.write_bytes(content.getvalue())
        os.replace(aside, target)
    except (DocumentError, DataError) as error:
        print(f"{error}\n没有写出任何文件。/ Nothing was written.", file=sys.stderr)
        return 1
    counts = proposals.keep.value_counts()
    said = {o["reason"] for o in proposals.attrs["others"]}
    print(
        f"已写出 / written: {target}\n"
        f"{len(proposals)} 个数字：添加 {counts.get('yes', 0)}，待看 {counts.get('look', 0)}，不要（已收录或重复）{counts.get('no', 0)}；另有 {len(proposals.attrs['others'])} 个非统计数码已列出"
        f"{'，其中有无法判断的' if '' in said else ''}\n"
        f"{len(proposals)} figures: {counts.get('yes', 0)} to add, {counts.get('look', 0)} to look at, {counts.get('no', 0)} on file or repeated; {len(proposals.attrs['others'])} other numerals are listed\n"
        "下一步：打开改好“采用”列，保存、关闭，make add ARGS=--dry-run，再 make add / next: open it, correct it, save, close; make add ARGS=--dry-run, then make add"
    )
    return 0
