"""What filters of dimensions and attributes, and of the works of an author or publisher, look at.

Revision 0008. All of it repeats what documents say, so going back drops nothing that was recorded.
"""

import json
import re
from collections.abc import Iterator
from decimal import Context, Decimal
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Text compares as bytes on both engines.
TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
OF_SOURCES = ("url", "author", "publisher")
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:[.][0-9]+)?(?:[eE]([+-]?[0-9]+))?")
LARGEST, SMALLEST = Decimal("1e300"), Decimal("1e-300")
EXACT = Context(prec=2500, Emax=999_999, Emin=-999_999)
CHUNK = 1000


def upgrade() -> None:
    for name in OF_SOURCES:
        op.add_column("source", sa.Column(name, TEXT, nullable=True))
    op.create_table(
        "trait",
        sa.Column("claim_id", TEXT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_to", sa.BigInteger(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("word", TEXT, nullable=False),
        sa.Column("number", sa.Double(), nullable=True),
        sa.CheckConstraint("version >= 1", name=op.f("ck_trait_version_counts")),
        sa.CheckConstraint("recorded_to > recorded_at", name=op.f("ck_trait_ends_after_start")),
        sa.CheckConstraint(
            "name LIKE 'dim._%' OR name LIKE 'attr._%'", name=op.f("ck_trait_name_kind")
        ),
        sa.ForeignKeyConstraint(
            ["claim_id", "version", "n"],
            ["quantity.claim_id", "quantity.version", "quantity.n"],
            name=op.f("fk_trait_quantity"),
        ),
        sa.PrimaryKeyConstraint("claim_id", "version", "n", "name", name=op.f("pk_trait")),
    )
    fill_sources()
    fill_traits()
    op.create_index("ix_source_author_recorded_to", "source", ["author", "recorded_to"])
    op.create_index("ix_source_publisher_recorded_to", "source", ["publisher", "recorded_to"])
    op.create_index("ix_trait_name_word", "trait", ["name", "word"])


def fill_sources() -> None:
    if op.get_bind().dialect.name == "sqlite":
        told = [f"{name} = json_extract(doc, '$.{name}')" for name in OF_SOURCES]
    else:
        told = [f"{name} = CAST(doc AS json) ->> '{name}'" for name in OF_SOURCES]
    op.get_bind().exec_driver_sql(f"UPDATE source SET {', '.join(told)}")


def fill_traits() -> None:
    connection, after = op.get_bind(), ("", 0, -1)
    some = sa.text(
        "SELECT claim_id, version, n, recorded_at, recorded_to, doc FROM quantity"
        " WHERE dims <> '' AND (claim_id, version, n) > (:id, :version, :n)"
        f" ORDER BY claim_id, version, n LIMIT {CHUNK}"
    )
    put = sa.text(
        "INSERT INTO trait (claim_id, version, n, recorded_at, recorded_to, name, word, number)"
        " VALUES (:claim_id, :version, :n, :recorded_at, :recorded_to, :name, :word, :number)"
    )
    place = ("id", "version", "n")
    while rows := connection.execute(some, dict(zip(place, after, strict=True))).all():
        connection.execute(put, [one for row in rows for one in traits(row)])
        after = (rows[-1].claim_id, rows[-1].version, rows[-1].n)


def traits(row: Any) -> Iterator[dict[str, Any]]:
    """The rows of one figure; there were no attributes before."""
    kept = {name: value for name, value in row._mapping.items() if name != "doc"}
    for name, value in json.loads(row.doc)["dimensions"].items():
        number = decimal(str(value))
        word = str(value) if number is None else spelled(number)
        yield {**kept, "name": f"dim.{name}", "word": word,
               "number": None if number is None else float(number)}  # fmt: skip


def decimal(text: str) -> Decimal | None:
    """As app.rules.numbers has it at this revision."""
    found = NUMBER.fullmatch(text) if len(text) <= 1000 else None
    if not found:
        return None
    if not text.lower().partition("e")[0].strip("-0."):
        return Decimal(0)
    if abs(int(found[1] or 0)) > 3000:
        return None
    number = Decimal(text)
    return number if SMALLEST <= number.copy_abs() <= LARGEST else None


def spelled(number: Decimal) -> str:
    """As app.rules.traits has it at this revision."""
    digits = format(number, "f") if number else "0"
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return digits if len(digits) <= 500 else f"{EXACT.normalize(number):E}"


def downgrade() -> None:
    op.drop_table("trait")
    op.drop_index("ix_source_publisher_recorded_to", table_name="source")
    op.drop_index("ix_source_author_recorded_to", table_name="source")
    for name in OF_SOURCES:
        op.drop_column("source", name)
