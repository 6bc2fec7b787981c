"""A database of any age, with rows in every table that it had, comes up to date, and nothing of it is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from operator import methodcaller
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from bot.context import apply
from bot.ports import Key, PlaceShut, Tx
from bot.tickets import commands as c
from bot.tickets.asks import AskList
from bot.tickets.model import Person, PostRef, Status, Visibility
from storage import schema
from storage.schema import metadata
from storage.store import SqlStore, make_engine
from storage.upgrade import Newer, config, is_current, upgrade
from tests.contracts.test_store import BACK, CARLA, FRONT, LINK, NOW, ROBIN, deliver_all, new_ticket

Rows: TypeAlias = dict[str, list[dict[str, Any]]]

REVISIONS = [one.revision for one in ScriptDirectory.from_config(config()).walk_revisions()][::-1]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database in which there is nothing yet, of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/old.db"
    else:
        server, _ = request.getfixturevalue("postgres")
        url = server.create()
        yield url
        server.drop(url)


@pytest.fixture
async def lived_in(sqlite_url: str) -> Rows:
    """Rows of every table, as a desk leaves them that is stopped in the middle of its work."""
    store = SqlStore(sqlite_url)
    await store.transact(lambda tx: tx.link_places(LINK.project, LINK.customer_places, BACK))
    later = NOW + timedelta(days=7)

    def life(tx: Tx) -> None:
        first = new_ticket(tx, title="Straße fehlt")
        for act in (
            c.AddNote(by=ROBIN, entry_id="n1", text="that is the new one", said=PostRef(BACK, "5.1")),
            c.AddMessage(by=CARLA, entry_id="m9", text="also in March", said=PostRef(FRONT, "5.2")),
            c.SetStatus(by=ROBIN, status=Status.ON_HOLD, visibility=Visibility.INTERNAL),
            c.Close(by=ROBIN, entry_id="m10", resolution="done"),
        ):
            first = apply(tx, LINK, first, act, NOW)
        tx.call_at(later, "window:ACME-1:1")
        tx.take("slack:CFRONT:5.2", NOW)
        tx.note_burst(FRONT, CARLA.person, "ACME-1", NOW)
        tx.hear("slack", NOW)
        tx.hear_at([FRONT], NOW)
        tx.set_door(BACK, PlaceShut("shared", "Beta"), NOW)
        tx.offer_code("123456", ROBIN.person, later)
        tx.join(ROBIN.person, Person("discord", "1", "robin"))
        tx.add_key("digest", Key("link", FRONT, CARLA.person, later))
        tx.set_on_duty("ACME", [ROBIN.person])

    await store.transact(lambda tx: new_ticket(tx, title="Отчёт"))
    await deliver_all(store)
    await store.transact(life)
    await store.reserve(FRONT, NOW, (1.0, 5))
    backup = {"since": 1.0, "until": 2.0}
    await store.change(lambda connection, _: connection.execute(sa.insert(schema.restored), backup) and None)

    def everything(connection: sa.Connection, _: object) -> Rows:
        tables = metadata.sorted_tables
        return {
            one.name: [dict(row) for row in connection.execute(sa.select(one)).mappings()] for one in tables
        }

    rows = await store.look(everything)
    await store.close()
    assert all(rows.values()), "each table has a row"
    return rows


@contextmanager
def opened(url: str) -> Iterator[sa.Connection]:
    engine = make_engine(sa.make_url(url), references=False)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def migrate(
    connection: sa.Connection, revision: str, way: Callable[[Config, str], None] = command.upgrade
) -> None:
    made = config()
    made.attributes["connection"] = connection
    way(made, revision)


def fill(connection: sa.Connection, rows: Rows) -> None:
    """Put in what this age has a place for."""
    old = sa.MetaData()
    old.reflect(connection)
    for name in (one.name for one in metadata.sorted_tables if one.name in old.tables):
        table = old.tables[name]
        kept = [{key: value for key, value in row.items() if key in table.c} for row in rows[name]]
        connection.execute(sa.delete(table))  # of what a migration itself puts there
        connection.execute(sa.insert(table), kept)
        if connection.dialect.name == "postgresql" and "id" in table.c and table.c.id.autoincrement is True:
            connection.exec_driver_sql(
                f"select setval(pg_get_serial_sequence('{name}', 'id'), (select max(id) from {name}))"
            )


def contents(
    connection: sa.Connection, like: dict[str, list[str]] | None = None
) -> tuple[Rows, dict[str, list[str]]]:
    """Return what stands in our tables, in the columns of an earlier look; and those columns."""
    found = sa.MetaData()
    found.reflect(connection)
    columns = like or {
        name: [column.name for column in table.c]
        for name, table in found.tables.items()
        if name in metadata.tables
    }
    rows: Rows = {}
    for name, names in columns.items():
        selected = connection.execute(sa.select(*(found.tables[name].c[one] for one in names)))
        rows[name] = sorted((dict(row) for row in selected.mappings()), key=repr)
    return rows, columns


def _words(found: dict[str, Any]) -> str:
    options = {key: str(value) for key, value in found.pop("dialect_options", {}).items()}
    return f"{found} {options}"


def shape(connection: sa.Connection) -> dict[str, Any]:
    """Return all that a database says of our tables, in an order of its own."""
    look = sa.inspect(connection)
    asked: dict[str, Callable[[str], Any]] = {
        "columns": look.get_columns,
        "keys": look.get_foreign_keys,
        "unique": look.get_unique_constraints,
        "checks": look.get_check_constraints,
        "indexes": look.get_indexes,
    }
    found: dict[str, Any] = {}
    for name in metadata.tables:
        found |= {f"{name} {kind}": sorted(map(_words, ask(name))) for kind, ask in asked.items()}
        found[f"{name} key"] = look.get_pk_constraint(name)
    return found


@pytest.mark.parametrize("revision", REVISIONS)
async def test_a_database_of_any_age_comes_up_to_date_with_all_that_is_in_it(
    empty: str, lived_in: Rows, revision: str
) -> None:
    with opened(empty) as connection:
        migrate(connection, revision)
    with opened(empty) as connection:
        fill(connection, lived_in)
        before, columns = contents(connection)
        assert all(before.values())
    assert upgrade(empty) == REVISIONS[-1]
    assert is_current(empty)
    with opened(empty) as connection:
        after, _ = contents(connection, columns)
        assert after == before
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("pragma foreign_key_check").all() == []
            assert connection.exec_driver_sql("pragma integrity_check").scalars().all() == ["ok"]
    await _goes_on(empty)


async def _goes_on(url: str) -> None:
    store = SqlStore(url)
    await store.transact(lambda tx: tx.set_door(BACK, None, NOW))
    sent = await deliver_all(store)
    assert ("staff", "entry:m9") in sent
    assert ("customer", "closing:1") in sent
    await store.transact(lambda tx: new_ticket(tx, title="A third"))
    for words, key in (("STRASSE", "ACME-2"), ("отчет", "ACME-1"), ("third", "ACME-3")):
        ask = AskList(every=True, words=words)
        listed = methodcaller("list_tickets", ["ACME"], ask, ROBIN.person, public=False, limit=9)
        found, _ = await store.read(listed)
        assert [one.ticket.key for one in found] == [key]
    await store.close()


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_age_ends_in_the_same_tables_as_a_new_one(empty: str, revision: str) -> None:
    with opened(empty) as connection:
        migrate(connection, revision)
    upgrade(empty)
    with opened(empty) as connection:
        migrated = shape(connection)
        for name in reversed(metadata.sorted_tables):
            name.drop(connection)
        metadata.create_all(connection)
    with opened(empty) as connection:
        assert migrated == shape(connection)


def test_what_would_refer_to_nothing_is_not_committed(sqlite_url: str) -> None:
    with opened(sqlite_url) as connection:
        migrate(connection, REVISIONS[-2], command.downgrade)
        connection.execute(
            sa.insert(schema.surface),
            {"ticket": "ACME-9", "side": "staff", "network": "slack", "place": "C2"},
        )
    with pytest.raises(RuntimeError, match="refer to nothing"):
        upgrade(sqlite_url)
    assert not is_current(sqlite_url)


def test_a_database_of_a_later_version_is_left_alone(database_url: str) -> None:
    with opened(database_url) as connection:
        connection.exec_driver_sql("update alembic_version set version_num = '9999'")
    with pytest.raises(Newer):
        upgrade(database_url)
    assert not is_current(database_url)
