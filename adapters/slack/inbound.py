"""Slack's payloads to `Incoming`. Pure: whoever calls has looked up the people they name."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from adapters.slack import markup
from bot.ports import Act, Asked, Deleted, Edited, Incoming, Raised, Reacted, Said
from bot.tickets.asks import Ask
from bot.tickets.model import File, Person, Place, PostRef

#: The type under which our mark stands in a message's metadata. Other apps can read it: no secrets in it.
MARK = "halfdoor_delivery"
#: Subtypes that are somebody's words, as a message without one is.
WORDS = frozenset({None, "file_share", "thread_broadcast", "me_message"})


@dataclass(frozen=True, slots=True)
class Event:
    """A message event that concerns us, cut down to what every subtype has: the same checks for all.

    `kind` is said, edited, deleted, or lost: it is not there any more, and nobody knows that its author took
    it back. `user` is whom the post belongs to.
    """

    kind: str
    channel: str
    ts: str
    user: str
    thread: str | None
    text: str
    edited_at: str | None = None
    blocks: tuple[Any, ...] = ()
    #: File objects as Slack has them; those of shared channels must be looked up.
    files: tuple[dict[str, Any], ...] = ()
    #: What the event itself says of a person of another organisation.
    profile: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def users(self) -> list[str]:
        """Whom to look up before `incoming`: the author and the people mentioned."""
        return list(dict.fromkeys([self.user, *markup.mentioned(self.text), *markup.mentions(self.blocks)]))


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
        same = all(message.get(name) == before.get(name) for name in ("text", "blocks"))
        if (same and _held(message) == _held(before)) or not message.get("user"):
            return None
        edited = edited or str(payload.get("ts") or "")
        if not edited:
            return None
        return _words("edited", channel, message, edited)
    if subtype in WORDS and not _is_bot(payload) and payload.get("user") and payload.get("ts"):
        return _words("said", channel, payload, None)
    return None


def incoming(
    told: Event,
    bot: str,
    people: Mapping[str, Person],
    files: tuple[File, ...] = (),
    *,
    locale: str | None = None,
) -> Incoming:
    """Turn an event into what the desk takes.

    `bot` is our own user id; `people` holds `told.users`; `files` are those of the event, looked up.
    """
    place = Place("slack", told.channel)
    post = PostRef(place, told.ts)
    by = people.get(told.user) or Person("slack", told.user, told.user)
    ref = f"slack:{told.channel}:{told.ts}"
    if told.kind in ("deleted", "lost"):
        gone = Deleted(post, sure=told.kind == "deleted")
        return Incoming(f"{ref}:{told.kind}", by, place, moment(told.ts), gone)
    said = _said(told, post, bot, people, files)
    if told.kind == "edited":
        when = told.edited_at or told.ts
        return Incoming(f"{ref}:edit:{when}", by, place, moment(when), Edited(said, ref), locale)
    return Incoming(ref, by, place, moment(told.ts), said, locale)


def raised(
    told: Event,
    bot: str,
    people: Mapping[str, Person],
    files: tuple[File, ...],
    *,
    ref: str,
    at: datetime,
    locale: str | None = None,
) -> Incoming:
    """Return a post that somebody, whom `ref` names, wants to be a ticket: its author asks for it.

    `locale` is that of the one who wants it.
    """
    place = Place("slack", told.channel)
    said = _said(told, PostRef(place, told.ts), bot, people, files)
    by = people.get(told.user) or Person("slack", told.user, told.user)
    return Incoming(f"slack:{told.channel}:{told.ts}:{ref}", by, place, at, Raised(said), locale)


def reacted(event: Mapping[str, Any], by: Person) -> Incoming:
    """Turn a reaction that was added or removed into what the desk takes."""
    item, when = event["item"], str(event["event_ts"])
    place, added = Place("slack", str(item["channel"])), event["type"] == "reaction_added"
    act: Act = Reacted(PostRef(place, str(item["ts"])), markup.emoji_sign(str(event["reaction"])), added)
    sign = "+" if added else "-"
    ref = f"slack:{place.id}:{item['ts']}:{sign}{event['reaction']}:{by.id}:{when}"
    return Incoming(ref, by, place, moment(when), act)


def asked(
    ask: Ask, *, ref: str, by: Person, channel: str, at: datetime, locale: str | None = None
) -> Incoming:
    """Return a command, a pressed button or a form as what the desk takes."""
    return Incoming(f"slack:{ref}", by, Place("slack", channel), at, Asked(ask), locale)


def command_text(text: str, people: Mapping[str, Person]) -> tuple[str, dict[str, Person]]:
    """Return a slash command's text as people read it, and whom its mentions stand for."""
    return markup.to_hub(text, _names(people)).strip(), _tokens(people)


def installed_in(body: Mapping[str, Any]) -> str | None:
    """Return the workspace whose installation a payload is meant for, if it says so.

    The outer `team_id` of an event and the `team` of a form are the actor's own.
    """
    if body.get("type") == "event_callback":
        given = body.get("authorizations")
        first = given[0] if isinstance(given, list) and given else {}
        team = (first.get("team_id") if isinstance(first, dict) else None) or body.get("context_team_id")
    elif isinstance(view := body.get("view"), dict):
        team = view.get("app_installed_team_id")
    else:
        team = body["team"].get("id") if isinstance(body.get("team"), dict) else None
    return str(team) if team else None


def mark_of(message: Mapping[str, Any]) -> str:
    """Return the mark that a post of ours carries: in its metadata, or as the id of a file's layout."""
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    if payload.get("mark"):
        return str(payload["mark"])
    return next((str(block.get("block_id")) for block in message.get("blocks") or []), "")


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
    text, blocks = str(message.get("text") or ""), message.get("blocks")
    if message.get("subtype") == "me_message":
        text, blocks = f"_{text}_", None
    return Event(
        kind,
        channel,
        str(message["ts"]),
        str(message["user"]),
        thread if thread != message["ts"] else None,
        text,
        edited,
        tuple(blocks) if isinstance(blocks, list) else (),
        _files(message),
        profile if isinstance(profile := message.get("user_profile"), dict) else {},
    )


def _held(message: Mapping[str, Any]) -> list[tuple[object, bool]]:
    """Which files a message has: their previews change by themselves."""
    return [(one.get("id"), one.get("mode") == "tombstone") for one in _files(message)]


def _files(message: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    given = message.get("files")
    return tuple(one for one in given if isinstance(one, dict)) if isinstance(given, list) else ()


def _said(
    told: Event, post: PostRef, bot: str, people: Mapping[str, Person], files: tuple[File, ...]
) -> Said:
    me = f"@{people[bot].name}" if bot in people else "@Halfdoor"
    text = markup.to_hub(told.text, _names(people) | {bot: markup.BOT}, told.blocks)
    mention = re.match(rf"\s*{markup.BOT}[\s,:]*", text)
    others = {user: person for user, person in people.items() if user != bot}
    return Said(
        post=post,
        thread=told.thread,
        text=text.replace(markup.BOT, me),
        mentioned=markup.BOT in text,
        command=text[mention.end() :].replace(markup.BOT, me) if mention else None,
        people=tuple(_tokens(others).items()),
        files=files,
    )


def _is_bot(message: Mapping[str, Any]) -> bool:
    return bool(message.get("bot_id")) or message.get("subtype") == "bot_message"


def _names(people: Mapping[str, Person]) -> dict[str, str]:
    return {user: person.name for user, person in people.items()}


def _tokens(people: Mapping[str, Person]) -> dict[str, Person]:
    return {f"@{person.name}": person for person in people.values()}
