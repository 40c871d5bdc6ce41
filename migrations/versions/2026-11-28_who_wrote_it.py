"""Who wrote each line of the change log, keys as well; and nothing of it is ever altered.

Revision 0012. Lines are appended for the keys that there are. Triggers refuse UPDATE and DELETE of
the log (and TRUNCATE, and REPLACE), also to whoever has the database itself at hand.

Going back drops the triggers, and leaves the columns and the lines of keys: a log that is only
appended to is not rewritten. The version before writes lines without them, and its `verify` takes
the lines that have them for altered; coming up again, they are found as they were. While one of
that version still runs beside this one, make no keys with it: the log does not learn of them.
"""

import hashlib
import json
import time
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# Text compares as bytes on both engines.
TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
COLUMNS = ("recorded_by", "key_id", "request_id")
BEFORE = ("seq", "recorded_at", "resource", "id", "version", "operation", "digest", "hash")
RESOURCES = "\"resource\" IN ('sources', 'measures', 'claims', 'assessments', 'keys')"
LENGTHS = {
    "recorded_by": "length(recorded_by) BETWEEN 1 AND 100",
    "key_id": "length(key_id) = 8",
    "request_id": "length(request_id) BETWEEN 1 AND 128",
}
KEY = ("id", "name", "digest", "scopes", "created_at", "expires_at", "created_by")
REVOKED = ("revoked_at", "revoked_by")
REFUSAL = "the change log is append-only: its lines are never altered or deleted"
SQLITE = {
    "change_keeps_its_lines": "BEFORE UPDATE ON change",
    "change_loses_no_line": "BEFORE DELETE ON change",
    # INSERT OR REPLACE deletes, and fires no trigger of DELETE.
    "change_replaces_no_line": "BEFORE INSERT ON change WHEN EXISTS (SELECT 1 FROM change"
    " WHERE seq = new.seq OR (resource = new.resource AND id = new.id AND version = new.version))",
}


def upgrade() -> None:
    # Writers take this lock first, and the table after it.
    if op.get_bind().dialect.name == "postgresql":
        execute("SELECT 1 FROM log_head FOR UPDATE")
    there = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("change")}
    if not there.issuperset(COLUMNS):
        widen()
    log_keys()
    protect()


def execute(statement: str) -> None:
    # As it stands: a colon or a percent sign in it means nothing.
    op.get_bind().exec_driver_sql(statement)


def widen() -> None:
    if op.get_bind().dialect.name == "sqlite":
        rebuild()
        return
    for name in COLUMNS:
        op.add_column("change", sa.Column(name, TEXT, nullable=True))
        op.create_check_constraint(op.f(f"ck_change_{name}_length"), "change", LENGTHS[name])
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
        *(sa.Column(name, TEXT, nullable=True) for name in COLUMNS),
        sa.Column("hash", TEXT, nullable=False),
        sa.CheckConstraint(
            "length(id) BETWEEN 1 AND 128"
            f" AND ltrim(id, '{LETTERS}._:-') = ''"
            f" AND ltrim(substr(id, 1, 1), '{LETTERS}') = ''",
            name=op.f("ck_change_id_slug"),
        ),
        sa.CheckConstraint(
            "\"operation\" IN ('create', 'change', 'withdraw')",
            name=op.f("ck_change_operation_word"),
        ),
        sa.CheckConstraint(RESOURCES, name=op.f("ck_change_resource_word")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_change_digest_length")),
        sa.CheckConstraint("length(hash) = 64", name=op.f("ck_change_hash_length")),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_change_{name}_length"))
            for name, rule in LENGTHS.items()
        ),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_change_seq_counts")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_change_version_counts")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_change")),
    )
    kept = ", ".join(BEFORE)
    execute(f"INSERT INTO change_widened ({kept}) SELECT {kept} FROM change ORDER BY seq")
    op.drop_table("change")
    op.rename_table("change_widened", "change")
    op.create_index(
        "ix_change_resource_id_version", "change", ["resource", "id", "version"], unique=True
    )


def log_keys() -> None:
    """A line for each key that was made, and for each that was revoked, where there is none."""
    connection = op.get_bind()
    asked = sa.text(f"SELECT seq, recorded_at, hash, promised, {clock()} FROM log_head")
    seq, recorded_at, before, promised, now = connection.execute(asked).one()
    last = recorded_at if promised is None else promised
    moment = max(now or time.time_ns() // 1000, last + 1)
    lines: list[dict[str, Any]] = []
    for version in unlogged():
        line = {"seq": seq + len(lines) + 1, "recorded_at": moment, **version}
        before = sha256(before.encode() + canonical(line))
        lines.append({**line, "hash": before})
    if not lines:
        return
    names = ", ".join(lines[0])
    marks = ", ".join(f":{name}" for name in lines[0])
    connection.execute(sa.text(f"INSERT INTO change ({names}) VALUES ({marks})"), lines)
    connection.execute(
        sa.text(
            "UPDATE log_head SET seq = :seq, recorded_at = :recorded_at, hash = :hash,"
            " promised = NULL, seal = NULL"
        ),
        {name: lines[-1][name] for name in ("seq", "recorded_at", "hash")},
    )


def clock() -> str:
    if op.get_bind().dialect.name == "sqlite":
        return "NULL"
    return "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"


def unlogged() -> list[dict[str, Any]]:
    """What lines of keys lack: version 1 as they were made, 2 as they were revoked."""
    connection = op.get_bind()
    logged = sa.text("SELECT id, version FROM change WHERE resource = 'keys'")
    known = {(row.id, row.version) for row in connection.execute(logged)}
    found = []
    for key in connection.execute(sa.text("SELECT * FROM api_key ORDER BY created_at, id")):
        row = key._mapping
        versions = [(1, "create", KEY)]
        if any(row[name] is not None for name in REVOKED):
            versions.append((2, "withdraw", (*KEY, *REVOKED)))
        for version, operation, names in versions:
            if (row["id"], version) not in known:
                told = {name: row[name] for name in names if row[name] is not None}
                line = {"resource": "keys", "id": row["id"], "version": version}
                line |= {"operation": operation, "digest": sha256(canonical(told))}
                found.append({**line, "recorded_by": "sayso migrate"})
    return found


def canonical(value: object) -> bytes:
    """As app.render.documents has it at this revision."""
    return json.dumps(
        value, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    ).encode()  # fmt: skip


def sha256(some: bytes) -> str:
    return hashlib.sha256(some).hexdigest()


def protect() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name, when in SQLITE.items():
            execute(f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")
        return
    execute(
        "CREATE FUNCTION change_keeps_its_lines() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$"
    )
    execute(
        "CREATE TRIGGER change_keeps_its_lines BEFORE UPDATE OR DELETE OR TRUNCATE ON change"
        " FOR EACH STATEMENT EXECUTE FUNCTION change_keeps_its_lines()"
    )
    # Also where a session says that it is a replica, which would keep triggers from firing.
    execute("ALTER TABLE change ENABLE ALWAYS TRIGGER change_keeps_its_lines")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in SQLITE:
            execute(f"DROP TRIGGER {name}")
        return
    execute("DROP TRIGGER change_keeps_its_lines ON change")
    execute("DROP FUNCTION change_keeps_its_lines()")
