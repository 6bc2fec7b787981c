"""`python -m tests.benchmarks NAME [--json] [--profile]`: ratios from one run, for the machines are noisy."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys

from rich.console import Console
from rich.table import Table

from tests.benchmarks import discord, slack, slack_pacing, store, storm, web

BENCHMARKS = {
    "discord": discord.run,
    "slack": slack.run,
    "slack-pacing": slack_pacing.run,
    "store": store.run,
    "web": web.run,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("name", choices=[*BENCHMARKS, "storm"])
    parser.add_argument("--kills", type=int, default=50, help="storm: how often each storm strikes")
    parser.add_argument("--json", action="store_true", help="end with one JSON object of the ratios")
    parser.add_argument("--profile", action="store_true", help="sample where Halfdoor's time goes")
    given = parser.parse_args()
    if given.name == "storm":
        sys.exit(_storm(given.kills, as_json=given.json))
    rows, ratios = asyncio.run(BENCHMARKS[given.name](profile=given.profile))
    table = Table("what", "result")
    for row in rows:
        table.add_row(*row)
    for name, value in ratios.items():
        table.add_row(name, f"{value:.2f}")
    Console().print(table)
    if given.json:
        sys.stdout.write(json.dumps({name: round(value, 3) for name, value in ratios.items()}) + "\n")


def _storm(kills: int, *, as_json: bool) -> int:
    """Print what the storms counted; 1 when anything was lost, doubled or reordered."""
    found = asyncio.run(storm.run(number=kills))
    table = Table("storm", "injected", "lost", "doubled", "reordered")
    for name, counted in found.items():
        table.add_row(name, *map(str, counted.values()))
    Console().print(table)
    if as_json:
        sys.stdout.write(json.dumps(found) + "\n")
    return int(any(one["lost"] or one["doubled"] or one["reordered"] for one in found.values()))


if __name__ == "__main__":
    main()
