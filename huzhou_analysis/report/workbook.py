"""Workbook: the figures, the gaps with live arithmetic, the sources, and the exhibits of each notebook on a sheet.

Numbers are numbers in both languages, in the unit that the language shows. On the sheet of gaps the gap and the growth
required are formulas over the target and the actual beside them; everything else is as computed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path

import xlsxwriter

from ..analysis.evidence import GRADES
from ..analysis.gaps import target_gaps
from ..analysis.monitor import TIME_PROGRESS
from ..analysis.targets import STATUSES
from ..facts import periods, words
from ..facts.data import Data
from ..facts.schema import OBS_STATUSES, RECORD_TYPES, TIERS
from ..facts.words import Text, text
from ..show import exhibit, office
from ..show.columns import clean, columns, grid, has_native
from ..show.roles import MUTED, PALETTE
from .content import Content
from .sheets import Book, Cell, Formula, Head, Number, lines_of, missing_note
from .text import words as shared

WORDS: dict[str, Text] = {
    "cover": text("封面", "Cover"),
    "contents": text("目录", "Contents"),
    "notes": text("说明", "Notes"),
    "latest": text("最近数据", "Latest"),
    "gaps": text("目标差距", "Gaps"),
    "figures": text("全部数据", "Figures"),
    "sources": text("资料来源", "Sources"),
    "citations": text("出处", "Citations"),
    "chart_data": text("图表数据", "Chart data"),
    "no": text("序号", "No."),
    "sheet": text("工作表", "Sheet"),
    "holds": text("内容", "What it holds"),
    "item": text("项目", "Item"),
    "meaning": text("含义", "Meaning"),
    "chart": text("图", "Chart"),
    "exhibits": text("图表{n}个：{titles}", "{n} exhibits: {titles}"),
    "latest_title": text("各指标最近数据", "Latest figure of every indicator on file"),
    "gaps_title": text("各项目标与最近可比实际数", "Every target against the latest comparable actual"),
    "gaps_note": text(
        "蓝字为公式：改动“目标”或“实际数”，“差距”和“此后每年须”随即重算；其余为编制时的结果，完整各列在右侧分组内（点击表头上方的“+”展开）。",
        "Blue cells are formulas: change a target or an actual, and the gap and what is required a year are recomputed. All else is as "
        "computed; further columns are grouped away to the right (click “+” above the head).",
    ),
    "figures_title": text("数据表收录的全部数据", "Every figure on file"),
    "sources_title": text("本报告引用的文件", "Documents cited in this report"),
    "citations_title": text("本报告引用的每个数据及其出处", "Every figure cited in this report and where it stands"),
    "data_title": text("各图所用的数", "Numbers behind the charts"),
    "data_note": text(
        "改动这里的数，相应的图随之变动；空格表示该处没有数值。",
        "Change a number here and its chart follows; a blank means that there is no value at that place.",
    ),
    "how": text("用法", "How to use it"),
    "how_text": text(
        "从“目录”进入各表；每张表A1为标题，表头可筛选。数值均为数字，可直接计算；货币用人民币亿元或美元亿元等公布单位。",
        "Start from Contents. A1 of each sheet is its title; heads can be filtered. Every number is a number and can be computed with; "
        "money is in CNY bn or USD bn.",
    ),
    "units": text("单位", "Units"),
    "units_text": text(
        "数值用公布单位；同列单位不同时，单位显示在数字之后，不影响计算。",
        "Where a column mixes units, the unit is shown behind the number and does not disturb sums. 亿元 is CNY 0.1 bn.",
    ),
    "blank": text("空缺", "Missing numbers"),
    "status": text("结论：", "Verdict: "),
    "grade": text("依据等级：", "Evidence: "),
}


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
    cover, contents = book.add(WORDS["cover"][lang]), book.add(WORDS["contents"][lang])
    listed = [(book.notes(), WORDS["notes"][lang])]
    if data is not None:
        listed += [
            (book.latest(content, data), WORDS["latest_title"][lang]),
            (book.gaps(data), WORDS["gaps_title"][lang]),
        ]
    for section in content.sections:
        if shown := section.shown():
            titles = ("；" if lang == "zh" else "; ").join(r["title"][lang] for r in shown[:3]) + (
                "…" if len(shown) > 3 else ""
            )
            holds = WORDS["exhibits"][lang].format(n=len(shown), titles=titles)
            listed.append((book.exhibits(section.title[lang], shown), holds))
    if data is not None:
        listed.append((book.figures(data), WORDS["figures_title"][lang]))
    listed.append((book.sources(content), WORDS["sources_title"][lang]))
    listed.append((book.citations(content.citations(), data), WORDS["citations_title"][lang]))
    if any(has_native(r["chart"]) for r in records):
        listed.append((book.chart_data(), WORDS["data_title"][lang]))
    book.contents(contents, listed)
    book.cover(cover, shared(lang, content.city, **content.counts))
    cover.activate()
    return book.save(path)


def write_one(record: dict, lang: str, path: Path) -> Path:
    """Write one exhibit: its chart and table, its citations, the numbers behind the chart."""
    book = _Workbook(lang, record["title"][lang], contents=False)
    book.exhibits(record["subtitle"][lang] or record["id"], [record])
    book.citations([row | {"number": n, "used": [record["id"]]} for n, row in enumerate(record["citations"], 1)], None)
    if has_native(record["chart"]):
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
        self.blocks: list[tuple[str, dict, list]] = []
        self.data_row = 3  # of the next block on the sheet of chart data

    def word(self, key: str) -> str:
        return WORDS[key][self.lang]

    def save(self, path: Path) -> Path:
        self.made.close()
        Path(path).write_bytes(office.settled(self.buffer.getvalue(), self.charts))
        return Path(path)

    def _listing(
        self, name: str, title: str, notes: Sequence[str], heads: Sequence[Head], rows, frozen: int = 1
    ) -> str:
        """A sheet that is one table: columns that are grouped away come last, the head is frozen."""
        sheet = self.add(self.word(name), PALETTE[1])
        row = self.head(sheet, title, notes, self.back)
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
        return sheet.name

    # --- cover, contents, notes ---

    def cover(self, sheet, said: dict[str, str]) -> None:
        """What the workbook is and how to use it, one thing a row."""
        self.head(sheet, self.title, [said["lead"], said["counts"]])
        sheet.set_column(0, 0, 16)
        sheet.set_column(1, 1, 110)
        rows = [
            ("contents", f"{self.word('contents')} →"),
            ("how", self.word("how_text")),
            ("units", self.word("units_text")),
        ]
        rows += [("blank", missing_note(self.lang, ("[x]", "[m]"))), ("gaps", self.word("gaps_note"))]
        for n, (key, words_) in enumerate(rows, 5):
            sheet.write_string(n, 0, self.word(key), self.format(bold=True, font_color=PALETTE[0]))
            if key == "contents":
                sheet.write_url(
                    n, 1, f"internal:'{self.back}'!A1", self.format(font_color="#0072B2", underline=1), words_
                )
            else:
                sheet.write_string(n, 1, words_, self.format(words_, text_wrap=True))
                sheet.set_row(n, 15 * len(lines_of(words_, 105)) + 4)

    def contents(self, sheet, listed: Sequence[tuple[str, str]]) -> None:
        row = self.head(sheet, f"{self.word('contents')} · {self.title}")
        heads = [Head("no", self.word("no")), Head("sheet", self.word("sheet")), Head("holds", self.word("holds"))]
        rows = [[Number(n, 0), name, holds] for n, (name, holds) in enumerate(listed, 1)]
        self.table(sheet, row, heads, rows, filters=False)
        for i, wide in enumerate((8, 34, 100)):
            sheet.set_column(i, i, wide)
        for n, (name, holds) in enumerate(listed, row + 1):
            target = name.replace("'", "''")
            sheet.write_url(n, 1, f"internal:'{target}'!A1", self.format(font_color="#0072B2", underline=1), name)
            sheet.set_row(n, 15 * len(lines_of(holds, 96)))
        sheet.freeze_panes(row + 1, 0)

    def notes(self) -> str:
        """Words of the codes: verdicts, grades of evidence, codes in place of numbers, notation."""
        lang = self.lang
        rows = [[code, missing_note(lang, (code,)).removeprefix(code).strip()] for code in ("[x]", "[m]")]
        rows += [[self.word("status") + STATUSES[c][lang], exhibit_words(c, lang)] for c in STATUSES]
        rows += [[self.word("grade") + g, GRADES[g][lang]] for g in GRADES if g]
        rows += [[text("图例", "Notation")[lang], shared(lang, {"zh": "", "en": ""})["key"]]]
        heads = [Head("item", self.word("item")), Head("meaning", self.word("meaning"))]
        return self._listing("notes", self.word("notes"), [], heads, rows, 0)

    # --- tables of the project ---

    def latest(self, content: Content, data: Data) -> str:
        lang, said = self.lang, shared(self.lang, content.city)
        names = ("indicator", "period", "value", "unit", "growth", "source", "published")
        heads = [Head(k, WORDS_OF["unit"][lang] if k == "unit" else said[k]) for k in names]
        rows: list[list[Cell]] = []
        for one in content.state.get("latest", []):
            ids = one["figures"]
            number, unit = figure_number(data, ids[0], lang) if len(ids) == 1 else (one["value"][lang], None)
            rows.append(
                [
                    one[lang],
                    one["period"][lang],
                    number,
                    unit,
                    one["growth"][lang] or None,
                    one["source"][lang],
                    one["published"],
                ]
            )
        return self._listing("latest", self.word("latest_title"), [missing_note(lang)], heads, rows)

    def gaps(self, data: Data) -> str:
        """Targets and actuals, twelve columns to read, the rest grouped away; gap and required pace are formulas."""
        lang = self.lang
        table = target_gaps(data, full=True)
        heads = [Head(k, w[lang], n >= 12) for n, (k, w) in enumerate(GAP_HEADS.items())]
        places = data.outline.set_index(["source_id", "locator"]).locator_en.to_dict()
        rows = [_gap_row(data, row, lang, places) for row in table.to_dict("records")]
        notes = [self.word("gaps_note"), missing_note(lang, ("[x]", "[m]"))]
        return self._listing("gaps", self.word("gaps_title"), notes, heads, rows)

    def figures(self, data: Data) -> str:
        lang, side = self.lang, self.lang == "en"
        places = data.outline.set_index(["source_id", "locator"]).locator_en.to_dict()
        names, areas = (t[f"name_{lang}"].to_dict() for t in (data.indicators, data.ref_areas))
        titles = data.sources["title_en" if side else "title"].to_dict()
        labels = {p: periods.parse(p).label(lang) for p in data.figures.time_period.unique() if p}
        rows: list[list[Cell]] = []
        for f in data.figures.itertuples():
            kind = words.label(f.record_type, "en") if side else RECORD_TYPES[f.record_type][0]
            rows.append([
                f.Index, names[f.indicator], areas[f.ref_area], labels.get(f.time_period), *_number_of(data, f, lang),
                words.RELATION_SIGNS.get(f.relation, "") or "=", kind, OBS_STATUSES[f.obs_status][side], titles[f.source_id],
                places[(f.source_id, f.locator)] if side else f.locator, f.as_printed, f.comment or None,
            ])  # fmt: skip
        heads = [Head(k, WORDS_OF[k][lang]) for k in FIGURE_HEADS]
        return self._listing("figures", self.word("figures_title"), [missing_note(lang)], heads, rows)

    def sources(self, content: Content) -> str:
        lang = self.lang
        heads = [Head(k, WORDS_OF[k][lang]) for k in ("source", "tier", "cited")]
        rows = [
            [one["source"][lang], TIERS[one["tier"]][lang == "en"], Number(one["figures"], 0)]
            for one in content.documents()
        ]
        return self._listing("sources", self.word("sources_title"), [], heads, rows)

    def citations(self, cited: Sequence[dict], data: Data | None) -> str:
        lang = self.lang
        rows: list[list[Cell]] = []
        for one in cited:
            number, unit = (
                figure_number(data, one["figure_id"], lang) if data is not None else (one["value"][lang], None)
            )
            rows.append([Number(one["number"], 0), number, unit, one["period"][lang], one["basis"][lang], one["as_printed"],
                         one["source"][lang], one["place"][lang], one["status"][lang], " ".join(one["used"]), one["figure_id"]])  # fmt: skip
        names = (
            "number",
            "value",
            "unit",
            "period",
            "basis",
            "as_printed",
            "source",
            "place",
            "status",
            "used",
            "figure_id",
        )
        return self._listing(
            "citations", self.word("citations_title"), [], [Head(k, WORDS_OF[k][lang]) for k in names], rows
        )

    # --- exhibits ---

    def exhibits(self, name: str, records: Sequence[dict]) -> str:
        """The exhibits of a notebook under each other: finding, chart, reading, table."""
        lang = self.lang
        sheet = self.add(name.split("：")[0].split(": ")[0] if lang == "zh" else name.split(":")[0], PALETTE[3])
        row = self.head(sheet, name, [], self.back)
        sheet.freeze_panes(row, 0)
        widths = [NARROW] * 3
        for record in records:
            row = self._finding(sheet, row, record)
            if office.drawn(record):
                row = self._charts(sheet, row, record)
            if record["table"]:
                heads, rows = exhibit_table(record, lang)
                row = self.table(sheet, row, heads, rows, filters=len(rows) > 12)
                found = self.widths([h.words for h in heads], rows)
                widths = [max(a, b) for a, b in zip(found + [0] * len(widths), widths + [0] * len(found), strict=False)]
                widths = widths[: max(i for i, w in enumerate(widths) if w) + 1]
            row += 1
        for i, wide in enumerate(widths):
            sheet.set_column(i, i, wide)
        return sheet.name

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
        lang = self.lang
        cells = office.heat_cells(panel, lang)
        scale = 1.0 if lang == "zh" else panel["scale_en"]
        names = [panel["heading"][lang] or panel["unit"][lang], *(words_ for words_, *_ in cells[0][1:])]
        values = [{p["x"]: p["value"] for p in one["points"]} for one in panel["series"]]
        rows = [
            [line[0][0], *(_rate(v.get(x), scale, line[x + 1][0]) for x in range(len(line) - 1))]
            for line, v in zip(cells[1:], values, strict=True)
        ]
        heads = [Head(str(i), f"{n}（{panel['unit'][lang]}）" if not i else n) for i, n in enumerate(names)]
        end = self.table(sheet, row, heads, rows, filters=False)
        for r, (line, made) in enumerate(zip(cells[1:], rows, strict=True), row + 1):
            for c, ((_, fill, ink), cell) in enumerate(zip(line, made, strict=True)):
                if isinstance(cell, Number):
                    look = self.format(num_format=cell.format, align="center", bg_color=fill, font_color=ink)
                    sheet.write_number(r, c, cell.value, look)
        return end

    def _data_block(self, record: dict, n: int) -> tuple[str, int, int]:
        """Room for the numbers of a panel on the sheet of chart data; where they will stand."""
        panel = record["chart"]["panels"][n]
        made = columns(panel, self.lang)
        rows = grid(panel, self.lang, made)
        row = self.data_row
        self.blocks.append((record["title"][self.lang], panel, rows, [_label_places(one, self.lang) for one in made]))
        self.data_row += len(rows) + 2
        return self.word("chart_data"), row + 1, 0

    def chart_data(self) -> str:
        """The numbers behind all charts, block under block, as :meth:`_data_block` has reserved them."""
        lang = self.lang
        sheet = self.add(self.word("chart_data"), MUTED)
        self.head(sheet, self.word("data_title"), [self.word("data_note")], self.back)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, max(len(rows[0]) for _, _, rows, _ in self.blocks), 14)
        row = 3
        for title, panel, rows, places in self.blocks:
            caption = " · ".join(filter(None, [clean(title), clean(panel["heading"][lang])]))
            sheet.write_string(row, 0, caption, self.format(caption, bold=True))
            head = {"bold": True, "text_wrap": True, "bottom": 1}
            for r, cells in enumerate(rows, row + 1):
                for c, cell in enumerate(cells):
                    if isinstance(cell, str):
                        sheet.write_string(r, c, cell, self.format(cell, **head if r == row + 1 else {}))
                    elif cell is not None:
                        number = Number(cell, places[c - 1] if 0 < c <= len(places) else None, year=c == 0)
                        sheet.write_number(
                            r, c, cell, self.format(num_format=number.format, align="right" if c else "left")
                        )
            row += len(rows) + 2
        return sheet.name


def _label_places(column, lang: str) -> int | None:
    """Decimals of the labels of a column; None where none of its marks has one."""
    shown = [len(p[lang].partition(".")[2]) for p in column.points if p and p[lang]]
    return max(shown, default=None)


NARROW = 14
WORDS_OF: dict[str, Text] = {
    "figure_id": text("编号", "Figure id"),
    "indicator": text("指标", "Indicator"),
    "area": text("地区", "Area"),
    "period": text("时期", "Period"),
    "value": text("数值", "Value"),
    "unit": text("单位", "Unit"),
    "bound": text("界限", "Bound"),
    "kind": text("性质", "Kind"),
    "status": text("状态", "Status"),
    "source": text("文件", "Document"),
    "place": text("位置", "Place"),
    "as_printed": text("原文", "As printed"),
    "comment": text("备注", "Remark"),
    "tier": text("层级", "Tier"),
    "cited": text("引用数据（个）", "Figures cited"),
    "number": text("序号", "No."),
    "basis": text("时期依据", "Basis of the period"),
    "used": text("用于", "Used in"),
}
FIGURE_HEADS = (
    "figure_id",
    "indicator",
    "area",
    "period",
    "value",
    "unit",
    "bound",
    "kind",
    "status",
    "source",
    "place",
    "as_printed",
    "comment",
)
# Twelve to read, the rest grouped away.
GAP_HEADS: dict[str, Text] = {
    "indicator": text("指标", "Indicator"),
    "target": text("目标", "Target"),
    "unit": text("单位", "Unit"),
    "target_year": text("目标年份", "Target year"),
    "actual": text("实际数", "Actual"),
    "actual_period": text("实际数时期", "Period of the actual"),
    "gap": text("差距", "Gap"),
    "required": text("此后每年须", "Required a year"),
    "recent_pace": text("近年速度", "Recent pace"),
    "pace_unit": text("速度单位", "Unit of pace"),
    "status": text("结论", "Verdict"),
    "evidence": text("依据等级", "Evidence"),
    "place": text("目标位置", "Place of the target"),
    "bound": text("界限", "Bound"),
    "years_left": text("剩余年数", "Years left"),
    "time_progress": text("序时进度", "Progress in time"),
    "relative_gap": text("差距占目标（%）", "Gap, % of the target"),
    "path_value": text("规划路径当年值", "Plan's path in that year"),
    "acceleration": text("所须速度为近年的倍数", "Required pace over recent pace"),
    "sources": text("来源数", "Sources that agree"),
    "age": text("数据年龄（年）", "Age (years)"),
    "sentence": text("结论说明", "Verdict in words"),
    "rule": text("判断依据", "Rule"),
    "needed": text("所缺数据", "What is needed"),
    "target_ids": text("目标编号", "Ids of the target"),
    "actual_id": text("实际数编号", "Id of the actual"),
}


def exhibit_words(code: str, lang: str) -> str:
    """What a verdict means, in one line."""
    return VERDICTS[code][lang]


VERDICTS: dict[str, Text] = {
    "met": text("最近可比实际数已达到最终目标", "the latest comparable actual is at the final target"),
    "met_in_part_year": text(
        "年内累计已达到目标值，全年尚未结束", "part of a year is at the target; the year is not over"
    ),
    "ahead": text("已达到规划路径次年的数值", "already at the plan's path of a year later"),
    "on_track": text("不低于规划路径当年的数值", "at the plan's path of its year"),
    "behind": text("低于规划路径当年的数值", "below the plan's path of its year"),
    "far_behind": text(
        "此后所须速度明显高于规划路径或近年速度",
        "what is required is far above the pace of the path or of recent years",
    ),
    "missed": text("目标年份已过而未达到", "its year is over and it was not reached"),
    "open": text("尚未达到，没有路径可比", "not reached yet; there is no path to compare with"),
    "undecided": text("到期末方可认定", "can be decided at the end of its period only"),
    "not_comparable": text("有数据但口径不可比", "a figure is on file but it does not measure the same"),
    "no_figure_on_file": text("数据表未收录可比的实际数", "no comparable actual is on file"),
}


def figure_number(data: Data, figure_id: str, lang: str) -> tuple[Cell, str | None]:
    """A printed figure as a number in the unit that a language shows, with the name of that unit."""
    return _number_of(data, data.figure(figure_id), lang)


def _number_of(data: Data, f, lang: str) -> tuple[Cell, str]:
    unit = data.units[f.unit]
    name = words.unit_name(f.unit, lang, data.units)
    if not f.obs_text:
        return None, name
    shift = 0 if lang == "zh" else unit.unit_mult_en - unit.unit_mult
    value = f.obs_value if lang == "zh" else words.in_english_units(f.obs_value, f.unit, data.units)
    return Number(_exact(value), max(0, len(f.obs_text.partition(".")[2]) + shift)), name


def _exact(value: float) -> float:
    return float(f"{value:.12g}")


def _rate(value: float | None, scale: float, shown: str) -> Cell:
    return None if value is None else Number(_exact(value * scale), len(shown.partition(".")[2]))


def _scaled(body: bytes, wide: int, high: int) -> dict[str, float]:
    """Scales that fit a picture into so many pixels."""
    from PIL import Image

    with Image.open(BytesIO(body)) as opened:
        dpi = opened.info.get("dpi", (96, 96))[0]
        share = min(wide / opened.width, high / opened.height) * dpi / 96
    return {"x_scale": share, "y_scale": share}


def _gap_row(data: Data, row: dict, lang: str, places: dict) -> list[Cell]:
    """Cells of one target, in the order of ``GAP_HEADS``."""
    name = data.indicators.loc[row["indicator"], f"name_{lang}"]
    area = data.ref_areas.loc[row["ref_area"], f"name_{lang}"]

    def number(key: str, unit: str = "", decimals: int = 2) -> Cell:
        value = row[key]
        if not isinstance(value, int | float) or not math.isfinite(value):
            return None
        value = words.in_english_units(value, unit, data.units) if lang == "en" and unit else value
        shift = data.units[unit].unit_mult_en - data.units[unit].unit_mult if lang == "en" and unit else 0
        text_ = f"{_exact(value):.10f}".rstrip("0").partition(".")[2]
        return Number(_exact(value), min(len(text_), max(decimals + shift, 0)))

    unit, pace = row["unit"], row["pace_unit"]
    target, actual = number("target", unit, 4), number("actual", unit, 4)
    both = isinstance(target, Number) and isinstance(actual, Number)
    left = row["years_left"]
    required = number("required_pace", pace)
    gap: Cell = None
    if both:
        most = max(target.decimals, actual.decimals)
        gap = Formula('IF(ISNUMBER({actual}),{target}-{actual},"[x]")', _exact(target.value - actual.value), most)
        required = _required(target.value, actual.value, left, pace, required)
    return [
        name if row["ref_area"] == data.home else f"{name}（{area}）" if lang == "zh" else f"{name} ({area})",
        target or row["in_words"] or None,
        words.unit_name(unit, lang, data.units) if unit else None,
        Number(row["target_year"], year=True) if math.isfinite(row["target_year"]) else None,
        actual,
        periods.parse(row["actual_period"]).label(lang) if row["actual_period"] else None,
        gap,
        required,
        number("recent_pace", pace),
        words.unit_name(pace, lang, data.units) if pace else None,
        STATUSES[row["status"]][lang],
        row["evidence"] or None,
        row["locator"] if lang == "zh" else places[(row["plan"], row["locator"])],
        words.RELATION_SIGNS.get(row["relation"], "") or "=",
        number("years_left"),
        TIME_PROGRESS[row["time_progress"]][lang] if row["time_progress"] else None,
        Number(_exact(row["relative_gap"] * 100), 1) if math.isfinite(row["relative_gap"]) else None,
        number("path_value", unit),
        number("acceleration", decimals=1),
        number("sources", decimals=0),
        number("age", decimals=1),
        *(row[f"{k}_{lang}"] or None for k in ("sentence", "rule", "needed")),
        row["target_ids"] or None,
        row["actual_id"] or None,
    ]


def _required(target: float, actual: float, left: float, pace: str, known: Cell) -> Cell:
    """What is required a year as a formula, where the plain arithmetic is what the library has; else as it says."""
    if not isinstance(known, Number):
        return "[m]"
    if pace == "%" and target > 0 and actual > 0 and left > 0:
        value, plain = ((target / actual) ** (1 / left) - 1) * 100, "(({target}/{actual})^(1/{years_left})-1)*100"
    elif left > 0:
        value, plain = (target - actual) / left, "({target}-{actual})/{years_left}"
    else:
        return known
    if abs(value - known.value) > 1e-6 * max(1, abs(value)):
        return known
    return Formula(f'IF(ISNUMBER({{actual}}),{plain},"[x]")', _exact(value), max(known.decimals or 0, 1))


def exhibit_table(record: dict, lang: str) -> tuple[list[Head], list[list[Cell]]]:
    """The table of a record for a sheet: quantities are numbers; their unit stands in the head, or behind each where units mix."""
    columns, rows = record["table"]["columns"], record["table"]["rows"]
    heads, made = [], []
    for i, column in enumerate(columns):
        cells = [row[i] for row in rows]
        units = {c["unit"][lang] for c in cells if isinstance(c, dict) and "unit" in c}
        words_ = clean(column[lang])
        alone = next(iter(units)) if len(units) == 1 else ""
        if alone and alone not in words_:
            words_ += f"（{alone}）" if lang == "zh" else f" ({alone})"
        heads.append(Head(column["name"], words_))
        made.append([_table_cell(c, lang, len(units) > 1, column["name"]) for c in cells])
    return heads, [list(row) for row in zip(*made, strict=True)]


def _table_cell(cell, lang: str, mixed: bool, name: str) -> Cell:
    if cell is None:
        return None
    if isinstance(cell, int | float):
        year = name in ("year", "x") and isinstance(cell, int)
        decimals = None if isinstance(cell, float) else 0
        return Number(cell, decimals, year=year)
    if "value" not in cell:
        return clean(cell[lang])
    gap = "" if lang == "zh" else " "
    return Number(cell["value"][lang], cell.get("decimals", {}).get(lang), gap + cell["unit"][lang] if mixed else "")
