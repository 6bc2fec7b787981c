"""What people see on Discord: text, and components. Pure; `for_customer` takes nothing that is not public."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
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
    Leak,
    StaffCard,
    StaffContent,
    StaffNotice,
)
from bot.tickets.labels import BUTTONS, priority_label, status_label
from bot.tickets.model import File, Message, Note, Place, PostRef, Project, Side, Status
from bot.tickets.names import shown
from bot.words.keys import TextKey
from bot.words.say import duration, filesize, say

View: TypeAlias = discord.ui.LayoutView
Item: TypeAlias = discord.ui.Item[Any]
#: Names the address at which a post can be opened.
Where: TypeAlias = Callable[[PostRef], str | None]

#: Discord's limits: characters of a message, of all texts in a layout, of an author's name.
TEXT, LAYOUT, NAME = 2000, 4000, 80
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
            copied = (f"file:{file.id}" for file in content.files if _is_copied(file, largest))
            return (*_text_parts(content.text), *copied)
        case _:
            return ("",)


def for_customer(content: CustomerContent, about: Project, part: str = "", largest: int = LARGEST) -> Post:
    """Draw what a customer sees.

    Raises:
        Leak: `content` is not one of the public types; the type checker was bypassed.
    """
    match content:
        case CustomerCard():
            return _customer_card(content, about.language)
        case ClosingNotice():
            return _closing(content, about.language, part)
        case Message():
            text = _body(content, part, largest, about, customer=True)
            if content.edited and not content.retracted:
                text += f"\n-# {say('post.edited', about.language)}"
            author = _author(content, about, customer=True)
            return Post(text, author=author, picture=content.by.person.picture)
        case _:
            raise Leak(f"{type(content).__name__} is not for customers")


def for_staff(content: StaffContent, about: Project, part: str = "", largest: int = LARGEST) -> Post:
    """Draw what staff see."""
    match content:
        case StaffCard():
            return _door(content, about.language) if part == "door" else _staff_card(content, about.language)
        case StaffNotice(text=text):
            return Post(f"-# {markup.plain(text)}"[:TEXT])
        case Message():
            return _message_to_staff(content, about, part, largest)
        case Note():
            sign = f"\n-# 🔒 {say('post.internal', about.language)}{_since(content, about.language)}"
            text = _body(content, part, largest, about) + sign
            author = _author(content, about, customer=False)
            return Post(text, author=author, picture=content.by.person.picture)
        case _:
            assert_never(content)


def file_line(content: Message | Note, part: str, about: Project, *, customer: bool) -> tuple[Post, File]:
    """Return who sent the file that `part` names, as the post that comes with its copy, and the file."""
    file = next(one for one in content.files if part == f"file:{one.id}")
    author = _author(content, about, customer=customer)
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
    """Draw the panel with the button that opens a ticket."""
    title, body = say("panel.title", language), say("panel.body", language)
    button = _button("open", say("button.open", language), style=discord.ButtonStyle.primary)
    return Post(layout=(_box(f"**{title}**\n{body}", button),))


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


# ---------------------------------------------------------------- the customer's side


def _customer_card(card: CustomerCard, language: str) -> Post:
    closed = card.status is Status.CLOSED
    line = [f"**{status_label(card.status, language, customer=True)}**"]
    if card.assignee and not closed:
        line.append(say("card.assigned", language, name=_name(card.assignee)))
    opened = say("card.opened", language, name=_name(card.opened_by), when=_when(card.opened_at))
    line.append(opened)
    if card.follows:
        line.append(say("card.follows", language, key=card.follows))
    key: TextKey = "card.customer.hint.closed" if closed else "card.customer.hint"
    hint = say(key, language, n=card.reopen_days)
    buttons = [
        _button("comment", say("button.comment", language), card.ticket),
        _button("close_customer", say("card.close", language), card.ticket),
    ]
    text = f"{_headline(card.ticket, card.title)}\n{' · '.join(line)}\n-# {hint}"
    return Post(layout=(_box(text, *([] if closed else buttons)),))


def _closing(notice: ClosingNotice, language: str, part: str) -> Post:
    solved = say("closing.solved", language, key=notice.ticket)
    pieces = _pieces(notice.resolution.text) if notice.resolution else ()
    if part:
        return Post(_numbered(pieces, int(part), language))
    lines = [f"✅ **{solved}**"]
    if notice.resolution is not None:
        lines.append(say("closing.writes", language, name=_name(shown(notice.resolution.by, language))))
        lines.append(_numbered(pieces, 1, language))
    if notice.reopened_by is not None:
        lines.append(f"-# {say('closing.reopened', language, name=_name(notice.reopened_by))}")
        return Post(layout=(_box("\n".join(lines)),))
    rate = [_button("rate", str(n), notice.ticket, str(n)) for n in range(1, 6)]
    if notice.rating is not None:
        lines.append(say("closing.rated", language, stars=notice.rating))
        rate = []
    else:
        lines.append(say("closing.how", language))
    after = [_button("read", say("button.read", language), notice.ticket)]
    if notice.expired:
        hint = say("closing.expired", language)
    else:
        hint = say("closing.window", language, when=_when(notice.until, "f"))
        after.insert(0, _button("reopen", say("button.reopen", language), notice.ticket))
    return Post(layout=(_box("\n".join(lines), *rate), _box(f"-# {hint}", *after)))


# ---------------------------------------------------------------- the staff side


def _staff_card(card: StaffCard, language: str) -> Post:
    line = _state(card, language)
    line.append(f"**{say('card.priority', language, priority=priority_label(card.priority, language))}**")
    if card.tags:
        line.append(" ".join(f"`{tag}`" for tag in card.tags))
    if card.booked_minutes:
        line.append(say("card.booked", language, time=duration(card.booked_minutes, language)))
    if card.rating is not None:
        line.append(say("card.rated", language, stars=card.rating))
    if card.follows:
        line.append(say("card.follows", language, key=card.follows))
    place = card.customer_place
    where = f"Discord {channel(place)}" if place.network == "discord" else channel(place)
    who = f"{_name(card.requester)}, {_name(card.project)} ({where})"
    opened = say("card.opened.when", language, when=_when(card.opened_at))
    buttons = [_button(name, say(key, language), card.ticket) for name, key in BUTTONS.items()]
    buttons[0].style = discord.ButtonStyle.primary
    if card.status is Status.CLOSED:
        buttons[-1] = _button("reopen", say("button.reopen.staff", language), card.ticket)
    hint = _words(say("card.staff.hint", language).replace("@Halfdoor reply", "/ticket reply"))
    text = "\n".join(
        [
            f"{_headline(card.ticket, card.title)} — {who}",
            " · ".join(line),
            f"-# {opened}",
            f"-# {hint}",
        ]
    )
    return Post(layout=(_box(text, *buttons),))


def _door(card: StaffCard, language: str) -> Post:
    """The line in the staff channel: that there is a ticket and how it stands, and nothing that was said."""
    text = f"{_headline(card.ticket, card.title)}\n{' · '.join(_state(card, language))}"
    return Post(layout=(_box(text, _button("join", say("button.join", language), card.ticket)),))


def _state(card: StaffCard, language: str) -> list[str]:
    """Write status and assignee, and how the customer sees them where that is different."""
    status = f"**{status_label(card.status, language)}**"
    if card.public_status is not card.status:
        seen = status_label(card.public_status, language)
        status += f" *({say('card.customer_sees', language, status=seen)})*"
    assignee = _name(card.assignee.name) if card.assignee else say("card.unassigned", language)
    if card.public_assignee != card.assignee:
        public = card.public_assignee
        seen = _name(public.name) if public else say("card.customer_sees_nobody", language)
        assignee += f" *({say('card.customer_sees', language, status=seen)})*"
    return [status, assignee]


def _message_to_staff(message: Message, about: Project, part: str, largest: int) -> Post:
    language, by = about.language, message.by
    sign, author = f"🌐 {say('post.public', language)}", _author(message, about, customer=False)
    if message.recalled is not None:
        when, name = _when(message.recalled.at), _name(message.recalled.by.name)
        note = say("post.recalled", language, name=name, when=when)
        struck = [f"~~{markup.plain(line)}~~" for line in hub.plain(message.text).split("\n") if line.strip()]
        text = _pages(struck)[0][: TEXT - 400]
        return Post(f"{text}\n-# {sign} · {note}", author=author, picture=by.person.picture)
    body = _body(message, part, largest, about)
    if part:
        return Post(body, author=author, picture=by.person.picture)
    marks = _marks(message)
    text = "\n".join(filter(None, (body, marks, f"-# {sign}{_since(message, language)}")))
    if by.side is not Side.STAFF or message.said_on is Side.CUSTOMER or message.retracted:
        return Post(text, author=author, picture=by.person.picture)
    edit = _button("edit", say("button.edit", language), message.ticket, message.id)
    recall = _button("recall", say("button.recall", language), message.ticket, message.id)
    recall.style = discord.ButtonStyle.danger
    return Post(text, buttons=(edit, recall), author=author, picture=by.person.picture)


# ---------------------------------------------------------------- answers


def _listing(listing: Listing, where: Where) -> list[str]:
    language = listing.language
    if not listing.cards:
        return [say("list.empty", language)]
    lines = [f"**{_name(listing.title)}**"] if listing.title else []
    cards: tuple[CustomerCard | StaffCard, ...] = listing.cards
    for card, thread in zip_longest(cards, listing.threads):
        address = where(thread) if thread else None
        key = f"[{card.ticket}]({address})" if address else card.ticket
        customer = isinstance(card, CustomerCard)
        line = [f"**{key}** {_name(card.title)}", status_label(card.status, language, customer=customer)]
        if isinstance(card, StaffCard):
            line[1:] = _state(card, language)
            line.append(priority_label(card.priority, language))
            if card.booked_minutes:
                line.append(say("card.booked", language, time=duration(card.booked_minutes, language)))
        elif card.assignee:
            line.append(say("card.assigned", language, name=_name(card.assignee)))
        lines.append("- " + " · ".join(line))
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


def _button(
    act: str, label: str, *about: str, style: discord.ButtonStyle = discord.ButtonStyle.secondary
) -> discord.ui.Button[View]:
    return discord.ui.Button(label=label[:80], style=style, custom_id=":".join((OURS, act, *about)))


def _author(message: Message | Note, about: Project, *, customer: bool) -> str:
    """Return the name a message is shown under on one of the sides."""
    staff = message.by.side is Side.STAFF
    key: TextKey | None = None
    if isinstance(message, Message):
        if customer:
            key = "author.team" if staff else None
        else:
            key = "post.published" if staff else "author.customer"
    around = len(say(key, about.language, name="", project=about.name)) if key else 0
    name = _cut(shown(message.by, about.language), NAME - around)
    return say(key, about.language, name=name, project=about.name) if key else name


def _body(entry: Message | Note, part: str, largest: int, about: Project, *, customer: bool = False) -> str:
    """Write one part of what was said; the first names the files that come with it or that cannot."""
    language = about.language
    if entry.retracted:
        return f"*{say('post.deleted', language)}*"
    text = _numbered(_pieces(entry.text), int(part or 1), language)
    if part:
        return text
    named: list[str] = []
    for n, file in enumerate(entry.files):
        line = f"-# {_named(file, entry, largest, about, customer=customer)}"
        if sum(map(len, named)) + len(line) > FILES:
            named.append(f"-# {say('list.more', language, n=len(entry.files) - n)}")
            break
        named.append(line)
    return "\n".join(filter(None, (text, *named))) or "–"


def _named(file: File, entry: Message | Note, largest: int, about: Project, *, customer: bool) -> str:
    name, language = _name(file.name), about.language
    if _is_copied(file, largest):
        return f"{name} ({filesize(file.size, language)})"
    if customer or entry.said is None:
        return say("file.not_here", language, name=name)
    place = channel(entry.said.place)
    if not file.copyable:
        return say("file.elsewhere", language, name=name, place=place)
    sizes = {"size": filesize(file.size, language), "limit": filesize(largest, language)}
    return say("file.too_large", language, name=name, place=place, **sizes)


def _is_copied(file: File, largest: int) -> bool:
    return file.copyable and file.size <= largest


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


def _marks(message: Message) -> str:
    """The reactions to a message, each emoji with how many gave it."""
    counts: dict[str, int] = {}
    for reaction in message.reactions:
        if not reaction.gone:
            counts[reaction.emoji] = counts.get(reaction.emoji, 0) + 1
    shown = [f"{emoji} {n}" for emoji, n in counts.items()]
    while len("  ".join(shown)) > MARKS:
        shown.pop()
    more = "…" if len(shown) < len(counts) else ""
    return f"-# {'  '.join((*shown, more))}".rstrip() if counts else ""


def _since(entry: Message | Note, language: str) -> str:
    """Say what has become of a post since it was written; staff alone are shown one that is lost."""
    if entry.retracted:
        return ""
    edited = f" · {say('post.edited', language)}" if entry.edited else ""
    return edited + (f" · {say('post.lost', language)}" if entry.lost else "")


def _headline(ticket: str, title: str) -> str:
    return f"**{ticket} · {_name(title, TEXT)}**"


def _when(at: datetime, style: str = "R") -> str:
    return f"<t:{int(at.timestamp())}:{style}>"


def _name(name: str, most: int = NAME) -> str:
    return markup.plain(_cut(name, most))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _words(text: str) -> str:
    """Our texts mark what is strong with single asterisks, which Discord would slant."""
    return markup.strong(text)
