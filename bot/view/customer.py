"""Everything that a customer can be shown. Nothing else is drawn for them, and nothing internal fits in."""

from __future__ import annotations

from typing import Final

from bot.tickets.deliveries import ClosingNotice, CustomerCard, CustomerContent, Leak
from bot.tickets.labels import status_label
from bot.tickets.model import File, Message, Project, Status
from bot.tickets.names import shown
from bot.view.layout import (
    SPACE,
    Block,
    Body,
    Button,
    Buttons,
    Byline,
    Headline,
    Hint,
    Line,
    Look,
    Moment,
    Plain,
    Post,
    Row,
    Small,
    State,
    Text,
    Weight,
    author,
    body,
    filled,
    is_copied,
    name,
    size,
)
from bot.words.keys import TextKey
from bot.words.say import say

#: How a closing can be rated.
STARS: Final = ("1", "2", "3", "4", "5")


def for_customer(content: CustomerContent, about: Project, part: str, largest: int) -> Post:
    """Draw a part of what a customer is owed; `largest`: the bytes of a file that the network takes.

    Raises:
        Leak: `content` is not one of the public types; the type checker was bypassed.
    """
    match content:
        case CustomerCard():
            return _card(content, about.language)
        case ClosingNotice():
            return _closing(content, about.language, part)
        case Message():
            return _message(content, about, part, largest)
        case _:
            raise Leak(f"{type(content).__name__} is not for customers")


def panel(language: str) -> Post:
    """Draw what stands in a customer's channel for whoever wants to open a ticket."""
    title, about = say("panel.title", language), Text(say("panel.body", language), Look.OURS)
    button = Button("open", say("button.open", language), weight=Weight.MAIN)
    words = Plain((Text(title, Look.BOLD), Text("\n", Look.OURS), about))
    summary = Text(title, Look.OURS), SPACE, about
    return Post(language, ((words, Buttons((button,))),), summary, framed=True)


def row(card: CustomerCard, language: str) -> Row:
    """Draw a ticket in a customer's list."""
    items: list[Line] = [(Text(status_label(card.status, language, customer=True)),)]
    if card.assignee:
        items.append((Text(say("card.assigned", language, name=name(card.assignee))),))
    return Row(card.ticket, card.title, tuple(items))


def file_line(file: File, largest: int, language: str) -> Line:
    """Name a file that comes with a post, or say that it could not be brought."""
    if is_copied(file, largest):
        return filled("file.named.size", language, name=name(file.name), size=size(file.size, language))
    return filled("file.not_here", language, name=name(file.name))


def _card(card: CustomerCard, language: str) -> Post:
    closed = card.status is Status.CLOSED
    status = status_label(card.status, language, customer=True)
    items: list[Line] = [(Text(status, Look.BOLD),)]
    if card.assignee and not closed:
        items.append((Text(say("card.assigned", language, name=name(card.assignee))),))
    items.append(filled("card.opened", language, name=name(card.opened_by), when=Moment(card.opened_at)))
    if card.follows:
        items.append((Text(say("card.follows", language, key=card.follows)),))
    buttons = (
        Button("comment", say("button.comment", language), card.ticket),
        Button("close_customer", say("card.close", language), card.ticket),
    )
    key: TextKey = "card.customer.hint.closed" if closed else "card.customer.hint"
    hint = Hint((Text(say(key, language, n=card.reopen_days), Look.OURS),))
    blocks: list[Block] = [Headline(card.ticket, card.title), State(tuple(items))]
    if not closed:
        blocks.append(Buttons(buttons))
    summary = (Text(f"{card.ticket} · {card.title} — {status}"),)
    return Post(language, ((*blocks, hint),), summary, framed=True)


def _closing(notice: ClosingNotice, language: str, part: str) -> Post:
    solved, ticket = say("closing.solved", language, key=notice.ticket), notice.ticket
    summary: Line = (Text(solved),)
    if part:
        text = notice.resolution.text if notice.resolution else ""
        return Post(language, ((Body(text, part),),), summary)
    box: list[Block] = [Plain((Text("✅ ", Look.OURS), Text(solved, Look.BOLD)))]
    if notice.resolution is not None:
        by = shown(notice.resolution.by, language)
        box += [Byline(filled("closing.writes", language, name=name(by))), Body(notice.resolution.text)]
    if notice.reopened_by is not None:
        again = filled("closing.reopened", language, name=name(notice.reopened_by))
        return Post(language, ((*box, Small(again)),), (*summary, SPACE, *again), framed=True)
    typed = ""
    if notice.rating is not None:
        box.append(Plain((Text(say("closing.rated", language, stars=notice.rating), Look.OURS),)))
    else:
        stars = tuple(Button("rate", one, ticket, choice=one) for one in STARS)
        box += [Plain((Text(say("closing.how", language), Look.OURS),)), Buttons(stars)]
        typed = say("closing.fallback", language)
    read = Button("read", say("button.read", language), ticket)
    if notice.expired:
        after: tuple[Block, ...] = (
            Buttons((read,)),
            Hint((Text(say("closing.expired", language), Look.OURS),)),
        )
    else:
        reopen = Button("reopen", say("button.reopen", language), ticket)
        window = filled("closing.window", language, when=Moment(notice.until, exact=True))
        after = (Buttons((reopen, read)), Hint(window, typed))
    return Post(language, (tuple(box), after), summary, framed=True)


def _message(message: Message, about: Project, part: str, largest: int) -> Post:
    language = about.language
    lines = tuple(file_line(one, largest, language) for one in message.files)
    blocks = body(message, part, lines, language)
    if message.edited and not message.retracted:
        blocks.append(Small((Text(say("post.edited", language), Look.OURS),)))
    return Post(
        language,
        (tuple(blocks),),
        said=message,
        author=author(message, about.name, language, customer=True),
        picture=message.by.person.picture,
    )
