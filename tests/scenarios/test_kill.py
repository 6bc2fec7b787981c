"""A process that is killed at any point between receiving and recording loses nothing and says nothing twice."""

from __future__ import annotations

import asyncio
import signal
import sys
from asyncio.subprocess import DEVNULL, Process

import pytest
import sqlalchemy as sa

from storage.schema import delivery, is_open
from storage.store import make_engine
from tests.doubles.victim import POINTS
from tests.office import Office

SAID = ["one", "two", "three"]


async def start(office: Office, *point: str) -> Process:
    """Start a process on the office's database and wait until it is connected."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.doubles.victim",
        office.database_url,
        office.server.url,
        *point,
        stdin=DEVNULL,
    )
    async with asyncio.timeout(20):
        while not office.server.connections and process.returncode is None:
            await asyncio.sleep(0.01)
    return process


async def arrived(office: Office) -> None:
    """Wait until all has been acknowledged and nothing is owed any more."""
    engine = make_engine(sa.make_url(office.database_url), reads=office.database_url.startswith("sqlite"))
    try:
        async with asyncio.timeout(40):
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


async def live_through(office: Office, *point: str, hang: bool = False) -> None:
    key = await office.ticket("Export fails")
    await office.halfdoor.stop()
    outside, inside = office.outside(key), office.inside(key)
    fault = office.server.fault("chat.postMessage", "hang_after") if hang else None
    process = await start(office, *point)
    for text in SAID:
        office.carla.say(office.front, text, thread=outside)
    office.robin.say(office.back, "<@UHALFDOOR> reply four", thread=inside)
    if fault is not None:
        while fault.times:
            await asyncio.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    async with asyncio.timeout(20):
        await process.wait()
    assert process.returncode == -signal.SIGKILL, "the process was to die at its point"
    while office.server.connections:
        await asyncio.sleep(0.01)
    second = await start(office)
    try:
        await arrived(office)
    finally:
        second.send_signal(signal.SIGTERM)
        async with asyncio.timeout(20):
            await second.wait()
    assert second.returncode == 0, "SIGTERM stops it cleanly"
    await office.open(link=False)
    assert relayed(office) == (["Export fails", *SAID, "four"], ["four"])


@pytest.mark.parametrize("point", POINTS)
async def test_killed_at(both: Office, point: str) -> None:
    await live_through(both, point, "1")


@pytest.mark.parametrize("point", ["reference taken", "posted", "recorded, not committed"])
async def test_killed_at_the_third_time(both: Office, point: str) -> None:
    await live_through(both, point, "3")


async def test_killed_while_slack_has_posted_and_not_answered(both: Office) -> None:
    await live_through(both, hang=True)
