"""What can be asked of a ticket, in the imperative. Whoever builds one says who asks: `by`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from bot.tickets.model import Actor, File, Message, Note, Person, PostRef, Priority, Side, Status, Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Open ticket `number`. With `text` it starts with a message whose id is `entry_id`."""

    by: Actor
    number: int
    title: str
    text: str = ""
    entry_id: str = ""
    said: PostRef | None = None
    said_on: Side | None = None
    files: tuple[File, ...] = ()
    follows: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddMessage:
    """Say something both sides see. `said` names the author's own post, if there is one."""

    by: Actor
    entry_id: str
    text: str
    said: PostRef | None = None
    said_on: Side | None = None
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AddNote:
    by: Actor
    entry_id: str
    text: str
    said: PostRef | None = None
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EditMessage:
    """`files` is None when they stay as they are."""

    by: Actor
    message: Message
    text: str
    files: tuple[File, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditNote:
    """`files` is None when they stay as they are."""

    by: Actor
    note: Note
    text: str
    files: tuple[File, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetractMessage:
    """The author deleted it: leave a stub, erase the content."""

    by: Actor
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class RetractNote:
    by: Actor
    note: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class LoseEntry:
    """It is not where it was said any more: nobody knows that its author took it back."""

    by: Actor
    entry: Message | Note


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishNote:
    """Send a note to the customer, as the message `entry_id`."""

    by: Actor
    note: Note
    entry_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallReply:
    """Take a published reply off the customer's side; staff keep the record."""

    by: Actor
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class SetStatus:
    by: Actor
    status: Status
    visibility: Visibility = Visibility.PUBLIC


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign:
    """Assign to `to`, or to nobody."""

    by: Actor
    to: Person | None
    visibility: Visibility = Visibility.PUBLIC


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPriority:
    by: Actor
    priority: Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTags:
    by: Actor
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Retitle:
    by: Actor
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BookTime:
    by: Actor
    minutes: int
    what: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """Close, in public. `resolution` is for the customer; `reason` is for staff alone and becomes a note."""

    by: Actor
    entry_id: str
    resolution: str = ""
    reason: str = ""
    #: Where the command was written, when it stands as a post in the staff thread.
    said: PostRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen:
    by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    by: Actor
    stars: int


@dataclass(frozen=True, slots=True, kw_only=True)
class React:
    """Add an emoji to an entry, or take it away."""

    by: Actor
    entry: Message | Note
    emoji: str
    added: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Continue:
    """A new ticket takes this one up: what is said in the old thread belongs there from now on."""

    by: Actor
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndWindow:
    """The time in which closing `number` could be undone is over."""

    by: Actor
    number: int


Command: TypeAlias = (
    Open | AddMessage | AddNote | EditMessage | EditNote | RetractMessage | RetractNote | LoseEntry
    | PublishNote
    | RecallReply | SetStatus | Assign | SetPriority | SetTags | Retitle | BookTime | Close | Reopen
    | Rate | React | Continue | EndWindow
)  # fmt: skip
