"""Mapped files: a reader that makes lines of the rows of any table, by a mapping."""

from collections.abc import Iterator
from typing import IO

from app.db import Database
from app.errors import Invalid
from app.mapping.apply import Mapper
from app.mapping.encodings import MAX_UNPACKED, unpacked
from app.mapping.own_columns import as_own_columns
from app.mapping.plans import CompiledMapping
from app.mapping.reading import read_table
from app.mapping.schema import Mapping
from app.models.strict_json import lossless_json
from app.store.import_.lines import RawLine
from app.store.import_.stored_names import StoredNames
from app.store.import_.table import table_claims


class MappedReader:
    """Reads a file by a mapping; names are matched with what is stored in the database."""

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
