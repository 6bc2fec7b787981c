"""A token goes to its network's own hosts alone, and nobody else's answer is handed out as a file of ours."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from discord import http
from pydantic import ValidationError
from yarl import URL

from adapters.discord.api import is_discords
from adapters.discord.inbound import UPLOADED
from adapters.slack.settings import SlackSettings
from bot.ports import FileGone
from bot.settings import Settings
from bot.tickets.model import File, Person, Place, Project
from bot.wiring import make
from tests.discord_office import DiscordOffice
from tests.office import Office, slack_settings
from tests.settings import settings_of
from tests.web_office import Visitor, web_settings


class Stranger:
    """A host that is nobody's: it answers everything, and writes down what it was shown."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None]] = []

    async def __aenter__(self) -> Stranger:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked.append((request.path, request.headers.get("Authorization")))
        return web.Response(body=b"strange")


@pytest.fixture
async def stranger() -> AsyncIterator[Stranger]:
    async with Stranger() as made:
        yield made


@pytest.fixture
async def slack(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    """Both sides on Slack, and the console in a browser."""
    office = Office(sqlite_url)
    async with office.server:
        settings = settings_of(Settings, database_url=sqlite_url, max_attempts=4)
        web = web_settings(tmp_path)
        office.halfdoor = make(settings, slack_settings(office.server), office.clock, web=web)
        front, back = Place("slack", office.front.id), Place("slack", office.back.id)
        await office.halfdoor.store.transact(
            lambda tx: tx.link_places(Project("ACME", "Acme"), [front], back)
        )
        await office.halfdoor.start()
        while office.server.connections < 2:
            await asyncio.sleep(0.005)
        yield office
        await office.halfdoor.stop()


async def console(office: Office) -> Visitor:
    pages: Any = office.halfdoor.networks["web"]
    await pages.serving.wait()
    robin = Visitor(pages.url, "team", {})
    person, back = Person("slack", office.robin.id, "Robin"), Place("slack", office.back.id)
    await robin.enter(await office.halfdoor.keys.give("once", back, person, timedelta(minutes=9)))
    return robin


async def opened(office: Office, robin: Visitor) -> Any:
    """What staff get who open the newest file of the ticket in the console."""
    entry = (await office.halfdoor.store.read(lambda tx: tx.messages("ACME-1")))[-1].id
    return await robin.get(f"/team/ACME-1/file/{entry}/0")


@pytest.mark.parametrize("mode", ["external", "hosted"])
async def test_a_remote_file_is_never_fetched_and_never_shown_the_token(
    slack: Office, stranger: Stranger, mode: str
) -> None:
    await slack.ticket()
    file = slack.carla.send_file("remote.txt", b"hello")
    file.mode, file.address = mode, f"{stranger.url}steal"
    slack.carla.share(slack.front, file, text="see this", thread=slack.outside())
    await slack.settle()
    async with await console(slack) as robin:
        answer = await opened(slack, robin)
        page = await robin.get("/team/ACME-1")
    assert answer.status == 410
    assert stranger.asked == []
    if mode == "external":
        assert "“remote.txt” can only be opened in Slack." in answer.read
        # what cannot be opened here is no link, and says where it can
        assert "“remote.txt” can only be opened in Slack." in page.read
        assert not re.findall(r'href="/team/ACME-1/file/', page.text)
    else:
        assert "“remote.txt” could not be brought here." in answer.read
        assert "“remote.txt” could not be brought here." in slack.staff_thread()[-1]


async def test_a_file_that_became_a_remote_one_since_is_not_fetched(
    slack: Office, stranger: Stranger
) -> None:
    await slack.ticket()
    file = slack.carla.send_file("plan.txt", b"hello")
    slack.carla.share(slack.front, file, text="see this", thread=slack.outside())
    await slack.settle()
    file.mode = "external"
    async with await console(slack) as robin:
        assert (await opened(slack, robin)).status == 410


async def test_nobody_is_led_to_another_host(slack: Office, stranger: Stranger) -> None:
    await slack.ticket()
    file = slack.carla.send_file("march.csv", b"hello")
    file.leads_to = f"{stranger.url}elsewhere"
    slack.carla.share(slack.front, file, text="see this", thread=slack.outside())
    await slack.settle()
    async with await console(slack) as robin:
        answer = await opened(slack, robin)
    assert answer.status == 410
    assert b"strange" not in answer.body
    assert stranger.asked == []
    assert "“march.csv” could not be brought here." in slack.staff_thread()[-1]


async def test_a_file_is_uploaded_to_slack_alone(slack: Office, stranger: Stranger) -> None:
    await slack.ticket()
    slack.server.uploads = stranger.url
    slack.carla.share(slack.front, slack.carla.send_file("march.csv", b"1;2"), thread=slack.outside())
    await slack.settle()
    assert stranger.asked == []
    assert "“march.csv” could not be brought here." in slack.staff_thread()[-1]


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://files.slack.com/files-pri/T1-F1/a.txt", True),
        ("https://acme.enterprise.slack.com/files-pri/T1-F1/a.txt", True),
        ("https://files.slack-gov.com/files-pri/T1-F1/a.txt", True),
        ("https://slack.com/api/x", True),
        ("http://files.slack.com/files-pri/T1-F1/a.txt", False),
        ("https://files.slack.com.evil.example/a.txt", False),
        ("https://evilslack.com/a.txt", False),
        ("https://slack.com@evil.example/a.txt", False),
        ("https://evil.example/?https://files.slack.com/", False),
        ("https://evil.example\\@files.slack.com/a.txt", False),
        ("https://slack-files.com/T1-F1-abc", False),  # public links, which want no token
        ("//files.slack.com/a.txt", False),
        ("files.slack.com/a.txt", False),
        ("ftp://files.slack.com/a.txt", False),
        ("https://[::1", False),
        ("", False),
    ],
)
async def test_which_addresses_are_slacks_own(socket: Office, address: str, shown: bool) -> None:
    assert socket.network.files._is_slacks(address) is shown


async def test_the_web_api_is_asked_by_https_unless_it_is_on_this_machine() -> None:
    tokens: dict[str, Any] = {"bot_token": "xoxb-1", "app_token": "xapp-1"}
    for url in ("http://slack.example/api/", "ftp://127.0.0.1/api/", "slack.com/api/"):
        with pytest.raises(ValidationError, match="https"):
            settings_of(SlackSettings, api_url=url, **tokens)
    for url in ("https://slack.example/api/", "http://127.0.0.1:9/api/", "http://localhost:9/api/"):
        assert settings_of(SlackSettings, api_url=url, **tokens).api_url == url


async def test_discords_files_are_fetched_from_discord_alone(sqlite_url: str, stranger: Stranger) -> None:
    async with DiscordOffice(sqlite_url) as office:
        await office.ticket()
        office.server.backend.cdn.store_attachment(2, 1, "a.txt", b"ours", None)
        here = f"{office.server.url}/cdn/attachments/1/2/a.txt"

        async def read(address: str, **more: Any) -> bytes:
            file = File(network="discord", id=UPLOADED + address, name="a.txt", size=4, **more)
            async with office.network.fetch(file) as content:
                return b"".join([chunk async for chunk in content.chunks])

        assert await read(here) == b"ours"
        for address in (stranger.url, f"{stranger.url}?{here}", "file:///etc/passwd", "nowhere"):
            with pytest.raises(FileGone):
                await read(address)
        with pytest.raises(FileGone):
            await read(here, copyable=False)
        # nor is anybody led to another host
        office.server.leads_to["/cdn/attachments/1/2/b.txt"] = stranger.url
        with pytest.raises(FileGone):
            await read(here.replace("a.txt", "b.txt"))
    assert stranger.asked == []


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        ("https://cdn.discordapp.com/attachments/1/2/a.txt?ex=1&is=2&hm=3", True),
        ("https://cdn.discordapp.com/ephemeral-attachments/1/2/a.txt", True),
        ("https://media.discordapp.net/attachments/1/2/a.txt", True),
        ("http://cdn.discordapp.com/attachments/1/2/a.txt", False),
        ("https://cdn.discordapp.com.evil.example/a.txt", False),
        ("https://cdn.discordapp.com@evil.example/a.txt", False),
        ("https://evil.example/cdn.discordapp.com", False),
        ("http://127.0.0.1:1/a.txt", False),
        ("", False),
    ],
)
def test_which_addresses_are_discords_own(address: str, ours: bool) -> None:
    assert URL(http.Route.BASE).host == "discord.com"
    assert is_discords(address) is ours


async def test_what_is_not_to_be_copied_is_not_asked_of_any_network(slack: Office) -> None:
    pages: Any = slack.halfdoor.networks["web"]
    for network in ("slack", "web"):
        file = File(network=network, id="0" * 32, name="plan", copyable=False)
        with pytest.raises(FileGone):
            async with pages.elsewhere(file):
                pass
        with pytest.raises(FileGone):
            async with slack.halfdoor.networks[network].fetch(file):
                pass
    assert not [call for call in slack.server.calls if call.method == "files.info"]
