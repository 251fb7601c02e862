"""Committed notebooks carry their results, so that they can be read where they are hosted: ``make notebooks``.

Results are in Chinese and the same each time: counts of runs and ids are fixed, pictures small, nothing tells of this
machine. The metadata keep a checksum of what they were made from, which says later whether they are stale.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from io import BytesIO
from itertools import count
from pathlib import Path

from ..facts.problems import fail, say
from .build import PROJECT, digest, paths, short
from .collect import Executed, execute, notebook_files, own_metadata, read
from .export import export
from .output import tidy

LARGEST = 60_000  # bytes of a picture
MADE_FROM = "made_from"


def sources(path: Path, tables: Path) -> str:
    """Checksum of what a notebook's results are made from: the sources of its cells, and the tables."""
    cells = [[c.cell_type, c.source, sorted(c.metadata.get("tags", []))] for c in read(path).cells]
    found = {p.name: digest(p) for p in sorted(tables.glob("*.csv"))}
    return hashlib.sha256(json.dumps([cells, found], sort_keys=True).encode()).hexdigest()[:16]


def stale(files: Sequence[Path], tables: Path) -> list[str]:
    """Names of notebooks whose committed results are not those of their cells and tables."""
    return [path.name for path in files if own_metadata(read(path)).get(MADE_FROM) != sources(path, tables)]


def refresh(names: Sequence[Path | str] = (), jobs: int = 2) -> int:
    """Execute notebooks in place, by default all of the project; returns the exit status.

    A notebook that fails is left as it was and named. With all of them, the pictures of the README are drawn anew.
    """
    where = paths()
    files = [Path(n).resolve() for n in names] or notebook_files(where.notebooks)
    done = execute(files, where.data, jobs=jobs, collected=False)
    for one in done:
        if one.error:
            fail(f"✗ {one.path.name}：{one.error}")
        else:
            _write(one, where.data)
            say(f"✓ {short(one.path)}")
    for path in () if names else sorted((PROJECT / "docs" / "pictures").glob("*.*.png")):
        exhibit_id, lang, _ = path.name.split(".")
        export(exhibit_id, path, lang=lang)
        path.write_bytes(base64.b64decode(small_picture(base64.b64encode(path.read_bytes()).decode())))
    return int(any(one.error for one in done))


def _write(executed: Executed, tables: Path) -> None:
    """Put the results into the file, whole or not at all."""
    import nbformat

    notebook, runs = executed.notebook, count(1)
    for n, cell in enumerate(notebook.cells):
        cell.id = f"cell-{n:02d}"
        tidy(cell)
        if cell.cell_type == "code":
            cell.execution_count = next(runs)
            for output in cell.outputs:
                _settle(output, cell.execution_count)
    said = dict(own_metadata(notebook)) | {MADE_FROM: sources(executed.path, tables)}
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    head = {"kernelspec": kernel, "language_info": {"name": "python"}, "huzhou_analysis": said}
    notebook.metadata = nbformat.from_dict(head)
    making = executed.path.with_name(f".{executed.path.name}.making")
    nbformat.write(notebook, making)
    making.replace(executed.path)


def _settle(output, runs: int) -> None:
    """Give an output the number of its cell, and make its pictures small."""
    if "execution_count" in output:
        output.execution_count = runs
    data = output.get("data", {})
    for mime, found in (("image/png", r"()(.+)"), ("text/html", r"(data:image/png;base64,)([A-Za-z0-9+/=]+)")):
        if mime in data:
            data[mime] = re.sub(found, lambda m: m[1] + small_picture(m[2]), data[mime], flags=re.DOTALL)


def small_picture(encoded: str) -> str:
    """A PNG (base64) of at most ``LARGEST`` bytes: few colours first (rare ones are kept), then fewer dots; the same bytes each time."""
    from PIL import Image

    raw = base64.b64decode(encoded)
    image = Image.open(BytesIO(raw)).convert("RGB")
    while True:
        buffer = BytesIO()
        image.quantize(64, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
        if buffer.tell() <= LARGEST or image.width < 200:
            best = min(raw, buffer.getvalue(), key=len)
            return base64.b64encode(best).decode()
        image = image.resize((image.width * 4 // 5, image.height * 4 // 5), Image.Resampling.LANCZOS)
