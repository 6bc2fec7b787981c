"""What was said, edited or deleted while Halfdoor was away: looked up, and taken as if just arrived."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

import discord
import structlog

from adapters.discord.api import spoken
from adapters.discord.network import DiscordNetwork
from bot.desk import Desk
from bot.ports import Clock, NotSent, Unavailable, Watched
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
    async def take_deleted(self, place: Place, message: int) -> None: ...
    async def lost_thread(self, place: Place, thread: str) -> None: ...


class CatchUp:
    """Goes through linked channels and the threads of open tickets, one call after the other."""

    def __init__(self, taker: Taker, alive: Callable[[], bool]) -> None:
        self._taker = taker
        self._alive = alive
        self._network = taker.network
        self._desk = taker.desk
        self._clock = taker.clock
        self._wanted = asyncio.Event()

    def want(self) -> None:
        """A connection is new: something may have been missed."""
        self._wanted.set()

    async def run(self) -> None:
        """Catch up whenever it is wanted, and leave signs of life in between, until cancelled."""
        # No sign of life before the first look back, nor while nobody listens: it would hide what was missed.
        await self._wanted.wait()
        while True:
            try:
                if self._wanted.is_set():
                    self._wanted.clear()
                    await self.catch_up()
                elif self._alive():
                    await self._desk.hear("discord", self._clock.now())
            except (NotSent, Unavailable) as error:
                log.warning("not_caught_up", network="discord", error=str(error))
                self._wanted.set()
            wait = asyncio.ensure_future(self._wanted.wait())
            sleep = asyncio.ensure_future(self._clock.sleep(SIGN_EVERY))
            try:
                await asyncio.wait((wait, sleep), return_when=asyncio.FIRST_COMPLETED)
            finally:
                wait.cancel()
                sleep.cancel()

    async def catch_up(self) -> None:
        """Take what happened since the last sign of life. Raises NotSent, Unavailable."""
        now = self._clock.now()
        heard = await self._desk.heard("discord")
        if heard is not None:
            since = heard - MARGIN
            for place in await self._desk.places("discord"):
                await self._quietly(self._channel(place, since))
            for watched in await self._desk.watched("discord"):
                await self._quietly(self._threads(watched))
            log.info("caught_up", network="discord", since=since.isoformat())
        await self._desk.hear("discord", now)

    async def _quietly(self, look: Awaitable[None]) -> None:
        """One channel that cannot be read must not keep the others from being read."""
        try:
            with spoken():
                await look
        except NotSent as error:
            if not (error.final or error.lost):
                raise
            log.warning("channel_not_read", network="discord", reason=error.reason)

    async def _channel(self, place: Place, since: datetime) -> None:
        channel: Any = await self._network.client.fetch_channel(int(place.id))
        async for message in channel.history(limit=None, after=since, oldest_first=True):
            await self._taker.take(message, late=True)

    async def _threads(self, watched: Watched) -> None:
        found: set[str] = set()
        gone = False
        for ident in watched.threads:
            thread = await self._network.thread(int(ident))
            if thread is None:
                if ident not in watched.posts:  # else it is a message that has no thread
                    gone = True
                    await self._taker.lost_thread(watched.place, ident)
                continue
            async for message in thread.history(limit=None, oldest_first=True):
                found.add(str(message.id))
                await self._taker.take(message, late=True)
        for post in watched.posts:
            # What went with a whole thread was not taken back by its author.
            if post not in found and not gone and await self._is_gone(watched.place, int(post)):
                await self._taker.take_deleted(watched.place, int(post))

    async def _is_gone(self, place: Place, message: int) -> bool:
        """Whether a post that is in none of the threads is not in the channel either."""
        channel: Any = await self._network.client.fetch_channel(int(place.id))
        try:
            await channel.fetch_message(message)
        except discord.NotFound:
            return True
        return False
