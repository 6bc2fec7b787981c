"""What pages show of tickets, read for one side. A customer's page is built of what a customer is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from bot.ports import Clock, LoadedTicket, Numbers, ProjectPlaces, Store, Tx
from bot.tickets import events as e
from bot.tickets.asks import AskList
from bot.tickets.deliveries import ClosingNotice, CustomerCard, StaffCard
from bot.tickets.labels import door_label
from bot.tickets.model import File, Message, Note, Person, Place, Side, Status
from bot.tickets.project import closing_notice, customer_card, staff_card

#: Tickets on a customer's page, and in each column of the board.
OUTSIDE_LIMIT, BOARD_LIMIT = 50, 50

Item: TypeAlias = Message | ClosingNotice
#: What staff are shown to have been done to a ticket.
Done: TypeAlias = e.StatusChanged | e.Assigned | e.PriorityChanged | e.Retitled | e.Closed | e.Reopened


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket in a customer's list: its card, whether it is theirs, and the last word."""

    card: CustomerCard
    mine: bool
    last: Message | None


@dataclass(frozen=True, slots=True)
class Rows:
    """The newest tickets of a customer's list, and the key before which older ones go on."""

    found: tuple[Row, ...]
    older: str | None


@dataclass(frozen=True, slots=True)
class Outside:
    """A ticket as its customer sees it: the card, and what was said and closed, oldest first.

    `continued`: the ticket in which the customer has gone on since.
    """

    card: CustomerCard
    items: tuple[Item, ...]
    place: Place
    continued: str | None


@dataclass(frozen=True, slots=True)
class Notice:
    """What staff were told on a ticket, beside what was said."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Inside:
    """A ticket as staff see it, with what the customer sees beside it.

    `entries`: what was said, what staff were told, and what was done to it. `team`: whom it may be given to,
    as far as they are known.
    """

    card: StaffCard
    entries: tuple[Message | Note | Notice | Done, ...]
    booked: tuple[e.TimeBooked, ...]
    outside: Outside
    team: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """The newest tickets of one status, and how many there are in all."""

    status: Status
    cards: tuple[StaffCard, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Board:
    """A project's tickets by status. `shut`: which of its places get nothing now, in words."""

    columns: tuple[Column, ...]
    shut: tuple[str, ...]


class Pages:
    """Reads for pages. Whoever asks has made sure that the place or the project is the reader's own."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def outside(self, place: Place, by: Person, *, words: str = "", before: str = "") -> Rows:
        """Return the newest tickets of a customer place, or those older than one. Raises Unavailable."""

        def work(tx: Tx) -> Rows:
            found = tx.tickets_at(place, OUTSIDE_LIMIT + 1, words=words, before=before)
            rows = tuple(
                Row(
                    customer_card(one.ticket, one.surfaces.customer.project),
                    _same(one.ticket.requester.person, by),
                    tx.last_message(one.ticket.key),
                )
                for one in found[:OUTSIDE_LIMIT]
            )
            older = rows[-1].card.ticket if len(found) > OUTSIDE_LIMIT else None
            return Rows(tuple(sorted(rows, key=_urgency)), older)

        return await self._store.read(work)

    async def ticket_outside(self, place: Place, key: str) -> Outside | None:
        """Return a ticket of a customer place, None when there is none there. Raises Unavailable."""

        def work(tx: Tx) -> Outside | None:
            opened = tx.ticket_at(place, key)
            return _outside(tx, opened) if opened else None

        return await self._store.read(work)

    async def ticket_inside(self, link: ProjectPlaces, key: str, by: Person) -> Inside | None:
        """Return both halves of a ticket of a project. Raises Unavailable."""
        now = self._clock.now()

        def work(tx: Tx) -> Inside | None:
            opened = tx.ticket_of(link.project.key, key)
            if opened is None:
                return None
            entries: list[Message | Note | Notice | Done] = [*tx.record(key)]
            entries += [one for one in tx.events(key) if isinstance(one, Done)]
            entries += [Notice(at, text) for at, text in tx.notices(key)]
            team = [by, *_team(tx, link, now)]
            return Inside(
                staff_card(opened.ticket, link.project, opened.surfaces),
                tuple(sorted(entries, key=lambda one: one.at)),
                tuple(tx.booked(key)),
                _outside(tx, opened),
                tuple({(one.network, one.id): one for one in team}.values()),
            )

        return await self._store.read(work)

    async def team(self, link: ProjectPlaces) -> list[Person]:
        """Return who is on a project's team, as far as they are known. Raises Unavailable."""
        now = self._clock.now()
        return await self._store.read(lambda tx: _team(tx, link, now))

    async def board(self, link: ProjectPlaces, ask: AskList, by: Person, *, closed: bool) -> Board:
        """Return a project's tickets by status, as a filter lets them through. Raises Unavailable."""

        def work(tx: Tx) -> Board:
            columns: list[Column] = []
            for status in Status:
                if status is Status.CLOSED and not closed:
                    continue
                one = replace(ask, statuses=(status,))
                found, total = tx.list_tickets([link.project.key], one, by, public=False, limit=BOARD_LIMIT)
                cards = tuple(staff_card(each.ticket, link.project, each.surfaces) for each in found)
                columns.append(Column(status, cards, total))
            return Board(tuple(columns), tuple(_shut(tx, link)))

        return await self._store.read(work)

    async def version(self, link: ProjectPlaces, key: str = "") -> tuple[int, int]:
        """Return what changes whenever a ticket of a project does, or any. Raises Unavailable."""
        return await self._store.read(lambda tx: tx.version(link.project.key, key))

    async def numbers(self, projects: Sequence[str], since: datetime, until: datetime) -> Numbers:
        """Return what managers count. Raises Unavailable."""
        now = self._clock.now()
        return await self._store.read(lambda tx: tx.numbers(projects, since, until, now))

    async def file_outside(self, place: Place, key: str, entry: str, number: int) -> File | None:
        """Return a file that came with a message which its customer can see. Raises Unavailable."""

        def work(tx: Tx) -> File | None:
            if tx.ticket_at(place, key) is None:
                return None
            found = tx.entry(entry)
            if not isinstance(found, Message) or found.ticket != key or found.off:
                return None
            return _file(found, number)

        return await self._store.read(work)

    async def file_inside(self, link: ProjectPlaces, key: str, entry: str, number: int) -> File | None:
        """Return a file that came with anything that was said on a ticket. Raises Unavailable."""

        def work(tx: Tx) -> File | None:
            if tx.ticket_of(link.project.key, key) is None:
                return None
            found = tx.entry(entry)
            return _file(found, number) if found is not None and found.ticket == key else None

        return await self._store.read(work)


def _outside(tx: Tx, opened: LoadedTicket) -> Outside:
    about, ticket = opened.surfaces.customer.project, opened.ticket
    messages = tx.messages(ticket.key)
    by_id = {one.id: one for one in messages}
    items: list[tuple[datetime, Item]] = [
        (one.at, one) for one in messages if not one.off and not one.resolves
    ]
    items += [(one.at, closing_notice(ticket, about, one.number, by_id)) for one in ticket.closings]
    items.sort(key=lambda item: item[0])
    place = opened.surfaces.customer.place
    return Outside(customer_card(ticket, about), tuple(item for _, item in items), place, ticket.continued_by)


def _team(tx: Tx, link: ProjectPlaces, now: datetime) -> list[Person]:
    about = link.project
    return [*about.on_duty, *tx.working(about.key), *tx.holders(link.staff_place, now)]


def _shut(tx: Tx, link: ProjectPlaces) -> list[str]:
    about, found = link.project, list[str]()
    for place in (link.staff_place, *link.customer_places):
        if (shut := tx.shut(place)) is not None:
            side = Side.STAFF if place == link.staff_place else Side.CUSTOMER
            found.append(door_label(side, shut.reason, shut.who, about.name, about.language))
    return found


def _file(found: Message | Note, number: int) -> File | None:
    return found.files[number] if not found.retracted and 0 <= number < len(found.files) else None


def _urgency(row: Row) -> int:
    """What waits for the customer comes first, and what is closed last."""
    return {Status.PENDING: 0, Status.CLOSED: 2}.get(row.card.status, 1)


def _same(one: Person, other: Person) -> bool:
    return (one.network, one.id) == (other.network, other.id)
