"""Cursors: where a walk has got to, and the moment it is a walk through."""

import hashlib
import json
import time
from base64 import b64decode, urlsafe_b64encode
from typing import Any

from app.errors import Fault, Malformed
from app.render.documents import text

DAY = 86_400_000_000


def make(moment: int, mark: str, last: tuple[Any, ...]) -> str:
    """An opaque cursor to the rows after ``last``, as they were at ``moment``."""
    whole = text([1, moment, mark, *last])
    return urlsafe_b64encode(whole.encode()).decode().rstrip("=")


def fingerprint(resource: str, found: list[tuple[str, str]]) -> str:
    """What a cursor belongs to: the question without its page."""
    kept = sorted(pair for pair in found if pair[0] not in ("cursor", "limit", "count"))
    return hashlib.sha256(repr((resource, kept)).encode()).hexdigest()[:16]


def read(sent: str, mark: str, kinds: tuple[type, ...]) -> tuple[int, tuple[Any, ...]]:
    """The moment and the last keys; raises ``Malformed`` for anything that is not ours."""
    try:
        moment, of, last = _opened(sent)
    except (ValueError, TypeError, RecursionError):
        raise _bad("this is not a cursor of this API") from None
    if of != mark:
        raise _bad("this cursor belongs to another question; send the same filters and sort")
    if len(last) != len(kinds) or not all(map(_is, last, kinds)):
        raise _bad("this is not a cursor of this API")
    return moment, tuple(last)


def moment(sent: str) -> int:
    """The moment that a cursor carries, whatever it is of; raises ``ValueError``."""
    try:
        return _opened(sent)[0]
    except (TypeError, RecursionError) as error:
        raise ValueError("no cursor") from error


def _opened(sent: str) -> tuple[int, str, list[Any]]:
    raw = b64decode(sent + "=" * (-len(sent) % 4), altchars=b"-_", validate=True)
    form, moment, of, *last = json.loads(raw.decode())
    if type(form) is not int or form != 1 or not _is(moment, int) or type(of) is not str:
        raise ValueError("another form")
    if moment > time.time_ns() // 1000 + DAY:
        raise ValueError("no page was of a moment so far ahead, whatever the clock of a replica")
    return moment, of, last


def _is(key: Any, kind: type) -> bool:
    """A key as we write it: of exactly this type, and of a size that both engines take."""
    same: bool = type(key) is kind
    if not same or key != key:
        return False
    return key.isprintable() if kind is str else kind is float or abs(key) < 2**63


def _bad(detail: str) -> Malformed:
    return Malformed("The cursor cannot be used.", (Fault(detail, parameter="cursor"),))
