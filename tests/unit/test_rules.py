"""The rules of the core: what each command leads to, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.tickets import commands as c
from bot.tickets import events as e
from bot.tickets.decide import decide, open_ticket
from bot.tickets.deliveries import Call, Delivery, ToCustomer, ToStaff, call_for
from bot.tickets.evolve import entries, evolve
from bot.tickets.model import (
    Actor,
    CustomerSurface,
    Message,
    Note,
    Person,
    Place,
    PostRef,
    Priority,
    Project,
    Recall,
    Side,
    StaffSurface,
    Status,
    Surfaces,
    Ticket,
    Visibility,
    title_of,
)
from bot.tickets.project import customer_card, project
from bot.words.say import Refused

CARLA = Actor(Person("slack", "UCARLA", "Carla"), Side.CUSTOMER)
DORA = Actor(Person("slack", "UDORA", "Dora"), Side.CUSTOMER)
ROBIN = Actor(Person("slack", "UROBIN", "Robin"), Side.STAFF)
KIM = Actor(Person("slack", "UKIM", "Kim"), Side.STAFF)
ACME = Project("ACME", "Acme")
FRONT, BACK = Place("slack", "C1"), Place("slack", "C2")
SURFACES = Surfaces(CustomerSurface("ACME-1", ACME, FRONT), StaffSurface("ACME-1", ACME, BACK))
NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
INTERNAL = Visibility.INTERNAL


def ticket(*commands: c.Command, at: datetime = NOW) -> Ticket:
    made = evolve(None, open_ticket(c.Open(by=CARLA, number=1, title="Export fails"), NOW, ACME))
    for command in commands:
        made = evolve(made, decide(made, command, at, ACME))
    return made


def kinds(events: tuple[e.Event, ...]) -> list[str]:
    return [type(event).__name__ for event in events]


def refusal(now: Ticket, command: c.Command, at: datetime = NOW) -> str:
    with pytest.raises(Refused) as refused:
        decide(now, command, at, ACME)
    for language in ("en", "de", "de-du"):
        assert refused.value.words(language)
    return refused.value.key


def message(by: Actor = ROBIN, **more: Any) -> Message:
    return Message(**{"id": "m", "ticket": "ACME-1", "by": by, "at": NOW, "text": "hello", **more})


STAFF_ONLY = [
    c.AddNote(by=CARLA, entry_id="n", text="x"),
    c.SetStatus(by=CARLA, status=Status.PENDING),
    c.Assign(by=CARLA, to=ROBIN.person),
    c.SetPriority(by=CARLA, priority=Priority.HIGH),
    c.SetTags(by=CARLA, add=("x",)),
    c.Retitle(by=CARLA, title="x"),
    c.BookTime(by=CARLA, minutes=5),
    c.Close(by=CARLA, entry_id="x", reason="inside"),
    c.RecallReply(by=CARLA, message=message()),
    c.PublishNote(by=CARLA, note=Note(id="n", ticket="ACME-1", by=ROBIN, at=NOW, text="x"), entry_id="m"),
    c.React(by=CARLA, entry=Note(id="n", ticket="ACME-1", by=ROBIN, at=NOW, text="x"), emoji="tada"),
]


@pytest.mark.parametrize("command", STAFF_ONLY, ids=lambda command: type(command).__name__)
def test_what_only_staff_may_do(command: c.Command) -> None:
    assert refusal(ticket(), command) == "no.staff_only"


class TestStatus:
    def test_an_internal_status_leaves_the_public_one(self) -> None:
        now = ticket(c.SetStatus(by=ROBIN, status=Status.ON_HOLD, visibility=INTERNAL))
        assert (now.status, now.public_status) == (Status.ON_HOLD, Status.OPEN)

    def test_a_public_status_sets_both(self) -> None:
        now = ticket(
            c.SetStatus(by=ROBIN, status=Status.ON_HOLD, visibility=INTERNAL),
            c.SetStatus(by=ROBIN, status=Status.IN_PROGRESS),
        )
        assert (now.status, now.public_status) == (Status.IN_PROGRESS, Status.IN_PROGRESS)

    def test_making_an_internal_status_public_is_a_change(self) -> None:
        now = ticket(c.SetStatus(by=ROBIN, status=Status.ON_HOLD, visibility=INTERNAL))
        events = decide(now, c.SetStatus(by=ROBIN, status=Status.ON_HOLD), NOW, ACME)
        assert evolve(now, events).public_status is Status.ON_HOLD

    def test_the_same_status_again_is_refused(self) -> None:
        assert refusal(ticket(), c.SetStatus(by=ROBIN, status=Status.OPEN)) == "no.same_status"

    def test_closing_is_never_internal(self) -> None:
        command = c.SetStatus(by=ROBIN, status=Status.CLOSED, visibility=INTERNAL)
        assert refusal(ticket(), command) == "no.close_internal"

    def test_a_closed_ticket_is_reopened_first(self) -> None:
        now = ticket(c.Close(by=ROBIN, entry_id="x"))
        assert refusal(now, c.SetStatus(by=ROBIN, status=Status.PENDING)) == "no.closed"


class TestACustomersWord:
    def say(self) -> c.AddMessage:
        return c.AddMessage(by=CARLA, entry_id="m", text="hello")

    def test_reopens_a_pending_ticket_in_public(self) -> None:
        now = ticket(c.SetStatus(by=ROBIN, status=Status.PENDING))
        events = decide(now, self.say(), NOW, ACME)
        assert kinds(events) == ["MessageAdded", "StatusChanged"]
        assert evolve(now, events).public_status is Status.OPEN

    def test_reopens_one_that_is_pending_inside_without_showing_it(self) -> None:
        now = ticket(
            c.SetStatus(by=ROBIN, status=Status.IN_PROGRESS),
            c.SetStatus(by=ROBIN, status=Status.PENDING, visibility=INTERNAL),
        )
        after = evolve(now, decide(now, self.say(), NOW, ACME))
        assert (after.status, after.public_status) == (Status.OPEN, Status.IN_PROGRESS)

    def test_staffs_word_reopens_nothing(self) -> None:
        now = ticket(c.SetStatus(by=ROBIN, status=Status.PENDING))
        events = decide(now, replace(self.say(), by=ROBIN), NOW, ACME)
        assert kinds(events) == ["MessageAdded"]

    def test_reopens_a_closed_ticket_until_the_window_ends(self) -> None:
        now = ticket(c.Close(by=ROBIN, entry_id="x"))
        last = NOW + timedelta(days=7)
        assert kinds(decide(now, self.say(), last, ACME)) == ["Reopened", "MessageAdded"]
        assert refusal(now, self.say(), last + timedelta(seconds=1)) == "no.window"
        assert now.takes_customers_word(last)
        assert not now.takes_customers_word(last + timedelta(seconds=1))

    def test_the_window_is_the_projects(self) -> None:
        short = replace(ACME, reopen_days=0)
        now = ticket()
        now = evolve(now, decide(now, c.Close(by=ROBIN, entry_id="x"), NOW, short))
        assert not now.takes_customers_word(NOW + timedelta(seconds=1))


class TestAssigning:
    def test_the_customer_may_know_or_not(self) -> None:
        now = ticket(c.Assign(by=ROBIN, to=ROBIN.person))
        assert now.public_assignee == ROBIN.person
        now = evolve(now, decide(now, c.Assign(by=ROBIN, to=KIM.person, visibility=INTERNAL), NOW, ACME))
        assert (now.assignee, now.public_assignee) == (KIM.person, ROBIN.person)
        now = evolve(now, decide(now, c.Assign(by=ROBIN, to=None), NOW, ACME))
        assert (now.assignee, now.public_assignee) == (None, None)

    def test_the_same_again_is_refused(self) -> None:
        assert refusal(ticket(), c.Assign(by=ROBIN, to=None)) == "no.same_assignee"


class TestEntries:
    def test_a_customer_changes_their_own_words_alone(self) -> None:
        theirs = message(CARLA)
        assert kinds(decide(ticket(), c.EditMessage(by=CARLA, message=theirs, text="x"), NOW, ACME)) == [
            "MessageEdited"
        ]
        assert refusal(ticket(), c.EditMessage(by=DORA, message=theirs, text="x")) == "no.not_author"
        assert refusal(ticket(), c.EditMessage(by=ROBIN, message=theirs, text="x")) == "no.not_author"
        assert refusal(ticket(), c.EditMessage(by=CARLA, message=message(), text="x")) == "no.not_author"

    def test_staff_change_each_others_replies(self) -> None:
        edit = c.EditMessage(by=KIM, message=message(), text="better")
        assert kinds(decide(ticket(), edit, NOW, ACME)) == ["MessageEdited"]

    def test_what_is_gone_stays_gone(self) -> None:
        gone = message(retracted=True)
        back = message(recalled=Recall(ROBIN, NOW))
        for one in (gone, back):
            assert refusal(ticket(), c.EditMessage(by=ROBIN, message=one, text="x")) == "no.gone"
            assert refusal(ticket(), c.RecallReply(by=ROBIN, message=one)) == "no.gone"

    def test_a_retraction_erases_the_text(self) -> None:
        (event,) = decide(ticket(), c.RetractMessage(by=ROBIN, message=message()), NOW, ACME)
        assert entries([event])["m"] == message(text="", retracted=True)

    def test_only_what_we_posted_can_be_recalled(self) -> None:
        native = message(said=PostRef(FRONT, "1"), said_on=Side.CUSTOMER)
        assert refusal(ticket(), c.RecallReply(by=ROBIN, message=native)) == "no.recall_native"
        assert refusal(ticket(), c.RecallReply(by=ROBIN, message=message(CARLA))) == "no.recall_native"

    def test_a_note_is_published_once(self) -> None:
        note = Note(id="n", ticket="ACME-1", by=ROBIN, at=NOW, text="we found it")
        events = decide(ticket(), c.PublishNote(by=KIM, note=note, entry_id="m"), NOW, ACME)
        assert kinds(events) == ["NotePublished", "MessageAdded"]
        published = entries(events)
        assert isinstance(published["m"], Message)
        assert published["m"].text == "we found it"
        again = published["n"]
        assert isinstance(again, Note)
        assert refusal(ticket(), c.PublishNote(by=KIM, note=again, entry_id="m2")) == "no.published"

    def test_another_tickets_entry_does_not_exist_here(self) -> None:
        foreign = message(ticket="ACME-2")
        assert refusal(ticket(), c.RecallReply(by=ROBIN, message=foreign)) == "no.ticket"

    def test_reactions_come_and_go_and_count_once(self) -> None:
        react = c.React(by=CARLA, entry=message(), emoji="tada")
        (event,) = decide(ticket(), react, NOW, ACME)
        reacted = entries([event])["m"]
        assert [one.emoji for one in reacted.reactions] == ["tada"]
        assert decide(ticket(), replace(react, entry=reacted), NOW, ACME) == ()
        later, back = NOW + timedelta(seconds=1), replace(react, entry=reacted, added=False)
        (event,) = decide(ticket(), back, later, ACME)
        gone = entries([event])["m"]
        assert [one.gone for one in gone.reactions] == [True]
        # News that arrive out of order change nothing.
        assert decide(ticket(), replace(react, entry=gone), NOW, ACME) == ()

    def test_texts_have_a_limit_where_they_are_typed_and_none_where_they_are_said(self) -> None:
        long = "x" * 12_001
        add = c.AddMessage(by=ROBIN, entry_id="m", text=long)
        assert refusal(ticket(), add) == "no.long"
        said = replace(add, said=PostRef(FRONT, "1"), said_on=Side.CUSTOMER)
        assert kinds(decide(ticket(), said, NOW, ACME)) == ["MessageAdded"]


class TestClosing:
    def test_a_resolution_is_public_and_a_reason_is_a_note(self) -> None:
        close = c.Close(by=ROBIN, entry_id="m", resolution="Fixed.", reason="our deploy")
        events = decide(ticket(), close, NOW, ACME)
        assert kinds(events) == ["MessageAdded", "NoteAdded", "Closed"]

    def test_rating_is_the_customers_and_for_closed_tickets(self) -> None:
        closed = ticket(c.Close(by=ROBIN, entry_id="m"))
        assert refusal(closed, c.Rate(by=ROBIN, stars=5)) == "no.customer_only"
        assert refusal(closed, c.Rate(by=CARLA, stars=6)) == "no.stars"
        assert refusal(ticket(), c.Rate(by=CARLA, stars=5)) == "no.not_closed"
        rated = evolve(closed, decide(closed, c.Rate(by=CARLA, stars=2), NOW, ACME))
        assert rated.closings[-1].rating == 2

    def test_it_is_closed_once(self) -> None:
        closed = ticket(c.Close(by=ROBIN, entry_id="m"))
        assert refusal(closed, c.Close(by=CARLA, entry_id="x")) == "no.closed_already"
        assert refusal(ticket(), c.Reopen(by=CARLA)) == "no.not_closed"

    @pytest.mark.parametrize("minutes", [0, -5, 1441])
    def test_booked_time_has_bounds(self, minutes: int) -> None:
        assert refusal(ticket(), c.BookTime(by=ROBIN, minutes=minutes)) == "no.minutes"

    @pytest.mark.parametrize("tag", ["", "two words", "x" * 41, "<!channel>"])
    def test_tags_are_words(self, tag: str) -> None:
        assert refusal(ticket(), c.SetTags(by=ROBIN, add=(tag,))) == "no.tags"


class TestProjecting:
    def owed(self, before: Ticket, command: c.Command) -> list[Delivery]:
        events = decide(before, command, NOW, ACME)
        after = evolve(before, events)
        return project(before, after, events, project=ACME, surfaces=SURFACES, messages={})

    @pytest.mark.parametrize(
        "command",
        [
            c.AddNote(by=ROBIN, entry_id="n", text="secret"),
            c.AddNote(by=ROBIN, entry_id="n", text="secret", said=PostRef(BACK, "1")),
            c.SetStatus(by=ROBIN, status=Status.ON_HOLD, visibility=INTERNAL),
            c.Assign(by=ROBIN, to=KIM.person, visibility=INTERNAL),
            c.SetTags(by=ROBIN, add=("x",)),
            c.BookTime(by=ROBIN, minutes=90),
        ],
        ids=lambda command: type(command).__name__,
    )
    def test_internal_acts_owe_the_customer_nothing(self, command: c.Command) -> None:
        assert [one for one in self.owed(ticket(), command) if isinstance(one, ToCustomer)] == []

    def test_a_customers_own_post_is_not_repeated_to_them(self) -> None:
        say = c.AddMessage(by=CARLA, entry_id="m", text="hi", said=PostRef(FRONT, "1"), said_on=Side.CUSTOMER)
        owed = self.owed(ticket(), say)
        assert [(type(one), one.subject) for one in owed] == [(ToStaff, "entry:m")]

    def test_a_reply_goes_to_both_sides(self) -> None:
        owed = self.owed(ticket(), c.AddMessage(by=ROBIN, entry_id="m", text="hi"))
        assert [(type(one), one.subject) for one in owed] == [(ToCustomer, "entry:m"), (ToStaff, "entry:m")]

    def test_the_customer_card_knows_nothing_internal(self) -> None:
        quiet = ticket()
        busy = ticket(
            c.SetStatus(by=ROBIN, status=Status.ON_HOLD, visibility=INTERNAL),
            c.Assign(by=ROBIN, to=KIM.person, visibility=INTERNAL),
            c.SetTags(by=ROBIN, add=("x",)),
            c.BookTime(by=ROBIN, minutes=90),
        )
        assert customer_card(quiet, ACME) == customer_card(busy, ACME)

    def test_what_was_taken_back_before_it_went_out_is_not_posted(self) -> None:
        recalled = message(recalled=Recall(ROBIN, NOW))
        assert call_for(ToCustomer(SURFACES.customer, recalled), posted=False) is Call.NOTHING
        assert call_for(ToCustomer(SURFACES.customer, recalled), posted=True) is Call.REMOVE
        assert call_for(ToStaff(SURFACES.staff, recalled), posted=True) is Call.UPDATE
        gone = message(retracted=True, text="")
        assert call_for(ToCustomer(SURFACES.customer, gone), posted=False) is Call.NOTHING
        assert call_for(ToCustomer(SURFACES.customer, gone), posted=True) is Call.UPDATE


def test_a_title_is_the_first_line_cut_at_a_word() -> None:
    assert title_of("  One  two \nthree") == "One two"
    assert title_of("word " * 60).endswith("word…")
    assert len(title_of("word " * 60)) <= 150
    assert len(title_of("x" * 400)) == 150
