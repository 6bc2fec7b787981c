"""Slack's mrkdwn to the text Halfdoor keeps, and back, so that nothing in it can ping or inject.

The hub keeps what the author typed, formatting signs included, with Slack's entities resolved: mentions
are names, links are addresses, and `&`, `<`, `>` stand for themselves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_ENTITY = re.compile(r"<([^<>\n]*)>")
_USER = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_URL = re.compile(r"https?://[^\s<>]+")
#: `@here` and its like, also with a full-width sign: nobody may be pinged by a relayed text.
_BROADCAST = re.compile(r"([@＠﹫])(?=(?:here|channel|everyone|group)\b)", re.IGNORECASE)
#: Joins two characters without a space or a break: it is not seen, and it is no mention any more.
_JOINER = "\u2060"


def mentioned(text: str) -> list[str]:
    """Return the ids of the people that a raw Slack text mentions, each once, in order."""
    return list(dict.fromkeys(_USER.findall(text)))


def to_hub(text: str, names: Mapping[str, str]) -> str:
    """Turn a raw Slack text into what Halfdoor keeps. `names`: display names by user id."""

    def resolve(match: re.Match[str]) -> str:
        target, _, label = match[1].partition("|")
        if target.startswith("@"):
            return f"@{names.get(target[1:]) or label or 'someone'}"
        if target.startswith("#"):
            return f"#{label or target[1:]}"
        if target.startswith("!date^"):
            return label
        if target.startswith("!subteam^"):
            return f"@{label.lstrip('@') or 'group'}"
        if target.startswith("!"):
            return f"@{label.lstrip('@') or target[1:]}"
        address = target.removeprefix("mailto:").removeprefix("tel:")
        return address if not label or label == address or label in target else f"{label} ({address})"

    return unescape(_ENTITY.sub(resolve, text))


def from_hub(text: str) -> str:
    """Turn a kept text into mrkdwn for a block with `verbatim: true`: links work, nothing else is parsed."""

    def link(match: re.Match[str]) -> str:
        # A bar would part the address from a label, and so hide where the link leads.
        return f"<{match[0].replace('|', '%7C')}>"

    return _URL.sub(link, plain(text))


def plain(text: str) -> str:
    """Escape a text for any mrkdwn field, and take the power out of `@here` and its like."""
    return _BROADCAST.sub(rf"\1{_JOINER}", escape(text))


def escape(text: str) -> str:
    """Escape Slack's three control characters."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Undo `escape`."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def date(seconds: float, fallback: str, form: str = "{date_short_pretty} {time}") -> str:
    """Return a time that Slack shows in the reader's own zone."""
    return f"<!date^{int(seconds)}^{form}|{fallback}>"


def pieces(text: str, limit: int) -> list[str]:
    """Split mrkdwn into pieces of at most `limit` characters: at a line, else at a space, else anywhere.

    An entity such as `&amp;` or a link is never cut in two.
    """
    found: list[str] = []
    while len(text) > limit:
        cut = max(text.rfind("\n", 1, limit), text.rfind(" ", limit * 2 // 3, limit))
        if cut <= 0:
            cut = limit
            opened = max(text.rfind("<", cut - 500, cut), text.rfind("&", cut - 6, cut))
            closer = ">" if opened >= 0 and text[opened] == "<" else ";"
            if opened > 0 and closer not in text[opened:cut]:
                cut = opened
        found.append(text[:cut])
        text = text[cut:].removeprefix("\n")
    return [*found, text] if text else found
