"""Subjects of several posts, bursts of messages, and projects in which every message counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TIME: sa.Double[float] = sa.Double()


def upgrade() -> None:
    op.add_column(
        "project", sa.Column("every_message", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    with op.batch_alter_table("post") as table:
        table.add_column(sa.Column("part", sa.Text(), nullable=False, server_default=""))
        table.drop_constraint("pk_post", type_="primary")
        table.create_primary_key("pk_post", ["surface", "subject", "part"])
    op.create_index("ix_post_at", "post", ["network", "place", "id"])
    op.create_table(
        "burst",
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.key"], name="fk_burst_ticket"),
        sa.PrimaryKeyConstraint("network", "place", "person", name="pk_burst"),
    )


def downgrade() -> None:
    op.drop_table("burst")
    op.drop_index("ix_post_at", "post")
    op.execute("delete from post where part <> ''")
    with op.batch_alter_table("post") as table:
        table.drop_constraint("pk_post", type_="primary")
        table.drop_column("part")
        table.create_primary_key("pk_post", ["surface", "subject"])
    with op.batch_alter_table("project") as table:
        table.drop_column("every_message")
