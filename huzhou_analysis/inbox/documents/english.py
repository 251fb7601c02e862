"""Figures of an English communiqué or report: the same fields as of a Chinese one, as far as plain rules go."""

import re
from decimal import Decimal

from .clauses import CLAUSE_BEFORE, Figure
from .context import Document
from .numbers import Numeral
from .structure import Block, Piece
from .vocabulary import P, rules

_PERCENT = {"percent": "%", "per cent": "%", "percentage points": "个百分点", "percentage point": "个百分点"}
_BOUNDS = [(relation, re.compile(f"{p.pattern}$", re.I)) for relation, p in rules("en_bound")]
_SKIPPED = rules("en_no_figure")


def blocks(text: str) -> list[Block]:
    """Paragraphs of an English text: a line that does not end a sentence goes on in the next."""
    out = []
    for m in P.en_paragraph.finditer(text):
        plain = re.sub(r"\s", " ", m[0]).replace("’", "'")
        kind = "heading" if len(plain) < 90 and not re.search(r"[.;!?]$", plain) else "paragraph"
        out.append(Block(kind, Piece(plain, tuple(range(*m.span()))), f"para {len(out) + 1}"))
    return out


def describe(name: str, parts: list[Block]) -> Document:
    """Kind, area and years of an English document."""
    top = " \n".join(b.piece.text for b in parts[:12])
    kind = next((kind for kind, pattern in rules("en_kind") if pattern.search(top.casefold())), "news")
    area = P.en_area.search(top)
    year = int((re.findall(r"\b(?:20|19)\d\d\b", top) or [0])[0])
    period = str(year - (kind == "work_report")) if year else ""
    return Document(name, parts[0].piece.text[:80], kind, area[1] if area else "全国", year, period=period)


class EnglishReader:
    """The reader of clauses and the clock of an English document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.period, self.target, self.subject = document.period, False, ""

    def heading(self, text: str) -> None:
        """A heading may set the year, and whether goals follow."""
        if (m := re.search(r"\b(20\d\d)\b", text)) and not re.search(r"[A-Z][a-z]+ \d{1,2}\b|Bureau", text):
            self.period, self.target = m[1], bool(P.en_goals.search(text))

    def paragraph(self, block: Block) -> tuple[list[Figure], list[tuple[int, int, str, str]]]:
        text, figures, others = block.piece.text, [], []
        runs = [(*m.span(), reason) for reason, p in _SKIPPED for m in p.finditer(text)]
        for sentence in P.en_sentence.finditer(text):
            at = sentence.start()
            for m in P.en_number.finditer(text, *sentence.span()):
                start, end = m.span("digits")
                if reason := next((r for s, e, r in runs if s <= start and end <= e), ""):
                    others.append((start, end, m["digits"], reason))
                else:
                    figures.append(self._figure(block, m, sentence.span(), at))
                    at = m.end()
        return figures, others

    def _figure(self, block: Block, m: re.Match, sentence: tuple[int, int], at: int) -> Figure:
        text, unit = block.piece.text, _PERCENT.get(m["unit"], m["unit"] or "")
        money = "" if not m["money"] else "USD " if "$" in m["money"] else "CNY "
        start, end = m.span("digits")
        number = Numeral(start, m.end(), end, Decimal(m["digits"].replace(",", "")), money + unit)
        before, after = text[at : m.start()].rstrip(), text[m.end() : sentence[1]]
        for relation, pattern in _BOUNDS:
            if number.relation == "=" and (bound := pattern.search(before)):
                number.relation, before = relation, before[: bound.start()].rstrip()
        measure, stem = _measured(number, before, after)
        own, context = _name(stem, after, measure), text[sentence[0] : m.start()]
        name, period = own or self.subject, [self.period, *P.en_year.findall(context)][-1]
        figure = Figure(number, block, name, measure, self.document.area, period, sentence, (at, m.end()))
        figure.guesses = [CLAUSE_BEFORE] * (name == self.subject) + ["英文文本"]
        figure.target = self.target or bool(P.en_aim.search(context))
        self.subject = name if measure != "points" else self.subject
        return figure


def _measured(number: Numeral, before: str, after: str) -> tuple[str, str]:
    """Measure that the words around a number say, and the words left for the name."""
    growth, percent, points = P.en_growth.search(before), number.unit == "%", number.unit == "个百分点"
    if to := P.en_to.search(before):
        return ("share" if percent else "level"), before[: to.start()]
    said, stem = growth or P.en_growth_behind.match(after), before[: growth.start()] if growth else before
    if said and P.en_fall.fullmatch(said["verb"]) and (percent or points):
        number.value = -number.value
    if points or (said and percent) or (growth and number.unit == "times"):
        return "points" if points else "growth", stem
    if growth and re.search(r"\b(?:by|of)$", before, re.I):
        return "change", stem
    thing = P.en_counted.search(number.unit)
    return "share" if percent else "count" if thing else "level", before


def _name(stem: str, after: str, measure: str) -> str:
    """Noun phrase before the verb; behind the number where none stands before it; "" where there is none."""
    clause = re.sub(r"\([^)]*\)|\[\d+\]", "", P.en_parts.split(stem)[-1]).strip(" ,")
    name = P.en_back.sub("", " " + P.en_front.sub("", P.en_said.split(clause)[0].strip(" ,"))).strip(" ,.")
    if len(name) > 2 and len(name.split()) <= 14 and not re.match("up|down|increas|over|which", name, re.I):
        return name
    behind = P.en_behind.match(after) if measure not in ("growth", "points", "change") else None
    return behind[1].strip() if behind else ""
