"""Workbook: the figures, the gaps with live arithmetic, the sources, and the exhibits of each notebook on a sheet.

Numbers are numbers in both languages, in the unit that the language shows. On the sheet of gaps the gap and the growth
required are formulas over the target and the actual beside them; everything else is as computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path

import xlsxwriter

from ..facts.data import Data
from ..facts.words import Text, text
from ..show import exhibit, office
from ..show.columns import clean, columns, grid, has_native
from ..show.roles import MUTED, PALETTE
from . import tables
from .content import Content
from .sheets import LINK, Book, lines_of
from .tables import Number
from .text import words as shared

# fmt: off
WORDS: dict[str, Text] = {
    "cover": text("封面", "Cover"), "contents": text("目录", "Contents"), "notes": text("说明", "Notes"), "latest": text("最近数据", "Latest"),
    "gaps": text("目标差距", "Gaps"), "figures": text("全部数据", "Figures"), "sources": text("资料来源", "Sources"),
    "citations": text("出处", "Citations"), "chart_data": text("图表数据", "Chart data"), "chart": text("图", "Chart"),
    "how": text("用法", "How to use it"), "units": text("单位", "Units"), "blank": text("空缺", "Missing numbers"),
    "exhibits": text("图表{n}个：{titles}", "{n} exhibits: {titles}"),
    "latest_title": text("各指标最近数据", "Latest figure of every indicator on file"),
    "gaps_title": text("各项目标与最近可比实际数", "Every target against the latest comparable actual"),
    "figures_title": text("数据表收录的全部数据", "Every figure on file"),
    "sources_title": text("本报告引用的文件", "Documents cited in this report"),
    "citations_title": text("本报告引用的每个数据及其出处", "Every figure cited in this report and where it stands"),
    "chart_data_title": text("各图所用的数", "Numbers behind the charts"),
    "notes_title": text("说明：代码、结论与图例", "Notes: codes, verdicts, notation"),
    "gaps_note": text(
        "蓝字为公式：改动“目标”或“实际数”，“差距”和“此后每年须”随即重算；其余为编制时的结果，完整各列在右侧分组内（点击表头上方的“+”展开）。",
        "Blue cells are formulas: change a target or an actual, and the gap and what is required a year are recomputed. All else is as "
        "computed; further columns are grouped away to the right (click “+” above the head).",
    ),
    "chart_data_note": text(
        "改动这里的数，相应的图随之变动；空格表示该处没有数值。",
        "Change a number here and its chart follows; a blank means that there is no value at that place.",
    ),
    "how_text": text(
        "从“目录”进入各表；每张表A1为标题，表头可筛选。数值均为数字，可直接计算。",
        "Start from Contents. A1 of each sheet is its title; heads can be filtered. Every number is a number and can be computed with.",
    ),
    "units_text": text(
        "数值用公布单位（金额多为亿元）；同列单位不同时，单位显示在数字之后，不影响计算。",
        "Large amounts of money are in CNY bn or USD bn (one 亿 is 100 million). Where a column mixes units, the unit is shown behind the "
        "number and does not disturb sums.",
    ),
}
# fmt: on


def write(content: Content, lang: str, path: Path, data: Data | None = None) -> Path:
    """Write the workbook.

    Parameters
    ----------
    content : Content
        With a single exhibit, the file holds that exhibit, its citations and its chart data alone.
    lang : {"zh", "en"}
    path : Path
    data : Data, optional
        With it come the sheets of figures, of the latest ones and of gaps.
    """
    records = content.exhibits()
    if len(records) == 1:
        return write_one(records[0], lang, path)
    book = _Workbook(lang, shared(lang, content.city)["title"])
    cover, contents = book.add(book.word("cover")), book.add(book.word("contents"))
    book.listing("notes", tables.notes(lang), frozen=0)
    if data is not None:
        book.listing("latest", tables.latest(content, data, lang), [tables.missing(lang)])
        notes = [book.word("gaps_note"), tables.missing(lang, ("[x]", "[m]"))]
        book.listing("gaps", tables.gaps(data, lang), notes)
    for section in content.sections:
        if shown := section.shown():
            book.exhibits(section.title[lang], shown)
    if data is not None:
        book.listing("figures", tables.figures(data, lang), [tables.missing(lang)])
    book.listing("sources", tables.sources(content, lang))
    book.listing("citations", tables.citations(content.citations(), data, lang))
    book.chart_data()
    book.contents(contents)
    book.cover(cover, shared(lang, content.city, **content.counts))
    cover.activate()
    return book.save(path)


def write_one(record: dict, lang: str, path: Path) -> Path:
    """Write one exhibit: its chart and table, its citations, the numbers behind the chart."""
    book = _Workbook(lang, record["title"][lang], contents=False)
    book.exhibits(record["subtitle"][lang] or record["id"], [record])
    cited = [row | {"number": n, "used": [record["id"]]} for n, row in enumerate(record["citations"], 1)]
    book.listing("citations", tables.citations(cited, None, lang))
    book.chart_data()
    return book.save(path)


class _Workbook(Book):
    """The workbook under way: what its charts are drawn from, and the parts that are put in at the end."""

    def __init__(self, lang: str, title: str, contents: bool = True) -> None:
        self.buffer = BytesIO()
        face = {"font_name": office.EAST_ASIAN if lang == "zh" else office.LATIN, "font_size": 10}
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        super().__init__(xlsxwriter.Workbook(self.buffer, options | {"default_format_properties": face}), lang)
        self.made.set_properties({"title": clean(title)[:250], "created": datetime(1980, 1, 1)})
        self.made.set_size(2400, 1400)
        self.title, self.charts = clean(title), {}
        self.back = WORDS["contents"][lang] if contents else ""
        self.listed: list[tuple[str, str]] = []
        self.blocks: list[tuple[str, list, list]] = []
        self.data_row = 3  # of the next block on the sheet of chart data

    def word(self, key: str) -> str:
        return WORDS[key][self.lang]

    def save(self, path: Path) -> Path:
        self.made.close()
        Path(path).write_bytes(office.settled(self.buffer.getvalue(), self.charts))
        return Path(path)

    def listing(self, name: str, table: tables.Table, notes: Sequence[str] = (), frozen: int = 1) -> None:
        """A sheet that is one table: columns that are grouped away come last, the head is frozen."""
        heads, rows = table
        sheet = self.add(self.word(name), PALETTE[1])
        row = self.head(sheet, self.word(name + "_title"), notes, self.back)
        self.table(sheet, row, heads, rows)
        for i, wide in enumerate(self.widths([h.words for h in heads], rows)):
            sheet.set_column(i, i, wide, None, {"level": 1, "hidden": True} if heads[i].away else {})
        main = sum(not h.away for h in heads)
        if main < len(heads):
            sheet.set_column(len(heads), len(heads), None, None, {"collapsed": True})
        sheet.print_area(0, 0, row + len(rows), main - 1)
        sheet.freeze_panes(row + 1, frozen)
        sheet.repeat_rows(row)
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD5000", "calculated_column": "A1:XFD5000"})
        self.listed.append((sheet.name, self.word(name + "_title")))

    def cover(self, sheet, said: dict[str, str]) -> None:
        """What the workbook is and how to use it, one thing a row."""
        self.head(sheet, self.title, [said["lead"], said["counts"]])
        sheet.set_column(0, 0, 16)
        sheet.set_column(1, 1, 110)
        rows = [("how", self.word("how_text")), ("units", self.word("units_text"))]
        rows += [("blank", tables.missing(self.lang, ("[x]", "[m]"))), ("gaps", self.word("gaps_note"))]
        for n, (key, said_) in enumerate(rows, 5):
            sheet.write_string(n, 0, self.word(key), self.format(bold=True, font_color=PALETTE[0]))
            sheet.write_string(n, 1, said_, self.format(said_, text_wrap=True))
            sheet.set_row(n, 15 * len(lines_of(said_, 105)) + 4)
        self.link(sheet, len(rows) + 5, 0, self.back, f"{self.back} →")

    def contents(self, sheet) -> None:
        """Every sheet with what it holds and a link to it."""
        row = self.head(sheet, f"{self.word('contents')} · {self.title}")
        rows = [[Number(n, 0), name, holds] for n, (name, holds) in enumerate(self.listed, 1)]
        self.table(sheet, row, tables.heads(("number", "sheet", "holds"), self.lang), rows, filters=False)
        for i, wide in enumerate((8, 34, 100)):
            sheet.set_column(i, i, wide)
        for n, (name, holds) in enumerate(self.listed, row + 1):
            self.link(sheet, n, 1, name, name)
            sheet.set_row(n, 15 * len(lines_of(holds, 96)))
        sheet.freeze_panes(row + 1, 0)

    # --- exhibits ---

    def exhibits(self, name: str, records: Sequence[dict]) -> None:
        """The exhibits of a notebook under each other: finding, chart, reading, table."""
        lang = self.lang
        sheet = self.add(name.split("：")[0].split(":")[0], PALETTE[3])
        sheet.set_portrait()
        row = self.head(sheet, name, [], self.back)
        sheet.freeze_panes(row, 0)
        widths: dict[int, int] = {}
        for record in records:
            row = self._finding(sheet, row, record)
            if office.drawn(record):
                row = self._charts(sheet, row, record)
            if record["table"] and not (tables.is_of_chart(record) and has_native(record["chart"])):
                heads, rows = tables.of_exhibit(record, lang)
                row = self.table(sheet, row, heads, rows, filters=len(rows) > 12)
                for i, wide in enumerate(self.widths([h.words for h in heads], rows)):
                    widths[i] = max(widths.get(i, 0), wide)
            row += 1
        for i, wide in widths.items():
            sheet.set_column(i, i, wide)
        titles = ("；" if lang == "zh" else "; ").join(clean(r["title"][lang]) for r in records[:3])
        more = "…" if len(records) > 3 else ""
        self.listed.append((sheet.name, self.word("exhibits").format(n=len(records), titles=titles + more)))

    def _finding(self, sheet, row: int, record: dict) -> int:
        """Title, subtitle, reading, notes and sources, a line a row."""
        lang = self.lang
        title = clean(record["title"][lang])
        sheet.write_string(row, 0, title, self.format(title, bold=True, font_size=12))
        row += 1
        for words_ in (record["subtitle"][lang], record["reading"][lang], *exhibit.foot(record, lang)):
            for line in lines_of(words_, 150) if words_ else ():
                sheet.write_string(row, 0, line, self.format(line, font_color=MUTED))
                row += 1
        return row

    def _charts(self, sheet, row: int, record: dict) -> int:
        """Charts each on a tall row that says in words what they show; a heat map as coloured cells."""
        lang = self.lang
        if not has_native(record["chart"]):
            body = office.picture_png(record, lang)
            self._tall(sheet, row, 380)
            sheet.insert_image(row, 0, "picture.png", {"image_data": BytesIO(body), "description": clean(record["alt"][lang]),
                                                       "y_offset": 20, **_scaled(body, 760, 350)})  # fmt: skip
            return row + 1
        chart = record["chart"]
        if len(chart["panels"]) > 1 and (key := office.key_words(chart, lang)):
            parts = [
                p for sign, colour, name in key for p in (self.format(font_color=colour), f"{sign} ", f"{name}   ")
            ]
            sheet.write_rich_string(row, 0, *parts, self.format())
            row += 1
        sheet.write_url(
            row,
            0,
            f"internal:'{self.word('chart_data')}'!A{self.data_row + 1}",
            self.format(**LINK),
            f"{self.word('chart_data')} →",
        )
        row += 1
        for numbers in office.rows_of(chart):
            charts = [n for n in numbers if chart["panels"][n]["kind"] != "heat"]
            for n in numbers:
                if n not in charts:
                    row = self._heat(sheet, row, chart["panels"][n])
            wide = 900 // max(len(charts), 1) if len(chart["panels"]) > 1 else 760
            longest = max(
                (len(chart["panels"][n]["categories"] or ()) for n in charts if "bar" in chart["panels"][n]["kind"]),
                default=0,
            )
            high = min(500, max(330 if len(numbers) < 3 else 240, 22 * longest + 80))
            if charts:
                self._tall(sheet, row, high + 24)
            for place, n in enumerate(charts):
                cells = self._data_block(record, n)
                self.charts |= office.into_sheet(
                    self.made, sheet, row, record, n, lang, (wide - 8, high), cells, place * wide
                )
            row += bool(charts)
        return row

    def _tall(self, sheet, row: int, pixels: int) -> None:
        """A row as high as its chart: no empty rows lie under it."""
        sheet.set_row(row, min(409, pixels * 0.75))
        sheet.write_string(row, 0, self.word("chart"), self.format(font_color=MUTED, font_size=8))

    def _heat(self, sheet, row: int, panel: dict) -> int:
        """A heat map as a table whose numbers lie on their colours."""
        cells = office.heat_cells(panel, self.lang)
        heads, rows = tables.of_heat(panel, cells, self.lang)
        end = self.table(sheet, row, heads, rows, filters=False)
        for r, (line, made) in enumerate(zip(cells[1:], rows, strict=True), row + 1):
            for c, ((_, fill, ink), cell) in enumerate(zip(line, made, strict=True)):
                if isinstance(cell, Number):
                    look = self.format(num_format=cell.format, align="center", bg_color=fill, font_color=ink)
                    sheet.write_number(r, c, cell.value, look)
        return end

    def _data_block(self, record: dict, n: int) -> tuple[str, int, int]:
        """Room for the numbers of a panel on the sheet of chart data; where they will stand."""
        panel, lang = record["chart"]["panels"][n], self.lang
        made = columns(panel, lang)
        rows, row = grid(panel, lang, made), self.data_row
        # Decimals as the labels of a column show them.
        places = [
            max((len(p[lang].partition(".")[2]) for p in one.points if p and p[lang]), default=None) for one in made
        ]
        self.blocks.append(
            (" · ".join(filter(None, [clean(record["title"][lang]), clean(panel["heading"][lang])])), rows, places)
        )
        self.data_row += len(rows) + 2
        return self.word("chart_data"), row + 1, 0

    def chart_data(self) -> None:
        """The numbers behind all charts, block under block, as :meth:`_data_block` has reserved them."""
        if not self.blocks:
            return
        sheet = self.add(self.word("chart_data"), MUTED)
        self.head(sheet, self.word("chart_data_title"), [self.word("chart_data_note")], self.back)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, max(len(rows[0]) for _, rows, _ in self.blocks), 14)
        row = 3
        for caption, rows, places in self.blocks:
            sheet.write_string(row, 0, caption, self.format(caption, bold=True))
            for r, cells in enumerate(rows, row + 1):
                for c, cell in enumerate(cells):
                    if isinstance(cell, str):
                        head = {"bold": True, "text_wrap": True, "bottom": 1} if r == row + 1 else {}
                        sheet.write_string(r, c, cell, self.format(cell, **head))
                    elif cell is not None:
                        number = Number(cell, places[c - 1] if 0 < c <= len(places) else None, year=c == 0)
                        sheet.write_number(
                            r, c, cell, self.format(num_format=number.format, align="right" if c else "left")
                        )
            row += len(rows) + 2
        self.listed.append((sheet.name, self.word("chart_data_title")))


def _scaled(body: bytes, wide: int, high: int) -> dict[str, float]:
    """Scales that fit a picture into so many pixels."""
    from PIL import Image

    with Image.open(BytesIO(body)) as opened:
        dpi = opened.info.get("dpi", (96, 96))[0]
        share = min(wide / opened.width, high / opened.height) * dpi / 96
    return {"x_scale": share, "y_scale": share}
