"""What pages show of tickets, read for one side. A customer's page is built of what a customer is sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from bot.ports import Link, Numbers, Opened, Store, Tx
from bot.tickets.asks import AskList
from bot.tickets.deliveries import ClosingNotice, CustomerCard, StaffCard
from bot.tickets.events import TimeBooked
from bot.tickets.model import File, Message, Note, Person, Place, Side, Status
from bot.tickets.project import closing_notice, customer_card, staff_card

#: Tickets on a customer's page, and in each column of the board.
OUTSIDE_LIMIT, BOARD_LIMIT = 100, 50

Item: TypeAlias = Message | ClosingNotice


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket in a customer's list: its card, whether it is theirs, and the last word."""

    card: CustomerCard
    mine: bool
    last: Message | None


@dataclass(frozen=True, slots=True)
class Outside:
    """A ticket as its customer sees it: the card, and what was said and closed, oldest first."""

    card: CustomerCard
    items: tuple[Item, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Inside:
    """A ticket as staff see it, with what the customer sees beside it."""

    card: StaffCard
    entries: tuple[Message | Note, ...]
    booked: tuple[TimeBooked, ...]
    outside: Outside
    version: int


@dataclass(frozen=True, slots=True)
class Column:
    """The newest tickets of one status, and how many there are in all."""

    status: Status
    cards: tuple[StaffCard, ...]
    total: int


class Pages:
    """Reads for pages. Whoever asks has made sure that the place or the project is the reader's own."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def outside(self, place: Place, by: Person) -> list[Row]:
        """Return the newest tickets of a customer place. Raises Unavailable."""

        def work(tx: Tx) -> list[Row]:
            return [
                Row(
                    customer_card(one.ticket, one.surfaces.customer.project),
                    _same(one.ticket.requester.person, by),
                    tx.last_message(one.ticket.key),
                )
                for one in tx.tickets_at(place, OUTSIDE_LIMIT)
            ]

        return await self._store.read(work)

    async def ticket_outside(self, place: Place, key: str) -> Outside | None:
        """Return a ticket of a customer place, None when there is none there. Raises Unavailable."""

        def work(tx: Tx) -> Outside | None:
            opened = tx.ticket(key)
            if opened is None or opened.surfaces.customer.place != place:
                return None
            return _outside(tx, opened)

        return await self._store.read(work)

    async def ticket_inside(self, link: Link, key: str) -> Inside | None:
        """Return both halves of a ticket of a project. Raises Unavailable."""

        def work(tx: Tx) -> Inside | None:
            opened = tx.ticket(key)
            if opened is None or opened.ticket.project != link.project.key:
                return None
            return Inside(
                staff_card(opened.ticket, link.project, opened.surfaces),
                tuple(tx.record(key)),
                tuple(tx.booked(key)),
                _outside(tx, opened),
                opened.ticket.version,
            )

        return await self._store.read(work)

    async def board(self, link: Link, ask: AskList, by: Person, *, closed: bool) -> list[Column]:
        """Return a project's tickets by status, as a filter lets them through. Raises Unavailable."""

        def work(tx: Tx) -> list[Column]:
            columns: list[Column] = []
            for status in Status:
                if status is Status.CLOSED and not closed:
                    continue
                one = replace(ask, statuses=(status,))
                found, total = tx.list_tickets([link.project.key], one, by, public=False, limit=BOARD_LIMIT)
                cards = tuple(staff_card(each.ticket, link.project, each.surfaces) for each in found)
                columns.append(Column(status, cards, total))
            return columns

        return await self._store.read(work)

    async def version(self, link: Link, key: str = "") -> tuple[int, int]:
        """Return what changes whenever a ticket of a project does, or any. Raises Unavailable."""
        return await self._store.read(lambda tx: tx.version(link.project.key, key))

    async def numbers(self, link: Link, since: datetime, until: datetime) -> Numbers:
        """Return what managers count. Raises Unavailable."""
        return await self._store.read(lambda tx: tx.numbers(link.project.key, since, until))

    async def file_outside(self, place: Place, key: str, entry: str, number: int) -> File | None:
        """Return a file that came with a message which its customer can see. Raises Unavailable."""
        outside = await self.ticket_outside(place, key)
        items = outside.items if outside else ()
        found = [one.resolution if isinstance(one, ClosingNotice) else one for one in items]
        return _file([one for one in found if one is not None], entry, number)

    async def file_inside(self, link: Link, key: str, entry: str, number: int) -> File | None:
        """Return a file that came with anything that was said on a ticket. Raises Unavailable."""
        inside = await self.ticket_inside(link, key)
        return _file(inside.entries if inside else (), entry, number)


def _outside(tx: Tx, opened: Opened) -> Outside:
    about, ticket = opened.surfaces.customer.project, opened.ticket
    messages = tx.messages(ticket.key)
    by_id = {one.id: one for one in messages}
    items: list[tuple[datetime, Item]] = [
        (one.at, one) for one in messages if one.recalled is None and not one.resolves
    ]
    items += [(one.at, closing_notice(ticket, about, one.number, by_id)) for one in ticket.closings]
    items.sort(key=lambda item: item[0])
    return Outside(
        customer_card(ticket, about), tuple(item for _, item in items), opened.surfaces.customer.place
    )


def _file(entries: list[Message] | tuple[Message | Note, ...], entry: str, number: int) -> File | None:
    for one in entries:
        if one.id == entry and not one.retracted and 0 <= number < len(one.files):
            return one.files[number]
    return None


def _same(one: Person, other: Person) -> bool:
    return (one.network, one.id) == (other.network, other.id)


def of_staff(message: Message) -> bool:
    """Whether the team said it."""
    return message.by.side is Side.STAFF
