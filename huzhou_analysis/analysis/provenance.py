"""Prove the citations against the documents themselves: every figure is found where it says, every numeral is accounted for.

The documents are not shipped. Given a folder with their text files (the names in ``sources.csv``), each is cut into its
parts at the anchors of ``outline.csv``; each figure must stand verbatim in its part; and every numeral must belong to a
figure or to a row of ``not_figures.csv``. White space and width of characters do not count.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
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
Place = tuple[str, str]  # source and locator
Wrong = Callable[[str, Place, str, str], None]  # notes a problem: its kind, place, item and text


@dataclass(frozen=True)
class Part:
    """One part of a document: where it stands in the normalised text, and the numerals in it."""

    start: int
    end: int
    numerals: list[Numeral]

    def quoted(self, wanted: str, text: str) -> list[int] | None:
        """Numerals inside some characters, wherever these stand in the part; None if they do not."""
        found = [m.start() for m in re.compile(f"(?={re.escape(wanted)})").finditer(text, self.start, self.end)]
        spans = [(i, n.start, n.end - len(wanted)) for i, n in enumerate(self.numerals)]
        return [i for i, start, latest in spans if any(latest <= at <= start for at in found)] if found else None


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
    missing = [f for f in files if not (folder / f).is_file()]
    coverage, problems = [], []
    for name in files:
        if name not in missing:
            text = normalise((folder / name).read_text(encoding="utf-8-sig"))
            coverage.append(_document(data, name, text, problems))
    tables = pd.DataFrame(coverage, columns=COVERAGE_COLUMNS), pd.DataFrame(problems, columns=PROBLEM_COLUMNS)
    return Proof(*tables, missing)


def _document(data: Data, name: str, text: str, problems: list[tuple]) -> dict:
    """Coverage of one document; what is wrong is added to the problems."""

    def wrong(kind: str, place: Place, item: str, said: str) -> None:
        problems.append((kind, name, *place, item, said, *_KINDS[kind]))

    def of_document(table: pd.DataFrame) -> pd.DataFrame:
        return table[table.source_id.map(data.sources.file) == name]

    figures = of_document(data.figures)
    parts = _parts(of_document(data.outline), text, wrong)
    claims, unverifiable = _claims(figures, text, parts, wrong)
    excluded = _excluded(of_document(data.not_figures), text, parts, wrong)
    counts: Counter = Counter(citations=len(figures), unverifiable=unverifiable)
    for place, part in parts.items():
        mine = _match(part, claims[place])
        for i, n in enumerate(part.numerals):
            owners = [column for column, held in (("in_figures", mine), ("not_figures", excluded[place])) if i in held]
            counts.update(["numerals", *(owners[:1] or ["unaccounted"])])
            if len(owners) != 1:
                before = text[max(part.start, n.start - SURROUNDINGS) : n.start]
                said = f"{before}【{n.text}】{text[n.end : n.end + SURROUNDINGS]}"
                wrong("both" if owners else "unaccounted", place, n.text, said)
    return dict.fromkeys(COVERAGE_COLUMNS, 0) | {"file": name} | counts


def _parts(outline: pd.DataFrame, text: str, wrong: Wrong) -> dict[Place, Part]:
    """Cut a document's normalised text at the anchors of the outline, in order."""
    begins: dict[Place, int] = {}
    position = 0
    for row in outline.itertuples():
        place = (row.source_id, row.locator)
        at = text.find(normalise(row.anchor), position) if row.anchor else -1
        if at < 0:
            wrong("anchor_missing", place, "outline.csv", row.anchor)
            continue
        if at > 0 and not begins:
            wrong("before_outline", place, "outline.csv", text[: min(at, 25)])
        begins[place], position = at, at + 1
    ends = [*list(begins.values())[1:], len(text)]
    return {
        place: Part(start, end, numerals.quantities(text, start, end))
        for (place, start), end in zip(begins.items(), ends, strict=True)
    }


def _claims(
    figures: pd.DataFrame, text: str, parts: dict[Place, Part], wrong: Wrong
) -> tuple[dict[Place, list[list[int]]], int]:
    """By place, the numerals that each figure may stand for; and how many citations cannot be verified."""
    claims, unverifiable = defaultdict(list), 0
    for figure in figures.itertuples():
        place, wanted = (figure.source_id, figure.locator), normalise(figure.as_printed)
        part = parts.get(place)
        inside = part.quoted(wanted, text) if part else None
        if inside is None:
            unverifiable += 1
            wrong("elsewhere" if wanted in text else "not_found", place, figure.Index, figure.as_printed)
            continue
        for printed in filter(None, (figure.obs_text, figure.high_text)):
            value = abs(Decimal(printed))
            if slots := _candidates(part, inside, value):
                claims[place].append(slots)
            elif value not in numerals.printed_values(wanted):
                unverifiable += 1
                wrong("no_numeral", place, figure.Index, figure.as_printed)
    return claims, unverifiable


def _candidates(part: Part, inside: list[int], value: Decimal) -> list[int]:
    """Of some numerals those that can stand for a value: exact ones, else any Chinese ones."""
    held = [(i, part.numerals[i]) for i in inside]
    exact = [i for i, n in held if not n.chinese and n.values[0] == value]
    chinese = [i for i, n in held if n.chinese and value in n.values]
    return exact or chinese or [i for i, n in held if n.chinese]


def _match(part: Part, rows: list[list[int]]) -> set[int]:
    """Numerals that figures account for when as many as possible get one each (maximum bipartite matching)."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    if not rows:
        return set()
    at = [(r, c) for r, slots in enumerate(rows) for c in slots]
    shape = len(rows), len(part.numerals)
    graph = csr_array((np.ones(len(at), dtype=np.int8), tuple(np.array(at).T)), shape=shape)
    return {int(c) for c in maximum_bipartite_matching(graph, perm_type="column") if c >= 0}


def _excluded(rows: pd.DataFrame, text: str, parts: dict[Place, Part], wrong: Wrong) -> dict[Place, set[int]]:
    """By place, the numerals that ``not_figures.csv`` accounts for."""
    out = defaultdict(set)
    for row in rows.itertuples():
        wanted, names = normalise(row.as_printed), {normalise(n) for n in row.numeral.split()}
        used = False
        for place, part in parts.items():
            if place[0] != row.source_id or row.locator not in ("", place[1]):
                continue
            inside = part.quoted(wanted, text)
            mine = {i for i in inside or () if part.numerals[i].text in names}
            out[place] |= mine
            used |= bool(mine) or (inside is not None and any(n in wanted for n in names))
        if not used:
            wrong("idle", (row.source_id, row.locator or "*"), "not_figures.csv", row.as_printed)
    return out


def report(proof: Proof) -> str:
    """The proof as text for a terminal: coverage by document, then everything that is wrong."""
    names = [
        "文件 file",
        "数码 numerals",
        "数字 figures",
        "非数字 others",
        "未计 unaccounted",
        "引证 citations",
        "不符 wrong",
    ]
    total = proof.coverage.iloc[:, 1:].sum()
    lines = [proof.coverage.set_axis(names, axis=1).to_string(index=False)] if len(proof.coverage) else []
    lines += [f"{name}：不在文件夹中，未核对 / not in the folder, not checked" for name in proof.missing]
    lines += [
        f"✗ {p.source_id} {p.locator} [{p.item}] {p.text!r}：{p.zh} / {p.en}" for p in proof.problems.itertuples()
    ]
    lines.append(
        f"合计 total: {total.numerals} numerals, {total.unaccounted} unaccounted, {total.citations} citations, "
        f"{total.unverifiable} unverifiable, {len(proof.problems)} problems"
    )
    return "\n".join(lines)
