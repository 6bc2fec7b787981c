"""What durability costs: SQLite's `synchronous` FULL against NORMAL, alone and with commits shared."""

from __future__ import annotations

import asyncio
import statistics
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import event

from storage.store import SqlStore
from storage.upgrade import upgrade

COUNT, ROUNDS = 600, 3


async def measure(folder: Path, synchronous: str, at_once: int, name: str) -> float:
    """Return transactions a second."""
    url = f"sqlite:///{folder}/{name}.db"
    upgrade(url)
    store = SqlStore(url)
    assert store._writer is not None

    @event.listens_for(store._writer._engine, "connect")
    def connect(connection: object, _: object) -> None:
        connection.execute(f"pragma synchronous={synchronous}")  # type: ignore[attr-defined]

    now = datetime.now(UTC)
    gate = asyncio.Semaphore(at_once)

    async def one(n: int) -> None:
        async with gate:
            await store.transact(lambda tx: tx.take(f"ref-{n}", now))

    await one(-1)
    began = time.perf_counter()
    await asyncio.gather(*(one(n) for n in range(COUNT)))
    took = time.perf_counter() - began
    await store.close()
    return COUNT / took


async def run(*, profile: bool = False) -> tuple[list[tuple[str, str]], dict[str, float]]:
    rows: list[tuple[str, str]] = []
    found: dict[tuple[str, int], list[float]] = {}
    with TemporaryDirectory() as folder:
        for round_ in range(ROUNDS):
            for synchronous in ("full", "normal"):
                for at_once in (1, 64):
                    name = f"{round_}-{synchronous}-{at_once}"
                    rate = await measure(Path(folder), synchronous, at_once, name)
                    found.setdefault((synchronous, at_once), []).append(rate)
    middle = {key: statistics.median(rates) for key, rates in found.items()}
    for (synchronous, at_once), rate in middle.items():
        rows.append((f"{synchronous}, {at_once} at once: transactions a second", f"{rate:.0f}"))
    return rows, {
        "full_to_normal_alone": middle["full", 1] / middle["normal", 1],
        "full_to_normal_shared": middle["full", 64] / middle["normal", 64],
    }
