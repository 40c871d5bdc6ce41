"""Fields in words: what a page says instead of a code, an id or a JSON name."""

from collections.abc import Mapping, Sequence

from app.render import figure_words
from app.render.date_words import spoken
from app.rules.json_types import JsonObject

MATCH = {
    "certain": ("yes", "Certainly"),
    "possible": ("maybe", "Possibly"),
    "impossible": ("no", "No"),
}
HEDGES = {
    "none": "no hedge", "exact": "exactly", "approximate": "roughly", "more_than": "more than",
    "at_least": "at least", "up_to": "up to", "less_than": "less than", "nearly": "nearly",
    "just_over": "just over", "between": "between two numbers", "order_of": "on the order of",
    "vague": "a vague word", "plus_minus": "give or take",
}  # fmt: skip
STATISTICS = {
    "count": "Count", "capacity": "Room for so many", "share": "Share", "rate": "Rate",
    "amount": "Amount", "date": "Date", "other": "Other figure",
}  # fmt: skip
ACCUMULATIONS = {
    "cumulative": "a running total: it grows or stays",
    "incident": "of one time each: figures can be added up",
    "stock": "what there is at a time: it can rise and fall",
}
MODALITIES = {"plain": "Put plainly", "probable": "Put as probable", "possible": "Put as possible"}
ACTS = {
    "assert": "Asserted", "estimate": "Given as an estimate", "suspect": "A suspicion",
    "report": "A report of what others say", "confirm": "A confirmation", "deny": "A denial",
    "correct": "A correction", "retract": "Taken back",
}  # fmt: skip
STATUSES = {
    "active": "In force", "withdrawn": "Withdrawn", "entered_in_error": "Entered in error",
}  # fmt: skip
ROLES = {
    "document": "printed it", "publisher": "published it", "author": "wrote it",
    "relayer": "passed it on", "speaker": "said it", "originator": "is where it comes from",
    "translator": "translated it", "evidence": "is its evidence",
    "occasion": "is where it was said", "recipient": "was told",
}  # fmt: skip
PREDICATES = {
    "same_utterance": "Another report of the same words as",
    "relays": "Passes on",
    "updates": "Later point of the same count as",
    "revises": "Revises, for the same time,",
    "corrects": "Corrects",
    "retracts": "Takes back",
    "supersedes": "Takes the place of",
    "derived_from": "Worked out from",
    "supports": "Supports",
    "confirms": "Confirms",
    "disputes": "Disputes",
    "refutes": "Refutes",
    "qualifies": "Qualifies",
    "denies": "Denies",
    "compares_with": "Compared with",
    "responds_to": "Answers",
    "elaborates": "Says more on",
}
INCOMING = {
    "same_utterance": "Another report of the same words",
    "relays": "Passed on by",
    "updates": "Followed, in the same count, by",
    "revises": "Revised, for the same time, by",
    "corrects": "Corrected by",
    "retracts": "Taken back by",
    "supersedes": "Replaced by",
    "derived_from": "Used to work out",
    "supports": "Supported by",
    "confirms": "Confirmed by",
    "disputes": "Disputed by",
    "refutes": "Refuted by",
    "qualifies": "Qualified by",
    "denies": "Denied by",
    "compares_with": "Compared with it",
    "responds_to": "Answered by",
    "elaborates": "Told in more detail by",
}
BASES = {
    "stated": "said by the source itself",
    "entailed": "follows from the words",
    "convention": "as such words are commonly meant",
    "domain": "the measure has no numbers beyond it",
}
UNSURE = {"inferred": "inferred", "ambiguous": "perhaps"}
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def number(n: int) -> str:
    """`three`, `1,204`."""
    return NUMBERS[n] if n < len(NUMBERS) else f"{n:,}"


def counted(n: int, one: str, many: str | None = None) -> str:
    """`three figures`, `one figure`, `1,204 figures`."""
    return f"{number(n)} {one if n == 1 else many or one + 's'}"


def capital(text: str) -> str:
    """With a capital at the start, and nothing else touched."""
    return text[:1].upper() + text[1:]


def small(text: str) -> str:
    """With a small letter at the start, and nothing else touched."""
    return text[:1].lower() + text[1:]


def listed(parts: Sequence[str], word: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def allows(figure: JsonObject) -> str:
    """What the words of a figure allow, as the beginning of a sentence."""
    return capital(figure_words.allows(figure))


def worded(figure: JsonObject) -> str:
    """A figure as it was worded, in quotation marks; without a wording, what it allows."""
    if "raw_text" in figure:
        return f"“{figure['raw_text']}”"
    return small(allows(figure))


def when(date: str | None) -> str:
    """A date (EDTF) in words."""
    return spoken(date) if date else "undated"


def through(attributions: Sequence[JsonObject], names: Mapping[str, str]) -> str:
    """Who passed it on, nearest to the document first, and how sure that is."""
    hops = [one for one in attributions if one.get("role") in ("relayer", "translator")]
    hops.sort(key=lambda one: one.get("position", 0))
    told = [names.get(one["source"], one["source"]) + _sure(one) for one in hops]
    return f"through {listed(told)}" if told else "no relay named"


def _sure(hop: JsonObject) -> str:
    word = UNSURE.get(hop.get("basis", "stated"))
    return f" ({word})" if word else ""


def wordings(claim: JsonObject) -> list[str]:
    """The figures of a claim as worded: one of each alternative, in their order."""
    told: list[str] = []
    for figure in claim.get("quantities", []):
        text = worded(figure)
        if text not in told:
            told.append(text)
    return told


def joiner(claim: JsonObject) -> str:
    """What stands between the figures of a claim: all of them hold, or one of them does."""
    return "and" if claim.get("alternative_mode", "single") == "single" else "or"


def heading(claim: JsonObject) -> str:
    """A claim's figures in one line: `“more than 3 million” or “500,000”`; else what it says."""
    return listed(wordings(claim), joiner(claim)) or "No figure"
