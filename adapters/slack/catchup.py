"""What was said, edited or deleted while Halfdoor was away: looked up, and taken as if just arrived."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog

from adapters.slack import inbound
from adapters.slack.api import Api
from adapters.slack.http import SILENCE
from adapters.slack.inbound import Event
from bot.desk import Desk
from bot.ports import ONE_BY_ONE, Clock, NotSent, Unavailable, Watched, sweeping
from bot.tickets.model import Place

log = structlog.get_logger()

#: How long before the last sign of life to begin: Slack gives up on an event after about six minutes.
MARGIN = timedelta(minutes=10)
#: A post that is gone counts as deleted when it was younger than this: Slack's retention takes older ones.
DELETED_WITHIN = timedelta(days=30)
#: So many open tickets in a channel are looked into without asking first which were answered.
FEW = 5
#: Tickets on which something happened this lately may have been edited: nothing tells of that but a look.
CHANGED_WITHIN = timedelta(days=3)
#: Seconds between two signs of life.
SIGN_EVERY = 60.0
#: What Slack answers for a thread that is gone with all that was in it.
GONE = ("thread_not_found", "message_not_found")

T = TypeVar("T")
Take = Callable[[Event], Awaitable[None]]
#: Returns when Slack last reached us, None while it cannot.
Alive = Callable[[], Awaitable[datetime | None]]


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
        self._news = asyncio.Event()
        #: The channels in which something may have been missed, where all others were listened to.
        self._channels: set[Place] = set()
        #: When we last looked back.
        self._looked: datetime | None = None

    def want(self) -> None:
        """A connection is new: something may have been missed."""
        self._wanted.set()
        self._news.set()

    def want_at(self, place: Place) -> None:
        """We may see a channel again, or no longer."""
        self._channels.add(place)
        self._news.set()

    async def run(self) -> None:
        """Catch up whenever it is wanted, and leave signs of life in between, until cancelled."""
        # No sign of life before the first look back, nor while nobody listens: it would hide what was missed.
        await self._wanted.wait()
        while True:
            self._news.clear()
            try:
                if self._wanted.is_set():
                    self._wanted.clear()
                    await self.catch_up()
                elif self._channels:
                    await self._look_at(self._channels.pop())
                    continue
                elif (alive := await self._alive()) is not None:
                    if self._clock.now() - max(alive, self._looked or alive) > SILENCE:
                        await self.catch_up()  # nothing came, or nothing came through
                    elif alive > (self._looked or alive - SILENCE):
                        await self._desk.hear("slack", alive)
            except (NotSent, Unavailable) as error:
                log.warning("not_caught_up", error=str(error))
                self._wanted.set()
            wait = asyncio.ensure_future(self._news.wait())
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
            with sweeping():
                await self._look(await self._desk.places("slack"), heard, heard)
            log.info("caught_up", since=heard.isoformat())
        await self._desk.hear("slack", now)
        self._looked = now

    async def _look_at(self, place: Place) -> None:
        """Take what happened in one channel while we could not see it, if we can again."""
        now = self._clock.now()
        await self._look([place], await self._desk.heard("slack") or now, now)

    async def _look(self, places: list[Place], heard: datetime, otherwise: datetime) -> None:
        """Look back over channels; one that cannot be read keeps a mark of its own, until it can be.

        `heard`: when Slack was last listened to; `otherwise`: since when a channel cannot be read if that
        turns out only now.
        """
        unheard = await self._desk.unheard("slack")
        since = {place: min(heard, unheard.get(place, heard)) - MARGIN for place in places}
        answered: dict[Place, dict[str, datetime]] = {}
        for place in places:
            found = await self._quietly(self._channel(place.id, since[place]))
            if found is not None:
                answered[place] = found
        # Only now, as what was found in the channels can be tickets and their cards.
        watched: dict[Place, list[Watched]] = {}
        for one in await self._desk.watched("slack") if answered else ():
            watched.setdefault(one.place, []).append(one)
        for place, found in answered.items():
            await self._threads_with_news(place.id, watched.get(place, []), since[place], found)
        missed = [one for one in places if one not in answered and one not in unheard]
        await self._desk.hear_at(missed, otherwise)
        await self._desk.hear_at([one for one in answered if one in unheard], None)

    async def _threads_with_news(
        self, channel: str, watched: list[Watched], since: datetime, answered: dict[str, datetime]
    ) -> None:
        """Look into the threads in which something can have happened, of those that are watched.

        `answered`: when those that began since then were last answered.
        """
        if len(watched) > FEW:
            began = min(inbound.moment(ts) for one in watched for ts in one.threads) - timedelta(seconds=1)
            oldest = max(began, self._clock.now() - DELETED_WITHIN)
            older = await self._quietly(self._answered(channel, oldest, since)) if oldest < since else None
            answered = answered | (older or {})
        for one in watched:
            news = any(answered.get(ts, self._clock.now()) > since for ts in one.threads)
            if len(watched) <= FEW or news or one.last > self._clock.now() - CHANGED_WITHIN:
                await self._quietly(self._threads(one, since))

    async def _quietly(self, look: Awaitable[T]) -> T | None:
        """One channel that cannot be read must not keep the others from being read."""
        try:
            return await look
        except NotSent as error:
            if not (error.final or error.lost):
                raise
            log.warning("channel_not_read", reason=error.reason)
            return None

    async def _channel(self, channel: str, since: datetime) -> dict[str, datetime]:
        """Take what was said since then; return when each thread begun since was last answered."""
        found = await self._history(channel, since)
        for message in reversed(found):
            await self._said(channel, message, since)
        return _last_answers(found)

    async def _answered(self, channel: str, since: datetime, until: datetime) -> dict[str, datetime]:
        """Return when each thread that began between two times was last answered: 200 of them a call."""
        return _last_answers(await self._history(channel, since, latest=f"{until.timestamp():.6f}"))

    async def _history(self, channel: str, since: datetime, **more: str) -> list[dict[str, Any]]:
        oldest = f"{since.timestamp():.6f}"
        pages = self._api.pages("conversations.history", "messages", channel, oldest=oldest, **more)
        return [one async for one in pages]

    async def _threads(self, watched: Watched, since: datetime) -> None:
        channel = watched.place.id
        found: dict[str, Any] = {}
        stands: set[str] = set()
        for thread in watched.threads:
            try:
                pages = self._api.pages("conversations.replies", "messages", channel, ts=thread)
                read = {str(one.get("ts")): one async for one in pages}
            except NotSent as error:
                if not error.reason.startswith(GONE):
                    raise
                continue
            if thread in read:
                stands.add(thread)
            found |= read
        said = {ts: one for ts, one in found.items() if one.get("subtype") != "tombstone"}
        for ts in sorted(said):
            await self._said(channel, said[ts], since)
        await self._absent(watched, said, stands)

    async def _absent(self, watched: Watched, said: Mapping[str, Any], stands: set[str]) -> None:
        """Say what is not there any more, of threads that were read to their end.

        A post younger than its thread's first one, which still stands, was not taken by Slack's retention:
        that takes the older ones first. Many at once were not taken back by their author.
        """
        if not stands:
            return
        oldest, gone = self._clock.now() - DELETED_WITHIN, list[tuple[str, bool]]()
        for ts in watched.posts:
            if ts in said or inbound.moment(ts) <= oldest:
                continue
            if ts not in watched.threads:
                gone.append((ts, any(thread in said and thread < ts for thread in stands)))
            elif (before := await self._before(watched.place.id, ts)) != ts:
                gone.append((ts, before is not None))
        for ts, sure in gone:
            kind = "deleted" if sure and len(gone) <= ONE_BY_ONE else "lost"
            await self._take(Event(kind, watched.place.id, ts, "", None, ""))

    async def _before(self, channel: str, ts: str) -> str | None:
        """Return what stands in a channel at a ts, or as the next before it; None when nothing does."""
        page = await self._api.call(
            "conversations.history", channel=channel, latest=ts, inclusive=True, limit=1
        )
        return next((str(one["ts"]) for one in page.get("messages") or []), None)

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


def _last_answers(found: list[dict[str, Any]]) -> dict[str, datetime]:
    """Return when each thread was last answered, by its first post."""
    return {str(one["ts"]): inbound.moment(str(one.get("latest_reply") or one["ts"])) for one in found}
