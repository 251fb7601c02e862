"""Notebooks as they are committed: without results, with the same kernel and the same order of keys everywhere."""

from __future__ import annotations

import os
import subprocess
import warnings
from collections.abc import Sequence
from pathlib import Path

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
OWN = "huzhou_analysis"  # metadata of a notebook that the project itself reads


def tidied(text: str) -> str:
    """A notebook without what running and saving it leaves behind.

    Results, counts of runs, metadata of cells, empty cells, and the kernel and Python of one machine go; text, code,
    attached pictures and the project's own metadata stay. What is tidy already comes back as it was.

    Parameters
    ----------
    text : str
        The notebook's file.

    Returns
    -------
    str
        Ends in a line feed; lines end in line feeds only.

    Raises
    ------
    ValueError
        If it is no notebook.
    """
    import nbformat
    from nbformat.validator import normalize

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it warns of, ids that are missing or doubled, is mended below
            notebook = nbformat.reads(text, as_version=4)
        notebook.cells = [cell for cell in notebook.cells if cell.source.strip() or cell.get("attachments")]
        for cell in notebook.cells:
            cell.metadata = {}
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        own = {OWN: notebook.metadata[OWN]} if OWN in notebook.metadata else {}
        notebook.metadata = {**own, "kernelspec": KERNEL, "language_info": {"name": "python"}}
        notebook.nbformat_minor = max(notebook.nbformat_minor, 5)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _, notebook = normalize(notebook)  # ids of cells, each once
        nbformat.validate(notebook)
    except Exception as error:  # the parser, the upgrade and the check each raise errors of their own
        raise ValueError(f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}") from None
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def untidy(paths: Sequence[Path]) -> tuple[dict[Path, str], list[str]]:
    """Notebooks that are not as they should be committed, with what they should hold, and what cannot be read."""
    changes, problems = {}, []
    for path in paths:
        try:
            raw = path.read_bytes()
            clean = tidied(raw.decode("utf-8-sig"))
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            problems.append(
                f"{path}：不是可读的笔记本（{reason}）；请在 JupyterLab 中打开检查，或用 git 恢复 / is no notebook that can be read "
                f"({reason}); open it in JupyterLab, or bring it back with git"
            )
            continue
        if raw != clean.encode("utf-8"):
            changes[path] = clean
    return changes, problems


def rewrite(changes: dict[Path, str]) -> None:
    """Write notebooks, each whole or not at all."""
    for path, clean in changes.items():
        draft = path.with_name(f".{path.name}.part")
        try:
            draft.write_text(clean, encoding="utf-8", newline="\n")
            os.replace(draft, path)
        finally:
            draft.unlink(missing_ok=True)


def before_commit(root: Path) -> tuple[list[Path], list[str]]:
    """Tidy the notebooks that are about to be committed, in the folder and in the commit.

    A notebook with changes beside those to be committed is left alone and the commit refused, and so is a commit of
    named files only: there git keeps a second list that must not get out of step.

    Returns
    -------
    done, problems
        Notebooks tidied; reasons for which the commit has to wait.
    """
    names = _git(root, "diff", "--cached", "--name-only", "-z", "--diff-filter=ACMR", "--", "*.ipynb")
    paths = [root / name for name in names.split("\0") if name]
    changes, problems = {}, []
    for path in paths:
        name = path.relative_to(root).as_posix()
        try:
            staged = _git(root, "show", f":{name}")
            clean = tidied(staged)
        except ValueError as error:
            problems.append(f"{name}：不是笔记本，请修正后再提交 / is no notebook, mend it first: {error}")
            continue
        if staged == clean:
            continue
        if _git(root, "diff", "--name-only", "--", name):
            problems.append(
                f"{name}：另有未暂存的修改，未作改动；请先 git add 或 git stash，再提交 / has changes that are not staged and was "
                "left alone: git add or git stash them, then commit again"
            )
        elif Path(os.environ.get("GIT_INDEX_FILE", "index")).name not in ("index", "index.lock"):
            problems.append(
                f"{name}：含运行结果；请先 make tidy 并 git add，再提交 / holds results: run make tidy and git add it, then commit"
            )
        else:
            changes[path] = clean
    if problems:
        return [], problems
    rewrite(changes)
    if changes:
        _git(root, "add", "--", *(path.relative_to(root).as_posix() for path in changes))
    return list(changes), []


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=True)
    return done.stdout.decode("utf-8")
