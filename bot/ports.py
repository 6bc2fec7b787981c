"""What the desk and the courier need of the outside: a network, a store, lanes and a clock."""

from __future__ import annotations

from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Coroutine,
    Generator,
    Mapping,
    Sequence,
)
from contextlib import AbstractAsyncContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol, TypeAlias, TypeVar

from bot.tickets.asks import Ask, AskList
from bot.tickets.deliveries import CustomerCard, Delivery, StaffCard, ToCustomer
from bot.tickets.events import Event, TimeBooked
from bot.tickets.model import (
    File,
    Membership,
    Message,
    Note,
    Person,
    Place,
    PostRef,
    Project,
    Side,
    Status,
    Surfaces,
    Ticket,
)

T = TypeVar("T")

_sweeping: ContextVar[bool] = ContextVar("sweeping", default=False)


@contextmanager
def sweeping() -> Generator[None]:
    """What is done within is a round of our own: in every limiter it lets go ahead what people wait for."""
    token = _sweeping.set(True)
    try:
        yield
    finally:
        _sweeping.reset(token)


def is_sweep() -> bool:
    """Whether what is done now is such a round."""
    return _sweeping.get()


# ---------------------------------------------------------------- what comes in


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody wrote a post; `text` is hub text.

    `thread` is the post that its thread hangs on, None outside of threads.

    `command` is the text after a mention of the bot at the very start, None when it does not start with
    one; `mentioned` is set wherever the mention stands. `people` resolves mention tokens in `command`.
    """

    post: PostRef
    thread: str | None
    text: str
    mentioned: bool = False
    command: str | None = None
    people: tuple[tuple[str, Person], ...] = ()
    files: tuple[File, ...] = ()
    #: A bot or a workflow said it: it opens no ticket and commands nothing.
    automated: bool = False
    #: It looks as if it was meant as a command, and is none: only its author is told.
    attempted: bool = False
    #: What a ticket that it opens is called, where its first line is no title: of a forward, of an e-mail.
    title: str = ""


@dataclass(frozen=True, slots=True)
class Edited:
    """The author changed a post. `said` is the post as it stands now, and the ref it is taken under."""

    said: Said
    ref: str


@dataclass(frozen=True, slots=True)
class Deleted:
    """A post is gone from the network.

    `sure`: it was taken back, by itself and as we listened. What went with many others, or is only absent
    when we look, may have been taken away by others or by the network itself.
    """

    post: PostRef
    sure: bool = True


#: So many posts may be missing at one look for their authors to have deleted them, one by one.
ONE_BY_ONE = 3


@dataclass(frozen=True, slots=True)
class Reacted:
    """Somebody put an emoji on a post, or took it away."""

    post: PostRef
    emoji: str
    added: bool


@dataclass(frozen=True, slots=True)
class Raised:
    """Somebody, maybe another than its author, wants a post to become a ticket. `said` is that post.

    With `ticket` it is to become a part of that one instead.
    """

    said: Said
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody typed a command, pressed a button or sent a form.

    `thread` is the one it was typed in: what names no ticket is about that thread's. `files` came with it;
    `post` is what a new ticket's first words, or a comment, stand as, where they stand as a post.
    `held`: what was entered is still in front of whoever sent it, so that a refusal loses nothing.
    """

    ask: Ask
    thread: str | None = None
    files: tuple[File, ...] = ()
    post: PostRef | None = None
    held: bool = False


Act: TypeAlias = Said | Edited | Deleted | Reacted | Raised | Asked


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing a network told us.

    `ref` is the identity of the thing itself (not of the envelope it came in): what has been taken once
    under a ref is never taken again.
    """

    ref: str
    by: Person
    place: Place
    at: datetime
    act: Act
    #: The locale of who is answered, such as de-DE, as far as the network knows it.
    locale: str | None = None
    #: What it says, as a digest, where one ref may come again with other words: those are refused.
    digest: str = ""


# ---------------------------------------------------------------- what goes back to the one who asked


@dataclass(frozen=True, slots=True)
class Words:
    """Words for the one who asked alone. A refusal changed nothing; `field` names its form field."""

    text: str
    refused: bool = False
    field: str | None = None
    #: The ticket the answer is about, for networks that can point at it.
    ticket: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """Tickets, newest first, as the asker's side sees them. `more`: how many the limit cut off.

    `threads`: where each stands on the asker's side, None where it does not yet.
    """

    title: str
    cards: tuple[CustomerCard, ...] | tuple[StaffCard, ...]
    more: int
    language: str
    threads: tuple[PostRef | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """Exactly what the customer sees: the same deliveries, through the same renderer.

    `record`: it is asked for as the public record, by either side.
    """

    deliveries: tuple[ToCustomer, ...]
    language: str
    record: bool = False


Answer: TypeAlias = Words | Listing | Preview

# ---------------------------------------------------------------- a network


class NotSent(Exception):
    """The network did not take a call.

    `unsure`: it may have taken effect all the same (a time-out, a broken connection, a 5xx answer).
    `retry_after`: seconds until the network wants to hear of this place again (a rate limit).
    `final`: trying again cannot help until somebody mends something.
    `lost`: the place is not to be reached as a whole: look at its door.
    `away`: it may be the network as a whole that is away, or takes nothing from us: no fault of this call.
    """

    def __init__(
        self,
        reason: str,
        *,
        unsure: bool = False,
        retry_after: float | None = None,
        final: bool = False,
        lost: bool = False,
        away: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.unsure = unsure
        self.retry_after = retry_after
        self.final = final
        self.lost = lost
        self.away = away


class FileGone(Exception):
    """The file cannot be read any more; its name is all that can be shown."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is in a file: its size in bytes, and the bytes as they come."""

    size: int
    chunks: AsyncIterator[bytes]


#: Opens a file, on whichever network it is.
Fetch: TypeAlias = Callable[[File], AbstractAsyncContextManager[Content]]


@dataclass(frozen=True, slots=True)
class PlaceShut:
    """Why nothing is posted into a place. `reason` ends the key of a text, `shut.…` or `away.…`.

    `who` is in that text: who can see a staff place, or what a customer place is called.
    `seen`: whether the place can be posted into at all, to say so there.
    """

    reason: str
    who: str = ""
    seen: bool = True


class Network(Protocol):
    """One chat platform, as the courier and the desk use it. Every method may raise `NotSent`.

    The courier never has two calls for one surface under way. A method must not retry on its own anything
    that posts: what is uncertain is resolved by `find`.
    """

    #: The network's name in `Place.network`.
    name: str
    #: Seconds between two posts into one place, and how many may go ahead of that pace at once.
    pace: float
    burst: int

    def parts(self, delivery: Delivery) -> tuple[str, ...]:
        """Name the posts that a delivery takes as it stands now, in order: long texts and files take several.

        The first part is named by the empty string; a ticket's thread hangs on that of its card.
        """
        ...

    async def post(self, delivery: Delivery, part: str, mark: str) -> PostRef:
        """Post one part and return its reference; `mark` is attached where `find` can see it again."""
        ...

    async def update(self, delivery: Delivery, part: str, post: PostRef) -> PostRef | None:
        """Bring a part's post up to date. May be called again after success.

        Returns where it stands now, if it could not be changed and was posted anew.
        """
        ...

    async def remove(self, delivery: Delivery, part: str, post: PostRef) -> None:
        """Take a part's post away, or empty it if the network won't. May be called again after success."""
        ...

    async def find(
        self, delivery: Delivery, marks: Mapping[str, str], since: datetime, known: Collection[str]
    ) -> dict[str, PostRef]:
        """Look for the parts that `marks` names with their marks, posted at `since` or later.

        Called after an uncertain outcome. `known` holds the ids of posts on this surface that are something
        else for certain, for networks on which a post cannot be marked.
        """
        ...

    async def door(self, place: Place, side: Side) -> PlaceShut | None:
        """Why nothing may be posted into a place now: it cannot be reached, or staff are not alone in theirs.

        Called whenever that may have changed.
        """
        ...

    async def announce(self, place: Place, text: str) -> None:
        """Say something to all who see a place, outside of any thread. It must be fit for anybody's eyes."""
        ...

    async def tell(self, person: Person, text: str) -> None:
        """Say something to one person alone, outside of any place."""
        ...

    async def membership(self, person: Person, staff_place: Place) -> Membership:
        """Whether the network lets the person see the staff place. Called before each act; be quick.

        `UNKNOWN` where that cannot be seen now; a network that does not answer raises.
        """
        ...

    def forget(self, place: Place | None = None) -> None:
        """Ask anew who can see a place, or all that is remembered of people and places."""
        ...

    def fetch(self, file: File) -> AbstractAsyncContextManager[Content]:
        """Open a file that this network holds. Raises FileGone, NotSent."""
        ...

    async def run(self) -> None:
        """Stay connected until cancelled. Raises when the connection cannot be kept; it is run again then."""
        ...

    async def close(self) -> None:
        """Let go of connections. Called once, after `run` has ended."""
        ...


# ---------------------------------------------------------------- the store


class Conflict(Exception):
    """The ticket changed between reading and writing; the transaction was rolled back. Try again."""


class Unavailable(Exception):
    """The database is away. Nothing was changed."""


class PlaceTaken(Exception):
    """A place belongs to another project already, whose key is the message."""


class PlaceInside(Exception):
    """Something was said inside in a place, which therefore never becomes a customer's."""


@dataclass(frozen=True, slots=True)
class ProjectPlaces:
    """A project with its places."""

    project: Project
    customer_places: tuple[Place, ...]
    staff_place: Place


@dataclass(frozen=True, slots=True)
class LoadedTicket:
    """A ticket as the store holds it, loaded for a change."""

    ticket: Ticket
    surfaces: Surfaces


@dataclass(frozen=True, slots=True)
class Key:
    """What opens a page: of the customer's side or of the staff's, by the place, to a person, until then.

    `kind` is `link` (may be used again, and has no name where each who uses it says theirs), `once` or
    `session`. `origin` is the hash of the key that a session was opened with.
    """

    kind: str
    place: Place
    person: Person
    until: datetime
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Watched:
    """An open ticket's threads in one place, and the posts of people in them that are known.

    `last`: when anything was last said on the ticket.
    """

    ticket: str
    place: Place
    threads: tuple[str, ...]
    posts: tuple[str, ...]
    last: datetime


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took, in seconds: the median of `count`, and what nine in ten stay below."""

    count: int
    median: float
    most: float


@dataclass(frozen=True, slots=True)
class Numbers:
    """What happened on the tickets of projects in a time.

    `booked` is in minutes by the project's key, and `booked_by` by who booked it. `open_by_age` counts what
    is open now by its age in days: below 1, 3, 7, 30, and the rest under None.
    """

    opened: Mapping[date, int]
    closed: Mapping[date, int]
    open_by_age: Mapping[int | None, int]
    first_answer: Spread | None
    to_close: Spread | None
    ratings: Mapping[int, int]
    booked: Mapping[str, int]
    booked_by: Mapping[str, int]


class Tx(Protocol):
    """One transaction. All its methods are synchronous and run on the store's own threads."""

    def take(self, ref: str, at: datetime) -> bool:
        """Note that `ref` has been taken. False when it had been before."""
        ...

    def link(self, place: Place) -> ProjectPlaces | None: ...
    def links(self) -> list[ProjectPlaces]:
        """Return all projects with their places."""
        ...

    def heard(self, network: str) -> datetime | None:
        """Return when a network was last known to be listened to."""
        ...

    def hear(self, network: str, at: datetime) -> None:
        """Note that a network was listened to until `at`, but for places with a mark of their own."""
        ...

    def heard_at(self, place: Place) -> datetime | None:
        """Return until when a place was listened to: by its own mark, or its network's."""
        ...

    def unheard(self, network: str) -> dict[Place, datetime]:
        """Return the places with a mark of their own, which were listened to until then."""
        ...

    def hear_at(self, places: Sequence[Place], at: datetime | None) -> None:
        """Mark places that cannot be listened to: until `at` they were; an earlier mark stands.

        None takes the marks away: the places are listened to again, and were looked back over.
        """
        ...

    def watched(self, network: str) -> list[Watched]:
        """Return the threads of open tickets on a network, newest tickets first."""
        ...

    def doors(self) -> list[Place]:
        """Return the places that are shut."""
        ...

    def lose_thread(self, place: Place, thread: str) -> LoadedTicket | None:
        """Let a ticket's surface begin anew, for its thread is gone; None when no surface hangs on it.

        Its card is owed again, and to staff all that was said.
        """
        ...

    def identities(self, person: Person) -> list[Person]:
        """Return a person as each network knows them, as far as they have told us; themselves first."""
        ...

    def offer_code(self, code: str, person: Person, until: datetime) -> None:
        """Let `code` stand for a person until `until`, in place of any other of theirs."""
        ...

    def redeem_code(self, code: str, now: datetime) -> Person | None:
        """Return whom a code stands for, once."""
        ...

    def join(self, one: Person, other: Person) -> None:
        """Note that two people are one, with all that each was joined with before."""
        ...

    def set_on_duty(self, project: str, people: Sequence[Person]) -> None: ...
    def suggested(
        self, key: str, typed: str, statuses: Sequence[Status], *, public: bool, limit: int
    ) -> list[tuple[str, str]]:
        """Return keys and titles of a project's newest tickets that `typed` may be the beginning of."""
        ...

    def tags(self, project: str, limit: int) -> list[str]:
        """Return the tags that are used most on a project's open tickets."""
        ...

    def working(self, project: str) -> list[Person]:
        """Return who works on a project's open tickets."""
        ...

    def access(self) -> int:
        """Return what is another whenever it has changed who can see what."""
        ...

    def change_access(self) -> int:
        """Note that who can see what has changed; return what `access` says from then on."""
        ...

    def shut(self, place: Place) -> PlaceShut | None:
        """Return why a place is shut, None when it is not."""
        ...

    def set_door(self, place: Place, shut: PlaceShut | None, at: datetime) -> bool:
        """Hold what is owed to a place, or let go of it; False when that changes nothing."""
        ...

    def move_place(self, old: Place, new: Place) -> bool:
        """Let everything that names `old` name `new`; False when no project has it."""
        ...

    def next_number(self, project: str) -> int: ...
    def ticket(self, key: str) -> LoadedTicket | None: ...
    def ticket_at(self, place: Place, key: str) -> LoadedTicket | None:
        """Return a ticket to look at, if its customer's thread is in a place; any other does not exist."""
        ...

    def ticket_of(self, project: str, key: str) -> LoadedTicket | None:
        """Return a ticket to look at, if it is a project's; any other does not exist."""
        ...

    def ticket_in(self, place: Place, thread: str) -> LoadedTicket | None: ...
    def may_be_card(self, place: Place) -> bool:
        """Whether a card is being posted into `place` right now, so that its thread is not known yet."""
        ...

    def entry(self, entry_id: str) -> Message | Note | None: ...
    def entry_said(self, post: PostRef) -> Message | Note | None:
        """Return the entry that its author wrote as this post."""
        ...

    def entry_at(self, post: PostRef) -> Message | Note | None:
        """Return the entry that stands at a post, its author's own or a copy of ours."""
        ...

    def burst(self, place: Place, person: Person, since: datetime) -> str | None:
        """Return the ticket that a person's message opened or joined in a place, at `since` or later."""
        ...

    def note_burst(self, place: Place, person: Person, ticket: str, at: datetime) -> None: ...
    def link_places(self, linked: Project, customers: Sequence[Place], staff: Place) -> None:
        """Create or change a project and give it these places. Raises PlaceTaken, PlaceInside.

        A place that is no longer for customers hands its tickets on to one that is. With another staff place,
        the staff side of its tickets goes on there, the open ones' with all that was said.
        """
        ...

    def project(self, key: str) -> ProjectPlaces | None: ...
    def messages(self, ticket: str) -> list[Message]:
        """Return the ticket's public comments, oldest first."""
        ...

    def add(self, ticket: Ticket, surfaces: Surfaces) -> None:
        """Add a new ticket's row and surfaces; its events follow by `save`."""
        ...

    def alias(self, ticket: str, post: PostRef) -> None:
        """Let the thread under a customer's own post count as the ticket's customer thread."""
        ...

    def save(self, before: Ticket | None, after: Ticket, events: Sequence[Event]) -> None:
        """Write state, events and entries. Raises Conflict when `before` is no longer what is stored."""
        ...

    def owe(self, deliveries: Sequence[Delivery], at: datetime, *, last: bool = False) -> None:
        """Write what is owed, in order; one debt stays open for each surface and subject.

        It is sent by the time of what happened. `last`: that time is by our own clock, which may be wrong, so
        it goes behind all that is known already.
        """
        ...

    def call_at(self, at: datetime, name: str) -> None:
        """Have the timer `name` ring at `at`; one that has the name already is moved."""
        ...

    def rang(self, name: str, now: datetime) -> bool:
        """Take a timer that is due; False when another process took it, or it was moved."""
        ...

    def tickets_at(
        self, place: Place, limit: int, *, words: str = "", before: str = ""
    ) -> list[LoadedTicket]:
        """Return the newest tickets whose customer's thread is in a place.

        `words`: only those whose title has them, or whose key they are. `before`: only older than that one.
        """
        ...

    def version(self, project: str, ticket: str) -> tuple[int, int]:
        """Return what is another whenever a ticket has changed, or without one any of a project."""
        ...

    def record(self, ticket: str) -> list[Message | Note]:
        """Return all that was said on a ticket, oldest first."""
        ...

    def events(self, ticket: str) -> list[Event]:
        """Return all that happened to a ticket, oldest first."""
        ...

    def notices(self, ticket: str) -> list[tuple[datetime, str]]:
        """Return what staff were told on a ticket beside what was said, oldest first."""
        ...

    def last_message(self, ticket: str) -> Message | None:
        """Return the newest public comment that still stands."""
        ...

    def add_key(self, digest: str, key: Key) -> None: ...
    def key(self, digest: str, now: datetime) -> Key | None:
        """Return the key with a hash, unless it has expired."""
        ...

    def drop_expired(self, now: datetime) -> None:
        """Take all keys away that have expired."""
        ...

    def drop_key(self, digest: str) -> bool:
        """Take a key away, with the sessions it opened; False when there is none."""
        ...

    def drop_keys(self, place: Place, person: Person | None) -> int:
        """Take all keys to a place away, or all of one person; return how many."""
        ...

    def holders(self, place: Place, now: datetime) -> list[Person]:
        """Return who has a key to a place, of those who have a name."""
        ...

    def holds(self, place: Place, person: Person, now: datetime) -> bool:
        """Whether somebody has a key to a place."""
        ...

    def list_tickets(
        self, projects: Sequence[str], ask: AskList, me: Person, *, public: bool, limit: int
    ) -> tuple[list[LoadedTicket], int]:
        """Return up to `limit` tickets of some projects, newest first, and how many match in all.

        With `public` the filters see only what customers may know.
        """
        ...

    def count_by_status(self, project: str, *, public: bool) -> dict[str, int]: ...
    def numbers(self, projects: Sequence[str], since: datetime, until: datetime, now: datetime) -> Numbers:
        """Count what happened on the tickets of projects from `since` to before `until`.

        Days are those of `since`'s zone.
        """
        ...

    def booked(self, ticket: str) -> list[TimeBooked]: ...


# ---------------------------------------------------------------- the courier's side of the store


@dataclass(frozen=True, slots=True)
class Due:
    """The head of a lane, marked as being sent.

    `posts` is where the subject's parts stand already; `wait` the seconds to hold it for the pace of its
    place; `since` is set when an earlier try ended without a certain outcome, and says when that try began:
    `known` then holds the ids of all posts that stand on the surface for certain.
    In `staff_place` staff are told of what could not be delivered.
    """

    id: int
    delivery: Delivery
    mark: str
    attempts: int
    wait: float
    staff_place: Place
    posts: Mapping[str, PostRef] = field(default_factory=dict[str, PostRef])
    since: datetime | None = None
    known: frozenset[str] = frozenset()


#: Where parts stand now that did not before, by name; None for one that was taken away.
Moved: TypeAlias = Mapping[str, PostRef | None]


@dataclass(frozen=True, slots=True)
class Delivered:
    """It is up to date."""

    moved: Moved


@dataclass(frozen=True, slots=True)
class Postponed:
    """Try again at `until`. `unsure`: look for it first. `holds_place`: nothing else goes there before.

    `spent`: whether it used up a try.
    """

    until: datetime
    reason: str
    moved: Moved = field(default_factory=dict[str, PostRef | None])
    unsure: bool = False
    holds_place: bool = False
    spent: bool = True


@dataclass(frozen=True, slots=True)
class SetAside:
    """Tried for long enough; people must look at it. `told`: the notice that staff are owed."""

    reason: str
    told: Delivery | None
    moved: Moved = field(default_factory=dict[str, PostRef | None])


Outcome: TypeAlias = Delivered | Postponed | SetAside


@dataclass(frozen=True, slots=True)
class Standing:
    """A delivery as `halfdoor deliveries list` shows it: no text of any entry."""

    id: int
    ticket: str
    side: Side
    place: Place
    subject: str
    state: str
    attempts: int
    error: str | None


class Store(Protocol):
    """State, events and the ledger of deliveries, in one database."""

    #: Whether no other process can be at work on it.
    alone: bool

    async def transact(self, work: Callable[[Tx], T]) -> T:
        """Run `work` in a transaction; what it owed is sent once it has been committed.

        Raises:
            Unavailable: the database is away. Whatever else `work` raises rolls back and passes through.
        """
        ...

    async def read(self, work: Callable[[Tx], T]) -> T:
        """Run `work` on a snapshot; it must not write."""
        ...

    async def next_due(
        self,
        lane: int,
        now: datetime,
        settled: tuple[int, Outcome] | None,
        paces: dict[str, tuple[float, int]],
    ) -> Due | datetime | None:
        """Settle the delivery just tried and mark the lane's head as being sent, in one transaction.

        Returns the head, or the time it is due at if that is later than `now`, or None for an empty lane.
        `paces` holds each network's seconds between posts and its burst.
        """
        ...

    async def settle(self, ident: int, outcome: Outcome) -> None:
        """Record how a delivery went, without taking another."""
        ...

    async def back(self, network: str) -> None:
        """A network is there again: what was put off for it is due now, the oldest first."""
        ...

    async def reserve(self, place: Place, now: datetime, pace: tuple[float, int]) -> float:
        """Take a place's next slot for a further post; return the seconds until then."""
        ...

    async def close(self) -> None: ...


Lane: TypeAlias = Callable[[int], Awaitable[datetime | None]]
Ring: TypeAlias = Callable[[str], Awaitable[None]]


class Lanes(Protocol):
    """Drives the ledger. A lane is one surface: the driver wakes it when something is owed to it.

    Never two wakings of one lane at a time, not even in two processes; different lanes run in parallel.
    """

    async def start(self, lane: Lane, ring: Ring) -> None:
        """Begin, with all that was owed before. `lane(id)` sends what is due and returns when to call again.

        `ring(name)` is called when a timer is due: once, however many processes there are.
        """
        ...

    async def drain(self) -> None:
        """Wait until no lane has anything due, for tests."""
        ...

    async def stop(self) -> None:
        """Finish what is in flight and begin nothing new."""
        ...


class Clock(Protocol):
    """The time, handed in so that tests can keep it."""

    def now(self) -> datetime:
        """Return the time, with its zone."""
        ...

    def steady(self) -> datetime:
        """Return the time for what waits: it goes on evenly, whatever is done to the machine's clock."""
        ...

    def sleep(self, seconds: float) -> Coroutine[Any, Any, None]: ...
