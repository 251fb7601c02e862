"""A projection of what hz.series gives takes every whole year that the frame has."""

import huzhou_analysis as hz


def test_years_that_are_sums_of_printed_parts_are_history_and_not_filled_in(whole):
    # Trade of 2018, 2019 and 2021 to 2023 is exports plus imports; 2021: 1356.1886 + 134.7389.
    history = hz.project(hz.series(whole, "trade_total"), 2, kind="flow").history
    assert list(history.index) == list(range(2018, 2026))
    assert round(history[2021], 4) == 1490.9275
