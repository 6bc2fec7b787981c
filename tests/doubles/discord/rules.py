"""What Discord lets a bot do and hear, and what it makes of names, where simcord is more generous."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

import discord
from simcord.backend import serializers
from simcord.backend.access import channel_accessible
from simcord.backend.errors import BackendError, cannot_execute_on_channel_type, missing_permissions
from simcord.enums import ChannelType

from adapters.discord.network import PERMISSIONS

#: What @everyone of a new server may do, as GUILD_CREATE says it of servers made since 2024 (seen in many
#: recorded payloads: `"name": "@everyone", "permissions": "2248473465835073"`).
EVERYONE = 2248473465835073
#: The type of a thread in an announcement channel (Discord's reference, “Channel Types”).
NEWS_THREAD = 10
#: Events about a channel as such reach bots that cannot see it; so does what names no channel. All others
#: are only of what can be seen (Discord's reference, “Gateway”, “Permissions” of threads and messages).
ALWAYS_TOLD = ("CHANNEL_", "GUILD_", "INTERACTION_", "READY", "RESUMED", "USER_")
#: What a file's name keeps. The rest becomes `_`, and the name as it was, without its ending, stands in
#: `title` (Discord's reference, “Attachment Object”; discord.py's `Attachment.title`).
_KEPT = re.compile(r"[^A-Za-z0-9._-]")


def invite(backend: Any, guild: Any) -> None:
    """Give the bot's own role exactly what its invitation asks for: simcord gives it nearly everything."""
    guild.everyone_role.permissions = EVERYONE
    mine = guild.members[backend.bot_user.id]
    for role in guild.roles.values():
        if role.managed and role.id in mine.role_ids:
            role.permissions = PERMISSIONS.value


def allows(backend: Any, channel: Any, name: str) -> bool:
    """Whether the bot has a permission in a channel or a thread, which has those of its parent."""
    held = backend.compute_permissions(channel.guild_id, backend.bot_user.id, channel.id)
    return bool(held & getattr(discord.Permissions, name).flag)


def may_change(backend: Any, thread: Any, body: Mapping[str, Any]) -> None:
    """Refuse what only others may change about a thread: simcord asks for Manage Channels instead.

    Discord's reference, “Modify Channel”: to open one that is not locked takes only the right to write in it;
    its owner may name it and put it away; all else, a lock above all, takes Manage Threads.
    """
    if allows(backend, thread, "manage_threads"):
        return
    state = thread.thread_metadata
    opens = body.get("archived") is False and body.keys() <= {"archived"} and not state.locked
    owned = thread.owner_id == backend.bot_user.id and not state.locked
    theirs = owned and body.keys() <= {"name", "archived", "auto_archive_duration", "invitable"}
    if not theirs and not (opens and allows(backend, thread, "send_messages_in_threads")):
        raise missing_permissions()


def may_begin(channel: Any, body: Mapping[str, Any]) -> None:
    """Private threads are for text channels alone (Discord's reference, “Start Thread without Message”)."""
    kind = body.get("type", ChannelType.PRIVATE_THREAD)
    if channel.type == ChannelType.NEWS and kind != NEWS_THREAD:
        raise cannot_execute_on_channel_type()


def hears(backend: Any, kind: str, data: Mapping[str, Any]) -> bool:
    """Whether the bot is told of an event: of messages and threads only where it can see the channel."""
    if kind.startswith(ALWAYS_TOLD):
        return True
    ident = data.get("channel_id") or (data.get("id") if kind.startswith("THREAD_") else None)
    if ident is None:
        return True
    if int(ident) not in backend.channels:  # a thread that is gone by now
        ident = data.get("parent_id")
    return ident is None or channel_accessible(backend, int(ident), backend.bot_user.id)


def threads_of(backend: Any, channel: Any) -> dict[str, Any]:
    """THREAD_LIST_SYNC: “sent when the current user gains access to a channel”, with its active threads."""
    active = [
        one
        for one in backend.active_threads(channel.guild_id)
        if one.parent_id == channel.id and channel_accessible(backend, one.id, backend.bot_user.id)
    ]
    synced = serializers.thread_list_payload(backend, active)
    return {**synced, "guild_id": str(channel.guild_id), "channel_ids": [str(channel.id)]}


def check_name(name: str) -> None:
    """Refuse what a webhook's message may not be said under.

    Discord's reference, “Create Webhook” and “Usernames and Nicknames”: 1 to 80 characters, what cannot be
    seen trimmed away; never with `clyde`, `discord` or three backticks in it, never `everyone` or `here`. That
    these hold for each message's `username` too, and that a hair space between letters helps, is what
    PluralKit lives by (WebhookExecutorService.cs, `FixProxyName`).
    """
    seen = " ".join(re.sub(r"[\u200b-\u200f\u2060-\u2064\ufeff]", "", name).split(" ")).strip()
    low = seen.lower()
    forbidden = any(word in low for word in ("clyde", "discord", "```")) or low in ("everyone", "here")
    if forbidden or not seen or len(name) > 80:
        raise BackendError(400, 50035, "username: not allowed")


def cleaned(attachment: dict[str, Any]) -> dict[str, Any]:
    """Give an attachment the name that Discord gives it."""
    name = str(attachment["filename"])
    clean = _KEPT.sub("_", name)
    return (
        attachment if clean == name else {**attachment, "filename": clean, "title": PurePosixPath(name).stem}
    )
