"""Relay through discord.py, beside a bare discord.py bot that echoes and keeps nothing.

The bot under test runs in a process of its own, the loopback REST server and gateway in this one, so that
their cost is the same for both. Halfdoor's pacing is off, for the bare bot has none; its copies go through
webhooks into private threads, the echo back into the channel.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import discord

from bot.wiring import make
from storage.upgrade import upgrade
from tests.discord_office import DiscordOffice, discord_settings
from tests.doubles import victim
from tests.doubles.discord.server import TOKEN, point_at

CHANNELS, MESSAGES, WARM, WINDOW, ROUNDS = 20, 600, 60, 32, 3


def echo(url: str) -> None:
    """Answer whatever a person says with the same."""
    point_at(url)
    intents = discord.Intents(guilds=True, guild_messages=True, message_content=True)
    client = discord.Client(intents=intents, max_messages=None, guild_ready_timeout=0.05)

    async def on_message(message: discord.Message) -> None:
        if not message.author.bot:
            await message.channel.send(message.content)

    client.event(on_message)
    client.run(TOKEN, log_handler=None)


def relay(url: str, database: str) -> None:
    """Run Halfdoor."""
    point_at(url)
    settings = discord_settings()
    asyncio.run(victim.run(database, lambda core: make(core, None, discord=settings), 30))


async def drive(office: DiscordOffice, channels: list[Any], count: int) -> float:
    """Have Carla say things in all channels, a window at a time under way; return the seconds it took."""
    calls = office.server.calls

    def copied() -> int:
        posts = [path for method, path, _ in calls if method == "POST"]
        return sum(path.startswith("/webhooks/") or path.endswith("/messages") for path in posts)

    calls.clear()
    began = time.perf_counter()
    for n in range(count):
        await office.carla.send(channels[n % len(channels)], f"message {n}")
        while n - copied() >= WINDOW:
            await asyncio.sleep(0.001)
    while copied() < count or office.server.under_way:
        await asyncio.sleep(0.001)
    return time.perf_counter() - began


async def measure(office: DiscordOffice, bot: Any, arguments: tuple[str, ...], channels: list[Any]) -> float:
    """Return a bot's messages a second."""
    process = multiprocessing.get_context("spawn").Process(target=bot, args=arguments, daemon=True)
    process.start()
    while not office.server.connections:
        await asyncio.sleep(0.01)
    await asyncio.sleep(1)  # it looks back, and says which commands it has
    await drive(office, channels, WARM)
    took = await drive(office, channels, MESSAGES)
    process.kill()
    await asyncio.to_thread(process.join)
    while office.server.connections:
        await asyncio.sleep(0.01)
    return MESSAGES / took


async def run(*, profile: bool = False) -> tuple[list[tuple[str, str]], dict[str, float]]:
    """Run both bots in turn, several rounds, and compare medians."""
    rates: dict[str, list[float]] = {"echo": [], "relay": []}
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'desk.db'}"
        upgrade(url)
        async with DiscordOffice(url) as office:
            for n in range(CHANNELS):
                await office.carla.send(office.front, f"<@{office.me}> Ticket {n}")
            await office.settle()
            await office.halfdoor.stop()
            threads = list(office.front.threads)
            plain = [office.guild.create_text_channel(f"echo-{n}") for n in range(CHANNELS)]
            for _ in range(ROUNDS):
                rates["echo"].append(await measure(office, echo, (office.server.url,), plain))
                rates["relay"].append(await measure(office, relay, (office.server.url, url), threads))
            await office.open()
    middle = {kind: statistics.median(found) for kind, found in rates.items()}
    rows = [(f"{kind}, messages a second", f"{rate:.0f}") for kind, rate in middle.items()]
    return rows, {"relay_ratio": middle["relay"] / middle["echo"]}
