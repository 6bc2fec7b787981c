"""`halfdoor deliveries …`."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from bot.cli.common import Stop, out, with_store
from storage.ledger import Ledger
from storage.store import SqlStore

app = typer.Typer(help="What could not be delivered yet.", no_args_is_help=True)


@app.command("list")
def list_(
    every: Annotated[bool, typer.Option("--all", help="Also what is still being tried.")] = False,
) -> None:
    """List what was set aside, and why."""

    async def work(store: SqlStore) -> None:
        table = Table("Id", "Ticket", "To", "Place", "What", "State", "Tries", "Reason")
        for one in await store.look(lambda c, tx: Ledger(c, tx).standing(every=every)):
            place = f"{one.place.network}:{one.place.id}"
            what = one.subject.partition(":")[0]
            values = (one.id, one.ticket, one.side, place, what, one.state, one.attempts, one.error or "")
            table.add_row(*(str(value) for value in values))
        out.print(table if table.row_count else "Everything has arrived.")

    with_store(work)


@app.command("retry")
def retry(
    delivery: Annotated[int | None, typer.Argument(help="Its id; its whole thread is retried.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Retry all that was set aside.")] = False,
) -> None:
    """Send again what was set aside. A desk that is running takes it up by itself."""
    if (delivery is None) == (not every):
        raise Stop("Name one delivery, or say --all.")

    async def work(store: SqlStore) -> None:
        count = await store.change(lambda c, tx: Ledger(c, tx).retry(delivery))
        if not count:
            raise Stop("Nothing like that was set aside. `halfdoor deliveries list` shows what was.")
        out.print(f"{count} will be sent again.")

    with_store(work)


@app.command("drop")
def drop(delivery: Annotated[int, typer.Argument(help="Its id.")]) -> None:
    """Give up on one delivery that was set aside."""

    async def work(store: SqlStore) -> None:
        if not await store.change(lambda c, tx: Ledger(c, tx).drop(delivery)):
            raise Stop(f"Delivery {delivery} was not set aside. `halfdoor deliveries list` shows what was.")
        out.print(f"Delivery {delivery} will not be sent.")

    with_store(work)
