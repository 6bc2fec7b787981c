"""Every way a ticket can begin on Slack, and what staff send on."""

from __future__ import annotations

import pytest

from bot.tickets.model import Place, Project
from tests.doubles.slack import NotOffered
from tests.office import Office


async def test_a_ticket_sign_on_a_message_makes_its_author_a_ticket(office: Office) -> None:
    message = office.carla.say(office.front, "The export is empty")
    office.carla.say(office.front, "since Monday", thread=message)
    await office.settle()
    assert office.robin.sees(office.back) == []
    office.dora.react(message, "ticket")
    await office.settle()
    assert "*ACME-1 · The export is empty*" in office.carla.sees(office.front)[-1]
    assert "opened by Carla" in office.carla.sees(office.front)[-1]
    office.robin.react(message, "admission_tickets")
    office.carla.say(office.front, "and Tuesday", thread=message)
    await office.settle()
    assert [row.split("\n")[0] for row in office.staff_thread()] == [
        "Carla (Acme): The export is empty",
        "Carla (Acme): since Monday",
        "Carla (Acme): and Tuesday",
    ]
    assert len(office.robin.sees(office.back)) == 1


async def test_a_ticket_sign_on_our_own_posts_and_in_the_staff_channel_does_nothing(office: Office) -> None:
    await office.ticket()
    office.carla.react(office.carla.find(office.front, "ACME-1 ·"), "ticket")
    note = office.robin.say(office.back, "their budget is low", thread=office.inside())
    loose = office.robin.say(office.back, "lunch?")
    office.kim.react(note, "ticket")
    office.kim.react(loose, "ticket")
    await office.settle()
    assert len([row for row in office.carla.sees(office.front) if "ACME-" in row]) == 1
    assert "budget" not in office.carla.sees_everything(office.front)


async def test_the_shortcut_makes_a_ticket_once_and_says_where_it_is(office: Office) -> None:
    message = office.carla.say(office.front, "The export is empty")
    with pytest.raises(NotOffered):
        await office.carla.shortcut(message, "raise")
    await office.olga.shortcut(message, "raise")
    assert office.olga.form()["blocks"][0]["text"]["text"] == "ACME-1 is open."
    await office.settle()
    assert "opened by Carla" in office.carla.find(office.front, "ACME-1 ·").blocks[1]["text"]["text"]
    await office.robin.shortcut(message, "raise")
    assert office.robin.form()["blocks"][0]["text"]["text"] == "That belongs to ACME-1 already."
    inside = office.robin.say(office.back, "our own worry")
    await office.robin.shortcut(inside, "raise")
    assert office.robin.form()["blocks"][0]["text"]["text"].startswith("What is said in here stays in here.")
    await office.settle()
    assert "worry" not in office.carla.sees_everything(office.front)


class TestEveryMessage:
    @staticmethod
    async def on(office: Office) -> None:
        project = Project("ACME", "Acme", every_message=True)
        front, back = Place("slack", office.front.id), Place("slack", office.back.id)
        await office.halfdoor.store.transact(lambda tx: tx.link_places(project, [front], back))
        office.halfdoor.desk._links.clear()

    async def test_a_burst_of_one_person_is_one_ticket(self, office: Office) -> None:
        await self.on(office)
        first = office.carla.say(office.front, "Hello")
        await office.settle()
        office.carla.say(office.front, "the export is empty")
        office.dora.say(office.front, "I need a login")
        await office.settle()
        await office.clock.advance(119)
        office.carla.say(office.front, "since Monday")
        office.robin.say(office.front, "Good morning, we are on it")
        await office.settle()
        office.carla.say(office.front, "and here more", thread=first)
        await office.clock.advance(121)
        office.carla.say(office.front, "Something else")
        await office.settle()
        said = {key: [row.split(": ")[1].split("\n")[0] for row in office.staff_thread(key)]
                for key in ("ACME-1", "ACME-2", "ACME-3")}  # fmt: skip
        assert said == {
            "ACME-1": ["Hello", "the export is empty", "since Monday", "and here more"],
            "ACME-2": ["I need a login"],
            "ACME-3": ["Something else"],
        }
        assert len(office.robin.sees(office.back)) == 3

    async def test_a_mention_still_begins_one_of_its_own(self, office: Office) -> None:
        await self.on(office)
        office.carla.say(office.front, "Hello")
        await office.settle()
        office.carla.say(office.front, "<@UHALFDOOR> Another matter")
        await office.settle()
        assert len(office.robin.sees(office.back)) == 2


class TestSendToCustomer:
    async def test_a_note_is_shown_as_the_customer_will_see_it_and_then_sent(self, office: Office) -> None:
        await office.ticket()
        note = office.robin.say(office.back, "It is *fixed* in 4.2.1", thread=office.inside())
        await office.settle()
        await office.kim.shortcut(note, "publish")
        view = office.kim.form()
        assert view["submit"]["text"] == "Send to customer"
        shown = [block["type"] for block in view["blocks"]]
        assert shown == ["section", "divider", "context", "rich_text"]
        assert view["blocks"][2]["elements"][0]["text"] == "*Kim (Support)*"
        await office.settle()
        assert office.customer_thread() == []
        assert await office.kim.submit() == {}
        await office.settle()
        assert office.customer_thread() == ["Kim (Support): It is *fixed* in 4.2.1"]
        await office.kim.shortcut(note, "publish")
        assert office.kim.form()["blocks"][0]["text"]["text"] == "This note has been sent already."

    async def test_a_note_that_changed_after_the_look_is_not_sent(self, office: Office) -> None:
        await office.ticket()
        note = office.robin.say(office.back, "All fine", thread=office.inside())
        await office.settle()
        await office.robin.shortcut(note, "publish")
        office.robin.edit(note, "They never paid")
        await office.settle()
        told = await office.robin.submit()
        assert told[""].startswith("The note has changed since you looked at it")
        await office.settle()
        assert office.customer_thread() == []

    async def test_what_is_no_note_is_said_to_be_none(self, office: Office) -> None:
        await office.ticket()
        words = "That is not a note. Use this on a note in a ticket's staff thread."
        for who, message in (
            (office.robin, office.robin.find(office.back, "🌐 public")),
            (office.robin, office.robin.say(office.back, "loose")),
            (office.robin, office.carla.find(office.front, "ACME-1 ·")),
        ):
            await who.shortcut(message, "publish")
            assert who.form()["blocks"][0]["text"]["text"] == words
        note = office.robin.say(office.back, "secret", thread=office.inside())
        office.world.join(office.back, office.dora.user)
        await office.settle()
        await office.dora.shortcut(note, "publish")
        assert office.dora.form()["blocks"][0]["text"]["text"] == words

    async def test_a_note_by_form_can_be_sent_too(self, office: Office) -> None:
        await office.ticket()
        await office.robin.slash(office.back, "note ACME-1 Known cause")
        await office.settle()
        await office.robin.shortcut(office.robin.find(office.back, "Known cause"), "publish")
        assert await office.robin.submit() == {}
        await office.settle()
        assert office.customer_thread() == ["Robin (Support): Known cause"]


async def test_an_answer_to_a_slash_command_says_that_it_is_for_one_alone(office: Office) -> None:
    await office.ticket()
    for text in (
        "list",
        "status ACME-1",
        "note ACME-1 secret",
        "repyl ACME-1 secret",
        "preview ACME-1",
        "help",
    ):
        await office.robin.slash(office.front, text)
        assert office.robin.answered["response_type"] == "ephemeral"
