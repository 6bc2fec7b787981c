"""Keys: who may open which page. There are no passwords; a key is a secret in a link or in a cookie."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from datetime import timedelta

from bot.ports import Clock, Key, Store, Tx
from bot.tickets.model import Person, Place

#: How long what staff ask for in a chat opens the console, once; and how long each session holds.
ONCE, SESSION = timedelta(minutes=10), timedelta(days=7)


class Keys:
    """Gives keys out and tells whose a key is. The store keeps their hashes alone."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def give(self, kind: str, place: Place, person: Person, life: timedelta) -> str:
        """Return a new secret that opens a place to a person for so long. Raises Unavailable."""
        secret, now = secrets.token_urlsafe(32), self._clock.now()
        key = Key(kind, place, person, now + life)

        def work(tx: Tx) -> None:
            tx.drop_expired(now)
            tx.add_key(_digest(secret), key)

        await self._store.transact(work)
        return secret

    async def look(self, secret: str) -> Key | None:
        """Return what a secret opens, None when it is unknown, expired or revoked. Raises Unavailable."""
        digest, now = _digest(secret), self._clock.now()
        return await self._store.read(lambda tx: tx.key(digest, now))

    async def enter(self, secret: str, person: Person | None = None) -> str | None:
        """Open a session with a link or a key that works once; return its secret.

        `person` is who they say they are, where the link does not say so.
        """
        digest, now, session = _digest(secret), self._clock.now(), secrets.token_urlsafe(32)

        def work(tx: Tx) -> bool:
            key = tx.key(digest, now)
            if key is None or key.kind == "session" or (not key.person.id and person is None):
                return False
            if key.kind == "once" and not tx.drop_key(digest):
                return False  # somebody else was quicker
            until = now + SESSION if key.kind == "once" else min(now + SESSION, key.until)
            who = key.person if key.person.id or person is None else person
            opened = replace(key, kind="session", person=who, until=until, origin=digest)
            tx.add_key(_digest(session), opened)
            return True

        return session if await self._store.transact(work) else None

    async def leave(self, secret: str) -> None:
        """End a session."""
        await self._store.transact(lambda tx: tx.drop_key(_digest(secret)))

    async def revoke(self, place: Place, person: Person | None = None) -> int:
        """Take all keys to a place away, or one person's, sessions too; return how many there were."""
        return await self._store.transact(lambda tx: tx.drop_keys(place, person))

    async def holds(self, person: Person, place: Place) -> bool:
        """Whether somebody has a key to a place: of a place that is a page, these are who can see it."""
        now = self._clock.now()
        return await self._store.read(lambda tx: tx.holds(place, person, now))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
