"""The index of a measure's figures tells what they allow, so that a row is only read where it fits.

Revision 0007. In the place of the one that told where they are.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BEFORE = "ix_quantity_measure_recorded_to_claim_id_version"
AFTER = "ix_quantity_of_measure"
PLACE = ["measure", "recorded_to", "claim_id", "version"]
ALLOWED = ["n", "slot", "considered", "sole_considered", "lo", "hi"]


def upgrade() -> None:
    op.create_index(AFTER, "quantity", [*PLACE, *ALLOWED])
    op.drop_index(BEFORE, table_name="quantity")


def downgrade() -> None:
    op.create_index(BEFORE, "quantity", PLACE)
    op.drop_index(AFTER, table_name="quantity")
