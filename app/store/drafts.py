"""Sources, measures, assessments and mappings as versions about to be written."""

from base64 import b32encode
from functools import lru_cache
from typing import Any

from app.errors import Fault, Invalid
from app.models import RESOURCES
from app.models.base import StrictModel
from app.render.documents import stored
from app.rules import text_search
from app.store import days
from app.store.reference_lookup import UPWARDS, Known
from app.store.versions import Draft, hashed


def fields(sent: StrictModel) -> dict[str, Any]:
    """What the writer sent: no default, no null."""
    return sent.model_dump(exclude_defaults=True, exclude_none=True)


def content(sent: dict[str, Any]) -> dict[str, Any]:
    """The same without the id, which is a name and no content."""
    return {name: value for name, value in sent.items() if name != "id"}


def id_of(prefix: str, digest: str) -> str:
    """The id of something sent without one: 26 base32 characters of its content's hash."""
    return prefix + b32encode(bytes.fromhex(digest)).decode().lower()[:26]


def draft_source(known: Known, sent: dict[str, Any]) -> Draft:
    """A source to be written; what it refers to must be known."""
    id = sent["id"]
    names = [name for name in UPWARDS if sent.get(name, id) != id]
    known.require([(f"/{name}", "sources", sent[name]) for name in names])
    if sent.get("affiliation") == id:
        raise Invalid(faults=(Fault("nobody is affiliated with itself", pointer="/affiliation"),))
    search = text_search.folded(sent["name"], *sent.get("aliases", ()))
    columns = columns_of("sources", sent)
    return _draft("sources", id, sent, columns | days.of_source(sent) | {"search": search})


def draft_measure(_known: Known, sent: dict[str, Any]) -> Draft:
    """A measure to be written."""
    search = text_search.folded(*(sent.get(name) for name in ("name", "definition", "unit_label")))
    return _draft("measures", sent["id"], sent, columns_of("measures", sent) | {"search": search})


def draft_assessment(known: Known, sent: dict[str, Any]) -> Draft:
    """An assessment to be written; its target must be known."""
    resource, _, target = sent["target"].partition("/")
    known.require([("/target", resource, target)])
    id = sent.get("id") or id_of("a-", hashed(content(sent)))
    columns = columns_of("assessments", sent) | {"search": text_search.folded(sent["comment"])}
    return _draft("assessments", id, sent, columns)


def draft_mapping(_known: Known, sent: dict[str, Any]) -> Draft:
    """A mapping to be written."""
    return _draft("mappings", sent["id"], sent, {"stored_at": None, "stored_by": None})


def _draft(resource: str, id: str, sent: dict[str, Any], columns: dict[str, Any]) -> Draft:
    whole = content(sent)
    return Draft(resource, id, whole, stored(whole), columns)


def columns_of(resource: str, sent: dict[str, Any]) -> dict[str, Any]:
    """The fields of what was sent that are columns too, by column name."""
    return {name: sent.get(name, default) for name, default in _defaults(resource).items()}


@lru_cache
def _defaults(resource: str) -> dict[str, Any]:
    """The fields of a resource that are columns too, each with what it is unless sent."""
    kind = RESOURCES[resource]
    columns = {column.name for column in kind.table.columns} - {"id", "status", "reason"}
    found = {field.alias or name: field for name, field in kind.sent.model_fields.items()}
    return {
        name: None if field.is_required() else field.default
        for name, field in found.items()
        if name in columns
    }
