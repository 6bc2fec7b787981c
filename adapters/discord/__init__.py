"""Halfdoor on Discord."""
