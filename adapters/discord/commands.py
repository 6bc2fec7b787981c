"""`/ticket` and the context menus. Each says what it asks for; the core decides whether they may."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeAlias

import discord
from discord import app_commands

from adapters.discord import inbound
from bot.tickets import asks as a
from bot.tickets.booking import booked
from bot.tickets.grammar import parse
from bot.tickets.labels import PRIORITY, STATUS
from bot.tickets.model import Priority, Project, Status, Visibility
from bot.words.keys import TextKey
from bot.words.say import ENGLISH, LANGUAGES, Refused, language_for, say

#: The longest choice, in characters, and the commands that are about closed tickets.
CHOICE, ABOUT_CLOSED = 100, ("reopen", "rate")
Itx: TypeAlias = discord.Interaction
Text: TypeAlias = app_commands.Range[str, 1, 4000]
Choices: TypeAlias = list[app_commands.Choice[str]]
Key: TypeAlias = app_commands.Range[str, 0, 20]


class Taker(Protocol):
    """Takes commands, and suggests what somebody may mean while they type."""

    async def command(self, interaction: Itx, ask: a.Ask) -> None: ...
    async def refuse(self, interaction: Itx, refused: Refused) -> None: ...
    async def set_up(self, interaction: Itx, setup: Setup) -> None: ...
    async def tickets(self, interaction: Itx, typed: str, *, closed: bool) -> list[tuple[str, str]]: ...
    async def tags(self, interaction: Itx) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Setup:
    """What `/ticket setup` was given."""

    project: Project
    customer: discord.TextChannel
    staff: discord.TextChannel


def group(taker: Taker) -> app_commands.Group:
    """Build `/ticket`. Without a ticket each is about the one in whose thread it is said."""
    ask = taker.command
    ticket = app_commands.Group(name="ticket", description=told("command.group"), guild_only=True)

    @ticket.command(description=told("command.create"))
    async def create(itx: Itx, title: app_commands.Range[str, 0, 150] = "") -> None:
        await ask(itx, a.AskOpen(title))

    @ticket.command(description=told("command.comment"))
    async def comment(itx: Itx, text: Text, ticket: Key = "", public: bool = False) -> None:
        await ask(itx, a.AskComment(_key(ticket), _typed(itx, text), public))

    @ticket.command(description=told("command.reply"))
    async def reply(itx: Itx, text: Text, ticket: Key = "") -> None:
        await ask(itx, a.AskReply(_key(ticket), _typed(itx, text)))

    @ticket.command(description=told("command.note"))
    async def note(itx: Itx, text: Text, ticket: Key = "") -> None:
        await ask(itx, a.AskNote(_key(ticket), _typed(itx, text)))

    @ticket.command(description=told("command.status"))
    @app_commands.choices(status=_named(STATUS))
    async def status(itx: Itx, ticket: Key = "", status: str = "", internal: bool = False) -> None:
        inside = inbound.where(itx.channel)[1] is not None
        if not ticket and not status and not inside:
            await ask(itx, a.AskDesk())
        else:
            await ask(itx, a.AskStatus(_key(ticket), Status(status) if status else None, _for(internal)))

    @ticket.command(description=told("command.assign"))
    async def assign(
        itx: Itx, to: discord.Member | None = None, ticket: Key = "", internal: bool = False
    ) -> None:
        whom = inbound.person(to) if to else None
        await ask(itx, a.AskAssign(_key(ticket), whom, visibility=_for(internal)))

    @ticket.command(description=told("command.take"))
    async def take(itx: Itx, ticket: Key = "", internal: bool = False) -> None:
        await ask(itx, a.AskAssign(_key(ticket), None, me=True, visibility=_for(internal)))

    @ticket.command(description=told("command.priority"))
    @app_commands.choices(priority=_named(PRIORITY))
    async def priority(itx: Itx, priority: str, ticket: Key = "") -> None:
        await ask(itx, a.AskPriority(_key(ticket), Priority(priority)))

    @ticket.command(description=told("command.tag"))
    async def tag(itx: Itx, tags: Text, ticket: Key = "") -> None:
        words = tags.split()
        add = tuple(word.lstrip("+#") for word in words if not word.startswith("-"))
        await ask(itx, a.AskTags(_key(ticket), add, tuple(one[1:] for one in words if one[0] == "-")))

    @ticket.command(description=told("command.title"))
    async def title(itx: Itx, title: Text, ticket: Key = "") -> None:
        await ask(itx, a.AskTitle(_key(ticket), title))

    @ticket.command(description=told("command.close"))
    async def close(itx: Itx, resolution: str = "", reason: str = "", ticket: Key = "") -> None:
        await ask(itx, a.AskClose(_key(ticket), _typed(itx, resolution), _typed(itx, reason)))

    @ticket.command(description=told("command.reopen"))
    async def reopen(itx: Itx, ticket: Key = "") -> None:
        await ask(itx, a.AskReopen(_key(ticket)))

    @ticket.command(description=told("command.rate"))
    async def rate(itx: Itx, stars: app_commands.Range[int, 1, 5], ticket: Key = "") -> None:
        await ask(itx, a.AskRate(_key(ticket), stars))

    @ticket.command(description=told("command.time"))
    async def time(itx: Itx, time: str = "", what: str = "", ticket: Key = "") -> None:
        try:
            minutes, first = booked(time) if time.strip() else (None, "")
        except Refused as refused:
            await taker.refuse(itx, refused)
            return
        await ask(itx, a.AskTime(_key(ticket), minutes, f"{first} {what}".strip()))

    @ticket.command(name="list", description=told("command.list"))
    async def search(itx: Itx, filters: str = "", person: discord.Member | None = None) -> None:
        try:
            found = parse(f"list {filters}", {})
        except Refused as refused:
            await taker.refuse(itx, refused)
            return
        if person is not None and isinstance(found, a.AskList):
            found = replace(found, assignee=inbound.person(person))
        await ask(itx, found)

    @ticket.command(description=told("command.preview"))
    async def preview(itx: Itx, ticket: Key = "") -> None:
        await ask(itx, a.AskPreview(_key(ticket)))

    @ticket.command(description=told("command.panel"))
    async def panel(itx: Itx) -> None:
        await ask(itx, a.AskPanel())

    @ticket.command(description=told("command.setup"))
    @app_commands.choices(language=[app_commands.Choice(name=one, value=one) for one in LANGUAGES])
    async def setup(
        itx: Itx,
        key: app_commands.Range[str, 2, 10],
        name: app_commands.Range[str, 1, 60],
        customer: discord.TextChannel,
        staff: discord.TextChannel,
        language: str = ENGLISH,
        every_message: bool = False,
        whole_team: bool = False,
    ) -> None:
        about = Project(
            key.strip().upper(), name.strip(), language, every_message=every_message, whole_team=whole_team
        )
        await taker.set_up(itx, Setup(about, customer, staff))

    @ticket.command(description=told("command.whoami"))
    async def whoami(itx: Itx, code: app_commands.Range[str, 0, 20] = "") -> None:
        await ask(itx, a.AskWhoAmI(code.strip()))

    @ticket.command(description=told("command.console"))
    async def console(itx: Itx) -> None:
        await ask(itx, a.AskConsole())

    @ticket.command(description=told("command.duty"))
    async def duty(itx: Itx, on: bool | None = None) -> None:
        await ask(itx, a.AskDuty(on))

    @ticket.command(description=told("command.help"))
    async def help(itx: Itx) -> None:
        await ask(itx, a.AskHelp())

    async def open_ones(itx: Itx, typed: str) -> Choices:
        return _choices(await taker.tickets(itx, typed, closed=False))

    async def closed_ones(itx: Itx, typed: str) -> Choices:
        return _choices(await taker.tickets(itx, typed, closed=True))

    for command in ticket.commands:
        if isinstance(command, app_commands.Command) and command.get_parameter("ticket"):
            command.autocomplete("ticket")(closed_ones if command.name in ABOUT_CLOSED else open_ones)

    @tag.autocomplete("tags")
    async def last_tag(itx: Itx, typed: str) -> Choices:
        before, _, begun = typed.rpartition(" ")
        sign = begun[:1] if begun[:1] in ("-", "+", "#") else ""
        found = [one for one in await taker.tags(itx) if one.startswith(begun[len(sign) :].lower())]
        whole = [f"{before} {sign}{one}".strip() for one in found]
        return [app_commands.Choice(name=one, value=one) for one in whole if len(one) <= CHOICE]

    return ticket


class Translator(app_commands.Translator):
    """Says in other languages what commands are for. Their names stay the same, as on Slack."""

    async def translate(
        self, string: app_commands.locale_str, locale: discord.Locale, context: Any
    ) -> str | None:
        key = string.extras.get("key")
        language = language_for(locale.value, ENGLISH)
        return say(key, language) if key and language != ENGLISH else None


async def synchronise(tree: app_commands.CommandTree, guild: int | None) -> bool:
    """Tell Discord which commands there are, if they have changed: it takes 200 a day."""
    client, where = tree.client, discord.Object(guild) if guild else None
    translator = Translator()
    await tree.set_translator(translator)
    if where is not None:
        tree.copy_global_to(guild=where)
    ours = [await one.get_translated_payload(tree, translator) for one in tree.get_commands(guild=where)]
    app = client.application_id
    assert app is not None
    http = client.http
    theirs: Any = await (http.get_guild_commands(app, guild) if guild else http.get_global_commands(app))
    named = {(one["type"], one["name"]): one for one in theirs}
    same = [_holds(named.get((one["type"], one["name"])), one) for one in ours]
    if len(theirs) == len(ours) and all(same):
        return False
    await tree.sync(guild=where)
    return True


def _holds(theirs: Any, ours: Any) -> bool:
    """Whether what Discord has says all that we say; it adds keys of its own."""
    if isinstance(ours, dict):
        return isinstance(theirs, dict) and all(_holds(theirs.get(key), one) for key, one in ours.items())
    if isinstance(ours, list | tuple):
        pairs = zip(theirs or [], ours, strict=False)
        return len(theirs or []) == len(ours) and all(_holds(one, other) for one, other in pairs)
    return bool(theirs == ours) or (not theirs and not ours)


def told(key: TextKey) -> app_commands.locale_str:
    """Return a text that the translator finds in other languages too."""
    return app_commands.locale_str(say(key, "en"), key=key)


def _named(keys: Mapping[Status, TextKey] | Mapping[Priority, TextKey]) -> Choices:
    """Return the values of an option, as people read them."""
    return [app_commands.Choice(name=told(key), value=one.value) for one, key in keys.items()]


def _choices(tickets: list[tuple[str, str]]) -> Choices:
    return [app_commands.Choice(name=f"{key} · {title}"[:CHOICE], value=key) for key, title in tickets]


def _key(ticket: str) -> str:
    """A ticket as people write it: the key, whatever stands behind it."""
    found = re.match(r"\s*([A-Za-z][A-Za-z0-9]{1,9}-\d{1,9})\b", ticket)
    return found[1].upper() if found else ticket.strip().upper()


def _for(internal: bool) -> Visibility:
    return Visibility.INTERNAL if internal else Visibility.PUBLIC


def _typed(itx: Itx, text: str) -> str:
    return inbound.shown(itx.guild, text)
