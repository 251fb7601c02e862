"""What files would change in the tables: rows to append, what is wrong with them, and what to show and ask first."""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pandas as pd

from ..facts import numerals, periods, text_tables
from ..facts.checks import check
from ..facts.codebook import GENERATED, generated
from ..facts.data import Data, load
from ..facts.plausible import Question, questions
from ..facts.problems import DataError, Problem
from ..facts.relations import relation_problems
from ..facts.schema import TABLES
from ..facts.units import Units
from .messages import message
from .reading import read
from .rows import Draft, Drafting, home
from .writing import checksum

_QUANTITY = ["indicator", "ref_area", "time_period", "transformation", "commitment"]
_PRINTED = [*_QUANTITY, "record_type", "source_id", "locator"]


@dataclass
class Plan:
    """What files would change: rows to append by table, with the cells they came from, and what to say and ask about them.

    `contents` holds the files as they would be, `before` the checksums of those that they were made from.
    """

    added: dict[str, list[Draft]] = field(default_factory=lambda: {name: [] for name in TABLES})
    problems: list[Problem] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(map(len, self.added.values()))

    def rows(self, table: str) -> list[dict[str, str]]:
        return [draft.values for draft in self.added[table]]


def plan(files: Sequence[Path], root: Path, today: dt.date | None = None) -> Plan:
    """Read and check files against the tables; nothing is written. Dates after `today` are asked about.

    A :class:`DataError` says that the tables on file have problems of their own.
    """
    made = Plan(before={name: checksum(root / name) for name in (*(f"{table}.csv" for table in TABLES), *GENERATED)})
    frames, problems = check(root)
    if problems := problems or relation_problems(load(root)):
        raise DataError(problems)
    rows = [row for path in files for row in read(path, made.problems, made.notes)]
    drafting = Drafting(frames)
    for draft in drafting.drafts(rows):
        if draft.row.table == "figures":
            _add_figure(made, draft, frames, home(drafting.frames))
        else:
            _add_entry(made, draft, frames[draft.row.table])
    made.problems += drafting.problems
    made.notes += drafting.notes
    if made.count:
        made.contents, data, problems = tried(root, {f"{name}.csv": _grown(made, root, name) for name in TABLES})
        told = {(problem.file, problem.cell) for problem in made.problems}
        made.problems += [p for p in _at_their_cells(made, root, problems) if (p.file, p.cell) not in told]
        if data is not None:
            made.questions = questions(data, {row["figure_id"] for row in made.rows("figures")}, today)
    if not made.problems:
        made.shown = _shown(made, frames["figures"], drafting.frames)
    return made


def _at(draft: Draft) -> str:
    return f"{draft.row.file} {draft.row.sheet}!{draft.row.number}"


def _add_entry(made: Plan, draft: Draft, frame: pd.DataFrame) -> None:
    table, key = draft.row.table, TABLES[draft.row.table].key[0]
    code = draft.values[key]
    others = [*frame[frame[key] == code].to_dict("records"), *(v for v in made.rows(table) if v[key] == code)]
    if not others:
        made.added[table].append(draft)
    elif column := next((c for c, v in draft.values.items() if others[0][c] != v), ""):
        said = message("taken", code=code, old=others[0][column], key=key, table=table)
        made.problems.append(draft.row.problem(column, said))
    else:
        made.notes.append(message("on_file", at=_at(draft), code=code))


def _add_figure(made: Plan, draft: Draft, frames: dict[str, pd.DataFrame], city: str) -> None:
    values, figures, outline = draft.values, frames["figures"], frames["outline"]
    on_file = figures[(figures[_PRINTED] == [values[c] for c in _PRINTED]).all(axis=1)].to_dict("records")
    alike = [(row, row["figure_id"]) for row in on_file]
    alike += [(d.values, _at(d)) for d in made.added["figures"] if all(d.values[c] == values[c] for c in _PRINTED)]
    for other, where in alike:
        if _same_figure(other, values):
            made.notes.append(message("same_figure", at=_at(draft), where=where))
            return
        if values["record_type"] == "actual" and values["time_period"] and not values["comment"]:
            said = message("other_value", shown=f"{other['obs_value']} {other['unit']}", where=where)
            made.problems.append(draft.row.problem("obs_value", said))
            return
    taken = set(figures.figure_id) | {v["figure_id"] for v in made.rows("figures")}
    values["figure_id"] = values["figure_id"] or _figure_id(values, city, taken)
    made.added["figures"].append(draft)
    place, locator = ("source_id", "locator"), values["locator"]
    known = [
        *outline[list(place)].itertuples(index=False, name=None),
        *((v[p] for p in place) for v in made.rows("outline")),
    ]
    if (values["source_id"], locator) not in map(tuple, known):
        same = outline.locator_en[outline.locator == locator]
        cell = draft.row.cells.get("locator_en")
        english = cell.text if cell else same.value_counts().index[0] if len(same) else locator
        row = {"source_id": values["source_id"], "locator": locator, "locator_en": english, "anchor": ""}
        made.added["outline"].append(Draft(draft.row, row))


def _same_figure(one: dict[str, str], other: dict[str, str]) -> bool:
    values = {Decimal(row["obs_value"]) if row["obs_value"] else None for row in (one, other)}
    same = len(values) == 1 and one["unit"] == other["unit"] and one["relation"] == other["relation"]
    texts = {numerals.normalise(row["as_printed"]) for row in (one, other)}
    return same and (len(texts) == 1 or other["record_type"] == "actual")


def _figure_id(values: dict[str, str], city: str, taken: set[str]) -> str:
    """Readable id as those on file: source, indicator, area unless it is the city, period, ``gy`` for growth."""
    parts = [values["source_id"], values["indicator"]]
    parts += [values["ref_area"]] if values["ref_area"] != city else []
    parts += [values["time_period"].replace("/", "") or "undated"]
    parts += ["gy"] if values["transformation"] == "GY" else []
    plain = ".".join(parts)
    numbered = [int(t.removeprefix(f"{plain}.")) for t in taken if t.removeprefix(f"{plain}.").isdigit()]
    return plain if plain not in taken and not numbered else f"{plain}.{max([1, *numbered]) + 1}"


# Trying it out.


def tried(root: Path, contents: dict[str, bytes]) -> tuple[dict[str, bytes], Data | None, list[Problem]]:
    """A copy of the tables with some of them replaced, loaded: what differs from the files in `root`, with what is generated
    from the tables; the data, or None; and the problems.
    """
    with tempfile.TemporaryDirectory(prefix="huzhou-") as name:
        for file in (f"{table}.csv" for table in TABLES):
            (Path(name) / file).write_bytes(contents[file] if file in contents else (root / file).read_bytes())
        try:
            data = load(name)
        except DataError as error:
            return {}, None, error.problems
    if problems := relation_problems(data):
        return {}, None, problems
    contents = contents | {name: made.encode() for name, made in generated(data).items()}
    old = {name: (root / name).read_bytes() if (root / name).exists() else b"" for name in contents}
    return {name: content for name, content in contents.items() if content != old[name]}, data, []


def _at_their_cells(made: Plan, root: Path, problems: Sequence[Problem]) -> list[Problem]:
    """Problems of the tables with the new rows, each at the cell that its row came from."""
    out = []
    for problem in problems:
        drafts = made.added.get(problem.file.removesuffix(".csv"), [])
        table = text_tables.decoded((root / problem.file).read_bytes())[0] if drafts else ""
        index = problem.row - sum(1 for _ in text_tables.records(table)) - 1
        if 0 <= index < len(drafts):
            said = problem.zh, problem.en
            problem = drafts[index].row.problem(problem.column.split("+")[0], said, problem.value)
        out.append(problem)
    return out


def _grown(made: Plan, root: Path, name: str) -> bytes:
    """A table with its new rows appended; what is there keeps its bytes."""
    old = (root / f"{name}.csv").read_bytes()
    if not made.added[name]:
        return old
    end = "\r\n" if b"\r\n" in old else "\n"
    head = next(csv.reader(io.StringIO(old.decode("utf-8-sig"), newline="")))
    new = io.StringIO("" if old.endswith((b"\n", b"\r")) else end, newline="")
    new.seek(0, io.SEEK_END)
    csv.DictWriter(new, head, lineterminator=end).writerows(
        {c: r[c] for c in TABLES[name].columns} for r in made.rows(name)
    )
    return old + new.getvalue().encode()


# Showing.


def _shown(made: Plan, figures: pd.DataFrame, grown: dict[str, pd.DataFrame]) -> list[str]:
    lines = [
        f"  + {TABLES[table].zh} {table}: {' · '.join(list(values.values())[:3])}"
        for table in ("indicators", "ref_areas", "units", "sources", "outline")
        for values in made.rows(table)
    ]
    indicators = grown["indicators"].set_index("indicator")
    areas = grown["ref_areas"].set_index("ref_area").name_zh
    units = Units(grown["units"].to_dict("records"))
    for draft in made.added["figures"]:
        values, name = draft.values, indicators.loc[draft.values["indicator"]]
        period, status = values["time_period"], f"{values['record_type']} {values['obs_status']}"
        when = f"{periods.parse(period).label('zh')} ({period})" if period else "未载明 unstated"
        kind = "同比增长 growth " if values["transformation"] == "GY" else ""
        lines += [
            f"  + {name.name_zh} {name.name_en} {kind}· {areas[values['ref_area']]} · {when}: {_value(values)}  [{status}]",
            f"      {values['source_id']} · {values['locator']} · “{values['as_printed']}”  → {values['figure_id']}  ({_at(draft)})",
        ]
        if draft.derived:
            lines.append("      推定 worked out: " + "；".join(f"{zh} {en}" for zh, en in draft.derived))
        if values["time_period"] and values["obs_value"]:
            lines += _beside(values, figures, units)
    return lines


def _value(values: dict[str, str]) -> str:
    number = f"{values['obs_value']}–{values['value_high']}" if values["value_high"] else values["obs_value"]
    relation = "" if values["relation"] in ("=", "range", "relative") else f"{values['relation']} "
    return f"{relation}{number} {values['unit']} ({values['vintage'] or '?'})"


def _beside(values: dict[str, str], figures: pd.DataFrame, units: Units) -> list[str]:
    """The same quantity on file from elsewhere: both stay; their dates and their difference are shown."""
    others = figures[(figures[_QUANTITY] == [values[c] for c in _QUANTITY]).all(axis=1) & (figures.obs_value != "")]
    others = others[(others.record_type == "target") == (values["record_type"] == "target")]
    lines = []
    for other in others.to_dict("records"):
        difference = "单位不同 in another unit"
        if units.comparable(other["unit"], values["unit"]):
            old = Decimal(other["obs_value"]) * units.factor(other["unit"], values["unit"])
            change = Decimal(values["obs_value"]) - old
            percent = f", {change / abs(old) * 100:+.2f}%" if old and values["transformation"] == "N" else ""
            difference = f"差 difference {change.normalize():+f} {values['unit']}{percent}"
        on_file = f"{_value(other)} {other['figure_id']}"
        lines.append(f"      Δ 现有 on file: {on_file}; 新 new: {_value(values)}; {difference}；并存 both are kept")
    return lines
