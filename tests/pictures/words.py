"""Draws words as Slack shows them: mrkdwn, rich text, dates in the reader's zone. Everything is escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import emoji

from adapters.slack.markup import unescape

Payload: TypeAlias = Mapping[str, Any]

_FENCED = re.compile(r"```(.+?)```", re.DOTALL)
_INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<(?P<entity>[^<>\n]+)>"
    r"|(?<!\w)\*(?P<b>[^*\n]+)\*(?!\w)"
    r"|(?<!\w)_(?P<i>[^\n]+?)_(?!\w)"
    r"|(?<!\w)~(?P<s>[^~\n]+)~(?!\w)"
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks, and when. `names`: what people and channels are called, by id."""

    now: datetime
    names: Mapping[str, str] = field(default_factory=dict[str, str])

    def plain(self, text: Payload) -> str:
        return html.escape(emoji.emojize(text["text"], language="alias"))

    def text(self, text: Payload) -> str:
        return self.mrkdwn(text["text"]) if text["type"] == "mrkdwn" else self.plain(text)

    def mrkdwn(self, text: str) -> str:
        parts = _FENCED.split(text)
        return "".join(
            f"<pre>{html.escape(unescape(part.strip()))}</pre>" if n % 2 else self._lines(part)
            for n, part in enumerate(parts)
        )

    def _lines(self, text: str) -> str:
        drawn: list[str] = []
        for line in text.split("\n"):
            quoted = re.match(r"(?:&gt;|>) ?", line)
            words = self._inline(line[quoted.end() :] if quoted else line)
            drawn.append(f"<blockquote>{words}</blockquote>" if quoted else f"{words}<br>")
        return "".join(drawn).removesuffix("<br>")

    def _inline(self, text: str) -> str:
        drawn, end = "", 0
        for match in _INLINE.finditer(text):
            drawn += self._bare(text[end : match.start()])
            end = match.end()
            if match["code"] is not None:
                drawn += f"<code>{html.escape(unescape(match['code']))}</code>"
            elif match["entity"] is not None:
                drawn += self._entity(match["entity"])
            else:
                tag = match.lastgroup
                assert tag is not None
                drawn += f"<{tag}>{self._inline(match[tag])}</{tag}>"
        return drawn + self._bare(text[end:])

    def _bare(self, text: str) -> str:
        return html.escape(emoji.emojize(unescape(text), language="alias"))

    def _entity(self, entity: str) -> str:
        target, _, label = unescape(entity).partition("|")
        if target.startswith("!date^"):
            _, seconds, form, *_ = target.split("^")
            return html.escape(self.date(int(seconds), form))
        if target[0] in "@#!":
            name = self.names.get(target[1:]) or label or target[1:]
            return f'<span class="mention">{"#" if target[0] == "#" else "@"}{html.escape(name)}</span>'
        return f"<a>{html.escape(label or target)}</a>"

    def date(self, seconds: int, form: str) -> str:
        """Fill in a date's form as Slack does, in the reader's zone."""
        at = datetime.fromtimestamp(seconds, self.now.tzinfo)
        day = at.day
        suffix = "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
        month = f"{at:%B} {day}{suffix}"
        near = {
            (self.now + timedelta(days=n)).date(): word
            for n, word in ((-1, "yesterday"), (0, "today"), (1, "tomorrow"))
        }.get(at.date())
        tokens = {
            "date_num": f"{at:%Y-%m-%d}",
            "date": month,
            "date_short": f"{at:%b} {day}, {at.year}",
            "date_long": f"{at:%A}, {month}, {at.year}",
            "time": f"{at:%H:%M}",
            "time_secs": f"{at:%H:%M:%S}",
        }
        pretty = {f"{name}_pretty": near or words for name, words in tokens.items() if "date" in name}
        return re.sub(r"\{(\w+)\}", lambda match: (tokens | pretty).get(match[1], match[0]), form)

    # ------------------------------------------------------------ rich text

    def rich(self, part: Payload) -> str:
        match part["type"]:
            case "rich_text_list":
                margin, first = 24 * part.get("indent", 0), part.get("offset", 0) + 1
                items = enumerate(part["elements"], first)
                return "".join(
                    f'<div class="item" style="margin-left: {margin}px">'
                    f'<span class="sign">{f"{n}." if part["style"] == "ordered" else "•"}</span>'
                    f'<span class="rich">{self._words(item)}</span></div>'
                    for n, item in items
                )
            case "rich_text_quote":
                return f'<blockquote class="rich">{self._words(part)}</blockquote>'
            case "rich_text_preformatted":
                return f"<pre>{self._words(part)}</pre>"
            case _:
                return f'<div class="rich">{self._words(part)}</div>'

    def _words(self, part: Payload) -> str:
        return "".join(self._word(one) for one in part["elements"])

    def _word(self, one: Payload) -> str:
        match one["type"]:
            case "text":
                said = html.escape(one["text"])
            case "link":
                said = f"<a>{html.escape(one.get('text') or one['url'])}</a>"
            case "emoji":
                said = html.escape(emoji.emojize(f":{one['name']}:", language="alias"))
            case "date":
                said = html.escape(self.date(one["timestamp"], one["format"]))
            case "user" | "usergroup" | "channel":
                key = one[f"{one['type']}_id"]
                sign = "#" if one["type"] == "channel" else "@"
                said = f'<span class="mention">{sign}{html.escape(self.names.get(key, key))}</span>'
            case "broadcast":
                said = f'<span class="mention">@{html.escape(one["range"])}</span>'
            case _:
                said = html.escape(str(one.get("value", "")))
        style = one.get("style", {})
        for name, tag in (("code", "code"), ("strike", "s"), ("italic", "i"), ("bold", "b")):
            if style.get(name):
                said = f"<{tag}>{said}</{tag}>"
        return said
