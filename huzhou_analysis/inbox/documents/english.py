"""Figures of an English communiqué or report: the same fields as of a Chinese one, as far as plain rules go."""

from __future__ import annotations

import re
from decimal import Decimal

from .context import Document
from .figures import Figure
from .numbers import Numeral
from .structure import Block, Piece

_NUMBER = re.compile(
    r"(?<![\w.,-])(?:US\$|\$|¥|RMB ?)?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?![\w-]*(?:st|nd|rd|th)\b)(?!-(?:year|day|hour|month|point)\b)"
)
_UNIT = re.compile(
    r" ?(?P<unit>percentage points?|percent\b|per cent\b|%|‰|per thousand|(?:(?:thousand|million|billion|trillion) )?(?:yuan|U\.?S\.? dollars|dollars|people|persons|tonnes|tons|metric tons|hectares|square meters|square kilometers|cubic meters|kilowatt-hours|kWh|kilometers|km|"
    r"passenger-kilometers|ton-kilometers|TEUs|mu|units|vehicles|sets|households|students|jobs|urban jobs|enterprises|projects|items|pieces|cases|visits|trips|passengers|beds|hours|days|kilograms|times)\b|(?:thousand|million|billion|trillion)\b)"
)
_SKIPPED = [
    (reason, re.compile(p))
    for reason, p in (
        (
            "date",
            r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December) \d{1,2}(?:, (?:19|20)\d\d)?|\b\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December)\b",
        ),
        (
            "date",
            r"\b(?:19|20)\d\d\b(?! (?:percent|yuan|million|billion|people))(?:[-–—/](?:19|20)?\d\d)?|\b\d{4}s\b|\b\d+-(?:year|day|month|hour|point)\b|\b\d+ (?:years?|months?|decades?)\b",
        ),
        (
            "numbering",
            r"\[\d+\]|\(\d+\)|^\d{1,2}\.(?= )|\b(?:Table|Figure|Chart|No\.|Article|Chapter) ?\d+|\b\d+(?:st|nd|rd|th)\b",
        ),
        (
            "name",
            r"\b[A-Za-z]+[-.]?\d+(?:\.\d+)?[A-Za-z]*\b|\b\d+[A-Z]\b|\bCovid-19\b|\bPM ?2\.5\b|“[^”]{0,30}\d[^”]{0,10}”",
        ),
    )
]
_UP = r"increas\w*|grew|grow\w*|rose|ris\w+|climb\w*|expand\w*|went up|was up|up"
_DOWN = r"decreas\w*|declin\w*|fell|fall\w*|drop\w*|reduc\w*|lower\w*|cut|was down|down|contract\w*|shr[aiu]nk"
_GROWTH = re.compile(
    rf"(?P<verb>{_UP}|{_DOWN})(?: (?:by|of|at|to|rate|steadily|year on year|over the previous year|at an (?:average )?(?:annual )?rate|an average|average|annual|approximately|about|around|nearly|more than|over|a total|another|further|some|in real terms|in|almost|roughly|,))*$",
    re.I,
)
_TO = re.compile(
    rf"(?:{_UP}|{_DOWN})(?: from [^,;]*?)? to(?: about| around| over| more than| nearly| approximately)?$", re.I
)
_BOUNDS = (
    (">", r"(?:more than|over|exceed\w*|above|surpass\w*|topp\w*|in excess of)$"),
    (">=", r"(?:at least|no less than|not less than)$"),
    ("<=", r"(?:no more than|within|at most|up to)$"),
    ("<", r"(?:less than|below|under)$"),
    ("~", r"(?:about|around|nearly|approximately|some|roughly|almost|close to)$"),
)
_VERBS = r"\b(?:was|were|is|are|reached|reaching|totaled|totalled|stood at|stands at|amounted to|hit|came to|accounted for|accounts for|exceeded|exceeding|surpassed|topped|registered|posted|saw|recorded|had|has|have|been|will be|remained|rose|grew|fell|increased|decreased|dropped|declined|went|climbed|expanded|by|to|of|at|with|a total of|respectively)\b"
_LEAD = re.compile(
    r"^(?:(?:of (?:this total|which|the total|them)|among them|in (?:19|20)\d\d|last year|this year|by the end of (?:19|20)\d\d|at the end of (?:19|20)\d\d|the year (?:19|20)\d\d|preliminary estimat\w+ (?:show\w* )?(?:that)?|and|while|with|in which|including|we|china'?s|the country'?s|the|a|an|that|its|our|total|annual|for the year|also|additional|another)[ ,:]+)+",
    re.I,
)


_FINITE = r"\b(?:was|were|reached|totaled|accounted|increased|grew|rose|fell|stood|amounted)\b"
_CLAUSE = re.compile(
    r"[;:]| and (?=(?:that|the) )|\bwe\b|, (?=(?:up|down|and|that|of which|with|while|an|including)\b)"
)
_VERB_FIRST = re.compile(
    r"^(?:(?:to|have|has|will|reduced?|created?|set|raised?|increased?|expand(?:ed)?|kept?|keep|build|built|added|provided?|"
    r"earmark\w*|allocat\w*|of|expect|that|including|totaling) )+(?:the |a |an )?",
    re.I,
)
_ENDING = re.compile(
    r"[ ,]+(?:will|would|should|must|may|has|have|been|be|is|are|was|were|posted|set|raised|a|an|the|to|by|at|of|from|about|"
    r"for|reaching|exceed|reached|grew|rise|rises|stay|keep|kept|average|total|increase|decrease|further|another|and|or|in|"
    r"totaling|in number|this year|last year|for the year|more|than)$",
    re.I,
)
_EMPTY = {
    "",
    "an",
    "a",
    "of",
    "to",
    "and",
    "in",
    "the",
    "including",
    "in number",
    "a total of",
    "totaling",
    "some",
    "by",
    "from",
}
_ACTING = re.compile(
    r"(?:formulated|revised|completed|submitted|built|renovat|opened|launched|issued|added|created|helped|lifted|supported|"
    r"implemented|established|set up|invested|allocated|carried out|were|was) ?",
    re.I,
)


def squeeze(text: str, start: int = 0) -> Piece:
    """Text with every run of white space as one space."""
    characters, at = [], []
    for i, c in enumerate(text):
        new = {"’": "'", "％": "%"}.get(c, " " if c.isspace() else c)
        if new == " " and (not characters or characters[-1] == " "):
            continue
        characters.append(new)
        at.append(start + i)
    return Piece("".join(characters), tuple(at))


def blocks(text: str) -> list[Block]:
    """Paragraphs of an English text: a line that does not end a sentence goes on in the next."""
    out: list[Block] = []
    start, opened = 0, -1
    lines = text.splitlines(keepends=True)
    for i, line in enumerate(lines):
        opened = start if opened < 0 else opened
        start += len(line)
        stripped = line.strip()
        following = lines[i + 1].strip() if i + 1 < len(lines) else ""
        if not stripped or re.search(r"[.:;!?”\"]$", stripped) or not following or len(stripped) < 60:
            piece = squeeze(text[opened:start], opened)
            if piece.text.strip():
                heading = len(piece.text) < 90 and not re.search(r"[.;!?]\s*$", piece.text)
                out.append(Block("heading" if heading else "paragraph", piece, f"para {len(out) + 1}"))
            opened = -1
    return out


def describe(name: str, parts: list[Block]) -> Document:
    """Kind, area and years of an English document."""
    top = " \n".join(b.piece.text for b in parts[:12])
    report = bool(re.search(r"report on the work of the government|work report", top, re.I))
    kind = (
        "work_report"
        if report
        else "bulletin"
        if re.search(r"statistical (?:communiqu|bulletin)", top, re.I)
        else "news"
    )
    said = re.search(r"\b(20\d\d|19\d\d)\b", top)
    year = int(said[1]) if said else 0
    area = next(
        (
            m[1]
            for m in [re.search(r"\b(?:in|of) ([A-Z][a-z]+(?: [A-Z][a-z]+)?) (?:City|Province|Municipality)", top)]
            if m
        ),
        "",
    )
    national = re.search(r"People's Republic of China|National (?:Bureau|People)|State Council", top)
    title = parts[0].piece.text.strip()[:80] if parts else name
    return Document(
        name,
        title,
        kind,
        area or ("全国" if national else "China"),
        year,
        "",
        "",
        str(year - 1 if report else year) if year else "",
    )


class EnglishReader:
    """Reads the paragraphs of one English document in order."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.period, self.target, self.subject, self.after = document.period, False, "", ""

    def heading(self, text: str) -> None:
        if re.search(
            r"(?:January|February|March|April|May|June|July|August|September|October|November|December) \d|Bureau", text
        ):
            return
        if m := re.search(r"\b(20\d\d)\b", text):
            self.period, self.target = (
                m[1],
                bool(re.search(r"target|goal|plan|task|objective|requirement", text, re.I))
                and "review" not in text.lower(),
            )
        elif re.search(r"thirteenth|13th|five-year plan period|past five years", text, re.I) and self.document.year:
            self.period = f"{self.document.year - 5}/P5Y"
        elif re.match(r"[IVX]+\. ", text) and re.search(r"target|goal|major tasks|work for", text, re.I):
            self.period, self.target = str(self.document.year), True

    def paragraph(self, block: Block) -> tuple[list[Figure], list[tuple[int, int, str, str]]]:
        """Figures of a paragraph and its other numerals."""
        text, figures, others = block.piece.text, [], []
        runs = [(m.start(), m.end(), r) for r, p in _SKIPPED for m in p.finditer(text)]
        for sentence in re.finditer(r".+?(?:[.!?](?= [A-Z“(]|$)|$)", text):
            at = sentence.start()
            for m in _NUMBER.finditer(text, sentence.start(), sentence.end()):
                reason = next((r for s, e, r in runs if s <= m.start("digits") and m.end() <= e), "")
                if reason:
                    others.append((m.start("digits"), m.end(), m["digits"], reason))
                    continue
                figure, at = self._figure(block, text, m, sentence, at)
                figures.append(figure)
        return figures, others

    def _figure(self, block: Block, text: str, m: re.Match, sentence: re.Match, at: int) -> tuple[Figure, int]:
        unit = _UNIT.match(text, m.end())
        number = Numeral(
            m.start("digits"),
            unit.end() if unit else m.end(),
            m.end(),
            Decimal(m["digits"].replace(",", "")),
            unit["unit"] if unit else "",
        )
        number.unit = {
            "percent": "%",
            "per cent": "%",
            "percentage points": "个百分点",
            "percentage point": "个百分点",
        }.get(number.unit, number.unit)
        number.unit = (
            "USD " if m[0].startswith(("US$", "$")) else "CNY " if m[0].startswith(("¥", "RMB")) else ""
        ) + number.unit
        before = text[at : m.start()].rstrip()
        for relation, pattern in _BOUNDS:
            if bound := re.search(pattern, before, re.I):
                number.relation, before = relation, before[: bound.start()].rstrip()
                break
        self.after = text[number.end : number.end + 20]
        measure, stem = self._measure(number, before)
        name = self._name(stem, text[number.end : sentence.end()], number, measure)
        guesses = [] if name and name != self.subject else ["name from an earlier clause"]
        if name:
            self.subject = name if measure not in ("points",) else self.subject
        period = self._period(text[sentence.start() : m.start()])
        figure = Figure(
            number,
            block,
            name or self.subject,
            measure,
            self.document.area,
            period,
            "sentence",
            (sentence.start(), sentence.end()),
            (at, number.end),
            guesses=[*guesses, "read from English"],
        )
        figure.of_what = figure.indicator if measure in ("growth", "points", "change") else ""
        figure.target = self.target or bool(
            re.search(r"\b(?:target|aim|goal|plan to|will)\b", text[sentence.start() : m.start()], re.I)
        )
        return figure, number.end

    def _measure(self, number: Numeral, before: str) -> tuple[str, str]:
        growth = _GROWTH.search(before)
        after = self.after
        if m := re.match(rf" ?(?:{_UP}|{_DOWN}|growth|rise|gain|decline)\b", after, re.I):
            number.value = (
                -number.value if number.unit == "%" and re.search(_DOWN + "|decline", m[0], re.I) else number.value
            )
            if number.unit == "%":
                return "growth", before
        if _TO.search(before):
            return ("share" if number.unit == "%" else "level"), re.sub(_TO, "", before)
        if number.unit == "个百分点":
            sign = growth and re.match(_DOWN, growth["verb"], re.I)
            number.value = -number.value if sign else number.value
            return "points", before[: growth.start()] if growth else before
        if growth and number.unit in ("%", "times"):
            number.value = -number.value if re.match(_DOWN, growth["verb"], re.I) else number.value
            return "growth", before[: growth.start()]
        if growth and re.search(r"\b(?:by|of)$", before, re.I):
            return "change", before[: growth.start()]
        if number.unit in ("%", "‰"):
            return ("share" if number.unit == "%" else "level"), before
        things = re.search(
            r"(?:units|sets|households|enterprises|projects|items|pieces|cases|beds|vehicles|schools)$", number.unit
        )
        return ("count" if things or not number.unit else "level"), before

    def _name(self, stem: str, after: str, number: Numeral, measure: str) -> str:
        """Noun phrase before the verb; behind the number where none stands before it."""
        name = self._before(stem)
        empty = name.lower() in _EMPTY or re.match(r"up|down|increas|over|which", name, re.I)
        if measure in ("growth", "points", "change") and (empty or len(name.split()) > 14):
            return self.subject
        behind = re.match(
            r" ?(?:of |in |for |worth of )?(?:the )?([A-Za-z][A-Za-z' -]{2,60}?)(?= (?:were|was|have|has|had|in|with|to|by|for|and|on|at|from|that|who)\b|[,.;:]|$)",
            after,
        )
        noun = re.search(r"(?:urban jobs|jobs|people|persons|households|students|enterprises|vehicles)$", number.unit)
        if measure == "share" and "accounted" in stem and (m := re.search(r"\bof (?:the )?([A-Za-z' -]{3,40})", after)):
            return f"{name} as share of {m[1].strip()}"
        if empty or _ACTING.match(name) or len(name.split()) > 14:
            return noun[0] if noun else behind[1].strip() if behind else name if not empty else self.subject
        return name

    def _before(self, stem: str) -> str:
        """What stands before the verb of the last clause."""
        clause = _CLAUSE.split(stem)[-1].strip(" ,")
        clause = re.sub(r"\([^)]*\)|\[\d+\]", "", clause)
        clause = re.sub(r"^that of", "value added of" if "value added" in self.subject else "", clause.strip(" ,"))
        head = re.split(_VERBS + rf"(?!.*{_FINITE})", clause)[0] if re.search(_FINITE, clause) else clause
        name = _LEAD.sub("", head.strip(" ,")).strip(" ,.")
        name = _VERB_FIRST.sub(
            "", re.sub(r"^(?:growth|increase|decrease|rise|decline) (?:in|of) ", "", name, flags=re.I)
        )
        while _ENDING.search(name):
            name = _ENDING.sub("", name)
        return name

    def _period(self, before: str) -> str:
        years = re.findall(r"\b(?:in|by|end of|year|for) (20\d\d|19\d\d)\b", before, re.I)
        if years:
            return years[-1]
        if re.search(r"past five years|13th five-year plan period|five years", before, re.I) and self.document.year:
            return f"{self.document.year - 5}/P5Y"
        if re.search(r"last year", before, re.I) and self.document.year:
            return str(self.document.year - 1)
        return str(self.document.year) if re.search(r"this year", before, re.I) and self.document.year else self.period
