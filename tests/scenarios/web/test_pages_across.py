"""Customers on the web, whose team works in a chat, and who opens the console from there."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.discord_office import DiscordOffice
from tests.office import Office
from tests.people.pair import Pair
from tests.web_office import CARLA, FRONT, Visitor

TITLE = "Export fails"


@pytest.fixture
async def slack(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    async with Pair(database_url, tmp_path, "web", "slack") as pair:
        yield pair.slack


@pytest.fixture
async def discord(database_url: str, tmp_path: Path) -> AsyncIterator[DiscordOffice]:
    async with Pair(database_url, tmp_path, "web", "discord") as pair:
        yield pair.discord


async def carla_of(office: Office | DiscordOffice) -> Visitor:
    pages = office.halfdoor.networks["web"]
    await pages.serving.wait()  # type: ignore[attr-defined]
    who = Visitor(pages.url, "c", {})  # type: ignore[attr-defined]
    await who.enter(await office.halfdoor.keys.give("link", FRONT, CARLA, timedelta(days=9)))
    return who


async def test_whoever_works_on_slack_opens_the_console_from_there(slack: Office) -> None:
    """For who asks alone, once, and while they see the staff channel."""
    office, robin = slack, slack.robin
    async with await carla_of(office) as carla:
        await carla.post("/c/", title=TITLE, text="It is **empty**")
        await office.settle()
        robin.say(office.back, "That is the CSV writer", thread=office.inside())
        await office.settle()
        told = await robin.slash(office.back, "console")
        url = re.findall(r"http://\S+/team/enter/([\w-]+)", told)[0]
        async with Visitor(carla.url, "team", {}) as console:
            await console.enter(url)
            assert "That is the CSV writer" in (await console.get("/team/ACME-1")).read
            await console.post("/team/ACME-1/write", text="From the console", to="customer")
            await office.settle()
            assert "Robin (Support) · (time) From the console" in (await carla.get("/c/ACME-1")).said
            assert (
                office.staff_thread()[-1] == "Robin → customer: From the console\n🌐 public\n[Edit] [Recall]"
            )
            await console.post("/team/ACME-1/write", {"log.txt": b"line"}, text="See the log", to="note")
            await office.settle()
            assert office.staff_thread()[-2:] == [
                "Robin: See the log\nlog.txt (4 B)\n🔒 internal note",
                "Robin: log.txt\n[file log.txt, 4]",
            ]
            # a ticket that is opened there stands in the staff channel like any other
            await console.post("/team/", title="You called us", text="About the export")
            await office.settle()
            assert office.staff_thread("ACME-2") == [
                "Robin → customer: About the export\n🌐 public\n[Edit] [Recall]"
            ]
            assert (await carla.get("/c/ACME-2")).said == ["Robin (Support) · (time) About the export"]
            office.world.leave(office.back, robin.user)
            await office.settle()
            assert (await console.get("/team/")).status == 401


async def test_a_note_of_a_thread_is_changed_there_and_one_of_the_console_here(
    discord: DiscordOffice,
) -> None:
    office, robin = discord, discord.robin
    async with await carla_of(office) as carla:
        await carla.post("/c/", title=TITLE, text="It is **empty**")
        await office.settle()
        await office.press(robin, office.back, "join")
        await robin.send(office.thread(office.back), "That is the CSV writer")
        await office.settle()
        told = await office.told(robin, office.back, "console")
        secret = re.findall(r"http://\S+/team/enter/([\w-]+)", told)[0]
        async with Visitor(carla.url, "team", {}) as console:
            await console.enter(secret)
            page = await console.get("/team/ACME-1")
            assert "That is the CSV writer" in page.read
            record = await office.halfdoor.store.read(lambda tx: tx.record("ACME-1"))
            native = next(one for one in record if one.text == "That is the CSV writer")
            for act in ("edit", "delete"):
                answer = await console.post(f"/team/ACME-1/{act}", entry=native.id, text="x")
                assert "it is changed where it was written" in answer.read
            await console.post("/team/ACME-1/write", text="From the console", to="note")
            await office.settle()
            assert office.inside()[-1] == "Robin: From the console\n-# 🔒 internal note"
            mine = [one.id for one in await office.halfdoor.store.read(lambda tx: tx.record("ACME-1"))][-1]
            await console.post("/team/ACME-1/edit", entry=mine, text="Mended there")
            await office.settle()
            assert office.inside()[-1] == "Robin: Mended there\n-# 🔒 internal note · (edited)"
            await console.post("/team/ACME-1/delete", entry=mine)
            await office.settle()
            assert office.inside()[-1] == "Robin: *This message was deleted.*\n-# 🔒 internal note"
        assert await office.told(office.carla, office.front, "console") != told
