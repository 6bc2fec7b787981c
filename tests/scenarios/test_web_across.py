"""Customers on the web, whose team works in a chat, and who opens the console from there."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.tickets.model import Place, Project
from bot.wiring import make
from tests.discord_office import DiscordOffice, discord_settings
from tests.office import Office, slack_settings
from tests.web_office import CARLA, FRONT, Visitor, web_settings

TITLE = "Export fails"


@pytest.fixture
async def slack(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    office = Office(database_url)
    async with office.server:
        office.halfdoor = make(
            Settings(_env_file=None, database_url=database_url, stalled_after=30, max_attempts=4),
            slack_settings(office.server),
            office.clock,
            web=web_settings(tmp_path),
        )
        back = Place("slack", office.back.id)
        await office.halfdoor.store.transact(
            lambda tx: tx.link_places(Project("ACME", "Acme"), [FRONT], back)
        )
        await office.halfdoor.start()
        while office.server.connections < 2:
            await asyncio.sleep(0.005)
        yield office
        await office.halfdoor.stop()


@pytest.fixture
async def discord(database_url: str, tmp_path: Path) -> AsyncIterator[DiscordOffice]:
    office = DiscordOffice(database_url)
    await office.build()
    office.halfdoor = make(
        Settings(_env_file=None, database_url=database_url, stalled_after=30, max_attempts=4),
        None,
        office.clock,
        discord=discord_settings(),
        web=web_settings(tmp_path),
    )
    back = Place("discord", str(office.back.id))
    await office.halfdoor.store.transact(lambda tx: tx.link_places(Project("ACME", "Acme"), [FRONT], back))
    await office.halfdoor.start()
    while not office.connected:
        await asyncio.sleep(0.005)
    yield office
    await office.__aexit__()


async def carla_of(office: Office | DiscordOffice) -> Visitor:
    pages = office.halfdoor.networks["web"]
    await pages.serving.wait()  # type: ignore[attr-defined]
    who = Visitor(pages.url, "c", {})  # type: ignore[attr-defined]
    await who.enter(await office.halfdoor.keys.give("link", FRONT, CARLA, timedelta(days=9)))
    return who


async def entries(who: Visitor) -> list[str]:
    """Return the entries that can be changed, in order."""
    page = (await who.get("/c/ACME-1")).text
    return list(dict.fromkeys(re.findall(r'name="entry" value="(\w+)"', page)))


async def test_a_customer_on_the_web_and_a_team_on_slack(slack: Office) -> None:
    office, robin = slack, slack.robin
    async with await carla_of(office) as carla:
        outside: list[str] = []
        inside: list[str] = []

        async def check(card: str, staff: str) -> None:
            await office.settle()
            page = await carla.get("/c/ACME-1")
            assert f"ACME-1 · {TITLE} {card}" in page.read
            assert page.said == outside
            assert staff in robin.sees(office.back)[0]
            assert office.staff_thread() == inside

        await carla.post("/c/", title=TITLE, text="It is **empty**")
        outside += ["Carla · (time) It is empty"]
        inside += ["Carla (Acme): It is *empty*\n🌐 public"]
        await check("Open", f"*ACME-1 · {TITLE}* — Carla, Acme (Web)\n*Open* · nobody yet")

        robin.say(office.back, "That is the CSV writer", thread=office.inside())
        asked = robin.say(office.back, "<@UHALFDOOR> reply We found *it*", thread=office.inside())
        outside += ["Robin (Support) · (time) We found it"]
        inside += [
            "Robin: That is the CSV writer",
            "Robin: PING:UHALFDOOR reply We found *it*",
            "Robin → customer: We found *it*\n🌐 public\n[Edit] [Recall]",
        ]
        await check("Open", "*Open*")
        robin.edit(asked, "<@UHALFDOOR> reply We found the cause")
        outside[-1] = "Robin (Support) · (time) · (edited) We found the cause"
        inside[-2:] = [
            "Robin: PING:UHALFDOOR reply We found the cause (edited)",
            "Robin → customer: We found the cause\n🌐 public · (edited)\n[Edit] [Recall]",
        ]
        await check("Open", "*Open*")
        await robin.click(robin.find(office.back, "Robin → customer: We found the cause"), "recall")
        outside.pop()
        inside[-1] = "Robin → customer: ~We found the cause~\n🌐 public · recalled by Robin (time)"
        await check("Open", "*Open*")

        await carla.post("/c/ACME-1/say", {"march.csv": b"1;2"}, text="March too")
        await carla.post("/c/ACME-1/say", text="wrong window")
        await office.settle()
        _, more, slip = await entries(carla)
        await carla.post("/c/ACME-1/edit", entry=more, text="March too, see the file")
        await carla.post("/c/ACME-1/delete", entry=slip)
        plan = robin.send_file("plan.txt", b"step one")
        robin.share(office.back, plan, text="<@UHALFDOOR> reply Our plan", thread=office.inside())
        outside += [
            "Carla · (time) · (edited) March too, see the file 📎 march.csv (3 B)",
            "Carla · (time) This message was deleted.",
            "Robin (Support) · (time) Our plan 📎 plan.txt (8 B)",
        ]
        inside += [
            "Carla (Acme): March too, see the file\nmarch.csv (3 B)\n🌐 public · (edited)",
            "Carla (Acme): march.csv\n[file march.csv, 3]",
            "Carla (Acme): _This message was deleted._\n🌐 public",
            "Robin: PING:UHALFDOOR reply Our plan\n[file plan.txt, 8]",
            "Robin → customer: Our plan\nplan.txt (8 B)\n🌐 public\n[Edit] [Recall]",
            "Robin → customer: plan.txt\n[file plan.txt, 8]",
        ]
        await check("Open", "*Open*")
        path = re.findall(r'href="(/c/ACME-1/file/[^"]+)"', (await carla.get("/c/ACME-1")).text)[-1]
        assert (await carla.get(path)).body == b"step one"

        robin.say(office.back, "<@UHALFDOOR> status on hold internal", thread=office.inside())
        robin.say(office.back, "<@UHALFDOOR> assign me", thread=office.inside())
        robin.say(office.back, "<@UHALFDOOR> close public: Fixed in 4.2.1", thread=office.inside())
        await office.settle()
        await carla.post("/c/ACME-1/rate", stars="4")
        await carla.post("/c/ACME-1/reopen")
        await office.settle()
        assert office.staff_thread()[-2:] == [
            "Halfdoor: Carla rated it 4 of 5.",
            "Halfdoor: Carla opened the ticket again.",
        ]
        page = await carla.get("/c/ACME-1")
        assert "✅ ACME-1 is solved. Robin writes: Fixed in 4.2.1 Carla opened it again." in page.said
        assert "On hold" not in page.text

        # the console, for who asks alone, once, while they see the staff channel
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
            office.world.leave(office.back, robin.user)
            await office.settle()
            assert (await console.get("/team/")).status == 401


async def test_a_customer_on_the_web_and_a_team_on_discord(discord: DiscordOffice) -> None:
    office, robin = discord, discord.robin
    async with await carla_of(office) as carla:
        await carla.post("/c/", title=TITLE, text="It is **empty**")
        await office.settle()
        await office.press(robin, office.back, "join")
        back = office.thread(office.back)
        assert office.inside()[0].startswith(f"Halfdoor: **ACME-1 · {TITLE}** — Carla, Acme (Web)\n**Open**")
        assert office.inside()[1:] == ["Carla (Acme): It is **empty**\n-# 🌐 public"]
        await robin.send(back, "That is the CSV writer")
        form = await office.press(robin, back, "reply")
        await office.fill_in(robin, form, text="We found **it**")
        assert (await carla.get("/c/ACME-1")).said == [
            "Carla · (time) It is empty",
            "Robin (Support) · (time) We found it",
        ]
        await carla.post("/c/ACME-1/say", {"march.csv": b"1;2"}, text="March too")
        await office.settle()
        (_, more) = await entries(carla)
        await carla.post("/c/ACME-1/edit", entry=more, text="March and April")
        await office.settle()
        assert office.inside()[-2:] == [
            "Carla (Acme): March and April\n-# march.csv (3 B)\n-# 🌐 public · (edited)",
            "Carla (Acme): -# march.csv\n[file march.csv]",
        ]
        await office.press(robin, back, "recall", words="We found")
        form = await office.press(robin, back, "close")
        await office.fill_in(robin, form, resolution="Fixed", reason="our fault")
        await carla.post("/c/ACME-1/rate", stars="5")
        await carla.post("/c/ACME-1/reopen")
        await office.settle()
        page = await carla.get("/c/ACME-1")
        assert page.said == [
            "Carla · (time) It is empty",
            "Carla · (time) · (edited) March and April 📎 march.csv (3 B)",
            "✅ ACME-1 is solved. Robin writes: Fixed Carla opened it again.",
        ]
        assert "our fault" not in page.text
        assert office.inside()[-2:] == [
            "Halfdoor: -# Carla rated it 5 of 5.",
            "Halfdoor: -# Carla opened the ticket again.",
        ]
        told = await office.told(robin, office.back, "console")
        secret = re.findall(r"http://\S+/team/enter/([\w-]+)", told)[0]
        async with Visitor(carla.url, "team", {}) as console:
            await console.enter(secret)
            assert "our fault" in (await console.get("/team/ACME-1")).read
        assert await office.told(office.carla, office.front, "console") != told
