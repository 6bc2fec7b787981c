"""The team's half: the board, and both halves of a ticket with all that can be done to it."""

from __future__ import annotations

import asyncio

from aiohttp import web

from adapters.web import files, render
from adapters.web.answers import NotFound, again, page, see
from adapters.web.customers import FILE
from adapters.web.forms import Entered, printable
from adapters.web.live import stream
from adapters.web.network import WebNetwork
from adapters.web.sessions import TEAM, Caller, Sessions
from bot.desk import Desk
from bot.pages import Inside, Pages
from bot.ports import Unavailable, Words
from bot.tickets import asks as a
from bot.tickets.booking import booked
from bot.tickets.model import Actor, File, Message, Priority, Side, Status, Visibility
from bot.words.say import Refused

#: Seconds between two looks of a page that watches: of notes, and other processes, no network tells us.
LOOK_EVERY = 1.0
#: What the board is filtered by, and how long each filter may be.
FILTERS, LONGEST = ("words", "who", "priority", "closed"), 200


class Team:
    """The pages of the team's half."""

    def __init__(self, network: WebNetwork, desk: Desk, pages: Pages, door: Sessions) -> None:
        self.network = network
        self.desk = desk
        self.pages = pages
        self.door = door

    def routes(self, router: web.UrlDispatcher, ticket: str) -> None:
        get, post, here = router.add_get, router.add_post, f"/{TEAM}/{ticket}"
        get(f"/{TEAM}/", self.board)
        get(f"/{TEAM}/part", self.board)
        get(f"/{TEAM}/live", self.live)
        post(f"/{TEAM}/", self.open)
        get(here, self.ticket)
        get(f"{here}/part", self.ticket)
        get(f"{here}/live", self.live)
        get(f"{here}/file/{FILE}", self.file)
        post(f"{here}/preview", self.preview)
        post(f"{here}/{{act}}", self.act)

    async def board(self, request: web.Request) -> web.StreamResponse:
        caller = await self._staff(request)
        link = caller.link
        filters = {name: printable(request.query.get(name, ""))[:LONGEST] for name in FILTERS}
        ask = a.AskList(
            mine=filters["who"] == "mine",
            unassigned=filters["who"] == "nobody",
            priority=Priority(filters["priority"]) if filters["priority"] in list(Priority) else None,
            words=filters["words"].strip(),
        )
        part_only = request.path.endswith("/part")
        seen = "" if part_only else await self._version(caller)
        board = await self.pages.board(link, ask, caller.person, closed=bool(filters["closed"]))
        news = self.network.news(caller.person, link.staff_place)
        part = await asyncio.to_thread(render.board_part, board, caller.reader, news)
        if part_only:
            return page(part)
        others = await self.desk.staffed(caller.person)
        return page(render.board(part, seen, caller.reader, link.project, filters, others))

    async def open(self, request: web.Request) -> web.StreamResponse:
        """Open a ticket on a customer's behalf: they see it at once."""
        caller = await self._staff(request)
        async with self.door.form(request, caller) as entered:
            title = " ".join(entered["title"].split())
            answer = await self.door.ask(caller, a.AskOpen(title, await entered.words()), entered)
        ticket = answer.ticket if isinstance(answer, Words) else None
        return see(request, f"/{TEAM}/{ticket or '?project=' + caller.link.project.key}")

    async def ticket(self, request: web.Request) -> web.StreamResponse:
        caller = await self._staff(request)
        part, key = request.path.endswith("/part"), request.match_info["key"]
        seen = "" if part else await self._version(caller, key)
        return await self._shown(await self._inside(caller, key), caller, seen, part=part)

    async def preview(self, request: web.Request) -> web.StreamResponse:
        """Show a reply as the customer will get it, through what draws it for them."""
        caller = await self._staff(request)
        inside = await self._inside(caller, request.match_info["key"])
        async with self.door.form(request, caller, writes=False) as entered:
            names, text = [name for name in entered["names"].split("\n") if name], await entered.words()
            message = Message(
                id="preview",
                ticket=inside.card.ticket,
                by=Actor(caller.person, Side.STAFF),
                at=self.door.clock.now(),
                text=text.strip(),
                files=tuple(File(network="web", id="", name=name, size=0, kind="") for name in names),
            )
        return page(await asyncio.to_thread(render.preview, message, caller.reader, caller.link.project))

    async def act(self, request: web.Request) -> web.StreamResponse:
        caller = await self._staff(request)
        ticket = request.match_info["key"]
        inside = await self._inside(caller, ticket)
        async with self.door.form(request, caller) as entered:
            ask = await _asked(request.match_info["act"], inside, entered)
            await self.door.ask(caller, ask, entered)
        try:
            now = await self._inside(caller, ticket)
        except Unavailable:
            return again(request, f"/{TEAM}/{ticket}")
        if isinstance(ask, a.AskRetract):
            await self.network.erase(files.gone(inside.entries, now.entries, ask.entry))
        if not request.headers.get("HX-Request"):
            return see(request, f"/{TEAM}/{ticket}")
        return await self._shown(now, caller, "", part=True)

    async def file(self, request: web.Request) -> web.StreamResponse:
        caller = await self._staff(request)
        info = request.match_info
        file = await self.pages.file_inside(caller.link, info["key"], info["entry"], int(info["number"]))
        return await files.send(request, file, caller.reader, self.network.elsewhere, inside=True)

    async def live(self, request: web.Request) -> web.StreamResponse:
        caller = await self._staff(request)
        ticket = request.match_info.get("key", "")
        if ticket:
            await self._inside(caller, ticket)

        async def seen() -> str:
            return await self._version(await self._staff(request), ticket)

        with self.network.watching(caller.secret, caller.key.place, ticket) as watcher:
            return await stream(request, watcher, seen, LOOK_EVERY, lambda: self.network.port is not None)

    # ------------------------------------------------------------ inside

    async def _staff(self, request: web.Request) -> Caller:
        """Return who asks, for the project whose ticket or whose board they ask for."""
        project, _, _ = request.match_info.get("key", "").rpartition("-")
        return await self.door.staff(request, project or printable(request.query.get("project", "")))

    async def _inside(self, caller: Caller, ticket: str) -> Inside:
        inside = await self.pages.ticket_inside(caller.link, ticket, caller.person)
        if inside is None:
            raise NotFound
        return inside

    async def _version(self, caller: Caller, ticket: str = "") -> str:
        version = await self.pages.version(caller.link, ticket)
        news = self.network.news(caller.person, caller.link.staff_place)
        return render.fingerprint(f"{version} {news}", caller.reader)

    async def _shown(self, inside: Inside, caller: Caller, seen: str, *, part: bool) -> web.Response:
        # Some texts take their time: nobody else waits for them.
        drawn = await asyncio.to_thread(render.console_part, inside, caller.reader, caller.link.project)
        return page(drawn if part else render.console(drawn, seen, inside.card, caller.reader))


async def _asked(act: str, inside: Inside, entered: Entered) -> a.Ask:
    """Return what a form on a ticket's page asks for. Raises NotFound for what no form asks."""
    ticket, text = inside.card.ticket, await entered.words()
    visibility = Visibility.INTERNAL if entered["visibility"] == "internal" else Visibility.PUBLIC
    match act:
        case "write":
            # A note, unless the customer was chosen, and the form looked like it: there is no third way.
            customer = entered["to"] == "customer"
            if entered.fields.get("shown", entered["to"]) != entered["to"]:
                raise Refused("web.other_way")
            return a.AskReply(ticket, text) if customer else a.AskNote(ticket, text)
        case "edit":
            return a.AskEdit(ticket, entered["entry"], text, entered["seen"] or None)
        case "delete":
            return a.AskRetract(ticket, entered["entry"])
        case "recall":
            return a.AskRecall(ticket, entered["entry"])
        case "publish":
            return a.AskPublish(ticket, entered["entry"], entered["seen"] or None)
        case "status" if entered["status"] in list(Status):
            return a.AskStatus(ticket, Status(entered["status"]), visibility)
        case "assign":
            known = {f"{one.network}:{one.id}": one for one in inside.team}
            me = entered["who"] == "me"
            if not me and entered["who"] not in ("", *known):
                raise NotFound
            return a.AskAssign(ticket, known.get(entered["who"]), me=me, visibility=visibility)
        case "priority" if entered["priority"] in list(Priority):
            return a.AskPriority(ticket, Priority(entered["priority"]))
        case "tags":
            # What others have added meanwhile stays: it is not what was looked at.
            wanted, has = set(entered["tags"].replace(",", " ").split()), set(entered["had"].split())
            return a.AskTags(ticket, tuple(sorted(wanted - has)), tuple(sorted(has - wanted)))
        case "title":
            return a.AskTitle(ticket, entered["title"])
        case "time":
            minutes, first = booked(entered["time"])
            return a.AskTime(ticket, minutes, f"{first} {entered['what']}".strip()[:LONGEST])
        case "close":
            return a.AskClose(ticket, text, await entered.words("reason"))
        case "reopen":
            return a.AskReopen(ticket)
        case _:
            raise NotFound
