"""Turns what Discord tells us into `Incoming`. Pure: discord.py's objects in, the desk's values out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import discord

from adapters.discord import markup
from bot.ports import Asked, Deleted, Edited, Incoming, Raised, Reacted, Said
from bot.tickets.asks import Ask
from bot.tickets.model import File, Person, Place, PostRef

#: What people write; all other kinds of messages are Discord's own news.
WORDS = (discord.MessageType.default, discord.MessageType.reply)
#: Stands for our own mention while a text is read: a private sign that nobody can type.
BOT = "\ue000"
#: The beginning of the id of a file that came with a form; its address follows.
UPLOADED = "form "
_MENTION = re.compile(rf"\s*@{BOT}[\s,:]*")


def person(user: discord.abc.User) -> Person:
    """Return somebody as the desk knows people."""
    return Person("discord", str(user.id), user.display_name, user.display_avatar.url)


def where(channel: Any) -> tuple[Place, str | None]:
    """Return the place that a channel or thread belongs to, and the thread."""
    if isinstance(channel, discord.Thread):
        return Place("discord", str(channel.parent_id)), str(channel.id)
    return Place("discord", str(channel.id)), None


def is_words(message: discord.Message) -> bool:
    """Whether a person wrote it, in a server."""
    return (
        message.type in WORDS
        and not message.author.bot
        and message.webhook_id is None
        and message.guild is not None
    )


def said(message: discord.Message, me: discord.ClientUser) -> Said:
    """Read a person's message."""
    place, thread = where(message.channel)
    names: dict[str, str] = {str(user.id): user.display_name for user in message.mentions}
    names |= {str(role.id): role.name for role in message.role_mentions}
    names |= {str(one.id): one.name for one in message.channel_mentions}
    names[str(me.id)] = BOT
    role = message.guild.self_role if message.guild else None
    if role is not None:
        names[str(role.id)] = BOT  # people pick the role of the same name
    text = markup.to_hub(message.content.replace(BOT, ""), names)
    for sticker in message.stickers:
        text = f"{text}\n\n:{sticker.name}:".strip()
    ours, mention = f"@{me.display_name}", _MENTION.match(text)
    people = {f"@{user.display_name}": person(user) for user in message.mentions if user.id != me.id}
    return Said(
        post=PostRef(place, str(message.id)),
        thread=thread,
        text=text.replace(f"@{BOT}", ours),
        mentioned=BOT in text,
        command=text[mention.end() :].replace(f"@{BOT}", ours) if mention else None,
        people=tuple(people.items()),
        files=tuple(_file(message, one) for one in message.attachments),
    )


def incoming(message: discord.Message, me: discord.ClientUser, *, at: datetime | None = None) -> Incoming:
    """A person said something. `at`: if not when it was said."""
    told = said(message, me)
    return Incoming(
        f"discord:{message.id}", person(message.author), told.post.place, at or message.created_at, told
    )


def edited(message: discord.Message, me: discord.ClientUser) -> Incoming:
    """A person changed what they had said."""
    told, when = said(message, me), message.edited_at or message.created_at
    ref = f"discord:{message.id}"
    by = person(message.author)
    return Incoming(f"{ref}:edit:{when.timestamp()}", by, told.post.place, when, Edited(told, ref))


def deleted(place: Place, message: int) -> Incoming:
    """A message is gone. Discord does not say who deleted it."""
    by = Person("discord", "", "")
    post = PostRef(place, str(message))
    at = discord.utils.snowflake_time(message)
    return Incoming(f"discord:{message}:deleted", by, place, at, Deleted(post))


def raised(
    message: discord.Message,
    me: discord.ClientUser,
    *,
    ref: str,
    at: datetime,
    locale: str | None = None,
    ticket: str = "",
) -> Incoming:
    """Somebody, whom `ref` names, wants a message to be a ticket or a part of one: its author asks for it."""
    told, by = said(message, me), person(message.author)
    act = Raised(told, ticket)
    return Incoming(f"discord:{message.id}:{ref}", by, told.post.place, at, act, locale)


def reacted(place: Place, payload: discord.RawReactionActionEvent, by: Person, at: datetime) -> Incoming:
    """Somebody put an emoji on a message, or took it away. Discord gives these no time of their own."""
    emoji = payload.emoji
    sign = emoji.name if emoji.is_unicode_emoji() else f":{emoji.name}:"
    added = payload.event_type == "REACTION_ADD"
    ref = f"discord:{payload.message_id}:{'+' if added else '-'}{emoji}:{by.id}:{at.timestamp()}"
    act = Reacted(PostRef(place, str(payload.message_id)), sign, added)
    return Incoming(ref, by, place, at, act)


def asked(
    ask: Ask,
    *,
    ref: str,
    by: Person,
    channel: Any,
    at: datetime,
    locale: str | None = None,
    files: tuple[File, ...] = (),
) -> Incoming:
    """Return a command, a pressed button or a form as what the desk takes."""
    place, thread = where(channel)
    return Incoming(f"discord:{ref}", by, place, at, Asked(ask, thread, files), locale)


def fields(data: Mapping[str, Any]) -> dict[str, str]:
    """Return what was entered into a form, by the fields' names; what was left empty is an empty text."""
    found: dict[str, str] = {}
    for row in data.get("components") or []:
        inner = [row["component"]] if "component" in row else row.get("components") or []
        for one in inner:
            values = one.get("values") or []
            found[str(one.get("custom_id"))] = str(one.get("value") or (values[0] if values else ""))
    return found


def uploads(data: Mapping[str, Any]) -> tuple[File, ...]:
    """Return the files that came with a form. They belong to no message: their address is all there is."""
    found = (data.get("resolved") or {}).get("attachments") or {}
    return tuple(
        File(
            network="discord",
            id=UPLOADED + str(one["url"]),
            name=str(one["filename"])[:200],
            size=int(one["size"]),
            kind=str(one.get("content_type") or "application/octet-stream"),
        )
        for one in found.values()
    )


def _file(message: discord.Message, given: discord.Attachment) -> File:
    return File(
        network="discord",
        id=f"{message.channel.id}/{message.id}/{given.id}",
        name=given.filename[:200],
        size=given.size,
        kind=given.content_type or "application/octet-stream",
    )
