"""Indexes for what staff were told on a ticket, for words that are looked for, and for keys that expire."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    where = sa.text("words is not null")
    op.create_index("ix_delivery_notice", "delivery", ["surface"], sqlite_where=where, postgresql_where=where)
    op.drop_index("ix_ticket_list", "ticket")
    op.create_index("ix_ticket_list", "ticket", ["project", "status", "number", "key", "title"])
    op.create_index("ix_key_until", "key", ["until"])


def downgrade() -> None:
    op.drop_index("ix_key_until", "key")
    op.drop_index("ix_ticket_list", "ticket")
    op.create_index("ix_ticket_list", "ticket", ["project", "status", "number"])
    op.drop_index("ix_delivery_notice", "delivery")
