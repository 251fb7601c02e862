"""The two pages: which messages, exhibits, targets and risks they hold, and in what order.

The rule, which can be read here and overridden in the notebooks' own metadata:

- The first table shows the indicators of ``MAIN`` (:mod:`huzhou_analysis.analysis.latest`) that are on file, or those that the metadata of a notebook name
  (``"huzhou_analysis": {"headlines": [...]}``): the latest year, and what is known of a later part of a year, of the
  newest year on file or the three before it.
- Key messages are findings whose cell is tagged ``message``; without any, the first finding of every section.
- A theme is a section of ``THEMES``, or else the first ones that have an exhibit with a picture. Its sentences are
  findings tagged ``brief``, else its first findings, else readings; its chart is the first one that the notebook's
  metadata name (``{"brief": [...]}``), else its first exhibit with a picture.
- Risks are findings tagged ``risk``; else the targets of the plan's table that are furthest behind.
- Data to ask for: findings tagged ``ask``; else what targets of the plan's table lack.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..analysis.latest import MAIN
from ..facts.words import joined, text
from ..show.sources import period_text
from . import prose
from .content import Content, Section
from .drawings import drawn
from .state import summed_up
from .text import words

THEMES = ("foreign_investment", "exports", "industrial_investment", "transport")
YEARS_BACK = 3  # what is older says little of now
MOST_ROWS, MOST_NAMED, SENTENCES, RISKS, ASKED = 12, 4, 3, 3, 5
MOST_CITED = 4  # figures of an exhibit that its reading cites here
LONGEST = {"zh": 120, "en": 330}  # characters of a reading that is short enough for two pages


class _Notes:
    """Endnotes: a document each, numbered in the order of first use."""

    def __init__(self, content: Content) -> None:
        self.cited = {row["figure_id"]: row for row in content.citations()}
        self.content, self.numbers, self.rows = content, {}, {}

    def refs(self, figures: Iterable[str]) -> list[int]:
        """Numbers of the documents that figures come from."""
        out = []
        for figure in figures:
            row = self.cited.get(figure) or self.content.state.get("cited", {}).get(figure)
            if row:
                number = self.numbers.setdefault(row["source_id"], len(self.numbers) + 1)
                self.rows[number] = row
                out.append(number)
        return sorted(set(out))

    def items(self, lang: str) -> list[dict]:
        return [{"number": n, "text": self.rows[n]["source"][lang]} for n in sorted(self.rows)]


def ranked(content: Content) -> list[dict]:
    """Records by importance: what the notebooks' metadata name, first choices first, then the rest in their order."""
    first: dict[str, int] = {}
    for section in content.sections:
        for place, exhibit_id in enumerate(section.brief.get("brief", [])):
            if exhibit_id in section.exhibits:
                first.setdefault(exhibit_id, place)
    records = content.exhibits()
    return sorted(records, key=lambda r: first.get(r["id"], len(records)))


def key_messages(content: Content, lang: str, most: int = 5) -> list[dict]:
    """What to say first: at most so many statements, each with the ids of its figures."""
    tagged = [b for section in content.sections for b in _findings(section, "message")]
    first = [found[0] for section in content.sections if (found := _findings(section))]
    return [_item(block, lang) for block in (tagged or first)[:most]]


def headlines(content: Content) -> list[dict]:
    """Rows of ``content.state["latest"]`` for the first table, in the order of importance."""
    named = [code for section in content.sections for code in section.brief.get("headlines", [])]
    latest = content.state.get("latest", [])
    oldest = max((int(row["time_period"][:4]) for row in latest), default=0) - YEARS_BACK
    rows = [
        row
        for code in named or MAIN
        for row in latest
        if row["indicator"] == code and int(row["time_period"][:4]) >= oldest
    ]
    return rows[:MOST_ROWS] or sorted(latest, key=lambda r: r["time_period"], reverse=True)[:MOST_ROWS]


def themes(content: Content) -> list[Section]:
    """The four sections that the brief tells of."""
    named = [s for theme in THEMES for s in content.sections if theme in s.name]
    return (named or [s for s in content.sections if any(drawn(r) for r in s.shown())])[:4]


def chart_of(section: Section) -> dict | None:
    """The one chart of a section."""
    wanted = [section.exhibits[i] for i in section.brief.get("brief", []) if i in section.exhibits]
    return next((r for r in [*wanted, *section.shown()] if drawn(r)), None)


def compose(content: Content, lang: str) -> list[dict]:
    """The brief as blocks, for every format that has one.

    Returns
    -------
    list of dict
        ``title`` (``text``, ``subtitle``), ``messages`` and ``list`` (``items``), ``heading`` (``text``), ``table`` (``columns``,
        ``rows``, ``numeric``, ``refs``), ``theme`` (``title``, ``items``, ``exhibit``, ``caption``), ``targets`` (``groups`` of
        ``title`` and ``items``), ``notes`` (``title``, ``items`` of ``number`` and ``text``); ``kind`` says which. An item has
        ``text`` and ``refs``, numbers of notes.
    """
    w, notes = words(lang, content.city, **content.counts), _Notes(content)
    at = _as_of(content, lang)

    def noted(items: list[dict]) -> list[dict]:
        return [{"text": i["text"], "refs": notes.refs(i["figures"])} for i in items]

    blocks: list[dict] = [{"kind": "title", "text": w["brief"], "subtitle": at}]
    messages = key_messages(content, lang, 4)
    if messages:
        blocks += [{"kind": "messages", "title": w["summary"], "items": noted(messages)}]
    blocks += [{"kind": "heading", "text": w["position"]}, _position(content, lang, w, notes)]
    blocks.append({"kind": "heading", "text": w["themes"]})
    for section in themes(content):
        record = chart_of(section)
        caption = record["title"][lang] if record else ""
        blocks.append({"kind": "theme", "title": section.title[lang], "exhibit": record,
                       "items": noted(sentences(section, lang, [m["text"] for m in messages])),
                       "caption": caption})  # fmt: skip
    if content.state.get("targets"):
        blocks += [
            {"kind": "heading", "text": w["targets"]},
            {"kind": "targets", "groups": _targets(content, lang, w, notes)},
        ]
    for key, items in (("risks", risks(content, lang)), ("wanted", wanted(content, lang))):
        if items:
            blocks += [{"kind": "heading", "text": w[key]}, {"kind": "list", "items": noted(items)}]
    return [*blocks, {"kind": "notes", "title": w["endnotes"], "items": notes.items(lang)}]


def _findings(section: Section, tag: str = "") -> list[dict]:
    return [b for b in section.blocks if b["kind"] == "finding" and (not tag or tag in b.get("tags", []))]


def _item(block: dict, lang: str) -> dict:
    return {"text": prose.statement(block[lang]), "figures": list(block.get("figures", []))}


def sentences(section: Section, lang: str, said: Iterable[str] = ()) -> list[dict]:
    """Three sentences on a theme, none of those that have been `said`; readings of exhibits where findings do not suffice."""
    found = _findings(section, "brief") or [
        f for f in _findings(section) if not {"risk", "ask"} & set(f.get("tags", []))
    ]
    items = [_item(block, lang) for block in found]
    named = [section.exhibits[i] for i in section.brief.get("brief", []) if i in section.exhibits]
    for record in dict.fromkeys([r["id"] for r in [*named, *section.shown()]]):
        reading = section.exhibits[record]["reading"][lang]
        if reading and len(reading) <= LONGEST[lang]:
            items.append(
                {
                    "text": reading,
                    "figures": [c["figure_id"] for c in section.exhibits[record]["citations"]][:MOST_CITED],
                }
            )
    return [i for i in items if i["text"] not in set(said)][:SENTENCES]


def _as_of(content: Content, lang: str) -> str:
    """Which figures it rests on: the newest publication among them."""
    dates = [row["published"] for row in content.state.get("latest", []) if row["published"]]
    if not dates:
        return ""
    newest = period_text(max(dates))[lang]
    return {"zh": f"数据截至{newest}发布的文件", "en": f"Figures published by {newest}"}[lang]


def _position(content: Content, lang: str, w: dict, notes: _Notes) -> dict:
    rows, refs = [], []
    for row in headlines(content):
        rows.append([row[lang], row["period"][lang], row["value"][lang], row["growth"][lang] or "—", row["published"]])
        refs.append(notes.refs(row["figures"]))
    columns = [w[k] for k in ("indicator", "period", "value", "growth", "published")]
    return {"kind": "table", "title": w["position"], "columns": columns, "rows": rows, "numeric": [False, False, True, True, False],
            "refs": refs}  # fmt: skip


def _targets(content: Content, lang: str, w: dict, notes: _Notes) -> list[dict]:
    """The targets of the plan's table under four answers, those that can be judged with their actual."""
    mine = [t for t in content.state["targets"] if t["table"]] or content.state["targets"]
    groups = []
    for group, members in summed_up(mine).items():
        title = f"{w[group]}（{len(members)}项）" if lang == "zh" else f"{w[group]} ({len(members)})"
        if group == "unknown":
            items = [{"text": _enumerated([m[lang] for m in members], lang), "refs": []}] if members else []
        else:
            items = [{"text": _in_short(m, lang), "refs": notes.refs(m["figures"])} for m in members[:MOST_NAMED]]
        groups.append({"title": title, "items": items or [{"text": w["none"], "refs": []}]})
    return groups


def _in_short(target: dict, lang: str) -> str:
    actual, period, aim, required = (target[k][lang] for k in ("actual", "actual_period", "target", "required"))
    if lang == "zh":
        return f"{target['zh']}：{period}{actual}，目标{aim}" + (f"，此后须{required}" if required else "")
    return f"{target['en']}: {actual} in {period}, target {aim}" + (
        f"; needs {required} from then on" if required else ""
    )


def _enumerated(names: list[str], lang: str, most: int = 12) -> str:
    shown = list(dict.fromkeys(names))
    listed = joined([text(n, n) for n in shown[:most]])[lang]
    rest = len(shown) - most
    if rest <= 0:
        return listed
    return f"{listed}等{len(shown)}项" if lang == "zh" else f"{', '.join(shown[:most])} and {rest} more"


def risks(content: Content, lang: str) -> list[dict]:
    """Three risks."""
    tagged = [_item(b, lang) for s in content.sections for b in _findings(s, "risk")]
    late = [t for t in content.state.get("targets", []) if t["table"] and t["group"] == "out_of_reach"]
    late.sort(key=lambda t: -(t["acceleration"] or 0))
    return (tagged or [{"text": t["sentence"][lang], "figures": t["figures"]} for t in late])[:RISKS]


def wanted(content: Content, lang: str) -> list[dict]:
    """What data to ask for."""
    tagged = [_item(b, lang) for s in content.sections for b in _findings(s, "ask")]
    lacking = {t["needed"][lang]: t for t in content.state.get("targets", []) if t["table"] and t["needed"][lang]}
    return (tagged or [{"text": words, "figures": []} for words in lacking])[:ASKED]
