"""What a person asks for, done in one transaction: the part of the desk that talks to tickets."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar, assert_never

from bot import hub
from bot.ports import (
    Answer,
    Asked,
    Incoming,
    Listing,
    LoadedTicket,
    Preview,
    ProjectPlaces,
    Said,
    Tx,
    Words,
)
from bot.tickets import asks as a
from bot.tickets import commands as c
from bot.tickets import events as e
from bot.tickets.decide import decide, open_ticket
from bot.tickets.deliveries import ToCustomer
from bot.tickets.evolve import evolve
from bot.tickets.grammar import usages
from bot.tickets.labels import priority_label, status_label
from bot.tickets.model import (
    Actor,
    CustomerSurface,
    File,
    Membership,
    Message,
    Note,
    PostRef,
    Side,
    StaffSurface,
    Status,
    Surfaces,
    Ticket,
    Visibility,
    title_of,
)
from bot.tickets.project import closing_notice, customer_card, project, staff_card
from bot.tickets.rights import NotAdmitted, acts_for, admit, words_of
from bot.tickets.signs import visible
from bot.words.keys import TextKey
from bot.words.say import Refused, duration, language_for, say

Entry = TypeVar("Entry", Message, Note)


#: Tickets in one answer to `list`.
LIST_LIMIT = 15
#: A code by which somebody joins two accounts: signs that nobody mistakes for one another, and its life.
CODE_SIGNS, CODE_LENGTH, CODE_LIFE = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789", 8, timedelta(minutes=10)


class NotYet(Exception):
    """The post hangs on a card whose reference has not been recorded yet: ask again in a moment."""


def apply(
    tx: Tx, link: ProjectPlaces, opened: LoadedTicket, command: c.Command, at: datetime, *, last: bool = False
) -> LoadedTicket:
    """Decide `command`, then write what happened and what is owed for it. Raises Refused.

    `last`: `at` is by our own clock, and it goes behind all that is known already.
    """
    before = opened.ticket
    events = decide(before, command, at, link.project)
    if not events:
        return opened
    after = evolve(before, events)
    tx.save(before, after, events)
    resolutions = [
        found
        for closing in after.closings
        if closing.resolution is not None and isinstance(found := tx.entry(closing.resolution), Message)
    ]
    tx.owe(
        project(
            before,
            after,
            events,
            project=link.project,
            surfaces=opened.surfaces,
            messages={one.id: one for one in resolutions},
        ),
        at,
        last=last,
    )
    for event in events:
        if isinstance(event, e.Closed):
            tx.call_at(event.closing.until, f"window:{after.key}:{event.closing.number}")
    return replace(opened, ticket=after)


def digest(entry: Message | Note) -> str:
    """Return what tells one wording from another, to publish or to change only what was looked at."""
    said = repr((entry.text, entry.files, entry.retracted))
    return hashlib.blake2b(said.encode(), digest_size=12).hexdigest()


def staff_listing(title: str, found: list[LoadedTicket], total: int, language: str) -> Listing:
    """Return tickets as staff see them, `total` of them in all."""
    cards = tuple(staff_card(one.ticket, one.surfaces.staff.project, one.surfaces) for one in found)
    threads = tuple(_thread(one.surfaces.staff) for one in found)
    return Listing(title, cards, max(total - len(found), 0), language, threads)


def _thread(surface: CustomerSurface | StaffSurface) -> PostRef | None:
    return PostRef(surface.place, surface.thread) if surface.thread else None


class Context:
    """One incoming thing in one transaction, and what is asked by it."""

    def __init__(self, tx: Tx, incoming: Incoming, link: ProjectPlaces, membership: Membership) -> None:
        self.tx = tx
        self.incoming = incoming
        self.link = link
        #: Whether the one who acts is staff, as the network says at this moment.
        self.membership = membership
        self.side = Side.STAFF if incoming.place == link.staff_place else Side.CUSTOMER
        self.actor = Actor(incoming.by, acts_for(membership, self.side))
        self.at = incoming.at
        #: What people ask for has the time of our own clock; what they say, that of the network's.
        self.last = isinstance(incoming.act, Asked)
        #: What the one who asks is answered in; what all see is in the project's.
        self.language = language_for(incoming.locale, link.project.language)
        #: What came with the post or the form that asks: it goes where the text goes.
        self.files = incoming.act.files if isinstance(incoming.act, Said | Asked) else ()
        self.post = incoming.act.post if isinstance(incoming.act, Asked) else None
        self.entry_id = hashlib.blake2b(incoming.ref.encode(), digest_size=12).hexdigest()

    def words(
        self, key: TextKey, /, *, refused: bool = False, ticket: str | None = None, **values: object
    ) -> Words:
        if ticket is not None:
            values["key"] = ticket
        return Words(say(key, self.language, **values), refused=refused, ticket=ticket)

    @property
    def known_staff(self) -> bool:
        """Whether the one who asks is known to be staff: all others are shown the public half."""
        return self.membership is Membership.YES

    def asked(self, ask: a.Ask, said: PostRef | None = None) -> Answer | None:
        """Do what is asked, if it is theirs to ask. `said` is the post in the staff thread that asks, if any.

        Raises Refused.
        """
        if isinstance(ask, a.AtLarge):
            admit(ask, self.membership, self.side)
            return self.at_large(ask)
        opened = self.ticket(ask.ticket)
        try:
            admit(ask, self.membership, self.side)
        except NotAdmitted as refused:
            return self.kept(ask, opened, said, refused)
        return self.about(ask, opened, said)

    def kept(self, ask: a.Ask, opened: LoadedTicket, said: PostRef | None, refused: NotAdmitted) -> Words:
        """Keep inside what somebody wrote who was refused, where it may have been meant for there.

        Raises the refusal where it was not, and where they have their words in front of them still.
        """
        text = words_of(ask)
        held = isinstance(self.incoming.act, Asked) and self.incoming.act.held
        public = self.side is Side.CUSTOMER and self.membership is not Membership.UNKNOWN
        if said is not None:
            raise refused  # the post itself is kept
        if public or held or not (text or self.files):
            raise refused
        inside = Actor(self.actor.person, Side.STAFF)
        note = c.AddNote(by=inside, entry_id=self.entry_id, text=text, files=self.files)
        self.apply(opened, note)
        stays = say("said.kept", self.language, key=opened.ticket.key)
        return Words(f"{refused.words(self.language)} {stays}", refused=True, ticket=opened.ticket.key)

    def at_large(self, ask: a.AtLarge) -> Answer | None:
        """Do what is asked about no ticket, or about many."""
        match ask:
            case a.AskOpen(title=title, text=text):
                ticket = self.open(title, text, self.post, files=self.files)
                return self.words("done.opened", ticket=ticket.key)
            case a.AskDesk():
                return self.desk()
            case a.AskList():
                return self.search(ask)
            case a.AskConsole():
                # In a thread others would read along: the desk answers where one alone is told.
                raise Refused("no.usage", usage="/ticket console")
            case a.AskHelp() | a.AskSetup():
                return self.help()
            case a.AskWhoAmI(code=code):
                return self.who_am_i(code)
            case a.AskDuty(on=on):
                return self.duty(on)
            case a.AskPanel():
                if self.side is Side.STAFF:
                    raise Refused("no.panel")
                return self.words("done.panel")
            case _:
                assert_never(ask)

    def about(self, ask: a.OfTicket, opened: LoadedTicket, said: PostRef | None) -> Answer | None:
        """Do what is asked about one ticket. `said` is the post in the staff thread that asks, if any."""
        by, key = self.actor, opened.ticket.key
        match ask:
            case a.AskComment(text=text, public=public):
                if not self.known_staff or public:
                    if not visible(hub.plain(text)) and not self.files:
                        raise Refused("no.text", field="text")
                    after = self.message(self.latest(opened), text, said or self.post, self.files)
                    return self.words("done.comment", ticket=after.key)
                self.note_down(opened, text, said)
                noted = self.words("done.noted", ticket=key)
                if text.lower().startswith("public"):
                    hint = say("done.noted.public", self.language)
                    return replace(noted, text=noted.text + hint)
                return noted
            case a.AskReply(text=text):
                if not visible(hub.plain(text)) and not self.files:
                    raise Refused("no.text", field="text")
                self.message(opened, text, said, self.files)
                return self.words("done.said", ticket=key)
            case a.AskNote(text=text):
                self.note_down(opened, text, said)
                return self.words("done.noted", ticket=key)
            case a.AskEdit(entry=entry, text=text, seen=seen):
                found = self.tx.entry(entry)
                if found is not None and seen is not None and seen != digest(found):
                    raise Refused("no.changed_since")
                if isinstance(found, Note):
                    self.apply(opened, c.EditNote(by=by, note=self.own_note(entry), text=text))
                    return self.words("done.noted", ticket=key)
                self.apply(opened, c.EditMessage(by=by, message=self.entry(entry, Message), text=text))
                return self.words("done.edited")
            case a.AskRecall(entry=entry):
                self.apply(opened, c.RecallReply(by=by, message=self.entry(entry, Message)))
                return self.words("done.recalled")
            case a.AskRetract(entry=entry):
                self.apply(opened, c.RetractNote(by=by, note=self.own_note(entry)))
                return self.words("done.erased")
            case a.AskPublish(entry=entry, seen=seen):
                note = self.entry(entry, Note)
                if seen is not None and seen != digest(note):
                    raise Refused("no.changed")
                self.apply(opened, c.PublishNote(by=by, note=note, entry_id=self.entry_id))
                return self.words("done.said", ticket=key)
            case a.AskStatus(status=status, visibility=visibility):
                if status is None:
                    return self.listing([opened], 0)
                after = self.apply(opened, c.SetStatus(by=by, status=status, visibility=visibility)).ticket
                return self.words(
                    "done.status" if visibility is Visibility.PUBLIC else "done.status.internal",
                    ticket=key,
                    status=status_label(status, self.language),
                    public=status_label(after.public_status, self.language),
                )
            case a.AskAssign(to=to, me=me, visibility=visibility):
                to = by.person if me else to
                self.apply(opened, c.Assign(by=by, to=to, visibility=visibility))
                if to is None:
                    return self.words("done.unassigned", ticket=key)
                shown = visibility is Visibility.PUBLIC
                done: TextKey = "done.assigned" if shown else "done.assigned.internal"
                return self.words(done, ticket=key, name=to.name)
            case a.AskPriority(priority=priority):
                self.apply(opened, c.SetPriority(by=by, priority=priority))
                return self.words(
                    "done.priority", ticket=key, priority=priority_label(priority, self.language)
                )
            case a.AskTags(add=add, remove=remove):
                after = self.apply(opened, c.SetTags(by=by, add=add, remove=remove)).ticket
                return self.words("done.tags", ticket=key, tags=", ".join(after.tags) or "–")
            case a.AskTitle(title=title):
                after = self.apply(opened, c.Retitle(by=by, title=title)).ticket
                return self.words("done.title", ticket=key, title=after.title)
            case a.AskTime(minutes=minutes, what=what):
                return self.time(opened, minutes, what)
            case a.AskClose(resolution=resolution, reason=reason):
                if not self.known_staff:
                    # What a customer gives as a reason was never behind the door.
                    resolution, reason = resolution or reason, ""
                close = c.Close(
                    by=by,
                    entry_id=self.entry_id,
                    resolution=resolution,
                    reason=reason,
                    said=said if resolution else None,
                )
                self.apply(opened, close)
                return self.words(self._closed(resolution, reason), ticket=key)
            case a.AskReopen():
                self.apply(opened, c.Reopen(by=by))
                return self.words("done.reopened", ticket=key)
            case a.AskRate(stars=stars):
                self.apply(opened, c.Rate(by=by, stars=stars))
                return self.words("done.rated")
            case a.AskPreview():
                return self.preview(opened)
            case a.AskRecord():
                return replace(self.preview(opened), record=True)
            case _:
                assert_never(ask)

    def _closed(self, resolution: str, reason: str) -> TextKey:
        """Return the text that says where the words of a closing went."""
        match bool(resolution.strip()), bool(reason.strip()):
            case True, _ if not self.known_staff:
                return "done.closed.customer"
            case True, True:
                return "done.closed.both"
            case True, False:
                return "done.closed.resolution"
            case False, True if self.known_staff:
                return "done.closed.reason"
            case _:
                return "done.closed"

    def time(self, opened: LoadedTicket, minutes: int | None, what: str) -> Words:
        key = opened.ticket.key
        if minutes is not None:
            after = self.apply(opened, c.BookTime(by=self.actor, minutes=minutes, what=what)).ticket
            total = duration(after.booked_minutes, self.language)
            return self.words("done.time", ticket=key, time=duration(minutes, self.language), total=total)
        total = duration(opened.ticket.booked_minutes, self.language)
        lines = [say("time.title", self.language, key=key, total=total)]
        booked = self.tx.booked(key)
        people = self._sums(booked)
        if len(people) > 1:
            lines.append(" · ".join(f"{name} {duration(sum_, self.language)}" for name, sum_ in people))
        lines += [f"• {duration(one.minutes, self.language)} {one.by.name} {one.what}" for one in booked]
        return Words("\n".join(lines))

    def _sums(self, booked: list[e.TimeBooked]) -> list[tuple[str, int]]:
        """Return who booked how many minutes in all; one person's accounts are taken together."""
        sums: dict[tuple[str, str], tuple[str, int]] = {}
        for one in booked:
            who = min((each.network, each.id) for each in self.tx.identities(one.by.person))
            name, before = sums.get(who, (one.by.name, 0))
            sums[who] = name, before + one.minutes
        return list(sums.values())

    def who_am_i(self, code: str) -> Words:
        """Say which accounts are one person's, and how to join another; it gives nobody any rights."""
        me = self.actor.person
        if code:
            other = self.tx.redeem_code(code.upper(), self.at)
            if other is None:
                raise Refused("no.code")
            self.tx.join(other, me)
        known = self.tx.identities(me)
        names = "\n".join(f"• {one.network.capitalize()}: {one.name}" for one in known)
        if code:
            return self.words("done.joined", names=names)
        code = "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))
        self.tx.offer_code(code, me, self.at + CODE_LIFE)
        return self.words("whoami", names=names, code=code)

    def duty(self, on: bool | None) -> Words:
        key, me = self.link.project.key, self.actor.person
        link = self.tx.project(key)  # the one in hand may be some seconds old
        people = list(link.project.on_duty) if link else []
        if on is not None:
            people = [one for one in people if (one.network, one.id) != (me.network, me.id)]
            people += [me] if on else []
            self.tx.set_on_duty(key, people)
        return self.words("duty", names=", ".join(one.name for one in people) or "–")

    def search(self, ask: a.AskList) -> Listing:
        public = not self.known_staff
        found, total = self.tx.list_tickets(
            [self.link.project.key], ask, self.actor.person, public=public, limit=LIST_LIMIT
        )
        return self.listing(found, total)

    def listing(self, found: list[LoadedTicket], total: int) -> Listing:
        about = self.link.project
        title = say("list.title", self.language, n=total, project=about.name) if total else ""
        if self.known_staff:
            return staff_listing(title, found, total, self.language)
        more = max(total - len(found), 0)
        threads = tuple(_thread(one.surfaces.customer) for one in found)
        cards = tuple(customer_card(one.ticket, about) for one in found)
        return Listing(title, cards, more, self.language, threads)

    def desk(self) -> Words:
        public = not self.known_staff
        counts = self.tx.count_by_status(self.link.project.key, public=public)
        lines = [say("desk.title", self.language, project=self.link.project.name)]
        lines += [f"• {status_label(one, self.language)}: {counts.get(one, 0)}" for one in Status]
        return Words("\n".join(lines))

    def preview(self, opened: LoadedTicket) -> Preview:
        ticket, about, surface = opened.ticket, self.link.project, opened.surfaces.customer
        messages = {one.id: one for one in self.tx.messages(ticket.key)}
        shown = [ToCustomer(surface, customer_card(ticket, about))]
        shown += [
            ToCustomer(surface, one)
            for one in messages.values()
            if not one.off and not one.retracted and not one.resolves
        ]
        shown += [
            ToCustomer(surface, closing_notice(ticket, about, closing.number, messages))
            for closing in ticket.closings
        ]
        return Preview(tuple(shown), self.language)

    def note_down(
        self, opened: LoadedTicket, text: str, said: PostRef | None, files: tuple[File, ...] | None = None
    ) -> None:
        files = self.files if files is None else files
        note = c.AddNote(by=self.actor, entry_id=self.entry_id, text=text, said=said, files=files)
        self.apply(opened, note)

    def message(
        self, opened: LoadedTicket, text: str, said: PostRef | None, files: tuple[File, ...] = ()
    ) -> Ticket:
        """Add a public comment, to a new ticket if this one has been closed for too long."""
        actor = self.actor
        side = self.side if said else None
        if actor.side is Side.CUSTOMER and not opened.ticket.takes_customers_word(self.at):
            title = title_of(text) or opened.ticket.title
            new = self.open(title, text, said, files=files, follows=opened)
            self.apply(opened, c.Continue(by=actor, new=new.key))
            return new
        command = c.AddMessage(
            by=actor, entry_id=self.entry_id, text=text, said=said, said_on=side, files=files
        )
        return self.apply(opened, command).ticket

    def open(
        self,
        title: str,
        text: str,
        said: PostRef | None,
        *,
        files: tuple[File, ...] = (),
        follows: LoadedTicket | None = None,
    ) -> Ticket:
        link = self.link
        number = self.tx.next_number(link.project.key)
        command = c.Open(
            by=self.actor,
            number=number,
            title=title,
            text=text,
            entry_id=self.entry_id,
            said=said,
            said_on=self.side if said else None,
            files=files,
            follows=follows.ticket.key if follows else None,
        )
        events = open_ticket(command, self.at, link.project)
        ticket = evolve(None, events)
        here = self.incoming.place
        if follows is not None:
            here = follows.surfaces.customer.place
        elif here not in link.customer_places:
            here = link.customer_places[0]
        surfaces = Surfaces(
            CustomerSurface(ticket.key, link.project, here),
            StaffSurface(ticket.key, link.project, link.staff_place),
        )
        self.tx.add(ticket, surfaces)
        self.tx.save(None, ticket, events)
        owed = project(None, ticket, events, project=link.project, surfaces=surfaces, messages={})
        self.tx.owe(owed, self.at, last=self.last)
        return ticket

    # ------------------------------------------------------------ inside

    def in_thread(self, thread: str | None) -> LoadedTicket | None:
        """Return the ticket whose thread this is, or the one that took it up since."""
        if thread is None:
            return None
        opened = self.tx.ticket_in(self.incoming.place, thread)
        if opened is None and self.tx.may_be_card(self.incoming.place):
            raise NotYet
        return self.latest(opened) if opened is not None else None

    def latest(self, opened: LoadedTicket) -> LoadedTicket:
        """Return the ticket in which a customer has gone on since; staff mean the one they name."""
        while self.side is Side.CUSTOMER and opened.ticket.continued_by:
            following = self.tx.ticket(opened.ticket.continued_by)
            assert following is not None
            opened = following
        return opened

    def ticket(self, key: str) -> LoadedTicket:
        """Return a ticket of this project. Another project's does not exist: same words, same way."""
        if not key and isinstance(self.incoming.act, Asked):
            opened = self.in_thread(self.incoming.act.thread)
            if opened is None:
                raise Refused("said.outside_thread")
            return opened
        opened = self.tx.ticket(key)
        if opened is None or opened.ticket.project != self.link.project.key:
            raise Refused("no.ticket", key=key)
        return opened

    def entry(self, entry_id: str, kind: type[Entry]) -> Entry:
        found = self.tx.entry(entry_id)
        if not isinstance(found, kind):
            raise Refused("no.gone")
        return found

    def own_note(self, entry_id: str) -> Note:
        """Return the asker's note that stands nowhere as a post of theirs: one that does is changed there."""
        note, me = self.entry(entry_id, Note), self.actor.person
        if note.said is not None:
            raise Refused("no.note_native")
        if (note.by.person.network, note.by.person.id) != (me.network, me.id):
            raise Refused("no.not_author")
        return note

    def apply(self, opened: LoadedTicket, command: c.Command) -> LoadedTicket:
        return apply(self.tx, self.link, opened, command, self.at, last=self.last)

    def help(self) -> Words:
        if not self.known_staff:
            return Words(say("help.customer", self.language))
        lines = "\n".join(f"• `/ticket {usage}`" for usage in usages())
        return Words(say("help.staff", self.language, usages=lines))
