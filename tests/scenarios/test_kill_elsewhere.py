"""On Discord and across networks a process that is killed at any point loses nothing and says nothing twice."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from multiprocessing.context import ForkServerProcess as Process
from typing import Any

import pytest
import sqlalchemy as sa

from storage.schema import delivery, is_open
from storage.store import make_engine
from tests.border_office import BorderOffice
from tests.discord_office import DiscordOffice
from tests.doubles import victim
from tests.doubles.victim import POINTS
from tests.scenarios.test_kill import SAID, ended, processes
from tests.settings import PATIENCE

#: Discord's events are not acknowledged.
HERE = [point for point in POINTS if "acknowledge" not in point]


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[DiscordOffice]:
    async with DiscordOffice(database_url) as made:
        yield made


@pytest.fixture
async def border(database_url: str) -> AsyncIterator[BorderOffice]:
    async with BorderOffice(database_url, inside="slack") as made:
        yield made


async def start(office: DiscordOffice | BorderOffice, point: str | None = None) -> Process:
    """Start a process on the office's database and wait until it is connected."""
    if isinstance(office, BorderOffice):
        urls = office.slack.server.url, office.discord.server.url
        process = processes.Process(target=victim.across, args=(office.database_url, *urls, point, 1))
        servers: list[Any] = [office.slack.server, office.discord.server]
    else:
        url = office.server.url
        process = processes.Process(target=victim.on_discord, args=(office.database_url, url, point, 1))
        servers = [office.server]
    process.start()
    async with asyncio.timeout(PATIENCE):
        while not all(one.connections for one in servers) and process.is_alive():
            await asyncio.sleep(0.01)
    return process


async def arrived(database_url: str, there: Callable[[], bool]) -> None:
    """Wait until all that is waited for is there and nothing is owed any more."""
    engine = make_engine(sa.make_url(database_url), reads=database_url.startswith("sqlite"))
    try:
        async with asyncio.timeout(60):
            while True:
                with engine.begin() as connection:
                    owed = connection.execute(sa.select(delivery.c.id).where(is_open).limit(1)).first()
                if owed is None and there():
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
        await arrived(office.database_url, lambda: len(office.inside()) >= 7 and not office.server.under_way)
    finally:
        second.terminate()
        assert await ended(second) == 0, "SIGTERM stops it cleanly"
    await office.open()
    said = [row.split(": ", 1)[1].split("\n")[0] for row in office.inside()[1:] if "🌐" in row]
    assert sorted(said) == sorted(["Export fails", *SAID, "four"])
    assert [text for text in said if text != "four"] == ["Export fails", *SAID]
    ours = [row for row in office.outside() if not row.startswith("Carla: ")]
    assert ours == ["Robin (Support): four"]


@pytest.mark.parametrize("point", POINTS)
async def test_killed_across_networks_at(border: BorderOffice, point: str) -> None:
    discord, slack = border.discord, border.slack
    await discord.carla.send(discord.front, f"<@{discord.me}> Export fails")
    await border.settle()
    await border.halfdoor.stop()
    front, inside = discord.thread(discord.front), slack.inside()
    process = await start(border, point)
    for text in SAID:
        await discord.carla.send(front, text)
    slack.robin.say(slack.back, "<@UHALFDOOR> reply four", thread=inside)
    assert await ended(process) == -signal.SIGKILL, "the process was to die at its point"
    while slack.server.connections or discord.server.connections:
        await asyncio.sleep(0.01)
    second = await start(border)

    def there() -> bool:
        quiet = slack.server.idle and not discord.server.under_way
        return quiet and len(slack.staff_thread()) >= 6 and len(discord.outside()) >= 4

    try:
        await arrived(border.database_url, there)
    finally:
        second.terminate()
        assert await ended(second) == 0, "SIGTERM stops it cleanly"
    await border.open()
    said = [row.split(": ", 1)[1].split("\n")[0] for row in slack.staff_thread() if "🌐" in row]
    assert sorted(said) == sorted(["Export fails", *SAID, "four"])
    assert [text for text in said if text != "four"] == ["Export fails", *SAID]
    assert [row for row in discord.outside() if not row.startswith("Carla: ")] == ["Robin (Support): four"]
