"""What people see on Slack, as Block Kit. Pure; `for_customer` takes nothing that is not public."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import zip_longest
from string import Formatter
from typing import Any, TypeAlias, assert_never

from adapters.slack import markup
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

Block: TypeAlias = dict[str, Any]
#: Names the address at which a post can be opened.
Where: TypeAlias = Callable[[PostRef], str | None]

#: Slack's limits: characters in a section and in a fallback text, blocks in a message.
SECTION, TEXT, BLOCKS = 3000, 3000, 50
#: Characters of the layout of one answer: Slack refuses a message whose texts are over about 13,000 together.
ANSWER = 9000
#: Characters of a name; Slack cuts those of authors there.
NAME = 80
#: Elements of a line of small print.
CONTEXT = 10
#: What a line of a list begins with.
BULLET = "• "
#: What our own words have as code.
_COMMAND = re.compile(r"`(?:/ticket|@Halfdoor|halfdoor)\b[^`]*`")
#: Blocks in an App Home.
HOME_BLOCKS = 100
#: Characters of a text in one post: Slack recommends no more than 4,000. Longer ones go on in the next.
PART = 3500
#: The largest file that is copied, in bytes, unless the settings say otherwise.
LARGEST = 100_000_000


class Drawn(str):
    """Mrkdwn of our own, in a line with names of others: a time, a channel."""


def nowhere(_: PostRef) -> None:
    """No post has an address."""


@dataclass(frozen=True, slots=True)
class Post:
    """One Slack message. `author` and `picture` are whom it is shown as, where the scope allows it."""

    text: str
    blocks: list[Block] = field(default_factory=list[Block])
    author: str | None = None
    picture: str | None = None

    def named(self) -> Post:
        """The same with the author in a line of its own, for when Slack won't show it as theirs."""
        if self.author is None:
            return self
        quiet = markup.is_quiet(self.author)
        line = _context(f"*{markup.plain(self.author)}*") if quiet else _author_line(self.author)
        return Post(f"{markup.plain(self.author)}: {self.text}", [line, *self.blocks])


def parts(content: CustomerContent | StaffContent, largest: int = LARGEST) -> tuple[str, ...]:
    """Name the posts that `content` takes: its text's, then one for each file that is copied."""
    if isinstance(content, ClosingNotice) and content.resolution is not None:
        # All text of a post counts together: much over 11,000 characters, Slack refuses it.
        return _text_parts(content.resolution.text)
    if not isinstance(content, Message | Note) or content.retracted:
        return ("",)
    if isinstance(content, Message) and content.recalled:
        return ("",)
    copied = (f"file:{file.id}" for file in content.files if _is_copied(file, largest))
    return (*_text_parts(content.text), *copied)


def file_line(content: Message | Note, part: str, about: Project, *, customer: bool) -> tuple[Post, File]:
    """Return who sent the file that `part` names, as the post that comes with its copy, and the file."""
    file = next(one for one in content.files if part == f"file:{one.id}")
    author = _author(content, about, customer=customer)
    line = _small("file.named", about.language, name=_cut(file.name, NAME))
    return Post(_name(file.name), [line], author, content.by.person.picture), file


def file_gone(post: Post, file: File, language: str, key: TextKey) -> Post:
    """Draw what stands for a file that could not be brought. `key`: why, in words."""
    name, size = _cut(file.name, NAME), filesize(file.size, language)
    text = say(key, language, name=markup.plain(name), size=size)
    return replace(post, text=text, blocks=[_small(key, language, name=name, size=size)])


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
            return _message_to_customer(content, about, part, largest)
        case _:
            raise Leak(f"{type(content).__name__} is not for customers")


def for_staff(content: StaffContent, about: Project, part: str = "", largest: int = LARGEST) -> Post:
    """Draw what staff see."""
    match content:
        case StaffCard():
            return _staff_card(content, about.language)
        case StaffNotice(text=text):
            shown = markup.plain(text)
            if not markup.is_quiet(_COMMAND.sub("", text)):
                pieces = markup.pieces(text, SECTION)
                return Post(
                    shown[:TEXT], [{"type": "context", "elements": [_literal(one)]} for one in pieces]
                )
            return Post(shown[:TEXT], [_context(piece) for piece in markup.pieces(shown, SECTION)])
        case Message():
            return _message_to_staff(content, about, part, largest)
        case Note():
            language = about.language
            body = _body(content, part, largest, about)
            sign = _context(f"🔒 {say('post.internal', language)}{_since(content, language)}")
            author = _author(content, about, customer=False)
            return Post(_fallback(content), [*body, sign], author, content.by.person.picture)
        case _:
            assert_never(content)


def answer(given: Words | Listing | Preview, where: Where = nowhere) -> Post:
    """Draw an answer for the one who asked. `where` names the address of a post."""
    match given:
        case Words(text=text):
            pieces = markup.pieces(_cut(text, ANSWER), SECTION)
            return Post(text[:TEXT], [_section(piece) for piece in pieces])
        case Listing():
            return _listing(given, where)
        case Preview():
            return _preview(given)
        case _:
            assert_never(given)


def home(listings: Sequence[Listing], where: Where) -> Block:
    """Draw the App Home of somebody who is staff: what awaits them on all their desks."""
    blocks: list[Block] = []
    for listing in listings:
        blocks.append({"type": "header", "text": _plain(listing.title)})
        if listing.cards:
            blocks += _list(listing, where, many=True)
        else:
            blocks.append(_context(say("home.nothing", listing.language)))
    return {"type": "home", "blocks": blocks[:HOME_BLOCKS]}


def home_of_others(language: str, bot: str) -> Block:
    """Draw the App Home of anybody else: how to open a ticket."""
    return {"type": "home", "blocks": [_section(say("home.customer", language, bot=f"<@{bot}>"))]}


def panel(language: str) -> Post:
    """Draw the panel with the button that opens a ticket."""
    title, body = say("panel.title", language), say("panel.body", language)
    button = _button("open_ticket", say("button.open", language), "open", style="primary")
    return Post(f"{title} {body}", [_section(f"*{title}*\n{body}"), _actions(button)])


def channel(place: Place) -> str:
    """Write a place as people find it: a channel of ours as a link, else its network's name."""
    return f"<#{place.id}>" if place.network == "slack" else place.network.capitalize()


def tombstone(language: str) -> Post:
    """Draw what stands for a post that Slack would not let us delete."""
    text = say("post.recalled.stub", language)
    return Post(text, [_context(f"_{text}_")])


# ---------------------------------------------------------------- the customer's side


def _customer_card(card: CustomerCard, language: str) -> Post:
    closed = card.status is Status.CLOSED
    status = status_label(card.status, language, customer=True)
    line: list[str] = [Drawn(f"*{status}*")]
    if card.assignee and not closed:
        line += [" · ", say("card.assigned", language, name=_cut(card.assignee, NAME))]
    name = _cut(card.opened_by, NAME)
    line += [" · ", *_filled("card.opened", language, name=name, when=_when(card.opened_at))]
    if card.follows:
        line += [" · ", say("card.follows", language, key=card.follows)]
    value = json.dumps({"t": card.ticket, "l": language})
    buttons = [
        _button("comment", say("button.comment", language), value),
        _button("close_customer", say("card.close", language), value),
    ]
    key: TextKey = "card.customer.hint.closed" if closed else "card.customer.hint"
    hint = say(key, language, n=card.reopen_days)
    blocks = [_headline(card.ticket, card.title), _line(line)]
    if not closed:
        blocks.append(_actions(*buttons))
    return Post(f"{card.ticket} · {markup.plain(card.title)} — {status}", [*blocks, _context(f"_{hint}_")])


def _closing(notice: ClosingNotice, language: str, part: str) -> Post:
    solved = say("closing.solved", language, key=notice.ticket)
    pieces = hub.pieces(notice.resolution.text, PART) if notice.resolution else []
    if part:
        of = _context(say("post.part", language, n=int(part), of=len(pieces)))
        return Post(solved, [markup.rich_text(pieces[int(part) - 1]), of])
    blocks = [_section(f"✅ *{solved}*")]
    if notice.resolution is not None:
        by = shown(notice.resolution.by, language)
        blocks.append(_small("closing.writes", language, name=_cut(by, NAME)))
        blocks.append(markup.rich_text(pieces[0]))
        if len(pieces) > 1:
            blocks.append(_context(say("post.part", language, n=1, of=len(pieces))))
    if notice.reopened_by is not None:
        name = _cut(notice.reopened_by, NAME)
        again = say("closing.reopened", language, name=markup.plain(name))
        return Post(f"{solved} {again}", [*blocks, _small("closing.reopened", language, name=name)])
    value = json.dumps({"t": notice.ticket, "l": language})
    if notice.rating is not None:
        blocks.append(_section(say("closing.rated", language, stars=notice.rating)))
    else:
        blocks.append(_section(say("closing.how", language)))
        blocks.append(_actions(*(_button(f"rate_{n}", str(n), value) for n in range(1, 6))))
    read = _button("read", say("button.read", language), value)
    if notice.expired:
        blocks.append(_actions(read))
        blocks.append(_context(f"_{say('closing.expired', language)}_"))
    else:
        blocks.append(_actions(_button("reopen", say("button.reopen", language), value), read))
        until = markup.date(
            notice.until.timestamp(), f"{notice.until:%Y-%m-%d %H:%M} UTC", "{date_long_pretty} {time}"
        )
        window = say("closing.window", language, when=until)
        fallback = f" {say('closing.fallback', language)}" if notice.rating is None else ""
        blocks.append(_context(f"_{window}{fallback}_"))
    return Post(solved, blocks)


def _message_to_customer(message: Message, about: Project, part: str, largest: int) -> Post:
    language = about.language
    blocks = _body(message, part, largest, about, customer=True)
    if message.edited and not message.retracted:
        blocks.append(_context(say("post.edited", language)))
    shown = say("post.deleted", language) if message.retracted else _fallback(message)
    return Post(shown, blocks, _author(message, about, customer=True), message.by.person.picture)


# ---------------------------------------------------------------- the staff side


def _staff_card(card: StaffCard, language: str) -> Post:
    status = status_label(card.status, language)
    line: list[str] = [Drawn(f"*{status}*")]
    if card.public_status is not card.status:
        seen = status_label(card.public_status, language)
        line.append(Drawn(f" _({say('card.customer_sees', language, status=seen)})_"))
    line += [" · ", _cut(card.assignee.name, NAME) if card.assignee else say("card.unassigned", language)]
    if card.public_assignee != card.assignee:
        public = card.public_assignee
        seen = _cut(public.name, NAME) if public else say("card.customer_sees_nobody", language)
        seen = f"({say('card.customer_sees', language, status=seen)})"
        line += [" ", Drawn(f"_{markup.plain(seen)}_") if markup.is_quiet(seen) else seen]
    priority = priority_label(card.priority, language)
    line += [" · ", Drawn(f"*{say('card.priority', language, priority=priority)}*")]
    if card.tags:
        line += [" · ", Drawn(" ".join(f"`{tag}`" for tag in card.tags))]
    if card.booked_minutes:
        line += [" · ", say("card.booked", language, time=duration(card.booked_minutes, language))]
    if card.rating is not None:
        line += [" · ", say("card.rated", language, stars=card.rating)]
    if card.follows:
        line += [" · ", say("card.follows", language, key=card.follows)]
    place = card.customer_place
    where = f"Slack {channel(place)}" if place.network == "slack" else channel(place)
    about = f" — {_cut(card.requester, NAME)}, {card.project}"
    opened = say("card.opened.when", language, when=_when(card.opened_at))
    value = json.dumps({"t": card.ticket, "l": language, "p": channel(place)})
    buttons = [_button(name, say(key, language), value) for name, key in BUTTONS.items()]
    buttons[0]["style"] = "primary"
    if card.status is Status.CLOSED:
        buttons[-1] = _button("reopen", say("button.reopen.staff", language), value)
    return Post(
        f"{card.ticket} · {markup.plain(card.title)} — {status}",
        [
            _headline(card.ticket, card.title, about, where),
            _line(line),
            _context(opened),
            _actions(*buttons),
            _context(f"_{say('card.staff.hint', language)}_"),
        ],
    )


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


def _message_to_staff(message: Message, about: Project, part: str, largest: int) -> Post:
    language = about.language
    by, sign = message.by, f"🌐 {say('post.public', language)}"
    author = _author(message, about, customer=False)
    if message.recalled is not None:
        name, when = _cut(message.recalled.by.name, NAME), _when(message.recalled.at)
        note = say("post.recalled", language, name=markup.plain(name), when=when)
        line = _small("post.recalled.line", language, sign=Drawn(sign), name=name, when=when)
        body = [markup.rich_text(piece, strike=True) for piece in hub.pieces(message.text, PART)]
        return Post(note, [*body, line], author, by.person.picture)
    blocks = _body(message, part, largest, about)
    if part:
        return Post(_fallback(message), blocks, author, by.person.picture)
    blocks += _marks(message)
    blocks.append(_context(sign + _since(message, language)))
    if by.side is Side.STAFF and message.said_on is not Side.CUSTOMER and not message.retracted:
        value = json.dumps({"t": message.ticket, "l": language, "e": message.id})
        edit = _button("edit", say("button.edit", language), value)
        recall = _button("recall", say("button.recall", language), value, style="danger")
        recall["confirm"] = {
            "title": _plain(say("confirm.recall.title", language)),
            "text": _plain(say("confirm.recall", language)),
            "confirm": _plain(say("button.recall", language)),
            "deny": _plain(say("form.cancel", language)),
            "style": "danger",
        }
        blocks.append(_actions(edit, recall))
    shown = say("post.deleted", language) if message.retracted else _fallback(message)
    return Post(shown, blocks, author, by.person.picture)


# ---------------------------------------------------------------- answers


def _listing(listing: Listing, where: Where) -> Post:
    if not listing.cards:
        empty = say("list.empty", listing.language)
        return Post(empty, [_section(empty)])
    title = [f"*{markup.plain(listing.title)}*"] if listing.title else []
    text = "\n".join([*title, *(markup.written(line) for line in _lines(listing, where))])
    return Post(text[:TEXT], _list(listing, where, title=listing.title))


def _list(listing: Listing, where: Where, *, title: str = "", many: bool = False) -> list[Block]:
    """Draw a list: as mrkdwn, which takes long ones, or as rich text if a name or a title has signs in it."""
    lines = _lines(listing, where, many=many)
    plain = [part for line in lines for part in line if isinstance(part, str) and part != BULLET]
    if all(map(markup.is_quiet, [title, *plain])):
        head = [f"*{markup.plain(title)}*"] if title else []
        text = "\n".join([*head, *map(markup.written, lines)])
        return [_section(piece) for piece in markup.pieces(text, SECTION)]
    return [*([_rich(_bold(title))] if title else []), *(_rich(*line) for line in lines)]


def _lines(listing: Listing, where: Where, *, many: bool = False) -> list[list[str | Block]]:
    """Draw a line for each ticket; `many`: they may belong to several projects."""
    language, lines, more = listing.language, list[list[str | Block]](), listing.more
    length = 0
    cards: tuple[CustomerCard | StaffCard, ...] = listing.cards
    for card, thread in zip_longest(cards, listing.threads):
        address = where(thread) if thread else None
        key: Block = {"type": "link", "url": address, "text": card.ticket} if address else _bold(card.ticket)
        key = {**key, "style": {"bold": True}}
        customer = isinstance(card, CustomerCard)
        parts = [card.title, status_label(card.status, language, customer=customer)]
        if isinstance(card, StaffCard):
            if many:
                parts.insert(1, card.project)
            if card.public_status is not card.status:
                seen = status_label(card.public_status, language)
                parts[-1] += f" ({say('card.customer_sees', language, status=seen)})"
            parts.append(
                _cut(card.assignee.name, NAME) if card.assignee else say("card.unassigned", language)
            )
            parts.append(priority_label(card.priority, language))
            if card.booked_minutes:
                parts.append(say("card.booked", language, time=duration(card.booked_minutes, language)))
        elif card.assignee:
            parts.append(say("card.assigned", language, name=_cut(card.assignee, NAME)))
        if length > ANSWER * 2 // 3 and not many:
            more += 1
            continue
        line: list[str | Block] = [BULLET, key, f" {' · '.join(parts)}"]
        length += len(markup.written(line))
        lines.append(line)
    if more:
        lines.append([say("list.more", language, n=more)])
    return lines


def _preview(preview: Preview) -> Post:
    """Staff see the customer's posts, drawn by the same code; their buttons are shown, not offered."""
    title = say("form.preview.title", preview.language)
    posts = [
        [{"type": "divider"}, *(_shown(block) for block in post.blocks)]
        for delivery in preview.deliveries
        for part in parts(delivery.content)
        if not part.startswith("file:")
        for post in (for_customer(delivery.content, delivery.surface.project, part).named(),)
    ]
    # The newest that Slack shows in one answer, after the card.
    card, *others = posts
    shown: list[list[Block]] = []
    room, space = BLOCKS - 2 - len(card), ANSWER - len(str(card))
    for post in reversed(others):
        room, space = room - len(post), space - len(str(post))
        if room < 0 or space < 0:
            break
        shown.insert(0, post)
    left = len(others) - len(shown)
    out = [_context(say("form.preview.left_out", preview.language, n=left))] if left else []
    blocks = [block for post in shown for block in post]
    return Post(title, [_section(f"*{title}*"), *card, *out, *blocks])


def _shown(block: Block) -> Block:
    if block["type"] != "actions":
        return block
    return _context("  ".join(f"`{button['text']['text']}`" for button in block["elements"]))


# ---------------------------------------------------------------- pieces


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _name(name: str) -> str:
    """Write a person's or a file's name, without its end if it has none."""
    return markup.plain(_cut(name, NAME))


def _headline(ticket: str, title: str, about: str = "", where: str = "") -> Block:
    """Draw a card's first line. `where` is mrkdwn of ours.

    What has signs in it is plain text. It is no rich text: Slack would not let that be replaced later.
    """
    head = f"{ticket} · {title}"
    if markup.is_quiet(f"{head}{about}"):
        return _section(f"*{markup.plain(head)}*{markup.plain(about)}{where and f' ({where})'}")
    fields = {"fields": [{"type": "mrkdwn", "text": where, "verbatim": True}]} if where else {}
    return {"type": "section", "text": _literal(f"{head}{about}"), **fields}


def _when(at: datetime) -> Drawn:
    return Drawn(markup.date(at.timestamp(), f"{at:%Y-%m-%d %H:%M} UTC"))


def _text_parts(text: str) -> tuple[str, ...]:
    return ("", *(str(n) for n in range(2, len(hub.pieces(text, PART)) + 1)))


def _body(
    entry: Message | Note, part: str, largest: int, about: Project, *, customer: bool = False
) -> list[Block]:
    """Draw one part of what was said; the first names the files that come with it or that cannot."""
    language = about.language
    if entry.retracted:
        return [_context(f"_{say('post.deleted', language)}_")]
    pieces = hub.pieces(entry.text, PART)
    number = int(part or 1)
    blocks = [markup.rich_text(pieces[number - 1])] if entry.text or not entry.files else []
    if len(pieces) > 1:
        blocks.append(_context(say("post.part", language, n=number, of=len(pieces))))
    if not part:
        blocks += [_named(file, entry, largest, about, customer=customer) for file in entry.files]
    return blocks[:BLOCKS]


def _named(file: File, entry: Message | Note, largest: int, about: Project, *, customer: bool) -> Block:
    name, language = _cut(file.name, NAME), about.language
    if _is_copied(file, largest):
        return _small("file.named.size", language, name=name, size=filesize(file.size, language))
    if customer or entry.said is None:
        return _small("file.not_here", language, name=name)
    place = Drawn(channel(entry.said.place))
    if not file.copyable:
        return _small("file.elsewhere", language, name=name, place=place)
    sizes = {"size": filesize(file.size, language), "limit": filesize(largest, language)}
    return _small("file.too_large", language, name=name, place=place, **sizes)


def _is_copied(file: File, largest: int) -> bool:
    return file.copyable and file.size <= largest


def _marks(message: Message) -> list[Block]:
    """The reactions to a message, each emoji with how many gave it."""
    counts: dict[str, int] = {}
    for reaction in message.reactions:
        if not reaction.gone:
            counts[reaction.emoji] = counts.get(reaction.emoji, 0) + 1
    return [_context("  ".join(f"{emoji} {n}" for emoji, n in counts.items()))] if counts else []


def _since(entry: Message | Note, language: str) -> str:
    """Say what has become of a post since it was written; staff alone are shown one that is lost."""
    if entry.retracted:
        return ""
    edited = f" · {say('post.edited', language)}" if entry.edited else ""
    return edited + (f" · {say('post.lost', language)}" if entry.lost else "")


def _fallback(entry: Message | Note) -> str:
    """What notifications and screen readers give: cut, for the blocks have all of it."""
    text = hub.plain(entry.text[:TEXT]) or ", ".join(file.name for file in entry.files)
    short = markup.plain(text[: TEXT // 6])
    return f"{short}…" if len(text) > TEXT // 6 else short or "–"


def _small(key: TextKey, language: str, /, **values: str) -> Block:
    """Draw a line of small print. Names in it are shown as written: no signs of theirs mean anything.

    Values of ours, a time or a channel, are of type `Drawn`.
    """
    if all(isinstance(value, Drawn) or markup.is_quiet(value) for value in values.values()):
        drawn = {name: v if isinstance(v, Drawn) else markup.plain(v) for name, v in values.items()}
        return _context(say(key, language, **drawn))
    return _mixed(_filled(key, language, **values))


def _line(parts: Sequence[str]) -> Block:
    """Draw a line of a card; in small print if a name in it has signs that would be read."""
    if all(isinstance(part, Drawn) or markup.is_quiet(part) for part in parts):
        return _section("".join(part if isinstance(part, Drawn) else markup.plain(part) for part in parts))
    return _mixed(parts)


def _mixed(parts: Sequence[str]) -> Block:
    """Draw words that stay as they are beside mrkdwn of ours, which only small print can."""
    runs: list[tuple[bool, str]] = []
    for part in parts:
        drawn = isinstance(part, Drawn)
        if runs and runs[-1][0] == drawn:
            runs[-1] = drawn, runs[-1][1] + part
        else:
            runs.append((drawn, part))
    elements = [
        {"type": "mrkdwn", "text": text, "verbatim": True} if drawn else _literal(text.strip())
        for drawn, text in runs
        if text.strip()
    ]
    return {"type": "context", "elements": elements[:CONTEXT]}


def _filled(key: TextKey, language: str, /, **values: str) -> list[str]:
    """Return a text in parts: what stands between its placeholders, and what they stand for."""
    template = say(key, language, **{name: f"{{{name}}}" for name in values})
    return [
        part
        for text, name, _, _ in Formatter().parse(template)
        for part in (text, values[name] if name else "")
        if part
    ]


def _rich(*parts: str | Block) -> Block:
    """Draw a line in which nothing is read as a sign: words, and elements of rich text."""
    elements = [{"type": "text", "text": part} if isinstance(part, str) else part for part in parts if part]
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}


def _bold(text: str) -> Block:
    return {"type": "text", "text": text, "style": {"bold": True}}


def _author_line(name: str) -> Block:
    return {"type": "context", "elements": [_literal(name)]}


def _literal(text: str) -> Block:
    """Words that stay as they are, the names of emoji too."""
    return {"type": "plain_text", "text": text, "emoji": False}


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}


def _actions(*buttons: Block) -> Block:
    return {"type": "actions", "elements": list(buttons)}


def _button(action: str, text: str, value: str, style: str | None = None) -> Block:
    button: Block = {"type": "button", "action_id": action, "text": _plain(text), "value": value}
    return button | {"style": style} if style else button
