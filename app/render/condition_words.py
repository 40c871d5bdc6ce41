"""Conditions of a question in words: what was asked, as a page shows it and a citation names it."""

import re
from collections.abc import Iterable

from app.render import field_words
from app.render.figure_views import Names
from app.render.plain_text import grouped
from app.rules.json_types import JsonObject

SOURCES = (
    "claimant", "claimant_root", "document", "via", "origin", "origin_root", "publisher", "author",
    "evidence",
)  # fmt: skip
"""Filters whose words are ids of sources."""
FORMS = {
    "measure": "of: {}", "claimant": "said by: {}", "document": "read in: {}", "via": "through: {}",
    "origin": "goes back to: {}", "origin_root": "goes back to: {}", "q": "words: {}",
    "stated__gte": "said: {} or later", "stated__lte": "said: {} or earlier",
    "published__gte": "printed: {} or later", "published__lte": "printed: {} or earlier",
    "stated": "said: {}", "published": "printed: {}",
    "value__gte": "{} or more", "value__lte": "{} or less", "value__gt": "more than {}",
    "value__lt": "less than {}", "date__gte": "not before {}", "date__lte": "not after {}",
    "date__gt": "after {}", "date__lt": "before {}", "known_by": "printed by {}",
    "status": "status: {}", "hedge": "hedge: {}", "modality": "{}", "match": "match: {}",
}  # fmt: skip
NUMBERS = ("value", "nominal", "lower", "upper")
"""Filters whose words are numbers of figures: of a year or a calibre no thousands are set apart."""
DATES = ("stated", "published", "period", "known_by", "date")


def condition(name: str, value: str, names: Names) -> str:
    """One condition: `10,000 or more`, `said by: Shin Won-sik`."""
    base = name.partition("__")[0]
    if name == "hedge":
        told = field_words.HEDGES.get(value, value)
    elif name == "modality":
        told = field_words.MODALITIES.get(value, value).lower()
    elif base in DATES:
        told = _date(value)
    elif base == "measure":
        told = names.measures.get(value, value)
    elif base in SOURCES:
        told = names.sources.get(value, value)
    else:
        told = grouped(value) if base in NUMBERS else value
    return FORMS.get(name, name.replace("__", " ").replace("_", " ") + ": {}").format(told)


def is_dated(measure: JsonObject) -> bool:
    """Whether its figures are dates, which the API has filters of their own for."""
    return measure.get("statistic") == "date"


def of_dates(filters: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Conditions on numbers as conditions on dates."""
    return [(re.sub("^value(?=__|$)", "date", name), told) for name, told in filters]


def _date(value: str) -> str:
    try:
        return field_words.when(value)
    except ValueError:
        return value
