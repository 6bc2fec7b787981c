"""Pages that watch, many at a time."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from adapters.web import render
from adapters.web.live import Looks
from adapters.web.network import WATCHED
from bot.tickets.deliveries import StaffNotice, ToStaff
from bot.tickets.model import Person, Place, StaffSurface
from tests.settings import PATIENCE
from tests.web_office import BACK, Visitor, WebOffice


async def test_pages_are_told_of_changes_and_readers_are_many(light: WebOffice) -> None:
    office = light
    carla, robin = await office.customer(), await office.staff()
    await carla.post("/c/", title="Export fails", text="It is empty")
    await office.settle()
    told: list[bytes] = []

    async def watch(who: Visitor, path: str, events: int) -> None:
        async with who.session.get(who.url + path) as response:
            assert response.headers["Content-Type"] == "text/event-stream"
            async for line in response.content:
                if line.startswith(b"event"):
                    told.append(line)
                    events -= 1
                    if not events:
                        return

    # as many pages as one session may watch, in each of twenty
    readers = [carla, *[await office.customer(Person("web", f"c{n}", f"C {n}")) for n in range(19)]]
    watching = [
        asyncio.create_task(watch(one, "/c/ACME-1/live", 1)) for one in readers for _ in range(WATCHED)
    ]
    beside = asyncio.create_task(watch(robin, "/team/ACME-1/live", 2))
    while sum(map(len, office.network._watching.values())) < 201:
        await asyncio.sleep(0.01)
    await robin.post("/team/ACME-1/write", text="for us", to="note")
    await office.settle()
    await asyncio.sleep(1.2)  # the team's page looks each second
    assert not any(one.done() for one in watching)
    assert told == [b"event: changed\n"]
    await robin.post("/team/ACME-1/write", text="for you", to="customer")
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*watching, beside)
    assert len(told) == 202


async def test_colleagues_see_at_once_what_a_customer_says(light: WebOffice) -> None:
    carla, dora = await light.customer(), await light.customer(Person("web", "dora", "Dora"))
    await carla.post("/c/", title="Export fails", text="It is empty")
    await light.settle()
    for path in ("/c/live", "/c/ACME-1/live"):
        async with asyncio.timeout(PATIENCE), dora.session.get(dora.url + path) as stream:
            await stream.content.readany()
            await carla.post("/c/ACME-1/say", text=f"And {path}")
            assert await stream.content.readany() == b"event: changed\ndata: \n\n"


async def test_a_page_that_was_drawn_before_a_change_is_told_of_it(light: WebOffice) -> None:
    carla, robin = await light.customer(), await light.staff()
    await carla.post("/c/", title="Export fails", text="It is empty")
    await light.settle()
    for who, path in ((carla, "/c/ACME-1"), (carla, "/c/"), (robin, "/team/ACME-1"), (robin, "/team/")):
        live = re.findall(r'data-live="([^"]+)"', (await who.get(path)).text)[0].replace("&amp;", "&")
        await robin.post("/team/ACME-1/write", text=f"After {path}", to="customer")
        await light.settle()
        async with asyncio.timeout(PATIENCE), who.session.get(who.url + live) as stream:
            told = b""
            while b"changed" not in told:
                told += await stream.content.readany()


async def test_the_board_is_told_of_its_own_changes_and_of_all_of_them(office: WebOffice) -> None:
    front, back = Place("web", "beta"), Place("web", "beta-team")
    await office.link("BETA", "Beta", front, back)
    carla, robin = await office.customer(), await office.staff()
    berta = await office.customer(Person("web", "b", "Berta"), front)
    await carla.post("/c/", title="Export fails", text="It is empty")
    await office.settle()

    async def version(ticket: str = "") -> tuple[int, int]:
        return await office.halfdoor.store.read(lambda tx: tx.version("ACME", ticket))

    before = await version()
    await berta.post("/c/", title="Theirs", text="x")
    assert await version() == before
    for priority in ("high", "urgent"):
        await robin.post("/team/ACME-1/priority", priority=priority)
        assert await version() > before
        before = await version()
    one = await version("ACME-1")
    link = await office.halfdoor.desk.link(BACK)
    assert link is not None
    notice = StaffNotice(id="n", ticket="ACME-1", text="Something could not be delivered.")
    owed = ToStaff(StaffSurface("ACME-1", link.project, BACK), notice)
    await office.halfdoor.store.transact(lambda tx: tx.owe([owed], office.clock.now()))
    assert await version("ACME-1") != one
    assert await version() != before


async def test_a_session_watches_so_many_pages_and_the_oldest_makes_room(light: WebOffice) -> None:
    carla, dora = await light.customer(), await light.customer(Person("web", "dora", "Dora"))
    await carla.post("/c/", title="Export fails", text="It is empty")
    streams = []
    for _ in range(3 * WATCHED):
        stream = await carla.session.get(f"{carla.url}/c/ACME-1/live")
        assert stream.status == 200
        await stream.content.readany()
        streams.append(stream)
    async with asyncio.timeout(PATIENCE), dora.session.get(f"{dora.url}/c/ACME-1/live") as beside:
        await beside.content.readany()
        for stream in streams[:-WATCHED]:
            assert await stream.content.read() == b""  # it has ended
        assert sum(map(len, light.network._watching.values())) == WATCHED + 1
        await dora.post("/c/ACME-1/say", text="It is mine too")
        for stream in (*streams[-WATCHED:], beside):
            assert await stream.content.readany() == b"event: changed\ndata: \n\n"
    for stream in streams:
        stream.close()


async def test_a_change_is_drawn_once_for_all_pages_that_show_the_same(
    light: WebOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    carla, dora = await light.customer(), await light.customer(Person("web", "dora", "Dora"))
    await carla.post("/c/", title="Export fails", text="It is empty")
    again = [await light.customer() for _ in range(4)]
    streams = []
    for one in (carla, *again, dora):
        live = re.findall(r'data-live="([^"]+)"', (await one.get("/c/ACME-1")).text)[0].replace("&amp;", "&")
        for _ in range(WATCHED // 2):
            streams.append(await one.session.get(one.url + live))
            await streams[-1].content.readany()
    drawn: list[str] = []
    draw = render.ticket_part

    def noted(outside: Any, reader: Any, about: Any) -> str:
        drawn.append(reader.key.person.name)
        return draw(outside, reader, about)

    at, asked, all_ask = Looks.at, list[Any](), asyncio.Event()

    async def together(looks: Looks, what: Any, look: Any) -> str:
        """Whether each may look is read first, which on a busy machine takes some longer than others."""
        asked.append(what)
        if len(asked) == len(streams):
            all_ask.set()
        await all_ask.wait()
        return await at(looks, what, look)

    monkeypatch.setattr(render, "ticket_part", noted)
    monkeypatch.setattr(Looks, "at", together)
    await dora.post("/c/ACME-1/say", text="It is mine too")
    async with asyncio.timeout(PATIENCE):
        for stream in streams:
            assert await stream.content.readany() == b"event: changed\ndata: \n\n"
    # 25 pages of hers watch; who asks while it is drawn gets the one after that
    assert 1 <= drawn.count("Carla") <= 2
    for stream in streams:
        stream.close()


async def test_whoever_asks_is_shown_what_changed_before_they_asked() -> None:
    looks, go, state, seen = Looks(), asyncio.Event(), ["old"], list[str]()

    async def look() -> str:
        found = state[0]
        seen.append(found)
        await go.wait()
        return found

    first = asyncio.create_task(looks.at("it", look))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    state[0] = "new"
    later = [asyncio.create_task(looks.at("it", look)) for _ in range(5)]
    go.set()
    assert await first == "old"
    assert await asyncio.gather(*later) == ["new"] * 5
    assert seen == ["old", "new"]
    assert not looks._next
    assert not looks._running
