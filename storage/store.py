"""The database behind `ports.Store`: one writer thread on SQLite, a pool of threads on PostgreSQL."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy import event, exc

from bot.ports import Conflict, Due, Outcome, Tx, Unavailable
from bot.tickets.model import Place
from storage import codec, private
from storage.ledger import Ledger
from storage.tx import SqlTx

T = TypeVar("T")
Work = Callable[[sa.Connection], Any]

#: Commands that may share one commit on SQLite.
BATCH = 64
#: Threads, and so connections, that write to PostgreSQL at a time.
POSTGRES_THREADS = 8


class Waking(Protocol):
    """How the lanes learn of what a transaction owes. Nothing happens unless it commits."""

    def inside(
        self, connection: sa.Connection, lanes: Iterable[int], timers: Iterable[tuple[datetime, str]]
    ) -> None:
        """Called at the end of the transaction, on the store's thread."""
        ...

    def after(self, lanes: Iterable[int], timers: Iterable[tuple[datetime, str]]) -> None:
        """Called after the commit, on the event loop."""
        ...


@dataclass(slots=True)
class _Job:
    work: Callable[[sa.Connection], Any]
    future: asyncio.Future[Any]
    committed: Callable[[Any], None]
    result: Any = None
    error: BaseException | None = None


class SqlStore:
    """`ports.Store`. `waking` is set by the lanes that drive this store's ledger, if any do."""

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        self.sqlite = self.alone = self.url.get_backend_name() == "sqlite"
        self.engine = make_engine(self.url, reads=self.sqlite)
        self.waking: Waking | None = None
        self._writer = _Writer(make_engine(self.url)) if self.sqlite else None
        self._pool = ThreadPoolExecutor(POSTGRES_THREADS, thread_name_prefix="store")

    async def transact(self, work: Callable[[Tx], T]) -> T:
        return await self.change(lambda connection, tx: work(tx))

    async def change(self, work: Callable[[sa.Connection, SqlTx], T]) -> T:
        """Run `work` in a transaction, with the connection at hand; wake the lanes it owed to."""

        def inside(connection: sa.Connection) -> tuple[T, SqlTx]:
            tx = SqlTx(connection)
            result = work(connection, tx)
            if self.waking is not None:
                self.waking.inside(connection, tx.woken, tx.timers)
            return result, tx

        def committed(done: tuple[T, SqlTx]) -> None:
            if self.waking is not None:
                self.waking.after(done[1].woken, done[1].timers)

        if self._writer is not None:
            wrote: tuple[T, SqlTx] = await self._writer.run(inside, committed)
            return wrote[0]
        done = await asyncio.get_running_loop().run_in_executor(self._pool, self._begin, inside)
        committed(done)
        return done[0]

    async def read(self, work: Callable[[Tx], T]) -> T:
        return await self.look(lambda connection, tx: work(tx))

    async def look(self, work: Callable[[sa.Connection, SqlTx], T]) -> T:
        """Run `work`, which must not write, on a connection of its own."""

        def inside(connection: sa.Connection) -> T:
            return work(connection, SqlTx(connection, looking=True))

        return await asyncio.get_running_loop().run_in_executor(self._pool, self._begin, inside)

    async def next_due(
        self,
        lane: int,
        now: datetime,
        settled: tuple[int, Outcome] | None,
        paces: dict[str, tuple[float, int]],
    ) -> Due | datetime | None:
        def work(connection: sa.Connection, tx: SqlTx) -> Due | float | None:
            ledger = Ledger(connection, tx)
            ledger.lock(lane)
            if settled is not None:
                ledger.settle(*settled)
            return ledger.next_due(lane, now.timestamp(), paces)

        due = await self.change(work)
        return due if due is None or isinstance(due, Due) else codec.at(due)

    async def settle(self, ident: int, outcome: Outcome) -> None:
        await self.change(lambda connection, tx: Ledger(connection, tx).settle(ident, outcome))

    async def back(self, network: str) -> None:
        await self.change(lambda connection, tx: Ledger(connection, tx).back(network))

    async def reserve(self, place: Place, now: datetime, pace: tuple[float, int]) -> float:
        return await self.change(
            lambda connection, tx: Ledger(connection, tx).reserve(place, now.timestamp(), pace)
        )

    async def close(self) -> None:
        if self._writer is not None:
            await asyncio.get_running_loop().run_in_executor(None, self._writer.stop)
        self._pool.shutdown()
        self.engine.dispose()

    def _begin(self, work: Callable[[sa.Connection], T]) -> T:
        try:
            with self.engine.begin() as connection:
                return work(connection)
        except exc.SQLAlchemyError as error:
            raise _translated(error) from error


def make_engine(url: sa.URL, *, reads: bool = False, references: bool = True) -> sa.Engine:
    """Build an engine whose transactions begin when asked for, and whose SQLite is safe to kill.

    SQLite runs in WAL mode with `synchronous=FULL`: what was acknowledged survives a power cut too. With
    several commands in a commit the extra flush costs little; see the `store` benchmark. Without `references`
    it does not look after foreign keys, which within a transaction cannot be switched.
    """
    if url.get_backend_name() != "sqlite":
        return sa.create_engine(url, pool_size=POSTGRES_THREADS, pool_pre_ping=True, hide_parameters=True)
    if url.database:
        private.keep(url.database)
    engine = sa.create_engine(url, connect_args={"timeout": 10}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # pysqlite must not begin transactions by itself
        keys = f"foreign_keys={'on' if references else 'off'}"
        for pragma in ("journal_mode=wal", "synchronous=full", keys, "cache_size=-65536"):
            connection.execute(f"pragma {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("begin" if reads else "begin immediate")

    return engine


class _Writer:
    """SQLite's one writer: a thread that runs queued work, several pieces in one commit when they wait."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    async def run(self, work: Work, committed: Callable[[Any], None]) -> Any:
        job = _Job(work, asyncio.get_running_loop().create_future(), committed)
        self._jobs.put(job)
        return await job.future

    def stop(self) -> None:
        """Finish what is queued and end the thread."""
        self._jobs.put(None)
        self._thread.join()
        self._engine.dispose()

    def _work(self) -> None:
        while True:
            batch: list[_Job] = []
            job = self._jobs.get()
            while job is not None:
                batch.append(job)
                if len(batch) == BATCH or self._jobs.empty():
                    break
                job = self._jobs.get()
            if batch:
                self._commit(batch)
                # One hop back to the loop for the whole batch.
                batch[0].future.get_loop().call_soon_threadsafe(_finish, batch)
            if job is None:
                return

    def _commit(self, batch: list[_Job]) -> None:
        """Commit all together. If one fails, nothing has happened yet: each runs again by itself then."""
        try:
            with self._engine.begin() as connection:
                for job in batch:
                    job.result = job.work(connection)
        except BaseException as error:  # noqa: BLE001 - handed to the caller, whose work it was
            if len(batch) == 1:
                batch[0].error = error
                return
            for job in batch:
                self._commit([job])


def _finish(batch: list[_Job]) -> None:
    for job in batch:
        if job.error is None:
            job.committed(job.result)
        if job.future.done():  # its caller has gone away
            continue
        if job.error is None:
            job.future.set_result(job.result)
        elif isinstance(job.error, exc.SQLAlchemyError):
            job.future.set_exception(_translated(job.error))
        else:
            job.future.set_exception(job.error)


def _translated(error: exc.SQLAlchemyError) -> Exception:
    """Tell a lost race and an absent database from a fault of ours."""
    if isinstance(error, exc.IntegrityError) and _is_race(error):
        return Conflict(str(error.orig))
    if isinstance(error, exc.OperationalError | exc.InterfaceError) or getattr(
        error, "connection_invalidated", False
    ):
        return Unavailable(str(getattr(error, "orig", error)))
    return error


def _is_race(error: exc.IntegrityError) -> bool:
    """Two writers added the same event, or a deadlock between them was broken."""
    text = str(error.orig)
    return "pk_event" in text or "event.ticket, event.seq" in text
