"""An exhibit: what is derived of its marks, what it cites, what it hands on."""

import base64
import json

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import huzhou_analysis as hz
from huzhou_analysis.show import exhibit as module


@pytest.fixture
def handed_on(tmp_path, monkeypatch):
    monkeypatch.setenv(module.EXPORT_VARIABLE, str(tmp_path))
    return tmp_path


def path(data, **more):
    fdi = hz.series(data, "fdi_utilized")
    return hz.exhibit(
        data,
        "fdi_path",
        hz.over_years(data, fdi),
        title=("外资{last}", "FDI {last}"),
        last=hz.point(data, fdi),
        **more,
    )


def test_subtitle_sources_and_citations_follow_from_the_marks(whole):
    record = path(whole).record
    assert record["subtitle"]["zh"].startswith("实际利用外资，湖州市，亿美元，1990")
    cited = {c["figure_id"] for c in record["citations"]}
    assert cited == set(hz.series(whole, "fdi_utilized").figure_id)
    titles = [whole.sources.title[c["source_id"]] for c in record["citations"]]
    assert sum(f"《{t}》" in record["sources"]["zh"] for t in set(titles)) == 3
    assert f"等{len(set(titles))}处" in record["sources"]["zh"]


def test_a_record_is_plain_values_and_is_handed_on_once(whole, handed_on):
    e = path(whole, reading=("最近为{last}。", "The latest is {last}."))
    found = json.loads((handed_on / "fdi_path.json").read_text(encoding="utf-8"))
    assert found == json.loads(json.dumps(e.record)) | {"order": 0}
    bundle = e._repr_mimebundle_()
    assert bundle[module.EXHIBIT_TYPE] == {"id": "fdi_path"}
    with pytest.raises(ValueError, match="rename"):
        path(whole)


def test_a_plot_of_ones_own_travels_as_a_picture_in_both_languages(whole, handed_on):
    exports = hz.series(whole, "exports")
    figure, ax = plt.subplots()
    exports.plot(x="year", y="value", ax=ax, title="湖州出口")
    e = hz.exhibit(whole, "my_exports", ax, title=("湖州出口", "Exports of Huzhou"), also=exports.figure_id)
    assert base64.b64decode(e.record["picture"]["en"]["png"]).startswith(b"\x89PNG")
    assert plt.get_fignums() == []
    assert any("CJK" in name for text in [*figure.texts, ax.title] for name in text.get_fontfamily())
    with pytest.raises(ValueError, match="no chart of marks"):
        e.figure()


def test_cells_of_a_table_are_numbers_texts_or_quantities(whole):
    table = pd.DataFrame(
        {
            "name": [hz.text("外资", "FDI"), hz.text("出口", "Exports")],
            "value": [
                hz.figure_quantity(whole, "D003.fdi_utilized.2027.2"),
                hz.figure_quantity(whole, "D001-GWR.exports.2013"),
            ],
            "n": [3, None],
        }
    )
    e = hz.exhibit(
        whole,
        "small_table",
        table,
        title=("表", "Table"),
        columns={"name": ("指标", "Indicator"), "value": ("数值", "Value"), "n": "n"},
    )
    assert e.table("en").values.tolist() == [["FDI", "$1.8bn", "3"], ["Exports", "$8.09bn", "—"]]
    assert e.numbers("en").value.tolist() == [1.8, 8.09]
    assert [c["figure_id"] for c in e.record["citations"]] == ["D003.fdi_utilized.2027.2", "D001-GWR.exports.2013"]


def test_text_of_a_table_is_data_and_never_markup(whole):
    table = pd.DataFrame({"a": ["<img src=x onerror=alert(1)>"]})
    shown = hz.exhibit(whole, "hostile", table, title=("<b>题</b>", "<b>Title</b>"))._repr_mimebundle_()["text/html"]
    assert "<img src=x" not in shown and "<b>题" not in shown


def test_a_finding_is_said_in_the_chosen_language_and_travels_in_both(whole, handed_on):
    hz.style("en")
    said = hz.finding("外资{last}", "FDI {last}", last=hz.point(whole, hz.series(whole, "fdi_utilized")))
    hz.style("zh")
    bundle = said._repr_mimebundle_()
    assert bundle["text/markdown"] == "外资5.80亿美元"
    assert bundle[module.TEXT_TYPE] == {
        "zh": "外资5.80亿美元",
        "en": "FDI $580m",
        "figures": ["C-FDI.fdi_utilized.2023"],
    }


def test_a_citation_names_document_place_print_and_period(whole):
    assert hz.cite(whole, "D001-GWR.gdp.2013") == (
        "《2014年湖州市政府工作报告》（湖州市人民政府，2014-02-11），一 导语：“地区生产总值达到1803.2亿元”（2013年，原文载明）"
    )
    with pytest.raises(KeyError, match=r"D001-GWR\.gdp\.2013"):
        hz.cite(whole, "D001-GWR.gdp.2031")
