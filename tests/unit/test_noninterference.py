"""The fourth wall: what a customer can observe is the same with and without the internal acts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random
from typing import cast

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis.errors import NoSuchExample
from sqlalchemy.exc import IntegrityError

from bot.tickets import decide, project, rights
from bot.tickets.deliveries import CustomerCard, Leak, ToCustomer
from bot.tickets.model import Membership, Message, Side
from tests.unit.histories import CANARY, Act, histories, histories_with, observed


@given(histories)
def test_internal_acts_leave_no_trace_on_the_customers_side(acts: list[Act]) -> None:
    with_them = observed(acts, internal=True)
    assert with_them == observed(acts, internal=False)
    assert CANARY not in "".join(with_them).lower()


def leaks(acts: list[Act]) -> bool:
    """Whether the property above fails for a history, or a wall of another kind stopped it."""
    try:
        seen = observed(acts, internal=True)
        return CANARY in "".join(seen).lower() or seen != observed(acts, internal=False)
    except (Leak, IntegrityError):
        return True


@pytest.fixture
def search() -> settings:
    return settings(
        max_examples=2000,
        database=None,
        deadline=None,
        suppress_health_check=cast("list[HealthCheck]", list(HealthCheck)),
        phases=[Phase.generate],
    )


def shows_internal_status(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = project.customer_card
    monkeypatch.setattr(
        project, "customer_card", lambda ticket, about: replace(inner(ticket, about), status=ticket.status)
    )
    monkeypatch.setattr("storage.ledger.customer_card", project.customer_card)


def shows_internal_assignee(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = project.customer_card

    def leaking(ticket: object, about: object) -> CustomerCard:
        card = inner(ticket, about)  # type: ignore[arg-type]
        return replace(card, assignee=ticket.assignee and ticket.assignee.name)  # type: ignore[attr-defined]

    monkeypatch.setattr(project, "customer_card", leaking)
    monkeypatch.setattr("storage.ledger.customer_card", leaking)


def updates_the_card_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = project.project

    def eager(before: object, after: object, events: object, **more: object) -> list[object]:
        owed = inner(before, after, events, **more)  # type: ignore[arg-type]
        card = project.customer_card(after, more["project"])  # type: ignore[arg-type]
        return [*owed, ToCustomer(more["surfaces"].customer, card)]  # type: ignore[attr-defined]

    monkeypatch.setattr("bot.context.project", eager)


def sends_notes_to_customers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the types; the constructor stops it."""
    monkeypatch.setattr(
        project, "_to_staff", lambda note, surfaces: iter([ToCustomer(surfaces.customer, note)])
    )


def turns_notes_into_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the types and the constructor; the database stops it."""

    def disguised(note: object, surfaces: object) -> Iterator[ToCustomer]:
        message = Message(id=note.id, ticket=note.ticket, by=note.by, at=note.at, text=note.text)  # type: ignore[attr-defined]
        yield ToCustomer(surfaces.customer, message)  # type: ignore[attr-defined]

    monkeypatch.setattr(project, "_to_staff", disguised)


def publishes_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = decide._close

    def leaking(ticket: object, command: object, at: object, about: object) -> object:
        return inner(ticket, replace(command, resolution=command.resolution + command.reason), at, about)  # type: ignore[arg-type, attr-defined, type-var]

    monkeypatch.setattr(decide, "_close", leaking)


def asks_for_the_internal_status_on_a_customers_behalf(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = decide._add_message

    def leaking(ticket: object, command: object, at: object) -> object:
        return inner(replace(ticket, public_status=ticket.status), command, at)  # type: ignore[type-var, attr-defined, arg-type]

    monkeypatch.setattr(decide, "_add_message", leaking)


def names_the_version_in_the_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    from adapters.slack import network

    inner = network.posting
    count = iter(range(10_000))

    def leaking(delivery: object, mark: str, **more: object) -> object:
        return inner(delivery, f"{mark}/{next(count)}", **more)  # type: ignore[arg-type]

    monkeypatch.setattr("tests.unit.histories.posting", leaking)


def lets_everybody_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever acts in a staff place counts as staff, though nobody knows that they are."""
    monkeypatch.setattr("bot.context.admit", lambda ask, membership, place: None)


def takes_unknown_for_no(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = rights.admit

    def sure(ask: object, membership: object, place: object) -> None:
        known = Membership.NO if membership is Membership.UNKNOWN else membership
        inner(ask, known, place)  # type: ignore[arg-type]

    monkeypatch.setattr("bot.context.admit", sure)
    monkeypatch.setattr("bot.intake.admit", sure)


def takes_no_for_a_customer_wherever_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = rights.admit
    monkeypatch.setattr(
        "bot.context.admit", lambda ask, membership, place: inner(ask, membership, Side.CUSTOMER)
    )


def edits_replies_for_whoever_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.intake.staff_only", lambda membership: None)


#: Each wall that is removed, and what shows it.
MUTATIONS: dict[Callable[[pytest.MonkeyPatch], None], tuple[str, ...]] = {
    lets_everybody_pass: ("types_a_closing", "types_a_comment"),
    takes_unknown_for_no: ("comments_outside", "closes_unseen"),
    takes_no_for_a_customer_wherever_they_are: ("types_a_closing", "types_a_comment"),
    edits_replies_for_whoever_has_left: ("replies_with_a_file", "edits_a_typed_reply"),
    shows_internal_status: ("status_internal", "says"),
    shows_internal_assignee: ("assigns_internally", "says"),
    updates_the_card_for_nothing: ("tags", "books"),
    sends_notes_to_customers: ("notes_by_form",),
    turns_notes_into_messages: ("notes_by_form",),
    publishes_the_reason: ("closes",),
    asks_for_the_internal_status_on_a_customers_behalf: ("status", "status_internal", "says"),
    names_the_version_in_the_mark: ("says", "notes"),
}


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_the_property_fails_when_a_wall_is_removed(
    mutation: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch, search: settings
) -> None:
    mutation(monkeypatch)
    try:
        find(histories_with(*MUTATIONS[mutation]), leaks, settings=search, random=Random(7))
    except NoSuchExample:
        pytest.fail("the property did not notice")


def test_the_search_finds_nothing_in_the_walls_as_they_are(search: settings) -> None:
    with pytest.raises(NoSuchExample):
        find(histories, leaks, settings=replace_examples(search, 60))


def replace_examples(given: settings, number: int) -> settings:
    return settings(given, max_examples=number)
