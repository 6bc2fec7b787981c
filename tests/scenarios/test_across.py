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
