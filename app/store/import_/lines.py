"""Import lines: parsed, held to their shape, and given the id that their content makes."""

from contextlib import suppress
from dataclasses import replace
from typing import Any, NamedTuple

from pydantic import Field

from app.errors import Fault, Invalid, Problem
from app.mapping.cells import refused
from app.mapping.plans import CompiledMapping
from app.mapping.schema import read_mapping
from app.models import VERSIONED
from app.models.base import StrictModel
from app.models.claim import ClaimSent
from app.models.field_types import Sha256, Status
from app.models.mapping import MAX_TEXT, MappingIn
from app.models.strict_json import parse_json, validated
from app.render.jsonl import TYPES
from app.rules.normalise import full_form
from app.store.drafts import check_quote, content, fields, id_of
from app.store.versions import hashed

RESOURCE_OF = {kind: resource for resource, kind in TYPES.items()}
ID_PREFIXES = {"claims": "c-", "assessments": "a-"}
"""Resources that may be sent without an id."""
LONGEST_TEXT = 2 * MAX_TEXT
"""Bytes of one string of a line: the text of a mapping, each character escaped."""


class RawLine(NamedTuple):
    """A line as it stands in the file: its number, and its bytes, or why it has none.

    Of a table it may be several rows, and some may be there twice, as (row, the one it repeats).
    """

    number: int
    content: bytes
    problem: Problem | None = None
    rows: tuple[int, ...] = ()
    repeats: tuple[tuple[int, int], ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    """Of a mapped table: the column that each pointer into the line is from."""


class ImportLine(NamedTuple):
    """One line: what it sends, and for a line of an export, which version that was.

    ``rows`` are the rows of a table that a claim's figures stand in, where it has several.
    """

    number: int
    resource: str
    sent: dict[str, Any]
    version: int | None = None
    status: str = "active"
    reason: str | None = None
    content_hash: str | None = None
    rows: tuple[int, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()


class VersionState(StrictModel):
    """What a line of an export says beside its resource."""

    version: int = Field(ge=1, le=2**53 - 1)
    status: Status = "active"
    reason: str | None = Field(None, min_length=1, max_length=2000)
    content_hash: Sha256 | None = None


class EndLine(NamedTuple):
    """The line that ends an export; how many were before it, where it says so."""

    told: int | None


def parse_all(batch: list[RawLine]) -> list[ImportLine | Problem | EndLine]:
    """Lines held to their shape, or why one is broken."""
    return [_parsed(raw) for raw in batch]


def _parsed(raw: RawLine) -> ImportLine | Problem | EndLine:
    try:
        if raw.problem is not None:
            raise raw.problem
        return _parse(raw)
    except Problem as problem:
        return problem


def _parse(raw: RawLine) -> ImportLine | EndLine:
    value = parse_json(raw.content, LONGEST_TEXT)
    if not isinstance(value, dict):
        raise refused("a line is an object", code="not_an_object")
    kind = value.pop("type", "claim" if "document" in value else None)
    if kind == "end":
        said = value.get("count")
        return EndLine(said if isinstance(said, int) else None)
    if not isinstance(kind, str) or kind not in RESOURCE_OF:
        raise refused(f"send one of {', '.join(RESOURCE_OF)}", "/type", "unknown_type")
    sent_state = {name: value.pop(name) for name in VersionState.model_fields if name in value}
    resource = RESOURCE_OF[kind]
    sent = validated(VERSIONED[resource].sent, value)
    state = _state(sent_state) if sent_state else {}
    if "version" not in sent_state:  # a line of an export is taken as it was stored
        check_quote(getattr(sent, "quote", None))
        _require_readable(sent)
    _require_active(resource, state)
    _include_nothing(sent)
    own = {**state, "rows": raw.rows, "columns": raw.columns}
    return _identified(ImportLine(raw.number, resource, fields(sent), **own))


def _state(sent: dict[str, Any]) -> dict[str, Any]:
    state: Any = validated(VersionState, sent)
    if (state.status == "active") != (state.reason is None):
        raise refused("a withdrawal has a reason, and nothing else has", "/reason")
    return {name: getattr(state, name) for name in VersionState.model_fields}


def _require_readable(sent: StrictModel) -> None:
    """Refuse a mapping that PUT would refuse."""
    if isinstance(sent, MappingIn):
        try:
            CompiledMapping(read_mapping(sent.text.encode()))
        except Problem as problem:
            faults = tuple(map(_of_text, problem.faults))
            raise Invalid(problem.detail, faults).under("/text") from None


def _of_text(fault: Fault) -> Fault:
    """A fault of a mapping's text: a line that it names is none of the import."""
    if fault.line is None:
        return fault
    return replace(fault, line=None, detail=f"{fault.detail}, at line {fault.line} of the text")


def _require_active(resource: str, state: dict[str, Any]) -> None:
    """A mapping has versions, and no withdrawal."""
    if resource == "mappings" and state.get("reason") is not None:
        raise refused("a mapping is not withdrawn; leave out `status` and `reason`", "/status")


def _include_nothing(sent: StrictModel) -> None:
    """What a claim of an import refers to has lines of its own."""
    if isinstance(sent, ClaimSent) and (sent.included.sources or sent.included.measures):
        raise refused("in an import, sources and measures have lines of their own", "/included")


def _identified(line: ImportLine) -> ImportLine:
    """The line with the id that its content gives it, where it sent none."""
    if "id" in line.sent or line.resource not in ID_PREFIXES:
        return line
    id = id_of(ID_PREFIXES[line.resource], fingerprint(line)[0])
    return line._replace(sent={**line.sent, "id": id})


def fingerprint(line: ImportLine) -> tuple[str, str, str | None]:
    """What tells whether two lines say the same: their content's hash, and what became of it."""
    whole = content(line.sent)
    if line.resource == "claims":
        with suppress(Invalid):  # to be told when it is worked out
            whole = full_form(line.sent)
    return hashed(whole), line.status, line.reason
