"""A whole import: stage its lines, check them against what is stored, write what they come to.

The lines lie on disk, so memory holds a few hundred at a time. Resources may come in any order and
refer to each other. The lock that makes writers serial is held while rows go in, and not while they
are worked out.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import IO

from sqlalchemy import Connection

from app.db import Database, translated
from app.errors import Fault, Invalid
from app.render.documents import text
from app.store import idempotency, statistics
from app.store.idempotency import IdempotentRequest, StoredAnswer
from app.store.import_ import write
from app.store.import_.check import Plan, has_claims
from app.store.import_.lines import ImportLine
from app.store.import_.readers import ImportFormat, RowReader
from app.store.import_.result import ImportOptions, ImportResult
from app.store.import_.stage import Staging, WaitingLines
from app.store.import_.worker import WorkerProcess
from app.store.import_.write import Progress, write_versions
from app.store.snapshot import read_snapshot
from app.store.write_transaction import PROGRAM, Actor, WriteTransaction

OPTIMISTIC_TRIES = 2
"""How often an import is worked out under no lock; it is, in the end, under the lock."""


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

    def run(self, file: IO[bytes], form: ImportFormat | RowReader) -> ImportResult:
        """Check every line, then write them; raises ``Invalid`` where nothing may be stored."""
        _require_one_meaning(self.options)
        self.waiting = WaitingLines()
        with (
            Staging() as self.staging,
            self.waiting,
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

    def _steps(self) -> Iterator[tuple[list[ImportLine] | None, bool]]:
        """Lines that are written in one transaction (None: all), and whether it is the last.

        Between the steps of a partial import other writers have their tx.
        """
        if self.options.mode == "atomic":
            yield None, True
            return
        # What refers to a line that came later is tried again, as long as that helps.
        for lines in chain([self.staging.lines()], self.waiting.rounds()):
            while some := list(islice(lines, write.STEP)):
                yield some, False
        yield [], True

    def _work_out(self, plan: Plan, lines: list[ImportLine] | None, is_last: bool) -> None:
        """Add to a plan what is to be written in one transaction."""
        plan.add(self.staging.lines() if lines is None else lines)
        if is_last and self.options.replace_document is not None:
            self._withdraw_absent(plan)

    def _withdraw_absent(self, plan: Plan) -> None:
        if not self.result.failed and not plan.result.failed:
            plan.withdraw_absent()
        elif self.options.mode == "partial":
            detail = "lines failed, so no claim was withdrawn as absent; send them all once more"
            plan.result.note("not_replaced", detail, None)

    def _plan(self) -> Plan:
        return Plan(self.options, self.staging, self.waiting, self.worker, self.step)

    def _dry_run(self) -> None:
        """All of it worked out, and nothing written."""
        with self._plan() as plan, read_snapshot(self.db) as reader:
            plan.read_from(reader)
            for lines, is_last in self._steps():
                self._work_out(plan, lines, is_last)
                plan.keep_waiting()
            self.result = self.result.plus(plan.result)

    def _write_all(self) -> None:
        """Each step in a transaction of its own, worked out before it as long as that is of use."""
        for lines, is_last in self._steps():
            any(
                self._write(lines, is_last, locked=attempt == OPTIMISTIC_TRIES)
                for attempt in range(OPTIMISTIC_TRIES + 1)
            )

    def _write(self, lines: list[ImportLine] | None, is_last: bool, locked: bool) -> bool:
        """Check against a snapshot, then write; says no where somebody came between.

        Or ``locked``, so that nobody can: check under the lock.
        """
        with self._plan() as plan:
            if not locked:
                with read_snapshot(self.db) as reader:
                    plan.read_from(reader)
                    self._work_out(plan, lines, is_last)
                if self._refuses(plan):
                    return True
            with self.db.transaction() as connection:
                tx = WriteTransaction(connection, self.actor)
                if self._replays(connection):
                    return True
                progress: Progress = self.db.estimate(connection)
                if locked:
                    progress = self._progress_of_both(plan, progress)
                    plan.read_from(connection)
                    self._work_out(plan, lines, is_last)
                    if self._refuses(plan):
                        return True
                elif not plan.still_valid(connection):
                    return False
                done = self._store(tx, plan, is_last, progress)
            self._committed(plan, *done)
        return True

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
        plan.keep_waiting()


def _require_one_meaning(options: ImportOptions) -> None:
    """To hold exactly the lines of an import, and to leave what differs, cannot both be done."""
    if options.replace_document is not None and options.on_existing == "skip":
        detail = "`replace_document` makes stored claims what the lines say, and `skip` leaves them"
        raise Invalid(faults=(Fault(detail, parameter="on_existing", code="ambiguous"),))
