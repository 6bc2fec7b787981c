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
from tests.settings import settings_of
from tests.web_office import CARLA, FRONT, Visitor, web_settings

TITLE = "Export fails"


@pytest.fixture
async def slack(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    office = Office(database_url)
    async with office.server:
        office.halfdoor = make(
            settings_of(Settings, database_url=database_url, stalled_after=30, max_attempts=4),
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
        settings_of(Settings, database_url=database_url, stalled_after=30, max_attempts=4),
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

        # a note that is sent as it stands
        note = robin.say(office.back, "Please try *4.2.1*", thread=office.inside())
        await office.settle()
        await robin.shortcut(note, "publish")
        await robin.submit()
        outside += ["Robin (Support) · (time) Please try 4.2.1"]
        inside += [
            "Robin: Please try *4.2.1*",
            "Robin → customer: Please try *4.2.1*\n🌐 public\n[Edit] [Recall]",
        ]
        await check("Open", "*Open*")

        # the customer answers with a file, mends it, and deletes another message; a file comes back
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

        # an internal status and a public one, an assignment that both see, closed, rated and opened again
        async def command(text: str) -> None:
            robin.say(office.back, f"<@UHALFDOOR> {text}", thread=office.inside())
            inside.append(f"Robin: PING:UHALFDOOR {text}")
            await office.settle()

        await command("status in progress")
        await check("In progress", "*In progress* · nobody yet")
        await command("status on hold internal")
        await command("assign me")
        await check("In progress · Robin is on it", "*On hold* _(the customer sees: In progress)_ · Robin")
        await command("time 1h30 looking")
        await check("In progress · Robin is on it", "1 h 30 booked")
        await command("close public: Fixed in 4.2.1")
        solved = "✅ ACME-1 is solved. (time) Robin writes: Fixed in 4.2.1"
        outside += [f"{solved} Anything you write here until (time) opens it again."]
        inside += ["Robin → customer: Fixed in 4.2.1\n🌐 public\n[Edit] [Recall]"]
        page = await carla.get("/c/ACME-1")
        assert "How was it?" in page.read
        await check("Closed", "*Closed* · Robin")
        await carla.post("/c/ACME-1/rate", stars="4")
        outside[-1] = (
            f"{solved} You gave 4 of 5. Thank you. Anything you write here until (time) opens it again."
        )
        inside += ["Halfdoor: Carla rated it 4 of 5."]
        await check("Closed", "rated 4 of 5")
        await carla.post("/c/ACME-1/reopen")
        outside[-1] = f"{solved} You gave 4 of 5. Thank you. Carla opened it again."
        inside += ["Halfdoor: Carla opened the ticket again."]
        await check("Open · Robin is on it", "*Open* · Robin")
        record = await carla.get("/c/ACME-1/record")
        for page in (record, await carla.get("/c/ACME-1"), await carla.get("/c/")):
            for internal in ("On hold", "1 h 30", "CSV writer", "We found"):
                assert internal not in page.text
        assert "Fixed in 4.2.1" in record.read

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


async def test_a_customer_on_the_web_and_a_team_on_discord(discord: DiscordOffice) -> None:
    office, robin = discord, discord.robin
    async with await carla_of(office) as carla:
        outside: list[str] = []
        inside: list[str] = []

        async def check(card: str, staff: str) -> None:
            await office.settle()
            page = await carla.get("/c/ACME-1")
            assert f"ACME-1 · {TITLE} {card}" in page.read
            assert page.said == outside
            first, *rest = office.inside()
            assert first.startswith(f"Halfdoor: **ACME-1 · {TITLE}** — Carla, Acme (Web)\n{staff}")
            assert rest == inside

        await carla.post("/c/", title=TITLE, text="It is **empty**")
        await office.settle()
        await office.press(robin, office.back, "join")
        back = office.thread(office.back)
        outside += ["Carla · (time) It is empty"]
        inside += ["Carla (Acme): It is **empty**\n-# 🌐 public"]
        await check("Open", "**Open** · nobody yet")

        # staff talk among themselves, answer, mend the answer and take it back
        await robin.send(back, "That is the CSV writer")
        form = await office.press(robin, back, "reply")
        await office.fill_in(robin, form, text="We found **it**")
        outside += ["Robin (Support) · (time) We found it"]
        inside += [
            "Robin: That is the CSV writer",
            "Robin → customer: We found **it**\n-# 🌐 public\n[Edit] [Recall]",
        ]
        await check("Open", "**Open**")
        form = await office.press(robin, back, "edit", words="We found")
        await office.fill_in(robin, form, text="We found the cause")
        outside[-1] = "Robin (Support) · (time) · (edited) We found the cause"
        inside[-1] = "Robin → customer: We found the cause\n-# 🌐 public · (edited)\n[Edit] [Recall]"
        await check("Open", "**Open**")
        await office.press(robin, back, "recall", words="We found")
        outside.pop()
        inside[-1] = "Robin → customer: ~~We found the cause~~\n-# 🌐 public · recalled by Robin (time)"
        await check("Open", "**Open**")

        # a note that is sent as it stands
        note = await robin.send(back, "Please try **4.2.1**")
        await office.settle()
        form = await robin.context_menu(back, "Send to customer", note)
        await office.settle()
        await office.fill_in(robin, form)
        outside += ["Robin (Support) · (time) Please try 4.2.1"]
        inside += [
            "Robin: Please try **4.2.1**",
            "Robin → customer: Please try **4.2.1**\n-# 🌐 public\n[Edit] [Recall]",
        ]
        await check("Open", "**Open**")

        # the customer answers with a file, mends it, and deletes another message; a file comes back
        await carla.post("/c/ACME-1/say", {"march.csv": b"1;2"}, text="March too")
        await carla.post("/c/ACME-1/say", text="wrong window")
        await office.settle()
        _, more, slip = await entries(carla)
        await carla.post("/c/ACME-1/edit", entry=more, text="March and April")
        await carla.post("/c/ACME-1/delete", entry=slip)
        outside += [
            "Carla · (time) · (edited) March and April 📎 march.csv (3 B)",
            "Carla · (time) This message was deleted.",
        ]
        inside += [
            "Carla (Acme): March and April\n-# march.csv (3 B)\n-# 🌐 public · (edited)",
            "Carla (Acme): -# march.csv\n[file march.csv]",
            "Carla (Acme): *This message was deleted.*\n-# 🌐 public",
        ]
        await check("Open", "**Open**")
        plan = await robin.send(back, "Our plan", attachments=[("plan.txt", b"step one")])
        await office.settle()
        form = await robin.context_menu(back, "Send to customer", plan)
        await office.settle()
        await office.fill_in(robin, form)
        outside += ["Robin (Support) · (time) Our plan 📎 plan.txt (8 B)"]
        inside += [
            "Robin: Our plan\n[file plan.txt]",
            "Robin → customer: Our plan\n-# plan.txt (8 B)\n-# 🌐 public\n[Edit] [Recall]",
            "Robin → customer: -# plan.txt\n[file plan.txt]",
        ]
        await check("Open", "**Open**")
        path = re.findall(r'href="(/c/ACME-1/file/[^"]+)"', (await carla.get("/c/ACME-1")).text)[-1]
        assert (await carla.get(path)).body == b"step one"

        # an internal status and a public one, an assignment that both see, closed, rated and opened again
        for status, visibility in (("in_progress", "public"), ("on_hold", "internal")):
            form = await office.press(robin, back, "status")
            await office.fill_in(robin, form, status=[status], visibility=[visibility])
        form = await office.press(robin, back, "assign")
        await office.fill_in(robin, form, to=[robin], visibility=["public"])
        await check("In progress · Robin is on it", "**On hold** *(the customer sees: In progress)* · Robin")
        form = await office.press(robin, back, "close")
        await office.fill_in(robin, form, resolution="Fixed", reason="our fault")
        solved = "✅ ACME-1 is solved. (time) Robin writes: Fixed"
        outside += [f"{solved} Anything you write here until (time) opens it again."]
        inside += [
            "Robin → customer: Fixed\n-# 🌐 public\n[Edit] [Recall]",
            "Robin: our fault\n-# 🔒 internal note",
        ]
        await check("Closed", "**Closed** · Robin")
        await carla.post("/c/ACME-1/rate", stars="5")
        outside[-1] = (
            f"{solved} You gave 5 of 5. Thank you. Anything you write here until (time) opens it again."
        )
        inside += ["Halfdoor: -# Carla rated it 5 of 5."]
        await check("Closed", "**Closed** · Robin")
        await carla.post("/c/ACME-1/reopen")
        outside[-1] = f"{solved} You gave 5 of 5. Thank you. Carla opened it again."
        inside += ["Halfdoor: -# Carla opened the ticket again."]
        await check("Open · Robin is on it", "**Open** · Robin")
        for path in ("/c/", "/c/ACME-1", "/c/ACME-1/record"):
            page = await carla.get(path)
            for internal in ("our fault", "On hold", "CSV writer", "We found"):
                assert internal not in page.text

        # the console, for who asks alone; a native note is changed where it was written
        told = await office.told(robin, office.back, "console")
        secret = re.findall(r"http://\S+/team/enter/([\w-]+)", told)[0]
        async with Visitor(carla.url, "team", {}) as console:
            await console.enter(secret)
            page = await console.get("/team/ACME-1")
            assert "our fault" in page.read
            assert "(time) Carla opened the ticket again." in page.said
            record = await office.halfdoor.store.read(lambda tx: tx.record("ACME-1"))
            native = next(one for one in record if one.text == "That is the CSV writer")
            for act in ("edit", "delete"):
                answer = await console.post(f"/team/ACME-1/{act}", entry=native.id, text="x")
                assert "it is changed where it was written" in answer.read
            await console.post("/team/ACME-1/write", text="From the console", to="note")
            inside += ["Robin: From the console\n-# 🔒 internal note"]
            await check("Open", "**Open**")
            mine = [one.id for one in await office.halfdoor.store.read(lambda tx: tx.record("ACME-1"))][-1]
            await console.post("/team/ACME-1/edit", entry=mine, text="Mended there")
            inside[-1] = "Robin: Mended there\n-# 🔒 internal note · (edited)"
            await check("Open", "**Open**")
            await console.post("/team/ACME-1/delete", entry=mine)
            inside[-1] = "Robin: *This message was deleted.*\n-# 🔒 internal note"
            await check("Open", "**Open**")
        assert await office.told(office.carla, office.front, "console") != told
