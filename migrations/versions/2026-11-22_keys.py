"""API keys, and the pepper they are hashed with.

Revision 0003. Going back takes the keys away; nobody but their holders has them, so after coming
up again new ones are made.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Text compares as bytes on both engines.
TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
SCOPES = (
    "'read', 'write', 'import', 'admin', 'read write', 'read import', 'read admin', "
    "'write import', 'write admin', 'import admin', 'read write import', 'read write admin', "
    "'read import admin', 'write import admin', 'read write import admin'"
)


def upgrade() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("scopes", TEXT, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("last_used_day", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "length(id) BETWEEN 1 AND 128"
            f" AND ltrim(id, '{LETTERS}._:-') = ''"
            f" AND ltrim(substr(id, 1, 1), '{LETTERS}') = ''",
            name=op.f("ck_api_key_id_slug"),
        ),
        sa.CheckConstraint("length(id) = 8", name=op.f("ck_api_key_id_length")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 100", name=op.f("ck_api_key_name_length")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_api_key_digest_length")),
        sa.CheckConstraint(f"scopes IN ({SCOPES})", name=op.f("ck_api_key_scopes_words")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
    )
    op.create_table(
        "key_pepper",
        sa.Column("only", sa.BigInteger(), nullable=False),
        sa.Column("pepper", TEXT, nullable=False),
        sa.CheckConstraint('"only" = 1', name=op.f("ck_key_pepper_one_row")),
        sa.CheckConstraint("length(pepper) = 64", name=op.f("ck_key_pepper_pepper_length")),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_key_pepper")),
    )


def downgrade() -> None:
    op.drop_table("key_pepper")
    op.drop_table("api_key")
