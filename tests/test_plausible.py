"""Figures that stand out are asked about, with both numbers, and nothing is changed."""

import dataclasses
import datetime as dt

import pandas as pd
import pytest

from huzhou_analysis.facts.plausible import questions

TODAY = dt.date(2026, 11, 1)
GDP, RATE, COUNTY = "D001-GWR.gdp.2013", "D001-GWR.gdp.2013.gy", "330502"


def asked(data, figure_id, **cells):
    """What is asked about a figure, some of whose cells are changed."""
    figures = data.figures.copy()
    for column, value in cells.items():
        figures.loc[figure_id, column] = value
    return questions(dataclasses.replace(data, figures=figures), [figure_id], TODAY)


def test_few_questions_about_the_tables_as_they_are(whole):
    assert len(questions(whole, today=TODAY)) <= 5


SLIPS = {
    # name: (figure, what is changed, both numbers or words that the question names)
    "ten times too much": (GDP, {"obs_value": 18032.0, "obs_text": "18032"}, ["18032亿元", "18031501万元"]),
    "万元 for 亿元": (GDP, {"unit": "万元"}, ["1803.2万元", "18031501万元"]),
    "another year": (GDP, {"time_period": "2014"}, ["time_period", "2014"]),
    "another area": (GDP, {"ref_area": COUNTY}, ["ref_area", COUNTY]),
    "published in the future": (GDP, {"vintage": "2062"}, ["2062"]),
    "growth of 59 %": (RATE, {"obs_value": 59.0, "obs_text": "59"}, ["59%"]),
    "a rise for a fall": (RATE, {"obs_value": -9.0, "obs_text": "-9.0"}, ["-9.0%"]),
    "a goal as a result": (GDP, {"as_printed": "预计达到1803.2亿元"}, ["预计"]),
    "another area in the text": (GDP, {"as_printed": "嘉兴市生产总值1803.2亿元"}, ["嘉兴市"]),
    "another indicator in the text": (GDP, {"as_printed": "社会消费品零售总额1803.2"}, ["社会消费品零售总额"]),
    "counted in 家": (GDP, {"unit": "家"}, ["家", "亿元"]),
    "a year that is not over": (GDP, {"vintage": "2013-10", "obs_status": "A", "comment": ""}, ["2013-10"]),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_asked_about_with_both_numbers(whole, slip):
    figure_id, cells, words = SLIPS[slip]
    assert questions(whole, [figure_id], TODAY) == []
    (question,) = asked(whole, figure_id, **cells)
    assert question.figure_id == figure_id
    assert [word for word in words if word not in f"{question.zh} {question.en}"] == []
    # Looked at and kept: it is not asked about again.
    assert asked(whole, figure_id, **cells, corrected="flag") == []


def test_a_new_figure_without_its_own_id_is_held_against_its_series_and_its_city(whole):
    row = whole.figures.loc[[GDP]].rename(index={GDP: "N1"})

    def found(**cells):
        figures = pd.concat([whole.figures, row.assign(**cells)])
        return [question.rule for question in questions(dataclasses.replace(whole, figures=figures), ["N1"], TODAY)]

    assert found() == []
    assert found(ref_area=COUNTY) == ["parent"]
    assert found(time_period="2004") == ["twice"]
    assert found(obs_value=9000.0, obs_text="9000") == ["twice"]
    assert found(obs_value=0.0, obs_text="0") == []  # a zero is no multiple of anything
