"""The statements of the hot path, built once: building one costs SQLAlchemy more than running it."""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.tickets.model import Visibility
from storage.schema import (
    DONE,
    OWED,
    SENDING,
    Time,
    access,
    burst,
    delivery,
    door,
    entry,
    event,
    heard,
    heard_place,
    identity,
    inside,
    is_open,
    key,
    pace,
    place,
    post,
    project,
    restored,
    surface,
    taken,
    thread,
    ticket,
    timer,
)

_customer, _staff = surface.alias("customer"), surface.alias("staff")
_hit, _other = surface.alias("hit"), surface.alias("other")
_part = post.alias("part")

#: The newest messages of a ticket among which its last word is looked for.
LAST = 50
#: What `codec.load_project` reads.
PROJECT = (
    project.c.key,
    project.c.name,
    project.c.language,
    project.c.reopen_days,
    project.c.every_message,
    project.c.whole_team,
    project.c.on_duty,
)
#: A ticket with both surfaces and its project, in the order `SqlTx` reads them in.
WHOLE = (
    sa.select(
        ticket.c.state,
        _customer.c.network,
        _customer.c.place,
        _customer.c.thread,
        _staff.c.network,
        _staff.c.place,
        _staff.c.thread,
        *PROJECT,
    )
    .join(project, project.c.key == ticket.c.project)
    .join(_customer, sa.and_(_customer.c.ticket == ticket.c.key, _customer.c.side == "customer"))
    .join(_staff, sa.and_(_staff.c.ticket == ticket.c.key, _staff.c.side == "staff"))
)
#: To look at a ticket: nobody waits for it.
SEEN = WHOLE.where(ticket.c.key == sa.bindparam("key"))
SEEN_AT = SEEN.where(
    _customer.c.network == sa.bindparam("network"), _customer.c.place == sa.bindparam("place")
)
SEEN_OF = SEEN.where(ticket.c.project == sa.bindparam("project"))
#: To change it.
TICKET = SEEN.with_for_update(of=ticket)
TICKET_IN = (
    WHOLE.join(_hit, _hit.c.ticket == ticket.c.key)
    .join(thread, thread.c.surface == _hit.c.id)
    .where(
        thread.c.network == sa.bindparam("network"),
        thread.c.place == sa.bindparam("place"),
        thread.c.id == sa.bindparam("thread"),
    )
    .with_for_update(of=ticket)
)
PROJECT_OF_PLACE = sa.select(place.c.project).where(
    place.c.network == sa.bindparam("network"), place.c.id == sa.bindparam("id")
)
SURFACES = sa.select(surface.c.side, surface.c.id).where(surface.c.ticket == sa.bindparam("key"))
_entry = sa.select(entry.c.visibility, entry.c.rest, entry.c.text)
ENTRY = _entry.where(entry.c.id == sa.bindparam("id"))
ENTRY_SAID = _entry.where(
    entry.c.said_network == sa.bindparam("network"),
    entry.c.said_place == sa.bindparam("place"),
    entry.c.said_id == sa.bindparam("id"),
)
#: Of one moment are the words for the customer and the reason for staff that close a ticket: in that order.
#: What a network told of in one moment, Discord's are milliseconds, goes by the network's own numbers.
RECORD = _entry.where(entry.c.ticket == sa.bindparam("ticket")).order_by(
    entry.c.at, entry.c.visibility.desc(), entry.c.said_id, entry.c.id
)
MESSAGES = RECORD.where(entry.c.visibility == Visibility.PUBLIC.value)
LAST_MESSAGES = MESSAGES.order_by(None).order_by(entry.c.at.desc()).limit(LAST)
KEY = sa.select(key).where(key.c.digest == sa.bindparam("digest"))
ACCESS = sa.select(access.c.version)
CHANGED = (
    sa.update(project).where(project.c.key == sa.bindparam("b_key")).values(changes=project.c.changes + 1)
)
SAVE_TICKET = (
    sa.update(ticket)
    .where(ticket.c.key == sa.bindparam("b_key"), ticket.c.version == sa.bindparam("b_version"))
    .values({column.name: sa.bindparam(column.name) for column in ticket.c if column.name != "key"})
)
ADD_EVENTS = sa.insert(event)
LAST_RANK = sa.select(sa.func.max(delivery.c.rank)).where(delivery.c.surface == sa.bindparam("lane"), is_open)
LAST_SAID = sa.select(sa.func.max(entry.c.at)).where(
    entry.c.ticket == sa.bindparam("ticket"), entry.c.said_id.is_not(None)
)

#: The head of a lane, with all that is needed to draw it and to find where it stands.
HEAD = (
    sa.select(
        delivery,
        surface.c.network,
        surface.c.place,
        surface.c.thread,
        surface.c.begun,
        surface.c.ticket,
        _other.c.network.label("other_network"),
        _other.c.place.label("other_place"),
        _other.c.thread.label("other_thread"),
        ticket.c.state.label("ticket_state"),
        *PROJECT,
        entry.c.visibility,
        entry.c.rest,
        entry.c.text,
        post.c.network.label("post_network"),
        post.c.place.label("post_place"),
        post.c.id.label("post_id"),
        sa.select(sa.func.count())
        .select_from(_part)
        .where(_part.c.surface == delivery.c.surface, _part.c.subject == delivery.c.subject)
        .scalar_subquery()
        .label("parts"),
        door.c.reason.label("shut"),
        pace.c.whole_at,
        pace.c.blocked_until,
    )
    .select_from(delivery)
    .join(surface, surface.c.id == delivery.c.surface)
    .join(_other, sa.and_(_other.c.ticket == surface.c.ticket, _other.c.side != surface.c.side))
    .join(ticket, ticket.c.key == surface.c.ticket)
    .join(project, project.c.key == ticket.c.project)
    .outerjoin(entry, entry.c.id == delivery.c.entry)
    .outerjoin(
        post,
        sa.and_(
            post.c.surface == delivery.c.surface, post.c.subject == delivery.c.subject, post.c.part == ""
        ),
    )
    .outerjoin(door, sa.and_(door.c.network == surface.c.network, door.c.place == surface.c.place))
    .outerjoin(pace, sa.and_(pace.c.network == surface.c.network, pace.c.place == surface.c.place))
    .where(delivery.c.surface == sa.bindparam("lane"), is_open)
    .order_by(delivery.c.rank, delivery.c.id)
    .limit(1)
)
#: Taken before a lane is looked at. Without it, on PostgreSQL, a change could find its debt standing already
#: while the courier reads the ticket as it was before: the newest state would never be sent.
LOCK_LANE = (
    sa.select(ticket.c.key)
    .join(surface, surface.c.ticket == ticket.c.key)
    .where(surface.c.id == sa.bindparam("lane"))
    .with_for_update(of=ticket)
)
MARK = (
    sa.update(delivery)
    .where(delivery.c.id == sa.bindparam("b_id"))
    .values(state=SENDING, attempts=delivery.c.attempts + 1, since=sa.bindparam("b_since"), due=0)
)
SETTLE = (
    sa.update(delivery)
    .where(delivery.c.id == sa.bindparam("b_id"), delivery.c.state == SENDING)
    .values(state=DONE, since=None, error=None)
    .returning(delivery.c.surface, delivery.c.subject)
)
PARTS = sa.select(post.c.part, post.c.network, post.c.place, post.c.id).where(
    post.c.surface == sa.bindparam("surface"), post.c.subject == sa.bindparam("subject")
)
SUBJECT_AT = sa.select(post.c.subject).where(
    post.c.network == sa.bindparam("network"),
    post.c.place == sa.bindparam("place"),
    post.c.id == sa.bindparam("id"),
)


#: When a backup was taken before what happened at a time that was restored after it; None, as almost always.
_DOUBTED = (
    sa.select(sa.func.min(restored.c.since))
    .where(restored.c.until > sa.bindparam("happened", type_=Time))
    .scalar_subquery()
)


class Upserts:
    """The statements with `on conflict`, which each dialect spells for itself."""

    def __init__(self, insert: Any) -> None:
        self.take = insert(taken).on_conflict_do_nothing().returning(taken.c.ref)
        # What a desk that is gone may have sent is looked for first, as after any outcome in doubt.
        state = sa.case((_DOUBTED.is_(None), OWED), else_=SENDING)
        self.owe = insert(delivery).values(state=state, since=_DOUBTED).on_conflict_do_nothing()
        self.inside = insert(inside).on_conflict_do_nothing()
        self.alias = insert(thread).on_conflict_do_nothing()
        self.entry = _upsert(insert(entry), ["id"], "text", "rest")
        self.timer = _upsert(insert(timer), ["name"], "at")
        asked_for = "name", "language", "reopen_days", "every_message", "whole_team"
        self.project = _upsert(insert(project), ["key"], *asked_for)
        self.identity = _upsert(insert(identity), ["network", "id"], "name", "joined")
        self.burst = _upsert(insert(burst), ["network", "place", "person"], "ticket", "at")
        # A part has one post; one that could not be changed stands anew elsewhere.
        self.posts = _upsert(insert(post), ["surface", "subject", "part"], "network", "place", "id")
        self.heard = _upsert(insert(heard), ["network"], "at")
        # The earliest mark stands: nothing was heard since.
        self.heard_place = insert(heard_place).on_conflict_do_nothing()
        self.whole_at = _upsert(insert(pace), ["network", "place"], "whole_at")
        self.blocked_until = _upsert(insert(pace), ["network", "place"], "blocked_until")


@cache
def upserts(dialect: str) -> Upserts:
    """Return the upserts for a dialect, by its name."""
    return Upserts(sqlite_insert if dialect == "sqlite" else postgres_insert)


def _upsert(statement: Any, key: list[str], *columns: str) -> Any:
    fresh = {name: statement.excluded[name] for name in columns}
    return statement.on_conflict_do_update(index_elements=key, set_=fresh)
