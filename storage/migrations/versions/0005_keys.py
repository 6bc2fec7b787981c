"""Keys to the pages, and indexes for what they count and list."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TIME: sa.Double[float] = sa.Double()


def upgrade() -> None:
    op.create_table(
        "key",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("person_network", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.CheckConstraint("kind in ('link', 'once', 'session')", name="ck_key_kind"),
        sa.PrimaryKeyConstraint("digest", name="pk_key"),
    )
    op.create_index("ix_key_origin", "key", ["origin"])
    op.create_index("ix_key_place", "key", ["network", "place", "person_network", "person"])
    op.create_index("ix_event_kind", "event", ["kind", "at"])
    op.create_index("ix_surface_place", "surface", ["network", "place", "side", "id"])


def downgrade() -> None:
    op.drop_index("ix_surface_place", "surface")
    op.drop_index("ix_event_kind", "event")
    op.drop_table("key")
