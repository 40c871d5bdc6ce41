"""View model of a claim: its wording, what it allows, its chain, dates, relations, history."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.pages import diff, figures, words
from app.pages.client import NotAnswered, PageClient, api_path
from app.pages.figures import NamesById
from app.pages.scale import Scale, Strip, scale
from app.rules.json_types import JsonObject

RELATED = 20
"""Related claims that are told with their wording; of more, the ids alone."""


class ReadingRow(NamedTuple):
    """One way to read a figure."""

    label: str
    preferred: bool
    note: str
    worded: str
    measure: tuple[str, str]
    rests: str
    allows: str
    strip: Strip | None


class Hop(NamedTuple):
    """One source of the chain, and what it did."""

    source: str
    name: str
    did: str
    tag: str
    beside: str
    sure: bool


class Related(NamedTuple):
    """Another claim that this one points to, or is pointed to by."""

    words: str
    claim: str
    title: str
    tag: str
    note: str


async def claim_view(api: PageClient, id: str, asked: Mapping[str, str]) -> dict[str, Any]:
    """Everything that the page of a claim shows. Raises ``NotAnswered`` as the API does."""
    api.moment = asked.get("as_of") or None
    claim = await api.get(api_path("claims", id))
    provenance = await api.get(api_path("claims", id, "provenance"))
    revisions = await api.get(api_path("claims", id, "revisions"))
    relations = await api.get(api_path("claims", id, "relations"))
    citation = await api.text(api_path("claims", id, "citation"))
    names = {one["source"]: one["name"] for one in [*provenance["chain"], *provenance["beside"]]}
    names |= await _measure_names(api, claim)
    axis = scale(claim.get("quantities", []))
    chain = [_hop(one, provenance) for one in provenance["chain"]]
    return {
        "claim": claim, "names": names, "title": words.heading(claim),
        "wordings": words.wordings(claim), "either": words.joiner(claim),
        "who": figures.claimants(claim, names), "facts": _facts(claim),
        "through": words.through(claim.get("attributions", []), names),
        "when": words.when(claim.get("stated")),
        "readings": [_reading(one, claim, names, axis) for one in claim.get("quantities", [])],
        "axis": axis, "chain": chain,
        "beside": [_hop(one, provenance) for one in provenance["beside"]],
        "voices": provenance["independent_origins"], "dates": _dates(claim),
        "related": await _related(api, id, relations["items"], names),
        "versions": revisions["items"], "diff": _diff(revisions["items"], asked),
        "citation": citation,
    }  # fmt: skip


async def _measure_names(api: PageClient, claim: JsonObject) -> dict[str, str]:
    found = {}
    for id in dict.fromkeys(one["measure"] for one in claim.get("quantities", [])):
        found[id] = (await api.get(api_path("measures", id), shown=False)).get("name", id)
    return found


def _facts(claim: JsonObject) -> list[str]:
    facts = [words.ACTS[claim["speech_act"]]] if "speech_act" in claim else []
    facts.append(words.MODALITIES[claim.get("modality", "plain")])
    if claim.get("polarity") == "negative":
        facts.append("The figure is what is denied")
    reason = claim.get("status_reason", claim.get("reason", ""))
    facts.append(words.STATUSES[claim["status"]] + (f": {reason}" if reason else ""))
    return [*facts, f"Version {claim['version']}"]


def _reading(
    figure: JsonObject, claim: JsonObject, names: NamesById, axis: Scale | None
) -> ReadingRow:
    measure = figure["measure"]
    bases = {
        side: words.BASES[figure[f"{side}_basis"]]
        for side in ("lower", "upper")
        if f"{side}_basis" in figure
    }
    same = len(set(bases.values())) == 1 and len(bases) == 2
    rests = words.capital(next(iter(bases.values()))) if same else "; ".join(
        f"{'Lower' if side == 'lower' else 'Upper'} end: {told}" for side, told in bases.items()
    )  # fmt: skip
    return ReadingRow(
        _label(figure, claim), bool(figure.get("preferred")), figure.get("reading_note", ""),
        words.worded(figure), (measure, names.get(measure, measure)), rests,
        words.allows(figure), axis.strip(figure) if axis else None,
    )  # fmt: skip


def _label(figure: JsonObject, claim: JsonObject) -> str:
    """`A`, `B` for readings; of several alternatives or figures their numbers before."""
    some = claim["quantities"]
    parts = []
    if len({one.get("slot", 1) for one in some}) > 1:
        parts.append(f"Figure {figure.get('slot', 1)}")
    if len({one.get("alternative", 1) for one in some}) > 1:
        parts.append(f"alternative {figure.get('alternative', 1)}")
    same = [
        one for one in some
        if (one.get("slot", 1), one.get("alternative", 1))
        == (figure.get("slot", 1), figure.get("alternative", 1))
    ]  # fmt: skip
    if len(same) > 1:
        parts.append(f"reading {figure.get('reading', 'A')}")
    return words.capital(", ".join(parts))


def _hop(one: JsonObject, provenance: JsonObject) -> Hop:
    cue = f" (“{one['cue']}”)" if "cue" in one else ""
    beside = [f"called “{one['name_as_given']}”"] if "name_as_given" in one else []
    if "wording" in one:
        beside.append(f"worded “{one['wording']}”")
    roots = {origin["source"]: origin["root"] for origin in provenance["origins"]}
    if one["source"] in roots and roots[one["source"]] is None:
        beside.append("whether anybody stands above it is not known")
    basis = one.get("basis", "stated")
    return Hop(
        one["source"], one["name"], words.ROLES[one["role"]] + cue, words.UNSURE.get(basis, ""),
        words.capital("; ".join(beside)), basis == "stated",
    )  # fmt: skip


def _dates(claim: JsonObject) -> list[tuple[str, str]]:
    inferred = claim.get("inferred", [])
    told = [
        (
            title,
            words.capital(words.when(claim[name])) + (" (inferred)" if name in inferred else ""),
        )
        for name, title in (("stated", "Said"), ("published", "Printed"), ("period", "About"))
        if name in claim
    ]
    if "locator" in claim or "quote" in claim:
        told.append(("Where in the text", _place(claim)))
    if "cue" in claim:
        told.append(("Verb used", f"“{claim['cue']}”"))
    return told


def _place(claim: JsonObject) -> str:
    quote = claim.get("quote", {})
    parts = [claim["locator"]] if "locator" in claim else []
    if "start" in quote:
        parts.append(f"characters {quote['start']:,} to {quote['end']:,}")
    kinds = {"direct": "quoted", "indirect": "retold, not quoted", "mixed": "partly quoted"}
    if quote.get("type") in kinds:
        parts.append(kinds[quote["type"]])
    return words.capital("; ".join(parts))


async def _related(
    api: PageClient, id: str, found: list[JsonObject], names: NamesById
) -> list[Related]:
    rows = []
    for n, one in enumerate(found):
        outgoing = one["direction"] == "outgoing"
        other = one["object"] if outgoing else one["subject"]
        told = (words.PREDICATES if outgoing else words.INCOMING)[one["predicate"]]
        title = await _title(api, other) if n < RELATED else other
        basis = one.get("basis", "stated")
        tag = "" if basis == "stated" else basis
        rows.append(Related(told, other, title, tag, one.get("note", "")))
    return rows


async def _title(api: PageClient, id: str) -> str:
    """A claim in one line: its wording, who, when."""
    try:
        claim = await api.get(api_path("claims", id), shown=False)
        who = claim.get("claimant")
        name = (
            (await api.get(api_path("sources", who), shown=False))["name"]
            if who
            else "nobody named"
        )
    except NotAnswered:
        return id
    return f"{words.heading(claim)}, {name}, {words.when(claim.get('stated'))}"


def _diff(versions: list[JsonObject], asked: Mapping[str, str]) -> dict[str, Any] | None:
    """What changed between the two versions asked for; the last two, unless others are."""
    by_number = {str(one["version"]): one for one in versions}
    numbers = sorted(by_number, key=int)
    if len(numbers) < 2:
        return None
    old = asked.get("from", "") if asked.get("from") in by_number else numbers[-2]
    new = asked.get("to", "") if asked.get("to") in by_number else numbers[-1]
    return {"from": old, "to": new, "changes": diff.changes(by_number[old], by_number[new])}
