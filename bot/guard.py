"""The guard at the door: nothing is posted into a staff place that others can see, until it is ours again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog

from bot.ports import Clock, Network, NotSent, Store, Unavailable
from bot.tickets.model import Place
from bot.tickets.texts import say

log = structlog.get_logger()

#: Seconds between two looks at every staff place, beside those that the network's own news cause.
LOOK_EVERY = 300.0


class Guard:
    """Keeps in the store which staff places are shut; what is owed to those is held there, not dropped."""

    def __init__(self, store: Store, networks: Mapping[str, Network], clock: Clock) -> None:
        self._store = store
        self._networks = networks
        self._clock = clock
        self._looks = asyncio.Lock()

    async def look(self, place: Place) -> None:
        """Look at a place, if it is a staff place; hold or let go of what is owed to it, and say so there.

        Raises Unavailable when the database is away. What the network does not answer leaves all as it is.
        """
        link = await self._store.read(lambda tx: tx.link(place))
        network = self._networks.get(place.network)
        if link is None or place != link.staff_place or network is None:
            return
        async with self._looks:  # an older look must not undo a newer one
            try:
                shut = await network.door(place)
            except NotSent as error:
                log.warning("door_unknown", place=place.id, reason=error.reason)
                return
            now = self._clock.now()
            if not await self._store.transact(lambda tx: tx.set_door(place, shut, now)):
                return
        language = link.project.language
        if shut is None:
            log.info("door_open", place=place.id)
            text = say("shut.over", language)
        else:
            log.error("door_shut", place=place.id, reason=shut.reason)
            text = say(f"shut.{shut.reason}", language, who=shut.who or say("shut.somebody", language))
        if shut is None or shut.seen:
            try:
                await network.announce(place, text)
            except NotSent as error:
                log.warning("not_announced", place=place.id, reason=error.reason)

    async def look_at_all(self) -> None:
        """Look at every staff place."""
        links = await self._store.read(lambda tx: tx.links())
        for link in links:
            await self.look(link.staff_place)

    async def moved(self, old: Place, new: Place) -> None:
        """The network gave a place another id: everything that names it follows."""
        if await self._store.transact(lambda tx: tx.move_place(old, new)):
            log.info("place_moved", old=old.id, new=new.id)
        await self.look(new)

    async def watch(self) -> None:
        """Look again and again, until cancelled: news can be lost."""
        while True:
            await self._clock.sleep(LOOK_EVERY)
            try:
                await self.look_at_all()
            except Unavailable as error:
                log.warning("database_away", error=str(error))
