"""What the writers of slides, documents and workbooks share: fonts, colours of meanings, and files that repeat.

Fonts are named, not embedded: every office program substitutes one of its own for a Chinese font that it lacks, as long
as the East Asian font is set beside the Latin one.
"""

from __future__ import annotations

import re
import time
import zipfile
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from .. import charts

LATIN, EAST_ASIAN = "Calibri", "Microsoft YaHei"
# Colour of each meaning (Exhibit.natives), without the leading #.
COLOURS: dict[str, str] = {
    role: colour.lstrip("#").upper()
    for role, colour in {
        "actual": charts.ACTUAL,
        "provisional": charts.LIGHT,
        "target": charts.TARGET,
        "derived": charts.DERIVED,
        "forecast": charts.DERIVED,
        "claim": charts.CLAIM,
        "comparison": charts.LIGHT,
        "model": charts.MUTED,
        "base": charts.PAPER,
        "band_95": "#dcebf5",
        "band_80": "#b3d3e8",
        "band_50": "#80b8da",
    }.items()
}
# Earliest moment that a zip archive can hold: every part of every file carries it, so that equal files are equal bytes.
MOMENT = (1980, 1, 1, 0, 0, 0)
_DATES = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")


def any_clock():
    """Context in which archives can be written whatever the clock says: they know no year before 1980."""
    clock = SimpleNamespace(time=time.time, localtime=lambda *_: time.struct_time((*MOMENT, 0, 1, 0)))
    return patch.object(zipfile, "time", clock)


def settle(path: Path) -> None:
    """Rewrite an office file so that equal contents are equal bytes: one order of parts, one time stamp, no dates."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    order = sorted(parts, key=lambda name: (name != "[Content_Types].xml", name))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for name in order:
            info = zipfile.ZipInfo(name, MOMENT)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            body = parts[name]
            if name == "docProps/core.xml":
                body = _DATES.sub(rb"\g<1>1980-01-01T00:00:00Z\g<3>", body)
            new.writestr(info, body)


def is_cjk(text: str) -> bool:
    """Whether a text holds characters that need an East Asian font."""
    return any(c >= "\u2e80" for c in text)
