"""What pages need: a count of changes, and indexes for notices, for words and for keys that expire."""

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
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("project", sa.Column("changes", number, nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("project", "changes")
    op.drop_index("ix_key_until", "key")
    op.drop_index("ix_ticket_list", "ticket")
    op.create_index("ix_ticket_list", "ticket", ["project", "status", "number"])
    op.drop_index("ix_delivery_notice", "delivery")
