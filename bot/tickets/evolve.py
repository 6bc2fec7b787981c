"""The state: what a ticket is after its events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import assert_never

from bot.tickets import events as e
from bot.tickets.model import Message, Note, Status, Ticket, Visibility


def evolve(ticket: Ticket | None, events: Iterable[e.Event]) -> Ticket:
    """Fold `events`, in their order, into `ticket`; None stands for the ticket that is not there yet.

    Raises:
        ValueError: there was neither a ticket nor an `Opened` to begin with, or one too many.
    """
    for event in events:
        if isinstance(event, e.Opened):
            if ticket is not None:
                raise ValueError(f"{ticket.key} is open already")
            ticket = _begin(event)
        elif ticket is None:
            raise ValueError("a ticket begins with Opened")
        else:
            ticket = replace(_after(ticket, event), version=ticket.version + 1)
    if ticket is None:
        raise ValueError("no events")
    return ticket


def entries(events: Iterable[e.Event]) -> dict[str, Message | Note]:
    """Return the entries that `events` add or change, each as it stands after them, by id."""
    changed: dict[str, Message | Note] = {}
    for event in events:
        match event:
            case (
                e.MessageAdded() | e.MessageEdited() | e.MessageRetracted() | e.MessageLost()
                | e.ReplyRecalled() | e.MessageReacted()
            ):  # fmt: skip
                changed[event.message.id] = event.message
            case (
                e.NoteAdded() | e.NoteEdited() | e.NoteRetracted() | e.NoteLost() | e.NotePublished()
                | e.NoteReacted()
            ):  # fmt: skip
                changed[event.note.id] = event.note
            case _:
                pass
    return changed


def _begin(event: e.Opened) -> Ticket:
    return Ticket(
        key=event.key,
        project=event.project,
        number=event.number,
        title=event.title,
        requester=event.by,
        opened_at=event.at,
        follows=event.follows,
        version=1,
    )


def _after(ticket: Ticket, event: e.Event) -> Ticket:
    match event:
        case e.Opened():
            raise ValueError("handled by evolve")
        case (
            e.MessageAdded() | e.MessageEdited() | e.MessageRetracted() | e.MessageLost()
            | e.ReplyRecalled() | e.MessageReacted() | e.NoteAdded() | e.NoteEdited() | e.NoteRetracted()
            | e.NoteLost() | e.NotePublished() | e.NoteReacted()
        ):  # fmt: skip
            return ticket
        case e.StatusChanged(status=status, visibility=visibility):
            public = status if visibility is Visibility.PUBLIC else ticket.public_status
            return replace(ticket, status=status, public_status=public)
        case e.Assigned(to=to, visibility=visibility):
            public_to = to if visibility is Visibility.PUBLIC else ticket.public_assignee
            return replace(ticket, assignee=to, public_assignee=public_to)
        case e.PriorityChanged(priority=priority):
            return replace(ticket, priority=priority)
        case e.TagsChanged(tags=tags):
            return replace(ticket, tags=tags)
        case e.Retitled(title=title):
            return replace(ticket, title=title)
        case e.TimeBooked(minutes=minutes):
            return replace(ticket, booked_minutes=ticket.booked_minutes + minutes)
        case e.Closed(closing=closing):
            return replace(
                ticket,
                status=Status.CLOSED,
                public_status=Status.CLOSED,
                closings=(*ticket.closings, closing),
            )
        case e.Reopened(by=by):
            last = replace(ticket.closings[-1], reopened_by=by)
            return replace(
                ticket,
                status=Status.OPEN,
                public_status=Status.OPEN,
                closings=(*ticket.closings[:-1], last),
            )
        case e.Rated(stars=stars):
            last = replace(ticket.closings[-1], rating=stars)
            return replace(ticket, closings=(*ticket.closings[:-1], last))
        case e.WindowEnded():
            last = replace(ticket.closings[-1], expired=True)
            return replace(ticket, closings=(*ticket.closings[:-1], last))
        case e.Continued(new=new):
            return replace(ticket, continued_by=new)
        case _:
            assert_never(event)
