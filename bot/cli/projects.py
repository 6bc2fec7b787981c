"""`halfdoor project …`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated

import typer
from rich.table import Table

from bot.cli.common import Stop, out, with_store
from bot.ports import PlaceInside, PlaceTaken, ProjectPlaces
from bot.tickets.grammar import PROJECT_KEY
from bot.tickets.model import Place, Project
from bot.tickets.signs import visible
from bot.words.say import LANGUAGES
from storage.store import SqlStore
from storage.tx import SqlTx

app = typer.Typer(help="Projects: which channels belong to which customer.", no_args_is_help=True)


#: What an id on each network looks like, and how to say so. Slack: channels begin with C, older private ones
#: with G (docs.slack.dev/apis/web-api/using-the-conversations-api). Discord: snowflakes, 64 bits in decimal.
PLACES = {
    "slack": (re.compile(r"[CG][A-Z0-9]{1,20}"), "a channel's id, such as slack:C0123456789"),
    "discord": (re.compile(r"[1-9][0-9]{14,19}"), "a channel's id, such as discord:1012345678901234567"),
    "web": (
        re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?"),
        "small letters, digits and hyphens, such as web:acme",
    ),
}
#: Characters of a project's name, as in a chat's form.
NAME_LIMIT = 60


@app.command("add")
def add(
    key: Annotated[str, typer.Argument(help="Such as ACME: 2 to 10 capital letters or digits.")],
    name: Annotated[str, typer.Argument(help="The customer's name, as staff see it.")],
    customer: Annotated[list[str], typer.Option(help="A customer place, network:id; may be repeated.")],
    staff: Annotated[str, typer.Option(help="The staff place, network:id.")],
    language: Annotated[str, typer.Option(help="One of " + ", ".join(LANGUAGES))] = "en",
    reopen_days: Annotated[
        int, typer.Option(min=0, max=365, help="Days a closed ticket can be reopened.")
    ] = 7,
    every_message: Annotated[
        bool, typer.Option("--every-message", help="Whatever a customer says there opens a ticket.")
    ] = False,
    whole_team: Annotated[
        bool,
        typer.Option("--whole-team", help="On Discord, its staff threads are no private ones."),
    ] = False,
) -> None:
    """Link places to a project. In a chat `/ticket setup` does the same and checks the channels too."""
    if not PROJECT_KEY.fullmatch(key):
        raise Stop(f"“{key}” is no key: use 2 to 10 capital letters or digits, such as ACME.")
    name = " ".join(name.split())
    if not (visible(name) and len(name) <= NAME_LIMIT):
        raise Stop(f"A name has 1 to {NAME_LIMIT} characters, and something to see in it.")
    if language not in LANGUAGES:
        raise Stop(f"“{language}” is not a language I speak: choose one of {', '.join(LANGUAGES)}.")
    linked = Project(key, name, language, reopen_days, every_message, whole_team)
    customers, inside = [_place(one) for one in customer], _place(staff)
    if inside in customers:
        raise Stop("The staff place cannot be a customer place too.")

    async def work(store: SqlStore) -> None:
        def linking(_: object, tx: SqlTx) -> tuple[ProjectPlaces | None, ProjectPlaces | None]:
            before = tx.project(key)
            tx.link_places(linked, customers, inside)
            return before, tx.project(key)

        try:
            before, after = await store.change(linking)
        except PlaceTaken as taken:
            raise Stop(f"One of these places belongs to {taken} already.") from None
        except PlaceInside as once:
            raise Stop(f"{once} has been a team's place: what was said there stands there still.") from None
        assert after is not None
        if before is None:
            out.print(f"{key} is set up.")
        else:
            said = "; ".join(_changes(before, after)) or "nothing has changed"
            out.print(f"{key}: {said}.", soft_wrap=True, highlight=False, markup=False)

    with_store(work)


@app.command("list")
def list_() -> None:
    """List the projects and their places."""

    async def work(store: SqlStore) -> None:
        table = Table("Key", "Name", "Language", "Reopen days", "Intake", "Customer places", "Staff place")
        for link in await store.look(lambda _, tx: tx.links()):
            about = link.project
            places, staff = "\n".join(map(_named, link.customer_places)), _named(link.staff_place)
            days = str(about.reopen_days)
            table.add_row(about.key, about.name, about.language, days, _intake(about), places, staff)
        out.print(table)

    with_store(work)


def _place(text: str) -> Place:
    network, colon, ident = text.partition(":")
    if not (network and colon and ident):
        raise Stop(f"“{text}” is no place: write network:id, such as slack:C0123456789.")
    if network not in PLACES:
        raise Stop(f"“{network}” is no network I know: choose one of {', '.join(PLACES)}.")
    shape, like = PLACES[network]
    if not shape.fullmatch(ident):
        raise Stop(f"“{ident}” cannot be a place on {network}: write {like}.")
    return Place(network, ident)


def _changes(before: ProjectPlaces, after: ProjectPlaces) -> Iterator[str]:
    """Say what is not as it was, the part that people see first."""
    old, new = before.project, after.project
    if before.staff_place != after.staff_place:
        yield f"staff place {_named(before.staff_place)} -> {_named(after.staff_place)}"
    for place in (one for one in after.customer_places if one not in before.customer_places):
        yield f"customer place {_named(place)} is new"
    for place in (one for one in before.customer_places if one not in after.customer_places):
        yield f"customer place {_named(place)} is no longer one"
    for what, was, now in (
        ("name", old.name, new.name),
        ("language", old.language, new.language),
        ("days to reopen", old.reopen_days, new.reopen_days),
        ("intake", _intake(old), _intake(new)),
        ("staff threads", _threads(old), _threads(new)),
    ):
        if was != now:
            yield f"{what} {was} -> {now}"


def _named(place: Place) -> str:
    return f"{place.network}:{place.id}"


def _intake(about: Project) -> str:
    return "every message" if about.every_message else "mentions"


def _threads(about: Project) -> str:
    return "for the whole team" if about.whole_team else "private"
