"""REST and gateway on 127.0.0.1, so that discord.py's own HTTP and WebSocket code runs.

simcord keeps the guilds, people and messages, and checks permissions. What it does not model (or gets wrong) is
done here: nonces, webhooks in threads, archived threads, pages of history, lost answers, rate limits, RESUME;
`rules` has what a bot may do and hear.
"""

from __future__ import annotations

import asyncio
import copy
import fnmatch
import json
import re
import zlib
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from unittest import mock

import discord
import simcord
import simcord.http.routes  # registers the routes
import yarl
from aiohttp import web
from discord import http
from discord.gateway import DiscordWebSocket
from simcord.backend import serializers
from simcord.backend.access import channel_accessible
from simcord.backend.errors import BackendError, missing_permissions
from simcord.http import router
from simcord.http.routes import interactions

from tests.doubles.discord import rules

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.loopback.token"
CDN = "https://cdn.simcord.invalid"
#: discord.py takes a 429 without it for a ban by Cloudflare.
HEADERS = {"Via": "1.1 loopback"}


@dataclass
class Fault:
    """What goes wrong at the next `times` calls of a method and path (a shell pattern)."""

    method: str
    path: str
    #: 429 and 5xx before it takes effect; "lost" and "500 after": after it did; "cut": before.
    kind: str
    times: int = 1
    retry_after: float = 0.05


@dataclass
class Session:
    """One gateway session: what was sent in it can be sent again to a connection that resumes it."""

    ident: str
    sent: list[dict[str, Any]] = field(default_factory=list)
    queue: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    dead: bool = False


class DiscordServer:
    """Use as a context manager; then `env` builds guilds and people, and a real client may connect."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        # simcord wants a client to hang its own transport on; ours is never started.
        self.env = _Env(discord.Client(intents=discord.Intents.all()), check_errors=False)
        self.env.backend.bot_user.name = "Halfdoor"
        # simcord's time stands still at a date of its own.
        setattr(self.env.backend.clock, "now", now)  # noqa: B010
        self.env.server = self
        self.faults: list[Fault] = []
        self.calls: list[tuple[str, str, Any]] = []
        #: What keeps everybody out: "token", "intents" or "handshake".
        self.shut: str | None = None
        self.under_way = 0
        self._nonces: dict[tuple[int, str], int] = {}
        self._sessions: dict[str, Session] = {}
        self._sockets: dict[web.WebSocketResponse, tuple[Session, web.Request]] = {}
        self.events = 0
        #: The servers that the bot is not in at the moment, and the channels it can see.
        self._out: set[int] = set()
        self._hooks: set[int] = set()
        self._seen: set[int] = set()
        #: Files, by their path here, whose address leads to another.
        self.leads_to: dict[str, str] = {}

    @property
    def backend(self) -> Any:
        return self.env.backend

    @property
    def connections(self) -> int:
        return len(self._sockets)

    async def __aenter__(self) -> DiscordServer:
        app = web.Application(client_max_size=64 << 20)
        app.router.add_get("/gateway/", self._gateway)
        app.router.add_get("/cdn/{path:.*}", self._cdn)
        app.router.add_route("*", "/api/v10/{path:.*}", self._rest)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = int(self._runner.addresses[0][1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._before = http.Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
        point_at(self.url)
        self.env.begin()
        self.backend.subscribers.append(self._happened)
        store = self.backend.cdn.store_attachment
        self.backend.cdn.store_attachment = lambda *given: rules.cleaned(store(*given))
        return self

    async def __aexit__(self, *_: object) -> None:
        http.Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = self._before
        await self._runner.cleanup()

    def fail(self, method: str, path: str, kind: str, times: int = 1, **more: Any) -> None:
        self.faults.append(Fault(method, path, kind, times, **more))

    async def drop(self, *, forget: bool = False) -> None:
        """Cut all gateway connections; with `forget` their sessions cannot be resumed."""
        cut = list(self._sockets.values())
        for session, request in cut:
            session.dead |= forget
            assert request.transport is not None
            request.transport.abort()
        # Who was cut off may be back before we look: only the old ones are waited for.
        while any(one is other for one in self._sockets.values() for other in cut):
            await asyncio.sleep(0.001)

    def kick(self, guild: int) -> None:
        """Somebody takes the bot out of a server: its roles are gone, and it hears nothing from there."""
        backend, me = self.backend, self.backend.bot_user.id
        self._roles = list(backend.guilds[guild].members[me].role_ids)
        for thread in backend.guilds[guild].thread_ids:
            backend.channels[thread].thread_members.pop(me, None)
        backend.emit("GUILD_DELETE", {"id": str(guild)})
        del backend.guilds[guild].members[me]

    def invite(self, guild: int) -> None:
        """Somebody lets the bot in again, and gives it the roles that it had."""
        backend = self.backend
        backend.add_member(guild, backend.bot_user.id, roles=self._roles)
        backend.emit("GUILD_CREATE", serializers.guild_create_payload(backend, backend.guilds[guild]))

    # ------------------------------------------------------------ REST

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        self.under_way += 1
        try:
            return await self._answer(request)
        finally:
            self.under_way -= 1

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method, path = request.method, f"/{request.match_info['path']}"
        if self.shut == "token":
            return _json({"message": "401: Unauthorized", "code": 0}, 401)
        body, files = await _read(request)
        self.calls.append((method, path, body))
        fault = self._fault(method, path)
        kind = fault.kind if fault else ""
        if fault and kind == "429":
            limited = {"message": "limited", "retry_after": fault.retry_after, "global": False}
            return _json(limited, 429, {"Retry-After": str(fault.retry_after)})
        if kind.isdecimal():
            return _json({"message": "injected", "code": 0}, int(kind))
        if kind == "cut":
            return _cut(request)
        try:
            found = self._dispatch(method, path, body, dict(request.query), files)
        except BackendError as error:
            return _json(error.to_json(), error.status)
        if kind == "lost":
            return _cut(request)
        if kind == "500 after":
            return _json({"message": "injected", "code": 0}, 500)
        if found is None:
            return web.Response(status=204, headers=HEADERS)
        if isinstance(found, dict | list):
            found = (
                self._owned(found)
                if isinstance(found, dict)
                else [self._owned(one) if isinstance(one, dict) else one for one in found]
            )
        return _json(self._local(found), 200)

    def _fault(self, method: str, path: str) -> Fault | None:
        for fault in self.faults:
            if fault.times > 0 and fault.method == method and fnmatch.fnmatch(path, fault.path):
                fault.times -= 1
                return fault
        return None

    def _dispatch(self, method: str, path: str, body: Any, query: dict[str, str], files: list[Any]) -> Any:
        backend = self.backend
        _limits(backend, method, path, body or {}, files)
        self._refuse_archived(method, path, query)
        changed = re.fullmatch(r"/channels/(\d+)", path)
        if changed and method in ("PATCH", "DELETE") and int(changed[1]) in backend.channels:
            thread = backend.channels[int(changed[1])]
            if thread.is_thread:
                return self._change_thread(method, thread, body or {})
        if path in ("/gateway", "/gateway/bot"):
            limits = {"total": 1000, "remaining": 999, "reset_after": 1, "max_concurrency": 1}
            url = f"ws://127.0.0.1:{self.port}/gateway/"
            return {"url": url, "shards": 1, "session_start_limit": limits}
        if (method, path) == ("GET", "/users/@me"):
            return dict(serializers.user_payload(backend.bot_user))
        webhook = re.fullmatch(r"/webhooks/(\d+)/([^/]+)(/messages/.*)?", path)
        if webhook and webhook[2] in backend.webhook_tokens and query.get("thread_id"):
            # simcord would post into the parent channel.
            hook = backend.webhooks[backend.webhook_tokens[webhook[2]]]
            parent, hook.channel_id = hook.channel_id, int(query["thread_id"])
            self._wake(hook.channel_id)
            # One that an application made may send buttons; simcord takes all for people's.
            owned = mock.patch.object(interactions, "_incoming_webhook_body", _of_an_application)
            try:
                with owned if hook.creator_id == backend.bot_user.id else nullcontext():
                    return router.dispatch(backend, method, path, json=body, params=query, files=files)
            finally:
                hook.channel_id = parent
        begun = re.fullmatch(r"/channels/(\d+)/threads", path)
        if begun and method == "POST" and int(begun[1]) in backend.channels:
            rules.may_begin(backend.channels[int(begun[1])], body)
        if files and re.fullmatch(r"/channels/\d+/messages", path):
            channel = backend.get_channel(int(path.split("/")[2]))
            if channel.guild_id is not None and not rules.allows(backend, channel, "attach_files"):
                raise missing_permissions()
        under = re.fullmatch(r"/channels/(\d+)/messages/(\d+)/threads", path)
        if under and int(under[2]) in backend.channels:
            # simcord makes another thread there.
            raise BackendError(400, 160004, "A thread has already been created for this message")
        messages = re.fullmatch(r"/channels/(\d+)/messages", path)
        key: tuple[int, str] | None = None
        if messages and method == "POST":
            channel = int(messages[1])
            if body.get("enforce_nonce"):
                key = channel, str(body["nonce"])
                if key in self._nonces and self._nonces[key] in backend.messages[channel]:
                    return dict(
                        serializers.message_payload(backend, backend.messages[channel][self._nonces[key]])
                    )
            self._wake(channel)
        if messages and method == "GET" and "after" in query:
            # simcord returns the newest page.
            kept = backend.messages[int(messages[1])]
            ids = sorted(one for one in kept if one > int(query["after"]))[: int(query.get("limit", 50))]
            return [dict(serializers.message_payload(backend, kept[one])) for one in reversed(ids)]
        found = router.dispatch(backend, method, path, json=body, params=query, files=files)
        if key is not None:
            self._nonces[key] = int(found["id"])
        if method == "POST" and path.endswith("/webhooks"):
            # simcord tells of no new webhook.
            about = {"channel_id": found["channel_id"], "guild_id": found["guild_id"]}
            backend.emit("WEBHOOKS_UPDATE", about)
        return found

    def _change_thread(self, method: str, thread: Any, body: Mapping[str, Any]) -> Any:
        """Change or delete a thread under its own permissions."""
        backend = self.backend
        backend.require_permissions(thread.guild_id, backend.bot_user.id, thread.id)
        if method == "DELETE":
            if not rules.allows(backend, thread, "manage_threads"):
                raise missing_permissions()
            gone = dict(serializers.channel_payload(backend, thread))
            backend.delete_channel(thread.id)
            return gone
        rules.may_change(backend, thread, body)
        state = {name: body[name] for name in body.keys() & {"archived", "locked", "auto_archive_duration"}}
        named = {"name": body["name"]} if "name" in body else {}
        thread = backend.edit_channel(thread.id, named, thread_metadata=state)
        return dict(serializers.channel_payload(backend, thread))

    def _refuse_archived(self, method: str, path: str, query: dict[str, str]) -> None:
        """What is put away takes neither edits nor members, only something new."""
        touched = re.fullmatch(r"/channels/(\d+)/(?:messages/\d+|thread-members/\d+)", path)
        thread = touched[1] if touched else query.get("thread_id") if "/messages/" in path else None
        known = self.backend.channels.get(int(thread)) if thread else None
        if known is not None and known.thread_metadata and known.thread_metadata.archived and method != "GET":
            raise BackendError(400, 50083, "Thread is archived")

    def _wake(self, channel: int) -> None:
        """A post opens an archived thread again."""
        known = self.backend.channels.get(channel)
        about = known.thread_metadata if known is not None else None
        if about is not None and about.archived and not about.locked:
            self.backend.edit_channel(channel, {}, thread_metadata={"archived": False})

    async def _cdn(self, request: web.Request) -> web.Response:
        if (elsewhere := self.leads_to.get(request.path)) is not None:
            raise web.HTTPFound(elsewhere)
        data = self.backend.cdn.get(f"{CDN}/{request.match_info['path']}")
        return web.Response(status=404) if data is None else web.Response(body=data)

    def _local(self, found: Any) -> Any:
        return json.loads(json.dumps(found).replace(CDN, f"{self.url}/cdn"))

    # ------------------------------------------------------------ gateway

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket, packer = web.WebSocketResponse(max_msg_size=0), zlib.compressobj()
        await socket.prepare(request)
        if self.shut == "handshake":
            await socket.close(code=1011)
            return socket

        async def send(payload: dict[str, Any]) -> None:
            raw = json.dumps(self._local(payload)).encode()
            await socket.send_bytes(packer.compress(raw) + packer.flush(zlib.Z_SYNC_FLUSH))

        pump: asyncio.Task[None] | None = None
        await send({"op": 10, "d": {"heartbeat_interval": 41250}, "s": None, "t": None})
        try:
            async for message in socket:
                given = json.loads(message.data)
                match given["op"]:
                    case 1:
                        await send({"op": 11})
                    case 2 if self.shut == "intents":
                        await socket.close(code=4014)
                    case 2:
                        session = self._identify()
                        self._sockets[socket] = session, request
                        pump = asyncio.create_task(_pump(session, send))
                    case 6:
                        known = self._sessions.get(given["d"]["session_id"])
                        if known is None or known.dead:
                            await send({"op": 9, "d": False})
                            continue
                        known.queue = asyncio.Queue()
                        for event in known.sent:
                            if event["s"] > given["d"]["seq"]:
                                known.queue.put_nowait(event)
                        self._push(known, "RESUMED", {})
                        self._sockets[socket] = known, request
                        pump = asyncio.create_task(_pump(known, send))
                    case 8:
                        self._members(self._sockets[socket][0], given["d"])
                    case _:
                        pass
        finally:
            if pump is not None:
                pump.cancel()
            self._sockets.pop(socket, None)
        return socket

    def _identify(self) -> Session:
        backend, ident = self.backend, f"session-{len(self._sessions)}"
        session = self._sessions[ident] = Session(ident)
        ready = {
            "v": 10,
            "user": dict(serializers.user_payload(backend.bot_user)),
            "guilds": [
                {"id": str(one), "unavailable": True} for one in backend.guilds if one not in self._out
            ],
            "session_id": ident,
            "resume_gateway_url": f"ws://127.0.0.1:{self.port}/gateway/",
            "shard": [0, 1],
            "application": {"id": str(backend.application_id), "flags": 0},
        }
        self._push(session, "READY", ready)
        for guild in list(backend.guilds.values()):
            if guild.id not in self._out:
                given: dict[str, Any] = {**serializers.guild_create_payload(backend, guild)}
                given["threads"] = [
                    one for one in given.get("threads", ()) if rules.hears(backend, "THREAD_", one)
                ]
                self._push(session, "GUILD_CREATE", given)
        self._gained()
        return session

    def _members(self, session: Session, given: dict[str, Any]) -> None:
        guild = self.backend.guilds[int(given["guild_id"])]
        members = [serializers.member_payload(self.backend, guild, one) for one in guild.members.values()]
        chunk = {"guild_id": str(guild.id), "members": members, "chunk_index": 0, "chunk_count": 1}
        self._push(session, "GUILD_MEMBERS_CHUNK", chunk | {"nonce": given.get("nonce")})

    def _push(self, session: Session, kind: str, data: Any) -> None:
        self.events += 1
        number = len(session.sent) + 1
        event = {"op": 0, "t": kind, "s": number, "d": copy.deepcopy(dict(data))}
        session.sent.append(event)
        session.queue.put_nowait(event)

    def _happened(self, kind: str, data: Any) -> None:
        """Tell of an event, if the bot is told: not while it is out, nor of what it cannot see."""
        backend, data = self.backend, dict(data)
        guild = int(data["id"] if kind in ("GUILD_DELETE", "GUILD_CREATE") else data.get("guild_id") or 0)
        if kind == "GUILD_CREATE":
            self._out.discard(guild)
            data["threads"] = [one for one in data.get("threads", ()) if rules.hears(backend, "THREAD_", one)]
        if guild in self._out or not rules.hears(backend, kind, data):
            return
        if kind == "GUILD_DELETE":
            self._out.add(guild)
        told = [(kind, self._owned(data)), *(("THREAD_LIST_SYNC", one) for one in self._gained())]
        for session in self._sessions.values():
            if not session.dead:
                for event in told:
                    self._push(session, *event)

    def _owned(self, data: dict[str, Any]) -> dict[str, Any]:
        """Name the application whose webhook said something.

        Discord's reference, “Message Object”: `application_id` is there “if the message is an Interaction or
        application-owned webhook”. simcord leaves it out.
        """
        hook = self.backend.webhooks.get(int(data.get("webhook_id") or 0))
        if hook is not None and hook.creator_id == self.backend.bot_user.id:
            self._hooks.add(hook.id)
        if int(data.get("webhook_id") or 0) in self._hooks:
            return {**data, "application_id": str(self.backend.application_id)}
        return data

    def _gained(self) -> list[dict[str, Any]]:
        """Return the threads of channels that the bot can see since now."""
        backend, me = self.backend, self.backend.bot_user.id
        texts = [one for one in backend.channels.values() if one.guild_id and not one.is_thread]
        before, self._seen = (
            self._seen,
            {one.id for one in texts if channel_accessible(backend, one.id, me)},
        )
        gained = self._seen - before
        return [rules.threads_of(backend, one) for one in texts if one.id in gained]


def _limits(backend: Any, method: str, path: str, body: Mapping[str, Any], files: list[Any]) -> None:
    """Refuse what Discord's documentation does, and simcord takes."""

    def refuse(wrong: bool, code: int, words: str) -> None:
        if wrong:
            raise BackendError(400, code, words)

    given = body if isinstance(body, dict) else {}
    refuse(len(str(given.get("nonce", ""))) > 25, 50035, "nonce: Must be 25 or fewer in length.")
    if "username" in given:
        rules.check_name(str(given["username"]))
    if method == "POST" and path.endswith("/threads"):
        refuse(not 1 <= len(str(given.get("name", ""))) <= 100, 50035, "name: Must be between 1 and 100.")
        minutes = given.get("auto_archive_duration", 1440)
        refuse(minutes not in (60, 1440, 4320, 10080), 50035, "auto_archive_duration")
    if method == "POST" and path.endswith("/webhooks"):
        here = [one for one in backend.webhooks.values() if f"/channels/{one.channel_id}/webhooks" == path]
        refuse(len(here) >= 15, 30007, "Maximum number of webhooks reached (15)")
    sizes = [one.fp.seek(0, 2) for one in files]
    for one in files:
        one.fp.seek(0)
    # What uploading an empty file is answered with.
    refuse(0 in sizes, 50006, "Cannot send an empty message")
    refuse(any(size > 10 << 20 for size in sizes) or sum(sizes) > 25 << 20, 40005, "Request entity too large")
    if path.endswith("/callback") and given.get("type") == 9:
        form = given["data"]
        refuse(not 1 <= len(form["title"]) <= 45, 50035, "title: Must be between 1 and 45 in length.")
        refuse(not 1 <= len(form["components"]) <= 5, 50035, "components: Must be between 1 and 5.")
        labels = [one for one in form["components"] if one["type"] == 18]
        refuse(any(not 1 <= len(one["label"]) <= 45 for one in labels), 50035, "label")


def point_at(url: str) -> None:
    """Let discord.py take a loopback for Discord."""
    http.Route.BASE = f"{url}/api/v10"
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url.replace("http", "ws", 1) + "/gateway/")


class _Env(simcord.Env):
    """simcord's builders and people, without its transport: a real client listens at the gateway."""

    server: DiscordServer

    def begin(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._started = True
        self._message_states.add(self.bot._connection)

    def create_guild(self, *given: Any, **more: Any) -> Any:
        """Found a server into which the bot was let by its invitation."""
        made = super().create_guild(*given, **more)
        rules.invite(self.backend, self.backend.guilds[made.id])
        return made

    async def _settle_internal(self, **_: Any) -> None:
        """What people do is on its way; tests wait for all of it together."""


async def _pump(session: Session, send: Any) -> None:
    while True:
        event = await session.queue.get()
        await send(event)


def _of_an_application(context: Any) -> tuple[dict[str, Any], bool]:
    return dict(context.body()), True


async def _read(request: web.Request) -> tuple[Any, list[Any]]:
    if request.content_type.startswith("multipart/"):
        form = await request.post()
        body = json.loads(str(form["payload_json"])) if "payload_json" in form else {}
        told = {str(one.get("id")): one.get("description") for one in body.get("attachments") or []}
        files = [
            SimpleNamespace(filename=value.filename, fp=value.file, description=told.get(name[6:-1]))
            for name, value in form.items()
            if isinstance(value, web.FileField)
        ]
        return body, files
    if request.can_read_body and request.content_type == "application/json":
        return await request.json(), []
    return None, []


def _json(data: Any, status: int, more: Mapping[str, str] = HEADERS) -> web.Response:
    # discord.py wants exactly this content type, without a charset.
    headers = {**HEADERS, **more, "Content-Type": "application/json"}
    return web.Response(body=json.dumps(data).encode(), status=status, headers=headers)


def _cut(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()
