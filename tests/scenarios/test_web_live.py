"""Pages that watch, many at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.tickets.model import Person
from tests.web_office import Visitor, WebOffice


@pytest.fixture
async def light(sqlite_url: str, tmp_path: Path) -> AsyncIterator[WebOffice]:
    async with WebOffice(sqlite_url, tmp_path) as made:
        yield made


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
