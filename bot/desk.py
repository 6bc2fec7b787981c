"""The inbound shell: de-duplicates what networks tell us, routes it to a project, decides and commits."""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_attempt,
    stop_after_delay,
    stop_when_event_set,
    wait_fixed,
    wait_random,
)

from bot.context import NotYet, apply, digest, staff_listing
from bot.intake import Intake, NotOurs
from bot.news import News
from bot.ports import (
    Act,
    Answer,
    Asked,
    Clock,
    Conflict,
    Incoming,
    Listing,
    LoadedTicket,
    Network,
    NotSent,
    PlaceInside,
    ProjectPlaces,
    Raised,
    Said,
    Store,
    Tx,
    Unavailable,
    Watched,
    Words,
)
from bot.tickets import asks as a
from bot.tickets import commands as c
from bot.tickets.deliveries import StaffNotice, ToStaff
from bot.tickets.grammar import parse
from bot.tickets.model import (
    Actor,
    Membership,
    Message,
    Note,
    Person,
    Place,
    PostRef,
    Project,
    Side,
    Status,
)
from bot.tickets.rights import NotAdmitted, staff_only
from bot.words.keys import TextKey
from bot.words.say import Refused, language_for, say

log = structlog.get_logger()

#: Seconds for which the places of a project are remembered; another process may change them meanwhile.
LINK_MEMORY = 10.0
#: What staff see first of all, and how many tickets of each.
HOME: Final[Mapping[TextKey, a.AskList]] = {
    "home.mine": a.AskList(mine=True),
    "home.unassigned": a.AskList(unassigned=True),
    "home.waiting": a.AskList(statuses=(Status.PENDING,)),
}
HOME_LIMIT = 10
#: What staff are told when a ticket's thread of a side is gone.
THREAD_LOST: Final[Mapping[Side, TextKey]] = {
    Side.STAFF: "notice.thread_lost.staff",
    Side.CUSTOMER: "notice.thread_lost.customer",
}
#: Seconds for which what was said waits for a database that is away, and between two tries.
PATIENCE, PATIENCE_PAUSE = 600.0, 0.5
#: How long a look back waits for cards that are being looked for, and the seconds between two looks.
CARDS_WITHIN, LOOK_EVERY = timedelta(minutes=10), 0.25
#: Posts of bots in one thread within so long after which they talk to one another, not to us.
BOTS, BOTS_WITHIN = 30, timedelta(minutes=10)
#: How many threads are watched for that at a time.
THREADS_OF_BOTS = 1000
#: How many tickets or tags are suggested while somebody types.
SUGGESTED = 25


def unknown(network: str, name: str) -> Refused:
    """Log and refuse a button or a form that is none of ours: nothing is done on a guess."""
    log.error("unknown_act", network=network, name=name[:80])
    return Refused("no.trouble")


class Desk:
    """Takes what networks tell it, once, and answers the one who asked. Whoever calls acknowledges after."""

    def __init__(self, store: Store, networks: Mapping[str, Network], news: News, clock: Clock) -> None:
        self._store = store
        self._networks = networks
        self._news = news
        self._clock = clock
        self._links: dict[Place, tuple[datetime, ProjectPlaces | None]] = {}
        self._taking: set[asyncio.Task[Any]] = set()
        self._stopping = threading.Event()
        #: When bots last wrote in a thread, and the threads in which they are not listened to now.
        self._bots: OrderedDict[tuple[Place, str | None], deque[datetime]] = OrderedDict()
        self._unheard_bots: set[tuple[Place, str | None]] = set()
        news.when_old(self._links.clear)
        #: Makes the address that opens the console to somebody, once; set where there are pages.
        self.console: Callable[[Person, Place], Awaitable[str]] | None = None

    async def handle(self, incoming: Incoming) -> Answer | None:
        """Take `incoming`, if it has not been taken before, and commit what follows from it.

        Returns what the person who acted should be told, and nobody else. Raises Unavailable when the
        database is away, and NotYet or Conflict when the network should deliver it again; nothing has
        been changed then.
        """
        task = asyncio.current_task()
        assert task is not None
        self._taking.add(task)
        try:
            return await self._handle(incoming)
        finally:
            self._taking.discard(task)

    async def receive(self, incoming: Incoming) -> Answer | None:
        """Take what a network tells of by itself, like `handle`, and wait where the database is away.

        Whoever calls keeps what comes after it in the same thread waiting, so that it stays in order.
        Raises Unavailable when it is away for too long, or when we stop.
        """
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(Unavailable),
            stop=stop_after_delay(PATIENCE) | stop_when_event_set(self._stopping),
            wait=wait_fixed(PATIENCE_PAUSE),
            sleep=self._clock.sleep,
            before_sleep=_say_away,
            reraise=True,
        ):
            with attempt:
                return await self.handle(incoming)
        raise AssertionError("the retries end by returning or raising")

    async def finish(self) -> None:
        """Wait for what is being taken; nothing new may come in any more."""
        self._stopping.set()
        if self._taking:
            await asyncio.wait(set(self._taking))

    async def _handle(self, incoming: Incoming) -> Answer | None:
        await self._news.hear()
        link = await self.link(incoming.place)
        act = incoming.act
        if link is None:
            return _unlinked(act, language_for(incoming.locale, "en"))
        if _is_chatter(act, incoming.place, link):
            return None
        language = language_for(incoming.locale, link.project.language)
        if isinstance(act, Said) and act.automated and await self._bots_talk(incoming.place, act.thread):
            return None
        try:
            membership = await self._membership(incoming.by, link.staff_place, incoming.place)
            if isinstance(act, Asked) and isinstance(act.ask, a.AskAssign):
                await self._check_assignee(act.ask, link)
            if isinstance(act, Said) and act.command:
                await self._check_named(act, link)
            if isinstance(act, Asked) and isinstance(act.ask, a.AskConsole):
                return await self._console(incoming.by, membership, link, language)

            def work(tx: Tx) -> Answer | None:
                return Intake(tx, incoming, link, membership).take()

            try:
                if isinstance(act, Asked) and a.looks(act.ask):
                    # Whoever looks waits for nobody who writes.
                    return await self._store.read(
                        lambda tx: Intake(tx, incoming, link, membership).asked(act.ask)
                    )
                return await self._store.transact(work)
            except (Conflict, NotYet):
                return await self._again(work)
        except NotOurs:
            return None
        except Refused as refused:
            return Words(refused.words(language), refused=True, field=refused.field)

    async def _bots_talk(self, place: Place, thread: str | None) -> bool:
        """Whether bots answer each other in a thread without an end: staff are told once, and it is left out.

        Another desk in the same channel, or a bot that brings back what we post, would go on for ever.
        """
        here, now = (place, thread), self._clock.now()
        times = self._bots.setdefault(here, deque(maxlen=BOTS))
        self._bots.move_to_end(here)
        while len(self._bots) > THREADS_OF_BOTS:
            self._unheard_bots.discard(self._bots.popitem(last=False)[0])
        if len(times) < BOTS or abs(now - times[0]) > BOTS_WITHIN:
            times.append(now)
            self._unheard_bots.discard(here)
            return False
        if here not in self._unheard_bots and thread is not None:
            self._unheard_bots.add(here)
            await self._store.transact(lambda tx: self._tell_of_bots(tx, place, thread, now))
        return True

    @staticmethod
    def _tell_of_bots(tx: Tx, place: Place, thread: str, now: datetime) -> None:
        opened = tx.ticket_in(place, thread)
        if opened is None:
            return
        to, minutes = opened.surfaces.staff, int(BOTS_WITHIN.total_seconds() // 60)
        text = say("notice.bots", to.project.language, n=BOTS, minutes=minutes)
        ident = f"bots-{now.timestamp():.0f}"
        tx.owe([ToStaff(to, StaffNotice(id=ident, ticket=opened.ticket.key, text=text))], now, last=True)
        log.warning("bots_left_out", ticket=opened.ticket.key)

    async def _again(self, work: Callable[[Tx], Answer | None]) -> Answer | None:
        """Try a transaction again that lost a race, or whose thread is just being made."""
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type((Conflict, NotYet)),
            stop=stop_after_attempt(8),
            wait=wait_fixed(0.05) + wait_random(0, 0.25),
            sleep=self._clock.sleep,
            reraise=True,
        ):
            with attempt:
                return await self._store.transact(work)
        raise AssertionError("the retries end by returning or raising")

    @property
    def alone(self) -> bool:
        """Whether no other process hears what we hear."""
        return self._store.alone

    async def claim(self, ref: str) -> bool:
        """Whether we are the first process to take what `ref` names, of all that hear of it.

        For what leaves no trace of its own: looks, forms that are opened, answers to somebody alone.
        """
        if self.alone:
            return True
        now = self._clock.now()
        return await self._store.transact(lambda tx: tx.take(ref, now))

    async def knows_thread(self, place: Place, thread: str) -> bool:
        """Whether a thread is a ticket's."""
        return await self._store.read(lambda tx: tx.ticket_in(place, thread)) is not None

    async def ring(self, name: str) -> None:
        """A timer is due. `window:KEY:N`: the time to reopen closing N of a ticket is over."""
        now = self._clock.now()
        kind, key, number = name.split(":")
        assert kind == "window", name

        def work(tx: Tx) -> None:
            if not tx.rang(name, now) or (opened := tx.ticket(key)) is None:
                return
            link = tx.project(opened.ticket.project)
            assert link is not None
            halfdoor = Actor(Person("halfdoor", "halfdoor", "Halfdoor"), Side.STAFF)
            apply(tx, link, opened, c.EndWindow(by=halfdoor, number=int(number)), now)

        await self._store.transact(work)

    async def link(self, place: Place) -> ProjectPlaces | None:
        """Return the project a place belongs to."""
        known = self._links.get(place)
        now = self._clock.now()
        if known is None or not 0 <= (now - known[0]).total_seconds() < LINK_MEMORY:
            known = now, await self._store.read(lambda tx: tx.link(place))
            self._links[place] = known
        return known[1]

    async def check(self) -> None:
        """Raise Unavailable when the database is away."""
        await self._store.read(lambda tx: tx.link(Place("", "")))

    async def heard(self, network: str) -> datetime | None:
        """Return when a network was last known to be listened to."""
        return await self._store.read(lambda tx: tx.heard(network))

    async def hear(self, network: str, at: datetime) -> None:
        """Note that what happened on a network until `at` has been taken."""
        await self._store.transact(lambda tx: tx.hear(network, at))

    async def unheard(self, network: str) -> dict[Place, datetime]:
        """Return the places of a network that could not be listened to since then."""
        return await self._store.read(lambda tx: tx.unheard(network))

    async def hear_at(self, places: Sequence[Place], at: datetime | None) -> None:
        """Note until when places were listened to; None: they are again, and nothing of theirs is missing."""
        if places:
            await self._store.transact(lambda tx: tx.hear_at(places, at))

    async def watched(self, network: str) -> list[Watched]:
        """Return the threads of open tickets on a network, newest tickets first.

        Those too that hang on a card which may stand already: it is looked for first.
        """
        places, patience = await self.places(network), self._clock.now() + CARDS_WITHIN
        # What is owed to a place that is shut is not looked for until it opens.
        while await self._store.read(
            lambda tx: any(tx.may_be_card(place) and tx.shut(place) is None for place in places)
        ):
            if self._clock.now() > patience:
                log.warning("cards_not_found_yet", network=network)
                break
            await self._clock.sleep(LOOK_EVERY)
        return await self._store.read(lambda tx: tx.watched(network))

    async def places(self, network: str) -> list[Place]:
        """Return all places of projects on a network."""
        links = await self._store.read(lambda tx: tx.links())
        found = [place for link in links for place in (*link.customer_places, link.staff_place)]
        return [place for place in found if place.network == network]

    def forget(self) -> None:
        """Look the places of projects up again: they have changed."""
        self._links.clear()

    async def lost_thread(self, place: Place, thread: str, *, needed: bool = False) -> bool:
        """A ticket's thread was deleted: it goes on in a new one, and staff are told. False when it does not.

        A closed ticket does so only when something is `needed` there.
        """
        now = self._clock.now()

        def work(tx: Tx) -> bool:
            found = tx.ticket_in(place, thread)
            if found is None or (found.ticket.status is Status.CLOSED and not needed):
                return False
            opened = tx.lose_thread(place, thread)
            if opened is None:
                return False
            to = opened.surfaces.staff
            side = Side.STAFF if place == to.place else Side.CUSTOMER
            text = say(THREAD_LOST[side], to.project.language)
            notice = StaffNotice(id=f"lost-{thread}", ticket=opened.ticket.key, text=text)
            tx.owe([ToStaff(to, notice)], now)
            log.warning("thread_lost", ticket=opened.ticket.key, side=side.value)
            return True

        return await self._store.transact(work)

    async def suggest(self, place: Place, by: Person, typed: str, *, closed: bool) -> list[tuple[str, str]]:
        """Return keys and titles of tickets of a place that somebody may mean while they type."""
        link = await self.link(place)
        if link is None:
            return []
        public = not await self.is_staff(by, link.staff_place)
        statuses = [one for one in Status if (one is Status.CLOSED) == closed]
        key = link.project.key
        return await self._store.read(
            lambda tx: tx.suggested(key, typed, statuses, public=public, limit=SUGGESTED)
        )

    async def tags(self, place: Place, by: Person) -> list[str]:
        """Return the tags that staff use most; none to anybody else."""
        link = await self.link(place)
        if link is None or not await self.is_staff(by, link.staff_place):
            return []
        return await self._store.read(lambda tx: tx.tags(link.project.key, SUGGESTED))

    async def set_up(
        self,
        by: Person,
        linked: Project,
        customers: tuple[Place, ...],
        staff: Place,
        *,
        whole_team: bool | None = None,
    ) -> None:
        """Link places to a project. The network has checked the places and that `by` may do it.

        `whole_team`: None where the network does not ask for it.

        Raises:
            Refused: the project exists and `by` is not known to be on its staff, or a place that is to be a
                customer's has been a team's.
            PlaceTaken: a place belongs to another project.
        """
        existing = await self._store.read(lambda tx: tx.project(linked.key))
        if existing is not None:
            staff_only(await self.membership(by, existing.staff_place))
            # What the form does not ask for stays as it is, and no customer is left talking to nobody.
            before = existing.project
            if whole_team is None:
                whole_team = before.whole_team
            linked = replace(linked, reopen_days=before.reopen_days)
            # Where nobody can be reached any more, the tickets go on in the new place.
            shut = await self._store.read(lambda tx: tx.doors())
            gone = {one for one in shut if any(one.network == new.network for new in customers)}
            kept = (one for one in existing.customer_places if one != staff and one not in gone)
            customers = tuple(dict.fromkeys([*kept, *customers]))
        linked = replace(linked, whole_team=bool(whole_team))
        try:
            await self._store.transact(lambda tx: tx.link_places(linked, customers, staff))
        except PlaceInside:
            raise Refused("no.place_was_staff", field="customer") from None
        await self._news.tell()
        if existing is not None and existing.staff_place != staff:
            old, text = existing.staff_place, say("moved.staff", linked.language, project=linked.name)
            try:
                await self._networks[old.network].announce(old, text)
            except NotSent as error:
                log.warning("not_announced", place=old.id, reason=error.reason)

    async def status(self, place: Place, by: Person, ticket: str) -> Status:
        """Return a ticket's present status for its form. Raises Refused for any but staff."""
        return (await self._inside(place, by, ticket)).ticket.status

    async def staff_thread(self, place: Place, by: Person, ticket: str) -> str:
        """Return where staff talk about a ticket. Raises Refused for any but staff."""
        thread = (await self._inside(place, by, ticket)).surfaces.staff.thread
        if thread is None:
            raise Refused("no.ticket", key=ticket)
        return thread

    async def customer_place(self, place: Place, by: Person, ticket: str) -> Place:
        """Return where the customer sees a ticket. Raises Refused for any but staff."""
        return (await self._inside(place, by, ticket)).surfaces.customer.place

    async def _inside(self, place: Place, by: Person, ticket: str) -> LoadedTicket:
        link = await self._staffed(place, by)
        found = await self._store.read(lambda tx: tx.ticket(ticket))
        if found is None or found.ticket.project != link.project.key:
            raise Refused("no.ticket", key=ticket)
        return found

    async def reply_text(self, place: Place, by: Person, ticket: str, entry: str) -> tuple[str, str, Place]:
        """Return a reply's text for its editing form, its author's name, and where the customer sees it.

        Raises Refused for any but staff.
        """
        await self._staffed(place, by)
        found, opened = await self._store.read(lambda tx: (tx.entry(entry), tx.ticket(ticket)))
        if not isinstance(found, Message) or found.ticket != ticket or opened is None:
            raise Refused("no.gone")
        if found.recalled or found.retracted:
            raise Refused("no.gone")
        return found.text, found.by.name, opened.surfaces.customer.place

    async def note_at(self, post: PostRef, by: Person) -> tuple[Note, Project, str]:
        """Return the note at a post of a staff place, its project, and its digest, to look at before sending.

        Raises:
            Refused: there is no note, or the person is not staff.
        """
        link = await self.link(post.place)
        if link is None or post.place != link.staff_place:
            raise Refused("no.not_a_note")
        match await self.membership(by, link.staff_place, post.place):
            case Membership.YES:
                pass
            case Membership.NO:
                raise Refused("no.not_a_note")
            case Membership.UNKNOWN as unknown:
                staff_only(unknown)
        found = await self._store.read(lambda tx: tx.entry_at(post))
        if not isinstance(found, Note) or found.retracted:
            raise Refused("no.not_a_note")
        if found.published_as is not None:
            raise Refused("no.published")
        return found, link.project, digest(found)

    async def home(self, by: Person, locale: str | None) -> tuple[Listing, ...]:
        """Return what awaits a person on all desks that they are staff of; nothing if they are of none.

        Theirs, what nobody is on, and what waits for customers.
        """
        links = await self.staffed(by)
        if not links:
            return ()
        keys = [link.project.key for link in links]
        language = language_for(locale, links[0].project.language)

        def listings(tx: Tx) -> tuple[Listing, ...]:
            return tuple(
                staff_listing(say(title, language, n=total), found[:HOME_LIMIT], total, language)
                for title, ask in HOME.items()
                for found, total in (tx.list_tickets(keys, ask, by, public=False, limit=HOME_LIMIT),)
            )

        return await self._store.read(listings)

    async def staffed(self, by: Person) -> list[ProjectPlaces]:
        """Return the projects that somebody is staff of, by key."""
        links = await self._store.read(lambda tx: tx.links())
        return [link for link in links if await self.is_staff(by, link.staff_place)]

    async def is_staff(self, person: Person, staff_place: Place) -> bool:
        """Whether somebody is known to be staff: what is staff's is shown to nobody else."""
        return await self.membership(person, staff_place) is Membership.YES

    async def membership(self, person: Person, staff_place: Place, here: Place | None = None) -> Membership:
        """Whether the network of the staff place lets the person see it. Raises NotSent, Unavailable.

        `here`: where they act. Whoever acts in the staff place itself and is not remembered to be in it has
        come just now, or is a guest: that is asked anew.
        """
        await self._news.hear()
        return await self._membership(person, staff_place, here)

    async def _membership(self, person: Person, staff_place: Place, here: Place | None = None) -> Membership:
        if person.network != staff_place.network:
            return Membership.NO
        network = self._networks.get(staff_place.network)
        if network is None:
            return Membership.UNKNOWN
        found = await network.membership(person, staff_place)
        if found is Membership.NO and here == staff_place:
            network.forget(staff_place)
            found = await network.membership(person, staff_place)
        return found

    async def _staffed(self, place: Place, by: Person) -> ProjectPlaces:
        """Return the project of a place for one of its staff. Raises Refused for any others."""
        link = await self.link(place)
        if link is None:
            raise NotAdmitted("no.staff_only")
        staff_only(await self.membership(by, link.staff_place, place))
        return link

    async def _console(self, by: Person, membership: Membership, link: ProjectPlaces, language: str) -> Words:
        staff_only(membership)
        if self.console is None:
            raise Refused("no.console")
        url = await self.console(by, link.staff_place)
        return Words(say("web.console", language, url=url))

    async def _check_assignee(self, ask: a.AskAssign, link: ProjectPlaces) -> None:
        if ask.to is None:
            return
        match await self._membership(ask.to, link.staff_place):
            case Membership.YES:
                return
            case Membership.NO:
                raise Refused("no.not_staff", name=ask.to.name)
            case Membership.UNKNOWN:
                raise Refused("no.unknown_assignee", name=ask.to.name)

    async def _check_named(self, said: Said, link: ProjectPlaces) -> None:
        try:
            ask = parse(said.command or "", dict(said.people), ticket="X-1")
        except Refused:
            return  # it will be read again, in its place
        if isinstance(ask, a.AskAssign):
            await self._check_assignee(ask, link)


def _is_chatter(act: Act, place: Place, link: ProjectPlaces) -> bool:
    """Talk outside of threads that does not name us is none of our business: no transaction for it."""
    if not isinstance(act, Said) or act.thread is not None:
        return False
    if link.project.every_message and place != link.staff_place:
        return False
    return not act.mentioned if place != link.staff_place else act.command is None and not act.attempted


def _say_away(state: RetryCallState) -> None:
    if state.attempt_number == 1:
        log.error("database_away", waits_for=PATIENCE)


def _unlinked(act: Act, language: str) -> Words | None:
    match act:
        case Asked(ask=a.AskHelp()):
            return Words(say("help.customer", language))
        case Asked() | Raised() | Said(mentioned=True):
            return Words(say("no.project", language), refused=True)
        case _:
            return None
