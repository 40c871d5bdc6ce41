"""API keys in the database: made, listed, revoked.

Making and revoking a key are versions 1 and 2 of it in the change log, so that a key that was let
in behind the log's back is found (``unproven``).
"""

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from app.config import Settings
from app.db import Reader
from app.errors import Conflict, Fault, Invalid, NotFound
from app.models import API_KEY, CHANGE, KEY_PEPPER
from app.models.key import SCOPES, SHELL, KeyIn
from app.render.documents import canonical_row
from app.rules import api_keys, instants
from app.store.key_lookup import COLUMNS, ONE, StoredKey, digest, now
from app.store.write_transaction import WriteTransaction

LOGGED = "keys"
"""What keys are called in the change log."""

_OF_REVOKING = frozenset({"revoked_at", "revoked_by"})
_MOVES_BY_ITSELF = frozenset({"last_used_day"})


def version_digest(key: Mapping[str, Any], version: int) -> str:
    """SHA-256 of a key as it was made (version 1) or revoked (2); it tells nothing of the key."""
    untold = _MOVES_BY_ITSELF if version > 1 else _MOVES_BY_ITSELF | _OF_REVOKING
    return hashlib.sha256(canonical_row(key, sorted(set(StoredKey._fields) - untold))).hexdigest()


def _log(tx: WriteTransaction, key: StoredKey, version: int, operation: str) -> None:
    tx.record(LOGGED, key.id, version, operation, version_digest(key._asdict(), version))


def create(
    tx: WriteTransaction, settings: Settings, sent: KeyIn, token: str | None = None
) -> tuple[StoredKey, str]:
    """Store a new key, and who made it, and give it out: it is in no other place."""
    connection = tx.connection
    id = sent.id or api_keys.key_id(secrets.token_bytes(5))
    token = token or api_keys.make_key(id, secrets.token_bytes(32))
    parts = api_keys.parse_key(token)
    assert parts is not None
    # An id is never used again: a key may be gone that the log knows.
    if stored(connection, id) or _newest(connection, id):
        raise Conflict("There is a key of this id already.")
    scopes = " ".join(scope for scope in SCOPES if scope in sent.scopes)
    hashed = digest(_pepper(connection, settings), parts)
    expires, by = _expiry(sent.expires_at), tx.actor.key_id or SHELL
    key = StoredKey(id, sent.name, hashed, scopes, tx.now, expires, None, None, by)
    connection.execute(insert(API_KEY), key._asdict())
    _log(tx, key, 1, "create")
    return key, token


def _expiry(written: str | None) -> int | None:
    if written is None:
        return None
    try:
        moment = instants.parse(written)
        if moment <= now():
            raise ValueError("this moment is past")
        if moment > instants.LAST:
            raise ValueError(BEYOND)
    except ValueError as error:
        raise Invalid(faults=(Fault(str(error), pointer="/expires_at"),)) from None
    return moment


BEYOND = "this moment is after the year 9999 in UTC; leave it out for a key without an end"


def _pepper(connection: Connection, settings: Settings) -> str:
    """The pepper of the setting, else the database's own, made with its first key."""
    if given := settings.key_pepper.get_secret_value():
        return given
    kept = connection.execute(select(KEY_PEPPER.c.pepper)).scalar_one_or_none()
    if kept is None:
        kept = secrets.token_hex(32)
        connection.execute(insert(KEY_PEPPER), {"only": 1, "pepper": kept})
    return str(kept)


_all = select(*COLUMNS).order_by(API_KEY.c.created_at, API_KEY.c.id)


async def listed(reader: Reader) -> list[StoredKey]:
    """Every key, oldest first."""
    return [StoredKey(*row) for row in await reader.rows(_all, {})]


def every(connection: Connection) -> list[StoredKey]:
    """The same, for the command line."""
    return [StoredKey(*row) for row in connection.execute(_all)]


def revoke(tx: WriteTransaction, id: str) -> StoredKey:
    """Refuse a key from now on; raises ``NotFound``. A second time changes nothing."""
    key = stored(tx.connection, id)
    if key is None:
        raise NotFound("There is no key of this id.")
    if key.revoked_at is not None:
        return key
    key = key._replace(revoked_at=tx.now, revoked_by=tx.actor.key_id or SHELL)
    ends = {name: getattr(key, name) for name in _OF_REVOKING}
    tx.connection.execute(update(API_KEY).where(API_KEY.c.id == id).values(ends))
    # One that was let in again behind the log's back is revoked once more.
    _log(tx, key, max(_newest(tx.connection, id), 1) + 1, "withdraw")
    return key


def _newest(connection: Connection, id: str) -> int:
    """The newest version of a key in the log; 0 where there is none."""
    own = (CHANGE.c.resource == LOGGED, CHANGE.c.id == id)
    found = connection.execute(select(func.max(CHANGE.c.version)).where(*own)).scalar_one()
    return found or 0


def stored(connection: Connection, id: str) -> StoredKey | None:
    """One key, if there is one of this id."""
    row = connection.execute(ONE, {"id": id}).one_or_none()
    return None if row is None else StoredKey(*row)


def unproven(connection: Connection) -> Iterator[tuple[str, str]]:
    """Keys that were made or revoked, and no line of the log did it: what is wrong, and which."""

    def lacks(version: int) -> Any:
        own = (CHANGE.c.resource == LOGGED, CHANGE.c.id == API_KEY.c.id)
        return ~select(CHANGE.c.seq).where(*own, CHANGE.c.version == version).exists()

    revoked = API_KEY.c.revoked_at.is_not(None) | API_KEY.c.revoked_by.is_not(None)
    for what, wrong in (("made", lacks(1)), ("revoked", revoked & lacks(2))):
        for id in connection.execute(select(API_KEY.c.id).where(wrong).order_by(API_KEY.c.id)):
            yield f"the log does not know that this key was {what}", f"keys/{id[0]}"
