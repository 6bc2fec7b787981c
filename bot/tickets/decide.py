"""The rules: which events a command leads to, or the refusal a person reads."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias, assert_never

from bot import hub
from bot.tickets import commands as c
from bot.tickets import events as e
from bot.tickets.model import (
    TITLE_LIMIT,
    Actor,
    Closing,
    File,
    Message,
    Note,
    Person,
    PostRef,
    Project,
    Reaction,
    Recall,
    Side,
    Status,
    Ticket,
    Visibility,
    reopen_until,
    title_of,
)
from bot.tickets.signs import visible
from bot.words.say import Refused, say

Events: TypeAlias = tuple[e.Event, ...]

#: Text typed into a form or a command, in characters. What was said as a post is taken whatever its length.
TEXT_LIMIT = 12_000
TAG = re.compile(r"[\w-]{1,40}")
TAGS_LIMIT = 20
DAY_MINUTES = 24 * 60


def open_ticket(command: c.Open, at: datetime, project: Project) -> Events:
    """Decide how a ticket begins.

    Raises:
        Refused: the title is missing or longer than `TITLE_LIMIT`, or the text is too long.
    """
    key = f"{project.key}-{command.number}"
    opened = e.Opened(
        by=command.by,
        at=at,
        key=key,
        project=project.key,
        number=command.number,
        title=_title(command.title),
        follows=command.follows,
    )
    said = visible(command.text) or (command.said is not None and command.text.strip())
    if not said and not command.files:
        return (opened,)
    text = _text(command.text, command.said)
    message = Message(
        id=command.entry_id,
        ticket=key,
        by=command.by,
        at=at,
        text=text,
        said=command.said,
        said_on=command.said_on,
        files=command.files,
    )
    return opened, e.MessageAdded(by=command.by, at=at, message=message)


def decide(ticket: Ticket, command: c.Command, at: datetime, project: Project) -> Events:
    """Return what `command` makes happen to `ticket`; nothing, when it changes nothing.

    What customers can observe never depends on an internal act: where a rule asks for the status or the
    assignee on a customer's behalf, it asks for the public one.

    Raises:
        Refused: the command is not allowed, or makes no sense now; with words for the one who asked.
    """
    match command:
        case c.Open():
            raise TypeError("a ticket is opened once: use open_ticket")
        case c.AddMessage():
            return _add_message(ticket, command, at)
        case c.AddNote(by=by):
            _staff_only(by)
            note = _note(ticket, by, at, command.entry_id, command.text, command.said, command.files)
            return (e.NoteAdded(by=by, at=at, note=note),)
        case c.EditMessage() | c.RetractMessage() | c.RecallReply():
            return _change_message(ticket, command, at, project)
        case c.LoseEntry():
            return _lose(ticket, command, at)
        case c.EditNote() | c.RetractNote() | c.PublishNote():
            return _change_note(ticket, command, at)
        case c.SetStatus():
            return _set_status(ticket, command, at, project)
        case c.Assign():
            return _assign(ticket, command, at)
        case c.SetPriority(by=by, priority=priority):
            _staff_only(by)
            if priority is ticket.priority:
                return ()
            return (e.PriorityChanged(by=by, at=at, priority=priority),)
        case c.SetTags():
            return _set_tags(ticket, command, at)
        case c.Retitle(by=by):
            _staff_only(by)
            title = _title(command.title)
            return () if title == ticket.title else (e.Retitled(by=by, at=at, title=title),)
        case c.BookTime(by=by, minutes=minutes):
            _staff_only(by)
            if not 1 <= minutes <= DAY_MINUTES:
                raise Refused("no.minutes")
            return (e.TimeBooked(by=by, at=at, minutes=minutes, what=command.what.strip()),)
        case c.Close():
            return _close(ticket, command, at, project)
        case c.Reopen(by=by):
            if ticket.closing is None:
                raise Refused("no.not_closed", key=ticket.key)
            if by.side is Side.CUSTOMER and not ticket.takes_customers_word(at):
                raise Refused("no.window", key=ticket.key)
            return (e.Reopened(by=by, at=at),)
        case c.Rate(by=by, stars=stars):
            return _rate(ticket, by, stars, at)
        case c.React():
            return _react(ticket, command, at)
        case c.Continue(by=by, new=new):
            return (e.Continued(by=by, at=at, new=new),)
        case c.EndWindow(by=by, number=number):
            closing = ticket.closing
            if closing is None or closing.number != number or closing.expired:
                return ()
            return (e.WindowEnded(by=by, at=at, number=number),)
        case _:
            assert_never(command)


def _add_message(ticket: Ticket, command: c.AddMessage, at: datetime) -> Events:
    by = command.by
    message = Message(
        id=command.entry_id,
        ticket=ticket.key,
        by=by,
        at=at,
        text=_text(command.text, command.said),
        said=command.said,
        said_on=command.said_on,
        files=command.files,
    )
    added = e.MessageAdded(by=by, at=at, message=message)
    if by.side is Side.STAFF:
        return (added,)
    if ticket.closing is not None:
        if not ticket.takes_customers_word(at):
            raise Refused("no.window", key=ticket.key)
        return e.Reopened(by=by, at=at), added
    if ticket.public_status is Status.PENDING:
        return added, e.StatusChanged(by=by, at=at, status=Status.OPEN, visibility=Visibility.PUBLIC)
    if ticket.status is Status.PENDING:
        return added, e.StatusChanged(by=by, at=at, status=Status.OPEN, visibility=Visibility.INTERNAL)
    return (added,)


def _change_message(
    ticket: Ticket,
    command: c.EditMessage | c.RetractMessage | c.RecallReply,
    at: datetime,
    project: Project,
) -> Events:
    by, message = command.by, command.message
    _belongs(ticket, message)
    gone = message.retracted or message.recalled is not None
    # A title that was taken from the message changes, and goes, with it.
    titled = bool(message.text) and ticket.title == title_of(message.text)
    match command:
        case c.EditMessage(text=text):
            _may_change(by, message.by)
            if gone:
                raise Refused("no.gone")
            text = _text(text, message.said)
            files = message.files if command.files is None else command.files
            if message.said_on is Side.STAFF and not visible(hub.plain(text)) and not files:
                raise Refused("no.text", field="text")
            if _changes_nothing(message, text, files, at):
                return ()
            changed = replace(message, text=text, files=files, edited=at, lost=False)
            edited = e.MessageEdited(by=by, at=at, message=changed)
            if titled and title_of(text) not in ("", ticket.title):
                return edited, e.Retitled(by=by, at=at, title=title_of(text))
            return (edited,)
        case c.RetractMessage():
            _may_change(by, message.by)
            if message.retracted:
                return ()
            erased = replace(message, text="", retracted=True, files=(), reactions=())
            retracted = e.MessageRetracted(by=by, at=at, message=erased)
            if titled:
                title = say("title.deleted", project.language)
                return retracted, e.Retitled(by=by, at=at, title=title)
            return (retracted,)
        case c.RecallReply():
            _staff_only(by)
            if message.by.side is not Side.STAFF or message.said_on is Side.CUSTOMER:
                raise Refused("no.recall_native")
            if gone:
                raise Refused("no.gone")
            return (e.ReplyRecalled(by=by, at=at, message=replace(message, recalled=Recall(by, at))),)
        case _:
            assert_never(command)


def _changes_nothing(entry: Message | Note, text: str, files: tuple[File, ...], at: datetime) -> bool:
    """Whether an edit leaves an entry as it is, or is older than what it has been edited into."""
    if at < (entry.edited or entry.at):
        return True
    # One that restores a customer's own text is kept: an older one may yet arrive. A reply's is not: staff
    # may have changed what stays inside, and the customer must not be shown that.
    restores = isinstance(entry, Message) and entry.said_on is Side.CUSTOMER
    return (text, files) == (entry.text, entry.files) and not restores


def _change_note(ticket: Ticket, command: c.EditNote | c.RetractNote | c.PublishNote, at: datetime) -> Events:
    by, note = command.by, command.note
    _staff_only(by)
    _belongs(ticket, note)
    match command:
        case c.EditNote(text=text):
            if note.retracted:
                raise Refused("no.gone")
            text = _text(text, note.said)
            files = note.files if command.files is None else command.files
            if _changes_nothing(note, text, files, at):
                return ()
            changed = replace(note, text=text, files=files, edited=at, lost=False)
            return (e.NoteEdited(by=by, at=at, note=changed),)
        case c.RetractNote():
            if note.retracted:
                return ()
            erased = replace(note, text="", retracted=True, files=(), reactions=())
            return (e.NoteRetracted(by=by, at=at, note=erased),)
        case c.PublishNote(entry_id=entry_id):
            if note.retracted:
                raise Refused("no.gone")
            if note.published_as is not None:
                raise Refused("no.published")
            if not visible(hub.plain(note.text)) and not note.files:
                raise Refused("no.text")
            message = Message(id=entry_id, ticket=ticket.key, by=by, at=at, text=note.text, files=note.files)
            return (
                e.NotePublished(by=by, at=at, note=replace(note, published_as=entry_id)),
                e.MessageAdded(by=by, at=at, message=message),
            )
        case _:
            assert_never(command)


def _lose(ticket: Ticket, command: c.LoseEntry, at: datetime) -> Events:
    """Staff keep what nobody is known to have taken back; a reply stays with the customer it went to."""
    by, entry = command.by, command.entry
    _belongs(ticket, entry)
    if entry.retracted or entry.lost:
        return ()
    match entry:
        case Message():
            if entry.said_on is Side.STAFF or entry.recalled is not None:
                return ()
            return (e.MessageLost(by=by, at=at, message=replace(entry, lost=True)),)
        case Note():
            return (e.NoteLost(by=by, at=at, note=replace(entry, lost=True)),)


def _set_status(ticket: Ticket, command: c.SetStatus, at: datetime, project: Project) -> Events:
    by, status, visibility = command.by, command.status, command.visibility
    _staff_only(by)
    if status is Status.CLOSED:
        if visibility is Visibility.INTERNAL:
            raise Refused("no.close_internal")
        return _close(ticket, c.Close(by=by, entry_id=""), at, project)
    if ticket.closing is not None:
        raise Refused("no.closed", key=ticket.key)
    public = visibility is Visibility.PUBLIC
    if ticket.status is status and (not public or ticket.public_status is status):
        raise Refused("no.same_status", key=ticket.key)
    return (e.StatusChanged(by=by, at=at, status=status, visibility=visibility),)


def _assign(ticket: Ticket, command: c.Assign, at: datetime) -> Events:
    by, to = command.by, command.to
    _staff_only(by)
    public = command.visibility is Visibility.PUBLIC
    if _same(ticket.assignee, to) and (not public or _same(ticket.public_assignee, to)):
        raise Refused("no.same_assignee", key=ticket.key)
    return (e.Assigned(by=by, at=at, to=to, visibility=command.visibility),)


def _set_tags(ticket: Ticket, command: c.SetTags, at: datetime) -> Events:
    _staff_only(command.by)
    for tag in (*command.add, *command.remove):
        if not TAG.fullmatch(tag) or not visible(tag):
            raise Refused("no.tags")
    tags = tuple(sorted({*ticket.tags, *command.add} - {*command.remove}))
    if len(tags) > TAGS_LIMIT:
        raise Refused("no.tags")
    return () if tags == ticket.tags else (e.TagsChanged(by=command.by, at=at, tags=tags),)


def _close(ticket: Ticket, command: c.Close, at: datetime, project: Project) -> Events:
    by = command.by
    if command.reason.strip():
        _staff_only(by)
    if ticket.closing is not None:
        raise Refused("no.closed_already", key=ticket.key)
    number = len(ticket.closings) + 1
    events: list[e.Event] = []
    resolution = None
    if visible(hub.plain(command.resolution)):
        resolution = Message(
            id=command.entry_id,
            ticket=ticket.key,
            by=by,
            at=at,
            text=_text(command.resolution, None, field="resolution"),
            said=command.said,
            said_on=Side.STAFF if command.said else None,
            resolves=number,
        )
        events.append(e.MessageAdded(by=by, at=at, message=resolution))
    if command.reason.strip():
        reason = _text(command.reason, None, field="reason")
        note = _note(ticket, by, at, f"{command.entry_id}-reason", reason, None)
        events.append(e.NoteAdded(by=by, at=at, note=note))
    closing = Closing(
        number=number,
        by=by,
        at=at,
        until=reopen_until(project, at),
        resolution=resolution and resolution.id,
    )
    return *events, e.Closed(by=by, at=at, closing=closing)


def _rate(ticket: Ticket, by: Actor, stars: int, at: datetime) -> Events:
    if by.side is not Side.CUSTOMER:
        raise Refused("no.customer_only")
    if not 1 <= stars <= 5:
        raise Refused("no.stars")
    closing = ticket.closing
    if closing is None:
        raise Refused("no.not_closed", key=ticket.key)
    return () if closing.rating == stars else (e.Rated(by=by, at=at, stars=stars),)


def _react(ticket: Ticket, command: c.React, at: datetime) -> Events:
    by, entry = command.by, command.entry
    _belongs(ticket, entry)
    reaction = Reaction(command.emoji, by.person, at, gone=not command.added)
    others = tuple(r for r in entry.reactions if not _same_reaction(r, reaction))
    before = next((r for r in entry.reactions if _same_reaction(r, reaction)), None)
    if entry.retracted or (before is not None and (before.at >= at or before.gone is reaction.gone)):
        return ()
    reactions = (*others, reaction)
    match entry:
        case Message():
            return (e.MessageReacted(by=by, at=at, message=replace(entry, reactions=reactions)),)
        case Note():
            _staff_only(by)
            return (e.NoteReacted(by=by, at=at, note=replace(entry, reactions=reactions)),)


def _note(
    ticket: Ticket,
    by: Actor,
    at: datetime,
    entry_id: str,
    text: str,
    said: PostRef | None,
    files: tuple[File, ...] = (),
) -> Note:
    text = _text(text, said)
    return Note(id=entry_id, ticket=ticket.key, by=by, at=at, text=text, said=said, files=files)


def _staff_only(by: Actor) -> None:
    if by.side is not Side.STAFF:
        raise Refused("no.staff_only")


def _may_change(by: Actor, author: Actor) -> None:
    """A customer changes their own words; staff may change any of the staff side's."""
    same_person = _same(by.person, author.person)
    if not same_person and not (by.side is Side.STAFF and author.side is Side.STAFF):
        raise Refused("no.not_author")


def _belongs(ticket: Ticket, entry: Message | Note) -> None:
    if entry.ticket != ticket.key:
        raise Refused("no.ticket", key=entry.ticket)


def _same(one: Person | None, other: Person | None) -> bool:
    if one is None or other is None:
        return one is other
    return (one.network, one.id) == (other.network, other.id)


def _same_reaction(one: Reaction, other: Reaction) -> bool:
    return one.emoji == other.emoji and _same(one.by, other.by)


def _title(title: str) -> str:
    title = " ".join(title.split())
    if not visible(title):
        raise Refused("no.title", field="title")
    if len(title) > TITLE_LIMIT:
        raise Refused("no.long", field="title", length=len(title), limit=TITLE_LIMIT)
    return title


def _text(text: str, said: PostRef | None, *, field: str = "text") -> str:
    text = text.strip()
    if said is None:
        if not visible(text):
            raise Refused("no.text", field=field)
        if len(text) > TEXT_LIMIT:
            raise Refused("no.long", field=field, length=len(text), limit=TEXT_LIMIT)
    return text
