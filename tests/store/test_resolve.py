"""What a line comes to: by whether it counts versions, what is stored, and what was asked for."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import pytest

from app.errors import Conflict
from app.store.drafts import make_draft
from app.store.import_.lines import ImportLine
from app.store.import_.resolve import ExistingId, Resolution, resolve, resolve_new
from app.store.reads import StoredVersion
from app.store.reference_lookup import Known
from app.store.versions import Draft


def draft(name: str) -> Draft:
    sent = {"id": "s", "name": name, "kind": "person", "class": "agent"}
    return make_draft(Known(), "sources", sent)


def version(number: int, name: str, reason: str | None = None) -> StoredVersion:
    whole, status = draft(name), "active" if reason is None else "withdrawn"
    return StoredVersion("s", number, 5, status, reason, whole.content_hash, whole.doc)


ACTIVE = [version(1, "A"), version(2, "B", "a slip"), version(3, "C")]
BACK = [version(1, "A"), version(2, "B"), version(3, "A")]
GONE = [version(1, "A"), version(2, "B"), version(3, "B", "a slip")]


class Sent(NamedTuple):
    """A line, and what its sender asked for."""

    name: str
    version: int | None = None
    reason: str | None = None
    on_existing: Any = "update"
    restore: bool = False
    exactly: bool = False
    is_last: bool = True


def come_to(sent: Sent, stored: list[StoredVersion]) -> Resolution | tuple[str | None, ...]:
    """What it comes to, or the fault."""
    status = "active" if sent.reason is None else "withdrawn"
    line = ImportLine(1, "sources", {"id": "s"}, sent.version, status, sent.reason)

    def versions(number: int) -> Iterable[StoredVersion]:
        return [one for one in stored if one.version == number]

    existing = ExistingId(
        stored[-1], versions, lambda: sent.is_last, sent.on_existing, sent.restore, sent.exactly
    )
    try:
        return resolve(line, draft(sent.name), existing)
    except Conflict as conflict:
        return tuple(fault.code for fault in conflict.faults)


SAME, STAYS, SKIPPED = Resolution("unchanged"), Resolution("withdrawn"), Resolution("skipped")
NEXT, TAKEN = Resolution("changed", 4, "change"), Resolution("withdrawn", 4, "withdraw")
RESTORED, EXISTS, CLASH = Resolution("restored", 4, "change"), ("exists",), ("version_conflict",)


@pytest.mark.parametrize(
    ("sent", "stored", "expected"),
    [
        # It counts no versions: it is held against the current one.
        (Sent("C"), ACTIVE, SAME),
        (Sent("C", on_existing="skip"), ACTIVE, SAME),
        (Sent("C", on_existing="fail"), ACTIVE, SAME),
        (Sent("D"), ACTIVE, NEXT),
        (Sent("A"), ACTIVE, NEXT),
        (Sent("D", on_existing="skip"), ACTIVE, SKIPPED),
        (Sent("D", on_existing="fail"), ACTIVE, EXISTS),
        (Sent("B"), GONE, STAYS),
        (Sent("D"), GONE, STAYS),
        (Sent("B", on_existing="skip"), GONE, STAYS),
        (Sent("D", on_existing="fail"), GONE, EXISTS),
        (Sent("B", on_existing="fail"), GONE, STAYS),
        (Sent("B", restore=True), GONE, RESTORED),
        (Sent("D", restore=True), GONE, RESTORED),
        (Sent("B", restore=True, on_existing="skip"), GONE, RESTORED),
        (Sent("D", restore=True, on_existing="skip"), GONE, STAYS),
        (Sent("C", restore=True), ACTIVE, SAME),
        # It is the next version, whatever that says.
        (Sent("D", 4), ACTIVE, NEXT),
        (Sent("C", 4), ACTIVE, NEXT),
        (Sent("C", 4, "wrong"), ACTIVE, TAKEN),
        (Sent("B", 4), GONE, RESTORED),
        (Sent("B", 4, "wrong"), GONE, TAKEN),
        # One is missing before it.
        (Sent("D", 5), ACTIVE, CLASH),
        (Sent("D", 5, "wrong"), ACTIVE, CLASH),
        # It is stored, with all that it says.
        (Sent("C", 3), ACTIVE, SAME),
        (Sent("C", 3, exactly=True), ACTIVE, SAME),
        (Sent("B", 3, "a slip"), GONE, SAME),
        (Sent("B", 3, "a slip", restore=True), GONE, SAME),
        (Sent("D", 3), ACTIVE, CLASH),
        (Sent("C", 3, "a slip"), ACTIVE, CLASH),
        (Sent("B", 3), GONE, CLASH),
        (Sent("B", 3, "another slip"), GONE, CLASH),
        (Sent("A", 1), ACTIVE, SAME),
        (Sent("B", 2, "a slip"), ACTIVE, SAME),
        (Sent("B", 2), ACTIVE, CLASH),
        (Sent("D", 1), ACTIVE, CLASH),
        # It is an older one, and all that the import has: what was withdrawn comes back or stays.
        (Sent("A", 1), GONE, STAYS),
        (Sent("A", 1, restore=True), GONE, RESTORED),
        (Sent("A", 1, restore=True), ACTIVE, SAME),
        (Sent("A", 1, is_last=False), GONE, SAME),
        (Sent("A", 1, restore=True, is_last=False), GONE, SAME),
        # The import replaces the document: what its last line says, the claim becomes.
        (Sent("A", 1, restore=True, exactly=True), ACTIVE, NEXT),
        (Sent("A", 1, restore=True, exactly=True), BACK, SAME),
        (Sent("A", 1, restore=True, exactly=True), GONE, RESTORED),
        (Sent("A", 1, restore=True, exactly=True, is_last=False), ACTIVE, SAME),
        (Sent("B", 2, "a slip", restore=True, exactly=True), ACTIVE, SAME),
        (Sent("B", 2, "a slip", restore=True, exactly=True, is_last=False), ACTIVE, SAME),
    ],
)
def test_a_line_of_an_id_that_is_there_comes_to_one_thing(
    sent: Sent, stored: list[StoredVersion], expected: object
) -> None:
    assert come_to(sent, stored) == expected


@pytest.mark.parametrize(
    ("number", "reason", "expected"),
    [
        (None, None, Resolution("created", 1, "create")),
        (1, None, Resolution("created", 1, "create")),
        (7, None, Resolution("created", 7, "create")),
        (1, "a slip", Resolution("withdrawn", 1, "withdraw")),
        (7, "a slip", Resolution("withdrawn", 7, "withdraw")),
    ],
)
def test_a_line_of_a_new_id_keeps_the_number_of_its_version(
    number: int | None, reason: str | None, expected: Resolution
) -> None:
    status = "active" if reason is None else "withdrawn"
    assert resolve_new(ImportLine(1, "sources", {}, number, status, reason)) == expected
