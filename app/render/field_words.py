"""Fields in words: what people read instead of a code, an id or a JSON name."""

from collections.abc import Sequence

from app.render.date_words import spoken
from app.rules import lexicon
from app.rules.hedge_words import english

MATCH = {
    "certain": ("yes", "Certainly"),
    "possible": ("maybe", "Possibly"),
    "impossible": ("no", "No"),
}
HEDGES = {hedge: english(hedge) for hedge in lexicon.HEDGES}
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
ALTERNATIVES = {
    "or": "One of its alternatives", "xor": "One of its alternatives only",
    "mix": "One of its alternatives, or a mix of them",
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
    "same_utterance": ("Another report of the same words as", "Another report of the same words"),
    "relays": ("Passes on", "Passed on by"),
    "updates": ("Later point of the same count as", "Followed, in the same count, by"),
    "revises": ("Revises, for the same time,", "Revised, for the same time, by"),
    "corrects": ("Corrects", "Corrected by"),
    "retracts": ("Takes back", "Taken back by"),
    "supersedes": ("Takes the place of", "Replaced by"),
    "derived_from": ("Worked out from", "Used to work out"),
    "supports": ("Supports", "Supported by"),
    "confirms": ("Confirms", "Confirmed by"),
    "disputes": ("Disputes", "Disputed by"),
    "refutes": ("Refutes", "Refuted by"),
    "qualifies": ("Qualifies", "Qualified by"),
    "denies": ("Denies", "Denied by"),
    "compares_with": ("Compared with", "Compared with it"),
    "responds_to": ("Answers", "Answered by"),
    "elaborates": ("Says more on", "Told in more detail by"),
}
"""What a claim is to another one, and what that is to it."""
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


def listed_first(parts: Sequence[str], count: int, most: int) -> str:
    """The same of the first of so many: `a, b and 3 more`."""
    shown = parts[:most]
    rest = count - len(shown)
    return listed([*shown, f"{rest:,} more"] if rest > 0 else shown)


def when(date: str | None) -> str:
    """A date (EDTF) in words."""
    return spoken(date) if date else "undated"
