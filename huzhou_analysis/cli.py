"""Command line: ``python -m huzhou_analysis COMMAND``.

Heavy parts are imported by the command that needs them, so that a run with nothing to do is over at once.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial


class Parser(argparse.ArgumentParser):
    """Says what is wrong with a command line in both languages, and where the words are listed."""

    def error(self, message: str) -> None:
        print(f"参数有误，用法见 / {message}; see: {self.prog} --help", file=sys.stderr)
        self.exit(2)


def parser() -> argparse.ArgumentParser:
    top = Parser(
        prog="python -m huzhou_analysis",
        description="城市经济的印刷数字、核对与目标 / the economy of a city from its documents",
    )
    tables = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    tables.add_argument(
        "--data", metavar="DIR", help="数据表所在文件夹 / folder of the tables (default: HUZHOU_DATA, else data)"
    )
    commands = top.add_subparsers(
        dest="command",
        required=True,
        metavar="COMMAND",
        parser_class=partial(Parser, parents=[tables]),
    )
    report = commands.add_parser("report", help="生成报告 / execute the notebooks and build the report")
    report.add_argument(
        "--output",
        metavar="DIR",
        help="输出文件夹 / folder to build it in (default: reports; of other tables: reports inside DIR)",
    )
    report.add_argument("--fresh", action="store_true", help="忽略缓存，全部重跑 / execute every notebook again")
    report.add_argument("--jobs", type=int, metavar="N", help="同时运行的笔记本数 / notebooks at a time")
    commands.add_parser("check", help="检查数据表 / check every table and list what is wrong")
    read = commands.add_parser(
        "read", help="读文件，提出其中每个数字 / propose every figure of a document in a workbook"
    )
    read.add_argument("file", metavar="FILE", help="PDF、docx、html 或 txt / a document with text")
    template = commands.add_parser("template", help="写出填报模板 / write a workbook to fill in new figures")
    template.add_argument("file", nargs="?", metavar="FILE", help="文件名 / file (default: inbox/new_figures.xlsx)")
    add = commands.add_parser("add", help="添加填好的数字 / add what files hold to the tables, whole or not at all")
    add.add_argument("files", nargs="*", metavar="FILE", help="xlsx 或 csv / default: everything in the inbox")
    add.add_argument("--dry-run", action="store_true", help="只显示，不写入 / show what would be added, write nothing")
    audit = commands.add_parser(
        "audit", help="对照原始文件核对引证与数码，并列出文件自相矛盾之处 / prove citations, list findings"
    )
    audit.add_argument("--sources", metavar="DIR", help="原始文件所在文件夹 / folder with the documents' text files")
    audit.add_argument("--lang", choices=("zh", "en"), default="zh")
    find = commands.add_parser("find", help="按任意字词查数字 / look a figure up by any word")
    find.add_argument("text", nargs="+", help="中文或英文字词 / words in either language")
    find.add_argument("--lang", choices=("zh", "en"), default="zh")
    gaps = commands.add_parser("gaps", help="目标进度表 / every target: latest actual, gap, verdict")
    gaps.add_argument(
        "--as-of", metavar="DATE", help="只用该日以前发布的数字 / only what was published by then (ISO date)"
    )
    gaps.add_argument("--lang", choices=("zh", "en"), default="zh")
    gaps.add_argument("--format", choices=("table", "csv", "json"), default="table")
    gaps.add_argument("--all", action="store_true", help="连同正文中的目标 / the goals of the text as well")
    export = commands.add_parser("export", help="单独导出一个图表 / one exhibit as a file")
    export.add_argument(
        "exhibit", metavar="EXHIBIT", help="图表编号，如 scoreboard / id of an exhibit, as in the report"
    )
    export.add_argument("--format", choices=("pptx", "docx", "xlsx", "png", "svg", "pdf", "csv"), default="pptx")
    export.add_argument("--lang", choices=("zh", "en"), default="zh")
    export.add_argument(
        "--size", choices=("slide", "column", "square"), default="slide", help="图片尺寸 / of a picture"
    )
    export.add_argument("--watermark", default="", metavar="TEXT", help="水印，如 草稿 / words across the page")
    export.add_argument("--output", metavar="FILE", help="文件名 / file to write (default: ID.LANG.FORMAT)")
    tidy = commands.add_parser(
        "tidy", help="清理笔记本中的运行结果 / take results out of notebooks, as they are committed"
    )
    tidy.add_argument("files", nargs="*", metavar="FILE", help="笔记本 / notebooks (default: all in notebooks/)")
    only = tidy.add_mutually_exclusive_group()
    only.add_argument("--check", action="store_true", help="只检查 / change nothing, exit status 1 if any is not tidy")
    only.add_argument(
        "--staged", action="store_true", help="即将提交的笔记本 / those about to be committed (for the hook)"
    )
    city = commands.add_parser("new-city", help="为另一城市建立空数据表 / lay out empty tables for another city")
    city.add_argument("folder", metavar="DIR", help="新文件夹 / a new folder")
    city.add_argument("--code", default="", help="城市代码（GB/T 2260）/ code of the city, such as 330300")
    city.add_argument("--name", default="", help="中文名，如 温州市 / its Chinese name")
    city.add_argument("--name-en", default="", help="英文名 / its English name, such as Wenzhou")
    commands.add_parser("codebook", help="生成数据说明 / write data/README.md and data/datapackage.json")
    commands.add_parser("gallery", help="生成图集 / write docs/gallery.md with a picture of every chart")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status. The environment is afterwards as it was before."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    before = dict(os.environ)
    try:
        return _run(parser().parse_args(arguments))
    finally:
        os.environ.clear()
        os.environ.update(before)


def _run(options: argparse.Namespace) -> int:
    from .report.build import paths

    if "data" in options:
        os.environ["HUZHOU_DATA"] = os.path.abspath(options.data)
    # What draws and what executes keeps lists of its own, and the home folder may not be ours to write in.
    os.environ.setdefault("MPLCONFIGDIR", str(paths().fonts))
    os.environ.setdefault("IPYTHONDIR", str(paths().kept / "ipython"))
    # The matrices here are tiny: spreading them over threads costs several times what it saves.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    try:
        if not _recovered():
            return 1
        return _COMMANDS[options.command](options)
    except KeyboardInterrupt:
        print("\n已中断；已有的报告和数据未改动 / interrupted; reports and data are as they were", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 1
    except OSError as error:
        name = error.filename or ""
        print(
            f"读写失败（{error.strerror or error}）：{name}；请检查路径、权限和磁盘空间，关闭占用它的程序后重试 / cannot be read or written "
            f"({error.strerror or error}): {name}; check path, permissions and disk space, close what holds it, and try again",
            file=sys.stderr,
        )
        return 1


def _recovered() -> bool:
    """Complete an adding that was cut short, before anything reads the tables."""
    from .report.build import paths, say

    root = paths().data
    if not (root / ".adding").is_dir():
        return True
    from .inbox.adding import recover

    def complete() -> int:
        if message := recover(root):
            say(message, error=True)
        return int((root / ".adding").is_dir())

    return _alone(complete) == 0


def _alone(work: Callable[[], int]) -> int:
    """Exit status of something that changes the tables, done while nothing else is going on in the project."""
    from .facts.lock import Busy, Lock
    from .report.build import paths, say

    try:
        with Lock(paths().lock):
            return work()
    except Busy as busy:
        say(str(busy), error=True)
        return 1


def _read(options: argparse.Namespace) -> int:
    from .inbox.documents import make

    return make(options.file)


def _template(options: argparse.Namespace) -> int:
    from .inbox.template import make

    return make(options.file)


def _add(options: argparse.Namespace) -> int:
    from .inbox.adding import add

    return _alone(lambda: add(options.files, dry_run=options.dry_run))


def _report(options: argparse.Namespace) -> int:
    from .report.build import ReportError, build, say

    try:
        return build(options.output, fresh=options.fresh, jobs=options.jobs)
    except ReportError as error:
        say(str(error), error=True)
        return 1


def _check(options: argparse.Namespace) -> int:
    from .analysis.audit import relation_problems
    from .facts.data import DataError, load

    try:
        data = load()
        problems = relation_problems(data)
    except DataError as error:
        problems = error.problems
    if problems:
        print(DataError(problems), file=sys.stderr)
        return 1
    print(
        f"数据无误 / all tables are in order: {len(data.figures)} figures, {len(data.indicators)} indicators, "
        f"{len(data.sources)} sources"
    )
    return 0


def _audit(options: argparse.Namespace) -> int:
    from .analysis.audit import findings
    from .analysis.provenance import prove, report
    from .facts.data import DataError, load

    try:
        data = load()
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    print("文件自查 / findings of the documents against themselves:")
    for f in findings(data).itertuples():
        print(
            f"  [{f.severity}] {f.finding_id}: {f.left} | {f.right}\n      {f.reading_zh if options.lang == 'zh' else f.reading_en}"
        )
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
        print(f"没有这个文件夹，请核对路径 / no such folder, check the path: {folder}", file=sys.stderr)
        return 1
    print("\n引证与数码 / citations and numerals:")
    print(report(proof))
    if len(proof.missing) == len(set(data.sources.file) - {""}):
        print(
            f"文件夹中没有任何原始文件：{folder}；文件名应与 sources.csv 的 file 列一致 / none of the documents is in this folder: "
            f"{folder}; their names are those of the column file in sources.csv",
            file=sys.stderr,
        )
        return 1
    return 0 if proof else 1


def _find(options: argparse.Namespace) -> int:
    from .analysis.find import find
    from .facts.data import DataError, load

    try:
        found = find(load(), " ".join(options.text), lang=options.lang)
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    for figure_id, f in found.iterrows():
        status = f.record_type if f.obs_status == "A" else f"{f.record_type} · {f.obs_status}"
        print(
            f"{f.indicator} · {f.area} · {f.period}: {f.value}  [{status}]\n    {f.source} · {f.place} · “{f.as_printed}”  {figure_id}"
        )
    print(
        f"{len(found)} 个数字 / figures" if len(found) else "没有找到；换个字词试试 / nothing found; try another word"
    )
    return 0 if len(found) else 1


def _gaps(options: argparse.Namespace) -> int:
    from .analysis.gaps import target_gaps
    from .facts import periods
    from .facts.data import DataError, load

    if options.as_of:
        try:
            periods.parse(options.as_of)
        except ValueError:
            print(
                f"不是日期 / not a date: {options.as_of!r}；应为 / expected: 2024-06-30 · 2024-06 · 2024",
                file=sys.stderr,
            )
            return 1
    try:
        data = load()
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    table = target_gaps(data, options.as_of)
    if options.format == "csv":
        print(table.to_csv(index=False, lineterminator="\n"), end="")
    elif options.format == "json":
        print(table.to_json(orient="records", force_ascii=False, indent=1))
    else:
        from .analysis.targets import is_table_row
        from .exhibits.scoreboard import terminal_table

        terminal_table(data, table if options.all else table[is_table_row(table.locator)], options.lang)
    return 0


def _export(options: argparse.Namespace) -> int:
    from pathlib import Path

    from .catalogue import find
    from .facts.data import DataError, load
    from .report.build import notebook_files, paths

    path = Path(options.output or f"{options.exhibit}.{options.lang}.{options.format}")
    if path.suffix != f".{options.format}":
        print(f"文件名须以 .{options.format} 结尾 / the file must end in .{options.format}: {path}", file=sys.stderr)
        return 1
    try:
        data = load()
        exhibit = find(data, options.exhibit, notebook_files(paths(), data.home))
        exhibit.save(path, lang=options.lang, size=options.size, watermark=options.watermark, data=data)
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyError as error:
        print(error.args[0], file=sys.stderr)
        return 1
    except (OSError, ValueError) as error:
        print(
            f"没有写成，请按下述原因改正后重试 / not written; mend what follows and try again: {error}", file=sys.stderr
        )
        return 1
    print(f"已写出 / written: {path}")
    return 0


def _tidy(options: argparse.Namespace) -> int:
    from pathlib import Path

    from .report.build import paths, say
    from .tidy import before_commit, rewrite, untidy

    where = paths()
    if options.staged:
        done, problems = before_commit(where.project)
    else:
        changes, problems = untidy([Path(f) for f in options.files] or sorted(where.notebooks.glob("*.ipynb")))
        done = list(changes)
        if options.check:
            problems += [
                f"{path.name}：不是提交时应有的样子（结果、运行次数、内核或键序）；请运行 make tidy / is not as it is committed (results, "
                "counts of runs, kernel or order of keys): run make tidy"
                for path in done
            ]
        else:
            rewrite(changes)
    for problem in problems:
        say(problem, error=True)
    if (done and not options.check) or not problems:
        say("\n".join(f"已清理 / tidied: {path.name}" for path in done) or "无变化 / nothing changed")
    return 1 if problems else 0


def _new_city(options: argparse.Namespace) -> int:
    from .inbox.new_city import NewCityError, lay_out

    try:
        folder = lay_out(options.folder, options.code, options.name, options.name_en)
    except NewCityError as error:
        print(error, file=sys.stderr)
        return 1
    shown = f'"{options.folder}"' if " " in options.folder else options.folder
    first = (
        ""
        if options.code
        else "\n  0. ref_areas.csv：补入本市一行（level 为 city）/ add the city's own row (level city)"
    )
    print(
        f"已建立空数据表 / empty tables laid out: {folder}\n"
        f"接下来 / what to do next:{first}\n"
        f"  1. make template DATA={shown}：写出填报模板；逐行填入文件和数字（规划指标表的行，位置写作“数字方案 指标表 行1”）/ writes a "
        "workbook: fill in the documents and the figures (the place of a row of a plan's table: “数字方案 指标表 行1”)\n"
        f"  2. make add DATA={shown}：检查后写入 / checks and adds them\n"
        f"  3. make report DATA={shown}：生成报告 / builds the report"
    )
    return 0


def _codebook(options: argparse.Namespace) -> int:
    from .facts.codebook import write
    from .facts.data import DataError, load

    try:
        changed = write(load())
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(f"已更新 / written: {p.name}" for p in changed) or "无变化 / nothing changed")
    return 0


def _gallery(options: argparse.Namespace) -> int:
    from .catalogue import calls, made
    from .export.gallery import write
    from .facts.data import DataError, load
    from .report.build import notebook_files, paths

    where = paths()
    try:
        data = load()
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    changed = write([exhibit for _, exhibit in made(data, calls(notebook_files(where)))], where.project / "docs")
    print("\n".join(f"已更新 / written: {p.name}" for p in changed) or "无变化 / nothing changed")
    return 0


_COMMANDS = {
    "report": _report,
    "check": _check,
    "read": _read,
    "template": _template,
    "add": _add,
    "audit": _audit,
    "find": _find,
    "gaps": _gaps,
    "export": _export,
    "tidy": _tidy,
    "new-city": _new_city,
    "codebook": _codebook,
    "gallery": _gallery,
}
