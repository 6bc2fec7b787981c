"""What was said, edited or deleted while Halfdoor was away: looked up, and taken as if just arrived."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Protocol

import discord
import structlog

from adapters.discord.api import UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, sdk_errors_as_not_sent
from adapters.discord.network import DiscordNetwork
from bot.desk import Desk
from bot.ports import ONE_BY_ONE, Clock, NotSent, Unavailable, Watched
from bot.tickets.model import Place

log = structlog.get_logger()

#: How long before the last sign of life to begin.
MARGIN = timedelta(minutes=10)
#: Seconds between two signs of life.
SIGN_EVERY = 60.0


class Taker(Protocol):
    """Takes what is found."""

    network: DiscordNetwork
    desk: Desk
    clock: Clock

    async def take(self, message: discord.Message, *, late: bool) -> None: ...
    async def take_absent(self, place: Place, message: int, *, sure: bool) -> None: ...
    async def lost_thread(self, place: Place, thread: str) -> bool: ...


class CatchUp:
    """Goes through linked channels and the threads of open tickets, one call after the other.

    What could be heard until the last sign of life is known by that. A place that we cannot see has a mark of
    its own: it is looked back over from there, as soon as it can be seen.
    """

    def __init__(self, taker: Taker, alive: Callable[[], bool]) -> None:
        self._taker = taker
        self._alive = alive
        self._network = taker.network
        self._desk = taker.desk
        self._clock = taker.clock
        self._wanted = asyncio.Event()
        self._woken = asyncio.Event()
        #: Places that we may have been out of, for too short a time to be seen.
        self._regained: set[Place] = set()
        #: Whether something may be missing until we have looked back, and the channels that were read since.
        self._behind = True
        self._first: dict[int, asyncio.Future[None]] = {}

    def want(self) -> None:
        """A connection is new: something may have been missed."""
        self.lost()
        self._wanted.set()
        self._woken.set()

    def lost(self) -> None:
        """A connection is away: what comes after it may come without what was said meanwhile."""
        if not self._behind:
            self._behind, self._first = True, {}

    def resumed(self) -> None:
        """Discord replays all that was missed, in order."""
        self._behind = self._wanted.is_set()

    async def before(self, channel: Any, place: Place) -> None:
        """Take what was missed in a channel or thread before what is said there now. Raises Unavailable.

        Who comes while others wait here waits too, even if all was looked back over meanwhile.
        """
        if channel.id not in self._first:
            if not self._behind:
                return
            self._first[channel.id] = asyncio.ensure_future(self._missed(channel, place))
        first = self._first[channel.id]
        try:
            await first
        except (NotSent, Unavailable):
            if self._first.get(channel.id) is first:
                del self._first[channel.id]
            raise

    async def _missed(self, channel: Any, place: Place) -> None:
        heard, marks = await self._desk.heard("discord"), await self._desk.unheard("discord")
        since = marks.get(place, heard)
        if since is not None:
            await self._quietly(self._history(channel, since - MARGIN))

    def check(self) -> None:
        """What we can see may have changed."""
        self._woken.set()

    def again(self, places: Iterable[Place]) -> None:
        """We were out of some places, and are in again."""
        self._regained.update(places)
        self._woken.set()

    async def run(self) -> None:
        """Catch up whenever it is wanted, and leave signs of life in between, until cancelled."""
        # No sign of life before the first look back, nor while nobody listens: it would hide what was missed.
        await self._wanted.wait()
        while True:
            self._woken.clear()
            try:
                if self._wanted.is_set():
                    self._wanted.clear()
                    await self.catch_up()
                    self._behind = self._wanted.is_set()
                elif self._alive():
                    await self.sign()
            except (NotSent, Unavailable) as error:
                log.warning("not_caught_up", network="discord", error=str(error))
                self._wanted.set()
            wait = asyncio.ensure_future(self._woken.wait())
            sleep = asyncio.ensure_future(self._clock.sleep(SIGN_EVERY))
            try:
                await asyncio.wait((wait, sleep), return_when=asyncio.FIRST_COMPLETED)
            finally:
                wait.cancel()
                sleep.cancel()

    async def catch_up(self) -> None:
        """Take what happened since the last sign of life. Raises NotSent, Unavailable."""
        await self._look_back(await self._desk.places("discord"))

    async def sign(self) -> None:
        """Leave a sign of life; look back over places that could not be seen and can be again."""
        regained, self._regained = self._regained, set()
        marks = await self._desk.unheard("discord")
        try:
            await self._look_back([*regained, *marks])
        except (NotSent, Unavailable):
            self._regained |= regained
            raise

    async def _look_back(self, wanted: Iterable[Place]) -> None:
        """Take what was missed in some places since each was last listened to; leave a sign of life."""
        now, heard = self._clock.now(), await self._desk.heard("discord")
        places, marks = await self._desk.places("discord"), await self._desk.unheard("discord")
        here = set(wanted).intersection(places)
        since = {place: at for place in places if place in here and (at := marks.get(place, heard))}
        read: set[Place] = set()
        for place, at in since.items():
            if self._sees(place, "read_message_history") and await self._quietly(
                self._channel(place, at - MARGIN)
            ):
                read.add(place)
        for watched in await self._desk.watched("discord") if read else ():
            if watched.place in read and not await self._quietly(self._threads(watched)):
                read.remove(watched.place)
        if since:
            log.info("caught_up", network="discord", wanted=len(since), read=len(read))
        missed = [one for one in places if one not in read and (one in since or not self._sees(one))]
        await self._desk.hear_at([one for one in missed if one not in marks], heard or now)
        await self._desk.hear_at([one for one in read if one in marks], None)
        await self._desk.hear("discord", now)

    def _sees(self, place: Place, *more: str) -> bool:
        """Whether we are told of what happens in a place now; with `more`, whether we may do that there."""
        channel: Any = self._network.client.get_channel(int(place.id))
        if channel is None or channel.guild.unavailable or channel.guild.me is None:
            return False
        mine = channel.permissions_for(channel.guild.me)
        return all(getattr(mine, name) for name in ("view_channel", *more))

    async def _quietly(self, look: Awaitable[None]) -> bool:
        """One channel that cannot be read must not keep the others from being read; say whether it was."""
        try:
            with sdk_errors_as_not_sent():
                await look
        except NotSent as error:
            if not (error.final or error.lost):
                raise
            log.warning("channel_not_read", network="discord", reason=error.reason)
            return False
        return True

    async def _channel(self, place: Place, since: datetime) -> None:
        await self._history(await self._network.client.fetch_channel(int(place.id)), since)

    async def _history(self, channel: Any, since: datetime) -> None:
        async for message in channel.history(limit=None, after=since, oldest_first=True):
            await self._taker.take(message, late=True)

    async def _threads(self, watched: Watched) -> None:
        """Read a ticket's threads. What is in none of them is absent only if all of them were read."""
        found: set[str] = set()
        read: list[discord.Thread] = []
        gone = False
        for ident in watched.threads:
            try:
                thread = await self._thread(int(ident))
                async for message in thread.history(limit=None, oldest_first=True):
                    found.add(str(message.id))
                    await self._taker.take(message, late=True)
                read.append(thread)
            except discord.NotFound as error:
                if error.code != UNKNOWN_CHANNEL:
                    raise
                # Its channel can be seen, so it is gone; or it never was: a message that has no thread.
                if ident not in watched.posts:
                    gone |= await self._taker.lost_thread(watched.place, ident)
        if gone:
            return  # what went with a whole thread was not taken back by its author
        missing = [int(post) for post in watched.posts if post not in found]
        absent = [post for post in missing if await self._is_absent(watched.place, read, post)]
        for post in absent:
            # Discord keeps what is said for ever. Many at once went with a ban, or were purged.
            await self._taker.take_absent(watched.place, post, sure=len(absent) <= ONE_BY_ONE)

    async def _thread(self, ident: int) -> discord.Thread:
        """Return a thread, also an archived one. Raises NotFound when it is gone, and Forbidden."""
        client = self._network.client
        thread = client.get_channel(ident) or await client.fetch_channel(ident)
        if not isinstance(thread, discord.Thread):
            raise NotSent("that is no thread", lost=True)
        return thread

    async def _is_absent(self, place: Place, threads: list[discord.Thread], message: int) -> bool:
        """Whether Discord says of the channel and of each thread that a post is not there."""
        channel: Any = await self._network.client.fetch_channel(int(place.id))
        for one in (channel, *threads):
            try:
                await one.fetch_message(message)
            except discord.NotFound as error:
                if error.code != UNKNOWN_MESSAGE:
                    raise
            else:
                return False
        return True
