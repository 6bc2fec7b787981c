"""`halfdoor web …`."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Annotated

import typer

from adapters.web.settings import WebSettings
from bot.access import Keys
from bot.cli.common import Stop, out, read, with_store
from bot.pages import Pages
from bot.ports import ProjectPlaces
from bot.tickets import names
from bot.tickets.model import Person, Side
from bot.wiring import SystemClock
from bot.words.say import say
from storage.store import SqlStore

app = typer.Typer(help="The pages: links for customers and for the team.", no_args_is_help=True)


@app.command("link")
def link(
    key: Annotated[str, typer.Argument(help="The project, such as ACME.")],
    name: Annotated[
        str, typer.Option(help="Whose link it is; without it each who opens it says their name.")
    ] = "",
    days: Annotated[int, typer.Option(min=1, max=3650, help="Days until it expires.")] = 90,
) -> None:
    """Print a link to a customer's page. Whoever has it can open it: `halfdoor web revoke` ends that."""
    _print_link(key, Side.CUSTOMER, name, "link", timedelta(days=days))


@app.command("staff")
def staff(
    key: Annotated[str, typer.Argument(help="The project, such as ACME.")],
    name: Annotated[str, typer.Option(help="Whose link it is.")],
) -> None:
    """Print a link to the team's console that works once, where the team's own place is on the web.

    Whose team is in a chat gets theirs there, by `/ticket console`.
    """
    _print_link(key, Side.STAFF, name, "once", timedelta(days=1))


@app.command("revoke")
def revoke(
    key: Annotated[str, typer.Argument(help="The project, such as ACME.")],
    name: Annotated[str, typer.Option(help="Only this person's links and sessions.")] = "",
) -> None:
    """Take links back, and end the sessions that they opened."""

    async def work(store: SqlStore) -> None:
        link = await _linked(store, key)
        keys, count = Keys(store, SystemClock()), 0
        for place in (*link.customer_places, link.staff_place):
            side = Side.STAFF if place == link.staff_place else Side.CUSTOMER
            count += await keys.revoke(place, _on_web(key, side, name) if name else None)
        out.print(f"{count} links and sessions were taken back.")

    with_store(work)


def _print_link(key: str, side: Side, name: str, kind: str, life: timedelta) -> None:
    web = read(WebSettings)

    async def work(store: SqlStore) -> None:
        link = await _linked(store, key)
        places = link.customer_places if side is Side.CUSTOMER else (link.staff_place,)
        place = next((one for one in places if one.network == "web"), None)
        if place is None:
            raise Stop(f"{key} has no such place on the web: add one with `halfdoor project add`.")
        if name and side is Side.CUSTOMER:
            team = await Pages(store, SystemClock()).team(link)
            if refusal := names.refusal(" ".join(name.split()), [one.name for one in team]):
                raise Stop(say(refusal, "en"))
        person = _on_web(key, side, name) if name else Person("web", "", "")
        secret = await Keys(store, SystemClock()).give(kind, place, person, life)
        half = "c" if side is Side.CUSTOMER else "team"
        base = web.url or f"http://{web.listen}"
        out.print(f"{base}/{half}/enter/{secret}", soft_wrap=True, highlight=False)

    with_store(work)


async def _linked(store: SqlStore, key: str) -> ProjectPlaces:
    found = await store.look(lambda _, tx: tx.project(key))
    if found is None:
        raise Stop(f"There is no project {key}. `halfdoor project list` shows all.")
    return found


def _on_web(project: str, side: Side, name: str) -> Person:
    """Return somebody who comes by the web alone: on one side of a project, a name is one person's."""
    who = f"{project} {side} {name}"
    return Person("web", hashlib.blake2b(who.encode(), digest_size=8).hexdigest(), name)
