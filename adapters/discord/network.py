"""`ports.Network` on Discord: threads, layouts and webhooks through discord.py's client."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import Any, Final, TypeAlias, cast

import aiohttp
import discord
import structlog

from adapters.discord import render
from adapters.discord.api import (
    HAS_THREAD,
    NOT_MINE,
    PATIENCE,
    UNKNOWN_CHANNEL,
    UNKNOWN_MESSAGE,
    UNKNOWN_WEBHOOK,
    WEBHOOKS_FULL,
    is_discords,
    is_of_the_file,
    no_second_try,
    sdk_errors_as_not_sent,
)
from adapters.discord.inbound import UPLOADED
from adapters.discord.settings import DiscordSettings
from bot.aside import aside
from bot.ports import Clock, Content, Fetch, FileGone, NotSent, PlaceShut, Words
from bot.tickets.deliveries import (
    CustomerCard,
    CustomerContent,
    Delivery,
    StaffCard,
    StaffContent,
    ToCustomer,
    length,
)
from bot.tickets.model import Actor, File, Membership, Message, Note, Person, Place, PostRef, Project, Side

log = structlog.get_logger()

#: What we ask Discord to tell us: channels and roles, who is there, what is said and reacted with; and what
#: is written to us alone, which is answered.
INTENTS = discord.Intents(
    guilds=True,
    members=True,
    guild_messages=True,
    dm_messages=True,
    message_content=True,
    guild_reactions=True,
    webhooks=True,
)
#: What we may do in a server, asked for by the invitation link.
PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    create_private_threads=True,
    manage_threads=True,
    manage_messages=True,
    manage_webhooks=True,
    attach_files=True,
    read_message_history=True,
)
#: What we cannot work without in a place, and what invites ask for anyway.
_NEEDED = (
    "view_channel",
    "send_messages",
    "send_messages_in_threads",
    "read_message_history",
    "attach_files",
)
NEEDED = {
    Side.CUSTOMER: (*_NEEDED, "create_public_threads"),
    Side.STAFF: (*_NEEDED, "create_public_threads", "create_private_threads", "manage_threads"),
}
#: Why a post cannot be changed or taken away, and who can.
NOT_OURS = (
    "it was said through a webhook that somebody deleted since, and I lack Manage Messages there: give it to"
    " Halfdoor, or delete the post yourself"
)
SCOPES = ("bot", "applications.commands")
#: Bytes that are read at a time, and of a copy that is held in memory; a larger one is put on disk.
CHUNK, IN_MEMORY = 1 << 16, 1 << 20
#: A file may take as long as it takes, while it goes on.
SLOWLY = aiohttp.ClientTimeout(total=None, sock_connect=20, sock_read=60)
#: Our webhook in a channel goes by this name.
WEBHOOK = "Ticket desk"
#: Posts of a thread that are searched for one whose call ended in doubt.
SEARCH = 500
#: Minutes after which Discord puts a quiet thread away: its longest.
ARCHIVE_AFTER: Final = 10080
NOBODY = discord.AllowedMentions.none()
#: What no webhook may be called, and what not as a whole.
_REFUSED = re.compile(r"clyde|discord|```|\A\s*(?:everyone|here)\s*\Z", re.IGNORECASE)
Shown: TypeAlias = CustomerContent | StaffContent


def invitation(settings: DiscordSettings) -> str:
    """Return the link by which a server's administrator lets the bot in. A token begins with the bot's id."""
    first = settings.token.get_secret_value().partition(".")[0]
    bot = base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)).decode(errors="replace")
    return discord.utils.oauth_url(bot, permissions=PERMISSIONS, scopes=SCOPES)


class ThreadGone(NotSent):
    """A ticket's thread was deleted."""

    def __init__(self, thread: str) -> None:
        super().__init__("the ticket's thread was deleted", final=True)
        self.thread = thread


class DiscordNetwork:
    """One bot in its servers. Each `run` is a new client: discord.py's cannot be started twice."""

    name = "discord"

    def __init__(self, settings: DiscordSettings, clock: Clock) -> None:
        self.pace = settings.pace_seconds
        self.burst = settings.burst
        #: The server whose commands are kept up to date at once; None for all.
        self.guild = settings.guild
        self._settings = settings
        self._clock = clock
        self._largest = settings.file_limit_mb * 1_000_000
        self._client: discord.AutoShardedClient | None = None
        self._session: aiohttp.ClientSession | None = None
        #: Our webhook in each channel, and all that are known to be ours or to have been.
        self._webhooks: dict[int, discord.Webhook] = {}
        self._spoken: set[int] = set()
        #: Opens files, those of other networks too where there are any; set by whoever knows them.
        self.elsewhere: Fetch = self.fetch
        #: Threads that were just made, of which the ledger does not know yet.
        self._made: dict[tuple[Place, str], str] = {}
        #: Told of a thread that turned out to be deleted; set by the listeners.
        self.tell_lost: Callable[[Place, str], Awaitable[bool]] = _nobody_knows
        #: Attaches the listeners to a new client and returns what runs beside it; set by them.
        self.attach: Callable[[discord.AutoShardedClient], Coroutine[Any, Any, None]] = _alone

    @property
    def client(self) -> discord.AutoShardedClient:
        """The client that is connected. Raises NotSent while there is none."""
        if self._client is None or not self._client.is_ready():
            raise NotSent("not connected to Discord yet", away=True)
        return self._client

    # ------------------------------------------------------------ Network

    def parts(self, delivery: Delivery) -> tuple[str, ...]:
        whole_team = delivery.surface.project.whole_team
        return render.parts(delivery.content, self._largest, whole_team=whole_team)

    async def post(self, delivery: Delivery, part: str, mark: str) -> PostRef:
        try:
            with sdk_errors_as_not_sent():
                return PostRef(delivery.surface.place, await self._post(delivery, part, mark))
        except ThreadGone as gone:
            if await self.tell_lost(delivery.surface.place, gone.thread):
                await self.clear_up(delivery.surface.place, gone.thread)
            raise NotSent("the ticket's thread was deleted: it goes on in a new one") from None

    async def update(self, delivery: Delivery, part: str, post: PostRef) -> PostRef | None:
        if part.startswith("file:") or _is_private_thread(delivery, part):
            return None  # a copy does not change, nor does the name of a thread
        with suppress(ThreadGone), sdk_errors_as_not_sent():
            try:
                message = await self._edit(delivery, part, post)
            except discord.Forbidden as error:
                if error.code != NOT_MINE:
                    raise
                return await self._post_anew(delivery, part, post)
            if message is not None:
                await self._complete(message, delivery.content, part)
        return None

    async def remove(self, delivery: Delivery, part: str, post: PostRef) -> None:
        with suppress(ThreadGone), sdk_errors_as_not_sent():
            async with _opened(await self._where(delivery, part)) as channel:
                try:
                    webhook = await self._webhook(delivery.surface.place)
                    if webhook is not None and isinstance(channel, discord.Thread):
                        try:
                            await webhook.delete_message(int(post.id), thread=channel)
                            return
                        except discord.NotFound as error:
                            self._note_gone(webhook, delivery.surface.place, error)
                    await self._take_away(channel, int(post.id))
                except discord.NotFound as error:
                    if error.code != UNKNOWN_MESSAGE:
                        raise

    async def find(
        self, delivery: Delivery, marks: Mapping[str, str], since: datetime, known: Collection[str]
    ) -> dict[str, PostRef]:
        """Webhooks and threads take no mark: what is ours, not yet known, and says the same, is it."""
        place, found = delivery.surface.place, dict[str, PostRef]()
        with suppress(ThreadGone), sdk_errors_as_not_sent():
            if "" in marks and _is_private_thread(delivery, ""):
                assert isinstance(delivery.content, StaffCard)
                name = render.thread_name(delivery.content)
                for thread in await (await self._channel(place)).guild.active_threads():
                    mine = thread.owner_id == self._me.id and str(thread.parent_id) == place.id
                    made = thread.created_at is not None and thread.created_at >= since
                    if mine and made and thread.name == name and str(thread.id) not in known:
                        found[""] = PostRef(place, str(thread.id))
                        self._made[place, delivery.content.ticket] = str(thread.id)
                return found
            taken = set(known)
            await self._webhook(place)  # or we would not know our own posts after a restart
            for part in marks:
                channel = await self._where(delivery, part)
                wanted = await self._drawn(delivery, part)
                async for message in channel.history(limit=SEARCH, after=since, oldest_first=True):
                    if str(message.id) in taken or not self._said_by_us(message):
                        continue
                    if _says(message) in (_said(wanted), _said(wanted.named())):
                        found[part] = PostRef(place, str(message.id))
                        taken.add(str(message.id))
                        break
        return found

    async def door(self, place: Place, side: Side) -> PlaceShut | None:
        try:
            with sdk_errors_as_not_sent():
                channel = await self._channel(place)
        except NotSent as error:
            if error.lost:
                return PlaceShut("unseen", seen=False)
            raise
        name = f"#{channel.name}" if side is Side.CUSTOMER else ""
        mine = channel.permissions_for(channel.guild.me)
        if not mine.view_channel:
            return PlaceShut("unseen", name, seen=False)
        if side is Side.STAFF and channel.permissions_for(channel.guild.default_role).view_channel:
            return PlaceShut("public")
        if lacking := self.lacking(channel, side):
            names = f"{name}: {lacking}" if name else lacking
            return PlaceShut("permissions", names, seen=mine.send_messages)
        return None

    def lacking(self, channel: discord.TextChannel, side: Side) -> str:
        """Name the permissions that we need in a channel and do not have, as Discord calls them."""
        mine = channel.permissions_for(channel.guild.me)
        return ", ".join(one.replace("_", " ").title() for one in NEEDED[side] if not getattr(mine, one))

    async def announce(self, place: Place, text: str) -> None:
        with sdk_errors_as_not_sent():
            channel = await self._channel(place)
            for page in render.answer(Words(text)):
                await channel.send(page, allowed_mentions=NOBODY, suppress_embeds=True)

    async def tell(self, person: Person, text: str) -> None:
        with sdk_errors_as_not_sent():
            user = await self.client.fetch_user(int(person.id))
            for page in render.answer(Words(text)):
                await user.send(page, allowed_mentions=NOBODY, suppress_embeds=True)

    async def membership(self, person: Person, staff_place: Place) -> Membership:
        if not person.id:
            return Membership.NO  # Discord does not say who deleted something
        try:
            with sdk_errors_as_not_sent():
                channel = await self._channel(staff_place)
        except NotSent as error:
            if error.lost:
                return Membership.UNKNOWN
            raise
        if not channel.permissions_for(channel.guild.me).view_channel:
            return Membership.UNKNOWN  # what we know of it is as old as our last sight of it
        try:
            with sdk_errors_as_not_sent():
                member = channel.guild.get_member(int(person.id))
                member = member or await channel.guild.fetch_member(int(person.id))
        except NotSent as error:
            if error.lost or error.reason.startswith("Discord answered 404"):
                return Membership.NO  # they have left the server
            raise
        return Membership.YES if not member.bot and _is_let_in(member, channel) else Membership.NO

    def forget(self, place: Place | None = None) -> None:
        """Each process is told by Discord itself of who can see what."""

    @asynccontextmanager
    async def fetch(self, file: File) -> AsyncIterator[Content]:
        with sdk_errors_as_not_sent():
            address = await self._address(file) if file.copyable else None
            if address is None or self._session is None or not is_discords(address):
                raise FileGone
            async with self._session.get(address, timeout=SLOWLY, allow_redirects=False) as answer:
                if answer.status != 200:
                    raise FileGone
                yield Content(file.size, answer.content.iter_chunked(CHUNK))

    async def run(self) -> None:
        client = discord.AutoShardedClient(
            intents=INTENTS,
            allowed_mentions=NOBODY,
            max_messages=None,
            max_ratelimit_timeout=max(PATIENCE, 30.0),
            guild_ready_timeout=self._settings.ready_seconds,
            http_trace=no_second_try(),
        )
        beside = asyncio.ensure_future(self.attach(client))
        self._client = client
        self._webhooks.clear()
        timeout = aiohttp.ClientTimeout(total=self._settings.timeout_seconds)
        self._session = aiohttp.ClientSession(timeout=timeout, trace_configs=[no_second_try()])
        try:
            with sdk_errors_as_not_sent():
                await client.login(self._settings.token.get_secret_value())
                await client.connect()
        except discord.PrivilegedIntentsRequired:
            reason = (
                "switch on “Server Members” and “Message Content” under “Bot” in Discord's developer portal"
            )
            raise NotSent(reason, final=True) from None
        except (discord.ClientException, discord.GatewayNotFound) as error:
            raise NotSent("Discord's gateway could not be reached, or did not let us in") from error
        finally:
            self._client = None
            beside.cancel()
            await asyncio.wait((beside,))
            await client.close()
            await self._session.close()
        raise NotSent("the connection to Discord has ended")

    async def close(self) -> None:
        """Nothing is kept between runs."""

    # ------------------------------------------------------------ for the listeners

    async def thread(self, ident: int) -> discord.Thread | None:
        """Return a thread, also an archived one, which discord.py forgets; None when it is gone or none."""
        known = self.client.get_channel(ident)
        if known is None:
            try:
                with sdk_errors_as_not_sent():
                    known = cast("Any", await self.client.fetch_channel(ident))
            except NotSent as error:
                if not error.lost:
                    raise
        return known if isinstance(known, discord.Thread) else None

    async def clear_up(self, place: Place, thread: str) -> None:
        """Take a card away whose thread was deleted, as another stands for the ticket now."""
        with suppress(NotSent, discord.NotFound), sdk_errors_as_not_sent():
            channel = await self._channel(place)
            # A thread has the id of the message it hangs on, if it hangs on one.
            await channel.get_partial_message(int(thread)).delete()

    async def is_ours(self, message: discord.Message) -> bool:
        """Whether we said something: ourselves, or through a webhook of ours, be it deleted since."""
        if self._said_by_us(message) or message.webhook_id is None:
            return self._said_by_us(message)
        parent = getattr(message.channel, "parent_id", None) or message.channel.id
        if parent not in self._webhooks:
            with (
                suppress(NotSent),
                sdk_errors_as_not_sent(),
            ):  # else it is somebody else's, as far as we can see
                await self._known_webhook(await self._channel(Place(self.name, str(parent))))
        return self._said_by_us(message)

    def forget_webhook(self, channel: int) -> None:
        """A channel's webhooks have changed: ours is looked for when it is needed."""
        self._webhooks.pop(channel, None)

    def as_reply(self, note: Note, by: Person, about: Project) -> str:
        """Draw a note as the customer would see it, by the code that draws replies."""
        reply = Message(
            id=note.id,
            ticket=note.ticket,
            by=Actor(by, Side.STAFF),
            at=note.at,
            text=note.text,
            files=note.files,
        )
        drawn = [
            render.for_customer(reply, about, part, self._largest).named().text
            for part in render.parts(reply, self._largest)
            if not part.startswith("file:")
        ]
        return "\n".join(drawn)

    # ------------------------------------------------------------ inside

    async def _address(self, file: File) -> str | None:
        """Return where a file can be read now: addresses expire, and its message knows a fresh one."""
        if file.id.startswith(UPLOADED):
            return file.id.removeprefix(UPLOADED)
        try:
            thread, message, attachment = file.id.split("/")
            source = await (await self._messageable(int(thread))).fetch_message(int(message))
        except (discord.NotFound, ValueError):
            return None
        forwarded = [one for snapshot in source.message_snapshots for one in snapshot.attachments]
        here = (*source.attachments, *forwarded)
        return next((one.url for one in here if str(one.id) == attachment), None)

    @property
    def _me(self) -> discord.ClientUser:
        user = self.client.user
        assert user is not None
        return user

    def _said_by_us(self, message: discord.Message) -> bool:
        if message.webhook_id is None:
            return message.author.id == self._me.id
        of_ours = message.application_id == self.client.application_id
        return of_ours or message.webhook_id in self._spoken

    async def _drawn(self, delivery: Delivery, part: str) -> render.Post:
        return await aside(length(delivery.content), self._draw, delivery, part)

    def _draw(self, delivery: Delivery, part: str) -> render.Post:
        content, about = delivery.content, delivery.surface.project
        if part.startswith("file:"):
            assert isinstance(content, Message | Note)
            return render.file_line(content, part, about, customer=isinstance(delivery, ToCustomer))[0]
        if isinstance(delivery, ToCustomer):
            return render.for_customer(delivery.content, about, part, self._largest)
        return render.for_staff(delivery.content, about, part, self._largest)

    async def _post(self, delivery: Delivery, part: str, mark: str) -> str:
        content, place = delivery.content, delivery.surface.place
        if isinstance(content, StaffCard) and _is_private_thread(delivery, part):
            thread = await (await self._channel(place)).create_thread(
                name=render.thread_name(content),
                type=discord.ChannelType.private_thread,
                invitable=False,
                auto_archive_duration=ARCHIVE_AFTER,
            )
            self._made[place, content.ticket] = str(thread.id)
            return str(thread.id)
        if isinstance(content, StaffCard) and part == "card":
            await self._let_in_on_duty(delivery)
        post, channel = await self._drawn(delivery, part), await self._where(delivery, part)
        if isinstance(channel, discord.Thread) and channel.archived and channel.locked:
            await channel.edit(archived=False)
        async with self._copied(delivery, part, post) as (shown, files):
            try:
                return await self._say(delivery, part, shown, files, channel, mark)
            except discord.HTTPException as error:
                if not files or not is_of_the_file(error):
                    raise
        # It is refused for good: words stand in its place, and what comes after it goes on.
        assert isinstance(content, Message | Note)
        about, public = delivery.surface.project, isinstance(delivery, ToCustomer)
        post, file = render.file_line(content, part, about, customer=public)
        gone = render.file_gone(post, file, about.language)
        return await self._say(delivery, part, gone, [], channel, mark)

    async def _say(
        self,
        delivery: Delivery,
        part: str,
        post: render.Post,
        files: list[discord.File],
        channel: discord.TextChannel | discord.Thread,
        mark: str,
    ) -> str:
        more: dict[str, Any] = {"files": files} if files else {}
        while post.author is not None and isinstance(channel, discord.Thread):
            webhook = await self._webhook(delivery.surface.place)
            if webhook is None:
                break
            try:
                sent = await webhook.send(
                    username=_allowed(post.author),
                    avatar_url=post.picture,
                    thread=channel,
                    wait=True,
                    allowed_mentions=NOBODY,
                    **_new(post),
                    **more,
                )
            except discord.NotFound as error:
                if not self._note_gone(webhook, delivery.surface.place, error):
                    raise
                for file in files:
                    file.reset()
                continue  # somebody deleted it: a new one is made
            return str(sent.id)
        new = _new(post.named())
        message = await channel.send(nonce=_nonce(mark), allowed_mentions=NOBODY, **new, **more)
        await self._complete(message, delivery.content, part)
        return str(message.id)

    async def _edit(self, delivery: Delivery, part: str, post: PostRef) -> discord.Message | None:
        drawn = await self._drawn(delivery, part)
        async with _opened(await self._where(delivery, part)) as channel:
            try:
                webhook = await self._webhook(delivery.surface.place) if drawn.author is not None else None
                if webhook is not None and isinstance(channel, discord.Thread):
                    try:
                        changed = _changed(drawn)
                        return await webhook.edit_message(
                            int(post.id), thread=channel, allowed_mentions=NOBODY, **changed
                        )
                    except discord.NotFound as error:
                        # We said it ourselves, without the webhook, or through one that is gone.
                        self._note_gone(webhook, delivery.surface.place, error)
                message = channel.get_partial_message(int(post.id))
                return await message.edit(allowed_mentions=NOBODY, **_changed(drawn.named()))
            except discord.NotFound as error:
                if error.code != UNKNOWN_MESSAGE:
                    raise
                return None  # somebody deleted it by hand: there is nothing left to bring up to date

    async def _post_anew(self, delivery: Delivery, part: str, post: PostRef) -> PostRef:
        """Say again what cannot be changed any more, for its webhook is gone, and take the old away."""
        place, drawn = delivery.surface.place, await self._drawn(delivery, part)
        async with _opened(await self._where(delivery, part)) as channel:
            if not channel.permissions_for(channel.guild.me).manage_messages:
                raise NotSent(NOT_OURS, final=True)
            new, old = None, discord.Object(int(post.id))
            async for message in channel.history(limit=SEARCH, after=old, oldest_first=True):
                # An earlier try may have come as far as this.
                if self._said_by_us(message) and _says(message) in (_said(drawn), _said(drawn.named())):
                    new = str(message.id)
                    break
            new = new or await self._say(delivery, part, drawn, [], channel, f"{post.id} anew")
            with suppress(discord.NotFound):
                await self._take_away(channel, int(post.id))
        return PostRef(place, new)

    async def _take_away(self, channel: discord.TextChannel | discord.Thread, message: int) -> None:
        """Delete a post of ours ourselves. What a webhook of ours said is somebody else's to Discord."""
        try:
            await channel.get_partial_message(message).delete()
        except discord.Forbidden as error:
            if channel.permissions_for(channel.guild.me).manage_messages:
                raise
            raise NotSent(NOT_OURS, final=True) from error

    @asynccontextmanager
    async def _copied(
        self, delivery: Delivery, part: str, post: render.Post
    ) -> AsyncIterator[tuple[render.Post, list[discord.File]]]:
        """Fetch the file that `part` is a copy of, if it is one: Discord's own links expire."""
        content, about = delivery.content, delivery.surface.project
        if not part.startswith("file:"):
            yield post, []
            return
        assert isinstance(content, Message | Note)
        _, file = render.file_line(content, part, about, customer=isinstance(delivery, ToCustomer))
        with SpooledTemporaryFile(max_size=IN_MEMORY) as copy:
            try:
                async with self.elsewhere(file) as source:
                    async for chunk in source.chunks:
                        copy.write(chunk)
            except FileGone:
                yield render.file_gone(post, file, about.language), []
                return
            copy.seek(0)
            yield post, [discord.File(cast("Any", copy), filename=file.name)]

    async def _complete(self, message: discord.Message, content: Shown, part: str) -> None:
        """Do what belongs to a card beside its message: the customer's thread, the assignee in staff's."""
        if isinstance(content, CustomerCard | StaffCard) and not part and not message.flags.has_thread:
            try:
                await message.create_thread(
                    name=render.thread_name(content), auto_archive_duration=ARCHIVE_AFTER
                )
            except discord.HTTPException as error:
                if error.code != HAS_THREAD:
                    raise
        if isinstance(content, StaffCard) and part == "card" and content.assignee is not None:
            assignee, thread = content.assignee, message.channel
            if assignee.network == self.name and isinstance(thread, discord.Thread):
                await self.let_in(thread, assignee)

    async def _let_in_on_duty(self, delivery: Delivery) -> None:
        thread = await self._where(delivery, "card")
        for person in delivery.surface.project.on_duty:
            if person.network != self.name or not isinstance(thread, discord.Thread):
                continue
            if await self.membership(person, delivery.surface.place) is not Membership.YES:
                continue  # they are on duty by name alone: nobody is let in who cannot see the channel
            await self.let_in(thread, person)

    async def let_in(self, thread: discord.Thread, person: Person) -> None:
        """Add somebody to a private thread, who can see its channel anyway."""
        if all(one.id != int(person.id) for one in thread.members):
            async with _opened(thread):
                await thread.add_user(discord.Object(int(person.id)))

    async def _where(self, delivery: Delivery, part: str) -> discord.TextChannel | discord.Thread:
        """Return the channel or the thread that a part of a delivery stands in."""
        content, surface = delivery.content, delivery.surface
        in_channel = isinstance(content, CustomerCard) or (
            isinstance(content, StaffCard) and surface.project.whole_team
        )
        if part == "door" or in_channel:
            return await self._channel(surface.place)
        thread = surface.thread or self._made.get((surface.place, surface.ticket))
        if thread is None:
            raise NotSent("the ticket's thread is not there yet")
        try:
            return await self._messageable(int(thread))
        except discord.NotFound as error:
            if error.code != UNKNOWN_CHANNEL:
                raise
            raise ThreadGone(thread) from None

    async def _channel(self, place: Place) -> discord.TextChannel:
        found = await self._messageable(int(place.id))
        if not isinstance(found, discord.TextChannel):
            raise NotSent("that is not a text channel", lost=True)
        return found

    async def _messageable(self, ident: int) -> discord.TextChannel | discord.Thread:
        found = self.client.get_channel(ident) or await self.client.fetch_channel(ident)
        if not isinstance(found, discord.TextChannel | discord.Thread):
            raise NotSent("that is not a text channel", lost=True)
        return found

    async def _webhook(self, place: Place) -> discord.Webhook | None:
        """Return our webhook in a channel, made if need be; None where we may not have one."""
        ident = int(place.id)
        if ident not in self._webhooks:
            channel = await self._channel(place)
            if await self._known_webhook(channel) is None:
                if not channel.permissions_for(channel.guild.me).manage_webhooks:
                    return None
                try:
                    made = await channel.create_webhook(name=WEBHOOK)
                except discord.HTTPException as error:
                    if error.code != WEBHOOKS_FULL:
                        raise
                    return None  # we speak ourselves, and say for whom
                self._keep_webhook(ident, made)
        return self._webhooks.get(ident)

    async def _known_webhook(self, channel: discord.TextChannel) -> discord.Webhook | None:
        """Look for our webhook in a channel."""
        if channel.permissions_for(channel.guild.me).manage_webhooks:
            for one in await channel.webhooks():
                if one.user is not None and one.user.id == self._me.id:
                    self._keep_webhook(channel.id, one)
        return self._webhooks.get(channel.id)

    def _keep_webhook(self, channel: int, found: discord.Webhook) -> None:
        self._spoken.add(found.id)
        if channel not in self._webhooks and found.token is not None:
            assert self._session is not None
            self._webhooks[channel] = discord.Webhook.partial(
                found.id, found.token, session=self._session, client=self.client
            )

    def _note_gone(self, webhook: discord.Webhook, place: Place, error: discord.NotFound) -> bool:
        """Whether an answer says that somebody deleted our webhook, which is forgotten then."""
        if error.code != UNKNOWN_WEBHOOK:
            return False
        if self._webhooks.get(int(place.id)) is webhook:
            self.forget_webhook(int(place.id))
        return True


@asynccontextmanager
async def _opened(
    channel: discord.TextChannel | discord.Thread,
) -> AsyncIterator[discord.TextChannel | discord.Thread]:
    """Open an archived thread for a change, and leave it as it was."""
    if not isinstance(channel, discord.Thread) or not channel.archived:
        yield channel
        return
    channel = await channel.edit(archived=False)
    try:
        yield channel
    finally:
        await channel.edit(archived=True)


def _is_private_thread(delivery: Delivery, part: str) -> bool:
    """Whether a part is no message but the ticket's private thread itself."""
    return not part and isinstance(delivery.content, StaffCard) and not delivery.surface.project.whole_team


async def _nobody_knows(_place: Place, _thread: str) -> bool:
    """There is nobody to tell."""
    return False


async def _alone(client: discord.AutoShardedClient) -> None:
    """Nothing runs beside a client without listeners."""


def _is_let_in(member: discord.Member, channel: discord.TextChannel) -> bool:
    """Whether somebody can see a channel for a reason of their own, not because everybody can."""
    if not channel.permissions_for(member).view_channel:
        return False
    if not channel.permissions_for(channel.guild.default_role).view_channel:
        return True
    mine: list[discord.Role | discord.Member] = [member, *member.roles[1:]]
    named = any(channel.overwrites_for(one).view_channel for one in mine)
    return named or member.guild_permissions.administrator


def _nonce(mark: str) -> str:
    """Discord takes 25 characters."""
    return hashlib.blake2b(mark.encode(), digest_size=12).hexdigest()


def _allowed(name: str) -> str:
    """Write a name so that Discord lets a webhook speak under it: a hair space parts what it refuses."""
    name = _REFUSED.sub(lambda match: f"{match[0][0]}\u200a{match[0][1:]}", name)[:80]
    # What cannot be seen is trimmed away, and an empty name is none.
    return name if any(sign.isprintable() and not sign.isspace() for sign in name) else "–"


def _new(post: render.Post) -> dict[str, Any]:
    if post.layout:
        return {"view": post.view()}
    buttons = {"view": post.view()} if post.buttons else {}
    return {"content": post.text, "suppress_embeds": True, **buttons}


def _changed(post: render.Post) -> dict[str, Any]:
    return {"view": post.view()} if post.layout else {"content": post.text, "view": post.view()}


def _said(post: render.Post) -> str:
    """What a post says, to know it again by."""
    return render.spoken_text(post)


def _says(message: discord.Message) -> str:
    texts = [message.content] if message.content else []
    for component in message.components:
        texts += _texts(component)
    return "\n".join(texts)


def _texts(component: Any) -> list[str]:
    if isinstance(component, discord.TextDisplay):
        return [component.content]
    return [text for child in getattr(component, "children", ()) for text in _texts(child)]
