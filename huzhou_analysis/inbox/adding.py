"""Add what files hold to the tables: everything is checked, shown and asked about first, and written whole or not at all.
Rows are only ever appended: what stands in a table keeps its bytes. What was added last can be taken back.
The new files are prepared in a folder beside the old ones, and renaming that folder decides. What interrupts the moving
of its files after that, the next command completes (:func:`recover`)."""

import datetime as dt
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

import pandas as pd

from ..facts import numerals, periods
from ..facts.checks import check, decoded, records
from ..facts.codebook import GENERATED, generated
from ..facts.data import Data, load
from ..facts.locking import checksum
from ..facts.plausible import Question, questions
from ..facts.problems import DataError, Problem, say
from ..facts.relations import relation_problems
from ..facts.schema import TABLES
from . import message, refuse, said
from .layout import FILE
from .reading import Row, read
from .rows import Filling, home

_QUANTITY = ["indicator", "ref_area", "time_period", "transformation", "commitment"]
_PRINTED = [*_QUANTITY, "record_type", "source_id", "locator"]
STAGED, JOURNAL = ".adding", "journal.json"


@dataclass
class Plan:
    """What files would change: rows to append by table, with the cells they came from, what to say and ask about them, the
    files as they would be (`contents`), and the checksums of those that they were made from (`before`)."""

    before: dict[str, str]
    added: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in TABLES})
    problems: list[Problem] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(map(len, self.added.values()))

    def rows(self, table: str) -> list[dict[str, str]]:
        return [row.values for row in self.added[table]]


def plan(files: Sequence[Path], root: Path, today: dt.date | None = None) -> Plan:
    """Read and check files against the tables; nothing is written. Dates after `today` are asked about. A
    :class:`Refused` says that the tables on file have problems of their own."""
    made = Plan({name: checksum(root / name) for name in (*(f"{table}.csv" for table in TABLES), *GENERATED)})
    frames, problems = check(root)
    problems = problems or relation_problems(load(root))
    refuse("tables_wrong", problems, error=DataError(problems))
    filling = Filling(frames)
    rows = filling.fill([row for path in files for row in read(path, made.problems, made.notes)])
    city = home(filling.frames)
    for row in rows:
        if row.values and not _on_file(made, row, frames[row.table]):
            if row.table == "figures":
                _complete(made, row, frames, city)
            made.added[row.table].append(row)
        made.problems += row.problems
        made.notes += row.notes
    if made.count:
        made.contents, data, problems = tried(root, {f"{name}.csv": _grown(made, root, name) for name in TABLES})
        told = {(problem.file, problem.cell) for problem in made.problems}
        found = [_at_its_cell(made, root, problem) for problem in problems]
        made.problems += [problem for problem in found if (problem.file, problem.cell) not in told]
        if data is not None:
            made.questions = questions(data, {row["figure_id"] for row in made.rows("figures")}, today)
        if not made.problems:
            made.shown = _shown(made, frames["figures"], data)
    return made


def _on_file(made: Plan, row: Row, frame: pd.DataFrame) -> bool:
    """Whether a row is on file or among the new ones already, or one that it contradicts; that is said."""
    table, values, printed = row.table, row.values, row.table == "figures"
    key = TABLES[table].key[0]
    same = {c: values[c] for c in (_PRINTED if printed else [key])}
    found = frame[(frame[list(same)] == list(same.values())).all(axis=1)].to_dict("records")
    alike = [(other, other[key]) for other in found]
    alike += [(new.values, new.place) for new in made.added[table] if same.items() <= new.values.items()]
    for other, where in alike:
        differs = next((c for c in values if other[c] != values[c]), "")
        if _same_figure(other, values) if printed else not differs:
            name = "same_figure" if printed else "on_file"
            row.notes.append(message(name, at=row.place, where=where, code=values[key]))
            return True
        if not printed:
            row.say(differs, "taken", code=values[key], old=other[differs], key=key, table=table)
            return True
        if values["record_type"] == "actual" and values["time_period"] and not values["comment"]:
            row.say("obs_value", "other_value", shown=f"{other['obs_value']} {other['unit']}", where=where)
            return True
    return False


def _same_figure(one: dict[str, str], other: dict[str, str]) -> bool:
    values = {Decimal(row["obs_value"]) if row["obs_value"] else None for row in (one, other)}
    same = len(values) == 1 and one["unit"] == other["unit"] and one["relation"] == other["relation"]
    texts = {numerals.normalise(row["as_printed"]) for row in (one, other)}
    return same and (len(texts) == 1 or other["record_type"] == "actual")


def _complete(made: Plan, row: Row, frames: dict[str, pd.DataFrame], city: str) -> None:
    """Give a figure its id, readable as those on file (source, indicator, area unless it is the city, period, ``gy`` for
    growth), and its place a row of the outline if it is new."""
    values, outline = row.values, frames["outline"]
    taken = {*frames["figures"].figure_id, *(other["figure_id"] for other in made.rows("figures"))}
    area = "" if values["ref_area"] == city else values["ref_area"]
    growth = "gy" if values["transformation"] == "GY" else ""
    period = values["time_period"].replace("/", "") or "undated"
    plain = ".".join(filter(None, (values["source_id"], values["indicator"], area, period, growth)))
    numbered = [int(t.removeprefix(f"{plain}.")) for t in taken if t.removeprefix(f"{plain}.").isdigit()]
    unique = f"{plain}.{max([1, *numbered]) + 1}" if numbered or plain in taken else plain
    values["figure_id"] = values["figure_id"] or unique
    place = {"source_id": values["source_id"], "locator": values["locator"]}
    known = outline[list(place)].eq(place).all(axis=1).any()
    if not (known or any(place.items() <= other.items() for other in made.rows("outline"))):
        same, cell = outline.locator_en[outline.locator == place["locator"]], row.cells.get("locator_en")
        english = cell.text if cell else same.value_counts().index[0] if len(same) else place["locator"]
        made.added["outline"].append(replace(row, values=place | {"locator_en": english, "anchor": ""}, derived=[]))


def tried(root: Path, contents: dict[str, bytes]) -> tuple[dict[str, bytes], Data | None, list[Problem]]:
    """A copy of the tables with some of them replaced, loaded: what differs from the files in `root`, with what is generated
    from the tables; the data, or None; and the problems."""
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


def _at_its_cell(made: Plan, root: Path, problem: Problem) -> Problem:
    """A problem of the tables with the new rows, at the cell that its row came from if it is of one of these."""
    if rows := made.added.get(problem.file.removesuffix(".csv")):
        old = records(decoded((root / problem.file).read_bytes())[0])
        index = problem.row - sum(1 for _ in old) - 1
        if 0 <= index < len(rows):
            said = problem.zh, problem.en
            return rows[index].problem(problem.column.split("+")[0], said, problem.value)
    return problem


def _grown(made: Plan, root: Path, name: str) -> bytes:
    """A table with its new rows appended; what is there keeps its bytes."""
    old = (root / f"{name}.csv").read_bytes()
    end = "\r\n" if b"\r\n" in old else "\n"
    head = next(records(decoded(old)[0]))
    rows = pd.DataFrame(made.rows(name)).reindex(columns=head, fill_value="")
    new = rows.to_csv(index=False, header=False, lineterminator=end)
    return old + (new if old.endswith((b"\n", b"\r")) or not new else end + new).encode()


def _shown(made: Plan, figures: pd.DataFrame, data: Data) -> list[str]:
    """What would be added, as it is said; `data` holds it beside the `figures` on file."""
    lines = [
        f"  + {TABLES[table].zh} {table}: {' · '.join(list(values.values())[:3])}"
        for table in ("indicators", "ref_areas", "units", "sources", "outline")
        for values in made.rows(table)
    ]
    for row in made.added["figures"]:
        values, name = row.values, data.indicators.loc[row.values["indicator"]]
        area, period = data.ref_areas.name_zh[values["ref_area"]], values["time_period"]
        status = f"{values['record_type']} {values['obs_status']}"
        when = f"{periods.parse(period).label('zh')} ({period})" if period else "未载明 unstated"
        kind = "同比增长 growth " if values["transformation"] == "GY" else ""
        lines += [
            f"  + {name.name_zh} {name.name_en} {kind}· {area} · {when}: {_value(values)}  [{status}]",
            f"      {values['source_id']} · {values['locator']} · “{values['as_printed']}”  → {values['figure_id']}  ({row.place})",
        ]
        if row.derived:
            lines.append("      推定 worked out: " + "；".join(f"{zh} {en}" for zh, en in row.derived))
        if values["time_period"] and values["obs_value"]:
            lines += _beside(values, figures, data)
    return lines


def _value(values: dict[str, str]) -> str:
    number = f"{values['obs_value']}–{values['value_high']}" if values["value_high"] else values["obs_value"]
    relation = "" if values["relation"] in ("=", "range", "relative") else f"{values['relation']} "
    return f"{relation}{number} {values['unit']} ({values['vintage'] or '?'})"


def _beside(values: dict[str, str], figures: pd.DataFrame, data: Data) -> list[str]:
    """The same quantity on file from elsewhere: both stay; their dates and their difference are shown."""
    others = figures[(figures[_QUANTITY] == [values[c] for c in _QUANTITY]).all(axis=1) & (figures.obs_value != "")]
    others = others[(others.record_type == "target") == (values["record_type"] == "target")]
    lines = []
    for other in others.to_dict("records"):
        difference = "单位不同 in another unit"
        if data.units.comparable(other["unit"], values["unit"]):
            old = Decimal(other["obs_value"]) * data.units.factor(other["unit"], values["unit"])
            change = Decimal(values["obs_value"]) - old
            percent = f", {change / abs(old) * 100:+.2f}%" if old and values["transformation"] == "N" else ""
            difference = f"差 difference {change.normalize():+f} {values['unit']}{percent}"
        on_file = f"{_value(other)} {other['figure_id']}"
        lines.append(f"      Δ 现有 on file: {on_file}; 新 new: {_value(values)}; {difference}；并存 both are kept")
    return lines


def add(files: Sequence[Path | str], root: Path, *, dry_run: bool = False, confirm: bool = False) -> None:
    """Add what workbooks or text tables hold to the tables, by default everything in the inbox. With `dry_run` nothing is
    written; `confirm` says that the figures that stand out have been looked at."""
    waiting = sorted(path for path in (root / "inbox").glob("*") if path.is_file())  # without lock files
    paths = [Path(f) for f in files] or [path for path in waiting if not path.name.startswith(("~$", "."))]
    if not paths and root.is_dir():
        return say(said("inbox_empty", inbox=root / "inbox", file=FILE))
    try:
        made = plan(paths, root)
    except OSError as error:  # of the temporary copy
        refuse("not_written", reason=error.strerror or error)
    for zh, en in dict.fromkeys(made.notes):
        say(f"· {zh}\n  {en}")
    refuse("nothing_added", made.problems, problems=DataError(made.problems))
    if not made.count:
        return say(said("nothing_new"))
    figures, again = len(made.added["figures"]), sum(line.lstrip().startswith("Δ") for line in made.shown)
    lines = [said("to_add", figures=figures, more=made.count - figures)]
    lines += [said("compared", number=again)] * (again > 0) + made.shown
    if made.questions:
        lines += ["", said("look", number=len(made.questions)), *(f"  ? {question}" for question in made.questions)]
    say("\n".join([*lines, *["", said("dry_run")] * dry_run]))
    refuse("unconfirmed", made.questions and not (confirm or dry_run))
    if not dry_run:
        _write(made, paths, root)


def _write(made: Plan, paths: Sequence[Path], root: Path) -> None:
    """Write the tables, with a note of the rows appended; files of the inbox then lie beside it, under its number."""
    number, inbox = max([0, *(int(note.stem) for note in _notes(root))]) + 1, root / "inbox"
    here = [path for path in paths if path.resolve().parent == inbox.resolve()]
    moves = [(path, inbox / "added" / f"{number:06d} {path.name}") for path in here]
    tables = [name for name in made.contents if name.removesuffix(".csv") in TABLES]
    rows = {name: made.contents[name].removeprefix((root / name).read_bytes()).decode() for name in tables}
    note = {"added": rows, "files": [[path.name, target.name] for path, target in moves]}
    name, content = f"inbox/added/{number:06d}.json", json.dumps(note, ensure_ascii=False, indent=1).encode()
    commit(root, made.contents | {name: content}, made.before | {name: ""})
    say("\n" + said("added", files=", ".join(sorted(made.contents))))
    for path, target in moves:
        try:
            path.rename(target)
            say(said("moved", target=target))
        except OSError as error:
            say(said("not_moved", file=path.name, reason=error.strerror), error=True)
    say(said("next"))


def _notes(root: Path) -> list[Path]:
    return sorted(p for p in (root / "inbox" / "added").glob("*.json") if p.stem.isdigit())


def undo(root: Path) -> None:
    """Take back what was added last, and lay its files back into the inbox."""
    if not root.is_dir():
        refuse("tables_wrong", error=DataError(check(root)[1]))
    if not (notes := _notes(root)):
        return say(said("nothing_to_undo"))
    try:
        note = json.loads(notes[-1].read_bytes())
        old = {name: (root / name).read_bytes() for name in note["added"]}
        changed = [name for name, rows in note["added"].items() if old[name].count(rows.encode()) != 1]
        problems = [Problem(name, 0, "", "", *message("rows_changed")) for name in changed]
        if not problems:
            contents = {name: old[name].replace(rows.encode(), b"") for name, rows in note["added"].items()}
            contents, _, problems = tried(root, contents)
        refuse("nothing_undone", problems, problems=DataError(problems))
        commit(root, contents, {name: checksum(root / name) for name in contents})
        for then, now in note["files"]:
            if (notes[-1].parent / now).exists() and not (root / "inbox" / then).exists():
                (notes[-1].parent / now).rename(root / "inbox" / then)
        notes[-1].unlink()
    except (OSError, ValueError, LookupError) as error:
        refuse("not_written", reason=getattr(error, "strerror", None) or error)
    say(said("undone", files=", ".join(sorted(note["added"]))))


def commit(root: Path, contents: dict[str, bytes], before: dict[str, str]) -> None:
    """Replace files of a folder together, if each has still the checksum (SHA-256) in `before`, "" for none. Refused, every
    file is as it was, or it is said that some are in place and others not yet, which :func:`recover` completes."""
    for left in root.glob(f"{STAGED}-*"):  # of an adding that was cut short before it counted
        shutil.rmtree(left, ignore_errors=True)
    try:
        with tempfile.TemporaryDirectory(prefix=f"{STAGED}-", dir=root, ignore_cleanup_errors=True) as made:
            staged = Path(made)
            for name, content in contents.items():
                for folder in (staged, root):
                    (folder / name).parent.mkdir(parents=True, exist_ok=True)
                _put(staged / name, content)
                if (root / name).exists():
                    shutil.copymode(root / name, staged / name)
            _put(staged / JOURNAL, json.dumps({name: before[name] for name in contents}).encode())
            if any(checksum(root / name) != before[name] for name in contents):
                raise OSError(said("changed_meanwhile"))
            staged.rename(root / STAGED)  # from here on the new files count
    except OSError as error:
        refuse("not_written", reason=error.strerror or error)
    try:
        _move_in(root)
    except OSError as error:
        refuse("half-way", reason=error.strerror or error)


def recover(root: Path) -> None:
    """Complete an adding that was cut short, and say so."""
    if not (root / STAGED / JOURNAL).is_file():
        return shutil.rmtree(root / STAGED, ignore_errors=True)  # without its journal it was done with
    try:
        foreign = _move_in(root)
    except (OSError, ValueError) as error:
        refuse("cut_short", reason=error)
    say(said("changed_after", files="、".join(foreign)) if foreign else said("completed"), error=True)


def _move_in(root: Path) -> list[str]:
    """Move what is prepared over the files; if someone else has changed one since, none, and that one is named."""
    staged = root / STAGED
    journal = json.loads((staged / JOURNAL).read_bytes())
    waiting = [name for name in journal if (staged / name).exists()]
    foreign = [name for name in waiting if checksum(root / name) != journal[name]]
    for name in waiting if not foreign else ():
        os.replace(staged / name, root / name)
    (staged / JOURNAL).unlink(missing_ok=True)
    shutil.rmtree(staged, ignore_errors=True)
    return foreign


def _put(path: Path, content: bytes) -> None:
    """Write a file and have it reach the disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
