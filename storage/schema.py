"""The tables. Each index names the query on the hot path that uses it."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: Times are seconds since 1970 (UTC), as doubles: both databases compare and index them alike.
Time = sa.Double

#: A row id. SQLite gives out ids by itself only to a column whose type is spelled INTEGER.
RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

project = sa.Table(
    "project",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("reopen_days", sa.Integer, nullable=False),
    sa.Column("every_message", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("whole_team", sa.Boolean, nullable=False, server_default=sa.false()),
    #: The people who are in each new staff thread from the start, as JSON.
    sa.Column("on_duty", sa.Text, nullable=False, server_default="[]"),
    sa.Column("last_number", sa.Integer, nullable=False, server_default="0"),
    #: Counts whatever happens on the project's tickets, so that who watches them all knows.
    sa.Column("changes", RowId, nullable=False, server_default="0"),
)

place = sa.Table(
    "place",
    metadata,
    # primary key: Tx.link, once a message: whose place is this?
    sa.Column("network", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("project", sa.Text, sa.ForeignKey("project.key"), nullable=False, index=True),
    sa.Column("side", sa.Text, nullable=False),
    sa.CheckConstraint("side in ('customer', 'staff')", name="side"),
)

ticket = sa.Table(
    "ticket",
    metadata,
    # primary key: Tx.ticket
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("project", sa.Text, sa.ForeignKey("project.key"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    #: The whole state, as the codec writes it. The columns after it repeat what lists filter by.
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("public_status", sa.Text, nullable=False),
    sa.Column("priority", sa.Text, nullable=False),
    sa.Column("assignee", sa.Text),
    sa.Column("public_assignee", sa.Text),
    #: The title as it is looked for, see `codec.folded`.
    sa.Column("folded", sa.Text, nullable=False, server_default=""),
    # Tx.list_tickets: the newest tickets of a project, by status; Tx.count_by_status. Words are looked for in
    # it alone, for whole tickets are ten times as much to read.
    sa.Index("ix_ticket_list", "project", "status", "number", "key", "folded"),
    sa.Index("ix_ticket_public_list", "project", "public_status", "number"),
    sa.UniqueConstraint("project", "number"),
)

surface = sa.Table(
    "surface",
    metadata,
    sa.Column("id", RowId, primary_key=True),
    sa.Column("ticket", sa.Text, sa.ForeignKey("ticket.key"), nullable=False),
    sa.Column("side", sa.Text, nullable=False),
    sa.Column("network", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("thread", sa.Text),
    #: How often it began anew, because its thread or its place was gone.
    sa.Column("begun", sa.Integer, nullable=False, server_default="0"),
    sa.CheckConstraint("side in ('customer', 'staff')", name="side"),
    # Tx.tickets_at: the newest tickets of a place
    sa.Index("ix_surface_place", "network", "place", "side", "id"),
    # Tx.ticket, Tx.ticket_in, the courier: the two surfaces of a ticket
    sa.UniqueConstraint("ticket", "side"),
    # Tx.may_be_card: surfaces of a place whose card has not been posted yet
    sa.Index(
        "ix_surface_unposted",
        "network",
        "place",
        sqlite_where=sa.text("thread is null"),
        postgresql_where=sa.text("thread is null"),
    ),
    sa.UniqueConstraint("id", "side"),
)

thread = sa.Table(
    "thread",
    metadata,
    # primary key: Tx.ticket_in, once a message: which surface is this thread?
    sa.Column("network", sa.Text, primary_key=True),
    sa.Column("place", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("surface", RowId, sa.ForeignKey("surface.id"), nullable=False),
)

entry = sa.Table(
    "entry",
    metadata,
    # primary key: Tx.entry, and the courier for each delivery
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("visibility", sa.Text, nullable=False),
    sa.Column("ticket", sa.Text, sa.ForeignKey("ticket.key"), nullable=False),
    #: The one place where what was said is kept, so that erasing it here erases it.
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("rest", sa.Text, nullable=False),
    sa.Column("at", Time, nullable=False),
    sa.Column("said_network", sa.Text),
    sa.Column("said_place", sa.Text),
    sa.Column("said_id", sa.Text),
    sa.CheckConstraint("visibility in ('public', 'internal')", name="visibility"),
    sa.UniqueConstraint("id", "visibility"),
    # Tx.entry_said: which entry is the post that was edited or deleted? Unique: a post is taken once.
    sa.Index(
        "uq_entry_said",
        "said_network",
        "said_place",
        "said_id",
        unique=True,
        sqlite_where=sa.text("said_id is not null"),
        postgresql_where=sa.text("said_id is not null"),
    ),
    # Tx.messages: the public record of a ticket
    sa.Index("ix_entry_record", "ticket", "visibility", "at"),
)

event = sa.Table(
    "event",
    metadata,
    # primary key: appending; two writers of one version collide here too
    sa.Column("ticket", sa.Text, sa.ForeignKey("ticket.key"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("visibility", sa.Text, nullable=False),
    sa.Column("at", Time, nullable=False),
    sa.Column("entry", sa.Text, sa.ForeignKey("entry.id")),
    sa.Column("body", sa.Text, nullable=False),
    sa.CheckConstraint("visibility in ('public', 'internal')", name="visibility"),
    # Tx.numbers: what happened in a time
    sa.Index("ix_event_kind", "kind", "at"),
)

taken = sa.Table(
    "taken",
    metadata,
    # primary key: Tx.take, once a message
    sa.Column("ref", sa.Text, primary_key=True),
    sa.Column("at", Time, nullable=False),
)

#: A delivery's states. `sending` is also where an uncertain outcome waits to be looked for.
OWED, SENDING, DONE, ASIDE, DROPPED = "owed", "sending", "done", "aside", "dropped"
_OPEN, _OWED, _ASIDE, _NOTICE = (
    sa.text("state in ('owed', 'sending')"),
    sa.text("state = 'owed'"),
    sa.text("state = 'aside'"),
    sa.text("words is not null"),
)

#: The same as conditions. They are literals because SQLite takes a partial index for nothing else.
is_open = sa.text("delivery.state in ('owed', 'sending')")
is_owed = sa.text("delivery.state = 'owed'")
is_aside = sa.text("delivery.state = 'aside'")
is_notice = sa.text("delivery.words is not null")

delivery = sa.Table(
    "delivery",
    metadata,
    sa.Column("id", RowId, primary_key=True),
    sa.Column("surface", RowId, nullable=False),
    sa.Column("audience", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("entry", sa.Text),
    sa.Column("entry_visibility", sa.Text),
    #: Only for a notice: its words. All else is read from the ticket and its entries when it is sent.
    sa.Column("words", sa.Text),
    #: The order within the surface: cards first, then by the time of what happened.
    sa.Column("rank", Time, nullable=False),
    sa.Column("state", sa.Text, nullable=False, server_default=OWED),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("due", Time, nullable=False, server_default="0"),
    #: When the first try began whose outcome is not certain.
    sa.Column("since", Time),
    sa.Column("error", sa.Text),
    sa.ForeignKeyConstraint(["surface", "audience"], ["surface.id", "surface.side"]),
    # The third wall. A delivery pins its entry's visibility: an internal entry cannot be owed to a
    # customer, and an entry that has been owed cannot change its visibility any more.
    sa.ForeignKeyConstraint(
        ["entry", "entry_visibility"],
        ["entry.id", "entry.visibility"],
        name="fk_delivery_entry",
        onupdate="RESTRICT",
    ),
    sa.CheckConstraint("audience in ('customer', 'staff')", name="audience"),
    sa.CheckConstraint("(entry is null) = (entry_visibility is null)", name="entry_pinned"),
    sa.CheckConstraint("subject not like 'entry:%' or entry is not null", name="entry_named"),
    sa.CheckConstraint(
        "audience = 'staff' or entry_visibility is null or entry_visibility = 'public'", name="no_leak"
    ),
    sa.CheckConstraint("audience = 'staff' or words is null", name="no_leaking_words"),
    sa.CheckConstraint(
        "state in ('owed', 'sending', 'done', 'aside', 'dropped')",
        name="state",
    ),
    # Store.next_due: the head of a lane; Lanes.start: the lanes with something owed
    sa.Index("ix_delivery_lane", "surface", "rank", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    # Tx.owe: one debt a surface and subject, so that the updates of a card coalesce
    sa.Index(
        "uq_delivery_owed",
        "surface",
        "subject",
        unique=True,
        sqlite_where=_OWED,
        postgresql_where=_OWED,
    ),
    # halfdoor deliveries list
    sa.Index(
        "ix_delivery_aside",
        "id",
        sqlite_where=_ASIDE,
        postgresql_where=_ASIDE,
    ),
    # Tx.notices: what staff were told on a ticket
    sa.Index("ix_delivery_notice", "surface", sqlite_where=_NOTICE, postgresql_where=_NOTICE),
    sqlite_autoincrement=True,
)

post = sa.Table(
    "post",
    metadata,
    # primary key: Store.next_due: where do this subject's parts stand already?
    sa.Column("surface", RowId, sa.ForeignKey("surface.id"), primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("part", sa.Text, primary_key=True, server_default=""),
    sa.Column("network", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("id", sa.Text, nullable=False),
    # Tx.entry_at, once a reaction or shortcut: what stands at this post?
    sa.Index("ix_post_at", "network", "place", "id"),
)

door = sa.Table(
    "door",
    metadata,
    # primary key: Store.next_due: may anything be posted there? Only places that are shut have a row.
    sa.Column("network", sa.Text, primary_key=True),
    sa.Column("place", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("at", Time, nullable=False),
)

#: One row: its version is another whenever it has changed who can see what.
access = sa.Table("access", metadata, sa.Column("version", RowId, nullable=False))

#: The places that are a team's, or once were: what was said there stands there still.
inside = sa.Table(
    "inside",
    metadata,
    # primary key: Tx.link_places
    sa.Column("network", sa.Text, primary_key=True),
    sa.Column("place", sa.Text, primary_key=True),
)

heard = sa.Table(
    "heard",
    metadata,
    # primary key: Tx.heard, at each connection
    sa.Column("network", sa.Text, primary_key=True),
    sa.Column("at", Time, nullable=False),
)

#: Backups that were restored: what happened between the two may have been sent by the desk as it was then.
restored = sa.Table(
    "restored",
    metadata,
    # primary key: Tx.owe_one, once a debt: may it stand already?
    sa.Column("until", Time, primary_key=True),
    sa.Column("since", Time, nullable=False),
)

#: Until when a place was listened to that its network's mark does not hold for: it was hidden, or we were
#: not let in. Its row is gone once it has been looked back over.
heard_place = sa.Table(
    "heard_place",
    metadata,
    # primary key: Tx.unheard, once a minute
    sa.Column("network", sa.Text, primary_key=True),
    sa.Column("place", sa.Text, primary_key=True),
    sa.Column("at", Time, nullable=False),
)

#: One person's accounts on several networks: those with the same value in `joined` are one person's.
identity = sa.Table(
    "identity",
    metadata,
    # primary key: Tx.identities, once a list of somebody's tickets
    sa.Column("network", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    # Tx.identities: the others of the same person
    sa.Column("joined", sa.Text, nullable=False, index=True),
)

#: Codes by which somebody shows on one network that they are the same person as on another.
link_code = sa.Table(
    "link_code",
    metadata,
    # primary key: Tx.redeem_code
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("network", sa.Text, nullable=False),
    sa.Column("id", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("until", Time, nullable=False),
)

#: What opens the pages. Only a hash is kept: who reads this table cannot open anything.
key = sa.Table(
    "key",
    metadata,
    # primary key: Tx.key, once a request
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("network", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("person_network", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    # Tx.drop_expired
    sa.Column("until", Time, nullable=False, index=True),
    # Tx.drop_key: the sessions that a link opened
    sa.Column("origin", sa.Text, nullable=False, index=True),
    # Tx.holds: who is staff of a place that is a page
    sa.Index("ix_key_place", "network", "place", "person_network", "person"),
    # The migration that made it named it twice.
    sa.CheckConstraint("kind in ('link', 'once', 'session')", name="ck_key_kind"),
)

burst = sa.Table(
    "burst",
    metadata,
    # primary key: Tx.burst, once a message in a channel where every message counts
    sa.Column("network", sa.Text, primary_key=True),
    sa.Column("place", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("ticket", sa.Text, sa.ForeignKey("ticket.key"), nullable=False),
    sa.Column("at", Time, nullable=False),
)

pace = sa.Table(
    "pace",
    metadata,
    # primary key: Store.next_due, once a post
    sa.Column("network", sa.Text, primary_key=True),
    sa.Column("place", sa.Text, primary_key=True),
    #: The theoretical time at which the place's budget is whole again (GCRA).
    sa.Column("whole_at", Time, nullable=False, server_default="0"),
    #: What the network asked us to wait for.
    sa.Column("blocked_until", Time, nullable=False, server_default="0"),
)

timer = sa.Table(
    "timer",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    # Lanes.start, and the next one to ring
    sa.Column("at", Time, nullable=False, index=True),
)
