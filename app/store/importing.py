"""A whole import: read twice, once to check every line, once to write in order of reference.

The body lies in a file, so memory holds only where each line starts. Resources may come in any
order and refer to each other; a relation may lead to a claim that comes later.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Any, Literal

from app.db import Database
from app.errors import Fault, Invalid, Problem
from app.models import RESOURCES
from app.render.documents import text
from app.store import idempotency, imports, lines
from app.store.idempotency import Answer, Attempt
from app.store.imports import Line
from app.store.lines import Format, Raw
from app.store.log import Turn

Mode = Literal["atomic", "partial"]
STEP = 1000
Step = Callable[[int], None]


@dataclass(frozen=True)
class Options:
    """How an import is to be done."""

    mode: Mode = "atomic"
    dry_run: bool = False
    replace_document: str | None = None
    max_errors: int = 100


@dataclass
class Outcome:
    """What became of the lines; faults are told up to a limit, and all counted in ``failed``."""

    mode: Mode
    dry_run: bool
    lines: int = 0
    created: int = 0
    changed: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    failed: int = 0
    errors: list[Fault] = field(default_factory=list)

    def count(self, what: str) -> None:
        """One more line became this."""
        setattr(self, what, getattr(self, what) + 1)

    def fail(self, problem: Problem, number: int, limit: int) -> None:
        """One more line is broken, in these ways."""
        self.failed += 1
        told = problem.faults or (Fault(problem.detail, code=problem.code),)
        room = max(limit - len(self.errors), 0)
        self.errors += [replace(fault, line=number) for fault in told[:room]]

    def document(self) -> dict[str, Any]:
        """As JSON; a fault has only the places that it has."""
        whole = asdict(self)
        whole["errors"] = [
            {name: value for name, value in fault.items() if value is not None}
            for fault in whole["errors"]
        ]
        return whole


class RolledBack(Exception):
    """Not an error: a dry run, or an import that is refused, undoes what it did."""


class Import:
    """One import into one database."""

    def __init__(
        self,
        db: Database,
        options: Options,
        step: Step = lambda lines: None,
        attempt: Attempt | None = None,
    ):
        self.db, self.options, self.step, self.attempt = db, options, step, attempt
        self.before: Answer | None = None
        self.outcome = Outcome(options.mode, options.dry_run)
        self.sorted: dict[str, IO[bytes]] = {}
        self.again: list[Raw] = []
        self.coming: set[str] = set()
        self.present: set[str] = set()
        self.final = False

    def run(self, file: IO[bytes], form: Format) -> Outcome:
        """Check every line, then write them; raises ``Invalid`` where nothing may be stored."""
        with ExitStack() as stack:
            self.sorted = {name: stack.enter_context(TemporaryFile()) for name in RESOURCES}
            self._check(file, form)
            if self.options.mode == "partial" and not self.options.dry_run:
                self._in_steps()
            elif not (self.options.mode == "atomic" and self.outcome.failed):
                self._at_once()
        if self.options.mode == "atomic" and self.outcome.failed:
            told = f"{self.outcome.failed} of {self.outcome.lines} lines are broken"
            raise Invalid(f"{told}; nothing was stored.", tuple(self.outcome.errors))
        return self.outcome

    def _check(self, file: IO[bytes], form: Format) -> None:
        """Hold every line to its shape, and sort them by resource: no database, no lock."""
        for raw in lines.raw_lines(file, form):
            try:
                line = lines.read(raw)
            except Problem as problem:
                self.outcome.lines += 1
                self.outcome.fail(problem, raw.number, self.options.max_errors)
                continue
            if line is None:
                continue
            self.outcome.lines += 1
            self.sorted[line.resource].write(b"%d %s\n" % (raw.number, raw.content.strip()))
            if line.resource == "sources":
                self.coming.add(line.sent.id)

    def _lines(self) -> Iterator[Raw]:
        """The lines that hold their shape, each after what it refers to."""
        for part in self.sorted.values():
            part.seek(0)
            for stored in part:
                number, _, content = stored.partition(b" ")
                yield Raw(int(number), content)

    def _at_once(self) -> None:
        """All in one transaction; or, where one line fails or for a dry run, nothing."""
        try:
            with self.db.transaction() as connection:
                turn = Turn(connection)
                if self._answered(turn):
                    raise RolledBack
                self._put(turn, self._lines())
                self._withdraw_absent(turn)
                if self.options.dry_run or self.outcome.failed:
                    raise RolledBack
                self._keep(turn, 201)
                turn.close()
        except RolledBack:
            return

    def _in_steps(self) -> None:
        """A transaction for every so many lines; between them other writers have their turn."""
        with self.db.transaction() as connection:
            if self._answered(Turn(connection)):
                return
        todo = self._lines()
        while part := list(islice(todo, STEP)):
            self._step(part)
        # What refers to a line that came later is tried again, as long as that helps.
        while waiting := self.again:
            self.again = []
            self._step(waiting)
            if len(self.again) == len(waiting):
                self.again, self.final = [], True
                self._step(waiting)
        with self.db.transaction() as connection:
            turn = Turn(connection)
            self._withdraw_absent(turn)
            self._keep(turn, 207)
            turn.close()

    def _answered(self, turn: Turn) -> bool:
        """Was this very import answered before?"""
        if self.attempt is not None:
            self.before = idempotency.answered(turn, self.attempt)
        return self.before is not None

    def _keep(self, turn: Turn, status: int) -> None:
        if self.attempt is not None:
            headers = text({"content-type": "application/json"})
            kept = Answer(status, headers, text(self.outcome.document()))
            idempotency.keep(turn, self.attempt, kept)

    def _step(self, part: list[Raw]) -> None:
        with self.db.transaction() as connection:
            turn = Turn(connection)
            self._put(turn, part)
            turn.close()

    def _put(self, turn: Turn, part: Iterable[Raw]) -> None:
        """Write lines; those that cannot be are counted, and leave nothing."""
        partial = self.options.mode == "partial"
        coming = frozenset() if partial else frozenset(self.coming)
        later: dict[str, int] = {}
        for raw in part:
            if (line := lines.read(raw)) is None:
                continue
            try:
                what, id = imports.put(turn, line, coming, related=partial)
            except Problem as problem:
                self._not_written(problem, raw)
            else:
                self.outcome.count(what)
                self._written(line, id, raw, later)
                self.step(1)
        self._relate(turn, later)

    def _not_written(self, problem: Problem, raw: Raw) -> None:
        waits = any(fault.code == "unknown_reference" for fault in problem.faults)
        if waits and self.options.mode == "partial" and not self.final:
            self.again.append(raw)
        else:
            self.outcome.fail(problem, raw.number, self.options.max_errors)
            self.step(1)

    def _written(self, line: Line, id: str, raw: Raw, later: dict[str, int]) -> None:
        if line.resource == "claims":
            if self.options.replace_document is not None:
                self.present.add(id)
            if line.sent.relations:
                later[id] = raw.number

    def _relate(self, turn: Turn, later: dict[str, int]) -> None:
        """Now that all claims are there: does every relation lead to one?"""
        for id, place in imports.unrelated(turn, sorted(later)):
            problem = imports.dangling(place)
            self.outcome.fail(problem, later[id], self.options.max_errors)

    def _withdraw_absent(self, turn: Turn) -> None:
        if self.options.replace_document is not None and not self.outcome.failed:
            self.outcome.withdrawn += imports.withdraw_absent(
                turn, self.options.replace_document, self.present
            )
