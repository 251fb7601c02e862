"""The record of what was stated: appended once, never changed, scored when the outturn is printed."""

import datetime as dt
import math
from types import SimpleNamespace

import pandas as pd
import pytest

import huzhou_analysis as hz
from huzhou_analysis.analysis import outlook, record
from huzhou_analysis.facts.problems import DataError

DAY = dt.date(2024, 3, 1)


def said(kind, period="2024", **cells):
    """One statement of an edition on foreign investment, known to 2023."""
    one = {"edition": "x", "made": "2024-03-01", "kind": kind, "indicator": "fdi_utilized", "ref_area": "330500",
           "unit": "亿美元", "relation": "=", "known_to": "2023", "time_period": period}  # fmt: skip
    return one | cells


def scored(tables, *statements, **figures):
    for period, value in figures.items():
        cells = {"time_period": period[1:], "indicator": "fdi_utilized", "unit": "亿美元", "vintage": "2025"}
        tables.add_figure(f"out.{period}", value, **cells)
    rows = pd.DataFrame(statements, columns=record.COLUMNS).astype(dict.fromkeys(record.NUMBERS, float))
    return hz.score_record(tables.load(), rows)


def test_intervals_chances_and_verdicts_are_scored_by_hand(tables):
    found = scored(
        tables,
        said("interval", median=6, low=4, high=8, level=80),
        said("interval", median=6, low=5.5, high=6.5, level=50),
        said("chance", target=7, probability=0.3),
        said("chance", target=6, probability=0.9),
        said("verdict", target=7, status="behind"),
        said("verdict", target=7, status="ahead"),
        said("verdict", target=7, status="open"),  # says nothing of what will come
        said("interval", period="2025", low=4, high=8, level=80),
        y2024="7.0",
    )
    assert found.outturn.tolist()[:7] == [7.0] * 7 and found.outturn.isna()[7]
    assert found.hit.fillna(-1).tolist() == [1, 0, 1, 1, 0, 1, -1, -1]
    # (0.3 - 1)^2 and (0.9 - 1)^2
    assert found.brier.dropna().tolist() == pytest.approx([0.49, 0.01])
    scores = hz.record_scores(found).set_index(["kind", "level"])
    assert scores.loc[("chance", slice(None))].brier.item() == pytest.approx(0.25)
    assert scores.share[("interval", 80)] == 1 and scores.stated[("interval", 80)] == 2


def test_a_year_that_was_known_when_the_statement_was_made_scores_nothing(tables):
    assert scored(tables, said("interval", period="2023", low=4, high=8, level=80), y2023="7.0").hit.isna().all()


def test_part_of_a_year_can_already_be_too_much_for_an_interval(tables):
    tables.add_figure("part", "6.39", indicator="fdi_utilized", unit="亿美元", time_period="2024-01/P11M",
                      span="cumulative", vintage="2025")  # fmt: skip
    found = scored(tables, *(said("interval", low=1, high=high, level=80) for high in (6, 9)))
    assert found.at_least.tolist() == [6.39, 6.39] and found.hit.fillna(-1).tolist() == [0, -1]


def test_the_first_edition_is_on_record(whole):
    first = hz.record(whole).query("edition == '1'")
    chances = first[first.kind == "chance"].set_index("indicator").probability
    # What it printed: 9% for foreign investment of 18, 38% for trade of 2,000; foreign investment of 2024 at 5.95.
    assert chances.round(2).to_dict() == {"fdi_utilized": 0.09, "trade_total": 0.38}
    path = hz.hedgehog(whole, "实际利用外资")
    assert path.set_index("year")["median"].round(2)[2024] == 5.95
    verdicts = first[first.kind == "verdict"]
    assert verdicts[verdicts.indicator == "trade_total"].status.tolist() == ["far_behind"]
    assert hz.score_record(whole).query("indicator == 'fdi_utilized' and time_period == '2024'").at_least.eq(6.39).all()


@pytest.fixture
def forecasts(monkeypatch):
    """Chances and paths as the outlook gives them."""
    columns = {"low_50": 5, "high_50": 7, "low_80": 4, "high_80": 8, "low_95": 3, "high_95": 9, "median": 6.0}
    table = pd.DataFrame(columns, index=pd.Index([2024, 2025], name="year"))
    chance = {"indicator": "fdi_utilized", "area": "330500", "target": 18.0, "relation": "=", "unit": "亿美元", "year": 2027,
              "points": pd.DataFrame({"year": [2022, 2023]}), "projection": SimpleNamespace(table=table)}  # fmt: skip
    found = [SimpleNamespace(**chance, probability=probability) for probability in (0.02, math.nan)]
    monkeypatch.setattr(outlook, "outlooks", lambda data: found)


def test_an_edition_is_appended_once_and_read_again(tables, forecasts):
    tables.add_figure("now", "15", indicator="fdi_utilized", unit="亿美元", time_period="2023", vintage="2024-02")
    data = tables.load()
    before = record.path(data).read_bytes()
    written = record.append(data, "2", DAY)
    assert record.path(data).read_bytes().startswith(before)  # what was stated stays stated
    rows = hz.record(data).query("edition == '2'")
    assert len(rows) == written and rows.kind.value_counts()[["chance", "interval"]].tolist() == [1, 6]
    verdict = rows[(rows.kind == "verdict") & (rows.indicator == "fdi_utilized")].iloc[0]
    assert verdict[["status", "target", "known_to", "made"]].tolist() == ["behind", 18, "2023", "2024-03-01"]
    with pytest.raises(ValueError, match="on record already"):
        record.append(data, "2", DAY)


def test_tables_without_a_record_begin_one(tables, forecasts):
    data = tables.load()
    record.path(data).unlink()
    assert hz.record(data).empty and record.append(data, "1", DAY) == len(hz.record(data))
    raw = record.path(data).read_text(encoding="utf-8-sig")
    record.path(data).write_text(raw.replace("0.02", "two in a hundred"), encoding="utf-8")
    with pytest.raises(DataError, match="two in a hundred"):
        hz.record(data)
    record.path(data).write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match="the columns must be"):
        hz.record(data)
