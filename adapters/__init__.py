"""One package per network, each behind `bot.ports.Network`."""
