"""A network inside one terminal, for `halfdoor demo`: both sides of the door at once."""
