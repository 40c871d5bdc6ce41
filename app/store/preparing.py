"""What an import is about to write, worked out beforehand: against a snapshot, under no lock.

All that costs time happens here. What was worked out lies in a file, and stays true as long as
nobody changes what it rests on, which the change log tells in the end (``holds``).
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from itertools import groupby, islice
from typing import Any, NamedTuple

from sqlalchemy import Connection

from app.db import Spool, packed, unpacked
from app.errors import Problem
from app.models import RESOURCES
from app.models.strict_json import validated
from app.store import imports, resting
from app.store.crew import Crew
from app.store.drafts import fields
from app.store.imports import Asked, Line, Made
from app.store.lines import BATCH
from app.store.outcome import Options, Outcome
from app.store.reference_lookup import Known, look, wanted
from app.store.snapshot import head
from app.store.versions import Draft, StoredVersion, VersionRows, names, worked_out

ABSENT = "absent from the new import"
STAYS = "This is withdrawn and stays so; restore=true brings it back."
Step = Callable[[int], None]
MANY = 20_000
"""Ids that are kept in memory, as claims refer to them."""


class Ready(NamedTuple):
    """A version worked out; ``after`` is the place in this import of the one before it, or 0."""

    version: bytes
    ends: int
    after: int


class Found(NamedTuple):
    """The newest version of an id, and its place in this import (0: it is stored)."""

    version: StoredVersion | bytes
    place: int

    @property
    def stored(self) -> StoredVersion:
        """It, as it is or will be stored."""
        return (
            self.version
            if isinstance(self.version, StoredVersion)
            else _stored(opened(self.version))
        )


class Plan:
    """The versions that lines come to, in order, and what is told of those lines."""

    def __init__(
        self,
        connection: Connection,
        options: Options,
        sent: dict[str, Spool],
        present: Spool,
        step: Step,
        crew: Crew,
    ):
        self.connection, self.options = connection, options
        self.sent, self.present, self.step, self.crew = sent, present, step, crew
        self.final = False
        self.partial = options.mode == "partial"
        self.outcome = Outcome(options.mode, options.dry_run)
        self.seq = head(connection).seq
        self.measures: set[str] = set()
        self.written: Counter[str] = Counter()
        """Rows of each table, once they are written."""
        self._stack = ExitStack()
        self.ready, self.waiting, self.relating, self.kept = (
            self._stack.enter_context(Spool()) for _ in range(4)
        )
        self._staged: list[tuple[str, Any]] = []
        self._kept: list[tuple[str, Any]] = []
        self.found = Known()

    def __enter__(self) -> "Plan":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def take(self, lines: Iterable[Line]) -> None:
        """Work out lines; those that cannot be written are told, or wait for what comes later."""
        for resource, several in groupby(lines, lambda line: line.resource):
            asked = self._asked(resource, several)
            # What a part of an atomic import refers to is known before; else each waits its turn.
            for part, made in self.crew.each(imports.make, asked, alone=self.partial):
                self._batch(resource, part, made)
                self.step(len(part.lines))

    def _asked(self, resource: str, lines: Iterator[Line]) -> Iterator[Asked]:
        while part := list(islice(lines, BATCH)):
            yield Asked(self._known(resource, part), part, self.partial)

    def _batch(self, resource: str, part: Asked, several: list[Made | Problem]) -> None:
        newest = self._newest(resource, [one.id for one in several if isinstance(one, Made)])
        for line, made in zip(part.lines, several, strict=True):
            try:
                if isinstance(made, Problem):
                    raise made
                if made.id in newest:
                    self._next(line, part.known, newest)
                else:
                    self._put(line, made.id, imports.anew(line).counted, made.version, newest)
            except Problem as problem:
                self._not_written(problem, line)
        self._flush()

    def _next(self, line: Line, known: Known, newest: dict[str, Found]) -> None:
        """One line more of an id that is there: drafted again, for its version is another."""
        draft = imports.drafted(known, line, related=self.partial)
        found = newest[draft.id]
        becomes = imports.becomes(line, draft, found.stored, self._beside(line, draft))
        if becomes == imports.KEPT_WITHDRAWN:
            self._note("withdrawn", f"{STAYS} Why: {found.stored.reason}", line)
        made = worked_out(draft, becomes.version, becomes.operation) if becomes.version else None
        version = packed(tuple(made)) if made else None
        self._put(line, draft.id, becomes.counted, version, newest)

    def _beside(self, line: Line, draft: Draft) -> imports.Beside:
        document = self.options.replace_document
        replaces = line.resource == "claims" and draft.columns["document"] == document
        return imports.Beside(
            lambda: self._every(line, draft.id),
            lambda: self._is_last(line, draft.id),
            self.options.on_existing,
            self.options.restore or replaces,
            replaces,
        )

    def _is_last(self, line: Line, id: str) -> bool:
        lines = self.sent[line.resource].last([id]).values()
        return all(Line(*unpacked(value)).number <= line.number for _, value in lines)

    def _note(self, what: str, detail: str, line: Line) -> None:
        self.outcome.note(what, detail, line.number, self.options.max_errors)

    def _put(
        self, line: Line, id: str, counted: str, version: bytes | None, newest: dict[str, Found]
    ) -> None:
        """What became of a line: how it is counted, and where that is a version, the version."""
        self.outcome.count(counted)
        if self.options.replace_document and line.resource == "claims" and line.number:
            self.present.extend([(id, line.reason is None)])
        if version is None:
            self._kept.append((_key(line.resource, id), None))
            return
        before = newest.get(id)
        ends, after = (before.stored.version, before.place) if before else (0, 0)
        self._staged.append((_key(line.resource, id), (version, ends, after)))
        newest[id] = Found(version, self.ready.count + len(self._staged))
        relations = line.sent.get("relations") if line.resource == "claims" else None
        if relations and not self.partial:
            objects = [relation["object"] for relation in relations]
            self.relating.extend([("", [line.number, objects])])

    def _flush(self) -> None:
        self.ready.extend(self._staged)
        self.kept.extend(self._kept)
        self._staged, self._kept = [], []

    def _not_written(self, problem: Problem, line: Line) -> None:
        if not line.number:
            raise problem  # no line is to blame: a claim that is absent cannot be withdrawn
        waits = any(fault.code == "unknown_reference" for fault in problem.faults)
        if waits and self.partial and not self.final:
            self.waiting.extend([("", packed(tuple(line)))])
        else:
            self.outcome.fail(problem, line.number, self.options.max_errors, line.rows)

    def _known(self, resource: str, lines: list[Line]) -> Known:
        """What these lines refer to: stored, or worked out before them, or (a source) coming.

        What claims refer to is kept from part to part: while there are claims, it does not change.
        """
        ids: dict[str, set[str]] = {}
        for line in lines:
            for name, some in wanted(resource, line.sent).items():
                ids.setdefault(name, set()).update(some)
        self.measures |= ids["measures"]
        if resource != "claims" or self.found.size > MANY:
            self.found = Known()
        found = self.found if resource == "claims" else Known()
        self._find(found, resource, {name: found.lacks(name, some) for name, some in ids.items()})
        return found.only(ids)

    def _find(self, found: Known, resource: str, ids: dict[str, set[str]]) -> None:
        look(self.connection, ids, found)
        if resource == "sources" and not self.partial:
            found.sources |= dict.fromkeys(self.sent["sources"].known(ids["sources"]), "")
        for name, some in ids.items():
            for version in self._worked_out(name, some):
                row = dict(zip(names(RESOURCES[name].table), version.tables[0][0], strict=True))
                found.add(name, version.id, row, row["doc"])

    def _worked_out(self, resource: str, ids: Iterable[str]) -> Iterator[VersionRows]:
        found = self.ready.last([_key(resource, id) for id in ids])
        return (opened(Ready(*value).version) for _, value in found.values())

    def _newest(self, resource: str, ids: list[str]) -> dict[str, Found]:
        stored = imports.newest(self.connection, resource, ids)
        newest = {id: Found(one, 0) for id, one in stored.items()}
        for place, value in self.ready.last({_key(resource, id) for id in ids}).values():
            one = _stored(opened(Ready(*value).version))
            newest[one.id] = Found(one, place)
        return newest

    def _every(self, line: Line, id: str) -> Iterator[StoredVersion]:
        """All versions of an id, of those stored and those worked out."""
        self._flush()
        yield from imports.every(self.connection, line.resource, id)
        for value in self.ready.all(_key(line.resource, id)):
            yield _stored(opened(Ready(*value).version))

    def relate(self) -> None:
        """Now that all claims are known: does every relation lead to one?"""
        for part in self.relating.parts():
            ids = {id for _, (_, objects) in part for id in objects}
            known = look(self.connection, {"claims": ids}).claims
            known |= {one.id for one in self._worked_out("claims", ids - known)}
            for _, (number, objects) in part:
                for place, id in enumerate(objects):
                    if id not in known:
                        problem = imports.dangling(place)
                        self.outcome.fail(problem, number, self.options.max_errors)

    def withdraw_absent(self) -> None:
        """Take back the claims of the document that this import is of, and no longer has."""
        document = self.options.replace_document
        if document is None:
            return
        for part in imports.claims_of(self.connection, document):
            told = self.present.last(row.id for row in part)
            kept = {id for id, (_, is_active) in told.items() if is_active}
            self._withdraw([row for row in part if row.id not in kept])

    def _withdraw(self, absent: list[StoredVersion]) -> None:
        kind = RESOURCES["claims"].sent
        lines = [
            Line(0, "claims", sent, row.version + 1, "withdrawn", ABSENT)
            for row in absent
            for sent in [fields(validated(kind, {**json.loads(row.doc), "id": row.id}))]
        ]
        self.take(lines)

    def holds(self, connection: Connection) -> bool:
        """Has nobody, since, changed what this rests on? Then it can be written as it is."""
        return resting.undisturbed(
            connection, self.seq, self._is_ours, self.measures, self.options.replace_document
        )

    def _is_ours(self, versions: Iterable[tuple[str, str]]) -> bool:
        keys = [_key(resource, id) for resource, id in versions]
        return bool(self.ready.known(keys) or self.kept.known(keys))


def _key(resource: str, id: str) -> str:
    return f"{resource}/{id}"


def opened(version: bytes) -> VersionRows:
    """A version that was packed."""
    return VersionRows(*unpacked(version))


def _stored(version: VersionRows) -> StoredVersion:
    """A version worked out, as it will be stored; only its moment is not known yet."""
    row = dict(zip(names(RESOURCES[version.resource].table), version.tables[0][0], strict=True))
    return StoredVersion(*(row[name] for name in StoredVersion._fields))
