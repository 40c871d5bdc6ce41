"""The database says how old a program may be that can live with its newest migration.

Revision 0013.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
compatible_back_to = "0013"  # programs before it do not look


def upgrade() -> None:
    # Beside the revision, so that one statement reads both; migrations/env.py writes it.
    op.add_column("alembic_version", sa.Column("compatible_back_to", sa.String(32), nullable=True))


def downgrade() -> None:
    op.drop_column("alembic_version", "compatible_back_to")
