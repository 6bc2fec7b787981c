"""Who must see what: which deliveries a change leads to, and how a ticket looks from each side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

from bot.tickets import events as e
from bot.tickets.deliveries import (
    ClosingNotice,
    CustomerCard,
    Delivery,
    StaffCard,
    StaffNotice,
    ToCustomer,
    ToStaff,
)
from bot.tickets.model import Message, Note, Project, Side, Surfaces, Ticket
from bot.tickets.names import shown
from bot.words.keys import TextKey
from bot.words.say import say


def project(
    before: Ticket | None,
    after: Ticket,
    events: Sequence[e.Event],
    *,
    project: Project,
    surfaces: Surfaces,
    messages: Mapping[str, Message],
) -> list[Delivery]:
    """Return what is owed after `events` took the ticket from `before` to `after`, in the order to send it.

    `messages` holds the resolutions of the ticket's closings, by id. A card is owed only when it changed:
    a customer must not learn from an update that something happened behind the door.
    """
    owed: list[Delivery] = []
    card = customer_card(after, project)
    if before is None or customer_card(before, project) != card:
        owed.append(ToCustomer(surfaces.customer, card))
    inside = staff_card(after, project, surfaces)
    if before is None or staff_card(before, project, surfaces) != inside:
        owed.append(ToStaff(surfaces.staff, inside))
    known = {**messages, **{event.message.id: event.message for event in _message_events(events)}}
    for event in events:
        owed.extend(_owed_for(event, after, project, surfaces, known))
    return owed


def customer_card(ticket: Ticket, project: Project) -> CustomerCard:
    """Return the ticket as its customer may see it."""
    return CustomerCard(
        ticket=ticket.key,
        title=ticket.title,
        status=ticket.public_status,
        assignee=ticket.public_assignee.name if ticket.public_assignee else None,
        opened_by=shown(ticket.requester, project.language),
        opened_at=ticket.opened_at,
        follows=ticket.follows,
        reopen_days=project.reopen_days,
    )


def staff_card(ticket: Ticket, project: Project, surfaces: Surfaces) -> StaffCard:
    """Return the ticket as staff see it."""
    return StaffCard(
        ticket=ticket.key,
        title=ticket.title,
        status=ticket.status,
        public_status=ticket.public_status,
        assignee=ticket.assignee,
        public_assignee=ticket.public_assignee,
        priority=ticket.priority,
        tags=ticket.tags,
        booked_minutes=ticket.booked_minutes,
        requester=shown(ticket.requester, project.language),
        project=project.name,
        customer_place=surfaces.customer.place,
        opened_at=ticket.opened_at,
        follows=ticket.follows,
        rating=ticket.closings[-1].rating if ticket.closings else None,
    )


def closing_notice(
    ticket: Ticket, project: Project, number: int, messages: Mapping[str, Message]
) -> ClosingNotice:
    """Return the notice of closing `number`, which counts from 1; a recalled resolution is left out."""
    closing = ticket.closings[number - 1]
    resolution = messages.get(closing.resolution) if closing.resolution else None
    if resolution is not None and (resolution.retracted or resolution.recalled):
        resolution = None
    return ClosingNotice(
        ticket=ticket.key,
        number=number,
        closed_by=shown(closing.by, project.language),
        at=closing.at,
        until=closing.until,
        resolution=resolution,
        rating=closing.rating,
        reopened_by=shown(closing.reopened_by, project.language) if closing.reopened_by else None,
        expired=closing.expired,
    )


def _owed_for(
    event: e.Event, ticket: Ticket, project: Project, surfaces: Surfaces, messages: Mapping[str, Message]
) -> Iterator[Delivery]:
    def notice(number: int) -> ToCustomer:
        return ToCustomer(surfaces.customer, closing_notice(ticket, project, number, messages))

    def tell_staff(key: TextKey, /, **values: object) -> ToStaff:
        text = say(key, project.language, name=shown(event.by, project.language), **values)
        ident = f"{type(event).__name__.lower()}-{event.at.timestamp():.6f}"
        return ToStaff(
            surfaces.staff,
            StaffNotice(id=ident, ticket=ticket.key, text=text),
        )

    by_customer = event.by.side is Side.CUSTOMER
    match event:
        case (
            e.MessageAdded(message=message) | e.MessageEdited(message=message)
            | e.MessageRetracted(message=message) | e.MessageLost(message=message)
            | e.ReplyRecalled(message=message)
        ):  # fmt: skip
            if message.resolves:
                if message.resolves <= len(ticket.closings) and not isinstance(event, e.MessageAdded):
                    yield notice(message.resolves)
            elif message.said_on is not Side.CUSTOMER:
                yield ToCustomer(surfaces.customer, message)
            yield ToStaff(surfaces.staff, message)
        case e.MessageReacted(message=message):
            # The customer reacted where they can see it already.
            yield ToStaff(surfaces.staff, message)
        case (
            e.NoteAdded(note=note) | e.NoteEdited(note=note) | e.NoteRetracted(note=note)
            | e.NoteLost(note=note) | e.NoteReacted(note=note) | e.NotePublished(note=note)
        ):  # fmt: skip
            yield from _to_staff(note, surfaces)
        case e.Closed(closing=closing):
            yield notice(closing.number)
            if by_customer:
                yield tell_staff("notice.closed")
        case e.Reopened():
            yield notice(len(ticket.closings))
            if by_customer:
                yield tell_staff("notice.reopened")
        case e.Rated(stars=stars):
            yield notice(len(ticket.closings))
            yield tell_staff("notice.rated", stars=stars)
        case e.WindowEnded(number=number):
            yield notice(number)
        case e.Continued(new=new):
            yield tell_staff("notice.continued", key=new)
        case (
            e.Opened() | e.StatusChanged() | e.Assigned() | e.PriorityChanged() | e.TagsChanged()
            | e.Retitled() | e.TimeBooked()
        ):  # fmt: skip
            return
        case _:
            assert_never(event)


def _to_staff(note: Note, surfaces: Surfaces) -> Iterator[Delivery]:
    """A note written in the staff thread stands there already, as long as it does."""
    if note.said is None or note.lost:
        yield ToStaff(surfaces.staff, note)


def _message_events(events: Sequence[e.Event]) -> Iterator[e.MessageEvent]:
    for event in events:
        if isinstance(event, e.MessageEvent):
            yield event
