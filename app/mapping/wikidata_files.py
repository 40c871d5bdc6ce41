"""Wikidata's files: an item's EntityData, a dump of one entity a line, or bare statements.

An entity is taken apart as it was sent, and one statement is read at a time: an item has hundreds
of labels and properties, more than one reading of ours takes.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import IO, NamedTuple

from app.errors import Malformed, Problem
from app.mapping.wikidata_values import entity_id
from app.models.strict_json import items, members, parse_json

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
