"""Discord lets nobody in: the log says what to do, the other network goes on, and then it is made up for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.border_office import BorderOffice
from tests.settings import PATIENCE


@pytest.fixture
async def shut(sqlite_url: str) -> AsyncIterator[BorderOffice]:
    """Customers on Slack, whose staff are on Discord, before anything is started."""
    office = BorderOffice(sqlite_url, inside="discord")
    await office.slack.server.__aenter__()
    await office.discord.build()
    yield office
    await office.__aexit__()


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("token", "HALFDOOR_DISCORD_TOKEN is not valid: copy it anew from “Bot”"),
        (
            "intents",
            "switch on “Server Members” and “Message Content” under “Bot” in Discord's developer portal",
        ),
    ],
)
async def test_what_keeps_us_out_is_said_and_the_other_network_goes_on(
    shut: BorderOffice, capsys: pytest.CaptureFixture[str], why: str, words: str
) -> None:
    office, discord, slack = shut, shut.discord, shut.slack
    discord.server.shut = why
    await office.open(discord=False)
    slack.carla.say(slack.front, "<@UHALFDOOR> Export fails")
    await slack.settle()
    await slack.server.settled()
    said = capsys.readouterr().out
    assert "network_down" in said
    assert f"reason={words!r}" in said or f'reason="{words}"' in said
    assert "Traceback" not in said
    await made_up_for(office)


async def test_a_first_handshake_that_fails_is_tried_again(
    shut: BorderOffice, caplog: pytest.LogCaptureFixture
) -> None:
    office, slack = shut, shut.slack
    office.discord.server.shut = "handshake"
    await office.open(discord=False)
    slack.carla.say(slack.front, "<@UHALFDOOR> Export fails")
    await slack.settle()
    assert "Failed to connect for shard_id: 0. Retrying..." in caplog.text
    await made_up_for(office)


async def made_up_for(office: BorderOffice) -> None:
    discord, slack = office.discord, office.slack
    assert len(slack.carla.sees(slack.front)) == 2
    # it is tried again by itself, and what was owed goes out
    discord.server.shut = None
    async with asyncio.timeout(PATIENCE):
        while not discord.connected:
            await asyncio.sleep(0.05)
    for _ in range(3):
        await office.clock.advance(60)
        await office.settle()
    assert len(discord.sees(discord.robin, discord.back)) == 1
