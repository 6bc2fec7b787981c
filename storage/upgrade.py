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


def upgrade(url: str) -> str:
    """Run the migrations that are missing and return the revision the database is at.

    Raises:
        Unavailable: the database cannot be reached or opened.
    """
    engine = make_engine(sa.make_url(url))
    try:
        with engine.begin() as connection:
            made = config()
            made.attributes["connection"] = connection
            command.upgrade(made, "head")
            return _revision(connection)
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


def _revision(connection: sa.Connection) -> str:
    return MigrationContext.configure(connection).get_current_revision() or ""
