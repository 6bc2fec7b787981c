"""Carla and Robin on Slack."""

from __future__ import annotations

from tests.doubles.slack.world import Message
from tests.office import Office
from tests.people import Upload, row
from tests.people.chats import closing, plain, told


class SlackCustomer:
    def __init__(self, office: Office) -> None:
        self.office = office
        self.carla = office.carla
        self.title = ""

    async def opens(self, title: str) -> None:
        self.title = title
        self.carla.say(self.office.front, f"<@UHALFDOOR> {title}")

    async def says(self, text: str, file: Upload | None = None) -> Message:
        thread, front = self.office.outside(), self.office.front
        if file is None:
            return self.carla.say(front, text, thread=thread)
        return self.carla.share(front, self.carla.send_file(*file), text=text, thread=thread)

    async def edits(self, said: Message, text: str) -> None:
        self.carla.edit(said, text)

    async def deletes(self, said: Message) -> None:
        self.carla.delete(said)

    async def rates(self, stars: int) -> None:
        await self.carla.click(self._closing(), f"rate_{stars}")

    async def reopens(self) -> None:
        await self.carla.click(self._closing(), "reopen")

    async def stands(self) -> str:
        _, state, *_ = self.carla.sees(self.office.front)[-1].split("\n")
        return plain(state)

    async def reads(self) -> list[str]:
        found = [told(one) for one in self.office.customer_thread() if "is solved" not in one]
        return [row("Carla", self.title), *(one for one in found if one is not None)]

    async def closing(self) -> str:
        return closing(self.carla._read(self._closing()))

    async def opens_file(self, name: str) -> bytes:
        file = next(
            one
            for one in reversed(list(self.office.world.files.values()))
            if one.name == name and one.content
        )
        assert file.content is not None
        return file.content

    async def everything(self) -> str:
        return self.carla.sees_everything(self.office.front)

    def _closing(self) -> Message:
        return self.carla.find(self.office.front, "is solved")


class SlackStaff:
    def __init__(self, office: Office) -> None:
        self.office = office
        self.robin = office.robin

    async def joins(self) -> None:
        """All who see the channel see its threads."""

    async def notes(self, text: str, file: Upload | None = None) -> Message:
        thread, back = self.office.inside(), self.office.back
        if file is None:
            return self.robin.say(back, text, thread=thread)
        return self.robin.share(back, self.robin.send_file(*file), text=text, thread=thread)

    async def replies(self, text: str) -> None:
        await self._fills("reply", text=text)

    async def edits(self, words: str, text: str) -> None:
        await self.robin.click(self.robin.find(self.office.back, f"Robin → customer: {words}"), "edit")
        assert await self.robin.submit(text=text) == {}

    async def recalls(self, words: str) -> None:
        await self.robin.click(self.robin.find(self.office.back, f"Robin → customer: {words}"), "recall")

    async def publishes(self, note: Message) -> None:
        await self.robin.shortcut(note, "publish")
        await self.robin.submit()

    async def sets(self, status: str, visibility: str) -> None:
        await self._fills("status", status=status, visibility=visibility)

    async def takes(self) -> None:
        await self._fills("assign")

    async def books(self, time: str, what: str) -> None:
        assert "booked" in await self.robin.slash(self.office.back, f"time ACME-1 {time} {what}")

    async def closes(self, resolution: str, reason: str) -> None:
        await self._fills("close", resolution=resolution, reason=reason)

    async def stands(self) -> str:
        _, state, *_ = self.robin.sees(self.office.back)[0].split("\n")
        return plain(state)

    async def reads(self) -> list[str]:
        found = [told(one) for one in self.office.staff_thread()]
        return [one for one in found if one is not None]

    async def _fills(self, act: str, **entered: str) -> None:
        await self.robin.click(self.robin.find(self.office.back, "ACME-1 ·"), act)
        assert await self.robin.submit(**entered) == {}
