"""Tables, and the schemas that come in and go out; a field is written once."""

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Table

from app.models.assessment import Assessment, AssessmentIn, AssessmentOut
from app.models.base import FOREVER, StrictModel
from app.models.claim import Claim, ClaimAttribution, ClaimMade, ClaimOut, ClaimRelation, ClaimSent
from app.models.key import ApiKey, KeyPepper
from app.models.log import Change, IdempotencyKey, LogHead
from app.models.mapping import MappingIn, MappingOut, StoredMapping
from app.models.measure import Measure, MeasureIn, MeasureOut
from app.models.quantity import Quantity, Trait
from app.models.source import Source, SourceIn, SourceOut

__all__ = [
    "FOREVER", "RESOURCES", "VERSIONED", "Resource",
    "API_KEY", "ATTRIBUTION", "CHANGE", "CLAIM", "KEY_PEPPER", "LOG_HEAD", "MAPPING", "MEASURE",
    "QUANTITY", "RELATION", "SOURCE", "TRAIT",
]  # fmt: skip


def _table(model: Any) -> Table:
    """The table that a SQLModel class declares; statements are made of it."""
    found: Table = model.__table__
    return found


SOURCE = _table(Source)
MEASURE = _table(Measure)
CLAIM = _table(Claim)
QUANTITY = _table(Quantity)
ATTRIBUTION = _table(ClaimAttribution)
RELATION = _table(ClaimRelation)
TRAIT = _table(Trait)
CHANGE = _table(Change)
LOG_HEAD = _table(LogHead)
IDEMPOTENCY_KEY = _table(IdempotencyKey)
API_KEY = _table(ApiKey)
KEY_PEPPER = _table(KeyPepper)
MAPPING = _table(StoredMapping)


@dataclass(frozen=True)
class Resource:
    """One kind of thing kept in versions: its table, its shapes, and the rows beside it."""

    table: Table
    sent: type[StrictModel]
    out: type[BaseModel]
    parts: tuple[Table, ...] = ()
    created: type[StrictModel] | None = None

    @property
    def made(self) -> type[BaseModel]:
        """What is answered of something new."""
        return self.created or self.out


RESOURCES = {
    "sources": Resource(SOURCE, SourceIn, SourceOut),
    "measures": Resource(MEASURE, MeasureIn, MeasureOut),
    "claims": Resource(
        CLAIM, ClaimSent, ClaimOut, (QUANTITY, ATTRIBUTION, RELATION, TRAIT), ClaimMade
    ),
    "assessments": Resource(_table(Assessment), AssessmentIn, AssessmentOut),
}
"""Those that have lists and filters of one kind."""

VERSIONED = {**RESOURCES, "mappings": Resource(MAPPING, MappingIn, MappingOut)}
"""All that is recorded: it is in the log, in exports, and taken by imports."""
