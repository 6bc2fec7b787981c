"""What staff see: both halves of a ticket."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from bot.tickets.deliveries import StaffCard, StaffContent, StaffNotice
from bot.tickets.labels import BUTTONS, priority_label, status_label
from bot.tickets.model import File, Message, Note, Project, Side, Status
from bot.view import customer, layout
from bot.view.layout import (
    SPACE,
    Block,
    Button,
    Buttons,
    Headline,
    Hint,
    Line,
    Look,
    Marks,
    Moment,
    Notice,
    Post,
    Row,
    Small,
    Span,
    Spot,
    State,
    Struck,
    Text,
    Weight,
    author,
    body,
    filled,
    is_copied,
    name,
)
from bot.words.say import duration, say


def for_staff(content: StaffContent, about: Project, part: str, largest: int) -> Post:
    """Draw a part of what staff are owed; `largest`: the bytes of a file that the network takes."""
    match content:
        case StaffCard():
            return _card(content, about.language)
        case StaffNotice(text=text):
            return Post(about.language, ((Notice(text),),), (Text(text),))
        case Message(recalled=None):
            return _message(content, about, part, largest)
        case Message():
            return _recalled(content, about)
        case Note():
            return _note(content, about, part, largest)
        case _:
            assert_never(content)


def door(card: StaffCard, language: str) -> Post:
    """Draw what stands where all staff see it: that there is a ticket and how it stands, no word of it."""
    join = Button("join", say("button.join", language), card.ticket)
    blocks = Headline(card.ticket, card.title), State(tuple(_state(card, language))), Buttons((join,))
    return Post(language, (blocks,), _summary(card, language), framed=True)


def row(card: StaffCard, language: str, *, project: bool = False) -> Row:
    """Draw a ticket in the team's list; with its `project` where it may be of several."""
    who: Line = (Text(_assignee(card, language)),)
    items = [_status(card, language), who, (Text(priority_label(card.priority, language)),)]
    if card.booked_minutes:
        items.append(_booked(card, language))
    if project:
        items.insert(0, (Text(card.project),))
    return Row(card.ticket, card.title, tuple(items))


def _card(card: StaffCard, language: str) -> Post:
    items = _state(card, language)
    priority = priority_label(card.priority, language)
    items.append((Text(say("card.priority", language, priority=priority), Look.BOLD),))
    if card.tags:
        tags = [span for tag in card.tags for span in (SPACE, Text(tag, Look.CODE))]
        items.append(tuple(tags[1:]))
    if card.booked_minutes:
        items.append(_booked(card, language))
    if card.rating is not None:
        items.append((Text(say("card.rated", language, stars=card.rating)),))
    if card.follows:
        items.append((Text(say("card.follows", language, key=card.follows)),))
    place = card.customer_place
    buttons = [Button(act, say(key, language), card.ticket, place=place) for act, key in BUTTONS.items()]
    buttons[0] = replace(buttons[0], weight=Weight.MAIN)
    if card.status is Status.CLOSED:
        buttons[-1] = Button("reopen", say("button.reopen.staff", language), card.ticket, place=place)
    blocks = (
        Headline(card.ticket, card.title, f"{name(card.requester)}, {card.project}", place),
        State(tuple(items)),
        Small(filled("card.opened.when", language, when=Moment(card.opened_at))),
        Buttons(tuple(buttons)),
        Hint((Text(say("card.staff.hint", language), Look.OURS),)),
    )
    return Post(language, (blocks,), _summary(card, language), framed=True)


def _summary(card: StaffCard, language: str) -> Line:
    return (Text(f"{card.ticket} · {card.title} — {status_label(card.status, language)}"),)


def _state(card: StaffCard, language: str) -> list[Line]:
    """Draw status and assignee, and how the customer sees them where that is different."""
    who: Line = (Text(_assignee(card, language)),)
    if card.public_assignee != card.assignee:
        public = card.public_assignee
        who += _seen(name(public.name) if public else say("card.customer_sees_nobody", language), language)
    return [_status(card, language), who]


def _status(card: StaffCard, language: str) -> Line:
    status: Line = (Text(status_label(card.status, language), Look.BOLD),)
    if card.public_status is card.status:
        return status
    return status + _seen(status_label(card.public_status, language), language)


def _assignee(card: StaffCard, language: str) -> str:
    return name(card.assignee.name) if card.assignee else say("card.unassigned", language)


def _seen(what: str, language: str) -> Line:
    return SPACE, Text(f"({say('card.customer_sees', language, status=what)})", Look.QUIET)


def _booked(card: StaffCard, language: str) -> Line:
    return (Text(say("card.booked", language, time=duration(card.booked_minutes, language))),)


def _message(message: Message, about: Project, part: str, largest: int) -> Post:
    language = about.language
    blocks = _body(message, part, largest, language)
    if not part:
        if counts := _counts(message):
            blocks.append(Marks(counts))
        blocks.append(_sign(message, language))
    if not part and _is_ours(message):
        edit = Button("edit", say("button.edit", language), message.ticket, message.id)
        label = say("button.recall", language)
        sure = say("confirm.recall.title", language), say("confirm.recall", language)
        recall = Button("recall", label, message.ticket, message.id, weight=Weight.RISKY, sure=sure)
        blocks.append(Buttons((edit, recall)))
    return _said(message, about, blocks)


def _recalled(message: Message, about: Project) -> Post:
    language, recall = about.language, message.recalled
    assert recall is not None
    given: dict[str, str | Span] = {"name": name(recall.by.name), "when": Moment(recall.at)}
    sign = Text(f"🌐 {say('post.public', language)}", Look.OURS)
    line = filled("post.recalled.line", language, sign=sign, **given)
    blocks = Struck(message.text), Small(line)
    return Post(
        language,
        (blocks,),
        filled("post.recalled", language, **given),
        author=author(message, about.name, language, customer=False),
        picture=message.by.person.picture,
    )


def _note(note: Note, about: Project, part: str, largest: int) -> Post:
    blocks = _body(note, part, largest, about.language)
    return _said(note, about, [*blocks, _sign(note, about.language)])


def _said(entry: Message | Note, about: Project, blocks: list[Block]) -> Post:
    return Post(
        about.language,
        (tuple(blocks),),
        said=entry,
        author=author(entry, about.name, about.language, customer=False),
        picture=entry.by.person.picture,
    )


def _body(entry: Message | Note, part: str, largest: int, language: str) -> list[Block]:
    return body(
        entry, part, tuple(_file_line(one, entry, largest, language) for one in entry.files), language
    )


def _file_line(file: File, entry: Message | Note, largest: int, language: str) -> Line:
    """Name a file that comes with a post, or say where it is to be opened."""
    if is_copied(file, largest) or entry.said is None:
        return customer.file_line(file, largest, language)
    place = Spot(entry.said.place)
    if not file.copyable:
        return filled("file.elsewhere", language, name=name(file.name), place=place)
    size, limit = layout.size(file.size, language), layout.size(largest, language)
    return filled("file.too_large", language, name=name(file.name), place=place, size=size, limit=limit)


def _sign(entry: Message | Note, language: str) -> Small:
    """Say who sees a post, and what has become of it since it was written."""
    public = isinstance(entry, Message)
    sign = f"🌐 {say('post.public', language)}" if public else f"🔒 {say('post.internal', language)}"
    if entry.edited and not entry.retracted:
        sign += f" · {say('post.edited', language)}"
    if entry.lost and not entry.retracted:
        sign += f" · {say('post.lost', language)}"
    return Small((Text(sign, Look.OURS),))


def _counts(message: Message) -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = {}
    for reaction in message.reactions:
        if not reaction.gone:
            counts[reaction.emoji] = counts.get(reaction.emoji, 0) + 1
    return tuple(counts.items())


def _is_ours(message: Message) -> bool:
    """Whether a message is a reply that can be changed and taken back here."""
    staff = message.by.side is Side.STAFF
    return staff and message.said_on is not Side.CUSTOMER and not message.retracted
