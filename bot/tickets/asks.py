"""What a person asks for, by command, button or form, before anybody knows whether they may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from bot.tickets.model import Person, Priority, Status, Visibility


@dataclass(frozen=True, slots=True)
class AskOpen:
    """Open a ticket. `text` may be empty."""

    title: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class AskComment:
    """Add a comment: public from a customer, internal from staff unless `public`."""

    ticket: str
    text: str
    public: bool = False


@dataclass(frozen=True, slots=True)
class AskReply:
    ticket: str
    text: str


@dataclass(frozen=True, slots=True)
class AskNote:
    ticket: str
    text: str


@dataclass(frozen=True, slots=True)
class AskEdit:
    """Change a published reply, or a note; with `seen`, only while it reads as when that was its digest."""

    ticket: str
    entry: str
    text: str
    seen: str | None = None


@dataclass(frozen=True, slots=True)
class AskRecall:
    ticket: str
    entry: str


@dataclass(frozen=True, slots=True)
class AskRetract:
    """Delete a note: its content is erased."""

    ticket: str
    entry: str


@dataclass(frozen=True, slots=True)
class AskPublish:
    """Send a note to the customer; with `seen`, only while it reads as it did when that was its digest."""

    ticket: str
    entry: str
    seen: str | None = None


@dataclass(frozen=True, slots=True)
class AskStatus:
    """Set the status, or show the ticket when `status` is None."""

    ticket: str
    status: Status | None = None
    visibility: Visibility = Visibility.PUBLIC


@dataclass(frozen=True, slots=True)
class AskDesk:
    """The desk at a glance."""


@dataclass(frozen=True, slots=True)
class AskAssign:
    """Assign to `to`, to the one who asks (`me`), or to nobody."""

    ticket: str
    to: Person | None
    me: bool = False
    visibility: Visibility = Visibility.PUBLIC


@dataclass(frozen=True, slots=True)
class AskPriority:
    ticket: str
    priority: Priority


@dataclass(frozen=True, slots=True)
class AskTags:
    ticket: str
    add: tuple[str, ...]
    remove: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskTitle:
    ticket: str
    title: str


@dataclass(frozen=True, slots=True)
class AskTime:
    """Book `minutes`, or show the time booked so far when `minutes` is None."""

    ticket: str
    minutes: int | None = None
    what: str = ""


@dataclass(frozen=True, slots=True)
class AskClose:
    """Close. From staff, `resolution` is what was explicitly marked as public."""

    ticket: str
    resolution: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AskReopen:
    ticket: str


@dataclass(frozen=True, slots=True)
class AskRate:
    ticket: str
    stars: int


@dataclass(frozen=True, slots=True)
class AskList:
    """List tickets; an empty filter lets everything through, `statuses` empty means all but closed.

    `unassigned`: only those that nobody is on.
    """

    statuses: tuple[Status, ...] = ()
    every: bool = False
    mine: bool = False
    unassigned: bool = False
    assignee: Person | None = None
    priority: Priority | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class AskPreview:
    ticket: str


@dataclass(frozen=True, slots=True)
class AskRecord:
    """Read the public record of a ticket again."""

    ticket: str


@dataclass(frozen=True, slots=True)
class AskPanel:
    """Post the panel with its button into this place."""


@dataclass(frozen=True, slots=True)
class AskSetup:
    """Link places to a project; the network shows its form."""


@dataclass(frozen=True, slots=True)
class AskWhoAmI:
    """Show which accounts are this person's; with a `code` from another network, join that one."""

    code: str = ""


@dataclass(frozen=True, slots=True)
class AskDuty:
    """Come on duty or go off it; without `on` show who is: they are in every new staff thread."""

    on: bool | None = None


@dataclass(frozen=True, slots=True)
class AskConsole:
    """Get a link to the team's console, for the one who asks alone."""


@dataclass(frozen=True, slots=True)
class AskHelp:
    pass


#: What is asked about no ticket, or about many.
AtLarge: TypeAlias = (
    AskOpen | AskDesk | AskList | AskPanel | AskSetup | AskWhoAmI | AskDuty | AskConsole | AskHelp
)  # fmt: skip
#: What is asked about one ticket.
OfTicket: TypeAlias = (
    AskComment | AskReply | AskNote | AskEdit | AskRecall | AskRetract | AskPublish | AskStatus
    | AskAssign | AskPriority | AskTags | AskTitle | AskTime | AskClose | AskReopen | AskRate
    | AskPreview | AskRecord
)  # fmt: skip
Ask: TypeAlias = AtLarge | OfTicket


def looks(ask: Ask) -> bool:
    """Whether an ask only reads: nothing is changed by it, however often it is asked."""
    match ask:
        case AskDesk() | AskList() | AskPreview() | AskRecord() | AskHelp():
            return True
        case AskStatus(status=None) | AskTime(minutes=None) | AskDuty(on=None):
            return True
        case _:
            return False
