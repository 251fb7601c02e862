"""PDF: the report as a designed document, vector charts and selectable text in both languages.

The ``typst`` package sets it and carries its compiler. Every text reaches it as a string in a JSON file, so that nothing
in the data is ever markup; the fonts are those of installed packages, so that it looks alike on every machine.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from .. import charts
from ..facts import words as i18n
from ..facts.words import Text, text
from .html import WORDS as REPORT_WORDS
from .html import Section, city_of
from .office import COLOURS

TEMPLATE = Path(__file__).parent / "templates" / "report.typ"
LATIN, CHINESE = "DejaVu Sans", "Noto Sans CJK SC"
COVER = "scoreboard"
# A longer table is cut, unless so few rows would be missing that they may as well be shown.
MOST_ROWS, SPARE_ROWS, SMALL = 25, 5, 12
# In points: width of a page's text; size of type and padding of cells in tables, usual and where columns are many.
PAGE_WIDTH, TABLE_SIZE = 493.0, 7.5
USUAL, DENSE = (TABLE_SIZE, 8.0), (6.8, 5.0)
# Texts, and quantities, no wider than this many times the size of type are not broken; widths grow in such strips.
SHORT, WHOLE, STRIP = 4.8, 8.5, 0.5
# Beyond this many characters a cell or card may go on over the page.
LONG = 900

WORDS: dict[str, Text] = {
    "title": REPORT_WORDS["title"],
    "lead": REPORT_WORDS["lead"],
    "contents": REPORT_WORDS["contents"],
    "reading": REPORT_WORDS["reading"],
    "citations": REPORT_WORDS["citations"],
    "kind": text("数据分析报告", "Analytical report"),
    "about": text(
        "从公开文件中读取、核对并推算{city}的经济指标：现状如何，离{year}目标多远，哪些能下结论，哪些还缺数字。",
        "What public documents say of {city}'s economy, read, checked and projected: where it stands, how far the "
        "{year}targets are, what can be judged and which figures are missing.",
    ),
    "method": text("方法与图例", "Method and notation"),
    "key": text("图例", "Notation"),
    "sources": text("资料来源", "Sources"),
    "sources_lead": text(
        "本报告引用的文件，按引用数字的多少排列。",
        "The documents that this report cites, by the number of figures taken from each.",
    ),
    "citations_lead": text(
        "每个图表所用的每个数字：数值、时期、性质、原文怎样印、在文件何处；按文件归组，方括号内为资料来源的序号。点标题回到图表。",
        "Every figure that an exhibit uses: value, period, kind, the characters as printed and the place, grouped by "
        "document, whose number in the list of sources stands in brackets. A heading leads back to its exhibit.",
    ),
}
SOURCES_HEAD = (text("序号", "No."), text("文件", "Document"), text("数字", "Figures"))
KEY_HEAD = (text("标记", "Mark"), text("名称", "Name"), text("含义", "Meaning"))
COUNTS = (
    text("图表", "exhibits"),
    text("引用的数字", "figures cited"),
    text("引用的文件", "documents cited"),
)
KEY: tuple[tuple[str, Text, Text], ...] = (
    ("actual", text("实绩", "Actual"), text("文件载明的结果", "A result that a document states")),
    (
        "provisional",
        text("浅色", "Paler"),
        text("初步数、未经核实的数字，或规划期以前的实绩", "Provisional, unvalidated, or of before the plan"),
    ),
    ("target", text("目标", "Target"), text("规划文件定的数，虚线连成规划路径", "Set by a plan; its path is dashed")),
    (
        "derived",
        text("推算", "Derived"),
        text(
            "由印刷数字算出，竖线为四舍五入留下的区间",
            "Computed from printed figures; a line is the interval left by rounding",
        ),
    ),
    (
        "claim",
        text("宣称", "Claim"),
        text(
            "招商宣传页面的说法，未经核实，不入统计序列", "Of promotional pages, unvalidated, in no statistical series"
        ),
    ),
    (
        "forecast",
        text("预测", "Projection"),
        text(
            "虚线为中值，色带为80%与95%区间", "The dashed line is the middle, the bands are the 80% and 95% intervals"
        ),
    ),
)
METHOD: tuple[tuple[Text, tuple[Text, ...]], ...] = (
    (
        text("印刷的数是舍入的数", "Printed means rounded"),
        (
            text(
                "印成300.8的数代表一切四舍五入后等于它的值，即[300.75，300.85)。和、差、积、商都在这样的区间上用分数精确计算；"
                "两个区间有重叠，印刷的说法就不矛盾。“以上”“突破”没有上限；“约”“近”没有说明宽度，既不证明也不推出什么。目标和参数是定出来的，不作舍入处理。",
                "A value printed as 300.8 stands for every value that rounds to it, [300.75, 300.85). Sums, differences, "
                "products and quotients are computed exactly on such intervals; what is printed is contradicted only "
                "where intervals do not meet. “At least” and “above” have no upper end; “about” has no stated width, proves "
                "nothing and implies nothing. Targets and parameters are set, not measured, and stand for themselves.",
            ),
        ),
    ),
    (
        text("名义与实际", "Nominal and real"),
        (
            text(
                "按可比价计算的增速（如地区生产总值、增加值）不能用来反推现价的基期数。只有名义增速才推出上一年或下一年的水平值，"
                "推算值带区间并标明。印刷增速逐一用印刷水平值重算，结论分为可复现、价格口径不同、数据修订、口径不同、矛盾和无从核对。",
                "A growth rate at constant prices (GDP, value added) implies nothing about a level at current prices. Only a "
                "nominal rate leads from one level to the next, as a marked value with its interval. Every printed rate is "
                "recomputed from printed levels; the verdict is reproduced, price basis, revision, scope, contradicted or "
                "not checkable.",
            ),
        ),
    ),
    (
        text("可比与不可比", "Comparable or not"),
        (
            text(
                "哪个实绩可以与哪个目标相比，逐项声明并说明理由：可比、谨慎可比、不可比。不同货币、吨与吨公里从不换算；"
                "不足一年的流量不折成全年，多年合计不拆成单年；口径有变之处另起一段，线不相连。同一数字有几种印法时，原始文件优先于汇编，"
                "较晚的版本优先于较早的；宣称不入序列。",
                "Which actual may stand beside which target is declared one by one with a reason: yes, with care, or no. "
                "Currencies, and tonnes against tonne-kilometres, are never converted; a flow of part of a year is never "
                "annualised, a total of several years never split; a break in definition begins a new stretch and no line "
                "joins the two. Originals come before compilations, later vintages before earlier ones; claims never enter.",
            ),
        ),
    ),
    (
        text("对目标的结论", "Verdicts on targets"),
        (
            text(
                "一切从最近的可比实绩算起。有规划路径的年份与路径比：已达到目标为“已达到”，已到一年后的路径值为“超前”，到当年路径值为“按计划”，"
                "不到为“落后”，此后每年所需变化超过路径本身两倍为“明显落后”。没有路径时比较目前速度与所需速度。缺规划期内的可比实绩，不下结论，写明缺哪个数字。",
                "Arithmetic starts from the latest comparable actual. Where the plan prints a path, the actual is set beside it: "
                "at the target it is met, at the path's value of a year later ahead, at that of its own year on track, below it "
                "behind, and far behind where more than twice the path's own change a year is needed from now. Without a "
                "path, the present pace is set beside the required one. Where no comparable actual of the plan's years is on "
                "file there is no verdict, and the missing figure is named.",
            ),
            text(
                "结论在数字允许的其他读法下再算一遍（其他版本、其他来源、舍入区间两端、其他年段的速度）：会变的称“易变”，只靠一处弱来源的称“仅一处来源”。",
                "The verdict is given again under every other reading that the figures allow (vintages, sources, the ends of "
                "rounding, other stretches for the pace): one that turns is fragile, one that rests on a single weak source "
                "says so.",
            ),
        ),
    ),
    (
        text("预测", "Projections"),
        (
            text(
                "路径为四种简单方法的中位数；区间的宽度按数千个同样长度的真实序列校准，越短越宽。达标可能性取自同一分布，旁边列出80%区间在同类序列上的实际覆盖。"
                "可用年度观测值不足五个就不预测；口径变动以前的数字不算，变动以后区间更宽。预测不含政策变化，是数字本身所说，不是承诺。",
                "The path is the median of four simple ones; the intervals are as wide as thousands of real series of such "
                "length demanded, the shorter the wider. The chance of a target comes from the same distribution, and the share "
                "of like series that the 80% interval held stands beside it. Below five usable annual observations nothing is "
                "projected; figures of before a break do not count, and intervals after one are wider. A projection knows of no "
                "change of policy: it is what the figures say, not a promise.",
            ),
        ),
    ),
)


def write(sections: Sequence[Section], lang: str, path: str | Path, *, data=None, watermark: str = "") -> Path:
    """Write the report, or a single exhibit, as PDF.

    Parameters
    ----------
    sections : sequence of Section
        What is shown. A single section with a single record gives that exhibit alone, with every row of its table,
        without cover and contents.
    lang : str
        ``"zh"`` or ``"en"``.
    path : path
        File to write.
    data : Data, optional
        Taken for the sake of the other writers' signature; everything shown is in the records.
    watermark : str
        Pale text across every page.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    RuntimeError
        If the compiler has something to complain of, a font that is missing among it.
    """
    path = Path(path)
    with tempfile.TemporaryDirectory(prefix="huzhou-pdf-") as folder:
        root = Path(folder)
        contents = shown_text(document(sections, lang, watermark, root))
        (root / "data.json").write_text(json.dumps(contents, ensure_ascii=False), encoding="utf-8")
        shutil.copyfile(TEMPLATE, root / "report.typ")
        path.write_bytes(_compile(root))
    return path


def _compile(root: Path) -> bytes:
    """Set ``report.typ`` in a folder; nothing but the packaged fonts, nothing from the network."""
    import typst

    body, complaints = typst.compile_with_warnings(
        str(root / "report.typ"),
        root=str(root),
        font_paths=[str(folder) for folder in font_folders()],
        ignore_system_fonts=True,
        # PDF/UA-1: tagged, every picture described, title and language set; the compiler refuses anything less.
        pdf_standards=["ua-1"],
    )
    if complaints:
        raise RuntimeError("PDF: " + "; ".join(dict.fromkeys(str(getattr(c, "message", c)) for c in complaints)))
    return body


def font_folders() -> list[Path]:
    """Folders of the packages that bring the two fonts: matplotlib's for Latin, mplfonts' for Chinese."""
    matplotlib = Path(find_spec("matplotlib").submodule_search_locations[0])
    return [matplotlib / "mpl-data" / "fonts" / "ttf", charts.cjk_font_file().parent]


# --- text ----------------------------------------------------------------------------------------------------------

_LONG_WORD = re.compile(r"[^\s\u2e80-\uffff]{40,}")


def shown_text(value):
    """The same structure with every text made fit to show: see :func:`printable`."""
    if isinstance(value, dict):
        return {key: shown_text(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [shown_text(item) for item in value]
    return printable(value) if isinstance(value, str) else value


def printable(value: str) -> str:
    """A text that the fonts can show: a character that they cannot becomes its code, ``[U+000B]``, never nothing.

    Words too long for any line may be broken every twenty characters.
    """
    missing = charts.missing_glyphs(value)
    safe = "".join(f"[U+{ord(c):04X}]" if c in missing or _is_control(c) else c for c in value)
    return _LONG_WORD.sub(lambda found: "\u200b".join(re.findall(".{1,20}", found[0])), safe)


def _is_control(character: str) -> bool:
    """Controls, surrogates, unassigned and private characters, and line separators; a line feed and a tab are spaces."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") and character not in "\n\t"


# --- contents ------------------------------------------------------------------------------------------------------


def document(sections: Sequence[Section], lang: str, watermark: str, root: Path) -> dict:
    """Everything the template shows, as plain values; the pictures are copied into the folder `root`."""
    sections = [section for section in sections if section.records]
    records = [record for section in sections for record in section.records]
    whole = len(records) > 1
    keys = {id(record): number for number, record in enumerate(records)}
    city = city_of(sections)
    words = {name: city.said(word)[lang] for name, word in WORDS.items()}
    words["sources_head"] = [word[lang] for word in SOURCES_HEAD]
    sources = source_list(records, lang)
    numbers = {source["title"]: source["number"] for source in sources}
    shown = [
        {
            "title": section.title[lang],
            "exhibits": [exhibit(r, section.folder, lang, keys[id(r)], whole, root) for r in section.records],
        }
        for section in sections
    ]
    exhibits = [e for section in shown for e in section["exhibits"]]
    places = [f"{n}.{m}" for n, section in enumerate(shown, 1) for m, _ in enumerate(section["exhibits"], 1)]
    cover = next((e for e, r in zip(exhibits, records, strict=True) if r["id"] == COVER and e["picture"]), None)
    return {
        "lang": lang,
        "whole": whole,
        "title": words["title"] if whole or not records else records[0]["title"][lang],
        "words": words,
        "colours": _colours(),
        "fonts": {"latin": LATIN, "chinese": CHINESE},
        "watermark": {"text": watermark, "size": watermark_size(watermark)},
        "cover": cover or next((e for e in exhibits if e["picture"]), None),
        "counts": [
            [i18n.number(count, 0), name[lang]]
            for count, name in zip((len(records), len(_cited(records)), len(sources)), COUNTS, strict=True)
        ],
        "sections": shown,
        "method": [[heading[lang], [p[lang] for p in paragraphs]] for heading, paragraphs in METHOD],
        "key": [[mark, name[lang], meaning[lang]] for mark, name, meaning in KEY],
        "key_head": [word[lang] for word in KEY_HEAD],
        "sources": sources,
        "citation_head": [i18n.label(k, lang) for k in ("value", "period", "status", "printed", "place")],
        "citations": [
            {
                "key": e["key"],
                "title": f"{place}　{e['title']}" if whole else e["title"],
                "groups": citation_groups(r, lang, numbers),
            }
            for e, r, place in zip(exhibits, records, places, strict=True)
            if r["citations"][lang]["rows"]
        ],
    }


def _colours() -> dict[str, str]:
    named = {"ink": charts.INK, "muted": charts.MUTED, "grid": charts.GRID, "light": charts.LIGHT}
    return {role: f"#{colour}" for role, colour in COLOURS.items()} | named


def watermark_size(watermark: str) -> float:
    """Points that let a text cross the page from corner to corner."""
    return round(max(14.0, min(120.0, 620 / max(1.0, text_width(watermark)))), 1)


def exhibit(record: dict, folder: Path, lang: str, key: int, whole: bool, root: Path) -> dict:
    """One exhibit as the template wants it."""
    cited = len(record["citations"][lang]["rows"])
    words = [record["title"][lang], record["subtitle"][lang], record["reading"][lang], *record["foot"][lang]]
    return {
        "key": key,
        "title": record["title"][lang],
        "subtitle": record["subtitle"][lang],
        "reading": record["reading"][lang],
        "foot": list(record["foot"][lang]),
        "picture": _picture(record, folder, lang, key, root),
        "alt": record["alt"].get(lang) or record["title"][lang],
        "long": sum(map(len, words)) > 2 * LONG,
        "cited": cited,
        "cited_text": {
            "zh": f"出处：{cited}个数字，见第{{page}}页",
            "en": f"Citations: {cited} figure{'s' * (cited != 1)}, page {{page}}",
        }[lang],
        "table": table(record, lang, MOST_ROWS if whole else None),
        "cards": cards(record["cards"][lang]),
    }


def _picture(record: dict, folder: Path, lang: str, key: int, root: Path) -> str | None:
    """Copy the chart without title and foot, whose text is outlined, and return its name; None for a table."""
    if not record["chart"]:
        return None
    name = f"picture-{key}.svg"
    shutil.copyfile(Path(folder) / f"{record['id']}.{lang}.page.svg", root / name)
    return name


def cards(records: Sequence[dict]) -> list[dict]:
    """Cards with room for their widest label, and whether one is too long to stay on a page."""
    labels = [text_width(label) for card in records for label, _ in card["facts"]]
    room = round(min(72.0, max(labels, default=0) * TABLE_SIZE + 4), 1)
    return [
        {
            "heading": card["heading"],
            "facts": [list(fact) for fact in card["facts"]],
            "label": room,
            "long": sum(len(label) + len(value) for label, value in card["facts"]) > 3 * LONG,
        }
        for card in records
    ]


def table(record: dict, lang: str, most: int | None) -> dict:
    """The table of an exhibit: at most so many rows, widths of columns, which of them stand right."""
    columns, rows = record["table"][lang]["columns"], record["table"][lang]["rows"]
    shown = rows if most is None or len(rows) <= most + SPARE_ROWS else rows[:most]
    cut = {
        "zh": f"此处为前{len(shown)}行，共{len(rows)}行；全部见工作簿。",
        "en": f"The first {len(shown)} of {len(rows)} rows; the workbook holds all of them.",
    }[lang]
    right = [flag or holds_quantities([row[n] for row in shown]) for n, flag in enumerate(record["numeric"])]
    least = least_widths(columns, shown, right)
    crowded = sum(least) > 0.75 * (PAGE_WIDTH - USUAL[1] * len(columns)) / USUAL[0]
    size, padding = DENSE if crowded else USUAL
    room = (PAGE_WIDTH - padding * len(columns)) / size
    return {
        "columns": columns,
        "rows": shown,
        "right": right,
        "size": size,
        "padding": padding / 2,
        "widths": [round(width * size + padding, 2) for width in column_widths(columns, shown, least, room)],
        "together": [max(map(len, row), default=0) < LONG for row in shown],
        # A small table stays on one page with its heading, its notes and its source.
        "long": len(shown) > SMALL or any(len(cell) > LONG / 3 for row in shown for cell in row),
        "cut": cut if len(shown) < len(rows) else "",
    }


_QUANTITY = re.compile(r"[≥≤<>≈+−]*(?:(?:CNY|USD) )?\d[\d,.]*(?:–[\d,.]+)?[^\d，。；;（(—→]{0,24}")
_DATE = re.compile(r"(19|20)\d\d(?!\d|[.,]\d)\s?($|[年\-—–/])")


def holds_quantities(cells: Sequence[str]) -> bool:
    """Whether the cells of a column are numbers with their units, but for one or the other: such columns stand right."""
    said = [cell for cell in cells if cell not in ("", "—")]
    if any(_DATE.match(cell) for cell in said):
        return False
    return bool(said) and sum(bool(_QUANTITY.fullmatch(cell)) for cell in said) >= 0.8 * len(said)


def text_width(value: str) -> float:
    """Width of a text in the size of its type."""
    return sum(map(_advance, value))


@cache
def _advance(character: str) -> float:
    from matplotlib import font_manager
    from matplotlib.ft2font import LoadFlags

    font = font_manager.get_font(str(charts.cjk_font_file()))
    if character >= "\u2e80" or not font.get_char_index(ord(character)):
        return 1.0
    font.set_size(100, 72)
    return font.load_char(ord(character), flags=LoadFlags.NO_HINTING).linearHoriAdvance / 65536 / 100


def least_widths(columns: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool]) -> list[float]:
    """Width of each column in the size of its type below which words, short texts or quantities would be broken."""
    cells = [[text_width(str(row[n])) for row in rows] for n in range(len(columns))]
    longest = [
        max((text_width(p) for row in rows for p in _pieces(str(row[n]))), default=0) for n in range(len(columns))
    ]
    found = []
    for name, column, word, quantity in zip(columns, cells, longest, right, strict=True):
        whole = max(column, default=0.0)
        body = whole if whole <= (WHOLE if quantity else SHORT) else word
        # A heading may take two lines, three where it is long; it is set bold.
        head = max(max(map(text_width, _pieces(name)), default=0.0), min(text_width(name) / 2, 5.0))
        found.append(min(max(body, head) + 0.25, PAGE_WIDTH / TABLE_SIZE / 3))
    return found


def column_widths(
    columns: Sequence[str], rows: Sequence[Sequence[str]], least: Sequence[float], room: float
) -> list[float]:
    """Widths that keep a table low: each strip of the `room` goes to the column that saves most lines."""
    found = list(least)
    if sum(found) > room:
        return [width * room / sum(found) for width in found]
    cells = [[text_width(str(row[n])) for row in rows] for n in range(len(columns))]
    full = [max(text_width(name), *column, 1.0) for name, column in zip(columns, cells, strict=True)]

    def cost(n: int, width: float) -> list[float]:
        return [max(1.0, wide / width) ** 6 for wide in cells[n]]

    # Lines of a row: a smooth maximum over its cells, so that a strip too narrow to save a whole line still counts.
    costs = [cost(n, width) for n, width in enumerate(found)]
    while sum(found) + STRIP <= room:
        growing = [n for n in range(len(found)) if found[n] < full[n]]
        if not growing:
            break
        sums = [sum(row) for row in zip(*costs, strict=True)]
        tries = {n: cost(n, found[n] + STRIP) for n in growing}
        saved = {
            n: sum(
                total ** (1 / 6) - (total - old + new) ** (1 / 6)
                for total, old, new in zip(sums, costs[n], tries[n], strict=True)
            )
            for n in growing
        }
        best = max(growing, key=lambda n: (round(saved[n], 9), -n))
        found[best] += STRIP
        costs[best] = tries[best]
    return found


def _pieces(value: str) -> list[str]:
    """Parts of a text between which a line may end; a Chinese character is one."""
    return re.findall(r"[^\s\u2e80-\uffff]{1,39}|[\u2e80-\uffff]", value) or [""]


# --- citations -----------------------------------------------------------------------------------------------------


def _column(record: dict, lang: str, name: str) -> int:
    return record["citations"][lang]["columns"].index(i18n.label(name, lang))


def _cited(records: Sequence[dict]) -> set[str]:
    """Ids of all figures cited."""
    return {figure for record in records for figure in record["figures"]}


def source_list(records: Sequence[dict], lang: str) -> list[dict]:
    """Documents cited with the number of figures taken from each, most of all first."""
    figures: dict[str, set[str]] = {}
    for record in records:
        place, key = _column(record, lang, "document"), _column(record, lang, "figure_id")
        for row in record["citations"][lang]["rows"]:
            figures.setdefault(row[place], set()).add(row[key])
    ranked = sorted(figures, key=lambda title: -len(figures[title]))
    return [{"number": n, "title": title, "figures": len(figures[title])} for n, title in enumerate(ranked, 1)]


def citation_groups(record: dict, lang: str, numbers: dict[str, int]) -> list[dict]:
    """Citations of an exhibit under the document that each comes from, in the order of the exhibit."""
    place = _column(record, lang, "document")
    shown = [_column(record, lang, name) for name in ("value", "period", "status", "printed", "place")]
    groups: dict[str, list[list[str]]] = {}
    for row in record["citations"][lang]["rows"]:
        groups.setdefault(row[place], []).append([row[n] for n in shown])
    return [{"title": f"[{numbers[title]}] {title}", "rows": rows} for title, rows in groups.items()]
