"""Create, replace, patch, withdraw: each in one transaction, all or nothing."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from app.db import Database, executed
from app.errors import Fault, Invalid, PreconditionFailed, Problem
from app.models import CLAIM, FOREVER, VERSIONED
from app.models.base import StrictModel, stored_otherwise
from app.models.claim import Included
from app.models.strict_json import validated
from app.rules import chain, likeness, normalise
from app.store.drafts import check_quote, fields, make_draft
from app.store.reads import StoredVersion
from app.store.reference_lookup import Known, Referent, wanted, withdrawn_references
from app.store.versions import (
    Draft,
    change_version,
    create_version,
    current,
    existing,
    names,
    require_if_match,
    withdraw_version,
)
from app.store.write_transaction import PROGRAM, Actor, WriteTransaction


def drafted(
    tx: WriteTransaction,
    resource: str,
    sent: StrictModel,
    coming: frozenset[str] = frozenset(),
    before: StoredVersion | None = None,
) -> Draft:
    """Something sent as the version it would be; sources that are ``coming`` count as stored."""
    given = fields(sent)
    known = tx.look(wanted(resource, given))
    if coming:
        known = Known({("sources", id): Referent() for id in coming} | known)
    return make_draft(known, resource, given, before=before)


class WriteOutcome(NamedTuple):
    """Something sent to be stored: it as stored, and what its sender should know.

    That is whether it is new, what it is alike to, and what of it may not be what it was taken for.
    """

    stored: StoredVersion
    new: bool
    similar: list[str]
    notices: list[Fault]


def create(tx: WriteTransaction, resource: str, sent: StrictModel) -> WriteOutcome:
    """Store something new, with what it includes."""
    check_quote(getattr(sent, "quote", None))
    kept = _include(tx, getattr(sent, "included", None))
    draft = drafted(tx, resource, sent)
    stored, new = create_version(tx, draft)
    return WriteOutcome(stored, new, _similar(tx, draft), kept + _withdrawn(tx, resource, sent))


def _withdrawn(
    tx: WriteTransaction, resource: str, sent: StrictModel, before: StoredVersion | None = None
) -> list[Fault]:
    """Tells of each reference to something withdrawn that the version before did not have."""
    if resource != "claims" or not tx.known.has_withdrawn():
        return []
    found = withdrawn_references(tx.known, resource, fields(sent))
    named = {} if before is None else wanted(resource, json.loads(before.doc))
    return [
        Fault(f"{detail}, and referred to all the same", pointer, code="withdrawn_reference")
        for (pointer, of, id), detail in found.items()
        if id not in named.get(of, ())
    ]


MAX_SIMILAR, LOOKED_AT = 10, 100
"""Claims that are alike, and are told of; and those that are looked at more closely."""

_stored_alike = (
    select(CLAIM.c.id, CLAIM.c.doc)
    .where(
        CLAIM.c.likeness == bindparam("likeness"),
        CLAIM.c.recorded_to == FOREVER,
        CLAIM.c.status == "active",
        CLAIM.c.id != bindparam("own"),
    )
    .order_by(CLAIM.c.id)
    .limit(bindparam("size"))
)


def _similar(tx: WriteTransaction, draft: Draft) -> list[str]:
    """Active claims of other ids that say the same, stored or not yet written, in order."""
    fingerprint = draft.columns.get("likeness")
    if fingerprint is None:
        return []
    binds = {"likeness": fingerprint, "own": draft.id, "size": LOOKED_AT}
    ended = {one["of"] for one in tx.ended.get("claims", ())}
    stored = executed(tx.connection, _stored_alike, binds).fetchall()
    alike = {id: doc for id, doc in stored if id not in ended} | _held_alike(tx, fingerprint)
    own = likeness.sense(json.loads(draft.doc))
    same = (id for id, doc in alike.items() if likeness.sense(json.loads(doc)) == own)
    return sorted(id for id in same if id != draft.id)[:MAX_SIMILAR]


def _held_alike(tx: WriteTransaction, fingerprint: int) -> dict[Any, Any]:
    """The same of what this transaction has not written yet, in the newest version of each."""
    columns = names(CLAIM)
    wanted = ("likeness", "id", "version", "status", "doc")
    alike, own, version, status, doc = map(columns.index, wanted)
    return {
        row[own]: row[doc]
        for row in tx.rows.get(CLAIM, ())
        if row[alike] == fingerprint
        and row[status] == "active"
        and tx.newest["claims", row[own]].version == row[version]
    }


def _include(tx: WriteTransaction, included: Included | None) -> list[Fault]:
    """Store what is not stored yet; what is stays as it is, and where that differs it is told."""
    if included is None:
        return []
    _once_each(included)
    coming = frozenset(source.id for source in included.sources)
    told = []
    for resource in ("sources", "measures"):
        for n, one in enumerate(getattr(included, resource)):
            at = f"/included/{resource}/{n}"
            with _under(at):
                if (found := current(tx, resource, one.id)) is None:
                    create_version(tx, drafted(tx, resource, one, coming))
                else:
                    told += _kept(one, found, at)
    return told


def _kept(one: StrictModel, found: StoredVersion, pointer: str) -> list[Fault]:
    """Tells what of something included is stored otherwise, and so is not what was sent."""
    content = one.model_dump(exclude_unset=True, exclude_none=True)
    others = stored_otherwise(type(one), content, json.loads(found.doc))
    detail = f"`{found.id}` is stored otherwise, and stays as it is: {', '.join(others)}"
    return [Fault(detail, pointer, code="stored_otherwise")] if others else []


def _once_each(included: Included) -> None:
    """Refuse an id that is included twice: one of the two would be lost."""
    for resource in ("sources", "measures"):
        ids = [one.id for one in getattr(included, resource)]
        for n, id in enumerate(ids):
            if id in ids[:n]:
                pointer = f"/included/{resource}/{n}"
                raise Invalid(faults=(Fault("this id is included twice", pointer=pointer),))


@contextmanager
def _under(prefix: str) -> Iterator[None]:
    try:
        yield
    except Problem as problem:
        raise problem.under(prefix) from None


def replace(tx: WriteTransaction, resource: str, sent: Any, if_match: str | None) -> WriteOutcome:
    """Make what was sent the next version of its id."""
    found = existing(tx, resource, sent.id)
    require_if_match(found, if_match)
    check_quote(getattr(sent, "quote", None), found)
    kept = _include(tx, getattr(sent, "included", None))
    stored = change_version(tx, drafted(tx, resource, sent, before=found), found)
    return WriteOutcome(stored, False, [], kept + _withdrawn(tx, resource, sent, found))


def create_only(tx: WriteTransaction, resource: str, sent: Any) -> WriteOutcome:
    """Store a new id; raises ``PreconditionFailed`` where it is taken (If-None-Match: *)."""
    if current(tx, resource, sent.id) is not None:
        raise PreconditionFailed("This id is stored already.")
    return create(tx, resource, sent)


def patch(
    tx: WriteTransaction, resource: str, id: str, changes: dict[str, Any], if_match: str | None
) -> WriteOutcome:
    """Merge changes into the current version (RFC 7396): null clears, lists are replaced whole."""
    found = existing(tx, resource, id)
    require_if_match(found, if_match)
    before = json.loads(found.doc)
    if resource == "claims":
        before = _as_flat(tx, {"quantities": [], **before}, changes)
        before = _read_elsewhere(tx, before, changes)
    before = _without_what_follows(resource, id, before, changes)
    merged = merge(before, changes)
    if resource == "claims" and "attributions" not in changes:
        merged = _chain_follows(before, merged)
    sent = validated(VERSIONED[resource].sent, {**merged, "id": id})
    check_quote(getattr(sent, "quote", None), found)
    stored = change_version(tx, drafted(tx, resource, sent, before=found), found)
    return WriteOutcome(stored, False, [], _withdrawn(tx, resource, sent, found))


def _as_flat(
    tx: WriteTransaction, claim: dict[str, Any], changes: dict[str, Any]
) -> dict[str, Any]:
    """A claim in the form that changes are sent in: flat, where they are to its one figure."""
    if not normalise.changes_figure(claim, changes):
        return claim
    measure = claim["quantities"][0]["measure"]
    known = tx.look({"measures": {measure}, "sources": {claim["document"]}})
    return normalise.flattened(claim, changes, known.yardstick(measure, claim["document"]))


def _read_elsewhere(
    tx: WriteTransaction, claim: dict[str, Any], changes: dict[str, Any]
) -> dict[str, Any]:
    """A claim that moves to a document in another language: its wordings are held against that.

    Their numbers stay, for somebody read them so; what that language reads otherwise is flagged.
    """
    documents = {claim["document"], changes.get("document") or claim["document"]}
    if len(documents) == 1:
        return claim
    if len(set(map(tx.look({"sources": documents}).language, documents))) == 1:
        return claim
    if "quantities" not in claim:  # flat, as its one figure is changed too
        return _as_read(claim)
    return {**claim, "quantities": [_as_read(one) for one in claim["quantities"]]}


def _as_read(figure: dict[str, Any]) -> dict[str, Any]:
    """A figure without what the lexicon said of it."""
    return {name: value for name, value in figure.items() if name not in normalise.LEXICON_FIELDS}


FOLLOW = {
    "measures": ({"unit", "statistic"}, ("domain_min", "domain_max")),
    "sources": ({"kind"}, ("class",)),
}
"""By a change to which fields others change that follow from them, unless they were sent."""


def _without_what_follows(
    resource: str, id: str, stored: dict[str, Any], changes: dict[str, Any]
) -> dict[str, Any]:
    """What is stored without what its rest implies: of a share in percent, that it ends at 100."""
    of, names = FOLLOW.get(resource, (set(), ()))
    before = stored
    for name in names if of & changes.keys() else ():
        fewer = {other: value for other, value in before.items() if other != name}
        implied = fields(validated(VERSIONED[resource].sent, {**fewer, "id": id}))
        if name not in changes and implied == {**stored, "id": id}:
            before = fewer
    return before


def merge(target: Any, changes: Any) -> Any:
    """JSON Merge Patch, RFC 7396."""
    if not isinstance(changes, dict):
        return changes
    whole = dict(target) if isinstance(target, dict) else {}
    for name, value in changes.items():
        if value is None:
            whole.pop(name, None)
        else:
            whole[name] = merge(whole.get(name), value)
    return whole


def _chain_follows(before: dict[str, Any], merged: dict[str, Any]) -> dict[str, Any]:
    """A chain that was spelled out from document, relayers and claimant follows their change."""
    hops = before["attributions"]
    via = [hop["source"] for hop in hops if hop["role"] == "relayer"]
    if hops != chain.default_chain(before["document"], via, before.get("claimant")):
        return merged
    rest = {name: value for name, value in merged.items() if name != "attributions"}
    return {**rest, "via": via} if via and "via" not in merged else rest


def withdraw(
    tx: WriteTransaction,
    resource: str,
    id: str,
    status: str,
    reason: str,
    if_match: str | None,
) -> StoredVersion:
    """Take an id back, with a reason: the next version is the same, and no longer active."""
    found = existing(tx, resource, id)
    require_if_match(found, if_match)
    return take_back(tx, resource, found, status, reason)


def take_back(
    tx: WriteTransaction, resource: str, found: StoredVersion, status: str, reason: str
) -> StoredVersion:
    """Withdraw a stored version: what it says is written once more, under its new status.

    What it was read in was a work when it was stored; whatever it is now, this can be taken back.
    """
    sent = VERSIONED[resource].sent.model_validate({**json.loads(found.doc), "id": found.id})
    given = fields(sent)
    known = tx.look(wanted(resource, given))
    if document := given.get("document"):
        work = known["sources", document]._replace(kind="work")
        known = Known(known | {("sources", document): work})
    return withdraw_version(
        tx, make_draft(known, resource, given, before=found), found, status, reason
    )


class _Rehearsed(Exception):
    """Not an error: the transaction is given up, with all that was tried in it."""


def rehearse(db: Database, what: Callable[[WriteTransaction], Any], actor: Actor) -> Any:
    """What one write would answer; every rule is looked at, and nothing is stored."""
    outcome = None
    with suppress(_Rehearsed), db.transaction() as connection:
        tx = WriteTransaction(connection, actor)
        outcome = what(tx)
        tx.flush()
        raise _Rehearsed
    return outcome


def write(db: Database, what: Callable[..., Any], *args: Any, actor: Actor = PROGRAM) -> Any:
    """Do one write in a transaction of its own; when this returns, it is committed."""
    with db.transaction() as connection:
        tx = WriteTransaction(connection, actor)
        outcome = what(tx, *args)
        tx.close()
        return outcome
