"""What is wrong with a table or a file, said so that the cell can be found and mended; the words are in ``messages.csv``."""

import csv
import difflib
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


class Refused(Exception):
    """What is not done, and why, in Chinese (``zh``) and English (``en``)."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh}{'' if zh.endswith('。') else ' '}/ {en}")
        self.zh, self.en = zh, en


class Messages:
    """Texts of a table (id, zh, en) in both languages; a pair is a value that differs between them."""

    def __init__(self, table: Path) -> None:
        with table.open(encoding="utf-8-sig", newline="") as file:
            self.texts = {row["id"]: (row["zh"], row["en"]) for row in csv.DictReader(file)}

    def __call__(self, name: str, /, **values: object) -> tuple[str, str]:
        zh, en = ({k: v[n] if isinstance(v, tuple) else v for k, v in values.items()} for n in (0, 1))
        return self.texts[name][0].format(**zh), self.texts[name][1].format(**en)

    def said(self, name: str, /, **values: object) -> str:
        """A message as a command says it: Chinese / English."""
        return str(Refused(*self(name, **values)))

    def refuse(self, name: str, /, when: object = True, **values: object) -> None:
        if when:
            raise Refused(*self(name, **values))


message = Messages(Path(__file__).with_name("messages.csv"))


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with a table: where, what was found, what is allowed."""

    file: str
    row: int
    column: str
    value: str
    zh: str
    en: str
    cell: str = ""  # sheet!cell in place of the row, where a file has sheets

    def __str__(self) -> str:
        at_zh = f" {self.cell}" if self.cell else f" 第 {self.row} 行" if self.row else ""
        at_en = f" {self.cell}" if self.cell else f" row {self.row}" if self.row else ""
        found = f" [{self.column}]" * bool(self.column) + f" {self.value!r}" * (self.value != "")
        return f"{self.file}{at_zh}{found}：{self.zh}\n    {self.file}{at_en}{found}: {self.en}"


class DataError(Exception):
    """The tables cannot be used as they are; ``problems`` lists every reason, with file, row, column, value, zh and en."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__(str(self))

    def __str__(self) -> str:
        n = len(self.problems)
        lines = [f"数据有 {n} 处问题，尚未生成任何内容 / {n} problem{'s' * (n != 1)} in the data; nothing was written:"]
        lines += [f"  {i}. {p}" for i, p in enumerate(self.problems, 1)]
        lines.append("请在上述单元格改正后重新运行。/ Correct these cells and run the command again.")
        return "\n".join(lines)


def nearest(value: str, choices: Iterable[str]) -> str:
    """The choice written most like a value, or nothing."""
    choices = [choice for choice in choices if choice]
    begun = [c for c in choices if len(value) > 2 and c.startswith(value)]
    found = begun[:1] or difflib.get_close_matches(value, choices, 1, 0.5)
    if not found and value:
        shared = [(len(set(c) & set(value)), c) for c in choices if c[0] == value[0]]
        found = [max(shared)[1]] if shared else []
    return found[0] if found else ""


def say(text: str, *, error: bool = False) -> None:
    """Print at once; what the console cannot encode, the command line has it show as escapes."""
    print(text, file=sys.stderr if error else sys.stdout, flush=True)


def fail(text: str) -> int:
    """Print what went wrong; returns the exit status of a command that failed."""
    say(text, error=True)
    return 1
