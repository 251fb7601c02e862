"""Command line: ``python -m huzhou_analysis COMMAND``.

Heavy parts are imported by the command that needs them, so that a run with nothing to do is over at once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m huzhou_analysis",
                                  description="湖州经济：印刷数字、核对与目标 / the economy of Huzhou from its documents")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    report = commands.add_parser("report", help="生成报告 / execute the notebooks and build the report")
    report.add_argument("--output", metavar="DIR", help="输出文件夹 / folder to build it in (default: reports)")
    report.add_argument("--fresh", action="store_true", help="忽略缓存，全部重跑 / execute every notebook again")
    report.add_argument("--jobs", type=int, metavar="N", help="同时运行的笔记本数 / notebooks at a time")
    commands.add_parser("check", help="检查数据表 / check every table and list what is wrong")
    commands.add_parser("codebook", help="生成数据说明 / write data/README.md and data/datapackage.json")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    options = parser().parse_args(arguments)
    try:
        return _COMMANDS[options.command](options)
    except KeyboardInterrupt:
        print("\n已中断；已有的报告和数据未改动 / interrupted; reports and data are as they were", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 1


def _report(options: argparse.Namespace) -> int:
    from .report import ReportError, build, say

    try:
        return build(options.output, fresh=options.fresh, jobs=options.jobs)
    except ReportError as error:
        say(str(error), error=True)
        return 1


def _check(options: argparse.Namespace) -> int:
    from .data import DataError, check

    frames, problems = check()
    if problems:
        print(DataError(problems), file=sys.stderr)
        return 1
    print(f"数据无误 / all tables are in order: {sum(map(len, frames.values()))} rows, {len(frames['figures'])} figures")
    return 0


def _codebook(options: argparse.Namespace) -> int:
    from .codebook import write
    from .data import DataError, load

    try:
        changed = write(load())
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(f"已更新 / written: {p.name}" for p in changed) or "无变化 / nothing changed")
    return 0


_COMMANDS = {"report": _report, "check": _check, "codebook": _codebook}


if __name__ == "__main__":
    sys.exit(main())
