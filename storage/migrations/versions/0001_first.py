"""The first tables, and on PostgreSQL the queue that drives the ledger."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

#: Procrastinate tells nobody that a lock was released: its successor would wait for the next poll.
LOCK_RELEASED = """
create function halfdoor_lock_released() returns trigger language plpgsql as $$
begin
  perform pg_notify(
    'procrastinate_queue_v1#' || old.queue_name,
    json_build_object('type', 'job_inserted', 'job_id', old.id)::text);
  return null;
end $$;
create trigger halfdoor_lock_released_by_update after update of status on procrastinate_jobs for each row
  when (old.lock is not null and old.status = 'doing' and new.status <> 'doing')
  execute function halfdoor_lock_released();
create trigger halfdoor_lock_released_by_delete after delete on procrastinate_jobs for each row
  when (old.lock is not null and old.status = 'doing')
  execute function halfdoor_lock_released();
-- With a long backlog it halves the time to fetch a job.
create index halfdoor_jobs_lock on procrastinate_jobs (lock, id) where status in ('todo', 'doing');
"""

TIME: sa.Double[float] = sa.Double()
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "pace",
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("whole_at", TIME, server_default="0", nullable=False),
        sa.Column("blocked_until", TIME, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("network", "place", name=op.f("pk_pace")),
    )
    op.create_table(
        "project",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("reopen_days", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_project")),
    )
    op.create_table(
        "taken",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_taken")),
    )
    op.create_table(
        "timer",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_timer")),
    )
    op.create_index(op.f("ix_timer_at"), "timer", ["at"], unique=False)
    op.create_table(
        "place",
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.CheckConstraint("side in ('customer', 'staff')", name=op.f("ck_place_side")),
        sa.ForeignKeyConstraint(["project"], ["project.key"], name=op.f("fk_place_project")),
        sa.PrimaryKeyConstraint("network", "id", name=op.f("pk_place")),
    )
    op.create_index(op.f("ix_place_project"), "place", ["project"], unique=False)
    op.create_table(
        "ticket",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("public_status", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("assignee", sa.Text(), nullable=True),
        sa.Column("public_assignee", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["project"], ["project.key"], name=op.f("fk_ticket_project")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_ticket")),
        sa.UniqueConstraint("project", "number", name=op.f("uq_ticket_project_number")),
    )
    op.create_index("ix_ticket_list", "ticket", ["project", "status", "number"], unique=False)
    op.create_index("ix_ticket_public_list", "ticket", ["project", "public_status", "number"], unique=False)
    op.create_table(
        "entry",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("rest", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("said_network", sa.Text(), nullable=True),
        sa.Column("said_place", sa.Text(), nullable=True),
        sa.Column("said_id", sa.Text(), nullable=True),
        sa.CheckConstraint("visibility in ('public', 'internal')", name=op.f("ck_entry_visibility")),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.key"], name=op.f("fk_entry_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint("id", "visibility", name=op.f("uq_entry_id_visibility")),
    )
    op.create_index("ix_entry_record", "entry", ["ticket", "visibility", "at"], unique=False)
    op.create_index(
        "uq_entry_said",
        "entry",
        ["said_network", "said_place", "said_id"],
        unique=True,
        sqlite_where=sa.text("said_id is not null"),
        postgresql_where=sa.text("said_id is not null"),
    )
    op.create_table(
        "surface",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=True),
        sa.CheckConstraint("side in ('customer', 'staff')", name=op.f("ck_surface_side")),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.key"], name=op.f("fk_surface_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surface")),
        sa.UniqueConstraint("id", "side", name=op.f("uq_surface_id_side")),
        sa.UniqueConstraint("ticket", "side", name=op.f("uq_surface_ticket_side")),
    )
    op.create_index(
        "ix_surface_unposted",
        "surface",
        ["network", "place"],
        unique=False,
        sqlite_where=sa.text("thread is null"),
        postgresql_where=sa.text("thread is null"),
    )
    op.create_table(
        "delivery",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("surface", ROW_ID, nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=True),
        sa.Column("entry_visibility", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("rank", TIME, nullable=False),
        sa.Column("state", sa.Text(), server_default="owed", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due", TIME, server_default="0", nullable=False),
        sa.Column("since", TIME, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "audience = 'staff' or entry_visibility is null or entry_visibility = 'public'",
            name=op.f("ck_delivery_no_leak"),
        ),
        sa.CheckConstraint("audience = 'staff' or words is null", name=op.f("ck_delivery_no_leaking_words")),
        sa.CheckConstraint("audience in ('customer', 'staff')", name=op.f("ck_delivery_audience")),
        sa.CheckConstraint(
            "state in ('owed', 'sending', 'done', 'aside', 'dropped')", name=op.f("ck_delivery_state")
        ),
        sa.CheckConstraint(
            "subject not like 'entry:%' or entry is not null", name=op.f("ck_delivery_entry_named")
        ),
        sa.CheckConstraint(
            "(entry is null) = (entry_visibility is null)", name=op.f("ck_delivery_entry_pinned")
        ),
        sa.ForeignKeyConstraint(
            ["entry", "entry_visibility"],
            ["entry.id", "entry.visibility"],
            name="fk_delivery_entry",
            onupdate="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["surface", "audience"], ["surface.id", "surface.side"], name=op.f("fk_delivery_surface_audience")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_delivery_aside",
        "delivery",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'aside'"),
        postgresql_where=sa.text("state = 'aside'"),
    )
    op.create_index(
        "ix_delivery_lane",
        "delivery",
        ["surface", "rank", "id"],
        unique=False,
        sqlite_where=sa.text("state in ('owed', 'sending')"),
        postgresql_where=sa.text("state in ('owed', 'sending')"),
    )
    op.create_index(
        "uq_delivery_owed",
        "delivery",
        ["surface", "subject"],
        unique=True,
        sqlite_where=sa.text("state = 'owed'"),
        postgresql_where=sa.text("state = 'owed'"),
    )
    op.create_table(
        "event",
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("entry", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.CheckConstraint("visibility in ('public', 'internal')", name=op.f("ck_event_visibility")),
        sa.ForeignKeyConstraint(["entry"], ["entry.id"], name=op.f("fk_event_entry")),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.key"], name=op.f("fk_event_ticket")),
        sa.PrimaryKeyConstraint("ticket", "seq", name=op.f("pk_event")),
    )
    op.create_table(
        "post",
        sa.Column("surface", ROW_ID, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["surface"], ["surface.id"], name=op.f("fk_post_surface")),
        sa.PrimaryKeyConstraint("surface", "subject", name=op.f("pk_post")),
    )
    op.create_table(
        "thread",
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("surface", ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(["surface"], ["surface.id"], name=op.f("fk_thread_surface")),
        sa.PrimaryKeyConstraint("network", "place", "id", name=op.f("pk_thread")),
    )
    if op.get_bind().dialect.name == "postgresql":
        driver: Any = op.get_bind().connection.driver_connection
        driver.execute(
            SchemaManager.get_schema()
        )  # as one script, which SQLAlchemy would take for a parametrised statement
        driver.execute(LOCK_RELEASED)
