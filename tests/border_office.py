"""One desk on both loopback networks: customers on one of them, staff on the other."""

from __future__ import annotations

import asyncio

from bot.settings import Settings
from bot.tickets.model import Place, Project
from bot.wiring import make
from tests.discord_office import DiscordOffice, discord_settings
from tests.office import Office, slack_settings
from tests.settings import PATIENCE, settings_of


class BorderOffice:
    """Two offices whose halves belong together; `inside` names the network of the staff."""

    def __init__(self, database_url: str, *, inside: str) -> None:
        self.slack = Office(database_url)
        self.discord = DiscordOffice(database_url)
        self.clock = self.slack.clock = self.discord.clock
        self.slack.world.now = self.clock.time
        self.database_url = database_url
        self.inside = inside

    async def __aenter__(self) -> BorderOffice:
        await self.slack.server.__aenter__()
        await self.discord.build()
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.slack.server.quiet()
            await self.halfdoor.stop()
        await self.slack.server.__aexit__()
        await self.discord.server.__aexit__()

    async def open(self, *, discord: bool = True) -> None:
        """Start Halfdoor, as after a restart, and wait until it is connected, without `discord` to Slack alone."""
        settings = settings_of(Settings, database_url=self.database_url, stalled_after=30, max_attempts=4)
        self.halfdoor = self.slack.halfdoor = self.discord.halfdoor = make(
            settings, slack_settings(self.slack.server), self.clock, discord=discord_settings()
        )
        on_slack = Place("slack", self.slack.front.id), Place("slack", self.slack.back.id)
        on_discord = Place("discord", str(self.discord.front.id)), Place("discord", str(self.discord.back.id))
        (front, _), (_, back) = (on_discord, on_slack) if self.inside == "slack" else (on_slack, on_discord)
        await self.halfdoor.store.transact(lambda tx: tx.link_places(Project("ACME", "Acme"), [front], back))
        await self.halfdoor.start()
        async with asyncio.timeout(PATIENCE):
            while (discord and not self.discord.connected) or self.slack.server.connections < 2:
                await asyncio.sleep(0.005)

    async def settle(self) -> None:
        """Wait until everybody has been told everything that can be told now."""
        for _ in range(2):
            await self.slack.settle()
            await self.discord.settle()
