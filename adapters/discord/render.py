"""What people see on Discord: text, and components. Pure; `for_customer` takes nothing that is not public."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import zip_longest
from typing import Any, TypeAlias, assert_never

import discord

from adapters.discord import markup
from bot import hub
from bot.ports import Listing, Preview, Words
from bot.tickets.deliveries import (
    ClosingNotice,
    CustomerCard,
    CustomerContent,
    StaffCard,
    StaffContent,
)
from bot.tickets.model import File, Message, Note, Place, PostRef, Project
from bot.view import customer, layout, staff
from bot.view.layout import Look, Weight
from bot.words.keys import TextKey
from bot.words.say import say

View: TypeAlias = discord.ui.LayoutView
Item: TypeAlias = discord.ui.Item[Any]
#: Names the address at which a post can be opened.
Where: TypeAlias = Callable[[PostRef], str | None]

#: Discord's limits: characters of a message, and of all texts in a layout.
TEXT, LAYOUT = 2000, 4000
#: How each look is written on Discord.
_LOOKS = {Look.PLAIN: "{}", Look.BOLD: "**{}**", Look.QUIET: "*{}*", Look.CODE: "`{}`"}
_STYLES = {
    Weight.NORMAL: discord.ButtonStyle.secondary,
    Weight.MAIN: discord.ButtonStyle.primary,
    Weight.RISKY: discord.ButtonStyle.danger,
}
#: Characters of what was said in one post, of the files named with it, and of the reactions to it.
PART, FILES, MARKS = 1400, 250, 120
#: The largest file that is copied, in bytes, unless the settings say otherwise.
LARGEST = 10_000_000
#: The first word of the ids of our components.
OURS = "halfdoor"
#: The name of a thread has at most so many characters.
THREAD = 100


def nowhere(_: PostRef) -> None:
    """No post has an address."""


@dataclass(frozen=True, slots=True)
class Post:
    """One Discord message: a text with buttons, or a layout in its stead, which it is then for ever.

    `author` and `picture`: whom it is shown as, where we have a webhook.
    """

    text: str = ""
    layout: tuple[Item, ...] = ()
    buttons: tuple[discord.ui.Button[Any], ...] = ()
    author: str | None = None
    picture: str | None = None

    def named(self) -> Post:
        """The same with the author in a line of its own, for where it cannot be shown as theirs."""
        if self.author is None:
            return self
        return replace(self, text=f"**{markup.plain(self.author)}**\n{self.text}", author=None)

    def view(self) -> discord.ui.View | View | None:
        """Return its components; without a timeout, for they work for ever."""
        if self.layout:
            layout = discord.ui.LayoutView(timeout=None)
            for item in self.layout:
                layout.add_item(item)
            return layout
        if not self.buttons:
            return None
        view = discord.ui.View(timeout=None)
        for button in self.buttons:
            view.add_item(button)
        return view


def parts(
    content: CustomerContent | StaffContent, largest: int = LARGEST, *, whole_team: bool = False
) -> tuple[str, ...]:
    """Name the posts that `content` takes.

    A staff card's first is the ticket's private thread; the card stands in it, and a line before the door.
    Where the `whole_team` sees all threads, the card stands in the channel with its thread under it.
    """
    match content:
        case StaffCard():
            return ("",) if whole_team else ("", "card", "door")
        case ClosingNotice(resolution=Message(text=text)):
            return _text_parts(text)
        case Message(retracted=False, recalled=None) | Note(retracted=False):
            copied = (f"file:{file.id}" for file in content.files if layout.is_copied(file, largest))
            return (*_text_parts(content.text), *copied)
        case _:
            return ("",)


def for_customer(content: CustomerContent, about: Project, part: str = "", largest: int = LARGEST) -> Post:
    """Print what a customer sees.

    Raises:
        Leak: `content` is not one of the public types; the type checker was bypassed.
    """
    return _printed(customer.for_customer(content, about, part, largest))


def for_staff(content: StaffContent, about: Project, part: str = "", largest: int = LARGEST) -> Post:
    """Print what staff see."""
    if isinstance(content, StaffCard) and part == "door":
        return _printed(staff.door(content, about.language))
    return _printed(staff.for_staff(content, about, part, largest))


def file_line(content: Message | Note, part: str, about: Project, *, customer: bool) -> tuple[Post, File]:
    """Return who sent the file that `part` names, as the post that comes with its copy, and the file."""
    file = next(one for one in content.files if part == f"file:{one.id}")
    author = layout.author(content, about.name, about.language, customer=customer)
    return Post(f"-# {_name(file.name)}", author=author, picture=content.by.person.picture), file


def file_gone(post: Post, file: File, language: str) -> Post:
    """Draw what stands for a file that could not be brought."""
    text = f"-# {say('file.not_here', language, name=_name(file.name))}"
    return replace(post, text=text)


def answer(given: Words | Listing | Preview, where: Where = nowhere) -> list[str]:
    """Draw an answer for the one who asked, as texts of one message each. `where`: addresses of posts."""
    match given:
        case Words(text=text):
            return _pages(_words(text).split("\n"))
        case Listing():
            return _pages(_listing(given, where))
        case Preview():
            return _preview(given)
        case _:
            assert_never(given)


def panel(language: str) -> Post:
    """Print the panel with the button that opens a ticket."""
    return _printed(customer.panel(language))


def spoken_text(post: Post) -> str:
    """Return all text of a post, as it stands in it."""
    if not post.layout:
        return post.text
    return "\n".join(one.content for one in _items(post) if isinstance(one, discord.ui.TextDisplay))


def channel(place: Place) -> str:
    """Write a place as people find it: a channel of ours as a link, else its network's name."""
    return f"<#{place.id}>" if place.network == "discord" else place.network.capitalize()


def thread_name(content: CustomerCard | StaffCard) -> str:
    """Name a ticket's thread. Its status is never in it: Discord renames twice in ten minutes at most."""
    return f"{content.ticket} · {content.title}"[:THREAD]


# ---------------------------------------------------------------- posts


def _printed(post: layout.Post) -> Post:
    if post.framed:
        boxes = [_box(_text(box, post.language), *_buttons(box)) for box in post.boxes]
        return Post(layout=tuple(boxes))
    box = post.boxes[0]
    text = _text(box, post.language)
    return Post(text, buttons=tuple(_buttons(box)), author=post.author, picture=post.picture)


def _text(box: Sequence[layout.Block], language: str) -> str:
    return "\n".join(filter(None, (_block(block, language) for block in box)))


def _block(block: layout.Block, language: str) -> str | None:
    match block:
        case layout.Headline(ticket=ticket, title=title, about=about, where=where):
            head = f"**{ticket} · {markup.plain(layout.cut(title, TEXT))}**"
            place = f" ({_inline(layout.Spot(where, named=True))})" if where else ""
            return f"{head} — {markup.plain(about)}{place}" if about else head
        case layout.State(items=items):
            return " · ".join(_line(item) for item in items)
        case layout.Plain(line=line) | layout.Byline(line=line):
            return _line(line)
        case layout.Small(line=line) | layout.Hint(line=line):
            return small(line)
        case layout.Body(text=text, part=part):
            return _numbered(_pieces(text), int(part or 1), language) or "–"
        case layout.Struck(text=text):
            struck = [f"~~{markup.plain(line)}~~" for line in hub.plain(text).split("\n") if line.strip()]
            return _pages(struck)[0][: TEXT - 400]
        case layout.Files(lines=lines):
            return _files(lines, language)
        case layout.Marks(counts=counts):
            return _marks(counts)
        case layout.Notice(text=text):
            return f"-# {markup.plain(text)}"[:TEXT]
        case layout.Buttons():
            return None
        case _:
            assert_never(block)


def small(line: layout.Line) -> str:
    """Print a line of small print."""
    return f"-# {_line(line)}"


def _line(line: layout.Line) -> str:
    return "".join(map(_inline, line))


def _inline(span: layout.Span) -> str:
    match span:
        case layout.Text(text=text, look=Look.OURS):
            # Whoever stands in a thread may use our commands there: they are Discord's own.
            return markup.strong(text.replace("@Halfdoor reply", "/ticket reply"))
        case layout.Text(text=text, look=look):
            return _LOOKS[look].format(markup.plain(text))
        case layout.Moment(at=at, exact=exact):
            return f"<t:{int(at.timestamp())}:{'f' if exact else 'R'}>"
        case layout.Spot(place=place, named=named):
            ours = named and place.network == "discord"
            return f"Discord {channel(place)}" if ours else channel(place)
        case _:
            assert_never(span)


def _files(lines: Sequence[layout.Line], language: str) -> str:
    named: list[str] = []
    for n, one in enumerate(lines):
        line = small(one)
        if sum(map(len, named)) + len(line) > FILES:
            named.append(f"-# {say('list.more', language, n=len(lines) - n)}")
            break
        named.append(line)
    return "\n".join(named)


def _buttons(box: Sequence[layout.Block]) -> list[discord.ui.Button[View]]:
    return [_button(one) for block in box if isinstance(block, layout.Buttons) for one in block.buttons]


# ---------------------------------------------------------------- answers


def _listing(listing: Listing, where: Where) -> list[str]:
    language = listing.language
    if not listing.cards:
        return [say("list.empty", language)]
    lines = [f"**{_name(listing.title)}**"] if listing.title else []
    cards: tuple[CustomerCard | StaffCard, ...] = listing.cards
    for card, thread in zip_longest(cards, listing.threads):
        row = customer.row(card, language) if isinstance(card, CustomerCard) else staff.row(card, language)
        address = where(thread) if thread else None
        key = f"[{row.ticket}]({address})" if address else row.ticket
        lines.append("- " + " · ".join([f"**{key}** {_name(row.title)}", *map(_line, row.items)]))
    if listing.more:
        lines.append(say("list.more", language, n=listing.more))
    return lines


def _preview(preview: Preview) -> list[str]:
    """Staff see the customer's posts, drawn by the same code; their buttons are named, not offered."""
    title: TextKey = "form.record.title" if preview.record else "form.preview.title"
    found = [f"**{say(title, preview.language)}**"]
    for delivery in preview.deliveries:
        about = delivery.surface.project
        for part in parts(delivery.content):
            if not part.startswith("file:"):
                found.append(_seen(for_customer(delivery.content, about, part).named()))
    return _pages(found)


def _seen(post: Post) -> str:
    """Write a post with its buttons as text."""
    buttons = [f"`{one.label}`" for one in _items(post) if isinstance(one, discord.ui.Button)]
    return "\n".join(filter(None, (spoken_text(post), "  ".join(buttons))))


def _items(post: Post) -> list[Item]:
    return [found for item in post.layout for found in _walk(item)]


def _walk(item: Item) -> Sequence[Item]:
    inner = item.walk_children() if isinstance(item, discord.ui.Container | discord.ui.ActionRow) else ()
    return [item, *inner]


def _pages(lines: Sequence[str]) -> list[str]:
    """Join lines to texts that fit one message each."""
    found = [""]
    for line in (piece for whole in lines for piece in _short(whole)):
        if len(found[-1]) + len(line) + 1 > TEXT:
            found.append("")
        found[-1] += f"\n{line}" if found[-1] else line
    return [one for one in found if one.strip()] or ["–"]


def _short(line: str) -> list[str]:
    return [line[n : n + TEXT] for n in range(0, len(line), TEXT)] or [""]


# ---------------------------------------------------------------- pieces


def _box(text: str, *buttons: discord.ui.Button[View]) -> Item:
    box = discord.ui.Container[View](discord.ui.TextDisplay(text[: LAYOUT // 2]))
    if buttons:
        box.add_item(discord.ui.ActionRow(*buttons))
    return box


def _button(button: layout.Button) -> discord.ui.Button[View]:
    about = [one for one in (button.ticket, button.entry, button.choice) if one]
    return discord.ui.Button(
        label=button.label[:80],
        style=_STYLES[button.weight],
        custom_id=":".join((OURS, button.act, *about)),
    )


@lru_cache(maxsize=128)
def _pieces(text: str) -> tuple[str, ...]:
    """Split hub text into what Discord takes in one message each, in Discord's own writing.

    It is remembered: each part of a long text is drawn on its own.
    """
    limit = PART
    while True:
        found = [markup.content(piece) for piece in hub.pieces(text, limit)] if text else [""]
        if limit < 50 or all(len(one) <= PART for one in found):
            return tuple(one[:PART] for one in found)
        limit = limit * 2 // 3


def _text_parts(text: str) -> tuple[str, ...]:
    return ("", *(str(n) for n in range(2, len(_pieces(text)) + 1)))


def _numbered(pieces: Sequence[str], number: int, language: str) -> str:
    if len(pieces) < 2:
        return pieces[0]
    return f"{pieces[number - 1]}\n-# {say('post.part', language, n=number, of=len(pieces))}"


def _marks(counts: Sequence[tuple[str, int]]) -> str:
    """The reactions to a message, each emoji with how many gave it."""
    shown = [f"{emoji} {n}" for emoji, n in counts]
    while len("  ".join(shown)) > MARKS:
        shown.pop()
    more = "…" if len(shown) < len(counts) else ""
    return f"-# {'  '.join((*shown, more))}".rstrip()


def _name(name: str) -> str:
    return markup.plain(layout.name(name))


def _words(text: str) -> str:
    """Our texts mark what is strong with single asterisks, which Discord would slant."""
    return markup.strong(text)
