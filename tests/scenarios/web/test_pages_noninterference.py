"""Every byte of a customer's pages is the same, whatever happens behind the door."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.web.network import WebNetwork
from bot import pages
from bot.tickets.deliveries import CustomerCard, Delivery
from bot.tickets.model import Message, Note, Person, Place, PostRef, Project, Side, Ticket
from bot.tickets.project import customer_card
from storage.tx import SqlTx
from storage.upgrade import upgrade
from tests.office import HandClock
from tests.web_office import CARLA, FRONT, Answer, WebOffice

#: What is done on one ticket, by whom, and whether a customer may know of it.
PUBLIC: list[tuple[str, str, dict[str, str]]] = [
    ("c", "say", {"text": "more"}),
    ("c", "say", {"text": "with a file", "file": "march.csv"}),
    ("c", "edit", {"text": "otherwise", "entry": "own"}),
    ("c", "delete", {"entry": "own"}),
    ("c", "close", {}),
    ("c", "reopen", {}),
    ("c", "rate", {"stars": "3"}),
    ("team", "write", {"text": "an answer", "to": "customer"}),
    ("team", "edit", {"text": "a better answer", "entry": "reply"}),
    ("team", "recall", {"entry": "reply"}),
    ("team", "title", {"title": "Import fails"}),
    ("team", "status", {"status": "pending", "visibility": "public"}),
    ("team", "assign", {"who": "me", "visibility": "public"}),
    ("team", "close", {"text": "Fixed"}),
    ("team", "reopen", {}),
]
INTERNAL: list[tuple[str, str, dict[str, str]]] = [
    ("team", "write", {"text": "zzcanaryzz", "to": "note", "file": "zzcanaryzz.txt"}),
    ("team", "edit", {"text": "zzcanaryzz again", "entry": "note"}),
    ("team", "delete", {"entry": "note"}),
    ("team", "tags", {"tags": "zzcanaryzz"}),
    ("team", "preview", {"text": "zzcanaryzz"}),
    ("team", "status", {"status": "on_hold", "visibility": "internal"}),
    ("team", "status", {"status": "in_progress", "visibility": "internal"}),
    ("team", "assign", {"who": "me", "visibility": "internal"}),
    ("team", "assign", {"who": "web:kim", "visibility": "internal"}),
    ("team", "assign", {"who": "", "visibility": "internal"}),
    ("team", "priority", {"priority": "urgent"}),
    ("team", "time", {"time": "1h", "what": "zzcanaryzz"}),
]


@dataclass(frozen=True)
class Act:
    act: tuple[str, str, dict[str, str]]
    internal: bool


acts = st.lists(
    st.one_of(
        st.sampled_from(PUBLIC).map(lambda act: Act(act, internal=False)),
        st.sampled_from(INTERNAL).map(lambda act: Act(act, internal=True)),
    ),
    min_size=1,
    max_size=10,
)


class StillClock(HandClock):
    """Stands still between two acts."""

    BEGAN = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.BEGAN + self.ahead


PATHS = (
    "/c/",
    "/c/part",
    "/c/?words=fails",
    "/c/?before=ACME-2",
    "/c/ACME-1",
    "/c/ACME-1/part",
    "/c/ACME-1/record",
    "/c/ACME-1/record?download",
    "/c/ACME-2",
    "/team/ACME-1",
    "/static/page.js",
)


async def observed(history: list[Act], folder: Path, *, internal: bool) -> list[Any]:
    """Return everything a customer gets back while a history happens, with or without its internal acts.

    An open page is told to look again when it was woken and what it shows has another fingerprint: each page
    carries that, and how often it was woken is counted here.
    """
    url, seen = f"sqlite:///{folder}/{internal}.db", list[Any]()
    upgrade(url)
    async with WebOffice(url, folder, StillClock()) as office:
        carla, robin = await office.customer(CARLA), await office.staff()
        await office.staff(Person("web", "kim", "Kim zzcanaryzz"))
        network, wake, woken = office.network, office.network.tell_watchers, list[str]()

        def wakes(place: Place, ticket: str) -> None:
            if place == FRONT:
                woken.append(ticket)
            wake(place, ticket)

        setattr(network, "tell_watchers", wakes)  # noqa: B010

        async def look() -> None:
            await office.settle()
            seen.append(tuple(woken))
            for path in PATHS:
                for language in ("en", "de"):
                    note(await carla.get(path, headers={"Accept-Language": language}))
            page = (await carla.get("/c/ACME-1")).text
            for path in re.findall(r'href="(/c/ACME-1/file/[^"]+)"', page):
                note(await carla.get(path))

        def note(answer: Answer) -> None:
            headers = sorted((name, value) for name, value in answer.headers.items() if name != "Date")
            # the one thing that is another in each session, and as long
            text = re.sub(r'(name="csrf" value=")\w+', r"\1", answer.text)
            seen.append((answer.status, headers, text))

        async def entry(which: str) -> str:
            said = await office.halfdoor.store.read(lambda tx: tx.record("ACME-1"))
            kinds: dict[str, list[Message | Note]] = {
                "note": [one for one in said if isinstance(one, Note)],
                "reply": [one for one in said if isinstance(one, Message) and one.by.side is Side.STAFF],
                "own": [one for one in said if isinstance(one, Message) and one.by.side is Side.CUSTOMER],
            }
            return kinds[which][-1].id if kinds[which] else "none"

        await carla.post("/c/", title="Export fails", text="It is empty", ident="00000000")
        await look()
        for n, one in enumerate(history):
            office.clock.ahead += timedelta(seconds=60)
            if one.internal and not internal:
                continue
            half, act, given = one.act
            fields = {**given, "ident": f"{n:08}"}
            files = {name: b"zz" for name in [fields.pop("file", "")] if name}
            if "entry" in fields:
                fields["entry"] = await entry(fields["entry"])
            answer = await (carla if half == "c" else robin).post(f"/{half}/ACME-1/{act}", files, **fields)
            if half == "c":
                note(answer)
            if not one.internal:
                await look()
        await look()
    return seen


@settings(max_examples=12)
@given(acts)
async def test_internal_acts_leave_no_trace_on_a_customers_pages(history: list[Act]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        with_them = await observed(history, Path(folder), internal=True)
        without = await observed(history, Path(folder), internal=False)
    assert with_them == without
    assert "zzcanaryzz" not in str(with_them)


def shows_the_internal_status(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(pages, "customer_card", lambda one, about: replace(card(one, about), status=one.status))


def shows_who_is_on_it_inside(patch: pytest.MonkeyPatch) -> None:
    def shown(one: Ticket, about: Project) -> CustomerCard:
        return replace(card(one, about), assignee=one.assignee.name if one.assignee else None)

    patch.setattr(pages, "customer_card", shown)


def lists_the_last_note(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SqlTx, "last_message", lambda tx, key: tx.record(key)[-1])


def wakes_customers_for_notes(patch: pytest.MonkeyPatch) -> None:
    changed = WebNetwork._changed

    def also(network: WebNetwork, delivery: Delivery) -> PostRef:
        network.tell_watchers(FRONT, delivery.surface.ticket)
        return changed(network, delivery)

    patch.setattr(WebNetwork, "_changed", also)


card = customer_card
MUTATIONS = (
    shows_the_internal_status,
    shows_who_is_on_it_inside,
    lists_the_last_note,
    wakes_customers_for_notes,
)


@pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda one: one.__name__)
async def test_the_property_notices(
    mutate: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A page that lets something through is told from one that does not."""
    undone = "delete", {"who": "", "visibility": "internal"}
    history = [Act(act, internal=True) for act in INTERNAL if act[1] != undone[0] and act[2] != undone[1]]
    assert await observed(history, tmp_path, internal=True) == await observed(
        history, tmp_path, internal=False
    )
    mutate(monkeypatch)
    (tmp_path / "again").mkdir()
    with_them = await observed(history, tmp_path / "again", internal=True)
    assert with_them != await observed(history, tmp_path / "again", internal=False)
