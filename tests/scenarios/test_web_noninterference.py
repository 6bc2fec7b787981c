"""Every byte of a customer's pages is the same, whatever happens behind the door."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from storage.upgrade import upgrade
from tests.office import HandClock
from tests.web_office import CARLA, WebOffice

#: What is done on one ticket, by whom, and whether a customer may know of it.
PUBLIC: list[tuple[str, str, dict[str, str]]] = [
    ("c", "say", {"text": "more"}),
    ("c", "close", {}),
    ("c", "reopen", {}),
    ("c", "rate", {"stars": "3"}),
    ("team", "write", {"text": "an answer", "to": "customer"}),
    ("team", "status", {"status": "pending", "visibility": "public"}),
    ("team", "assign", {"who": "me", "visibility": "public"}),
    ("team", "close", {"text": "Fixed"}),
    ("team", "reopen", {}),
]
INTERNAL: list[tuple[str, str, dict[str, str]]] = [
    ("team", "write", {"text": "zzcanaryzz", "to": "note"}),
    ("team", "status", {"status": "on_hold", "visibility": "internal"}),
    ("team", "status", {"status": "in_progress", "visibility": "internal"}),
    ("team", "assign", {"who": "me", "visibility": "internal"}),
    ("team", "assign", {"who": "", "visibility": "internal"}),
    ("team", "priority", {"priority": "urgent"}),
    ("team", "time", {"time": "1h", "what": "zzcanaryzz"}),
]


@dataclass(frozen=True)
class Act:
    act: tuple[str, str, dict[str, str]]
    internal: bool


acts = st.lists(
    st.one_of(
        st.sampled_from(PUBLIC).map(lambda act: Act(act, internal=False)),
        st.sampled_from(INTERNAL).map(lambda act: Act(act, internal=True)),
    ),
    min_size=1,
    max_size=10,
)


class StillClock(HandClock):
    """Stands still between two acts."""

    BEGAN = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.BEGAN + self.ahead


async def observed(history: list[Act], folder: Path, *, internal: bool) -> list[Any]:
    """Return everything a customer gets back while a history happens, with or without its internal acts."""
    url, seen = f"sqlite:///{folder}/{internal}.db", list[Any]()
    upgrade(url)
    async with WebOffice(url, folder, StillClock()) as office:
        carla, robin = await office.customer(CARLA), await office.staff()

        async def look() -> None:
            await office.settle()
            for path in ("/c/", "/c/part", "/c/ACME-1", "/c/ACME-1/part", "/c/ACME-1/record", "/c/ACME-2"):
                note(await carla.get(path))

        def note(answer: Any) -> None:
            headers = sorted((name, value) for name, value in answer.headers.items() if name != "Date")
            # the one thing that is another in each session, and as long
            text = re.sub(r'(name="csrf" value=")\w+', r"\1", answer.text)
            seen.append((answer.status, headers, text))

        await carla.post("/c/", title="Export fails", text="It is empty", ident="00000000")
        for n, one in enumerate(history):
            office.clock.ahead += timedelta(seconds=60)
            if one.internal and not internal:
                continue
            half, act, fields = one.act
            answer = await (carla if half == "c" else robin).post(
                f"/{half}/ACME-1/{act}", ident=f"{n:08}", **fields
            )
            if half == "c":
                note(answer)
            if not one.internal:
                await look()
        await look()
    return seen


@settings(max_examples=12)
@given(acts)
async def test_internal_acts_leave_no_trace_on_a_customers_pages(history: list[Act]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        with_them = await observed(history, Path(folder), internal=True)
        without = await observed(history, Path(folder), internal=False)
    assert with_them == without
    assert "zzcanaryzz" not in str(with_them)
