"""A process that is killed at any point between receiving and recording loses nothing and says nothing twice."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
from multiprocessing.context import ForkServerProcess as Process

import pytest
import sqlalchemy as sa

from bot.settings import Settings
from storage.schema import delivery, is_open
from storage.store import make_engine
from tests.doubles import victim
from tests.doubles.postgres import PostgresServer
from tests.doubles.victim import POINTS
from tests.office import Office
from tests.settings import PATIENCE

SAID = ["one", "two", "three"]


#: Forks from a process that has imported everything once: a fresh interpreter would take seconds each time.
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.doubles.victim"])


async def start(
    office: Office, point: str | None = None, occurrence: int = 1, *, stalled_after: float = 1
) -> Process:
    """Start a process on the office's database and wait until it is connected."""
    arguments = (office.database_url, office.server.url, point, occurrence, stalled_after)
    process = processes.Process(target=victim.main, args=arguments)
    connected = office.server.connections
    process.start()
    async with asyncio.timeout(PATIENCE):
        while office.server.connections == connected and process.is_alive():
            await asyncio.sleep(0.01)
    return process


async def ended(process: Process) -> int | None:
    """Wait for a process to end and return its exit code."""
    await asyncio.to_thread(process.join, 20)
    return process.exitcode


async def arrived(office: Office) -> None:
    """Wait until all has been acknowledged and nothing is owed any more."""
    engine = make_engine(sa.make_url(office.database_url), reads=office.database_url.startswith("sqlite"))
    try:
        async with asyncio.timeout(60):
            while True:
                with engine.begin() as connection:
                    owed = connection.execute(sa.select(delivery.c.id).where(is_open).limit(1)).first()
                if owed is None and office.server.idle:
                    return
                await asyncio.sleep(0.02)
    finally:
        engine.dispose()


def relayed(office: Office) -> tuple[list[str], list[str]]:
    """What Halfdoor has posted into the staff thread and into the customer thread, in order."""
    inside = [row for row in office.staff_thread() if row.startswith(("Carla (Acme)", "Robin → customer"))]
    outside = [row for row in office.customer_thread() if row.startswith("Robin (Support)")]
    return [row.split(": ")[1].split("\n")[0] for row in inside], [row.split(": ")[1] for row in outside]


async def live_through(
    office: Office, point: str | None = None, occurrence: int = 1, *, hang: bool = False
) -> None:
    key = await office.ticket("Export fails")
    await office.halfdoor.stop()
    outside, inside = office.outside(key), office.inside(key)
    fault = office.server.fault("chat.postMessage", "hang_after") if hang else None
    process = await start(office, point, occurrence)
    for text in SAID:
        office.carla.say(office.front, text, thread=outside)
    office.robin.say(office.back, "<@UHALFDOOR> reply four", thread=inside)
    if fault is not None:
        while fault.times:
            await asyncio.sleep(0.01)
        process.kill()
    assert await ended(process) == -signal.SIGKILL, "the process was to die at its point"
    while office.server.connections:
        await asyncio.sleep(0.01)
    second = await start(office)
    try:
        await arrived(office)
    finally:
        second.terminate()
        assert await ended(second) == 0, "SIGTERM stops it cleanly"
    await office.open(link=False)
    within, without = relayed(office)
    # Each once, and each side in its order; what the two sides say at one time has no order between them.
    assert sorted(within) == sorted(["Export fails", *SAID, "four"])
    assert [text for text in within if text != "four"] == ["Export fails", *SAID]
    assert without == ["four"]


@pytest.mark.parametrize("point", POINTS)
async def test_killed_at(both: Office, point: str) -> None:
    await live_through(both, point)


@pytest.mark.parametrize("point", ["reference taken", "posted", "recorded, not committed"])
async def test_killed_at_the_third_time(both: Office, point: str) -> None:
    await live_through(both, point, 3)


async def test_killed_while_slack_has_posted_and_not_answered(both: Office) -> None:
    await live_through(both, hang=True)


async def test_another_process_takes_over_within_a_minute(postgres: tuple[PostgresServer, str]) -> None:
    """With the settings as they are delivered: two processes, and the one that is sending dies."""
    server, template = postgres
    async with Office(server.create(template)) as office:
        key = await office.ticket("Export fails")
        await office.halfdoor.stop()
        outside = office.outside(key)
        default = Settings.model_fields["stalled_after"].default
        fault = office.server.fault("chat.postMessage", "hang_after")
        first = await start(office, stalled_after=default)
        office.carla.say(office.front, "one", thread=outside)
        async with asyncio.timeout(PATIENCE):
            while fault.times:
                await asyncio.sleep(0.01)
        second = await start(office, stalled_after=default)
        office.carla.say(office.front, "two", thread=outside)
        await office.server.settled()
        first.kill()
        await ended(first)
        await arrived(office)  # gives up after a minute
        second.terminate()
        assert await ended(second) == 0
        await office.open(link=False)
        assert relayed(office)[0] == ["Export fails", "one", "two"]
