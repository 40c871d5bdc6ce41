"""Citations of one version of a claim: a line of text, CSL-JSON, and BibTeX.

What is uncertain is said where it stands, so that whoever cites the figure cites the doubt. Few
styles print a note, so the title itself carries the hedge, the chain and the doubt.
"""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from app.render import date_words, figure_words
from app.render.citation_context import CitationContext, known
from app.render.field_words import PREDICATES, capital, small
from app.render.plain_text import one_line
from app.rules import chain
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
ROLE_PREPOSITIONS = {"occasion": "at", "evidence": "citing", "recipient": "to"}
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
    "other_kind": "a number where the measure is of dates, or a date where it is not",
    "outside_domain": "the figure lies outside what the measure allows",
    "differs_from_lexicon": "the recorder reads a wording otherwise than the lexicon does",
    "not_read": "the lexicon does not read the wording, and the figure is the recorder's",
}
MAX_QUOTED = 300
"""Characters of a quote or statement that a citation takes in."""
MAX_NAMED = 3
"""Claims that a citation names, of those that take the place of the one that is cited."""
ESCAPED = str.maketrans(
    {
        # Braces by name: BibTeX counts even those with a backslash before them.
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{char: f"\\{char}" for char in "%&#_$"},
    }
)


def text(cited: CitationContext) -> str:
    """The citation as one line of plain text."""
    day = date_words.spoken(_recorded(cited))
    kept = f"{_entry(cited)}, recorded {day}: {cited.permalink}"
    return f"{_sentences([in_short(cited), capital(_came(cited)), *_doubts(cited)])} {kept}"


def csl(cited: CitationContext) -> list[dict[str, Any]]:
    """CSL-JSON: a list of one item, an entry in the database that Sayso is."""
    item: dict[str, Any] = {
        "id": _key(cited),
        "type": "entry",
        "title": _title(cited),
        # Names as they are: which part is the family name is not for us to guess.
        "author": [{"literal": name} for name in _names(cited)],
        "issued": _issued(cited),
        "accessed": {"date-parts": [[int(part) for part in _recorded(cited).split("-")]]},
        "container-title": "Sayso",
        "version": str(cited.version),
        "URL": cited.permalink,
        "note": _note(cited),
        "status": cited.ended,
        "custom": _custom(cited),
    }
    return [known(item)]


def bibtex(cited: CitationContext) -> str:
    """One `@misc` entry in UTF-8, in fields that BibTeX and biblatex share."""
    names = " and ".join(f"{{{escaped(name)}}}" for name in _names(cited))
    fields = {
        "author": names and f"{{{names}}}",
        "title": f"{{{{{escaped(_title(cited))}}}}}",
        **_bibtex_date(cited.claim.get("stated")),
        "howpublished": f"{{{escaped(_entry(cited))}}}",
        "note": f"{{{escaped(_note(cited))}}}",
        "url": f"{{{cited.permalink}}}",
        "urldate": f"{{{_recorded(cited)}}}",
    }
    return bibtex_entry(_key(cited), fields)


def bibtex_entry(key: str, fields: Mapping[str, str]) -> str:
    """An entry of BibTeX; what is empty is left out."""
    lines = "".join(f"  {name} = {value},\n" for name, value in fields.items() if value)
    return f"@misc{{{key},\n{lines}}}\n"


def escaped(text: str) -> str:
    """Text that LaTeX prints as it stands, and whose braces always match."""
    return text.translate(ESCAPED)


def in_short(cited: CitationContext) -> str:
    """The claim in one sentence, hedge and date included."""
    return f"{_who(cited)}, {_said(cited)}: {what(cited)}"


def headline(cited: CitationContext) -> str:
    """The same, and what makes it less than certain: how it was put, whether it still stands."""
    doubts = "; ".join([*_put(cited.claim), *_ended(cited)])
    return f"{in_short(cited)} ({doubts})" if doubts else in_short(cited)


def with_chain(cited: CitationContext) -> str:
    """The same, and through whom it came."""
    return f"{in_short(cited)}; {_came(cited, full=False)}"


def what(cited: CitationContext) -> str:
    """The figures as printed; a claim without any by its quote, or in the recorder's words."""
    claim = cited.claim
    found = figure_words.printed(claim, cited.measures) or _without_figure(claim)
    period = f", period: {_dated(claim, 'period')}" if "period" in claim else ""
    denied = figure_words.denial(claim)
    return f"{denied and f'{denied}: '}{found}{period}"


def _without_figure(claim: JsonObject) -> str:
    exact = claim.get("quote", {}).get("exact")
    if exact:
        return f"“{_short(exact)}”"
    if "statement" in claim:
        return f"[{_short(claim['statement']).rstrip('.')}]"
    return f"[the claim at {one_line(claim['locator'])}]" if "locator" in claim else "[no figure]"


def _short(words: str) -> str:
    whole = one_line(words)
    return whole if len(whole) <= MAX_QUOTED else whole[:MAX_QUOTED].rsplit(" ", 1)[0] + " …"


def _key(cited: CitationContext) -> str:
    """The same for ever: the id and the version."""
    return f"{cited.id}.v{cited.version}"


def _entry(cited: CitationContext) -> str:
    return f"Sayso, claim {cited.id}, version {cited.version}"


def _recorded(cited: CitationContext) -> str:
    """The day on which this version was recorded (UTC)."""
    return cited.moment[:10]


def _title(cited: CitationContext) -> str:
    """What was said and how it came, with whatever makes it less than certain."""
    doubtful = _is_doubtful(cited.claim.get("stated"), cited.claim)
    parts = [_said(cited)] if doubtful else []
    parts += [_came(cited, full=False), *_put(cited.claim), *_ended(cited)]
    return f"{what(cited)} ({'; '.join(parts)})"


def _note(cited: CitationContext) -> str:
    """What is uncertain, and where exactly it is printed."""
    said = f"{_who(cited)}, {_said(cited)}"
    return _sentences([said, capital(_came(cited)), *_doubts(cited)])


def _sentences(parts: Iterable[str]) -> str:
    """Each with its full stop."""
    return " ".join(f"{part.rstrip('.')}." for part in parts)


def _is_doubtful(stated: str | None, claim: JsonObject) -> bool:
    """Whether a date in numbers would say more than is known."""
    if not stated or date_words.parts(stated) is None or date_words.doubtful(stated):
        return True
    return "stated" in claim.get("inferred", [])


def _issued(cited: CitationContext) -> dict[str, Any] | None:
    """When it was said; `circa` where the day is doubtful or was inferred."""
    stated = cited.claim.get("stated")
    if not stated:
        return None
    parts = date_words.parts(stated)
    if parts is None:
        return {"literal": _said(cited)}
    return {"date-parts": parts} | ({"circa": True} if _is_doubtful(stated, cited.claim) else {})


def _bibtex_date(stated: str | None) -> dict[str, str]:
    """The date for biblatex; for BibTeX the year where there is only one, the month where plain."""
    if not stated:
        return {}
    day, year = date_words.bibliographic(stated), date_words.year(stated)
    parts = date_words.parts(stated)
    plain = year is not None and parts is not None and len(parts) == 1 and len(parts[0]) > 1
    return {
        **({"date": f"{{{day}}}"} if day else {}),
        **({"year": f"{{{year}}}"} if year else {}),
        **({"month": date_words.MONTHS[parts[0][1] - 1][:3].lower()} if plain and parts else {}),
    }


def _who(cited: CitationContext) -> str:
    """Those who said it, with the name that was printed where it is another."""
    return " and ".join(_named(cited, hop) for hop in cited.speakers) or "Origin not given"


def _names(cited: CitationContext) -> list[str]:
    """Those who said it, by their usual names."""
    return [one_line(cited.sources[hop["source"]]["name"]) for hop in cited.speakers]


def _named(cited: CitationContext, hop: JsonObject) -> str:
    name = one_line(cited.sources[hop["source"]]["name"])
    given = one_line(hop.get("name_as_given", ""))
    as_given = f" (named as “{given}”)" if given and given.casefold() != name.casefold() else ""
    return f"{name}{as_given}{DOUBT.get(hop.get('basis', ''), '')}"


def _said(cited: CitationContext) -> str:
    """When it was said, as precisely as it is known."""
    return _dated(cited.claim, "stated") if cited.claim.get("stated") else "undated"


def _dated(claim: JsonObject, field: str) -> str:
    inferred = DOUBT["inferred"] if field in claim.get("inferred", []) else ""
    told = date_words.lasting if field == "period" else date_words.spoken
    return f"{told(claim[field])}{inferred}"


def _came(cited: CitationContext, full: bool = True) -> str:
    """How it came: what it rests on, who relayed it, and where it is found."""
    return "; ".join([*_beside(cited), *_chain(cited), _document(cited, full)])


def _beside(cited: CitationContext) -> Iterable[str]:
    for role, word in ROLE_PREPOSITIONS.items():
        hops = [hop for hop in cited.claim["attributions"] if hop["role"] == role]
        if hops:
            yield f"{word} {' and '.join(_named(cited, hop) for hop in hops)}"


def _chain(cited: CitationContext) -> Iterable[str]:
    """From those who said it towards the document; first whom they themselves rest on."""
    own = cited.speakers
    said_at = max((hop["position"] for hop in own), default=None)
    hops = [
        hop
        for hop in cited.claim["attributions"]
        if hop["role"] not in chain.BESIDE_ROLES and hop["position"] and hop not in own
    ]
    hops.sort(key=lambda hop: -hop["position"])
    for (position, role), joint in groupby(hops, key=lambda hop: (hop["position"], hop["role"])):
        beyond = said_at is not None and position > said_at
        word = "drawing on" if beyond else CAME.get(role, "found in")
        yield f"{word} {' and '.join(_hop(cited, hop) for hop in joint)}"


def _hop(cited: CitationContext, hop: JsonObject) -> str:
    worded = f" as “{one_line(hop['wording'])}”" if "wording" in hop else ""
    return f"{_named(cited, hop)}{worded}"


def _document(cited: CitationContext, full: bool) -> str:
    """The work in hand; in full with its date, the place in it, and its address."""
    claim, work = cited.claim, cited.work
    hops = [hop for hop in claim["attributions"] if hop["role"] == "document"]
    doubt = DOUBT.get(hops[0].get("basis", ""), "") if hops else ""
    publisher = cited.sources.get(work.get("publisher", ""), {}).get("name")
    title = f"“{one_line(work['title'])}”" if "title" in work else one_line(work["name"])
    parts = [one_line(publisher)] if publisher else []
    parts.append(f"{title}{doubt}")
    if full:
        parts += [date_words.spoken(cited.published)] if cited.published else []
        parts += [one_line(claim["locator"])] if "locator" in claim else []
        parts += [work["url"]] if "url" in work else []
    printed = "printed in" if work.get("kind") in ("article", "report") else "found in"
    return f"{printed} {', '.join(parts)}"


def _doubts(cited: CitationContext) -> list[str]:
    """Sentences on how firm it is: how it was put, what was inferred, whether it still stands."""
    claim = cited.claim
    found = [*_put(claim)]
    if claim.get("inferred"):
        fields = [one_line(name.replace("_", " ")) for name in claim["inferred"]]
        found.append(f"inferred by the recorder: {', '.join(fields)}")
    flags = sorted({flag for one in claim.get("quantities", []) for flag in one.get("flags", [])})
    if flags:
        found.append(f"note: {'; '.join(FLAGS.get(flag, flag) for flag in flags)}")
    return [capital(words) for words in (*found, *_ended(cited))]


def _ended(cited: CitationContext) -> Iterable[str]:
    """That it was taken back, and why; and which claims take its place."""
    if cited.ended:
        how = "withdrawn" if cited.ended == "withdrawn" else "entered in error"
        yield f"{how}: {one_line(cited.reason or '').rstrip('.')}"
    for predicate, id in cited.replaced_by[:MAX_NAMED]:
        yield f"{small(PREDICATES[predicate][1])} claim {id}"
    if more := len(cited.replaced_by[MAX_NAMED:]):
        yield f"and by {more:,} more"


def _put(claim: JsonObject) -> Iterable[str]:
    """How it was put, where that was less than a plain assertion."""
    ways: list[str] = []
    if claim.get("speech_act") in ACTS:
        ways.append(ACTS[claim["speech_act"]])
    if claim.get("modality", "plain") != "plain":
        ways.append(claim["modality"])
    cue = f"“{one_line(claim['modal_cue'])}”" if "modal_cue" in claim else ""
    if ways:
        yield f"put as {' and as '.join(ways)}{f' ({cue})' if cue else ''}"
    elif cue:
        yield f"put with the words {cue}"


def _custom(cited: CitationContext) -> dict[str, Any]:
    """What a program reads that no bibliography has a field for."""
    claim = cited.claim
    figures = claim.get("quantities", [])
    return {
        "claim": cited.id,
        "version": cited.version,
        "status": cited.status,
        "figures": [one_line(one["raw_text"]) for one in figures if "raw_text" in one],
        "stated": claim.get("stated"),
        "period": claim.get("period"),
        "document": claim["document"],
        "chain": [
            {"source": hop["source"], "role": hop["role"], "basis": hop.get("basis", "stated")}
            for hop in claim["attributions"]
        ],
        "inferred": claim.get("inferred", []),
    }
