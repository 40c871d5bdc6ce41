"""The indexes that lists and filters are read by.

Revision 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


INDEXES = (
    ("ix_assessment_recorded_to_id", "assessment", ["recorded_to", "id"]),
    ("ix_assessment_target_recorded_to_id", "assessment", ["target", "recorded_to", "id"]),
    ("ix_claim_claimant_recorded_to_id", "claim", ["claimant", "recorded_to", "id"]),
    ("ix_claim_document_recorded_to_id", "claim", ["document", "recorded_to", "id"]),
    ("ix_claim_recorded_to_id", "claim", ["recorded_to", "id"]),
    ("ix_claim_recorded_to_recorded_at_id", "claim", ["recorded_to", "recorded_at", "id"]),
    ("ix_claim_recorded_to_stated_asc_id", "claim", ["recorded_to", "stated_asc", "id"]),
    ("ix_claim_recorded_to_stated_lo_id", "claim", ["recorded_to", "stated_lo", "id"]),
    ("ix_claim_utterance_recorded_to_id", "claim", ["utterance", "recorded_to", "id"]),
    ("ix_measure_recorded_to_id", "measure", ["recorded_to", "id"]),
    ("ix_source_affiliation_recorded_to", "source", ["affiliation", "recorded_to"]),
    ("ix_source_recorded_to_id", "source", ["recorded_to", "id"]),
    (
        "ix_attribution_source_recorded_to_claim_id",
        "attribution",
        ["source", "recorded_to", "claim_id"],
    ),
    (
        "ix_quantity_measure_recorded_to_claim_id_version",
        "quantity",
        ["measure", "recorded_to", "claim_id", "version"],
    ),
    ("ix_relation_object_recorded_to_claim_id", "relation", ["object", "recorded_to", "claim_id"]),
)
UNIQUE = (
    ("ix_change_resource_id_version", "change", ["resource", "id", "version"], False),
    (
        "uq_quantity_place",
        "quantity",
        ["claim_id", "version", "slot", "alternative", "reading"],
        False,
    ),
    ("uq_quantity_preferred", "quantity", ["claim_id", "version", "slot", "alternative"], True),
)


def upgrade() -> None:
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)
    for name, table, columns, preferred in UNIQUE:
        where = sa.text("preferred") if preferred else None
        op.create_index(
            name, table, columns, unique=True, sqlite_where=where, postgresql_where=where
        )


def downgrade() -> None:
    for name, table, *_ in (*INDEXES, *UNIQUE):
        op.drop_index(name, table_name=table)
