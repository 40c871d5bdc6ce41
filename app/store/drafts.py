"""Sources, measures and assessments as versions about to be written."""

import hashlib
from base64 import b32encode
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Table, bindparam, select

from app.errors import Fault, Invalid
from app.models import FOREVER, RESOURCES
from app.models.assessment import AssessmentIn
from app.models.base import Shape
from app.models.measure import MeasureIn
from app.models.source import SourceIn
from app.render.documents import canonical, text
from app.rules import dates, words
from app.store.log import Turn
from app.store.versions import Draft

Reference = tuple[str, str, str]
"""What refers, as (pointer, resource, id)."""


def content(sent: Shape) -> dict[str, Any]:
    """What the writer sent: no id, no default, no null."""
    return sent.model_dump(exclude_defaults=True, exclude_none=True, exclude={"id"})


def content_hash(sent: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON of what was sent: the same content, the same hash, anywhere."""
    return hashlib.sha256(canonical(sent)).hexdigest()


def id_of(prefix: str, digest: str) -> str:
    """The id of something sent without one: 26 base32 characters of its content's hash."""
    return prefix + b32encode(bytes.fromhex(digest)).decode().lower()[:26]


def require(connection: Connection, references: Iterable[Reference]) -> None:
    """Raise ``Invalid`` naming every reference to an id that is not stored."""
    wanted = list(references)
    known: dict[str, set[str]] = {}
    for resource in {resource for _, resource, _ in wanted}:
        table = RESOURCES[resource].table
        ids = {id for _, of, id in wanted if of == resource}
        found = select(table.c.id).where(
            table.c.id.in_(bindparam("ids", expanding=True)), table.c.recorded_to == FOREVER
        )
        known[resource] = set(connection.execute(found, {"ids": sorted(ids)}).scalars())
    faults = tuple(
        Fault(f"no such id among the {resource}", pointer=pointer, code="unknown_reference")
        for pointer, resource, id in wanted
        if id not in known[resource]
    )
    if faults:
        raise Invalid("Something referred to is not stored.", faults)


def draft_source(turn: Turn, sent: SourceIn, coming: frozenset[str] = frozenset()) -> Draft:
    """A source to be written; what it refers to must be stored, or be coming with it."""
    names = ("affiliation", "author", "publisher")
    references = [(f"/{n}", "sources", getattr(sent, n)) for n in names if getattr(sent, n)]
    require(turn.connection, [ref for ref in references if ref[2] not in coming | {sent.id}])
    if sent.affiliation == sent.id:
        raise Invalid(faults=(Fault("nobody is affiliated with itself", pointer="/affiliation"),))
    span = dates.span(sent.date) if sent.date else dates.EVER
    columns = _columns("sources", sent) | {
        "date_lo": span.lo,
        "date_hi": span.hi,
        "search": words.folded(sent.name, *sent.aliases),
    }
    return _draft("sources", sent.id, sent, columns)


def draft_measure(_turn: Turn, sent: MeasureIn) -> Draft:
    """A measure to be written."""
    search = words.folded(sent.name, sent.definition, sent.unit_label)
    return _draft("measures", sent.id, sent, _columns("measures", sent) | {"search": search})


def draft_assessment(turn: Turn, sent: AssessmentIn) -> Draft:
    """An assessment to be written; its target must be stored."""
    resource, _, id = sent.target.partition("/")
    require(turn.connection, [("/target", resource, id)])
    own = sent.id or id_of("a-", content_hash(content(sent)))
    columns = _columns("assessments", sent) | {"search": words.folded(sent.comment)}
    return _draft("assessments", own, sent, columns)


def _draft(resource: str, id: str, sent: Shape, columns: dict[str, Any]) -> Draft:
    whole = content(sent)
    return Draft(resource, id, content_hash(whole), text(whole), columns)


def _columns(resource: str, sent: Shape) -> dict[str, Any]:
    """The fields of a shape that are columns too."""
    return columns_of(RESOURCES[resource].table, sent)


def columns_of(table: Table, sent: Shape) -> dict[str, Any]:
    """The fields of a shape that are columns of a table, by column name."""
    names = {column.name for column in table.columns} - {"id", "status", "reason"}
    whole = sent.model_dump(by_alias=True)
    return {name: value for name, value in whole.items() if name in names}
