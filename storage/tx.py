"""One transaction: how the desk reads tickets and writes what happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.ports import Conflict, Key, Link, Numbers, Opened, PlaceTaken, Shut, Watched
from bot.tickets import events as e
from bot.tickets.asks import AskList
from bot.tickets.deliveries import (
    ClosingNotice,
    CustomerCard,
    Delivery,
    StaffCard,
    StaffNotice,
    ToCustomer,
    ToStaff,
)
from bot.tickets.evolve import entries
from bot.tickets.model import (
    CustomerSurface,
    Message,
    Note,
    Person,
    Place,
    PostRef,
    Project,
    Side,
    StaffSurface,
    Status,
    Surfaces,
    Ticket,
    Visibility,
)
from bot.tickets.project import customer_card, staff_card
from storage import codec, schema, statements
from storage.numbers import numbers
from storage.schema import delivery, entry, event, place, project, surface, ticket, timer

#: Open tickets of a project whose tags are suggested.
TAGGED = 200
#: What a surface has that begins anew.
ANEW: dict[str, Any] = {"thread": None, "begun": surface.c.begun + 1}


class SqlTx:
    """`ports.Tx` on one SQLAlchemy connection; `woken` and `timers` collect what to do at commit."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self.upserts = statements.upserts(connection.dialect.name)
        self._surfaces: dict[str, dict[str, int]] = {}
        self.woken: set[int] = set()
        self.timers: list[tuple[datetime, str]] = []

    # ------------------------------------------------------------ reading

    def link(self, place: Place) -> Link | None:
        key = self._connection.scalar(statements.PROJECT_OF_PLACE, {"network": place.network, "id": place.id})
        return self.project(key) if key else None

    def project(self, key: str) -> Link | None:
        """Return a project with its places, by its key."""
        row = self._connection.execute(sa.select(project).where(project.c.key == key)).first()
        if row is None:
            return None
        places = self._connection.execute(
            sa.select(place).where(place.c.project == key).order_by(place.c.network, place.c.id)
        ).all()
        customers = tuple(Place(p.network, p.id) for p in places if p.side == Side.CUSTOMER)
        staff = next(Place(p.network, p.id) for p in places if p.side == Side.STAFF)
        about = codec.load_project(row)
        return Link(about, customers, staff)

    def links(self) -> list[Link]:
        """Return all projects, by key."""
        keys = self._connection.scalars(sa.select(project.c.key).order_by(project.c.key)).all()
        return [link for key in keys if (link := self.project(key))]

    def ticket(self, key: str) -> Opened | None:
        return self._opened(self._connection.execute(statements.TICKET, {"key": key}).first())

    def ticket_in(self, place: Place, thread: str) -> Opened | None:
        values = {"network": place.network, "place": place.id, "thread": thread}
        return self._opened(self._connection.execute(statements.TICKET_IN, values).first())

    def may_be_card(self, place: Place) -> bool:
        query = (
            sa.select(sa.literal(1))
            .join_from(surface, delivery, delivery.c.surface == surface.c.id)
            .where(
                surface.c.network == place.network,
                surface.c.place == place.id,
                surface.c.thread.is_(None),
                schema.is_open,
                delivery.c.subject == "card",
                delivery.c.state == schema.SENDING,
            )
        )
        return self._connection.execute(query.limit(1)).first() is not None

    def entry(self, entry_id: str) -> Message | Note | None:
        return self._entry(statements.ENTRY, {"id": entry_id})

    def entry_said(self, post: PostRef) -> Message | Note | None:
        where = {"network": post.place.network, "place": post.place.id, "id": post.id}
        return self._entry(statements.ENTRY_SAID, where)

    def entry_at(self, post: PostRef) -> Message | Note | None:
        said = self.entry_said(post)
        if said is not None:
            return said
        where = {"network": post.place.network, "place": post.place.id, "id": post.id}
        subject = self._connection.scalar(statements.SUBJECT_AT, where) or ""
        kind, _, ident = subject.partition(":")
        return self.entry(ident) if kind == "entry" else None

    def burst(self, place: Place, person: Person, since: datetime) -> str | None:
        table = schema.burst
        found = self._connection.scalar(
            sa.select(table.c.ticket).where(
                table.c.network == place.network,
                table.c.place == place.id,
                table.c.person == person.id,
                table.c.at >= since.timestamp(),
            )
        )
        return str(found) if found else None

    def note_burst(self, place: Place, person: Person, ticket: str, at: datetime) -> None:
        where = {"network": place.network, "place": place.id, "person": person.id}
        self._connection.execute(self.upserts.burst, {**where, "ticket": ticket, "at": at.timestamp()})

    def messages(self, ticket: str) -> list[Message]:
        rows = self._connection.execute(
            sa.select(entry.c.visibility, entry.c.rest, entry.c.text)
            .where(entry.c.ticket == ticket, entry.c.visibility == Visibility.PUBLIC.value)
            .order_by(entry.c.at)
        )
        loaded = (codec.load_entry(*row) for row in rows)
        return [found for found in loaded if isinstance(found, Message)]

    def events(self, ticket: str) -> list[e.Event]:
        """Return all events of a ticket, oldest first."""
        rows = self._connection.execute(
            sa.select(event.c.kind, event.c.body, entry.c.visibility, entry.c.rest, entry.c.text)
            .outerjoin(entry, entry.c.id == event.c.entry)
            .where(event.c.ticket == ticket)
            .order_by(event.c.seq)
        )
        return [
            codec.load_event(
                row.kind,
                row.body,
                codec.load_entry(row.visibility, row.rest, row.text) if row.visibility else None,
            )
            for row in rows
        ]

    def list_tickets(
        self, projects: Sequence[str], ask: AskList, me: Person, *, public: bool, limit: int
    ) -> tuple[list[Opened], int]:
        status = ticket.c.public_status if public else ticket.c.status
        assignee = ticket.c.public_assignee if public else ticket.c.assignee
        where: list[sa.ColumnElement[bool]] = [ticket.c.project.in_(projects)]
        if ask.statuses:
            where.append(status.in_([one.value for one in ask.statuses]))
        elif not ask.every:
            where.append(status.in_([one.value for one in Status if one is not Status.CLOSED]))
        whom = me if ask.mine and not public else ask.assignee
        if whom is not None:
            where.append(assignee.in_([f"{one.network}:{one.id}" for one in self.identities(whom)]))
        if ask.unassigned:
            where.append(assignee.is_(None))
        if ask.priority is not None and not public:
            where.append(ticket.c.priority == ask.priority.value)
        if ask.words:
            where.append(ticket.c.title.icontains(ask.words, autoescape=True))
        found = self._connection.scalar(sa.select(sa.func.count()).select_from(ticket).where(*where))
        rows = self._connection.execute(
            statements.WHOLE.where(*where).order_by(ticket.c.number.desc(), ticket.c.project).limit(limit)
        )
        return [opened for row in rows if (opened := self._opened(row))], found or 0

    def suggested(
        self, key: str, typed: str, statuses: Sequence[Status], *, public: bool, limit: int
    ) -> list[tuple[str, str]]:
        """Return the keys and titles of a project's newest tickets in some statuses that `typed` may mean."""
        status = ticket.c.public_status if public else ticket.c.status
        where = [ticket.c.project == key, status.in_([one.value for one in statuses])]
        if typed:
            where.append(
                sa.or_(
                    ticket.c.title.icontains(typed, autoescape=True),
                    ticket.c.key.istartswith(typed, autoescape=True),
                    sa.cast(ticket.c.number, sa.Text).startswith(typed, autoescape=True),
                )
            )
        rows = self._connection.execute(
            sa.select(ticket.c.key, ticket.c.title)
            .where(*where)
            .order_by(ticket.c.number.desc())
            .limit(limit)
        )
        return [(row.key, row.title) for row in rows]

    def tags(self, project: str, limit: int) -> list[str]:
        """Return the tags on the newest open tickets of a project, those on most of them first."""
        still_open = (ticket.c.project == project, ticket.c.status != Status.CLOSED.value)
        states = self._connection.scalars(
            sa.select(ticket.c.state).where(*still_open).order_by(ticket.c.number.desc()).limit(TAGGED)
        )
        counted = Counter(tag for state in states for tag in codec.load_ticket(state).tags)
        return [tag for tag, _ in counted.most_common(limit)]

    def identities(self, person: Person) -> list[Person]:
        """Return a person as each network knows them, themselves first."""
        table = schema.identity
        mine = sa.select(table.c.joined).where(table.c.network == person.network, table.c.id == person.id)
        rows = self._connection.execute(
            sa.select(table).where(table.c.joined == mine.scalar_subquery()).order_by(table.c.network)
        )
        others = [Person(row.network, row.id, row.name) for row in rows]
        return [person, *(one for one in others if (one.network, one.id) != (person.network, person.id))]

    def tickets_at(self, place: Place, limit: int) -> list[Opened]:
        newest = (
            sa.select(surface.c.ticket)
            .where(
                surface.c.network == place.network,
                surface.c.place == place.id,
                surface.c.side == Side.CUSTOMER.value,
            )
            .order_by(surface.c.id.desc())
            .limit(limit)
        )
        rows = self._connection.execute(
            statements.WHOLE.where(ticket.c.key.in_(newest)).order_by(
                ticket.c.number.desc(), ticket.c.project
            )
        )
        return [opened for row in rows if (opened := self._opened(row))]

    def version(self, project: str, ticket: str) -> tuple[int, int]:
        if ticket:
            query = sa.select(schema.ticket.c.version).where(schema.ticket.c.key == ticket)
            return self._connection.scalar(query) or 0, 0
        # Whatever happens is owed to somebody.
        number = sa.select(schema.project.c.last_number).where(schema.project.c.key == project)
        return self._connection.scalar(number) or 0, self._connection.scalar(
            sa.select(sa.func.max(delivery.c.id))
        ) or 0

    def last_message(self, ticket: str) -> Message | None:
        rows = self._connection.execute(
            sa.select(entry.c.visibility, entry.c.rest, entry.c.text)
            .where(entry.c.ticket == ticket, entry.c.visibility == Visibility.PUBLIC.value)
            .order_by(entry.c.at.desc())
        )
        for row in rows:
            found = codec.load_entry(*row)
            if isinstance(found, Message) and not found.retracted and found.recalled is None:
                return found
        return None

    def key(self, digest: str, now: datetime) -> Key | None:
        table = schema.key
        row = self._connection.execute(sa.select(table).where(table.c.digest == digest)).first()
        if row is None or row.until < now.timestamp():
            return None
        person = Person(row.person_network, row.person, row.name)
        return Key(row.kind, Place(row.network, row.place), person, codec.at(row.until), row.origin)

    def holds(self, place: Place, person: Person, now: datetime) -> bool:
        table = schema.key
        mine = (table.c.person_network == person.network, table.c.person == person.id)
        here = (table.c.network == place.network, table.c.place == place.id)
        query = sa.select(sa.literal(1)).where(*here, *mine, table.c.until >= now.timestamp())
        return self._connection.execute(query.limit(1)).first() is not None

    def count_by_status(self, project: str, *, public: bool) -> dict[str, int]:
        status = ticket.c.public_status if public else ticket.c.status
        rows = self._connection.execute(
            sa.select(status, sa.func.count()).where(ticket.c.project == project).group_by(status)
        )
        return {row[0]: row[1] for row in rows}

    def numbers(self, project: str, since: datetime, until: datetime) -> Numbers:
        return numbers(self._connection, project, since, until)

    def booked(self, ticket: str) -> list[e.TimeBooked]:
        rows = self._connection.execute(
            sa.select(event.c.kind, event.c.body)
            .where(event.c.ticket == ticket, event.c.kind == e.TimeBooked.__name__)
            .order_by(event.c.seq)
        )
        loaded = (codec.load_event(row.kind, row.body, None) for row in rows)
        return [one for one in loaded if isinstance(one, e.TimeBooked)]

    # ------------------------------------------------------------ writing

    def take(self, ref: str, at: datetime) -> bool:
        done = self._connection.execute(self.upserts.take, {"ref": ref, "at": at.timestamp()})
        return done.first() is not None

    def next_number(self, project: str) -> int:
        number = self._connection.scalar(
            sa.update(schema.project)
            .where(schema.project.c.key == project)
            .values(last_number=schema.project.c.last_number + 1)
            .returning(schema.project.c.last_number)
        )
        assert isinstance(number, int)
        return number

    def add(self, ticket: Ticket, surfaces: Surfaces) -> None:
        self._connection.execute(sa.insert(schema.ticket), codec.dump_ticket(ticket))
        self._connection.execute(
            sa.insert(surface),
            [
                {"ticket": ticket.key, "side": side, "network": one.place.network, "place": one.place.id}
                for side, one in (("customer", surfaces.customer), ("staff", surfaces.staff))
            ],
        )

    def alias(self, ticket: str, post: PostRef) -> None:
        self._connection.execute(
            self.upserts.alias,
            {
                "network": post.place.network,
                "place": post.place.id,
                "id": post.id,
                "surface": self._surface(ticket, Side.CUSTOMER),
            },
        )

    def save(self, before: Ticket | None, after: Ticket, events: Sequence[e.Event]) -> None:
        if before is not None:
            values = codec.dump_ticket(after) | {"b_key": before.key, "b_version": before.version}
            del values["key"]
            done = self._connection.execute(statements.SAVE_TICKET, values)
            if done.rowcount != 1:
                raise Conflict(after.key)
        changed = entries(events).values()
        if changed:
            self._connection.execute(self.upserts.entry, [codec.dump_entry(one) for one in changed])
        first = (before.version if before else 0) + 1
        rows: list[dict[str, object]] = []
        for seq, happened in enumerate(events, first):
            kind, about, body = codec.dump_event(happened)
            rows.append(
                {
                    "ticket": after.key,
                    "seq": seq,
                    "kind": kind,
                    "visibility": e.visibility(happened).value,
                    "at": happened.at.timestamp(),
                    "entry": about,
                    "body": body,
                }
            )
        self._connection.execute(statements.ADD_EVENTS, rows)

    def owe(self, deliveries: Sequence[Delivery], at: datetime) -> None:
        for one in deliveries:
            self.owe_one(one, at.timestamp())

    def owe_one(self, owed: Delivery, rank: float) -> None:
        """Write one debt. What is pinned to it in the ledger is the entry it will show."""
        content = owed.content
        side = Side.CUSTOMER if isinstance(owed, ToCustomer) else Side.STAFF
        pinned = content.resolution if isinstance(content, ClosingNotice) else content
        values: dict[str, Any] = {
            "surface": self._surface(owed.surface.ticket, side),
            "audience": side.value,
            "subject": owed.subject,
            "rank": 0 if isinstance(content, CustomerCard | StaffCard) else rank,
            "entry": pinned.id if isinstance(pinned, Message | Note) else None,
            "entry_visibility": _visibility(pinned),
            "words": content.text if isinstance(content, StaffNotice) else None,
        }
        self._connection.execute(self.upserts.owe, values)
        self.woken.add(values["surface"])

    def call_at(self, at: datetime, name: str) -> None:
        self._connection.execute(self.upserts.timer, {"name": name, "at": at.timestamp()})
        self.timers.append((at, name))

    def rang(self, name: str, now: datetime) -> bool:
        """Take a timer that is due; False when another process took it, or it was moved."""
        done = self._connection.execute(
            sa.delete(timer).where(timer.c.name == name, timer.c.at <= now.timestamp())
        )
        return done.rowcount == 1

    def offer_code(self, code: str, person: Person, until: datetime) -> None:
        table = schema.link_code
        mine = sa.and_(table.c.network == person.network, table.c.id == person.id)
        self._connection.execute(sa.delete(table).where(mine))
        self._connection.execute(
            sa.insert(table),
            {
                "code": code,
                "network": person.network,
                "id": person.id,
                "name": person.name,
                "until": until.timestamp(),
            },
        )

    def redeem_code(self, code: str, now: datetime) -> Person | None:
        table = schema.link_code
        row = self._connection.execute(
            sa.delete(table)
            .where(table.c.code == code)
            .returning(table.c.network, table.c.id, table.c.name, table.c.until)
        ).first()
        if row is None or row.until < now.timestamp():
            return None
        return Person(row.network, row.id, row.name)

    def join(self, one: Person, other: Person) -> None:
        together = [*self.identities(one), *self.identities(other)]
        joined = min(f"{each.network}:{each.id}" for each in together)
        for each in {(each.network, each.id): each for each in together}.values():
            values = {"network": each.network, "id": each.id, "name": each.name, "joined": joined}
            self._connection.execute(self.upserts.identity, values)

    def add_key(self, digest: str, key: Key) -> None:
        values = {
            "digest": digest,
            "kind": key.kind,
            "network": key.place.network,
            "place": key.place.id,
            "person_network": key.person.network,
            "person": key.person.id,
            "name": key.person.name,
            "until": key.until.timestamp(),
            "origin": key.origin,
        }
        self._connection.execute(sa.insert(schema.key), values)

    def drop_key(self, digest: str) -> bool:
        table = schema.key
        done = self._connection.execute(
            sa.delete(table).where(sa.or_(table.c.digest == digest, table.c.origin == digest))
        )
        return done.rowcount > 0

    def drop_keys(self, place: Place, person: Person | None) -> int:
        table = schema.key
        where = [table.c.network == place.network, table.c.place == place.id]
        if person is not None:
            where += [table.c.person_network == person.network, table.c.person == person.id]
        return self._connection.execute(sa.delete(table).where(*where)).rowcount

    def set_on_duty(self, project: str, people: Sequence[Person]) -> None:
        self._connection.execute(
            sa.update(schema.project)
            .where(schema.project.c.key == project)
            .values(on_duty=codec.dump_people(people))
        )

    def lose_thread(self, place: Place, thread: str) -> Opened | None:
        opened = self.ticket_in(place, thread)
        if opened is None:
            return None
        side = Side.STAFF if opened.surfaces.staff.place == place else Side.CUSTOMER
        lane = self._surface(opened.ticket.key, side)
        done = self._connection.execute(
            sa.update(surface).where(surface.c.id == lane, surface.c.thread == thread).values(**ANEW)
        )
        if done.rowcount != 1:
            return None
        self._connection.execute(sa.delete(schema.post).where(schema.post.c.surface == lane))
        if side is Side.STAFF:
            self._owe_staff(opened)
        else:
            to = opened.surfaces.customer
            self.owe_one(ToCustomer(to, customer_card(opened.ticket, to.project)), 0)
        return opened

    def link_places(self, linked: Project, customers: Sequence[Place], staff: Place) -> None:
        """Create or change a project and give it these places, in place of any it had.

        Raises:
            PlaceTaken: one of them belongs to another project.
        """
        sides = dict.fromkeys(customers, Side.CUSTOMER) | {staff: Side.STAFF}
        for one in sides:
            other = self.link(one)
            if other is not None and other.project.key != linked.key:
                raise PlaceTaken(other.project.key)
        before = self.project(linked.key)
        values = {
            "key": linked.key,
            "name": linked.name,
            "language": linked.language,
            "reopen_days": linked.reopen_days,
            "every_message": linked.every_message,
            "whole_team": linked.whole_team,
        }
        self._connection.execute(self.upserts.project, values)
        self._connection.execute(sa.delete(place).where(place.c.project == linked.key))
        self._connection.execute(
            sa.insert(place),
            [
                {"network": one.network, "id": one.id, "project": linked.key, "side": side.value}
                for one, side in sides.items()
            ],
        )
        if before is None:
            return
        if (before.staff_place, before.project.whole_team) != (staff, linked.whole_team):
            self._rehang(linked.key, before.staff_place, staff)
        for old in before.customer_places:
            if old not in sides and customers:
                same = [one for one in customers if one.network == old.network]
                self._rehang_customers(linked.key, old, [*same, *customers][0])

    def _rehang(self, key: str, old: Place, new: Place) -> None:
        """Let the staff threads of a project's tickets begin anew in another place."""
        self.set_door(old, None, codec.at(0))
        moving = sa.and_(
            surface.c.side == Side.STAFF.value,
            surface.c.ticket.in_(sa.select(ticket.c.key).where(ticket.c.project == key)),
        )
        for table in (schema.thread, schema.post):
            self._connection.execute(
                sa.delete(table).where(table.c.surface.in_(sa.select(surface.c.id).where(moving)))
            )
        self._connection.execute(
            sa.update(surface).where(moving).values(network=new.network, place=new.id, **ANEW)
        )
        still_open = sa.and_(ticket.c.project == key, ticket.c.status != Status.CLOSED.value)
        rows = self._connection.execute(statements.WHOLE.where(still_open).order_by(ticket.c.number))
        for opened in [one for row in rows if (one := self._opened(row))]:
            self._owe_staff(opened)

    def _rehang_customers(self, key: str, old: Place, new: Place) -> None:
        """Let the customer threads of a project's tickets begin anew in another place."""
        self.set_door(old, None, codec.at(0))
        moving = sa.and_(
            surface.c.side == Side.CUSTOMER.value,
            surface.c.network == old.network,
            surface.c.place == old.id,
            surface.c.ticket.in_(sa.select(ticket.c.key).where(ticket.c.project == key)),
        )
        lanes = self._connection.scalars(sa.select(surface.c.id).where(moving)).all()
        for table in (schema.thread, schema.post):
            self._connection.execute(sa.delete(table).where(table.c.surface.in_(lanes)))
        here = surface.c.id.in_(lanes)
        self._connection.execute(
            sa.update(surface).where(here).values(network=new.network, place=new.id, **ANEW)
        )
        still_open = sa.and_(
            ticket.c.status != Status.CLOSED.value,
            ticket.c.key.in_(sa.select(surface.c.ticket).where(here)),
        )
        rows = self._connection.execute(statements.WHOLE.where(still_open).order_by(ticket.c.number))
        for opened in [one for row in rows if (one := self._opened(row))]:
            to = opened.surfaces.customer
            self.owe_one(ToCustomer(to, customer_card(opened.ticket, to.project)), 0)
            staff = opened.surfaces.staff
            self.owe_one(ToStaff(staff, staff_card(opened.ticket, staff.project, opened.surfaces)), 0)

    def _owe_staff(self, opened: Opened) -> None:
        """Let a ticket's staff side begin anew: its card, and all that was said."""
        about, to = opened.surfaces.staff.project, opened.surfaces.staff
        self.owe_one(ToStaff(to, staff_card(opened.ticket, about, opened.surfaces)), 0)
        for said in self.record(opened.ticket.key):
            if not said.retracted:
                self.owe_one(ToStaff(to, said), said.at.timestamp())

    def record(self, ticket: str) -> list[Message | Note]:
        rows = self._connection.execute(
            sa.select(entry.c.visibility, entry.c.rest, entry.c.text)
            .where(entry.c.ticket == ticket)
            .order_by(entry.c.at)
        )
        return [codec.load_entry(*row) for row in rows]

    def heard(self, network: str) -> datetime | None:
        table = schema.heard
        at = self._connection.scalar(sa.select(table.c.at).where(table.c.network == network))
        return codec.at(at) if at is not None else None

    def hear(self, network: str, at: datetime) -> None:
        self._connection.execute(self.upserts.heard, {"network": network, "at": at.timestamp()})

    def watched(self, network: str) -> list[Watched]:
        table = schema.thread
        rows = self._connection.execute(
            sa.select(ticket.c.key, surface.c.place, table.c.id)
            .join_from(ticket, surface, surface.c.ticket == ticket.c.key)
            .join(table, table.c.surface == surface.c.id)
            .where(ticket.c.status != Status.CLOSED.value, table.c.network == network)
            .order_by(ticket.c.number.desc())
        )
        threads: dict[tuple[str, str], list[str]] = {}
        for row in rows:
            threads.setdefault((row.key, row.place), []).append(row.id)
        return [
            Watched(key, Place(network, where), tuple(ids), self._said_in(key, network, where))
            for (key, where), ids in threads.items()
        ]

    def _said_in(self, key: str, network: str, where: str) -> tuple[str, ...]:
        rows = self._connection.execute(
            sa.select(entry.c.said_id, entry.c.visibility, entry.c.rest, entry.c.text).where(
                entry.c.ticket == key, entry.c.said_network == network, entry.c.said_place == where
            )
        )
        return tuple(row[0] for row in rows if not codec.load_entry(*row[1:]).retracted)

    def doors(self) -> list[Place]:
        table = schema.door
        return [Place(*row) for row in self._connection.execute(sa.select(table.c.network, table.c.place))]

    def working(self, project: str) -> list[Person]:
        rows = self._connection.scalars(
            sa.select(ticket.c.state).where(
                ticket.c.project == project,
                ticket.c.status != Status.CLOSED.value,
                ticket.c.assignee.is_not(None),
            )
        )
        found = (codec.load_ticket(state).assignee for state in rows)
        return list(dict.fromkeys(one for one in found if one is not None))

    def set_door(self, place: Place, shut: Shut | None, at: datetime) -> bool:
        table = schema.door
        here = sa.and_(table.c.network == place.network, table.c.place == place.id)
        row = self._connection.execute(sa.select(table).where(here)).first()
        before = (row.reason, row.who) if row else None
        if before == ((shut.reason, shut.who) if shut else None):
            return False
        self._connection.execute(sa.delete(table).where(here))
        if shut is not None:
            values = {"reason": shut.reason, "who": shut.who, "at": at.timestamp()}
            self._connection.execute(
                sa.insert(table), {"network": place.network, "place": place.id, **values}
            )
        else:
            self._wake(place)
        return True

    def move_place(self, old: Place, new: Place) -> bool:
        if old.network != new.network or self.link(old) is None or self.link(new) is not None:
            return False
        for table, column in (
            (place, place.c.id),
            (surface, surface.c.place),
            (schema.thread, schema.thread.c.place),
            (schema.post, schema.post.c.place),
            (schema.pace, schema.pace.c.place),
            (schema.door, schema.door.c.place),
            (schema.burst, schema.burst.c.place),
        ):
            self._connection.execute(
                sa.update(table)
                .where(table.c.network == old.network, column == old.id)
                .values({column.name: new.id})
            )
        # An entry names its author's post a second time in its JSON.
        self._connection.execute(
            sa.update(entry)
            .where(entry.c.said_network == old.network, entry.c.said_place == old.id)
            .values(said_place=new.id, rest=sa.func.replace(entry.c.rest, f'"{old.id}"', f'"{new.id}"'))
        )
        taken, start = schema.taken, f"{old.network}:{old.id}:"
        self._connection.execute(
            sa.update(taken)
            .where(taken.c.ref >= start, taken.c.ref < f"{start[:-1]};")
            .values(ref=sa.func.replace(taken.c.ref, start, f"{new.network}:{new.id}:"))
        )
        self._wake(new)
        return True

    # ------------------------------------------------------------ inside

    def _wake(self, where: Place) -> None:
        """Wake the lanes that have something owed to a place."""
        lanes = self._connection.scalars(
            sa.select(delivery.c.surface)
            .join(surface, surface.c.id == delivery.c.surface)
            .where(schema.is_open, surface.c.network == where.network, surface.c.place == where.id)
            .distinct()
        )
        self.woken |= set(lanes)

    def _surface(self, key: str, side: Side) -> int:
        if key not in self._surfaces:
            rows = self._connection.execute(statements.SURFACES, {"key": key})
            self._surfaces[key] = {row.side: row.id for row in rows}
        return self._surfaces[key][side.value]

    def _entry(self, query: sa.Select[*tuple[Any, ...]], values: dict[str, str]) -> Message | Note | None:
        row = self._connection.execute(query, values).first()
        return codec.load_entry(*row) if row else None

    def _opened(self, row: Any) -> Opened | None:
        if row is None:
            return None
        state, c_network, c_place, c_thread, s_network, s_place, s_thread, *_ = row
        owner = codec.load_project(row)
        loaded = codec.load_ticket(state)
        return Opened(
            loaded,
            Surfaces(
                CustomerSurface(loaded.key, owner, Place(c_network, c_place), c_thread),
                StaffSurface(loaded.key, owner, Place(s_network, s_place), s_thread),
            ),
        )


def _visibility(pinned: object) -> str | None:
    match pinned:
        case Message():
            return Visibility.PUBLIC.value
        case Note():
            return Visibility.INTERNAL.value
        case _:
            return None
