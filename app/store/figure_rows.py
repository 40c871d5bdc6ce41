"""The rows of a claim's figures: what three-valued filters need, decided once, at write."""

import math
from collections.abc import Sequence
from typing import Any

from app.models.claim import ClaimFields
from app.render.documents import stored
from app.rules import numbers, text_search
from app.rules.bounds import Yardstick, in_unit
from app.rules.intervals import NOTHING, SIDES, of_figure, soft
from app.rules.normalise import candidate_columns
from app.store import days
from app.store.known import Measure

Fields = dict[str, Any]
OF_CLAIM = (*(name for name in ClaimFields.model_fields if name != "published"), "stated", "period")
"""What a figure's row tells of its claim; ``published`` may be the document's, as it is then."""


def rows(claim: Fields, measures: dict[str, Measure]) -> list[Fields]:
    """One row for each figure of a claim in full form."""
    shared = {name: claim[name] for name in OF_CLAIM if name in claim}
    mixed = claim.get("alternative_mode") == "mix"
    roles = candidate_columns(claim["quantities"])
    return [
        _row(figure, measures[figure["measure"]].yardstick, shared) | role | {"mix": mixed}
        for figure, role in zip(claim["quantities"], roles, strict=True)
    ]


def _row(figure: Fields, yardstick: Yardstick, shared: Fields) -> Fields:
    dated = yardstick.statistic == "date"
    domain = in_unit(yardstick, figure["unit"]).domain
    loose = NOTHING if dated else of_figure(figure, domain=domain)
    opened = not dated and any(soft(figure, side) for side in SIDES)
    strict = of_figure(figure, strict=True, domain=domain) if opened else loose
    kept = ("hedge", "unit", "slot", "alternative", "reading", "measure")
    return {name: figure[name] for name in kept} | {
        "preferred": figure.get("preferred", False),
        "lo": loose.lo,
        "hi": loose.hi,
        "lo_asc": math.inf if loose.lo == -math.inf else loose.lo,
        "strict_lo": strict.lo,
        "strict_hi": strict.hi,
        **days.of_figure(figure, dated),
        "nominal": _number(figure, "value"),
        "lower": _number(figure, "lower"),
        "upper": _number(figure, "upper"),
        "dims": _packed(figure.get("dimensions", {})),
        "flags": text_search.packed(figure.get("flags", [])),
        "doc": stored(shared | figure),
    }


def traits_of(figures: Sequence[Fields]) -> list[Fields]:
    """One row for each dimension and attribute of each figure, which filters and facets look at."""
    return [
        {"n": n, "name": f"{kind}.{name}", "word": numbers.canonical_value(value),
         "number": numbers.as_number(value)}
        for n, figure in enumerate(figures)
        for kind, field in (("dim", "dimensions"), ("attr", "attributes"))
        for name, value in figure.get(field, {}).items()
    ]  # fmt: skip


def _packed(dimensions: Fields) -> str:
    """The dimensions as one text: figures that have the same follow one another in a series."""
    return text_search.packed(
        [f"{k}={numbers.canonical_value(v)}" for k, v in sorted(dimensions.items())]
    )


def _number(figure: Fields, name: str) -> float | None:
    return float(figure[name]) if name in figure else None
