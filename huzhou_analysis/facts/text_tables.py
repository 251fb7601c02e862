"""Text tables (CSV) as people save them: their encoding and separator found out, their records read."""

import codecs
import csv
import io
import re
from collections.abc import Container, Iterator

SEPARATORS = {",": ("逗号", "commas"), ";": ("分号", "semicolons"), "\t": ("制表符", "tabs"), "|": ("竖线", "bars")}
csv.field_size_limit(10**6)


def decoded(raw: bytes) -> tuple[str, str]:
    """Text of a file and the name of its encoding: ``UTF-8``, ``UTF-16``, ``GBK``, or ``?`` with no text."""
    utf_16 = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for name, codec in {"UTF-16": "utf-16"}.items() if utf_16 else {"UTF-8": "utf-8-sig", "GBK": "gb18030"}.items():
        try:
            return raw.decode(codec).lstrip("\ufeff"), name
        except UnicodeDecodeError:
            continue
    return "", "?"


def separator(text: str, words: Container[str]) -> str:
    """Separator that cuts the first record into most of the words that a header may hold; a comma where none does."""

    def fits(mark: str) -> tuple[int, int]:
        head = next(csv.reader(io.StringIO(text[:10_000].lstrip("\n\r"), newline=""), delimiter=mark), [])
        named = sum(any(word.casefold() in words for word in re.split(r"[\s*]+", cell)) for cell in head)
        return named, len(head)

    return max(SEPARATORS, key=fits)


def records(text: str, mark: str = ",") -> Iterator[list[str]]:
    """Records of a text table, one after the other, a blank line an empty one; a csv.Error where a quote is not closed."""
    lines = (line[0] for line in re.finditer(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text))  # no second copy of the text
    return csv.reader(lines, delimiter=mark, strict=True)
