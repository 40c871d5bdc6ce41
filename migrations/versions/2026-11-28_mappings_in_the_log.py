"""Mappings are recorded as all else is: a row is a version, and the change log has a line for it.

Revision 0015. Lines are appended for the mappings that there are, in the order in which they were
stored. When that was, and by whom, stands in the row from then on (`stored_at`, `stored_by`), under
the line's digest: the line itself is of the migration.

Going back gives mappings the columns of before, and leaves their lines: a log that is only appended
to is not rewritten. The `verify` of the version before does not know such lines, and says so. Coming
up again, they are found as they were, and what was stored meanwhile gets lines of its own.
"""

import hashlib
import json
import time
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
compatible_back_to = "0013"  # a program before it never looks at this table, nor at such lines

# Text compares as bytes on both engines.
TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
FOREVER = 2**63 - 1
CHUNK = 20
RESOURCES = "\"resource\" IN ('sources', 'measures', 'claims', 'assessments', 'mappings', 'keys')"
REFUSAL = "the change log is append-only: its lines are never altered or deleted"
TRIGGERS = {
    "change_keeps_its_lines": "BEFORE UPDATE ON change",
    "change_loses_no_line": "BEFORE DELETE ON change",
    "change_replaces_no_line": "BEFORE INSERT ON change WHEN EXISTS (SELECT 1 FROM change"
    " WHERE seq = new.seq OR (resource = new.resource AND id = new.id AND version = new.version))",
}
LINE = (
    "seq", "recorded_at", "resource", "id", "version", "operation", "digest",
    "recorded_by", "key_id", "request_id", "hash",
)  # fmt: skip
OLD = ("id", "version", "recorded_at", "recorded_by", "text")


def upgrade() -> None:
    # Writers take this lock first, and the tables after it.
    if op.get_bind().dialect.name == "postgresql":
        execute("SELECT 1 FROM log_head FOR UPDATE")
    rules = sa.inspect(op.get_bind()).get_check_constraints("change")
    if not any("'mappings'" in rule["sqltext"] for rule in rules):
        widen()
    execute(f"CREATE TABLE mapping_before AS SELECT {', '.join(OLD)} FROM mapping")
    op.drop_table("mapping")
    create_versions()
    record()
    op.drop_table("mapping_before")


def execute(statement: str) -> None:
    # As it stands: a colon or a percent sign in it means nothing.
    op.get_bind().exec_driver_sql(statement)


def widen() -> None:
    if op.get_bind().dialect.name == "sqlite":
        rebuild()
        return
    op.drop_constraint(op.f("ck_change_resource_word"), "change")
    op.create_check_constraint(op.f("ck_change_resource_word"), "change", RESOURCES)


def rebuild() -> None:
    """SQLite widens no constraint of a table that is there."""
    op.create_table(
        "change_widened",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("resource", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("operation", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("recorded_by", TEXT, nullable=True),
        sa.Column("key_id", TEXT, nullable=True),
        sa.Column("request_id", TEXT, nullable=True),
        sa.Column("hash", TEXT, nullable=False),
        slug("change"),
        sa.CheckConstraint(
            "\"operation\" IN ('create', 'change', 'withdraw')",
            name=op.f("ck_change_operation_word"),
        ),
        sa.CheckConstraint(RESOURCES, name=op.f("ck_change_resource_word")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_change_digest_length")),
        sa.CheckConstraint("length(hash) = 64", name=op.f("ck_change_hash_length")),
        sa.CheckConstraint(
            "length(recorded_by) BETWEEN 1 AND 100", name=op.f("ck_change_recorded_by_length")
        ),
        sa.CheckConstraint("length(key_id) = 8", name=op.f("ck_change_key_id_length")),
        sa.CheckConstraint(
            "length(request_id) BETWEEN 1 AND 128", name=op.f("ck_change_request_id_length")
        ),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_change_seq_counts")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_change_version_counts")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_change")),
    )
    kept = ", ".join(LINE)
    execute(f"INSERT INTO change_widened ({kept}) SELECT {kept} FROM change ORDER BY seq")
    op.drop_table("change")  # and its triggers with it
    op.rename_table("change_widened", "change")
    op.create_index(
        "ix_change_resource_id_version", "change", ["resource", "id", "version"], unique=True
    )
    for name, when in TRIGGERS.items():
        execute(f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")


def slug(table: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(
        "length(id) BETWEEN 1 AND 128"
        f" AND ltrim(id, '{LETTERS}._:-') = ''"
        f" AND ltrim(substr(id, 1, 1), '{LETTERS}') = ''",
        name=op.f(f"ck_{table}_id_slug"),
    )


def create_versions() -> None:
    op.create_table(
        "mapping",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_to", sa.BigInteger(), nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("content_hash", TEXT, nullable=False),
        sa.Column("doc", TEXT, nullable=False),
        sa.Column("stored_at", sa.BigInteger(), nullable=True),
        sa.Column("stored_by", TEXT, nullable=True),
        sa.CheckConstraint("version >= 1", name=op.f("ck_mapping_version_counts")),
        sa.CheckConstraint("recorded_to > recorded_at", name=op.f("ck_mapping_ends_after_start")),
        slug("mapping"),
        sa.CheckConstraint(
            "\"status\" IN ('active', 'withdrawn', 'entered_in_error')",
            name=op.f("ck_mapping_status_word"),
        ),
        sa.CheckConstraint(
            "(status = 'active') = (reason IS NULL)", name=op.f("ck_mapping_withdrawal_has_reason")
        ),
        sa.CheckConstraint(
            "length(content_hash) = 64", name=op.f("ck_mapping_content_hash_length")
        ),
        sa.CheckConstraint("stored_at < recorded_at", name=op.f("ck_mapping_stored_before")),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_mapping")),
    )
    op.create_index("ix_mapping_recorded_to_id", "mapping", ["recorded_to", "id"])


def record() -> None:
    """Every version as a row of the new shape, with a line of the log where there is none."""
    connection = op.get_bind()
    asked = sa.text(f"SELECT seq, recorded_at, hash, promised, {clock()} FROM log_head")
    seq, recorded_at, hash, promised, now = connection.execute(asked).one()
    begin, last = seq, recorded_at if promised is None else promised
    moment = max(now or time.time_ns() // 1000, last + 1) - 1
    logged = sa.text("SELECT id, version, recorded_at FROM change WHERE resource = 'mappings'")
    known = {(id, version): at for id, version, at in connection.execute(logged)}
    for old in stored():
        at = known.get((old["id"], old["version"]))
        row = versioned(old, at or moment + 1)
        put(row)
        if at is None:
            seq, moment = seq + 1, moment + 1
            line = line_of(row, seq)
            hash = sha256(hash.encode() + canonical(line))
            insert("change", {**line, "hash": hash})
    if seq > begin:
        moved = "seq = :seq, recorded_at = :moment, hash = :hash, promised = NULL, seal = NULL"
        head = {"seq": seq, "moment": moment, "hash": hash}
        connection.execute(sa.text(f"UPDATE log_head SET {moved}"), head)


def clock() -> str:
    if op.get_bind().dialect.name == "sqlite":
        return "NULL"
    return "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"


def stored() -> Iterator[dict[str, Any]]:
    """The versions there were, in the order in which they were stored."""
    some = sa.text(
        f"SELECT {', '.join(OLD)} FROM mapping_before ORDER BY recorded_at, id, version"
        f" LIMIT {CHUNK} OFFSET :done"
    )
    done = 0
    while rows := op.get_bind().execute(some, {"done": done}).mappings().all():
        yield from map(dict, rows)
        done += len(rows)


def versioned(old: dict[str, Any], moment: int) -> dict[str, Any]:
    """A version as it is recorded at a moment; one that has a line since it was stored is of it."""
    content = {"text": old["text"]}
    before = old["recorded_at"] != moment
    return {
        "id": old["id"], "version": old["version"], "recorded_at": moment, "recorded_to": FOREVER,
        "status": "active", "reason": None, "content_hash": sha256(canonical(content)),
        "doc": canonical(content).decode(), "stored_at": old["recorded_at"] if before else None,
        "stored_by": old["recorded_by"] if before else None,
    }  # fmt: skip


def put(row: dict[str, Any]) -> None:
    """A version, which ends the one before it."""
    ended = "UPDATE mapping SET recorded_to = :moment WHERE id = :id AND version = :version - 1"
    own = {"moment": row["recorded_at"], "id": row["id"], "version": row["version"]}
    op.get_bind().execute(sa.text(ended), own)
    insert("mapping", row)


def insert(table: str, row: dict[str, Any]) -> None:
    names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
    op.get_bind().execute(sa.text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), row)


def line_of(row: dict[str, Any], seq: int) -> dict[str, Any]:
    lasting = {n: v for n, v in row.items() if n[:9] != "recorded_" and v is not None}
    return {
        "seq": seq, "recorded_at": row["recorded_at"], "resource": "mappings", "id": row["id"],
        "version": row["version"], "operation": "create" if row["version"] == 1 else "change",
        "digest": sha256(b"[[%b]]" % canonical(lasting)), "recorded_by": "sayso migrate",
    }  # fmt: skip


def canonical(value: object) -> bytes:
    """As app.render.documents has it at this revision."""
    return json.dumps(
        value, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    ).encode()  # fmt: skip


def sha256(some: bytes) -> str:
    return hashlib.sha256(some).hexdigest()


def downgrade() -> None:
    words = "json_extract(m.doc, '$.text')"
    if op.get_bind().dialect.name == "postgresql":
        words = "CAST(m.doc AS json) ->> 'text'"
    execute(
        "CREATE TABLE mapping_before AS SELECT m.id AS id, m.version AS version,"
        " coalesce(m.stored_at, m.recorded_at) AS recorded_at,"
        " CASE WHEN m.stored_at IS NULL THEN c.recorded_by ELSE m.stored_by END AS recorded_by,"
        f" {words} AS text FROM mapping AS m LEFT JOIN change AS c"
        " ON c.resource = 'mappings' AND c.id = m.id AND c.version = m.version"
    )
    op.drop_table("mapping")
    op.create_table(
        "mapping",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", TEXT, nullable=True),
        sa.Column("text", TEXT, nullable=False),
        slug("mapping"),
        sa.CheckConstraint("version >= 1", name=op.f("ck_mapping_version_counts")),
        sa.CheckConstraint(
            "length(text) BETWEEN 1 AND 1000000", name=op.f("ck_mapping_text_length")
        ),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_mapping")),
    )
    names = ", ".join(OLD)
    execute(f"INSERT INTO mapping ({names}) SELECT {names} FROM mapping_before")
    op.drop_table("mapping_before")
