"""Who asks for a page: the key in their cookie, what it opens, and how often they may write."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from aiohttp import hdrs, web
from aiolimiter import AsyncLimiter

from adapters.web import forms, inbound, render
from adapters.web.answers import NotFound, NotIn, Wrong, page, preferred_language, says, see
from adapters.web.forms import Entered
from adapters.web.network import WebNetwork
from adapters.web.render import Reader
from bot.access import SESSION, Keys
from bot.desk import Desk
from bot.pages import Pages
from bot.ports import Answer, Clock, Key, ProjectPlaces, Words
from bot.tickets import asks as a
from bot.tickets import names
from bot.tickets.model import Membership, Message, Person
from bot.words.say import Refused, say

#: The two halves of the door. Each has a cookie, which is sent to its own half alone.
CUSTOMER, TEAM = "c", "team"
#: What files come along with.
WITH_FILES = a.AskOpen | a.AskComment | a.AskReply | a.AskNote
#: How many sessions and addresses are counted at a time.
COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody whose key is good: for which project, and how pages are drawn for them."""

    key: Key
    link: ProjectPlaces
    reader: Reader
    secret: str

    @property
    def person(self) -> Person:
        return self.key.person


class Sessions:
    """Lets people in by their keys, and takes what they send."""

    def __init__(self, network: WebNetwork, desk: Desk, pages: Pages, keys: Keys, clock: Clock) -> None:
        self.network = network
        self.desk = desk
        self.pages = pages
        self.keys = keys
        self.clock = clock
        self._limits: OrderedDict[str, AsyncLimiter] = OrderedDict()

    def routes(self, router: web.UrlDispatcher) -> None:
        for half in (CUSTOMER, TEAM):
            router.add_get(f"/{half}/enter/{{secret}}", self.enter)
            router.add_post(f"/{half}/enter/{{secret}}", self.entered)
            router.add_post(f"/{half}/leave", self.leave)
        router.add_get("/demo/{secret}", self.demo)

    # ------------------------------------------------------------ who asks

    async def customer(self, request: web.Request) -> Caller:
        """Return who asks for a page of the customer's half. Raises NotIn."""
        key, secret = await self._key(request, CUSTOMER)
        link = await self.desk.link(key.place)
        if link is None or key.place not in link.customer_places:
            raise NotIn
        return self._caller(request, key, link, secret)

    async def staff(self, request: web.Request, wanted: str = "") -> Caller:
        """Return who asks for a page of the team's half, of the project that is wanted or of their key's.

        Raises:
            NotIn: they no longer see the staff place that their key is for.
            NotFound: they are not staff of what they want, or there is no such project.
        """
        key, secret = await self._key(request, TEAM)
        link = await self.desk.link(key.place)
        if link is None or key.place != link.staff_place:
            raise NotIn
        match await self.desk.membership(key.person, link.staff_place):
            case Membership.YES:
                pass
            case Membership.NO:
                await self.keys.leave(secret)
                raise NotIn
            case Membership.UNKNOWN:
                raise Wrong(503, say("no.unknown", preferred_language(request)))
        if wanted and wanted != link.project.key:
            links = {one.project.key: one for one in await self.desk.staffed(key.person)}
            if wanted not in links:
                raise NotFound
            link = links[wanted]
            key = replace(key, place=link.staff_place)
        return self._caller(request, key, link, secret)

    @asynccontextmanager
    async def form(
        self, request: web.Request, caller: Caller, *, writes: bool = True
    ) -> AsyncGenerator[Entered]:
        """Take a form that a caller sent; what is refused leaves no files behind.

        Raises:
            Wrong: it is not from a page of theirs, or there is too much or too many of it.
            Refused: its text is too long.
        """
        if writes:
            await self._count(caller.secret, request)
        entered = Entered()
        try:
            await forms.fill(entered, request, caller.reader, self.network)
        except BaseException:
            await self.network.erase(entered.files)
            raise
        try:
            yield entered
        except (Wrong, Refused, NotFound):
            await self.network.erase(entered.files)
            raise

    async def ask(self, caller: Caller, ask: a.Ask, entered: Entered) -> Answer | None:
        """Have the desk do what a form asks; None when that was done before. Raises Wrong when it refuses."""
        added = tuple(entered.files) if isinstance(ask, WITH_FILES) else ()
        asked = inbound.asked(
            caller.key,
            ask,
            ident=entered.ident,
            at=self.clock.now(),
            locale=caller.reader.language,
            files=added,
            stands=caller.key.place in caller.link.customer_places,
        )
        answer = taken(await self.desk.handle(asked))
        if answer is None or not added:  # it has its files already, or takes none
            await self.network.erase(entered.files)
        return answer

    def after(self, one: Message) -> datetime:
        """Return now, or when a message was changed last by whichever clock: what is done comes after."""
        return max(self.clock.now(), one.edited or one.at)

    def _caller(self, request: web.Request, key: Key, link: ProjectPlaces, secret: str) -> Caller:
        # A token that only a page of this session's can know.
        csrf = hmac.new(b"halfdoor csrf", secret.encode(), hashlib.sha256).hexdigest()
        return Caller(
            key, link, Reader(preferred_language(request, link.project.language), key, csrf), secret
        )

    async def _key(self, request: web.Request, half: str) -> tuple[Key, str]:
        secret = request.cookies.get(cookie(half), "")
        key = await self.keys.look(secret) if secret else None
        if key is None or key.kind != "session":
            raise NotIn
        return key, secret

    async def _count(self, who: str, request: web.Request) -> None:
        """Refuse what comes too often from one session, or to sign in from one address."""
        limiter = self._limits.get(who)
        if limiter is None:
            limiter = self._limits[who] = AsyncLimiter(self.network.settings.writes_a_minute, 60)
            while len(self._limits) > COUNTED:
                self._limits.popitem(last=False)
        self._limits.move_to_end(who)
        if not limiter.has_capacity():
            raise Wrong(429, say("web.too_often", preferred_language(request)))
        await limiter.acquire()

    def _address(self, request: web.Request) -> str:
        """Return where a request comes from: each proxy of ours has added whom it had it from."""
        hops = ",".join(request.headers.getall(hdrs.X_FORWARDED_FOR, [])).split(",")
        proxies = self.network.settings.proxies
        return hops[-proxies].strip() if 0 < proxies <= len(hops) else request.remote or ""

    # ------------------------------------------------------------ signing in

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """Show a form, so that whatever looks at links ahead of people uses none of them up."""
        key, _ = await self._invited(request)
        return page(render.enter(Reader(preferred_language(request), key), asks_name=not key.person.id))

    async def entered(self, request: web.Request) -> web.StreamResponse:
        """Open a session with a link, when our own page asks for it: nobody is led into another's session."""
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            raise Wrong(403, say("web.csrf", preferred_language(request)))
        key, half = await self._invited(request)
        person: Person | None = None
        if not key.person.id:
            given = (await forms.posted(request)).get("name", "")
            name = "".join(one for one in " ".join(given.split()) if one.isprintable())
            if refusal := names.refusal(name, await self._team(key)):
                reader = Reader(preferred_language(request), key)
                refused = say(refusal, reader.language)
                return page(render.enter(reader, asks_name=True, refused=refused), 422)
            person = Person("web", secrets.token_hex(8), name)
        session = await self.keys.enter(request.match_info["secret"], person)
        if session is None:
            raise NotIn
        response = see(request, f"/{half}/")
        self._sign_in(response, half, session)
        return response

    async def leave(self, request: web.Request) -> web.StreamResponse:
        """End a session."""
        half = _half(request)
        caller = await (self.customer if half == CUSTOMER else self.staff)(request)
        async with self.form(request, caller, writes=False):
            await self.keys.leave(caller.secret)
        response = says("web.left", request, 200)
        response.del_cookie(cookie(half), path=f"/{half}/")
        return response

    async def demo(self, request: web.Request) -> web.StreamResponse:
        """Show both sides beside each other, signed in as a customer and as one of the team."""
        shown, given = self.network.shown, request.match_info["secret"]
        if shown is None or not hmac.compare_digest(given.encode(), self.network.secret.encode()):
            raise NotFound
        response = page(render.demo(Reader(preferred_language(request)), f"/{CUSTOMER}/", f"/{TEAM}/"))
        for half, (place, person) in zip((CUSTOMER, TEAM), shown, strict=True):
            self._sign_in(response, half, await self.keys.give("session", place, person, SESSION))
        return response

    async def _team(self, key: Key) -> list[str]:
        """Return what those are called whom nobody else may be taken for."""
        link = await self.desk.link(key.place)
        return [one.name for one in await self.pages.team(link)] if link else []

    async def _invited(self, request: web.Request) -> tuple[Key, str]:
        await self._count(f"{self._address(request)} enters", request)
        key = await self.keys.look(request.match_info["secret"])
        if key is None or key.kind == "session":
            raise NotIn
        return key, _half(request)

    def _sign_in(self, response: web.StreamResponse, half: str, session: str) -> None:
        response.set_cookie(
            cookie(half),
            session,
            path=f"/{half}/",
            max_age=int(SESSION.total_seconds()),
            httponly=True,
            secure=not self.network.settings.on_loopback,
            samesite="Lax",
        )


def taken(answer: Answer | None) -> Answer | None:
    """Return the desk's answer. Raises Wrong when it refused."""
    if isinstance(answer, Words) and answer.refused:
        raise Wrong(422, answer.text)
    return answer


def cookie(half: str) -> str:
    """Return the name of a half's cookie."""
    return f"halfdoor_{half}"


def _half(request: web.Request) -> str:
    return request.path.split("/")[1]
