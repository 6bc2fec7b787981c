"""How tickets, places and keys are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.ports import Key, LoadedTicket, Numbers, PlaceShut, ProjectPlaces, Watched
from bot.tickets import events as e
from bot.tickets.asks import AskList
from bot.tickets.model import (
    CustomerSurface,
    Message,
    Note,
    Person,
    Place,
    PostRef,
    Side,
    StaffSurface,
    Status,
    Surfaces,
)
from storage import codec, schema, statements
from storage.schema import delivery, entry, event, place, project, surface, ticket
from storage.stats import numbers

#: Open tickets of a project whose tags are suggested.
TAGGED = 200
#: Tickets that are looked for in one statement.
FILTERED = 500


class Reading:
    """The reading half of `ports.Tx`, on one SQLAlchemy connection.

    One that is only for `looking` keeps nobody waiting.
    """

    def __init__(self, connection: sa.Connection, *, looking: bool = False) -> None:
        self._connection = connection
        self._ticket = statements.SEEN if looking else statements.TICKET

    def link(self, place: Place) -> ProjectPlaces | None:
        key = self._connection.scalar(statements.PROJECT_OF_PLACE, {"network": place.network, "id": place.id})
        return self.project(key) if key else None

    def project(self, key: str) -> ProjectPlaces | None:
        """Return a project with its places, by its key."""
        row = self._connection.execute(sa.select(project).where(project.c.key == key)).first()
        if row is None:
            return None
        places = self._connection.execute(
            sa.select(place).where(place.c.project == key).order_by(place.c.network, place.c.id)
        ).all()
        return _link(row, places)

    def links(self) -> list[ProjectPlaces]:
        """Return all projects, by key."""
        places: dict[str, list[Any]] = {}
        for row in self._connection.execute(sa.select(place).order_by(place.c.network, place.c.id)):
            places.setdefault(row.project, []).append(row)
        rows = self._connection.execute(sa.select(project).order_by(project.c.key))
        return [_link(row, places[row.key]) for row in rows]

    def ticket(self, key: str) -> LoadedTicket | None:
        return self._opened(self._connection.execute(self._ticket, {"key": key}).first())

    def ticket_at(self, place: Place, key: str) -> LoadedTicket | None:
        values = {"key": key, "network": place.network, "place": place.id}
        return self._opened(self._connection.execute(statements.SEEN_AT, values).first())

    def ticket_of(self, project: str, key: str) -> LoadedTicket | None:
        values = {"key": key, "project": project}
        return self._opened(self._connection.execute(statements.SEEN_OF, values).first())

    def ticket_in(self, place: Place, thread: str) -> LoadedTicket | None:
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

    def messages(self, ticket: str) -> list[Message]:
        rows = self._connection.execute(statements.MESSAGES, {"ticket": ticket})
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
    ) -> tuple[list[LoadedTicket], int]:
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
        newest = ticket.c.number.desc(), ticket.c.project
        if ask.words:
            # To look for words is to read all titles: once, for what is found and for how many.
            keys = self._connection.scalars(
                sa.select(ticket.c.key).where(*where, self._named(ask.words)).order_by(*newest)
            ).all()
            found, where = len(keys), list[sa.ColumnElement[bool]]([ticket.c.key.in_(keys[:limit])])
        else:
            counted = sa.select(sa.func.count()).select_from(ticket).where(*where)
            found = self._connection.scalar(counted) or 0
        rows = self._connection.execute(statements.WHOLE.where(*where).order_by(*newest).limit(limit))
        return [opened for row in rows if (opened := self._opened(row))], found

    def suggested(
        self, key: str, typed: str, statuses: Sequence[Status], *, public: bool, limit: int
    ) -> list[tuple[str, str]]:
        """Return the keys and titles of a project's newest tickets in some statuses that `typed` may mean."""
        status = ticket.c.public_status if public else ticket.c.status
        where = [ticket.c.project == key, status.in_([one.value for one in statuses])]
        if looked_for := codec.folded(typed):
            where.append(
                sa.or_(
                    ticket.c.folded.contains(looked_for, autoescape=True),
                    ticket.c.key.istartswith(looked_for, autoescape=True),
                    sa.cast(ticket.c.number, sa.Text).startswith(looked_for, autoescape=True),
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

    def tickets_at(
        self, place: Place, limit: int, *, words: str = "", before: str = ""
    ) -> list[LoadedTicket]:
        here = (
            surface.c.network == place.network,
            surface.c.place == place.id,
            surface.c.side == Side.CUSTOMER.value,
        )
        newest = sa.select(surface.c.ticket).where(*here).order_by(surface.c.id.desc()).limit(limit)
        number = None
        if before:
            found = self._connection.execute(
                sa.select(surface.c.id, ticket.c.number)
                .join(ticket, ticket.c.key == surface.c.ticket)
                .where(surface.c.ticket == before, *here)
            ).first()
            if found is None:
                return []
            newest, number = newest.where(surface.c.id < found.id), found.number
        chosen = ticket.c.key.in_(self._named_at(place, newest, words, limit, number) if words else newest)
        rows = self._connection.execute(
            statements.WHOLE.where(chosen).order_by(ticket.c.number.desc(), ticket.c.project)
        )
        return [opened for row in rows if (opened := self._opened(row))]

    def _named_at(
        self, place: Place, newest: sa.Select[Any], words: str, limit: int, before: int | None
    ) -> list[str]:
        """Return the keys of the newest tickets that words name: first the titles, then those of a place."""
        of = sa.select(schema.place.c.project).where(
            schema.place.c.network == place.network, schema.place.c.id == place.id
        )
        # All statuses are named, and we sort ourselves, so that ix_ticket_list is read and nothing else.
        named = sa.select(ticket.c.number, ticket.c.key).where(
            ticket.c.project == of.scalar_subquery(),
            ticket.c.status.in_([one.value for one in Status]),
            self._named(words),
        )
        if before is not None:
            named = named.where(ticket.c.number < before)
        keys = [row.key for row in sorted(self._connection.execute(named), reverse=True)]
        found: list[str] = []
        for n in range(0, len(keys), FILTERED):
            if len(found) < limit:
                some = newest.where(surface.c.ticket.in_(keys[n : n + FILTERED]))
                found += [str(one) for one in self._connection.scalars(some)]
        return found[:limit]

    def version(self, project: str, ticket: str) -> tuple[int, int]:
        if not ticket:
            changes = sa.select(schema.project.c.changes).where(schema.project.c.key == project)
            return self._connection.scalar(changes) or 0, 0
        version = sa.select(schema.ticket.c.version).where(schema.ticket.c.key == ticket)
        told = (
            sa.select(sa.func.max(delivery.c.id))
            .join(surface, surface.c.id == delivery.c.surface)
            .where(surface.c.ticket == ticket, schema.is_notice)
        )
        return self._connection.scalar(version) or 0, self._connection.scalar(told) or 0

    def last_message(self, ticket: str) -> Message | None:
        """Return the newest message that stands, of the newest that were said."""
        rows = self._connection.execute(statements.LAST_MESSAGES, {"ticket": ticket})
        for row in rows:
            found = codec.load_entry(*row)
            if isinstance(found, Message) and not (found.retracted or found.off):
                return found
        return None

    def key(self, digest: str, now: datetime) -> Key | None:
        row = self._connection.execute(statements.KEY, {"digest": digest}).first()
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

    def holders(self, place: Place, now: datetime) -> list[Person]:
        table = schema.key
        rows = self._connection.execute(
            sa.select(table.c.person_network, table.c.person, table.c.name)
            .where(
                table.c.network == place.network,
                table.c.place == place.id,
                table.c.person != "",
                table.c.until >= now.timestamp(),
            )
            .distinct()
            .order_by(table.c.name)
        )
        return [Person(*row) for row in rows]

    def count_by_status(self, project: str, *, public: bool) -> dict[str, int]:
        status = ticket.c.public_status if public else ticket.c.status
        rows = self._connection.execute(
            sa.select(status, sa.func.count()).where(ticket.c.project == project).group_by(status)
        )
        return {row[0]: row[1] for row in rows}

    def numbers(self, projects: Sequence[str], since: datetime, until: datetime, now: datetime) -> Numbers:
        return numbers(self._connection, projects, since, until, now)

    def notices(self, ticket: str) -> list[tuple[datetime, str]]:
        rows = self._connection.execute(
            sa.select(delivery.c.rank, delivery.c.subject, delivery.c.words)
            .join(surface, surface.c.id == delivery.c.surface)
            .where(
                surface.c.ticket == ticket,
                surface.c.side == Side.STAFF.value,
                schema.is_notice,
                delivery.c.state != schema.DROPPED,
            )
            .order_by(delivery.c.rank, delivery.c.id)
        )
        return [(codec.notice_at(row.subject, row.rank), row.words) for row in rows]

    def booked(self, ticket: str) -> list[e.TimeBooked]:
        rows = self._connection.execute(
            sa.select(event.c.kind, event.c.body)
            .where(event.c.ticket == ticket, event.c.kind == e.TimeBooked.__name__)
            .order_by(event.c.seq)
        )
        loaded = (codec.load_event(row.kind, row.body, None) for row in rows)
        return [one for one in loaded if isinstance(one, e.TimeBooked)]

    def record(self, ticket: str) -> list[Message | Note]:
        rows = self._connection.execute(statements.RECORD, {"ticket": ticket})
        return [codec.load_entry(*row) for row in rows]

    def heard(self, network: str) -> datetime | None:
        table = schema.heard
        at = self._connection.scalar(sa.select(table.c.at).where(table.c.network == network))
        return codec.at(at) if at is not None else None

    def heard_at(self, place: Place) -> datetime | None:
        table = schema.heard_place
        here = sa.and_(table.c.network == place.network, table.c.place == place.id)
        at = self._connection.scalar(sa.select(table.c.at).where(here))
        return codec.at(at) if at is not None else self.heard(place.network)

    def unheard(self, network: str) -> dict[Place, datetime]:
        table = schema.heard_place
        rows = self._connection.execute(
            sa.select(table.c.place, table.c.at).where(table.c.network == network)
        )
        return {Place(network, row.place): codec.at(row.at) for row in rows}

    def watched(self, network: str) -> list[Watched]:
        table = schema.thread
        rows = self._connection.execute(
            sa.select(ticket.c.key, surface.c.place, table.c.id)
            .join_from(ticket, surface, surface.c.ticket == ticket.c.key)
            .join(table, table.c.surface == surface.c.id)
            .where(ticket.c.status != Status.CLOSED.value, table.c.network == network)
            .order_by(ticket.c.number.desc())
        )
        newest = sa.select(sa.func.max(entry.c.at)).where(entry.c.ticket == sa.bindparam("ticket"))
        threads: dict[tuple[str, str], list[str]] = {}
        for row in rows:
            threads.setdefault((row.key, row.place), []).append(row.id)
        last = {
            key: codec.at(self._connection.scalar(newest, {"ticket": key}) or 0)
            for key in {one for one, _ in threads}
        }
        return [
            Watched(key, Place(network, where), tuple(ids), self._said_in(key, network, where), last[key])
            for (key, where), ids in threads.items()
        ]

    def doors(self) -> list[Place]:
        table = schema.door
        return [Place(*row) for row in self._connection.execute(sa.select(table.c.network, table.c.place))]

    def access(self) -> int:
        return self._connection.scalar(statements.ACCESS) or 0

    def working(self, project: str) -> list[Person]:
        # One ticket of each tells their name; `<>` would look at all that are closed.
        still_open = ticket.c.status.in_([one.value for one in Status if one is not Status.CLOSED])
        newest = (
            sa.select(sa.func.max(ticket.c.number))
            .where(ticket.c.project == project, still_open, ticket.c.assignee.is_not(None))
            .group_by(ticket.c.assignee)
        )
        rows = self._connection.scalars(
            sa.select(ticket.c.state).where(ticket.c.project == project, ticket.c.number.in_(newest))
        )
        found = (codec.load_ticket(state).assignee for state in rows)
        return list(dict.fromkeys(one for one in found if one is not None))

    def shut(self, place: Place) -> PlaceShut | None:
        table = schema.door
        row = self._connection.execute(
            sa.select(table.c.reason, table.c.who).where(
                table.c.network == place.network, table.c.place == place.id
            )
        ).first()
        return PlaceShut(row.reason, row.who) if row else None

    # ------------------------------------------------------------ inside

    def _said_in(self, key: str, network: str, where: str) -> tuple[str, ...]:
        rows = self._connection.execute(
            sa.select(entry.c.said_id, entry.c.visibility, entry.c.rest, entry.c.text).where(
                entry.c.ticket == key, entry.c.said_network == network, entry.c.said_place == where
            )
        )
        loaded = ((row[0], codec.load_entry(*row[1:])) for row in rows)
        return tuple(post for post, found in loaded if not (found.retracted or found.lost))

    def _named(self, words: str) -> sa.ColumnElement[bool]:
        """Return what somebody looks for: words of a title, or a key."""
        looked_for = codec.folded(words)
        if not looked_for:
            return sa.false()
        named = ticket.c.folded.contains(looked_for, autoescape=True)
        return sa.or_(named, ticket.c.key == looked_for.upper())

    def _entry(self, query: sa.Select[*tuple[Any, ...]], values: dict[str, str]) -> Message | Note | None:
        row = self._connection.execute(query, values).first()
        return codec.load_entry(*row) if row else None

    def _opened(self, row: Any) -> LoadedTicket | None:
        if row is None:
            return None
        state, c_network, c_place, c_thread, s_network, s_place, s_thread, *_ = row
        owner = codec.load_project(row)
        loaded = codec.load_ticket(state)
        return LoadedTicket(
            loaded,
            Surfaces(
                CustomerSurface(loaded.key, owner, Place(c_network, c_place), c_thread),
                StaffSurface(loaded.key, owner, Place(s_network, s_place), s_thread),
            ),
        )


def _link(row: Any, places: Sequence[Any]) -> ProjectPlaces:
    customers = tuple(Place(p.network, p.id) for p in places if p.side == Side.CUSTOMER)
    staff = next(Place(p.network, p.id) for p in places if p.side == Side.STAFF)
    return ProjectPlaces(codec.load_project(row), customers, staff)
