"""Turns what people send from pages into `Incoming`. Pure."""

from __future__ import annotations

import hashlib
from datetime import datetime

from bot.ports import Asked, Deleted, Edited, Incoming, Key, Said
from bot.tickets.asks import Ask, AskComment, AskOpen
from bot.tickets.model import File, PostRef


def edited(
    key: Key, ticket: str, post: str, text: str, files: tuple[File, ...], *, ident: str, at: datetime
) -> Incoming:
    """Somebody changed what they wrote."""
    ref = _ref(key, post)
    told = Said(PostRef(key.place, post), ticket, text, files=files)
    act = Edited(told, ref)
    return Incoming(f"{ref}:edit:{ident}", key.person, key.place, at, act, digest=_digest(text))


def deleted(key: Key, post: str, *, at: datetime) -> Incoming:
    """Somebody took back what they wrote."""
    act = Deleted(PostRef(key.place, post))
    return Incoming(f"{_ref(key, post)}:deleted", key.person, key.place, at, act)


def asked(
    key: Key,
    ask: Ask,
    *,
    ident: str,
    at: datetime,
    locale: str,
    files: tuple[File, ...] = (),
    stands: bool = False,
) -> Incoming:
    """Somebody pressed a button or sent a form; `ident`: the form's own, so that it is taken once of them.

    `stands`: what it says stands on its author's page from then on, where they can change it.
    """
    # Browsers name forms: what one sends never stands for another's, nor for what was said elsewhere.
    name = f"{type(ask).__name__}:{key.person.network}:{key.person.id}:{ident}"
    post = PostRef(key.place, name) if stands and isinstance(ask, AskOpen | AskComment) else None
    act = Asked(ask, files=files, post=post, held=True)
    said = repr((ask, [(one.name, one.size) for one in files]))
    return Incoming(_ref(key, name), key.person, key.place, at, act, locale, _digest(said))


def _ref(key: Key, post: str) -> str:
    """Return the identity of what stands as a post: its name is one's own only within a place."""
    return f"web:{key.place.id}:{post}"


def _digest(said: str) -> str:
    return hashlib.blake2b(said.encode(), digest_size=12).hexdigest()
