"""Who may see what: a version by which processes learn of news, and which places were a team's so far."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table("access", sa.Column("version", number, nullable=False))
    op.execute("insert into access (version) values (0)")
    op.create_table(
        "inside",
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("network", "place", name="pk_inside"),
    )
    op.execute(
        "insert into inside (network, place)"
        " select network, id from place where side = 'staff'"
        " union select network, place from surface where side = 'staff'"
        " union select said_network, said_place from entry"
        " where visibility = 'internal' and said_id is not null"
    )


def downgrade() -> None:
    op.drop_table("inside")
    op.drop_table("access")
