"""A row that cannot be read is one ticket's trouble: whoever asks has words, and the others go on."""

from __future__ import annotations

import pytest

from bot.wiring import Halfdoor
from bot.words.say import say
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
