"""Citation schemas: response models of PROV, CSL-JSON, ClaimReview, and of a quote's check."""

from typing import Any, Literal

from pydantic import ConfigDict, Field

from app.models.base import ResponseModel
from app.rules import quotes


class ClosedModel(ResponseModel):
    """A response model of somebody else's format: nothing more than it has."""

    model_config = ConfigDict(extra="forbid")


class Linked(ClosedModel):
    """A graph in JSON-LD; its context is inline, so that it is read without asking anybody."""

    context: dict[str, Any] = Field(alias="@context")
    graph: list["LinkedNode"] = Field(alias="@graph")


class LinkedNode(ResponseModel):
    """One statement: an entity, an agent, an activity, or a relation between such."""

    model_config = ConfigDict(extra="allow")

    id: str | None = Field(default=None, alias="@id")
    type: str = Field(alias="@type")


class CslName(ClosedModel):
    """A name as it is: which part is the family name is not guessed."""

    literal: str


class CslDate(ClosedModel):
    """A date in numbers where it is plain, else in words; `circa` where it is doubtful."""

    date_parts: list[list[int]] | None = Field(
        default=None, alias="date-parts", min_length=1, max_length=2
    )
    circa: bool | None = None
    literal: str | None = None


class CslItem(ClosedModel):
    """One item of CSL-JSON."""

    id: str
    type: Literal["entry", "dataset"] = Field(description="a claim, or what is known of a measure")
    title: str = Field(description="the figure as printed, and how it came; or what was asked")
    author: list[CslName] | None = None
    issued: CslDate | None = Field(default=None, description="when it was said")
    accessed: CslDate = Field(description="the day of this version, or of the moment cited")
    container_title: Literal["Sayso"] = Field(alias="container-title")
    version: str
    URL: str = Field(description="the permalink of what is cited")
    note: str = Field(description="where it is printed, and what is uncertain")
    status: str | None = Field(default=None, description="unless active")
    custom: dict[str, Any]


class Rating(ClosedModel):
    """What the assessor said, 5 (1, A) to 1 (5, E); no value where it was withheld (6, F)."""

    type: Literal["Rating"] = Field(alias="@type")
    ratingValue: int | None = Field(default=None, ge=1, le=5)
    bestRating: Literal[5] | None = None
    worstRating: Literal[1] | None = None
    alternateName: str = Field(description="the words of the Admiralty code")
    ratingExplanation: str = Field(description="the assessor's comment")
    reviewAspect: str
    grade: str = Field(alias="sayso:grade", description="as given, in the Admiralty code")


class PublishedRating(ClosedModel):
    """A verdict that was published elsewhere, in its words and on its scale."""

    type: Literal["Rating"] = Field(alias="@type")
    ratingValue: str | None = None
    bestRating: str | None = None
    worstRating: str | None = None
    alternateName: str | None = None
    ratingExplanation: str | None = None


class Review(ClosedModel):
    """One assessment as schema.org tells it."""

    type: Literal["ClaimReview"] = Field(alias="@type")
    id: str = Field(alias="@id")
    url: str
    datePublished: str | None = None
    author: dict[str, Any]
    claimReviewed: str = Field(description="the claim in one sentence, hedge and date included")
    itemReviewed: dict[str, Any]
    reviewBody: str
    inLanguage: str | None = None
    reviewRating: Rating | PublishedRating | list[Rating | PublishedRating] | None = None
    confidence: int | None = Field(default=None, alias="sayso:confidence")


class Reviews(ClosedModel):
    """Every assessment side by side: none is weighed against another."""

    context: list[str | dict[str, str]] = Field(alias="@context")
    graph: list[Review] = Field(alias="@graph")


class QuotePlace(ResponseModel):
    """Where a quote stands in a text."""

    start: int = Field(description="in Unicode code points, from 0")
    end: int = Field(description="exclusive")
    prefix: bool | None = Field(default=None, description="the quote's prefix stands before it")
    suffix: bool | None = Field(default=None, description="the quote's suffix stands after it")


class QuoteCheck(ResponseModel):
    """A stored quote, held against a text that was sent."""

    claim: str
    version: int
    found: quotes.QuoteMatch = Field(
        description="exact: word for word, at its offsets if it has any; moved: word for word, "
        "elsewhere; normalised: with other spaces, quotation marks or dashes; by_hash: it has "
        "offsets alone, and the text is its document; unproven: nothing tells; not_found"
    )
    reason: str = Field(description="the same in a sentence")
    places: list[QuotePlace] = Field(description="the likeliest first, at most 10")
    document: str = Field(description="the source that the claim was found in")
    text_is: quotes.DocumentMatch = Field(
        description="by the document's `content_sha256`: same; line_ends: but for line ends (or a "
        "byte order mark); other; unknown: it has none"
    )
    characters: int = Field(description="of the text that was sent, in code points")
