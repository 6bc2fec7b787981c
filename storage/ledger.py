"""The ledger of deliveries: taking the head of a lane, settling it, and looking after what was set aside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
import structlog

from bot.ports import Delivered, Due, Moved, Outcome, Postponed, SetAside, Standing
from bot.tickets.deliveries import (
    CustomerCard,
    Delivery,
    Leak,
    StaffCard,
    StaffNotice,
    ToCustomer,
    ToStaff,
)
from bot.tickets.model import (
    CustomerSurface,
    Message,
    Note,
    Place,
    PostRef,
    Project,
    Side,
    StaffSurface,
    Surfaces,
    Ticket,
)
from bot.tickets.project import closing_notice, customer_card, staff_card
from bot.words.keys import TextKey
from bot.words.say import say
from storage import codec, statements
from storage.schema import (
    ASIDE,
    DROPPED,
    OWED,
    SENDING,
    delivery,
    is_aside,
    is_open,
    is_owed,
    pace,
    post,
    restored,
    surface,
    thread,
)
from storage.tx import SqlTx

log = structlog.get_logger()

#: Seconds. What is due or blocked further ahead was written by a clock that was wrong: nothing waits longer.
FURTHEST = 3600.0
#: Seconds for which a place's slots are given out ahead; who would wait longer asks again.
AHEAD = 60.0


class Ledger:
    """The courier's side of one transaction."""

    def __init__(self, connection: sa.Connection, tx: SqlTx) -> None:
        self._connection = connection
        self._tx = tx

    def lock(self, lane: int) -> None:
        """Keep changes of the lane's ticket out until the end of the transaction; SQLite does so anyway."""
        if self._connection.dialect.name != "sqlite":
            self._connection.execute(statements.LOCK_LANE, {"lane": lane})

    def next_due(self, lane: int, now: float, paces: Mapping[str, tuple[float, int]]) -> Due | float | None:
        """Mark and return the lane's head; its time if that is later than `now`; None for an empty lane."""
        row = self._connection.execute(statements.HEAD, {"lane": lane}).first()
        if row is None or row.shut is not None:
            return None  # a lane whose place is shut is woken when it opens
        if now < row.due <= now + FURTHEST:
            return float(row.due)
        if row.thread is None and row.subject != "card":
            self._hold_without_card(lane)
            return None
        try:
            owed = _compose(row)
        except Unreadable as told:
            log.error("unreadable", delivery=row.id, ticket=row.ticket, subject=row.subject)
            self.settle(row.id, SetAside("it cannot be read", told.notice, {}))
            return now
        wait = 0.0
        if row.post_id is None:
            place, budget = Place(row.network, row.place), paces.get(row.network, (0.0, 1))
            wait = self._wait(row.whole_at, row.blocked_until, now, budget)
            if wait > AHEAD:
                return now + wait - AHEAD / 2
            self._take(place, row.whole_at, now, wait, budget)
        self._connection.execute(statements.MARK, {"b_id": row.id, "b_since": row.since or now + wait})
        return Due(
            id=row.id,
            delivery=owed,
            mark=_mark(row, owed),
            attempts=row.attempts + 1,
            wait=wait,
            posts=self._posts(row),
            since=codec.at(row.since) if row.since else None,
            known=self._known(lane) if row.since else frozenset(),
            staff_place=Place(row.network, row.place)
            if row.audience == Side.STAFF
            else Place(row.other_network, row.other_place),
        )

    def settle(self, ident: int, outcome: Outcome) -> None:
        """Record how a delivery went."""
        match outcome:
            case Delivered(moved=moved):
                row = self._connection.execute(statements.SETTLE, {"b_id": ident}).first()
                if moved and row is not None:
                    self._record(row.surface, row.subject, moved)
            case Postponed(moved=moved):
                if moved:
                    row = self._connection.execute(
                        sa.select(delivery.c.surface, delivery.c.subject).where(delivery.c.id == ident)
                    ).one()
                    self._record(row.surface, row.subject, moved)
                self._postpone(ident, outcome)
            case SetAside(reason=reason, told=told, moved=moved):
                row = self._connection.execute(
                    sa.update(delivery)
                    .where(delivery.c.id == ident)
                    .values(state=ASIDE, error=reason, due=0)
                    .returning(delivery.c.rank, delivery.c.surface, delivery.c.subject)
                ).one()
                self._record(row.surface, row.subject, moved)
                if told is not None:
                    self._tx.owe_one(told, row.rank)

    def back(self, network: str) -> None:
        """What was put off for a network is due now; wake its lanes, those with the oldest debts first."""
        put_off = sa.and_(is_open, delivery.c.due > 0)
        lanes = self._connection.scalars(
            sa.select(delivery.c.surface)
            .join(surface, surface.c.id == delivery.c.surface)
            .where(put_off, surface.c.network == network)
            .group_by(delivery.c.surface)
            .order_by(sa.func.min(delivery.c.rank))
        ).all()
        here = sa.select(surface.c.id).where(surface.c.network == network)
        self._connection.execute(
            sa.update(delivery).where(put_off, delivery.c.surface.in_(here)).values(due=0)
        )
        self._tx.woken |= dict.fromkeys(lanes)

    def standing(self, *, every: bool) -> list[Standing]:
        """List what was set aside, or with `every` all that has not arrived."""
        rows = self._connection.execute(
            sa.select(delivery, surface.c.ticket, surface.c.network, surface.c.place)
            .join(surface, surface.c.id == delivery.c.surface)
            .where(sa.or_(is_aside, is_open) if every else is_aside)
            .order_by(delivery.c.id)
        )
        return [
            Standing(
                id=row.id,
                ticket=row.ticket,
                side=Side(row.audience),
                place=Place(row.network, row.place),
                subject=row.subject,
                state=row.state,
                attempts=row.attempts,
                error=row.error,
            )
            for row in rows
        ]

    def retry(self, ident: int | None) -> int:
        """Owe again what was set aside on the surface of delivery `ident`, or everywhere; return how many.

        A surface is retried as a whole: its posts hang on its card and keep their order.
        """
        query = sa.select(delivery.c.id, delivery.c.surface).where(is_aside).order_by(delivery.c.id)
        if ident is not None:
            mine = delivery.alias("mine")
            query = query.where(delivery.c.surface.in_(sa.select(mine.c.surface).where(mine.c.id == ident)))
        rows = self._connection.execute(query).all()
        for row in rows:
            self._drop_newer(row.id)
            # `since` stays: what ended in doubt is looked for before it is sent again
            state = sa.case((delivery.c.since.is_(None), OWED), else_=SENDING)
            self._connection.execute(
                sa.update(delivery)
                .where(delivery.c.id == row.id)
                .values(state=state, attempts=0, due=0, error=None)
            )
            self._tx.woken[row.surface] = None
        return len(rows)

    def doubt(self, since: float, until: float) -> None:
        """A backup of time `since` was restored: what happened before `until` may have been sent since then.

        It is looked for before it is sent, as after any outcome in doubt; what is owed later for what
        happened in that time too.
        """
        earliest = sa.case((delivery.c.since < since, delivery.c.since), else_=since)
        done = self._connection.execute(
            sa.update(delivery)
            .where(is_open)
            .values(state=SENDING, since=earliest, due=0)
            .returning(delivery.c.surface)
        )
        self._tx.woken |= dict.fromkeys(done.scalars())
        self._connection.execute(sa.update(delivery).where(is_aside).values(since=earliest))
        self._connection.execute(sa.delete(restored))
        self._connection.execute(sa.insert(restored), {"since": since, "until": until})

    def drop(self, ident: int) -> bool:
        """Give up on one delivery that was set aside; False when there is none by that number."""
        done = self._connection.execute(
            sa.update(delivery).where(delivery.c.id == ident, delivery.c.state == ASIDE).values(state=DROPPED)
        )
        return done.rowcount == 1

    # ------------------------------------------------------------ inside

    def _posts(self, row: Any) -> dict[str, PostRef]:
        first = {"": PostRef(Place(row.post_network, row.post_place), row.post_id)} if row.post_id else {}
        if row.parts == len(first):
            return first
        where = {"surface": row.surface, "subject": row.subject}
        found = self._connection.execute(statements.PARTS, where)
        return {one.part: PostRef(Place(one.network, one.place), one.id) for one in found}

    def _known(self, lane: int) -> frozenset[str]:
        """Return the ids of the posts that stand on a surface, our own and those that people wrote there."""
        ours = sa.select(post.c.id).where(post.c.surface == lane)
        return frozenset(self._connection.execute(ours).scalars())

    def _record(self, lane: int, subject: str, moved: Moved) -> None:
        gone = [part for part, at in moved.items() if at is None]
        if gone:
            self._connection.execute(
                sa.delete(post).where(
                    post.c.surface == lane, post.c.subject == subject, post.c.part.in_(gone)
                )
            )
        new = [
            {"surface": lane, "subject": subject, "part": part, **_where(at)}
            for part, at in moved.items()
            if at is not None
        ]
        if new:
            self._connection.execute(self._tx.upserts.posts, new)
        if subject == "card" and (at := moved.get("")) is not None:
            self._connection.execute(sa.update(surface).where(surface.c.id == lane).values(thread=at.id))
            self._connection.execute(sa.insert(thread), {"surface": lane, **_where(at)})

    def _postpone(self, ident: int, outcome: Postponed) -> None:
        due = outcome.until.timestamp()
        values: dict[str, Any] = {"due": due, "error": outcome.reason}
        if not outcome.unsure:
            # It did not happen: it is a plain debt again, and stands for what came after it.
            self._drop_newer(ident)
            values |= {"state": OWED, "since": None}
        if not outcome.spent:
            values["attempts"] = delivery.c.attempts - 1
        self._connection.execute(sa.update(delivery).where(delivery.c.id == ident).values(values))
        if outcome.holds_place:
            row = self._connection.execute(
                sa.select(surface.c.network, surface.c.place)
                .join(delivery, delivery.c.surface == surface.c.id)
                .where(delivery.c.id == ident)
            ).one()
            place = {"network": row.network, "place": row.place}
            self._connection.execute(self._tx.upserts.blocked_until, place | {"blocked_until": due})

    def _drop_newer(self, ident: int) -> None:
        mine = delivery.alias("mine")
        newer = sa.select(delivery.c.id).where(
            mine.c.id == ident,
            delivery.c.surface == mine.c.surface,
            delivery.c.subject == mine.c.subject,
            is_owed,
            delivery.c.id != ident,
        )
        self._connection.execute(sa.update(delivery).where(delivery.c.id.in_(newer)).values(state=DROPPED))

    def _hold_without_card(self, lane: int) -> None:
        self._connection.execute(
            sa.update(delivery)
            .where(delivery.c.surface == lane, is_open)
            .values(state=ASIDE, error="the ticket's card has not been posted")
        )

    def reserve(self, place: Place, now: float, budget: tuple[float, int]) -> float:
        """Take a place's next slot for one more post and return the seconds until then."""
        row = self._connection.execute(
            sa.select(pace).where(pace.c.network == place.network, pace.c.place == place.id)
        ).first()
        whole_at, blocked_until = (row.whole_at, row.blocked_until) if row else (None, None)
        wait = self._wait(whole_at, blocked_until, now, budget)
        self._take(place, whole_at, now, wait, budget)
        return wait

    @staticmethod
    def _wait(
        whole_at: float | None, blocked_until: float | None, now: float, budget: tuple[float, int]
    ) -> float:
        """Return the seconds until a place's next slot (generic cell rate algorithm)."""
        interval, burst = budget
        whole = _believed(whole_at, now)
        blocked = _believed(blocked_until, now)
        return max(whole - interval * (burst - 1), blocked, now) - now

    def _take(
        self, place: Place, whole_at: float | None, now: float, wait: float, budget: tuple[float, int]
    ) -> None:
        interval, _ = budget
        if interval:
            whole = _believed(whole_at, now)
            taken = {"whole_at": max(whole, now + wait) + interval}
            where = {"network": place.network, "place": place.id}
            self._connection.execute(self._tx.upserts.whole_at, where | taken)


def _believed(at: float | None, now: float) -> float:
    """Return a time to wait for; one that is too far ahead was written before the clock was set back."""
    return at if at is not None and now < at <= now + FURTHEST else now


def _where(at: PostRef) -> dict[str, str]:
    return {"network": at.place.network, "place": at.place.id, "id": at.id}


def _mark(row: Any, owed: Delivery) -> str:
    """Return what a post is found by. Nothing in it may depend on what happened behind the door: who sees a
    post can read its mark.

    A card's says when its ticket was opened: from a backup a number may be given out again to another.
    """
    card = owed.content
    opened = [f"{card.opened_at.timestamp():.6f}"] if isinstance(card, CustomerCard | StaffCard) else []
    begun = [str(row.begun)] if row.begun else []
    return "/".join((row.ticket, row.audience, row.subject, *opened, *begun))


class Unreadable(Exception):
    """What is owed cannot be made of what is kept: it must not hold up what comes after it."""

    def __init__(self, notice: ToStaff) -> None:
        super().__init__()
        self.notice = notice


def _compose(row: Any) -> Delivery:
    """Build what is owed from its ticket and entry as they stand now.

    Raises:
        Unreadable: the ticket is there, and what is owed of it is not, or is not what it says.
    """
    loaded = codec.load_ticket(row.ticket_state)
    about = codec.load_project(row)
    try:
        return _composed(row, loaded, about)
    except (ValueError, Leak) as error:
        customer = row.audience == Side.CUSTOMER
        staff = Place(row.other_network, row.other_place) if customer else Place(row.network, row.place)
        key: TextKey = "notice.set_aside" if customer else "notice.set_aside.staff"
        language = about.language
        what, reason = say("what.something", language), type(error).__name__
        text = say(key, language, what=what, reason=reason, id=str(row.id))
        notice = StaffNotice(id=f"aside-{row.id}", ticket=row.ticket, text=text)
        raise Unreadable(ToStaff(StaffSurface(row.ticket, about, staff), notice)) from error


def _composed(row: Any, loaded: Ticket, about: Project) -> Delivery:
    shown = codec.load_entry(row.visibility, row.rest, row.text) if row.visibility else None
    here, there = Place(row.network, row.place), Place(row.other_network, row.other_place)
    if row.audience == Side.CUSTOMER:
        return _to_customer(
            CustomerSurface(row.ticket, about, here, row.thread), row.subject, loaded, about, shown
        )
    surfaces = Surfaces(
        CustomerSurface(row.ticket, about, there, row.other_thread),
        StaffSurface(row.ticket, about, here, row.thread),
    )
    if row.subject == "card":
        return ToStaff(surfaces.staff, staff_card(loaded, about, surfaces))
    if row.words is not None:
        notice = StaffNotice(id=row.subject.removeprefix("notice:"), ticket=loaded.key, text=row.words)
        return ToStaff(surfaces.staff, notice)
    if shown is None:
        raise ValueError(f"there is no {row.subject}")
    return ToStaff(surfaces.staff, shown)


def _to_customer(
    to: CustomerSurface, subject: str, loaded: Ticket, about: Project, shown: Message | Note | None
) -> ToCustomer:
    if subject == "card":
        return ToCustomer(to, customer_card(loaded, about))
    if subject.startswith("closing:"):
        number = int(subject.removeprefix("closing:"))
        messages = {shown.id: shown} if isinstance(shown, Message) else {}
        return ToCustomer(to, closing_notice(loaded, about, number, messages))
    # A note here is a leak, and the constructor says so, whatever the types believe.
    return ToCustomer(to, shown)  # type: ignore[arg-type]
