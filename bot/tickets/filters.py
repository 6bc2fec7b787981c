"""What a list is asked for: filters, and words to look for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.tickets.asks import AskList
from bot.tickets.model import Person, Priority, Status
from bot.words.say import Refused

STATUS_WORDS = {
    "open": Status.OPEN,
    "in progress": Status.IN_PROGRESS,
    "progress": Status.IN_PROGRESS,
    "pending": Status.PENDING,
    "waiting": Status.PENDING,
    "on hold": Status.ON_HOLD,
    "hold": Status.ON_HOLD,
    "closed": Status.CLOSED,
}


#: What each filter is about: a status, a priority, or what is set in the list that is asked for.
FILTERS: dict[str, Status | Priority | dict[str, bool]] = {
    **STATUS_WORDS,
    **{one.value: one for one in Priority},
    "all": {"every": True},
    "mine": {"mine": True},
    "me": {"mine": True},
    "unassigned": {"unassigned": True},
}
#: Words of a phrase in any kind of quotes, or one word.
_WORD = re.compile(r"[\"“”„»«'‘’‚](?P<phrase>[^\"“”„»«]*?)[\"“”„»«'‘’‚](?=\s|$)|\S+")
_TWO = re.compile(r"(?:in[\s_-]progress|on[\s_-]hold)(?!\S)", re.IGNORECASE)
#: How other programs spell a filter. `Error:`, `std::string` and `https://…` are words.
_NAMED = re.compile(r"(?P<name>[^\W\d_]+):(?P<value>[^\s:/\\].*)|--?(?P<flag>[^\W\d_]{2,})")


def filtered(text: str, people: Mapping[str, Person]) -> AskList:
    """Read what a list is asked for. What stands in quotes is looked for, whatever it says.

    Raises:
        Refused: a word looks like a filter and is none: it is spelled like one, or almost is one.
    """
    ask, words = AskList(), list[str]()
    for word, quoted in _words(text, people):
        if quoted:
            words.append(word)
        elif word.lower() in FILTERS:
            ask = _with(ask, word.lower())
        elif word in people:
            ask = replace(ask, assignee=people[word])
        else:
            _doubt(word)
            words.append(word)
    return replace(ask, words=" ".join(words))


def _with(ask: AskList, word: str) -> AskList:
    match FILTERS[word]:
        case Status() as status:
            return replace(ask, statuses=(*ask.statuses, status))
        case Priority() as priority:
            return replace(ask, priority=priority)
        case dict() as flags:
            return replace(ask, **flags)


def _words(text: str, people: Mapping[str, Person]) -> Iterator[tuple[str, bool]]:
    """Yield each word, and whether it stood in quotes; a person's name is one, whatever is in it."""
    names = sorted(people, key=len, reverse=True)
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        name = next((one for one in names if _stands(one, text, at)), "")
        if name:
            yield name, False
            at += len(name)
        elif (two := _TWO.match(text, at)) is not None:
            yield re.sub(r"[\s_-]", " ", two[0]), False
            at = two.end()
        else:
            found = _WORD.match(text, at)
            assert found is not None
            yield (found["phrase"].strip(), True) if found["phrase"] else (found[0], False)
            at = found.end()


def _stands(name: str, text: str, at: int) -> bool:
    end = at + len(name)
    return bool(name) and text.startswith(name, at) and not text[end : end + 1].isalnum()


def _doubt(word: str) -> None:
    """Refuse what looks like a filter: nobody is to take all there is for what they asked for."""
    if word.startswith("@"):
        if (near := _nearest(word[1:].lower())) is None:
            raise Refused("no.filter.person", word=word)
        raise Refused("no.filter.nearest", word=word, nearest=near)
    named = _NAMED.fullmatch(word)
    if named is None:
        if (near := _nearest(word.lower())) is not None:
            raise Refused("no.filter.nearest", word=word, nearest=near)
        return
    meant = (named["value"] or named["flag"]).lower()
    near = meant if meant in FILTERS else _nearest(meant)
    if near is None and named["flag"]:
        return
    if near is None:
        raise Refused("no.filter", word=word, choices=", ".join(FILTERS))
    raise Refused("no.filter.nearest", word=word, nearest=near)


def _nearest(word: str) -> str | None:
    """Return the filter that a word most likely is, mistyped.

    Words to look for stay possible: it begins alike, and one letter is wrong, missing, too many or out of
    place; of the short ones, which are near to many words, two letters have changed places or one is doubled.
    """
    for known in FILTERS:
        if word == known or abs(len(word) - len(known)) > 1:
            continue
        if _swapped(word, known) or _doubled(word, known):
            return known
        if len(known) >= 6 and word[:1] == known[:1] and _one_wrong(word, known):
            return known
    return None


def _swapped(word: str, known: str) -> bool:
    swaps = (known[:n] + known[n + 1] + known[n] + known[n + 2 :] for n in range(len(known) - 1))
    return len(known) > 2 and word in swaps


def _doubled(word: str, known: str) -> bool:
    return len(known) > 2 and word in (known[:n] + known[n] + known[n:] for n in range(len(known)))


def _one_wrong(word: str, known: str) -> bool:
    short, long = sorted((word, known), key=len)
    same = next((n for n in range(len(short)) if short[n] != long[n]), len(short))
    return short[same:] == long[same + 1 :] or short[same + 1 :] == long[same + 1 :]
