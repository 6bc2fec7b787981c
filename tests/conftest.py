"""Fixtures: databases of both kinds, made for each test alone."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from storage.upgrade import upgrade
from tests.doubles.postgres import PostgresServer
from tests.office import Office
from tests.settings import log_plainly

log_plainly()

slow = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
settings.register_profile("ci", max_examples=100, deadline=None, suppress_health_check=slow)
settings.register_profile("nightly", max_examples=1000, deadline=None, suppress_health_check=slow)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[tuple[PostgresServer, str]]:
    """A server, and the name of a database in it that has our tables."""
    server = PostgresServer()
    try:
        template = server.create()
        upgrade(template)
        yield server, template.rpartition("/")[2]
    finally:
        server.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of its own, on each of the two kinds."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
    else:
        server, template = request.getfixturevalue("postgres")
        url = server.create(template)
        yield url
        server.drop(url)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file that has our tables."""
    file = tmp_path_factory.mktemp("template") / "halfdoor.db"
    upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'halfdoor.db')}"


@pytest.fixture(params=["socket", "http"])
async def office(sqlite_url: str, request: pytest.FixtureRequest) -> AsyncIterator[Office]:
    """The whole desk, on SQLite, reached in each of the two ways."""
    async with Office(sqlite_url, mode=request.param) as made:
        yield made


@pytest.fixture
async def socket(sqlite_url: str) -> AsyncIterator[Office]:
    """The whole desk, on SQLite, reached by Socket Mode."""
    async with Office(sqlite_url) as made:
        yield made


@pytest.fixture
async def both(database_url: str) -> AsyncIterator[Office]:
    """The whole desk, on each database, reached by Socket Mode."""
    async with Office(database_url) as made:
        yield made


@pytest.fixture(params=["socket", "http"])
async def everywhere(database_url: str, request: pytest.FixtureRequest) -> AsyncIterator[Office]:
    """The whole desk, on each database, reached in each of the two ways."""
    async with Office(database_url, mode=request.param) as made:
        yield made
