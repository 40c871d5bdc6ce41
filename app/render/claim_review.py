"""Assessments of a claim as schema.org ClaimReview: the assessor's words, no verdict of ours."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from app.render import citation, date_words
from app.render.citation_context import CitationContext, kind_of, known
from app.render.plain_text import one_line
from app.rules import instants
from app.rules.json_types import JsonObject

CONTEXT = ["https://schema.org", {"sayso": "urn:sayso:"}]
GRADES: dict[str, tuple[str, dict[int | str, str]]] = {
    "credibility": ("credibility of the information", {
        1: "confirmed by other sources", 2: "probably true", 3: "possibly true", 4: "doubtful",
        5: "improbable", 6: "truth cannot be judged",
    }),
    "reliability": ("reliability of the source", {
        "A": "completely reliable", "B": "usually reliable", "C": "fairly reliable",
        "D": "not usually reliable", "E": "unreliable", "F": "reliability cannot be judged",
    }),
}  # fmt: skip
"""What the Admiralty code rates, and its grades from the best one down."""
BEST, WORST = 5, 1
REVIEWED = "claim-review"
"""The tag of a claim that was imported with a review of it."""
TYPES = {"person": "Person", "organisation": "Organization", "occasion": "Event"}
DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")


def reviews(
    cited: CitationContext, assessments: Iterable[tuple[str, int, int, JsonObject]]
) -> dict[str, Any]:
    """One ClaimReview for each assessment (id, version, moment, document), side by side."""
    claim = _claim(cited)
    graph = [
        _review(cited, claim, f"{cited.iri('assessments', id)}/revisions/{version}", moment, given)
        for id, version, moment, given in assessments
    ]
    return {"@context": CONTEXT, "@graph": graph}


def _review(
    cited: CitationContext, claim: JsonObject, address: str, recorded_at: int, given: JsonObject
) -> dict[str, Any]:
    published = given.get("review")
    own: dict[str, Any] = {
        "url": address,
        "datePublished": instants.text(recorded_at),
        "claimReviewed": citation.in_short(cited),
        "itemReviewed": claim,
        "reviewBody": given["comment"],
        "reviewRating": _one_or_all([*_ratings(given)]),
    }
    return known(
        {
            "@type": "ClaimReview",
            "@id": address,
            "author": _assessor(cited, given["assessor"]),
            "sayso:confidence": given.get("confidence"),
            **(own if published is None else own | _as_published(cited, claim, given)),
        }
    )


def _as_published(cited: CitationContext, claim: JsonObject, given: JsonObject) -> dict[str, Any]:
    """A review that was published elsewhere: its address, words and scale, and not ours."""
    review = given["review"]
    ours = [*_ratings(given)]
    value = {"ratingValue": review.get("value"), "bestRating": review.get("best"),
             "worstRating": review.get("worst"), "alternateName": review.get("rating")}  # fmt: skip
    said = {name: text for name, text in value.items() if text is not None}
    words = review.get("rating") or review.get("value")
    why = given["comment"] if given["comment"] != words else None
    rating = known({"@type": "Rating", **said, "ratingExplanation": why}) if said else None
    document = cited.sources[cited.claim["document"]]
    ours_alone = {"url", *(["appearance"] if document.get("url") == review.get("url") else [])}
    item = {name: one for name, one in claim.items() if name not in ours_alone}
    return {
        **({"url": review["url"]} if "url" in review else {}),
        "datePublished": _date(review.get("date")),
        "inLanguage": document.get("language"),
        "claimReviewed": cited.claim.get("statement") or citation.in_short(cited),
        "itemReviewed": item,
        "reviewRating": _one_or_all([*filter(None, [rating]), *ours]),
    }


def _one_or_all(some: list[dict[str, Any]]) -> Any:
    return some[0] if len(some) == 1 else some


def _ratings(given: JsonObject) -> Iterator[dict[str, Any]]:
    """What the assessor rated. 6 and F are no worst grade but a judgement withheld: no value.

    The Admiralty code counts downwards, and schema.org's readers need the best to be the greatest,
    so 1 and A are 5; the grade as it was given stays beside it.
    """
    for field, (aspect, words) in GRADES.items():
        if field not in given:
            continue
        grade = given[field]
        value = BEST - list(words).index(grade)
        scale = {"ratingValue": value, "bestRating": BEST, "worstRating": WORST}
        yield {
            "@type": "Rating",
            **(scale if value >= WORST else {}),
            "alternateName": words[grade],
            "ratingExplanation": given["comment"],
            "reviewAspect": f"{aspect} (Admiralty code)",
            "sayso:grade": str(grade),
        }


def _assessor(cited: CitationContext, slug: str) -> dict[str, Any]:
    """Known by name and kind where there is a source of this id; a bare name, else."""
    return _agent(cited, slug) if slug in cited.sources else {"name": slug, "identifier": slug}


def _agent(cited: CitationContext, id: str) -> dict[str, Any]:
    source = cited.sources[id]
    belongs = cited.sources.get(source.get("affiliation", ""))
    return known(
        {
            "@type": TYPES.get(kind_of(source)),
            "@id": cited.iri("sources", id),
            "name": one_line(source["name"]),
            "jobTitle": source.get("job_title"),
            "affiliation": belongs
            and {"@type": TYPES.get(kind_of(belongs)), "name": one_line(belongs["name"])},
        }
    )


def _claim(cited: CitationContext) -> dict[str, Any]:
    claim = cited.claim
    says = dict.fromkeys(hop["source"] for hop in cited.speakers)
    return known(
        {
            "@type": "Claim",
            "@id": cited.iri("claims", cited.id),
            "url": cited.permalink,
            "name": citation.what(cited),
            "text": claim.get("quote", {}).get("exact"),
            "author": _one_or_all([_agent(cited, id) for id in says]),
            "dateCreated": _date(claim.get("stated")),
            "datePublished": _date(cited.published),
            "temporal": claim.get("stated"),
            "appearance": _one_or_all([_work(cited, id) for id in _appearances(cited)]),
            "firstAppearance": _first(cited),
            "creativeWorkStatus": cited.ended,
        }
    )


def _date(edtf: str | None) -> str | None:
    """A date that ISO 8601 can tell; what is vaguer stays in `temporal`."""
    plain = edtf and DATE.fullmatch(edtf) and date_words.parts(edtf)
    return edtf if plain else None


def _appearances(cited: CitationContext) -> list[str]:
    """The document in hand, and of a claim that was reviewed elsewhere the other works with it."""
    others = [
        hop["source"]
        for hop in cited.claim["attributions"]
        if hop["role"] == "evidence" and kind_of(cited.sources[hop["source"]]) == "work"
    ]
    reviewed = REVIEWED in cited.claim.get("tags", [])
    return [cited.claim["document"], *(dict.fromkeys(others) if reviewed else ())]


def _first(cited: CitationContext) -> dict[str, Any] | None:
    """The work nearest the origin, if any is known but the document in hand."""
    beside = "occasion" if REVIEWED in cited.claim.get("tags", []) else None
    works = [
        (hop.get("position", 10**6), hop["source"])
        for hop in cited.claim["attributions"]
        if hop["role"] != "document" and kind_of(cited.sources[hop["source"]]) == "work"
        if beside is None or "position" in hop or hop["role"] == beside
    ]
    return _work(cited, max(works)[1]) if works else None


def _work(cited: CitationContext, id: str) -> dict[str, Any]:
    work = cited.sources[id]
    publisher = work.get("publisher")
    return known(
        {
            "@type": "CreativeWork",
            "@id": cited.iri("sources", id),
            "name": one_line(work["name"]),
            "headline": work.get("title"),
            "url": work.get("url"),
            "datePublished": _date(work.get("date")),
            "inLanguage": work.get("language"),
            "publisher": publisher and _agent(cited, publisher),
        }
    )
