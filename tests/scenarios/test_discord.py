"""One ticket's whole life on the real discord.py client, both sides asserted in full; and Discord's faults."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.discord_office import DiscordOffice, answered, modal
from tests.settings import PATIENCE

TITLE = "Export fails with an empty file"
STAFF_BUTTONS = "[Reply to customer] [Note] [Status] [Assign] [Close]"


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[DiscordOffice]:
    """The whole desk on Discord, on each database."""
    async with DiscordOffice(database_url) as made:
        yield made


@pytest.fixture
async def light(sqlite_url: str) -> AsyncIterator[DiscordOffice]:
    """The whole desk on Discord, on SQLite."""
    async with DiscordOffice(sqlite_url) as made:
        yield made


def customer_card(line: str, *, closed: bool = False) -> str:
    head = f"Halfdoor: **ACME-1 · {TITLE}**\n{line} · opened by Carla (time)"
    if closed:
        hint = (
            "This ticket is closed. Write here within 7 days to open it again, or mention me for a new one."
        )
        return f"{head}\n-# {hint}"
    hint = "Answer in this thread. Everything here can be seen by both of us."
    return f"{head}\n-# {hint}\n[Add to this ticket] [Close, it is solved]"


def staff_card(office: DiscordOffice, line: str, buttons: str = STAFF_BUTTONS) -> str:
    return (
        f"Halfdoor: **ACME-1 · {TITLE}** — Carla, Acme (Discord <#{office.front.id}>)\n{line}\n-# opened (time)\n"
        "-# This thread is ours: what you write here stays here. To answer, press Reply to customer or write "
        f"`/ticket reply …`.\n{buttons}"
    )


async def test_a_tickets_whole_life_as_both_sides_see_it(office: DiscordOffice) -> None:
    carla, robin, kim = office.carla, office.robin, office.kim
    asked = f"Carla: <@{office.me}> Export fails with an **empty** file"
    outside: list[str] = []
    inside: list[str] = []

    async def check(customer: str, staff: str, door: str) -> None:
        await office.settle()
        assert office.sees(carla, office.front) == [asked, customer]
        assert office.sees(robin, office.back) == [f"Halfdoor: **ACME-1 · {TITLE}**\n{door}\n[Join]"]
        assert office.outside() == outside
        assert office.inside() == [staff, *inside]

    # a ticket by mention; the private thread lets nobody in by itself
    await carla.send(office.front, f"<@{office.me}> Export fails with an **empty** file")
    await office.settle()
    back = office.thread(office.back)
    assert back.id != office.thread(office.front).id
    with pytest.raises(Exception, match="cannot read"):
        back.history(viewer=carla)
    await office.press(robin, office.back, "join")
    await office.press(kim, office.back, "join")
    inside += ["Carla (Acme): Export fails with an **empty** file\n-# 🌐 public"]
    state = "**Open** · nobody yet · **Priority: Normal**"
    await check(customer_card("**Open**"), staff_card(office, state), "**Open** · nobody yet")

    # staff discuss; a reply goes out by form, is edited, and recalled
    await robin.send(back, "That is the new CSV writer.")
    form = await office.press(robin, back, "reply")
    assert modal(form)["title"] == "Send to customer ACME-1"
    await office.fill_in(robin, form, text="We found *it*")
    inside += [
        "Robin: That is the new CSV writer.",
        "Robin → customer: We found *it*\n-# 🌐 public\n[Edit] [Recall]",
    ]
    outside += ["Robin (Support): We found *it*"]
    await check(customer_card("**Open**"), staff_card(office, state), "**Open** · nobody yet")
    form = await office.press(robin, back, "edit", words="We found")
    await office.fill_in(robin, form, text="We found the cause")
    outside[-1] = "Robin (Support): We found the cause\n-# (edited)"
    inside[-1] = "Robin → customer: We found the cause\n-# 🌐 public · (edited)\n[Edit] [Recall]"
    await check(customer_card("**Open**"), staff_card(office, state), "**Open** · nobody yet")
    await office.press(robin, back, "recall", words="We found")
    outside.pop()
    inside[-1] = "Robin → customer: ~~We found the cause~~\n-# 🌐 public · recalled by Robin (time)"
    await check(customer_card("**Open**"), staff_card(office, state), "**Open** · nobody yet")

    # the customer answers with a file, mends it, reacts, and deletes another message
    front = office.thread(office.front)
    more = await carla.send(front, "The March report too", attachments=[("march.csv", b"1;2")])
    slip = await carla.send(front, "wrong window")
    await office.settle()
    await carla.edit(more, "The March report too, see the file")
    await carla.react(more, "👍")
    await carla.delete(slip)
    outside += ["Carla: The March report too, see the file\n[file march.csv]"]
    inside += [
        "Carla (Acme): The March report too, see the file\n-# march.csv (3 B)\n-# 👍 1\n-# 🌐 public · (edited)",
        "Carla (Acme): -# march.csv\n[file march.csv]",
        "Carla (Acme): *This message was deleted.*\n-# 🌐 public",
    ]
    await check(customer_card("**Open**"), staff_card(office, state), "**Open** · nobody yet")

    # an internal status, an assignment that both see
    form = await office.press(robin, back, "status")
    await office.fill_in(robin, form, status=["on_hold"], visibility=["internal"])
    form = await office.press(robin, back, "assign")
    await office.fill_in(robin, form, to=[kim], visibility=["public"])
    door = "**On hold** *(the customer sees: Open)* · Kim"
    state = f"{door} · **Priority: Normal**"
    await check(customer_card("**Open** · Kim is on it"), staff_card(office, state), door)

    # closed with words for the customer and a reason for staff; rated and opened again
    form = await office.press(robin, back, "close")
    await office.fill_in(robin, form, resolution="Fixed in 4.2.1", reason="It was our fault")
    solved = "Halfdoor: ✅ **ACME-1 is solved.**\nRobin writes:\nFixed in 4.2.1\n"
    until = "-# Anything you write here until (time) opens it again.\n[It is not solved] [Read it again]"
    outside += [f"{solved}How was it? 1 is poor, 5 is great.\n[1] [2] [3] [4] [5]\n{until}"]
    inside += [
        "Robin → customer: Fixed in 4.2.1\n-# 🌐 public\n[Edit] [Recall]",
        "Robin: It was our fault\n-# 🔒 internal note",
    ]
    state, buttons = "**Closed** · Kim · **Priority: Normal**", STAFF_BUTTONS.replace("Close", "Reopen")
    await check(
        customer_card("**Closed**", closed=True), staff_card(office, state, buttons), "**Closed** · Kim"
    )
    await office.press(carla, front, "rate", "4")
    outside[-1] = f"{solved}You gave 4 of 5. Thank you.\n{until}"
    inside += ["Halfdoor: -# Carla rated it 4 of 5."]
    state += " · rated 4 of 5"
    await check(
        customer_card("**Closed**", closed=True), staff_card(office, state, buttons), "**Closed** · Kim"
    )
    await office.press(carla, front, "reopen")
    outside[-1] = f"{solved}-# Carla opened it again."
    inside += ["Halfdoor: -# Carla opened the ticket again."]
    state = "**Open** · Kim · **Priority: Normal** · rated 4 of 5"
    await check(customer_card("**Open** · Kim is on it"), staff_card(office, state), "**Open** · Kim")


async def test_a_note_is_sent_to_the_customer_after_a_look_at_it(light: DiscordOffice) -> None:
    office, robin = light, light.robin
    await office.ticket()
    back = office.thread(office.back)
    note = await robin.send(back, "Please try *again*")
    await office.settle()
    form = await robin.context_menu(back, "Send to customer", note)
    await office.settle()
    shown = [one["content"] for one in modal(form)["components"] if one["type"] == 10]
    assert shown == ["The customer will get this:", "**Robin (Support)**\nPlease try *again*"]
    assert office.outside() == []
    await office.fill_in(robin, form)
    assert office.outside() == ["Robin (Support): Please try *again*"]


async def test_what_belongs_behind_the_door_is_refused_to_customers(light: DiscordOffice) -> None:
    office, carla = light, light.carla
    await office.ticket()
    told = await carla.slash(office.front, "ticket reply", text="I am the support", ticket="ACME-1")
    await office.settle()
    assert answered(told).content == "Only the support team can do that."
    told = await carla.slash(office.front, "ticket status", ticket="ACME-99")
    await office.settle()
    assert answered(told).content == "There is no ticket ACME-99 here."
    assert answered(told).ephemeral


@pytest.mark.parametrize("kind", ["lost", "500 after", "cut", "503"])
async def test_what_ends_in_doubt_is_said_once(light: DiscordOffice, kind: str) -> None:
    office = light
    await office.ticket()
    office.server.fail("POST", "/webhooks/*", kind)
    front = office.thread(office.front)
    await office.carla.send(front, "ok")
    await office.carla.send(front, "ok")
    await office.settle()
    await office.clock.advance(60)
    await office.settle()
    assert office.inside()[2:] == ["Carla (Acme): ok\n-# 🌐 public"] * 2


@pytest.mark.parametrize("kind", ["lost", "500 after", "cut", "503"])
@pytest.mark.parametrize(
    "call", ["/channels/*/threads", "/channels/*/messages", "/channels/*/messages/*/threads"]
)
async def test_a_ticket_opens_once_whatever_call_ends_in_doubt(
    light: DiscordOffice, kind: str, call: str
) -> None:
    office = light
    office.server.fail("POST", call, kind)
    await office.carla.send(office.front, f"<@{office.me}> {TITLE}")
    for _ in range(4):
        await office.settle()
        await office.clock.advance(60)
    await office.settle()
    assert [one.name for one in office.front.threads] == [f"ACME-1 · {TITLE}"]
    assert len(office.sees(office.carla, office.front)) == 2
    assert len(office.sees(office.robin, office.back)) == 1
    await office.press(office.robin, office.back, "join")
    assert len(office.inside()) == 2


async def test_what_was_said_edited_and_deleted_while_away_is_taken_once(light: DiscordOffice) -> None:
    office, carla = light, light.carla
    await office.ticket()
    front = office.thread(office.front)
    edited = await carla.send(front, "one")
    deleted = await carla.send(front, "two")
    await office.settle()
    await office.halfdoor.stop()
    await carla.edit(edited, "one, mended")
    await carla.delete(deleted)
    for n in range(250):
        await carla.send(front, f"missed {n}")
    await office.open()
    async with asyncio.timeout(PATIENCE):
        while not any("missed 249" in row for row in office.inside()):
            await asyncio.sleep(0.05)
    await office.settle()
    said = [row.split(": ", 1)[1].split("\n")[0] for row in office.inside()[2:]]
    assert said == ["one, mended", "*This message was deleted.*", *(f"missed {n}" for n in range(250))]


@pytest.mark.parametrize("forget", [False, True])
async def test_a_connection_that_breaks_loses_nothing(light: DiscordOffice, forget: bool) -> None:
    office = light
    await office.ticket()
    front = office.thread(office.front)
    await office.server.drop(forget=forget)
    await office.carla.send(front, "said while nobody listened")
    await office.reconnected()
    await office.settle()
    assert office.inside()[2:] == ["Carla (Acme): said while nobody listened\n-# 🌐 public"]


async def test_nothing_internal_is_posted_where_everybody_can_see_it(light: DiscordOffice) -> None:
    office = light
    await office.ticket()
    office.show_to_everybody(office.back)
    await office.settle()
    posted = len(office.sees(office.robin, office.thread(office.back)))
    await office.carla.send(office.thread(office.front), "more")
    await office.settle()
    assert len(office.sees(office.robin, office.thread(office.back))) == posted
    assert "this channel is public now" in office.sees(office.robin, office.back)[-1]
    office.hide(office.back)
    await office.settle()
    assert office.inside()[-1] == "Carla (Acme): more\n-# 🌐 public"
