"""Questions beside lists: what an analysis, a table or a feed takes, as it was sent.

The same declaration is read and told to OpenAPI; beside each analysis stands what it assumes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple

from fastapi import Request, Response

from app.api import filter_params, openapi, reply
from app.api.filter_params import AS_OF, MATCH, POLICY, READINGS
from app.api.query_params import QueryPairs, QueryParam, parse_query_string, require
from app.db import Reader
from app.errors import refusal
from app.models.filters import FILTERS, ONE, Filter
from app.models.question import Condition, Question
from app.rules import instants
from app.store import analysis, reads

OPTIONS = (AS_OF, MATCH, READINGS, POLICY)
OF_QUESTION = ("limit", "cursor")
"""Parameters of its own that the question keeps."""


class AskedQuestion(NamedTuple):
    """A question, the parameters that only its path has, and the filters as they were sent."""

    question: Question
    own: dict[str, Any]
    filters: dict[str, list[str]]


class QuestionParams:
    """What a path takes beside a list's own: parameters of its own, options, and filters.

    ``fixed`` is the filter that its path, or a parameter of another name, sets; without a resource
    it takes no filters.
    """

    def __init__(
        self, resource: str = "", fixed: str = "", *own: QueryParam,
        options: tuple[QueryParam, ...] = OPTIONS, keys: tuple[type, ...] = (),
    ) -> None:  # fmt: skip
        self.resource, self.fixed, self.own, self.keys = resource, fixed, own, keys
        self.options = {one.name: one for one in (*options, *own)}

    @cached_property
    def filters(self) -> Mapping[str, tuple[Filter, str]]:
        """The filters that it takes."""
        every = filter_params.filters(self.resource).items() if self.resource else ()
        return {name: one for name, one in every if one[0].name != self.fixed}

    def asked(self, request: Request, value: str | None = None) -> AskedQuestion:
        """The question of a request; ``value`` is that of the fixed filter, where it is known."""
        return self.read(request.scope["query_string"], value, request.url.path)

    def read(self, raw: bytes, value: str | None = None, path: str = "") -> AskedQuestion:
        """The question of a query string; a cursor in it belongs to this path."""
        found = parse_query_string(raw)
        if self.fixed and self.fixed not in self.options and self.fixed in dict(found):
            raise refusal("this analysis sets it itself", self.fixed, "ambiguous")
        conditions, chosen, mark = filter_params.parsed(
            self.resource, found, self.options, self.filters
        )
        if value is not None:
            conditions.append(_equals(self.resource, self.fixed, value))
        names = [one.name for one in self.own if one.name not in OF_QUESTION]
        own = {name: chosen.pop(name) for name in names if name in chosen}
        require(self.own, own)
        mark = f"{path} {mark}"
        question = filter_params.asked(self.resource, conditions, chosen, mark, self.keys)
        return AskedQuestion(question, own, _sent(found, self.options))

    def documented(self, **examples: Any) -> list[dict[str, Any]]:
        """Every parameter, for OpenAPI: its own, the options of all, and the filters it takes."""
        shared = [one for one in self.options.values() if one not in self.own]
        told = [one.openapi() for one in (*self.own, *shared)]
        filters = openapi.of_filters(self.resource, self.filters) if self.resource else []
        return openapi.with_examples([*told, *filters], examples)


def of_measure(question: Question, measure: str) -> Question:
    """The same question, of the figures of one measure."""
    condition = _equals("quantities", "measure", measure)
    return replace(question, conditions=(*question.conditions, condition))


def _equals(resource: str, name: str, value: str) -> Condition:
    """The condition that a path, or a parameter of another name, makes."""
    filter = next((one for one in FILTERS[resource] if one.name == name), ONE)
    return Condition(filter, "eq", (value,))


def _sent(found: QueryPairs, options: Iterable[str]) -> dict[str, list[str]]:
    sent: dict[str, list[str]] = {}
    for name, value in found:
        if name not in options:
            sent.setdefault(name, []).append(value)
    return sent


async def answer(
    reader: Reader, asked: AskedQuestion, some: Any, body: Mapping[str, Any], *notes: str
) -> Response:
    """An analysis as it is answered; where it found nothing, what it asks about must be stored."""
    await reads.require_stored(reader, asked.question, bool(some))
    moment = await analysis.moment_of(reader, asked.question)
    return reply.value({**body, "assumptions": assumptions(asked, moment, *notes)})


def assumptions(asked: AskedQuestion, moment: int, *notes: str) -> dict[str, Any]:
    """What an answer takes for granted."""
    question = asked.question
    said = [ASSUMPTION_TEXTS[question.policy], ASSUMPTION_TEXTS[question.readings], *notes]
    if "status" not in asked.filters:
        said.append("Claims that were withdrawn are left out.")
    return {
        "policy": question.policy,
        "readings": question.readings,
        "match": question.match,
        "as_of": instants.text(moment),
        "filters": asked.filters,
        "notes": said,
    }


ASSUMPTION_TEXTS = {
    "convention": "Bounds that rest on convention (“roughly”) are trusted.",
    "strict": "Bounds that rest on convention (“roughly”) are taken away.",
    "preferred": "Of ambiguous wording the preferred reading counts; where none is, all.",
    "all": "All readings of ambiguous wording count.",
}
