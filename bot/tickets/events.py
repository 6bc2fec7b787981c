"""What happened to a ticket, in the past tense: append-only, each public or internal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, assert_never

from bot.tickets.model import Actor, Closing, Message, Note, Person, Priority, Status, Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """Who did it, and when."""

    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(Happened):
    key: str
    project: str
    number: int
    title: str
    follows: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageAdded(Happened):
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEdited(Happened):
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRetracted(Happened):
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLost(Happened):
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRecalled(Happened):
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReacted(Happened):
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAdded(Happened):
    note: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteEdited(Happened):
    note: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRetracted(Happened):
    note: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteLost(Happened):
    note: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class NotePublished(Happened):
    note: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteReacted(Happened):
    note: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChanged(Happened):
    status: Status
    visibility: Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned(Happened):
    to: Person | None
    visibility: Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityChanged(Happened):
    priority: Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class TagsChanged(Happened):
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retitled(Happened):
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeBooked(Happened):
    minutes: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(Happened):
    closing: Closing


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened(Happened):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated(Happened):
    stars: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Continued(Happened):
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowEnded(Happened):
    number: int


MessageEvent: TypeAlias = (
    MessageAdded | MessageEdited | MessageRetracted | MessageLost | ReplyRecalled | MessageReacted
)
NoteEvent: TypeAlias = NoteAdded | NoteEdited | NoteRetracted | NoteLost | NotePublished | NoteReacted
Event: TypeAlias = (
    Opened | MessageAdded | MessageEdited | MessageRetracted | MessageLost | ReplyRecalled | MessageReacted
    | NoteAdded | NoteEdited | NoteRetracted | NoteLost | NotePublished | NoteReacted
    | StatusChanged | Assigned | PriorityChanged | TagsChanged | Retitled | TimeBooked
    | Closed | Reopened | Rated | Continued | WindowEnded
)  # fmt: skip


def visibility(event: Event) -> Visibility:
    """Whether customers may know of `event`."""
    match event:
        case StatusChanged() | Assigned():
            return event.visibility
        case (
            NoteAdded() | NoteEdited() | NoteRetracted() | NoteLost() | NotePublished() | NoteReacted()
            | PriorityChanged() | TagsChanged() | TimeBooked()
        ):  # fmt: skip
            return Visibility.INTERNAL
        case (
            Opened() | MessageAdded() | MessageEdited() | MessageRetracted() | MessageLost()
            | ReplyRecalled() | MessageReacted() | Retitled() | Closed() | Reopened() | Rated()
            | Continued() | WindowEnded()
        ):  # fmt: skip
            return Visibility.PUBLIC
        case _:
            assert_never(event)
