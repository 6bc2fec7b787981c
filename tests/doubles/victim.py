"""A real Halfdoor process that kills itself at a named point, without a chance to clean up.

python -m tests.doubles.victim DATABASE_URL API_URL [POINT [OCCURRENCE]]
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from typing import Any

from slack_sdk.socket_mode.aiohttp import SocketModeClient

from adapters.discord import inbound as discord_inbound
from adapters.discord.network import DiscordNetwork
from adapters.slack import inbound
from adapters.slack.network import SlackNetwork
from adapters.slack.settings import SlackSettings
from bot import logs
from bot.courier import Courier
from bot.desk import Desk
from bot.settings import Settings
from bot.wiring import Halfdoor, make
from storage.lanes import MemoryLanes, PostgresLanes
from storage.ledger import Ledger
from storage.store import SqlStore
from storage.tx import SqlTx
from tests.discord_office import discord_settings
from tests.doubles.discord.server import point_at
from tests.doubles.slack.world import APP_TOKEN, BOT_TOKEN
from tests.settings import settings_of


def owes(_: Any, *arguments: Any) -> bool:
    """Only transactions that owe something count, not the driver's own looks."""
    return any(isinstance(one, dict) and one for one in arguments)


def settles(_: Any, lane: int, now: Any, settled: Any, *__: Any) -> bool:
    return settled is not None


def always(*_: Any) -> bool:
    return True


#: Each point: the functions to wrap, whether to die before or after them, and which calls count.
POINTS: dict[str, tuple[list[tuple[Any, str]], str, Callable[..., bool]]] = {
    "received": ([(inbound, "incoming"), (discord_inbound, "incoming")], "before", always),
    "handed to the desk": ([(Desk, "handle")], "before", always),
    "transaction begun": ([(SqlTx, "take")], "before", always),
    "reference taken": ([(SqlTx, "take")], "after", always),
    "decided": ([(SqlTx, "save")], "before", always),
    "saved": ([(SqlTx, "save")], "after", always),
    "owed": ([(SqlTx, "owe")], "after", always),
    "about to commit": ([(MemoryLanes, "inside"), (PostgresLanes, "inside")], "after", owes),
    "committed": ([(MemoryLanes, "after"), (PostgresLanes, "after")], "before", owes),
    "lanes woken": ([(MemoryLanes, "after"), (PostgresLanes, "after")], "after", owes),
    "about to acknowledge": ([(SocketModeClient, "send_socket_mode_response")], "before", always),
    "acknowledged": ([(SocketModeClient, "send_socket_mode_response")], "after", always),
    "lane entered": ([(Courier, "run_lane")], "before", always),
    "about to mark": ([(Ledger, "next_due")], "before", always),
    "marked": ([(Courier, "_try")], "before", always),
    "about to post": ([(SlackNetwork, "post"), (DiscordNetwork, "post")], "before", always),
    "posted": ([(SlackNetwork, "post"), (DiscordNetwork, "post")], "after", always),
    "about to record": ([(Ledger, "settle")], "before", always),
    "recorded, not committed": ([(Ledger, "settle")], "after", always),
    "recorded": ([(SqlStore, "next_due")], "after", settles),
}


def arm(point: str, occurrence: int) -> None:
    """Wrap the point's functions so that the process dies there."""
    places, when, counts = POINTS[point]
    seen = 0

    def strike(*arguments: Any) -> None:
        nonlocal seen
        if counts(*arguments):
            seen += 1
            if seen == occurrence:
                os.kill(os.getpid(), signal.SIGKILL)

    for owner, name in places:
        inner = getattr(owner, name)

        def outer(*arguments: Any, inner: Any = inner, **named: Any) -> Any:
            if when == "before":
                strike(*arguments)
                return inner(*arguments, **named)
            if asyncio.iscoroutinefunction(inner):

                async def later() -> Any:
                    result = await inner(*arguments, **named)
                    strike(*arguments)
                    return result

                return later()
            result = inner(*arguments, **named)
            strike(*arguments)
            return result

        setattr(owner, name, outer)


def main(
    database_url: str, api_url: str, point: str | None, occurrence: int, stalled_after: float = 1
) -> None:
    """Run a desk on a database and a loopback Slack; die at `point` when it is passed for that time."""
    if point is not None:
        arm(point, occurrence)
    asyncio.run(run(database_url, lambda settings: make(settings, slack_at(api_url)), stalled_after))


def on_discord(database_url: str, url: str, point: str | None, occurrence: int) -> None:
    """The same on a loopback Discord."""
    if point is not None:
        arm(point, occurrence)
    point_at(url)
    settings = discord_settings()
    asyncio.run(run(database_url, lambda core: make(core, None, discord=settings), 1))


def across(database_url: str, slack: str, discord: str, point: str | None, occurrence: int) -> None:
    """The same on both loopback networks."""
    if point is not None:
        arm(point, occurrence)
    point_at(discord)
    settings = discord_settings()
    asyncio.run(run(database_url, lambda core: make(core, slack_at(slack), discord=settings), 1))


def slack_at(api_url: str) -> SlackSettings:
    return settings_of(
        SlackSettings,
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        api_url=api_url,
        pace_seconds=0,
        share=10_000,
        connections=1,
    )


async def run(database_url: str, build: Callable[[Settings], Halfdoor], stalled_after: float) -> None:
    logs.configure("warning", "json")
    halfdoor = build(settings_of(Settings, database_url=database_url, stalled_after=stalled_after))
    await halfdoor.start()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    await halfdoor.stop()
