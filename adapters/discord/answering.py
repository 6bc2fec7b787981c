"""What one person is told back on Discord, and in which language."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import discord
import structlog

from adapters.discord import inbound, render
from adapters.discord.network import NOBODY, DiscordNetwork
from bot.desk import Desk
from bot.ports import Answer, Clock, NotSent, Unavailable, Words
from bot.tickets import asks as a
from bot.tickets.texts import Refused, language_for, say

log = structlog.get_logger()

#: Discord waits three seconds for a first answer; after this time we ask for more.
SOON = 2.0


class Answering:
    """Asks the desk for somebody, and shows them alone what it answers."""

    def __init__(self, network: DiscordNetwork, desk: Desk, clock: Clock) -> None:
        self.network = network
        self.desk = desk
        self.clock = clock

    async def ask(self, ask: a.Ask, interaction: discord.Interaction) -> Answer | None:
        return await self.desk.handle(
            inbound.asked(
                ask,
                ref=f"interaction:{interaction.id}",
                by=inbound.person(interaction.user),
                channel=interaction.channel,
                at=self.clock.now(),
                locale=str(interaction.locale),
                files=inbound.uploads(interaction.data or {}),
            )
        )

    async def answer(
        self,
        interaction: discord.Interaction,
        work: Callable[[], Awaitable[Answer | discord.ui.Modal | None]],
        *,
        quiet: bool = False,
    ) -> None:
        """Do what a person waits for, and show them the answer; with `quiet` only a refusal."""
        task = asyncio.ensure_future(self._in_words(interaction, work))
        await asyncio.wait((task,), timeout=SOON)
        if not task.done():
            await interaction.response.defer(ephemeral=True, thinking=not quiet)
        found = await task
        try:
            if isinstance(found, discord.ui.Modal):
                await interaction.response.send_modal(found)
                return
            shown = found is not None and not (quiet and isinstance(found, Words) and not found.refused)
            if not shown:
                if not interaction.response.is_done():
                    await interaction.response.defer()
                return
            assert found is not None
            for page in render.answer(found, self.where(interaction)):
                await self._show(interaction, page)
        except discord.HTTPException as error:
            # What it speaks of has been committed already.
            log.warning("not_told", network="discord", status=error.status, code=error.code)

    def where(self, interaction: discord.Interaction) -> render.Where:
        """Return the address of a thread in the server that somebody asks from."""
        return lambda post: f"https://discord.com/channels/{interaction.guild_id}/{post.id}"

    def language(self, interaction: discord.Interaction, otherwise: str = "en") -> str:
        return language_for(str(interaction.locale), otherwise)

    async def project_language(self, interaction: discord.Interaction) -> str:
        """Return what somebody is answered in: their own language, or the project's."""
        link = await self.desk.link(inbound.where(interaction.channel)[0])
        return self.language(interaction, link.project.language if link else "en")

    async def tell(self, message: discord.Message, answer: Answer) -> None:
        """Tell the author of a message something. Only an interaction can be answered to one alone: a direct
        message is the next best, and what cannot be said there is not said."""
        try:
            for page in render.answer(answer):
                await message.author.send(page, allowed_mentions=NOBODY, suppress_embeds=True)
        except discord.HTTPException as error:
            log.warning("not_told", network="discord", status=error.status, code=error.code)

    async def _in_words(
        self,
        interaction: discord.Interaction,
        work: Callable[[], Awaitable[Answer | discord.ui.Modal | None]],
    ) -> Answer | discord.ui.Modal | None:
        """Discord does not repeat these: what fails is said in words."""
        try:
            return await work()
        except Refused as refused:
            return Words(refused.words(await self.project_language(interaction)), refused=True)
        except Unavailable as error:
            log.error("database_away", network="discord", error=str(error))
            return Words(say("no.database", self.language(interaction)), refused=True)
        except NotSent as error:
            log.error("discord_refused", reason=error.reason)
            return Words(say("no.trouble", self.language(interaction)), refused=True)

    async def _show(self, interaction: discord.Interaction, page: str) -> None:
        more: dict[str, Any] = {"allowed_mentions": NOBODY, "suppress_embeds": True, "ephemeral": True}
        if interaction.response.is_done():
            await interaction.followup.send(page, **more)
        else:
            await interaction.response.send_message(page, **more)
