"""Whatever somebody posts on Discord arrives as something, and nothing of it is taken for ours."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.discord_office import DiscordOffice, modal


@pytest.fixture
async def office(sqlite_url: str) -> AsyncIterator[DiscordOffice]:
    async with DiscordOffice(sqlite_url) as made:
        await made.ticket()
        yield made


async def said(office: DiscordOffice) -> str:
    """Return the last that staff read, without the line below it."""
    await office.settle()
    return office.inside()[-1].split("\n-# 🌐")[0]


class TestWhatCustomersPost:
    async def test_a_forwarded_post_comes_with_its_words_and_files(self, office: DiscordOffice) -> None:
        source = office.guild.create_text_channel("alerts")
        alert = await office.carla.send(
            source, "Disk usage is **91%**, says <@&1>", attachments=[("trace.log", b"full")]
        )
        await office.carla.forward(alert, office.thread(office.front))
        await office.settle()
        forwarded, file = office.inside()[-2:]
        assert forwarded == (
            "Carla (Acme): Forwarded:\n\nDisk usage is **91%**, says \\@role\n-# trace.log (4 B)\n-# 🌐 public"
        )
        assert file == "Carla (Acme): -# trace.log\n[file trace.log]"

    async def test_what_staff_forward_inside_stays_a_note(self, office: DiscordOffice) -> None:
        alert = await office.kim.send(office.back, "They owe us money")
        note = await office.robin.forward(alert, office.thread(office.back))
        await office.settle()
        form = await office.robin.context_menu(office.thread(office.back), "Send to customer", note)
        await office.settle()
        shown = "".join(str(one.get("content")) for one in modal(form)["components"])
        assert "They owe us money" in shown
        assert office.outside() == []

    async def test_a_poll_comes_with_its_question_and_answers(self, office: DiscordOffice) -> None:
        office.poll(office.carla, office.thread(office.front), "Which day?", "Monday", "Tuesday *early*")
        assert await said(office) == (
            "Carla (Acme): **A poll: Which day?**\n\n- Monday\n- Tuesday \\*early\\*"
        )

    async def test_what_cannot_be_carried_is_named_with_where_to_look(self, office: DiscordOffice) -> None:
        thread = office.thread(office.front)
        office.post(office.carla.id, thread, components=[], embeds=[{"type": "rich"}])
        assert await said(office) == (
            "Carla (Acme): Carla posted something that I cannot bring along: look at it in \\#acme-support."
        )

    async def test_a_file_has_the_name_that_its_owner_gave_it(self, office: DiscordOffice) -> None:
        thread = office.thread(office.front)
        sent = await office.carla.send(thread, "", attachments=[("報告書 März.pdf", b"%PDF")])
        assert office.payload(sent)["attachments"][0]["filename"].isascii()
        await office.settle()
        assert office.inside()[-2:] == [
            "Carla (Acme): -# 報告書 März.pdf (4 B)\n-# 🌐 public",
            "Carla (Acme): -# 報告書 März.pdf\n[file 報告書 März.pdf]",
        ]

    async def test_roles_channels_and_people_are_named(self, office: DiscordOffice) -> None:
        text = f"<@&{office.team.id}> in <#{office.front.id}> and <@{office.kim.id}>"
        await office.carla.send(office.thread(office.front), text)
        assert await said(office) == "Carla (Acme): \\@Team in \\#acme-support and \\@Kim"

    async def test_what_a_command_names_is_named_too(self, office: DiscordOffice) -> None:
        text = f"Ask <@{office.kim.id}> in <#{office.front.id}>"
        await office.told(office.robin, office.thread(office.back), "reply", text=text)
        assert office.outside() == ["Robin (Support): Ask \\@Kim in \\#acme-support"]


class TestWhatIsAnswered:
    async def test_in_the_channel_it_comes_along(self, office: DiscordOffice) -> None:
        mona = office.human("Mona")
        first = await mona.send(office.front, "The printer is broken\nand it smells")
        await office.carla.send(office.front, f"<@{office.me}> can you look?", reply_to=first)
        await office.settle()
        assert office.front.threads[-1].name == "ACME-2 · Mona: The printer is broken and it smells"
        await office.press(office.robin, office.back, "join")
        assert office.inside("ACME-2")[1].startswith(
            "Carla (Acme): > Mona: The printer is broken and it smells\n\ncan you look?"
        )

    async def test_in_a_tickets_thread_its_author_is_named(self, office: DiscordOffice) -> None:
        thread = office.thread(office.front)
        first = await office.human("Mona").send(thread, "The printer is broken")
        await office.carla.send(thread, "Mine too", reply_to=first)
        assert await said(office) == "Carla (Acme): > In answer to Mona\n\nMine too"

    async def test_inside_nothing_is_added_to_what_may_be_sent_on(self, office: DiscordOffice) -> None:
        back = office.thread(office.back)
        await office.press(office.kim, office.back, "join")
        secret = await office.kim.send(back, "They owe us money")
        await office.robin.send(back, f"<@{office.me}> reply Thank you", reply_to=secret)
        note = await office.robin.send(back, "Please wait", reply_to=secret)
        await office.settle()
        assert office.outside() == ["Robin (Support): Thank you"]
        form = await office.robin.context_menu(back, "Send to customer", note)
        await office.settle()
        shown = "".join(str(one.get("content")) for one in modal(form)["components"])
        assert "money" not in shown
        assert "Kim" not in shown


class TestWhatBotsSay:
    async def test_in_a_tickets_thread_it_is_mirrored_and_commands_nothing(
        self, office: DiscordOffice
    ) -> None:
        bot, thread = office.bot("Deploys"), office.thread(office.front)
        embed = {"type": "rich", "title": "Build 7", "description": "failed at `step 3`", "fields": []}
        office.post(bot.id, thread, "", embeds=[embed])
        assert await said(office) == "Deploys (Acme): **Build 7**\n\nfailed at `step 3`"
        office.post(bot.id, thread, f"<@{office.me}> close")
        assert await said(office) == "Deploys (Acme): \\@Halfdoor close"
        layout = [{"type": 17, "components": [{"type": 10, "content": "All **green** again"}]}]
        office.post(bot.id, thread, components=layout, flags=1 << 15)
        assert await said(office) == "Deploys (Acme): All **green** again"

    async def test_outside_it_opens_nothing(self, office: DiscordOffice) -> None:
        bot = office.bot("Deploys")
        office.post(bot.id, office.front, f"<@{office.me}> Build 7 failed")
        office.proxied(office.front, "Alarm", f"<@{office.me}> Disk full")
        await office.settle()
        assert len(office.front.threads) == 1

    async def test_a_bots_post_becomes_the_ticket_of_who_wants_it(self, office: DiscordOffice) -> None:
        alarm = office.post(office.bot("Alarm").id, office.front, "Disk full on db-2")
        await office.carla.react(alarm, "🎫")
        await office.settle()
        assert [one.name for one in office.front.threads][-1] == "ACME-2 · Disk full on db-2"
        assert "opened by Carla" in office.sees(office.carla, office.front)[-1]

    async def test_what_we_said_ourselves_is_never_mirrored_back(self, office: DiscordOffice) -> None:
        back = office.thread(office.back)
        form = await office.press(office.robin, back, "reply")
        await office.fill_in(office.robin, form, text="We found it")
        rows = office.inside()
        await office.halfdoor.stop()
        office.delete_our_webhooks()
        await office.open()
        await office.settle()
        assert office.inside() == rows
        assert office.outside() == ["Robin (Support): We found it"]


class TestProxiedWords:
    async def test_they_stand_under_their_name_and_once(self, office: DiscordOffice) -> None:
        thread = office.thread(office.front)
        first = await office.carla.send(thread, "L: it fails on Tuesdays")
        office.proxied(thread, "Luna", "it fails on Tuesdays")
        await office.carla.delete(first)
        await office.settle()
        assert [row.split("\n-#")[0] for row in office.inside()[2:]] == [
            "Carla (Acme): *This message was deleted.*",
            "Luna (Acme): it fails on Tuesdays",
        ]

    async def test_a_ticket_that_they_open_keeps_its_words(self, office: DiscordOffice) -> None:
        first = await office.carla.send(office.front, f"L: <@{office.me}> import fails")
        office.proxied(office.front, "Luna", f"<@{office.me}> import fails")
        await office.carla.delete(first)
        await office.settle()
        await office.press(office.robin, office.back, "join")
        said = [row.split("\n-#")[0] for row in office.inside("ACME-2")[1:]]
        assert said[-1] == "Luna (Acme): import fails"
        assert said[:-1] in ([], ["Carla (Acme): *This message was deleted.*"])


class TestOurMention:
    @pytest.mark.parametrize("name", ["\ue000", "@Halfdoor", "Halfdoor", "Halfdoor reply"])
    async def test_nobodys_name_makes_it(self, office: DiscordOffice, name: str) -> None:
        eve = office.human(name)
        role = office.guild.create_role(name)
        channel = office.guild.create_text_channel(name)
        back = office.thread(office.back)
        for token in (f"<@{eve.id}>", f"<@&{role.id}>", f"<#{channel.id}>", name, f"@{name}"):
            await office.robin.send(back, f"{token} reply never tell them")
            await office.settle()
            assert office.outside() == []

    @pytest.mark.parametrize("quote", ["> <@{me}> look", ">>> Kim wrote:\n<@{me}> look", "`<@{me}>` look"])
    async def test_a_quote_of_it_opens_nothing(self, office: DiscordOffice, quote: str) -> None:
        await office.carla.send(office.front, quote.format(me=office.me))
        await office.settle()
        assert len(office.front.threads) == 1

    async def test_code_that_looks_like_a_quote_is_none(self, office: DiscordOffice) -> None:
        await office.carla.send(office.front, f"```\n>>> print(1)\n```\n<@{office.me}> what is this?")
        await office.settle()
        assert len(office.front.threads) == 2

    async def test_two_people_of_one_name_are_told_apart(self, office: DiscordOffice) -> None:
        user = office.server.env.create_user("kim2", global_name="Kim")
        other = office.guild.add_member(user, roles=[office.team])
        back = office.thread(office.back)
        for who in (other, office.kim):
            text = f"<@{office.me}> assign <@{who.id}>"
            await office.robin.send(back, text)
            await office.settle()
            opened = await office.halfdoor.store.read(lambda tx: tx.ticket("ACME-1"))
            assert opened is not None
            assert opened.ticket.assignee is not None
            assert opened.ticket.assignee.id == str(who.id)

    async def test_an_edit_that_adds_it_opens_the_ticket(self, office: DiscordOffice) -> None:
        asked = await office.carla.send(office.front, "import fails")
        await office.settle()
        await office.carla.edit(asked, f"<@{office.me}> import fails")
        await office.settle()
        assert office.front.threads[-1].name == "ACME-2 · import fails"

    async def test_in_a_running_thread_it_brings_along_what_was_said(self, office: DiscordOffice) -> None:
        mona = office.human("Mona")
        root = await mona.send(office.front, "The March export has no rows at all")
        backend = office.server.backend
        backend.create_thread(office.front.id, "March", mona.id, message_id=root.id)
        thread = next(one for one in office.front.threads if one.name == "March")
        await office.carla.send(thread, "Nor has April")
        await office.carla.send(thread, f"<@{office.me}> can you look at this?")
        await office.settle()
        await office.press(office.robin, office.back, "join")
        assert [row.split("\n-#")[0] for row in office.inside("ACME-2")[1:]] == [
            "Mona (Acme): The March export has no rows at all",
            "Carla (Acme): Nor has April",
            "Carla (Acme): \\@Halfdoor can you look at this?",
        ]


@pytest.mark.parametrize(
    "name", ["*Bold* <@1>", ":bug: `x`", "everyone", "here", "Clyde of Discord", "x" * 32]
)
async def test_names_are_shown_as_written(sqlite_url: str, name: str) -> None:
    async with DiscordOffice(sqlite_url) as office:
        eve = office.human(name)
        await eve.send(office.front, f"<@{office.me}> :tada: *not slanted*")
        await office.settle()
        await office.press(office.robin, office.back, "join")
        (row,) = office.inside()[1:]
        assert row.replace("\u200a", "").startswith(f"{name} (Acme): ")
        card: Any = office.inside()[0]
        assert "*not" not in card.replace("\\*", "")
        form = await office.press(office.robin, office.thread(office.back), "reply")
        await office.fill_in(office.robin, form, text="ok")
        assert len(office.outside()) == 1
