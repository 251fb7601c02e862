"""How well documents are read: proposals against keys made by hand, document by document.

    python benchmarks/reading.py --bulletins FOLDER             (or HUZHOU_BULLETINS)
    python benchmarks/reading.py --bulletins FOLDER --errors    (every figure that is not all right)
    python benchmarks/reading.py --bulletins FOLDER --leave-out (each without the words and patterns that only it needs)

The folder holds ``texts/NAME.txt`` and ``keys/NN.csv``: every figure of a marked part (``start``..``end``) with ``offset``, places in the
text without white space. Nothing of them is part of the project.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import importlib
import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from huzhou_analysis.inbox.documents import reader, vocabulary

# Modules that are made of the vocabulary, each after those it builds on.
STAGES = ("numbers", "names", "context", "clauses", "tables", "english", "reader")
FIELDS = ("value", "measure", "period", "name", "area", "relation")
ALL = ("value", "measure", "period", "name", "area")


def same_name(left: str, right: str) -> bool:
    """Whether two names say the same: GDP and 生产总值, with 的 or without, 总量 or not."""

    def plain(name: str) -> str:
        name = re.sub(r"[“”的\s]|（GDP）", "", name)
        name = name.replace("地区生产总值", "生产总值").replace("GDP", "生产总值").replace("总产量", "产量")
        return re.sub(r"总量$|总数$|数$", "", re.sub(r"^(?:全国|全省|全市|全州|年末)", "", name))

    return plain(left) == plain(right)


def located(text: str, rows: list[dict]) -> list[int]:
    """Place in the text of each key's digits: the offsets, corrected by the characters printed there."""
    kept = [i for i, c in enumerate(text) if not c.isspace()]
    squeezed = "".join(text[i] for i in kept)
    drift, out = 0, []
    for row in rows:
        wanted, printed = int(row["offset"]) + drift, re.sub(r"\s", "", row["as_printed"])
        digits = re.findall(r"[\d.,]+", printed)
        value = row["value"].lstrip("-")
        number = next((d for d in digits if d.replace(",", "").strip(".") == value), value)
        inner = (printed.find if row["relation"] == "range" else printed.rfind)(number)
        places = [m.start() + max(inner, 0) for m in re.finditer(re.escape(printed), squeezed)] if inner >= 0 else []
        best = min(places, key=lambda at, w=wanted: abs(at - w), default=wanted)
        drift += best - wanted if places else 0
        out.append(kept[min(best, len(kept) - 1)])
    return out


def judge(row: dict, figure) -> dict[str, bool]:
    """Which fields of a proposal agree with its key."""
    number = figure.numeral
    values = {number.value, -number.value} if row["measure"] == "change" else {number.value}
    alike = {figure.measure, row["measure"]} <= {"level", "count"}
    return {
        "value": Decimal(row["value"]) in values and number.unit == row["unit"],
        "measure": figure.measure == row["measure"] or alike,
        "period": figure.period == row["period"],
        "name": same_name(figure.indicator, row["indicator_zh"]),
        "area": figure.area == row["area"],
        "relation": number.relation == row["relation"],
    }


def kind_of_error(right: str, said: str) -> str:
    """How a name is wrong."""
    return "none" if not said else "too short" if said in right else "too long" if right in said else "another"


@contextlib.contextmanager
def left_out(text: str, others: list[str]) -> Iterator[int]:
    """The reader without the words and patterns that occur in `text` and in no other text; gives their number.

    The names of provinces and cities stay: their list is closed, and whole.
    """
    kept = list(vocabulary.WORDS), list(vocabulary.RULES)

    def only_here(pattern: str) -> bool:
        found = re.compile(re.sub(r"\{[a-z_]+\}", ".", pattern), re.M)
        return bool(found.search(text)) and not any(found.search(other) for other in others)

    words = [
        row
        | {"words": " ".join(w for w in row["words"].split() if row["kind"] == "area" or not only_here(re.escape(w)))}
        for row in kept[0]
    ]
    vocabulary.WORDS[:], vocabulary.RULES[:] = words, [row for row in kept[1] if not only_here(row["pattern"])]
    _remake()
    try:
        gone = sum(len(a["words"].split()) - len(b["words"].split()) for a, b in zip(kept[0], words, strict=True))
        yield gone + len(kept[1]) - len(vocabulary.RULES)
    finally:
        vocabulary.WORDS[:], vocabulary.RULES[:] = kept
        _remake()


def _remake() -> None:
    vocabulary.P.__dict__.clear()
    for stage in STAGES:
        importlib.reload(importlib.import_module(f"huzhou_analysis.inbox.documents.{stage}"))


def score(text: str, name: str, rows: list[dict], errors: list | None = None) -> Counter:
    """Counts for one document: keys, proposals found, missed and false, fields right, rows marked sure."""
    begun = time.perf_counter()
    reading = reader.read_text(text, name)
    counts: Counter = Counter(seconds=time.perf_counter() - begun)
    found = {reader.place(f)[0]: f for f in reading.figures}
    kept = [i for i, c in enumerate(text) if not c.isspace()]
    parts = {(kept[int(r["start"])], kept[min(int(r["end"]), len(kept)) - 1]) for r in rows}
    keyed = set()
    for row, at in zip(rows, located(text, rows), strict=True):
        near = [at] if text[at].isdigit() else range(at - 3, at + 6)
        place_found = next((p for p in near if p in found), None)
        keyed |= {at, place_found}
        if row["optional"]:
            continue
        word = not text[at].isdigit()
        counts["words" if word else "keys"] += 1
        if place_found is None:
            counts["words missed" if word else "missed"] += 1
            continue
        figure = found[place_found]
        right = judge(row, figure)
        counts.update(f for f, ok in right.items() if ok)
        whole = all(right[f] for f in ALL)
        counts["all"] += whole
        counts["sure"] += not figure.guesses
        counts["sure right"] += whole and not figure.guesses
        if not whole and errors is not None:
            wrong = [f for f in ALL if not right[f]]
            counts.update(f"wrong {kind}" for kind in wrong if kind != "name")
            counts["wrong name, " + kind_of_error(row["indicator_zh"], figure.indicator)] += "name" in wrong
            errors.append((name, row["as_printed"], wrong, row["indicator_zh"], figure.indicator, figure.guesses))
    false = [f for at, f in found.items() if at not in keyed and any(a <= at <= b for a, b in parts)]
    counts["false"] = sum(not f.numeral.word for f in false)
    counts["false words"] = sum(f.numeral.word for f in false)
    return counts


def documents(folder: Path) -> list[tuple[str, str, list[dict]]]:
    """Name, text and keys of every keyed document of a folder."""
    out = []
    for path in sorted((folder / "keys").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        name = rows[0]["file"]
        out.append((name, (folder / "texts" / name).read_text(encoding="utf-8"), rows))
    return out


def against_tables(folder: Path) -> list[tuple[str, Counter]]:
    """The project's own documents (their texts in a folder) against its tables: figures proposed, and with the same key."""
    from huzhou_analysis.facts import numerals
    from huzhou_analysis.facts.checks import check
    from huzhou_analysis.facts.locking import default_root
    from huzhou_analysis.inbox.documents import read

    frames, _ = check(default_root())
    sources = frames["sources"].astype(str)
    figures = frames["figures"].astype(str)
    out = []
    for file in sorted(f for f in sources.file.unique() if f and (folder / f).is_file()):
        proposals, counts = read(folder / file), Counter()
        kept = [i for i, c in enumerate(proposals.attrs["text"]) for _ in numerals.normalise(c)]
        whole = numerals.normalise(proposals.attrs["text"])
        places = {}
        for row in proposals.itertuples():
            places.setdefault(abs(Decimal(row.value)), []).append(row)
        mine = figures[figures.source_id.isin(sources.source_id[sources.file == file]) & (figures.obs_value != "")]
        for figure in mine.to_dict("records"):
            counts["figures"] += 1
            printed = numerals.normalise(figure["as_printed"])
            at = whole.find(printed)
            near = places.get(abs(Decimal(figure["obs_value"])), [])
            if at >= 0:
                near = [r for r in near if kept[at] - 3 <= r.offset <= kept[min(at + len(printed), len(kept) - 1)] + 3]
            counts["proposed"] += bool(near)
            counts["on file"] += any(r.indicator for r in near)
            counts["same key"] += any(r.indicator == figure["indicator"] for r in near)
            counts["period"] += any(r.time_period == figure["time_period"] for r in near)
        counts["proposals"] = len(proposals)
        out.append((file, counts))
    return out


def line(name: str, c: Counter) -> str:
    total = c["keys"] + c["words"]
    shares = " ".join(f"{f} {c[f] / total:6.1%}" for f in (*FIELDS, "all"))
    sure = f"sure {c['sure'] / total:.0%} of which right {c['sure right'] / max(1, c['sure']):.1%}"
    return f"{name[:26]:26} {total:4} keys, missed {c['missed'] + c['words missed']}, false {c['false']}+{c['false words']} | {shares} | {sure} | {c['seconds']:.2f} s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--bulletins", default=os.environ.get("HUZHOU_BULLETINS", ""), help="folder with texts/ and keys/"
    )
    parser.add_argument("--errors", action="store_true")
    parser.add_argument("--leave-out", action="store_true", help="score each without what only it needs")
    parser.add_argument("--sources", default="", help="folder with the texts of the project's own documents")
    options = parser.parse_args()
    for name, counts in against_tables(Path(options.sources)) if options.sources else []:
        print(name, dict(counts))
    if not options.bulletins or not (Path(options.bulletins) / "keys").is_dir():
        parser.exit(1, "name a folder with texts/ and keys/: --bulletins FOLDER or HUZHOU_BULLETINS\n")
    total, errors = Counter(), []
    texts = {p.name: "\n".join(squeezed(p)) for p in (Path(options.bulletins) / "texts").glob("*.txt")}
    for name, text, rows in documents(Path(options.bulletins)):
        others = [t for n, t in texts.items() if n != name] if options.leave_out else list(texts.values())
        with left_out(texts[name], others) as gone:
            counts = score(text, name, rows, errors)
        total += counts
        print(line(name, counts), f"| {gone} words and patterns left out" if options.leave_out else "")
    print(line("all", total))
    print(", ".join(f"{kind}: {n}" for kind, n in sorted(total.items()) if kind.startswith("wrong") and n))
    for error in errors if options.errors else []:
        print(*error)


def squeezed(path: Path) -> list[str]:
    """Paragraphs of a text as the reader sees them."""
    from huzhou_analysis.inbox.documents.structure import blocks

    return [block.piece.text for block in blocks(path.read_text(encoding="utf-8"))]


if __name__ == "__main__":
    main()
