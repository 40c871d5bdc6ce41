"""Reconciliation of names: which stored source or measure a name probably is, and how surely.

A name is matched as everywhere: case, width and spaces do not count. It is certain only where one
alone has it; two that share it are both told, and a person picks.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from app.db import Reader
from app.mapping.slugs import name_key
from app.rules.json_types import JsonObject
from app.rules.numbers import canonical_value
from app.store import reads
from app.store.ranked_search import KIND_COLUMN, Sought, named

EXACT, ALIAS, WORDS, ALIKE = 100, 95, 70, 40
"""Scores: its id or name, another of its names, all words of it, an id that is spelt alike."""
CONTRADICTED = 30
"""What a property that is stored otherwise takes away; then nothing is certain."""
LOOKED_AT = 200
"""Sources or measures that one name is held against; those of the very name come first."""

PROPERTIES: Mapping[str, Mapping[str, str]] = {
    "sources": {
        "kind": "Kind", "name": "Name", "aliases": "Other names", "country": "Country",
        "affiliation": "Affiliation", "same_as": "The same thing elsewhere", "url": "Address",
        "language": "Language", "date": "Date",
    },
    "measures": {
        "name": "Name", "unit": "Unit (UCUM)", "unit_label": "Unit in words",
        "statistic": "Kind of number", "accumulation": "Accumulation", "definition": "Definition",
        "domain_min": "Lowest figure", "domain_max": "Highest figure",
    },
}  # fmt: skip
"""What can be compared, and added to a table, with its heading."""


class NameQuery(NamedTuple):
    """A name that is looked for, the kinds it may be of, and what else is known of it."""

    name: str
    kinds: tuple[str, ...] = ()
    limit: int = 10
    properties: tuple[tuple[str, tuple[str, ...]], ...] = ()


class MatchCandidate(NamedTuple):
    """A source or measure that a name may be: certain only where ``match`` says so."""

    id: str
    record: JsonObject
    score: int
    match: bool


async def candidates(reader: Reader, resource: str, query: NameQuery) -> list[MatchCandidate]:
    """Who may be meant, best first."""
    sought = Sought(name_key(query.name))
    if not sought.words:
        return []
    found = await named(reader, resource, sought, LOOKED_AT, query.kinds)
    rows = [(hit.row.id, json.loads(hit.row.doc)) for hit in found.hits]
    scored = [(_score(resource, query, id, record), id, record) for id, record in rows]
    if not scored:
        scored = await _alike(reader, resource, query)
    scored.sort(key=lambda one: (-one[0], one[1]))
    certain = [id for score, id, _ in scored if score >= ALIAS]
    return [
        MatchCandidate(id, record, score, certain == [id])
        for score, id, record in scored[: query.limit]
    ]


async def _alike(
    reader: Reader, resource: str, query: NameQuery
) -> list[tuple[int, str, JsonObject]]:
    """Those whose ids are spelt alike, which is little to go by."""
    ids = await reads.ids_near(reader, resource, query.name)
    rows = await reads.several(reader, resource, ids, None)
    found = [(row.id, json.loads(row.doc)) for row in rows if row.status == "active"]
    return [
        (ALIKE, id, record)
        for id, record in found
        if not query.kinds or kind_of_record(resource, record) in query.kinds
    ]


def kind_of_record(resource: str, record: JsonObject) -> str:
    """The kind of a source, the statistic of a measure; a default is left out of documents."""
    usual = {"sources": "other", "measures": "count"}[resource]
    return str(record.get(KIND_COLUMN[resource], usual))


def known_of(resource: str, record: JsonObject, name: str) -> list[Any]:
    """What is stored under a property, a default too; nothing of what is not known.

    A source of a kind that is named nowhere may be of any, and a measure add up in any way.
    """
    value = record.get(name)
    if value is None and name == "statistic":
        value = kind_of_record(resource, record)
    return value if isinstance(value, list) else [] if value is None else [value]


def _score(resource: str, query: NameQuery, id: str, record: JsonObject) -> int:
    key = name_key(query.name)
    if key == id or key == name_key(record.get("name", "")):
        score = EXACT
    elif key in map(name_key, record.get("aliases", ())):
        score = ALIAS
    else:
        score = WORDS
    return score - CONTRADICTED * _contradicted(resource, query, record)


def _contradicted(resource: str, query: NameQuery, record: JsonObject) -> bool:
    """Is something that is known of the name stored otherwise?"""
    for name, values in query.properties:
        told = {_spelt(name, one) for one in known_of(resource, record, name)}
        if told and values and told.isdisjoint(_spelt(name, one) for one in values):
            return True
    return False


def _spelt(name: str, value: Any) -> str:
    """A value as it is compared: 0 and 0.0 are one, and two spellings of a name, but not of UCUM.

    There `mW` is no `MW`.
    """
    return str(value) if name == "unit" else canonical_value(name_key(str(value)))
