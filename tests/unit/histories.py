"""Histories of a ticket, lived through by the real desk, store, ledger and renderer, without a network.

What a customer can observe is everything that goes to their place, as Slack would get it, and every answer
they are given. Two histories that differ in internal acts alone must be observed alike.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from hypothesis import strategies as st
from sqlalchemy.pool import StaticPool

from adapters.discord import render as discord_render
from adapters.slack import render
from adapters.slack.network import draw, posting
from bot.context import apply
from bot.intake import Intake
from bot.ports import Asked, Deleted, Delivered, Due, Edited, Incoming, ProjectPlaces, Reacted, Said
from bot.tickets import asks as a
from bot.tickets import commands as c
from bot.tickets.deliveries import Call, CustomerCard, ToCustomer, call_for
from bot.tickets.model import (
    Actor,
    File,
    Membership,
    Message,
    Note,
    Person,
    Place,
    PostRef,
    Priority,
    Project,
    Side,
    Status,
    Visibility,
)
from bot.words.say import Refused
from storage.ledger import Ledger
from storage.schema import metadata
from storage.tx import SqlTx

CANARY = "canary"
FRONT, BACK = Place("slack", "CFRONT"), Place("slack", "CBACK")
CARLA = Actor(Person("slack", "UCARLA", "Carla"), Side.CUSTOMER)
ROBIN = Actor(Person("slack", "UROBIN", "Robin"), Side.STAFF)
KIM = Actor(Person("slack", "UKIM", f"Kim {CANARY}"), Side.STAFF)
#: What networks say of people, as long as nothing about them changes.
MEMBER = {Side.STAFF: Membership.YES, Side.CUSTOMER: Membership.NO}
LINK = ProjectPlaces(Project("ACME", "Acme"), (FRONT,), BACK)
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
OPEN_ONES = [status for status in Status if status is not Status.CLOSED]


@dataclass(frozen=True)
class Act:
    """One thing that happens. `nth` picks an older entry to act on; `internal` acts must leave no trace.

    `seen` is what the network says at that moment of one of the team who acts: somebody who has left, or has
    just come, or whom we cannot see, publishes nothing.
    """

    kind: str
    nth: int = 0
    word: str = ""
    status: Status = Status.OPEN
    stars: int = 1
    reason: bool = False
    seen: Membership = Membership.YES

    @property
    def internal(self) -> bool:
        return self.kind in INTERNAL or (self.kind in OF_STAFF and self.seen is not Membership.YES)


words = st.sampled_from(["alpha", "beta", "gamma", "<!channel>", "*bold* & <b>", "@here"])
COMMON = ["says", "notes", "status_internal", "status"]
#: What has consequences only together.
TYPED = ["replies_with_a_file", "edits_a_typed_reply"]
PUBLIC = [
    *("says", "staff_says", "replies", "edits_reply", "recalls", "edits", "deletes", "status", "assigns"),
    *(
        "unassigns",
        "titles",
        "closes",
        "closes_as_customer",
        "reopens",
        "reopens_as_staff",
        "rates",
        "reacts",
    ),
    *("sends_a_file", "reacts_outside", "replies_with_a_file", "edits_a_typed_reply"),
    *("lists", "shows", "foreign", "forbidden", "comments", "publicly_comments", "waits"),
]
INTERNAL = [
    *("notes", "notes_by_form", "edits_note", "deletes_note", "reacts_to_note", "status_internal"),
    *("assigns_internally", "unassigns_internally", "prioritises", "tags", "books", "mistypes", "previews"),
    *("lists_inside", "refused", "notes_a_file", "reacts_inside", "adds_a_file_to_a_reply"),
    *("comments_outside", "closes_unseen", "types_a_closing", "types_a_comment"),
]
#: What only staff, known to be staff, do in public.
OF_STAFF = [
    *("replies", "edits_reply", "recalls", "status", "assigns", "unassigns", "titles", "closes"),
    *("reopens_as_staff", "replies_with_a_file", "publicly_comments", "edits_a_typed_reply"),
]


def act_of(kinds: list[str]) -> st.SearchStrategy[Act]:
    return st.builds(
        Act,
        kind=st.sampled_from(kinds),
        nth=st.integers(0, 5),
        word=words,
        status=st.sampled_from(OPEN_ONES),
        stars=st.integers(0, 6),
        reason=st.booleans(),
        seen=st.sampled_from([*[Membership.YES] * 4, Membership.NO, Membership.UNKNOWN]),
    )


acts = act_of([*COMMON * 10, *TYPED * 5, *PUBLIC, *INTERNAL])
histories = st.lists(acts, min_size=1, max_size=14)


def histories_with(*kinds: str) -> st.SearchStrategy[list[Act]]:
    """Where a leak is sought: more happens in one, and every other act is of these kinds."""
    return st.lists(acts | act_of([*kinds]), min_size=10, max_size=20)


class Life:
    """One history, in a database of its own in memory."""

    def __init__(self) -> None:
        self.engine = sa.create_engine("sqlite://", poolclass=StaticPool, creator=_fresh)
        self.observed: list[str] = []
        self._posts: dict[Place, int] = {}

    def live(self, acts: Iterable[tuple[int, Act]]) -> list[str]:
        """Live through numbered acts and return what the customer could observe."""
        try:
            return self._live(acts)
        finally:
            self.engine.dispose()

    def _live(self, acts: Iterable[tuple[int, Act]]) -> list[str]:
        at = START
        opening = Said(PostRef(FRONT, "1"), None, "Export fails", mentioned=True, command="Export fails")
        self.take(Incoming("open", CARLA.person, FRONT, at, opening), CARLA)
        for number, one in acts:
            at = START + timedelta(minutes=number + 1)
            self.act(number, one, at)
        return self.observed

    def act(self, number: int, one: Act, at: datetime) -> None:
        with self.engine.begin() as connection:
            tx = SqlTx(connection)
            opened = tx.ticket("ACME-1")
            assert opened is not None
            mine = [m for m in tx.messages("ACME-1") if m.by.person == CARLA.person]
            replies = [m for m in tx.messages("ACME-1") if m.by.side is Side.STAFF and not m.said]
            written = [m for m in tx.messages("ACME-1") if m.said_on is Side.STAFF and not m.resolves]
            notes = self.notes(connection, tx)
        outside, inside = opened.surfaces.customer.thread, opened.surfaces.staff.thread
        ref, key = f"act-{number}", "ACME-1"

        def said(place: Place, text: str, command: str | None = None) -> Said:
            thread = outside if place == FRONT else inside
            return Said(PostRef(place, f"said-{number}"), thread, text, command is not None, command)

        def ask(by: Actor, wanted: a.Ask, place: Place = BACK) -> None:
            seen = one.seen if by.side is Side.STAFF else None
            self.take(Incoming(ref, by.person, place, at, Asked(wanted)), by, seen)

        def file(name: str) -> File:
            return File(network="slack", id=f"F{number}", name=name, size=3)

        def pick(found: list[Any]) -> Any:
            return found[one.nth % len(found)] if found else None

        match one.kind:
            # ------------------------------------------------ public
            case "says":
                self.take(Incoming(ref, CARLA.person, FRONT, at, said(FRONT, one.word)), CARLA)
            case "staff_says":
                self.take(Incoming(ref, ROBIN.person, FRONT, at, said(FRONT, one.word)), ROBIN)
            case "replies":
                ask(ROBIN, a.AskReply(key, one.word))
            case "edits_reply" if reply := pick(replies):
                ask(ROBIN, a.AskEdit(key, reply.id, f"{one.word}!"))
            case "recalls" if reply := pick(replies):
                ask(ROBIN, a.AskRecall(key, reply.id))
            case "edits" if message := pick([m for m in mine if m.said]):
                edited = Said(message.said, outside, f"{one.word} mended")
                self.take(Incoming(ref, CARLA.person, FRONT, at, Edited(edited, "none")), CARLA)
            case "deletes" if message := pick([m for m in mine if m.said]):
                self.take(Incoming(ref, CARLA.person, FRONT, at, Deleted(message.said)), CARLA)
            case "status":
                ask(ROBIN, a.AskStatus(key, one.status))
            case "assigns":
                ask(ROBIN, a.AskAssign(key, ROBIN.person))
            case "unassigns":
                ask(ROBIN, a.AskAssign(key, None))
            case "titles":
                ask(ROBIN, a.AskTitle(key, f"Title {one.word}"))
            case "closes":
                # The resolution is public; the reason beside it is an internal act of its own.
                reason = f"{CANARY} reason" if one.reason else ""
                ask(ROBIN, a.AskClose(key, one.word if one.nth % 2 else "", reason))
            case "closes_as_customer":
                ask(CARLA, a.AskClose(key, "", one.word), FRONT)
            case "reopens":
                ask(CARLA, a.AskReopen(key), FRONT)
            case "reopens_as_staff":
                ask(ROBIN, a.AskReopen(key))
            case "rates":
                ask(CARLA, a.AskRate(key, one.stars), FRONT)
            case "reacts" if message := pick(mine + replies):
                self.command(number, at, c.React(by=CARLA, entry=message, emoji="tada"))
            case "sends_a_file":
                with_file = replace(said(FRONT, one.word), files=(file(f"{one.word}.txt"),))
                self.take(Incoming(ref, CARLA.person, FRONT, at, with_file), CARLA)
            case "replies_with_a_file":
                post = replace(said(BACK, "x", f"reply {one.word}"), files=(file(f"{one.word}.txt"),))
                self.take(Incoming(ref, ROBIN.person, BACK, at, post), ROBIN, one.seen)
            case "edits_a_typed_reply" if reply := pick([m for m in written if m.recalled is None]):
                word = f"{one.word} mended" if one.seen is Membership.YES else CANARY
                again = Said(reply.said, inside, "x", True, f"reply {word}", files=reply.files)
                self.take(Incoming(ref, ROBIN.person, BACK, at, Edited(again, "none")), ROBIN, one.seen)
            case "reacts_outside" if message := pick([m for m in mine if m.said]):
                reacted = Reacted(message.said, "👍", one.nth % 2 == 0)
                self.take(Incoming(ref, CARLA.person, FRONT, at, reacted), CARLA)
            case "lists":
                ask(CARLA, a.AskList(every=True), FRONT)
                ask(CARLA, a.AskDesk(), FRONT)
            case "shows":
                ask(CARLA, a.AskStatus(key), FRONT)
                ask(CARLA, a.AskRecord(key), FRONT)
            case "foreign":
                ask(CARLA, a.AskStatus("ACME-99"), FRONT)
            case "forbidden":
                ask(CARLA, a.AskTime(key, 5, "x"), FRONT)
            case "comments":
                ask(CARLA, a.AskComment(key, one.word), FRONT)
            case "publicly_comments":
                ask(ROBIN, a.AskComment(key, one.word, public=True))
            case "waits":
                closing = opened.ticket.closing
                if closing is not None:
                    self.command(number, at, c.EndWindow(by=ROBIN, number=closing.number))
            # ------------------------------------------------ internal
            case "notes":
                note = said(BACK, f"{CANARY} {one.word}")
                self.take(Incoming(ref, KIM.person, BACK, at, note), KIM, one.seen)
            case "notes_by_form":
                ask(KIM, a.AskNote(key, f"{CANARY} {one.word}"))
            case "notes_a_file":
                with_file = replace(said(BACK, one.word), files=(file(f"{CANARY}.txt"),))
                self.take(Incoming(ref, KIM.person, BACK, at, with_file), KIM)
            case "reacts_inside" if note := pick([n for n in notes if n.said]):
                self.take(Incoming(ref, KIM.person, BACK, at, Reacted(note.said, CANARY, True)), KIM)
            case "adds_a_file_to_a_reply" if reply := pick([m for m in written if m.recalled is None]):
                again = Said(
                    reply.said, inside, "x", True, f"reply {reply.text}", files=(*reply.files, file(CANARY))
                )
                self.take(Incoming(ref, ROBIN.person, BACK, at, Edited(again, "none")), ROBIN, one.seen)
            case "edits_note" if note := pick([n for n in notes if n.said]):
                edited = Said(note.said, inside, f"{CANARY} edited", command="reply to all")
                self.take(Incoming(ref, KIM.person, BACK, at, Edited(edited, "none")), KIM, one.seen)
            case "deletes_note" if note := pick([n for n in notes if n.said]):
                self.take(Incoming(ref, KIM.person, BACK, at, Deleted(note.said)), KIM)
            case "reacts_to_note" if note := pick(notes):
                self.command(number, at, c.React(by=KIM, entry=note, emoji=CANARY))
            case "status_internal":
                ask(KIM, a.AskStatus(key, one.status, Visibility.INTERNAL))
            case "assigns_internally":
                ask(KIM, a.AskAssign(key, KIM.person, visibility=Visibility.INTERNAL))
            case "unassigns_internally":
                ask(KIM, a.AskAssign(key, None, visibility=Visibility.INTERNAL))
            case "prioritises":
                ask(KIM, a.AskPriority(key, list(Priority)[one.nth % 4]))
            case "tags":
                ask(KIM, a.AskTags(key, (f"{CANARY}-{one.nth}",), ()))
            case "books":
                ask(KIM, a.AskTime(key, 10 + one.nth, CANARY))
            case "mistypes":
                text = said(BACK, f"@Halfdoor repyl {CANARY}", f"repyl {CANARY}")
                self.take(Incoming(ref, KIM.person, BACK, at, text), KIM, one.seen)
            case "comments_outside" if one.seen is not Membership.NO:
                ask(KIM, a.AskComment(key, f"{CANARY} {one.word}"), FRONT)
            case "closes_unseen":
                close = a.AskClose(key, one.word if one.nth % 2 else "", CANARY)
                unseen = Incoming(ref, KIM.person, FRONT, at, Asked(close))
                self.take(unseen, KIM, Membership.UNKNOWN)
            case "types_a_closing" | "types_a_comment" if one.seen is not Membership.YES:
                command = f"close {CANARY}" if one.kind == "types_a_closing" else f"comment public: {CANARY}"
                typed = said(BACK, f"@Halfdoor {command}", command)
                self.take(Incoming(ref, KIM.person, BACK, at, typed), KIM, one.seen)
            case "previews":
                ask(KIM, a.AskPreview(key))
            case "lists_inside":
                ask(KIM, a.AskList(every=True))
            case "refused":
                ask(KIM, a.AskStatus(key, Status.CLOSED, Visibility.INTERNAL))
            case _:
                pass  # there is nothing of that kind to act on yet

    def take(self, incoming: Incoming, by: Actor, seen: Membership | None = None) -> None:
        """Take something as the desk does, in one transaction, and deliver what is owed for it."""
        try:
            with self.engine.begin() as connection:
                answer = Intake(SqlTx(connection), incoming, LINK, seen or MEMBER[by.side]).take()
        except Refused as refused:
            words = refused.words("en")
            if by.side is Side.CUSTOMER:
                self.observed.append(f"told: {words}")
            return
        if answer is not None and by.side is Side.CUSTOMER:
            self.observed.append(f"told: {render.answer(answer)}")
        self.deliver()

    def command(self, number: int, at: datetime, command: c.Command) -> None:
        with self.engine.begin() as connection:
            tx = SqlTx(connection)
            opened = tx.ticket("ACME-1")
            assert opened is not None
            try:
                apply(tx, LINK, opened, command, at)
            except Refused:
                return
        self.deliver()

    def deliver(self) -> None:
        """Send all that is owed, as the courier does."""
        with self.engine.begin() as connection:
            tx = SqlTx(connection)
            ledger = Ledger(connection, tx)
            lanes = connection.exec_driver_sql("select id from surface order by id").scalars().all()
            for lane in lanes:
                while isinstance(due := ledger.next_due(lane, 0.0, {}), Due):
                    ledger.settle(due.id, Delivered(self.send(due)))

    def send(self, due: Due) -> dict[str, PostRef | None]:
        call = call_for(due.delivery, posted=bool(due.posts))
        seen = isinstance(due.delivery, ToCustomer)
        place = due.delivery.surface.place
        assert seen == (place == FRONT), "a delivery went to the other side's place"
        moved: dict[str, PostRef | None] = {}
        if call is Call.NOTHING:
            return moved
        wanted = render.parts(due.delivery.content) if call is not Call.REMOVE else ()
        for part in wanted:
            shown = "" if part.startswith("file:") else part
            if part not in due.posts:
                number = self._posts[place] = self._posts.get(place, 0) + 1
                moved[part] = PostRef(place, f"post-{number}")
                payload = posting(due.delivery, due.mark, part=shown, customize=True)
                happened = f"post {part} {json.dumps(payload, sort_keys=True)}"
            else:
                happened = f"update {due.posts[part]} {draw(due.delivery, part=shown, customize=True)}"
            if seen:
                self.observed.append(happened)
        if isinstance(due.delivery, ToCustomer) and call is not Call.REMOVE:
            self.observed += list(on_discord(due.delivery))
        for part in due.posts:
            if part not in wanted:
                moved[part] = None
                if seen:
                    self.observed.append(f"remove {due.posts[part]}")
        return moved

    def notes(self, connection: sa.Connection, tx: SqlTx) -> list[Note]:
        found = connection.exec_driver_sql(
            "select id from entry where visibility = 'internal' order by at, id"
        ).scalars()
        loaded = (tx.entry(ident) for ident in found.all())
        return [note for note in loaded if isinstance(note, Note)]


def on_discord(delivery: ToCustomer) -> Iterator[str]:
    """Say what a customer on Discord would get of a delivery."""
    content, about = delivery.content, delivery.surface.project
    for part in discord_render.parts(content):
        if not part.startswith("file:"):
            post = discord_render.for_customer(content, about, part)
            components = [item.to_component_dict() for item in (*post.layout, *post.buttons)]
            told = (part, post.text, components, post.author, post.picture)
            yield f"on Discord: {json.dumps(told, sort_keys=True)}"
        if isinstance(content, CustomerCard):
            yield f"on Discord: thread {discord_render.thread_name(content)}"


@cache
def _template() -> bytes:
    """A database with the tables and the project, made once: each life starts from a copy of it."""
    engine = sa.create_engine("sqlite://", poolclass=StaticPool)
    metadata.create_all(engine)
    with engine.begin() as connection:
        SqlTx(connection).link_places(LINK.project, [FRONT], BACK)
    driver = engine.raw_connection().driver_connection
    assert isinstance(driver, sqlite3.Connection)
    copy = driver.serialize()
    engine.dispose()
    return copy


def _fresh() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.deserialize(_template())
    connection.execute("pragma foreign_keys=on")
    return connection


def observed(acts: list[Act], *, internal: bool) -> list[str]:
    """Live through a history with or without its internal acts; the others keep their numbers and times."""
    kept = []
    for number, one in enumerate(acts):
        if one.internal and not internal:
            continue
        if not internal and one.reason:
            one = replace(one, reason=False)
        kept.append((number, one))
    return Life().live(kept)


__all__ = ["CANARY", "Act", "Message", "histories", "observed"]
