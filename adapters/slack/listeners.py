"""What happens in Slack's channels, handed on: guard, look people up, parse, tell the desk."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from weakref import WeakValueDictionary

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse

from adapters.slack import inbound
from adapters.slack.answering import Answering
from adapters.slack.catchup import CatchUp
from adapters.slack.interactions import COMMAND, Interactions
from adapters.slack.network import SlackNetwork
from bot.desk import Desk
from bot.guard import Guard
from bot.ports import Answer, Clock, NotSent, Unavailable, Words
from bot.tickets.model import File, Person, Place

log = structlog.get_logger()

#: Events after which a channel may be seen by others than before, or be gone.
DOORS = (
    "channel_shared",
    "channel_unshared",
    "channel_archive",
    "channel_unarchive",
    "channel_deleted",
    "channel_left",
    "group_archive",
    "group_unarchive",
    "group_deleted",
    "group_left",
)
#: The reactions that make a ticket of a message.
TICKET_SIGNS = ("ticket", "admission_tickets")


def register(network: SlackNetwork, desk: Desk, guard: Guard, clock: Clock) -> None:
    """Attach everything the manifest subscribes to."""
    listening = Listening(network, desk, guard, clock)
    pressed = Interactions(network, desk, clock, listening.raise_ticket)
    catch_up = CatchUp(network.api, desk, listening.take, network.alive, clock)
    network.health, network.connected, network.beside = desk.check, catch_up.want, catch_up.run
    app: AsyncApp = network.app
    app.middleware(listening.ours_only)
    app.event("message")(listening.message)
    app.event("member_joined_channel")(listening.membership)
    app.event("member_left_channel")(listening.membership)
    for name in DOORS:
        app.event(name)(listening.door)
    app.event("channel_id_changed")(listening.moved)
    app.event("user_change")(listening.user_change)
    app.event("team_join")(listening.user_change)
    app.event("app_home_opened")(pressed.home)
    app.event("reaction_added")(listening.reaction)
    app.event("reaction_removed")(listening.reaction)
    app.shortcut("raise")(pressed.raise_shortcut)
    app.shortcut("publish")(pressed.publish_shortcut)
    app.command(COMMAND)(pressed.command)
    for name in ("open_ticket", "comment", "reply", "edit", "note", "status", "assign", "close", "read"):
        app.action(name)(pressed.form_button)
    for name in ("close_customer", "reopen", "recall", re.compile(r"rate_[1-5]")):
        app.action(name)(pressed.button)
    for name in ("open", "comment", "reply", "edit", "note", "status", "assign", "close", "publish"):
        app.view(name)(pressed.form)
    app.view("setup")(pressed.setup)
    app.error(_failed)


async def _failed(error: Exception, body: dict[str, Any]) -> BoltResponse:
    """The one place where faults end. What is not acknowledged, Slack delivers again."""
    if isinstance(error, BoltUnhandledRequestError):
        return BoltResponse(status=200)
    event = body.get("event")
    kind = str((event if isinstance(event, dict) else body).get("type") or body.get("command"))[:80]
    known = isinstance(error, Unavailable | NotSent)
    log.error("not_taken", network="slack", kind=kind, error=type(error).__name__, exc_info=not known)
    return BoltResponse(status=503)


class Listening(Answering):
    """Takes what was said, edited, deleted and reacted with, and news of who can see a channel."""

    def __init__(self, network: SlackNetwork, desk: Desk, guard: Guard, clock: Clock) -> None:
        super().__init__(network, desk, clock)
        self.guard = guard
        self.turns: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def ours_only(
        self, body: dict[str, Any], next: Callable[[], Awaitable[None]]
    ) -> BoltResponse | None:
        """Drop what is meant for another installation of the app: its people and channels are not ours."""
        install = inbound.installed_in(body)
        if install is not None and install != await self.network.api.team():
            log.warning("foreign_install", team=install)
            return BoltResponse(status=200)
        await next()
        return None

    async def message(self, event: dict[str, Any]) -> None:
        if str(event.get("subtype")).startswith(("channel_convert", "group_convert")):
            await self.door(event)
            return
        told = inbound.event(event)
        if told is not None:
            await self.take(told)

    async def take(self, told: inbound.Event, *, at: datetime | None = None) -> None:
        """Take what was said, edited or deleted, now or while we were away; `at` if not when it was said."""
        # What is said in a thread is taken in the order it arrived in, however long a look-up takes.
        async with self.turns.setdefault((told.channel, told.thread or told.ts), asyncio.Lock()):
            if await self.desk.link(Place("slack", told.channel)) is None and told.kind != "said":
                return
            about = await self.about(told)
            incoming = inbound.incoming(told, *about, locale=await self.locale(told.user))
            answer = await self.desk.handle(replace(incoming, at=at or incoming.at))
        if answer is not None:
            await self.tell(told.channel, told.user, answer, told.thread)

    async def reaction(self, event: dict[str, Any]) -> None:
        item, user = event.get("item") or {}, str(event.get("user") or "")
        channel = str(item.get("channel") or "")
        link = await self.desk.link(Place("slack", channel))
        if item.get("type") != "message" or link is None or link.staff_place.id == channel:
            return
        known = await self.network.people.known(user)
        if known.bot:
            return
        await self.desk.handle(inbound.reacted(event, known.person))
        if event["type"] == "reaction_added" and event.get("reaction") in TICKET_SIGNS:
            told = await self.network.message(channel, str(item["ts"]))
            if told is not None:
                await self.raise_ticket(told, f"raised:{user}", user)

    async def raise_ticket(self, told: inbound.Event, ref: str, user: str) -> Answer | None:
        """Make a ticket of somebody's post, and take what has been answered to it since; `user` wants it."""
        about, locale, now = await self.about(told), await self.locale(user), self.clock.now()
        answer = await self.desk.handle(inbound.raised(told, *about, ref=ref, at=now, locale=locale))
        if isinstance(answer, Words) and not answer.refused:
            async for message in self.network.replies(told.channel, told.thread or told.ts, told.ts):
                reply = inbound.event(message | {"channel": told.channel})
                if reply is not None and inbound.moment(reply.ts) > inbound.moment(told.ts):
                    await self.take(reply, at=now)
        return answer

    async def about(self, told: inbound.Event) -> tuple[str, dict[str, Person], tuple[File, ...]]:
        """Look up what an event only names: our own user id, the people, and the files."""
        self.network.people.told(told.user, told.profile)
        bot = str((await self.network.api.who())["user_id"])
        people = await self.network.people.named([user for user in told.users if user])
        files = await asyncio.gather(*(self.network.files.described(one) for one in told.files))
        return bot, people, tuple(one for one in files if one is not None)

    async def membership(self, event: dict[str, Any]) -> None:
        place = Place("slack", str(event.get("channel")))
        link = await self.desk.link(place)
        if link is None:
            return
        us = event.get("user") == (await self.network.api.who())["user_id"]
        if us or link.staff_place == place:
            await self.guard.news.tell()
            await self.door({"channel": place.id})

    async def door(self, event: dict[str, Any]) -> None:
        """Something about a channel changed that may show it to others, or to us alone again."""
        channel = event.get("channel")
        by = str(event.get("actor_id") or event.get("user") or "")
        if isinstance(channel, str) and await self.desk.link(Place("slack", channel)) is not None:
            await self.guard.news.tell()
            who = await self.network.people.person(by) if by else None
            await self.guard.look(Place("slack", channel), who)

    async def moved(self, event: dict[str, Any]) -> None:
        old, new = str(event.get("old_channel_id")), str(event.get("new_channel_id"))
        await self.guard.moved(Place("slack", old), Place("slack", new))

    async def user_change(self, event: dict[str, Any]) -> None:
        if self.network.people.changed(event.get("user") or {}, await self.network.api.team()):
            await self.guard.news.tell()
            await self.guard.look_at_all()
