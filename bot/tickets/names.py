"""A customer never looks like the team: which names imitate it, and how such a name is drawn. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import pairwise

from bot.tickets.model import Actor, Side
from bot.tickets.signs import skeleton, straight, visible
from bot.words.keys import TextKey
from bot.words.say import say

#: The longest name that somebody may give themselves, in characters.
NAME_LIMIT = 80
#: What the team, and whoever helps people, is called: anywhere in a word, and as a word of its own.
_WITHIN = (
    "support", "halfdoor", "helpdesk", "servicedesk", "kundendienst", "kundenservice", "kundenbetreuung",
    "customerservice", "customercare", "administrator", "moderator",
)  # fmt: skip
_WHOLE = ("team", "staff", "admin", "service", "official", "offiziell", "mitarbeiter", "mitarbeiterin")
_WITHIN_DRAWN, _WHOLE_DRAWN = (tuple(skeleton(one) for one in words) for words in (_WITHIN, _WHOLE))
_TEAM = skeleton("team")
#: Our own signs, and how an arrow is typed: "Robin → customer" is what staff read of a published reply.
_SIGNS = frozenset("🌐🔒🎫✅")
_ARROW = re.compile(r"[-=~]+>|>{2,}|[»›]")
_QUOTES = re.compile(r"[\"“”„‟«»‹›]")  # fmt: skip


def imitates(name: str, team: Iterable[str] = ()) -> bool:
    """Whether a name could be taken for the team's, for Halfdoor's own, or for one of the names in `team`."""
    if any(_is_sign(one) for one in name) or _ARROW.search(name):
        return True
    words = list(_words(name))
    if any(word in _WHOLE_DRAWN or word.startswith(_TEAM) for word in words):
        return True
    if any(one in word for word in words for one in _WITHIN_DRAWN):
        return True
    if any(f"{one}{other}" in (*_WHOLE_DRAWN, *_WITHIN_DRAWN) for one, other in pairwise(words)):
        return True
    joined = "".join(words)
    return bool(joined) and any(joined == "".join(_words(one)) for one in team)


def refusal(name: str, team: Iterable[str]) -> TextKey | None:
    """Return the key of the words for why nobody may call themselves so; None when they may.

    `team`: the names of those who are on the team.
    """
    if not 1 <= len(name) <= NAME_LIMIT:
        return "web.name"
    if not visible(name):
        return "web.name.unseen"
    return "web.name.alike" if imitates(name, team) else None


def shown(by: Actor, language: str) -> str:
    """Return the name somebody is shown under, without the team's mark.

    A customer's is marked as such when it could be taken for the team's, without what is like our signs.
    """
    if by.side is Side.STAFF:
        return by.name
    name = " ".join(straight(by.name).split())
    if not visible(name):
        return say("name.none", language)
    if not imitates(name):
        return name
    kept = _QUOTES.sub("", _ARROW.sub(" ", "".join(" " if _stands_out(one) else one for one in name)))
    return say("name.customer", language, name=" ".join(kept.split()) or "…")


def _words(name: str) -> Iterator[str]:
    """Return the words of a name as they look; letters that stand alone are one word, as in “T e a m”."""
    alone = ""
    for word in re.split(r"[\W_]+", skeleton(name)):
        if len(word) == 1:
            alone += word
            continue
        if alone:
            yield alone
            alone = ""
        if word:
            yield word
    if alone:
        yield alone


def _is_sign(sign: str) -> bool:
    called = unicodedata.name(sign, "")
    return sign in _SIGNS or "ARROW" in called or "CHECK MARK" in called


def _stands_out(sign: str) -> bool:
    """Whether a sign is like one of ours, or a bracket, which is how our marks are written."""
    return _is_sign(sign) or unicodedata.category(sign) in ("Ps", "Pe")
