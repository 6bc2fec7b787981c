"""A Discord of the tests' own on loopback: simcord's model behind real REST and a real gateway."""

from tests.doubles.discord.server import DiscordServer

__all__ = ["DiscordServer"]
