"""What is a command on Slack and what only looks like one, what a mention brings along, and who is told."""

from __future__ import annotations

from typing import Any

import pytest

from bot.tickets.model import Note, Place, PostRef, Project
from tests.doubles.slack import Bot
from tests.doubles.slack.world import BOT_USER
from tests.office import Office

STAYED = "Your message stayed in here, the customer has not seen it."


def section(*elements: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type": "rich_text_section", "elements": list(elements)}]


def text(words: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": words, **({"style": style} if style else {})}


ME = {"type": "user", "user_id": BOT_USER}
BOLD = {**ME, "style": {"bold": True}}


class TestACommandThatStaysANote:
    @pytest.mark.parametrize(
        "command", ["close they never paid", "reply ACME-9 hello there", "rate 5", "assign me", "reopen"]
    )
    async def test_what_makes_no_sense_now_is_kept(self, socket: Office, command: str) -> None:
        await socket.ticket()
        await socket.robin.slash(socket.back, "assign ACME-1 me")
        if command.startswith("close"):
            await socket.robin.slash(socket.back, "close ACME-1")
        thread = socket.inside()
        post = socket.robin.say(socket.back, f"<@UHALFDOOR> {command}", thread=thread)
        await socket.settle()
        assert socket.robin.told()[-1].endswith(STAYED)
        kept = await socket.halfdoor.store.read(
            lambda tx: tx.entry_at(PostRef(Place("slack", socket.back.id), post.ts))
        )
        assert isinstance(kept, Note)
        assert command.split()[-1] in kept.text

    @pytest.mark.parametrize(
        ("raw", "rich"),
        [
            (" <@UHALFDOOR> reply We fixed it", section(text(" "), ME, text(" reply We fixed it"))),
            ("\xa0<@UHALFDOOR> reply We fixed it", section(text("\xa0"), ME, text(" reply We fixed it"))),
            ("\u200b<@UHALFDOOR> reply Done", section(text("\u200b"), ME, text(" reply Done"))),
            ("*<@UHALFDOOR>* reply Done", section(BOLD, text(" reply Done"))),
            ("*<@UHALFDOOR> reply Done*", section(BOLD, text(" reply Done", bold=True))),
            ("Hi <@UHALFDOOR> reply Done", section(text("Hi "), ME, text(" reply Done"))),
            ("Hi\n<@UHALFDOOR> reply Done", section(text("Hi\n"), ME, text(" reply Done"))),
            ("• <@UHALFDOOR> reply Done", None),
            ("> <@UHALFDOOR> reply Done", None),
            ("@Halfdoor reply We fixed it", None),
            ("@halfdoor: reply We fixed it", None),
            ("Hi @Halfdoor reply We fixed it", None),
            ("`@Halfdoor reply Done`", None),
            ("/ticket reply We fixed it", None),
            (" /ticket reply ACME-1 We fixed it", None),
        ],
    )
    async def test_is_told_to_its_author_in_every_shape(
        self, socket: Office, raw: str, rich: list[dict[str, Any]] | None
    ) -> None:
        await socket.ticket()
        socket.robin.say(socket.back, raw, thread=socket.inside(), rich=rich)
        await socket.settle()
        assert [one for one in socket.robin.told() if "looks like a command" in one and STAYED in one]
        assert not socket.kim.told()
        assert not socket.carla.told()
        assert socket.customer_thread() == []

    async def test_without_blocks_it_is_told_as_well(self, socket: Office) -> None:
        await socket.ticket()
        socket.robin.say(socket.back, " <@UHALFDOOR> reply Done", thread=socket.inside(), plain=True)
        await socket.settle()
        assert STAYED in socket.robin.told()[0]
        assert socket.customer_thread() == []

    @pytest.mark.parametrize(
        "words",
        [
            "I asked <@UHALFDOOR> yesterday",
            "The ticket/reply form is slow",
            "Kim said:\n> <@UHALFDOOR> reply Done",
            "Write ```@Halfdoor reply``` to answer",
            "mail me at robin@halfdoor reply soon",
        ],
    )
    async def test_talk_about_us_is_no_attempt(self, socket: Office, words: str) -> None:
        await socket.ticket()
        socket.robin.say(socket.back, words, thread=socket.inside())
        await socket.settle()
        assert socket.robin.told() == []

    async def test_outside_of_a_thread_nothing_stayed_that_could_be_spoken_of(self, socket: Office) -> None:
        socket.robin.say(socket.back, "@Halfdoor list")
        await socket.settle()
        assert ["looks like a command" in one for one in socket.robin.told()] == [True]
        assert STAYED not in socket.robin.told()[0]


class TestOurMention:
    @pytest.mark.parametrize("sign", ["\ue000", "\u2060", "@Halfdoor"])
    async def test_nobodys_name_can_become_it(self, socket: Office, sign: str) -> None:
        await socket.ticket()
        socket.world.users[socket.kim.id].name = f"{sign} reply secret"
        names = [f"{sign} reply secret", f"{sign}"]
        for name in names:
            socket.world.users[socket.kim.id].name = name
            socket.network.people.changed({"id": socket.kim.id}, "")
            said = f"<@{socket.kim.id}> reply CANARY"
            socket.robin.say(socket.back, said, thread=socket.inside())
            socket.robin.say(socket.back, said, thread=socket.inside(), plain=True)
            await socket.settle()
        assert socket.customer_thread() == []

    async def test_no_sign_that_is_typed_is_it(self, socket: Office) -> None:
        await socket.ticket()
        for sign in ("\ue000", "@\ue000"):
            socket.robin.say(socket.back, f"{sign} reply CANARY", thread=socket.inside())
            notes = socket.robin.send_file(f"{sign} reply.txt", b"x", title=f"{sign} reply CANARY")
            socket.robin.share(socket.back, notes, thread=socket.inside())
        await socket.settle()
        assert socket.customer_thread() == []

    async def test_nothing_but_space_and_one_sign_is_taken_from_the_words(self, socket: Office) -> None:
        for words in ("<@UHALFDOOR> :acme-logo: looks wrong", "<@UHALFDOOR>: :tada: is gone"):
            socket.carla.say(socket.front, words)
            await socket.settle()
        cards = socket.robin.sees(socket.back)
        assert "ACME-1 · :acme-logo: looks wrong" in cards[0]
        assert "ACME-2 · 🎉 is gone" in cards[1]

    async def test_in_a_quote_it_opens_nothing(self, socket: Office) -> None:
        socket.carla.say(socket.front, "Dora wrote\n> <@UHALFDOOR> help us")
        socket.carla.say(socket.front, "see ```<@UHALFDOOR> help us```")
        await socket.settle()
        assert socket.robin.sees(socket.back) == []

    async def test_colleagues_of_one_name_are_told_apart_or_nobody_is_meant(self, socket: Office) -> None:
        await socket.ticket()
        other = socket.human("Robin")
        socket.world.join(socket.back, other.user)
        socket.robin.say(socket.back, f"<@UHALFDOOR> assign <@{other.id}>", thread=socket.inside())
        await socket.settle()
        opened = await socket.halfdoor.store.read(lambda tx: tx.ticket("ACME-1"))
        assert opened is not None
        assert opened.ticket.assignee is not None
        assert opened.ticket.assignee.id == other.id
        socket.robin.say(socket.back, "<@UHALFDOOR> assign @Robin", thread=socket.inside())
        await socket.settle()
        opened = await socket.halfdoor.store.read(lambda tx: tx.ticket("ACME-1"))
        assert opened is not None
        assert opened.ticket.assignee is not None
        assert opened.ticket.assignee.id == other.id


class TestAMentionInARunningThread:
    async def test_brings_along_what_it_is_about(self, office: Office) -> None:
        root = office.carla.say(office.front, "The March export has no rows at all")
        office.olga.say(office.front, "Same here", thread=root)
        office.dora.say(office.front, "<@UHALFDOOR> can you look at this?", thread=root)
        await office.settle()
        assert "ACME-1 · The March export has no rows at all" in office.robin.sees(office.back)[0]
        assert [row.split("\n")[0] for row in office.staff_thread()] == [
            "Carla (Acme): The March export has no rows at all",
            "Olga (Acme): Same here",
            "Dora (Acme): @Halfdoor can you look at this?",
        ]
        office.carla.say(office.front, "Thanks", thread=root)
        await office.settle()
        assert len(office.staff_thread()) == 4
        assert len(office.robin.sees(office.back)) == 1

    async def test_under_an_alarm_is_asked_for_by_who_mentions_us(self, socket: Office) -> None:
        alarm = Bot(socket.server, "Alarm").post(socket.front, "Disk full on db-2")
        socket.carla.say(socket.front, "<@UHALFDOOR> what now?", thread=alarm)
        await socket.settle()
        card = socket.robin.sees(socket.back)[0]
        assert "ACME-1 · Disk full on db-2" in card
        assert "Carla, Acme" in card

    async def test_of_a_question_to_us_is_answered_and_opens_nothing(self, socket: Office) -> None:
        root = socket.carla.say(socket.front, "The export is empty")
        socket.carla.say(socket.front, "<@UHALFDOOR> help", thread=root)
        await socket.settle()
        assert socket.robin.sees(socket.back) == []
        assert socket.carla.told()


class TestAnEdit:
    async def test_that_adds_our_mention_opens_the_ticket(self, office: Office) -> None:
        post = office.carla.say(office.front, "The export is empty")
        office.olga.say(office.front, "Mine too", thread=post)
        await office.settle()
        office.carla.edit(post, "<@UHALFDOOR> The export is empty")
        await office.settle()
        office.carla.edit(post, "<@UHALFDOOR> The export is quite empty")
        await office.settle()
        assert len(office.robin.sees(office.back)) == 1
        assert "ACME-1 · The export is quite empty" in office.robin.sees(office.back)[0]
        assert [row.split("\n")[0] for row in office.staff_thread()] == [
            "Carla (Acme): The export is quite empty",
            "Olga (Acme): Mine too",
        ]

    async def test_that_adds_our_mention_inside_publishes_nothing(self, socket: Office) -> None:
        await socket.ticket()
        post = socket.robin.say(socket.back, "We are late", thread=socket.inside())
        await socket.settle()
        socket.robin.edit(post, "<@UHALFDOOR> reply We are late")
        await socket.settle()
        assert socket.customer_thread() == []
        assert "An edit never sends anything" in socket.robin.told()[-1]


class TestASignThatAsksForATicket:
    async def test_says_why_when_it_cannot_be_one(self, office: Office) -> None:
        await office.ticket()
        office.olga.react(office.carla.find(office.front, "ACME-1 ·"), "ticket")
        office.olga.react(office.carla.find(office.front, "Export fails"), "ticket")
        await office.settle()
        inside = office.robin.say(office.back, "Just talk")
        office.robin.react(inside, "ticket")
        await office.settle()
        assert any("I can make a ticket only of" in one for one in office.olga.told())
        assert any("stays in here" in one for one in office.robin.told())

    async def test_says_so_in_a_direct_message_where_nothing_else_arrives(self, socket: Office) -> None:
        await socket.ticket()
        socket.server.fault("chat.postEphemeral", "error", code="user_not_in_channel", times=9)
        socket.olga.react(socket.carla.find(socket.front, "ACME-1 ·"), "ticket")
        await socket.settle()
        direct = socket.world.direct(socket.olga.user)
        assert ["I can make a ticket only of" in row for row in socket.olga.sees(direct)] == [True]


class TestWordsToTheAppItself:
    async def test_get_words_that_say_where_to_write(self, office: Office) -> None:
        office.carla.write_to_app("Is anybody there?")
        await office.settle()
        rows = office.carla.sees(office.world.direct(office.carla.user))
        assert rows[0] == "Carla: Is anybody there?"
        assert "Nobody reads along here" in rows[1]
        assert len(rows) == 2
        assert office.robin.sees(office.back) == []

    async def test_get_them_in_the_writers_language(self, socket: Office) -> None:
        heidi = socket.human("Heidi", locale="de-DE")
        heidi.write_to_app("<@UHALFDOOR> Hallo?")
        await socket.settle()
        assert "Hier liest niemand mit" in heidi.sees(socket.world.direct(heidi.user))[1]

    async def test_of_a_bot_get_none(self, socket: Office) -> None:
        echo = Bot(socket.server, "Echo")
        assert echo.user is not None
        direct = socket.world.direct(echo.user)
        echo.post(direct, "Hello?")
        await socket.settle()
        assert len(direct.messages) == 1


class TestNothingVisible:
    @pytest.mark.parametrize("words", ["\u200b", "\u2800", " \u3164 "])
    async def test_is_never_sent_to_a_customer(self, socket: Office, words: str) -> None:
        await socket.ticket()
        rich = section(ME, text(f" reply {words}"))
        socket.robin.say(socket.back, f"<@UHALFDOOR> reply {words}", rich=rich, thread=socket.inside())
        await socket.settle()
        assert socket.customer_thread() == []
        assert "There is no text yet." in socket.robin.told()[-1]


async def test_a_list_of_somebody_with_two_names_is_theirs(socket: Office) -> None:
    ada = socket.human("Ada Lovelace")
    socket.world.join(socket.back, ada.user)
    project = Project("ACME", "Acme")
    front, back = Place("slack", socket.front.id), Place("slack", socket.back.id)
    await socket.halfdoor.store.transact(lambda tx: tx.link_places(project, [front], back))
    await socket.ticket()
    socket.robin.say(socket.back, f"<@UHALFDOOR> assign <@{ada.id}>", thread=socket.inside())
    await socket.settle()
    assert "ACME-1" in await socket.robin.slash(socket.back, f"list <@{ada.id}|ada>")
