"""A thousand broken and hostile payloads: none stops the desk, and none shows a customer anything."""

from __future__ import annotations

import asyncio
import copy
import json
import random
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from tests.doubles.slack.server import sign
from tests.office import Office

CANARY = "canary"
PAYLOADS = 1000
SUBTYPES = [
    None, "bot_message", "channel_join", "channel_topic", "file_share", "me_message", "message_changed",
    "message_deleted", "message_replied", "reminder_add", "thread_broadcast", "tombstone", "huddle_thread",
]  # fmt: skip
KINDS = [
    "block_actions", "view_submission", "view_closed", "message_action", "shortcut", "block_suggestion",
    "interactive_message", "dialog_submission", "event_callback", "app_rate_limited", "nothing_known",
]  # fmt: skip
JUNK: list[Any] = [
    None, True, 0, -1, 10**30, 1.5, "", "x" * 100_000, "\x00\x07\u202e\ufeff", "\ud83d", "🎫" * 5000, "<!channel>",
    "TEVIL0001", "UEVIL0001", "CEVIL0001", "EEVIL0001", "nan", "inf", "1" * 5000, "-1.0", "{}", "[]", "null",
    [], {}, [[]], [None], {"": {}}, {"ts": {}}, [{"type": "rich_text", "elements": [{"elements": {"a": 1}}]}],
]  # fmt: skip


@pytest.fixture
async def http(sqlite_url: str) -> AsyncIterator[Office]:
    async with Office(sqlite_url, mode="http") as made:
        yield made


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path to everything inside a payload."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [path] if path else []
    for key, one in inner:
        found += places(one, (*path, key))
    return found


def spoil(payload: Any, dice: random.Random) -> Any:
    """Break a payload at a few places."""
    broken = copy.deepcopy(payload)
    for _ in range(dice.randint(1, 4)):
        path: tuple[Any, ...] = dice.choice(places(broken) or [()])
        if not path:
            return dice.choice(JUNK)
        holder = broken
        for key in path[:-1]:
            holder = holder[key]
        if dice.random() < 0.3:
            del holder[path[-1]]
        elif path[-1] == "subtype" or dice.random() < 0.1:
            holder[path[-1]] = dice.choice(SUBTYPES)
        elif path[-1] == "type" and dice.random() < 0.5:
            holder[path[-1]] = dice.choice(KINDS)
        else:
            holder[path[-1]] = copy.deepcopy(dice.choice(JUNK))
    return broken


async def test_hostile_payloads_stop_nothing_and_show_nothing(http: Office) -> None:
    office, dice = http, random.Random(20260312)
    await office.ticket()
    thread = office.inside()
    note = office.kim.say(office.back, f"{CANARY} one", thread=thread)
    await office.settle()
    office.kim.edit(note, f"{CANARY} two")
    office.kim.react(note, "eyes")
    office.kim.delete(office.kim.say(office.back, f"{CANARY} three", thread=thread))
    await office.kim.slash(office.back, f"note ACME-1 {CANARY} four")
    for button in ("note", "status", "assign"):
        await office.kim.click(office.kim.find(office.back, "ACME-1 ·"), button)
    office.world.join(office.back, office.olga.user)
    await office.kim.shortcut(note, "raise")
    await office.settle()
    seen = office.carla.sees_everything(office.front)
    recorded = list(office.server.requests)
    assert len(recorded) > 12
    office.server.ack_timeout = 30.0
    turns = asyncio.Semaphore(8)
    statuses: list[int] = []

    async def send() -> None:
        headers, raw = dice.choice(recorded)
        kind = headers["Content-Type"]
        if kind == "application/json":
            body = json.dumps(spoil(json.loads(raw), dice))
        else:
            form = dict(parse_qsl(raw.decode()))
            if "payload" in form:
                body = urlencode({"payload": json.dumps(spoil(json.loads(form["payload"]), dice))})
            else:
                given = spoil(form, dice)
                given = given if isinstance(given, dict) else {"text": str(given)}
                body = urlencode({k: str(v).encode("utf-8", "replace") for k, v in given.items()})
        async with turns:
            signed = sign(body, str(int(time.time()))) | {"Content-Type": kind}
            statuses.append((await office.server.deliver(signed, body.encode()))[0])

    await asyncio.gather(*(send() for _ in range(PAYLOADS)))
    await office.settle()
    # Every one was answered: taken, refused, or asked for again.
    assert len(statuses) == PAYLOADS
    assert set(statuses) <= {200, 400, 401, 404, 503}
    assert CANARY not in office.carla.sees_everything(office.front)
    assert office.carla.sees_everything(office.front) == seen
    # And the desk goes on.
    office.carla.say(office.front, "Still there?", thread=office.outside())
    await office.settle()
    assert office.staff_thread()[-1] == "Carla (Acme): Still there?\n🌐 public"


async def test_what_is_meant_for_another_installation_is_dropped(http: Office) -> None:
    await http.ticket()
    http.server.hold()
    http.carla.say(http.front, "for them", thread=http.outside())
    (payload,) = http.server._held or []
    http.server.release(lambda held: [])
    for spoiled in (
        {"authorizations": [{"team_id": "TEVIL0001"}]},
        {"authorizations": [], "context_team_id": "TEVIL0001"},
    ):
        http.server.repeat({**payload, **spoiled})
    await http.settle()
    assert len(http.staff_thread()) == 1
    http.server.repeat(payload)
    await http.settle()
    assert len(http.staff_thread()) == 2
