"""What Slack tells us, handed on: guard, look people up, parse, ask the desk, show the answer."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from weakref import WeakValueDictionary

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse

from adapters.slack import forms, inbound, markup, render
from adapters.slack.catchup import CatchUp
from adapters.slack.network import SlackNetwork
from bot.desk import Desk
from bot.guard import Guard
from bot.ports import Answer, Clock, NotSent, PlaceTaken, Unavailable, Words
from bot.tickets import asks as a
from bot.tickets.grammar import parse
from bot.tickets.model import File, Person, Place, PostRef, Project, Status, Visibility
from bot.tickets.texts import Refused, language_for, say

log = structlog.get_logger()

COMMAND = "/ticket"
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
PROJECT_KEY = re.compile(r"[A-Z][A-Z0-9]{1,9}")


def register(network: SlackNetwork, desk: Desk, guard: Guard, clock: Clock) -> None:
    """Attach everything the manifest subscribes to."""
    listening = _Listening(network, desk, guard, clock)
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
    app.event("app_home_opened")(listening.home)
    app.event("reaction_added")(listening.reaction)
    app.event("reaction_removed")(listening.reaction)
    app.shortcut("raise")(listening.raise_shortcut)
    app.shortcut("publish")(listening.publish_shortcut)
    app.command(COMMAND)(listening.command)
    for name in ("open_ticket", "comment", "reply", "edit", "note", "status", "assign", "close", "read"):
        app.action(name)(listening.form_button)
    for name in ("close_customer", "reopen", "recall", re.compile(r"rate_[1-5]")):
        app.action(name)(listening.button)
    for name in ("open", "comment", "reply", "edit", "note", "status", "assign", "close", "publish"):
        app.view(name)(listening.form)
    app.view("setup")(listening.setup)
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


class _Listening:
    def __init__(self, network: SlackNetwork, desk: Desk, guard: Guard, clock: Clock) -> None:
        self.network = network
        self.desk = desk
        self.guard = guard
        self.clock = clock
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

    # ------------------------------------------------------------ events

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

    # ------------------------------------------------------------ shortcuts

    async def raise_shortcut(self, ack: AsyncAck, shortcut: dict[str, Any]) -> None:
        """“Open a ticket” on a message."""
        channel, user = str(shortcut["channel"]["id"]), str(shortcut["user"]["id"])
        trigger = shortcut["trigger_id"]

        async def work() -> Answer | None:
            language = await self.language(channel, user)
            told = inbound.event(shortcut["message"] | {"channel": channel, "subtype": None})
            if told is None:
                return Words(say("no.not_words", language), refused=True)
            return await self.raise_ticket(told, f"shortcut:{trigger}", user)

        await self.show(trigger, await self.with_words(work, channel, user), channel, user)
        await ack()

    async def publish_shortcut(self, ack: AsyncAck, shortcut: dict[str, Any]) -> None:
        """“Send to customer” on a note: it is shown as the customer will see it, and sent by the form."""
        channel, user = str(shortcut["channel"]["id"]), str(shortcut["user"]["id"])
        trigger, ts = shortcut["trigger_id"], str(shortcut["message"]["ts"])

        async def work() -> Answer | None:
            language = await self.language(channel, user)
            person = await self.network.people.person(user)
            try:
                note, about, seen = await self.desk.note_at(PostRef(Place("slack", channel), ts), person)
            except Refused as refused:
                return Words(refused.words(language), refused=True)
            blocks = self.network.as_reply(note, person, about)
            await self.open(trigger, forms.publish(language, channel, note.ticket, note.id, seen, blocks))
            return None

        await self.show(trigger, await self.with_words(work, channel, user), channel, user)
        await ack()

    async def show(self, trigger: str, answer: Answer | None, channel: str, user: str) -> None:
        """Answer a shortcut in a modal: it can be used in channels that we are not in."""
        if isinstance(answer, Words):
            view = forms.words(await self.language(channel, user), answer.text)
            await self.quietly(self.open(trigger, view))

    async def membership(self, event: dict[str, Any]) -> None:
        channel = str(event.get("channel"))
        self.network.people.membership_changed(channel)
        link = await self.desk.link(Place("slack", channel))
        us = event.get("user") == (await self.network.api.who())["user_id"]
        if us or (link is not None and link.staff_place.id == channel):
            await self.door({"channel": channel})

    async def door(self, event: dict[str, Any]) -> None:
        """Something about a channel changed that may show it to others, or to us alone again."""
        channel = event.get("channel")
        by = str(event.get("actor_id") or event.get("user") or "")
        if isinstance(channel, str) and await self.desk.link(Place("slack", channel)) is not None:
            who = await self.network.people.person(by) if by else None
            await self.guard.look(Place("slack", channel), who)

    async def moved(self, event: dict[str, Any]) -> None:
        old, new = str(event.get("old_channel_id")), str(event.get("new_channel_id"))
        self.network.people.membership_changed(old)
        await self.guard.moved(Place("slack", old), Place("slack", new))
        self.desk.forget()

    async def user_change(self, event: dict[str, Any]) -> None:
        user = event.get("user") or {}
        self.network.people.changed(str(user.get("id")))
        if user.get("is_restricted") or user.get("is_ultra_restricted"):
            await self.guard.look_at_all()

    # ------------------------------------------------------------ the App Home

    async def home(self, event: dict[str, Any]) -> None:
        """Somebody looks at our App Home: staff find their desks, others how to open a ticket."""
        if event.get("tab", "home") != "home":
            return
        api, user = self.network.api, str(event["user"])
        person, locale = await self.network.people.person(user), await self.locale(user)
        listings = await self.desk.home(person, locale)
        if listings:
            view = render.home(listings, await api.addresses())
        else:
            view = render.home_of_others(language_for(locale, "en"), str((await api.who())["user_id"]))
        await api.call("views.publish", user_id=user, view=view)

    # ------------------------------------------------------------ commands

    async def command(self, ack: AsyncAck, command: dict[str, Any]) -> None:
        channel, user, trigger = command["channel_id"], command["user_id"], command["trigger_id"]
        text = command.get("text") or ""

        async def work() -> Answer | None:
            language = await self.language(channel, user)
            people = await self.network.people.named(markup.mentioned(text))
            person = await self.network.people.person(user)
            try:
                ask = parse(*inbound.command_text(text, people))
                if isinstance(ask, a.AskOpen) and not ask.title:
                    await self.linked(channel)
                    await self.open(trigger, forms.open_ticket(language, channel))
                    return None
                if isinstance(ask, a.AskSetup):
                    await self.insider_only(user)
                    link = await self.desk.link(Place("slack", channel))
                    await self.open(trigger, forms.setup(language, channel, link))
                    return None
            except Refused as refused:
                return Words(refused.words(language), refused=True)
            answer = await self.ask(ask, f"command:{trigger}", person, channel)
            if isinstance(ask, a.AskPanel) and isinstance(answer, Words) and not answer.refused:
                post = render.panel(language)
                await self.network.api.call(
                    "chat.postMessage", channel=channel, text=post.text, blocks=post.blocks
                )
            return answer

        answer = await self.with_words(work, channel, user)
        if answer is None:
            await ack()
            return
        post = render.answer(answer, await self.network.api.addresses())
        await ack(text=post.text, blocks=post.blocks)

    # ------------------------------------------------------------ buttons

    async def form_button(self, ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        """A button that opens a form."""
        channel, user, trigger = _channel(body), body["user"]["id"], body["trigger_id"]

        async def work() -> Answer | None:
            language = await self.language(channel, user)
            try:
                view = await self.view_for(action, channel, user, language)
            except Refused as refused:
                return Words(refused.words(language), refused=True)
            await self.open(trigger, view)
            return None

        answer = await self.with_words(work, channel, user)
        await ack()
        if answer is not None:
            await self.tell(channel, user, answer, _thread(body))

    async def view_for(
        self, action: dict[str, Any], channel: str, user: str, language: str
    ) -> dict[str, Any]:
        name = action["action_id"]
        if name == "open_ticket":
            return forms.open_ticket(language, channel)
        about = json.loads(action["value"])
        ticket, place = about["t"], Place("slack", channel)
        person = await self.network.people.person(user)
        match name:
            case "comment":
                return forms.comment(language, channel, ticket)
            case "reply":
                return forms.reply(language, channel, ticket, person.name, about["p"])
            case "edit":
                entry = about["e"]
                text, author, where = await self.desk.reply_text(place, person, ticket, entry)
                return forms.edit(language, channel, ticket, entry, markup.mrkdwn(text), author, where.id)
            case "note":
                return forms.note(language, channel, ticket)
            case "read":
                ref = f"action:{channel}:{user}:{action['action_ts']}"
                answer = await self.ask(a.AskRecord(ticket), ref, person, channel)
                if isinstance(answer, Words):
                    return forms.words(language, answer.text)
                blocks = render.answer(answer).blocks[1:] if answer is not None else []
                return forms.shown(say("form.record.title", language), blocks, language)
            case "status":
                present = await self.desk.status(place, person, ticket)
                return forms.status(language, channel, ticket, present)
            case "assign":
                return forms.assign(language, channel, ticket, user)
            case _:
                return forms.close(language, channel, ticket)

    async def button(self, ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        """A button that acts at once."""
        channel, user = _channel(body), body["user"]["id"]
        about = json.loads(action["value"])
        name = action["action_id"]

        async def work() -> Answer | None:
            person = await self.network.people.person(user)
            ref = f"action:{channel}:{user}:{action['action_ts']}"
            return await self.ask(_pressed(name, about), ref, person, channel)

        answer = await self.with_words(work, channel, user)
        await ack()
        if isinstance(answer, Words) and answer.refused:
            await self.tell(channel, user, answer, _thread(body))

    # ------------------------------------------------------------ forms

    async def form(self, ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        entered, about, user = inbound.fields(view), inbound.metadata(view), body["user"]["id"]
        channel = about["c"]

        async def work() -> Answer | None:
            person = await self.network.people.person(user)
            to = entered.get("to")
            assignee = await self.network.people.person(to) if to else None
            ask = _entered(view["callback_id"], about, entered, assignee)
            return await self.ask(ask, f"view:{view['id']}", person, channel)

        answer = await self.with_words(work, channel, user)
        if isinstance(answer, Words) and answer.refused:
            await self.refuse(ack, view, answer)
        else:
            await ack()

    async def setup(self, ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        entered, about, user = inbound.fields(view), inbound.metadata(view), body["user"]["id"]
        language = entered["language"] or about["l"]

        async def work() -> Answer | None:
            try:
                await self.insider_only(user)
                key, name = entered["key"].strip().upper(), entered["name"].strip()
                if not PROJECT_KEY.fullmatch(key):
                    raise Refused("no.key", field="key")
                if not 1 <= len(name) <= 60:
                    raise Refused("no.name", field="name")
                await self.network.check_places(entered["customer"], entered["staff"])
                await self.desk.set_up(
                    await self.network.people.person(user),
                    Project(key, name, language, every_message=entered.get("every") == "yes"),
                    (Place("slack", entered["customer"]),),
                    Place("slack", entered["staff"]),
                )
            except PlaceTaken as taken:
                words = say("no.place_taken", language, key=taken)
                return Words(words, refused=True, field="customer")
            except Refused as refused:
                return Words(refused.words(language), refused=True, field=refused.field)
            customer, staff = f"<#{entered['customer']}>", f"<#{entered['staff']}>"
            return Words(say("done.linked", language, key=key, customer=customer, staff=staff))

        answer = await self.with_words(work, about["c"], user)
        if isinstance(answer, Words) and answer.refused:
            await self.refuse(ack, view, answer)
            return
        await ack()
        if answer is not None:
            post = render.answer(answer)
            await self.quietly(self.network.show(about["c"], user, post))

    # ------------------------------------------------------------ inside

    async def ask(self, ask: a.Ask, ref: str, by: Person, channel: str) -> Answer | None:
        return await self.desk.handle(
            inbound.asked(
                ask,
                ref=ref,
                by=by,
                channel=channel,
                at=self.clock.now(),
                locale=await self.locale(by.id),
            )
        )

    async def with_words(
        self, work: Callable[[], Awaitable[Answer | None]], channel: str, user: str
    ) -> Answer | None:
        """Do what a person waits for. Slack does not repeat these: what fails is said to them in words."""
        try:
            return await work()
        except Unavailable as error:
            log.error("database_away", network="slack", error=str(error))
            return Words(say("no.database", language_for(await self.locale(user), "en")), refused=True)
        except NotSent as error:
            log.error("slack_refused", reason=error.reason)
            return Words(say("no.trouble", await self.language(channel, user)), refused=True)

    async def refuse(self, ack: AsyncAck, view: dict[str, Any], words: Words) -> None:
        """Show a refusal beside the field it is about, or beside the first one."""
        inputs = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
        if not inputs:
            shown = forms.words(inbound.metadata(view).get("l", "en"), words.text)
            await ack(response_action="update", view=shown)
            return
        field = words.field if words.field in inputs else inputs[0]
        await ack(response_action="errors", errors={field: words.text})

    async def tell(self, channel: str, user: str, answer: Answer, thread: str | None) -> None:
        if user:
            await self.quietly(self.network.show(channel, user, render.answer(answer), thread))

    async def quietly(self, telling: Awaitable[None]) -> None:
        """An ephemeral answer is best effort: what it speaks of has been committed already."""
        try:
            await telling
        except NotSent as error:
            log.warning("not_told", reason=error.reason)

    async def open(self, trigger: str, view: dict[str, Any]) -> None:
        await self.network.api.call("views.open", trigger_id=trigger, view=view)

    async def language(self, channel: str, user: str) -> str:
        """Return what a person is answered in: their own language if Slack tells it, or the project's."""
        link = await self.desk.link(Place("slack", channel))
        return language_for(await self.locale(user), link.project.language if link else "en")

    async def locale(self, user: str) -> str | None:
        try:
            return (await self.network.people.known(user)).locale if user else None
        except NotSent:
            return None

    async def linked(self, channel: str) -> None:
        if await self.desk.link(Place("slack", channel)) is None:
            raise Refused("no.project")

    async def insider_only(self, user: str) -> None:
        if not (await self.network.people.known(user)).insider:
            raise Refused("no.setup_guest")


def _pressed(name: str, about: dict[str, str]) -> a.Ask:
    match name:
        case "close_customer":
            return a.AskClose(about["t"])
        case "reopen":
            return a.AskReopen(about["t"])
        case "recall":
            return a.AskRecall(about["t"], about["e"])
        case _:
            return a.AskRate(about["t"], int(name.removeprefix("rate_")))


def _entered(form: str, about: dict[str, str], entered: dict[str, str], assignee: Person | None) -> a.Ask:
    ticket, text = about.get("t", ""), markup.typed(entered.get("text", ""))
    match form:
        case "open":
            return a.AskOpen(entered["title"], text)
        case "comment":
            return a.AskComment(ticket, text)
        case "reply":
            return a.AskReply(ticket, text)
        case "edit":
            return a.AskEdit(ticket, about["e"], text)
        case "note":
            return a.AskNote(ticket, text)
        case "publish":
            return a.AskPublish(ticket, about["e"], about["d"])
        case "status":
            return a.AskStatus(ticket, Status(entered["status"]), Visibility(entered["visibility"]))
        case "assign":
            return a.AskAssign(ticket, assignee, visibility=Visibility(entered["visibility"]))
        case _:
            return a.AskClose(ticket, markup.typed(entered["resolution"]), markup.typed(entered["reason"]))


def _channel(body: dict[str, Any]) -> str:
    return str((body.get("channel") or {}).get("id") or body["container"]["channel_id"])


def _thread(body: dict[str, Any]) -> str | None:
    """Return the thread of the message whose button was pressed, its own if it starts one."""
    message = body.get("message") or {}
    return message.get("thread_ts") or message.get("ts")
