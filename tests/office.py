"""A whole desk in one process: the real Halfdoor on the loopback Slack, with people on both sides."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.slack.network import SlackNetwork
from adapters.slack.settings import SlackSettings
from bot.settings import Settings
from bot.tickets.model import Place, Project
from bot.wiring import Halfdoor, make
from tests.doubles.slack import Channel, Human, SlackServer, World
from tests.doubles.slack.world import APP_TOKEN, BOT_TOKEN, GUEST_ORG, SIGNING_SECRET
from tests.settings import PATIENCE, settings_of


class HandClock:
    """A clock that runs, and that tests turn on by hand. Pauses over half a second wait for that.

    Who sets `ahead` sets the clock, as somebody does who mends a machine's: no time passes by that, and
    nobody who sleeps wakes of it (asyncio sleeps by `time.monotonic`, which "is not affected by system clock
    updates": docs.python.org/3/library/time.html).
    """

    def __init__(self) -> None:
        self.ahead = timedelta()
        self._began, self._passed = datetime.now(UTC) - timedelta(seconds=time.monotonic()), timedelta()
        self._sleepers: list[tuple[datetime, asyncio.Event]] = []

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def steady(self) -> datetime:
        return self._began + timedelta(seconds=time.monotonic()) + self._passed

    def time(self) -> float:
        return self.now().timestamp()

    def sleep(self, seconds: float) -> Coroutine[Any, Any, None]:
        # The end is fixed now, not when the coroutine takes its first step: the clock may be turned between.
        return self._sleep(seconds, self.steady() + timedelta(seconds=seconds))

    async def _sleep(self, seconds: float, until: datetime) -> None:
        if seconds <= 0.5:
            await asyncio.sleep(seconds)
            return
        sleeper = until, asyncio.Event()
        self._sleepers.append(sleeper)
        try:
            # Real time passes on this clock too: a test may wait for what is due without turning it.
            async with asyncio.timeout((until - self.steady()).total_seconds()):
                await sleeper[1].wait()
        except TimeoutError:
            pass
        finally:
            self._sleepers.remove(sleeper)

    async def advance(self, seconds: float) -> None:
        """Turn the clock on, and let whoever slept until then go on."""
        self.ahead += timedelta(seconds=seconds)
        self._passed += timedelta(seconds=seconds)
        now = self.steady()
        for until, event in list(self._sleepers):
            if until <= now:
                event.set()
        for _ in range(20):
            await asyncio.sleep(0)


def slack_settings(server: SlackServer, **more: Any) -> SlackSettings:
    """Return settings that point at the loopback."""
    values: dict[str, Any] = {
        "bot_token": BOT_TOKEN,
        "app_token": APP_TOKEN,
        "signing_secret": SIGNING_SECRET,
        "listen": "127.0.0.1:0",
        "api_url": server.url,
        "pace_seconds": 0.0,
        "share": 10_000.0,
        **more,
    }
    return settings_of(SlackSettings, **values)


class Office:
    """Acme's shared channel and its staff channel, Halfdoor between them."""

    def __init__(self, database_url: str, *, language: str = "en", **slack: Any) -> None:
        self.clock = HandClock()
        self.world = World(self.clock.time)
        self.server = SlackServer(self.world)
        self.database_url = database_url
        #: Few, so that what is set aside is so soon.
        self.max_attempts = 4
        self.language = language
        self.slack = slack
        world = self.world
        self.carla = self.human("Carla", team=GUEST_ORG)
        self.dora = self.human("Dora", restricted=True)
        self.robin = self.human("Robin")
        self.kim = self.human("Kim")
        self.olga = self.human("Olga")
        everyone = [one.user for one in (self.carla, self.dora, self.robin, self.olga)]
        self.front: Channel = world.channel("acme-support", *everyone, shared=True)
        self.back: Channel = world.channel("acme-desk", self.robin.user, self.kim.user, private=True)
        self.halfdoor: Halfdoor

    def human(self, name: str, **more: Any) -> Human:
        locale = "de-DE" if self.language.startswith("de") else "en-US"
        return Human(self.server, self.world.user(name, **{"locale": locale, **more}))

    async def __aenter__(self) -> Office:
        await self.server.__aenter__()
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.server.quiet()
            await self.halfdoor.stop()
        await self.server.__aexit__()

    async def open(self, *, link: bool = True) -> None:
        """Start Halfdoor, as after a restart."""
        settings = settings_of(
            Settings, database_url=self.database_url, stalled_after=30, max_attempts=self.max_attempts
        )
        self.halfdoor = make(settings, slack_settings(self.server, **self.slack), self.clock)
        if link:
            project = Project("ACME", "Acme", self.language)
            front, back = Place("slack", self.front.id), Place("slack", self.back.id)
            await self.halfdoor.store.transact(lambda tx: tx.link_places(project, [front], back))
        await self.halfdoor.start()
        async with asyncio.timeout(PATIENCE):
            while self.slack.get("mode") == "http" and self.network.port is None:
                await asyncio.sleep(0.005)
            if self.slack.get("mode") == "http":
                self.server.app_url = f"http://127.0.0.1:{self.network.port}/slack/events"
                return
            while self.server.connections < self.slack.get("connections", 2):
                await asyncio.sleep(0.005)

    @property
    def network(self) -> SlackNetwork:
        network = self.halfdoor.networks["slack"]
        assert isinstance(network, SlackNetwork)
        return network

    async def settle(self) -> None:
        """Wait until everybody has been told everything that can be told now."""
        async with asyncio.timeout(PATIENCE):
            while True:
                await self.server.settled()
                await self.halfdoor.courier.drain()
                await asyncio.sleep(0)
                if self.server.idle:
                    return

    # ------------------------------------------------------------ shorthands

    async def ticket(self, text: str = "Export fails with an empty file") -> str:
        """Carla opens a ticket by mention; returns its key."""
        before = len(self.back.messages)
        self.carla.say(self.front, f"<@UHALFDOOR> {text}")
        await self.settle()
        assert len(self.back.messages) > before
        numbers = [row for row in self.robin.sees(self.back) if "ACME-" in row]
        return numbers[-1].split("Halfdoor: ")[1].split(" · ")[0].lstrip("*")

    def outside(self, key: str = "ACME-1") -> str:
        """Return the thread of a ticket in the customer's channel."""
        return self.carla.find(self.front, f"{key} ·").ts

    def inside(self, key: str = "ACME-1") -> str:
        """Return the thread of a ticket in the staff channel."""
        return self.robin.find(self.back, f"{key} ·").ts

    def customer_thread(self, key: str = "ACME-1") -> list[str]:
        return self.carla.sees(self.front, thread=self.outside(key))

    def staff_thread(self, key: str = "ACME-1") -> list[str]:
        return self.robin.sees(self.back, thread=self.inside(key))
