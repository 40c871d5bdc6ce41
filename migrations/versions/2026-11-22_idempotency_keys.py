"""Idempotency keys: the answers that retries get again.

Revision 0004. Answers are kept for two days only, so going back loses nothing that was recorded.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "idempotency_key",
        sa.Column("caller", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("fingerprint", TEXT, nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=False),
        sa.Column("headers", TEXT, nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.CheckConstraint("length(key) BETWEEN 1 AND 255", name="ck_idempotency_key_key_length"),
        sa.CheckConstraint(
            "length(fingerprint) = 64", name="ck_idempotency_key_fingerprint_length"
        ),
        sa.CheckConstraint(
            "status BETWEEN 200 AND 299", name="ck_idempotency_key_status_is_success"
        ),
        sa.PrimaryKeyConstraint("caller", "key", name="pk_idempotency_key"),
    )
    op.create_index("ix_idempotency_key_recorded_at", "idempotency_key", ["recorded_at"])


def downgrade() -> None:
    op.drop_table("idempotency_key")
