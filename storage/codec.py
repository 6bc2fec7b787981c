"""Values to rows and back. The text of an entry is never part of an event: it is kept in `entry` alone."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, get_args

import structlog
from pydantic import TypeAdapter, ValidationError

from bot.tickets import events as e
from bot.tickets.model import Message, Note, Person, Project, Ticket, Visibility

#: Characters of a title that are looked at: one may become eighteen, and an index's row holds 2,700 bytes.
FOLDED = 600

_EVENT_AT = re.compile(r"-(\d+\.\d{6})$")

log = structlog.get_logger()

_ticket = TypeAdapter(Ticket)
_message = TypeAdapter(Message)
_note = TypeAdapter(Note)
_people = TypeAdapter(tuple[Person, ...])
_events: dict[str, TypeAdapter[Any]] = {kind.__name__: TypeAdapter(kind) for kind in get_args(e.Event)}


def at(seconds: float) -> datetime:
    """Return the time for seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def folded(text: str) -> str:
    """Return text as it is looked for: without case, accents and forms, so that strasse is Straße.

    A ticket's `folded` column holds what this made of its title: change it together with a migration.
    """
    # Twice, for what has no case by itself may be made of what has, such as ℡.
    whole = unicodedata.normalize("NFKD", text.casefold()).casefold().replace("ı", "i")
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", whole) if not _is_form(sign))
    return " ".join(plain.split())[:FOLDED]


def _is_form(sign: str) -> bool:
    """Whether a sign only says how another is drawn: accents, joiners, variation selectors."""
    drawn = unicodedata.category(sign) == "Cf" or "\ufe00" <= sign <= "\ufe0f"
    return drawn or unicodedata.combining(sign) > 0


def load_project(row: Any) -> Project:
    """Read the columns `statements.PROJECT` of a row."""
    return Project(
        row.key,
        row.name,
        row.language,
        row.reopen_days,
        row.every_message,
        row.whole_team,
        _on_duty(row),
    )


def _on_duty(row: Any) -> tuple[Person, ...]:
    """Read who is on duty; nobody is where it cannot be read, so that a project's desk goes on."""
    if row.on_duty == "[]":
        return ()
    try:
        return _people.validate_json(row.on_duty)
    except ValidationError as error:
        log.error("on_duty_unreadable", project=row.key, error=str(error))
        return ()


def notice_at(subject: str, rank: float) -> datetime:
    """Return when what a notice tells happened: its subject ends with that, or it is told by its rank alone.

    The rank is no time: a notice goes behind all that is said, by whosever clock.
    """
    found = _EVENT_AT.search(subject)
    return at(float(found[1]) if found else rank)


def dump_people(people: Sequence[Person]) -> str:
    """Write a project's `on_duty` column."""
    return _people.dump_json(tuple(people), exclude_defaults=True).decode()


def dump_ticket(ticket: Ticket) -> dict[str, object]:
    """Return the columns of a ticket's row."""
    return {
        "key": ticket.key,
        "project": ticket.project,
        "number": ticket.number,
        "state": _ticket.dump_json(ticket, exclude_defaults=True).decode(),
        "version": ticket.version,
        "title": ticket.title,
        "folded": folded(ticket.title),
        "status": ticket.status.value,
        "public_status": ticket.public_status.value,
        "priority": ticket.priority.value,
        "assignee": ticket.assignee and f"{ticket.assignee.network}:{ticket.assignee.id}",
        "public_assignee": ticket.public_assignee
        and f"{ticket.public_assignee.network}:{ticket.public_assignee.id}",
    }


def load_ticket(state: str) -> Ticket:
    """Read a ticket's `state` column."""
    return _ticket.validate_json(state)


def dump_entry(entry: Message | Note) -> dict[str, object]:
    """Return the columns of an entry's row."""
    adapter: TypeAdapter[Any] = _message if isinstance(entry, Message) else _note
    said = entry.said or None
    return {
        "id": entry.id,
        "visibility": (Visibility.PUBLIC if isinstance(entry, Message) else Visibility.INTERNAL).value,
        "ticket": entry.ticket,
        "text": entry.text,
        "rest": adapter.dump_json(entry, exclude={"text"}, exclude_defaults=True).decode(),
        "at": entry.at.timestamp(),
        "said_network": said and said.place.network,
        "said_place": said and said.place.id,
        "said_id": said and said.id,
    }


def load_entry(visibility: str, rest: str, text: str) -> Message | Note:
    """Read an entry: a `Message` if its row is public, else a `Note`."""
    values = json.loads(rest) | {"text": text}
    if visibility == Visibility.PUBLIC:
        return _message.validate_python(values)
    return _note.validate_python(values)


def dump_event(event: e.Event) -> tuple[str, str | None, str]:
    """Return the event's kind, the entry it is about, and the rest as JSON."""
    kind = type(event).__name__
    entry = entry_of(event)
    body = _events[kind].dump_json(event, exclude={"message", "note"}).decode()
    return kind, entry and entry.id, body


def load_event(kind: str, body: str, entry: Message | Note | None) -> e.Event:
    """Read an event. `entry` is what it is about, as it stands today."""
    values = json.loads(body)
    if isinstance(entry, Message):
        values["message"] = entry
    elif isinstance(entry, Note):
        values["note"] = entry
    event: e.Event = _events[kind].validate_python(values)
    return event


def entry_of(event: e.Event) -> Message | Note | None:
    """Return the entry an event is about, if any."""
    return getattr(event, "message", None) or getattr(event, "note", None)
