"""The guard at the door: nothing is posted into a staff place that others can see, until it is ours again.

What is owed to a customer place that cannot be reached is held in the same way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from weakref import WeakValueDictionary

import structlog

from bot.news import News
from bot.ports import Clock, Network, NotSent, PlaceShut, ProjectPlaces, Store, Unavailable, sweeping
from bot.tickets.labels import door_label
from bot.tickets.model import Person, Place, Side

log = structlog.get_logger()

#: Seconds between two looks at every staff place, beside those that the network's own news cause.
LOOK_EVERY = 300.0


class Guard:
    """Keeps in the store which places are shut; what is owed to those is held there, not dropped."""

    def __init__(self, store: Store, networks: Mapping[str, Network], news: News, clock: Clock) -> None:
        self._store = store
        self._networks = networks
        self.news = news
        self._clock = clock
        self._looks: WeakValueDictionary[Place, asyncio.Lock] = WeakValueDictionary()
        #: What our last look at each place found: what the store knows may be older.
        self._open: dict[Place, bool] = {}
        news.when_old(self._open.clear)

    async def internal(self, place: Place) -> bool:
        """Whether a staff place may be posted into; unless our last look found so, look again.

        Raises NotSent when the network does not say, Unavailable when the database is away.
        """
        await self.news.hear()
        if not self._open.get(place):
            await self.look(place)
        if place not in self._open:
            raise NotSent("the network does not say who can see the staff channel", away=True)
        return self._open[place]

    async def look(self, place: Place, by: Person | None = None) -> None:
        """Look at a place of a project; hold or let go of what is owed to it, and tell staff.

        `by` is who did what made us look, if the network says so. Raises Unavailable when the database is
        away. What the network does not answer leaves all as it is.
        """
        link = await self._store.read(lambda tx: tx.link(place))
        network = self._networks.get(place.network)
        if link is None or network is None:
            return
        side = Side.STAFF if place == link.staff_place else Side.CUSTOMER
        # An older look must not undo a newer one.
        async with self._looks.setdefault(place, asyncio.Lock()):
            try:
                shut = await network.door(place, side)
            except NotSent as error:
                log.info("door_unknown", place=place.id, reason=error.reason)
                return
            now = self._clock.now()
            changed = await self._store.transact(lambda tx: tx.set_door(place, shut, now))
            if changed:
                await self.news.tell()
            self._open[place] = shut is None
        if not changed:
            return
        if shut is None:
            log.info("door_open", place=place.id)
        else:
            log.error("door_shut", place=place.id, reason=shut.reason)
        try:
            await self._say(link, side, shut, by)
        except NotSent as error:
            log.warning("not_announced", place=place.id, reason=error.reason)

    async def _say(self, link: ProjectPlaces, side: Side, shut: PlaceShut | None, by: Person | None) -> None:
        """Say in the staff place what has changed; where that cannot be, to each who works there."""
        language, place = link.project.language, link.staff_place
        network = self._networks[place.network]
        reason, who = (shut.reason, shut.who) if shut else ("over", "")
        text = door_label(side, reason, who, link.project.name, language)
        staff_shut = shut if side is Side.STAFF else await network.door(place, Side.STAFF)
        if staff_shut is None or (staff_shut.seen and side is Side.STAFF):
            await network.announce(place, text)
            return
        people = await self._store.read(lambda tx: tx.working(link.project.key))
        if by is not None and by not in people:
            people.append(by)
        for person in people:
            if person.network == place.network:
                await network.tell(person, text)

    async def look_at_all(self, *, customers: bool = False) -> None:
        """Look at every staff place, and at those of customers that are shut, or with `customers` at all."""
        links = await self._store.read(lambda tx: tx.links())
        places = [link.staff_place for link in links] + await self._store.read(lambda tx: tx.doors())
        if customers:
            places += [place for link in links for place in link.customer_places]
        for place in dict.fromkeys(places):
            await self.look(place)

    async def moved(self, old: Place, new: Place) -> None:
        """The network gave a place another id: everything that names it follows."""
        if await self._store.transact(lambda tx: tx.move_place(old, new)):
            log.info("place_moved", old=old.id, new=new.id)
            await self.news.tell()
        await self.look(new)

    async def watch(self) -> None:
        """Look at all places, then at those that matter again and again, until cancelled: news get lost."""
        customers = True
        while True:
            try:
                with sweeping():
                    await self.look_at_all(customers=customers)
                customers = False
            except Unavailable as error:
                log.warning("database_away", error=str(error))
            await self._clock.sleep(LOOK_EVERY)
