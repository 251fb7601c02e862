"""Citations and numerals against documents: small made-up ones, and the real ones where a folder is given."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import huzhou_analysis as hz
from huzhou_analysis.analysis import provenance
from huzhou_analysis.facts import numerals
from huzhou_analysis.facts.schema import TABLES

FOLDER = os.environ.get("HUZHOU_SOURCES", "")
needs_documents = pytest.mark.skipif(not FOLDER, reason="HUZHOU_SOURCES names no folder with the documents")

# A document of two parts: one level, one growth rate, a name and a date; 出口 breaks across a line inside its number.
TEXT = "甲市公报\n一、总体\n2023年出口12\n3.4亿元,增长5.6%。“2+8”平台近千家企业。\n二、目标\n到2027年达到150亿元,150亿元为底线。\n"
FIGURES = [
    ("a", "exports", "2023", "123.4", "=", "亿元", "N", "一", "出口123.4亿元"),
    ("b", "exports", "2023", "5.6", "=", "%", "GY", "一", "增长5.6%"),
    ("c", "firms", "2023", "1000", "~", "家", "N", "一", "近千家企业"),
    ("d", "exports", "2027", "150", "=", "亿元", "N", "二", "达到150亿元"),
    ("e", "exports_floor", "2027", "150", "=", "亿元", "N", "二", "150亿元为底线"),
]
NOT_FIGURES = [
    ("S", "", "2023", "2023年", "date"),
    ("S", "", "2 8", "2+8", "name"),
    ("S", "", "2027", "2027年", "date"),
]


def write(folder: Path, name: str, rows: list[dict]) -> None:
    import csv

    with open(folder / f"{name}.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, TABLES[name].columns)
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def made_up(tmp_path):
    """A function that writes tables and document, with changes, and proves them."""

    def prove(figures=FIGURES, not_figures=NOT_FIGURES, text=TEXT, anchors=("甲市公报", "二、目标")):
        folder, documents = tmp_path / "data", tmp_path / "documents"
        folder.mkdir(exist_ok=True)
        documents.mkdir(exist_ok=True)
        (documents / "s.txt").write_text(text, encoding="utf-8")
        defaults = {
            "record_type": "actual",
            "ref_area": "330500",
            "time_basis": "stated",
            "span": "annual",
            "obs_status": "A",
            "vintage": "2024",
            "source_id": "S",
        }
        write(
            folder,
            "figures",
            [
                defaults
                | dict(
                    zip(
                        (
                            "figure_id",
                            "indicator",
                            "time_period",
                            "obs_value",
                            "relation",
                            "unit",
                            "transformation",
                            "locator",
                            "as_printed",
                        ),
                        row,
                        strict=True,
                    )
                )
                | ({"record_type": "target"} if row[2] == "2027" else {})
                for row in figures
            ],
        )
        write(
            folder,
            "indicators",
            [
                {
                    "indicator": i,
                    "name_zh": i,
                    "name_en": i,
                    "theme": "trade",
                    "unit": "亿元",
                    "measure_type": "flow",
                    "ascending": "true",
                }
                for i in ("exports", "exports_floor", "firms")
            ],
        )
        write(folder, "ref_areas", [{"ref_area": "330500", "name_zh": "甲市", "name_en": "A", "level": "city"}])
        write(
            folder,
            "units",
            [
                {"unit": "亿元", "unit_measure": "CNY", "unit_mult": 8, "name_en": "CNY bn", "unit_mult_en": 9},
                {"unit": "%", "unit_measure": "PT", "unit_mult": 0, "name_en": "%", "unit_mult_en": 0},
                {"unit": "家", "unit_measure": "COUNT", "unit_mult": 0, "name_en": "number", "unit_mult_en": 0},
            ],
        )
        write(
            folder,
            "sources",
            [
                {
                    "source_id": "S",
                    "title": "公报",
                    "title_en": "Bulletin",
                    "kind": "bulletin",
                    "tier": "official",
                    "file": "s.txt",
                }
            ],
        )
        write(
            folder,
            "outline",
            [
                {"source_id": "S", "locator": loc, "locator_en": loc, "anchor": a}
                for loc, a in zip(("一", "二"), anchors, strict=True)
            ],
        )
        write(
            folder,
            "not_figures",
            [
                dict(zip(("source_id", "locator", "numeral", "as_printed", "reason"), row, strict=True))
                for row in not_figures
            ],
        )
        for name in ("milestones", "corrections", "relations", "pairs"):
            write(folder, name, [])
        return provenance.prove(hz.load(folder), documents)

    return prove


def kinds(proof) -> dict[str, str]:
    return {p.kind: p.item for p in proof.problems.itertuples()}


def test_every_numeral_is_accounted_for(made_up):
    proof = made_up()
    assert proof, provenance.report(proof)
    row = proof.coverage.iloc[0]
    # numerals by hand: 2023 123.4 5.6 2 8 千 | 2027 150 150 = 9, of which 5 are figures and 4 (2023, 2, 8, 2027) are not
    assert (row.numerals, row.in_figures, row.not_figures, row.unaccounted) == (9, 5, 4, 0)


def test_a_removed_row_leaves_its_numeral(made_up):
    proof = made_up(figures=FIGURES[:1] + FIGURES[2:])
    assert kinds(proof) == {"unaccounted": "5.6"}
    assert "增长【5.6】%" in proof.problems.text.iloc[0]


def test_one_of_two_equal_numbers_removed_is_still_missed(made_up):
    """150 stands twice with a row each: one row must not account for both."""
    proof = made_up(figures=FIGURES[:4])
    assert kinds(proof) == {"unaccounted": "150"}


def test_a_wrong_locator_is_caught(made_up):
    wrong = [*FIGURES[:1], (*FIGURES[1][:7], "二", FIGURES[1][8]), *FIGURES[2:]]
    found = kinds(made_up(figures=wrong))
    assert found["elsewhere"] == "b" and found["unaccounted"] == "5.6"


def test_a_changed_digit_is_caught(made_up):
    wrong = [(*FIGURES[0][:3], "123.5", *FIGURES[0][4:8], "出口123.5亿元"), *FIGURES[1:]]
    found = kinds(made_up(figures=wrong))
    assert found["not_found"] == "a" and found["unaccounted"] == "123.4"


def test_a_missing_anchor_is_caught(made_up):
    assert "anchor_missing" in kinds(made_up(anchors=("甲市公报", "三、目标")))


def test_text_before_the_outline_is_caught(made_up):
    assert "before_outline" in kinds(made_up(anchors=("一、总体", "二、目标")))


def test_a_figure_listed_as_no_figure_is_caught(made_up):
    found = kinds(made_up(not_figures=[*NOT_FIGURES, ("S", "一", "5.6", "增长5.6%", "name")]))
    assert found == {"both": "5.6"}


def test_an_idle_row_of_not_figures_is_caught(made_up):
    assert kinds(made_up(not_figures=[*NOT_FIGURES, ("S", "", "415", "415X", "name")])) == {"idle": "not_figures.csv"}


def test_a_document_that_is_not_there_is_said(made_up, tmp_path):
    made_up()
    (tmp_path / "documents" / "s.txt").unlink()
    proof = provenance.prove(hz.load(tmp_path / "data"), tmp_path / "documents")
    assert proof.missing == ["s.txt"] and proof.coverage.empty and "s.txt" in provenance.report(proof)
    with pytest.raises(FileNotFoundError):
        provenance.prove(hz.load(tmp_path / "data"), tmp_path / "nowhere")


def test_width_and_line_breaks_do_not_matter():
    assert numerals.normalise("增长 １２．３％\n亿 元") == "增长12.3%亿元"


@needs_documents
def test_the_documents_are_covered_whole():
    proof = provenance.prove(hz.load(), FOLDER)
    assert not proof.missing
    assert proof, provenance.report(proof)[-3000:]
    assert (proof.coverage.unaccounted == 0).all() and (proof.coverage.unverifiable == 0).all()


@needs_documents
@pytest.mark.parametrize(
    "figure_id",
    [
        "D003.retail_sales.2025",
        "D001-GWR.exports.2013",
        "D002.exports.330502.2023-01P9M",
        "D004.industrial_output.330500-CH.2023",
        "D000.fdi_utilized.2018P5Y",
    ],
)
def test_removing_a_real_row_is_noticed(figure_id):
    from dataclasses import replace

    data = hz.load()
    figure = data.figure(figure_id)
    proof = provenance.prove(replace(data, figures=data.figures.drop(figure_id)), FOLDER)
    missed = proof.problems[proof.problems.kind == "unaccounted"]
    assert figure.obs_text in set(missed.item) and figure.locator in set(missed.locator)
