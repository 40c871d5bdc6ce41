"""Files of others' formats: a reader that makes lines of reviews, or of Wikidata's statements."""

import json
from collections.abc import Callable, Iterator
from typing import IO

from app.db import Database
from app.errors import Invalid, Malformed, Problem
from app.mapping.claim_reviews import ReviewReader
from app.mapping.encodings import MAX_UNPACKED, unpacked
from app.mapping.exchange import ExchangeFormat, ExchangeNotice, SourceBook
from app.mapping.json_ld import found_reviews
from app.mapping.wikidata import StatementReader
from app.mapping.wikidata_files import found_statements
from app.models.strict_json import parse_json
from app.store.import_.lines import RawLine
from app.store.import_.stored_names import StoredNames

NoticeSink = Callable[[ExchangeNotice], None]
LEAST_NOTICES = 1000
"""Notices that are kept: an answer tells no more."""


class ExchangeReader:
    """Reads a file of an exchange format; sources are matched with what is stored."""

    def __init__(self, db: Database, form: ExchangeFormat, most: int = MAX_UNPACKED):
        self.db, self.form, self.most = db, form, most
        self._notices: list[ExchangeNotice] = []

    def read(self, file: IO[bytes]) -> Iterator[RawLine]:
        """The lines of a file; raises ``Malformed`` where it is none of this format."""
        with unpacked(file, self.most) as whole, StoredNames(self.db) as names:
            read = reviewed if self.form == "claimreview" else stated
            yield from read(whole, SourceBook(names), self._note)

    def _note(self, notice: ExchangeNotice) -> None:
        if len(self._notices) < LEAST_NOTICES:
            self._notices.append(notice)

    def notices(self) -> list[ExchangeNotice]:
        """What was lost, line by line."""
        return self._notices


def reviewed(file: IO[bytes], book: SourceBook, note: NoticeSink) -> Iterator[RawLine]:
    """The lines of a page's or a dump's reviews, numbered by review."""
    reader, any_found = ReviewReader(book), False
    for number, review, problem in found_reviews(file.read()):
        any_found = True
        try:
            if review is None:
                raise problem or Invalid()
            for line in reader.lines(number, review):
                yield RawLine(number, json.dumps(line).encode(), columns=FROM)
        except Problem as broken:
            yield RawLine(number, b"", broken)
        _tell(reader.notices, note)
    if not any_found:
        raise Malformed("There is no ClaimReview in it.")


def _tell(notices: list[ExchangeNotice], note: NoticeSink) -> None:
    """Tell what was lost of one record, before the next is read."""
    for notice in notices:
        note(notice)
    notices.clear()


FROM = (
    ("/statement", "claimReviewed"), ("/document", "itemReviewed.appearance"),
    ("/claimant", "itemReviewed.author"), ("/stated", "itemReviewed.datePublished"),
    ("/quote", "itemReviewed.text"), ("/attributions", "itemReviewed"),
    ("/comment", "reviewRating"), ("/review/url", "url"), ("/review/date", "datePublished"),
    ("/review", "reviewRating"),
)  # fmt: skip
"""Which property a field of a line is from."""


def stated(file: IO[bytes], book: SourceBook, note: NoticeSink) -> Iterator[RawLine]:
    """The lines of Wikidata's statements, numbered by statement."""
    reader, number = StatementReader(book), 0
    for number, (raw, place, problem) in enumerate(
        found_statements(file, reader.property_names.__setitem__), 1
    ):
        try:
            if problem is not None:
                raise problem
            for line in reader.lines(number, parse_json(raw), place):
                yield RawLine(number, json.dumps(line).encode())
        except Problem as broken:
            yield RawLine(number, b"", broken)
        _tell(reader.notices, note)
    if not number:
        raise Malformed("There is no statement in it.")
    for notice in reader.left_out():
        note(notice)
