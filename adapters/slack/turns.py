"""Turns: what is said in one thread is taken by its time, though two sockets bring it in any order."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager

#: Steps of the loop that whoever comes first lets pass, so that what arrived beside it can go ahead.
COURTESY = 4


class Turns:
    """Lets one at a time into each thread: of those who wait, who said it first."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, list[tuple[float, int, asyncio.Future[None]]]] = {}
        self._numbers = itertools.count()

    @asynccontextmanager
    async def turn(self, thread: Hashable, said: float) -> AsyncIterator[None]:
        """Wait for a turn in a thread. `said`: when it was said, in seconds."""
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        begins = thread not in self._waiting
        heapq.heappush(self._waiting.setdefault(thread, []), (said, next(self._numbers), mine))
        try:
            if begins:
                for _ in range(COURTESY):
                    await asyncio.sleep(0)
                begins = False
                self._next(thread)
            await mine
        except BaseException:
            # Whoever gives up hands on what was theirs: the turn, or to begin.
            had_it = mine.done() and not mine.cancelled()
            mine.cancel()
            if had_it or begins:
                self._next(thread)
            raise
        try:
            yield
        finally:
            self._next(thread)

    def _next(self, thread: Hashable) -> None:
        waiting = self._waiting[thread]
        while waiting:
            _, _, theirs = heapq.heappop(waiting)
            if not theirs.done():
                theirs.set_result(None)
                return
        del self._waiting[thread]
