"""What the courier promises, on each of its two drivers alike."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.context import apply
from bot.courier import Courier
from bot.guard import Guard
from bot.news import News
from bot.ports import Due, Lanes, LoadedTicket, NotSent, PlaceShut, ProjectPlaces, Tx
from bot.tickets import commands as c
from bot.tickets.decide import open_ticket
from bot.tickets.deliveries import Delivery, ToCustomer
from bot.tickets.evolve import evolve
from bot.tickets.model import (
    CustomerSurface,
    Place,
    Project,
    Side,
    StaffSurface,
    Surfaces,
)
from bot.tickets.project import project
from storage.lanes import AlreadyRunning, MemoryLanes, PostgresLanes
from storage.ledger import Ledger
from storage.store import SqlStore
from tests.doubles.network import CARLA, ROBIN, FakeNetwork, text
from tests.office import HandClock
from tests.settings import PATIENCE


class Rig:
    """A store, a driver and a courier on a fake network; `another` is a second process's worth of them."""

    def __init__(self, url: str, clock: HandClock, network: FakeNetwork, **lanes: Any) -> None:
        self.clock = clock
        self.network = network
        self.store = SqlStore(url)
        self.lanes: Lanes = (
            MemoryLanes(self.store, clock)
            if self.store.sqlite
            else PostgresLanes(self.store, clock, **({"stalled_after": 1.0} | lanes))
        )
        self.guard = Guard(self.store, {"fake": network}, News(self.store, {"fake": network}), clock)
        self.courier = Courier(self.store, self.lanes, {"fake": network}, self.guard, clock, max_attempts=3)
        self.rang: list[str] = []

    async def start(self) -> None:
        await self.courier.start(self.ring)

    async def stop(self) -> None:
        await self.courier.stop()
        await self.store.close()

    async def ring(self, name: str) -> None:
        if await self.store.transact(lambda tx: tx.rang(name, self.clock.now())):
            self.rang.append(name)

    async def drain(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.courier.drain()

    async def go_on(self, times: int, seconds: float) -> None:
        """Let time pass in steps, and all that is due by then happen."""
        for _ in range(times):
            await self.clock.advance(seconds)
            await self.drain()

    async def open(self, key: str = "ONE") -> LoadedTicket:
        """Open a ticket in a project of its own, and so in channels of its own."""
        link = ProjectPlaces(
            Project(key, key), (Place("fake", f"{key}-front"),), Place("fake", f"{key}-back")
        )

        def work(tx: Tx) -> LoadedTicket:
            tx.link_places(link.project, link.customer_places, link.staff_place)
            command = c.Open(by=CARLA, number=tx.next_number(key), title="x")
            events = open_ticket(command, self.clock.now(), link.project)
            ticket = evolve(None, events)
            surfaces = Surfaces(
                CustomerSurface(ticket.key, link.project, link.customer_places[0]),
                StaffSurface(ticket.key, link.project, link.staff_place),
            )
            tx.add(ticket, surfaces)
            tx.save(None, ticket, events)
            owed = project(None, ticket, events, project=link.project, surfaces=surfaces, messages={})
            tx.owe(owed, self.clock.now())
            return LoadedTicket(ticket, surfaces)

        return await self.store.transact(work)

    async def reply(self, opened: LoadedTicket, *texts: str) -> None:
        """Say several things in one transaction."""

        def work(tx: Tx) -> None:
            now = tx.ticket(opened.ticket.key)
            assert now is not None
            about = opened.surfaces.staff.project
            link = ProjectPlaces(about, (opened.surfaces.customer.place,), opened.surfaces.staff.place)
            at = self.clock.now()
            for one in texts:
                add = c.AddMessage(by=ROBIN, entry_id=f"{opened.ticket.key}-{one}", text=one)
                now = apply(tx, link, now, add, at)

        await self.store.transact(work)

    async def retitle(self, opened: LoadedTicket, title: str) -> None:
        def work(tx: Tx) -> None:
            now = tx.ticket(opened.ticket.key)
            assert now is not None
            link = ProjectPlaces(opened.surfaces.staff.project, (), opened.surfaces.staff.place)
            apply(tx, link, now, c.Retitle(by=ROBIN, title=title), self.clock.now())

        await self.store.transact(work)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def rig(database_url: str, clock: HandClock) -> AsyncIterator[Rig]:
    made = Rig(database_url, clock, FakeNetwork())
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def alone(sqlite_url: str, clock: HandClock) -> AsyncIterator[Rig]:
    """One process, which nobody can be beside."""
    made = Rig(sqlite_url, clock, FakeNetwork())
    await made.start()
    yield made
    await made.stop()


async def test_several_deliveries_of_one_transaction_keep_their_order(rig: Rig) -> None:
    opened = await rig.open()
    texts = [f"{n:02}" for n in range(20)]
    await rig.reply(opened, *texts)
    await rig.drain()
    assert rig.network.said("ONE-front") == texts
    assert rig.network.said("ONE-back") == texts
    assert rig.network.posts[0][1].endswith("card")
    assert rig.network.overlaps == 0


async def test_no_post_goes_into_a_staff_place_that_nobody_has_looked_at_yet(rig: Rig) -> None:
    rig.network.shut = PlaceShut("public")
    opened = await rig.open()
    await rig.reply(opened, "one")
    await rig.drain()
    assert {where for where, _ in rig.network.posts} == {"ONE-front"}
    rig.network.shut = None
    await rig.guard.look(opened.surfaces.staff.place)
    await rig.drain()
    assert rig.network.said("ONE-back") == ["one"]


async def test_a_post_taken_from_the_ledger_before_the_door_was_shut_is_held_too(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = await rig.open()
    await rig.drain()
    inner, taken = rig.store.next_due, list[Due]()

    async def shut_meanwhile(*given: Any) -> Any:
        due = await inner(*given)
        if isinstance(due, Due) and not taken and due.delivery.surface.place.id == "ONE-back":
            taken.append(due)
            rig.network.shut = PlaceShut("shared", "Beta")
            await rig.guard.look(opened.surfaces.staff.place)
        return due

    monkeypatch.setattr(rig.store, "next_due", shut_meanwhile)
    await rig.reply(opened, "one")
    await rig.drain()
    assert rig.network.said("ONE-back") == []
    rig.network.shut = None
    await rig.guard.look(opened.surfaces.staff.place)
    await rig.drain()
    assert rig.network.said("ONE-back") == ["one"]


async def test_surfaces_are_served_in_parallel(rig: Rig) -> None:
    gate = asyncio.Event()
    rig.network.before = lambda delivery: gate.wait()
    for key in ("AA", "BB", "CC"):
        await rig.open(key)
    async with asyncio.timeout(PATIENCE):
        while rig.network.most < 6:
            await asyncio.sleep(0.01)
    gate.set()
    await rig.drain()
    assert len(rig.network.posts) == 6


async def test_a_rate_limit_is_honoured_and_holds_up_no_other_channel(rig: Rig) -> None:
    slow, fast = await rig.open("SLOW"), await rig.open("FAST")
    await rig.drain()
    limited = [True]

    def before(delivery: Delivery) -> None:
        if delivery.surface.place.id == "SLOW-front" and limited:
            limited.pop()
            raise NotSent("ratelimited", retry_after=20.0)

    rig.network.before = before
    asked = rig.clock.now()
    await rig.reply(slow, "one", "two")
    await rig.reply(fast, "three")
    await rig.drain()
    assert rig.network.said("FAST-front") == ["three"]
    assert rig.network.said("SLOW-back") == ["one", "two"]
    assert rig.network.said("SLOW-front") == []
    await rig.clock.advance(21)
    await rig.drain()
    assert rig.network.said("SLOW-front") == ["one", "two"]
    assert rig.clock.now() - asked >= timedelta(seconds=20)


async def test_what_failed_is_tried_again_later_and_later(rig: Rig) -> None:
    opened = await rig.open()
    await rig.drain()
    tries: list[datetime] = []

    def before(delivery: Delivery) -> None:
        if delivery.surface.place.id == "ONE-front":
            tries.append(rig.clock.now())
            if len(tries) < 3:
                raise NotSent("busy")

    rig.network.before = before
    await rig.reply(opened, "one")
    for _ in range(40):
        await rig.drain()
        await rig.clock.advance(0.5)
        await asyncio.sleep(0.02)
    assert rig.network.said("ONE-front") == ["one"]
    first, second = tries[1] - tries[0], tries[2] - tries[1]
    assert timedelta(seconds=1) <= first <= timedelta(seconds=2.6)
    assert timedelta(seconds=2) <= second <= timedelta(seconds=4.1)


@pytest.mark.parametrize("applied", [True, False])
async def test_after_a_doubtful_outcome_it_looks_before_it_sends_again(rig: Rig, applied: bool) -> None:
    opened = await rig.open()
    await rig.drain()
    doubts = [True]

    def fail(delivery: Delivery) -> None:
        if delivery.surface.place.id == "ONE-front" and doubts:
            doubts.pop()
            raise NotSent("the connection broke", unsure=True)

    if applied:
        rig.network.after = fail
    else:
        rig.network.before = fail
    await rig.reply(opened, "one", "two")
    await rig.drain()
    await rig.clock.advance(10)
    await rig.drain()
    assert rig.network.said("ONE-front") == ["one", "two"]


async def test_after_n_failures_it_is_set_aside_staff_are_told_and_it_can_be_sent_again(rig: Rig) -> None:
    opened = await rig.open()
    await rig.drain()
    broken = True

    def before(delivery: Delivery) -> None:
        if broken and isinstance(delivery, ToCustomer):
            raise NotSent("restricted_action: let me post", final=True)

    rig.network.before = before
    await rig.reply(opened, "one", "two")
    await rig.drain()
    assert rig.network.said("ONE-front") == []
    told = [line for line in rig.network.said("ONE-back") if "could not" in line]
    assert len(told) == 2
    assert "a message by Robin" in told[0]
    assert "restricted_action: let me post" in told[0]
    assert "halfdoor deliveries retry" in told[0]
    aside = await rig.store.look(lambda connection, tx: Ledger(connection, tx).standing(every=False))
    assert [one.state for one in aside] == ["aside", "aside"]
    broken = False
    assert await rig.store.change(lambda con, tx: Ledger(con, tx).retry(aside[0].id)) == 2
    await rig.drain()
    assert rig.network.said("ONE-front") == ["one", "two"]


async def test_what_hangs_on_a_card_waits_for_the_card(rig: Rig) -> None:
    broken = True

    def before(delivery: Delivery) -> None:
        if broken and isinstance(delivery, ToCustomer):
            raise NotSent("is_archived", final=True)

    rig.network.before = before
    opened = await rig.open()
    await rig.reply(opened, "one")
    await rig.drain()
    assert [place for place, _ in rig.network.posts if place == "ONE-front"] == []
    broken = False
    assert await rig.store.change(lambda connection, tx: Ledger(connection, tx).retry(None)) == 2
    await rig.drain()
    assert [text for place, text in rig.network.posts if place == "ONE-front"] == ["ONE-1 x card", "one"]


async def test_one_that_is_dropped_is_never_sent(rig: Rig) -> None:
    opened = await rig.open()
    await rig.drain()

    def before(delivery: Delivery) -> None:
        if isinstance(delivery, ToCustomer):
            raise NotSent("no", final=True)

    rig.network.before = before
    await rig.reply(opened, "one")
    await rig.drain()
    (aside,) = await rig.store.look(lambda con, tx: Ledger(con, tx).standing(every=False))
    assert await rig.store.change(lambda connection, tx: Ledger(connection, tx).drop(aside.id))
    assert not await rig.store.change(lambda connection, tx: Ledger(connection, tx).drop(aside.id))
    rig.network.before = lambda delivery: None
    assert await rig.store.change(lambda connection, tx: Ledger(connection, tx).retry(None)) == 0
    await rig.drain()
    assert rig.network.said("ONE-front") == []


async def test_a_fault_of_ours_sets_one_delivery_aside_and_not_the_rest(rig: Rig) -> None:
    opened = await rig.open()
    await rig.drain()

    def before(delivery: Delivery) -> None:
        if text(delivery) == "one" and isinstance(delivery, ToCustomer):
            raise ZeroDivisionError

    rig.network.before = before
    await rig.reply(opened, "one", "two")
    await rig.drain()
    assert rig.network.said("ONE-front") == ["two"]
    assert "ZeroDivisionError in Halfdoor itself" in " ".join(rig.network.said("ONE-back"))


async def test_only_the_newest_state_of_a_card_is_sent(rig: Rig) -> None:
    opened = await rig.open()
    await rig.drain()
    gate = asyncio.Event()
    rig.network.before = lambda delivery: gate.wait()
    await rig.reply(opened, "hold the lanes")
    async with asyncio.timeout(PATIENCE):
        while sum(rig.network.under_way.values()) < 2:
            await asyncio.sleep(0.01)
    for n in range(10):
        await rig.retitle(opened, f"Title {n}")
    gate.set()
    await rig.drain()
    assert sorted(rig.network.updates) == [
        ("ONE-back", "ONE-1 Title 9 card"),
        ("ONE-front", "ONE-1 Title 9 card"),
    ]


async def test_a_timer_rings_when_it_is_due_and_once(rig: Rig) -> None:
    at = rig.clock.now()
    await rig.store.transact(lambda tx: tx.call_at(at + timedelta(seconds=0.2), "window:A-1:1"))
    async with asyncio.timeout(PATIENCE):
        while not rig.rang:
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.2)
    assert rig.rang == ["window:A-1:1"]


async def test_a_stop_finishes_what_is_in_flight_and_starts_nothing_new(
    database_url: str, clock: HandClock
) -> None:
    network = FakeNetwork()
    first = Rig(database_url, clock, network)
    await first.start()
    opened = await first.open()
    await first.drain()
    gate = asyncio.Event()
    network.before = lambda delivery: gate.wait()
    await first.reply(opened, "one", "two")
    async with asyncio.timeout(PATIENCE):
        while sum(network.under_way.values()) < 2:
            await asyncio.sleep(0.01)
    stopping = asyncio.create_task(first.stop())
    await asyncio.sleep(0.05)
    assert not stopping.done()
    gate.set()
    async with asyncio.timeout(PATIENCE):
        await stopping
    assert network.said("ONE-front") == ["one"]
    second = Rig(database_url, clock, network)
    await second.start()
    await second.drain()
    await second.stop()
    assert network.said("ONE-front") == ["one", "two"]
    assert network.said("ONE-back") == ["one", "two"]


async def test_what_was_owed_before_the_start_is_sent(database_url: str, clock: HandClock) -> None:
    network = FakeNetwork()
    quiet = Rig(database_url, clock, network)
    opened = await quiet.open()
    await quiet.reply(opened, "one")
    await quiet.store.close()
    rig = Rig(database_url, clock, network)
    await rig.start()
    await rig.drain()
    await rig.stop()
    assert network.said("ONE-front") == ["one"]


async def test_a_sqlite_file_is_driven_by_one_process(sqlite_url: str, clock: HandClock) -> None:
    first, second = (Rig(sqlite_url, clock, FakeNetwork()) for _ in range(2))
    await first.start()
    with pytest.raises(AlreadyRunning):
        await second.start()
    await second.store.close()
    await first.stop()


async def test_a_running_desk_takes_up_what_another_program_wrote(sqlite_url: str, clock: HandClock) -> None:
    """As `halfdoor deliveries retry` does, which has no lanes to wake."""
    rig = Rig(sqlite_url, clock, FakeNetwork())
    await rig.start()
    opened = await rig.open()
    await rig.drain()
    await asyncio.sleep(1.1)
    other = Rig(sqlite_url, clock, rig.network)
    other.store.waking = None
    await other.reply(opened, "one")
    await other.store.close()
    async with asyncio.timeout(PATIENCE):
        while rig.network.said("ONE-front") != ["one"]:
            await asyncio.sleep(0.05)
    await rig.stop()


class TestSeveralProcesses:
    """On PostgreSQL only: SQLite refuses a second process."""

    @pytest.fixture
    def url(self, postgres: Any) -> str:
        server, template = postgres
        url: str = server.create(template)
        return url

    async def test_two_share_the_work_and_send_nothing_twice(self, url: str, clock: HandClock) -> None:
        network = FakeNetwork()
        rigs = [Rig(url, clock, network, stalled_after=30.0) for _ in range(2)]
        for rig in rigs:
            await rig.start()
        opened = [await rigs[n % 2].open(f"P{n}") for n in range(8)]
        texts = [f"{n:02}" for n in range(6)]
        await asyncio.gather(
            *(rigs[(n + k) % 2].reply(one, texts[k]) for n, one in enumerate(opened) for k in [0])
        )
        for one in opened:
            for k in range(1, 6):
                await rigs[k % 2].reply(one, texts[k])
        await rigs[0].drain()
        for rig in rigs:
            await rig.stop()
        for n in range(8):
            assert network.said(f"P{n}-front") == texts
            assert network.said(f"P{n}-back") == texts
        assert network.overlaps == 0

    async def test_a_timer_rings_in_one_of_them(self, url: str, clock: HandClock) -> None:
        rigs = [Rig(url, clock, FakeNetwork(), stalled_after=30.0) for _ in range(2)]
        for rig in rigs:
            await rig.start()
        at = clock.now() + timedelta(seconds=0.2)
        await rigs[0].store.transact(lambda tx: tx.call_at(at, "window:A-1:1"))
        async with asyncio.timeout(PATIENCE):
            while not any(rig.rang for rig in rigs):
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.3)
        assert [name for rig in rigs for name in rig.rang] == ["window:A-1:1"]
        for rig in rigs:
            await rig.stop()

    async def test_a_timer_holds_up_no_messages(self, url: str, clock: HandClock) -> None:
        rig = Rig(url, clock, FakeNetwork(), stalled_after=30.0)
        await rig.start()
        await rig.store.transact(lambda tx: tx.call_at(clock.now() + timedelta(days=7), "window:ONE-1:1"))
        opened = await rig.open()
        await rig.reply(opened, "one")
        await rig.drain()
        assert rig.network.said("ONE-front") == ["one"]
        await rig.stop()


async def test_a_place_is_paced_for_all_its_tickets(database_url: str, clock: HandClock) -> None:
    network = FakeNetwork(pace=2.0, burst=1)
    rig = Rig(database_url, clock, network)
    await rig.start()
    try:
        opened = await rig.open()
        await asyncio.sleep(0.3)
        assert len([1 for place, _ in network.posts if place == "ONE-front"]) == 1
        await rig.reply(opened, "one")
        await asyncio.sleep(0.3)
        assert network.said("ONE-front") == []
        await clock.advance(2.1)
        await rig.drain()
        assert network.said("ONE-front") == ["one"]
    finally:
        await rig.stop()


async def test_whoever_tried_for_all_and_is_refused_lets_the_others_try(alone: Rig) -> None:
    rig = alone
    tickets = [await rig.open(key) for key in ("ONE", "TWO", "THREE")]
    await rig.drain()

    def away(_: Delivery) -> None:
        raise NotSent("away", away=True)

    rig.network.before = away
    for one in tickets:
        await rig.reply(one, "said")
    await rig.go_on(60, 60)
    refused: list[str] = []

    def once(delivery: Delivery) -> None:
        if not refused:
            refused.append(delivery.surface.place.id)
            raise NotSent("no", final=True)

    rig.network.before = once
    # it tries within 45 s; the others, by themselves, only after up to 450
    await rig.go_on(9, 10)
    arrived = {place for place, words in rig.network.posts if words == "said"}
    wanted = {f"{key}-{side}" for key in ("ONE", "TWO", "THREE") for side in ("front", "back")}
    assert arrived == wanted - set(refused)
    assert len(refused) == 1


async def test_a_door_of_which_nothing_is_known_uses_up_no_tries(
    alone: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = alone

    def away(*_: object) -> None:
        raise NotSent("not connected yet", away=True)

    async def silent(place: Place, side: Side) -> None:
        away()

    with monkeypatch.context() as patch:
        patch.setattr(rig.network, "door", silent)
        patch.setattr(rig.network, "before", away)
        opened = await rig.open()
        await rig.reply(opened, "said")
        await rig.go_on(60, 60)
        assert rig.network.said("ONE-back") == []
    await rig.go_on(6, 60)
    assert rig.network.said("ONE-back") == ["said"]


async def test_an_outage_after_another_uses_up_no_tries_of_what_was_unlucky_in_between(alone: Rig) -> None:
    rig = alone
    one, two = await rig.open("ONE"), await rig.open("TWO")
    await rig.drain()
    away = {"ONE", "TWO"}

    def before(delivery: Delivery) -> None:
        if delivery.surface.place.id.partition("-")[0] in away:
            raise NotSent("away", away=True)

    rig.network.before = before
    await rig.reply(one, "said")
    await rig.drain()
    away.remove("TWO")
    await rig.reply(two, "got through")
    await rig.drain()
    away.add("TWO")
    await rig.go_on(60, 60)
    away.clear()
    await rig.go_on(10, 60)
    assert rig.network.said("ONE-front") == rig.network.said("ONE-back") == ["said"]
