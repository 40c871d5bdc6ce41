"""A citation of one version of a claim: the figure as printed, who said it, through whom.

What is uncertain is said where it stands, so that whoever cites the figure cites the doubt.
"""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any

from app.render import date_words, figure_words
from app.render.citation_context import CitationContext, line, sayers
from app.rules import chain, instants
from app.rules.json_types import JsonObject

DOUBT = {"inferred": " (inferred)", "ambiguous": " (ambiguous)"}
CAME = {
    "relayer": "reported by",
    "publisher": "published by",
    "author": "written by",
    "translator": "translated by",
    "speaker": "as told by",
    "originator": "according to",
}
BESIDE = {"occasion": "at", "evidence": "citing", "recipient": "to"}
ACTS = {
    "estimate": "an estimate",
    "suspect": "a suspicion",
    "report": "a report",
    "confirm": "a confirmation",
    "deny": "a denial",
    "correct": "a correction",
    "retract": "a retraction",
}
FLAGS = {
    "lower_above_value": "the lower bound given lies above the figure",
    "upper_below_value": "the upper bound given lies below the figure",
    "lower_above_upper": "the lower bound given lies above the upper one",
    "outside_domain": "the figure lies outside what the measure allows",
    "differs_from_lexicon": "the recorder reads a wording otherwise than the lexicon does",
    "not_read": "the lexicon does not read the wording, and the figure is the recorder's",
}
SHORT = 300
"""Characters of a quote or statement that a citation takes in."""


def text(record: CitationContext) -> str:
    """The citation as one line of plain text."""
    said_so = f"{who(record)}, {said(record)}: {what(record)}"
    told = sentences([said_so, capital(came(record)), *doubts(record)])
    day = date_words.spoken(recorded(record).isoformat())
    kept = f"Sayso, claim {record.id}, version {record.version}, recorded {day}"
    return f"{told} {kept}: {record.permalink}"


def sentences(parts: Iterable[str]) -> str:
    """Each with its full stop."""
    return " ".join(f"{part.rstrip('.')}." for part in parts)


def capital(words: str) -> str:
    """A sentence begins with a capital."""
    return words[:1].upper() + words[1:]


def recorded(record: CitationContext) -> date:
    """The day on which this version was recorded (UTC)."""
    return date.fromisoformat(instants.text(record.recorded_at)[:10])


def who(record: CitationContext) -> str:
    """Those who said it, with the name that was printed where it is another."""
    named = [_named(record, hop) for hop in sayers(record.claim)]
    return " and ".join(named) or "Origin not given"


def names(record: CitationContext) -> list[str]:
    """Those who said it, by their usual names."""
    hops = sayers(record.claim)
    return [line(record.sources[hop["source"]]["name"]) for hop in hops]


def _named(record: CitationContext, hop: JsonObject) -> str:
    name, given = line(record.sources[hop["source"]]["name"]), line(hop.get("name_as_given", ""))
    as_given = f" (named as “{given}”)" if given and given.casefold() != name.casefold() else ""
    return f"{name}{as_given}{DOUBT.get(hop.get('basis', ''), '')}"


def said(record: CitationContext) -> str:
    """When it was said, as precisely as it is known."""
    stated = record.claim.get("stated")
    inferred = DOUBT["inferred"] if "stated" in record.claim.get("inferred", []) else ""
    return f"{date_words.spoken(stated)}{inferred}" if stated else "undated"


def what(record: CitationContext) -> str:
    """The figures as printed; a claim without any by its quote, or in the recorder's words."""
    claim = record.claim
    found = figure_words.printed(claim, record.measures)
    if found is None:
        found = _without_figure(claim)
    told = f"{found}{_period(claim)}"
    return f"denied: {told}" if claim.get("polarity") == "negative" else told


def _period(claim: JsonObject) -> str:
    """The time that the figures describe."""
    if "period" not in claim:
        return ""
    inferred = DOUBT["inferred"] if "period" in claim.get("inferred", []) else ""
    return f", period: {date_words.spoken(claim['period'])}{inferred}"


def _without_figure(claim: JsonObject) -> str:
    exact = claim.get("quote", {}).get("exact")
    if exact:
        return f"“{_short(exact)}”"
    if "statement" in claim:
        return f"[{_short(claim['statement']).rstrip('.')}]"
    return f"[the claim at {line(claim['locator'])}]" if "locator" in claim else "[no figure]"


def _short(words: str) -> str:
    whole = line(words)
    return whole if len(whole) <= SHORT else whole[:SHORT].rsplit(" ", 1)[0] + " …"


def came(record: CitationContext, full: bool = True) -> str:
    """How it came: what it rests on, who relayed it, and where it is found."""
    parts = [*_beside(record), *_chain(record), _document(record, full)]
    return "; ".join(parts)


def _beside(record: CitationContext) -> Iterable[str]:
    for role, word in BESIDE.items():
        hops = [hop for hop in record.claim["attributions"] if hop["role"] == role]
        if hops:
            yield f"{word} {' and '.join(_named(record, hop) for hop in hops)}"


def _chain(record: CitationContext) -> Iterable[str]:
    """From those who said it towards the document; first whom they themselves rest on."""
    own = sayers(record.claim)
    said_at = max((hop["position"] for hop in own), default=None)
    hops = [
        hop
        for hop in record.claim["attributions"]
        if hop["role"] not in chain.BESIDE and hop["position"] and hop not in own
    ]
    hops.sort(key=lambda hop: -hop["position"])
    for (position, role), joint in groupby(hops, key=lambda hop: (hop["position"], hop["role"])):
        beyond = said_at is not None and position > said_at
        word = "drawing on" if beyond else CAME.get(role, "found in")
        yield f"{word} {' and '.join(_hop(record, hop) for hop in joint)}"


def _hop(record: CitationContext, hop: JsonObject) -> str:
    worded = f" as “{line(hop['wording'])}”" if "wording" in hop else ""
    return f"{_named(record, hop)}{worded}"


def _document(record: CitationContext, full: bool) -> str:
    """The work in hand; in full with its date, the place in it, and its address."""
    hops = record.claim["attributions"]
    work = record.sources[record.claim["document"]]
    doubt = next((DOUBT.get(h.get("basis", ""), "") for h in hops if h["role"] == "document"), "")
    publisher = record.sources.get(work.get("publisher", ""), {}).get("name")
    title = f"“{line(work['title'])}”" if "title" in work else line(work["name"])
    parts = [line(publisher)] if publisher else []
    parts.append(f"{title}{doubt}")
    if full:
        published = record.claim.get("published") or work.get("date")
        parts += [date_words.spoken(published)] if published else []
        parts += [line(record.claim["locator"])] if "locator" in record.claim else []
        parts += [work["url"]] if "url" in work else []
    printed = "printed in" if work.get("kind") in ("article", "report") else "found in"
    return f"{printed} {', '.join(parts)}"


def doubts(record: CitationContext) -> list[str]:
    """Sentences on how firm it is: how it was put, what was inferred, whether it still stands."""
    claim = record.claim
    found = [*put(claim)]
    if claim.get("inferred"):
        fields = [line(name.replace("_", " ")) for name in claim["inferred"]]
        found.append(f"inferred by the recorder: {', '.join(fields)}")
    flags = sorted({flag for one in claim.get("quantities", []) for flag in one.get("flags", [])})
    if flags:
        found.append(f"note: {'; '.join(FLAGS.get(flag, flag) for flag in flags)}")
    return [capital(words) for words in (*found, *ended(record))]


def ended(record: CitationContext) -> Iterable[str]:
    """That it was taken back, and why."""
    if record.status != "active":
        how = "withdrawn" if record.status == "withdrawn" else "entered in error"
        yield f"{how}: {line(record.reason or '').rstrip('.')}"


def put(claim: JsonObject) -> Iterable[str]:
    """How it was put, where that was less than a plain assertion."""
    ways: list[str] = []
    if claim.get("speech_act") in ACTS:
        ways.append(ACTS[claim["speech_act"]])
    if claim.get("modality", "plain") != "plain":
        ways.append(claim["modality"])
    cue = f"“{line(claim['modal_cue'])}”" if "modal_cue" in claim else ""
    if ways:
        yield f"put as {' and as '.join(ways)}{f' ({cue})' if cue else ''}"
    elif cue:
        yield f"put with the words {cue}"


def custom(record: CitationContext) -> dict[str, Any]:
    """What a program reads that no bibliography has a field for."""
    claim = record.claim
    return {
        "claim": record.id,
        "version": record.version,
        "status": record.status,
        "figures": [line(q["raw_text"]) for q in claim.get("quantities", []) if "raw_text" in q],
        "stated": claim.get("stated"),
        "period": claim.get("period"),
        "document": claim["document"],
        "chain": [
            {"source": hop["source"], "role": hop["role"], "basis": hop.get("basis", "stated")}
            for hop in claim["attributions"]
        ],
        "inferred": claim.get("inferred", []),
    }
