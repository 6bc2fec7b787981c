"""The desk that the pages' tests visit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web_office import WebOffice


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[WebOffice]:
    """A desk with pages, on each of the two databases."""
    async with WebOffice(database_url, tmp_path) as made:
        yield made


@pytest.fixture
async def light(sqlite_url: str, tmp_path: Path) -> AsyncIterator[WebOffice]:
    """The same on SQLite alone."""
    async with WebOffice(sqlite_url, tmp_path) as made:
        yield made
