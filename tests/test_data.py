"""Loading and checking the tables: sound ones in any form, and every kind of bad input with the message it gets."""

import csv
import io
import os
import re
import subprocess
import sys

import pandas as pd
import pytest
from hostile_city import free
from table_copies import ROOT, tree

import huzhou_analysis as hz
from huzhou_analysis.cli import main
from huzhou_analysis.facts.checks import check
from huzhou_analysis.facts.problems import DataError
from huzhou_analysis.facts.schema import TABLES

FDI = "D000.fdi_utilized.2018P5Y"  # 累计实到外资61.2亿美元, period inferred
CLAIM = "D001-02.industrial_investment.2021-S1"  # on a promotional page


def where(problems):
    return sorted((p.file, p.row, p.column) for p in problems)


# Each case breaks a copy of the tables and returns where the problems must be: (file, row, column, value).


def cells(table, key, report="", **changed):
    """Cells of one row changed; the problem is seen in the column `report`, or in the one that is changed."""
    column = report or next(iter(changed))
    return lambda tables: [(f"{table}.csv", tables.set(table, key, **changed), column, tables.get(table, key, column))]


def figure(report="", key=FDI, **changed):
    return cells("figures", key, report, **changed)


def unknown_source(tables):
    row = tables.set("figures", FDI, source_id="D9")
    # Nor has a source that is not there the part that is named.
    return [("figures.csv", row, "source_id", "D9"), ("figures.csv", row, "locator", "发展交通物流 第8段")]


def rows(change, *places):
    """The rows of the figures changed, header and all; the places where it is seen, without a row in the last."""

    def breaks(tables):
        all_rows = tables.rows("figures")
        change(all_rows)
        tables.write("figures", all_rows)
        return [("figures.csv", len(all_rows) if row is None else row, *place) for row, *place in places]

    return breaks


def renamed(rows):
    rows[0][rows[0].index("obs_value")] = "obs_valeu"


def blank_lines_before_the_fault(tables):
    row = tables.set("figures", FDI, unit="亿美金")
    lines = tables.path("figures").read_text(encoding="utf-8-sig").split("\n")
    commas = "," * (len(TABLES["figures"].columns) - 1)
    lines[4:4] = ["", "", commas]  # two empty lines, and one that a spreadsheet leaves of a cleared row
    tables.path("figures").write_text("\n".join(lines), encoding="utf-8")
    return [("figures.csv", row + 3, "unit", "亿美金")]


def correction(**changed):
    def breaks(tables):
        row = {"figure_id": FDI, "action": "flag", "expect": "61.2", "reason": "test", "status": "open"} | changed
        column = "value" if "action" in changed or "value" in changed else next(iter(changed))
        return [("corrections.csv", tables.add("corrections", **row), column, row.get(column, ""))]

    return breaks


def correction_of_a_mistyped_number(tables):
    tables.add("corrections", figure_id=FDI, action="flag", expect="61.2", reason="test", status="open")
    return figure(obs_value="61.2亿")(tables)


BAD = {
    # name: (what breaks, words that the message must hold in either language)
    "mistyped unit": (figure(unit="亿美金"), ["units.csv", "最接近", "nearest: 亿美元"]),
    "month 13": (figure(time_period="2023-13"), ["2023-01/P9M", "2023-S1", "有效时期", "no such period"]),
    "period in words": (figure(time_period="2018-2022"), ["2018/P5Y"]),
    "unknown indicator": (figure(indicator="fdi_utilised"), ["indicators.csv", "nearest: fdi_utilized"]),
    "unknown source": (unknown_source, ["sources.csv", "outline.csv"]),
    "duplicate id": (
        rows(lambda found: found.append(next(row for row in found if row[0] == FDI)), (None, "figure_id", FDI)),
        ["重复", "must be unique"],
    ),
    "citation without its number": (figure(as_printed="累计实到外资亿美元"), ["没有数字 61.2", "number 61.2"]),
    "citation too long": (figure(as_printed="五年来我市累计实际到位的外商直接投资共计61.2亿美元"), ["25"]),
    "region code without its zero": (figure(ref_area="33050"), ["ref_areas.csv", "nearest: 330500"]),
    "misspelt column": (
        rows(renamed, (0, "obs_value", ""), (0, "obs_valeu", "")),
        ["缺少", "允许的列", "is it written as obs_valeu"],
    ),
    "extra column": (rows(lambda found: found[0].append("x"), (0, "x", "")), ["allowed: figure_id, record_type"]),
    "ragged row": (rows(lambda found: found[299].append("stray"), (300, "", "")), ["21", "20", "格", "cells"]),
    "fault after blank lines": (blank_lines_before_the_fault, ["nearest: 亿美元"]),
    "number in words": (figure(obs_value="nan"), ["plain number"]),
    "number for a wordy target": (figure("obs_value", relation="relative"), ["应为空"]),
    "upper end without range": (figure(value_high="70", as_printed="61.2至70亿美元"), ["range"]),
    "range without upper end": (figure("value_high", relation="range"), ["range"]),
    "range turned round": (
        figure(value_high="60", relation="range", as_printed="60—61.2亿美元"),
        ["应大于 obs_value", "must be above obs_value"],
    ),
    "inferred without reason": (figure(comment=""), ["写明理由", "must say why"]),
    "no period but a basis": (figure(time_basis="stated", time_period=""), ["unstated"]),
    "promotional actual": (figure(key=CLAIM, record_type="actual"), ["招商宣传", "claim"]),
    "growth in money": (figure(key=CLAIM + ".gy", unit="亿元"), ["个百分点", "growth rate"]),
    "required cell empty": (figure(span=""), ["不能为空", "must not be empty"]),
    "locator not in the outline": (figure(locator="发展交通物流 第99段"), ["outline.csv"]),
    "date as Excel writes it": (figure(vintage="2023/6/1"), ["2023-05-09"]),
    "day that does not exist": (figure(vintage="2023-02-30"), ["2023-05-09"]),
    "direction in words": (cells("indicators", "gdp", ascending="yes"), ["true, false"]),
    "power of ten with decimals": (cells("units", "亿元", unit_mult="8.0"), ["整数", "whole number"]),
    "one period in another code": (figure(time_period="2018-01/P60M"), ["one code"]),
    "period of another age": (figure(time_period="0001"), ["1900", "2100"]),
    "a fall as a rise": (figure(as_printed="外资净额为-61.2亿美元"), ["-61.2", "sign"]),
    "another year than the text": (figure("time_period", as_printed="2008年外资61.2亿美元"), ["2008", "speaks of"]),
    "digits that a spreadsheet took": (figure(as_printed="累计实到外资61.20亿美元"), ["61.20", "decimals"]),
    "power of ten that belies the name": (cells("units", "亿元", unit_mult="7"), ["10的8次方", "power of ten of 8"]),
    "correction overtaken": (correction(expect="61.3"), ["原值现为 61.2", "now 61.2", "review"]),
    "correction of no figure": (correction(figure_id="D000.nothing"), ["figures.csv"]),
    "override without value": (correction(action="override"), ["override"]),
    "correction of a mistyped number": (correction_of_a_mistyped_number, ["plain number"]),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_with_place_value_and_what_is_allowed(case, tables):
    breaks, words = BAD[case]
    expected = breaks(tables)
    problems = check(tables.folder)[1]
    assert where(problems) == sorted((file, row, column) for file, row, column, _ in expected)
    assert {p.value for p in problems} == {value for *_, value in expected}
    text = "\n".join(map(str, problems))
    assert [word for word in words if word not in text] == []
    assert all(re.search(r"[\u4e00-\u9fff]", p.zh) and re.match(r"[a-z]", p.en) for p in problems)


def test_all_problems_come_at_once_in_order_and_commands_list_them_and_write_nothing(tables, capsys):
    """Faults in four tables and a fifth that is gone."""
    tables.path("milestones").unlink()
    expected = [("milestones.csv", 0, "")]
    for breaks in (
        figure(unit="亿美金"),
        figure(key=CLAIM, time_period="2023-13"),
        figure(key="D001-GWR.gdp.2013", ref_area="33050"),
        figure(key="D001-GWR.gdp.2013", obs_value="1,803.2"),
        figure(key="D001-GWR.exports.2013", indicator="exporte"),
        cells("indicators", "gdp", theme="money"),
        cells("sources", "D002", tier="gossip"),
        cells("ref_areas", "330502", level="village"),
        correction(expect="61.3"),
    ):
        expected += [place[:3] for place in breaks(tables)]
    problems, before = check(tables.folder)[1], tree(tables.folder)
    assert where(problems) == sorted(expected) and len(expected) == 10
    assert [(p.file, p.row) for p in problems] == sorted((p.file, p.row) for p in problems)
    with pytest.raises(DataError) as refused:
        tables.load()
    assert refused.value.problems == problems
    for command in ("check", "template"):
        assert main([command, "--data", str(tables.folder)]) == 1
        out, said = capsys.readouterr()
        assert (out, "Traceback" in said, "数据有 10 处问题" in said) == ("", False, True)
        for file, row, column in expected:
            zh, en = (f" 第 {row} 行 [{column}]", f" row {row} [{column}]") if row else ("：", ": ")
            assert f"{file}{zh}" in said and f"{file}{en}" in said
        assert tree(tables.folder) == before


def test_a_console_without_chinese_gets_the_message_all_the_same(tables):
    row = tables.set("figures", FDI, unit="亿美金")
    environment = os.environ | {"HUZHOU_DATA": str(tables.folder), "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "huzhou_analysis", "check"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True)
    said = done.stderr.decode("ascii")
    assert (done.returncode, "Traceback" in said) == (1, False)
    assert f"figures.csv row {row} [unit]" in said


@pytest.mark.parametrize("arguments", [["check"], ["undo"]])
def test_no_folder_at_all(tmp_path, capsys, arguments):
    assert main([*arguments, "--data", str(tmp_path / "没有")]) == 1
    said = capsys.readouterr().err
    assert "没有这个数据文件夹" in said
    assert "there is no such data folder" in said
    assert list(tmp_path.iterdir()) == []


def test_every_table_is_checked(tables):
    """Any table may be the one that is gone, empty, in another encoding, cut by another mark or left by a merge: one
    problem each."""
    for n, name in enumerate(TABLES):
        text = tables.path(name).read_text(encoding="utf-8-sig")
        merged = text.replace("\n", "\n<<<<<<< HEAD\n=======\n>>>>>>> theirs\n", 1)
        cut = [text.replace(",", mark).encode() for mark in ";\t"]
        texts = [b"", text.encode("utf-16"), *cut, text.encode("gb18030"), merged.encode()]
        tables.path(name).write_bytes(texts[n % len(texts)])
    assert where(check(tables.folder)[1]) == [(f"{name}.csv", 0, "") for name in sorted(TABLES)]


def frames_of(folder):
    frames, problems = check(folder)
    assert problems == []
    return {name: frame.astype(str).reset_index(drop=True) for name, frame in frames.items()}


FORMS = {
    "without BOM": lambda text, width: text,
    "CRLF": lambda text, width: "\ufeff" + text.replace("\n", "\r\n"),
    "blank lines": lambda text, width: text.replace("\n", "\n\n", 1) + "\n\n" + "," * (width - 1) + "\n",
    "no last line end": lambda text, width: text.rstrip("\n"),
    "all quoted": lambda text, width: quoted(csv.reader(io.StringIO(text))),
    "columns turned": lambda text, width: quoted(row[::-1] for row in csv.reader(io.StringIO(text))),
    "empty columns": lambda text, width: text if '"' in text else text.replace("\n", ",,\n"),
    "TRUE": lambda text, width: text.replace(",true,", ",TRUE,"),
}


def quoted(rows):
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("form", FORMS)
def test_the_same_tables_in_another_form_are_the_same(tables, form):
    expected = frames_of(tables.folder)
    for name, table in TABLES.items():
        text = tables.path(name).read_text(encoding="utf-8-sig")
        tables.path(name).write_bytes(FORMS[form](text, len(table.columns)).encode())
    found = frames_of(tables.folder)
    assert list(found) == list(expected) == list(TABLES)
    for name, frame in expected.items():
        pd.testing.assert_frame_equal(found[name], frame)


@pytest.mark.parametrize("word", ["NA", "nan", "None", "a\tb", "a\nb", "\u200b", "\U00020bb7"], ids=ascii)
def test_words_that_mean_nothing_elsewhere_are_text_here(tables, word):
    tables.set("figures", FDI, comment=word)
    assert tables.load().figure(FDI).comment == word


def test_the_folder_is_the_one_named_in_the_environment(tables, monkeypatch):
    tables.set("figures", FDI, comment="this copy")
    monkeypatch.setenv("HUZHOU_DATA", str(tables.folder))
    assert hz.default_root() == tables.folder
    assert hz.load().figure(FDI).comment == "this copy"
    monkeypatch.setenv("HUZHOU_DATA", "")
    assert hz.default_root() == ROOT / "data"


def test_numbers_are_typed_and_their_digits_kept(data):
    share = data.figure("D003.export_national_share.2023")
    assert (share.obs_value, share.obs_text) == (6.5, "6.50")
    spread = data.figure("D003.chain_leaders_per_chain.2027")
    assert (spread.obs_value, spread.value_high, spread.high_text) == (1, 2, "2")


STAND_FOR = {
    "D001-GWR.exports.2013": (80.85, 80.95),  # measured: 80.9 is rounded
    "D001-GWR.urban_jobs_new.2013": (5.815, 5.825),  # counted, but told in 万人 with two places
    "D000.trade_fair_groups.2023-01P5M": (91, 91),  # counted one by one
    "D003.export_national_share.2023": (6.5, 6.5),  # a goal is set, not measured
    "D000.customer_conversion_rate.2023-01P5M": (40, float("inf")),  # a bound is a bound
    "D003.trade_total.2027": (2000, float("inf")),
}


def test_what_a_figure_may_stand_for(data):
    assert {figure_id: data.interval(figure_id).floats for figure_id in STAND_FOR} == STAND_FOR
    assert data.interval(data.figure("D003.trade_total.2027")) == data.interval("D003.trade_total.2027")


def test_selecting_by_one_value_or_several(data):
    found = data.select(
        "fdi_utilized", "330500", record_type=["target"], transformation="N", source="D003", period=["2023", "2025"]
    )
    assert sorted(found.obs_value) == [16, 17]
    assert len(data.select()) == len(data.figures)
    assert data.select("fdi_utilized", "330500", period=[]).empty


def test_a_mistyped_id_gets_near_ones(data):
    with pytest.raises(LookupError, match=re.escape("D001-GWR.exports.2013")):
        data.figure("D001-GWR.export.2013")


@pytest.mark.parametrize("mark", ["\x0b", "\u202e"], ids=ascii)
def test_what_cannot_be_seen_is_refused_in_every_text_column(tables, mark):
    """Files of other formats cannot hold it, or show 12 as 21: each cell is named."""
    wanted = set()
    for name, table in TABLES.items():
        head, *rows = tables.rows(name)
        if rows:
            for field in (field for field in table.fields if free(name, field)):
                rows[0][head.index(field.name)] = f"a{mark}b"
                wanted.add((f"{name}.csv", 2, field.name))
            tables.write(name, [head, *rows])
    _, problems = check(tables.folder)
    found = {(p.file, p.row, p.column) for p in problems if "cannot be seen" in p.en and "控制字符" in p.zh}
    assert found == wanted
    assert len(wanted) > 20
    assert not any(mark in str(p) for p in problems)
