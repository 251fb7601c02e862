"""Command line: ``python -m huzhou_analysis COMMAND``; what commands there are stands in ``commands.toml``.

Heavy parts are imported by the command that needs them, so that a run with nothing to do is over at once.
"""

import argparse
import os
import sys
import tomllib
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path

from .facts.locking import OWN_ROOT, TABLES_LOCK, Busy, default_root, locked
from .facts.problems import DataError, TwoLanguages, fail, say
from .report import said


class Parser(argparse.ArgumentParser):
    """Says what is wrong with a command line in both languages, and where the words are listed."""

    def error(self, message: str) -> None:
        print(said("usage", message=message, prog=self.prog), file=sys.stderr)
        self.exit(2)


def parser() -> argparse.ArgumentParser:
    top = Parser(prog="python -m huzhou_analysis", description=said("description"))
    tables = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    tables.add_argument("--data", metavar="DIR", help=said("option_data"))
    parser_class = partial(Parser, parents=[tables])
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=parser_class)
    described = tomllib.loads(Path(__file__).with_name("commands.toml").read_text(encoding="utf-8"))
    for name, arguments in described.items():
        command = commands.add_parser(name, help=arguments.pop("help"))
        command.register("type", "count", _count)
        for argument, options in arguments.items():
            command.add_argument(argument, **options)
    return top


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(said("no_count", text=text))
    return int(text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status. The environment is afterwards as it was before."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    before = dict(os.environ)
    try:
        return _run(parser().parse_args(arguments))
    except KeyboardInterrupt:  # also while what a command needs is being imported
        print("\n" + said("interrupted"), file=sys.stderr)
        return 130
    finally:
        os.environ.clear()
        os.environ.update(before)


def _run(options: argparse.Namespace) -> int:
    if "data" in options:
        os.environ["HUZHOU_DATA"] = os.path.abspath(options.data)
    # What draws keeps a list of fonts, and the home folder may not be ours to write in.
    os.environ.setdefault("MPLCONFIGDIR", str(OWN_ROOT.parent / ".cache" / "matplotlib"))
    # The matrices here are tiny: spreading them over threads costs several times what it saves.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    try:
        unfinished = default_root() / ".adding"  # one that was cut short is completed before anything reads the tables
        if unfinished.is_dir() and (message := _alone(lambda: _part("inbox.adding").recover(unfinished.parent))):
            say(message, error=True)
        return 1 if unfinished.is_dir() else _COMMANDS[options.command](options) or 0
    except (DataError, Busy, TwoLanguages) as error:
        return fail(str(error))
    except BrokenPipeError:
        return 1
    except OSError as error:
        return fail(said("io_failed", name=error.filename or "", why=error.strerror or error))


def _alone(work: Callable):
    """What comes of something that changes the tables, done while nothing else is going on in their folder."""
    if not default_root().is_dir():
        return work()
    with locked(default_root() / TABLES_LOCK, wait=60):
        return work()


def _part(module: str):
    """A part of the library, imported when it is needed."""
    return import_module(f".{module}", __package__)


def _load():
    return _part("facts.data").load()


def _add(options: argparse.Namespace) -> int:
    adding = _part("inbox.adding")
    if options.command == "undo" or options.undo:
        return _alone(adding.undo)
    return _alone(lambda: adding.add(options.files, dry_run=options.dry_run, confirmed=options.confirm))


def _check(_: argparse.Namespace) -> int | None:
    data = _load()
    if problems := _part("facts.relations").relation_problems(data):
        raise DataError(problems)
    print(said("in_order", figures=len(data.figures), indicators=len(data.indicators), sources=len(data.sources)))
    if found := _part("facts.plausible").questions(data):
        print("", said("stand_out", number=len(found)), *(f"  ? {question}" for question in found), sep="\n")


def _audit(options: argparse.Namespace) -> int | None:
    data, provenance = _load(), _part("analysis.provenance")
    print(said("findings"))
    for f in _part("analysis.audit").findings(data).itertuples():
        reading = f.reading_zh if options.lang == "zh" else f.reading_en
        print(f"  [{f.severity}] {f.finding_id}: {f.left} | {f.right}\n      {reading}")
    folder = options.sources or os.environ.get("HUZHOU_SOURCES")
    if not folder:
        return print("\n" + said("no_documents"))
    try:
        proof = provenance.prove(data, folder)
    except FileNotFoundError:
        return fail(said("no_such_folder", folder=folder))
    print("\n" + said("proof"), provenance.report(proof), sep="\n")
    if len(proof.missing) == len(set(data.sources.file) - {""}):
        return fail(said("no_document_there", folder=folder))
    return 0 if proof else 1


def _find(options: argparse.Namespace) -> int:
    found = _part("analysis.lookup").find(_load(), " ".join(options.text), lang=options.lang)
    for figure_id, f in found.iterrows():
        status = f.record_type if f.obs_status == "A" else f"{f.record_type} · {f.obs_status}"
        print(f"{f.indicator} · {f.area} · {f.period}: {f.value}  [{status}]")
        print(f"    {f.source} · {f.place} · “{f.as_printed}”  {figure_id}")
    print(said("found", number=len(found)) if len(found) else said("nothing_found"))
    return 0 if len(found) else 1


def _gaps(options: argparse.Namespace) -> int | None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from .show.sources import TARGET_HEADINGS, target_rows

    data = _load()
    try:
        table = _part("analysis.gaps").target_gaps(data, options.as_of, full=True)
    except ValueError as error:
        return fail(str(error))
    if options.format == "csv":
        print(table.to_csv(index=False, lineterminator="\n"), end="")
    elif options.format == "json":
        print(table.to_json(orient="records", force_ascii=False, indent=1))
    else:
        columns = [c for c in TARGET_HEADINGS if c not in ("target_period", "progress")]
        out = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for column in columns:
            out.add_column(TARGET_HEADINGS[column][options.lang], overflow="fold")
        shown = table[table.counted.astype(bool) & (table.table.astype(bool) | options.all)]
        for row in target_rows(data, shown)[columns].itertuples(index=False) if len(shown) else ():
            out.add_row(*("—" if cell is None else cell.in_language(options.lang) for cell in row))
        console = Console()
        (console if console.is_terminal else Console(width=240)).print(out)  # a file or pipe gets lines of full width


def _record(options: argparse.Namespace) -> int | None:
    from . import __version__

    record = _part("analysis.record")
    try:
        if options.scores:
            return print(record.record_scores(record.score_record(_load())).to_string(index=False, na_rep="—"))
        number = _alone(lambda: record.append(_load(), options.edition or __version__))
    except ValueError as error:
        return fail(str(error))
    say(said("recorded", number=number, file=default_root() / "record.csv"))


def _export(options: argparse.Namespace) -> int | None:
    export = _part("report.export")
    kind = options.format or Path(options.output or "x.pptx").suffix.removeprefix(".")
    path = Path(options.output or f"{options.exhibit}.{options.lang}.{kind}")
    if path.suffix != f".{kind}":
        return fail(said("wrong_ending", kind=kind, path=path))
    wanted = {name: getattr(options, name) for name in ("lang", "size", "transparent", "watermark", "template")}
    try:
        export.export(options.exhibit, path, **wanted)
    except export.UnknownExhibit as error:
        return fail(str(error))
    except (OSError, ValueError, RuntimeError) as error:
        return fail(said("not_exported", why=error))
    say(said("exported", path=path))


def _new_city(options: argparse.Namespace) -> int | None:
    folder = _part("inbox.new_city").lay_out(options.folder, options.code, options.name, options.name_en)
    shown = f'"{options.folder}"' if " " in options.folder else options.folder
    steps = ["next", *([] if options.code else ["next_area"]), "next_template", "next_add", "next_report"]
    print(said("laid_out", folder=folder), *(said(step, folder=shown) for step in steps), sep="\n")


def _codebook(_: argparse.Namespace) -> int | None:
    changed = _part("facts.codebook").write(_load())
    print("\n".join(said("file_written", name=path.name) for path in changed) or said("nothing_written"))


_COMMANDS: dict[str, Callable[[argparse.Namespace], int | None]] = {
    "report": lambda o: _part("report.build").build(o.output, fresh=o.fresh, jobs=o.jobs, notebooks=o.notebooks),
    "check": _check,
    "read": lambda o: _part("inbox.documents").make(o.file),
    "template": lambda o: _part("inbox.template").make(o.file),
    "add": _add,
    "undo": _add,
    "audit": _audit,
    "find": _find,
    "gaps": _gaps,
    "record": _record,
    "export": _export,
    "notebooks": lambda o: _part("report.collect").refresh(o.files),
    "new-city": _new_city,
    "codebook": _codebook,
}
