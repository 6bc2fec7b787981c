"""What a desk on Discord is asked for beside its tickets: setting up, who is on it, and what goes missing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import discord
import pytest

from tests.discord_office import HIDDEN, SHOWN, DiscordOffice, answered


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[DiscordOffice]:
    async with DiscordOffice(database_url) as made:
        yield made


@pytest.fixture
async def light(sqlite_url: str) -> AsyncIterator[DiscordOffice]:
    async with DiscordOffice(sqlite_url) as made:
        yield made


def private(office: DiscordOffice, name: str) -> Any:
    hidden = {office.guild.default_role: HIDDEN, office.team: SHOWN, office.bots: SHOWN}
    return office.guild.create_text_channel(name, overwrites=hidden)


class TestSettingUp:
    async def test_what_is_wrong_is_said_and_nothing_is_linked(self, light: DiscordOffice) -> None:
        office = light
        boss = office.human("Billie", office.guild.create_role("Boss", permissions=discord.Permissions.all()))
        front, back = office.guild.create_text_channel("beta-support"), private(office, "beta-desk")
        given: dict[str, Any] = {"key": "BETA", "name": "Beta", "customer": front, "staff": back}

        async def told(who: Any = boss, **changed: Any) -> str:
            return await office.told(who, office.front, "setup", **{**given, **changed})

        assert await told(office.robin) == "Only members who may manage this server can set Halfdoor up."
        assert "2 to 10 capital letters" in await told(key="42")
        assert await told(staff=front) == "The two channels must be different."
        assert "must be private" in await told(staff=office.guild.create_text_channel("open"))
        news = office.guild.create_news_channel("news")
        office.hide(news)
        office.forbid(news, view_channel=True)
        assert "takes no private threads" in await told(staff=news)
        assert await told(customer=office.front) == "That channel already belongs to ACME."
        office.forbid(back, create_private_threads=False, view_channel=True)
        await office.settle()
        assert "I lack Create Private Threads" in await told()
        assert await office.told(boss, front, "status") == (
            "This channel is not set up yet. A member of your team can do it with `/ticket setup`."
        )

    async def test_a_project_is_set_up_and_works(self, light: DiscordOffice) -> None:
        office = light
        boss = office.human("Billie", office.guild.create_role("Boss", permissions=discord.Permissions.all()))
        front, back = office.guild.create_text_channel("beta-support"), private(office, "beta-desk")
        said = await office.told(
            boss, front, "setup", key="beta", name="Beta", customer=front, staff=back, every_message=True
        )
        assert said.startswith(f"BETA is set up: customers in <#{front.id}>, your team in <#{back.id}>.")
        await office.carla.send(front, "The lights are out")
        await office.settle()
        assert [one.name for one in front.threads] == ["BETA-1 · The lights are out"]
        assert len(office.sees(office.robin, back)) == 1

    async def test_where_the_whole_team_sees_all_threads_nobody_must_join(self, light: DiscordOffice) -> None:
        office = light
        boss = office.human("Billie", office.guild.create_role("Boss", permissions=discord.Permissions.all()))
        boss_too = await office.told(
            boss,
            office.front,
            "setup",
            key="BETA",
            name="Beta",
            customer=(front := office.guild.create_text_channel("beta-support")),
            staff=(back := private(office, "beta-desk")),
            whole_team=True,
        )
        assert boss_too.startswith("BETA is set up")
        await office.carla.send(front, f"<@{office.me}> The lights are out")
        await office.settle()
        (card,) = office.sees(office.robin, back)
        assert card.startswith("Halfdoor: **BETA-1 · The lights are out** — Carla, Beta")
        thread = office.thread(back, "BETA-1")
        assert office.sees(office.robin, thread) == ["Carla (Beta): The lights are out\n-# 🌐 public"]
        await office.robin.send(thread, "The fuse")
        form = await office.press(office.robin, back, "reply")
        await office.fill_in(office.robin, form, text="We are looking")
        assert office.sees(office.carla, office.thread(front, "BETA-1")) == [
            "Robin (Support): We are looking"
        ]
        with pytest.raises(Exception, match="cannot"):
            thread.history(viewer=office.carla)


class TestWhoIsThere:
    async def test_who_is_on_duty_is_in_every_new_thread(self, light: DiscordOffice) -> None:
        office = light
        assert await office.told(office.carla, office.front, "duty", on=True) == (
            "Only the support team can do that."
        )
        assert await office.told(office.kim, office.back, "duty", on=True) == "On duty: Kim."
        assert await office.told(office.robin, office.back, "duty", on=True) == "On duty: Kim, Robin."
        assert await office.told(office.robin, office.back, "duty", on=False) == "On duty: Kim."
        assert await office.told(office.robin, office.back, "duty") == "On duty: Kim."
        await office.carla.send(office.front, f"<@{office.me}> Export fails")
        await office.settle()
        thread = office.thread(office.back)
        assert len(office.sees(office.kim, thread)) == 2
        with pytest.raises(Exception, match="cannot read"):
            thread.history(viewer=office.robin)

    async def test_who_is_assigned_is_let_in(self, light: DiscordOffice) -> None:
        office = light
        await office.ticket()
        thread = office.thread(office.back)
        with pytest.raises(Exception, match="cannot read"):
            thread.history(viewer=office.kim)
        assert await office.told(office.robin, office.back, "assign", to=office.kim, ticket="ACME-1") == (
            "ACME-1 is with Kim."
        )
        assert len(office.sees(office.kim, thread)) == 2
        assert await office.told(office.robin, office.back, "assign", to=office.carla, ticket="ACME-1") == (
            "Carla cannot see the staff channel, so the ticket cannot be assigned to them."
        )


class TestWhileTyping:
    async def test_tickets_are_suggested_by_key_number_and_words(self, office: DiscordOffice) -> None:
        for title in ("Export fails", "Import 2 is slow", "Dark mode"):
            await office.carla.send(office.front, f"<@{office.me}> {title}")
            await office.settle()

        async def offered(typed: str, command: str = "status", who: Any = office.robin) -> list[str]:
            return await office.suggested(who, office.front, command, "ticket", typed)

        everything = ["ACME-3 · Dark mode", "ACME-2 · Import 2 is slow", "ACME-1 · Export fails"]
        assert await offered("") == everything
        assert await offered("2") == everything[1:2]
        assert await offered("acme-1") == everything[2:]
        assert await offered("port") == everything[1:]
        assert await offered("100%") == []
        assert await offered("", "reopen") == []
        await office.told(office.robin, office.back, "close", ticket="ACME-2")
        assert await offered("", "reopen") == everything[1:2]
        assert await offered("") == [everything[0], everything[2]]

    async def test_a_customer_is_offered_by_what_they_may_know(self, light: DiscordOffice) -> None:
        office = light
        await office.ticket()
        await office.told(office.robin, office.back, "tag", tags="vip slow-payer", ticket="ACME-1")
        assert await office.suggested(office.robin, office.back, "tag", "tags", "new sl") == [
            "new slow-payer"
        ]
        assert await office.suggested(office.robin, office.back, "tag", "tags", "-v") == ["-vip"]
        assert await office.suggested(office.carla, office.front, "tag", "tags", "") == []


class TestAddingToATicket:
    async def test_what_was_said_in_the_channel_becomes_a_part_of_a_ticket(
        self, light: DiscordOffice
    ) -> None:
        office = light
        await office.ticket()
        said = await office.carla.send(office.front, "It fails in April too")
        form = await office.carla.context_menu(office.front, "Add to ticket", said)
        await office.settle()
        result = await office.carla.submit_modal(form, {"ticket": ["ACME-1"]})
        await office.settle()
        assert answered(result).content == "It belongs to ACME-1 now."
        assert office.inside()[-1] == "Carla (Acme): It fails in April too\n-# 🌐 public"
        await office.carla.edit(said, "It fails in April and May")
        await office.settle()
        assert office.inside()[-1] == "Carla (Acme): It fails in April and May\n-# 🌐 public · (edited)"
        form = await office.carla.context_menu(office.front, "Add to ticket", said)
        await office.settle()
        result = await office.carla.submit_modal(form, {"ticket": ["ACME-1"]})
        await office.settle()
        assert answered(result).content == "That belongs to ACME-1 already."

    async def test_what_staff_said_in_their_channel_becomes_a_note(self, light: DiscordOffice) -> None:
        office = light
        await office.ticket()
        said = await office.kim.send(office.back, "They are moving to another bank")
        form = await office.robin.context_menu(office.back, "Add to ticket", said)
        await office.settle()
        await office.fill_in(office.robin, form, ticket=["ACME-1"])
        assert office.inside()[-1] == "Kim: They are moving to another bank\n-# 🔒 internal note"
        assert office.outside() == []

    async def test_without_a_ticket_there_is_nothing_to_add_to(self, light: DiscordOffice) -> None:
        said = await light.carla.send(light.front, "Hello")
        await light.settle()
        told = await light.carla.context_menu(light.front, "Add to ticket", said)
        await light.settle()
        assert answered(told).content == "There are no open tickets here."


class TestWhatGoesMissing:
    async def test_a_deleted_staff_thread_begins_anew_with_all_that_was_said(
        self, office: DiscordOffice
    ) -> None:
        await office.ticket()
        await office.robin.send(office.thread(office.back), "It is the CSV writer")
        await office.settle()
        office.server.backend.delete_channel(office.thread(office.back).id)
        await office.settle()
        await office.press(office.robin, office.back, "join")
        head, *said = office.inside()
        assert head.startswith("Halfdoor: **ACME-1")
        assert said == [
            "Carla (Acme): Export fails with an empty file\n-# 🌐 public",
            "Robin: It is the CSV writer\n-# 🔒 internal note",
            "Halfdoor: -# The former thread was deleted. Everything that was said stands here again.",
        ]
        form = await office.press(office.robin, office.thread(office.back), "reply")
        await office.fill_in(office.robin, form, text="Fixed")
        assert office.outside() == ["Robin (Support): Fixed"]

    @pytest.mark.parametrize("away", [False, True])
    async def test_a_deleted_customer_thread_goes_on_in_a_new_one(
        self, light: DiscordOffice, away: bool
    ) -> None:
        office = light
        await office.ticket()
        await office.carla.send(office.thread(office.front), "And March too")
        await office.settle()
        if away:
            await office.halfdoor.stop()
        office.server.backend.delete_channel(office.thread(office.front).id)
        if away:
            await office.open()
        await office.settle()
        assert office.inside()[1:] == [
            "Carla (Acme): Export fails with an empty file\n-# 🌐 public",
            "Carla (Acme): And March too\n-# 🌐 public",
            "Halfdoor: -# The customer's thread was deleted. A new one is there; what was said before stands here.",
        ]
        assert office.outside() == []
        form = await office.press(office.robin, office.thread(office.back), "reply")
        await office.fill_in(office.robin, form, text="Fixed")
        assert office.outside() == ["Robin (Support): Fixed"]
        await office.carla.send(office.thread(office.front), "Thanks")
        await office.settle()
        assert office.inside()[-1] == "Carla (Acme): Thanks\n-# 🌐 public"

    async def test_a_closed_tickets_thread_stays_deleted(self, light: DiscordOffice) -> None:
        office = light
        await office.ticket()
        await office.told(office.robin, office.back, "close", ticket="ACME-1")
        shown = len(office.sees(office.carla, office.front))
        office.server.backend.delete_channel(office.thread(office.front).id)
        await office.settle()
        assert len(office.sees(office.carla, office.front)) == shown
        assert office.front.threads == []
        await office.told(office.robin, office.back, "reopen", ticket="ACME-1")
        assert len(office.front.threads) == 1

    async def test_a_deleted_customer_channel_is_told_and_another_takes_its_tickets(
        self, office: DiscordOffice
    ) -> None:
        await office.ticket()
        form = await office.press(office.robin, office.thread(office.back), "reply")
        office.server.backend.delete_channel(office.front.id)
        await office.settle()
        assert "reaches Acme there" in office.sees(office.robin, office.back)[-1]
        await office.fill_in(office.robin, form, text="Are you there?")
        boss = office.human(
            "Billie", office.team, office.guild.create_role("Boss", permissions=discord.Permissions.all())
        )
        front = office.guild.create_text_channel("acme-again")
        await office.told(boss, front, "setup", key="ACME", name="Acme", customer=front, staff=office.back)
        await office.settle()
        assert office.sees(office.carla, office.thread(front)) == ["Robin (Support): Are you there?"]
        await office.carla.send(office.thread(front), "Here")
        await office.settle()
        assert "Carla (Acme): Here\n-# 🌐 public" in office.inside()

    async def test_permissions_that_are_taken_away_hold_what_is_owed_until_they_are_back(
        self, light: DiscordOffice
    ) -> None:
        office = light
        await office.ticket()
        thread = office.thread(office.front)
        office.forbid(office.front, send_messages_in_threads=False)
        await office.settle()
        assert "#acme-support: Send Messages In Threads" in office.sees(office.robin, office.back)[-1]
        form = await office.press(office.robin, office.thread(office.back), "reply")
        await office.fill_in(office.robin, form, text="Fixed")
        assert office.sees(office.carla, thread) == []
        office.forbid(office.front, send_messages_in_threads=True)
        await office.settle()
        assert office.sees(office.carla, thread) == ["Robin (Support): Fixed"]
        assert "what has waited goes out now" in office.sees(office.robin, office.back)[-1]


class TestArchivedThreads:
    @pytest.mark.parametrize("locked", [False, True])
    async def test_an_edit_leaves_an_archived_thread_as_it_was(
        self, light: DiscordOffice, locked: bool
    ) -> None:
        office = light
        await office.ticket()
        back, front = office.thread(office.back), office.thread(office.front)
        form = await office.press(office.robin, back, "reply")
        await office.fill_in(office.robin, form, text="Fixed")
        backend = office.server.backend
        edit = await office.press(office.robin, back, "edit")
        backend.edit_channel(front.id, {}, thread_metadata={"archived": True, "locked": locked})
        await office.settle()
        await office.fill_in(office.robin, edit, text="Mended")
        assert office.outside() == ["Robin (Support): Mended\n-# (edited)"]
        state = backend.channels[front.id].thread_metadata
        assert (state.archived, state.locked) == (True, locked)
        await office.press(office.robin, back, "recall")
        assert office.outside() == []
        state = backend.channels[front.id].thread_metadata
        assert (state.archived, state.locked) == (True, locked)

    async def test_somebody_joins_one(self, light: DiscordOffice) -> None:
        office = light
        await office.ticket()
        back = office.thread(office.back)
        office.server.backend.edit_channel(back.id, {}, thread_metadata={"archived": True})
        await office.settle()
        await office.press(office.kim, office.back, "join")
        assert len(office.sees(office.kim, back)) == 2

    @pytest.mark.parametrize("locked", [False, True])
    async def test_something_new_opens_it(self, light: DiscordOffice, locked: bool) -> None:
        office = light
        await office.ticket()
        back, front = office.thread(office.back), office.thread(office.front)
        form = await office.press(office.robin, back, "reply")
        backend = office.server.backend
        backend.edit_channel(front.id, {}, thread_metadata={"archived": True, "locked": locked})
        await office.settle()
        await office.fill_in(office.robin, form, text="Fixed")
        assert office.outside() == ["Robin (Support): Fixed"]
        state = backend.channels[front.id].thread_metadata
        assert (state.archived, state.locked) == (False, locked)


class TestFilesInForms:
    async def test_files_go_where_the_words_of_the_form_go(self, light: DiscordOffice) -> None:
        office = light
        await office.told(office.robin, office.front, "panel")
        form = await office.press(office.carla, office.front, "open")
        await office.fill_in(
            office.carla, form, title="Export fails", text="See the file", files=("march.csv", b"1;2")
        )
        assert office.outside() == [
            "Carla: See the file\n-# march.csv (3 B)",
            "Carla: -# march.csv\n[file march.csv]",
        ]
        await office.press(office.robin, office.back, "join")
        form = await office.press(office.robin, office.thread(office.back), "note")
        await office.fill_in(office.robin, form, text="for us", files=("secret.log", b"x"))
        assert office.inside()[-2:] == [
            "Robin: for us\n-# secret.log (1 B)\n-# 🔒 internal note",
            "Robin: -# secret.log\n[file secret.log]",
        ]
        assert not any("secret" in row for row in office.outside())
