"""Pages that watch: they are told that something which they show has changed, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiohttp import web

from adapters.web.answers import BEGUN, HEADERS, NotFound, NotIn, Wrong
from bot.ports import NotSent, Unavailable

#: Seconds after which a connection that is silent shows that it lives.
ALIVE_EVERY = 15.0
#: What a page sees, as a string that is another when it shows something else. Raises NotIn, NotFound.
Seen = Callable[[], Awaitable[str]]


async def stream(
    request: web.Request, changed: asyncio.Event, seen: Seen, every: float, running: Callable[[], bool]
) -> web.StreamResponse:
    """Send an empty event whenever what is seen is no longer what the page has, or who watches may not.

    `changed` asks to look at once; every so many seconds it is looked anyway. A page says by `?seen=` what
    it has, so that nothing is missed between its drawing and its watching.
    """
    response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
    quiet = 0.0
    with suppress(ConnectionResetError):  # whoever watched has left
        has = request.query.get("seen") or await seen()
        await response.prepare(request)
        request[BEGUN] = True
        await response.write(b": here\n\n")
        while running():
            changed.clear()
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
                    await changed.wait()
            except TimeoutError:
                quiet += every
            if quiet >= ALIVE_EVERY:
                quiet = 0.0
                await response.write(b": still here\n\n")
    return response
