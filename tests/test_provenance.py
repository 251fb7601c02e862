"""Citations and numerals against documents: small made-up ones, and the real ones where a folder is given."""

import os
import shutil
from dataclasses import replace

import pytest
from made_up_city import CODE, add

import huzhou_analysis as hz
from huzhou_analysis.analysis import provenance
from huzhou_analysis.facts import numerals
from huzhou_analysis.inbox.new_city import lay_out

FOLDER = os.environ.get("HUZHOU_SOURCES", "")
needs_documents = pytest.mark.skipif(not FOLDER, reason="HUZHOU_SOURCES names no folder with the documents")

# A document of two parts: one level, one growth rate, a name and a date; 出口 breaks across a line inside its number.
TEXT = "甲市公报\n一、总体\n2023年出口12\n3.4亿元,增长5.6%。“2+8”平台近千家企业。\n二、目标\n到2027年达到150亿元,150亿元为底线。\n"
COLUMNS = ["figure_id", "indicator", "time_period", "obs_value", "relation", "unit", "transformation", "locator"]
COLUMNS += ["as_printed"]
COMMON = {"ref_area": CODE, "time_basis": "stated", "span": "annual", "obs_status": "A", "vintage": "2024"}
COMMON |= {"source_id": "S"}
SOURCE = {"source_id": "S", "title": "公报", "title_en": "Bulletin", "kind": "bulletin", "tier": "official"}
SOURCE |= {"file": "s.txt"}
FIGURES = [
    ("a", "exports", "2023", "123.4", "=", "亿元", "N", "一", "出口123.4亿元"),
    ("b", "exports", "2023", "5.6", "=", "%", "GY", "一", "增长5.6%"),
    ("c", "little_giants", "2023", "1000", "~", "家", "N", "一", "近千家企业"),
    ("d", "exports", "2027", "150", "=", "亿元", "N", "二", "达到150亿元"),
    ("e", "trade_total", "2027", "150", "=", "亿元", "N", "二", "150亿元为底线"),
]
OTHERS = [("S", "", "2023", "2023年", "date"), ("S", "", "2 8", "2+8", "name"), ("S", "", "2027", "2027年", "date")]


@pytest.fixture
def made_up(tmp_path):
    """A function that writes tables and document, with changes, and proves them."""

    def prove(figures=FIGURES, not_figures=OTHERS, anchors=("甲市公报", "二、目标")):
        folder, documents = tmp_path / "data", tmp_path / "documents"
        documents.mkdir(exist_ok=True)
        (documents / "s.txt").write_text(TEXT, encoding="utf-8")
        lay_out(folder, CODE, "甲市", "A")
        rows = [dict(zip(COLUMNS, row, strict=True)) | COMMON for row in figures]
        kinds = {"2023": {"record_type": "actual"}, "2027": {"record_type": "target"}}
        add(folder, "figures", [row | kinds[row["time_period"]] for row in rows])
        add(folder, "sources", [SOURCE])
        places = zip("一二", anchors, strict=True)
        add(folder, "outline", [{"source_id": "S", "locator": at, "locator_en": at, "anchor": a} for at, a in places])
        names = ("source_id", "locator", "numeral", "as_printed", "reason")
        add(folder, "not_figures", [dict(zip(names, row, strict=True)) for row in not_figures])
        return provenance.prove(hz.load(folder), documents)

    return prove


def test_every_numeral_is_accounted_for(made_up):
    proof = made_up()
    assert proof, provenance.report(proof)
    row = proof.coverage.iloc[0]
    # numerals by hand: 2023 123.4 5.6 2 8 千 | 2027 150 150 = 9, of which 5 are figures and 4 (2023, 2, 8, 2027) are not
    assert (row.numerals, row.in_figures, row.not_figures, row.unaccounted) == (9, 5, 4, 0)


def changed(n, **cells):
    return [*FIGURES[:n], tuple((dict(zip(COLUMNS, FIGURES[n], strict=True)) | cells).values()), *FIGURES[n + 1 :]]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"figures": FIGURES[:1] + FIGURES[2:]}, {"unaccounted": "5.6"}),
        ({"figures": FIGURES[:4]}, {"unaccounted": "150"}),  # 150 stands twice: one row does not account for both
        ({"figures": changed(1, locator="二")}, {"elsewhere": "b", "unaccounted": "5.6"}),
        ({"figures": changed(0, obs_value="123.5", as_printed="出口123.5亿元")}, {"not_found": "a", "unaccounted": "123.4"}),
        ({"anchors": ("甲市公报", "三、目标")}, {"anchor_missing": "outline.csv"}),
        ({"anchors": ("一、总体", "二、目标")}, {"before_outline": "outline.csv"}),
        ({"not_figures": [*OTHERS, ("S", "一", "5.6", "增长5.6%", "name")]}, {"both": "5.6"}),
        ({"not_figures": [*OTHERS, ("S", "", "415", "415X", "name")]}, {"idle": "not_figures.csv"}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(made_up, changes, found):
    proof = made_up(**changes)
    assert not proof and found.items() <= dict(zip(proof.problems.kind, proof.problems["item"], strict=True)).items()
    if "5.6" in found.values():
        assert "增长【5.6】%" in proof.problems.text.tolist()[-1]


def test_a_document_that_is_not_there_is_said(made_up, tmp_path):
    made_up()
    (tmp_path / "documents" / "s.txt").unlink()
    proof = provenance.prove(hz.load(tmp_path / "data"), tmp_path / "documents")
    assert proof.missing == ["s.txt"] and proof.coverage.empty and "s.txt" in provenance.report(proof)
    shutil.rmtree(tmp_path / "documents")
    with pytest.raises(FileNotFoundError):
        provenance.prove(hz.load(tmp_path / "data"), tmp_path / "documents")


def test_width_and_line_breaks_do_not_matter():
    assert numerals.normalise("增长 １２．３％\n亿 元") == "增长12.3%亿元"


@needs_documents
def test_the_documents_are_covered_whole(whole):
    proof = provenance.prove(whole, FOLDER)
    assert proof and not proof.missing, provenance.report(proof)[-3000:]
    assert (proof.coverage.unaccounted == 0).all() and (proof.coverage.unverifiable == 0).all()


@needs_documents
def test_removing_real_rows_is_noticed(whole):
    removed = ["D003.retail_sales.2025", "D001-GWR.exports.2013", "D002.exports.330502.2023-01P9M"]
    removed += ["D000.fdi_utilized.2018P5Y"]
    proof = provenance.prove(replace(whole, figures=whole.figures.drop(removed)), FOLDER)
    missed = proof.problems[proof.problems.kind == "unaccounted"]
    wanted = whole.figures.loc[removed]
    assert {*zip(wanted.obs_text, wanted.locator, strict=True)} <= {*zip(missed["item"], missed.locator, strict=True)}
