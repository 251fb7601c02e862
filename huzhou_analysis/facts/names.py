"""Indicators and areas under every name that a person may use; an area also without what it is (湖州, Zhejiang)."""

import difflib
import re
import unicodedata
from pathlib import Path

import pandas as pd

# What indicators are called in everyday speech, as :func:`fold` has it.
ALIASES = pd.read_csv(Path(__file__).with_name("aliases.csv"), index_col="alias").indicator.to_dict()
_KIND_OF_AREA = re.compile(r"(?<=..)(?:市|省|区|县|镇)$|(?:province|city|district|county|town)$")


class UnknownName(LookupError):
    """A name that no row of a table has, or that several have; the message lists the nearest."""


def fold(text: str) -> str:
    """Text as it is compared: one width, small letters, no spaces or punctuation."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def code(table: pd.DataFrame, name: str, what: str) -> str:
    """Code of the row of a table that a name means, its code, Chinese or English name; `what` is indicator or area."""
    if not isinstance(name, str):
        raise UnknownName(f"{what}: give its code or name as text, not {name!r}")
    if name in table.index:
        return name
    names = {code: [code, row.name_zh, row.name_en] for code, row in table.iterrows()}
    wanted = fold(name)
    if what == "area":
        names = {c: known + [_KIND_OF_AREA.sub("", fold(n)) for n in known] for c, known in names.items()}
        if not any(wanted in map(fold, known) for known in names.values()):
            wanted = _KIND_OF_AREA.sub("", wanted)
    elif ALIASES.get(wanted) in names:
        return ALIASES[wanted]
    found = [code for code, known in names.items() if wanted and wanted in map(fold, known)]
    if len(found) == 1:
        return found[0]
    near = found or nearest_codes(wanted, names)
    listed = ", ".join(f"{code} ({names[code][1]}, {names[code][2]})" for code in near)
    if found:
        raise UnknownName(f"{what} {name!r} may mean several; write the code of one: {listed}")
    raise UnknownName(
        f"no {what} {name!r} in the tables; " + (f"nearest: {listed}" if near else "look it up with hz.find")
    )


def nearest_codes(name: str, names: dict[str, list[str]], limit: int = 3) -> list[str]:
    """Codes whose names hold a text, or are written most like it, the nearest first; none where none is near."""
    wanted = fold(name)
    folded = {fold(known): code for code, all_names in names.items() for known in all_names}
    near = [n for n in folded if wanted and len(n) <= 6 * len(wanted)]
    holding = sorted((n for n in near if wanted in n), key=lambda n: (not n.startswith(wanted), len(n)))
    alike = difflib.get_close_matches(wanted, list(folded), limit, 0.65 if len(wanted) > 2 else 0.5)
    short = [] if wanted.isascii() or len(wanted) < 2 else sorted((n for n in near if _in_order(wanted, n)), key=len)
    return list(dict.fromkeys(folded[n] for n in (*holding, *alike, *short)))[:limit]


def _in_order(part: str, whole: str) -> bool:
    """Whether a text begins like another and its characters stand in that in the same order (社零, 固投)."""
    rest = iter(whole)
    return whole.startswith(part[:1]) and all(character in rest for character in part)
