"""A network that is away uses up no tries, and what waits for it goes out when it is back, oldest first."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from storage.schema import delivery, is_open
from tests.discord_office import DiscordOffice
from tests.doubles.slack.people import Bot
from tests.doubles.slack.server import Kind
from tests.office import Office


async def hours_pass(office: Office | DiscordOffice, minutes: int) -> None:
    for _ in range(minutes):
        await office.clock.advance(60)
        await asyncio.sleep(0.005)


async def goes_out(office: Office | DiscordOffice, seconds: int, times: int) -> None:
    """Turn the clock on so often at the most until nothing is owed any more."""
    owed = sa.select(sa.func.count()).select_from(delivery).where(is_open)
    for _ in range(times):
        await office.clock.advance(seconds)
        await asyncio.sleep(0.05)
        if not await office.halfdoor.store.look(lambda connection, _: connection.scalar(owed)):
            break
    await office.settle()


def relayed(office: Office) -> list[str]:
    rows = [row for row in office.staff_thread() if row.startswith("Carla (Acme)")]
    return [row.split(": ")[1].split("\n")[0] for row in rows][1:]


@pytest.mark.parametrize("kind", ["500_before", "cut_before", "error"])
async def test_an_outage_of_hours_loses_nothing(socket: Office, kind: Kind) -> None:
    office = socket
    await office.ticket()
    code = {"code": "token_revoked"} if kind == "error" else {}
    outage = office.server.fault("chat.postMessage", kind, times=10**6, **code)
    for n in range(10):
        office.carla.say(office.front, f"{n:02}", thread=office.outside())
    office.robin.say(office.back, "<@UHALFDOOR> reply We are on it", thread=office.inside())
    office.carla.say(office.front, "<@UHALFDOOR> Another matter")
    await office.server.settled()
    await hours_pass(office, 120)
    outage.times = 0
    await goes_out(office, 60, 30)
    assert relayed(office) == [f"{n:02}" for n in range(10)]
    assert office.customer_thread()[-1] == "Robin (Support): We are on it"
    assert office.staff_thread("ACME-2")[0].startswith("Carla (Acme): Another matter")
    assert not any("could not" in row for row in office.staff_thread())


async def test_a_fault_of_one_channel_is_set_aside_while_others_get_through(socket: Office) -> None:
    office = socket
    await office.ticket()
    office.server.fault("chat.postMessage", "500_before", channel=office.front.id, times=10**6)
    await office.robin.slash(office.back, "reply ACME-1 Are you there?")
    for n in range(30):
        office.carla.say(office.front, f"{n:02}", thread=office.outside())
        await office.server.settled()
        await hours_pass(office, 5)
    await office.settle()
    assert any("I could not bring this to the customer" in row for row in office.staff_thread())


async def test_on_discord_too(sqlite_url: str) -> None:
    async with DiscordOffice(sqlite_url) as office:
        await office.ticket()
        for path in ("/webhooks/*", "/channels/*/messages"):
            office.server.fail("POST", path, "503", times=10**6)
        for n in range(3):
            await office.carla.send(office.thread(office.front), f"word {n}")
        await hours_pass(office, 60)
        office.server.faults.clear()
        await goes_out(office, 60, 30)
        said = [row for row in office.inside() if "word" in row]
        assert [row.split("word ")[1][0] for row in said] == ["0", "1", "2"]


@pytest.mark.parametrize("hours", [-25, -1, 1, 25])
async def test_a_clock_that_is_set_holds_nothing_up(sqlite_url: str, hours: int) -> None:
    async with Office(sqlite_url, pace_seconds=1.0, burst=5) as office:
        await office.ticket()
        for n in range(8):
            office.carla.say(office.front, f"{n}", thread=office.outside())
        await office.server.settled()
        await goes_out(office, 1, 30)
        office.clock.ahead += timedelta(hours=hours)
        office.carla.say(office.front, "after", thread=office.outside())
        await office.server.settled()
        await office.robin.slash(office.back, "reply ACME-1 We see it")
        office.carla.say(office.front, "thanks", thread=office.outside())
        await office.server.settled()
        await goes_out(office, 2, 30)
        rows = [row.split("\n")[0] for row in office.staff_thread()[-3:]]
        assert rows == [
            "Carla (Acme): after",
            "Robin → customer: We see it",
            "Carla (Acme): thanks",
        ]


@pytest.mark.parametrize("hours", [-25, 25])
async def test_what_is_tried_again_does_not_wait_for_a_clock_that_was_set(
    sqlite_url: str, hours: int
) -> None:
    async with Office(sqlite_url) as office:
        await office.ticket()
        office.server.fault("chat.postMessage", "500_before", times=3)
        office.carla.say(office.front, "again", thread=office.outside())
        await office.server.settled()
        await asyncio.sleep(0.1)
        office.clock.ahead += timedelta(hours=hours)
        await goes_out(office, 2, 30)
        assert relayed(office) == ["again"]


@pytest.mark.parametrize("hours", [-25, 25])
async def test_what_waits_over_a_restart_does_not_wait_for_the_old_clock(sqlite_url: str, hours: int) -> None:
    async with Office(sqlite_url, pace_seconds=1.0, burst=5) as office:
        await office.ticket()
        office.server.fault("chat.postMessage", "429", channel=office.back.id, retry_after=60)
        office.carla.say(office.front, "waits", thread=office.outside())
        await office.server.settled()
        await asyncio.sleep(0.1)
        await office.halfdoor.stop()
        office.clock.ahead += timedelta(hours=hours)
        office.clock._began += timedelta(hours=hours)
        await office.open(link=False)
        await goes_out(office, 2, 40)
        assert relayed(office) == ["waits"]


async def test_bots_that_answer_each_other_are_left_out_and_staff_are_told_once(socket: Office) -> None:
    office = socket
    await office.ticket()
    bot = Bot(office.server, "Echo")
    office.world.join(office.front, bot.user) if bot.user else None
    for n in range(60):
        bot.post(office.front, f"echo {n}", thread=office.outside())
        await office.settle()
    rows = office.staff_thread()
    assert sum("echo" in row for row in rows) == 30
    assert sum("as if they answered each other" in row for row in rows) == 1
    await office.clock.advance(601)
    bot.post(office.front, "quiet now", thread=office.outside())
    office.carla.say(office.front, "and people are heard all the time", thread=office.outside())
    await office.settle()
    assert any("quiet now" in row for row in office.staff_thread())
