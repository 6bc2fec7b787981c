"""The only file that builds adapters and storage."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_random_exponential

from adapters.discord import listeners as discord_listeners
from adapters.discord.network import DiscordNetwork
from adapters.discord.settings import DiscordSettings
from adapters.slack import listeners as slack_listeners
from adapters.slack.network import SlackNetwork
from adapters.slack.settings import SlackSettings
from adapters.web import demo
from adapters.web import listeners as web_listeners
from adapters.web.network import WebNetwork
from adapters.web.settings import WebSettings
from bot.access import ONCE, SESSION, Keys
from bot.courier import Courier
from bot.desk import Desk
from bot.guard import Guard
from bot.news import News
from bot.pages import Pages
from bot.ports import Clock, Content, FileGone, Lanes, Network, NotSent
from bot.settings import Settings
from bot.tickets.model import File, Person, Place
from storage.lanes import MemoryLanes, PostgresLanes
from storage.store import SqlStore
from storage.upgrade import upgrade

log = structlog.get_logger()

#: Seconds of the longest pause before a network that failed is run again, and of a run that counts as well.
LONGEST_PAUSE, RAN_WELL = 60.0, 60.0


class SystemClock:
    """The machine's clock."""

    def __init__(self) -> None:
        self._began = datetime.now(UTC), time.monotonic()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def steady(self) -> datetime:
        began, mark = self._began
        return began + timedelta(seconds=time.monotonic() - mark)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Halfdoor:
    """Everything that runs in one process."""

    def __init__(
        self,
        store: SqlStore,
        lanes: Lanes,
        networks: Mapping[str, Network],
        clock: Clock,
        *,
        max_attempts: int,
    ) -> None:
        self.store = store
        self.networks = networks
        news = News(store, networks)
        self.desk = Desk(store, networks, news, clock)
        self.guard = Guard(store, networks, news, clock)
        self.keys = Keys(store, clock)
        self.courier = Courier(store, lanes, networks, self.guard, clock, max_attempts=max_attempts)
        self._running: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Take up what was owed before, let the networks in, and look at the doors."""
        await self.courier.start(self.desk.ring)
        self._running = [asyncio.create_task(supervise(network)) for network in self.networks.values()]
        self._running.append(asyncio.create_task(self.guard.watch()))

    async def stop(self) -> None:
        """Take nothing new, finish what is in flight, and let go of everything."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self.desk.finish()
        await self.courier.stop()
        for network in self.networks.values():
            await network.close()
        await self.store.close()


def make_lanes(store: SqlStore, clock: Clock, settings: Settings) -> Lanes:
    """Return the driver that fits the database."""
    if store.sqlite:
        return MemoryLanes(store, clock)
    return PostgresLanes(store, clock, stalled_after=settings.stalled_after)


def make(
    settings: Settings,
    slack: SlackSettings | None,
    clock: Clock | None = None,
    *,
    discord: DiscordSettings | None = None,
    web: WebSettings | None = None,
) -> Halfdoor:
    """Build the desk with the networks that have settings. Must be called in the event loop."""
    clock = clock or SystemClock()
    store = SqlStore(settings.database_url)
    networks: dict[str, Network] = {}
    on_slack = SlackNetwork(slack, clock) if slack else None
    on_discord = DiscordNetwork(discord, clock) if discord else None
    on_web = WebNetwork(web, clock) if web else None
    networks |= {one.name: one for one in (on_slack, on_discord, on_web) if one is not None}
    lanes = make_lanes(store, clock, settings)
    halfdoor = Halfdoor(store, lanes, networks, clock, max_attempts=settings.max_attempts)
    for one in (on_slack, on_discord, on_web):
        if one is not None:
            one.elsewhere = lambda file: _fetch(networks, file)
    if on_slack is not None:
        slack_listeners.register(on_slack, halfdoor.desk, halfdoor.guard, clock)
    if on_discord is not None:
        discord_listeners.register(on_discord, halfdoor.desk, halfdoor.guard, clock)
    if on_web is not None:
        keys = halfdoor.keys
        web_listeners.register(on_web, halfdoor.desk, Pages(store, clock), keys, clock)

        async def console(person: Person, place: Place) -> str:
            return f"{on_web.url}/team/enter/{await keys.give('once', place, person, ONCE)}"

        halfdoor.desk.console = console
    return halfdoor


def _fetch(networks: Mapping[str, Network], file: File) -> AbstractAsyncContextManager[Content]:
    """Open a file on the network that holds it. What is not to be copied is never even looked for."""
    network = networks.get(file.network)
    if network is None or not file.copyable:
        raise FileGone
    return network.fetch(file)


@asynccontextmanager
async def demo_desk(folder: Path, *, port: int, seed: bool) -> AsyncGenerator[str]:
    """Run a desk with a sample project on the web, in a folder; yield the address of both sides of it."""
    url, first = f"sqlite:///{folder / 'halfdoor.db'}", not (folder / "halfdoor.db").exists()
    upgrade(url)
    settings = Settings.model_validate({"database_url": url})
    web = WebSettings(listen=f"127.0.0.1:{port}", url="", files=folder / "files")
    halfdoor = make(settings, None, web=web)
    pages = halfdoor.networks["web"]
    assert isinstance(pages, WebNetwork)
    await halfdoor.store.transact(lambda tx: tx.link_places(demo.PROJECT, [demo.FRONT], demo.BACK))
    for place, person in ((demo.BACK, demo.ROBIN), (demo.BACK, demo.KIM)):
        await halfdoor.keys.give("session", place, person, SESSION)
    pages.shown = ((demo.FRONT, demo.CARLA), (demo.BACK, demo.ROBIN))
    await halfdoor.start()
    try:
        if seed and first:
            await demo.month(halfdoor.desk.handle, SystemClock().now())
        async with asyncio.timeout(10):
            await pages.serving.wait()
        yield f"{pages.url}/demo/{pages.secret}"
    finally:
        await halfdoor.stop()


async def supervise(network: Network) -> None:
    """Keep a network up: whatever ends its run, it is run again, after a pause that grows."""
    while True:
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(Exception),
            wait=wait_random_exponential(multiplier=1, max=LONGEST_PAUSE),
            before_sleep=lambda state: _say_down(network, state),
        ):
            began = time.monotonic()
            with attempt:
                try:
                    await network.run()
                except Exception:
                    if time.monotonic() - began < RAN_WELL:
                        raise
                    log.warning("network_lost", network=network.name, exc_info=True)


def _say_down(network: Network, state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    reason = error.reason if isinstance(error, NotSent) else type(error).__name__
    pause = state.next_action.sleep if state.next_action else 0.0
    known = isinstance(error, NotSent)
    log.error(
        "network_down",
        network=network.name,
        reason=reason,
        again_in=round(pause, 1),
        exc_info=None if known else error,
    )
