"""The guard at the door: a staff channel that others can see gets nothing until it is ours alone again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from bot.tickets.model import Place
from tests.office import Office
from tests.settings import PATIENCE

BETA = "TBETA0001"
WAIT = "Internal messages wait until it is private again or `/ticket setup` names another."


def shares(office: Office) -> None:
    office.world.share(office.back, BETA)


def invites(office: Office) -> None:
    office.world.share(office.back, BETA, pending=True)


def unshares(office: Office) -> None:
    office.world.unshare(office.back, BETA)


def makes_public(office: Office) -> None:
    office.world.convert(office.back, private=False)


def makes_private(office: Office) -> None:
    office.world.convert(office.back, private=True)


def lets_a_guest_in(office: Office) -> None:
    office.world.join(office.back, office.dora.user)


def shows_the_guest_out(office: Office) -> None:
    office.world.leave(office.back, office.dora.user)


WAYS = [
    (shares, unshares, "shared with Beta Corp."),
    (invites, unshares, "about to be shared with Beta Corp."),
    (makes_public, makes_private, "public now."),
    (lets_a_guest_in, shows_the_guest_out, "there are guests in this channel (Dora)"),
]


@pytest.mark.parametrize(("opens", "shuts", "why"), WAYS, ids=lambda one: getattr(one, "__name__", ""))
async def test_what_is_internal_waits_and_staff_are_told_why(
    both: Office, opens: Callable[[Office], None], shuts: Callable[[Office], None], why: str
) -> None:
    office = both
    await office.ticket()
    opens(office)
    await office.settle()
    told = office.robin.sees(office.back)[-1]
    assert told.startswith("Halfdoor: I have stopped posting here: ")
    assert why in told
    before = office.robin.sees_everything(office.back)
    await office.robin.slash(office.front, "note ACME-1 their budget is low")
    await office.robin.slash(office.front, "priority ACME-1 urgent")
    await office.robin.slash(office.front, "reply ACME-1 We are on it")
    await office.settle()
    office.carla.say(office.front, "Any news?", thread=office.outside())
    await office.settle()
    assert office.robin.sees_everything(office.back) == before
    # the customer's side goes on meanwhile
    assert office.customer_thread() == ["Robin (Support): We are on it", "Carla: Any news?"]
    shuts(office)
    await office.settle()
    assert office.robin.sees(office.back)[-1].startswith("Halfdoor: This channel is ours alone again")
    assert [row.split("\n")[0] for row in office.staff_thread()[1:]] == [
        "Robin: their budget is low",
        "Robin → customer: We are on it",
        "Carla (Acme): Any news?",
    ]
    assert "Urgent" in office.robin.sees(office.back)[0]


async def test_a_channel_that_was_shared_while_we_were_away_is_noticed_at_the_start(office: Office) -> None:
    await office.ticket()
    await office.halfdoor.stop()
    office.back.teams.add(BETA)
    await office.open(link=False)
    await office.robin.slash(office.front, "note ACME-1 secret")
    await office.settle()
    assert "secret" not in office.robin.sees_everything(office.back)
    async with asyncio.timeout(PATIENCE):
        while "shared with Beta Corp" not in office.robin.sees(office.back)[-1]:
            await asyncio.sleep(0.01)
    # and it is said once
    await office.halfdoor.stop()
    await office.open(link=False)
    await office.settle()
    assert len([row for row in office.robin.sees(office.back) if "stopped posting" in row]) == 1


async def test_news_that_were_lost_are_found_by_looking_again(office: Office) -> None:
    await office.ticket()
    office.back.teams.add(BETA)
    await office.clock.advance(301)
    async with asyncio.timeout(PATIENCE):
        while "stopped posting" not in office.robin.sees(office.back)[-1]:
            await asyncio.sleep(0.01)
    await office.robin.slash(office.front, "note ACME-1 secret")
    await office.settle()
    assert "secret" not in office.robin.sees_everything(office.back)


async def test_a_member_who_becomes_a_guest_shuts_the_door(office: Office) -> None:
    await office.ticket()
    office.kim.user.restricted = True
    office.world.emit(
        {"type": "user_change", "user": office.kim.user.info(), "event_ts": office.world.ts()}, None
    )
    await office.settle()
    assert "guests in this channel (Kim)" in office.robin.sees(office.back)[-1]
    assert await office.kim.slash(office.back, "time ACME-1 5m x") == "Only the support team can do that."


async def test_an_archived_staff_channel_holds_what_is_owed_to_it(office: Office) -> None:
    await office.ticket()
    office.world.archive(office.back, archived=True)
    await office.settle()
    office.carla.say(office.front, "Hello?", thread=office.outside())
    await office.settle()
    assert len(office.staff_thread()) == 1
    office.world.archive(office.back, archived=False)
    await office.settle()
    assert office.staff_thread()[-1] == "Carla (Acme): Hello?\n🌐 public"


async def test_a_channel_that_gets_another_id_is_followed(both: Office) -> None:
    office = both
    await office.ticket()
    said = office.carla.say(office.front, "one", thread=office.outside())
    await office.settle()
    office.world.renumber(office.front)
    office.world.renumber(office.back)
    await office.settle()
    office.carla.edit(said, "one, mended")
    office.carla.say(office.front, "two", thread=office.outside())
    await office.settle()
    await office.robin.slash(office.back, "reply ACME-1 We see it")
    await office.settle()
    assert [row.split("\n")[0] for row in office.staff_thread()[1:]] == [
        "Carla (Acme): one, mended",
        "Carla (Acme): two",
        "Robin → customer: We see it",
    ]
    assert office.customer_thread()[-1] == "Robin (Support): We see it"
    link = await office.halfdoor.desk.link(Place("slack", office.front.id))
    assert link is not None
    assert link.staff_place.id == office.back.id


class TestAPlaceThatCannotBeReached:
    async def test_a_customers_channel_is_archived_and_opened_again(self, both: Office) -> None:
        office = both
        await office.ticket()
        office.world.archive(office.front, archived=True)
        await office.settle()
        told = "Halfdoor: #acme-support is archived, so nothing reaches Acme there."
        assert office.robin.sees(office.back)[-1].startswith(told)
        await office.robin.slash(office.back, "reply ACME-1 Are you there?")
        await office.settle()
        assert office.customer_thread() == []
        assert len(office.staff_thread()) == 2
        office.world.archive(office.front, archived=False)
        await office.settle()
        assert office.robin.sees(office.back)[-1].startswith("Halfdoor: I can reach Acme again")
        assert office.customer_thread() == ["Robin (Support): Are you there?"]

    @pytest.mark.parametrize("tell", [True, False])
    async def test_we_are_taken_out_of_a_customers_channel_with_or_without_news_of_it(
        self, office: Office, tell: bool
    ) -> None:
        await office.ticket()
        office.world.throw_out(office.front, office.dora.user, tell=tell)
        await office.robin.slash(office.back, "reply ACME-1 one")
        await office.settle()
        await office.robin.slash(office.back, "reply ACME-1 two")
        await office.settle()
        last = office.robin.sees(office.back)[-1]
        assert "so nothing reaches Acme there" in last
        assert "I can no longer see #acme-support" in last
        assert not any("could not bring" in row for row in office.staff_thread())
        office.world.invite_back(office.front)
        await office.clock.advance(60)
        await office.settle()
        assert office.customer_thread() == ["Robin (Support): one", "Robin (Support): two"]

    async def test_whoever_works_there_is_told_when_the_staff_channel_is_out_of_sight(
        self, office: Office
    ) -> None:
        await office.ticket()
        await office.robin.slash(office.back, "assign ACME-1 me")
        await office.settle()
        office.world.throw_out(office.back, office.kim.user)
        await office.settle()
        for one in (office.robin, office.kim):
            (told,) = one.sees(office.world.direct(one.user))
            assert told.startswith("Halfdoor: I am not in the staff channel of Acme any more.")
        office.carla.say(office.front, "Hello?", thread=office.outside())
        await office.settle()
        assert len(office.staff_thread()) == 1
        office.world.invite_back(office.back)
        await office.settle()
        assert office.staff_thread()[-1] == "Carla (Acme): Hello?\n🌐 public"

    async def test_setup_names_another_staff_channel_and_all_that_is_open_goes_on_there(
        self, both: Office
    ) -> None:
        office = both
        await office.ticket()
        await office.ticket("Login fails")
        await office.robin.slash(office.back, "close ACME-2 solved by phone")
        office.robin.say(office.back, "their budget is low", thread=office.inside())
        await office.settle()
        office.world.share(office.back, BETA)
        await office.settle()
        await office.robin.slash(office.front, "note ACME-1 a secret")
        office.carla.say(office.front, "Any news?", thread=office.outside())
        await office.settle()
        before = len(office.back.messages)
        desk = office.world.channel("acme-inside", office.robin.user, office.kim.user, private=True)
        await office.robin.slash(office.front, "setup")
        entered = {"key": "ACME", "name": "Acme", "customer": office.front.id, "staff": desk.id}
        assert await office.robin.submit(**entered) == {}
        await office.settle()
        assert len(office.back.messages) == before + 1
        assert "goes on in another channel" in office.robin.sees(office.back)[-1]
        (card,) = office.robin.sees(desk)
        assert "*ACME-1 · Export fails with an empty file*" in card
        thread = office.robin.find(desk, "ACME-1 ·")
        assert [row.split("\n")[0] for row in office.robin.sees(desk, thread=thread)] == [
            "Carla (Acme): Export fails with an empty file",
            "Robin: their budget is low",
            "Robin: a secret",
            "Carla (Acme): Any news?",
        ]
        office.kim.say(desk, "<@UHALFDOOR> reply Soon.", thread=thread)
        office.carla.say(office.front, "Again.", thread=office.outside("ACME-2"))
        await office.settle()
        assert office.customer_thread()[-1] == "Kim (Support): Soon."
        again = office.robin.find(desk, "ACME-2 ·")
        assert "Carla (Acme): Again." in office.robin.sees(desk, thread=again)[-1]
        assert "secret" not in office.carla.sees_everything(office.front)

    async def test_setup_with_another_customer_channel_keeps_the_first(self, office: Office) -> None:
        await office.ticket()
        second = office.world.channel("acme-more", office.carla.user, office.robin.user, shared=True)
        await office.robin.slash(second, "setup")
        entered = {"key": "ACME", "name": "Acme", "customer": second.id, "staff": office.back.id}
        assert await office.robin.submit(**entered) == {}
        office.carla.say(office.front, "Still here?", thread=office.outside())
        office.carla.say(second, "<@UHALFDOOR> And here?")
        await office.settle()
        assert office.staff_thread()[-1] == "Carla (Acme): Still here?\n🌐 public"
        assert "*ACME-2 · And here?*" in office.carla.sees(second)[-1]
