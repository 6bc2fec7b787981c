"""On Discord too a process that is killed at any point loses nothing and says nothing twice."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from multiprocessing.context import ForkServerProcess as Process

import pytest
import sqlalchemy as sa

from storage.schema import delivery, is_open
from storage.store import make_engine
from tests.discord_office import DiscordOffice
from tests.doubles import victim
from tests.doubles.victim import POINTS
from tests.scenarios.test_kill import SAID, ended, processes

#: Discord's events are not acknowledged.
HERE = [point for point in POINTS if "acknowledge" not in point]


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[DiscordOffice]:
    async with DiscordOffice(database_url) as made:
        yield made


async def start(office: DiscordOffice, point: str | None = None, occurrence: int = 1) -> Process:
    """Start a process on the office's database and wait until it is connected."""
    arguments = (office.database_url, office.server.url, point, occurrence)
    process = processes.Process(target=victim.on_discord, args=arguments)
    process.start()
    async with asyncio.timeout(20):
        while not office.server.connections and process.is_alive():
            await asyncio.sleep(0.01)
    return process


async def arrived(office: DiscordOffice, rows: int) -> None:
    """Wait until so much stands in the staff thread and nothing is owed any more."""
    engine = make_engine(sa.make_url(office.database_url), reads=office.database_url.startswith("sqlite"))
    try:
        async with asyncio.timeout(60):
            while True:
                with engine.begin() as connection:
                    owed = connection.execute(sa.select(delivery.c.id).where(is_open).limit(1)).first()
                if owed is None and len(office.inside()) >= rows and not office.server.under_way:
                    return
                await asyncio.sleep(0.02)
    finally:
        engine.dispose()


@pytest.mark.parametrize("point", HERE)
async def test_killed_at(office: DiscordOffice, point: str) -> None:
    await office.ticket("Export fails")
    await office.halfdoor.stop()
    front, back = office.thread(office.front), office.thread(office.back)
    process = await start(office, point)
    for text in SAID:
        await office.carla.send(front, text)
    await office.robin.send(back, f"<@{office.me}> reply four")
    assert await ended(process) == -signal.SIGKILL, "the process was to die at its point"
    while office.server.connections:
        await asyncio.sleep(0.01)
    second = await start(office)
    try:
        await arrived(office, 7)
    finally:
        second.terminate()
        assert await ended(second) == 0, "SIGTERM stops it cleanly"
    await office.open()
    said = [row.split(": ", 1)[1].split("\n")[0] for row in office.inside()[1:] if "🌐" in row]
    assert sorted(said) == sorted(["Export fails", *SAID, "four"])
    assert [text for text in said if text != "four"] == ["Export fails", *SAID]
    ours = [row for row in office.outside() if not row.startswith("Carla: ")]
    assert ours == ["Robin (Support): four"]
