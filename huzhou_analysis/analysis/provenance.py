"""Prove the citations against the documents themselves: every figure is found where it says, every numeral is accounted for.

The documents are not shipped. Given a folder with their text files (the names in ``sources.csv``), each document is cut
into its parts at the anchors of ``outline.csv``; each figure must stand verbatim in its part; and every numeral in the
text must belong to a figure or to a row of ``not_figures.csv``. Whitespace and character width do not count, since text
taken from a page breaks lines inside numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd

from ..facts import numerals
from ..facts.data import Data
from ..facts.numerals import Numeral, normalise

SURROUNDINGS = 14

COVERAGE_COLUMNS = ["file", "numerals", "in_figures", "not_figures", "unaccounted", "citations", "unverifiable"]
PROBLEM_COLUMNS = ["kind", "file", "source_id", "locator", "item", "text", "zh", "en"]

_KINDS = {
    "anchor_missing": ("提纲起始文字未找到", "the anchor of this part is not in the document after the part before it"),
    "before_outline": ("提纲未覆盖文件开头", "the document begins before the first part of the outline"),
    "not_found": ("该位置没有这段原文", "these characters do not stand at this place"),
    "elsewhere": ("该位置没有这段原文，但别处有", "these characters do not stand at this place, but elsewhere"),
    "no_numeral": ("原文中没有对应的数码", "no numeral there stands for this value"),
    "unaccounted": ("既不在 figures.csv 也不在 not_figures.csv", "is neither in figures.csv nor in not_figures.csv"),
    "both": ("同时列为数字和非数字", "is listed both as a figure and as no figure"),
    "idle": ("没有对应任何数码", "accounts for no numeral"),
}


@dataclass
class Part:
    """One part of a document: where it stands in the normalised text, and the numerals in it."""

    source_id: str
    locator: str
    start: int
    end: int
    numerals: list[Numeral] = field(default_factory=list)


@dataclass(frozen=True)
class Proof:
    """What was found: coverage by document, and everything that is wrong.

    Attributes
    ----------
    coverage : DataFrame
        One row a document (``COVERAGE_COLUMNS``).
    problems : DataFrame
        One row a problem (``PROBLEM_COLUMNS``); empty if every citation and numeral is accounted for.
    missing : list of str
        Document files that are not in the folder: nothing is said of them.
    """

    coverage: pd.DataFrame
    problems: pd.DataFrame
    missing: list[str]

    def __bool__(self) -> bool:
        return self.problems.empty


def prove(data: Data, folder: Path | str) -> Proof:
    """Check every citation and account for every numeral of the documents in a folder.

    Parameters
    ----------
    data : Data
    folder : path
        Text files named as in ``sources.csv`` (UTF-8).

    Returns
    -------
    Proof
        True if every citation was found and every numeral has an owner.

    Raises
    ------
    FileNotFoundError
        If the folder is not there.

    Examples
    --------
    >>> proof = hz.prove(data, "documents")  # doctest: +SKIP
    >>> bool(proof)  # doctest: +SKIP
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(f"没有这个文件夹，请核对路径 / no such folder: {folder}; check the path")
    files = [f for f in dict.fromkeys(data.sources.file) if f]
    problems: list[dict] = []
    coverage = []
    missing = [f for f in files if not (folder / f).is_file()]
    for name in files:
        if name not in missing:
            text = normalise((folder / name).read_text(encoding="utf-8-sig"))
            coverage.append(_document(data, name, text, problems))
    return Proof(
        pd.DataFrame(coverage, columns=COVERAGE_COLUMNS), pd.DataFrame(problems, columns=PROBLEM_COLUMNS), missing
    )


def parts(data: Data, name: str, text: str, problems: list[dict] | None = None) -> list[Part]:
    """Cut a document's normalised text at the anchors of the outline, in order."""
    sources = set(data.sources.index[data.sources.file == name])
    found: list[Part] = []
    position = 0
    for row in data.outline[data.outline.source_id.isin(sources)].itertuples():
        at = text.find(normalise(row.anchor), position) if row.anchor else -1
        if at < 0:
            if problems is not None:
                problems.append(_problem("anchor_missing", name, row.source_id, row.locator, "outline.csv", row.anchor))
            continue
        if found:
            found[-1].end = at
        elif at > 0 and problems is not None:
            problems.append(
                _problem("before_outline", name, row.source_id, row.locator, "outline.csv", text[: min(at, 25)])
            )
        found.append(Part(row.source_id, row.locator, at, len(text)))
        position = at + 1
    for part in found:
        part.numerals = numerals.quantities(text, part.start, part.end)
    return found


def _problem(kind: str, file: str, source: str, locator: str, item: str, text: str) -> dict:
    zh, en = _KINDS[kind]
    return {
        "kind": kind,
        "file": file,
        "source_id": source,
        "locator": locator,
        "item": item,
        "text": text,
        "zh": zh,
        "en": en,
    }


def _occurrences(text: str, wanted: str, start: int, end: int) -> Iterable[int]:
    at = text.find(wanted, start, end)
    while at >= 0:
        yield at
        at = text.find(wanted, at + 1, end)


def _document(data: Data, name: str, text: str, problems: list[dict]) -> dict:
    cut = parts(data, name, text, problems)
    by_place = {(p.source_id, p.locator): p for p in cut}
    sources = set(data.sources.index[data.sources.file == name])
    figures = data.figures[data.figures.source_id.isin(sources)]
    claims: dict[tuple, list[tuple[str, list[int]]]] = {}
    unverifiable = 0
    for figure in figures.itertuples():
        place = (figure.source_id, figure.locator)
        wanted = normalise(figure.as_printed)
        part = by_place.get(place)
        found = [] if part is None else list(_occurrences(text, wanted, part.start, part.end))
        if not found:
            unverifiable += 1
            kind = "elsewhere" if wanted in text else "not_found"
            problems.append(_problem(kind, name, *place, figure.Index, figure.as_printed))
            continue
        for printed in filter(None, (figure.obs_text, figure.high_text)):
            slots = _candidates(part, found, len(wanted), abs(Decimal(printed)))
            if slots:
                claims.setdefault(place, []).append((figure.Index, slots))
            elif abs(Decimal(printed)) not in numerals.printed_values(wanted):
                unverifiable += 1
                problems.append(_problem("no_numeral", name, *place, figure.Index, figure.as_printed))
    taken: dict[tuple, set[int]] = {place: _match(by_place[place], rows) for place, rows in claims.items()}
    excluded = _excluded(data, name, text, cut, sources, problems)
    counts = dict.fromkeys(COVERAGE_COLUMNS, 0) | {
        "file": name,
        "citations": len(figures),
        "unverifiable": unverifiable,
    }
    for part in cut:
        place = (part.source_id, part.locator)
        mine, names = taken.get(place, set()), excluded.get(place, set())
        for i, numeral in enumerate(part.numerals):
            counts["numerals"] += 1
            around = (
                text[max(part.start, numeral.start - SURROUNDINGS) : numeral.start]
                + "【"
                + numeral.text
                + "】"
                + text[numeral.end : numeral.end + SURROUNDINGS]
            )
            if i in mine and i in names:
                problems.append(_problem("both", name, *place, numeral.text, around))
            if i in mine:
                counts["in_figures"] += 1
            elif i in names:
                counts["not_figures"] += 1
            else:
                counts["unaccounted"] += 1
                problems.append(_problem("unaccounted", name, *place, numeral.text, around))
    return counts


def _candidates(part: Part, found: list[int], length: int, value: Decimal) -> list[int]:
    """Numerals of a part that a figure's characters hold and that can stand for its value; exact Arabic ones first."""
    exact, chinese = [], []
    for i, numeral in enumerate(part.numerals):
        if any(at <= numeral.start and numeral.end <= at + length for at in found):
            if not numeral.chinese and numeral.values[0] == value:
                exact.append(i)
            elif numeral.chinese and value in numeral.values:
                chinese.append(i)
    if exact or chinese:
        return exact or chinese
    return [
        i
        for i, n in enumerate(part.numerals)
        if n.chinese and any(at <= n.start and n.end <= at + length for at in found)
    ]


def _match(part: Part, rows: list[tuple[str, list[int]]]) -> set[int]:
    """Numerals that figures account for when as many as possible get one each (maximum bipartite matching)."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    wide = max(1, len(part.numerals))
    at = [(r, c) for r, (_, slots) in enumerate(rows) for c in slots]
    graph = csr_array((np.ones(len(at), dtype=np.int8), tuple(np.array(at).T)), shape=(len(rows), wide))
    return {int(c) for c in maximum_bipartite_matching(graph, perm_type="column") if c >= 0}


def _excluded(data: Data, name: str, text: str, cut: list[Part], sources: set[str], problems: list[dict]) -> dict:
    """Numerals that ``not_figures.csv`` accounts for, by place."""
    out: dict[tuple, set[int]] = {}
    rows = data.not_figures[data.not_figures.source_id.isin(sources)]
    for row in rows.itertuples():
        wanted = normalise(row.as_printed)
        names = {normalise(n) for n in row.numeral.split()}
        places = [p for p in cut if p.source_id == row.source_id and row.locator in ("", p.locator)]
        used = False
        for part in places:
            for at in _occurrences(text, wanted, part.start, part.end):
                inside = {
                    i
                    for i, n in enumerate(part.numerals)
                    if at <= n.start and n.end <= at + len(wanted) and n.text in names
                }
                used |= bool(inside) or any(n in wanted for n in names)
                out.setdefault((part.source_id, part.locator), set()).update(inside)
        if not used:
            problems.append(
                _problem("idle", name, row.source_id, row.locator or "*", "not_figures.csv", row.as_printed)
            )
    return out


def report(proof: Proof) -> str:
    """The proof as text for a terminal: coverage by document, then everything that is wrong."""
    lines = [
        f"{'文件 document':<32}{'数码':>6}{'数字':>6}{'非数字':>6}{'未计':>5}{'引证':>6}{'不符':>5}   覆盖 coverage"
    ]
    for c in proof.coverage.itertuples():
        share = 1 - c.unaccounted / c.numerals if c.numerals else 1
        lines.append(
            f"{c.file:<32}{c.numerals:>8}{c.in_figures:>8}{c.not_figures:>9}{c.unaccounted:>7}{c.citations:>8}"
            f"{c.unverifiable:>7}   {share:.1%}"
        )
    for name in proof.missing:
        lines.append(f"{name:<32}   不在文件夹中，未核对 / not in the folder, not checked")
    for p in proof.problems.itertuples():
        lines.append(f"✗ {p.source_id} {p.locator} [{p.item}] {p.text!r}：{p.zh} / {p.en}")
    total = proof.coverage[["numerals", "unaccounted", "citations", "unverifiable"]].sum()
    lines.append(
        f"合计 total: {total.numerals} numerals, {total.unaccounted} unaccounted, {total.citations} citations, "
        f"{total.unverifiable} unverifiable, {len(proof.problems)} problems"
    )
    return "\n".join(lines)
