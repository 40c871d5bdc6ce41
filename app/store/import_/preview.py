"""Preview: the first claims of a file as they would be read, in words; nothing is stored."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import IO, NamedTuple

from app.db import Database
from app.errors import Fault, Problem
from app.mapping.encodings import MAX_UNPACKED
from app.mapping.names import Named
from app.mapping.schema import Mapping
from app.render import citation, figure_words
from app.render.citation_context import CitationContext
from app.render.plain_text import one_line
from app.rules.json_types import JsonObject
from app.store.drafts import draft_claim
from app.store.import_.lines import ImportLine, RawLine, parse_all
from app.store.import_.readers import MappedReader, StoredNames
from app.store.import_.result import ImportOptions, ImportResult
from app.store.reference_lookup import Known, wanted
from app.store.versions import Draft

MOST = 10_000
"""Rows that are looked at for claims to show."""


class PreviewedClaim(NamedTuple):
    """A claim as it would be read: its line, its sentence, all of it, and whence each field is."""

    line: int
    words: str
    claim: JsonObject
    columns: dict[str, str]


class Preview(NamedTuple):
    """The first claims of a file, the sources and measures they need, and the first faults."""

    claims: list[PreviewedClaim]
    sources: list[JsonObject]
    measures: list[JsonObject]
    faults: list[Fault]


def preview(
    db: Database, file: IO[bytes], mapping: Mapping, claims: int = 5, most: int = MAX_UNPACKED
) -> Preview:
    """The first claims of a file by a mapping; raises ``Malformed`` where it cannot be read."""
    file.seek(0)
    told = ImportResult(ImportOptions(max_errors=20))
    with StoredNames(db) as names:
        shown = _Shown(names)
        for raw in islice(MappedReader(db, mapping, most).read(file), MOST):
            shown.take(raw, told)
            if len(shown.claims) == claims:
                break
    sources, measures = (list(some.values()) for some in shown.made.values())
    return Preview(shown.claims, sources, measures, told.errors)


class _Shown:
    """Lines as they come, each drafted with what those before it made."""

    def __init__(self, names: StoredNames):
        self.names = names
        self.known = Known()
        self.made: dict[Named, dict[str, JsonObject]] = {"sources": {}, "measures": {}}
        self.claims: list[PreviewedClaim] = []

    def take(self, raw: RawLine, told: ImportResult) -> None:
        """One line: a source or measure to be known, or a claim to be shown."""
        (line,) = parse_all([raw])
        try:
            if isinstance(line, Problem):
                raise line
            assert isinstance(line, ImportLine)  # no row of a table is the last line of an export
            self._add(line, dict(raw.columns))
        except Problem as problem:
            told.fail(problem, raw.number, raw.rows, raw.columns)

    def _add(self, line: ImportLine, columns: dict[str, str]) -> None:
        if line.resource in self.made:
            self.made[line.resource][line.sent["id"]] = line.sent
            self._learn(line.resource, line.sent["id"], line.sent)
            return
        named = wanted("claims", line.sent)
        for resource in self.made:
            for id in self.known.lacks(resource, named[resource]):
                if (found := self.names.stored(resource, id)) is not None:
                    self._learn(resource, id, found)
        self._show(line, draft_claim(self.known, line.sent, related=False), columns)

    def _learn(self, resource: str, id: str, found: JsonObject) -> None:
        told = found["class"] if resource == "sources" else json.dumps(found)
        self.known.found(resource, id, told, found.get("language"))

    def _show(self, line: ImportLine, draft: Draft, columns: dict[str, str]) -> None:
        claim = json.loads(draft.doc)
        named = wanted("claims", claim)
        sources = {id: self._one("sources", id) for id in named["sources"]}
        measures = {id: self._one("measures", id) for id in named["measures"]}
        cited = CitationContext(draft.id, 1, 0, "active", None, claim, sources, measures, "")
        words = "; ".join([citation.with_chain(cited), *_as_stored(claim, measures)])
        whole = {"id": draft.id, **claim}
        self.claims.append(PreviewedClaim(line.number, words, whole, columns))

    def _one(self, resource: Named, id: str) -> JsonObject:
        found = self.made[resource].get(id) or self.names.stored(resource, id) or {}
        if resource == "sources":  # citations name who published a work, where that is at hand
            return {name: value for name, value in found.items() if name != "publisher"}
        return found


def _as_stored(claim: JsonObject, measures: dict[str, JsonObject]) -> Iterator[str]:
    """Each figure that was worded, and the number that its words are taken for."""
    for figure in claim.get("quantities", ()):
        if "raw_text" in figure:
            said = figure_words.worded(figure, measures)
            yield f"“{one_line(figure['raw_text'])}” → {said}"
