"""The guard at the door: a staff channel that others can see gets nothing until it is ours alone again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from bot.tickets.model import Place
from tests.office import Office

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
    assert "shared with Beta Corp" in office.robin.sees(office.back)[-1]
    # and it is said once
    await office.halfdoor.stop()
    await office.open(link=False)
    await office.settle()
    assert len([row for row in office.robin.sees(office.back) if "stopped posting" in row]) == 1


async def test_news_that_were_lost_are_found_by_looking_again(office: Office) -> None:
    await office.ticket()
    office.back.teams.add(BETA)
    await office.clock.advance(301)
    async with asyncio.timeout(10):
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
