"""Markdown of notebooks for every format: a tree of plain values, and HTML that nothing can be smuggled into."""

from __future__ import annotations

import re
from functools import cache

TAGS = {
    "a", "b", "blockquote", "br", "caption", "code", "col", "colgroup", "dd", "del", "details", "div", "dl", "dt", "em", "figcaption",
    "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "ol", "p", "pre", "s", "small", "span",
    "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
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
    made.inline.register(
        "strong_beside_chinese", r"\*\*(?=\S)(?P<strong>[^*\n]+?)(?<=\S)\*\*", _strong, before="emphasis"
    )
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

    Returns
    -------
    list of dict
        ``{"kind": "heading", "level", "runs"}``, ``{"kind": "paragraph", "runs"}``, ``{"kind": "list", "ordered", "items"}``
        (each item a list of blocks), ``{"kind": "quote", "blocks"}``, ``{"kind": "code", "text"}``, ``{"kind": "table",
        "columns", "rows", "numeric"}`` (cells are runs), ``{"kind": "rule"}``. A run is ``{"text"}`` with ``bold``, ``italic``,
        ``code`` or ``link`` where they hold.
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


def without_first_heading(markdown: str) -> str:
    """The same Markdown without its first heading of the first level."""
    return re.sub(r"^# .*$\n?", "", markdown, count=1, flags=re.MULTILINE).strip()


def _blocks(tokens: list[dict]) -> list[dict]:
    return [made for token in tokens if (made := _block(token))]


def _block(token: dict) -> dict | None:
    inner = token.get("children", [])
    match token["type"]:
        case "heading":
            return {"kind": "heading", "level": token["attrs"]["level"], "runs": _runs(inner)}
        case "paragraph" | "block_text":
            return {"kind": "paragraph", "runs": _runs(inner)}
        case "list":
            items = [_blocks(item["children"]) for item in inner]
            return {"kind": "list", "ordered": bool(token["attrs"]["ordered"]), "items": items}
        case "block_quote":
            return {"kind": "quote", "blocks": _blocks(inner)}
        case "block_code" | "block_html":
            return {"kind": "code", "text": token["raw"].rstrip("\n")}
        case "table":
            head, *bodies = inner
            lines = [head, *(row for body in bodies for row in body["children"])]
            columns, *rows = [[_runs(cell["children"]) for cell in line["children"]] for line in lines]
            numeric = [cell["attrs"]["align"] == "right" for cell in head["children"]]
            return {"kind": "table", "columns": columns, "rows": rows, "numeric": numeric}
        case "thematic_break":
            return {"kind": "rule"}
    return None


def _runs(tokens: list[dict], **look) -> list[dict]:
    out: list[dict] = []
    for token in tokens:
        match token["type"]:
            case "strong":
                out += _runs(token["children"], **look | {"bold": True})
            case "emphasis" | "strikethrough":
                out += _runs(token["children"], **look | {"italic": True})
            case "link":
                url = token["attrs"]["url"]
                out += _runs(token["children"], **look | ({"link": url} if re.match("https?://", url) else {}))
            case "image":
                out += _runs(token["children"], **look)
            case "softbreak":  # a line that ends in Chinese goes on without a space
                out.append({"text": "" if out and out[-1]["text"][-1:] >= "\u2e80" else " "} | look)
            case "linebreak":
                out.append({"text": "\n"} | look)
            case kind:
                out.append({"text": token.get("raw", "")} | look | ({"code": True} if kind == "codespan" else {}))
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
