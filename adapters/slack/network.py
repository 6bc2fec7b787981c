"""`ports.Network` on Slack: Block Kit through the Web API, reached by Socket Mode or by HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import files, inbound, markup, render
from adapters.slack.api import Api, no_redirects
from adapters.slack.files import FileRefused, Files
from adapters.slack.http import CLOSE_TIMEOUT, Requests
from adapters.slack.people import People
from adapters.slack.settings import SlackSettings
from bot.aside import aside
from bot.ports import Clock, Content, Fetch, FileGone, NotSent, PlaceShut
from bot.tickets.deliveries import Delivery, ToCustomer, length
from bot.tickets.model import Actor, File, Membership, Message, Note, Person, Place, PostRef, Project, Side
from bot.words.keys import TextKey
from bot.words.say import Refused

log = structlog.get_logger()

#: Pages of a thread or a channel, 200 posts each, that are searched for a mark.
SEARCH_PAGES = 10
#: How long after Slack has asked for a new connection it is that one which it greets.
RENEWAL = timedelta(minutes=1)
#: How long a channel's name is believed without asking again.
NAME_MEMORY = timedelta(hours=1)
#: The words for a staff channel that will not do, by why it is shut.
UNFIT: Final[Mapping[str, TextKey]] = {
    "unseen": "no.not_in_place",
    "archived": "no.not_in_place",
    "shared": "no.staff_shared",
    "pending": "no.staff_shared",
    "public": "no.staff_public",
    "guests": "no.staff_guests",
}


class SlackNetwork:
    """One installed Slack app in one workspace."""

    name = "slack"

    def __init__(self, settings: SlackSettings, clock: Clock) -> None:
        self.pace = settings.pace_seconds
        self.burst = settings.burst
        self._settings = settings
        self._clock = clock
        #: One session for all calls: the SDK would open one for each.
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=settings.timeout_seconds),
            connector=aiohttp.TCPConnector(limit=100),
            trace_configs=[no_redirects()],
        )
        client = AsyncWebClient(
            token=settings.bot_token.get_secret_value(),
            base_url=settings.api_url,
            session=self._session,
            # The default handler repeats a post whose answer was lost. That is the courier's call to make.
            retry_handlers=[],
        )
        self.api = Api(client, settings.share)
        self.people = People(self.api, clock)
        self.files = Files(self.api, self._session, settings.bot_token.get_secret_value())
        self._largest = settings.file_limit_mb * 1_000_000
        self.app = AsyncApp(
            # Without a token of its own, or bolt warns that it is not used.
            client=AsyncWebClient(base_url=settings.api_url, session=self._session, retry_handlers=[]),
            # Bolt's own asks Slack once more, and lets messages overtake each other meanwhile.
            authorize=self._authorize(),
            # Commit, then acknowledge: the listener runs first, and if it fails Slack delivers again.
            process_before_response=True,
            signing_secret=settings.signing_secret.get_secret_value() if settings.signing_secret else None,
            # What nobody listens for ends in the error handler, which acknowledges it.
            raise_error_for_unhandled_request=True,
        )
        self._handlers: list[AsyncSocketModeHandler] = []
        #: The session in which each was greeted last, and when each was last asked to make a new one.
        self._greeted: dict[AsyncSocketModeHandler, object] = {}
        self._renewing: dict[AsyncSocketModeHandler, datetime] = {}
        #: Opens files, those of other networks too where there are any; set by whoever knows them.
        self.elsewhere: Fetch = self.fetch
        #: Says whether what stands behind the listeners works; set by them.
        self.health: Callable[[], Awaitable[None]] = self._say_nothing
        #: Called at each new connection, and run beside it; both set by the listeners.
        self.connected: Callable[[], None] = lambda: None
        self.beside: Callable[[], Coroutine[Any, Any, None]] = self._say_nothing
        self._names: dict[str, tuple[datetime, str]] = {}
        self._requests = Requests(self.app, settings.listen, self._well, clock)

    # ------------------------------------------------------------ Network

    def parts(self, delivery: Delivery) -> tuple[str, ...]:
        return render.parts(delivery.content, self._largest)

    async def post(self, delivery: Delivery, part: str, mark: str) -> PostRef:
        customize = await self.api.may("chat:write.customize")
        if part.startswith("file:"):
            return await self._post_file(delivery, part, mark, customize=customize)
        size, largest = length(delivery.content), self._largest
        payload = await aside(size, posting, delivery, mark, part=part, customize=customize, largest=largest)
        answer = await self.api.call("chat.postMessage", **payload)
        return PostRef(delivery.surface.place, str(answer["ts"]))

    async def update(self, delivery: Delivery, part: str, post: PostRef) -> None:
        if part.startswith("file:"):
            return  # a copy does not change
        customize = await self.api.may("chat:write.customize")
        size, largest = length(delivery.content), self._largest
        drawn = await aside(size, draw, delivery, part=part, customize=customize, largest=largest)
        await self._change(post, drawn)

    async def remove(self, delivery: Delivery, part: str, post: PostRef) -> None:
        if part.startswith("file:"):
            await self._erase_file(post)
        try:
            await self.api.call("chat.delete", channel=post.place.id, ts=post.id)
        except NotSent as error:
            if error.reason.startswith("message_not_found"):
                return
            if not error.reason.startswith("cant_delete_message"):
                raise
            # Slack's documentation says that a post under another name cannot be deleted.
            await self._change(post, render.tombstone(delivery.surface.project.language))

    async def find(
        self, delivery: Delivery, marks: Mapping[str, str], since: datetime, known: Collection[str] = ()
    ) -> dict[str, PostRef]:
        parts = {mark: part for part, mark in marks.items()}
        surface = delivery.surface
        method, where = "conversations.history", {}
        if surface.thread is not None:
            method, where = "conversations.replies", {"ts": surface.thread}
        found: dict[str, PostRef] = {}
        seen = 0
        async for message in self.api.pages(
            method,
            "messages",
            surface.place.id,
            oldest=f"{since.timestamp():.6f}",
            include_all_metadata=True,
            **where,
        ):
            if (part := parts.get(inbound.mark_of(message))) is not None:
                found[part] = PostRef(surface.place, str(message["ts"]))
            seen += 1
            if len(found) == len(marks):
                break
            if seen >= SEARCH_PAGES * 200:
                log.warning("search_gave_up", place=surface.place.id, seen=seen)
                break
        return found

    async def door(self, place: Place, side: Side) -> PlaceShut | None:
        try:
            info = (await self.api.call("conversations.info", channel=place.id))["channel"]
        except NotSent as error:
            if error.lost:
                return PlaceShut("unseen", seen=False)
            raise
        name = f"#{info['name']}" if side is Side.CUSTOMER and info.get("name") else ""
        # Who is in an archived channel, nobody any more: look at that first.
        if info.get("is_archived"):
            return PlaceShut("archived", name, seen=False)
        if not info.get("is_member"):
            return PlaceShut("unseen", name, seen=False)
        if side is Side.CUSTOMER:
            return None
        # Not is_shared, which is set within one organisation too.
        if info.get("is_ext_shared"):
            return PlaceShut("shared", await self._organisations(info.get("connected_team_ids")))
        if info.get("is_pending_ext_shared"):
            return PlaceShut("pending", await self._organisations(info.get("pending_connected_team_ids")))
        if not info.get("is_private") or info.get("is_mpim"):
            return PlaceShut("public")
        guests = await self.people.outsiders(place.id)
        return PlaceShut("guests", ", ".join(sorted(one.name for one in guests))) if guests else None

    async def announce(self, place: Place, text: str) -> None:
        escaped = markup.plain(text)
        blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": escaped[:3000], "verbatim": True}}]
        await self.api.call("chat.postMessage", channel=place.id, text=escaped, blocks=blocks)

    async def tell(self, person: Person, text: str) -> None:
        answer = await self.api.call("conversations.open", users=person.id)
        await self.announce(Place("slack", str(answer["channel"]["id"])), text)

    async def membership(self, person: Person, staff_place: Place) -> Membership:
        return await self.people.membership(person.id, staff_place.id)

    def forget(self, place: Place | None = None) -> None:
        if place is None:
            self.people.forget()
        else:
            self.people.membership_changed(place.id)

    def fetch(self, file: File) -> AbstractAsyncContextManager[Content]:
        return self.files.fetch(file)

    async def run(self) -> None:
        who = await self.api.who()
        log.info("slack_connected", team=who.get("team_id"), bot=who.get("user_id"))
        beside = asyncio.ensure_future(self.beside())
        try:
            if self._settings.mode == "http":
                await self._requests.serve(self.connected)
            else:
                await self._listen()
        finally:
            beside.cancel()
            await asyncio.wait((beside,), timeout=CLOSE_TIMEOUT)

    async def _listen(self) -> None:
        """Keep Socket Mode's connections up, until cancelled."""
        assert self._settings.app_token is not None
        self._greeted.clear()
        self._renewing.clear()
        self._handlers = [
            AsyncSocketModeHandler(
                self.app,
                self._settings.app_token.get_secret_value(),
                ping_interval=self._settings.ping_seconds,
            )
            for _ in range(self._settings.connections)
        ]
        for handler in self._handlers:
            handler.client.on_message_listeners.append(partial(self._heed, handler))
        try:
            for handler in self._handlers:
                await self._connect(handler)
            await asyncio.Event().wait()
        finally:
            # Nothing new comes in from here on; what is being taken is answered before the socket closes.
            handlers, self._handlers = self._handlers, []
            closing = [asyncio.ensure_future(_untyped(handler).close_async()) for handler in handlers]
            if closing:
                # The SDK's close can wait for a reader that has gone already.
                await asyncio.wait(closing, timeout=CLOSE_TIMEOUT)

    async def close(self) -> None:
        await self._session.close()

    async def _well(self) -> None:
        await self.health()
        await self.api.who()

    async def _say_nothing(self) -> None:
        """Nothing stands behind the network."""

    # ------------------------------------------------------------ for the listeners

    @property
    def port(self) -> int | None:
        """The port that is listened at in mode http, once it is."""
        return self._requests.port

    async def check_places(self, customer: str, staff: str) -> None:
        """Check the channels that somebody wants to link.

        Raises:
            Refused: one of them will not do; with the words for beside its field.
        """
        if customer == staff:
            raise Refused("no.same_place", field="staff")
        try:
            answer = await self.api.call("conversations.info", channel=customer)
        except NotSent as error:
            if error.reason.startswith("channel_not_found"):
                raise Refused("no.not_in_place", field="customer") from None
            raise
        if not answer["channel"].get("is_member"):
            raise Refused("no.not_in_place", field="customer")
        shut = await self.door(Place("slack", staff), Side.STAFF)
        if shut is not None:
            raise Refused(UNFIT[shut.reason], field="staff")

    async def message(self, channel: str, ts: str) -> inbound.Event | None:
        """Return somebody's post by its ts; None when there is none, or it is nobody's words."""
        message = await self._message(channel, ts)
        return inbound.event(message | {"channel": channel}) if message else None

    async def channels(self, idents: Sequence[str]) -> dict[str, str]:
        """Return the names of channels, as far as Slack shows them to us."""
        found = await asyncio.gather(*(self._channel_name(ident) for ident in idents))
        return {ident: name for ident, name in zip(idents, found, strict=True) if name}

    async def where(self, post: PostRef) -> tuple[str, str | None]:
        """Return what a post's place is called, and the post's address."""
        name = await self._channel_name(post.place.id)
        return (f"#{name}" if name else "Slack"), (await self.api.addresses())(post)

    async def _channel_name(self, ident: str) -> str:
        """Return a channel's name, which is believed for an hour; empty for one that we cannot see."""
        kept, now = self._names.get(ident), self._clock.now()
        if kept is not None and now - kept[0] < NAME_MEMORY:
            return kept[1]
        try:
            info = (await self.api.call("conversations.info", channel=ident))["channel"]
            name = str(info.get("name") or "")
        except NotSent as error:
            log.info("channel_unnamed", place=ident, reason=error.reason)
            return ""
        self._names[ident] = now, name
        return name

    def replies(self, channel: str, thread: str, after: str) -> AsyncIterator[dict[str, Any]]:
        """Go through a thread from a ts on; its first post may be among them."""
        return self.api.pages("conversations.replies", "messages", channel, ts=thread, oldest=after)

    def as_reply(self, note: Note, by: Person, about: Project) -> list[dict[str, Any]]:
        """Draw a note as the customer would see it, by the code that draws replies."""
        reply = Message(
            id=note.id,
            ticket=note.ticket,
            by=Actor(by, Side.STAFF),
            at=note.at,
            text=note.text,
            files=note.files,
        )
        parts = render.parts(reply, self._largest)
        drawn = [
            render.for_customer(reply, about, part, self._largest).named()
            for part in parts
            if not part.startswith("file:")
        ]
        return [block for post in drawn for block in post.blocks]

    async def show(self, channel: str, user: str, post: render.Post, thread: str | None = None) -> None:
        """Show something to one person alone, as far as Slack manages: it is gone when they reload."""
        await self.api.call(
            "chat.postEphemeral",
            channel=channel,
            user=user,
            text=post.text,
            blocks=post.blocks or None,
            thread_ts=thread,
        )

    # ------------------------------------------------------------ inside

    def _authorize(self) -> Callable[[], Awaitable[AuthorizeResult]]:
        async def authorize() -> AuthorizeResult:  # bolt looks at its arguments' names: it has none
            who = await self.api.who()
            return AuthorizeResult(
                enterprise_id=who.get("enterprise_id"),
                team_id=who.get("team_id"),
                bot_user_id=who.get("user_id"),
                bot_id=who.get("bot_id"),
                bot_token=self._settings.bot_token.get_secret_value(),
            )

        return authorize

    async def _post_file(self, delivery: Delivery, part: str, mark: str, *, customize: bool) -> PostRef:
        """Copy a file. Its post takes no metadata: the mark stands as its layout's id."""
        surface, content = delivery.surface, delivery.content
        assert isinstance(content, Message | Note)
        customer = isinstance(delivery, ToCustomer)
        post, file = render.file_line(content, part, surface.project, customer=customer)
        since = self._clock.now() - timedelta(minutes=2)
        try:
            shown = post if customize else post.named()
            blocks = [shown.blocks[0] | {"block_id": mark}, *shown.blocks[1:]]
            await self.files.copy(
                file,
                self.elsewhere,
                surface.place.id,
                thread_ts=surface.thread,
                blocks=blocks,
                username=post.author if customize else None,
                icon_url=post.picture if customize else None,
            )
        except (FileGone, FileRefused) as error:
            key: TextKey = error.key if isinstance(error, FileRefused) else "file.not_here"
            log.info("file_in_words", ticket=surface.ticket, why=key)
            gone = render.file_gone(post, file, surface.project.language, key)
            answer = await self.api.call(
                "chat.postMessage", **_arguments(gone, delivery, mark, customize=customize)
            )
            return PostRef(surface.place, str(answer["ts"]))
        found: dict[str, PostRef] | None = await files.patiently(
            lambda: self.find(delivery, {part: mark}, since)
        )
        if not found:
            raise NotSent("Slack has not shown the file yet", unsure=True)
        return found[part]

    async def _erase_file(self, post: PostRef) -> None:
        """Erase the content of a copy: without its post it would still be in the workspace."""
        message = await self._message(post.place.id, post.id) or {}
        await self.files.delete([str(one["id"]) for one in message.get("files") or []])

    async def _message(self, channel: str, ts: str) -> dict[str, Any] | None:
        """Return what stands at a ts, in a thread or outside of one, as Slack has it."""
        pages = self.api.pages(
            "conversations.replies", "messages", channel, ts=ts, oldest=ts, latest=ts, inclusive=True
        )
        return await anext((message async for message in pages if message.get("ts") == ts), None)

    async def _organisations(self, teams: Any) -> str:
        """Name other organisations, as far as Slack tells who they are."""
        own, names = await self.api.team(), list[str]()
        for team in teams if isinstance(teams, list) else []:
            if team == own:
                continue
            try:
                answer = await self.api.call("team.info", team=str(team))
            except NotSent as error:
                log.info("team_unknown", team=team, reason=error.reason)
                continue
            names.append(str((answer.get("team") or {}).get("name") or ""))
        return ", ".join(name for name in names if name)

    async def _change(self, post: PostRef, drawn: render.Post) -> None:
        try:
            await self.api.call(
                "chat.update", channel=post.place.id, ts=post.id, text=drawn.text, blocks=drawn.blocks
            )
        except NotSent as error:
            # Somebody deleted it by hand: there is nothing left to bring up to date.
            if not error.reason.startswith("message_not_found"):
                raise

    async def alive(self) -> datetime | None:
        """Return when Slack last reached us for certain, None while it cannot.

        That we listen for requests does not say that any can come: only one that came does.
        """
        if self._settings.mode == "http":
            return self._requests.last
        connected = [await handler.client.is_connected() for handler in self._handlers]
        return self._clock.now() if any(connected) else None

    async def _heed(self, handler: AsyncSocketModeHandler, message: aiohttp.WSMessage) -> None:
        """Slack greets each new connection, and asks for a new one in time.

        Nothing was missed by one that is new or was asked for, if another has been greeted and is there. Of
        one that broke nobody knows since when, nor whether the other broke with it and has not noticed yet.
        """
        told = message.data[:200].replace(" ", "") if isinstance(message.data, str) else ""
        now = self._clock.steady()
        if '"type":"disconnect"' in told:
            self._renewing[handler] = now
        elif '"type":"hello"' in told:
            asked = self._renewing.pop(handler, None)
            new = handler not in self._greeted
            whole = new or (asked is not None and now - asked < RENEWAL)
            others = [
                await one.client.is_connected()
                for one, session in self._greeted.items()
                if one is not handler and one.client.current_session is session
            ]
            self._greeted[handler] = handler.client.current_session
            if not (whole and any(others)):
                self.connected()

    async def _connect(self, handler: AsyncSocketModeHandler) -> None:
        try:
            # Not wait_for: before Python 3.12 it can swallow the cancellation that stops us.
            async with asyncio.timeout(self._settings.timeout_seconds):
                await _untyped(handler).connect_async()
        except TimeoutError:
            reason = "Slack's Socket Mode cannot be reached, or HALFDOOR_SLACK_APP_TOKEN is not valid"
            raise NotSent(reason) from None


def draw(
    delivery: Delivery, *, part: str = "", customize: bool, largest: int = render.LARGEST
) -> render.Post:
    """Draw a part of a delivery; its author stands in a line of its own where Slack won't show them."""
    about = delivery.surface.project
    if isinstance(delivery, ToCustomer):
        post = render.for_customer(delivery.content, about, part, largest)
    else:
        post = render.for_staff(delivery.content, about, part, largest)
    return post if customize else post.named()


def posting(
    delivery: Delivery, mark: str, *, part: str = "", customize: bool, largest: int = render.LARGEST
) -> dict[str, Any]:
    """Return the arguments of chat.postMessage: nothing of it can ping, and nothing is unfurled."""
    post = draw(delivery, part=part, customize=customize, largest=largest)
    return _arguments(post, delivery, mark, customize=customize)


def _arguments(post: render.Post, delivery: Delivery, mark: str, *, customize: bool) -> dict[str, Any]:
    return {
        "channel": delivery.surface.place.id,
        "thread_ts": delivery.surface.thread,
        "text": post.text,
        "blocks": post.blocks,
        "username": post.author if customize else None,
        "icon_url": post.picture if customize else None,
        "metadata": {"event_type": inbound.MARK, "event_payload": {"mark": mark}},
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _untyped(handler: AsyncSocketModeHandler) -> Any:
    """Return a handler whose methods bolt gives no types."""
    return handler
