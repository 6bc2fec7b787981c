"""What was said, edited or deleted while Halfdoor was away: looked up, and taken as if just arrived."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import structlog

from adapters.slack import inbound
from adapters.slack.api import Api
from adapters.slack.inbound import Event
from bot.desk import Desk
from bot.ports import Clock, NotSent, Unavailable, Watched

log = structlog.get_logger()

#: How long before the last sign of life to begin: Slack gives up on an event after about six minutes.
MARGIN = timedelta(minutes=10)
#: A post that is gone counts as deleted when it was younger than this: Slack's retention takes older ones.
DELETED_WITHIN = timedelta(days=30)
#: Seconds between two signs of life.
SIGN_EVERY = 60.0
#: What Slack answers for a thread that is gone with all that was in it.
GONE = ("thread_not_found", "message_not_found")

Take = Callable[[Event], Awaitable[None]]
Alive = Callable[[], Awaitable[bool]]


class CatchUp:
    """Goes through linked channels and the threads of open tickets, one call after the other.

    `Api` keeps it within Slack's limits, and what arrives meanwhile is taken between its calls.
    """

    def __init__(self, api: Api, desk: Desk, take: Take, alive: Alive, clock: Clock) -> None:
        self._api = api
        self._alive = alive
        self._desk = desk
        self._take = take
        self._clock = clock
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
                elif await self._alive():
                    await self._desk.hear("slack", self._clock.now())
            except (NotSent, Unavailable) as error:
                log.warning("not_caught_up", error=str(error))
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
        heard = await self._desk.heard("slack")
        if heard is not None:
            since = heard - MARGIN
            for place in await self._desk.places("slack"):
                await self._quietly(self._channel(place.id, since))
            for watched in await self._desk.watched("slack"):
                await self._quietly(self._threads(watched, since))
            log.info("caught_up", since=since.isoformat())
        await self._desk.hear("slack", now)

    async def _quietly(self, look: Awaitable[None]) -> None:
        """One channel that cannot be read must not keep the others from being read."""
        try:
            await look
        except NotSent as error:
            if not (error.final or error.lost):
                raise
            log.warning("channel_not_read", reason=error.reason)

    async def _channel(self, channel: str, since: datetime) -> None:
        pages = self._api.pages(
            "conversations.history", "messages", channel, oldest=f"{since.timestamp():.6f}"
        )
        for message in reversed([one async for one in pages]):
            await self._said(channel, message, since)

    async def _threads(self, watched: Watched, since: datetime) -> None:
        channel = watched.place.id
        found: dict[str, Any] = {}
        for thread in watched.threads:
            try:
                async for message in self._api.pages("conversations.replies", "messages", channel, ts=thread):
                    if message.get("subtype") != "tombstone":
                        found[str(message.get("ts"))] = message
            except NotSent as error:
                if not error.reason.startswith(GONE):
                    raise
        for ts in sorted(found):
            await self._said(channel, found[ts], since)
        oldest = self._clock.now() - DELETED_WITHIN
        for ts in watched.posts:
            if ts not in found and inbound.moment(ts) > oldest:
                await self._take(Event("deleted", channel, ts, "", None, ""))

    async def _said(self, channel: str, message: dict[str, Any], since: datetime) -> None:
        said = inbound.event(message | {"channel": channel})
        if said is None:
            return
        if inbound.moment(said.ts) > since:
            await self._take(said)
        edited = (message.get("edited") or {}).get("ts")
        if edited and inbound.moment(str(edited)) > since:
            changed = {"subtype": "message_changed", "channel": channel, "message": message}
            if (event := inbound.event(changed)) is not None:
                await self._take(event)
