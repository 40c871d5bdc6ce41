"""Stage: every line parsed and kept on disk, and lines of one id held against each other.

No database is read and no lock is held, so that a broken file costs nobody else anything.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import IO

from app.db.temp_table import TempTable
from app.errors import Fault, Invalid, Problem
from app.models import VERSIONED
from app.store.import_.lines import EndLine, ImportLine, fingerprint, parse_all
from app.store.import_.readers import ImportFormat, RowReader, read_batches
from app.store.import_.result import ImportResult
from app.store.import_.worker import WorkerProcess

APART = "if they are two, give each an `id` of its own"


class Staging(ExitStack):
    """The lines of an import on disk, by resource and id."""

    def __init__(self) -> None:
        super().__init__()
        self.tables = {name: self.enter_context(TempTable()) for name in VERSIONED}
        self.has_document = False
        """Has a line, be it one that does not count, the document that this import replaces?"""

    def read(
        self,
        file: IO[bytes],
        form: ImportFormat | RowReader,
        worker: WorkerProcess,
        result: ImportResult,
    ) -> None:
        """Keep every line that holds its shape; the result is told of all others."""
        for batch, outputs in worker.map(parse_all, read_batches(file, form)):
            kept = defaultdict(list)
            for raw, line in zip(batch, outputs, strict=True):
                result.lines += len(raw.repeats) + (not isinstance(line, EndLine))
                if isinstance(line, Problem):
                    result.fail(line, raw.number, raw.rows, raw.columns)
                elif isinstance(line, EndLine):
                    _end(result, raw.number, line)
                else:
                    kept[line.resource].append((line.sent["id"], tuple(line)))
                    document = line.sent["document"] if line.resource == "claims" else None
                    self.has_document |= document == result.options.replace_document
                for row, before in raw.repeats:
                    _repeats(result, row, before)
            for resource, lines in kept.items():
                self.tables[resource].extend(lines)
        for table in self.tables.values():
            dropped = array("q")
            for _, group in table.groups(2):
                dropped.extend(_surplus(((n, ImportLine(*line)) for n, line in group), result))
            table.drop(dropped)

    def lines(self) -> Iterator[ImportLine]:
        """Every line, each resource after those that it refers to."""
        for table in self.tables.values():
            for batch in table.batches():
                yield from (ImportLine(*line) for _, line in batch)

    def last(self, resource: str, ids: list[str]) -> dict[str, ImportLine]:
        """The last line of each id that has one."""
        found = self.tables[resource].last(ids)
        return {id: ImportLine(*line) for id, (_, line) in found.items()}


class WaitingLines(TempTable):
    """Lines of a partial import that refer to what may come later, tried again in rounds."""

    def __init__(self) -> None:
        super().__init__()
        self.before = 0
        """How many had waited before this round."""
        self.patient = True
        """In this round, versions wait for those before them: these may come yet."""
        self.final = False
        """Nothing more will come: what is referred to and not there is a fault."""

    def rounds(self) -> Iterator[Iterator[ImportLine]]:
        """Those that wait, again as long as some of them no longer do."""
        while self.before < self.count:
            begin, self.before = self.before, self.count
            batches = self.batches(start=begin)
            yield (ImportLine(*line) for batch in batches for _, line in batch)
            stuck = self.count - self.before == self.before - begin
            self.final, self.patient = stuck and not self.patient, self.patient and not stuck

    def held(self, keys: Iterable[str]) -> set[str]:
        """Those of which a line waits in this round."""
        return {key for key, (n, _) in self.last(keys).items() if n > self.before}


def key_of(resource: str, id: str) -> str:
    """What a table on disk knows an id by, of all resources."""
    return f"{resource}/{id}"


def _surplus(group: Iterator[tuple[int, ImportLine]], result: ImportResult) -> Iterator[int]:
    """The lines of one id that do not count: which of two that differ would, nobody knows.

    Those that say the same are one; numbered versions may follow each other.
    """
    (place, first), clashes = next(group), False
    for n, line in group:
        if None not in (first.version, line.version) and line.version != first.version:
            place, first, clashes = n, line, False
            continue
        yield n
        if fingerprint(line) == fingerprint(first):
            _repeats(result, line.number, first.number)
            continue
        if not clashes:
            yield place
            _clash(result, first, line)
        clashes = True
        _clash(result, line, first)


def _end(result: ImportResult, number: int, end: EndLine) -> None:
    if end.told not in (None, result.lines):
        detail = (
            f"this export had {end.told} lines before its last, and here are {result.lines}: "
            "compare it with its copy, unless you changed it"
        )
        result.note("other_count", detail, number)


def _repeats(result: ImportResult, number: int, before: int) -> None:
    result.count("duplicates")
    detail = f"says the same as line {before} and is one with it; {APART}"
    result.note("duplicate", detail, number)


def _clash(result: ImportResult, line: ImportLine, other: ImportLine) -> None:
    detail = (
        f"line {other.number} has the same id and says something else; keep one of them, or {APART}"
    )
    fault = Fault(detail, pointer="/id", code="two_of_one_id")
    result.fail(Invalid(faults=(fault,)), line.number)
