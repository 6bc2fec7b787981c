"""Halfdoor: a ticket desk that lives in chat."""
