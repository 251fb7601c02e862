"""Command line: ``python -m huzhou_analysis COMMAND``; what commands there are, and what runs them, stands in ``commands.toml``.
Heavy parts are imported by the command that needs them, so that a run with nothing to do is over at once."""

import argparse
import os
import sys
import tomllib
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path

from .facts.locking import OWN_ROOT, TABLES_LOCK, default_root, locked
from .facts.problems import DataError, Refused, fail, say
from .report import message, said


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
        command.set_defaults(run=arguments.pop("run"))
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
        return _run(**vars(parser().parse_args(arguments)))
    except KeyboardInterrupt:  # also while what a command needs is being imported
        print("\n" + said("interrupted"), file=sys.stderr)
        return 130
    finally:
        os.environ.clear()
        os.environ.update(before)


def _run(run: str, data: str | None = None, *, command: str, **options: object) -> int:
    """Call the function that `run` names (``part:function``), with what was given on the command line."""
    if data is not None:
        os.environ["HUZHOU_DATA"] = os.path.abspath(data)
    # What draws keeps a list of fonts, and the home folder may not be ours to write in.
    os.environ.setdefault("MPLCONFIGDIR", str(OWN_ROOT.parent / ".cache" / "matplotlib"))
    # The matrices here are tiny: spreading them over threads costs several times what it saves.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    try:
        begun = default_root() / ".adding"
        if begun.is_dir():  # an adding that was cut short is completed before anything reads the tables
            _alone(lambda: _part("inbox.adding").recover(default_root()))
        part, function = run.split(":")
        return getattr(_part(part), function)(**options) or 0
    except (DataError, Refused) as error:
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


def add(undo: bool = True, **options: object) -> None:
    """Add figures; called as the command ``undo``, or with ``--undo``, take back what was added last."""
    adding, root = _part("inbox.adding"), default_root()
    _alone(lambda: adding.undo(root) if undo else adding.add(root=root, **options))


def check() -> None:
    data = _load()
    if problems := _part("facts.relations").relation_problems(data):
        raise DataError(problems)
    print(said("in_order", figures=len(data.figures), indicators=len(data.indicators), sources=len(data.sources)))
    if found := _part("facts.plausible").questions(data):
        print("", said("stand_out", number=len(found)), *(f"  ? {question}" for question in found), sep="\n")


def audit(sources: str | None, lang: str) -> int | None:
    data, provenance = _load(), _part("analysis.provenance")
    print(said("findings"))
    for f in _part("analysis.audit").findings(data).itertuples():
        reading = f.reading_zh if lang == "zh" else f.reading_en
        print(f"  [{f.severity}] {f.finding_id}: {f.left} | {f.right}\n      {reading}")
    folder = sources or os.environ.get("HUZHOU_SOURCES")
    if not folder:
        return print("\n" + said("no_documents"))
    message.refuse("no_such_folder", not Path(folder).is_dir(), folder=folder)
    proof = provenance.prove(data, folder)
    print("\n" + said("proof"), provenance.report(proof), sep="\n")
    message.refuse("no_document_there", len(proof.missing) == len(set(data.sources.file) - {""}), folder=folder)
    return 0 if proof else 1


def find(text: Sequence[str], lang: str) -> int:
    found = _part("facts.data").find(_load(), " ".join(text), lang=lang)
    for figure_id, f in found.iterrows():
        status = f.record_type if f.obs_status == "A" else f"{f.record_type} · {f.obs_status}"
        print(f"{f.indicator} · {f.area} · {f.period}: {f.value}  [{status}]")
        print(f"    {f.source} · {f.place} · “{f.as_printed}”  {figure_id}")
    print(said("found", number=len(found)) if len(found) else said("nothing_found"))
    return 0 if len(found) else 1


def gaps(as_of: str | None, lang: str, format: str, all: bool) -> int | None:
    from rich import box
    from rich.console import Console
    from rich.table import Column, Table

    from .show.sources import TARGET_HEADINGS, target_rows

    data = _load()
    try:
        table = _part("analysis.gaps").target_gaps(data, as_of, full=True)
    except ValueError as error:
        return fail(str(error))
    if format == "csv":
        print(table.to_csv(index=False, lineterminator="\n"), end="")
    elif format == "json":
        print(table.to_json(orient="records", force_ascii=False, indent=1))
    else:
        columns = [c for c in TARGET_HEADINGS if c not in ("target_period", "progress")]
        heads = (Column(TARGET_HEADINGS[column][lang], overflow="fold") for column in columns)
        out = Table(*heads, box=box.SIMPLE_HEAD, pad_edge=False)
        shown = table[table.counted.astype(bool) & (table.table.astype(bool) | all)]
        for row in target_rows(data, shown)[columns].itertuples(index=False) if len(shown) else ():
            out.add_row(*("—" if cell is None else cell.in_language(lang) for cell in row))
        console = Console()
        (console if console.is_terminal else Console(width=240)).print(out)  # a file or pipe gets lines of full width


def record(edition: str | None, scores: bool) -> int | None:
    from . import __version__

    kept = _part("analysis.record")
    try:
        if scores:
            return print(kept.record_scores(kept.score_record(_load())).to_string(index=False, na_rep="—"))
        number = _alone(lambda: kept.append(_load(), edition or __version__))
    except ValueError as error:
        return fail(str(error))
    say(said("recorded", number=number, file=default_root() / "record.csv"))


def export(exhibit: str, format: str | None, output: str | None, **options: object) -> None:
    kind = format or Path(output or "x.pptx").suffix.removeprefix(".")
    path = Path(output or f"{exhibit}.{options['lang']}.{kind}")
    message.refuse("wrong_ending", path.suffix != f".{kind}", kind=kind, path=path)
    try:
        _part("report.export").export(exhibit, path, **options)
    except (OSError, ValueError, RuntimeError) as error:
        message.refuse("not_exported", why=error)
    say(said("exported", path=path))


def new_city(folder: str, code: str, name: str, name_en: str) -> None:
    made = _part("inbox.new_city").lay_out(folder, code, name, name_en)
    shown = f'"{folder}"' if " " in folder else folder
    steps = ["next", *([] if code else ["next_area"]), "next_template", "next_add", "next_report"]
    print(said("laid_out", folder=made), *(said(step, folder=shown) for step in steps), sep="\n")


def codebook() -> None:
    changed = _part("facts.codebook").write(_load())
    print("\n".join(said("file_written", name=path.name) for path in changed) or said("nothing_written"))
