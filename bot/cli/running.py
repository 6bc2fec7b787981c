"""`halfdoor run` and `halfdoor demo`."""

from __future__ import annotations

import asyncio
import signal
import webbrowser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import structlog
import typer

from adapters.discord.settings import DiscordSettings
from adapters.slack.settings import SlackSettings
from adapters.web.settings import WebSettings
from bot import logs
from bot.cli.common import Stop, given, out, reaching, read, upgraded
from bot.settings import Settings
from bot.wiring import demo_desk, make
from storage.lanes import AlreadyRunning
from storage.upgrade import is_current


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
        upgraded(settings)
    elif not reaching(settings, is_current):
        raise Stop("The database is not at this version. Run `halfdoor db upgrade` first.")
    try:
        asyncio.run(_run(settings, slack, discord, web))
    except AlreadyRunning:
        raise Stop(
            "Another Halfdoor runs on this SQLite file already. Stop it, or use PostgreSQL for several."
        ) from None


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
