"""What a report says: sections from executed notebooks, Markdown as plain values, the two pages, what moved."""

import copy
import json
import re
import shutil
from types import SimpleNamespace

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_city import city
from nbformat import from_dict
from small_project import CHART, FINDING, LOAD, TABLE, cell, notebook
from table_copies import Tables

import huzhou_analysis as hz
from huzhou_analysis.facts.words import Text
from huzhou_analysis.report import brief, collect, prose, state
from huzhou_analysis.report.content import WORDS, Content, Section, references
from huzhou_analysis.show.exhibit import EXHIBIT_TYPE, TEXT_TYPE
from huzhou_analysis.show.sources import citations


def markdown(source, *tags):
    return from_dict(cell(source, *tags, kind="markdown"))


def shown(*bundles, tags=()):
    made = cell("...", *tags)
    made["outputs"] = [{"output_type": "display_data", "data": data, "metadata": {}} for data in bundles]
    return from_dict(made)


def section(folder, *cells, records=(), **executed):
    """The section of cells, given which records each of them handed on."""
    for order, name in enumerate(records):
        (folder / f"{name}.json").write_text(json.dumps({"id": name, "order": order}), encoding="utf-8")
    read = SimpleNamespace(cells=list(cells), metadata={})
    return collect.section(collect.Executed(folder / "01_x.ipynb", read, **executed), folder)


def test_each_language_has_a_narrative_of_its_own_and_what_ended_it_comes_last(tmp_path):
    heads = markdown("# 外资\n\n先说结论。", "zh"), markdown("# Foreign investment\n\nConclusions first.", "en")
    cells = markdown("甲", "zh"), markdown("乙", "zh"), markdown("B", "en"), markdown("2013–2027")
    found = section(tmp_path, *heads, *cells, missing=Text("暂无数据", "no figures"))
    assert found.title == {"zh": "外资", "en": "Foreign investment"}
    *said, last = [(b["zh"], b["en"]) for b in found.blocks]
    assert said == [("先说结论。", "Conclusions first."), ("甲", ""), ("乙", "B"), ("2013–2027", "2013–2027")]
    assert last == ("暂无数据", "no figures") and found.blocks[-1]["kind"] == "missing"


def test_exhibits_stand_where_they_were_shown_or_else_made_each_once(tmp_path):
    said, again = {"zh": "涨", "en": "rose", "figures": ["f1"]}, {EXHIBIT_TYPE: {"id": "a_chart"}}
    cells = shown(), shown({TEXT_TYPE: said}, tags=("brief",)), shown(again), shown(again)
    made = {0: ["b_chart"], 2: ["a_chart"]}
    found = section(tmp_path, *cells, made=made, records=("a_chart", "b_chart"))
    assert [b.get("id") or b["kind"] for b in found.blocks] == ["b_chart", "finding", "a_chart"]
    assert found.blocks[1] == {"kind": "finding", **said, "tags": ["brief"]}
    assert found.title == {"zh": "01_x", "en": "01_x"}


@pytest.fixture
def folder(tmp_path):
    title = ("外资：能否达标", "Foreign investment: within reach?")
    notebook(tmp_path / "01_foreign_investment.ipynb", LOAD, CHART, FINDING, title=title)
    notebook(tmp_path / "02_exports.ipynb", "%matplotlib inline", LOAD, TABLE, title=("出口", "Exports"))
    notebook(tmp_path / "_draft.ipynb", "1 / 0")
    return tmp_path


@pytest.mark.parametrize("name", ["02", "02_exports", "exports", "出口", "Exports", "02_exports.ipynb"])
def test_a_notebook_is_found_by_number_file_or_title(folder, name):
    assert collect.find_notebook(collect.notebook_files([folder]), name).stem == "02_exports"


@pytest.mark.parametrize("name", ["foreign investmnt", "03", "", "0"])
def test_another_name_is_refused_with_those_there_are(folder, name):
    with pytest.raises(ValueError, match=r"near: .*foreign_investment"):
        collect.find_notebook(collect.notebook_files([folder]), name)


def test_exhibits_of_a_notebook_are_made_here(folder):
    (table,) = hz.exhibits("exports", folder=folder)
    assert table.table("en").values.tolist() == [["A", "1.5"], ["B", "−2"]]
    assert [e.id for e in collect.exhibits(folder=folder)] == ["fdi_path", "two_rows"]


HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<iframe src=//evil.invalid></iframe>", "![a](http://evil.invalid/a.png)",
    '<meta http-equiv="refresh" content="0;url=//evil.invalid">', "[a](javascript:alert(1))", "<a href='data:text/html,x'>a</a>",
    "<svg onload=alert(1)>", '<p style="background:url(//evil.invalid)">a</p>', "<style>@import url(//evil.invalid)</style>", "<form action=//e>",
]  # fmt: skip


@pytest.mark.parametrize("source", HOSTILE)
def test_nothing_in_markdown_or_html_runs_or_fetches(source):
    for made in (prose.html(f"甲 {source} 乙\n\n{source}"), prose.clean(f"<div>{source}</div>")):
        tags = "".join(part.partition(">")[0] for part in made.split("<")[1:])
        assert not re.search("script|onerror|onload|iframe|http|style|svg|meta|form|src", tags), made


def test_markdown_as_tokens_and_as_words():
    tree = prose.tree("甲**乙。**丙\n丁 `x`\n\n1. a\n2. b\n\n[k](01_x.ipynb) [w](https://w.org)")
    said, numbered, links = (token for token in tree if token["type"] != "blank_line")
    assert [prose.told(one) for one in said["children"] if one["type"] in ("strong", "codespan")] == ["乙。", "x"]
    assert prose.told(said) == "甲乙。丙丁 x"
    assert (numbered["attrs"]["ordered"], prose.told(numbered)) == (True, "a b")
    assert [one["attrs"]["url"] for one in links["children"] if "attrs" in one] == ["01_x.ipynb", "https://w.org"]
    assert prose.statement("**结论。**外资5.80亿美元。") == "外资5.80亿美元。"
    assert (prose.plain("a\nb"), prose.plain("甲\n乙"), prose.plain("- a\n\n  b")) == ("a b", "甲乙", "a b")
    assert "甲<strong>b</strong> c" in prose.html("甲\n__b__\nc")


@given(st.text(alphabet="a*_`#>-|[]()!\\<&\n 甲1.$"))
def test_whatever_is_typed_gives_tags_of_prose_only_and_no_letter_twice(source):
    tags = re.findall(r"</?([A-Za-z0-9]+)", prose.html(source))
    assert set(tags) <= nh3.ALLOWED_TAGS
    assert prose.plain(source).count("甲") <= source.count("甲")


def citation(figure_id, source="S1"):
    both = {"zh": figure_id, "en": figure_id}
    return {"figure_id": figure_id, "source_id": source, "title": both, "source": both, "tier": "press"}


def record(name, *figures, reading=("读", "read"), chart=True):
    both, cited = {"zh": f"{name}标题", "en": f"{name} title"}, [citation(f) for f in figures]
    said = dict.fromkeys(("title", "subtitle", "alt", "sources"), both) | {
        "reading": dict(zip(("zh", "en"), reading, strict=True))
    }
    shown = {"chart": {"panels": []} if chart else None, "picture": None, "table": None, "notes": []}
    return {"id": name, "citations": cited} | said | shown


def finding(words, *tags, figures=()):
    return {"kind": "finding", "zh": words, "en": words, "figures": list(figures), "tags": list(tags)}


def content(*sections, **state):
    empty = {"latest": [], "targets": [], "cited": {}}
    return Content({"zh": "湖州市", "en": "Huzhou"}, list(sections), state=empty | state)


def one(name, records, *blocks, **metadata):
    shows = [{"kind": "exhibit", "id": r["id"]} for r in records]
    return Section(name, {"zh": name, "en": name}, [*blocks, *shows], {r["id"]: r for r in records}, metadata)


def test_citations_are_numbered_once_in_the_order_of_use_and_survive_a_file(tmp_path):
    several = record("bbb", "f1", "f3", "f4", "f9")
    made = content(one("01_a", [record("aaa", "f2", "f1"), several]), one("02_b", [record("ccc", "f2")]))
    used = [" ".join([c["figure_id"], *c["used"]]) for c in made.citations()]
    assert used == ["f2 aaa ccc", "f1 aaa bbb", "f3 bbb", "f4 bbb", "f9 bbb"]
    assert made.numbers() == {"f2": 1, "f1": 2, "f3": 3, "f4": 4, "f9": 5}
    assert references(made.numbers(), several) == "2–5"
    assert references(made.numbers() | {"f3": 7, "f4": 8}, several) == "2, 5, 7, 8"
    made.write(tmp_path)
    assert Content.read(tmp_path) == made


def test_the_brief_follows_tags_then_order_and_says_nothing_twice():
    path = record("path", "f1", reading=("路径读", "path read"))
    told = finding("外资跌。", "message", figures=["f1"]), finding("风险在此。", "risk")
    fdi = one("01_foreign_investment", [record("table", chart=False), path], *told, brief=["path"])
    exports = one("02_exports", [record("exp", "f2")], finding("出口涨。"), finding("要数据。", "ask"))
    made = brief.compose(content(fdi, exports), "zh")
    assert made["messages"] == [{"text": "外资跌。", "refs": [1]}]
    first, second = made["themes"]
    assert first["exhibit"]["id"] == "path"
    assert [i["text"] for i in first["items"]] == ["路径读", "读"]
    assert [i["text"] for i in second["items"]] == ["出口涨。", "读"]
    assert [i["text"] for i in made["risks"] + made["wanted"]] == ["风险在此。", "要数据。"]
    assert (made["targets"], len(made["notes"])) == (None, 1)
    assert [r["id"] for r in brief.ranked(content(fdi, exports))] == ["path", "table", "exp"]


def target(name, group, **more):
    both = {"zh": name, "en": name}
    words = dict.fromkeys(("status_words", "target", "actual", "actual_period", "required", "sentence", "needed"), both)
    plain = {"group": group, "table": True, "figures": [], "acceleration": None, "theme": "foreign_investment"}
    return both | words | plain | more


def test_targets_stand_under_four_answers_and_what_is_unknown_is_counted():
    unknown = [target(f"指标{n}", "unknown") for n in range(15)]
    made = brief.compose(content(targets=[target("甲", "met"), target("旁", "met", table=False), *unknown]), "zh")
    groups = made["targets"]["groups"]
    assert [g["title"] for g in groups] == ["已达到（1项）", "进度正常（0项）", "进度滞后（0项）", "暂不可评估（15项）"]
    assert "需要补充的数据" in groups[3]["items"][0]["text"]
    [asked] = [item["text"] for item in made["wanted"]]
    assert asked == "外资目标（15项）的实际数（向商务部门索取）：" + "、".join(f"指标{n}" for n in range(15))
    assert groups[1]["items"] == [{"text": "无", "refs": []}]


POWERS = {"bn": 9, "m": 6, "thousand": 3, "亿": 8, "万": 4, "": 0}
NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?) ?(bn|(?<=\d)m\b|m(?= [a-z])|thousand|亿|万|)")


def numbers(words):
    """Numbers in a text, in single units."""
    return [float(n.replace(",", "")) * 10.0 ** POWERS[power] for n, power in NUMBER.findall(words)]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_number_of_tables_and_targets_is_that_of_its_figure(whole, lang):
    """The figures' own digits, worked out anew: level or rate of each row, aim and actual of each target."""
    latest, targets = state.latest(whole), state.targets(whole)
    cited = citations(whole, [f for row in [*latest, *targets] for f in row["figures"]])
    made = content(one("00_x", []), latest=latest, targets=targets, cited={c["figure_id"]: c for c in cited})
    shown = [(row["value"], row["figures"]) for row in latest]
    shown += [(row["growth"], row["figures"]) for row in latest if WORDS["derived"].zh not in row["growth"]["zh"]]
    shown += [(t[k], t["figures"]) for t in targets for k in ("target", "actual")]
    for words, figures in shown:
        cited = [whole.figures.loc[f] for f in figures if f]
        own = [abs(f.obs_value) * 10.0 ** whole.units[f.unit].unit_mult for f in cited]
        own += [f.obs_value for f in cited] + [sum(own)] + [1000 * a / b for a in own for b in own if b]  # a share in ‰
        assert all(any(n == pytest.approx(v, rel=5e-4) for v in own) for n in numbers(words[lang])), (words, own)
    composed = brief.compose(made, lang)
    table = composed["position"]
    assert {row[2] for row in table["rows"]} <= {row["value"][lang] for row in latest} and all(table["refs"])
    kept = [t[k][lang] for t in targets for k in ("sentence", "required", "actual_period", "target", "actual")]
    groups = composed["targets"]["groups"]
    told = [i["text"] for g in groups for i in g["items"]] + [i["text"] for i in brief.risks(made, lang)]
    assert told and {n for words in told for n in numbers(words)} <= {n for words in kept for n in numbers(words)}


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
    assert state.compare(before, now)["headline"]["en"] == state.WORDS[kind]["en"]
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
