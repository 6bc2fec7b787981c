"""What people press, type as commands and fill in on Slack: parse, ask the desk, show the answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncAck

from adapters.slack import forms, inbound, markup, render
from adapters.slack.answering import Answering
from adapters.slack.network import SlackNetwork
from bot.desk import Desk
from bot.forms import entered, form_for, pressed
from bot.ports import Answer, Clock, PlaceTaken, Words
from bot.tickets import asks as a
from bot.tickets.grammar import PROJECT_KEY, parse
from bot.tickets.model import Place, PostRef, Project
from bot.view import forms as view_forms
from bot.words.say import Refused, language_for, say

COMMAND = "/ticket"
#: Makes a ticket of somebody's post; the text names the act, the last one is who wants it.
Raise = Callable[[inbound.Event, str, str], Awaitable[Answer | None]]


class Interactions(Answering):
    """Shortcuts, the App Home, slash commands, buttons and forms."""

    def __init__(self, network: SlackNetwork, desk: Desk, clock: Clock, raise_ticket: Raise) -> None:
        super().__init__(network, desk, clock)
        self.raise_ticket = raise_ticket

    # ------------------------------------------------------------ shortcuts

    async def raise_shortcut(self, ack: AsyncAck, shortcut: dict[str, Any]) -> None:
        """“Open a ticket” on a message."""
        channel, user = str(shortcut["channel"]["id"]), str(shortcut["user"]["id"])
        trigger = shortcut["trigger_id"]

        async def work() -> Answer | None:
            language = await self.language(channel, user)
            told = inbound.event(shortcut["message"] | {"channel": channel})
            if told is None or inbound.ours(told, await self.network.api.who()):
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
            form = view_forms.publish(language, note.ticket, note.id, seen)
            await self.open(trigger, forms.printed(form, channel, user, blocks))
            return None

        await self.show(trigger, await self.with_words(work, channel, user), channel, user)
        await ack()

    async def show(self, trigger: str, answer: Answer | None, channel: str, user: str) -> None:
        """Answer a shortcut in a modal: it can be used in channels that we are not in."""
        if isinstance(answer, Words):
            view = forms.words(await self.language(channel, user), answer.text)
            await self.quietly(self.open(trigger, view))

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
            ask = parse(*inbound.command_text(text, people))
            if isinstance(ask, a.AskOpen) and not ask.title:
                await self.linked(channel)
                form = view_forms.open_ticket(language)
                await self.open(trigger, forms.printed(form, channel, user))
                return None
            if isinstance(ask, a.AskSetup):
                await self.insider_only(user)
                link = await self.desk.link(Place("slack", channel))
                await self.open(trigger, forms.setup(language, channel, link))
                return None
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
        # It is Slack's default, but what staff are answered must not depend on a default.
        await ack(text=post.text, blocks=post.blocks, response_type="ephemeral")

    # ------------------------------------------------------------ buttons

    async def form_button(self, ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        """A button that opens a form."""
        channel, user, trigger = _channel(body), body["user"]["id"], body["trigger_id"]

        async def work() -> Answer | None:
            language = await self.language(channel, user)
            await self.open(trigger, await self.view_for(action, channel, user, language))
            return None

        answer = await self.with_words(work, channel, user)
        await ack()
        if answer is not None:
            await self.tell(channel, user, answer, _thread(body))

    async def view_for(
        self, action: dict[str, Any], channel: str, user: str, language: str
    ) -> dict[str, Any]:
        act, about = render.pressed(action)
        person, ref = await self.network.people.person(user), f"action:{channel}:{user}:{action['action_ts']}"
        if act == "read":
            answer = await self.ask(pressed("slack", act, about), ref, person, channel)
            if isinstance(answer, Words):
                return forms.words(language, answer.text)
            blocks = render.answer(answer).blocks[1:] if answer is not None else []
            return forms.shown(say("form.record.title", language), blocks, language)
        where = render.spot(about["where"]) if "where" in about else None
        form = await form_for(self.desk, act, Place("slack", channel), person, language, about, where)
        return forms.printed(form, channel, user)

    async def button(self, ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        """A button that acts at once."""
        channel, user = _channel(body), body["user"]["id"]

        async def work() -> Answer | None:
            ask = pressed("slack", *render.pressed(action))
            person = await self.network.people.person(user)
            return await self.ask(ask, f"action:{channel}:{user}:{action['action_ts']}", person, channel)

        answer = await self.with_words(work, channel, user)
        await ack()
        if isinstance(answer, Words) and answer.refused:
            await self.tell(channel, user, answer, _thread(body))

    # ------------------------------------------------------------ forms

    async def form(self, ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        fields, about, user = inbound.fields(view), inbound.metadata(view), body["user"]["id"]
        channel = about["c"]

        async def work() -> Answer | None:
            person = await self.network.people.person(user)
            to = fields.get("to")
            assignee = await self.network.people.person(to) if to else None
            act, told = view["callback_id"], render.unpacked(about)
            ask = entered("slack", act, told, fields, assignee, markup.typed)
            return await self.ask(ask, f"view:{view['id']}", person, channel, held=True)

        answer = await self.with_words(work, channel, user)
        if isinstance(answer, Words) and answer.refused:
            await self.refuse(ack, view, answer)
        else:
            await ack()

    async def setup(self, ack: AsyncAck, body: dict[str, Any], view: dict[str, Any]) -> None:
        fields, about, user = inbound.fields(view), inbound.metadata(view), body["user"]["id"]
        language = fields["language"] or about["l"]

        async def work() -> Answer | None:
            try:
                await self.insider_only(user)
                key, name = fields["key"].strip().upper(), fields["name"].strip()
                if not PROJECT_KEY.fullmatch(key):
                    raise Refused("no.key", field="key")
                if not 1 <= len(name) <= 60:
                    raise Refused("no.name", field="name")
                await self.network.check_places(fields["customer"], fields["staff"])
                await self.desk.set_up(
                    await self.network.people.person(user),
                    Project(key, name, language, every_message=fields.get("every") == "yes"),
                    (Place("slack", fields["customer"]),),
                    Place("slack", fields["staff"]),
                )
            except PlaceTaken as taken:
                words = say("no.place_taken", language, key=taken)
                return Words(words, refused=True, field="customer")
            except Refused as refused:
                return Words(refused.words(language), refused=True, field=refused.field)
            customer, staff = f"<#{fields['customer']}>", f"<#{fields['staff']}>"
            return Words(say("done.linked", language, key=key, customer=customer, staff=staff))

        answer = await self.with_words(work, about["c"], user)
        if isinstance(answer, Words) and answer.refused:
            await self.refuse(ack, view, answer)
            return
        await ack()
        if answer is not None:
            post = render.answer(answer)
            await self.quietly(self.network.show(about["c"], user, post))

    async def refuse(self, ack: AsyncAck, view: dict[str, Any], words: Words) -> None:
        """Show a refusal beside the field it is about, or beside the first one."""
        inputs = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
        if not inputs:
            shown = forms.words(inbound.metadata(view).get("l", "en"), words.text)
            await ack(response_action="update", view=shown)
            return
        field = words.field if words.field and words.field in inputs else inputs[0]
        await ack(response_action="errors", errors={field: words.text})

    async def linked(self, channel: str) -> None:
        if await self.desk.link(Place("slack", channel)) is None:
            raise Refused("no.project")

    async def insider_only(self, user: str) -> None:
        if not (await self.network.people.known(user)).insider:
            raise Refused("no.setup_guest")


def _channel(body: dict[str, Any]) -> str:
    return str((body.get("channel") or {}).get("id") or body["container"]["channel_id"])


def _thread(body: dict[str, Any]) -> str | None:
    """Return the thread of the message whose button was pressed, its own if it starts one."""
    message = body.get("message") or {}
    return message.get("thread_ts") or message.get("ts")
