"""Pages that watch: they are told that something which they show has changed, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from contextlib import suppress

from aiohttp import web

from adapters.web.answers import BEGUN, HEADERS, NotFound, NotIn, Wrong
from adapters.web.network import Watcher
from bot.ports import NotSent, Unavailable

#: Seconds after which a connection that is silent shows that it lives.
ALIVE_EVERY = 15.0
#: What a page sees, as a string that is another when it shows something else. Raises NotIn, NotFound.
Seen = Callable[[], Awaitable[str]]


async def stream(
    request: web.Request, watcher: Watcher, seen: Seen, every: float, running: Callable[[], bool]
) -> web.StreamResponse:
    """Send an empty event whenever what is seen is no longer what the page has, or who watches may not.

    `watcher` is told to look at once, or to end; every so many seconds it is looked anyway. A page says by
    `?seen=` what it has, so that nothing is missed between its drawing and its watching.
    """
    response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
    quiet = 0.0
    with suppress(ConnectionResetError):  # whoever watched has left
        has = request.query.get("seen") or await seen()
        await response.prepare(request)
        request[BEGUN] = True
        await response.write(b": here\n\n")
        while running() and not watcher.ended:
            watcher.changed.clear()
            try:
                now = await seen()
                if now != has:
                    has = now
                    await response.write(b"event: changed\ndata: \n\n")
            except (NotIn, NotFound):
                await response.write(b"event: left\ndata: \n\n")
                break
            except (Unavailable, NotSent, Wrong):
                pass  # it looks again in a moment
            try:
                async with asyncio.timeout(every):
                    await watcher.changed.wait()
            except TimeoutError:
                quiet += every
            if quiet >= ALIVE_EVERY:
                quiet = 0.0
                await response.write(b": still here\n\n")
    return response


class Looks:
    """One look for all who want to see the same thing as the same kind of reader.

    Whoever asks gets one that began after they asked: what changed before is in it.
    """

    def __init__(self) -> None:
        self._next: dict[Hashable, asyncio.Task[str]] = {}
        self._running: dict[Hashable, asyncio.Task[str]] = {}

    async def at(self, what: Hashable, look: Seen) -> str:
        """Return what is seen. `what` names the thing and the reader; raises what the look does."""
        task = self._next.get(what)
        if task is None:
            task = self._next[what] = asyncio.create_task(self._turn(what, look))
            task.add_done_callback(_had)
        return await asyncio.shield(task)

    async def _turn(self, what: Hashable, look: Seen) -> str:
        if (before := self._running.get(what)) is not None:
            await asyncio.wait((before,))
        self._running[what] = self._next.pop(what)
        try:
            return await look()
        finally:
            del self._running[what]


def _had(task: asyncio.Task[str]) -> None:
    """Whoever waited for it may have left: nobody is told of its error then."""
    if not task.cancelled():
        task.exception()
