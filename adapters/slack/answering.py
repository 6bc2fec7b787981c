"""What one person is told back on Slack, and in which language."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from adapters.slack import inbound, render
from adapters.slack.network import SlackNetwork
from bot.desk import Desk
from bot.ports import Answer, Clock, NotSent, Unavailable, Words
from bot.tickets import asks as a
from bot.tickets.model import Person, Place
from bot.words.say import Refused, language_for, say

log = structlog.get_logger()


class Answering:
    """Asks the desk for somebody, and shows them alone what it answers."""

    def __init__(self, network: SlackNetwork, desk: Desk, clock: Clock) -> None:
        self.network = network
        self.desk = desk
        self.clock = clock

    async def ask(
        self, ask: a.Ask, ref: str, by: Person, channel: str, *, held: bool = False
    ) -> Answer | None:
        return await self.desk.handle(
            inbound.asked(
                ask,
                ref=ref,
                by=by,
                channel=channel,
                at=self.clock.now(),
                locale=await self.locale(by.id),
                held=held,
            )
        )

    async def with_words(
        self, work: Callable[[], Awaitable[Answer | None]], channel: str, user: str
    ) -> Answer | None:
        """Do what a person waits for. Slack does not repeat these: what fails is said to them in words."""
        try:
            return await work()
        except Unavailable as error:
            log.error("database_away", network="slack", error=str(error))
            return Words(say("no.database", language_for(await self.locale(user), "en")), refused=True)
        except NotSent as error:
            log.error("slack_refused", reason=error.reason)
            return Words(say("no.trouble", await self.language(channel, user)), refused=True)
        except Refused as refused:
            words = refused.words(await self.language(channel, user))
            return Words(words, refused=True, field=refused.field)
        except Exception:
            # What could not be read may be the project itself: the language is the person's own, or English.
            log.exception("not_answered", network="slack")
            return Words(say("no.trouble", language_for(await self.locale(user), "en")), refused=True)

    async def tell(self, channel: str, user: str, answer: Answer, thread: str | None) -> None:
        if user:
            await self.quietly(self.network.show(channel, user, render.answer(answer), thread))

    async def tell_surely(self, channel: str, by: Person, words: Words) -> None:
        """Show somebody alone why nothing came of what they did; as a direct message where that fails."""
        try:
            await self.network.show(channel, by.id, render.answer(words))
        except NotSent:
            await self.quietly(self.network.tell(by, words.text))

    async def quietly(self, telling: Awaitable[None]) -> None:
        """An ephemeral answer is best effort: what it speaks of has been committed already."""
        try:
            await telling
        except NotSent as error:
            log.warning("not_told", reason=error.reason)

    async def open(self, trigger: str, view: dict[str, Any]) -> None:
        await self.network.api.call("views.open", trigger_id=trigger, view=view)

    async def language(self, channel: str, user: str) -> str:
        """Return what a person is answered in: their own language if Slack tells it, or the project's."""
        link = await self.desk.link(Place("slack", channel))
        return language_for(await self.locale(user), link.project.language if link else "en")

    async def locale(self, user: str) -> str | None:
        try:
            return (await self.network.people.known(user)).locale if user else None
        except NotSent:
            return None
