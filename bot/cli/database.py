"""`halfdoor db …`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import make_url

from adapters.web.settings import WebSettings
from bot.cli.common import Stop, given, out, reaching, read, upgraded, with_store
from bot.settings import Settings
from storage.backup import MARGIN, InTheWay, NoBackup, back_up, restore
from storage.lanes import AlreadyRunning, lock_file
from storage.ledger import Ledger
from storage.store import SqlStore
from storage.upgrade import Newer, upgrade

app = typer.Typer(help="The database.", no_args_is_help=True)


@app.command("upgrade")
def upgrade_() -> None:
    """Bring the database to the tables of this version."""
    revision = upgraded(read(Settings))
    out.print(f"The database is at revision {revision}.")


@app.command("backup")
def backup(
    file: Annotated[Path, typer.Argument(help="Where to write it; an older backup there is replaced.")],
) -> None:
    """Write the database and the files that came by the web into one file, while a desk runs or not."""
    database, files = _on_sqlite("backed up", "`pg_dump -Fc -f FILE URL`")
    try:
        made = back_up(database, files, file, datetime.now(UTC))
    except InTheWay:
        raise Stop(f"{file} is there already, and is no backup. Name another file.") from None
    except NoBackup as error:
        raise Stop(str(error)) from None
    except OSError as error:
        raise Stop(f"{file} cannot be written: {error.strerror}.") from None
    out.print(f"The database and {made.files} files are in {file}.", soft_wrap=True, highlight=False)


@app.command("restore")
def restore_(
    file: Annotated[Path, typer.Argument(help="A file that `halfdoor db backup` wrote.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the database that is there.")] = False,
) -> None:
    """Put a backup in the database's place. What was sent since it was taken is not sent again."""
    database, files = _on_sqlite("restored", "`pg_restore`, then `halfdoor db restored --at TIME`")
    try:
        backup = restore(file, database, files, datetime.now(UTC), force=force)
    except AlreadyRunning:
        raise Stop("A desk runs on this database. Stop it first.") from None
    except InTheWay:
        raise Stop(f"There is a database at {database} already. Say --force to replace it.") from None
    except Newer:
        raise Stop(f"A newer Halfdoor made {file}. Restore it with that one.") from None
    except NoBackup as error:
        raise Stop(str(error)) from None
    except OSError as error:
        raise Stop(f"{file} cannot be restored: {error.strerror}: {error.filename}.") from None
    when = f"{backup.taken.astimezone():%Y-%m-%d %H:%M:%S %Z}"
    out.print(f"The desk is as it was at {when}, with {backup.files} files.", highlight=False)
    out.print("Start it: what was said in the chats since then is taken up, and nothing is said twice.")


@app.command("restored")
def restored(
    at: Annotated[str, typer.Option(help="When the dump was begun, such as 2026-11-27T09:00:00+01:00.")],
) -> None:
    """Say that the database was restored by other means, before a desk runs on it again.

    What was sent since the dump was begun is looked for before it is sent again.
    """
    now = datetime.now(UTC)
    try:
        since = datetime.fromisoformat(at).astimezone(UTC)
    except ValueError:
        raise Stop(f"“{at}” is no time: write it like 2026-11-27T09:00:00+01:00.") from None
    if since > now:
        raise Stop(f"{at} has not been yet.")
    reaching(read(Settings), upgrade)

    async def work(store: SqlStore) -> None:
        if store.sqlite:
            lock_file(str(store.url.database))  # until we end
        until = (now + MARGIN).timestamp()
        await store.change(lambda c, tx: Ledger(c, tx).doubt(since.timestamp(), until))
        out.print(
            "Start the desk: what was said in the chats since then is taken up, and nothing is said twice."
        )

    try:
        with_store(work)
    except AlreadyRunning:
        raise Stop("A desk runs on this database. Stop it first.") from None


def _on_sqlite(done: str, tools: str) -> tuple[str, Path]:
    """Return the database's file and the folder of kept files; PostgreSQL has tools of its own."""
    url, web = make_url(read(Settings).database_url), given(WebSettings)
    files = web.files if web is not None else Path(WebSettings.model_fields["files"].default)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise Stop(f"PostgreSQL is {done} by its own tools: {tools}. Copy the folder {files} with it.")
    return url.database, files
