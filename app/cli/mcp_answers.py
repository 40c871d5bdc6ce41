"""Typed answers of the MCP tools: their schemas are told to the assistant's program."""

from typing import Any, Literal

from pydantic import BaseModel, Field, SerializerFunctionWrapHandler, model_serializer

FoundKind = Literal["measure", "source", "claim"]


class ToolAnswer(BaseModel):
    """An answer; what has no value is not written, for every word costs its reader."""

    @model_serializer(mode="wrap")
    def _short(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in write(self).items() if value is not None}


class FoundItem(ToolAnswer):
    """Something that a search found."""

    kind: FoundKind
    id: str
    says: str


class FoundAnswer(ToolAnswer):
    """What a search found: measures, then sources, then claims, of each the best first."""

    found: list[FoundItem]
    not_listed: list[str] = Field(description="what was found too, counted")
    hint: str | None = None


class FigureRow(ToolAnswer):
    """A figure: who said what, what that allows, when, and how firmly."""

    claim: str
    who: str
    claimant: str | None = None
    measure: str
    said: str | None = Field(default=None, description="the words as printed: data, quoted")
    allows: str = Field(description="what these words allow")
    lower: str | None = Field(default=None, description="none: nobody said how far down")
    upper: str | None = Field(default=None, description="none: nobody said how far upwards")
    lower_inclusive: bool | None = None
    upper_inclusive: bool | None = None
    unit: str | None = None
    stated: str | None = Field(default=None, description="when it was said (EDTF)")
    period: str | None = Field(default=None, description="the time that it is about (EDTF)")
    published: str | None = Field(default=None, description="when it could be known (EDTF)")
    match: str | None = Field(
        default=None,
        description="whether it fits what was asked, by itself: of alternatives, not all may",
    )
    dimensions: dict[str, Any] | None = None
    attributes: dict[str, Any] | None = None
    modality: str | None = None
    speech_act: str | None = None
    polarity: str | None = Field(default=None, description="negative: it is denied")
    slot: int = 1
    alternative: int = Field(default=1, description="of one slot: this or another one holds")
    alternative_mode: str | None = None
    reading: str = Field(default="A", description="of ambiguous words, one way to read them")
    reading_note: str | None = None
    step: str | None = Field(default=None, description="what it is to the one before it")


class FiguresAnswer(ToolAnswer):
    """Figures that fit, certainly or possibly."""

    figures: list[FigureRow]
    next_cursor: str | None = Field(default=None, description="there are more: send it as cursor")
    in_another_unit: int | None = Field(
        default=None, description="so many more are in another unit, and were not held against it"
    )


class ReadingRow(ToolAnswer):
    """One reading of a figure of a claim."""

    measure: str
    label: str | None = None
    said: str | None = None
    allows: str
    dimensions: dict[str, Any] | None = None
    attributes: dict[str, Any] | None = None
    rests_on: str
    preferred: bool
    note: str | None = None


class HopRow(ToolAnswer):
    """One who passed it on, or said it."""

    source: str | None = None
    name: str
    did: str
    unsure: str | None = None
    beside: str | None = None


class RelationLine(ToolAnswer):
    """What a claim is to another one."""

    words: str
    claim: str
    basis: str
    note: str | None = None


class ClaimAnswer(ToolAnswer):
    """A claim, the chain that it came through, and how to cite it."""

    id: str
    version: int
    status: str
    who: str
    stated: str | None = None
    document: str
    statement: str | None = None
    quote: str | None = Field(default=None, description="the words of the document: data")
    firmness: str | None = None
    figures_hold: Literal["and", "or", "both"] = Field(
        description="or: one of the figures; both: of each numbered figure one row"
    )
    alternative_mode: str | None = None
    figures: list[ReadingRow]
    chain: list[HopRow] = Field(description="from the document in hand to the origin")
    stands_beside: list[HopRow]
    independent_origins_min: int
    independent_origins_max: int
    inferred: list[str] = Field(description="fields that the recorder inferred")
    relations: list[RelationLine]
    relations_not_listed: int
    notes: str | None = None
    citation: str


class ComparedRow(ToolAnswer):
    """A figure that was compared."""

    claim: str
    who: str
    said: str
    time: str | None = None
    at: str | None = Field(default=None, description="what it says of the time asked about")


class PairRow(ToolAnswer):
    """Two figures that disagree, or may."""

    one: str
    other: str
    disagreement: str
    kind: str
    reason: str


class ComparisonAnswer(ToolAnswer):
    """Whether the figures of a measure disagree."""

    measure: str
    at: str | None = None
    figures: list[ComparedRow]
    figures_not_listed: int = Field(description="compared, but not in `figures`")
    not_compared: int = Field(description="found, but more than are compared at once")
    disagree: int = Field(description="pairs that do")
    unclear: int = Field(description="pairs that may")
    agree: int = Field(description="pairs that do not disagree")
    pairs: list[PairRow] = Field(description="those that do or may, with the reason")
    pairs_not_listed: int
    common: str | None = Field(default=None, description="what all of them allow, if anything")
    spread: str | None = Field(default=None, description="from the lowest to the highest")
    denials: list[str] = Field(description="claims that deny or take back a figure")
    denials_not_listed: int
    assumed: list[str]
    as_of: str


class OriginRow(ToolAnswer):
    """Who stands at the end of a chain."""

    source: str | None = None
    name: str
    root: str | None = Field(
        default=None, description="the top of what it belongs to; none: not known"
    )
    anonymous: bool
    claims: int


class OriginsAnswer(ToolAnswer):
    """How many independent origins stand behind the claims, and who passed them on."""

    independent_origins_min: int
    independent_origins_max: int
    origins: list[OriginRow]
    origins_not_listed: int
    claims: int
    documents: int
    passed_on_by: list[str]
    passed_on_by_not_listed: int
    derived: list[str] = Field(description="claims that rest on others, and add no origin")
    derived_not_listed: int
    circles: int = Field(description="chains that lead back to where they began")
    circles_complete: bool = Field(description="false: there may be more than these")
    denials: list[str]
    denials_not_listed: int
    assumed: list[str]
    as_of: str


class GroupRow(ToolAnswer):
    """The figures of one voice, in order of the time that they are about."""

    group: str
    figures: list[FigureRow]


class HistoryAnswer(ToolAnswer):
    """How the figures of a measure moved."""

    measure: str
    unit: str
    accumulation: str
    group_by: str
    groups: list[GroupRow]
    denials: list[FigureRow]
    denials_not_listed: int
    next_cursor: str | None = Field(default=None, description="there are more: send it as cursor")
    assumed: list[str]
    as_of: str


class WordingAnswer(ToolAnswer):
    """How a figure's wording is read."""

    hedge: str
    allows: str
    value: str | None = None
    lower: str | None = None
    upper: str | None = None
    lower_inclusive: bool | None = None
    upper_inclusive: bool | None = None
    lower_basis: str | None = None
    upper_basis: str | None = None
    unit: str | None = None
    lexicon_version: str


class RecordedAnswer(ToolAnswer):
    """A claim that was stored, or with dry_run would be."""

    stored: bool
    id: str
    figures: list[str] = Field(description="each as worded, and what it allows")
    similar: list[str] = Field(description="claims that say the same")
    notices: list[str] = Field(description="what it refers to and is withdrawn")
