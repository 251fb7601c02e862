"""What a report says, as plain values: sections of text, findings and exhibits, and the words that formats share.

Every format is written from it alone. The words stand in ``words.csv``: what they are used for, key, Chinese, English.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import groupby
from pathlib import Path

from ..facts.words import Text, table_of_words
from ..show.exhibit import foot, shown_table

FILE = "content.json"
MARKS = {"heading", "series", "x", "value", "low", "high", "unit"}  # columns of the numbers behind a chart
_WORDS = table_of_words(Path(__file__).with_name("words.csv"))


def words_for(*uses: str) -> dict[str, Text]:
    """Words of one or several uses, in the order of the table."""
    return {key: words for use in uses for key, words in _WORDS[use].items()}


WORDS, FILES = words_for("shared"), words_for("files")


@dataclass(frozen=True)
class Section:
    """What one notebook shows: `title` comes from its first headings, `brief` from its metadata. Kinds of `blocks` are ``text``,
    ``finding``, ``exhibit`` (``id`` of a record in `exhibits`) and ``missing`` (what kept the notebook from going on)."""

    name: str
    title: dict
    blocks: list[dict]
    exhibits: dict[str, dict]
    brief: dict = field(default_factory=dict)

    @property
    def anchor(self) -> str:
        """Its id in a page: the name without what an id or a link may not hold."""
        return re.sub(r"[^\w.-]+", "-", self.name)

    def shown(self) -> list[dict]:
        """Records of the exhibits in the order in which they stand."""
        return [self.exhibits[b["id"]] for b in self.blocks if b["kind"] == "exhibit"]

    def parts(self, lang: str) -> Iterator[tuple[str, dict | str]]:
        """Kind of each block with the record of its exhibit, or with its Markdown where there is any in the language."""
        for block in self.blocks:
            if what := self.exhibits[block["id"]] if block["kind"] == "exhibit" else block[lang]:
                yield block["kind"], what


@dataclass(frozen=True)
class Content:
    """A whole report: its sections, how much there is, what moved since the last report and where the city stands
    (:mod:`.state`), and the names of the indicators that are cited, for who searches."""

    city: dict
    sections: list[Section]
    counts: dict = field(default_factory=dict)
    changes: dict = field(default_factory=dict)
    state: dict = field(default_factory=dict)
    indicators: dict = field(default_factory=dict)

    def exhibits(self) -> list[dict]:
        """All records in order."""
        return [record for section in self.sections for record in section.shown()]

    def told(self, lang: str, exhibit: Callable[[dict], dict], markdown: Callable[[str], dict]) -> list[dict]:
        """Sections for a template: ``anchor``, ``title``, and ``blocks`` as two functions make them of records and Markdown."""
        told = []
        for section in self.sections:
            blocks = [{"kind": k} | (exhibit if k == "exhibit" else markdown)(made) for k, made in section.parts(lang)]
            told.append({"anchor": section.anchor, "title": section.title[lang], "blocks": blocks})
        return told

    def citations(self) -> list[dict]:
        """Each figure once, in the order of its first use, with ``number`` counted from 1 and ``used`` (ids of exhibits)."""
        found: dict[str, dict] = {}
        for record in self.exhibits():
            for row in record["citations"]:
                one = found.setdefault(row["figure_id"], row | {"number": len(found) + 1, "used": []})
                one["used"].append(record["id"])
        return list(found.values())

    def numbers(self) -> dict[str, int]:
        """Numbers of the citations by the ids of their figures."""
        return {row["figure_id"]: row["number"] for row in self.citations()}

    def documents(self) -> list[list[dict]]:
        """The citations by document, the one most used first."""
        found: dict[str, list[dict]] = {}
        for row in self.citations():
            found.setdefault(row["source_id"], []).append(row)
        return sorted(found.values(), key=lambda rows: (-len(rows), rows[0]["source_id"]))

    def by_document(self, lang: str) -> list[dict]:
        """The citations under their documents: ``title``, and ``rows`` of number, value, period, kind, wording, place."""

        def row(c: dict) -> list[str]:
            value, period, kind, place = (c[key][lang] for key in ("value", "period", "status", "place"))
            return [str(c["number"]), value, period, kind, c["as_printed"], place]

        return [{"title": cited[0]["source"][lang], "rows": list(map(row, cited))} for cited in self.documents()]

    def write(self, folder: Path) -> None:
        """Write everything as one JSON file into a folder."""
        text = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
        (folder / FILE).write_text(text, encoding="utf-8", newline="\n")

    @classmethod
    def read(cls, folder: Path) -> "Content":
        """Read what :meth:`write` wrote; nothing in it is ever executed."""
        raw = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return cls(**raw | {"sections": [Section(**section) for section in raw["sections"]]})


def words(lang: str, content: Content) -> dict[str, str]:
    """Shared words with the counts of a report filled in, and its city as a title calls it: 湖州, Huzhou."""
    city = content.city[lang]
    known = {key: f"{count:,}" for key, count in content.counts.items()}
    known["city"] = city.removesuffix("市") if len(city) > 2 else city
    return {key: re.sub(r"{(\w+)}", lambda m: known.get(m[1], m[0]), word[lang]) for key, word in WORDS.items()}


def alone(record: dict) -> Content:
    """A report of one exhibit."""
    only = Section(record["id"], record["subtitle"], [{"kind": "exhibit", "id": record["id"]}], {record["id"]: record})
    return Content({"zh": "", "en": ""}, [only])


def shown(record: dict, lang: str, numbers: dict[str, int] | None = None) -> dict:
    """An exhibit as it is read in a language: its texts, ``foot``, ``refs`` and its ``table``."""
    said = {key: record[key][lang] for key in ("title", "subtitle", "reading", "alt")}
    made = {"foot": foot(record, lang), "refs": references(numbers or {}, record), "table": shown_table(record, lang)}
    return {"id": record["id"]} | said | made


def marks_only(record: dict) -> bool:
    """Whether the table of an exhibit is but the numbers behind its chart."""
    names = {column["name"] for column in record["table"]["columns"]} if record["chart"] else set()
    return {"series", "x", "value"} <= names <= MARKS


def references(numbers: dict[str, int], record: dict) -> str:
    """Numbers of the citations of an exhibit, runs joined: ``3, 7–12, 40``."""
    mine = sorted({numbers[row["figure_id"]] for row in record["citations"] if numbers})
    runs = [[n for _, n in run] for _, run in groupby(enumerate(mine), lambda pair: pair[1] - pair[0])]
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)
