"""A whole import: stage its lines, check them against what is stored, write what they come to.

The lines lie on disk, so memory holds a few hundred at a time. Resources may come in any order and
refer to each other. The lock that makes writers serial is held while rows go in, and not while they
are worked out.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import IO

from sqlalchemy import Connection

from app.db import Database, translated
from app.db.temp_table import TempTable
from app.errors import Fault, Invalid
from app.render.documents import text
from app.store import idempotency, statistics
from app.store.idempotency import IdempotentRequest, StoredAnswer
from app.store.import_ import write
from app.store.import_.check import Plan, has_claims, key_of
from app.store.import_.lines import ImportLine
from app.store.import_.readers import ImportFormat, RowReader
from app.store.import_.result import ImportOptions, ImportResult
from app.store.import_.stage import Staging
from app.store.import_.worker import WorkerProcess
from app.store.import_.write import Progress, write_versions
from app.store.snapshot import read_snapshot
from app.store.write_transaction import PROGRAM, Actor, WriteTransaction

OPTIMISTIC_TRIES = 2
"""How often an import is worked out under no lock; it is, in the end, under the lock."""

PlanStep = Callable[[Plan], None]
"""Adds to a plan what is to be written in one transaction."""


class Import:
    """One import into one database."""

    def __init__(
        self,
        db: Database,
        options: ImportOptions,
        step: Callable[[int], None] = lambda lines: None,
        attempt: IdempotentRequest | None = None,
        actor: Actor = PROGRAM,
    ):
        self.db, self.options, self.step = db, options, step
        self.attempt, self.actor = attempt, actor
        self.result = ImportResult(options)
        self.replayed: StoredAnswer | None = None
        """The answer that this very import had before, under its idempotency key."""
        self.written: Counter[str] = Counter()
        """Rows of each table that were committed."""
        self.before, self.patient, self.final = 0, True, False
        """How many had waited before this round; whether versions wait for those before them in it,
        and whether it is the last."""

    def run(self, file: IO[bytes], form: ImportFormat | RowReader) -> ImportResult:
        """Check every line, then write them; raises ``Invalid`` where nothing may be stored."""
        _require_one_meaning(self.options)
        with (
            Staging() as self.staging,
            TempTable() as self.waiting,
            WorkerProcess() as self.worker,
            translated(),
        ):
            self.staging.read(file, form, self.worker, self.result)
            for code, detail, *line in () if isinstance(form, str) else form.notices():
                self.result.note(code, detail, line[0] if line else None)
            if not self._refused() and not self._is_replay():
                self._require_document()
                self._dry_run() if self.options.dry_run else self._write_all()
        statistics.renew(self.db, self.written)
        if self._refused():
            detail = f"{self.result.failed} of {self.result.lines} lines are broken"
            raise Invalid(f"{detail}; nothing was stored.", tuple(self.result.errors))
        return self.result

    def _refused(self) -> bool:
        return self.options.mode == "atomic" and self.result.failed > 0

    def _is_replay(self) -> bool:
        if self.attempt is None:
            return False
        with read_snapshot(self.db) as reader:
            return self._replays(reader)

    def _replays(self, connection: Connection) -> bool:
        """Was this very import answered before?"""
        if self.attempt is not None:
            self.replayed = idempotency.answered(connection, self.attempt)
        return self.replayed is not None

    def _require_document(self) -> None:
        """A document that nothing has is a slip of the pen; taken at its word, it changes much."""
        document = self.options.replace_document
        if document is None or self.staging.has_document:
            return
        with read_snapshot(self.db) as reader:
            if has_claims(reader, document):
                return
        detail = "no stored claim and no line of the import has this document; is its id right?"
        fault = Fault(detail, parameter="replace_document", code="unknown_reference")
        raise Invalid(faults=(fault,))

    def _steps(self) -> Iterator[tuple[PlanStep, bool]]:
        """What is written in one transaction each, and whether it is the last.

        Between the steps of a partial import other writers have their tx.
        """
        if self.options.mode == "atomic":
            yield self._add_all, True
            return
        yield from self._parts(self.staging.lines())
        # What refers to a line that came later is tried again, as long as that helps.
        done = 0
        while done < self.waiting.count:
            begin, done = done, self.waiting.count
            self.before = done
            batches = self.waiting.batches(start=begin)
            yield from self._parts(ImportLine(*line) for batch in batches for _, line in batch)
            stuck = self.waiting.count - done == done - begin
            self.final, self.patient = stuck and not self.patient, self.patient and not stuck
        yield self._withdraw_absent, True

    def _parts(self, lines: Iterator[ImportLine]) -> Iterator[tuple[PlanStep, bool]]:
        while some := list(islice(lines, write.STEP)):
            yield partial(self._add_part, some), False

    def _add_all(self, plan: Plan) -> None:
        plan.add(self.staging.lines())
        self._withdraw_absent(plan)

    def _add_part(self, lines: list[ImportLine], plan: Plan) -> None:
        plan.patient, plan.final = self.patient, self.final
        plan.add(lines)

    def _withdraw_absent(self, plan: Plan) -> None:
        if self.options.replace_document is None:
            return
        if not self.result.failed and not plan.result.failed:
            plan.withdraw_absent()
        elif self.options.mode == "partial":
            detail = "lines failed, so no claim was withdrawn as absent; send them all once more"
            plan.result.note("not_replaced", detail, None)

    def _plan(self) -> Plan:
        plan = Plan(self.options, self.staging, self.worker, self.step)
        plan.held = self._held
        return plan

    def _held(self, keys: list[str]) -> list[str]:
        """Those of which a line waits in this round."""
        return [key for key, (n, _) in self.waiting.last(keys).items() if n > self.before]

    def _dry_run(self) -> None:
        """All of it worked out, and nothing written."""
        with self._plan() as plan, read_snapshot(self.db) as reader:
            plan.read_from(reader)
            for step, _ in self._steps():
                step(plan)
                self._keep_waiting(plan)
            self.result = self.result.plus(plan.result)

    def _keep_waiting(self, plan: Plan) -> None:
        keyed = ((key_of(line.resource, line.sent["id"]), tuple(line)) for line in plan.waiting)
        self.waiting.extend(keyed)
        plan.waiting.clear()

    def _write_all(self) -> None:
        for step, is_last in self._steps():
            if not any(self._write(step, is_last) for _ in range(OPTIMISTIC_TRIES)):
                self._write_under_lock(step, is_last)

    def _write(self, step: PlanStep, is_last: bool) -> bool:
        """Check against a snapshot, then write; says no where somebody came between."""
        with self._plan() as plan:
            with read_snapshot(self.db) as reader:
                plan.read_from(reader)
                step(plan)
            if self._refuses(plan):
                return True
            with self.db.transaction() as connection:
                tx = WriteTransaction(connection, self.actor)
                if self._replays(connection):
                    return True
                if not plan.still_valid(connection):
                    return False
                done = self._store(tx, plan, is_last, self.db.estimate(connection))
            self._committed(plan, *done)
        return True

    def _write_under_lock(self, step: PlanStep, is_last: bool) -> None:
        """Check what nobody can change meanwhile, and write it."""
        with self._plan() as plan:
            with self.db.transaction() as connection:
                tx = WriteTransaction(connection, self.actor)
                if self._replays(connection):  # pragma: no cover - it won the lock just before us
                    return
                progress = self._progress_of_both(plan, self.db.estimate(connection))
                plan.read_from(connection)
                step(plan)
                if self._refuses(plan):
                    return
                done = self._store(tx, plan, is_last, progress)
            self._committed(plan, *done)

    def _progress_of_both(self, plan: Plan, progress: Progress) -> Progress:
        """Under the lock, lines are worked out before they are written: that is half of it each."""
        lines, done = self.result.lines, 0
        if self.options.mode == "partial":
            lines = min(lines, write.STEP)

        def step(some: int) -> None:
            nonlocal done
            done += some
            self.step(some)
            progress(done, 2 * lines)

        plan.step = step
        return lambda written, whole: progress(lines + written, lines + whole)

    def _refuses(self, plan: Plan) -> bool:
        """Is nothing to be written, since a line is broken?"""
        if self.options.mode == "atomic" and plan.result.failed:
            self.result = self.result.plus(plan.result)
            return True
        return False

    def _store(
        self, tx: WriteTransaction, plan: Plan, is_last: bool, progress: Progress
    ) -> tuple[ImportResult, Counter[str]]:
        """Write a plan, and with the last one the answer; says what all comes to, and the rows."""
        written = write_versions(tx, plan.versions, progress)
        total = self.result.plus(plan.result)
        if is_last and self.attempt is not None:
            status = 201 if self.options.mode == "atomic" else 207
            headers = text({"content-type": "application/json"})
            answer = StoredAnswer(status, headers, text(total.document()))
            idempotency.keep(tx, self.attempt, answer)
        tx.close()
        return total, written

    def _committed(self, plan: Plan, total: ImportResult, written: Counter[str]) -> None:
        """Only now is it true that many lines are written."""
        self.result = total
        self.written += written
        self._keep_waiting(plan)


def _require_one_meaning(options: ImportOptions) -> None:
    """To hold exactly the lines of an import, and to leave what differs, cannot both be done."""
    if options.replace_document is not None and options.on_existing == "skip":
        detail = "`replace_document` makes stored claims what the lines say, and `skip` leaves them"
        raise Invalid(faults=(Fault(detail, parameter="on_existing", code="ambiguous"),))
