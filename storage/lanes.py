"""The two drivers of the ledger: lanes in memory over SQLite, Procrastinate over PostgreSQL."""

from __future__ import annotations

import asyncio
import fcntl
import heapq
import itertools
import math
from collections.abc import Coroutine, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

import procrastinate
import sqlalchemy as sa
import structlog
from procrastinate import exceptions as procrastinate_errors
from procrastinate.jobs import Job
from procrastinate.worker import Worker

from bot.ports import Clock, Lane, Ring, Unavailable
from storage import codec, private
from storage.schema import OWED, SENDING, delivery, door, is_open, surface, timer
from storage.store import SqlStore

log = structlog.get_logger()

#: Seconds between looks for what another program (`halfdoor deliveries retry`) wrote into our SQLite file.
FOREIGN_COMMITS_EVERY = 1.0
#: Seconds before a lane or a timer that failed for a reason of ours is called again.
TROUBLE_PAUSE = 5
#: Seconds between two looks at the wall's clock while timers wait.
WALL_LOOK = 60.0
#: Seconds that what is in flight has to end when the process stops.
STOP_TIMEOUT = 30


class AlreadyRunning(Exception):
    """Another process drives this database already; SQLite takes one. Use PostgreSQL for several."""


class MemoryLanes:
    """One task a surface with something due, and one heap for all that is due later.

    The heap is rebuilt from the ledger at start, so that a process that died loses nothing.
    """

    def __init__(self, store: SqlStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._again: set[int] = set()
        #: Lanes by the steady clock, and timers, which are people's appointments, by the wall's.
        self._later: list[tuple[datetime, int, int]] = []
        self._timers: list[tuple[datetime, int, str]] = []
        self._sequence = itertools.count()  # keeps the heap from comparing a lane with a timer
        self._changed = asyncio.Event()
        self._background: list[asyncio.Task[None]] = []
        self._ringing: set[asyncio.Task[None]] = set()
        self._lane: Lane | None = None
        self._ring: Ring | None = None
        self._lock: IO[str] | None = None
        store.waking = self

    def inside(
        self, connection: sa.Connection, lanes: Iterable[int], timers: Iterable[tuple[datetime, str]]
    ) -> None:
        """Nothing to write: the ledger itself is what start reads."""

    def after(self, lanes: Iterable[int], timers: Iterable[tuple[datetime, str]]) -> None:
        for lane in lanes:
            self._wake(lane)
        for at, name in timers:
            self._ring_at(at, name)

    async def start(self, lane: Lane, ring: Ring) -> None:
        self._lock = lock_file(str(self._store.url.database))
        self._lane, self._ring = lane, ring
        await self._load()
        self._background = [
            asyncio.create_task(self._watch_heap()),
            asyncio.create_task(self._watch_foreign_commits()),
        ]

    async def drain(self) -> None:
        while busy := [*self._tasks.values(), *self._ringing]:
            await asyncio.wait(busy)

    async def stop(self) -> None:
        self._lane = None
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await self.drain()
        if self._lock is not None:
            self._lock.close()

    # ------------------------------------------------------------ inside

    async def _load(self) -> None:
        def unfinished(connection: sa.Connection, _: object) -> tuple[list[int], list[tuple[float, str]]]:
            lanes = connection.scalars(sa.select(delivery.c.surface).where(is_open).distinct())
            timers = connection.execute(sa.select(timer.c.at, timer.c.name))
            return list(lanes), [(row.at, row.name) for row in timers]

        lanes, timers = await self._store.look(unfinished)
        self.after(lanes, [(codec.at(at), name) for at, name in timers])

    def _wake(self, surface: int) -> None:
        if self._lane is None:
            return
        if surface in self._tasks:
            self._again.add(surface)
            return
        task = asyncio.create_task(self._run(surface, self._lane))
        self._tasks[surface] = task
        task.add_done_callback(lambda _: self._ended(surface))

    def _ended(self, surface: int) -> None:
        """Runs in the loop without a pause since the task's last look, so that no wake is missed."""
        del self._tasks[surface]
        if surface in self._again:
            self._again.discard(surface)
            self._wake(surface)

    async def _run(self, surface: int, lane: Lane) -> None:
        self._again.discard(surface)
        try:
            again = await lane(surface)
        except Exception as error:
            log.error("lane_failed", lane=surface, error=type(error).__name__, exc_info=_unknown(error))
            again = self._clock.steady() + timedelta(seconds=TROUBLE_PAUSE)
        if again is not None:
            heapq.heappush(self._later, (again, next(self._sequence), surface))
            self._changed.set()

    def _ring_at(self, at: datetime, name: str) -> None:
        heapq.heappush(self._timers, (at, next(self._sequence), name))
        self._changed.set()

    async def _watch_heap(self) -> None:
        while True:
            self._changed.clear()
            now, pauses = self._clock.steady(), list[float]()
            while self._later and self._later[0][0] <= now:
                self._wake(heapq.heappop(self._later)[2])
            if self._later:
                pauses.append((self._later[0][0] - now).total_seconds())
            now = self._clock.now()
            while self._timers and self._timers[0][0] <= now:
                task = asyncio.create_task(self._do_ring(heapq.heappop(self._timers)[2]))
                self._ringing.add(task)
                task.add_done_callback(self._ringing.discard)
            if self._timers:
                # The wall's clock may be set meanwhile.
                pauses.append(min((self._timers[0][0] - now).total_seconds(), WALL_LOOK))
            if pauses:
                await _first(self._changed.wait(), self._clock.sleep(min(pauses)))
            else:
                await self._changed.wait()

    async def _do_ring(self, name: str) -> None:
        assert self._ring is not None
        try:
            await self._ring(name)
        except Exception as error:
            log.error("timer_failed", timer=name, error=type(error).__name__, exc_info=_unknown(error))
            self._ring_at(self._clock.now() + timedelta(seconds=TROUBLE_PAUSE), name)

    async def _watch_foreign_commits(self) -> None:
        seen: int | None = None
        while True:
            try:
                version = await self._store.change(_data_version)
                if seen is not None and version != seen:
                    await self._load()
                seen = version
            except Unavailable as error:
                log.warning("database_away", error=str(error))
            await asyncio.sleep(FOREIGN_COMMITS_EVERY)


class Later(Exception):
    """A lane has nothing to do for so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.1f} s")
        self.seconds = seconds


class _Again(procrastinate.BaseRetryStrategy):
    """Call a lane again when it says so, and one that failed for a reason of ours after a pause."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> procrastinate.RetryDecision | None:
        if isinstance(exception, Later):
            return procrastinate.RetryDecision(retry_in={"seconds": math.ceil(exception.seconds)})
        return procrastinate.RetryDecision(retry_in={"seconds": TROUBLE_PAUSE})


class PostgresLanes:
    """Procrastinate drives the ledger from any number of processes: a job wakes a lane, its lock is the lane.

    A job carries only the surface's id and drains that lane. `stalled_after`: seconds without a heartbeat
    after which another process takes a worker's jobs over. Keep it at 30 or more: a worker whose event
    loop is blocked looks dead, and would then send a second time.
    """

    #: Locks held at a time. Well above the number of throttled places: each of those holds one and sleeps.
    CONCURRENCY = 300
    #: Seconds to wait with the lock held; for longer ones the job is put back.
    HOLD = 30.0
    #: Procrastinate clears a notification that arrives while it fetches, so its poll must be short.
    POLL = 0.5

    def __init__(self, store: SqlStore, clock: Clock, *, stalled_after: float = 30.0) -> None:
        self._store = store
        self._clock = clock
        self._stalled_after = stalled_after
        self._lane: Lane | None = None
        self._ring: Ring | None = None
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._worker: Any = None
        conninfo = store.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._app = procrastinate.App(
            connector=procrastinate.PsycopgConnector(conninfo=conninfo, min_size=1, max_size=6)
        )
        self._app.task(name="lane", queue="halfdoor", retry=_Again())(self._run)
        self._app.task(name="timer", queue="halfdoor", retry=_Again())(self._do_ring)
        #: Never opened: it only writes jobs on the connection of the transaction that owes them.
        self._within = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
        store.waking = self

    def inside(
        self, connection: sa.Connection, lanes: Iterable[int], timers: Iterable[tuple[datetime, str]]
    ) -> None:
        driver = connection.connection.driver_connection
        for lane in lanes:
            self._within.configure_task(
                "lane", lock=f"lane:{lane}", queue="halfdoor", connection=driver
            ).defer(surface=lane)
        for at, name in timers:
            # A lock of its own: a timer must never hold up a surface's messages.
            self._within.configure_task(
                "timer", lock=f"timer:{name}", queue="halfdoor", connection=driver, schedule_at=at
            ).defer(name=name)

    def after(self, lanes: Iterable[int], timers: Iterable[tuple[datetime, str]]) -> None:
        """Nothing to do: PostgreSQL notifies the workers."""

    async def start(self, lane: Lane, ring: Ring) -> None:
        self._lane, self._ring = lane, ring
        self._stopping.clear()
        await self._app.open_async()
        self._tasks = [asyncio.create_task(self._work()), asyncio.create_task(self._rescue())]

    async def drain(self) -> None:
        # Other processes work on it too, so there is nobody here who could tell us.
        while await self._store.look(self._busy):  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        self._stopping.set()
        # Asked, not cancelled: a cancelled worker can be left waiting for a connection of its pool.
        if self._worker is not None:
            self._worker.stop()
        work, rescue = self._tasks
        rescue.cancel()
        await asyncio.wait((work, rescue), timeout=STOP_TIMEOUT)
        work.cancel()
        await asyncio.wait((work,), timeout=1)
        await self._app.close_async()

    # ------------------------------------------------------------ inside

    async def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                self._worker = Worker(
                    self._app,
                    queues=["halfdoor"],
                    concurrency=self.CONCURRENCY,
                    install_signal_handlers=False,
                    fetch_job_polling_interval=self.POLL,
                    delete_jobs="successful",
                    update_heartbeat_interval=min(10.0, self._stalled_after / 3),
                    stalled_worker_timeout=self._stalled_after,
                )
                await self._worker.run()
            except Exception as error:
                log.error("worker_failed", error=type(error).__name__, exc_info=_unknown(error))
                await asyncio.sleep(TROUBLE_PAUSE)

    async def _run(self, surface: int) -> None:
        assert self._lane is not None
        while (until := await self._lane(surface)) is not None:
            pause = max((until - self._clock.steady()).total_seconds(), 0)
            if pause > self.HOLD or self._stopping.is_set():
                raise Later(pause)
            # With the lock held: another job of this lane could do nothing either.
            await _first(self._clock.sleep(pause), self._stopping.wait())

    async def _do_ring(self, name: str) -> None:
        assert self._ring is not None
        await self._ring(name)

    async def _rescue(self) -> None:
        """Give the jobs of dead workers to the living. From outside Procrastinate's own tasks, on purpose."""
        while True:
            await asyncio.sleep(min(5.0, self._stalled_after / 2))
            try:
                manager = self._app.job_manager
                for job in await manager.get_stalled_jobs(seconds_since_heartbeat=self._stalled_after):
                    log.warning("job_rescued", job=job.id, lock=job.lock)
                    await manager.retry_job(job)
            except procrastinate_errors.ProcrastinateException as error:
                log.warning("rescue_failed", error=type(error).__name__)

    def _busy(self, connection: sa.Connection, _: object) -> bool:
        now, wall = self._clock.steady().timestamp(), self._clock.now().timestamp()
        # A lane whose head was put off waits with all that stands behind it.
        put_off = delivery.alias("put_off")
        waits = sa.exists().where(
            put_off.c.surface == delivery.c.surface,
            put_off.c.state.in_([OWED, SENDING]),
            put_off.c.due > now,
        )
        shut = (
            sa.exists()
            .where(surface.c.id == delivery.c.surface)
            .where(door.c.network == surface.c.network, door.c.place == surface.c.place)
        )
        owed = sa.select(delivery.c.id).where(is_open, delivery.c.due <= now, ~waits, ~shut).limit(1)
        ringing = sa.select(timer.c.name).where(timer.c.at <= wall).limit(1)
        return any(connection.execute(query).first() is not None for query in (owed, ringing))


async def _first(*waits: Coroutine[Any, Any, Any]) -> None:
    """Wait for the first of several and cancel the others."""
    tasks = [asyncio.ensure_future(one) for one in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


def _data_version(connection: sa.Connection, _: object) -> int:
    version = connection.exec_driver_sql("pragma data_version").scalar_one()
    assert isinstance(version, int)
    return version


def lock_file(database: str) -> IO[str]:
    """Hold the lock that keeps a second process from driving the same file; it ends with the process.

    Raises:
        AlreadyRunning: another process holds it.
    """
    lock = private.opened(Path(f"{database}.lock"), "w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise AlreadyRunning(database) from None
    return lock


def _unknown(error: Exception) -> bool:
    """Whether the log needs a traceback: not for a database that is away."""
    return not isinstance(error, Unavailable)
