"""Key lookup: the stored API key that a sent one is. Of its secret a digest is kept."""

import hashlib
import hmac
import time
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update

from app.config import Settings
from app.db import Database, Reader
from app.models import API_KEY, KEY_PEPPER
from app.models.key import IMPLIED, SCOPES, Scope
from app.rules import api_keys, edtf, instants

DAY = 86_400_000_000


class StoredKey(NamedTuple):
    """One key as it is stored."""

    id: str
    name: str
    digest: str
    scopes: str
    created_at: int
    expires_at: int | None
    revoked_at: int | None
    last_used_day: int | None
    created_by: str | None = None
    revoked_by: str | None = None

    def live(self) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now() < self.expires_at)

    def opens(self, scope: Scope) -> bool:
        """Whether it may do what a scope is needed for."""
        return any(scope in IMPLIED[one] for one in SCOPES if one in self.scopes.split())

    def document(self) -> dict[str, Any]:
        """As it is listed."""
        told: dict[str, Any] = {"id": self.id, "name": self.name, "scopes": self.scopes.split()}
        for name in ("created_at", "expires_at", "revoked_at"):
            moment = getattr(self, name)
            told[name] = None if moment is None else instants.text(moment)
        told |= {"created_by": self.created_by, "revoked_by": self.revoked_by}
        day = self.last_used_day
        told["last_used"] = None if day is None else edtf.date_text(day)
        return {name: value for name, value in told.items() if value is not None}


def now() -> int:
    """Microseconds since 1970."""
    return time.time_ns() // 1000


def digest(pepper: str, parts: api_keys.KeyParts) -> str:
    """What is kept of a key; with its id, so that it is worth nothing in another key's row."""
    return hmac.new(pepper.encode(), "_".join(parts).encode(), hashlib.sha256).hexdigest()


NO_DIGEST = "0" * 64
COLUMNS = [API_KEY.c[name] for name in StoredKey._fields]
ONE = select(*COLUMNS).where(API_KEY.c.id == bindparam("id"))
_sent = ONE.add_columns(select(KEY_PEPPER.c.pepper).scalar_subquery())


async def holder(reader: Reader, settings: Settings, parts: api_keys.KeyParts) -> StoredKey | None:
    """The stored key that a sent one is; None where it is none."""
    rows = await reader.rows(_sent, {"id": parts.id})
    key = StoredKey(*rows[0][:-1]) if rows else None
    given = settings.key_pepper.get_secret_value() or (rows[0][-1] if rows else None) or ""
    # For an id that there is none of, too: how long it takes tells nobody which there are.
    same = hmac.compare_digest(key.digest if key else NO_DIGEST, digest(given, parts))
    return key if same else None


def used(db: Database, id: str, day: int) -> None:
    """Remember the day a key was last used; one write a day."""
    earlier = API_KEY.c.last_used_day.is_(None) | (API_KEY.c.last_used_day < day)
    with db.transaction() as connection:
        connection.execute(
            update(API_KEY).where(API_KEY.c.id == id, earlier).values(last_used_day=day)
        )
