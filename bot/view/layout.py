"""The pieces of a post, whatever network it is printed on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from string import Formatter
from typing import Final, TypeAlias

from bot.tickets.model import File, Message, Note, Place, Side
from bot.tickets.names import shown
from bot.words.keys import TextKey
from bot.words.say import filesize, say

#: Characters of a name.
NAME: Final = 80


class Look(StrEnum):
    """How a text is shown. Whatever it looks like, no sign in a name means anything."""

    PLAIN = "plain"
    BOLD = "bold"
    QUIET = "quiet"
    CODE = "code"
    #: Words of ours, in which `code` and *strong* mean what they do in our catalogues.
    OURS = "ours"


@dataclass(frozen=True, slots=True)
class Text:
    """Some words, shown as they are written."""

    text: str
    look: Look = Look.PLAIN


#: What stands between two pieces of a line.
SPACE: Final = Text(" ", Look.OURS)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time, in its reader's zone: how long ago that is, or `exact`."""

    at: datetime
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as people find it: a link, on its own network; `named`: after that network's name."""

    place: Place
    named: bool = False


Span: TypeAlias = Text | Moment | Spot
Line: TypeAlias = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Headline:
    """A card's first line: the ticket, its title, and for staff whose it is and `where` they are."""

    ticket: str
    title: str
    about: str = ""
    where: Place | None = None


@dataclass(frozen=True, slots=True)
class State:
    """How a ticket stands: items with a dot between them."""

    items: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Plain:
    """A line of its own."""

    line: Line


@dataclass(frozen=True, slots=True)
class Byline:
    """A line that says of whom or what the words after it are, or what stands in their stead."""

    line: Line


@dataclass(frozen=True, slots=True)
class Small:
    """A line of small print."""

    line: Line


@dataclass(frozen=True, slots=True)
class Hint:
    """What can be done now, in words of ours; `typed` follows where we are asked by a mention."""

    line: Line
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """What somebody wrote, as hub text: one part of it if it is long."""

    text: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Struck:
    """What somebody wrote and took back."""

    text: str


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a post, a line each."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Marks:
    """The reactions to a post: how many gave each emoji."""

    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """News for staff."""

    text: str


class Weight(StrEnum):
    """How much a button stands out."""

    NORMAL = "normal"
    MAIN = "main"
    RISKY = "risky"


@dataclass(frozen=True, slots=True)
class Button:
    """What can be done with a ticket, an `entry` of it, or with one `choice`, by pressing.

    `place`: where the customer of the ticket is. `sure`: the title and text that ask whether it is meant.
    """

    act: str
    label: str
    ticket: str = ""
    entry: str = ""
    choice: str = ""
    place: Place | None = None
    weight: Weight = Weight.NORMAL
    sure: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Buttons:
    """Buttons beside each other."""

    buttons: tuple[Button, ...]


Block: TypeAlias = (
    Headline | State | Plain | Byline | Small | Hint | Body | Struck | Files | Marks | Notice | Buttons
)


@dataclass(frozen=True, slots=True)
class Post:
    """One post. `summary`: what notifications and screen readers give of it; without one, what was `said`.

    `boxes`: what stands together in a frame; somebody's words have none. `author` and `picture`: whom it is
    shown as.
    """

    language: str
    boxes: tuple[tuple[Block, ...], ...]
    summary: Line = ()
    said: Message | Note | None = None
    framed: bool = False
    author: str | None = None
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket in a list: the title, then how it stands."""

    ticket: str
    title: str
    items: tuple[Line, ...]


def cut(text: str, most: int) -> str:
    """Shorten a text to so many characters, with a sign that it was longer."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def name(text: str) -> str:
    """Shorten a person's or a file's name."""
    return cut(text, NAME)


def size(of: int, language: str) -> Text:
    """Write a number of bytes."""
    return Text(filesize(of, language), Look.OURS)


def filled(key: TextKey, language: str, /, **values: str | Span) -> Line:
    """Return a text as a line in which names stay names and times times."""
    template = say(key, language, **{one: f"{{{one}}}" for one in values})
    spans: list[Span] = []
    for words, field, _, _ in Formatter().parse(template):
        if words:
            spans.append(Text(words, Look.OURS))
        if field:
            value = values[field]
            spans.append(Text(value) if isinstance(value, str) else value)
    return tuple(spans)


def author(entry: Message | Note, project: str, language: str, *, customer: bool) -> str:
    """Return the name an entry is shown under on one of the sides."""
    staff = entry.by.side is Side.STAFF
    key: TextKey | None = None
    if isinstance(entry, Message):
        if customer:
            key = "author.team" if staff else None
        else:
            key = "post.published" if staff else "author.customer"
    around = len(say(key, language, name="", project=project)) if key else 0
    whole = cut(shown(entry.by, language), NAME - around)
    return say(key, language, name=whole, project=project) if key else whole


def is_copied(file: File, largest: int) -> bool:
    """Whether a file is brought along, on a network that takes so many bytes at most."""
    return file.copyable and file.size <= largest


def body(entry: Message | Note, part: str, files: tuple[Line, ...], language: str) -> list[Block]:
    """Draw one part of what was said; the first names its files."""
    if entry.retracted:
        return [Byline((Text(say("post.deleted", language), Look.QUIET),))]
    blocks: list[Block] = [Body(entry.text, part)] if entry.text or not entry.files else []
    return [*blocks, Files(files)] if files and not part else blocks
