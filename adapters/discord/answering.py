"""What one person is told back on Discord, and in which language."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

import discord
import structlog

from adapters.discord import forms, inbound, render
from adapters.discord.api import ACKNOWLEDGED
from adapters.discord.network import NOBODY, DiscordNetwork
from bot.desk import Desk
from bot.ports import Answer, Clock, NotSent, Unavailable, Words
from bot.tickets import asks as a
from bot.words.say import Refused, language_for, say

log = structlog.get_logger()

#: Discord waits three seconds for a first answer; after this time we ask for more.
SOON = 2.0
#: The most forms that are kept for who waited for them, and have not opened them yet.
KEPT_FORMS = 200
#: Seconds for which a process that does not keep a form leaves it to the one that may.
GRACE = 0.7
Work: TypeAlias = Callable[[], Awaitable[Answer | discord.ui.Modal | None]]


class _Anothers:
    """Another process has taken it, and answers."""


ANOTHERS: Final = _Anothers()


class Answering:
    """Asks the desk for somebody, and shows them alone what it answers."""

    def __init__(self, network: DiscordNetwork, desk: Desk, clock: Clock) -> None:
        self.network = network
        self.desk = desk
        self.clock = clock
        #: Forms that were ready too late to be opened by what asked for them, by the id of their button.
        self.ready: OrderedDict[str, discord.ui.Modal] = OrderedDict()

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

    async def answer(self, interaction: discord.Interaction, work: Work, *, quiet: bool = False) -> None:
        """Do what a person waits for, and show them the answer; with `quiet` only a refusal.

        Each process hears of everything that people press: the one that takes it answers, and the others say
        nothing. Whoever asks Discord for time asks for all of them, so that the answer follows after.
        """
        task = asyncio.ensure_future(self._in_words(interaction, work))
        await asyncio.wait((task,), timeout=SOON)
        late = not task.done()
        if late:
            await self._ask_for_time(interaction, thinking=not quiet)
        found = await task
        if isinstance(found, _Anothers):
            return
        try:
            if isinstance(found, discord.ui.Modal):
                if late:
                    await self._keep(interaction, found)
                else:
                    await interaction.response.send_modal(found)
                return
            shown = found is not None and not (quiet and isinstance(found, Words) and not found.refused)
            if not shown:
                if not late:
                    await interaction.response.defer()
                elif not quiet:
                    await interaction.delete_original_response()
                return
            assert found is not None
            for page in render.answer(found, self.where(interaction)):
                await self._show(interaction, page, late=late)
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

    async def tell(self, person: discord.abc.User, answer: Answer, at: discord.Message | None = None) -> None:
        """Tell somebody something. Only an interaction can be answered to one alone: a direct message is the
        next best. What cannot be said there is said under the post `at`, if it may be, or not at all."""
        try:
            for page in render.answer(answer):
                await person.send(page, allowed_mentions=NOBODY, suppress_embeds=True)  # type: ignore[attr-defined]
        except discord.HTTPException as error:
            log.warning("not_told", network="discord", status=error.status, code=error.code)
            if at is not None:
                await self._tell_there(answer, at)

    async def open_ready(self, interaction: discord.Interaction, ident: str, work: Work) -> None:
        """Open a form that somebody has waited for. Where no process keeps it, `work` makes it anew."""
        form = self.ready.pop(ident, None)
        if form is None:
            if not self.desk.alone:
                await asyncio.sleep(GRACE)  # whoever keeps it goes ahead
            await self.answer(interaction, work)
            return
        try:
            await interaction.response.send_modal(form)
        except discord.HTTPException as error:
            log.warning("not_told", network="discord", status=error.status, code=error.code)
        await self.desk.claim(_answer_to(interaction))

    async def _keep(self, interaction: discord.Interaction, form: discord.ui.Modal) -> None:
        """Offer a form behind a button: Discord opens one at once or never, and never after a wait."""
        button = forms.ready(await self.project_language(interaction), form, interaction.id)
        self.ready[str(button.custom_id)] = form
        while len(self.ready) > KEPT_FORMS:
            self.ready.popitem(last=False)
        view = discord.ui.View(timeout=None)
        view.add_item(button)
        words = say("form.ready", await self.project_language(interaction))
        await interaction.followup.send(words, view=view, ephemeral=True, allowed_mentions=NOBODY)

    async def _ask_for_time(self, interaction: discord.Interaction, *, thinking: bool) -> None:
        try:
            await interaction.response.defer(ephemeral=True, thinking=thinking)
        except discord.HTTPException as error:
            if error.code != ACKNOWLEDGED:  # else another process has asked already
                log.warning("not_told", network="discord", status=error.status, code=error.code)

    async def _tell_there(self, answer: Answer, at: discord.Message) -> None:
        try:
            for page in render.answer(answer):
                await at.reply(page, allowed_mentions=NOBODY, suppress_embeds=True)
        except discord.HTTPException as error:
            log.warning("not_told", network="discord", status=error.status, code=error.code)

    async def _in_words(
        self, interaction: discord.Interaction, work: Work
    ) -> Answer | discord.ui.Modal | _Anothers | None:
        """Discord does not repeat these: what fails is said in words."""
        try:
            if not await self.desk.claim(_answer_to(interaction)):
                return ANOTHERS
            return await work()
        except Refused as refused:
            return Words(refused.words(await self.project_language(interaction)), refused=True)
        except Unavailable as error:
            log.error("database_away", network="discord", error=str(error))
            return Words(say("no.database", self.language(interaction)), refused=True)
        except NotSent as error:
            log.error("discord_refused", reason=error.reason)
            return Words(say("no.trouble", self.language(interaction)), refused=True)
        except Exception:
            log.exception("not_answered", network="discord")
            return Words(say("no.trouble", self.language(interaction)), refused=True)

    async def _show(self, interaction: discord.Interaction, page: str, *, late: bool) -> None:
        more: dict[str, Any] = {"allowed_mentions": NOBODY, "suppress_embeds": True, "ephemeral": True}
        if late or interaction.response.is_done():
            await interaction.followup.send(page, **more)
        else:
            await interaction.response.send_message(page, **more)


def _answer_to(interaction: discord.Interaction) -> str:
    return f"discord:interaction:{interaction.id}:answer"
