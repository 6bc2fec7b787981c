"""`halfdoor discord …`."""

from __future__ import annotations

import typer

from adapters.discord.network import invitation
from adapters.discord.settings import DiscordSettings
from bot.cli.common import out, read

app = typer.Typer(help="Discord.", no_args_is_help=True)


@app.command("invite")
def invite() -> None:
    """Print the link by which a server's administrator lets Halfdoor in."""
    out.print(invitation(read(DiscordSettings)), soft_wrap=True, highlight=False)
