"""Claims with any of their fields, as hypothesis makes them up: one strategy for each field.

Which fields there are, the model says; a field that has no strategy here fails a test.
"""

import typing
from itertools import product
from typing import Any

from hypothesis import strategies as st

from app.models.claim import (
    AttributionBasis,
    Modality,
    Polarity,
    Predicate,
    RelationBasis,
    SpeechAct,
)
from app.models.quantity import Basis, Flag, Hedge

DOCUMENT = "daily-digest-article"
Whole = dict[str, Any]
ODD = (
    "=1+1", "'=1+1", "''@x", "-5", "+5", "'-5", "--", "@a", "＝1", "'", "a,b", "a;b", "[1]", "{}",
    '"in quotes"', 'say "it"', "two\r\nlines", "one\rreturn", "\ttab", " padded ", "포탄 7,000발",
    "null", "true", "007", "1e5", "#", "~", "a\u2028b", "\ufeffmark",
)  # fmt: skip


def of(*words: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(words)


def one_of(kind: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(typing.get_args(kind))


def some(fields: dict[str, st.SearchStrategy[Any]], **needed: Any) -> st.SearchStrategy[Whole]:
    return st.fixed_dictionaries(needed, optional=fields)


CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
TEXT = st.sampled_from(ODD) | st.text(CHARACTERS, min_size=1, max_size=12)
PRINTED = TEXT.map(lambda text: "".join(one for one in text if one >= " ") or "x")
DATE = of("2024-02", "2024-02-26", "197X", "[2024-02..2024-03]", "-0044", "2024")
DECIMAL = (
    of("0", "7000", "-5", "1.50", "6.67430e-11", "1E+5", "1234567890123456789012345678901234567890")
    | st.integers(-(10**20), 10**20).map(str)
)  # fmt: skip
NAMES = of("calibre_mm", "edition", "a", "b_2")
NAMED = st.dictionaries(NAMES, st.integers(-(2**53) + 1, 2**53 - 1) | PRINTED, max_size=3)
SOURCES = of("ap", "reuters", "shin-won-sik")

FIGURE: dict[str, st.SearchStrategy[Any]] = {
    "hedge": one_of(Hedge), "unit": of("{container}", "1", ""), "reading_note": TEXT,
    "dimensions": NAMED, "attributes": NAMED, "raw_text": TEXT, "value": DECIMAL,
    "date": DATE, "lower": DECIMAL, "upper": DECIMAL, "lower_inclusive": st.booleans(),
    "upper_inclusive": st.booleans(), "lower_basis": one_of(Basis), "upper_basis": one_of(Basis),
    "interval_type": of("confidence", "standard_deviation"), "interval_level": DECIMAL,
    "absence": of("unknown", "withheld", "not_applicable"), "lexicon_version": of("en-0", "odd,1"),
    "flags": st.lists(one_of(Flag), unique=True, max_size=2),
    "measure": of("containers.prk-rus", "shells.prk-rus"),
    "slot": st.just(1), "alternative": st.just(1), "reading": st.just("A"), "preferred": st.just(1),
}  # fmt: skip
"""The last four have to go together, and are put in by ``placed``."""

QUOTE: dict[str, st.SearchStrategy[Any]] = {
    "exact": TEXT, "prefix": TEXT, "suffix": TEXT, "type": of("direct", "indirect", "mixed"),
    "start": of(0, 7), "end": of(8, 2**31),
}  # fmt: skip
HOP: dict[str, st.SearchStrategy[Any]] = {
    "source": SOURCES, "position": st.just(1), "role": of("relayer", "publisher", "translator"),
    "name_as_given": TEXT, "basis": one_of(AttributionBasis), "cue": TEXT, "wording": TEXT,
}  # fmt: skip
RELATED = ("times-2024-10-faulty", "dia-2024-08-containers")
RELATION: dict[str, st.SearchStrategy[Any]] = {
    "predicate": one_of(Predicate), "object": of(*RELATED),
    "basis": one_of(RelationBasis), "note": TEXT,
}  # fmt: skip


def needed(fields: dict[str, Any], *names: str) -> st.SearchStrategy[Whole]:
    rest = {name: one for name, one in fields.items() if name not in names}
    return some(rest, **{name: fields[name] for name in names})


@st.composite
def quotes(draw: Any) -> Whole:
    quote: Whole = draw(some(QUOTE))
    if ("start" in quote) != ("end" in quote):
        quote.pop("start", None)
        quote.pop("end", None)
    if "start" in quote and quote.get("exact"):
        quote["end"] = quote["start"] + len(quote["exact"])
    return quote


@st.composite
def chains(draw: Any, claimant: str | None) -> list[Whole]:
    """The document, some hops, the claimant, and something beside the chain."""
    hops = draw(st.lists(needed(HOP, "source", "role"), max_size=3))
    told = draw(some({name: HOP[name] for name in ("cue", "wording", "name_as_given", "basis")}))
    chain = [{**told, "source": DOCUMENT, "role": "document"}, *hops]
    chain += [{**told, "source": claimant, "role": "speaker"}] if claimant else []
    placed: list[dict[str, Any]] = [{**hop, "position": n} for n, hop in enumerate(chain)]
    evidence: list[dict[str, Any]] = draw(of([], [{"source": "reuters", "role": "evidence"}]))
    return placed + evidence


PLACES = [*product((1, 2, 3), (1, 2), "AB")]


@st.composite
def placed(draw: Any) -> list[Whole]:
    """Figures, each in a place of its own; of two readings the second may be preferred."""
    found = []
    for slot, alternative, reading in draw(st.lists(of(*PLACES), unique=True, max_size=4)):
        whole = draw(needed(FIGURE, "measure"))
        whole |= {"slot": slot, "alternative": alternative, "reading": reading}
        whole["preferred"] = reading == "B" and draw(st.booleans())
        if not whole.keys() & {"hedge", "value", "lower", "upper", "date", "absence"}:
            whole["value"] = draw(DECIMAL)
        found.append(whole)
    return found


CLAIM: dict[str, st.SearchStrategy[Any]] = {
    "claimant": SOURCES, "document": st.just(DOCUMENT), "utterance": of("u-1", "u:2"),
    "speech_act": one_of(SpeechAct), "modality": one_of(Modality), "polarity": one_of(Polarity),
    "alternative_mode": of("or", "xor", "mix"), "published": DATE, "statement": TEXT,
    "quote": quotes(), "locator": TEXT, "cue": TEXT, "modal_cue": TEXT, "stated": DATE,
    "period": DATE | of("2022-02-24/2024", "../2024"),
    "tags": st.lists(PRINTED, max_size=3), "inferred": st.lists(TEXT, max_size=2), "notes": TEXT,
    "attributions": st.just([]),
    "relations": st.lists(needed(RELATION, "predicate", "object"), max_size=2),
    "quantities": placed(),
}  # fmt: skip


@st.composite
def claims(draw: Any) -> Whole:
    """A claim that can be stored."""
    whole: Whole = draw(needed(CLAIM, "document", "quantities"))
    if "attributions" in whole:
        whole["attributions"] = draw(chains(whole.get("claimant")))
    elif draw(st.booleans()):
        whole["via"] = draw(st.lists(SOURCES, max_size=3))
    if any(figure["alternative"] > 1 for figure in whole["quantities"]):
        whole.setdefault("alternative_mode", "or")
    return {"type": "claim", **whole}
