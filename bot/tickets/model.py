"""The values of the core: who, where, what was said, and the ticket itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import final

from bot import hub
from bot.tickets.signs import visible

#: Characters of a text that are read for its title: its writer waits for no more than that.
READ = 3000
#: The longest title of a ticket, in characters: what every network shows in full.
TITLE_LIMIT = 150


class Status(StrEnum):
    """How a ticket goes. `PENDING` waits for the customer."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    PENDING = "pending"
    ON_HOLD = "on_hold"
    CLOSED = "closed"


class Visibility(StrEnum):
    """Who may know of an act."""

    PUBLIC = "public"
    INTERNAL = "internal"


class Priority(StrEnum):
    """How urgent staff find it; always internal."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Side(StrEnum):
    """Which half of the door a person, a place or a surface belongs to."""

    CUSTOMER = "customer"
    STAFF = "staff"


class Membership(StrEnum):
    """Whether a network lets somebody see a staff place. `UNKNOWN` is never taken for `NO`."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Place:
    """An address on a network: a channel, a page. Only the network's adapter reads `id`."""

    network: str
    id: str


@dataclass(frozen=True, slots=True)
class PostRef:
    """One post on a network, as its adapter names it within a place."""

    place: Place
    id: str


@dataclass(frozen=True, slots=True)
class Person:
    """A person as a network knows them. `picture` is a public URL."""

    network: str
    id: str
    name: str
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """A person together with the side they act for."""

    person: Person
    side: Side

    @property
    def name(self) -> str:
        return self.person.name


@dataclass(frozen=True, slots=True)
class Project:
    """One customer engagement. `reopen_days`: how long a closed ticket takes a customer's word, in days.

    With `every_message` whatever a customer says in the channel opens a ticket, without a mention.
    Where staff threads are seen only by who is in them, `on_duty` are in each from the start; with
    `whole_team` all who see the staff place see them.
    """

    key: str
    name: str
    language: str = "en"
    reopen_days: int = 7
    every_message: bool = False
    whole_team: bool = False
    on_duty: tuple[Person, ...] = ()


@final
@dataclass(frozen=True, slots=True)
class CustomerSurface:
    """The ticket's thread in the customer place. `thread` is None until its card has been posted."""

    ticket: str
    project: Project
    place: Place
    thread: str | None = None


@final
@dataclass(frozen=True, slots=True)
class StaffSurface:
    """The ticket's thread in the staff place. `thread` is None until its card has been posted."""

    ticket: str
    project: Project
    place: Place
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class Surfaces:
    """Both surfaces of one ticket."""

    customer: CustomerSurface
    staff: StaffSurface


@dataclass(frozen=True, slots=True)
class Recall:
    """Who took a published reply back, and when."""

    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class Reaction:
    """One person's emoji on an entry: the sign, or `:name:` for one of a workspace's own.

    One that was taken back is kept with its time, so that news that arrive out of order change nothing.
    """

    emoji: str
    by: Person
    at: datetime
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file as its author sent it. Only the network that holds it reads `id`; `size` is in bytes."""

    network: str
    id: str
    name: str
    size: int = 0
    #: Its media type, such as image/png.
    kind: str = "application/octet-stream"
    #: What only its own network can show, a canvas or a link to another service, is named and not copied.
    copyable: bool = True


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A public comment. It shares no base with `Note`, so that no code can take one for the other."""

    id: str
    ticket: str
    by: Actor
    at: datetime
    text: str
    #: The author's own post, if they wrote it in a chat, and the side of the place it stands in.
    said: PostRef | None = None
    said_on: Side | None = None
    #: The number of the closing whose resolution this is; 0 for an ordinary message.
    resolves: int = 0
    #: When it was last edited, so that edits that arrive out of order end with the last.
    edited: datetime | None = None
    retracted: bool = False
    #: It is not where it was said any more, and nobody can tell who took it away, or why: customers see it no
    #: more, and staff keep the words.
    lost: bool = False
    recalled: Recall | None = None
    files: tuple[File, ...] = ()
    reactions: tuple[Reaction, ...] = ()

    @property
    def off(self) -> bool:
        """Whether it was taken off the customer's side, and staff keep the words."""
        return self.lost or self.recalled is not None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """An internal comment. It shares no base with `Message`, so that no code can take one for the other."""

    id: str
    ticket: str
    by: Actor
    at: datetime
    text: str
    said: PostRef | None = None
    #: The message this note was sent to the customer as.
    published_as: str | None = None
    #: When it was last edited, so that edits that arrive out of order end with the last.
    edited: datetime | None = None
    retracted: bool = False
    #: It is not where it was said any more, and nobody can tell why: it is shown as a copy.
    lost: bool = False
    files: tuple[File, ...] = ()
    reactions: tuple[Reaction, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """One time the ticket was closed. `number` counts from 1; `until`: the end of the reopen window."""

    number: int
    by: Actor
    at: datetime
    until: datetime
    resolution: str | None = None
    rating: int | None = None
    reopened_by: Actor | None = None
    expired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A ticket as it stands. Customers may know its `public_` fields, never their internal twins."""

    key: str
    project: str
    number: int
    title: str
    requester: Actor
    opened_at: datetime
    #: Number of events so far; the store refuses a change that was decided on an older version.
    version: int
    status: Status = Status.OPEN
    public_status: Status = Status.OPEN
    assignee: Person | None = None
    public_assignee: Person | None = None
    priority: Priority = Priority.NORMAL
    tags: tuple[str, ...] = ()
    booked_minutes: int = 0
    closings: tuple[Closing, ...] = ()
    #: The older, closed ticket this one takes up, and the newer one that took this one up.
    follows: str | None = None
    continued_by: str | None = None

    @property
    def closing(self) -> Closing | None:
        """The closing in force, if the ticket is closed."""
        return self.closings[-1] if self.status is Status.CLOSED else None

    def takes_customers_word(self, at: datetime) -> bool:
        """Whether a customer's message still belongs to this ticket, or needs a new one."""
        closing = self.closing
        return closing is None or at <= closing.until


def reopen_until(project: Project, closed_at: datetime) -> datetime:
    """The last moment at which a customer's word reopens a ticket closed at `closed_at`."""
    return closed_at + timedelta(days=project.reopen_days)


def title_of(text: str) -> str:
    """Return a ticket's title for what a customer wrote: the first line that can be seen, cut at a word.

    It is empty when there is nothing to see in it.
    """
    lines = hub.plain(text[:READ]).splitlines()
    line = next((" ".join(one.split()) for one in lines if visible(one)), "")
    if len(line) <= TITLE_LIMIT:
        return line
    return line[: TITLE_LIMIT - 1].rsplit(" ", 1)[0] + "…"
