"""The figures that a question finds, each with its claim and the names of what it refers to.

All of them, page after page by key, as they were at one moment: no transaction stays open, for what
was recorded at a moment never changes.
"""

import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from typing import Any

from app.db import Database, Reader
from app.models.question import Question
from app.render.figure_table import TabledFigure
from app.rules import instants
from app.rules.json_types import JsonObject
from app.store import list_query, reads
from app.store.as_of import reached

PAGE = 250
"""Figures that are read, and made ready, at a time."""
REMEMBERED = 5000
"""Sources and measures whose names are kept from page to page."""


class ReferenceCache:
    """Sources and measures as they were at one moment, each read once."""

    def __init__(self, moment: int):
        self.moment = moment
        self.known: dict[str, dict[str, JsonObject]] = {"sources": {}, "measures": {}}

    async def several(
        self, reader: Reader, resource: str, ids: Iterable[str]
    ) -> dict[str, JsonObject]:
        """These and those that were asked for before, by id."""
        known = self.known[resource]
        if len(known) > REMEMBERED:
            known = self.known[resource] = {}
        missing = set(ids) - known.keys()
        for one in await reads.several(reader, resource, missing, self.moment):
            known[one.id] = json.loads(one.doc)
        return known


async def figure_pages(
    db: Database, question: Question, base: str
) -> AsyncIterator[list[TabledFigure]]:
    """Every figure of a question, in its order, a page at a time; its moment is settled."""
    assert question.moment is not None
    references = ReferenceCache(question.moment)
    while True:
        async with db.snapshot() as reader:
            await reached(reader, question.moment)  # each page may come from another replica
            found = await list_query.page(reader, replace(question, limit=PAGE))
            rows = await _rows(reader, question, found.rows, references, base)
        yield rows
        if found.after is None:
            return
        question = replace(question, after=found.after)


async def _rows(
    reader: Reader, question: Question, found: list[Any], references: ReferenceCache, base: str
) -> list[TabledFigure]:
    stored = await reads.several(reader, "claims", {row[0] for row in found}, references.moment)
    claims = {one.id: {**json.loads(one.doc), "status": one.status} for one in stored}
    hops = [hop["source"] for one in claims.values() for hop in one.get("attributions", ())]
    named = [one[name] for one in claims.values() for name in ("claimant", "document")
             if name in one]  # fmt: skip
    counted = {q["measure"] for one in claims.values() for q in one.get("quantities", ())}
    sources = await references.several(reader, "sources", [*hops, *named])
    measures = await references.several(reader, "measures", counted)
    strict = question.policy == "strict"
    return [
        TabledFigure(
            figure, claims[id], sources, measures[figure["measure"]],
            any(_grows(measures[q["measure"]]) for q in claims[id]["quantities"]), strict, base,
        )
        for id, figure in map(_figure, found)
    ]  # fmt: skip


def _grows(measure: JsonObject) -> bool:
    return bool(measure.get("accumulation") == "cumulative")


def _figure(row: Any) -> tuple[str, JsonObject]:
    """A row of the list as /v1/quantities answers it."""
    id, version, recorded_at, published, doc, match = row
    own = {"claim": id, "version": version, "recorded_at": instants.text(recorded_at)}
    printed = {} if published is None else {"published": published}
    return id, {**own, **printed, "match": match, **json.loads(doc)}
