"""A desk with pages, and people with browsers that remember cookies and nothing else."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

import aiohttp
import nh3

from adapters.web.network import WebNetwork
from adapters.web.settings import WebSettings
from bot.settings import Settings
from bot.tickets.model import Person, Place, Project
from bot.wiring import Halfdoor, make
from tests.office import HandClock
from tests.settings import settings_of

FRONT, BACK = Place("web", "acme"), Place("web", "acme-team")
CARLA, ROBIN = Person("web", "carla", "Carla"), Person("web", "robin", "Robin")


def web_settings(folder: Path, **more: Any) -> WebSettings:
    """Return settings for any free port."""
    values: dict[str, Any] = {"listen": "127.0.0.1:0", "files": folder, "writes_a_minute": 1000, **more}
    return settings_of(WebSettings, **values)


class WebOffice:
    """Acme's page and the team's console on one desk."""

    def __init__(self, database_url: str, folder: Path, clock: Any = None, **web: Any) -> None:
        self.clock = clock or HandClock()
        self.database_url = database_url
        self.settings = web_settings(folder, **web)
        self.halfdoor: Halfdoor
        self.visitors: list[Visitor] = []

    async def __aenter__(self) -> WebOffice:
        settings = settings_of(Settings, database_url=self.database_url, max_attempts=4)
        self.halfdoor = make(settings, None, self.clock, web=self.settings)
        await self.link("ACME", "Acme", FRONT, BACK)
        await self.halfdoor.start()
        await self.network.serving.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        for one in self.visitors:
            await one.session.close()
        await self.halfdoor.stop()

    async def link(self, key: str, name: str, front: Place, back: Place) -> None:
        project = Project(key, name)
        await self.halfdoor.store.transact(lambda tx: tx.link_places(project, [front], back))
        self.halfdoor.desk.forget()

    @property
    def network(self) -> WebNetwork:
        network = self.halfdoor.networks["web"]
        assert isinstance(network, WebNetwork)
        return network

    def visitor(self, half: str = "c", **headers: str) -> Visitor:
        made = Visitor(self.network.url, half, headers)
        self.visitors.append(made)
        return made

    async def customer(self, person: Person = CARLA, place: Place = FRONT) -> Visitor:
        """Somebody who has opened their link."""
        who = self.visitor("c")
        await who.enter(await self.halfdoor.keys.give("link", place, person, timedelta(days=9)))
        return who

    async def staff(self, person: Person = ROBIN, place: Place = BACK) -> Visitor:
        who = self.visitor("team")
        await who.enter(await self.halfdoor.keys.give("once", place, person, timedelta(minutes=9)))
        return who

    def kept(self) -> list[Path]:
        """Return the files of people that are on the disk."""
        return list(self.settings.files.glob("??/*"))

    async def settle(self) -> None:
        await self.halfdoor.courier.drain()


class Answer:
    """What came back: status, headers and the text."""

    def __init__(self, response: aiohttp.ClientResponse, body: bytes) -> None:
        self.status, self.headers, self.body = response.status, response.headers, body
        self.text = body.decode(errors="replace")

    @property
    def rows(self) -> list[str]:
        """The rows of a table, as a spreadsheet reads them."""
        return self.body.decode("utf-8-sig").splitlines()

    @property
    def read(self) -> str:
        """What is read on it, in one line."""
        return plain(self.text)

    @property
    def said(self) -> list[str]:
        """What was said, in order, without what can be pressed."""
        return said_on(self.text)


class Visitor:
    """A browser without scripts."""

    def __init__(self, url: str, half: str, headers: Mapping[str, str]) -> None:
        self.url, self.half = url, half
        jar = aiohttp.CookieJar(unsafe=True)
        self.session = aiohttp.ClientSession(cookie_jar=jar, headers=headers)

    async def __aenter__(self) -> Visitor:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        await self.session.close()

    async def get(self, path: str, **more: Any) -> Answer:
        async with self.session.get(self.url + path, **more) as response:
            return Answer(response, await response.read())

    async def enter(self, secret: str, **fields: str) -> Answer:
        return await self.send(f"/{self.half}/enter/{secret}", fields)

    async def token(self) -> str:
        """Return the token that this session's forms carry."""
        page = await self.get(f"/{self.half}/")
        return str(re.findall(r'name="csrf" value="(\w+)"', page.text)[0])

    async def send(self, path: str, fields: Mapping[str, str], **more: Any) -> Answer:
        """Post a form as it is."""
        async with self.session.post(self.url + path, data=dict(fields), **more) as response:
            return Answer(response, await response.read())

    async def post(self, path: str, files: Mapping[str, bytes] | None = None, /, **fields: str) -> Answer:
        """Post a form of a page, with its token, and with files."""
        token = await self.token()
        if files is None:
            return await self.send(path, {"csrf": token, **fields})
        form = aiohttp.FormData({"csrf": token, **fields}, quote_fields=False, default_to_multipart=True)
        for name, content in files.items():
            form.add_field("files", content, filename=name)
        async with self.session.post(self.url + path, data=form) as response:
            return Answer(response, await response.read())


def said_on(page: str) -> list[str]:
    """Return what was said on a page or a part of one, in order, without what can be pressed."""
    found = re.findall(r'<article class="said[^>]*>(.*?)</article>', page, re.DOTALL)
    kept = (re.sub(r"<(details|form)(?! class=.spoiler).*?</\1>", "", one, flags=re.DOTALL) for one in found)
    return [plain(one) for one in kept]


def plain(text: str) -> str:
    kept = re.sub(r"<(time)[^>]*>.*?</\1>", "(time)", text, flags=re.DOTALL)
    kept = re.sub(r"</(p|div|li|h1|h2|strong|summary|dt|dd|th|td)>|<br>", r" ", kept)
    return " ".join(html.unescape(nh3.clean(kept, tags=set())).split())
