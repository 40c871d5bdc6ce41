"""Search schemas: response models of the search over everything, and of the summary."""

from typing import Literal

from pydantic import Field

from app.models.base import ResponseModel
from app.models.claim import ClaimOut
from app.models.measure import MeasureOut
from app.models.page import Expanded
from app.models.source import SourceOut

FoundBy = Literal["exact", "prefix", "contents"]


class SnippetMatch(ResponseModel):
    """Where words of the search stand in the snippet, in Unicode code points."""

    start: int
    end: int = Field(description="exclusive")


class SnippetOut(ResponseModel):
    """The part of a field in which most of the words stand."""

    pointer: str = Field(description="the field, as a JSON Pointer into the record")
    start: int = Field(description="where in the field the text begins, in Unicode code points")
    text: str
    matches: list[SnippetMatch]


class SearchHit(ResponseModel):
    """One that was found."""

    found: FoundBy = Field(
        description="exact: this is its id, name, alias or unit, whole; prefix: one of them begins "
        "so; contents: all words occur in it"
    )
    snippet: SnippetOut | None = Field(
        default=None, description="none where only the id has the words"
    )


class ClaimHit(SearchHit):
    """A claim that was found."""

    record: ClaimOut


class MeasureHit(SearchHit):
    """A measure that was found."""

    record: MeasureOut


class SourceHit(SearchHit):
    """A source that was found."""

    record: SourceOut


class SearchTotal(ResponseModel):
    """How many there are."""

    count: int
    more: bool = Field(description="there are more than that: they were not counted")


class SearchTotals(ResponseModel):
    """How many there are of each kind."""

    claims: SearchTotal
    measures: SearchTotal
    sources: SearchTotal


class SearchHits(ResponseModel):
    """The best of each kind, best first."""

    claims: list[ClaimHit]
    measures: list[MeasureHit]
    sources: list[SourceHit]


class SearchOut(ResponseModel):
    """What a search over everything found."""

    as_of: str = Field(description="the moment of the database that was searched")
    totals: SearchTotals
    hits: SearchHits
    included: Expanded | None = None


class Counts(ResponseModel):
    """How many there are of each kind that are active."""

    claims: int
    figures: int = Field(description="rows of /v1/quantities")
    measures: int
    sources: int
    documents: int = Field(description="sources in which at least one claim was found")


class SummaryOut(ResponseModel):
    """What is in this database."""

    as_of: str = Field(description="the moment of the database that was counted")
    seq: int | None = Field(
        default=None, description="the newest line of the log; none where `as_of` asks of the past"
    )
    counts: Counts
