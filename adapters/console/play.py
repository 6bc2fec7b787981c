"""The demo: one ticket's life, scene by scene, as both sides see it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

from rich.columns import Columns
from rich.console import Console
from rich.panel import Panel

from adapters.console.network import CUSTOMER_PLACE, STAFF_PLACE, ConsoleNetwork
from bot.desk import Desk
from bot.ports import Answer, Asked, Incoming, Said, Words
from bot.tickets.asks import Ask, AskRate, AskRecall, AskReopen
from bot.tickets.model import Person, Place, Project

CARLA = Person("console", "carla", "Carla")
ROBIN = Person("console", "robin", "Robin")
PROJECT = Project("ACME", "Acme")
#: Seconds between two scenes.
PAUSE = 1.6


@dataclass
class Stage:
    """What the demo plays on: a desk whose network is this terminal."""

    network: ConsoleNetwork
    desk: Desk
    drain: Callable[[], Awaitable[None]]
    _numbers: count[int] = field(default_factory=count)

    async def says(self, who: Person, place: Place, text: str, *, thread: str | None = None) -> Answer | None:
        """Somebody writes into a place; what starts with @Halfdoor is a command there."""
        sign = "🔒 " if place == STAFF_PLACE and not text.startswith("@") else ""
        post = self.network.write(place, f"{sign}{who.name}: {text}")
        command = text.removeprefix("@Halfdoor ") if text.startswith("@Halfdoor ") else None
        said = Said(post, thread, text, mentioned=command is not None, command=command)
        return await self.take(who, place, said)

    async def asks(self, who: Person, place: Place, ask: Ask) -> Answer | None:
        """Somebody presses a button."""
        return await self.take(who, place, Asked(ask))

    async def take(self, who: Person, place: Place, act: Said | Asked) -> Answer | None:
        ref = f"demo:{next(self._numbers)}"
        answer = await self.desk.handle(Incoming(ref, who, place, datetime.now(UTC), act))
        await self.drain()
        return answer

    def card(self, place: Place) -> str:
        """Return the post that the ticket's thread hangs on in a place."""
        posts = self.network.places[place.id]
        return next(ident for ident, text in posts.items() if text.startswith("[b]ACME-1 "))

    def reply(self) -> str:
        """Return the id of the last reply, as its buttons carry it."""
        return self.network.last_entry


async def play(stage: Stage, out: Console, *, quick: bool) -> None:
    """Play all scenes, printing both sides after each."""

    async def scene(title: str, answer: Answer | None = None) -> None:
        out.rule(f"[bold]{title}")
        panels = [
            Panel("\n".join(stage.network.places[place.id].values()), title=name, width=out.width // 2 - 1)
            for place, name in ((CUSTOMER_PLACE, "what the customer sees"), (STAFF_PLACE, "behind the door"))
        ]
        out.print(Columns(panels))
        if isinstance(answer, Words):
            out.print(f"[dim]only to the one who acted: {answer.text}[/dim]")
        if not quick:
            await asyncio.sleep(PAUSE)

    await stage.says(CARLA, CUSTOMER_PLACE, "@Halfdoor Export fails with an empty file")
    await scene("Carla mentions Halfdoor: a ticket is open")
    inside, outside = stage.card(STAFF_PLACE), stage.card(CUSTOMER_PLACE)
    await stage.says(ROBIN, STAFF_PLACE, "That is the new CSV writer, see the deploy log.", thread=inside)
    answer = await stage.says(ROBIN, STAFF_PLACE, "@Halfdoor repyl We are looking", thread=inside)
    await scene("Robin thinks aloud and mistypes a command: both stay behind the door", answer)
    await stage.says(ROBIN, STAFF_PLACE, "@Halfdoor assign me", thread=inside)
    await stage.says(ROBIN, STAFF_PLACE, "@Halfdoor reply It was your fault, Carla.", thread=inside)
    await scene("A reply goes out that had better not")
    await stage.asks(ROBIN, STAFF_PLACE, AskRecall("ACME-1", stage.reply()))
    await stage.says(ROBIN, STAFF_PLACE, "@Halfdoor reply We found it, a fix goes out today.", thread=inside)
    await scene("It is recalled, and a better one sent")
    await stage.says(ROBIN, STAFF_PLACE, "@Halfdoor status on hold internal", thread=inside)
    await stage.says(ROBIN, STAFF_PLACE, "@Halfdoor time 1h30 reading the CSV writer", thread=inside)
    await stage.says(CARLA, CUSTOMER_PLACE, "Thank you! The March report has it too.", thread=outside)
    await scene("An internal status and booked time; Carla answers and sees neither")
    await stage.says(
        ROBIN, STAFF_PLACE, "@Halfdoor close public: Fixed in 4.2.1, please reload.", thread=inside
    )
    await stage.asks(CARLA, CUSTOMER_PLACE, AskRate("ACME-1", 4))
    await scene("Robin closes, Carla rates")
    await stage.asks(CARLA, CUSTOMER_PLACE, AskReopen("ACME-1"))
    await scene("And opens it again")
    out.print("This ran on SQLite with the real desk and courier. `halfdoor run` does it on Slack.")
