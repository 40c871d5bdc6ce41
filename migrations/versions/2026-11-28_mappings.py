"""Mappings: how files are read, stored by name in versions.

Revision 0014. Going back leaves the table where there are mappings in it: the version before never
looks at it, and coming up again they are there.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None
compatible_back_to = "0013"  # a program before it never looks at this table

# Text compares as bytes on both engines.
TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def upgrade() -> None:
    if sa.inspect(op.get_bind()).has_table("mapping"):
        return
    op.create_table(
        "mapping",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", TEXT, nullable=True),
        sa.Column("text", TEXT, nullable=False),
        sa.CheckConstraint(
            "length(id) BETWEEN 1 AND 128"
            f" AND ltrim(id, '{LETTERS}._:-') = ''"
            f" AND ltrim(substr(id, 1, 1), '{LETTERS}') = ''",
            name=op.f("ck_mapping_id_slug"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_mapping_version_counts")),
        sa.CheckConstraint(
            "length(text) BETWEEN 1 AND 1000000", name=op.f("ck_mapping_text_length")
        ),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_mapping")),
    )


def downgrade() -> None:
    if not op.get_bind().execute(sa.text("SELECT count(*) FROM mapping")).scalar_one():
        op.drop_table("mapping")
