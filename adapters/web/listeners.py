"""The pages' addresses: who asks is looked up, then the desk is asked, within what is theirs."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import importlib.util
import re
import secrets
from base64 import b64encode
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from urllib.parse import quote

import structlog
from aiohttp import BodyPartReader, hdrs, web
from aiolimiter import AsyncLimiter
from markupsafe import escape

from adapters.web import charts, inbound, markup, render
from adapters.web.network import WebNetwork
from adapters.web.render import Reader
from bot.desk import Desk
from bot.keys import SESSION, Keys
from bot.pages import Pages
from bot.ports import Answer, Clock, FileGone, Incoming, Key, Link, NotSent, Numbers, Unavailable, Words
from bot.tickets import asks as a
from bot.tickets.grammar import minutes
from bot.tickets.model import File, Message, Person, Priority, Status, Visibility
from bot.tickets.texts import Refused, language_for, say

log = structlog.get_logger()

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

#: The cookies of the two halves; each is sent to its own half alone.
CUSTOMER, TEAM = "c", "team"
STATIC = Path(__file__).parent / "static"
#: Seconds between two looks of a page that watches, where nobody has told it to look.
LOOK_EVERY, STAFF_LOOK_EVERY = 15.0, 1.0
#: The longest text and name of a form, in characters, and the most files that come with one.
TEXT, NAME, FILES = 40_000, 80, 10
#: The longest time that is counted at once.
LONGEST = timedelta(days=731)
#: How many sessions and addresses are counted at a time.
COUNTED = 10_000
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass
class Entered:
    """What came with a form."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")


class Wrong(Exception):
    """What was sent is not taken, with the words that say why."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


class NotIn(Exception):
    """Whoever asks has no key, or one that opens nothing any more."""


class NotFound(Exception):
    """There is nothing like that for whoever asks, whatever there is for others."""


def register(network: WebNetwork, desk: Desk, pages: Pages, keys: Keys, clock: Clock) -> None:
    """Have the pages served."""
    site = Site(network, desk, pages, keys, clock)
    network.application = site.application
    network.holds = keys.holds


class Site:
    """All pages of both halves."""

    def __init__(self, network: WebNetwork, desk: Desk, pages: Pages, keys: Keys, clock: Clock) -> None:
        self.network = network
        self.desk = desk
        self.pages = pages
        self.keys = keys
        self.clock = clock
        self.secret = secrets.token_bytes(32)
        self._limits: OrderedDict[str, AsyncLimiter] = OrderedDict()

    def application(self) -> web.Application:
        app = web.Application(middlewares=[self.guarded], client_max_size=1 << 20)
        get, post, r = app.router.add_get, app.router.add_post, r"{key:[A-Z][A-Z0-9]{1,9}-\d{1,9}}"
        get("/", self.home)
        get("/static/{name}", self.static)
        for half in (CUSTOMER, TEAM):
            get(f"/{half}/enter/{{secret}}", self.enter)
            post(f"/{half}/enter/{{secret}}", self.entered)
            post(f"/{half}/leave", self.leave)
        get("/demo/{secret}", self.demo)
        get("/c/", self.tickets)
        get("/c/part", self.tickets)
        get("/c/live", self.live)
        post("/c/", self.open)
        get(f"/c/{r}", self.ticket)
        get(f"/c/{r}/part", self.ticket)
        get(f"/c/{r}/live", self.live)
        get(f"/c/{r}/record", self.record)
        get(f"/c/{r}/file/{{entry}}/{{number:\\d+}}", self.file)
        post(f"/c/{r}/{{act:say|edit|delete|close|reopen|rate}}", self.act)
        get("/team/", self.board)
        get("/team/part", self.board)
        get("/team/live", self.team_live)
        get("/team/numbers", self.numbers)
        get(r"/team/numbers/{name:[a-z]+}.{kind:svg|csv}", self.chart)
        get(f"/team/{r}", self.console)
        get(f"/team/{r}/part", self.console)
        get(f"/team/{r}/live", self.team_live)
        get(f"/team/{r}/file/{{entry}}/{{number:\\d+}}", self.team_file)
        post(f"/team/{r}/{{act}}", self.team_act)
        return app

    # ------------------------------------------------------------ around every page

    @web.middleware
    async def guarded(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Whatever happens is answered in words, with the headers that keep a page to itself."""
        try:
            if request.method == hdrs.METH_POST:
                self._not_too_often(request)
            response = await handler(request)
        except NotIn:
            response = self._says("web.not_in", request, 401)
        except (NotFound, web.HTTPNotFound):
            response = self._says("web.not_found", request, 404)
        except Wrong as wrong:
            response = self._shows(wrong.text, request, wrong.status)
        except Refused as refused:
            response = self._shows(refused.words(self._language(request)), request, 422)
        except Unavailable as error:
            log.error("database_away", network="web", error=str(error))
            response = self._says("no.database", request, 503)
        except NotSent as error:
            log.error("network_away", reason=error.reason)
            response = self._says("no.trouble", request, 502)
        except web.HTTPException as error:
            response = self._shows(error.reason, request, error.status)
        except (asyncio.CancelledError, ConnectionResetError):
            raise
        except Exception:
            log.exception("page_failed")
            response = self._says("no.trouble", request, 500)
        if not response.prepared:
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
        return response

    def _says(self, key: str, request: web.Request, status: int) -> web.Response:
        return self._shows(say(key, self._language(request)), request, status)

    def _shows(self, text: str, request: web.Request, status: int) -> web.Response:
        if request.headers.get("HX-Request"):
            headers = {"HX-Retarget": "#said", "HX-Reswap": "innerHTML"}
            return web.Response(text=str(escape(text)), content_type="text/html", headers=headers)
        page = render.words(text, Reader(self._language(request)))
        return _page(page, status)

    def _language(self, request: web.Request, otherwise: str = "en") -> str:
        first = request.headers.get("Accept-Language", "").partition(",")[0].partition(";")[0].strip()
        return language_for(first or None, otherwise)

    def _not_too_often(self, request: web.Request) -> None:
        half = request.path.split("/")[1]
        who = request.cookies.get(_cookie(half)) if "/enter/" not in request.path else None
        counted = hashlib.sha256((who or request.remote or "").encode()).hexdigest()
        limiter = self._limits.get(counted)
        if limiter is None:
            limiter = self._limits[counted] = AsyncLimiter(self.network.settings.writes_a_minute, 60)
            while len(self._limits) > COUNTED:
                self._limits.popitem(last=False)
        if not limiter.has_capacity():
            raise Wrong(429, say("web.too_often", self._language(request)))
        asyncio.ensure_future(limiter.acquire())  # noqa: RUF006 - there is room, so it ends at once

    # ------------------------------------------------------------ who asks

    async def _customer(self, request: web.Request) -> tuple[Key, Link, Reader]:
        key, secret = await self._key(request, CUSTOMER)
        link = await self.desk.link(key.place)
        if link is None or key.place not in link.customer_places:
            raise NotIn
        return key, link, Reader(self._language(request, link.project.language), key, self._csrf(secret))

    async def _staff(self, request: web.Request) -> tuple[Key, Link, Reader]:
        key, secret = await self._key(request, TEAM)
        link = await self.desk.link(key.place)
        if link is None or key.place != link.staff_place:
            raise NotIn
        if not await self.desk.is_staff(key.person, link.staff_place):
            await self.keys.leave(secret)
            raise NotIn
        return key, link, Reader(self._language(request, link.project.language), key, self._csrf(secret))

    async def _key(self, request: web.Request, half: str) -> tuple[Key, str]:
        secret = request.cookies.get(_cookie(half), "")
        key = await self.keys.look(secret) if secret else None
        if key is None or key.kind != "session":
            raise NotIn
        return key, secret

    def _csrf(self, secret: str) -> str:
        """A token that only a page of this session's can know."""
        return hmac.new(b"halfdoor csrf", secret.encode(), hashlib.sha256).hexdigest()

    async def _form(self, request: web.Request, reader: Reader) -> Entered:
        """Read a form. Its token comes first: before that no file is taken."""
        entered, trusted = Entered(), False
        if not request.content_type.startswith("multipart/"):
            posted = await request.post()
            entered.fields = {name: str(value)[: TEXT + 1] for name, value in posted.items()}
            trusted = hmac.compare_digest(entered["csrf"], reader.csrf)
        else:
            async for part in await request.multipart():
                if not isinstance(part, BodyPartReader) or part.name is None:
                    continue
                if part.filename is None:
                    given = (await part.read(decode=True))[: 4 * TEXT]
                    entered.fields[part.name] = given.decode(errors="replace")
                    trusted = trusted or (
                        part.name == "csrf" and hmac.compare_digest(entered["csrf"], reader.csrf)
                    )
                elif not trusted:
                    break
                elif part.filename:
                    await self._keep(part, entered, reader)
        if not trusted:
            raise Wrong(403, say("web.csrf", reader.language))
        if len(entered["text"]) > TEXT:
            raise Refused("no.long", length=len(entered["text"]), limit=TEXT)
        return entered

    async def _keep(self, part: BodyPartReader, entered: Entered, reader: Reader) -> None:
        if len(entered.files) >= FILES:
            raise Wrong(413, say("web.files", reader.language, n=FILES))

        async def chunks() -> AsyncIterator[bytes]:
            while chunk := await part.read_chunk(1 << 16):
                yield chunk

        name = safe_name(part.filename or "")
        kind = part.headers.get(hdrs.CONTENT_TYPE, "application/octet-stream")[:100]
        file = await self.network.keep(name, kind, chunks())
        if file is None:
            limit = self.network.settings.file_limit_mb
            raise Wrong(413, say("web.too_large", reader.language, name=name, limit=f"{limit} MB"))
        entered.files.append(file)

    # ------------------------------------------------------------ signing in

    async def home(self, request: web.Request) -> web.StreamResponse:
        return self._says("web.not_in", request, 401)

    async def static(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        path = SHARED.get(name) or STATIC / name
        if name not in SERVED or not path.is_file():
            raise NotFound
        response = web.FileResponse(path)
        response.headers["Cache-Control"] = "public, max-age=3600"
        return response

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """A form, so that whatever looks at links ahead of people uses none of them up."""
        key = await self.keys.look(request.match_info["secret"])
        if key is None or key.kind == "session":
            raise NotIn
        return _page(render.enter(Reader(self._language(request), key), asks_name=not key.person.id))

    async def entered(self, request: web.Request) -> web.StreamResponse:
        secret, half = request.match_info["secret"], request.path.split("/")[1]
        key = await self.keys.look(secret)
        if key is None or key.kind == "session":
            raise NotIn
        person: Person | None = None
        if not key.person.id:
            name = " ".join(str((await request.post()).get("name", "")).split())
            if not 1 <= len(name) <= NAME:
                reader = Reader(self._language(request), key)
                return _page(
                    render.enter(reader, asks_name=True, refused=say("web.name", reader.language)), 422
                )
            person = Person("web", secrets.token_hex(8), name)
        session = await self.keys.enter(secret, person)
        if session is None:
            raise NotIn
        response = _see(f"/{half}/")
        self._sign_in(response, half, session)
        return response

    async def demo(self, request: web.Request) -> web.StreamResponse:
        """Both sides beside each other, signed in as a customer and as one of the team."""
        shown, given = self.network.shown, request.match_info["secret"]
        if shown is None or not hmac.compare_digest(given.encode(), self.network.secret.encode()):
            raise NotFound
        response = _page(render.demo(Reader(self._language(request)), "/c/", "/team/"))
        for half, (place, person) in zip((CUSTOMER, TEAM), shown, strict=True):
            secret = await self.keys.give("session", place, person, SESSION)
            self._sign_in(response, half, secret)
        return response

    def _sign_in(self, response: web.StreamResponse, half: str, session: str) -> None:
        response.set_cookie(
            _cookie(half),
            session,
            path=f"/{half}/",
            max_age=int(SESSION.total_seconds()),
            httponly=True,
            secure=self.network.url.startswith("https://"),
            samesite="Lax",
        )

    async def leave(self, request: web.Request) -> web.StreamResponse:
        half = request.path.split("/")[1]
        key, secret = await self._key(request, half)
        await self._form(request, Reader(self._language(request), key, self._csrf(secret)))
        await self.keys.leave(secret)
        response = self._says("web.left", request, 200)
        response.del_cookie(_cookie(half), path=f"/{half}/")
        return response

    # ------------------------------------------------------------ the customer's half

    async def tickets(self, request: web.Request) -> web.StreamResponse:
        key, link, reader = await self._customer(request)
        rows = await self.pages.outside(key.place, key.person)
        return _page(render.tickets(rows, reader, link.project, part=request.path.endswith("/part")))

    async def open(self, request: web.Request) -> web.StreamResponse:
        key, _, reader = await self._customer(request)
        entered = await self._form(request, reader)
        ask = a.AskOpen(" ".join(entered["title"].split()), markup.to_hub(entered["text"]))
        answer = await self._ask(key, ask, entered, request)
        where = f"/c/{answer.ticket}" if isinstance(answer, Words) and answer.ticket else "/c/"
        if request.headers.get("HX-Request"):
            return web.Response(headers={"HX-Redirect": where})
        return _see(where)

    async def ticket(self, request: web.Request) -> web.StreamResponse:
        key, link, reader = await self._customer(request)
        outside = await self.pages.ticket_outside(key.place, request.match_info["key"])
        if outside is None:
            raise NotFound
        part = request.path.endswith("/part")
        return _page(render.for_customer(outside, reader, link.project, part=part))

    async def record(self, request: web.Request) -> web.StreamResponse:
        key, link, reader = await self._customer(request)
        ticket = request.match_info["key"]
        outside = await self.pages.ticket_outside(key.place, ticket)
        if outside is None:
            raise NotFound
        style = (STATIC / "record.css").read_text()
        response = _page(render.record(outside, reader, link.project, style=style))
        digest = hashlib.sha256(style.encode()).digest()
        allowed = f"'sha256-{b64encode(digest).decode()}'"
        response.headers["Content-Security-Policy"] = f"default-src 'none'; style-src {allowed}"
        if "download" in request.query:
            response.headers["Content-Disposition"] = f'attachment; filename="{ticket}.html"'
        return response

    async def act(self, request: web.Request) -> web.StreamResponse:
        key, link, reader = await self._customer(request)
        ticket, act = request.match_info["key"], request.match_info["act"]
        outside = await self.pages.ticket_outside(key.place, ticket)
        if outside is None:
            raise NotFound
        entered = await self._form(request, reader)
        text, files, now = markup.to_hub(entered["text"]), tuple(entered.files), self.clock.now()
        match act:
            case "say":
                if not text.strip() and not files:
                    raise Refused("no.text")
                ident = _ident(entered)
                told = inbound.said(
                    key, ticket, text, files, ident=ident, at=now, locale=self._locale(request)
                )
                answer = await self._take(told)
            case "edit" | "delete":
                messages = [one for one in outside.items if isinstance(one, Message)]
                one = next((one for one in messages if one.id == entered["entry"]), None)
                if one is None or one.said is None or one.said.place != key.place:
                    raise Refused("no.not_author")
                if (one.by.person.network, one.by.person.id) != (key.person.network, key.person.id):
                    raise Refused("no.not_author")
                if act == "edit":
                    told = inbound.edited(key, ticket, one.said.id, text, one.files, at=now)
                else:
                    told = inbound.deleted(key, one.said.id, at=now)
                answer = await self._take(told)
            case "rate":
                stars = int(entered["stars"]) if entered["stars"].isdecimal() else 0
                answer = await self._ask(key, a.AskRate(ticket, stars), entered, request)
            case "close":
                answer = await self._ask(key, a.AskClose(ticket), entered, request)
            case _:
                answer = await self._ask(key, a.AskReopen(ticket), entered, request)
        self._refused(answer)
        outside = await self.pages.ticket_outside(key.place, ticket)
        if not request.headers.get("HX-Request") or outside is None:
            return _see(f"/c/{ticket}")
        return _page(render.for_customer(outside, reader, link.project, part=True))

    async def file(self, request: web.Request) -> web.StreamResponse:
        key, _, reader = await self._customer(request)
        info = request.match_info
        file = await self.pages.file_outside(key.place, info["key"], info["entry"], int(info["number"]))
        return await self._send(request, file, reader)

    async def live(self, request: web.Request) -> web.StreamResponse:
        """Tell a page to look again, when what the customer sees of a place or a ticket has changed."""
        key, _, _ = await self._customer(request)
        ticket = request.match_info.get("key", "")
        if ticket and await self.pages.ticket_outside(key.place, ticket) is None:
            raise NotFound

        async def seen() -> object:
            if ticket:
                return await self.pages.ticket_outside(key.place, ticket)
            return await self.pages.outside(key.place, key.person)

        async def may() -> bool:
            return await self.keys.look(request.cookies.get(_cookie(CUSTOMER), "")) is not None

        with self.network.watching(key.place, ticket) as changed:
            return await self._stream(request, changed, seen, may, LOOK_EVERY)

    # ------------------------------------------------------------ the team's half

    async def board(self, request: web.Request) -> web.StreamResponse:
        key, link, reader = await self._staff(request)
        filters = {name: request.query.get(name, "")[:200] for name in ("words", "who", "priority", "closed")}
        ask = a.AskList(
            mine=filters["who"] == "mine",
            unassigned=filters["who"] == "nobody",
            priority=Priority(filters["priority"]) if filters["priority"] in list(Priority) else None,
            words=filters["words"].strip(),
        )
        columns = await self.pages.board(link, ask, key.person, closed=bool(filters["closed"]))
        announced = list(self.network.announced[link.staff_place])
        part = request.path.endswith("/part")
        return _page(render.board(columns, reader, link.project, filters, announced, part=part))

    async def console(self, request: web.Request) -> web.StreamResponse:
        _, link, reader = await self._staff(request)
        inside = await self.pages.ticket_inside(link, request.match_info["key"])
        if inside is None:
            raise NotFound
        part = request.path.endswith("/part")
        return _page(render.for_staff(inside, reader, link.project, part=part))

    async def numbers(self, request: web.Request) -> web.StreamResponse:
        _, link, reader = await self._staff(request)
        since, until = self._days(request)
        found = await self._count(link, since, until)
        return _page(render.numbers(found, reader, link.project, since, until))

    async def chart(self, request: web.Request) -> web.StreamResponse:
        _, link, reader = await self._staff(request)
        (since, until), name = self._days(request), request.match_info["name"]
        if name not in charts.CHARTS:
            raise NotFound
        found = await self._count(link, since, until)
        if request.match_info["kind"] == "csv":
            text = charts.table(name, found, since, until, reader.language)
            headers = {"Content-Disposition": f'attachment; filename="{link.project.key}-{name}.csv"'}
            return web.Response(text=text, content_type="text/csv", charset="utf-8", headers=headers)
        drawn = await asyncio.to_thread(charts.svg, name, found, since, until, reader.language)
        # A picture runs nothing and fetches nothing; it brings its own style.
        policy = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        return web.Response(body=drawn, content_type="image/svg+xml", headers=policy)

    def _days(self, request: web.Request) -> tuple[date, date]:
        """Return the first day that is asked for, and the day after the last: a month, if none is."""
        today = self.clock.now().date()
        try:
            last = date.fromisoformat(request.query.get("until") or today.isoformat())
            since = date.fromisoformat(request.query.get("since") or (last - timedelta(days=29)).isoformat())
        except ValueError:
            raise Refused("numbers.no_date") from None
        if not timedelta(0) <= last - since <= LONGEST:
            raise Refused("numbers.no_range", n=LONGEST.days)
        return since, last + timedelta(days=1)

    async def _count(self, link: Link, since: date, until: date) -> Numbers:
        first, end = (datetime.combine(one, time(), UTC) for one in (since, until))
        return await self.pages.numbers(link, first, end)

    async def team_act(self, request: web.Request) -> web.StreamResponse:
        key, link, reader = await self._staff(request)
        ticket, act = request.match_info["key"], request.match_info["act"]
        inside = await self.pages.ticket_inside(link, ticket)
        if inside is None:
            raise NotFound
        entered = await self._form(request, reader)
        text = markup.to_hub(entered["text"])
        visibility = Visibility.INTERNAL if entered["visibility"] == "internal" else Visibility.PUBLIC
        ask: a.Ask
        match act:
            case "write":
                # A note, unless the customer was chosen: there is no third way.
                customer = entered["to"] == "customer"
                ask = a.AskReply(ticket, text) if customer else a.AskNote(ticket, text)
            case "edit":
                ask = a.AskEdit(ticket, entered["entry"], text)
            case "recall":
                ask = a.AskRecall(ticket, entered["entry"])
            case "publish":
                ask = a.AskPublish(ticket, entered["entry"], entered["seen"] or None)
            case "status" if entered["status"] in list(Status):
                ask = a.AskStatus(ticket, Status(entered["status"]), visibility)
            case "assign":
                ask = a.AskAssign(ticket, None, me=entered["who"] == "me", visibility=visibility)
            case "priority" if entered["priority"] in list(Priority):
                ask = a.AskPriority(ticket, Priority(entered["priority"]))
            case "time":
                booked = minutes(entered["time"].strip())
                if booked is None:
                    raise Refused("no.minutes")
                ask = a.AskTime(ticket, booked, entered["what"])
            case "close":
                ask = a.AskClose(ticket, text, markup.to_hub(entered["reason"]))
            case "reopen":
                ask = a.AskReopen(ticket)
            case _:
                raise NotFound
        self._refused(await self._ask(key, ask, entered, request))
        inside = await self.pages.ticket_inside(link, ticket)
        if not request.headers.get("HX-Request") or inside is None:
            return _see(f"/team/{ticket}")
        return _page(render.for_staff(inside, reader, link.project, part=True))

    async def team_file(self, request: web.Request) -> web.StreamResponse:
        _, link, reader = await self._staff(request)
        info = request.match_info
        file = await self.pages.file_inside(link, info["key"], info["entry"], int(info["number"]))
        return await self._send(request, file, reader)

    async def team_live(self, request: web.Request) -> web.StreamResponse:
        key, link, _ = await self._staff(request)
        ticket = request.match_info.get("key", "")
        if ticket and await self.pages.ticket_inside(link, ticket) is None:
            raise NotFound

        async def seen() -> object:
            return await self.pages.version(link, ticket)

        async def may() -> bool:
            try:
                await self._staff(request)
            except NotIn:
                return False
            return True

        with self.network.watching(key.place, ticket) as changed:
            return await self._stream(request, changed, seen, may, STAFF_LOOK_EVERY)

    # ------------------------------------------------------------ inside

    async def _ask(self, key: Key, ask: a.Ask, entered: Entered, request: web.Request) -> Answer | None:
        told = inbound.asked(
            key,
            ask,
            ident=_ident(entered),
            at=self.clock.now(),
            locale=self._locale(request),
            files=tuple(entered.files),
        )
        answer = await self._take(told)
        self._refused(answer)
        return answer

    async def _take(self, incoming: Incoming) -> Answer | None:
        return await self.desk.handle(incoming)

    def _refused(self, answer: Answer | None) -> None:
        if isinstance(answer, Words) and answer.refused:
            raise Wrong(422, answer.text)

    def _locale(self, request: web.Request) -> str:
        return self._language(request)

    async def _send(self, request: web.Request, file: File | None, reader: Reader) -> web.StreamResponse:
        """Send a file as something to keep, never to be shown or run by the browser."""
        if file is None:
            raise NotFound
        response = web.StreamResponse(headers=dict(HEADERS))
        response.content_type = "application/octet-stream"
        name = safe_name(file.name)
        plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
        response.headers["Content-Disposition"] = (
            f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
        )
        try:
            async with self.network.elsewhere(file) as content:
                await response.prepare(request)
                async for chunk in content.chunks:
                    await response.write(chunk)
        except FileGone:
            if response.prepared:
                raise
            return self._shows(say("file.not_here", reader.language, name=name), request, 410)
        await response.write_eof()
        return response

    async def _stream(
        self,
        request: web.Request,
        changed: asyncio.Event,
        seen: Callable[[], Awaitable[object]],
        may: Callable[[], Awaitable[bool]],
        every: float,
    ) -> web.StreamResponse:
        """Send an empty event whenever what is seen has changed. It says that, and nothing else."""
        response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
        with suppress(ConnectionResetError):  # whoever watched has left
            await self._tell(request, response, changed, seen, may, every)
        return response

    async def _tell(
        self,
        request: web.Request,
        response: web.StreamResponse,
        changed: asyncio.Event,
        seen: Callable[[], Awaitable[object]],
        may: Callable[[], Awaitable[bool]],
        every: float,
    ) -> None:
        await response.prepare(request)
        before = await seen()
        await response.write(b": here\n\n")
        while self.network.port is not None:
            try:
                async with asyncio.timeout(every):
                    await changed.wait()
            except TimeoutError:
                await response.write(b": still here\n\n")
            changed.clear()
            try:
                if not await may():
                    break
                now = await seen()
            except (Unavailable, NotSent):
                continue  # it looks again in a moment
            if now != before:
                before = now
                await response.write(b"event: changed\ndata: \n\n")


def _see(where: str) -> web.Response:
    return web.Response(status=303, headers={"Location": where})


def safe_name(name: str) -> str:
    """Return a file's name without anything that means something to a disk or a header."""
    last = re.split(r"[/\\]", name)[-1]
    clean = "".join(sign for sign in last if sign.isprintable() and sign not in '<>:"|?*').strip(". ")
    return clean[-200:] or "file"


def _ident(entered: Entered) -> str:
    """The form's own name, so that what is sent twice is taken once."""
    given = entered["ident"]
    return given if re.fullmatch(r"[0-9a-f-]{8,40}", given) else secrets.token_hex(16)


def _cookie(half: str) -> str:
    return f"halfdoor_{half}"


def _page(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, content_type="text/html", charset="utf-8", status=status)


def _htmx() -> Path:
    spec = importlib.util.find_spec("js_lib_htmx")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(next(iter(spec.submodule_search_locations))) / "static" / "htmx"


#: What is served to everybody: ours, and htmx.
SHARED = {"htmx.js": _htmx() / "htmx.min.js"}
SERVED = {"style.css", "page.js", *SHARED}
