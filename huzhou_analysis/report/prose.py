"""Markdown of notebooks for every format: a tree of plain values, and HTML that nothing can be smuggled into."""

import re
from functools import cache

TAGS = {
    "a", "b", "blockquote", "br", "caption", "code", "col", "colgroup", "dd", "del", "details", "div", "dl", "dt", "em", "figcaption",
    "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "ol", "p", "pre", "s", "small", "span",
    "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
ITALIC = {"italic": True}
LOOKS = {"strong": {"bold": True}, "codespan": {"code": True}, "emphasis": ITALIC, "strikethrough": ITALIC}
_ATTRIBUTES = {
    "*": {"class", "id", "lang", "title", "tabindex", "role"}, "a": {"href"}, "img": {"alt", "src", "width", "height"},
    "th": {"scope", "colspan", "rowspan", "align"}, "td": {"colspan", "rowspan", "align"}, "ol": {"start"}, "details": {"open"},
}  # fmt: skip


def clean(markup: str) -> str:
    """HTML with nothing in it that runs, styles, sends or fetches: pictures only where they are part of the page."""
    import nh3

    def kept(tag: str, name: str, value: str) -> str | None:
        if name == "src":
            return value if re.match(r"data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/=\s]*$", value) else None
        return None if name == "href" and value.startswith("data:") else value

    return nh3.clean(markup, tags=TAGS, attributes=_ATTRIBUTES, attribute_filter=kept, link_rel=None,
                     url_schemes={"http", "https", "mailto", "data"})  # fmt: skip


@cache
def _markdown(renderer: str | None):
    import mistune

    made = mistune.create_markdown(renderer=renderer, escape=True, plugins=["table", "strikethrough"])
    # **结论。**外资: beside Chinese, where no space follows, the usual rule sees no end of strong text.
    strong = r"\*\*(?=\S)(?P<strong>[^*\n]+?)(?<=\S)\*\*"
    made.inline.register("strong_beside_chinese", strong, _strong, before="emphasis")
    return made


def _strong(inline, found: re.Match, state) -> int:
    inside = state.copy()
    inside.src = found.group("strong")
    state.append_token({"type": "strong", "children": inline.render(inside)})
    return found.end()


def html(markdown: str, deeper: int = 0) -> str:
    """Markdown as HTML, headings so many levels `deeper`; raw HTML in it is shown as text."""
    made = _markdown("html")(markdown).replace('style="text-align:right"', 'class="n"')
    made = re.sub(r"(?<=[\u2e80-\uffef])\n(?=[\u2e80-\uffef])", "", clean(made))
    return re.sub(r"<(/?)h([1-6])\b", lambda m: f"<{m[1]}h{min(6, int(m[2]) + deeper)}", made)


def tree(markdown: str) -> list[dict]:
    """Markdown as plain values, for documents.

    ``kind`` is ``heading`` (``level``, ``runs``), ``paragraph`` (``runs``), ``list`` (``ordered``, ``items``, each a list of
    blocks), ``quote`` (``blocks``), ``code`` (``text``), ``table`` (``columns``, ``rows`` of runs, ``numeric``) or ``rule``. A
    run is ``text`` with ``bold``, ``italic``, ``code`` or ``link`` where they hold.
    """
    return _blocks(_markdown(None)(markdown))


def plain(markdown: str) -> str:
    """The words of Markdown alone, in one line."""
    return " ".join(map(_told, tree(markdown))).strip()


def statement(markdown: str) -> str:
    """The words of a finding without what leads in to it (**结论**：, **Finding.**)."""
    return plain(re.sub(r"^\s*\*\*[^*\n]{1,24}(?:[。.：:]\*\*|\*\*[。.：:])\s*", "", markdown))


def first_heading(markdown: str) -> str:
    """The first heading of the first level, as words; empty where there is none."""
    return next((_told(block) for block in tree(markdown) if block.get("level") == 1), "")


def _blocks(tokens: list[dict]) -> list[dict]:
    return [made for token in tokens if (made := _block(token, token.get("children", [])))]


def _block(token: dict, inner: list[dict]) -> dict | None:
    match token:
        case {"type": "heading", "attrs": {"level": level}}:
            return {"kind": "heading", "level": level, "runs": _runs(inner)}
        case {"type": "paragraph" | "block_text"}:
            return {"kind": "paragraph", "runs": _runs(inner)}
        case {"type": "list", "attrs": {"ordered": ordered}}:
            return {"kind": "list", "ordered": ordered, "items": [_blocks(item["children"]) for item in inner]}
        case {"type": "block_quote"}:
            return {"kind": "quote", "blocks": _blocks(inner)}
        case {"type": "block_code" | "block_html", "raw": raw}:
            return {"kind": "code", "text": raw.rstrip("\n")}
        case {"type": "table", "children": [head, *bodies]}:
            lines = [head, *(row for body in bodies for row in body["children"])]
            columns, *rows = [[_runs(cell["children"]) for cell in line["children"]] for line in lines]
            numeric = [cell["attrs"]["align"] == "right" for cell in head["children"]]
            return {"kind": "table", "columns": columns, "rows": rows, "numeric": numeric}
        case {"type": "thematic_break"}:
            return {"kind": "rule"}
    return None


def _runs(tokens: list[dict], **look) -> list[dict]:
    out: list[dict] = []
    for token in tokens:
        match token:
            case {"type": "softbreak"}:  # a line that ends in Chinese goes on without a space
                out.append({"text": "" if out and out[-1]["text"][-1:] >= "\u2e80" else " "} | look)
            case {"type": "linebreak"}:
                out.append({"text": "\n"} | look)
            case {"type": "link", "attrs": {"url": url}, "children": inner} if re.match("https?://", url):
                out += _runs(inner, **look | {"link": url})
            case {"type": kind, "children": inner}:
                out += _runs(inner, **look | LOOKS.get(kind, {}))
            case {"type": kind}:
                out.append({"text": token.get("raw", "")} | look | LOOKS.get(kind, {}))
    return out


def _told(block: dict) -> str:
    """The words of a block, a space behind each item and cell."""
    match block:
        case {"runs": runs}:
            return "".join(run["text"] for run in runs)
        case {"items": items}:
            return "".join(f"{_told(one)} " for item in items for one in item)
        case {"blocks": blocks}:
            return "".join(map(_told, blocks))
        case {"columns": columns, "rows": rows}:
            return "".join(f"{_told({'runs': cell})} " for row in [columns, *rows] for cell in row)
    return block.get("text", "")
