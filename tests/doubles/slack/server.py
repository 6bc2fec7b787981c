"""The loopback server: the Web API over HTTP, Socket Mode over WebSockets, and faults on demand."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import itertools
import json
import math
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout, WSMsgType, web

from tests.doubles.slack import files, validate
from tests.doubles.slack.limits import Limits
from tests.doubles.slack.world import (
    APP_ID,
    APP_TOKEN,
    BOT_ID,
    BOT_USER,
    HOST,
    SIGNING_SECRET,
    TEAMS,
    Channel,
    Ephemeral,
    Message,
    SlackError,
    User,
    World,
)

Kind = Literal["429", "500_before", "500_after", "cut_before", "cut_after", "error", "hang_after"]


@dataclass
class Fault:
    """Something that goes wrong for the next `times` calls of a method (into one channel, if it is named).

    `500_after`, `cut_after` and `hang_after` let the call take effect first: its answer is what is lost.
    """

    method: str
    kind: Kind
    times: int = 1
    channel: str | None = None
    retry_after: int = 30
    code: str = "internal_error"


@dataclass
class Envelope:
    """One payload on its way to the app, until it is acknowledged."""

    id: str
    type: str
    payload: dict[str, Any]
    acked: asyncio.Future[dict[str, Any]]
    attempts: int = 0
    reason: str | None = None
    socket: web.WebSocketResponse | None = None

    def body(self) -> str:
        body: dict[str, Any] = {"envelope_id": self.id, "type": self.type, "payload": self.payload}
        body["accepts_response_payload"] = self.type != "events_api"
        if self.type == "events_api":
            body |= {"retry_attempt": self.attempts - 1, "retry_reason": self.reason or ""}
        return json.dumps(body)


@dataclass
class Call:
    """One call the app made, as it arrived."""

    method: str
    arguments: dict[str, Any]
    at: float
    ok: bool = True
    posted: str | None = None


#: Slack delivers an event again at once, and then after one minute and after five
#: (docs.slack.dev/apis/events-api, "Retries"): here after so many times its first patience.
LATER = 4


@dataclass
class SlackServer:
    world: World
    #: Seconds Slack waits for an acknowledgement before it delivers again.
    ack_timeout: float = 3.0
    #: Slack's three seconds for an answer and for a form, on a machine that does something else too.
    patience: float = 10.0
    calls: list[Call] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    #: Where the app takes requests; without it payloads go over Socket Mode.
    app_url: str | None = None
    #: Where files are to be uploaded, if not here.
    uploads: str | None = None
    #: All requests sent to the app, as they went out.
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    #: Slack's rate limits, if they are to be held to.
    limits: Limits | None = None

    def __post_init__(self) -> None:
        self._sockets: list[web.WebSocketResponse] = []
        self._pending: dict[str, Envelope] = {}
        self._waiting: deque[Envelope] = deque()
        self._turn = itertools.count()
        self._events = itertools.count(1)
        self._held: list[dict[str, Any]] | None = None
        self._timers: set[asyncio.TimerHandle] = set()
        self._tasks: set[asyncio.Future[None]] = set()
        self._runner: web.AppRunner | None = None
        self.world.emit = self.emit
        self.world.uploads = files.Uploads()
        self.redelivered = 0

    # ------------------------------------------------------------ lifecycle

    async def __aenter__(self) -> SlackServer:
        app = web.Application(client_max_size=1 << 30)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_get("/link", self._socket)
        app.router.add_get("/api/file/{file}", partial(files.download, self))
        app.router.add_post("/api/upload/{file}", partial(files.upload, self))
        self._runner = web.AppRunner(app, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port: int = self._runner.addresses[0][1]
        return self

    async def quiet(self) -> None:
        """Send nothing any more: whoever stops listening next has no half-made connection of ours."""
        for timer in self._timers:
            timer.cancel()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def __aexit__(self, *_: object) -> None:
        await self.quiet()
        for socket in list(self._sockets):
            await socket.close()
        assert self._runner is not None
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/"

    def fault(self, method: str, kind: Kind, **more: Any) -> Fault:
        made = Fault(method, kind, **more)
        self.faults.append(made)
        return made

    # ------------------------------------------------------------ Socket Mode

    @property
    def connections(self) -> int:
        return len(self._sockets)

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(autoping=True, max_msg_size=0)
        await socket.prepare(request)
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self._sockets) + 1,
                "connection_info": {"app_id": APP_ID},
                "debug_info": {"host": "loopback", "approximate_connection_time": 3600},
            }
        )
        self._sockets.append(socket)
        await self._flush()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acked(json.loads(message.data))
        finally:
            self._sockets.remove(socket)
            for envelope in list(self._pending.values()):
                if envelope.socket is socket:
                    self._again(envelope, "too_many_websockets")
            await self._flush()
        return socket

    def _acked(self, answer: dict[str, Any]) -> None:
        envelope = self._pending.pop(answer["envelope_id"], None)
        if envelope is not None and not envelope.acked.done():
            envelope.acked.set_result(answer.get("payload") or {})

    def _again(self, envelope: Envelope, reason: str) -> None:
        """Slack delivers again what was not acknowledged; a slash command or a click it gives up."""
        if envelope.id not in self._pending:
            return
        envelope.socket = None
        if envelope.type != "events_api":
            self._pending.pop(envelope.id)
            envelope.acked.set_result({"error": "timeout"})
            return
        envelope.reason = reason
        self.redelivered += 1
        self._waiting.append(envelope)

    async def _flush(self) -> None:
        while self._waiting and (open_ones := [one for one in self._sockets if not one.closed]):
            envelope = self._waiting.popleft()
            # One connection a payload: any one of them.
            envelope.socket = open_ones[next(self._turn) % len(open_ones)]
            envelope.attempts += 1
            self._pending[envelope.id] = envelope
            with contextlib.suppress(ConnectionError):
                await envelope.socket.send_str(envelope.body())
            self._arm(envelope)

    def _flush_soon(self) -> None:
        self._soon(self._flush())

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _arm(self, envelope: Envelope) -> None:
        attempt = envelope.attempts

        def late() -> None:
            self._timers.discard(timer)
            if envelope.id in self._pending and envelope.attempts == attempt and envelope.socket is not None:
                self._again(envelope, "timeout")
                self._flush_soon()

        timer = asyncio.get_running_loop().call_later(self._waits(envelope), late)
        self._timers.add(timer)

    def send(self, kind: str, payload: dict[str, Any]) -> Envelope:
        """Put a payload on its way to the app."""
        acked: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        envelope = Envelope(f"env-{next(self._events)}", kind, payload, acked)
        self._pending[envelope.id] = envelope
        if self.app_url is not None:
            self._soon(self._request(envelope))
        else:
            self._waiting.append(envelope)
            self._flush_soon()
        return envelope

    async def _request(self, envelope: Envelope) -> None:
        """Send a payload by HTTP, and an event again until it is taken; not more often than Slack dares."""
        while envelope.id in self._pending:
            envelope.attempts += 1
            headers, body = _signed(envelope)
            self.requests.append((headers, body))
            status, answer = await self.deliver(
                headers, body, None if envelope.type == "events_api" else self._waits(envelope)
            )
            if status == 200:
                self._acked({"envelope_id": envelope.id, "payload": answer})
            elif envelope.type != "events_api":
                self._pending.pop(envelope.id)
                envelope.acked.set_result({"error": "timeout"})
            else:
                self.redelivered += 1
                envelope.reason = "http_error" if status else "http_timeout"
                late = self._waits(envelope) if status == 0 and envelope.attempts > 1 else 0
                await asyncio.sleep(max(late, 0.05 * 2**envelope.attempts))

    def _waits(self, envelope: Envelope) -> float:
        """Return the seconds that an answer is waited for; an event's first delivery is repeated at once."""
        if envelope.type != "events_api":
            return max(self.patience, self.ack_timeout)
        return self.ack_timeout if envelope.attempts == 1 else LATER * self.ack_timeout

    async def deliver(
        self, headers: dict[str, str], body: bytes, seconds: float | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Send a request as it is; return its status, 0 for none, and the JSON it was answered with."""
        timeout = ClientTimeout(total=seconds or self.ack_timeout)
        try:
            async with (
                ClientSession(timeout=timeout) as session,
                session.post(str(self.app_url), data=body, headers=headers) as response,
            ):
                text = await response.text()
                return response.status, json.loads(text) if text.startswith("{") else {}
        except (ClientError, TimeoutError):
            return 0, {}

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask one connection to make way for a new one, as Slack does every few hours."""
        socket = self._sockets[0]
        await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "loopback"}})

    async def drop_connections(self, some: int | None = None) -> None:
        """Cut connections without a word: all, or `some` of them."""
        dropped = self._sockets[:some]
        for socket in dropped:
            request: Any = socket._req
            if request is not None and request.transport is not None:
                request.transport.abort()
        while any(one in self._sockets for one in dropped):
            await asyncio.sleep(0.005)

    async def settled(self) -> None:
        """Wait until everything sent has been acknowledged."""
        while self._pending:
            await asyncio.wait([one.acked for one in self._pending.values()])

    @property
    def idle(self) -> bool:
        return not self._pending

    # ------------------------------------------------------------ events

    def emit(self, event: dict[str, Any], actor: User | None) -> None:
        """Wrap an event as Slack does: the outer team is the actor's, the install is in authorizations."""
        channel = self.world.channels.get(str(event.get("channel")))
        if channel is not None and BOT_USER not in channel.members:
            return
        payload = {
            "token": "verification",
            "team_id": actor.team if actor else HOST,
            "context_team_id": HOST,
            "api_app_id": APP_ID,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{next(self._events):010d}",
            "event_time": int(time.time()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": HOST,
                    "user_id": BOT_USER,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": bool(channel and channel.shared),
        }
        if self._held is not None:
            self._held.append(payload)
        else:
            self.send("events_api", payload)

    def hold(self) -> None:
        """Keep events back until `release`."""
        self._held = []

    def release(self, order: Callable[[list[dict[str, Any]]], list[dict[str, Any]]] = list) -> None:
        """Let go of the events held, in another order if you like."""
        held, self._held = self._held or [], None
        for payload in order(held):
            self.send("events_api", payload)

    def repeat(self, payload: dict[str, Any]) -> None:
        """Deliver the same thing again under another event id."""
        self.send("events_api", {**payload, "event_id": f"Ev{next(self._events):010d}"})

    # ------------------------------------------------------------ the Web API

    async def _api(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        arguments = await _arguments(request)
        call = Call(method, arguments, self.world.now())
        self.calls.append(call)
        fault = self._fault(method, arguments)
        wait = float(fault.retry_after) if fault is not None and fault.kind == "429" else None
        if wait is None and self.limits is not None:
            wait = self.limits.refuse(method, arguments.get("channel"), time.monotonic())
        if wait is not None:
            call.ok = False
            headers = {"Retry-After": str(math.ceil(wait))}
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
        if fault is not None and fault.kind == "500_before":
            call.ok = False
            return web.Response(status=500, text="upstream error")
        if fault is not None and fault.kind == "cut_before":
            call.ok = False
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        try:
            if fault is not None and fault.kind == "error":
                raise SlackError(fault.code)
            answer = await self._method(method, arguments, request)
            call.posted = answer.get("ts")
        except SlackError as error:
            call.ok = False
            answer = {"ok": False, "error": error.code, **error.more}
        if fault is not None and fault.kind == "500_after":
            return web.Response(status=500, text="upstream error")
        if fault is not None and fault.kind in ("cut_after", "hang_after"):
            if fault.kind == "hang_after":
                await asyncio.sleep(3600)
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return web.json_response(answer, headers={"x-oauth-scopes": self.world.scopes.replace(" ", ",")})

    def _fault(self, method: str, arguments: dict[str, Any]) -> Fault | None:
        for fault in self.faults:
            if (
                fault.times > 0
                and fault.method == method
                and fault.channel in (None, arguments.get("channel"))
            ):
                fault.times -= 1
                return fault
        return None

    async def _method(self, method: str, given: dict[str, Any], request: web.Request) -> dict[str, Any]:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ") or given.get("token")
        if not token:
            raise SlackError("not_authed")
        if token != (APP_TOKEN if method == "apps.connections.open" else self.world.token):
            raise SlackError("invalid_auth")
        handler = METHODS.get(method)
        if handler is None:
            raise SlackError("unknown_method", req_method=method)
        needed, work = handler
        if needed and not any(scope in self.world.scopes.split() for scope in needed.split("|")):
            raise SlackError("missing_scope", needed=needed, provided=self.world.scopes)
        return {"ok": True, **await work(self, given)}


def _signed(envelope: Envelope) -> tuple[dict[str, str], bytes]:
    """Write a payload as Slack does for HTTP, with its signature."""
    kind = "application/x-www-form-urlencoded"
    if envelope.type == "events_api":
        kind, body = "application/json", json.dumps(envelope.payload)
    elif envelope.type == "interactive":
        body = urlencode({"payload": json.dumps(envelope.payload)})
    else:
        body = urlencode(envelope.payload)
    headers = sign(body, str(int(time.time()))) | {"Content-Type": kind}
    if envelope.attempts > 1:
        headers |= {
            "X-Slack-Retry-Num": str(envelope.attempts - 1),
            "X-Slack-Retry-Reason": envelope.reason or "http_error",
        }
    return headers, body.encode()


def sign(body: str, at: str, secret: str = SIGNING_SECRET) -> dict[str, str]:
    """Return the headers by which an app knows that a request is Slack's."""
    digest = hmac.new(secret.encode(), f"v0:{at}:{body}".encode(), "sha256").hexdigest()
    return {"X-Slack-Signature": f"v0={digest}", "X-Slack-Request-Timestamp": at}


async def _arguments(request: web.Request) -> dict[str, Any]:
    given: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        given |= await request.json()
    elif request.can_read_body:
        given |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    for name in ("blocks", "view", "metadata"):
        if isinstance(given.get(name), str):
            given[name] = json.loads(given[name])
    return given


# ---------------------------------------------------------------- methods


async def _auth_test(server: SlackServer, _: dict[str, Any]) -> dict[str, Any]:
    who = {"url": "https://host.slack.test/", "team": "Host", "user": "halfdoor"}
    return {**who, "team_id": HOST, "user_id": BOT_USER, "bot_id": BOT_ID, "is_enterprise_install": False}


async def _connections_open(server: SlackServer, _: dict[str, Any]) -> dict[str, Any]:
    return {"url": f"ws://127.0.0.1:{server.port}/link?ticket={time.monotonic_ns()}"}


async def _users_info(server: SlackServer, given: dict[str, Any]) -> dict[str, Any]:
    user = server.world.users.get(str(given.get("user")))
    if user is None:
        raise SlackError("user_not_found")
    return {"user": user.info(locale=_truth(given.get("include_locale")))}


async def _conversations_info(server: SlackServer, given: dict[str, Any]) -> dict[str, Any]:
    channel = server.world.for_bot(str(given.get("channel")))
    return {
        "channel": {
            "id": channel.id,
            "name": channel.name,
            "is_private": channel.private,
            "is_member": BOT_USER in channel.members,
            "is_archived": channel.archived,
            "is_mpim": False,
            "is_im": channel.direct,
            "is_shared": channel.shared,
            "is_ext_shared": channel.shared,
            "is_pending_ext_shared": channel.pending_share,
            "connected_team_ids": sorted(channel.teams),
            "pending_connected_team_ids": sorted(channel.pending_teams),
        }
    }


async def _team_info(server: SlackServer, given: dict[str, Any]) -> dict[str, Any]:
    team = str(given.get("team") or HOST)
    if team not in TEAMS:
        raise SlackError("team_not_found")
    return {"team": {"id": team, "name": TEAMS[team]}}


def _page(found: list[Any], given: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    limit, start = int(given.get("limit") or 100), int(given.get("cursor") or 0)
    following = str(start + limit) if start + limit < len(found) else ""
    more = {"has_more": bool(following), "response_metadata": {"next_cursor": following}}
    return found[start : start + limit], more


async def _conversations_members(server: SlackServer, given: dict[str, Any]) -> dict[str, Any]:
    channel = server.world.for_bot(str(given.get("channel")))
    members, more = _page(sorted(channel.members), given)
    return {"members": members, **more}


def _since(messages: list[Message], given: dict[str, Any]) -> list[Message]:
    oldest, latest = float(given.get("oldest") or 0), float(given.get("latest") or "inf")
    return [
        message
        for message in messages
        if oldest < float(message.ts) < latest
        or (_truth(given.get("inclusive")) and float(message.ts) in (oldest, latest))
    ]


def _truth(value: Any) -> bool:
    return str(value).lower() in ("1", "true")


async def _conversations_history(server: SlackServer, given: dict[str, Any]) -> dict[str, Any]:
    channel = server.world.for_bot_to_post(str(given.get("channel")))
    top = [message for message in channel.messages.values() if message.thread is None]
    found, more = _page(sorted(_since(top, given), key=lambda m: m.ts, reverse=True), given)
    metadata = _truth(given.get("include_all_metadata"))
    shown = [message.payload(metadata=metadata) | _thread(channel, message.ts) for message in found]
    return {"messages": shown, **more}


def _thread(channel: Channel, ts: str) -> dict[str, Any]:
    """What a thread's first post says of it (docs.slack.dev/messaging/retrieving-messages, "threaded replies")."""
    replies = [message.ts for message in channel.messages.values() if message.thread == ts]
    return {"thread_ts": ts, "reply_count": len(replies), "latest_reply": max(replies)} if replies else {}


async def _conversations_replies(server: SlackServer, given: dict[str, Any]) -> dict[str, Any]:
    channel = server.world.for_bot_to_post(str(given.get("channel")))
    parent = str(given.get("ts"))
    if parent not in channel.messages:
        raise SlackError("thread_not_found")
    parent = channel.messages[parent].thread or parent
    thread = [message for message in channel.messages.values() if message.thread == parent]
    replies = sorted(_since(thread, given), key=lambda m: m.ts)
    found, more = _page([channel.messages[parent], *replies], given)
    metadata = _truth(given.get("include_all_metadata"))
    return {"messages": [message.payload(metadata=metadata) for message in found], **more}


async def _post_message(server: SlackServer, given: dict[str, Any]) -> dict[str, Any]:
    world = server.world
    channel = world.for_bot_to_post(str(given.get("channel")))
    thread = given.get("thread_ts")
    if thread is not None and thread not in channel.messages:
        raise SlackError("thread_not_found")
    _content(given)
    if given.get("username") and "chat:write.customize" not in world.scopes.split():
        raise SlackError("missing_scope", needed="chat:write.customize")
    metadata = given.get("metadata")
    if metadata is not None and not {"event_type", "event_payload"} <= set(metadata):
        raise SlackError("invalid_metadata_format")
    message = Message(
        channel=channel.id,
        ts=world.ts(),
        user=BOT_USER,
        text=given.get("text") or "",
        thread=thread,
        blocks=given.get("blocks") or [],
        bot=True,
        username=given.get("username"),
        icon=given.get("icon_url"),
        metadata=metadata,
    )
    world.post(message)
    return {"channel": channel.id, "ts": message.ts, "message": message.payload(metadata=True)}


def _content(given: dict[str, Any]) -> None:
    validate.message(given)


def _own(server: SlackServer, given: dict[str, Any], error: str) -> Message:
    channel = server.world.for_bot_to_post(str(given.get("channel")))
    message = channel.messages.get(str(given.get("ts")))
    if message is None:
        raise SlackError("message_not_found")
    if not message.bot:
        raise SlackError(error)
    return message


async def _update(server: SlackServer, given: dict[str, Any]) -> dict[str, Any]:
    message = _own(server, given, "cant_update_message")
    _content(given)
    server.world.change(message, given.get("text") or "", given.get("blocks") or [])
    return {"channel": message.channel, "ts": message.ts, "text": message.text}


async def _delete(server: SlackServer, given: dict[str, Any]) -> dict[str, Any]:
    message = _own(server, given, "cant_delete_message")
    if message.username and not server.world.customised_can_be_deleted:
        raise SlackError("cant_delete_message")
    server.world.delete(message)
    return {"channel": message.channel, "ts": message.ts}


async def _post_ephemeral(server: SlackServer, given: dict[str, Any]) -> dict[str, Any]:
    world = server.world
    channel = world.for_bot_to_post(str(given.get("channel")))
    if given.get("user") not in channel.members:
        raise SlackError("user_not_in_channel")
    _content(given)
    blocks, thread = given.get("blocks") or [], given.get("thread_ts")
    world.ephemerals.append(Ephemeral(channel.id, given["user"], given.get("text") or "", blocks, thread))
    return {"message_ts": world.ts()}


async def _views_open(server: SlackServer, given: dict[str, Any]) -> dict[str, Any]:
    world = server.world
    trigger = world.triggers.get(str(given.get("trigger_id")))
    if trigger is None:
        raise SlackError("invalid_trigger_id")
    if trigger.used:
        raise SlackError("exchanged_trigger_id")
    if time.monotonic() - trigger.made > server.patience:
        raise SlackError("expired_trigger_id")
    validate.view(given["view"])
    trigger.used = True
    view = {**given["view"], "id": world.fresh("V"), "hash": world.ts(), "team_id": HOST}
    view |= {"app_id": APP_ID, "app_installed_team_id": HOST, "bot_id": BOT_ID}
    world.views[view["id"]] = view
    world.opened_by[view["id"]] = trigger.user
    return {"view": view}


async def _conversations_open(server: SlackServer, given: dict[str, Any]) -> dict[str, Any]:
    user = server.world.users.get(str(given.get("users")))
    if user is None or user.deleted:
        raise SlackError("user_not_found")
    return {"channel": {"id": server.world.direct(user).id}}


async def _views_publish(server: SlackServer, given: dict[str, Any]) -> dict[str, Any]:
    user = str(given.get("user_id"))
    if user not in server.world.users:
        raise SlackError("invalid_arguments")
    validate.home(given["view"])
    server.world.homes[user] = given["view"]
    return {"view": {**given["view"], "id": server.world.fresh("V")}}


Work = Callable[[SlackServer, dict[str, Any]], Awaitable[dict[str, Any]]]
#: Each method with the scopes of which the token needs one.
METHODS: dict[str, tuple[str, Work]] = {
    "auth.test": ("", _auth_test),
    "apps.connections.open": ("", _connections_open),
    "team.info": ("team:read", _team_info),
    "users.info": ("users:read", _users_info),
    "conversations.info": ("channels:read|groups:read", _conversations_info),
    "conversations.members": ("channels:read|groups:read", _conversations_members),
    "conversations.history": ("channels:history|groups:history", _conversations_history),
    "conversations.replies": ("channels:history|groups:history", _conversations_replies),
    "chat.postMessage": ("chat:write", _post_message),
    "chat.update": ("chat:write", _update),
    "chat.delete": ("chat:write", _delete),
    "chat.postEphemeral": ("chat:write", _post_ephemeral),
    "views.open": ("", _views_open),
    "views.publish": ("", _views_publish),
    "conversations.open": ("im:write", _conversations_open),
    "files.info": ("files:read", files.info),
    "files.getUploadURLExternal": ("files:write", files.get_upload_url),
    "files.completeUploadExternal": ("files:write", files.complete_upload),
    "files.delete": ("files:write", files.delete),
}
