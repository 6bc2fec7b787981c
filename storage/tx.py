"""One transaction: how the desk writes what happened, beside what it reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.ports import Conflict, Key, LoadedTicket, PlaceInside, PlaceShut, PlaceTaken
from bot.tickets import events as e
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
    Message,
    Note,
    Person,
    Place,
    PostRef,
    Project,
    Side,
    Status,
    Surfaces,
    Ticket,
    Visibility,
)
from bot.tickets.project import customer_card, staff_card
from storage import codec, schema, statements
from storage.reading import Reading
from storage.schema import delivery, entry, place, surface, ticket, timer

#: Seconds: more than a time of today is rounded to, less than two posts of a chat are apart.
JUST_BEHIND = 1e-6
#: What a surface has that begins anew.
ANEW: dict[str, Any] = {"thread": None, "begun": surface.c.begun + 1}


class SqlTx(Reading):
    """`ports.Tx` on one SQLAlchemy connection; `woken` and `timers` collect what to do at commit."""

    def __init__(self, connection: sa.Connection, *, looking: bool = False) -> None:
        super().__init__(connection, looking=looking)
        self.upserts = statements.upserts(connection.dialect.name)
        self._surfaces: dict[str, dict[str, int]] = {}
        #: In the order in which they are to be served.
        self.woken: dict[int, None] = {}
        self.timers: list[tuple[datetime, str]] = []

    def note_burst(self, place: Place, person: Person, ticket: str, at: datetime) -> None:
        where = {"network": place.network, "place": place.id, "person": person.id}
        self._connection.execute(self.upserts.burst, {**where, "ticket": ticket, "at": at.timestamp()})

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
        self._connection.execute(statements.CHANGED, {"b_key": after.project})

    def owe(self, deliveries: Sequence[Delivery], at: datetime, *, last: bool = False) -> None:
        for one in deliveries:
            self.owe_one(one, self._last(one) or at.timestamp() if last else at.timestamp())

    def _last(self, owed: Delivery) -> float | None:
        """Return a rank behind all that stands or waits on a surface, by the clocks of those who said it."""
        side = Side.CUSTOMER if isinstance(owed, ToCustomer) else Side.STAFF
        lane, key = self._surface(owed.surface.ticket, side), owed.surface.ticket
        known = [
            self._connection.scalar(statements.LAST_RANK, {"lane": lane}),
            self._connection.scalar(statements.LAST_SAID, {"ticket": key}),
        ]
        last = max((one for one in known if one), default=None)
        return None if last is None else last + JUST_BEHIND

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
            "happened": rank,
            "entry": pinned.id if isinstance(pinned, Message | Note) else None,
            "entry_visibility": _visibility(pinned),
            "words": content.text if isinstance(content, StaffNotice) else None,
        }
        self._connection.execute(self.upserts.owe, values)
        if values["words"] is not None:
            self._connection.execute(statements.CHANGED, {"b_key": owed.surface.project.key})
        self.woken[values["surface"]] = None

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

    def drop_expired(self, now: datetime) -> None:
        self._connection.execute(sa.delete(schema.key).where(schema.key.c.until < now.timestamp()))

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

    def lose_thread(self, place: Place, thread: str) -> LoadedTicket | None:
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
        self._try_now(sa.select(surface.c.id).where(surface.c.id == lane))
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
            PlaceInside: one for customers has been a staff place.
        """
        sides = dict.fromkeys(customers, Side.CUSTOMER) | {staff: Side.STAFF}
        for one in sides:
            other = self.link(one)
            if other is not None and other.project.key != linked.key:
                raise PlaceTaken(other.project.key)
        before = self.project(linked.key)
        for one in customers:
            if self._was_inside(one):
                raise PlaceInside(one.id)
            if before is not None and one in before.customer_places:
                continue
            self.drop_keys(one, None)
        if before is None or before.staff_place != staff:
            # Whatever opened a place before opened its other side.
            self.drop_keys(staff, None)
        self._connection.execute(self.upserts.inside, {"network": staff.network, "place": staff.id})
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
        for old in before.customer_places:
            if sides.get(old) is not Side.CUSTOMER and customers:
                same = [one for one in customers if one.network == old.network]
                self._rehang_customers(linked.key, old, [*same, *customers][0])
        if (before.staff_place, before.project.whole_team) != (staff, linked.whole_team):
            self._rehang(linked.key, before.staff_place, staff)

    def _was_inside(self, place: Place) -> bool:
        """Whether a place is a team's, or once was."""
        table = schema.inside
        here = table.c.network == place.network, table.c.place == place.id
        return self._connection.execute(sa.select(table).where(*here)).first() is not None

    def hear(self, network: str, at: datetime) -> None:
        self._connection.execute(self.upserts.heard, {"network": network, "at": at.timestamp()})

    def change_access(self) -> int:
        table = schema.access
        changed = sa.update(table).values(version=table.c.version + 1).returning(table.c.version)
        return self._connection.scalar(changed) or 0

    def hear_at(self, places: Sequence[Place], at: datetime | None) -> None:
        table = schema.heard_place
        for one in places:
            if at is not None:
                values = {"network": one.network, "place": one.id, "at": at.timestamp()}
                self._connection.execute(self.upserts.heard_place, values)
            else:
                here = sa.and_(table.c.network == one.network, table.c.place == one.id)
                self._connection.execute(sa.delete(table).where(here))

    def set_door(self, place: Place, shut: PlaceShut | None, at: datetime) -> bool:
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
            (schema.inside, schema.inside.c.place),
            (schema.heard_place, schema.heard_place.c.place),
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

    def _rehang(self, key: str, old: Place, new: Place) -> None:
        """Let the staff threads of a project's tickets begin anew in another place."""
        for opened in self._move(key, old, new, surface.c.side == Side.STAFF.value):
            self._owe_staff(opened)

    def _rehang_customers(self, key: str, old: Place, new: Place) -> None:
        """Let the customer threads of a project's tickets begin anew in another place."""
        here = surface.c.network == old.network, surface.c.place == old.id
        for opened in self._move(key, old, new, surface.c.side == Side.CUSTOMER.value, *here):
            to = opened.surfaces.customer
            self.owe_one(ToCustomer(to, customer_card(opened.ticket, to.project)), 0)
            staff = opened.surfaces.staff
            self.owe_one(ToStaff(staff, staff_card(opened.ticket, staff.project, opened.surfaces)), 0)

    def _move(self, key: str, old: Place, new: Place, *which: sa.ColumnElement[bool]) -> list[LoadedTicket]:
        """Let some surfaces of a project begin anew in another place; return the open tickets of them."""
        self.set_door(old, None, codec.at(0))
        moving = sa.and_(*which, surface.c.ticket.in_(sa.select(ticket.c.key).where(ticket.c.project == key)))
        still_open = ticket.c.status.in_([one.value for one in Status if one is not Status.CLOSED])
        keys = self._connection.scalars(
            sa.select(ticket.c.key)
            .join(surface, surface.c.ticket == ticket.c.key)
            .where(moving, ticket.c.project == key, still_open)
            .order_by(ticket.c.number)
        ).all()
        lanes = sa.select(surface.c.id).where(moving)
        for table in (schema.thread, schema.post):
            self._connection.execute(sa.delete(table).where(table.c.surface.in_(lanes)))
        self._try_now(lanes)
        self._connection.execute(
            sa.update(surface).where(moving).values(network=new.network, place=new.id, **ANEW)
        )
        return [opened for one in keys if (opened := self.ticket(one))]

    def _try_now(self, lanes: sa.Select[tuple[int]]) -> None:
        """Let what is owed on some surfaces wait no longer: what kept it from its old place is over."""
        here = delivery.c.surface.in_(lanes)
        self._connection.execute(sa.update(delivery).where(schema.is_open, here).values(due=0))

    def _owe_staff(self, opened: LoadedTicket) -> None:
        """Let a ticket's staff side begin anew: its card, and all that was said."""
        about, to = opened.surfaces.staff.project, opened.surfaces.staff
        self.owe_one(ToStaff(to, staff_card(opened.ticket, about, opened.surfaces)), 0)
        for said in self.record(opened.ticket.key):
            if not said.retracted:
                self.owe_one(ToStaff(to, said), said.at.timestamp())

    def _wake(self, where: Place) -> None:
        """Wake the lanes that have something owed to a place."""
        lanes = self._connection.scalars(
            sa.select(delivery.c.surface)
            .join(surface, surface.c.id == delivery.c.surface)
            .where(schema.is_open, surface.c.network == where.network, surface.c.place == where.id)
            .distinct()
        )
        self.woken |= dict.fromkeys(lanes)

    def _surface(self, key: str, side: Side) -> int:
        if key not in self._surfaces:
            rows = self._connection.execute(statements.SURFACES, {"key": key})
            self._surfaces[key] = {row.side: row.id for row in rows}
        return self._surfaces[key][side.value]


def _visibility(pinned: object) -> str | None:
    match pinned:
        case Message():
            return Visibility.PUBLIC.value
        case Note():
            return Visibility.INTERNAL.value
        case _:
            return None
