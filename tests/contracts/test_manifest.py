"""The manifest asks for what the code registers and calls, and for nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapters.slack import listeners
from bot.desk import Desk
from tests.doubles.slack.server import METHODS
from tests.office import HandClock

MANIFEST = Path(__file__).parents[2] / "manifest" / "slack.yaml"
ADAPTER = Path(listeners.__file__).parent
#: The scope without which Slack does not send an event (docs.slack.dev, each event's page).
EVENT_SCOPES = {
    "app_home_opened": "",
    **dict.fromkeys(
        ("channel_archive", "channel_deleted", "channel_left", "channel_unarchive"), "channels:read"
    ),
    **dict.fromkeys(("group_archive", "group_deleted", "group_left", "group_unarchive"), "groups:read"),
    **dict.fromkeys(("channel_shared", "channel_unshared"), "channels:read groups:read"),
    "channel_id_changed": "",
    "team_join": "users:read",
    "member_joined_channel": "channels:read groups:read",
    "member_left_channel": "channels:read groups:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "user_change": "users:read",
}


@pytest.fixture
def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(MANIFEST.read_text())
    return loaded


class Recorder:
    """Stands where bolt's app does and notes what is registered."""

    def __init__(self) -> None:
        self.names: dict[str, list[Any]] = {}

    def __getattr__(self, kind: str) -> Any:
        def register(name: Any) -> Any:
            self.names.setdefault(kind, []).append(name)
            return lambda function: function

        return register


def registered() -> dict[str, list[Any]]:
    class Network:
        app, api, alive = Recorder(), None, None

    network = Network()
    listeners.register(network, Desk, None, HandClock())  # type: ignore[arg-type]
    return network.app.names


def test_each_command_is_in_the_manifest(manifest: dict[str, Any]) -> None:
    named = [command["command"] for command in manifest["features"]["slash_commands"]]
    assert named == registered()["command"]


def test_each_shortcut_is_in_the_manifest(manifest: dict[str, Any]) -> None:
    named = [shortcut["callback_id"] for shortcut in manifest["features"].get("shortcuts", [])]
    assert named == registered().get("shortcut", [])


def test_each_event_is_subscribed(manifest: dict[str, Any]) -> None:
    subscribed = {
        event.partition(".")[0] for event in manifest["settings"]["event_subscriptions"]["bot_events"]
    }
    assert subscribed == set(registered()["event"])


def test_the_scopes_are_those_of_the_calls_and_events(manifest: dict[str, Any]) -> None:
    source = "".join(path.read_text() for path in ADAPTER.glob("*.py"))
    called = {method for method in METHODS if f'"{method}"' in source}
    assert called | {"auth.test", "apps.connections.open"} == set(METHODS)
    needed = {scope for method in called for scope in METHODS[method][0].split("|") if scope}
    for event in manifest["settings"]["event_subscriptions"]["bot_events"]:
        needed |= set(EVENT_SCOPES[event].split())
    needed |= {"commands", "chat:write.customize"}
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == needed


def test_no_method_is_called_that_the_double_does_not_know() -> None:
    source = "".join(path.read_text() for path in ADAPTER.glob("*.py"))
    named = set(
        re.findall(
            r'"((?:chat|conversations|users|views|apps|auth|files|reactions|team)\.[A-Za-z.]+)"', source
        )
    )
    assert named <= set(METHODS)


def test_the_app_home_is_shown_and_direct_messages_arrive(manifest: dict[str, Any]) -> None:
    home = manifest["features"]["app_home"]
    assert home["home_tab_enabled"]
    assert home["messages_tab_enabled"]
    assert not home["messages_tab_read_only_enabled"]


def test_interactivity_and_socket_mode_are_on(manifest: dict[str, Any]) -> None:
    assert manifest["settings"]["interactivity"]["is_enabled"]
    assert manifest["settings"]["socket_mode_enabled"]
    assert len(manifest["display_information"]["name"]) <= 35
