"""Stored documents as answers: the bytes were made at write, so a page is a join of them."""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import inf
from typing import Any

from pydantic_core import to_json

from app.rules import instants

_TEXT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_CANONICAL = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def text(value: object) -> str:
    """JSON as it is stored and sent: compact, any script as it is."""
    return _TEXT.encode(value)


def stored(document: Mapping[str, object]) -> str:
    """The same of a document to be stored, ten times as fast: there are no floats in it."""
    return to_json(document).decode()


def canonical(value: object) -> bytes:
    """The one spelling of a JSON value that hashes are taken of (keys sorted; after RFC 8785)."""
    return _CANONICAL.encode(value).encode()


def canonical_row(row: Mapping[str, Any], names: Iterable[str]) -> bytes:
    """The same of some columns of a row, by their sorted names; what is null is left out."""
    kept = {name: value for name in names if (value := row[name]) is not None}
    if all(map(_spelt_alike, [value for value in kept.values() if type(value) is float])):
        return to_json(kept, inf_nan_mode="constants")
    return canonical(kept)


def _spelt_alike(number: float) -> bool:
    """Other writers of JSON have other exponents: 1e+16 here is 1e16 there."""
    return 1e-4 <= abs(number) < 1e16 or number in (0, inf, -inf)


def raw(row: Iterable[Any]) -> list[Any]:
    """A row as answers are spliced from: its texts as the bytes that they are sent as."""
    return [one.encode() if isinstance(one, str) else one for one in row]


@lru_cache(maxsize=4096)
def _when(instant: int) -> bytes:
    return instants.text(instant).encode()


def _said(value: bytes) -> bytes:
    """A text as JSON."""
    return text(value.decode()).encode()


def item(
    id: bytes,
    version: int,
    recorded_at: int,
    status: bytes,
    reason: bytes | None,
    content_hash: bytes,
    doc: bytes,
    match: bytes | None = None,
) -> bytes:
    """One resource: what the database adds, spliced before the stored document."""
    why = b',"reason":%b' % _said(reason) if reason is not None else b""
    how = b',"match":"%b"' % match if match else b""
    return (
        b'{"id":"%b","version":%d,"recorded_at":"%b","status":"%b"%b,"content_hash":"%b"%b,%b'
        % (id, version, _when(recorded_at), status, why, content_hash, how, doc[1:])
    )


def with_extras(document: bytes, more: Mapping[str, object]) -> bytes:
    """A resource, and what is told beside it: others that are alike, notices, who wrote it."""
    return b"%b,%b" % (document[:-1], text(more).encode()[1:])


def quantity(
    claim: bytes, version: int, recorded_at: int, published: bytes | None, doc: bytes, match: bytes
) -> bytes:
    """One flat row: a figure with what matters of its claim."""
    when = b',"published":%b' % _said(published) if published is not None else b""
    return b'{"claim":"%b","version":%d,"recorded_at":"%b"%b,"match":"%b",%b' % (
        claim,
        version,
        _when(recorded_at),
        when,
        match,
        doc[1:],
    )


def page(
    items: Iterable[bytes],
    next_cursor: str | None,
    next_url: str | None,
    count: int | None,
    included: dict[str, list[bytes]] | None,
    matches: Mapping[str, int] | None = None,
) -> bytes:
    """The envelope of every list."""
    after = f'],"next_cursor":{text(next_cursor)},"next":{text(next_url)},"count":{text(count)}'
    parts = [b'{"items":[', b",".join(items), after.encode()]
    if matches is not None:
        parts.append(b',"matches":%b' % text(matches).encode())
    if included is not None:
        lists = (b'"%b":[%b]' % (name.encode(), b",".join(one)) for name, one in included.items())
        parts.append(b',"included":{%b}' % b",".join(lists))
    return b"".join([*parts, b"}"])


def trimmed(document: bytes, fields: frozenset[str]) -> bytes:
    """Only the fields asked for, and what identifies the row."""
    whole: dict[str, Any] = json.loads(document)
    kept = {
        name: value for name, value in whole.items() if name in fields or name in IDENTIFYING_FIELDS
    }
    return text(kept).encode()


IDENTIFYING_FIELDS = frozenset({"id", "claim", "match"})
