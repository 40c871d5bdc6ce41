"""The head of the log can promise a moment, so that a read of it stays what it was.

Revision 0011.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# Text compares as bytes on both engines.
TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("log_head", sa.Column("promised", sa.BigInteger(), nullable=True))
    op.add_column("log_head", sa.Column("seal", TEXT, nullable=True))


def downgrade() -> None:
    op.drop_column("log_head", "seal")
    op.drop_column("log_head", "promised")
