"""The outbound shell: delivers what is owed, in order per surface, and records where it landed."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import assert_never

import structlog

from bot.aside import aside
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
    StaffCard,
    StaffNotice,
    ToStaff,
    call_for,
    length,
)
from bot.tickets.model import Message, Note, PostRef, StaffSurface
from bot.words.keys import TextKey
from bot.words.say import say

log = structlog.get_logger()

#: Tries before a delivery is set aside; with the pauses below that is about half an hour.
MAX_ATTEMPTS = 12
#: Seconds of the first pause and of the longest; they double in between, with up to half as much again.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0
#: Seconds of the longest pause of the one that tries whether a network is back; all others wait for it.
LONGEST_ABSENCE_PAUSE = 30.0
#: Seconds before looking for a post whose call ended in doubt: it may still be on its way.
SETTLING = 5.0
#: How much earlier than our clock a network's clock may have stamped a post.
CLOCK_SKEW = timedelta(minutes=2)
#: How far back to look for a post when our clock was set since, and nobody knows when it was sent.
LOST_TIME = timedelta(days=2)


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
        #: When each network last took something, by the steady clock.
        self._took: dict[str, datetime] = {}
        #: The deliveries that fail while their networks may be away: when each did last, and how often.
        self._failing: dict[int, tuple[datetime, int]] = {}
        #: The delivery by which it is tried whether a network is back.
        self._trying: dict[str, int] = {}

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
                return self._clock.steady()
            due = await self._store.next_due(lane, self._clock.steady(), settled, paces)
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
                raise NotSent(f"no network “{delivery.surface.place.network}” is set up", away=True)
            if due.wait > 0 and await self._interrupted(due.wait):
                return self._untried(due, "stopping")
            if isinstance(delivery, ToStaff) and not await self._guard.internal(delivery.surface.place):
                return self._untried(due, "the staff place is shut")
            took = await self._call(network, due, moved)
            await self._ended(due, took=took)
            return Delivered(moved)
        except NotSent as error:
            log.warning("not_sent", reason=error.reason, unsure=error.unsure, **fields)
            if error.lost:
                await self._guard.look(delivery.surface.place)
            outcome = self._after(error, due, moved)
        except Unavailable:
            raise  # the lane is woken again when the database is back, and looks first
        except Exception as error:
            # A fault of ours: it would fail again and again, and hold up all that comes after it.
            log.exception("delivery_failed", **fields)
            reason = f"{type(error).__name__} in Halfdoor itself"
            outcome = SetAside(reason, _told(due, reason), moved)
        if isinstance(outcome, SetAside):
            await self._ended(due, took=False)
            await self._announce(delivery, outcome.reason)
        return outcome

    def _untried(self, due: Due, reason: str) -> Postponed:
        return Postponed(self._clock.steady(), reason, unsure=due.since is not None, spent=False)

    async def _ended(self, due: Due, *, took: bool) -> None:
        """What waits for a network is due: it took something, or whoever tried for all does no more."""
        network = due.delivery.surface.place.network
        self._failing.pop(due.id, None)
        if took:
            self._took[network] = self._clock.steady()
        if network in self._trying and (took or self._trying[network] == due.id):
            del self._trying[network]
            log.info("network_back" if took else "network_tried_anew", network=network)
            await self._store.back(network)

    async def _announce(self, delivery: Delivery, reason: str) -> None:
        """Say in the staff place that a ticket's card could not be posted: it has no thread for that."""
        if not isinstance(delivery.content, StaffCard):
            return
        place, about = delivery.surface.place, delivery.surface.project
        text = say("notice.no_card", about.language, key=delivery.surface.ticket, reason=reason)
        try:
            await self._networks[place.network].announce(place, text)
        except (NotSent, KeyError):
            log.error("not_announced", place=place.id, ticket=delivery.surface.ticket)

    async def _call(self, network: Network, due: Due, moved: dict[str, PostRef | None]) -> bool:
        """Make the calls, but for those that an earlier try turns out to have made; note each in `moved`.

        Returns whether any was made.
        """
        delivery = due.delivery
        posts = dict(due.posts)
        call = call_for(delivery, posted=bool(posts))
        if due.since is not None:
            parts = await aside(length(delivery.content), network.parts, delivery)
            marks = {part: self._mark(due, part) for part in parts if part not in posts}
            since = self._sent_at(due.since) - CLOCK_SKEW
            found = await network.find(delivery, marks, since, due.known) if marks else {}
            posts.update(found)
            moved.update(found)
            # It went out as it stood then; what changed since is brought up to date now.
            call = call_for(delivery, posted=bool(posts))
        if call is Call.NOTHING:
            return False
        wanted: tuple[str, ...] = ()
        if call is not Call.REMOVE:
            wanted = await aside(length(delivery.content), network.parts, delivery)
        posted = False
        for part in wanted:
            if part in posts:
                elsewhere = await network.update(delivery, part, posts[part])
                if elsewhere is not None:
                    moved[part] = elsewhere
                continue
            if posted:
                pace = network.pace, network.burst
                wait = await self._store.reserve(delivery.surface.place, self._clock.steady(), pace)
                await self._clock.sleep(wait)
            moved[part] = await network.post(delivery, part, self._mark(due, part))
            posted = True
        for part in [part for part in posts if part not in wanted]:
            await network.remove(delivery, part, posts[part])
            moved[part] = None
        return True

    @staticmethod
    def _mark(due: Due, part: str) -> str:
        return f"{due.mark}/{part}" if part else due.mark

    def _sent_at(self, since: datetime) -> datetime:
        """Return the earliest time that others' clocks may have had when a call was made."""
        age = self._clock.steady() - since
        if age < timedelta():
            return self._clock.now() - LOST_TIME
        return min(since, self._clock.now() - age)

    def _after(self, error: NotSent, due: Due, moved: Moved) -> Outcome:
        now, unsure = self._clock.steady(), error.unsure or due.since is not None
        if error.retry_after is not None:
            until = now + timedelta(seconds=error.retry_after)
            doubt = due.since is not None
            return Postponed(until, error.reason, moved, unsure=doubt, holds_place=True, spent=False)
        if error.away:
            alone, tries = self._fails(due)
            if not alone:
                return self._absent(error, due, moved, tries, unsure=unsure)
        if error.final or due.attempts >= self._max_attempts:
            log.error("set_aside", delivery=due.id, ticket=due.delivery.surface.ticket, reason=error.reason)
            return SetAside(error.reason, _told(due, error.reason), moved)
        pause = min(FIRST_PAUSE * 2 ** (due.attempts - 1), LONGEST_PAUSE) * random.uniform(1.0, 1.5)
        if error.unsure:
            pause = max(pause, SETTLING)
        return Postponed(now + timedelta(seconds=pause), error.reason, moved, unsure=unsure)

    def _fails(self, due: Due) -> tuple[bool, int]:
        """Note a failure while a network may be away; return whether it is alone, and how often it was not.

        The fault is a delivery's own if others got through on its network since it failed last.
        """
        now, took = self._clock.steady(), self._took.get(due.delivery.surface.place.network)
        last, tries = self._failing.get(due.id, (now, 0))
        alone = took is not None and took > last
        self._failing[due.id] = now, tries if alone else tries + 1
        return alone, tries

    def _absent(self, error: NotSent, due: Due, moved: Moved, tries: int, *, unsure: bool) -> Postponed:
        """Wait for a network that may be away: that uses up no try, and one delivery tries for all."""
        network, now = due.delivery.surface.place.network, self._clock.steady()
        tries_for_all = self._trying.setdefault(network, due.id) == due.id
        # Where others drive lanes too, none of them is woken by what one finds out.
        longest = LONGEST_PAUSE if self._store.alone and not tries_for_all else LONGEST_ABSENCE_PAUSE
        pause = min(FIRST_PAUSE * 2**tries, longest) * random.uniform(1.0, 1.5)
        if error.unsure:
            pause = max(pause, SETTLING)
        return Postponed(now + timedelta(seconds=pause), error.reason, moved, unsure=unsure, spent=False)

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
    """Return the notice staff are owed, of what did not reach the customer or themselves."""
    delivery = due.delivery
    language = delivery.surface.project.language
    key: TextKey = "notice.set_aside.staff" if isinstance(delivery, ToStaff) else "notice.set_aside"
    match delivery.content:
        case StaffNotice() | StaffCard():
            return None  # another would fail likewise; without a card there is no thread for it
        case CustomerCard():
            what = say("what.card", language)
        case ClosingNotice():
            what = say("what.closing", language)
        case Message(by=by):
            what = say("what.message", language, name=by.name)
        case Note(by=by):
            what = say("what.note", language, name=by.name)
        case _:
            assert_never(delivery.content)
    text = say(key, language, what=what, reason=reason, id=str(due.id))
    ticket = delivery.surface.ticket
    surface = StaffSurface(ticket, delivery.surface.project, due.staff_place)
    return ToStaff(surface, StaffNotice(id=f"aside-{due.id}", ticket=ticket, text=text))
