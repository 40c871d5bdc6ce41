"""What something sent refers to: which ids those are, and what is stored of them.

Ids never disappear, so what was once found stays found.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, select

from app.db import among, executed
from app.errors import Fault, Invalid
from app.models import FOREVER, MEASURE, RESOURCES, SOURCE
from app.rules.bounds import MeasureContext
from app.rules.numbers import exact

Reference = tuple[str, str, str]
"""What refers, as (pointer, resource, id)."""

CHUNK = 1000


class MeasureFacts(NamedTuple):
    """What a figure has to know of its measure."""

    yardstick: MeasureContext
    cumulative: bool
    changed: bool = False
    """Has it been another one before? Then figures may have been read by what it was."""


class Referent(NamedTuple):
    """What is known of something that may be referred to: a source, a measure or a claim."""

    withdrawn: str | None = None
    """Why it is withdrawn: it may be referred to all the same, and whoever does so is told."""
    kind: str = ""
    """The class of a source."""
    language: str | None = None
    """Of a source: it decides how the figures of a document are read."""
    facts: MeasureFacts | None = None
    """Of a measure."""


NOT_KNOWN = Referent()


class Known(dict[tuple[str, str], Referent]):
    """What is stored of what may be referred to, by resource and id."""

    def lacks(self, resource: str, ids: Iterable[str]) -> set[str]:
        """Those of the ids that are not known."""
        return {id for id in ids if (resource, id) not in self}

    def has_withdrawn(self) -> bool:
        """Whether any of it is withdrawn; where none is, as mostly, no reference need be told."""
        return any(one.withdrawn is not None for one in self.values())

    def only(self, ids: Mapping[str, Iterable[str]]) -> "Known":
        """What is known of these ids alone."""
        named = ((of, id) for of, some in ids.items() for id in some)
        return Known({one: self[one] for one in named if one in self})

    def facts(self, measure: str) -> MeasureFacts:
        """What a figure has to know of its measure, which is known."""
        found = self["measures", measure].facts
        assert found is not None
        return found

    def language(self, document: str | None) -> str | None:
        """The language of a document, if it is known to have one."""
        return self.get(("sources", document or ""), NOT_KNOWN).language

    def yardstick(self, measure: str, document: str | None) -> MeasureContext:
        """What the lexicon needs to know of a measure, and of the document it is printed in."""
        return self.facts(measure).yardstick._replace(language=self.language(document))

    def require(self, references: Iterable[Reference]) -> None:
        """Raise ``Invalid`` naming every reference to an id that is not stored."""
        faults = tuple(
            Fault(f"no such id among the {resource}", pointer=pointer, code="unknown_reference")
            for pointer, resource, id in references
            if (resource, id) not in self
        )
        if faults:
            raise Invalid("Something referred to is not stored.", faults)

    def add(self, resource: str, id: str, columns: dict[str, Any], doc: str) -> None:
        """One more, or another version of one, as it is written."""
        if resource in ("sources", "measures", "claims"):  # to the others nothing refers
            told = columns["class"] if resource == "sources" else doc
            why, changed = columns.get("reason"), columns.get("version", 1) > 1
            self.found(resource, id, told, columns.get("language"), why=why, changed=changed)

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
        kind = told if resource == "sources" else ""
        facts = measure_facts(told, changed) if resource == "measures" else None
        self[resource, id] = Referent(why, kind, language or None, facts)


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
    found: dict[tuple[str, str], tuple[Reference, str]] = {}
    for one in references(resource, sent):
        why = known.get(one[1:], NOT_KNOWN).withdrawn
        if why is not None:
            found.setdefault(one[1:], (one, why))
    return {
        one: f"the {of.removesuffix('s')} `{id}` is withdrawn ({why})"
        for (of, id), (one, why) in found.items()
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
