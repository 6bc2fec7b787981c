"""The customer's half: their tickets, and what was said on each. It is given what a customer is sent."""

from __future__ import annotations

import asyncio
import hashlib
import re
from base64 import b64encode
from pathlib import Path

from aiohttp import hdrs, web

from adapters.web import files, inbound, render
from adapters.web.answers import NotFound, again, page, see
from adapters.web.forms import Entered, printable
from adapters.web.live import Looks, stream
from adapters.web.network import WebNetwork
from adapters.web.sessions import CUSTOMER, Caller, Sessions, taken
from bot.desk import Desk
from bot.pages import Outside, Pages, Rows
from bot.ports import Unavailable, Words
from bot.tickets import asks as a
from bot.tickets.model import Message
from bot.tickets.signs import visible
from bot.words.say import Refused

STYLE = Path(__file__).parent / "static" / "record.css"
#: How a file is named: by what it came with, and which of them it is.
FILE = r"{entry:[\w-]{1,80}}/{number:\d{1,4}}"
#: Seconds between two looks of a page that watches, where nobody has told it to look.
LOOK_EVERY = 15.0
#: The longest words that are looked for.
WORDS = 200


class Customers:
    """The pages of the customer's half."""

    def __init__(self, network: WebNetwork, desk: Desk, pages: Pages, door: Sessions) -> None:
        self.network = network
        self.desk = desk
        self.pages = pages
        self.door = door
        self.looks = Looks()

    def routes(self, router: web.UrlDispatcher, ticket: str) -> None:
        get, post, here = router.add_get, router.add_post, f"/{CUSTOMER}/{ticket}"
        get(f"/{CUSTOMER}/", self.tickets)
        get(f"/{CUSTOMER}/part", self.tickets)
        get(f"/{CUSTOMER}/live", self.live)
        post(f"/{CUSTOMER}/", self.open)
        get(here, self.ticket)
        get(f"{here}/part", self.ticket)
        get(f"{here}/live", self.live)
        get(f"{here}/record", self.record)
        get(f"{here}/file/{FILE}", self.file)
        post(f"{here}/{{act:say|edit|delete|close|reopen|rate}}", self.act)

    async def tickets(self, request: web.Request) -> web.StreamResponse:
        caller = await self.door.customer(request)
        part, rows = await self._list(request, caller)
        if request.path.endswith("/part"):
            return page(part)
        return page(render.tickets(part, rows, caller.reader, caller.link.project, *_looked_for(request)))

    async def open(self, request: web.Request) -> web.StreamResponse:
        caller = await self.door.customer(request)
        async with self.door.form(request, caller) as entered:
            ask = a.AskOpen(" ".join(entered["title"].split()), await entered.words())
            answer = await self.door.ask(caller, ask, entered)
        self.network.tell_watchers(caller.key.place, "")
        opened = answer.ticket if isinstance(answer, Words) else None
        return see(request, f"/{CUSTOMER}/{opened or ''}")

    async def ticket(self, request: web.Request) -> web.StreamResponse:
        caller, outside = await self._ticket(request)
        return await self._shown(outside, caller, part=request.path.endswith("/part"))

    async def record(self, request: web.Request) -> web.StreamResponse:
        caller, outside = await self._ticket(request)
        style, about = STYLE.read_text(), caller.link.project
        drawn = await asyncio.to_thread(render.record, outside, caller.reader, about, style=style)
        response = page(drawn)
        allowed = b64encode(hashlib.sha256(style.encode()).digest()).decode()
        response.headers["Content-Security-Policy"] = f"default-src 'none'; style-src 'sha256-{allowed}'"
        if "download" in request.query:
            name = f"{outside.card.ticket}.html"
            response.headers[hdrs.CONTENT_DISPOSITION] = f'attachment; filename="{name}"'
        return response

    async def act(self, request: web.Request) -> web.StreamResponse:
        caller, outside = await self._ticket(request)
        act, ticket, place = request.match_info["act"], outside.card.ticket, caller.key.place
        async with self.door.form(request, caller) as entered:
            await self._do(act, outside, caller, entered)
        # Nothing is owed to customers of what customers did: their other pages are told here.
        self.network.tell_watchers(place, ticket)
        try:
            now = await self.pages.ticket_outside(place, ticket)
        except Unavailable:
            return again(request, f"/{CUSTOMER}/{ticket}")
        if now is not None and act == "delete":
            await self.network.erase(files.gone(outside.items, now.items, entered["entry"]))
        if now is not None and now.continued and act == "say":  # what was said is not on this page
            return see(request, f"/{CUSTOMER}/{now.continued}")
        if now is None or not request.headers.get("HX-Request"):
            return see(request, f"/{CUSTOMER}/{ticket}")
        return await self._shown(now, caller, part=True)

    async def file(self, request: web.Request) -> web.StreamResponse:
        caller = await self.door.customer(request)
        info = request.match_info
        file = await self.pages.file_outside(
            caller.key.place, info["key"], info["entry"], int(info["number"])
        )
        return await files.send(request, file, caller.reader, self.network.elsewhere)

    async def live(self, request: web.Request) -> web.StreamResponse:
        caller = await self.door.customer(request)
        ticket = request.match_info.get("key", "")

        async def seen() -> str:
            # Whether they may see it is asked for each; what they see is drawn for all who see the same.
            asker = await self.door.customer(request)

            async def look() -> str:
                part = await self._part(await self._outside(request, asker), asker) if ticket else ""
                part = part or (await self._list(request, asker))[0]
                return render.fingerprint(part, asker.reader)

            about = asker.key.place, ticket, _looked_for(request), asker.reader.language, asker.person
            return await self.looks.at(about, look)

        if ticket:
            await self._ticket(request)
        with self.network.watching(caller.secret, caller.key.place, ticket) as watcher:
            return await stream(request, watcher, seen, LOOK_EVERY, lambda: self.network.port is not None)

    # ------------------------------------------------------------ inside

    async def _ticket(self, request: web.Request) -> tuple[Caller, Outside]:
        """Return who asks and the ticket they ask for. Raises NotIn, and NotFound when it is not there."""
        caller = await self.door.customer(request)
        return caller, await self._outside(request, caller)

    async def _outside(self, request: web.Request, caller: Caller) -> Outside:
        outside = await self.pages.ticket_outside(caller.key.place, request.match_info["key"])
        if outside is None:
            raise NotFound
        return outside

    async def _list(self, request: web.Request, caller: Caller) -> tuple[str, Rows]:
        words, before = _looked_for(request)
        rows = await self.pages.outside(caller.key.place, caller.person, words=words, before=before)
        news = self.network.news(caller.person, caller.key.place)
        about = caller.link.project
        return await asyncio.to_thread(render.tickets_part, rows, caller.reader, about, words, news), rows

    async def _part(self, outside: Outside, caller: Caller) -> str:
        # Some texts take their time: nobody else waits for them.
        return await asyncio.to_thread(render.ticket_part, outside, caller.reader, caller.link.project)

    async def _shown(self, outside: Outside, caller: Caller, *, part: bool) -> web.Response:
        drawn = await self._part(outside, caller)
        return page(drawn if part else render.ticket(drawn, outside.card, caller.reader))

    async def _do(self, act: str, outside: Outside, caller: Caller, entered: Entered) -> None:
        key, ticket, ask = caller.key, outside.card.ticket, self.door.ask
        match act:
            case "say":
                text = await entered.words()
                if not visible(text) and not entered.files:
                    raise Refused("no.text")
                await ask(caller, a.AskComment(ticket, text), entered)
            case "edit":
                post, one = _own(outside, caller, entered)
                text = await entered.words()
                if not visible(text) and not one.files:
                    raise Refused("no.text")
                at = self.door.after(one)
                told = inbound.edited(key, ticket, post, text, one.files, ident=entered.ident, at=at)
                taken(await self.desk.handle(told))
            case "delete":
                post, one = _own(outside, caller, entered)
                taken(await self.desk.handle(inbound.deleted(key, post, at=self.door.after(one))))
            case "rate":
                stars = int(entered["stars"]) if re.fullmatch("[1-5]", entered["stars"]) else 0
                await ask(caller, a.AskRate(ticket, stars), entered)
            case "close":
                await ask(caller, a.AskClose(ticket), entered)
            case _:
                await ask(caller, a.AskReopen(ticket), entered)


def _looked_for(request: web.Request) -> tuple[str, str]:
    """Return the words that are looked for, and the ticket before which a list goes on."""
    words, before = (printable(request.query.get(name, ""))[:WORDS].strip() for name in ("words", "before"))
    return words, before


def _own(outside: Outside, caller: Caller, entered: Entered) -> tuple[str, Message]:
    """Return one's own message that a form names, with the post it stands as. Raises Refused."""
    me = caller.person
    for one in outside.items:
        if isinstance(one, Message) and one.id == entered["entry"] and one.said is not None:
            by = one.by.person
            if one.said.place == caller.key.place and (by.network, by.id) == (me.network, me.id):
                return one.said.id, one
    raise Refused("no.not_author")
