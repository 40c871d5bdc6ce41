"""A whole import: every line checked, then worked out, and only then written, in one go.

The lines lie in files, so memory holds a few hundred at a time. Resources may come in any order
and refer to each other; a relation may lead to a claim that comes later. The lock that makes
writers serial is held while rows go in, and not while they are worked out.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import islice
from typing import IO, Any

from sqlalchemy import Connection

from app.db import Database, Spool, translated, unpacked
from app.errors import Fault, Invalid, Problem
from app.models import CHANGE, RESOURCES
from app.render.documents import text
from app.store import idempotency, imports, lines, statistics
from app.store.crew import Crew
from app.store.idempotency import IdempotentRequest, StoredAnswer
from app.store.imports import Line
from app.store.lines import Format
from app.store.outcome import Options, Outcome
from app.store.preparing import Plan, Ready, Step, opened
from app.store.snapshot import steady
from app.store.versions import end, timed
from app.store.write_transaction import PROGRAM, Actor, WriteTransaction

STEP = 1000
TRIES = 2
"""How often an import is worked out under no lock; it is, in the end, under the lock."""

APART = "if they are two, give each an `id` of its own"

Work = Callable[[Plan], None]
Told = Callable[[int, int], None]
"""How much is done, and of how much."""


class Import:
    """One import into one database."""

    def __init__(
        self,
        db: Database,
        options: Options,
        step: Step = lambda lines: None,
        attempt: IdempotentRequest | None = None,
        actor: Actor = PROGRAM,
    ):
        self.db, self.options, self.step, self.attempt = db, options, step, attempt
        self.actor = actor
        self.before: StoredAnswer | None = None
        self.outcome = Outcome(options.mode, options.dry_run)
        self.sent: dict[str, Spool] = {}
        self.present, self.waiting = Spool(), Spool()
        self.final = False
        self.documented = False
        self.written: Counter[str] = Counter()
        """Rows of each table that were committed."""

    def run(self, file: IO[bytes], form: Format) -> Outcome:
        """Check every line, then write them; raises ``Invalid`` where nothing may be stored."""
        _require_one_meaning(self.options)
        with ExitStack() as stack:
            stack.callback(self._clear)
            self.crew = stack.enter_context(Crew())
            self.sent = {name: stack.enter_context(Spool()) for name in RESOURCES}
            with translated():
                self._check(file, form)
                self._compare()
                if not self._refused():
                    self._do()
        statistics.renew(self.db, self.written)
        if self._refused():
            told = f"{self.outcome.failed} of {self.outcome.lines} lines are broken"
            raise Invalid(f"{told}; nothing was stored.", tuple(self.outcome.errors))
        return self.outcome

    def _clear(self) -> None:
        for spool in (self.present, self.waiting):
            spool.close()

    def _refused(self) -> bool:
        return self.options.mode == "atomic" and self.outcome.failed > 0

    def _check(self, file: IO[bytes], form: Format) -> None:
        """Hold every line to its shape, and sort them by resource: no database, no lock."""
        document = self.options.replace_document
        for part, several in self.crew.each(lines.read_all, lines.parts(file, form)):
            kept: dict[str, list[tuple[str, Any]]] = defaultdict(list)
            for raw, one in zip(part, several, strict=True):
                if isinstance(one, Problem):
                    self.outcome.fail(one, raw.number, self.options.max_errors, raw.rows)
                elif one.resource:
                    kept[one.resource].append((one.id, one.line))
                    self.documented |= bool(document) and one.document == document
                for row, before in raw.repeats:
                    self._repeats(row, before)
            repeats = sum(len(raw.repeats) for raw in part)
            self.outcome.lines += len(part) - several.count(lines.END) + repeats
            for resource, some in kept.items():
                self.sent[resource].extend(some)

    def _compare(self) -> None:
        """Hold the lines of each id against each other: which of two would count, nobody knows."""
        for spool in self.sent.values():
            dropped = array("q")
            for key, group in spool.groups(2):
                if key:
                    self._of_one_id(((n, Line(*unpacked(value))) for n, value in group), dropped)
            spool.drop(dropped)

    def _of_one_id(self, group: Iterator[tuple[int, Line]], dropped: "array[int]") -> None:
        """Lines of one id are one where they say the same; versions may follow each other."""
        (place, first), fails = next(group), False
        for n, line in group:
            numbered = None not in (first.version, line.version)
            if numbered and line.version != first.version:
                place, first, fails = n, line, False
                continue
            dropped.append(n)
            if imports.fingerprint(line) == imports.fingerprint(first):
                self._repeats(line.number, first.number)
                continue
            if not fails:
                dropped.append(place)
                self._clash(first, line)
            fails = True
            self._clash(line, first)

    def _repeats(self, number: int, before: int) -> None:
        self.outcome.count("duplicates")
        detail = f"says the same as line {before} and is one with it; {APART}"
        self.outcome.note("duplicate", detail, number, self.options.max_errors)

    def _clash(self, line: Line, other: Line) -> None:
        detail = (
            f"line {other.number} has the same id and says something else;"
            f" keep one of them, or {APART}"
        )
        problem = Invalid(faults=(Fault(detail, pointer="/id", code="two_of_one_id"),))
        self.outcome.fail(problem, line.number, self.options.max_errors)

    def _lines(self, *spools: Spool) -> Iterator[Line]:
        """The lines that hold their shape, each after what it refers to."""
        for spool in spools or self.sent.values():
            for part in spool.parts():
                yield from (Line(*unpacked(value)) for _, value in part)

    def _do(self) -> None:
        if self.attempt is not None:
            with steady(self.db) as reader:
                if self._answered(reader):
                    return
        self._require_document()
        if self.options.dry_run:
            self._try()
        elif self.options.mode == "atomic":
            self._write(self._all, 201)
        else:
            self._rounds(lambda part: self._write(lambda plan: plan.take(part)))
            self._write(self._absent, 207)

    def _require_document(self) -> None:
        """A document that nothing has is a slip of the pen; taken at its word, it changes much."""
        document = self.options.replace_document
        if document is None or self.documented:
            return
        with steady(self.db) as reader:
            if imports.has_claims(reader, document):
                return
        detail = "no stored claim and no line of the import has this document; is its id right?"
        fault = Fault(detail, parameter="replace_document", code="unknown_reference")
        raise Invalid(faults=(fault,))

    def _try(self) -> None:
        """A dry run: all of it worked out, and nothing written."""
        with steady(self.db) as reader, self._plan(reader) as plan:
            if self.options.mode == "atomic":
                self._all(plan)
            else:
                self._rounds(lambda part: self._take(plan, part))
                self._absent(plan)
            self.outcome = self._with(plan)

    def _all(self, plan: Plan) -> None:
        """Every line; a relation may lead to a claim that came later."""
        plan.take(self._lines())
        plan.relate()
        self._absent(plan)

    def _absent(self, plan: Plan) -> None:
        if not self.outcome.failed and not plan.outcome.failed:
            plan.withdraw_absent()
        elif self.options.replace_document and self.options.mode == "partial":
            detail = "lines failed, so no claim was withdrawn as absent; send them all once more"
            plan.outcome.note("not_replaced", detail, None, self.options.max_errors)

    def _take(self, plan: Plan, part: list[Line]) -> None:
        plan.waiting, plan.final = self.waiting, self.final
        plan.take(part)

    def _rounds(self, do: Callable[[list[Line]], None]) -> None:
        """So many lines at a time; between them other writers have their turn."""
        self._each(self._lines(), do)
        # What refers to a line that came later is tried again, as long as that helps.
        while self.waiting.count:
            with self.waiting as before:
                self.waiting = Spool()
                self._each(self._lines(before), do)
                self.final = self.waiting.count == before.count

    def _each(self, todo: Iterator[Line], do: Callable[[list[Line]], None]) -> None:
        while part := list(islice(todo, STEP)):
            do(part)

    def _plan(self, connection: Connection) -> Plan:
        plan = Plan(connection, self.options, self.sent, self.present, self.step, self.crew)
        plan.final = self.final
        return plan

    def _write(self, work: Work, status: int | None = None) -> None:
        """Work out, take the lock, write; and once more where somebody came between."""
        for _ in range(TRIES):
            with ExitStack() as stack:
                with steady(self.db) as reader:
                    plan = stack.enter_context(self._plan(reader))
                    work(plan)
                if self._refuses(plan):
                    return
                with self.db.transaction() as connection:
                    turn = WriteTransaction(connection, self.actor)
                    estimate = self.db.estimate(connection)
                    done = self._answered(connection) or plan.holds(connection)
                    total = self._store(turn, plan, status, estimate) if done else self.outcome
            if done:
                self._committed(plan, total)
                return
        with self.db.transaction() as connection, self._plan(connection) as plan:
            turn = WriteTransaction(connection, self.actor)
            told = self._under_the_lock(plan, self.db.estimate(connection))
            if self._answered(connection):
                return
            work(plan)
            refused = self._refuses(plan)
            total = self._with(plan) if refused else self._store(turn, plan, status, told)
        self._committed(plan, total)

    def _committed(self, plan: Plan, total: Outcome) -> None:
        """Only now is it true that many lines are written."""
        self.outcome = total
        self.written += plan.written

    def _under_the_lock(self, plan: Plan, told: Told) -> Told:
        """Lines are worked out there before they are written: that is half of it each."""
        lines, done = self.outcome.lines, 0
        if self.options.mode == "partial":
            lines = min(lines, STEP)

        def step(some: int) -> None:
            nonlocal done
            done += some
            self.step(some)
            told(done, 2 * lines)

        plan.step = step
        return lambda written, whole: told(lines + written, lines + whole)

    def _store(self, turn: WriteTransaction, plan: Plan, status: int | None, told: Told) -> Outcome:
        """Write a plan, and the answer where it is the last one; says what all comes to."""
        if self.before is not None:
            return self.outcome
        plan.written = store(turn, plan.ready, told)
        total = self._with(plan)
        if status is not None and self.attempt is not None:
            headers = text({"content-type": "application/json"})
            kept = StoredAnswer(status, headers, text(total.document()))
            idempotency.keep(turn, self.attempt, kept)
        turn.close()
        for part in plan.waiting.parts():
            self.waiting.extend(("", value) for _, value in part)
        return total

    def _with(self, plan: Plan) -> Outcome:
        return self.outcome.plus(plan.outcome, self.options.max_errors)

    def _refuses(self, plan: Plan) -> bool:
        """Is nothing to be written, since a line is broken?"""
        if self.options.mode == "atomic" and plan.outcome.failed:
            self.outcome = self._with(plan)
            return True
        return False

    def _answered(self, connection: Connection) -> bool:
        """Was this very import answered before?"""
        if self.attempt is not None:
            self.before = idempotency.answered(connection, self.attempt)
        return self.before is not None


def _require_one_meaning(options: Options) -> None:
    """To hold exactly the lines of an import, and to leave what differs, cannot both be done."""
    if options.replace_document is not None and options.on_existing == "skip":
        detail = "`replace_document` makes stored claims what the lines say, and `skip` leaves them"
        raise Invalid(faults=(Fault(detail, parameter="on_existing", code="ambiguous"),))


def store(turn: WriteTransaction, ready: Spool, told: Told) -> Counter[str]:
    """Give versions their moments and their lines in the log, and write them, many at a time.

    ``told`` is told how many are written, of how many. Says how many rows each table has of them.
    """
    first, done = 1, 0
    written: Counter[str] = Counter()
    for part in ready.parts(STEP):
        for place, value in part:
            one = Ready(*value)
            version = opened(one.version)
            if one.after >= first:
                turn.now += 1  # two versions of one id: the later is later
                first = place
            if one.ends:
                end(turn, version.resource, [(version.id, one.ends, turn.now)])
            for table, some in timed(version, turn.now):
                turn.hold(table, some)
                written[table.name] += len(some)
            turn.record(*version[:5])
        turn.flush()
        done += len(part)
        told(done, ready.count)
    return written + Counter({CHANGE.name: done})
