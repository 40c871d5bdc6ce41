"""What becomes of a line: its draft, and whether that is a new id, the next version, or nothing."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from app.errors import Conflict, Fault, Invalid, Problem
from app.mapping.cells import refused
from app.store.drafts import make_draft
from app.store.import_.lines import ImportLine
from app.store.import_.result import OnExisting
from app.store.reads import StoredVersion
from app.store.reference_lookup import Known
from app.store.versions import Draft


class DraftTask(NamedTuple):
    """Lines to be drafted, and what is known of all that they refer to."""

    known: Known
    lines: list[ImportLine]
    related: bool
    """Has every claim that one of these relates to been there before it?"""
    waiting: frozenset[str] | None = None
    """Ids of which a version waits for what comes later; None where none may wait."""


BEHIND = Fault("a version before this one waits", pointer="/version", code="unknown_reference")


def draft_all(task: DraftTask) -> list[Draft | Problem]:
    """Lines worked out, or why one cannot be; later ones may refer to those before them.

    Where a version waits, those that follow it do, too: once they are stored it could not be.
    """
    if task.waiting is None:
        return [_drafted(task.known, line, task.related) for line in task.lines]
    waiting, drafts = set(task.waiting), list[Draft | Problem]()
    for line in task.lines:
        behind = line.sent["id"] in waiting
        draft = Invalid(faults=(BEHIND,)) if behind else _drafted(task.known, line, task.related)
        if may_wait(draft):
            waiting.add(line.sent["id"])
        drafts.append(draft)
    return drafts


def may_wait(draft: Draft | Problem) -> bool:
    """Is it only that something is not there yet?"""
    faults = draft.faults if isinstance(draft, Problem) else ()
    return any(fault.code == "unknown_reference" for fault in faults)


def _drafted(known: Known, line: ImportLine, related: bool) -> Draft | Problem:
    try:
        exported = line.version is not None
        draft = make_draft(known, line.resource, line.sent, related, exported=exported)
        if line.content_hash is not None:
            _require_hash(line.content_hash, draft)
            draft.content_hash = line.content_hash
    except Problem as problem:
        return problem
    draft.columns |= {"status": line.status, "reason": line.reason}
    known.add(line.resource, draft.id, draft.columns, draft.doc)
    return draft


def _require_hash(sent: str, draft: Draft) -> None:
    """Only of figures an export has more than was sent, so that their hash cannot be made again."""
    if sent != draft.content_hash and not draft.content.get("quantities"):
        detail = "this is not the hash of what the line says; leave it out to have it made"
        raise refused(detail, "/content_hash", "wrong_hash")


class Resolution(NamedTuple):
    """How a line is counted, and the version that it makes, if it makes one."""

    counted: str
    version: int = 0
    operation: str = ""


class ExistingId(NamedTuple):
    """What decides about a line whose id is there already."""

    current: StoredVersion
    versions: Callable[[int], Iterable[StoredVersion]]
    """The version of that number, where it is stored or of this import."""
    is_last: Callable[[], bool]
    """Is this the last line of its id in the import?"""
    on_existing: OnExisting
    restore: bool
    """What was withdrawn comes back; so it does where the import replaces its document."""
    exactly: bool
    """The import replaces its document, or the line's: the last line is what the claim becomes."""


UNCHANGED = Resolution("unchanged")
KEPT_WITHDRAWN = Resolution("withdrawn")


def resolve_new(line: ImportLine) -> Resolution:
    """What a line comes to where nothing of its id is there."""
    if line.reason:
        return Resolution("withdrawn", line.version or 1, "withdraw")
    return Resolution("created", line.version or 1, "create")


def resolve(line: ImportLine, draft: Draft, existing: ExistingId) -> Resolution:
    """What a line comes to where its id is there; raises ``Conflict``."""
    current = existing.current
    if line.version is None:
        return _unnumbered(draft, existing)
    if line.version == current.version + 1:
        if line.reason:
            return Resolution("withdrawn", line.version, "withdraw")
        return _next(current)
    _require_stored(line, line.version, draft, existing)
    if line.version == current.version or not existing.is_last():
        return UNCHANGED
    return _older(line, draft, existing)


def _next(current: StoredVersion) -> Resolution:
    counted = "changed" if current.status == "active" else "restored"
    return Resolution(counted, current.version + 1, "change")


def _unnumbered(draft: Draft, existing: ExistingId) -> Resolution:
    """A line that counts no versions is held against the current one."""
    current, on_existing = existing.current, existing.on_existing
    same, active = draft.same(current), current.status == "active"
    if not same and on_existing == "fail":
        detail = "this id is stored with other content; on_existing=update makes this the next one"
        raise Conflict(detail, (Fault(detail, pointer="/id", code="exists"),))
    if same and active:
        return UNCHANGED
    if not active and (not existing.restore or (not same and on_existing == "skip")):
        return KEPT_WITHDRAWN
    return Resolution("skipped") if not same and on_existing == "skip" else _next(current)


def _older(line: ImportLine, draft: Draft, existing: ExistingId) -> Resolution:
    """An older version, stored as it is here, and all that the import has of its id."""
    if line.reason:
        return UNCHANGED  # where the import replaces the document, the claim is absent from it
    active = existing.current.status == "active"
    if existing.exactly and not (active and draft.same(existing.current)):
        return _next(existing.current)
    if active:
        return UNCHANGED
    return _next(existing.current) if existing.restore else KEPT_WITHDRAWN


def _require_stored(line: ImportLine, version: int, draft: Draft, existing: ExistingId) -> None:
    """Is that version stored, and does it say the same?"""
    newest = existing.current.version
    if version > newest:
        detail = (
            f"version {version} does not follow the newest, which is {newest};"
            " send the versions between, or leave `version` out"
        )
    else:
        stored = [existing.current] if version == newest else existing.versions(version)
        wanted = (version, line.status, line.reason)
        if any(
            (one.version, one.status, one.reason) == wanted and draft.same(one) for one in stored
        ):
            return
        detail = (
            f"version {version} is stored and says something else;"
            " leave `version` out to make this the next one"
        )
    raise Conflict(detail, (Fault(detail, pointer="/version", code="version_conflict"),))
