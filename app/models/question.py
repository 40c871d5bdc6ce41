"""List queries: the conditions, and how the answers are to be judged and ordered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple

from app.models.filters import Filter
from app.rules import text_search

Match = Literal["any", "certain", "possible"]
ListMatch = Literal["any", "certain", "possible", "all"]
"""Which rows a list has: `all` has those too that do not fit, each with its answer."""
Readings = Literal["preferred", "all"]
Policy = Literal["convention", "strict"]
LinkedBy = Literal["derivation", "utterance", "document"]
"""What makes two figures of a ratio belong together."""

Search = Literal["text", "leads"]
"""What a search looks at: texts alone, or an index that leads to them."""


class Condition(NamedTuple):
    """One condition: words to be among, an interval to lie in, or a number to compare with."""

    filter: Filter
    op: str
    values: tuple[Any, ...]

    @property
    def refers(self) -> bool:
        """Is something stored named by an id, or a dimension by its name?"""
        return bool(self.filter.refers) or self.filter.kind == "trait"

    @property
    def widening(self) -> bool:
        """Would a name that nobody has give more than was asked for?"""
        return self.refers and self.op in ("ne", "is_null")


class QueryShape(NamedTuple):
    """A query without its values: the key that a statement is built for, once, and kept by."""

    resource: str
    conditions: tuple[tuple[Filter, str, int], ...]
    match: ListMatch
    readings: Readings
    policy: Policy
    sort: str
    past: bool
    after: bool
    search: Search = "text"


@dataclass(frozen=True)
class Question:
    """A list query: everything that a list is asked; asked again, it is the same object."""

    resource: str
    conditions: tuple[Condition, ...] = ()
    match: ListMatch = "any"
    readings: Readings = "preferred"
    policy: Policy = "convention"
    sort: str = "id"
    limit: int = 50
    moment: int | None = None
    after: tuple[Any, ...] | None = None
    count: bool = False
    fields: frozenset[str] = frozenset()
    expand: frozenset[str] = frozenset()
    by: tuple[str, ...] = ()
    fingerprint: str = field(default="", compare=False)

    @cached_property
    def shape(self) -> QueryShape:
        """What the statement depends on."""
        asked = tuple((c.filter, c.op, len(c.values)) for c in self.conditions)
        return QueryShape(
            self.resource, asked, self.match, self.readings, self.policy, self.sort,
            self.moment is not None, self.after is not None,
        )  # fmt: skip

    @cached_property
    def alone(self) -> bool:
        """Whether one statement answers it, and it is known which."""
        first = any(one.filter.kind == "search" or one.widening for one in self.conditions)
        return not (self.count or self.expand or first)

    @cached_property
    def binds(self) -> Mapping[str, Any]:
        """The values, by the names that the statement gives them."""
        found = {
            f"c{n}_{m}": value
            for n, condition in enumerate(self.conditions)
            for m, value in enumerate(condition.values)
        }
        for condition in self.conditions:
            if condition.filter.kind == "search":
                found["sought"] = text_search.index_query(condition.values)
        found |= {f"k{n}": value for n, value in enumerate(self.after or ())}
        if self.moment is not None:
            found["moment"] = self.moment
        return found
