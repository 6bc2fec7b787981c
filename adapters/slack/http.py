"""Slack's signed requests, taken over HTTP, and a page that says whether we are well."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

from bot.ports import Clock, NotSent, Unavailable

log = structlog.get_logger()

#: How long nothing may come before something may be missing: Slack tries again for about six minutes.
SILENCE = timedelta(minutes=6)
#: Bytes of the largest request that is read; Slack's are far smaller.
MAX_REQUEST = 4 << 20
#: Seconds that a connection has to send the whole head of its first request, and of each after the one
#: before: aiohttp's time-out of what is kept alive runs from the beginning (web_protocol.RequestHandler).
#: As many has the rest of a request.
PATIENCE = 15.0
#: Seconds that what is being taken has to end when we stop.
CLOSE_TIMEOUT = 3.0


class Requests:
    """Listens where the settings say; `healthy` raises Unavailable or NotSent when something is away."""

    def __init__(
        self, app: AsyncApp, listen: str, healthy: Callable[[], Awaitable[None]], clock: Clock
    ) -> None:
        self._app = app
        self._clock = clock
        self._listening: Callable[[], None] | None = None
        #: When a request of Slack's last came, or we began to listen.
        self.last: datetime | None = None
        self._listen = listen
        self._healthy = healthy
        #: The port that is listened at, once it is.
        self.port: int | None = None

    async def serve(self, listening: Callable[[], None]) -> None:
        """Take requests until cancelled; what is being taken then is answered first.

        Calls `listening` once it does. Raises NotSent when the address cannot be listened at.
        """
        app = web.Application(client_max_size=MAX_REQUEST)
        app.router.add_post("/slack/events", self._request)
        app.router.add_get("/health", self._health)
        runner = web.AppRunner(
            app, access_log=None, shutdown_timeout=CLOSE_TIMEOUT, keepalive_timeout=PATIENCE
        )
        host, _, port = self._listen.rpartition(":")
        try:
            await runner.setup()
            try:
                await web.TCPSite(runner, host, int(port)).start()
            except OSError as error:
                where = f"{self._listen} cannot be listened at ({error.strerror})"
                raise NotSent(f"{where}: set HALFDOOR_SLACK_LISTEN") from None
            self._listening, self.last = listening, self._clock.now()
            listening()
            self.port = int(runner.addresses[0][1])
            await asyncio.Event().wait()
        finally:
            self.port = self.last = None
            await runner.cleanup()

    async def _request(self, request: web.Request) -> web.Response:
        # Bolt takes it for a number before it looks at the signature; of thousands of digits that fails.
        sent = request.headers.get("X-Slack-Request-Timestamp", "0")
        if not sent.isdecimal() or len(sent) > 20:
            return web.Response(status=401)
        try:
            async with asyncio.timeout(PATIENCE):
                await request.read()
        except TimeoutError:
            return web.Response(status=408)
        try:
            answer = await self._app.async_dispatch(await to_bolt_request(request))
        except Exception as error:
            # Bolt itself could not read it. Slack never sends such a thing: nothing is lost by a refusal.
            log.error("malformed_request", error=type(error).__name__, exc_info=True)
            return web.Response(status=400)
        if answer.status == 200:  # its signature was right
            self._reached()
        return await to_aiohttp_response(answer)

    def _reached(self) -> None:
        """Slack reaches us. After a silence nobody knows whether anything was said that did not."""
        now = self._clock.now()
        silent = self.last is None or abs(now - self.last) > SILENCE
        self.last = now
        if silent and self._listening is not None:
            self._listening()

    async def _health(self, _: web.Request) -> web.Response:
        """Say whether messages can be taken right now, without a word of what is inside."""
        try:
            await self._healthy()
        except (Unavailable, NotSent) as error:
            away = "database" if isinstance(error, Unavailable) else "slack"
            return web.json_response({"ok": False, "away": away}, status=503)
        return web.json_response({"ok": True})
