"""Cursors: where a walk has got to, and the moment it is a walk through."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from app.errors import Fault, Malformed


def make(moment: int, mark: str, last: tuple[Any, ...]) -> str:
    """An opaque cursor to the rows after ``last``, as they were at ``moment``."""
    whole = json.dumps([1, moment, mark, *last], separators=(",", ":"), ensure_ascii=False)
    return urlsafe_b64encode(whole.encode()).decode().rstrip("=")


def read(text: str, mark: str) -> tuple[int, tuple[Any, ...]]:
    """The moment and the last keys; raises ``Malformed`` for anything that is not ours."""
    try:
        whole = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        form, moment, of, *last = whole
    except (ValueError, TypeError):
        raise _bad("this is not a cursor of this API") from None
    keys = len(last) in (2, 3) and all(type(key) in (str, int, float) for key in last)
    if form != 1 or type(moment) is not int or not keys or "\\x00" in repr(last):
        raise _bad("this is not a cursor of this API")
    if of != mark:
        raise _bad("this cursor belongs to another question; send the same filters and sort")
    return moment, tuple(last)


def _bad(detail: str) -> Malformed:
    return Malformed("The cursor cannot be used.", (Fault(detail, parameter="cursor"),))
