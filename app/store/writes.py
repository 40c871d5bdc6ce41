"""Every write: one turn at the log, one transaction, all or nothing."""

import dataclasses
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from app.db import Database
from app.errors import Fault, Invalid, PreconditionFailed, Problem
from app.models import RESOURCES
from app.models.base import StrictModel
from app.models.claim import Included
from app.models.strict_json import validated
from app.rules import chain, normalise
from app.store.alike import similar
from app.store.claims import check_quote, draft_claim
from app.store.drafts import draft_assessment, draft_measure, draft_source, fields
from app.store.known import Known, wanted
from app.store.log import PROGRAM, Actor, Turn
from app.store.versions import Draft, Stored, add, change, current, existing, expect
from app.store.versions import withdraw as withdraw_version

DRAFTS: dict[str, Callable[[Known, Any], Draft]] = {
    "sources": draft_source,
    "measures": draft_measure,
    "claims": draft_claim,
    "assessments": draft_assessment,
}


def drafted(
    turn: Turn, resource: str, sent: StrictModel, coming: frozenset[str] = frozenset()
) -> Draft:
    """Something sent as the version it would be; sources that are ``coming`` count as stored."""
    given = fields(sent)
    known = turn.look(wanted(resource, given))
    if coming:
        known = dataclasses.replace(known, sources=dict.fromkeys(coming, "") | known.sources)
    return DRAFTS[resource](known, given)


class Created(NamedTuple):
    """Something sent to be stored: it as stored, whether it is new, and what it is alike to."""

    stored: Stored
    new: bool
    similar: list[str]


def create(turn: Turn, resource: str, sent: StrictModel) -> tuple[Stored, bool]:
    """Store something new, with what it includes; says whether it was new."""
    return created(turn, resource, sent)[:2]


def created(turn: Turn, resource: str, sent: StrictModel) -> Created:
    """The same, and what it is alike to."""
    check_quote(getattr(sent, "quote", None))
    _include(turn, getattr(sent, "included", None))
    draft = drafted(turn, resource, sent)
    stored, new = add(turn, draft)
    return Created(stored, new, similar(turn, draft))


def _include(turn: Turn, included: Included | None) -> None:
    """Store what is not stored yet; what is stays as it is."""
    if included is None:
        return
    _once_each(included)
    coming = frozenset(source.id for source in included.sources)
    for n, source in enumerate(included.sources):
        with _under(f"/included/sources/{n}"):
            if current(turn, "sources", source.id) is None:
                add(turn, drafted(turn, "sources", source, coming))
    for n, measure in enumerate(included.measures):
        with _under(f"/included/measures/{n}"):
            if current(turn, "measures", measure.id) is None:
                add(turn, drafted(turn, "measures", measure))


def _once_each(included: Included) -> None:
    """Refuse an id that is included twice: one of the two would be lost."""
    sources, measures = [one.id for one in included.sources], [one.id for one in included.measures]
    for name, ids in (("sources", sources), ("measures", measures)):
        for n, id in enumerate(ids):
            if id in ids[:n]:
                pointer = f"/included/{name}/{n}"
                raise Invalid(faults=(Fault("this id is included twice", pointer=pointer),))


@contextmanager
def _under(prefix: str) -> Iterator[None]:
    try:
        yield
    except Problem as problem:
        raise problem.under(prefix) from None


def replace(turn: Turn, resource: str, sent: Any, if_match: str | None) -> Stored:
    """Make what was sent the next version of its id."""
    found = existing(turn, resource, sent.id)
    expect(found, if_match)
    check_quote(getattr(sent, "quote", None), found)
    _include(turn, getattr(sent, "included", None))
    return change(turn, drafted(turn, resource, sent), found)


def create_only(turn: Turn, resource: str, sent: Any) -> Created:
    """Store a new id; raises ``PreconditionFailed`` where it is taken (If-None-Match: *)."""
    if current(turn, resource, sent.id) is not None:
        raise PreconditionFailed("This id is stored already.")
    return created(turn, resource, sent)


def patch(
    turn: Turn, resource: str, id: str, changes: dict[str, Any], if_match: str | None
) -> Stored:
    """Merge changes into the current version (RFC 7396): null clears, lists are replaced whole."""
    found = existing(turn, resource, id)
    expect(found, if_match)
    before = json.loads(found.doc)
    if resource == "claims":
        before = _as_flat(turn, {"quantities": [], **before}, changes)
    merged = merge(before, changes)
    if resource == "claims" and "attributions" not in changes:
        merged = _chain_follows(before, merged)
    sent = validated(RESOURCES[resource].sent, {**merged, "id": id})
    check_quote(getattr(sent, "quote", None), found)
    return change(turn, drafted(turn, resource, sent), found)


def _as_flat(turn: Turn, claim: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """A claim in the form that changes are sent in: flat, where they are to its one figure."""
    if not normalise.changes_figure(claim, changes):
        return claim
    measure = claim["quantities"][0]["measure"]
    known = turn.look({"measures": {measure}, "sources": {claim["document"]}})
    return normalise.flattened(claim, changes, known.yardstick(measure, claim["document"]))


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
    if hops != chain.spelled_out(before["document"], via, before.get("claimant")):
        return merged
    rest = {name: value for name, value in merged.items() if name != "attributions"}
    return {**rest, "via": via} if via and "via" not in merged else rest


def withdraw(
    turn: Turn, resource: str, id: str, status: str, reason: str, if_match: str | None
) -> Stored:
    """Take an id back, with a reason: the next version is the same, and no longer active."""
    found = existing(turn, resource, id)
    expect(found, if_match)
    return take_back(turn, resource, found, status, reason)


def take_back(turn: Turn, resource: str, found: Stored, status: str, reason: str) -> Stored:
    """Withdraw a stored version: what it says is written once more, under its new status."""
    sent = RESOURCES[resource].sent.model_validate({**json.loads(found.doc), "id": found.id})
    return withdraw_version(turn, drafted(turn, resource, sent), found, status, reason)


Write = Callable[..., Any]


def write(db: Database, what: Write, *args: Any, actor: Actor = PROGRAM) -> Any:
    """Do one write in a transaction of its own; when this returns, it is committed."""
    with db.transaction() as connection:
        turn = Turn(connection, actor)
        outcome = what(turn, *args)
        turn.close()
        return outcome
