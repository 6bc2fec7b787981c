"""The loopback refuses what Discord would refuse, so that a test that passes on it means something."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from adapters.discord.network import PERMISSIONS
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
    ("name", "fits"),
    [
        ("Carla (Acme)", True),
        ("x" * 81, False),
        ("clyde", False),
        ("My Discord", False),
        ("```", False),
        ("Everyone", False),
        ("here", False),
        ("here (Acme)", True),
        ("\u200b", False),
        (" ", False),
        ("", False),
        ("e\u200averyone", True),
        ("c\u200alyde", True),
    ],
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


async def upload(office: DiscordOffice, data: bytes) -> tuple[int, int]:
    form = aiohttp.FormData({"payload_json": "{}"})
    form.add_field("files[0]", io.BytesIO(data), filename="some.bin")
    async with (
        aiohttp.ClientSession(headers={"Authorization": f"Bot {TOKEN}"}) as session,
        session.post(f"{office.server.url}/api/v10/channels/{office.front.id}/messages", data=form) as answer,
    ):
        return answer.status, (await answer.json()).get("code", 0)


async def test_a_file_that_is_too_large_is_refused(built: DiscordOffice) -> None:
    assert await upload(built, b"x" * (10 * 1024 * 1024 + 1)) == (400, 40005)


class TestRights:
    """The bot has what its invitation asks for, and threads have rights of their own."""

    async def test_the_bot_has_exactly_what_it_was_invited_with(self, built: DiscordOffice) -> None:
        backend, me = built.server.backend, built.me
        roles = [
            backend.guilds[built.guild.id].roles[one]
            for one in backend.guilds[built.guild.id].members[me].role_ids
        ]
        assert {role.permissions for role in roles} == {0, PERMISSIONS.value}

    @pytest.mark.parametrize(
        ("body", "owner", "locked", "fits"),
        [
            ({"archived": False}, False, False, True),
            ({"archived": False}, True, True, False),
            ({"archived": True}, False, False, False),
            ({"archived": True}, True, False, True),
            ({"name": "x"}, False, False, False),
            ({"name": "x"}, True, False, True),
            ({"locked": True}, True, False, False),
        ],
    )
    async def test_a_thread_is_changed_under_its_own_rights(
        self, built: DiscordOffice, body: dict[str, Any], owner: bool, locked: bool, fits: bool
    ) -> None:
        backend = built.server.backend
        thread = backend.create_thread(built.front.id, "x", built.me if owner else built.carla.id)
        thread.thread_metadata.locked = locked
        assert (await send(built, "PATCH", f"/channels/{thread.id}", body))[0] == 200
        built.forbid(built.front, manage_threads=False)
        assert ((await send(built, "PATCH", f"/channels/{thread.id}", body))[0] == 200) is fits
        assert (await send(built, "DELETE", f"/channels/{thread.id}", None))[0] == 403

    async def test_an_announcement_channel_takes_no_private_thread(self, built: DiscordOffice) -> None:
        news = built.guild.create_news_channel("news")
        status, answer = await send(built, "POST", f"/channels/{news.id}/threads", {"name": "x", "type": 12})
        assert (status, answer["code"]) == (400, 50024)

    async def test_files_take_a_right_of_their_own(self, built: DiscordOffice) -> None:
        assert await upload(built, b"x") == (200, 0)
        built.forbid(built.front, attach_files=False)
        assert await upload(built, b"x") == (403, 50013)

    async def test_what_a_webhook_said_stands_without_it(self, built: DiscordOffice) -> None:
        _, hook = await send(built, "POST", f"/channels/{built.front.id}/webhooks", {"name": "desk"})
        where = f"/webhooks/{hook['id']}/{hook['token']}"
        _, said = await send(built, "POST", f"{where}?wait=true", {"content": "x"})
        assert said["application_id"] == str(built.server.backend.application_id)
        built.delete_our_webhooks()
        here = f"/channels/{built.front.id}/messages/{said['id']}"
        for method, path, refused in (
            ("POST", where, (404, 10015)),
            ("PATCH", f"{where}/messages/{said['id']}", (404, 10015)),
            ("DELETE", f"{where}/messages/{said['id']}", (404, 10015)),
            ("PATCH", here, (403, 50005)),
        ):
            status, answer = await send(built, method, path, {"content": "y"})
            assert (status, answer["code"]) == refused
        built.forbid(built.front, manage_messages=False)
        status, answer = await send(built, "DELETE", here, None)
        assert (status, answer["code"]) == (403, 50013)
        built.forbid(built.front, manage_messages=True)
        assert (await send(built, "DELETE", here, None))[0] == 204


async def test_an_empty_file_is_refused(built: DiscordOffice) -> None:
    assert await upload(built, b"") == (400, 50006)


async def test_files_lose_what_is_not_ascii_in_their_names_and_keep_it_as_title(built: DiscordOffice) -> None:
    sent = await built.carla.send(
        built.front, "", attachments=[("報告書 März.pdf", b"x"), ("a_b-1.tar.gz", b"x")]
    )
    shown = [(one["filename"], one.get("title")) for one in built.payload(sent)["attachments"]]
    assert shown == [("____M_rz.pdf", "報告書 März"), ("a_b-1.tar.gz", None)]


class TestWhoIsTold:
    """Nothing is told of what cannot be seen, nor while the bot is out."""

    def told(self, office: DiscordOffice) -> list[str]:
        """Return what was told of all but the staff channel, where we speak of it."""
        (session,) = office.server._sessions.values()
        back = str(office.back.id)
        return [event["t"] for event in session.sent if event["d"].get("channel_id") != back]

    async def test_a_hidden_channel_is_silent_and_its_threads_come_with_it_again(
        self, sqlite_url: str
    ) -> None:
        async with DiscordOffice(sqlite_url) as office:
            await office.ticket()
            office.forbid(office.front, view_channel=False)
            before = len(self.told(office))
            await office.carla.send(office.front, "x")
            await office.carla.send(office.thread(office.front), "x")
            await office.settle()
            assert "MESSAGE_CREATE" not in self.told(office)[before:]
            status, answer = await send(office, "GET", f"/channels/{office.front.id}/messages", None)
            assert (status, answer["code"]) == (403, 50001)
            office.forbid(office.front, view_channel=True)
            await office.settle()
            assert "THREAD_LIST_SYNC" in self.told(office)[before:]

    async def test_a_server_that_the_bot_is_out_of_is_silent(self, sqlite_url: str) -> None:
        async with DiscordOffice(sqlite_url) as office:
            office.kick()
            before = len(self.told(office))
            await office.carla.send(office.front, "x")
            assert self.told(office)[before:] == []
            assert (await send(office, "GET", f"/channels/{office.front.id}", None))[0] == 403
            office.invite()
            await office.carla.send(office.front, "x")
            assert self.told(office)[before:] == ["GUILD_CREATE", "MESSAGE_CREATE"]
