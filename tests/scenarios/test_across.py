"""A project that spans both networks: customers on one, staff on the other, and nothing internal in between."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.border_office import BorderOffice


@pytest.fixture
async def staff_on_slack(database_url: str) -> AsyncIterator[BorderOffice]:
    async with BorderOffice(database_url, inside="slack") as made:
        yield made


@pytest.fixture
async def staff_on_discord(database_url: str) -> AsyncIterator[BorderOffice]:
    async with BorderOffice(database_url, inside="discord") as made:
        yield made


async def test_customers_on_discord_and_staff_on_slack(staff_on_slack: BorderOffice) -> None:
    office, carla, robin = staff_on_slack, staff_on_slack.discord.carla, staff_on_slack.slack.robin
    discord, slack = office.discord, office.slack
    await carla.send(discord.front, f"<@{discord.me}> Export fails with an **empty** file")
    await office.settle()
    assert robin.sees(slack.back) == [
        "Halfdoor: *ACME-1 · Export fails with an empty file* — Carla, Acme (Discord)\n"
        "*Open* · nobody yet · *Priority: Normal*\nopened (time)\n"
        "[Reply to customer] [Note] [Status] [Assign] [Close]\n"
        "_This thread is ours: what you write here stays here. To answer, press Reply to customer or write "
        "`@Halfdoor reply …`._"
    ]
    assert slack.staff_thread() == ["Carla (Acme): Export fails with an *empty* file\n🌐 public"]
    assert discord.outside() == []

    # staff talk among themselves, then answer
    robin.say(slack.back, "That is the CSV writer", thread=slack.inside())
    asked = robin.say(slack.back, "<@UHALFDOOR> reply We found *it*", thread=slack.inside())
    await office.settle()
    assert discord.outside() == ["Robin (Support): We found **it**"]
    robin.edit(asked, "<@UHALFDOOR> reply We found the cause")
    await office.settle()
    assert discord.outside() == ["Robin (Support): We found the cause\n-# (edited)"]

    # the customer answers, mends it, reacts
    front = discord.thread(discord.front)
    more = await carla.send(front, "The March report too")
    await office.settle()
    await carla.edit(more, "The **March** report too")
    await carla.react(more, "👍")
    await office.settle()
    assert slack.staff_thread()[-1] == "Carla (Acme): The *March* report too\n👍 1\n🌐 public · (edited)"
    await carla.delete(more)
    await office.settle()
    assert slack.staff_thread()[-1] == "Carla (Acme): _This message was deleted._\n🌐 public"

    # recalled, set aside in silence, closed, rated and opened again
    await robin.click(robin.find(slack.back, "We found the cause"), "recall")
    robin.say(slack.back, "<@UHALFDOOR> status on hold internal", thread=slack.inside())
    await office.settle()
    assert discord.outside() == []
    assert "**Open** · opened by Carla" in discord.sees(carla, discord.front)[1]
    robin.say(slack.back, "<@UHALFDOOR> close public: Fixed in 4.2.1", thread=slack.inside())
    await office.settle()
    assert "Fixed in 4.2.1" in discord.outside()[-1]
    await discord.press(carla, front, "rate", "4")
    await discord.press(carla, front, "reopen")
    await office.settle()
    assert slack.staff_thread()[-2:] == [
        "Halfdoor: Carla rated it 4 of 5.",
        "Halfdoor: Carla opened the ticket again.",
    ]


async def test_customers_on_slack_and_staff_on_discord(staff_on_discord: BorderOffice) -> None:
    office, carla, robin = staff_on_discord, staff_on_discord.slack.carla, staff_on_discord.discord.robin
    discord, slack = office.discord, office.slack
    carla.say(slack.front, "<@UHALFDOOR> Export fails with an empty file")
    await office.settle()
    await discord.press(robin, discord.back, "join")
    back = discord.thread(discord.back)
    assert discord.inside() == [
        "Halfdoor: **ACME-1 · Export fails with an empty file** — Carla, Acme (Slack)\n"
        "**Open** · nobody yet · **Priority: Normal**\n-# opened (time)\n"
        "-# This thread is ours: what you write here stays here. To answer, press Reply to customer or write "
        "`/ticket reply …`.\n[Reply to customer] [Note] [Status] [Assign] [Close]",
        "Carla (Acme): Export fails with an empty file\n-# 🌐 public",
    ]
    await robin.send(back, "That is the CSV writer")
    form = await discord.press(robin, back, "reply")
    await discord.fill_in(robin, form, text="We found **it**")
    await office.settle()
    assert slack.customer_thread() == ["Robin (Support): We found *it*"]
    said = carla.say(slack.front, "The March report too", thread=slack.outside())
    await office.settle()
    carla.edit(said, "The *March* report too")
    await office.settle()
    assert discord.inside()[-1] == "Carla (Acme): The **March** report too\n-# 🌐 public · (edited)"
    form = await discord.press(robin, back, "close")
    await discord.fill_in(robin, form, resolution="Fixed", reason="our fault")
    await office.settle()
    assert "Fixed" in slack.customer_thread()[-1]
    assert not any("our fault" in row or "CSV" in row for row in slack.customer_thread())
    await carla.click(carla.find(slack.front, "is solved"), "reopen")
    await office.settle()
    assert discord.inside()[-1] == "Halfdoor: -# Carla opened the ticket again."


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
