"""Markdown of notebooks for every format: a tree of plain values, and HTML that nothing can be smuggled into."""

from __future__ import annotations

import re
from functools import cache

TAGS = {
    "a", "b", "blockquote", "br", "caption", "code", "col", "colgroup", "dd", "del", "details", "div", "dl", "dt", "em", "figcaption",
    "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "ol", "p", "pre", "s", "small", "span",
    "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
_ANY = {"class", "id", "lang", "title", "tabindex", "role"}
_ATTRIBUTES = {
    "*": _ANY, "a": {"href"}, "img": {"alt", "src", "width", "height"}, "th": {"scope", "colspan", "rowspan", "align"},
    "td": {"colspan", "rowspan", "align"}, "ol": {"start"}, "details": {"open"},
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
    return [made for token in _markdown(None)(markdown) if (made := _block(token))]


def plain(markdown: str) -> str:
    """The words of Markdown alone, in one line."""
    return " ".join("".join(r["text"] for r in _all_runs(block)) for block in tree(markdown)).strip()


def statement(markdown: str) -> str:
    """The words of a finding without what leads in to it (**结论**：, **Finding.**)."""
    return plain(re.sub(r"^\s*\*\*[^*\n]{1,24}(?:[。.：:]\*\*|\*\*[。.：:])\s*", "", markdown))


def first_heading(markdown: str) -> str:
    """The first heading of the first level, as words; empty where there is none."""
    for block in tree(markdown):
        if block["kind"] == "heading" and block["level"] == 1:
            return "".join(r["text"] for r in block["runs"])
    return ""


def without_first_heading(markdown: str) -> str:
    """The same Markdown without its first heading of the first level."""
    return re.sub(r"^# .*$\n?", "", markdown, count=1, flags=re.MULTILINE).strip()


def _block(token: dict) -> dict | None:
    kind, children = token["type"], token.get("children", [])
    if kind == "heading":
        return {"kind": "heading", "level": token["attrs"]["level"], "runs": _runs(children)}
    if kind in ("paragraph", "block_text"):
        return {"kind": "paragraph", "runs": _runs(children)}
    if kind == "list":
        items = [[made for t in item["children"] if (made := _block(t))] for item in children]
        return {"kind": "list", "ordered": bool(token["attrs"]["ordered"]), "items": items}
    if kind == "block_quote":
        return {"kind": "quote", "blocks": [made for t in children if (made := _block(t))]}
    if kind in ("block_code", "block_html"):
        return {"kind": "code", "text": token["raw"].rstrip("\n")}
    if kind == "table":
        head, *bodies = children
        rows = [[_runs(cell["children"]) for cell in row["children"]] for body in bodies for row in body["children"]]
        numeric = [cell["attrs"]["align"] == "right" for cell in head["children"]]
        return {
            "kind": "table",
            "columns": [_runs(c["children"]) for c in head["children"]],
            "rows": rows,
            "numeric": numeric,
        }
    return {"kind": "rule"} if kind == "thematic_break" else None


def _runs(tokens: list[dict], **look) -> list[dict]:
    out: list[dict] = []
    for token in tokens:
        kind = token["type"]
        if kind in ("strong", "emphasis", "strikethrough"):
            out += _runs(token["children"], **look | ({"bold": True} if kind == "strong" else {"italic": True}))
        elif kind == "link":
            url = token["attrs"]["url"]
            out += _runs(token["children"], **look | ({"link": url} if re.match("https?://", url) else {}))
        elif kind == "codespan":
            out.append({"text": token["raw"]} | look | {"code": True})
        elif kind in ("softbreak", "linebreak"):
            out.append({"text": "\n" if kind == "linebreak" else _joint(out)} | look)
        elif kind == "image":
            out += _runs(token["children"], **look)
        else:
            out.append({"text": token.get("raw", "")} | look)
    return out


def _joint(before: list[dict]) -> str:
    """A line that ends in Chinese goes on without a space."""
    return "" if before and before[-1]["text"][-1:] >= "\u2e80" else " "


def _all_runs(block: dict) -> list[dict]:
    if "runs" in block:
        return block["runs"]
    if block["kind"] == "list":
        return [run for item in block["items"] for one in item for run in [*_all_runs(one), {"text": " "}]]
    if block["kind"] == "quote":
        return [run for one in block["blocks"] for run in _all_runs(one)]
    if block["kind"] == "table":
        return [run for row in [block["columns"], *block["rows"]] for cell in row for run in [*cell, {"text": " "}]]
    return [{"text": block.get("text", "")}]
