"""Add what files hold to the tables: everything is checked and shown first, and written whole or not at all.

Rows are only ever appended: what stands in a table keeps its bytes. The new tables are prepared in a folder beside the
old ones; renaming that folder decides. Whatever interrupts the copying after it, the next command completes it
(:func:`recover`).
"""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import hashlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pandas as pd

from ..analysis.relations import relation_problems
from ..facts import numerals, periods
from ..facts.data import DataError, Problem, check, default_root, load
from ..facts.kept import digest
from ..facts.schema import OBS_STATUSES, RECORD_TYPES, TABLES
from ..facts.units import Units
from ..report.build import say
from .reading import read
from .rows import Draft, Drafting, home

STAGED = ".adding"
JOURNAL = "journal.json"
_SAME = ("record_type", "indicator", "ref_area", "time_period", "transformation", "source_id", "locator", "commitment")


def inbox(root: Path) -> Path:
    return root / "inbox"


class Unfinished(OSError):
    """New tables are prepared but not all in place; :func:`recover` completes them."""


@dataclass
class Plan:
    """What a file would change: rows to append by table, where each came from, and what to say about them."""

    rows: dict[str, list[dict[str, str]]] = field(default_factory=lambda: {name: [] for name in TABLES})
    origins: dict[str, list[Draft]] = field(default_factory=lambda: {name: [] for name in TABLES})
    problems: list[Problem] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(map(len, self.rows.values()))

    def add(self, table: str, values: dict[str, str], origin: Draft) -> None:
        self.rows[table].append(values)
        self.origins[table].append(origin)


# --- planning ------------------------------------------------------------------------------------------------------


def plan(files: Sequence[Path], root: Path, today: dt.date | None = None) -> Plan:
    """Read and check files against the tables; nothing is written.

    Parameters
    ----------
    files : list of Path
    root : Path
        Folder of the tables.
    today : date, optional
        Dates after it are refused.

    Raises
    ------
    DataError
        If the tables on file have problems of their own.
    """
    frames, problems = check(root)
    if problems:
        raise DataError(problems)
    made = Plan()
    rows = [row for path in files for row in read(path, made.problems, made.notes)]
    drafting = Drafting(frames, today or dt.date.today())
    drafts = drafting.drafts(rows)
    made.problems += drafting.problems
    made.notes += drafting.notes
    frames = {name: frame.astype(str) for name, frame in frames.items()}
    city = home(drafting.frames)
    for draft in drafts:
        if draft.table == "figures":
            _add_figure(made, draft, frames, city)
        else:
            _add_entry(made, draft, frames[draft.table])
    if made.count and not made.problems:
        with tempfile.TemporaryDirectory(prefix="huzhou-") as folder:
            made.problems += _check_copy(made, root, Path(folder))
    if not made.problems:
        made.shown = _shown(made, frames, drafting.frames)
    return made


def _add_entry(made: Plan, draft: Draft, frame: pd.DataFrame) -> None:
    key = TABLES[draft.table].key[0]
    code = draft.values[key]
    on_file = frame[frame[key] == code].to_dict("records")
    again = [v for v in made.rows[draft.table] if v[key] == code]
    for other in [*on_file, *again]:
        if {c: other[c] for c in draft.values} == draft.values:
            made.notes.append(
                (
                    f"{code} 已在案，未重复添加（{_at(draft)}）",
                    f"{code} is on file already: not added again ({_at(draft)})",
                )
            )
            return
        column = next(c for c, v in draft.values.items() if other[c] != v)
        made.problems.append(
            draft.row.problem(
                column,
                f"{code} 已在案，此列为“{other[column]}”；不覆盖：请换一个编号，或直接改 {draft.table}.csv",
                f"{code} is on file with “{other[column]}” here; nothing is overwritten: take another {key}, or edit {draft.table}.csv",
            )
        )
        return
    made.add(draft.table, draft.values, draft)


def _at(draft: Draft) -> str:
    return f"{draft.row.file} {draft.row.sheet}!{draft.row.number}"


def _add_figure(made: Plan, draft: Draft, frames: dict[str, pd.DataFrame], city: str) -> None:
    values = draft.values
    figures = frames["figures"]
    alike = figures[(figures[list(_SAME)] == [values[c] for c in _SAME]).all(axis=1)].to_dict("records")
    origins = {o.values["figure_id"]: o for o in made.origins["figures"]}
    fresh = [v for v in made.rows["figures"] if all(v[c] == values[c] for c in _SAME)]
    for other in alike + fresh:
        where = _at(origins[other["figure_id"]]) if other["figure_id"] in origins else other["figure_id"]
        same_value = _number(other["obs_value"]) == _number(values["obs_value"]) and other["unit"] == values["unit"]
        same_text = numerals.normalise(other["as_printed"]) == numerals.normalise(values["as_printed"])
        if same_value and (same_text or values["record_type"] == "actual") and other["relation"] == values["relation"]:
            made.notes.append(
                (
                    f"{_at(draft)} 与 {where} 是同一个数字，未重复添加",
                    f"{_at(draft)} is the same figure as {where}: not added again",
                )
            )
            return
        if values["record_type"] == "actual" and values["time_period"] and not values["comment"]:
            made.problems.append(
                draft.row.problem(
                    "obs_value",
                    f"同一来源同一位置的同一数字已是 {other['obs_value']} {other['unit']}（{where}）；请核对。修订请登记新来源；若确是另一个数字，请在备注说明",
                    f"the same figure of the same source and place is {other['obs_value']} {other['unit']} already ({where}); check it. A revision "
                    "needs a source of its own; if it is another figure, say so in the comment",
                )
            )
            return
    wanted = values["figure_id"]
    taken = set(figures.figure_id) | {v["figure_id"] for v in made.rows["figures"]}
    values["figure_id"] = wanted or _figure_id(values, city, taken)
    made.add("figures", values, draft)
    outline = frames["outline"]
    place = (values["source_id"], values["locator"])
    known = set(zip(outline.source_id, outline.locator, strict=True)) | {
        (v["source_id"], v["locator"]) for v in made.rows["outline"]
    }
    if place not in known:
        same = outline.locator_en[outline.locator == place[1]]
        english = draft.locator_en or (str(same.value_counts().index[0]) if len(same) else place[1])
        made.add("outline", {"source_id": place[0], "locator": place[1], "locator_en": english, "anchor": ""}, draft)


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _figure_id(values: dict[str, str], city: str, taken: set[str]) -> str:
    """Readable id as those on file: source, indicator, area unless it is the city, period, ``gy`` for growth."""
    parts = [values["source_id"], values["indicator"]]
    parts += [values["ref_area"]] if values["ref_area"] != city else []
    parts += [values["time_period"].replace("/", "") or "undated"]
    parts += ["gy"] if values["transformation"] == "GY" else []
    plain = ".".join(parts)
    numbered = [int(t.removeprefix(f"{plain}.")) for t in taken if t.removeprefix(f"{plain}.").isdigit()]
    if plain not in taken and not numbered:
        return plain
    return f"{plain}.{max([1, *numbered]) + 1}"


def _check_copy(made: Plan, root: Path, folder: Path) -> list[Problem]:
    """Problems of the tables with the new rows, each at the cell that the row came from."""
    for name, content in _tables(made, root).items():
        (folder / name).write_bytes(content)
    try:
        problems = relation_problems(load(folder))
        if problems and (old := relation_problems(load(root))):
            raise DataError(old)  # not of the new rows
    except DataError as error:
        problems = error.problems
    before = {name: _last_line(root / f"{name}.csv") for name in TABLES}
    out = []
    for problem in problems:
        table = problem.file.removesuffix(".csv")
        index = problem.row - before.get(table, 0) - 1
        if 0 <= index < len(made.origins.get(table, [])):
            column = problem.column.split("+")[0]
            out.append(made.origins[table][index].row.problem(column, problem.zh, problem.en, problem.value))
        else:
            out.append(problem)
    return out


def _last_line(path: Path) -> int:
    """Spreadsheet row of the last record of a table."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return sum(1 for _ in csv.reader(file))


def _tables(made: Plan, root: Path) -> dict[str, bytes]:
    """Content of every table with its new rows appended; what is there keeps its bytes."""
    out = {}
    for name, table in TABLES.items():
        old = (root / f"{name}.csv").read_bytes()
        if not made.rows[name]:
            out[f"{name}.csv"] = old
            continue
        end = "\r\n" if b"\r\n" in old else "\n"
        head = next(csv.reader(io.StringIO(old.decode("utf-8-sig"), newline="")))
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, head, lineterminator=end)
        writer.writerows({c: row[c] for c in table.columns} for row in made.rows[name])
        gap = b"" if old.endswith((b"\n", b"\r")) else end.encode()
        out[f"{name}.csv"] = old + gap + text.getvalue().encode("utf-8")
    return out


# --- showing -------------------------------------------------------------------------------------------------------


def _shown(made: Plan, frames: dict[str, pd.DataFrame], grown: dict[str, pd.DataFrame]) -> list[str]:
    lines = []
    for table in ("indicators", "ref_areas", "units", "sources", "outline"):
        for values in made.rows[table]:
            names = " · ".join(values[c] for c in TABLES[table].columns[:3])
            lines.append(f"  + {TABLES[table].zh} {table}: {names}")
    indicators = grown["indicators"].set_index("indicator").name_zh
    areas = grown["ref_areas"].set_index("ref_area").name_zh
    units = Units(grown["units"].to_dict("records"))
    english = grown["indicators"].set_index("indicator").name_en
    for values, origin in zip(made.rows["figures"], made.origins["figures"], strict=True):
        period = values["time_period"]
        when = f"{periods.parse(period).label('zh')} ({period})" if period else "未载明 unstated"
        kind = "同比增长 growth" if values["transformation"] == "GY" else ""
        lines.append(
            f"  + {indicators[values['indicator']]} {english[values['indicator']]} {kind}· {areas[values['ref_area']]} · {when}: "
            f"{_value(values)}  [{RECORD_TYPES[values['record_type']][0]} {values['record_type']}, "
            f"{OBS_STATUSES[values['obs_status']][0]} {values['obs_status']}]"
        )
        lines.append(
            f"      {values['source_id']} · {values['locator']} · “{values['as_printed']}”  → {values['figure_id']}  ({_at(origin)})"
        )
        if origin.derived:
            lines.append("      推定 worked out: " + "；".join(zh for zh, _ in origin.derived))
            lines.append("                       " + "; ".join(en for _, en in origin.derived))
        lines += _beside(values, frames["figures"], units)
    return lines


def _value(values: dict[str, str]) -> str:
    number = f"{values['obs_value']}–{values['value_high']}" if values["value_high"] else values["obs_value"]
    return f"{'' if values['relation'] in ('=', 'range', 'relative') else values['relation'] + ' '}{number} {values['unit']}"


def _beside(values: dict[str, str], figures: pd.DataFrame, units: Units) -> list[str]:
    """The same quantity on file from elsewhere: both stay; their dates and their difference are shown."""
    if not values["time_period"] or values["obs_value"] == "":
        return []
    same = [c for c in _SAME if c not in ("source_id", "locator", "record_type")]
    others = figures[(figures[same] == [values[c] for c in same]).all(axis=1) & (figures.obs_value != "")]
    others = others[(others.record_type == "target") == (values["record_type"] == "target")]
    lines = []
    for other in others.to_dict("records"):
        shown = f"{_value(other)} ({other['vintage'] or '?'}, {other['figure_id']})"
        if other["unit"] not in units or not units.comparable(other["unit"], values["unit"]):
            difference = "单位不同 in another unit"
        else:
            old = Decimal(other["obs_value"]) * units.factor(other["unit"], values["unit"])
            change = Decimal(values["obs_value"]) - old
            percent = f", {change / abs(old) * 100:+.2f}%" if old and values["transformation"] == "N" else ""
            difference = (
                f"差 difference {change.normalize():+f} {values['unit']}{percent}" if change else "相同 the same value"
            )
        lines.append(
            f"      Δ 在案 on file: {shown}; 新 new: {_value(values)} ({values['vintage'] or '?'}); {difference}；并存 both are kept"
        )
    return lines


# --- writing -------------------------------------------------------------------------------------------------------


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def commit(root: Path, contents: dict[str, bytes], before: dict[str, str]) -> None:
    """Replace files of a folder together.

    Parameters
    ----------
    root : Path
    contents : dict of str to bytes
        New content by file name.
    before : dict of str to str
        Checksums (SHA-256) that the files must have still; "" for a file that must not be there.

    Raises
    ------
    OSError
        If it could not be done; every file is as it was.
    Unfinished
        If some files are in place and could not be put back; the next :func:`recover` completes them.
    """
    _sweep(root)
    staged = Path(tempfile.mkdtemp(prefix=f"{STAGED}-", dir=root))
    try:
        for name, content in contents.items():
            _write(staged / name, content)
        journal = {name: [before[name], _sha(content)] for name, content in contents.items()}
        _write(staged / JOURNAL, json.dumps(journal).encode())
        if any(_now(root / name) != before[name] for name in contents):
            raise OSError("表在检查期间被改动，请重试 / a table was changed in the meantime, try again")
        old = {name: (root / name).read_bytes() if (root / name).exists() else None for name in contents}
        staged.rename(root / STAGED)  # from here on the new tables count
    except BaseException:
        shutil.rmtree(staged, ignore_errors=True)
        raise
    try:
        _complete(root)
    except OSError as error:
        try:
            for name, content in old.items():
                if content is not None:
                    replace(root / name, content)
                else:
                    (root / name).unlink(missing_ok=True)
            _drop(root / STAGED)
        except OSError:
            raise Unfinished(
                f"添加到一半被打断（{error.strerror or error}）。请关闭打开的数据表后再运行任一命令，会自动完成。/ Cut short half-way "
                f"({error.strerror or error}). Close the open tables and run any command: the adding is completed then."
            ) from error
        raise


def recover(root: Path) -> str:
    """Complete an adding that was cut short; returns what to say about it, or nothing."""
    staged = root / STAGED
    if (staged / JOURNAL).is_file():
        try:
            kept = _complete(root)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            return (
                f"上次添加中断，尚未完成（{reason}）；请关闭打开的数据表后重试 / the last adding was cut short and is not complete "
                f"({reason}); close the open tables and try again"
            )
        if kept:
            return (
                f"上次添加中断后 {'、'.join(kept)} 又被改动，未覆盖；请用 check 核对 / changed since the last adding was cut short and left "
                f"as they are: {', '.join(kept)}; look at them with check"
            )
        return "上次中断的添加已完成 / the adding that was cut short has been completed"
    shutil.rmtree(staged, ignore_errors=True)  # without its journal it was done with
    return ""


def _sweep(root: Path) -> None:
    """Drop what an adding left that was cut short before it counted."""
    for left in root.glob(f"{STAGED}-*"):
        with contextlib.suppress(OSError):
            if dt.datetime.now().timestamp() - left.stat().st_mtime > 3600:
                shutil.rmtree(left, ignore_errors=True)


def _complete(root: Path) -> list[str]:
    """Copy what is prepared over the tables; files changed by someone else since are left, and named."""
    staged = root / STAGED
    journal = json.loads((staged / JOURNAL).read_bytes())
    foreign = [name for name, states in journal.items() if _now(root / name) not in states]
    if not foreign:
        for name, (_, after) in journal.items():
            content = (staged / name).read_bytes()
            if _now(root / name) != after:
                replace(root / name, content)
    _drop(staged)
    return foreign


def _drop(staged: Path) -> None:
    (staged / JOURNAL).unlink(missing_ok=True)
    shutil.rmtree(staged, ignore_errors=True)


def _now(path: Path) -> str:
    return digest(path) if path.exists() else ""


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def replace(path: Path, content: bytes) -> None:
    """Put new content in the place of a file: all of it or none."""
    aside = path.with_name(f"{path.name}.new")
    try:
        _write(aside, content)
        if path.exists():
            shutil.copymode(path, aside)
        os.replace(aside, path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


# --- the command ---------------------------------------------------------------------------------------------------


def waiting(root: Path) -> list[Path]:
    """Files in the inbox, without lock files and what was added."""
    folder = inbox(root)
    found = [p for p in folder.iterdir() if p.is_file()] if folder.is_dir() else []
    return sorted(p for p in found if not p.name.startswith(("~$", ".")))


def add(files: Sequence[Path | str] = (), root: Path | str | None = None, *, dry_run: bool = False) -> int:
    """Add what files hold to the tables; returns the exit status.

    Parameters
    ----------
    files : list of path, optional
        Workbooks or text tables; by default everything in the inbox.
    root : path, optional
        Folder of the tables.
    dry_run : bool
        Show what would be done, write nothing.
    """
    from ..facts.codebook import generated

    root = Path(root) if root is not None else default_root()
    paths = [Path(f) for f in files] or waiting(root)
    if not paths and root.is_dir():
        say(
            f"收件夹是空的：{inbox(root)}。先运行 make template，填好 new_figures.xlsx 再运行 make add。/ the inbox is empty; run "
            "make template, fill in new_figures.xlsx, then make add"
        )
        return 0
    try:
        made = plan(paths, root)
    except DataError as error:
        say(
            "在案的数据表本身有问题，请先改正 / the tables on file have problems of their own, mend these first:\n"
            f"{error}",
            error=True,
        )
        return 1
    except OSError as error:  # of the temporary copy
        return _not_written(error)
    for zh, en in dict.fromkeys(made.notes):
        say(f"· {zh}\n  {en}")
    if made.problems:
        say(str(DataError(made.problems)), error=True)
        say("数据表未改动；什么也没有添加。/ The tables were left as they were; nothing was added.", error=True)
        return 1
    if not made.count:
        say("没有可添加的新内容；数据表未改动。/ Nothing new to add; the tables were left as they were.")
        if not dry_run and made.notes:
            _archive(paths, root, empty=True)
        return 0
    figures, others = len(made.rows["figures"]), made.count - len(made.rows["figures"])
    again = sum(line.lstrip().startswith("Δ") for line in made.shown)
    say(f"将添加 {figures} 个数字、{others} 个其他条目 / to add: {figures} figures, {others} other entries")
    if again:
        say(
            f"（与在案数字比较 {again} 处，见 Δ；旧值不改 / compared with {again} on file, see Δ; old values stay as they are）"
        )
    say("\n".join(made.shown))
    if dry_run:
        say(
            "\n试运行：未写入任何内容。去掉 --dry-run 即正式添加。/ Dry run: nothing was written. Run it without --dry-run to add."
        )
        return 0
    try:
        contents = {
            name: content for name, content in _tables(made, root).items() if made.rows[name.removesuffix(".csv")]
        }
        with tempfile.TemporaryDirectory(prefix="huzhou-") as folder:
            copy = Path(folder)
            for name, content in _tables(made, root).items():
                (copy / name).write_bytes(content)
            contents |= {name: text.encode("utf-8") for name, text in generated(load(copy)).items()}
        before = {name: _now(root / name) for name in contents}
        contents = {name: content for name, content in contents.items() if _sha(content) != before[name]}
        commit(root, contents, before)
    except Unfinished as error:
        say(str(error), error=True)
        return 1
    except OSError as error:
        return _not_written(error)
    say(f"\n已添加 / added: {', '.join(sorted(contents))}")
    _archive(paths, root)
    say("下一步：make report 生成新报告。/ Next: make report makes the new report.")
    return 0


def _not_written(error: OSError) -> int:
    reason = error.strerror or error
    say(
        f"没有写成（{reason}）；数据表未改动。请检查磁盘空间和权限，关闭打开的数据表后重试。/ Not written ({reason}); the tables were "
        "left as they were. Check disk space and permissions, close open tables and try again.",
        error=True,
    )
    return 1


def _archive(paths: Sequence[Path], root: Path, *, empty: bool = False) -> None:
    """Move files of the inbox that have been added out of the way."""
    for path in paths:
        if path.resolve().parent != inbox(root).resolve():
            continue
        if empty and path.name == "new_figures.xlsx":
            continue  # a template that holds nothing yet stays
        folder = inbox(root) / "added"
        try:
            folder.mkdir(exist_ok=True)
            names = (path.name if n == 1 else f"{path.stem}-{n}{path.suffix}" for n in range(1, 10**6))
            target = next(folder / name for name in names if not (folder / name).exists())
            path.rename(target)
            say(
                f"文件已移到 / the file was moved to: {target.relative_to(root.parent) if root.parent in target.parents else target}"
            )
        except OSError as error:
            say(
                f"{path.name} 移不走（{error.strerror}）；再次 add 也不会重复添加 / could not be moved ({error.strerror}); adding it again adds nothing",
                error=True,
            )


__all__ = ["Plan", "Unfinished", "add", "commit", "inbox", "plan", "recover", "replace", "waiting"]
