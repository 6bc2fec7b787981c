"""`python -m tests.benchmarks NAME [--json] [--profile]`: ratios from one run, for the machines are noisy."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys

from rich.console import Console
from rich.table import Table

from tests.benchmarks import discord, slack, slack_pacing, store, web

BENCHMARKS = {
    "discord": discord.run,
    "slack": slack.run,
    "slack-pacing": slack_pacing.run,
    "store": store.run,
    "web": web.run,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("name", choices=BENCHMARKS)
    parser.add_argument("--json", action="store_true", help="end with one JSON object of the ratios")
    parser.add_argument("--profile", action="store_true", help="sample where Halfdoor's time goes")
    given = parser.parse_args()
    rows, ratios = asyncio.run(BENCHMARKS[given.name](profile=given.profile))
    table = Table("what", "result")
    for row in rows:
        table.add_row(*row)
    for name, value in ratios.items():
        table.add_row(name, f"{value:.2f}")
    Console().print(table)
    if given.json:
        sys.stdout.write(json.dumps({name: round(value, 3) for name, value in ratios.items()}) + "\n")


if __name__ == "__main__":
    main()
