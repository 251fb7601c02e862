"""What moved since the last report: figures and results, before and after."""

import copy
import re
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_city import city
from table_copies import Tables

import huzhou_analysis as hz
from huzhou_analysis.report import state


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = city(tmp_path_factory.mktemp("city") / "data")
    data = hz.load(folder)
    return folder, data, state.snapshot(data, state.targets(data))


def records(tables):
    head, *body = tables.rows("figures")
    return [dict(zip(head, row, strict=True)) for row in body]


def rows(moved, kind):
    return [(r["change"], r["en"], r["before"]["en"], r["after"]["en"]) for r in moved["moved"][kind]]


def test_nothing_moved_is_said(made):
    *_, now = made
    found = state.compare(copy.deepcopy(now), now)
    assert not any(found["moved"].values())
    assert found["headline"] == {"zh": "数据和结果均无变动。", "en": "No figure and no result has moved."}


def test_a_new_figure_turns_a_verdict_and_both_are_told(made, tmp_path):
    """The plan asks for 7.7 in 2027 and 6.7 in 2025; a figure of 7.9 for 2025 meets it two years early."""
    folder, _, before = made
    tables = Tables(shutil.copytree(folder, tmp_path / "data"))
    last = next(row for row in records(tables) if row["obs_value"] == "5.69")
    more = {"figure_id": "M.fdi.2025", "obs_value": "7.9", "time_period": "2025", "as_printed": "为7.9亿美元"}
    tables.add("figures", **last | more)
    data = tables.load()
    found = state.compare(before, state.snapshot(data, state.targets(data)))
    assert rows(found, "figure") == [("came", "Utilised foreign direct investment, 2025", "—", "$790m")]
    (verdict,) = [r for r in rows(found, "target") if r[1].startswith("Utilised foreign direct investment")]
    assert verdict[0] == "changed" and verdict[3] == "met" != verdict[2]
    new = [r for r in state.latest(data, {"M.fdi.2025"}) if r["new"]]
    assert [(r["indicator"], r["part_year"]) for r in new] == [("fdi_utilized", False)]
    level = new[0]["value"]
    assert (level["zh"], level["en"]) == ("7.9亿美元", "$790m")
    assert (level["value"], level["unit"]["en"]) == ({"zh": 7.9, "en": 0.79}, "USD bn")
    words = state.markdown(found, state.latest(data, {"M.fdi.2025"}))
    assert "| 新增 | 实际利用外资，2025年 | — | 7.9亿美元 |" in words
    assert "实际利用外资（新）" in words


def test_every_indicator_on_file_has_its_latest_figure(made):
    """Whether or not a target or an exhibit uses it: independent of the library's series, from the rows themselves."""
    folder, data, _ = made
    mine = [r for r in records(Tables(folder)) if r["record_type"] == "actual" and r["ref_area"] == data.home]
    on_file = {r["indicator"] for r in mine if r["obs_value"] and r["time_period"]}
    assert {r["indicator"] for r in state.latest(data)} == on_file


@pytest.mark.parametrize("kind", ["first", "other", "older"])
def test_what_cannot_be_compared_is_not(made, kind, tmp_path):
    *_, now = made
    before = {"first": None, "other": now | {"home": "330300"}, "older": {}}[kind]
    assert state.compare(before, now)["headline"]["en"] == state.word(kind, "en")
    assert state.last(tmp_path) is None
    (tmp_path / state.SNAPSHOT).write_text('{"format": 1}', encoding="utf-8")
    assert state.last(tmp_path) == {}


items = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["1", "2", "3"]), max_size=6)


@given(items, items)
def test_every_difference_is_told_once_and_nothing_else(old, new):
    def snapshot(values):
        figure = {k: {"zh": k, "en": k, "shown": {"zh": v, "en": v}} for k, v in values.items()}
        return {"format": state.FORMAT, "home": "1", "items": {key: {} for key in state.KINDS} | {"figure": figure}}

    moved = state.compare(snapshot(old), snapshot(new))["moved"]["figure"]
    told = {r["key"]: (r["before"]["en"], r["after"]["en"]) for r in moved}
    assert told == {k: (old.get(k, "—"), new.get(k, "—")) for k in old | new if old.get(k) != new.get(k)}


def test_no_text_of_a_table_means_anything_to_markdown():
    hostile = "| a\n# b <script>x</script> [l](javascript:y) `c` *d* _e_"
    one = {"key": "k", "change": "changed", "zh": hostile, "en": hostile, "source": {"zh": hostile, "en": hostile}}
    one |= {side: {"zh": hostile, "en": hostile} for side in ("before", "after")}
    moved = {"state": "compared", "moved": {"figure": [one]}, "headline": {"zh": "", "en": ""}}
    lines = [line for line in state.markdown(moved, []).splitlines() if "script" in line]
    assert len(lines) == 2
    for line in lines:
        bare = re.sub(r"\\.", "", line)
        assert bare.count("|") == 6
        assert not set("<>`*_[]#") & set(bare)
