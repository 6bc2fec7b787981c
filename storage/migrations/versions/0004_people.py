"""People on several networks, who is in staff threads from the start, and surfaces that begin anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TIME: sa.Double[float] = sa.Double()


def upgrade() -> None:
    op.add_column("project", sa.Column("whole_team", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("project", sa.Column("on_duty", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("surface", sa.Column("begun", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "identity",
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("joined", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("network", "id", name="pk_identity"),
    )
    op.create_index("ix_identity_joined", "identity", ["joined"])
    op.create_table(
        "link_code",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_link_code"),
    )


def downgrade() -> None:
    op.drop_table("link_code")
    op.drop_table("identity")
    with op.batch_alter_table("surface") as table:
        table.drop_column("begun")
    with op.batch_alter_table("project") as table:
        table.drop_column("on_duty")
        table.drop_column("whole_team")
