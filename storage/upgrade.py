"""Bring a database to the tables of this version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import exc

from bot.ports import Unavailable
from storage.store import make_engine


def config() -> Config:
    """Return Alembic's configuration; the connection is handed over in its attributes."""
    made = Config()
    made.set_main_option("script_location", "storage:migrations")
    made.set_main_option("path_separator", "os")
    return made


class Newer(Exception):
    """A later version of this program made the tables: this one would not know what they mean."""


def upgrade(url: str) -> str:
    """Run the migrations that are missing and return the revision the database is at.

    Raises:
        Newer: a later version of this program made its tables.
        Unavailable: the database cannot be reached or opened.
    """
    # SQLite changes a table by a copy of it: to drop the old one is to delete what all others refer to.
    engine = make_engine(sa.make_url(url), references=False)
    try:
        with engine.begin() as connection:
            before = _revision(connection)
            if before and before not in _known():
                raise Newer
            made = config()
            made.attributes["connection"] = connection
            command.upgrade(made, "head")
            after = _revision(connection)
            if after != before:
                _check_references(connection)
            return after
    except exc.OperationalError as error:
        raise Unavailable(str(error.orig)) from error
    finally:
        engine.dispose()


def is_current(url: str) -> bool:
    """Whether the database has the tables of this version.

    Raises:
        Unavailable: the database cannot be reached or opened.
    """
    engine = make_engine(sa.make_url(url))
    try:
        with engine.begin() as connection:
            return _revision(connection) == ScriptDirectory.from_config(config()).get_current_head()
    except exc.OperationalError as error:
        raise Unavailable(str(error.orig)) from error
    finally:
        engine.dispose()


def _known() -> set[str]:
    return {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}


def _check_references(connection: sa.Connection) -> None:
    """Nothing is committed that refers to what is not there; PostgreSQL looks after that by itself."""
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("pragma foreign_key_check").all()
    if broken:
        raise RuntimeError(
            f"the migrations would leave {len(broken)} rows that refer to nothing: {broken[:3]}"
        )


def _revision(connection: sa.Connection) -> str:
    return MigrationContext.configure(connection).get_current_revision() or ""
