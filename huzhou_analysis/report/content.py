"""What a report says, as plain values: sections of text, findings and exhibits. Every format is written from it alone."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ..show.exhibit import foot, shown_cell

FILE = "content.json"


@dataclass(frozen=True)
class Section:
    """What one notebook shows.

    Attributes
    ----------
    name : str
        The notebook's file name without its ending.
    title : dict
        ``{"zh", "en"}``, from the first headings of its Markdown cells.
    blocks : list of dict
        In order: ``{"kind": "text", "zh", "en"}`` (Markdown), ``{"kind": "finding", "zh", "en", "figures", "tags"}``,
        ``{"kind": "exhibit", "id"}``, ``{"kind": "missing", "zh", "en"}`` (what kept the notebook from going on).
    exhibits : dict of str to dict
        Records of exhibits by id (:class:`~huzhou_analysis.show.exhibit.Exhibit`).
    brief : dict
        What the notebook's metadata say of the brief, see :mod:`~huzhou_analysis.report.brief`.
    """

    name: str
    title: dict
    blocks: list[dict]
    exhibits: dict[str, dict]
    brief: dict = field(default_factory=dict)

    def shown(self) -> list[dict]:
        """Records of the exhibits in the order in which they stand."""
        return [self.exhibits[b["id"]] for b in self.blocks if b["kind"] == "exhibit"]


@dataclass(frozen=True)
class Content:
    """A whole report.

    Attributes
    ----------
    city : dict
        ``{"zh", "en"}``, the name of the city.
    sections : list of Section
    counts : dict
        Of the report (``sections``, ``exhibits``, ``figures_cited``, ``documents_cited``) and of the tables (``figures``,
        ``documents``, ``indicators``, ``targets``): counted once, named alike in every format.
    changes : dict
        What moved since the last report (:func:`~huzhou_analysis.report.changes.compare`).
    state : dict
        Where the city stands: ``latest`` (of every indicator, see :func:`~huzhou_analysis.report.changes.latest`) and
        ``targets`` (the verdict on each).
    indicators : dict of str to dict
        Names of the indicators that are cited, ``{"zh", "en"}`` by code, for who searches.
    """

    city: dict
    sections: list[Section]
    counts: dict = field(default_factory=dict)
    changes: dict = field(default_factory=dict)
    state: dict = field(default_factory=dict)
    indicators: dict = field(default_factory=dict)

    def exhibits(self) -> list[dict]:
        """All records in order."""
        return [record for section in self.sections for record in section.shown()]

    def citations(self) -> list[dict]:
        """Each figure once, in the order of its first use, with ``number`` counted from 1 and ``used`` (ids of exhibits)."""
        found: dict[str, dict] = {}
        for record in self.exhibits():
            for row in record["citations"]:
                one = found.setdefault(row["figure_id"], row | {"number": len(found) + 1, "used": []})
                one["used"].append(record["id"])
        return list(found.values())

    def documents(self) -> list[dict]:
        """Each document that is cited, the one most used first: ``source_id, title, source, tier, figures``."""
        found: dict[str, dict] = {}
        for row in self.citations():
            kept = {k: row[k] for k in ("source_id", "title", "source", "tier")}
            found.setdefault(row["source_id"], kept | {"figures": 0})["figures"] += 1
        return sorted(found.values(), key=lambda d: (-d["figures"], d["source_id"]))

    def by_document(self, lang: str) -> list[dict]:
        """The citations under their documents: ``title``, and ``rows`` of number, value, period, kind, wording, place."""
        rows: dict[str, list] = {}
        for c in self.citations():
            row = [
                str(c["number"]),
                c["value"][lang],
                c["period"][lang],
                c["status"][lang],
                c["as_printed"],
                c["place"][lang],
            ]
            rows.setdefault(c["source_id"], []).append(row)
        return [{"title": d["source"][lang], "rows": rows[d["source_id"]]} for d in self.documents()]

    def write(self, folder: Path) -> Path:
        """Write everything as one JSON file into a folder."""
        path = Path(folder) / FILE
        text = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        path.write_text(text + "\n", encoding="utf-8", newline="\n")
        return path

    @classmethod
    def read(cls, folder: Path) -> Content:
        """Read what :meth:`write` wrote; nothing in it is ever executed."""
        raw = json.loads((Path(folder) / FILE).read_text(encoding="utf-8"))
        return cls(**raw | {"sections": [Section(**section) for section in raw["sections"]]})


def shown(record: dict, lang: str, numbers: dict[str, int]) -> dict:
    """An exhibit in a language, for templates: its texts, ``foot``, ``refs`` and ``table`` (``columns, rows, numeric``) or None."""
    said = {key: record[key][lang] for key in ("title", "subtitle", "reading", "alt")}
    return {"kind": "exhibit", "id": record["id"], "foot": foot(record, lang), "refs": references(numbers, record),
            "table": shown_table(record, lang)} | said  # fmt: skip


def shown_table(record: dict, lang: str) -> dict | None:
    """The table of an exhibit as it is read."""
    if not record["table"]:
        return None
    columns = record["table"]["columns"]
    rows = [[shown_cell(cell, lang) for cell in row] for row in record["table"]["rows"]]
    return {"columns": [c[lang] for c in columns], "rows": rows, "numeric": [c["number"] for c in columns]}


def references(numbers: dict[str, int], record: dict) -> str:
    """Numbers of the citations of an exhibit, runs joined: ``3, 7–12, 40``."""
    mine = sorted({numbers[row["figure_id"]] for row in record["citations"] if numbers})
    runs: list[list[int]] = []
    for n in mine:
        if runs and n == runs[-1][1] + 1:
            runs[-1][1] = n
        else:
            runs.append([n, n])
    return ", ".join(str(a) if a == b else f"{a}{', ' if b == a + 1 else '–'}{b}" for a, b in runs)
