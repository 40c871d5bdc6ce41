"""Import formats: a reader for each, which makes raw lines of a file; a new one is one more."""

from collections.abc import Callable, Iterable, Iterator
from typing import IO, Literal, Protocol

from app.errors import Malformed
from app.mapping.encodings import unpacked
from app.mapping.own_columns import as_own_columns
from app.mapping.reading import read_table
from app.mapping.schema import FileOptions
from app.models.strict_json import items
from app.store.import_.lines import LONGEST_TEXT, RawLine
from app.store.import_.table import table_claims

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
