"""How much of what Slack allows is used with 500 busy channels, and whether one that must wait holds up others.

The loopback Slack holds to Slack's limits, ten times as fast, and so does Halfdoor (HALFDOOR_SLACK_SHARE), in a
process of its own. *pacing_ratio*: posts a second while all 500 staff channels are owed some, against what the
workspace's limit allows in the time; each 429 is a post too many, and there should be none.
*others_p99_ratio*: from a customer's message to its copy, in all other channels, while one was told to wait,
against the same without.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.slack import PACED_SHARE, Office
from tests.doubles.slack import SlackServer, World
from tests.doubles.slack.limits import MINUTE, POSTS, Limits

CHANNELS, SECONDS = 500, 45.0
#: Messages a second for the latencies: well below what is allowed, so that nothing waits but what must.
CALM, CALM_MESSAGES = 20.0, 400


async def run(*, profile: bool = False) -> tuple[list[tuple[str, str]], dict[str, float]]:
    """Measure both on one run; there is nothing to profile."""
    rows: list[tuple[str, str]] = []
    with TemporaryDirectory() as folder:
        async with SlackServer(World(), ack_timeout=60) as server:
            office = Office(server, Path(folder), CHANNELS, 1)
            await office.build()
            server.limits = Limits(PACED_SHARE)
            async with office.running("paced"):
                sent, took = await _busy(office)
            told = server.limits.told_to_wait
            allowed = POSTS * PACED_SHARE * took / MINUTE
            rows.append((f"posts to {CHANNELS} channels in {took:.0f} s", f"{sent} of {allowed:.0f} allowed"))
            rows.append(("told to wait", f"{told} times"))
            server.limits = None
            alone = await _calm(office, waiting=False)
            beside = await _calm(office, waiting=True)
    for name, found in (("alone", alone), ("beside one that waits", beside)):
        shown = f"{statistics.median(found) * 1000:.0f} ms, p99 {_p99(found) * 1000:.0f} ms"
        rows.append((f"from a message to its copy, {name}", shown))
    return rows, {"pacing_ratio": sent / allowed, "others_p99_ratio": _p99(beside) / _p99(alone)}


async def _busy(office: Office) -> tuple[int, float]:
    """Owe every channel some posts, and count what is posted for a while."""
    server = office.server
    for turn in range(5):
        for channel, thread in office.threads:
            office.carla.say(channel, f"message {turn}", thread=thread)
        while len(server._pending) > CHANNELS // 2:
            await asyncio.sleep(0.01)
    await server.settled()
    # What the limits let through at once has gone by now: an even stretch is measured.
    before, began = _posted(server), time.perf_counter()
    await asyncio.sleep(SECONDS)
    return _posted(server) - before, time.perf_counter() - began


async def _calm(office: Office, *, waiting: bool) -> list[float]:
    """Return the seconds from each message to its copy; with `waiting` one channel must not be posted into."""
    server, world = office.server, office.world
    async with office.running("paced"):
        (first, first_thread), *others = office.threads
        back = world.channels[_staff_channel(office, first.name)]
        if waiting:
            server.fault("chat.postMessage", "429", times=10_000, channel=back.id, retry_after=3)
        started: dict[str, float] = {}
        seen = len(server.calls)
        for n in range(CALM_MESSAGES):
            channel, thread = others[n % len(others)]
            text = f"calm {n}."
            started[text] = time.monotonic()
            office.carla.say(channel, text, thread=thread)
            if n % 5 == 0:
                office.carla.say(first, f"for the one that waits {n}", thread=first_thread)
            await asyncio.sleep(1 / CALM)
        await server.settled()
        deadline = time.monotonic() + 30
        arrived: dict[str, float] = {}
        while len(arrived) < CALM_MESSAGES and time.monotonic() < deadline:
            for call in server.calls[seen:]:
                text = str(call.arguments.get("text"))
                if call.method == "chat.postMessage" and call.ok and text in started:
                    arrived[text] = call.at
            await asyncio.sleep(0.05)
        server.faults.clear()
    assert len(arrived) == CALM_MESSAGES, f"{CALM_MESSAGES - len(arrived)} never arrived"
    offset = world.now() - time.monotonic()
    return [arrived[text] - offset - started[text] for text in started]


def _staff_channel(office: Office, front: str) -> str:
    name = front.replace("front", "back")
    return next(channel.id for channel in office.world.channels.values() if channel.name == name)


def _posted(server: SlackServer) -> int:
    return sum(call.method == "chat.postMessage" and call.ok for call in server.calls)


def _p99(found: list[float]) -> float:
    return statistics.quantiles(found, n=100)[98]
