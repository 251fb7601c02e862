"""Findings of the documents against themselves, on real and on made-up figures."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pandas as pd
import pytest

import huzhou_analysis as hz
from huzhou_analysis.analysis import audit, relations
from huzhou_analysis.facts.relations import ExpressionError
from huzhou_analysis.facts.rounding import Interval


@pytest.fixture(scope="module")
def loaded():
    return hz.load()


def with_rows(data, *changes: tuple[str, str, dict]):
    """Data with copies of figures added: (id of the original, new id, changed columns)."""
    rows = []
    for original, new, changed in changes:
        row = data.figure(original).to_dict() | changed
        if "obs_text" in changed:
            row["obs_value"] = float(changed["obs_text"])
        rows.append(pd.Series(row, name=new))
    return replace(data, figures=pd.concat([data.figures, pd.DataFrame(rows)]))


# --- expressions ---------------------------------------------------------------------------------------------------


def test_expression_on_intervals(loaded):
    value, used = relations.evaluate(loaded, "[D001-GWR.exports.2013] / 2 + 1")
    # 80.9 is printed to one decimal: [80.85, 80.95) / 2 + 1
    assert (value.low, value.high) == (Fraction("41.425"), Fraction("41.475"))
    assert used == ["D001-GWR.exports.2013"]


def test_plan_path_is_summed_by_hand(loaded):
    value, used = relations.evaluate(loaded, 'path("transport_investment", 2023, 2027)')
    # straight: 250 + 265 + 280 + 290 + 300 = 1385; geometric: sqrt(250*280) = 264.575, sqrt(280*300) = 289.828 -> 1384.403
    assert float(value.high) == pytest.approx(1385)
    assert float(value.low) == pytest.approx(250 + (250 * 280) ** 0.5 + 280 + (280 * 300) ** 0.5 + 300)
    assert len(used) == 3


@pytest.mark.parametrize(
    "expression",
    [
        "[No.such.figure] + 1",
        "__import__('os')",
        "2 ** 3",
        "(1",
        "exports + 1",
        "1 if 2 else 3",
        'path("nothing", 2023, 2027)',
        "[D001-GWR.exports.2013].real",
    ],
)
def test_anything_else_is_refused(loaded, expression):
    with pytest.raises(ExpressionError):
        relations.evaluate(loaded, expression)


@pytest.mark.parametrize(
    "broken",
    ["[No.such]", "1 / 0", "(1", 'path("fdi_utilized")', 'outline_rows("D003", "(")', "1e999", "-" * 9999 + "1", ""],
)
def test_a_broken_relation_is_a_located_problem(loaded, broken):
    table = loaded.relations.assign(right=[broken, *list(loaded.relations.right[1:])])
    problems = relations.relation_problems(replace(loaded, relations=table))
    assert [(p.file, p.row, p.column, p.value) for p in problems] == [("relations.csv", 2, "right", broken)]
    with pytest.raises(hz.DataError):
        relations.identities(replace(loaded, relations=table))


@pytest.mark.parametrize(
    "expect,left,right,verdict",
    [
        ("=", (1, 2), (2, 3), False),
        ("=", (1, 2.1), (2, 3), True),
        ("<=", (3, 4), (1, 2), False),
        ("<=", (1.5, 4), (1, 2), True),
        (">=", (1, 2), (3, 4), False),
        (">=", (1, 3.5), (3, 4), True),
    ],
)
def test_an_identity_fails_only_if_no_value_satisfies_it(expect, left, right, verdict):
    assert relations.holds(Interval(*left), expect, Interval(*right)) is verdict


# --- what the documents print --------------------------------------------------------------------------------------


def test_known_conflicts_are_found(loaded):
    found = audit.findings(loaded).set_index("finding_id")
    transport = found.loc["transport_investment_total"]
    assert transport.severity == "high" and float(transport.difference) == pytest.approx(1500 - 1385)
    retail = found[(found.rule == "bound_differs") & (found.indicator == "retail_sales")].iloc[0]
    assert "2000" in retail.left and "2000" in retail.right  # 突破2000 in the text, 2000 in the table
    # 7.1671 to 7.1681 billion dollars in five years against 6.12: 10.48 in 亿美元, not the distance of the roundings.
    assert float(found.loc["fdi_five_years"].difference) == pytest.approx(71.6756 - 61.2, abs=0.01)
    share = found[found.rule == "target_below_actual"].iloc[0]
    assert {share.left, share.right} == {"52%", "71.9%"} and float(share.difference) == pytest.approx(71.9 - 52)
    assert found[found.rule == "plan_jump"].indicator.tolist() == ["public_data_openness"]  # 20, 30, 80
    trade = found[(found.rule == "weaker_bound")]
    assert trade.indicator.tolist() == ["digital_trade"]  # 突破600 in the text, 620 in the tables


def test_counts_in_the_press_feature_agree_with_the_plan(loaded):
    table = relations.identities(loaded).set_index("finding_id")
    for relation in ("plan_indicators_28", "plan_measures_26", "plan_areas_6", "livelihood_ten"):
        assert table.status[relation] == "holds", relation


def test_a_stretch_and_a_floor_are_two_targets(loaded):
    """力争500 and 确保440 do not contradict each other."""
    pair = {"D003.digital_core_va.2027.1", "D003.digital_core_va.2027.2"}
    assert not any(pair == set(f.split()) for f in audit.findings(loaded).figures)


def test_every_finding_names_figures_on_file(loaded):
    for figures in audit.findings(loaded).figures:
        assert figures and set(figures.split()) <= set(loaded.figures.index)


# --- the rules on made-up rows -------------------------------------------------------------------------------------


def test_two_values_for_the_same_thing(data):
    changed = with_rows(data, ("D001-GWR.exports.2013", "X.exports.2013", {"obs_text": "81.9"}))
    found = [
        f
        for f in audit.same_thing_printed_twice(changed)
        if f["rule"] == "value_differs" and f["indicator"] == "exports"
    ]
    assert len(found) == 1 and found[0]["severity"] == "high" and found[0]["difference"] == "1"


def test_two_sources_that_differ_are_one_finding_for_an_indicator(data):
    changed = with_rows(
        data,
        ("D001-GWR.exports.2013", "X.exports.2013", {"obs_text": "81.9", "source_id": "D000"}),
        ("D001-GWR.trade_total.2013", "X.trade.2013", {"obs_text": "95.3", "source_id": "D000"}),
    )
    found = [f for f in audit.same_thing_printed_twice(changed) if f["rule"] == "vintages_differ"]
    # 81.9 / 80.9 - 1 = 1.24%; 95.3 agrees
    assert [(f["indicator"], f["difference"], f["severity"]) for f in found] == [("exports", "1.24%", "medium")]


def test_a_coarser_rounding_is_no_conflict(data):
    """81 and 80.9 are the same number rounded differently."""
    changed = with_rows(data, ("D001-GWR.exports.2013", "X.exports.2013", {"obs_text": "81", "source_id": "D000"}))
    assert not [
        f
        for f in audit.same_thing_printed_twice(changed)
        if f["indicator"] == "exports" and f["rule"] in ("value_differs", "bound_differs")
    ]


def test_a_tenfold_slip_is_noticed(data):
    changed = with_rows(data, ("D001-GWR.gdp.2013", "X.gdp.2014", {"obs_text": "19560", "time_period": "2014"}))
    assert [f["indicator"] for f in audit.implausible_steps(changed)] == ["gdp"]
    fine = with_rows(data, ("D001-GWR.gdp.2013", "X.gdp.2014", {"obs_text": "1956.0", "time_period": "2014"}))
    assert list(audit.implausible_steps(fine)) == []


def test_an_impossible_base_is_noticed(loaded):
    data = with_rows(loaded, ("D001-GWR.exports.2013.gy", "X.exports.2013.gy", {"obs_text": "-100"}))
    assert [f["figures"].split()[1] for f in audit.impossible_bases(data)] == ["X.exports.2013.gy"]
    assert list(audit.impossible_bases(loaded)) == []


def test_a_share_above_the_whole_is_noticed(loaded):
    data = with_rows(loaded, ("D003.fdi_platform_share.2023", "X.share", {"obs_text": "180"}))
    assert [f["figures"] for f in audit.shares_above_whole(data)] == ["X.share"]


def test_a_year_from_a_page_stamp_is_said(loaded):
    found = list(audit.years_from_page_stamps(loaded))
    assert [f["left"] for f in found] == ["2021-S1"]
    assert "D001-02.industrial_investment.2021-S1" in found[0]["figures"].split()


def test_a_change_of_currency_is_said(loaded):
    found = {f["indicator"] for f in audit.currency_changes(loaded)}
    assert "trade_total" in found and "gdp" not in found


# --- looking a figure up -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words,expected",
    [
        ("外资 2027", "D003.fdi_utilized.2027.2"),
        ("utilised foreign 2027", "D003.fdi_utilized.2027.2"),
        ("周转量 水路", "D003.water_freight_turnover.2027"),
        ("吴兴 出口 同比", "D002.exports.330502.2023-01P9M.gy"),
        ("ＧＤＰ 9%", "D001-GWR.gdp.2013.gy"),
    ],
)
def test_any_word_in_either_language(loaded, words, expected):
    assert expected in hz.find(loaded, words).index


def test_every_word_must_be_there(loaded):
    assert hz.find(loaded, "外资 火星").empty
    found = hz.find(loaded, "外资 2027", lang="en")
    assert found.loc["D003.fdi_utilized.2027.2", "value"] == "$1.8bn"
    assert found.loc["D003.fdi_utilized.2027.2", "place"].startswith("Open-economy plan, table")
