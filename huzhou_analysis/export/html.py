"""HTML: the report in each language as one self-contained file, the index, and the executed notebooks."""

from __future__ import annotations

import html
import re
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import quote, unquote

from ..analysis.targets import plan_years
from ..charts import PRINTED, font_face
from ..facts.data import Data
from ..facts.words import LANGUAGES, Text, text
from .change_notes import Notes, left_out

WORDS: dict[str, Text] = {
    "title": text("{city}经济：印刷数字、核对与目标", "The economy of {city}: printed figures, checks and targets"),
    "lead": text(
        "每个数字都注明出自哪份文件、哪个位置、原文怎样印；推算值一律标明。",
        "Every figure names its document, its place and the characters as printed; every derived value is marked.",
    ),
    "contents": text("目录", "Contents"),
    "reading": text("解读", "Reading"),
    "data": text("数据", "Data"),
    "citations": text("出处", "Citations"),
    "to_top": text("回到目录", "Back to contents"),
    "other": text("English", "中文"),
    "download": text("下载", "Download"),
    "notebook": text("笔记本", "Notebook"),
    "key": text(
        "图例：实心＝实绩，空心方框虚线＝目标，蓝色虚线框＝推算，斜线＝宣称（未经核实）。",
        "Notation: solid = actual, outlined = target, dotted blue = derived, hatched = claim (unvalidated).",
    ),
    "index": text("首页", "Index"),
    "table": text("表格", "Table"),
    "beside": text("图旁", "beside the picture"),
    "slide": text("幻灯片", "slide"),
    "column": text("栏宽", "column"),
    "square": text("方形", "square"),
    "changes": text("与上一份报告相比", "Since the last report"),
    "kept": text("所依据的数据表与结果", "tables and results it was made from"),
    "skip": text("跳到正文", "Skip to content"),
}


FILES = [
    ("report.pdf", text("PDF报告", "PDF report")),
    ("briefing.pptx", text("幻灯片（可编辑图表）", "slides with editable charts")),
    ("briefing.docx", text("Word 简报", "Word brief")),
    ("workbook.xlsx", text("Excel 工作簿（含公式）", "workbook with live formulas")),
]


@dataclass(frozen=True)
class City:
    """The city that a report is about, as covers and titles name it; by default none in particular.

    Attributes
    ----------
    name : Text
        As a title calls it: 湖州, Huzhou.
    within : Text
        With its province: 浙江省湖州市, Huzhou City, Zhejiang Province.
    year : str
        Last year that its plan sets targets for.
    """

    name: Text = field(default_factory=lambda: text("全市", "the city"))
    within: Text = field(default_factory=lambda: text("", ""))
    year: str = ""

    @classmethod
    def of(cls, data: Data) -> City:
        """The city that tables are about."""
        name, province = data.city, data.province
        within = text(
            province["zh"] + name["zh"], f"{name['en']} City, {province['en']}" if province["en"] else name["en"]
        )
        years = plan_years(data)
        return cls(text(name["zh"].removesuffix("市"), name["en"]), within, str(years[-1]) if years else "")

    def said(self, words: Text) -> Text:
        """Words with ``{city}`` and ``{year}`` (2027年, “2027 ”, or nothing) filled in; other braces stay."""
        year = text(f"{self.year}年", f"{self.year} ") if self.year else text("", "")
        return {
            lang: words[lang].replace("{city}", self.name[lang]).replace("{year}", year[lang]) for lang in LANGUAGES
        }


@dataclass(frozen=True)
class Section:
    """What one notebook shows."""

    stem: str
    title: Text
    records: list[dict]
    folder: Path
    city: City = field(default_factory=City)

    @classmethod
    def make(cls, stem: str, heading: str, records: list[dict], folder: Path, city: City) -> Section:
        """A heading ``Foreign investment · 外资`` names the section in both languages."""
        en, _, zh = heading.partition(" · ")
        return cls(stem, text(zh or en, en), records, folder, city)

    @property
    def anchor(self) -> str:
        """Its id in a page: the notebook's name without what an id or a link may not hold."""
        return re.sub(r"[^\w.-]+", "-", self.stem)

    @property
    def page(self) -> str:
        """Link to the executed notebook."""
        return f"notebooks/{quote(self.stem)}.html"

    def svg(self, exhibit_id: str, lang: str, size: str) -> str:
        """A chart as inline SVG: no fixed size, ids of its own, hidden from readers who get the alt text."""
        raw = (self.folder / f"{exhibit_id}.{lang}.{size}.svg").read_text(encoding="utf-8")
        body = raw[raw.index("<svg") :]
        body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
        head_end = body.index(">")
        box = re.search(r'viewBox="[^"]*"', body[:head_end])[0]
        prefix = f"{exhibit_id}-{lang}-{size}-"
        inner = re.sub(r'\bid="', f'id="{prefix}', body[head_end + 1 :])
        inner = re.sub(r'(href="#|url\(#)', rf"\g<1>{prefix}", inner)
        return (
            f'<svg class="{size}" {box} xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
            f'aria-hidden="true" focusable="false">{inner}'
        )


def city_of(sections: Sequence[Section]) -> City:
    """The city that sections are about."""
    return next((section.city for section in sections), City())


def with_font(page: str) -> str:
    """A page with the Chinese glyphs it uses embedded, so that it reads the same where no Chinese font is installed."""
    face = font_face(page, "Huzhou CJK")
    return page.replace("<style>", f"<style>{face}\n", 1) if face else page


@cache
def _environment():
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )


def report_page(sections: list[Section], lang: str, changes: Notes) -> str:
    """The whole report in one language, one file, nothing loaded from anywhere."""
    return with_font(
        _environment()
        .get_template("report.html.j2")
        .render(
            sections=[s for s in sections if s.records],
            lang=lang,
            other="en" if lang == "zh" else "zh",
            html_lang={"zh": "zh-CN", "en": "en"}[lang],
            w={k: city_of(sections).said(v)[lang] for k, v in WORDS.items()},
            changes=changes,
            left_out=left_out,
        )
    )


def index_page(sections: list[Section], changes: Notes, kept: list[str]) -> str:
    """Entry page: both reports, what changed, the notebooks, every chart and table to download, and what is `kept`."""
    words = {key: city_of(sections).said(word) for key, word in WORDS.items()}
    return with_font(
        _environment()
        .get_template("index.html.j2")
        .render(
            sections=sections, languages=LANGUAGES, words=words, sizes=PRINTED, files=FILES, changes=changes, kept=kept
        )
    )


def notebook_page(notebook, title: str) -> str:
    """An executed notebook as a page that asks nothing of any other address."""
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(
        template_name="lab",
        mathjax_url="",
        require_js_url="",
        jquery_url="",
        mermaid_js_url="",
        jupyter_widgets_base_url="",
    )
    page, _ = exporter.from_notebook_node(notebook, resources={"metadata": {"name": title}})
    page = re.sub(r"<script[^>]*>.*?</script>", "", page, flags=re.DOTALL)
    fonts = (
        'body, .jp-RenderedHTMLCommon { font-family: "Huzhou CJK", system-ui, sans-serif; } '
        ':root { --jp-code-font-family: Menlo, Consolas, "DejaVu Sans Mono", "Huzhou CJK", monospace; }'
    )
    return with_font(page.replace("</head>", f"<style>{fonts}</style></head>", 1))


_TO_NOTEBOOK = re.compile(r'<a\b[^>]*\bhref="(?![a-z]+:)([^"#]*)\.ipynb(#[^"]*)?"[^>]*>(.*?)</a>', re.DOTALL)


def among(page: str, stems: Container[str]) -> str:
    """The page of a notebook in a report: links to notebooks lead to their pages; without a page they are plain text.

    Parameters
    ----------
    page : str
        As :func:`notebook_page` made it.
    stems : container of str
        File names, without extension, of the notebooks in the report.
    """

    def link(found: re.Match) -> str:
        stem = unquote(html.unescape(found[1]))
        return f'<a href="{quote(stem)}.html{found[2] or ""}">{found[3]}</a>' if stem in stems else found[3]

    return _TO_NOTEBOOK.sub(link, page)
