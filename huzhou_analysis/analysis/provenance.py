"""Prove the citations against the documents: every figure is found where it says, every numeral is accounted for.

The documents are not shipped. Their texts are cut at the anchors of ``outline.csv``; a figure must stand verbatim in
its part, a numeral belong to a figure or to ``not_figures.csv``. White space and width of characters do not count."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd

from ..facts import numerals
from ..facts.data import Data
from ..facts.numerals import Numeral, normalise
from .targets import WORDS

SURROUNDINGS = 14
COVERAGE_COLUMNS = ["file", "numerals", "in_figures", "not_figures", "unaccounted", "citations", "unverifiable"]
PROBLEM_COLUMNS = ["kind", "file", "source_id", "locator", "item", "text", "zh", "en"]
_HEADINGS = ["文件 file", "数码 numerals", "数字 figures", "非数字 others", "未计 unaccounted"]
_HEADINGS += ["引证 citations", "不符 wrong"]
Place = tuple[str, str]  # source and locator


@dataclass(frozen=True)
class Proof:
    """What was found: true if every citation and numeral is accounted for.

    ``coverage`` has one row a document, ``problems`` one for all that is wrong; nothing is said of ``missing``
    files."""

    coverage: pd.DataFrame
    problems: pd.DataFrame
    missing: list[str]

    def __bool__(self) -> bool:
        return self.problems.empty


def prove(data: Data, folder: Path | str) -> Proof:
    """Check every citation and account for every numeral of the documents in a folder.

    The text files (UTF-8) are named as in ``sources.csv``. Raises FileNotFoundError if the folder is not there.

    Examples
    --------
    >>> proof = hz.prove(data, "documents")  # doctest: +SKIP
    >>> bool(proof)  # doctest: +SKIP
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(f"没有这个文件夹，请核对路径 / no such folder: {folder}; check the path")
    files = [f for f in dict.fromkeys(data.sources.file) if f]
    there = [_Document(data, folder / name) for name in files if (folder / name).is_file()]
    coverage = pd.DataFrame([document.coverage for document in there], columns=COVERAGE_COLUMNS)
    problems = pd.DataFrame([p for document in there for p in document.problems], columns=PROBLEM_COLUMNS)
    return Proof(coverage, problems, [name for name in files if not (folder / name).is_file()])


class _Document:
    """A document's normalised text and parts; ``problems`` is what is wrong with what the tables say of it."""

    def __init__(self, data: Data, path: Path) -> None:
        self.name, self.problems, self.text = path.name, [], normalise(path.read_text(encoding="utf-8-sig"))
        tables = (data.figures, data.outline, data.not_figures)
        figures, outline, others = (t[t.source_id.map(data.sources.file) == path.name] for t in tables)
        self.parts = self._cut(outline)
        claims, excluded = self._claims(figures), self._excluded(others)
        unverifiable = sum(problem[0] in ("not_found", "elsewhere", "no_numeral") for problem in self.problems)
        counts = Counter(citations=len(figures), unverifiable=unverifiable)
        for place, (start, _, found) in self.parts.items():
            mine = _match(claims[place], len(found))
            for i, n in enumerate(found):
                held = {"in_figures": mine, "not_figures": excluded[place]}
                owners = [column for column, those in held.items() if i in those]
                counts.update(["numerals", *(owners[:1] or ["unaccounted"])])
                if len(owners) != 1:
                    before = self.text[max(start, n.start - SURROUNDINGS) : n.start]
                    said = f"{before}【{n.text}】{self.text[n.end : n.end + SURROUNDINGS]}"
                    self._wrong("both" if owners else "unaccounted", place, n.text, said)
        self.coverage = dict.fromkeys(COVERAGE_COLUMNS, 0) | {"file": self.name} | counts

    def _wrong(self, kind: str, place: Place, item: str, said: str) -> None:
        words = WORDS["citation"][kind]
        self.problems.append((kind, self.name, *place, item, said, words.zh, words.en))

    def _cut(self, outline: pd.DataFrame) -> dict[Place, tuple[int, int, list[Numeral]]]:
        """Beginning, end and numerals of the parts, cut at the anchors of the outline, in order."""
        begins: dict[Place, int] = {}
        position = 0
        for row in outline.itertuples():
            place = (row.source_id, row.locator)
            at = self.text.find(normalise(row.anchor), position) if row.anchor else -1
            if at < 0:
                self._wrong("anchor_missing", place, "outline.csv", row.anchor)
                continue
            if at > 0 and not begins:
                self._wrong("before_outline", place, "outline.csv", self.text[: min(at, 25)])
            begins[place], position = at, at + 1
        spans = zip(begins, begins.values(), [*list(begins.values())[1:], len(self.text)], strict=True)
        return {place: (start, end, numerals.quantities(self.text, start, end)) for place, start, end in spans}

    def _quoted(self, place: Place, wanted: str) -> list[int] | None:
        """Numerals inside some characters, wherever these stand in a part; None if they do not."""
        start, end, found = self.parts.get(place, (0, 0, []))
        stands = [m.start() for m in re.compile(f"(?={re.escape(wanted)})").finditer(self.text, start, end)]
        inside = [i for i, n in enumerate(found) if any(n.end - len(wanted) <= at <= n.start for at in stands)]
        return inside if stands else None

    def _claims(self, figures: pd.DataFrame) -> dict[Place, list[list[int]]]:
        """By place, the numerals that each figure may stand for: exact ones, else any Chinese ones."""
        claims = defaultdict(list)
        for figure in figures.itertuples():
            place, wanted = (figure.source_id, figure.locator), normalise(figure.as_printed)
            if (inside := self._quoted(place, wanted)) is None:
                self._wrong("elsewhere" if wanted in self.text else "not_found", place, figure.Index, figure.as_printed)
                continue
            held = [(i, self.parts[place][2][i]) for i in inside]
            for value in (abs(Decimal(printed)) for printed in (figure.obs_text, figure.high_text) if printed):
                exact = [i for i, n in held if not n.chinese and n.values[0] == value]
                chinese = [i for i, n in held if n.chinese and value in n.values]
                if slots := exact or chinese or [i for i, n in held if n.chinese]:
                    claims[place].append(slots)
                elif value not in numerals.printed_values(wanted):
                    self._wrong("no_numeral", place, figure.Index, figure.as_printed)
        return claims

    def _excluded(self, others: pd.DataFrame) -> dict[Place, set[int]]:
        """By place, the numerals that ``not_figures.csv`` accounts for."""
        out = defaultdict(set)
        for row in others.itertuples():
            wanted, names, used = normalise(row.as_printed), {normalise(n) for n in row.numeral.split()}, False
            for place in (p for p in self.parts if p[0] == row.source_id and row.locator in ("", p[1])):
                inside = self._quoted(place, wanted)
                mine = {i for i in inside or () if self.parts[place][2][i].text in names}
                out[place] |= mine
                used |= bool(mine) or (inside is not None and any(n in wanted for n in names))
            if not used:
                self._wrong("idle", (row.source_id, row.locator or "*"), "not_figures.csv", row.as_printed)
        return out


def _match(rows: list[list[int]], columns: int) -> set[int]:
    """Numerals that figures account for when as many as possible get one each (maximum bipartite matching)."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    if not rows:
        return set()
    at = np.array([(r, c) for r, slots in enumerate(rows) for c in slots]).T
    graph = csr_array((np.ones(at.shape[1], dtype=np.int8), tuple(at)), shape=(len(rows), columns))
    return {int(c) for c in maximum_bipartite_matching(graph, perm_type="column") if c >= 0}


def report(proof: Proof) -> str:
    """The proof as text for a terminal: coverage by document, then everything that is wrong."""
    total = proof.coverage.iloc[:, 1:].sum()
    lines = [proof.coverage.set_axis(_HEADINGS, axis=1).to_string(index=False)] if len(proof.coverage) else []
    lines += [f"{name}：不在文件夹中，未核对 / not in the folder, not checked" for name in proof.missing]
    for p in proof.problems.itertuples():
        lines.append(f"✗ {p.source_id} {p.locator} [{p.item}] {p.text!r}：{p.zh} / {p.en}")
    said = f"合计 total: {total.numerals} numerals, {total.unaccounted} unaccounted, {total.citations} citations"
    return "\n".join([*lines, f"{said}, {total.unverifiable} unverifiable, {len(proof.problems)} problems"])
