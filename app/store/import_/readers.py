"""Import formats: a reader for each, which makes raw lines of a file; a new one is one more.

A table is read by a mapping, and a file of another's format (reviews, Wikidata's statements) by a
reading of its own; both match the sources and measures in it with those that are stored.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from functools import cached_property, lru_cache
from itertools import islice
from typing import IO, Any, Literal, Protocol

from sqlalchemy import Connection, Select, bindparam, select

from app.db import Database
from app.db.temp_table import TempTable
from app.errors import Fault, Invalid, Malformed, Problem
from app.mapping.apply import Mapper
from app.mapping.claim_reviews import ReviewReader
from app.mapping.encodings import MAX_UNPACKED, unpacked
from app.mapping.exchange import ExchangeFormat, RecordReader, SourceBook
from app.mapping.names import Named
from app.mapping.plans import CompiledMapping
from app.mapping.reading import as_own_columns, read_table
from app.mapping.schema import FileOptions, Mapping
from app.mapping.slugs import name_key
from app.mapping.wikidata import StatementReader
from app.models import FOREVER, RESOURCES
from app.models.strict_json import items, lossless_json
from app.rules.json_types import JsonObject
from app.store.import_.lines import LONGEST_TEXT, RawLine
from app.store.import_.table import table_claims
from app.store.snapshot import read_snapshot

ImportFormat = Literal["jsonl", "json", "csv"]


class RowReader(Protocol):
    """Makes lines of a file in a way of its own, and says what it left out."""

    def read(self, file: IO[bytes]) -> Iterator[RawLine]:
        """The lines, one by one."""
        ...

    def notices(self) -> Iterable[tuple[str, str] | tuple[str, str, int | None]]:
        """What is to be told of them, once all are read: a code, a sentence, perhaps the line."""
        ...


BATCH = 200
BATCH_BYTES = LONGEST_TEXT + 10_000
MAX_LINE = 12_000_000
"""Bytes of a line: what a body of ten million may come to, so that every export comes in again."""
NAMES_READ = 1000
"""Stored documents whose names are read at a time."""
BOM = b"\xef\xbb\xbf"


def read_jsonl(file: IO[bytes]) -> Iterator[RawLine]:
    """JSON Lines: one resource a line."""
    number = 0
    while content := file.readline(MAX_LINE + 1):
        number += 1
        if len(content) > MAX_LINE:
            raise Malformed(f"Line {number} is longer than {MAX_LINE} bytes.")
        content = content.removeprefix(BOM) if number == 1 else content
        if content.strip():
            yield RawLine(number, content)


def read_array(file: IO[bytes]) -> Iterator[RawLine]:
    """A JSON array: its items as lines, as they were sent."""
    found = items(file.read().removeprefix(BOM), LONGEST_TEXT)
    if found is None:
        raise Malformed("A JSON import is an array of resources.")
    for number, content in enumerate(found, 1):
        if len(content) > MAX_LINE:
            raise Malformed(f"Item {number} is longer than {MAX_LINE} bytes.")
        yield RawLine(number, content)


def read_csv(file: IO[bytes]) -> Iterator[RawLine]:
    """A table of claims, of any kind: CSV in any dialect that is sure, or a workbook."""
    options = FileOptions()
    return table_claims(as_own_columns(read_table(file, options), options))


READERS: dict[ImportFormat, Callable[[IO[bytes]], Iterator[RawLine]]] = {
    "jsonl": read_jsonl,
    "json": read_array,
    "csv": read_csv,
}


def read_batches(file: IO[bytes], form: ImportFormat | RowReader) -> Iterator[list[RawLine]]:
    """The lines of a file, so many at a time, or so much."""
    file.seek(0)
    if not isinstance(form, str):
        yield from _batched(form.read(file))
        return
    with unpacked(file) as whole:
        yield from _batched(READERS[form](whole))


def _batched(lines: Iterator[RawLine]) -> Iterator[list[RawLine]]:
    batch, size = [], 0
    for raw in lines:
        batch.append(raw)
        size += len(raw.content)
        if len(batch) == BATCH or size > BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


class MappedReader:
    """Reads a file by a mapping."""

    def __init__(self, db: Database, mapping: Mapping, most: int = MAX_UNPACKED):
        self.db, self.mapping, self.most = db, mapping, most
        self.plan = CompiledMapping(mapping)
        self._notices: list[tuple[str, str]] = []

    def read(self, file: IO[bytes]) -> Iterator[RawLine]:
        """The lines of a file; raises ``Malformed`` where the table cannot be read."""
        with unpacked(file, self.most) as whole, StoredNames(self.db) as names:
            table = read_table(whole, self.mapping.file)
            if not self.mapping.figure:
                yield from table_claims(as_own_columns(table, self.mapping.file))
                self._notices = list(table.notices())
                return
            mapper = Mapper(self.plan, names)
            for line in mapper.lines(table):
                problem = Invalid(faults=line.faults) if line.faults else None
                content = b"" if line.content is None else lossless_json(line.content).encode()
                yield RawLine(line.number, content, problem, columns=line.columns)
            self._notices = list(mapper.notices())

    def notices(self) -> list[tuple[str, str]]:
        """What was left out of the file, once it is read."""
        return self._notices


class ExchangeReader:
    """Reads a file of an exchange format."""

    def __init__(self, db: Database, form: ExchangeFormat, most: int = MAX_UNPACKED):
        self.db, self.form, self.most = db, form, most
        self._notices: list[Fault] = []

    def read(self, file: IO[bytes]) -> Iterator[RawLine]:
        """The lines of a file; raises ``Malformed`` where it is none of this format."""
        with unpacked(file, self.most) as whole, StoredNames(self.db) as names:
            reader = RECORD_READERS[self.form](SourceBook(names))
            self._notices = reader.notices
            for number, lines in reader.records(whole):
                try:
                    for line in lines:
                        content = json.dumps(line).encode()
                        yield RawLine(number, content, columns=reader.columns)
                except Problem as broken:
                    yield RawLine(number, b"", broken)

    def notices(self) -> list[tuple[str, str, int | None]]:
        """What was lost, record by record."""
        return [(one.code, one.detail, one.line) for one in self._notices]


RECORD_READERS: dict[ExchangeFormat, type[RecordReader]] = {
    "claimreview": ReviewReader,
    "wikidata": StatementReader,
}


class StoredNames(ExitStack):
    """What was stored when it was first asked; names lie on disk, however many there are."""

    def __init__(self, db: Database):
        super().__init__()
        self.db = db
        self._names: dict[Named, TempTable] = {}
        self.named = lru_cache(maxsize=10_000)(self._named)

    @cached_property
    def _reader(self) -> Connection:
        return self.enter_context(read_snapshot(self.db))

    def stored(self, resource: Named, id: str) -> JsonObject | None:
        """The current document of an id, where it is stored."""
        row = self._reader.execute(_one(resource), {"id": id}).first()
        return None if row is None else json.loads(row.doc)

    def _named(self, resource: Named, key: str) -> dict[str, str]:
        """The active ids that have this name or alias, each with its name."""
        if resource not in self._names:
            table = self._names[resource] = self.enter_context(TempTable())
            every = self._every(resource)
            while batch := list(islice(every, NAMES_READ)):
                table.extend(batch)
        return dict(self._names[resource].all(key))

    def _every(self, resource: Named) -> Iterator[tuple[str, Any]]:
        rows = self._reader.execution_options(yield_per=NAMES_READ).execute(_all(resource))
        for row in rows:
            whole = json.loads(row.doc)
            usual = whole.get("name")
            for name in {usual, *whole.get("aliases", ())} - {None}:
                yield name_key(name), (row.id, usual)


@lru_cache
def _one(resource: Named) -> Select[Any]:
    table = RESOURCES[resource].table
    return select(table.c.doc).where(table.c.id == bindparam("id"), table.c.recorded_to == FOREVER)


@lru_cache
def _all(resource: Named) -> Select[Any]:
    table = RESOURCES[resource].table
    current = (table.c.recorded_to == FOREVER, table.c.status == "active")
    return select(table.c.id, table.c.doc).where(*current).order_by(table.c.id)
