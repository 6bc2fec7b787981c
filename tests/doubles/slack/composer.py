"""Slack's editor: what people type, with its mrkdwn signs, as the `rich_text` block that their client sends.

docs.slack.dev/reference/block-kit/blocks/rich-text-block: "this is the output that Slack's WYSIWYG composer
creates". Of people, channels and groups a block has the ids alone; names stand in the message's text, if at all.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any, TypeAlias

import emoji

Element: TypeAlias = dict[str, Any]

#: The emoji that this workspace made for itself: a block has their names, and no unicode.
OWN_EMOJI = frozenset({"acme", "acme-logo", "halfdoor"})
_FENCED = re.compile(r"```\n?(.+?)\n?```", re.DOTALL)
_LISTED = re.compile(r"( *)(?:•|(\d{1,3})\.) +(.*)")
_QUOTED = re.compile(r"(?:&gt;|>) ?(.*)")
_INLINE = re.compile(
    r"(?<![\w`])`(?P<code>[^`\n]+)`(?![\w`])"
    r"|<(?P<entity>[^<>\n]+)>"
    r"|(?<!\w):(?P<emoji>[a-z0-9_+'-]+):(?!\w)"
    r"|(?<![\w*])\*(?=[^\s*])(?P<bold>[^*\n]*[^\s*])\*(?![\w*])"
    r"|(?<![\w_])_(?=[^\s_])(?P<italic>[^_\n]*[^\s_])_(?![\w_])"
    r"|(?<![\w~])~(?=[^\s~])(?P<strike>[^~\n]*[^\s~])~(?![\w~])"
)


def compose(text: str) -> list[Element]:
    """Return the elements of the block that the editor makes of a text."""
    found: list[Element] = []
    for n, part in enumerate(_FENCED.split(text)):
        if n % 2:
            words = html.unescape(re.sub(r"<([^<>|]*)(?:\|[^<>]*)?>", r"\1", part))
            found.append({"type": "rich_text_preformatted", "elements": [{"type": "text", "text": words}]})
        else:
            found += _lines(part)
    return found


def _lines(part: str) -> Iterator[Element]:
    kept: list[str] = []
    kind = "rich_text_section"
    for line in part.split("\n"):
        listed, quoted = _LISTED.fullmatch(line), _QUOTED.fullmatch(line)
        now = "rich_text_quote" if quoted else "rich_text_section"
        if listed or now != kind:
            yield from _stretch(kind, kept)
            kept, kind = [], now
        if listed:
            style = "ordered" if listed[2] else "bullet"
            yield {
                "type": "rich_text_list",
                "style": style,
                "indent": len(listed[1]) // 4,
                "offset": int(listed[2] or 1) - 1,
                "elements": [{"type": "rich_text_section", "elements": list(_inline(listed[3], {}))}],
            }
        else:
            kept.append(quoted[1] if quoted else line)
    yield from _stretch(kind, kept)


def _stretch(kind: str, lines: list[str]) -> Iterator[Element]:
    if elements := list(_inline("\n".join(lines), {})):
        yield {"type": kind, "elements": elements}


def _inline(text: str, style: dict[str, bool]) -> Iterator[Element]:
    more: Element = {"style": style} if style else {}
    end = 0
    for match in _INLINE.finditer(text):
        name = match["emoji"]
        if name is not None and _emoji(name) is None:
            continue
        if match.start() > end:
            yield {"type": "text", "text": html.unescape(text[end : match.start()]), **more}
        end = match.end()
        if (code := match["code"]) is not None:
            yield {"type": "text", "text": html.unescape(code), "style": style | {"code": True}}
        elif (entity := match["entity"]) is not None:
            yield _entity(entity) | more
        elif name is not None:
            yield _emoji(name) or {}
        else:
            kind = match.lastgroup
            assert kind is not None
            yield from _inline(match[kind], style | {kind: True})
    if end < len(text):
        yield {"type": "text", "text": html.unescape(text[end:]), **more}


def _entity(entity: str) -> Element:
    target, _, label = entity.partition("|")
    if target.startswith("@"):
        return {"type": "user", "user_id": target[1:]}
    if target.startswith("#"):
        return {"type": "channel", "channel_id": target[1:]}
    if target.startswith("!subteam^"):
        return {"type": "usergroup", "usergroup_id": target.removeprefix("!subteam^")}
    if target.startswith("!date^"):
        _, seconds, form, *_ = target.split("^")
        return {"type": "date", "timestamp": int(seconds), "format": form, "fallback": label}
    if target.startswith("!"):
        return {"type": "broadcast", "range": target[1:]}
    named = {"text": html.unescape(label)} if label else {}
    return {"type": "link", "url": html.unescape(target), **named}


def _emoji(name: str) -> Element | None:
    if name in OWN_EMOJI:
        return {"type": "emoji", "name": name}
    sign = emoji.emojize(f":{name}:", language="alias", variant=None)
    if sign.startswith(":"):
        return None
    return {"type": "emoji", "name": name, "unicode": "-".join(f"{ord(one):x}" for one in sign)}
