"""The first wall: what type checkers refuse. Each forbidden line stands under an ignore that must be needed.

pyright and mypy read this file in CI with unused ignores as errors, so a line that becomes legal fails the
build. Running it as a test shows the second wall: the constructor refuses what the ignores let past.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.slack import render
from bot.tickets.deliveries import ClosingNotice, Leak, StaffCard, StaffNotice, ToCustomer, ToStaff
from bot.tickets.model import (
    Actor,
    CustomerSurface,
    Message,
    Note,
    Person,
    Place,
    Priority,
    Project,
    Side,
    StaffSurface,
    Status,
)

PROJECT = Project("ACME", "Acme")
CUSTOMER = CustomerSurface("ACME-1", PROJECT, Place("slack", "C1"))
STAFF = StaffSurface("ACME-1", PROJECT, Place("slack", "C2"))
NOW = datetime(2026, 1, 2, tzinfo=UTC)
ROBIN = Actor(Person("slack", "U1", "Robin"), Side.STAFF)
MESSAGE = Message(id="m", ticket="ACME-1", by=ROBIN, at=NOW, text="hello")
NOTE = Note(id="n", ticket="ACME-1", by=ROBIN, at=NOW, text="secret")
CARD = StaffCard(
    ticket="ACME-1",
    title="x",
    status=Status.ON_HOLD,
    public_status=Status.OPEN,
    assignee=None,
    public_assignee=None,
    priority=Priority.HIGH,
    tags=(),
    booked_minutes=90,
    requester="Carla",
    project="Acme",
    customer_place=CUSTOMER.place,
    opened_at=NOW,
    follows=None,
    rating=None,
)


def test_what_is_public_goes_through() -> None:
    assert ToCustomer(CUSTOMER, MESSAGE).subject == "entry:m"
    assert ToStaff(STAFF, NOTE).subject == "entry:n"
    assert ToStaff(STAFF, MESSAGE).subject == "entry:m"


def test_a_note_is_not_for_customers() -> None:
    with pytest.raises(Leak):
        ToCustomer(CUSTOMER, NOTE)  # type: ignore[arg-type]


def test_a_staff_card_is_not_for_customers() -> None:
    with pytest.raises(Leak):
        ToCustomer(CUSTOMER, CARD)  # type: ignore[arg-type]


def test_a_staff_notice_is_not_for_customers() -> None:
    with pytest.raises(Leak):
        ToCustomer(CUSTOMER, StaffNotice(id="1", ticket="ACME-1", text="x"))  # type: ignore[arg-type]


def test_a_staff_surface_is_no_customer_surface() -> None:
    with pytest.raises(Leak):
        ToCustomer(STAFF, MESSAGE)  # type: ignore[arg-type]


def test_a_customer_surface_is_no_staff_surface() -> None:
    with pytest.raises(Leak):
        ToStaff(CUSTOMER, NOTE)  # type: ignore[arg-type]


def test_a_note_is_no_resolution() -> None:
    notice = ClosingNotice(
        ticket="ACME-1",
        number=1,
        closed_by="Robin",
        at=NOW,
        until=NOW,
        resolution=NOTE,  # type: ignore[arg-type]
        rating=None,
        reopened_by=None,
        expired=False,
    )
    with pytest.raises(Leak):
        ToCustomer(CUSTOMER, notice)


def test_a_note_is_not_drawn_for_customers() -> None:
    with pytest.raises(Leak):
        render.for_customer(NOTE, PROJECT)  # type: ignore[arg-type]


def test_a_staff_card_is_not_drawn_for_customers() -> None:
    with pytest.raises(Leak):
        render.for_customer(CARD, PROJECT)  # type: ignore[arg-type]


def test_another_tickets_message_does_not_belong() -> None:
    other = CustomerSurface("ACME-2", PROJECT, Place("slack", "C1"))
    with pytest.raises(Leak):
        ToCustomer(other, MESSAGE)


def test_messages_and_notes_cannot_be_subclassed_into_each_other() -> None:
    class Trojan(Message):  # type: ignore[misc]
        """A Message by inheritance only."""

    trojan = Trojan(id="m", ticket="ACME-1", by=ROBIN, at=NOW, text="x")
    with pytest.raises(Leak):
        ToCustomer(CUSTOMER, trojan)


def test_messages_and_notes_share_no_base() -> None:
    assert Message.__mro__[1:] == Note.__mro__[1:] == (object,)
