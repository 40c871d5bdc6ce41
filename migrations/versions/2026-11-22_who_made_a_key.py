"""Who made a key, and who revoked it: the key that did, or the command line.

Revision 0005. Of keys made before it is not known. Going back forgets it; the keys stay.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Text compares as bytes on both engines.
TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    for name in ("created_by", "revoked_by"):
        op.add_column("api_key", sa.Column(name, TEXT, nullable=True))


def downgrade() -> None:
    for name in ("revoked_by", "created_by"):
        op.drop_column("api_key", name)
