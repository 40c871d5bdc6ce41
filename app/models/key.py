"""API keys: who may do what. Not versioned: a key is made, used, and revoked, never changed."""

from itertools import combinations
from typing import Annotated, Literal, get_args

from pydantic import StringConstraints
from sqlalchemy import CheckConstraint
from sqlmodel import Field

from app.models.base import StrictModel, TableRow, slug_check
from app.models.field_types import Int64, Text
from app.rules import api_keys

Scope = Literal["read", "write", "import", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
IMPLIED: dict[Scope, frozenset[Scope]] = {
    "read": frozenset({"read"}),
    "write": frozenset({"read", "write"}),
    "import": frozenset({"read", "import"}),
    "admin": frozenset(SCOPES),
}
SETS = [" ".join(some) for n in range(1, 5) for some in combinations(SCOPES, n)]
"""Every set of scopes, as it is stored."""

KeyId = Annotated[str, StringConstraints(pattern=api_keys.ID)]
KeyName = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"\S")]


SHELL = "cli"
"""Who made or revoked a key from the command line: not an id of a key, which has 8 letters."""

BY = "the `id` of the key that did it; `cli` is the command line, `sayso keys`"


class KeyBody(StrictModel):
    """What is said of a key when it is made."""

    name: KeyName = Field(description="whose it is, or what for")
    scopes: list[Scope] = Field(
        min_length=1,
        max_length=4,
        description="what it may do: `write` and `import` can read, `admin` can do all",
    )
    expires_at: str | None = Field(
        default=None, description="from this moment on it is refused (RFC 3339)"
    )


class KeyIn(KeyBody):
    """A key to be made."""

    id: KeyId | None = Field(
        default=None, description="its public name, 8 of a–z and 2–7; random unless sent"
    )


class KeyOut(KeyBody):
    """A key as it is listed: everything but the key itself, which nobody has but its holder."""

    id: KeyId
    created_at: str
    created_by: str | None = Field(default=None, description=BY)
    revoked_at: str | None = None
    revoked_by: str | None = Field(default=None, description=BY)
    last_used: str | None = Field(default=None, description="the day (UTC) it was last used")


class KeyMade(KeyOut):
    """A new key, with the key itself: the only time that it is told."""

    token: str = Field(description="keep it: it is shown this once")


class Keys(StrictModel):
    """Every key ever made, oldest first."""

    items: list[KeyOut]


class ApiKey(TableRow, table=True):
    """One key. Its secret is not here: only its digest (HMAC-SHA256 under the pepper)."""

    __tablename__ = "api_key"

    id: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    digest: str = Field(sa_type=Text)
    scopes: str = Field(sa_type=Text, description="of SETS")
    created_at: int = Field(sa_type=Int64)
    created_by: str | None = Field(default=None, sa_type=Text)
    expires_at: int | None = Field(default=None, sa_type=Int64)
    revoked_at: int | None = Field(default=None, sa_type=Int64)
    revoked_by: str | None = Field(default=None, sa_type=Text)
    last_used_day: int | None = Field(
        default=None, sa_type=Int64, description="days since 1970-01-01"
    )

    __table_args__ = (
        slug_check("id"),
        CheckConstraint("length(id) = 8", name="id_length"),
        CheckConstraint("length(name) BETWEEN 1 AND 100", name="name_length"),
        CheckConstraint("length(digest) = 64", name="digest_length"),
        CheckConstraint(f"scopes IN ({', '.join(map(repr, SETS))})", name="scopes_words"),
    )


class KeyPepper(TableRow, table=True):
    """The one row that holds the pepper, where no setting gives one."""

    __tablename__ = "key_pepper"

    only: int = Field(default=1, primary_key=True, sa_type=Int64)
    pepper: str = Field(sa_type=Text)

    __table_args__ = (
        CheckConstraint('"only" = 1', name="one_row"),
        CheckConstraint("length(pepper) = 64", name="pepper_length"),
    )
