"""What it is: the tables, and the shapes that come in and go out; a field is written once."""

from dataclasses import dataclass
from typing import Any

from app.models.assessment import Assessment, AssessmentIn, AssessmentOut
from app.models.base import FOREVER, Part, Shape, Versioned
from app.models.claim import (
    Claim,
    ClaimAttribution,
    ClaimIn,
    ClaimOut,
    ClaimRelation,
    ClaimSent,
)
from app.models.log import Change, LogHead
from app.models.measure import Measure, MeasureIn, MeasureOut
from app.models.quantity import Quantity
from app.models.source import Source, SourceIn, SourceOut

__all__ = ["FOREVER", "RESOURCES", "Change", "LogHead", "Resource"]


@dataclass(frozen=True)
class Resource:
    """One kind of thing kept in versions: its table, its shapes, and the rows beside it."""

    table: type[Versioned]
    whole: type[Shape]
    sent: Any
    out: type[Shape]
    parts: tuple[type[Part], ...] = ()


RESOURCES = {
    "sources": Resource(Source, SourceIn, SourceIn, SourceOut),
    "measures": Resource(Measure, MeasureIn, MeasureIn, MeasureOut),
    "claims": Resource(
        Claim, ClaimIn, ClaimSent, ClaimOut, (Quantity, ClaimAttribution, ClaimRelation)
    ),
    "assessments": Resource(Assessment, AssessmentIn, AssessmentIn, AssessmentOut),
}
