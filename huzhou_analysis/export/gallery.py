"""The gallery: one page in each language with a picture of every chart, small enough to be kept with the sources."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from .. import charts
from ..exhibit import Exhibit
from ..facts.words import Text, text

PAGES = {"zh": "gallery.zh-CN.md", "en": "gallery.md"}
FOLDER = "pictures"
WIDTH = 900
_LEAD: Text = text(
    "报告中的每一张图，由 `make gallery` 生成；标题即结论。单独导出一张：`python -m huzhou_analysis export 编号`。",
    "Every chart of the report, made by `make gallery`; titles state the finding. One of them as a file: "
    "`python -m huzhou_analysis export ID`.",
)
_TITLE: Text = text("图集", "Gallery")


def picture(exhibit: Exhibit, lang: str) -> bytes:
    """A small PNG of few colours, the same bytes for the same picture."""
    from PIL import Image

    buffer = BytesIO()
    figure = exhibit.figure(lang)
    with charts.house_style():
        figure.savefig(buffer, format="png", dpi=2 * WIDTH / figure.get_figwidth(), metadata={"Software": None})
    buffer.seek(0)
    with Image.open(buffer) as big:
        small = big.convert("RGB").resize((WIDTH, round(big.height * WIDTH / big.width)), Image.Resampling.LANCZOS)
    out = BytesIO()
    small.quantize(128, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(out, format="PNG", optimize=True)
    return out.getvalue()


def page(exhibits: Sequence[Exhibit], lang: str) -> str:
    """The page of one language."""
    other = "en" if lang == "zh" else "zh"
    lines = [f"# {_TITLE[lang]}", "", f"{_LEAD[lang]} [{_TITLE[other]}]({PAGES[other]})", ""]
    for exhibit in exhibits:
        name = f"{FOLDER}/{exhibit.id}.{lang}.png"
        alt = exhibit.title[lang].replace("[", "(").replace("]", ")")
        lines += [
            f"## {exhibit.title[lang]}",
            "",
            f"![{alt}]({name})",
            "",
            f"{exhibit.reading[lang]}　`{exhibit.id}`",
            "",
        ]
    return "\n".join(lines)


def write(exhibits: Sequence[Exhibit], folder: Path) -> list[Path]:
    """Write both pages and their pictures; returns what changed or went."""
    shown = [exhibit for exhibit in exhibits if exhibit.draw is not None]
    wanted = {folder / PAGES[lang]: page(shown, lang).encode() for lang in PAGES}
    for exhibit in shown:
        for lang in PAGES:
            wanted[folder / FOLDER / f"{exhibit.id}.{lang}.png"] = picture(exhibit, lang)
    changed = []
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    for path, body in wanted.items():
        if not path.is_file() or path.read_bytes() != body:
            path.write_bytes(body)
            changed.append(path)
    for path in (folder / FOLDER).glob("*.??.png"):
        if path not in wanted:
            path.unlink()
            changed.append(path)
    return changed
