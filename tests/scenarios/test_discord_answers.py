"""Whoever acts on Discord learns what happened: however long it takes, and whichever process takes it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import discord
import pytest

from adapters.discord import answering, inbound
from bot.ports import Said
from bot.settings import Settings
from bot.wiring import make
from tests.discord_office import HIDDEN, SHOWN, DiscordOffice, answered, discord_settings, modal
from tests.doubles.postgres import PostgresServer
from tests.settings import PATIENCE, settings_of


@pytest.fixture
async def office(sqlite_url: str) -> AsyncIterator[DiscordOffice]:
    async with DiscordOffice(sqlite_url) as made:
        yield made


async def direct(office: DiscordOffice, who: Any) -> list[str]:
    """Return what somebody was told alone, by us."""
    await office.settle()
    backend = office.server.backend
    messages = backend.messages.get(backend.dm_channels.get(who.id), {})
    return [one.content for one in messages.values() if one.author_id == office.me]


class TestSlowAnswers:
    @pytest.fixture
    def slow(self, office: DiscordOffice, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
        """Let the desk find nothing out until the event is set, and Discord's patience be short."""
        monkeypatch.setattr(answering, "SOON", 0.02)
        going = asyncio.Event()
        going.set()
        desk = office.halfdoor.desk
        for name in ("status", "customer_place", "reply_text", "handle", "suggest"):
            real = getattr(desk, name)

            async def waits(*given: Any, real: Any = real, **more: Any) -> Any:
                await going.wait()
                return await real(*given, **more)

            monkeypatch.setattr(desk, name, waits)
        return going

    async def acknowledged(self, office: DiscordOffice, calls: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while not any(path.endswith("/callback") for _, path, _ in office.server.calls[calls:]):
                await asyncio.sleep(0.005)

    @pytest.mark.parametrize(("act", "title"), [("status", "Set"), ("reply", "Send to customer")])
    async def test_a_form_that_is_ready_late_is_opened_by_a_button(
        self, office: DiscordOffice, slow: asyncio.Event, act: str, title: str
    ) -> None:
        await office.ticket()
        back = office.thread(office.back)
        calls = len(office.server.calls)
        slow.clear()
        card = office.find(back, "ACME-1")
        pressed = await office.robin.click(card, custom_id=f"halfdoor:{act}:ACME-1")
        await self.acknowledged(office, calls)
        slow.set()
        await office.settle()
        assert pressed.modal is None
        offered = answered(pressed)
        assert offered.content == "Your form is ready."
        slow.clear()  # what it needs to know is known already
        form = await office.robin.click(
            offered, custom_id=offered.components[0]["components"][0]["custom_id"]
        )
        await office.settle()
        assert modal(form)["title"].startswith(title)
        slow.set()
        values = (
            {"text": "We found it"} if act == "reply" else {"status": ["pending"], "visibility": ["public"]}
        )
        await office.fill_in(office.robin, form, **values)
        done = office.outside() == ["Robin (Support): We found it"]
        assert done if act == "reply" else "Waiting for you" in office.sees(office.carla, office.front)[-1]

    async def test_after_a_restart_it_is_made_anew(
        self, office: DiscordOffice, slow: asyncio.Event, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await office.ticket()
        calls = len(office.server.calls)
        slow.clear()
        card = office.find(office.thread(office.back), "ACME-1")
        pressed = await office.robin.click(card, custom_id="halfdoor:reply:ACME-1")
        await self.acknowledged(office, calls)
        slow.set()
        await office.settle()
        await office.halfdoor.stop()
        await office.open()
        monkeypatch.undo()
        offered = answered(pressed)
        form = await office.robin.click(
            offered, custom_id=offered.components[0]["components"][0]["custom_id"]
        )
        await office.settle()
        assert modal(form)["title"] == "Send to customer ACME-1"

    async def test_words_that_come_late_arrive(self, office: DiscordOffice, slow: asyncio.Event) -> None:
        await office.ticket()
        calls = len(office.server.calls)
        slow.clear()
        asked = await office.robin.slash(office.back, "ticket list")
        await self.acknowledged(office, calls)
        slow.set()
        await office.settle()
        assert answered(asked).content.startswith("**1 ticket of Acme**")
        assert answered(asked).ephemeral


class TestTwoProcesses:
    @pytest.fixture
    async def two(self, postgres: tuple[PostgresServer, str]) -> AsyncIterator[DiscordOffice]:
        """Two Halfdoors on one database, each with a connection of its own: both hear everything."""
        server, template = postgres
        url = server.create(template)
        async with DiscordOffice(url) as office:
            settings = settings_of(Settings, database_url=url, stalled_after=30, max_attempts=4)
            second = make(settings, None, office.clock, discord=discord_settings())
            await second.start()
            network: Any = second.networks["discord"]
            async with asyncio.timeout(PATIENCE):
                while network._client is None or not network._client.is_ready():
                    await asyncio.sleep(0.005)
            await office.settle()
            try:
                yield office
            finally:
                await second.stop()
        server.drop(url)

    async def test_everybody_is_answered_once(self, two: DiscordOffice) -> None:
        office = two
        await office.ticket()
        for n in range(6):
            told = await office.robin.slash(office.back, "ticket list")
            await office.settle()
            assert str(answered(told).content).startswith("**1 ticket of Acme**"), n
            assert told.followups == []
            assert await office.told(office.robin, office.thread(office.back), "note", text=f"n {n}") != ""
            form = await office.press(office.robin, office.thread(office.back), "note")
            assert form.modal is not None
        made = await office.told(office.robin, office.front, "create", title="made")
        assert "ACME-2" in made
        assert len(office.front.threads) == 2
        notes = [row for row in office.inside() if row.startswith("Robin: n ")]
        assert len(notes) == 6

    async def test_whoever_asks_for_time_asks_for_both(
        self, two: DiscordOffice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        office = two
        await office.ticket()
        monkeypatch.setattr(answering, "SOON", 0.0)
        for n in range(4):
            told = await office.robin.slash(office.back, "ticket list")
            await office.settle()
            assert str(answered(told).content).startswith("**1 ticket of Acme**"), n
            assert told.followups == []

    async def test_a_direct_message_is_answered_once(self, two: DiscordOffice) -> None:
        await two.carla.send_dm("Hello?")
        assert len(await direct(two, two.carla)) == 1

    async def test_a_project_is_set_up_once_and_said_so(self, two: DiscordOffice) -> None:
        office = two
        boss = office.human("Billie", office.guild.create_role("Boss", permissions=discord.Permissions.all()))
        front = office.guild.create_text_channel("beta-support")
        hidden = {office.guild.default_role: HIDDEN, office.team: SHOWN, office.bots: SHOWN}
        back = office.guild.create_text_channel("beta-desk", overwrites=hidden)
        for _ in range(3):
            told = await office.told(
                boss, office.front, "setup", key="BETA", name="Beta", customer=front, staff=back
            )
            assert told.startswith("BETA is set up")


class TestWhatIsWrittenToUsAlone:
    async def test_a_person_is_told_where_to_ask(self, office: DiscordOffice) -> None:
        await office.carla.send_dm("My export fails")
        (told,) = await direct(office, office.carla)
        assert told.startswith("I don't read what is written to me alone.")

    async def test_a_bot_is_not_answered(self, office: DiscordOffice) -> None:
        bot = office.bot("Echo")
        channel = office.server.backend.get_dm_channel(bot.id)
        office.server.backend.create_message(channel.id, bot.id, "Hello?")
        assert await direct(office, bot) == []


class TestTheTicketSign:
    async def test_why_it_does_nothing_is_said(self, office: DiscordOffice) -> None:
        await office.ticket()
        card = office.find(office.front, "ACME-1 ·")
        await office.carla.react(card, "🎫")
        assert await direct(office, office.carla) == ["I can make a ticket only of what a person wrote."]
        inside = await office.robin.send(office.back, "They owe us money")
        await office.robin.react(inside, "🎫")
        (told,) = await direct(office, office.robin)
        assert told.startswith("What is said in here stays in here.")
        root = office.front.history()[0]
        await office.kim.react(root, "🎫")
        assert await direct(office, office.kim) == ["That belongs to ACME-1 already."]

    async def test_where_it_works_the_card_says_enough(self, office: DiscordOffice) -> None:
        said = await office.carla.send(office.front, "import fails")
        await office.carla.react(said, "🎫")
        assert await direct(office, office.carla) == []
        assert office.front.threads[-1].name == "ACME-1 · import fails"


class TestWhatOnlyReadsLikeACommand:
    @pytest.fixture
    async def read(self, office: DiscordOffice, monkeypatch: pytest.MonkeyPatch) -> Any:
        """Return how we read what Robin writes in a ticket's staff thread."""
        await office.ticket()
        read: list[Said] = []
        real = inbound.said

        def noted(*given: Any, **more: Any) -> Said:
            read.append(real(*given, **more))
            return read[-1]

        monkeypatch.setattr(inbound, "said", noted)

        async def of(text: str) -> Said:
            await office.robin.send(office.thread(office.back), text.format(me=f"<@{office.me}>"))
            await office.settle()
            return read[-1]

        return of

    @pytest.mark.parametrize(
        "text",
        [
            "\u200b{me} reply x", "**{me}** reply x", "Hi {me} reply x", "Hello {me}, reply x", "-# {me} reply x",
            "@Halfdoor reply x", "Hi @halfdoor replay x", "/ticket reply x", "**/ticket** reply x",
            "- {me} reply x", "||{me} reply x||", "_{me} close_",
        ],
    )  # fmt: skip
    async def test_it_is_known_as_that_and_nothing_goes_out(
        self, office: DiscordOffice, read: Any, text: str
    ) -> None:
        told = await read(text)
        assert told.attempted
        assert told.command is None
        assert office.outside() == []

    @pytest.mark.parametrize(
        "text",
        [
            "I shall reply to her", "> {me} reply x", "`{me} reply x`", "Ask {me} whether it works",
            "```\n/ticket reply x\n```", "see /ticket reply", "{me}", "the @Halfdoor thing",
        ],
    )  # fmt: skip
    async def test_talk_is_no_command(self, read: Any, text: str) -> None:
        assert not (await read(text)).attempted

    @pytest.mark.parametrize("text", ["{me} reply x", "{me}, reply x", "{me}: reply x", " {me} reply x"])
    async def test_a_command_is_one_as_before(self, office: DiscordOffice, read: Any, text: str) -> None:
        told = await read(text)
        assert told.command == "reply x"
        assert not told.attempted
        assert office.outside() == ["Robin (Support): x"]
