"""What `ports.Network` promises, on Slack, on Discord, on the web and on the tests' own network alike."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import sqlalchemy as sa

from adapters.web.network import WebNetwork
from bot.ports import FileGone, Network, NotSent, PlaceShut
from bot.tickets.commands import Open
from bot.tickets.decide import open_ticket
from bot.tickets.deliveries import CustomerCard, Delivery, StaffNotice, ToCustomer, ToStaff
from bot.tickets.evolve import evolve
from bot.tickets.model import (
    Actor,
    CustomerSurface,
    File,
    Membership,
    Message,
    Note,
    Person,
    Place,
    PostRef,
    Project,
    Recall,
    Side,
    StaffSurface,
    Surfaces,
)
from bot.tickets.project import customer_card, staff_card
from storage import codec
from storage.tx import SqlTx
from tests.discord_office import DiscordOffice, aloud
from tests.doubles.network import ROBIN, FakeNetwork
from tests.office import Office
from tests.web_office import BACK, CARLA, FRONT, Visitor, WebOffice
from tests.web_office import ROBIN as WEB_ROBIN

ABOUT = Project("ACME", "Acme")


@dataclass
class Bench:
    """One network, connected, and what its people see."""

    network: Network
    front: Place
    back: Place
    robin: Person
    carla: Person
    #: Return what stands in a place, and in all threads of it.
    read: Callable[[Place], Awaitable[list[str]]]
    #: Let the next post fail: "lost" (it takes effect), "refused" (503) or "limited".
    fail: Callable[[str], None]
    #: Let everybody see the staff place.
    open_door: Callable[[], None]
    #: Return what somebody was told alone.
    told: Callable[[Person], Awaitable[list[str]]]
    #: Its pages are drawn from what is known, so that staff see a reply wherever it was posted.
    drawn: bool = False

    def __post_init__(self) -> None:
        at = datetime.now(UTC)
        carla = Actor(self.carla, Side.CUSTOMER)
        command = Open(by=carla, number=1, title="Export fails", text="It is empty", entry_id="e1")
        self.events = open_ticket(command, at, ABOUT)
        self.ticket = evolve(None, self.events)
        self.surfaces = Surfaces(
            CustomerSurface("ACME-1", ABOUT, self.front), StaffSurface("ACME-1", ABOUT, self.back)
        )
        self.at = at

    def cards(self) -> tuple[ToCustomer, ToStaff]:
        inside = staff_card(self.ticket, ABOUT, self.surfaces)
        return (
            ToCustomer(self.surfaces.customer, customer_card(self.ticket, ABOUT)),
            ToStaff(self.surfaces.staff, inside),
        )

    async def opened(self) -> None:
        """Post both cards, so that there are threads."""
        threads: list[str] = []
        for card in self.cards():
            for n, part in enumerate(self.network.parts(card)):
                post = await self.network.post(card, part, f"card/{type(card).__name__}/{part}")
                threads += [post.id] if n == 0 else []
        self.surfaces = Surfaces(
            CustomerSurface("ACME-1", ABOUT, self.front, threads[0]),
            StaffSurface("ACME-1", ABOUT, self.back, threads[1]),
        )

    def reply(self, text: str, entry: str = "r1", **more: Any) -> ToCustomer:
        by = Actor(self.robin, Side.STAFF)
        message = Message(id=entry, ticket="ACME-1", by=by, at=self.at, text=text, **more)
        return ToCustomer(self.surfaces.customer, message)

    async def said(self, delivery: Delivery, mark: str) -> dict[str, PostRef]:
        return {
            part: await self.network.post(delivery, part, f"{mark}/{part}" if part else mark)
            for part in self.network.parts(delivery)
        }


async def on_slack(url: str) -> AsyncIterator[Bench]:
    async with Office(url) as office:
        world = office.world

        def fail(kind: str) -> None:
            match kind:
                case "lost":
                    office.server.fault("chat.postMessage", "cut_after")
                case "refused":
                    office.server.fault("chat.postMessage", "500_before")
                case _:
                    office.server.fault("chat.postMessage", "429", retry_after=60)

        async def read(place: Place) -> list[str]:
            channel = world.channels[place.id]
            who = office.carla if channel is office.front else office.robin
            return [who._read(one) for one in channel.messages.values()]

        def open_door() -> None:
            office.back.private = False

        async def told(person: Person) -> list[str]:
            return office.robin.sees(world.direct(office.robin.user))

        yield Bench(
            office.network,
            Place("slack", office.front.id),
            Place("slack", office.back.id),
            Person("slack", office.robin.id, "Robin"),
            Person("slack", office.carla.id, "Carla"),
            read,
            fail,
            open_door,
            told,
        )


async def on_discord(url: str) -> AsyncIterator[Bench]:
    async with DiscordOffice(url) as office:
        await office.settle()
        faults = {"lost": "lost", "refused": "503", "limited": "429"}

        async def read(place: Place) -> list[str]:
            channel = office.front if place.id == str(office.front.id) else office.back
            shown = [one for where in (channel, *channel.threads) for one in where.history()]
            return [aloud(one) for one in shown]

        def fail(kind: str) -> None:
            for path in ("/webhooks/*", "/channels/*/messages"):
                office.server.fail("POST", path, faults[kind], retry_after=60.0)

        async def told(person: Person) -> list[str]:
            backend = office.server.backend
            channel = backend.dm_channels[int(person.id)]
            return [one.content for one in backend.messages[channel].values()]

        yield Bench(
            office.network,
            Place("discord", str(office.front.id)),
            Place("discord", str(office.back.id)),
            Person("discord", str(office.robin.id), "Robin"),
            Person("discord", str(office.carla.id), "Carla"),
            read,
            fail,
            lambda: office.show_to_everybody(office.back),
            told,
        )


async def in_memory(url: str) -> AsyncIterator[Bench]:
    network = FakeNetwork()
    front, back = Place("fake", "front"), Place("fake", "back")

    def fail(kind: str) -> None:
        def once(_: Delivery) -> None:
            network.before = network.after = lambda _: None
            raise NotSent(kind, unsure=kind != "limited", retry_after=1.0 if kind == "limited" else None)

        if kind == "lost":
            network.after = once
        else:
            network.before = once

    def open_door() -> None:
        network.shut = PlaceShut("public")

    async def read(place: Place) -> list[str]:
        return network.read(place)

    async def told(person: Person) -> list[str]:
        return network.told[person.id]

    carla = Person("fake", "UCARLA", "Carla")
    yield Bench(network, front, back, ROBIN.person, carla, read, fail, open_door, told)


class Written(WebNetwork):
    """The web, where what is posted is known before, as it always is by the desk."""

    def __init__(self, office: WebOffice) -> None:
        super().__init__(office.settings, office.clock)
        self.store, self.pages = office.halfdoor.store, office.network
        self.announced, self.told, self.holds = self.pages.announced, self.pages.told, self.pages.holds
        self.bench: Bench

    async def post(self, delivery: Delivery, part: str, mark: str) -> PostRef:
        await self._write(delivery)
        return await self.pages.post(delivery, part, mark)

    async def update(self, delivery: Delivery, part: str, post: PostRef) -> None:
        await self._write(delivery)
        await self.pages.update(delivery, part, post)

    async def remove(self, delivery: Delivery, part: str, post: PostRef) -> None:
        await self._write(delivery, recalled=True)
        await self.pages.remove(delivery, part, post)

    async def _write(self, delivery: Delivery, *, recalled: bool = False) -> None:
        bench, content = self.bench, delivery.content

        def work(connection: sa.Connection, tx: SqlTx) -> None:
            match content:
                case CustomerCard():
                    tx.add(bench.ticket, bench.surfaces)
                    tx.save(None, bench.ticket, bench.events)
                case Message() | Note():
                    gone = Recall(content.by, bench.at) if recalled else None
                    kept = replace(content, recalled=gone) if isinstance(content, Message) else content
                    connection.execute(tx.upserts.entry, [codec.dump_entry(kept)])
                case StaffNotice():
                    tx.owe([delivery], bench.at)
                case _:
                    pass

        await self.store.change(work)


async def on_web(url: str) -> AsyncIterator[Bench]:
    with TemporaryDirectory() as folder:
        async with WebOffice(url, Path(folder)) as office:
            who = {FRONT: await office.customer(), BACK: await office.staff(Person("web", "kim", "Kim"))}
            robin, network = await office.staff(), Written(office)

            async def news(visitor: Visitor) -> list[str]:
                page = await visitor.get(f"/{visitor.half}/")
                return re.findall(r'<p class="card news" role="status">(.*?)</p>', page.text)

            async def read(place: Place) -> list[str]:
                page = await who[place].get(f"/{who[place].half}/ACME-1")
                return [*page.said, *await news(who[place])]

            async def told(person: Person) -> list[str]:
                return await news(robin)

            def cannot(*_: str) -> None:
                raise AssertionError("a page has no call that fails, and no door but its keys")

            bench = Bench(network, FRONT, BACK, WEB_ROBIN, CARLA, read, cannot, cannot, told, drawn=True)
            network.bench = bench
            yield bench


CHATS = {"slack": on_slack, "discord": on_discord, "memory": in_memory}
EVERY = CHATS | {"web": on_web}


@pytest.fixture(params=list(EVERY.values()), ids=list(EVERY))
async def bench(request: pytest.FixtureRequest, sqlite_url: str) -> AsyncIterator[Bench]:
    async for made in request.param(sqlite_url):
        yield made


@pytest.fixture(params=list(CHATS.values()), ids=list(CHATS))
async def chat(request: pytest.FixtureRequest, sqlite_url: str) -> AsyncIterator[Bench]:
    """A network that is somebody else's: its calls fail, and others can be let into its places."""
    async for made in request.param(sqlite_url):
        yield made


async def test_a_cards_first_part_is_what_its_ticket_hangs_on(bench: Bench) -> None:
    for card in bench.cards():
        assert bench.network.parts(card)[0] == ""
    await bench.opened()
    await bench.said(bench.reply("We found it"), "m1")
    assert sum("We found it" in row for row in await bench.read(bench.front)) == 1
    assert bench.drawn or not any("We found it" in row for row in await bench.read(bench.back))


async def test_a_note_is_for_staff_alone(bench: Bench) -> None:
    await bench.opened()
    by = Actor(bench.robin, Side.STAFF)
    note = Note(id="n1", ticket="ACME-1", by=by, at=bench.at, text="for us alone")
    await bench.said(ToStaff(bench.surfaces.staff, note), "n1")
    assert sum("for us alone" in row for row in await bench.read(bench.back)) == 1
    assert not any("for us alone" in row for row in await bench.read(bench.front))


async def test_an_update_may_come_again_and_so_may_a_removal(bench: Bench) -> None:
    await bench.opened()
    posts = await bench.said(bench.reply("We found it"), "m1")
    mended = bench.reply("We found the cause", edited=bench.at)
    for _ in range(2):
        await bench.network.update(mended, "", posts[""])
    assert sum("We found the cause" in row for row in await bench.read(bench.front)) == 1
    for _ in range(2):
        await bench.network.remove(mended, "", posts[""])
    assert not any("We found" in row for row in await bench.read(bench.front))


async def test_what_ended_in_doubt_is_found_by_its_mark_and_nothing_else_is(chat: Bench) -> None:
    await chat.opened()
    since = datetime.now(UTC) - timedelta(seconds=60)
    before = await chat.said(chat.reply("ok", "r1"), "m1")
    chat.fail("lost")
    again = chat.reply("ok", "r2")
    with pytest.raises(NotSent) as raised:
        await chat.said(again, "m2")
    assert raised.value.unsure
    known = frozenset(post.id for post in before.values())
    found = await chat.network.find(again, {"": "m2"}, since, known)
    assert len(found) == 1
    assert found[""].id not in known
    assert sum("ok" in row for row in await chat.read(chat.front)) == 2
    never = chat.reply("never sent", "r3")
    assert await chat.network.find(never, {"": "m3"}, since, known | {found[""].id}) == {}


async def test_a_limit_says_when_and_a_fault_that_it_is_not_sure(chat: Bench) -> None:
    await chat.opened()
    chat.fail("limited")
    with pytest.raises(NotSent) as raised:
        await chat.said(chat.reply("one"), "m1")
    assert raised.value.retry_after is not None
    assert not raised.value.final


async def test_a_server_that_fails_leaves_it_open(chat: Bench) -> None:
    await chat.opened()
    chat.fail("refused")
    with pytest.raises(NotSent) as raised:
        await chat.said(chat.reply("one"), "m1")
    assert raised.value.unsure
    assert not raised.value.final


async def test_who_sees_the_staff_place_is_staff(bench: Bench) -> None:
    assert await bench.network.membership(bench.robin, bench.back) is Membership.YES
    assert await bench.network.membership(bench.carla, bench.back) is Membership.NO
    nobody = Person(bench.robin.network, "", "")
    assert await bench.network.membership(nobody, bench.back) is Membership.NO


async def test_a_staff_place_that_others_see_is_shut(chat: Bench) -> None:
    assert await chat.network.door(chat.back, Side.STAFF) is None
    assert await chat.network.door(chat.front, Side.CUSTOMER) is None
    chat.open_door()
    await asyncio.sleep(0.05)
    shut = await chat.network.door(chat.back, Side.STAFF)
    assert shut is not None
    assert (shut.reason, shut.seen) == ("public", True)


async def test_all_are_told_in_a_place_and_one_alone(bench: Bench) -> None:
    await bench.network.announce(bench.back, "I have stopped posting here")
    assert any("I have stopped posting here" in row for row in await bench.read(bench.back))
    await bench.network.tell(bench.robin, "The channel is gone")
    assert any("The channel is gone" in row for row in await bench.told(bench.robin))
    assert not any("The channel is gone" in row for row in await bench.read(bench.back))


async def test_a_long_text_loses_nothing(bench: Bench) -> None:
    await bench.opened()
    words = [f"word{n}" for n in range(2000)]
    await bench.said(bench.reply(" ".join(words)), "m1")
    shown = " ".join(await bench.read(bench.front))
    assert [word for word in words if word not in shown] == []


async def test_a_notice_reaches_staff(bench: Bench) -> None:
    await bench.opened()
    notice = StaffNotice(id="n1", ticket="ACME-1", text="Carla rated it 4 of 5.")
    await bench.said(ToStaff(bench.surfaces.staff, notice), "n1")
    assert any("Carla rated it 4 of 5." in row for row in await bench.read(bench.back))


async def test_a_file_that_is_gone_is_said_to_be(bench: Bench) -> None:
    lost = File(network=bench.robin.network, id="F404/1/2", name="march.csv", size=3)
    with pytest.raises(FileGone):
        async with bench.network.fetch(lost):
            pass
