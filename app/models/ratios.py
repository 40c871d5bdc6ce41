"""The shape of ratios: what two measures imply of each other."""

from typing import Any, Literal

from app.models.analysis import Analysis, Bounds
from app.models.base import ResponseModel


class RatioSide(ResponseModel):
    """One of the two figures of a ratio."""

    claim: str
    version: int
    slot: int
    alternative: int
    reading: str
    raw_text: str | None = None
    claimant: str | None = None
    stated: str | None = None
    dimensions: dict[str, Any] = {}


class Ratio(ResponseModel):
    """What two figures imply: twelve digits, with bounds that hold the exact ratio."""

    by: list[Literal["derivation", "utterance", "document"]]
    numerator: RatioSide
    denominator: RatioSide
    value: str | None
    bounds: Bounds
    basis: str


class RatiosOut(Analysis):
    """The ratios implied between two measures."""

    numerator: str
    denominator: str
    unit: str
    by: list[Literal["derivation", "utterance", "document"]]
    items: list[Ratio]
    truncated: bool
