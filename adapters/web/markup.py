"""The hub's CommonMark to HTML: everything is escaped, then what is not known to be harmless is taken out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby

import nh3
from markupsafe import Markup, escape

from bot import hub
from bot.hub import Block, Code, Item, Paragraph, Quote, Span

_URL = re.compile(r"https?://[^\s<>\u2060]+[^\s<>\u2060.,;:!?)\]}'\"]")
#: Texts whose HTML is remembered: a page that many look at is drawn again for each of them.
REMEMBERED = 1000
_STYLES = {"strong", "em", "s", "code", "a", "time", "details", "summary"}
_TAGS = _STYLES | {"p", "br", "pre", "ul", "ol", "li", "blockquote"}
_ATTRIBUTES = {"a": {"href", "rel", "target"}, "time": {"datetime"}, "ol": {"start"}, "details": {"class"}}


def to_hub(text: str) -> str:
    """Turn what somebody typed into a page, which is CommonMark, into hub text."""
    return hub.write(hub.read(text.replace("\r\n", "\n")))


@lru_cache(maxsize=REMEMBERED)
def html(text: str) -> Markup:
    """Turn hub text into HTML that cannot do anything but be read."""
    written = Markup("").join(_block(kind, list(members)) for kind, members in groupby(hub.read(text), _kind))
    # Nothing above lets a tag through; this is the second lock on the same door.
    return Markup(nh3.clean(written, tags=_TAGS, attributes=_ATTRIBUTES, link_rel=None))


def _kind(block: Block) -> tuple[type[Block], bool]:
    return type(block), isinstance(block, Item) and block.number is not None


def _block(kind: tuple[type[Block], bool], members: list[Block]) -> Markup:
    found = Markup("")
    if kind[0] is Item:
        items = [one for one in members if isinstance(one, Item)]
        for item in items:
            # Deeper levels are set in by the style sheet's list; a flat list reads the same aloud.
            found += Markup("<li>{}</li>").format(_line(item.spans))
        if not kind[1]:
            return Markup("<ul>{}</ul>").format(found)
        return Markup('<ol start="{}">{}</ol>').format(items[0].number or 1, found)
    for one in members:
        match one:
            case Code(text=text):
                found += Markup("<pre><code>{}</code></pre>").format(text)
            case Quote(spans=spans):
                found += Markup("<blockquote>{}</blockquote>").format(_line(spans))
            case Paragraph(spans=spans) | Item(spans=spans):
                found += Markup("<p>{}</p>").format(_line(spans))
    return found


def _line(spans: Iterable[Span]) -> Markup:
    return Markup("").join(_span(span) for span in spans)


def _span(span: Span) -> Markup:
    if (when := hub.moment(span.link)) is not None:
        return moment(datetime.fromtimestamp(when[0], UTC), span.text)
    shown = _text(span.text) if span.link is None and not span.code else _broken(span.text)
    for tag, on in (("code", span.code), ("s", span.strike), ("em", span.italic), ("strong", span.bold)):
        if on:
            shown = Markup(f"<{tag}>{{}}</{tag}>").format(shown)
    if span.link == hub.SPOILER:
        return Markup('<details class="spoiler"><summary>{}</summary>{}</details>').format(hub.HIDDEN, shown)
    return _link(span.link, shown) if span.link else shown


def moment(at: datetime, text: str | None = None) -> Markup:
    """Write a time, which the page's script turns into the reader's own."""
    shown = text or f"{at:%Y-%m-%d %H:%M} UTC"
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(timespec="seconds"), shown)


def _text(text: str) -> Markup:
    found, end = Markup(""), 0
    for match in _URL.finditer(text):
        found += _broken(text[end : match.start()]) + _link(match[0], escape(match[0]))
        end = match.end()
    return found + _broken(text[end:])


def _broken(text: str) -> Markup:
    return Markup("<br>").join(text.split("\n"))


def _link(address: str, shown: Markup) -> Markup:
    rel = "noopener noreferrer nofollow"
    return Markup('<a href="{}" rel="{}" target="_blank">{}</a>').format(address, rel, shown)
