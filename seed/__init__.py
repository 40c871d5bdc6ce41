"""The article's reported figures, loaded as a client would write them; safe to repeat.

The facts are in ``article.json``, in the shape the API takes.
"""

import json
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, NamedTuple

from app.db import Database
from app.models import RESOURCES
from app.store import writes
from app.store.versions import current
from app.store.write_transaction import Actor, WriteTransaction

ARTICLE = Path(__file__).with_name("article.json")


class Loaded(NamedTuple):
    """How many were new, and how many were stored already."""

    added: int
    kept: int


def items(path: Path = ARTICLE) -> list[tuple[str, dict[str, Any]]]:
    """Everything to load as (resource, document), each after what it refers to."""
    facts = json.loads(path.read_text(encoding="utf-8"))
    known = {
        (resource, document["id"]): document
        for resource in ("sources", "measures", "claims")
        for document in facts[resource]
    }
    order = TopologicalSorter({key: references(*key, known[key]) for key in known})
    return [(resource, known[resource, id]) for resource, id in order.static_order()]


def references(resource: str, _id: str, document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What must be stored before."""
    if resource == "sources":
        for name in ("affiliation", "publisher", "author"):
            if name in document:
                yield "sources", document[name]
    if resource == "claims":
        yield "sources", document["document"]
        yield from (("sources", hop["source"]) for hop in document["attributions"])
        yield from (("measures", figure["measure"]) for figure in document["quantities"])
        yield from (("claims", relation["object"]) for relation in document["relations"])


def load(tx: WriteTransaction) -> Loaded:
    """Write what is not stored yet; what is stored stays as it is, changed or not."""
    added = kept = 0
    for resource, document in items():
        if current(tx, resource, document["id"]) is not None:
            kept += 1
            continue
        writes.create(tx, resource, RESOURCES[resource].sent.model_validate(document))
        added += 1
    return Loaded(added, kept)


def seed(db: Database) -> Loaded:
    """Load the seed in one transaction."""
    loaded: Loaded = writes.write(db, load, actor=Actor("sayso seed"))
    return loaded
