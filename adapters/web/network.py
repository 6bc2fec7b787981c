"""`ports.Network` of the pages: they are drawn from what the desk knows, so that to post is to say “look”."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path

import structlog
from aiohttp import web

from adapters.web.settings import WebSettings
from bot.ports import Clock, Content, Fetch, FileGone, NotSent, PlaceShut
from bot.tickets.deliveries import CustomerCard, Delivery, StaffCard
from bot.tickets.model import File, Membership, Person, Place, PostRef, Side

log = structlog.get_logger()

#: Bytes that are read from a file at a time.
CHUNK = 1 << 16
#: Seconds that a connection has to send the whole head of its first request, and of each after the one
#: before: aiohttp's time-out of what is kept alive runs from the beginning (web_protocol.RequestHandler).
PATIENCE = 15.0
#: Pages that one session may watch at a time. One more ends the oldest, which may be a line that is dead.
WATCHED = 10
#: What is said to all of a place, outside of any ticket, is shown until so many newer ones.
ANNOUNCED = 3


class Watcher:
    """One page that watches: `changed` is set when it is to look, and when it `ended`."""

    def __init__(self) -> None:
        self.changed = asyncio.Event()
        self.ended = False

    def end(self) -> None:
        self.ended = True
        self.changed.set()


class WebNetwork:
    """The pages' side of the courier: whoever watches a place or a ticket is told that it has changed."""

    name = "web"
    pace = 0.0
    burst = 1

    def __init__(self, settings: WebSettings, clock: Clock) -> None:
        self.settings = settings
        self._clock = clock
        self._files = settings.files
        self._watching: defaultdict[tuple[Place, str], set[asyncio.Event]] = defaultdict(set)
        #: What each session watches, oldest first.
        self._watchers: dict[str, list[Watcher]] = {}
        #: The newest words to all of a place, and to one person alone.
        self.announced: defaultdict[Place, deque[str]] = defaultdict(lambda: deque(maxlen=ANNOUNCED))
        self.told: defaultdict[str, deque[str]] = defaultdict(lambda: deque(maxlen=ANNOUNCED))
        #: Whether somebody has a key to a place; set by whoever knows the keys.
        self.holds: Callable[[Person, Place], Awaitable[bool]] = _nobody
        #: Opens files, those of other networks too where there are any; set by whoever knows them.
        self.elsewhere: Fetch = self.fetch
        #: Builds what is served; set by the listeners.
        self.application: Callable[[], web.Application] = web.Application
        #: Only in a demo: whose two sides are shown beside each other at `/demo/SECRET`.
        self.shown: tuple[tuple[Place, Person], tuple[Place, Person]] | None = None
        self.secret = secrets.token_urlsafe(16)
        #: The port that is listened on, once it is.
        self.port: int | None = None
        self.serving = asyncio.Event()

    # ------------------------------------------------------------ Network

    def parts(self, delivery: Delivery) -> tuple[str, ...]:
        return ("",)  # files are opened where they are, when somebody wants them

    async def post(self, delivery: Delivery, part: str, mark: str) -> PostRef:
        return self._changed(delivery)

    async def update(self, delivery: Delivery, part: str, post: PostRef) -> None:
        self._changed(delivery)

    async def remove(self, delivery: Delivery, part: str, post: PostRef) -> None:
        self._changed(delivery)

    async def find(
        self, delivery: Delivery, marks: Mapping[str, str], since: datetime, known: Collection[str]
    ) -> dict[str, PostRef]:
        """Nothing can be posted twice: a page shows what is."""
        return {part: self._post(delivery) for part in marks}

    async def door(self, place: Place, side: Side) -> PlaceShut | None:
        return None  # a page is opened by keys alone

    async def announce(self, place: Place, text: str) -> None:
        self.announced[place].appendleft(text)
        self.tell_watchers(place, "")

    async def tell(self, person: Person, text: str) -> None:
        self.told[person.id].appendleft(text)

    async def membership(self, person: Person, staff_place: Place) -> Membership:
        mine = bool(person.id) and person.network == self.name and await self.holds(person, staff_place)
        return Membership.YES if mine else Membership.NO

    def forget(self, place: Place | None = None) -> None:
        """Who has a key is read anew each time."""

    @asynccontextmanager
    async def fetch(self, file: File) -> AsyncIterator[Content]:
        path = self._path(file.id)
        if path is None or not file.copyable or not path.is_file():
            raise FileGone

        async def chunks() -> AsyncIterator[bytes]:
            with path.open("rb") as opened:
                while chunk := await asyncio.to_thread(opened.read, CHUNK):
                    yield chunk

        yield Content(path.stat().st_size, chunks())

    async def run(self) -> None:
        host, _, port = self.settings.listen.rpartition(":")
        runner = web.AppRunner(
            self.application(), access_log=None, shutdown_timeout=1, keepalive_timeout=PATIENCE
        )
        await runner.setup()
        try:
            try:
                await web.TCPSite(runner, host, int(port)).start()
            except OSError as error:
                reason = f"{self.settings.listen} cannot be listened on: set HALFDOOR_WEB_LISTEN"
                raise NotSent(reason, final=True) from error
            self.port = int(runner.addresses[0][1])
            self.serving.set()
            log.info("serving", url=self.url)
            await asyncio.Event().wait()
        finally:
            self.port = None
            self.serving.clear()
            for events in self._watching.values():
                for event in events:
                    event.set()
            await runner.cleanup()

    async def close(self) -> None:
        """Nothing is kept between runs."""

    # ------------------------------------------------------------ for the pages

    @property
    def url(self) -> str:
        """The address by which people open the pages."""
        host = self.settings.listen.rpartition(":")[0]
        return self.settings.url or f"http://{host}:{self.port or self.settings.listen.rpartition(':')[2]}"

    @contextmanager
    def watching(self, session: str, place: Place, ticket: str = "") -> Iterator[Watcher]:
        """Yield what is told whenever a ticket, or without one anything in a place, has changed."""
        watcher, about = Watcher(), (place, ticket)
        self._watching[about].add(watcher.changed)
        others = self._watchers.setdefault(session, [])
        others.append(watcher)
        for oldest in others[:-WATCHED]:
            oldest.end()
        try:
            yield watcher
        finally:
            self._watching[about].discard(watcher.changed)
            if not self._watching[about]:
                del self._watching[about]
            others.remove(watcher)
            if not others:
                del self._watchers[session]

    def news(self, person: Person, place: Place) -> tuple[str, ...]:
        """Return what was said lately to one person alone and to all of a place, newest first."""
        return *self.told.get(person.id, ()), *self.announced.get(place, ())

    def tell_watchers(self, place: Place, ticket: str) -> None:
        for about in {(place, ticket), (place, "")}:
            for event in self._watching.get(about, ()):
                event.set()

    async def keep(self, name: str, kind: str, chunks: AsyncIterator[bytes]) -> File | None:
        """Keep a file that somebody sends; None when it is larger than the settings allow."""
        ident = secrets.token_hex(16)
        path = self._path(ident)
        assert path is not None
        for folder in (self._files, path.parent):
            await asyncio.to_thread(folder.mkdir, 0o700, parents=True, exist_ok=True)
        size, limit = 0, self.settings.file_limit_mb * 1_000_000
        # Nobody else on the machine reads it, whatever the umask says.
        number = await asyncio.to_thread(os.open, path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            with os.fdopen(number, "wb") as kept:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > limit:
                        break
                    await asyncio.to_thread(kept.write, chunk)
        except BaseException:
            path.unlink()  # half a file is none
            raise
        if size > limit:
            path.unlink()
            return None
        return File(network=self.name, id=ident, name=name, size=size, kind=kind)

    async def erase(self, files: Iterable[File]) -> None:
        """Erase what is kept of files that came by the web."""
        paths = [self._path(file.id) for file in files if file.network == self.name]
        for path in paths:
            if path is not None:
                await asyncio.to_thread(path.unlink, missing_ok=True)

    # ------------------------------------------------------------ inside

    def _changed(self, delivery: Delivery) -> PostRef:
        self.tell_watchers(delivery.surface.place, delivery.surface.ticket)
        return self._post(delivery)

    def _post(self, delivery: Delivery) -> PostRef:
        """A ticket's thread is its key; anything else is named by what it is."""
        content, ticket = delivery.content, delivery.surface.ticket
        card = isinstance(content, CustomerCard | StaffCard)
        return PostRef(delivery.surface.place, ticket if card else f"{ticket} {delivery.subject}")

    def _path(self, ident: str) -> Path | None:
        """Where a file is kept; its name is never part of it."""
        if len(ident) != 32 or not all(sign in "0123456789abcdef" for sign in ident):
            return None
        return self._files / ident[:2] / ident


async def _nobody(_person: Person, _place: Place) -> bool:
    return False
