"""The longest titles, names and texts: all that Halfdoor draws stays within Discord's limits.

Discord's API documentation: messages, components, modals.
"""

from __future__ import annotations

from typing import Any

import discord
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.discord import forms, render
from bot.ports import Listing, Preview, Words
from bot.tickets.deliveries import (
    ClosingNotice,
    CustomerCard,
    CustomerContent,
    StaffCard,
    StaffContent,
    StaffNotice,
    ToCustomer,
)
from bot.tickets.model import (
    Actor,
    CustomerSurface,
    Message,
    Note,
    Person,
    Place,
    PostRef,
    Project,
    Side,
)
from bot.view import forms as view_forms
from bot.words.say import LANGUAGES
from tests.unit.test_slack_sizes import AT, every_form, names, texts, titles, worst

ADDRESS = "https://discord.com/channels/1234567890123456789/1234567890123456789"
Found = tuple[Project, list[CustomerContent], list[StaffContent]]


def checked(post: render.Post) -> None:
    assert len(post.author or "x") <= 80
    view = post.view()
    components = _all(view.to_components()) if view is not None else []
    said = sum(len(one["content"]) for one in components if one["type"] == 10)
    if post.layout:
        assert not post.buttons
        assert 1 <= said <= 4000
        assert len(components) <= 40
    else:
        assert len(post.text.strip()) >= 1
        assert len(post.text) <= 2000
        assert said == 0
    _checked(components)


def _all(components: Any) -> list[dict[str, Any]]:
    """Return components with all that is within them."""
    found: list[dict[str, Any]] = []
    for one in components:
        inner = [*(one.get("components") or []), *([one["component"]] if "component" in one else [])]
        found += [one, *_all(inner)]
    return found


def _checked(components: list[dict[str, Any]]) -> None:
    ids = [one["custom_id"] for one in components if "custom_id" in one]
    assert len(ids) == len(set(ids))
    assert all(1 <= len(one) <= 100 for one in ids)
    for one in components:
        if one["type"] == 1:
            assert 1 <= len(one["components"]) <= 5
        if one["type"] == 2:
            assert 1 <= len(one["label"]) <= 80
        if one["type"] == 18:
            assert 1 <= len(one["label"]) <= 45
            assert len(one.get("description") or "") <= 100
        for option in one.get("options") or []:
            assert 1 <= len(option["label"]) <= 100


@settings(max_examples=15)
@given(worst())
async def test_every_post_stays_within_discords_limits(found: Found) -> None:
    about, customers, inner = found
    for customer, contents in ((True, customers), (False, inner)):
        for content in contents:
            for part in render.parts(content):
                if part.startswith("file:"):
                    assert isinstance(content, Message | Note)
                    checked(render.file_line(content, part, about, customer=customer)[0])
                elif customer:
                    assert not isinstance(content, Note | StaffCard | StaffNotice)
                    checked(render.for_customer(content, about, part))
                    checked(render.for_customer(content, about, part).named())
                elif not (part == "" and isinstance(content, StaffCard)):
                    assert not isinstance(content, CustomerCard | ClosingNotice)
                    checked(render.for_staff(content, about, part))
                    checked(render.for_staff(content, about, part).named())
            if isinstance(content, StaffCard | CustomerCard):
                assert 1 <= len(render.thread_name(content)) <= 100


@settings(max_examples=15)
@given(worst(), st.integers(0, 15), names)
async def test_every_answer_stays_within_discords_limits(found: Found, many: int, name: str) -> None:
    about, customers, inner = found
    outside = CustomerSurface(inner[0].ticket, about, Place("discord", "1"), "2")
    where = PostRef(Place("discord", "1"), "2")
    shown = tuple(ToCustomer(outside, one) for one in customers)
    for cards in ((inner[0],) * many, (customers[0],) * many):
        listing: Any = Listing(name * 2, cards, 9, about.language, (where,) * many)  # type: ignore[arg-type]
        for given_ in (listing, Preview(shown, about.language), Words(name * 100)):
            pages = render.answer(given_, lambda post: f"{ADDRESS}/{post.id}")
            assert pages
            assert all(len(page.strip()) >= 1 and len(page) <= 2000 for page in pages)


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=15)
@given(name=names, text=texts, title=titles)
async def test_every_form_stays_within_discords_limits(
    language: str, name: str, text: str, title: str
) -> None:
    key, entry = "A123456789-1000000", "e" * 24
    reply = Message(id="m", ticket=key, by=Actor(Person("discord", "1", name), Side.STAFF), at=AT, text=text)
    shown = render.for_customer(reply, Project("ACME", name[:60], language)).named().text
    for form in (
        *(forms.printed(one, 1) for one in every_form(language, key, name, text)),
        forms.printed(view_forms.publish(language, key, entry, "d" * 24), 1, shown),
    ):
        assert isinstance(form, discord.ui.Modal)
        assert 1 <= len(form.title) <= 45
        assert len(form.custom_id) <= 100
        components = _all(form.to_components())
        assert len([one for one in components if one["type"] in (10, 18)]) <= 5
        assert sum(len(one["content"]) for one in components if one["type"] == 10) <= 4000
        assert all(len(one.get("value") or "") <= one["max_length"] for one in components if one["type"] == 4)
        _checked(components)
