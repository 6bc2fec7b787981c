"""Slack's payloads to `Incoming`. Pure: whoever calls has looked up the people they name."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from adapters.slack import markup
from bot.ports import Asked, Deleted, Edited, Incoming, Said
from bot.tickets.asks import Ask
from bot.tickets.model import Person, Place, PostRef

#: Subtypes that are somebody's words, as a message without one is.
WORDS = frozenset({None, "file_share", "thread_broadcast", "me_message"})


@dataclass(frozen=True, slots=True)
class Event:
    """A message event that concerns us, cut down to what every subtype has: the same checks for all.

    `kind` is said, edited or deleted; `user` is whom the post belongs to.
    """

    kind: str
    channel: str
    ts: str
    user: str
    thread: str | None
    text: str
    edited_at: str | None = None

    @property
    def users(self) -> list[str]:
        """Whom to look up before `incoming`: the author and the people mentioned."""
        return list(dict.fromkeys([self.user, *markup.mentioned(self.text)]))


def event(payload: Mapping[str, Any]) -> Event | None:
    """Read a `message` event; None when it is not somebody's words. A mention arrives as one too.

    Bots' posts, our own among them, and changes without new words (an unfurled link) are nobody's words.
    """
    subtype = payload.get("subtype")
    channel = str(payload.get("channel") or "")
    if subtype == "message_deleted":
        before = payload.get("previous_message") or {}
        ts = payload.get("deleted_ts") or before.get("ts")
        if not ts or _is_bot(before):
            return None
        return Event("deleted", channel, ts, before.get("user") or "", before.get("thread_ts"), "")
    if subtype == "message_changed":
        message = payload.get("message") or {}
        before = payload.get("previous_message") or {}
        if _is_bot(message) or not message.get("ts"):
            return None
        if message.get("subtype") == "tombstone":  # a parent that was deleted while its thread lives on
            return Event("deleted", channel, message["ts"], before.get("user") or "", None, "")
        edited = (message.get("edited") or {}).get("ts")
        if not edited or message.get("text") == before.get("text") or not message.get("user"):
            return None
        return _words("edited", channel, message, edited)
    if subtype in WORDS and not _is_bot(payload) and payload.get("user") and payload.get("ts"):
        return _words("said", channel, payload, None)
    return None


def incoming(told: Event, bot: str, people: Mapping[str, Person]) -> Incoming:
    """Turn an event into what the desk takes. `bot` is our own user id; `people` holds `told.users`."""
    place = Place("slack", told.channel)
    post = PostRef(place, told.ts)
    by = people.get(told.user) or Person("slack", told.user, told.user)
    ref = f"slack:{told.channel}:{told.ts}"
    if told.kind == "deleted":
        return Incoming(f"{ref}:deleted", by, place, moment(told.ts), Deleted(post))
    said = _said(told, post, bot, people)
    if told.kind == "edited":
        when = told.edited_at or told.ts
        return Incoming(f"{ref}:edit:{when}", by, place, moment(when), Edited(said, ref))
    return Incoming(ref, by, place, moment(told.ts), said)


def asked(ask: Ask, *, ref: str, by: Person, channel: str, at: datetime) -> Incoming:
    """Return a command, a pressed button or a form as what the desk takes."""
    return Incoming(f"slack:{ref}", by, Place("slack", channel), at, Asked(ask))


def command_text(text: str, people: Mapping[str, Person]) -> tuple[str, dict[str, Person]]:
    """Return a slash command's text as people read it, and whom its mentions stand for."""
    return markup.to_hub(text, _names(people)).strip(), _tokens(people)


def moment(ts: str) -> datetime:
    """Return the time in a Slack `ts`."""
    return datetime.fromtimestamp(float(ts), UTC)


def fields(view: Mapping[str, Any]) -> dict[str, str]:
    """Return what was entered into a form, by action id; what was left empty is an empty text."""
    found: dict[str, str] = {}
    for block in view["state"]["values"].values():
        for name, state in block.items():
            value = (
                state.get("value")
                or (state.get("selected_option") or {}).get("value")
                or state.get("selected_user")
                or state.get("selected_conversation")
            )
            found[name] = str(value or "")
    return found


def metadata(view: Mapping[str, Any]) -> dict[str, str]:
    """Return what `forms` put into a form when it was opened."""
    loaded: dict[str, str] = json.loads(view.get("private_metadata") or "{}")
    return loaded


def _words(kind: str, channel: str, message: Mapping[str, Any], edited: str | None) -> Event:
    thread = message.get("thread_ts")
    return Event(
        kind,
        channel,
        message["ts"],
        message["user"],
        thread if thread != message["ts"] else None,
        message.get("text") or "",
        edited,
    )


def _said(told: Event, post: PostRef, bot: str, people: Mapping[str, Person]) -> Said:
    names = _names(people)
    mention = re.match(rf"\s*<@{bot}(?:\|[^<>]*)?>[\s,:]*", told.text)
    others = {user: person for user, person in people.items() if user != bot}
    return Said(
        post=post,
        thread=told.thread,
        text=markup.to_hub(told.text, names),
        mentioned=bot in markup.mentioned(told.text),
        command=markup.to_hub(told.text[mention.end() :], names) if mention else None,
        people=tuple(_tokens(others).items()),
    )


def _is_bot(message: Mapping[str, Any]) -> bool:
    return bool(message.get("bot_id")) or message.get("subtype") == "bot_message"


def _names(people: Mapping[str, Person]) -> dict[str, str]:
    return {user: person.name for user, person in people.items()}


def _tokens(people: Mapping[str, Person]) -> dict[str, Person]:
    return {f"@{person.name}": person for person in people.values()}
