"""One ticket's whole life, told once, for customers and a team on every pair of networks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import product
from pathlib import Path

import pytest

from tests.people import row
from tests.people.pair import NETWORKS, Pair

TITLE = "Export fails with an empty file"
CAUSE = "That is the CSV writer"


@pytest.fixture(params=list(product(NETWORKS, NETWORKS)), ids="-".join)
async def pair(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Pair]:
    async with Pair(database_url, tmp_path / "files", *request.param) as made:
        yield made


class Seen:
    """What both sides read, kept up by hand beside what the desk does, and compared after each step."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        self.outside = [row("Carla", TITLE)]
        self.inside = [row("Carla (Acme)", TITLE, (), "public")]

    async def check(self, customer: str, staff: str) -> None:
        await self.pair.settle()
        carla, robin = self.pair.carla, self.pair.robin
        assert await carla.stands() == f"{customer} · opened by Carla (time)"
        assert await robin.stands() == staff
        assert await carla.reads() == self.outside
        assert await robin.reads() == self.inside

    def answer(self, text: str, files: tuple[str, ...] = (), *signs: str) -> None:
        self.outside.append(row("Robin (Support)", text, files, *signs))
        self.inside.append(row("Robin → customer", text, files, "public", *signs))


async def test_a_tickets_whole_life_as_both_sides_see_it(pair: Pair) -> None:
    carla, robin, seen = pair.carla, pair.robin, Seen(pair)
    state = "Open · nobody yet · Priority: Normal"
    await carla.opens(TITLE)
    await pair.settle()
    await robin.joins()
    await seen.check("Open", state)

    # staff talk among themselves, answer, mend the answer and take it back
    await robin.notes(CAUSE)
    await pair.settle()
    await robin.replies("We found it")
    seen.inside.append(row("Robin", CAUSE))
    seen.answer("We found it")
    await seen.check("Open", state)
    await robin.edits("We found it", "We found the cause")
    del seen.outside[-1], seen.inside[-1]
    seen.answer("We found the cause", (), "edited")
    await seen.check("Open", state)
    await robin.recalls("We found the cause")
    seen.outside.pop()
    seen.inside[-1] = row("Robin → customer", "We found the cause", (), "public", "recalled by Robin")
    await seen.check("Open", state)

    # a note that is sent as it stands
    note = await robin.notes("Please try 4.2.1")
    await pair.settle()
    await robin.publishes(note)
    seen.inside.append(row("Robin", "Please try 4.2.1"))
    seen.answer("Please try 4.2.1")
    await seen.check("Open", state)

    # the customer answers with a file, mends it, and deletes another message; a file comes back
    more = await carla.says("March too", ("march.csv", b"1;2"))
    slip = await carla.says("wrong window")
    await pair.settle()
    await carla.edits(more, "March too, see the file")
    await carla.deletes(slip)
    seen.outside.append(row("Carla", "March too, see the file", ("march.csv",)))
    seen.inside.append(row("Carla (Acme)", "March too, see the file", ("march.csv",), "public", "edited"))
    seen.inside.append(row("Carla (Acme)", "This message was deleted.", (), "public"))
    await seen.check("Open", state)
    plan = await robin.notes("Our plan", ("plan.txt", b"step one"))
    await pair.settle()
    await robin.publishes(plan)
    seen.inside.append(row("Robin", "Our plan", ("plan.txt",)))
    seen.answer("Our plan", ("plan.txt",))
    await seen.check("Open", state)
    assert await carla.opens_file("plan.txt") == b"step one"

    # a public status and an internal one, an assignment that both see, and booked time
    await robin.sets("in_progress", "public")
    await seen.check("In progress", "In progress · nobody yet · Priority: Normal")
    await robin.sets("on_hold", "internal")
    await robin.takes()
    state = "On hold (the customer sees: In progress) · Robin · Priority: Normal"
    await seen.check("In progress · Robin is on it", state)
    await robin.books("1h30", "reading the log")
    await seen.check("In progress · Robin is on it", f"{state} · 1 h 30 booked")

    # closed with words for the customer and others for staff, rated, and opened again
    await robin.closes("Fixed in 4.2.2", "our fault")
    seen.inside.append(row("Robin → customer", "Fixed in 4.2.2", (), "public"))
    seen.inside.append(row("Robin", "our fault"))
    state = "Closed · Robin · Priority: Normal · 1 h 30 booked"
    await seen.check("Closed", state)
    solved = "ACME-1 is solved. Robin writes: Fixed in 4.2.2"
    assert await carla.closing() == f"{solved} How was it? 1 is poor, 5 is great."
    await carla.rates(4)
    seen.inside.append(row("Halfdoor", "Carla rated it 4 of 5."))
    await seen.check("Closed", f"{state} · rated 4 of 5")
    assert await carla.closing() == f"{solved} You gave 4 of 5. Thank you."
    await carla.reopens()
    seen.inside.append(row("Halfdoor", "Carla opened the ticket again."))
    state = "Open · Robin · Priority: Normal · 1 h 30 booked · rated 4 of 5"
    await seen.check("Open · Robin is on it", state)
    assert (await carla.closing()).endswith("Carla opened it again.")

    # nothing internal in all that the network would hand the customer
    everything = await carla.everything()
    assert "Fixed in 4.2.2" in everything
    for internal in (CAUSE, "our fault", "On hold", "on hold", "1 h 30", "Priority", "reading the log"):
        assert internal not in everything
