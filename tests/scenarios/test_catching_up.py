"""What happened while Halfdoor was away is found when it is back, and taken once."""

from __future__ import annotations

import asyncio

from tests.office import Office


async def caught_up(office: Office) -> None:
    await office.settle()
    heard = await office.halfdoor.desk.heard("slack")
    async with asyncio.timeout(10):
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
    async with asyncio.timeout(15):
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
