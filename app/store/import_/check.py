"""Check: lines worked out against a snapshot into versions on disk, under no lock.

All that costs time happens here. What was worked out stays true as long as nobody changes what it
rests on, which the change log tells in the end (``still_valid``).
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import lru_cache
from itertools import groupby, islice
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, select, tuple_

from app.db.temp_table import TempTable
from app.errors import Fault, Invalid, Problem
from app.models import CHANGE, CLAIM, FOREVER, SOURCE, VERSIONED
from app.models.strict_json import validated
from app.store.drafts import fields
from app.store.import_.lines import ImportLine
from app.store.import_.readers import BATCH
from app.store.import_.resolve import (
    KEPT_WITHDRAWN,
    DraftTask,
    ExistingId,
    Resolution,
    draft_all,
    may_wait,
    resolve,
    resolve_new,
)
from app.store.import_.result import ImportOptions, ImportResult
from app.store.import_.stage import Staging, WaitingLines, key_of
from app.store.import_.worker import WorkerProcess
from app.store.reads import StoredVersion, stored_columns
from app.store.reference_lookup import CHUNK, Known, Referent, look, wanted, withdrawn_references
from app.store.snapshot import log_position
from app.store.versions import Draft, VersionRows, build_version_rows, names

ABSENT = "absent from the new import"
STAYS = "This is withdrawn and stays so; restore=true brings it back."
MAX_CACHED = 20_000
"""Ids that are kept in memory, as claims refer to them."""


class Current(NamedTuple):
    """The newest version of an id, and its place in this import (0: it is stored)."""

    stored: StoredVersion
    place: int


class Plan(ExitStack):
    """The versions that lines come to, in order, and what their sender is told."""

    def __init__(
        self,
        options: ImportOptions,
        staging: Staging,
        rounds: WaitingLines,
        worker: WorkerProcess,
        step: Callable[[int], None],
    ):
        super().__init__()
        self.options, self.staging, self.rounds = options, staging, rounds
        self.worker, self.step = worker, step
        self.partial = options.mode == "partial"
        self.result = ImportResult(options)
        self.versions = self.enter_context(TempTable())
        """The rows of each, the version that it ends (0: none), and its place if it is of here."""
        self.waiting: list[ImportLine] = []
        """Lines that refer to what may come later, in a partial import."""
        self.told: set[tuple[str, ...]] = set()
        """What is withdrawn, and was told to be so."""

    def read_from(self, connection: Connection) -> None:
        """Check against what this connection sees."""
        self.connection, self.seq, self.cache = connection, log_position(connection).seq, Known()

    def add(self, lines: Iterable[ImportLine]) -> None:
        """Work out lines; those that cannot be written are told, or wait for what comes later."""
        for resource, some in groupby(lines, lambda line: line.resource):
            tasks = self._tasks(resource, some)
            # What a part of an atomic import refers to is known before; else each waits its tx.
            for task, drafted in self.worker.map(draft_all, tasks, alone=self.partial):
                self._add(resource, task, drafted)
                self.step(len(task.lines))

    def _tasks(self, resource: str, lines: Iterator[ImportLine]) -> Iterator[DraftTask]:
        while some := list(islice(lines, BATCH)):
            yield DraftTask(
                self._known(resource, some), some, self.partial, self._waiting(resource, some)
            )

    def _waiting(self, resource: str, lines: list[ImportLine]) -> frozenset[str] | None:
        """Of these lines the ids that have a version which waits, in a partial import."""
        if not (self.partial and self.rounds.patient):
            return None
        keys = {
            key_of(resource, line.sent["id"]): line.sent["id"] for line in lines if line.version
        }
        here = [key_of(line.resource, line.sent["id"]) for line in self.waiting]
        return frozenset(keys[key] for key in {*here, *self.rounds.held(keys)} & keys.keys())

    def _add(self, resource: str, task: DraftTask, drafts: list[Draft | Problem]) -> None:
        ids = [draft.id for draft in drafts if isinstance(draft, Draft)]
        current = self._current(resource, ids)
        withdrawn = task.known.has_withdrawn()
        for line, draft in zip(task.lines, drafts, strict=True):
            try:
                if isinstance(draft, Problem):
                    raise draft
                _require_related(line, task.known)
                resolution = self._resolved(line, draft, current.get(draft.id))
            except Problem as problem:
                self._fail(problem, line)
                continue
            self.result.count(resolution.counted)
            if resolution.version:
                if withdrawn:
                    self._tell_withdrawn(line, task.known)
                self._put(draft, resolution, current)

    def _tell_withdrawn(self, line: ImportLine, known: Known) -> None:
        """Tell once of each that is withdrawn and that a line refers to, but not an export's."""
        if line.version is not None:
            return
        for (_, *named), detail in withdrawn_references(known, line.resource, line.sent).items():
            if tuple(named) not in self.told:
                self.told.add(tuple(named))
                told = f"{detail}, and this line refers to it all the same; others may too"
                self.result.note("withdrawn_reference", told, line.number)

    def _resolved(self, line: ImportLine, draft: Draft, current: Current | None) -> Resolution:
        if current is None:
            return resolve_new(line)
        resolution = resolve(line, draft, self._existing(line, draft, current.stored))
        if resolution == KEPT_WITHDRAWN:
            self.result.note("withdrawn", f"{STAYS} Why: {current.stored.reason}", line.number)
        return resolution

    def _existing(self, line: ImportLine, draft: Draft, current: StoredVersion) -> ExistingId:
        document = self.options.replace_document
        replaces = line.resource == "claims" and draft.columns["document"] == document
        return ExistingId(
            current,
            lambda version: self._numbered(line.resource, draft.id, version),
            lambda: self._is_last(line, draft.id),
            self.options.on_existing,
            self.options.restore or replaces,
            replaces or self._is_of_replaced(line.resource, current),
        )

    def _is_of_replaced(self, resource: str, current: StoredVersion) -> bool:
        """Is it an active claim of the document that the import replaces?"""
        document = self.options.replace_document
        if document is None or resource != "claims" or current.status != "active":
            return False
        return bool(json.loads(current.doc)["document"] == document)

    def _numbered(self, resource: str, id: str, version: int) -> Iterator[StoredVersion]:
        """A version of an id, of those stored and those worked out."""
        for row in self.connection.execute(_version(resource), {"id": id, "version": version}):
            yield StoredVersion(*row)
        for rows, *_ in self.versions.all(key_of(resource, id)):
            yield _as_stored(VersionRows(*rows))

    def _is_last(self, line: ImportLine, id: str) -> bool:
        last = self.staging.last(line.resource, [id]).values()
        return all(other.number <= line.number for other in last)

    def _put(self, draft: Draft, resolution: Resolution, current: dict[str, Current]) -> None:
        rows = build_version_rows(draft, resolution.version, resolution.operation)
        before = current.get(draft.id)
        ends, after = (before.stored.version, before.place) if before else (0, 0)
        self.versions.add(key_of(draft.resource, draft.id), (tuple(rows), ends, after))
        state = (draft.columns["status"], draft.columns["reason"])
        stored = StoredVersion(
            draft.id, resolution.version, 0, *state, draft.content_hash, draft.doc
        )
        current[draft.id] = Current(stored, self.versions.count)

    def _fail(self, problem: Problem, line: ImportLine) -> None:
        if not line.number:
            raise problem  # no line is to blame: a claim that is absent cannot be withdrawn
        if may_wait(problem) and self.partial and not self.rounds.final:
            self.waiting.append(line)
        else:
            self.result.fail(problem, line.number, line.rows, line.columns)

    def keep_waiting(self) -> None:
        """Lines that wait are kept on disk for the next round."""
        self.rounds.extend(
            (key_of(line.resource, line.sent["id"]), tuple(line)) for line in self.waiting
        )
        self.waiting.clear()

    def _known(self, resource: str, lines: list[ImportLine]) -> Known:
        """What these lines refer to: stored, worked out before them, or still to come.

        What claims refer to is kept from part to part: while there are claims, it does not change.
        """
        ids: dict[str, set[str]] = {}
        for line in lines:
            for name, some in wanted(resource, line.sent).items():
                ids.setdefault(name, set()).update(some)
        if resource != "claims" or len(self.cache) > MAX_CACHED:
            self.cache = Known()
        known = self.cache if resource == "claims" else Known()
        missing = {name: known.lacks(name, some) for name, some in ids.items()}
        look(self.connection, missing, known)
        if not self.partial and resource in missing:
            coming = self.staging.tables[resource].last(missing[resource])
            for id in coming:
                known.setdefault((resource, id), Referent())
        for name, some in missing.items():
            for _, version in self._planned(name, some):
                row = _own_row(version)
                known.add(name, version.id, row, row["doc"])
        return known.only(ids)

    def _planned(self, resource: str, ids: Iterable[str]) -> Iterator[tuple[int, VersionRows]]:
        """The newest of the versions worked out, of each id that has one, with their places."""
        found = self.versions.last(key_of(resource, id) for id in ids)
        return ((place, VersionRows(*rows)) for place, (rows, *_) in found.values())

    def _current(self, resource: str, ids: list[str]) -> dict[str, Current]:
        """The newest versions of these ids, for those that are stored or worked out."""
        rows = self.connection.execute(_newest(resource), {"ids": ids}) if ids else ()
        found = {row.id: Current(StoredVersion(*row), 0) for row in rows}
        for place, version in self._planned(resource, ids):
            found[version.id] = Current(_as_stored(version), place)
        return found

    def withdraw_absent(self) -> None:
        """Take back the claims of the document that this import is of, and no longer has."""
        last = {"document": self.options.replace_document, "beyond": ""}
        while rows := self.connection.execute(_OF_DOCUMENT, last).all():
            ids = [row.id for row in rows]
            lines, current = self.staging.last("claims", ids), self._current("claims", ids)
            absent = [
                current[id].stored
                for id in ids
                if current[id].stored.status == "active" and (id not in lines or lines[id].reason)
            ]
            self.add([_withdrawal(stored) for stored in absent])
            last["beyond"] = ids[-1]

    def still_valid(self, connection: Connection) -> bool:
        """Has nobody, since, changed what this rests on? Then it can be written as it is.

        That is the newest versions of its ids, the measures of its figures, and its documents being
        works in some language. References need no second look: ids never disappear.
        """
        seq = self.seq
        while rows := connection.execute(_SINCE, {"since": seq}).all():
            if self._touched(connection, rows):
                return False
            seq = rows[-1].seq
        return True

    def _touched(self, connection: Connection, rows: Sequence[Any]) -> bool:
        ids: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            ids[row.resource].append(row.id)
        changed = [(row.resource, row.id, row.version) for row in rows if row.version > 1]
        sources = [one[1:] for one in changed if one[0] == "sources"]
        claims = {"ids": ids["claims"], "document": self.options.replace_document}
        return (
            any(self._has(resource, some) for resource, some in ids.items())
            or any(resource == "measures" for resource, *_ in changed)
            or bool(sources and connection.execute(_RECLASSED, {"versions": sources}).first())
            or bool(all(claims.values()) and connection.execute(_REACHES, claims).first())
        )

    def _has(self, resource: str, ids: list[str]) -> bool:
        """Is one of these ids in the import?"""
        if resource not in self.staging.tables:
            return False
        keys = [key_of(resource, id) for id in ids]
        return bool(self.staging.tables[resource].last(ids) or self.versions.last(keys))


def has_claims(connection: Connection, document: str) -> bool:
    """Has there ever been a claim of this document?"""
    own = select(CLAIM.c.id).where(CLAIM.c.document == bindparam("document")).limit(1)
    return connection.execute(own, {"document": document}).first() is not None


def _own_row(version: VersionRows) -> dict[str, Any]:
    table = VERSIONED[version.resource].table
    return dict(zip(names(table), version.tables[0][0], strict=True))


def _as_stored(version: VersionRows) -> StoredVersion:
    """A version worked out, as it will be stored; only its moment is not known yet."""
    row = _own_row(version)
    return StoredVersion(*(row[name] for name in StoredVersion._fields))


def _require_related(line: ImportLine, known: Known) -> None:
    """Every relation of a claim leads to one that is stored, or has a line."""
    relations = line.sent.get("relations", ()) if line.resource == "claims" else ()
    detail = "no such claim, stored or in this import"
    faults = tuple(
        Fault(detail, pointer=f"/relations/{n}/object", code="unknown_reference")
        for n, relation in enumerate(relations)
        if ("claims", relation["object"]) not in known
    )
    if faults:
        raise Invalid(faults=faults)


def _withdrawal(stored: StoredVersion) -> ImportLine:
    """The line that withdraws a claim because none has it."""
    kind = VERSIONED["claims"].sent
    sent = fields(validated(kind, {**json.loads(stored.doc), "id": stored.id}))
    return ImportLine(0, "claims", sent, stored.version + 1, "withdrawn", ABSENT)


@lru_cache
def _newest(resource: str) -> Select[Any]:
    table = VERSIONED[resource].table
    listed = table.c.id.in_(bindparam("ids", expanding=True))
    return select(*stored_columns(table)).where(listed, table.c.recorded_to == FOREVER)


@lru_cache
def _version(resource: str) -> Select[Any]:
    table = VERSIONED[resource].table
    one = (table.c.id == bindparam("id"), table.c.version == bindparam("version"))
    return select(*stored_columns(table)).where(*one)


_ACTIVE = (CLAIM.c.document == bindparam("document"), CLAIM.c.recorded_to == FOREVER)
_OF_DOCUMENT = (
    select(CLAIM.c.id)
    .where(*_ACTIVE, CLAIM.c.status == "active", CLAIM.c.id > bindparam("beyond"))
    .order_by(CLAIM.c.id)
    .limit(CHUNK)
)
_REACHES = select(CLAIM.c.id).where(*_ACTIVE, CLAIM.c.id.in_(bindparam("ids", expanding=True)))
_SINCE = (
    select(CHANGE.c.seq, CHANGE.c.resource, CHANGE.c.id, CHANGE.c.version)
    .where(CHANGE.c.seq > bindparam("since"))
    .order_by(CHANGE.c.seq)
    .limit(CHUNK)
)
_BEFORE = SOURCE.alias()
_RECLASSED = (
    select(SOURCE.c.id)
    .join(_BEFORE, (_BEFORE.c.id == SOURCE.c.id) & (_BEFORE.c.version == SOURCE.c.version - 1))
    .where(
        tuple_(SOURCE.c.id, SOURCE.c.version).in_(bindparam("versions", expanding=True)),
        (SOURCE.c["class"] != _BEFORE.c["class"])
        | SOURCE.c.language.is_distinct_from(_BEFORE.c.language),
    )
)
