"""Idempotency keys: the answer a POST had, so that its retry has the same (IETF draft)."""

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from app.models.base import TableRow
from app.models.field_types import Int64, Text


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
