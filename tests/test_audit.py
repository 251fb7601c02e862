"""Findings of the documents against themselves, on real and on made-up figures."""

from dataclasses import replace
from fractions import Fraction

import pandas as pd
import pytest

import huzhou_analysis as hz
from huzhou_analysis.analysis import audit
from huzhou_analysis.facts.relations import ExpressionError, evaluate, relation_problems
from huzhou_analysis.facts.rounding import Interval


def with_rows(data, *changes):
    """Data with copies of figures added: (id of the original, new id, changed columns)."""
    rows = []
    for original, new, changed in changes:
        row = data.figure(original).to_dict() | changed
        rows.append(pd.Series(row | {"obs_value": float(row["obs_text"])}, name=new))
    return replace(data, figures=pd.concat([data.figures, pd.DataFrame(rows)]))


def test_expressions_on_intervals_by_hand(whole):
    value, used = evaluate(whole, "-(2 - [D001-GWR.exports.2013]) / 2 + 2")
    # 80.9 is printed to one decimal: ([80.85, 80.95) - 2) / 2 + 2
    assert (value.low, value.high) == (Fraction("41.425"), Fraction("41.475"))
    assert used == ["D001-GWR.exports.2013"]
    # straight: 250 + 265 + 280 + 290 + 300 = 1385; geometric: sqrt(250*280) = 264.575, sqrt(280*300) = 289.828 -> 1384.403
    value, used = evaluate(whole, 'path("transport_investment", 2023, 2027)')
    assert value.floats == pytest.approx((250 + (250 * 280) ** 0.5 + 280 + (280 * 300) ** 0.5 + 300, 1385))
    assert len(used) == 3
    value, _ = evaluate(whole, 'path("fdi_utilized", 2023, 2027)')  # 16 + 16.5 + 17 + 17.5 + 18
    assert value.floats == pytest.approx((84.985279, 85), abs=1e-6)


BROKEN = [
    "", " ", "(1", "1)", "1 +", "[No.such.figure] + 1", "[]", "[D001-GWR.exports.2013", "[D001-GWR.exports.2013].real",
    "[D001-GWR.exports.2013][0]", "1 / 0", "1 / (2 - 2)", "1 / ([D001-GWR.exports.2013] - [D001-GWR.exports.2013])", "2 ** 3",
    "1e999", "1e300 * 1e300", "9" * 400, "-" * 9999 + "1", "(" * 500 + "1" + ")" * 500, "exports + 1", "1 if 2 else 3", "1 < 2",
    "'a' * 3", "True", "None", "__import__('os')", "open('x')", "path", "path()", 'path("fdi_utilized")',
    'path("fdi_utilized", 2023)', 'path("fdi_utilized", "2023", 2027)', 'path("fdi_utilized", 2023, last=2027)',
    'path("fdi_utilized", 2020, 2027)', 'path("fdi_utilized", 2027, 2023)', 'path("nothing", 2023, 2027)', "_figure(7)",
    'outline_rows("D003")', 'outline_rows("D999", "x")', 'outline_rows("D003", "(")', 'outline_groups("D003", "地瓜")', "1; 2", "\x00",
]  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_relation_is_a_located_problem(whole, broken):
    with pytest.raises(ExpressionError):
        evaluate(whole, broken)
    data = replace(whole, relations=whole.relations.assign(right=[broken, *list(whole.relations.right[1:])]))
    assert [(p.file, p.row, p.column, p.value) for p in relation_problems(data)] == [
        ("relations.csv", 2, "right", broken)
    ]
    with pytest.raises(hz.DataError):
        hz.identities(data)


def test_an_identity_fails_only_if_no_value_satisfies_it():
    holding = [("=", (1, 2.1), (2, 3)), ("<=", (1.5, 4), (1, 2)), (">=", (1, 3.5), (3, 4))]
    failing = [("=", (1, 2), (2, 3)), ("<=", (3, 4), (1, 2)), (">=", (1, 2), (3, 4))]
    for expect, left, right in holding + failing:
        assert audit.holds(Interval(*left), expect, Interval(*right)) is ((expect, left, right) in holding)


def test_known_conflicts_are_found_and_name_their_figures(whole):
    found = hz.findings(whole)
    assert all(ids and set(ids.split()) <= set(whole.figures.index) for ids in found.figures)
    both = {"D003.digital_core_va.2027.1", "D003.digital_core_va.2027.2"}  # 力争500 and 确保440 do not contradict
    assert both not in [set(ids.split()) for ids in found.figures]
    found = found.set_index("finding_id")
    transport = found.loc["transport_investment_total"]
    assert transport.severity == "high" and float(transport.difference) == pytest.approx(1500 - 1385)
    # 7.1671 to 7.1681 billion dollars in five years against 6.12: 10.48 in 亿美元, not the distance of the roundings.
    assert float(found.loc["fdi_five_years"].difference) == pytest.approx(71.6756 - 61.2, abs=0.01)
    retail = found[(found.rule == "bound_differs") & (found.indicator == "retail_sales")].iloc[0]
    assert "2000" in retail.left and "2000" in retail.right  # 突破2000 in the text, 2000 in the table
    share = found[found.rule == "target_below_actual"].iloc[0]
    assert {share.left, share.right} == {"52%", "71.9%"} and float(share.difference) == pytest.approx(71.9 - 52)
    by_rule = found.groupby("rule").indicator.agg(list)
    assert by_rule["plan_jump"] == ["public_data_openness"]  # 20, 30, 80
    assert by_rule["weaker_bound"] == ["digital_trade"]  # 突破600 in the text, 620 in the tables
    assert found[found.rule == "page_stamp"].left.tolist() == ["2021-S1"]
    assert "trade_total" in by_rule["unit_break"] and "gdp" not in by_rule["unit_break"]
    status = hz.identities(whole).set_index("finding_id").status
    assert set(status[["plan_indicators_28", "plan_measures_26", "plan_areas_6", "livelihood_ten"]]) == {"holds"}


EXPORTS = "D001-GWR.exports.2013"
SLIPS = [
    # rule, changes to copies of figures, what is found: indicator, difference, severity
    ("value_differs", [(EXPORTS, {"obs_text": "81.9"})], [("exports", "1", "high")]),
    ("value_differs", [(EXPORTS, {"obs_text": "81", "source_id": "D000"})], []),  # the same, rounded more coarsely
    # 81.9 / 80.9 - 1 = 1.24%; 95.3 agrees
    ("vintages_differ", [(EXPORTS, {"obs_text": "81.9", "source_id": "D000"}),
                         ("D001-GWR.trade_total.2013", {"obs_text": "95.3", "source_id": "D000"})], [("exports", "1.24%", "medium")]),
    ("share_above_100", [("D003.fdi_platform_share.2023", {"obs_text": "180"})], [("fdi_platform_share", "80", "high")]),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "changes", "expected"), SLIPS)
def test_slips_are_found_and_nothing_else(data, rule, changes, expected):
    changed = with_rows(data, *((original, f"X.{original}", cells) for original, cells in changes))
    found = [f for each in audit.RULES for f in each(changed) if f["rule"] == rule and "X." in f["figures"]]
    assert [(f["indicator"], f["difference"], f["severity"]) for f in found] == expected
