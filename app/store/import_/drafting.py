"""Drafts of lines: each worked out as if nothing of its id were there, on either processor."""

import marshal
from typing import NamedTuple

from app.errors import Fault, Invalid, Problem
from app.store.claims import draft_claim
from app.store.import_.lines import ImportLine
from app.store.import_.resolve import Resolution, resolve_new
from app.store.reference_lookup import Known
from app.store.versions import Draft, VersionRows, worked_out
from app.store.writes import DRAFTS


class DraftTask(NamedTuple):
    """Lines to be drafted, and what is known of all that they refer to."""

    known: Known
    lines: list[ImportLine]
    related: bool
    """Has every claim that one of these relates to been there before it?"""


class DraftedLine(NamedTuple):
    """A line worked out: its id, and its first version, packed."""

    id: str
    version: bytes


def draft_all(task: DraftTask) -> list[DraftedLine | Problem]:
    """Lines worked out, or why one cannot be; later ones may refer to those before them."""
    return [_drafted(task.known, line, task.related) for line in task.lines]


def _drafted(known: Known, line: ImportLine, related: bool) -> DraftedLine | Problem:
    try:
        draft = draft_line(known, line, related)
    except Problem as problem:
        return problem
    known.add(line.resource, draft.id, draft.columns, draft.doc)
    return DraftedLine(draft.id, packed_version(draft, resolve_new(line)))


def packed_version(draft: Draft, resolution: Resolution) -> bytes:
    """The version that a draft becomes, as a temporary table keeps it."""
    return marshal.dumps(tuple(worked_out(draft, resolution.version, resolution.operation)))


def unpacked_version(version: bytes) -> VersionRows:
    """A version that was packed."""
    return VersionRows(*marshal.loads(version))


def draft_line(known: Known, line: ImportLine, related: bool) -> Draft:
    """The version that a line would be; without ``related`` what it relates to may yet come."""
    if line.resource == "claims":
        draft = draft_claim(known, line.sent, related)
    else:
        draft = DRAFTS[line.resource](known, line.sent)
    if line.content_hash is not None:
        _require_hash(line.content_hash, draft)
        draft.content_hash = line.content_hash
    draft.columns |= {"status": line.status, "reason": line.reason}
    return draft


def _require_hash(sent: str, draft: Draft) -> None:
    """Only of figures an export has more than was sent, so that their hash cannot be made again."""
    if sent != draft.content_hash and not draft.content.get("quantities"):
        detail = "this is not the hash of what the line says; leave it out to have it made"
        raise Invalid(faults=(Fault(detail, pointer="/content_hash", code="wrong_hash"),))
