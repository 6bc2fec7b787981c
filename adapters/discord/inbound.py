"""Turns what Discord tells us into `Incoming`. Pure: discord.py's objects in, the desk's values out."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

import discord

from adapters.discord import markup
from bot import hub
from bot.ports import Asked, Deleted, Edited, Incoming, Raised, Reacted, Said
from bot.tickets.asks import Ask
from bot.tickets.grammar import VERBS
from bot.tickets.model import File, Person, Place, PostRef
from bot.words.say import say

#: What people write; most other kinds of messages are Discord's own news.
WORDS = (discord.MessageType.default, discord.MessageType.reply)
#: What bots answer to commands, by slash or menu.
ANSWERS = (discord.MessageType.chat_input_command, discord.MessageType.context_menu_command)
#: The beginning of the id of a file that came with a form; its address follows.
UPLOADED = "form "
#: The most characters that are quoted of a post that is answered.
QUOTED = 120
_AFTER_MENTION = re.compile(r"\A[\s,:]+")


def person(user: discord.abc.User) -> Person:
    """Return somebody as the desk knows people."""
    return Person("discord", str(user.id), user.display_name, user.display_avatar.url)


def where(channel: Any) -> tuple[Place, str | None]:
    """Return the place that a channel or thread belongs to, and the thread."""
    if isinstance(channel, discord.Thread):
        return Place("discord", str(channel.parent_id)), str(channel.id)
    return Place("discord", str(channel.id)), None


def is_words(message: discord.Message) -> bool:
    """Whether somebody said it in a server: a person, a bot, or a webhook for either."""
    kinds = (*WORDS, *ANSWERS) if is_automated(message) else WORDS
    return message.type in kinds and message.guild is not None


def is_automated(message: discord.Message) -> bool:
    """Whether a bot said it, or a webhook."""
    return message.author.bot or message.webhook_id is not None


def said(
    message: discord.Message, me: discord.ClientUser, *, language: str = "en", inside: bool = False
) -> Said:
    """Read a message. `inside`: it stands in a staff place.

    What people answer to is named: in a customer's channel with the beginning of what was said there, which
    the ticket would not have otherwise. Inside it is not: what is sent on from there holds nothing else.
    """
    place, thread = where(message.channel)
    names = _names(message, me)
    text, automated = markup.to_hub(message.content, names), is_automated(message)
    to_us = markup.addressed(message.content, _ours(message, me))
    command = None
    if to_us.first is not None:
        # The mention is known by its id. It is written as names are, and stands first in what was read.
        mention = markup.to_hub(to_us.first, names)
        if text.startswith(mention):
            command = _AFTER_MENTION.sub("", text[len(mention) :], count=1)
    answered = "" if inside else _answered(message, me, language)
    more = [*_more(message, language)]
    files = tuple(_files(message))
    if not (text or more or files):
        more = [_not_carried(message, language)]
    if command is not None and not inside and thread is None:
        # Outside of a ticket it is no command but what the ticket opens with.
        opening = "" if command.strip().lower() in VERBS else answered
        command = "\n\n".join(filter(None, (opening, command, *more)))
    there = [
        one
        for one in message.mentions
        if one.id != me.id and str(one.id) in markup.mentioned(message.content)
    ]
    people = {hub.plain(markup.to_hub(f"<@{one.id}>", names)).strip(): person(one) for one in there}
    return Said(
        post=PostRef(place, str(message.id)),
        thread=thread,
        text="\n\n".join(filter(None, (answered, text, *more))),
        mentioned=to_us.anywhere,
        command=command,
        people=tuple(people.items()),
        files=files,
        automated=automated,
        attempted=command is None and not automated and _is_attempt(text, _called(message, me)),
    )


def incoming(message: discord.Message, told: Said, *, at: datetime | None = None) -> Incoming:
    """Somebody said something. `at`: if not when it was said."""
    by = person(message.author)
    return Incoming(f"discord:{message.id}", by, told.post.place, at or message.created_at, told)


def edited(message: discord.Message, told: Said) -> Incoming:
    """Somebody changed what they had said."""
    when, ref = message.edited_at or message.created_at, f"discord:{message.id}"
    by = person(message.author)
    return Incoming(f"{ref}:edit:{when.timestamp()}", by, told.post.place, when, Edited(told, ref))


def deleted(place: Place, message: int, *, sure: bool = True) -> Incoming:
    """A message is gone. Discord does not say who deleted it."""
    by = Person("discord", "", "")
    post = PostRef(place, str(message))
    at = discord.utils.snowflake_time(message)
    return Incoming(f"discord:{message}:deleted", by, place, at, Deleted(post, sure=sure))


def raised(
    message: discord.Message,
    told: Said,
    *,
    ref: str,
    at: datetime,
    by: discord.abc.User | None = None,
    locale: str | None = None,
    ticket: str = "",
) -> Incoming:
    """Somebody, whom `ref` names, wants a message to be a ticket or a part of one: its author asks for it.

    What a bot said is asked for by who wants it, `by`: a bot waits for no answer.
    """
    asker = by if by is not None and told.automated else message.author
    act = Raised(replace(told, automated=False), ticket)
    return Incoming(f"discord:{message.id}:{ref}", person(asker), told.post.place, at, act, locale)


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
            name=_full_name(str(one["filename"]), one.get("title")),
            size=int(one["size"]),
            kind=str(one.get("content_type") or "application/octet-stream"),
        )
        for one in found.values()
    )


def shown(guild: discord.Guild | None, text: str) -> str:
    """Read what somebody typed where Discord names nobody for us: into a form, or an option of a command."""
    return markup.to_hub(text, _known(guild, markup.named(text)))


# ---------------------------------------------------------------- who is named


def _ours(message: discord.Message, me: discord.ClientUser) -> tuple[str, ...]:
    """Return the ids that stand for us: people pick the role of the same name, too."""
    role = message.guild.self_role if message.guild else None
    return (str(me.id),) if role is None else (str(me.id), str(role.id))


def _called(message: discord.Message, me: discord.ClientUser) -> tuple[str, ...]:
    """Return what we are called in a server, and elsewhere."""
    here = message.guild.me.display_name if message.guild and message.guild.me else me.display_name
    return tuple(dict.fromkeys((here, me.display_name)))


def _names(message: discord.Message, me: discord.ClientUser) -> dict[str, str]:
    """Name all that a message names; two people of one name by what tells them apart, too."""
    given = [message.content, *(one.content for one in message.message_snapshots)]
    names = _known(message.guild, [ident for text in given for ident in markup.named(text)])
    names |= {str(role.id): role.name for role in message.role_mentions}
    people = [one for one in message.mentions if one.id != me.id]
    often = Counter(one.display_name for one in people)
    for one in people:
        alone = often[one.display_name] == 1
        names[str(one.id)] = one.display_name if alone else f"{one.display_name} ({one.name})"
    return names | dict.fromkeys(_ours(message, me), me.display_name)


def _known(guild: discord.Guild | None, ids: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for ident in ids if guild is not None else ():
        assert guild is not None
        member, role = guild.get_member(int(ident)), guild.get_role(int(ident))
        channel = guild.get_channel_or_thread(int(ident))
        if name := (member and member.display_name) or (role and role.name) or (channel and channel.name):
            found[ident] = name
    return found


def _is_attempt(text: str, called: tuple[str, ...]) -> bool:
    """Whether a text reads like a command, though it begins with no mention: by its visible signs alone."""
    name = "|".join(f"@{re.escape(one)}" for one in called)
    pattern = re.compile(rf"(?:(?:{name})|^/ticket)[\s,:*_~|]+(\w+)", re.IGNORECASE | re.MULTILINE)
    for block in hub.read(text):
        if isinstance(block, hub.Paragraph | hub.Item):
            line = "".join(" " if span.code else span.text for span in block.spans)
            line = "".join(sign for sign in line if unicodedata.category(sign) != "Cf").strip()
            for match in pattern.finditer(line):
                if difflib.get_close_matches(match[1].lower(), VERBS, n=1, cutoff=0.75):
                    return True
    return False


# ---------------------------------------------------------------- what comes beside the words


def _answered(message: discord.Message, me: discord.ClientUser, language: str) -> str:
    """Say what a message answers: its author's name, and outside of threads how it begins."""
    to = message.reference.resolved if message.reference else None
    if message.type is not discord.MessageType.reply or not isinstance(to, discord.Message):
        return ""
    if to.author.id == me.id:
        return ""  # a card or a notice of ours
    if where(message.channel)[1] is not None:
        quote = say("said.answers", language, name=to.author.display_name)
    else:
        words = hub.plain(markup.to_hub(to.content, _names(to, me))).strip()
        words = words or ", ".join(one.name for one in _files(to))
        line = " ".join(words.split())
        short = line if len(line) <= QUOTED else f"{line[: QUOTED - 1]}…"
        quote = f"{to.author.display_name}: {short}"
    return hub.write([hub.Quote((hub.Span(quote),))])


def _more(message: discord.Message, language: str) -> Iterator[str]:
    """Write what a message holds beside its own words."""
    for one in message.message_snapshots:
        names = _known(message.guild, markup.named(one.content))
        words = markup.to_hub(one.content, names)
        found = [words, *_embedded(one.embeds), *_components(one.components), *_stickers(one.stickers)]
        yield "\n\n".join(filter(None, (hub.literal(say("said.forwarded.unnamed", language)), *found)))
    if message.poll is not None:
        yield _poll(message.poll, language)
    if is_automated(message):
        # What people post has no embeds of its own: those unfold what an address in it leads to.
        yield from _embedded(message.embeds)
    yield from _components(message.components)
    yield from _stickers(message.stickers)


def _stickers(stickers: Iterable[discord.StickerItem]) -> Iterator[str]:
    for sticker in stickers:
        yield hub.literal(f":{sticker.name}:")


def _poll(poll: discord.Poll, language: str) -> str:
    question = say("said.poll", language, question=poll.question)
    answers = [f"{one.emoji or ''} {one.text or ''}".strip() for one in poll.answers]
    items = [hub.Item((hub.Span(one),)) for one in answers]
    return hub.write([hub.Paragraph((hub.Span(question, bold=True),)), *items])


def _embedded(embeds: Iterable[discord.Embed]) -> Iterator[str]:
    """Write what embeds say, or where they lead to if they say nothing."""
    for embed in embeds:
        author = embed.author.name if embed.author else None
        title = f"**{embed.title}**" if embed.title else None
        texts = [author, title, embed.description]
        texts += [f"**{one.name}**\n{one.value}" for one in embed.fields]
        texts += [embed.footer.text if embed.footer else None]
        leads = embed.url or (embed.image.url if embed.image else None)
        leads = leads or (embed.thumbnail.url if embed.thumbnail else None)
        yield markup.to_hub("\n\n".join(filter(None, texts)) or leads or "", {})


def _components(components: Iterable[Any]) -> Iterator[str]:
    """Write the texts of a layout; its buttons work only where they stand."""
    for one in components:
        if isinstance(one, discord.TextDisplay):
            yield markup.to_hub(one.content, {})
        elif isinstance(one, discord.MediaGalleryComponent):
            yield "\n".join(hub.literal(item.media.url) for item in one.items)
        yield from _components(getattr(one, "children", ()))


def _not_carried(message: discord.Message, language: str) -> str:
    channel: Any = message.channel
    parent = getattr(channel, "parent", None) or channel
    what, place = say("what.something", language), f"#{getattr(parent, 'name', '')}"
    name = message.author.display_name
    return hub.literal(say("said.not_carried", language, name=name, what=what, place=place))


def _files(message: discord.Message) -> Iterator[File]:
    snapshots = (file for one in message.message_snapshots for file in one.attachments)
    for given in (*message.attachments, *snapshots):
        yield File(
            network="discord",
            id=f"{message.channel.id}/{message.id}/{given.id}",
            name=_full_name(given.filename, given.title),
            size=given.size,
            kind=given.content_type or "application/octet-stream",
        )


def _full_name(name: str, title: str | None) -> str:
    """Return what a file is called by its owner: Discord cleans names, and keeps them as `title`."""
    return (f"{title}{PurePosixPath(name).suffix}" if title else name)[:200]
