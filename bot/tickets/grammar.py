"""The command language: what people type after `/ticket` or after a mention, the same on every network."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from bot import hub
from bot.tickets import asks as a
from bot.tickets.booking import booked
from bot.tickets.filters import STATUS_WORDS, filtered
from bot.tickets.model import Person, Priority, Status, Visibility, title_of
from bot.words.say import Refused

#: A ticket's key as people type it.
KEY = re.compile(r"[A-Za-z][A-Za-z0-9]{1,9}-[0-9]{1,9}")
#: A project's key as it is set up.
PROJECT_KEY = re.compile(r"[A-Z][A-Z0-9]{1,9}")
PUBLIC = re.compile(r"(?:--public\b|public:)\s*", re.IGNORECASE)
INTERNAL = re.compile(r"(?:--internal\b|internal:)\s*", re.IGNORECASE)

_Enum = TypeVar("_Enum", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Rest:
    """What follows the verb: the ticket it is about (empty for none) and the hub text after that.

    `people` tells whom a network's mention token in the text stands for.
    """

    ticket: str
    text: str
    people: Mapping[str, Person]

    @property
    def words(self) -> str:
        """The same without formatting, for what is no comment."""
        return hub.plain(self.text).strip()


@dataclass(frozen=True, slots=True)
class Verb:
    """One command. `usage` is what help and errors show; without a ticket it works where `alone` is set."""

    usage: str
    read: Callable[[Rest], a.Ask]
    alone: bool = False


def parse(text: str, people: Mapping[str, Person], *, ticket: str = "") -> a.Ask:
    """Read one command. `ticket` is the one whose thread it was written in, if any.

    Raises:
        Refused: the verb is unknown (names the nearest one), a value is not understood, or a part is missing.
    """
    word, text = [*text.split(None, 1), "", ""][:2]
    name = word.lower()
    if not name:
        return a.AskHelp()
    verb = VERBS.get(name)
    if verb is None:
        near = difflib.get_close_matches(name, VERBS, n=1, cutoff=0.6)
        if near:
            raise Refused("no.command.nearest", word=word, nearest=near[0])
        raise Refused("no.command", word=word)
    named = re.match(rf"({KEY.pattern})(?:\s+|$)", text)
    if named and name not in ("create", "list"):
        ticket, text = named[1].upper(), text[named.end() :]
    if not ticket and not verb.alone:
        raise Refused("no.usage", usage=f"/ticket {verb.usage}")
    return verb.read(Rest(ticket, text, people))


def usages() -> list[str]:
    """Return how each command is written, in the order help shows them."""
    return [verb.usage for verb in VERBS.values()]


def _create(rest: Rest) -> a.Ask:
    title = title_of(rest.text)
    return a.AskOpen(title, "" if title == rest.words else rest.text)


def _comment(rest: Rest) -> a.Ask:
    public = PUBLIC.match(rest.text)
    return a.AskComment(rest.ticket, rest.text[public.end() :] if public else rest.text, bool(public))


def _status(rest: Rest) -> a.Ask:
    text, visibility = _visibility(rest.words)
    if not text:
        return a.AskStatus(rest.ticket) if rest.ticket else a.AskDesk()
    if not rest.ticket:
        raise Refused("no.usage", usage=f"/ticket {VERBS['status'].usage}")
    return a.AskStatus(rest.ticket, _status_named(text), visibility)


def _assign(rest: Rest) -> a.Ask:
    whom, visibility = _visibility(rest.words)
    if whom.lower() == "me":
        return a.AskAssign(rest.ticket, None, me=True, visibility=visibility)
    if whom.lower() in ("nobody", "none", "-"):
        return a.AskAssign(rest.ticket, None, visibility=visibility)
    person = rest.people.get(whom)
    if person is None:
        raise Refused("no.usage", usage=f"/ticket {VERBS['assign'].usage}")
    return a.AskAssign(rest.ticket, person, visibility=visibility)


def _priority(rest: Rest) -> a.Ask:
    return a.AskPriority(rest.ticket, _one_of(Priority, rest.words))


def _tag(rest: Rest) -> a.Ask:
    words = rest.words.split()
    add = tuple(word.lstrip("+#") for word in words if not word.startswith("-"))
    remove = tuple(word[1:] for word in words if word.startswith("-"))
    if not words:
        raise Refused("no.usage", usage=f"/ticket {VERBS['tag'].usage}")
    return a.AskTags(rest.ticket, add, remove)


def _time(rest: Rest) -> a.Ask:
    if not rest.words:
        return a.AskTime(rest.ticket)
    return a.AskTime(rest.ticket, *booked(rest.words))


def _close(rest: Rest) -> a.Ask:
    public = PUBLIC.match(rest.text)
    if public:
        return a.AskClose(rest.ticket, resolution=rest.text[public.end() :])
    internal = INTERNAL.match(rest.text)
    return a.AskClose(rest.ticket, reason=rest.text[internal.end() :] if internal else rest.text)


def _rate(rest: Rest) -> a.Ask:
    if not re.fullmatch(r"\d{1,3}", rest.words):
        raise Refused("no.stars")
    return a.AskRate(rest.ticket, int(rest.words))


def _duty(rest: Rest) -> a.Ask:
    on = {"": None, "on": True, "off": False}
    if rest.words.lower() not in on:
        raise Refused("no.value", value=rest.words, choices="on, off")
    return a.AskDuty(on[rest.words.lower()])


def _visibility(text: str) -> tuple[str, Visibility]:
    """Take a closing `internal` or `public` off a status or a name."""
    words = text.split()
    if words and words[-1].lower().lstrip("-") in list(Visibility):
        return " ".join(words[:-1]), Visibility(words[-1].lower().lstrip("-"))
    return " ".join(words), Visibility.PUBLIC


def _status_named(text: str) -> Status:
    status = STATUS_WORDS.get(text.lower().replace("_", " ").replace("-", " "))
    if status is None:
        choices = ", ".join(word.value.replace("_", " ") for word in Status)
        raise Refused("no.value", value=text, choices=choices)
    return status


def _one_of(kind: type[_Enum], text: str) -> _Enum:
    try:
        return kind(text.lower())
    except ValueError:
        raise Refused("no.value", value=text, choices=", ".join(kind)) from None


VERBS: dict[str, Verb] = {
    "create": Verb("create [title]", _create, alone=True),
    "comment": Verb("comment KEY [public:] text", _comment),
    "reply": Verb("reply KEY text", lambda rest: a.AskReply(rest.ticket, rest.text)),
    "note": Verb("note KEY text", lambda rest: a.AskNote(rest.ticket, rest.text)),
    "status": Verb("status [KEY [open|in progress|pending|on hold|closed [internal]]]", _status, alone=True),
    "assign": Verb("assign KEY @person|me|nobody [internal]", _assign),
    "priority": Verb("priority KEY low|normal|high|urgent", _priority),
    "tag": Verb("tag KEY word -word", _tag),
    "title": Verb("title KEY new title", lambda rest: a.AskTitle(rest.ticket, rest.words)),
    "close": Verb("close KEY [reason for us | public: words for the customer]", _close),
    "reopen": Verb("reopen KEY", lambda rest: a.AskReopen(rest.ticket)),
    "rate": Verb("rate KEY 1-5", _rate),
    "time": Verb("time KEY [1h30 what for]", _time),
    "list": Verb(
        "list [status] [mine|unassigned] [all] [priority] [@person] [words]",
        lambda rest: filtered(rest.words, rest.people),
        alone=True,
    ),
    "preview": Verb("preview KEY", lambda rest: a.AskPreview(rest.ticket)),
    "whoami": Verb("whoami [code]", lambda rest: a.AskWhoAmI(rest.words), alone=True),
    "duty": Verb("duty [on|off]", _duty, alone=True),
    "console": Verb("console", lambda _: a.AskConsole(), alone=True),
    "panel": Verb("panel", lambda _: a.AskPanel(), alone=True),
    "setup": Verb("setup", lambda _: a.AskSetup(), alone=True),
    "help": Verb("help", lambda _: a.AskHelp(), alone=True),
}
