"""Charts of exhibits as files and as text inside a page: drawn once for all that shows them."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

import pandas as pd

from ..facts.words import LANGUAGES
from ..show import canvas
from ..show.exhibit import Exhibit, table_numbers
from ..show.picture import picture

FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CHART_COLUMNS = {"heading", "series", "x", "value", "low", "high", "unit"}


def drawn(record: Mapping) -> bool:
    """Whether an exhibit has a picture."""
    return bool(record["chart"] or record["picture"])


def figure(record: Mapping, lang: str, size: str = "slide"):
    """The chart of an exhibit, or the plot of one's own, as a matplotlib figure."""
    return Exhibit(dict(record)).figure(lang, size) if size == "slide" else picture(record, lang, size)


def svg(record: Mapping, lang: str, size: str, folder: Path | None = None) -> str:
    """The chart as SVG; `folder` keeps what has been drawn, for the next one who asks."""
    if record["picture"]:
        return record["picture"][lang]["svg"]
    path = Path(folder or ".") / f"{record['id']}.{lang}.{size}.svg"
    if folder is None or not path.is_file():
        return _svg_text(figure(record, lang, size), path if folder else None)
    return path.read_text(encoding="utf-8")


def _svg_text(made, path: Path | None) -> str:
    buffer = StringIO()
    with canvas.house_style():
        made.savefig(buffer, format="svg", dpi=72, metadata={"Date": None, "Creator": None})
    if path:
        path.write_text(buffer.getvalue(), encoding="utf-8", newline="\n")
    return buffer.getvalue()


def inline(markup: str, key: str, label: str = "") -> str:
    """SVG for use inside a page: small, ids of its own, fonts and size of the page, hidden from who gets the words."""
    body = markup[markup.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->|<style[^>]*>.*?</style>", "", body, flags=re.DOTALL)
    end = body.index(">")
    box = re.search(r'viewBox="[^"]*"', body[:end])[0]
    body = body[end + 1 :]
    body = re.sub(r'(<g)\s+id="[^"]*"', r"\1", body)
    body = re.sub(r'(d|points)="([^"]*)"', lambda m: f'{m[1]}="{_short(m[2])}"', body)
    body = re.sub(r"font-family:[^;\"]*;? ?", "", body)
    body = re.sub(r' (x|y|width|height)="(-?\d+\.\d+)"', lambda m: f' {m[1]}="{_round(m[2])}"', body)
    body = re.sub(r'transform="rotate\(-?0 [^"]*\)"', "", body)
    body = re.sub(r"\s*\n\s*", "\n", body)
    for _ in range(4):
        body = re.sub(r"<g/>|<g>\s*</g>|<defs>\s*</defs>", "", body)
    body = re.sub(r"<g>\s*(<(?:path|text|use)\b[^>]*?(?:/>|>[^<]*</text>))\s*</g>", r"\1", body)
    body = re.sub(r">\s+<", "><", body)
    body = re.sub(r'\bid="', f'id="{key}', body)
    body = re.sub(r'(xlink:href|href)="#', f'href="#{key}', body)
    body = body.replace("url(#", f"url(#{key}")
    name = f' class="{label}"' if label else ""
    return f'<svg{name} {box} xmlns="http://www.w3.org/2000/svg" aria-hidden="true" focusable="false">{body}'


def _round(value: str) -> str:
    return f"{float(value):.1f}".removesuffix(".0")


def _short(path: str) -> str:
    return re.sub(r"-?\d+\.\d+", lambda m: _round(m[0]), " ".join(path.split()))


def write_charts(record: Mapping, lang: str, charts: Path, kept: Path) -> None:
    """PNG and SVG at slide size into `charts`; those of pages and phones into `kept`."""
    png, vector = charts / f"{record['id']}.{lang}.png", charts / f"{record['id']}.{lang}.svg"
    made = figure(record, lang)
    _save_png(made, png)
    vector.write_text(_svg_text(made, None), encoding="utf-8", newline="\n")
    for size in ("page", "phone"):
        svg(record, lang, size, kept)


def _save_png(made, path: Path) -> None:
    """A picture of 1600 by 900 dots in few colours, a third of the bytes; the same ones each time."""
    from PIL import Image

    with canvas.house_style():
        made.set_dpi(160)
        made.canvas.draw()
    shown = Image.frombuffer("RGBA", made.canvas.get_width_height(), made.canvas.buffer_rgba(), "raw", "RGBA", 0, 1)
    image = shown.convert("RGB").quantize(128, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    image.save(path, "PNG")


def write_tables(record: Mapping, folder: Path) -> None:
    """Numbers as CSV in both languages: those of the chart, and those of a table of its own beside it."""
    if not record["table"]:
        return
    made = Exhibit(dict(record))
    write_csv(_both(*(made.numbers(lang) for lang in LANGUAGES)), folder / f"{record['id']}.csv")
    if record["chart"] and not {c["name"] for c in record["table"]["columns"]} <= _CHART_COLUMNS:
        beside = _both(*(table_numbers(dict(record), lang) for lang in LANGUAGES))
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

    frame.map(safe).rename(columns=safe).to_csv(
        path, index=False, encoding="utf-8-sig", lineterminator="\n", quoting=csv.QUOTE_MINIMAL
    )
