"""What happens in Slack's channels, handed on: guard, look people up, parse, tell the desk."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse

from adapters.slack import content, inbound, markup
from adapters.slack.answering import Answering
from adapters.slack.catchup import CatchUp
from adapters.slack.interactions import COMMAND, Interactions
from adapters.slack.network import SlackNetwork
from adapters.slack.turns import Turns
from bot.aside import aside
from bot.desk import Desk
from bot.guard import Guard
from bot.ports import Answer, Clock, Edited, Incoming, NotSent, ProjectPlaces, Said, Unavailable, Words
from bot.tickets.model import Person, Place, PostRef
from bot.words.say import language_for, say

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
#: Those after which we may see a channel again, or no longer.
SIGHTS = tuple(name for name in DOORS if "shared" not in name)
#: What a mention may ask for without opening a ticket, in a thread too.
QUESTIONS = ("help", "list", "status")
#: The reactions that make a ticket of a message.
TICKET_SIGNS = ("ticket", "admission_tickets")


def register(network: SlackNetwork, desk: Desk, guard: Guard, clock: Clock) -> None:
    """Attach everything the manifest subscribes to."""
    listening = Listening(network, desk, guard, clock)
    pressed = Interactions(network, desk, clock, listening.raise_ticket)
    catch_up = listening.catch_up
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
    buttons: tuple[str | re.Pattern[str], ...] = (
        "close_customer",
        "reopen",
        "recall",
        re.compile(r"rate_[1-5]"),
    )
    for button in buttons:
        app.action(button)(pressed.button)
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
        self.turns = Turns()
        self.catch_up = CatchUp(network.api, desk, self.take, network.alive, clock)

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
        if event.get("channel_type") == "im":
            if told is not None and told.kind == "said":
                await self.direct(told)
        elif told is not None:
            await self.take(told)

    async def direct(self, told: inbound.Event) -> None:
        """Somebody wrote to the app itself, where nobody reads: say where to write. Never to a bot."""
        if inbound.ours(told, await self.network.api.who()) or told.bot or not told.person:
            return
        known = await self.network.people.known(told.user)
        if not known.bot:
            text = say("said.direct", language_for(known.locale, "en"))
            await self.quietly(self.network.announce(Place("slack", told.channel), text))

    async def take(self, told: inbound.Event, *, at: datetime | None = None) -> None:
        """Take what was said, edited or deleted, now or while we were away; `at` if not when it was said."""
        # What is said in a thread is taken in the order of its times, however long a look-up takes.
        said = float(told.edited_at or told.ts)
        async with self.turns.turn((told.channel, told.thread or told.ts), said):
            await self.take_in_turn(told, at)

    async def take_in_turn(self, told: inbound.Event, at: datetime | None) -> None:
        if inbound.ours(told, await self.network.api.who()):
            return
        link = await self.desk.link(Place("slack", told.channel))
        if link is None and told.kind != "said":
            return
        about = await self.about(told, link)
        locale = await self.locale(told.person)
        incoming = await aside(told.size, inbound.incoming, told, about, locale=locale)
        opens = link is not None and not about.inside and await self.may_open(incoming)
        if opens and told.thread is not None and await self.raise_root(told, about.by):
            return
        answer = await self.desk.receive(replace(incoming, at=at or incoming.at))
        if opens and told.kind == "edited" and await self.desk.knows_thread(incoming.place, told.ts):
            await self.take_replies(told, self.clock.now())
        if answer is not None and not about.automated:
            await self.tell(told.channel, told.person, answer, told.thread)

    async def may_open(self, incoming: Incoming) -> bool:
        """Whether a mention may open a ticket out of a thread that has none."""
        act = incoming.act
        said = act.said if isinstance(act, Edited) else act
        if not isinstance(said, Said) or not said.mentioned or said.automated:
            return False
        if (said.command or "").strip().lower() in QUESTIONS and not said.files:
            return False
        return not await self.desk.knows_thread(incoming.place, said.thread or said.post.id)

    async def raise_root(self, told: inbound.Event, by: Person) -> bool:
        """Somebody mentions us in a running thread: what it is about are its first words, not the mention."""
        assert told.thread is not None
        root = await self.network.message(told.channel, told.thread)
        if root is None or root.ts != told.thread or inbound.ours(root, await self.network.api.who()):
            return False
        answer = await self.make_ticket(root, f"mentioned:{told.ts}", by)
        if not isinstance(answer, Words) or answer.refused:
            return False
        await self.take_replies(root, self.clock.now())
        return True

    async def reaction(self, event: dict[str, Any]) -> None:
        item, user = event.get("item") or {}, str(event.get("user") or "")
        channel = str(item.get("channel") or "")
        if item.get("type") != "message" or user == (await self.network.api.who())["user_id"]:
            return
        link = await self.desk.link(Place("slack", channel))
        asks = event["type"] == "reaction_added" and event.get("reaction") in TICKET_SIGNS
        if not asks and (link is None or link.staff_place.id == channel):
            return
        known = await self.network.people.known(user)
        if known.bot:
            return
        if link is not None and link.staff_place.id != channel:
            await self.desk.receive(inbound.reacted(event, known.person))
        if asks:
            await self.raise_reacted(channel, str(item["ts"]), known.person)

    async def raise_reacted(self, channel: str, ts: str, by: Person) -> None:
        """Make a ticket of what got a 🎫, or say why not: who put it there waits for something."""

        async def work() -> Answer | None:
            told = await self.network.message(channel, ts)
            if told is None or inbound.ours(told, await self.network.api.who()):
                return Words(say("no.not_words", await self.language(channel, by.id)), refused=True)
            return await self.raise_ticket(told, f"raised:{by.id}", by.id)

        answer = await self.with_words(work, channel, by.id)
        if isinstance(answer, Words) and answer.refused:
            await self.tell_surely(channel, by, answer)

    async def raise_ticket(self, told: inbound.Event, ref: str, user: str) -> Answer | None:
        """Make a ticket of somebody's post, and take what has been answered to it since; `user` wants it."""
        answer = await self.make_ticket(told, ref, await self.network.people.person(user))
        if isinstance(answer, Words) and not answer.refused:
            await self.take_replies(told, self.clock.now())
        return answer

    async def make_ticket(self, told: inbound.Event, ref: str, by: Person) -> Answer | None:
        link = await self.desk.link(Place("slack", told.channel))
        about, locale = await self.about(told, link), await self.locale(by.id)
        at = self.clock.now()
        raised = await aside(told.size, inbound.raised, told, about, ref=ref, by=by, at=at, locale=locale)
        return await self.desk.handle(raised)

    async def take_replies(self, told: inbound.Event, at: datetime) -> None:
        """Take what has been said in a thread since a post of it, in order."""
        async for message in self.network.replies(told.channel, told.thread or told.ts, told.ts):
            reply = inbound.event(message | {"channel": told.channel})
            if reply is not None and inbound.moment(reply.ts) > inbound.moment(told.ts):
                await self.take_in_turn(reply, at)

    async def about(self, told: inbound.Event, link: ProjectPlaces | None) -> inbound.About:
        """Look up what an event only names: the people, channels and groups, and the files."""
        network = self.network
        network.people.told(told.user, told.profile)
        us = str((await network.api.who())["user_id"])
        named = told.named
        whom = [ident for ident, kind in named.items() if kind == "user"]
        people = await network.people.named(list(dict.fromkeys([us, *whom])))
        by, automated = await self.author(told)
        names = markup.labels(told.text) | {user: person.name for user, person in people.items()}
        unnamed = [one for one, kind in named.items() if kind == "channel" and one not in names]
        names |= await network.channels(unnamed)
        files = await asyncio.gather(*(network.files.described(one) for one in told.files))
        post = PostRef(Place("slack", told.channel), told.ts)
        whole = told.kind in inbound.GONE or await aside(told.size, told.is_whole)
        return inbound.About(
            us=us,
            by=by,
            people=people,
            names=names,
            files=tuple(one for one in files if one is not None),
            automated=automated,
            language=link.project.language if link is not None else "en",
            where=("", None) if whole else await network.where(post),
            inside=link is not None and link.staff_place.id == told.channel,
        )

    async def author(self, told: inbound.Event) -> tuple[Person, bool]:
        """Return who said something, and whether it is a bot: one that we cannot look up says who it is."""
        if not told.person:
            return inbound.by_app(told), not content.mails(told.message)
        known = await self.network.people.known(told.user)
        if not known.bot:
            return known.person, False
        app = inbound.by_app(told)
        named = app if told.message.get("username") else replace(known.person, id=app.id)
        return named, True

    async def membership(self, event: dict[str, Any]) -> None:
        place = Place("slack", str(event.get("channel")))
        link = await self.desk.link(place)
        if link is None:
            return
        us = event.get("user") == (await self.network.api.who())["user_id"]
        if us or link.staff_place == place:
            await self.guard.news.tell()
            await self.door({"channel": place.id})
            if us:
                self.catch_up.want_at(place)

    async def door(self, event: dict[str, Any]) -> None:
        """Something about a channel changed that may show it to others, or to us alone again."""
        channel = event.get("channel")
        by = str(event.get("actor_id") or event.get("user") or "")
        if isinstance(channel, str) and await self.desk.link(Place("slack", channel)) is not None:
            await self.guard.news.tell()
            who = await self.network.people.person(by) if by else None
            await self.guard.look(Place("slack", channel), who)
            if event.get("type") in SIGHTS:
                self.catch_up.want_at(Place("slack", channel))

    async def moved(self, event: dict[str, Any]) -> None:
        old, new = str(event.get("old_channel_id")), str(event.get("new_channel_id"))
        await self.guard.moved(Place("slack", old), Place("slack", new))

    async def user_change(self, event: dict[str, Any]) -> None:
        if self.network.people.changed(event.get("user") or {}, await self.network.api.team()):
            await self.guard.news.tell()
            await self.guard.look_at_all()
