"""The ticket core. Pure: no I/O, no clock, no network, no SQL."""
