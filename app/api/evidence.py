"""What every analysis takes, and what it tells beside its answer: the assumptions it makes."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple

from fastapi import Request

from app.api import query
from app.api.conditions import Pairs, fields_of
from app.api.query import Readers
from app.errors import Fault, Invalid
from app.models.filters import FILTERS, ONE
from app.models.question import Condition, Question
from app.rules import instants

OPTIONS = ("as_of", "match", "readings", "policy")


class Asked(NamedTuple):
    """A question, the parameters that only this analysis has, and the filters as they were sent."""

    question: Question
    own: dict[str, Any]
    filters: dict[str, list[str]]


def asked(
    request: Request,
    own: Readers,
    fixed: dict[str, str | None],
    resource: str = "quantities",
    kinds: tuple[type, ...] = (),
    free: bool = False,
) -> Asked:
    """The question of an analysis; ``fixed`` are filters that it sets itself, and their values.

    Where it is ``free``, it takes them as parameters of its own.
    """
    every = query.readers(resource, frozenset())
    readers: Readers = {**{name: every[name] for name in OPTIONS}, **own}
    known = {name: one for name, one in fields_of(resource).items() if one[0].name not in fixed}
    found = query.pairs(request.scope["query_string"])
    _not_fixed(found, () if free else fixed)
    conditions, chosen, mark = query.taken(resource, found, readers, known)
    conditions += [narrowing(resource, n, id) for n, id in fixed.items() if id is not None]
    rest = {name: chosen.pop(name) for name in own if name in chosen and name not in OF_QUESTION}
    question = query.asked(resource, conditions, chosen, f"{request.url.path} {mark}", kinds)
    return Asked(question, rest, _sent(found, readers))


OF_QUESTION = ("limit", "cursor")


def _not_fixed(found: Pairs, fixed: Iterable[str]) -> None:
    for name, _ in found:
        if name in fixed:
            raise Invalid(
                faults=(Fault("this analysis sets it itself", parameter=name, code="ambiguous"),)
            )


def narrowing(resource: str, name: str, value: str) -> Condition:
    """The condition that a path, or a parameter of another name, makes."""
    filter = next((one for one in FILTERS[resource] if one.name == name), ONE)
    return Condition(filter, "eq", (value,))


def also(question: Question, condition: Condition) -> Question:
    """The same question with one condition more."""
    return replace(question, conditions=(*question.conditions, condition))


def _sent(found: Pairs, options: Readers) -> dict[str, list[str]]:
    sent: dict[str, list[str]] = {}
    for name, value in found:
        if name not in options:
            sent.setdefault(name, []).append(value)
    return sent


def assumptions(one: Asked, moment: int, *notes: str) -> dict[str, Any]:
    """What an answer takes for granted."""
    question = one.question
    said = [SAID[question.policy], SAID[question.readings], *notes]
    if "status" not in one.filters:
        said.append("Claims that were withdrawn are left out.")
    return {
        "policy": question.policy,
        "readings": question.readings,
        "match": question.match,
        "as_of": instants.text(moment),
        "filters": one.filters,
        "notes": said,
    }


SAID = {
    "convention": "Bounds that rest on convention (“roughly”) are trusted.",
    "strict": "Bounds that rest on convention (“roughly”) are taken away.",
    "preferred": "Of ambiguous wording the preferred reading counts; where none is, all.",
    "all": "All readings of ambiguous wording count.",
}
