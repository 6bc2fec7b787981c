"""Turns in a thread: by the time of what was said, whoever gives up in between."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from adapters.discord.catchup import CatchUp
from adapters.slack.turns import Turns
from bot.ports import Unavailable
from bot.tickets.model import Place
from tests.settings import PATIENCE


async def test_what_waits_is_taken_by_its_time_and_one_at_a_time() -> None:
    turns, taken, inside = Turns(), list[float](), 0

    async def take(said: float) -> None:
        nonlocal inside
        async with turns.turn("thread", said):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            taken.append(said)
            inside -= 1

    times = [float(n) for n in range(30)]
    random.Random(5).shuffle(times)
    await asyncio.gather(*(take(said) for said in times))
    assert taken == sorted(taken)
    assert not turns._waiting


async def test_threads_do_not_wait_for_each_other() -> None:
    turns = Turns()
    async with turns.turn("one", 1), asyncio.timeout(PATIENCE), turns.turn("two", 1):
        pass


@pytest.mark.parametrize("steps", range(12))
async def test_whoever_gives_up_hands_the_turn_on(steps: int) -> None:
    turns, taken = Turns(), list[str]()

    async def take(name: str, said: float) -> None:
        async with turns.turn("thread", said):
            await asyncio.sleep(0)
            taken.append(name)

    tasks = [asyncio.create_task(take(name, said)) for said, name in enumerate(("first", "second", "third"))]
    for _ in range(steps):
        await asyncio.sleep(0)
    tasks[0].cancel()
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*tasks, return_exceptions=True)
    assert taken[-2:] == ["second", "third"]
    assert not turns._waiting


class TestBeforeWhatIsSaidOnDiscord:
    """Live posts of a channel wait for what was missed there."""

    @staticmethod
    def catch_up(heard: Callable[[], Awaitable[None]]) -> CatchUp:
        async def unheard(network: str) -> dict[Place, datetime]:
            return {}

        desk = SimpleNamespace(heard=lambda network: heard(), unheard=unheard)
        return CatchUp(cast("Any", SimpleNamespace(network=None, desk=desk, clock=None)), lambda: True)

    async def test_nobody_overtakes_those_who_wait(self) -> None:
        go, done = asyncio.Event(), list[int]()

        async def heard() -> None:
            await go.wait()

        catch_up = self.catch_up(heard)

        async def come(number: int) -> None:
            await catch_up.before(SimpleNamespace(id=1), Place("discord", "1"))
            done.append(number)

        first = asyncio.create_task(come(1))
        await asyncio.sleep(0)
        catch_up.resumed()
        second = asyncio.create_task(come(2))
        await asyncio.sleep(0)
        assert done == []
        go.set()
        await asyncio.gather(first, second)
        assert done == [1, 2]

    async def test_what_could_not_be_looked_up_is_tried_anew(self) -> None:
        tries = list[int]()

        async def heard() -> None:
            tries.append(1)
            if len(tries) == 1:
                raise Unavailable("away")

        catch_up = self.catch_up(heard)
        with pytest.raises(Unavailable):
            await catch_up.before(SimpleNamespace(id=1), Place("discord", "1"))
        await catch_up.before(SimpleNamespace(id=1), Place("discord", "1"))
        await catch_up.before(SimpleNamespace(id=1), Place("discord", "1"))
        assert len(tries) == 2
