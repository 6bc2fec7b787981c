"""A whole desk in one process on the loopback Discord, with people on both sides."""

from __future__ import annotations

import asyncio
import re
from pathlib import PurePosixPath
from typing import Any

import discord
from simcord import ChannelHandle, MemberActor, actors
from simcord.backend import serializers
from simcord.backend.models import Overwrite, Poll, PollAnswer
from simcord.enums import OverwriteType
from simcord.results import InteractionResult, ResponseMessage, to_discord_message

from adapters.discord.catchup import CatchUp
from adapters.discord.settings import DiscordSettings
from bot.settings import Settings
from bot.tickets.model import Place, Project
from bot.wiring import Halfdoor, make
from tests.doubles.discord import DiscordServer
from tests.doubles.discord.server import TOKEN
from tests.office import HandClock
from tests.settings import PATIENCE, settings_of

#: Seconds that a client waits for servers before it is ready.
READY = 0.05
HIDDEN = discord.PermissionOverwrite(view_channel=False)
SHOWN = discord.PermissionOverwrite(view_channel=True)


def discord_settings() -> DiscordSettings:
    """Return settings for the loopback."""
    return settings_of(DiscordSettings, token=TOKEN, pace_seconds=0.0, ready_seconds=READY)


class DiscordOffice:
    """A support channel for Acme's people and a channel that only the team's role can see."""

    def __init__(self, database_url: str, *, language: str = "en") -> None:
        self.clock = HandClock()
        self.server = DiscordServer(self.clock.now)
        self.database_url = database_url
        self.language = language
        self.halfdoor: Halfdoor
        self._hooks: dict[int, Any] = {}

    async def __aenter__(self) -> DiscordOffice:
        await self.build()
        await self.open()
        return self

    async def build(self) -> None:
        """Found the server and its channels, with nobody at the desk yet."""
        await self.server.__aenter__()
        env = self.server.env
        self.guild = env.create_guild("Acme and us")
        self.team = self.guild.create_role("Team", permissions=discord.Permissions(manage_messages=True))
        # A role to let the bot into channels by; what it may do there is what its invitation asks for.
        self.bots = self.guild.create_role("Halfdoor", permissions=discord.Permissions.none())
        me = self.server.backend.guilds[self.guild.id].members[self.server.backend.bot_user.id]
        me.role_ids.append(self.bots.id) if hasattr(me.role_ids, "append") else me.role_ids.add(self.bots.id)
        self.carla = self.human("Carla")
        self.robin = self.human("Robin", self.team)
        self.kim = self.human("Kim", self.team)
        self.front = self.guild.create_text_channel("acme-support")
        hidden = {self.guild.default_role: HIDDEN, self.team: SHOWN, self.bots: SHOWN}
        self.back = self.guild.create_text_channel("acme-desk", overwrites=hidden)

    async def __aexit__(self, *_: object) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.halfdoor.stop()
        await self.server.__aexit__()

    def human(self, name: str, *roles: Any) -> MemberActor:
        user = self.server.env.create_user(name.lower(), global_name=name)
        member: MemberActor = self.guild.add_member(user, roles=roles)
        return member

    async def open(self) -> None:
        """Start Halfdoor, as after a restart."""
        settings = settings_of(Settings, database_url=self.database_url, stalled_after=30, max_attempts=4)
        self.halfdoor = make(settings, None, self.clock, discord=discord_settings())
        project = Project("ACME", "Acme", self.language)
        front, back = Place("discord", str(self.front.id)), Place("discord", str(self.back.id))
        await self.halfdoor.store.transact(lambda tx: tx.link_places(project, [front], back))
        await self.halfdoor.start()
        async with asyncio.timeout(PATIENCE):
            while not self.connected:
                await asyncio.sleep(0.005)

    @property
    def network(self) -> Any:
        return self.halfdoor.networks["discord"]

    @property
    def connected(self) -> bool:
        client = self.network._client
        return client is not None and client.is_ready()

    async def settle(self) -> None:
        """Wait until everybody has been told everything that can be told now."""
        quiet = 0
        async with asyncio.timeout(PATIENCE):
            while quiet < 3:
                before = self.server.events, len(self.server.calls)
                await asyncio.sleep(0.02)
                await self.halfdoor.courier.drain()
                seen = before != (self.server.events, len(self.server.calls))
                busy = self.server.under_way or seen or _handling()
                quiet = 0 if busy else quiet + 1

    async def reconnected(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while not self.server.connections or not self.connected:
                await asyncio.sleep(0.01)
        # A client that had to begin anew waits for its servers before it is ready and looks back.
        await asyncio.sleep(4 * READY)

    # ------------------------------------------------------------ what people do

    @property
    def me(self) -> int:
        return int(self.server.backend.bot_user.id)

    async def ticket(self, text: str = "Export fails with an empty file") -> None:
        """Carla opens a ticket by mention, and Robin joins its thread."""
        await self.carla.send(self.front, f"<@{self.me}> {text}")
        await self.settle()
        await self.press(self.robin, self.back, "join")

    async def press(
        self, who: MemberActor, channel: ChannelHandle, act: str, label: str | None = None, words: str = ""
    ) -> InteractionResult:
        """Press the newest button for an act, or the one with a label beside it."""
        await self.settle()
        for message in reversed(channel.history()):
            for button in _buttons(message):
                if f":{act}:" in f"{button.custom_id}:" and label in (None, button.label):
                    if words not in aloud(message):
                        continue
                    result = await who.click(message, custom_id=button.custom_id)
                    await self.settle()
                    return result
        raise AssertionError(f"there is no button {act}")

    async def fill_in(self, who: MemberActor, form: InteractionResult, **values: Any) -> None:
        await who.submit_modal(form, values)
        await self.settle()

    async def told(self, who: MemberActor, channel: ChannelHandle, name: str, /, **options: Any) -> str:
        """Return what somebody alone is told on a `/ticket` command."""
        await self.settle()
        result = await who.slash(channel, f"ticket {name}", **options)
        await self.settle()
        assert answered(result).ephemeral
        return str(answered(result).content)

    async def suggested(
        self, who: MemberActor, channel: ChannelHandle, name: str, option: str, typed: str
    ) -> list[str]:
        """Return what somebody is offered while they type an option of a `/ticket` command."""
        result = await actors._autocomplete_result(who, channel, f"ticket {name}", option, typed, {})
        await self.settle()
        return [choice["name"] for choice in result.autocomplete_choices or []]

    def bot(self, name: str, *roles: Any) -> MemberActor:
        """Let somebody else's bot into the server."""
        user = self.server.env.create_user(name.lower(), global_name=name, bot=True)
        member: MemberActor = self.guild.add_member(user, roles=roles)
        return member

    def post(self, author: int, channel: ChannelHandle, content: str = "", **more: Any) -> discord.Message:
        """Post what no client of a person's can: a poll, a layout, a post of another bot's."""
        backend = self.server.backend
        made = backend.create_message(channel.id, author, content, **more)
        posted: discord.Message = to_discord_message(self.server.env, made)
        return posted

    def poll(self, who: MemberActor, channel: ChannelHandle, question: str, *answers: str) -> discord.Message:
        listed = [PollAnswer(n, text) for n, text in enumerate(answers, 1)]
        expiry = self.server.backend.iso_after(3600)
        return self.post(who.id, channel, poll=Poll(question, listed, expiry))

    def proxied(self, channel: ChannelHandle, name: str, content: str, **more: Any) -> discord.Message:
        """Say something through the webhook of another application, under any name."""
        backend = self.server.backend
        parent = backend.get_channel(channel.id).permission_channel_id()
        if parent not in self._hooks:
            self._hooks[parent] = backend.create_webhook(parent, "Proxy", self.bot(f"Proxy {parent}").id)
        hook = self._hooks[parent]
        more = {"webhook_id": hook.id, "author_name": name, **more}
        return self.post(hook.webhook_user_id, channel, content, **more)

    def delete_our_webhooks(self) -> None:
        """An administrator deletes what Halfdoor speaks through."""
        backend = self.server.backend
        for one in [one for one in backend.webhooks.values() if one.creator_id == self.me]:
            backend.delete_webhook(one.id)

    def kick(self) -> None:
        self.server.kick(self.guild.id)

    def invite(self) -> None:
        self.server.invite(self.guild.id)

    def forbid(self, channel: ChannelHandle, **names: bool) -> None:
        """Take permissions away from Halfdoor's role in a channel, or give them back (True)."""
        given = discord.Permissions(**{name: True for name, on in names.items() if on}).value
        taken = discord.Permissions(**{name: True for name, on in names.items() if not on}).value
        overwrite = Overwrite(self.bots.id, OverwriteType.ROLE, given, taken)
        self.server.backend.set_overwrite(channel.id, overwrite)

    def show_to_everybody(self, channel: ChannelHandle) -> None:
        self._overwrite(channel, allow=True)

    def hide(self, channel: ChannelHandle) -> None:
        self._overwrite(channel, allow=False)

    def _overwrite(self, channel: ChannelHandle, *, allow: bool) -> None:
        bit = discord.Permissions(view_channel=True).value
        target = self.guild.default_role.id
        given = Overwrite(target, OverwriteType.ROLE, *((bit, 0) if allow else (0, bit)))
        self.server.backend.set_overwrite(channel.id, given)

    # ------------------------------------------------------------ what can be seen

    def sees(self, who: MemberActor, channel: ChannelHandle) -> list[str]:
        """Return what somebody reads in a channel or a thread."""
        # simcord tells of every thread that is made; Discord does not of those under messages, nor of private ones.
        shown = [
            one for one in channel.history(viewer=who) if one.type is not discord.MessageType.thread_created
        ]
        return [aloud(message) for message in shown]

    def thread(self, channel: ChannelHandle, key: str = "ACME-1") -> ChannelHandle:
        return next(one for one in channel.threads if str(one.name).startswith(f"{key} "))

    def outside(self, key: str = "ACME-1") -> list[str]:
        return self.sees(self.carla, self.thread(self.front, key))

    def inside(self, key: str = "ACME-1") -> list[str]:
        return self.sees(self.robin, self.thread(self.back, key))

    def find(self, channel: ChannelHandle, words: str) -> discord.Message:
        return [one for one in channel.history() if words in aloud(one)][-1]

    def payload(self, message: discord.Message) -> dict[str, Any]:
        backend = self.server.backend
        return dict(serializers.message_payload(backend, backend.messages[message.channel.id][message.id]))


#: How discord.py names the tasks in which it hands on what has happened.
HANDLING = ("discord.py: ", "discord-ui-view-dispatch", "discord-ui-modal-dispatch", "CommandTree")
#: What reads what was missed: at a connection, and from time to time where we could not see.
LOOKING_BACK = (CatchUp.catch_up.__qualname__, CatchUp.sign.__qualname__)


def _handling() -> bool:
    """Whether something that has happened is still being dealt with, however slow the machine is."""
    return any(task.get_name().startswith(HANDLING) or _looks_back(task) for task in asyncio.all_tasks())


def _looks_back(task: asyncio.Task[Any]) -> bool:
    """Whether a task reads what was missed: it goes on beside all that is heard, under no name of its own."""
    within: Any = task.get_coro()
    while within is not None:
        if getattr(within, "__qualname__", "") in LOOKING_BACK:
            return True
        within = getattr(within, "cr_await", None)
    return False


def aloud(message: discord.Message) -> str:
    """Read a message as a screen reader would: who says it, and all its texts and buttons."""
    lines = [message.content] if message.content else []
    for component in message.components:
        lines += _spoken(component)
    lines += [f"[file {_shown(one)}]" for one in message.attachments]
    text = re.sub(r"<t:\d+:\w>", "(time)", "\n".join(lines)).replace("\u2060", "")
    return f"{message.author.display_name}: {text}"


def _shown(file: discord.Attachment) -> str:
    """Return a file's name as clients show it: its title, where it has one, and its ending."""
    return f"{file.title}{PurePosixPath(file.filename).suffix}" if file.title else file.filename


def _buttons(message: discord.Message) -> list[Any]:
    found: list[Any] = []
    waiting: list[Any] = list(message.components)
    while waiting:
        one = waiting.pop(0)
        waiting = [*getattr(one, "children", ()), *waiting]
        if isinstance(one, discord.Button):
            found.append(one)
    return found


def _spoken(component: Any) -> list[str]:
    if isinstance(component, discord.TextDisplay):
        return [component.content]
    if isinstance(component, discord.ActionRow):
        return [" ".join(f"[{getattr(one, 'label', None)}]" for one in component.children)]
    return [line for child in getattr(component, "children", ()) for line in _spoken(child)]


def answered(result: InteractionResult) -> ResponseMessage:
    """Return what somebody was answered."""
    assert result.response is not None
    return result.response


def modal(result: InteractionResult) -> dict[str, Any]:
    """Return the form that somebody was shown."""
    assert result.modal is not None
    return result.modal
