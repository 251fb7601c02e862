"""Command line: ``python -m huzhou_analysis COMMAND``.

Heavy parts are imported by the command that needs them, so that a run with nothing to do is over at once.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path

from .facts.locking import TABLES_LOCK, Busy, default_root, locked
from .facts.problems import DataError, fail, say


class Parser(argparse.ArgumentParser):
    """Says what is wrong with a command line in both languages, and where the words are listed."""

    def error(self, message: str) -> None:
        print(f"参数有误，用法见 / {message}; see: {self.prog} --help", file=sys.stderr)
        self.exit(2)


def parser() -> argparse.ArgumentParser:
    top = Parser(
        prog="python -m huzhou_analysis",
        description="城市经济的公布数、核对与目标 / the economy of a city from its documents",
    )
    tables = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    tables.add_argument(
        "--data", metavar="DIR", help="数据表所在文件夹 / folder of the tables (default: HUZHOU_DATA, else data)"
    )
    commands = top.add_subparsers(
        dest="command", required=True, metavar="COMMAND", parser_class=partial(Parser, parents=[tables])
    )
    for name, (_, help_text, *arguments) in _COMMANDS.items():
        command = commands.add_parser(name, help=help_text)
        for argument, options in arguments:
            command.add_argument(argument, **options)
    return top


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} 应为不小于1的整数 / is no whole number from 1")
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
        print("\n已中断；已有的报告和数据未改动 / interrupted; reports and data are as they were", file=sys.stderr)
        return 130
    finally:
        os.environ.clear()
        os.environ.update(before)


def _run(options: argparse.Namespace) -> int:
    if "data" in options:
        os.environ["HUZHOU_DATA"] = os.path.abspath(options.data)
    # What draws keeps a list of fonts, and the home folder may not be ours to write in.
    os.environ.setdefault("MPLCONFIGDIR", str(Path(__file__).resolve().parent.parent / ".cache" / "matplotlib"))
    # The matrices here are tiny: spreading them over threads costs several times what it saves.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    try:
        return _COMMANDS[options.command][0](options) if _recovered() else 1
    except (DataError, Busy) as error:
        return fail(str(error))
    except BrokenPipeError:
        return 1
    except OSError as error:
        name, reason = error.filename or "", error.strerror or error
        return fail(
            f"读写失败（{reason}）：{name}；请检查路径、权限和磁盘空间，关闭占用它的程序后重试 / cannot be read or written ({reason}): "
            f"{name}; check path, permissions and disk space, close what holds it, and try again"
        )


def _recovered() -> bool:
    """Complete an adding that was cut short, before anything reads the tables."""
    unfinished = default_root() / ".adding"
    if unfinished.is_dir() and (message := _alone(lambda: _part("inbox.writing").recover(unfinished.parent))):
        say(message, error=True)
    return not unfinished.is_dir()


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


def _report(options: argparse.Namespace) -> int:
    wanted = {"fresh": options.fresh, "jobs": options.jobs, "notebooks": options.notebooks}
    return _part("report.build").build(options.output, **wanted)


def _check(options: argparse.Namespace) -> int:
    from .facts.plausible import questions
    from .facts.relations import relation_problems

    data = _load()
    if problems := relation_problems(data):
        raise DataError(problems)
    print(
        f"数据无误 / all tables are in order: {len(data.figures)} figures, {len(data.indicators)} indicators, "
        f"{len(data.sources)} sources"
    )
    if found := questions(data):
        print(
            f"\n请核对，{len(found)} 处异常（已核对的，记入 corrections.csv，action 为 flag）/ please check, {len(found)} stand out "
            "(what has been checked: list it in corrections.csv with the action flag):",
            *(f"  ? {question}" for question in found),
            sep="\n",
        )
    return 0


def _audit(options: argparse.Namespace) -> int:
    from .analysis.audit import findings
    from .analysis.provenance import prove, report

    data = _load()
    print("文件自查 / findings of the documents against themselves:")
    for f in findings(data).itertuples():
        reading = f.reading_zh if options.lang == "zh" else f.reading_en
        print(f"  [{f.severity}] {f.finding_id}: {f.left} | {f.right}\n      {reading}")
    folder = options.sources or os.environ.get("HUZHOU_SOURCES")
    if not folder:
        print(
            "\n未给出原始文件（--sources 文件夹）：引证未与原文核对，其余照常。/ "
            "No documents given (--sources DIR): citations were not checked against them; everything else works."
        )
        return 0
    try:
        proof = prove(data, folder)
    except FileNotFoundError:
        return fail(f"没有这个文件夹，请核对路径 / no such folder, check the path: {folder}")
    print("\n引证与数码 / citations and numerals:")
    print(report(proof))
    if len(proof.missing) == len(set(data.sources.file) - {""}):
        return fail(
            f"文件夹中没有任何原始文件：{folder}；文件名应与 sources.csv 的 file 列一致 / none of the documents is in this folder: "
            f"{folder}; their names are those of the column file in sources.csv"
        )
    return 0 if proof else 1


def _find(options: argparse.Namespace) -> int:
    found = _part("analysis.find").find(_load(), " ".join(options.text), lang=options.lang)
    for figure_id, f in found.iterrows():
        status = f.record_type if f.obs_status == "A" else f"{f.record_type} · {f.obs_status}"
        print(f"{f.indicator} · {f.area} · {f.period}: {f.value}  [{status}]")
        print(f"    {f.source} · {f.place} · “{f.as_printed}”  {figure_id}")
    many = f"{len(found)} 个数字 / figures"
    print(many if len(found) else "没有找到；换个字词试试 / nothing found; try another word")
    return 0 if len(found) else 1


def _gaps(options: argparse.Namespace) -> int:
    from .facts import periods

    try:
        periods.last_day(options.as_of) if options.as_of else None
    except ValueError as error:
        return fail(str(error))
    data = _load()
    table = _part("analysis.gaps").target_gaps(data, options.as_of, full=True)
    if options.format == "csv":
        print(table.to_csv(index=False, lineterminator="\n"), end="")
    elif options.format == "json":
        print(table.to_json(orient="records", force_ascii=False, indent=1))
    else:
        shown = table.counted.astype(bool) & (table.table.astype(bool) | options.all)
        _print_targets(data, table[shown], options.lang)
    return 0


def _print_targets(data, gaps, lang: str) -> None:
    """Targets as a table for a terminal; a file or pipe gets lines of full width."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from .show.target_table import TARGET_HEADINGS, target_rows

    columns = [c for c in TARGET_HEADINGS if c not in ("target_period", "progress")]
    out = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        out.add_column(TARGET_HEADINGS[column][lang], overflow="fold")
    for row in target_rows(data, gaps)[columns].itertuples(index=False) if len(gaps) else ():
        out.add_row(*("—" if cell is None else cell.in_language(lang) for cell in row))
    console = Console()
    if not console.is_terminal:
        console = Console(width=240)
    console.print(out)


def _record(options: argparse.Namespace) -> int:
    from . import __version__
    from .analysis.record import append, record_scores, score_record

    def keep() -> int:
        data = _load()
        number = append(data, options.edition or __version__)
        say(f"已记入 {number} 条 / {number} statements put on record: {data.root / 'record.csv'}")
        return 0

    try:
        if not options.scores:
            return _alone(keep)
        print(record_scores(score_record(_load())).to_string(index=False, na_rep="—"))
        return 0
    except ValueError as error:
        return fail(str(error))


def _export(options: argparse.Namespace) -> int:
    from .report.export import UnknownExhibit, export

    kind = options.format or Path(options.output or "x.pptx").suffix.removeprefix(".")
    path = Path(options.output or f"{options.exhibit}.{options.lang}.{kind}")
    if path.suffix != f".{kind}":
        return fail(f"文件名须以 .{kind} 结尾 / the file must end in .{kind}: {path}")
    try:
        export(options.exhibit, path, lang=options.lang, size=options.size, transparent=options.transparent,
               watermark=options.watermark, template=options.template)  # fmt: skip
    except (DataError, UnknownExhibit) as error:
        return fail(str(error))
    except (OSError, ValueError, RuntimeError) as error:
        return fail(f"没有写成，请按下述原因改正后重试 / not written; correct what follows and try again: {error}")
    say(f"已写出 / written: {path}")
    return 0


def _new_city(options: argparse.Namespace) -> int:
    from .inbox.new_city import NewCityError, lay_out

    try:
        folder = lay_out(options.folder, options.code, options.name, options.name_en)
    except NewCityError as error:
        return fail(str(error))
    shown = f'"{options.folder}"' if " " in options.folder else options.folder
    first = "\n  0. ref_areas.csv：补入本市一行（level 为 city）/ add the city's own row (level city)"
    print(
        f"已建立空数据表 / empty tables laid out: {folder}\n"
        f"接下来 / what to do next:{'' if options.code else first}\n"
        f"  1. make template DATA={shown}：写出填报模板；逐行填入文件和数字（规划指标表的行，位置写作“数字方案 指标表 行1”）/ writes a "
        "workbook: fill in the documents and the figures (the place of a row of a plan's table: “数字方案 指标表 行1”)\n"
        f"  2. make add DATA={shown}：检查后写入 / checks and adds them\n"
        f"  3. make report DATA={shown}：生成报告 / builds the report"
    )
    return 0


def _codebook(options: argparse.Namespace) -> int:
    changed = _part("facts.codebook").write(_load())
    print("\n".join(f"已更新 / written: {p.name}" for p in changed) or "无变化 / nothing changed")
    return 0


# Each command: what it runs, its help, its arguments.
# fmt: off
_LANG = ("--lang", {"choices": ("zh", "en"), "default": "zh"})
_COMMANDS: dict[str, tuple] = {
    "report": (_report, "生成报告 / execute the notebooks and build the report",
        ("--output", {"metavar": "DIR", "help": "输出文件夹 / folder to build it in (default: reports; of other tables: reports inside DIR)"}),
        ("--fresh", {"action": "store_true", "help": "即使没有变化也重做 / build it again even if nothing changed"}),
        ("--jobs", {"type": _count, "metavar": "N", "help": "同时运行的笔记本数 / notebooks at a time"}),
        ("--notebooks", {"metavar": "DIR", "help": "另一文件夹中的笔记本一并运行 / notebooks to run beside the project's own"})),
    "check": (_check, "检查数据表 / check every table and list what is wrong"),
    "read": (lambda o: _part("inbox.documents").make(o.file), "读文件，提出其中每个数字 / propose every figure of a document in a workbook",
        ("file", {"metavar": "FILE", "help": "PDF、docx、html 或 txt / a document with text"})),
    "template": (lambda o: _part("inbox.template").make(o.file), "写出填报模板 / write a workbook to fill in new figures",
        ("file", {"nargs": "?", "metavar": "FILE", "help": "文件名 / file (default: inbox/new_figures.xlsx)"})),
    "add": (_add, "添加填好的数字 / add what files hold to the tables, whole or not at all",
        ("files", {"nargs": "*", "metavar": "FILE", "help": "xlsx 或 csv / default: everything in the inbox"}),
        ("--dry-run", {"action": "store_true", "help": "只显示，不写入 / show what would be added, write nothing"}),
        ("--confirm", {"action": "store_true", "help": "异常之处已核对，照加 / what stands out was checked: add it"}),
        ("--undo", {"action": "store_true", "help": "撤销上次添加 / take back what was added last"})),
    "undo": (_add, "撤销上次添加 / take back what was added last"),
    "audit": (_audit, "对照原始文件核对引证与数码，并列出文件自相矛盾之处 / prove citations, list findings",
        ("--sources", {"metavar": "DIR", "help": "原始文件所在文件夹 / folder with the documents' text files"}),
        _LANG),
    "find": (_find, "按任意字词查数字 / look a figure up by any word",
        ("text", {"nargs": "+", "help": "中文或英文字词 / words in either language"}),
        _LANG),
    "gaps": (_gaps, "目标进度表 / every target: latest actual, gap, verdict",
        ("--as-of", {"metavar": "DATE", "help": "只用该日以前发布的数字 / only what was published by then (ISO date)"}),
        _LANG,
        ("--format", {"choices": ("table", "csv", "json"), "default": "table"}),
        ("--all", {"action": "store_true", "help": "连同正文中的目标 / the goals of the text as well"})),
    "record": (_record, "把本版结论、区间和概率记入 record.csv / put verdicts, intervals and chances on record",
        ("--edition", {"metavar": "NAME", "help": "版次名 / name of the edition (default: the version)"}),
        ("--scores", {"action": "store_true", "help": "只显示已有记录的评分 / only show how the record scores"})),
    "export": (_export, "单独导出一个图表 / one exhibit as a file",
        ("exhibit", {"metavar": "EXHIBIT", "help": "图表编号，如 scoreboard / id of an exhibit, as in the report"}),
        ("--format", {"choices": ("pptx", "docx", "xlsx", "png", "svg", "pdf", "csv"), "help": "default: pptx"}),
        _LANG,
        ("--size", {"choices": ("slide", "column", "square"), "default": "slide", "help": "图片尺寸 / of a picture"}),
        ("--transparent", {"action": "store_true", "help": "图片无底色 / a picture without a ground"}),
        ("--watermark", {"default": "", "metavar": "TEXT", "help": "水印，如 草稿 / words across the picture"}),
        ("--template", {"metavar": "FILE", "help": "套用自己的 pptx 或 docx / your own master or styles"}),
        ("--output", {"metavar": "FILE", "help": "文件名 / file to write (default: ID.LANG.FORMAT)"})),
    "notebooks": (lambda o: _part("report.notebooks").refresh(o.files), "运行笔记本并保存结果 / execute notebooks and keep their results in them",
        ("files", {"nargs": "*", "metavar": "FILE", "help": "笔记本 / notebooks (default: all in notebooks/)"})),
    "new-city": (_new_city, "为另一城市建立空数据表 / lay out empty tables for another city",
        ("folder", {"metavar": "DIR", "help": "新文件夹 / a new folder"}),
        ("--code", {"default": "", "help": "城市代码（GB/T 2260）/ code of the city, such as 330300"}),
        ("--name", {"default": "", "help": "中文名，如 温州市 / its Chinese name"}),
        ("--name-en", {"default": "", "help": "英文名 / its English name, such as Wenzhou"})),
    "codebook": (_codebook, "生成数据说明 / write data/README.md and data/datapackage.json"),
}
# fmt: on
