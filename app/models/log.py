"""The change log: every write in commit order, hash-chained, and the head that orders writers.

And beside it, what makes a repeated write harmless: idempotency keys, with the answer each had.
"""

from typing import Literal

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from app.models.base import TableRow, slug_check, vocabulary_check
from app.models.field_types import Int64, Text

ResourceName = Literal["sources", "measures", "claims", "assessments", "mappings", "keys"]
Operation = Literal["create", "change", "withdraw"]


class Change(TableRow, table=True):
    """One version written: what it was, who wrote it, and the hash that chains it to all before it.

    Lines are only ever added: triggers refuse everything else.
    """

    seq: int = Field(primary_key=True, sa_type=Int64, sa_column_kwargs={"autoincrement": False})
    recorded_at: int = Field(sa_type=Int64)
    resource: ResourceName = Field(sa_type=Text)
    id: str = Field(sa_type=Text)
    version: int = Field(sa_type=Int64)
    operation: Operation = Field(sa_type=Text)
    digest: str = Field(sa_type=Text, description="SHA-256 of the version as stored")
    recorded_by: str | None = Field(
        default=None, sa_type=Text,
        description="who wrote it: the name of a key, or a command; null in lines of before",
    )  # fmt: skip
    key_id: str | None = Field(default=None, sa_type=Text, description="the key's `id`")
    request_id: str | None = Field(default=None, sa_type=Text)
    hash: str = Field(sa_type=Text, description="SHA-256 of the hash before and of this line")

    __table_args__ = (
        CheckConstraint("seq >= 1", name="seq_counts"),
        CheckConstraint("version >= 1", name="version_counts"),
        vocabulary_check("resource", ResourceName),
        vocabulary_check("operation", Operation),
        slug_check("id"),
        CheckConstraint("length(digest) = 64", name="digest_length"),
        CheckConstraint("length(recorded_by) BETWEEN 1 AND 100", name="recorded_by_length"),
        CheckConstraint("length(key_id) = 8", name="key_id_length"),
        CheckConstraint("length(request_id) BETWEEN 1 AND 128", name="request_id_length"),
        CheckConstraint("length(hash) = 64", name="hash_length"),
        Index(None, "resource", "id", "version", unique=True),
    )


class LogHead(TableRow, table=True):
    """The one row that writers lock last: the newest line of the log."""

    __tablename__ = "log_head"

    only: int = Field(default=1, primary_key=True, sa_type=Int64)
    seq: int = Field(sa_type=Int64)
    recorded_at: int = Field(sa_type=Int64)
    hash: str = Field(sa_type=Text)
    promised: int | None = Field(
        default=None, sa_type=Int64,
        description="a later moment that a read was answered for: every write comes after it",
    )  # fmt: skip
    seal: str | None = Field(
        default=None, sa_type=Text, description="SHA-256 of the hash and of the promised moment"
    )

    __table_args__ = (CheckConstraint('"only" = 1', name="one_row"),)


class IdempotencyKey(TableRow, table=True):
    """One answered POST; ``caller`` is whose key it is, and ``fingerprint`` what was sent."""

    __tablename__ = "idempotency_key"

    caller: str = Field(primary_key=True, sa_type=Text)
    key: str = Field(primary_key=True, sa_type=Text)
    fingerprint: str = Field(sa_type=Text)
    recorded_at: int = Field(sa_type=Int64)
    status: int = Field(sa_type=Int64)
    headers: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)

    __table_args__ = (
        CheckConstraint("length(key) BETWEEN 1 AND 255", name="key_length"),
        CheckConstraint("length(fingerprint) = 64", name="fingerprint_length"),
        CheckConstraint("status BETWEEN 200 AND 299", name="status_is_success"),
        Index(None, "recorded_at"),
    )
