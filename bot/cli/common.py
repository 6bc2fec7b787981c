"""What all commands share: their settings, the database, and how they end."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from typing import TypeVar

import typer
from dotenv import dotenv_values
from pydantic import ValidationError
from pydantic_settings import BaseSettings
from rich.console import Console

from bot import logs
from bot.ports import Unavailable
from bot.settings import Settings
from bot.wiring import SystemClock, make_lanes
from storage.store import SqlStore
from storage.upgrade import Newer, is_current, upgrade

out = Console()
err = Console(stderr=True)

Chosen = TypeVar("Chosen", bound=BaseSettings)
Result = TypeVar("Result")


class Stop(typer.Exit):
    """An expected end: the words have been said."""

    def __init__(self, words: str) -> None:
        err.print(words, style="red", markup=False, highlight=False, soft_wrap=True)
        super().__init__(1)


def given(kind: type[Chosen]) -> Chosen | None:
    """Read a network's settings, or return None when there are none of them at all."""
    prefix = str(kind.model_config.get("env_prefix", "")).upper()
    names = [*os.environ, *dotenv_values(".env")]
    return read(kind) if any(name.upper().startswith(prefix) for name in names) else None


def read(kind: type[Chosen], hint: str = "") -> Chosen:
    """Read settings, or end with one line for each that is missing or wrong. Values are never shown."""
    try:
        return kind()
    except ValidationError as error:
        prefix = kind.model_config.get("env_prefix", "")
        lines = ["Halfdoor cannot start with these settings:"]
        for one in error.errors(include_input=False, include_url=False):
            name = str(one["loc"][0])
            field = kind.model_fields[name]
            wrong = "is missing" if one["type"] == "missing" else one["msg"].removeprefix("Value error, ")
            lines.append(f"  {prefix.upper()}{name.upper()} {wrong}. {field.description}.")
        raise Stop("\n".join([*lines, hint]).rstrip()) from None


def reaching(settings: Settings, work: Callable[[str], Result]) -> Result:
    """Do something with the database, or say that it cannot be reached."""
    try:
        return work(settings.database_url)
    except Unavailable as error:
        raise Stop(f"The database cannot be reached: {error}\nLook at HALFDOOR_DATABASE_URL.") from None
    except Newer:
        raise Stop(
            "A newer Halfdoor made this database. Run that one, or restore a backup of your own."
        ) from None


def upgraded(settings: Settings) -> str:
    """Bring the database to this version's tables; return the revision it is at."""
    return reaching(settings, upgrade)


def with_store(work: Callable[[SqlStore], Coroutine[None, None, None]]) -> None:
    """Do something with the store of a database that is at this version."""
    settings = read(Settings)
    logs.configure("warning", settings.log_format)
    if not reaching(settings, is_current):
        raise Stop("The database is not at this version. Run `halfdoor db upgrade` first.")

    async def do() -> None:
        store = SqlStore(settings.database_url)
        make_lanes(store, SystemClock(), settings)  # on PostgreSQL, what is owed again wakes its lane
        try:
            await work(store)
        finally:
            await store.close()

    asyncio.run(do())
