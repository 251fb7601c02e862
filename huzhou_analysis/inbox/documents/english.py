"""Figures of an English communiqué or report: the same fields as of a Chinese one, as far as plain rules go."""

from __future__ import annotations

import re
from decimal import Decimal

from .context import Document
from .figures import Figure
from .numbers import Numeral
from .structure import Block, Piece

_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_NUMBER = re.compile(
    r"(?<![\w.,-])(?:US\$|\$|¥|RMB ?)?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?![\w-]*(?:st|nd|rd|th)\b)(?!-(?:year|day|hour|month|point)\b)"
)
_SCALE = "thousand|million|billion|trillion"
_UNIT = re.compile(
    rf" ?(?P<unit>percentage points?|percent\b|per cent\b|%|‰|per thousand|(?:(?:{_SCALE}) )?(?:yuan|U\.?S\.? dollars|dollars|people|persons|tonnes|tons|metric tons|hectares|square meters|square kilometers|cubic meters|kilowatt-hours|kWh|kilometers|km|"
    rf"passenger-kilometers|ton-kilometers|TEUs|mu|units|vehicles|sets|households|students|jobs|urban jobs|enterprises|projects|items|pieces|cases|visits|trips|passengers|beds|hours|days|kilograms|times)\b|(?:{_SCALE})\b)"
)
_PERCENT = {"percent": "%", "per cent": "%", "percentage points": "个百分点", "percentage point": "个百分点"}
_SKIPPED = (
    ("date", rf"\b{_MONTH} \d{{1,2}}(?:, (?:19|20)\d\d)?|\b\d{{1,2}} {_MONTH}\b|\b\d{{4}}s\b|\b\d+-(?:year|day|month|hour|point)\b|\b\d+ (?:years?|months?|decades?)\b"),
    ("date", r"\b(?:19|20)\d\d\b(?! (?:percent|yuan|million|billion|people))(?:[-–—/](?:19|20)?\d\d)?"),
    ("numbering", r"\[\d+\]|\(\d+\)|^\d{1,2}\.(?= )|\b(?:Table|Figure|Chart|No\.|Article|Chapter) ?\d+|\b\d+(?:st|nd|rd|th)\b"),
    ("name", r"\b[A-Za-z]+[-.]?\d+(?:\.\d+)?[A-Za-z]*\b|\b\d+[A-Z]\b|\bPM ?2\.5\b|“[^”]{0,30}\d[^”]{0,10}”"),
)  # fmt: skip
_UP = r"increas\w*|grew|grow\w*|rose|ris\w+|climb\w*|expand\w*|went up|was up|up"
_DOWN = r"decreas\w*|declin\w*|fell|fall\w*|drop\w*|reduc\w*|lower\w*|cut|was down|down|contract\w*|shr[aiu]nk"
_ABOUT = "about|around|approximately|nearly|more than|over|almost|roughly"
_GROWTH = re.compile(
    rf"(?P<verb>{_UP}|{_DOWN})(?: (?:by|of|at|to|an?|rate|(?:annual|average|year)(?: on year)?|steadily|over the previous year|total|another|further|some|in(?: real terms)?|{_ABOUT}|,))*$",
    re.I,
)
_TO = re.compile(rf"(?:{_UP}|{_DOWN})(?: from [^,;]*?)? to(?: {_ABOUT})?$", re.I)
_BOUNDS = (
    (">", r"(?:more than|over|exceed\w*|above|surpass\w*|topp\w*)$"),
    (">=", r"(?:at least|no less than|not less than)$"),
    ("<=", r"(?:no more than|within|at most|up to)$"),
    ("<", r"(?:less than|below|under)$"),
    ("~", r"(?:about|around|nearly|approximately|some|roughly|almost|close to)$"),
)
_CLAUSE = re.compile(
    r"[;:]| and (?=(?:that|the) )|\bwe\b|, (?=(?:up|down|and|that|of which|with|while|an|including)\b)"
)
_VERB = r"\b(?:was|were|is|are|reach\w*|total\w*|stood|amounted|accounted|exceed\w*|surpassed|registered|saw|had|has|have|will|remained|rose|grew|fell|increased|decreased|dropped|declined|expanded)\b"
_LEAD = re.compile(
    r"^(?:(?:of (?:this total|which|the total|them)|in (?:19|20)\d\d|(?:last|this) year|(?:by|at) the end of (?:19|20)\d\d|preliminary estimat\w+ (?:show\w* )?(?:that)?|and|while|with|in which|including|the|an?|that|its|our|total|annual|for the year|also|"
    r"additional|another|growth in|to|have|has|will|created?|set|raised?|kept?|build|built|added|provided?|of|expect)[ ,:]+)+",
    re.I,
)
_ENDING = re.compile(
    r"(?:[ ,]+(?:will|would|should|may|be|been|posted|set|raised|an?|the|to|by|at|of|from|about|for|rise|keep|kept|average|increase|further|another|and|or|in|totaling|this year|last year|for the year|more|than))+$",
    re.I,
)


def squeeze(text: str, start: int = 0) -> Piece:
    """Text with every run of white space as one space."""
    found = [(m.start(), " " if m[0].isspace() else m[0].replace("’", "'")) for m in re.finditer(r"\s+|\S", text)]
    found = found[1:] if found and found[0][1] == " " else found
    return Piece("".join(c for _, c in found), tuple(start + i for i, _ in found))


def blocks(text: str) -> list[Block]:
    """Paragraphs of an English text: a line that does not end a sentence goes on in the next."""
    out: list[Block] = []
    start, opened = 0, -1
    lines = text.splitlines(keepends=True)
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        opened = start if opened < 0 else opened
        start += len(line)
        stripped = line.strip()
        if not stripped or re.search(r"[.:;!?”\"]$", stripped) or not following.strip() or len(stripped) < 60:
            piece, opened = squeeze(text[opened:start], opened), -1
            if piece.text.strip():
                heading = len(piece.text) < 90 and not re.search(r"[.;!?]\s*$", piece.text)
                out.append(Block("heading" if heading else "paragraph", piece, f"para {len(out) + 1}"))
    return out


def describe(name: str, parts: list[Block]) -> Document:
    """Kind, area and years of an English document."""
    top = " \n".join(b.piece.text for b in parts[:12])
    report = bool(re.search("work of the government|work report", top, re.I))
    bulletin = bool(re.search(r"statistical (?:communiqu|bulletin)", top, re.I))
    said = re.search(r"\b(20\d\d|19\d\d)\b", top)
    year = int(said[1]) if said else 0
    area = re.search(r"\b(?:in|of) ([A-Z][a-z]+(?: [A-Z][a-z]+)?) (?:City|Province|Municipality)", top)
    return Document(
        name,
        title=parts[0].piece.text.strip()[:80] if parts else name,
        kind="work_report" if report else "bulletin" if bulletin else "news",
        area=area[1] if area else "全国",
        year=year,
        period=str(year - report) if year else "",
    )


class EnglishReader:
    """Reads the paragraphs of one English document in order."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.period, self.target, self.subject = document.period, False, ""

    def heading(self, text: str) -> None:
        """A heading may set the year, and whether goals follow."""
        if (m := re.search(r"\b(20\d\d)\b", text)) and not re.search(rf"{_MONTH} \d|Bureau", text):
            self.period = m[1]
            self.target = bool(re.search("target|goal|plan|task|objective|requirement", text, re.I))

    def paragraph(self, block: Block) -> tuple[list[Figure], list[tuple[int, int, str, str]]]:
        """Figures of a paragraph and its other numerals."""
        text, figures, others = block.piece.text, [], []
        runs = [(m.start(), m.end(), r) for r, p in _SKIPPED for m in re.finditer(p, text)]
        for sentence in re.finditer(r".+?(?:[.!?](?= [A-Z“(]|$)|$)", text):
            at = sentence.start()
            for m in _NUMBER.finditer(text, *sentence.span()):
                reason = next((r for s, e, r in runs if s <= m.start("digits") and m.end() <= e), "")
                if reason:
                    others.append((m.start("digits"), m.end(), m["digits"], reason))
                else:
                    figures.append(self._figure(block, m, sentence.span(), at))
                    at = figures[-1].numeral.end
        return figures, others

    def _figure(self, block: Block, m: re.Match, sentence: tuple[int, int], at: int) -> Figure:
        text, unit = block.piece.text, _UNIT.match(block.piece.text, m.end())
        said = _PERCENT.get(unit["unit"], unit["unit"]) if unit else ""
        money = "USD " if "$" in m[0] else "CNY " if m[0].startswith(("¥", "RMB")) else ""
        end, value = unit.end() if unit else m.end(), Decimal(m["digits"].replace(",", ""))
        number = Numeral(m.start("digits"), end, m.end(), value, money + said)
        before, after = text[at : m.start()].rstrip(), text[end : sentence[1]]
        for relation, pattern in _BOUNDS:
            if bound := re.search(pattern, before, re.I):
                number.relation, before = relation, before[: bound.start()].rstrip()
                break
        measure, stem = self._measure(number, before, after)
        own = self._name(stem, after, measure)
        said_before = text[sentence[0] : m.start()]
        period = re.findall(r"\b(?:in|by|end of|year|for) (20\d\d|19\d\d)\b", said_before, re.I) or [self.period]
        guesses = ["read from English"] if own and own != self.subject else ["name from an earlier clause", "read from English"]  # fmt: skip
        name, area = own or self.subject, self.document.area
        figure = Figure(number, block, name, measure, area, period[-1], sentence=sentence, guesses=guesses)
        self.subject = name if measure != "points" else self.subject
        figure.clause = (at, end)
        figure.target = self.target or bool(re.search(r"\b(?:target|aim|goal|plan to|will)\b", said_before, re.I))
        return figure

    def _measure(self, number: Numeral, before: str, after: str) -> tuple[str, str]:
        """Measure that the words around a number say, and the words left for the name."""
        growth = _GROWTH.search(before)
        behind = re.match(rf" ?(?P<verb>{_UP}|{_DOWN}|growth|rise|gain)\b", after, re.I)
        percent = number.unit == "%"
        if _TO.search(before):
            return ("share" if percent else "level"), _TO.sub("", before)
        said = growth or behind
        falls = said and re.fullmatch(_DOWN, said["verb"], re.I) and (percent or number.unit == "个百分点")
        number.value = -number.value if falls else number.value
        stem = before[: growth.start()] if growth else before
        if number.unit == "个百分点":
            return "points", stem
        if said and (percent or (growth and number.unit == "times")):
            return "growth", stem
        if growth and re.search(r"\b(?:by|of)$", before, re.I):
            return "change", stem
        counted = re.search(r"(?:^|units|sets|holds|prises|projects|items|pieces|cases|beds|vehicles)$", number.unit)
        return ("share" if percent else "count" if counted else "level"), before

    def _name(self, stem: str, after: str, measure: str) -> str:
        """Noun phrase before the verb; behind the number where none stands before it; "" where there is none."""
        clause = re.sub(r"\([^)]*\)|\[\d+\]", "", _CLAUSE.split(stem)[-1]).strip(" ,")
        name = _ENDING.sub("", " " + _LEAD.sub("", re.split(_VERB, clause)[0].strip(" ,"))).strip(" ,.")
        if len(name) > 2 and len(name.split()) <= 14 and not re.match("up|down|increas|over|which", name, re.I):
            return name
        behind = re.match(r" ?(?:of |in |for |worth of )?(?:the )?([A-Za-z][A-Za-z' -]{2,60}?)(?= (?:were|was|have|has|had|in|with|to|by|for|and|on|at|from|that|who)\b|[,.;:]|$)", after)  # fmt: skip
        return behind[1].strip() if behind and measure not in ("growth", "points", "change") else ""
