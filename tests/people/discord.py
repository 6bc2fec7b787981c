"""Carla and Robin on Discord."""

from __future__ import annotations

from typing import Any

import discord
from simcord import ChannelHandle

from tests.discord_office import DiscordOffice
from tests.people import Upload, row
from tests.people.chats import closing, plain, told


class DiscordCustomer:
    def __init__(self, office: DiscordOffice) -> None:
        self.office = office
        self.carla = office.carla
        self.title = ""

    async def opens(self, title: str) -> None:
        self.title = title
        await self.carla.send(self.office.front, f"<@{self.office.me}> {title}")

    async def says(self, text: str, file: Upload | None = None) -> discord.Message:
        files = [file] if file else []
        said: discord.Message = await self.carla.send(self._thread, text, attachments=files)
        return said

    async def edits(self, said: discord.Message, text: str) -> None:
        await self.carla.edit(said, text)

    async def deletes(self, said: discord.Message) -> None:
        await self.carla.delete(said)

    async def rates(self, stars: int) -> None:
        await self.office.press(self.carla, self._thread, "rate", str(stars))

    async def reopens(self) -> None:
        await self.office.press(self.carla, self._thread, "reopen")

    async def stands(self) -> str:
        _, state, *_ = self.office.sees(self.carla, self.office.front)[-1].split("\n")
        return plain(state)

    async def reads(self) -> list[str]:
        found = [told(one) for one in self.office.outside() if "is solved" not in one]
        return [row("Carla", self.title), *(one for one in found if one is not None)]

    async def closing(self) -> str:
        return closing(next(one for one in self.office.outside() if "is solved" in one))

    async def opens_file(self, name: str) -> bytes:
        found = [one for message in self._thread.history() for one in message.attachments]
        url = next(one.url for one in reversed(found) if one.filename == name)
        content = self.office.server.backend.cdn.get(url)
        assert content is not None
        return bytes(content)

    async def everything(self) -> str:
        return "\n".join([*self.office.sees(self.carla, self.office.front), *self.office.outside()])

    @property
    def _thread(self) -> ChannelHandle:
        return self.office.thread(self.office.front)


class DiscordStaff:
    def __init__(self, office: DiscordOffice) -> None:
        self.office = office
        self.robin = office.robin

    async def joins(self) -> None:
        await self.office.press(self.robin, self.office.back, "join")

    async def notes(self, text: str, file: Upload | None = None) -> discord.Message:
        files = [file] if file else []
        said: discord.Message = await self.robin.send(self._thread, text, attachments=files)
        return said

    async def replies(self, text: str) -> None:
        await self._fills("reply", text=text)

    async def edits(self, words: str, text: str) -> None:
        form = await self.office.press(self.robin, self._thread, "edit", words=words)
        await self.office.fill_in(self.robin, form, text=text)

    async def recalls(self, words: str) -> None:
        await self.office.press(self.robin, self._thread, "recall", words=words)

    async def publishes(self, note: discord.Message) -> None:
        form = await self.robin.context_menu(self._thread, "Send to customer", note)
        await self.office.settle()
        await self.office.fill_in(self.robin, form)

    async def sets(self, status: str, visibility: str) -> None:
        await self._fills("status", status=[status], visibility=[visibility])

    async def takes(self) -> None:
        await self._fills("assign", to=[self.robin], visibility=["public"])

    async def books(self, time: str, what: str) -> None:
        booked = {"ticket": "ACME-1", "time": time, "what": what}
        assert "booked" in await self.office.told(self.robin, self.office.back, "time", **booked)

    async def closes(self, resolution: str, reason: str) -> None:
        await self._fills("close", resolution=resolution, reason=reason)

    async def stands(self) -> str:
        _, state, *_ = self.office.inside()[0].split("\n")
        return plain(state)

    async def reads(self) -> list[str]:
        found = [told(one) for one in self.office.inside()[1:]]
        return [one for one in found if one is not None]

    async def _fills(self, act: str, **values: Any) -> None:
        form = await self.office.press(self.robin, self._thread, act)
        await self.office.fill_in(self.robin, form, **values)

    @property
    def _thread(self) -> ChannelHandle:
        return self.office.thread(self.office.back)
