"""An exhibit: what is derived of its marks, what it cites, what it hands on."""

import base64
import json

import matplotlib.pyplot as plt
import pandas as pd
import pytest
import seaborn as sns
from matplotlib.text import Text

import huzhou_analysis as hz
from huzhou_analysis.show import exhibit as module


@pytest.fixture
def handed_on(tmp_path, monkeypatch):
    monkeypatch.setenv(module.EXPORT_VARIABLE, str(tmp_path))
    return tmp_path


def path(data, **more):
    fdi, title = hz.series(data, "fdi_utilized"), ("外资{last}", "FDI {last}")
    return hz.exhibit(data, "fdi_path", hz.over_years(data, fdi), title=title, last=hz.point(data, fdi), **more)


def test_subtitle_sources_and_citations_follow_from_the_marks(whole):
    record = path(whole).record
    assert record["subtitle"]["zh"].startswith("实际利用外资，湖州市，亿美元，1990")
    assert {c["figure_id"] for c in record["citations"]} == set(hz.series(whole, "fdi_utilized").figure_id)
    titles = {whole.sources.title[c["source_id"]] for c in record["citations"]}
    assert sum(f"《{t}》" in record["sources"]["zh"] for t in titles) == 3
    assert f"等{len(titles)}处" in record["sources"]["zh"]


def test_a_record_is_plain_values_and_is_handed_on_once(whole, handed_on):
    e = path(whole, reading=("最近为{last}。", "The latest is {last}."))
    found = json.loads((handed_on / "fdi_path.json").read_text(encoding="utf-8"))
    assert found == json.loads(json.dumps(e.record)) | {"order": 0}
    bundle = e._repr_mimebundle_()
    assert bundle[module.EXHIBIT_TYPE] == {"id": "fdi_path"}
    with pytest.raises(ValueError, match="rename"):
        path(whole)


def test_a_plot_of_ones_own_travels_with_its_title_and_sources(whole, handed_on):
    exports = hz.series(whole, "exports")
    plot = sns.lineplot(exports, x="year", y="value")
    plot.set_title("湖州出口\ud83d")
    e = hz.exhibit(whole, "my_exports", plot, title=("湖州出口", "Exports of Huzhou"), also=exports)
    assert base64.b64decode(e.record["picture"]["en"]["png"]).startswith(b"\x89PNG")
    assert plt.get_fignums() == []
    assert plot.title.get_text() == "湖州出口?" and any("CJK" in name for name in plot.title.get_fontfamily())
    assert e.record["subtitle"]["zh"] == "出口总额，湖州市"
    for lang in ("zh", "en"):
        shown = e.figure(lang)
        words = "".join(t.get_text() for t in shown.findobj(Text))
        assert len(shown.axes[0].images) == 1
        assert e.record["title"][lang] in words and e.record["sources"][lang][:40] in words
    assert e.record["sources"]["zh"].count("《") == 3


def test_half_a_character_is_replaced_and_text_is_never_markup(whole, handed_on):
    table = pd.DataFrame({"a": ["<img src=x onerror=alert(1)>\ud83d"]})
    e = hz.exhibit(whole, "half", table, title=("<b>题</b>\ud83d", "<b>Title</b>"))
    assert (e.record["title"]["zh"], e.table("zh").a[0][-2:]) == ("<b>题</b>?", ">?")
    assert repr(hz.finding("半\ud83d", "half")) == "半?"
    shown = e._repr_mimebundle_()["text/html"]
    assert "<img src=x" not in shown and "<b>题" not in shown


def test_a_fan_cites_the_figures_that_it_projects(whole):
    fdi = hz.series(whole, "fdi_utilized", everything=True)
    found = hz.project(fdi, 2, across_breaks=True)
    record = hz.exhibit(whole, "fdi_fan", hz.fan(found, "亿美元"), title=("题", "Title")).record
    used = set(fdi[fdi.year.isin([*found.history.index, *found.years])].figure_id)
    assert {c["figure_id"] for c in record["citations"]} == {i for joined in used for i in joined.split()}
    trade = hz.outlook(whole, "trade_total")  # whose levels are sums of two other measures
    record = hz.exhibit(whole, "trade_fan", hz.fan(trade, trade.unit), title=("题", "T")).record
    assert "外贸进出口总额，" in record["subtitle"]["zh"]


def test_targets_for_a_spreadsheet_are_numbers_with_units_and_gaps(whole, tmp_path):
    gaps = hz.target_gaps(whole, full=True)
    with pytest.raises(ValueError, match="full=True"):
        hz.target_rows(whole, hz.target_gaps(whole))
    retail = gaps[(gaps.indicator == "retail_sales") & (gaps.table == "open")]
    for lang, scale, unit in (("zh", 1, ("单位", "亿元")), ("en", 0.1, ("Unit", "CNY bn"))):
        hz.target_rows(whole, retail, lang=lang).to_excel(tmp_path / "a.xlsx", index=False)
        [row] = pd.read_excel(tmp_path / "a.xlsx").to_dict("records")
        target, actual, gap = (row[hz.TARGET_HEADINGS[c][lang]] for c in ("target", "actual", "gap"))
        assert (target, row[unit[0]]) == (2000 * scale, unit[1])
        assert gap == pytest.approx(target - actual) == pytest.approx(retail.gap.iloc[0] * scale)


def test_cells_of_a_table_are_numbers_texts_or_quantities(whole):
    ids = ["D003.fdi_utilized.2027.2", "D001-GWR.exports.2013"]
    names = [hz.text("外资", "FDI"), hz.text("出口", "Exports")]
    table = pd.DataFrame({"name": names, "value": [hz.figure_quantity(whole, i) for i in ids], "n": [3, None]})
    heads = {"name": ("指标", "Indicator"), "value": ("数值", "Value"), "n": "n"}
    e = hz.exhibit(whole, "small_table", table, title=("表", "Table"), columns=heads)
    assert e.table("en").values.tolist() == [["FDI", "$1.8bn", "3"], ["Exports", "$8.09bn", "—"]]
    assert e.numbers("en").value.tolist() == [1.8, 8.09]
    assert [c["figure_id"] for c in e.record["citations"]] == ids


def test_a_finding_is_said_in_the_chosen_language_and_travels_in_both(whole, handed_on):
    hz.style("en")
    said = hz.finding("外资{last}", "FDI {last}", last=hz.point(whole, hz.series(whole, "fdi_utilized")))
    hz.style("zh")
    bundle, figures = said._repr_mimebundle_(), ["C-FDI.fdi_utilized.2023"]
    assert bundle["text/markdown"] == "外资5.80亿美元"
    assert bundle[module.TEXT_TYPE] == {"zh": "外资5.80亿美元", "en": "FDI $580m", "figures": figures}


def test_a_citation_of_what_is_not_on_file_names_what_is_near(whole):
    with pytest.raises(KeyError, match=r"D001-GWR\.gdp\.2013"):
        hz.cite(whole, "D001-GWR.gdp.2031")


def test_the_sliders_draw_every_indicator_that_they_offer(whole):
    which, _, shown = hz.explore(whole).children
    assert [code for _, code in which.options] == hz.open_indicators(whole) and len(which.options) > 3
    for _, code in which.options:
        before, which.value = shown.value if code != which.value else "", code
        assert '<img class="huzhou-scenario"' in shown.value != before
