"""The command line."""

from __future__ import annotations

import typer

from bot.cli import database, deliveries, discord, projects, running, web

app = typer.Typer(
    help="A ticket desk that lives in chat.", no_args_is_help=True, pretty_exceptions_enable=False
)
app.command()(running.run)
app.command()(running.demo)
app.add_typer(database.app, name="db")
app.add_typer(web.app, name="web")
app.add_typer(discord.app, name="discord")
app.add_typer(projects.app, name="project")
app.add_typer(deliveries.app, name="deliveries")


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
