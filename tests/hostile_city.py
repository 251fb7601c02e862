"""The made-up city with hostile text in every column that takes text: what a careless or ill-willed source could hold."""

import csv
from itertools import count

from made_up_city import CODE, REPORT, add, city, read

from huzhou_analysis.facts.schema import TABLES

ADDRESS = "evil.invalid"
FORMULAS = [f'=HYPERLINK("http://{ADDRESS}/a","y")', "@SUM(1)", "+1+cmd|' /C calc'!A0", "-2+3"]
MARKUP = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "{% raw %}", '#import "x": *', "$x^2$",
    "$\\frac{$", "[a](javascript:alert(1))", f"![b](http://{ADDRESS}/y.png)", "]]>", "${jndi:ldap://x}", "%2e%2e/", "\U00020bb7😀",
    "\\input{/etc/passwd}", "&lt;i&gt;", "'; DROP TABLE figures; --", "--><svg onload=alert(1)>", "@import url(//x)", "0 {1} %s",
]  # fmt: skip
PAYLOADS = FORMULAS + MARKUP
LONG = "长" * 2500 + "x" * 2500
# Columns that must keep what they hold: keys, codes, numbers, dates, and what the made-up city's tables refer to.
KEPT = {("units", "unit"), ("units", "unit_measure"), ("outline", "locator"), ("figures", "locator"),
        ("milestones", "locator"), ("not_figures", "locator"), ("not_figures", "numeral"), ("relations", "left"), ("relations", "right")}  # fmt: skip
NAMED = ("gdp", "trade_total")  # indicators that notebooks ask for by their Chinese names
LOCATORS = {"表1": "=1+1 <b>表</b> [x](javascript:y) {{1}}", "一": '@x "><img src=z onerror=q>'}


def free(table, field):
    """Whether a column takes any text."""
    plain = field.kind == "string" and not (field.codes or field.refers or field.pattern or field.unique)
    return plain and (table, field.name) not in KEPT


def hostile(folder):
    """Write the city's tables."""
    city(folder)
    add(folder, "corrections", [{"figure_id": "M.gdp", "action": "flag", "expect": "1777.3", "reason": "x", "status": "open"}])  # fmt: skip
    add(folder, "relations", [{"relation_id": "wrong", "kind": "order", "left": "[M.gdp]", "expect": "<=", "right": "[M.exports]",
                               "severity": "high", "reading_zh": "x", "reading_en": "x"}])  # fmt: skip
    add(folder, "pairs", [{"target_indicator": "rd_share", "actual_indicator": "rd_share", "comparable": "with_care",
                           "reason_zh": "x", "reason_en": "x"}])  # fmt: skip
    add(folder, "not_figures", [{"source_id": REPORT, "numeral": "7", "as_printed": "7", "reason": "name", "comment": "x"}])  # fmt: skip
    add(folder, "milestones", [{"date": "2024-05", "ref_area": CODE, "theme": "trade", "title_zh": "x", "title_en": "x",
                                "source_id": REPORT, "locator": "一"}])  # fmt: skip
    number = count()
    for name, table in TABLES.items():
        head, *rows = read(folder / f"{name}.csv")
        for field in table.fields:
            for row in rows:
                at = head.index(field.name)
                if field.name == "locator":
                    row[at] = LOCATORS.get(row[at], row[at])
                if not free(name, field) or (field.name == "name_zh" and row[0] in NAMED):
                    continue
                turn = next(number)
                row[at] = _put(field, row[at], turn, dict(zip(head, row, strict=True)))
        with (folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([head, *rows])


def _put(field, was, turn, row):
    first = PAYLOADS[turn % len(PAYLOADS)]
    if field.max_length:
        return f"{'=@<i>$+*#&'[turn % 10]}{was}"[: field.max_length] if was else ""
    if field.name.startswith("name"):
        return f"{first}{row.get('indicator') or row.get('ref_area') or row.get('unit')}"
    rotated = " ".join(PAYLOADS[turn % len(PAYLOADS) :] + PAYLOADS[: turn % len(PAYLOADS)])
    if field.name in ("title_zh", "title_en"):
        return first
    return f"{rotated} {LONG if turn % 7 == 0 else ''}"
