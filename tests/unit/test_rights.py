"""The authorisation matrix of the core: every act, by whoever the network says somebody is, from either side.

Who people are on each network, and that their commands, buttons, forms and addresses come here, is in
`tests/scenarios/test_authorisation.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, get_args

import pytest
import sqlalchemy as sa

from bot.intake import Intake
from bot.ports import Answer, Asked, Edited, Incoming, Listing, Preview, Said, Words
from bot.tickets import asks as a
from bot.tickets.model import (
    File,
    Membership,
    Message,
    Note,
    Person,
    Place,
    PostRef,
    Priority,
    Side,
    Status,
    Visibility,
)
from bot.words.say import Refused
from storage.tx import SqlTx
from tests.unit.histories import BACK, CARLA, FRONT, LINK, START, Life

YES, NO, UNKNOWN = Membership.YES, Membership.NO, Membership.UNKNOWN
WORDS, KEY = "canary words", "ACME-1"
#: Somebody who has said nothing yet, so that nothing is theirs.
EVE = Person("slack", "UEVE", "Eve")

# What becomes of an act.
DONE = "done"  # as asked
PUBLIC = "public"  # its words are for both sides
NOTED = "noted"  # its words are a note, as asked
WHOLE, HALF = "whole", "half"  # shown what staff see, or what customers do
REFUSED = "refused"  # nothing has changed, and nothing is kept
KEPT = "kept"  # refused, and its words are kept as a note


@dataclass(frozen=True)
class Row:
    """An act, and what becomes of it: by who acts in the customer's place, and in the team's."""

    act: Any
    outside: tuple[str, str, str]
    inside: tuple[str, str, str]
    #: What has happened before: the ticket is closed, or there is a note or a reply.
    closed: bool = False

    @property
    def name(self) -> str:
        return type(self.act).__name__


ONLY_STAFF = (DONE, REFUSED, REFUSED)
#: The columns: known to be staff, known not to be, and not known.
MATRIX = [
    Row(a.AskOpen("Title", WORDS), (PUBLIC, PUBLIC, PUBLIC), (PUBLIC, REFUSED, REFUSED)),
    Row(a.AskComment(KEY, WORDS), (NOTED, PUBLIC, KEPT), (NOTED, KEPT, KEPT)),
    Row(a.AskComment(KEY, WORDS, public=True), (PUBLIC, PUBLIC, KEPT), (PUBLIC, KEPT, KEPT)),
    Row(a.AskReply(KEY, WORDS), (PUBLIC, REFUSED, KEPT), (PUBLIC, KEPT, KEPT)),
    Row(a.AskNote(KEY, WORDS), (NOTED, REFUSED, KEPT), (NOTED, KEPT, KEPT)),
    Row(a.AskEdit(KEY, "reply", WORDS), (PUBLIC, REFUSED, REFUSED), (PUBLIC, REFUSED, REFUSED)),
    Row(a.AskRecall(KEY, "reply"), ONLY_STAFF, ONLY_STAFF),
    Row(a.AskRetract(KEY, "eves-note"), ONLY_STAFF, ONLY_STAFF),
    Row(a.AskPublish(KEY, "note"), ONLY_STAFF, ONLY_STAFF),
    Row(a.AskStatus(KEY), (WHOLE, HALF, HALF), (WHOLE, HALF, REFUSED)),
    Row(a.AskStatus(KEY, Status.PENDING), ONLY_STAFF, ONLY_STAFF),
    Row(a.AskDesk(), (WHOLE, HALF, HALF), (WHOLE, HALF, REFUSED)),
    Row(a.AskList(every=True), (WHOLE, HALF, HALF), (WHOLE, HALF, REFUSED)),
    Row(a.AskAssign(KEY, None, me=True), ONLY_STAFF, ONLY_STAFF),
    Row(a.AskPriority(KEY, Priority.HIGH), ONLY_STAFF, ONLY_STAFF),
    Row(a.AskTags(KEY, ("canary",), ()), ONLY_STAFF, ONLY_STAFF),
    Row(a.AskTitle(KEY, "Another"), ONLY_STAFF, ONLY_STAFF),
    Row(a.AskTime(KEY, 30, WORDS), ONLY_STAFF, ONLY_STAFF),
    Row(a.AskTime(KEY), ONLY_STAFF, ONLY_STAFF),
    Row(a.AskClose(KEY), (DONE, DONE, DONE), ONLY_STAFF),
    Row(a.AskClose(KEY, reason=WORDS), (NOTED, PUBLIC, KEPT), (NOTED, KEPT, KEPT)),
    Row(a.AskClose(KEY, resolution=WORDS), (PUBLIC, PUBLIC, KEPT), (PUBLIC, KEPT, KEPT)),
    Row(a.AskReopen(KEY), (DONE, DONE, DONE), ONLY_STAFF, closed=True),
    Row(a.AskRate(KEY, 4), (REFUSED, DONE, REFUSED), (REFUSED, REFUSED, REFUSED), closed=True),
    Row(a.AskPreview(KEY), (HALF, REFUSED, REFUSED), (HALF, REFUSED, REFUSED)),
    Row(a.AskRecord(KEY), (HALF, HALF, HALF), (HALF, HALF, HALF)),
    Row(a.AskPanel(), (DONE, REFUSED, REFUSED), (REFUSED, REFUSED, REFUSED)),
    Row(a.AskSetup(), (WHOLE, HALF, HALF), (WHOLE, HALF, HALF)),
    Row(a.AskHelp(), (WHOLE, HALF, HALF), (WHOLE, HALF, HALF)),
    Row(a.AskWhoAmI(), (DONE, DONE, DONE), (DONE, DONE, DONE)),
    Row(a.AskDuty(on=True), ONLY_STAFF, ONLY_STAFF),
    Row(a.AskDuty(), ONLY_STAFF, ONLY_STAFF),
    Row(a.AskConsole(), (REFUSED, REFUSED, REFUSED), (REFUSED, REFUSED, REFUSED)),  # the desk's own to give
]


def test_every_act_has_a_row() -> None:
    assert {row.name for row in MATRIX} == {one.__name__ for one in get_args(a.Ask)}


class Desk(Life):
    """One ticket with a reply, a note and one of Eve's own, and what happens when she acts."""

    def __init__(self, *, closed: bool) -> None:
        super().__init__()
        self.now = START
        opening = Said(PostRef(FRONT, "1"), None, "Export fails", mentioned=True, command="Export fails")
        self.say(CARLA.person, FRONT, opening, NO, "open")
        for ident, ask in (("reply", a.AskReply(KEY, "Hello")), ("note", a.AskNote(KEY, "hidden"))):
            self.say(Person("slack", "UROBIN", "Robin"), BACK, Asked(ask), YES, ident)
        self.say(EVE, BACK, Asked(a.AskNote(KEY, "mine")), YES, "eves-note")
        self.say(EVE, BACK, Asked(a.AskPriority(KEY, Priority.LOW)), YES, "low")
        hold = a.AskStatus(KEY, Status.ON_HOLD, Visibility.INTERNAL)
        self.say(EVE, BACK, Asked(hold), YES, "hold")
        if closed:
            self.say(CARLA.person, FRONT, Asked(a.AskClose(KEY)), NO, "close")

    def say(self, who: Person, place: Place, act: Any, seen: Membership, ref: str) -> Answer | None:
        self.now += timedelta(minutes=1)
        incoming = Incoming(ref, who, place, self.now, act)
        with self.engine.begin() as connection:
            taking = Intake(SqlTx(connection), incoming, LINK, seen)
            taking.entry_id = ref
            try:
                return taking.take()
            except Refused as refused:
                connection.rollback()
                return Words(refused.words("en"), refused=True)

    def stands(self) -> tuple[str, list[str], list[str]]:
        """Return all that is known of the ticket, the public words, and the notes."""
        with self.engine.begin() as connection:
            tx = SqlTx(connection)
            keys = connection.scalars(sa.text("select key from ticket order by key")).all()
            said = [one for key in keys for one in tx.record(key)]
            duty = connection.scalar(sa.text("select on_duty from project"))
            state = [repr(tx.ticket(key)) for key in keys]
        public = [one.text for one in said if isinstance(one, Message) and not one.recalled]
        return repr((state, said, duty)), public, [one.text for one in said if isinstance(one, Note)]


def outcome(row: Row, place: Place, seen: Membership) -> str:
    desk = Desk(closed=row.closed)
    before, _, _ = desk.stands()
    answer = desk.say(EVE, place, Asked(row.act), seen, "act")
    after, public, notes = desk.stands()
    desk.engine.dispose()
    refused = isinstance(answer, Words) and answer.refused
    if refused and WORDS in notes:
        return KEPT
    if refused:
        assert before == after, "a refusal changed something"
        return REFUSED
    if WORDS in public:
        return PUBLIC
    if WORDS in notes:
        return NOTED
    if a.looks(row.act) or isinstance(row.act, a.AskSetup):
        assert before == after, "a look changed something"
        if isinstance(row.act, a.AskTime | a.AskDuty):
            return DONE  # there is no half of it for anybody else
        return WHOLE if _is_whole(answer) else HALF
    return DONE


def _is_whole(answer: Answer | None) -> bool:
    match answer:
        case Listing(cards=cards):
            return any(hasattr(card, "priority") for card in cards)
        case Preview():
            return False
        case Words(text=text):
            # The help for the team, and the glance by internal statuses.
            return "for the team" in text or "On hold: 1" in text
        case None:
            return False


CELLS = [
    pytest.param(row, place, seen, expected, id=f"{n}-{row.name}-{place.id}-{seen}")
    for n, row in enumerate(MATRIX)
    for place, outcomes in ((FRONT, row.outside), (BACK, row.inside))
    for seen, expected in zip((YES, NO, UNKNOWN), outcomes, strict=True)
]


@pytest.mark.parametrize(("row", "place", "seen", "expected"), CELLS)
def test_what_becomes_of_an_act(row: Row, place: Place, seen: Membership, expected: str) -> None:
    assert outcome(row, place, seen) == expected


@pytest.mark.parametrize("seen", [YES, NO, UNKNOWN])
def test_plain_words_in_the_staff_thread_are_a_note_whoever_says_them(seen: Membership) -> None:
    desk = Desk(closed=False)
    post = Said(PostRef(BACK, "n"), thread(desk, Side.STAFF), WORDS)
    desk.say(EVE, BACK, post, seen, "plain")
    _, public, notes = desk.stands()
    assert WORDS in notes
    assert WORDS not in public


@pytest.mark.parametrize("seen", [NO, UNKNOWN])
@pytest.mark.parametrize(
    "verb", ["reply", "comment public:", "comment", "close", "close public:", "note", "title", "time 5m"]
)
def test_a_command_in_the_staff_thread_of_who_is_not_known_as_staff_stays_a_note(
    verb: str, seen: Membership
) -> None:
    desk = Desk(closed=False)
    command = f"{verb} {WORDS}"
    said = Said(PostRef(BACK, "n"), thread(desk, Side.STAFF), f"@Halfdoor {command}", True, command)
    before = desk.stands()[1]
    answer = desk.say(EVE, BACK, said, seen, "typed")
    assert isinstance(answer, Words)
    assert answer.refused
    _, public, notes = desk.stands()
    assert public == before
    assert f"@Halfdoor {command}" in notes


@pytest.mark.parametrize("seen", [YES, NO, UNKNOWN])
def test_a_typed_reply_is_edited_only_by_who_is_staff_when_they_edit_it(seen: Membership) -> None:
    desk = Desk(closed=False)
    said = Said(PostRef(BACK, "n"), thread(desk, Side.STAFF), "@Halfdoor reply Hi", True, "reply Hi")
    desk.say(EVE, BACK, said, YES, "typed")
    again = replace(said, text=f"@Halfdoor reply {WORDS}", command=f"reply {WORDS}")
    answer = desk.say(EVE, BACK, Edited(again, "typed"), seen, "again")
    assert (WORDS in desk.stands()[1]) is (seen is YES)
    assert (answer is None) is (seen is YES)


@pytest.mark.parametrize("seen", [YES, NO, UNKNOWN])
def test_words_in_the_customers_thread_are_public_whoever_says_them(seen: Membership) -> None:
    desk = Desk(closed=False)
    for n, command in enumerate((None, f"close {WORDS} two")):
        text = f"{WORDS} {n}"
        post = Said(PostRef(FRONT, f"p{n}"), thread(desk, Side.CUSTOMER), text, command is not None, command)
        desk.say(EVE, FRONT, replace(post, files=(a_file(n),)), seen, f"p{n}")
    _, public, notes = desk.stands()
    assert f"{WORDS} 0" in public
    # What is said to close is staff's reason; said by others it is taken as what it is, or closes.
    assert any(WORDS in one for one in (*public[-1:], *notes[-1:]))
    if seen is not YES:
        assert not any(WORDS in one for one in notes)


def thread(desk: Desk, side: Side) -> str:
    desk.deliver()
    with desk.engine.begin() as connection:
        opened = SqlTx(connection).ticket(KEY)
        assert opened is not None
        surface = opened.surfaces.staff if side is Side.STAFF else opened.surfaces.customer
        assert surface.thread is not None
        return surface.thread


def a_file(number: int) -> File:
    return File(network="slack", id=f"F{number}", name="a.txt", size=1)
