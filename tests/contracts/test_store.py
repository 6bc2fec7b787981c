"""What every store must do, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import methodcaller
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event, exc

from bot.context import apply
from bot.ports import (
    Conflict,
    Delivered,
    Due,
    LoadedTicket,
    Postponed,
    ProjectPlaces,
    SetAside,
    Tx,
    Unavailable,
)
from bot.tickets import commands as c
from bot.tickets.asks import AskList
from bot.tickets.decide import decide, open_ticket
from bot.tickets.deliveries import ToCustomer
from bot.tickets.evolve import evolve
from bot.tickets.model import (
    Actor,
    CustomerSurface,
    Message,
    Note,
    Person,
    Place,
    PostRef,
    Priority,
    Project,
    Side,
    StaffSurface,
    Status,
    Surfaces,
    Visibility,
)
from bot.tickets.project import project
from storage.ledger import Ledger
from storage.schema import metadata
from storage.store import SqlStore
from storage.tx import SqlTx
from storage.upgrade import is_current, upgrade

FRONT, BACK = Place("slack", "CFRONT"), Place("slack", "CBACK")
CARLA = Actor(Person("slack", "UCARLA", "Carla"), Side.CUSTOMER)
ROBIN = Actor(Person("slack", "UROBIN", "Robin", "https://pictures.example/robin"), Side.STAFF)
LINK = ProjectPlaces(Project("ACME", "Acme"), (FRONT,), BACK)
NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[SqlStore]:
    made = SqlStore(database_url)
    await made.transact(lambda tx: tx.link_places(LINK.project, LINK.customer_places, BACK))
    yield made
    await made.close()


def new_ticket(tx: Tx, text: str = "Since this morning.", title: str = "Export fails") -> LoadedTicket:
    number = tx.next_number("ACME")
    command = c.Open(by=CARLA, number=number, title=title, text=text, entry_id=f"m{number}")
    events = open_ticket(command, NOW, LINK.project)
    ticket = evolve(None, events)
    surfaces = Surfaces(
        CustomerSurface(ticket.key, LINK.project, FRONT), StaffSurface(ticket.key, LINK.project, BACK)
    )
    tx.add(ticket, surfaces)
    tx.save(None, ticket, events)
    tx.owe(project(None, ticket, events, project=LINK.project, surfaces=surfaces, messages={}), NOW)
    return LoadedTicket(ticket, surfaces)


async def deliver_all(store: SqlStore) -> list[tuple[str, str]]:
    """Deliver everything owed and return what went where."""
    went: list[tuple[str, str]] = []
    lanes = await store.look(
        lambda connection, _: connection.exec_driver_sql("select id from surface order by id").scalars().all()
    )
    for lane in lanes:
        settled = None
        while isinstance(due := await store.next_due(lane, NOW + timedelta(days=9), settled, {}), Due):
            side = "customer" if isinstance(due.delivery, ToCustomer) else "staff"
            went.append((side, due.delivery.subject))
            at = PostRef(due.delivery.surface.place, f"p{due.id}")
            settled = due.id, Delivered({} if due.posts else {"": at})
    return went


async def test_a_reference_is_taken_once(store: SqlStore) -> None:
    assert await store.transact(lambda tx: tx.take("slack:C1:1.0", NOW))
    assert not await store.transact(lambda tx: tx.take("slack:C1:1.0", NOW))
    taken = await asyncio.gather(*(store.transact(lambda tx: tx.take("r", NOW)) for _ in range(20)))
    assert taken.count(True) == 1


async def test_what_fails_leaves_nothing_behind(store: SqlStore) -> None:
    def work(tx: Tx) -> None:
        tx.take("r", NOW)
        new_ticket(tx)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.transact(work)
    assert await store.read(lambda tx: tx.ticket("ACME-1")) is None
    assert await store.transact(lambda tx: tx.take("r", NOW))


async def test_one_that_fails_does_not_take_others_with_it(store: SqlStore) -> None:
    def work(tx: Tx, number: int) -> int:
        tx.take(f"r{number}", NOW)
        if number % 3 == 0:
            raise ZeroDivisionError
        return number

    done = await asyncio.gather(
        *(store.transact(partial(work, number=n)) for n in range(30)), return_exceptions=True
    )
    assert [one for one in done if isinstance(one, int)] == [n for n in range(30) if n % 3]
    again = [await store.transact(methodcaller("take", f"r{n}", NOW)) for n in range(30)]
    assert again == [n % 3 == 0 for n in range(30)]


async def test_numbers_are_given_out_once_and_without_gaps(store: SqlStore) -> None:
    numbers = await asyncio.gather(*(store.transact(lambda tx: tx.next_number("ACME")) for _ in range(25)))
    assert sorted(numbers) == list(range(1, 26))


async def test_a_decision_on_an_older_version_is_refused(store: SqlStore) -> None:
    opened = await store.transact(new_ticket)
    await store.transact(lambda tx: apply(tx, LINK, opened, c.Retitle(by=ROBIN, title="One"), NOW))
    with pytest.raises(Conflict):
        await store.transact(lambda tx: apply(tx, LINK, opened, c.Retitle(by=ROBIN, title="Two"), NOW))
    kept = await store.read(lambda tx: tx.ticket(opened.ticket.key))
    assert kept is not None
    assert kept.ticket.title == "One"


async def test_the_events_fold_into_the_state(store: SqlStore) -> None:
    opened = await store.transact(new_ticket)
    key = opened.ticket.key
    by = ROBIN
    steps: list[c.Command] = [
        c.AddNote(by=by, entry_id="n1", text="internal"),
        c.SetStatus(by=by, status=Status.ON_HOLD, visibility=Visibility.INTERNAL),
        c.SetStatus(by=by, status=Status.PENDING),
        c.Assign(by=by, to=by.person, visibility=Visibility.INTERNAL),
        c.Assign(by=by, to=by.person),
        c.SetPriority(by=by, priority=Priority.HIGH),
        c.SetTags(by=by, add=("export", "csv")),
        c.BookTime(by=by, minutes=90, what="reading"),
        c.AddMessage(by=CARLA, entry_id="m2", text="And March."),
        c.Close(by=by, entry_id="m3", resolution="Fixed.", reason="deploy"),
        c.Rate(by=CARLA, stars=4),
        c.Reopen(by=CARLA),
        c.Close(by=CARLA, entry_id="m4"),
        c.EndWindow(by=by, number=2),
        c.Continue(by=CARLA, new="ACME-2"),
    ]
    for command in steps:

        def step(tx: Tx, command: c.Command = command) -> None:
            now = tx.ticket(key)
            assert now is not None
            apply(tx, LINK, now, command, NOW)

        await store.transact(step)

    def check(_: Any, tx: SqlTx) -> None:
        stored = tx.ticket(key)
        assert stored is not None
        events = tx.events(key)
        assert evolve(None, events) == stored.ticket
        assert stored.ticket.version == len(events)
        assert [one.minutes for one in tx.booked(key)] == [90]

    await store.look(check)


async def test_an_entry_is_found_by_id_and_by_the_post_it_was_said_in(store: SqlStore) -> None:
    opened = await store.transact(new_ticket)
    said = PostRef(BACK, "171.5")
    add = c.AddNote(by=ROBIN, entry_id="n1", text="hm", said=said)
    await store.transact(lambda tx: apply(tx, LINK, opened, add, NOW))
    note = await store.read(lambda tx: tx.entry_said(said))
    assert isinstance(note, Note)
    assert note == await store.read(lambda tx: tx.entry("n1"))
    assert note.by == ROBIN
    message = await store.read(lambda tx: tx.entry("m1"))
    assert isinstance(message, Message)
    assert message.text == "Since this morning."
    assert await store.read(lambda tx: tx.entry_said(PostRef(BACK, "9"))) is None


async def test_a_deleted_entrys_text_is_nowhere_in_the_database(store: SqlStore) -> None:
    opened = await store.transact(lambda tx: new_ticket(tx, "the password is swordfish"))
    await deliver_all(store)
    message = await store.read(lambda tx: tx.entry("m1"))
    assert isinstance(message, Message)
    retract = c.RetractMessage(by=CARLA, message=message)
    await store.transact(lambda tx: apply(tx, LINK, opened, retract, NOW))

    def everything(connection: sa.Connection, _: object) -> str:
        rows = [connection.execute(sa.select(table)).all() for table in metadata.sorted_tables]
        return repr(rows)

    assert "swordfish" not in await store.look(everything)


async def test_deliveries_are_handed_out_in_order_and_cards_first(store: SqlStore) -> None:
    opened = await store.transact(new_ticket)
    for n in range(3):
        add = c.AddMessage(by=ROBIN, entry_id=f"r{n}", text=f"reply {n}")

        def step(tx: Tx, add: c.AddMessage = add, n: int = n) -> None:
            now = tx.ticket(opened.ticket.key)
            assert now is not None
            apply(tx, LINK, now, add, NOW + timedelta(seconds=n))

        await store.transact(step)
    assert await deliver_all(store) == [
        ("customer", "card"),
        ("customer", "entry:m1"),
        ("customer", "entry:r0"),
        ("customer", "entry:r1"),
        ("customer", "entry:r2"),
        ("staff", "card"),
        ("staff", "entry:m1"),
        ("staff", "entry:r0"),
        ("staff", "entry:r1"),
        ("staff", "entry:r2"),
    ]


async def test_updates_of_a_card_coalesce_into_the_newest(store: SqlStore) -> None:
    opened = await store.transact(new_ticket)
    await deliver_all(store)
    for title in ("One", "Two", "Three"):

        def step(tx: Tx, title: str = title) -> None:
            now = tx.ticket(opened.ticket.key)
            assert now is not None
            apply(tx, LINK, now, c.Retitle(by=ROBIN, title=title), NOW)

        await store.transact(step)
    assert await deliver_all(store) == [("customer", "card"), ("staff", "card")]


async def test_a_change_that_meets_the_courier_is_not_swallowed_by_the_debt_before_it(
    store: SqlStore,
) -> None:
    """A card is owed; while the courier takes it, another change is about to commit."""
    opened = await store.transact(new_ticket)
    await deliver_all(store)
    one = c.Retitle(by=ROBIN, title="One")
    opened = await store.transact(lambda tx: apply(tx, LINK, opened, one, NOW))
    written, go_on = threading.Event(), threading.Event()

    def slowly(tx: Tx) -> None:
        now = tx.ticket(opened.ticket.key)
        assert now is not None
        apply(tx, LINK, now, c.Retitle(by=ROBIN, title="Two"), NOW)
        written.set()
        go_on.wait(5)

    change = asyncio.create_task(store.transact(slowly))
    await asyncio.to_thread(written.wait, 5)
    taking = asyncio.create_task(store.next_due(1, NOW, None, {}))
    await asyncio.sleep(0.2)
    go_on.set()
    await change
    shown = []
    due = await taking
    while isinstance(due, Due):
        shown.append(getattr(due.delivery.content, "title", ""))
        due = await store.next_due(1, NOW, (due.id, Delivered({})), {})
    assert shown[-1] == "Two"


async def test_a_debt_that_is_put_off_stands_for_those_that_came_after_it(store: SqlStore) -> None:
    opened = await store.transact(new_ticket)
    await deliver_all(store)
    retitle = c.Retitle(by=ROBIN, title="One")
    opened = await store.transact(lambda tx: apply(tx, LINK, opened, retitle, NOW))
    due = await store.next_due(1, NOW, None, {})
    assert isinstance(due, Due)
    retitle = c.Retitle(by=ROBIN, title="Two")
    await store.transact(lambda tx: apply(tx, LINK, opened, retitle, NOW))
    later = NOW + timedelta(minutes=1)
    assert await store.next_due(1, NOW, (due.id, Postponed(later, "ratelimited")), {}) == later
    due = await store.next_due(1, later, None, {})
    assert isinstance(due, Due)
    assert getattr(due.delivery.content, "title", "") == "Two"
    assert await store.next_due(1, later, (due.id, Delivered({})), {}) is None


async def test_after_a_crash_the_head_of_a_lane_is_in_doubt(store: SqlStore) -> None:
    await store.transact(new_ticket)
    first = await store.next_due(1, NOW, None, {})
    assert isinstance(first, Due)
    assert first.since is None
    again = await store.next_due(1, NOW + timedelta(minutes=1), None, {})
    assert isinstance(again, Due)
    assert (again.id, again.mark) == (first.id, first.mark)
    assert again.since == NOW
    assert again.attempts == 2


async def test_posts_into_one_place_are_paced_and_others_are_not_held_up(store: SqlStore) -> None:
    for _ in range(4):
        await store.transact(new_ticket)
    waits = []
    for lane in (1, 3, 5, 7):  # four tickets' customer surfaces, all in one place
        due = await store.next_due(lane, NOW, None, {"slack": (1.0, 2)})
        assert isinstance(due, Due)
        waits.append(round(due.wait, 3))
    assert waits == [0, 0, 1, 2]
    due = await store.next_due(2, NOW, None, {"slack": (1.0, 2)})
    assert isinstance(due, Due)
    assert due.wait == 0


async def test_a_rate_limit_holds_its_place_alone(store: SqlStore) -> None:
    await store.transact(new_ticket)
    await store.transact(new_ticket)
    due = await store.next_due(1, NOW, None, {})
    assert isinstance(due, Due)
    until = NOW + timedelta(seconds=30)
    limited = Postponed(until, "ratelimited", holds_place=True)
    assert await store.next_due(1, NOW, (due.id, limited), {}) == until
    other = await store.next_due(3, NOW, None, {})
    assert isinstance(other, Due)
    assert other.wait == pytest.approx(30)
    inside = await store.next_due(2, NOW, None, {})
    assert isinstance(inside, Due)
    assert inside.wait == 0


async def test_lists_filter_and_the_public_ones_by_what_customers_may_know(store: SqlStore) -> None:
    async def act(opened: LoadedTicket, command: c.Command) -> LoadedTicket:
        return await store.transact(lambda tx: apply(tx, LINK, opened, command, NOW))

    for n in range(3):
        opened = await store.transact(new_ticket)
        if n == 1:
            hold = c.SetStatus(by=ROBIN, status=Status.ON_HOLD, visibility=Visibility.INTERNAL)
            opened = await act(opened, hold)
            to = c.Assign(by=ROBIN, to=ROBIN.person, visibility=Visibility.INTERNAL)
            await act(opened, to)
        if n == 2:
            close = c.Close(by=ROBIN, entry_id="x")
            await act(opened, close)

    async def listed(ask: AskList, *, public: bool = False) -> list[str]:
        found, total = await store.read(
            lambda tx: tx.list_tickets(["ACME"], ask, ROBIN.person, public=public, limit=10)
        )
        assert total == len(found)
        return [one.ticket.key for one in found]

    assert await listed(AskList()) == ["ACME-2", "ACME-1"]
    assert await listed(AskList(every=True)) == ["ACME-3", "ACME-2", "ACME-1"]
    assert await listed(AskList(statuses=(Status.ON_HOLD,))) == ["ACME-2"]
    assert await listed(AskList(statuses=(Status.ON_HOLD,)), public=True) == []
    assert await listed(AskList(unassigned=True)) == ["ACME-1"]
    assert await listed(AskList(mine=True)) == ["ACME-2"]
    assert await listed(AskList(assignee=ROBIN.person), public=True) == []
    assert await listed(AskList(words="100%")) == []
    assert await listed(AskList(words="export")) == ["ACME-2", "ACME-1"]
    inside = await store.read(lambda tx: tx.count_by_status("ACME", public=False))
    outside = await store.read(lambda tx: tx.count_by_status("ACME", public=True))
    assert (inside, outside) == ({"open": 1, "on_hold": 1, "closed": 1}, {"open": 2, "closed": 1})


async def test_what_may_have_been_sent_since_a_backup_is_looked_for_first(store: SqlStore) -> None:
    """Ledger.doubt: what is owed or set aside now, and what is owed later for what happened before."""
    opened = await store.transact(new_ticket)
    taken, restored = NOW + timedelta(hours=1), NOW + timedelta(hours=3)
    first = await store.next_due(1, NOW, None, {})
    assert isinstance(first, Due)
    await store.settle(first.id, Delivered({"": PostRef(FRONT, "1")}))
    aside = await store.next_due(2, NOW, None, {})
    assert isinstance(aside, Due)
    await store.settle(aside.id, SetAside("refused", None))
    await store.change(lambda c_, tx: Ledger(c_, tx).doubt(taken.timestamp(), restored.timestamp()))

    def say(tx: Tx, ident: str, at: datetime) -> None:
        now = tx.ticket(opened.ticket.key)
        assert now is not None
        apply(tx, LINK, now, c.AddMessage(by=ROBIN, entry_id=ident, text=ident), at)

    await store.transact(lambda tx: say(tx, "again", restored - timedelta(seconds=1)))
    await store.transact(lambda tx: say(tx, "anew", restored + timedelta(seconds=1)))
    assert await store.change(lambda c_, tx: Ledger(c_, tx).retry(None)) == 1
    since: dict[str, datetime | None] = {}
    for lane in (1, 2):
        settled = None
        while isinstance(due := await store.next_due(lane, restored + timedelta(days=1), settled, {}), Due):
            since[f"{lane} {due.delivery.subject}"] = due.since
            post = PostRef(due.delivery.surface.place, f"p{due.id}")
            settled = due.id, Delivered({} if due.posts else {"": post})
    assert since == {
        "1 entry:m1": taken,
        "1 entry:again": taken,
        "1 entry:anew": None,
        "2 card": NOW,  # its own first try was before
        "2 entry:m1": taken,
        "2 entry:again": taken,
        "2 entry:anew": None,
    }


async def test_a_timer_rings_once_and_can_be_moved(store: SqlStore) -> None:
    await store.transact(lambda tx: tx.call_at(NOW, "window:ACME-1:1"))
    await store.transact(lambda tx: tx.call_at(NOW + timedelta(hours=1), "window:ACME-1:1"))
    assert not await store.transact(lambda tx: tx.rang("window:ACME-1:1", NOW))
    later = NOW + timedelta(hours=2)
    rang = await asyncio.gather(
        *(store.transact(lambda tx: tx.rang("window:ACME-1:1", later)) for _ in range(5))
    )
    assert rang.count(True) == 1


class TestTheThirdWall:
    """The database refuses a leak even to somebody who writes rows by hand."""

    @pytest.fixture
    async def rows(self, store: SqlStore) -> SqlStore:
        opened = await store.transact(new_ticket)
        note = c.AddNote(by=ROBIN, entry_id="n1", text="secret")
        await store.transact(lambda tx: apply(tx, LINK, opened, note, NOW))
        return store

    async def refused(self, store: SqlStore, statement: str) -> None:
        with pytest.raises(exc.IntegrityError):
            await store.change(lambda connection, _: connection.exec_driver_sql(statement))

    INSERT = "insert into delivery (surface, audience, subject, rank, entry, entry_visibility, words) values "

    async def test_an_internal_entry_cannot_be_owed_to_a_customer(self, rows: SqlStore) -> None:
        await self.refused(rows, f"{self.INSERT} (1, 'customer', 'entry:n1', 1, 'n1', 'internal', null)")

    async def test_nor_under_a_false_visibility(self, rows: SqlStore) -> None:
        await self.refused(rows, f"{self.INSERT} (1, 'customer', 'entry:n1', 1, 'n1', 'public', null)")

    async def test_nor_without_naming_it(self, rows: SqlStore) -> None:
        await self.refused(rows, f"{self.INSERT} (1, 'customer', 'entry:n1', 1, null, null, null)")

    async def test_nor_to_the_customers_surface_as_if_it_were_staffs(self, rows: SqlStore) -> None:
        await self.refused(rows, f"{self.INSERT} (1, 'staff', 'entry:n1', 1, 'n1', 'internal', null)")

    async def test_words_for_staff_cannot_be_owed_to_a_customer(self, rows: SqlStore) -> None:
        await self.refused(rows, f"{self.INSERT} (1, 'customer', 'notice:1', 1, null, null, 'secret')")

    async def test_an_entry_that_was_owed_cannot_change_its_visibility(self, rows: SqlStore) -> None:
        await self.refused(rows, "update entry set visibility = 'internal' where id = 'm1'")
        await self.refused(rows, "update entry set visibility = 'public' where id = 'n1'")

    async def test_what_is_right_goes_through(self, rows: SqlStore) -> None:
        insert = f"{self.INSERT} (2, 'staff', 'entry:again', 1, 'n1', 'internal', null)"
        await rows.change(lambda connection, _: connection.exec_driver_sql(insert))


async def test_a_database_that_is_away_is_said_to_be_away(tmp_path: Any) -> None:
    for url in (f"sqlite:///{tmp_path}/no/such/folder.db", "postgresql+psycopg://x@127.0.0.1:1/x"):
        store = SqlStore(url)
        with pytest.raises(Unavailable):
            await store.transact(lambda tx: tx.take("r", NOW))
        with pytest.raises(Unavailable):
            await store.read(lambda tx: tx.ticket("ACME-1"))
        await store.close()
        with pytest.raises(Unavailable):
            upgrade(url)


async def test_a_place_that_cannot_be_heard_has_a_mark_of_its_own(store: SqlStore) -> None:
    def at(n: int) -> datetime:
        return datetime(2026, 11, 27, 12, n, tzinfo=UTC)

    front = LINK.customer_places[0]
    assert await store.read(lambda tx: tx.heard_at(front)) is None
    await store.transact(lambda tx: tx.hear(front.network, at(1)))
    assert await store.read(lambda tx: tx.heard_at(front)) == at(1)
    for n in (2, 3):  # the earliest mark stands
        await store.transact(methodcaller("hear_at", [front], at(n)))
    await store.transact(lambda tx: tx.hear(front.network, at(9)))
    assert await store.read(lambda tx: tx.heard_at(front)) == at(2)
    assert await store.read(lambda tx: tx.unheard(front.network)) == {front: at(2)}
    assert await store.read(lambda tx: tx.heard_at(BACK)) == at(9)
    await store.transact(lambda tx: tx.hear_at([front], None))
    assert await store.read(lambda tx: tx.unheard(front.network)) == {}
    assert await store.read(lambda tx: tx.heard_at(front)) == at(9)


def test_the_migrations_make_the_tables_that_the_code_expects(database_url: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    assert is_current(database_url)
    assert upgrade(database_url) == "0010"
    engine = sa.create_engine(database_url)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()
    ours = [
        one for one in differences if "procrastinate" not in repr(one) and "halfdoor_jobs" not in repr(one)
    ]
    assert ours == []


async def test_every_lookup_on_the_hot_path_uses_an_index(store: SqlStore) -> None:
    """EXPLAIN on both databases: no table is read from one end to the other."""
    statements: list[tuple[str, Any]] = []
    await store.transact(new_ticket)

    def record(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE")):
            statements.append((statement, parameters))

    engines = [store.engine, *([store._writer._engine] if store._writer else [])]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", record)
    said = PostRef(FRONT, "1")
    await store.transact(lambda tx: (tx.link(FRONT), tx.ticket_in(FRONT, "1"), tx.entry_said(said)))
    await store.transact(lambda tx: (tx.may_be_card(FRONT), tx.entry("m1"), tx.ticket("ACME-1")))
    await deliver_all(store)
    for engine in engines:
        event.remove(engine, "before_cursor_execute", record)
    statements = [one for one in statements if "from surface order by" not in one[0]]
    assert len(statements) > 8

    def explain(connection: sa.Connection, _: object) -> list[str]:
        if store.sqlite:
            plans = [connection.exec_driver_sql(f"explain query plan {s}", p).all() for s, p in statements]
            return [f"{row[-1]}" for plan in plans for row in plan]
        connection.exec_driver_sql("set enable_seqscan = off")
        plans = [connection.exec_driver_sql(f"explain {s}", p).all() for s, p in statements]
        return [row[0] for plan in plans for row in plan]

    plan = await store.change(explain)
    scans = [line for line in plan if line.startswith("SCAN") or "Seq Scan" in line]
    assert scans == []


def test_a_command_that_changes_nothing_writes_nothing() -> None:
    ticket = evolve(None, open_ticket(c.Open(by=CARLA, number=1, title="x"), NOW, LINK.project))
    assert decide(ticket, c.Retitle(by=ROBIN, title="x"), NOW, LINK.project) == ()


async def test_what_was_said_in_one_moment_is_read_in_the_networks_order(store: SqlStore) -> None:
    opened = await store.transact(new_ticket)

    def say(tx: Tx) -> None:
        now = opened
        for ident, post in (("x", "12"), ("a", "13"), ("m", "11")):
            said = c.AddMessage(by=CARLA, entry_id=ident, text=post, said=PostRef(FRONT, post))
            now = apply(tx, LINK, now, said, NOW + timedelta(minutes=1))

    await store.transact(say)
    record = await store.read(lambda tx: tx.record(opened.ticket.key))
    assert [one.text for one in record[1:]] == ["11", "12", "13"]
