"""Durable ingest and relay through slack-bolt over Socket Mode, beside bare bolt bots that keep nothing.

The bot under test runs in a process of its own, the loopback Slack in this one. *Ingest* counts from the
first message to the last acknowledgement, at Halfdoor after the commit, with the courier at rest; *relay*
to the last copy posted. Halfdoor's pacing is off, for the bare echo bot has none.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import statistics
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from multiprocessing.connection import Connection
from operator import methodcaller
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.ports import Delivered, Due, ProjectPlaces, Tx
from bot.tickets import commands as c
from bot.tickets.decide import open_ticket
from bot.tickets.evolve import evolve
from bot.tickets.model import (
    Actor,
    CustomerSurface,
    Person,
    Place,
    PostRef,
    Project,
    Side,
    StaffSurface,
    Surfaces,
)
from bot.tickets.project import project
from storage.store import SqlStore
from storage.upgrade import upgrade
from tests.benchmarks.sampler import Sampler
from tests.doubles.slack import Channel, Human, SlackServer, World
from tests.doubles.slack.world import APP_TOKEN, BOT_TOKEN, BOT_USER, GUEST_ORG, Message
from tests.settings import settings_of

CHANNELS, TICKETS, MESSAGES, WINDOW, ROUNDS = 20, 5, 1000, 64, 3
#: How much faster than Slack's minute the limits of the paced bot and of its Slack run.
PACED_SHARE = 10.0
MEASURED = ("no-op", "echo", "ingest", "relay")


# ---------------------------------------------------------------- the bots, each in its process


def child(kind: str, api: str, database: str, profile: bool, pipe: Connection) -> None:
    asyncio.run(BOTS[kind](api, database, profile, pipe))


async def bare(api: str, pipe: Connection, *, echo: bool) -> None:
    from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
    from slack_bolt.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    app = AsyncApp(client=AsyncWebClient(base_url=api, token=BOT_TOKEN), process_before_response=True)

    @app.event("message")
    async def message(event: dict[str, Any], client: AsyncWebClient) -> None:
        if echo and "bot_id" not in event:
            await client.chat_postMessage(
                channel=event["channel"], text=event["text"], thread_ts=event["thread_ts"]
            )

    handler: Any = AsyncSocketModeHandler(app, APP_TOKEN)
    await handler.connect_async()
    await asyncio.to_thread(pipe.recv)
    pipe.send([])


async def halfdoor(
    api: str,
    database: str,
    profile: bool,
    pipe: Connection,
    *,
    courier: bool,
    pace: float = 0.0,
    share: float = 1_000_000,
) -> None:
    from adapters.slack.settings import SlackSettings
    from bot import logs
    from bot.settings import Settings
    from bot.wiring import make, supervise

    logs.configure("error", "json")
    made = make(
        settings_of(Settings, database_url=database),
        settings_of(
            SlackSettings,
            bot_token=BOT_TOKEN,
            app_token=APP_TOKEN,
            api_url=api,
            pace_seconds=pace,
            share=share,
            connections=1,
        ),
    )
    if courier:
        await made.start()
        running = None
    else:
        made.store.waking = None
        running = asyncio.create_task(supervise(made.networks["slack"]))
    sampler = Sampler()
    if profile:
        await asyncio.to_thread(pipe.recv)
        sampler.start()
    await asyncio.to_thread(pipe.recv)
    pipe.send(sampler.shares() if profile else [])
    assert running is None or not running.done()


BOTS: dict[str, Callable[[str, str, bool, Connection], Coroutine[Any, Any, None]]] = {
    "no-op": lambda api, database, profile, pipe: bare(api, pipe, echo=False),
    "echo": lambda api, database, profile, pipe: bare(api, pipe, echo=True),
    "ingest": lambda api, database, profile, pipe: halfdoor(api, database, profile, pipe, courier=False),
    "relay": lambda api, database, profile, pipe: halfdoor(api, database, profile, pipe, courier=True),
    "paced": lambda api, database, profile, pipe: halfdoor(
        api, database, profile, pipe, courier=True, pace=1.0, share=PACED_SHARE
    ),
}


# ---------------------------------------------------------------- the office


class Office:
    """Many projects with a few tickets each, on the loopback Slack and in a database."""

    def __init__(
        self, server: SlackServer, folder: Path, channels: int = CHANNELS, tickets: int = TICKETS
    ) -> None:
        self.channels, self.tickets = channels, tickets
        self.server, self.world, self.folder = server, server.world, folder
        self.carla = Human(server, self.world.user("Carla", team=GUEST_ORG))
        self.robin = Human(server, self.world.user("Robin"))
        self.threads: list[tuple[Channel, str]] = []
        self.template = folder / "template.db"
        self.copies = 0

    async def build(self) -> None:
        upgrade(f"sqlite:///{self.template}")
        store = SqlStore(f"sqlite:///{self.template}")
        by = Actor(Person("slack", self.carla.id, "Carla"), Side.CUSTOMER)
        for n in range(self.channels):
            front = self.world.channel(f"front-{n}", self.carla.user, self.robin.user, shared=True)
            back = self.world.channel(f"back-{n}", self.robin.user, private=True)
            link = ProjectPlaces(
                Project(f"P{n}", f"Project {n}"), (Place("slack", front.id),), Place("slack", back.id)
            )
            linking = methodcaller("link_places", link.project, link.customer_places, link.staff_place)
            await store.transact(linking)
            for _ in range(self.tickets):
                await store.transact(partial(_open, link=link, by=by))
        lanes = await store.look(
            lambda con, _: con.exec_driver_sql("select id from surface order by id").scalars().all()
        )
        for lane in lanes:
            settled = None
            while isinstance(due := await store.next_due(lane, _now(), settled, {}), Due):
                where = due.delivery.surface.place
                card = Message(where.id, self.world.ts(), BOT_USER, "card", bot=True)
                self.world.channels[where.id].messages[card.ts] = card
                settled = due.id, Delivered({"": PostRef(where, card.ts)})
                if lane % 2:
                    self.threads.append((self.world.channels[where.id], card.ts))
        await store.close()

    def database(self) -> str:
        """Return a fresh copy of the database."""
        self.copies += 1
        copy = self.folder / f"{self.copies}.db"
        copy.write_bytes(self.template.read_bytes())
        return f"sqlite:///{copy}"

    async def measure(self, kind: str, *, profile: bool = False) -> tuple[float, list[tuple[str, float]]]:
        """Return a bot's messages a second, and where its time went."""
        async with self.running(kind, profile=profile) as pipe:
            await self.drive(100, relays=kind in ("echo", "relay"))
            if profile:
                pipe.send("profile")
            took = await self.drive(MESSAGES, relays=kind in ("echo", "relay"))
            pipe.send("stop")
            shares: list[tuple[str, float]] = await asyncio.to_thread(pipe.recv)
        return MESSAGES / took, shares

    @asynccontextmanager
    async def running(self, kind: str, *, profile: bool = False) -> AsyncIterator[Connection]:
        """Run a bot in a process of its own, on a fresh database."""
        context = multiprocessing.get_context("spawn")
        pipe, theirs = context.Pipe()
        process = context.Process(
            target=child, args=(kind, self.server.url, self.database(), profile, theirs), daemon=True
        )
        process.start()
        while not self.server.connections:
            await asyncio.sleep(0.01)
        yield pipe
        process.kill()
        await asyncio.to_thread(process.join)
        while self.server.connections:
            await asyncio.sleep(0.01)
        self.server.calls.clear()

    async def drive(self, count: int, *, relays: bool) -> float:
        """Have Carla say things in all threads, a window at a time under way; return the seconds it took."""
        server = self.server
        before = sum(call.method == "chat.postMessage" and call.ok for call in server.calls)
        began = time.perf_counter()
        for n in range(count):
            channel, thread = self.threads[n % len(self.threads)]
            self.carla.say(channel, f"message {n}", thread=thread)
            while len(server._pending) >= WINDOW:
                await asyncio.sleep(0)
        await server.settled()
        while relays:
            posted = sum(call.method == "chat.postMessage" and call.ok for call in server.calls) - before
            if posted >= count:
                break
            await asyncio.sleep(0.002)
        took = time.perf_counter() - began
        await server.settled()
        return took


def _open(tx: Tx, link: ProjectPlaces, by: Actor) -> None:
    events = open_ticket(
        c.Open(by=by, number=tx.next_number(link.project.key), title="A ticket"), _now(), link.project
    )
    ticket = evolve(None, events)
    surfaces = Surfaces(
        CustomerSurface(ticket.key, link.project, link.customer_places[0]),
        StaffSurface(ticket.key, link.project, link.staff_place),
    )
    tx.add(ticket, surfaces)
    tx.save(None, ticket, events)
    tx.owe(project(None, ticket, events, project=link.project, surfaces=surfaces, messages={}), _now())


def _now() -> Any:
    from datetime import UTC, datetime

    return datetime.now(UTC)


async def run(*, profile: bool = False) -> tuple[list[tuple[str, str]], dict[str, float]]:
    """Run all four bots in turn, several rounds, and compare medians."""
    rates: dict[str, list[float]] = {kind: [] for kind in MEASURED}
    rows: list[tuple[str, str]] = []
    with TemporaryDirectory() as folder:
        async with SlackServer(World(), ack_timeout=60) as server:
            office = Office(server, Path(folder))
            await office.build()
            for _ in range(ROUNDS):
                for kind, found in rates.items():
                    rate, _ = await office.measure(kind)
                    found.append(rate)
            if profile:
                for kind in ("ingest", "relay"):
                    _, shares = await office.measure(kind, profile=True)
                    text = ", ".join(f"{name} {share:.0%}" for name, share in shares)
                    rows.append((f"{kind}: samples by package", text))
    middle = {kind: statistics.median(found) for kind, found in rates.items()}
    rows += [(f"{kind}, messages a second", f"{middle[kind]:.0f}") for kind in MEASURED]
    return rows, {
        "ingest_ratio": middle["ingest"] / middle["no-op"],
        "relay_ratio": middle["relay"] / middle["echo"],
    }
