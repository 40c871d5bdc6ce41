"""What something sent refers to: which ids those are, and what is stored of them.

Ids never disappear, so what was once found stays found.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, bindparam, select

from app.db import among, executed
from app.errors import Fault, Invalid
from app.models import FOREVER, MEASURE, RESOURCES, SOURCE
from app.rules.bounds import MeasureContext
from app.rules.numbers import exact

Reference = tuple[str, str, str]
"""What refers, as (pointer, resource, id)."""

T = TypeVar("T")
CHUNK = 1000


@dataclass(frozen=True)
class MeasureFacts:
    """What a figure has to know of its measure."""

    yardstick: MeasureContext
    cumulative: bool
    changed: bool = False
    """Has it been another one before? Then figures may have been read by what it was."""


@dataclass
class Known:
    """What is stored of what may be referred to: the class of sources, measures, ids of claims.

    ``languages`` are those of sources that have one: they decide how a document's figures are read.
    ``withdrawn`` has why, of those that are: they may be referred to, and whoever does so is told.
    """

    sources: dict[str, str] = field(default_factory=dict)
    measures: dict[str, MeasureFacts] = field(default_factory=dict)
    claims: set[str] = field(default_factory=set)
    languages: dict[str, str] = field(default_factory=dict)
    withdrawn: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many ids are known."""
        return len(self.sources) + len(self.measures) + len(self.claims)

    def lacks(self, resource: str, ids: Iterable[str]) -> set[str]:
        """Those of the ids that are not known."""
        known = getattr(self, resource)
        return {id for id in ids if id not in known}

    def only(self, ids: Mapping[str, Iterable[str]]) -> "Known":
        """What is known of these ids alone."""

        def kept(some: dict[str, T], of: str) -> dict[str, T]:
            return {id: some[id] for id in ids[of] if id in some}

        named = ((of, id) for of, some in ids.items() for id in some)
        return Known(
            kept(self.sources, "sources"),
            kept(self.measures, "measures"),
            self.claims.intersection(ids["claims"]),
            kept(self.languages, "sources"),
            {one: self.withdrawn[one] for one in named if one in self.withdrawn},
        )

    def yardstick(self, measure: str, document: str | None) -> MeasureContext:
        """What the lexicon needs to know of a measure, and of the document it is printed in."""
        return self.measures[measure].yardstick._replace(
            language=self.languages.get(document) if document else None
        )

    def require(self, references: Iterable[Reference]) -> None:
        """Raise ``Invalid`` naming every reference to an id that is not stored."""
        faults = tuple(
            Fault(f"no such id among the {resource}", pointer=pointer, code="unknown_reference")
            for pointer, resource, id in references
            if id not in getattr(self, resource)
        )
        if faults:
            raise Invalid("Something referred to is not stored.", faults)

    def add(self, resource: str, id: str, columns: dict[str, Any], doc: str) -> None:
        """One more, or another version of one, as it is written."""
        why, changed = columns.get("reason"), columns.get("version", 1) > 1
        if resource == "sources":
            self.found(resource, id, columns["class"], columns.get("language"), why=why)
        elif resource in ("measures", "claims"):  # to the others nothing refers
            self.found(resource, id, doc, why=why, changed=changed)

    def found(
        self,
        resource: str,
        id: str,
        told: str = "",
        language: str | None = None,
        *,
        why: str | None = None,
        changed: bool = False,
    ) -> None:
        """One that is stored: with a source's class and language, or a measure's document.

        And why it is withdrawn, where it is; and whether it was another before.
        """
        if why is None:
            self.withdrawn.pop((resource, id), None)
        else:
            self.withdrawn[resource, id] = why
        if resource == "claims":
            self.claims.add(id)
        elif resource == "measures":
            self.measures[id] = measure_facts(told, changed)
        else:
            self.sources[id] = told
            self.languages.pop(id, None)
            if language:
                self.languages[id] = language


@lru_cache(maxsize=1024)
def measure_facts(doc: str, changed: bool = False) -> MeasureFacts:
    """The same from the stored document of a measure."""
    measure = json.loads(doc)
    return MeasureFacts(yardstick(measure), measure.get("accumulation") == "cumulative", changed)


def yardstick(measure: dict[str, Any]) -> MeasureContext:
    """What the lexicon needs to know of a measure."""
    low, high = measure.get("domain_min"), measure.get("domain_max")
    return MeasureContext(
        unit=measure["unit"],
        unit_label=measure.get("unit_label"),
        statistic=measure.get("statistic", "count"),
        accumulation=measure.get("accumulation", "none"),
        domain_min=None if low is None else exact(low),
        domain_max=None if high is None else exact(high),
    )


def wanted(resource: str, sent: dict[str, Any]) -> dict[str, set[str]]:
    """The ids that something sent may refer to, by their resource."""
    found: dict[str, set[str]] = {"sources": set(), "measures": set(), "claims": set()}
    for _, of, id in references(resource, sent):
        found[of].add(id)
    return found


def references(resource: str, sent: dict[str, Any]) -> Iterator[Reference]:
    """The same one by one, each with where it stands."""
    if resource == "sources":
        yield from ((f"/{name}", "sources", sent[name]) for name in UPWARDS if name in sent)
    elif resource == "assessments":
        of, _, id = sent["target"].partition("/")
        yield "/target", of, id
    elif resource == "claims":
        whom = (name for name in ("document", "claimant") if name in sent)
        yield from ((f"/{name}", "sources", sent[name]) for name in whom)
        yield from ((f"/via/{n}", "sources", id) for n, id in enumerate(sent.get("via", ())))
        if "measure" in sent:
            yield "/measure", "measures", sent["measure"]
        for name, field, of in PARTS:
            for n, one in enumerate(sent.get(name, ())):
                yield f"/{name}/{n}/{field}", of, one[field]


UPWARDS = ("affiliation", "author", "publisher")
"""The fields of a source that name another."""

PARTS = (
    ("attributions", "source", "sources"),
    ("quantities", "measure", "measures"),
    ("relations", "object", "claims"),
)
"""The parts of a claim that name something, by which field, and what."""


def withdrawn_references(known: Known, resource: str, sent: dict[str, Any]) -> dict[Reference, str]:
    """What something sent refers to and is withdrawn, each once, in words that say why."""
    found: dict[tuple[str, str], Reference] = {}
    for one in references(resource, sent) if known.withdrawn else ():
        if one[1:] in known.withdrawn:
            found.setdefault(one[1:], one)
    return {
        one: f"the {of.removesuffix('s')} `{id}` is withdrawn ({known.withdrawn[of, id]})"
        for (of, id), one in found.items()
    }


@lru_cache
def _lookup(resource: str) -> Select[Any]:
    columns = {
        "sources": (SOURCE.c["class"], SOURCE.c.language),
        "measures": (MEASURE.c.doc,),
        "claims": (),
    }[resource]
    table = RESOURCES[resource].table
    listed = among(table.c.id, bindparam("ids"))
    of_all = (table.c.id, table.c.version, table.c.reason)
    return select(*of_all, *columns).where(listed, table.c.recorded_to == FOREVER)


def look(connection: Connection, ids: dict[str, set[str]], known: Known) -> Known:
    """What is stored of these; what is known already is not asked for again."""
    for resource, some in ids.items():
        missing = sorted(known.lacks(resource, some))
        for start in range(0, len(missing), CHUNK):
            part = {"ids": missing[start : start + CHUNK]}
            for row in executed(connection, _lookup(resource), part).fetchall():
                id, version, why, *told = row
                known.found(resource, id, *told, why=why, changed=version > 1)
    return known
