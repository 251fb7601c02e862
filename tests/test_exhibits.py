"""The editorial lint over every exhibit in both languages, and numbers of some recomputed by hand."""

import csv
import dataclasses
import html
import inspect
import io
import re
import shutil
from collections import Counter
from html.parser import HTMLParser
from math import ceil, floor, sqrt

import pandas as pd
import pytest
from exhibit_calls import CALLS, LANGUAGES, ROOT, Call, exhibit, tables
from matplotlib.text import Text

import huzhou_analysis as hz
from huzhou_analysis import exhibit as library
from huzhou_analysis.exhibit import Column, Exhibit, citation_frame, citations, hand_on
from huzhou_analysis.facts.words import text

LONGEST = {"zh": 45, "en": 120}
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
QUOTED = re.compile(r"“[^”]*”")
LEFT_BEHIND = re.compile(r"\bnan\b|\bNone\b|\bNaT\b|\binf\b|[{}<>]=?[a-z]|\.\d{5,}|--")
SENTENCE = re.compile(r"[A-Za-z]{2,}(?:[ ,;]+[A-Za-z]{2,}){2,}")


every_exhibit = pytest.mark.parametrize("call", CALLS, ids=str)
both_languages = pytest.mark.parametrize("lang", LANGUAGES)


def by_id(exhibit_id):
    """The exhibit of an id; it is enough that those before it can be made."""
    return next(e for e in map(exhibit, CALLS) if e.id == exhibit_id)


# --------------------------------------------------------------------------------------------------------- all of them


def test_every_exhibit_function_is_shown_by_a_notebook():
    written = {
        (theme, name)
        for theme in hz._THEMES
        for name, function in inspect.getmembers(getattr(hz, theme), inspect.isfunction)
        if function.__module__.endswith(f".{theme}") and inspect.signature(function).return_annotation == "Exhibit"
    }
    assert written == {(call.theme, call.function) for call in CALLS}


def test_ids_are_unique_and_can_be_file_names_anywhere():
    ids = Counter(exhibit(call).id for call in CALLS)
    assert [i for i, n in ids.items() if n > 1] == []
    assert [i for i in ids if not re.fullmatch(r"[a-z0-9_]{3,60}", i)] == []


# --------------------------------------------------------------------------------------------------------------- texts


@every_exhibit
def test_the_title_is_short(call):
    title = exhibit(call).title
    assert all(0 < len(title[lang]) <= longest for lang, longest in LONGEST.items()), title


@both_languages
@every_exhibit
def test_the_title_states_a_finding(call, lang):
    """A finding has a number in it; a topic has none, and no finding ends like a label or a sentence."""
    title = exhibit(call).title[lang]
    assert re.search(r"\d", title)
    assert title == title.strip()
    assert title[-1] not in "。.：:；;，,"
    assert title != exhibit(call).subtitle[lang]


@both_languages
@every_exhibit
def test_the_subtitle_says_what_is_shown(call, lang):
    subtitle = exhibit(call).subtitle[lang]
    assert subtitle.strip()
    assert subtitle[-1] not in "。."


@both_languages
@every_exhibit
def test_the_reading_has_one_to_three_sentences(call, lang):
    reading = exhibit(call).reading[lang]
    ends = re.findall(r"[。！？]", reading) if lang == "zh" else re.findall(r"[.!?](?=\s|$)", reading)
    assert 1 <= len(ends) <= 3
    assert reading.endswith("。" if lang == "zh" else ".")


def texts_in(shown, lang):
    """Texts of an exhibit with the place where each stands, the words of documents left out."""
    yield from (("title", shown.title[lang]), ("subtitle", shown.subtitle[lang]), ("reading", shown.reading[lang]))
    yield from (("note", note[lang]) for note in shown.notes)
    frame = shown.frame(lang)
    yield from (("heading", heading) for heading in frame.columns)
    yield from (("cell", cell) for cell in frame.to_numpy().ravel())
    cited = citation_frame(shown.citations, lang)
    yield from (("citation heading", heading) for heading in cited.columns)
    if lang == "en":
        yield from (("source", line) for line in [shown.source_line(lang), *shown.citations.source_en])
        yield from (("place", place) for place in shown.citations.locator_en)
        yield from (("value", value) for value in shown.citations.value_en)
        yield from (("period", period) for period in shown.citations.period_en)


@every_exhibit
def test_english_texts_hold_no_chinese(call):
    """Names of documents and plans within quotation marks aside."""
    texts = [(where, QUOTED.sub("", found)) for where, found in texts_in(exhibit(call), "en")]
    assert [(where, found) for where, found in texts if CHINESE.search(found)] == []


@every_exhibit
def test_chinese_texts_hold_no_english_sentence(call):
    assert [(where, found) for where, found in texts_in(exhibit(call), "zh") if SENTENCE.search(found)] == []


@every_exhibit
def test_no_text_holds_what_a_program_leaves_behind(call):
    for lang in LANGUAGES:
        for where, found in texts_in(exhibit(call), lang):
            assert not LEFT_BEHIND.search(found), (where, found)
            assert found == found.strip(), (where, found)


@every_exhibit
def test_a_picture_is_described_to_who_cannot_see_it(call):
    shown = exhibit(call)
    if shown.draw is not None:
        for lang in LANGUAGES:
            assert len(shown.alt.get(lang, "")) > 10
            assert shown.alt[lang] != shown.title[lang]


@every_exhibit
def test_english_descriptions_hold_no_chinese(call):
    assert not CHINESE.search(QUOTED.sub("", exhibit(call).alt.get("en", "")))


# ---------------------------------------------------------------------------------------------- sources and statuses


@every_exhibit
def test_every_figure_cited_is_on_file(call):
    shown, data = exhibit(call), tables()
    assert len(shown.citations)
    assert set(shown.citations.figure_id) <= set(data.figures.index)
    assert shown.citations.figure_id.is_unique
    if "figure_id" in shown.table:
        assert {i for ids in shown.table.figure_id for i in ids.split()} <= set(shown.citations.figure_id)


@both_languages
@every_exhibit
def test_the_source_line_names_the_documents_of_the_figures_used(call, lang):
    shown, data = exhibit(call), tables()
    titles = data.sources.title if lang == "zh" else data.sources.title_en
    used = {titles[data.figures.source_id[figure_id]] for figure_id in shown.citations.figure_id}
    line = shown.source_line(lang)
    others = {title for title in titles if title in line} - used
    if len(used) > 4:
        assert re.search(rf"(?<!\d){len(used)}(?!\d)", line)
    else:
        assert [title for title in used if title not in line] == []
        assert others == set()
    assert shown.foot(lang)[-1] == line


def test_sources_are_derived_from_the_figures_and_cannot_be_written():
    data = tables()
    made = Exhibit("x", text("甲1", "one 1"), text("乙", "two"), text("丙。", "three."), pd.DataFrame({"a": [1.0]}),
                   [Column("a", text("列", "Column"), 0)], citations(data, ["D001-GWR.gdp.2013"]))  # fmt: skip
    assert "政府工作报告" in made.source_line("zh")
    changed = dataclasses.replace(made, citations=citations(data, ["D000.fdi_utilized.2018P5Y"]))
    assert "政府工作报告" not in changed.source_line("zh")
    assert "sweet potato" in changed.source_line("en")


def test_citations_keep_the_order_and_give_each_figure_once():
    asked = ["D001-GWR.gdp.2013.gy", "", "D001-GWR.gdp.2013 D001-GWR.gdp.2013.gy", "D001-GWR.gdp.2013"]
    assert list(citations(tables(), asked).figure_id) == ["D001-GWR.gdp.2013.gy", "D001-GWR.gdp.2013"]


def test_a_figure_that_is_not_there_is_refused_with_near_ones():
    with pytest.raises(KeyError, match=r"near: .*D001-GWR\.gdp\.2013"):
        citations(tables(), ["D001-GWR.gdp.2103"])


def notes(shown, lang):
    return " ".join(shown.foot(lang)[:-1])


@every_exhibit
def test_the_notes_say_of_what_status_the_figures_are(call):
    """Read from the tables themselves: a note stands exactly where a figure calls for it."""
    shown, data = exhibit(call), tables()
    used = data.figures.loc[shown.citations.figure_id]
    for wanted, zh, en in (
        ((used.record_type == "claim").any(), "宣称数字", "claims of promotional pages"),
        ((used.time_basis == "inferred").any(), "部分时期为推断", "periods are inferred"),
        (((used.obs_status == "P") & (used.record_type != "claim")).any(), "初步数", "provisional figures"),
    ):
        assert (zh in notes(shown, "zh")) == wanted
        assert (en in notes(shown, "en")) == wanted


@every_exhibit
def test_a_claim_in_a_table_is_called_a_claim(call):
    shown = exhibit(call)
    if "宣称" in " ".join(shown.frame("zh").to_numpy().ravel()):
        assert "宣称数字" in notes(shown, "zh")
        assert "claims of promotional pages" in notes(shown, "en")


def test_there_are_claims_inferred_periods_and_provisional_figures_among_the_exhibits():
    """Else the checks above would hold for want of cases."""
    together = " ".join(notes(exhibit(call), "en") for call in CALLS)
    assert all(word in together for word in ("claims of promotional", "inferred", "provisional"))


# ----------------------------------------------------------------------------------------------- what is handed over

EVIL = '<script>alert("湖州")</script>'


@pytest.fixture(scope="module")
def evil_data(tmp_path_factory):
    """A copy of the tables in which texts hold markup."""
    folder = tmp_path_factory.mktemp("data")
    for path in (ROOT / "data").glob("*.csv"):
        shutil.copy(path, folder)
    for name, column in (("indicators", "name_zh"), ("indicators", "name_en"), ("sources", "title"),
                         ("sources", "title_en"), ("figures", "comment")):  # fmt: skip
        path = folder / f"{name}.csv"
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        frame[column] = frame[column] + EVIL
        frame.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")
    return hz.load(folder)


@both_languages
@pytest.mark.parametrize("make", [
    lambda data: hz.foreign_investment.projected(data), lambda data: hz.foreign_investment.trajectory(data),
    lambda data: hz.targets_2027.plan_table(data, "open"),
], ids=["table", "chart", "plan"])  # fmt: skip
def test_markup_in_a_table_is_shown_as_text_in_a_notebook(evil_data, make, lang):
    shown = hz.show(make(evil_data), lang=lang)._repr_html_()
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown


def test_markup_in_a_title_and_in_a_description_is_shown_as_text():
    made = dataclasses.replace(by_id("foreign_investment_path"), title=text(EVIL, EVIL), alt=text('"><b>', '"><b>'))
    shown = hz.show(made, lang="en")._repr_html_()
    assert "<b>" not in shown.replace("<p><b>Reading</b>", "")
    table = dataclasses.replace(made, draw=None, subtitle=text(EVIL, EVIL), reading=text(EVIL, EVIL))
    assert "<script" not in hz.show(table, lang="en")._repr_html_()


def test_markup_in_a_table_is_shown_as_text_in_the_report(evil_data, tmp_path):
    import json

    from huzhou_analysis.export.change_notes import Notes
    from huzhou_analysis.export.html import City, Section, index_page, report_page

    hand_on(hz.foreign_investment.projected(evil_data), tmp_path)
    (record,) = [json.loads(path.read_text(encoding="utf-8")) for path in tmp_path.glob("*.json")]
    record["title"] = text(EVIL, EVIL)
    sections = [Section.make("01_x", f"A {EVIL} · 甲 {EVIL}", [record], tmp_path, City(text(EVIL, EVIL + "{x}")))]
    moved = Notes(text(EVIL, EVIL), [], [])
    for page in (
        report_page(sections, "zh", moved),
        report_page(sections, "en", moved),
        index_page(sections, moved, []),
    ):
        assert page.count("<script") == page.count("<script>// Tables can be sorted")  # the page's own, and no other
        assert "&lt;script&gt;" in page


@pytest.mark.parametrize("name", [
    "成本$a_$b", "US$ against CA$", r"50\% of \frac", "a_b^c",
])  # fmt: skip
def test_any_name_of_an_indicator_can_be_drawn_as_it_is(name):
    """A dollar sign is a dollar sign and begins no formula."""
    shown = dataclasses.replace(exhibit(Call("", "foreign_investment", "outbound")), title=text(name, name))
    with library.charts.house_style():
        figure = shown.figure("zh")
        drawn = [found for found in figure.findobj(Text) if found.get_text() == name]
        figure.canvas.draw()
        assert drawn
        # A formula has a typesetting of its own: in it, signs fall away and the text becomes shorter.
        plain = sum(library.charts.text_width(figure, character, drawn[0].get_fontsize()) for character in name)
        assert library.charts.text_width(figure, name, drawn[0].get_fontsize()) == pytest.approx(plain, rel=0.05)


@every_exhibit
def test_the_table_is_written_for_excel_and_for_programs(call, tmp_path):
    shown = exhibit(call)
    raw = shown.save(tmp_path / "table.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")  # without this mark Excel shows Chinese as rubbish
    assert b"\r" not in raw
    header, *rows = csv.reader(io.StringIO(raw.decode("utf-8-sig")))
    assert len(rows) == len(shown.machine_table())
    assert len(rows) >= len(shown.table)
    assert len(set(header)) == len(header)
    assert [name for name in header if not re.fullmatch(r"[a-z0-9_]+", name)] == []
    zh, en = ({name[:-3] for name in header if name.endswith(f"_{lang}")} for lang in LANGUAGES)
    assert zh == en
    assert not any("{'zh'" in cell for row in rows for cell in row)


@both_languages
@every_exhibit
def test_the_table_shown_has_every_row_and_no_empty_heading(call, lang):
    shown = exhibit(call)
    frame = shown.frame(lang)
    assert len(frame) == len(shown.table) > 0
    assert frame.columns.is_unique
    assert all(heading.strip() for heading in frame.columns)


def test_what_a_notebook_shows_in_a_language_is_in_that_language():
    shown = by_id("targets_table_open")
    page = hz.show(shown, lang="en")._repr_html_()
    assert shown.title["en"] in page
    assert shown.title["zh"] not in page
    assert 'lang="en"' in page
    assert 'lang="zh-CN"' in hz.show(shown)._repr_html_()


def test_an_exhibit_is_handed_on_only_while_a_report_is_made(tmp_path, monkeypatch):
    monkeypatch.delenv(library.EXPORT_VARIABLE, raising=False)
    hz.show(by_id("overview_milestones"))
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setenv(library.EXPORT_VARIABLE, str(tmp_path))
    hz.show(by_id("overview_milestones"))
    assert {path.name for path in tmp_path.iterdir()} == {"overview_milestones.csv", "overview_milestones.json"}
    with pytest.raises(ValueError, match="overview_milestones"):
        hz.show(by_id("overview_milestones"))


class Seen(HTMLParser):
    """Tags of a display in order, with the summaries and the tables behind each."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.rows, self.summaries, self.open = [], [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag == "details":
            self.rows.append(0)
        if tag == "tr" and self.rows:
            self.rows[-1] += 1
        if tag not in ("img", "meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "summary":
            self.summaries.append(data)


@both_languages
@pytest.mark.parametrize("exhibit_id", ["foreign_investment_path", "overview_headlines", "target_card_fdi_utilized"])
def test_a_notebook_shows_the_reading_with_data_and_citations_behind_a_click(exhibit_id, lang):
    shown = by_id(exhibit_id)
    page = hz.show(shown, lang=lang)._repr_html_()
    seen = Seen(page)
    assert seen.open == []
    assert html.escape(shown.reading[lang]) in page
    words = {"zh": ("数据", "出处"), "en": ("Data", "Citations")}[lang]
    counts = (len(shown.table), len(shown.citations))
    behind = [f"{word} ({count})" for word, count in zip(words, counts, strict=True)]
    # A table that is shown already is not offered once more.
    expected = behind if shown.draw is not None or shown.cards else behind[1:]
    assert seen.summaries[-len(expected) :] == expected
    assert seen.rows[-1] == len(shown.citations) + 1
    assert (seen.tags.count("img") == 1) == (shown.draw is not None)
    assert " open" not in re.findall(r"<details[^>]*>", page)


def test_colours_of_a_display_follow_the_theme_of_jupyterlab():
    page = hz.show(by_id("foreign_investment_path"))._repr_html_()
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    for rule in re.findall(r"(?<![-\w])(?:color|border|background):([^;}]+)", style):
        assert "var(--jp-" in rule or rule in ("#fff",), rule


# ----------------------------------------------------------------------------------------------------- one's own


def composed(**texts):
    given = {
        "title": ("外资{0}", "FDI {0}"),
        "reading": ("目标{0}，原为{1}{x}{}。", "Target {0}, once {1}{x}{}."),
    } | texts
    return hz.compose(tables(), "my_own", ["D003.fdi_utilized.2027.2", "D003.fdi_utilized.2023"], **given)


def test_an_exhibit_of_ones_own_takes_its_numbers_from_the_figures(tmp_path):
    made = composed()
    # Printed: 18 and 16 (亿美元).
    assert made.title == text("外资18亿美元", "FDI USD 1.8 bn")
    assert made.reading == text("目标18亿美元，原为16亿美元{x}{}。", "Target USD 1.8 bn, once USD 1.6 bn{x}{}.")
    assert made.frame("en")["Value"].tolist() == ["USD 1.8 bn", "USD 1.6 bn"]
    assert made.frame("zh")["时期"].tolist() == ["2027年", "2023年"]
    assert made.citations.figure_id.tolist() == ["D003.fdi_utilized.2027.2", "D003.fdi_utilized.2023"]
    header = made.save(tmp_path / "own.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    assert {"indicator_zh", "value_en", "figure_id"} <= set(header.split(","))


@pytest.mark.parametrize(("arguments", "said"), [
    (("My Own", ["D003.fdi_utilized.2023"]), "choose another"),
    (("../own", ["D003.fdi_utilized.2023"]), "choose another"),
    (("my_own", []), "hz.find"),
    (("my_own", ["D003.fdi_utilised.2023"]), "near: D003.fdi_utilized.2023"),
])  # fmt: skip
def test_an_exhibit_of_ones_own_is_refused_with_what_to_do(arguments, said):
    with pytest.raises((KeyError, ValueError), match=said):
        hz.compose(tables(), *arguments, title=("甲", "A"), reading=("乙", "B"))


def test_a_text_that_names_a_figure_which_was_not_chosen_is_refused():
    with pytest.raises(ValueError, match=r"\{2\} stands for no figure: 2 are chosen"):
        composed(title=("甲{2}", "A {2}"))


# ------------------------------------------------------------------------------------------------ recomputed by hand


def test_foreign_investment_five_year_mean_and_what_the_goal_asks():
    # Printed: 61.2 (USD 100m) over 2018-2022; the target of 2027 is 18.
    shown = by_id("foreign_investment_conflict")
    mean = 61.2 / 5
    assert mean == pytest.approx(12.24)
    assert "12.24亿美元" in shown.reading["zh"]
    assert "USD 1.224 bn" in shown.reading["en"]
    assert f"高{round((18 / mean - 1) * 100)}%" in shown.reading["zh"]
    # 12.7143 and 18.9881 in the yearbook, 12.0619, 12.14 and 15.7713 in the compilation
    years = 12.7143 + 18.9881 + 12.0619 + 12.14 + 15.7713
    assert f"{years:.1f}亿美元" in shown.title["zh"]
    assert f"{years - 61.2:.1f}亿美元" in shown.reading["zh"]


def test_foreign_investment_fell_and_what_the_goal_needs():
    # 15.7713 in 2022 and 5.80 in 2023 against a target of 16; 18 in 2027, four years on.
    shown = by_id("foreign_investment_path")
    assert "2023年降至5.80亿美元" in shown.title["zh"]
    assert f"每年增{round(((18 / 5.8) ** (1 / 4) - 1) * 100)}%" in shown.title["zh"]
    assert "16亿美元" in shown.reading["zh"]
    assert f"{round((5.8 / 15.7713 - 1) * 100)}%".replace("-", "-") in shown.reading["zh"]
    assert "6.39亿美元" in shown.reading["zh"]
    origins = dict(zip(shown.frame("zh")["时期"], shown.frame("zh")["性质"], strict=True))
    assert (origins["2018—2022年"], origins["2024年1—11月"], origins["2023年"]) == ("多年合计", "部分年份", "印刷")


def test_outbound_investment_summed_along_its_path():
    # Printed: 3, 3.3, 3.6 (USD 100m) for 2023, 2025, 2027, and 16 over the five years.
    shown = by_id("foreign_investment_outbound")
    straight = 3 + 3.15 + 3.3 + 3.45 + 3.6
    geometric = 3 + sqrt(3 * 3.3) + 3.3 + sqrt(3.3 * 3.6) + 3.6
    values = dict(zip(shown.frame("zh")["项目"], shown.frame("zh")["数值"], strict=True))
    assert values["2023—2027年路径累加（等差）"] == f"{straight:.2f}亿美元" == "16.50亿美元"
    assert values["2023—2027年路径累加（等比）"] == f"{geometric:.2f}亿美元" == "16.49亿美元"
    assert values["五年累计目标"] == "16亿美元"
    assert "16.5亿美元" in shown.title["zh"]
    assert "相符" in shown.title["zh"]  # 16.5 reaches 16
    assert "USD 1.65 bn" in shown.title["en"]


@both_languages
@every_exhibit
def test_a_span_has_two_different_ends(call, lang):
    """16.5 to 16.5 is 16.5."""
    shown = exhibit(call)
    quantity = r"((?:CNY |USD )?\d[\d.,]*(?: ?(?:亿美元|亿元|bn|%))?)"
    for words in (shown.title[lang], shown.reading[lang]):
        for one, other in re.findall(rf"(?<![\d.]){quantity}(?:至|—|–| to ){quantity}", words):
            assert one != other, words


def test_transport_investment_falls_short_of_its_total():
    # Printed: 250, 280, 300 (CNY 100m) for 2023, 2025, 2027 in one plan, 1,500 and more in another.
    shown = by_id("transport_investment_total")
    straight = 250 + 265 + 280 + 290 + 300
    geometric = 250 + sqrt(250 * 280) + 280 + sqrt(280 * 300) + 300
    assert straight == 1385
    assert geometric == pytest.approx(1384.4, abs=0.05)
    for text_zh in (shown.title["zh"], shown.reading["zh"]):
        assert "1,384—1,385亿元" in text_zh
    assert f"约{1500 - straight}亿元" in shown.reading["zh"]
    assert "CNY 138.4–138.5 bn" in shown.title["en"]
    assert "CNY 11.5 bn" in shown.reading["en"]
    values = dict(zip(shown.frame("zh")["项目"], shown.frame("zh")["数值"], strict=True))
    assert values["2024年"] == f"{sqrt(250 * 280):.0f}亿元"
    assert values["2026年"] == f"{sqrt(280 * 300):.0f}亿元"
    assert values["营商环境方案的目标"] == "≥1,500亿元"


def outward(value, rule, places):
    """An end of an interval rounded away from its middle, as it has to be shown."""
    return rule(value * 10**places) / 10**places


def test_exports_and_industrial_investment_imply_their_bases():
    # 80.9 at +9.5% and 300.8 at +34.6%, each rounded to its last digit.
    low, high = 80.85 / 1.0955, 80.95 / 1.0945
    assert f"{outward(low, floor, 2):.2f}—{outward(high, ceil, 2):.2f}亿美元" in by_id("exports_growth").title["zh"]
    low, high = 300.75 / 1.3465, 300.85 / 1.3455
    assert (
        f"{outward(low, floor, 1):.1f}—{outward(high, ceil, 1):.1f}亿元"
        in by_id("industrial_investment_growth").title["zh"]
    )


def test_goals_of_2014_in_money():
    # 1,070 in 2013, a rounded number; +12% as a goal, +15% at a stretch, which are set and not rounded.
    shown = by_id("industrial_investment_goals_2014")
    for rate, level in zip((12, 15), shown.table.level, strict=True):
        low, high = 1069.5 * (1 + rate / 100), 1070.5 * (1 + rate / 100)
        assert level["zh"] == f"{floor(low):,}—{ceil(high):,}亿元"  # rounded outwards
        assert f"{1070 * (1 + rate / 100):,.0f}亿元" in shown.title["zh"]


def test_the_counts_of_the_overview_are_those_of_the_file():
    with open(ROOT / "data" / "figures.csv", encoding="utf-8-sig", newline="") as file:
        kinds = Counter(row["record_type"] for row in csv.DictReader(file))
    shown, total = by_id("overview_coverage"), sum(kinds.values())
    assert shown.title["zh"].startswith(f"在案{total}个")
    assert f"{kinds['actual'] / total:.0%}" in shown.title["zh"]
    for kind, zh in (("actual", "实绩"), ("target", "目标"), ("claim", "宣称"), ("parameter", "参数")):
        assert f"{zh}{kinds[kind]}个" in shown.reading["zh"]
        assert f"{kinds[kind]} {kind}s" in shown.reading["en"]
        assert shown.table[kind].sum() == kinds[kind]


def test_the_plan_tables_hold_all_their_rows():
    assert list(by_id("targets_table_digital").table.row) == list(range(1, 12))
    assert list(by_id("targets_table_open").table.row) == list(range(1, 29))
    assert len(by_id("target_gaps").table) == 39
