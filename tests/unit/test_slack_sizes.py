"""The longest titles, names and texts: all that Halfdoor draws passes Slack's checks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack import forms, network, render
from bot import hub
from bot.ports import Listing, Preview, ProjectPlaces, Words
from bot.tickets.decide import TEXT_LIMIT
from bot.tickets.deliveries import (
    ClosingNotice,
    CustomerCard,
    CustomerContent,
    StaffCard,
    StaffContent,
    StaffNotice,
    ToCustomer,
    ToStaff,
)
from bot.tickets.model import (
    TITLE_LIMIT,
    Actor,
    CustomerSurface,
    File,
    Message,
    Note,
    Person,
    Place,
    PostRef,
    Priority,
    Project,
    Reaction,
    Recall,
    Side,
    StaffSurface,
    Status,
)
from bot.view import forms as view_forms
from bot.view.layout import Spot
from bot.words.say import LANGUAGES
from tests.doubles.slack import validate

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
#: What is longest once it is escaped, what takes two units, what ends a line, and what is only plain.
SIGNS = ["&", "<", "W", "\U0001f3ab", "ab ", "x\n", "*", "`"]
signs = st.sampled_from(SIGNS)
names = st.builds(lambda sign, length: (sign * length)[:length], signs, st.sampled_from([1, 60, 255]))
titles = st.builds(lambda sign: (sign * TITLE_LIMIT)[:TITLE_LIMIT].strip() or "x", signs)
texts = st.builds(
    lambda sign, length: hub.literal((sign * length)[:length]),
    signs,
    st.sampled_from([0, 1, 3000, 3501, TEXT_LIMIT // 3]),
)


@st.composite
def worst(draw: st.DrawFn) -> tuple[Project, list[CustomerContent], list[StaffContent]]:
    """A project and all that can be shown of a ticket of it, at its longest."""
    language = draw(st.sampled_from(LANGUAGES))
    about = Project("A123456789", draw(names)[:60], language)
    person = Person("slack", "U0000000001", draw(names), "https://pictures.example/1.png")
    key, staff, customer = "A123456789-1000000", Actor(person, Side.STAFF), Actor(person, Side.CUSTOMER)
    said = PostRef(Place("slack", "C1"), "1.1")
    files = tuple(
        File(network="slack", id=f"F{n}", name=draw(names), size=10**n, copyable=n % 2 == 0)
        for n in range(10)
    )
    reactions = tuple(Reaction(f":{'e' * 60}{n}:", person, AT) for n in range(40))
    text = draw(texts)
    message = Message(
        id="m",
        ticket=key,
        by=customer,
        at=AT,
        text=text,
        files=files,
        reactions=reactions,
        edited=AT,
        said=said,
    )
    note = Note(id="n", ticket=key, by=staff, at=AT, text=text, files=files, reactions=reactions, edited=AT)
    closing = ClosingNotice(
        ticket=key,
        number=1,
        closed_by=person.name,
        at=AT,
        until=AT + timedelta(days=7),
        resolution=replace(message, resolves=1, by=staff),
        rating=None,
        reopened_by=None,
        expired=False,
    )
    title = draw(titles)
    card = CustomerCard(
        ticket=key,
        title=title,
        status=Status.PENDING,
        assignee=person.name,
        opened_by=person.name,
        opened_at=AT,
        follows=key,
        reopen_days=7,
    )
    inside = StaffCard(
        ticket=key,
        title=title,
        status=Status.ON_HOLD,
        public_status=Status.PENDING,
        assignee=person,
        public_assignee=replace(person, id="U2"),
        priority=Priority.URGENT,
        tags=tuple(f"{'t' * 38}{n:02}" for n in range(20)),
        booked_minutes=100_000,
        requester=person.name,
        project=about.name,
        customer_place=Place("slack", "C0000000001"),
        opened_at=AT,
        follows=key,
        rating=5,
    )
    customers: list[CustomerContent] = [
        card,
        replace(card, status=Status.CLOSED),
        message,
        replace(message, by=staff),
        replace(message, retracted=True, text="", files=()),
        closing,
        replace(closing, rating=5),
        replace(closing, reopened_by=person.name),
        replace(closing, expired=True),
    ]
    inner: list[StaffContent] = [
        inside,
        replace(inside, status=Status.CLOSED),
        message,
        replace(message, by=staff, said=None),
        replace(message, by=staff, recalled=Recall(staff, AT)),
        note,
        replace(note, retracted=True, text="", files=()),
        StaffNotice(id="s", ticket=key, text=draw(titles) * 10),
    ]
    return about, customers, inner


@settings(max_examples=15)
@given(worst())
def test_every_post_passes_slacks_checks(
    found: tuple[Project, list[CustomerContent], list[StaffContent]],
) -> None:
    about, customers, inner = found
    ticket = inner[0].ticket
    outside = CustomerSurface(ticket, about, Place("slack", "C1"), "1.1")
    inside = StaffSurface(ticket, about, Place("slack", "C2"), "1.1")
    owed: list[ToCustomer | ToStaff] = [ToCustomer(outside, one) for one in customers]
    owed += [ToStaff(inside, one) for one in inner]
    for delivery in owed:
        for part in render.parts(delivery.content):
            for customize in (True, False):
                if part.startswith("file:"):
                    assert isinstance(delivery.content, Message | Note)
                    post, _ = render.file_line(
                        delivery.content, part, about, customer=isinstance(delivery, ToCustomer)
                    )
                    validate.blocks((post if customize else post.named()).blocks)
                    continue
                payload = network.posting(delivery, "m" * 60, part=part, customize=customize)
                validate.message(payload)
                validate.message({**payload, "ts": "1.1", "metadata": None})
    shown = tuple(ToCustomer(outside, one) for one in customers)
    answered(Preview(shown, about.language))
    answered(Preview(shown * 8, about.language))


@settings(max_examples=15)
@given(worst(), st.integers(0, 15), names)
def test_every_answer_passes_slacks_checks(
    found: tuple[Project, list[CustomerContent], list[StaffContent]], many: int, name: str
) -> None:
    about, customers, inner = found
    outer, inside = customers[0], inner[0]
    assert isinstance(outer, CustomerCard)
    assert isinstance(inside, StaffCard)
    where = PostRef(Place("slack", "C1"), "1700000000.000100")
    for cards in ((inside,) * many, (outer,) * many):
        listing = Listing(name * 2, cards, 1_000_000, about.language, (where,) * many)
        answered(listing)
        view = render.home((replace(listing, title=f"{name[:100]}: 1"),) * 3, address)
        validate.home(view)
    validate.home(render.home_of_others(about.language, "U1"))
    answered(Words(name * 100))


def every_form(language: str, key: str, name: str, text: str) -> Iterator[view_forms.Form]:
    """Yield each form, but for what is made of somebody's post."""
    where = Spot(Place("slack", "C0000000001"))
    yield view_forms.open_ticket(language)
    yield view_forms.comment(language, key)
    yield view_forms.reply(language, key, name, where)
    yield view_forms.edit(language, key, "e" * 24, text, name, where)
    yield view_forms.note(language, key)
    yield view_forms.status(language, key, Status.ON_HOLD)
    yield view_forms.assign(language, key)
    yield view_forms.close(language, key)


def test_every_form_is_among_them() -> None:
    assert [form.act for form in every_form("en", "ACME-1", "Robin", "x")] == list(view_forms.FORMS)


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=15)
@given(name=names, text=texts, title=titles)
def test_every_form_passes_slacks_checks(language: str, name: str, text: str, title: str) -> None:
    key, channel = "A123456789-1000000", "C0000000001"
    reply = Message(id="m", ticket=key, by=Actor(Person("slack", "U1", name), Side.STAFF), at=AT, text=text)
    about = Project("A123456789", name[:60], language, every_message=True)
    link = ProjectPlaces(about, (Place("slack", channel),), Place("slack", "C0000000002"))
    post = render.for_customer(reply, Project("ACME", name[:60], language)).named()
    for view in (
        *(forms.printed(form, channel, "U1") for form in every_form(language, key, name, text)),
        forms.setup(language, channel),
        forms.setup(language, channel, link),
        forms.printed(view_forms.publish(language, key, "e" * 24, "d" * 24), channel, "U1", post.blocks),
        forms.words(language, text or "x"),
    ):
        validate.view(view)


def address(post: PostRef) -> str:
    return f"https://a-very-long-workspace-name.slack.com/archives/{post.place.id}/p{post.id}"


def answered(given: Listing | Preview | Words) -> None:
    post = render.answer(given, address)
    payload: dict[str, Any] = {"text": post.text, "blocks": post.blocks}
    validate.message(payload)
