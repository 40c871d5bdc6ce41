"""Shapes that every list shares: the envelope, the row with its answer, what it refers to."""

from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, Field, create_model

from app.models import RESOURCES
from app.models.base import ResponseModel
from app.models.claim import AttributionBasis, ClaimFields, Predicate, RelationBasis, Role
from app.models.field_types import Status
from app.models.measure import MeasureOut
from app.models.quantity import QuantityOut
from app.models.source import SourceOut

T = TypeVar("T")
NEXT = (
    "the address of the next page; its path alone, where the server cannot be sure of its own "
    "address (off loopback, or behind a proxy, without SAYSO_PUBLIC_URL)"
)
RowMatch = Literal["certain", "possible", "impossible"]


class Matched(ResponseModel):
    """What a list tells of each row beside the row itself."""

    match: RowMatch = Field(
        description="does it fit the question certainly, possibly, or not at all (told where "
        "`match=all` asked)"
    )


class Attributed(ResponseModel):
    """What the list of its versions tells of each version beside the version itself."""

    recorded_by: str | None = Field(
        default=None,
        description="who wrote this version: the name of a key, or a command; none where it was "
        "written before this was kept",
    )


class QuantityRow(ClaimFields, QuantityOut, Matched):
    """A figure with the fields of its claim: flat, for tables and plots."""

    claim: str = Field(description="the claim it belongs to")
    version: int
    recorded_at: str
    stated: str | None = None
    period: str | None = None


class Expanded(ResponseModel):
    """What the rows refer to, once each, where ``expand`` asked for it."""

    sources: list[SourceOut] = []
    measures: list[MeasureOut] = []


class Paged(ResponseModel):
    """What a page of a list has beside its rows."""

    next_cursor: str | None = Field(description="send it as `cursor`; null on the last page")
    next: str | None = Field(description=NEXT)
    count: int | None = Field(description="rows on all pages, where `count=exact` asked")
    matches: dict[RowMatch, int] | None = Field(
        default=None, description="the same for each `match`, where `match=all` asked for all"
    )
    included: Expanded | None = None


class Page(Paged, Generic[T]):
    """One page of a list."""

    items: list[T] = Field(description="with `fields` each has those fields alone")


class Revisions(ResponseModel, Generic[T]):
    """Every version of one resource, oldest first."""

    items: list[T]


class Count(ResponseModel):
    """A value of a field, and how many claims have it."""

    value: str | bool
    count: int


class Facets(ResponseModel):
    """Counts of claims by field, the most frequent value first."""

    facets: dict[str, list[Count]]


class RelationRow(ResponseModel):
    """A relation, seen from one of its two claims."""

    direction: Literal["outgoing", "incoming"]
    subject: str
    predicate: Predicate
    object: str
    basis: RelationBasis = "stated"
    note: str | None = None


class Relations(ResponseModel):
    """What a claim says of others, and what others say of it."""

    items: list[RelationRow]


class Node(ResponseModel):
    """One source in the chain of a claim, or beside it."""

    source: str
    name: str
    kind: str
    role: Role
    position: int | None = None
    cue: str | None = None
    wording: str | None = None
    name_as_given: str | None = None
    basis: AttributionBasis = "stated"


class Origin(ResponseModel):
    """Who stands at the end of the chain, and under whom."""

    source: str
    root: str | None = Field(description="null where its root is not known")


class Provenance(ResponseModel):
    """The chain of one claim from the document in hand to its origin."""

    claim: str
    version: int
    status: Status | None = Field(default=None, description="where it does not stand any more")
    reason: str | None = Field(default=None, description="why it does not")
    recorded_at: str | None = Field(default=None, description="since when it does not")
    chain: list[Node]
    beside: list[Node]
    origins: list[Origin]
    independent_origins: dict[Literal["min", "max"], int]
    inferred: list[str] = Field(description="names of fields that the recorder inferred")


def _each(suffix: str, about: str, beside: type[ResponseModel]) -> dict[str, type[BaseModel]]:
    """A shape for each resource: as it is answered alone, and what is told beside it."""
    return {
        name: create_model(
            kind.out.__name__.removesuffix("Out") + suffix,
            __base__=(kind.out, beside),
            __doc__=f"One of the {name} in a list{about}.",
        )
        for name, kind in RESOURCES.items()
    }


ROWS: dict[str, type[BaseModel]] = {**_each("Row", "", Matched), "quantities": QuantityRow}
PAGES = {
    name: create_model(
        row.__name__.replace("Row", "Page"),
        __base__=Page[row],  # type: ignore[valid-type]
        __doc__="One page of a list.",
    )
    for name, row in ROWS.items()
}
REVISIONS = {
    name: create_model(
        f"{row.__name__}s",
        __base__=Revisions[row],  # type: ignore[valid-type]
        __doc__="Every version of one resource, oldest first.",
    )
    for name, row in _each("Revision", " of versions", Attributed).items()
}
