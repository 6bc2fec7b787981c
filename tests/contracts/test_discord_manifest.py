"""What Halfdoor asks of Discord is what its code needs, and the invitation link says the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import parse_qs, urlsplit

import discord
import pytest
import yaml
from discord import app_commands

from adapters.discord import commands, network
from adapters.discord.listeners import MENUS
from adapters.discord.settings import DiscordSettings
from bot.words.say import say
from tests.doubles.discord.server import TOKEN
from tests.settings import settings_of

MANIFEST = Path(__file__).parents[2] / "manifest" / "discord.yaml"
PRIVILEGED = discord.Intents(members=True, message_content=True, presences=True)


@pytest.fixture
def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(MANIFEST.read_text())
    return loaded


def test_the_intents_are_those_that_the_client_asks_for(manifest: dict[str, Any]) -> None:
    asked = {name for name, on in network.INTENTS if on}
    # discord.py counts messages as one intent for servers and direct messages; the bits are what matters.
    told = discord.Intents(**dict.fromkeys(manifest["intents"], True))
    assert told.value == network.INTENTS.value, asked
    privileged = {name for name, kind in manifest["intents"].items() if kind == "privileged"}
    assert privileged == {name for name, on in PRIVILEGED if on and name in manifest["intents"]}


def test_the_invitation_asks_for_the_permissions_and_scopes(manifest: dict[str, Any]) -> None:
    told = discord.Permissions(**dict.fromkeys(manifest["permissions"], True))
    assert told.value == network.PERMISSIONS.value
    query = parse_qs(urlsplit(network.invitation(settings_of(DiscordSettings, token=TOKEN))).query)
    assert query["client_id"] == ["123456789012345678"]
    assert query["permissions"] == [str(network.PERMISSIONS.value)]
    assert query["scope"][0].split() == manifest["scopes"]


def test_the_commands_are_all_named(manifest: dict[str, Any]) -> None:
    group = commands.group(mock.AsyncMock())
    assert manifest["menus"] == [say(key, "en") for key in MENUS]
    assert sorted(manifest["commands"]["ticket"]) == sorted(one.name for one in group.commands)


async def test_each_command_is_told_in_german_and_fits_discords_limits() -> None:
    client = discord.Client(intents=discord.Intents.none())
    tree = app_commands.CommandTree(client)
    group = commands.group(mock.AsyncMock())
    tree.add_command(group)
    payload: Any = await group.get_translated_payload(tree, commands.Translator())
    told = [payload, *payload["options"]]
    for one in told:
        german = one["description_localizations"]["de"]
        assert german != one["description"]
        assert max(len(german), len(one["description"])) <= 100
    assert len(payload["options"]) <= 25
