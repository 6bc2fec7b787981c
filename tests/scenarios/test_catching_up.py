"""What happened while Halfdoor was away is found when it is back, and taken once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.doubles.slack import server
from tests.office import Office
from tests.settings import PATIENCE


async def caught_up(office: Office) -> None:
    await office.settle()
    heard = await office.halfdoor.desk.heard("slack")
    async with asyncio.timeout(PATIENCE):
        while await office.halfdoor.desk.heard("slack") == heard:
            await office.clock.advance(61)
            await asyncio.sleep(0.02)
    await office.settle()


async def test_what_was_said_edited_and_deleted_meanwhile_is_taken_once(everywhere: Office) -> None:
    office = everywhere
    await office.ticket()
    kept = office.carla.say(office.front, "first", thread=office.outside())
    slip = office.carla.say(office.front, "slip", thread=office.outside())
    note = office.robin.say(office.back, "a note", thread=office.inside())
    await office.settle()
    await caught_up(office)
    await office.halfdoor.stop()
    office.server.hold()
    office.carla.edit(kept, "first, mended")
    office.carla.delete(slip)
    office.carla.say(office.front, "meanwhile", thread=office.outside())
    office.robin.edit(note, "a note, mended")
    office.robin.say(office.back, "<@UHALFDOOR> reply We are back", thread=office.inside())
    office.dora.say(office.front, "<@UHALFDOOR> Another matter")
    office.server.release(lambda held: [])  # Slack has given up on them
    await office.clock.advance(1800)
    await office.open(link=False)
    await caught_up(office)
    await caught_up(office)
    rows = [row.split("\n")[0] for row in office.staff_thread() if "Robin: " not in row]
    assert [*rows[:3], *sorted(rows[3:])] == [
        "Carla (Acme): Export fails with an empty file",
        "Carla (Acme): first, mended",
        "Carla (Acme): _This message was deleted._",
        "Carla (Acme): meanwhile",
        "Robin → customer: We are back",
    ]
    assert office.customer_thread()[-1] == "Robin (Support): We are back"
    assert office.staff_thread("ACME-2") == ["Dora (Acme): Another matter\n🌐 public"]
    entries = await office.halfdoor.store.look(
        lambda connection, _: connection.exec_driver_sql("select text from entry").scalars().all()
    )
    assert sorted(entries) == [
        "", "Another matter", "Export fails with an empty file", "We are back", "a note, mended",
        "first, mended", "meanwhile",
    ]  # fmt: skip


async def test_a_cut_connection_is_caught_up_too(socket: Office) -> None:
    office = socket
    await office.ticket()
    await caught_up(office)
    office.server.hold()
    office.carla.say(office.front, "into the gap", thread=office.outside())
    office.server.release(lambda held: [])
    await office.server.drop_connections()
    async with asyncio.timeout(PATIENCE):
        while "into the gap" not in office.staff_thread()[-1]:
            await asyncio.sleep(0.05)
    assert office.staff_thread()[-1] == "Carla (Acme): into the gap\n🌐 public"


async def test_a_channel_that_cannot_be_read_does_not_keep_the_others_from_being_read(socket: Office) -> None:
    office = socket
    await office.ticket()
    await caught_up(office)
    await office.halfdoor.stop()
    office.server.hold()
    office.carla.say(office.front, "meanwhile", thread=office.outside())
    office.server.release(lambda held: [])
    office.back.archived = True
    await office.open(link=False)
    await caught_up(office)
    office.world.archive(office.back, archived=False)
    await office.settle()
    assert office.staff_thread()[-1] == "Carla (Acme): meanwhile\n🌐 public"


class TestWhatIsNotThere:
    """Nothing is taken as deleted unless its thread was read and it can only have been its author."""

    async def look_back(self, office: Office) -> None:
        before = len(office.server.calls)
        await office.server.drop_connections()
        async with asyncio.timeout(PATIENCE):
            while office.server.connections < 2:
                await asyncio.sleep(0.01)
            while not any(one.method == "conversations.replies" for one in office.server.calls[before:]):
                await asyncio.sleep(0.01)
        await caught_up(office)

    @pytest.mark.parametrize("how", ["thread_not_found", "empty", "without its first post"])
    async def test_an_answer_that_is_wrong_erases_nothing(
        self, socket: Office, how: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        office = socket
        await office.ticket()
        for n in range(2):
            office.carla.say(office.front, f"customer number 471{n}", thread=office.outside())
        await office.settle()
        await caught_up(office)
        before = office.staff_thread()
        if how == "thread_not_found":
            office.server.fault("conversations.replies", "error", code="thread_not_found", times=50)
        else:
            scopes, inner = server.METHODS["conversations.replies"]

            async def wrong(where: server.SlackServer, given: dict[str, Any]) -> dict[str, Any]:
                page = await inner(where, given)
                kept = [] if how == "empty" else [one for one in page["messages"] if "471" in one["text"]][:1]
                return {**page, "messages": kept}

            monkeypatch.setitem(server.METHODS, "conversations.replies", (scopes, wrong))
        await self.look_back(office)
        assert office.staff_thread() == before

    async def test_many_at_once_were_not_taken_back_by_their_author(self, socket: Office) -> None:
        office = socket
        await office.ticket()
        said = [office.carla.say(office.front, f"word {n}", thread=office.outside()) for n in range(5)]
        note = [office.robin.say(office.back, f"thought {n}", thread=office.inside()) for n in range(5)]
        await office.robin.slash(office.back, "reply ACME-1 We look into it")
        await office.settle()
        await caught_up(office)
        for one in said:
            del office.front.messages[one.ts]
        for one in note:
            del office.back.messages[one.ts]
        await self.look_back(office)
        rows = office.staff_thread()
        for words in ("word", "thought"):
            kept = [row for row in rows if f"{words} " in row]
            assert len(kept) == 5
            assert all("no longer where it was written" in row for row in kept)
        assert office.customer_thread() == ["Robin (Support): We look into it"]
        shown = await office.robin.slash(office.back, "preview ACME-1")
        assert "word" not in shown

    async def test_a_reply_stays_though_its_command_is_absent_inside(self, socket: Office) -> None:
        office = socket
        await office.ticket()
        typed = [
            office.robin.say(office.back, f"<@UHALFDOOR> reply number {n}", thread=office.inside())
            for n in range(5)
        ]
        await office.settle()
        await caught_up(office)
        for one in typed:
            del office.back.messages[one.ts]
        await self.look_back(office)
        assert office.customer_thread() == [f"Robin (Support): number {n}" for n in range(5)]


async def test_what_was_said_while_we_were_out_of_a_channel_comes_in_when_we_are_back(socket: Office) -> None:
    office = socket
    await office.ticket()
    await caught_up(office)
    thread = office.outside()
    office.world.throw_out(office.front, office.robin.user)
    await office.settle()
    office.carla.say(office.front, "into the void", thread=thread)
    office.dora.say(office.front, "<@UHALFDOOR> Another matter")
    for _ in range(60):
        await office.clock.advance(61)
        await asyncio.sleep(0)
    office.world.invite_back(office.front)
    async with asyncio.timeout(PATIENCE):
        while "into the void" not in office.staff_thread()[-1]:
            await asyncio.sleep(0.01)
    await office.settle()
    assert office.staff_thread("ACME-2") == ["Dora (Acme): Another matter\n🌐 public"]


async def test_a_way_to_us_that_was_cut_is_noticed_when_requests_come_again(sqlite_url: str) -> None:
    async with Office(sqlite_url, mode="http") as office:
        await office.ticket()
        await caught_up(office)
        office.server.hold()
        office.carla.say(office.front, "through a cut", thread=office.outside())
        office.server.release(lambda held: [])  # Slack gave up on it
        for _ in range(10):
            await office.clock.advance(61)
            await asyncio.sleep(0.01)
        async with asyncio.timeout(PATIENCE):
            while "through a cut" not in office.staff_thread()[-1]:
                await asyncio.sleep(0.01)


async def test_only_threads_in_which_something_can_have_happened_are_asked_for(socket: Office) -> None:
    office = socket
    keys = [await office.ticket(f"Ticket {n}") for n in range(12)]
    await office.clock.advance(3600)
    await caught_up(office)
    await office.halfdoor.stop()
    await office.clock.advance(5 * 86400)
    office.server.hold()
    office.carla.say(office.front, "after days", thread=office.outside(keys[3]))
    office.server.release(lambda held: [])
    before = len(office.server.calls)
    await office.open(link=False)
    await caught_up(office)
    asked = [
        one.arguments["ts"] for one in office.server.calls[before:] if one.method == "conversations.replies"
    ]
    assert 0 < len(set(asked)) <= 2, "this ticket's card and the mention that opened it, and no other's"
    assert office.staff_thread(keys[3])[-1] == "Carla (Acme): after days\n🌐 public"


async def test_a_connection_that_broke_looks_back_though_another_is_there(socket: Office) -> None:
    office = socket
    await office.ticket()
    await caught_up(office)
    before = len(office.server.calls)
    await office.server.drop_connections(1)
    async with asyncio.timeout(PATIENCE):
        while not any(one.method == "conversations.history" for one in office.server.calls[before:]):
            await asyncio.sleep(0.01)


async def test_a_renewed_connection_beside_another_looks_back_over_nothing(socket: Office) -> None:
    office = socket
    await office.ticket()
    await caught_up(office)
    before = len(office.server.calls)
    await office.server.disconnect()
    async with asyncio.timeout(PATIENCE):
        while office.server.connections < 2:
            await asyncio.sleep(0.01)
    office.carla.say(office.front, "meanwhile", thread=office.outside())
    await office.settle()
    looked = [one for one in office.server.calls[before:] if one.method == "conversations.history"]
    assert looked == []
