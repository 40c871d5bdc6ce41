"""Claims as versions about to be written: the aggregate with its figures, chain and relations."""

import json
from functools import lru_cache
from typing import Any

from app.errors import Fault, Invalid
from app.models.attribution import Attribution, Relation
from app.models.base import StrictModel
from app.models.claim import ClaimOut, Quote
from app.models.quantity import QuantityOut
from app.render.documents import stored
from app.rules import chain, figures, likeness, quotes, text_search
from app.rules.normalise import full_form
from app.rules.tokenizer import Unreadable
from app.store import days, figure_rows
from app.store.drafts import columns_of, fields, id_of
from app.store.known import Known, Measure, Reference
from app.store.versions import Draft, Stored, hashed

Whole = dict[str, Any]


def draft_claim(known: Known, sent: Whole, related: bool = True) -> Draft:
    """A claim to be written: full form, figures read, references checked, rows made ready.

    With ``related=False`` the claims it relates to are not looked for: they may be yet to come.
    """
    whole = full_form(sent)
    content = dict(whole)
    digest = hashed(content)
    own = sent.get("id") or id_of("c-", digest)
    measures = _measures_of(known, sent, whole)
    whole["quantities"] = _figures(sent, whole, known)
    found = _references(sent, whole, own)
    known.require(ref for ref in found if related or ref[1] != "claims")
    _require_work(known, whole["document"])
    parts = (
        figure_rows.rows(whole, measures),
        _hops(whole),
        [_only(r, "predicate", "object", "basis") for r in whole.get("relations", [])],
        figure_rows.traits_of(whole["quantities"]),
    )
    columns = _columns(whole, sent, measures)
    columns["likeness"] = likeness.of(whole, columns)
    return Draft("claims", own, content, stored(_document(whole)), columns, parts, digest)


def _document(whole: Whole) -> Whole:
    """The document, always in one order; lists that are empty are left out, as every default is."""
    parts = {name: [_ordered(kind, one) for one in whole.get(name, [])] for name, kind in PARTS}
    return _ordered(ClaimOut, {n: v for n, v in (whole | parts).items() if v != []})


PARTS: tuple[tuple[str, type[StrictModel]], ...] = (
    ("attributions", Attribution),
    ("relations", Relation),
    ("quantities", QuantityOut),
)


def _ordered(kind: type[StrictModel], fields: Whole) -> Whole:
    return {name: fields[name] for name in _names(kind) if name in fields}


@lru_cache
def _names(kind: type[StrictModel]) -> tuple[str, ...]:
    return tuple(kind.model_fields)


def _measures_of(known: Known, given: Whole, whole: Whole) -> dict[str, Measure]:
    found = known.measures
    faults = tuple(
        Fault("no such measure", pointer=f"{_at(given, n)}/measure", code="unknown_reference")
        for n, q in enumerate(whole["quantities"])
        if q["measure"] not in found
    )
    if faults:
        raise Invalid("Something referred to is not stored.", faults)
    return found


def _at(given: Whole, n: int) -> str:
    """Where the writer wrote the n-th figure: in ``quantities``, or flat."""
    return f"/quantities/{n}" if "quantities" in given else ""


def _figures(given: Whole, whole: Whole, known: Known) -> list[Whole]:
    """Every figure completed by the lexicon; raises ``Invalid`` naming the words it cannot read."""
    found, faults = [], []
    for n, sent in enumerate(whole["quantities"]):
        try:
            yardstick = known.yardstick(sent["measure"], whole.get("document"))
            read = figures.complete(sent, yardstick)
            rest = {k: v for k, v in sent.items() if k not in figures.FIELDS}
            found.append({"hedge": "none", "unit": yardstick.unit} | rest | read)
        except Unreadable as error:
            faults.append(unreadable(error, f"{_at(given, n)}/raw_text"))
    if faults:
        raise Invalid("The lexicon cannot read a figure.", tuple(faults))
    return found


def unreadable(error: Unreadable, pointer: str) -> Fault:
    """The words that the lexicon could not read, as a fault of the field they stand in."""
    named = ", ".join(f"“{word}”" for word in error.words)
    detail = f"{error.reason} Not read: {named}." if named else error.reason
    return Fault(detail, pointer=pointer, code="unreadable_figure")


def check_quote(quote: Quote | None, stored: Stored | None = None) -> None:
    """Refuse a quote that is not as long as its offsets say, unless it is stored like this.

    What was stored before this was asked can still be changed, withdrawn, exported and imported.
    """
    detail = None if quote is None else quotes.fault(fields(quote))
    if detail is None or quote is None:
        return
    if stored is None or json.loads(stored.doc).get("quote") != fields(quote):
        raise Invalid(faults=(Fault(detail, pointer="/quote/end", code="quote_length"),))


def _references(given: Whole, whole: Whole, own: str) -> list[Reference]:
    found: list[Reference] = [("/document", "sources", whole["document"])]
    if "claimant" in whole:
        found.append(("/claimant", "sources", whole["claimant"]))
    found += [(f"/via/{n}", "sources", id) for n, id in enumerate(given.get("via", []))]
    for n, hop in enumerate(given.get("attributions", [])):
        found.append((f"/attributions/{n}/source", "sources", hop["source"]))
    for n, relation in enumerate(whole.get("relations", [])):
        if relation["object"] == own:
            raise Invalid(
                faults=(Fault("a relation is with another claim", f"/relations/{n}/object"),)
            )
        found.append((f"/relations/{n}/object", "claims", relation["object"]))
    return found


def _require_work(known: Known, document: str) -> None:
    if known.sources[document] != "work":
        detail = "the document must be a work: a source of a kind such as article or report"
        raise Invalid(faults=(Fault(detail, pointer="/document", code="not_a_work"),))


def _columns(whole: Whole, sent: Whole, measures: dict[str, Measure]) -> Whole:
    grows = any(measures[q["measure"]].cumulative for q in whole["quantities"])
    search = text_search.folded(*_texts(whole))
    return columns_of("claims", sent) | {
        **days.of_claim(whole, grows),
        "tags": text_search.packed(whole.get("tags", [])),
        "search": search,
        "grams": text_search.grams(search),
    }


def _texts(whole: Whole) -> list[str | None]:
    """What a search looks in."""
    quote = whole.get("quote", {})
    quoted = [quote.get(part) for part in ("exact", "prefix", "suffix")]
    raw = [one.get("raw_text") for one in whole["quantities"]]
    return [whole.get("statement"), *quoted, whole.get("notes"), *raw]


def _hops(whole: Whole) -> list[Whole]:
    hops, claimant = whole["attributions"], whole.get("claimant")
    origins, relays = chain.origins(hops, claimant), chain.relays(hops, claimant)
    return [
        _only(hop, "source", "position", "role", "name_as_given", "basis")
        | {"is_origin": n in origins, "is_via": n in relays}
        for n, hop in enumerate(hops)
    ]


_DEFAULTS = {"basis": "stated"}


def _only(row: Whole, *names: str) -> Whole:
    return {name: row.get(name, _DEFAULTS.get(name)) for name in names}
