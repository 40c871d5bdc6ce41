"""Text search over many claims: an index of the letters that stand side by side in their words.

Revision 0006. SQLite keeps it with FTS5, by a trigger; PostgreSQL by a GIN index. Going back drops
what was worked out, and nothing that was recorded.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Text compares as bytes on both engines.
TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
ALPHABETIC = re.compile("[^ \u2e80-\U0010ffff]{3,}")
CHUNK = 1000

# Everything in ASCII but white space may stand in a gram (letters and digits do anyway).
SIGNS = "".join(c for c in map(chr, range(1, 128)) if not c.isalnum() and not c.isspace())


def grams(text: str) -> str:
    """As app.rules.words has it at this revision."""
    kept = " ".join(text.split())
    found = set(map("".join, zip(kept, kept[1:], strict=False)))
    for run in ALPHABETIC.findall(kept):
        found.update(map("".join, zip(run, run[1:], run[2:], strict=False)))
        found.update(map("".join, zip(run, run[1:], run[2:], run[3:], strict=False)))
    return " ".join(sorted(gram for gram in found if " " not in gram))


def fill() -> None:
    connection, after = op.get_bind(), ("", 0)
    some = sa.text(
        "SELECT id, version, search FROM claim WHERE (id, version) > (:id, :version)"
        f" ORDER BY id, version LIMIT {CHUNK}"
    )
    put = sa.text("UPDATE claim SET grams = :grams WHERE id = :id AND version = :version")
    while rows := connection.execute(some, {"id": after[0], "version": after[1]}).all():
        worked_out = [{"id": id, "version": n, "grams": grams(search)} for id, n, search in rows]
        connection.execute(put, worked_out)
        after = (rows[-1].id, rows[-1].version)


def quoted(text: str, mark: str) -> str:
    return mark + text.replace(mark, mark * 2) + mark


def upgrade() -> None:
    op.add_column("claim", sa.Column("grams", TEXT, nullable=False, server_default=""))
    fill()
    if op.get_bind().dialect.name == "sqlite":
        words = quoted(f"ascii tokenchars {quoted(SIGNS, chr(39))}", '"')
        made = f"grams, content='claim', tokenize={words}, detail=none, columnsize=0"
        execute(f"CREATE VIRTUAL TABLE claim_grams USING fts5({made})")
        execute("INSERT INTO claim_grams(claim_grams) VALUES ('rebuild')")
        execute(
            "CREATE TRIGGER claim_is_found AFTER INSERT ON claim BEGIN"
            " INSERT INTO claim_grams(rowid, grams) VALUES (new.rowid, new.grams); END"
        )
    else:
        op.alter_column("claim", "grams", server_default=None)
        # New texts wait in a list of at most a megabyte, so that a write is not a hundred writes.
        waiting = "fastupdate = on, gin_pending_list_limit = 1024"
        words = "string_to_array(grams, ' ')"
        execute(f"CREATE INDEX claim_grams ON claim USING gin ({words}) WITH ({waiting})")


def execute(statement: str) -> None:
    # As it stands: a colon or a percent sign in it means nothing.
    op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        execute("DROP TRIGGER claim_is_found")
        execute("DROP TABLE claim_grams")
    else:
        execute("DROP INDEX claim_grams")
    op.drop_column("claim", "grams")
