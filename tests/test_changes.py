"""What moved since the last report and why, on tables of two indicators whose every verdict is worked out by hand.

R&D as a share of GDP: the plan wants 3.4 % in 2023, 3.6 % in 2025 and 3.8 % in 2027, so 0.1 points a year. The actual
of 2023 stands at 3.2 %: 0.15 points a year are needed, one and a half times what the path asks: behind.
"""

import json
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_copies import ROOT, Tables

import huzhou_analysis as hz
from huzhou_analysis.export.change_notes import escaped, markdown, notes, terminal
from huzhou_analysis.export.html import report_page
from huzhou_analysis.facts import words as i18n
from huzhou_analysis.facts.units import Units
from huzhou_analysis.report import changes
from huzhou_analysis.report.changes import Difference, Last
from huzhou_analysis.report.kept import fingerprint

BASE = "D000.rd_share.2023"
ROW = ("verdict", "地瓜方案 指标表 行7 | rd_share | 330500 |  | % | point")


def rd(tables, figure_id, value, **cells):
    tables.add_figure(figure_id, value, **({"indicator": "rd_share", "unit": "%", "span": "point"} | cells))


@pytest.fixture(scope="module")
def last(tmp_path_factory, five_documents):
    """A report of two indicators: the tables it was made from and its snapshot."""
    folder = tmp_path_factory.mktemp("changes") / "reports"
    shutil.copytree(five_documents, folder / "data")
    tables = Tables(folder / "data")
    head, *rows = tables.rows("figures")
    wanted = head.index("indicator")
    tables.write("figures", [head, *(row for row in rows if row[wanted] in {"rd_share", "retail_sales"})])
    for name in ("relations", "not_figures", "milestones"):
        tables.write(name, tables.rows(name)[:1])
    rd(tables, BASE, "3.2")
    write_snapshot(folder, changes.snapshot(tables.folder, Last("none"), "code"))
    return folder


def write_snapshot(folder, content):
    (folder / "snapshot.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


@pytest.fixture
def tables(last, tmp_path):
    shutil.copytree(last / "data", tmp_path / "data")
    return Tables(tmp_path / "data")


def against(last, tables, code="code"):
    return changes.snapshot(tables.folder, Last.read(last), code)["changes"]


def moved(found, at=ROW):
    (one,) = [m for m in found["moves"] if (m["kind"], m["key"]) == at]
    return one


def zh(part):
    return part["was"]["zh"], part["now"]["zh"], part["by"]["zh"]


# ------------------------------------------------------------------------------------------------ one cause at a time


def test_a_new_annual_figure_turns_a_verdict(last, tables):
    rd(tables, "D000.rd_share.2024", "3.6", time_period="2024", vintage="2025-02")
    found = against(last, tables)
    (figure,) = found["figures"]
    assert (figure["figure_id"], figure["change"], figure["now"]["en"]) == ("D000.rd_share.2024", "came", "3.6%")
    assert figure["as_printed"] == "共3.6"
    one = moved(found)
    # 3.6 % in 2024 is what the path has for 2025; (3.8 - 3.6) / 3 years = 0.0667.
    assert zh(one["facts"]["status"]) == ("落后", "超前", "")
    assert zh(one["facts"]["actual"]) == ("3.2%", "3.6%", "+0.4个百分点")
    assert zh(one["facts"]["required"]) == ("+0.15个百分点/年", "+0.07个百分点/年", "−0.08个百分点")
    assert one["facts"]["required"]["by"]["en"] == "−0.08 pp"
    (step,) = one["causes"]
    assert (step["causes"], step["figures"]) == (["figures"], ["D000.rd_share.2024"])
    assert notes(found).headline == {
        "zh": "新增1个数字；1项目标结论变动。",
        "en": "One figure came; one verdict moved.",
    }


def test_a_correction_turns_a_verdict(last, tables):
    tables.add("corrections", figure_id=BASE, action="override", value="3.4", expect="3.2", reason="slip of the pen",
               status="settled")  # fmt: skip
    found = against(last, tables)
    (figure,) = found["figures"]
    assert (figure["change"], figure["was"]["zh"], figure["now"]["zh"]) == ("corrected", "3.2%", "3.4%")
    assert figure["reason"] == "slip of the pen"
    one = moved(found)
    assert zh(one["facts"]["status"])[:2] == ("落后", "按计划")
    assert zh(one["facts"]["required"]) == ("+0.15个百分点/年", "+0.10个百分点/年", "−0.05个百分点")
    assert [(s["causes"], s["figures"]) for s in one["causes"]] == [(["correction"], [BASE])]
    assert found["tables"] == []


def test_an_excluded_figure_takes_its_verdict_along(last, tables):
    tables.add("corrections", figure_id=BASE, action="exclude", expect="3.2", reason="wrong city", status="settled")
    found = against(last, tables)
    assert [(f["change"], f["now"]["en"]) for f in found["figures"]] == [("corrected", "left out")]
    assert zh(moved(found)["facts"]["status"])[:2] == ("落后", "无在案数字")


def test_another_vintage_of_a_year_on_file_is_a_revision(last, tables):
    rd(tables, "D000.rd_share.2023.b", "2.9", vintage="2025-02")
    found = against(last, tables)
    (figure,) = found["figures"]
    assert (figure["change"], figure["beside"], figure["was"]["zh"]) == ("revised", [BASE], "3.2%")
    one = moved(found)
    # (3.8 - 2.9) / 4 = 0.225 a year, more than twice the 0.1 of the path.
    assert zh(one["facts"]["status"])[:2] == ("落后", "明显落后")
    assert [(s["causes"], s["figures"]) for s in one["causes"]] == [(["revision"], ["D000.rd_share.2023.b"])]
    (finding,) = [m for m in found["moves"] if m["kind"] == "finding"]  # one year is now printed in two ways
    assert finding["change"] == "came"
    assert finding["causes"][0]["causes"] == ["revision"]


def test_a_row_edited_in_place_is_a_revision(last, tables):
    tables.set("figures", BASE, obs_value="3.4", as_printed="共3.4")
    found = against(last, tables)
    assert [(f["change"], f["was"]["zh"], f["now"]["zh"]) for f in found["figures"]] == [("revised", "3.2%", "3.4%")]
    assert moved(found)["causes"][0]["causes"] == ["revision"]
    assert "One figure was revised; one verdict moved." in markdown(notes(found))


def test_a_remark_alone_moves_nothing(last, tables):
    tables.set("figures", BASE, comment="see page 3")
    found = against(last, tables)
    assert [f["change"] for f in found["figures"]] == ["reworded"]
    assert found["moves"] == []
    assert notes(found).headline["en"] == "No figure changed; no verdict and no chance moved."


def test_a_removed_figure_takes_its_verdict_along(last, tables):
    head, *rows = tables.rows("figures")
    tables.write("figures", [head, *(row for row in rows if row[0] != BASE)])
    found = against(last, tables)
    assert [(f["figure_id"], f["change"], f["now"]["zh"]) for f in found["figures"]] == [(BASE, "removed", "—")]
    one = moved(found)
    assert zh(one["facts"]["status"])[:2] == ("落后", "无在案数字")
    assert [(s["causes"], s["figures"]) for s in one["causes"]] == [(["removal"], [BASE])]


def test_another_pairing_is_a_change_of_other_tables(last, tables):
    rows = tables.rows("pairs")
    at = next(n for n, row in enumerate(rows) if row[:2] == ["rd_share", "rd_share"])
    rows[at][2] = "no"
    tables.write("pairs", rows)
    found = against(last, tables)
    assert (found["figures"], found["tables"]) == ([], [{"table": "pairs", "came": 0, "gone": 0, "changed": 1}])
    one = moved(found)
    assert zh(one["facts"]["status"])[:2] == ("落后", "不可比")
    assert [(s["causes"], s["figures"]) for s in one["causes"]] == [(["tables"], [])]
    assert "pairs.csv 1 changed" in markdown(notes(found))


def test_a_growth_check_moves_with_the_level_it_lacked(last, tables):
    """766.2 in 2013 after +13.1 %: 677.5 in 2012 gives 766.2 / 677.5 - 1 = 13.09 %."""
    tables.add_figure("D000.retail_sales.2012", "677.5", indicator="retail_sales", time_period="2012", vintage="2013")
    one = moved(against(last, tables), ("ledger", "D001-GWR.retail_sales.2013.gy"))
    assert zh(one["facts"]["ledger"])[:2] == ("无从核对", "可复现")
    assert one["causes"][0]["figures"] == ["D000.retail_sales.2012"]


# ------------------------------------------------------------------------------------------------- the code, and both


def said_otherwise(last, folder, status):
    """The last report, had its code given another verdict on the same tables."""
    shutil.copytree(last, folder)
    content = json.loads((folder / "snapshot.json").read_text(encoding="utf-8"))
    (thing,) = [t for t in content["results"] if (t["kind"], t["key"]) == ROW]
    thing["facts"]["status"] = status
    content.pop("seal")
    write_snapshot(folder, content | {"seal": fingerprint(content)})
    return folder


def test_what_moves_on_the_same_tables_is_put_down_to_the_code(last, tables, tmp_path):
    found = against(said_otherwise(last, tmp_path / "old", "on_track"), tables, "other code")
    assert (found["code"], found["figures"], found["tables"]) == (True, [], [])
    (one,) = found["moves"]
    assert zh(one["facts"]["status"])[:2] == ("按计划", "落后")
    assert [(s["causes"], s["figures"]) for s in one["causes"]] == [(["code"], [])]


def test_code_and_figures_are_told_apart(last, tables, tmp_path):
    rd(tables, "D000.rd_share.2024", "3.6", time_period="2024", vintage="2025-02")
    found = against(said_otherwise(last, tmp_path / "old", "on_track"), tables, "other code")
    one = moved(found)
    assert zh(one["facts"]["status"])[:2] == ("按计划", "超前")
    code, figures = one["causes"]
    assert (code["causes"], zh(code["facts"]["status"])[:2]) == (["code"], ("按计划", "落后"))
    assert (figures["causes"], zh(figures["facts"]["status"])[:2]) == (["figures"], ("落后", "超前"))
    assert figures["figures"] == ["D000.rd_share.2024"]
    assert list(code["facts"]) == ["status"]  # the numbers moved with the figure alone


def test_other_code_that_moves_nothing_is_said(last, tables):
    found = against(last, tables, "other code")
    assert (found["code"], found["moves"]) == (True, [])
    assert "The code or its packages changed." in markdown(notes(found))


def test_a_revision_and_a_new_figure_are_told_apart(last, tables):
    rd(tables, "D000.rd_share.2023.b", "2.9", vintage="2025-02")
    rd(tables, "D000.rd_share.2024", "3.6", time_period="2024", vintage="2025-02")
    one = moved(against(last, tables))
    chain = [(s["causes"], *zh(s["facts"]["status"])[:2]) for s in one["causes"]]
    assert chain == [(["revision"], "落后", "明显落后"), (["figures"], "明显落后", "超前")]


def test_causes_that_cannot_stand_alone_are_named_together(last, tables, tmp_path):
    """A page is found to be official, so its claim becomes an actual: neither table passes the checks without the other."""
    old = tmp_path / "old"
    shutil.copytree(last / "data", old / "data")
    before = Tables(old / "data")
    before.set("sources", "D000", tier="promotional")
    rows = before.rows("figures")
    kind, source = rows[0].index("record_type"), rows[0].index("source_id")
    before.write("figures", [[*r[:kind], "claim", *r[kind + 1 :]] if r[source] == "D000" else r for r in rows])
    write_snapshot(old, changes.snapshot(old / "data", Last("none"), "code"))
    one = moved(against(old, tables))
    assert zh(one["facts"]["status"])[:2] == ("无在案数字", "落后")
    assert [s["causes"] for s in one["causes"]] == [["revision", "tables"]]
    assert BASE in one["causes"][0]["figures"]


def test_what_new_figures_need_comes_with_them(last, tables):
    """A new indicator, source and part of it enter with the figure; another definition waits for its own step."""
    tables.add("indicators", indicator="new_thing", name_zh="新指标", name_en="New thing", theme="innovation", unit="新单位",
               measure_type="count", ascending="true")  # fmt: skip
    tables.add("units", unit="新单位", unit_measure="NEW", unit_mult="0", name_en="things", unit_mult_en="0")
    tables.add("sources", source_id="NEW", title="新来源", title_en="New source", kind="bulletin", tier="official")
    tables.add("outline", source_id="NEW", locator="一", locator_en="1")
    tables.set("indicators", "rd_share", definition="另一定义")
    tables.add_figure("NEW.new_thing.2024", "7", indicator="new_thing", unit="新单位", source_id="NEW", locator="一",
                      time_period="2024")  # fmt: skip
    difference = Difference.between(changes.read_rows(last / "data"), changes.read_rows(tables.folder))
    (first, staged), (second, final) = difference.stages()
    assert (first, second) == ("figures", "tables")
    assert final == difference.new
    folder = tables.folder.parent / "staged"
    folder.mkdir()
    changes.write_rows(staged, folder)
    data = hz.load(folder)
    assert data.figures.indicator["NEW.new_thing.2024"] == "new_thing"
    assert data.indicators.definition["rd_share"] != "另一定义"


# ----------------------------------------------------------------------------------------------- with nothing to go by


def test_a_first_report_says_so_and_what_it_holds(last):
    found = json.loads((last / "snapshot.json").read_text(encoding="utf-8"))["changes"]
    assert (found["state"], found["moves"], found["figures"]) == ("none", [], [])
    figures = len(Tables(last / "data").rows("figures")) - 1
    page = markdown(notes(found))
    assert "No earlier report to compare with" in page
    assert f"This report holds {figures} figures, 3 targets, 0 chances" in page
    assert terminal(notes(found), found)[0].startswith("没有更早的报告可比")


def test_the_same_inputs_keep_the_comparison_that_was_made(last, tables, tmp_path):
    rd(tables, "D000.rd_share.2024", "3.6", time_period="2024", vintage="2025-02")
    first = changes.snapshot(tables.folder, Last.read(last), "code")
    write_snapshot(tmp_path, first)
    assert changes.snapshot(tables.folder, Last.read(tmp_path), "code") == first
    assert len(first["changes"]["figures"]) == 1
    assert changes.snapshot(tables.folder, Last.read(last), "code") == first  # a function of inputs and last report


@pytest.mark.parametrize("damage", ["torn", "edited", "no object", "another format", "tables edited", "tables gone"])
def test_a_damaged_baseline_counts_as_none_and_is_said(last, tables, tmp_path, damage):
    old = tmp_path / "old"
    shutil.copytree(last, old)
    path = old / "snapshot.json"
    raw = path.read_text(encoding="utf-8")
    if damage == "torn":
        path.write_text(raw[: len(raw) // 2], encoding="utf-8")
    elif damage == "edited":
        path.write_text(raw.replace('"behind"', '"ahead"'), encoding="utf-8")
    elif damage == "no object":
        path.write_text("[]", encoding="utf-8")
    elif damage == "another format":
        path.write_text(json.dumps(json.loads(raw) | {"format": 0}), encoding="utf-8")
    elif damage == "tables edited":
        Tables(old / "data").set("figures", BASE, obs_value="3.4", as_printed="共3.4")
    else:
        shutil.rmtree(old / "data")
    found = against(old, tables, "other code")
    assert (found["state"], found["moves"]) == ("damaged", [])
    assert "is damaged" in notes(found).headline["en"]
    assert "已损坏" in notes(found).headline["zh"]


def test_a_report_of_an_older_version_is_said_to_be_one(tables, tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "manifest.json").write_text("{}", encoding="utf-8")
    found = against(tmp_path / "old", tables)
    assert found["state"] == "older"
    assert "older version" in notes(found).headline["en"]


def test_another_city_is_not_compared(last, tables, tmp_path):
    old = tmp_path / "old"
    shutil.copytree(last, old)
    content = json.loads((old / "snapshot.json").read_text(encoding="utf-8")) | {"home": "330400"}
    content.pop("seal")
    write_snapshot(old, content | {"seal": fingerprint(content)})
    assert against(old, tables, "other code")["state"] == "other_city"


# -------------------------------------------------------------------------------------------------------- hostile text


def test_text_of_tables_is_text_everywhere(last, tables):
    name = "<script>alert(1)</script>|[x](javascript:1) https://evil.example `a` *b*"
    tables.add("indicators", indicator="evil", name_zh=name, name_en=name, theme="innovation", unit="家",
               measure_type="count", ascending="true")  # fmt: skip
    tables.add_figure("D000.evil.2023", "3", indicator="evil", unit="家", as_printed="<img src=x>|3")
    found = against(last, tables)
    page = markdown(notes(found))
    assert "<script" not in page
    assert "<img" not in page
    assert "https://evil" not in page
    row = next(line for line in page.splitlines() if "evil" in line)
    cells = [c for c in row.replace("\\|", "").split("|") if c]
    assert len(cells) == 7  # a bar of the text is no end of a cell
    assert "\\[x\\](" in row
    for lang in ("zh", "en"):
        html = report_page([], lang, notes(found))
        panel = html[html.index("<details") : html.index("</details>")]
        assert "<script" not in panel
        assert "<img" not in panel
        assert "&lt;script&gt;" in panel


def test_nothing_that_a_terminal_would_act_on_reaches_it(last, tables):
    found = against(last, tables)
    status = {"was": i18n.text("甲", "a"), "now": i18n.text("乙", "b"), "by": i18n.text("", "")}
    named = i18n.text("红\x1b[31m色", "red\x1b[31m")
    moved = {"kind": "verdict", "name": named, "change": "moved", "facts": {"status": status}, "causes": []}
    lines = terminal(notes(found), found | {"moves": [moved]})
    assert any("red[31m" in line for line in lines)
    assert not any("\x1b" in line for line in lines)


@given(st.text(max_size=40))
def test_no_text_breaks_a_row(words):
    cell = escaped(words)
    assert "\n" not in cell
    assert "<" not in cell
    assert "|" not in cell.replace("\\\\", "").replace("\\|", "")


# ------------------------------------------------------------------------------------------------------- properties


KEYS = st.lists(st.integers(0, 12), unique=True)


@given(KEYS, KEYS)
def test_merging_keeps_everything_in_the_new_order(old, new):
    both = changes._merged(old, new)
    assert sorted(both) == sorted({*old, *new})
    assert [k for k in both if k in new] == new
    only = [k for k in old if k not in new]
    assert sorted(k for k in both if k not in new) == sorted(only)


UNITS = Units([{"unit": "亿元", "unit_measure": "CNY", "unit_mult": 8, "name_en": "CNY bn", "unit_mult_en": 9}])


def thing(key, value):
    return {"kind": "projection", "key": key, "name": {"zh": key, "en": key}, "about": ["x", "y"],
            "facts": {"median": [value, "亿元"]}, "figures": []}  # fmt: skip


STATES = st.lists(
    st.dictionaries(st.sampled_from("abc"), st.floats(0, 9, width=16), max_size=3), min_size=2, max_size=5
)


@given(STATES)
def test_steps_lead_from_the_last_report_to_this_one_without_a_gap(values):
    states = [((str(n),), [thing(k, v) for k, v in state.items()]) for n, state in enumerate(values)]
    found = changes.moves(states, Difference({"figures": []}, {"figures": []}), UNITS)
    for move in found:
        net, steps = move["facts"]["median"], [s["facts"]["median"] for s in move["causes"]]
        assert net["was"] != net["now"]
        for a, b in pairwise(steps):
            assert float(a["now"]["zh"].removesuffix("亿元").replace("—", "nan")) == pytest.approx(
                float(b["was"]["zh"].removesuffix("亿元").replace("—", "nan")), nan_ok=True, abs=0.011
            )
    same = {k for k in values[0] if values[-1].get(k) == values[0][k]}
    assert same.isdisjoint(m["key"] for m in found)


@pytest.mark.parametrize(
    ("was", "now", "by"),
    [
        (["300.84", "亿元"], ["300.76", "亿元"], None),  # both read 300.8
        (["8.5", "亿元"], ["8.75", "亿元"], "+0.25亿元"),
        (["1200.4", "亿元"], ["1100", "亿元"], "−100亿元"),
        (["0.094", "chance"], ["0.091", "chance"], None),
        (["0.094", "chance"], ["0.116", "chance"], "+3个百分点"),
    ],
)
def test_movements_count_as_they_are_shown(was, now, by):
    facts = changes._moved(*[{"facts": {"f": [float(v), unit]}} for v, unit in (was, now)], UNITS)
    assert ({} if by is None else by) == (facts["f"]["by"]["zh"] if facts else {})


def test_the_project_itself_can_be_compared(tmp_path):
    """Every result of the project's own tables has a name, a place of its own, and is plain JSON."""
    found = changes.results(hz.load(Path(ROOT) / "data"))
    keys = [(t["kind"], t["key"]) for t in found]
    assert len(keys) == len(set(keys))
    assert {kind for kind, _ in keys} == set(changes.KINDS)
    assert all(t["name"]["zh"] and t["name"]["en"] and t["facts"] for t in found)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
