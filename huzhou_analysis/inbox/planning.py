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
    made = Plan()
    made.before = {name: checksum(root / name) for name in (*(f"{table}.csv" for table in TABLES), *GENERATED)}
    frames, problems = check(root)
    if not problems:
        problems = relation_problems(load(root))
    if problems:
        raise DataError(problems)
    rows = [row for path in files for row in read(path, made.problems, made.notes)]
    drafting = Drafting(frames)
    for draft in drafting.drafts(rows):
        (_add_figure if draft.row.table == "figures" else _add_entry)(made, draft, drafting.frames, frames)
    made.problems += drafting.problems
    made.notes += drafting.notes
    if made.count:
        made.contents, data, problems = tried(root, {f"{name}.csv": _grown(made, root, name) for name in TABLES})
        told = {(problem.file, problem.cell) for problem in made.problems}
        made.problems += [p for p in _at_their_cells(made, root, problems) if (p.file, p.cell) not in told]
        if data is not None:
            made.questions = questions(data, {row["figure_id"] for row in made.rows("figures")}, today)
    if not made.problems:
        made.shown = _shown(made, frames, drafting.frames)
    return made


# --- rows ----------------------------------------------------------------------------------------------------------


def _add_entry(made: Plan, draft: Draft, grown: dict[str, pd.DataFrame], frames: dict[str, pd.DataFrame]) -> None:
    table, key = draft.row.table, TABLES[draft.row.table].key[0]
    code, frame = draft.values[key], frames[table]
    for other in [*frame[frame[key] == code].to_dict("records"), *(v for v in made.rows(table) if v[key] == code)]:
        column = next((c for c, v in draft.values.items() if other[c] != v), "")
        if not column:
            zh = f"{_at(draft)} {code} 已收录，未重复添加"
            made.notes.append((zh, f"{_at(draft)} {code} is on file: not added again"))
        else:
            zh = f"{code} 已收录，此列为“{other[column]}”；不覆盖：请换一个编号，或直接改 {table}.csv"
            en = f"{code} is on file with “{other[column]}” here; take another {key}, or edit {table}.csv"
            made.problems.append(draft.row.problem(column, zh, en))
        return
    made.added[table].append(draft)


def _at(draft: Draft) -> str:
    return f"{draft.row.file} {draft.row.sheet}!{draft.row.number}"


def _add_figure(made: Plan, draft: Draft, grown: dict[str, pd.DataFrame], frames: dict[str, pd.DataFrame]) -> None:
    values, figures = draft.values, frames["figures"]
    on_file = figures[(figures[_PRINTED] == [values[c] for c in _PRINTED]).all(axis=1)].to_dict("records")
    alike = [(row, row["figure_id"]) for row in on_file]
    alike += [(d.values, _at(d)) for d in made.added["figures"] if all(d.values[c] == values[c] for c in _PRINTED)]
    for other, where in alike:
        if _same_figure(other, values):
            zh, en = f"与 {where} 是同一个数字，未重复添加", f"is the same figure as {where}: not added again"
            made.notes.append((f"{_at(draft)} {zh}", f"{_at(draft)} {en}"))
            return
        if values["record_type"] == "actual" and values["time_period"] and not values["comment"]:
            shown = f"{other['obs_value']} {other['unit']}"
            zh = f"同一来源同一位置的同一数字已是 {shown}（{where}）；请核对。修订请登记新来源；若确是另一个数字，请在备注说明"
            en = f"the same figure of the same source and place is {shown} already ({where}); check it. A revision "
            en += "needs a source of its own; if it is another figure, say so in the comment"
            made.problems.append(draft.row.problem("obs_value", zh, en))
            return
    taken = set(figures.figure_id) | {v["figure_id"] for v in made.rows("figures")}
    values["figure_id"] = values["figure_id"] or _figure_id(values, home(grown), taken)
    made.added["figures"].append(draft)
    source, locator, outline = values["source_id"], values["locator"], frames["outline"]
    known = set(zip(outline.source_id, outline.locator, strict=True))
    if (source, locator) not in known | {(v["source_id"], v["locator"]) for v in made.rows("outline")}:
        same = outline.locator_en[outline.locator == locator]
        cell = draft.row.cells.get("locator_en")
        english = cell.text if cell else same.value_counts().index[0] if len(same) else locator
        place = {"source_id": source, "locator": locator, "locator_en": english, "anchor": ""}
        made.added["outline"].append(Draft(draft.row, place))


def _same_figure(one: dict[str, str], other: dict[str, str]) -> bool:
    values = [Decimal(row["obs_value"]) if row["obs_value"] else None for row in (one, other)]
    texts = [numerals.normalise(row["as_printed"]) for row in (one, other)]
    same = values[0] == values[1] and one["unit"] == other["unit"] and one["relation"] == other["relation"]
    return same and (texts[0] == texts[1] or other["record_type"] == "actual")


def _figure_id(values: dict[str, str], city: str, taken: set[str]) -> str:
    """Readable id as those on file: source, indicator, area unless it is the city, period, ``gy`` for growth."""
    parts = [values["source_id"], values["indicator"]]
    parts += [values["ref_area"]] if values["ref_area"] != city else []
    parts += [values["time_period"].replace("/", "") or "undated"]
    parts += ["gy"] if values["transformation"] == "GY" else []
    plain = ".".join(parts)
    numbered = [int(t.removeprefix(f"{plain}.")) for t in taken if t.removeprefix(f"{plain}.").isdigit()]
    return plain if plain not in taken and not numbered else f"{plain}.{max([1, *numbered]) + 1}"


# --- trying it out -------------------------------------------------------------------------------------------------


def tried(root: Path, contents: dict[str, bytes]) -> tuple[dict[str, bytes], Data | None, list[Problem]]:
    """A copy of the tables with some of them replaced, loaded: what differs from the files in `root`, with what is generated
    from the tables; the data, or None; and the problems.
    """
    with tempfile.TemporaryDirectory(prefix="huzhou-") as name:
        for table in TABLES:
            file = f"{table}.csv"
            (Path(name) / file).write_bytes(contents[file] if file in contents else (root / file).read_bytes())
        try:
            data = load(name)
        except DataError as error:
            return {}, None, error.problems
    if problems := relation_problems(data):
        return {}, None, problems
    contents = contents | {name: text.encode("utf-8") for name, text in generated(data).items()}
    old = {name: (root / name).read_bytes() if (root / name).exists() else b"" for name in contents}
    return {name: content for name, content in contents.items() if content != old[name]}, data, []


def _at_their_cells(made: Plan, root: Path, problems: Sequence[Problem]) -> list[Problem]:
    """Problems of the tables with the new rows, each at the cell that its row came from."""
    out = []
    for problem in problems:
        drafts = made.added.get(problem.file.removesuffix(".csv"), [])
        text = text_tables.decoded((root / problem.file).read_bytes())[0] if drafts else ""
        index = problem.row - sum(1 for _ in text_tables.records(text)) - 1
        if 0 <= index < len(drafts):
            problem = drafts[index].row.problem(problem.column.split("+")[0], problem.zh, problem.en, problem.value)
        out.append(problem)
    return out


def _grown(made: Plan, root: Path, name: str) -> bytes:
    """A table with its new rows appended; what is there keeps its bytes."""
    old = (root / f"{name}.csv").read_bytes()
    if not made.added[name]:
        return old
    end = "\r\n" if b"\r\n" in old else "\n"
    head = next(csv.reader(io.StringIO(old.decode("utf-8-sig"), newline="")))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, head, lineterminator=end)
    writer.writerows({c: row[c] for c in TABLES[name].columns} for row in made.rows(name))
    gap = b"" if old.endswith((b"\n", b"\r")) else end.encode()
    return old + gap + text.getvalue().encode("utf-8")


# --- showing -------------------------------------------------------------------------------------------------------


def _shown(made: Plan, frames: dict[str, pd.DataFrame], grown: dict[str, pd.DataFrame]) -> list[str]:
    lines = []
    for table in ("indicators", "ref_areas", "units", "sources", "outline"):
        for values in made.rows(table):
            lines.append(f"  + {TABLES[table].zh} {table}: {' · '.join(list(values.values())[:3])}")
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
        lines += _beside(values, frames["figures"], units)
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
    for other in others.to_dict("records") if values["time_period"] and values["obs_value"] else ():
        difference = "单位不同 in another unit"
        if other["unit"] in units and units.comparable(other["unit"], values["unit"]):
            old = Decimal(other["obs_value"]) * units.factor(other["unit"], values["unit"])
            change = Decimal(values["obs_value"]) - old
            percent = f", {change / abs(old) * 100:+.2f}%" if old and values["transformation"] == "N" else ""
            difference = f"差 difference {change.normalize():+f} {values['unit']}{percent}"
        on_file = f"{_value(other)} {other['figure_id']}"
        lines.append(f"      Δ 现有 on file: {on_file}; 新 new: {_value(values)}; {difference}；并存 both are kept")
    return lines
