"""What is owed to a surface. Only public values fit into a `ToCustomer`: the first two of the four walls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias, assert_never, final

from bot.tickets.model import (
    CustomerSurface,
    Message,
    Note,
    Person,
    Place,
    Priority,
    StaffSurface,
    Status,
)


def length(content: CustomerContent | StaffContent) -> int:
    """Return how much there is to draw, in characters."""
    match content:
        case Message(text=text) | Note(text=text) | StaffNotice(text=text):
            return len(text)
        case ClosingNotice(resolution=resolution):
            return len(resolution.text) if resolution else 0
        case CustomerCard() | StaffCard():
            return len(content.title)
        case _:
            assert_never(content)


class Leak(TypeError):
    """Something internal was about to be addressed to a customer, past the type checker."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCard:
    """The ticket as the customer may see it. It has no field that an internal act can change."""

    ticket: str
    title: str
    status: Status
    assignee: str | None
    opened_by: str
    opened_at: datetime
    follows: str | None
    reopen_days: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingNotice:
    """The customer is told that it is done: with the public resolution, a rating and a way to reopen."""

    ticket: str
    number: int
    closed_by: str
    at: datetime
    until: datetime
    resolution: Message | None
    rating: int | None
    reopened_by: str | None
    expired: bool


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class StaffCard:
    """The ticket as staff see it, both halves of it."""

    ticket: str
    title: str
    status: Status
    public_status: Status
    assignee: Person | None
    public_assignee: Person | None
    priority: Priority
    tags: tuple[str, ...]
    booked_minutes: int
    requester: str
    project: str
    customer_place: Place
    opened_at: datetime
    follows: str | None
    rating: int | None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class StaffNotice:
    """One line of news for staff, already in words. The `id` of one of an event ends with its time."""

    id: str
    ticket: str
    text: str


CustomerContent: TypeAlias = Message | CustomerCard | ClosingNotice
StaffContent: TypeAlias = Message | Note | StaffCard | StaffNotice


@final
@dataclass(frozen=True, slots=True)
class ToCustomer:
    """Bring `content`, as it stands, to a customer surface.

    Raises:
        Leak: the surface is not a customer's, the content is not one of the public types (or only looks
            like one by inheritance), or belongs to another ticket.
    """

    surface: CustomerSurface
    content: CustomerContent

    def __post_init__(self) -> None:
        if type(self.surface) is not CustomerSurface:
            raise Leak(f"{type(self.surface).__name__} is no customer surface")
        if type(self.content) not in (Message, CustomerCard, ClosingNotice):
            raise Leak(f"{type(self.content).__name__} is not for customers")
        if isinstance(self.content, ClosingNotice) and type(self.content.resolution) not in (
            Message,
            type(None),
        ):
            raise Leak(f"{type(self.content.resolution).__name__} is not for customers")
        if self.content.ticket != self.surface.ticket:
            raise Leak(f"{self.content.ticket} does not belong on a surface of {self.surface.ticket}")

    @property
    def subject(self) -> str:
        """What is brought up to date: at most one debt a surface and subject stands open at a time."""
        match self.content:
            case CustomerCard():
                return "card"
            case ClosingNotice(number=number):
                return f"closing:{number}"
            case Message(id=entry_id):
                return f"entry:{entry_id}"
            case _:
                assert_never(self.content)


@final
@dataclass(frozen=True, slots=True)
class ToStaff:
    """Bring `content`, as it stands, to a staff surface.

    Raises:
        Leak: the surface is not a staff surface, or belongs to another ticket.
    """

    surface: StaffSurface
    content: StaffContent

    def __post_init__(self) -> None:
        if type(self.surface) is not StaffSurface:
            raise Leak(f"{type(self.surface).__name__} is no staff surface")
        if self.content.ticket != self.surface.ticket:
            raise Leak(f"{self.content.ticket} does not belong on a surface of {self.surface.ticket}")

    @property
    def subject(self) -> str:
        """What is brought up to date: at most one debt a surface and subject stands open at a time."""
        match self.content:
            case StaffCard():
                return "card"
            case StaffNotice(id=notice_id):
                return f"notice:{notice_id}"
            case Message(id=entry_id) | Note(id=entry_id):
                return f"entry:{entry_id}"
            case _:
                assert_never(self.content)


Delivery: TypeAlias = ToCustomer | ToStaff


class Call(StrEnum):
    """What must be done on the network to bring a surface up to date."""

    POST = "post"
    UPDATE = "update"
    REMOVE = "remove"
    NOTHING = "nothing"


def call_for(delivery: Delivery, *, posted: bool) -> Call:
    """Return the call that settles `delivery`, given whether its subject has been posted there before.

    A message that was deleted or taken off the customer's side before it ever went out is not posted at all.
    """
    content = delivery.content
    gone = isinstance(content, Message | Note) and content.retracted
    off = isinstance(content, Message) and content.off
    if not posted:
        hidden = gone or (off and isinstance(delivery, ToCustomer))
        return Call.NOTHING if hidden else Call.POST
    if off and isinstance(delivery, ToCustomer):
        return Call.REMOVE
    return Call.UPDATE
