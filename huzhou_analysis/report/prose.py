"""Markdown of notebooks for every format: as tokens for documents, as words, and as HTML that nothing can be smuggled into."""

import re
from functools import cache

HOLD_BLOCKS = {"list", "list_item", "block_quote", "table", "table_head", "table_body", "table_row"}
_ATTRIBUTES = {"*": {"class", "id", "lang", "title", "tabindex", "role"}, "details": {"open"}}  # beside those of nh3


def clean(markup: str) -> str:
    """HTML with nothing in it that runs, styles, sends or fetches: pictures only where they are part of the page."""
    import nh3

    def kept(tag: str, name: str, value: str) -> str | None:
        if name == "src":
            return value if re.match(r"data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/=\s]*$", value) else None
        return None if name == "href" and value.startswith("data:") else value

    allowed = {"tags": nh3.ALLOWED_TAGS | {"tfoot"}, "attributes": nh3.ALLOWED_ATTRIBUTES | _ATTRIBUTES}
    schemes = {"http", "https", "mailto", "data"}
    return nh3.clean(markup, **allowed, attribute_filter=kept, link_rel=None, url_schemes=schemes)


@cache
def _markdown(renderer: str | None):
    import mistune

    made = mistune.create_markdown(renderer=renderer, escape=True, plugins=["table", "strikethrough"])
    # **结论。**外资: beside Chinese, where no space follows, the usual rule sees no end of strong text.
    strong = r"\*\*(?=\S)(?P<strong>[^*\n]+?)(?<=\S)\*\*"
    made.inline.register("strong_beside_chinese", strong, _strong, before="emphasis")
    made.inline.register("softbreak", None, _softbreak)
    if renderer:
        made.renderer.softbreak = lambda raw: raw
    return made


def _strong(inline, found: re.Match, state) -> int:
    inside = state.copy()
    inside.src = found.group("strong")
    state.append_token({"type": "strong", "children": inline.render(inside)})
    return found.end()


def _softbreak(inline, found: re.Match, state) -> int:
    """A line that ends in Chinese goes on without a space."""
    before = state.src[: found.start()].rstrip("*_~")
    state.append_token({"type": "softbreak", "raw": "" if before[-1:] >= "\u2e80" else " "})
    return found.end()


def html(markdown: str, deeper: int = 0) -> str:
    """Markdown as HTML, headings so many levels `deeper`; raw HTML in it is shown as text."""
    made = clean(_markdown("html")(markdown).replace('style="text-align:right"', 'class="n"'))
    return re.sub(r"<(/?)h([1-6])\b", lambda m: f"<{m[1]}h{min(6, int(m[2]) + deeper)}", made)


def tree(markdown: str) -> list[dict]:
    """Markdown as mistune's tokens: ``type``, with ``children`` or ``raw`` text, and ``attrs``."""
    return _markdown(None)(markdown)


def told(token: dict) -> str:
    """The words of a token, a space between blocks, items and cells."""
    if token["type"] == "linebreak":
        return "\n"
    between = " " if token["type"] in HOLD_BLOCKS else ""
    return between.join(filter(None, map(told, token.get("children", ())))) or token.get("raw", "").rstrip("\n")


def plain(markdown: str) -> str:
    """The words of Markdown alone, in one line."""
    return " ".join(filter(None, map(told, tree(markdown)))).strip()


def statement(markdown: str) -> str:
    """The words of a finding without what leads in to it (**结论**：, **Finding.**)."""
    return plain(re.sub(r"^\s*\*\*[^*\n]{1,24}(?:[。.：:]\*\*|\*\*[。.：:])\s*", "", markdown))


def first_heading(markdown: str) -> str:
    """The first heading of the first level, as words; empty where there is none."""
    headings = (token for token in tree(markdown) if token["type"] == "heading")
    return next((told(token) for token in headings if token["attrs"]["level"] == 1), "")
