"""Pages that watch, many at a time."""

from __future__ import annotations

import asyncio
import re

from bot.tickets.deliveries import StaffNotice, ToStaff
from bot.tickets.model import Person, Place, StaffSurface
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

    # a connector of its own for each: a browser opens six to one host at most
    watching = [asyncio.create_task(watch(carla, "/c/ACME-1/live", 1)) for _ in range(50)]
    others = [await office.customer(Person("web", f"c{n}", f"C {n}")) for n in range(3)]
    watching += [asyncio.create_task(watch(one, "/c/ACME-1/live", 1)) for one in others for _ in range(50)]
    beside = asyncio.create_task(watch(robin, "/team/ACME-1/live", 2))
    while sum(map(len, office.network._watching.values())) < 201:
        await asyncio.sleep(0.01)
    await robin.post("/team/ACME-1/write", text="for us", to="note")
    await office.settle()
    await asyncio.sleep(1.2)  # the team's page looks each second
    assert not any(one.done() for one in watching)
    assert told == [b"event: changed\n"]
    await robin.post("/team/ACME-1/write", text="for you", to="customer")
    async with asyncio.timeout(20):
        await asyncio.gather(*watching, beside)
    assert len(told) == 202


async def test_colleagues_see_at_once_what_a_customer_says(light: WebOffice) -> None:
    carla, dora = await light.customer(), await light.customer(Person("web", "dora", "Dora"))
    await carla.post("/c/", title="Export fails", text="It is empty")
    await light.settle()
    for path in ("/c/live", "/c/ACME-1/live"):
        async with asyncio.timeout(5), dora.session.get(dora.url + path) as stream:
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
        async with asyncio.timeout(5), who.session.get(who.url + live) as stream:
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
