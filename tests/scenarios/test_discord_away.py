"""What Discord keeps from us for a while: channels hidden, servers left, webhooks and posts deleted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.ports import Deleted, Incoming
from tests.discord_office import DiscordOffice


@pytest.fixture
async def office(sqlite_url: str) -> AsyncIterator[DiscordOffice]:
    async with DiscordOffice(sqlite_url) as made:
        await made.ticket()
        yield made


WAYS = {
    "hidden": (
        lambda o: o.forbid(o.front, view_channel=False),
        lambda o: o.forbid(o.front, view_channel=True),
    ),
    "kicked": (DiscordOffice.kick, DiscordOffice.invite),
}


@pytest.fixture(params=list(WAYS.values()), ids=list(WAYS))
def way(request: pytest.FixtureRequest) -> Any:
    return request.param


class TestWhatWasSaidMeanwhile:
    async def test_comes_in_when_we_are_back(self, office: DiscordOffice, way: Any) -> None:
        out, back_in = way
        out(office)
        await office.settle()
        await self.say(office)
        assert not any("while unseen" in row for row in office.inside())
        back_in(office)
        await self.is_there(office)

    async def test_comes_in_though_nobody_noticed_that_we_were_out(self, office: DiscordOffice) -> None:
        office.kick()
        await self.say(office, settle=False)
        office.invite()
        await self.is_there(office)

    async def test_comes_in_after_hours_and_a_restart(self, office: DiscordOffice, way: Any) -> None:
        out, back_in = way
        out(office)
        await office.settle()
        await self.say(office)
        for _ in range(3):
            await office.clock.advance(3600)
            await office.settle()
        await office.halfdoor.stop()
        await office.open()
        await office.settle()
        assert len(office.front.threads) == 1
        await office.halfdoor.stop()
        back_in(office)
        await office.clock.advance(3600)
        await office.open()
        await self.is_there(office)

    async def say(self, office: DiscordOffice, *, settle: bool = True) -> None:
        await office.carla.send(office.thread(office.front), "said while unseen")
        await office.carla.send(office.front, f"<@{office.me}> a new ticket while unseen")
        if settle:
            await office.settle()

    async def is_there(self, office: DiscordOffice) -> None:
        async with asyncio.timeout(60):
            while await office.halfdoor.desk.unheard("discord") or len(office.front.threads) < 2:
                await office.settle()
            while not any("while unseen" in row for row in office.inside()):
                await office.settle()
        assert [row for row in office.inside() if "while unseen" in row] == [
            "Carla (Acme): said while unseen\n-# 🌐 public"
        ]
        assert office.front.threads[-1].name == "ACME-2 · a new ticket while unseen"


class TestWhatIsAbsent:
    @pytest.fixture
    async def told(self, office: DiscordOffice, monkeypatch: pytest.MonkeyPatch) -> list[Deleted]:
        """What the desk is told of deletions, after a restart too."""
        told: list[Deleted] = []
        handle = type(office.halfdoor.desk).handle

        async def noted(desk: Any, incoming: Incoming) -> Any:
            if isinstance(incoming.act, Deleted):
                told.append(incoming.act)
            return await handle(desk, incoming)

        monkeypatch.setattr(type(office.halfdoor.desk), "handle", noted)
        return told

    async def test_what_goes_with_many_others_is_not_its_authors_act(
        self, office: DiscordOffice, told: list[Deleted]
    ) -> None:
        front = office.thread(office.front)
        said = [await office.carla.send(front, f"word {n}") for n in range(3)]
        await office.settle()
        office.server.backend.bulk_delete_messages(front.id, [one.id for one in said[:2]])
        await office.carla.delete(said[2])
        await office.settle()
        assert [(one.post.id, one.sure) for one in told] == [
            (str(said[0].id), False), (str(said[1].id), False), (str(said[2].id), True),
        ]  # fmt: skip

    @pytest.mark.parametrize("many", [1, 5])
    async def test_many_that_are_not_there_when_we_look_were_not_taken_back_by_their_author(
        self, office: DiscordOffice, told: list[Deleted], many: int
    ) -> None:
        front = office.thread(office.front)
        said = [await office.carla.send(front, f"wrong window {n}") for n in range(many)]
        await office.settle()
        await office.halfdoor.stop()
        for one in said:
            await office.carla.delete(one)
        await office.open()
        async with asyncio.timeout(60):
            while len(told) < many:
                await office.settle()
        assert [(one.post.id, one.sure) for one in told] == [(str(one.id), many == 1) for one in said]
        kept = sum("wrong window" in row for row in office.inside())
        assert kept == (0 if many == 1 else many)
        assert sum("no longer where it was written" in row for row in office.inside()) == kept

    @pytest.mark.parametrize(
        "path",
        ["/channels/*/messages", "/channels/*/messages/*", "/channels/{thread}/messages", "/channels/*"],
    )
    @pytest.mark.parametrize("names", ["view_channel", "read_message_history", "503"])
    async def test_what_cannot_be_read_is_not_absent(
        self, office: DiscordOffice, told: list[Deleted], path: str, names: str
    ) -> None:
        front = office.thread(office.front)
        await office.carla.send(front, "still there")
        await office.settle()
        before = office.inside()
        await office.halfdoor.stop()
        if names == "503":
            office.server.fail("GET", path.format(thread=front.id), "503", 3)
        else:
            office.forbid(office.front, **{names: False})
        await office.open()
        await office.settle()
        assert told == []
        assert [row for row in office.inside() if "deleted" in row] == []
        assert office.inside()[: len(before)] == before


class TestOurWebhook:
    @pytest.fixture
    async def replied(self, office: DiscordOffice) -> DiscordOffice:
        form = await office.press(office.robin, office.thread(office.back), "reply")
        await office.fill_in(office.robin, form, text="We found it")
        office.delete_our_webhooks()
        await office.settle()
        return office

    async def test_is_made_anew_at_once(self, replied: DiscordOffice) -> None:
        office = replied
        office.network._webhooks.clear()
        form = await office.press(office.robin, office.thread(office.back), "reply")
        await office.fill_in(office.robin, form, text="A fix goes out")
        await office.carla.send(office.thread(office.front), "Thanks")
        await office.settle()
        said = ["Robin (Support): We found it", "Robin (Support): A fix goes out", "Carla: Thanks"]
        assert office.outside() == said
        assert office.inside()[-1] == "Carla (Acme): Thanks\n-# 🌐 public"

    async def test_is_made_anew_though_nobody_told_us(self, office: DiscordOffice) -> None:
        form = await office.press(office.robin, office.thread(office.back), "reply")
        await office.fill_in(office.robin, form, text="We found it")
        office.network.forget_webhook = lambda _: None  # the news is late
        office.delete_our_webhooks()
        del office.network.forget_webhook
        form = await office.press(office.robin, office.thread(office.back), "reply")
        await office.fill_in(office.robin, form, text="A fix", files=("fix.txt", b"1"))
        assert office.outside() == [
            "Robin (Support): We found it",
            "Robin (Support): A fix\n-# fix.txt (1 B)",
            "Robin (Support): -# fix.txt\n[file fix.txt]",
        ]

    async def test_what_it_said_can_be_recalled(self, replied: DiscordOffice) -> None:
        office = replied
        await office.press(office.robin, office.thread(office.back), "recall")
        assert office.outside() == []

    async def test_what_it_said_can_be_edited(self, replied: DiscordOffice) -> None:
        office, back = replied, replied.thread(replied.back)
        for text in ("We found the cause", "We found the very cause"):
            form = await office.press(office.robin, back, "edit")
            await office.fill_in(office.robin, form, text=text)
            assert office.outside() == [f"Robin (Support): {text}\n-# (edited)"]
            assert office.inside()[-1].startswith(f"Robin → customer: {text}\n-# 🌐 public")
        await office.press(office.robin, back, "recall")
        assert office.outside() == []

    @pytest.mark.parametrize("act", ["recall", "edit"])
    async def test_without_the_right_staff_are_told_who_can_take_it_away(
        self, replied: DiscordOffice, act: str
    ) -> None:
        office, back = replied, replied.thread(replied.back)
        office.forbid(office.front, manage_messages=False)
        await office.settle()
        form = await office.press(office.robin, back, act)
        if act == "edit":
            await office.fill_in(office.robin, form, text="We found the cause")
        assert office.outside() == ["Robin (Support): We found it"]
        assert "I lack Manage Messages there" in office.inside()[-1]
        assert "or delete the post yourself" in office.inside()[-1]

    async def test_where_there_are_too_many_already_we_speak_ourselves(self, replied: DiscordOffice) -> None:
        office = replied
        for n in range(15):
            office.server.backend.create_webhook(office.front.id, f"another {n}", office.robin.id)
        form = await office.press(office.robin, office.thread(office.back), "reply")
        await office.fill_in(office.robin, form, text="A fix goes out")
        assert office.outside()[-1] == "Halfdoor: **Robin (Support)**\nA fix goes out"


class TestRefusedFiles:
    @pytest.mark.parametrize("name", ["empty.txt", "big.bin"])
    async def test_words_stand_in_its_place_and_the_thread_goes_on(
        self, office: DiscordOffice, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        data = {"empty.txt": b"", "big.bin": b"x" * (10 << 20) + b"x"}[name]
        monkeypatch.setattr(office.network, "_largest", 11 << 20)  # more than this server takes
        front = office.thread(office.front)
        await office.carla.send(front, "See", attachments=[(name, data), ("march.csv", b"1;2")])
        await office.carla.send(front, "and more")
        await office.settle()
        assert office.inside()[-3:] == [
            f"Carla (Acme): -# “{name}” could not be brought here. Please ask for it in another way.",
            "Carla (Acme): -# march.csv\n[file march.csv]",
            "Carla (Acme): and more\n-# 🌐 public",
        ]
