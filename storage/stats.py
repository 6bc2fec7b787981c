"""What managers count: read from the events, by plain SQL, and summed here."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from statistics import median, quantiles
from typing import Any

import sqlalchemy as sa

from bot.ports import Numbers, Spread
from bot.tickets import events as e
from bot.tickets.model import Side, Status
from storage.schema import event, ticket

_BY_CUSTOMER, _BY_STAFF = (f'"side":"{side.value}"' for side in (Side.CUSTOMER, Side.STAFF))
#: The ages by which open tickets are counted, in days; None for all that are older.
AGES: tuple[int | None, ...] = (1, 3, 7, 30, None)


def numbers(
    connection: sa.Connection, projects: Sequence[str], since: datetime, until: datetime, now: datetime
) -> Numbers:
    """Count what happened on projects' tickets from `since` to before `until`, days in `since`'s zone."""
    zone, start, end = since.tzinfo, since.timestamp(), until.timestamp()

    def happened(kind: type[Any], *more: sa.ColumnElement[bool]) -> sa.Select[Any, Any, Any, Any]:
        return (
            sa.select(event.c.ticket, event.c.at, event.c.body, ticket.c.project)
            .join(ticket, ticket.c.key == event.c.ticket)
            .where(
                event.c.kind == kind.__name__,
                event.c.at >= start,
                event.c.at < end,
                ticket.c.project.in_(projects),
                *more,
            )
        )

    def day(at: float) -> date:
        return datetime.fromtimestamp(at, zone).date()

    rows = connection.execute(happened(e.Opened)).all()
    opened = {row.ticket: row.at for row in rows}
    # What staff open themselves asks for no answer.
    asked = {row.ticket: row.at for row in rows if _BY_CUSTOMER in row.body}
    closed = connection.execute(happened(e.Closed).order_by(event.c.at)).all()
    times: dict[str, list[float]] = {}
    for row in closed:
        times.setdefault(row.ticket, []).append(row.at)
    done = {key: found[-1] for key, found in times.items()}
    # Of each closing the last rating counts.
    rated: dict[tuple[str, int], int] = {}
    for row in connection.execute(happened(e.Rated).order_by(event.c.at)):
        which = sum(at <= row.at for at in times.get(row.ticket, ()))
        rated[row.ticket, which] = int(json.loads(row.body)["stars"])
    booked: Counter[str] = Counter()
    booked_by: Counter[str] = Counter()
    for row in connection.execute(happened(e.TimeBooked)):
        one = json.loads(row.body)
        booked[row.project] += int(one["minutes"])
        booked_by[str(one["by"]["person"]["name"])] += int(one["minutes"])
    first = _first_answers(connection, projects, start, end)
    began = _opened_at(connection, set(done) - set(opened)) | opened
    return Numbers(
        opened=dict(sorted(Counter(day(at) for at in opened.values()).items())),
        closed=dict(sorted(Counter(day(row.at) for row in closed).items())),
        open_by_age=_open_by_age(connection, projects, now.timestamp()),
        first_answer=_spread([first[key] - at for key, at in asked.items() if key in first]),
        to_close=_spread([at - began[key] for key, at in done.items() if key in began]),
        ratings={stars: list(rated.values()).count(stars) for stars in range(1, 6)},
        booked=dict(booked.most_common()),
        booked_by=dict(booked_by.most_common()),
    )


def _first_answers(
    connection: sa.Connection, projects: Sequence[str], start: float, end: float
) -> dict[str, float]:
    """Return when staff first answered each ticket that was opened in a time."""
    began = event.alias("began")
    query = (
        sa.select(event.c.ticket, sa.func.min(event.c.at))
        .join(began, sa.and_(began.c.ticket == event.c.ticket, began.c.kind == e.Opened.__name__))
        .join(ticket, ticket.c.key == event.c.ticket)
        .where(
            ticket.c.project.in_(projects),
            began.c.at >= start,
            began.c.at < end,
            event.c.kind == e.MessageAdded.__name__,
            event.c.body.contains(_BY_STAFF),
        )
        .group_by(event.c.ticket)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _opened_at(connection: sa.Connection, keys: set[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    ordered = sorted(keys)
    for n in range(0, len(ordered), 500):
        query = sa.select(event.c.ticket, event.c.at).where(
            event.c.ticket.in_(ordered[n : n + 500]), event.c.seq == 1
        )
        found |= {row.ticket: row.at for row in connection.execute(query)}
    return found


def _open_by_age(connection: sa.Connection, projects: Sequence[str], now: float) -> dict[int | None, int]:
    still_open = ticket.c.status.in_([one.value for one in Status if one is not Status.CLOSED])
    began = connection.scalars(
        sa.select(event.c.at)
        .join(ticket, ticket.c.key == event.c.ticket)
        .where(event.c.seq == 1, ticket.c.project.in_(projects), still_open)
    )
    days = ((now - at) / 86400 for at in began)
    found = Counter(next(age for age in AGES if age is None or one < age) for one in days)
    return {age: found[age] for age in AGES}


def _spread(seconds: list[float]) -> Spread | None:
    """Return the median and what nine in ten stay below, in seconds."""
    if not seconds:
        return None
    most = quantiles(seconds, n=10, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]
    return Spread(len(seconds), median(seconds), most)
