"""A project that spans both networks: customers on one, staff on the other, and nothing internal in between."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest

from bot.tickets.asks import AskList
from bot.tickets.model import Person, Place, Project
from tests.border_office import BorderOffice


@pytest.fixture
async def staff_on_slack(database_url: str) -> AsyncIterator[BorderOffice]:
    async with BorderOffice(database_url, inside="slack") as made:
        yield made


@pytest.fixture
async def staff_on_discord(database_url: str) -> AsyncIterator[BorderOffice]:
    async with BorderOffice(database_url, inside="discord") as made:
        yield made


TITLE = "Export fails with an empty file"
SLACK_HINT = (
    "_This thread is ours: what you write here stays here. To answer, press Reply to customer or write "
    "`@Halfdoor reply …`._"
)
DISCORD_HINT = (
    "-# This thread is ours: what you write here stays here. To answer, press Reply to customer or write "
    "`/ticket reply …`."
)
BUTTONS = "[Reply to customer] [Note] [Status] [Assign] [Close]"


async def test_customers_on_discord_and_staff_on_slack(staff_on_slack: BorderOffice) -> None:
    office, carla, robin = staff_on_slack, staff_on_slack.discord.carla, staff_on_slack.slack.robin
    discord, slack = office.discord, office.slack
    asked = f"Carla: <@{discord.me}> Export fails with an **empty** file"
    outside: list[str] = []
    inside: list[str] = []

    async def check(customer: str, staff: str, *, closed: bool = False) -> None:
        await office.settle()
        hint = "Answer in this thread. Everything here can be seen by both of us."
        end = f"-# {hint}\n[Add to this ticket] [Close, it is solved]"
        if closed:
            end = "-# This ticket is closed. Write here within 7 days to open it again, or mention me for a new one."
        card = f"Halfdoor: **ACME-1 · {TITLE}**\n{customer} · opened by Carla (time)\n{end}"
        assert discord.sees(carla, discord.front) == [asked, card]
        assert discord.outside() == outside
        buttons = BUTTONS.replace("[Close]", "[Reopen]") if closed else BUTTONS
        assert robin.sees(slack.back) == [
            f"Halfdoor: *ACME-1 · {TITLE}* — Carla, Acme (Discord)\n{staff}\nopened (time)\n{buttons}\n{SLACK_HINT}"
        ]
        assert slack.staff_thread() == inside

    await carla.send(discord.front, f"<@{discord.me}> Export fails with an **empty** file")
    inside += ["Carla (Acme): Export fails with an *empty* file\n🌐 public"]
    state = "*Open* · nobody yet · *Priority: Normal*"
    await check("**Open**", state)

    # staff talk among themselves, answer, mend the answer and take it back
    robin.say(slack.back, "That is the CSV writer", thread=slack.inside())
    asked_to_reply = robin.say(slack.back, "<@UHALFDOOR> reply We found *it*", thread=slack.inside())
    outside += ["Robin (Support): We found **it**"]
    inside += [
        "Robin: That is the CSV writer",
        "Robin: PING:UHALFDOOR reply We found *it*",
        "Robin → customer: We found *it*\n🌐 public\n[Edit] [Recall]",
    ]
    await check("**Open**", state)
    robin.edit(asked_to_reply, "<@UHALFDOOR> reply We found the cause")
    outside[-1] = "Robin (Support): We found the cause\n-# (edited)"
    inside[-2:] = [
        "Robin: PING:UHALFDOOR reply We found the cause (edited)",
        "Robin → customer: We found the cause\n🌐 public · (edited)\n[Edit] [Recall]",
    ]
    await check("**Open**", state)
    await robin.click(robin.find(slack.back, "Robin → customer: We found the cause"), "recall")
    outside.pop()
    inside[-1] = "Robin → customer: ~We found the cause~\n🌐 public · recalled by Robin (time)"
    await check("**Open**", state)

    # a note that is sent as it stands
    note = robin.say(slack.back, "Please try *4.2.1*", thread=slack.inside())
    await office.settle()
    await robin.shortcut(note, "publish")
    await robin.submit()
    outside += ["Robin (Support): Please try **4.2.1**"]
    inside += [
        "Robin: Please try *4.2.1*",
        "Robin → customer: Please try *4.2.1*\n🌐 public\n[Edit] [Recall]",
    ]
    await check("**Open**", state)

    # the customer answers with a file, mends it, reacts, and deletes another message
    front = discord.thread(discord.front)
    more = await carla.send(front, "The March report too", attachments=[("march.csv", b"1;2")])
    slip = await carla.send(front, "wrong window")
    await office.settle()
    await carla.edit(more, "The **March** report too")
    await carla.react(more, "👍")
    await carla.delete(slip)
    outside += ["Carla: The **March** report too\n[file march.csv]"]
    inside += [
        "Carla (Acme): The *March* report too\nmarch.csv (3 B)\n👍 1\n🌐 public · (edited)",
        "Carla (Acme): march.csv\n[file march.csv, 3]",
        "Carla (Acme): _This message was deleted._\n🌐 public",
    ]
    await check("**Open**", state)

    # an internal status, an assignment that both see, closed, rated and opened again
    robin.say(slack.back, "<@UHALFDOOR> status on hold internal", thread=slack.inside())
    robin.say(slack.back, "<@UHALFDOOR> assign me", thread=slack.inside())
    inside += ["Robin: PING:UHALFDOOR status on hold internal", "Robin: PING:UHALFDOOR assign me"]
    state = "*On hold* _(the customer sees: Open)_ · Robin · *Priority: Normal*"
    await check("**Open** · Robin is on it", state)
    robin.say(slack.back, "<@UHALFDOOR> close public: Fixed in 4.2.1", thread=slack.inside())
    solved = "Halfdoor: ✅ **ACME-1 is solved.**\nRobin writes:\nFixed in 4.2.1\n"
    until = "-# Anything you write here until (time) opens it again.\n[It is not solved] [Read it again]"
    outside += [f"{solved}How was it? 1 is poor, 5 is great.\n[1] [2] [3] [4] [5]\n{until}"]
    inside += [
        "Robin: PING:UHALFDOOR close public: Fixed in 4.2.1",
        "Robin → customer: Fixed in 4.2.1\n🌐 public\n[Edit] [Recall]",
    ]
    state = "*Closed* · Robin · *Priority: Normal*"
    await check("**Closed**", state, closed=True)
    await discord.press(carla, front, "rate", "4")
    outside[-1] = f"{solved}You gave 4 of 5. Thank you.\n{until}"
    inside += ["Halfdoor: Carla rated it 4 of 5."]
    state += " · rated 4 of 5"
    await check("**Closed**", state, closed=True)
    await discord.press(carla, front, "reopen")
    outside[-1] = f"{solved}-# Carla opened it again."
    inside += ["Halfdoor: Carla opened the ticket again."]
    state = "*Open* · Robin · *Priority: Normal* · rated 4 of 5"
    await check("**Open** · Robin is on it", state)


async def test_customers_on_slack_and_staff_on_discord(staff_on_discord: BorderOffice) -> None:
    office, carla, robin = staff_on_discord, staff_on_discord.slack.carla, staff_on_discord.discord.robin
    discord, slack = office.discord, office.slack
    asked = "Carla: PING:UHALFDOOR Export fails with an *empty* file"
    outside: list[str] = []
    inside: list[str] = []

    async def check(customer: str, door: str, more: str = "", *, closed: bool = False) -> None:
        await office.settle()
        hint = "_Answer in this thread. Everything here can be seen by both of us._"
        end = f"[Add to this ticket] [Close, it is solved]\n{hint}"
        if closed:
            end = "_This ticket is closed. Write here within 7 days to open it again, or mention me for a new one._"
        card = f"Halfdoor: *ACME-1 · {TITLE}*\n{customer} · opened by Carla (time)\n{end}"
        assert carla.sees(slack.front) == [asked, card]
        assert slack.customer_thread() == outside
        assert discord.sees(robin, discord.back) == [f"Halfdoor: **ACME-1 · {TITLE}**\n{door}\n[Join]"]
        buttons = BUTTONS.replace("[Close]", "[Reopen]") if closed else BUTTONS
        head = f"Halfdoor: **ACME-1 · {TITLE}** — Carla, Acme (Slack)\n{door} · **Priority: Normal**{more}"
        assert discord.inside() == [f"{head}\n-# opened (time)\n{DISCORD_HINT}\n{buttons}", *inside]

    carla.say(slack.front, "<@UHALFDOOR> Export fails with an *empty* file")
    await office.settle()
    await discord.press(robin, discord.back, "join")
    back = discord.thread(discord.back)
    inside += ["Carla (Acme): Export fails with an **empty** file\n-# 🌐 public"]
    await check("*Open*", "**Open** · nobody yet")

    # staff talk among themselves, answer, mend the answer and take it back
    await robin.send(back, "That is the CSV writer")
    form = await discord.press(robin, back, "reply")
    await discord.fill_in(robin, form, text="We found **it**")
    outside += ["Robin (Support): We found *it*"]
    inside += [
        "Robin: That is the CSV writer",
        "Robin → customer: We found **it**\n-# 🌐 public\n[Edit] [Recall]",
    ]
    await check("*Open*", "**Open** · nobody yet")
    form = await discord.press(robin, back, "edit", words="We found")
    await discord.fill_in(robin, form, text="We found the cause")
    outside[-1] = "Robin (Support): We found the cause\n(edited)"
    inside[-1] = "Robin → customer: We found the cause\n-# 🌐 public · (edited)\n[Edit] [Recall]"
    await check("*Open*", "**Open** · nobody yet")
    await discord.press(robin, back, "recall", words="We found")
    outside.pop()
    inside[-1] = "Robin → customer: ~~We found the cause~~\n-# 🌐 public · recalled by Robin (time)"
    await check("*Open*", "**Open** · nobody yet")

    # a note that is sent as it stands
    note = await robin.send(back, "Please try **4.2.1**")
    await office.settle()
    form = await robin.context_menu(back, "Send to customer", note)
    await office.settle()
    await discord.fill_in(robin, form)
    outside += ["Robin (Support): Please try *4.2.1*"]
    inside += [
        "Robin: Please try **4.2.1**",
        "Robin → customer: Please try **4.2.1**\n-# 🌐 public\n[Edit] [Recall]",
    ]
    await check("*Open*", "**Open** · nobody yet")

    # the customer answers with a file, mends it, reacts, and deletes another message
    thread, file = slack.outside(), carla.send_file("march.csv", b"1;2")
    more = carla.share(slack.front, file, text="The March report too", thread=thread)
    slip = carla.say(slack.front, "wrong window", thread=thread)
    await office.settle()
    carla.edit(more, "The *March* report too")
    carla.react(more, "thumbsup")
    carla.delete(slip)
    outside += ["Carla: The *March* report too (edited)\n[file march.csv, 3]"]
    inside += [
        "Carla (Acme): The **March** report too\n-# march.csv (3 B)\n-# 👍 1\n-# 🌐 public · (edited)",
        "Carla (Acme): -# march.csv\n[file march.csv]",
        "Carla (Acme): *This message was deleted.*\n-# 🌐 public",
    ]
    await check("*Open*", "**Open** · nobody yet")

    # an internal status, an assignment that both see, closed, rated and opened again
    form = await discord.press(robin, back, "status")
    await discord.fill_in(robin, form, status=["on_hold"], visibility=["internal"])
    form = await discord.press(robin, back, "assign")
    await discord.fill_in(robin, form, to=[robin], visibility=["public"])
    await check("*Open* · Robin is on it", "**On hold** *(the customer sees: Open)* · Robin")
    form = await discord.press(robin, back, "close")
    await discord.fill_in(robin, form, resolution="Fixed", reason="our fault")
    solved = "Halfdoor: ✅ *ACME-1 is solved.*\nRobin writes:\nFixed\n"
    until = "[It is not solved] [Read it again]\n_Anything you write here until (time) opens it again._"
    rate = "How was it? 1 is poor, 5 is great.\n[1] [2] [3] [4] [5]"
    fallback = " No buttons? Write `@Halfdoor rate 5` or `@Halfdoor reopen` here._"
    outside += [f"{solved}{rate}\n{until.removesuffix('_')}{fallback}"]
    inside += [
        "Robin → customer: Fixed\n-# 🌐 public\n[Edit] [Recall]",
        "Robin: our fault\n-# 🔒 internal note",
    ]
    await check("*Closed*", "**Closed** · Robin", closed=True)
    await carla.click(carla.find(slack.front, "is solved"), "rate_4")
    outside[-1] = f"{solved}You gave 4 of 5. Thank you.\n{until}"
    inside += ["Halfdoor: -# Carla rated it 4 of 5."]
    await check("*Closed*", "**Closed** · Robin", " · rated 4 of 5", closed=True)
    await carla.click(carla.find(slack.front, "is solved"), "reopen")
    outside[-1] = f"{solved}Carla opened it again."
    inside += ["Halfdoor: -# Carla opened the ticket again."]
    await check("*Open* · Robin is on it", "**Open** · Robin", " · rated 4 of 5")


async def test_a_project_may_have_customers_on_both_networks(staff_on_slack: BorderOffice) -> None:
    office = staff_on_slack
    discord, slack = office.discord, office.slack
    fronts = [Place("discord", str(discord.front.id)), Place("slack", slack.front.id)]
    back = Place("slack", slack.back.id)
    await office.halfdoor.store.transact(lambda tx: tx.link_places(Project("ACME", "Acme"), fronts, back))
    office.halfdoor.desk.forget()
    await discord.carla.send(discord.front, f"<@{discord.me}> Export fails")
    await office.settle()
    slack.carla.say(slack.front, "<@UHALFDOOR> Import fails")
    await office.settle()
    for key, text in (("ACME-1", "It is the export"), ("ACME-2", "It is the import")):
        slack.robin.say(slack.back, f"<@UHALFDOOR> reply {text}", thread=slack.inside(key))
    await office.settle()
    assert discord.outside("ACME-1") == ["Robin (Support): It is the export"]
    assert slack.customer_thread("ACME-2") == ["Robin (Support): It is the import"]
    await discord.carla.send(discord.thread(discord.front), "Thanks, Discord")
    slack.carla.say(slack.front, "Thanks, Slack", thread=slack.outside("ACME-2"))
    await office.settle()
    assert slack.staff_thread("ACME-1")[-1] == "Carla (Acme): Thanks, Discord\n🌐 public"
    assert slack.staff_thread("ACME-2")[-1] == "Carla (Acme): Thanks, Slack\n🌐 public"
    # what customers see of the desk is the project's, wherever they ask
    listed = await discord.told(discord.carla, discord.front, "list")
    assert "ACME-1" in listed
    assert "ACME-2" in listed


async def test_one_person_joins_their_accounts_by_a_code(staff_on_slack: BorderOffice) -> None:
    office = staff_on_slack
    discord, slack = office.discord, office.slack
    await discord.carla.send(discord.front, f"<@{discord.me}> Export fails")
    await office.settle()
    slack.robin.say(slack.back, "<@UHALFDOOR> assign me", thread=slack.inside())
    await office.settle()
    said = await discord.told(discord.robin, discord.front, "whoami")
    assert "I know you as:\n• Discord: Robin\n" in said
    code = re.findall(r"/ticket whoami ([A-Z2-9]{8})", said)[0]
    assert "unknown or too old" in (await slack.robin.slash(slack.back, "whoami ABCDEFGH"))
    joined = await slack.robin.slash(slack.back, f"whoami {code.lower()}")
    assert "• Discord: Robin" in joined
    assert "• Slack: Robin" in joined
    # a code works once, and within ten minutes; being one person gives nobody any rights
    assert "unknown or too old" in (await slack.kim.slash(slack.back, f"whoami {code}"))
    said = await discord.told(discord.kim, discord.front, "whoami")
    code = re.findall(r"/ticket whoami ([A-Z2-9]{8})", said)[0]
    await office.clock.advance(601)
    assert "unknown or too old" in (await slack.kim.slash(slack.back, f"whoami {code}"))
    refused = await discord.told(discord.robin, discord.front, "reply", text="I am support", ticket="ACME-1")
    assert refused == "Only the support team can do that."
    found = await office.halfdoor.store.read(
        lambda tx: tx.list_tickets(
            ["ACME"],
            AskList(mine=True),
            Person("discord", str(discord.robin.id), "Robin"),
            public=False,
            limit=5,
        )
    )
    assert [one.ticket.key for one in found[0]] == ["ACME-1"]


async def test_a_network_that_is_down_holds_up_only_what_is_owed_to_it(staff_on_slack: BorderOffice) -> None:
    office = staff_on_slack
    discord, slack = office.discord, office.slack
    await discord.carla.send(discord.front, f"<@{discord.me}> Export fails")
    await office.settle()
    discord.server.fail("POST", "/webhooks/*", "503", times=3)
    slack.robin.say(slack.back, "<@UHALFDOOR> reply We are on it", thread=slack.inside())
    await office.settle()
    assert discord.outside() == []
    slack.robin.say(slack.back, "<@UHALFDOOR> priority high", thread=slack.inside())
    await discord.carla.send(discord.thread(discord.front), "Any news?")
    await office.settle()
    assert slack.staff_thread()[-1] == "Carla (Acme): Any news?\n🌐 public"
    for _ in range(4):
        await office.clock.advance(60)
        await office.settle()
    assert sorted(discord.outside()) == ["Carla: Any news?", "Robin (Support): We are on it"]


async def test_files_go_along_from_discord_to_slack_and_back(staff_on_slack: BorderOffice) -> None:
    office = staff_on_slack
    discord, slack = office.discord, office.slack
    await discord.carla.send(
        discord.front, f"<@{discord.me}> Export fails", attachments=[("march.csv", b"1;2")]
    )
    await office.settle()
    copies = [one for one in slack.world.files.values() if one.name == "march.csv"]
    assert [one.content for one in copies] == [b"1;2"]
    assert any("march.csv" in row for row in slack.staff_thread())
    fixed, secret = slack.robin.send_file("fixed.csv", b"3;4"), slack.robin.send_file("secret.csv", b"5")
    slack.robin.share(slack.back, fixed, text="<@UHALFDOOR> reply Here it is", thread=slack.inside())
    slack.robin.share(slack.back, secret, text="for us", thread=slack.inside())
    await office.settle()
    assert discord.outside() == [
        "Robin (Support): Here it is\n-# fixed.csv (3 B)",
        "Robin (Support): -# fixed.csv\n[file fixed.csv]",
    ]
    sent = discord.thread(discord.front).history()[-1]
    assert discord.server.backend.cdn.get(sent.attachments[0].url) == b"3;4"


async def test_a_file_whose_network_has_lost_it_is_named(staff_on_slack: BorderOffice) -> None:
    office = staff_on_slack
    discord, slack = office.discord, office.slack
    discord.server.fail("GET", "/channels/*/messages/*", "404", times=3)
    await discord.carla.send(
        discord.front, f"<@{discord.me}> Export fails", attachments=[("march.csv", b"1;2")]
    )
    await office.settle()
    assert any("“march.csv” could not be brought here" in row for row in slack.staff_thread())
