"""Sources, measures, assessments, mappings and claims as versions about to be written.

A claim is an aggregate: with its figures, its chain of attribution and its relations.
"""

import json
import math
from base64 import b32encode
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from app.errors import Fault, Invalid
from app.models import RESOURCES
from app.models.base import StrictModel
from app.models.claim import Attribution, ClaimFields, ClaimOut, Quote, Relation
from app.models.quantity import QuantityOut
from app.render.documents import stored
from app.rules import chain, figures, likeness, numbers, quotes, text_search
from app.rules.bounds import FIELDS, MeasureContext, in_unit
from app.rules.group_keys import TRAIT_FIELDS
from app.rules.intervals import NOTHING, SIDES, of_figure, soft
from app.rules.normalise import candidate_columns, full_form
from app.rules.tokenizer import Unreadable
from app.store import days
from app.store.reads import StoredVersion
from app.store.reference_lookup import Known, references
from app.store.versions import Draft, hashed


def make_draft(
    known: Known,
    resource: str,
    sent: dict[str, Any],
    related: bool = True,
    before: StoredVersion | None = None,
    exported: bool = False,
) -> Draft:
    """Something sent as the version it would be; all but the first three is about claims."""
    if resource == "claims":
        return draft_claim(known, sent, related, before, exported)
    return _draft_of_one(known, resource, sent)


def fields(sent: StrictModel) -> dict[str, Any]:
    """What the writer sent: no default, no null."""
    return sent.model_dump(exclude_defaults=True, exclude_none=True)


def content(sent: dict[str, Any]) -> dict[str, Any]:
    """The same without the id, which is a name and no content."""
    return {name: value for name, value in sent.items() if name != "id"}


def id_of(prefix: str, digest: str) -> str:
    """The id of something sent without one: 26 base32 characters of its content's hash."""
    return prefix + b32encode(bytes.fromhex(digest)).decode().lower()[:26]


SEARCHED: dict[str, tuple[str, ...]] = {
    "sources": ("name",),
    "measures": ("name", "definition", "unit_label"),
    "assessments": ("comment",),
}
"""The fields that a search looks in, beside other names."""


def _draft_of_one(known: Known, resource: str, sent: dict[str, Any]) -> Draft:
    """A source, measure, assessment or mapping: what was sent, as it is, is the document.

    Only an assessment may come without an id. What it refers to must be known.
    """
    whole = content(sent)
    id = sent.get("id") or id_of("a-", hashed(whole))
    known.require(one for one in references(resource, sent) if one[1:] != (resource, id))
    if sent.get("affiliation") == id:
        raise Invalid(faults=(Fault("nobody is affiliated with itself", pointer="/affiliation"),))
    columns: dict[str, Any] = {"stored_at": None, "stored_by": None}  # of mappings of old alone
    if resource in SEARCHED:
        texts = [sent.get(name) for name in SEARCHED[resource]]
        search = text_search.folded(*texts, *sent.get("aliases", ()))
        columns = columns_of(resource, sent) | {"search": search}
    if resource == "sources":
        columns |= days.of_source(sent)
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


def draft_claim(
    known: Known,
    sent: dict[str, Any],
    related: bool = True,
    before: StoredVersion | None = None,
    exported: bool = False,
) -> Draft:
    """A claim to be written: full form, figures read, references checked, rows made ready.

    With ``related=False`` the claims it relates to are not looked for: they may be yet to come.
    Figures of the version ``before`` that are sent as they are stored stay so; so do those of an
    export (``exported``), where they were read by what their measure was.
    """
    whole = full_form(sent)
    content = dict(whole)
    digest = hashed(content)
    own = sent.get("id") or id_of("c-", digest)
    _require_measures(known, sent, whole)
    whole["quantities"] = _figures(sent, whole, known, before, exported)
    _require_other(whole, own)
    looked_for = {"sources", "claims"} if related else {"sources"}
    known.require(one for one in references("claims", sent) if one[1] in looked_for)
    _require_work(known, whole["document"])
    parts = (
        figure_rows(whole, known),
        _hops(whole),
        [_only(r, "predicate", "object", "basis") for r in whole.get("relations", [])],
        traits_of(whole["quantities"]),
    )
    columns = _columns(whole, sent, known)
    columns["likeness"] = likeness.fingerprint(whole, columns)
    return Draft("claims", own, content, stored(_document(whole)), columns, parts, digest)


def _document(whole: dict[str, Any]) -> dict[str, Any]:
    """The document, always in one order; lists that are empty are left out, as every default is."""
    parts = {name: [_picked(one, names) for one in whole.get(name, [])] for name, names in PARTS}
    found = {name: value for name, value in (whole | parts).items() if value != []}
    return _picked(found, ClaimOut.model_fields)


PARTS = (
    ("attributions", tuple(Attribution.model_fields)),
    ("relations", tuple(Relation.model_fields)),
    ("quantities", tuple(QuantityOut.model_fields)),
)


def _picked(fields: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: fields[name] for name in names if name in fields}


def _require_measures(known: Known, given: dict[str, Any], whole: dict[str, Any]) -> None:
    faults = tuple(
        Fault("no such measure", pointer=f"{_at(given, n)}/measure", code="unknown_reference")
        for n, q in enumerate(whole["quantities"])
        if ("measures", q["measure"]) not in known
    )
    if faults:
        raise Invalid("Something referred to is not stored.", faults)


def _at(given: dict[str, Any], n: int) -> str:
    """Where the writer wrote the n-th figure: in ``quantities``, or flat."""
    return f"/quantities/{n}" if "quantities" in given else ""


def _figures(
    given: dict[str, Any],
    whole: dict[str, Any],
    known: Known,
    before: StoredVersion | None,
    exported: bool,
) -> list[dict[str, Any]]:
    """Every figure completed by the lexicon; raises ``Invalid`` naming the words it cannot read."""
    stored_before = {} if before is None else json.loads(before.doc)
    stored = [_picked(one, SAID) for one in stored_before.get("quantities", ())]
    found, faults = [], []
    for n, sent in enumerate(whole["quantities"]):
        yardstick = known.yardstick(sent["measure"], whole.get("document"))
        rest = {k: v for k, v in sent.items() if k not in FIELDS}
        said, changed = _picked(sent, SAID), known.facts(sent["measure"]).changed
        stays = said in stored or (exported and changed and figures.is_whole(said))
        try:
            read = said if stays else figures.complete(sent, yardstick)
            found.append({"hedge": "none", "unit": yardstick.unit} | rest | read)
        except Unreadable as error:
            faults.append(unreadable(error, f"{_at(given, n)}/raw_text"))
    if faults:
        raise Invalid("The lexicon cannot read a figure.", tuple(faults))
    return found


SAID = (*FIELDS, "measure")
"""What a figure says, and of which measure."""


def unreadable(error: Unreadable, pointer: str) -> Fault:
    """The words that the lexicon could not read, as a fault of the field they stand in."""
    named = ", ".join(f"“{word}”" for word in error.words)
    detail = f"{error.reason} Not read: {named}." if named else error.reason
    return Fault(detail, pointer=pointer, code="unreadable_figure")


def check_quote(quote: Quote | None, stored: StoredVersion | None = None) -> None:
    """Refuse a quote that is not as long as its offsets say, unless it is stored like this.

    What was stored before this was asked can still be changed, withdrawn, exported and imported.
    """
    detail = None if quote is None else quotes.fault(fields(quote))
    if detail is None or quote is None:
        return
    if stored is None or json.loads(stored.doc).get("quote") != fields(quote):
        raise Invalid(faults=(Fault(detail, pointer="/quote/end", code="quote_length"),))


def _require_other(whole: dict[str, Any], own: str) -> None:
    for n, relation in enumerate(whole.get("relations", [])):
        if relation["object"] == own:
            detail, at = "a relation is with another claim", f"/relations/{n}/object"
            raise Invalid(faults=(Fault(detail, at),))


def _require_work(known: Known, document: str) -> None:
    if known["sources", document].kind != "work":
        detail = "the document must be a work: a source of a kind such as article or report"
        raise Invalid(faults=(Fault(detail, pointer="/document", code="not_a_work"),))


def _columns(whole: dict[str, Any], sent: dict[str, Any], known: Known) -> dict[str, Any]:
    grows = any(known.facts(q["measure"]).cumulative for q in whole["quantities"])
    search = text_search.folded(*_texts(whole))
    return columns_of("claims", sent) | {
        **days.of_claim(whole, grows),
        "tags": text_search.packed(whole.get("tags", [])),
        "search": search,
        "grams": text_search.grams(search),
    }


def _texts(whole: dict[str, Any]) -> list[str | None]:
    """What a search looks in."""
    quote = whole.get("quote", {})
    quoted = [quote.get(part) for part in ("exact", "prefix", "suffix")]
    raw = [one.get("raw_text") for one in whole["quantities"]]
    return [whole.get("statement"), *quoted, whole.get("notes"), *raw]


def _hops(whole: dict[str, Any]) -> list[dict[str, Any]]:
    hops, claimant = whole["attributions"], whole.get("claimant")
    origins, relays = chain.origin_indexes(hops, claimant), chain.relay_indexes(hops, claimant)
    return [
        _only(hop, "source", "position", "role", "name_as_given", "basis")
        | {"is_origin": n in origins, "is_via": n in relays}
        for n, hop in enumerate(hops)
    ]


_DEFAULTS = {"basis": "stated"}


def _only(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: row.get(name, _DEFAULTS.get(name)) for name in names}


OF_CLAIM = (*(name for name in ClaimFields.model_fields if name != "published"), "stated", "period")
"""What a figure's row tells of its claim; ``published`` may be the document's, as it is then."""


def figure_rows(claim: dict[str, Any], known: Known) -> list[dict[str, Any]]:
    """One row for each figure of a claim in full form."""
    shared = _picked(claim, OF_CLAIM)
    mixed = claim.get("alternative_mode") == "mix"
    roles = candidate_columns(claim["quantities"])
    return [
        _row(figure, known.facts(figure["measure"]).yardstick, shared) | role | {"mix": mixed}
        for figure, role in zip(claim["quantities"], roles, strict=True)
    ]


def _row(
    figure: dict[str, Any], yardstick: MeasureContext, shared: dict[str, Any]
) -> dict[str, Any]:
    dated = yardstick.statistic == "date"
    domain = in_unit(yardstick, figure["unit"]).domain
    loose = NOTHING if dated else of_figure(figure, domain=domain)
    opened = not dated and any(soft(figure, side) for side in SIDES)
    strict = of_figure(figure, strict=True, domain=domain) if opened else loose
    kept = ("hedge", "unit", "slot", "alternative", "reading", "measure")
    return {name: figure[name] for name in kept} | {
        "preferred": figure.get("preferred", False),
        "lo": loose.lo,
        "hi": loose.hi,
        "lo_asc": math.inf if loose.lo == -math.inf else loose.lo,
        "strict_lo": strict.lo,
        "strict_hi": strict.hi,
        **days.of_figure(figure, dated),
        "nominal": _number(figure, "value"),
        "lower": _number(figure, "lower"),
        "upper": _number(figure, "upper"),
        "dims": _packed(figure.get("dimensions", {})),
        "flags": text_search.packed(figure.get("flags", [])),
        "doc": stored(shared | figure),
    }


def traits_of(figures: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row for each dimension and attribute of each figure, which filters and facets look at."""
    return [
        {"n": n, "name": f"{kind}.{name}", "word": numbers.canonical_value(value),
         "number": numbers.as_number(value)}
        for n, figure in enumerate(figures)
        for kind, field in TRAIT_FIELDS.items()
        for name, value in figure.get(field, {}).items()
    ]  # fmt: skip


def _packed(dimensions: dict[str, Any]) -> str:
    """The dimensions as one text: figures that have the same follow one another in a series."""
    return text_search.packed([f"{k}={v}" for k, v in numbers.canonical_values(dimensions).items()])


def _number(figure: dict[str, Any], name: str) -> float | None:
    return float(figure[name]) if name in figure else None
