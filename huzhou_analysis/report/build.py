"""Make the report: execute the notebooks, write every format, put the whole in place. Outputs are a pure function of declared
inputs (tables, library, notebooks, pins, versions): with nothing changed, nothing is done, and two runs are byte for byte
the same."""

import json
import os
import shutil
import tempfile
import time
from pathlib import Path

from ..facts.locking import Busy, checksum, locked
from ..facts.problems import DataError, say
from . import LIBRARY, MANIFEST, Paths, made_from, manifest, message, notebook_files, paths, said, short, up_to_date

LONGEST_WAIT = 3600  # seconds for another run
LITTER = {".DS_Store", "Thumbs.db", "desktop.ini"}


def build(output=None, *, fresh: bool = False, jobs: int | None = None, notebooks=None) -> None:
    """Make the report in `output` (by default as :func:`paths` says), anew (`fresh`) even where nothing has changed. By
    default one notebook or format is made at a time for each processor, at most two."""
    where = paths(output, notebooks)
    there = short(where.output)
    try:
        wanted = made_from(where)
        if not fresh and up_to_date(where, wanted):
            return say(said("unchanged", there=there))
        _check_output(where)
        try:
            held = locked(where.lock)
        except Busy:
            say(said("waiting", there=there))
            held = locked(where.lock, wait=LONGEST_WAIT)
        with held:
            _recover(where)
            if not fresh and up_to_date(where, wanted):
                say(said("made_meanwhile", there=there))
            else:
                _build(where, wanted, jobs or min(2, os.cpu_count() or 1))
    except OSError as error:
        at = f" {short(Path(os.fsdecode(error.filename)))}" if error.filename else ""
        message.refuse("cannot_write", at=at, why=error.strerror or error)


def _build(where: Paths, wanted: dict, jobs: int) -> None:
    """Make the report while nobody else does, and put it in place."""
    from ..facts.data import load
    from ..facts.relations import relation_problems
    from . import collect, output

    started, data = time.monotonic(), load(where.data)
    if problems := relation_problems(data):
        raise DataError(problems)
    message.refuse("no_figures", data.figures.empty, folder=short(where.data))
    found = manifest(where.output)
    if found and found["home"] != data.home:  # one city's report is not put in the place of another's
        held, ours = ((city["zh"], city["en"]) for city in (found["city"], data.city))
        message.refuse("other_citys_report", there=short(where.output), held=held, ours=ours)
    files = _notebooks(where, data)
    executed = collect.execute(files, where.data, own=where.own, jobs=jobs)
    failed = "\n".join(f"\n✗ {one.path.name}：{one.error}\n" for one in executed if one.error)
    message.refuse("notebooks_failed", failed, failed=failed)
    building = Path(tempfile.mkdtemp(prefix=f".{where.output.name}.building-", dir=where.output.parent))
    try:
        content = output.write_all(executed, data, where.output, building, jobs)
        message.refuse("changed_meanwhile", made_from(where) != wanted)
        held = {p.relative_to(building).as_posix(): checksum(p) for p in sorted(building.rglob("*")) if p.is_file()}
        exhibits = {section.name: [r["id"] for r in section.shown()] for section in content.sections}
        whole = wanted | {"home": data.home, "city": dict(content.city), "exhibits": exhibits, "outputs": held}
        text = json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        (building / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
        building.chmod(0o755)
        message.refuse("in_the_way", where.previous.exists(), there=short(where.previous))
        if where.output.exists():
            where.output.rename(where.previous)
        building.rename(where.output)
    finally:
        _recover(where)
    say(said("made", there=short(where.output / "index.html"), seconds=time.monotonic() - started))
    say("  {zh}\n  {en}".format_map(content.changes["headline"]))


def _notebooks(where: Paths, data) -> list[Path]:
    """Notebooks to run; what is left out is said."""
    from .collect import about

    every, beside = notebook_files(where.notebooks), where.data / "notebooks"
    files = [p for p in every if about(p).get("ref_area", data.home) == data.home]
    if other := [p.name for p in every if p not in files]:
        say(said("other_city", city=(data.city["zh"], data.city["en"]), names=", ".join(other)))
    if not where.own and beside not in where.notebooks and notebook_files([beside]):
        say(said("not_trusted", folder=short(beside)))
    message.refuse("no_notebooks", not files, folder=short(where.notebooks[-1]))
    return files


def _recover(where: Paths) -> None:
    """Wherever a run was cut, the lock being held: the last good report in its place, and nothing half-made beside it."""
    last = where.previous
    if manifest(last) and not where.output.exists():
        last.rename(where.output)
    elif manifest(last) or (last.is_dir() and not any(last.iterdir())):
        shutil.rmtree(last, ignore_errors=True)
    for left in where.output.parent.glob(f".{where.output.name}.building-*"):
        shutil.rmtree(left, ignore_errors=True)


def _check_output(where: Paths) -> None:
    """Refuse to replace a folder that is not a report, or to make one among what it is made of."""
    output, made, there = where.output, manifest(where.output), short(where.output)
    message.refuse("root_of_disk", output == output.parent, there=there)
    inside = [f for f in (where.data, *where.notebooks, LIBRARY) if f in (output, *output.parents)]
    if inside and (where.own or output != where.data / "reports"):
        message.refuse("among_inputs", there=there, folder=short(inside[-1]))
    filled = output.exists() and not (output.is_dir() and not any(output.iterdir()))
    message.refuse("no_report", filled and not made, there=there)
    held = {p.relative_to(output).as_posix() for p in output.rglob("*") if p.is_file() and p.name not in LITTER}
    foreign = sorted(held - {MANIFEST, *made.get("outputs", ())})[:5]
    message.refuse("foreign_files", foreign, there=there, names=", ".join(foreign))
