"""Places that could not be listened to while their network was, each with its own mark."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TIME: sa.Double[float] = sa.Double()


def upgrade() -> None:
    op.create_table(
        "heard_place",
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("network", "place", name="pk_heard_place"),
    )


def downgrade() -> None:
    op.drop_table("heard_place")
