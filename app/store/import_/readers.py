"""Import formats: a reader for each, which makes raw lines of a file; a new one is one more."""

import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import IO, Literal

from app.errors import Malformed
from app.models.strict_json import items
from app.render import csv
from app.store.import_.lines import RawLine
from app.store.import_.table import malformed, table_claims

ImportFormat = Literal["jsonl", "json", "csv"]
BATCH = 200
MAX_LINE = 2_000_000
MAX_CELL = 2_000_000
BOM = b"\xef\xbb\xbf"
WRONG_ENCODING = "the file is not in UTF-8; save it as “CSV UTF-8” and send it again"


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
    found = items(file.read().removeprefix(BOM))
    if found is None:
        raise Malformed("A JSON import is an array of resources.")
    for number, content in enumerate(found, 1):
        if len(content) > MAX_LINE:
            raise Malformed(f"Item {number} is longer than {MAX_LINE} bytes.")
        yield RawLine(number, content)


def read_csv(file: IO[bytes]) -> Iterator[RawLine]:
    """CSV of claims, in UTF-8."""
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    try:
        yield from table_claims(csv.cells(text, MAX_CELL))
    except UnicodeDecodeError:
        text.detach()
        raise malformed(_undecodable_line(file), WRONG_ENCODING) from None
    except csv.BrokenCsv as error:
        raise malformed(error.line, error.detail) from None
    finally:
        with suppress(ValueError):  # detached already: the file is not closed with its reader
            text.detach()


def _undecodable_line(file: IO[bytes]) -> int:
    """The first line that is not UTF-8."""
    file.seek(0)
    number = 0
    while content := file.readline(MAX_CELL):
        number += content.endswith(b"\n")
        try:
            content.decode()
        except UnicodeDecodeError:
            return number + (not content.endswith(b"\n"))
    return number


READERS: dict[ImportFormat, Callable[[IO[bytes]], Iterator[RawLine]]] = {
    "jsonl": read_jsonl,
    "json": read_array,
    "csv": read_csv,
}


def read_batches(file: IO[bytes], form: ImportFormat) -> Iterator[list[RawLine]]:
    """The lines of a file, so many at a time, or so much."""
    file.seek(0)
    batch, size = [], 0
    for raw in READERS[form](file):
        batch.append(raw)
        size += len(raw.content)
        if len(batch) == BATCH or size > MAX_LINE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
