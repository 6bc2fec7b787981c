"""The loopback refuses what Discord would refuse, so that a test that passes on it means something."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.discord_office import DiscordOffice
from tests.doubles.discord.server import TOKEN


@pytest.fixture
async def built(sqlite_url: str) -> AsyncIterator[DiscordOffice]:
    """A server with its channels, and nobody at the desk."""
    office = DiscordOffice(sqlite_url)
    await office.build()
    yield office
    await office.server.__aexit__()


async def send(office: DiscordOffice, method: str, path: str, body: Any) -> tuple[int, Any]:
    headers = {"Authorization": f"Bot {TOKEN}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.request(method, f"{office.server.url}/api/v10{path}", json=body) as answer,
    ):
        return answer.status, await answer.json() if answer.content_type == "application/json" else None


def text(length: int) -> dict[str, Any]:
    return {"type": 10, "content": "x" * length}


def layout(*components: Any) -> dict[str, Any]:
    return {"flags": 1 << 15, "components": list(components)}


def button(**more: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "Go", "custom_id": "go", **more}


def row(*buttons: Any) -> dict[str, Any]:
    return {"type": 1, "components": list(buttons)}


@pytest.mark.parametrize(
    ("body", "fits"),
    [
        ({"content": "x" * 2000}, True),
        ({"content": "x" * 2001}, False),
        ({"content": ""}, False),
        ({"content": "x", "nonce": "n" * 25, "enforce_nonce": True}, True),
        ({"content": "x", "nonce": "n" * 26, "enforce_nonce": True}, False),
        (layout(text(4000)), True),
        (layout(text(4001)), False),
        (layout(text(2001), text(2000)), False),
        (layout(*(text(1) for _ in range(40))), True),
        (layout(*(text(1) for _ in range(41))), False),
        ({**layout(text(1)), "content": "x"}, False),
        ({"content": "x", "components": [row(button(label="l" * 80))]}, True),
        ({"content": "x", "components": [row(button(label="l" * 81))]}, False),
        ({"content": "x", "components": [row(button(custom_id="c" * 101))]}, False),
        ({"content": "x", "components": [row(button(), button())]}, False),
        ({"content": "x", "components": [row(*(button(custom_id=f"{n}") for n in range(6)))]}, False),
        ({"content": "x", "components": [row(button(custom_id=f"{n}")) for n in range(6)]}, False),
    ],
)
async def test_a_message_that_is_too_much_is_refused(
    built: DiscordOffice, body: dict[str, Any], fits: bool
) -> None:
    status, answer = await send(built, "POST", f"/channels/{built.front.id}/messages", body)
    assert (status == 200) is fits, answer


@pytest.mark.parametrize(
    ("name", "fits"), [("Carla (Acme)", True), ("x" * 81, False), ("clyde", False), ("My Discord", False)]
)
async def test_a_webhooks_name_that_is_not_allowed_is_refused(
    built: DiscordOffice, name: str, fits: bool
) -> None:
    path = f"/channels/{built.front.id}/webhooks"
    _, hook = await send(built, "POST", path, {"name": "desk"})
    where = f"/webhooks/{hook['id']}/{hook['token']}?wait=true"
    status, answer = await send(built, "POST", where, {"content": "x", "username": name})
    assert (status == 200) is fits, answer


async def test_a_channel_has_fifteen_webhooks_at_most(built: DiscordOffice) -> None:
    path = f"/channels/{built.front.id}/webhooks"
    given = [(await send(built, "POST", path, {"name": f"desk {n}"}))[0] for n in range(16)]
    assert given == [200] * 15 + [400]


@pytest.mark.parametrize(("name", "fits"), [("x" * 100, True), ("x" * 101, False), ("", False)])
async def test_a_threads_name_has_a_hundred_characters_at_most(
    built: DiscordOffice, name: str, fits: bool
) -> None:
    body = {"name": name, "type": 12, "auto_archive_duration": 10080}
    status, answer = await send(built, "POST", f"/channels/{built.back.id}/threads", body)
    assert (status in (200, 201)) is fits, answer


async def test_a_thread_is_archived_after_one_of_four_times(built: DiscordOffice) -> None:
    body = {"name": "x", "type": 12, "auto_archive_duration": 100}
    status, _ = await send(built, "POST", f"/channels/{built.back.id}/threads", body)
    assert status == 400


async def test_nothing_is_edited_in_an_archived_thread(built: DiscordOffice) -> None:
    _, thread = await send(
        built, "POST", f"/channels/{built.back.id}/threads", {"name": "x", "type": 12, "invitable": False}
    )
    _, said = await send(built, "POST", f"/channels/{thread['id']}/messages", {"content": "x"})
    await send(built, "PATCH", f"/channels/{thread['id']}", {"archived": True})
    where = f"/channels/{thread['id']}/messages/{said['id']}"
    assert (await send(built, "PATCH", where, {"content": "y"}))[0] == 400
    # something new opens it again
    await send(built, "POST", f"/channels/{thread['id']}/messages", {"content": "z"})
    assert (await send(built, "PATCH", where, {"content": "y"}))[0] == 200


async def test_a_file_that_is_too_large_is_refused(built: DiscordOffice) -> None:
    form = aiohttp.FormData({"payload_json": "{}"})
    form.add_field("files[0]", io.BytesIO(b"x" * (10 * 1024 * 1024 + 1)), filename="big.bin")
    async with (
        aiohttp.ClientSession(headers={"Authorization": f"Bot {TOKEN}"}) as session,
        session.post(f"{built.server.url}/api/v10/channels/{built.front.id}/messages", data=form) as answer,
    ):
        assert answer.status == 400
        assert (await answer.json())["code"] == 40005
