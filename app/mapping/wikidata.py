"""Wikidata's statements read: each quantity or date becomes claims, one for each of its references.

A property is a measure, the item narrows it. Rank never picks a winner: it is kept as an attribute.
What a statement says that no field takes is kept as an attribute under its property, or told.
An entity is taken apart as it was sent, and one statement is read at a time: an item has hundreds
of labels and properties, more than one reading of ours takes.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any, NamedTuple

from app.errors import Malformed, Problem
from app.mapping.cells import refused
from app.mapping.exchange import RecordReader, SourceBook
from app.mapping.slugs import digest
from app.mapping.wikidata_snaks import CitedReference, Qualified, cited, kept, qualified
from app.mapping.wikidata_values import (
    EXACT,
    PROPERTIES,
    UNIT_ITEMS,
    UNITS,
    WAY_OUT,
    entity_id,
    exact_amount,
    held,
    main_value,
    time_value,
)
from app.models.strict_json import items, members, parse_json
from app.rules.json_types import JsonObject

DOCUMENT = "wikidata"
RANKS = ("preferred", "normal", "deprecated")
MOST_REFERENCES = 50
FIGURES = {"quantity", "time"}


MAX_ENTITY = 64_000_000
"""Bytes of one entity, or of a file that is not one entity a line."""
STATEMENTS = "send EntityData, a dump, or statements as wbgetclaims answers"


class StatementPlace(NamedTuple):
    """The item that a statement was found in, its label, and which revision that was."""

    item: str | None = None
    label: str | None = None
    language: str | None = None
    revision: int | None = None


class FoundStatement(NamedTuple):
    """A statement as it was sent, and where it stood."""

    raw: bytes
    place: StatementPlace
    problem: Problem | None = None


NameProperty = Callable[[str, str], None]


class StatementReader(RecordReader):
    """Makes the lines of one statement after the other."""

    def __init__(self, book: SourceBook):
        super().__init__(book)
        self.skipped: Counter[str] = Counter()
        self.property_names: dict[str, str] = {}
        self.units: dict[str, str] = {}
        """The unit of each measure that was made or looked up."""

    def records(self, file: IO[bytes]) -> Iterator[tuple[int, Iterator[dict[str, Any]]]]:
        """The statements of a file; what held no figure at all is noted in the end."""
        number = 0
        for number, found in enumerate(found_statements(file, self.property_names.__setitem__), 1):
            yield number, self._lines(number, found)
        if not number:
            raise Malformed("There is no statement in it.")
        self.number = None
        for name, count in sorted(self.skipped.items()):
            many = "a statement" if count == 1 else f"{count} statements"
            self.note("no_figure", f"{many} of {name} left out: neither a quantity nor a date")

    def _lines(self, number: int, found: FoundStatement) -> Iterator[dict[str, Any]]:
        if found.problem is not None:
            raise found.problem
        yield from self.lines(number, parse_json(found.raw), found.place)

    def lines(self, number: int, statement: Any, place: StatementPlace) -> Iterator[dict[str, Any]]:
        """A statement's sources, its measure and its claims; raises ``Invalid``."""
        self.number = number
        snak = statement.get("mainsnak") if isinstance(statement, dict) else None
        snak = snak if isinstance(snak, dict) else {}
        name = entity_id(snak.get("property"))
        if name is None or not name.startswith("P"):
            raise refused("a statement has a `mainsnak` with a `property`", "/mainsnak", "missing")
        kind = self._kind(snak, name)
        if kind is None:
            self.skipped[name] += 1
            return
        own, item = self._ids(statement, place)
        rank = statement.get("rank", "normal")
        if rank not in RANKS:
            raise refused(f"a rank is one of {', '.join(RANKS)}", "/rank")
        told = qualified(statement.get("qualifiers"), self.note)
        figure = self._figure(snak, name, kind, told)
        figure["dimensions"] = {"item": item, **told.dimensions}
        beside = {"statement": own, **({"rank": rank} if rank != "normal" else {})}
        if place.label:
            beside["item_label"] = place.label[:500]
        if place.language not in (None, "en"):
            beside["item_label_language"] = str(place.language)
        self._keep_exact(beside, snak, figure)
        if kind == "time" and "absence" in figure:
            beside["datatype"] = kind
        figure["attributes"] = beside | told.attributes
        yield from self._claims(statement, own, rank, told, figure, place.revision)

    def _kind(self, snak: JsonObject, name: str) -> str | None:
        """Whether it is of a quantity or of a time; None for all else, which has no figure."""
        value = snak.get("datavalue")
        told = value.get("type") if isinstance(value, dict) else snak.get("datatype")
        if isinstance(told, str) and told in FIGURES:
            return told
        if told is None and snak.get("snaktype") in ("somevalue", "novalue"):
            known = PROPERTIES.get(name) or self.book.measure(f"wd.{name.lower()}")
            if known:
                return "time" if known.get("statistic") == "date" else "quantity"
        return None

    def _ids(self, statement: JsonObject, place: StatementPlace) -> tuple[str, str]:
        own = statement.get("id")
        item = entity_id(own.partition("$")[0].upper()) if isinstance(own, str) else None
        item = item or place.item
        if item is None or not isinstance(own, str) or not own.isprintable() or len(own) > 100:
            raise refused('a statement has an `id`, as in "Q42$1A2B"', "/id", "missing")
        return own, item

    # ------------------------------------------------------------------------------ the figure

    def _figure(self, snak: JsonObject, name: str, kind: str, told: Qualified) -> dict[str, Any]:
        measure = f"wd.{name.lower()}"
        state = snak.get("snaktype")
        if state in ("somevalue", "novalue"):
            self._measure(measure, name, kind, None)
            absence = "unknown" if state == "somevalue" else "not_applicable"
            return {"measure": measure, "absence": absence}
        told_value = held(snak) if state == "value" else None
        value = told_value.get("value") if isinstance(told_value, dict) else None
        if not isinstance(value, dict):
            raise refused("a snak is a value, somevalue or novalue", "/mainsnak/snaktype")
        if kind == "quantity":
            return self._quantity(value, measure, name, told)
        self._measure(measure, name, kind, None)
        date, note = time_value(value)
        told.notes += [note] if note else []
        return {"measure": measure, "date": self._about(date) if told.approximate else date}

    def _keep_exact(self, beside: dict[str, str], snak: JsonObject, figure: JsonObject) -> None:
        """Keep a value as it was sent, where the figure alone does not say it digit for digit."""
        if main_value(figure, str(figure.get("unit", self.units[figure["measure"]]))) != held(snak):
            kept(beside, EXACT, [snak], self.note)

    def _about(self, date: str) -> str:
        if "[" in date or "/" in date:
            self.note("circa", "“circa” is lost: a date that is one of several takes no mark")
            return date
        return f"{date}~"

    def _quantity(
        self, value: JsonObject, measure: str, name: str, told: Qualified
    ) -> dict[str, Any]:
        unit = self._unit(value.get("unit"), measure, name)
        usual = self._measure(measure, name, "quantity", unit)
        figure: dict[str, Any] = {"measure": measure, "value": exact_amount(value.get("amount"))}
        for ours, theirs in (("lower", "lowerBound"), ("upper", "upperBound")):
            if value.get(theirs) is not None:
                figure[ours] = exact_amount(value[theirs])
        if told.approximate:
            figure["hedge"] = "approximate"
        elif "lower" in figure or "upper" in figure:
            figure["hedge"] = "none"  # what is around the value is no range that was said
        if unit is not None and unit != usual:
            figure["unit"] = unit
        return figure

    def _unit(self, sent: Any, measure: str, name: str) -> str | None:
        """The unit as UCUM; None for the measure's own, where the property counts things.

        Dollars are an item of Wikidata's: what has no unit there is no amount of them.
        """
        if sent in (None, "1"):
            known = self.book.measure(measure) or PROPERTIES.get(name, {})
            counted = str(known.get("unit", "1"))
            return None if counted.startswith("{") and counted not in UNIT_ITEMS else "1"
        id = entity_id(sent)
        if id is None:
            raise refused('a unit is the address of an item, or "1"', "/mainsnak", "unknown_unit")
        if id in UNITS:
            return str(UNITS[id][0])
        stored = self.book.measure(measure) or {}
        if stored.get("unit_label") == id:
            return str(stored["unit"])
        raise refused(
            f"{id}: {WAY_OUT.format(measure=measure, unit=id)}", "/mainsnak", "unknown_unit"
        )

    def _measure(self, id: str, name: str, kind: str, unit: str | None) -> str:
        """The measure of a property, made where it is not stored; its unit."""
        if id not in self.units:
            stored = self.book.measure(id)
            made = dict(PROPERTIES.get(name, {})) or {
                "name": self.property_names.get(name, name),
                "statistic": "date" if kind == "time" else "other",
                "unit": "" if kind == "time" else unit or "1",
            }
            made["id"] = id
            made["notes"] = f"http://www.wikidata.org/entity/{name}"
            if stored is None:
                self.book.put("measures", made)
            self.units[id] = str((stored or made).get("unit", "1"))
        return self.units[id]

    # ------------------------------------------------------------------------------ the claims

    def _claims(
        self, statement: JsonObject, own: str, rank: str, told: Qualified,
        figure: dict[str, Any], revision: int | None,
    ) -> Iterator[dict[str, Any]]:  # fmt: skip
        self.book.put("sources", {
            "id": DOCUMENT, "kind": "dataset", "name": "Wikidata", "url": "https://www.wikidata.org/",
        })  # fmt: skip
        references = statement.get("references") or []
        if not isinstance(references, list) or len(references) > MOST_REFERENCES:
            raise refused(f"`references` is a list of at most {MOST_REFERENCES}", "/references")
        every = [cited(one, self.book, self.note) for one in references] or [CitedReference()]
        base = claim_id(own)
        tags = [*told.tags, *(["wikidata:deprecated"] if rank == "deprecated" else [])]
        if "lower" in figure or "upper" in figure:
            tags.append("bounds-kind-unknown")
        locator = None if revision is None else f"revision {revision}"
        made = []
        for n, one in enumerate(every, 1):
            claim = {
                "type": "claim", "id": base if n == 1 else f"{base}.{n}", "document": DOCUMENT,
                "utterance": base if len(every) > 1 else None, "period": told.period,
                "modality": told.modality, "tags": tags or None,
                "notes": "; ".join(told.notes) or None,
                "locator": ", ".join(filter(None, [locator, one.locator])) or None,
                "attributions": [{"source": DOCUMENT, "role": "document", "position": 0},
                                 *one.hops],
                "quantities": [{**figure, "attributes": figure["attributes"] | one.attributes}],
            }  # fmt: skip
            made.append({name: value for name, value in claim.items() if value is not None})
        yield from self.book.taken()
        yield from made
        if rank == "deprecated" and told.reason:
            comment = f"Deprecated on Wikidata; the reason is {told.reason}"
            yield {"type": "assessment", "id": base, "target": f"claims/{base}",
                   "assessor": DOCUMENT, "comment": comment}  # fmt: skip


def claim_id(own: str) -> str:
    """The id of a statement's first claim."""
    plain = own.lower().replace("$", "-")
    fits = len(plain) < 100 and all(
        one.isascii() and (one.isalnum() or one == "-") for one in plain
    )
    return f"wd.{plain}" if fits else f"wd.{digest(own)}"


# --------------------------------------------------------------------------------- the files


def found_statements(
    file: IO[bytes], name_property: NameProperty, most: int = MAX_ENTITY
) -> Iterator[FoundStatement]:
    """Every statement of a file, in order; raises ``Malformed`` where it has none of the shapes."""
    for part in _entities(file, most):
        try:
            yield from _of_object(part, name_property)
        except Problem as problem:
            yield FoundStatement(b"", StatementPlace(), problem)


def _entities(file: IO[bytes], most: int) -> Iterator[bytes]:
    """The entities of a dump, line by line; or the whole of a file of another form."""
    file.seek(0)
    first = file.readline(most + 1)
    second = file.readline(most + 1)
    file.seek(0)
    bare = first.removeprefix(b"\xef\xbb\xbf").strip()
    lined = bare == b"[" and second.strip()[:1] == b"{" and second.strip()[-1:] in (b",", b"}")
    if lined or (_ended(bare) and _ended(second.strip())):
        yield from _lines(file, most)
        return
    whole = file.read(most + 1)
    if len(whole) > most:
        raise Malformed(f"One entity has at most {most} bytes: send one entity a line.")
    whole = whole.removeprefix(b"\xef\xbb\xbf").strip()
    if whole[:1] not in (b"{", b"["):
        raise Malformed(f"This is no JSON of Wikidata: {STATEMENTS}.")
    several = items(whole)
    yield from [whole] if several is None else several


def _ended(line: bytes) -> bool:
    return line[:1] == b"{" and line.rstrip(b",")[-1:] == b"}"


def _lines(file: IO[bytes], most: int) -> Iterator[bytes]:
    while line := file.readline(most + 1):
        if len(line) > most:
            raise Malformed(f"One entity has at most {most} bytes.")
        bare = line.removeprefix(b"\xef\xbb\xbf").strip().rstrip(b",")
        if bare not in (b"", b"[", b"]"):
            yield bare


def _of_object(raw: bytes, name_property: NameProperty) -> Iterator[FoundStatement]:
    found = members(raw)
    if found is None:
        raise Malformed(f"An entity is an object: {STATEMENTS}.")
    parts = dict(found)
    if "mainsnak" in parts:
        yield FoundStatement(raw, StatementPlace())
    elif "entities" in parts:
        for _, entity in _named(parts["entities"]):
            yield from _of_object(entity, name_property)
    elif "claims" in parts:
        yield from _of_entity(parts, name_property)
    elif "id" not in parts or "missing" not in parts:
        raise Malformed(f"Here is neither an entity nor a statement: {STATEMENTS}.")


def _named(raw: bytes) -> Iterable[tuple[str, bytes]]:
    """Entities by their ids, or statements by their properties; none at all is an empty list."""
    found = members(raw)
    if found is None and [*(items(raw) or b"-")]:
        raise Malformed(
            f"Entities and statements stand in an object, by their names: {STATEMENTS}."
        )
    return found or ()


def _of_entity(parts: dict[str, bytes], name_property: NameProperty) -> Iterator[FoundStatement]:
    id = entity_id(parse_json(parts["id"])) if "id" in parts else None
    label, language = _label(parts.get("labels", b""))
    if id is not None and id.startswith("P"):
        if label:
            name_property(id, label)
        return
    revision = parse_json(parts["lastrevid"]) if "lastrevid" in parts else None
    revision = revision if type(revision) is int else None
    place = StatementPlace(id, label, language, revision)
    for _, statements in _named(parts["claims"]):
        several = items(statements)
        if several is None:
            raise Malformed("The statements of a property stand in a list.")
        for statement in several:
            yield FoundStatement(statement, place)


def _label(raw: bytes) -> tuple[str | None, str | None]:
    """The English label, else the first, and its language."""
    labels = dict(members(raw) or ())
    language = next((one for one in ("en", "mul", *labels) if one in labels), None)
    told = parse_json(labels[language]) if language else None
    value = told.get("value") if isinstance(told, dict) else None
    return (value.strip(), language) if isinstance(value, str) and value.strip() else (None, None)
