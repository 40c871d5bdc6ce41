"""Claims as versions about to be written: the aggregate with its figures, chain and relations."""

from functools import lru_cache
from typing import Any

from app.errors import Fault, Invalid
from app.models.attribution import Attribution, Relation
from app.models.base import Shape
from app.models.claim import ClaimOut
from app.models.quantity import QuantityOut
from app.render.documents import stored
from app.rules import chain, dates, figures, words
from app.rules.hedges import Unreadable
from app.rules.unfolding import unfolded
from app.store import figure_rows
from app.store.drafts import columns_of, id_of
from app.store.known import Known, Measure, Reference
from app.store.versions import Draft, hashed

Whole = dict[str, Any]


def draft_claim(known: Known, sent: Whole, related: bool = True) -> Draft:
    """A claim to be written: full form, figures read, references checked, rows made ready.

    With ``related=False`` the claims it relates to are not looked for: they may be yet to come.
    """
    whole = unfolded(sent)
    content = dict(whole)
    digest = hashed(content)
    own = sent.get("id") or id_of("c-", digest)
    measures = _measures_of(known, sent, whole)
    whole["quantities"] = _figures(sent, whole["quantities"], measures)
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
    return Draft("claims", own, content, stored(_document(whole)), columns, parts, digest)


def _document(whole: Whole) -> Whole:
    """The document, always in one order; lists that are empty are left out, as every default is."""
    parts = {name: [_ordered(kind, one) for one in whole.get(name, [])] for name, kind in PARTS}
    return _ordered(ClaimOut, {n: v for n, v in (whole | parts).items() if v != []})


PARTS: tuple[tuple[str, type[Shape]], ...] = (
    ("attributions", Attribution),
    ("relations", Relation),
    ("quantities", QuantityOut),
)


def _ordered(kind: type[Shape], fields: Whole) -> Whole:
    return {name: fields[name] for name in _names(kind) if name in fields}


@lru_cache
def _names(kind: type[Shape]) -> tuple[str, ...]:
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


def _figures(given: Whole, quantities: list[Whole], measures: dict[str, Measure]) -> list[Whole]:
    """Every figure completed by the lexicon; raises ``Invalid`` naming the words it cannot read."""
    found, faults = [], []
    for n, sent in enumerate(quantities):
        try:
            yardstick = measures[sent["measure"]].yardstick
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
    stated = dates.span(whole["stated"]) if "stated" in whole else dates.EVER
    published = dates.span(whole["published"]) if "published" in whole else None
    start, end = _period(whole, stated, measures)
    search = words.folded(*_texts(whole))
    return columns_of("claims", sent) | {
        "stated_lo": stated.lo,
        "stated_hi": stated.hi,
        "stated_asc": dates.OPEN_FUTURE if stated.lo == dates.OPEN_PAST else stated.lo,
        "published_lo": published and published.lo,
        "published_hi": published and published.hi,
        "period_start_lo": start.lo,
        "period_start_hi": start.hi,
        "period_end_lo": end.lo,
        "period_end_hi": end.hi,
        "tags": words.packed(whole.get("tags", [])),
        "search": search,
        "grams": words.grams(search),
    }


def _texts(whole: Whole) -> list[str | None]:
    """What a search looks in."""
    quote = whole.get("quote", {})
    quoted = [quote.get(part) for part in ("exact", "prefix", "suffix")]
    raw = [one.get("raw_text") for one in whole["quantities"]]
    return [whole.get("statement"), *quoted, whole.get("notes"), *raw]


def _period(whole: Whole, stated: dates.Span, measures: dict[str, Measure]) -> dates.Extent:
    """The time the figures describe: of a cumulative measure, unless sent, up to ``stated``."""
    if "period" in whole:
        return dates.extent(whole["period"])
    grows = any(measures[q["measure"]].cumulative for q in whole["quantities"])
    return (dates.Span(dates.OPEN_PAST, stated.hi), stated) if grows else (dates.EVER, dates.EVER)


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
