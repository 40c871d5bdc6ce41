"""Stored documents as answers: the bytes were made at write, so a page is a join of them."""

import json
from collections.abc import Iterable, Mapping
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


def item(
    id: str,
    version: int,
    recorded_at: int,
    status: str,
    reason: str | None,
    content_hash: str,
    doc: str,
    match: str | None = None,
) -> str:
    """One resource: what the database adds, spliced before the stored document."""
    why = f',"reason":{text(reason)}' if reason is not None else ""
    how = f',"match":"{match}"' if match else ""
    return (
        f'{{"id":"{id}","version":{version},"recorded_at":"{instants.text(recorded_at)}"'
        f',"status":"{status}"{why},"content_hash":"{content_hash}"{how},{doc[1:]}'
    )


def quantity(
    claim: str, version: int, recorded_at: int, published: str | None, doc: str, match: str
) -> str:
    """One flat row: a figure with what matters of its claim."""
    when = f',"published":{text(published)}' if published is not None else ""
    return (
        f'{{"claim":"{claim}","version":{version},"recorded_at":"{instants.text(recorded_at)}"'
        f'{when},"match":"{match}",{doc[1:]}'
    )


def page(
    items: Iterable[str],
    next_cursor: str | None,
    next_path: str | None,
    count: int | None,
    included: dict[str, list[str]] | None,
) -> bytes:
    """The envelope of every list."""
    extra = ""
    if included is not None:
        lists = ",".join(f'"{name}":[{",".join(found)}]' for name, found in included.items())
        extra = f',"included":{{{lists}}}'
    return (
        f'{{"items":[{",".join(items)}],"next_cursor":{text(next_cursor)}'
        f',"next":{text(next_path)},"count":{text(count)}{extra}}}'
    ).encode()


def trimmed(document: str, fields: frozenset[str]) -> str:
    """Only the fields asked for, and what identifies the row."""
    whole: dict[str, Any] = json.loads(document)
    return text({name: value for name, value in whole.items() if name in fields or name in KEPT})


KEPT = frozenset({"id", "claim", "match"})
