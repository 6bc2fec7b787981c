"""Turns in a thread: by the time of what was said, whoever gives up in between."""

from __future__ import annotations

import asyncio
import random

import pytest

from adapters.slack.turns import Turns


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
    async with turns.turn("one", 1), asyncio.timeout(5), turns.turn("two", 1):
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
    async with asyncio.timeout(5):
        await asyncio.gather(*tasks, return_exceptions=True)
    assert taken[-2:] == ["second", "third"]
    assert not turns._waiting
