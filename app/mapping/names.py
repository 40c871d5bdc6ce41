"""Sources and measures by their names: declared, stored, or made when new; never one of two."""

from collections import defaultdict
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Literal, NamedTuple, Protocol

from app.errors import Fault
from app.mapping.cells import printed
from app.mapping.numerals import CellFault
from app.mapping.schema import Mapping
from app.mapping.slugs import name_key, slug
from app.mapping.values import (
    Absent,
    Compiler,
    LookedUp,
    RowContext,
    Template,
    columns_of,
    rendered,
)
from app.models.base import stored_otherwise
from app.models.measure import MeasureIn
from app.models.source import SourceIn
from app.rules.json_types import JsonObject

Named = Literal["sources", "measures"]
SENT: dict[Named, Any] = {"sources": SourceIn, "measures": MeasureIn}
TYPES: dict[Named, str] = {"sources": "source", "measures": "measure"}
OPTIONS = ("new", "split", "beside")
MAX_MADE = 100_000
"""Sources and measures that one file may make."""


class NamedItem(NamedTuple):
    """A source or measure that a cell is, and its name there, where that is another."""

    id: str
    as_given: str | None = None


class NameLookup(Protocol):
    """What is stored: by name or alias, and by id."""

    def named(self, resource: Named, key: str) -> dict[str, str]:
        """The ids that have this name or alias, each with its name."""
        ...

    def stored(self, resource: Named, id: str) -> JsonObject | None:
        """The document of an id, where it is stored."""
        ...


class NewResources:
    """The sources and measures that one file makes; ``fresh`` are those that no line has yet."""

    def __init__(self, lookup: NameLookup):
        self.lookup = lookup
        self.fresh: list[dict[str, Any]] = []
        self.languages: dict[str, str | None] = {}
        """Of the sources that were named: theirs, by which the figures in them are read."""

    def add(self, resource: Named, content: dict[str, Any]) -> JsonObject | None:
        """One that is named for the first time: what is stored of it, or None, and it is made."""
        stored = self.lookup.stored(resource, content["id"])
        if resource == "sources":
            self.languages[content["id"]] = (content if stored is None else stored).get("language")
        if stored is None:
            self.fresh.append({"type": TYPES[resource], **content})
        return stored

    def taken(self) -> list[dict[str, Any]]:
        """Those that are to be stored before what refers to them."""
        found, self.fresh = self.fresh, []
        return found


class Directory(NewResources):
    """The sources and measures of a mapping: those declared, and those that cells name."""

    def __init__(self, mapping: Mapping, lookup: NameLookup):
        super().__init__(lookup)
        self.declared: dict[Named, dict[str, dict[str, Any]]] = {
            "sources": {one.id: _sent(one) for one in mapping.source},
            "measures": {one.id: _sent(one) for one in mapping.measure},
        }
        self.made: dict[tuple[Named, str], dict[str, Any]] = {}
        self.kept: list[str] = []
        """Declared otherwise than they are stored, which they stay, each with the fields."""
        self.other_units: dict[str, str] = {}
        """Of measures that are stored in another unit: that of the mapping, which figures keep."""
        self.by_name = defaultdict[tuple[Named, str], dict[str, str]](dict)
        for resource, some in self.declared.items():
            for id, content in some.items():
                for name in (content["name"], *content.get("aliases", ())):
                    self.by_name[resource, name_key(name)][id] = content["name"]

    def declare(self) -> None:
        """Make those that the mapping declares, but for those that are stored."""
        for resource, some in self.declared.items():
            for content in some.values():
                self.make(resource, content)

    def make(self, resource: Named, content: dict[str, Any]) -> None:
        """One to be stored, unless it is, or was made before; raises ``CellFault``."""
        key = (resource, content["id"])
        before = self.made.get(key)
        if before is None:
            if len(self.made) == MAX_MADE:
                raise CellFault(f"one file makes at most {MAX_MADE} sources and measures")
            self.made[key] = content
            stored = self.add(resource, content)
            if stored and (others := stored_otherwise(SENT[resource], content, stored)):
                self.kept.append(f"{TYPES[resource]} {content['id']} ({', '.join(others)})")
                if "unit" in content and content["unit"] != stored.get("unit"):
                    self.other_units[content["id"]] = content["unit"]
        elif before != content:
            names = [
                name for name in before.keys() | content if before.get(name) != content.get(name)
            ]
            raise CellFault(
                f"two {resource} get the id {content['id']}, and differ in"
                f" {', '.join(sorted(names))};"
                " give each an `id` of its own"
            )

    def known(self, resource: Named, id: str) -> JsonObject:
        """What is made under this id, or stored; empty where nothing is."""
        return self.made.get((resource, id)) or self.lookup.stored(resource, id) or {}

    def find(self, resource: Named, name: str) -> dict[str, str]:
        """Every source or measure that has this name or alias, declared, stored or made."""
        key = name_key(name)
        return {**self.lookup.named(resource, key), **self.by_name.get((resource, key), {})}

    def name_new(self, resource: Named, content: dict[str, Any]) -> None:
        """One that no other has the name of; its id may be another's."""
        made = (resource, content["id"]) in self.made
        if made or self.lookup.stored(resource, content["id"]) is not None:
            raise CellFault(
                f"its id would be {content['id']}, which another of the {resource} has;"
                " declare it in the mapping, with an id or as an alias"
            )
        self.make(resource, content)
        self.by_name[resource, name_key(content["name"])][content["id"]] = content["name"]


def _sent(one: Any) -> dict[str, Any]:
    found: dict[str, Any] = one.model_dump(exclude_unset=True, exclude_none=True, by_alias=True)
    return found


@dataclass(frozen=True)
class MappedReference:
    """How a mapping names a source or measure: by id, by a look-up of ids, or by name."""

    resource: Named
    id: Any = None
    name: Template | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    new: bool = False
    split: str | None = None
    beside: bool = False

    @property
    def columns(self) -> list[str]:
        """The columns that it refers to."""
        return columns_of([self.id, self.name])

    @property
    def every_column(self) -> list[str]:
        """Those too that its other fields are filled in from."""
        return self.columns + columns_of(self.fields)

    def items(self, row: RowContext, directory: Directory) -> list[NamedItem]:
        """What a row refers to; raises ``Absent`` or ``CellFault``."""
        if self.name is None:
            return [self._by_id(row, directory)]
        text = self.name.text(row)
        names = [part.strip() for part in text.split(self.split)] if self.split else [text.strip()]
        if self.id is not None:
            return [self._by_id(row, directory)]
        return [self._by_name(" ".join(name.split()), row, directory) for name in names if name]

    def _by_id(self, row: RowContext, directory: Directory) -> NamedItem:
        id = str(rendered(self.id, TYPES[self.resource], row))
        if self.name is not None or self.fields:
            content = {"id": id, **self._content(row, self.name.text(row) if self.name else "")}
            directory.make(self.resource, content)
        return NamedItem(id)

    def _by_name(self, name: str, row: RowContext, directory: Directory) -> NamedItem:
        hits = directory.find(self.resource, name)
        if len(hits) > 1:
            told = ", ".join(sorted(hits)[:10])
            raise CellFault(
                f"several {self.resource} have this name: {told};"
                " say which by a look-up: {of = …, words = {…}}"
            )
        if hits:
            (id, usual), *_ = hits.items()
            return NamedItem(id, None if usual == name else name)
        if not self.new:
            raise CellFault(
                f"none of the {self.resource} has this name, stored or declared;"
                " declare it in the mapping, or say new = true"
            )
        content = {"id": slug(name), **self._content(row, name)}
        directory.name_new(self.resource, content)
        return NamedItem(content["id"])

    def _content(self, row: RowContext, name: str) -> dict[str, Any]:
        found: dict[str, Any] = {"name": name} if name else {}
        for key, value in self.fields.items():
            try:
                if isinstance(value, LookedUp) and not value.columns:
                    value = value.found(row, name)
                found[key] = rendered(value, key, row)
            except Absent:
                continue
        return found


def compiled(compiler: Compiler, raw: Any, resource: Named, at: str) -> MappedReference | None:
    """A reference of a mapping; faults are told to the compiler."""
    if not isinstance(raw, dict) or "of" in raw or "words" in raw:
        if not isinstance(raw, str | dict):
            compiler.faults.append(Fault("send an id, or a name in braces", at, code="reference"))
            return None
        return MappedReference(resource, id=compiler.value(raw, at))
    fields = {one.alias or name for name, one in SENT[resource].model_fields.items()}
    faults = [
        Fault(_no_key(key, fields), f"{at}/{printed(key)}", code="extra_forbidden")
        for key in raw
        if key not in fields and key not in OPTIONS
    ]
    rest = {key: value for key, value in raw.items() if key not in ("id", "name", *OPTIONS)}
    if "id" not in raw and "name" not in raw:
        faults.append(Fault("say its `id`, or its `name`", at, code="missing"))
    makes = "id" in raw or raw.get("new") is True
    if makes and (rest or "name" in raw) and resource == "measures" and "unit" not in rest:
        faults.append(
            Fault('a measure that is made needs its `unit`, as in "{person}"', at, code="missing")
        )
    if bad := [one for one in ("new", "beside") if not isinstance(raw.get(one, False), bool)]:
        faults.append(Fault("true or false", f"{at}/{bad[0]}", code="bool_type"))
    if not isinstance(raw.get("split", ""), str) or raw.get("split") == "":
        faults.append(Fault("the mark between names", f"{at}/split", code="string_type"))
    if not isinstance(name := raw.get("name", "{{name}}"), str) or not name.strip():
        faults.append(Fault("text, with columns in braces", f"{at}/name", code="string_type"))
    compiler.faults += faults
    if faults:
        return None
    return MappedReference(
        resource,
        compiler.value(raw["id"], f"{at}/id") if "id" in raw else None,
        compiler.template(raw["name"], f"{at}/name") if "name" in raw else None,
        {key: compiler.value(value, f"{at}/{key}") for key, value in rest.items()},
        raw.get("new", False),
        raw.get("split"),
        raw.get("beside", False),
    )


def _no_key(key: str, fields: set[str]) -> str:
    near = get_close_matches(key[:100], [*sorted(fields), *OPTIONS], 1, 0.6)
    return f"there is no such key{f'; did you mean `{near[0]}`?' if near else ''}"
