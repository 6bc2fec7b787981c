"""Storms: processes that are killed at any moment, networks that are away, clocks that are set.

Counts what was said, and what of it was lost, said twice, or shown in another order than it was said in.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.context import ForkServerProcess as Process
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

from bot.courier import MAX_ATTEMPTS
from storage.schema import delivery, is_open
from storage.store import make_engine
from storage.upgrade import upgrade
from tests.discord_office import DiscordOffice
from tests.doubles import victim
from tests.doubles.postgres import PostgresServer
from tests.office import Office
from tests.scenarios.test_kill import processes

#: Tickets that people talk on at a time, and how much may be under way: more drowns the double.
TICKETS, UNDER_WAY = 3, 30
#: Seconds after which a storm that does not end is given up: what has not arrived by then is lost.
PATIENCE = 240.0
#: What may go wrong with a call, and how likely each is.
FAULTS = ("500_before", "500_after", "cut_before", "cut_after", "429")


@dataclass
class Tally:
    """What was said on each ticket, to each side, in order."""

    inside: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    outside: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def count(self, shown: dict[str, tuple[list[str], list[str]]]) -> dict[str, int]:
        """Hold what is shown against what was said."""
        found: Counter[str] = Counter(injected=0, lost=0, doubled=0, reordered=0)
        for key, (inside, outside) in shown.items():
            for said, seen in ((self.inside[key], inside), (self.outside[key], outside)):
                seen = [one for one in seen if one in set(said)]
                counted, order = Counter(seen), list(dict.fromkeys(seen))
                found["injected"] += len(said)
                found["lost"] += sum(not counted[one] for one in said)
                found["doubled"] += sum(n - 1 for n in counted.values())
                arrived = [one for one in said if counted[one]]
                found["reordered"] += sum(a != b for a, b in zip(order, arrived, strict=True))
        return dict(found)


def words(rows: list[str], who: str) -> list[str]:
    """Return the words of somebody's posts, in order."""
    return [row.split(": ", 1)[1].split("\n")[0] for row in rows if row.startswith(who)]


async def connected(work: Callable[..., None], office: Office | DiscordOffice) -> Process:
    """Start a process that is to be killed, and wait until it is connected."""
    process = processes.Process(target=work, args=(office.database_url, office.server.url, None, 1))
    process.start()
    while not office.server.connections and process.is_alive():
        await asyncio.sleep(0.005)
    return process


async def gone(office: Office | DiscordOffice) -> None:
    """Wait until a process that was killed is connected no more."""
    while office.server.connections:
        await asyncio.sleep(0.003)


class OnSlack:
    """People on the loopback Slack who go on talking, whatever happens."""

    def __init__(self, url: str) -> None:
        self.office = Office(url)
        self.office.max_attempts = MAX_ATTEMPTS
        self.tally, self.number = Tally(), 0
        self.threads: dict[str, tuple[str, str]] = {}

    async def begin(self) -> None:
        office = self.office
        keys = [await office.ticket(f"Ticket {n}") for n in range(TICKETS)]
        self.threads = {key: (office.outside(key), office.inside(key)) for key in keys}

    async def talk(self, dice: random.Random) -> None:
        office = self.office
        if len(office.server._pending) > UNDER_WAY:
            return
        key = dice.choice(list(self.threads))
        outside, inside = self.threads[key]
        self.number += 1
        if dice.random() < 0.7:
            office.carla.say(office.front, f"m{self.number:05}", thread=outside)
            self.tally.inside[key].append(f"m{self.number:05}")
        else:
            office.robin.say(office.back, f"<@UHALFDOOR> reply r{self.number:05}", thread=inside)
            self.tally.outside[key].append(f"r{self.number:05}")

    async def start(self) -> Process:
        return await connected(victim.main, self.office)

    @property
    def idle(self) -> bool:
        return self.office.server.idle

    def shown(self) -> dict[str, tuple[list[str], list[str]]]:
        office = self.office

        return {
            key: (words(office.staff_thread(key), "Carla"), words(office.customer_thread(key), "Robin"))
            for key in self.threads
        }


class OnDiscord:
    """The same on the loopback Discord, which delivers nothing twice and nothing late."""

    def __init__(self, url: str) -> None:
        self.office = DiscordOffice(url)
        self.tally, self.number = Tally(), 0
        self.keys: list[str] = []

    async def begin(self) -> None:
        for n in range(TICKETS):
            await self.office.ticket(f"Ticket {n}")
            self.keys.append(f"ACME-{n + 1}")
        for key in self.keys:
            await self.office.press(self.office.robin, self.office.back, "join", words=f"{key} ")

    async def talk(self, dice: random.Random) -> None:
        office, key = self.office, dice.choice(self.keys)
        self.number += 1
        if dice.random() < 0.7:
            await office.carla.send(office.thread(office.front, key), f"m{self.number:05}")
            self.tally.inside[key].append(f"m{self.number:05}")
        else:
            text = f"<@{office.me}> reply r{self.number:05}"
            await office.robin.send(office.thread(office.back, key), text)
            self.tally.outside[key].append(f"r{self.number:05}")

    async def start(self) -> Process:
        return await connected(victim.on_discord, self.office)

    @property
    def idle(self) -> bool:
        shown = self.shown()
        return all(
            set(self.tally.inside[key]) <= set(shown[key][0])
            and set(self.tally.outside[key]) <= set(shown[key][1])
            for key in self.keys
        )

    def shown(self) -> dict[str, tuple[list[str], list[str]]]:
        office = self.office

        return {
            key: (words(office.inside(key), "Carla"), words(office.outside(key), "Robin"))
            for key in self.keys
        }


async def arrived(url: str, storm: OnSlack | OnDiscord) -> None:
    """Wait until nothing is owed any more, and all that is under way has been taken."""
    engine = make_engine(sa.make_url(url), reads=url.startswith("sqlite"))
    owed = sa.select(delivery.c.id).where(is_open).limit(1)
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                with engine.begin() as connection:
                    nothing = connection.execute(owed).first() is None
                if nothing and storm.idle:
                    return
                await asyncio.sleep(0.05)
    except TimeoutError:
        return
    finally:
        engine.dispose()


async def kills(storm: OnSlack | OnDiscord, number: int, dice: random.Random) -> dict[str, int]:
    """Kill the process again and again in the middle of talk, at moments that nobody chose."""
    async with storm.office as office:
        await storm.begin()
        await office.halfdoor.stop()
        for _ in range(number):
            process = await storm.start()
            loop = asyncio.get_running_loop()
            end = loop.time() + dice.choice([0.0, 0.02, 0.05, 0.1, 0.2, 0.4]) * dice.random() * 2
            while True:
                for _ in range(dice.randint(1, 3)):
                    await storm.talk(dice)
                if loop.time() >= end:
                    break
                await asyncio.sleep(dice.random() * 0.02)
            process.kill()
            await asyncio.to_thread(process.join, 20)
            await gone(storm.office)
        last = await storm.start()
        await arrived(office.database_url, storm)
        last.terminate()
        await asyncio.to_thread(last.join, 30)
        counted = storm.tally.count(storm.shown())
        await (office.open(link=False) if isinstance(office, Office) else office.open())
        return counted


async def outages(storm: OnSlack, number: int, dice: random.Random, *, clocks: bool) -> dict[str, int]:
    """Let calls fail for minutes at a time, or set the clock, while people talk."""
    async with storm.office as office:
        await storm.begin()
        for _ in range(number):
            if clocks:
                office.clock.ahead += timedelta(hours=dice.choice([-25, -1, 1, 25]))
            else:
                kind: Any = dice.choice(FAULTS)
                times = dice.choice([1, 3, 10**6])
                office.server.fault("chat.postMessage", kind, times=times, retry_after=1)
            for _ in range(dice.randint(1, 4)):
                await storm.talk(dice)
                await office.server.settled()
            for _ in range(dice.randint(1, 8)):
                await office.clock.advance(dice.choice([1, 30, 300]))
                await asyncio.sleep(0.005)
            for fault in office.server.faults:
                fault.times = 0
        office.server.faults.clear()
        for _ in range(120):
            await office.clock.advance(10)
            await asyncio.sleep(0.005)
        await office.settle()
        return storm.tally.count(storm.shown())


@asynccontextmanager
async def database(kind: str, server: PostgresServer | None) -> AsyncIterator[str]:
    """Make a database of a kind, up to date."""
    if server is None:
        with TemporaryDirectory() as folder:
            url = f"sqlite:///{Path(folder) / 'storm.db'}"
            upgrade(url)
            yield url
        return
    url = server.create()
    upgrade(url)
    yield url
    server.drop(url)


async def run(*, number: int, seed: int = 1) -> dict[str, dict[str, int]]:
    """Run all storms, `number` of kills, outages and clocks set in each; return what each counted."""
    found: dict[str, dict[str, int]] = {}
    server = PostgresServer()
    try:
        for kind in ("sqlite", "postgresql"):
            for name, storm in (("slack", OnSlack), ("discord", OnDiscord)):
                async with database(kind, server if kind == "postgresql" else None) as url:
                    dice = random.Random(seed)
                    found[f"kills {name} {kind}"] = await kills(storm(url), number, dice)
            for name in ("outages", "clocks"):
                async with database(kind, server if kind == "postgresql" else None) as url:
                    dice, clocks = random.Random(seed), name == "clocks"
                    found[f"{name} slack {kind}"] = await outages(OnSlack(url), number, dice, clocks=clocks)
    finally:
        server.close()
    return found
