"""A desk that is restored from a backup says nothing a second time, and takes up what was said since."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.discord.network import DiscordNetwork
from adapters.slack.network import SlackNetwork
from bot.desk import Desk
from bot.ports import Watched
from bot.tickets.model import PostRef
from tests import command_line
from tests.discord_office import DiscordOffice
from tests.doubles.postgres import PostgresServer
from tests.office import Office
from tests.scenarios.test_catching_up import caught_up
from tests.settings import PATIENCE


@pytest.fixture
def come(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Set when a look back has come to the threads; nothing is found before: it must wait for cards."""
    come = asyncio.Event()
    watched = Desk.watched

    async def coming(desk: Desk, network: str) -> list[Watched]:
        come.set()
        return await watched(desk, network)

    monkeypatch.setattr(Desk, "watched", coming)
    for kind in (SlackNetwork, DiscordNetwork):

        async def find(*given: Any, find: Any = kind.find) -> dict[str, PostRef]:
            await come.wait()
            found: dict[str, PostRef] = await find(*given)
            return found

        monkeypatch.setattr(kind, "find", find)
    return come


def halfdoor(*arguments: str | Path, database: str, **environment: str) -> str:
    given = [str(one) for one in arguments]
    code, output = command_line.invoke(given, {"HALFDOOR_DATABASE_URL": database, **environment})
    assert code == 0, output
    return output


class Vault:
    """Where a backup is kept, on each database by its own means."""

    def __init__(self, database: str, file: Path, server: PostgresServer | None) -> None:
        self.database = database
        self.file = file
        self.server = server
        self.begun = ""

    async def put(self) -> None:
        self.begun = datetime.now(UTC).isoformat()
        if self.server is None:
            await asyncio.to_thread(halfdoor, "db", "backup", self.file, database=self.database)
        else:
            await asyncio.to_thread(self.server.dump, self.database, self.file.name)

    async def take(self) -> None:
        if self.server is None:
            restore = ("db", "restore", self.file, "--force")
            await asyncio.to_thread(halfdoor, *restore, database=self.database)
        else:
            await asyncio.to_thread(self.server.restore, self.database, self.file.name)
            restored = ("db", "restored", "--at", self.begun)
            await asyncio.to_thread(halfdoor, *restored, database=self.database)


@pytest.fixture
def vault(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Vault:
    server = request.getfixturevalue("postgres")[0] if database_url.startswith("postgresql") else None
    return Vault(database_url, tmp_path / "backup.zip", server)


async def test_a_restored_desk_on_slack_has_said_everything_once(
    both: Office, come: asyncio.Event, vault: Vault
) -> None:
    office = both
    await office.ticket()
    office.carla.say(office.front, "before", thread=office.outside())
    await office.settle()
    await caught_up(office)
    await vault.put()
    office.carla.say(office.front, "since", thread=office.outside())
    office.robin.say(office.back, "<@UHALFDOOR> reply answered since", thread=office.inside())
    office.robin.say(office.back, "noted since", thread=office.inside())
    office.dora.say(office.front, "<@UHALFDOOR> Another matter")
    await office.settle()
    office.dora.say(office.front, "more of it", thread=office.outside("ACME-2"))
    office.robin.say(office.back, "<@UHALFDOOR> reply answered too", thread=office.inside("ACME-2"))
    await office.settle()
    stood = {
        (key, side): (office.customer_thread(key) if side else office.staff_thread(key))
        for key in ("ACME-1", "ACME-2")
        for side in (0, 1)
    }
    roots = len(office.carla.sees(office.front)), len(office.robin.sees(office.back))
    await office.halfdoor.stop()
    come.clear()
    await vault.take()
    await office.open(link=False)
    await caught_up(office)
    await caught_up(office)
    assert (len(office.carla.sees(office.front)), len(office.robin.sees(office.back))) == roots
    for (key, side), rows in stood.items():
        assert (office.customer_thread(key) if side else office.staff_thread(key)) == rows
    entries = await office.halfdoor.store.look(
        lambda connection, _: connection.exec_driver_sql("select text from entry").scalars().all()
    )
    assert sorted(entries) == [
        "Another matter", "Export fails with an empty file", "answered since", "answered too", "before",
        "more of it", "noted since", "since",
    ]  # fmt: skip
    office.carla.say(office.front, "after", thread=office.outside())
    office.dora.say(office.front, "after too", thread=office.outside("ACME-2"))
    await office.settle()
    assert office.staff_thread()[-1] == "Carla (Acme): after\n🌐 public"
    assert office.staff_thread("ACME-2")[-1] == "Dora (Acme): after too\n🌐 public"


async def test_a_number_that_is_given_out_again_takes_nobodys_card(
    both: Office, come: asyncio.Event, vault: Vault
) -> None:
    """A ticket that began by a command cannot be looked up: another has its number then, and not its thread."""
    office = both
    await office.ticket()
    await caught_up(office)
    await vault.put()
    await office.dora.slash(office.front, "create By command")
    await office.settle()
    office.carla.say(office.front, "<@UHALFDOOR> By mention")
    await office.settle()
    before = office.carla.sees(office.front)
    (lost,) = (row for row in before if "ACME-2 · By command" in row)
    await office.halfdoor.stop()
    come.clear()
    await vault.take()
    await office.open(link=False)
    await caught_up(office)
    await caught_up(office)
    after = office.carla.sees(office.front)
    assert lost in after
    assert [row for row in after if "ACME-2 · By mention" in row] == [
        row.replace("ACME-3", "ACME-2") for row in before if "ACME-3 · By mention" in row
    ]
    inside = office.robin.find(office.back, "ACME-2 · By mention").ts
    assert office.robin.sees(office.back, thread=inside) == ["Carla (Acme): By mention\n🌐 public"]


async def test_a_restored_desk_on_discord_has_said_everything_once(
    database_url: str, come: asyncio.Event, vault: Vault
) -> None:
    async with DiscordOffice(database_url) as office:
        await office.ticket()
        await office.carla.send(office.thread(office.front), "before")
        await looked_back(office)
        await vault.put()
        await office.carla.send(office.thread(office.front), "since")
        await office.carla.send(office.thread(office.front), "since")
        await office.robin.send(office.thread(office.back), f"<@{office.me}> reply answered since")
        await office.robin.send(office.thread(office.back), "noted since")
        await office.carla.send(office.front, f"<@{office.me}> Another matter")
        await office.settle()
        await office.press(office.robin, office.back, "join")
        await office.carla.send(office.thread(office.front, "ACME-2"), "more of it")
        await office.robin.send(office.thread(office.back, "ACME-2"), f"<@{office.me}> reply answered too")
        await office.settle()
        stood = everything_on(office)
        await office.halfdoor.stop()
        come.clear()
        await vault.take()
        await office.open()
        await looked_back(office)
        await looked_back(office)
        assert everything_on(office) == stood
        entries = await office.halfdoor.store.look(
            lambda connection, _: connection.exec_driver_sql("select text from entry").scalars().all()
        )
        assert sorted(entries) == [
            "Another matter", "Export fails with an empty file", "answered since", "answered too", "before",
            "more of it", "noted since", "since", "since",
        ]  # fmt: skip
        await office.carla.send(office.thread(office.front, "ACME-2"), "after")
        await office.settle()
        assert office.inside("ACME-2")[-1].startswith("Carla")
        assert "after" in office.inside("ACME-2")[-1]


def everything_on(office: DiscordOffice) -> list[list[str]]:
    threads = [*office.front.threads, *office.back.threads]
    return [
        office.sees(office.carla, office.front),
        office.sees(office.robin, office.back),
        *(sorted(office.sees(office.robin, one)) for one in threads),
    ]


async def looked_back(office: DiscordOffice) -> None:
    await office.settle()
    heard = await office.halfdoor.desk.heard("discord")
    async with asyncio.timeout(PATIENCE):
        while await office.halfdoor.desk.heard("discord") == heard:
            await office.clock.advance(61)
            await asyncio.sleep(0.02)
    await office.settle()
