"""What an import is about to write, worked out beforehand: against a snapshot, under no lock.

All that costs time happens here. What was worked out lies in a file, and stays true as long as
nobody changes what it rests on, which the change log tells in the end (``holds``).
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from itertools import groupby, islice
from typing import Any, NamedTuple

from sqlalchemy import Connection

from app.db import Spool
from app.errors import Problem
from app.models import RESOURCES
from app.models.strict import shaped
from app.store import imports, resting
from app.store.drafts import fields
from app.store.imports import Becomes, Line
from app.store.known import Known, look, wanted
from app.store.outcome import Options, Outcome
from app.store.steady import head
from app.store.versions import Draft, Stored, Version, names, worked_out

BATCH = 500
ABSENT = "absent from the new import"
Step = Callable[[int], None]


class Ready(NamedTuple):
    """A version worked out; ``after`` is the place in this import of the one before it, or 0."""

    version: list[Any]
    ends: int
    after: int


class Found(NamedTuple):
    """The newest version of an id, and its place in this import (0: it is stored)."""

    stored: Stored
    place: int


class Plan:
    """The versions that lines come to, in order, and what is told of those lines."""

    def __init__(
        self,
        connection: Connection,
        options: Options,
        coming: Spool,
        present: Spool,
        step: Step,
    ):
        self.connection, self.options = connection, options
        self.coming, self.present, self.step = coming, present, step
        self.final = False
        self.partial = options.mode == "partial"
        self.outcome = Outcome(options.mode, options.dry_run)
        self.seq = head(connection).seq
        self.measures: set[str] = set()
        self._stack = ExitStack()
        self.ready, self.waiting, self.relating = (
            self._stack.enter_context(Spool()) for _ in range(3)
        )
        self._staged: list[tuple[str, Any]] = []

    def __enter__(self) -> "Plan":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def take(self, lines: Iterable[Line]) -> None:
        """Work out lines; those that cannot be written are told, or wait for what comes later."""
        for resource, several in groupby(lines, lambda line: line.resource):
            while part := list(islice(several, BATCH)):
                self._batch(resource, part)
                self.step(len(part))

    def _batch(self, resource: str, lines: list[Line]) -> None:
        known = self._known(resource, lines)
        drafts = [self._draft(known, line) for line in lines]
        ids = [draft.id for draft in drafts if isinstance(draft, Draft)]
        newest = self._newest(resource, ids)
        for line, draft in zip(lines, drafts, strict=True):
            try:
                if isinstance(draft, Problem):
                    raise draft
                self._put(line, draft, newest)
            except Problem as problem:
                self._not_written(problem, line)
        self._flush()

    def _draft(self, known: Known, line: Line) -> Draft | Problem:
        try:
            draft = imports.drafted(known, line, related=self.partial)
        except Problem as problem:
            return problem
        known.add(line.resource, draft.id, draft.columns, draft.doc)
        return draft

    def _put(self, line: Line, draft: Draft, newest: dict[str, Found]) -> None:
        """One line more: what becomes of it, and where that is a version, the version."""
        found = newest.get(draft.id)
        stored = found.stored if found else None
        made = imports.becomes(line, draft, stored, lambda: self._every(draft))
        self.outcome.count(made.counted)
        if self.options.replace_document and line.resource == "claims" and line.number:
            self.present.extend([(draft.id, None)])
        if made.version:
            self._stage(draft, made, newest)
            relations = line.sent.get("relations") if line.resource == "claims" else None
            if relations and not self.partial:
                objects = [relation["object"] for relation in relations]
                self.relating.extend([("", [line.number, objects])])

    def _stage(self, draft: Draft, made: Becomes, newest: dict[str, Found]) -> None:
        before = newest.get(draft.id)
        version = worked_out(draft, made.version, made.operation)
        ends, after = (before.stored.version, before.place) if before else (0, 0)
        self._staged.append((_key(draft.resource, draft.id), (list(version), ends, after)))
        newest[draft.id] = Found(_stored(version), self.ready.count + len(self._staged))

    def _flush(self) -> None:
        self.ready.extend(self._staged)
        self._staged = []

    def _not_written(self, problem: Problem, line: Line) -> None:
        if not line.number:
            raise problem  # no line is to blame: a claim that is absent cannot be withdrawn
        waits = any(fault.code == "unknown_reference" for fault in problem.faults)
        if waits and self.partial and not self.final:
            self.waiting.extend([("", tuple(line))])
        else:
            self.outcome.fail(problem, line.number, self.options.max_errors)

    def _known(self, resource: str, lines: list[Line]) -> Known:
        """What these lines refer to: stored, or worked out before them, or (a source) coming."""
        ids: dict[str, set[str]] = {}
        for line in lines:
            for name, some in wanted(resource, line.sent).items():
                ids.setdefault(name, set()).update(some)
        self.measures |= ids["measures"]
        known = look(self.connection, ids)
        if resource == "sources" and not self.partial:
            known.sources |= dict.fromkeys(self.coming.known(ids["sources"]), "")
        for name, some in ids.items():
            for version in self._worked_out(name, some):
                row = dict(zip(names(RESOURCES[name].table), version.tables[0][0], strict=True))
                known.add(name, version.id, row, row["doc"])
        return known

    def _worked_out(self, resource: str, ids: Iterable[str]) -> Iterator[Version]:
        found = self.ready.last([_key(resource, id) for id in ids])
        return (Version(*Ready(*value).version) for _, value in found.values())

    def _newest(self, resource: str, ids: list[str]) -> dict[str, Found]:
        stored = imports.newest(self.connection, resource, ids)
        newest = {id: Found(one, 0) for id, one in stored.items()}
        for place, value in self.ready.last({_key(resource, id) for id in ids}).values():
            one = _stored(Version(*Ready(*value).version))
            newest[one.id] = Found(one, place)
        return newest

    def _every(self, draft: Draft) -> Iterator[Stored]:
        """All versions of an id, of those stored and those worked out."""
        self._flush()
        yield from imports.every(self.connection, draft.resource, draft.id)
        for value in self.ready.all(_key(draft.resource, draft.id)):
            yield _stored(Version(*Ready(*value).version))

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
            kept = self.present.known(row.id for row in part)
            self._withdraw([row for row in part if row.id not in kept])

    def _withdraw(self, absent: list[Stored]) -> None:
        kind = RESOURCES["claims"].sent
        lines = [
            Line(0, "claims", sent, row.version + 1, "withdrawn", ABSENT)
            for row in absent
            for sent in [fields(shaped(kind, {**json.loads(row.doc), "id": row.id}))]
        ]
        self.take(lines)

    def holds(self, connection: Connection) -> bool:
        """Has nobody, since, changed what this rests on? Then it can be written as it is."""
        return resting.undisturbed(
            connection, self.seq, self._is_ours, self.measures, self.options.replace_document
        )

    def _is_ours(self, versions: Iterable[tuple[str, str]]) -> bool:
        return bool(self.ready.known(_key(resource, id) for resource, id in versions))


def _key(resource: str, id: str) -> str:
    return f"{resource}/{id}"


def _stored(version: Version) -> Stored:
    """A version worked out, as it will be stored; only its moment is not known yet."""
    row = dict(zip(names(RESOURCES[version.resource].table), version.tables[0][0], strict=True))
    return Stored(*(row[name] for name in Stored._fields))
