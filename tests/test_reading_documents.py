"""Documents of the tests' own making: what is proposed for each sentence and table, and the way from file to tables, what is refused."""

import io
import os
import random
import shutil
import zipfile
import zlib
from collections import Counter
from pathlib import Path

import docx
import openpyxl
import pytest

import huzhou_analysis as hz
from huzhou_analysis.facts.locking import OWN_ROOT
from huzhou_analysis.inbox.adding import plan
from huzhou_analysis.inbox.documents import DocumentError, Proposals, make, read
from huzhou_analysis.inbox.documents.mapping import Matcher, canonical
from huzhou_analysis.inbox.documents.numbers import find
from huzhou_analysis.inbox.documents.opening import open_document
from huzhou_analysis.inbox.documents.reader import place, read_text
from huzhou_analysis.inbox.documents.workbook import new_entries

HEAD = "榆江市2025年国民经济和社会发展统计公报\n榆江市统计局\n2026年3月20日\n一、综合\n"
REPORT = "榆江市政府工作报告\n——2026年1月10日在榆江市第九届人民代表大会第五次会议上\n各位代表：\n"
PRESS = "多地公布上半年经济数据\n2025年7月25日\n"
ENGLISH = "Statistical Communique of Willow City\nIn 2025, the "
TABLE = """表2 2025年农业总产值及主要产品产量
指标 | 单位 | 2025年 | 比上年增长（%）
农业总产值 | 亿元 | 88.6 | 3.4
#种植业 | 亿元 | 40.1 | -1.2
水稻产量 | 万吨 | 61.7 | -
"""
BROKEN = "全年完成货物运输总量4\n58.2万吨，其中铁路货物运输\n量38.6万吨，公路货物运输量2\n90.4万吨，水路货物运输量1\n29.2万吨，分别比上年增长二\n点多，运输结构不断优化，铁\n路专用线继续延伸，港口泊位\n不断增加，多式联运加快推进。"

# What each says: name, bound, value, unit, measure, period; before them an area that is not the document's own, behind them a goal.
CASES = {
    "level and growth": (HEAD, "全年实现渔业增加值35.6亿元，按可比价格计算，比上年下降2.4%。", "渔业增加值 35.6亿元 level 2025; 渔业增加值 -2.4% growth 2025"),
    "parts without their head": (HEAD, "全年茶园种植面积12.8万亩。其中，绿茶7.3万亩，增长4.0%。", "茶园种植面积 12.8万亩 level 2025; 绿茶种植面积 7.3万亩 level 2025; 绿茶种植面积 4.0% growth 2025"),
    "head without its modifier": (HEAD, "竹笋种植面积3.1万亩，总产量5.2万吨。", "竹笋种植面积 3.1万亩 level 2025; 竹笋总产量 5.2万吨 level 2025"),
    "respectively": (HEAD, "水泥、钢材产量分别增长3.5%和下降1.2%。", "水泥产量 3.5% growth 2025"),
    "list": (HEAD, "毛竹、板栗、香菇产量分别增长3.5%、1.2%和0.8%。", "毛竹产量 3.5% growth 2025; 板栗产量 1.2% growth 2025; 香菇产量 0.8% growth 2025"),
    "two clauses before": (HEAD, "发生火灾事故41起，受灾3户，分别下降5%和1%。", "火灾事故 41起 count 2025"),
    "share and points": (HEAD, "装备产业产值占工业总产值的比重为27.4%，比上年提高1.3个百分点。", "装备产业产值占工业总产值比重 27.4% share 2025; 装备产业产值占工业总产值比重 1.3个百分点 points 2025"),
    "structure": (HEAD, "三次产业结构为3.1：48.2：48.7。", "第一产业增加值占地区生产总值比重 3.1% share 2025; 第二产业增加值占地区生产总值比重 48.2% share 2025; 第三产业增加值占地区生产总值比重 48.7% share 2025"),
    "from and to": (HEAD, "森林覆盖率由61.2%提高到62.5%。", "森林覆盖率 61.2% share 2024; 森林覆盖率 62.5% share 2025"),
    "from a year and to": (HEAD, "森林覆盖率由2021年的60.4%提高到62.5%。", "森林覆盖率 60.4% share 2021; 森林覆盖率 62.5% share 2025"),
    "rank": (HEAD, "港口货物吞吐量0.8亿吨，居全省第4位。", "港口货物吞吐量 0.8亿吨 level 2025; 港口货物吞吐量全省位次 4位 rank 2025"),
    "absolute change": (HEAD, "年末常住人口312.6万人，比上年末减少1.7万人。", "常住人口 312.6万人 level 2025; 常住人口 -1.7万人 change 2025"),
    "times": (HEAD, "接待海外游客3.4万人次，增长2.1倍。", "海外游客 3.4万人次 level 2025; 海外游客 2.1倍 growth 2025"),
    "two rates of one": (HEAD, "居民人均可支配收入增长5.2%，扣除价格因素，实际增长4.9%。", "居民人均可支配收入 5.2% growth 2025; 居民人均可支配收入 4.9% growth 2025"),
    "noun behind": (HEAD, "全年出台27项惠企政策。", "惠企政策 27项 count 2025"),
    "tenths": (HEAD, "民营企业税收占比超七成。", "民营企业税收占比 >70% share 2025"),
    "average of two years": (HEAD, "全年邮政业务总量增长8.0%，两年平均增长6.5%。", "邮政业务总量 8.0% growth 2025; 邮政业务总量 6.5% growth 2024/P2Y"),
    "a part of the year": (HEAD, "一季度服装出口增长3.3%，1—8月增长2.9%。", "服装出口 3.3% growth 2025-Q1; 服装出口 2.9% growth 2025-01/P8M"),
    "lines broken inside words and numbers": (HEAD, BROKEN, "货物运输总量 458.2万吨 level 2025; 铁路货物运输量 38.6万吨 level 2025; 公路货物运输量 290.4万吨 level 2025; 水路货物运输量 129.2万吨 level 2025"),
    "table": (HEAD, TABLE, "农业总产值 88.6亿元 level 2025; 农业总产值 3.4% growth 2025; 种植业总产值 40.1亿元 level 2025; 种植业总产值 -1.2% growth 2025; 水稻产量 61.7万吨 level 2025"),
    "table with a stub that rows share": (HEAD, "表3 2025年能力\n类别 | 指标 | 单位 | 2025年\n港口 | 泊位 | 个 | 41\n仓库面积 | 万平方米 | 12.5\n", "泊位 41个 count 2025; 仓库面积 12.5万平方米 level 2025"),
    "table with a column 单位 of names, and one whose total lacks a cell": (HEAD, "表4 2025年各县企业\n单位 | 户数（户） | 产值（万元）\n青竹县 | 12 | 30\n表5 2025年主要产品\n序号 | 指标 | 单位 | 2025年\n1 | 稻谷产量 | 万吨 | 12\n2 | 油料产量 | 万吨 | 3\n合计 | 15\n", "青竹县户数 12户 count 2025; 青竹县产值 30万元 level 2025; 稻谷产量 12万吨 level 2025; 油料产量 3万吨 level 2025; 合计产量 15 level 2025"),
    "table with its unit in the caption and years in its columns": (HEAD, "表1 居民消费价格涨跌幅度（单位：%）\n指标名称 | 2024年 | 2025年\n居民消费价格 | 0.2 | -0.1\n一、衣着 | 1.4 | 0.6\n", "居民消费价格 0.2% growth 2024; 居民消费价格 -0.1% growth 2025; 衣着价格 1.4% growth 2024; 衣着价格 0.6% growth 2025"),
    "communiqués that follow one another in one file": (HEAD, "粮食产量31万吨。\n二、农业\n榆江市统计局\n2024年3月\n2023年是起步之年。\n一、综合\n粮食产量30万吨。\n", "粮食产量 31万吨 level 2025; 粮食产量 30万吨 level 2023"),
    "results and goals of a work report": (REPORT, "一、2025年工作回顾\n全市地区生产总值增长6.1%。\n二、2026年工作安排\n主要预期目标是：地区生产总值增长5.5%左右，力争工业投资突破60亿元。", "地区生产总值 6.1% growth 2025; 地区生产总值 ~5.5% growth 2026 target; 工业投资 >60亿元 level 2026 target strive"),
    "a report's own year lies ahead": (REPORT, "二、推动2026年经济社会高质量发展\n新建泊位12个。", "新建泊位 12个 count 2026 target"),
    "press of several areas": (PRESS, "上半年，山西省GDP为1.2万亿元，同比增长4.1%，高于全国0.2个百分点；陕西省以5.0%的增速领先。宁波、温州出口分别增长7.1%、6.4%。", "山西省 GDP 1.2万亿元 level 2025-S1; 山西省 GDP 4.1% growth 2025-S1; 山西省 GDP 0.2个百分点 points 2025-S1; 陕西省 GDP 5.0% growth 2025-S1; 宁波市 出口 7.1% growth 2025-S1; 温州市 出口 6.4% growth 2025-S1"),
    "area behind its number": (PRESS, "上半年，山西省GDP达1.2万亿元，距离1.3万亿元的江西仅一步之遥。", "山西省 GDP 1.2万亿元 level 2025-S1; 江西省 GDP 1.3万亿元 level 2025-S1"),
    "English": (ENGLISH, "gross domestic product of Willow City was 88.6 billion yuan, up by 4.2 percent over the previous year. The urbanization rate stood at 61.3 percent, 0.4 percentage points higher. In the end of the year the exports of goods were down by 3.1 percent.", "Willow gross domestic product of Willow City 88.6billion yuan level 2025"),
}  # fmt: skip


def said(text: str, name: str = "公报.txt") -> list[str]:
    """Every figure of a text in one line."""
    lines = []
    for f in read_text(text + "\n", name).figures:
        number, area = f.numeral, f.area if f.area != "榆江市" else ""
        value = f"{number.relation.strip('=')}{number.value}{number.unit}"
        goal = f"{'target' * f.target} {f.commitment}"
        lines.append(f"{area} {f.indicator} {value} {f.measure} {f.period} {goal}".strip())
    return lines


@pytest.mark.parametrize("case", list(CASES))
def test_case(case):
    head, text, expected = CASES[case]
    wanted = expected.split("; ")
    assert said(head + text)[: len(wanted)] == wanted


def test_english_as_far_as_rules_go():
    found = read_text("".join(CASES["English"][:2]) + "\n", "en.txt").figures
    wanted = "level 88.6; growth 4.2; share 61.3; points 0.4; growth -3.1"
    assert "; ".join(f"{f.measure} {f.numeral.value}" for f in found) == wanted


@pytest.mark.parametrize(("case", "guess"), [("English", "英文文本"), ("parts without their head", "指标后半取自前文"), ("noun behind", "指标在数字之后"),
                                            ("tenths", "中文数词"), ("table with its unit in the caption and years in its columns", "单位取自表题")])  # fmt: skip
def test_what_is_guessed_is_named(case, guess):
    assert any(guess in f.guesses for f in read_text("".join(CASES[case][:2]) + "\n", "a.txt").figures)


def test_bounds_and_ranges():
    found, _ = find("增长5%—6%，超过300家，80%以上，约2万吨，不低于4亿元，近千家，失业率5%以内，470余家")
    lines = " ".join(f"{n.relation}{n.value}{f'-{n.high}' if n.high else ''}{n.unit}" for n in found)
    assert lines == "range5-6% >300家 >=80% ~2万吨 >=4亿元 ~1000家 <=5% >470家"


NO_FIGURES = {"2024年": "date", "9月26日": "date", "连续4年": "date", "[12]": "numbering", "表3": "numbering", "第19届": "numbering", "5A级": "name", "“8+4”体系": "name",
              "PM2.5": "name", "〔2024〕6号": "identifier", "500万元以上项目": "name", "世界500强": "name"}  # fmt: skip


@pytest.mark.parametrize("text", list(NO_FIGURES))
def test_no_figure(text):
    found, others = find(f"其中{text}，")
    assert not found and {o[3] for o in others} == {NO_FIGURES[text]}


def test_every_numeral_is_proposed_or_listed():
    text = HEAD + CASES["rank"][1] + "\n" + TABLE + "注释：\n[1]规模以上工业指年收入2000万元及以上的单位，占5%—6%。\n"
    reading = read_text(text, "公报.txt")
    covered = set()
    for start, end in [*map(place, reading.figures), *[(o["offset"], o["end"]) for o in reading.others]]:
        covered.update(range(start, end))
    assert [i for i, c in enumerate(text) if c.isdigit() and i not in covered] == []


def test_names_are_written_one_way_and_never_forced():
    assert canonical("全市生产总值（GDP）") == canonical("地区生产总值")
    assert canonical("外贸进出口总额") == canonical("货物进出口总额")
    assert canonical("出口总额") != canonical("进出口总额")
    assert canonical("人均地区生产总值") != canonical("地区生产总值")


BULLETIN = """湖州市2031年国民经济和社会发展统计公报
湖州市统计局
2032年3月18日
一、综合
全年实现地区生产总值5123.4亿元，按可比价格计算，比上年增长5.1%。实际利用外资16.2亿美元，增长4.4%。
全年进口总额81.5亿元，比上年下降3.2%。毛笔产量1200万支，增长6.6%。
"""


def as_text(text: str, path: Path) -> Path:
    path.write_text(text, encoding="gb18030")
    return path


def as_docx(text: str, path: Path) -> Path:
    document = docx.Document()
    document.add_paragraph(text)
    document.save(path)
    return path


def as_html(text: str, path: Path) -> Path:
    body = "".join(f"<p>{line}</p>" for line in text.splitlines())
    path.write_text(f"<html><head><title>x</title></head><body><script>1</script>{body}<table><tr><td>指标</td><td>绝对数（亿元）</td></tr><tr><td>财政总收入</td><td>612.5</td></tr><tr><td>税收收入</td><td>500.1</td></tr></table></body></html>", encoding="utf-8")  # fmt: skip
    return path


def test_kinds_of_file_give_the_same(tmp_path, tables):
    kinds = (as_text, "txt"), (as_docx, "docx"), (as_html, "html")
    frames = [read(write(BULLETIN, tmp_path / f"公报.{kind}"), tables.folder) for write, kind in kinds]
    found = [set(zip(f.indicator_zh, f.value, f.unit, strict=True)) for f in frames]
    tabular = {("财政总收入", "612.5", "亿元"), ("税收收入", "500.1", "亿元")}
    assert found[0] == found[1] and found[2] - found[0] == tabular


def test_proposals_are_a_frame_with_a_view(tmp_path, tables):
    frame = hz.read(as_text(BULLETIN, tmp_path / "公报.txt"), tables.folder)
    assert isinstance(frame, Proposals) and isinstance(frame[frame.new], Proposals)
    gdp = frame[frame.indicator == "gdp"].iloc[0]
    assert (gdp.keep, gdp.sure, gdp.value, gdp.time_period, gdp.ref_area) == ("yes", "sure", "5123.4", "2031", "330500")
    assert frame[frame.new].indicator_zh.unique().tolist() == ["毛笔产量"] and set(frame[frame.new].keep) == {"look"}
    text = frame.attrs["text"]
    assert all(text[r.offset : r.end].startswith(r.value.lstrip("-")) for r in frame.itertuples())
    assert all(len(c) <= 25 and "".join(text.split()).count(c) == 1 for c in frame.as_printed)
    assert "5123.4" in frame.view()._repr_html_() and "<script" not in frame.view()._repr_html_()


def test_from_file_to_tables(tmp_path, capsys):
    """A document read, one name corrected, one row taken and one left out, then added: the tables hold what was kept."""
    root = shutil.copytree(OWN_ROOT, tmp_path / "data", ignore=shutil.ignore_patterns("inbox"))
    file = as_text(BULLETIN.replace("2031", "2025").replace("2032", "2026"), tmp_path / "公报.txt")
    assert make(file, root) == 0
    target = root / "inbox" / "公报.xlsx"
    book = openpyxl.load_workbook(target)
    sheet = book["数字 figures"]
    at = {str(c.value).split("\n")[-1]: c.column for c in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        printed = sheet.cell(row, at["as_printed"]).value
        if "1200" in printed:
            sheet.cell(row, at["keep"]).value = "yes"
        elif "进口" in printed:
            sheet.cell(row, at["keep"]).value = "no"
    book["指标 indicators"].cell(2, 4).value = "Output of writing brushes"
    book.save(target)
    made = plan([target], root)
    assert not made.problems
    assert {r["indicator"] for r in made.rows("figures")} >= {"gdp", "fdi_utilized"}
    assert [r["name_en"] for r in made.rows("indicators")] == ["Output of writing brushes"]
    assert not any(r["obs_value"] == "81.5" for r in made.rows("figures"))
    assert make(file, root) == 1  # what stands in the inbox is not replaced
    assert "公报.xlsx" in capsys.readouterr().err


def test_what_is_on_file_is_folded_and_a_revision_shown(tmp_path, tables):
    text = BULLETIN.replace("2031", "2013").replace("2032", "2014").replace("5123.4", "1803.2").replace("5.1%", "9.4%")
    frame = read(as_text(text, tmp_path / "公报.txt"), tables.folder).set_index("value")
    assert frame.keep["1803.2"] == "no" and frame.on_file["1803.2"].startswith("= 1803.2")
    assert frame.on_file["9.4"].startswith("≠ 9")


def test_a_gap_is_no_growth_and_a_new_indicator_has_the_unit_of_its_level(tmp_path, tables):
    text = BULLETIN + "规模以上工业增加值增长6.1%，高于全省平均0.4个百分点。竹制品投资增长9.9%。\n"
    proposals = read(as_text(text, tmp_path / "公报.txt"), tables.folder)
    frame = proposals.set_index("value")
    assert (frame.keep["6.1"], frame.keep["0.4"], frame.comment["0.4"]) == ("yes", "look", "两地之差")
    entries = new_entries(proposals, Matcher(tables.folder))
    assert {r["name_zh"]: r["unit"] for r in entries["indicators"]}["竹制品投资"] == "亿元"


def test_no_network_and_no_writing_while_reading(tmp_path, monkeypatch):
    import socket

    monkeypatch.setattr(socket, "socket", lambda *a, **k: pytest.fail("no network"))
    file = as_html(BULLETIN + '<img src="http://example.org/1.png">', tmp_path / "a.html")
    before = sorted(tmp_path.iterdir())
    assert "5123.4" in open_document(file) and sorted(tmp_path.iterdir()) == before


@pytest.mark.skipif("HUZHOU_BULLETINS" not in os.environ, reason="HUZHOU_BULLETINS names no folder of keyed documents")
def test_reach(monkeypatch):
    """The keyed documents of a folder that the user names, against what is asked of the reader."""
    monkeypatch.syspath_prepend(OWN_ROOT.parent / "benchmarks")
    from reading import documents, score

    counts = {n: score(text, n, rows) for n, text, rows in documents(Path(os.environ["HUZHOU_BULLETINS"]))}
    total = sum(counts.values(), Counter())
    keys = total["keys"] + total["words"]
    assert total["missed"] <= 0.005 * total["keys"] and total["false"] <= 0.01 * total["keys"]
    wanted = {"value": 0.995, "measure": 0.99, "period": 0.98, "name": 0.93, "all": 0.9}
    assert {f: round(total[f] / keys, 3) for f, least in wanted.items() if total[f] < least * keys} == {}
    of_kind = {"gwr": 0.75, "press": 0.8}  # work reports, press texts of many areas
    least = {name: next((share for kind, share in of_kind.items() if kind in name), 0.9) for name in counts}
    assert [n for n, c in counts.items() if c["all"] < least[n] * (c["keys"] + c["words"])] == []
    assert total["sure right"] >= 0.99 * total["sure"] and total["sure"] >= 0.7 * keys


SENTENCE = "全年实现地区生产总值321.5亿元，比上年增长6.2%。"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)


def packed(parts: dict[str, bytes | str], *, flag: int = 0) -> bytes:
    """A zip file; with `flag`, marked as encrypted."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    raw = bytearray(file.getvalue())
    for mark in (b"PK\x03\x04", b"PK\x01\x02") if flag else ():
        at = 0
        while (at := raw.find(mark, at)) >= 0:
            raw[at + (6 if mark[2] == 3 else 8)] |= flag
            at += 4
    return bytes(raw)


def word(body: str, *, head: str = "", **more) -> bytes:
    document = f'<?xml version="1.0"?>{head}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    return packed({"[Content_Types].xml": TYPES, "_rels/.rels": RELATIONS, "word/document.xml": document, **more})


def pdf(objects: list[str], root: int = 1, extra: str = "") -> bytes:
    """A PDF of the objects given, with its table of places."""
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root {root} 0 R {extra} >>\nstartxref\n{len(out)}\n%%EOF"
    return out + end.encode()


CATALOG = "<< /Type /Catalog /Pages 2 0 R >>"
PAGE = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] >>"
BOMB = zlib.compress(bytes(60 * 2**20)).decode("latin-1")
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(f'<!ENTITY a{i} "{"&a;" * 10}">' for i in range(9)) + "]>"
CELL = "<w:tbl><w:tr><w:tc>" * 400 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 400
TREE = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"

FILES: dict[str, bytes] = {
    "empty.pdf": b"",
    "spaces.txt": b" \n\t\n ",
    "zeros.txt": bytes(4000),
    "database.txt": b"SQLite format 3\0" + bytes(2000),
    "wordless.txt": ("山高水长，" * 40).encode(),
    "digits.txt": b"12 34 56 78 90\n" * 60,
    "endless.txt": (SENTENCE * 90_000).encode(),
    "half.txt": "全年实现".encode("utf-16-le")[:-1] * 30,
    "text.rtf": b"{\\rtf1\\ansi 1}",
    "old.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000),
    "locked.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600),
    "~$open.docx": b"\x01" * 160,
    "head.pdf": b"%PDF-1.7\n",
    "torn.pdf": pdf([CATALOG, TREE, PAGE])[:120],
    "scanned.pdf": pdf([CATALOG, TREE, PAGE]),
    "pageless.pdf": pdf([CATALOG, "<< /Type /Pages /Kids [] /Count 0 >>"]),
    "circle.pdf": pdf([CATALOG, "<< /Type /Pages /Kids [2 0 R] /Count 1 >>"]),
    "rootless.pdf": pdf(["<< /Type /Nothing >>"]),
    "pages.pdf": pdf([CATALOG, f"<< /Type /Pages /Kids [{' '.join(f'{n} 0 R' for n in range(3, 10_003))}] /Count 10000 >>", *[PAGE] * 10_000]),
    "password.pdf": pdf([CATALOG, TREE, PAGE, f"<< /Filter /Standard /V 1 /R 2 /P -4 /O ({'x' * 32}) /U ({'y' * 32}) >>"], extra="/Encrypt 4 0 R /ID [(a) (a)]"),
    "bomb.pdf": pdf([CATALOG, TREE, PAGE, *[f"<< /Filter /FlateDecode /Length {len(BOMB)} >> stream\n{BOMB}\nendstream"] * 6]),
    "nothing.docx": packed({}),
    "bomb.docx": packed({"word/document.xml": bytes(260 * 2**20)}),
    "parts.docx": packed({f"word/{n}.bin": b"" for n in range(5_001)}),
    "laughs.docx": word("<w:p><w:r><w:t>&a8;</w:t></w:r></w:p>", head=LAUGHS),
    "declared.docx": word("<w:p/>", **{"word/styles.xml": '<!DOCTYPE x SYSTEM "file:///etc/hosts"><x/>'}),
    "broken.docx": word("<w:p><w:r>"),
    "blank.docx": word("<w:p/>"),
    "nested.docx": word(CELL),
    "torn.docx": word(f"<w:p><w:r><w:t>{SENTENCE}</w:t></w:r></w:p>")[:-40],
    "secret.docx": packed({"word/document.xml": "<a/>"}, flag=1),
    "laughs.html": f"<!DOCTYPE html>{LAUGHS}<html><p>&a8;</p></html>".encode(),
    "script.html": b"<html><script>var a = 12345;</script></html>",
    "pictures.html": b"<html><body>" + b"<img src='http://example.org/1.png'>" * 50 + b"</body></html>",
    "deep.html": b"<html><body>" + b"<div>" * 60_000,
    "data.xml": b"<?xml version='1.0'?><rows><row>12</row></rows>",
    "japanese.txt": ("前年の総生産は三百二十一億円で、六パーセントのびました。2023" * 4).encode(),
    "korean.txt": ("지역내총생산은 3215억원으로 전년보다 6.2% 증가하였다. " * 4).encode(),
    "russian.txt": ("Валовой продукт составил 321,5 млрд, рост 6,2% к прошлому году. " * 4).encode(),
    "german.txt": ("Das Bruttoinlandsprodukt betrug 321,5 Milliarden Euro, ein Plus von 6,2 Prozent. " * 4).encode(),
    **{f"noise.{kind}": start + random.Random(kind).randbytes(5000) for kind, start in (("txt", b""), ("docx", b"PK\x03\x04"), ("pdf", b"%PDF-1.4\n"), ("exe", b"MZ\x90\0"), ("gz", b"\x1f\x8b\x08\0"))},
    **{f"scan.{kind}": start + bytes(500) for kind, start in (("png", b"\x89PNG\r\n\x1a\n"), ("jpg", b"\xff\xd8\xff\xe0"), ("gif", b"GIF89a"), ("tif", b"II*\0"), ("bmp", b"BM"), ("webp", b"RIFF\0\0\0\0WEBP"))},
    **{f"{kind}.docx": packed({part: "<a/>"}) for kind, part in (("plain", "a.txt"), ("table", "xl/workbook.xml"), ("slides", "ppt/presentation.xml"), ("open", "content.xml"))},
}  # fmt: skip

REASONS = {"bomb.pdf": "unpacks to more than", "bomb.docx": "too large", "pages.pdf": "at most 400", "password.pdf": "password", "laughs.docx": "declaration",
           "laughs.html": "declaration", "scanned.pdf": "scan", "korean.txt": "neither Chinese nor English"}  # fmt: skip


@pytest.mark.parametrize("name", list(FILES))
def test_refused_by_name(name, tmp_path: Path, capsys):
    (tmp_path / name).write_bytes(FILES[name])
    with pytest.raises(DocumentError) as refused:
        open_document(tmp_path / name)
    zh, _, en = str(refused.value).partition("\n")
    assert name in zh and name in en
    assert REASONS.get(name, "") in refused.value.en
    assert any("一" <= c <= "鿿" for c in refused.value.zh) and refused.value.en.isascii()


@pytest.mark.parametrize("name", ["scanned.pdf", "bomb.docx", "missing.pdf", "."])
def test_nothing_is_written(name, tmp_path: Path, capsys, tables):
    target = tmp_path / name
    if name in FILES:
        target.write_bytes(FILES[name])
    assert make(target, tables.folder) == 1
    said = capsys.readouterr()
    assert not said.out and (target.name in said.err) and "Traceback" not in said.err
    assert not list((tables.folder / "inbox").glob("*")) if (tables.folder / "inbox").is_dir() else True
