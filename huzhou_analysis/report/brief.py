"""The two pages and the deck: which messages, exhibits, targets and risks they hold, in what order (docs/reading.md).

Cells of notebooks are tagged ``message``, ``brief``, ``risk`` or ``ask``; a notebook's metadata name exhibits (``brief``,
``deck``) and rows of the first table (``headlines``). What is not named follows from verdicts and the latest figures.
"""

from collections import Counter
from collections.abc import Iterable
from itertools import zip_longest

from ..analysis.series import MAIN
from ..facts.schema import THEMES as NAMES
from ..facts.words import Text
from ..show.office import drawn
from ..show.sources import period_text
from . import prose
from .content import Content, Section, words, words_for
from .state import summed_up

THEMES = ("foreign_investment", "exports", "industrial_investment", "transport")
YEARS_BACK = 3  # what is older says little of now
MOST_ROWS, MOST_NAMED, SENTENCES, RISKS, MOST_CITED = 12, 4, 3, 3, 4
LONGEST = {"zh": 120, "en": 330}  # characters of a reading that is short enough for two pages
WORDS, ACTUALS = words_for("brief"), words_for("actuals")  # the latter by theme: whom to ask for what its targets lack


class _Notes:
    """Endnotes: a document each, numbered in the order of first use."""

    def __init__(self, content: Content) -> None:
        self.cited = content.state.get("cited", {}) | {row["figure_id"]: row for row in content.citations()}
        self.sources: dict[str, dict] = {}

    def refs(self, figures: Iterable[str]) -> list[int]:
        """Numbers of the documents that figures come from."""
        rows = [self.cited[figure] for figure in figures if figure in self.cited]
        self.sources |= {row["source_id"]: row["source"] for row in rows}
        mine = {row["source_id"] for row in rows}
        return [n for n, source_id in enumerate(self.sources, 1) if source_id in mine]

    def noted(self, items: Iterable[dict]) -> list[dict]:
        return [{"text": i["text"], "refs": self.refs(i["figures"])} for i in items]


def _ordered(named: Iterable[str], records: Iterable[dict]) -> list[dict]:
    """Records, those first that are named."""
    known = {record["id"]: record for record in records}
    return [known[i] for i in dict.fromkeys([*named, *known]) if i in known]


def ranked(content: Content) -> list[dict]:
    """Records by importance: those of a ``deck``, then what each notebook names, first choices first, then the rest."""
    lists = [section.brief.get("brief", []) for section in content.sections]
    first = [i for section in content.sections for i in section.brief.get("deck", [])]
    choices = [i for some in zip_longest(*lists) for i in some]
    return _ordered([*first, *choices], content.exhibits())


def key_messages(content: Content, lang: str, most: int = 5) -> list[dict]:
    """What to say first: at most so many statements, each with the ids of its figures."""
    first = [item for section in content.sections for item in _findings([section], lang)[:1]]
    return (_findings(content.sections, lang, "message") or first)[:most]


def headlines(content: Content) -> list[dict]:
    """Rows of ``content.state["latest"]`` for the first table, in the order of importance."""
    named = [code for section in content.sections for code in section.brief.get("headlines", [])]
    latest = content.state.get("latest", [])
    oldest = max((int(row["time_period"][:4]) for row in latest), default=0) - YEARS_BACK
    found = [row for code in named or MAIN for row in latest if row["indicator"] == code]
    return [row for row in found if int(row["time_period"][:4]) >= oldest][:MOST_ROWS]


def compose(content: Content, lang: str) -> dict:
    """What the two pages hold, in their order: ``title``, ``subtitle``, ``messages``, ``position`` (a table with ``refs`` of its
    rows), ``themes``, ``targets`` (groups, or None), ``risks``, ``wanted`` and ``notes``. Items have ``text`` and ``refs``, the
    numbers of notes."""
    w, notes, latest = words(lang, content), _Notes(content), headlines(content)
    messages = key_messages(content, lang, 4)
    made = {"title": w["brief"], "subtitle": as_of(content, lang), "messages": notes.noted(messages)}
    columns = [w[k] for k in ("indicator", "period", "value", "growth", "published")]
    rows = [[r[lang], r["period"][lang], r["value"][lang], r["growth"][lang] or "—", r["published"]] for r in latest]
    refs, numeric = [notes.refs(row["figures"]) for row in latest], [False, False, True, True, False]
    made["position"] = {"title": w["position"], "columns": columns, "rows": rows, "refs": refs, "numeric": numeric}
    made["themes"], made["targets"] = [], None
    for section in [s for theme in THEMES for s in content.sections if theme in s.name]:
        told = notes.noted(sentences(section, lang, [m["text"] for m in messages]))
        chart = next((record for record in _named(section) if drawn(record)), None)
        made["themes"].append({"title": section.title[lang], "items": told, "exhibit": chart})
    if targets := content.state.get("targets"):
        several = sum(t["table"] for t in targets)
        title = w["targets"] + (WORDS["scope"][lang].format(several) if several else "")
        made["targets"] = {"title": title, "groups": _targets(targets, lang, w, notes)}
    made |= {"risks": notes.noted(risks(content, lang)), "wanted": notes.noted(wanted(content, lang))}
    return made | {"notes": [source[lang] for source in notes.sources.values()]}


def _findings(sections: Iterable[Section], lang: str, tag: str = "", but: Iterable[str] = ()) -> list[dict]:
    """Findings as items: those with a tag where one is given, without those that have one of others."""
    every = [(b, {"", *b.get("tags", [])}) for section in sections for b in section.blocks if b["kind"] == "finding"]
    found = [b for b, tags in every if tag in tags and tags.isdisjoint(but)]
    return [{"text": prose.statement(b[lang]), "figures": list(b.get("figures", []))} for b in found]


def _named(section: Section) -> list[dict]:
    """Records of a section, those first that its notebook names."""
    return _ordered(section.brief.get("brief", []), section.shown())


def sentences(section: Section, lang: str, said: Iterable[str] = ()) -> list[dict]:
    """Three sentences on a theme, none of those that have been `said`; readings of exhibits where findings do not suffice."""
    items = _findings([section], lang, "brief") or _findings([section], lang, but=("risk", "ask"))
    for record in _named(section):
        if 0 < len(record["reading"][lang]) <= LONGEST[lang]:
            figures = record.get("told") or [c["figure_id"] for c in record["citations"]][:MOST_CITED]
            items.append({"text": record["reading"][lang], "figures": figures})
    return [i for i in items if i["text"] not in set(said)][:SENTENCES]


def as_of(content: Content, lang: str) -> str:
    """Which figures it rests on: the newest publication among them."""
    newest = max((row["published"] for row in content.state.get("latest", [])), default="")
    return WORDS["as_of"][lang].format(period_text(newest)[lang]) if newest else ""


def _targets(targets: list[dict], lang: str, w: dict, notes: _Notes) -> list[dict]:
    """The targets of the plan's table under four answers, those that can be judged with their actual."""

    def in_short(target: dict) -> str:
        facts, needs = [target[k][lang] for k in ("actual_period", "actual", "target")], target["required"][lang]
        said = WORDS["target"][lang].format(target[lang], *facts)
        return said + WORDS["needs"][lang].format(needs) if needs else said

    groups = []
    for group, members in summed_up([t for t in targets if t["table"]] or targets).items():
        if group == "unknown" or not members:
            items = [{"text": w["see_wanted" if members else "none"], "refs": []}]
        else:
            items = notes.noted({"text": in_short(t), "figures": t["figures"]} for t in members[:MOST_NAMED])
        groups.append({"title": WORDS["group"][lang].format(w[group], len(members)), "items": items})
    return groups


def risks(content: Content, lang: str) -> list[dict]:
    """Three risks: findings tagged ``risk``, else the targets that are furthest behind, those of the plan's table first."""
    late = [t for t in content.state.get("targets", []) if t["group"] == "out_of_reach"]
    late.sort(key=lambda t: (not t["table"], -(t["acceleration"] or 0)))
    behind = [{"text": t["sentence"][lang], "figures": t["figures"]} for t in late]
    return (_findings(content.sections, lang, "risk") or behind)[:RISKS]


def wanted(content: Content, lang: str) -> list[dict]:
    """What data to ask for: findings tagged ``ask``, what the first table lacks, what targets of the plan's table lack."""
    items = _findings(content.sections, lang, "ask")
    rows = [row | {"year": int(row["time_period"][:4])} for row in headlines(content) if not row["part_year"]]
    lacking = [t for t in content.state.get("targets", []) if t["table"] and t["group"] == "unknown"]
    asked = [(WORDS["levels"][lang], [row for row in rows if row["value"][lang] == "—"])]
    for year in sorted({row["year"] for row in rows}, reverse=True)[1:]:
        asked.append((WORDS["since"][lang].format(year + 1), [row for row in rows if row["year"] == year]))
    by_theme = [(said[lang], [t for t in lacking if t["theme"] == theme]) for theme, said in ACTUALS.items()]
    asked += [(said.format(len(mine)), mine) for said, mine in by_theme]
    others = Counter(t["theme"] for t in lacking if t["theme"] not in ACTUALS)
    counted = [{"zh": f"{NAMES[theme][0]}{n}项", "en": f"{NAMES[theme][1]} {n}"} for theme, n in others.items()]
    asked.append((WORDS["others"][lang].format(others.total()), counted))
    stop, between = ("：", "、") if lang == "zh" else (": ", "; ")  # English names hold commas
    for title, members in asked:
        names = between.join(Text(m["zh"], m["en"]).in_sentence[lang] for m in members)
        items += [{"text": title + stop + names, "figures": []}] if members else []
    return items
