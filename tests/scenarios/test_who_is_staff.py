"""What is said inside stays inside, whoever says it, and whoever we cannot see at the moment."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.settings import Settings
from bot.tickets.model import Place, Project
from bot.wiring import Halfdoor, make
from tests.discord_office import DiscordOffice
from tests.office import Office, slack_settings
from tests.settings import PATIENCE, settings_of

SECRET = "their budget is low"
UNSEEN = "I cannot see your team's channel right now"


def notes(office: Office) -> list[str]:
    return [row for row in office.staff_thread() if SECRET in row]


class TestOnSlack:
    @pytest.mark.parametrize("verb", ["comment", "close", "reply", "note"])
    @pytest.mark.parametrize("where", ["front", "back"])
    async def test_who_cannot_be_seen_publishes_nothing_and_it_is_kept(
        self, socket: Office, verb: str, where: str
    ) -> None:
        office = socket
        await office.ticket()
        office.world.throw_out(office.back, office.kim.user)
        await office.settle()
        channel = office.front if where == "front" else office.back
        told = await office.robin.slash(channel, f"{verb} ACME-1 {SECRET}")
        assert told.startswith(UNSEEN)
        assert "kept inside, as a note on ACME-1" in told
        await office.settle()
        assert SECRET not in office.carla.sees_everything(office.front)
        office.world.invite_back(office.back)
        await office.settle()
        assert len(notes(office)) == 1
        assert SECRET not in office.carla.sees_everything(office.front)

    async def test_a_guest_who_was_let_into_the_staff_channel_is_inside(self, socket: Office) -> None:
        office = socket
        await office.ticket()
        office.world.join(office.back, office.dora.user)
        for text in (f"<@UHALFDOOR> comment {SECRET} one", f"<@UHALFDOOR> close {SECRET} two", SECRET):
            office.dora.say(office.back, text, thread=office.inside())
        told = await office.dora.slash(office.back, f"comment ACME-1 {SECRET} four")
        await office.settle()
        assert told.startswith("Only the support team can do that.")
        assert SECRET not in office.carla.sees_everything(office.front)
        office.world.leave(office.back, office.dora.user)
        await office.settle()
        kept = await office.halfdoor.store.read(lambda tx: tx.record("ACME-1"))
        assert sum(SECRET in one.text for one in kept) == 4

    async def test_a_colleague_whose_join_event_is_late_is_known_when_they_act_there(
        self, socket: Office
    ) -> None:
        office = socket
        await office.ticket()
        await office.robin.slash(office.back, "status ACME-1")
        office.server.hold()
        office.world.join(office.back, office.olga.user)
        office.server.release(lambda held: [])
        told = await office.olga.slash(office.back, f"comment ACME-1 {SECRET}")
        office.olga.say(office.back, f"{SECRET} again", thread=office.inside())
        await office.settle()
        assert told == "Noted on ACME-1. It stays in here."
        assert SECRET not in office.carla.sees_everything(office.front)
        kept = await office.halfdoor.store.read(lambda tx: tx.record("ACME-1"))
        assert sum(SECRET in one.text for one in kept) == 2

    async def test_a_form_sent_after_losing_the_right_sends_nothing_and_keeps_its_words(
        self, socket: Office
    ) -> None:
        office = socket
        await office.ticket()
        for button, field in (("reply", "text"), ("note", "text"), ("close", "reason")):
            office.world.join(office.back, office.olga.user)
            await office.settle()
            await office.olga.click(office.olga.find(office.back, "ACME-1 ·"), button)
            office.world.leave(office.back, office.olga.user)
            await office.settle()
            errors = await office.olga.submit(**{field: SECRET})
            assert list(errors.values()) == ["Only the support team can do that."]
            assert office.olga.form()
        assert SECRET not in office.carla.sees_everything(office.front)

    async def test_customers_go_on_while_the_staff_channel_cannot_be_seen(self, socket: Office) -> None:
        office = socket
        await office.ticket()
        office.world.throw_out(office.back, office.kim.user)
        await office.settle()
        office.carla.say(office.front, "Hello?", thread=office.outside())
        office.carla.say(office.front, "<@UHALFDOOR> Another matter")
        office.carla.say(office.front, "<@UHALFDOOR> close it works now", thread=office.outside())
        await office.settle()
        assert any("ACME-2 ·" in row for row in office.carla.sees(office.front))
        assert any("ACME-1 is solved" in row for row in office.customer_thread())

    async def test_closing_says_where_the_words_went(self, socket: Office) -> None:
        office = socket
        await office.ticket()
        told = await office.robin.slash(office.back, f"close ACME-1 {SECRET}")
        assert "What you wrote stays in here, as a note." in told
        await office.robin.slash(office.back, "reopen ACME-1")
        told = await office.robin.slash(office.back, "close ACME-1 public: Fixed in 4.2.1")
        assert told == "ACME-1 is closed. The customer reads what you wrote."
        await office.settle()
        assert SECRET not in office.carla.sees_everything(office.front)


class TestOnDiscord:
    @pytest.fixture
    async def office(self, sqlite_url: str) -> Any:
        async with DiscordOffice(sqlite_url) as made:
            yield made

    @pytest.mark.parametrize(
        ("name", "option"), [("comment", "text"), ("close", "reason"), ("reply", "text")]
    )
    async def test_who_cannot_be_seen_publishes_nothing_and_it_is_kept(
        self, office: DiscordOffice, name: str, option: str
    ) -> None:
        await office.ticket()
        office.forbid(office.back, view_channel=False)
        await office.settle()
        told = await office.told(office.robin, office.front, name, ticket="ACME-1", **{option: SECRET})
        assert told.startswith(UNSEEN)
        assert not any(SECRET in row for row in office.outside())
        kept = await office.halfdoor.store.read(lambda tx: tx.record("ACME-1"))
        assert [one.text for one in kept if SECRET in one.text] == [SECRET]
        office.forbid(office.back, view_channel=True)
        await office.settle()
        assert not any(SECRET in row for row in office.outside())


class TestSeveralProcesses:
    """What one process hears of people and doors, the others know before the next act."""

    @pytest.fixture
    async def desks(self, postgres: Any) -> Any:
        server, template = postgres
        office = Office(server.create(template))
        async with office.server:
            made = [self.desk(office) for _ in range(2)]
            office.halfdoor = made[0]
            project = Project("ACME", "Acme")
            places = [Place("slack", office.front.id)], Place("slack", office.back.id)
            await made[0].store.transact(lambda tx: tx.link_places(project, *places))
            for one in made:
                await one.start()
            async with asyncio.timeout(PATIENCE):
                while office.server.connections < 4:
                    await asyncio.sleep(0.005)
            yield office, made
            for one in made:
                await one.stop()

    def desk(self, office: Office) -> Halfdoor:
        settings = settings_of(Settings, database_url=office.database_url, max_attempts=4)
        return make(settings, slack_settings(office.server), office.clock)

    async def seen(self, desks: list[Halfdoor], office: Office, who: Any) -> list[bool]:
        place = Place("slack", office.back.id)
        person = await desks[0].networks["slack"].people.person(who.id)  # type: ignore[attr-defined]
        return [await one.desk.is_staff(person, place) for one in desks]

    async def test_who_has_left_is_staff_in_none_of_them(self, desks: Any) -> None:
        office, made = desks
        assert await self.seen(made, office, office.robin) == [True, True]
        office.world.leave(office.back, office.robin.user)
        await office.server.settled()
        assert await self.seen(made, office, office.robin) == [False, False]
        office.world.join(office.back, office.robin.user)
        await office.server.settled()
        assert await self.seen(made, office, office.robin) == [True, True]

    async def test_who_becomes_a_guest_shuts_the_door_for_all(self, desks: Any) -> None:
        office, made = desks
        await self.seen(made, office, office.kim)
        office.kim.user.restricted = True
        event = {"type": "user_change", "user": office.kim.user.info(), "event_ts": office.world.ts()}
        office.world.emit(event, None)
        await office.server.settled()
        assert await self.seen(made, office, office.kim) == [False, False]
        place = Place("slack", office.back.id)
        assert [await one.guard.internal(place) for one in made] == [False, False]

    async def test_a_look_of_another_does_not_open_a_shut_door(self, desks: Any) -> None:
        office, made = desks
        place = Place("slack", office.back.id)
        for one in made:
            assert await one.guard.internal(place)
        office.world.join(office.back, office.dora.user)
        await office.server.settled()
        for one in reversed(made):
            await one.guard.look(place)
            assert not await one.guard.internal(place)


class TestPlacesThatChangeSides:
    async def test_a_customers_place_that_becomes_the_teams_hands_its_tickets_on(
        self, socket: Office
    ) -> None:
        office = socket
        old = office.world.channel("acme-old", office.robin.user, office.olga.user, private=True)
        new = office.world.channel("acme-new", office.carla.user, office.robin.user, shared=True)
        desk = office.world.channel("beta-desk", office.robin.user, private=True)
        store, beta = office.halfdoor.store, Project("BETA", "Beta")
        first = [Place("slack", old.id)], Place("slack", desk.id)
        await store.transact(lambda tx: tx.link_places(beta, *first))
        office.halfdoor.desk.forget()
        office.olga.say(old, "<@UHALFDOOR> my ticket")
        await office.settle()
        second = [Place("slack", new.id)], Place("slack", old.id)
        await store.transact(lambda tx: tx.link_places(beta, *second))
        office.halfdoor.desk.forget()
        await office.settle()
        await office.robin.slash(old, "reply BETA-1 the answer")
        await office.settle()
        assert "the answer" in office.carla.sees_everything(new)
        assert any("BETA-1" in row for row in office.carla.sees(new))

    async def test_a_place_in_which_a_team_talked_never_becomes_a_customers(self, socket: Office) -> None:
        office = socket
        await office.ticket()
        office.robin.say(office.back, SECRET, thread=office.inside())
        await office.settle()
        other = office.world.channel("desk", office.robin.user, private=True)
        await office.robin.slash(office.front, "setup")
        assert await office.robin.submit(staff=other.id) == {}
        await office.robin.slash(office.front, "setup")
        errors = await office.robin.submit(customer=office.back.id, staff=other.id)
        assert list(errors) == ["customer"]
        assert errors["customer"].startswith("That channel has been a team's")
