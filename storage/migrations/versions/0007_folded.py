"""Titles as they are looked for: without case, accents and forms, in every script."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.codec import folded

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

#: Tickets that are folded by one statement.
BATCH = 5_000

ticket = sa.table(
    "ticket", sa.column("key", sa.Text), sa.column("title", sa.Text), sa.column("folded", sa.Text)
)


def upgrade() -> None:
    op.add_column("ticket", sa.Column("folded", sa.Text(), nullable=False, server_default=""))
    op.drop_index("ix_ticket_list", "ticket")
    _fold(op.get_bind())
    op.create_index("ix_ticket_list", "ticket", ["project", "status", "number", "key", "folded"])


def downgrade() -> None:
    op.drop_index("ix_ticket_list", "ticket")
    op.drop_column("ticket", "folded")
    op.create_index("ix_ticket_list", "ticket", ["project", "status", "number", "key", "title"])


def _fold(connection: sa.Connection) -> None:
    some = sa.select(ticket.c.key, ticket.c.title).order_by(ticket.c.key).limit(BATCH)
    change = sa.update(ticket).where(ticket.c.key == sa.bindparam("of")).values(folded=sa.bindparam("to"))
    rows = connection.execute(some).all()
    while rows:
        connection.execute(change, [{"of": row.key, "to": folded(row.title)} for row in rows])
        rows = connection.execute(some.where(ticket.c.key > rows[-1].key)).all()
