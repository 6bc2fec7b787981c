"""What happens on Discord, handed on: guard, parse, tell or ask the desk, show the answer."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, Final, Literal, TypeAlias, TypeVar
from weakref import WeakValueDictionary

import discord
import structlog
from discord import app_commands

from adapters.discord import commands, forms, inbound, render
from adapters.discord.answering import Answering
from adapters.discord.api import sdk_errors_as_not_sent
from adapters.discord.catchup import CatchUp
from adapters.discord.network import NOBODY, DiscordNetwork
from bot.aside import aside
from bot.desk import Desk
from bot.forms import entered, form_for, pressed
from bot.guard import Guard
from bot.ports import Answer, Clock, NotSent, PlaceTaken, Said, Unavailable, Words
from bot.tickets import asks as a
from bot.tickets.grammar import PROJECT_KEY
from bot.tickets.model import Place, PostRef, Side
from bot.view import forms as view_forms
from bot.words.keys import TextKey
from bot.words.say import Refused, say

T = TypeVar("T")
Listener: TypeAlias = Callable[..., Coroutine[Any, Any, None]]

log = structlog.get_logger()

#: How long after a post a webhook may say its words again for its author.
PROXIED = timedelta(seconds=20)
#: The most posts of a running thread that come along with a mention in it.
BROUGHT = 200
#: The reactions that make a ticket of a message.
TICKET_SIGNS = ("🎫", "🎟️", "🎟")
#: Seconds that what is being taken has to end when we stop.
CLOSE_TIMEOUT = 3.0
#: What can be done with a message by its menu: the text that names it, and the method.
MENUS: Final[Mapping[TextKey, str]] = {
    "button.open": "raise_",
    "form.add.submit": "add",
    "form.publish.submit": "publish",
}


def register(network: DiscordNetwork, desk: Desk, guard: Guard, clock: Clock) -> None:
    """Have the listeners attached to each new client."""

    def attach(client: discord.AutoShardedClient) -> Coroutine[Any, Any, None]:
        listening = Listening(network, desk, guard, clock, client)
        for listener in listening.events():
            client.event(listening.guarded(listener))
        return listening.beside()

    network.attach = attach
    network.tell_lost = lambda place, thread: desk.lost_thread(place, thread, needed=True)


class Listening(Answering):
    """Takes everything that a client tells."""

    def __init__(
        self,
        network: DiscordNetwork,
        desk: Desk,
        guard: Guard,
        clock: Clock,
        client: discord.AutoShardedClient,
    ) -> None:
        super().__init__(network, desk, clock)
        self.guard = guard
        self.client = client
        self.catch_up = CatchUp(self, lambda: not self.away)
        self.turns: WeakValueDictionary[tuple[str, int], asyncio.Lock] = WeakValueDictionary()
        self.tree = app_commands.CommandTree(client)
        self.tree.add_command(commands.group(self))
        for key, work in MENUS.items():
            name, callback = commands.told(key), self._menu(getattr(self, work))
            menu = app_commands.ContextMenu(name=name, callback=callback)
            if work == "publish":
                # Shown to who may moderate, unless the server's settings say otherwise; the desk decides.
                menu.default_permissions = discord.Permissions(manage_messages=True)
            self.tree.add_command(menu)
        #: The last post of a person in each channel, outside of threads.
        self.openings: dict[int, discord.Message] = {}
        #: The shards whose connection is away: what happens there is not heard of.
        self.away: set[int] = set()
        #: What is being taken right now.
        self.running: set[asyncio.Task[Any]] = set()

    def events(self) -> list[Listener]:
        """Return what listens to Discord's events, each by the event's name."""
        return [
            self.on_ready,
            self.on_shard_ready,
            self.on_shard_resumed,
            self.on_shard_disconnect,
            self.on_message,
            self.on_raw_message_edit,
            self.on_raw_message_delete,
            self.on_raw_bulk_message_delete,
            self.on_raw_reaction_add,
            self.on_raw_reaction_remove,
            self.on_guild_channel_update,
            self.on_guild_channel_delete,
            self.on_guild_role_update,
            self.on_guild_role_delete,
            self.on_member_update,
            self.on_guild_remove,
            self.on_guild_unavailable,
            self.on_guild_join,
            self.on_guild_available,
            self.on_raw_thread_delete,
            self.on_webhooks_update,
            self.on_interaction,
        ]

    def guarded(self, listener: Listener) -> Listener:
        """Return the one place where faults end. What was not taken is found when we look back."""

        @functools.wraps(listener)
        async def guarded(*given: Any) -> None:
            task = asyncio.current_task()
            assert task is not None
            self.running.add(task)
            try:
                await listener(*given)
            except (Unavailable, NotSent) as error:
                log.error("not_taken", network="discord", kind=listener.__name__, error=str(error))
                self.catch_up.want()
            except Exception:
                log.exception("not_taken", network="discord", kind=listener.__name__)
            finally:
                self.running.discard(task)

        return guarded

    async def beside(self) -> None:
        """Catch up until cancelled; what is being taken then may end first."""
        try:
            await self.catch_up.run()
        finally:
            if self.running:
                _, late = await asyncio.wait(set(self.running), timeout=CLOSE_TIMEOUT)
                for task in late:
                    task.cancel()

    # ------------------------------------------------------------ what is said

    async def on_ready(self) -> None:
        self.catch_up.want()
        await self.guard.look_at_all(customers=True)
        with sdk_errors_as_not_sent():
            await commands.synchronise(self.tree, self.network.guild)

    async def on_shard_ready(self, shard: int) -> None:
        self.away.discard(shard)

    async def on_shard_resumed(self, shard: int) -> None:
        self.away.discard(shard)
        self.catch_up.resumed()

    async def on_shard_disconnect(self, shard: int) -> None:
        self.away.add(shard)
        self.catch_up.lost()

    async def on_message(self, message: discord.Message) -> None:
        if message.guild is None:
            await self._answer_alone(message)
        else:
            async with self._turn("heard", message.channel.id):
                place = inbound.where(message.channel)[0]
                if await self.desk.link(place) is not None:
                    await self.catch_up.before(message.channel, place)
                await self.take(message)

    async def take(self, message: discord.Message, *, late: bool = False) -> None:
        """Take what somebody said; `late`: it is found when looking back."""
        async with self._turn("taken", message.channel.id):
            told = await self._read(message)
            if told is None:
                return
            if told.thread is None:
                told = await self._proxied(message, told)
            elif told.mentioned and not told.automated:
                await self._bring_thread(message, told)
            answer = await self.desk.receive(inbound.incoming(message, told))
            if message.edited_at is not None and late:
                answer = await self.desk.receive(inbound.edited(message, told)) or answer
        if answer is not None and not told.automated:
            await self.tell(message.author, answer)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        message = payload.message
        if message.edited_at is None:
            return  # an address was unfolded: nobody changed a word
        async with self._turn("taken", payload.channel_id):
            channel = await self.channel(payload.channel_id)
            if channel is None:
                return
            message.channel = channel
            told = await self._read(message)
            if told is None:
                return
            answer = await self.desk.receive(inbound.edited(message, told))
        if answer is not None and not told.automated:
            await self.tell(message.author, answer)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        await self.deleted(payload.channel_id, [payload.message_id])

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        # A ban or a purge: no author takes back many posts at once.
        await self.deleted(payload.channel_id, sorted(payload.message_ids), sure=False)

    async def deleted(self, channel_id: int, messages: list[int], *, sure: bool = True) -> None:
        async with self._turn("taken", channel_id):
            channel = await self.channel(channel_id)
            if channel is None or await self.desk.link(inbound.where(channel)[0]) is None:
                return
            for message in messages:
                await self.desk.receive(inbound.deleted(inbound.where(channel)[0], message, sure=sure))

    async def take_absent(self, place: Place, message: int, *, sure: bool) -> None:
        """Take that a post is not there any more; nobody has told us why."""
        await self.desk.receive(inbound.deleted(place, message, sure=sure))

    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        await self.reaction(payload)

    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        await self.reaction(payload)

    async def reaction(self, payload: discord.RawReactionActionEvent) -> None:
        if payload.user_id == self._me.id or payload.guild_id is None:
            return
        raises = payload.event_type == "REACTION_ADD" and payload.emoji.name in TICKET_SIGNS
        channel = await self.channel(payload.channel_id)
        place = inbound.where(channel)[0] if channel is not None else None
        link = await self.desk.link(place) if place else None
        if channel is None or place is None or link is None or (link.staff_place == place and not raises):
            return
        with sdk_errors_as_not_sent():
            guild = channel.guild
            member = guild.get_member(payload.user_id) or await guild.fetch_member(payload.user_id)
        if member.bot:
            return
        if link.staff_place != place:
            by = inbound.person(member)
            await self.desk.receive(inbound.reacted(place, payload, by, self.clock.now()))
        if raises:
            with sdk_errors_as_not_sent():
                message = await channel.fetch_message(payload.message_id)
            await self._raise_by_sign(message, member, f"raised:{payload.user_id}")

    async def _raise_by_sign(self, message: discord.Message, member: discord.Member, ref: str) -> None:
        """Make a ticket of a post for who put the sign on it, or tell them why there is none."""
        told = await self._read(message)
        answer: Answer | None = None
        if told is None:
            link = await self.desk.link(inbound.where(message.channel)[0])
            if await self.desk.claim(f"discord:{message.id}:{ref}:answer"):
                answer = Words(say("no.not_words", link.project.language if link else "en"), refused=True)
        else:
            raised = inbound.raised(message, told, ref=ref, at=self.clock.now(), by=member)
            answer = await self.desk.handle(raised)
        if isinstance(answer, Words) and answer.refused:
            await self.tell(member, answer, at=message)

    # ------------------------------------------------------------ who can see what

    async def on_guild_channel_update(self, _: Any, after: Any) -> None:
        self.catch_up.check()
        await self.look(after)

    async def on_guild_channel_delete(self, channel: Any) -> None:
        await self.look(channel)

    async def on_guild_role_update(self, _: discord.Role, after: discord.Role) -> None:
        await self.rights_changed()

    async def on_guild_role_delete(self, _: discord.Role) -> None:
        await self.rights_changed()

    async def on_member_update(self, _: discord.Member, after: discord.Member) -> None:
        if after.id == self._me.id:
            await self.rights_changed()

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await self.rights_changed()

    async def on_guild_unavailable(self, guild: discord.Guild) -> None:
        self.catch_up.check()

    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self.back_in(guild)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        await self.back_in(guild)

    async def back_in(self, guild: discord.Guild) -> None:
        """Look back over a server that we were out of, however short a time."""
        self.catch_up.again(Place("discord", str(one.id)) for one in guild.text_channels)
        await self.guard.look_at_all(customers=True)

    async def rights_changed(self) -> None:
        """See what we can hear, and which doors are shut."""
        self.catch_up.check()
        await self.guard.look_at_all(customers=True)

    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        place = Place("discord", str(payload.parent_id))
        if await self.desk.link(place) is not None:
            await self.lost_thread(place, str(payload.thread_id))

    async def lost_thread(self, place: Place, thread: str) -> bool:
        """A thread was deleted; say whether a ticket hung on it."""
        lost = await self.desk.lost_thread(place, thread)
        if lost:
            await self.network.clear_up(place, thread)
        return lost

    async def on_webhooks_update(self, channel: Any) -> None:
        self.network.forget_webhook(channel.id)

    async def look(self, channel: Any) -> None:
        place = Place("discord", str(channel.id))
        if await self.desk.link(place) is not None:
            await self.guard.look(place)

    # ------------------------------------------------------------ what people press, choose and fill in

    async def command(self, interaction: discord.Interaction, ask: a.Ask) -> None:
        async def work() -> Answer | discord.ui.Modal | None:
            if isinstance(ask, a.AskOpen) and not ask.title:
                await self.linked(interaction)
                form = view_forms.open_ticket(await self.project_language(interaction))
                return forms.printed(form, interaction.user.id)
            answer = await self.ask(ask, interaction)
            if isinstance(ask, a.AskPanel) and isinstance(answer, Words) and not answer.refused:
                with sdk_errors_as_not_sent():
                    await self._post_panel(interaction)
            return answer

        await self.answer(interaction, work)

    async def refuse(self, interaction: discord.Interaction, refused: Refused) -> None:
        """Say what is wrong with what somebody typed."""

        async def work() -> Answer | None:
            raise refused

        await self.answer(interaction, work)

    async def set_up(self, interaction: discord.Interaction, setup: commands.Setup) -> None:
        await self.answer(interaction, lambda: self._set_up(interaction, setup))

    async def _set_up(self, interaction: discord.Interaction, setup: commands.Setup) -> Answer:
        project, customer, staff = setup.project, setup.customer, setup.staff
        if not interaction.permissions.manage_guild:
            raise Refused("no.setup_manager")
        if not PROJECT_KEY.fullmatch(project.key):
            raise Refused("no.key")
        if not project.name:
            raise Refused("no.name")
        if customer.id == staff.id:
            raise Refused("no.same_place")
        if staff.permissions_for(staff.guild.default_role).view_channel:
            raise Refused("no.staff_public")
        if staff.is_news() and not project.whole_team:
            raise Refused("no.staff_news")
        for channel, side in ((customer, Side.CUSTOMER), (staff, Side.STAFF)):
            if names := self.network.lacking(channel, side):
                raise Refused("no.permissions", place=channel.mention, names=names)
        where = [Place("discord", str(one.id)) for one in (customer, staff)]
        by, language = inbound.person(interaction.user), self.language(interaction, project.language)
        try:
            await self.desk.set_up(by, project, (where[0],), where[1], whole_team=project.whole_team)
        except PlaceTaken as taken:
            raise Refused("no.place_taken", key=taken) from None
        told = {"customer": customer.mention, "staff": staff.mention}
        return Words(say("done.linked", language, key=project.key, **told))

    async def tickets(
        self, interaction: discord.Interaction, typed: str, *, closed: bool
    ) -> list[tuple[str, str]]:
        place, by = inbound.where(interaction.channel)[0], inbound.person(interaction.user)
        return await self._suggested(self.desk.suggest(place, by, typed, closed=closed))

    async def tags(self, interaction: discord.Interaction) -> list[str]:
        place, by = inbound.where(interaction.channel)[0], inbound.person(interaction.user)
        return await self._suggested(self.desk.tags(place, by))

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Buttons and forms of ours, from before a restart too: everything stands in their ids."""
        data: Any = interaction.data or {}
        ours, _, rest = str(data.get("custom_id") or "").partition(":")
        if ours != render.OURS:
            return
        act, *about = rest.split(":")
        if interaction.type is discord.InteractionType.modal_submit and act == "add":
            await self.answer(interaction, lambda: self.added(interaction, int(about[0])))
        elif interaction.type is discord.InteractionType.modal_submit:
            await self.answer(interaction, lambda: self.form(interaction, act, about), quiet=True)
        elif act == "ready":
            ident = str(data["custom_id"])
            await self.open_ready(interaction, ident, lambda: self.form_for(interaction, about[1], about[2:]))
        elif act in view_forms.FORMS:
            await self.answer(interaction, lambda: self.form_for(interaction, act, about))
        elif act == "read":
            await self.answer(interaction, lambda: self.pressed(interaction, act, about))
        elif act == "join":
            await self.answer(interaction, lambda: self.join(interaction, about[0]), quiet=True)
        else:
            await self.answer(interaction, lambda: self.pressed(interaction, act, about), quiet=True)

    async def form_for(
        self, interaction: discord.Interaction, act: str, about: list[str]
    ) -> Answer | discord.ui.Modal | None:
        language = await self.project_language(interaction)
        place, by = inbound.where(interaction.channel)[0], inbound.person(interaction.user)
        if act == "open":
            await self.linked(interaction)
        if act in ("publish", "add"):
            raise Refused("no.trouble")  # it was about what stood there then: it is asked for anew
        form = await form_for(self.desk, act, place, by, language, forms.about(about))
        return forms.printed(form, interaction.user.id)

    async def form(self, interaction: discord.Interaction, act: str, about: list[str]) -> Answer | None:
        data: Any = interaction.data or {}
        fields = inbound.fields(data)
        to = None
        if fields.get("to"):
            guild = interaction.guild
            assert guild is not None
            with sdk_errors_as_not_sent():
                member = guild.get_member(int(fields["to"])) or await guild.fetch_member(int(fields["to"]))
            to = inbound.person(member)
        typed = partial(inbound.shown, interaction.guild)
        ask = entered("discord", act, forms.about(about), fields, to, typed)
        return await self.ask(ask, interaction)

    async def pressed(self, interaction: discord.Interaction, act: str, about: list[str]) -> Answer | None:
        """A button that acts at once."""
        told = forms.about(about, "choice" if act == "rate" else "entry")
        return await self.ask(pressed("discord", act, told), interaction)

    async def join(self, interaction: discord.Interaction, ticket: str) -> Answer | None:
        """Let somebody of the staff into a ticket's private thread."""
        place, by = inbound.where(interaction.channel)[0], inbound.person(interaction.user)
        thread = await self.network.thread(int(await self.desk.staff_thread(place, by, ticket)))
        if thread is None:
            raise Refused("no.gone")
        with sdk_errors_as_not_sent():
            await self.network.let_in(thread, by)
        return None

    async def add(self, interaction: discord.Interaction, message: discord.Message) -> discord.ui.Modal:
        """“Add to ticket” on a message: ask to which."""
        await self._words(message)
        await self.linked(interaction)
        tickets = await self.tickets(interaction, "", closed=False)
        if not tickets:
            raise Refused("no.tickets")
        return forms.add(await self.project_language(interaction), message.id, tickets)

    async def added(self, interaction: discord.Interaction, ident: int) -> Answer | None:
        channel: Any = interaction.channel
        with sdk_errors_as_not_sent():
            message = await channel.fetch_message(ident)
        told = inbound.raised(
            message,
            await self._words(message),
            ref=f"menu:{interaction.id}",
            at=self.clock.now(),
            by=interaction.user,
            locale=str(interaction.locale),
            ticket=inbound.fields(interaction.data or {})["ticket"],
        )
        return await self.desk.handle(told)

    async def raise_(self, interaction: discord.Interaction, message: discord.Message) -> Answer | None:
        """“Open a ticket” on a message."""
        told, by = await self._words(message), interaction.user
        ref, locale = f"menu:{interaction.id}", str(interaction.locale)
        raised = inbound.raised(message, told, ref=ref, at=self.clock.now(), by=by, locale=locale)
        return await self.desk.handle(raised)

    async def publish(self, interaction: discord.Interaction, message: discord.Message) -> discord.ui.Modal:
        """“Send to customer” on a note: it is shown as the customer will see it, and sent by the form."""
        place, by = inbound.where(message.channel)[0], inbound.person(interaction.user)
        note, about, seen = await self.desk.note_at(PostRef(place, str(message.id)), by)
        shown = self.network.as_reply(note, by, about)
        language = await self.project_language(interaction)
        form = view_forms.publish(language, note.ticket, note.id, seen)
        return forms.printed(form, interaction.user.id, shown)

    # ------------------------------------------------------------ inside

    async def _read(self, message: discord.Message) -> Said | None:
        """Read what somebody said in a place of a project; None for what is not words, or is our own."""
        if not inbound.is_words(message):
            return None
        place = inbound.where(message.channel)[0]
        link = await self.desk.link(place)
        if link is None or (inbound.is_automated(message) and await self.network.is_ours(message)):
            return None
        inside = place == link.staff_place
        language, length = link.project.language, len(message.content)
        return await aside(length, inbound.said, message, self._me, language=language, inside=inside)

    async def _words(self, message: discord.Message) -> Said:
        """Read a message that somebody wants to be a ticket's. Raises Refused for what is none."""
        if (told := await self._read(message)) is not None:
            return told
        linked = await self.desk.link(inbound.where(message.channel)[0]) is not None
        raise Refused("no.not_words" if linked else "no.project")

    async def _proxied(self, message: discord.Message, told: Said) -> Said:
        """Read what a webhook says for somebody as the words of the ticket that they opened just before.

        PluralKit and its kin say a person's words again under the name they choose, and delete the first.
        """
        if not told.automated:
            self.openings[message.channel.id] = message
            return told
        before = self.openings.get(message.channel.id)
        if before is None or message.webhook_id is None or not message.content:
            return told
        if message.created_at - before.created_at > PROXIED or message.content not in before.content:
            return told
        if not await self.desk.knows_thread(told.post.place, str(before.id)):
            return told
        text = told.text if told.command is None else told.command
        return replace(told, thread=str(before.id), text=text)

    async def _bring_thread(self, message: discord.Message, told: Said) -> None:
        """Open a ticket with what a running thread began with, and bring along what was said in it since."""
        link, thread = await self.desk.link(told.post.place), message.channel
        if link is None or link.staff_place == told.post.place or not isinstance(thread, discord.Thread):
            return
        if await self.desk.knows_thread(told.post.place, str(thread.id)):
            return
        earlier = await self._before(thread, message)
        opened = False
        for one in earlier:
            read = await self._read(one)
            if read is None:
                continue
            if opened:
                # It came to us with the mention: so it stands before it and after the root.
                await self.desk.handle(inbound.incoming(one, read, at=message.created_at))
            else:
                root = inbound.raised(one, read, ref="root", at=message.created_at, by=message.author)
                await self.desk.handle(root)
                opened = True

    async def _before(self, thread: discord.Thread, message: discord.Message) -> list[discord.Message]:
        """Return what was said in a thread before a post, after the post that it hangs on."""
        with sdk_errors_as_not_sent():
            said = [one async for one in thread.history(limit=BROUGHT, before=message)]
            parent: Any = thread.parent
            try:
                # A thread has the id of the message it hangs on, if it hangs on one.
                root = [await parent.fetch_message(thread.id)] if parent is not None else []
            except discord.NotFound:
                root = []
        return [*root, *reversed(said)]

    async def _answer_alone(self, message: discord.Message) -> None:
        """Answer what a person writes to us alone. A bot gets no answer: it might answer in turn."""
        if message.author.bot or message.type not in inbound.WORDS:
            return
        if await self.desk.claim(f"discord:{message.id}:answer"):
            await self.tell(
                message.author, Words(say("no.not_here", await self._language_of(message.author)))
            )

    async def _language_of(self, person: discord.abc.User) -> str:
        """Return the language of a project whose server somebody is in: Discord does not tell us theirs."""
        for place in await self.desk.places("discord"):
            channel: Any = self.client.get_channel(int(place.id))
            if channel is not None and channel.guild.get_member(person.id) is not None:
                link = await self.desk.link(place)
                return link.project.language if link else "en"
        return "en"

    def _turn(self, step: Literal["heard", "taken"], channel: int) -> asyncio.Lock:
        """What happens in a thread is taken in the order it arrived in: wait for nothing before this.

        What is heard waits for what was missed there, which is taken meanwhile.
        """
        return self.turns.setdefault((step, channel), asyncio.Lock())

    async def _suggested(self, found: Awaitable[list[T]]) -> list[T]:
        """What cannot be suggested now can be typed."""
        try:
            return await found
        except (NotSent, Unavailable) as error:
            log.warning("not_suggested", network="discord", error=str(error))
            return []

    def _menu(self, work: Callable[[discord.Interaction, discord.Message], Awaitable[Any]]) -> Any:
        async def menu(interaction: discord.Interaction, message: discord.Message) -> None:
            await self.answer(interaction, lambda: work(interaction, message))

        return menu

    async def _post_panel(self, interaction: discord.Interaction) -> None:
        link = await self.desk.link(inbound.where(interaction.channel)[0])
        channel: Any = interaction.channel
        view = render.panel(link.project.language if link else "en").view()
        await channel.send(view=view, allowed_mentions=NOBODY)

    async def linked(self, interaction: discord.Interaction) -> None:
        if await self.desk.link(inbound.where(interaction.channel)[0]) is None:
            raise Refused("no.project")

    async def channel(self, ident: int) -> Any:
        """Return a channel or a thread that an event names, or None when it is gone."""
        known = self.client.get_channel(ident)
        return known if known is not None else await self.network.thread(ident)

    @property
    def _me(self) -> discord.ClientUser:
        assert self.client.user is not None
        return self.client.user
