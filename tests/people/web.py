"""Carla and Robin on pages, with browsers without scripts."""

from __future__ import annotations

import re

from tests.people import Upload, row
from tests.web_office import Visitor, WebOffice, said_on

_NAMED = re.compile(r" 📎 (\S+\.\w+) \([\d.,]+ k?B\)")
_STANDS = re.compile(r"(Open|In progress|Closed)( · \w+ is on it)? · opened by Carla \(time\)")
_WINDOW = " Anything you write here until (time) opens it again."


class WebCustomer:
    def __init__(self, page: Visitor, office: WebOffice) -> None:
        self.page = page
        self.office = office

    async def opens(self, title: str) -> None:
        await self.page.post("/c/", title=title, text=title)

    async def says(self, text: str, file: Upload | None = None) -> str:
        await self.page.post("/c/ACME-1/say", dict([file]) if file else None, text=text)
        page = (await self.page.get("/c/ACME-1")).text
        return str(re.findall(r'name="entry" value="(\w+)"', page)[-1])

    async def edits(self, said: str, text: str) -> None:
        await self.page.post("/c/ACME-1/edit", entry=said, text=text)

    async def deletes(self, said: str) -> None:
        await self.page.post("/c/ACME-1/delete", entry=said)

    async def rates(self, stars: int) -> None:
        await self.page.post("/c/ACME-1/rate", stars=str(stars))

    async def reopens(self) -> None:
        await self.page.post("/c/ACME-1/reopen")

    async def stands(self) -> str:
        found = _STANDS.search(await self._read())
        assert found is not None
        return found[0]

    async def reads(self) -> list[str]:
        said = (await self.page.get("/c/ACME-1")).said
        kept = [one for one in said if "is solved" not in one and "This message was deleted." not in one]
        return [_outside(one) for one in kept]

    async def closing(self) -> str:
        said = (await self.page.get("/c/ACME-1")).said
        text = next(one for one in said if "is solved" in one).removeprefix("✅ ").replace(" (time)", "", 1)
        asked = " How was it? 1 is poor, 5 is great."
        return text.replace(_WINDOW, asked if asked in await self._read() else "")

    async def opens_file(self, name: str) -> bytes:
        page = (await self.page.get("/c/ACME-1")).text
        path = re.findall(rf'href="(/c/ACME-1/file/[^"]+)" download>{re.escape(name)}', page)[-1]
        return (await self.page.get(path)).body

    async def everything(self) -> str:
        pages = [await self.page.get(path) for path in ("/c/", "/c/ACME-1", "/c/ACME-1/record")]
        return "\n".join(one.text for one in pages)

    async def _read(self) -> str:
        return (await self.page.get("/c/ACME-1")).read


class WebStaff:
    def __init__(self, page: Visitor, office: WebOffice) -> None:
        self.page = page
        self.office = office

    async def joins(self) -> None:
        """Whoever has the console has all of it."""

    async def notes(self, text: str, file: Upload | None = None) -> str:
        await self.page.post("/team/ACME-1/write", dict([file]) if file else None, text=text, to="note")
        return await self._entry(text)

    async def replies(self, text: str) -> None:
        await self.page.post("/team/ACME-1/write", text=text, to="customer")

    async def edits(self, words: str, text: str) -> None:
        await self.page.post("/team/ACME-1/edit", entry=await self._entry(words), text=text)

    async def recalls(self, words: str) -> None:
        await self.page.post("/team/ACME-1/recall", entry=await self._entry(words))

    async def publishes(self, note: str) -> None:
        page = (await self.page.get("/team/ACME-1")).text
        form = re.search(
            rf'publish".*?name="entry" value="{note}".*?name="seen" value="(\w+)"', page, re.DOTALL
        )
        assert form is not None
        await self.page.post("/team/ACME-1/publish", entry=note, seen=form[1])

    async def sets(self, status: str, visibility: str) -> None:
        await self.page.post("/team/ACME-1/status", status=status, visibility=visibility)

    async def takes(self) -> None:
        await self.page.post("/team/ACME-1/assign", who="me", visibility="public")

    async def books(self, time: str, what: str) -> None:
        await self.page.post("/team/ACME-1/time", time=time, what=what)

    async def closes(self, resolution: str, reason: str) -> None:
        await self.page.post("/team/ACME-1/close", text=resolution, reason=reason)

    async def stands(self) -> str:
        read = (await self.page.get("/team/ACME-1")).read
        found = re.search(
            r"Carla, Acme \(\w+\) · (.*?Priority: \w+(?: · [\w ]*?booked)?(?: · rated \d of 5)?)", read
        )
        assert found is not None
        return found[1]

    async def reads(self) -> list[str]:
        _, _, inside = (await self.page.get("/team/ACME-1")).text.partition("<h2>🔒")
        return [_inside(one) for one in said_on(inside)]

    async def _entry(self, words: str) -> str:
        record = await self.office.halfdoor.store.read(lambda tx: tx.record("ACME-1"))
        return next(one.id for one in reversed(record) if one.text == words)


def _outside(said: str) -> str:
    head, _, text = said.partition(" · (time)")
    edited = text.startswith(" · (edited)")
    text = text.removeprefix(" · (edited)").strip()
    files = _NAMED.findall(text)
    signs = ["edited"] if edited and head != "Carla" else []
    return row(head, _NAMED.sub("", text), files, *signs)


def _inside(said: str) -> str:
    if said.startswith("(time) "):
        return row("Halfdoor", said.removeprefix("(time) "))
    found = re.fullmatch(
        r"(🌐|🔒) (.*?) · [\w ]+ · \(time\)( · \(edited\))?(?: · (recalled by \w+) \(time\))? ?(.*)", said
    )
    assert found is not None, said
    lock, by, edited, recalled, text = found.groups()
    signs = ["public"] if lock == "🌐" else []
    signs += [recalled] if recalled else ["edited"] if edited else []
    return row(by, _NAMED.sub("", text), _NAMED.findall(text), *signs)
