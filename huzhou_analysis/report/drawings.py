"""Charts of exhibits as files and as text inside a page: drawn once for all that shows them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from ..facts.words import LANGUAGES
from ..show import canvas
from ..show.exhibit import Exhibit, table_numbers
from ..show.office import drawn
from ..show.picture import picture
from .content import marks_only

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def figure(record: Mapping, lang: str, size: str = "slide"):
    """The chart of an exhibit, or the plot of one's own, as a matplotlib figure; on a slide with title and sources."""
    return Exhibit(dict(record)).figure(lang, size) if size == "slide" else picture(record, lang, size)


def svg(record: Mapping, lang: str, size: str, folder: Path | None = None) -> str:
    """The chart as SVG, empty where there is none; `folder` keeps what has been drawn, for the next one who asks."""
    if not drawn(record) or record["picture"]:
        return record["picture"][lang]["svg"] if record["picture"] else ""
    path = folder and folder / f"{record['id']}.{lang}.{size}.svg"
    if path and path.is_file():
        return path.read_text(encoding="utf-8")
    with canvas.house_style():
        made = canvas.rendered(figure(record, lang, size), "svg", 72)
    if path:
        path.write_bytes(made)
    return made.decode()


def _short(numbers: str) -> str:
    """Coordinates with one decimal at most."""
    return re.sub(r"-?\d+\.\d+", lambda m: f"{float(m[0]):.1f}".removesuffix(".0"), " ".join(numbers.split()))


_SMALLER = [  # what a page can do without, in the order in which it goes
    (r"(?s)<metadata>.*?</metadata>|<!--.*?-->|<style[^>]*>.*?</style>", ""),
    (r'(<g)\s+id="[^"]*"', r"\1"),
    (r'(d|points)="([^"]*)"', lambda m: f'{m[1]}="{_short(m[2])}"'),
    (r'font-family:[^;"]*;? ?', ""),
    (r'(?<= )(?:x|y|width|height)="-?\d+\.\d+"', lambda m: _short(m[0])),
    (r'transform="rotate\(-?0 [^"]*\)"', ""),
    (r"\s*\n\s*", "\n"),
    *[(r"<g/>|<g>\s*</g>|<defs>\s*</defs>", "")] * 4,
    (r"<g>\s*(<(?:path|text|use)\b[^>]*?(?:/>|>[^<]*</text>))\s*</g>", r"\1"),
    (r">\s+<", "><"),
]


def inline(markup: str, key: str, label: str = "") -> str:
    """SVG for use inside a page: small, ids of its own, fonts and size of the page, hidden from who gets the words."""
    head, _, body = markup[markup.index("<svg") :].partition(">")
    for pattern, shorter in _SMALLER:
        body = re.sub(pattern, shorter, body)
    body = re.sub(r'(?:xlink:)?(\bid="|href="#|url\(#)', rf"\g<1>{key}", body)
    look = f' class="{label}"' * bool(label) + " " + re.search(r'viewBox="[^"]*"', head)[0]
    return f'<svg{look} xmlns="http://www.w3.org/2000/svg" aria-hidden="true" focusable="false">{body}'


def write_charts(record: Mapping, lang: str, charts: Path, kept: Path) -> None:
    """PNG (1600 by 900 dots) and SVG at slide size into `charts`; those of pages and phones into `kept`."""
    from PIL import Image

    made, name = figure(record, lang), f"{record['id']}.{lang}"
    with canvas.house_style():
        made.set_dpi(160)
        made.canvas.draw()
    shown = Image.frombuffer("RGBA", made.canvas.get_width_height(), made.canvas.buffer_rgba(), "raw", "RGBA", 0, 1)
    # Few colours are a third of the bytes, and the same ones each time.
    shown.convert("RGB").quantize(128, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(charts / f"{name}.png")
    canvas.save(made, charts / f"{name}.svg")
    for size in ("page", "phone"):
        svg(record, lang, size, kept)


def write_tables(record: Mapping, folder: Path) -> None:
    """Numbers as CSV in both languages: those of the chart, and those of a table of its own beside it."""
    if not record["table"]:
        return
    made = Exhibit(dict(record))
    write_csv(_both(*map(made.numbers, LANGUAGES)), folder / f"{record['id']}.csv")
    if record["chart"] and not marks_only(record):
        beside = _both(*(table_numbers(made.record, lang) for lang in LANGUAGES))
        write_csv(beside, folder / f"{record['id']}.table.csv")


def _both(zh: pd.DataFrame, en: pd.DataFrame) -> pd.DataFrame:
    """One table of two that differ by language: what differs stands twice, with its language behind its name."""
    columns = {}
    for name in zh.columns:
        same = zh[name].equals(en[name])
        columns |= {name: zh[name]} if same else {f"{name}_zh": zh[name], f"{name}_en": en[name]}
    return pd.DataFrame(columns)


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """A table as CSV that a spreadsheet reads as it is: UTF-8 with BOM; no text can become a formula."""

    def safe(value):
        return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value

    frame.map(safe).rename(columns=safe).to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")
