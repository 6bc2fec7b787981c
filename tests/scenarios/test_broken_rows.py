"""A row that cannot be read is one ticket's trouble: whoever asks has words, and the others go on."""

from __future__ import annotations

import pytest

from bot.wiring import Halfdoor
from bot.words.say import say
from storage.ledger import Ledger
from tests.discord_office import DiscordOffice
from tests.office import Office

TROUBLE = say("no.trouble", "en")


async def spoil(halfdoor: Halfdoor, statement: str) -> None:
    await halfdoor.store.change(lambda connection, _: connection.exec_driver_sql(statement))


class TestATicketThatCannotBeRead:
    STATEMENT = "update ticket set state = '{garbage' where key = 'ACME-1'"

    async def test_slack(self, office: Office, capsys: pytest.CaptureFixture[str]) -> None:
        await office.ticket("one")
        await office.ticket("two")
        await spoil(office.halfdoor, self.STATEMENT)
        assert await office.robin.slash(office.back, "assign ACME-1 me") == TROUBLE
        assert "not_answered" in capsys.readouterr().out
        office.carla.say(office.front, "more", thread=office.outside("ACME-2"))
        await office.settle()
        assert office.staff_thread("ACME-2")[-1].startswith("Carla (Acme): more")

    async def test_discord(self, sqlite_url: str, capsys: pytest.CaptureFixture[str]) -> None:
        async with DiscordOffice(sqlite_url) as office:
            await office.ticket("one")
            await office.ticket("two")
            await spoil(office.halfdoor, self.STATEMENT)
            assert await office.told(office.robin, office.back, "take", ticket="ACME-1") == TROUBLE
            assert "not_answered" in capsys.readouterr().out
            await office.carla.send(office.thread(office.front, "ACME-2"), "more")
            await office.settle()
            assert "more" in office.inside("ACME-2")[-1]


async def test_a_duty_that_cannot_be_read_is_nobodys_and_the_desk_goes_on(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    await office.ticket()
    await spoil(office.halfdoor, "update project set on_duty = 'garbage'")
    office.carla.say(office.front, "more", thread=office.outside())
    await office.settle()
    assert office.staff_thread()[-1].startswith("Carla (Acme): more")
    assert "on_duty_unreadable" in capsys.readouterr().out


async def test_what_cannot_be_made_of_what_is_kept_holds_up_nothing_after_it(
    socket: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office = socket
    await office.ticket("one")
    await spoil(
        office.halfdoor,
        "update delivery set subject = 'nonsense', entry = null, entry_visibility = null, state = 'owed'"
        " where id = (select max(delivery.id) from delivery join surface on surface.id = delivery.surface"
        " where ticket = 'ACME-1' and side = 'staff')",
    )
    office.carla.say(office.front, "more", thread=office.outside())
    await office.settle()
    assert "unreadable" in capsys.readouterr().out
    told, said = sorted(office.staff_thread()[-2:])[::-1]
    assert said == "Carla (Acme): more\n🌐 public"
    assert "something" in told
    (aside,) = await office.halfdoor.store.look(lambda found, tx: Ledger(found, tx).standing(every=False))
    assert aside.error == "it cannot be read"
