"""A desk whose customers are on one network and whose team is on the same or another."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.settings import Settings
from bot.tickets.model import Place, Project
from bot.wiring import make
from tests.discord_office import DiscordOffice, discord_settings
from tests.office import HandClock, Office, slack_settings
from tests.people import Customer, Staff
from tests.people.discord import DiscordCustomer, DiscordStaff
from tests.people.slack import SlackCustomer, SlackStaff
from tests.people.web import WebCustomer, WebStaff
from tests.settings import PATIENCE, settings_of
from tests.web_office import BACK, FRONT, WebOffice, web_settings

NETWORKS = ("slack", "discord", "web")


class Pair:
    """Carla on the network `outside`, Robin on the network `inside`."""

    def __init__(self, database_url: str, folder: Path, outside: str, inside: str) -> None:
        self.database_url = database_url
        self.folder = folder
        self.outside, self.inside = outside, inside
        self.clock = HandClock()
        self.slack = Office(database_url)
        self.discord = DiscordOffice(database_url)
        self.web = WebOffice(database_url, folder, self.clock)
        self.carla: Customer
        self.robin: Staff

    def _has(self, network: str) -> bool:
        return network in (self.outside, self.inside)

    async def __aenter__(self) -> Pair:
        if self._has("discord"):
            await self.discord.build()
            self.clock = self.discord.clock
        if self._has("slack"):
            self.slack.clock, self.slack.world.now = self.clock, self.clock.time
            await self.slack.server.__aenter__()
        halfdoor = make(
            settings_of(Settings, database_url=self.database_url, stalled_after=30, max_attempts=4),
            slack_settings(self.slack.server) if self._has("slack") else None,
            self.clock,
            discord=discord_settings() if self._has("discord") else None,
            web=web_settings(self.folder) if self._has("web") else None,
        )
        self.halfdoor = self.slack.halfdoor = self.discord.halfdoor = self.web.halfdoor = halfdoor
        fronts = {"slack": self.slack.front.id, "discord": "", "web": FRONT.id}
        backs = {"slack": self.slack.back.id, "discord": "", "web": BACK.id}
        if self._has("discord"):
            fronts["discord"], backs["discord"] = str(self.discord.front.id), str(self.discord.back.id)
        front, back = Place(self.outside, fronts[self.outside]), Place(self.inside, backs[self.inside])
        await halfdoor.store.transact(lambda tx: tx.link_places(Project("ACME", "Acme"), [front], back))
        await halfdoor.start()
        async with asyncio.timeout(PATIENCE):
            while not self._ready():
                await asyncio.sleep(0.005)
        await self._come()
        return self

    async def __aexit__(self, *_: object) -> None:
        for one in self.web.visitors:
            await one.session.close()
        async with asyncio.timeout(PATIENCE):
            if self._has("slack"):
                await self.slack.server.quiet()
            await self.halfdoor.stop()
        if self._has("slack"):
            await self.slack.server.__aexit__()
        if self._has("discord"):
            await self.discord.server.__aexit__()

    async def settle(self) -> None:
        """Wait until everybody has been told everything that can be told now."""
        for _ in range(2):
            await self.web.settle()
            if self._has("slack"):
                await self.slack.settle()
            if self._has("discord"):
                await self.discord.settle()

    def _ready(self) -> bool:
        return (
            (not self._has("slack") or self.slack.server.connections == 2)
            and (not self._has("discord") or self.discord.connected)
            and (not self._has("web") or self.web.network.serving.is_set())
        )

    async def _come(self) -> None:
        match self.outside:
            case "slack":
                self.carla = SlackCustomer(self.slack)
            case "discord":
                self.carla = DiscordCustomer(self.discord)
            case _:
                self.carla = WebCustomer(await self.web.customer(), self.web)
        match self.inside:
            case "slack":
                self.robin = SlackStaff(self.slack)
            case "discord":
                self.robin = DiscordStaff(self.discord)
            case _:
                self.robin = WebStaff(await self.web.staff(), self.web)
