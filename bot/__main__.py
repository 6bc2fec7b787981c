"""The command line."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import signal
import webbrowser
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, TypeVar

import structlog
import typer
from dotenv import dotenv_values
from pydantic import ValidationError
from pydantic_settings import BaseSettings
from rich.console import Console
from rich.table import Table
from sqlalchemy import make_url

from adapters.discord.network import invitation
from adapters.discord.settings import DiscordSettings
from adapters.slack.settings import SlackSettings
from adapters.web.settings import WebSettings
from bot import logs
from bot.keys import Keys
from bot.pages import Pages
from bot.ports import Link, PlaceInside, PlaceTaken, Unavailable
from bot.settings import Settings
from bot.tickets import names
from bot.tickets.grammar import PROJECT_KEY
from bot.tickets.model import Person, Place, Project, Side
from bot.tickets.signs import visible
from bot.tickets.texts import LANGUAGES, say
from bot.wiring import SystemClock, demo_desk, make, make_lanes
from storage.backup import MARGIN, InTheWay, NoBackup, back_up, restore
from storage.lanes import AlreadyRunning, lock_file
from storage.ledger import Ledger
from storage.store import SqlStore
from storage.tx import SqlTx
from storage.upgrade import Newer, is_current, upgrade

app = typer.Typer(
    help="A ticket desk that lives in chat.", no_args_is_help=True, pretty_exceptions_enable=False
)
db = typer.Typer(help="The database.", no_args_is_help=True)
project = typer.Typer(help="Projects: which channels belong to which customer.", no_args_is_help=True)
deliveries = typer.Typer(help="What could not be delivered yet.", no_args_is_help=True)
discord_app = typer.Typer(help="Discord.", no_args_is_help=True)
web_app = typer.Typer(help="The pages: links for customers and for the team.", no_args_is_help=True)
app.add_typer(db, name="db")
app.add_typer(web_app, name="web")
app.add_typer(discord_app, name="discord")
app.add_typer(project, name="project")
app.add_typer(deliveries, name="deliveries")

out = Console()
err = Console(stderr=True)

#: What the demo says to whoever started it.
DEMO = """Halfdoor is running. Open this page: a customer is on the left, your team on the right.

  {address}

Open a ticket on the left. On the right answer it, and leave a note that the left never sees; then close it.
{kept} Ctrl-C stops it."""

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

Chosen = TypeVar("Chosen", bound=BaseSettings)


class Stop(typer.Exit):
    """An expected end: the words have been said."""

    def __init__(self, words: str) -> None:
        err.print(words, style="red", markup=False, highlight=False, soft_wrap=True)
        super().__init__(1)


@app.command()
def run() -> None:
    """Run the desk on each network that has settings, until it is told to stop (SIGTERM or Ctrl-C)."""
    settings, slack, discord = read(Settings), given(SlackSettings), given(DiscordSettings)
    web = given(WebSettings)
    if slack is None and discord is None and web is None:
        slack = read(
            SlackSettings, "Or set HALFDOOR_DISCORD_TOKEN, to run on Discord alone, or HALFDOOR_WEB_LISTEN."
        )
    logs.configure(settings.log_level, settings.log_format)
    if settings.database_url.startswith("sqlite"):
        _upgrade(settings)
    elif not _reaching(settings, is_current):
        raise Stop("The database is not at this version. Run `halfdoor db upgrade` first.")
    try:
        asyncio.run(_run(settings, slack, discord, web))
    except AlreadyRunning:
        raise Stop(
            "Another Halfdoor runs on this SQLite file already. Stop it, or use PostgreSQL for several."
        ) from None


@app.command()
def demo(
    data: Annotated[Path | None, typer.Option(help="Keep it in this folder, and go on there.")] = None,
    seed: Annotated[bool, typer.Option("--seed", help="Begin with a month of tickets.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any that is free.")] = 0,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
) -> None:
    """Try both sides of the door in a browser: a customer's page and the team's console. Needs no tokens."""
    logs.configure("warning", "console")

    async def do(folder: Path) -> None:
        stop = asyncio.Event()
        for sign in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(sign, stop.set)
        async with demo_desk(folder, port=port, seed=seed) as address:
            out.print(
                "Halfdoor is running. Open this page, with a customer on the left and your team on the right:"
            )
            out.print(f"  {address}", soft_wrap=True, highlight=False)
            out.print(
                "Open a ticket on the left. On the right answer it, and leave a note: the left never sees it."
            )
            out.print(f"Everything is kept in {folder}." if data else "Nothing is kept.", "Ctrl-C stops it.")
            if browser:
                await asyncio.to_thread(webbrowser.open, address)
            await stop.wait()

    try:
        if data is None:
            with TemporaryDirectory(prefix="halfdoor-demo-") as folder:
                asyncio.run(do(Path(folder)))
        else:
            data.mkdir(parents=True, exist_ok=True)
            asyncio.run(do(data.resolve()))
    except AlreadyRunning:
        raise Stop("Another demo runs in that folder already. Stop it, or name another.") from None
    except TimeoutError:
        raise Stop(
            f"Port {port} cannot be listened on: another program may have it. Choose another."
        ) from None


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the tables of this version."""
    revision = _upgrade(read(Settings))
    out.print(f"The database is at revision {revision}.")


@db.command("backup")
def db_backup(
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


@db.command("restore")
def db_restore(
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


@db.command("restored")
def db_restored(
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
    _reaching(read(Settings), upgrade)

    async def work(store: SqlStore) -> None:
        if store.sqlite:
            lock_file(str(store.url.database))  # until we end
        until = (now + MARGIN).timestamp()
        await store.change(lambda c, tx: Ledger(c, tx).doubt(since.timestamp(), until))
        out.print(
            "Start the desk: what was said in the chats since then is taken up, and nothing is said twice."
        )

    try:
        _with_store(work)
    except AlreadyRunning:
        raise Stop("A desk runs on this database. Stop it first.") from None


@project.command("add")
def project_add(
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
        def linking(_: object, tx: SqlTx) -> tuple[Link | None, Link | None]:
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

    _with_store(work)


@project.command("list")
def project_list() -> None:
    """List the projects and their places."""

    async def work(store: SqlStore) -> None:
        table = Table("Key", "Name", "Language", "Reopen days", "Intake", "Customer places", "Staff place")
        for link in await store.look(lambda _, tx: tx.links()):
            about = link.project
            places, staff = "\n".join(map(_named, link.customer_places)), _named(link.staff_place)
            days = str(about.reopen_days)
            table.add_row(about.key, about.name, about.language, days, _intake(about), places, staff)
        out.print(table)

    _with_store(work)


@discord_app.command("invite")
def discord_invite() -> None:
    """Print the link by which a server's administrator lets Halfdoor in."""
    out.print(invitation(read(DiscordSettings)), soft_wrap=True, highlight=False)


@web_app.command("link")
def web_link(
    key: Annotated[str, typer.Argument(help="The project, such as ACME.")],
    name: Annotated[
        str, typer.Option(help="Whose link it is; without it each who opens it says their name.")
    ] = "",
    days: Annotated[int, typer.Option(min=1, max=3650, help="Days until it expires.")] = 90,
) -> None:
    """Print a link to a customer's page. Whoever has it can open it: `halfdoor web revoke` ends that."""
    _print_link(key, Side.CUSTOMER, name, "link", timedelta(days=days))


@web_app.command("staff")
def web_staff(
    key: Annotated[str, typer.Argument(help="The project, such as ACME.")],
    name: Annotated[str, typer.Option(help="Whose link it is.")],
) -> None:
    """Print a link to the team's console that works once, where the team's own place is on the web.

    Whose team is in a chat gets theirs there, by `/ticket console`.
    """
    _print_link(key, Side.STAFF, name, "once", timedelta(days=1))


@web_app.command("revoke")
def web_revoke(
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

    _with_store(work)


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

    _with_store(work)


async def _linked(store: SqlStore, key: str) -> Link:
    found = await store.look(lambda _, tx: tx.project(key))
    if found is None:
        raise Stop(f"There is no project {key}. `halfdoor project list` shows all.")
    return found


def _on_web(project: str, side: Side, name: str) -> Person:
    """Return somebody who comes by the web alone: on one side of a project, a name is one person's."""
    who = f"{project} {side} {name}"
    return Person("web", hashlib.blake2b(who.encode(), digest_size=8).hexdigest(), name)


@deliveries.command("list")
def deliveries_list(
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

    _with_store(work)


@deliveries.command("retry")
def deliveries_retry(
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

    _with_store(work)


@deliveries.command("drop")
def deliveries_drop(delivery: Annotated[int, typer.Argument(help="Its id.")]) -> None:
    """Give up on one delivery that was set aside."""

    async def work(store: SqlStore) -> None:
        if not await store.change(lambda c, tx: Ledger(c, tx).drop(delivery)):
            raise Stop(f"Delivery {delivery} was not set aside. `halfdoor deliveries list` shows what was.")
        out.print(f"Delivery {delivery} will not be sent.")

    _with_store(work)


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


async def _run(
    settings: Settings,
    slack: SlackSettings | None,
    discord: DiscordSettings | None,
    web: WebSettings | None,
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    halfdoor = make(settings, slack, discord=discord, web=web)
    log = structlog.get_logger()
    try:
        await halfdoor.start()
        log.info("started", database=halfdoor.store.url.get_backend_name())
        await stop.wait()
        log.info("stopping")
    finally:
        await halfdoor.stop()
    log.info("stopped")


def _upgrade(settings: Settings) -> str:
    return _reaching(settings, upgrade)


def _on_sqlite(done: str, tools: str) -> tuple[str, Path]:
    """Return the database's file and the folder of kept files; PostgreSQL has tools of its own."""
    url, web = make_url(read(Settings).database_url), given(WebSettings)
    files = web.files if web is not None else Path(WebSettings.model_fields["files"].default)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise Stop(f"PostgreSQL is {done} by its own tools: {tools}. Copy the folder {files} with it.")
    return url.database, files


Result = TypeVar("Result")


def _reaching(settings: Settings, work: Callable[[str], Result]) -> Result:
    """Do something with the database, or say that it cannot be reached."""
    try:
        return work(settings.database_url)
    except Unavailable as error:
        raise Stop(f"The database cannot be reached: {error}\nLook at HALFDOOR_DATABASE_URL.") from None
    except Newer:
        raise Stop(
            "A newer Halfdoor made this database. Run that one, or restore a backup of your own."
        ) from None


def _with_store(work: Callable[[SqlStore], Coroutine[None, None, None]]) -> None:
    settings = read(Settings)
    logs.configure("warning", settings.log_format)
    if not _reaching(settings, is_current):
        raise Stop("The database is not at this version. Run `halfdoor db upgrade` first.")

    async def do() -> None:
        store = SqlStore(settings.database_url)
        make_lanes(store, SystemClock(), settings)  # on PostgreSQL, what is owed again wakes its lane
        try:
            await work(store)
        finally:
            await store.close()

    asyncio.run(do())


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


def _changes(before: Link, after: Link) -> Iterator[str]:
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


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
