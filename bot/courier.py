"""The outbound shell: delivers what is owed, in order per surface, and records where it landed."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import assert_never

import structlog

from bot.guard import Guard
from bot.ports import (
    Clock,
    Delivered,
    Due,
    Lanes,
    Moved,
    Network,
    NotSent,
    Outcome,
    Postponed,
    SetAside,
    Store,
    Unavailable,
)
from bot.tickets.deliveries import (
    Call,
    ClosingNotice,
    CustomerCard,
    Delivery,
    StaffNotice,
    ToStaff,
    call_for,
)
from bot.tickets.model import Message, PostRef, StaffSurface
from bot.tickets.texts import say

log = structlog.get_logger()

#: Tries before a delivery is set aside; with the pauses below that is about half an hour.
MAX_ATTEMPTS = 12
#: Seconds of the first pause and of the longest; they double in between, with up to half as much again.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0
#: Seconds before looking for a post whose call ended in doubt: it may still be on its way.
SETTLING = 5.0
#: How much earlier than our clock a network's clock may have stamped a post.
CLOCK_SKEW = timedelta(minutes=2)


class Courier:
    """Takes each lane's debts in order. What carries it from lane to lane is the driver, `Lanes`."""

    def __init__(
        self,
        store: Store,
        lanes: Lanes,
        networks: Mapping[str, Network],
        guard: Guard,
        clock: Clock,
        *,
        max_attempts: int = MAX_ATTEMPTS,
    ) -> None:
        self._store = store
        self._lanes = lanes
        self._networks = networks
        self._clock = clock
        self._max_attempts = max_attempts
        self._guard = guard
        self._stopping = asyncio.Event()

    async def start(self, ring: Callable[[str], Awaitable[None]]) -> None:
        """Begin with what was owed before; `ring` is called for each timer that is due."""
        self._stopping.clear()
        await self._lanes.start(self.run_lane, ring)

    async def drain(self) -> None:
        """Wait until nothing is due, for tests."""
        await self._lanes.drain()

    async def stop(self) -> None:
        """Finish the calls that are under way; what is left stays owed."""
        self._stopping.set()
        await self._lanes.stop()

    async def run_lane(self, lane: int) -> datetime | None:
        """Send what is due on one surface; return when to come back, or None for an empty lane."""
        paces = {name: (network.pace, network.burst) for name, network in self._networks.items()}
        settled: tuple[int, Outcome] | None = None
        while True:
            if self._stopping.is_set():
                if settled is not None:
                    await self._store.settle(*settled)
                return self._clock.now()
            due = await self._store.next_due(lane, self._clock.now(), settled, paces)
            if not isinstance(due, Due):
                return due
            settled = due.id, await self._try(due)

    async def _try(self, due: Due) -> Outcome:
        delivery = due.delivery
        network = self._networks.get(delivery.surface.place.network)
        fields = {"delivery": due.id, "ticket": delivery.surface.ticket, "attempt": due.attempts}
        moved: dict[str, PostRef | None] = {}
        try:
            if network is None:
                raise NotSent(f"no network “{delivery.surface.place.network}” is set up", final=True)
            if due.wait > 0 and await self._interrupted(due.wait):
                return Postponed(self._clock.now(), "stopping", unsure=due.since is not None)
            if isinstance(delivery, ToStaff) and not await self._guard.internal(delivery.surface.place):
                return Postponed(self._clock.now(), "the staff place is shut", unsure=due.since is not None)
            await self._call(network, due, moved)
            return Delivered(moved)
        except NotSent as error:
            log.warning("not_sent", reason=error.reason, unsure=error.unsure, **fields)
            if error.lost:
                await self._guard.look(delivery.surface.place)
            return self._after(error, due, moved)
        except Unavailable:
            raise  # the lane is woken again when the database is back, and looks first
        except Exception as error:
            # A fault of ours: it would fail again and again, and hold up all that comes after it.
            log.exception("delivery_failed", **fields)
            reason = f"{type(error).__name__} in Halfdoor itself"
            return SetAside(reason, _told(due, reason), moved)

    async def _call(self, network: Network, due: Due, moved: dict[str, PostRef | None]) -> None:
        """Make the calls, but for those that an earlier try turns out to have made; note each in `moved`."""
        delivery = due.delivery
        posts = dict(due.posts)
        call = call_for(delivery, posted=bool(posts))
        if due.since is not None:
            marks = {part: self._mark(due, part) for part in network.parts(delivery) if part not in posts}
            since = due.since - CLOCK_SKEW
            found = await network.find(delivery, marks, since, due.known) if marks else {}
            posts.update(found)
            moved.update(found)
            # It went out as it stood then; what changed since is brought up to date now.
            call = call_for(delivery, posted=bool(posts))
        if call is Call.NOTHING:
            return
        wanted = network.parts(delivery) if call is not Call.REMOVE else ()
        posted = False
        for part in wanted:
            if part in posts:
                await network.update(delivery, part, posts[part])
                continue
            if posted:
                pace = network.pace, network.burst
                wait = await self._store.reserve(delivery.surface.place, self._clock.now(), pace)
                await self._clock.sleep(wait)
            moved[part] = await network.post(delivery, part, self._mark(due, part))
            posted = True
        for part in [part for part in posts if part not in wanted]:
            await network.remove(delivery, part, posts[part])
            moved[part] = None

    @staticmethod
    def _mark(due: Due, part: str) -> str:
        return f"{due.mark}/{part}" if part else due.mark

    def _after(self, error: NotSent, due: Due, moved: Moved) -> Outcome:
        unsure = error.unsure or due.since is not None
        if error.retry_after is not None:
            until = self._clock.now() + timedelta(seconds=error.retry_after)
            return Postponed(until, error.reason, moved, unsure=due.since is not None, holds_place=True)
        if error.final or due.attempts >= self._max_attempts:
            log.error("set_aside", delivery=due.id, ticket=due.delivery.surface.ticket, reason=error.reason)
            return SetAside(error.reason, _told(due, error.reason), moved)
        pause = min(FIRST_PAUSE * 2 ** (due.attempts - 1), LONGEST_PAUSE) * random.uniform(1.0, 1.5)
        if error.unsure:
            pause = max(pause, SETTLING)
        return Postponed(self._clock.now() + timedelta(seconds=pause), error.reason, moved, unsure=unsure)

    async def _interrupted(self, seconds: float) -> bool:
        """Wait, and say whether the courier was told to stop meanwhile."""
        sleep = asyncio.ensure_future(self._clock.sleep(seconds))
        stop = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait((sleep, stop), return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleep.cancel()
            stop.cancel()
        return self._stopping.is_set()


def _told(due: Due, reason: str) -> Delivery | None:
    """Return the notice staff are owed. Where staff's own surface fails, only the log can tell."""
    delivery = due.delivery
    if isinstance(delivery, ToStaff):
        return None
    language = delivery.surface.project.language
    match delivery.content:
        case CustomerCard():
            what = say("what.card", language)
        case ClosingNotice():
            what = say("what.closing", language)
        case Message(by=by):
            what = say("what.message", language, name=by.name)
        case _:
            assert_never(delivery.content)
    text = say("notice.set_aside", language, what=what, reason=reason, id=due.id)
    ticket = delivery.surface.ticket
    surface = StaffSurface(ticket, delivery.surface.project, due.staff_place)
    return ToStaff(surface, StaffNotice(id=f"aside-{due.id}", ticket=ticket, text=text))
