"""What people write, edit and delete in chat, taken once in one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import assert_never

import structlog

from bot import hub
from bot.context import Context
from bot.ports import (
    Answer,
    Asked,
    Deleted,
    Edited,
    LoadedTicket,
    Raised,
    Reacted,
    Said,
    Words,
)
from bot.tickets import asks as a
from bot.tickets import commands as c
from bot.tickets.grammar import parse
from bot.tickets.model import (
    Message,
    Note,
    PostRef,
    Side,
    Ticket,
    title_of,
)
from bot.tickets.rights import NotAdmitted, admit, staff_only
from bot.words.say import Refused, say

log = structlog.get_logger()

#: Where every message counts, those of one person that follow each other within this time make one ticket.
BURST = timedelta(minutes=2)
#: What a mention in a customer's own thread can do; everything else said there is a message.
CUSTOMER_ASKS = (a.AskClose, a.AskReopen, a.AskRate, a.AskHelp)


class NotOurs(Exception):
    """What was said belongs to no ticket: no trace of it is kept, for it may become one later."""


class Intake(Context):
    """One incoming thing: routed to what was said, or to what was asked."""

    def take(self) -> Answer | None:
        ref, digest = self.incoming.ref, self.incoming.digest
        new = self.tx.take(ref, self.at)
        otherwise = bool(digest) and self.tx.take(f"{ref} {digest}", self.at)
        if not new:
            log.info("taken_before", ref=ref)
            if otherwise:  # nobody's words vanish because earlier ones arrived
                raise Refused("said.otherwise")
            return None
        match self.incoming.act:
            case Said() as said:
                return self.said(said)
            case Edited() as edited:
                return self.edited(edited)
            case Deleted() as deleted:
                self.deleted(deleted)
                return None
            case Reacted() as reacted:
                self.reacted(reacted)
                return None
            case Raised(said=said, ticket=ticket):
                return self.added(said, ticket) if ticket else self.raised(said)
            case Asked(ask=ask):
                return self.asked(ask)
            case _:
                assert_never(self.incoming.act)

    # ------------------------------------------------------------ what is said

    def said(self, said: Said) -> Answer | None:
        opened = self.in_thread(said.thread)
        if said.automated:
            if opened is None:
                raise NotOurs
            said = replace(said, command=None)
        if self.side is Side.STAFF:
            return self.said_by_staff(said, opened)
        if opened is None:
            if said.mentioned:
                return self.mentioned(said)
            self.overheard(said)
            return None
        if said.command is not None and (ask := _customer_ask(said, opened.ticket.key)) is not None:
            try:
                admit(ask, self.membership, self.side)
            except NotAdmitted as refused:
                # It stands in the open already: it is taken as words.
                self.message(opened, said.text, said.post, said.files)
                return Words(refused.words(self.language), refused=True)
            return self.asked(ask)
        self.message(opened, said.text, said.post, said.files)
        if self.actor.side is Side.STAFF and (said.command is not None or said.attempted):
            return self.words("no.customer_place", refused=True)
        return None

    def said_by_staff(self, said: Said, opened: LoadedTicket | None) -> Answer | None:
        key = opened.ticket.key if opened else ""
        try:
            ask = parse(said.command, dict(said.people), ticket=key) if said.command is not None else None
        except Refused as refused:
            return self.stayed(said, opened, refused)
        if ask is not None:
            try:
                return self.asked(ask, said.post)
            except Refused as refused:
                return self.stayed(said, opened, refused)
        if opened is not None:
            self.note_down(opened, said.text, said.post)
        if said.attempted and not said.automated:
            # It looks as if it was to go out: that it did not must not be a surprise.
            stayed = say("said.stayed", self.language) if opened is not None else ""
            return Words(f"{say('said.no_command', self.language)} {stayed}".rstrip(), refused=True)
        return None

    def stayed(self, said: Said, opened: LoadedTicket | None, refused: Refused) -> Words:
        """Say that a command was none, or not theirs to give: it stays inside as the note that it is."""
        if opened is None:
            return Words(refused.words(self.language), refused=True)
        self.note_down(opened, said.text, said.post)
        stayed = say("said.stayed", self.language)
        return Words(f"{refused.words(self.language)} {stayed}", refused=True)

    def mentioned(self, said: Said) -> Answer | None:
        """A mention outside of a ticket's thread opens one, unless it is nothing but a question to us."""
        text = said.text if said.command is None else said.command
        if text.strip().lower() in ("", "help", "list", "status") and not said.files:
            return self.asked(parse(text, {}))
        self.open_from(said, text)
        return None

    def overheard(self, said: Said) -> None:
        """A customer's message that names nobody, where every message counts: a burst makes one ticket."""
        if not self.link.project.every_message or self.actor.side is Side.STAFF:
            raise NotOurs
        place, person = said.post.place, self.actor.person
        key = self.tx.burst(place, person, self.at - BURST) if said.thread is None else None
        opened = self.tx.ticket(key) if key else None
        if opened is None or opened.ticket.closing is not None:
            self.open_from(said, said.text)
            return
        self.message(opened, said.text, said.post, said.files)
        self.tx.alias(opened.ticket.key, said.post)
        self.tx.note_burst(place, person, opened.ticket.key, self.at)

    def raised(self, said: Said) -> Answer | None:
        """Somebody wants a post to be a ticket: its author asks for it, as if they had mentioned us."""
        if self.side is Side.STAFF:
            raise Refused("no.raise_inside")
        entry = self.tx.entry_at(said.post)
        opened = self.tx.ticket(entry.ticket) if entry else self.in_thread(said.thread or said.post.id)
        if opened is not None:
            return self.words("said.raised_before", ticket=opened.ticket.key, refused=True)
        return self.words("done.opened", ticket=self.open_from(said, said.text).key)

    def added(self, said: Said, ticket: str) -> Words:
        """Somebody wants a post to belong to a ticket: to us what staff wrote in their place is a note."""
        opened, entry = self.ticket(ticket), self.tx.entry_at(said.post)
        if entry is not None:
            return self.words("said.raised_before", ticket=entry.ticket, refused=True)
        if self.side is Side.STAFF:
            # It does not stand in the ticket's thread, so it is shown there as a copy.
            self.note_down(opened, said.text, None, said.files)
        else:
            self.message(opened, said.text, said.post, said.files)
        return self.words("done.added", ticket=opened.ticket.key)

    def open_from(self, said: Said, text: str) -> Ticket:
        """Open a ticket with a customer's post; what is answered in that post's thread belongs to it."""
        names = [one.name for one in said.files]
        title = said.title or title_of(text) or title_of(hub.literal(", ".join(names)))
        title = title or say("title.none", self.link.project.language)
        ticket = self.open(title, text, said.post, files=said.files)
        self.tx.alias(ticket.key, PostRef(said.post.place, said.thread or said.post.id))
        if self.link.project.every_message:
            self.tx.note_burst(said.post.place, self.actor.person, ticket.key, self.at)
        return ticket

    def reacted(self, reacted: Reacted) -> None:
        """A reaction in the customer's place is seen by both sides; one in the staff place stays there."""
        if self.side is Side.STAFF:
            return
        found = self.tx.entry_at(reacted.post)
        if isinstance(found, Message):
            opened, entry = self.loaded(found)
            command = c.React(by=self.actor, entry=entry, emoji=reacted.emoji, added=reacted.added)
            self.apply(opened, command)

    def edited(self, edited: Edited) -> Answer | None:
        said = edited.said
        found = self.tx.entry_said(said.post)
        if found is None:
            # An edit that overtook its message, or that mentions us now: take the message as it stands.
            asks = said.mentioned and self.side is Side.CUSTOMER
            if (said.thread is None and not asks) or not self.tx.take(edited.ref, self.at):
                return None
            if self.side is Side.STAFF and said.command is not None:
                # A command that was edited into being is not an explicit act: it stays a note.
                self.said(replace(said, command=None))
                return self.words("said.edit_sends_nothing", refused=True)
            return self.said(said)
        opened, entry = self.loaded(found)
        command = said.command
        try:
            ask = parse(command, dict(said.people), ticket=entry.ticket) if command is not None else None
        except Refused:
            ask = None
        if isinstance(entry, Note):
            edit = c.EditNote(by=self.actor, note=entry, text=said.text, files=said.files)
            self.apply(opened, edit)
            if isinstance(ask, a.AskReply):
                return self.words("said.edit_sends_nothing", refused=True)
            return None
        text, files = said.text, said.files
        if entry.said_on is Side.STAFF:
            try:
                staff_only(self.membership)
            except NotAdmitted as refused:
                unchanged = say("said.reply_unchanged", self.language)
                return Words(f"{refused.words(self.language)} {unchanged}", refused=True)
            # An edit may take files away from the customer; it never sends any.
            sent = {file.id for file in entry.files}
            files = tuple(file for file in files if file.id in sent)
            # A reply that was written as a command is edited as a command.
            if isinstance(ask, a.AskReply) or (isinstance(ask, a.AskComment) and ask.public):
                text = ask.text
            elif isinstance(ask, a.AskClose) and ask.resolution:
                text = ask.resolution
            else:
                return self.words("said.reply_unchanged", refused=True)
        elif (
            entry.said_on is Side.CUSTOMER and command is not None and said.mentioned and said.thread is None
        ):
            text = command
        edited_message = c.EditMessage(by=self.actor, message=entry, text=text, files=files)
        self.apply(opened, edited_message)
        return None

    def deleted(self, deleted: Deleted) -> None:
        """Networks do not say who deletes a post: one alone that we hear of counts as its author's act."""
        found = self.tx.entry_said(deleted.post)
        if found is None:
            return
        opened, entry = self.loaded(found)
        command: c.Command
        match entry:
            case _ if not deleted.sure:
                command = c.LoseEntry(by=entry.by, entry=entry)
            case Message():
                command = c.RetractMessage(by=entry.by, message=entry)
            case Note():
                command = c.RetractNote(by=entry.by, note=entry)
        self.apply(opened, command)

    def loaded(self, found: Message | Note) -> tuple[LoadedTicket, Message | Note]:
        """Return an entry's ticket, and the entry as it stands since: its change was decided on both.

        What changes between the two is a conflict of versions; what changed before the first is seen.
        """
        opened = self.ticket(found.ticket)
        entry = self.tx.entry(found.id)
        assert entry is not None
        return opened, entry


def _customer_ask(said: Said, ticket: str) -> a.Ask | None:
    """Return what a mention in a customer thread asks for, if it is a command that belongs there."""
    try:
        ask = parse(said.command or "", dict(said.people), ticket=ticket)
    except Refused:
        return None
    shows = isinstance(ask, a.AskStatus) and ask.status is None
    return ask if shows or isinstance(ask, CUSTOMER_ASKS) else None
